"""What is done to baskets: laying them ahead, changing one, marking what happened, closing the week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import EllipsisType
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import override

from cageot.baskets import queries
from cageot.baskets.models import (
    AbsencePolicy,
    Basket,
    BasketSize,
    Delivery,
    Depot,
    DepotPause,
    Product,
    Round,
    RoundShift,
    SizePrice,
    Subscription,
    Ways,
    WeekClose,
)
from cageot.baskets.rules import laying
from cageot.baskets.rules.closing import DISTRIBUTED, Question, differences
from cageot.baskets.rules.subscribing import level_slot
from cageot.core import sql
from cageot.core.cents import BASIS
from cageot.core.week import Week, weeks_between
from cageot.funding import actions as funding
from cageot.members.models import Household
from cageot.network.actions import record
from cageot.network.models import Garden, Person


class Refused(Exception):
    """An action that may not be done now; nothing was written."""


class WeekIsClosed(Refused):
    """The basket's week is closed: reopen it first, saying why."""


class NoDelivery(Refused):
    """The garden delivers nothing on that day."""


class AlreadyClosed(Refused):
    """Somebody closed this week first. `close` is what stands."""

    def __init__(self, close: WeekClose) -> None:
        self.close = close


class WeekNotReady(Refused):
    """Something must be answered before closing: `questions`."""

    def __init__(self, questions: list[Question]) -> None:
        self.questions = questions


class WeekChanged(Refused):
    """The week is no longer what was shown. `changed` gives {name: (seen, now)}, empty when only details moved."""

    def __init__(self, changed: dict[str, tuple[int, int]]) -> None:
        self.changed = changed


def one_at_a_time(garden: Garden) -> None:
    """Until the transaction ends, nobody else changes this garden's baskets: what is marked and what is closed
    take turns. SQLite has one writer anyway; on PostgreSQL a mark could otherwise land just after its week was read."""
    if connection.features.has_select_for_update:
        list(Garden.objects.select_for_update(no_key=True).filter(pk=garden.pk).values_list("pk"))


# --- Laying ahead -------------------------------------------------------------------------------


def open_deliveries(
    garden: Garden, *, first: date, last: date, weekdays: Iterable[int], without: Iterable[Week] = ()
) -> int:
    """Lay a garden's delivery days between two days, except in the weeks `without`. Returns how many are new."""
    there = set(Delivery.objects.filter(garden=garden, day__range=(first, last)).values_list("day", flat=True))
    skipped = set(without)
    days = [
        week.day(weekday)
        for week in weeks_between(first, last)
        if week not in skipped
        for weekday in sorted(set(weekdays))
    ]
    new = [day for day in days if first <= day <= last and day not in there]
    sql.insert_rows(Delivery, ["garden", "day", "week"], [(garden.pk, day, str(Week.of(day))) for day in new])
    return len(new)


def lay_baskets(garden: Garden, *, from_day: date, households: Iterable[int] | None = None) -> laying.Plan:
    """Bring the baskets from that day on in line with the subscriptions, for a garden or some of its households.

    Closed weeks and one-off changes stay as they are. A constant number of queries. Returns what was written.
    """
    with transaction.atomic():
        one_at_a_time(garden)
        plan = plan_baskets(garden, from_day=from_day, households=households)
        _write(garden, plan)
    return plan


def plan_baskets(
    garden: Garden, *, from_day: date, households: Iterable[int] | None = None, new: Iterable[date] = (), gone: Iterable[int] = ()
) -> laying.Plan:  # fmt: skip
    """What `lay_baskets` would write; also if there were deliveries on the days `new`, and not the deliveries `gone`."""
    some = None if households is None else sorted(households)
    left = set(gone)
    deliveries = {
        day: delivery for day, delivery in queries.open_days(garden, from_day).items() if delivery not in left
    }
    wishes = queries.wishes(garden, from_day, some)
    monthly = any(wish.frequency == "monthly" for wish in wishes)
    return laying.plan(
        wishes,
        deliveries | {day: -place for place, day in enumerate(new, 1)},
        [one for one in queries.laid(garden, from_day, some) if one.delivery not in left],
        queries.roads(garden, from_day),
        queries.delivery_weeks(garden, from_day) if monthly else (),
    )


BASKET_COLUMNS = [
    "garden",
    "delivery",
    "household",
    "subscription",
    "product",
    "size",
    "depot",
    "state",
    "size_kept",
    "depot_kept",
    "kind",
    "copy",
    "pot",
]


def _write(garden: Garden, plan: laying.Plan) -> None:
    for start in range(0, len(plan.drop), 500):
        Basket.objects.filter(pk__in=plan.drop[start : start + 500]).delete()
    if plan.change:
        Basket.objects.bulk_update(
            [Basket(pk=c.basket, delivery_id=c.delivery, subscription_id=c.subscription, size_id=c.size, depot_id=c.depot)
             for c in plan.change],
            ["delivery", "subscription", "size", "depot"], batch_size=200,
        )  # fmt: skip
    # A delivery's baskets lie side by side in the table: the week reads and marks a page or two, not fifty.
    add = sorted(plan.add, key=lambda new: new.delivery)
    sql.insert_rows(
        Basket, BASKET_COLUMNS,
        [
            (garden.pk, n.delivery, n.household, n.subscription, n.product, n.size, n.depot, "planned", False, False, "regular", 0, False)
            for n in add
        ],
    )  # fmt: skip


