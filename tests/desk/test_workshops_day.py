"""The day of a session: cards that are read, papers that are printed, opinions without a name; a referrer who enrols somebody."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from cageot.core import clock
from cageot.members import ways_in
from cageot.members.models import Household, Referral
from cageot.network.actions import give_access
from cageot.network.models import Garden, LogEvent, Partner
from cageot.space.queries import mine
from cageot.workshops.actions import enrolling, opinions
from cageot.workshops.models import Enrolment, Opinion, Session
from tests import factories as make
from tests.desk.a_week import text_of
from tests.workshops.a_workshop import AT, make_session, make_workshop

DURING = datetime(2017, 4, 11, 12, 30, tzinfo=UTC)


@pytest.fixture
def session(garden: Garden, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Session:
    """It is the day of the session, at half past two."""
    settings.TODAY = DURING.date()
    monkeypatch.setattr(clock, "now", lambda: DURING)
    return make_session(garden, workshop=make_workshop(garden, bring="Un tablier", summary="On goûte."), seats=2)


@pytest.fixture
def household(garden: Garden) -> Household:
    return make.make_household(garden, "Benali")


def code_of(household: Household) -> str:
    return ways_in.make_cards([household], by=None, at=AT)[0][1]


def page(name: str, session: Session) -> str:
    return reverse(f"desk:{name}", args=[session.garden.code, session.pk])


def enrol(session: Session, household: Household, adults: int = 1) -> None:
    enrolling.enrol(session, household=household, adults=adults, source="space", by=None, at=AT)


# --- Cards ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("read", ["{code}", "http://testserver/moi/carte/{code}/", "{lower}"])
def test_a_card_typed_or_scanned_notes_who_came(
    as_coordinator: Client, session: Session, household: Household, read: str
) -> None:
    enrol(session, household, 2)
    code = code_of(household)
    typed = read.format(code=code, lower=code.lower().replace("-", " "))
    for words in ("venu, c’est noté", "déjà noté"):
        assert words in text_of(as_coordinator.post(page("session_card", session), {"code": typed}, follow=True))
    one = Enrolment.objects.get()
    assert (one.state, one.adults) == ("came", 2)


def test_who_comes_without_having_enrolled_is_let_in_though_it_is_full(as_coordinator: Client, session: Session, household: Household, garden: Garden) -> None:  # fmt: skip
    enrol(session, make.make_household(garden, "Durand"), 2)
    answer = as_coordinator.post(page("session_card", session), {"code": code_of(household)}, follow=True)
    assert "sans être inscrit" in text_of(answer)
    session.refresh_from_db()
    assert (session.seats, session.seats_taken) == (3, 3)


def test_a_card_from_elsewhere_or_that_ended_notes_nothing(
    as_coordinator: Client, session: Session, household: Household
) -> None:
    stranger = code_of(make.make_household(make.make_garden("autre", "Autre jardin"), "Loin"))
    ended = code_of(household)
    ways_in.revoke_cards(household, by=None, at=AT)
    for code in (stranger, ended, "ABCDE-FGHJK", "?"):
        assert "n’est pas d’ici" in text_of(as_coordinator.post(page("session_card", session), {"code": code}))
    assert not Enrolment.objects.exists()


def test_the_square_opened_by_a_telephone_of_the_garden_offers_to_note_it_and_one_tap_does(
    as_coordinator: Client, session: Session, household: Household
) -> None:
    enrol(session, household)
    address = f"/moi/carte/{code_of(household)}/"
    assert "Noter qu’elle est venue" in text_of(as_coordinator.get(address))
    assert "Noter qu’elle est venue" not in text_of(Client().get(address))
    came = f"/presences/carte/{code_of(household)}/"
    assert Client().post(came).status_code == 302 and Enrolment.objects.get().state == "enrolled"
    assert "venu, c’est noté" in text_of(as_coordinator.post(came, follow=True))
    assert Enrolment.objects.get().state == "came"


def test_two_sessions_on_one_day_are_asked_about(
    as_coordinator: Client, session: Session, household: Household, garden: Garden
) -> None:
    second = make_session(garden, workshop=make_workshop(garden, "Conserver"), seats=2)
    came = f"/presences/carte/{code_of(household)}/"
    assert "À quel atelier ?" in text_of(as_coordinator.post(came))
    as_coordinator.post(came, {"session": str(second.pk)})
    assert Enrolment.objects.get().session == second


def test_a_stranger_s_telephone_finds_no_card(session: Session, household: Household) -> None:
    sam = make.signed_in(make.make_person("coordinator", make.make_garden("autre", "Autre jardin")))
    assert sam.post(f"/presences/carte/{code_of(household)}/").status_code == 404
    assert not Enrolment.objects.exists()


# --- Papers ---------------------------------------------------------------------------------------


def text_in(answer: Any) -> list[str]:
    assert answer.headers["Content-Type"] == "application/pdf"
    return [one.extract_text() for one in PdfReader(io.BytesIO(answer.content)).pages]


@pytest.mark.parametrize("name", ["session_poster_a4", "session_poster_a3", "session_poster_tabs"])
def test_a_poster_says_all_one_needs_on_one_page_and_names_nobody(
    as_helper: Client, session: Session, household: Household, name: str
) -> None:
    enrol(session, household)
    [text] = text_in(as_helper.get(page(name, session)))
    for words in ("Cuisiner les poireaux", "mardi", "avril", "La cuisine", "Un tablier", "testserver/ateliers/"):
        assert words in " ".join(text.split())
    assert "Benali" not in text


def test_a_long_title_and_long_facts_stay_on_one_page(as_helper: Client, session: Session) -> None:
    workshop = session.workshop
    workshop.title, workshop.summary, workshop.bring, workshop.transport = (
        "Conserver ses légumes " * 5,
        "Mot " * 50,
        "Sac " * 50,
        "Car " * 50,
    )
    workshop.title = workshop.title[:120]
    workshop.save()
    for name in ("session_poster_a4", "session_poster_a3", "session_poster_tabs"):
        assert len(text_in(as_helper.get(page(name, session)))) == 1, name


def test_the_list_shows_the_names_that_lists_show(
    as_helper: Client, session: Session, household: Household, garden: Garden
) -> None:
    enrol(session, household, 2)
    enrol(session, make.make_household(garden, "Durand"))
    [text] = text_in(as_helper.get(page("session_list", session)))
    assert "2 adultes" in text and "En attente" in text and "Benali" not in text and "Durand" not in text


def test_there_is_a_ticket_for_each_place_and_each_is_good(as_coordinator: Client, session: Session) -> None:
    text = "".join(text_in(as_coordinator.get(page("session_tickets", session))))
    codes = opinions.tickets(session, 10)
    assert all(code in text for code in codes) and len(set(codes)) == 10
    assert all(opinions.is_ticket(session, code) for code in codes)


# --- Opinions -------------------------------------------------------------------------------------


def test_papers_read_by_the_garden_are_shown_once_there_are_five(as_coordinator: Client, session: Session) -> None:
    where = page("session_opinions", session)
    as_coordinator.post(where, {"face": "1", "sentence": "Trop court."})
    as_coordinator.post(where, {"compter": "1", "glad": "3", "so_so": "0", "sad": "0"})
    shown = text_of(as_coordinator.get(page("session", session)))
    assert "4 avis" in shown and "Trop court." not in shown
    as_coordinator.post(where, {"face": "2", "sentence": ""})
    shown = text_of(as_coordinator.get(page("session", session)))
    assert "Trop court." in shown and Opinion.objects.count() == 5


def test_what_people_thought_leaves_no_trace_of_who(session: Session, household: Household) -> None:
    enrol(session, household)
    before = LogEvent.objects.count()
    opinions.say(session, household, face=3, sentence="Bien.", at=DURING)
    assert LogEvent.objects.count() == before
    assert str(household.pk) not in (Opinion.objects.get().once, Opinion.objects.get().sentence)


def test_opinions_are_noted_from_the_day_itself_to_a_month_after(as_coordinator: Client, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    for moment in (AT, datetime(2017, 6, 1, tzinfo=UTC)):
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        assert "à un mois après" in text_of(
            as_coordinator.post(page("session_opinions", session), {"face": "3"}, follow=True)
        )
    assert not Opinion.objects.exists()


# --- By who referred somebody ---------------------------------------------------------------------


@pytest.fixture
def referral(garden: Garden, household: Household) -> Referral:
    partner = make.make_partner()
    partner.gardens.add(garden)
    return Referral.objects.create(
        garden=garden, partner=partner, referrer_name="Claire", referrer_reach="claire@exemple.fr", first_name="Amina", commune_code="41018",
        consent_version="1", consent_on=date(2017, 3, 1), tells_outcome=True, digest="a" * 64, state="accepted", sent_at=AT, state_at=AT,
        household=household,
    )  # fmt: skip


def a_referrer(name: str, partner: Partner) -> Client:
    """Somebody who refers people for an organisation, signed in."""
    mail = f"{name.split()[0].lower()}@orientation.example"
    login, _made = give_access(
        email=mail, name=name, role="referrer", garden=None, partner=partner, on=AT.date(), by=None, at=AT
    )
    client = Client()
    client.force_login(login)
    return client


@pytest.fixture
def claire(referral: Referral) -> Client:
    """Who refers people for the organisation that sent this referral."""
    return a_referrer("Claire Petit", referral.partner)


@pytest.fixture
def later(garden: Garden, session: Session) -> Session:
    return make_session(garden, date(2017, 4, 20), seats=3)


def test_who_referred_somebody_enrols_them_and_they_read_who_did(
    claire: Client, referral: Referral, later: Session
) -> None:
    assert "Inscrire à un atelier" in text_of(claire.get(f"/mes-orientations/{referral.pk}/"))
    where = f"/mes-orientations/{referral.pk}/ateliers/"
    answer = claire.post(where, {"session": later.pk, "adults": "1", "children": "2"}, follow=True)
    assert "C’est inscrit" in text_of(answer)
    one = Enrolment.objects.get()
    assert (one.source, one.partner, one.household, one.by.first_name) == (
        "referrer",
        referral.partner,
        referral.household,
        "Claire",
    )
    acted = mine.acted(referral.household.members.get())
    assert [(line.who.split()[0], line.what) for line in acted] == [("Claire", "vous a inscrit à un atelier")]


def test_the_garden_s_lists_do_not_tell_who_was_enrolled_by_a_referrer(
    as_helper: Client, claire: Client, referral: Referral, later: Session
) -> None:
    claire.post(f"/mes-orientations/{referral.pk}/ateliers/", {"session": later.pk, "adults": "1", "children": "0"})
    shown = as_helper.get(page("session", later)).content.decode()
    assert "CCAS" not in shown and "Claire" not in shown and "accompagne" not in shown


@pytest.mark.parametrize("why", [{"tells_outcome": False}, {"state": "waiting", "household": None}])
def test_without_the_person_s_agreement_or_a_place_at_the_garden_nobody_is_enrolled(
    claire: Client, referral: Referral, later: Session, why: dict[str, Any]
) -> None:
    Referral.objects.filter(pk=referral.pk).update(**why)
    where = f"/mes-orientations/{referral.pk}/ateliers/"
    assert claire.get(where).status_code == 404
    assert claire.post(where, {"session": later.pk, "adults": "1"}).status_code == 404
    assert "Inscrire à un atelier" not in text_of(claire.get(f"/mes-orientations/{referral.pk}/"))
    assert not Enrolment.objects.exists()


def test_another_organisation_enrols_nobody_of_ours(referral: Referral, later: Session) -> None:
    omar = a_referrer("Omar Autre", make.make_partner("Mission locale"))
    assert (
        omar.post(f"/mes-orientations/{referral.pk}/ateliers/", {"session": later.pk, "adults": "1"}).status_code == 404
    )


def test_a_session_that_has_begun_is_no_choice(
    claire: Client, referral: Referral, later: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = f"/mes-orientations/{referral.pk}/ateliers/"
    assert "jeudi 20 avril" in text_of(claire.get(where))
    monkeypatch.setattr(clock, "now", lambda: later.starts_at)
    assert "jeudi 20 avril" not in text_of(claire.get(where))
    claire.post(where, {"session": later.pk, "adults": "1", "children": "0"})
    assert not Enrolment.objects.exists()


def test_staff_enrol_somebody_while_it_runs_and_read_the_places_left(as_coordinator: Client, session: Session, household: Household, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(clock, "now", lambda: DURING)
    where = page("session", session)
    assert "2 places" in text_of(as_coordinator.get(where))
    typed = {"foyer": household.pk, "adults": "1", "children": "0"}
    assert "C’est inscrit" in text_of(as_coordinator.post(page("session_enrol", session), typed, follow=True))
    one = Enrolment.objects.get()
    as_coordinator.post(reverse("desk:session_party", args=[session.garden.code, session.pk, one.pk]), {"adults": "2", "children": "0"})  # fmt: skip
    one.refresh_from_db()
    assert one.adults == 2


def test_a_session_of_another_garden_is_no_choice(claire: Client, referral: Referral) -> None:
    theirs = make_session(make.make_garden("autre", "Autre jardin"), date(2017, 4, 20))
    answer = claire.post(f"/mes-orientations/{referral.pk}/ateliers/", {"session": theirs.pk, "adults": "1"})
    assert answer.status_code == 200 and not Enrolment.objects.exists()
