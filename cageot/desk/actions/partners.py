"""Two partners become one, everywhere: money, gardens, depots, those they refer, those who act for them."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from cageot.baskets.models import Depot
from cageot.funding.actions import merging
from cageot.members.models import Referral, ReferralLink
from cageot.network.actions import change_partner
from cageot.network.models import Partner, Person, Role

DOES = ("funds", "refers", "hosts", "steers", "runs_workshops")


def merge(old: Partner, into: Partner, *, on: date, by: Person, at: datetime) -> None:
    """`into` takes over all that `old` does; `old` stays in the list of partners, with what became of it.

    Refusals: those of `funding.actions.merging`.
    """
    with transaction.atomic():
        merging.merge(old, into, on=on, by=by, at=at)
        does = {name: getattr(into, name) or getattr(old, name) for name in DOES}
        change_partner(into, does, {*into.gardens.all(), *old.gardens.all()}, by=by, at=at)
        Depot.objects.filter(host=old).update(host=into)
        ReferralLink.objects.filter(partner=old).update(partner=into)
        Referral.objects.filter(partner=old).update(partner=into)
        _roles(old, into)


def _roles(old: Partner, into: Partner) -> None:
    """Whoever acts for the old one acts for the new one, once."""
    for role in Role.objects.filter(partner=old):
        same = Role.objects.filter(partner=into, person=role.person_id, kind=role.kind, from_day=role.from_day)
        if not same.exists():
            Role.objects.filter(pk=role.pk).update(partner=into)
