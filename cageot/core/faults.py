"""What a log may say of a fault: an error's own words may hold somebody's name, so they are left out."""

from __future__ import annotations

import traceback
from pathlib import PurePath


def where(error: BaseException) -> str:
    """Its kind and the last places it came through: "OverflowError at proposing.py:214, week.py:40"."""
    places = traceback.extract_tb(error.__traceback__)[-5:]
    return f"{type(error).__name__} at " + ", ".join(f"{PurePath(one.filename).name}:{one.lineno}" for one in places)
