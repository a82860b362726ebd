"""What each page asks of the base and of the server. Asked: at most 25 queries, the same at any size; server time
at scale 10 within 1.3 times scale 1, also for the first view after an action.

    uv run python bench/pages.py                 on SQLite, in milliseconds of processor time
    uv run python bench/pages.py --postgres      on PostgreSQL, by the clock (its server is another process)
    uv run python bench/pages.py small large     two demonstrations of your own (SQLite files; copies are read)

Scales 1 and 10 are measured in turn, page by page, and the best of forty views is kept: a busy machine slows the others.
Demonstrations are built once (`var/bench/`, scale 10 takes some minutes) and again when what makes them changes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from _base import ROOT, copy_of, demo_file, django_with, on_postgres, postgres

LEA, NADIA = "lea@example.org", "nadia@example.org"
WEEK = "/jardins/blois/semaines/2018-W11"
PAGES = {
    "La semaine": (LEA, f"{WEEK}/"),
    "La semaine, close": (LEA, "/jardins/blois/semaines/2018-W10/"),
    "Pointage": (LEA, f"{WEEK}/pointage/"),
    "Clôture": (LEA, f"{WEEK}/cloture/"),
    "Foyers": (LEA, "/jardins/blois/foyers/"),
    "Foyers, cherchés": (LEA, "/jardins/blois/foyers/?etat=soutien"),
    "Un foyer": (LEA, "/jardins/blois/foyers/{household}/"),
    "Conventions": (LEA, "/jardins/blois/conventions/"),
    "Une convention": (LEA, "/conventions/{agreement}/"),
    "Relevés": (LEA, "/jardins/blois/releves/"),
    "Un relevé": (LEA, "/jardins/blois/releves/{partner}/?du=2017-01-01&au=2017-12-31"),
    "Qui paie ? clos": (LEA, "/paniers/{closed}/qui-paie/"),
    "Qui paie ? à venir": (LEA, "/paniers/{planned}/qui-paie/"),
    "Le programme": (NADIA, "/programme/2018/"),
    "Le programme, 2017": (NADIA, "/programme/2017/"),
    "Jardins": (NADIA, "/jardins/"),
    "Conventions, réseau": (NADIA, "/conventions/"),
    "Relevés, réseau": (NADIA, "/releves/"),
}
ROUNDS, VIEWS = 8, 5


# --- In the process that holds one base -----------------------------------------------------------


class Reader:
    """Reads pages of one base, as the people of the demonstration, and acts between two views."""

    def __init__(self, clock: Callable[[], float]) -> None:
        from django.test import Client

        from cageot.baskets.models import Basket
        from cageot.funding.models import Agreement
        from cageot.members.models import Household, Support
        from cageot.network.models import Garden, Login

        self.clock = clock
        self.garden = Garden.objects.get(code="blois")
        self.clients = {}
        for email in (LEA, NADIA):
            self.clients[email] = Client(headers={"host": "localhost", "accept-encoding": "gzip"})
            self.clients[email].force_login(Login.objects.get(email=email))
        households = Household.objects.filter(garden=self.garden)
        supported = households.filter(supports__in=Support.objects.on(TODAY), subscriptions__isnull=False).order_by(
            "number"
        )
        agreement = Agreement.objects.filter(gardens=self.garden, supports__isnull=False).order_by("from_day", "name")[
            0
        ]
        theirs = Basket.objects.filter(household=supported[0]).order_by("delivery__day")
        self.rows = {
            "household": supported[0].pk, "agreement": agreement.pk, "partner": agreement.partner_id,
            "closed": theirs.filter(delivery__close__isnull=False)[0].pk,
            "planned": theirs.filter(delivery__close=None, delivery__week=str(THIS_WEEK))[0].pk,
        }  # fmt: skip
        self.membership = households.exclude(memberships=None).order_by("pk")[0].memberships.all()[0]
        self.planned = Basket.objects.filter(garden=self.garden, delivery__week=str(THIS_WEEK), state="planned")[0]

    def view(self, page: str) -> Any:
        email, address = PAGES[page]
        answer = self.clients[email].get(address.format(**self.rows))
        assert answer.status_code == 200, (page, answer.status_code)
        return answer

    def time(self, page: str) -> float:
        started = self.clock()
        self.view(page)
        return (self.clock() - started) * 1000

    def act(self) -> None:
        """What people of a garden do all day: a membership is paid, a basket is marked."""
        from cageot.baskets import actions as baskets
        from cageot.core import clock
        from cageot.members import actions as members

        members.note_paid(self.membership, on=TODAY, by=None, at=clock.now())
        baskets.mark(self.garden, {self.planned.pk: "planned"}, by=None, at=clock.now())

    def count(self, page: str) -> tuple[int, int]:
        """Its queries and its bytes, compressed."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as captured:
            answer = self.view(page)
        return len(captured), len(answer.content)

    def measure(self, page: str) -> dict[str, Any]:
        self.view(page)
        warm = [self.time(page) for _ in range(VIEWS)]
        cold = []
        for _ in range(VIEWS):
            self.act()
            cold.append(self.time(page))
        queries, size = self.count(page)
        return {"queries": queries, "bytes": size, "warm": min(warm), "cold": min(cold)}


