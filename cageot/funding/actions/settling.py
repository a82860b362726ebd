"""Settling a period: the best split of notified money over all baskets that were not claimed, posted as differences.

`decide` shows what would be written; `settle_period` takes the turn at the books, decides again, refuses if what was seen
has changed, and writes. `take_back` is the same when a tranche must give money back. Decision 0026.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from importlib.metadata import version
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from cageot.core import sql
from cageot.funding import journal
from cageot.funding.actions.books import Turn, take_turn
from cageot.funding.models import Claim, FiscalYear, Settlement, SettlementLine, Tranche
from cageot.funding.queries import funds as of_funds
from cageot.funding.queries import need
from cageot.funding.queries.need import Asked, Held, Key, Purse
from cageot.funding.rules import settling as rules
from cageot.funding.rules.allocating import Allocation, Fund, NotProved, allocate, proved
from cageot.network.actions import record
from cageot.network.models import Person

Places = Mapping[tuple[int, Key], int]
"""Tranche and group → cents."""


class SettlementChanged(Exception):
    """What was seen is not what would be written any more: `now` is. Nothing was written."""

    def __init__(self, now: Decision) -> None:
        super().__init__()
        self.now = now


class ClaimedAlready(Exception):
    """The tranche cannot be held to less than what was claimed of it, in cents. Nothing was written."""

    def __init__(self, cents: int) -> None:
        super().__init__(cents)
        self.cents = cents


@dataclass(frozen=True)
class Decision:
    """What settling would write up to a day, and why nothing covers more. Cents count all baskets up to that day.

    `wanted`: what each tranche is to pay of each group; `stood`: what it pays now.
    """

    through: date
    asked: Asked
    best: Allocation
    wanted: Places
    stood: Held
    last_entry: int
    last_claim: int
    left: Mapping[int, date]

    @cached_property
    def lines(self) -> dict[tuple[int, Key], tuple[int, int]]:
        """The differences, in the order in which they are written: cents, and of them what meets what gardens bear."""
        cents = rules.differences(self.wanted, {where: one.cents for where, one in self.stood.items()})
        first = rules.differences(
            to_garden(self.asked, self.wanted), {where: one.to_garden for where, one in self.stood.items()}
        )
        return {where: (cents.get(where, 0), first.get(where, 0)) for where in sorted({*cents, *first})}

    @property
    def kept_cents(self) -> int:
        """What is claimed and stays."""
        return sum(self.asked.kept.values())

    @property
    def need_cents(self) -> int:
        return sum(key.need_cents * count for key, count in self.asked.groups.items())

    @property
    def covered_cents(self) -> int:
        return self.kept_cents + self.best.covered_cents

    @property
    def bound_cents(self) -> int:
        return self.kept_cents + self.best.bound_cents

    @property
    def stood_cents(self) -> int:
        return sum(one.cents for one in self.stood.values())

    @cached_property
    def fingerprint(self) -> str:
        """A print of all that would be written: it changes as soon as anything that decides does."""
        lines = [f"{tranche}|{key.id}|{change}" for (tranche, key), change in self.lines.items()]
        told = "\n".join([str(self.through), self.asked.digest, *lines])
        return hashlib.sha256(told.encode()).hexdigest()

    def certificate(self) -> dict[str, Any]:
        """What a proof needs beside the rows: the funds as they were, what was claimed, and the cut."""
        proof = self.best.proof
        return {
            "funds": [written(one) for one in self.asked.scenario.funds],
            "kept_cents": self.kept_cents,
            "last_claim": self.last_claim,
            "left": {str(garden): str(day) for garden, day in sorted(self.left.items())},
            "used_up": [int(one) for one in proof.used_up],
            "cut": {"budgets": proof.budget_cents, "limits": proof.limits_cents, "needs": proof.needs_cents},
        }


def decide(through: date, *, on: date | None = None, keep: Mapping[int, int] | None = None) -> Decision:
    """The best split of notified money up to a day (never before what was settled already), as it stands now.

    `on`: only money that was notified by that day, or when something was last settled. `keep`: tranches held to so many cents in all. A constant number of queries.
    """
    last = Settlement.objects.aggregate(through=Max("through"), day=Max("day"))
    through = max(through, last["through"] or through)
    on = on and max(on, last["day"] or on)
    left = of_funds.left_on()
    groups, held = need.groups(through, left=left), need.claimed()
    asked = need.ask(groups, need.funds(on=on, keep=keep), held=held)
    best = allocate(asked.scenario)
    stood = need.standing()
    last_entry = sql.rows("SELECT COALESCE(MAX(id), 0) FROM funding_entry")[0][0]
    last_claim = Claim.objects.aggregate(last=Max("pk"))["last"] or 0
    goal = {where: one.cents for where, one in stood.items()} if _as_good(asked, best, stood) else wanted(asked, best)
    return Decision(through, asked, best, goal, stood, last_entry, last_claim, left)


def _as_good(asked: Asked, best: Allocation, stood: Held) -> bool:
    """Whether what stands holds every condition, covers as much, and spends money in the same order: then it stays, rather
    than move cents between gardens that are all told already."""
    ids = {key.id for key in asked.groups}
    shares = {
        (key.id, str(tranche)): one.cents - asked.kept.get((tranche, key), 0) for (tranche, key), one in stood.items()
    }
    if any(cents < 0 or group not in ids for (group, _fund), cents in shares.items()):
        return False
    shares = {place: cents for place, cents in shares.items() if cents}
    ranks = {one.id: (one.until_day, one.priority) for one in asked.scenario.funds}
    spent: dict[object, int] = defaultdict(int)
    for (_group, fund), cents in shares.items():
        if fund not in ranks:
            return False
        spent[ranks[fund]] += cents
    for used in best.funds:
        spent[ranks[used.fund]] -= used.used_cents
    if any(spent.values()):
        return False
    try:
        proved(asked.scenario, shares)
    except NotProved:
        return False
    return True


def wanted(asked: Asked, best: Allocation) -> dict[tuple[int, Key], int]:
    """What each tranche is to pay of each closed group: what is claimed and stays, and its part of the split."""
    keys = {key.id: key for key in asked.groups}
    found = dict(asked.kept)
    for share in best.shares:
        if share.group in keys:
            place = (int(share.fund), keys[share.group])
            found[place] = found.get(place, 0) + share.cents
    return found


def to_garden(asked: Asked, paid: Places) -> dict[tuple[int, Key], int]:
    """Of what tranches pay of groups, what meets what the gardens bear: that comes first, a garden's own money before the rest."""
    order = {purse.tranche: purse.order for purse in asked.purses}
    by_group: dict[Key, list[int]] = {}
    for tranche, key in sorted(paid, key=lambda one: (one[1], order.get(one[0], (False, one[1].day, 0, one[0])))):
        by_group.setdefault(key, []).append(tranche)
    found = {}
    for key, tranches in by_group.items():
        parts = rules.first_to_garden(
            [paid[(one, key)] for one in tranches], key.uncovered_cents * asked.groups.get(key, 0)
        )
        found.update({(one, key): garden for one, (garden, _network) in zip(tranches, parts, strict=True)})
    return found


