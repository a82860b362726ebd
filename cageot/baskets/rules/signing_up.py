"""Deciding about a sign-up: whether a place is left, whose turn it is, what may become of it, what it comes to."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

# --- Places and turns -----------------------------------------------------------------------------

KEEPS_A_PLACE = frozenset({"asked", "offered"})
"""A sign-up in one of these states keeps a place at its depot, though it is no household yet."""

BECOMES: Mapping[tuple[str, str], str] = {
    ("waiting", "offer"): "offered",
    ("offered", "accept"): "asked",
    ("offered", "refuse"): "dropped",
    ("offered", "expire"): "dropped",
    ("asked", "drop"): "dropped",
    ("waiting", "drop"): "dropped",
    ("offered", "drop"): "dropped",
    ("asked", "wait"): "waiting",
    ("dropped", "wait"): "waiting",
    ("asked", "welcome"): "welcomed",
    ("waiting", "welcome"): "welcomed",
    ("offered", "welcome"): "welcomed",
}
"""(state, what is done) → the state after. What is not here may not be done."""

PASSED_ON = frozenset({"refuse", "expire"})
"""After these, the place that was offered is offered to the next who waits for that depot."""


def may(what: str) -> list[str]:
    """The states from which that may be done."""
    return sorted(state for state, done in BECOMES if done == what)


def left(capacity: int | None, collecting: int, kept: int) -> int | None:
    """Places left at a depot that takes `capacity` households (None: no limit), where so many collect, and so many places
    are kept for people who signed up. Never less than none."""
    return None if capacity is None else max(0, capacity - collecting - kept)


def state_on_asking(places: int | None) -> str:
    """What a sign-up is at first: to be welcomed when a place is left (it is then kept), else waiting for one."""
    return "waiting" if places == 0 else "asked"


def rank(queue: Sequence[int], who: int) -> int:
    """The rank of somebody in a queue given in its order of arrival: 1 is next. 0: not in it."""
    return queue.index(who) + 1 if who in queue else 0


def last_day_to_answer(today: date, offer_days: int) -> date:
    """Until when an offered place is kept, that day included."""
    return today + timedelta(days=offer_days)


def expired(offered_until: date, today: date) -> bool:
    """Whether the last day to answer is over."""
    return today > offered_until


def first_day(today: date, lead_days: int) -> date:
    """The earliest day of a first basket."""
    return today + timedelta(days=lead_days)


# --- What it comes to -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Quote:
    """What a sign-up comes to, in cents: one basket, the first month, whole months (the least and the most), the season.

    `first_month` begins with the first basket: what is before it is not paid. `whole_months`: (baskets, cents) of the
    month that costs least and of the one that costs most; None when no whole month follows.
    """

    first: date
    last: date
    basket_cents: int
    baskets: int
    season_cents: int
    first_month: tuple[int, int]
    whole_months: tuple[tuple[int, int], tuple[int, int]] | None
    membership_cents: int

    @property
    def total_cents(self) -> int:
        """The season and the membership."""
        return self.season_cents + self.membership_cents


def quote(costs: Mapping[date, int], until: date, membership_cents: int) -> Quote | None:
    """What these baskets come to (day → cents: its price and what bringing it costs), up to `until`. None without any.

    A month counts as whole when it begins after the first basket's month, and ends by `until`.
    """
    days = sorted(costs)
    if not days:
        return None
    months: dict[tuple[int, int], list[int]] = {}
    for day in days:
        months.setdefault((day.year, day.month), []).append(costs[day])
    (_key, begun), *later = sorted(months.items())
    whole = [
        (len(each), sum(each))
        for (year, month), each in later
        if date(year, month, monthrange(year, month)[1]) <= until
    ]
    by_cost = sorted(whole, key=lambda one: (one[1], one[0]))
    return Quote(
        days[0], days[-1], costs[days[0]], len(days), sum(costs.values()), (len(begun), sum(begun)),
        (by_cost[0], by_cost[-1]) if by_cost else None, membership_cents,
    )  # fmt: skip


def fee_on(fees: Iterable[tuple[str, date, int]], kind: str, day: date) -> int | None:
    """What a kind of membership costs on a day (kind, from day, cents); None when the garden did not say."""
    known = [(since, cents) for one, since, cents in fees if one == kind and since <= day]
    return max(known)[1] if known else None


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month when it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def support_until(from_day: date, months: int, agreement_until: date | None) -> date:
    """The last day of a support wished for so many months: never past the agreement's own."""
    wished = months_later(from_day, months) - timedelta(days=1)
    return min(wished, agreement_until) if agreement_until else wished


def fitted(parts: Sequence[str], limit: int) -> str:
    """The first of these texts that holds in so many signs; the last one is cut when none does."""
    return next((one for one in parts if len(one) <= limit), parts[-1][:limit])
