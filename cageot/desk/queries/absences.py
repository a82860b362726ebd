"""What a household may do about one basket, what it has left to take back, and the garden's common pot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from cageot.baskets import absences as actions
from cageot.baskets.models import Basket, Delivery, Product, Subscription
from cageot.baskets.queries import roads
from cageot.baskets.rules import absences
from cageot.core.templatetags.cageot import day as said
from cageot.core.week import Week
from cageot.desk.queries.marking import name, named
from cageot.members.models import Household, Member
from cageot.network.models import Garden

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


@dataclass(frozen=True)
class Receiver:
    """A household that may receive a basket: its name, and where it collects."""

    pk: int
    name: str
    depot: int


def receivers(garden: Garden, week: Week, without: int, today: date) -> list[Receiver]:
    """The households of the garden that have a depot, those without a basket that week first. Two queries."""
    served = set(
        Basket.objects.filter(garden=garden, delivery__week=week)
        .exclude(state__in=actions.ABSENT)
        .values_list("household", flat=True)
    )
    running = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=today), household__garden=garden)
    depots = dict(running.order_by("from_day").values_list("household", "depot"))
    contacts = Member.objects.filter(household__garden=garden, household__left_on=None, contact=True)
    rows = contacts.filter(household__in=list(depots)).exclude(household=without).order_by("last_name", "first_name")
    found = [
        Receiver(pk, name(first, last, number), depots[pk])
        for pk, first, last, number in rows.values_list("household", "first_name", "last_name", "household__number")
    ]
    return sorted(found, key=lambda one: one.pk in served)


@dataclass(frozen=True)
class PotLine:
    """A basket of the common pot: which size, since when, of whom."""

    pk: int
    size: str
    day: date
    giver: str


def pot(garden: Garden, today: date) -> list[PotLine]:
    """The baskets that the garden may hand to whoever needs one, the oldest first. A constant number of queries."""
    rows = named(Basket.objects.filter(garden=garden, state=Basket.State.MOVED)).select_related(
        "delivery", "size", "household"
    )
    moved = {one.pk: one for one in rows}
    if not moved:
        return []
    facts = actions.rights(moved.values())
    found = []
    for product in Product.objects.filter(garden=garden, pk__in={one.product_id for one in moved.values()}):
        mine = [right for right in facts if moved[right.basket].product_id == product.pk]
        for right in absences.in_the_pot(actions.policy_of(product.pk), mine, today):
            one = moved[right.basket]
            found.append(PotLine(one.pk, one.size.name, right.day, name(one.first, one.last, one.household.number)))
    return sorted(found, key=lambda one: one.day)
