"""A session of several days, such as a training: planned, moved, told, again next year."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from icalendar import Calendar

from cageot.members.models import Household, Member
from cageot.network.models import Garden, Message
from cageot.workshops.actions import changing, enrolling, planning
from cageot.workshops.actions.changing import Change, Scope
from cageot.workshops.actions.enrolling import Came
from cageot.workshops.actions.reminding import remind
from cageot.workshops.models import Session
from cageot.workshops.queries import announced, calendars
from cageot.workshops.rules import series
from tests import factories as make
from tests.workshops.a_workshop import AT, DAY, NEAR, make_place, make_workshop

pytestmark = pytest.mark.django_db
WHO = {"by": None, "at": AT}


@pytest.fixture
def garden() -> Garden:
    make.make_edition(2017), make.make_edition(2018)
    return make.make_garden()


def a_training(garden: Garden, *days: date, lasts: int = 2) -> list[Session]:
    return planning.plan(
        make_workshop(garden, "Conserver ses légumes", kind="training"), days=days or [DAY], starts=time(9, 30), ends=time(16, 30),
        place=make_place(garden), seats=8, lasts=lasts, **WHO,
    )  # fmt: skip


def somebody(garden: Garden, **reached: str) -> Household:
    household = make.make_household(garden)
    Member.objects.filter(household=household).update(**{"email": "", "mobile": ""} | reached)
    return household


def plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("starts", "ends", "lasts", "days"),
    [
        (time(14), time(16), 1, 1), (time(20), time(1), 1, 1), (time(20), time(8), 1, 1), (time(9), time(16), 2, 2), (time(9), time(9), 2, 2),
        (time(16), time(12), 3, 3), (time(9), time(16), 14, 14),
    ],
)  # fmt: skip
@pytest.mark.parametrize("first", [date(2017, 4, 11), date(2017, 3, 25), date(2017, 10, 28), date(2017, 12, 31)])
def test_a_session_is_held_on_the_days_that_were_said(
    first: date, starts: time, ends: time, lasts: int, days: int
) -> None:
    begun, over = series.moments(first, starts, ends, lasts)
    assert series.days_held(begun, over) == [first + timedelta(days=n) for n in range(days)]
    assert (series.wall(begun).time(), series.wall(over).time()) == (starts, ends)


def test_a_series_may_hold_sessions_of_two_days(garden: Garden) -> None:
    made = a_training(garden, DAY, DAY + timedelta(weeks=1))
    assert [len(one.days) for one in made] == [2, 2] and len({one.series for one in made}) == 1
    assert [str(one.last_day) for one in made] == ["2017-04-12", "2017-04-19"]
    assert plain(announced.when(made[0])) == "mardi 11 avril, 9 h 30 – mercredi 12 avril, 16 h 30"


def test_next_year_it_lasts_as_long_and_no_day_of_it_is_a_holiday(garden: Garden) -> None:
    a_training(garden, lasts=3)
    off = {date(2018, 4, 12)}  # the last of the three days
    [again] = planning.programme_again(garden, 2017, today=date(2018, 1, 10), skip=off)
    assert (again.day, again.last_day) == (date(2018, 4, 17), date(2018, 4, 19))
    [made] = planning.repeat(garden, [again], **WHO)
    assert [str(one) for one in made.days] == ["2018-04-17", "2018-04-18", "2018-04-19"]


def test_another_last_day_is_told_with_both(garden: Garden) -> None:
    [session] = a_training(garden)
    household = somebody(garden, email="amina@exemple.fr")
    enrolling.enrol(session, household=household, source="space", **WHO)
    change = Change(DAY, time(9, 30), time(16, 30), session.place, 8, 3)
    assert changing.move(session, change, Scope.ONE, **WHO).told.count == 1
    body = plain(Message.objects.get().body)
    assert "Avant : mardi 11 avril, 9 h 30 – mercredi 12 avril, 16 h 30" in body
    assert "Maintenant : mardi 11 avril, 9 h 30 – jeudi 13 avril, 16 h 30" in body
    session.refresh_from_db()
    assert len(session.days) == 3
    assert changing.move(session, change, Scope.ONE, **WHO).sessions == []


def test_a_series_that_moves_keeps_its_days(garden: Garden) -> None:
    made = a_training(garden, DAY, DAY + timedelta(weeks=1))
    changing.move(made[0], Change(DAY + timedelta(days=1), time(9), time(12), made[0].place, 8, 2), Scope.ALL, **WHO)
    assert [[str(day) for day in one.days] for one in Session.objects.all()] == [
        ["2017-04-12", "2017-04-13"], ["2017-04-19", "2017-04-20"],
    ]  # fmt: skip


def test_a_reminder_says_both_days_in_a_letter_and_in_160_signs(garden: Garden) -> None:
    [session] = a_training(garden)
    enrolling.enrol(session, household=somebody(garden, email="a@exemple.fr"), source="space", **WHO)
    enrolling.enrol(session, household=somebody(garden, mobile="+33600000001"), source="space", **WHO)
    remind(today=DAY - timedelta(days=2), at=NEAR)
    mail, sms = (plain(Message.objects.get(channel=one).body) for one in ("mail", "sms"))
    for text in (mail, sms):
        assert "du mardi 11 avril à 9 h 30 au mercredi 12 avril à 16 h 30" in text
    assert len(sms) <= 160


def test_a_long_title_and_place_never_make_an_sms_too_long(garden: Garden) -> None:
    [session] = a_training(garden, date(2017, 9, 27), lasts=9)
    session.workshop.title, session.place.name = "Conserver " * 11, "La grande salle " * 7
    session.workshop.save(), session.place.save()
    enrolling.enrol(session, household=somebody(garden, mobile="+33600000001"), source="space", **WHO)
    remind(today=session.days[0] - timedelta(days=2), at=session.starts_at - timedelta(days=2))
    changing.move(session, Change(date(2017, 9, 26), time(9), time(12), session.place, 8, 9), Scope.ONE, **WHO)
    changing.cancel(session, Scope.ONE, reason="La salle est fermée pour travaux " * 6, **WHO)
    told = list(Message.objects.filter(channel="sms").order_by("pk"))
    assert len(told) == 3 and all(len(one.body) <= 160 for one in told)


def test_the_calendar_holds_it_from_its_first_hour_to_its_last(garden: Garden) -> None:
    [session] = a_training(garden)
    data = calendars.feed("Ateliers", calendars.of_garden(garden, AT), AT, lambda one: "https://exemple.fr")
    [event] = Calendar.from_ical(data).walk("VEVENT")
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (session.starts_at, session.ends_at)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(hours=31)


def test_who_came_is_noted_from_the_first_day_and_it_is_announced_until_the_last(garden: Garden) -> None:
    [session] = a_training(garden)
    one = enrolling.enrol(session, household=somebody(garden), source="space", **WHO).enrolment
    with pytest.raises(enrolling.NotYet):
        enrolling.mark_came(session, {one.pk: Came(True)}, by=None, at=session.starts_at - timedelta(days=1))
    second_day = datetime.fromisoformat("2017-04-12T08:00:00+00:00")
    assert list(announced.coming(garden, second_day)) == [session]
    assert enrolling.mark_came(session, {one.pk: Came(True)}, by=None, at=session.starts_at) == 1
    changing.hold(session, by=None, at=second_day)
    session.refresh_from_db()
    assert (session.state, session.came) == ("held", 1)
