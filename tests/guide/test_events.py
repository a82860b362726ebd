"""Who comes to a meeting of the network: places, ranks, sessions chosen, everybody told once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from cageot.guide.actions import events as actions
from cageot.guide.models import Event, Registration, Slot
from cageot.network.models import Message
from tests.guide.a_meeting import AT, DAY, come, link, make_event, make_slots, who

pytestmark = pytest.mark.django_db


def test_the_last_place_is_given_once_and_the_next_is_told_the_rank() -> None:
    event = make_event(seats=1)
    assert come(event, who("Anne")).rank is None
    assert come(event, who("Bob")).rank == 1
    assert come(event, who("Chloé")).rank == 2
    event.refresh_from_db()
    assert event.seats_taken == 1
    assert "à la place 2" in Message.objects.get(to="chloé@exemple.fr").body


def test_the_same_address_twice_is_one_registration_told_once() -> None:
    event = make_event()
    come(event, who("Anne"))
    again = come(event, who("Anne", email="ANNE@exemple.fr"))
    assert again.again and Registration.objects.count() == 1 and Message.objects.count() == 1
    event.refresh_from_db()
    assert event.seats_taken == 1


def test_who_leaves_gives_the_place_to_the_next_who_is_told() -> None:
    event = make_event(seats=1)
    first, second = come(event, who("Anne")).registration, come(event, who("Bob")).registration
    for _click in range(2):
        actions.leave(first, link=link, by=None, at=AT)
    second.refresh_from_db()
    event.refresh_from_db()
    assert second.state == "coming" and event.seats_taken == 1
    assert Message.objects.filter(kind="event_place", to="bob@exemple.fr").count() == 1
    assert come(event, who("Anne"), at=AT + timedelta(hours=1)).rank == 1


def test_more_places_go_to_who_waits_in_order() -> None:
    event = make_event(seats=1)
    for name in ("Anne", "Bob", "Chloé"):
        come(event, who(name))
    event.seats = 2
    assert actions.save_event(event, link=link, by=None, at=AT).freed == 1
    assert list(Registration.objects.values_list("state", flat=True)) == ["coming", "coming", "waiting"]
    event.seats = 1
    with pytest.raises(actions.FewerThanTaken):
        actions.save_event(event, link=link, by=None, at=AT)


def test_a_full_session_is_refused_and_nothing_of_the_registration_stays() -> None:
    event = make_event()
    _welcome, cooking, money = make_slots(event, seats=1)
    come(event, who("Anne", slots=(cooking.pk,)))
    with pytest.raises(actions.SlotFull):
        come(event, who("Bob", slots=(cooking.pk,)))
    assert Registration.objects.count() == 1
    bob = come(event, who("Bob", slots=(money.pk,))).registration
    actions.leave(bob, link=link, by=None, at=AT)
    money.refresh_from_db()
    assert money.seats_taken == 0


def test_two_sessions_of_one_time_and_one_of_another_meeting_are_refused() -> None:
    event = make_event()
    welcome, cooking, money = make_slots(event)
    with pytest.raises(actions.SameTime):
        come(event, who(slots=(cooking.pk, money.pk)))
    other = make_slots(make_event())[1]
    for strange in (other, welcome):
        with pytest.raises(actions.NotChosen):
            come(event, who(slots=(strange.pk,)))
    anne = come(event, who(slots=(cooking.pk,))).registration
    actions.change(anne, who(slots=(money.pk,)), by=None, at=AT)
    assert [slot.seats_taken for slot in Slot.objects.filter(event=event, chosen=True).order_by("pk")] == [0, 1]


def test_the_database_refuses_one_too_many() -> None:
    event = make_event(seats=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(seats_taken=2)


@pytest.mark.parametrize(
    "fields", [{"state": "draft"}, {"state": "closed"}, {"state": "cancelled"}, {"register_until": date(2017, 4, 2)}, {"first_day": date(2017, 3, 1), "last_day": date(2017, 3, 1)}]
)  # fmt: skip
def test_nobody_registers_when_it_is_not_open(fields: dict[str, object]) -> None:
    with pytest.raises(actions.NotOpen):
        come(make_event(**fields), who())  # type: ignore[arg-type]
    assert not Registration.objects.exists()


def test_another_day_and_a_cancellation_are_told_to_all_once() -> None:
    event = make_event(seats=1)
    come(event, who("Anne"))
    come(event, who("Bob"))
    event.first_day = event.last_day = DAY + timedelta(days=7)
    assert actions.save_event(event, link=link, by=None, at=AT).told == 2
    assert actions.save_event(event, link=link, by=None, at=AT).told == 0
    assert "jeudi 18 mai 2017" in Message.objects.filter(kind="event_moved").first().body  # type: ignore[union-attr]
    assert actions.cancel_event(event, reason="Neige", by=None, at=AT) == 2
    with pytest.raises(actions.NotInThisState):
        actions.cancel_event(event, reason="Neige", by=None, at=AT)
    assert Message.objects.filter(kind="event_cancelled").count() == 2


def test_a_session_that_people_chose_stays() -> None:
    event = make_event()
    _welcome, cooking, money = make_slots(event)
    come(event, who(slots=(cooking.pk,)))
    with pytest.raises(actions.SlotInUse):
        actions.remove_slot(cooking, by=None, at=AT)
    cooking.refresh_from_db()
    cooking.chosen = False
    with pytest.raises(actions.SlotInUse):
        actions.save_slot(cooking, by=None, at=AT)
    actions.remove_slot(money, by=None, at=AT)


def test_a_token_of_somebody_else_opens_nothing() -> None:
    one = come(make_event(), who()).registration
    assert actions.read_token(actions.token(one)) == (one.event_id, one.pk)
    assert actions.read_token(actions.token(one)[:-1] + "x") is None and actions.read_token("é") is None


@pytest.mark.django_db(transaction=True)
def test_many_at_once_for_the_last_places_get_exactly_those() -> None:
    """On PostgreSQL they run together; SQLite makes them wait for each other."""
    event = make_event(seats=5)
    cooking = make_slots(event, seats=3)[1]

    def one(n: int) -> str:
        try:
            rank = come(event, who(f"p{n}", slots=(cooking.pk,) if n % 2 else ())).rank
        except actions.SlotFull:
            return "full"
        finally:
            connection.close()
        return "place" if rank is None else "waits"

    together: Callable[..., object] = ThreadPoolExecutor(8).map if connection.vendor == "postgresql" else map
    found = list(together(one, range(24)))  # type: ignore[call-overload]
    event.refresh_from_db()
    cooking.refresh_from_db()
    assert found.count("place") == 5 == event.seats_taken
    assert cooking.seats_taken == 3 == cooking.registrations.count()
    assert Registration.objects.filter(state="waiting").count() == found.count("waits")
