"""Coming to a session: a place or a rank, never one place twice; leaving; a place freed goes to who waits.

Whoever counts the places of a session takes the session's turn first (`turn_at`), so that order of arrival is one order,
and the last places are given to exactly as many people. The database refuses one person too many besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from cageot.members.models import Household
from cageot.network.actions import Refused, record
from cageot.network.models import Partner, Person
from cageot.workshops.actions import telling
from cageot.workshops.models import Enrolment, EnrolmentDetails, Session
from cageot.workshops.queries.announced import Waits, why_waits
from cageot.workshops.rules import series, waiting

State = Enrolment.State
COMING = (State.ENROLLED, State.CAME, State.ABSENT)
"""Those who have a place, and what became of it."""
MOST_PEOPLE = 200
"""People who come together, at most: a bus, a class."""


@dataclass(frozen=True)
class Outsider:
    """Somebody who is not of the garden: a first name, and a way to be told when the session moves. `code`: print of the
    secret with which they say that they do not come (`network.secrets.secret`), "" for none."""

    first_name: str
    email: str = ""
    phone: str = ""
    code: str = ""


@dataclass(frozen=True)
class Enrolled:
    """What came of it: `rank` is None with a place, else the rank among those who wait (1 is next), where `left` places were
    left. `again`: they were enrolled or waiting already, and nothing changed."""

    enrolment: Enrolment
    rank: int | None
    again: bool = False
    left: int | None = 0

    @property
    def waits(self) -> Waits | None:
        """Why they wait, and their rank; None with a place."""
        if self.rank is None:
            return None
        return Waits(why_waits(self.enrolment.adults + self.enrolment.children, self.left), self.rank)


class ChildAlone(Refused):
    """Children cannot come without an adult."""


class SessionNotOpen(Refused):
    """It is cancelled, or over, or has begun and it is not the garden that lets somebody in: nobody enrols any more."""


class NoEnrolment(Refused):
    """An open door: people come without enrolling, and are counted."""


class TooManyPeople(Refused):
    """So many could never come together: the session has fewer places in all (`seats`)."""

    def __init__(self, seats: int) -> None:
        self.seats = seats


class NoPlaceLeft(Refused):
    """They do not fit in the places left (`left`)."""

    def __init__(self, left: int) -> None:
        self.left = left


class NotComing(Refused):
    """They said that they do not come: how many they are does not change any more."""


class AlreadyMarked(Refused):
    """It is noted who came: how many is corrected there."""


class NotOfThisGarden(Refused):
    """This household belongs to another garden, or is gone."""


def turn_at(session: Session) -> Session:
    """The session as it stands, nobody else giving or taking its places until the transaction ends."""
    return Session.objects.select_for_update(of=("self",), no_key=True).select_related("workshop", "garden", "place").get(pk=session.pk)  # fmt: skip


def enrol(
    session: Session, *, household: Household | None = None, outsider: Outsider | None = None, adults: int = 1,
    children: int = 0, needs: str = "", source: str, by: Person | None, at: datetime, partner: Partner | None = None,
) -> Enrolled:  # fmt: skip
    """A household, or somebody from outside, comes with so many people: a place for all of them, or a rank.

    A household that asks twice is enrolled once: the second time gives back the first (`again`), as an outsider's same
    `code`, mail address or telephone number does. One that had left comes again, at the end of the line. What may not be is
    refused to an outsider known or not, so that a refusal tells nobody who comes. `source`: a value of `Enrolment.By`; once
    it has begun, the garden alone (STAFF) lets somebody in, before who waits if it likes. `partner`: the organisation of the
    referrer who enrols them. Refusals: ChildAlone, TooManyPeople, SessionNotOpen, NoEnrolment, NotOfThisGarden.
    """
    staff = source == Enrolment.By.STAFF
    if (household is None) == (outsider is None):
        raise ValueError("a household, or somebody from outside")
    with transaction.atomic():
        now = turn_at(session)
        if household and (household.garden_id != now.garden_id or household.erased_on):
            raise NotOfThisGarden
        known = _known(now, household, outsider)
        if outsider or not known:
            _check(now, adults, children, at, staff)
        places = waiting.left(now.seats, now.seats_taken)
        if known:
            return Enrolled(known, rank_of(known), again=True, left=places)
        line, people = _line(now), adults + children
        fits = waiting.fits_at_once(people, places, line, pass_over=_passing(now, at)) and _take(now, people)
        last = Enrolment.objects.filter(session=now, state=State.WAITING).order_by("-at").values_list("at", flat=True).first()  # fmt: skip
        values = {
            "adults": adults, "children": children, "state": State.ENROLLED if fits else State.WAITING, "source": source,
            # Whoever wrote their time before having their turn does not go before those who have been told their rank.
            "at": max(at, last + timedelta(microseconds=1)) if last else at,
            "by": by, "partner": partner, "changed_at": None, "came_adults": None, "came_children": None,
        }  # fmt: skip
        if household:
            made, _new = Enrolment.objects.update_or_create(session=now, household=household, defaults=values)
            EnrolmentDetails.objects.filter(enrolment=made).delete()
        else:
            made = Enrolment.objects.create(session=now, **values)
        _keep_details(made, outsider, needs)
        record("workshops.enrolled", by=by, at=at, garden=now.garden, about=made, waits=not fits, people=people)
        return Enrolled(made, None if fits else len(line) + 1, left=places)


def _known(session: Session, household: Household | None, outsider: Outsider | None) -> Enrolment | None:
    """The enrolment that is there already: the household's, or one from outside that has the same code, address or number."""
    rows = Enrolment.objects.filter(session=session).exclude(state=State.CANCELLED)
    if outsider is None:
        return rows.filter(household=household).first()
    same = {"code": outsider.code, "email__iexact": outsider.email, "phone": outsider.phone}
    asked = [Q(**{f"details__{field}": value}) for field, value in same.items() if value]
    return rows.filter(household=None).filter(reduce(or_, asked)).first() if asked else None


