"""What a forecast of money starts from: who is there, what they cost, who comes, who goes on, and what is left to pay with.

All gardens at once, in a constant number of queries. Consolidated: counts and cents, nobody's row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from statistics import median
from typing import Any, NamedTuple

from cageot.core import sql
from cageot.core.week import Week, weeks_between
from cageot.funding.models import AgreementPayer, Fund
from cageot.funding.queries import funds as of_funds
from cageot.funding.rules import forecast as rules
from cageot.funding.rules.forecast import Facts, Habits, Part, Seen, Source, Stream

YEAR, QUARTER, MONTH = timedelta(weeks=52), timedelta(weeks=13), timedelta(weeks=4)
"""Habits are read over the last year, prices over the last quarter, the pace of baskets over the month to come."""


class Paid(NamedTuple):
    """What one payer paid of a stream: cents over the last quarter, and over the last year."""

    quarter: int
    year: int


@dataclass(frozen=True, slots=True)
class Payer:
    """A payer of an agreement: who, its quota and what is left of it, and the agreement's last day."""

    pk: int
    agreement: int
    agreement_name: str
    partner: int | None
    name: str
    kind: str
    from_day: date
    until_day: date | None
    quota_baskets: int | None
    quota_cents: int | None
    left_baskets: int | None
    left_cents: int | None

    @property
    def key(self) -> str:
        return f"payer:{self.pk}"


@dataclass(frozen=True, slots=True)
class Purse:
    """A tranche of a fund: what is left of it in cents (settled and proposed money off), and its days."""

    pk: int
    fund: int
    name: str
    label: str
    partner: int | None
    left_cents: int
    total_cents: int
    from_day: date
    until_day: date
    promised: bool

    @property
    def key(self) -> str:
        return f"tranche:{self.pk}"


Place = tuple[int, int]
"""A garden and an agreement."""


