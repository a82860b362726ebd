"""A garden as an import sees it: its sizes, depots, agreements and households, in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from cageot.baskets.models import BasketSize, Depot, SizePrice, Subscription
from cageot.desk.rules.import_facts import DepotFact, Draft, GardenFacts, Grid, Known, Offer, SizeFact
from cageot.funding.models import Agreement
from cageot.funding.queries import AgreementFact, agreement_facts
from cageot.members.models import Household, ImportMap, Member, Membership, Support
from cageot.network.models import Edition, Garden


def garden_facts(garden: Garden) -> GardenFacts:
    """All that a line of a file may speak of."""
    editions = tuple(Edition.objects.order_by("from_day").values_list("from_day", "until_day", "member_cap_bp"))
    facts = GardenFacts(sizes(garden), depots(garden), _offers(garden), editions=editions)
    return replace(facts, households=tuple(_households(garden, facts)))


def sizes(garden: Garden) -> tuple[SizeFact, ...]:
    """The sizes of a garden, with their dated prices."""
    prices: defaultdict[int, list[tuple[date, int]]] = defaultdict(list)
    for size, day, cents in (
        SizePrice.objects.filter(size__garden=garden).order_by("from_day").values_list("size", "from_day", "cents")
    ):
        prices[size].append((day, cents))
    return tuple(
        SizeFact(one.pk, one.code, one.name, tuple(prices[one.pk])) for one in BasketSize.objects.filter(garden=garden)
    )


def depots(garden: Garden) -> tuple[DepotFact, ...]:
    """The depots of a garden, closed ones and home stops too."""
    return tuple(
        DepotFact(pk, name, closed_on, weekday, home or "")
        for pk, name, closed_on, weekday, home in Depot.objects.filter(garden=garden).values_list(
            "pk", "name", "closed_on", "round__weekday", "household__number"
        )
    )


def _offers(garden: Garden) -> tuple[Offer, ...]:
    rows = list(
        Agreement.objects.filter(gardens=garden)
        .exclude(status=Agreement.Status.DRAFT)
        .select_related("partner")
        .prefetch_related("tariffs")
        .order_by("name", "pk")
    )
    facts = agreement_facts(row.pk for row in rows)
    return tuple(_offer(row, facts[row.pk]) for row in rows)


def _offer(row: Agreement, fact: AgreementFact) -> Offer:
    grids = tuple(Grid(tariff.pk, tariff.name, tuple(fact.lines.get(tariff.pk, ()))) for tariff in row.tariffs.all())
    return Offer(
        row.pk, row.name, row.partner.name, row.from_day, row.until_day, grids, row.in_programme, tuple(fact.exemptions)
    )


HOUSEHOLD_FIELDS = ("number", "address", "postcode", "town", "commune_code", "adults", "children", "language")
MEMBER_FIELDS = ("civility", "last_name", "first_name", "phone", "mobile", "email")


def _households(garden: Garden, facts: GardenFacts) -> list[Known]:
    """The households as lines of a file, in the order of their numbers."""
    contacts, others = _members(garden)
    baskets = _latest(
        Subscription.objects.filter(household__garden=garden),
        "size__name",
        "depot__name",
        "frequency",
        "from_day",
        "until_day",
    )
    money = _Money(garden, facts)
    rows = Household.objects.filter(garden=garden).values_list("pk", *HOUSEHOLD_FIELDS)
    found = []
    for pk, number, address, postcode, town, commune_code, adults, children, language in rows:
        said: dict[str, Any] = dict(zip(MEMBER_FIELDS, contacts.get(pk, ("",) * len(MEMBER_FIELDS)), strict=True))
        size, depot, frequency, from_day, until_day = baskets.get(pk, ("", "", "", None, None))
        said |= {"size": size, "depot": depot, "frequency": frequency, "support_from": from_day, "until": until_day}
        said |= money.of(pk, size, from_day)
        told = Draft(
            0, number, address=address, postcode=postcode, commune=town, commune_code=commune_code, adults=adults,
            children=children, language=language, **said,
        )  # fmt: skip
        found.append(Known(pk, told, tuple(others.get(pk, ())), from_day))
    return sorted(found, key=lambda known: _in_order(known.told.number))


def _in_order(number: str) -> tuple[int, str]:
    """2 comes before 10; what is not a number comes last."""
    return (len(number), number) if number.isdecimal() else (99, number)


def _members(garden: Garden) -> tuple[dict[int, tuple[str, ...]], dict[int, list[str]]]:
    contacts: dict[int, tuple[str, ...]] = {}
    others: defaultdict[int, list[str]] = defaultdict(list)
    rows = (
        Member.objects.filter(household__garden=garden)
        .order_by("pk")
        .values_list("household", "contact", *MEMBER_FIELDS)
    )
    for household, contact, *fields in rows:
        if contact:
            contacts[household] = tuple(fields)
        else:
            others[household].append(f"{fields[1]} {fields[2]}".strip())
    return contacts, others


def _latest(rows: Any, *fields: str) -> dict[int, tuple[Any, ...]]:
    """The fields of each household's latest row."""
    return {
        household: tuple(found)
        for household, *found in rows.order_by("from_day", "pk").values_list("household", *fields)
    }


class _Money:
    """What each household pays and who pays the rest: for the garden's own copy of its list."""

    def __init__(self, garden: Garden, facts: GardenFacts) -> None:
        self._sizes = {size.name: size for size in facts.sizes}
        self._supports = _latest(
            Support.objects.filter(household__garden=garden), "agreement", "tariff", "from_day", "until_day"
        )
        self._paid = _latest(Membership.objects.filter(household__garden=garden), "paid_on")
        self._offers = {offer.ref: offer for offer in facts.offers}
        self._cap = facts.cap_on

    def of(self, household: int, size_name: str, day: date | None) -> dict[str, Any]:
        paid = {"membership_paid_on": self._paid.get(household, (None,))[0]}
        support, size = self._supports.get(household), self._sizes.get(size_name)
        if support is None:
            price = size.price_on(day) if size and day else None
            return paid | {"tariff": "Plein" if size else "", "member_part": price}
        agreement, tariff, from_day, until_day = support
        part = self._part(agreement, tariff, size, from_day)
        offer = self._offers.get(agreement)
        partner = offer.partner if offer else ""
        return paid | {
            "tariff": "Solidaire",
            "partner": partner,
            "member_part": part,
            "support_from": from_day,
            "until": until_day,
        }

    def _part(self, agreement: int, tariff: int, size: SizeFact | None, day: date) -> int | None:
        offer = self._offers.get(agreement)
        grid = next((grid for grid in offer.grids if grid.ref == tariff), None) if offer else None
        price = size.price_on(day) if size else None
        if not offer or not grid or not size or price is None:
            return None
        return offer.member_part(grid, size.code, price, day, self._cap(day))


def remembered(garden: Garden) -> ImportMap:
    """What this garden's former files taught: its headers and its words. Empty at first."""
    return ImportMap.objects.filter(garden=garden).first() or ImportMap(garden=garden)


def next_numbers(garden: Garden, taken: Iterable[str]) -> int:
    """The first free number, above those of the garden and of the file."""
    numbers = Household.objects.filter(garden=garden).values_list("number", flat=True)
    return max((int(number) for number in (*numbers, *taken) if number.isdecimal()), default=0) + 1


def usual_weekday(garden: Garden) -> int | None:
    """The weekday on which most of the garden's depots deliver."""
    days = list(Depot.objects.filter(garden=garden, closed_on=None).values_list("round__weekday", flat=True))
    return max(sorted(set(days)), key=days.count) if days else None