def _check(session: Session, adults: int, children: int, at: datetime, staff: bool) -> None:
    """Refuse who may not come, by name. The line moves until the session begins; from then on, `staff` let people in."""
    if adults < 1:
        raise ChildAlone
    if session.workshop.open_door:
        raise NoEnrolment
    if session.state != Session.State.PLANNED or (session.ends_at if staff else session.starts_at) <= at:
        raise SessionNotOpen
    most = MOST_PEOPLE if session.seats is None else min(session.seats, MOST_PEOPLE)
    if waiting.too_many(adults + children, most):
        raise TooManyPeople(most)


def _passing(session: Session, at: datetime) -> bool:
    return waiting.passing(series.wall(at).date(), series.wall(session.starts_at).date())


def _line(session: Session) -> list[waiting.Party]:
    """Those who wait, in order of arrival."""
    rows = Enrolment.objects.filter(session=session, state=State.WAITING).order_by("at", "pk")
    return [waiting.Party(pk, adults + children) for pk, adults, children in rows.values_list("pk", "adults", "children")]  # fmt: skip


def _take(session: Session, people: int) -> bool:
    """Take so many places, if they are there; `people` below zero gives some back."""
    rows = Session.objects.filter(Q(seats=None) | Q(seats__gte=F("seats_taken") + people), pk=session.pk)
    taken = bool(rows.update(seats_taken=F("seats_taken") + people))
    if taken:
        session.seats_taken += people
    return taken


def _keep_details(enrolment: Enrolment, outsider: Outsider | None, needs: str) -> None:
    if outsider or needs:
        who = outsider or Outsider("")
        EnrolmentDetails.objects.create(
            enrolment=enrolment, first_name=who.first_name, email=who.email, phone=who.phone, code=who.code, needs=needs
        )


def rank_of(enrolment: Enrolment) -> int | None:
    """Their rank among those who wait, 1 being next; None when they do not wait. One query."""
    if enrolment.state != State.WAITING:
        return None
    before = Q(at__lt=enrolment.at) | Q(at=enrolment.at, pk__lte=enrolment.pk)
    return Enrolment.objects.filter(before, session=enrolment.session_id, state=State.WAITING).count()


