"""How the households of a garden come in and are reached: cards, somebody who acts for them, addresses that came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import segno
from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.core.tabular.phones import display_phone
from cageot.core.templatetags.cageot import day as said
from cageot.members.models import Acting, Household, Member, MemberCard
from cageot.members.telling import in_language, label
from cageot.network.kinds import KINDS
from cageot.network.models import Garden, Message, NotWanted, Person, Role, Unreachable

PER_PAGE = 100
FILTERS: dict[str, Any] = {
    "": gettext_lazy("Tous les foyers"),
    "sans": gettext_lazy("Sans carte"),
    "papier": gettext_lazy("Ni mobile ni adresse électronique"),
}


@dataclass(frozen=True)
class CardLine:
    """A household and its card, if it has one that opens."""

    pk: int
    number: str
    name: str
    made_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True)
class CardsPage:
    garden: Garden
    lines: list[CardLine]
    page: Page[Member]
    chips: list[tuple[str, str, bool]]
    here: str


def households_with_contact(garden: Garden) -> QuerySet[Member]:
    """The contacts of the households that are there."""
    return Member.objects.filter(
        household__garden=garden, contact=True, household__left_on=None, household__erased_on=None
    )


def cards_page(garden: Garden, state: str, number: str) -> CardsPage:
    """The households and their cards, a hundred a page. Three queries."""
    state = state if state in FILTERS else ""
    live = MemberCard.objects.filter(member__household=OuterRef("household"), revoked_at=None)
    rows = households_with_contact(garden)
    if state == "sans":
        rows = rows.filter(~Exists(live))
    elif state == "papier":
        rows = rows.filter(email="", mobile="")
    page = Paginator(rows.order_by("search", "pk").select_related("household"), PER_PAGE).get_page(number)
    shown = list(page.object_list)
    cards = {
        card.member.household_id: card
        for card in MemberCard.objects.filter(
            member__household__in=[one.household_id for one in shown], revoked_at=None
        ).select_related("member")
    }
    lines = [_line(one, cards.get(one.household_id)) for one in shown]
    chips = [(str(word), f"?voir={name}" if name else "?", name == state) for name, word in FILTERS.items()]
    return CardsPage(garden, lines, page, chips, f"?voir={state}" if state else "?")


def _line(one: Member, card: MemberCard | None) -> CardLine:
    dates = (card.made_at, card.used_at) if card else (None, None)
    return CardLine(one.household_id, one.household.number, str(one), *dates)


# --- What is printed ------------------------------------------------------------------------------


def card_data(garden: Garden, made: Sequence[tuple[Member, str]], site: str, form: str, on: date) -> dict[str, Any]:
    """What the cards say: `form` "sheet" (ten to a page) or "letter" (one to each). The same for everybody."""
    return {
        "title": _("Cartes d’entrée"), "garden": garden.name, "date": [on.year, on.month, on.day], "form": form, "lang": "fr",
        "cards": [_card(garden, member, code, site, on) for member, code in made],
    }  # fmt: skip


def _card(garden: Garden, member: Member, code: str, site: str, on: date) -> dict[str, Any]:
    """One card, in the household's language."""
    address = site + reverse("space:enter_square", args=[code])
    household = member.household
    with in_language(household.language):
        words = {
            "heading": _("Mon panier"),
            "number_label": _("Votre numéro"),
            "code_label": _("Le code de la carte"),
            "how": _("Ouvrez cette adresse, ou montrez le carré à votre téléphone."),
            "lost": _("Carte perdue ? Dites-le au jardin."),
            "letter": [
                _("Bonjour,"),
                _("Voici votre carte. Elle ouvre votre espace : vos paniers, vos dates, vos messages."),
                _("Gardez-la comme une clé. Perdue ? Dites-le au jardin, il en fait une autre."),
            ],
            "day": said(on, "year"),
        }
    lines = [str(member), household.address, f"{household.postcode} {household.town}".strip()]
    return words | {
        "name": member.first_name or member.last_name, "number": household.number, "code": code, "lang": household.language[:2] or "fr",
        "site": (site + reverse("space:enter_card")).split("://", 1)[1], "phone": display_phone(garden.phone), "envelope": [line for line in lines if line],
        "square": _square(address),
    }  # fmt: skip


