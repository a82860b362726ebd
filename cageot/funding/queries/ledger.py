"""The accountant's books, read: trial balance, ledger of an account, journals, what each partner owes, the tax office's file.

Cents; debits are positive, credits negative. A balance is always of one year of one entity, up to a day of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from cageot.core import sql
from cageot.funding.models import BookEntry, BookLine, Claim, Entity, EntityGarden, FiscalYear, PaymentPart
from cageot.funding.rules import chart, fec
from cageot.network.models import Garden

# --- Entities and years ---------------------------------------------------------------------------


def entity_for(garden: Garden) -> Entity | None:
    """The entity of a garden, when it has one already: reading makes none."""
    found = EntityGarden.objects.filter(garden=garden).select_related("entity").first()
    return found.entity if found else None


def years_of(entity: Entity) -> list[FiscalYear]:
    """The years of an entity, the newest first."""
    return list(FiscalYear.objects.filter(entity=entity).order_by("-first"))


def year_on(years: Iterable[FiscalYear], day: date) -> FiscalYear | None:
    """The year that holds a day, else the newest."""
    found = list(years)
    return next((year for year in found if year.first <= day <= year.last), found[0] if found else None)


# --- Trial balance --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Balance:
    """One account over a year, up to a day: what it held at first, what moved on each side, and what it holds."""

    account: str
    label: str
    plain: str
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        return self.opening + self.debit - self.credit


@dataclass(frozen=True)
class Trial:
    """A trial balance. `provisional`: the year before is not closed, so that its balances are carried here as they stand today."""

    year: FiscalYear
    through: date
    rows: list[Balance]
    provisional: bool

    @property
    def opening(self) -> int:
        return sum(row.opening for row in self.rows)

    @property
    def debit(self) -> int:
        return sum(row.debit for row in self.rows)

    @property
    def credit(self) -> int:
        return sum(row.credit for row in self.rows)

    @property
    def result(self) -> int:
        """Income less charges: positive is a surplus."""
        return -sum(row.closing for row in self.rows if row.account[:1] in "67")

    def of(self, *prefixes: str) -> int:
        """What accounts that begin so hold together."""
        return sum(row.closing for row in self.rows if row.account.startswith(prefixes))


def trial_balance(year: FiscalYear, through: date | None = None) -> Trial:
    """Every account of a year with its balance up to a day. Two queries."""
    last = min(through or year.last, year.last)
    carried, provisional = _carried_from(year)
    found: dict[str, tuple[int, int, int]] = {}
    result = 0
    for account, opening, debit, credit in sql.rows(
        _TRIAL, year.pk, year.pk, year.pk, (year.pk, *carried), year.pk, last
    ):
        if not chart.in_balance_sheet(account):
            result += int(opening)
            opening = 0
        found[account] = int(opening), int(debit), int(credit)
    if result:
        account = chart.SURPLUS if result < 0 else chart.DEFICIT
        before = found.get(account, (0, 0, 0))
        found[account] = before[0] + result, before[1], before[2]
    rows = [
        Balance(account, chart.label_of(account, year.first), chart.plain(account), *sums)
        for account, sums in sorted(found.items())
        if any(sums)
    ]
    return Trial(year, last, rows, provisional)


_TRIAL = """
    SELECT l.account,
        SUM(CASE WHEN e.year_id <> %s OR e.journal = 'AN' THEN l.cents ELSE 0 END),
        SUM(CASE WHEN e.year_id = %s AND e.journal <> 'AN' AND l.cents > 0 THEN l.cents ELSE 0 END),
        SUM(CASE WHEN e.year_id = %s AND e.journal <> 'AN' AND l.cents < 0 THEN -l.cents ELSE 0 END)
    FROM funding_bookentry e JOIN funding_bookline l ON l.entry_id = e.id
    WHERE e.year_id IN %s AND (e.year_id <> %s OR e.day <= %s) GROUP BY l.account ORDER BY l.account