def subscribe(
    household: Household, *, size: BasketSize, depot: Depot, frequency: str, from_day: date, until_day: date | None = None,
    monthly_slot: int | None = None, trial: bool = False, waits_for: str = "nothing", renewal: str = "tacit",
    by: Person | None, at: datetime, lay: bool = True,
) -> Subscription:  # fmt: skip
    """Open a household's regular basket and lay its baskets ahead. Refusal: DepotFull.

    A monthly one without a slot gets the one that keeps weeks level. While it waits for something, nothing is laid.
    """
    with transaction.atomic():
        one_at_a_time(household.garden)
        _room_at(depot, household.pk, from_day)
        subscription = Subscription.objects.create(
            household=household, size=size, depot=depot, frequency=frequency, from_day=from_day, until_day=until_day,
            monthly_slot=_slot(frequency, monthly_slot, size, depot, from_day, household.pk), trial=trial,
            waits_for=waits_for, renewal=renewal,
        )  # fmt: skip
        if lay:
            lay_baskets(household.garden, from_day=from_day, households=[household.pk])
        record("baskets.subscribed", by=by, at=at, garden=household.garden, about=subscription)
    return subscription


def _slot(frequency: str, asked: int | None, size: BasketSize, depot: Depot, day: date, household: int) -> int | None:
    """The slot of a monthly subscription: as asked, else the lightest of its product on its round."""
    if frequency != Subscription.Frequency.MONTHLY:
        return None
    return asked or level_slot(queries.monthly_counts(size.product_id, depot.round_id, day, household))


def change_subscription(
    subscription: Subscription, *, from_day: date, by: Person | None, at: datetime,
    size: BasketSize | None = None, depot: Depot | None = None, frequency: str | None = None,
    until_day: date | EllipsisType | None = ..., monthly_slot: int | None = None, trial: bool | None = None,
    renewal: str | None = None,
) -> Subscription:  # fmt: skip
    """Change a subscription from a day on: the past keeps the old one, the future is relaid, one-off changes stay.

    What is not given stays; `until_day=None` takes the end away. A monthly one keeps its slot on its round, else has the
    one that keeps weeks level. Refusal: DepotFull, when it goes to a depot where no place is left.
    """
    wanted: dict[str, Any] = {
        "size": size or subscription.size, "depot": depot or subscription.depot,
        "frequency": frequency or subscription.frequency,
        "until_day": subscription.until_day if until_day is ... else until_day,
        "trial": subscription.trial if trial is None else trial, "renewal": renewal or subscription.renewal,
    }  # fmt: skip
    if wanted["depot"].round_id == subscription.depot.round_id:
        monthly_slot = monthly_slot or subscription.monthly_slot
    with transaction.atomic():
        one_at_a_time(subscription.household.garden)
        wanted["monthly_slot"] = _slot(
            wanted["frequency"], monthly_slot, wanted["size"], wanted["depot"], from_day, subscription.household_id
        )
        if wanted["depot"] != subscription.depot:
            _room_at(wanted["depot"], subscription.household_id, from_day)
        changed = _change_from(subscription, from_day, wanted)
        garden = subscription.household.garden
        lay_baskets(garden, from_day=from_day, households=[subscription.household_id])
        record("baskets.subscription_changed", by=by, at=at, garden=garden, about=changed, from_day=str(from_day))
    return changed


def _change_from(subscription: Subscription, from_day: date, wanted: dict[str, Any]) -> Subscription:
    """The subscription as wanted from a day on; the part before that day, if any, stays as it was."""
    if from_day > subscription.from_day:
        last = min(from_day - timedelta(days=1), subscription.until_day or date.max)
        Subscription.objects.filter(pk=subscription.pk).update(until_day=last)
        later = copy(subscription)
        later.pk, later._state.adding, later.from_day = None, True, from_day
        for name, value in wanted.items():
            setattr(later, name, value)
        later.save(force_insert=True)
        return later
    for name, value in wanted.items():
        setattr(subscription, name, value)
    subscription.save(update_fields=list(wanted))
    return subscription


def stop_subscription(subscription: Subscription, *, last_day: date, by: Person | None, at: datetime) -> None:
    """End a subscription after `last_day`; its planned baskets after that day are taken away. Nobody is told of that end:
    it was decided."""
    with transaction.atomic():
        last_day = max(last_day, subscription.from_day)
        decided = Subscription.Renewal.TACIT
        Subscription.objects.filter(pk=subscription.pk).update(until_day=last_day, renewal=decided)
        garden = subscription.household.garden
        lay_baskets(garden, from_day=last_day + timedelta(days=1), households=[subscription.household_id])
        record("baskets.subscription_stopped", by=by, at=at, garden=garden, about=subscription, last_day=str(last_day))


