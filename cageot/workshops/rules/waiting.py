"""Who has a place and who waits: order of arrival, and when somebody may go before somebody else.

A place is for one person, adult or child. The places left stay for the first who waits, even when a smaller family behind
could take them, until three days before the session: from then on they go to the first who fits (docs/rules/workshops.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

KEPT_UNTIL = timedelta(days=3)
"""From so long before a session, places that the first in line cannot fill go to the first who fits."""


@dataclass(frozen=True)
class Party:
    """Those who come together: `who` is any key, `people` adults and children."""

    who: int
    people: int


def left(seats: int | None, taken: int) -> int | None:
    """The places left; None when there is no limit. Never below zero."""
    return None if seats is None else max(seats - taken, 0)


def passing(today: date, day: date) -> bool:
    """Whether a session of that day is so near that a smaller family may go before a bigger one."""
    return day - today <= KEPT_UNTIL


def next_in(waiting: Iterable[Party], places: int | None, *, pass_over: bool) -> list[Party]:
    """Those who wait, in order, that get the places left. `pass_over`: who does not fit is passed over, else all wait
    behind them."""
    found = []
    for party in waiting:
        if places is not None and party.people > places:
            if pass_over:
                continue
            break
        places = None if places is None else places - party.people
        found.append(party)
    return found


def fits_at_once(people: int, places: int | None, waiting: Sequence[Party], *, pass_over: bool) -> bool:
    """Whether somebody who arrives now has a place: one is left for each of them, and nobody was there before."""
    return (places is None or people <= places) and (pass_over or not waiting)


def too_many(people: int, seats: int | None) -> bool:
    """Whether so many could never come together: there are fewer places in all."""
    return seats is not None and people > seats
