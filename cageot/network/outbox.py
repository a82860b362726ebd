"""The outbox: what is told to people is written here first, in the transaction of what it tells, and leaves later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from django.utils.timezone import localtime

from cageot.network.kinds import kind as kind_named
from cageot.network.models import Garden, Message, Unreachable
from cageot.network.rules.hours import leaves


def write(
    kind: str,
    *,
    channel: str,
    to: str,
    subject: str,
    body: str,
    about: str,
    garden: Garden | None,
    once: str,
    at: datetime,
    language: str = "fr",
    digest: str = "",
) -> Message:
    """Write a message to somebody; with an `once` that is known already, give back the message it made.

    It leaves when its channel's hours allow; a letter waits to be printed. Error: UnknownKind.
    """
    state = Message.State.TO_PRINT if channel == Message.Channel.LETTER else Message.State.WAITING
    due = leaves(channel, localtime(at), at_once=kind_named(kind).at_once)
    message = Message(
        kind=kind, channel=channel, to=to, subject=subject[:200], body=body, about=about, garden=garden, once=once, made_at=at,
        due_at=due, language=language, digest=digest, state=state,
    )  # fmt: skip
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return Message.objects.get(once=once)


def came_back(ways: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these ways (channel, address) that came back, and were not mended since. One query."""
    wanted = Q()
    for channel, to in ways:
        wanted |= Q(channel=channel, to__iexact=to)
    if not wanted:
        return set()
    found = {(channel, to.lower()) for channel, to in Unreachable.objects.filter(wanted).values_list("channel", "to")}
    return {(channel, to) for channel, to in ways if (channel, to.lower()) in found}
