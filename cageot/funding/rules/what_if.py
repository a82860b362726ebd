"""What if: a scenario is moved (a funder leaves, a price rises, more households come…) and both are shown side by side.

A move makes another scenario of one; nothing else changes. Both are shared out at best, gardens as fairly as funds allow;
then, what each garden receives being the same, earlier weeks first, so that it can be said when baskets are first missing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from cageot.funding.rules.allocating.network import Network, total_by
from cageot.funding.rules.allocating.scenario import Fund, Group, Scenario
from cageot.funding.rules.allocating.solve import SolverFailed, best
from cageot.funding.rules.next_euro import Kind, max_flow, unlocked, with_funds

# --- Moves --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leaves:
    """These funds pay no basket of that day or later."""

    funds: frozenset[str]
    on: date

    def __call__(self, scenario: Scenario) -> Scenario:
        return _each_fund(
            scenario, self.funds, lambda one: replace(one, until_day=min(one.until_day, self.on - ONE_DAY))
        )


@dataclass(frozen=True, slots=True)
class Shrinks:
    """These funds bring only that part of their money, in hundredths of a percent (5000: half), rounded down."""

    funds: frozenset[str]
    part_bp: int

    def __call__(self, scenario: Scenario) -> Scenario:
        return _each_fund(
            scenario, self.funds, lambda one: replace(one, budget_cents=one.budget_cents * self.part_bp // 10_000)
        )


@dataclass(frozen=True, slots=True)
class Late:
    """These funds pay no basket before that day."""

    funds: frozenset[str]
    until: date

    def __call__(self, scenario: Scenario) -> Scenario:
        return _each_fund(scenario, self.funds, lambda one: replace(one, from_day=max(one.from_day, self.until)))


@dataclass(frozen=True, slots=True)
class Brings:
    """One more fund."""

    fund: Fund

    def __call__(self, scenario: Scenario) -> Scenario:
        return replace(scenario, funds=[*scenario.funds, self.fund])


@dataclass(frozen=True, slots=True)
class Price:
    """Baskets of that day or later cost that much more (or less, down to what their members pay). None: every garden."""

    cents: int
    on: date
    gardens: frozenset[str] | None = None

    def __call__(self, scenario: Scenario) -> Scenario:
        return _each_group(
            scenario,
            self.on,
            self.gardens,
            lambda one: replace(one, price_cents=max(one.member_cents, one.price_cents + self.cents)),
        )


@dataclass(frozen=True, slots=True)
class Cap:
    """Members pay at most that share of the price, in hundredths of a percent, of baskets of that day or later.

    A higher cap changes nothing by itself: what members pay is written in each agreement. `members`: group → what its member
    pays of a basket, where a group's `member_cents` holds more than that (what others have settled already).
    """

    most_bp: int
    on: date
    members: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, scenario: Scenario) -> Scenario:
        return _each_group(scenario, self.on, None, self._lowered)

    def _lowered(self, one: Group) -> Group:
        over = self.members.get(one.id, one.member_cents) - one.price_cents * self.most_bp // 10_000
        return replace(one, member_cents=one.member_cents - over) if over > 0 else one


@dataclass(frozen=True, slots=True)
class More:
    """So many more baskets (or fewer) from that day on, in hundredths of a percent of today's: 2000 is a fifth more.

    Among groups that differ by their day only, whole baskets are spread so that their sum is right at any day.
    """

    part_bp: int
    on: date
    gardens: frozenset[str] | None = None
    audiences: frozenset[str] | None = None

    def __call__(self, scenario: Scenario) -> Scenario:
        so_far: dict[tuple[object, ...], int] = defaultdict(int)
        rate = Fraction(10_000 + max(self.part_bp, -10_000), 10_000)
        found = []
        for one in sorted(scenario.groups, key=lambda one: (one.day, one.id)):
            if one.day < self.on or not _in(one.garden, self.gardens) or not _in(one.audience, self.audiences):
                found.append(one)
                continue
            key = (one.garden, one.commune, one.audience, one.affiliation, one.price_cents, one.member_cents)
            before = so_far[key]
            so_far[key] = before + one.baskets
            found.append(replace(one, baskets=int(so_far[key] * rate) - int(before * rate)))
        return replace(scenario, groups=found)


@dataclass(frozen=True, slots=True)
class Withdraws:
    """A partner pays only that part of what it pays of baskets under agreements, from a day until another (None: for good).

    `paid`: group → what it pays of each of its baskets, in cents; `part_bp` in hundredths of a percent, 0: nothing at all.
    """

    paid: Mapping[str, int]
    on: date
    until: date | None = None
    part_bp: int = 0

    def __call__(self, scenario: Scenario) -> Scenario:
        return _each_group(scenario, self.on, None, self._bared)

    def _bared(self, one: Group) -> Group:
        cents = self.paid.get(one.id, 0)
        if not cents or (self.until is not None and one.day >= self.until):
            return one
        lost = min(one.member_cents, cents - cents * self.part_bp // 10_000)
        return replace(one, member_cents=one.member_cents - lost)


@dataclass(frozen=True, slots=True)
class Closes:
    """That garden gives no basket of that day or later."""

    garden: str
    on: date

    def __call__(self, scenario: Scenario) -> Scenario:
        return replace(
            scenario, groups=[one for one in scenario.groups if one.garden != self.garden or one.day < self.on]
        )


Move = Leaves | Shrinks | Late | Withdraws | Brings | Price | Cap | More | Closes

ONE_DAY = timedelta(days=1)


def moved(scenario: Scenario, moves: Iterable[Move]) -> Scenario:
    """The scenario after these moves, one after the other."""
    for move in moves:
        scenario = move(scenario)
    return scenario


def _each_fund(scenario: Scenario, ids: frozenset[str], change: Callable[[Fund], Fund]) -> Scenario:
    """A fund without a day left pays nothing: it is left out."""
    made = (change(one) if one.id in ids else one for one in scenario.funds)
    return replace(scenario, funds=[one for one in made if one.from_day <= one.until_day])


def _each_group(
    scenario: Scenario, on: date, gardens: frozenset[str] | None, change: Callable[[Group], Group]
) -> Scenario:
    def one_of(one: Group) -> Group:
        return change(one) if one.day >= on and _in(one.garden, gardens) else one

    return replace(scenario, groups=[one_of(one) for one in scenario.groups])


def _in(value: str | None, some: frozenset[str] | None) -> bool:
    return some is None or value in some


# --- What comes of it ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What is needed and what funds cover, in cents, of some baskets. `missing`: the baskets that the gap would pay whole,
    rounded up. `weeks`: Monday → what is not covered that week, in cents."""

    need_cents: int = 0
    covered_cents: int = 0
    baskets: int = 0
    missing: int = 0
    weeks: Mapping[date, int] = field(default_factory=dict)

    @property
    def gap_cents(self) -> int:
        return self.need_cents - self.covered_cents

    def first_hit(self, before: Part, since: date | None = None) -> date | None:
        """The Monday of the first week that is less covered than before, from the week of `since` on.

        An earlier one may be less covered too, as money is shared anew: a move is felt from its own day on.
        """
        floor = since - timedelta(days=since.weekday()) if since else date.min
        hit = (monday for monday, gap in self.weeks.items() if monday >= floor and gap > before.weeks.get(monday, 0))
        return min(hit, default=None)