def serve() -> None:
    """Measure the pages that are asked on standard input, one a line."""
    reader = Reader(time.perf_counter if "postgres" in os.environ["DATABASE_URL"] else time.process_time)
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(reader.measure(line.strip())), flush=True)


# --- In the process that compares -----------------------------------------------------------------


@contextmanager
def reading(url: str) -> Iterator[Callable[[str], dict[str, Any]]]:
    """A function that measures a page on a base."""
    environment = {**os.environ, "CAGEOT_BENCH_URL": url, "CAGEOT_TODAY": str(TODAY)}
    child = subprocess.Popen([sys.executable, __file__, "--serve"], env=environment, cwd=ROOT, text=True,
                             stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # fmt: skip
    assert child.stdin
    assert child.stdout
    assert child.stdout.readline() == "ready\n", "the pages cannot be read: run with --serve to see why"

    def ask(page: str) -> dict[str, Any]:
        print(page, file=child.stdin, flush=True)
        return json.loads(child.stdout.readline())  # type: ignore[no-any-return, union-attr]

    try:
        yield ask
    finally:
        child.stdin.close()
        child.wait()


def compare(small: str, large: str) -> None:
    print(f"{'':<20}{'queries':>9}{'KB':>6}{'ms':>13}{'after an action':>18}   scale 10 against scale 1")
    with reading(small) as first, reading(large) as second:
        for page in PAGES:
            rounds = [(first(page), second(page)) for _ in range(ROUNDS)]
            one, ten = ({name: min(found[n][name] for found in rounds) for name in rounds[0][n]} for n in (0, 1))
            queries = f"{one['queries']}" if one["queries"] == ten["queries"] else f"{one['queries']}/{ten['queries']}"
            ratios = [ten[name] / one[name] for name in ("warm", "cold")]
            print(
                f"{page:<20}{queries:>9}{ten['bytes'] / 1024:>6.1f}{one['warm']:>6.1f} → {ten['warm']:<5.1f}"
                f"{one['cold']:>8.1f} → {ten['cold']:<5.1f}   {ratios[0]:.2f} ×, {ratios[1]:.2f} ×",
                flush=True,
            )


if __name__ == "__main__":
    from cageot.config.database import DEFAULT_DAY as TODAY
    from cageot.core.week import Week

    THIS_WEEK = Week.of(TODAY)
    if "--serve" in sys.argv:
        django_with(os.environ["CAGEOT_BENCH_URL"])
        from django.core.management import call_command

        call_command("collectstatic", verbosity=0, interactive=False)
        serve()
    elif "--postgres" in sys.argv:
        with postgres() as server:
            compare(on_postgres(1, server), on_postgres(10, server))
    else:
        small, large = map(Path, sys.argv[1:]) if sys.argv[1:] else (demo_file(1), demo_file(10))
        compare(copy_of(small), copy_of(large))
