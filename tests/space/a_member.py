"""Amina, who comes in to her own pages, and the garden around her.

The garden of `tests/desk/a_week.py`, six weeks from week 11 of 2017: Thursdays at the Gare, Fridays at the Jardin. Amina
(number 100) is supported and pays 3,60 €, Paul (101) pays 12,00 €; both collect on Thursdays. Today is Monday 20 March.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.test import Client

from cageot.baskets import actions as baskets
from cageot.baskets.bulk import mark_all
from cageot.baskets.content import open_catalogue
from cageot.baskets.models import AbsencePolicy, Basket, Content, ContentLine, Depot, Produce, Slip
from cageot.core.week import Week
from cageot.members.models import Household, Member
from cageot.network.models import Person
from cageot.space.access import KEY
from tests.desk.a_week import AT, Place, a_place

MONDAY = date(2017, 3, 20)
LAST_WEEK = Week(2017, 11)
WEEK = Week(2017, 12)
NOW = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)


@dataclass
class Here:
    """The garden and its members, with shortcuts to what a test touches."""

    place: Place

    def household(self, number: int = 100) -> Household:
        return Household.objects.select_related("garden").get(garden=self.place.garden, number=str(number))

    def member(self, number: int = 100) -> Member:
        return Member.objects.select_related("household__garden", "person").get(
            household=self.household(number), contact=True
        )

    def basket(self, number: int = 100, week: Week = WEEK) -> Basket:
        rows = Basket.objects.select_related("delivery", "garden", "household", "depot", "size", "product")
        return rows.get(household=self.household(number), delivery__week=week, copy=0)

    def depot(self, name: str) -> Depot:
        return Depot.objects.get(garden=self.place.garden, name=name)

    def client(self, number: int = 100, language: str = "") -> Client:
        return came_in(self.member(number), language=language)

    def policy(self, **values: Any) -> None:
        AbsencePolicy.objects.update_or_create(product=self.basket().product, defaults=values)

    def publish(self, week: Week = WEEK, **fields: Any) -> Content:
        """A content of that week: 1,2 kg of the first vegetable, two bunches of the second."""
        open_catalogue(self.place.garden, by=None, at=AT)
        basket = self.basket(week=week)
        content = Content.objects.create(
            round=basket.depot.round, size=basket.size, week=week, **({"published_at": AT} | fields)
        )
        for rank, (one, milli, unit) in enumerate(zip(Produce.objects.filter(garden=self.place.garden), (1200, 2000), ("kg", "bunch"), strict=False)):  # fmt: skip
            ContentLine.objects.create(content=content, produce=one, rank=rank, milli=milli, unit=unit, unit_cents=250)
        return content

    def slip(self, **fields: Any) -> Slip:
        words = {"recipe_title": "Cuisiner la courge", "recipe": "Une soupe.", "news": "Il a plu."} | fields
        return Slip.objects.create(garden=self.place.garden, week=WEEK, at=AT, **words)

    def close(self, week: Week) -> None:
        mark_all(self.place.garden, week, until=week.sunday, except_={}, by=None, at=AT)
        baskets.close_week(self.place.garden, week, today=week.sunday, by=None, at=AT)


def a_garden(households: int = 4) -> Here:
    place = a_place(households)
    garden = place.garden
    baskets.open_deliveries(garden, first=LAST_WEEK.monday, last=(WEEK + 6).sunday, weekdays=[4, 5])
    baskets.lay_baskets(garden, from_day=LAST_WEEK.monday)
    Depot.objects.filter(garden=garden, name="Gare").update(
        hours="de 16 h à 19 h", address="12, rue des Écoles, Blois", phone="+33254000001"
    )
    return Here(place)


def came_in(member: Member, *, acting: Person | None = None, language: str = "", way: str = "mail") -> Client:
    """A browser where this member has come in."""
    client = Client()
    if acting:
        client.force_login(acting.login)
    session = client.session
    session[KEY] = {"pk": member.pk, "way": "acting" if acting else way, "acting": acting.pk if acting else None}
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key or ""
    if language:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client
