"""What members do by themselves. Each is one action of the house, then one line that says it was done in the space, by
whom when somebody acts for the member; and the household was in touch today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from cageot.baskets import absences, swaps
from cageot.baskets import actions as baskets
from cageot.baskets.actions import DepotFull, Refused, one_at_a_time
from cageot.baskets.models import Basket, Delivery, Depot, Subscription
from cageot.baskets.rules.absences import last_day_to_say
from cageot.core.week import Week
from cageot.members import actions as members
from cageot.members.models import CalendarFeed, Household, Member
from cageot.network.actions import record
from cageot.network.models import Person
from cageot.network.secrets import secret
from cageot.space.queries.baskets import households_at
from cageot.space.rules.away import may_undo
from cageot.workshops.actions import enrolling, opinions
from cageot.workshops.actions.enrolling import Enrolled
from cageot.workshops.models import Enrolment, Session


class TooLate(Refused):
    """It had to be said earlier: the garden has begun to prepare this basket. `until`: the last day."""

    def __init__(self, until: date) -> None:
        self.until = until


def noted(member: Member, what: str, *, today: date, by: Person | None, at: datetime) -> None:
    """One line of the log about the member, and the household's last contact."""
    Household.objects.filter(pk=member.household_id).update(last_contact_on=today)
    record(f"space.{what}", by=by, at=at, garden=member.household.garden, about=member)


def stay_away(
    member: Member, basket: Basket, how: str, *, to: Delivery | None = None, today: date, by: Person | None, at: datetime
) -> Basket | None:  # fmt: skip
    """Postpone (`to`: another delivery, None to be said later), cancel or give a basket. Returns what takes its place.

    Refusals: those of `baskets.absences`, TooLate for the day it is postponed to.
    """
    with transaction.atomic():
        made = None
        if how == "postpone":
            if to is not None:
                _in_time_for(to, basket.product_id, today)
            made = absences.postpone(basket, to=to, today=today, by=by, at=at)
        elif how == "cancel":
            absences.cancel(basket, today=today, by=by, at=at)
        else:
            absences.give(basket, to=None, today=today, by=by, at=at)
        noted(member, "away", today=today, by=by, at=at)
    return made


def come_after_all(member: Member, basket: Basket, *, today: date, by: Person | None, at: datetime) -> None:
    """Plan an absent basket again, as long as it can be said. Refusals: TooLate, WeekIsClosed, AlreadyMarked."""
    with transaction.atomic():
        _in_time(basket, today)
        absences.undo_absence(basket, by=by, at=at)
        noted(member, "back", today=today, by=by, at=at)


def take_back(
    member: Member, basket: Basket, to: Delivery, *, today: date, by: Person | None, at: datetime
) -> Basket:  # fmt: skip
    """Say when a postponed basket is collected, early enough. Refusals: those of `absences.take_back`, TooLate."""
    with transaction.atomic():
        _in_time_for(to, basket.product_id, today)
        made = absences.take_back(basket, to=to, today=today, by=by, at=at)
        noted(member, "taken_back", today=today, by=by, at=at)
    return made


def go_elsewhere(
    member: Member, basket: Basket, depot: Depot, *, always: bool, today: date, by: Person | None, at: datetime
) -> None:  # fmt: skip
    """Collect a basket at another depot, this once or from that week on. Refusals: TooLate, DepotFull, NoDelivery,
    WeekIsClosed."""
    with transaction.atomic():
        one_at_a_time(basket.garden)
        _in_time(basket, today)
        week = basket.delivery.week
        _room(depot, week, member.household_id)
        if always and basket.subscription is not None:
            _from_now_on(basket.subscription, depot, week, by, at)
        else:
            baskets.change_basket(basket, depot=depot, by=by, at=at)
        noted(member, "depot", today=today, by=by, at=at)


def _from_now_on(subscription: Subscription, depot: Depot, week: Week, by: Person | None, at: datetime) -> None:
    """The subscription goes to another depot from a week on; what was to change later goes there too."""
    rows = Subscription.objects.filter(household=subscription.household_id, size__product=subscription.size.product_id)
    for one in rows.filter(from_day__gt=week.monday).select_related("household__garden", "size", "depot"):
        baskets.change_subscription(one, from_day=one.from_day, depot=depot, by=by, at=at)
    baskets.change_subscription(
        subscription, from_day=max(week.monday, subscription.from_day), depot=depot, by=by, at=at
    )