class Dated(NamedTuple):
    """The accounting day of a settlement, and why it is that one: LAST of the year of its baskets; else today, as that year still
    RUNS, is CLOSED, some of the money was notified SINCE, or takes back what was told AFTER it."""

    day: date
    why: str


LAST, RUNS, CLOSED, SINCE, AFTER = "last", "runs", "closed", "since", "after"


def dated(found: Decision, today: date) -> Dated:
    """On which day the books tell a settlement. The year is the network head's, who settles. Three queries.

    Baskets are paid in the year when they were eaten as long as it is open, but not by money that was notified after it; and
    what is taken back is not taken back before it was told.
    """
    last = _open_until(found.through)
    if last is None:
        return Dated(today, CLOSED)
    if last >= today:
        return Dated(today, RUNS)
    if Tranche.objects.filter(pk__in={tranche for tranche, _key in found.lines}, notified_on__gt=last).exists():
        return Dated(today, SINCE)
    back = {(tranche, key.garden) for (tranche, key), (cents, _first) in found.lines.items() if cents < 0}
    told = SettlementLine.objects.filter(
        tranche__in={one for one, _garden in back}, day__lte=last, settlement__day__gt=last
    )
    if back & set(told.values_list("tranche", "garden").distinct()):
        return Dated(today, AFTER)
    return Dated(last, LAST)


def _open_until(day: date) -> date | None:
    """The last day of the head's year that holds a day, be it still to be opened; None when that year is closed."""
    rows = list(FiscalYear.objects.filter(entity__head=True).order_by("first"))
    for one in rows:
        if one.first <= day <= one.last:
            return None if one.closed_at else one.last
    return next((one.last for one in journal.missing(rows, day) if day in one), None)


def settle_period(
    through: date, *, seen: str, day: date, by: Person | None, at: datetime, reason: str = "", seen_day: date | None = None
) -> Settlement | None:  # fmt: skip
    """Write the best split up to a day; None when nothing is to change (then nothing is written). `day`: today; the books tell
    it on the day that `dated` says.

    `seen`: the fingerprint of the decision that was shown, `seen_day` the accounting day. Refusal: `SettlementChanged`.
    """
    with transaction.atomic():
        turn = take_turn()
        found = decide(through, on=day)
        if not found.lines:
            return None
        told = dated(found, day).day
        if found.fingerprint != seen or (seen_day is not None and seen_day != told):
            raise SettlementChanged(found)
        return _write(turn, found, day=told, reason=reason, by=by, at=at)


