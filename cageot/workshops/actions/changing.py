"""A session moves or is cancelled, is closed: everybody who comes or waits is told once, whatever the number of sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum

from django.db import transaction
from django.db.models import F, Q

from cageot.network.actions import Refused, record
from cageot.network.models import Edition, Person
from cageot.workshops.actions import enrolling, telling
from cageot.workshops.actions.enrolling import SessionNotOpen, turn_at
from cageot.workshops.actions.planning import edition_on
from cageot.workshops.models import Enrolment, Place, Session
from cageot.workshops.rules import series


class Scope(Enum):
    """Which sessions of a series a change is for."""

    ONE = "one"
    FOLLOWING = "following"
    ALL = "all"


class InThePast(Refused):
    """That moment is past."""


class FewerThanTaken(Refused):
    """More people have a place than there would be places (`taken`)."""

    def __init__(self, taken: int) -> None:
        self.taken = taken


class TooEarly(Refused):
    """A session is closed once it has begun."""


def touched(session: Session, scope: Scope, *, at: datetime) -> list[Session]:
    """The sessions that a change is for: this one, this and those after it in its series, or all of the series to come. This
    one is among them while it runs."""
    rows = Session.objects.filter(state=Session.State.PLANNED).select_related("workshop", "garden", "place")
    if scope is Scope.ONE or not session.series:
        return list(rows.filter(pk=session.pk))
    rows = rows.filter(Q(pk=session.pk, ends_at__gt=at) | Q(starts_at__gt=at), garden=session.garden_id, series=session.series)  # fmt: skip
    return list(rows.filter(starts_at__gte=session.starts_at) if scope is Scope.FOLLOWING else rows)


# --- Moving ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """Where and when a session is held from now on, by the clock on the wall, and its places; `lasts`: its days."""

    day: date
    starts: time
    ends: time
    place: Place
    seats: int | None
    lasts: int = 1


@dataclass(frozen=True)
class Moved:
    """What was done: the sessions that are other than before, and who was told."""

    sessions: list[Session]
    told: telling.Told


def after(session: Session, change: Change, shift: timedelta) -> Session:
    """A session as the change makes it, `shift` days later than it was; not saved."""
    first = series.wall(session.starts_at).date() + shift
    starts, ends = series.moments(first, change.starts, change.ends, change.lasts)
    return Session(pk=session.pk, starts_at=starts, ends_at=ends, place=change.place, seats=change.seats)


def move(session: Session, change: Change, scope: Scope, *, by: Person | None, at: datetime) -> Moved:
    """Hold sessions at another moment, place, or with other places; those of a series move by as many days.

    Who comes or waits is told once when the moment or the place changes. More places go to who waits. One that has begun keeps
    its beginning: its end and its place may change. Refusals: SessionNotOpen, InThePast, FewerThanTaken.
    """
    with transaction.atomic():
        session.refresh_from_db(fields=["starts_at"])  # moved meanwhile, by a first click
        shift = change.day - series.wall(session.starts_at).date()
        chosen = touched(session, scope, at=at)
        if not chosen:
            raise SessionNotOpen
        editions = list(Edition.objects.all())
        moves, changed = [], []
        for one in sorted(chosen, key=lambda row: row.pk):  # one order for all: nobody waits for one another
            now = turn_at(one)
            if now.state != Session.State.PLANNED:
                raise SessionNotOpen
            wanted = after(now, change, shift)
            told = (now.starts_at, now.ends_at, now.place_id) != (wanted.starts_at, wanted.ends_at, wanted.place_id)
            if not told and now.seats == wanted.seats:
                continue
            begins_later = wanted.starts_at > at or wanted.starts_at == now.starts_at
            if told and (wanted.ends_at <= at or not begins_later):
                raise InThePast
            if wanted.seats is not None and wanted.seats < now.seats_taken:
                raise FewerThanTaken(now.seats_taken)
            before, ended, place_before = now.starts_at, now.ends_at, now.place.name
            now.starts_at, now.ends_at, now.place, now.seats = wanted.starts_at, wanted.ends_at, wanted.place, wanted.seats  # fmt: skip
            now.moved_from = before if before != now.starts_at else now.moved_from
            now.version += 1
            now.edition = edition_on(series.wall(now.starts_at).date(), editions)
            now.save(update_fields=["starts_at", "ends_at", "place", "seats", "moved_from", "version", "edition"])
            changed.append(now)
            if told:
                moves.append(telling.Moved(now, before, ended, place_before))
        moves.sort(key=lambda move: move.session.starts_at)
        told_ = telling.Told(0, [])
        if moves:
            once = f"session_moved:{moves[0].session.pk}:{moves[0].session.version}"
            told_ = telling.tell_moved(moves, once=once, at=at)
        if changed:
            record("workshops.moved", by=by, at=at, garden=session.garden, about=session, count=len(changed), told=told_.count)  # fmt: skip
        for now in changed:
            enrolling.fill(now, by=by, at=at)
        return Moved(changed, told_)


# --- Cancelling -----------------------------------------------------------------------------------


def cancel(session: Session, scope: Scope, *, reason: str, by: Person | None, at: datetime) -> Moved:
    """Sessions are not held. Enrolments stay as they were, so that who is told can be read again. Done twice, nothing happens
    the second time. Refusal: SessionNotOpen when none of them is planned any more."""
    with transaction.atomic():
        chosen = sorted(touched(session, scope, at=at), key=lambda one: one.pk)
        locked = [turn_at(one) for one in chosen]
        kept = [one for one in locked if one.state == Session.State.PLANNED]
        if not kept:
            raise SessionNotOpen
        kept.sort(key=lambda one: one.starts_at)
        told = telling.tell_cancelled(kept, reason, once=f"session_cancelled:{kept[0].pk}", at=at)
        rows = Session.objects.filter(pk__in=[one.pk for one in kept])
        rows.update(state=Session.State.CANCELLED, cancelled_because=reason, version=F("version") + 1)
        record("workshops.cancelled", by=by, at=at, garden=session.garden, about=session, count=len(kept), told=told.count)  # fmt: skip
        return Moved(kept, told)


# --- Closing --------------------------------------------------------------------------------------


def hold(
    session: Session, *, adults: int = 0, children: int = 0, rest_came: bool = False, report: str = "",
    by: Person | None, at: datetime,
) -> None:  # fmt: skip
    """The session was held. Of an open door, so many came. Who has a place and was not ticked came, or not, by `rest_came`;
    who waits did not. Done again, it corrects what was said. Refusals: SessionNotOpen (cancelled), TooEarly."""
    with transaction.atomic():
        now = turn_at(session)
        if now.state == Session.State.CANCELLED:
            raise SessionNotOpen
        if now.starts_at > at:
            raise TooEarly
        rest = Enrolment.objects.filter(session=now, state=Enrolment.State.ENROLLED)
        marked = rest.update(state=Enrolment.State.CAME if rest_came else Enrolment.State.ABSENT, changed_at=at)
        enrolling.count_came(now)
        open_door = now.workshop.open_door
        rows = Session.objects.filter(pk=now.pk)
        rows.update(
            state=Session.State.HELD, report=report, adults=adults if open_door else 0, children=children if open_door else 0
        )  # fmt: skip
        record("workshops.held", by=by, at=at, garden=now.garden, about=now, marked=marked)


def people_told(sessions: Sequence[Session]) -> dict[str, int]:
    """How many would be told by each channel if these sessions changed, for the preview. Two queries."""
    return telling.channels(telling.concerned(sessions))
