"""A meeting of the network: its programme, who comes, who waits, what they chose; everybody is told once.

Places are given in one order: whoever counts those of a meeting takes its turn first (`_turn`). The database refuses one
too many besides, of the meeting and of each session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core import signing
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import day_range
from cageot.guide.models import Event, Registration, Slot
from cageot.guide.rules.events import clash
from cageot.members.telling import Words, tell_person
from cageot.network.actions import Refused, record
from cageot.network.models import Garden, Person

SALT = "cageot.guide.registration"
State = Registration.State
THERE = (State.COMING, State.CAME, State.ABSENT)
"""Those who have a place, and what became of it."""
TOLD = (State.COMING, State.WAITING)
Link = Callable[[Registration], str]
"""The whole address of somebody's own page."""


class NotOpen(Refused):
    """Nobody registers: it is prepared, closed, over or cancelled, or its last day to register is past."""


class SlotFull(Refused):
    """A session has no place left."""

    def __init__(self, slot: Slot) -> None:
        self.slot = slot


class SameTime(Refused):
    """Two chosen sessions stand at the same time."""

    def __init__(self, one: Slot, other: Slot) -> None:
        self.one, self.other = one, other


class NotChosen(Refused):
    """A session that is of another meeting, or that is for everybody."""


class FewerThanTaken(Refused):
    """So many places are taken already (`taken`)."""

    def __init__(self, taken: int) -> None:
        self.taken = taken


class SlotInUse(Refused):
    """People chose this session (`people`)."""

    def __init__(self, people: int) -> None:
        self.people = people


class NotInThisState(Refused):
    """What is asked does not suit where the meeting stands."""


def token(one: Registration) -> str:
    """What opens somebody's own page, without an account."""
    return signing.dumps([one.event_id, one.pk], salt=SALT)


def read_token(text: str) -> tuple[int, int] | None:
    """The meeting and the registration that a token names; None when it is not one of ours."""
    try:
        event, pk = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return event, pk


# --- The meeting ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Saved:
    """`told`: how many were told of another date or place; `freed`: how many who waited have a place now."""

    event: Event
    told: int = 0
    freed: int = 0


def save_event(one: Event, *, link: Link, by: Person | None, at: datetime) -> Saved:
    """Write a meeting, or change it. Who comes is told of other dates or another place; who waits gets new places.

    Refusal: FewerThanTaken.
    """
    with transaction.atomic():
        before = _turn(one.pk) if one.pk else None
        if before is not None:
            if one.seats is not None and one.seats < before.seats_taken:
                raise FewerThanTaken(before.seats_taken)
            one.seats_taken, one.state = before.seats_taken, before.state
        one.save()
        record("guide.event_changed" if before else "guide.event_planned", by=by, at=at, about=one)
        told = freed = 0
        if before is not None and one.state in (Event.State.OPEN, Event.State.CLOSED):
            where = ("first_day", "last_day", "place", "commune_code")
            if any(getattr(before, name) != getattr(one, name) for name in where):
                once = f"event:{one.pk}:moved:{one.first_day:%Y%m%d}:{at:%Y%m%d%H%M%S}"
                told = _tell_all(one, "event_moved", once, lambda who: _moved(before, one, link(who)), at)
            freed = _let_in(one, link, at)
    return Saved(one, told, freed)


NEXT: Mapping[str, tuple[str, ...]] = {
    Event.State.OPEN: (Event.State.DRAFT, Event.State.CLOSED),
    Event.State.CLOSED: (Event.State.OPEN,),
    Event.State.HELD: (Event.State.OPEN, Event.State.CLOSED),
    Event.State.DRAFT: (),
}
"""State → those it may follow."""


def move_on(one: Event, state: str, *, by: Person | None, at: datetime) -> None:
    """Open the registrations, close them, open them again, or say that it was held. Refusal: NotInThisState."""
    with transaction.atomic():
        if not Event.objects.filter(pk=one.pk, state__in=NEXT.get(state, ())).update(state=state):
            raise NotInThisState
        one.state = state
        record(f"guide.event_{state}", by=by, at=at, about=one)


