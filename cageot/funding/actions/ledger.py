"""What people do to the accountant's books themselves: entries by hand, transfers between associations, details, a year closed.

Everything else is written by the events themselves (`funding/journal.py`). A year is closed for good: corrections enter the
year that is open.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from cageot.funding import journal
from cageot.funding.actions.books import take_turn
from cageot.funding.journal import Event, Line
from cageot.funding.models import BookEntry, Entity, EntityGarden, Entry, FiscalYear
from cageot.funding.queries import ledger as queries
from cageot.funding.queries.earmarked import Earmarked, earmarked, to_keep, to_release
from cageot.funding.rules import chart
from cageot.funding.rules.years import DayRefused, Span, preceding
from cageot.network.actions import record
from cageot.network.models import Garden, Person

# --- Refusals -------------------------------------------------------------------------------------


class LedgerRefused(Exception):
    """What is asked of the books cannot be; nothing was written."""


class Unbalanced(LedgerRefused):
    """Debits and credits differ by `cents` (positive: too much on the debit side)."""

    def __init__(self, cents: int) -> None:
        super().__init__(cents)
        self.cents = cents


class TooFewLines(LedgerRefused):
    """An entry has two lines or more."""


class UnknownAccount(LedgerRefused):
    """The chart has no such account: `account`."""

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account


class ReservedAccount(LedgerRefused):
    """What associations of the network owe each other is written in both books at once, by a transfer."""


class EighthApart(LedgerRefused):
    """Accounts of class 8 balance among themselves: `cents` are too much on the debit side (negative: on the credit side)."""

    def __init__(self, cents: int) -> None:
        super().__init__(cents)
        self.cents = cents


class NoOpenYear(LedgerRefused):
    """No open year holds that day. `since`: the first day that may be written, if any."""

    def __init__(self, since: date | None) -> None:
        super().__init__(since)
        self.since = since


class DayOutOfYears(LedgerRefused):
    """The books take no such day: before their first year, too far after the last. `refused` says which days they take."""

    def __init__(self, refused: DayRefused) -> None:
        super().__init__(refused)
        self.refused = refused


class AlreadyWritten(LedgerRefused):
    """The same form came twice: the entry of the first time stands."""

    def __init__(self, entry: BookEntry) -> None:
        super().__init__(entry)
        self.entry = entry


class NotByHand(LedgerRefused):
    """That entry tells an event: it is the event that is to be taken back (a week, a claim, a payment)."""


class AlreadyReversed(LedgerRefused):
    """That entry was taken back."""


class SameEntity(LedgerRefused):
    """An association sends money to another one."""


class HasEntries(LedgerRefused):
    """The garden's association has entries of its own: its books cannot melt into another's."""


class YearRefused(LedgerRefused):
    """Those dates cannot be those of a year: one to twenty-four months, holding all its entries, before the next one."""


class YearStays(LedgerRefused):
    """Only the first or the last year of the books goes, open and without an entry."""


class NoYearBefore(LedgerRefused):
    """No year opens before the first one: it is closed, or has no entry yet, or both would have the same name."""


class YearNotReady(LedgerRefused):
    """The year cannot be closed yet: `blockers` says by name what is missing."""

    def __init__(self, blockers: list[Blocker]) -> None:
        super().__init__(blockers)
        self.blockers = blockers


class YearChanged(LedgerRefused):
    """What was shown is no longer what would be written."""


class YearClosedAlready(LedgerRefused):
    """Closed already; nothing was written twice."""


# --- Entries by hand ------------------------------------------------------------------------------

ACCOUNT = re.compile(r"^[1-8]\d{2,9}$")


def check_lines(lines: Sequence[Line]) -> None:
    """Refusals: TooFewLines, UnknownAccount, ReservedAccount, Unbalanced, EighthApart."""
    if len([line for line in lines if line.cents]) < 2:
        raise TooFewLines
    for line in lines:
        if not ACCOUNT.match(line.account) or chart.account_name(line.account) is None:
            raise UnknownAccount(line.account)
        if line.account.startswith(chart.BETWEEN):
            raise ReservedAccount
    if total := sum(line.cents for line in lines):
        raise Unbalanced(total)
    if eighth := sum(line.cents for line in lines if line.account.startswith("8")):
        raise EighthApart(eighth)


def write_by_hand(
    entity: Entity, *, day: date, label: str, piece: str, lines: Sequence[Line], once: int, by: Person | None, at: datetime
) -> BookEntry:  # fmt: skip
    """One entry of the journal of sundry operations. `once`: the form's own number, so that sent twice it is written once.

    Refusals: those of `check_lines`, NoOpenYear, AlreadyWritten.
    """
    check_lines(lines)
    with transaction.atomic():
        take_turn()
        _once(entity, "manual", once)
        _open_on(entity, day, at)
        entry = journal.write(
            entity, journal=BookEntry.Journal.OTHER, day=day, label=label, piece=piece, lines=lines,
            event=Event("manual", once), by=by, at=at,
        )  # fmt: skip
        if entry is None:
            raise TooFewLines
        record("funding.entry_written", by=by, at=at, about=entity, entry=entry.shown)
    return entry


def reverse_by_hand(entry: BookEntry, *, reason: str, day: date, by: Person | None, at: datetime) -> BookEntry:
    """Take back an entry that was written by hand, by its mirror image, which says why.

    Balances brought from before are taken back among what opens their year, as long as it is open.
    Refusals: NotByHand, AlreadyReversed, NoOpenYear.
    """
    if entry.source not in BY_HAND:
        raise NotByHand
    with transaction.atomic():
        take_turn()
        if BookEntry.objects.filter(entity=entry.entity, source="reversal", source_id=entry.pk).exists():
            raise AlreadyReversed
        opens = not entry.ordinary and entry.year.closed_at is None
        day = entry.day if opens else max(day, entry.day)
        _open_on(entry.entity, day, at)
        lines = [
            Line(account, -cents, partner, garden, other)
            for account, cents, partner, garden, other in entry.lines.order_by("pk").values_list(
                "account", "cents", "partner", "garden", "other"
            )
        ]
        made = journal.write(
            entry.entity, journal=entry.journal if opens or entry.ordinary else BookEntry.Journal.OTHER, day=day,
            label=f"Annulation de n° {entry.shown} : {reason}", piece=entry.piece, lines=lines, event=Event("reversal", entry.pk), by=by, at=at,
        )  # fmt: skip
        assert made is not None
        record("funding.entry_reversed", by=by, at=at, about=entry.entity, entry=entry.shown)
    return made


BY_HAND = ("manual", "opened")
"""What people wrote themselves, and may take back by hand."""


def open_books(
    entity: Entity, *, day: date, lines: Sequence[Line], once: int, by: Person | None, at: datetime
) -> BookEntry:
    """The balances that an association brings from the books it kept before, on the first day of its first year here.

    Refusals: those of `check_lines`, NoOpenYear, AlreadyWritten.
    """
    check_lines(lines)
    with transaction.atomic():
        take_turn()
        _once(entity, "opened", once)
        year = _open_on(entity, day, at)
        entry = journal.write(
            entity, journal=BookEntry.Journal.OPENING, day=year.first, label="Reprise des soldes", piece="REPRISE", lines=lines,
            event=Event("opened", once), by=by, at=at,
        )  # fmt: skip
        if entry is None:
            raise TooFewLines
        record("funding.books_opened", by=by, at=at, about=entity, entry=entry.shown)
    return entry


def transfer(
    payer: Entity, receiver: Entity, *, cents: int, day: date, piece: str, once: int, by: Person | None, at: datetime
) -> list[BookEntry]:
    """Money that one association of the network sends to another, written in both books: what they owe each other is less.

    Refusals: SameEntity, NoOpenYear, AlreadyWritten.
    """
    if payer == receiver or cents <= 0:
        raise SameEntity
    with transaction.atomic():
        take_turn()
        _once(payer, "transfer", once)
        made: list[BookEntry] = []
        for entity, other, amount in ((payer, receiver, -cents), (receiver, payer, cents)):
            _open_on(entity, day, at)
            entry = journal.write(
                entity, journal=BookEntry.Journal.BANK, day=day, label=f"Virement de {payer.name} à {receiver.name}",
                piece=piece, lines=[Line(chart.BANK, amount), Line(chart.BETWEEN, -amount, other=other.pk)],
                event=Event("transfer", once), by=by, at=at, mirrors=made[0] if made else None,
            )  # fmt: skip
            assert entry is not None
            made.append(entry)
        record("funding.transfer_written", by=by, at=at, about=payer, entry=made[0].number)
    return made


def _once(entity: Entity, source: str, once: int) -> None:
    found = BookEntry.objects.filter(entity=entity, source=source, source_id=once).first()
    if found:
        raise AlreadyWritten(found)


def _open_on(entity: Entity, day: date, at: datetime) -> FiscalYear:
    """The open year of a day, made if need be. Refusals: NoOpenYear when that day is in a closed year; DayOutOfYears."""
    try:
        year = journal.year_for(entity, day, typed_on=at.date())
    except DayRefused as refused:
        raise DayOutOfYears(refused) from refused
    if not year.first <= day <= year.last:
        raise NoOpenYear(year.first)
    return year


# --- The association, its gardens, its years ------------------------------------------------------


def describe_entity(entity: Entity, *, by: Person | None, at: datetime, **fields: str) -> None:
    """Write the details that papers and the tax office's file need: name, SIREN, RNA, address, VAT number, IBAN, BIC."""
    for name, value in fields.items():
        setattr(entity, name, value)
    entity.save(update_fields=list(fields))
    record("funding.entity_described", by=by, at=at, about=entity)


