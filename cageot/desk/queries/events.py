"""The network's meetings on screen: the list, one meeting with its programme, who comes, journeys to share, lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.core.templatetags.cageot import day as said
from cageot.guide.actions.events import THERE, days, is_open
from cageot.guide.models import Event, Registration, Slot
from cageot.guide.rules.events import Band, Place, Ride, bands, drivers_for, one_only
from cageot.network import territory
from cageot.network.rules.reach import Reach
from cageot.workshops.rules.series import moment

if TYPE_CHECKING:
    from icalendar import Calendar

State = Registration.State
TONES = {"draft": "", "open": "leaf", "closed": "squash", "held": "sky", "cancelled": "beet"}
STATUS = {"cancelled": "EventCancelled"}
TRAVEL_SHOWN = 12


def region_name(code: str) -> str:
    """The region of a meeting, or that it is for the whole country."""
    return next((one.name for one in territory.regions() if one.code == code), "") if code else _("tout le réseau")


def commune_name(code: str) -> str:
    """ "" when it is not known."""
    try:
        return territory.commune(code).name
    except KeyError:
        return ""


def hours(one: time) -> str:
    """ "9 h", "14 h 30"."""
    return f"{one.hour}\u00a0h" + (f"\u00a0{one.minute:02}" if one.minute else "")


def span(slot: Slot | Band[Slot]) -> str:
    return _("%(first)s – %(last)s") % {"first": hours(slot.from_time), "last": hours(slot.until_time)}


# --- The list -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A meeting in one line."""

    event: Event
    when: str
    where: str
    word: str
    tone: str
    places: str


def seen(reach: Reach) -> QuerySet[Event]:
    """The meetings that this person may know: those in preparation are the network's."""
    return Event.objects.all() if reach.network else Event.objects.exclude(state=Event.State.DRAFT)


def listed(reach: Reach, today: date) -> tuple[list[Line], list[Line]]:
    """What comes, the nearest first, and what is over. One query."""
    lines = [line(one, today) for one in seen(reach)]
    coming = [one for one in lines if one.event.last_day >= today]
    return coming[::-1], [one for one in lines if one.event.last_day < today]


def line(one: Event, today: date) -> Line:
    where = " · ".join(part for part in (one.place, commune_name(one.commune_code), region_name(one.region)) if part)
    word, tone = state_words(one, today)
    return Line(one, days(one), where, word, tone, places(one))


def state_words(one: Event, today: date) -> tuple[str, str]:
    if one.state == Event.State.OPEN and not is_open(one, today):
        return _("inscriptions closes"), "squash"
    return str(one.get_state_display()), TONES[one.state]


def places(one: Event) -> str:
    """Who comes, and how many places are left."""
    come = ngettext("%(n)s inscrit", "%(n)s inscrits", one.seats_taken) % {"n": one.seats_taken}
    if one.seats is None or one.state not in (Event.State.OPEN, Event.State.CLOSED):
        return come
    left = one.seats - one.seats_taken
    if left <= 0:
        return _("%(come)s, complet") % {"come": come}
    return _("%(come)s, %(left)s") % {
        "come": come,
        "left": ngettext("%(n)s place libre", "%(n)s places libres", left) % {"n": left},
    }


# --- One meeting ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class SlotLine:
    """A session of the programme. `left`: places; None without a limit, or for everybody."""

    slot: Slot
    when: str
    about: str
    left: int | None

    @property
    def full(self) -> bool:
        return self.left == 0

    @property
    def places(self) -> str:
        if not self.slot.chosen:
            return ""
        if self.left is None:
            return _("sur inscription")
        if not self.left:
            return _("complet")
        return ngettext("%(n)s place libre", "%(n)s places libres", self.left) % {"n": self.left}


@dataclass(frozen=True)
class Row:
    """Sessions side by side, at one time."""

    when: str
    slots: list[SlotLine]
    one_only: bool


@dataclass(frozen=True)
class Day:
    """A day of the programme."""

    label: str
    rows: list[Row]


