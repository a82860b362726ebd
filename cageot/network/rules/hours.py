"""When a message may leave. A telephone rings at night; a mail waits in its box; a letter leaves when it is printed.

The table is in docs/rules/telling.md.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

FIRST, LAST = time(8), time(20)
"""An SMS leaves from eight in the morning until eight in the evening, not on Sundays."""
SUNDAY = 7


def is_quiet(local: datetime) -> bool:
    """Whether a telephone should not ring at this moment of the garden's clock."""
    return local.isoweekday() == SUNDAY or not FIRST <= local.time() < LAST


def leaves(channel: str, local: datetime, *, at_once: bool = False) -> datetime:
    """When a message written at this moment of the garden's clock leaves. `at_once`: somebody asked for it and waits."""
    if channel != "sms" or at_once or not is_quiet(local):
        return local
    day = local.date() if local.time() < FIRST else local.date() + timedelta(days=1)
    if day.isoweekday() == SUNDAY:
        day += timedelta(days=1)
    return datetime.combine(day, FIRST, tzinfo=local.tzinfo)
