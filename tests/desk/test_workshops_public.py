"""A garden's workshops for anybody: what comes, I come from outside, I do not come after all, the calendar, a ticket's opinion."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from django.test import Client
from django.urls import reverse

from cageot.core import clock
from cageot.members.models import CalendarFeed
from cageot.network.models import Garden, Message
from cageot.network.secrets import secret
from cageot.workshops.actions import changing, enrolling, opinions
from cageot.workshops.actions.changing import Change, Scope
from cageot.workshops.models import Enrolment, EnrolmentDetails, Opinion, Session
from tests import factories as make
from tests.desk.a_week import text_of
from tests.workshops.a_workshop import AT, DAY, make_place, make_session, make_workshop

TYPED = {"first_name": "Ana", "reach": "ana@exemple.fr", "adults": "1", "children": "1"}


@pytest.fixture
def session(garden: Garden, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Session:
    settings.TODAY = AT.date()
    monkeypatch.setattr(clock, "now", lambda: AT)
    return make_session(garden, workshop=make_workshop(garden, summary="On goûte.", bring="Un tablier"), seats=4)


def address(session: Session, more: str = "") -> str:
    return f"/ateliers/{session.garden.code}/{session.pk}/{more}"


def come(session: Session, client: Client | None = None, **typed: str) -> Any:
    return (client or Client()).post(address(session), TYPED | {"code": secret()[0]} | typed)


def test_anybody_reads_what_comes_and_machines_do_too(session: Session) -> None:
    assert "Cuisiner les poireaux" in text_of(Client().get(f"/ateliers/{session.garden.code}/"))
    page = Client().get(address(session)).content.decode()
    assert 'itemtype="https://schema.org/Event"' in page and "https://schema.org/EventScheduled" in page
    assert re.search(r'itemprop="startDate" content="2017-04-11T14:00:00\+02:00"', page)
    assert "<script" not in re.sub(r"<script[^>]*src=[^>]*></script>", "", page)


def test_somebody_from_outside_comes_once_and_says_later_that_she_does_not(session: Session) -> None:
    client, code = Client(), secret()[0]
    for _click in range(2):
        answer = come(session, client, code=code)
        assert answer.headers["Location"] == f"/ateliers/{session.garden.code}/place/{code}/"
    found = Enrolment.objects.get()
    assert (found.source, found.adults + found.children) == ("public", 2)
    [told] = Message.objects.filter(kind="session_enrolled")
    assert told.to == "ana@exemple.fr" and code in told.body
    page = text_of(client.get(answer.headers["Location"]))
    assert "vous venez" in page and "2017" not in page
    assert Enrolment.objects.get().state == "enrolled"  # opening it changes nothing
    assert "Vous avez dit" in text_of(client.post(answer.headers["Location"], follow=True))
    session.refresh_from_db()
    assert (Enrolment.objects.get().state, session.seats_taken) == ("cancelled", 0)


def test_who_comes_when_it_is_full_waits_and_reads_the_rank(session: Session) -> None:
    come(session, adults="4", children="0")
    answer = come(session, reach="06 12 34 56 78")
    assert "vous attendez, numéro 1" in text_of(Client().get(answer.headers["Location"]))
    sms = Message.objects.get(channel="sms")
    assert len(sms.body) <= 160 and "http" in sms.body


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"adults": "0", "children": "2"}, "Un enfant vient avec un adulte"), ({"reach": "personne"}, "Ce numéro est mal écrit"),
        ({"first_name": ""}, "obligatoire"), ({"adults": "3", "children": "3"}, "Il y a 4 places en tout"),
        ({"first_name": "A" * 5_000_000}, "80"),
    ],
)  # fmt: skip
def test_what_may_not_be_is_told_and_nothing_is_written(session: Session, typed: dict[str, str], words: str) -> None:
    answer = come(session, **typed)
    assert answer.status_code in (200, 400, 413)
    if answer.status_code == 200:
        assert words in text_of(answer)
    assert not Enrolment.objects.exists() and not Message.objects.exists()


def test_too_many_from_one_address_are_calmly_refused(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(seats=None)
    answers = [come(session) for _n in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [200]
    assert "Appelez le jardin" in text_of(answers[-1])


def test_what_is_for_members_only_or_of_another_garden_is_not_there(session: Session, garden: Garden) -> None:
    hidden = make_session(garden, workshop=make_workshop(garden, "Entre nous", public=False))
    other = make.make_garden("autre", "Autre jardin")
    assert Client().get(address(hidden)).status_code == 404
    assert Client().post(address(hidden), TYPED).status_code == 404
    assert "Entre nous" not in text_of(Client().get(f"/ateliers/{garden.code}/"))
    assert b"Entre nous" not in Client().get(f"/ateliers/{garden.code}/agenda.ics").content
    assert Client().get(f"/ateliers/{other.code}/{session.pk}/").status_code == 404
    assert Client().get(f"/ateliers/{garden.code}/place/ABCD-EFGH-JKMN-PQRS/").status_code == 404


def test_no_page_for_anybody_tells_who_comes(session: Session) -> None:
    household = make.make_household(session.garden, "Benali")
    enrolling.enrol(session, household=household, needs="fauteuil rouge", source="staff", by=None, at=AT)
    come(session)
    for path in (f"/ateliers/{session.garden.code}/", f"/ateliers/{session.garden.code}/agenda.ics", address(session)):
        text = Client().get(path).content.decode()
        assert not [word for word in ("Benali", "Ana", "ana@", "fauteuil rouge") if word in text]


def test_a_calendar_follows_a_session_that_moves_and_is_cancelled(session: Session, garden: Garden) -> None:
    def read() -> Any:
        [event] = list(
            vobject.readOne(Client().get(f"/ateliers/{garden.code}/agenda.ics").content.decode()).vevent_list
        )
        return event

    first = read()
    assert (first.summary.value, first.sequence.value, first.status.value) == (
        "Cuisiner les poireaux",
        "0",
        "CONFIRMED",
    )
    starts, ends = datetime(2017, 1, 1, 15).time(), datetime(2017, 1, 1, 17).time()
    changing.move(session, Change(DAY, starts, ends, make_place(garden), 4), Scope.ONE, by=None, at=AT)
    moved = read()
    assert (moved.uid.value, moved.sequence.value) == (first.uid.value, "1")
    assert moved.dtstart.value == datetime(2017, 4, 11, 13, tzinfo=UTC)
    changing.cancel(session, Scope.ONE, reason="La salle est fermée", by=None, at=AT)
    gone = read()
    assert (gone.sequence.value, gone.status.value) == ("2", "CANCELLED")
    assert "La salle est fermée" in gone.description.value


def test_a_year_of_sessions_is_a_valid_calendar_made_in_no_time(
    session: Session, garden: Garden, recwarn: Any, django_assert_max_num_queries: Any
) -> None:
    for week in range(1, 52):
        make_session(garden, DAY + timedelta(weeks=week - 2))
    Client().get(f"/ateliers/{garden.code}/agenda.ics")  # imports are paid once
    recwarn.clear()
    with django_assert_max_num_queries(3):
        begun = time.perf_counter()
        data = Client().get(f"/ateliers/{garden.code}/agenda.ics").content
        took = time.perf_counter() - begun
    assert len(vobject.readOne(data.decode()).vevent_list) == 52
    assert not [one for one in recwarn if "vobject" in str(one.filename) or "icalendar" in str(one.filename)]
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert took < 0.5  # 100 ms on a quiet machine: bench/life_public.py


def test_a_member_s_own_calendar_shows_the_sessions_she_comes_to(session: Session, garden: Garden) -> None:
    household = make.make_household(garden, "Benali")
    member = household.members.get()
    code, printed = secret()
    CalendarFeed.objects.create(member=member, digest=printed, made_at=AT)
    feed = reverse("space:feed", args=[code])
    assert b"poireaux" not in Client().get(feed).content
    enrolling.enrol(session, household=household, source="space", by=None, at=AT)
    assert b"poireaux" in Client().get(feed).content


def test_a_ticket_says_one_opinion_and_no_more(
    session: Session, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    one, two = opinions.tickets(session, 2)
    page = Client().post(address(session, "avis/"), {"code": one, "face": "3"})
    assert "pas encore" in text_of(page) and not Opinion.objects.exists()
    monkeypatch.setattr(clock, "now", lambda: datetime(2017, 4, 11, 15, tzinfo=UTC))
    settings.TODAY = date(2017, 4, 11)
    assert one in Client().get(address(session, f"avis/{one}/")).content.decode()
    assert "Merci" in text_of(
        Client().post(address(session, "avis/"), {"code": one.lower(), "face": "3", "sentence": "Bon."})
    )
    assert "déjà servi" in text_of(Client().post(address(session, "avis/"), {"code": one, "face": "1"}))
    assert "pas de cet atelier" in text_of(Client().post(address(session, "avis/"), {"code": "AAAA-AAAA", "face": "1"}))
    Client().post(address(session, "avis/"), {"code": two, "face": "1"})
    assert sorted(Opinion.objects.values_list("face", flat=True)) == [1, 3]


def test_what_somebody_from_outside_left_is_kept_apart(session: Session) -> None:
    come(session)
    assert EnrolmentDetails.objects.get().first_name == "Ana"
