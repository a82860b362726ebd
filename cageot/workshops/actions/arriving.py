"""Somebody arrives with their card: they came, whether they had enrolled or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from cageot.members.models import Household
from cageot.network.models import Person
from cageot.workshops.actions import enrolling
from cageot.workshops.actions.enrolling import Came
from cageot.workshops.models import Enrolment, Session


@dataclass(frozen=True)
class Arrived:
    """`again`: it was noted already. `unexpected`: they had not enrolled, and are now."""

    enrolment: Enrolment
    again: bool
    unexpected: bool


def arrive(session: Session, household: Household, *, by: Person | None, at: datetime) -> Arrived:
    """Note that a household came. Who had not enrolled is enrolled as one adult; a full room makes room, as the garden let them in.

    Refusals: those of `enrolling.enrol` and `enrolling.mark_came` (NotYet, SessionNotOpen, NoEnrolment, NotOfThisGarden).
    """
    with transaction.atomic():
        now = enrolling.turn_at(session)
        if household.garden_id != now.garden_id:
            raise enrolling.NotOfThisGarden
        if now.workshop.open_door:
            raise enrolling.NoEnrolment
        found = (
            Enrolment.objects.filter(session=now, household=household).exclude(state=Enrolment.State.CANCELLED).first()
        )
        unexpected = found is None
        if found is None:
            found = enrolling.enrol(now, household=household, source=Enrolment.By.STAFF, by=by, at=at).enrolment
        again = found.state == Enrolment.State.CAME
        enrolling.mark_came(now, {found.pk: Came(True, found.came_adults, found.came_children)}, by=by, at=at)
        found.refresh_from_db()
        return Arrived(found, again, unexpected)
