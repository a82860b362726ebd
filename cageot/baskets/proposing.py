"""The proposal: the best split as it looks today, over closed weeks and the baskets planned ahead, this week first.

Looking ahead keeps early weeks from eating what only later weeks could have had. Shown, never posted; only the last is kept.
"""

from __future__ import annotations

import logging
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from time import monotonic
from typing import NamedTuple

from django.db import transaction

from cageot.core import sql
from cageot.core.faults import where
from cageot.core.week import Week, weeks_between
from cageot.funding import queries as funding
from cageot.funding.actions import settling
from cageot.funding.models import Proposal, ProposalLine
from cageot.funding.queries import funds as of_funds
from cageot.funding.queries import need
from cageot.funding.queries.need import Asked, Key
from cageot.funding.rules import waterfall
from cageot.funding.rules.allocating import Allocation, allocate
from cageot.network.models import Edition

log = logging.getLogger(__name__)

A_YEAR = 52
"""In weeks: whether a garden delivers in a week that is not laid yet, it says by what it did a year before."""
FARTHEST = 2 * A_YEAR
"""In weeks: nobody is looked for beyond. Tranches are yearly, so those of this season and the next are within; and a tranche
dated far away by mistake costs a bounded number of baskets."""


def propose(today: date, at: datetime) -> Proposal | None:
    """Split closed baskets and those ahead anew, and keep the result as the last proposal. None when there is no money at all.

    Promised money counts. A constant number of queries.
    """
    start = monotonic()
    asked = ask(today)
    if not asked.purses:
        return None
    best = allocate(asked.scenario)
    wanted = settling.wanted(asked, best)
    with transaction.atomic():
        kept = sum(asked.kept.values())
        told = facts(asked, best, wanted) | {"took_ms": round((monotonic() - start) * 1_000)}
        made = Proposal.objects.create(
            day=today, at=at, digest=asked.digest, solver=settling.solver(), need_cents=kept + best.need_cents,
            covered_cents=kept + best.covered_cents, bound_cents=kept + best.bound_cents, facts=told,
        )  # fmt: skip
        sql.insert_rows(
            ProposalLine,
            ["proposal", *settling.PLACE, "baskets", "cents"],
            (
                (made.pk, tranche, key.garden, str(key.day), *key[2:], asked.groups[key], cents)
                for (tranche, key), cents in sorted(wanted.items())
            ),
        )
        sql.execute("DELETE FROM funding_proposalline WHERE proposal_id < %s", made.pk)
        sql.execute("DELETE FROM funding_proposal WHERE id < %s", made.pk)
    return made


SLOW_MS = 1_000


def refresh(today: date, at: datetime) -> None:
    """Propose anew after a close, unless the last time took long: a large network's proposal waits for the night."""
    last = last_proposal()
    if last is None or last.facts.get("took_ms", 0) <= SLOW_MS:
        propose(today, at)


def afterwards(work: Callable[[date, datetime], object], today: date, at: datetime) -> bool:
    """Do `refresh` or `propose` once what was asked is written: a fault of theirs must not hide it. False when it failed,
    which the log says without anybody's data; the night proposes again."""
    try:
        work(today, at)
    except Exception as error:  # noqa: BLE001 — whatever it is, the week is closed or the period settled
        log.error("no proposal: %s", where(error))
        return False
    return True


def ask(today: date) -> Asked:
    """What a proposal is asked: what closed weeks and those ahead need, and all known money, promised too."""
    gone = of_funds.left_on()
    groups = need.groups(today, left=gone)
    purses = need.funds(promised=True)
    last = max((one.fund.until_day for one in purses), default=today)
    return need.ask(groups, purses, held=need.claimed(), ahead=ahead(today, last, closed=groups, gone=gone))


def facts(asked: Asked, best: Allocation, wanted: Mapping[tuple[int, Key], int]) -> dict[str, object]:
    """The figures of the pages, in cents, by tranche and garden: closed weeks, then those ahead."""
    by_tranche: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    by_garden: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    later = {need.AHEAD + key.id: key for key in asked.ahead}
    for (tranche, key), cents in wanted.items():
        by_tranche[tranche][key.garden][0] += cents
        by_garden[key.garden][1] += cents
    for share in best.shares:
        if (planned := later.get(share.group)) is not None:
            by_tranche[int(share.fund)][planned.garden][1] += share.cents
            by_garden[planned.garden][3] += share.cents
    for place, rows in ((0, asked.groups), (2, asked.ahead)):
        for key, count in rows.items():
            by_garden[key.garden][place] += count * key.need_cents
    return {
        "tranches": {
            str(one): {str(garden): cents for garden, cents in rows.items()} for one, rows in by_tranche.items()
        },
        "gardens": {str(garden): cents for garden, cents in by_garden.items()},
        "until": str(max((key.day for key in asked.ahead), default="")),
    }


def last_proposal() -> Proposal | None:
    return Proposal.objects.order_by("-pk").first()


# --- Baskets ahead ------------------------------------------------------------------------------


class Planned(NamedTuple):
    """Baskets to come that cost alike: of one garden, day, commune, agreement, tariff and size."""

    garden: int
    day: date
    commune: str
    agreement: int
    tariff: int
    size: int
    size_code: str
    baskets: int


@dataclass
class _Prices:
    """Dated prices of all sizes, in cents."""

    by_size: dict[int, tuple[list[date], list[int]]]

    def on(self, size: int, day: date) -> int | None:
        days, cents = self.by_size.get(size, ([], []))
        found = bisect_right(days, day)
        return cents[found - 1] if found else None


