"""What several people say of one basket, at the depot and at the desk, each on their own phone, with or without network.

Every statement is named (`key`) after the one that it follows: what stood on the speaker's screen. So the statements of a
basket form a tree, whatever the order in which they come in, and what comes in twice has the same name twice. What
nobody answered to (the leaves) is in force; where several are, what happened at the depot wins: somebody took the
basket, rather than nobody came. Clocks decide only between equals. See docs/rules/handover.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

DESK = 0
"""The voice of the garden's desk; volunteers speak with the number of their link."""

FORCE = ("planned", "unclaimed", "cancelled", "moved", "given_on", "collected")
"""States, from the one that yields to the one that wins: a basket that somebody took was taken, whatever else is said."""


@dataclass(frozen=True, slots=True)
class Said:
    """One statement: its name, what it says, whose voice, when (the device's time, corrected)."""

    key: UUID
    state: str
    voice: int
    at: datetime


def root(basket: int) -> UUID:
    """What the first statement about a basket follows: nothing was said yet."""
    return UUID(int=basket)


def follow(after: UUID, state: str, voice: int) -> UUID:
    """The name of the statement that says `state` after another. `handover.js` makes the same."""
    return uuid5(after, f"{state}:{voice}")


def standing(basket: int, said: Iterable[Said]) -> Said | None:
    """The statement in force; None when nothing was said. The order of `said` does not matter."""
    return max(leaves(basket, said), key=_force, default=None)


def leaves(basket: int, said: Iterable[Said]) -> list[Said]:
    """The statements that no other follows."""
    known = {one.key: one for one in said}
    answered = {
        key for key in [root(basket), *known] for one in known.values() if follow(key, one.state, one.voice) == one.key
    }
    return [one for one in known.values() if one.key not in answered]


def contradicted(basket: int, said: Iterable[Said]) -> list[Said]:
    """What somebody else said without knowing of the statement in force, and that it overrules: to be shown."""
    known = list(said)
    wins = standing(basket, known)
    return [one for one in leaves(basket, known) if wins and one.state not in ("planned", wins.state)]


def _force(one: Said) -> tuple[int, datetime, UUID]:
    return FORCE.index(one.state), one.at, one.key


def corrected(said: datetime, *, sent: datetime, received: datetime, earliest: datetime) -> datetime:
    """When something was really said, by a device whose clock may be wrong.

    `said` and `sent` are the device's times, already shifted by what its clock was off when it last heard from us. A
    time to come means that the clock moved since: what it is off at sending is taken away. What still cannot be
    (before `earliest`, or to come) becomes the moment when it was received.
    """
    at = said if said <= received else said - (sent - received)
    return at if earliest <= at <= received else received