def cancel_event(one: Event, *, reason: str, by: Person | None, at: datetime) -> int:
    """It is not held: all who come or wait are told, once. How many. Refusal: NotInThisState."""
    with transaction.atomic():
        rows = Event.objects.filter(pk=one.pk, state__in=[Event.State.DRAFT, Event.State.OPEN, Event.State.CLOSED])
        if not rows.update(state=Event.State.CANCELLED, cancelled_because=reason):
            raise NotInThisState
        one.state, one.cancelled_because = Event.State.CANCELLED, reason
        told = _tell_all(one, "event_cancelled", f"event:{one.pk}:cancelled", lambda _who: _cancelled(one), at)
        record("guide.event_cancelled", by=by, at=at, about=one, told=told)
    return told


def write_minutes(
    one: Event, minutes: str, of_slots: Mapping[int, str], *, hours: int, by: Person | None, at: datetime
) -> None:
    """What is kept of the day, and of each session; the hours that certificates say."""
    with transaction.atomic():
        Event.objects.filter(pk=one.pk).update(minutes=minutes, hours=hours)
        for pk, text in of_slots.items():
            Slot.objects.filter(pk=pk, event=one).update(minutes=text)
        record("guide.event_minutes", by=by, at=at, about=one)


# --- Sessions -------------------------------------------------------------------------------------


def save_slot(one: Slot, *, by: Person | None, at: datetime) -> Slot:
    """Write a session of the programme, or change it. Refusals: FewerThanTaken, SlotInUse (it is for everybody now)."""
    with transaction.atomic():
        _turn(one.event_id)
        if one.pk:
            before = Slot.objects.get(pk=one.pk)
            if one.seats is not None and one.seats < before.seats_taken:
                raise FewerThanTaken(before.seats_taken)
            if before.seats_taken and not one.chosen:
                raise SlotInUse(before.seats_taken)
            one.seats_taken = before.seats_taken
        one.save()
        record("guide.slot_written", by=by, at=at, about=one)
    return one


def remove_slot(one: Slot, *, by: Person | None, at: datetime) -> None:
    """Take a session off the programme. Refusal: SlotInUse."""
    with transaction.atomic():
        _turn(one.event_id)
        if taken := Slot.objects.get(pk=one.pk).seats_taken:
            raise SlotInUse(taken)
        record("guide.slot_removed", by=by, at=at, about=one)
        one.delete()


# --- Who comes ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Who:
    """Somebody who comes, and what is to know of them. `travel_from`: an INSEE code, "" for none."""

    first_name: str
    last_name: str
    email: str
    organisation: str = ""
    meals: bool = True
    needs: str = ""
    travel: str = Registration.Travel.NONE
    travel_from: str = ""
    travel_seats: int = 0
    travel_note: str = ""
    share_contact: bool = False
    slots: tuple[int, ...] = field(default=())


@dataclass(frozen=True)
class Registered:
    """What came of it: `rank` is None with a place, else the rank among those who wait. `again`: nothing changed, they were
    registered already."""

    registration: Registration
    rank: int | None
    again: bool = False


def is_open(one: Event, today: date) -> bool:
    """Whether anybody may register that day."""
    last = one.register_until or one.last_day
    return one.state == Event.State.OPEN and today <= min(last, one.last_day)


def register(
    event: Event, who: Who, *, link: Link, person: Person | None, garden: Garden | None, today: date, by: Person | None,
    at: datetime,
) -> Registered:  # fmt: skip
    """Somebody comes: a place, or a rank. The same address twice is one registration (`again`), told nothing new; one that
    had been cancelled begins anew, at the end of the line.

    Refusals: NotOpen, SlotFull, SameTime, NotChosen.
    """
    with transaction.atomic():
        now = _turn(event.pk)
        if not is_open(now, today):
            raise NotOpen
        known = Registration.objects.filter(event=now, email__iexact=who.email).first()
        if known and known.state != State.CANCELLED:
            return Registered(known, rank_of(known), again=True)
        waits = Registration.objects.filter(event=now, state=State.WAITING).exists()
        fits = not waits and _take(now)
        one = known or Registration(event=now, email=who.email.lower())
        one.state, one.at, one.person, one.garden = State.COMING if fits else State.WAITING, at, person, garden
        _fill(one, who)
        one.save()
        _choose(one, who.slots)
        rank = rank_of(one)
        record("guide.registered", by=by, at=at, garden=garden, about=one, waits=rank is not None)
        words = _registered(now, one, rank, link(one))
        once = f"event:{now.pk}:registered:{one.pk}:{at:%Y%m%d%H%M%S}"
        tell_person(
            one.email, "event_registered", words, about=f"guide.registration:{one.pk}", garden=None, once=once, at=at
        )
    return Registered(one, rank)