@dataclass(frozen=True)
class Gathered:
    """Rows as facts. Streams are told by garden and agreement."""

    today: date
    households: Mapping[Place, Mapping[date | None, int]]
    arrived: Mapping[Place, int]
    renewed: Mapping[int, Seen]
    lasts: Mapping[int, int]
    absent: Mapping[int, Seen]
    planned: Mapping[Place, int]
    weeks: Mapping[int, frozenset[Week]]
    baskets: Mapping[Place, int]
    paid: Mapping[tuple[int, int, int | None, str], Paid]
    payers: Mapping[int, Payer]
    purses: list[Purse]
    pulled: Mapping[tuple[int, int], int]

    @cached_property
    def facts(self) -> Facts:
        """What the simulation takes. A garden and an agreement are said by their numbers."""
        streams = [self._stream(*place) for place in sorted(self.households)]
        return Facts(self.today, streams, self._sources(), {str(one): self._habits(one) for one in self._gardens})

    @cached_property
    def _gardens(self) -> list[int]:
        return sorted({garden for garden, _agreement in self.households})

    def _stream(self, garden: int, agreement: int) -> Stream:
        ends = self.households[garden, agreement]
        weeks = sum(week in self.weeks.get(garden, ()) for week in weeks_between(self.today, self.today + MONTH))
        rate = self.planned.get((garden, agreement), 0) / (sum(ends.values()) * weeks) if weeks else 0.0
        return Stream(
            str(garden), str(agreement), dict(ends), Seen(self.arrived.get((garden, agreement), 0), 52), rate, self._parts(garden, agreement)
        )  # fmt: skip

    def _parts(self, garden: int, agreement: int) -> tuple[Part, ...]:
        """What one basket costs, payer by payer, as in the last quarter. Funds meet first what nobody pays, then the network's part."""
        count = self.baskets.get((garden, agreement), 0)
        if not count:
            return ()
        rows = [
            (payer, by, paid.quarter) for (_garden, _agreement, payer, by), paid in self._by_place[garden, agreement]
        ]
        need: dict[str, float] = {"uncovered": 0, "network": 0}
        parts: list[Part] = []
        heads: tuple[str, ...] = ()
        for payer, by, cents in rows:
            if by in need:
                need[by] += cents
                heads = (*heads, f"payer:{payer}") if by == "network" and payer else heads
            elif payer and payer in self.payers:
                parts.append(
                    Part(round(cents / count), (f"payer:{payer}", *self.successors(garden, self.payers[payer])))
                )
        shares = self._pulls(garden)
        by_all = sum((cents for _, cents in shares), 0.0)
        met = by_all
        whose: dict[str, tuple[str, ...]] = {"uncovered": (), "network": heads}
        for name, after in whose.items():
            each = need[name] / count
            by_funds = min(each, met)
            for keys, pulled in shares if by_funds else ():
                parts.append(Part(round(by_funds * pulled / by_all), (*keys, *after)))
            parts.append(Part(round(each - by_funds), after))
            met -= by_funds
        return tuple(part for part in parts if part.cents > 0)

    @cached_property
    def _by_place(self) -> dict[Place, list[tuple[tuple[int, int, int | None, str], Paid]]]:
        found: dict[Place, list[Any]] = defaultdict(list)
        for key, paid in sorted(self.paid.items(), key=lambda row: (row[0][0], row[0][1], row[0][2] or 0, row[0][3])):
            found[key[0], key[1]].append((key, paid))
        return found

    def successors(self, garden: int, payer: Payer) -> tuple[str, ...]:
        """The same partner's parts of other agreements of the garden that run after this one."""
        if payer.until_day is None or payer.partner is None:
            return ()
        later = [
            one for one in self.payers.values()
            if one.partner == payer.partner and one.agreement != payer.agreement and (garden, one.agreement) in self.bound
            and (one.until_day is None or one.until_day > payer.until_day) and one.from_day > payer.from_day
        ]  # fmt: skip
        return tuple(one.key for one in sorted(later, key=lambda one: (one.from_day, one.pk)))

    @cached_property
    def bound(self) -> frozenset[Place]:
        rows = sql.rows("SELECT garden_id, agreement_id FROM funding_agreement_gardens")
        return frozenset((garden, agreement) for garden, agreement in rows)

    def _pulls(self, garden: int) -> list[tuple[tuple[str, ...], float]]:
        """What each fund pays of a basket of the garden, in cents, with its tranches in their order."""
        count = sum(baskets for (one, _agreement), baskets in self.baskets.items() if one == garden)
        found = []
        for fund in sorted({one.fund for one in self.purses}):
            if cents := self.pulled.get((fund, garden), 0):
                keys = tuple(one.key for one in self.purses if one.fund == fund)
                found.append((keys, cents / count))
        return found if count else []

    def _sources(self) -> list[Source]:
        agreements = [
            Source(one.key, one.until_day, one.from_day, one.left_cents, one.left_baskets)
            for one in self.payers.values()
        ]
        return agreements + [Source(one.key, one.until_day, one.from_day, one.left_cents) for one in self.purses]

    def _habits(self, garden: int) -> Habits:
        return Habits(
            self.renewed.get(garden, Seen()), self.absent.get(garden, Seen()), self.lasts.get(garden, 26), self._closed(garden)
        )  # fmt: skip

    def _closed(self, garden: int) -> frozenset[date]:
        """Weeks to come without delivery: those that the calendar says, then those of a year before."""
        known = self.weeks.get(garden, frozenset())
        last = max(known, default=Week.of(self.today))
        horizon = weeks_between(self.today, self.today + timedelta(weeks=rules.WEEKS))
        return frozenset(
            week.monday for week in horizon
            if week not in (known if week <= last else {one + 52 for one in known if one > last - 52})
        )  # fmt: skip

    def funders(self, garden: int) -> list[tuple[str, int]]:
        """Who paid a garden's baskets beyond their members over the last year, in cents. "" is the network itself."""
        found: Counter[str] = Counter()
        for (one, _agreement, payer, by), paid in self.paid.items():
            if one == garden and by in ("local", "national", "network"):
                known = self.payers.get(payer) if payer else None
                found["" if by == "network" or known is None else known.name] += paid.year
        return list(found.items())

    def uncovered(self, garden: int) -> float:
        """The part of what baskets cost beyond their members that nobody paid over the last year, 0 to 1."""
        rows = [(by, paid.year) for (one, _a, _p, by), paid in self.paid.items() if one == garden]
        total = sum(cents for _, cents in rows)
        return sum(cents for by, cents in rows if by == "uncovered") / total if total else 0.0


