"""A base of households that left long ago, for what needs real processes and for the benchmark.

python -m tests.members.purge_world lay HOUSEHOLDS BASKETS   two members, a support and a consent each; all weeks closed
python -m tests.members.purge_world purge BATCH              says each batch once it is written
python -m tests.members.purge_world tell                     what is left, as JSON
"""

from __future__ import annotations

import json
import os
import sys
from datetime import UTC, date, datetime, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

MARK = "ZQXJ7"
TODAY, AT = date(2021, 1, 1), datetime(2021, 1, 1, 3, tzinfo=UTC)


def lay(households: int, baskets: int) -> None:
    """Rows as the actions leave them, written straight: it is the purge that is measured."""
    from django.db import transaction

    from cageot.baskets.models import Basket, Delivery, HandOver, Subscription, WeekClose
    from cageot.core import sql
    from cageot.core.week import Week
    from cageot.members.models import Consent, Household, Member, Support
    from cageot.network.models import Message
    from tests.factories import make_agreement, make_depot, make_edition, make_garden, make_size

    edition, garden = make_edition(), make_garden("val")
    size, depot, agreement = make_size(garden), make_depot(garden), make_agreement(garden)
    first = date(2017, 1, 5)
    days = [first + timedelta(weeks=number) for number in range(baskets)]
    with transaction.atomic():
        deliveries = [Delivery.objects.create(garden=garden, day=day, week=Week.of(day)) for day in days]
        made = sql.insert_all(
            Household, [Household(garden=garden, number=str(n), address=MARK, joined_on=first, town=MARK) for n in range(households)]
        )  # fmt: skip
        sql.insert_all(
            Member,
            [Member(household=one, contact=not n, last_name=MARK, email=f"{MARK}{one.pk}@x.fr", search=MARK) for one in made for n in (0, 1)],
        )  # fmt: skip
        year = {"from_day": first, "until_day": date(2017, 12, 31)}
        sql.insert_all(
            Support,
            [Support(household=one, agreement=agreement, tariff=agreement.tariffs.get(), **year) for one in made],
        )
        sql.insert_all(Consent, [Consent(household=one, kind="news", version="1", given_on=first) for one in made])
        taken = sql.insert_all(
            Subscription, [Subscription(household=one, size=size, depot=depot, **year) for one in made]
        )
        laid = sql.insert_all(
            Basket,
            [
                Basket(garden=garden, household=one, delivery=day, product=size.product, size=size, depot=depot, state="collected", subscription=sub)
                for one, sub in zip(made, taken, strict=True) for day in deliveries
            ],
        )  # fmt: skip
        del laid
        at = datetime(2017, 1, 5, tzinfo=UTC)
        sql.insert_all(
            Message,
            [Message(garden=garden, about=f"members.household:{one.pk}", kind="k", channel="mail", to=MARK, body=MARK, once=f"k{one.pk}",
                     state="sent", made_at=at, due_at=at, sent_at=at) for one in made],
        )  # fmt: skip
        noted = Basket.objects.order_by("pk")[: min(50, households)]
        for number, basket in enumerate(noted):
            HandOver.objects.create(
                key=f"00000000-0000-4000-8000-{number:012}",
                basket=basket,
                state="collected",
                note=MARK,
                said_at=at,
                received_at=at,
            )
        zero = dict.fromkeys(
            ("ordinary_baskets", "solidarity_baskets", "members_cents", "local_cents", "national_cents", "network_cents", "gardens_cents",
             "uncovered_cents", "max_member_bp"), 0,
        )  # fmt: skip
        for day in deliveries:
            close = WeekClose.objects.create(
                garden=garden, edition=edition, week=day.week, fingerprint="f", at=at, **zero
            )
            Delivery.objects.filter(pk=day.pk).update(close=close)


def purge(batch: int) -> None:
    from cageot.members import retention

    for name in ("forget", "part"):
        setattr(retention, name, _said(name, getattr(retention, name)))
    retention.purge(TODAY, at=AT, batch=batch)


def _said(name: str, do: Any) -> Any:
    def told(*words: Any, **more: Any) -> Any:
        print(name, flush=True)
        return do(*words, **more)

    return told


def tell() -> None:
    from cageot.baskets.models import Basket
    from cageot.members.models import Household, Purge
    from tests.members.a_full_base import dump, where

    runs = list(Purge.objects.values_list("counts", flat=True))
    print(
        json.dumps(
            {
                "marks": len(where(dump(), MARK)), "households": Household.objects.count(),
                "parted": Household.objects.filter(secret=None).count(), "baskets": Basket.objects.count(),
                "orphans": Basket.objects.exclude(household__secret=None).count(), "runs": runs,
                "open": Purge.objects.filter(ended_at=None).count(),
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    import django
    from django.core.management import call_command

    django.setup()
    verb, *rest = sys.argv[1:]
    if verb == "lay":
        call_command("migrate", verbosity=0)
    {"lay": lay, "purge": purge, "tell": tell}[verb](*(int(word) for word in rest))
