"""Laying baskets ahead: what a subscription should have on each week to come, against what is there.

Policy: one basket a week at most for a household and a product, on the day that its depot's round goes. Relaying
touches only regular baskets that are planned; what was changed once (size, depot) stays, and so does a basket whose
depot was changed to another day of the week. A basket that nothing asks for any more is taken away.

A round that is shifted (a bank holiday) takes its baskets to the other day of the week, or has none that week. A depot
that is closed for a while sends its baskets to its replacement, on the replacement's day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from cageot.core.week import Week


@dataclass(frozen=True, slots=True)
class Wish:
    """A subscription: size of a product and depot at a rhythm, from a day until another.

    `first_week`, `last_week`: the weeks of the year in which the product is delivered, None all of them; the first
    after the last runs over the new year. `monthly_slot`: which delivery week of the month has a monthly basket.
    """

    subscription: int
    household: int
    product: int
    size: int
    depot: int
    frequency: str  # weekly, even, odd or monthly
    from_day: date
    until_day: date | None
    first_week: int | None = None
    last_week: int | None = None
    monthly_slot: int | None = None

    def asks(self, week: Week, slot: int) -> bool:
        """Whether its rhythm and its product ask for a basket that week, the `slot`-th delivery week of its month."""
        if (self.frequency == "even" and week.number % 2) or (self.frequency == "odd" and not week.number % 2):
            return False
        if self.frequency == "monthly" and slot != self.monthly_slot:
            return False
        return in_season(week.number, self.first_week, self.last_week)

    def holds(self, day: date) -> bool:
        return self.from_day <= day and (self.until_day is None or day <= self.until_day)


def in_season(number: int, first: int | None, last: int | None) -> bool:
    """Whether the ISO week `number` lies between the first and the last, over the new year if the first comes after."""
    if first is None or last is None:
        return True
    return first <= number <= last if first <= last else number >= first or number <= last


@dataclass(frozen=True)
class Roads:
    """Where and when depots are brought to: each depot's round and its weekday, shifts, and pauses.

    `shifts`: (round, week) → another day of the week, or None when the round does not go. `pauses`: depot → (from,
    until, replacement).
    """

    rounds: Mapping[int, tuple[int, int]]  # depot → (round, weekday)
    shifts: Mapping[tuple[int, Week], date | None] = field(default_factory=dict)
    pauses: Mapping[int, Sequence[tuple[date, date, int]]] = field(default_factory=dict)

    def day(self, depot: int, week: Week) -> date | None:
        """The day that depot is brought to in that week, None when its round does not go."""
        number, weekday = self.rounds[depot]
        return self.shifts.get((number, week), week.day(weekday)) if self.shifts else week.day(weekday)

    def place(self, depot: int, week: Week) -> tuple[date | None, int]:
        """The day and the depot where a basket of `depot` goes in that week: its replacement's while it is closed."""
        day = self.day(depot, week)
        for first, last, other in self.pauses.get(depot, ()):
            if day and first <= day <= last:
                return self.day(other, week), other
        return day, depot


def slots(weeks: Iterable[Week]) -> dict[Week, int]:
    """Which delivery week of its month each week is, counted from 1; a week belongs to the month of its Thursday."""
    found: dict[Week, int] = {}
    count: Counter[tuple[int, int]] = Counter()
    for week in sorted(weeks):
        thursday = week.day(4)
        count[thursday.year, thursday.month] += 1
        found[week] = count[thursday.year, thursday.month]
    return found


@dataclass(frozen=True, slots=True)
class Laid:
    """A regular basket that is there already."""

    basket: int
    household: int
    product: int
    week: Week
    delivery: int
    subscription: int | None
    size: int
    depot: int
    state: str
    size_kept: bool
    depot_kept: bool


@dataclass(frozen=True, slots=True)
class New:
    delivery: int
    household: int
    subscription: int
    product: int
    size: int
    depot: int


@dataclass(frozen=True, slots=True)
class Update:
    """Put this basket on this delivery, with this size, depot and subscription. `only_day`: nothing but its day changes."""

    basket: int
    delivery: int
    subscription: int
    size: int
    depot: int
    only_day: bool = False


@dataclass
class Plan:
    """What to write: baskets to add, to change, and to take away (by id)."""

    add: list[New] = field(default_factory=list)
    change: list[Update] = field(default_factory=list)
    drop: list[int] = field(default_factory=list)


def plan(
    wishes: Iterable[Wish], deliveries: Mapping[date, int], laid: Iterable[Laid], roads: Roads, all_weeks: Iterable[Week] = ()
) -> Plan:  # fmt: skip
    """Compare wishes with what is laid on `deliveries` (day → delivery, all of them open).

    `all_weeks`: every delivery week of the months at hand, closed ones too, from which monthly baskets are counted.
    """
    there = {(one.household, one.product, one.week): one for one in laid}
    weeks = sorted({Week.of(day) for day in deliveries})
    slot = slots({*weeks, *all_weeks})
    place = cache(roads.place)
    found, wanted = Plan(), set()
    for wish in wishes:
        for week in weeks:
            if not wish.asks(week, slot[week]):
                continue
            day, depot = place(wish.depot, week)
            if day is None or day not in deliveries or not wish.holds(day):
                continue
            key = (wish.household, wish.product, week)
            if key in wanted:
                continue  # an older subscription already has this week
            wanted.add(key)
            _place(wish, depot, deliveries[day], there.get(key), found)
    found.drop = [one.basket for key, one in there.items() if key not in wanted and _free(one)]
    return found


def _place(wish: Wish, depot: int, delivery: int, basket: Laid | None, found: Plan) -> None:
    if basket is None:
        found.add.append(New(delivery, wish.household, wish.subscription, wish.product, wish.size, depot))
        return
    if basket.state != "planned":
        return
    size = basket.size if basket.size_kept else wish.size
    depot = basket.depot if basket.depot_kept else depot
    delivery = basket.delivery if basket.depot_kept else delivery
    only_day = (wish.subscription, size, depot) == (basket.subscription, basket.size, basket.depot)
    if not only_day or delivery != basket.delivery:
        found.change.append(Update(basket.basket, delivery, wish.subscription, size, depot, only_day))


def _free(basket: Laid) -> bool:
    return basket.state == "planned" and not basket.size_kept and not basket.depot_kept
