"""Counts that tell nobody apart: what a committee reads holds no group of fewer than five households.

Months, and payers, that count fewer join others until the group is large enough. A group is a union of whole lines, so
taking what is shown from the total gives a group again, never a line. See docs/rules/brief.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FEW = 5
"""The fewest households, or people, that a number may count."""


@dataclass(frozen=True)
class Line:
    """A month or a payer: who it concerns, and what it comes to. `names`: one, or those that joined."""

    names: tuple[str, ...]
    households: frozenset[str]
    baskets: int
    cents: int

    def __add__(self, other: Line) -> Line:
        return Line(
            self.names + other.names, self.households | other.households, self.baskets + other.baskets,
            self.cents + other.cents,
        )  # fmt: skip


def by_month(lines: Sequence[Line], few: int = FEW) -> list[Line]:
    """Months in order; one too small joins the next ones, the last joins the ones before. Empty when all together are too few."""
    found: list[Line] = []
    for line in lines:
        if found and len(found[-1].households) < few:
            found[-1] = found[-1] + line
        else:
            found.append(line)
    while len(found) > 1 and len(found[-1].households) < few:
        last = found.pop()
        found[-1] = found[-1] + last
    return [one for one in found if len(one.households) >= few]


def by_payer(lines: Sequence[Line], few: int = FEW) -> tuple[list[Line], Line | None]:
    """Payers that stand by themselves, in their order, and the others as one. Those others are always `few` or more:
    the smallest of the large ones joins them when they are not. ([], None) when all together are too few."""
    large = [one for one in lines if len(one.households) >= few]
    small = [one for one in lines if len(one.households) < few]
    if not small:
        return large, None
    rest = small[0]
    for one in small[1:]:
        rest = rest + one
    while len(rest.households) < few and large:
        joins = min(large, key=lambda one: (len(one.households), one.names))
        large.remove(joins)
        rest = rest + joins
    return (large, rest) if len(rest.households) >= few else ([], None)


@dataclass(frozen=True)
class Count:
    """How many of something, from one day to another: `names`, and `n`, None for fewer than five."""

    names: tuple[str, ...]
    n: int | None


def shown(n: int, few: int = FEW) -> int | None:
    """The number, or None when it is one to four. Nobody at all may be told: nobody is there to be known."""
    return None if 0 < n < few else n


def counts(pairs: Sequence[tuple[str, int]], few: int = FEW) -> list[Count]:
    """Counts that add up (nobody is in two): one too small joins the next, the last the ones before. Zeros stay apart
    unless they are joined. A single group below `few` has no number."""
    found: list[tuple[tuple[str, ...], int]] = []
    for name, n in pairs:
        if found and 0 < found[-1][1] < few:
            names, before = found[-1]
            found[-1] = (*names, name), before + n
        else:
            found.append(((name,), n))
    while len(found) > 1 and 0 < found[-1][1] < few:
        names, n = found.pop()
        names_before, before = found[-1]
        found[-1] = (*names_before, *names), before + n
    return [Count(names, shown(n, few)) for names, n in found]
