"""What is done about a basket that its household will not take: cancelled, postponed and taken back, given; and extras."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from datetime import date, datetime

from django.db import transaction
from django.db.models import Max

from cageot.baskets.actions import (
    AlreadyMarked,
    NoDelivery,
    Refused,
    WeekIsClosed,
    keep_fees,
    lay_baskets,
    one_at_a_time,
)
from cageot.baskets.models import AbsencePolicy, Basket, BasketSize, Delivery, Depot
from cageot.baskets.queries import roads
from cageot.baskets.rules import absences
from cageot.core.week import Week
from cageot.members.models import Household
from cageot.network.actions import record
from cageot.network.models import Garden, Person

ABSENT = [Basket.State.CANCELLED, Basket.State.MOVED]


class AbsenceRefused(Refused):
    """The product's policy says no: `why` lists each limit met (`absences.refusals`). With a reason staff go past those
    of `absences.BY_HAND`."""

    def __init__(self, why: list[str], policy: absences.Policy) -> None:
        self.why, self.policy = why, policy

    @property
    def by_hand(self) -> bool:
        """Whether a reason would do."""
        return set(self.why) <= absences.BY_HAND


class NothingToTakeBack(Refused):
    """This postponed basket was taken back already, or its year is over."""


def policy_of(product: int) -> absences.Policy:
    """The absence policy of a product; the default one when nobody said."""
    row = AbsencePolicy.objects.filter(product=product).first()
    if row is None:
        return absences.Policy()
    return absences.Policy(**{field.name: getattr(row, field.name) for field in fields(absences.Policy)})


def set_policy(garden: Garden, product: int, values: dict[str, object], *, by: Person | None, at: datetime) -> None:
    """Write the absence policy of a product (columns of `AbsencePolicy`)."""
    with transaction.atomic():
        row, _made = AbsencePolicy.objects.update_or_create(product_id=product, defaults=values)
        record("baskets.absence_policy_set", by=by, at=at, garden=garden, about=row)


def used_in_year(household: int, product: int, year: int) -> int:
    """How many absences of a product a household had in a calendar year: cancelled, postponed, given."""
    rows = Basket.objects.filter(household=household, product=product, copy=0, delivery__day__year=year)
    return rows.filter(state__in=ABSENT).count() + rows.exclude(state__in=ABSENT).exclude(given_to=None).count()


def doubles_in(garden: int, product: int, week: Week) -> int:
    """How many baskets of a product are taken back in a week, all households together."""
    rows = Basket.objects.filter(garden=garden, product=product, delivery__week=week, kind=Basket.Kind.TAKEN_BACK)
    return rows.exclude(state__in=ABSENT).count()


def cancel(basket: Basket, *, today: date, reason: str = "", by: Person | None, at: datetime) -> None:
    """Cancel a planned basket: it is neither prepared nor paid. Refusals: AbsenceRefused, WeekIsClosed, AlreadyMarked."""
    with transaction.atomic():
        one_at_a_time(basket.garden)
        _check(basket, "cancel", today, reason)
        _turn(basket, state=Basket.State.CANCELLED)
        _told("baskets.basket_cancelled", basket, reason, by, at)


def postpone(
    basket: Basket, *, to: Delivery | None, today: date, reason: str = "", by: Person | None, at: datetime
) -> Basket | None:  # fmt: skip
    """Postpone a planned basket to another delivery of the garden, or to a week that will be said later (None).

    Returns the basket that takes its place. Refusals: AbsenceRefused, WeekIsClosed, AlreadyMarked, NoDelivery.
    """
    with transaction.atomic():
        one_at_a_time(basket.garden)
        week = to.week if to else None
        _check(basket, "postpone", today, reason, week=week)
        _turn(basket, state=Basket.State.MOVED)
        made = _place(basket, to, today) if to else None
        _told("baskets.basket_postponed", basket, reason, by, at)
    return made


def give(
    basket: Basket, *, to: Household | None, depot: Depot | None = None, today: date, reason: str = "", by: Person | None,
    at: datetime,
) -> None:  # fmt: skip
    """Give a planned basket to another household of the garden (`depot`: where that one collects), or to the common pot.

    Who pays does not change. Refusals: AbsenceRefused, WeekIsClosed, AlreadyMarked, NoDelivery.
    """
    with transaction.atomic():
        one_at_a_time(basket.garden)
        _check(basket, "give", today, reason)
        if to is None:
            _turn(basket, state=Basket.State.MOVED, pot=True)
        else:
            where = depot or basket.depot
            _turn(basket, given_to=to, depot=where, depot_kept=True, delivery=_delivery(basket.delivery.week, where))
            keep_fees(basket.garden, basket.delivery.week.monday, [basket.household_id])
        _told("baskets.basket_given", basket, reason, by, at)


def take_back(
    basket: Basket, *, to: Delivery, given_to: Household | None = None, depot: Depot | None = None, today: date,
    reason: str = "", by: Person | None, at: datetime,
) -> Basket:  # fmt: skip
    """Give a postponed basket its new delivery; one of the common pot goes to another household (`given_to`).

    Refusals: NothingToTakeBack, AbsenceRefused (doubles), WeekIsClosed, NoDelivery.
    """
    with transaction.atomic():
        one_at_a_time(basket.garden)
        policy = policy_of(basket.product_id)
        right = next(iter(rights(Basket.objects.filter(pk=basket.pk))), None)
        if right is None:
            raise NothingToTakeBack
        mine = absences.to_take_back(policy, [right], today)
        theirs = absences.in_the_pot(policy, [right], today)
        if not (theirs if given_to else mine) and not (reason and not right.taken and not given_to):
            raise NothingToTakeBack
        doubles = doubles_in(basket.garden_id, basket.product_id, to.week)
        if policy.max_doubles is not None and doubles >= policy.max_doubles and not reason:
            raise AbsenceRefused(["doubles"], policy)
        made = _place(basket, to, today, given_to=given_to, depot=depot)
        _told("baskets.basket_taken_back", made, reason, by, at)
    return made


def undo_absence(basket: Basket, *, by: Person | None, at: datetime) -> None:
    """Plan an absent basket again, as its subscription now has it; the one that took its place goes, if it still may.

    Refusals: WeekIsClosed, AlreadyMarked (it is not absent, or what took its place was collected).
    """
    with transaction.atomic():
        one_at_a_time(basket.garden)
        instead = Basket.objects.filter(origin=basket)
        if instead.exclude(state=Basket.State.PLANNED).exists():
            raise AlreadyMarked
        if instead.filter(delivery__close__isnull=False).exists():
            raise WeekIsClosed
        instead.delete()
        rows = Basket.objects.filter(pk=basket.pk, delivery__close=None)
        back = {"state": Basket.State.PLANNED, "pot": False, "given_to": None}
        if not rows.filter(state__in=ABSENT).update(**back):
            given = rows.filter(state=Basket.State.PLANNED).exclude(given_to=None)
            if not given.update(given_to=None, depot_kept=False):
                raise AlreadyMarked if rows.exists() else WeekIsClosed
        lay_baskets(basket.garden, from_day=basket.delivery.week.monday, households=[basket.household_id])
        record("baskets.basket_restored", by=by, at=at, garden=basket.garden, about=basket)


def add_extra(
    household: Household, *, size: BasketSize, depot: Depot, to: Delivery, by: Person | None, at: datetime
) -> Basket:  # fmt: skip
    """One more basket, once, beside the household's own. Refusals: WeekIsClosed, NoDelivery."""
    with transaction.atomic():
        one_at_a_time(household.garden)
        delivery = _delivery(to.week, depot)
        made = Basket.objects.create(
            garden=household.garden, household=household, delivery=delivery, product_id=size.product_id, size=size, depot=depot,
            fee_cents=depot.fee_cents, kind=Basket.Kind.EXTRA, copy=_next_copy(household.pk, delivery, size.product_id),
        )  # fmt: skip
        record("baskets.basket_added", by=by, at=at, garden=household.garden, about=made)
    return made


