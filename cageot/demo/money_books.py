"""The demonstration's books: who keeps them, what they brought from before, a few entries by hand, and Blois's 2017 closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cageot.demo.cast import MARK
from cageot.demo.season import moment
from cageot.desk.queries.books import open_weeks
from cageot.funding import journal
from cageot.funding.actions import ledger
from cageot.funding.journal import Line
from cageot.funding.models import Entity, FiscalYear
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
    (3, "Plants et semences de printemps", "601", "401", 214_380),
    (4, "Sacs et cageots", "6026", "512", 38_900),
    (6, "Assurance des serres", "616", "512", 71_250),
    (9, "Gazole des tournées", "624", "512", 28_415),
    (12, "Salaires et cotisations de l’année, part des paniers", "641", "421", 1_836_000),
)
"""What Odile wrote herself in 2017: month, label, account debited, account credited, cents."""


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
    for number, (month, label, debit, credit, cents) in enumerate(BY_HAND, 1):
        day = date(2017, month, 27)
        if day < on:
            ledger.write_by_hand(
                blois, day=day, label=label, piece=f"F{day:%m}-{number}", lines=_lines(((debit, cents), (credit, -cents))),
                once=number, by=odile, at=moment(day, 15),
            )  # fmt: skip
    for year in FiscalYear.objects.filter(entity=blois, last__lt=on).order_by("first"):
        _close(year, by=odile, on=on)


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
