"""Calls and grants as pages show them: to the network, to one garden. A constant number of queries each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.urls import reverse
from django.utils.translation import ngettext

from cageot.baskets.models import Basket
from cageot.core.templatetags.cageot import day as said
from cageot.desk.words_grants import CALLS, REPORTS, STATES
from cageot.funding.models import GrantApplication, GrantCall, GrantInstalment, GrantLine, GrantReport
from cageot.funding.queries import granting as queries
from cageot.funding.queries.granting import Done, due_of
from cageot.funding.rules.granting import Fate
from cageot.members.models import Support
from cageot.network.models import Garden
from cageot.network.rules.reach import Can, Reach

State, Reported = GrantApplication.State, GrantReport.State
Pill = tuple[Any, str]


# --- One grant ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Grant:
    """An application as a line: its state in a word, its money, what comes next."""

    one: GrantApplication
    pill: Pill
    fate: Fate
    next: GrantInstalment | None
    report: Pill | None
    due: date | None
    days_left: int | None
    url: str

    @property
    def due_words(self) -> str:
        """By when the accounts are due, and how many days are left."""
        if self.due is None or self.days_left is None:
            return ""
        if self.days_left < 0:
            late = ngettext("en retard d’un jour", "en retard de %(n)s jours", -self.days_left) % {"n": -self.days_left}
            return f"{said(self.due, 'plain')}, {late}"
        left = ngettext("dans %(n)s jour", "dans %(n)s jours", self.days_left) % {"n": self.days_left}
        return f"{said(self.due, 'plain')}, {left}"

    @property
    def late(self) -> bool:
        return self.days_left is not None and self.days_left < 0


def grants(applications: Iterable[GrantApplication], today: date, *, network: bool) -> list[Grant]:
    """Applications as lines. Four queries, whatever their number."""
    rows = list(applications)
    fates = queries.fates(rows)
    to_pay: dict[int, GrantInstalment] = {}
    for part in GrantInstalment.objects.filter(application__in=rows, paid_on=None, stopped_on=None):
        to_pay.setdefault(part.application_id, part)
    reports = GrantReport.objects.in_bulk([one.pk for one in rows])
    return [_grant(one, fates[one.pk], to_pay.get(one.pk), reports.get(one.pk), today, network) for one in rows]


def _grant(
    one: GrantApplication, fate: Fate, part: GrantInstalment | None, report: GrantReport | None, today: date, network: bool
) -> Grant:  # fmt: skip
    granted = one.state == State.GRANTED
    state = "stopped" if one.stopped_on else one.state
    awaited = granted and (report is None or report.state in (Reported.DRAFT, Reported.RETURNED))
    due = due_of(one) if awaited else None
    url = reverse("desk:network_grant", args=[one.pk]) if network else _own_page(one)
    return Grant(
        one, STATES[state], fate, part, REPORTS[report.state if report else ""] if granted else None, due,
        (due - today).days if due else None, url,
    )  # fmt: skip


def _own_page(one: GrantApplication) -> str:
    if one.state == State.DRAFT:
        return reverse("desk:grant_apply", args=[one.garden.code, one.pk, 1])
    return reverse("desk:grant", args=[one.garden.code, one.pk])


# --- The network's list ---------------------------------------------------------------------------


@dataclass(frozen=True)
class CallRow:
    """A call in the list: who answered, how far its envelope went."""

    call: GrantCall
    pill: Pill
    sent: int
    asked: int
    granted: int

    @property
    def left(self) -> int:
        return self.call.envelope_cents - self.granted


@dataclass(frozen=True)
class Calls:
    """The network's page: calls, what is to pay within a month, accounts that are awaited or to read."""

    rows: list[CallRow]
    to_pay: list[GrantInstalment]
    awaited: list[Grant]
    to_read: list[Grant]
    gone: list[Grant]
    granted: int
    year: int

    @property
    def to_pay_cents(self) -> int:
        return sum(one.cents for one in self.to_pay)

    @property
    def late(self) -> int:
        return sum(one.late for one in self.awaited)


SOON = 31
"""Days ahead that an instalment to pay is shown."""


def calls(today: date) -> Calls:
    """The network's calls and what they ask for today."""
    answered = Q(applications__state__in=[State.SENT, State.GRANTED, State.REFUSED])
    rows = GrantCall.objects.select_related("tranche__fund").annotate(
        sent=Count("applications", filter=answered),
        waiting=Count("applications", filter=Q(applications__state=State.SENT)),
        asked=Sum("applications__asked_cents", filter=answered, default=0),
        granted=Sum("applications__granted_cents", default=0),
    )
    parts = GrantInstalment.objects.filter(paid_on=None, stopped_on=None, due_on__lte=today + timedelta(days=SOON))
    accounts = GrantApplication.objects.filter(state=State.GRANTED).select_related("call", "garden")
    running = grants(accounts.exclude(report__state=Reported.ACCEPTED), today, network=True)
    left_ones = {one.application.pk for one in queries.reports_awaited(today)}
    gone = set(queries.running().filter(garden__in=queries.gone(today)).values_list("pk", flat=True))
    return Calls(
        [CallRow(one, CALLS[_state(one, today, one.waiting)], one.sent, one.asked, one.granted) for one in rows],
        list(parts.select_related("application__call", "application__garden").order_by("due_on", "pk")),
        sorted((one for one in running if one.one.pk in left_ones), key=lambda one: (one.due or today, one.one.pk)),
        [one for one in running if one.report == REPORTS["sent"]],
        [one for one in running if one.one.pk in gone],
        sum(one.granted for one in rows if one.from_day.year == today.year), today.year,
    )  # fmt: skip