def gather(entity: Entity, garden: Garden, *, by: Person | None, at: datetime) -> None:
    """Put a garden with an entity that has others. Refusal: HasEntries when the garden's own books have begun."""
    with transaction.atomic():
        take_turn()
        before = EntityGarden.objects.select_related("entity").filter(garden=garden).first()
        if before and before.entity_id == entity.pk:
            return
        if before and BookEntry.objects.filter(entity=before.entity).exists():
            raise HasEntries
        EntityGarden.objects.update_or_create(garden=garden, defaults={"entity": entity})
        if before:
            _leave_nothing(before.entity)
        record("funding.garden_gathered", by=by, at=at, garden=garden, about=entity)


def _leave_nothing(entity: Entity) -> None:
    """An entity that holds neither garden, book, fund nor claim any more goes away."""
    held = (entity.places, entity.book_entries, entity.funds, entity.claims, entity.payments)
    if not entity.head and not any(one.exists() for one in held):
        entity.years.all().delete()
        entity.delete()


def change_year(year: FiscalYear, *, first: date, last: date, by: Person | None, at: datetime) -> None:
    """Give an open year other dates. Refusals: YearRefused, YearClosedAlready."""
    with transaction.atomic():
        take_turn()
        year.refresh_from_db()
        if year.closed_at is not None:
            raise YearClosedAlready
        others = FiscalYear.objects.filter(entity=year.entity_id).exclude(pk=year.pk)
        after = others.filter(first__gt=year.first).order_by("first").first()
        overlaps = others.filter(first__lte=last, last__gte=first).exists()
        outside = year.entries.exclude(day__range=(first, last)).exists()
        before = others.filter(last__lt=year.first).order_by("-last").first()
        moved = before is not None and first != before.last + timedelta(days=1)
        moved |= after is not None and last != after.first - timedelta(days=1)
        twice = others.filter(last__year=last.year).exists()  # a year is called by that of its last day
        if not 28 <= (last - first).days <= 731 or overlaps or outside or moved or twice:
            raise YearRefused
        year.first, year.last = first, last
        year.save(update_fields=["first", "last"])
        record("funding.year_changed", by=by, at=at, about=year.entity, first=str(first), last=str(last))


