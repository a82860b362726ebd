"""The same questions asked of another solver (HiGHS, a linear program written from the format's text, not from our code)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

import highspy

from cageot.funding.rules.allocating import Fund, Group, Scenario

Arc = tuple[Fund, Group, int]


def pays(fund: Fund, group: Group) -> bool:
    bands = ((fund.gardens, group.garden), (fund.communes, group.commune), (fund.audiences, group.audience),
             (fund.affiliations, group.affiliation))  # fmt: skip
    return fund.from_day <= group.day <= fund.until_day and all(some is None or one in some for some, one in bands)


def arcs_of(scenario: Scenario) -> list[Arc]:
    found = []
    for fund in scenario.funds:
        for group in scenario.groups:
            if pays(fund, group):
                each = group.price_cents - group.member_cents
                if fund.cap_cents is not None:
                    each = min(each, fund.cap_cents)
                if fund.share_bp is not None:
                    each = min(each, group.price_cents * fund.share_bp // 10_000)
                if fund.match_bp:
                    each = min(each, group.local_cents * 10_000 // fund.match_bp)
                gone = sum(cents for name, cents in group.paid if name == fund.id)
                found.append((fund, group, max(0, each * group.baskets - gone)))
    return found


class Program:
    """A linear program of one scenario; `most` asks for the largest of something and keeps it for the next question."""

    def __init__(self, scenario: Scenario) -> None:
        self.arcs = arcs_of(scenario)
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.paid = [self.highs.addVariable(0, most) for _, _, most in self.arcs]
        for fund in scenario.funds:
            self._at_most(lambda arc, one=fund: arc[0] is one, fund.budget_cents)
        for group in scenario.groups:
            gone = sum(cents for _, cents in group.paid)
            each = group.price_cents - group.member_cents
            self._at_most(lambda arc, one=group: arc[1] is one, max(0, group.baskets * each - gone))

    def _of(self, which: Callable[[Arc], bool]) -> list[object]:
        return [paid for paid, arc in zip(self.paid, self.arcs, strict=True) if which(arc)]

    def _at_most(self, which: Callable[[Arc], bool], most: int) -> None:
        if some := self._of(which):
            self.highs.addConstr(sum(some[1:], start=some[0] * 1) <= most)

    def most(self, which: Callable[[Arc], bool], *, keep: bool = True) -> int:
        some = self._of(which)
        if not some:
            return 0
        total = sum(some[1:], start=some[0] * 1)
        self.highs.maximize(total)
        found = round(self.highs.getInfo().objective_function_value)
        if keep:
            self.highs.addConstr(total >= found - 1e-6)
        return found

    def least_rate(self, scenario: Scenario) -> float:
        """The highest rate of coverage that the least covered garden can have, what was kept before being kept."""
        rate = self.highs.addVariable(0, 1)
        needs: dict[str, int] = defaultdict(int)
        for group in scenario.groups:
            gone = sum(cents for _, cents in group.paid)
            needs[group.garden] += max(0, group.baskets * (group.price_cents - group.member_cents) - gone)
        for garden, need in needs.items():
            if need:
                some = self._of(lambda arc, one=garden: arc[1].garden == one)
                self.highs.addConstr(sum(some, start=rate * -need) >= 0)
        self.highs.maximize(rate * 1)
        return float(self.highs.getInfo().objective_function_value)
