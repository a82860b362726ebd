"""How long it takes to forget 10,000 households, each with 20 baskets in closed weeks: `uv run bench/purge.py [--postgres]`.

Target: 60 s. Both phases, in batches of 500, each batch one transaction.
"""

from __future__ import annotations

import sys
import time
from contextlib import nullcontext

from _base import django_with, postgres

HOUSEHOLDS, BASKETS, TARGET = 10_000, 20, 60


def main() -> int:
    words = sys.argv[1:]
    with postgres() if "--postgres" in words else nullcontext() as url:
        django_with(url)
        from django.db import connection

        from cageot.members import retention
        from tests.members import purge_world

        purge_world.lay(HOUSEHOLDS, BASKETS)
        with connection.cursor() as cursor:  # as a server does by itself, and the throw-away one does not
            cursor.execute("ANALYZE")
        started = time.perf_counter()
        seen = retention.report(purge_world.TODAY)
        looked = time.perf_counter() - started
        started = time.perf_counter()
        done = retention.purge(purge_world.TODAY, at=purge_world.AT)
        took = time.perf_counter() - started
        assert seen.households == done.counts["forgotten"] == done.counts["parted"] == HOUSEHOLDS
        print(
            f"{HOUSEHOLDS} households, {HOUSEHOLDS * BASKETS} baskets: looked at in {looked:.1f} s, forgotten in {took:.1f} s"
        )
        connection.close()
        return 0 if took <= TARGET else 1


if __name__ == "__main__":
    sys.exit(main())
