"""The demonstration's books: who keeps them, what they brought from before, a few entries by hand, and Blois's 2017 closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncMonth
from django.utils import translation
from django.utils.formats import date_format

from cageot.demo.cast import MARK
from cageot.demo.season import moment
from cageot.desk.queries.books import open_weeks
from cageot.funding import journal
from cageot.funding.actions import ledger
from cageot.funding.journal import Line
from cageot.funding.models import BookLine, Entity, FiscalYear
from cageot.network.models import Garden, Person, Role
from cageot.network.rules import identifiers

BROUGHT = (
    ("512", 1_284_530),
    ("530", 6_240),
    ("2182", 860_000),
    ("281", -344_000),
    ("401", -98_715),
    ("1068", -1_200_000),
    ("102", -508_055),
)
"""What Blois brought from its books of 2016, in cents."""

BY_HAND = (
    (date(2017, 3, 27), "Plants et semences de printemps", "601", "401", 214_380),
    (date(2017, 4, 27), "Sacs et cageots", "6026", "512", 38_900),
    (date(2017, 6, 27), "Assurance des serres", "616", "512", 71_250),
    (date(2017, 9, 27), "Gazole des tournées", "624", "512", 28_415),
    (date(2017, 10, 6), "Plants et semences réglés", "401", "512", 214_380),
    (date(2018, 2, 27), "Sacs et cageots", "6026", "512", 41_200),
)
"""What Odile wrote herself: day, label, account debited, account credited, cents."""

WAGES = 395_000
"""Salaries and social contributions of a month, as much as comes from the baskets, in cents."""

PAID_IN_TIME = 97
"""Per cent of what members owe for a month that they have paid on the tenth of the next."""


def play(garden: Garden, *, officer: Person, on: date) -> None:
    """Details of every association, then the first garden's own books as its treasurer keeps them."""
    for place, entity in enumerate(Entity.objects.order_by("pk")):
        _describe(entity, place, by=officer, on=on)
    odile = Person.objects.filter(roles__garden=garden, roles__kind=Role.Kind.TREASURER).first() or officer
    blois = journal.entity_of(garden)
    first = FiscalYear.objects.filter(entity=blois).order_by("first").first()
    if first is None:
        return
    start = moment(date(first.first.year, 1, 9), 14)
    ledger.open_books(blois, day=first.first, lines=_lines(BROUGHT), once=1, by=odile, at=start)
    by_hand = sorted((*BY_HAND, *_wages(first.first, on), *_paid_by_members(blois, on)))
    for number, (day, label, debit, credit, cents) in enumerate(by_hand, 1):
        if day < on:
            ledger.write_by_hand(
                blois, day=day, label=label, piece=f"OD{day:%m}-{number}", lines=_lines(((debit, cents), (credit, -cents))),
                once=number, by=odile, at=moment(day, 15),
            )  # fmt: skip
    for year in FiscalYear.objects.filter(entity=blois, last__lt=on).order_by("first"):
        _close(year, by=odile, on=on)


Written = tuple[date, str, str, str, int]


def _wages(first: date, on: date) -> Iterator[Written]:
    """A line a month, on the 28th."""
    for day in _months(first, on):
        yield day.replace(day=28), f"Salaires et cotisations, {_said(day)}", "641", "512", WAGES


def _paid_by_members(entity: Entity, on: date) -> Iterator[Written]:
    """What members paid of a month's baskets, on the tenth of the next: each month's charges, less a few who are late."""
    owed = BookLine.objects.filter(entry__entity=entity, entry__source="close", account="4111")
    by_month = owed.annotate(month=TruncMonth("entry__day")).order_by("month").values_list("month")
    for month, cents in by_month.annotate(cents=Sum("cents")):
        day = (month + timedelta(days=31)).replace(day=10)
        yield day, f"Participations des adhérents, {_said(month)}", "512", "4111", cents * PAID_IN_TIME // 100


def _months(first: date, until: date) -> Iterator[date]:
    """The first day of each month from one to the other."""
    day = first.replace(day=1)
    while day <= until:
        yield day
        day = (day + timedelta(days=31)).replace(day=1)


def _said(day: date) -> str:
    with translation.override("fr"):  # Odile writes in French, whoever looks
        return date_format(day, "F Y")


def _lines(rows: Sequence[tuple[str, int]]) -> list[Line]:
    return [Line(account, cents) for account, cents in rows]


def _describe(entity: Entity, place: int, *, by: Person, on: date) -> None:
    """A SIREN with its key and an RNA number, both invented; the network head's name."""
    details = {"siren": entity.siren or siren(place), "rna": entity.rna or f"W41{9_000_000 + place}"}
    if entity.head and entity.name == "Réseau":
        details["name"] = f"Réseau des jardins{MARK}"
    ledger.describe_entity(entity, by=by, at=moment(on, 8), **details)


def siren(place: int) -> str:
    """An invented number whose key is right."""
    start = f"9009{place:04}"
    return next(start + key for key in "0123456789" if identifiers.is_siren(start + key))


def _close(year: FiscalYear, *, by: Person, on: date) -> None:
    """Close a year if nothing is missing."""
    weeks = open_weeks(year)
    found = ledger.closing_of(year, open_weeks=weeks, today=on)
    if not found.blockers:
        ledger.close_year(year, seen=found.fingerprint, open_weeks=weeks, today=on, by=by, at=moment(on, 11))