def take_back(
    turn: Turn, tranche: Tranche, keep_cents: int, *, by: Person | None, at: datetime, reason: str
) -> Settlement | None:
    """Hold a tranche, as its row says it now, to so many cents: all that was settled and not claimed is split anew, at best.

    Call it under the turn at the books. None when nothing is to change. Refusal: `ClaimedAlready`.
    """
    last = Settlement.objects.aggregate(through=Max("through"))["through"]
    if last is None:
        return None
    day = timezone.localtime(at).date()
    found = decide(last, on=day, keep={tranche.pk: keep_cents})
    stays = sum(cents for (one, _key), cents in found.asked.kept.items() if one == tranche.pk)
    if stays > keep_cents:
        raise ClaimedAlready(stays)
    if not found.lines:
        return None
    return _write(turn, found, day=day, reason=reason, by=by, at=at)


PLACE = [
    "tranche", "garden", "day", "commune_code", "audience", "affiliation", "price_cents", "member_cents", "need_cents",
    "uncovered_cents", "local_cents",
]  # fmt: skip
"""What a line is about: a tranche and a group."""


def _write(turn: Turn, found: Decision, *, day: date, reason: str, by: Person | None, at: datetime) -> Settlement:
    [(number,)] = sql.rows(
        "UPDATE funding_books SET last_settlement = last_settlement + 1 WHERE id = 1 RETURNING last_settlement"
    )
    settlement = Settlement(
        id=number, through=found.through, day=day, at=at, by=by, reason=reason, last_entry=found.last_entry,
        digest=found.asked.digest, solver=solver(), need_cents=found.need_cents, covered_cents=found.covered_cents,
        bound_cents=found.bound_cents, certificate=found.certificate(),
    )  # fmt: skip
    settlement.save(force_insert=True)
    counts = found.asked.groups
    sql.insert_rows(
        SettlementLine,
        ["settlement", *PLACE, "baskets", "cents", "to_garden_cents"],
        (
            (number, tranche, key.garden, str(key.day), *key[2:], counts.get(key, 0), *change)
            for (tranche, key), change in found.lines.items()
        ),
    )
    used: dict[int, int] = {}
    for (tranche, _key), (cents, _first) in found.lines.items():
        used[tranche] = used.get(tranche, 0) + cents
    # The database refuses to go past what was notified, whoever is mistaken.
    sql.execute_many(
        "UPDATE funding_tranche SET used_cents = used_cents + %s WHERE id = %s",
        [(cents, tranche) for tranche, cents in sorted(used.items()) if cents],
    )
    journal.of_settlement(turn, settlement, by=by, at=at)
    record("funding.settled", by=by, at=at, about=settlement, through=str(found.through), lines=len(found.lines))
    return settlement


def solver() -> str:
    return f"OR-tools {version('ortools')}"


# --- Proving again ------------------------------------------------------------------------------

LISTS = ("gardens", "communes", "audiences", "affiliations")


def written(fund: Fund) -> dict[str, Any]:
    """A fund as a certificate keeps it."""
    lists = {name: None if (some := getattr(fund, name)) is None else sorted(some) for name in LISTS}
    return {
        "id": fund.id, "budget_cents": fund.budget_cents, "from": str(fund.from_day), "until": str(fund.until_day), **lists,
        "cap_cents": fund.cap_cents, "share_bp": fund.share_bp, "priority": fund.priority, "match_bp": fund.match_bp,
    }  # fmt: skip


def read(row: Mapping[str, Any]) -> Fund:
    """A fund from a certificate."""
    lists = {name: None if row[name] is None else frozenset(row[name]) for name in LISTS}
    return Fund(
        row["id"], row["budget_cents"], date.fromisoformat(row["from"]), date.fromisoformat(row["until"]), **lists,
        cap_cents=row["cap_cents"], share_bp=row["share_bp"], priority=row["priority"], match_bp=row["match_bp"],
    )  # fmt: skip


def asked_then(settlement: Settlement) -> Asked:
    """What a settlement was asked, from the rows as they stood then and the funds that its certificate keeps."""
    told = settlement.certificate
    left = {int(garden): date.fromisoformat(day) for garden, day in told["left"].items()}
    groups = need.groups(settlement.through, last_entry=settlement.last_entry, left=left)
    funds = [read(row) for row in told["funds"]]
    # Budgets are those that were left: neither quotas nor claims come off them again.
    purses = [Purse(int(one.id), 0, "", "", False, None, False, one) for one in funds]
    asked = need.ask(groups, purses, held=need.claimed(told["last_claim"]))
    return Asked(groups, {}, purses, asked.kept, replace(asked.scenario, funds=funds))
