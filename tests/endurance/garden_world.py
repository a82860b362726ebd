"""A base outside the test's own, for what needs real processes: six gardens that share one agreement and its quota.

python -m tests.endurance.garden_world lay
python -m tests.endurance.garden_world close GARDEN WEEK [WAIT_UNTIL]   closes that week, says so once it is written
python -m tests.endurance.garden_world close-all                        closes week after week, saying each
python -m tests.endurance.garden_world tell                             what was paid, as JSON
"""

from __future__ import annotations

import json
import os
import sys
import time

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db.models import Sum  # noqa: E402

from cageot.baskets import actions as baskets  # noqa: E402
from cageot.baskets.models import Basket, WeekClose  # noqa: E402
from cageot.core.week import Week  # noqa: E402
from cageot.funding import actions as funding  # noqa: E402
from cageot.funding.models import Agreement, AgreementPayer, Share  # noqa: E402
from cageot.members import actions as members  # noqa: E402
from cageot.network.models import Garden  # noqa: E402
from tests.factories import AT, make_depot, make_edition, make_garden, make_household, make_partner, make_size  # noqa: E402

GARDENS = 6
QUOTA = 50_00
FIRST, LAST = Week(2017, 2).monday, Week(2017, 51).sunday


def lay() -> None:
    call_command("migrate", verbosity=0)
    edition = make_edition()
    partner = make_partner()
    gardens = [make_garden(f"g{number}", f"Jardin {number}") for number in range(GARDENS)]
    line = funding.LineDraft(1200, (funding.ShareDraft(0, "rest"),), member_cents=360)
    agreement = funding.open_agreement(
        Agreement(name="Convention", partner=partner, from_day=edition.from_day, until_day=edition.until_day, status="active"),
        gardens=gardens, payers=[funding.PayerDraft("partner", partner, quota_cents=QUOTA)], grids={"Tarif": [line]}, by=None, at=AT,
    )  # fmt: skip
    for garden in gardens:
        size, depot = make_size(garden), make_depot(garden)
        baskets.open_deliveries(garden, first=FIRST, last=LAST, weekdays=[4])
        for _ in range(4):
            household = make_household(garden)
            members.support(household, agreement=agreement, tariff=agreement.tariffs.get(), from_day=edition.from_day,
                            until_day=edition.until_day, by=None, at=AT)  # fmt: skip
            baskets.subscribe(
                household, size=size, depot=depot, frequency="weekly", from_day=FIRST, by=None, at=AT, lay=False
            )
        baskets.lay_baskets(garden, from_day=FIRST)
        Basket.objects.filter(garden=garden).update(state="collected")


def close(code: str, label: str) -> None:
    try:
        baskets.close_week(Garden.objects.get(code=code), Week.parse(label), today=LAST, by=None, at=AT)
    except baskets.AlreadyClosed:
        return
    print(f"closed {code} {label}", flush=True)


def close_all() -> None:
    week = Week.of(FIRST)
    while week.sunday <= LAST:
        for number in range(GARDENS):
            close(f"g{number}", str(week))
        week += 1


def tell() -> None:
    payer = AgreementPayer.objects.get()
    paid = Share.objects.filter(payer=payer).aggregate(cents=Sum("cents"))["cents"] or 0
    closes = [f"{close.garden.code} {close.week}" for close in WeekClose.objects.select_related("garden")]
    print(json.dumps({"used": payer.used_cents, "paid": paid, "closes": closes}))


if __name__ == "__main__":
    verb, *rest = sys.argv[1:]
    if verb == "close" and len(rest) == 3:
        time.sleep(max(0.0, float(rest.pop()) - time.time()))  # all the processes start at one moment
    {"lay": lay, "close": close, "close-all": close_all, "tell": tell}[verb](*rest)
