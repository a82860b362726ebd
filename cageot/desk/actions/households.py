"""What is done to a household across apps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from cageot.baskets import actions as baskets
from cageot.baskets.models import Basket, Subscription
from cageot.funding.models import Tariff
from cageot.members import actions as members
from cageot.members.models import Household, Member, Support
from cageot.network.models import Garden, Person


def welcome(
    garden: Garden, *, contact: Mapping[str, Any], details: Mapping[str, Any], by: Person | None, at: datetime
) -> Household:
    """Create a household from what was typed of its contact and of itself."""
    return members.welcome(garden, contact=Member(**contact), by=by, at=at, **details)


def stop_baskets(
    household: Household, *, last_day: date, by: Person | None, at: datetime, products: Collection[int] | None = None
) -> None:
    """No regular basket after `last_day`, of all products or of some: what runs ends, what was to start later is taken
    back. Nobody is told of an end that was planned for that day: it is decided."""
    rows = Subscription.objects.filter(household=household)
    if products is not None:
        rows = rows.filter(size__product__in=products)
    with transaction.atomic():
        rows.filter(until_day=last_day).update(renewal=Subscription.Renewal.TACIT)
        for subscription in rows.filter(_after(last_day)).select_related("household__garden"):
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


class SupportSettled(Exception):
    """Baskets of these days are settled: `first` is the earliest. The support ends and another begins."""

    def __init__(self, first: date) -> None:
        self.first = first


def correct_support(
    existing: Support, *, tariff: Tariff, from_day: date, until_day: date | None, by: Person | None, at: datetime
) -> None:  # fmt: skip
    """Set a support right. Its tariff and first day hold as soon as a basket is settled with them; its end may always move.

    Refusals: SupportSettled; SupportOverlaps, OutsideAgreement as in `members.actions`.
    """
    with transaction.atomic():
        baskets.one_at_a_time(existing.household.garden)
        if (tariff, from_day) != (existing.tariff, existing.from_day):
            _refuse_settled(
                existing, min(from_day, existing.from_day), max(until_day or date.max, existing.until_day or date.max)
            )
        members.correct_support(
            existing, agreement=tariff.agreement, tariff=tariff, from_day=from_day, until_day=until_day, by=by, at=at
        )


def _refuse_settled(existing: Support, first: date, last: date) -> None:
    closed = Basket.objects.filter(
        household=existing.household_id, delivery__close__isnull=False, delivery__day__range=(first, last)
    )
    day = closed.order_by("delivery__day").values_list("delivery__day", flat=True).first()
    if day:
        raise SupportSettled(day)


def _after(day: date) -> Q:
    return Q(until_day=None) | Q(until_day__gt=day)
