"""What is kept of a household, what it asks, who read it; and how long things stay."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from cageot.core import clock
from cageot.desk.reads import READS
from cageot.members import actions as members
from cageot.members import rights
from cageot.members.models import Consent, DataRequest, Household, Member, Retention
from cageot.network.models import LogEvent, Message, Person
from tests.desk.a_week import AT, MONDAY_AFTER, Place, a_place, a_stranger, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(settings, monkeypatch) -> Place:
    settings.TODAY = MONDAY_AFTER
    monkeypatch.setattr(clock, "now", lambda: datetime(2017, 3, 27, 9, tzinfo=UTC))
    return a_place()


@pytest.fixture
def amina(place) -> Household:
    household = place.baskets[0].household
    members.amend(
        household, contact={"email": "amina@exemple.fr", "mobile": "0611223344"}, details={"address": "3 rue des Lilas", "town": "Blois"},
        by=None, at=AT,
    )  # fmt: skip
    return household


def url(name: str, household: Household, *more: object) -> str:
    return reverse(f"desk:{name}", args=[household.garden.code, household.pk, *more])


def inside(household: Household) -> Client:
    """A browser where the household's contact has come in."""
    client = Client()
    session = client.session
    session["member"] = {"pk": household.members.get().pk, "way": "mail", "acting": None}
    session.save()
    return client


# --- A copy -------------------------------------------------------------------------------------


def test_a_member_takes_all_that_is_kept_as_a_file_and_as_a_paper(place, amina) -> None:
    place.mark_all()
    place.close()
    browser = inside(amina)
    told = json.loads(browser.get("/moi/donnees/copie.json").content)
    found = {one["table"]: one["rows"] for one in told["data"]}
    assert found["members.Member"][0]["email"] == "amina@exemple.fr"
    assert found["members.Household"][0]["address"] == "3 rue des Lilas"
    assert found["members.Support"][0]["agreement"] == "CCAS 2017"
    assert found["baskets.Basket"][0] | {"delivery": "2017-03-23", "state": "retiré"} == found["baskets.Basket"][0]
    assert found["funding.Charge"] == [{"day": "2017-03-23", "cents": 360}]
    paper = browser.get("/moi/donnees/copie.pdf")
    text = " ".join(page.extract_text() for page in PdfReader(paper_bytes(paper)).pages)
    assert "amina@exemple.fr" in text and "3 rue des Lilas" in text and "Les paniers" in text
    assert "members." not in text
    assert browser.get("/moi/donnees/copie.doc").status_code == 404


def paper_bytes(response):
    import io

    return io.BytesIO(response.content)


def test_a_copy_holds_nothing_of_another_household_nor_of_who_typed_it(place, amina) -> None:
    text = inside(amina).get("/moi/donnees/copie.json").content.decode()
    for other in Member.objects.exclude(household=amina):
        assert other.last_name not in text
    assert "Léa" not in text and "secret" not in text and amina.secret not in text


def test_who_has_not_come_in_takes_no_copy(place, amina) -> None:
    for address in ("/moi/donnees/", "/moi/donnees/copie.json", "/moi/donnees/copie.pdf"):
        assert Client().get(address).status_code == 302
        assert signed_in(place, "coordinator").get(address).status_code == 302


def test_the_garden_hands_a_copy_and_the_log_says_who_took_it(place, amina) -> None:
    lea = signed_in(place, "coordinator")
    assert lea.get(url("household_copy", amina, "json")).status_code == 200
    event = LogEvent.objects.get(verb="read.copy")
    assert (str(event.by), event.about, event.detail) == ("Léa Martin", f"members.household:{amina.pk}", {})
    assert "Léa Martin une copie de ses données" in text_of(lea.get(url("household_privacy", amina)))


@pytest.mark.parametrize("role", ["helper", "treasurer", "network"])
def test_only_who_keeps_the_files_of_households_opens_their_data(place, amina, role: str) -> None:
    other = signed_in(place, role)
    for address in (
        url("household_privacy", amina),
        url("household_copy", amina, "json"),
        reverse("desk:data_requests", args=[place.garden.code]),
    ):
        assert other.get(address).status_code == 404
        assert a_stranger_once(place).get(address).status_code == 404


def a_stranger_once(place: Place) -> Client:
    from cageot.network.models import Garden

    return a_stranger() if not Garden.objects.filter(code="ailleurs").exists() else Client_of("sam@exemple.fr")


