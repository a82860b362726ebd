"""The drawings tell the truth: heights in proportion, parts that fill the bar, labels that do not touch."""

from itertools import pairwise

import pytest

from cageot.core.charts import (
    MAX_TICKS,
    Part,
    Point,
    bar_ticks,
    bars,
    dots,
    levels,
    line_ticks,
    nice_top,
    path,
    segments,
)


@pytest.mark.parametrize(
    ("highest", "top"), [(0, 1), (-5, 1), (1, 1), (7, 8), (97, 100), (100, 100), (101, 120), (613, 800), (0.3, 0.3)]
)
def test_scale_ends_on_a_round_number_at_or_above_the_highest_bar(highest: float, top: float) -> None:
    assert nice_top(highest) == pytest.approx(top)


def test_a_bar_half_as_high_is_half_as_tall_and_stands_on_the_axis() -> None:
    low, high = bars([Point("a", 50), Point("b", 100)], top=100)
    assert (low.height, high.height) == (50, 100)
    assert [mark.y + mark.height for mark in (low, high)] == [100, 100]


def test_bars_stay_inside_the_drawing_and_do_not_touch() -> None:
    marks = bars([Point(str(n), n) for n in range(53)], top=52)
    assert marks[0].x > 0
    assert marks[-1].x + marks[-1].width < 100
    assert all(left.x + left.width < right.x for left, right in pairwise(marks))


def test_a_value_below_nothing_or_above_the_top_does_not_leave_the_drawing() -> None:
    assert [mark.height for mark in bars([Point("a", -3), Point("b", 300)], top=100)] == [0, 100]


def test_planned_weeks_are_drawn_apart() -> None:
    assert [mark.muted for mark in bars([Point("a", 1), Point("b", 1, muted=True)], top=1)] == [False, True]


def test_no_chart_of_nothing() -> None:
    assert bars([], top=1) == []
    assert bar_ticks([]) == []
    assert segments([]) == []
    assert path([], top=1) == ""


def test_a_year_of_weeks_gets_few_enough_words_under_the_axis() -> None:
    assert 3 <= len(bar_ticks([Point(str(n), n) for n in range(52)])) <= MAX_TICKS


def test_words_asked_for_are_the_only_ones_and_stay_inside() -> None:
    first, last = bar_ticks([Point("1", 1, tick="janv.")] + [Point("", 1)] * 50 + [Point("52", 1, tick="déc.")])
    assert (first.label, first.anchor, first.x) == ("janv.", "start", 0)
    assert (last.label, last.anchor, last.x) == ("déc.", "end", 100)


def test_a_line_runs_from_border_to_border_and_lifts_the_pen_where_nothing_was_measured() -> None:
    assert path([0, 50, 100], top=100) == "M0 100L50 50L100 0"
    assert path([0, None, 100], top=100) == "M0 100M100 0"
    assert [(dot.x, dot.y) for dot in dots([0, None, 100], top=100)] == [(0, 100), (100, 0)]


def test_a_single_point_stands_in_the_middle() -> None:
    assert dots([5], top=5)[0].x == 50
    assert line_ticks(["mars"])[0].x == 50


def test_grid_goes_down_from_the_top() -> None:
    assert [(level.value, level.y) for level in levels(100)] == [(50, 50), (100, 0)]


def test_parts_fill_the_bar_in_order() -> None:
    first, second, third = segments([Part("a", 1), Part("b", 0), Part("c", 3)])
    assert (first.x, first.width) == (0, 25)
    assert second.width == 0
    assert (third.x, third.width, third.share) == (25, 75, 0.75)


def test_a_whole_of_nothing_has_no_width() -> None:
    assert [segment.width for segment in segments([Part("a", 0), Part("b", 0)])] == [0, 0]


def test_a_payer_keeps_the_colour_it_was_given() -> None:
    assert [segment.tone for segment in segments([Part("a", 1), Part("b", 1, tone=5), Part("c", 1)])] == [1, 5, 3]
