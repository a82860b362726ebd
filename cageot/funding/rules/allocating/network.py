"""Who may pay what, as arrays: funds on one side, classes of baskets on the other, and the most that may go between.

Groups that no fund tells apart (same garden, same need per basket, same funds at the same limits) are one class: the
best total is the same, and `spread` gives each group, or each basket, its part back to the cent. A group that is partly
paid for good is a class by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cageot.funding.rules.allocating.scenario import Fund, Group, Scenario

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
NO_LIMIT = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Network:
    """Funds in the order in which money should go (soonest end, priority, id); groups by id; classes by first group.

    For each arc: `fund`, `cls`, and `most` cents for the whole class. For each class: `need` cents, `baskets`, `garden`,
    and whether it waits behind the others (`later`).
    `class_of`: the class of each group. `rank`: funds of one rank are alike for the order of spending.
    """

    funds: Sequence[Fund]
    groups: Sequence[Group]
    gardens: Sequence[str]
    rank: Ints
    budget: Ints
    class_of: Ints
    need: Ints
    baskets: Ints
    garden: Ints
    later: Flags
    fund: Ints
    cls: Ints
    most: Ints


def build(scenario: Scenario) -> Network:
    """The network of a scenario; the same whatever the order of its rows."""
    funds = sorted(scenario.funds, key=lambda one: (one.until_day, one.priority, one.id))
    groups = sorted(scenario.groups, key=lambda one: one.id)
    gardens = sorted({one.garden for one in groups})
    ranks = {key: rank for rank, key in enumerate(sorted({(one.until_day, one.priority) for one in funds}))}
    who_pays = _Reach(funds)
    place_of = {fund.id: index for index, fund in enumerate(funds)}
    classes: dict[tuple[object, ...], int] = {}
    alike: dict[tuple[object, ...], int] = {}
    arcs: list[tuple[Ints, Ints]] = []
    class_of = np.empty(len(groups), np.int64)
    first: list[Group] = []
    for index, group in enumerate(groups):
        key = (
            group.garden, group.commune, group.audience, group.affiliation, who_pays.stretch(group), group.price_cents, group.member_cents,
            group.local_cents, group.later, group.paid and group.id,
        )  # fmt: skip
        found = alike.get(key)
        if found is None:
            payers, each = who_pays.of(group)
            signature = (group.garden, group.need_each, payers.tobytes() + each.tobytes(), group.later, key[-1])
            found = classes.setdefault(signature, len(arcs))
            if found == len(arcs):
                arcs.append((payers, each))
                first.append(group)
            alike[key] = found
        class_of[index] = found
    baskets = total_by(class_of, np.array([one.baskets for one in groups], np.int64), len(arcs))
    place = {garden: index for index, garden in enumerate(gardens)}
    counts = [len(payers) for payers, _ in arcs]
    cls = np.repeat(np.arange(len(arcs)), counts)
    fund = np.concatenate([payers for payers, _ in arcs]) if arcs else _none()
    each = np.concatenate([each for _, each in arcs]) if arcs else _none()
    most = each * baskets[cls] if len(cls) else _none()
    need = baskets * np.array([one.need_each for one in first], np.int64)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    for index, one in enumerate(first):
        for name, cents in one.paid:
            arc = slice(starts[index], starts[index + 1])
            most[arc] -= np.where(fund[arc] == place_of.get(name, -1), cents, 0)
            need[index] = one.need
    return Network(
        funds, groups, gardens,
        rank=np.array([ranks[(one.until_day, one.priority)] for one in funds], np.int64),
        budget=np.array([one.budget_cents for one in funds], np.int64),
        class_of=class_of,
        need=need,
        baskets=baskets,
        garden=np.array([place[one.garden] for one in first], np.int64),
        later=np.array([one.later for one in first], bool),
        fund=fund,
        cls=cls,
        most=np.maximum(most, 0),
    )  # fmt: skip


def total_by(index: Ints, values: Ints, size: int) -> Ints:
    """The sum of `values` by `index`, in whole numbers."""
    totals = np.zeros(size, np.int64)
    np.add.at(totals, index, values)
    return totals


def _none() -> Ints:
    return np.zeros(0, np.int64)


class _Reach:
    """Which funds may pay a group, found once for all groups of one place and audience."""

    def __init__(self, funds: Sequence[Fund]) -> None:
        self.funds = funds
        self.first = np.array([one.from_day.toordinal() for one in funds], np.int64)
        self.last = np.array([one.until_day.toordinal() for one in funds], np.int64)
        # Between two neighbouring bounds, every day is paid by the same funds.
        self.bounds = np.unique(np.concatenate([self.first, self.last + 1])) if funds else _none()
        self.cap = np.array([NO_LIMIT if one.cap_cents is None else one.cap_cents for one in funds], np.int64)
        self.share = np.array([NO_LIMIT if one.share_bp is None else one.share_bp for one in funds], np.int64)
        self.match = np.array([one.match_bp or 0 for one in funds], np.int64)
        self._allowed: dict[tuple[str, str | None], Flags] = {}
        self._there: dict[tuple[object, ...], Ints] = {}
        self._stretches: dict[int, int] = {}

    def stretch(self, group: Group) -> int:
        day = group.day.toordinal()
        found = self._stretches.get(day)
        if found is None:
            found = self._stretches[day] = int(np.searchsorted(self.bounds, day, "right"))
        return found

    def of(self, group: Group) -> tuple[Ints, Ints]:
        """The funds that may pay the group, in order, and the most per basket of each; those that may pay nothing left out."""
        place = (group.garden, group.commune, group.audience, group.affiliation)
        there = self._there.get(place)
        if there is None:
            bands = zip(("gardens", "communes", "audiences", "affiliations"), place, strict=True)
            mask = np.ones(len(self.funds), bool)
            for name, value in bands:
                mask &= self._allows(name, value)
            there = self._there[place] = np.flatnonzero(mask)
        day = group.day.toordinal()
        payers = there[(self.first[there] <= day) & (day <= self.last[there])]
        share = self.share[payers]
        # Not multiplied where there is no share: the price times "no limit" would not hold in 64 bits.
        by_share = np.where(share == NO_LIMIT, NO_LIMIT, group.price_cents * np.minimum(share, 10_000) // 10_000)
        each = np.minimum(np.minimum(self.cap[payers], by_share), group.need_each)
        match = self.match[payers]
        each = np.where(match > 0, np.minimum(each, group.local_cents * 10_000 // np.maximum(match, 1)), each)
        pays = each > 0
        return payers[pays], each[pays]

    def _allows(self, name: str, value: str | None) -> npt.NDArray[np.bool_]:
        found = self._allowed.get((name, value))
        if found is None:
            lists = [getattr(one, name) for one in self.funds]
            found = np.array([one is None or value in one for one in lists], bool)
            self._allowed[(name, value)] = found
        return found


def spread(network: Network, flow: Ints) -> dict[tuple[int, int], int]:
    """What each group receives from each fund, in cents: {(group, fund): cents}, from what each class receives.

    The baskets of a class stand in a line, by group. Each fund gives every basket the same whole cents; its spare cents
    go one each to the next baskets in line, starting where the fund before stopped. So no basket passes a limit that its
    class respects, and two baskets of a class differ by one cent at most (controlled rounding).
    """
    members: dict[int, list[int]] = defaultdict(list)
    for group, cls in enumerate(network.class_of):
        members[int(cls)].append(group)
    shares: dict[tuple[int, int], int] = {}
    start = dict.fromkeys(members, 0)
    for arc in np.flatnonzero(flow):
        cls, fund, cents = int(network.cls[arc]), int(network.fund[arc]), int(flow[arc])
        line = int(network.baskets[cls])
        each, spare = divmod(cents, line)
        begin, at = start[cls], 0
        for group in members[cls]:
            count = network.groups[group].baskets
            part = each * count + _within(begin, spare, line, at, at + count)
            if part:
                shares[(group, fund)] = part
            at += count
        start[cls] = (begin + spare) % line
    return shares


def _within(begin: int, spare: int, line: int, first: int, last: int) -> int:
    """How many of the `spare` places from `begin` on, round a line of `line` places, fall in [first, last)."""
    end = begin + spare
    direct = max(0, min(end, last) - max(begin, first))
    around = max(0, min(end - line, last) - first)
    return direct + around
