"""What is done to baskets: laying them ahead, changing one, marking what happened, closing the week."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import EllipsisType
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, Value, When

from cageot.baskets import queries
from cageot.baskets.models import (
    AbsencePolicy,
    Basket,
    BasketSize,
    Delivery,
    Depot,
    HandOver,
    Product,
    SignUp,
    SizePrice,
    Subscription,
    Ways,
    WeekClose,
)
from cageot.baskets.rules import handover, laying, signing_up
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
        some = None if households is None else sorted(households)
        plan = plan_baskets(garden, from_day=from_day, households=some)
        _write(garden, plan)
        keep_fees(garden, from_day, some)
    return plan


def keep_fees(garden: Garden, from_day: date, households: Iterable[int] | None = None) -> None:
    """Let each planned basket keep what bringing it to its depot costs, in cents. Whoever moves baskets calls this.

    A garden where nothing costs is left alone; two queries at most.
    """
    some = Q() if households is None else Q(household__in=list(households))
    rows = Basket.objects.open_from(from_day).filter(some, delivery__garden=garden, state=Basket.State.PLANNED)
    costs = Depot.objects.filter(garden=garden, fee_cents__gt=0).exists()
    if costs or (households is None and rows.filter(fee_cents__gt=0).exists()):
        fee = Depot.objects.filter(pk=OuterRef("depot")).values("fee_cents")[:1]
        rows.exclude(fee_cents=F("depot__fee_cents")).update(fee_cents=Subquery(fee))


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
    "fee_cents",
]


def _write(garden: Garden, plan: laying.Plan) -> None:
    for start in range(0, len(plan.drop), 500):
        Basket.objects.filter(pk__in=plan.drop[start : start + 500]).delete()
    sql.execute_many(
        "UPDATE baskets_basket SET delivery_id = %s, subscription_id = %s, size_id = %s, depot_id = %s WHERE id = %s",
        ((one.delivery, one.subscription, one.size, one.depot, one.basket) for one in plan.change if not one.only_day),
    )
    moved: dict[int, list[int]] = {}
    for one in plan.change:
        if one.only_day:
            moved.setdefault(one.delivery, []).append(one.basket)
    for delivery, some in sorted(moved.items()):
        for start in range(0, len(some), 500):
            Basket.objects.filter(pk__in=some[start : start + 500]).update(delivery=delivery)
    # A delivery's baskets lie side by side in the table: the week reads and marks a page or two, not fifty.
    add = sorted(plan.add, key=lambda new: new.delivery)
    sql.insert_rows(
        Basket, BASKET_COLUMNS,
        [
            (garden.pk, n.delivery, n.household, n.subscription, n.product, n.size, n.depot, "planned", False, False, "regular", 0, False, 0)
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
        changed = change_from(subscription, from_day, wanted)
        garden = subscription.household.garden
        lay_baskets(garden, from_day=from_day, households=[subscription.household_id])
        record("baskets.subscription_changed", by=by, at=at, garden=garden, about=changed, from_day=str(from_day))
    return changed


def change_from(subscription: Subscription, from_day: date, wanted: dict[str, Any]) -> Subscription:
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
        keep_fees(basket.garden, basket.delivery.week.monday, [basket.household_id])
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
    """Say what happened to baskets of the garden (id → state), all or none. Refusal: WeekIsClosed.

    Each is kept with who said it and when (`HandOver`), as what volunteers say is. One handed on at the depot, and now said
    to be otherwise, is its own household's again.
    """
    by_state: dict[str, list[int]] = {}
    for basket, state in states.items():
        by_state.setdefault(state, []).append(basket)
    with transaction.atomic():
        one_at_a_time(garden)
        for state, baskets in sorted(by_state.items()):
            _update(garden, baskets, state=state, **({} if state == Basket.State.GIVEN_ON else NOT_HANDED_ON))
        say_at_the_desk(states, by, at)
        record(
            "baskets.marked", by=by, at=at, garden=garden, counts={state: len(some) for state, some in by_state.items()}
        )


PROMISED = Q(depot_kept=True) | ~Q(kind=Basket.Kind.REGULAR)
"""Given before the day, or moved in a way that may be that: whom such a basket goes to stays (`handover.promised`)."""
NOT_HANDED_ON = {
    "given_to": Case(When(PROMISED, then=F("given_to")), default=None),
    "pot": Case(When(state=Basket.State.GIVEN_ON, then=Value(False)), default=F("pot")),
}


def say_at_the_desk(states: Mapping[int, str], by: Person | None, at: datetime) -> None:
    """Write what the desk says otherwise than the statement in force of each basket. Two queries for each 500."""
    pks = sorted(states)
    for start in range(0, len(pks), 500):
        some = pks[start : start + 500]
        said: dict[int, list[handover.Said]] = {pk: [] for pk in some}
        rows = HandOver.objects.filter(basket__in=some, note="", overruled=False)
        for key, basket, state, link, when in rows.values_list("key", "basket", "state", "link", "said_at"):
            said[basket].append(handover.Said(key, state, link or handover.DESK, when))
        new = []
        for pk in some:
            wins = handover.standing(pk, said[pk])
            if states[pk] != (wins.state if wins else Basket.State.PLANNED):
                key = handover.follow(wins.key if wins else handover.root(pk), states[pk], handover.DESK)
                new.append(HandOver(key=key, basket_id=pk, state=states[pk], by=by, said_at=at, received_at=at))
        HandOver.objects.bulk_create(new)


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

    The reversal belongs to the open period; what was posted stays readable for ever. Refusals: AlreadyReopened, HoldsForgotten.
    """
    with transaction.atomic():
        books = funding.take_turn()
        one_at_a_time(close.garden)
        if Basket.objects.filter(delivery__close=close, household__secret=None).exists():
            raise HoldsForgotten
        if not WeekClose.objects.filter(pk=close.pk, reopened_at=None).update(reopened_at=at):
            raise AlreadyReopened
        if close.entry:
            funding.reverse(books=books, entry=close.entry, reason=reason, day=today, by=by, at=at)
        Delivery.objects.filter(close=close).update(close=None)
        _add_up(close)
        record("baskets.week_reopened", by=by, at=at, garden=close.garden, about=close, week=str(close.week))