def _in_time(basket: Basket, today: date) -> None:
    _in_time_for(basket.delivery, basket.product_id, today)


def _in_time_for(delivery: Delivery, product: int, today: date) -> None:
    """Whether a change of that delivery may still be told, as far as days go."""
    policy = absences.policy_of(product)
    if not may_undo(policy, day=delivery.day, today=today, closed=False):
        raise TooLate(last_day_to_say(policy, delivery.day))


def _room(depot: Depot, week: Week, household: int) -> None:
    if depot.capacity is not None and households_at([depot.pk], week, without=household)[depot.pk] >= depot.capacity:
        raise DepotFull(depot)


def swap(
    member: Member, basket: Basket, *, away: int, taken: int, today: date, by: Person | None, at: datetime
) -> None:  # fmt: skip
    """Give back one vegetable of a basket for another. Refusal: `baskets.swaps.SwapRefused`."""
    with transaction.atomic():
        swaps.swap(basket, away=away, taken=taken, today=today, by=by, at=at)
        noted(member, "swap", today=today, by=by, at=at)


def undo_swap(member: Member, basket: Basket, *, away: int, today: date, by: Person | None, at: datetime) -> None:
    """Keep that vegetable after all. Refusal: `baskets.swaps.SwapRefused`."""
    with transaction.atomic():
        swaps.undo_swap(basket, away=away, today=today, by=by, at=at)
        noted(member, "swap_undone", today=today, by=by, at=at)


def come(
    member: Member, session: Session, *, adults: int, children: int, needs: str = "", today: date, by: Person | None, at: datetime
) -> Enrolled:  # fmt: skip
    """The household comes to a session with so many people; or, when it comes already, with another number. Refusals:
    those of `enrolling.enrol` and `enrolling.change_party`."""
    with transaction.atomic():
        done = enrolling.enrol(
            session, household=member.household, adults=adults, children=children, needs=needs, source=Enrolment.By.SPACE, by=by, at=at
        )  # fmt: skip
        if done.again:
            done = enrolling.change_party(done.enrolment, adults=adults, children=children, needs=needs, by=by, at=at)
        noted(member, "workshop", today=today, by=by, at=at)
    return done


def not_come(member: Member, session: Session, *, today: date, by: Person | None, at: datetime) -> None:
    """The household does not come after all. Refusal: `enrolling.SessionNotOpen`."""
    with transaction.atomic():
        found = Enrolment.objects.filter(session=session, household=member.household).first()
        if found is None:
            return
        enrolling.leave(found, by=by, at=at)
        noted(member, "workshop_left", today=today, by=by, at=at)


def tell_opinion(member: Member, session: Session, *, face: int, sentence: str, at: datetime) -> None:
    """What the household thought of a session. The log says nothing of it: it would say who. Refusal: `opinions.NotTheirs`."""
    opinions.say(session, member.household, face=face, sentence=sentence, at=at)


def amend(
    member: Member, contact: Mapping[str, object], details: Mapping[str, object], *, today: date, by: Person | None, at: datetime
) -> bool:  # fmt: skip
    """Change what the garden knows of the member and of the household; whether anything differed."""
    with transaction.atomic():
        changed = members.amend(
            member.household, contact=contact if member.contact else {}, details=details, by=by, at=at
        )
        if not member.contact:
            changed += members.amend_person(member, contact, by=by, at=at)
        noted(member, "details", today=today, by=by, at=at)
    return bool(changed)


def open_calendar(member: Member, *, today: date, by: Person | None, at: datetime) -> str:
    """A new secret address for the member's calendar, which ends the former. Returns its code, shown this once."""
    code, print_of_it = secret()
    with transaction.atomic():
        CalendarFeed.objects.update_or_create(member=member, defaults={"digest": print_of_it, "made_at": at})
        noted(member, "calendar_opened", today=today, by=by, at=at)
    return code


def close_calendar(member: Member, *, today: date, by: Person | None, at: datetime) -> None:
    """The address answers no more."""
    with transaction.atomic():
        CalendarFeed.objects.filter(member=member).delete()
        noted(member, "calendar_closed", today=today, by=by, at=at)
