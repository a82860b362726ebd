"""What is done to products, and to subscriptions beside opening, changing and stopping them: received, going on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from cageot.baskets.actions import Refused, change_subscription, lay_baskets, one_at_a_time, subscribe
from cageot.baskets.models import AbsencePolicy, BasketSize, Product, Subscription
from cageot.members.models import Household
from cageot.network.actions import record
from cageot.network.models import Garden, Person

# --- Products -----------------------------------------------------------------------------------


def open_product(garden: Garden, *, code: str, by: Person | None, at: datetime, **details: Any) -> Product:
    """Offer a new product, last in lists, with the usual absence policy. `details` are its columns."""
    with transaction.atomic():
        rank = Product.objects.filter(garden=garden).count()
        product = Product.objects.create(garden=garden, code=code, rank=rank, **details)
        AbsencePolicy.objects.create(product=product)
        record("baskets.product_opened", by=by, at=at, garden=garden, about=product)
    return product


@dataclass(frozen=True)
class Moves:
    """What changing a product does to the baskets to come: how many more, how many are taken away."""

    added: int
    dropped: int


def change_product(
    product: Product, values: Mapping[str, Any], *, today: date, by: Person | None, at: datetime, only_look: bool = False
) -> Moves:  # fmt: skip
    """Change a product (its columns); baskets to come follow its weeks. `only_look` tells what moves, and writes nothing.

    A subscription keeps its rhythm when that one is no longer offered.
    """
    changed = {name: value for name, value in values.items() if getattr(product, name) != value}
    if not changed:
        return Moves(0, 0)
    with transaction.atomic():
        one_at_a_time(product.garden)
        Product.objects.filter(pk=product.pk).update(**changed)
        plan = lay_baskets(product.garden, from_day=today)
        record("baskets.product_changed", by=by, at=at, garden=product.garden, about=product, fields=sorted(changed))
        if only_look:
            transaction.set_rollback(True)
    return Moves(len(plan.add), len(plan.drop))


class ProductInUse(Refused):
    """Households subscribe to this product: `households` of them. The garden's first product always stays."""

    def __init__(self, households: int) -> None:
        self.households = households


def archive_product(product: Product, *, today: date, by: Person | None, at: datetime) -> None:
    """Offer a product no more. Refusal: ProductInUse, while somebody subscribes to it or when it is the first one."""
    with transaction.atomic():
        one_at_a_time(product.garden)
        running = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=today), size__product=product)
        households = running.values("household").distinct().count()
        first = Product.objects.filter(garden=product.garden_id).values_list("pk", flat=True).first()
        if households or product.pk == first:
            raise ProductInUse(households)
        Product.objects.filter(pk=product.pk).update(archived_on=today)
        record("baskets.product_archived", by=by, at=at, garden=product.garden, about=product)


def resume_product(product: Product, *, by: Person | None, at: datetime) -> None:
    """Offer again a product that was not offered any more."""
    with transaction.atomic():
        Product.objects.filter(pk=product.pk).update(archived_on=None)
        record("baskets.product_resumed", by=by, at=at, garden=product.garden, about=product)


def set_people(size: BasketSize, *, people: int | None, by: Person | None, at: datetime) -> None:
    """For how many people a size is meant, at most; None when nobody says."""
    with transaction.atomic():
        BasketSize.objects.filter(pk=size.pk).update(people=people)
        record("baskets.size_people_set", by=by, at=at, garden=size.garden, about=size, people=people)


# --- Subscriptions ------------------------------------------------------------------------------


def note_ready(subscription: Subscription, *, on: date, by: Person | None, at: datetime) -> bool:
    """What the subscription waited for is here: its baskets are laid from that day on, or from its first day if that is
    later, and those of a change planned meanwhile. False when somebody noted it already; nothing is written then."""
    with transaction.atomic():
        garden = subscription.household.garden
        one_at_a_time(garden)
        waiting = Subscription.objects.filter(
            household=subscription.household_id, size__product=subscription.size.product_id, ready_on=None
        ).exclude(waits_for=Subscription.WaitsFor.NOTHING)
        if not waiting.update(ready_on=on):
            return False
        lay_baskets(garden, from_day=max(on, subscription.from_day), households=[subscription.household_id])
        record("baskets.subscription_ready", by=by, at=at, garden=garden, about=subscription)
    return True


class GoesOnAlready(Refused):
    """This subscription has no end, or something already follows it."""


def go_on(subscription: Subscription, *, until_day: date | None, by: Person | None, at: datetime) -> Subscription:
    """The subscription goes on after its end, until `until_day` (None: no end), as it is now: what was changed for good
    stays, what was changed once is not taken along. A trial goes on as a true one. Refusal: GoesOnAlready."""
    with transaction.atomic():
        household = subscription.household
        one_at_a_time(household.garden)
        now = Subscription.objects.get(pk=subscription.pk)
        product = subscription.size.product_id
        after = Subscription.objects.filter(household=household, size__product=product, from_day__gt=now.from_day)
        if now.until_day is None or after.exists():
            raise GoesOnAlready
        first = now.until_day + timedelta(days=1)
        made = Subscription.objects.create(
            household=household, size_id=now.size_id, depot_id=now.depot_id, frequency=now.frequency,
            monthly_slot=now.monthly_slot, from_day=first, until_day=until_day, waits_for=now.waits_for, ready_on=now.ready_on,
            renewal=Subscription.Renewal.ALERT if until_day else Subscription.Renewal.TACIT,
        )  # fmt: skip
        lay_baskets(household.garden, from_day=first, households=[household.pk])
        record("baskets.subscription_renewed", by=by, at=at, garden=household.garden, about=made)
    return made


def open_whole(
    household: Household, *, then_goes_on: bool, by: Person | None, at: datetime, **wanted: Any
) -> Subscription:  # fmt: skip
    """Open a subscription (`subscribe`); a trial may go on by itself after its end. Refusal: DepotFull."""
    with transaction.atomic():
        made = subscribe(household, **wanted, by=by, at=at)
        if then_goes_on:
            go_on(made, until_day=None, by=by, at=at)
    return made


def change_whole(
    subscription: Subscription, following: Subscription | None, *, then_goes_on: bool, by: Person | None, at: datetime, **wanted: Any
) -> Subscription:  # fmt: skip
    """Change a subscription and what goes on after it (`following`) as one. Refusal: DepotFull."""
    with transaction.atomic():
        one_at_a_time(subscription.household.garden)
        if following:
            Subscription.objects.filter(pk=following.pk).delete()
        changed = change_subscription(subscription, **wanted, by=by, at=at)
        if then_goes_on:
            go_on(changed, until_day=None, by=by, at=at)
    return changed
