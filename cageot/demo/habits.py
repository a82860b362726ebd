"""The small things of a garden's weeks to come, in the first garden of the demonstration: eggs beside the vegetables, bank
holidays that shift a round, a depot closed for its stocktaking, households that are away, a volunteer with her list.

Nothing here touches a week that is over: the figures of closed weeks are those of the plan.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

from cageot.baskets import absences, places
from cageot.baskets import actions as baskets
from cageot.baskets.handover import open_link
from cageot.baskets.models import Basket, BasketSize, Depot, Round
from cageot.baskets.subscriptions import open_product, set_people
from cageot.core.week import Week
from cageot.members.models import Household
from cageot.network.models import Garden, Person

PARIS = ZoneInfo("Europe/Paris")
EGG_LOVERS = 14
"""How many households take eggs beside their basket."""


def play(garden: Garden, *, by: Person, on: date) -> None:
    """Everything of this page, as of a day; what finds nothing to come is left out."""
    at = datetime.combine(on, time(9), PARIS)
    _people(garden, by, at)
    _eggs(garden, by, on, at)
    _shifts(garden, by, on, at)
    _closed_for_a_week(garden, by, on, at)
    _away(garden, by, on, at)
    depot = Depot.objects.select_related("garden").filter(garden=garden, closed_on=None).order_by("pk").last()
    if depot:
        open_link(depot, label="Rosa, bénévole", from_day=on, until_day=date(on.year, 12, 31), by=by, at=at)


def _people(garden: Garden, by: Person, at: datetime) -> None:
    """For how many people each size is meant."""
    for size, people in zip(BasketSize.objects.filter(garden=garden).order_by("rank"), (2, 4, 6), strict=False):
        set_people(size, people=people, by=by, at=at)


def _eggs(garden: Garden, by: Person, on: date, at: datetime) -> None:
    """Six eggs from a neighbour's hens, every fortnight, at their own price: agreements pay for vegetables only."""
    product = open_product(garden, code="oeufs", name="Œufs", in_agreements=False, by=by, at=at)
    six = baskets.open_size(
        garden, code="oeufs-6", name="Boîte de 6", cents=240, from_day=on, product=product, by=by, at=at
    )
    rows = (
        Household.objects.filter(garden=garden, left_on=None, subscriptions__from_day__lte=on).order_by("pk").distinct()
    )
    for household in rows.select_related("garden")[: EGG_LOVERS * 3 : 3]:
        regular = household.subscriptions.on(on).select_related("depot__round").last()
        if regular:
            baskets.subscribe(
                household, size=six, depot=regular.depot, frequency="odd", from_day=Week.of(on).sunday + timedelta(days=1), by=by,
                at=at, lay=False,
            )  # fmt: skip
    baskets.lay_baskets(garden, from_day=on)


def _shifts(garden: Garden, by: Person, on: date, at: datetime) -> None:
    """1 May is a Tuesday in 2018: that round leaves on the Wednesday."""
    may = date(on.year, 5, 1)
    tuesday = Round.objects.filter(garden=garden, weekday=may.isoweekday()).first()
    if tuesday and may > on:
        week = Week.of(may)
        places.shift_rounds(
            garden, {(tuesday, week): may + timedelta(days=1)}, reasons={week: "Fête du Travail"}, today=on, by=by, at=at
        )  # fmt: skip


def _closed_for_a_week(garden: Garden, by: Person, on: date, at: datetime) -> None:
    """A depot counts its shelves next month; whoever collects there goes to one that has room."""
    depots = list(Depot.objects.filter(garden=garden, closed_on=None).select_related("garden", "round").order_by("-pk"))
    first = Week.of(on + timedelta(weeks=4)).monday
    for closed, depot in permutations(depots, 2):
        try:
            places.pause_depot(
                closed, from_day=first, until_day=first + timedelta(days=6), replacement=depot, note="Inventaire du magasin",
                today=on, by=by, at=at,
            )  # fmt: skip
        except places.PauseRefused:
            continue
        return


def _away(garden: Garden, by: Person, on: date, at: datetime) -> None:
    """Next week: two households postpone their basket, one gives it to the pot, one takes one more."""
    week = Week.of(on) + 1
    rows = Basket.objects.filter(garden=garden, delivery__week=week, state=Basket.State.PLANNED, copy=0).order_by("pk")
    found = list(rows.select_related("garden", "delivery", "depot__garden", "size", "household__garden")[5:40:7])
    if len(found) < 4:
        return
    again = (
        rows.model.objects.filter(garden=garden, delivery__week=week + 1, depot=found[0].depot)
        .select_related("delivery")
        .first()
    )
    absences.postpone(found[0], to=again.delivery if again else None, today=on, by=by, at=at)
    absences.postpone(found[1], to=None, today=on, by=by, at=at)
    absences.give(found[2], to=None, today=on, by=by, at=at)
    absences.add_extra(found[3].household, size=found[3].size, depot=found[3].depot, to=found[3].delivery, by=by, at=at)
