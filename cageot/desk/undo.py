"""The one button "Annuler" beside a message: what the last act did waits in the session of whoever did it, and nowhere else."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.urls import reverse

from cageot.baskets import content, undoing
from cageot.baskets.models import Round
from cageot.core.week import Week
from cageot.network.http import Request
from cageot.network.models import Garden, Person

SESSION_KEY = "undo"


class TooLate(Exception):
    """Not the last act of this person, or already taken back."""


@dataclass(frozen=True)
class Act:
    """The last act that somebody may take back, and the page it was done from."""

    back: str
    kept: dict[str, Any]

    def undo(self, garden: Garden, week: Week, *, by: Person, at: datetime) -> None:
        """Take back exactly that. Refusals: those of `baskets.undoing.take_back` and `baskets.content.unpublish`."""
        if "round" in self.kept:
            round_ = Round.objects.get(pk=self.kept["round"], garden=garden)
            content.unpublish(round_, week, since=datetime.fromisoformat(self.kept["since"]), by=by, at=at)
        else:
            undoing.take_back(garden, undoing.Change.from_json(self.kept), by=by, at=at)


def say_baskets(request: Request, text: str, garden: Garden, week: Week, change: undoing.Change, back: str) -> None:
    """Say what was done to baskets, with the button that takes it back when something changed."""
    _say(request, text, garden, week, change.as_json() if change else None, back)


def say_published(request: Request, text: str, round: Round, week: Week, since: datetime | None, back: str) -> None:
    """Say that a content is published, with the button when it was not so before (`since`: from when on)."""
    kept = {"round": round.pk, "since": since.isoformat()} if since else None
    _say(request, text, round.garden, week, kept, back)


def _say(request: Request, text: str, garden: Garden, week: Week, kept: dict[str, Any] | None, back: str) -> None:
    if kept is None:
        messages.success(request, text)
        return
    act = secrets.token_hex(8)
    address = reverse("desk:undo", args=[garden.code, week, act])
    request.session[SESSION_KEY] = {"address": address, "back": back, "kept": kept}
    messages.success(request, text, extra_tags=address)


def last_act(request: Request) -> Act:
    """The act that this address takes back; from then on it is no more there. Refusal: TooLate."""
    found = request.session.get(SESSION_KEY)
    if not found or found["address"] != request.path:
        raise TooLate
    del request.session[SESSION_KEY]
    return Act(found["back"], found["kept"])
