"""Every event of money, written once in the books of the entities it concerns (decision 0025).

`write` is the only door to the accountant's books. The functions after it each tell one kind of event as an entry; what
concerns two entities is written in both, and the second says which entry it mirrors. All are called in the transaction of
the event itself, under the turn at the books.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import F

from cageot.core import sql
from cageot.funding.models import BookEntry, BookLine, Books, Entity, EntityGarden, FiscalYear
from cageot.network.models import Garden, Person


@dataclass(frozen=True)
class Line:
    """One line: account number, cents (positive debits), and whom it is about: a partner, a garden, another entity."""

    account: str
    cents: int
    partner: int | None = None
    garden: int | None = None
    other: int | None = None


@dataclass(frozen=True)
class Event:
    """What an entry is made of, once per entity: a word and the number of the row it comes from."""

    source: str
    id: int


def entity_of(garden: Garden) -> Entity:
    """The legal person of a garden: its own, unless it was put with others. Made on first need."""
    found = EntityGarden.objects.filter(garden=garden).select_related("entity").first()
    if found:
        return found.entity
    name = garden.legal_name or garden.name
    address = " ".join(filter(None, [garden.address, garden.postcode, garden.commune.name]))
    entity = Entity.objects.create(name=name, siren=garden.siret[:9], address=address, iban=garden.iban, bic=garden.bic)
    EntityGarden.objects.create(entity=entity, garden=garden)
    return entity


def head() -> Entity:
    """The network head. Made on first need."""
    found, _new = Entity.objects.get_or_create(head=True, defaults={"name": "Réseau"})
    return found


def year_for(entity: Entity, day: date) -> FiscalYear:
    """The year that an event of that day is written in: its own, or the first one after it that is not closed."""
    years = list(FiscalYear.objects.filter(entity=entity, last__gte=day).order_by("first"))
    if found := next((year for year in years if year.closed_at is None), None):
        return found
    calendar = years[-1].last.year + 1 if years else day.year
    return FiscalYear.objects.create(entity=entity, first=date(calendar, 1, 1), last=date(calendar, 12, 31))


def write(
    entity: Entity, *, journal: str, day: date, label: str, piece: str, lines: Sequence[Line], event: Event,
    by: Person | None, at: datetime, mirrors: BookEntry | None = None,
) -> BookEntry | None:  # fmt: skip
    """Write one entry, dated in the first open year that may hold it. Call it under the turn at the books.

    Lines of one account and the same people are added up; an entry that comes to nothing is not written (None). The
    database refuses one that does not balance, and one event told twice to one entity.
    """
    assert connection.in_atomic_block
    added: dict[tuple[str, int | None, int | None, int | None], int] = {}
    for line in lines:
        key = (line.account, line.partner, line.garden, line.other)
        added[key] = added.get(key, 0) + line.cents
    kept = [(key, cents) for key, cents in added.items() if cents]
    if not kept:
        return None
    year = year_for(entity, day)
    FiscalYear.objects.filter(pk=year.pk).update(last_number=F("last_number") + 1)
    year.refresh_from_db(fields=["last_number"])
    Books.objects.filter(pk=1).update(last_book_entry=F("last_book_entry") + 1)
    [(number,)] = sql.rows("SELECT last_book_entry FROM funding_books WHERE id = 1")
    # Lines first: the entry that closes them is refused unless they balance, and takes no more (`triggers.py`).
    sql.insert_rows(
        BookLine,
        ["entry", "account", "partner", "garden", "other", "cents"],
        ((number, *key, cents) for key, cents in kept),
    )
    entry = BookEntry(
        id=number, entity=entity, year=year, number=year.last_number, journal=journal, day=max(day, year.first), label=label,
        piece=piece, piece_day=day, source=event.source, source_id=event.id, mirrors=mirrors, at=at, by=by,
    )  # fmt: skip
    entry.save(force_insert=True)
    return entry
