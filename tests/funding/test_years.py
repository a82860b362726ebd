"""Years follow one another, and a year mistyped opens none: the table of docs/rules/books.md, and what always holds."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.funding.rules.years import DayRefused, Span, following, preceding, to_open

PAGE = Path(__file__).resolve().parents[2] / "docs/rules/books.md"
WHY = {"before": "before the first year", "hole": "between two years", "far": "too far"}


def rows() -> list[list[str]]:
    lines = PAGE.read_text().split("| years | today |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def read(text: str) -> date:
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))


def span(text: str) -> Span:
    """ "2017" or "1/9/2016-31/8/2017"."""
    if text.isdigit():
        return Span(date(int(text), 1, 1), date(int(text), 12, 31))
    first, last = text.split("-")
    return Span(read(first), read(last))


def spans(text: str) -> list[Span]:
    return [span(one) for one in text.split(", ") if one and one != "none"]


@pytest.mark.parametrize(("years", "today", "day", "opens"), rows())
def test_the_table_of_years(years: str, today: str, day: str, opens: str) -> None:
    closed = "first closed" in years
    known = spans(years.removesuffix(", first closed"))
    typed_on = None if today == "not typed" else read(today)
    try:
        found = to_open(known, read(day), typed_on=typed_on, first_is_open=not closed)
    except DayRefused as refused:
        assert WHY[refused.why] == opens
    else:
        assert found == spans(opens)


DAYS = st.dates(date(2001, 1, 1), date(2099, 12, 31))


@given(DAYS, st.integers(28, 731), DAYS, st.none() | DAYS)
def test_years_follow_without_a_hole_and_one_holds_the_day(
    first: date, days: int, day: date, typed: date | None
) -> None:
    known = Span(first, first + timedelta(days=days))
    try:
        found = to_open([known], day, typed_on=typed)
    except DayRefused as refused:
        assert typed is not None
        assert not refused.since <= day <= refused.until
        return
    if not found and day < first:
        assert preceding(known) is None, "it enters the first year"
        return
    all_of_them = sorted([known, *found])
    assert any(day in one for one in all_of_them)
    assert all(
        after.first == before.last + timedelta(days=1)
        for before, after in zip(all_of_them, all_of_them[1:], strict=False)
    )
    assert len({one.last.year for one in all_of_them}) == len(all_of_them), "a year is called by that of its last day"
    if typed is not None:
        assert all(one.first <= max(typed, found[0].first) for one in found)


@given(DAYS, st.integers(28, 731))
def test_the_year_before_the_next_one_ends_where_it_began(first: date, days: int) -> None:
    known = Span(first, first + timedelta(days=days))
    before = preceding(following(known))
    assert before and before.last == known.last
    assert 364 <= (following(known).last - following(known).first).days <= 365
