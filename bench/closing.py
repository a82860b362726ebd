"""How a weekly close costs. Asked: queries constant whatever the number of baskets (at most 12 + a constant);
a whole 38-garden season closes at 2,500 baskets/s or more on SQLite, 2 cores.

    uv run python bench/closing.py [--postgres] [gardens=38] [households=50] [weeks=46]

The base syncs to disk at each close, as in real life (PostgreSQL here does not: its throw-away server is in memory's hands).
"""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from datetime import UTC, date, datetime

from _base import django_with, postgres

SERVER = ExitStack()
django_with(SERVER.enter_context(postgres()) if "--postgres" in sys.argv else None, CAGEOT_SQLITE_SYNCHRONOUS="FULL")

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets import places
from cageot.baskets.models import Basket, BasketSize, Depot, SizePrice, Subscription
from cageot.core.week import Week
from cageot.funding import actions as funding
from cageot.funding.models import Agreement
from cageot.members.models import Household, Support
from cageot.network.models import Edition, Garden, Partner

AT = datetime(2017, 1, 1, tzinfo=UTC)
FIRST, LAST = date(2017, 1, 2), date(2017, 12, 31)


def garden_of(number: int, households: int) -> Garden:
    """A garden whose every third household is supported, through an agreement with two payers and a quota."""
    with transaction.atomic():
        garden = Garden.objects.create(code=f"g{number}", name=f"Jardin {number}", commune_code="41018")
        size = BasketSize.objects.create(
            garden=garden, product=baskets.main_product(garden), code="grand", name="Grand"
        )
        SizePrice.objects.create(size=size, from_day=FIRST, cents=1200)
        depot = Depot.objects.create(garden=garden, name="Gare", round=places.round_on(garden, 4))
        national = Partner.objects.create(name="National", kind="state", level="national")
        local = Partner.objects.create(name="CCAS", kind="ccas")
        line = funding.LineDraft(
            1200, (funding.ShareDraft(0, "fixed", 420), funding.ShareDraft(1, "rest")), "grand", member_cents=360
        )
        agreement = funding.open_agreement(
            Agreement(name="Convention", partner=local, from_day=FIRST, until_day=LAST, status="active"), gardens=[garden],
            payers=[funding.PayerDraft("partner", national, quota_cents=400_000), funding.PayerDraft("partner", local)],
            grids={"Tarif": [line]}, by=None, at=AT,
        )  # fmt: skip
        baskets.open_deliveries(garden, first=FIRST, last=LAST, weekdays=[4])
        there = Household.objects.bulk_create(
            Household(garden=garden, number=str(n), joined_on=FIRST) for n in range(households)
        )
        Subscription.objects.bulk_create(
            Subscription(household=one, size=size, depot=depot, frequency="weekly", from_day=FIRST) for one in there
        )
        tariff = agreement.tariffs.get()
        Support.objects.bulk_create(
            Support(household=one, agreement=agreement, tariff=tariff, from_day=FIRST, until_day=LAST)
            for one in there[::3]
        )
        baskets.lay_baskets(garden, from_day=FIRST)
        Basket.objects.filter(garden=garden).update(state="collected")
    return garden


def queries_by_size() -> None:
    print("queries of one close:")
    for number, households in enumerate((30, 300, 3000)):
        garden = garden_of(9000 + number, households)
        baskets.close_week(garden, Week(2017, 1), today=LAST, by=None, at=AT)  # the first opens the garden's accounts
        with CaptureQueriesContext(connection) as captured:
            baskets.close_week(garden, Week(2017, 2), today=LAST, by=None, at=AT)
        print(f"  {households:>5} baskets: {len(captured)} queries")


def season(gardens: int, households: int, weeks: int) -> None:
    there = [garden_of(number, households) for number in range(gardens)]
    started, spent = time.perf_counter(), time.process_time()
    for number in range(1, weeks + 1):
        for garden in there:
            baskets.close_week(garden, Week(2017, number), today=LAST, by=None, at=AT)
    count = gardens * households * weeks
    wall, cpu = time.perf_counter() - started, time.process_time() - spent
    print(f"season of {gardens} gardens × {households} households × {weeks} weeks = {count} baskets:")
    print(
        f"  {count / wall:,.0f} baskets/s by the clock ({count / wall / 2500:.2f} × what is asked), {count / cpu:,.0f} by processor time"
    )


if __name__ == "__main__":
    with SERVER:
        Edition.objects.create(code="2017", name="2017", from_day=date(2017, 1, 1), until_day=LAST, goal_baskets=30_000)
        queries_by_size()
        season(*[int(word) for word in sys.argv[1:] if word.isdigit()] or (38, 50, 46))
        connection.close()
