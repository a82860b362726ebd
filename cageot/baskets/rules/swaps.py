"""Swapping a vegetable of a basket for one that the garden offers: until when, and how many.

The table is in docs/rules/content.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


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
