"""The small things of a garden's weeks to come, in the first garden of the demonstration: eggs beside the vegetables, bank
holidays that shift a round, a depot closed for its stocktaking, households that are away, a basket brought home, volunteers
with their lists and what they said at the last hand-over.

Nothing here touches a week that is over: the figures of closed weeks are those of the plan.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from itertools import permutations
from uuid import NAMESPACE_OID, uuid5
from zoneinfo import ZoneInfo

from cageot.baskets import absences, places
from cageot.baskets import actions as baskets
from cageot.baskets.handover import Event, open_link, say
from cageot.baskets.models import Basket, BasketSize, Depot, Round
from cageot.baskets.rules.handover import follow, root
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
    _brought_home(garden, by, on, at)
    depot = (
        Depot.objects.open_to(None).select_related("garden").filter(garden=garden, closed_on=None).order_by("pk").last()
    )
    if depot:
        open_link(depot, label="Rosa, bénévole", from_day=on, until_day=date(on.year, 12, 31), by=by, at=at)
    _handed_over(garden, by, on)


def _brought_home(garden: Garden, by: Person, on: date, at: datetime) -> None:
    """Next week on, one household has its basket brought home, for two euros."""
    rows = Household.objects.filter(garden=garden, left_on=None, subscriptions__until_day=None).exclude(address="")
    household = rows.select_related("garden").order_by("-pk").first()
    regular = household and household.subscriptions.on(on).select_related("depot__round").last()
    if household and regular:
        places.open_home_stop(
            household, round=regular.depot.round, fee_cents=200, slot="après 18 h", notes="Deuxième étage, sonner.",
            from_day=Week.of(on).sunday + timedelta(days=1), by=by, at=at,
        )  # fmt: skip


def _handed_over(garden: Garden, by: Person, on: date) -> None:
    """At the last hand-over of the week under way, Rosa ticked names and left a note; Marc, without network, said of one
    of them that nobody came: what happened at the depot is kept, and the desk reads both."""
    there = Basket.objects.filter(garden=garden, delivery__week=Week.of(on), delivery__day__lte=on)
    last = there.filter(state=Basket.State.COLLECTED).select_related("delivery", "depot__garden").order_by("-delivery__day", "depot", "pk").first()  # fmt: skip
    if last is None:
        return
    day = last.delivery.day
    morning, evening = (datetime.combine(day, time(hour), PARIS) for hour in (9, 19))
    some = there.filter(
        state=Basket.State.COLLECTED, delivery=last.delivery, depot=last.depot, depot_kept=False, copy=0
    )
    seen = list(some.order_by("pk").values_list("pk", flat=True)[:5])
    rosa, marc = (
        open_link(last.depot, label=label, from_day=day, until_day=day, by=by, at=morning)[0]
        for label in ("Rosa", "Marc, en renfort")
    )

    def told(voice: int, basket: int, state: str, minute: int) -> Event:
        start = root(basket)
        return Event(basket, evening + timedelta(minutes=minute), follow(start, state, voice), state)

    heard = [told(rosa.pk, basket, "collected", minute) for minute, basket in enumerate(seen)]
    note = uuid5(NAMESPACE_OID, f"note:{seen[0]}")
    heard.append(Event(seen[0], evening, note, note="Sa voisine a pris le panier pour elle."))
    sent = evening + timedelta(minutes=20)
    say(rosa, heard, sent=sent, at=sent)
    late = sent + timedelta(minutes=40)
    say(marc, [told(marc.pk, seen[-1], "unclaimed", 15)], sent=late, at=late)


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
    rows = Depot.objects.open_to(None).filter(garden=garden, closed_on=None).select_related("garden", "round")
    depots = list(rows.order_by("-pk"))
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
