"""Where one more euro counts: for each kind of new money, the euros and the baskets that it would unlock.

A new fund of a kind may pay a basket that nobody pays, or one that another fund pays, which then pays elsewhere, and so on.
What it unlocks is the flow that can still pass in what is left of the best allocation (the residual network). As no cut
counts the new fund twice, each of its euros unlocks one euro, up to `cents`, and nothing after: that is the whole curve.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
from ortools.graph.python.max_flow import SimpleMaxFlow
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from cageot.funding.rules.allocating.network import Ints, Network, build, total_by
from cageot.funding.rules.allocating.scenario import Fund, Scenario
from cageot.funding.rules.allocating.solve import SolverFailed

ANY = "any"
THOUSAND = 100_000
"""A thousand euros, in cents."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Money that is missing: its conditions (those of `fund`; its budget is not looked at). `key`: "any", "department:41"…"""

    key: str
    fund: Fund


@dataclass(frozen=True, slots=True)
class Unlocked:
    """What new money of a kind would pay, in all: `cents`, and the most `baskets` whose whole need that pays."""

    key: str
    cents: int
    baskets: int

    @property
    def per_thousand(self) -> int:
        """Baskets unlocked by a thousand euros, at the same rate."""
        return self.baskets * THOUSAND // self.cents if self.cents else 0


def kinds(scenario: Scenario, territories: Mapping[str, Iterable[str]]) -> list[Kind]:
    """Every kind worth asking about: without conditions, then by territory, audience, affiliation and garden of the baskets.

    `territories`: commune code → the words of the territories that hold it ("department:41", "region:24").
    """
    first = min((one.day for one in scenario.groups), default=date.min)
    last = max((one.day for one in scenario.groups), default=date.min)
    free = Fund("", 0, first, last)
    communes: dict[str, set[str]] = defaultdict(set)
    for code in {one.commune for one in scenario.groups if one.commune}:
        for word in territories.get(code, ()):
            communes[word].add(code)
    found = {ANY: free}
    found |= {word: replace(free, communes=frozenset(codes)) for word, codes in sorted(communes.items())}
    for name, list_ in (("audience", "audiences"), ("affiliation", "affiliations"), ("garden", "gardens")):
        values = sorted({value for one in scenario.groups if (value := getattr(one, name))} - {ANY})
        found |= {f"{name}:{value}": replace(free, **{list_: frozenset([value])}) for value in values}  # type: ignore[arg-type]
    return [Kind(key, fund) for key, fund in found.items()]


def unlocked(scenario: Scenario, asked: Sequence[Kind]) -> list[Unlocked]:
    """What each kind would unlock, in the order asked. Zero: already covered, or nothing that this money may pay."""
    network, place = with_funds(scenario, [one.fund for one in asked])
    budget = network.budget
    left = _Left(network, max_flow(network, budget))
    return [left.unlocked(kind.key, index) for kind, index in zip(asked, place, strict=True)]


def with_funds(scenario: Scenario, more: Sequence[Fund]) -> tuple[Network, list[int]]:
    """The network with other funds that have no money (yet), and the place of each of these in it.

    Baskets that only one of them tells apart are then apart, so that any of them may be given money and asked about.
    """
    names = [f"\N{NULL}{index:06}" for index in range(len(more))]
    empty = [replace(one, id=name, budget_cents=0) for one, name in zip(more, names, strict=True)]
    network = build(replace(scenario, funds=[*scenario.funds, *empty]))
    at = {one.id: index for index, one in enumerate(network.funds)}
    return network, [at[name] for name in names]


