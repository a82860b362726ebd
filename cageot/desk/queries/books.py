"""Pages of the accountant's books: whose they are, a year's balance in plain words, an account, a journal, an entry, a year's end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from cageot.baskets.models import Basket, Delivery
from cageot.desk import words_books as words
from cageot.funding import journal
from cageot.funding.actions.ledger import BY_HAND, Closing, removable
from cageot.funding.journal import Line
from cageot.funding.models import BookEntry, BookLine, Entity, EntityGarden, Entry, FiscalYear
from cageot.funding.queries import ledger
from cageot.funding.queries.earmarked import Earmarked, earmarked
from cageot.funding.queries.ledger import Auxiliary, Balance, Ledger, Trial
from cageot.funding.rules import chart, fec
from cageot.funding.rules.granting import Tally
from cageot.network.models import Garden, Partner

PER_PAGE = 50


# --- Whose books ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shelf:
    """The books that somebody opened: their entity (None before anything is written), the garden they were opened from (None
    for the network head), the year that is read, and whether this person may write."""

    garden: Garden | None
    entity: Entity | None
    years: list[FiscalYear]
    year: FiscalYear | None
    may_write: bool

    def url(self, name: str, *arguments: object) -> str:
        """The address of one of their pages: "account", "journal"…; "" is their first page."""
        full = f"desk:{'' if self.garden else 'all_'}books{f'_{name}' if name else ''}"
        return reverse(full, args=[self.garden.code, *arguments] if self.garden else arguments)

    @property
    def number(self) -> int:
        """How the year is called in addresses: the calendar year of its last day."""
        return self.year.last.year if self.year else 0

    @property
    def name(self) -> str:
        return str(self.entity or (self.garden.legal_name or self.garden.name if self.garden else _("Réseau")))


def shelf(garden: Garden | None, *, today: date, number: int | None = None, may_write: bool) -> Shelf | None:
    """The books of a garden's association, or of the network head, at a year (by default the one of today). None: no such year."""
    entity = ledger.entity_for(garden) if garden else Entity.objects.filter(head=True).first()
    years = ledger.years_of(entity) if entity else []
    if number is None:
        year = ledger.year_on(years, today)
    else:
        year = next((one for one in years if one.last.year == number), None)
        if year is None:
            return None
    return Shelf(garden, entity, years, year, may_write)


def spans(books: Shelf) -> list[tuple[FiscalYear, str, str, bool]]:
    """The years of an entity: each with its name, the page of its dates, and whether it may be taken away. Two queries more."""
    mistyped = removable(books.entity) if books.entity else set()
    return [(one, year_words(one), books.url("dates", one.last.year), one.pk in mistyped) for one in books.years]


def year_words(year: FiscalYear) -> str:
    """A calendar year by its number, another by its two."""
    return str(year.last.year) if year.first.year == year.last.year else f"{year.first.year}-{year.last.year}"


@dataclass(frozen=True)
class Tab:
    """A page of the books, or another year of them."""

    label: str
    url: str
    current: bool


def tabs(books: Shelf, here: str) -> list[Tab]:
    """The pages of a year."""
    if books.year is None:
        return []
    found = [("year", _("Balance")), ("journal", _("Journal")), ("files", _("Fichiers"))]
    found += [("earmarked", _("Fonds dédiés")), ("close", _("Fin d’exercice"))]
    return [Tab(label, books.url(name, books.number), name == here) for name, label in found]


def year_chips(books: Shelf) -> list[Tab]:
    """The years of an entity, the newest first."""
    return [
        Tab(_("exercice %(year)s") % {"year": year_words(one)}, books.url("year", one.last.year), one == books.year)
        for one in books.years
    ]


# --- The balance ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """The accounts of one class, with what they hold together."""

    title: str
    rows: list[tuple[Balance, str]]
    closing: int


@dataclass(frozen=True)
class BalancePage:
    """A year's balance: four figures, then every account under a heading that says what it is about."""

    books: Shelf
    trial: Trial | None
    groups: list[Group]
    money: int = 0
    owed_to: int = 0
    owes: int = 0


def balance_page(books: Shelf, today: date) -> BalancePage:
    """The trial balance as of today, or of the year's last day. Three queries beside the shelf's."""
    if books.year is None:
        return BalancePage(books, None, [])
    trial = ledger.trial_balance(books.year, today)
    groups = [
        Group(str(words.CLASSES[number]), [(row, books.url("account", books.number, row.account)) for row in rows], sum(row.closing for row in rows))
        for number, rows in ((number, list(found)) for number, found in groupby(trial.rows, key=lambda row: row.account[0]))
    ]  # fmt: skip
    third = [row.closing for row in trial.rows if row.account[0] == "4"]
    return BalancePage(
        books, trial, groups, trial.of("5"), sum(one for one in third if one > 0), -sum(one for one in third if one < 0)
    )  # fmt: skip


