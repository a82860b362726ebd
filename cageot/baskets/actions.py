"""What is done to baskets: laying them ahead, changing one, marking what happened, closing the week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from cageot.baskets import queries
from cageot.baskets.models import Basket, BasketSize, Delivery, Depot, Subscription, WeekClose
from cageot.baskets.rules import laying
from cageot.baskets.rules.closing import DISTRIBUTED, Question, differences
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


# --- Laying ahead -------------------------------------------------------------------------------


def open_deliveries(garden: Garden, *, first: date, last: date, weekdays: Iterable[int], without: Iterable[Week] = ()) -> int:
    """Lay a garden's delivery days between two days, except in the weeks `without`. Returns how many are new."""
    there = set(Delivery.objects.filter(garden=garden, day__range=(first, last)).values_list("day", flat=True))
    skipped = set(without)
    days = [week.day(weekday) for week in weeks_between(first, last) if week not in skipped for weekday in sorted(set(weekdays))]
    new = [day for day in days if first <= day <= last and day not in there]
    sql.insert_rows(Delivery, ["garden", "day", "week"], [(garden.pk, day, str(Week.of(day))) for day in new])
    return len(new)


def lay_baskets(garden: Garden, *, from_day: date, households: Iterable[int] | None = None) -> laying.Plan:
    """Bring the baskets from that day on in line with the subscriptions, for a garden or some of its households.

    Closed weeks and one-off changes stay as they are. A constant number of queries. Returns what was written.
    """
    with transaction.atomic():
        some = {} if households is None else {"household__in": list(households)}
        deliveries = Delivery.objects.filter(garden=garden, day__gte=from_day, close=None)
        wishes = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=from_day), household__garden=garden, **some)
        laid = Basket.objects.open_from(from_day).filter(garden=garden, **some)
        plan = laying.plan(
            [laying.Wish(*row) for row in wishes.order_by("from_day", "pk").values_list(
                "pk", "household", "size", "depot", "depot__weekday", "frequency", "from_day", "until_day")],
            dict(deliveries.values_list("day", "pk")),
            [laying.Laid(*row) for row in laid.values_list(
                "pk", "household", "delivery__week", "delivery", "subscription", "size", "depot", "state", "size_kept", "depot_kept")],
        )  # fmt: skip
        _write(garden, plan)
    return plan


BASKET_COLUMNS = ["garden", "delivery", "household", "subscription", "size", "depot", "state", "size_kept", "depot_kept"]


def _write(garden: Garden, plan: laying.Plan) -> None:
    for start in range(0, len(plan.drop), 500):
        Basket.objects.filter(pk__in=plan.drop[start : start + 500]).delete()
    if plan.change:
        Basket.objects.bulk_update(
            [Basket(pk=c.basket, delivery_id=c.delivery, subscription_id=c.subscription, size_id=c.size, depot_id=c.depot)
             for c in plan.change],
            ["delivery", "subscription", "size", "depot"], batch_size=200,
        )  # fmt: skip
    sql.insert_rows(
        Basket, BASKET_COLUMNS,
        [(garden.pk, n.delivery, n.household, n.subscription, n.size, n.depot, "planned", False, False) for n in plan.add],
    )  # fmt: skip


def subscribe(
    household: Household, *, size: BasketSize, depot: Depot, frequency: str, from_day: date, until_day: date | None = None,
    by: Person | None, at: datetime, lay: bool = True,
) -> Subscription:  # fmt: skip
    """Open a household's regular basket and lay its baskets ahead."""
    with transaction.atomic():
        subscription = Subscription.objects.create(
            household=household, size=size, depot=depot, frequency=frequency, from_day=from_day, until_day=until_day
        )
        if lay:
            lay_baskets(household.garden, from_day=from_day, households=[household.pk])
        record("baskets.subscribed", by=by, at=at, garden=household.garden, about=subscription)
    return subscription


def change_subscription(
    subscription: Subscription, *, from_day: date, by: Person | None, at: datetime,
    size: BasketSize | None = None, depot: Depot | None = None, frequency: str | None = None, until_day: date | None = None,
) -> Subscription:  # fmt: skip
    """Change a subscription from a day on: the past keeps the old one, the future is relaid, one-off changes stay."""
    wanted = {
        "size": size or subscription.size, "depot": depot or subscription.depot,
        "frequency": frequency or subscription.frequency, "until_day": until_day or subscription.until_day,
    }  # fmt: skip
    with transaction.atomic():
        if from_day <= subscription.from_day:
            for name, value in wanted.items():
                setattr(subscription, name, value)
            subscription.save(update_fields=list(wanted))
            changed = subscription
        else:
            Subscription.objects.filter(pk=subscription.pk).update(until_day=from_day - timedelta(days=1))
            changed = Subscription.objects.create(household=subscription.household, from_day=from_day, **wanted)
        garden = subscription.household.garden
        lay_baskets(garden, from_day=from_day, households=[subscription.household_id])
        record("baskets.subscription_changed", by=by, at=at, garden=garden, about=changed, from_day=str(from_day))
    return changed


