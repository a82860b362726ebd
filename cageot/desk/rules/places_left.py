"""How many more households an agreement can take: what its payers may still spend, less what is promised already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

TERM_WEEKS = 26
"""A new household is counted for six months, or until the agreement ends."""


@dataclass(frozen=True, slots=True)
class Purse:
    """What one payer may still spend, in baskets (`unit` 1) or cents (`unit`: what a basket costs it); None: no limit."""

    left: int | None
    unit: int = 1


def weeks_ahead(day: date, until: date | None) -> int:
    """The baskets that a household taken in on that day would have: one a week, at least one."""
    term = day + timedelta(weeks=TERM_WEEKS)
    last = min(term, until) if until else term
    return max(1, (last - day).days // 7)


def free_places(purses: list[Purse], *, promised: int, weeks: int) -> int | None:
    """Households that can still be taken in, each for `weeks` baskets, when `promised` baskets are to come already.
    None when no payer has a limit; never below zero."""
    limited = [
        max(0, one.left - promised * one.unit) // (weeks * max(1, one.unit)) for one in purses if one.left is not None
    ]
    return min(limited) if limited else None
