"""A garden's committee: who sits, when it meets, what it decides and who does it; all are told once.

A meeting is convened once: two clicks, or two people at once, write to each member a single time. When its moment or
place changes after that, those who sit are told again, once for each change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import hour
from cageot.guide.models import CommitteeMember, Decision, Meeting
from cageot.members.telling import Words, tell_person
from cageot.network.actions import Refused, record
from cageot.network.models import Garden, Person


class NobodyToTell(Refused):
    """No member of the committee has a mail address."""


class MeetingIsOver(Refused):
    """It was held already: nobody is convened to it, and it is not cancelled."""


class MeetingThere(Refused):
    """Another meeting of the garden (`meeting`) has that moment and place, and another agenda."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        super().__init__(meeting)


class HasMinutes(Refused):
    """Something was written of it, or decided: it stays."""


class SaidSomething(Refused):
    """A member who came to a meeting stays in the list: an end date is given instead."""


def sitting(garden: Garden, day: date) -> QuerySet[CommitteeMember]:
    """Who sits in the committee on a day."""
    rows = CommitteeMember.objects.filter(garden=garden, from_day__lte=day).filter(
        Q(until_day__isnull=True) | Q(until_day__gte=day)
    )
    return rows.select_related("partner")


def save_seat(one: CommitteeMember, *, by: Person | None, at: datetime) -> CommitteeMember:
    """Write somebody who sits, or change it."""
    new = one.pk is None
    with transaction.atomic():
        one.save()
        record("guide.seat_given" if new else "guide.seat_changed", by=by, at=at, garden=one.garden, about=one)
    return one


def take_seat_away(one: CommitteeMember, *, by: Person | None, at: datetime) -> None:
    """Somebody written by mistake. Refusal: SaidSomething."""
    with transaction.atomic():
        if one.meetings.exists():
            raise SaidSomething
        record("guide.seat_removed", by=by, at=at, garden=one.garden, about=one)
        one.delete()


# --- Meetings -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Saved:
    """`told`: how many were told of another moment or place. `again`: it was there already, and nothing was written."""

    meeting: Meeting
    told: int = 0
    again: bool = False


def save_meeting(one: Meeting, *, by: Person | None, at: datetime) -> Saved:
    """Write a meeting, or change it; those who were convened are told of another moment or place.

    A new one at the moment and place of another is that one (the form was sent twice). Refusal: MeetingThere.
    """
    with transaction.atomic():
        if not one.pk and (known := _there(one)):
            return Saved(known, again=True)
        before = Meeting.objects.select_for_update().filter(pk=one.pk).first() if one.pk else None
        if before is not None:
            one.convened_at = before.convened_at
        one.save()
        record(
            "guide.meeting_changed" if before else "guide.meeting_planned", by=by, at=at, garden=one.garden, about=one
        )
        moved = before and before.convened_at and (before.at, before.place) != (one.at, one.place)
        told = 0
        if before and moved and one.at > at:
            told = _tell_all(
                one, "committee_moved", f"steering:{one.pk}:moved:{one.at:%Y%m%d%H%M}:{at:%Y%m%d%H%M%S}", _moved(before, one), at
            )  # fmt: skip
    return Saved(one, told)


def _there(one: Meeting) -> Meeting | None:
    """The garden's meeting of that moment and place; two forms sent at once come here one after the other."""
    Garden.objects.select_for_update(no_key=True).get(pk=one.garden_id)
    known = Meeting.objects.select_related("garden").filter(garden=one.garden_id, at=one.at, place=one.place).first()
    if known and any(getattr(known, name) != getattr(one, name) for name in ("agenda", "brief_from", "brief_until")):
        raise MeetingThere(known)
    return known


def convene(one: Meeting, *, by: Person | None, at: datetime) -> int:
    """Write to everybody who sits that day; how many mails wait to leave, 0 when it was done already.

    Refusals: MeetingIsOver, NobodyToTell.
    """
    if one.at <= at:
        raise MeetingIsOver
    with transaction.atomic():
        if not Meeting.objects.filter(pk=one.pk, convened_at__isnull=True).update(convened_at=at):
            return 0
        told = _tell_all(one, "committee_convened", f"steering:{one.pk}:convened", _convened(one), at)
        if not told:
            raise NobodyToTell
        record("guide.meeting_convened", by=by, at=at, garden=one.garden, about=one, told=told)
        one.convened_at = at
    return told


def cancel(one: Meeting, *, by: Person | None, at: datetime) -> int:
    """The meeting is not held: those who were convened are told, and it goes. How many were told.

    Refusals: MeetingIsOver (it was convened, and its hour is past), HasMinutes.
    """
    with transaction.atomic():
        now = Meeting.objects.select_for_update().filter(pk=one.pk).first()
        if now is None:
            return 0
        if now.notes or now.decisions.exists() or now.present.exists():
            raise HasMinutes
        if now.convened_at and now.at <= at:
            raise MeetingIsOver
        told = 0
        if now.convened_at:
            told = _tell_all(now, "committee_cancelled", f"steering:{now.pk}:cancelled", _cancelled(now), at)
        record("guide.meeting_cancelled", by=by, at=at, garden=now.garden, about=now, told=told)
        now.delete()
    return told


