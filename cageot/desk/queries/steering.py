"""A garden's committee on screen: who sits, its meetings, what it decided and what is still to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.core.templatetags.cageot import day as said
from cageot.funding.queries import Period
from cageot.guide.actions.steering import sitting, when
from cageot.guide.models import CommitteeMember, Decision, Meeting
from cageot.guide.queries.personal import discretion_of
from cageot.guide.rules.discreet import Discretion, told
from cageot.network.models import Garden
from cageot.network.rules.reach import Can, Reach

SHOWN = 12
"""Meetings and decisions that the page shows of the past."""
SOON = timedelta(days=14)


@dataclass(frozen=True)
class DecisionLine:
    """A decision with where it stands: `tone` and `word` of its state. `text` and `owner` as they are told: a seat of the members
    has no name, nor has anybody who takes a basket."""

    decision: Decision
    word: str
    tone: str
    text: str
    owner: str

    @property
    def when(self) -> str:
        """Of the meeting: "12/04/2018"."""
        return said(localtime(self.decision.meeting.at).date(), "plain")


@dataclass(frozen=True)
class SeatLine:
    """Somebody who sits; `since` in words, `ended` when they sit no more."""

    seat: CommitteeMember
    since: str
    ended: bool

    @property
    def about(self) -> str:
        parts = [self.seat.function, str(self.seat.partner) if self.seat.partner else ""]
        if self.seat.for_members:
            parts.append(_("pour les adhérents"))
        return " · ".join(part for part in parts if part)


@dataclass(frozen=True)
class MeetingLine:
    """A meeting in one line."""

    meeting: Meeting
    when: str
    about: str
    past: bool


@dataclass(frozen=True)
class Page:
    """The committee's page."""

    garden: Garden
    may_write: bool
    seats: list[SeatLine]
    gone: list[SeatLine]
    coming: list[MeetingLine]
    held: list[MeetingLine]
    to_do: list[DecisionLine]
    done: list[DecisionLine]

    @property
    def members_missing(self) -> bool:
        """Whether nobody sits for the members themselves."""
        return bool(self.seats) and not any(line.seat.for_members for line in self.seats)


def page(garden: Garden, now: datetime, reach: Reach) -> Page:
    """Everything the page shows. A constant number of queries."""
    today = localtime(now).date()
    seats = [seat_line(one, today) for one in CommitteeMember.objects.filter(garden=garden).select_related("partner")]
    rows = Meeting.objects.filter(garden=garden).annotate(
        decided=Count("decisions", distinct=True), came=Count("present", distinct=True)
    )
    coming = [meeting_line(one, now) for one in rows.filter(at__gte=now).order_by("at")]
    held = [meeting_line(one, now) for one in rows.filter(at__lt=now).order_by("-at")[:SHOWN]]
    known = discretion_of(garden)
    done = _lines(Decision.objects.filter(meeting__garden=garden, done_on__isnull=False).order_by("-done_on", "-pk")[:SHOWN], today, known)  # fmt: skip
    return Page(
        garden, reach.can(Can.EDIT_AGREEMENTS, garden.pk), [one for one in seats if not one.ended],
        [one for one in seats if one.ended], coming, held, _lines(open_decisions(garden), today, known), done,
    )  # fmt: skip


def seat_line(one: CommitteeMember, today: date) -> SeatLine:
    since = _("depuis le %(day)s") % {"day": said(one.from_day, "plain")}
    if one.until_day:
        since = _("du %(first)s au %(last)s") % {
            "first": said(one.from_day, "plain"),
            "last": said(one.until_day, "plain"),
        }
    return SeatLine(one, since, bool(one.until_day and one.until_day < today))


def meeting_line(one: Meeting, now: datetime) -> MeetingLine:
    """`one` has `decided` and `came`."""
    decided, came = one.decided, one.came  # type: ignore[attr-defined]
    parts = [one.place]
    if one.at < now:
        if came:
            parts.append(ngettext("%(n)s personne", "%(n)s personnes", came) % {"n": came})
        parts.append(ngettext("%(n)s décision", "%(n)s décisions", decided) % {"n": decided})
        if not one.notes:
            parts.append(_("compte rendu à écrire"))
    else:
        parts.append(_("convocation envoyée") if one.convened_at else _("convocation à envoyer"))
    return MeetingLine(one, when(one.at), " · ".join(part for part in parts if part), one.at < now)


