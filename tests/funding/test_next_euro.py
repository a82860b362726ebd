"""Where one more euro counts: what new money of a kind would pay, to the cent, in euros and in baskets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from cageot.funding.rules.allocating import Fund, Group, Scenario, allocate
from cageot.funding.rules.next_euro import Kind, Unlocked, kinds, unlocked
from tests.funding.another_solver import Program
from tests.funding.test_allocating import DAY, scenarios

TERRITORIES = {"41018": ["department:41", "region:24"]}
NO_LIMIT = 10**9


def covered_with(scenario: Scenario, kind: Kind, cents: int) -> int:
    """What another solver covers when so much money of that kind is there."""
    more = replace(kind.fund, id="more", budget_cents=cents)
    return Program(replace(scenario, funds=[*scenario.funds, more])).most(lambda arc: True)


@settings(max_examples=80, deadline=None)
@given(scenarios())
def test_what_is_unlocked_is_what_another_solver_covers_more(scenario: Scenario) -> None:
    asked = kinds(scenario, TERRITORIES)
    before = Program(scenario).most(lambda arc: True)
    for kind, found in zip(asked, unlocked(scenario, asked), strict=True):
        assert found.key == kind.key
        assert found.cents == covered_with(scenario, kind, NO_LIMIT) - before


@settings(max_examples=60, deadline=None)
@given(scenarios(), st.integers(1, 20_000))
def test_each_new_euro_unlocks_one_euro_until_nothing_is_left_that_it_may_pay(scenario: Scenario, cents: int) -> None:
    asked = kinds(scenario, TERRITORIES)[:4]
    before = Program(scenario).most(lambda arc: True)
    for kind, found in zip(asked, unlocked(scenario, asked), strict=True):
        assert covered_with(scenario, kind, cents) - before == min(cents, found.cents)


@settings(max_examples=80, deadline=None)
@given(scenarios())
def test_money_without_conditions_unlocks_all_that_nobody_pays_and_no_kind_unlocks_more(scenario: Scenario) -> None:
    found = unlocked(scenario, kinds(scenario, TERRITORIES))
    assert found[0].key == "any"
    assert found[0].cents == allocate(scenario).uncovered_cents
    assert all(one.cents <= found[0].cents for one in found)
    assert all(one.baskets <= found[0].baskets for one in found)
    assert all((one.cents > 0) or one.baskets == 0 for one in found)


def group(name: str, **changes: object) -> Group:
    values = {"id": name, "garden": "blois", "day": DAY, "baskets": 10, "price_cents": 1200, "member_cents": 360}
    return Group(**(values | {"commune": "41018", "audience": "rsa", "affiliation": "caf"} | changes))  # type: ignore[arg-type]


def fund(name: str, cents: int, **changes: object) -> Fund:
    return Fund(name, cents, DAY, date(2017, 12, 31), **changes)  # type: ignore[arg-type]


def found_of(scenario: Scenario) -> dict[str, Unlocked]:
    return {one.key: one for one in unlocked(scenario, kinds(scenario, TERRITORIES))}


def test_money_for_who_is_already_paid_still_counts_when_it_frees_another_fund() -> None:
    """Students are wholly paid by the wide fund; money for them lets the wide fund pay the others."""
    scenario = Scenario(
        [fund("wide", 8400)], [group("a", audience="student"), group("b", audience="rsa", garden="val")]
    )
    found = found_of(scenario)
    assert found["audience:student"] == Unlocked("audience:student", 8400, 10)
    assert found["any"] == Unlocked("any", 8400, 10)


def test_what_is_wholly_paid_and_frees_nobody_is_said_to_be_covered() -> None:
    scenario = Scenario(
        [fund("own", 8400, gardens=frozenset(["blois"]))], [group("a"), group("b", garden="val", commune="99999")]
    )
    found = found_of(scenario)
    assert found["garden:blois"].cents == found["department:41"].cents == 0
    assert found["garden:val"].cents == 8400


def test_baskets_are_those_whose_whole_need_is_paid_the_cheapest_first() -> None:
    scenario = Scenario([], [group("a", baskets=3), group("b", baskets=2, price_cents=800, member_cents=300)])
    any_ = found_of(scenario)["any"]
    assert any_ == Unlocked("any", 3 * 840 + 2 * 500, 5)
    assert any_.per_thousand == 5 * 100_000 // 3520


def test_nothing_is_asked_of_a_scenario_without_baskets() -> None:
    assert unlocked(Scenario([fund("f", 100)], []), kinds(Scenario([], []), {})) == [Unlocked("any", 0, 0)]


def test_what_counts_in_the_open_format_is_still_by_garden() -> None:
    found = allocate(Scenario([fund("f", 840)], [group("a"), group("b", garden="val")]))
    assert {one.garden: one.uncovered_cents for one in found.next_euro} == {"blois": 7980, "val": 7980}
