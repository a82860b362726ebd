"""When a message may leave. A telephone rings at night; a mail waits in its box; a letter leaves when it is printed.

The tables are in docs/rules/telling.md.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

FIRST, LAST = time(8), time(20)
"""An SMS leaves from eight in the morning until eight in the evening, not on Sundays."""
GATHERED = time(17)
"""What can wait leaves once a day, at five in the afternoon, all together."""
SUNDAY = 7
PAUSES = [timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6), timedelta(hours=24)]
"""How long a message waits after each time it could not leave; after the last it is given up, and shown."""


def is_quiet(local: datetime) -> bool:
    """Whether a telephone should not ring at this moment of the garden's clock."""
    return local.isoweekday() == SUNDAY or not FIRST <= local.time() < LAST


def leaves(channel: str, local: datetime, *, at_once: bool = False, gathered: bool = False) -> datetime:
    """When a message written at this moment of the garden's clock leaves.

    `at_once`: somebody asked for it and waits. `gathered`: it is of a digest, and waits for the others of its day.
    """
    if channel == "letter" or at_once:
        return local
    if gathered:
        local = _next(local, GATHERED)
    if channel == "sms" and is_quiet(local):
        local = _next(local, GATHERED if gathered else FIRST, weekdays=True)
    return local


def _next(local: datetime, hour: time, *, weekdays: bool = False) -> datetime:
    """The next time it is `hour` on the garden's clock, this moment included; `weekdays`: not on a Sunday."""
    day = local.date() if local.time() <= hour else local.date() + timedelta(days=1)
    if weekdays and day.isoweekday() == SUNDAY:
        day += timedelta(days=1)
    return datetime.combine(day, hour, tzinfo=local.tzinfo)


def tried_again(tries: int, at: datetime) -> datetime | None:
    """When to try anew after so many tries (1 after the first); None: given up."""
    return at + PAUSES[tries - 1] if tries <= len(PAUSES) else None