"""


def _carried_from(year: FiscalYear) -> tuple[list[int], bool]:
    """Earlier years whose balances pass on to this one and that no opening entry brings yet."""
    earlier = FiscalYear.objects.filter(entity=year.entity_id, first__lt=year.first).order_by("-first")
    found: list[int] = []
    for one in earlier:
        if one.closed_at is not None:
            break
        found.append(one.pk)
    return found, bool(found)


# --- Ledger of an account -------------------------------------------------------------------------


@dataclass(frozen=True)
class Movement:
    """A line of an account's ledger, with the balance after it."""

    entry: int
    number: str
    journal: str
    day: date
    label: str
    piece: str
    who: str
    cents: int
    balance: int


@dataclass(frozen=True)
class Ledger:
    """A page of an account's movements in a year: what it held at first, and how many movements there are in all."""

    account: str
    label: str
    plain: str
    opening: int
    count: int
    movements: list[Movement]


def movements(year: FiscalYear, account: str, *, offset: int = 0, limit: int | None = None, who: str = "") -> Ledger:
    """The movements of an account, oldest first, with its running balance. `who`: "p12" a partner, "e3" an entity. Three queries."""
    carried, _provisional = _carried_from(year)
    where, values = "l.account = %s", [account]
    if who[:1] in ("p", "e") and who[1:].isdigit():
        column = "l.partner_id" if who[0] == "p" else "l.other_id"
        where, values = f"{where} AND {column} = %s", [account, int(who[1:])]  # type: ignore[list-item]
    opening = 0
    if carried and chart.in_balance_sheet(account):
        [(opening,)] = sql.rows(_BEFORE.format(where=where), *values, carried)
    [(count,)] = sql.rows(_COUNT.format(where=where), *values, year.pk)
    rows = sql.rows(_MOVEMENTS.format(where=where), *values, year.pk, limit or 2**31, offset)
    found = [
        Movement(
            entry,
            fec.shown(number, opens=not ordinary),
            journal,
            sql.day(day),
            label,
            piece,
            who_is or "",
            int(cents),
            int(opening) + int(balance),
        )
        for entry, ordinary, number, journal, day, label, piece, who_is, cents, balance in rows
    ]
    return Ledger(account, chart.label_of(account, year.first), chart.plain(account), int(opening), int(count), found)


_BEFORE = """
    SELECT COALESCE(SUM(l.cents), 0) FROM funding_bookentry e JOIN funding_bookline l ON l.entry_id = e.id
    WHERE {where} AND e.year_id IN %s
"""
_COUNT = """
    SELECT COUNT(*) FROM funding_bookentry e JOIN funding_bookline l ON l.entry_id = e.id WHERE {where} AND e.year_id = %s
"""
_MOVEMENTS = """
    SELECT e.id, e.ordinary, e.number, e.journal, e.day, e.label, e.piece, COALESCE(p.name, o.name), l.cents,
        SUM(l.cents) OVER (ORDER BY e.day, e.ordinary, e.number, l.id ROWS UNBOUNDED PRECEDING)
    FROM funding_bookentry e JOIN funding_bookline l ON l.entry_id = e.id
    LEFT JOIN network_partner p ON p.id = l.partner_id LEFT JOIN funding_entity o ON o.id = l.other_id
    WHERE {where} AND e.year_id = %s ORDER BY e.day, e.ordinary, e.number, l.id LIMIT %s OFFSET %s
"""


@dataclass(frozen=True)
class Auxiliary:
    """What one account holds with one partner, or one other entity. `key` is as `movements` takes it."""

    key: str
    name: str
    cents: int


def auxiliaries(year: FiscalYear, account: str) -> list[Auxiliary]:
    """Whom an account's balance is with, the largest first; what is with nobody is left out. Two queries."""
    carried, _provisional = _carried_from(year)
    rows = sql.rows(_AUXILIARIES, account, (year.pk, *carried))
    found = [
        Auxiliary(f"p{partner}" if partner else f"e{other}", partner_name or other_name, int(cents))
        for partner, partner_name, other, other_name, cents in rows
    ]
    return sorted(found, key=lambda one: (-abs(one.cents), one.name))


_AUXILIARIES = """
    SELECT l.partner_id, p.name, l.other_id, o.name, SUM(l.cents)
    FROM funding_bookentry e JOIN funding_bookline l ON l.entry_id = e.id
    LEFT JOIN network_partner p ON p.id = l.partner_id LEFT JOIN funding_entity o ON o.id = l.other_id
    WHERE l.account = %s AND e.year_id IN %s AND (l.partner_id IS NOT NULL OR l.other_id IS NOT NULL)
    GROUP BY l.partner_id, p.name, l.other_id, o.name HAVING SUM(l.cents) <> 0
"""


