"""How solid a garden's place in the programme is, and why it needs care. Plain facts in, concerns out.

| concern      | when                                                                          | fragile |
|--------------|-------------------------------------------------------------------------------|---------|
| unfunded     | no agreement of the programme runs today                                      | yes     |
| uncovered    | more than 5 % of the price of its solidarity baskets has no payer             | yes     |
| late         | at least two weeks that are over are not closed                               | from 4  |
| ending       | an agreement ends within three months                                         | if last |
| quota        | less than 15 % of a payer's quota is left                                     |         |
| concentrated | one payer carries more than 70 % of what payers paid                          |         |

A garden without any concern is solid; with a fragile one it is fragile; otherwise it is to be watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import NamedTuple

SOON = timedelta(days=92)
UNCOVERED_MOST = 0.05
ONE_PAYER_MOST = 0.70
LATE_FROM, VERY_LATE = 2, 4


@dataclass(frozen=True)
class Facts:
    """What is known of a garden today. Shares are 0 to 1; `ending` is the first agreement to end, by name and day.

    `funded_until` is the last day that any agreement runs, None when there is no agreement, `date.max` without an end.
    """

    garden: int
    baskets: int
    weeks_late: int = 0
    uncovered: float = 0.0
    funded_until: date | None = date.max
    ending: tuple[str, date] | None = None
    top_payer: tuple[str, float] | None = None
    scarce: str = ""


class Concern(NamedTuple):
    """Something to care about. `weight` orders concerns, the gravest first."""

    what: str
    weight: float
    fragile: bool


def concerns(facts: Facts, today: date) -> list[Concern]:
    """Why this garden needs care, the gravest first."""
    found = []
    if facts.funded_until is None:
        found.append(Concern("unfunded", 100, True))
    if facts.uncovered > UNCOVERED_MOST:
        found.append(Concern("uncovered", 60 + 30 * facts.uncovered, True))
    if facts.weeks_late >= LATE_FROM:
        found.append(Concern("late", 40 + min(facts.weeks_late, 40), facts.weeks_late >= VERY_LATE))
    if facts.ending and facts.ending[1] <= today + SOON:
        last = facts.funded_until is not None and facts.funded_until <= today + SOON
        found.append(Concern("ending", 55 if last else 35, last))
    if facts.scarce:
        found.append(Concern("quota", 30, False))
    if facts.top_payer and facts.top_payer[1] > ONE_PAYER_MOST:
        found.append(Concern("concentrated", 10 + 10 * facts.top_payer[1], False))
    return sorted(found, key=lambda one: (-one.weight, one.what))


def solidity(found: Iterable[Concern]) -> str:
    """solid, watch or fragile."""
    found = list(found)
    if any(one.fragile for one in found):
        return "fragile"
    return "watch" if found else "solid"


# --- The map --------------------------------------------------------------------------------------


class Dot(NamedTuple):
    """A garden on the map, in map units; `tone` is its solidity."""

    x: float
    y: float
    baskets: int
    tone: str
    name: str


@dataclass(frozen=True)
class Circle:
    """Gardens near each other, drawn as one: their middle, its radius, and how many of each solidity."""

    x: float
    y: float
    radius: float
    tone: str
    dots: tuple[Dot, ...]


def circles(dots: Sequence[Dot], most: int = 60) -> list[Circle]:
    """At most about `most` circles: each garden its own when they are few, else those of one square together.

    Squares grow until the circles are few enough. The largest is drawn first, so that no small one is hidden.
    """
    size = 0.0
    groups: list[tuple[Dot, ...]] = [(dot,) for dot in dots]
    while len(groups) > most:
        size = size * 1.3 or sqrt(1150 * 1072 / most) / 2
        groups = _by_square(dots, size)
    biggest = max((sum(dot.baskets for dot in group) for group in groups), default=0) or 1
    return sorted((_circle(group, biggest) for group in groups), key=lambda one: (-one.radius, one.x, one.y))


def _by_square(dots: Sequence[Dot], size: float) -> list[tuple[Dot, ...]]:
    squares: dict[tuple[int, int], list[Dot]] = {}
    for dot in dots:
        squares.setdefault((int(dot.x // size), int(dot.y // size)), []).append(dot)
    return [tuple(group) for group in squares.values()]


def _circle(group: tuple[Dot, ...], biggest: int) -> Circle:
    count, baskets = len(group), sum(dot.baskets for dot in group)
    x, y = sum(dot.x for dot in group) / count, sum(dot.y for dot in group) / count
    tones = [dot.tone for dot in group]
    tone = max(("fragile", "watch", "solid"), key=tones.count)
    return Circle(round(x), round(y), round(8 + 18 * sqrt(max(baskets, 0) / biggest), 1), tone, group)
