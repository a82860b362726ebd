"""The best allocation, said group by group: who pays, what is left, why not more, and where one more euro counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from cageot.funding.rules.allocating.network import Flags, Ints, Network, build, spread, total_by
from cageot.funding.rules.allocating.prove import NotProved, prove
from cageot.funding.rules.allocating.scenario import Fund, Group, Scenario
from cageot.funding.rules.allocating.solve import best


@dataclass(frozen=True, slots=True)
class Share:
    """What one group receives from one fund, in cents."""

    group: str
    fund: str
    cents: int


@dataclass(frozen=True, slots=True)
class Used:
    """What a fund pays, and what is left of it, in cents."""

    fund: str
    used_cents: int
    left_cents: int


@dataclass(frozen=True, slots=True)
class Limit:
    """Why a fund that may pay a group does not pay it more: "budget", "cap_per_basket", "max_share" or "local_match"."""

    group: str
    fund: str
    why: str


@dataclass(frozen=True, slots=True)
class NextEuro:
    """Where money without conditions would be used, garden by garden, in cents."""

    garden: str
    uncovered_cents: int


@dataclass(frozen=True, slots=True)
class Proof:
    """The cut that proves the bound, in cents: all the money of the funds `used_up`, all that the others may pay of baskets
    where they stand at a limit, and all that the remaining baskets need. Nothing passes it but these."""

    used_up: tuple[str, ...]
    budget_cents: int
    limits_cents: int
    needs_cents: int


@dataclass(frozen=True)
class Allocation:
    """The best split. `bound_cents` is the most that any split covers; it equals `covered_cents`, and `proof` says why.

    `limits`: for each group that is not wholly covered, what stops each fund that may pay it. Found when asked: there
    are millions of them for a large network.
    """

    need_cents: int
    covered_cents: int
    bound_cents: int
    shares: Sequence[Share]
    funds: Sequence[Used]
    next_euro: Sequence[NextEuro]
    proof: Proof
    _why_not: Callable[[], list[Limit]] = field(repr=False, compare=False)

    @cached_property
    def limits(self) -> list[Limit]:
        return self._why_not()

    @property
    def uncovered_cents(self) -> int:
        return self.need_cents - self.covered_cents


def allocate(scenario: Scenario) -> Allocation:
    """The best allocation of a scenario, the same whatever the order of its rows.

    Aims, in order: the most need covered; the most of it for the groups that do not wait (`later`); the money that ends soonest; the smaller priority; the least covered garden
    as high as possible. Raises `SolverFailed` or `NotProved` rather than give an answer that is not the best.
    """
    network = build(scenario)
    flow = best(network)
    cut = prove(network, flow)
    used = total_by(network.fund, flow, len(network.funds))
    parts = spread(network, flow)
    left: dict[str, int] = defaultdict(int)
    covered: dict[int, int] = defaultdict(int)
    for (group, _), cents in parts.items():
        covered[group] += cents
    for index, one in enumerate(network.groups):
        left[one.garden] += one.need - covered[index]
    return Allocation(
        need_cents=int(network.need.sum()),
        covered_cents=int(flow.sum()),
        bound_cents=cut.bound,
        shares=[
            Share(network.groups[group].id, network.funds[fund].id, cents) for (group, fund), cents in sorted(parts.items())
        ],
        funds=sorted(
            (Used(one.id, int(cents), one.budget_cents - int(cents)) for one, cents in zip(network.funds, used, strict=True)),
            key=lambda one: one.fund,
        ),
        next_euro=[NextEuro(garden, cents) for garden, cents in sorted(left.items()) if cents],
        proof=Proof(
            tuple(sorted(one.id for one, reached in zip(network.funds, cut.fund, strict=True) if not reached)),
            cut.budget, cut.limits, cut.needs,
        ),
        _why_not=lambda: list(_limits(network, flow, covered, cut.fund)),
    )  # fmt: skip


def proved(scenario: Scenario, shares: Mapping[tuple[str, str], int]) -> int:
    """The most that any split of a scenario covers, in cents, shown from one that covers as much: (group, fund) → cents.

    Raises `NotProved` when these shares break a limit, or are not the best.
    """
    network = build(scenario)
    place = {one.id: int(cls) for one, cls in zip(network.groups, network.class_of, strict=True)}
    fund = {one.id: index for index, one in enumerate(network.funds)}
    arcs = {pair: arc for arc, pair in enumerate(zip(network.cls.tolist(), network.fund.tolist(), strict=True))}
    flow = np.zeros(len(network.most), np.int64)
    for (group, payer), cents in shares.items():
        arc = arcs.get((place.get(group, -1), fund.get(payer, -1)))
        if arc is None:
            raise NotProved("a fund pays what it may not")
        flow[arc] += cents
    return prove(network, flow).bound


def _limits(network: Network, flow: Ints, covered: Mapping[int, int], reached: Flags) -> Iterator[Limit]:
    """For each group that is not wholly covered, what stops each fund that may pay it: it has no money left (nor can
    it be freed elsewhere), or it pays as much of each of these baskets as it may."""
    short = total_by(network.cls, flow, len(network.need)) < network.need
    arcs = np.flatnonzero(short[network.cls])
    payers: dict[int, list[int]] = defaultdict(list)
    for arc in arcs:
        payers[int(network.cls[arc])].append(int(network.fund[arc]))
    for index, group in enumerate(network.groups):
        if covered.get(index, 0) == group.need:
            continue
        for fund in payers.get(int(network.class_of[index]), ()):
            yield Limit(
                group.id, network.funds[fund].id, _why(network.funds[fund], group) if reached[fund] else "budget"
            )


def _why(fund: Fund, group: Group) -> str:
    most = fund.most(group.price_cents, group.local_cents)
    if fund.cap_cents is not None and fund.cap_cents == most:
        return "cap_per_basket"
    by_share = fund.share_bp is not None and group.price_cents * fund.share_bp // 10_000 == most
    return "max_share" if by_share else "local_match"
