"""Slots, baskets left, advised sizes, what goes on: the tables of docs/rules/subscribing.md, and what always holds."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.baskets.rules.laying import Roads, Wish, plan
from cageot.baskets.rules.subscribing import (
    SLOTS,
    Stretch,
    advised_size,
    days_asked,
    end_of_period,
    goes_on,
    level_slot,
    rhythms_of,
    to_tell,
)
from cageot.core.week import Week

PAGE = Path(__file__).resolve().parents[2] / "docs/rules/subscribing.md"
MEANT = {"petit": 2, "moyen": 4, "grand": 6, "à la carte": None}
MONDAY = date(2017, 3, 20)


def rows(columns: int) -> list[list[str]]:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if len(row) == columns][1:]


@pytest.mark.parametrize("row", rows(2), ids=lambda row: row[0])
def test_the_table_of_slots(row: list[str]) -> None:
    counts = [int(count) for count in row[0].split(",")]
    assert level_slot(dict(zip(SLOTS, counts, strict=True))) == int(row[1])


@pytest.mark.parametrize("row", rows(3), ids=lambda row: " ".join(row[:2]))
def test_the_table_of_advised_sizes(row: list[str]) -> None:
    names = row[1].split(", ")
    advised = advised_size([(place, MEANT[name]) for place, name in enumerate(names)], int(row[0]))
    assert (names[advised] if advised is not None else "-") == row[2]


def test_the_page_holds_the_tables() -> None:
    assert (len(rows(2)), len(rows(3))) == (5, 7)


@given(st.integers(0, 200))
def test_slots_taken_one_after_the_other_stay_level(households: int) -> None:
    taken: dict[int, int] = {}
    for _one in range(households):
        slot = level_slot(taken)
        taken[slot] = taken.get(slot, 0) + 1
    assert max(taken.values(), default=0) - min((taken.get(slot, 0) for slot in SLOTS), default=0) <= 1


wishes = st.builds(
    Wish, subscription=st.just(1), household=st.just(1), product=st.just(1), size=st.just(1), depot=st.just(1),
    frequency=st.sampled_from(["weekly", "even", "odd", "monthly"]),
    from_day=st.dates(MONDAY, MONDAY + timedelta(days=120)), until_day=st.none() | st.dates(MONDAY + timedelta(days=120), MONDAY + timedelta(days=300)),
    first_week=st.just(10), last_week=st.integers(1, 53), monthly_slot=st.sampled_from(SLOTS),
)  # fmt: skip


@given(wishes, st.sets(st.integers(0, 60), max_size=40), st.booleans())
def test_the_baskets_that_are_told_are_those_that_are_laid(wish: Wish, weeks: set[int], shifted: bool) -> None:
    days = [MONDAY + timedelta(weeks=week, days=3) for week in weeks]
    shifts: dict[tuple[int, Week], date | None] = {(7, Week.of(day)): None for day in days[::3]} if shifted else {}
    roads = Roads({1: (7, 4)}, shifts=shifts)
    laid = plan([wish], {day: place for place, day in enumerate(days, 1)}, [], roads)
    by_id = dict(enumerate(days, 1))
    assert days_asked(wish, days, roads, (), date.max) == sorted(by_id[new.delivery] for new in laid.add)


def test_baskets_are_told_up_to_the_last_day_included() -> None:
    wish = Wish(1, 1, 1, 1, 1, "weekly", MONDAY, None)
    days = [MONDAY + timedelta(weeks=week, days=3) for week in range(5)]
    assert days_asked(wish, days, Roads({1: (7, 4)}), (), days[2]) == days[:3]


def test_without_an_end_baskets_are_told_until_the_year_is_over() -> None:
    assert end_of_period(MONDAY, None) == date(2017, 12, 31)
    assert end_of_period(MONDAY, date(2018, 2, 1)) == date(2018, 2, 1)


def test_rhythms_come_in_their_own_order_and_strange_ones_are_left_out() -> None:
    assert rhythms_of("monthly,weekly,yearly") == ["weekly", "monthly"]
    assert rhythms_of("") == []


@pytest.mark.parametrize(
    ("day", "same", "answer"),
    [(date(2017, 4, 1), (1, 1, "weekly", None), True), (date(2017, 4, 2), (1, 1, "weekly", None), False),
     (date(2017, 4, 1), (1, 2, "weekly", None), False)],
)  # fmt: skip
def test_what_asks_the_same_the_day_after_is_the_same_going_on(day: date, same: tuple, answer: bool) -> None:
    first = Stretch((1, 1, "weekly", None), date(2017, 1, 1), date(2017, 3, 31), trial=True)
    assert goes_on(first, Stretch(same, day, None)) is answer
    assert not goes_on(Stretch(first.same, first.from_day, None), Stretch(first.same, day, None))


def test_an_end_is_told_four_weeks_before_a_trial_two_and_never_once_it_is_past() -> None:
    end = date(2017, 4, 30)
    told = [
        [to_tell(end, trial, end - timedelta(days=days)) for days in (29, 28, 15, 14, 0, -1)] for trial in (False, True)
    ]
    assert told == [[False, True, True, True, True, False], [False, False, False, True, True, False]]
