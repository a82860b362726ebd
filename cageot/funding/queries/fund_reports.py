"""What a tranche's money did: settled lines added up, and how many households were behind them; grants and sessions beside.
Nobody's name is here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Sum

from cageot.core import sql
from cageot.funding.models import GrantApplication, GrantMove
from cageot.funding.queries import uses
from cageot.funding.rules.reporting import ReportLine


@dataclass(frozen=True)
class Helped:
    """Lines ready to be folded: by garden and commune, and by audience (its number in `audiences` in the garden's place)."""

    by_place: list[ReportLine]
    by_audience: list[ReportLine]
    audiences: Sequence[str]


def helped(tranches: Sequence[int]) -> Helped:
    """What these tranches pay, as all settlements leave it. Two questions.

    A household counts when one of its baskets is in a group that the money pays; cents are told once per place and audience.
    """
    ids = list(tranches) or [0]
    with transaction.atomic():
        if connection.vendor == "postgresql":
            # A million baskets are matched and counted in memory, once: sorted on five columns of text, or by several workers
            # that each build the same table, they take twice the time (bench/fund_statement.py).
            sql.execute("SET LOCAL work_mem = '256MB'")
            sql.execute("SET LOCAL enable_sort = off")
            sql.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        paid, households = sql.rows(_PAID, ids), sql.rows(_HOUSEHOLDS, ids)
    audiences = sorted({row[2] for row in paid})
    number = {audience: index for index, audience in enumerate(audiences)}
    by_place: dict[tuple[int, str], int] = defaultdict(int)
    by_audience: dict[str, int] = defaultdict(int)
    for garden, commune, audience, cents in paid:
        by_place[(garden, commune)] += int(cents)
        by_audience[audience] += int(cents)
    places = [ReportLine(garden, commune, "", 0, cents, 0) for (garden, commune), cents in by_place.items()]
    people = [ReportLine(number[one], "", "", 0, cents, 0) for one, cents in by_audience.items()]
    for garden, commune, audience, household, baskets in households:
        places.append(ReportLine(garden, commune, household, int(baskets), 0, 0))
        people.append(ReportLine(number[audience], "", household, int(baskets), 0, 0))
    return Helped(places, people, audiences)


@dataclass(frozen=True)
class Beside:
    """What tranches paid beside baskets, in cents: grants that stand, and costs of sessions (by what they were made of)."""

    grants: int
    grants_cents: int
    costs: tuple[int, ...]
    sessions_cents: int


def beside(tranches: Sequence[int]) -> Beside:
    """Grants to gardens and sessions of these tranches, less what came back. Few rows, read apart from baskets. Four questions."""
    given = GrantApplication.objects.filter(call__tranche__in=tranches, granted_cents__gt=0)
    back = GrantMove.objects.filter(application__call__tranche__in=tranches, kind__in=uses.BACK)
    came = dict(back.values_list("application").annotate(total=Sum("cents")).order_by())
    left = [cents - came.get(pk, 0) for pk, cents in given.values_list("pk", "granted_cents")]
    costs = tuple(uses.standing(tranches).order_by("pk").values_list("source_id", flat=True))
    return Beside(sum(cents > 0 for cents in left), sum(left), costs, sum(one.cents for one in uses.spent(tranches)))


_PAID = """
    SELECT garden_id, commune_code, audience, SUM(cents) FROM funding_settlementline WHERE tranche_id IN %s
    GROUP BY garden_id, commune_code, audience HAVING SUM(cents) <> 0
"""

_HOUSEHOLDS = """
    WITH paid AS (
        SELECT garden_id, day, price_cents, member_cents, commune_code, audience, affiliation
        FROM funding_settlementline WHERE tranche_id IN %s
        GROUP BY garden_id, day, price_cents, member_cents, commune_code, audience, affiliation HAVING SUM(cents) > 0
    )
    SELECT c.garden_id, c.commune_code, c.audience, c.household_key, SUM(c.sign)
    FROM paid p JOIN funding_charge c ON c.garden_id = p.garden_id AND c.day = p.day AND c.commune_code = p.commune_code
        AND c.audience = p.audience AND c.affiliation = p.affiliation AND c.sign * c.price_cents = p.price_cents
        AND c.sign * c.member_cents = p.member_cents
    WHERE c.agreement_id IS NOT NULL AND c.in_programme
    GROUP BY c.garden_id, c.commune_code, c.audience, c.household_key HAVING SUM(c.sign) > 0
"""