def programme(slots: Sequence[Slot]) -> list[Day]:
    """The programme, day by day. No query."""
    found: dict[date, list[Row]] = {}
    for band in bands(slots):
        lines = [slot_line(one) for one in band.slots]
        found.setdefault(band.day, []).append(Row(span(band), lines, one_only(band.slots)))
    return [Day(said(day, "year"), rows) for day, rows in sorted(found.items())]


def slot_line(one: Slot) -> SlotLine:
    about = " · ".join(part for part in (one.speaker, one.room) if part)
    left = None if one.seats is None or not one.chosen else max(one.seats - one.seats_taken, 0)
    return SlotLine(one, span(one), about, left)


@dataclass(frozen=True)
class Page:
    """One meeting, for who is signed in."""

    line: Line
    access: str
    days: list[Day]
    slots: list[Slot]
    open: bool
    network: bool
    mine: list[Registration]
    coming: int
    waiting: int
    status: str
    moments: tuple[str, str]

    @property
    def event(self) -> Event:
        return self.line.event


def page(one: Event, reach: Reach, person: int | None, today: date) -> Page:
    """Everything a meeting's page shows. A constant number of queries."""
    slots = list(one.slots.all())
    mine = Q(person=person) | Q(garden__in=reach.gardens) if person else Q(pk=None)
    rows = list(Registration.objects.filter(mine, event=one).exclude(state=State.CANCELLED).select_related("garden"))
    counts = (
        Counter(Registration.objects.filter(event=one).values_list("state", flat=True)) if reach.network else Counter()
    )
    return Page(
        line(one, today), one.access, programme(slots), slots, is_open(one, today), reach.network, rows,
        sum(counts[state] for state in THERE), counts[State.WAITING], STATUS.get(one.state, "EventScheduled"), _moments(one, slots),
    )  # fmt: skip


def _moments(one: Event, slots: Sequence[Slot]) -> tuple[str, str]:
    """Beginning and end as machines read them."""
    first = [slot.from_time for slot in slots if slot.day == one.first_day]
    last = [slot.until_time for slot in slots if slot.day == one.last_day]
    start = moment(one.first_day, min(first)).isoformat() if first else one.first_day.isoformat()
    return start, moment(one.last_day, max(last)).isoformat() if last else one.last_day.isoformat()


def may_manage(one: Registration, reach: Reach, person: int) -> bool:
    """The network, who registered, and those of their garden."""
    return reach.network or one.person_id == person or (one.garden_id is not None and one.garden_id in reach.gardens)


# --- Journeys -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Journey:
    """Somebody one may share the road with. `contact` is "" when they did not agree to give their address."""

    name: str
    start: str
    seats: int
    note: str
    apart: int
    detour: int
    contact: str


def journeys(one: Registration) -> list[Journey]:
    """For who seeks a place, those who drive past; for who offers, those they could fetch. Names and addresses only of who
    agreed. One query."""
    if one.travel == Registration.Travel.NONE or not one.travel_from or one.state not in (State.COMING, State.WAITING):
        return []
    seeks = one.travel == Registration.Travel.SEEKS
    other = Registration.Travel.OFFERS if seeks else Registration.Travel.SEEKS
    rows = Registration.objects.filter(event=one.event_id, travel=other, state__in=(State.COMING, State.WAITING))
    known = {row.pk: row for row in rows.exclude(pk=one.pk).exclude(travel_from="")}
    mine, to = _place(one.travel_from), _place(one.event.commune_code)
    if mine is None or to is None:
        return []
    starts = [(pk, where) for pk, row in known.items() if (where := _place(row.travel_from))]
    if seeks:
        rides = drivers_for(mine, starts, to)
    else:
        rides = sorted(
            (
                Ride(pk, ride.apart, ride.detour)
                for pk, where in starts
                for ride in drivers_for(where, [(pk, mine)], to)
            ),
            key=lambda ride: (ride.detour, ride.apart, ride.who),
        )
    return [_journey(known[ride.who], ride) for ride in rides[:TRAVEL_SHOWN]]


def _journey(row: Registration, ride: Ride) -> Journey:
    shared = row.share_contact
    return Journey(
        f"{row.first_name} {row.last_name}" if shared else "", commune_name(row.travel_from), row.travel_seats,
        row.travel_note if shared else "", ride.apart, ride.detour, row.email if shared else "",
    )  # fmt: skip


