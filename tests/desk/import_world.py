"""An import in a process of its own, on a base outside the test's: to be killed, or to race another.

python -m tests.desk.import_world lay
python -m tests.desk.import_world bring FILE [WAIT_UNTIL]   says each step, and what was written
python -m tests.desk.import_world tell                      counts, as JSON
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from cageot.baskets.models import Basket, Subscription  # noqa: E402
from cageot.desk.actions import importing  # noqa: E402
from cageot.desk.rules.import_facts import Answers  # noqa: E402
from cageot.members.models import Household, Member, Membership, Support  # noqa: E402
from cageot.network.models import Garden, LogEvent  # noqa: E402
from tests.desk.an_import import TODAY, a_garden, brought  # noqa: E402
from tests.factories import AT  # noqa: E402


def lay() -> None:
    call_command("migrate", verbosity=0)
    a_garden()


def bring(file: str) -> None:
    garden = Garden.objects.get(code="blois")
    written = importing.bring(
        garden,
        brought(Path(file)).drafts,
        Answers(),
        only_good=True,
        today=TODAY,
        by=None,
        at=AT,
        tell=lambda step: print(step, flush=True),
    )
    print(json.dumps(written.counts), flush=True)


def tell() -> None:
    rows = (Household, Member, Membership, Support, Subscription, Basket)
    counts = {model.__name__: model.objects.count() for model in rows}
    print(json.dumps(counts | {"imports": LogEvent.objects.filter(verb="desk.imported").count()}))


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    if len(rest) == 2:
        time.sleep(max(0.0, float(rest.pop()) - time.time()))  # all the processes start at one moment
    {"lay": lay, "bring": bring, "tell": tell}[verb](*rest)
