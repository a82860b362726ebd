"""Calls for projects and grants as facts: what may still be granted, where each grant stands, what is awaited."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from cageot.funding.models import (
    Charge,
    GrantApplication,
    GrantCall,
    GrantInstalment,
    GrantLine,
    GrantMove,
    GrantReport,
    Tranche,
)
from cageot.funding.queries import uses
from cageot.funding.rules import granting as rules
from cageot.network.models import Garden, GardenStatus

State, Reported = GrantApplication.State, GrantReport.State

THERE = [GardenStatus.Status.ACTIVE, GardenStatus.Status.PREPARING]


def concerned(call: GrantCall, day: date) -> list[Garden]:
    """The gardens that may answer a call: those of its fund (all when it names none) that are in the network that day."""
    there = GardenStatus.objects.filter(status__in=THERE).on(day)
    rows = Garden.objects.filter(pk__in=there.values("garden"))
    named = call.tranche.fund.gardens.all()
    return list(rows.filter(pk__in=named) if named else rows)


def offered(garden: Garden, day: date) -> QuerySet[GrantCall]:
    """The calls that are open that day and concern a garden, that it has not answered."""
    there = GardenStatus.objects.filter(garden=garden, status__in=THERE).on(day)
    rows = GrantCall.objects.filter(Exists(there), opens_on__lte=day, closes_on__gte=day)
    named = Q(tranche__fund__gardens=None) | Q(tranche__fund__gardens=garden)
    return rows.filter(named).exclude(applications__garden=garden).order_by("closes_on", "pk").distinct()


def granted_by(call: GrantCall) -> int:
    """What a call has granted, less what came back of it, in cents."""
    return granted_of(GrantApplication.objects.filter(call=call))


def granted_from(tranches: Iterable[int]) -> dict[int, int]:
    """What each tranche has granted to gardens, less what came back, in cents. Two queries."""
    return _added(uses.granted(tranches))


def spent_from(tranches: Iterable[int]) -> dict[int, int]:
    """What each tranche has paid of workshop sessions, less what was taken back, in cents. One query."""
    return _added(uses.spent(tranches))


def _added(found: Iterable[uses.Use]) -> dict[int, int]:
    sums: dict[int, int] = defaultdict(int)
    for one in found:
        sums[one.tranche] += one.cents
    return dict(sums)


def set_aside(tranches: Iterable[int]) -> dict[int, int]:
    """What of each tranche is not for baskets, in cents: what it granted, what it paid of sessions, and the rest of the
    envelope of calls that are not decided. Five queries."""
    ids = list(tranches)
    found = defaultdict(int, granted_from(ids))
    for one in (spent_from(ids), kept_for_calls(ids)):
        for tranche, cents in one.items():
            found[tranche] += cents
    return dict(found)


def kept_for_calls(tranches: Iterable[int]) -> dict[int, int]:
    """What of each tranche is the rest of the envelope of calls that are not decided (nobody was answered yet, or somebody
    still waits), in cents. Two queries."""
    answers = GrantApplication.objects.filter(call=OuterRef("pk"))
    waiting = Exists(answers.filter(state=State.SENT)) | ~Exists(
        answers.filter(state__in=[State.GRANTED, State.REFUSED])
    )
    calls = GrantCall.objects.filter(waiting, tranche__in=list(tranches)).annotate(
        granted=Sum("applications__granted_cents", default=0)
    )
    rest = {one.pk: (one.tranche_id, one.envelope_cents - one.granted) for one in calls}
    back = GrantMove.objects.filter(application__call__in=rest).exclude(kind=GrantMove.Kind.SPENT)
    came = dict(back.values_list("application__call").annotate(cents=Sum("cents")).order_by())
    found: dict[int, int] = defaultdict(int)
    for call, (tranche, cents) in rest.items():
        found[tranche] += max(0, cents + came.get(call, 0))
    return dict(found)


def granted_of(applications: QuerySet[GrantApplication]) -> int:
    """What these applications come to, in cents: granted, less withdrawn and given back."""
    granted = applications.aggregate(cents=Sum("granted_cents"))["cents"] or 0
    back = GrantMove.objects.filter(application__in=applications).exclude(kind=GrantMove.Kind.SPENT)
    return int(granted - (back.aggregate(cents=Sum("cents"))["cents"] or 0))


def room(call: GrantCall) -> int:
    """What a call may still grant, in cents: of its envelope, and of its tranche's notified money that serves nothing else."""
    tranche = Tranche.objects.get(pk=call.tranche_id)
    return rules.room(call.envelope_cents, granted_by(call), tranche.notified_cents or 0, tranche.used_cents)


