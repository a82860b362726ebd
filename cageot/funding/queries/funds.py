"""Funds and tranches as facts: who their money is for, how far it has come, what it pays, what is late, when it ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Q, Sum

from cageot.core import sql
from cageot.funding.models import (
    ClaimLine,
    Entity,
    EntityGarden,
    Fund,
    ProposalLine,
    SettlementLine,
    Tranche,
)
from cageot.funding.queries import uses
from cageot.funding.rules.conditions import Basket, Conditions, Wrong, excluded, spread_out
from cageot.network import territory
from cageot.network.models import Garden, GardenStatus

YEAR = timedelta(days=365)

# --- Conditions ---------------------------------------------------------------------------------


def conditions_of(fund: Fund, *, gardens: Iterable[int] | None = None) -> Conditions:
    """The conditions of a fund, its territories as communes. A garden's own fund is for the gardens of its association.

    `gardens`: row numbers, when they were already read (or are not saved yet); else one query.
    """
    chosen = frozenset(fund.gardens.values_list("pk", flat=True) if gardens is None else gardens)
    return spread_out(
        Conditions(
            chosen, frozenset(fund.territories), frozenset(fund.audiences), frozenset(fund.affiliations), fund.cap_cents,
            fund.share_bp, fund.match_bp,
        ),
        territory.communes_in,
    )  # fmt: skip


def gardens_of(entity: Entity) -> set[int] | None:
    """The gardens that a fund of that entity may pay: its own; None, any of them, for the network head."""
    if entity.head:
        return None
    return set(EntityGarden.objects.filter(entity=entity).values_list("garden", flat=True))


def seen_baskets(today: date, gardens: Iterable[int] | None = None) -> list[Basket]:
    """The solidarity baskets settled over the last twelve months, counted by bands and amounts. One query."""
    period = (today - YEAR, today)
    if gardens is None:
        rows = sql.rows(_SEEN.format(where=""), *period)
    else:
        rows = sql.rows(_SEEN.format(where="AND c.garden_id IN %s"), *period, list(gardens) or [0])
    return [Basket(*row) for row in rows]


_SEEN = """
    SELECT garden_id, commune_code, audience, affiliation, price, local, SUM(sign) FROM (
        SELECT c.id, c.garden_id, c.commune_code, c.audience, c.affiliation, c.sign, c.sign * c.price_cents AS price,
            c.sign * COALESCE(SUM(CASE WHEN s.by = 'local' THEN s.cents ELSE 0 END), 0) AS local
        FROM funding_charge c LEFT JOIN funding_share s ON s.charge_id = c.id
        WHERE c.in_programme AND c.agreement_id IS NOT NULL AND c.day BETWEEN %s AND %s {where}
        GROUP BY c.id, c.garden_id, c.commune_code, c.audience, c.affiliation, c.sign, c.price_cents
    ) AS one
    GROUP BY garden_id, commune_code, audience, affiliation, price, local HAVING SUM(sign) > 0
    ORDER BY garden_id, commune_code, audience, affiliation, price, local
"""


def nobody_for(fund: Fund, conditions: Conditions, today: date) -> Wrong | None:
    """Why nobody of the last twelve months meets the conditions; None when somebody does, or nobody came at all."""
    if conditions.for_everybody and conditions.match_bp is None:
        return None
    return excluded(conditions, seen_baskets(today, gardens_of(fund.entity)))


def left_on(gardens: Iterable[int] | None = None) -> dict[int, date]:
    """Gardens that left the programme for good, and since when: what they need from that day on is nobody's here."""
    rows = GardenStatus.objects.filter(status=GardenStatus.Status.LEFT, until_day__isnull=True)
    if gardens is not None:
        rows = rows.filter(garden__in=list(gardens))
    return dict(rows.values_list("garden", "from_day"))


# --- What stands --------------------------------------------------------------------------------


def in_use(fund: Fund) -> bool:
    """Whether money of this fund was ever notified or used."""
    return fund.tranches.filter(Q(notified_cents__isnull=False) | Q(used_cents__gt=0)).exists()