def removable(entity: Entity) -> set[int]:
    """The years at one end of an entity's books that are open and empty: those that were mistyped. Two queries."""
    years = list(FiscalYear.objects.filter(entity=entity).order_by("first"))
    ends = {one.pk for one in (*years[:1], *years[-1:]) if one.closed_at is None}
    return ends - set(BookEntry.objects.filter(year__in=ends).values_list("year", flat=True).distinct())


def remove_year(year: FiscalYear, *, by: Person | None, at: datetime) -> None:
    """Take away a year at one end of the books that nothing was written in. Refusal: YearStays."""
    with transaction.atomic():
        take_turn()
        found = FiscalYear.objects.filter(pk=year.pk).select_related("entity").first()
        if found is None or found.pk not in removable(found.entity):
            raise YearStays
        record("funding.year_removed", by=by, at=at, about=found.entity, first=str(found.first), last=str(found.last))
        found.delete()


def year_before(entity: Entity) -> Span | None:
    """The year that may be opened before the first one, on purpose: what is typed does not open it."""
    first = FiscalYear.objects.filter(entity=entity).order_by("first").first()
    if first is None or first.closed_at is not None or not first.entries.exists():
        return None
    return preceding(Span(first.first, first.last))


def open_year_before(entity: Entity, *, by: Person | None, at: datetime) -> FiscalYear:
    """Open the year before the first one: the books begin earlier than their first entry said. Refusal: NoYearBefore."""
    with transaction.atomic():
        take_turn()
        span = year_before(entity)
        if span is None:
            raise NoYearBefore
        made = FiscalYear.objects.create(entity=entity, first=span.first, last=span.last)
        record("funding.year_opened", by=by, at=at, about=entity, first=str(span.first), last=str(span.last))
    return made


