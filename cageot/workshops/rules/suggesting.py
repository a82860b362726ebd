"""Which recipes go with these vegetables, this week: few, all different, and not those of last week again.

The same question has the same answer; from one week to the next, recipes that are worth the same take turns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from cageot.workshops.rules import equipment

VARIANTS = ("-nouvelle", "-nouveau", "-botte", "-cerise", "-blanc")
"""Ends of a code that name another harvest of a vegetable: a recipe for carrots takes new carrots; one for new carrots, with
their leaves, takes no others."""
_NOT_ALIKE = frozenset({"chou-blanc"})

MAIN, OTHER, MISSING, SAME_MAIN = 4, 3, 2, 5
"""Points: for the vegetable the recipe is made for, for each other that is there; taken for each that is not, and for each
recipe already chosen that is made for the same vegetable."""
MUCH = 2
"""Points, at most, when the recipe uses what there is most of."""
IN_SEASON = 1
TOLD = {1: 9, 2: 7, 3: 5, 4: 4, 5: 3, 6: 2}
"""Weeks since it was told → points taken."""


@dataclass(frozen=True)
class Known:
    """A recipe, as this rule sees it. `produce`: codes of its vegetables, the main one first."""

    code: str
    produce: tuple[str, ...]
    months: frozenset[int]
    minutes: int
    equipment: frozenset[str]
    diet: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Wish:
    """What it is for. `held`: code of a vegetable → grams of it, 0 when unknown. `there`: equipment, None for any.

    `told`: code of a recipe → how many weeks ago it was told. `turn`: a word that changes each week.
    """

    held: Mapping[str, int]
    month: int
    turn: str = ""
    there: frozenset[str] | None = None
    minutes: int | None = None
    no_oven: bool = False
    no_cooking: bool = False
    diets: frozenset[str] = frozenset()
    told: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Suggestion:
    """A recipe, and which of the vegetables that are there it uses (codes, as they are there)."""

    code: str
    used: tuple[str, ...]
    points: int


def suggest(recipes: Iterable[Known], wish: Wish, most: int = 3) -> list[Suggestion]:
    """The recipes to propose, best first, at most `most`. Each uses its main vegetable, or two others, of those that are there."""
    alike = _by_kin(wish.held)
    left = {one.code: (one, found) for one in recipes if may(one, wish) and (found := _worth(one, wish, alike))}
    chosen: list[Suggestion] = []
    mains: dict[str, int] = {}
    while left and len(chosen) < most:
        code = min(left, key=lambda code: _order(*left[code], mains, wish.turn))
        known, found = left.pop(code)
        chosen.append(found)
        mains[known.produce[0]] = mains.get(known.produce[0], 0) + 1
    return chosen


def may(one: Known, wish: Wish) -> bool:
    """Whether it can be made with the equipment, in the time, for the diet."""
    return (
        (wish.there is None or equipment.can_be_made(one.equipment, wish.there))
        and (wish.minutes is None or one.minutes <= wish.minutes)
        and not (wish.no_oven and not equipment.without_oven(one.equipment))
        and not (wish.no_cooking and not equipment.without_cooking(one.equipment))
        and wish.diets <= one.diet
    )


def kin(code: str) -> str:
    """The code under which a vegetable of another harvest is known to recipes: "carotte-nouvelle" → "carotte"."""
    if code in _NOT_ALIKE:
        return code
    return next((code.removesuffix(end) for end in VARIANTS if code.endswith(end)), code)


def _by_kin(held: Collection[str]) -> dict[str, str]:
    """What recipes ask for → what is there; the vegetable itself before another harvest of it."""
    return {kin(code): code for code in sorted(held)} | {code: code for code in held}


def _worth(one: Known, wish: Wish, alike: Mapping[str, str]) -> Suggestion | None:
    used = tuple(dict.fromkeys(alike[code] for code in one.produce if code in alike))
    has_main = one.produce[0] in alike
    if not used or not (has_main or len(used) > 1):
        return None
    missing = sum(code not in alike for code in one.produce)
    points = (MAIN if has_main else 0) + OTHER * (len(used) - has_main) - MISSING * missing
    total = sum(wish.held.values())
    points += MUCH * sum(wish.held[code] for code in used) // total if total else 0
    points += IN_SEASON if wish.month in one.months else 0
    points -= TOLD.get(wish.told.get(one.code, 0), 0)
    return Suggestion(one.code, used, points)


def _order(known: Known, found: Suggestion, mains: Mapping[str, int], turn: str) -> tuple[int, str, str]:
    """Most points first; then each in its turn."""
    points = found.points - SAME_MAIN * mains.get(known.produce[0], 0)
    return (-points, sha256(f"{turn} {found.code}".encode()).hexdigest(), found.code)