def change(one: Registration, who: Who, *, by: Person | None, at: datetime) -> None:
    """Other sessions, another need, another journey. The address stays. Refusals: NotInThisState, SlotFull, SameTime, NotChosen."""
    with transaction.atomic():
        _turn(one.event_id)
        now = Registration.objects.get(pk=one.pk)
        if now.state not in TOLD:
            raise NotInThisState
        one.state = now.state
        _fill(one, who)
        one.save()
        _choose(one, who.slots)
        record("guide.registration_changed", by=by, at=at, garden=one.garden, about=one)


def leave(one: Registration, *, link: Link, by: Person | None, at: datetime) -> bool:
    """They do not come: their places go to who waits. False when they had left already."""
    with transaction.atomic():
        event = _turn(one.event_id)
        before = Registration.objects.get(pk=one.pk).state
        if before not in TOLD:
            return False
        Registration.objects.filter(pk=one.pk).update(
            state=State.CANCELLED, travel=Registration.Travel.NONE, share_contact=False
        )
        one.state = State.CANCELLED
        _choose(one, ())
        if before == State.COMING:
            Event.objects.filter(pk=event.pk).update(seats_taken=F("seats_taken") - 1)
            event.refresh_from_db()
        record("guide.registration_left", by=by, at=at, garden=one.garden, about=one)
        if event.state in (Event.State.OPEN, Event.State.CLOSED):
            _let_in(event, link, at)
    return True


def mark(event: Event, came: Iterable[int], absent: Iterable[int], *, by: Person | None, at: datetime) -> int:
    """Say who came and who did not, of those who have a place. How many rows changed."""
    with transaction.atomic():
        rows = Registration.objects.filter(event=event, state__in=THERE)
        done = rows.filter(pk__in=list(came)).exclude(state=State.CAME).update(state=State.CAME)
        done += rows.filter(pk__in=list(absent)).exclude(state=State.ABSENT).update(state=State.ABSENT)
        if done:
            record("guide.event_came", by=by, at=at, about=event, changed=done)
    return done


def rank_of(one: Registration) -> int | None:
    """The rank among those who wait, 1 for the next; None for who does not wait."""
    if one.state != State.WAITING:
        return None
    before = Q(at__lt=one.at) | Q(at=one.at, pk__lt=one.pk)
    return Registration.objects.filter(before, event=one.event_id, state=State.WAITING).count() + 1


def _turn(pk: int) -> Event:
    """The meeting as it stands, nobody else giving or taking its places until the transaction ends."""
    return Event.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)


def _take(event: Event) -> bool:
    """Take a place if one is left."""
    rows = Event.objects.filter(pk=event.pk).filter(Q(seats__isnull=True) | Q(seats_taken__lt=F("seats")))
    return bool(rows.update(seats_taken=F("seats_taken") + 1))


def _fill(one: Registration, who: Who) -> None:
    for name in (
        "first_name", "last_name", "organisation", "meals", "needs", "travel", "travel_from", "travel_seats", "travel_note",
        "share_contact",
    ):  # fmt: skip
        setattr(one, name, getattr(who, name))


def _choose(one: Registration, slots: Sequence[int]) -> None:
    """Leave what was chosen before, take what is chosen now. Who waits for the meeting chooses too: places are kept."""
    wanted = list(Slot.objects.filter(event=one.event_id, chosen=True, pk__in=slots).order_by("pk"))
    if len(wanted) != len(set(slots)):
        raise NotChosen
    if pair := clash(wanted):
        raise SameTime(*pair)
    had = set(one.slots.values_list("pk", flat=True))
    new = {slot.pk for slot in wanted}
    Slot.objects.filter(pk__in=had - new).update(seats_taken=F("seats_taken") - 1)
    for slot in wanted:
        if slot.pk in had:
            continue
        rows = Slot.objects.filter(pk=slot.pk).filter(Q(seats__isnull=True) | Q(seats_taken__lt=F("seats")))
        if not rows.update(seats_taken=F("seats_taken") + 1):
            raise SlotFull(slot)
    one.slots.set(wanted)


