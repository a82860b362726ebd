"""Which years an association's books have, and which one a day opens. The table of docs/rules/books.md.

Years follow one another without a hole. A year mistyped would open one for good: what somebody types opens the next year only,
or those that have begun since.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

BACK = 5
"""Books begin in a calendar year at most so many years before the day when their first entry is typed, or in the next one."""
ONE_DAY = timedelta(days=1)

BEFORE, HOLE, FAR = "before", "hole", "far"


class Span(NamedTuple):
    """A year of the books: its first and last day."""

    first: date
    last: date

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


class DayRefused(Exception):
    """The books take no such day. `why`: BEFORE their first year, in a HOLE between two years, too FAR; they take days from
    `since` to `until`. `who` keeps them."""

    def __init__(self, why: str, since: date, until: date, who: str = "") -> None:
        super().__init__(why, since, until, who)
        self.why, self.since, self.until, self.who = why, since, until, who


def to_open(
    years: Sequence[Span], day: date, *, typed_on: date | None = None, first_is_open: bool = True
) -> list[Span]:
    """The years to open so that one holds a day, in order; none when one does, or when the day enters a later year.

    `typed_on`: when somebody typed that day; None for a day that nobody types (a week's own). Refusal: DayRefused, typed days only.
    """
    if any(day in one for one in years):
        return []
    if not years:
        return [_begins(day, typed_on)]
    if day > years[-1].last:
        return _after(years, day, typed_on)
    if typed_on is not None:
        raise DayRefused(BEFORE if day < years[0].first else HOLE, years[0].first, years[-1].last)
    before = preceding(years[0])
    if day > years[0].first or not first_is_open or before is None:
        return []
    found = [before]
    while day < found[0].first and (before := preceding(found[0])):
        found.insert(0, before)
    return found


def _begins(day: date, typed_on: date | None) -> Span:
    if typed_on is not None and not -BACK <= day.year - typed_on.year <= 1:
        raise DayRefused(FAR, date(typed_on.year - BACK, 1, 1), date(typed_on.year + 1, 12, 31))
    return Span(date(day.year, 1, 1), date(day.year, 12, 31))


def _after(years: Sequence[Span], day: date, typed_on: date | None) -> list[Span]:
    found = [following(years[-1])]
    while day > found[-1].last and (typed_on is None or following(found[-1]).first <= typed_on):
        found.append(following(found[-1]))
    if day > found[-1].last:
        raise DayRefused(FAR, years[0].first, found[-1].last)
    return found


def following(year: Span) -> Span:
    """Twelve months from the day after."""
    first = year.last + ONE_DAY
    return Span(first, _a_year_on(first, 1) - ONE_DAY)


def preceding(year: Span) -> Span | None:
    """The twelve months before. None when they would end in the same calendar year: a year is called by that of its last day."""
    last = year.first - ONE_DAY
    return Span(_a_year_on(year.first, -1), last) if last.year < year.last.year else None


def _a_year_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)
