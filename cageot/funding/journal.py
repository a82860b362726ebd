"""Every event of money, written once in the books of the entities it concerns (decision 0025).

`write` is the only door to the accountant's books. The functions after it each tell one kind of event as an entry; what
concerns two entities is written in both, and the second says which entry it mirrors. All are called in the transaction of
the event itself, under the turn at the books (`turn` stands in their signatures so that nobody forgets it).

An event is told by what it comes to now: what its earlier entries said is taken off, so that telling it twice writes nothing,
and telling it again after a change writes the difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Sum

from cageot.core import sql
from cageot.funding.models import (
    BookEntry,
    BookLine,
    Claim,
    Entity,
    EntityGarden,
    Entry,
    FiscalYear,
    Fund,
    GrantApplication,
    GrantInstalment,
    Payment,
    PaymentPart,
    Settlement,
    Tranche,
)
from cageot.funding.rules import chart, claiming
from cageot.funding.rules.years import DayRefused, Span, to_open
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


TYPED = frozenset({"manual", "opened", "transfer", "payment", "tranche", "refusal", "instalment", "grant_repaid"})
"""Events whose day somebody typed: a year mistyped there would open a year of the books for good."""


def year_for(entity: Entity, day: date, *, typed_on: date | None = None) -> FiscalYear:
    """The year that an event of that day is written in: its own, or, that one being closed, the first open one after it.

    Made when nobody opened it, with those that lie between. `typed_on`: when somebody typed that day, which may then be
    refused (DayRefused).
    """
    years = list(FiscalYear.objects.filter(entity=entity).order_by("first"))
    try:
        more = missing(years, day, typed_on=typed_on)
    except DayRefused as refused:
        refused.who = entity.name
        raise
    years += [FiscalYear.objects.create(entity=entity, first=one.first, last=one.last) for one in more]
    years.sort(key=lambda one: one.first)
    found = next((year for year in years if year.last >= day and year.closed_at is None), None)
    return found or year_for(entity, years[-1].last + timedelta(days=1))


def missing(years: Sequence[FiscalYear], day: date, *, typed_on: date | None = None) -> list[Span]:
    """What `to_open` says of the years of an entity, in order."""
    spans = [Span(one.first, one.last) for one in years]
    return to_open(spans, day, typed_on=typed_on, first_is_open=not years or years[0].closed_at is None)


def write(
    entity: Entity, *, journal: str, day: date, label: str, piece: str, lines: Sequence[Line], event: Event,
    by: Person | None, at: datetime, mirrors: BookEntry | None = None,
) -> BookEntry | None:  # fmt: skip
    """Write one entry, dated in the first open year that may hold it. Call it under the turn at the books.

    Lines of one account and the same people are added up; an entry that comes to nothing is not written (None). The
    database refuses one that does not balance, and one event told twice to one entity. Four statements, whatever the lines.
    What opens a year has numbers of its own (decision 0040). Refusal: DayRefused, when its day was typed.
    """
    assert connection.in_atomic_block
    kept = _added(lines)
    if not kept:
        return None
    ordinary = journal != BookEntry.Journal.OPENING
    typed_on = at.date() if event.source.split("+")[0] in TYPED else None
    year, first, number = _numbered(entity, day, typed_on, "last_number" if ordinary else "last_opening")
    [(pk,)] = sql.rows(
        "UPDATE funding_books SET last_book_entry = last_book_entry + 1 WHERE id = 1 RETURNING last_book_entry"
    )
    # Lines first: the entry that closes them is refused unless they balance, and takes no more (`triggers.py`).
    sql.insert_rows(
        BookLine, ["entry", "account", "partner", "garden", "other", "cents"],
        ((pk, one.account, one.partner, one.garden, one.other, one.cents) for one in kept),
    )  # fmt: skip
    entry = BookEntry(
        id=pk, entity=entity, year_id=year, ordinary=ordinary, number=number, journal=journal, day=max(day, first), label=label[:200],
        piece=piece[:60], piece_day=day, source=event.source, source_id=event.id, mirrors=mirrors, at=at, by=by,
    )  # fmt: skip
    sql.insert_row(
        BookEntry, id=pk, entity=entity.pk, year=year, ordinary=ordinary, number=number, journal=journal, day=entry.day,
        label=entry.label, piece=entry.piece, piece_day=day, source=event.source, source_id=event.id, mirrors=mirrors.pk if mirrors else None,
        at=at, by=by.pk if by else None,
    )  # fmt: skip
    return entry


def _added(lines: Iterable[Line]) -> list[Line]:
    """Lines of one account and the same people as one, in the order they came; those that come to nothing are left out."""
    added: dict[Line, int] = {}
    for line in lines:
        key = replace(line, cents=0)
        added[key] = added.get(key, 0) + line.cents
    return [replace(key, cents=cents) for key, cents in added.items() if cents]


def _numbered(entity: Entity, day: date, typed_on: date | None, last: str) -> tuple[int, date, int]:
    """The year that takes an event of that day, its first day, and the number given there. `last`: the column that counts."""
    following = _NEXT_NUMBER.format(last=last)
    found = sql.rows(following, entity.pk, day)
    if not found:
        day = max(day, year_for(entity, day, typed_on=typed_on).first)
        found = sql.rows(following, entity.pk, day)
    [(year, first, number)] = found
    return year, sql.day(first), number


_NEXT_NUMBER = """
    UPDATE funding_fiscalyear SET {last} = {last} + 1 WHERE id = (
        SELECT y.id FROM funding_fiscalyear own JOIN funding_fiscalyear y ON y.entity_id = own.entity_id
        WHERE own.entity_id = %s AND %s BETWEEN own.first AND own.last AND y.first >= own.first AND y.closed_at IS NULL
        ORDER BY y.first LIMIT 1
    ) RETURNING id, first, {last}
