"""What is done to a delivery day as a whole."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from cageot.baskets import actions as baskets
from cageot.baskets.models import Basket, Delivery
from cageot.network.models import Person


def mark_rest_collected(delivery: Delivery, *, by: Person | None, at: datetime) -> int:
    """What nobody marked on that day was collected ("tous les autres"). Returns how many. Refusal: WeekIsClosed."""
    with transaction.atomic():
        # The garden's turn first, as everybody takes it: a basket that somebody marks meanwhile keeps what they said.
        baskets.one_at_a_time(delivery.garden)
        rows = Basket.objects.filter(delivery=delivery, state=Basket.State.PLANNED)
        rest = list(rows.values_list("pk", flat=True))
        if rest:
            baskets.mark(delivery.garden, dict.fromkeys(rest, Basket.State.COLLECTED.value), by=by, at=at)
    return len(rest)
