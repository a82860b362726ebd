"""A small cast and its garden, played through the public actions.

Léa coordinates the garden, Hélène helps there (no money), Théo keeps its accounts; Nadia is at the network
head; Sam coordinates another garden. A basket costs 12,00 €; a supported household pays 3,60 €, the CCAS
pays the rest within its quota. Week 12 of 2017 delivers on Thursday 23 (Gare) and Friday 24 March (Jardin).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.test import Client

from cageot.baskets import actions as baskets
from cageot.baskets.bulk import mark_all
from cageot.baskets.models import Basket, BasketSize, Depot, WeekClose
from cageot.core.week import Week
from cageot.funding import actions as funding
from cageot.funding.models import Agreement, AgreementPayer
from cageot.members import actions as members
from cageot.members.models import Member
from cageot.network.actions import give_access, open_garden
from cageot.network.models import Edition, Garden, Partner, Person
from tests.factories import make_depot, make_size

AT = datetime(2017, 1, 2, 9, 0, tzinfo=UTC)
WEEK = Week(2017, 12)
THURSDAY, FRIDAY, MONDAY_AFTER = date(2017, 3, 23), date(2017, 3, 24), date(2017, 3, 27)
NAMES = ["Amina Benali", "Paul Durand", "Anna Lévy", "Marc Petit", "Rose Kaya", "Luc Roux"]


@dataclass
class Place:
    """The garden of the tests, and shortcuts to what a test touches."""

    garden: Garden
    payer: AgreementPayer

    @property
    def baskets(self) -> list[Basket]:
        """The week's baskets, in the order of their households."""
        rows = Basket.objects.filter(garden=self.garden, delivery__week=WEEK).order_by("household__number")
        return list(rows.select_related("delivery", "garden", "household", "size", "depot"))

    def mark(self, **states: int) -> None:
        """Mark the first baskets of the week: `mark(collected=2, cancelled=1)`; in the order of the states given."""
        waiting = [one.pk for one in self.baskets]
        for state, count in states.items():
            taken, waiting = waiting[:count], waiting[count:]
            baskets.mark(self.garden, dict.fromkeys(taken, state), by=None, at=AT)

    def mark_all(self) -> None:
        mark_all(self.garden, WEEK, until=WEEK.sunday, except_={}, by=None, at=AT)

    def close(self) -> WeekClose:
        lea = Person.objects.filter(login__email="lea@exemple.fr").first()
        at = datetime(2017, 3, 27, 8, 30, tzinfo=UTC)
        return baskets.close_week(self.garden, WEEK, today=MONDAY_AFTER, by=lea, at=at)

    def url(self, page: str = "", week: Week = WEEK) -> str:
        return f"/jardins/{self.garden.code}/semaines/{week}/{page}"


def a_place(households: int = 6, *, quota_baskets: int | None = None, code: str = "val-de-loire") -> Place:
    """A garden with so many households, one in two supported, half at each depot, and its week 12 laid."""
    Edition.objects.get_or_create(
        code="2017",
        defaults={
            "name": "Paniers solidaires 2017",
            "from_day": date(2017, 1, 1),
            "until_day": date(2017, 12, 31),
            "goal_baskets": 30000,
        },
    )
    garden = open_garden(
        code=code, name="Jardin du Val de Loire", commune_code="41018", on=date(2016, 1, 1), by=None, at=AT
    )
    size = make_size(garden)
    depots = [make_depot(garden, name, day) for name, day in (("Gare", 4), ("Jardin", 5))]
    agreement = _agreement(garden, quota_baskets)
    baskets.open_deliveries(garden, first=WEEK.monday, last=WEEK.sunday, weekdays=[4, 5])
    for number in range(households):
        _household(garden, number, size, depots[number % 4 // 2], agreement if number % 2 == 0 else None)
    baskets.lay_baskets(garden, from_day=WEEK.monday)
    return Place(garden, agreement.payers.get())


def _agreement(garden: Garden, quota_baskets: int | None) -> Agreement:
    ccas, _made = Partner.objects.get_or_create(name="CCAS de Blois", kind="ccas")
    line = funding.LineDraft(1200, (funding.ShareDraft(0, "rest"),), "panier", member_cents=360)
    return funding.open_agreement(
        Agreement(
            name="CCAS 2017",
            partner=ccas,
            from_day=date(2017, 1, 1),
            until_day=date(2017, 12, 31),
            status="active",
        ),
        gardens=[garden],
        payers=[funding.PayerDraft("partner", ccas, quota_baskets=quota_baskets)],
        grids={"Tarif": [line]},
        by=None,
        at=AT,
    )


def _household(garden: Garden, number: int, size: BasketSize, depot: Depot, agreement: Agreement | None) -> None:
    first, last = NAMES[number % len(NAMES)].split()
    household = members.welcome(
        garden,
        number=str(100 + number),
        contact=Member(first_name=first, last_name=last),
        joined_on=date(2016, 1, 1),
        by=None,
        at=AT,
    )
    baskets.subscribe(
        household,
        size=size,
        depot=depot,
        frequency="weekly",
        from_day=date(2017, 1, 1),
        by=None,
        at=AT,
        lay=False,
    )
    if agreement:
        tariff = agreement.tariffs.get()
        members.support(
            household,
            agreement=agreement,
            tariff=tariff,
            from_day=AT.date(),
            until_day=date(2017, 4, 20),
            by=None,
            at=AT,
        )


CAST = {
    "coordinator": ("Léa Martin", "lea"), "helper": ("Hélène Prost", "helene"), "treasurer": ("Théo Roy", "theo"),
    "network": ("Nadia Sow", "nadia"), "auditor": ("Aïcha Droit", "aicha"), "referrer": ("Rémi Orient", "remi"),
    "funder": ("Flore Dotation", "flore"),
}  # fmt: skip


def signed_in(place: Place, role: str) -> Client:
    """A browser where somebody with that role is signed in."""
    name, email = CAST[role]
    partner = place.payer.partner if role in ("referrer", "funder") else None
    garden = None if role == "network" or partner else place.garden
    login, _made = give_access(
        email=f"{email}@exemple.fr", name=name, role=role, garden=garden, partner=partner, on=date(2016, 1, 1),
        until=date(2018, 12, 31) if role == "auditor" else None, by=None, at=AT,
    )  # fmt: skip
    client = Client()
    client.force_login(login)
    return client


def a_stranger() -> Client:
    """Sam, who coordinates another garden."""
    other = open_garden(code="ailleurs", name="Ailleurs", commune_code="37261", on=AT.date(), by=None, at=AT)
    login, _made = give_access(
        email="sam@exemple.fr", name="Sam Roux", role="coordinator", garden=other, on=AT.date(), by=None, at=AT
    )
    client = Client()
    client.force_login(login)
    return client


def text_of(response: object) -> str:
    """The page as read: no tags, one space between words, plain spaces for no-break ones."""
    import re
    from html import unescape

    content: bytes = response.content  # type: ignore[attr-defined]
    plain = unescape(re.sub(r"<(script|style|head)[\s\S]*?</\1>|<[^>]+>", " ", content.decode()))
    return re.sub(r"[\s\u00a0\u202f]+", " ", plain)
