"""Laying baskets ahead: what a subscription should have on each week to come, against what is there.

Policy: one basket a week at most for a household, on the delivery of its depot's day. Relaying touches
only baskets that are planned; what was changed once (size, depot) stays, and so does a basket whose
depot was changed to another day of the week. A basket that nothing asks for any more is taken away.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from cageot.core.week import Week


@dataclass(frozen=True, slots=True)
class Wish:
    """A subscription: size and depot (with its weekday, 1 Monday) at a rhythm, from a day until another."""

    subscription: int
    household: int
    size: int
    depot: int
    weekday: int
    frequency: str  # weekly, even or odd
    from_day: date
    until_day: date | None

    def on(self, week: Week) -> date | None:
        """The day of its basket in that week, or None."""
        if (self.frequency == "even" and week.number % 2) or (self.frequency == "odd" and not week.number % 2):
            return None
        day = week.day(self.weekday)
        return day if self.from_day <= day and (self.until_day is None or day <= self.until_day) else None


@dataclass(frozen=True, slots=True)
class Laid:
    """A basket that is there already."""

    basket: int
    household: int
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
    size: int
    depot: int


@dataclass(frozen=True, slots=True)
class Update:
    """Put this basket on this delivery, with this size, depot and subscription."""

    basket: int
    delivery: int
    subscription: int
    size: int
    depot: int


@dataclass
class Plan:
    """What to write: baskets to add, to change, and to take away (by id)."""

    add: list[New] = field(default_factory=list)
    change: list[Update] = field(default_factory=list)
    drop: list[int] = field(default_factory=list)


def plan(wishes: Iterable[Wish], deliveries: Mapping[date, int], laid: Iterable[Laid]) -> Plan:
    """Compare wishes with what is laid on `deliveries` (day → delivery, all of them open)."""
    there = {(one.household, one.week): one for one in laid}
    days = {day: Week.of(day) for day in deliveries}
    weeks = sorted(set(days.values()))
    found, wanted = Plan(), set()
    for wish in wishes:
        for week in weeks:
            day = wish.on(week)
            if day is None or day not in deliveries:
                continue
            place = (wish.household, week)
            if place in wanted:
                continue  # an older subscription already has this week
            wanted.add(place)
            _place(wish, deliveries[day], there.get(place), found)
    found.drop = [one.basket for place, one in there.items() if place not in wanted and _free(one)]
    return found


def _place(wish: Wish, delivery: int, basket: Laid | None, found: Plan) -> None:
    if basket is None:
        found.add.append(New(delivery, wish.household, wish.subscription, wish.size, wish.depot))
        return
    if basket.state != "planned":
        return
    size = basket.size if basket.size_kept else wish.size
    depot = basket.depot if basket.depot_kept else wish.depot
    delivery = basket.delivery if basket.depot_kept else delivery
    if (delivery, wish.subscription, size, depot) != (basket.delivery, basket.subscription, basket.size, basket.depot):
        found.change.append(Update(basket.basket, delivery, wish.subscription, size, depot))


def _free(basket: Laid) -> bool:
    return basket.state == "planned" and not basket.size_kept and not basket.depot_kept