def Client_of(email: str) -> Client:
    from cageot.network.models import Login

    client = Client()
    client.force_login(Login.objects.get(email=email))
    return client


# --- Asking -------------------------------------------------------------------------------------


def test_a_member_asks_for_a_correction_and_reads_the_answer(place, amina) -> None:
    browser, lea = inside(amina), signed_in(place, "coordinator")
    browser.post("/moi/donnees/demander/", {"kind": "correction", "words": "J’habite au 5."})
    browser.post("/moi/donnees/demander/", {"kind": "correction", "words": "Encore."})
    asked = DataRequest.objects.get()
    assert "J’habite au 5." in text_of(lea.get(reverse("desk:data_requests", args=[place.garden.code])))
    answer = reverse("desk:data_request", args=[place.garden.code, asked.pk])
    assert lea.post(answer, {"granted": "yes", "words": ""}).status_code == 422
    lea.post(answer, {"granted": "yes", "words": "C’est fait."})
    assert "C’est fait." in text_of(browser.get("/moi/donnees/"))
    asked.refresh_from_db()
    assert (asked.state, str(asked.by)) == ("done", "Léa Martin")


@pytest.mark.parametrize(
    ("granted", "said"), [("yes", "C’est fait."), ("no", "Le jardin ne peut pas le faire.")]
)  # fmt: skip
def test_a_member_is_told_that_their_request_was_answered(place, amina, granted, said) -> None:
    asked = rights.ask(amina, kind="correction", words="J’habite au 5.", by=None, at=AT)
    answer = reverse("desk:data_request", args=[place.garden.code, asked.pk])
    signed_in(place, "coordinator").post(answer, {"granted": granted, "words": "Le 5 est noté."})
    message = Message.objects.get(kind="data_answered")
    assert (message.channel, message.to, message.subject) == ("mail", "amina@exemple.fr", "Une réponse du jardin")
    for words in (said, "Le 5 est noté.", "/moi/donnees/"):
        assert words in message.body


def test_the_answer_itself_does_not_travel_by_sms_and_speaks_the_language_of_the_household(place, amina) -> None:
    members.amend(amina, contact={"email": ""}, details={"language": "es"}, by=None, at=AT)
    asked = rights.ask(amina, kind="correction", words="x", by=None, at=AT)
    by = signed_in(place, "coordinator") and Person.objects.get(first_name="Léa")
    rights.answer(asked, granted=True, words="Le 5 est noté.", today=MONDAY_AFTER, by=by, at=AT)
    message = Message.objects.get(kind="data_answered")
    assert message.channel == "sms"
    assert "Le 5" not in message.body and message.body.startswith("La huerta ha respondido")


def test_who_is_forgotten_is_written_to_no_more(place, amina) -> None:
    members.leave(amina, last_day=MONDAY_AFTER, by=None, at=AT)
    amina.refresh_from_db()
    asked = rights.ask(amina, kind="erasure", words="", by=None, at=AT)
    by = signed_in(place, "coordinator") and Person.objects.get(first_name="Léa")
    rights.answer(asked, granted=True, words="D’accord.", today=MONDAY_AFTER, by=by, at=AT)
    assert not Message.objects.exists()


def test_an_empty_correction_is_asked_again(place, amina) -> None:
    browser = inside(amina)
    assert "Écrivez ce qu’il faut corriger." in text_of(
        browser.post("/moi/donnees/demander/", {"kind": "correction", "words": " "}, follow=True)
    )
    assert browser.post("/moi/donnees/demander/", {"kind": "autre"}).status_code == 404
    assert not DataRequest.objects.exists()


def test_an_erasure_waits_for_the_departure_then_leaves_nobody(place, amina) -> None:
    browser, lea = inside(amina), signed_in(place, "coordinator")
    browser.post("/moi/donnees/demander/", {"kind": "erasure"})
    answer = reverse("desk:data_request", args=[place.garden.code, DataRequest.objects.get().pk])
    refused = lea.post(answer, {"granted": "yes", "words": "D’accord."})
    assert refused.status_code == 422 and "notez d’abord son départ" in text_of(refused)
    members.leave(amina, last_day=MONDAY_AFTER, by=None, at=AT)
    lea.post(answer, {"granted": "yes", "words": "D’accord."})
    amina.refresh_from_db()
    assert (amina.address, amina.erased_on) == ("", date(2017, 3, 1))
    assert not Member.objects.filter(email="amina@exemple.fr").exists()
    assert browser.get("/moi/donnees/").status_code == 302
    assert lea.get(url("household", amina)).status_code == 200
    assert lea.get(place.url("pointage/")).status_code in (200, 404)


