"""A household that will not take its basket: what it may do by itself, and what remains to be taken back.

Policy of each product (`AbsencePolicy`; docs/rules/absences.md has the table that the tests execute):

1. Cancel, postpone or give, if the garden allows it for this product.
2. Early enough: at least `notice_days` whole days before the delivery.
3. At most `quota` absences of that product a calendar year.
4. Taken back into a week where the household has a basket already, it makes a double; all households together make
   at most `max_doubles` of them a week, since the kitchen garden cannot double everybody's.
5. Staff may go past 1 to 4, saying why. Nobody goes past a closed week, a day that is past, or a week without delivery.

A postponed basket is a right to a basket of that product in another week of the same calendar year. At the end of the
year what is left is lost, goes to the common pot, or is kept, as the garden chose.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Policy:
    """What a garden allows for a product; `quota` and `max_doubles` None are without limit."""

    may_cancel: bool = True
    may_postpone: bool = True
    may_give: bool = True
    quota: int | None = None
    notice_days: int = 2
    max_doubles: int | None = None
    unused: str = "lost"  # lost, given or kept


@dataclass(frozen=True, slots=True)
class Asked:
    """One absence: `how` is cancel, postpone or give; `day` the basket's delivery; `used` the household's absences of
    that product in the day's year; `doubles` those of the week it would be taken back in (None: later, not said yet)."""

    how: str
    day: date
    today: date
    used: int = 0
    doubles: int | None = None


BY_HAND = frozenset({"not_allowed", "late", "quota", "doubles"})
"""Limits that staff may go past, saying why."""


def refusals(policy: Policy, asked: Asked) -> list[str]:
    """Why not, in the order of the policy: past, not_allowed, late, quota, doubles. Empty: it may be done."""
    allowed = {"cancel": policy.may_cancel, "postpone": policy.may_postpone, "give": policy.may_give}[asked.how]
    found = []
    if asked.day < asked.today:
        found.append("past")
    if not allowed:
        found.append("not_allowed")
    if asked.today > last_day_to_say(policy, asked.day) and asked.day >= asked.today:
        found.append("late")
    if policy.quota is not None and asked.used >= policy.quota:
        found.append("quota")
    if policy.max_doubles is not None and asked.doubles is not None and asked.doubles >= policy.max_doubles:
        found.append("doubles")
    return found


def last_day_to_say(policy: Policy, day: date) -> date:
    """The last day on which an absence of that delivery day may still be told."""
    return day - timedelta(days=policy.notice_days)


@dataclass(frozen=True, slots=True)
class Right:
    """A postponed basket: the day it was to be delivered, whether another took its place, and whether it was given to
    the pot at once."""

    basket: int
    day: date
    taken: bool
    pot: bool = False


def to_take_back(policy: Policy, rights: Iterable[Right], today: date) -> list[Right]:
    """The rights that a household still has today, the oldest first."""
    left = (one for one in rights if not one.taken and not one.pot)
    return sorted((one for one in left if policy.unused == "kept" or not over(one, today)), key=lambda one: one.day)


def in_the_pot(policy: Policy, rights: Iterable[Right], today: date) -> list[Right]:
    """The rights that the garden may hand to another household, the oldest first."""
    left = (one for one in rights if not one.taken)
    return sorted(
        (one for one in left if one.pot or (policy.unused == "given" and over(one, today))), key=lambda one: one.day
    )


def over(right: Right, today: date) -> bool:
    """Whether the year of that right is over."""
    return right.day.year < today.year
