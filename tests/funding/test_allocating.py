"""The best allocation: all that can be covered is, in the order of aims, whoever writes the file and in whatever order."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cageot.funding.rules.allocating import Allocation, Fund, Group, Scenario, allocate
from cageot.funding.rules.allocating.network import build
from cageot.funding.rules.allocating.prove import NotProved, prove
from cageot.funding.rules.allocating.solve import best
from tests.funding.another_solver import Program, arcs_of

DAY = date(2017, 1, 1)


def some(pool: list[str]) -> st.SearchStrategy[frozenset[str] | None]:
    return st.none() | st.frozensets(st.sampled_from(pool), max_size=2)


GARDENS, AUDIENCES, AFFILIATIONS = ["blois", "val", "roche"], ["rsa", "student", "isolated"], ["caf", "msa"]
days = st.integers(0, 300).map(lambda days: DAY + timedelta(days=days))


@st.composite
def funds(draw: st.DrawFn, index: int) -> Fund:
    first = draw(days)
    return Fund(
        f"f{index}", draw(st.integers(0, 30_000)), first, first + timedelta(days=draw(st.sampled_from([0, 30, 90, 300]))),
        draw(some(GARDENS)), None, draw(some(AUDIENCES)), draw(some(AFFILIATIONS)),
        draw(st.none() | st.integers(0, 700)), draw(st.none() | st.integers(0, 10_000)), draw(st.integers(0, 2)),
        draw(st.none() | st.sampled_from([2_500, 5_000, 20_000])),
    )  # fmt: skip


@st.composite
def groups(draw: st.DrawFn, index: int) -> Group:
    price = draw(st.sampled_from([0, 799, 1200, 1333]))
    paid = draw(st.dictionaries(st.sampled_from(["f0", "f1", "gone"]), st.integers(1, 1_500), max_size=2))
    return Group(
        f"g{index}", draw(st.sampled_from(GARDENS)), draw(days), draw(st.integers(0, 9)), price, price * 3 // 10, "41018",
        draw(st.none() | st.sampled_from(AUDIENCES)), draw(st.none() | st.sampled_from(AFFILIATIONS)),
        draw(st.sampled_from([0, 100, 420])), draw(st.booleans()), tuple(sorted(paid.items())) if draw(st.booleans()) else (),
    )  # fmt: skip


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    return Scenario(
        [draw(funds(index)) for index in range(draw(st.integers(0, 7)))],
        [draw(groups(index)) for index in range(draw(st.integers(0, 12)))],
    )


def paid_by(found: Allocation) -> dict[str, int]:
    return {one.fund: one.used_cents for one in found.funds}


@settings(max_examples=150, deadline=None)
@given(scenarios())
def test_as_much_is_covered_as_another_solver_finds_and_the_bound_proves_it(scenario: Scenario) -> None:
    found = allocate(scenario)
    assert found.covered_cents == found.bound_cents == Program(scenario).most(lambda arc: True)


@settings(max_examples=150, deadline=None)
@given(scenarios())
def test_baskets_that_wait_receive_what_the_others_leave_and_nothing_is_lost_by_it(scenario: Scenario) -> None:
    """As much in all, and spent in the same order, as if nobody waited; within it, as much as can be for who does not."""
    program, found = Program(scenario), allocate(scenario)
    program.most(lambda arc: True)
    waits = {one.id: one.later for one in scenario.groups}
    now = sum(share.cents for share in found.shares if not waits[share.group])
    assert now == program.most(lambda arc: not arc[1].later)
    alike = allocate(Scenario(scenario.funds, [replace(one, later=False) for one in scenario.groups]))
    ranks = {one.id: (one.until_day, one.priority) for one in scenario.funds}

    def spent(one: Allocation) -> Counter[tuple[date, int]]:
        return Counter(dict.fromkeys(ranks.values(), 0)) + sum(
            (Counter({ranks[used.fund]: used.used_cents}) for used in one.funds), Counter()
        )

    assert (found.covered_cents, spent(found)) == (alike.covered_cents, spent(alike))


@settings(max_examples=150, deadline=None)
@given(scenarios())
def test_the_money_that_ends_first_goes_first_then_the_smaller_priority(scenario: Scenario) -> None:
    program = Program(scenario)
    program.most(lambda arc: True)
    used = paid_by(allocate(scenario))
    for rank in sorted({(one.until_day, one.priority) for one in scenario.funds}):
        ours = sum(used[one.id] for one in scenario.funds if (one.until_day, one.priority) == rank)
        assert ours == program.most(lambda arc, rank=rank: (arc[0].until_day, arc[0].priority) == rank)


@settings(max_examples=150, deadline=None)
@given(scenarios())
def test_the_least_covered_garden_is_as_high_as_it_can_be(scenario: Scenario) -> None:
    """To the cent: whole cents may leave a garden one below the fraction that the linear program finds."""
    scenario = Scenario(scenario.funds, [replace(one, later=False) for one in scenario.groups])
    program = Program(scenario)
    program.most(lambda arc: True)
    for rank in sorted({(one.until_day, one.priority) for one in scenario.funds}):
        program.most(lambda arc, rank=rank: (arc[0].until_day, arc[0].priority) == rank)
    rate = program.least_rate(scenario) if program.arcs else 0
    received, needs = defaultdict(int), defaultdict(int)
    garden = {one.id: one.garden for one in scenario.groups}
    for one in scenario.groups:
        needs[one.garden] += one.need
    for share in allocate(scenario).shares:
        received[garden[share.group]] += share.cents
    for name, need in needs.items():
        assert received[name] >= int(rate * need - 1e-6)


@settings(max_examples=100, deadline=None)
@given(scenarios(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_changes_nothing(scenario: Scenario, chance: random.Random) -> None:
    mixed = Scenario(
        chance.sample(list(scenario.funds), len(scenario.funds)),
        chance.sample(list(scenario.groups), len(scenario.groups)),
    )
    ours, theirs = allocate(scenario), allocate(mixed)
    assert ours == theirs
    assert ours.limits == theirs.limits


@settings(max_examples=150, deadline=None)
@given(scenarios())
def test_no_limit_is_broken_to_the_cent(scenario: Scenario) -> None:
    found = allocate(scenario)
    limits = {(fund.id, group.id): most for fund, group, most in arcs_of(scenario)}
    by_group: dict[str, int] = defaultdict(int)
    by_fund: dict[str, int] = defaultdict(int)
    for share in found.shares:
        assert 0 < share.cents <= limits[(share.fund, share.group)]
        by_group[share.group] += share.cents
        by_fund[share.fund] += share.cents
    assert all(by_group.get(one.id, 0) <= one.need for one in scenario.groups)
    assert all(by_fund.get(one.id, 0) <= one.budget_cents for one in scenario.funds)
    assert dict(by_fund) == {name: cents for name, cents in paid_by(found).items() if cents}
    assert sum(by_group.values()) == found.covered_cents
    assert found.need_cents == found.covered_cents + found.uncovered_cents
    assert sum(one.uncovered_cents for one in found.next_euro) == found.uncovered_cents


@settings(max_examples=150, deadline=None)
@given(scenarios())
def test_each_basket_that_is_not_covered_says_what_stops_each_of_its_funds(scenario: Scenario) -> None:
    found = allocate(scenario)
    covered: dict[str, int] = defaultdict(int)
    for share in found.shares:
        covered[share.group] += share.cents
    got = {(share.fund, share.group): share.cents for share in found.shares}
    left = {one.fund: one.left_cents for one in found.funds}
    short = {one.id for one in scenario.groups if covered[one.id] < one.need}
    may = {(fund.id, group.id) for fund, group, most in arcs_of(scenario) if most and group.id in short}
    # A fund that has paid all it may, for good, stops there too.
    gone = {(fund, group.id) for group in scenario.groups for fund, _cents in group.paid}
    assert may <= {(one.fund, one.group) for one in found.limits} <= may | gone
    most = {(fund.id, group.id): most for fund, group, most in arcs_of(scenario)}
    for one in found.limits:
        if one.why == "budget":
            assert left[one.fund] == 0
        else:
            assert got.get((one.fund, one.group), 0) == most[(one.fund, one.group)]


def one_fund(**changes: object) -> Fund:
    values = {"id": "f", "budget_cents": 10_000, "from_day": DAY, "until_day": date(2017, 12, 31)} | changes
    return Fund(**values)  # type: ignore[arg-type]


def one_group(**changes: object) -> Group:
    values = {"id": "g", "garden": "blois", "day": date(2017, 3, 23), "baskets": 12, "price_cents": 1200,
              "member_cents": 360, "commune": "41018", "audience": "rsa", "affiliation": "caf"} | changes  # fmt: skip
    return Group(**values)  # type: ignore[arg-type]


def test_the_wide_fund_leaves_to_the_narrow_one_what_only_the_narrow_one_pays() -> None:
    """First come, first served would pay the student's basket with the wide fund, and leave the other unpaid."""
    student, other = one_group(id="student", baskets=1, audience="student"), one_group(id="other", baskets=1)
    wide = one_fund(id="wide", budget_cents=840, until_day=date(2017, 6, 30))
    narrow = one_fund(id="narrow", budget_cents=840, audiences=frozenset({"student"}))
    found = allocate(Scenario([wide, narrow], [student, other]))
    assert [(share.group, share.fund, share.cents) for share in found.shares] == [
        ("other", "wide", 840),
        ("student", "narrow", 840),
    ]


