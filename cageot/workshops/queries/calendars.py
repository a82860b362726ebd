"""Sessions as an iCalendar file (RFC 5545): a garden's, for anybody; a household's own, among its baskets.

An event keeps its name (UID) when it moves; its SEQUENCE grows with each change, so that programs see the change; one that is
cancelled stays, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from cageot.members.models import Household
from cageot.network.models import Garden
from cageot.workshops.models import Enrolment, Session
from cageot.workshops.queries.announced import address

if TYPE_CHECKING:
    from icalendar import Calendar, Event

SINCE, UNTIL = timedelta(days=31), timedelta(days=366)
"""The sessions of a feed: from a month back to a year ahead."""
LONG = timedelta(hours=12)
"""How often a program is told to come and look again."""


def of_garden(garden: Garden, at: datetime) -> list[Session]:
    """The sessions that a garden announces to everybody. One query."""
    rows = _between(at).filter(garden=garden, workshop__public=True)
    return list(rows)


def of_household(household: Household, at: datetime) -> list[Session]:
    """The sessions that a household comes to. One query."""
    there = Q(enrolments__household=household, enrolments__state__in=(Enrolment.State.ENROLLED, Enrolment.State.CAME))
    return list(_between(at).filter(there))


def _between(at: datetime) -> QuerySet[Session]:
    rows = Session.objects.filter(starts_at__gte=at - SINCE, starts_at__lte=at + UNTIL)
    return rows.select_related("workshop", "place", "garden").order_by("starts_at", "pk")


def empty(name: str, of: str = "ateliers") -> Calendar:
    """A calendar without an event yet; `of`: what its events are."""
    from icalendar import Calendar, vDuration  # heavy, and used nowhere else

    found = Calendar()
    found.add("prodid", f"-//Cageot//{of}//FR")
    found.add("version", "2.0")
    found.add("x-wr-calname", name)
    found.add("refresh-interval", LONG, parameters={"value": "DURATION"})
    found.add("x-published-ttl", vDuration(LONG))
    return found


def feed(name: str, sessions: Iterable[Session], at: datetime, link: Callable[[Session], str]) -> bytes:
    """The file. `link`: the whole address of a session's page."""
    found = empty(name)
    for one in sessions:
        found.add_component(event(one, at, link(one)))
    return bytes(found.to_ical())


def event(session: Session, at: datetime, link: str = "") -> Event:
    """A session as an event."""
    from icalendar import Event

    found, workshop, place = Event(), session.workshop, session.place
    # It names nothing of the base, and is the same each time it is read.
    found.add("uid", f"{uuid5(NAMESPACE_URL, f'{settings.SECRET_KEY}:session:{session.pk}')}@cageot")
    found.add("dtstamp", at.astimezone(UTC))
    found.add("dtstart", session.starts_at.astimezone(UTC))
    found.add("dtend", session.ends_at.astimezone(UTC))
    found.add("sequence", session.version - 1)
    gone = session.state == Session.State.CANCELLED
    found.add("status", "CANCELLED" if gone else "CONFIRMED")
    found.add("summary", _("Annulé : %(title)s") % {"title": workshop.title} if gone else workshop.title)
    found.add("location", ", ".join(part for part in (place.name, address(place)) if part))
    bring = _("À apporter : %(what)s") % {"what": workshop.bring} if workshop.bring else ""
    lines = [
        session.cancelled_because if gone else workshop.summary,
        "" if gone else bring,
        "" if gone else place.access,
    ]
    if text := "\n".join(line for line in lines if line):
        found.add("description", text)
    if link:
        found.add("url", link)
    return found