def withdraw_subscription(subscription: Subscription, *, by: Person | None, at: datetime) -> None:
    """Take back a subscription that has not started: its planned baskets go with it."""
    with transaction.atomic():
        record(
            "baskets.subscription_withdrawn",
            by=by,
            at=at,
            garden=subscription.household.garden,
            about=subscription.household,
        )
        from_day, household = subscription.from_day, subscription.household
        subscription.delete()
        lay_baskets(household.garden, from_day=from_day, households=[household.pk])


# --- One basket ---------------------------------------------------------------------------------


def change_basket(
    basket: Basket, *, by: Person | None, at: datetime, size: BasketSize | None = None, depot: Depot | None = None
) -> None:
    """Change one basket once: another size, or another depot (on its own day of the same week).

    Refusals: WeekIsClosed; NoDelivery when the garden does not deliver on the new depot's day.
    """
    with transaction.atomic():
        one_at_a_time(basket.garden)
        changes: dict[str, object] = {}
        if size:
            changes |= {"size": size, "size_kept": True}
        if depot:
            changes |= {"depot": depot, "depot_kept": True, "delivery": _delivery_for(basket, depot)}
        _update(basket.garden, [basket.pk], **changes)
        record("baskets.basket_changed", by=by, at=at, garden=basket.garden, about=basket, fields=sorted(changes))


def _delivery_for(basket: Basket, depot: Depot) -> Delivery:
    day = queries.roads(basket.garden, basket.delivery.week.monday).day(depot.pk, basket.delivery.week)
    found = Delivery.objects.filter(garden=basket.garden_id, day=day, close=None).first() if day else None
    if found is None:
        raise NoDelivery
    return found


def _update(garden: Garden, baskets: list[int], **changes: object) -> None:
    """Write narrowly, and only while the week is open: the count says whether it was."""
    changed = Basket.objects.filter(pk__in=baskets, garden=garden, delivery__close=None).update(**changes)
    if changed != len(baskets):
        raise WeekIsClosed


def mark(garden: Garden, states: Mapping[int, str], *, by: Person | None, at: datetime) -> None:
    """Say what happened to baskets of the garden (id → state), all or none. Refusal: WeekIsClosed."""
    by_state: dict[str, list[int]] = {}
    for basket, state in states.items():
        by_state.setdefault(state, []).append(basket)
    with transaction.atomic():
        one_at_a_time(garden)
        for state, baskets in sorted(by_state.items()):
            _update(garden, baskets, state=state)
        record(
            "baskets.marked", by=by, at=at, garden=garden, counts={state: len(some) for state, some in by_state.items()}
        )


class AlreadyMarked(Refused):
    """Something was already said of this basket: it is no longer planned (or no longer cancelled)."""


def follow_subscription(basket: Basket, *, by: Person | None, at: datetime) -> None:
    """Forget the one-off size and depot of a basket. Refusal: WeekIsClosed."""
    with transaction.atomic():
        one_at_a_time(basket.garden)
        _update(basket.garden, [basket.pk], size_kept=False, depot_kept=False)
        lay_baskets(basket.garden, from_day=basket.delivery.week.monday, households=[basket.household_id])
        record("baskets.basket_unchanged", by=by, at=at, garden=basket.garden, about=basket)


# --- The close ----------------------------------------------------------------------------------


def close_week(
    garden: Garden, week: Week, *, today: date, by: Person | None, at: datetime,
    seen: tuple[str, Mapping[str, int]] | None = None,
) -> WeekClose:  # fmt: skip
    """Close a garden's week: freeze its baskets, settle what they cost, write the books. All or nothing.

    `seen` is the fingerprint and the summary of what the person was shown; None closes what stands.
    Refusals: AlreadyClosed (idempotent: nothing is written twice), WeekNotReady, WeekChanged.
    """
    with transaction.atomic():
        books = funding.take_turn()
        one_at_a_time(garden)
        _hold(garden, week)
        closing = queries.closing_of(garden, week, today)
        if closing.standing:
            raise AlreadyClosed(WeekClose.objects.select_related("by", "entry").get(pk=closing.standing))
        if seen and seen[0] != closing.fingerprint:
            raise WeekChanged(differences(seen[1], closing.summary))
        if closing.edition is None:
            raise WeekNotReady([Question("no_edition", 0, str(week))])
        if closing.questions:
            raise WeekNotReady(closing.questions)
        # Closed again, a week counts in the open period: what was told of the past does not move.
        day = week.sunday if closing.revision == 1 else max(today, week.sunday)
        entry = funding.settle(
            books=books, garden=garden, week=week, day=day, settled=closing.settled, facts=closing.facts, by=by, at=at
        )
        figures = {
            "garden": garden.pk, "edition": closing.edition.pk, "week": week, "revision": closing.revision,
            "entry": entry.pk if entry else None, "fingerprint": closing.fingerprint, "at": at, "by": by.pk if by else None,
            **figures_of(closing),
        }  # fmt: skip
        close = WeekClose(**_by_id(figures), id=sql.insert_row(WeekClose, **figures))
        frozen = "UPDATE baskets_delivery SET close_id = %s WHERE garden_id = %s AND week = %s"
        sql.execute(frozen, close.pk, garden.pk, str(week))
        _add_up(close)
        record("baskets.week_closed", by=by, at=at, garden=garden, about=close, week=str(week))
    return close