def take_away_extra(basket: Basket, *, by: Person | None, at: datetime) -> None:
    """Take an extra basket away while it is planned. Refusals: WeekIsClosed, AlreadyMarked."""
    with transaction.atomic():
        one_at_a_time(basket.garden)
        rows = Basket.objects.filter(pk=basket.pk, kind=Basket.Kind.EXTRA, delivery__close=None)
        record("baskets.basket_taken_away", by=by, at=at, garden=basket.garden, about=basket.household)
        if not rows.filter(state=Basket.State.PLANNED).delete()[0]:
            raise AlreadyMarked if rows.exists() else WeekIsClosed


def rights(rows: Iterable[Basket]) -> list[absences.Right]:
    """The postponed baskets among these, as facts. Two queries at most for a queryset."""
    moved = [
        (one.pk, one.delivery.day, one.pot)
        for one in (rows.select_related("delivery") if hasattr(rows, "select_related") else rows)
        if one.state == Basket.State.MOVED
    ]
    taken = set(Basket.objects.filter(origin__in=[pk for pk, _day, _pot in moved]).values_list("origin", flat=True))
    return [absences.Right(pk, day, pk in taken, pot) for pk, day, pot in moved]


def _check(basket: Basket, how: str, today: date, reason: str, week: Week | None = None) -> None:
    policy = policy_of(basket.product_id)
    day = basket.delivery.day
    used = used_in_year(basket.household_id, basket.product_id, day.year) if policy.quota is not None else 0
    doubles = doubles_in(basket.garden_id, basket.product_id, week) if week and policy.max_doubles is not None else None
    why = absences.refusals(policy, absences.Asked(how, day, today, used, doubles))
    if why and not (reason and set(why) <= absences.BY_HAND):
        raise AbsenceRefused(why, policy)