# --- A year closed --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Blocker:
    """What keeps a year from being closed: a word for it, and how many, or how much in cents."""

    kind: str
    count: int


@dataclass(frozen=True)
class Draft:
    """An entry that closing would write: a word for it, its label, its lines."""

    kind: str
    label: str
    lines: list[Line]

    @property
    def cents(self) -> int:
        return sum(line.cents for line in self.lines if line.cents > 0)


@dataclass(frozen=True)
class Closing:
    """What closing a year would do, shown before it is done. `unbilled`: sales that no invoice asks yet, which stays so."""

    year: FiscalYear
    blockers: list[Blocker]
    drafts: list[Draft]
    result_cents: int
    unbilled_cents: int
    fingerprint: str


def closing_of(year: FiscalYear, *, open_weeks: int, today: date) -> Closing:
    """Gather what closing this year would write, and what is missing. `open_weeks`: weeks of its gardens that are not closed."""
    balances = queries.balances(year)
    annex = earmarked(year.entity, year)
    drafts = [_deferred(year), _owed(annex), _earmarked(annex), _nobody_pays(year, balances)]
    drafts = [one for one in drafts if one.lines]
    result = -sum(cents for key, cents in balances.items() if key[0][0] in "67")
    result -= sum(line.cents for draft in drafts for line in draft.lines if line.account[0] in "67")
    unbilled = sum(cents for key, cents in balances.items() if key[0] == chart.UNBILLED)
    text = repr((year.pk, year.last_number, year.last_opening, [(one.kind, one.lines) for one in drafts], result))
    return Closing(
        year, _blockers(year, balances, open_weeks, today), drafts, result, unbilled, hashlib.sha256(text.encode()).hexdigest()
    )  # fmt: skip


def _blockers(
    year: FiscalYear, balances: dict[tuple[str, int | None, int | None, int | None], int], open_weeks: int, today: date
) -> list[Blocker]:
    earlier = FiscalYear.objects.filter(entity=year.entity_id, first__lt=year.first, closed_at__isnull=True).count()
    unknown = sum(cents for key, cents in balances.items() if key[0].startswith(chart.UNKNOWN))
    found = [
        Blocker("not_over", (year.last - today).days + 1 if today <= year.last else 0),
        Blocker("earlier_year", earlier),
        Blocker("open_weeks", open_weeks),
        Blocker("unknown_money", abs(unknown)),
    ]
    return [one for one in found if one.count]


def _deferred(year: FiscalYear) -> Draft:
    """Money of later years, notified earlier, whose year has come: it is income on the account of its own source."""
    lines: list[Line] = []
    for (partner, source), cents in to_release(year.entity, year).items():
        lines += [
            Line(chart.DEFERRED, cents, partner=partner),
            Line(chart.FUNDS[source].income, -cents, partner=partner),
        ]
    return Draft("deferred", "Produits constatés d’avance de l’exercice", lines)


def _owed(annex: Sequence[Earmarked]) -> Draft:
    """Money of tranches that may not wait any more, or was given back: no income, owed to its funder (or so much less awaited)."""
    lines: list[Line] = []
    for one in annex:
        if one.partner and one.transferred:
            accounts = chart.FUNDS[one.source]
            lines += [
                Line(accounts.income, one.transferred, partner=one.partner),
                Line(accounts.owed, -one.transferred, partner=one.partner),
            ]
    return Draft("owed", "Financements non utilisés, dus aux financeurs", lines)