def _hold(garden: Garden, week: Week) -> None:
    """Make whoever marks a basket of the week wait, from what is read here to the commit. SQLite has one writer anyway."""
    if connection.features.has_select_for_update:
        held = "SELECT id FROM baskets_delivery WHERE garden_id = %s AND week = %s ORDER BY id FOR UPDATE"
        sql.rows(held, garden.pk, str(week))


def _by_id(values: dict[str, Any]) -> dict[str, Any]:
    """The same values under their columns' names, as a model takes them."""
    return {WeekClose._meta.get_field(name).attname: value for name, value in values.items()}  # type: ignore[union-attr]


FIGURE_OF = {
    "member": "members_cents", "local": "local_cents", "national": "national_cents", "network": "network_cents",
    "garden": "gardens_cents", "uncovered": "uncovered_cents",
}  # fmt: skip


def figures_of(closing: queries.Closing) -> dict[str, int]:
    """The figures frozen with a close. Cents are those of solidarity baskets (in the programme) only."""
    found = dict.fromkeys(["ordinary_baskets", "solidarity_baskets", "max_member_bp", *FIGURE_OF.values()], 0)
    for one in closing.settled:
        charge = one.charge
        if charge.state not in DISTRIBUTED:
            continue
        if charge.cover is None or charge.cover.cap_bp is None:
            found["ordinary_baskets"] += 1
            continue
        found["solidarity_baskets"] += 1
        if charge.price_cents:
            found["max_member_bp"] = max(found["max_member_bp"], one.member_cents * BASIS // charge.price_cents)
        for part in one.parts:
            found[FIGURE_OF[part.by]] += part.cents
    return found


def _add_up(close: WeekClose) -> None:
    """Add up again the closes that stand of this one's garden, and of its week. Two queries, under the turn at the books."""
    for statement, place in ((queries.GARDEN_SUM, close.garden_id), (queries.WEEK_SUM, str(close.week))):
        sql.execute(statement, close.edition_id, place, close.edition_id, place)


def reopen_week(close: WeekClose, *, reason: str, today: date, by: Person | None, at: datetime) -> None:
    """Undo a close that was a mistake: its entry is reversed, saying why, and its baskets may change again.

    The reversal belongs to the open period; what was posted stays readable for ever.
    """
    with transaction.atomic():
        books = funding.take_turn()
        one_at_a_time(close.garden)
        if not WeekClose.objects.filter(pk=close.pk, reopened_at=None).update(reopened_at=at):
            raise AlreadyReopened
        if close.entry:
            funding.reverse(books=books, entry=close.entry, reason=reason, day=today, by=by, at=at)
        Delivery.objects.filter(close=close).update(close=None)
        _add_up(close)
        record("baskets.week_reopened", by=by, at=at, garden=close.garden, about=close, week=str(close.week))


class AlreadyReopened(Refused):
    """Somebody reopened this week first."""


def change_ways(garden: Garden, values: Mapping[str, Any], *, by: Person | None, at: datetime) -> None:
    """Change some of the garden's ways (columns of `Ways`)."""
    with transaction.atomic():
        Ways.objects.update_or_create(garden=garden, defaults=dict(values))
        record("baskets.ways_changed", by=by, at=at, garden=garden, about=garden, fields=sorted(values))


# --- The garden's offer: sizes, prices, depots, season --------------------------------------------


def main_product(garden: Garden) -> Product:
    """What the garden is there for, the vegetable basket: its first product, made the first time it is asked for."""
    found = Product.objects.filter(garden=garden).first()
    if found:
        return found
    with transaction.atomic():
        product = Product.objects.create(garden=garden, code="panier", name="Panier de légumes")
        AbsencePolicy.objects.create(product=product)
    return product


def open_size(
    garden: Garden, *, code: str, name: str, cents: int, from_day: date, by: Person | None, at: datetime,
    product: Product | None = None,
) -> BasketSize:  # fmt: skip
    """Offer a new size of a product (the vegetable basket by default), with its price in cents from a day on. It comes
    last in lists."""
    with transaction.atomic():
        size = BasketSize.objects.create(
            garden=garden,
            product=product or main_product(garden),
            code=code,
            name=name,
            rank=BasketSize.objects.filter(garden=garden).count(),
        )
        SizePrice.objects.create(size=size, from_day=from_day, cents=cents)
        record("baskets.size_opened", by=by, at=at, garden=garden, about=size)
    return size


def rename_size(size: BasketSize, *, name: str, by: Person | None, at: datetime) -> None:
    """Another name on screen; agreements know the size by its code, which stays."""
    with transaction.atomic():
        BasketSize.objects.filter(pk=size.pk).update(name=name)
        record("baskets.size_renamed", by=by, at=at, garden=size.garden, about=size)


def set_price(size: BasketSize, *, cents: int, from_day: date, by: Person | None, at: datetime) -> SizePrice:
    """The price of a size from a day on, in cents. Refusal: WeekIsClosed when a week from then on is closed."""
    with transaction.atomic():
        one_at_a_time(size.garden)
        if WeekClose.objects.filter(garden=size.garden_id, week__gte=Week.of(from_day), reopened_at=None).exists():
            raise WeekIsClosed
        price, _made = SizePrice.objects.update_or_create(size=size, from_day=from_day, defaults={"cents": cents})
        record("baskets.price_set", by=by, at=at, garden=size.garden, about=size, cents=cents, from_day=str(from_day))
    return price


class PriceHolds(Refused):
    """This price holds already: give another one from a day on."""


def withdraw_price(price: SizePrice, *, today: date, by: Person | None, at: datetime) -> None:
    """Take back a price that was to hold from a later day, if the size has another. Refusal: PriceHolds."""
    with transaction.atomic():
        one_at_a_time(price.size.garden)
        others = SizePrice.objects.filter(size=price.size_id).exclude(pk=price.pk)
        if not others.exists() or not SizePrice.objects.filter(pk=price.pk, from_day__gt=today).delete()[0]:
            raise PriceHolds
        record(
            "baskets.price_withdrawn",
            by=by,
            at=at,
            garden=price.size.garden,
            about=price.size,
            from_day=str(price.from_day),
        )


class DepotInUse(Refused):
    """Households still collect at this depot after that day: `households` is how many."""

    def __init__(self, households: int) -> None:
        self.households = households


OF_THE_PLACE = frozenset(
    {
        "name", "number", "kind", "audience", "password", "client_category", "home", "host", "address", "commune_code",
        "phone", "email", "website", "contact_name", "contact_phone", "contact_email", "description", "notes",
    }
)  # fmt: skip
"""What is said of a place, the same on each round that it is on; the rest is each depot's own."""


def round_on(garden: Garden, weekday: int) -> Round:
    """The garden's first round of that day of the week, made and named after the day if there is none."""
    found = Round.objects.filter(garden=garden, weekday=weekday, archived_on=None).first()
    if found:
        return found
    with override("fr"):  # a name that the garden may change, not a word of the screen
        return Round.objects.create(garden=garden, weekday=weekday, name=str(WEEKDAYS[weekday - 1]).capitalize())


ROUND_COLUMNS = ("name", "weekday", "colour", "packed_before")


class RoundInUse(Refused):
    """Depots are still on this round: `depots` is how many."""

    def __init__(self, depots: int) -> None:
        self.depots = depots


def open_round(garden: Garden, *, by: Person | None, at: datetime, **details: Any) -> Round:
    """Add a round, last of its day. `details` are its columns."""
    with transaction.atomic():
        rank = Round.objects.filter(garden=garden).count()
        found = Round.objects.create(garden=garden, rank=rank, **details)
        record("baskets.round_opened", by=by, at=at, garden=garden, about=found)
    return found


def change_round(one: Round, *, today: date, by: Person | None, at: datetime, **details: Any) -> list[str]:
    """Change a round; another day of the week moves its baskets to come. Returns the names of what changed."""
    changed = {name: value for name, value in details.items() if getattr(one, name) != value}
    if not changed:
        return []
    with transaction.atomic():
        one_at_a_time(one.garden)
        Round.objects.filter(pk=one.pk).update(**changed)
        if "weekday" in changed:
            realign(one.garden, today)
        record("baskets.round_changed", by=by, at=at, garden=one.garden, about=one, fields=sorted(changed))
    return sorted(changed)


def close_round(one: Round, *, today: date, by: Person | None, at: datetime) -> None:
    """Take a round out of use: it stays in what happened. Refusal: RoundInUse while an open depot is on it."""
    with transaction.atomic():
        one_at_a_time(one.garden)
        there = Depot.objects.filter(Q(closed_on=None) | Q(closed_on__gt=today), round=one).count()
        if there:
            raise RoundInUse(there)
        Round.objects.filter(pk=one.pk).update(archived_on=today)
        record("baskets.round_closed", by=by, at=at, garden=one.garden, about=one)


def order_depots(
    garden: Garden, order: Mapping[int, Sequence[int]], *, today: date, by: Person | None, at: datetime
) -> None:  # fmt: skip
    """Put depots on rounds in this order (round → depots). Depots left out stay after those named. A depot that comes
    on another round takes its baskets to come along. What is not of the garden is left aside."""
    with transaction.atomic():
        one_at_a_time(garden)
        rounds = set(Round.objects.filter(garden=garden, archived_on=None).values_list("pk", flat=True))
        depots = {one.pk: one for one in Depot.objects.filter(garden=garden)}
        moved = False
        for number, wanted in order.items():
            if number not in rounds:
                continue
            named = [pk for pk in dict.fromkeys(wanted) if pk in depots]
            rest = [one.pk for one in depots.values() if one.round_id == number and one.pk not in named]
            for rank, pk in enumerate([*named, *sorted(rest, key=lambda pk: depots[pk].rank)]):
                moved = moved or depots[pk].round_id != number
                depots[pk].round_id, depots[pk].rank = number, rank
        Depot.objects.bulk_update(depots.values(), ["round", "rank"], batch_size=200)
        if moved:
            realign(garden, today)
        record("baskets.depots_ordered", by=by, at=at, garden=garden, about=garden)


class PauseRefused(Refused):
    """The depot cannot be closed then: `why` is closed (its replacement is not open all that time), overlaps (it is
    closed already), full (the replacement has `left` places for `asked`), or past."""

    def __init__(self, why: str, *, left: int = 0, asked: int = 0) -> None:
        self.why, self.left, self.asked = why, left, asked


def pause_depot(
    depot: Depot, *, from_day: date, until_day: date, replacement: Depot, note: str, today: date, by: Person | None,
    at: datetime,
) -> DepotPause:  # fmt: skip
    """Close a depot from a day until another, both included: its baskets of those days go to `replacement`, on that
    one's day of the same week. Refusal: PauseRefused."""
    with transaction.atomic():
        one_at_a_time(depot.garden)
        if from_day < today:
            raise PauseRefused("past")
        if DepotPause.objects.filter(depot=depot).between(from_day, until_day).exists():
            raise PauseRefused("overlaps")
        away = DepotPause.objects.filter(depot=replacement).between(from_day, until_day).exists()
        back = DepotPause.objects.filter(replacement=depot).between(from_day, until_day).exists()
        if away or back or (replacement.closed_on and replacement.closed_on <= until_day):
            raise PauseRefused("closed")
        if replacement.capacity is not None:
            left = replacement.capacity - places_taken([replacement.pk], from_day)[replacement.pk]
            asked = places_taken([depot.pk], from_day)[depot.pk]
            if asked > left:
                raise PauseRefused("full", left=left, asked=asked)
        pause = DepotPause.objects.create(
            depot=depot, from_day=from_day, until_day=until_day, replacement=replacement, note=note
        )
        realign(depot.garden, from_day)
        record("baskets.depot_paused", by=by, at=at, garden=depot.garden, about=pause)
    return pause


def end_pause(pause: DepotPause, *, today: date, by: Person | None, at: datetime) -> None:
    """The depot opens again as of today: what is to come returns to it. A pause not begun is taken away."""
    with transaction.atomic():
        garden = pause.depot.garden
        one_at_a_time(garden)
        if pause.from_day >= today:
            pause.delete()
        else:
            DepotPause.objects.filter(pk=pause.pk).update(until_day=today - timedelta(days=1))
        realign(garden, today)
        record("baskets.depot_reopened", by=by, at=at, garden=garden, about=pause.depot)


def places_taken(depots: Iterable[int], day: date) -> Counter[int]:
    """Depot → households that collect there from that day on, those whose subscription is to start included."""
    running = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=day), depot__in=list(depots))
    return Counter(dict(running.values_list("depot").annotate(Count("household", distinct=True))))


