"""What the pages of households decide by themselves: how a name is searched, how long a renewal goes."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

_PAIRS = re.compile(r"(?<!\d)\d{2}(?:[ .\-/]\d{2}){1,4}(?!\d)")
_ABROAD = re.compile(r"(?<!\d)(?:\+|00)33[ .]?(?:\(0\)[ .]?)?(?=[1-9])")
WORDS = 8
"""More words than that do not make a search finer."""


def words_of(text: str) -> list[str]:
    """The words that must all be found. A telephone number is one word, however it is spaced, without its 0 or +33."""
    joined = _PAIRS.sub(lambda found: re.sub(r"\D", "", found[0]), _ABROAD.sub("0", text))
    return [word[1:] if re.fullmatch(r"0\d{2,}", word) else word for word in joined.split()[:WORDS]]


def renewal_end(from_day: date, until_day: date, limit: date | None) -> date:
    """The last day of a renewal as long as what it renews, counted in whole months when that was; never past `limit`."""
    start = until_day + timedelta(days=1)
    months = (start.year - from_day.year) * 12 + start.month - from_day.month
    whole = months > 0 and start == _months_later(from_day, months)
    end = (
        _months_later(start, months) - timedelta(days=1)
        if whole
        else until_day + (until_day - from_day) + timedelta(days=1)
    )
    return end if limit is None else min(end, limit)


def _months_later(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
