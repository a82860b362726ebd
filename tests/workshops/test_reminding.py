"""Two days before a session, who comes is reminded: once, by their own channel; a session that moves is told again."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from cageot.members.models import Household, Member
from cageot.members.telling import choose
from cageot.network.models import Garden, Message
from cageot.workshops.actions import changing, enrolling
from cageot.workshops.actions.changing import Change, Scope
from cageot.workshops.actions.enrolling import Outsider
from cageot.workshops.actions.reminding import remind
from cageot.workshops.models import Session
from tests import factories as make
from tests.workshops.a_workshop import AT, DAY, NEAR, make_place, make_session, make_workshop

pytestmark = pytest.mark.django_db
TWO_DAYS_BEFORE = DAY - timedelta(days=2)


@pytest.fixture
def garden() -> Garden:
    return make.make_garden()


def a_household(garden: Garden, name: str, **reached: str) -> Household:
    household = make.make_household(garden, name)
    Member.objects.filter(household=household).update(**{"email": "", "mobile": ""} | reached)
    return household


def come(session: Session, **who: Any) -> None:
    enrolling.enrol(session, source="staff", by=None, at=AT, **who)


def told() -> list[tuple[str, str]]:
    return list(Message.objects.filter(kind="session_reminder").order_by("pk").values_list("channel", "to"))


def test_each_is_reminded_once_by_their_own_channel(garden: Garden) -> None:
    session = make_session(garden, workshop=make_workshop(garden, bring="Un tablier"), seats=4)
    come(session, household=a_household(garden, "Amina", email="amina@exemple.fr"))
    come(session, household=a_household(garden, "Paul", mobile="+33600000001"))
    come(session, household=a_household(garden, "Rose"))
    come(session, outsider=Outsider("Ana", phone="+33600000002"))
    come(session, household=a_household(garden, "Late", email="late@exemple.fr"))  # waits: is not reminded
    assert remind(today=TWO_DAYS_BEFORE - timedelta(days=1), at=AT) == 0
    for _morning in range(2):
        remind(today=TWO_DAYS_BEFORE, at=NEAR)
    assert [channel for channel, _to in told()] == ["mail", "sms", "letter", "sms"]
    mail = Message.objects.get(channel="mail")
    assert "Un tablier" in mail.body and "mardi 11 avril" in mail.body
    assert all(len(one.body) <= 160 for one in Message.objects.filter(channel="sms"))


def test_a_morning_that_was_missed_is_caught_up_but_not_once_it_has_begun(garden: Garden) -> None:
    session = make_session(garden)
    come(session, household=a_household(garden, "Amina", email="amina@exemple.fr"))
    assert remind(today=DAY, at=session.starts_at + timedelta(minutes=1)) == 0
    assert remind(today=DAY - timedelta(days=1), at=NEAR + timedelta(days=1)) == 1


def test_a_session_that_moved_is_reminded_for_its_new_day(garden: Garden) -> None:
    session = make_session(garden)
    come(session, household=a_household(garden, "Amina", email="amina@exemple.fr"))
    remind(today=TWO_DAYS_BEFORE, at=NEAR)
    change = Change(date(2017, 4, 18), time(14), time(16), make_place(garden), 12)
    changing.move(session, change, Scope.ONE, by=None, at=NEAR)
    remind(today=date(2017, 4, 16), at=datetime.fromisoformat("2017-04-16T07:00:00+00:00"))
    assert len(told()) == 2


def test_who_refuses_reminders_has_none_and_a_cancelled_session_reminds_nobody(garden: Garden) -> None:
    household = a_household(garden, "Amina", email="amina@exemple.fr")
    session, gone = make_session(garden), make_session(garden)
    come(session, household=household)
    come(gone, household=a_household(garden, "Paul", email="paul@exemple.fr"))
    choose(household.members.get(), "session_reminder", False, by=None, at=AT)
    changing.cancel(gone, Scope.ONE, reason="La salle est fermée", by=None, at=AT)
    assert remind(today=TWO_DAYS_BEFORE, at=NEAR) == 0
    assert told() == []


def test_the_same_morning_gives_the_places_kept_too_long(garden: Garden) -> None:
    session = make_session(garden, seats=3)
    come(session, household=a_household(garden, "Amina", email="a@exemple.fr"), adults=1)
    come(session, household=a_household(garden, "Big", email="b@exemple.fr"), adults=3)
    come(session, household=a_household(garden, "Small", email="s@exemple.fr"), adults=1)
    remind(today=TWO_DAYS_BEFORE, at=NEAR)
    assert sorted(to for _channel, to in told()) == ["a@exemple.fr", "s@exemple.fr"]