class DepotFull(Refused):
    """Every place of this depot is taken: `capacity` households collect there, or are to."""

    def __init__(self, depot: Depot) -> None:
        self.depot = depot
        self.capacity = depot.capacity


def _room_at(depot: Depot, household: int, day: date) -> None:
    """Refuse a household more than the depot has places for. Under the garden's turn: two do not take the last one."""
    if depot.capacity is None:
        return
    there = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=day), depot=depot)
    if there.filter(household=household).exists():
        return
    if there.values("household").distinct().count() >= depot.capacity:
        raise DepotFull(depot)


def open_depot(garden: Garden, *, today: date, by: Person | None, at: datetime, **details: Any) -> Depot:
    """Add a depot, last on its round. `details` are its columns; `weekday` may stand for `round`. The garden then
    delivers on its day in every week to come that it delivers."""
    with transaction.atomic():
        if "weekday" in details:
            details["round"] = round_on(garden, details.pop("weekday"))
        rank = Depot.objects.filter(round=details["round"]).count()
        depot = Depot.objects.create(garden=garden, **{"rank": rank} | details)
        realign(garden, today)
        record("baskets.depot_opened", by=by, at=at, garden=garden, about=depot)
    return depot


def change_depot(depot: Depot, *, today: date, by: Person | None, at: datetime, **details: Any) -> list[str]:
    """Change what is known of a depot; another round moves the baskets to come. Returns the names of what changed.

    What is said of the place changes on every round that it is on.
    """
    if details.get("weekday", depot.weekday) != depot.weekday:
        details["round"] = round_on(depot.garden, details["weekday"])
    details.pop("weekday", None)
    changed = {name: value for name, value in details.items() if getattr(depot, name) != value}
    if not changed:
        return []
    with transaction.atomic():
        one_at_a_time(depot.garden)
        of_place = {name: value for name, value in changed.items() if name in OF_THE_PLACE}
        if of_place:
            Depot.objects.filter(garden=depot.garden_id, name=depot.name).update(**of_place)
        Depot.objects.filter(pk=depot.pk).update(**changed)
        if "round" in changed:
            realign(depot.garden, today)
        record("baskets.depot_changed", by=by, at=at, garden=depot.garden, about=depot, fields=sorted(changed))
    return sorted(changed)


