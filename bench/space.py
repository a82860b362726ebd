"""What the member's first page costs when there are many members. Asked: at most 12 queries, the same at 110,000 members as
at 1,100; at most 30 KB a page, compressed; the calendar in 100 ms.

    uv run python bench/space.py             1,100 and 110,000 members (some minutes to lay their baskets)
    uv run python bench/space.py 1100 11000  other numbers

Gardens of 550 members, six weeks of baskets each, the first closed; content and slip published. Milliseconds of processor
through the whole stack, the middle of ten members, the best of ten views of each; the ratio is of those.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, date, datetime

from _base import django_with

django_with(CAGEOT_SQLITE_SYNCHRONOUS="OFF")

from django.conf import settings

settings.ALLOWED_HOSTS = ["testserver"]
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.TODAY = date(2017, 3, 13)

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets import places
from cageot.baskets.bulk import mark_all
from cageot.baskets.content import open_catalogue
from cageot.baskets.models import BasketSize, Content, ContentLine, Depot, Produce, SizePrice, Slip, Subscription
from cageot.core.week import Week
from cageot.members.models import Household, Member, Membership
from cageot.network.actions import open_garden
from cageot.network.models import Edition
from cageot.space import actions
from cageot.space.access import KEY

AT = datetime(2017, 1, 1, tzinfo=UTC)
FIRST = date(2017, 1, 1)
WEEK = Week(2017, 10)
OF_A_GARDEN, MEASURED, VIEWS = 550, 10, 10
PAGES = {"Mon panier": "", "Mes paniers": "paniers/", "Participation": "participation/", "Moi": "compte/"}


def a_garden(number: int, count: int) -> list[int]:
    """A garden with so many members and all that they may read; the first of them."""
    with transaction.atomic():
        garden = open_garden(code=f"g{number}", name=f"Jardin {number}", commune_code="41018", on=FIRST, by=None, at=AT)
        size = BasketSize.objects.create(
            garden=garden, product=baskets.main_product(garden), code="grand", name="Grand"
        )
        SizePrice.objects.create(size=size, from_day=FIRST, cents=1200)
        thursday = places.round_on(garden, 4)
        depots = [
            Depot.objects.create(garden=garden, name=f"Dépôt {n}", round=thursday, rank=n, hours="16 h à 19 h") for n in range(10)
        ]  # fmt: skip
        baskets.open_deliveries(garden, first=WEEK.monday, last=(WEEK + 5).sunday, weekdays=[4])
        there = Household.objects.bulk_create(
            Household(garden=garden, number=str(n), joined_on=FIRST) for n in range(count)
        )
        members = Member.objects.bulk_create(
            Member(household=one, first_name="Rose", last_name=f"Nom{n:05}", search=f"rose nom{n:05}")
            for n, one in enumerate(there)
        )
        Membership.objects.bulk_create(Membership(household=one, fee_cents=1000, from_day=FIRST) for one in there)
        Subscription.objects.bulk_create(
            Subscription(household=one, size=size, depot=depots[n % 10], frequency="weekly", from_day=FIRST)
            for n, one in enumerate(there)
        )
        baskets.lay_baskets(garden, from_day=WEEK.monday)
        open_catalogue(garden, by=None, at=AT)
        content = Content.objects.create(round=thursday, size=size, week=WEEK + 1, published_at=AT)
        ContentLine.objects.bulk_create(
            ContentLine(content=content, produce=one, milli=800, unit=one.unit, rank=rank)
            for rank, one in enumerate(Produce.objects.filter(garden=garden)[:8])
        )
        Slip.objects.create(garden=garden, week=WEEK + 1, recipe_title="Soupe", recipe="Une soupe.", at=AT)
        mark_all(garden, WEEK, until=WEEK.sunday, except_={}, by=None, at=AT)
        baskets.close_week(garden, WEEK, today=WEEK.sunday, by=None, at=AT)
    return [one.pk for one in members[:MEASURED]]


def came_in(member: int) -> Client:
    session = SessionStore()
    session[KEY] = {"pk": member, "way": "mail", "acting": None}
    session.create()
    client = Client(headers={"accept-encoding": "gzip"})
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def best(client: Client, address: str) -> float:
    found = []
    for _ in range(VIEWS):
        started = time.process_time()
        assert client.get(address).status_code == 200
        found.append((time.process_time() - started) * 1000)
    return min(found)


def measured(members: list[int]) -> dict[str, tuple[int, int, float]]:
    """Page → queries, bytes compressed, milliseconds; the middle of ten members."""
    clients = [came_in(member) for member in members]
    found = {}
    for name, address in PAGES.items():
        with CaptureQueriesContext(connection) as captured:
            size = len(clients[0].get(f"/moi/{address}").content)
        asked = len(captured)  # now: the next view empties the list
        times = sorted(best(client, f"/moi/{address}") for client in clients)
        found[name] = asked, size, times[len(times) // 2]
    first = Member.objects.select_related("household__garden").get(pk=members[0])
    code = actions.open_calendar(first, today=settings.TODAY, by=None, at=AT)
    feed = f"/moi/agenda/{code}.ics"
    with CaptureQueriesContext(connection) as captured:
        size = len(Client(headers={"accept-encoding": "gzip"}).get(feed).content)
    asked = len(captured)
    found["Agenda"] = asked, size, best(Client(), feed)
    return found


def main(few: int, many: int) -> None:
    Edition.objects.create(code="2017", name="2017", from_day=FIRST, until_day=date(2017, 12, 31), goal_baskets=30_000)
    gardens: list[list[int]] = []

    def grow(count: int) -> None:
        while len(gardens) * OF_A_GARDEN < count:
            gardens.append(a_garden(len(gardens), OF_A_GARDEN))

    grow(few)
    small = measured(gardens[0])
    grow(many)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    large = measured(gardens[len(gardens) // 2])
    print(f"{'':16}{'queries':>16}{'bytes':>18}{'ms':>16}   ratio")
    for name in small:
        (q1, b1, t1), (q2, b2, t2) = small[name], large[name]
        print(f"{name:16}{f'{q1} → {q2}':>16}{f'{b1:,} → {b2:,}':>18}{f'{t1:.1f} → {t2:.1f}':>16}   {t2 / t1:.2f}")
    print(f"{few:,} and {len(gardens) * OF_A_GARDEN:,} members")


if __name__ == "__main__":
    main(*(int(one) for one in sys.argv[1:3] or ["1100", "110000"]))
