"""The question of money as it stands today: closed weeks that lack some, the baskets that are coming, and every fund.

What is coming is told in docs/rules/what-if.md: today's supported households come back every week of delivery while
their agreement runs, at the pace of the month to come, and cost what such baskets cost lately.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Sum

from cageot.core import sql
from cageot.funding.models import ProposalLine, SettlementLine
from cageot.funding.queries import need
from cageot.funding.queries.need import AHEAD, Key, Purse
from cageot.funding.rules.allocating import Group, Scenario

LATELY = timedelta(weeks=8)
"""Baskets to come cost what those of the same size, under the same agreement, cost most often these last weeks."""
PACE = 4
"""Weeks to come with a delivery whose planned baskets give the pace."""


class Coming(NamedTuple):
    """Baskets to come: their agreement and what they are like (`key.day` is theirs)."""

    agreement: int
    key: Key

    @property
    def id(self) -> str:
        return f"{AHEAD}{self.agreement}|{self.key.id}"


@dataclass(frozen=True)
class Question:
    """A scenario of the real base and its tranches with their names. By group: what the member pays of a basket, and what each
    partner of its agreement does (`partners`: of baskets to come only; what is closed is paid)."""

    scenario: Scenario
    purses: Sequence[Purse]
    members: Mapping[str, int]
    partners: Mapping[str, Mapping[int, int]]


def question(today: date, *, since: date, until: date) -> Question:
    """The need of a period, closed and to come, and the money that may pay it. A constant number of queries.

    What is settled stays where it is. Money that earlier baskets use (as settled, else as last proposed) is off.
    """
    closed = need.groups(today, since=since)
    coming, partners = planned(today, until=until)
    ahead: dict[Key, int] = defaultdict(int)
    for one, count in coming.items():
        if one.key.need_cents:
            ahead[one.key] += count
    purses = need.funds(promised=True)
    spent = _spent_before(since)
    found = need.scenario(closed, purses, held=need.standing(), ahead=ahead)
    funds = [replace(one, budget_cents=max(0, one.budget_cents - spent.get(int(one.id), 0))) for one in found.funds]
    groups = [one for one in found.groups if not one.later] + [_group(one, count) for one, count in coming.items()]
    members = {key.id: key.member_cents for key in closed} | {one.id: one.key.member_cents for one in coming}
    return Question(Scenario(funds, groups), purses, members, {one.id: partners.get(_place(one), {}) for one in coming})


def _group(one: Coming, baskets: int) -> Group:
    key = one.key
    return Group(
        one.id, str(key.garden), key.day, baskets, key.price_cents, key.price_cents - key.need_cents, key.commune_code or None,
        key.audience or None, key.affiliation or None, key.local_cents, True,
    )  # fmt: skip


def _place(one: Coming) -> tuple[int, int, int]:
    return one.agreement, one.key.price_cents, one.key.member_cents


def _spent_before(since: date) -> dict[int, int]:
    """Tranche → cents that baskets before that day use: as proposed last, or as settled when that is more."""
    found: dict[int, int] = {}
    for lines in (ProposalLine, SettlementLine):
        rows: Any = lines.objects.filter(day__lt=since).values_list("tranche").annotate(cents=Sum("cents")).order_by()
        for tranche, cents in rows:
            found[tranche] = max(found.get(tranche, 0), cents)
    return found


def planned(today: date, *, until: date) -> tuple[dict[Coming, int], dict[tuple[int, int, int], dict[int, int]]]:
    """Solidarity baskets to come (and of weeks not closed yet) up to a day; and, by agreement, price and member's part, what
    each partner pays of one. Four queries."""
    like, partners = _like(today)
    days: dict[int, list[date]] = defaultdict(list)
    for garden, day in sql.rows(_DAYS, today - LATELY, until):
        days[garden].append(sql.day(day))
    laid: dict[tuple[int, int, str, str, Any], dict[date, int]] = defaultdict(dict)
    for garden, agreement, size, commune, last, day, count in sql.rows(_PLANNED, today, today, today - LATELY, until):
        laid[garden, agreement, size, commune, sql.day(last)][sql.day(day)] = count
    found: dict[Coming, int] = defaultdict(int)
    for (garden, agreement, size, commune, last), counts in laid.items():
        one = like.get((garden, agreement, size))
        if one is None:
            continue
        for day, count in _at_pace(counts, days[garden], today).items():
            if count and (last is None or day <= last):
                found[Coming(agreement, one._replace(day=day, commune_code=commune))] += count
    return dict(found), partners


def _at_pace(counts: Mapping[date, int], days: Sequence[date], today: date) -> dict[date, int]:
    """As planned over the first weeks, then at their mean, in whole baskets whose sum is right at any day.

    A garden delivers on one day or several: the pace is that of these baskets' own weekday.
    """
    weekday = max((day.weekday() for day in counts), key=[day.weekday() for day in counts].count)
    own = [day for day in days if day in counts or day.weekday() == weekday]
    first = [day for day in own if day >= today][:PACE]
    pace = sum(counts.get(day, 0) for day in first)
    found, n = {}, 0
    for day in own:
        if not first or day <= first[-1]:
            found[day] = counts.get(day, 0)
        else:
            found[day] = (n + 1) * pace // len(first) - n * pace // len(first)
            n += 1
    return found


_DAYS = "SELECT garden_id, day FROM baskets_delivery WHERE close_id IS NULL AND day >= %s AND day <= %s ORDER BY day"
_PLANNED = """
    SELECT h.garden_id, s.agreement_id, z.code, h.commune_code, a.until_day, d.day, COUNT(*) FROM baskets_delivery d
    JOIN baskets_basket b ON b.delivery_id = d.id JOIN members_household h ON h.id = b.household_id
    JOIN members_support s ON s.household_id = h.id AND s.from_day <= %s AND (s.until_day IS NULL OR s.until_day >= %s)
    JOIN funding_agreement a ON a.id = s.agreement_id
    JOIN baskets_product p ON p.id = b.product_id JOIN baskets_basketsize z ON z.id = b.size_id
    WHERE d.close_id IS NULL AND d.day >= %s AND d.day <= %s AND b.state NOT IN ('cancelled', 'moved')
        AND p.in_agreements AND a.in_programme
    GROUP BY h.garden_id, s.agreement_id, z.code, h.commune_code, a.until_day, d.day
    ORDER BY h.garden_id, s.agreement_id, z.code, h.commune_code, d.day
