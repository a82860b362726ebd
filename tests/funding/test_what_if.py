"""What if: what a move takes or brings, who is hit and when, and what would help."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cageot.funding.rules.allocating import Fund, Group, Scenario, allocate
from cageot.funding.rules.next_euro import kinds
from cageot.funding.rules.what_if import (
    Brings,
    Cap,
    Closes,
    Compared,
    Late,
    Leaves,
    More,
    Move,
    Opens,
    Price,
    Shrinks,
    compare,
    moved,
    outcome,
)
from tests.funding.another_solver import Program
from tests.funding.test_allocating import DAY, GARDENS, days, scenarios
from tests.funding.test_next_euro import TERRITORIES, fund, group

names = st.frozensets(st.sampled_from([f"f{index}" for index in range(7)]), min_size=1)


@st.composite
def losses(draw: st.DrawFn) -> Move:
    """A move that takes money away, and nothing else."""
    return draw(
        st.one_of(
            st.builds(Leaves, names, days),
            st.builds(Late, names, days),
            st.builds(Shrinks, names, st.integers(0, 10_000)),
        )
    )


@st.composite
def moves(draw: st.DrawFn) -> Move:
    return draw(
        st.one_of(
            losses(), st.builds(Price, st.integers(-500, 500), days), st.builds(Cap, st.integers(0, 10_000), days),
            st.builds(More, st.integers(-10_000, 8_000), days), st.builds(Closes, st.sampled_from(GARDENS), days),
        )
    )  # fmt: skip


def run(scenario: Scenario, *some: Move) -> Compared:
    return compare(scenario, some, kinds(scenario, TERRITORIES))


@settings(max_examples=80, deadline=None)
@given(scenarios(), st.lists(losses(), max_size=3))
def test_money_that_goes_never_covers_more(scenario: Scenario, some: list[Move]) -> None:
    found = run(scenario, *some)
    assert found.after.total.covered_cents <= found.before.total.covered_cents
    assert found.after.total.need_cents == found.before.total.need_cents


@settings(max_examples=60, deadline=None)
@given(scenarios(), st.integers(0, 30_000))
def test_money_that_comes_never_covers_less(scenario: Scenario, cents: int) -> None:
    more = Brings(Fund("new", cents, DAY, date(2017, 12, 31)))
    before, after = outcome(scenario), outcome(moved(scenario, [more]))
    assert after.total.covered_cents >= before.total.covered_cents


@settings(max_examples=60, deadline=None)
@given(scenarios(), st.integers(0, 8_000), days)
def test_more_households_need_more_and_leave_at_least_as_much_unpaid(scenario: Scenario, part: int, on: date) -> None:
    after = moved(scenario, [More(part, on)])
    for one, other in zip(
        sorted(scenario.groups, key=lambda g: g.id), sorted(after.groups, key=lambda g: g.id), strict=True
    ):
        assert other.baskets >= one.baskets
    assert outcome(after).total.gap_cents >= outcome(scenario).total.gap_cents


@settings(max_examples=80, deadline=None)
@given(scenarios(), st.lists(moves(), max_size=3))
def test_what_is_said_by_garden_by_audience_and_in_all_is_the_same_money(scenario: Scenario, some: list[Move]) -> None:
    after = moved(scenario, some)
    found, best = outcome(after), allocate(after)
    assert found.total.covered_cents == best.covered_cents
    assert found.left == {one.fund: one.left_cents for one in best.funds}
    for parts in (found.gardens, found.audiences):
        assert sum(one.covered_cents for one in parts.values()) == best.covered_cents
        assert sum(one.need_cents for one in parts.values()) == best.need_cents
        assert all(0 <= one.covered_cents <= one.need_cents for one in parts.values())
        assert all(bool(one.weeks) == (one.gap_cents > 0) for one in parts.values())
    assert {one.garden: one.uncovered_cents for one in best.next_euro} == {
        name: one.gap_cents for name, one in found.gardens.items() if one.gap_cents
    }


@settings(max_examples=60, deadline=None)
@given(scenarios(), st.lists(moves(), max_size=2))
def test_nothing_moves_when_nothing_is_asked_and_the_scenario_asked_about_stays(
    scenario: Scenario, some: list[Move]
) -> None:
    kept = replace(scenario, funds=list(scenario.funds), groups=list(scenario.groups))
    assert run(scenario).lost_cents == 0
    assert run(scenario).helps == []
    run(scenario, *some)
    assert scenario == kept


@settings(max_examples=60, deadline=None)
@given(scenarios(), losses())
def test_the_extra_money_that_would_help_does_close_the_gap_and_no_less_would(scenario: Scenario, loss: Move) -> None:
    found = run(scenario, loss)
    after = moved(scenario, [loss])
    asked = {one.key: one for one in kinds(scenario, TERRITORIES)}
    for one in found.helps[:3]:
        more = replace(asked[one.key].fund, id="more", budget_cents=one.cents)
        assert Program(replace(after, funds=[*after.funds, more])).most(lambda arc: True) == (
            found.after.total.covered_cents + one.cents
        )
    if found.lost_cents > 0:
        assert found.helps[0].cents == found.lost_cents


@settings(max_examples=60, deadline=None)
@given(scenarios())
def test_a_condition_that_is_lifted_lets_that_much_more_be_covered(scenario: Scenario) -> None:
    found = run(scenario)
    lifted = {
        "gardens": {"gardens": None}, "audiences": {"audiences": None}, "affiliations": {"affiliations": None},
        "cap": {"cap_cents": None}, "share": {"share_bp": None}, "match": {"match_bp": None},
        "dates": {"from_day": DAY, "until_day": DAY + timedelta(days=700)},
    }  # fmt: skip
    for one in found.opens:
        funds = [replace(each, **lifted[one.condition]) if each.id == one.fund else each for each in scenario.funds]
        assert (
            Program(replace(scenario, funds=funds)).most(lambda arc: True) - found.before.total.covered_cents
            == one.cents
            > 0
        )
        assert one.left_cents == found.after.left[one.fund]


# --- One move at a time -------------------------------------------------------------------------


def weekly(garden: str = "blois", weeks: int = 4, **changes: object) -> list[Group]:
    return [group(f"{garden}{n}", garden=garden, day=DAY + timedelta(weeks=n), **changes) for n in range(weeks)]


def test_a_funder_who_leaves_hits_from_the_week_it_leaves() -> None:
    scenario = Scenario([fund("state", 40_000)], weekly())
    found = run(scenario, Leaves(frozenset(["state"]), DAY + timedelta(weeks=2)))
    assert found.before.total.gap_cents == 0
    assert found.lost_cents == 2 * 8400
    assert found.after.total.missing == 20
    assert min(found.after.total.weeks) == DAY + timedelta(weeks=2) - timedelta(days=DAY.weekday())
    assert [(one.key, one.cents) for one in found.helps][0][1] == 16_800


def test_weeks_that_nobody_paid_before_are_not_weeks_that_a_move_hits() -> None:
    """The val has no money whatever comes; its first weeks tell nothing of who leaves Blois."""
    scenario = Scenario([fund("state", 40_000, gardens=frozenset(["blois"]))], [*weekly("val", 2), *weekly()])
    found = run(scenario, Leaves(frozenset(["state"]), DAY + timedelta(weeks=3)))
    hit = DAY + timedelta(weeks=3) - timedelta(days=DAY.weekday())
    [audience] = found.after.audiences
    assert min(found.after.total.weeks) == DAY - timedelta(days=DAY.weekday())
    assert found.first_hit() == hit
    assert found.after.audiences[audience].first_hit(found.before.audiences[audience]) == hit
    assert found.after.gardens["val"].first_hit(found.before.gardens["val"]) is None


def test_early_weeks_are_paid_first_so_that_the_day_when_money_is_short_is_told() -> None:
    found = outcome(Scenario([fund("state", 2 * 8400 + 100)], weekly()))
    assert min(found.total.weeks) == DAY + timedelta(weeks=2) - timedelta(days=DAY.weekday())


def test_a_funder_who_comes_late_leaves_the_first_weeks_unpaid() -> None:
    scenario = Scenario([fund("state", 40_000)], weekly())
    found = run(scenario, Late(frozenset(["state"]), DAY + timedelta(weeks=1)))
    assert found.lost_cents == 8400
    assert min(found.after.total.weeks) == DAY - timedelta(days=DAY.weekday())


def test_a_funder_halved_brings_half_of_its_cents_rounded_down() -> None:
    assert moved(Scenario([fund("f", 101)], []), [Shrinks(frozenset(["f"]), 5000)]).funds[0].budget_cents == 50


def test_a_fund_with_no_day_left_is_no_fund_any_more() -> None:
    assert not moved(Scenario([fund("f", 101)], []), [Leaves(frozenset(["f"]), DAY)]).funds


def test_a_dearer_basket_is_paid_by_others_than_its_member() -> None:
    found = run(Scenario([], weekly(weeks=2)), Price(100, DAY + timedelta(weeks=1)))
    assert found.after.total.need_cents - found.before.total.need_cents == 10 * 100


def test_a_basket_never_costs_less_than_what_its_member_pays() -> None:
    assert moved(Scenario([], weekly(weeks=1)), [Price(-5000, DAY)]).groups[0].price_cents == 360


def test_a_lower_cap_lowers_the_members_part_and_a_higher_one_changes_nothing() -> None:
    scenario = Scenario([], weekly(weeks=1))
    assert moved(scenario, [Cap(2000, DAY)]).groups[0].member_cents == 240
    assert moved(scenario, [Cap(5000, DAY)]) == scenario


@pytest.mark.parametrize(("part", "baskets"), [(2000, [4, 3, 4, 3]), (-10_000, [0, 0, 0, 0]), (0, [3, 3, 3, 3])])
def test_a_fifth_more_households_is_spread_in_whole_baskets(part: int, baskets: list[int]) -> None:
    after = moved(Scenario([], weekly(baskets=3)), [More(part, DAY)])
    assert sorted(one.baskets for one in after.groups) == sorted(baskets)
    assert sum(one.baskets for one in after.groups) == 12 * (10_000 + part) // 10_000


def test_a_garden_that_leaves_takes_its_need_with_it_from_that_day() -> None:
    scenario = Scenario([fund("f", 8400)], weekly() + weekly("val"))
    found = run(scenario, Closes("val", DAY + timedelta(weeks=1)))
    assert found.after.gardens["val"].baskets == 10
    assert found.after.gardens["blois"].baskets == 40


def test_money_in_hand_says_what_stops_it() -> None:
    scenario = Scenario([fund("msa", 8400, affiliations=frozenset(["msa"]))], weekly(weeks=1))
    assert run(scenario).opens == [Opens("msa", "affiliations", 8400, 8400)]
