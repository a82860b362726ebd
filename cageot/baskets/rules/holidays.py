"""Bank holidays of France, Alsace-Moselle and overseas, from a kept library.

Zones are the library's: "" for the mainland, "57" and "6AE" (Moselle, Alsace) with Good Friday and 26 December, "971"
to "976" and others overseas with their abolition days.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays

ZONES = ("", "57", "6AE", "971", "972", "973", "974", "976", "BL", "MF", "NC", "PF", "PM", "WF")
_OF_DEPARTMENT = {"57": "57", "67": "6AE", "68": "6AE"} | {zone: zone for zone in ("971", "972", "973", "974", "976")}


def zone_of(commune_code: str) -> str:
    """The zone of a commune, by its INSEE code: its département decides."""
    return _OF_DEPARTMENT.get(commune_code[:2]) or _OF_DEPARTMENT.get(commune_code[:3], "")


@lru_cache(maxsize=64)
def holidays_of(year: int, zone: str, language: str = "fr") -> dict[date, str]:
    """Day → name, in order, for one year and zone."""
    found = holidays.country_holidays(
        "FR", subdiv=zone or None, years=year, language="en_US" if language == "en" else "fr"
    )
    return dict(sorted(found.items()))