def test_two_gardens_that_ask_the_same_money_are_covered_alike() -> None:
    rows = [one_group(id="a", garden="blois", baskets=10), one_group(id="b", garden="val", baskets=30)]
    found = allocate(Scenario([one_fund(budget_cents=16_800)], rows))
    assert {share.group: share.cents for share in found.shares} == {"a": 4_200, "b": 12_600}


def test_a_fund_whose_conditions_exclude_everybody_pays_nothing_and_nothing_else_changes() -> None:
    nobody = one_fund(id="nobody", audiences=frozenset())
    found = allocate(Scenario([nobody, one_fund()], [one_group()]))
    assert paid_by(found) == {"nobody": 0, "f": 10_000}
    assert [one.fund for one in found.limits] == ["f"]


def test_a_wrong_answer_is_never_taken_for_the_best() -> None:
    network = build(Scenario([one_fund()], [one_group(), one_group(id="other", garden="val")]))
    flow = best(network)
    for wrong in (flow - 1, flow + 1, flow * 0):
        with pytest.raises(NotProved):
            prove(network, wrong)


def test_the_baskets_of_a_class_differ_by_a_cent_at_most() -> None:
    rows = [one_group(id=f"g{index:02}", baskets=1) for index in range(12)]
    found = allocate(
        Scenario([one_fund(id="a", budget_cents=1_003), one_fund(id="b", budget_cents=1_001, priority=200)], rows)
    )
    totals: dict[str, int] = defaultdict(int)
    for share in found.shares:
        totals[share.group] += share.cents
    assert sum(totals.values()) == 2_004
    assert max(totals.values()) - min(totals.values()) <= 1


