"""What the money of tranches was used for: baskets that settlements paid, grants to gardens, costs of workshop sessions.

All that reads a tranche's money asks here (the annex, the Cerfa, statements, the flow of funds), so that its parts always make
`Tranche.used_cents`; claims ask for the same three row by row (`queries/claiming.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet, Sum

from cageot.funding.models import GrantApplication, GrantMove, SettlementLine, TrancheUse

BASKETS, GRANT, SESSION = "baskets", "grant", "session"
BACK = (GrantMove.Kind.GIVEN_BACK, GrantMove.Kind.WITHDRAWN)
"""What becomes of a grant's money that serves its tranche again."""


class Use(NamedTuple):
    """Money of a tranche that served a garden on an accounting day, in cents; below zero, taken back."""

    tranche: int
    kind: str
    garden: int
    day: date
    cents: int


def uses(tranches: Iterable[int]) -> list[Use]:
    """All of it, by accounting day. Four queries."""
    ids = list(tranches)
    return [*settled(ids), *granted(ids), *spent(ids)]


def settled(tranches: Iterable[int]) -> list[Use]:
    """What settlements paid of baskets, less what they took back. One query."""
    rows = SettlementLine.objects.filter(tranche__in=list(tranches)).values_list("tranche", "garden", "settlement__day")
    found = rows.annotate(total=Sum("cents")).order_by()
    return [Use(tranche, BASKETS, garden, day, cents) for tranche, garden, day, cents in found if cents]


def granted(tranches: Iterable[int]) -> list[Use]:
    """Grants to gardens, a row for each, then what came back of them. Two queries."""
    ids = list(tranches)
    rows = GrantApplication.objects.filter(call__tranche__in=ids, granted_cents__gt=0).order_by("decided_on", "pk")
    given = rows.values_list("call__tranche", "garden", "decided_on", "granted_cents")
    back = GrantMove.objects.filter(application__call__tranche__in=ids, kind__in=BACK).order_by("day", "pk")
    came = back.values_list("application__call__tranche", "application__garden", "day", "cents")
    return [
        *(Use(tranche, GRANT, garden, day, cents) for tranche, garden, day, cents in given if day),
        *(Use(tranche, GRANT, garden, day, -cents) for tranche, garden, day, cents in came),
    ]


def spent(tranches: Iterable[int]) -> list[Use]:
    """Costs of sessions, less those that were taken back. One query."""
    rows = TrancheUse.objects.filter(tranche__in=list(tranches)).order_by("day", "pk")
    return [
        Use(tranche, SESSION, garden, day, cents)
        for tranche, garden, day, cents in rows.values_list("tranche", "garden", "day", "cents")
    ]


def standing(tranches: Iterable[int]) -> QuerySet[TrancheUse]:
    """Costs of sessions that were not taken back."""
    return TrancheUse.objects.filter(tranche__in=tranches, reverses=None, reversed_by=None)


@dataclass(frozen=True)
class Parts:
    """What a tranche was used for, in cents: its three parts."""

    baskets: int = 0
    grants: int = 0
    sessions: int = 0

    @property
    def total(self) -> int:
        return self.baskets + self.grants + self.sessions


def parts(found: Iterable[Use]) -> Parts:
    """Uses added up by what they were for."""
    sums: dict[str, int] = defaultdict(int)
    for one in found:
        sums[one.kind] += one.cents
    return Parts(sums[BASKETS], sums[GRANT], sums[SESSION])


def by_garden(found: Iterable[Use]) -> dict[int, Parts]:
    """The same, garden by garden; those that nothing stands for are left out."""
    rows: dict[int, list[Use]] = defaultdict(list)
    for one in found:
        rows[one.garden].append(one)
    added = {garden: parts(those) for garden, those in rows.items()}
    return {garden: one for garden, one in added.items() if one.baskets or one.grants or one.sessions}
