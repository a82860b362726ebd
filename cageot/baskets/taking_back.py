"""When a postponed basket may be taken back, and what a household has left to take back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from cageot.baskets import absences as actions
from cageot.baskets.models import Basket, Delivery
from cageot.baskets.queries import roads
from cageot.baskets.rules import absences
from cageot.core.templatetags.cageot import day as said
from cageot.core.week import Week
from cageot.members.models import Household

WEEKS_AHEAD = 10


@dataclass(frozen=True)
class Target:
    """A delivery where a basket may be taken back: its day at the household's depot, and what stands there."""

    delivery: int
    week: Week
    day: date
    double: bool  # the household has a basket of that product that week
    full: bool  # all that the kitchen garden can double is taken

    @property
    def label(self) -> str:
        words = said(self.day)
        if self.full:
            return _("%(day)s · il ne reste plus de place pour un panier repris") % {"day": words}
        return _("%(day)s · avec celui de la semaine : deux paniers") % {"day": words} if self.double else words


def targets(basket: Basket, policy: absences.Policy, today: date) -> list[Target]:
    """The coming deliveries where this basket may be taken back, at its depot. A constant number of queries."""
    return deliveries_for(
        basket.household, basket.product_id, basket.depot_id, policy, today, without=basket.delivery.week
    )  # fmt: skip


def deliveries_for(
    household: Household, product: int, depot: int, policy: absences.Policy, today: date, without: Week | None = None
) -> list[Target]:  # fmt: skip
    """The coming deliveries at a depot, with what the household has there of a product. A constant number of queries."""
    last = today + timedelta(weeks=WEEKS_AHEAD)
    open_days = dict(
        Delivery.objects.filter(garden=household.garden_id, day__range=(today, last), close=None).values_list(
            "day", "pk"
        )
    )
    weeks = sorted({Week.of(day) for day in open_days} - {without})
    ways = roads(household.garden, today)
    here = set(
        Basket.objects.filter(household=household, product=product, delivery__week__in=weeks)
        .exclude(state__in=actions.ABSENT)
        .values_list("delivery__week", flat=True)
    )
    taken: dict[Week, int] = {}
    if policy.max_doubles is not None:
        rows = Basket.objects.filter(garden=household.garden_id, product=product, kind=Basket.Kind.TAKEN_BACK)
        for week in rows.filter(delivery__week__in=weeks).values_list("delivery__week", flat=True):
            taken[week] = taken.get(week, 0) + 1
    found = []
    for week in weeks:
        day, _depot = ways.place(depot, week)
        if day in open_days and day is not None:
            full = policy.max_doubles is not None and taken.get(week, 0) >= policy.max_doubles
            found.append(Target(open_days[day], week, day, week in here, full))
    return found


@dataclass(frozen=True)
class Left:
    """A postponed basket that has no new week yet."""

    pk: int
    day: date
    size: str
    until: date | None  # the last day of its year, None when it is kept


def left_of(household: Household, today: date) -> list[Left]:
    """What the household has to take back, the oldest first. A constant number of queries."""
    rows = Basket.objects.filter(household=household, state=Basket.State.MOVED).select_related("delivery", "size")
    moved = {one.pk: one for one in rows}
    policies = {product: actions.policy_of(product) for product in {one.product_id for one in moved.values()}}
    facts = actions.rights(moved.values())
    found = []
    for product, policy in policies.items():
        mine = [right for right in facts if moved[right.basket].product_id == product]
        for right in absences.to_take_back(policy, mine, today):
            until = None if policy.unused == "kept" else date(right.day.year, 12, 31)
            found.append(Left(right.basket, right.day, moved[right.basket].size.name, until))
    return sorted(found, key=lambda one: one.day)
