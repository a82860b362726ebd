"""The demonstration's settlements: each quarter of 2017 settled by the network head."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial

from cageot.demo.season import moment
from cageot.funding.actions import settling
from cageot.network.models import Person

QUARTERS = (date(2017, 3, 31), date(2017, 6, 30), date(2017, 9, 30), date(2017, 12, 31))
AFTER = timedelta(days=24)
"""How long after a quarter's end it is settled: weeks are closed, most notifications have come."""


def steps(*, by: Person, on: date) -> Iterator[tuple[date, Callable[[], None]]]:
    """The day of each settlement of a quarter that was over by that day, and what settles it."""
    for last in QUARTERS:
        if (day := last + AFTER) < on:
            yield day, partial(_settle, last, day, by)


def _settle(last: date, day: date, by: Person) -> None:
    seen = settling.decide(last, on=day).fingerprint
    settling.settle_period(last, seen=seen, day=day, by=by, at=moment(day, 10))