def realign(garden: Garden, from_day: date) -> laying.Plan:
    """Bring deliveries and baskets in line with rounds, shifts and pauses, from a day on: whoever changes one of
    those calls this. Weeks without delivery stay without, closed weeks and what was already said of a basket too.
    Returns what was laid.
    """
    with transaction.atomic():
        one_at_a_time(garden)
        rows = Delivery.objects.filter(garden=garden, day__gte=from_day, close=None)
        there = dict(rows.values_list("day", "pk"))
        roads = queries.roads(garden, from_day)
        wanted = queries.days_of_rounds(garden, roads, {Week.of(day) for day in there}, from_day)
        new = [day for day in sorted(wanted) if day >= from_day and day not in there]
        Delivery.objects.bulk_create(Delivery(garden=garden, day=day, week=Week.of(day)) for day in new)
        there = dict(rows.values_list("day", "pk"))
        _follow_roads(garden, from_day, roads, there)
        plan = lay_baskets(garden, from_day=from_day)
        gone = [pk for day, pk in there.items() if day not in wanted]
        Delivery.objects.filter(pk__in=gone, day__gt=from_day, baskets=None).delete()
    return plan


class ShiftRefused(Refused):
    """A round cannot go on that day: `why` is week_closed, other_week or past; `round` and `week` say which."""

    def __init__(self, why: str, round: Round, week: Week) -> None:
        self.why, self.round, self.week = why, round, week


