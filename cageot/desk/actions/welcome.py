"""Welcoming a household across apps: the places left on its agreement are counted while nobody else takes one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from cageot.baskets import signups
from cageot.desk.queries.places_left import places_left
from cageot.funding.models import Agreement
from cageot.members.models import Household
from cageot.members.referrals import AgreementFull
from cageot.network.models import Garden, Person


def welcome(
    garden: Garden, *, supported: signups.Supported | None, today: date, by: Person | None, at: datetime, **wanted: Any
) -> Household:  # fmt: skip
    """`baskets.signups.welcome`, and not one household more than the agreement can pay for. Two at once on its last place:
    one is welcomed. Refusals: AgreementFull, and those of `baskets.signups.welcome`."""
    with transaction.atomic():
        if supported:
            if connection.features.has_select_for_update:
                list(
                    Agreement.objects.select_for_update(no_key=True).filter(pk=supported.agreement.pk).values_list("pk")
                )
            if places_left([supported.agreement], today)[supported.agreement.pk].full:
                raise AgreementFull
        return signups.welcome(garden, supported=supported, today=today, by=by, at=at, **wanted)
