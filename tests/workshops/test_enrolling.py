"""Coming to a session: a place or a rank, in order of arrival; places freed; who came."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from cageot.members.models import Household, Member
from cageot.network.models import Garden, Message
from cageot.network.secrets import secret
from cageot.workshops.actions import enrolling
from cageot.workshops.actions.enrolling import Came, Enrolled, Outsider
from cageot.workshops.models import Enrolment, EnrolmentDetails, Session
from tests import factories as make
from tests.baskets.test_marking_while_closing import at_once
from tests.workshops.a_workshop import AT, DAY, NEAR, make_session, make_workshop

pytestmark = pytest.mark.django_db
_minutes = count()


@pytest.fixture
def garden() -> Garden:
    return make.make_garden()


def a_household(garden: Garden, name: str = "Martin") -> Household:
    household = make.make_household(garden, name)
    Member.objects.filter(household=household).update(email=f"{household.number}@exemple.fr")
    return household


def come(session: Session, adults: int = 1, children: int = 0, *, at: datetime | None = None, **who: Any) -> Enrolled:
    if not who:
        who = {"household": a_household(session.garden)}
    at = at or AT + timedelta(minutes=next(_minutes))
    return enrolling.enrol(session, adults=adults, children=children, source="staff", by=None, at=at, **who)


def states(session: Session) -> list[str]:
    return list(session.enrolments.order_by("at", "pk").values_list("state", flat=True))


def taken(session: Session) -> int:
    session.refresh_from_db()
    return session.seats_taken


def test_a_household_has_a_place_until_there_are_none_and_then_a_rank(garden: Garden) -> None:
    session = make_session(garden, seats=3)
    assert [come(session, 1, 1).rank, come(session).rank, come(session).rank, come(session).rank] == [None, None, 1, 2]
    assert taken(session) == 3


def test_two_clicks_enrol_once(garden: Garden) -> None:
    session, household = make_session(garden, seats=3), a_household(garden)
    first, second = come(session, 2, household=household), come(session, 2, household=household)
    assert (first.again, second.again, second.enrolment) == (False, True, first.enrolment)
    code = secret()[1]
    ours = [come(session, outsider=Outsider("Ana", "ana@exemple.fr", code=code)) for _ in range(2)]
    assert ours[0].enrolment == ours[1].enrolment
    assert taken(session) == 3


@pytest.mark.parametrize("again", [{"email": "ANA@exemple.fr"}, {"phone": "+33600000001"}, {"email": "autre@exemple.fr", "phone": "+33600000001"}])  # fmt: skip
def test_one_address_or_number_from_outside_has_one_place_at_a_session(garden: Garden, again: dict[str, str]) -> None:
    session, other = make_session(garden), make_session(garden)
    first = come(session, 2, outsider=Outsider("Ana", "ana@exemple.fr", "+33600000001", secret()[1]))
    second = come(session, 3, outsider=Outsider("Ana B.", **again, code=secret()[1]))
    assert (second.again, second.enrolment, taken(session)) == (True, first.enrolment, 2)
    assert not come(other, outsider=Outsider("Ana", **again)).again
    enrolling.leave(first.enrolment, by=None, at=AT)
    assert not come(session, outsider=Outsider("Ana", **again)).again


def test_people_from_outside_who_left_no_address_are_not_taken_for_one_another(garden: Garden) -> None:
    session = make_session(garden)
    assert [come(session, outsider=Outsider("Tom")).again for _ in range(2)] == [False, False]


def test_who_waits_is_told_why(garden: Garden) -> None:
    session = make_session(garden, seats=3)
    come(session, 2)
    waits = [come(session, people).waits for people in (2, 1)]
    assert [one and one.why.replace("\u00a0", " ") for one in waits] == [
        "Il reste 1 place pour 2 personnes.", "D’autres personnes attendent déjà.",
    ]  # fmt: skip
    full = make_session(garden, seats=1)
    assert come(full).waits is None
    last = come(full).waits
    assert last and (last.why, last.rank) == ("C’est complet.", 1)


def test_a_child_does_not_come_without_an_adult(garden: Garden) -> None:
    session = make_session(garden)
    with pytest.raises(enrolling.ChildAlone):
        come(session, 0, 2)
    assert states(session) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.create(session=session, adults=0, children=1, at=AT)


def test_a_family_bigger_than_the_room_is_told_so_at_once(garden: Garden) -> None:
    with pytest.raises(enrolling.TooManyPeople) as refused:
        come(make_session(garden, seats=4), 2, 3)
    assert refused.value.seats == 4


def test_nobody_enrols_for_an_open_door_a_cancelled_session_or_one_that_is_over(garden: Garden) -> None:
    with pytest.raises(enrolling.SessionNotOpen):
        come(make_session(garden, state="cancelled", cancelled_because="neige"))
    with pytest.raises(enrolling.SessionNotOpen):
        come(make_session(garden), at=datetime(2017, 4, 12, tzinfo=UTC))
    with pytest.raises(enrolling.NoEnrolment):
        come(make_session(garden, workshop=make_workshop(garden, "Portes ouvertes", open_door=True)))


def test_once_it_has_begun_the_garden_alone_lets_people_in_and_the_line_stays(garden: Garden) -> None:
    session, household = make_session(garden, seats=2), a_household(garden)
    first, waits = come(session, 2).enrolment, come(session, 2).enrolment
    begun = session.starts_at
    for source, who in (("space", {"household": household}), ("referrer", {"household": household}), ("public", {"outsider": Outsider("Ana", "ana@exemple.fr")})):  # fmt: skip
        with pytest.raises(enrolling.SessionNotOpen):
            enrolling.enrol(session, source=source, by=None, at=begun, **who)  # type: ignore[arg-type]
    for adults in (1, 2):
        with pytest.raises(enrolling.SessionNotOpen):
            enrolling.change_party(first, adults=adults, children=0, by=None, at=begun)
    assert enrolling.leave(first, by=None, at=begun) == []
    assert states(session) == ["cancelled", "waiting"] and taken(session) == 0
    assert come(session, at=begun).rank is None  # the garden sees her at the door
    assert enrolling.change_party(waits, adults=1, children=0, staff=True, by=None, at=begun).rank == 1
    assert enrolling.promote(waits, by=None, at=begun)
    for late in (session.ends_at, session.ends_at + timedelta(days=1)):
        with pytest.raises(enrolling.SessionNotOpen):
            come(session, at=late)


def test_a_household_of_another_garden_is_not_enrolled(garden: Garden) -> None:
    stranger = make.make_household(make.make_garden("autre", "Autre jardin"))
    with pytest.raises(enrolling.NotOfThisGarden):
        come(make_session(garden), household=stranger)


def test_who_leaves_makes_room_for_the_first_who_waits_and_they_are_told_once(garden: Garden) -> None:
    session = make_session(garden, seats=2)
    first = come(session, 2).enrolment
    waits = [come(session).enrolment for _ in range(3)]
    given = enrolling.leave(first, by=None, at=AT)
    assert given == waits[:2]
    assert enrolling.leave(first, by=None, at=AT) == []
    assert states(session) == ["cancelled", "enrolled", "enrolled", "waiting"]
    assert Message.objects.filter(kind="session_place").count() == 2
    assert taken(session) == 2


def test_a_big_family_keeps_its_turn_until_three_days_before(garden: Garden) -> None:
    session = make_session(garden, seats=4)
    one, _two = come(session, 1).enrolment, come(session, 2).enrolment
    big = come(session, 4).enrolment
    small = come(session, 1)
    assert (small.rank, taken(session)) == (2, 3)  # a place is left, and kept
    enrolling.leave(one, by=None, at=AT)
    assert taken(session) == 2
    assert enrolling.fill_due((NEAR - timedelta(days=9)).date(), at=AT) == 0
    assert enrolling.fill_due(NEAR.date(), at=NEAR) == 1
    big.refresh_from_db()
    small.enrolment.refresh_from_db()
    assert (big.state, small.enrolment.state) == ("waiting", "enrolled")
    assert come(session, 1, at=NEAR).rank is None  # whoever arrives now and fits


def test_the_garden_may_give_a_place_to_whom_it_chooses(garden: Garden) -> None:
    session = make_session(garden, seats=2)
    first = come(session, 1).enrolment
    come(session, 2)
    small = come(session, 1).enrolment
    assert enrolling.promote(small, by=None, at=AT)
    assert not enrolling.promote(small, by=None, at=AT)
    with pytest.raises(enrolling.NoPlaceLeft):
        enrolling.promote(Enrolment.objects.get(state="waiting"), by=None, at=AT)
    enrolling.leave(first, by=None, at=AT)
    assert Message.objects.filter(kind="session_place").count() == 1


def test_who_left_and_comes_again_goes_to_the_end(garden: Garden) -> None:
    session, household = make_session(garden, seats=1), a_household(garden)
    mine = come(session, household=household).enrolment
    come(session), come(session)
    enrolling.leave(mine, by=None, at=AT)
    assert come(session, household=household).rank == 2
    assert session.enrolments.filter(household=household).count() == 1


def test_a_time_written_before_does_not_pass_those_who_know_their_rank(garden: Garden) -> None:
    session = make_session(garden, seats=1)
    come(session), come(session)
    late = come(session, at=AT - timedelta(days=1))
    assert late.rank == 2
    assert enrolling.rank_of(late.enrolment) == 2


def test_more_people_need_as_many_places(garden: Garden) -> None:
    session = make_session(garden, seats=4)
    mine = come(session, 2).enrolment
    come(session)
    with pytest.raises(enrolling.NoPlaceLeft) as refused:
        enrolling.change_party(mine, adults=2, children=2, by=None, at=AT)
    assert (refused.value.left, taken(session)) == (1, 3)
    enrolling.change_party(mine, adults=2, children=1, needs="un fauteuil", by=None, at=AT)
    waits = come(session).enrolment
    enrolling.change_party(mine, adults=1, children=1, by=None, at=AT)
    waits.refresh_from_db()
    assert (waits.state, taken(session)) == ("enrolled", 4)
    assert EnrolmentDetails.objects.get(enrolment=mine).needs == "un fauteuil"


def test_somebody_from_outside_is_told_at_the_address_they_gave(garden: Garden) -> None:
    session = make_session(garden, seats=1)
    first = come(session).enrolment
    come(session, outsider=Outsider("Ana", "ana@exemple.fr"))
    enrolling.leave(first, by=None, at=AT)
    assert Message.objects.get().to == "ana@exemple.fr"


def test_who_came_is_noted_from_the_day_on(garden: Garden) -> None:
    session = make_session(garden, seats=2)
    one, two, waits = come(session).enrolment, come(session).enrolment, come(session, 1, 1).enrolment
    marks = {one.pk: Came(True, 1, 2), two.pk: Came(False), waits.pk: Came(True)}
    with pytest.raises(enrolling.NotYet):
        enrolling.mark_came(session, marks, by=None, at=AT)
    assert enrolling.mark_came(session, marks, by=None, at=session.starts_at) == 3
    assert enrolling.mark_came(session, marks, by=None, at=session.starts_at) == 0
    one.refresh_from_db()
    assert states(session) == ["came", "absent", "came"]
    assert (one.came_adults, one.came_children) == (1, 2)
    assert taken(session) == 4 and session.seats == 4
    assert session.came == 1 + 2 + 2
    other = make_session(garden, DAY + timedelta(days=7))
    assert enrolling.mark_came(other, marks, by=None, at=other.starts_at) == 0
    enrolling.mark_came(session, {one.pk: Came(None)}, by=None, at=session.starts_at)
    one.refresh_from_db()
    assert (one.state, one.came_adults) == ("enrolled", None)
    assert taken(session) == 4 and session.came == 2


def test_the_database_refuses_one_person_too_many(garden: Garden) -> None:
    session = make_session(garden, seats=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.filter(pk=session.pk).update(seats_taken=3)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time: nobody comes in between")
def test_200_people_for_the_last_20_places_at_once_get_exactly_20() -> None:
    garden = make.make_garden()
    session = make_session(garden, seats=20)
    households = iter([make.make_household(garden, f"N{n}") for n in range(200)])
    lock, found = threading.Lock(), []

    def ten() -> None:
        for _ in range(10):
            with lock:
                mine = next(households)
            got = enrolling.enrol(session, household=mine, source="space", by=None, at=AT)
            with lock:
                found.append(got.rank)

    at_once(*[ten] * 20)
    assert found.count(None) == 20
    assert sorted(rank for rank in found if rank) == list(range(1, 181))
    assert taken(session) == 20
    line = session.enrolments.filter(state="waiting").order_by("at", "pk")
    assert [enrolling.rank_of(one) for one in line] == list(range(1, 181))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time: nobody comes in between")
def test_two_clicks_at_the_same_moment_enrol_once() -> None:
    garden = make.make_garden()
    session, household = make_session(garden, seats=20), make.make_household(garden)
    found: list[Enrolled] = []

    def click() -> None:
        found.append(enrolling.enrol(session, household=household, adults=2, source="space", by=None, at=AT))

    at_once(click, click, click)
    assert sorted(one.again for one in found) == [False, True, True]
    assert taken(session) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time: nobody comes in between")
def test_one_address_on_two_pages_at_the_same_moment_has_one_place() -> None:
    session = make_session(make.make_garden(), seats=20)
    found: list[Enrolled] = []

    def click() -> None:
        who = Outsider("Zoé", "zoe@exemple.fr", code=secret()[1])
        found.append(enrolling.enrol(session, outsider=who, adults=3, source="public", by=None, at=AT))

    at_once(*[click] * 6)
    assert sorted(one.again for one in found) == [False] + [True] * 5
    assert taken(session) == 3
