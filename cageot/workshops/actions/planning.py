"""What a garden offers and when: places, workshops, their sessions, and last year's programme again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import uuid4

from django.db import transaction

from cageot.network.actions import Refused, record
from cageot.network.models import Edition, Garden, Partner, Person
from cageot.workshops.models import Place, Recipe, Session, Workshop
from cageot.workshops.rules import series


class PlaceInUse(Refused):
    """Sessions to come are held there (`sessions`)."""

    def __init__(self, sessions: int) -> None:
        self.sessions = sessions


class WorkshopInUse(Refused):
    """It has sessions to come (`sessions`)."""

    def __init__(self, sessions: int) -> None:
        self.sessions = sessions


class OpenDoorHasPeople(Refused):
    """People are enrolled at its sessions to come: it cannot become an open door (`people`)."""

    def __init__(self, people: int) -> None:
        self.people = people


# --- Places ---------------------------------------------------------------------------------------


def save_place(place: Place, *, by: Person | None, at: datetime) -> Place:
    """Add a place, or keep what changed."""
    with transaction.atomic():
        new = place.pk is None
        place.save()
        record("workshops.place_added" if new else "workshops.place_changed", by=by, at=at, garden=place.garden, about=place)  # fmt: skip
    return place


def archive_place(place: Place, *, today: date, by: Person | None, at: datetime) -> None:
    """Take a place out of the lists; past sessions keep it. Refusal: PlaceInUse."""
    with transaction.atomic():
        coming = Session.objects.filter(place=place, state=Session.State.PLANNED, ends_at__gt=at).count()
        if coming:
            raise PlaceInUse(coming)
        Place.objects.filter(pk=place.pk).update(archived_on=today)
        record("workshops.place_archived", by=by, at=at, garden=place.garden, about=place)


# --- Workshops ------------------------------------------------------------------------------------


def save_workshop(
    workshop: Workshop, *, partners: Iterable[Partner] = (), recipes: Iterable[Recipe] = (), by: Person | None, at: datetime
) -> Workshop:  # fmt: skip
    """Add a workshop, or keep what changed. Its places are those of sessions planned from now on. Refusal: OpenDoorHasPeople."""
    with transaction.atomic():
        new = workshop.pk is None
        if not new and workshop.open_door:
            coming = Session.objects.filter(workshop=workshop, state=Session.State.PLANNED, ends_at__gt=at, enrolments__state__in=["enrolled", "waiting"])  # fmt: skip
            if people := coming.count():
                raise OpenDoorHasPeople(people)
        workshop.save()
        workshop.partners.set(partners)
        workshop.recipes.set(recipes)
        verb = "workshops.workshop_added" if new else "workshops.workshop_changed"
        record(verb, by=by, at=at, garden=workshop.garden, about=workshop, kind=workshop.kind)
    return workshop


def archive_workshop(workshop: Workshop, *, today: date, by: Person | None, at: datetime) -> None:
    """Offer it no more; its past sessions stay. Refusal: WorkshopInUse."""
    with transaction.atomic():
        coming = Session.objects.filter(workshop=workshop, state=Session.State.PLANNED, ends_at__gt=at).count()
        if coming:
            raise WorkshopInUse(coming)
        Workshop.objects.filter(pk=workshop.pk).update(archived_on=today)
        record("workshops.workshop_archived", by=by, at=at, garden=workshop.garden, about=workshop)


# --- Sessions -------------------------------------------------------------------------------------


def plan(
    workshop: Workshop, *, days: Sequence[date], starts: time, ends: time, place: Place, seats: int | None, lasts: int = 1,
    by: Person | None, at: datetime,
) -> list[Session]:  # fmt: skip
    """Plan a session on each of these days, by the clock on the wall; `lasts`: the days of each. Returns those that are new:
    where the workshop has a session at that moment already (a double click), there is one."""
    with transaction.atomic():
        Garden.objects.select_for_update(no_key=True).get(pk=workshop.garden_id)
        word = uuid4().hex if len(days) > 1 else ""
        made = _planned(workshop, [Wanted(day, starts, ends, place, seats, word, lasts) for day in days])
        Workshop.objects.filter(pk=workshop.pk).update(archived_on=None)
        if made:
            record("workshops.planned", by=by, at=at, garden=workshop.garden, about=workshop, count=len(made), first=str(days[0]))  # fmt: skip
        return made


@dataclass(frozen=True)
class Wanted:
    """One session to plan: its first day, hours, place and places; `series` is the word of those planned together, `lasts` the
    days that it lasts."""

    day: date
    starts: time
    ends: time
    place: Place
    seats: int | None
    series: str = ""
    lasts: int = 1


def _planned(workshop: Workshop, wanted: Iterable[Wanted]) -> list[Session]:
    """Those that are not there yet, written at once."""
    there = set(Session.objects.filter(workshop=workshop).exclude(state=Session.State.CANCELLED).values_list("starts_at", flat=True))  # fmt: skip
    editions = list(Edition.objects.all())
    found = []
    for one in wanted:
        starts, ends = series.moments(one.day, one.starts, one.ends, one.lasts)
        if starts in there:
            continue
        there.add(starts)
        found.append(
            Session(
                workshop=workshop, garden_id=workshop.garden_id, edition=edition_on(one.day, editions), place=one.place,
                starts_at=starts, ends_at=ends, series=one.series, seats=None if workshop.open_door else one.seats,
            )
        )  # fmt: skip
    return Session.objects.bulk_create(found)


def edition_on(day: date, editions: Iterable[Edition]) -> Edition | None:
    """The programme's edition that counts a session of that day."""
    return next((one for one in editions if one.from_day <= day <= one.until_day), None)


