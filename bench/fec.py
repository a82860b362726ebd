"""How the file for the tax office is made. Asked: 1 million lines streamed in ≤ 30 s, under 200 MB.

    uv run python bench/fec.py [--postgres] [lines=1000000]

A year of 38 associations is nothing like it: this is one association with a million lines. Peak memory is that of the whole
process, Django and Python included, and is said too before the file is asked for.
"""

from __future__ import annotations

import resource
import sys
import time
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta

from _base import django_with, postgres

SERVER = ExitStack()
django_with(SERVER.enter_context(postgres()) if "--postgres" in sys.argv else None)

from django.db import connection, transaction

from cageot.core import sql
from cageot.funding import journal
from cageot.funding.models import BookEntry, BookLine, Books, FiscalYear
from cageot.funding.queries import ledger
from cageot.funding.rules import fec
from cageot.network.models import Partner

AT = datetime(2017, 1, 2, tzinfo=UTC)
ACCOUNTS = ["4111", "4181", "467", "709", "7011", "741", "512", "4112"]


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(lines: int) -> FiscalYear:
    """Entries of eight lines that balance, in slices, as many days as the year has."""
    head = journal.head()
    Books.objects.get_or_create(id=1)
    partners = [Partner.objects.create(name=f"Partenaire {n}", kind="ccas").pk for n in range(100)]
    with transaction.atomic():
        year = journal.year_for(head, date(2017, 1, 1))
    entries = lines // 8
    for start in range(0, entries, 5_000):
        numbers = range(start + 1, min(start + 5_000, entries) + 1)
        with transaction.atomic():
            sql.insert_rows(
                BookLine, ["entry", "account", "partner", "cents"],
                (
                    (n, account, partners[n % 100] if account[0] == "4" else None, (n % 9_000 + 1) * (1 if place < 4 else -1))
                    for n in numbers
                    for place, account in enumerate(ACCOUNTS)
                ),
            )  # fmt: skip
            sql.insert_rows(
                BookEntry,
                ["id", "entity", "year", "ordinary", "number", "journal", "day", "label", "piece", "piece_day", "source", "source_id", "at"],
                (
                    (n, head.pk, year.pk, True, n, "VE", date(2017, 1, 1) + timedelta(days=n % 365), f"Paniers de la semaine {n}, Jardin d’ici",
                     f"P{n}", date(2017, 1, 1) + timedelta(days=n % 365), "bench", n, AT)
                    for n in numbers
                ),
            )  # fmt: skip
    FiscalYear.objects.filter(pk=year.pk).update(last_number=entries)
    return year


def timed(what: str, work: object) -> None:
    started, spent = time.perf_counter(), time.process_time()
    said = work()  # type: ignore[operator]
    wall, cpu = time.perf_counter() - started, time.process_time() - spent
    print(
        f"  {what}: {wall:.1f} s by the clock, {cpu:.1f} s of processor, peak {peak():.0f} MB{said or ''}", flush=True
    )


if __name__ == "__main__":
    with SERVER:
        lines = next((int(word) for word in sys.argv[1:] if word.isdigit()), 1_000_000)
        year = fill(lines)
        print(f"{connection.vendor}, {lines:,} lines, peak before {peak():.0f} MB:", flush=True)
        timed("the file", lambda: f", {sum(map(len, ledger.fec_text(year))) / 1e6:.0f} MB written")

        def check() -> str:
            rows = (line for piece in ledger.fec_text(year) for line in piece.splitlines(keepends=True))
            wrong = list(fec.check(rows, name="732829320FEC20171231.txt", first=year.first, last=year.last))
            return f", {len(wrong)} things wrong"

        timed("made and checked", check)
        timed("trial balance", lambda: f", {len(ledger.trial_balance(year).rows)} accounts")
        timed(
            "ledger of one account, page 100",
            lambda: f", {len(ledger.movements(year, '4111', offset=5000, limit=50).movements)} rows",
        )
        connection.close()