def _state(call: GrantCall, today: date, waiting: int) -> str:
    if today < call.opens_on:
        return "to_come"
    if today <= call.closes_on:
        return "open"
    return "to_decide" if waiting else "over"


# --- One call -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CallPage:
    """A call: its envelope, its applications, what may be done with it."""

    call: GrantCall
    pill: Pill
    grants: list[Grant]
    granted: int
    room: int
    notified: bool
    may_decide: bool
    may_change: bool
    may_withdraw: bool

    @property
    def asked(self) -> int:
        return sum(one.one.asked_cents for one in self.grants if one.one.state not in (State.DRAFT, State.WITHDRAWN))

    @property
    def paid(self) -> int:
        return sum(one.fate.paid for one in self.grants)


ORDER = [State.SENT, State.GRANTED, State.REFUSED, State.DRAFT, State.WITHDRAWN]


def call_page(call: GrantCall, today: date) -> CallPage:
    """One call as the network reads it. What a garden has not sent stays its own: only that it is being written is shown."""
    rows = GrantApplication.objects.filter(call=call).select_related("garden", "call").order_by("garden__name")
    lines = sorted(grants(rows, today, network=True), key=lambda one: ORDER.index(State(one.one.state)))
    states = Counter(one.one.state for one in lines)
    answered = bool(states[State.SENT] or states[State.GRANTED] or states[State.REFUSED])
    return CallPage(
        call, CALLS[_state(call, today, states[State.SENT])], lines, queries.granted_by(call), queries.room(call),
        call.tranche.notified_cents is not None, bool(states[State.SENT]), not answered or today <= call.closes_on,
        not answered and not states[State.WITHDRAWN],
    )  # fmt: skip


# --- A garden's page ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Home:
    """A garden's grants: calls that it may answer, what is under way, what is over."""

    garden: Garden
    calls: list[tuple[GrantCall, int]]  # with the days left
    running: list[Grant]
    over: list[Grant]
    may_edit: bool


def home(garden: Garden, reach: Reach, today: date) -> Home:
    """The grants of one garden. Nothing of another garden's."""
    rows = GrantApplication.objects.filter(garden=garden).select_related("call", "garden").order_by("-call__opens_on")
    lines = grants(rows, today, network=False)
    over = (State.REFUSED, State.WITHDRAWN)
    done = [
        one
        for one in lines
        if one.one.state in over or (one.report == REPORTS["accepted"] and not one.fate.unspent and not one.next)
    ]
    offered = [(call, (call.closes_on - today).days) for call in queries.offered(garden, today)]
    return Home(
        garden, offered, [one for one in lines if one not in done], done, reach.can(Can.EDIT_AGREEMENTS, garden.pk)
    )


# --- One grant, whole -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Detail:
    """A grant as its page shows it, on either side."""

    grant: Grant
    costs: list[GrantLine]
    incomes: list[GrantLine]
    given: list[GrantLine]
    parts: list[GrantInstalment]
    report: GrantReport | None
    moves: list[Any]
    may_edit: bool

    @property
    def one(self) -> GrantApplication:
        return self.grant.one

    @property
    def costs_planned(self) -> int:
        return sum(line.planned_cents for line in self.costs)

    @property
    def incomes_planned(self) -> int:
        return sum(line.planned_cents for line in self.incomes)

    @property
    def spent(self) -> int:
        return sum(line.spent_cents for line in self.costs)

    @property
    def per_basket(self) -> int | None:
        return self.one.asked_cents // self.one.baskets if self.one.baskets else None

    @property
    def may_use(self) -> bool:
        """Whether money carried over may be spent."""
        report = self.report
        return bool(
            report and report.state == Reported.ACCEPTED and report.left == "carried" and self.grant.fate.unspent
        )

    @property
    def owed(self) -> int:
        """What the garden should give back: paid, not spent, and not to be carried over."""
        report = self.report
        gives = report and report.state == Reported.ACCEPTED and report.left == "given_back"
        return self.grant.fate.in_hand if gives else 0


def detail(one: GrantApplication, today: date, *, network: bool, may_edit: bool) -> Detail:
    """One grant with its budget, payments, accounts and what became of its money."""
    lines = list(one.lines.all())
    [grant] = grants([one], today, network=network)
    given = [line for line in lines if line.account[:2] in ("86", "87")]
    return Detail(
        grant,
        [line for line in lines if line.side == "cost" and line not in given],
        [line for line in lines if line.side == "income" and line not in given],
        given, list(one.instalments.all()), GrantReport.objects.filter(application=one).first(),
        list(one.moves.all()), may_edit,
    )  # fmt: skip


# --- A garden's own figures -----------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """What a garden's application may start from: last season's closed weeks, and baskets planned in the call's days."""

    last: Done
    year: int
    planned: int

    @property
    def baskets(self) -> int:
        return self.planned or self.last.baskets


def figures(garden: Garden, call: GrantCall) -> Figures:
    """The garden's supported baskets and households of the year before the call, and those that are planned. Three queries."""
    year = call.from_day.year - 1
    supported = Support.objects.filter(
        Q(until_day=None) | Q(until_day__gte=OuterRef("delivery__day")), household=OuterRef("household"),
        from_day__lte=OuterRef("delivery__day"),
    )  # fmt: skip
    planned = Basket.objects.filter(
        Exists(supported),
        garden=garden,
        state=Basket.State.PLANNED,
        delivery__day__range=(call.from_day, call.until_day),
    )
    return Figures(queries.done(garden, date(year, 1, 1), date(year, 12, 31)), year, planned.count())


def done(one: GrantApplication) -> Done:
    """What a garden did over the days of a grant, from its closed weeks."""
    return queries.done(one.garden, one.call.from_day, min(one.stopped_on or one.call.until_day, one.call.until_day))
