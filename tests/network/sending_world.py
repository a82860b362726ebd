"""A base outside the test's own, with SMS that wait, for sendings in real processes.

python -m tests.network.sending_world lay COUNT     that many messages wait
python -m tests.network.sending_world send URL      makes them leave by the provider at that address
python -m tests.network.sending_world tell          state → how many, as JSON
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from datetime import UTC, datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from cageot.network import outbox  # noqa: E402
from cageot.network.models import Message  # noqa: E402
from cageot.network.sms import HttpGate  # noqa: E402

AT = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)


def lay(count: str) -> None:
    call_command("migrate", verbosity=0)
    for number in range(int(count)):
        outbox.write(
            "depot_closed", channel="sms", to=f"+336{number:08d}", subject="", body="Votre panier change.", about="members.member:1",
            garden=None, once=f"world:{number}", at=AT,
        )  # fmt: skip


def send(url: str) -> None:
    outbox.send(now=lambda: AT, sms=HttpGate(url, "token"))


def tell() -> None:
    print(json.dumps(Counter(Message.objects.values_list("state", flat=True))))


if __name__ == "__main__":
    {"lay": lay, "send": send, "tell": tell}[sys.argv[1]](*sys.argv[2:])