class AlreadyReopened(Refused):
    """Somebody reopened this week first."""


class HoldsForgotten(Refused):
    """Somebody of this week was forgotten for good: closed again, it would no longer come to the same."""


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


def places_taken(depots: Iterable[int], day: date) -> Counter[int]:
    """Depot → households that collect there from that day on, those whose subscription is to start included."""
    running = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=day), depot__in=list(depots))
    return Counter(dict(running.values_list("depot").annotate(Count("household", distinct=True))))


def places_kept(depots: Iterable[int]) -> Counter[int]:
    """Depot → places kept there for people who signed up: they are to be welcomed, or were offered one."""
    rows = SignUp.objects.filter(state__in=sorted(signing_up.KEEPS_A_PLACE), depot__in=list(depots))
    return Counter(dict(rows.values_list("depot").annotate(Count("pk"))))


class DepotFull(Refused):
    """Every place of this depot is taken: `capacity` households collect there, or are to, or a place is kept for them."""

    def __init__(self, depot: Depot) -> None:
        self.depot = depot
        self.capacity = depot.capacity


class HomeOfAnother(Refused):
    """This stop is the home of another household."""


def _room_at(depot: Depot, household: int, day: date) -> None:
    """Refuse a household more than the depot has places for. Under the garden's turn: two do not take the last one."""
    if depot.household_id not in (None, household):
        raise HomeOfAnother
    if depot.capacity is None:
        return
    there = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=day), depot=depot)
    if there.filter(household=household).exists():
        return
    if there.values("household").distinct().count() + places_kept([depot.pk])[depot.pk] >= depot.capacity:
        raise DepotFull(depot)


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
