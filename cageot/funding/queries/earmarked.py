"""Dedicated money that is not used yet (*fonds dédiés*): one line for each tranche held and each grant received.

What the year closing writes to 194, 195 or 196, what it owes back to funders, and the table of the annex, come from here
(`docs/rules/granting.md`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum

from cageot.funding.models import (
    BookLine,
    Entity,
    FiscalYear,
    Fund,
    GrantApplication,
    PaymentPart,
    Tranche,
)
from cageot.funding.queries.claiming import merged
from cageot.funding.queries.uses import BACK, uses
from cageot.funding.rules import chart
from cageot.funding.rules.granting import Flow, Sums, as_it_came, given_up, so_far, tally

ACCOUNTS = {Fund.Source.PUBLIC: "194", Fund.Source.BODY: "195", Fund.Source.GIVING: "196"}
"""The account that holds what is left of each source. One's own money is dedicated by nobody."""


@dataclass(frozen=True)
class Earmarked:
    """A line of the annex, in cents: opening + received − used − transferred = closing. `source`: public, body or giving.

    `key` names its tranche or grant for ever; `partner`: the funder that what is transferred is owed to, if any; `sums`: what
    came, served and was transferred since the beginning.
    """

    key: str
    label: str
    source: str
    partner: int | None
    opening: int
    received: int
    used: int
    transferred: int
    closing: int
    idle: int
    sums: tuple[int, int, int]

    @property
    def account(self) -> str:
        return ACCOUNTS[Fund.Source(self.source)]

    @property
    def moves(self) -> bool:
        """Whether there is anything to tell of it in its year."""
        return bool(self.opening or self.received or self.used or self.transferred or self.closing)


def earmarked(entity: Entity, year: FiscalYear) -> list[Earmarked]:
    """The dedicated money of an entity over one of its years; lines without any money are left out.

    A closed year says what it said when it was closed. Twelve queries for an open one, however many lines.
    """
    return [one for one in _lines(entity, year) if one.moves]


def to_keep(entity: Entity, year: FiscalYear) -> list[dict[str, Any]]:
    """All the lines as a closed year keeps them, those that are over too: the next year goes on from there."""
    return [asdict(one) for one in _lines(entity, year)]


def _lines(entity: Entity, year: FiscalYear) -> list[Earmarked]:
    if year.closed_at is not None:
        return [_read(row) for row in year.earmarked]
    begun = _begun(entity, year)
    found = []
    for key, label, source, partner, flows in [*_held(entity, year), *_received(entity, year)]:
        one = tally(flows, year.first, year.last, begun(key))
        ended = so_far(flows, year.last)
        sums = ended.received, ended.used, ended.transferred
        found.append(
            Earmarked(
                key, label, source, partner, one.opening, one.received, one.used, one.transferred, one.closing, one.idle, sums
            )
        )  # fmt: skip
    return found


def _read(row: dict[str, Any]) -> Earmarked:
    """A line as it was kept: JSON knows no tuple."""
    return Earmarked(**{**row, "sums": tuple(row["sums"])})


def _begun(entity: Entity, year: FiscalYear) -> Any:
    """How each line stood when the year before was closed; None as long as it is open: its flows say so."""
    before = FiscalYear.objects.filter(entity=entity, last__lt=year.first).order_by("-last").first()
    if before is None or before.closed_at is None:
        return lambda key: None
    kept = {one.key: Sums(*one.sums) for one in map(_read, before.earmarked)}
    return lambda key: kept.get(key, Sums())


Told = tuple[str, str, str, int | None, list[Flow]]
"""Of a line: its key, its label, its source, whom it is owed to, its flows."""


def _held(entity: Entity, year: FiscalYear) -> Iterator[Told]:
    """Tranches of the funds that the entity holds: what was notified, less what it paid, settled, granted or spent."""
    tranches = _tranches(entity, year)
    used, notified, back = _used_of(tranches), _notified(entity, tranches), _back(tranches)
    ends = _ends(entity)
    for one in tranches:
        flows = [*_earned(one, notified[one.pk], used[one.pk], ends, year.last), *used[one.pk], *back[one.pk]]
        flows = as_it_came(flows)
        if not one.carries_over and one.fund.partner_id:  # nobody can have back what the public gave
            flows += given_up(flows, _end_of_year(one.until_day, ends))
        yield f"tranche:{one.pk}", str(one), one.fund.source, one.fund.partner_id, flows


def _tranches(entity: Entity, year: FiscalYear) -> list[Tranche]:
    rows = Tranche.objects.filter(fund__entity=entity, fund__source__in=ACCOUNTS, notified_cents__isnull=False)
    return list(rows.select_related("fund").order_by("fund__name", "from_day", "pk"))


def _ends(entity: Entity) -> dict[date, date]:
    return dict(FiscalYear.objects.filter(entity=entity).values_list("first", "last"))


def _earned(
    tranche: Tranche, notified: list[Flow], used: list[Flow], ends: dict[date, date], until: date
) -> Iterator[Flow]:
    """The income of a tranche, year by year up to a day, as the books hold it: the part of later years is deferred (487),
    unless it was used already. Never more than was notified."""
    day = min((flow.day for flow in notified), default=until)
    earned = 0
    while day <= until:
        last = _end_of_year(day, ends)
        there = sum(flow.cents for flow in notified if flow.day <= last)
        later = chart.later_part(there, tranche.from_day, tranche.until_day, last)
        served = sum(flow.cents for flow in used if flow.day <= last)
        now = min(there, max(there - later, served, earned))
        if now != earned:
            yield Flow(day, "received", now - earned)
        day, earned = last + timedelta(days=1), now