"""


# --- Told once, or by differences -----------------------------------------------------------------


def told(entity: Entity | int, source: str, about: int) -> tuple[list[Line], int]:
    """What the earlier entries of an event say in the books of an entity, added up, and how many they are."""
    pk = entity if isinstance(entity, int) else entity.pk
    if not BookEntry.objects.filter(entity=pk, source=source, source_id=about).exists():
        return [], 0
    rows = sql.rows(_TOLD, pk, about, source, f"{source}+%")
    return _added(Line(*row[1:]) for row in rows), len({row[0] for row in rows})


_TOLD = """
    SELECT e.id, l.account, l.cents, l.partner_id, l.garden_id, l.other_id FROM funding_bookentry e
    JOIN funding_bookline l ON l.entry_id = e.id
    WHERE e.entity_id = %s AND e.source_id = %s AND (e.source = %s OR e.source LIKE %s) ORDER BY e.id, l.id
"""


def _again(source: str, times: int, about: int) -> Event:
    """The event told once more: `claim`, then `claim+2`, `claim+3`…"""
    return Event(f"{source}+{times + 1}" if times else source, about)


@dataclass(frozen=True)
class _Paper:
    """What the entries of one event have in common."""

    journal: str
    day: date
    label: str
    piece: str
    source: str
    about: int
    by: Person | None
    at: datetime


def _tell(entity: Entity, paper: _Paper, lines: Sequence[Line], mirrors: BookEntry | None = None) -> BookEntry | None:
    """Bring what the books say of an event to these lines: writes the difference with what they said."""
    before, times = told(entity, paper.source, paper.about)
    return _put(entity, paper, [*lines, *_taken_back(before)], times, mirrors)


def _more(entity: Entity, paper: _Paper, lines: Sequence[Line], mirrors: BookEntry | None = None) -> BookEntry | None:
    """Write these lines beside what the books said of the event."""
    return _put(entity, paper, lines, told(entity, paper.source, paper.about)[1], mirrors)


def _put(
    entity: Entity, paper: _Paper, lines: Sequence[Line], times: int, mirrors: BookEntry | None
) -> BookEntry | None:
    return write(
        entity, journal=paper.journal, day=paper.day, label=paper.label, piece=paper.piece, lines=lines,
        event=_again(paper.source, times, paper.about), by=paper.by, at=paper.at, mirrors=mirrors,
    )  # fmt: skip


def _taken_back(lines: Iterable[Line]) -> list[Line]:
    return [replace(line, cents=-line.cents) for line in lines]


# --- Weeks ----------------------------------------------------------------------------------------


def of_close(turn: object, entry: Entry, by: Person | None, at: datetime) -> BookEntry | None:
    """A week closed, or taken back: what each owes of its baskets, and what the head owes the garden of it."""
    if entry.reverses_id and (found := _close_taken_back(entry, by, at)):
        _refusals_taken_back(entry, by, at)
        return found
    entity, network = entity_of(entry.garden), head()
    lines = list(_of_postings(entry, entity, network))
    week = entry.week
    what = "Reprise" if entry.reverses_id else "Paniers"
    label = f"{what} de la semaine {week.number} de {week.year}, {entry.garden.name}"
    piece = f"{entry.garden.code}-{week}" + ("-R" if entry.reverses_id else "")
    paper = _Paper(BookEntry.Journal.SALES, entry.day, label, piece, "close", entry.pk, by, at)
    made = _put(entity, paper, lines, 0, None)
    owed = sum(line.cents for line in lines if line.account == chart.BETWEEN)
    garden = entry.garden_id
    at_the_head = _owes(chart.GRANTED, owed, garden, entity.pk)
    _put(network, replace(paper, journal=BookEntry.Journal.NETWORK), at_the_head, 0, made)
    return made


def _close_taken_back(entry: Entry, by: Person | None, at: datetime) -> BookEntry | None:
    """The mirror image of what was written of the close, whatever has changed since; None when nothing was."""
    first: BookEntry | None = None
    for one in (
        BookEntry.objects.filter(source="close", source_id=entry.reverses_id or 0)
        .order_by("pk")
        .select_related("entity")
    ):
        lines = [
            Line(*row) for row in one.lines.order_by("pk").values_list("account", "cents", "partner", "garden", "other")
        ]
        paper = _Paper(one.journal, entry.day, f"Annulation : {one.label}", f"{one.piece}-R", "close", entry.pk, by, at)
        made = _put(one.entity, paper, _taken_back(lines), 0, first)
        first = first or made
    return first


def _refusals_taken_back(entry: Entry, by: Person | None, at: datetime) -> None:
    """What payers had refused of a week taken back is lost no more: there is nothing left to lose."""
    books: dict[int, list[Line]] = defaultdict(list)
    for entity, garden, partner, classification, taxed, cents in sql.rows(
        _REFUSED_OF, chart.TAX, entry.reverses_id or 0
    ):
        accounts = chart.AGREEMENTS[classification]
        books[entity] += [
            *_loss(classification, -cents, garden, taxed=taxed),
            Line(accounts.awaited, cents, partner=partner, garden=garden),
        ]
    week, entities = entry.week, Entity.objects.in_bulk(books)
    for pk, lines in books.items():
        label = f"Annulation du refus de la semaine {week.number} de {week.year}, {entry.garden.name}"
        piece = f"{entry.garden.code}-{week}-R"
        _more(entities[pk], _Paper(BookEntry.Journal.SALES, entry.day, label, piece, "close", entry.pk, by, at), lines)


_TAXED = """EXISTS (SELECT 1 FROM funding_bookentry b JOIN funding_bookline bl ON bl.entry_id = b.id
    WHERE b.entity_id = c.entity_id AND b.source = 'close' AND b.source_id = e.id AND bl.account = %s) AS taxed"""
"""The close of the entry was written with its tax. What takes off it follows, whatever the garden is since."""
_REFUSED_OF = f"""
    SELECT c.entity_id, e.garden_id, p.partner_id, g.classification, {_TAXED}, CAST(-SUM(l.cents) AS BIGINT)
    FROM funding_claimline l JOIN funding_claim c ON c.id = l.claim_id JOIN funding_entry e ON e.id = l.entry_id
    JOIN funding_agreementpayer p ON p.id = l.payer_id JOIN funding_agreement g ON g.id = p.agreement_id
    WHERE l.entry_id = %s AND c.refused GROUP BY c.id, c.entity_id, e.id, e.garden_id, p.id, p.partner_id, g.classification
    ORDER BY c.entity_id, e.garden_id, p.partner_id, g.classification, c.id, p.id