@dataclass(frozen=True)
class Outcome:
    """A scenario shared out at best: in all, by garden, by audience, and what is left of each fund in cents."""

    total: Part
    gardens: Mapping[str, Part]
    audiences: Mapping[str, Part]
    left: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Help:
    """Extra money of a kind ("any", "department:41"…) and how much of the new gap it would close, in cents."""

    key: str
    cents: int


@dataclass(frozen=True, slots=True)
class Opens:
    """A fund has `left_cents`; without its condition (a word of `CONDITIONS`), `cents` more would be covered."""

    fund: str
    condition: str
    left_cents: int
    cents: int


@dataclass(frozen=True)
class Compared:
    """Before and after, and what would help: extra money, the whole of the new gap first and the narrowest kind of those
    that close it; then the conditions that keep money in hand from being used, the most useful first. `since`: the first day
    that the moves change."""

    before: Outcome
    after: Outcome
    helps: Sequence[Help]
    opens: Sequence[Opens]
    since: date | None = None

    @property
    def lost_cents(self) -> int:
        """How much the gap grows; below zero, how much it shrinks."""
        return self.after.total.gap_cents - self.before.total.gap_cents

    def first_hit(self) -> date | None:
        """The Monday of the first week that is less covered than before in some garden, from the week of `since` on."""
        before = self.before.gardens
        hit = [one.first_hit(before.get(name, Part()), self.since) for name, one in self.after.gardens.items()]
        return min((monday for monday in hit if monday), default=None)