# --- The table of docs/rules/allocating.md ------------------------------------------------------------

PAGE = Path(__file__).resolve().parents[2] / "docs/rules/allocating.md"


def rows() -> list[tuple[str, str, str]]:
    table = PAGE.read_text().split("| groups | funds | paid |\n|---|---|---|\n")[1].split("\n\n")[0]
    return [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in table.splitlines()]  # type: ignore[misc]


def cents(text: str) -> int:
    return round(float(text) * 100)


def written_fund(text: str) -> Fund:
    head, *conditions = text.split(", ")
    name, euros, _, month = head.split()
    values: dict[str, object] = {"id": name, "budget_cents": cents(euros), "until_day": date(2017, int(month), 28)}
    for condition in conditions:
        match condition.split():
            case ["priority", number]:
                values["priority"] = int(number)
            case ["cap", euros]:
                values["cap_cents"] = cents(euros)
            case ["share", percent]:
                values["share_bp"] = int(percent) * 100
            case [word] if word in AUDIENCES:
                values["audiences"] = frozenset([word])
            case [word]:
                values["gardens"] = frozenset([word])
    return one_fund(**values)


@pytest.mark.parametrize(("baskets", "money", "paid"), rows())
def test_the_table_of_the_rule_is_what_is_paid(baskets: str, money: str, paid: str) -> None:
    asked = []
    for text in baskets.split("; "):
        name, count, _, garden, _, audience = text.split()
        asked.append(one_group(id=name, baskets=int(count), garden=garden, audience=audience))
    found = allocate(Scenario([written_fund(text) for text in money.split("; ")], asked))
    told = {(share.group, share.fund): share.cents for share in found.shares}
    assert told == {
        (group, fund): cents(euros) for group, fund, euros in (one.split() for one in paid.split("; ") if one)
    }
