"""The page of search: what a gardener types leads somewhere, and leaves no trace in addresses."""

from __future__ import annotations

import pytest
from django.urls import reverse

from cageot.network import finding
from cageot.network.actions import give_access
from cageot.network.finding import Text
from tests import factories as make

pytestmark = pytest.mark.django_db
PAGE = "/chercher/"


def put(*, garden: int | None = None) -> None:
    finding.put(
        Text("chapter", "dignite", "La dignité", "Personne ne peut deviner qui paie moins."),
        Text("recipe", "soupe", "Soupe de poireaux", "Émincez les poireaux."),
        *([Text("session", "7", "Cuisine du chou", "Au four.", reach="garden", garden=garden)] if garden else []),
    )


def test_words_without_accents_lead_to_the_page() -> None:
    put()
    client = make.signed_in(make.make_person(garden=make.make_garden()))
    page = client.post(PAGE, {"q": "dignite"}).content.decode()
    assert reverse("desk:chapter", args=["dignite"]) in page
    assert "<mark>" not in page  # the title has it, the text has not
    page = client.post(PAGE, {"q": "poireau"}).content.decode()
    assert "<mark>poireaux</mark>" in page
    assert "1 résultat" in page


def test_the_question_is_in_no_address() -> None:
    put()
    client = make.signed_in(make.make_person(garden=make.make_garden()))
    page = client.post(PAGE, {"q": "poireau"}).content.decode()
    assert "?q=" not in page
    assert "Rien pour" not in client.get(PAGE + "?q=zzz").content.decode()


def test_nothing_found_says_what_to_do() -> None:
    page = make.signed_in(make.make_person(garden=make.make_garden())).post(PAGE, {"q": "xylophone"}).content.decode()
    assert "Rien pour" in page
    assert "Essayez un seul mot" in page


def test_a_slip_is_said_on_the_page() -> None:
    put()
    page = make.signed_in(make.make_person(garden=make.make_garden())).post(PAGE, {"q": "poirreau"}).content.decode()
    assert "poireau" in page
    assert "Cherché" in page


def test_a_kind_alone_can_be_searched() -> None:
    put()
    client = make.signed_in(make.make_person(garden=make.make_garden()))
    assert "Soupe" not in client.post(PAGE, {"q": "paie poireaux", "kind": "chapter"}).content.decode()


def test_another_garden_s_sessions_are_not_found() -> None:
    val, sens = make.make_garden("val"), make.make_garden("sens", "Jardin de Sens")
    put(garden=sens.pk)
    here = make.signed_in(make.make_person(garden=val, email="a@example.org"))
    there = make.signed_in(make.make_person(garden=sens, email="b@example.org"))
    assert "Cuisine du chou" not in here.post(PAGE, {"q": "chou"}).content.decode()
    assert "Cuisine du chou" in there.post(PAGE, {"q": "chou"}).content.decode()


def test_typed_markup_stays_text() -> None:
    page = (
        make.signed_in(make.make_person(garden=make.make_garden()))
        .post(PAGE, {"q": "<script>alert(1)</script>"})
        .content.decode()
    )
    assert "<script>alert" not in page


def test_the_list_alone_comes_when_the_page_is_there() -> None:
    put()
    page = make.signed_in(make.make_person(garden=make.make_garden())).post(
        PAGE, {"q": "poireau"}, headers={"HX-Request": "true"}
    )
    assert b"<html" not in page.content


@pytest.mark.parametrize("role", ["referrer", "funder"])
def test_who_has_no_garden_has_no_search(role: str) -> None:
    partner = make.make_partner()
    login, _new = give_access(
        email="x@example.org", name="X", role=role, garden=None, partner=partner, on=make.THURSDAY, by=None, at=make.AT
    )
    assert make.signed_in(login.person).get(PAGE).status_code == 404