"""  # noqa: S608


def _loss(classification: str, cents: int, garden: int, *, taxed: bool) -> list[Line]:
    """What a payer refuses for good, debited: of a taxed sale the tax in it is owed no more."""
    tax = _tax(cents) if taxed and classification == "sale" else 0
    return [Line(_lost(classification), cents - tax, garden=garden), Line(chart.TAX, tax)]


def _tax(cents: int) -> int:
    """The tax inside an amount, as the paper prints it."""
    return claiming.vat_of(cents, sale=True, subject=True).vat_cents


def _lost(classification: str) -> str:
    """Where what a payer refuses is lost: of a sale it is a reduction, of a grant so much less income."""
    return chart.OWN_PART if classification == "sale" else chart.AGREEMENTS[classification].income


def _of_postings(entry: Entry, entity: Entity, network: Entity) -> Iterable[Line]:
    """The postings of a close on numbered accounts.

    Of an association subject to the tax, what members pay and what partners buy holds it: it is owed to the State, and is no
    income. What supports (a grant, a scheme, the network's part) and what nobody pays hold none.
    """
    garden, tax = entry.garden_id, 0
    for kind, cents, payer, partner, classification, taxed in sql.rows(_POSTINGS, entity.pk, entry.pk):
        if taxed and (kind == "members" or (kind == "payer" and payer == "partner" and classification == "sale")):
            tax += _tax(cents)
        if kind == "members":
            yield Line(chart.MEMBERS, cents, garden=garden)
        elif kind == "to_allocate":
            yield Line(chart.AWAITED, cents, garden=garden)
        elif kind == "payer" and payer == "network" and entity != network:
            yield Line(chart.BETWEEN, cents, garden=garden, other=network.pk)
        elif kind == "payer" and payer == "partner":
            yield Line(chart.AGREEMENTS[classification].awaited, cents, partner=partner, garden=garden)
        elif kind in ("own", "payer"):
            yield Line(chart.OWN_PART, cents, garden=garden)
        else:
            yield Line(chart.AGREEMENTS[kind].income, cents, garden=garden)
    yield Line(chart.AGREEMENTS["sale"].income, tax, garden=garden)
    yield Line(chart.TAX, -tax)


_POSTINGS = """
    SELECT a.kind, po.cents, p.kind, p.partner_id, g.classification,
        EXISTS (SELECT 1 FROM funding_entitygarden eg JOIN network_garden ga ON ga.id = eg.garden_id
            WHERE eg.entity_id = %s AND ga.vat_subject)
    FROM funding_posting po JOIN funding_account a ON a.id = po.account_id
    LEFT JOIN funding_agreementpayer p ON p.id = a.payer_id LEFT JOIN funding_agreement g ON g.id = p.agreement_id
    WHERE po.entry_id = %s ORDER BY po.id
"""


# --- Settlements ----------------------------------------------------------------------------------


def of_settlement(turn: object, settlement: Settlement, by: Person | None, at: datetime) -> list[BookEntry]:
    """What the funds pay of the gardens' baskets: the settlement's own lines, which are differences with what stood.

    What meets what a garden bears is owed to it by who holds the fund; what meets the network's promise, to the head (which
    bears it) by who else holds the fund. The head is told first, the others mirror it.
    """
    network = head()
    books: dict[int, list[Line]] = defaultdict(list)
    rows = sql.rows(_SETTLED, settlement.pk)
    homes = {garden.pk: entity_of(garden).pk for garden in Garden.objects.filter(pk__in={row[0] for row in rows})}
    for garden, holder, to_garden, to_head in rows:
        _pay_uncovered(books, garden, homes[garden], holder, to_garden)
        _pay_promise(books, garden, network.pk, holder, to_head)
    paper = _Paper(
        BookEntry.Journal.NETWORK, settlement.day, f"Règlement de période au {settlement.through:%d/%m/%Y}", f"REG-{settlement.pk}",
        "settlement", settlement.pk, by, at,
    )  # fmt: skip
    return _each(paper, books, first=network.pk)


_SETTLED = """
    SELECT l.garden_id, f.entity_id, CAST(SUM(l.to_garden_cents) AS BIGINT), CAST(SUM(l.cents - l.to_garden_cents) AS BIGINT)
    FROM funding_settlementline l JOIN funding_tranche t ON t.id = l.tranche_id JOIN funding_fund f ON f.id = t.fund_id
    WHERE l.settlement_id = %s GROUP BY l.garden_id, f.entity_id ORDER BY l.garden_id, f.entity_id