def max_flow(network: Network, budget: Ints) -> Ints:
    """A flow that covers as much need as these budgets can, arc by arc, in cents. Other aims are not looked at."""
    if not len(network.most):
        return np.zeros(0, np.int64)
    funds, classes = len(network.funds), len(network.need)
    solver = SimpleMaxFlow()
    fund, cls = np.arange(funds) + 2, np.arange(classes) + 2 + funds
    # As much as it may ever pay is enough: sums stay within 64 bits.
    budget = np.minimum(budget, total_by(network.fund, network.most, funds))
    solver.add_arcs_with_capacity(np.zeros(funds, np.int64), fund, budget)
    middle = solver.add_arcs_with_capacity(network.fund + 2, network.cls + 2 + funds, network.most)
    solver.add_arcs_with_capacity(cls, np.ones(classes, np.int64), network.need)
    if (status := solver.solve(0, 1)) != solver.OPTIMAL:
        raise SolverFailed(f"max flow: {status}")
    return np.asarray(solver.flows(middle), np.int64)


class _Left:
    """What is left of a best flow: the classes from which new money still reaches baskets that are not paid, and how."""

    def __init__(self, network: Network, flow: Ints) -> None:
        self.network = network
        self.short = network.need - total_by(network.cls, flow, len(network.need))
        reach = self._reaching(flow)
        self.kept = np.flatnonzero(reach)
        node = np.full(len(reach), -1, np.int64)
        node[self.kept] = np.arange(len(self.kept)) + 2
        funds = np.arange(len(network.funds)) + 2 + len(self.kept)
        inside = reach[network.cls]
        paid, room = np.flatnonzero(inside & (flow > 0)), np.flatnonzero(inside & (flow < network.most))
        ends = self.kept[self.short[self.kept] > 0]
        need_each = np.zeros(len(reach), np.int64)
        need_each[network.class_of] = [one.need_each for one in network.groups]
        each = need_each[ends]
        # The most baskets for the money: what the smallest need takes comes first (a polymatroid's greedy is its best).
        cost = np.unique(each, return_inverse=True)[1].astype(np.int64)
        self.node, self.ends, self.each = node, ends, each
        self.tails = np.concatenate([node[network.cls[paid]], funds[network.fund[room]], node[ends]])
        self.heads = np.concatenate([funds[network.fund[paid]], node[network.cls[room]], np.ones(len(ends), np.int64)])
        self.most = np.concatenate([flow[paid], network.most[room] - flow[room], self.short[ends]])
        self.cost = np.concatenate([np.zeros(len(paid) + len(room), np.int64), cost])

    def _reaching(self, flow: Ints) -> npt.NDArray[np.bool_]:
        """The classes that are short, those whose payer could pay such a class instead, and so on backwards."""
        network = self.network
        reach = self.short > 0
        room, paid = flow < network.most, flow > 0
        while True:
            fund = np.zeros(len(network.funds), bool)
            fund[network.fund[room & reach[network.cls]]] = True
            more = reach.copy()
            more[network.cls[paid & fund[network.fund]]] = True
            if (more == reach).all():
                return reach
            reach = more

    def unlocked(self, key: str, fund: int) -> Unlocked:
        arcs = np.flatnonzero((self.network.fund == fund) & (self.node[self.network.cls] >= 0))
        if not len(arcs):
            return Unlocked(key, 0, 0)
        most = self.network.most[arcs]
        solver = SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(
            np.zeros(len(arcs), np.int64), self.node[self.network.cls[arcs]], most, np.zeros(len(arcs), np.int64)
        )
        found = solver.add_arcs_with_capacity_and_unit_cost(self.tails, self.heads, self.most, self.cost)
        supply = int(min(most.sum(), self.short.sum()))
        solver.set_nodes_supplies(np.array([0, 1]), np.array([supply, -supply]))
        if (status := solver.solve_max_flow_with_min_cost()) != solver.OPTIMAL:
            raise SolverFailed(f"min-cost flow: {status}")
        gained = np.asarray(solver.flows(found[len(found) - len(self.ends) :]), np.int64)
        # Whole baskets of one need: euros of several classes add up to one.
        cents: dict[int, int] = defaultdict(int)
        for each, gain in zip(self.each.tolist(), gained.tolist(), strict=True):
            cents[each] += gain
        return Unlocked(key, int(gained.sum()), sum(gain // each for each, gain in cents.items()))
