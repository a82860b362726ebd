"""When the sessions of a series are held, and when last year's come again. Plain dates, and the hours of the wall clock.

An hour is what the clock of the room says: a series at 14:00 stays at 14:00 when summer time begins or ends.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from itertools import count, islice, pairwise
from zoneinfo import ZoneInfo

MOST = 60
"""Sessions of one series at most: more than a year of weeks."""
MOST_DAYS = 14
"""Days that one session lasts at most: a training of two weeks."""
A_NIGHT = timedelta(hours=12)
"""A session that is longer, and ends on another day, lasts several days."""
ZONE = ZoneInfo("Europe/Paris")


class Every(Enum):
    """How often a series comes."""

    ONCE = "once"
    WEEK = "week"
    TWO_WEEKS = "two_weeks"
    MONTH = "month"
    DATES = "dates"


class TooMany(ValueError):
    """More than `MOST` sessions."""


def days_of(
    every: Every, first: date, *, until: date | None = None, dates: Iterable[date] = (), skip: Collection[date] = ()
) -> list[date]:
    """The days of a series, in order, each once, without those to skip. `first` counts; `until` is included.

    By month: the same weekday of the same rank ("the second Tuesday"), or the last one when `first` is a fifth.
    `dates` are for `Every.DATES`, beside `first`. Without `until`, a series that repeats is one day. Error: TooMany.
    """
    if every is Every.ONCE or (every is not Every.DATES and until is None):
        found = [first]
    elif every is Every.DATES:
        found = sorted({first, *dates})
    else:
        found = []
        for day in islice(_repeated(every, first), MOST + 1 + len(skip)):
            if until is not None and day > until:
                break
            found.append(day)
    kept = [day for day in found if day not in skip]
    if len(kept) > MOST:
        raise TooMany
    return kept


def _repeated(every: Every, first: date) -> Iterator[date]:
    if every is Every.MONTH:
        for months in count():
            year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
            yield nth_weekday(year, month + 1, first.isoweekday(), rank_in_month(first))
    step = timedelta(weeks=2 if every is Every.TWO_WEEKS else 1)
    for times in count():
        yield first + step * times


def rank_in_month(day: date) -> int:
    """1 for the first such weekday of its month, up to 4; 5 means the last one."""
    return (day.day - 1) // 7 + 1


def nth_weekday(year: int, month: int, weekday: int, rank: int) -> date:
    """The first to fourth such weekday (1 Monday) of a month, or its last one for rank 5."""
    if rank >= 5:
        last = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        return last - timedelta(days=(last.isoweekday() - weekday) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (rank - 1))


def moment(day: date, hour: time) -> datetime:
    """The moment when the clock on the wall says that hour, in UTC. An hour that does not exist (spring) is the next one."""
    return datetime.combine(day, hour, ZONE).astimezone(UTC)


def moments(day: date, starts: time, ends: time, days: int = 1) -> tuple[datetime, datetime]:
    """Beginning and end of a session of so many days: it begins on the first at `starts`, it ends on the last at `ends`. One of
    a single day that ends before it begins ends in the night, the day after."""
    last = day + timedelta(days=max(days - 1, int(ends <= starts)))
    return moment(day, starts), moment(last, ends)


def days_held(starts_at: datetime, ends_at: datetime) -> list[date]:
    """The days on which a session is held, in order; an evening that ends in the night is one day."""
    first, last = wall(starts_at).date(), wall(ends_at).date()
    several = wall(ends_at) - wall(starts_at) > A_NIGHT  # by the clock on the wall, as the hours were given
    return [first + timedelta(days=n) for n in range((last - first).days + 1 if several else 1)]


def first_days(skip: Iterable[date], days: int) -> dict[date, date]:
    """The first days on which a session of so many days may not begin, as one of its days would be to skip: each with that day."""
    return {day - timedelta(days=n): day for day in sorted(skip, reverse=True) for n in range(days)}


def overlap(firsts: Sequence[date], days: int) -> bool:
    """Whether one session of a series, of so many days each, begins before the one before it ends."""
    return any((after - before).days < days for before, after in pairwise(firsts))


def wall(at: datetime) -> datetime:
    """A moment as the clock on the wall says it."""
    return at.astimezone(ZONE)


def next_year(day: date, years: int = 1, *, skip: Collection[date] = ()) -> date:
    """The day of another year that is most like this one: the same weekday, nearest to the same date; a week later when
    that day is to skip, and so on."""
    year = day.year + years
    near = date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
    ahead = (day.isoweekday() - near.isoweekday()) % 7
    found = near + timedelta(days=ahead if ahead <= 3 else ahead - 7)
    while found in skip:
        found += timedelta(weeks=1)
    return found
