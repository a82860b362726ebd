"""The ISO week as a value: it carries its year, so that 30 December and 2 January can share one.

Source: ISO 8601 (weeks start on Monday; week 1 holds the first Thursday of the year).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

_LABEL = re.compile(r"(\d{4})-W(\d{2})")


@dataclass(frozen=True, order=True)
class Week:
    """One ISO week. `str(week)` is its label, "2017-W12", which sorts as the weeks do."""

    year: int
    number: int

    def __post_init__(self) -> None:
        # fromisocalendar refuses week 53 of a year that has none.
        date.fromisocalendar(self.year, self.number, 1)

    @classmethod
    def of(cls, day: date) -> Week:
        """The week that holds `day`."""
        year, number, _ = day.isocalendar()
        return cls(year, number)

    @classmethod
    def parse(cls, label: str) -> Week:
        """The week written "2017-W12"; ValueError for anything else."""
        found = _LABEL.fullmatch(label)
        if not found:
            raise ValueError(f"not an ISO week: {label!r}")
        return cls(int(found[1]), int(found[2]))

    @cached_property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def sunday(self) -> date:
        return self.monday + timedelta(days=6)

    def day(self, weekday: int) -> date:
        """The day of this week, 1 for Monday to 7 for Sunday."""
        return self.monday + timedelta(days=weekday - 1)

    def __add__(self, weeks: int) -> Week:
        return Week.of(self.monday + timedelta(weeks=weeks))

    def __sub__(self, weeks: int) -> Week:
        return self + -weeks

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"


def weeks_between(first: date, last: date) -> Iterator[Week]:
    """The weeks whose Monday-to-Sunday meets the days `first` to `last`, both included."""
    week = Week.of(first)
    while week.monday <= last:
        yield week
        week += 1