def write_minutes(
    one: Meeting, *, notes: str, present: Sequence[CommitteeMember], by: Person | None, at: datetime
) -> None:
    """What was said, and who came."""
    with transaction.atomic():
        Meeting.objects.filter(pk=one.pk).update(notes=notes)
        one.notes = notes
        one.present.set(present)
        record("guide.minutes_written", by=by, at=at, garden=one.garden, about=one, present=len(present))


# --- Decisions ------------------------------------------------------------------------------------


def decide(
    meeting: Meeting, *, text: str, owner: str, due_on: date | None, by: Person | None, at: datetime
) -> Decision:
    """Write what was decided. The same words twice in one meeting are one decision (two clicks)."""
    with transaction.atomic():
        Meeting.objects.select_for_update().get(pk=meeting.pk)
        known = meeting.decisions.filter(text=text).first()
        if known:
            return known
        made = Decision.objects.create(meeting=meeting, text=text, owner=owner, due_on=due_on, by=by)
        record("guide.decided", by=by, at=at, garden=meeting.garden, about=made)
    return made


def change_decision(
    one: Decision, *, text: str, owner: str, due_on: date | None, by: Person | None, at: datetime
) -> None:
    """Say it better, give it to somebody else, or another day."""
    with transaction.atomic():
        Decision.objects.filter(pk=one.pk).update(text=text, owner=owner, due_on=due_on)
        record("guide.decision_changed", by=by, at=at, garden=one.meeting.garden, about=one)


def settle(one: Decision, *, done_on: date | None, by: Person | None, at: datetime) -> bool:
    """It is done since that day, or not yet (None). False when nothing changed."""
    with transaction.atomic():
        rows = Decision.objects.filter(pk=one.pk, done_on__isnull=done_on is not None)
        changed = bool(rows.update(done_on=done_on))
        if changed:
            verb = "guide.decision_done" if done_on else "guide.decision_open"
            record(verb, by=by, at=at, garden=one.meeting.garden, about=one)
    return changed


def withdraw(one: Decision, *, by: Person | None, at: datetime) -> None:
    """A decision written by mistake goes."""
    with transaction.atomic():
        record("guide.decision_removed", by=by, at=at, garden=one.meeting.garden, about=one)
        one.delete()


# --- What is told ---------------------------------------------------------------------------------


def _tell_all(one: Meeting, kind: str, once: str, words: Words, at: datetime) -> int:
    """One mail to each address of those who sit that day."""
    addresses: dict[str, CommitteeMember] = {}
    for member in sitting(one.garden, localtime(one.at).date()).exclude(email=""):
        addresses.setdefault(member.email.casefold(), member)
    for member in addresses.values():
        tell_person(
            member.email, kind, words, about=f"guide.meeting:{one.pk}", garden=one.garden, once=f"{once}:{member.pk}", at=at
        )  # fmt: skip
    return len(addresses)


def when(at: datetime) -> str:
    """ "jeudi 12 avril 2018, 14 h 30"."""
    return _("%(day)s, %(hour)s") % {"day": said(localtime(at).date(), "year"), "hour": hour(at)}


def _facts(one: Meeting) -> list[str]:
    where = _("Où : %(place)s") % {"place": one.place} if one.place else ""
    return [line for line in (_("Quand : %(when)s") % {"when": when(one.at)}, where) if line]


def _words(one: Meeting, subject: str, first: str, *more: str) -> Words:
    body = [_("Bonjour,"), first, "\n".join(_facts(one)), *(part for part in more if part), one.garden.name]
    return Words(subject, "\n\n".join(body), "")


def _convened(one: Meeting) -> Words:
    agenda = _("Ordre du jour :\n%(agenda)s") % {"agenda": one.agenda} if one.agenda else ""
    told = {"garden": one.garden.name, "day": said(localtime(one.at).date(), "plain")}
    return _words(
        one, _("Comité de pilotage du %(day)s, %(garden)s") % told,
        _("Vous êtes invité au comité de pilotage : %(garden)s.") % told, agenda,
        _("Vous ne pouvez pas venir ? Répondez à ce message."),
    )  # fmt: skip


def _moved(before: Meeting, one: Meeting) -> Words:
    told = {"garden": one.garden.name, "before": when(before.at)}
    if before.place:
        told["before"] = f"{told['before']}, {before.place}"
    return _words(
        one, _("Le comité de pilotage change de date ou de lieu, %(garden)s") % told,
        _("Le comité de pilotage (%(garden)s) était prévu : %(before)s. Voici le nouveau rendez-vous.") % told,
    )  # fmt: skip


def _cancelled(one: Meeting) -> Words:
    told = {"garden": one.garden.name}
    return _words(
        one, _("Le comité de pilotage est annulé, %(garden)s") % told,
        _("Ce comité de pilotage (%(garden)s) n’aura pas lieu. Une autre date vous sera proposée.") % told,
    )  # fmt: skip
