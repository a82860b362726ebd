"""What a settlement writes: the differences between the best split and what stood, so that nothing settled is ever edited.

What is claimed stays; the rest of a group goes to the tranches that the best split names (docs/rules/settling.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

Where = TypeVar("Where")
"""A tranche and a group."""


def differences(wanted: Mapping[Where, int], standing: Mapping[Where, int]) -> dict[Where, int]:
    """What to add to what stands, place by place, for it to be what is wanted. Nothing where nothing changes."""
    places = dict.fromkeys([*standing, *wanted])
    changes = ((place, wanted.get(place, 0) - standing.get(place, 0)) for place in places)
    return {place: cents for place, cents in changes if cents}


def by_basket(paid: Sequence[tuple[Where, int]], baskets: Sequence[int]) -> dict[int, dict[Where, int]]:
    """What each basket of a group receives from each fund: basket → {fund: cents}, from what the whole group receives.

    Baskets stand in a line, in the order of their numbers. Each fund, in the order given, pays them all the same whole
    cents; its spare cents go one each to the next in line, beginning where the fund before stopped. So nobody receives
    more than a cent above another, and no limit of a basket that the whole group respects is passed.
    """
    line, start = sorted(baskets), 0
    found: dict[int, dict[Where, int]] = {basket: {} for basket in line}
    for fund, cents in paid:
        each, spare = divmod(cents, len(line))
        more = {line[(start + place) % len(line)] for place in range(spare)}
        start = (start + spare) % len(line)
        for basket in line:
            if part := each + (basket in more):
                found[basket][fund] = part
    return found


def first_to_garden(paid: Iterable[int], uncovered: int) -> list[tuple[int, int]]:
    """Each fund's cents, in order, as (what meets the garden's part, what meets the network's): the garden's part is met first."""
    parts, left = [], uncovered
    for cents in paid:
        garden = min(cents, left)
        left -= garden
        parts.append((garden, cents - garden))
    return parts
