"""Steps of the start that a garden ticks by hand."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from cageot.guide.models import StartTick
from cageot.guide.rules import shipped
from cageot.network.actions import Refused, record
from cageot.network.models import Garden, Person


class NoSuchStep(Refused):
    """The start has no step by that word."""


def tick(garden: Garden, step: str, *, done: bool, on: date, by: Person | None, at: datetime) -> None:
    """Say that a step is done, or that it is not after all. Twice is once. Refusal: NoSuchStep."""
    if step not in {one.code for one in shipped.steps()}:
        raise NoSuchStep
    with transaction.atomic():
        if done:
            _row, changed = StartTick.objects.get_or_create(garden=garden, step=step, defaults={"on": on, "by": by})
        else:
            changed = StartTick.objects.filter(garden=garden, step=step).delete()[0] > 0
        if changed:
            record("guide.step_ticked" if done else "guide.step_unticked", by=by, at=at, garden=garden, step=step)