"""


def _each(paper: _Paper, books: dict[int, list[Line]], first: int) -> list[BookEntry]:
    """One entry for each entity, the head first; the next ones say that they mirror one they share money with."""
    made: dict[int, BookEntry] = {}
    entities = Entity.objects.in_bulk(books)
    for pk in sorted(books, key=lambda one: (one != first, one)):
        others = {line.other for line in books[pk] if line.account == chart.BETWEEN}
        mirrored = next((made[one] for one in made if one in others), None)
        if entry := _put(entities[pk], paper, books[pk], 0, mirrored):
            made[pk] = entry
    return list(made.values())


def _pay_uncovered(books: dict[int, list[Line]], garden: int, home: int, holder: int, cents: int) -> None:
    """A fund of `holder` pays what nobody paid in a garden of `home`."""
    if holder == home:
        books[home] += [Line(chart.OWN_PART, cents, garden=garden), Line(chart.AWAITED, -cents, garden=garden)]
        return
    books[holder] += _owes(chart.GRANTED, cents, garden, home)
    books[home] += _is_owed(chart.AWAITED, cents, garden, holder, who=None)


def _pay_promise(books: dict[int, list[Line]], garden: int, network: int, holder: int, cents: int) -> None:
    """A fund of `holder` pays what the network had promised: nothing moves when the head holds it, which owes it already."""
    if holder == network:
        return
    books[holder] += _owes(chart.GRANTED, cents, garden, network)
    books[network] += _is_owed(chart.CONTRIBUTION, cents, garden, holder, who=holder)


def _owes(account: str, cents: int, garden: int, other: int) -> list[Line]:
    """Owed to another entity, about a garden: `account` says for what."""
    return [Line(account, cents, garden=garden, other=other), Line(chart.BETWEEN, -cents, garden=garden, other=other)]


def _is_owed(account: str, cents: int, garden: int, other: int, who: int | None) -> list[Line]:
    """The same seen by that other one."""
    return [Line(chart.BETWEEN, cents, garden=garden, other=other), Line(account, -cents, garden=garden, other=who)]


# --- Claims and payments --------------------------------------------------------------------------

# Books are kept in French, whatever language the screen speaks.
CLAIMS = {"invoice": "Facture", "call": "Appel de fonds", "credit": "Avoir"}
MEANS = {"transfer": "Virement", "cheque": "Chèque", "cash": "Argent", "other": "Règlement"}


def of_claim(turn: object, claim: Claim, by: Person | None, at: datetime) -> BookEntry | None:
    """A paper sent: what was awaited becomes a debt of the payer; a credit note says the contrary, by its own negative lines.

    A call on a tranche writes nothing (None): its money is owed since it was notified.
    """
    lines: list[Line] = []
    for garden, partner, classification, taken_back, taxed, cents in sql.rows(_CLAIMED, chart.TAX, claim.pk):
        accounts = chart.AGREEMENTS[classification]
        asked = accounts.asked_public if claim.partner.public else accounts.asked
        # Refused for good, it is not awaited again; but of a week taken back since there is nothing to lose.
        lost = claim.refused and not taken_back
        back = [Line(accounts.awaited, -cents, partner=partner, garden=garden)]
        lines += [
            Line(asked, cents, partner=claim.partner_id),
            *(_loss(classification, -cents, garden, taxed=taxed) if lost else back),
        ]
    if claim.corrects_id:
        lines = _on_the_same_account(claim, lines)
    label = f"{CLAIMS[claim.kind]} {claim.number}, {claim.partner.name}"
    paper = _Paper(BookEntry.Journal.SALES, claim.issued_on, label, claim.number, "claim", claim.pk, by, at)
    return _tell(claim.entity, paper, lines)


_CLAIMED = f"""
    SELECT e.garden_id, p.partner_id, g.classification, r.id IS NOT NULL AS taken_back, {_TAXED}, CAST(SUM(l.cents) AS BIGINT)
    FROM funding_claimline l JOIN funding_claim c ON c.id = l.claim_id JOIN funding_entry e ON e.id = l.entry_id
    LEFT JOIN funding_entry r ON r.reverses_id = e.id
    JOIN funding_agreementpayer p ON p.id = l.payer_id JOIN funding_agreement g ON g.id = p.agreement_id
    WHERE l.claim_id = %s GROUP BY c.entity_id, e.id, e.garden_id, p.id, p.partner_id, g.classification, r.id IS NOT NULL
    ORDER BY e.garden_id, p.partner_id, g.classification, r.id IS NOT NULL, e.id, p.id