@dataclass(frozen=True)
class Moves:
    """What shifting rounds changes of the baskets to come: on another day, no basket that week, a basket again."""

    moved: int
    dropped: int
    added: int


def shift_rounds(
    garden: Garden, shifts: Mapping[tuple[Round, Week], date | None], *, reasons: Mapping[Week, str], today: date,
    by: Person | None, at: datetime, only_look: bool = False,
) -> Moves:  # fmt: skip
    """Put rounds of the garden on another day in some weeks (None: the round does not go); its usual day undoes a shift.

    Deliveries and baskets follow. `only_look` tells what would move, and writes nothing. Refusal: ShiftRefused.
    """
    for (one, week), day in shifts.items():
        if day and Week.of(day) != week:
            raise ShiftRefused("other_week", one, week)
        if week.sunday < today or (day and day < today):
            raise ShiftRefused("past", one, week)
    weeks = {week for _one, week in shifts}
    with transaction.atomic():
        one_at_a_time(garden)
        closed = set(
            WeekClose.objects.filter(garden=garden, week__in=weeks, reopened_at=None).values_list("week", flat=True)
        )
        for one, week in shifts:
            if week in closed:
                raise ShiftRefused("week_closed", one, week)
        before = _where(garden, weeks)
        for (one, week), day in shifts.items():
            RoundShift.objects.filter(round=one, week=week).delete()
            if day != week.day(one.weekday):
                RoundShift.objects.create(round=one, week=week, day=day, reason=reasons.get(week, "")[:80])
        realign(garden, max(today, min(weeks).monday))
        after = _where(garden, weeks)
        moves = Moves(
            sum(before[key] != day for key, day in after.items() if key in before),
            len(before.keys() - after.keys()),
            len(after.keys() - before.keys()),
        )
        record("baskets.rounds_shifted", by=by, at=at, garden=garden, weeks=sorted(map(str, weeks)), moved=moves.moved)
        if only_look:
            transaction.set_rollback(True)
    return moves


def _where(garden: Garden, weeks: Iterable[Week]) -> dict[tuple[int, int, int, Week], date]:
    """Where the planned baskets of these weeks are: (household, product, copy, week) → day."""
    rows = Basket.objects.filter(garden=garden, delivery__week__in=list(weeks), state=Basket.State.PLANNED)
    return {
        (household, product, number, week): day
        for household, product, number, week, day in rows.values_list(
            "household", "product", "copy", "delivery__week", "delivery__day"
        )
    }


