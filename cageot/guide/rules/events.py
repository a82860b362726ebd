"""A meeting's programme, and shared journeys: which sessions stand side by side, which exclude each other, who may ride with whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Generic, TypeVar

from cageot.guide.rules.offering import kilometres

LEAST_DETOUR_KM = 30
"""A detour that nobody minds, however short the journey."""
SHARE = 0.25
"""Else the part of the whole journey that a detour may add."""


Timed = Any
"""A session: its `day`, its `from_time` and its `until_time` (the fields of a row are no protocol to the type checker)."""

S = TypeVar("S")


def _when(one: Timed) -> Any:
    return one.day, one.from_time, one.until_time


def overlap(one: Timed, other: Timed) -> bool:
    """Whether nobody can be at both. One that begins when the other ends can be reached."""
    return bool(one.day == other.day and one.from_time < other.until_time and other.from_time < one.until_time)


@dataclass(frozen=True)
class Band(Generic[S]):
    """Sessions that stand side by side: each overlaps another one of the band, or it is alone."""

    day: date
    from_time: time
    until_time: time
    slots: tuple[S, ...]


def bands(slots: Iterable[S]) -> list[Band[S]]:
    """The programme in order of time; sessions whose times run into each other share a band."""
    found: list[Band[S]] = []
    ordered: list[Any] = sorted(slots, key=_when)
    for slot in ordered:
        last = found[-1] if found else None
        if last and last.day == slot.day and slot.from_time < last.until_time:
            found[-1] = Band(last.day, last.from_time, max(last.until_time, slot.until_time), (*last.slots, slot))
        else:
            found.append(Band(slot.day, slot.from_time, slot.until_time, (slot,)))
    return found


def one_only(slots: Sequence[Timed]) -> bool:
    """Whether each of these excludes every other: one answer is then enough."""
    return all(overlap(one, other) for n, one in enumerate(slots) for other in slots[n + 1 :])


def clash(chosen: Sequence[S]) -> tuple[S, S] | None:
    """Two of those chosen that stand at the same time; None when they can all be reached."""
    ordered = sorted(chosen, key=_when)
    for n, one in enumerate(ordered):
        for other in ordered[n + 1 :]:
            if overlap(one, other):
                return one, other
    return None


# --- Shared journeys ------------------------------------------------------------------------------

Place = tuple[float, float]
"""Longitude and latitude, in degrees."""


@dataclass(frozen=True)
class Ride:
    """Whom one may ride with: any key; `apart`, kilometres between the two starts; `detour`, what it adds to the driver's road."""

    who: int
    apart: int
    detour: int


def detour(driver: Place, rider: Place, to: Place) -> float:
    """What fetching the rider adds to the driver's journey, in kilometres as the crow flies. Never below zero."""
    return max(kilometres(driver, rider) + kilometres(rider, to) - kilometres(driver, to), 0.0)


def drivers_for(rider: Place, offers: Iterable[tuple[int, Place]], to: Place) -> list[Ride]:
    """Those who offer places and pass near enough, the smallest detour first.

    Near enough: the detour is at most 30 km, or a quarter of the driver's journey.
    """
    found = []
    for who, start in offers:
        more = detour(start, rider, to)
        if more <= max(LEAST_DETOUR_KM, SHARE * kilometres(start, to)):
            found.append(Ride(who, round(kilometres(start, rider)), round(more)))
    return sorted(found, key=lambda one: (one.detour, one.apart, one.who))
