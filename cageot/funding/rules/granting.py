"""What the network grants its gardens: shares of an envelope, payments, and what is not spent yet (`docs/rules/granting.md`).

Amounts are whole cents. Nothing here asks the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeVar

Key = TypeVar("Key", bound=Hashable)

EURO = 100
ALL = 10_000


# --- An envelope ----------------------------------------------------------------------------------


def room(envelope: int, granted: int, notified: int, used: int) -> int:
    """What may still be granted: within the envelope, and within the money that was notified and serves nothing else."""
    return max(0, min(envelope - granted, notified - used))


def shares(
    asked: Mapping[Key, int], envelope: int, *, cap: int | None = None, floor: int = 0, step: int = EURO
) -> dict[Key, int]:
    """An equal treatment of those who ask: what each asked, or when there is not enough the same part of it for all.

    `cap`: nobody gets more; `floor`: everybody first gets that much, or what they asked if it is less. Amounts that are
    not asked in full are whole `step`s; what a division leaves goes to the largest remainders, in the order given.
    Never more than asked, never more than the envelope in all.
    """
    wanted = {key: min(cents, cap) if cap is not None else cents for key, cents in asked.items()}
    first = {key: min(cents, floor) for key, cents in wanted.items()}
    if sum(first.values()) > envelope:
        return _pro_rata(first, envelope, step)
    rest = _pro_rata({key: wanted[key] - first[key] for key in wanted}, envelope - sum(first.values()), step)
    return {key: first[key] + rest[key] for key in wanted}


def _pro_rata(wanted: Mapping[Key, int], envelope: int, step: int) -> dict[Key, int]:
    whole = sum(wanted.values())
    if whole <= envelope:
        return dict(wanted)
    given = {key: cents * envelope // whole // step * step for key, cents in wanted.items()}
    left = envelope - sum(given.values())
    for key in sorted(wanted, key=lambda one: given[one] * whole - wanted[one] * envelope):  # the most wronged first
        if left >= step and given[key] + step <= wanted[key]:
            given[key] += step
            left -= step
    return given


# --- Payments -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One payment of a plan: its part of the grant (basis points), its day, and on what condition."""

    bp: int
    due_on: date
    condition: str = ""


@dataclass(frozen=True)
class Payment:
    """One payment of a grant, in cents."""

    due_on: date
    cents: int
    condition: str = ""


def payments(granted: int, plan: Sequence[Step]) -> list[Payment]:
    """The payments of a grant, whose sum is exactly what was granted. The last one takes what rounding leaves.

    A payment that would be of nothing is not made. Error: ValueError for a plan that is not 100 %.
    """
    if not plan or sum(step.bp for step in plan) != ALL or any(step.bp <= 0 for step in plan):
        raise ValueError("the parts of a plan make 10 000 basis points")
    found, paid = [], 0
    for number, step in enumerate(plan):
        cents = granted - paid if number == len(plan) - 1 else granted * step.bp // ALL
        paid += cents
        if cents:
            found.append(Payment(step.due_on, cents, step.condition))
    return found


def report_due(last: date) -> date:
    """By when the accounts of a grant are due: six months after the end of the year in which it ends (law 2000-321, art. 10)."""
    return date(last.year + 1, 6, 30)


# --- What is not spent ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Fate:
    """Where a grant stands, in cents. `unspent` is held by the garden; `owed` is what it should give back."""

    granted: int
    paid: int
    spent: int
    given_back: int
    withdrawn: int

    @property
    def kept(self) -> int:
        """What the grant comes to in the end."""
        return self.granted - self.withdrawn

    @property
    def to_pay(self) -> int:
        return self.kept - self.paid

    @property
    def unspent(self) -> int:
        return max(0, self.kept - self.spent - self.given_back)

    @property
    def in_hand(self) -> int:
        """What was paid and is neither spent nor given back: all that can be asked back."""
        return max(0, self.paid - self.spent - self.given_back)


Kind = Literal["received", "used", "transferred"]


@dataclass(frozen=True)
class Flow:
    """Dedicated money that came, served, or left for another use (given back). Below zero: taken back."""

    day: date
    kind: Kind
    cents: int


@dataclass(frozen=True)
class Tally:
    """One line of the annex: opening + received − used − transferred = closing.

    `idle`: the part of the closing amount that was there two years ago, when nothing of it has served since.
    """

    opening: int
    received: int
    used: int
    transferred: int
    closing: int
    idle: int


@dataclass(frozen=True)
class Sums:
    """What came, served and left for another use since the beginning, in cents."""

    received: int = 0
    used: int = 0
    transferred: int = 0

    @property
    def stands(self) -> int:
        return self.received - self.used - self.transferred


def so_far(flows: Iterable[Flow], on: date) -> Sums:
    """What came about up to a day."""
    sums: dict[Kind, int] = {"received": 0, "used": 0, "transferred": 0}
    for flow in flows:
        if flow.day <= on:
            sums[flow.kind] += flow.cents
    return Sums(**sums)


def tally(flows: Iterable[Flow], first: date, last: date, start: Sums | None = None) -> Tally:
    """The line of the annex for the year from `first` to `last`.

    `start`: how the year before was closed. What was dated in it since then is of this year, as in the books.
    """
    known = list(flows)
    begun = so_far(known, first - timedelta(days=1)) if start is None else start
    ended = so_far(known, last)
    year_before = date(first.year - 1, first.month, min(first.day, 28))
    before = so_far(known, year_before - timedelta(days=1))
    idle = max(0, min(ended.stands, before.stands)) if ended.used == before.used else 0
    return Tally(
        begun.stands, ended.received - begun.received, ended.used - begun.used, ended.transferred - begun.transferred,
        ended.stands, idle,
    )  # fmt: skip


def as_it_came(flows: Iterable[Flow]) -> list[Flow]:
    """Flows by day, where no more is used than has come: what was used before its money came (a correction that is dated
    later than what it makes room for) counts when it comes."""
    found: list[Flow] = []
    there = wanted = shown = 0
    by_day: dict[date, list[Flow]] = defaultdict(list)
    for flow in flows:
        by_day[flow.day].append(flow)
    for day in sorted(by_day):
        others = [flow for flow in by_day[day] if flow.kind != "used"]
        there += sum(flow.cents if flow.kind == "received" else -flow.cents for flow in others)
        wanted += sum(flow.cents for flow in by_day[day] if flow.kind == "used")
        served = min(wanted, max(there, 0))
        found += others
        if served != shown:
            found.append(Flow(day, "used", served - shown))
            shown = served
    return found


def given_up(flows: Sequence[Flow], on: date) -> list[Flow]:
    """The transfers of money that may not wait past that day: what is left then, and what moves after."""
    signs = {"received": 1, "used": -1, "transferred": -1}
    left = sum(signs[flow.kind] * flow.cents for flow in flows if flow.day <= on)
    after = [Flow(flow.day, "transferred", signs[flow.kind] * flow.cents) for flow in flows if flow.day > on]
    return [flow for flow in (Flow(on, "transferred", left), *after) if flow.cents]
