"""A funder's statement over a million settled lines, on PostgreSQL. Asked, on 2 cores: at most 2 s.

    uv run python bench/fund_statement.py            a million lines in a throw-away base; --lines N for another number

100 gardens, 500 days, 5 communes and 4 audiences each day: every line is a group of one basket that the measured tranche
pays, or one in ten of them when the table holds other tranches too. Both are measured; the plan must use the index.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import postgres

GARDENS, COMMUNES, AUDIENCES = 100, 5, 4

GROUPS = f"""
    SELECT n, 1 + n %% {GARDENS} AS garden, DATE '2016-01-01' + (n / {GARDENS * COMMUNES * AUDIENCES})::int AS day,
        '410' || lpad(((n / {GARDENS}) %% {COMMUNES})::text, 2, '0') AS commune,
        (ARRAY['rsa', 'isolés', 'étudiants', 'familles'])[1 + (n / {GARDENS * COMMUNES}) %% {AUDIENCES}] AS audience
    FROM generate_series(0, %s - 1) AS n
"""


def lay(lines: int) -> None:
    """Rows alone, written as they would stand: guards and keys apart, since only reading is measured."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "INSERT INTO funding_settlementline (settlement_id, tranche_id, garden_id, day, commune_code, audience, affiliation,"
            " price_cents, member_cents, need_cents, uncovered_cents, local_cents, baskets, cents, to_garden_cents)"
            f" SELECT 1, CASE WHEN n %% 10 = 0 THEN 2 ELSE 1 END, garden, day, commune, audience, 'any', 1200, 360, 840, 0, 0, 1, 300, 0"
            f" FROM ({GROUPS}) g",
            [lines],
        )
        cursor.execute(
            "INSERT INTO funding_charge (id, entry_id, kind, key, revision, sign, garden_id, week, day, household_key, agreement_id,"
            " in_programme, size_code, state, price_cents, member_cents, cap_cents, commune_code, audience, affiliation)"
            " SELECT n, 1, 'basket', n, 1, 1, garden, '2016-W01', day, substr(md5(garden || commune || audience || n %% 13), 1, 16), 1, true,"
            f" 'panier', 'collected', 1200, 360, 360, commune, audience, 'any' FROM ({GROUPS}) g",
            [lines],
        )
        cursor.execute("ANALYZE")


def main() -> None:
    lines = int(sys.argv[sys.argv.index("--lines") + 1]) if "--lines" in sys.argv else 1_000_000
    with postgres.throw_away() as url:
        os.environ["DATABASE_URL"] = url
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from cageot.funding.queries.fund_reports import helped
        from cageot.funding.rules.reporting import summarise

        call_command("migrate", verbosity=0)
        lay(lines)
        with connection.cursor() as cursor:  # a server in service has room to keep in memory what it reads
            cursor.execute("SET max_parallel_workers_per_gather = 2")
        for words, tranches in (("every line", [1, 2]), ("one line in ten", [2])):
            times = []
            for _again in range(3):
                start = time.perf_counter()
                found = helped(tranches)
                report, people = summarise(found.by_place), summarise(found.by_audience)
                times.append(time.perf_counter() - start)
            print(
                f"{words} of {lines:,}: {min(times):.2f} s (slowest of three {max(times):.2f} s); {report.households:,} households, "
                f"{report.baskets:,} baskets, {len(report.groups)} groups, {len(people.groups)} audiences",
                flush=True,
            )
        with connection.cursor() as cursor:
            cursor.execute(
                "EXPLAIN SELECT garden_id, SUM(cents) FROM funding_settlementline WHERE tranche_id = 2 GROUP BY garden_id"
            )
            plan = "\n".join(row[0] for row in cursor.fetchall())
        print(
            "by its index"
            if "settled_by_tranche" in plan or ("tranche_id" in plan and "Index" in plan)
            else f"not by its index:\n{plan}"
        )


if __name__ == "__main__":
    main()