"""  # noqa: S608


def _on_the_same_account(claim: Claim, lines: list[Line]) -> list[Line]:
    """A credit note credits the account that its invoice debited, even if the partner is described otherwise since."""
    there = {line.account for line in told(claim.entity, "claim", claim.corrects_id or 0)[0]} & {
        chart.BILLED,
        chart.SUBSIDIES,
    }
    if len(there) != 1:
        return lines
    [account] = there
    return [
        replace(line, account=account) if line.account in (chart.BILLED, chart.SUBSIDIES) else line for line in lines
    ]


def owed_on(claim: Claim) -> str:
    """The account where a claim is owed: what its entry debited, else where its money was awaited."""
    for line in told(claim.entity, "claim", claim.pk)[0]:
        if line.account in (chart.BILLED, chart.SUBSIDIES):
            return line.account
    if claim.tranche:
        return _owed_by_fund(claim.tranche.fund)
    return chart.AGREEMENTS[claim.agreement.classification].awaited if claim.agreement else chart.AWAITED


def _owed_by_fund(fund: Fund) -> str:
    return chart.FUNDS[fund.source].owed if fund.source in chart.FUNDS else chart.ADVANCES


def of_payment(turn: object, payment: Payment, by: Person | None, at: datetime) -> BookEntry | None:
    """Money that came in: what each part of it settles; what goes nowhere yet is an advance, or waits without a payer.

    Called again when more of it is matched, it writes the difference.
    """
    lines = [Line(chart.MEANS[payment.means], payment.cents)]
    left = payment.cents
    for part in payment.parts.select_related(
        "claim__partner", "claim__tranche__fund", "claim__agreement", "tranche__fund"
    ).order_by("pk"):
        if part.claim:
            lines.append(Line(owed_on(part.claim), -part.cents, partner=part.claim.partner_id))
        elif part.tranche:
            fund = part.tranche.fund
            lines.append(Line(_owed_by_fund(fund), -part.cents, partner=fund.partner_id))
        left -= part.cents
    lines.append(Line(chart.ADVANCES if payment.partner_id else chart.UNKNOWN, -left, partner=payment.partner_id))
    who = payment.partner.name if payment.partner else "payeur à retrouver"
    paper = _Paper(
        BookEntry.Journal.BANK, payment.day, f"{MEANS[payment.means]} {'reçu' if payment.cents > 0 else 'rendu'}, {who}",
        payment.reference or f"ENC-{payment.pk}", "payment", payment.pk, by, at,
    )  # fmt: skip
    return _tell(payment.entity, paper, lines)


# --- Funds ----------------------------------------------------------------------------------------


def of_notification(turn: object, tranche: Tranche, by: Person | None, at: datetime) -> BookEntry | None:
    """Money notified: owed by the funder from then on, income of the year, and of later years for its part of the period.

    Told again after the amount changed, it brings the books (refusals and money given back counted) to what is notified. An
    association's own money (`own`) writes nothing: it is there already.
    """
    accounts = chart.FUNDS.get(tranche.fund.source)
    if accounts is None or tranche.notified_cents is None or tranche.notified_on is None:
        return None
    entity, partner = tranche.fund.entity, tranche.fund.partner_id
    refused = _owed_in(told(entity, "refusal", tranche.pk)[0], accounts.owed)
    before, times = told(entity, "tranche", tranche.pk)
    more = tranche.notified_cents + given_back(tranche) - refused - _owed_in(before, accounts.owed)
    paper = _of_tranche(tranche, "Notification", "tranche", tranche.notified_on, by, at)
    lines = _tranche_lines(
        tranche, accounts, more, partner, year_for(entity, tranche.notified_on, typed_on=at.date()).last
    )
    return _put(entity, paper, lines, times, None)


def given_back(tranche: Tranche) -> int:
    """What is no longer notified of a tranche because it was given back to its funder, in cents: its payment has told it.

    Money given back while the tranche was only promised, or that came beyond what is notified, lowered nothing.
    """
    rows = PaymentPart.objects.filter(tranche=tranche)
    return int(rows.aggregate(cents=Sum("lowered_cents"))["cents"] or 0)


def of_refusal(turn: object, tranche: Tranche, cents: int, by: Person | None, at: datetime) -> BookEntry | None:
    """So many cents of notified money will not come: no longer owed, no longer income. Each call is one more refusal."""
    accounts = chart.FUNDS.get(tranche.fund.source)
    if accounts is None or not cents:
        return None
    day = tranche.refused_on or at.date()
    paper = _of_tranche(tranche, "Refus", "refusal", day, by, at)
    last = year_for(tranche.fund.entity, day, typed_on=at.date()).last
    lines = _tranche_lines(tranche, accounts, -cents, tranche.fund.partner_id, last)
    return _more(tranche.fund.entity, paper, lines)


def _tranche_lines(
    tranche: Tranche, accounts: chart.Earmarked, cents: int, partner: int | None, last: date
) -> list[Line]:
    sign = 1 if cents >= 0 else -1
    later = sign * chart.later_part(abs(cents), tranche.from_day, tranche.until_day, last)
    return [
        Line(accounts.owed, cents, partner=partner),
        Line(accounts.income, later - cents, partner=partner),
        Line(chart.DEFERRED, -later, partner=partner),
    ]


def _owed_in(lines: Iterable[Line], account: str) -> int:
    return sum(line.cents for line in lines if line.account == account)


def _of_tranche(tranche: Tranche, what: str, source: str, day: date, by: Person | None, at: datetime) -> _Paper:
    label = f"{what} : {tranche.fund.name}, {tranche.label}"
    piece = tranche.fund.reference or f"FIN-{tranche.fund_id}-{tranche.pk}"
    return _Paper(BookEntry.Journal.GRANTS, day, label, piece, source, tranche.pk, by, at)


# --- Grants to gardens ----------------------------------------------------------------------------


def of_grant_decided(turn: object, application: GrantApplication, by: Person | None, at: datetime) -> list[BookEntry]:
    """A grant given to a garden: owed by who holds the fund, income of the garden. Told again, the difference."""
    day = application.decided_on or at.date()
    paper = _of_grant(application, "Aide accordée", "grant", application.pk, BookEntry.Journal.GRANTS, day, by, at)
    return _between(application, paper, application.granted_cents, chart.GRANTED, chart.CONTRIBUTION, difference=True)


def of_grant_paid(turn: object, instalment: GrantInstalment, by: Person | None, at: datetime) -> list[BookEntry]:
    """An instalment leaves the bank of who gives and comes to the garden's."""
    application = instalment.application
    day = instalment.paid_on or at.date()
    paper = _of_grant(
        application, "Versement de l’aide", "instalment", instalment.pk, BookEntry.Journal.BANK, day, by, at
    )
    if instalment.reference:
        paper = replace(paper, piece=instalment.reference)
    cents = instalment.cents if instalment.paid_on else 0
    return _between(application, paper, -cents, chart.BANK, chart.BANK, difference=True)


