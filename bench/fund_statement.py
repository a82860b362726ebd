"""A funder's statement over a million baskets, on PostgreSQL. Asked, on 2 cores: at most 2 s.

    uv run python bench/fund_statement.py            a million lines in a throw-away base; --lines N for another number

100 gardens, 5 communes, 4 audiences a day, six baskets in each group that no rule tells apart (as 1.2 million baskets of a
season make 204,000 groups). Measured: what a partner pays under its agreements, a share a basket; what a fund's tranche pays, all
the groups or one in ten; and the worst there is, each basket a group of its own. The plan must use the index.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import postgres

if TYPE_CHECKING:
    from cageot.funding.rules.reporting import Report

GARDENS, COMMUNES, AUDIENCES = 100, 5, 4


def groups(each: int) -> str:
    """Baskets numbered n, with the group of each: `each` of them share a garden, a day, a commune and a public."""
    return f"""
        SELECT n, g, 1 + g %% {GARDENS} AS garden, DATE '2016-01-01' + (g / {GARDENS * COMMUNES * AUDIENCES})::int AS day,
            '410' || lpad(((g / {GARDENS}) %% {COMMUNES})::text, 2, '0') AS commune,
            (ARRAY['rsa', 'isolés', 'étudiants', 'familles'])[1 + (g / {GARDENS * COMMUNES}) %% {AUDIENCES}] AS audience
        FROM (SELECT n, n / {each} AS g FROM generate_series(0, %s - 1) AS n) numbered
    """


def lay(baskets: int, each: int) -> None:
    """Rows alone, written as they would stand: guards and keys apart, since only reading is measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE funding_settlementline, funding_share, funding_charge, funding_entry CASCADE")
        cursor.execute(
            "INSERT INTO funding_settlementline (settlement_id, tranche_id, garden_id, day, commune_code, audience, affiliation,"
            " price_cents, member_cents, need_cents, uncovered_cents, local_cents, baskets, cents, to_garden_cents)"
            f" SELECT 1, CASE WHEN g %% 10 = 0 THEN 2 ELSE 1 END, garden, day, commune, audience, 'any', 1200, 360, 840, 0, 0, {each},"
            f" 300 * {each}, 0 FROM ({groups(each)}) b WHERE n %% {each} = 0",
            [baskets],
        )
        cursor.execute(
            "INSERT INTO funding_entry (id, seal_id, kind, garden_id, week, day, reason, at) SELECT 1 + n, 1 + n, 'close', 1 + n % 100,"
            " '2016-W01', DATE '2016-01-03' + n / 100 * 7, '', now() FROM generate_series(0, 5199) AS n"
        )
        cursor.execute(
            "INSERT INTO funding_charge (id, entry_id, kind, key, revision, sign, garden_id, week, day, household_key, agreement_id,"
            " in_programme, size_code, state, price_cents, member_cents, cap_cents, commune_code, audience, affiliation)"
            " SELECT n, 1 + n %% 5200, 'basket', n, 1, 1, garden, '2016-W01', day,"
            " substr(md5(garden || commune || audience || n %% 13), 1, 16), 1, true,"
            f" 'panier', 'collected', 1200, 360, 360, commune, audience, 'any' FROM ({groups(each)}) b",
            [baskets],
        )
        cursor.execute(
            "INSERT INTO funding_share (charge_id, rank, by, payer_id, cents, asked_cents, why)"
            " SELECT id, 1, 'local', 1, 840, 840, 'rest' FROM funding_charge"
        )
        cursor.execute("ANALYZE")


def measure(words: str, ask: Callable[[], list[Report]]) -> None:
    times = []
    for _again in range(3):
        start = time.perf_counter()
        found = ask()
        times.append(time.perf_counter() - start)
    print(
        f"{words}: {min(times):.2f} s (slowest of three {max(times):.2f} s); {found[0].households:,} households, "
        f"{found[0].baskets:,} baskets, {sum(len(one.groups) for one in found)} lines on the paper",
        flush=True,
    )


def main() -> None:
    baskets = int(sys.argv[sys.argv.index("--lines") + 1]) if "--lines" in sys.argv else 1_000_000
    with postgres.throw_away() as url:
        os.environ["DATABASE_URL"] = url
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import django

        django.setup()
        from django.core.management import call_command

        from cageot.funding.queries import Period, report_lines
        from cageot.funding.queries.fund_reports import beside, helped
        from cageot.funding.rules.reporting import summarise

        def of_fund(*tranches: int) -> list[Report]:
            found = helped(tranches)
            beside(tranches)
            return [summarise(found.by_place), summarise(found.by_audience)]

        call_command("migrate", verbosity=0)
        lay(baskets, 6)
        year = Period(date(2016, 1, 1), date(2016, 12, 31))
        measure(f"a partner that pays {baskets:,} baskets", lambda: [summarise(report_lines([1], year))])
        measure(f"a fund that pays {baskets:,} baskets", lambda: of_fund(1, 2))
        measure("a fund that pays one in ten of them", lambda: of_fund(2))
        _plan()
        lay(baskets, 1)
        measure("each basket a group of its own", lambda: of_fund(1, 2))


def _plan() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "EXPLAIN SELECT garden_id, SUM(cents) FROM funding_settlementline WHERE tranche_id = 2 GROUP BY garden_id"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    print("by an index" if "Index" in plan else f"not by its index:\n{plan}")


if __name__ == "__main__":
    main()
