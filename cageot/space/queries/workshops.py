"""A member's workshops: what comes at their garden, those they come to, those they may say a word of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from cageot.members.models import Household
from cageot.workshops.actions import enrolling, opinions
from cageot.workshops.models import Enrolment, EnrolmentDetails, Session
from cageot.workshops.queries import announced, materials
from cageot.workshops.rules.series import wall

State = Enrolment.State
HERE = (State.ENROLLED, State.CAME, State.ABSENT)


@dataclass(frozen=True)
class Line:
    """A session in the member's list. `word`: how it stands for them, or for everybody."""

    session: Session
    word: str
    tone: str

    @property
    def day(self) -> date:
        return wall(self.session.starts_at).date()


@dataclass(frozen=True)
class Workshops:
    """The list: their own first, then all that comes, then what they may say a word of."""

    mine: list[Line]
    others: list[Line]
    to_tell: list[Session]


def workshops(household: Household, now: datetime) -> Workshops:
    """What stands on the page of workshops. Five queries at most."""
    coming = list(announced.coming(household.garden, now)[: announced.SHOWN])
    states = _states(household, [one.pk for one in coming])
    waits = announced.lines(coming)
    mine = [Line(one, *_mine(one, states[one.pk], now, waits[one.pk])) for one in coming if one.pk in states]
    others = [Line(one, *_others(one, now, waits[one.pk])) for one in coming if one.pk not in states]
    return Workshops(mine, others, to_tell(household, now))


def _states(household: Household, sessions: Iterable[int]) -> dict[int, str]:
    rows = Enrolment.objects.filter(household=household, session__in=list(sessions)).exclude(state=State.CANCELLED)
    return dict(rows.values_list("session", "state"))


def _mine(session: Session, state: str, now: datetime, waits: int) -> tuple[str, str]:
    if session.state == Session.State.CANCELLED:
        return _others(session, now, waits)
    return (_("vous attendez"), "squash") if state == State.WAITING else (_("vous venez"), "leaf")


def _others(session: Session, now: datetime, waits: int) -> tuple[str, str]:
    found = announced.places(session, now, waits)
    return found.word, found.tone


def to_tell(household: Household, now: datetime) -> list[Session]:
    """The sessions that they came to and have said nothing of yet. Two queries at most."""
    came = (State.ENROLLED, State.CAME)
    rows = Session.objects.filter(enrolments__household=household, enrolments__state__in=came, starts_at__lte=now, ends_at__gte=now - opinions.UNTIL)  # fmt: skip
    found = [one for one in rows.select_related("workshop") if opinions.open_for(one, now)]
    told = opinions.said_of(found, household)
    return [one for one in found if one.pk not in told]


def next_one(household: Household, now: datetime) -> Session | None:
    """The next session that they come to. One query."""
    rows = announced.coming(household.garden, now).filter(state=Session.State.PLANNED)
    return rows.filter(enrolments__household=household, enrolments__state=State.ENROLLED).first()


@dataclass(frozen=True)
class Mine:
    """A session as a member reads it. `state` "" when they have not enrolled; `rank` among those who wait."""

    session: Session
    facts: list[announced.Fact]
    places: announced.Places
    enrolment: Enrolment | None
    state: str
    people: str
    needs: str
    rank: int | None
    may_say: bool
    said: bool
    shown: materials.Shown

    @property
    def may_come(self) -> bool:
        return self.places.open and not self.state

    @property
    def may_leave(self) -> bool:
        return (self.places.open or self.places.begun) and self.state in (State.ENROLLED, State.WAITING)

    @property
    def may_change(self) -> bool:
        """How many they are: until it begins."""
        return self.places.open and self.may_leave


def mine(session: Session, household: Household, now: datetime) -> Mine:
    """The page of a session. Eight queries at most."""
    found = Enrolment.objects.filter(session=session, household=household).exclude(state=State.CANCELLED).first()
    details = EnrolmentDetails.objects.filter(enrolment=found).first() if found else None
    told = found is not None and opinions.said(session, household)
    came = found is not None and found.state in (State.ENROLLED, State.CAME)
    return Mine(
        session, announced.facts(session), announced.places(session, now, announced.lines([session])[session.pk]), found, found.state if found else "",
        announced.people(found.adults, found.children) if found else "", details.needs if details else "",
        enrolling.rank_of(found) if found else None,
        came and not told and opinions.open_for(session, now), told,
        materials.shown(session, wall(now).date()),
    )  # fmt: skip
