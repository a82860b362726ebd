"""A member gives back a vegetable of their basket for one that the garden offers, changes their mind, or is told that the
content changed meanwhile."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from cageot.baskets import queries
from cageot.baskets.actions import Refused, one_at_a_time
from cageot.baskets.models import Basket, Round, Swap
from cageot.baskets.notices import tell_swap_dropped
from cageot.baskets.rules.swaps import why_fixed, why_not
from cageot.core.week import Week
from cageot.network.actions import record
from cageot.network.models import Person


class SwapRefused(Refused):
    """`why`: as `rules.swaps.why_not`, or "changed": the content is not what was shown any more."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def swap(basket: Basket, *, away: int, taken: int, today: date, by: Person | None, at: datetime) -> None:
    """Give back one vegetable of a basket for another. Refusal: SwapRefused."""
    with transaction.atomic():
        one_at_a_time(basket.garden)
        one = _as_it_is(basket)
        found = queries.swapping(one)
        if why := why_not(found.ask(one, today)):
            raise SwapRefused(why)
        goes = away in {line.produce_id for line in found.lines}
        if not goes or away == taken or taken not in {offer.produce_id for offer in found.offers}:
            raise SwapRefused("changed")
        Swap.objects.filter(pk__in=[each.pk for each in found.unfit]).delete()
        Swap.objects.create(basket=one, away_id=away, taken_id=taken, at=at)
        record("baskets.vegetable_swapped", by=by, at=at, garden=basket.garden, about=basket, away=away, taken=taken)


def undo_swap(basket: Basket, *, away: int, today: date, by: Person | None, at: datetime) -> None:
    """Keep that vegetable after all; undoing twice changes nothing more. Refusal: SwapRefused."""
    with transaction.atomic():
        one_at_a_time(basket.garden)
        one = _as_it_is(basket)
        if why := why_fixed(queries.swapping(one).ask(one, today)):
            raise SwapRefused(why)
        if Swap.objects.filter(basket=one, away=away).delete()[0]:
            record("baskets.swap_undone", by=by, at=at, garden=basket.garden, about=basket, away=away)


def drop_what_fits_no_more(round: Round, week: Week, *, at: datetime) -> int:
    """After a content changed: the swaps that it does not allow any more go, and whose basket is still to come is told.
    Returns how many. The caller holds the garden’s turn."""
    unfit = queries.swaps_that_fit_no_more(round, week)
    if not unfit:
        return 0
    rows = Basket.objects.select_related("delivery", "household__garden", "given_to__garden")
    there = rows.in_bulk([one.basket for one in unfit])
    Swap.objects.filter(pk__in=[one.pk for one in unfit]).delete()
    today = timezone.localtime(at).date()
    for one in unfit:
        basket = there[one.basket]
        if basket.state == Basket.State.PLANNED and not basket.pot and basket.delivery.day >= today:
            tell_swap_dropped(basket, one, at=at)
    return len(unfit)


def _as_it_is(basket: Basket) -> Basket:
    return Basket.objects.select_related("delivery", "depot").get(pk=basket.pk)
