"""What is done to a household across apps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from cageot.baskets import actions as baskets
from cageot.baskets.models import Subscription
from cageot.members import actions as members
from cageot.members.models import Household, Member, Support
from cageot.network.models import Garden, Person


def welcome(
    garden: Garden, *, contact: Mapping[str, Any], details: Mapping[str, Any], by: Person | None, at: datetime
) -> Household:
    """Create a household from what was typed of its contact and of itself."""
    return members.welcome(garden, contact=Member(**contact), by=by, at=at, **details)


def stop_baskets(household: Household, *, last_day: date, by: Person | None, at: datetime) -> None:
    """No regular basket after `last_day`: what runs ends, what was to start later is taken back."""
    with transaction.atomic():
        for subscription in Subscription.objects.filter(_after(last_day), household=household).select_related(
            "household__garden"
        ):
            if subscription.from_day > last_day:
                baskets.withdraw_subscription(subscription, by=by, at=at)
            else:
                baskets.stop_subscription(subscription, last_day=last_day, by=by, at=at)


def leave(household: Household, *, last_day: date, by: Person | None, at: datetime) -> None:
    """The household leaves after `last_day`: its baskets and its support end too. All or nothing."""
    with transaction.atomic():
        stop_baskets(household, last_day=last_day, by=by, at=at)
        for support in Support.objects.filter(_after(last_day), household=household).select_related(
            "household__garden"
        ):
            if support.from_day > last_day:
                members.withdraw_support(support, by=by, at=at)
            else:
                members.end_support(support, last_day=last_day, by=by, at=at)
        members.leave(household, last_day=last_day, by=by, at=at)


def _after(day: date) -> Q:
    return Q(until_day=None) | Q(until_day__gt=day)