def _follow_roads(garden: Garden, from_day: date, roads: laying.Roads, there: Mapping[date, int]) -> None:
    """Baskets that laying leaves alone (another depot this time, taken back, extra) follow their depot all the same.

    Where it is not brought to that week, the one-off depot is forgotten, a basket taken back is to take back again,
    and an extra one is cancelled. Where its new day is already past, this week's basket stays where it is.
    """
    rows = Basket.objects.open_from(from_day).filter(garden=garden, state=Basket.State.PLANNED)
    this_week = Q(delivery__week=Week.of(from_day))
    moved, without = [], []
    for basket in rows.filter(Q(depot_kept=True) | Q(copy__gte=1) | this_week).select_related("delivery"):
        day, depot = roads.place(basket.depot_id, basket.delivery.week)
        if day and day < from_day:
            basket.depot_kept = True
            moved.append(basket)
        elif not (basket.depot_kept or basket.copy):
            continue
        elif day and day in there:
            if (there[day], depot) != (basket.delivery_id, basket.depot_id):
                basket.delivery_id, basket.depot_id = there[day], depot
                moved.append(basket)
        elif day is None:
            without.append(basket)
    Basket.objects.bulk_update(moved, ["delivery", "depot", "depot_kept"], batch_size=200)
    by_kind = {kind: [one.pk for one in without if one.kind == kind] for kind in Basket.Kind.values}
    Basket.objects.filter(pk__in=by_kind["regular"]).update(depot_kept=False)
    Basket.objects.filter(pk__in=by_kind["taken_back"]).delete()
    Basket.objects.filter(pk__in=by_kind["extra"]).update(state=Basket.State.CANCELLED)


def close_depot(
    depot: Depot, *, from_day: date, replacement: Depot | None, by: Person | None, at: datetime
) -> int:  # fmt: skip
    """Nobody collects there from that day on; its subscriptions go to `replacement`. Returns how many households moved.

    Refusal: DepotInUse when households still collect there and no replacement is given.
    """
    with transaction.atomic():
        one_at_a_time(depot.garden)
        there = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=from_day), depot=depot).select_related(
            "household"
        )
        once = Basket.objects.open_from(from_day).filter(depot=depot)
        households = {one.household_id for one in there} | set(once.values_list("household", flat=True))
        if households and replacement is None:
            raise DepotInUse(len(households))
        if replacement:
            _move_households(there, once, from_day, replacement)
        Depot.objects.filter(pk=depot.pk).update(closed_on=from_day)
        realign(depot.garden, from_day)
        record(
            "baskets.depot_closed",
            by=by,
            at=at,
            garden=depot.garden,
            about=depot,
            from_day=str(from_day),
            moved=len(households),
        )
    return len(households)


def _move_households(there: Iterable[Subscription], once: Any, from_day: date, depot: Depot) -> None:
    once.update(depot_kept=False)
    for one in there:
        _change_from(one, from_day, {"depot": depot})


class BasketsAlreadyMarked(Refused):
    """A week cannot be taken away: something was already said of its baskets. `weeks` tells which."""

    def __init__(self, weeks: list[Week]) -> None:
        self.weeks = weeks


@dataclass(frozen=True)
class Season:
    """What laying the deliveries of a season changes: days to open, deliveries to take away, baskets that follow."""

    opened: list[date]
    removed: list[int]
    added: int
    dropped: int


def plan_season(garden: Garden, *, first: date, last: date, without: Iterable[Week]) -> Season:
    """What `lay_season` would write. A constant number of queries. Refusal: BasketsAlreadyMarked."""
    skipped = set(without)
    kept = [week for week in weeks_between(first, last) if week not in skipped]
    days = queries.days_of_rounds(garden, queries.roads(garden, first), kept, first)
    rows = list(
        Delivery.objects.filter(garden=garden, day__range=(first, last)).values_list("pk", "day", "week", "close")
    )
    there = {day for _pk, day, _week, _close in rows}
    opened = [day for day in sorted(days) if first <= day <= last and day not in there]
    removed = [pk for pk, _day, week, close in rows if week in skipped and close is None]
    plan = plan_baskets(garden, from_day=first, new=opened, gone=removed)
    return Season(opened, removed, len(plan.add), len(plan.drop) + _going(removed))


def _going(removed: list[int]) -> int:
    """How many planned baskets go with these deliveries."""
    baskets = Basket.objects.filter(delivery__in=removed)
    told = baskets.exclude(state__in=[Basket.State.PLANNED, Basket.State.CANCELLED])
    if weeks := sorted(set(told.values_list("delivery__week", flat=True))):
        raise BasketsAlreadyMarked(weeks)
    return baskets.filter(state=Basket.State.PLANNED).count()


def lay_season(
    garden: Garden, *, first: date, last: date, without: Iterable[Week], by: Person | None, at: datetime
) -> Season:  # fmt: skip
    """Open the depots' days between two days but in the weeks `without`, which lose theirs; baskets follow.

    Closed weeks stay as they are. Refusal: BasketsAlreadyMarked.
    """
    with transaction.atomic():
        one_at_a_time(garden)
        season = plan_season(garden, first=first, last=last, without=without)
        Basket.objects.filter(delivery__in=season.removed).delete()
        Delivery.objects.filter(pk__in=season.removed).delete()
        Delivery.objects.bulk_create(Delivery(garden=garden, day=day, week=Week.of(day)) for day in season.opened)
        lay_baskets(garden, from_day=first)
        record("baskets.season_laid", by=by, at=at, garden=garden, first=str(first), last=str(last), opened=len(season.opened),
               removed=len(season.removed), baskets=season.added - season.dropped)  # fmt: skip
    return season