def _let_in(event: Event, link: Link, at: datetime) -> int:
    """Places left go to those who wait, in order; each is told."""
    done = 0
    for one in Registration.objects.filter(event=event, state=State.WAITING).order_by("at", "pk"):
        if not _take(event):
            break
        Registration.objects.filter(pk=one.pk).update(state=State.COMING)
        words = _freed(event, link(one))
        tell_person(
            one.email, "event_place", words, about=f"guide.registration:{one.pk}", garden=None,
            once=f"event:{event.pk}:place:{one.pk}:{one.at:%Y%m%d%H%M%S}", at=at,
        )  # fmt: skip
        done += 1
    return done


# --- What is told ---------------------------------------------------------------------------------


def _tell_all(event: Event, kind: str, once: str, words: Callable[[Registration], Words], at: datetime) -> int:
    rows = list(Registration.objects.filter(event=event, state__in=TOLD))
    for one in rows:
        tell_person(
            one.email, kind, words(one), about=f"guide.registration:{one.pk}", garden=None, once=f"{once}:{one.pk}", at=at
        )  # fmt: skip
    return len(rows)


def days(event: Event) -> str:
    """ "jeudi 17 mai 2018", or "17 – 18 mai 2018"."""
    if event.first_day == event.last_day:
        return said(event.first_day, "year")
    words = day_range(event.first_day, event.last_day)
    return words if str(event.last_day.year) in words else f"{words} {event.last_day.year}"


def _words(subject: str, *parts: str) -> Words:
    return Words(subject, "\n\n".join([_("Bonjour,"), *(part for part in parts if part)]), "")


def _facts(event: Event) -> str:
    lines = [_("Quand : %(when)s") % {"when": days(event)}, _("Où : %(place)s") % {"place": event.place}]
    return "\n".join(lines)


def _page(link: str) -> str:
    return _("Votre inscription, pour la changer ou l’annuler :\n%(link)s") % {"link": link}


def _registered(event: Event, one: Registration, rank: int | None, link: str) -> Words:
    told = {"title": event.title, "rank": rank}
    if rank is None:
        return _words(_("Vous êtes inscrit : %(title)s") % told, _("Vous êtes inscrit à « %(title)s ».") % told, _facts(event), _page(link))  # fmt: skip
    waits = ngettext(
        "C’est complet. Vous êtes le prochain sur la liste d’attente de « %(title)s ».",
        "C’est complet. Vous êtes à la place %(rank)s sur la liste d’attente de « %(title)s ».", rank,
    ) % told  # fmt: skip
    more = _("Dès qu’une place se libère, elle est à vous : un message vous le dit.")
    return _words(_("Liste d’attente : %(title)s") % told, waits, more, _facts(event), _page(link))


def _freed(event: Event, link: str) -> Words:
    told = {"title": event.title}
    return _words(
        _("Une place est à vous : %(title)s") % told,
        _("Une place s’est libérée à « %(title)s » : elle est à vous. Si vous ne pouvez plus venir, dites-le.") % told,
        _facts(event), _page(link),
    )  # fmt: skip


def _moved(before: Event, event: Event, link: str) -> Words:
    told = {"title": event.title, "before": f"{days(before)}, {before.place}"}
    return _words(
        _("Changement : %(title)s") % told,
        _("« %(title)s » était prévu : %(before)s. Voici le nouveau rendez-vous.") % told, _facts(event),
        _("Vous ne pouvez plus venir ? Dites-le, votre place servira."), _page(link),
    )  # fmt: skip


def _cancelled(event: Event) -> Words:
    told = {"title": event.title, "when": days(event), "reason": event.cancelled_because}
    return _words(
        _("Annulé : %(title)s") % told, _("« %(title)s » (%(when)s) n’aura pas lieu.") % told,
        _("Pourquoi : %(reason)s") % told if event.cancelled_because else "", _("Vous n’avez rien à faire."),
    )  # fmt: skip