# --- An account, a journal, an entry --------------------------------------------------------------


@dataclass(frozen=True)
class AccountPage:
    """A page of an account's movements, and whom its balance is with."""

    books: Shelf
    ledger: Ledger
    page: Page[Any]
    auxiliaries: list[Auxiliary]
    who: str
    closing: int


def account_page(books: Shelf, account: str, *, who: str, number: str) -> AccountPage | None:
    """The ledger of an account; None when the chart has no such account. A constant number of queries."""
    assert books.year is not None
    if chart.account_name(account) is None:
        return None
    count = ledger.movements(books.year, account, limit=1, who=who).count
    page = Paginator(range(count), PER_PAGE).get_page(number)
    found = ledger.movements(books.year, account, offset=max(page.start_index() - 1, 0), limit=PER_PAGE, who=who)
    closing = found.movements[-1].balance if found.movements else found.opening
    return AccountPage(books, found, page, ledger.auxiliaries(books.year, account), who, closing)


@dataclass(frozen=True)
class JournalPage:
    """A page of entries, the newest first; `journals` are the chips."""

    books: Shelf
    page: Page[BookEntry]
    journals: list[Tab]
    words: str
    journal: str


def journal_page(books: Shelf, *, journal: str, words_asked: str, number: str) -> JournalPage:
    """The entries of a year, of one journal or of all."""
    assert books.year is not None
    chosen = journal if journal in words.JOURNALS else ""
    page = Paginator(ledger.entries(books.year, chosen, words_asked), PER_PAGE).get_page(number)
    chips = [Tab(_("Tout"), "?", not chosen)]
    chips += [Tab(str(label), f"?j={code}", code == chosen) for code, label in words.JOURNALS.items()]
    return JournalPage(books, page, chips, words_asked, chosen)


@dataclass(frozen=True)
class EntryPage:
    """One entry, its lines, what it was made of, and the entries it answers."""

    books: Shelf
    entry: BookEntry
    lines: list[tuple[BookLine, str, str]]
    made_of: str
    link: str
    may_reverse: bool
    total: int


def entry_page(books: Shelf, pk: int) -> EntryPage | None:
    """An entry of that year; None when it has none such."""
    entry = (
        BookEntry.objects.select_related("by", "mirrors__entity", "year", "entity")
        .filter(year=books.year, pk=pk)
        .first()
    )
    if entry is None:
        return None
    lines = [
        (line, chart.label_of(line.account, entry.year.first), books.url("account", books.number, line.account))
        for line in ledger.lines_of(entry)
    ]
    reversed_by = BookEntry.objects.filter(entity=entry.entity_id, source="reversal", source_id=entry.pk).exists()
    return EntryPage(
        books, entry, lines, words.source_of(entry.source), _link_of(entry, books),
        books.may_write and entry.source in BY_HAND and not reversed_by, sum(line.cents for line, _l, _u in lines if line.cents > 0),
    )  # fmt: skip


def _link_of(entry: BookEntry, books: Shelf) -> str:
    """The page of what an entry was made of, when this reader has one."""
    source = entry.source.split("+")[0]
    if source == "close" and books.garden:
        found = Entry.objects.filter(pk=entry.source_id, garden=books.garden).first()
        return reverse("desk:week", args=[books.garden.code, found.week]) if found else ""
    if source in ("claim", "payment"):
        return reverse(f"desk:{source}", args=[entry.source_id])
    return ""


# --- The year's end -------------------------------------------------------------------------------


def open_weeks(year: FiscalYear) -> int:
    """Weeks of the entity's gardens with baskets in the year that are not closed."""
    gardens = EntityGarden.objects.filter(entity=year.entity_id).values("garden")
    deliveries = Delivery.objects.filter(garden__in=gardens, day__range=(year.first, year.last), close__isnull=True)
    with_baskets = Basket.objects.filter(delivery__in=deliveries).values("delivery")
    return deliveries.filter(pk__in=with_baskets).values("garden", "week").distinct().count()


@dataclass(frozen=True)
class DraftLine:
    """One line that closing would write: its account, whom it is about, debit and credit in cents."""

    account: str
    label: str
    who: str
    debit: int
    credit: int


@dataclass(frozen=True)
class DraftShown:
    """One entry that closing would write, in words and line by line."""

    text: str
    cents: int
    lines: list[DraftLine]


@dataclass(frozen=True)
class ClosePage:
    """What closing would write, in words and line by line, with what is missing."""

    books: Shelf
    closing: Closing
    blockers: list[str]
    drafts: list[DraftShown]
    surplus: bool


