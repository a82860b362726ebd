"""Answering a referral across apps: when it is over, so is the place that its person waits for at a depot."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cageot.baskets import signups
from cageot.baskets.actions import one_at_a_time
from cageot.members import referrals
from cageot.members.models import Referral
from cageot.network.models import Person


def withdraw(referral: Referral, *, side: str, by: Person | None, at: datetime) -> None:
    """`members.referrals.withdraw`, and their turn at a depot is erased with the rest. Refusals: NotNow, Meanwhile."""
    with transaction.atomic():
        one_at_a_time(referral.garden)  # as a welcome does, and in the same order
        referrals.withdraw(referral, side=side, by=by, at=at)
        signups.end_of_referred(referral.garden, by=by, at=at)


def decline(referral: Referral, reason: str, *, words: str, by: Person | None, at: datetime) -> None:
    """`members.referrals.decline`, and they wait for no place any more. Refusals: NotNow, Meanwhile."""
    with transaction.atomic():
        one_at_a_time(referral.garden)  # as a welcome does, and in the same order
        referrals.decline(referral, reason, words=words, by=by, at=at)
        signups.end_of_referred(referral.garden, by=by, at=at)
