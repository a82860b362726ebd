"""Who may receive a basket that is given, and the garden's common pot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from cageot.baskets import absences as actions
from cageot.baskets.models import Basket, Product, Subscription
from cageot.baskets.rules import absences
from cageot.core.week import Week
from cageot.desk.queries.marking import name, named
from cageot.members.models import Member
from cageot.network.models import Garden


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
