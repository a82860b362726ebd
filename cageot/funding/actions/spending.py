"""A tranche that pays something that is no basket: a session of a workshop. What it pays counts as used at once."""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.db.models import F

from cageot.funding.models import Tranche, TrancheUse
from cageot.network.models import Garden


def spend(
    tranche: int, garden: Garden, cents: int, *, day: date, source: str, source_id: int, reverses: int | None = None
) -> bool:
    """Let a tranche pay `cents` (below zero: have them back), once for each source. Under the turn at the books.

    `reverses`: the `source_id` of what is taken back. False, and nothing written, when it has less left than that.
    """
    assert connection.in_atomic_block
    rows = Tranche.objects.filter(pk=tranche, notified_cents__gte=F("used_cents") + cents)
    if not rows.update(used_cents=F("used_cents") + cents):
        return False
    before = None if reverses is None else TrancheUse.objects.get(source=source, source_id=reverses)
    TrancheUse.objects.create(
        tranche_id=tranche, garden=garden, day=day, cents=cents, source=source, source_id=source_id, reverses=before
    )
    return True
