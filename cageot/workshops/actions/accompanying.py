"""Somebody who referred a person enrols them: with that person's agreement, once they are of the garden."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cageot.members.models import Member, Referral
from cageot.network.actions import Refused, record
from cageot.network.models import Person
from cageot.workshops.actions import enrolling
from cageot.workshops.actions.enrolling import Enrolled
from cageot.workshops.models import Enrolment, Session


class NotAgreed(Refused):
    """The person did not agree that their referrer knows what followed, or is not (or no more) of the garden."""


def may_accompany(referral: Referral) -> bool:
    """Whether who sent this referral may enrol the person: accepted, of the garden today, and willing that it be known."""
    household = referral.household
    return (
        referral.state == Referral.State.ACCEPTED and referral.tells_outcome and household is not None
        and household.left_on is None and household.erased_on is None and household.garden_id == referral.garden_id
    )  # fmt: skip


def enrol(
    referral: Referral, session: Session, *, adults: int, children: int, needs: str = "", by: Person, at: datetime
) -> Enrolled:
    """The person referred comes to a session. They read in their space who enrolled them. Refusals: NotAgreed, those of
    `enrolling.enrol`."""
    household = referral.household
    if household is None or not may_accompany(referral):
        raise NotAgreed
    with transaction.atomic():
        done = enrolling.enrol(
            session, household=household, adults=adults, children=children, needs=needs, source=Enrolment.By.REFERRER,
            partner=referral.partner, by=by, at=at,
        )  # fmt: skip
        member = Member.objects.filter(household=household, contact=True).first()
        if member and not done.again:
            record("space.workshop", by=by, at=at, garden=session.garden, about=member)
        return done
