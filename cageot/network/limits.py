"""How often somebody may try a door: a code, a card, a form that anybody may send.

What is counted stands under a print made with the installation's key, so that the base alone tells no address, no
number and no name. A window of time begins with its first try; when it is over, counting begins anew.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils.crypto import salted_hmac

from cageot.core import sql
from cageot.network.models import Attempts

COUNT = """
    INSERT INTO network_attempts (key, since, count) VALUES (%s, %s, 1)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN network_attempts.since <= %s THEN 1 ELSE network_attempts.count + 1 END,
        since = CASE WHEN network_attempts.since <= %s THEN excluded.since ELSE network_attempts.since END
    RETURNING count
"""


def allowed(door: str, who: str, *, times: int, within: timedelta, at: datetime) -> bool:
    """Count one try of a door, and say whether it is still within `times` per window of `within`.

    One statement, so that two at once are two tries on both engines. Call it outside the transaction that a refusal
    undoes, or the try is forgotten with it.
    """
    since = _stored(at)
    ended = _stored(at - within)
    [(count,)] = sql.rows(COUNT, _print(door, who), since, ended, ended)
    return bool(count <= times)


def forget(door: str, who: str) -> None:
    """Begin counting anew: whoever it was came in."""
    Attempts.objects.filter(key=_print(door, who)).delete()


def sweep(*, before: datetime) -> int:
    """Drop what was counted in windows that began before; how many rows went."""
    return Attempts.objects.filter(since__lt=before).delete()[0]


def _print(door: str, who: str) -> str:
    return salted_hmac(f"cageot.limits.{door}", who.strip().casefold(), algorithm="sha256").hexdigest()


def _stored(at: datetime) -> object:
    """The moment as the column keeps it."""
    return Attempts._meta.get_field("since").get_db_prep_value(at, connection)
