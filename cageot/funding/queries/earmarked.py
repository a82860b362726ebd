"""Dedicated money that is not used yet (*fonds dédiés*): one line for each tranche held and each grant received.

What the year closing writes to 194, 195 or 196, and the table of the annex, come from here (`docs/rules/granting.md`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import chain

from django.db.models import Sum

from cageot.funding.models import (
    Entity,
    FiscalYear,
    Fund,
    GrantApplication,
    GrantMove,
    SettlementLine,
    Tranche,
)
from cageot.funding.rules import chart
from cageot.funding.rules.granting import Flow, Tally, given_up, tally

ACCOUNTS = {Fund.Source.PUBLIC: "194", Fund.Source.BODY: "195", Fund.Source.GIVING: "196"}
"""The account that holds what is left of each source. One's own money is dedicated by nobody."""


@dataclass(frozen=True)
class Earmarked:
    """A line of the annex, in cents: opening + received − used − transferred = closing. `source`: public, body or giving."""

    label: str
    source: str
    opening: int
    received: int
    used: int
    transferred: int
    closing: int
    idle: int

    @property
    def account(self) -> str:
        return ACCOUNTS[Fund.Source(self.source)]


def earmarked(entity: Entity, year: FiscalYear) -> list[Earmarked]:
    """The dedicated money of an entity over one of its years; lines without any money are left out. Six queries."""
    lines = [*_held(entity, year), *_received(entity, year)]
    return [
        Earmarked(label, source, one.opening, one.received, one.used, one.transferred, one.closing, one.idle)
        for label, source, one in lines
        if one.opening or one.received or one.used or one.transferred or one.closing
    ]


def _held(entity: Entity, year: FiscalYear) -> Iterable[tuple[str, str, Tally]]:
    """Tranches of the funds that the entity holds: what was notified, less what it paid, settled or granted."""
    rows = Tranche.objects.filter(fund__entity=entity, fund__source__in=ACCOUNTS, notified_cents__isnull=False)
    tranches = list(rows.select_related("fund").order_by("fund__name", "from_day", "pk"))
    used = _used_of(tranches)
    ends = dict(FiscalYear.objects.filter(entity=entity).values_list("first", "last"))
    for one in tranches:
        flows = [*_earned(one, used[one.pk], ends), *used[one.pk]]
        if not one.carries_over:
            flows += given_up(flows, _end_of_year(one.until_day, ends))
        yield str(one), one.fund.source, tally(flows, year.first, year.last)


def _earned(tranche: Tranche, used: list[Flow], ends: dict[date, date]) -> Iterable[Flow]:
    """The income of a tranche, year by year, as the books hold it: the part of later years is deferred (487), unless it
    was used already."""
    assert tranche.notified_cents is not None
    assert tranche.notified_on is not None
    day, earned = tranche.notified_on, 0
    while earned < tranche.notified_cents:
        last = _end_of_year(day, ends)
        later = chart.later_part(tranche.notified_cents, tranche.from_day, tranche.until_day, last)
        so_far = max(tranche.notified_cents - later, sum(flow.cents for flow in used if flow.day <= last), earned)
        if so_far > earned:
            yield Flow(day, "received", so_far - earned)
        day, earned = last + timedelta(days=1), so_far


def _used_of(tranches: Iterable[Tranche]) -> dict[int, list[Flow]]:
    """What each tranche paid: settlements by accounting day, grants to gardens, less what came back of them."""
    wanted = [one.pk for one in tranches]
    settled = (
        SettlementLine.objects.filter(tranche__in=wanted)
        .values_list("tranche", "settlement__day")
        .annotate(cents=Sum("cents"))
        .order_by()
    )
    granted = GrantApplication.objects.filter(call__tranche__in=wanted, granted_cents__gt=0)
    back = GrantMove.objects.filter(application__call__tranche__in=wanted, kind__in=BACK)
    found: dict[int, list[Flow]] = defaultdict(list)
    for tranche, day, cents in chain(
        settled,
        granted.values_list("call__tranche", "decided_on", "granted_cents"),
        (
            (tranche, day, -cents)
            for tranche, day, cents in back.values_list("application__call__tranche", "day", "cents")
        ),
    ):
        found[tranche].append(Flow(day, "used", cents))
    return found


BACK = (GrantMove.Kind.GIVEN_BACK, GrantMove.Kind.WITHDRAWN)


def _received(entity: Entity, year: FiscalYear) -> Iterable[tuple[str, str, Tally]]:
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
        yield one.call.name, Fund.Source.BODY, tally(flows, year.first, year.last)


def _end_of_year(day: date, ends: dict[date, date]) -> date:
    """The last day of the fiscal year that holds a day; the calendar year when none was opened."""
    return next((last for first, last in ends.items() if first <= day <= last), date(day.year, 12, 31))


def deferred(entity: Entity, year: FiscalYear) -> dict[int | None, tuple[str, int]]:
    """By funder: the source of its money, and what was notified that belongs to the years after this one (487). Six queries."""
    rows = Tranche.objects.filter(
        fund__entity=entity, fund__source__in=ACCOUNTS, notified_cents__isnull=False, notified_on__lte=year.last
    )
    tranches = list(rows.select_related("fund").order_by("fund__name", "from_day", "pk"))
    used = _used_of(tranches)
    ends = dict(FiscalYear.objects.filter(entity=entity).values_list("first", "last"))
    found: dict[int | None, tuple[str, int]] = {}
    for one in tranches:
        assert one.notified_cents is not None
        earned = sum(flow.cents for flow in _earned(one, used[one.pk], ends) if flow.day <= year.last)
        source, before = found.get(one.fund.partner_id, (one.fund.source, 0))
        found[one.fund.partner_id] = source, before + one.notified_cents - earned
    return found
