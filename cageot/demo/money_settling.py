"""The demonstration's settlements: each quarter of 2017 settled by the network head, the first of 2018 proposed."""

from __future__ import annotations

from datetime import date, timedelta

from cageot.baskets import proposing
from cageot.demo.season import moment
from cageot.funding.actions import settling
from cageot.network.models import Person

QUARTERS = (date(2017, 3, 31), date(2017, 6, 30), date(2017, 9, 30), date(2017, 12, 31))
AFTER = timedelta(days=24)
"""How long after a quarter's end it is settled: weeks are closed, most notifications have come."""


def play(*, by: Person, on: date) -> None:
    """Settle the quarters that were over by that day, then propose for what is open."""
    for last in QUARTERS:
        if (day := last + AFTER) < on:
            seen = settling.decide(last, on=day).fingerprint
            settling.settle_period(last, seen=seen, day=day, by=by, at=moment(day, 10))
    proposing.propose(on, moment(on, 7))
