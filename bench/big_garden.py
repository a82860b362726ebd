"""What a very large garden costs. Asked: relaying a season of 1,200 households × 48 weeks after a calendar change in 5 s at
most; the week's pages with 5,000 baskets a week in a constant number of queries and at most 1.3 × the time with 500.

    uv run python bench/big_garden.py

Milliseconds of processor through the whole stack, signed in as the coordinator, the best of three; the ratio is of those.
"""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

from _base import django_with

django_with()

from django.conf import settings

settings.ALLOWED_HOSTS = ["testserver"]
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.TODAY = date(2017, 3, 16)

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets import places
from cageot.baskets.models import BasketSize, Depot, SizePrice, Subscription
from cageot.core.week import Week
from cageot.members.models import Household, Member
from cageot.network.actions import give_access, open_garden
from cageot.network.models import Garden

AT = datetime(2017, 1, 1, tzinfo=UTC)
FIRST, WEEK = date(2017, 1, 2), Week(2017, 11)
PAGES = ["", "pointage/", "changements/", "feuilles/", "composer/", "remise/", "cloture/"]


def garden_of(count: int, weeks: int) -> Garden:
    """A garden with so many households on Thursdays, at ten depots of one round, for so many weeks."""
    with transaction.atomic():
        code = f"g{count}x{weeks}"
        garden = open_garden(code=code, name=f"Jardin {code}", commune_code="41018", on=FIRST, by=None, at=AT)
        size = BasketSize.objects.create(
            garden=garden, product=baskets.main_product(garden), code="grand", name="Grand"
        )
        SizePrice.objects.create(size=size, from_day=FIRST, cents=1200)
        thursday = places.round_on(garden, 4)
        depots = [Depot.objects.create(garden=garden, name=f"Dépôt {n}", round=thursday, rank=n) for n in range(10)]
        last = (Week(2017, 1) + (weeks - 1)).sunday
        baskets.open_deliveries(garden, first=FIRST, last=last, weekdays=[4])
        there = Household.objects.bulk_create(
            Household(garden=garden, number=str(n), joined_on=FIRST) for n in range(count)
        )
        Member.objects.bulk_create(
            Member(household=one, first_name="Rose", last_name=f"Nom{n:05}", search=f"rose nom{n:05}")
            for n, one in enumerate(there)
        )
        Subscription.objects.bulk_create(
            Subscription(household=one, size=size, depot=depots[n % 10], from_day=FIRST) for n, one in enumerate(there)
        )
        baskets.lay_baskets(garden, from_day=FIRST)
    give_access(
        email=f"{code}@example.org", name="Léa Martin", role="coordinator", garden=garden, on=FIRST, by=None, at=AT
    )
    return garden


def relaying() -> None:
    garden = garden_of(1200, 48)
    thursday = places.round_on(garden, 4)
    for what, work in (
        ("the round goes on Fridays from now on", lambda: places.change_round(thursday, today=FIRST, by=None, at=AT, weekday=5)),
        ("one bank holiday shifts it", lambda: places.shift_rounds(
            garden, {(thursday, Week(2017, 21)): Week(2017, 21).day(3)}, reasons={}, today=FIRST, by=None, at=AT)),
    ):  # fmt: skip
        begun, processor = time.perf_counter(), time.process_time()
        work()
        print(f"  {what}: {time.perf_counter() - begun:.2f} s ({time.process_time() - processor:.2f} s of processor)")


def measured(garden: Garden, page: str) -> tuple[float, int]:
    client = Client()
    client.force_login(garden.roles.get().person.login)
    path = f"/jardins/{garden.code}/semaines/{WEEK}/{page}"
    best, queries = 9e9, 0
    for _ in range(4):
        with CaptureQueriesContext(connection) as asked:
            begun = time.process_time()
            assert client.get(path).status_code == 200, path
        best, queries = min(best, (time.process_time() - begun) * 1000), len(asked)
    return best, queries


if __name__ == "__main__":
    print("relaying 1,200 households × 48 weeks (57,600 baskets):")
    relaying()
    small, large = garden_of(500, 14), garden_of(5000, 14)
    print("page: 500 baskets, 5,000 baskets a week, ratio, queries")
    for page in PAGES:
        (few, few_queries), (many, many_queries) = measured(small, page), measured(large, page)
        print(
            f"  {page or 'la semaine':<14} {few:6.1f} ms {many:7.1f} ms   × {many / few:.2f}   {few_queries} / {many_queries}"
        )