def close_page(books: Shelf, closing: Closing) -> ClosePage:
    """Two queries beside the closing's own."""
    lines = [line for one in closing.drafts for line in one.lines]
    partners = dict(Partner.objects.filter(pk__in={line.partner for line in lines}).values_list("pk", "name"))
    gardens = dict(Garden.objects.filter(pk__in={line.garden for line in lines}).values_list("pk", "name"))
    drafts = [
        DraftShown(words.draft(one), one.cents, _draft_lines(one.lines, closing.year.first, partners, gardens))
        for one in closing.drafts
    ]
    blockers = [words.blocker(one) for one in closing.blockers]
    return ClosePage(books, closing, blockers, drafts, closing.result_cents >= 0)


def _draft_lines(
    lines: Iterable[Line], first: date, partners: Mapping[int, str], gardens: Mapping[int, str]
) -> list[DraftLine]:
    """Lines as they will stand: those of one account and the same people added up."""
    added: dict[tuple[str, str], int] = {}
    for line in lines:
        who = partners.get(line.partner or 0) or gardens.get(line.garden or 0) or ""
        added[line.account, who] = added.get((line.account, who), 0) + line.cents
    return [
        DraftLine(account, chart.label_of(account, first), who, max(cents, 0), max(-cents, 0))
        for (account, who), cents in added.items()
        if cents
    ]


# --- Dedicated money ------------------------------------------------------------------------------


@dataclass(frozen=True)
class EarmarkedPage:
    """The annex's table of dedicated money of a year, by origin then by fund, and its sums."""

    books: Shelf
    rows: list[tuple[Earmarked, str]]
    total: Tally
    table_url: str


def earmarked_page(books: Shelf) -> EarmarkedPage:
    """What stood at the start, came, served, left for another use, and stands at the end. A constant number of queries."""
    assert books.year is not None
    assert books.entity is not None
    found = sorted(earmarked(books.entity, books.year), key=lambda one: one.account)
    sums = [sum(getattr(one, name) for one in found) for name in EARMARKED]
    rows = [(one, str(words.ORIGINS[one.source])) for one in found]
    return EarmarkedPage(books, rows, Tally(*sums), books.url("file", books.number, "fonds-dedies", "xlsx"))


EARMARKED = ("opening", "received", "used", "transferred", "closing", "idle")
"""The sums of a line, in the order of the annex."""


# --- Files ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FilesPage:
    """What may be taken away, and whether the tax office would take its file. `wrong` is None when it was not asked."""

    books: Shelf
    siren: bool
    wrong: list[str] | None
    more: int


AT_MOST = 20


def files_page(books: Shelf, *, check: bool) -> FilesPage:
    """The files of a year. Checking reads the whole file once, piece by piece."""
    assert books.year is not None
    assert books.entity is not None
    found: list[str] | None = None
    more = 0
    if check:
        found = []
        for one in fec.check(
            _lines(books.year),
            name=fec.file_name(books.entity.siren, books.year.last),
            first=books.year.first,
            last=books.year.last,
        ):
            if len(found) < AT_MOST:
                found.append(words.wrong(one))
            else:
                more += 1
    return FilesPage(books, bool(books.entity.siren), found, more)


def _lines(year: FiscalYear) -> Iterable[bytes]:
    for piece in ledger.fec_text(year):
        yield from piece.splitlines(keepends=True)


# --- The network ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class EntityRow:
    """An association of the network, with totals only: what it sold and received, what the head owes it, its last entry."""

    entity: Entity
    gardens: str
    income: int
    between: int
    entries: int
    last: date | None


@dataclass(frozen=True)
class EntitiesPage:
    """Every association with books, and gardens that have none yet."""

    rows: list[EntityRow]
    alone: int


def entities_page(year: int) -> EntitiesPage:
    """Associations with the totals of a calendar year. Five queries, whatever their number."""
    sums = {
        entity: (-(income or 0), between or 0)
        for entity, income, between in BookLine.objects.filter(entry__day__range=(date(year, 1, 1), date(year, 12, 31)))
        .exclude(entry__journal="AN")
        .values_list("entry__entity")
        .annotate(
            income=Sum("cents", filter=Q(account__startswith="7")),
            between=Sum("cents", filter=Q(account=chart.BETWEEN)),
        )
    }
    counts = {
        entity: (count, last)
        for entity, count, last in BookEntry.objects.values_list("entity").annotate(count=Count("pk"), last=Max("day"))
    }
    names: dict[int, list[str]] = {}
    for entity, name in EntityGarden.objects.order_by("garden__name").values_list("entity", "garden__name"):
        names.setdefault(entity, []).append(name)
    rows = [
        EntityRow(one, ", ".join(names.get(one.pk, [])), *sums.get(one.pk, (0, 0)), *counts.get(one.pk, (0, None)))
        for one in Entity.objects.all()
    ]
    return EntitiesPage(rows, Garden.objects.filter(in_entity__isnull=True).count())


def entity_of(books: Shelf) -> Entity:
    """The entity, made now when these books had none: call it to write."""
    return books.entity or (journal.entity_of(books.garden) if books.garden else journal.head())
