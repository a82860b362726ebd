"""What a payer's money did, counted so that nobody can be recognised.

A statement parts its lines into groups that share nothing, each of at least `GROUP_MIN` households:

1. inside a garden, small communes are folded into "other communes"; if those are still too few, the next
   smallest commune joins them;
2. a garden that is itself too small is folded, whole, into "other gardens"; if those are still too few, the
   next smallest garden joins them;
3. only when everything together is too small is a group below the limit shown, and it is the only one.

Groups and totals are all that is told, and any difference between them is again a union of groups: folding
cannot be undone by subtraction. docs/rules/reporting.md tells it with the table that the tests execute.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

GROUP_MIN = 5
"""The fewest households that a group may count."""
FOLDED = ""
"""The commune of a group that holds several, or the unknown ones ("autres communes")."""


Key = TypeVar("Key", int, str)


class ReportLine(NamedTuple):
    """What one payer paid for one household pseudonym in one garden and commune; cents may be negative."""

    garden: int
    commune: str
    household: str
    baskets: int
    cents: int
    price_cents: int


@dataclass(frozen=True)
class Group:
    """One line of a statement: a garden and a commune. Euros in cents.

    `commune` is FOLDED for the other communes of the garden; `garden` is None for the other gardens.
    """

    garden: int | None
    commune: str
    households: int
    baskets: int
    cents: int


@dataclass(frozen=True)
class Report:
    """A payer's statement: groups, then totals. `households` is the number of distinct households."""

    groups: tuple[Group, ...]
    households: int
    baskets: int
    cents: int

    @property
    def alone(self) -> bool:
        """Whether it counts too few households to be shared without care."""
        return 0 < self.households < GROUP_MIN


def summarise(lines: Iterable[ReportLine], *, group_min: int = GROUP_MIN) -> Report:
    """Group by garden and commune, fold small groups, and add up. Deterministic for the same lines."""
    by_garden: dict[int, list[ReportLine]] = defaultdict(list)
    for line in lines:
        by_garden[line.garden].append(line)
    everything = [line for rows in by_garden.values() for line in rows]
    shown, rest = _fold(by_garden, group_min)
    groups = [group for garden in sorted(shown) for group in _garden_groups(garden, shown[garden], group_min)]
    if rest:
        gardens = {line.garden for line in rest}
        groups.append(_group(gardens.pop() if len(gardens) == 1 else None, FOLDED, rest))
    return Report(
        tuple(groups), _households(everything), sum(x.baskets for x in everything), sum(x.cents for x in everything)
    )


def _garden_groups(garden: int, rows: list[ReportLine], group_min: int) -> list[Group]:
    by_commune: dict[str, list[ReportLine]] = defaultdict(list)
    for row in rows:
        by_commune[row.commune].append(row)
    unknown = by_commune.pop(FOLDED, [])
    shown, rest = _fold(by_commune, group_min, unknown)
    groups = [_group(garden, commune, shown[commune]) for commune in sorted(shown)]
    return groups + ([_group(garden, FOLDED, rest)] if rest else [])


def _fold(
    cells: dict[Key, list[ReportLine]], group_min: int, rest: Iterable[ReportLine] = ()
) -> tuple[dict[Key, list[ReportLine]], list[ReportLine]]:
    """Cells large enough to be shown, and the lines of the others, themselves enough or nothing but everything."""
    sizes = {key: _households(rows) for key, rows in cells.items()}
    small: list[Key] = [key for key in sorted(cells) if sizes[key] < group_min]
    left = sorted((key for key in cells if sizes[key] >= group_min), key=lambda key: (sizes[key], key))
    folded = [*rest, *(line for key in small for line in cells[key])]
    while left and folded and _households(folded) < group_min:
        folded += cells[left.pop(0)]
    return {key: cells[key] for key in left}, folded


def _group(garden: int | None, commune: str, rows: list[ReportLine]) -> Group:
    return Group(garden, commune, _households(rows), sum(row.baskets for row in rows), sum(row.cents for row in rows))


def _households(rows: Iterable[ReportLine]) -> int:
    """Households whose baskets stand: one that was wholly taken back does not count."""
    baskets: dict[str, int] = defaultdict(int)
    for row in rows:
        baskets[row.household] += row.baskets
    return sum(count > 0 for count in baskets.values())
