"""What a payer's money did, counted so that nobody can be recognised.

Groups of fewer than `GROUP_MIN` households are folded together: by territory inside a garden, and a
garden that is itself too small is shown without its territories. If one small group would remain alone,
the next smallest is folded with it, so that subtraction does not give it away.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

GROUP_MIN = 5
FOLDED = ""
"""The territory code of the folded groups ("autres communes")."""


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
    """One line of a statement: a garden and a commune (or the folded ones). Euros in cents."""

    garden: int
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


def summarise(lines: Iterable[ReportLine], *, group_min: int = GROUP_MIN) -> Report:
    """Group by garden and commune, fold small groups, and add up. Deterministic for the same lines."""
    cells: dict[tuple[int, str], list[ReportLine]] = defaultdict(list)
    for line in lines:
        cells[line.garden, line.commune].append(line)
    groups: list[Group] = []
    for garden in sorted({garden for garden, _ in cells}):
        groups += _garden_groups(garden, {commune: rows for (of, commune), rows in cells.items() if of == garden}, group_min)
    everything = [line for rows in cells.values() for line in rows]
    return Report(tuple(groups), _households(everything), sum(x.baskets for x in everything), sum(x.cents for x in everything))


def _garden_groups(garden: int, by_commune: dict[str, list[ReportLine]], group_min: int) -> list[Group]:
    shown = {commune: rows for commune, rows in by_commune.items() if commune and _households(rows) >= group_min}
    folded = [line for commune, rows in by_commune.items() if commune not in shown for line in rows]
    while shown and folded and _households(folded) < group_min:
        smallest = min(shown, key=lambda commune: (_households(shown[commune]), commune))
        folded += shown.pop(smallest)
    groups = [_group(garden, commune, rows) for commune, rows in sorted(shown.items())]
    return groups + ([_group(garden, FOLDED, folded)] if folded else [])


def _group(garden: int, commune: str, rows: list[ReportLine]) -> Group:
    return Group(garden, commune, _households(rows), sum(row.baskets for row in rows), sum(row.cents for row in rows))


def _households(rows: Iterable[ReportLine]) -> int:
    """Households whose baskets stand: one that was wholly taken back does not count."""
    baskets: dict[str, int] = defaultdict(int)
    for row in rows:
        baskets[row.household] += row.baskets
    return sum(count > 0 for count in baskets.values())
