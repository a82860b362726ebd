"""How long things are kept, when a household is forgotten, and what is left of its dates. `docs/rules/retention.md`."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

CLASSES = {
    "household": 24,  # after the last contact (CNIL: social support, two years in the active base)
    "referral": 6,  # after its answer
    "sign_up": 6,  # after it was welcomed or dropped
    "note": 12,  # words on a hand-over, a pause of a depot
    "link": 12,  # whose personal link it was, after it stopped
    "message": 2,  # after it was made; its words leave with it
    "depot": 24,  # whom to call, after it closed
    "partner": 24,  # whom to ask for, after the last agreement
    "person": 24,  # after their last role, or the last time they came in
    "log": 24,  # who did what, who read what
    "passing": 0,  # sessions, codes, tries: as soon as they are over
}
"""Class of retention → months that it is kept, unless the network says otherwise."""

FIXED = {"passing"}
"""Classes that nobody may lengthen."""
LEAST, MOST = 1, 120
"""Months that may be chosen."""


@dataclass(frozen=True)
class Clock:
    """What holds for one class in this base: months, and whether nothing of it leaves for now, and why."""

    months: int
    held: bool = False
    held_why: str = ""


def limit(today: date, months: int) -> date:
    """The day so many months ago: what happened before it is out of time. The 31st becomes the month's last day."""
    count = today.year * 12 + today.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))


def last_contact(days: Iterable[date | None]) -> date | None:
    """The last day on which the household and the garden did something together; None when they never did."""
    return max((day for day in days if day), default=None)


def is_due(last: date | None, today: date, months: int) -> bool:
    """Whether a household is to be forgotten: its last contact is more than so many months ago."""
    return last is not None and last < limit(today, months)


def month_of(day: date) -> date:
    """The first of its month: what is left of a day once it may no longer tell anybody."""
    return day.replace(day=1)


@dataclass(frozen=True)
class Span:
    """A period; `last` None is open."""

    first: date
    last: date | None


def cut(spans: Sequence[Span], until: date) -> list[Span]:
    """Periods in order, cut to months: each begins on a first and ends on a last day of a month, as far as the one before
    leaves room. They stay in order, apart, and as many. What is open ends with the month of `until`."""
    found: list[Span] = []
    free = date.min
    for span in spans:
        first = max(month_of(span.first), free)
        last = max(_end_of(span.last or max(until, span.first)), first)
        found.append(Span(first, last))
        free = last + timedelta(days=1)
    return found


def _end_of(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])
