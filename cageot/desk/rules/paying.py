"""Who pays a week, added up from its parts: by group of baskets, then by payer, and what nobody pays.

A basket is of one group: `solidarity` (its agreement is in the programme), `other` (an agreement beside
the programme) or `ordinary` (no agreement: the member pays the price). All amounts in cents.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cageot.baskets.rules.closing import Keys, Kind
from cageot.funding.rules.waterfall import Settled

GROUPS = ("solidarity", "other", "ordinary")


class Paid(NamedTuple):
    """What baskets of one group ask of one payer for one reason. `first`: it is their first part.

    `parts` counts the parts, `baskets` those that are worth something.
    """

    group: str
    by: str
    payer: int | None
    why: str
    first: bool
    parts: int
    baskets: int
    cents: int


@dataclass(frozen=True)
class PayerSum:
    """One payer of a group. `short`: its quota ran out on some of these baskets."""

    by: str
    payer: int | None
    baskets: int
    cents: int
    short: bool


@dataclass(frozen=True)
class Gap:
    """Cents that nobody pays, for so many baskets, and why."""

    why: str
    baskets: int
    cents: int


@dataclass(frozen=True)
class GroupSum:
    """The baskets of one group, in order of the waterfall: members first, then the largest payers."""

    group: str
    baskets: int
    payers: tuple[PayerSum, ...]
    gaps: tuple[Gap, ...]

    @property
    def uncovered_cents(self) -> int:
        return sum(gap.cents for gap in self.gaps)

    @property
    def cents(self) -> int:
        return sum(payer.cents for payer in self.payers) + self.uncovered_cents

    @property
    def funded(self) -> int:
        """Baskets whose whole price has a payer."""
        return self.baskets - sum(gap.baskets for gap in self.gaps)


def group_of(one: Settled) -> str:
    if one.charge.cover is None:
        return "ordinary"
    return "other" if one.charge.cover.cap_bp is None else "solidarity"


def paid_by(settled: Iterable[Settled], alike: Mapping[Kind, Keys] | None = None) -> list[Paid]:
    """The parts of settled baskets, and of those told by number whose members pay the price, counted."""
    parts: Counter[tuple[str, str, int | None, str, bool]] = Counter()
    baskets, cents = parts.copy(), parts.copy()
    for one in settled:
        group = group_of(one)
        for rank, part in enumerate(one.parts):
            key = (group, part.by, part.payer, part.why, rank == 0)
            parts[key] += 1
            baskets[key] += part.cents > 0
            cents[key] += part.cents
    key = ("ordinary", "member", None, "price", True)
    for kind, keys in (alike or {}).items():
        if kind.costs:
            price = kind.price_cents or 0
            parts[key] += keys.baskets
            baskets[key] += keys.baskets if price else 0
            cents[key] += keys.baskets * price
    return [Paid(*key, count, baskets[key], cents[key]) for key, count in parts.items()]


def add_up(rows: Iterable[Paid]) -> list[GroupSum]:
    """The groups that hold something, solidarity first."""
    rows = list(rows)
    found = [_group(name, [row for row in rows if row.group == name]) for name in GROUPS]
    return [group for group in found if group.baskets]


def _group(name: str, rows: list[Paid]) -> GroupSum:
    return GroupSum(name, sum(row.parts for row in rows if row.first), _payers(rows), _gaps(rows))


def _payers(rows: list[Paid]) -> tuple[PayerSum, ...]:
    keys = dict.fromkeys((row.by, row.payer) for row in rows if row.by != "uncovered")
    sums = [_payer(by, payer, [row for row in rows if (row.by, row.payer) == (by, payer)]) for by, payer in keys]
    return tuple(sorted(sums, key=lambda one: (one.by != "member", -one.cents, one.by, one.payer or 0)))


def _payer(by: str, payer: int | None, rows: list[Paid]) -> PayerSum:
    short = any(row.why in ("quota", "quota_out") for row in rows)
    return PayerSum(by, payer, sum(row.baskets for row in rows), sum(row.cents for row in rows), short)


def _gaps(rows: list[Paid]) -> tuple[Gap, ...]:
    whys = dict.fromkeys(row.why for row in rows if row.by == "uncovered" and row.cents)
    return tuple(
        Gap(why, sum(row.baskets for row in found), sum(row.cents for row in found))
        for why, found in ((why, [row for row in rows if row.by == "uncovered" and row.why == why]) for why in whys)
    )


@dataclass(frozen=True)
class QuotaUse:
    """A payer's quota (None: no limit) and what is used of it, in baskets and in cents."""

    quota_baskets: int | None
    quota_cents: int | None
    used_baskets: int
    used_cents: int

    def after(self, baskets: int, cents: int) -> QuotaUse:
        return QuotaUse(self.quota_baskets, self.quota_cents, self.used_baskets + baskets, self.used_cents + cents)

    @property
    def baskets_left(self) -> int | None:
        """How many more baskets it can pay, cents at the average of those it paid; None when nobody can say."""
        found = []
        if self.quota_baskets is not None:
            found.append(self.quota_baskets - self.used_baskets)
        if self.quota_cents is not None and self.used_baskets and self.used_cents:
            found.append((self.quota_cents - self.used_cents) * self.used_baskets // self.used_cents)
        return max(min(found), 0) if found else None

    @property
    def nearly_out(self) -> bool:
        """Less than 15 % of either limit is left."""
        pairs = ((self.quota_baskets, self.used_baskets), (self.quota_cents, self.used_cents))
        return any(quota is not None and (quota - used) * 100 < quota * 15 for quota, used in pairs)
