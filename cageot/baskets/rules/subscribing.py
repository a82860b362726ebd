"""Deciding about a subscription: the level slot of a monthly one, the baskets that are left, the size that suits, what goes on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cageot.baskets.rules.laying import Roads, Wish, slots
from cageot.core.week import Week

RHYTHMS = ("weekly", "even", "odd", "monthly")
SLOTS = (1, 2, 3, 4)
"""The delivery weeks of a month that a monthly basket may have. A fifth one has none."""

TOLD_BEFORE = timedelta(weeks=4)
"""How long before its end a subscription that stops is told to the garden."""
TRIAL_TOLD_BEFORE = timedelta(weeks=2)


def level_slot(taken: Mapping[int, int]) -> int:
    """The slot that has the fewest monthly baskets (slot → how many), the lowest of those: so that weeks stay level."""
    return min(SLOTS, key=lambda slot: (taken.get(slot, 0), slot))


def rhythms_of(text: str) -> list[str]:
    """The rhythms of "weekly,monthly", in their own order; what is not a rhythm is left out."""
    offered = set(text.split(","))
    return [one for one in RHYTHMS if one in offered]


def days_asked(
    wish: Wish, days: Iterable[date], roads: Roads, all_weeks: Iterable[Week], until: date
) -> list[date]:  # fmt: skip
    """The delivery days on which this subscription has a basket, up to `until` included, in order.

    `days`: the garden's deliveries; `all_weeks`: every delivery week of the months at hand, from which slots are counted.
    The same days as `laying.plan` lays.
    """
    open_days = set(days)
    weeks = {Week.of(day) for day in open_days}
    slot = slots({*weeks, *all_weeks})
    asked = (roads.place(wish.depot, week)[0] for week in weeks if wish.asks(week, slot[week]))
    return sorted(day for day in asked if day and day in open_days and wish.holds(day) and day <= until)


def end_of_period(first: date, until: date | None) -> date:
    """Until when baskets are counted before one says yes: the end that was asked, else the end of that year."""
    return until or date(first.year, 12, 31)


def advised_size(sizes: Sequence[tuple[int, int | None]], people: int) -> int | None:
    """The size (id, for how many people at most) that suits a household: the smallest that is enough, else the largest.

    None when nobody said for how many any of them is meant.
    """
    known = sorted((meant, place, size) for place, (size, meant) in enumerate(sizes) if meant)
    enough = [one for one in known if one[0] >= people]
    return enough[0][2] if enough else known[-1][2] if known else None


@dataclass(frozen=True)
class Stretch:
    """A subscription as far as going on is decided: what it asks (`same` compares), its days, whether it is a trial."""

    same: tuple[int, int, str, int | None]  # size, depot, rhythm, slot
    from_day: date
    until_day: date | None
    trial: bool = False


def goes_on(one: Stretch, following: Stretch) -> bool:
    """Whether the second is the first going on: the day after, and asking the same. Then they are changed as one."""
    return (
        one.until_day is not None
        and following.from_day == one.until_day + timedelta(days=1)
        and one.same == following.same
    )


def to_tell(until_day: date, trial: bool, today: date) -> bool:
    """Whether the garden is told today that this one ends: two weeks before for a trial, four for another."""
    return today <= until_day <= today + (TRIAL_TOLD_BEFORE if trial else TOLD_BEFORE)
