"""The season is planned to the basket before anything is played."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from cageot.demo import cast, plan
from cageot.demo.events import EVE, tasks_of
from cageot.demo.plan import GardenPlan, Target


@pytest.fixture(scope="module")
def programme() -> list[tuple[Target, GardenPlan]]:
    gardens = cast.gardens()
    return [
        (target, plan.plan_garden(garden, target, 2018))
        for garden, target in zip(gardens, plan.targets(gardens), strict=True)
    ]


def test_the_season_2017_comes_to_its_totals_exactly(programme: list[tuple[Target, GardenPlan]]) -> None:
    assert len(programme) == 38
    assert sum(plan.households_of(one) for _target, one in programme) == 1_100
    assert sum(plan.solidarity_baskets(one) for _target, one in programme) == 25_500


def test_every_garden_comes_to_its_share(programme: list[tuple[Target, GardenPlan]]) -> None:
    for target, one in programme:
        assert (plan.households_of(one), plan.solidarity_baskets(one)) == (target.households, target.baskets), (
            one.garden.code
        )


def test_solidarity_members_are_a_minority_everywhere(programme: list[tuple[Target, GardenPlan]]) -> None:
    for _target, one in programme:
        assert plan.solidarity_baskets(one) < plan.ordinary_baskets(one) / 2, one.garden.code
        assert plan.households_of(one) < sum(household.kind == "ordinary" for household in one.households)
    assert 70_000 <= sum(plan.ordinary_baskets(one) for _target, one in programme) <= 90_000


@pytest.mark.parametrize("seed", [1, 77])
def test_another_seed_gives_other_lives_and_the_same_totals(seed: int) -> None:
    for garden, target in _some():
        one, usual = plan.plan_garden(garden, target, seed), plan.plan_garden(garden, target, 2018)
        assert (plan.households_of(one), plan.solidarity_baskets(one)) == (target.households, target.baskets)
        assert _lives(one) != _lives(usual)


def test_the_same_seed_gives_the_same_lives() -> None:
    for garden, target in _some():
        assert _lives(plan.plan_garden(garden, target, 5)) == _lives(plan.plan_garden(garden, target, 5))


def test_scale_multiplies_the_programme() -> None:
    gardens = cast.gardens(scale=3)
    targets = plan.targets(gardens)
    assert len({garden.code for garden in gardens}) == len({garden.name for garden in gardens}) == 3 * 38
    assert sum(target.households for target in targets) == 3 * 1_100
    assert sum(target.baskets for target in targets) == 3 * 25_500
    assert sum(len(cast.partners(garden)) for garden in gardens) == 3 * 100
    assert len({partner.name for garden in gardens for partner in cast.partners(garden)}) == 3 * 100


def test_the_budget_is_the_one_that_was_told_and_its_guesses_say_so() -> None:
    assert sum(cents for _label, cents, _assumed in cast.BUDGET) == 335_000_00
    assert [assumed for _label, _cents, assumed in cast.BUDGET] == [False, True, True]


def test_a_household_has_one_basket_a_week_and_never_two_supports(programme: list[tuple[Target, GardenPlan]]) -> None:
    for _target, one in programme:
        for household in one.households:
            weeks = [basket.week for basket in one.baskets(household)]
            assert len(weeks) == len(set(weeks)), (one.garden.code, household.number)
            for before, after in zip(household.terms, household.terms[1:], strict=False):
                assert before.until_day < after.from_day


def test_no_support_rests_on_an_agreement_that_has_not_begun(programme: list[tuple[Target, GardenPlan]]) -> None:
    for _target, one in programme:
        for household in one.households:
            for term in household.terms:
                assert term.from_day >= one.scheme.agreements[term.agreement].from_day, (
                    one.garden.code,
                    household.number,
                )


def test_everybody_arrives_before_anything_is_done_for_them(programme: list[tuple[Target, GardenPlan]]) -> None:
    for _target, one in programme:
        known: set[int] = set()
        tasks = tasks_of(one)
        for week in sorted(tasks):
            known |= {household.number for household in tasks[week].arrivals}
            concerned = [
                *tasks[week].supports,
                *tasks[week].spans,
                *tasks[week].changes,
                *tasks[week].stops,
                *tasks[week].ended,
            ]
            assert week >= EVE
            assert {number for number, *_what in concerned} <= known, (one.garden.code, week)


def test_the_same_towns_and_no_garden_of_the_real_network() -> None:
    """Names of towns are real (checked against the register of communes), names of gardens are ours."""
    from cageot.network import territory

    for garden in cast.gardens():
        assert territory.commune(garden.commune_code).name == garden.town


def test_a_basket_that_ends_does_not_tell_who_is_supported(programme: list[tuple[Target, GardenPlan]]) -> None:
    """On the demonstration's day, of the households whose basket ends within three months, many pay the price."""
    day, soon = date(2018, 3, 14), date(2018, 6, 14)
    ends = [
        household.kind
        for _target, one in programme
        for household in one.households
        for span in household.spans
        if span.from_day <= day and span.until_day and day <= span.until_day <= soon
    ]
    assert ends.count("ordinary") > len(ends) / 3
    assert all(
        span.until_day for _target, one in programme for h in one.households for span in h.spans if h.kind == "ordinary"
    )


def _some() -> Iterator[tuple[cast.GardenCast, Target]]:
    gardens = cast.gardens()
    chosen = dict(
        zip([garden.code for garden in gardens], zip(gardens, plan.targets(gardens), strict=True), strict=True)
    )
    yield from (chosen[code] for code in ("blois", "sens", "limoges"))


def _lives(one: GardenPlan) -> list[tuple[object, ...]]:
    return [
        (h.number, h.kind, h.joined_on, h.spans, h.marks, [(t.agreement, t.from_day, t.until_day) for t in h.terms])
        for h in one.households
    ]
