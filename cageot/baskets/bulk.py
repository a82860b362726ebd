"""Many households of one garden at once: a file that comes in, a sheet of the week marked, a season that is played."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from cageot.baskets.actions import WeekIsClosed, lay_baskets, one_at_a_time
from cageot.baskets.models import BasketSize, Depot, Subscription
from cageot.baskets.queries import monthly_counts
from cageot.baskets.rules.subscribing import level_slot
from cageot.core import sql
from cageot.core.week import Week
from cageot.network.actions import record
from cageot.network.models import Garden, Person

FEW = 500
"""Up to here only these households are laid; above, the whole garden is, in one pass."""


def subscribe_many(
    garden: Garden,
    subscriptions: Sequence[Subscription],
    *,
    by: Person | None,
    at: datetime,
    lay_from: date | None = None,
) -> list[Subscription]:
    """Open regular baskets, not saved yet, for households of the garden, and lay all of them ahead in one go. A monthly one
    that has no slot gets the one that keeps weeks level.

    `lay_from`: the first day that is laid, when what came before is no more to be touched.
    """
    if not subscriptions:
        return []
    with transaction.atomic():
        _level(subscriptions)
        made = sql.insert_all(Subscription, subscriptions)
        first = lay_from or min(one.from_day for one in subscriptions)
        households = {one.household_id for one in subscriptions}
        lay_baskets(garden, from_day=first, households=households if len(households) <= FEW else None)
        record("baskets.subscribed", by=by, at=at, garden=garden, count=len(subscriptions))
    return made


def _level(subscriptions: Sequence[Subscription]) -> None:
    """Give each monthly subscription its slot, one after the other. A query for each product and round, and two more."""
    monthly = [one for one in subscriptions if one.frequency == Subscription.Frequency.MONTHLY and not one.monthly_slot]
    if not monthly:
        return
    products = dict(BasketSize.objects.filter(pk__in={one.size_id for one in monthly}).values_list("pk", "product"))
    rounds = dict(Depot.objects.filter(pk__in={one.depot_id for one in monthly}).values_list("pk", "round"))
    counts: dict[tuple[int, int], dict[int, int]] = {}
    for one in monthly:
        where = (products[one.size_id], rounds[one.depot_id])
        if where not in counts:
            counts[where] = monthly_counts(*where, min(other.from_day for other in monthly))
        one.monthly_slot = level_slot(counts[where])
        counts[where][one.monthly_slot] = counts[where].get(one.monthly_slot, 0) + 1


def mark_all(
    garden: Garden, week: Week, *, until: date, except_: Mapping[int, str], by: Person | None, at: datetime
) -> int:  # fmt: skip
    """ "Tous sauf…": the week's baskets planned up to `until` were collected, except these (basket → state).

    All or none. Returns how many were collected. Refusal: WeekIsClosed, when one of `except_` is in a closed week.
    """
    by_state: dict[str, list[int]] = {}
    for basket, state in sorted(except_.items()):
        by_state.setdefault(state, []).append(basket)
    with transaction.atomic():
        one_at_a_time(garden)
        for state, some in sorted(by_state.items()):
            if sql.execute(
                _MARK + f"id IN ({', '.join(['%s'] * len(some))})", state, garden.pk, str(week), *some
            ) != len(some):
                raise WeekIsClosed
        count = sql.execute(_MARK + "state = 'planned' AND d.day <= %s", "collected", garden.pk, str(week), until)
        counts = {state: len(some) for state, some in by_state.items()} | {"collected": count}
        record("baskets.marked", by=by, at=at, garden=garden, about=f"week:{week}", counts=counts)
    return count


_MARK = """
    UPDATE baskets_basket SET state = %s FROM baskets_delivery d
    WHERE d.id = delivery_id AND d.garden_id = %s AND d.week = %s AND d.close_id IS NULL AND baskets_basket."""
