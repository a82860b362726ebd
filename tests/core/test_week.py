from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.core.week import Week, weeks_between

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def test_the_last_days_of_december_and_the_first_of_january_share_a_week() -> None:
    assert Week.of(date(2024, 12, 30)) == Week.of(date(2025, 1, 2)) == Week(2025, 1)


def test_a_week_that_does_not_exist_is_refused() -> None:
    assert Week.parse("2020-W53").monday == date(2020, 12, 28)
    for label in ("2021-W53", "2017-W00", "2017-12", "2017-W1", "W12", ""):
        with pytest.raises(ValueError):
            Week.parse(label)


@given(days)
def test_every_day_lies_in_its_week(day: date) -> None:
    week = Week.of(day)
    assert week.monday <= day <= week.sunday
    assert week.day(day.isoweekday()) == day
    assert Week.parse(str(week)) == week


@given(days, st.integers(-200, 200))
def test_labels_sort_as_the_weeks_do(day: date, step: int) -> None:
    week = Week.of(day)
    later = week + step
    assert (str(later) > str(week)) == (step > 0) == (later > week)
    assert later - step == week


def test_a_season_has_no_gap_and_no_double() -> None:
    weeks = list(weeks_between(date(2017, 1, 2), date(2017, 12, 31)))
    assert len(weeks) == len(set(weeks)) == 52
    assert all(
        after.monday - before.monday == timedelta(days=7) for before, after in zip(weeks, weeks[1:], strict=False)
    )
