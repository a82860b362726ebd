"""Subscriptions for many households of one garden at once: a file that comes in, a season that is played."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from cageot.baskets.actions import lay_baskets
from cageot.baskets.models import Subscription
from cageot.network.actions import record
from cageot.network.models import Garden, Person

FEW = 500
"""Up to here only these households are laid; above, the whole garden is, in one pass."""


def subscribe_many(garden: Garden, subscriptions: Sequence[Subscription], *, by: Person | None, at: datetime) -> list[Subscription]:
    """Open regular baskets, not saved yet, for households of the garden, and lay all of them ahead in one go."""
    if not subscriptions:
        return []
    with transaction.atomic():
        made = Subscription.objects.bulk_create(subscriptions)
        first = min(one.from_day for one in subscriptions)
        households = {one.household_id for one in subscriptions}
        lay_baskets(garden, from_day=first, households=households if len(households) <= FEW else None)
        record("baskets.subscribed", by=by, at=at, garden=garden, count=len(subscriptions))
    return made
