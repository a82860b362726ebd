"""Baskets laid ahead follow the subscription, except where somebody chose otherwise."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from cageot.baskets.rules import laying
from cageot.baskets.rules.laying import Laid, Plan, Roads, Wish
from cageot.core.week import Week

WEEKS = [Week(2017, number) for number in range(10, 20)]
THURSDAYS = {week.day(4): 400 + week.number for week in WEEKS}
TUESDAYS = {week.day(2): 200 + week.number for week in WEEKS}
DELIVERIES = THURSDAYS | TUESDAYS
ROADS = Roads({1: (1, 4), 2: (2, 2), 9: (1, 4)})  # depots 1 and 9 on Thursday's round, depot 2 on Tuesday's
AMINA = Wish(
    1, household=7, product=1, size=1, depot=1, frequency="weekly", from_day=date(2017, 1, 1), until_day=None
)  # fmt: skip


def plan(wishes: Iterable[Wish], deliveries: Mapping[date, int], there: Iterable[Laid], roads: Roads = ROADS) -> Plan:
    return laying.plan(wishes, deliveries, there, roads)


def laid(week: Week, **changes: object) -> Laid:
    there = Laid(week.number, 7, 1, week, 400 + week.number, 1, 1, 1, "planned", size_kept=False, depot_kept=False)
    return replace(there, **changes)  # type: ignore[arg-type]


def test_a_weekly_household_has_one_basket_each_week() -> None:
    found = plan([AMINA], DELIVERIES, [])
    assert [new.delivery for new in found.add] == sorted(THURSDAYS.values())
    assert found.change == [] and found.drop == []


def test_even_and_odd_weeks_are_told_apart() -> None:
    even = plan([replace(AMINA, frequency="even")], DELIVERIES, []).add
    odd = plan([replace(AMINA, frequency="odd")], DELIVERIES, []).add
    assert {new.delivery % 2 for new in even} == {0}
    assert {new.delivery % 2 for new in odd} == {1}
    assert len(even) + len(odd) == len(WEEKS)


def test_no_basket_on_a_week_without_delivery() -> None:
    without = {day: pk for day, pk in DELIVERIES.items() if Week.of(day) != WEEKS[3]}
    assert len(plan([AMINA], without, []).add) == len(WEEKS) - 1


def test_laying_again_changes_nothing() -> None:
    there = [laid(week) for week in WEEKS]
    assert plan([AMINA], DELIVERIES, there) == Plan()


def test_a_change_of_depot_for_good_moves_every_basket_but_the_one_chosen_once() -> None:
    there = [laid(week, depot=9, depot_kept=True) if week == WEEKS[2] else laid(week) for week in WEEKS]
    found = plan([replace(AMINA, depot=2)], DELIVERIES, there)
    assert {change.basket for change in found.change} == {week.number for week in WEEKS if week != WEEKS[2]}
    assert all(change.depot == 2 and change.delivery in TUESDAYS.values() for change in found.change)
    assert found.add == [] and found.drop == []


def test_a_size_chosen_once_survives_a_change_of_size() -> None:
    there = [laid(week, size=5, size_kept=True) if week == WEEKS[0] else laid(week) for week in WEEKS]
    found = plan([replace(AMINA, size=3)], DELIVERIES, there)
    assert WEEKS[0].number not in {change.basket for change in found.change}


def test_a_cancelled_basket_stays_cancelled() -> None:
    there = [laid(week, state="cancelled") if week == WEEKS[1] else laid(week) for week in WEEKS]
    assert plan([replace(AMINA, size=3)], DELIVERIES, there).change.__len__() == len(WEEKS) - 1
    assert plan([], DELIVERIES, there).drop == [week.number for week in WEEKS if week != WEEKS[1]]


def test_a_subscription_that_stops_takes_only_its_later_baskets_away() -> None:
    there = [laid(week) for week in WEEKS]
    found = plan([replace(AMINA, until_day=WEEKS[4].day(4))], DELIVERIES, there)
    assert found.drop == [week.number for week in WEEKS[5:]]


frequencies = st.sampled_from(["weekly", "even", "odd"])
states = st.sampled_from(["planned", "cancelled", "collected"])


@st.composite
def situations(draw: st.DrawFn) -> tuple[list[Wish], list[Laid]]:
    wishes = [
        replace(
            AMINA,
            subscription=n,
            household=n,
            frequency=draw(frequencies),
            depot=draw(st.sampled_from([1, 2])),
            size=draw(st.integers(1, 3)),
        )
        for n in range(1, 4)
    ]
    there = [
        laid(
            week,
            basket=100 * n + week.number,
            household=n,
            state=draw(states),
            size_kept=draw(st.booleans()),
            size=draw(st.integers(1, 3)),
        )
        for n in range(1, 4)
        for week in draw(st.lists(st.sampled_from(WEEKS), unique=True))
    ]
    return wishes, there


@given(situations())
def test_whatever_was_there_laying_twice_is_laying_once(situation: tuple[list[Wish], list[Laid]]) -> None:
    wishes, there = situation
    first = plan(wishes, DELIVERIES, there)
    week_of = {pk: Week.of(day) for day, pk in DELIVERIES.items()}
    changes = {change.basket: change for change in first.change}
    after = [one for one in there if one.basket not in first.drop]
    after = [
        replace(one, delivery=c.delivery, subscription=c.subscription, size=c.size, depot=c.depot)
        if (c := changes.get(one.basket))
        else one
        for one in after
    ]
    after += [
        Laid(
            1000 + n,
            new.household,
            new.product,
            week_of[new.delivery],
            new.delivery,
            new.subscription,
            new.size,
            new.depot,
            "planned",
            False,
            False,
        )
        for n, new in enumerate(first.add)
    ]
    assert len({(one.household, one.week) for one in after}) == len(after)
    assert plan(wishes, DELIVERIES, after) == Plan()
    untouched = {one.basket for one in there if one.state != "planned"}
    assert not untouched & ({*changes} | {*first.drop})


# --- Rounds that shift, depots that close for a while ---------------------------------------------


def test_a_round_shifted_by_a_bank_holiday_takes_its_baskets_along_and_the_other_round_stays() -> None:
    week = WEEKS[1]
    roads = replace(ROADS, shifts={(1, week): week.day(2)})
    found = plan([AMINA, replace(AMINA, subscription=2, household=8, depot=2)], DELIVERIES, [], roads)
    of_the_week = {new.household: new.delivery for new in found.add if new.delivery % 100 == week.number}
    assert of_the_week == {7: TUESDAYS[week.day(2)], 8: TUESDAYS[week.day(2)]}
    assert len(found.add) == 2 * len(WEEKS)


def test_a_round_that_does_not_go_has_no_basket_and_takes_away_the_one_that_was_laid() -> None:
    roads = replace(ROADS, shifts={(1, WEEKS[1]): None})
    assert len(plan([AMINA], DELIVERIES, [], roads).add) == len(WEEKS) - 1
    assert plan([AMINA], DELIVERIES, [laid(week) for week in WEEKS], roads).drop == [WEEKS[1].number]


def test_a_depot_closed_for_a_while_sends_its_baskets_to_its_replacement_on_that_ones_day() -> None:
    closed = (WEEKS[2].day(4), WEEKS[3].day(4), 2)
    found = plan([AMINA], DELIVERIES, [laid(week) for week in WEEKS], replace(ROADS, pauses={1: [closed]}))
    assert {(change.basket, change.depot, change.delivery) for change in found.change} == {
        (week.number, 2, TUESDAYS[week.day(2)]) for week in WEEKS[2:4]
    }


def test_a_monthly_basket_comes_once_a_month_in_its_own_delivery_week() -> None:
    found = plan([replace(AMINA, frequency="monthly", monthly_slot=2)], DELIVERIES, [])
    assert [new.delivery for new in found.add] == [THURSDAYS[Week(2017, number).day(4)] for number in (11, 15, 19)]


def test_a_product_of_summer_is_laid_in_its_weeks_only() -> None:
    summer = replace(AMINA, product=2, first_week=12, last_week=15)
    assert [new.delivery for new in plan([summer], DELIVERIES, []).add] == [412, 413, 414, 415]
    winter = replace(AMINA, product=2, first_week=18, last_week=11)
    assert [new.delivery for new in plan([winter], DELIVERIES, []).add] == [410, 411, 418, 419]


def test_two_products_stand_side_by_side_on_the_same_day() -> None:
    eggs = replace(AMINA, subscription=2, product=2, size=5)
    found = plan([AMINA, eggs], DELIVERIES, [])
    assert len(found.add) == 2 * len(WEEKS)
    assert {(new.product, new.size) for new in found.add} == {(1, 1), (2, 5)}