def _notified(entity: Entity, tranches: Iterable[Tranche]) -> dict[int, list[Flow]]:
    """What was notified of each tranche, and what was notified less later, by the day when the books took it. Two queries."""
    rows = {one.pk: one for one in tranches}
    lines = _told(entity, "tranche", "refusal").filter(entry__source_id__in=rows)
    said = lines.values_list("entry__source_id", "account", "entry__day").annotate(total=Sum("cents")).order_by()
    found: dict[int, list[Flow]] = defaultdict(list)
    for pk, account, day, cents in said:
        if account == chart.FUNDS[rows[pk].fund.source].owed:
            found[pk].append(Flow(day, "received", cents))
    back = _back(rows.values())
    for pk, one in rows.items():
        there = (one.notified_cents or 0) + sum(flow.cents for flow in back[pk])
        if rest := there - sum(flow.cents for flow in found[pk]):
            assert one.notified_on is not None
            found[pk].append(Flow(one.notified_on, "received", rest))
    return found


def _back(tranches: Iterable[Tranche]) -> dict[int, list[Flow]]:
    """Notified money that was given back to funders: it leaves for another use. One query."""
    rows = PaymentPart.objects.filter(tranche__in=[one.pk for one in tranches], lowered_cents__gt=0)
    found: dict[int, list[Flow]] = defaultdict(list)
    for tranche, day, cents in rows.values_list("tranche", "payment__day", "lowered_cents"):
        found[tranche].append(Flow(day, "transferred", cents))
    return found


def _used_of(tranches: Iterable[Tranche]) -> dict[int, list[Flow]]:
    """What each tranche was used for: baskets, grants to gardens, sessions, by accounting day."""
    found: dict[int, list[Flow]] = defaultdict(list)
    for one in uses(tranche.pk for tranche in tranches):
        found[one.tranche].append(Flow(one.day, "used", one.cents))
    return found


def _received(entity: Entity, year: FiscalYear) -> Iterator[Told]:
    """Grants that gardens of the entity were given by another one: a contribution of another body."""
    rows = (
        GrantApplication.objects.filter(garden__in_entity__entity=entity, granted_cents__gt=0)
        .exclude(call__tranche__fund__entity=entity)
        .select_related("call")
        .prefetch_related("moves")
        .order_by("decided_on", "pk")
    )
    for one in rows:
        assert one.decided_on is not None
        flows = [Flow(one.decided_on, "received", one.granted_cents)]
        flows += [
            Flow(move.day, "transferred" if move.kind in BACK else "used", move.cents) for move in one.moves.all()
        ]
        yield f"grant:{one.pk}", one.call.name, Fund.Source.BODY, None, flows


def _end_of_year(day: date, ends: dict[date, date]) -> date:
    """The last day of the fiscal year that holds a day; the calendar year when none was opened."""
    return next((last for first, last in ends.items() if first <= day <= last), date(day.year, 12, 31))


# --- Deferred income ------------------------------------------------------------------------------

Whose = tuple[int | None, str]
"""A funder and a source: what each gave is income of its own account."""


def to_release(entity: Entity, year: FiscalYear) -> dict[Whose, int]:
    """What of deferred income (487) is of that year, or of those before, and the books do not say so yet, in cents.

    Below zero: more is to be deferred. Ten queries.
    """
    tranches = _tranches(entity, year)
    used, notified = _used_of(tranches), _notified(entity, tranches)
    ends = _ends(entity)
    found: dict[Whose, int] = defaultdict(int)
    for one in tranches:
        there = sum(flow.cents for flow in notified[one.pk] if flow.day <= year.last)
        earned = sum(flow.cents for flow in _earned(one, notified[one.pk], used[one.pk], ends, year.last))
        found[one.fund.partner_id, one.fund.source] -= there - earned
    for whose, cents in _deferred(entity, tranches, year.last).items():
        found[whose] += cents
    return {
        whose: cents for whose, cents in sorted(found.items(), key=lambda one: (one[0][0] or 0, one[0][1])) if cents
    }


def _deferred(entity: Entity, tranches: Iterable[Tranche], last: date) -> dict[Whose, int]:
    """What the books hold as deferred, of tranches: what their notifications wrote, less what closings released of it."""
    rows = {one.pk: one.fund for one in tranches}
    found: dict[Whose, int] = defaultdict(int)
    lines = _told(entity, "tranche", "refusal").filter(entry__source_id__in=rows, entry__day__lte=last)
    written = lines.filter(account=chart.DEFERRED).values_list("entry__source_id").annotate(total=Sum("cents"))
    for pk, cents in written.order_by():
        found[rows[pk].partner_id, rows[pk].source] -= cents
    after = merged()
    incomes = {accounts.income: source for source, accounts in chart.FUNDS.items()}
    released = _told(entity, "year_deferred").filter(account__in=incomes, entry__day__lte=last)
    for partner, account, cents in (
        released.values_list("partner", "account").annotate(total=Sum("cents")).order_by("partner", "account")
    ):
        now = after[partner].pk if partner in after else partner
        found[now, incomes[account]] += cents
    return found


def _told(entity: Entity, *sources: str) -> QuerySet[BookLine]:
    """The lines of the entries made of these, and of the differences written later (`tranche+2`)."""
    asked = Q()
    for source in sources:
        asked |= Q(entry__source=source) | Q(entry__source__startswith=f"{source}+")
    return BookLine.objects.filter(asked, entry__entity=entity)
