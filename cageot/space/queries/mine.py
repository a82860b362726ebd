"""What a member was told, who acted for them, and the calendar of their baskets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _

from cageot.baskets.absences import ABSENT
from cageot.baskets.models import Basket
from cageot.members.models import CalendarFeed, Household, Member
from cageot.members.telling import label
from cageot.network.kinds import KINDS
from cageot.network.models import LogEvent, Message
from cageot.network.secrets import digest
from cageot.space.queries.baskets import basket_name, of_household, place_of
from cageot.space.rules.hours import times
from cageot.workshops.queries import calendars

if TYPE_CHECKING:
    from icalendar import Event

TOLD_SHOWN, ACTED_SHOWN = 30, 10


@dataclass(frozen=True)
class Told:
    """A message as the member received it."""

    on: date
    channel: str
    subject: str
    body: str


def told(member: Member) -> list[Told]:
    """What the member was told, the last first; codes to come in are left out. One query."""
    rows = Message.objects.filter(about=label(member)).exclude(state=Message.State.DROPPED)
    rows = rows.exclude(kind__in=[slug for slug, kind in KINDS.items() if kind.secret]).order_by("-made_at", "-pk")
    return [Told(one.made_at.date(), one.channel, one.subject, one.body) for one in rows[:TOLD_SHOWN]]


@dataclass(frozen=True)
class Acted:
    """Somebody did something for the member."""

    on: date
    who: str
    what: str


def acted(member: Member) -> list[Acted]:
    """What was done in the space by somebody who acts for the member, the last first. One query."""
    words = {
        "space.away": _("a noté une absence"), "space.back": _("a remis un panier"), "space.taken_back": _("a choisi un jour"),
        "space.depot": _("a changé le dépôt"), "space.details": _("a changé vos coordonnées"),
        "space.swap": _("a échangé un légume"), "space.swap_undone": _("a annulé un échange"),
        "space.workshop": _("vous a inscrit à un atelier"), "space.workshop_left": _("a dit que vous ne venez pas à un atelier"),
        "space.calendar_opened": _("a ouvert votre agenda"), "space.calendar_closed": _("a fermé votre agenda"),
    }  # fmt: skip
    rows = LogEvent.objects.filter(about=label(member), verb__startswith="space.", by__isnull=False)
    rows = rows.exclude(by=member.person_id).select_related("by").order_by("-at", "-pk")[:ACTED_SHOWN]
    return [Acted(one.at.date(), str(one.by), words.get(one.verb, _("a ouvert votre espace"))) for one in rows]


# --- The calendar ------------------------------------------------------------------------------------

PARIS = ZoneInfo(settings.TIME_ZONE)


def member_of_feed(code: str) -> Member | None:
    """Whose calendar this secret address is. One query."""
    found = CalendarFeed.objects.filter(digest=digest(code)).select_related("member__household__garden").first()
    return found.member if found else None


def calendar(member: Member, today: date, at: datetime) -> bytes:
    """The member's baskets as an iCalendar file (RFC 5545): an event for each time they go to collect, and the workshops
    that they come to. Two queries."""
    household = member.household
    found = calendars.empty(_("Mon panier"), "paniers")
    for together in _visits(of_household(household, today)):
        found.add_component(_event(together, household, at))
    for session in calendars.of_household(household, at):
        found.add_component(calendars.event(session, at))
    return bytes(found.to_ical())


def _visits(rows: Iterable[Basket]) -> list[list[Basket]]:
    """Baskets that are collected together; those that nobody collects are left out."""
    found: dict[tuple[int, int], list[Basket]] = {}
    for one in rows:
        if one.state not in ABSENT:
            found.setdefault((one.delivery_id, one.depot_id), []).append(one)
    return list(found.values())


def _event(together: list[Basket], household: Household, at: datetime) -> Event:
    from icalendar import Event

    first = together[0]
    place, day = place_of(first.depot, household), first.delivery.day
    event = Event()
    # The same each time it is read, so that programs see a change and not another event; it names nothing of the base.
    event.add("uid", f"{uuid5(NAMESPACE_URL, f'{settings.SECRET_KEY}:{household.pk}:{day}:{first.depot_id}')}@cageot")
    event.add("dtstamp", at.astimezone(UTC))
    hours = times(first.depot.hours)
    if hours:
        start, end = (datetime.combine(day, one, PARIS).astimezone(UTC) for one in hours)
        event.add("dtstart", start)
        event.add("dtend", end)
    else:
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    event.add("summary", _("Panier : %(depot)s") % {"depot": place.name})
    event.add("location", ", ".join(part for part in (place.name, place.address) if part))
    lines = [basket_name(one) for one in together]
    event.add("description", "\n".join([*lines, *([place.hours] if place.hours else [])]))
    return event