def gather(today: date) -> Gathered:
    """The facts of all gardens. Sixteen queries, whatever their number."""
    first = today - YEAR
    households: dict[Place, dict[date | None, int]] = defaultdict(dict)
    for garden, agreement, until, count in sql.rows(_HOUSEHOLDS, today, today):
        households[garden, agreement][sql.day(until)] = count
    arrived = {(garden, agreement): count for garden, agreement, count in sql.rows(_ARRIVED, first, today)}
    renewed, lasts = _ended(first, today)
    return Gathered(
        today, dict(households), arrived, renewed, lasts, _absent(first, today),
        {(garden, agreement): count for garden, agreement, count in sql.rows(_PLANNED, today, today + MONTH)}, _weeks(first, today),
        {(garden, agreement): int(count) for garden, agreement, count in sql.rows(_BASKETS, today - QUARTER, today) if count > 0},
        _paid(first, today), _payers(today), _purses(today), _pulled(today - QUARTER),
    )  # fmt: skip


_HOUSEHOLDS = """
    SELECT h.garden_id, s.agreement_id, s.until_day, COUNT(*) FROM members_support s
    JOIN members_household h ON h.id = s.household_id JOIN funding_agreement a ON a.id = s.agreement_id
    WHERE a.in_programme AND s.from_day <= %s AND (s.until_day IS NULL OR s.until_day >= %s) AND h.left_on IS NULL
    GROUP BY h.garden_id, s.agreement_id, s.until_day
"""
_ARRIVED = """
    SELECT h.garden_id, s.agreement_id, COUNT(*) FROM members_support s
    JOIN members_household h ON h.id = s.household_id JOIN funding_agreement a ON a.id = s.agreement_id
    WHERE a.in_programme AND s.from_day >= %s AND s.from_day < %s AND s.renews_id IS NULL AND s.step_after_id IS NULL
    GROUP BY h.garden_id, s.agreement_id
"""
_ENDED = """
    SELECT h.garden_id, s.from_day, s.until_day, CASE WHEN n.id IS NULL THEN 0 ELSE 1 END FROM members_support s
    JOIN members_household h ON h.id = s.household_id JOIN funding_agreement a ON a.id = s.agreement_id
    LEFT JOIN members_support n ON n.renews_id = s.id
    WHERE a.in_programme AND s.until_day >= %s AND s.until_day < %s
"""
_ABSENT = """
    SELECT d.garden_id, SUM(CASE WHEN b.state IN ('cancelled', 'moved') THEN 1 ELSE 0 END), COUNT(*)
    FROM baskets_delivery d JOIN baskets_basket b ON b.delivery_id = d.id
    WHERE d.day >= %s AND d.day < %s AND d.close_id IS NOT NULL GROUP BY d.garden_id
"""
_PLANNED = """
    SELECT h.garden_id, s.agreement_id, COUNT(*) FROM baskets_delivery d
    JOIN baskets_basket b ON b.delivery_id = d.id JOIN members_household h ON h.id = b.household_id
    JOIN members_support s ON s.household_id = h.id AND s.from_day <= d.day AND (s.until_day IS NULL OR s.until_day >= d.day)
    JOIN baskets_product p ON p.id = b.product_id
    WHERE d.day >= %s AND d.day < %s AND p.in_agreements GROUP BY h.garden_id, s.agreement_id
"""
_WEEKS = "SELECT DISTINCT garden_id, week FROM baskets_delivery WHERE day >= %s"
_BASKETS = """
    SELECT garden_id, agreement_id, SUM(sign) FROM funding_charge
    WHERE in_programme AND agreement_id IS NOT NULL AND day >= %s AND day <= %s GROUP BY garden_id, agreement_id
"""
_PAID = """
    SELECT c.garden_id, c.agreement_id, s.payer_id, s.by, SUM(CASE WHEN c.day >= %s THEN s.cents ELSE 0 END), SUM(s.cents)
    FROM funding_charge c JOIN funding_share s ON s.charge_id = c.id
    WHERE c.in_programme AND c.agreement_id IS NOT NULL AND c.day >= %s AND c.day <= %s AND s.by <> 'member'
    GROUP BY c.garden_id, c.agreement_id, s.payer_id, s.by
"""
_PULLED = """
    SELECT t.fund_id, l.garden_id, SUM(l.cents) FROM {table} l JOIN funding_tranche t ON t.id = l.tranche_id
    WHERE l.day >= %s GROUP BY t.fund_id, l.garden_id
"""