def _place(code: str) -> Place | None:
    try:
        found = territory.commune(code)
    except KeyError:
        return None
    return found.longitude, found.latitude


# --- Who comes, for the network -------------------------------------------------------------------


@dataclass(frozen=True)
class Coming:
    """Those of a meeting, for who organises it."""

    rows: list[Registration]
    waiting: list[Registration]
    gone: int
    meals: int
    needs: list[Registration]

    @property
    def unmarked(self) -> list[Registration]:
        return [one for one in self.rows if one.state == State.COMING]


def coming(one: Event) -> Coming:
    """Everybody, by name; who waits, in order. Two queries."""
    everybody = list(Registration.objects.filter(event=one).select_related("garden").prefetch_related("slots"))
    rows = sorted(
        (each for each in everybody if each.state in THERE),
        key=lambda each: (each.last_name.casefold(), each.first_name),
    )
    return Coming(
        rows, [each for each in everybody if each.state == State.WAITING],
        sum(each.state == State.CANCELLED for each in everybody), sum(each.meals for each in rows),
        [each for each in rows if each.needs],
    )  # fmt: skip


def organisation(one: Registration) -> str:
    return one.organisation or (one.garden.name if one.garden else "")


def table(found: Coming, slots: Iterable[Slot]) -> tuple[list[str], list[list[str | int | float]]]:
    """The list as a spreadsheet."""
    columns = [
        _("Nom"), _("Prénom"), _("Organisme"), _("Adresse électronique"), _("État"), _("Repas"), _("À savoir"), _("Choix"),
        _("Trajet"), _("Départ"), _("Places proposées"), _("Adresse partagée"),
    ]  # fmt: skip
    rows: list[list[str | int | float]] = [
        [
            one.last_name, one.first_name, organisation(one), one.email, str(one.get_state_display()), _("oui") if one.meals else _("non"),
            one.needs, chosen(one), str(one.get_travel_display()) if one.travel != "none" else "", commune_name(one.travel_from),
            one.travel_seats or "", _("oui") if one.share_contact else "",
        ]
        for one in [*found.rows, *found.waiting]
    ]  # fmt: skip
    return columns, rows


def chosen(one: Registration) -> str:
    """The sessions that somebody chose, in their order."""
    return " ; ".join(slot.title for slot in sorted(one.slots.all(), key=lambda slot: (slot.day, slot.from_time)))


# --- Calendars ------------------------------------------------------------------------------------


def calendar(one: Event, at: datetime, link: str) -> bytes:
    """The meeting for a calendar: whole days, or from the first session of a day to its last. One query."""
    from icalendar import Calendar  # heavy, and used nowhere else
    from icalendar import Event as Entry

    found: Calendar = Calendar()
    found.add("prodid", "-//Cageot//rencontres//FR")
    found.add("version", "2.0")
    by_day: dict[date, list[Slot]] = {}
    for slot in one.slots.all():
        by_day.setdefault(slot.day, []).append(slot)
    spans = [(day, slots) for day, slots in sorted(by_day.items())] or [(one.first_day, [])]
    for day, slots in spans:
        entry = Entry()
        entry.add("uid", f"{uuid5(NAMESPACE_URL, f'{settings.SECRET_KEY}:event:{one.pk}:{day}')}@cageot")
        entry.add("dtstamp", at)
        if slots:
            entry.add("dtstart", moment(day, min(slot.from_time for slot in slots)))
            entry.add("dtend", moment(day, max(slot.until_time for slot in slots)))
        else:
            entry.add("dtstart", one.first_day)
            entry.add("dtend", date.fromordinal(one.last_day.toordinal() + 1))
        gone = one.state == Event.State.CANCELLED
        entry.add("status", "CANCELLED" if gone else "CONFIRMED")
        entry.add("summary", _("Annulé : %(title)s") % {"title": one.title} if gone else one.title)
        entry.add("location", ", ".join(part for part in (one.place, commune_name(one.commune_code)) if part))
        if text := "\n".join(part for part in (one.cancelled_because, one.access) if part):
            entry.add("description", text)
        entry.add("url", link)
        found.add_component(entry)
    return bytes(found.to_ical())