def seat_name(one: CommitteeMember) -> str:
    """The name, and for whom."""
    return f"{one.name} ({one.partner})" if one.partner else one.name


# --- Decisions ------------------------------------------------------------------------------------


def open_decisions(garden: Garden) -> QuerySet[Decision]:
    """What is still to do, whatever the meeting: the nearest day first, those without a day last."""
    rows = Decision.objects.filter(meeting__garden=garden, done_on__isnull=True)
    return rows.order_by(F("due_on").asc(nulls_last=True), "pk")


def decisions_of(
    garden: Garden, period: Period, today: date, known: Discretion
) -> tuple[list[DecisionLine], list[DecisionLine]]:
    """What is to do, and what was done in a period. Two queries."""
    done = Decision.objects.filter(meeting__garden=garden, done_on__range=(period.first, max(period.last, today)))
    return _lines(open_decisions(garden), today, known), _lines(done.order_by("done_on", "pk"), today, known)


def unnamed(text: str, known: Discretion) -> str:
    """The text without a member's name."""
    return told(text, known, seat=_("un siège des adhérents"), member=_("un adhérent"))


def _lines(rows: QuerySet[Decision], today: date, known: Discretion) -> list[DecisionLine]:
    return [
        DecisionLine(one, *_state(one, today), unnamed(one.text, known), unnamed(one.owner, known))
        for one in rows.select_related("meeting")
    ]


def _state(one: Decision, today: date) -> tuple[str, str]:
    """Where a decision stands, and its tone."""
    if one.done_on:
        return _("fait le %(day)s") % {"day": said(one.done_on, "plain")}, "leaf"
    if one.due_on is None:
        return _("sans date"), ""
    due = {"day": said(one.due_on, "plain")}
    if one.due_on < today:
        return _("en retard, pour le %(day)s") % due, "beet"
    return _("pour le %(day)s") % due, "squash" if one.due_on <= today + SOON else "sky"


# --- A meeting ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MeetingPage:
    """One meeting: its agenda, those who are expected, what it decided, and what earlier ones left to do."""

    meeting: Meeting
    when: str
    past: bool
    may_write: bool
    expected: list[CommitteeMember]
    present: list[CommitteeMember]
    with_mail: int
    decided: list[DecisionLine]
    before: list[DecisionLine]


def meeting_page(meeting: Meeting, now: datetime, reach: Reach) -> MeetingPage:
    """Everything the page shows. A constant number of queries."""
    today = localtime(now).date()
    known = discretion_of(meeting.garden)
    expected = list(sitting(meeting.garden, localtime(meeting.at).date()))
    before = open_decisions(meeting.garden).filter(meeting__at__lt=meeting.at).exclude(meeting=meeting)
    return MeetingPage(
        meeting, when(meeting.at), meeting.at < now, reach.can(Can.EDIT_AGREEMENTS, meeting.garden_id), expected,
        list(meeting.present.select_related("partner")), len({one.email.casefold() for one in expected if one.email}),
        _lines(meeting.decisions.all(), today, known), _lines(before, today, known),
    )  # fmt: skip


def previous(garden: Garden, at: datetime) -> Meeting | None:
    """The meeting before this moment."""
    return Meeting.objects.filter(garden=garden, at__lt=at).order_by("-at").first()


def proposed_agenda(garden: Garden, at: datetime) -> str:
    """An agenda to begin with: what was left to do, the figures, the money, what comes, and the date of the next one."""
    before = previous(garden, at)
    lines = [_("1. Tour de table")]
    waiting: Sequence[Decision] = list(open_decisions(garden)[:10])
    if before:
        day = said(localtime(before.at).date(), "plain")
        lines.append(_("%(n)s. Ce qui a été décidé le %(day)s") % {"n": len(lines) + 1, "day": day})
    elif waiting:
        lines.append(_("%(n)s. Décisions à suivre") % {"n": len(lines) + 1})
    lines += [f"   – {one.text}" for one in waiting]
    points = [
        _("Les chiffres du jardin : paniers, foyers, arrivées, fins à venir"), _("Qui paie quoi, et ce qui reste à trouver"),
        _("La liste d’attente et les orientations"), _("Les ateliers"), _("Questions diverses, date du prochain comité"),
    ]  # fmt: skip
    start = 3 if before or waiting else 2
    return "\n".join([*lines, *(f"{start + n}. {point}" for n, point in enumerate(points))])