def totals(application: GrantApplication) -> tuple[int, int]:
    """Costs and resources of a budget, in cents; gifts in kind (86, 87) apart: they balance by themselves."""
    found = {GrantLine.Side.COST: 0, GrantLine.Side.INCOME: 0}
    for side, account, cents in application.lines.values_list("side", "account", "planned_cents"):
        if account[:2] not in ("86", "87"):
            found[GrantLine.Side(side)] += cents
    return found[GrantLine.Side.COST], found[GrantLine.Side.INCOME]


def fates(applications: Iterable[GrantApplication]) -> dict[int, rules.Fate]:
    """Where each grant stands. Two queries."""
    ids = {one.pk: one.granted_cents for one in applications}
    paid = dict(
        GrantInstalment.objects.filter(application__in=ids, paid_on__isnull=False)
        .values_list("application")
        .annotate(cents=Sum("cents"))
        .order_by()
    )
    moved: dict[tuple[int, str], int] = {
        (application, kind): cents
        for application, kind, cents in GrantMove.objects.filter(application__in=ids)
        .values_list("application", "kind")
        .annotate(total=Sum("cents"))
        .order_by()
    }
    Kind = GrantMove.Kind
    return {
        pk: rules.Fate(granted, paid.get(pk, 0), *(moved.get((pk, kind), 0) for kind in (Kind.SPENT, Kind.GIVEN_BACK, Kind.WITHDRAWN)))
        for pk, granted in ids.items()
    }  # fmt: skip


def fate(application: GrantApplication) -> rules.Fate:
    """Where one grant stands."""
    return fates([application])[application.pk]


def running() -> QuerySet[GrantApplication]:
    """Grants under way: granted, not stopped, whose accounts are not accepted."""
    return GrantApplication.objects.filter(state=State.GRANTED, stopped_on=None).exclude(
        report__state=Reported.ACCEPTED
    )


def gone(day: date) -> QuerySet[Garden]:
    """The gardens that have left the network on that day."""
    left = GardenStatus.objects.filter(status=GardenStatus.Status.LEFT).on(day)
    return Garden.objects.filter(pk__in=left.values("garden"))


@dataclass(frozen=True)
class Awaited:
    """Accounts that a garden still owes, and by when."""

    application: GrantApplication
    due: date
    state: str  # "" when nothing is written yet


def reports_awaited(today: date) -> list[Awaited]:
    """The accounts of grants whose time is over, or that stopped, that are not sent. One query, the first due first."""
    rows = (
        GrantApplication.objects.filter(state=State.GRANTED)
        .filter(Q(call__until_day__lt=today) | Q(stopped_on__isnull=False))
        .exclude(report__state__in=[Reported.SENT, Reported.ACCEPTED])
        .select_related("call", "garden", "report")
    )
    found = [Awaited(one, due_of(one), one.report.state if hasattr(one, "report") else "") for one in rows]
    return sorted(found, key=lambda one: (one.due, one.application.garden.name))


def due_of(application: GrantApplication) -> date:
    """By when a garden reports on a grant: six months after the end of the year where it ends."""
    return rules.report_due(application.stopped_on or application.call.until_day)


# --- The garden's own figures ---------------------------------------------------------------------


@dataclass(frozen=True)
class Done:
    """What a garden did in the programme over some days, from its closed weeks: baskets, households, cents."""

    baskets: int = 0
    households: int = 0
    value_cents: int = 0
    member_cents: int = 0


def done(garden: Garden, first: date, last: date) -> Done:
    """The supported baskets of closed weeks, reversals deducted. Households are counted by their pseudonym, which is good
    for a year: over two years, those of each are added. Two queries."""
    rows = Charge.objects.filter(in_programme=True, garden=garden, day__range=(first, last))
    sums = rows.aggregate(
        baskets=Sum("sign"), value=Sum("price_cents"), member=Sum("member_cents"),
    )  # fmt: skip
    stands = rows.values("household_key").annotate(left=Sum("sign")).filter(left__gt=0)
    return Done(sums["baskets"] or 0, stands.count(), sums["value"] or 0, sums["member"] or 0)