def test_a_request_is_answered_once(place, amina) -> None:
    asked = rights.ask(amina, kind="correction", words="x", by=None, at=AT)
    lea = signed_in(place, "coordinator")
    by = Person.objects.get(first_name="Léa")
    rights.answer(asked, granted=False, words="Non.", today=MONDAY_AFTER, by=by, at=AT)
    with pytest.raises(rights.AlreadyAnswered):
        rights.answer(asked, granted=True, words="Oui.", today=MONDAY_AFTER, by=by, at=AT)
    assert "Non." in text_of(lea.get(reverse("desk:data_request", args=[place.garden.code, asked.pk])))


# --- Consents -----------------------------------------------------------------------------------


def test_a_consent_keeps_its_two_days_and_may_be_given_again(place, amina) -> None:
    browser, lea = inside(amina), signed_in(place, "coordinator")
    browser.post("/moi/donnees/accord/", {"kind": "news", "give": "1"})
    browser.post("/moi/donnees/accord/", {"kind": "news", "give": "1"})
    lea.post(url("household_consent", amina), {"kind": "news"})
    lea.post(url("household_consent", amina), {"kind": "news", "give": "1"})
    rows = list(Consent.objects.values_list("spoken", "withdrawn_on", "version"))
    assert rows == [(False, MONDAY_AFTER, rights.VERSION), (True, None, rights.VERSION)]
    assert "Recevoir les nouvelles du jardin" in text_of(lea.get(url("household_privacy", amina)))
    assert lea.post(url("household_consent", amina), {"kind": "referral", "give": "1"}).status_code == 404


# --- Who read -----------------------------------------------------------------------------------


def test_a_reading_is_noted_once_a_day_and_shown_to_who_coordinates(place, amina, settings) -> None:
    helper = signed_in(place, "helper")
    for _ in range(3):
        assert helper.get(url("household", amina)).status_code == 200
    assert LogEvent.objects.filter(verb="read.household").count() == 1
    assert "Hélène Prost la fiche du foyer" in text_of(
        signed_in(place, "coordinator").get(url("household_privacy", amina))
    )


def test_what_was_refused_is_not_noted_as_read(place, amina) -> None:
    assert signed_in(place, "network").get(url("household", amina)).status_code == 404
    assert not LogEvent.objects.filter(verb__startswith="read.").exists()


def test_every_page_whose_reading_is_noted_is_there() -> None:
    from tests.architecture.test_doors import routes

    names = {one.name: route for route, one in routes()}
    for page, (_verb, _rows, part) in READS.items():
        assert f":{part}>" in names[page.removeprefix("desk:")], page


def test_reading_costs_two_questions_once_and_one_after(place, amina, django_assert_max_num_queries) -> None:
    lea = signed_in(place, "coordinator")
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for _ in range(3):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            lea.get(url("household", amina))
        counts.append(sum("network_logevent" in one["sql"] for one in seen))
    assert counts[0] - counts[1] == 1 and counts[1] == counts[2]


# --- How long -----------------------------------------------------------------------------------


def test_the_network_chooses_how_long_and_may_hold_a_class(place) -> None:
    nadia = signed_in(place, "network")
    assert "24 mois après le dernier contact" in text_of(nadia.get(reverse("desk:retention")))
    page = reverse("desk:retention_class", args=["household"])
    assert nadia.post(page, {"months": "0"}).status_code == 422
    assert nadia.post(page, {"months": "36", "held": "on"}).status_code == 422
    nadia.post(page, {"months": "36", "held": "on", "held_why": "Une enquête."})
    assert Retention.objects.get(pk="household").months == 36
    assert "rien ne s’efface" in text_of(nadia.get(reverse("desk:retention")))
    assert nadia.get(reverse("desk:retention_class", args=["autre"])).status_code == 404


@pytest.mark.parametrize("role", ["coordinator", "helper", "treasurer"])
def test_a_garden_does_not_change_how_long_things_are_kept(place, role: str) -> None:
    someone = signed_in(place, role)
    assert someone.get(reverse("desk:retention")).status_code == 404
    assert someone.post(reverse("desk:retention_class", args=["household"]), {"months": "1"}).status_code == 404
