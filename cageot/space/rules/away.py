"""What a member may do about a basket by themselves, and why not, as the garden's policy says (docs/rules/absences.md).

Members have the same rule for everything that moves a basket: it is said early enough, or it is not done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cageot.baskets.rules.absences import Asked, Policy, last_day_to_say, refusals

WAYS = ("postpone", "cancel", "give")


@dataclass(frozen=True, slots=True)
class May:
    """What may still be done about one basket. `why` says why nothing may: the first limit met, or ""."""

    ways: tuple[str, ...]
    change: bool  # another depot, this once
    until: date
    why: str = ""


def may(policy: Policy, *, day: date, today: date, used: int, closed: bool, state: str, given: bool) -> May:
    """What a member may do about a basket of that day. `used`: absences of the product in the day's year."""
    until = last_day_to_say(policy, day)
    if closed or state != "planned" or given:
        return May((), False, until, "closed" if closed else "done")
    limits = {way: refusals(policy, Asked(way, day, today, used)) for way in WAYS}
    ways = tuple(way for way in WAYS if not limits[way])
    in_time = today <= until
    return May(ways, in_time, until, "" if ways else _first(list(limits.values())))


def _first(limits: Sequence[Sequence[str]]) -> str:
    """The limit that says most: late for all of them, else the quota, else nothing is allowed."""
    for why in ("past", "late", "quota"):
        if any(why in one for one in limits):
            return why
    return "not_allowed"


def may_undo(policy: Policy, *, day: date, today: date, closed: bool) -> bool:
    """Whether a member may plan again a basket that they cancelled, postponed or gave: as long as it could be said."""
    return not closed and today <= last_day_to_say(policy, day)
