"""Gardens like mine: how much two gardens have in common, and why, so that advice that fits is read first.

Only what the whole network may know of a garden counts: how many baskets a week, where it is, what kinds of partners pay, by what
kind of agreement. Nothing of members, no amount. Points, 100 in all:

| what | points |
|---|---|
| size: the smaller number of baskets a week out of the larger | 0 to 40 |
| same kind of place (village, small town, middle town, large town) | 20 |
| same région | 10 |
| kinds of partners: those of both out of those of the one that has fewer | 0 to 20 |
| same shape of agreement (kinds of contract, one payer or several) | 10 |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ALIKE = 60
"""Points from which a garden is said to be like another."""
SAME_SIZE = 0.67
"""Sizes are called the same when the smaller is at least two thirds of the larger."""


@dataclass(frozen=True)
class Profile:
    """What the network knows of a garden. `place`: "village", "town", "middle", "large"; `payers`: kinds of partners;
    `contracts`: kinds of contract; `several`: whether some agreement has several payers. `baskets` None: not known."""

    baskets: float | None = None
    place: str = ""
    region: str = ""
    payers: frozenset[str] = frozenset()
    contracts: frozenset[str] = frozenset()
    several: bool = False


@dataclass(frozen=True)
class Likeness:
    """How much (0 to 100), and why: "size", "place", "region", "contract", or the kind of a partner as "payer:caf"."""

    points: int
    reasons: tuple[str, ...]

    @property
    def alike(self) -> bool:
        return self.points >= ALIKE


def kind_of_place(population: int) -> str:
    """The kind of place, by its inhabitants."""
    return next((name for most, name in ((2_000, "village"), (15_000, "town"), (100_000, "middle")) if population < most), "large")  # fmt: skip


def likeness(mine: Profile, other: Profile, *, payers: bool = True) -> Likeness:
    """What two gardens have in common; without `payers`, nothing of who pays is read nor told, out of 70 points brought to 100."""
    reasons = []
    size = _ratio(mine.baskets, other.baskets)
    points = 40 * size
    if size >= SAME_SIZE:
        reasons.append("size")
    if mine.place and mine.place == other.place:
        points += 20
        reasons.append("place")
    if mine.region and mine.region == other.region:
        points += 10
        reasons.append("region")
    if not payers:
        return Likeness(round(points * 100 / 70), tuple(reasons))
    both = mine.payers & other.payers
    if both:
        points += 20 * len(both) / min(len(mine.payers), len(other.payers))
        reasons += [f"payer:{kind}" for kind in _rarest(both)]
    if mine.contracts and (mine.contracts, mine.several) == (other.contracts, other.several):
        points += 10
        reasons.append("contract")
    return Likeness(round(points), tuple(reasons))


def _ratio(one: float | None, other: float | None) -> float:
    if one is None or other is None:
        return 0.0
    return min(one, other) / max(one, other) if max(one, other) else 1.0


OFTEN = ("foundation", "company", "association", "municipality", "ccas")


def _rarest(kinds: Iterable[str]) -> Sequence[str]:
    """Two kinds at most, those that most gardens have last."""
    return sorted(kinds, key=lambda kind: (OFTEN.index(kind) if kind in OFTEN else -1, kind))[:2]
