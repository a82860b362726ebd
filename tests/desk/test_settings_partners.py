"""Partners as the network officer and a garden's coordinator enter, read and correct them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.network.models import Garden, Partner
from tests.desk.a_week import MONDAY_AFTER, text_of
from tests.factories import make_agreement, make_edition, make_garden, make_partner, make_person, signed_in

pytestmark = pytest.mark.django_db
CCAS = {
    "name": "CCAS de Blois",
    "kind": "ccas",
    "does": ["funds", "refers"],
    "place": "41000 Blois",
    "siret": "",
    "contact": "",
}


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.TODAY = MONDAY_AFTER


@pytest.fixture
def garden() -> Garden:
    make_edition()
    return make_garden()


@pytest.fixture
def lea(garden: Garden) -> Client:
    return signed_in(make_person("coordinator", garden))


@pytest.fixture
def nadia() -> Client:
    return signed_in(make_person("network"))


def test_a_coordinator_adds_a_partner_of_her_garden(garden: Garden, lea: Client) -> None:
    answer = lea.post("/jardins/val/partenaires/ajouter/", CCAS, follow=True)
    page = text_of(answer)
    assert "Finance Oriente des personnes" in page
    assert "Commune Blois (41)" in page
    made = Partner.objects.get()
    assert (made.public, made.level, list(made.gardens.all())) == (True, "local", [garden])
    assert (made.funds, made.refers, made.hosts, made.steers, made.runs_workshops) == (True, True, False, False, False)


@pytest.mark.parametrize(
    ("kind", "public"), [("ccas", True), ("university", True), ("company", False), ("foundation", False)]
)
def test_public_or_private_follows_the_kind_unless_it_is_said(
    garden: Garden, lea: Client, kind: str, public: bool
) -> None:
    lea.post("/jardins/val/partenaires/ajouter/", CCAS | {"kind": kind})
    lea.post(
        "/jardins/val/partenaires/ajouter/",
        CCAS | {"kind": kind, "name": "Autre", "public": "non" if public else "oui"},
    )
    assert Partner.objects.get(name="CCAS de Blois").public is public
    assert Partner.objects.get(name="Autre").public is not public


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"does": []}, "Cochez au moins une chose que fait ce partenaire."),
        ({"siret": "123"}, "Ce n’est pas un SIRET"),
        ({"place": "Xyzzy"}, "Cette commune n’est pas dans la liste officielle."),
        ({"name": "ccas de tours"}, "« CCAS de Tours » est déjà dans la liste."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(
    garden: Garden, lea: Client, answers: dict[str, Any], said: str
) -> None:
    make_partner("CCAS de Tours").gardens.add(garden)
    answer = lea.post("/jardins/val/partenaires/ajouter/", CCAS | answers)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert Partner.objects.count() == 1


def test_a_partner_is_corrected_and_the_list_says_what_it_does(garden: Garden, lea: Client) -> None:
    one = make_partner("CCAS de Blois", funds=True)
    one.gardens.add(garden)
    lea.post(
        f"/partenaires/{one.pk}/modifier/",
        CCAS | {"name": "CIAS de Blois", "does": ["hosts", "steers", "runs_workshops"], "kind": "municipality"},
    )
    page = text_of(lea.get("/jardins/val/partenaires/"))
    assert (
        "CIAS de Blois commune ou intercommunalité, public accueille un dépôt, participe au pilotage, anime des ateliers"
        in page
    )
    assert "CIAS de Blois" in text_of(lea.get("/jardins/val/partenaires/?fait=pilotent"))
    assert "Aucun partenaire ici" in text_of(lea.get("/jardins/val/partenaires/?q=xyz"))


def test_a_helper_sees_no_partner_a_stranger_neither(garden: Garden) -> None:
    one = make_partner()
    one.gardens.add(garden)
    urls = [
        "/jardins/val/partenaires/",
        "/jardins/val/partenaires/ajouter/",
        f"/partenaires/{one.pk}/",
        f"/partenaires/{one.pk}/modifier/",
    ]
    for person in (make_person("helper", garden), make_person("coordinator", make_garden("ailleurs", "Ailleurs"))):
        client = signed_in(person)
        assert [client.get(url).status_code for url in urls] == [404] * 4
        assert client.post(urls[3], CCAS).status_code == 404


def test_one_garden_does_not_change_a_partner_that_it_shares_nor_a_national_one(garden: Garden, lea: Client) -> None:
    shared, national = make_partner("MSA"), make_partner("DGCS", "state", level="national")
    shared.gardens.add(garden, make_garden("ailleurs", "Ailleurs"))
    for one in (shared, national):
        assert lea.get(f"/partenaires/{one.pk}/").status_code == 200
        assert lea.get(f"/partenaires/{one.pk}/modifier/").status_code == 404
    assert "Ailleurs" not in text_of(lea.get(f"/partenaires/{shared.pk}/"))


def test_the_network_adds_a_national_funder_and_links_gardens(garden: Garden, nadia: Client) -> None:
    nadia.post(
        "/partenaires/ajouter/",
        {"name": "Fondation Terre", "kind": "foundation", "does": ["funds"], "level": "national"},
    )
    nadia.post("/partenaires/ajouter/", CCAS | {"level": "local", "gardens": [garden.pk]})
    assert Partner.objects.get(name="Fondation Terre").level == "national"
    assert list(Partner.objects.get(name="CCAS de Blois").gardens.all()) == [garden]
    assert "Fondation Terre fondation, privé, national" in text_of(nadia.get("/partenaires/"))


def test_a_partner_s_page_leads_to_its_agreements_and_its_statement(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    one.partner.gardens.add(garden)
    page = lea.get(f"/partenaires/{one.partner_id}/").content.decode()
    assert f"/conventions/{one.pk}/" in page
    assert f"/jardins/val/releves/{one.partner_id}/" in page


def test_a_payer_that_no_garden_noted_is_found_where_it_pays(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden).partner
    assert f"/partenaires/{one.pk}/" in lea.get("/jardins/val/partenaires/").content.decode()
    assert lea.get(f"/partenaires/{one.pk}/").status_code == 200
    stranger = signed_in(make_person("treasurer", make_garden("ailleurs", "Ailleurs")))
    assert stranger.get(f"/partenaires/{one.pk}/").status_code == 404


def test_the_list_asks_as_much_for_fifty_partners_as_for_three(garden: Garden, lea: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert lea.get("/jardins/val/partenaires/").status_code == 200
        return len(seen)

    for number in range(3):
        make_agreement(garden, name=f"n{number}", partner=make_partner(f"p{number}")).partner.gardens.add(garden)
    few = count()
    for number in range(47):
        make_agreement(garden, name=f"m{number}", partner=make_partner(f"q{number}")).partner.gardens.add(garden)
    assert count() == few <= 25


def test_an_empty_list_says_what_to_do_first(garden: Garden, lea: Client) -> None:
    assert "Pas encore de partenaire" in text_of(lea.get("/jardins/val/partenaires/"))
