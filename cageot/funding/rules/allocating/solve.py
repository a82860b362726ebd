"""The best flow of money, by steps whose order is the order of aims.

1. The most need covered, and within it the money that ends soonest: one min-cost flow whose costs are the ranks of funds.
   What funds may spend together is a polymatroid, so any growing costs give the lexicographic best.
2. The gardens: each receives as much as lifts the least covered one highest (`fair`), the total being the same.
3. Both together: what funds spend in 1 and what gardens receive in 2 always meet in one flow.

Baskets that wait (`later`) receive what the others leave: step 2 is done for those that do not wait, as much as can reach
them, then for those that wait. What classes may receive together is a polymatroid too, so this takes nothing from the total
nor from the order of spending.

The solver is OR-tools (exact in integers, the same answer for the same arrays); `prove` checks what it says.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from ortools.graph.python.max_flow import SimpleMaxFlow
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from cageot.funding.rules.allocating.network import Flags, Ints, Network, total_by


class SolverFailed(RuntimeError):
    """The solver did not end well, or what it says does not hold: nothing may be settled on it."""


def best(network: Network) -> Ints:
    """What goes through each arc of the network, in cents."""
    if not len(network.most) or not int(network.budget.sum()):
        return np.zeros(len(network.most), np.int64)
    spent = _spend(network)
    pipes = _Pipes(network)
    first, later = ~network.later, network.later
    nothing = np.zeros(len(pipes.need), np.int64)
    if not later.any():
        flow = pipes.flow(spent, fair(pipes, spent, int(spent.sum()), nothing))
        return _last_cents(network, spent, flow, first, int(spent.sum()))
    most = int(pipes.flow(spent, np.where(pipes.waits, 0, pipes.need)).sum())
    flow = pipes.flow(spent, fair(pipes, spent, most, nothing, among=~pipes.waits))
    flow = _last_cents(network, spent, flow, first, most)
    given = pipes.received(flow)
    rest = int(spent.sum()) - most
    flow = pipes.flow(spent, fair(pipes, spent, rest, given, among=pipes.waits))
    return _last_cents(network, spent, flow, later, int(spent.sum()))


def _last_cents(network: Network, spent: Ints, flow: Ints, among: Flags, total: int) -> Ints:
    """As much as `total` goes through: the last cents go one by one, each to the least covered garden (of the classes
    `among`) that it can reach, what the others receive being unchanged."""
    flow = flow.copy()
    need = total_by(network.garden, np.where(among, network.need, 0), len(network.gardens))
    while int(flow.sum()) < total:
        covered = total_by(network.cls, flow, len(network.need))
        received = total_by(network.garden, np.where(among, covered, 0), len(need))
        came = _roads(network, total_by(network.fund, flow, len(spent)) < spent, flow)
        ends = np.flatnonzero(came.reached & (covered < network.need) & among)
        if not len(ends):
            raise SolverFailed("what funds spend and what gardens receive do not meet")
        # The least covered garden, then the first class: compared exactly, as fractions.
        places = sorted(
            set(network.garden[ends].tolist()), key=lambda at: (Fraction(int(received[at]), int(need[at])), at)
        )
        cls = int(ends[network.garden[ends] == places[0]][0])
        while True:
            arc = int(came.by_arc[cls])
            flow[arc] += 1
            back = int(came.back[network.fund[arc]])
            if back < 0:
                break
            flow[back] -= 1  # that fund pays one cent less there, and another pays it
            cls = int(network.cls[back])
    return flow


@dataclass(frozen=True)
class _Came:
    """How money still reaches classes: `by_arc[class]` the arc it comes by, `back[fund]` the arc that frees the fund
    (-1: it has money left)."""

    reached: Flags
    by_arc: Ints
    back: Ints


def _roads(network: Network, left: Flags, flow: Ints) -> _Came:
    """Shortest roads from the funds with money `left` to every class that can be paid more, breadth first."""
    by_arc = np.full(len(network.need), -1, np.int64)
    back = np.full(len(network.funds), -1, np.int64)
    fund, reached = left.copy(), np.zeros(len(network.need), bool)
    room, paid = flow < network.most, flow > 0
    new = fund
    while new.any():
        arcs = np.flatnonzero(new[network.fund] & room & ~reached[network.cls])
        by_arc[network.cls[arcs][::-1]] = arcs[::-1]  # of several, the first
        came = np.zeros(len(network.need), bool)
        came[network.cls[arcs]] = True
        reached |= came
        arcs = np.flatnonzero(came[network.cls] & paid & ~fund[network.fund])
        back[network.fund[arcs][::-1]] = arcs[::-1]
        new = np.zeros(len(network.funds), bool)
        new[network.fund[arcs]] = True
        fund |= new
    return _Came(reached, by_arc, back)


def _spend(network: Network) -> Ints:
    """What each fund spends: the most need covered, and soonest-ending money first."""
    funds, classes = len(network.funds), len(network.need)
    # Nodes: 0 the source, 1 the sink, then funds, then classes.
    solver = SimpleMinCostFlow()
    fund, cls = np.arange(funds) + 2, np.arange(classes) + 2 + funds
    # A budget larger than all it may ever pay is cut to one cent more: sums stay within 64 bits.
    budget = np.minimum(network.budget, total_by(network.fund, network.most, funds) + 1)
    zero = np.zeros(funds, np.int64)
    sources = solver.add_arcs_with_capacity_and_unit_cost(zero, fund, budget, network.rank)
    solver.add_arcs_with_capacity_and_unit_cost(
        network.fund + 2, network.cls + 2 + funds, network.most, np.zeros(len(network.most), np.int64)
    )
    solver.add_arcs_with_capacity_and_unit_cost(
        cls, np.ones(classes, np.int64), network.need, np.zeros(classes, np.int64)
    )
    supply = int(min(budget.sum(), network.need.sum()))
    solver.set_nodes_supplies(np.array([0, 1]), np.array([supply, -supply]))
    if (status := solver.solve_max_flow_with_min_cost()) != solver.OPTIMAL:
        raise SolverFailed(f"min-cost flow: {status}")
    return np.asarray(solver.flows(sources), np.int64)


class _Pipes:
    """A max-flow network whose ends are set anew for each question, its middle built once. Its ends are funds on one side;
    on the other, each garden twice: its baskets, then those that wait (`waits`). `need`: of each such end."""

    def __init__(self, network: Network) -> None:
        self.network = network
        funds, classes, gardens = len(network.funds), len(network.need), len(network.gardens)
        self.end = network.garden + np.where(network.later, gardens, 0)
        ends = 2 * gardens if network.later.any() else gardens
        self.waits = np.arange(ends) >= gardens
        self.need = total_by(self.end, network.need, ends)
        self.solver = SimpleMaxFlow()
        fund, cls = np.arange(funds) + 2, np.arange(classes) + 2 + funds
        self.first_end = 2 + funds + classes
        end = np.arange(ends) + self.first_end
        self.sources = self.solver.add_arcs_with_capacity(np.zeros(funds, np.int64), fund, network.budget)
        self.middle = self.solver.add_arcs_with_capacity(network.fund + 2, network.cls + 2 + funds, network.most)
        self.solver.add_arcs_with_capacity(cls, end[self.end], network.need)
        self.sinks = self.solver.add_arcs_with_capacity(end, np.ones(ends, np.int64), np.zeros(ends, np.int64))

    def flow(self, budget: Ints, asked: Ints) -> Ints:
        """The most that goes through each arc when funds spend, and ends receive, no more than this."""
        self.solver.set_arcs_capacity(self.sources, budget)
        self.solver.set_arcs_capacity(self.sinks, asked)
        if (status := self.solver.solve(0, 1)) != self.solver.OPTIMAL:
            raise SolverFailed(f"max flow: {status}")
        return np.asarray(self.solver.flows(self.middle), np.int64)

    def received(self, flow: Ints) -> Ints:
        """What each end receives of a flow."""
        return total_by(self.end[self.network.cls], flow, len(self.need))

    def short(self) -> Flags:
        """After `flow`: the ends to which no more can go, whatever the others leave them (beyond the cut)."""
        source_side = np.zeros(self.first_end + len(self.need), bool)
        source_side[np.asarray(self.solver.get_source_side_min_cut(), np.int64)] = True
        return ~source_side[self.first_end :]


def fair(pipes: _Pipes, budget: Ints, total: int, given: Ints, among: Flags | None = None) -> Ints:
    """What each garden receives, `total` cents in all: the least covered garden as high as possible, then the next.

    The rate of coverage is lowered from the mean until nobody is asked more than can reach them; those who then hold
    it down (beyond the cut) keep that rate, and the others share what is left at a higher one (principal partition).
    Rates are exact; gardens receive whole cents, so those left over go one by one to the least covered that money can
    still reach. Ends that are not `among` those to level receive what is `given`.
    """
    need = pipes.need
    level = np.ones(len(need), bool) if among is None else among
    rates: list[Fraction | None] = [None if one else Fraction(0) for one in np.where(level, need, 0).tolist()]

    def whole(rates: list[Fraction]) -> Ints:
        return np.where(level, _floors(rates, need), given)

    while open_ := [place for place, rate in enumerate(rates) if rate is None]:
        kept = sum((rate * int(need[place]) for place, rate in enumerate(rates) if rate is not None), Fraction(0))
        rate, held = (total - kept) / int(need[open_].sum()), open_
        while True:
            asked = whole([rate if one is None else one for one in rates])
            got = pipes.received(pipes.flow(budget, asked))
            if int(got.sum()) == int(asked.sum()):
                break
            short = np.flatnonzero(pipes.short()).tolist()
            held = [place for place in short if rates[place] is None]
            spoken_for = sum(
                (
                    one * int(need[place]) if level[place] else Fraction(int(given[place]))
                    for place in short
                    if (one := rates[place]) is not None
                ),
                Fraction(0),
            )
            lower = (int(got[short].sum()) - spoken_for) / int(need[held].sum())
            if lower >= rate:
                raise SolverFailed("the rate of coverage does not go down")
            rate = lower
        for place in held:
            rates[place] = rate
    return whole([one or Fraction(0) for one in rates])


def _floors(rates: list[Fraction], need: Ints) -> Ints:
    return np.array([int(rate * one) for rate, one in zip(rates, need.tolist(), strict=True)], np.int64)
