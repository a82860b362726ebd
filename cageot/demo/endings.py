"""What follows supports, in the demonstration: warnings, questions and answers, a household going step by step, choices."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse

from cageot.demo.season import moment
from cageot.desk.actions import after as desk_actions
from cageot.desk.queries import after as queries
from cageot.members import after
from cageot.members.models import Onward, RenewalAsk, Support
from cageot.network.models import Garden, Person

REFERRERS = (
    "k.diop@ccas.example",
    "m.roussel@departement.example",
    "social@maison-des-provinces.example",
    "+33639980142",
)
"""Whoever follows these households; none of them exists."""
OFTEN = {"ordinary": 5, "chosen": 2, "volunteer": 2, "other": 1, "left": 3}


def play(gardens: Sequence[tuple[Garden, Person]], *, on: date, seed: int) -> None:
    """A spring morning: what ended since January was mostly talked about; at the first garden, answers come in."""
    chance = random.Random(f"{seed} endings")
    for garden, by in gardens:
        _choices(garden, by, on, chance)
    garden, by = gardens[0]
    _asked(garden, by, on)
    after.tick(
        today=on, at=moment(on, 7), link=_link, board=lambda one: settings.SITE + reverse("desk:ends", args=[one.code])
    )


def _link(code: str) -> str:
    return str(settings.SITE) + reverse("desk:renewal", args=[code])


def _choices(garden: Garden, by: Person, on: date, chance: random.Random) -> None:
    """What the households whose support ended this year chose; the last ones are still to be asked."""
    ended = Support.objects.filter(
        ~after.followed(), household__garden=garden, until_day__gte=date(on.year, 1, 1) - timedelta(days=1)
    )
    for support in (
        ended.filter(until_day__lt=on - timedelta(days=10)).select_related("household__garden").order_by("pk")
    ):
        [choice] = chance.choices(list(OFTEN), list(OFTEN.values()))
        left = support.household.left_on is not None
        day = min(support.until_day + timedelta(days=3), on)
        after.onward(support, Onward.Choice.LEFT if left else choice, on=day, by=by, at=moment(day, 11))


def _asked(garden: Garden, by: Person, on: date) -> None:
    """Six households about whom somebody was asked: one answer agrees, one does not; another goes step by step."""
    ending = Support.objects.filter(
        ~after.followed(), household__garden=garden, household__left_on=None, agreement__in_programme=True,
        until_day__range=(on, on + timedelta(weeks=7)),
    )  # fmt: skip
    some = list(ending.select_related("household__garden", "agreement", "tariff").order_by("until_day", "pk")[:7])
    asked = some[:6]
    day = on - timedelta(days=6)
    after.ask_renewal(
        {one: REFERRERS[n % len(REFERRERS)] for n, one in enumerate(asked)}, link=_link, by=by, at=moment(day, 10)
    )
    answers = list(RenewalAsk.objects.filter(support__in=asked[:2]).select_related(*after.ASK_PARTS).order_by("pk"))
    for ask, months in zip(answers, (6, 0), strict=False):
        at = moment(day + timedelta(days=2), 16)
        if months:
            _grant(ask, months, at=at)
        else:
            after.refuse(ask, by=None, at=at)
    for one in some[6:]:
        steps = queries.planned_steps(one, steps=3, months=1, today=on)
        after.step_down(one, steps, with_agreement=False, today=on, by=by, at=moment(day, 15))


def _grant(ask: RenewalAsk, months: int, *, at: datetime) -> None:
    """Granted with the same agreement when it goes on; else the garden has it to place."""
    tariff = ask.support.tariff
    try:
        desk_actions.grant(ask, months=months, tariff=tariff, by=None, at=at)
    except desk_actions.CannotGoOn:
        desk_actions.grant(ask, months=months, tariff=None, by=None, at=at)