def _turn(basket: Basket, **changes: object) -> None:
    """Change a basket that is planned and not given, in an open week; the count says whether it was."""
    rows = Basket.objects.filter(pk=basket.pk, delivery__close=None)
    if not rows.filter(state=Basket.State.PLANNED, given_to=None).update(**changes):
        raise AlreadyMarked if rows.exists() else WeekIsClosed


def _place(
    basket: Basket, to: Delivery, today: date, given_to: Household | None = None, depot: Depot | None = None
) -> Basket:  # fmt: skip
    """The basket that takes the place of a postponed one, at its depot's day of that week."""
    where = depot or basket.depot
    delivery = _delivery(to.week, where)
    if delivery.day < today:
        raise NoDelivery
    return Basket.objects.create(
        garden=basket.garden, household_id=basket.household_id, delivery=delivery, product_id=basket.product_id,
        size_id=basket.size_id, depot=where, fee_cents=where.fee_cents, kind=Basket.Kind.TAKEN_BACK, origin=basket, given_to=given_to,
        copy=_next_copy(basket.household_id, delivery, basket.product_id),
    )  # fmt: skip


def _delivery(week: Week, depot: Depot) -> Delivery:
    """The open delivery of a depot in a week. Refusals: NoDelivery, WeekIsClosed."""
    day = roads(depot.garden, week.monday).day(depot.pk, week)
    found = Delivery.objects.filter(garden=depot.garden_id, day=day).first() if day else None
    if found is None:
        raise NoDelivery
    if found.close_id:
        raise WeekIsClosed
    return found


def _next_copy(household: int, delivery: Delivery, product: int) -> int:
    rows = Basket.objects.filter(household=household, delivery=delivery, product=product)
    return int(rows.aggregate(last=Max("copy"))["last"] or 0) + 1


def _told(verb: str, basket: Basket, reason: str, by: Person | None, at: datetime) -> None:
    past = {"past_the_limit": reason[:200]} if reason else {}
    record(verb, by=by, at=at, garden=basket.garden, about=basket, **past)
