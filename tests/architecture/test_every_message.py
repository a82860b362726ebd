"""Every kind of message is known, made by somebody, and the same for a household that is supported and one that is not.

What subject lines and SMS of all kinds say is read by `tests/conftest.py`, whichever test makes them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest

import cageot
from cageot.baskets import content, notices, signups
from cageot.baskets.models import Depot, DepotPause, Produce, Swap
from cageot.baskets.rules.content import Row
from cageot.desk import leaflet
from cageot.members import rights, ways_in
from cageot.members.models import Household, Member, Support
from cageot.members.telling import Way
from cageot.network.kinds import CATEGORIES, KINDS
from cageot.network.models import Message, Person
from cageot.workshops.actions import changing, enrolling, telling
from cageot.workshops.models import Enrolment
from tests.architecture.test_nobody_can_tell import MONEY
from tests.desk.a_week import AT, MONDAY_AFTER, THURSDAY, Place, a_place
from tests.workshops.a_workshop import make_session

HOUSE = Path(cageot.__file__).parent


def closure(place: Place) -> DepotPause:
    gare, jardin = Depot.objects.filter(garden=place.garden).order_by("pk")
    return DepotPause.objects.create(
        depot=gare, replacement=jardin, from_day=MONDAY_AFTER, until_day=MONDAY_AFTER + timedelta(days=6), notice_days=30
    )  # fmt: skip


def close_a_depot(place: Place, _households: list[Household]) -> None:
    Depot.objects.filter(garden=place.garden, name="Jardin").update(capacity=None)
    notices.tell_pause(closure(place), by=None, at=AT)


def remind_of_it(place: Place, _households: list[Household]) -> None:
    close_a_depot(place, _households)
    Message.objects.all().delete()
    notices.remind(today=date(2017, 3, 20), at=AT)


def send_codes(_place: Place, households: list[Household]) -> None:
    for member in Member.objects.filter(household__in=households):
        way = Way("mail", member.email) if member.email else Way("sms", member.mobile)
        ways_in.ask_code(way, at=AT)


def welcome(_place: Place, households: list[Household]) -> None:
    for household in households:
        if found := leaflet.leaflet_of(household, THURSDAY):
            signups.tell_welcome(household, leaflet.message(found), at=AT)


def answer_about_data(_place: Place, households: list[Household]) -> None:
    by = Person.objects.create(first_name="Léa")
    for household in households:
        asked = rights.ask(household, kind="correction", words="Mon nom", by=None, at=AT)
        rights.answer(asked, granted=True, words="C’est corrigé.", today=THURSDAY, by=by, at=AT)


def change_the_content(place: Place, households: list[Household]) -> None:
    content.open_catalogue(place.garden, by=None, at=AT)
    leek, carrot = Produce.objects.filter(garden=place.garden)[:2]
    mine = [one for one in place.baskets if one.household in households]
    round, week = mine[0].depot.round, mine[0].delivery.week
    rows = [Row(leek.pk, leek.unit, 100, {mine[0].size_id: 1000})]
    what = {"sizes": [mine[0].size_id], "seen": None, "by": None, "at": AT}
    content.compose(round, week, rows=rows, **what)
    for one in mine:
        Swap.objects.create(basket=one, away=leek, taken=carrot, at=AT)
    content.compose(round, week, rows=rows, **what)  # which offers nothing


def with_sessions(place: Place, households: list[Household], act: Callable[[Any], object]) -> None:
    """Each household comes to a session, or waits for it; then something is done to it."""
    session = make_session(place.garden, date(2017, 4, 11), seats=1)
    for one in households:
        enrolling.enrol(session, household=one, source="staff", by=None, at=AT)
    act(session)


def move_a_session(place: Place, households: list[Household]) -> None:
    def act(session: Any) -> None:
        change = changing.Change(date(2017, 4, 12), time(9, 30), time(11), session.place, 1)
        changing.move(session, change, changing.Scope.ONE, by=None, at=AT)

    with_sessions(place, households, act)


def cancel_a_session(place: Place, households: list[Household]) -> None:
    with_sessions(
        place, households, lambda one: changing.cancel(one, changing.Scope.ONE, reason="Neige", by=None, at=AT)
    )


def free_places(place: Place, households: list[Household]) -> None:
    def act(session: Any) -> None:
        for one in Enrolment.objects.filter(session=session):
            telling.tell_place_freed(session, one, at=AT)

    with_sessions(place, households, act)


def remind_of_a_session(place: Place, households: list[Household]) -> None:
    session = make_session(place.garden)
    for household in households:
        enrolling.enrol(session, household=household, source="staff", by=None, at=AT)
    telling.tell_reminders([session], at=AT)


MADE_BY: dict[str, Callable[[Place, list[Household]], None]] = {
    "depot_closed": close_a_depot,
    "depot_reminder": remind_of_it,
    "data_answered": answer_about_data,
    "member_code": send_codes,
    "session_cancelled": cancel_a_session,
    "session_moved": move_a_session,
    "session_place": free_places,
    "session_reminder": remind_of_a_session,
    "swap_dropped": change_the_content,
    "welcome": welcome,
}
"""How each kind that is for members is made, through its own action."""


def test_every_kind_for_members_is_made_here() -> None:
    """A new kind joins this table, or its words are compared by nobody."""
    assert set(MADE_BY) == {name for name, kind in KINDS.items() if kind.told_to == "member"}


def test_every_kind_is_written_somewhere() -> None:
    sources = "\n".join(path.read_text() for path in HOUSE.rglob("*.py") if path.name != "kinds.py")
    assert [name for name in KINDS if f'"{name}"' not in sources] == []
    assert {kind.category for kind in KINDS.values()} <= set(CATEGORIES)
    assert all(kind.told_to in ("member", "other") for kind in KINDS.values())


@pytest.fixture
def place(settings: Any, db: None) -> Place:
    settings.TODAY = THURSDAY
    return a_place(4)


@pytest.mark.parametrize("channel", ["mail", "sms", "letter"])
@pytest.mark.parametrize("kind", sorted(MADE_BY))
def test_a_message_is_the_same_for_a_supported_household_and_for_another(place: Place, kind: str, channel: str) -> None:
    if (kind, channel) == ("member_code", "letter"):
        return  # a code is not sent by post
    households = list(Household.objects.filter(garden=place.garden, subscriptions__depot__name="Gare").order_by("number"))  # fmt: skip
    supported = set(Support.objects.values_list("household", flat=True))
    assert {one.pk in supported for one in households} == {True, False}
    for number, one in enumerate(households):
        reach = {"mail": {"email": f"m{number}@exemple.fr"}, "sms": {"mobile": f"+3361234567{number}"}}.get(channel, {})
        Member.objects.filter(household=one).update(first_name="Amina", last_name="Benali", **reach)
    MADE_BY[kind](place, households)
    told = {
        label: tuple(apart(text) for text in (subject, body, language, category))
        for label, subject, body, language, category in Message.objects.filter(kind=kind, channel=channel).values_list(
            "about", "subject", "body", "language", "digest"
        )
    }
    assert len(told) == len(households)
    assert len(set(told.values())) == 1
    assert not MONEY.search(" ".join(next(iter(told.values()))))


def apart(text: str) -> str:
    """Without what is each one's own: codes, signed addresses, numbers."""
    return re.sub(r"\d{3} \d{3}|/moi/\S+|\b10\d\b", "…", text)
