"""What is done to gardens, partners and people, and the log that says who did what."""

import secrets
from datetime import datetime
from typing import Any

from cageot.network.models import Garden, Installation, LogEvent, Person


def record(verb: str, *, by: Person | None, at: datetime, garden: Garden | None = None, about: Any = "", **detail: Any) -> LogEvent:
    """Write one line in the log, in the caller's transaction. `detail` holds counts, dates and codes; no names, no amounts owed."""
    label = about if isinstance(about, str) else f"{about._meta.label_lower}:{about.pk}"
    return LogEvent.objects.create(at=at, by=by, garden=garden, verb=verb, about=label, detail=detail)


def installation(kind: str = Installation.Kind.REAL) -> Installation:
    """The row that says what this base is for, made at first need."""
    found, _made = Installation.objects.get_or_create(id=1, defaults={"kind": kind, "pseudonym_key": secrets.token_hex(32)})
    return found