# --- Journals -------------------------------------------------------------------------------------


def entries(year: FiscalYear, journal: str = "", words: str = "") -> QuerySet[BookEntry]:
    """The entries of a year, the last number first and what opens it at the end, of one journal or of all, each with the total
    of its debits."""
    found = BookEntry.objects.filter(year=year).order_by("-ordinary", "-number")
    if journal:
        found = found.filter(journal=journal)
    if words:
        found = found.filter(Q(label__icontains=words) | Q(piece__icontains=words))
    return found.annotate(debit=Sum("lines__cents", filter=Q(lines__cents__gt=0), default=0))


def lines_of(entry: BookEntry) -> list[BookLine]:
    """The lines of an entry, as they were written."""
    return list(entry.lines.select_related("partner", "garden", "other").order_by("pk"))


def all_lines(year: FiscalYear) -> Iterator[tuple[Any, ...]]:
    """Every line of a year for a spreadsheet, by number: journal, number, day, account, who, piece, label, cents."""
    rows = BookLine.objects.filter(entry__year=year).order_by("entry__ordinary", "entry__number", "pk")
    return rows.values_list(
        "entry__journal", "entry__ordinary", "entry__number", "entry__day", "account", "partner__name", "other__name", "entry__piece",
        "entry__label", "cents",
    ).iterator(chunk_size=5000)  # fmt: skip


# --- The tax office's file ------------------------------------------------------------------------


def fec_lines(year: FiscalYear, chunk: int = 5000) -> Iterator[fec.Line]:
    """The lines of the file, streamed: memory holds a chunk, and what matches payments with claims."""
    letters = lettered(year)
    labels: dict[str, str] = {}
    journals = {code: str(label) for code, label in JOURNALS.items()}
    last_entry, when = 0, year.first
    with connection.chunked_cursor() as cursor:
        cursor.execute(_FEC, [year.pk])
        while rows := cursor.fetchmany(chunk):
            for (
                entry,
                ordinary,
                number,
                journal,
                day,
                label,
                piece,
                piece_day,
                at,
                account,
                partner,
                name,
                other,
                other_name,
                cents,
            ) in rows:
                if entry != last_entry:
                    last_entry, when = entry, _local_day(at)
                if account not in labels:
                    labels[account] = chart.label_of(account, year.first)
                who, who_is = (f"P{partner}", name) if partner else (f"E{other}", other_name) if other else ("", "")
                if account[0] != "4":
                    who = who_is = ""
                letter, on = letters.get((entry, account, partner), ("", None))
                yield fec.Line(
                    journal, journals[journal], fec.shown(number, opens=not ordinary), sql.day(day), account, labels[account], who, who_is, piece, sql.day(piece_day),
                    label, cents, letter, on, when,
                )  # fmt: skip


_FEC = """
    SELECT e.id, e.ordinary, e.number, e.journal, e.day, e.label, e.piece, e.piece_day, e.at, l.account, l.partner_id, p.name, l.other_id,
        o.name, l.cents
    FROM funding_bookentry e JOIN funding_bookline l ON l.entry_id = e.id
    LEFT JOIN network_partner p ON p.id = l.partner_id LEFT JOIN funding_entity o ON o.id = l.other_id
    WHERE e.year_id = %s ORDER BY e.ordinary, e.number, l.id
"""

JOURNALS = {
    "VE": "Ventes", "BQ": "Banque", "SU": "Subventions", "RE": "Réseau", "OD": "Opérations diverses", "AN": "À-nouveaux",
}  # fmt: skip
"""In French, whatever language the screen speaks: the file is for the French tax office."""