def may_withdraw(tranche: Tranche) -> bool:
    """Whether nothing at all leans on a tranche."""
    leans = (tranche.claims, tranche.payments, tranche.calls)
    return tranche.notified_cents is None and not tranche.used_cents and not any(one.exists() for one in leans)


def settled_outside(tranche: Tranche, first: date, last: date) -> tuple[int, int]:
    """What was settled on a tranche for days before `first` or after `last`, and what of it was claimed, in cents."""
    outside = Q(day__lt=first) | Q(day__gt=last)
    lines = SettlementLine.objects.filter(outside, tranche=tranche)
    used = lines.aggregate(cents=Sum("cents"))["cents"] or 0
    claimed = ClaimLine.objects.filter(settled__in=lines.values("pk")).aggregate(cents=Sum("cents"))["cents"] or 0
    return used, claimed


def spent_outside(tranche: Tranche, first: date, last: date) -> int:
    """What a tranche paid of sessions held before `first` or after `last`, and has not back, in cents."""
    outside = uses.standing([tranche.pk]).filter(Q(day__lt=first) | Q(day__gt=last))
    return int(outside.aggregate(cents=Sum("cents"))["cents"] or 0)


def claimed_of_baskets(tranche: Tranche) -> int:
    """What stands claimed of the baskets that a tranche pays, in cents."""
    lines = ClaimLine.objects.filter(settled__tranche=tranche)
    return int(lines.aggregate(cents=Sum("cents"))["cents"] or 0)


# --- The list -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Late:
    """Money notified that did not come on its day: how many days ago, how many cents."""

    days: int
    cents: int


@dataclass(frozen=True)
class TrancheFact:
    """A tranche and how far its money has come, in cents. `reserved`: what the last proposal adds to what is used;
    `by_garden`: what is used (for baskets, grants, sessions) and reserved, by garden."""

    row: Tranche
    reserved: int
    by_garden: dict[int, int]
    today: date

    @property
    def refused(self) -> bool:
        return self.row.refused_on is not None

    @property
    def notified(self) -> int:
        return self.row.notified_cents or 0

    @property
    def received(self) -> int:
        """What came. An association's own money is there as soon as it is set apart."""
        return self.notified if self.row.fund.source == Fund.Source.OWN else self.row.received_cents

    @property
    def hoped(self) -> int:
        """What there is to spend when promises are kept."""
        if self.row.notified_cents is not None or self.refused:
            return self.notified
        return self.row.promised_cents

    @property
    def left(self) -> int:
        """What neither a settlement nor the proposal uses."""
        return max(self.hoped - self.row.used_cents - self.reserved, 0)

    @property
    def last(self) -> date:
        """The last day whose baskets it pays."""
        ended = self.row.fund.ended_on
        return self.row.until_day if ended is None else min(self.row.until_day, ended - timedelta(days=1))

    @property
    def running(self) -> bool:
        """Whether it pays baskets of today, or will."""
        return not self.refused and self.last >= self.today

    @property
    def state(self) -> str:
        """How far the money has come: refused, received, partly, notified or promised."""
        row = self.row
        if self.refused and not self.received:
            return "refused"
        if row.notified_cents is None:
            return "promised"
        if self.received >= row.notified_cents:
            return "received"
        return "partly" if self.received else "notified"

    @cached_property
    def late(self) -> Late | None:
        row, missing = self.row, self.notified - self.received
        if row.due_on is None or row.due_on >= self.today or missing <= 0:
            return None
        return Late((self.today - row.due_on).days, missing)


