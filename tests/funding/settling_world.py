"""A settlement in a process of its own, on a base outside the test's: to be killed, or to race another.

python -m tests.funding.settling_world lay
python -m tests.funding.settling_world settle [WAIT_UNTIL]   says each statement written, and what was settled
python -m tests.funding.settling_world tell                  what stands, as JSON
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import date
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from cageot.funding.actions import settling  # noqa: E402
from cageot.funding.audit import audit  # noqa: E402
from cageot.funding.models import BookEntry, Settlement, SettlementLine, Tranche  # noqa: E402
from cageot.network.models import LogEvent  # noqa: E402
from tests.factories import AT  # noqa: E402
from tests.funding.money_world import closed_weeks, make_fund, make_tranche, unbalanced  # noqa: E402

LAST = date(2017, 12, 31)


def lay() -> None:
    call_command("migrate", verbosity=0)
    closed_weeks("val", households=4, weeks=(12, 13), audience="isolés")
    closed_weeks("roche", households=4, weeks=(12, 13))
    make_tranche(make_fund("Tous"), cents=5_000)
    make_tranche(make_fund("Isolés", audiences=["isolés"]), cents=4_000)


def settle() -> None:
    def tell(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:
        done = execute(statement, parameters, many, context)
        if statement.startswith(("INSERT", "UPDATE")):
            print(statement.split('"')[1] if '"' in statement else statement.split()[1], flush=True)
            time.sleep(0.1)  # long enough to be killed there
        return done

    seen = settling.decide(LAST, on=LAST).fingerprint
    with connection.execute_wrapper(tell):
        found = settling.settle_period(LAST, seen=seen, day=LAST, by=None, at=AT)
    print(json.dumps({"settled": found is not None}), flush=True)


def tell() -> None:
    told = {
        "settlements": Settlement.objects.count(),
        "settled": sum(SettlementLine.objects.values_list("cents", flat=True)),
        "used": sum(Tranche.objects.values_list("used_cents", flat=True)),
        "entries": BookEntry.objects.filter(source="settlement").count(),
        "logged": LogEvent.objects.filter(verb="funding.settled").count(),
        "wrong": [*unbalanced(), *(one.what for one in audit())],
    }
    print(json.dumps(told))


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    if rest:
        time.sleep(max(0.0, float(rest[0]) - time.time()))  # all the processes start at one moment
    {"lay": lay, "settle": settle, "tell": tell}[verb]()