def _local_day(at: Any) -> date:
    """The day of a moment, where the entity is. SQLite gives back its text."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return timezone.localtime(moment).date()


def fec_text(year: FiscalYear) -> Iterator[bytes]:
    """The file itself, piece by piece."""
    yield fec.header().encode(fec.ENCODING)
    pieces: list[str] = []
    for line in fec_lines(year):
        pieces.append(fec.written(line))
        if len(pieces) == 2000:
            yield "".join(pieces).encode(fec.ENCODING, "replace")
            pieces = []
    yield "".join(pieces).encode(fec.ENCODING, "replace")


def lettered(year: FiscalYear) -> dict[tuple[int, str, int | None], tuple[str, date]]:
    """Claims that payments and credit notes settle to the cent within the year: entry, account and partner → letter and day.

    What belongs together is found from the payments' parts and the credit notes; it is lettered when it comes to zero.
    """
    lines = sql.rows(_TO_LETTER, year.pk, (chart.BILLED, chart.SUBSIDIES))
    if not lines:
        return {}
    groups = _Groups()
    for payment, claim in PaymentPart.objects.filter(claim__entity=year.entity_id).values_list("payment", "claim"):
        groups.join(("payment", payment), ("claim", claim))
    for claim, corrected in Claim.objects.filter(entity=year.entity_id, corrects__isnull=False).values_list(
        "pk", "corrects"
    ):
        groups.join(("claim", claim), ("claim", corrected))
    members: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for entry, day, source, source_id, account, partner, cents in lines:
        about = groups.of((source.split("+")[0], source_id))
        members[about, account, partner].append((entry, sql.day(day), account, partner, int(cents)))
    found: dict[tuple[int, str, int | None], tuple[str, date]] = {}
    number = 0
    for together in members.values():
        if len(together) > 1 and sum(one[4] for one in together) == 0:
            letter, on = letters(number), max(one[1] for one in together)
            number += 1
            found |= {(entry, account, partner): (letter, on) for entry, _day, account, partner, _cents in together}
    return found


_TO_LETTER = """
    SELECT e.id, e.day, e.source, e.source_id, l.account, l.partner_id, l.cents
    FROM funding_bookentry e JOIN funding_bookline l ON l.entry_id = e.id
    WHERE e.year_id = %s AND l.account IN %s AND l.partner_id IS NOT NULL
        AND (e.source = 'claim' OR e.source = 'payment' OR e.source LIKE 'payment+%%' OR e.source LIKE 'claim+%%')
    ORDER BY e.ordinary, e.number, l.id
"""


class _Groups:
    """Things that belong together, put together two by two."""

    def __init__(self) -> None:
        self._up: dict[Any, Any] = {}

    def of(self, one: Any) -> Any:
        while (up := self._up.get(one, one)) != one:
            one = up
        return one

    def join(self, one: Any, other: Any) -> None:
        self._up[self.of(one)] = self.of(other)


def letters(number: int) -> str:
    """AAA, AAB… as accountants letter."""
    found = ""
    while number or len(found) < 3:
        number, last = divmod(number, 26)
        found = chr(65 + last) + found
    return found


# --- What a year's closing needs ------------------------------------------------------------------


def balances(year: FiscalYear) -> dict[tuple[str, int | None, int | None, int | None], int]:
    """What each account of a year holds with whom: account, partner, garden, other entity → cents. One query."""
    rows = sql.rows(
        "SELECT l.account, l.partner_id, l.garden_id, l.other_id, SUM(l.cents) FROM funding_bookentry e"
        " JOIN funding_bookline l ON l.entry_id = e.id WHERE e.year_id = %s"
        " GROUP BY l.account, l.partner_id, l.garden_id, l.other_id HAVING SUM(l.cents) <> 0"
        " ORDER BY l.account, l.partner_id, l.garden_id, l.other_id",
        year.pk,
    )
    return {(account, partner, garden, other): int(cents) for account, partner, garden, other, cents in rows}


def met_since(gardens: Iterable[int], last: date) -> dict[int, int]:
    """By garden: what settlements written after a day pay of baskets up to that day that nobody paid. One query."""
    rows = sql.rows(
        "SELECT l.garden_id, SUM(l.to_garden_cents) FROM funding_settlementline l"
        " JOIN funding_settlement s ON s.id = l.settlement_id"
        " WHERE l.garden_id IN %s AND l.day <= %s AND s.day > %s GROUP BY l.garden_id",
        tuple(gardens) or (0,), last, last,
    )  # fmt: skip
    return {garden: int(cents) for garden, cents in rows}


def next_first(year: FiscalYear) -> date:
    """The first day of the year after."""
    return year.last + timedelta(days=1)