def _ended(first: date, today: date) -> tuple[dict[int, Seen], dict[int, int]]:
    """Garden → supports that ended within the year and how many went on; and the middle length of a support, in weeks."""
    seen: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    lengths: dict[int, list[int]] = defaultdict(list)
    for garden, since, until, went_on in sql.rows(_ENDED, first, today):
        seen[garden][0] += went_on
        seen[garden][1] += 1
        lengths[garden].append((sql.day(until) - sql.day(since)).days // 7)
    return (
        {garden: Seen(*found) for garden, found in seen.items()},
        {garden: max(1, round(median(found))) for garden, found in lengths.items()},
    )


def _absent(first: date, today: date) -> dict[int, Seen]:
    return {garden: Seen(int(absent), count) for garden, absent, count in sql.rows(_ABSENT, first, today)}


def _weeks(first: date, today: date) -> dict[int, frozenset[Week]]:
    found: dict[int, set[Week]] = defaultdict(set)
    for garden, label in sql.rows(_WEEKS, first):
        found[garden].add(Week.parse(label))
    return {garden: frozenset(weeks) for garden, weeks in found.items()}


def _paid(first: date, today: date) -> dict[tuple[int, int, int | None, str], Paid]:
    rows = sql.rows(_PAID, today - QUARTER, first, today)
    return {
        (garden, agreement, payer, by): Paid(int(quarter), int(year))
        for garden, agreement, payer, by, quarter, year in rows
    }


def _payers(today: date) -> dict[int, Payer]:
    """The payers of agreements of the programme that run, will run, or have ended: what they paid still tells."""
    rows = AgreementPayer.objects.filter(agreement__in_programme=True).exclude(agreement__status="draft")
    return {
        one.pk: Payer(
            one.pk, one.agreement_id, one.agreement.name, one.partner_id, str(one), one.kind, one.agreement.from_day, one.agreement.until_day,
            one.quota_baskets, one.quota_cents, None if one.quota_baskets is None else one.quota_baskets - one.used_baskets,
            None if one.quota_cents is None else one.quota_cents - one.used_cents,
        )
        for one in rows.select_related("agreement", "partner")
    }  # fmt: skip


def _purses(today: date) -> list[Purse]:
    """The tranches that pay today or will, in the order of their days; those refused have nothing left."""
    found = []
    for fund in of_funds.fund_facts(Fund.objects.select_related("partner", "entity"), today):
        for one in fund.tranches:
            if one.running:
                found.append(
                    Purse(
                        one.row.pk, fund.row.pk, fund.row.name, one.row.label, fund.row.partner_id, one.left, one.hoped,
                        one.row.from_day, one.last, one.row.notified_cents is None,
                    )
                )  # fmt: skip
    return sorted(found, key=lambda one: (one.from_day, one.pk))


def _pulled(since: date) -> dict[tuple[int, int], int]:
    """Fund and garden → cents that the last proposal gives to the last quarter's baskets; else those that stand settled."""
    for table in ("funding_proposalline", "funding_settlementline"):
        found = {(fund, garden): int(cents) for fund, garden, cents in sql.rows(_PULLED.format(table=table), since)}
        if any(cents > 0 for cents in found.values()):
            return {key: cents for key, cents in found.items() if cents > 0}
    return {}
