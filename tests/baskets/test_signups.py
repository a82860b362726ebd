"""Asking for a basket, waiting, being offered a place, becoming a household: all of it or nothing, and no place twice."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from cageot.baskets import actions as baskets
from cageot.baskets import signups
from cageot.baskets.actions import DepotFull
from cageot.baskets.models import Basket, Depot, Door, SignUp, Subscription
from cageot.config.verbs import remind
from cageot.members import actions as members
from cageot.members.models import Household, Member, Membership, Support
from cageot.network.models import LogEvent, Message
from cageot.network.secrets import digest, secret
from tests.desk.a_week import WEEK, Place, a_place

pytestmark = pytest.mark.django_db

TODAY = WEEK.monday
AT = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)
PERSON = {
    "first_name": "Inès", "last_name": "Morel", "email": "ines@exemple.fr", "mobile": "", "address": "", "postcode": "41000",
    "town": "Blois", "commune_code": "41018", "language": "fr", "adults": 2, "children": 1, "frequency": "weekly",
    "membership": "ordinary",
}  # fmt: skip


@pytest.fixture
def place() -> Place:
    return a_place()


def gare(place: Place, capacity: int | None = 5) -> Depot:
    """Four of its six households collect there."""
    depot = Depot.objects.get(garden=place.garden, name="Gare")
    depot.capacity = capacity
    depot.save()
    return depot


def link(code: str) -> str:
    return f"https://exemple.fr/{code}/"


def ask(place: Place, depot: Depot, code: str = "", minute: int = 0, **more: Any) -> SignUp:
    values: dict[str, Any] = PERSON | {"from_day": TODAY + timedelta(days=7)} | more
    return signups.ask(
        place.garden, code=code or secret()[0], size=place.baskets[0].size, depot=depot, today=TODAY, by=None,
        at=AT + timedelta(minutes=minute), link=link, **values,
    )  # fmt: skip


def offer(one: SignUp, today: date = TODAY) -> str:
    return signups.offer(one, today=today, by=None, at=AT, link=link)


def again(one: SignUp) -> SignUp:
    return SignUp.objects.select_related("garden", "depot", "size").get(pk=one.pk)


def texts(kind: str) -> list[str]:
    return [one.body for one in Message.objects.filter(kind=kind).order_by("pk")]


# --- Asking ---------------------------------------------------------------------------------------


def test_a_place_is_kept_for_the_first_and_the_second_waits(place: Place) -> None:
    depot = gare(place)
    assert [ask(place, depot).state, ask(place, depot).state] == ["asked", "waiting"]


def test_a_double_click_asks_once(place: Place) -> None:
    depot, code = gare(place), secret()[0]
    assert ask(place, depot, code).pk == ask(place, depot, code).pk
    assert SignUp.objects.count() == 1
    assert len(texts("signup_received")) == 1


def test_a_kept_place_counts_for_households_that_staff_subscribe(place: Place) -> None:
    depot = gare(place)
    ask(place, depot)
    paul = Household.objects.get(garden=place.garden, number="102")
    with pytest.raises(DepotFull):
        baskets.change_subscription(paul.subscriptions.get(), from_day=TODAY, depot=depot, by=None, at=AT)


def test_they_are_told_that_it_is_received_and_nothing_of_what_is_paid(place: Place) -> None:
    ask(place, gare(place), email="", mobile="+33612345678")
    [told] = texts("signup_received")
    assert told == "Votre demande de panier est reçue. Le jardin vous répond bientôt. Jardin du Val de Loire"
    assert "€" not in told


def test_somebody_with_a_landline_only_is_told_nothing_by_machine(place: Place) -> None:
    ask(place, gare(place), email="", mobile="+33254001122")
    assert not Message.objects.exists()


# --- The queue ------------------------------------------------------------------------------------


def test_the_queue_is_in_order_of_arrival_depot_by_depot(place: Place) -> None:
    depot, other = gare(place, 4), Depot.objects.get(garden=place.garden, name="Jardin")
    Depot.objects.filter(pk=other.pk).update(capacity=0)
    other.refresh_from_db()
    first, elsewhere, second = ask(place, depot), ask(place, other, minute=1), ask(place, depot, minute=2)
    assert [one.pk for one in signups.waiting(place.garden, depot)] == [first.pk, second.pk]
    assert [signups.rank_of(one) for one in (first, second, elsewhere)] == [1, 2, 1]
    assert len(signups.waiting(place.garden)) == 3


def test_a_place_is_offered_and_taken(place: Place) -> None:
    depot = gare(place, 4)
    one = ask(place, depot)
    Depot.objects.filter(pk=depot.pk).update(capacity=5)
    code = offer(again(one))
    assert (again(one).state, again(one).offered_until) == ("offered", TODAY + timedelta(days=7))
    assert again(one).digest == digest(code)
    assert link(code) in texts("place_offered")[0]
    signups.answer_offer(again(one), accept=True, today=TODAY, by=None, at=AT, link=link)
    assert again(one).state == "asked"
    assert signups.places_left(again(one).depot, TODAY) == 0, "the place that was taken stays theirs"


def test_nothing_is_offered_where_no_place_is_left(place: Place) -> None:
    one = ask(place, gare(place, 4))
    with pytest.raises(DepotFull):
        offer(again(one))
    assert again(one).state == "waiting"
    assert not texts("place_offered")


def test_a_refused_place_goes_to_the_next(place: Place) -> None:
    depot = gare(place, 4)
    one, two, three = (ask(place, depot, minute=n) for n in range(3))
    Depot.objects.filter(pk=depot.pk).update(capacity=5)
    offer(again(one))
    signups.answer_offer(again(one), accept=False, today=TODAY, by=None, at=AT, link=link)
    assert [again(each).state for each in (one, two, three)] == ["dropped", "offered", "waiting"]
    assert again(one).ended == "refused"


def test_an_offer_that_nobody_answers_ends_and_goes_to_the_next_once(place: Place) -> None:
    depot = gare(place, 4)
    one, two = (ask(place, depot, minute=n) for n in range(2))
    Depot.objects.filter(pk=depot.pk).update(capacity=5)
    Door.objects.create(garden=place.garden, offer_days=3)
    offer(again(one))
    last = TODAY + timedelta(days=3)
    assert signups.tick(today=last, at=AT, link=link) == 0
    assert signups.tick(today=last + timedelta(days=1), at=AT, link=link) == 1
    assert signups.tick(today=last + timedelta(days=1), at=AT, link=link) == 0
    assert (again(one).state, again(one).ended, again(two).state) == ("dropped", "expired", "offered")
    assert again(two).offered_until == last + timedelta(days=4)


def test_an_answer_that_comes_too_late_is_refused(place: Place) -> None:
    depot = gare(place, 4)
    one = ask(place, depot)
    Depot.objects.filter(pk=depot.pk).update(capacity=5)
    offer(again(one))
    with pytest.raises(signups.OfferOver):
        signups.answer_offer(again(one), accept=True, today=TODAY + timedelta(days=8), by=None, at=AT, link=link)
    assert again(one).state == "offered"


def test_an_offer_is_answered_once(place: Place) -> None:
    depot = gare(place, 4)
    one = ask(place, depot)
    Depot.objects.filter(pk=depot.pk).update(capacity=5)
    offer(again(one))
    here, there = again(one), again(one)
    signups.answer_offer(here, accept=True, today=TODAY, by=None, at=AT, link=link)
    with pytest.raises(signups.SignUpMoved) as refused:
        signups.answer_offer(there, accept=False, today=TODAY, by=None, at=AT, link=link)
    assert refused.value.state == "asked"


def test_whoever_is_put_back_waits_last(place: Place) -> None:
    depot = gare(place, 4)
    one, two = (ask(place, depot, minute=n) for n in range(2))
    signups.drop(again(one), by=None, at=AT)
    signups.wait(again(one), by=None, at=AT + timedelta(hours=1))
    assert [each.pk for each in signups.waiting(place.garden, depot)] == [two.pk, one.pk]
    assert again(one).ended == ""


# --- Becoming a household -------------------------------------------------------------------------


def welcome(place: Place, depot: Depot, one: SignUp | None = None, **more: Any) -> Household:
    agreement = place.payer.agreement
    values: dict[str, Any] = {
        "contact": {"first_name": "Inès", "last_name": "Morel"}, "details": {"number": "900", "adults": 2, "children": 1},
        "joining": signups.Joining("ordinary", 1500, date(2017, 12, 31), paid_by=agreement.partner),
        "supported": signups.Supported(agreement, agreement.tariffs.get(), date(2017, 9, 19)),
        "size": place.baskets[0].size, "depot": depot, "frequency": "weekly", "from_day": TODAY, "sign_up": one, "referral": None,
    } | more  # fmt: skip
    return signups.welcome(place.garden, **values, today=TODAY, by=None, at=AT)


def test_all_is_written_at_once(place: Place) -> None:
    depot = gare(place)
    one = ask(place, depot)
    household = welcome(place, depot, again(one))
    assert (again(one).state, again(one).household) == ("welcomed", household)
    fee = household.memberships.get()
    assert (fee.kind, fee.fee_cents, fee.paid_by) == ("ordinary", 1500, place.payer.agreement.partner)
    assert household.supports.get().until_day == date(2017, 9, 19)
    assert household.baskets.get().delivery.day == date(2017, 3, 23)
    found = signups.first_delivery(household, TODAY)
    assert found is not None
    assert found[1] == date(2017, 3, 23)


COUNTED = (Household, Member, Membership, Support, Subscription, Basket, LogEvent)


@pytest.mark.parametrize("fault", ["full", "number", "agreement", "moved"])
def test_a_refusal_leaves_nothing_half_written(place: Place, fault: str) -> None:
    depot = gare(place, 4 if fault == "full" else 6)
    one = ask(place, depot)
    if fault == "moved":
        signups.drop(again(one), by=None, at=AT)
    before = [model.objects.count() for model in COUNTED], again(one).state
    late = {"from_day": date(2018, 2, 1)} if fault == "agreement" else {}
    details = {"number": "100" if fault == "number" else "900"}
    with pytest.raises((DepotFull, signups.NumberTaken, members.OutsideAgreement, signups.SignUpMoved)):
        welcome(place, depot, again(one), details=details, **late)
    assert ([model.objects.count() for model in COUNTED], again(one).state) == before


def test_the_same_person_is_not_welcomed_twice(place: Place) -> None:
    depot = gare(place, None)
    one = ask(place, depot)
    welcome(place, depot, again(one))
    with pytest.raises(signups.SignUpMoved):
        welcome(place, depot, again(one), details={"number": "901"})
    assert Household.objects.filter(members__last_name="Morel").count() == 1


def test_the_log_names_nobody(place: Place) -> None:
    welcome(place, gare(place), again(ask(place, gare(place))))
    assert not [each for each in LogEvent.objects.all() if "Morel" in f"{each.detail} {each.about}"]


def test_the_morning_s_reminders_pass_places_on(
    place: Place, settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    depot = gare(place, 4)
    one, two = (ask(place, depot, minute=n) for n in range(2))
    Depot.objects.filter(pk=depot.pk).update(capacity=5)
    offer(again(one))
    settings.TODAY = TODAY + timedelta(days=9)
    assert remind.run(argparse.Namespace(format="json")) == 0
    assert json.loads(capsys.readouterr().out)["places"] == 1
    assert again(two).state == "offered"
    assert f"{settings.SITE}/ma-place/" in texts("place_offered")[1]