def of_grant_given_back(
    turn: object, application: GrantApplication, cents: int, by: Person | None, at: datetime
) -> list[BookEntry]:
    """So many cents of a grant, unspent, go back to who gave it: the garden owes them. Each call is one more."""
    paper = _of_grant(
        application, "Aide rendue", "given_back", application.pk, BookEntry.Journal.GRANTS, at.date(), by, at
    )
    return _between(application, paper, -cents, chart.GRANTED, chart.CONTRIBUTION, difference=False)


def _of_grant(
    application: GrantApplication, what: str, source: str, about: int, journal: str, day: date, by: Person | None, at: datetime
) -> _Paper:  # fmt: skip
    label = f"{what} : {application.call.name}, {application.garden.name}"
    return _Paper(journal, day, label, f"AID-{application.pk}", source, about, by, at)


def _between(
    application: GrantApplication, paper: _Paper, cents: int, gives: str, takes: str, *, difference: bool
) -> list[BookEntry]:  # fmt: skip
    """`cents` owed by who holds the fund to the garden's entity: `gives` debited on one side, `takes` credited on the other.

    Nothing to write when both are one entity.
    """
    holder, home = application.call.tranche.fund.entity, entity_of(application.garden)
    if holder == home:
        return []
    garden, tell = application.garden_id, _tell if difference else _more
    first = tell(holder, paper, _owes(gives, cents, garden, home.pk))
    then = tell(home, paper, _is_owed(takes, cents, garden, holder.pk, who=holder.pk), first)
    return [one for one in (first, then) if one]
