"""Each morning: who comes to a session in two days is reminded; places kept too long go to who fits."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from cageot.workshops.actions import enrolling, telling
from cageot.workshops.models import Session
from cageot.workshops.rules.series import moment

BEFORE = timedelta(days=2)
"""How long before a session people are reminded. A morning that was missed is caught up the next day."""


def remind(*, today: date, at: datetime) -> int:
    """Give the places left to who waits, then remind who comes; how many messages there are, told now or before."""
    enrolling.fill_due(today, at=at)
    until = moment(today + BEFORE + timedelta(days=1), time.min)
    rows = Session.objects.filter(state=Session.State.PLANNED, starts_at__gt=at, starts_at__lt=until)
    rows = rows.filter(workshop__open_door=False).select_related("workshop", "place", "garden")
    return telling.tell_reminders(list(rows.order_by("starts_at", "pk")), at=at).count
