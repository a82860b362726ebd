"""What follows a support: terms, warnings, renewal, steps to the full price, and moves to another agreement.

Plain facts in, decisions out; docs/rules/after.md tells them with the tables that the tests execute.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cageot.core.cents import part_down

TERMS = (3, 6)
"""Months that a support usually lasts: offered beside the date."""
LONGEST = 24
"""Months that may be granted at once."""
WARN_WEEKS = (6, 2)
"""Weeks before its end when a support is told."""
LATE_DAYS = 14
"""How long after the end of a support the referrer may still answer."""
ONE_DAY = timedelta(days=1)


# --- Terms ----------------------------------------------------------------------------------------


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months later, or the last day of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def term_end(first: date, months: int, limit: date | None = None) -> date:
    """The last day of a term of so many months from `first`, never past `limit`."""
    end = months_later(first, months) - ONE_DAY
    return end if limit is None else min(end, limit)


# --- Warnings -------------------------------------------------------------------------------------


def warning_due(until: date, today: date, given: Collection[int]) -> int | None:
    """The warning, in weeks before, that a support ending on `until` calls for today; None when it was given, or a
    later one was, or it is not time. A missed morning is caught up; a warning that came too late is passed over."""
    for weeks in sorted(WARN_WEEKS):
        if today <= until <= today + timedelta(weeks=weeks):
            return None if any(one <= weeks for one in given) else weeks
    return None


def standing(
    *, until: date, today: date, followed: bool, onward: str, steps: bool, answer: str, asked: bool, warned: bool
) -> str:  # fmt: skip
    """Where a support that ends stands, in one word: renewed, steps, onward, granted (not placed yet), refused, asked,
    over, warned or quiet. What is settled comes first, then what somebody must do."""
    if followed:
        return "renewed"
    if steps:
        return "steps"
    if onward:
        return "onward"
    if answer:
        return answer
    if asked and today <= until + timedelta(days=LATE_DAYS):
        return "asked"
    if until < today:
        return "over"
    return "warned" if warned else "quiet"


# --- Renewal --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """From a day until another, both included."""

    first: date
    last: date


def renewal(first: date, months: int, *, agreement_until: date | None, free: int | None) -> Span | str:
    """The days of a renewal from `first`, cut at the agreement's end; or why there is none: "ends" when the agreement
    is over before it starts, "full" when no place is left (`free` None: no limit)."""
    if agreement_until is not None and first > agreement_until:
        return "ends"
    if free is not None and free <= 0:
        return "full"
    return Span(first, term_end(first, months, agreement_until))


# --- Steps to the full price ----------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """What the member pays of a basket of that size, and its price, in cents."""

    size_code: str
    member: int
    price: int


@dataclass(frozen=True)
class Step:
    """One step: its days, and what the member pays of each size."""

    from_day: date
    until_day: date
    parts: tuple[Part, ...]

    def under(self, cap_bp: int) -> bool:
        """Whether every part stays under a cap in basis points."""
        return all(part.member <= part_down(part.price, cap_bp) for part in self.parts)


STEPS = (2, 3, 4, 6)
"""How many steps are offered."""


def taper(now: Sequence[Part], *, steps: int, months: int, first: date) -> list[Step]:
    """So many steps of so many months, evenly from what the member pays now to just before the price, which comes after.

    Each amount is rounded down to the cent: the odd cent is not the member's.
    """
    found, start = [], first
    for rank in range(1, steps + 1):
        parts = tuple(
            Part(one.size_code, min(one.member, one.price) + max(one.price - one.member, 0) * rank // (steps + 1), one.price)
            for one in now
        )  # fmt: skip
        after = months_later(first, months * rank)
        found.append(Step(start, after - ONE_DAY, parts))
        start = after
    return found


def same_effort(chosen: int, price: int, others: Iterable[Part]) -> list[Part]:
    """A price chosen for one size, in the same proportion for the others, rounded down to the cent."""
    return [Part(one.size_code, one.price * min(chosen, price) // price if price else 0, one.price) for one in others]


# --- Moving to another agreement -------------------------------------------------------------------


@dataclass(frozen=True)
class Running:
    """A support as a move sees it. `settled`: the last of the household's settled baskets; `sized`: the tariff knows the
    household's basket."""

    pk: int
    from_day: date
    until_day: date | None
    settled: date | None = None
    sized: bool = True


@dataclass(frozen=True)
class Target:
    """Where supports go: the agreement's days, and its free places (None: no limit)."""

    from_day: date
    until_day: date | None
    free: int | None = None


@dataclass(frozen=True)
class Moved:
    """A support goes on with the other tariff from `from_day` until `until_day`. `whole`: it had not begun, all of it moves."""

    pk: int
    from_day: date
    until_day: date | None
    whole: bool


@dataclass(frozen=True)
class Stays:
    """A support that cannot move, and why: settled, early, short, size or full."""

    pk: int
    why: str


def moves(running: Sequence[Running], target: Target, day: date, *, shorten: bool) -> tuple[list[Moved], list[Stays]]:
    """Which of these supports go to the target from `day`, in the order given, and which stay and why.

    No day of support is lost, unless `shorten` lets the target's end cut them. What has no end ends with the target.
    """
    moved: list[Moved] = []
    stays: list[Stays] = []
    for one in running:
        first = max(one.from_day, day)
        why = _stays(one, first, target, len(moved), shorten)
        if why:
            stays.append(Stays(one.pk, why))
        else:
            last = _sooner(one.until_day, target.until_day)
            moved.append(Moved(one.pk, first, last, whole=one.from_day >= day))
    return moved, stays


def _stays(one: Running, first: date, target: Target, taken: int, shorten: bool) -> str:
    if one.settled is not None and one.settled >= first:
        return "settled"
    if first < target.from_day:
        return "early"
    ends = target.until_day
    if ends is not None and (first > ends or (one.until_day is not None and one.until_day > ends and not shorten)):
        return "short"
    if not one.sized:
        return "size"
    return "full" if target.free is not None and taken >= target.free else ""


def _sooner(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
