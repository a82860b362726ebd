"""How solid a garden's place in the programme is, and why it needs care. Plain facts in, concerns out.

Thresholds are those of the edition (`Thresholds`; here, what they are unless somebody changes them).

| concern      | when                                                                          | fragile       |
|--------------|-------------------------------------------------------------------------------|---------------|
| unfunded     | no agreement of the programme runs today                                      | yes           |
| short        | less than 3 months of its baskets have payers                                 | yes           |
| uncovered    | more than 2 % of the price of its solidarity baskets has no payer             | from 5 %      |
| late         | at least two weeks that are over are not closed                               | from 4        |
| ending       | an agreement that nothing follows ends within three months                    | if last       |
| owed         | money that was notified to it is thirty days late                             |               |
| quota        | less than 15 % of a payer's quota is left                                     |               |
| concentrated | one payer carries more than 70 % of what payers paid                          |               |

A garden without any concern is solid; with a fragile one it is fragile; otherwise it is to be watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import NamedTuple


@dataclass(frozen=True)
class Thresholds:
    """From when on a garden is to be watched. Parts are 0 to 1."""

    months: int = 3
    one_payer: float = 0.70
    uncovered: float = 0.02
    ending: timedelta = timedelta(days=92)
    quota_left: float = 0.15
    weeks_late: int = 2
    money_late: timedelta = timedelta(days=30)

    @property
    def uncovered_fragile(self) -> float:
        return self.uncovered * 2.5

    @property
    def very_late(self) -> int:
        return self.weeks_late * 2


USUAL = Thresholds()


@dataclass(frozen=True)
class Facts:
    """What is known of a garden today. Shares are 0 to 1; `ending` is the first agreement to end that nothing follows, by name
    and day, and `left_alone` its households.

    `funded_until` is the last day that any agreement runs, None when there is no agreement, `date.max` without an end.
    `months` of cover as foreseen; None when nothing was. `owed`: a fund, and since when its money is late.
    """

    garden: int
    baskets: int
    weeks_late: int = 0
    uncovered: float = 0.0
    funded_until: date | None = date.max
    ending: tuple[str, date] | None = None
    top_payer: tuple[str, float] | None = None
    scarce: str = ""
    left_alone: int = 0
    months: int | None = None
    covered_until: date | None = None
    owed: tuple[str, date] | None = None


class Concern(NamedTuple):
    """Something to care about. `weight` orders concerns, the gravest first."""

    what: str
    weight: float
    fragile: bool


def concerns(facts: Facts, today: date, when: Thresholds = USUAL) -> list[Concern]:
    """Why this garden needs care, the gravest first."""
    found = []
    if facts.funded_until is None:
        found.append(Concern("unfunded", 100, True))
    if facts.uncovered > when.uncovered:
        found.append(Concern("uncovered", 30 + 60 * facts.uncovered, facts.uncovered > when.uncovered_fragile))
    if facts.weeks_late >= when.weeks_late:
        found.append(Concern("late", 40 + min(facts.weeks_late, 40), facts.weeks_late >= when.very_late))
    if facts.ending and facts.ending[1] <= today + when.ending:
        last = facts.funded_until is not None and facts.funded_until <= today + when.ending
        found.append(Concern("ending", 85 if last else 50, last))
    if facts.months is not None and facts.months < when.months and facts.funded_until is not None:
        found.append(Concern("short", 80 - facts.months, True))
    if facts.owed and facts.owed[1] <= today - when.money_late:
        found.append(Concern("owed", 32, False))
    if facts.scarce:
        found.append(Concern("quota", 30, False))
    if facts.top_payer and facts.top_payer[1] > when.one_payer:
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