@dataclass(frozen=True)
class FundFact:
    """A fund, its conditions and its tranches, oldest first."""

    row: Fund
    conditions: Conditions
    tranches: list[TrancheFact]

    @cached_property
    def by_garden(self) -> dict[int, int]:
        """What it pays by garden: used and reserved, in cents."""
        found: dict[int, int] = defaultdict(int)
        for tranche in self.tranches:
            for garden, cents in tranche.by_garden.items():
                found[garden] += cents
        return {garden: cents for garden, cents in found.items() if cents > 0}

    def between(self, first: date, last: date) -> FundFact:
        """The same fund with the tranches that pay some day of a period."""
        kept = [one for one in self.tranches if one.row.from_day <= last and one.row.until_day >= first]
        return FundFact(self.row, self.conditions, kept)

    @property
    def notified(self) -> int:
        return sum(one.notified for one in self.tranches)

    @property
    def received(self) -> int:
        return sum(one.received for one in self.tranches)

    @property
    def used(self) -> int:
        return sum(one.row.used_cents for one in self.tranches)

    @property
    def promised(self) -> int:
        """What was promised and not refused."""
        return sum(one.row.promised_cents for one in self.tranches if not one.refused)

    @property
    def reserved(self) -> int:
        return sum(one.reserved for one in self.tranches)

    @property
    def hoped(self) -> int:
        return sum(one.hoped for one in self.tranches)

    @property
    def left(self) -> int:
        return sum(one.left for one in self.tranches)

    @property
    def late(self) -> list[TrancheFact]:
        return [one for one in self.tranches if one.late]

    @property
    def over(self) -> bool:
        """Whether no tranche of it pays any more."""
        return not any(one.running for one in self.tranches)

    @property
    def last(self) -> date | None:
        """The last day that it pays, among what still runs."""
        return max((one.last for one in self.tranches if one.running), default=None)


def fund_facts(funds: Iterable[Fund], today: date) -> list[FundFact]:
    """Funds with all that the pages say of them. Nine queries, however many they are; `partner` and `entity` come along."""
    rows = list(funds)
    ids = [fund.pk for fund in rows]
    gardens = defaultdict(list)
    for fund, garden in Fund.gardens.through.objects.filter(fund__in=ids).values_list("fund", "garden"):
        gardens[fund].append(garden)
    tranches: dict[int, list[Tranche]] = defaultdict(list)
    by_id = {fund.pk: fund for fund in rows}
    for tranche in Tranche.objects.filter(fund__in=ids):
        tranche.fund = by_id[tranche.fund_id]
        tranches[tranche.fund_id].append(tranche)
    proposed, settled = _held(ProposalLine, ids), _held(SettlementLine, ids)
    beside: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    known = [one.pk for those in tranches.values() for one in those]
    for use in [*uses.granted(known), *uses.spent(known)]:
        beside[use.tranche][use.garden] += use.cents
    return [
        _fact(fund, conditions_of(fund, gardens=gardens[fund.pk]), tranches[fund.pk], proposed, settled, beside, today)
        for fund in rows
    ]


def _held(model: type[ProposalLine] | type[SettlementLine], funds: Sequence[int]) -> dict[int, dict[int, int]]:
    """Cents by tranche and garden."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = model.objects.filter(tranche__fund__in=funds).values_list("tranche", "garden")
    for tranche, garden, cents in rows.annotate(cents=Sum("cents")).order_by():
        found[tranche][garden] = cents
    return found


def _fact(
    fund: Fund, conditions: Conditions, tranches: list[Tranche], proposed: dict[int, dict[int, int]],
    settled: dict[int, dict[int, int]], beside: dict[int, dict[int, int]], today: date,
) -> FundFact:  # fmt: skip
    """A proposal splits all that is not claimed anew: what it reserves is what it adds to what is settled. Grants and sessions
    (`beside`) are no part of it."""
    facts = []
    for tranche in tranches:
        used, asked = settled.get(tranche.pk, {}), proposed.get(tranche.pk, {})
        reserved = max(sum(asked.values()) - sum(used.values()), 0)
        by_garden = dict(asked if reserved else used)
        for garden, cents in beside.get(tranche.pk, {}).items():
            by_garden[garden] = by_garden.get(garden, 0) + cents
        facts.append(TrancheFact(tranche, reserved, by_garden, today))
    return FundFact(fund, conditions, facts)


def garden_names(facts: Iterable[FundFact]) -> dict[int, Garden]:
    """The gardens that these funds name or pay. One query."""
    wanted = {garden for fact in facts for garden in (*fact.conditions.gardens, *fact.by_garden)}
    return {garden.pk: garden for garden in Garden.objects.filter(pk__in=wanted)}