CONDITIONS = ("gardens", "communes", "audiences", "affiliations", "dates", "cap", "share", "match")
FUNDS_LOOKED_AT = 12
"""Of the funds with money left, those with the most: enough for a page."""


def compare(scenario: Scenario, moves: Sequence[Move], kinds: Sequence[Kind], since: date | None = None) -> Compared:
    """The scenario before and after its moves. `kinds`: the kinds of extra money to think of, as `next_euro.kinds` gives."""
    after = moved(scenario, moves)
    one, two = outcome(scenario), outcome(after)
    return Compared(
        one, two, helping(after, two.total.gap_cents - one.total.gap_cents, kinds), opening(after, two.left), since
    )


def outcome(scenario: Scenario) -> Outcome:
    """The best split, said by garden, audience and week."""
    network, _ = with_funds(scenario, _calendar(scenario))
    flow = best(network)
    covered = _early_first(network, total_by(network.fund, flow, len(network.funds)), total_by(
        network.garden[network.cls], flow, len(network.gardens)
    ))  # fmt: skip
    used = total_by(network.fund, flow, len(network.funds))
    named = {one.id for one in scenario.funds}
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    gaps: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    weeks: dict[tuple[str, str], dict[date, int]] = defaultdict(lambda: defaultdict(int))
    each_of: dict[int, list[int]] = defaultdict(list)
    for index, cls in enumerate(network.class_of.tolist()):
        each_of[cls].append(index)
    for cls, members in each_of.items():
        whole, got = int(network.need[cls]), int(covered[cls])
        at = 0
        for index in members:
            group = network.groups[index]
            # The class's cents, by running sums: groups of a class are alike, and their parts add up.
            before, at = at, at + group.need
            part = (got * at // whole - got * before // whole) if whole else 0
            gap = group.need - part
            monday = group.day - timedelta(days=group.day.weekday())
            for key in (("", ""), ("garden", group.garden), ("audience", group.audience or "")):
                row = sums[key]
                row[0] += group.need
                row[1] += part
                row[2] += group.baskets
                if gap:
                    gaps[key][group.need_each] += gap
                    weeks[key][monday] += gap

    def made(key: tuple[str, str]) -> Part:
        missing = sum((Fraction(cents, each) for each, cents in gaps[key].items()), Fraction(0))
        need, got, baskets = sums[key]
        return Part(need, got, baskets, -int(-missing // 1), dict(weeks[key]))

    return Outcome(
        made(("", "")),
        {name: made((what, name)) for what, name in sorted(sums) if what == "garden"},
        {name: made((what, name)) for what, name in sorted(sums) if what == "audience"},
        {one.id: one.budget_cents - int(cents) for one, cents in zip(network.funds, used, strict=True) if one.id in named},
    )  # fmt: skip


def _calendar(scenario: Scenario) -> list[Fund]:
    """A fund without money for each week, so that the classes of the network are apart by week."""
    mondays = sorted({one.day - timedelta(days=one.day.weekday()) for one in scenario.groups})
    return [Fund("", 0, monday, monday + timedelta(days=6)) for monday in mondays]


def _early_first(network: Network, spent: np.ndarray, received: np.ndarray) -> np.ndarray:  # type: ignore[type-arg]
    """What each class receives when funds spend and gardens receive this, earlier weeks first, in cents."""
    if not int(spent.sum()):
        return np.zeros(len(network.need), np.int64)
    funds, classes, gardens = len(network.funds), len(network.need), len(network.gardens)
    week = np.zeros(classes, np.int64)
    for index, cls in enumerate(network.class_of.tolist()):
        week[cls] = network.groups[index].day.toordinal() // 7
    week -= week.min()
    solver = SimpleMinCostFlow()
    fund, cls = np.arange(funds) + 2, np.arange(classes) + 2 + funds
    garden = np.arange(gardens) + 2 + funds + classes

    def arcs(tails: object, heads: object, most: object, cost: object) -> np.ndarray:  # type: ignore[type-arg]
        return np.asarray(solver.add_arcs_with_capacity_and_unit_cost(tails, heads, most, cost))

    arcs(np.zeros(funds, np.int64), fund, spent, np.zeros(funds, np.int64))
    arcs(network.fund + 2, network.cls + 2 + funds, network.most, np.zeros(len(network.most), np.int64))
    ends = arcs(cls, garden[network.garden], network.need, week)
    arcs(garden, np.ones(gardens, np.int64), received, np.zeros(gardens, np.int64))
    supply = int(spent.sum())
    solver.set_nodes_supplies(np.array([0, 1]), np.array([supply, -supply]))
    if (status := solver.solve()) != solver.OPTIMAL:
        raise SolverFailed(f"min-cost flow: {status}")
    return np.asarray(solver.flows(ends), np.int64)


# --- What would help ----------------------------------------------------------------------------


def helping(scenario: Scenario, gap_cents: int, kinds: Sequence[Kind]) -> list[Help]:
    """The smallest extra money that closes a gap of so many cents, kind by kind; those that close it all come first, from
    the narrowest. As each new euro unlocks one euro up to what its kind can reach, no smaller sum would do."""
    if gap_cents <= 0:
        return []
    found = [one for one in unlocked(scenario, kinds) if one.cents]
    whole = sorted((one for one in found if one.cents >= gap_cents), key=lambda one: (one.cents, one.key))
    some = sorted((one for one in found if one.cents < gap_cents), key=lambda one: (-one.cents, one.key))
    return [Help(one.key, min(one.cents, gap_cents)) for one in [*whole, *some]]


def opening(scenario: Scenario, left: Mapping[str, int]) -> list[Opens]:
    """The conditions that stop money in hand: what each, lifted alone, would let be covered."""
    rich = sorted((one for one in scenario.funds if left.get(one.id)), key=lambda one: (-left[one.id], one.id))[
        :FUNDS_LOOKED_AT
    ]
    asked = [
        (one, name, freed) for one in rich for name in CONDITIONS if (freed := _without(one, name, scenario)) != one
    ]
    if not asked:
        return []
    network, place = with_funds(scenario, [freed for _, _, freed in asked])
    at = {one.id: index for index, one in enumerate(network.funds)}
    for (one, _, _), index in zip(asked, place, strict=True):
        _paid_already(network, one.id, index)
    before = int(max_flow(network, network.budget).sum())
    found = []
    for (one, name, _), index in zip(asked, place, strict=True):
        budget = network.budget.copy()
        budget[index], budget[at[one.id]] = one.budget_cents, 0
        if (more := int(max_flow(network, budget).sum()) - before) > 0:
            found.append(Opens(one.id, name, left[one.id], more))
    return sorted(found, key=lambda one: (-one.cents, one.fund, one.condition))


def _paid_already(network: Network, fund: str, index: int) -> None:
    """What a fund has paid for good counts against the limits of the one that stands for it."""
    for cls, group in zip(network.class_of.tolist(), network.groups, strict=True):
        for name, cents in group.paid:
            if name == fund:
                arc = (network.cls == cls) & (network.fund == index)
                network.most[arc] = np.maximum(network.most[arc] - cents, 0)


def _without(fund: Fund, condition: str, scenario: Scenario) -> Fund:
    """The fund without one of its conditions; the same if it has none of that name."""
    if condition == "cap":
        return replace(fund, cap_cents=None)
    if condition == "share":
        return replace(fund, share_bp=None)
    if condition == "match":
        return replace(fund, match_bp=None)
    if condition == "dates":
        days = [one.day for one in scenario.groups]
        return replace(fund, from_day=min([fund.from_day, *days]), until_day=max([fund.until_day, *days]))
    return replace(fund, **{condition: None})  # type: ignore[arg-type]
