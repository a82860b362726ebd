"""Workshops in the member's space: what comes, I come, I wait, I do not come, what I thought of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from cageot.core import clock
from cageot.network.models import LogEvent
from cageot.workshops.actions import enrolling
from cageot.workshops.models import Enrolment, Opinion, Session
from tests import factories as make
from tests.desk.a_week import text_of
from tests.space.a_member import Here, came_in
from tests.workshops.a_workshop import make_session, make_workshop

NOW = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)
AFTER = datetime(2017, 4, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def session(here: Here, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    workshop = make_workshop(
        here.place.garden, bring="Un tablier", childcare="with", languages=["fr", "ar"], summary="On goûte."
    )
    return make_session(here.place.garden, workshop=workshop, seats=4)


def address(session: Session, more: str = "") -> str:
    return f"/moi/ateliers/{session.pk}/{more}"


def come(client: Client, session: Session, adults: Any = 1, children: Any = 0) -> Any:
    return client.post(address(session), {"adults": adults, "children": children}, follow=True)


def test_a_member_reads_what_she_needs_to_come_and_comes(here: Here, session: Session) -> None:
    client = here.client()
    assert "Ateliers" in text_of(client.get("/moi/"))
    page = text_of(client.get("/moi/ateliers/"))
    assert "Cuisiner les poireaux" in page and "4 places" in page
    page = text_of(client.get(address(session)))
    for words in ("mardi 11 avril", "La cuisine", "Un tablier", "Les enfants viennent avec vous", "العربية", "Gratuit"):
        assert words in page
    assert "C’est noté. Vous venez." in text_of(come(client, session, 1, 2))
    found = Enrolment.objects.get()
    assert (found.household, found.adults, found.children, found.source, found.state) == (here.household(), 1, 2, "space", "enrolled")  # fmt: skip
    assert "vous venez" in text_of(client.get("/moi/ateliers/"))
    assert "Cuisiner les poireaux" in text_of(client.get("/moi/"))


def test_who_comes_when_it_is_full_is_told_her_rank_and_gets_the_place_that_is_freed(
    here: Here, session: Session
) -> None:
    paul, amina = here.client(101), here.client(100)
    come(paul, session, 4)
    assert "Vous attendez, numéro 1" in text_of(come(amina, session))
    assert "vous attendez, numéro 1" in text_of(amina.get(address(session)))
    assert "Vous ne venez pas" in text_of(paul.post(address(session, "non/"), follow=True))
    assert "vous venez" in text_of(amina.get(address(session)))


def test_places_kept_for_who_waits_are_not_offered_and_too_few_are_said(here: Here, session: Session) -> None:
    paul, amina = here.client(101), here.client(100)
    come(paul, session, 3)
    assert "Il reste 1 place pour 2 personnes. Vous attendez, numéro 1." in text_of(come(amina, session, 2))
    other = make_session(here.place.garden, workshop=session.workshop, seats=4)
    for adults in (3, 2):
        enrolling.enrol(
            other, household=make.make_household(here.place.garden), adults=adults, source="staff", by=None, at=NOW
        )
    for page in ("/moi/ateliers/", address(other)):
        assert "liste d’attente" in text_of(paul.get(page)) and "1 place" not in text_of(paul.get(page))
    assert "Attendre une place" in text_of(paul.get(address(other)))
    assert "D’autres personnes attendent déjà. Vous attendez, numéro 2." in text_of(come(paul, other))


def test_a_training_says_its_last_day_who_leads_it_and_with_whom(here: Here, session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(ends_at=session.ends_at + timedelta(days=1))
    session.workshop.facilitators = "Une diététicienne"
    session.workshop.save()
    session.workshop.partners.add(make.make_partner("MSA Berry-Touraine"))
    client = here.client()
    assert "14 h, jusqu’au mercredi 12 avril" in text_of(client.get("/moi/ateliers/"))
    page = text_of(client.get(address(session)))
    for words in ("mardi 11 avril, 14 h – mercredi 12 avril, 16 h 30", "Une diététicienne", "MSA Berry-Touraine"):
        assert words in page


def test_two_clicks_take_one_place_and_another_number_changes_it(here: Here, session: Session) -> None:
    client = here.client()
    come(client, session, 2)
    come(client, session, 2)
    come(client, session, 2, 1)
    session.refresh_from_db()
    assert (Enrolment.objects.count(), session.seats_taken) == (1, 3)


@pytest.mark.parametrize(
    ("adults", "children", "words"),
    [
        ("0", "1", "Un enfant vient avec un adulte"),
        ("3", "3", "Il y a 4 places en tout"),
        ("beaucoup", "", "nombre entier"),
    ],
)
def test_what_may_not_be_is_told_and_nothing_is_lost(
    here: Here, session: Session, adults: str, children: str, words: str
) -> None:
    answer = come(here.client(), session, adults, children)
    assert words in text_of(answer) and f'value="{adults}"' in answer.content.decode()
    assert not Enrolment.objects.exists()


def test_an_open_door_asks_nobody_to_enrol_and_a_cancelled_session_says_why(here: Here, session: Session) -> None:
    opened = make_session(
        here.place.garden, workshop=make_workshop(here.place.garden, "Portes ouvertes", open_door=True)
    )
    client = here.client()
    page = client.get(address(opened))
    assert "La porte est ouverte" in text_of(page) and 'name="adults"' not in page.content.decode()
    Session.objects.filter(pk=session.pk).update(state="cancelled", cancelled_because="La salle est fermée")
    page = client.get(address(session))
    assert "La salle est fermée" in text_of(page) and 'name="adults"' not in page.content.decode()
    assert "annulé" in text_of(come(client, session)).lower()


def test_once_it_has_begun_she_does_not_enrol_any_more_and_may_say_that_she_does_not_come(
    here: Here, session: Session, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    amina, paul = here.client(100), here.client(101)
    come(amina, session)
    begun = session.starts_at + timedelta(minutes=5)
    monkeypatch.setattr(clock, "now", lambda: begun)
    settings.TODAY = begun.date()
    assert "commencé" in text_of(paul.get("/moi/ateliers/"))
    assert 'name="adults"' not in paul.get(address(session)).content.decode()
    assert "annulé ou passé" in text_of(come(paul, session))
    assert "annulé ou passé" in text_of(come(amina, session, 2))
    assert list(Enrolment.objects.values_list("adults", "state")) == [(1, "enrolled")]
    page = text_of(amina.get(address(session)))
    assert "vous venez" in page and "Je ne viens pas" in page and "Changer le nombre" not in page
    assert "Vous ne venez pas" in text_of(amina.post(address(session, "non/"), follow=True))
    assert Enrolment.objects.get().state == "cancelled"


def test_a_session_of_another_garden_does_not_exist(here: Here, session: Session) -> None:
    theirs = make_session(make.make_garden("autre", "Autre jardin"))
    client = here.client()
    assert client.get(address(theirs)).status_code == 404
    assert client.post(address(theirs), {"adults": 1}).status_code == 404
    assert client.post(address(theirs, "non/")).status_code == 404
    assert client.post(address(theirs, "avis/"), {"face": 3}).status_code == 404
    assert "Autre jardin" not in text_of(client.get("/moi/ateliers/"))


def test_who_came_says_what_she_thought_once_and_without_her_name(
    here: Here, session: Session, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    amina, paul = here.client(100), here.client(101)
    come(amina, session)
    early = amina.post(address(session, "avis/"), {"face": 3}, follow=True)
    assert "On ne peut plus" in text_of(early) and not Opinion.objects.exists()
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    settings.TODAY = date(2017, 4, 12)
    assert "Donner mon avis" in text_of(amina.get("/moi/ateliers/"))
    assert 'type="radio"' in amina.get(address(session)).content.decode()
    for face in (3, 1):
        assert amina.post(address(session, "avis/"), {"face": face, "sentence": "C’était bon."}, follow=True).status_code == 200  # fmt: skip
    [one] = Opinion.objects.all()
    assert (one.face, one.sentence) == (3, "C’était bon.")
    assert str(here.household().pk) != one.once and "Donner mon avis" not in text_of(amina.get("/moi/ateliers/"))
    paul.post(address(session, "avis/"), {"face": 1})  # did not come
    assert Opinion.objects.count() == 1


def test_who_gives_an_opinion_for_her_leaves_no_trace_of_it(
    here: Here, session: Session, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    lea = make.make_person("coordinator", here.place.garden)
    client = came_in(here.member(), acting=lea)
    come(client, session)
    assert LogEvent.objects.filter(by=lea, verb="members.acted").count() == 1  # she enrolled her
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    settings.TODAY = date(2017, 4, 12)
    before = LogEvent.objects.count()
    client.post(address(session, "avis/"), {"face": 3}, follow=True)
    assert Opinion.objects.count() == 1 and LogEvent.objects.count() == before


def test_the_list_asks_as_few_questions_with_thirty_sessions_as_with_three(
    here: Here, session: Session, django_assert_max_num_queries: Any
) -> None:
    client = here.client()
    for _n in range(30):
        make_session(here.place.garden)
    come(client, session)
    with django_assert_max_num_queries(7):
        assert len(re.findall(r'class="when"', client.get("/moi/ateliers/").content.decode())) == 31
