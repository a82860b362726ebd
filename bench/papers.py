"""What the papers cost. Asked: 1,000 lines in under 1.5 s of server time per PDF, a constant number of queries.

    uv run python bench/papers.py [lines=1000]

A garden of that many baskets on one day, six depots on two rounds, two sizes, one household in five every other week;
the same with a tenth of them. Milliseconds through the whole stack, signed in, the first time (the layout engine keeps
what it drew: later ones are faster): by the clock, and in brackets of processor, which a busy machine does not inflate.
The ratio is of processor times.
"""

from __future__ import annotations

import sys
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
from cageot.baskets.models import BasketSize, Depot, Round, SizePrice, Subscription
from cageot.core.week import Week
from cageot.desk.papers import PAPERS
from cageot.members.models import Household, Member
from cageot.network.actions import give_access, open_garden
from cageot.network.models import Garden

AT = datetime(2017, 1, 1, tzinfo=UTC)
FIRST, WEEK = date(2017, 1, 2), Week(2017, 11)
FIRST_NAMES = ["Amina", "Paul", "Anna", "Marc", "Rose", "Luc", "Fatoumata", "Jean-Baptiste", "Ngoc", "أمينة"]
LAST_NAMES = ["Benali", "Durand", "Lévy", "Petit", "Kaya", "Roux", "Diallo", "Martin", "Nguyen", "Bouzid", "Le Gall"]


def garden_of(count: int) -> Garden:
    """A garden with so many baskets on Thursday of weeks 9 to 12."""
    with transaction.atomic():
        garden = open_garden(
            code=f"g{count}", name=f"Jardin de {count}", commune_code="41018", on=FIRST, by=None, at=AT
        )
        product = baskets.main_product(garden)
        sizes = [
            BasketSize.objects.create(garden=garden, product=product, code=name.lower(), name=name)
            for name in ("Petit", "Grand")
        ]
        for size in sizes:
            SizePrice.objects.create(size=size, from_day=FIRST, cents=1200)
        rounds = [
            Round.objects.create(garden=garden, name=name, weekday=4) for name in ("Tournée du nord", "Tournée du sud")
        ]
        depots = [
            Depot.objects.create(garden=garden, name=f"Dépôt {n}", round=rounds[n % 2], rank=n, address=f"{n}, rue des Lilas", phone="+33254112233")
            for n in range(6)
        ]  # fmt: skip
        baskets.open_deliveries(garden, first=Week(2017, 9).monday, last=Week(2017, 12).sunday, weekdays=[4])
        # One in five comes every other week, half on even ones: a tenth of them is always away.
        there = Household.objects.bulk_create(
            Household(garden=garden, number=str(n), joined_on=FIRST) for n in range(count + count // 9)
        )
        Member.objects.bulk_create(
            Member(household=one, first_name=FIRST_NAMES[n % 10], last_name=LAST_NAMES[n // 10 % 11], search="x")
            for n, one in enumerate(there)
        )
        Subscription.objects.bulk_create(
            Subscription(household=one, size=sizes[n % 2], depot=depots[n % 6], from_day=FIRST, frequency={0: "even", 5: "odd"}.get(n % 10, "weekly"))
            for n, one in enumerate(there)
        )  # fmt: skip
        baskets.lay_baskets(garden, from_day=FIRST)
    return garden


def cost(client: Client, address: str) -> tuple[float, float, int, int]:
    """Milliseconds by the clock and of processor, queries, bytes."""
    started, spent = time.perf_counter(), time.process_time()
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    wall, processor = time.perf_counter() - started, time.process_time() - spent
    assert answer.status_code == 200, address
    return wall * 1000, processor * 1000, len(asked), len(answer.content)


def main(count: int) -> None:
    gardens = [garden_of(9), garden_of(count // 10), garden_of(count)]
    clients = []
    for garden in gardens:
        login, _made = give_access(
            email=f"{garden.code}@exemple.fr", name="Léa", role="helper", garden=garden, on=FIRST, by=None, at=AT
        )
        client = Client()
        client.force_login(login)
        clients.append(client)
    print(f"{'page':<26}{f'{count // 10} lines':>16}{f'{count} lines':>18}   ratio   queries      KB")
    files = [f"feuilles/{one.slug}.{form}" for one in PAPERS for form in one.forms]
    for page in [*files, "feuilles/", "changements/"]:
        cost(clients[0], f"/jardins/{gardens[0].code}/semaines/{WEEK}/{page}")  # fonts and templates are read once
        (wall, spent, asked, _), (wall_many, spent_many, asked_many, size) = (
            cost(client, f"/jardins/{garden.code}/semaines/{WEEK}/{page}")
            for client, garden in zip(clients[1:], gardens[1:], strict=True)
        )
        told = f"{asked}" if asked == asked_many else f"{asked} → {asked_many}"
        few, many = f"{wall:.0f} ({spent:.0f}) ms", f"{wall_many:.0f} ({spent_many:.0f}) ms"
        print(f"{page:<26}{few:>16}{many:>18}{spent_many / spent:>8.1f}{told:>10}{size / 1024:>8.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