# --- Otherwise ------------------------------------------------------------------------------------


def change_party(
    enrolment: Enrolment, *, adults: int, children: int, needs: str | None = None, staff: bool = False, by: Person | None,
    at: datetime,
) -> Enrolled:  # fmt: skip
    """They come with more or fewer people. Who has a place keeps it: more people need as many places left; who waits keeps
    their rank. Once it has begun, the garden alone changes that (`staff`). Refusals: ChildAlone, TooManyPeople, SessionNotOpen, NotComing, AlreadyMarked, NoPlaceLeft."""
    with transaction.atomic():
        now = turn_at(enrolment.session)
        found = Enrolment.objects.select_related("household").get(pk=enrolment.pk)
        _check(now, adults, children, at, staff)
        if found.state == State.CANCELLED:
            raise NotComing
        if found.state not in (State.ENROLLED, State.WAITING):
            raise AlreadyMarked
        more = adults + children - found.adults - found.children
        if found.state == State.ENROLLED and more:
            places = waiting.left(now.seats, now.seats_taken)
            if not _take(now, more):
                raise NoPlaceLeft(places or 0)
        found.adults, found.children, found.changed_at = adults, children, at
        found.save(update_fields=["adults", "children", "changed_at"])
        if needs is not None:
            EnrolmentDetails.objects.update_or_create(enrolment=found, defaults={"needs": needs})
        record("workshops.party_changed", by=by, at=at, garden=now.garden, about=found, people=adults + children)
        _fill(now, by, at)
        found.refresh_from_db(fields=["state"])
        return Enrolled(found, rank_of(found), left=waiting.left(now.seats, now.seats_taken))


def leave(enrolment: Enrolment, *, by: Person | None, at: datetime) -> list[Enrolment]:
    """They do not come. Their places go to who waits, who is told: returned. Done twice, it is done once.

    Refusal: SessionNotOpen once it is cancelled, held, or over.
    """
    with transaction.atomic():
        now = turn_at(enrolment.session)
        found = Enrolment.objects.get(pk=enrolment.pk)
        if found.state == State.CANCELLED:
            return []
        if now.state != Session.State.PLANNED or now.ends_at <= at or found.state in (State.CAME, State.ABSENT):
            raise SessionNotOpen
        if found.state == State.ENROLLED:
            _take(now, -(found.adults + found.children))
        Enrolment.objects.filter(pk=found.pk).update(state=State.CANCELLED, changed_at=at)
        record("workshops.left", by=by, at=at, garden=now.garden, about=found, waited=found.state == State.WAITING)
        return _fill(now, by, at)


def promote(enrolment: Enrolment, *, by: Person | None, at: datetime) -> bool:
    """Give a place to somebody who waits, whatever their rank: the garden decides. They are told. False when they did not
    wait any more. Refusals: SessionNotOpen, NoPlaceLeft when they do not fit."""
    with transaction.atomic():
        now = turn_at(enrolment.session)
        if now.state != Session.State.PLANNED or now.ends_at <= at:
            raise SessionNotOpen
        found = Enrolment.objects.select_related("household__garden", "details").get(pk=enrolment.pk)
        if found.state != State.WAITING:
            return False
        if not _give(now, found, by, at):
            raise NoPlaceLeft(waiting.left(now.seats, now.seats_taken) or 0)
        return True


def fill(session: Session, *, by: Person | None, at: datetime) -> list[Enrolment]:
    """Give the places left to who waits, by the rule; they are told. Returns them."""
    with transaction.atomic():
        return _fill(turn_at(session), by, at)


def fill_due(today: date, *, at: datetime) -> int:
    """Each day: sessions so near that places kept for a big family now go to the first who fits. Returns how many were told."""
    until = series.moment(today + waiting.KEPT_UNTIL + timedelta(days=1), time.min)
    rows = Session.objects.filter(state=Session.State.PLANNED, starts_at__gt=at, starts_at__lt=until)
    due = rows.filter(Q(seats=None) | Q(seats_taken__lt=F("seats")), enrolments__state=State.WAITING).distinct()
    return sum(len(fill(one, by=None, at=at)) for one in due)