def _square(address: str) -> str:
    """A QR code as an SVG document that stands alone."""
    drawing = BytesIO()
    segno.make(address, error="m").save(drawing, kind="svg", border=2, light="#fff", xmldecl=False)
    return drawing.getvalue().decode()


# --- One household --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reached:
    """A way to reach somebody of the household; `back`: what came back from there, and when."""

    channel: str
    to: str
    shown: str
    who: str
    back: tuple[str, datetime] | None


@dataclass(frozen=True)
class ActingLine:
    pk: int
    who: str
    dates: str
    agreed_on: date
    live: bool


@dataclass(frozen=True)
class WaysPage:
    """How a household is reached and comes in."""

    household: Household
    name: str
    card: MemberCard | None
    reached: list[Reached]
    acting: list[ActingLine]
    refused: list[str]
    messages: list[Message]


def ways_page(household: Household, today: date) -> WaysPage:
    """A constant number of queries."""
    people = list(household.members.order_by("-contact", "pk"))
    contact = next((one for one in people if one.contact), None)
    cards = MemberCard.objects.filter(member__household=household, revoked_at=None).order_by("-made_at")
    acts = Acting.objects.filter(member__household=household).select_related("person").order_by("-from_day")
    labels = [label(one) for one in people]
    kinds = NotWanted.objects.filter(about__in=labels).values_list("kind", flat=True).distinct()
    told = Message.objects.filter(about__in=labels, garden=household.garden).order_by("-made_at")[:10]
    return WaysPage(
        household, str(contact) if contact else household.number, cards.first(), _reached(people),
        [_acting(one, today) for one in acts], [str(KINDS[kind].label) for kind in kinds if kind in KINDS], list(told),
    )  # fmt: skip


def _reached(people: Sequence[Member]) -> list[Reached]:
    ways = [(channel, to, one) for one in people for channel, to in (("mail", one.email), ("sms", one.mobile)) if to]
    back = came_back([(channel, to) for channel, to, _one in ways])
    return [
        Reached(channel, to, to if channel == "mail" else display_phone(to), str(one), back.get((channel, to.lower())))
        for channel, to, one in ways
    ]


def came_back(ways: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], tuple[str, datetime]]:
    """(channel, address in lower case) → why and when it came back. One query."""
    wanted = Q(pk=None)
    for channel, to in ways:
        wanted |= Q(channel=channel, to=to.lower())
    return {(one.channel, one.to): (one.why, one.at) for one in Unreachable.objects.filter(wanted)}


def _acting(one: Acting, today: date) -> ActingLine:
    dates = (
        _("du %(first)s au %(last)s") % {"first": said(one.from_day, "plain"), "last": said(one.until_day, "plain")}
        if one.until_day
        else _("depuis le %(first)s") % {"first": said(one.from_day, "plain")}
    )
    live = one.until_day is None or one.until_day >= today
    return ActingLine(one.pk, str(one.person), dates, one.agreed_on, live)


def who_may_act(garden: Garden, today: date) -> QuerySet[Person]:
    """Whom a member may choose: the garden's team, and those who refer people for a partner of the garden."""
    roles = Role.objects.filter(Q(garden=garden) | Q(kind=Role.Kind.REFERRER, partner__gardens=garden)).on(today)
    return Person.objects.filter(Exists(roles.filter(person=OuterRef("pk")))).order_by("first_name", "last_name", "pk")


def acts_for(person: Person, today: date) -> list[Member]:
    """The members for whom this person may act today, with their agreement. One query."""
    rows = Member.objects.filter(acted_for_by__in=Acting.objects.on(today).filter(person=person))
    rows = rows.filter(household__erased_on=None).select_related("household__garden")
    return list(rows.order_by("search", "pk").distinct())
