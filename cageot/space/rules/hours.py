"""Pick-up hours as a garden writes them, read as two times: "de 16 h 30 à 19 h" is 16:30 to 19:00.

They are free words, and stay so: only what is certain is read (docs/rules/member-space.md has the table).
"""

from __future__ import annotations

import re
from datetime import time

_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-3])\s*(?:[hH:]\s*([0-5]\d)?)(?!\d)")
_ONE_STRETCH = re.compile(r"(?:de|entre)?\s*T\s*(?:à|a|et|-|–|—|/|jusqu[’']à)\s*T\s*[.]?", re.IGNORECASE)


def times(hours: str) -> tuple[time, time] | None:
    """The two times of a stretch of one day; None when the words say something else, or more."""
    found = [time(int(hour), int(minute or 0)) for hour, minute in _TIME.findall(hours)]
    shape = _TIME.sub("T", hours.strip())
    if len(found) != 2 or not _ONE_STRETCH.fullmatch(shape) or found[0] >= found[1]:
        return None
    return found[0], found[1]