def ahead(
    today: date, last: date, *, closed: Mapping[Key, int], gone: Mapping[int, date] | None = None
) -> dict[Key, int]:
    """What the baskets of weeks that are not closed will need, up to a day, counted by group: those that are planned; then,
    in weeks that are not laid yet, today's members come back (the garden's last closed week again).

    Never farther than `FARTHEST` weeks from today, however late the last tranche ends."""
    last = min(last, today + timedelta(weeks=FARTHEST))
    gone = of_funds.left_on() if gone is None else gone
    planned = _planned(last)
    found: Counter[Key] = Counter()
    for key, baskets in _groups(planned):
        found[key] += baskets
    for key, baskets in _again(today, last, closed):
        found[key] += baskets
    return {key: count for key, count in sorted(found.items()) if key.garden not in gone or key.day < gone[key.garden]}


def _planned(last: date) -> list[Planned]:
    return [Planned(garden, sql.day(day), *rest) for garden, day, *rest in sql.rows(_PLANNED, last)]


_PLANNED = """
    SELECT d.garden_id, d.day, h.commune_code, s.agreement_id, s.tariff_id, b.size_id, z.code, COUNT(*)
    FROM baskets_delivery d JOIN baskets_basket b ON b.delivery_id = d.id
    JOIN baskets_product p ON p.id = b.product_id JOIN baskets_basketsize z ON z.id = b.size_id
    JOIN members_household h ON h.id = b.household_id
    JOIN members_support s ON s.household_id = b.household_id AND s.from_day <= d.day
        AND (s.until_day IS NULL OR s.until_day >= d.day)
    WHERE d.close_id IS NULL AND d.day <= %s AND p.in_agreements AND b.state NOT IN ('cancelled', 'moved')
    GROUP BY d.garden_id, d.day, h.commune_code, s.agreement_id, s.tariff_id, b.size_id, z.code
"""


def _groups(planned: Sequence[Planned]) -> Iterator[tuple[Key, int]]:
    """Planned baskets as groups: each distinct basket is shared once, as a close would, quotas apart."""
    agreements = funding.agreement_facts({one.agreement for one in planned})
    prices = _prices({one.size for one in planned})
    editions = list(Edition.objects.all())

    @cache
    def cap(day: date) -> int | None:
        return next((one.member_cap_bp for one in editions if one.from_day <= day <= one.until_day), None)

    @cache
    def shared(agreement: int, tariff: int, code: str, day: date, price: int) -> tuple[int, int, int, int] | None:
        """Member's part, need, uncovered and local parts of one basket, in cents; None when it needs nothing here."""
        fact, cap_bp = agreements[agreement], cap(day)
        if not fact.in_programme or cap_bp is None:
            return None
        stands = fact.cover(tariff, code, day, cap_bp)
        if stands is None:
            return None
        one = waterfall.settle(waterfall.Charge(0, 1, day, "", code, "collected", price, stands), {})
        parts = Counter[str]()
        for part in one.parts:
            parts[part.by] += part.cents
        lacks = parts["uncovered"] + parts["network"]
        return (one.member_cents, lacks, parts["uncovered"], parts["local"]) if lacks else None

    for one in planned:
        price = prices.on(one.size, one.day)
        found = price and shared(one.agreement, one.tariff, one.size_code, one.day, price)
        if price and found:
            member, lacks, uncovered, local = found
            fact = agreements[one.agreement]
            key = Key(
                one.garden, one.day, one.commune, fact.audience, fact.affiliation, price, member, lacks, uncovered, local
            )  # fmt: skip
            yield key, one.baskets


def _prices(sizes: Iterable[int]) -> _Prices:
    found: dict[int, tuple[list[date], list[int]]] = defaultdict(lambda: ([], []))
    ids = list(sizes) or [0]
    for size, since, cents in sql.rows(
        "SELECT size_id, from_day, cents FROM baskets_sizeprice WHERE size_id IN %s ORDER BY from_day", ids
    ):
        days, amounts = found[size]
        days.append(sql.day(since))
        amounts.append(cents)
    return _Prices(dict(found))


def _again(today: date, last: date, closed: Mapping[Key, int]) -> Iterator[tuple[Key, int]]:
    """The last closed week of each garden, again in each week that comes after all those that are laid."""
    delivered: dict[int, set[Week]] = defaultdict(set)
    for garden, label in sql.rows("SELECT DISTINCT garden_id, week FROM baskets_delivery WHERE day <= %s", last):
        delivered[garden].add(Week.parse(label))
    for garden, rows in _last_weeks(closed).items():
        laid = delivered[garden]
        if not laid:
            continue
        first, begin = min(laid), max(max(laid) + 1, Week.of(today))
        for week in weeks_between(begin.monday, last):
            before = week - A_YEAR
            if before >= first and before not in laid:
                continue  # a week off, as a year ago
            for key, count in rows:
                day = week.day(key.day.isoweekday())
                if day <= last:
                    yield key._replace(day=day), count


def _last_weeks(closed: Mapping[Key, int]) -> dict[int, list[tuple[Key, int]]]:
    newest: dict[int, Week] = {}
    for key in closed:
        week = Week.of(key.day)
        newest[key.garden] = max(newest.get(key.garden, week), week)
    found: dict[int, list[tuple[Key, int]]] = defaultdict(list)
    for key, count in sorted(closed.items()):
        if Week.of(key.day) == newest[key.garden]:
            found[key.garden].append((key, count))
    return dict(found)