def stop_subscription(subscription: Subscription, *, last_day: date, by: Person | None, at: datetime) -> None:
    """End a subscription after `last_day`; its planned baskets after that day are taken away."""
    with transaction.atomic():
        last_day = max(last_day, subscription.from_day)
        Subscription.objects.filter(pk=subscription.pk).update(until_day=last_day)
        garden = subscription.household.garden
        lay_baskets(garden, from_day=last_day + timedelta(days=1), households=[subscription.household_id])
        record("baskets.subscription_stopped", by=by, at=at, garden=garden, about=subscription, last_day=str(last_day))


# --- One basket ---------------------------------------------------------------------------------


def change_basket(
    basket: Basket, *, by: Person | None, at: datetime, size: BasketSize | None = None, depot: Depot | None = None
) -> None:
    """Change one basket once: another size, or another depot (on its own day of the same week).

    Refusals: WeekIsClosed; NoDelivery when the garden does not deliver on the new depot's day.
    """
    with transaction.atomic():
        changes: dict[str, object] = {}
        if size:
            changes |= {"size": size, "size_kept": True}
        if depot:
            changes |= {"depot": depot, "depot_kept": True, "delivery": _delivery_for(basket, depot)}
        _update([basket.pk], **changes)
        record("baskets.basket_changed", by=by, at=at, garden=basket.garden, about=basket, fields=sorted(changes))


def _delivery_for(basket: Basket, depot: Depot) -> Delivery:
    day = basket.delivery.week.day(depot.weekday)
    found = Delivery.objects.filter(garden=basket.garden_id, day=day, close=None).first()
    if found is None:
        raise NoDelivery
    return found


def _update(baskets: list[int], **changes: object) -> None:
    """Write narrowly, and only while the week is open: the count says whether it was."""
    changed = Basket.objects.filter(pk__in=baskets, delivery__close=None).update(**changes)
    if changed != len(baskets):
        raise WeekIsClosed


def mark(garden: Garden, states: Mapping[int, str], *, by: Person | None, at: datetime) -> None:
    """Say what happened to baskets (id → state), all or none. Refusal: WeekIsClosed."""
    by_state: dict[str, list[int]] = {}
    for basket, state in states.items():
        by_state.setdefault(state, []).append(basket)
    with transaction.atomic():
        for state, baskets in sorted(by_state.items()):
            _update(baskets, state=state)
        record("baskets.marked", by=by, at=at, garden=garden, counts={state: len(some) for state, some in by_state.items()})


def mark_rest_collected(garden: Garden, week: Week, *, until: date, by: Person | None, at: datetime) -> int:
    """Everything still planned on the week's deliveries up to `until` was collected ("tous sauf…"). Returns how many."""
    with transaction.atomic():
        deliveries = Delivery.objects.filter(garden=garden, week=week, day__lte=until, close=None)
        count = Basket.objects.filter(delivery__in=list(deliveries), state="planned").update(state="collected")
        record("baskets.rest_collected", by=by, at=at, garden=garden, about=f"week:{week}", count=count)
    return count


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
        if standing := queries.open_close(garden, week):
            raise AlreadyClosed(standing)
        closing = queries.closing_of(garden, week, today)
        if seen and seen[0] != closing.fingerprint:
            raise WeekChanged(differences(seen[1], closing.summary))
        if closing.edition is None:
            raise WeekNotReady([Question("no_edition", 0, str(week))])
        if closing.questions:
            raise WeekNotReady(closing.questions)
        entry = funding.settle(
            books=books, garden=garden, week=week, settled=closing.settled, facts=closing.facts, by=by, at=at
        )
        close = WeekClose(
            garden=garden, edition=closing.edition, week=week, revision=closing.revision, entry=entry,
            fingerprint=closing.fingerprint, at=at, by=by, **figures_of(closing),
        )  # fmt: skip
        close.save(force_insert=True)
        Delivery.objects.filter(garden=garden, week=week).update(close=close)
        record("baskets.week_closed", by=by, at=at, garden=garden, about=close, week=str(week))
    return close


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


def reopen_week(close: WeekClose, *, reason: str, today: date, by: Person | None, at: datetime) -> None:
    """Undo a close that was a mistake: its entry is reversed, saying why, and its baskets may change again.

    The reversal belongs to the open period; what was posted stays readable for ever.
    """
    with transaction.atomic():
        books = funding.take_turn()
        if not WeekClose.objects.filter(pk=close.pk, reopened_at=None).update(reopened_at=at):
            raise AlreadyReopened
        if close.entry:
            funding.reverse(books=books, entry=close.entry, reason=reason, day=today, by=by, at=at)
        Delivery.objects.filter(close=close).update(close=None)
        record("baskets.week_reopened", by=by, at=at, garden=close.garden, about=close, week=str(close.week))


class AlreadyReopened(Refused):
    """Somebody reopened this week first."""


