"""How long the papers of a demonstration take: what is to be asked, the page, a PDF, a Factur-X.

DATABASE_URL=sqlite:////path/to/a/demonstration.sqlite3 uv run python bench/claims.py
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from datetime import date

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cageot.config.settings")

import django

django.setup()

from django.db import connection
from django.test.utils import CaptureQueriesContext

from cageot.desk import invoices
from cageot.desk.queries import claims as pages
from cageot.funding.models import Claim
from cageot.network.models import Garden
from cageot.network.rules.reach import Reach


def median(what: Callable[[], object], times: int = 7) -> float:
    """Milliseconds."""
    took = []
    for _time in range(times):
        start = time.perf_counter()
        what()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took)


def main() -> None:
    garden, today = Garden.objects.order_by("pk")[0], date(2018, 3, 14)
    reach = Reach(network=True)
    for name, place in (
        ("garden", pages.place_of_garden(garden, reach)),
        ("network head", pages.place_of_network(reach)),
    ):
        with CaptureQueriesContext(connection) as seen:
            page = pages.list_page(place, today, state="toutes", number="1")
        took = median(lambda place=place: pages.list_page(place, today, state="toutes", number="1"))
        print(
            f"{name}: list page {took:.0f} ms, {len(seen)} queries, {page.total} papers, {len(page.ready)} payers to ask"
        )
    claim = Claim.objects.filter(kind="invoice").order_by("-pk")[0]
    print(f"PDF {median(lambda: invoices.pdf_of(claim.text, at=claim.at)):.0f} ms")
    print(f"Factur-X {median(lambda: invoices.facturx_of(claim.text, at=claim.at)):.0f} ms")


main()