def _fill(session: Session, by: Person | None, at: datetime) -> list[Enrolment]:
    """Under the session's turn. Once it has begun, nobody is told of a place any more: the garden lets in whom it sees."""
    if session.state != Session.State.PLANNED or session.starts_at <= at:
        return []
    line, places = _line(session), waiting.left(session.seats, session.seats_taken)
    chosen = waiting.next_in(line, places, pass_over=_passing(session, at))
    if not chosen:
        return []
    rows = Enrolment.objects.select_related("household__garden", "details").in_bulk([one.who for one in chosen])
    return [rows[one.who] for one in chosen if _give(session, rows[one.who], by, at)]


def _give(session: Session, enrolment: Enrolment, by: Person | None, at: datetime) -> bool:
    """A place for one who waits, who is told."""
    if not _take(session, enrolment.adults + enrolment.children):
        return False
    Enrolment.objects.filter(pk=enrolment.pk).update(state=State.ENROLLED, changed_at=at)
    enrolment.state, enrolment.changed_at = State.ENROLLED, at
    record("workshops.place_given", by=by, at=at, garden=session.garden, about=enrolment)
    telling.tell_place_freed(session, enrolment, at=at)
    return True


# --- Who came -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Came:
    """What is noted of one enrolment: they came, or not, or nobody knows yet (None). People who really came, when it is
    not who had said so."""

    came: bool | None
    adults: int | None = None
    children: int | None = None


class NotYet(Refused):
    """The session's day has not come."""


def mark_came(session: Session, marks: Mapping[int, Came], *, by: Person | None, at: datetime) -> int:
    """Note who came, by enrolment; those of other sessions, or who do not come, are passed over. Returns how many changed.

    From the session's day on. Who waited and came all the same is noted as come: the garden found them a place, so the session
    has as many more. Refusals: NotYet, SessionNotOpen (cancelled).
    """
    with transaction.atomic():
        now = turn_at(session)
        if now.state == Session.State.CANCELLED:
            raise SessionNotOpen
        if series.wall(now.starts_at).date() > series.wall(at).date():
            raise NotYet
        rows = Enrolment.objects.filter(session=now, pk__in=list(marks)).exclude(state=State.CANCELLED)
        late = [one for one in rows if one.state == State.WAITING and marks[one.pk].came]
        changed = [one for one in rows if _marked(one, marks[one.pk], at)]
        _make_room(now, sum(one.adults + one.children for one in late))
        Enrolment.objects.bulk_update(changed, ["state", "came_adults", "came_children", "changed_at"])
        count_came(now)
        if changed:
            record("workshops.came_marked", by=by, at=at, garden=now.garden, about=now, count=len(changed))
        return len(changed)


def count_came(session: Session) -> None:
    """Keep with the session how many people of its list came; its turn is held (`turn_at`)."""
    people = Coalesce("came_adults", "adults") + Coalesce("came_children", "children")
    rows = Enrolment.objects.filter(session=session, state=State.CAME)
    Session.objects.filter(pk=session.pk).update(came=rows.aggregate(n=Sum(people, default=0))["n"])


def _make_room(session: Session, people: int) -> None:
    """Places for those who came without one, more than there were if need be."""
    if people and not _take(session, people):
        taken = session.seats_taken + people
        Session.objects.filter(pk=session.pk).update(seats=taken, seats_taken=taken)


def _marked(one: Enrolment, mark: Came, at: datetime) -> bool:
    """Whether it changed."""
    before = one.state, one.came_adults, one.came_children
    if mark.came is None:
        one.state = State.ENROLLED if one.state in (State.CAME, State.ABSENT) else one.state
    elif mark.came or one.state != State.WAITING:  # who waited and does not come waits still
        one.state = State.CAME if mark.came else State.ABSENT
    here = one.state == State.CAME
    one.came_adults, one.came_children = (mark.adults, mark.children) if here else (None, None)
    if (one.came_adults, one.came_children) == (one.adults, one.children):
        one.came_adults, one.came_children = None, None
    if before == (one.state, one.came_adults, one.came_children):
        return False
    one.changed_at = at
    return True