"""


def _like(today: date) -> tuple[dict[tuple[int, int, str], Key], dict[tuple[int, int, int], dict[int, int]]]:
    """Garden, agreement and size → the most usual group of late; and what partners pay of such baskets."""
    best: dict[tuple[int, int, str], tuple[int, Key]] = {}
    for garden, agreement, size, *amounts, count in sql.rows(_LIKE, today - LATELY, today):
        price, member, left, uncovered, local, audience, affiliation = amounts
        key = Key(garden, today, "", audience, affiliation, price, member, left, uncovered, local)
        place = (garden, agreement, size)
        best[place] = max(best.get(place, (0, key)), (int(count), key))
    partners: dict[tuple[int, int, int], dict[int, int]] = defaultdict(dict)
    for agreement, price, member, partner, cents in sql.rows(_PARTNERS, today - LATELY, today):
        partners[agreement, price, member][partner] = int(cents)
    return {place: key for place, (_count, key) in best.items()}, dict(partners)


_PARTNERS = """
    SELECT c.agreement_id, c.price_cents, c.member_cents, p.partner_id, MAX(s.cents)
    FROM funding_charge c JOIN funding_share s ON s.charge_id = c.id JOIN funding_agreementpayer p ON p.id = s.payer_id
    WHERE c.in_programme AND c.agreement_id IS NOT NULL AND c.sign = 1 AND c.day >= %s AND c.day <= %s AND p.partner_id IS NOT NULL
    GROUP BY c.agreement_id, c.price_cents, c.member_cents, p.partner_id
"""
_LIKE = """
    SELECT garden_id, agreement_id, size_code, price, member, need, uncovered, local, audience, affiliation, COUNT(*) FROM (
        SELECT c.id, c.garden_id, c.agreement_id, c.size_code, c.price_cents AS price, c.member_cents AS member, c.audience,
            c.affiliation,
            SUM(CASE WHEN s.by IN ('uncovered', 'network') THEN s.cents ELSE 0 END) AS need,
            SUM(CASE WHEN s.by = 'uncovered' THEN s.cents ELSE 0 END) AS uncovered,
            SUM(CASE WHEN s.by = 'local' THEN s.cents ELSE 0 END) AS local
        FROM funding_charge c JOIN funding_share s ON s.charge_id = c.id
        WHERE c.in_programme AND c.agreement_id IS NOT NULL AND c.sign = 1 AND c.day >= %s AND c.day <= %s
        GROUP BY c.id, c.garden_id, c.agreement_id, c.size_code, c.price_cents, c.member_cents, c.audience, c.affiliation
    ) AS one
    GROUP BY garden_id, agreement_id, size_code, price, member, need, uncovered, local, audience, affiliation
"""
