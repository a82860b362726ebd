"""Where a week stands: one line a moment, as a gardener would say it."""

from datetime import date

import pytest

from cageot.desk.rules.paying import QuotaUse
from cageot.desk.rules.week import STEPS, Standing, current_step, step_states

MONDAY, THURSDAY, FRIDAY = date(2017, 3, 20), date(2017, 3, 23), date(2017, 3, 24)


@pytest.mark.parametrize(
    ("today", "unmarked", "closed", "step"),
    [
        (date(2017, 3, 15), 40, False, "count"),  # the week before
        (date(2017, 3, 20), 40, False, "harvest"),
        (date(2017, 3, 21), 40, False, "harvest"),
        (date(2017, 3, 22), 40, False, "compose"),  # the eve
        (date(2017, 3, 23), 40, False, "distribute"),
        (date(2017, 3, 23), 0, False, "distribute"),  # all cancelled, Friday is still to come
        (date(2017, 3, 24), 1, False, "distribute"),
        (date(2017, 3, 24), 0, False, "close"),
        (date(2017, 4, 20), 3, False, "distribute"),  # weeks later, three baskets still untold
        (date(2017, 4, 20), 0, False, "close"),
        (date(2017, 3, 27), 0, True, None),
    ],
)
def test_each_moment_of_a_week_has_its_step(today, unmarked, closed, step):
    assert current_step(Standing(MONDAY, THURSDAY, FRIDAY, unmarked, closed), today) == step


def test_a_monday_delivery_is_composed_on_sunday():
    assert current_step(Standing(MONDAY, MONDAY, MONDAY, 5, False), date(2017, 3, 19)) == "compose"


def test_steps_before_the_current_one_are_done_and_the_others_are_to_come():
    states = step_states(Standing(MONDAY, THURSDAY, FRIDAY, 40, False), date(2017, 3, 22))
    assert [states[step] for step in STEPS] == ["done", "done", "current", "todo", "todo"]


def test_all_steps_of_a_closed_week_are_done():
    assert set(step_states(Standing(MONDAY, THURSDAY, FRIDAY, 0, True), FRIDAY).values()) == {"done"}


@pytest.mark.parametrize(
    ("quota", "left", "nearly"),
    [
        (QuotaUse(100, None, 80, 0), 20, False),
        (QuotaUse(100, None, 86, 0), 14, True),
        (QuotaUse(100, None, 100, 0), 0, True),
        (QuotaUse(None, 100_00, 20, 90_00), 2, True),  # 4,50 € a basket, 10 € left
        (QuotaUse(None, 100_00, 0, 0), None, False),  # nothing paid yet: nobody can say how many baskets
        (QuotaUse(50, 100_00, 10, 90_00), 1, True),  # the tighter of the two
        (QuotaUse(None, None, 500, 99_00), None, False),
    ],
)
def test_a_quota_says_how_many_baskets_are_left_and_warns_under_fifteen_percent(quota, left, nearly):
    assert (quota.baskets_left, quota.nearly_out) == (left, nearly)