def _earmarked(annex: Sequence[Earmarked]) -> Draft:
    """Dedicated money: what is left of this year's is put aside, what earlier years had put aside and was used comes back."""
    lines: list[Line] = []
    for one in annex:
        accounts = chart.FUNDS[one.source]
        more = one.closing - one.opening
        if more > 0:
            lines += [Line(accounts.put_aside, more), Line(accounts.kept, -more)]
        elif more < 0:
            lines += [Line(accounts.kept, -more), Line(accounts.taken_back, more)]
    return Draft("earmarked", "Fonds dédiés de l’exercice", lines)


def _nobody_pays(year: FiscalYear, balances: dict[tuple[str, int | None, int | None, int | None], int]) -> Draft:
    """Baskets that nobody pays: the association bears them. What a later settlement met already is left to it."""
    awaited: dict[int, int] = {}
    for (account, partner, garden, _other), cents in balances.items():
        if account == chart.AWAITED and partner is None and garden is not None:
            awaited[garden] = awaited.get(garden, 0) + cents
    later = queries.met_since(awaited, year.last)
    lines: list[Line] = []
    for garden, cents in sorted(awaited.items()):
        lost = cents - later.get(garden, 0)
        lines += [Line(chart.OWN_PART, lost, garden=garden), Line(chart.AWAITED, -lost, garden=garden)]
    return Draft("nobody_pays", "Paniers que personne ne paie", [line for line in lines if line.cents])


def close_year(
    year: FiscalYear, *, seen: str, open_weeks: int, today: date, by: Person | None, at: datetime
) -> FiscalYear:
    """Close a year for good: its last entries, then its balances carried to the first day of the next one, which is returned.

    The accounts of charges and income keep their balances in the year itself (the tax office's file wants them so); its result
    enters the next one as 120 or 129. Refusals: YearClosedAlready, YearNotReady, YearChanged.
    """
    with transaction.atomic():
        take_turn()
        year.refresh_from_db()
        if year.closed_at is not None:
            raise YearClosedAlready
        found = closing_of(year, open_weeks=open_weeks, today=today)
        if found.blockers:
            raise YearNotReady(found.blockers)
        if found.fingerprint != seen:
            raise YearChanged
        for draft in found.drafts:
            journal.write(
                year.entity, journal=BookEntry.Journal.OTHER, day=year.last, label=draft.label, piece=f"CLO-{year.last.year}",
                lines=draft.lines, event=Event(f"year_{draft.kind}", year.pk), by=by, at=at,
            )  # fmt: skip
        year.refresh_from_db()
        year.earmarked = to_keep(year.entity, year)
        year.closed_at, year.closed_by = at, by
        year.save(update_fields=["closed_at", "closed_by", "earmarked"])
        following = journal.year_for(year.entity, queries.next_first(year))
        _carry(year, following, by, at)
        record("funding.year_closed", by=by, at=at, about=year.entity, first=str(year.first), last=str(year.last))
    following.refresh_from_db()
    return following


def _carry(year: FiscalYear, following: FiscalYear, by: Person | None, at: datetime) -> None:
    """One entry that opens the next year: every account of the balance sheet, and the result. Class 8 stays in its year."""
    balances = queries.balances(year)
    lines = [
        Line(account, cents, partner, garden, other)
        for (account, partner, garden, other), cents in balances.items()
        if chart.in_balance_sheet(account)
    ]
    result = sum(cents for key, cents in balances.items() if key[0][0] in "67")
    lines.append(Line(chart.SURPLUS if result < 0 else chart.DEFICIT, result))
    journal.write(
        year.entity, journal=BookEntry.Journal.OPENING, day=following.first, label=f"À-nouveaux de l’exercice clos le {year.last:%d/%m/%Y}",
        piece=f"AN-{following.first.year}", lines=lines, event=Event("opening", year.pk), by=by, at=at,
    )  # fmt: skip


# --- What was there before the books --------------------------------------------------------------


def write_missing(*, at: datetime) -> int:
    """Write in the accountant's books the weeks closed before there were any, oldest first. Returns how many."""
    told = BookEntry.objects.filter(source="close").values("source_id")
    posted = Entry.objects.exclude(pk__in=told).filter(postings__isnull=False).distinct()
    if not posted.exists():
        return 0
    with transaction.atomic():
        turn = take_turn()
        missing = list(posted.select_related("garden").order_by("day", "pk"))
        return sum(journal.of_close(turn, entry, entry.by, at) is not None for entry in missing)
