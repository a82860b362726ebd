"""Swapping a vegetable of a basket for one that the garden offers: until when, how many, and what the basket holds then.

The table is in docs/rules/content.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

MOST = 2
"""No garden lets more vegetables of a basket be swapped."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A basket, as far as swapping goes. `allowed`: how many vegetables, `days` before the delivery; `coming`: it is
    planned and its household collects it; `told`: its content is published; `used`: swaps that stand."""

    day: date
    today: date
    allowed: int = 1
    days: int = 2
    coming: bool = True
    closed: bool = False
    told: bool = True
    packed: bool = False
    used: int = 0


def last_day(day: date, days: int) -> date:
    """Until the end of which day one may swap, or change one’s mind."""
    return day - timedelta(days=days)


def why_fixed(ask: Ask) -> str:
    """Why nothing about the swaps of a basket changes any more: the first limit met, or ""."""
    limits = {
        "closed": ask.closed, "past": ask.today > ask.day, "away": not ask.coming,
        "late": ask.packed or ask.today > last_day(ask.day, ask.days),
    }  # fmt: skip
    return next((why for why, met in limits.items() if met), "")


def why_not(ask: Ask) -> str:
    """Why no vegetable may be swapped any more: not_allowed, untold, used, or as `why_fixed`; "" when one may."""
    if not ask.allowed:
        return "not_allowed"
    if fixed := why_fixed(ask):
        return fixed
    if not ask.told:
        return "untold"
    return "used" if ask.used >= ask.allowed else ""


@dataclass(frozen=True, slots=True)
class Held:
    """A vegetable and how much of it, in thousandths of its unit. `instead`: the vegetable that it takes the place of."""

    produce: int
    unit: str
    milli: int
    instead: int | None = None


def swapped(lines: Iterable[Held], swaps: Iterable[Held]) -> list[Held]:
    """What a basket holds once its swaps are made: what comes stands where what goes stood."""
    comes = {one.instead: one for one in swaps}
    return [comes.get(line.produce, line) for line in lines]