# --- Last year's programme ------------------------------------------------------------------------


@dataclass(frozen=True)
class Again:
    """A session of another year, and the day when it would come again; `there`: it is planned already."""

    session: Session
    day: date
    there: bool = False

    @property
    def last_day(self) -> date | None:
        """Its last day then, when it lasts several."""
        lasts = len(self.session.days)
        return self.day + timedelta(days=lasts - 1) if lasts > 1 else None


def programme_again(garden: Garden, year: int, *, today: date, skip: Collection[date]) -> list[Again]:
    """What a garden held (or planned) in a year, and the day after `today` when each would come the year after. Two queries.

    Days are those of `series.next_year`: the same weekday, never a day of `skip`.
    """
    first, last = series.moment(date(year, 1, 1), time.min), series.moment(date(year + 1, 1, 1), time.min)
    rows = Session.objects.filter(garden=garden, starts_at__gte=first, starts_at__lt=last)
    held = rows.exclude(state=Session.State.CANCELLED).select_related("workshop", "place")
    after = Session.objects.filter(garden=garden, starts_at__gte=last).exclude(state=Session.State.CANCELLED)
    there = {(workshop, series.wall(starts).date()) for workshop, starts in after.values_list("workshop", "starts_at")}
    found = [Again(one, series.next_year(one.days[0], skip=series.first_days(skip, len(one.days)))) for one in held]
    return [
        Again(one.session, one.day, (one.session.workshop_id, one.day) in there) for one in found if one.day > today
    ]


def repeat(garden: Garden, chosen: Sequence[Again], *, by: Person | None, at: datetime) -> list[Session]:
    """Plan these sessions again: same workshop, days, hours, place and places; a series stays one. Returns those that are new."""
    with transaction.atomic():
        Garden.objects.select_for_update(no_key=True).get(pk=garden.pk)
        words: dict[str, str] = {}
        by_workshop: dict[int, list[Again]] = {}
        for one in chosen:
            by_workshop.setdefault(one.session.workshop_id, []).append(one)
        made: list[Session] = []
        for again in by_workshop.values():
            made += _planned(again[0].session.workshop, [_wanted(one, words) for one in again])
        Workshop.objects.filter(pk__in=list(by_workshop)).update(archived_on=None)
        Place.objects.filter(sessions__in=[one.pk for one in made]).update(archived_on=None)
        if made:
            record("workshops.programme_repeated", by=by, at=at, garden=garden, about=garden, count=len(made))
        return made


def _wanted(one: Again, words: dict[str, str]) -> Wanted:
    before = one.session
    starts, ends = series.wall(before.starts_at).time(), series.wall(before.ends_at).time()
    word = words.setdefault(before.series, uuid4().hex) if before.series else ""
    return Wanted(one.day, starts, ends, before.place, before.seats, word, len(before.days))
