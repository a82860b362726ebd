"""What a basket holds: reading a quantity as gardeners write it, its value, sharing a harvest, what a shortage touches.

Quantities are thousandths of a unit (1.2 kg is 1,200), money is cents. The tables are in docs/rules/content.md.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

KG = "kg"
MOST = 1_000_000
"""No basket holds more than a thousand units of a vegetable."""
MOST_HARVESTED = 1_000_000_000
"""Nor does a garden harvest more than a million in a week."""
CLOSE_BP = 500
"""A basket is worth its price when its value is within 5 % of it."""


# --- Quantities -----------------------------------------------------------------------------------


class Unreadable(ValueError):
    """What was typed is no quantity of that unit. `why`: not_a_number, not_by_weight, too_much."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


_NOTHING = {"", "-", "–", "—", "0"}
_HALVES = {"½": ",5", "¼": ",25", "¾": ",75"}
_TYPED = re.compile(r"(\d{0,9})(?:[.,](\d{1,3}))?(kg|g)?")
_FRACTION = re.compile(r"(\d{1,3})/(\d{1,3})(kg)?")


def read_quantity(text: str, unit: str, most: int = MOST) -> int:
    """Thousandths of the unit: "0,8", "1.2 kg", "150 g" (of what is counted in kg), "½", "1/2", or nothing at all.

    A third thousandth too small to keep (1/3) is rounded down. Raises Unreadable.
    """
    typed = re.sub(r"[\s\u00a0\u202f]", "", text).lower()
    if typed in _NOTHING:
        return 0
    if found := _FRACTION.fullmatch(typed):
        return _checked(_divided(int(found[1]), int(found[2])), found[3], unit, most)
    for sign, decimals in _HALVES.items():
        typed = typed.replace(sign, decimals)
    found = _TYPED.fullmatch(typed)
    if not found or not (found[1] or found[2]):
        raise Unreadable("not_a_number")
    whole, part, suffix = int(found[1] or 0), int((found[2] or "0").ljust(3, "0")), found[3]
    return _checked(whole if suffix == "g" else whole * 1000 + part, suffix, unit, most)


def _divided(over: int, under: int) -> int:
    if under == 0:
        raise Unreadable("not_a_number")
    return over * 1000 // under


def _checked(milli: int, suffix: str | None, unit: str, most: int) -> int:
    if suffix and unit != KG:
        raise Unreadable("not_by_weight")
    if milli > most:
        raise Unreadable("too_much")
    return milli


def step_of(unit: str) -> int:
    """The smallest difference that packing makes: 50 g, or one piece."""
    return 50 if unit == KG else 1000


# --- Value ----------------------------------------------------------------------------------------


def value(lines: Iterable[tuple[int, int]]) -> int:
    """What a basket is worth in cents: (thousandths, cents of a unit) of each line; half a cent goes up, once."""
    return (sum(milli * cents for milli, cents in lines) + 500) // 1000


def against_price(worth: int, price: int | None) -> str:
    """How a value stands to its price: light, right, generous; empty when there is no price or no content."""
    if not worth or not price:
        return ""
    apart = (worth - price) * 10_000
    if abs(apart) <= price * CLOSE_BP:
        return "right"
    return "light" if apart < 0 else "generous"


# --- The content of a round -----------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One vegetable of a round: its unit, the price of a unit in cents, and what each size holds (size → thousandths)."""

    produce: int
    unit: str
    unit_cents: int
    held: Mapping[int, int]


def print_of(rows: Iterable[Row]) -> str:
    """A short print of a round's content, to notice that somebody else changed it meanwhile."""
    told = [
        (row.produce, row.unit, row.unit_cents, sorted((size, m) for size, m in row.held.items() if m)) for row in rows
    ]
    return hashlib.sha256(repr([one for one in told if one[3]]).encode()).hexdigest()[:16]


# --- A harvest --------------------------------------------------------------------------------------

Place = tuple[int, int]
"""A round and a size."""


@dataclass(frozen=True)
class Portion:
    """One size on one round: how many baskets, and how much of the vegetable is in each, in thousandths."""

    place: Place
    baskets: int
    milli: int = 0

    @property
    def total(self) -> int:
        return self.baskets * self.milli


def needed(portions: Iterable[Portion]) -> int:
    """What these baskets need in all, in thousandths."""
    return sum(portion.total for portion in portions)


def keeping(counts: Mapping[Place, int], produce: int, gone: Iterable[tuple[Place, int]]) -> dict[Place, int]:
    """The baskets of each place that keep a vegetable: all but those that swapped it away. `gone`: place and vegetable of
    each swap."""
    away = Counter(place for place, one in gone if one == produce)
    return {place: count - away[place] for place, count in counts.items()}


def split(harvest: int, portions: Iterable[Portion], weights: Mapping[Place, int], step: int) -> list[Portion]:
    """A harvest shared in proportion to `weights`, each basket's part rounded down to the step.

    Never hands out more than was harvested: what rounding leaves stays over. Without any basket, nobody gets anything.
    """
    portions = list(portions)
    total = sum(portion.baskets * weights[portion.place] for portion in portions)
    if total <= 0:
        return [replace(portion, milli=0) for portion in portions]
    return [
        replace(portion, milli=min(harvest * weights[portion.place] // total, MOST) // step * step)
        for portion in portions
    ]


def reduce_all(harvest: int, portions: Iterable[Portion], step: int) -> list[Portion]:
    """Every basket gives up the same share, and none receives more than it should have."""
    portions = list(portions)
    if needed(portions) <= harvest:
        return portions
    reduced = split(harvest, portions, {portion.place: portion.milli for portion in portions}, step)
    return [replace(new, milli=min(new.milli, old.milli)) for new, old in zip(reduced, portions, strict=True)]


def reduce_size(harvest: int, portions: Iterable[Portion], size: int, step: int) -> list[Portion] | None:
    """Only the baskets of one size give something up; None when even emptying them would not be enough."""
    portions = list(portions)
    others = needed(portion for portion in portions if portion.place[1] != size)
    if others > harvest or needed(portions) == others:
        return None
    own = reduce_all(harvest - others, [portion for portion in portions if portion.place[1] == size], step)
    mine = {portion.place: portion for portion in own}
    return [mine.get(portion.place, portion) for portion in portions]
