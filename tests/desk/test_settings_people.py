"""People and their roles: given, read, corrected and ended by whoever may."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.network.models import Garden, Login, Partner, Person, Role
from tests.desk.a_week import MONDAY_AFTER, text_of
from tests.factories import make_edition, make_garden, make_person, signed_in

pytestmark = pytest.mark.django_db
SAMIR = {
    "email": "samir@exemple.fr",
    "first_name": "Samir",
    "last_name": "Haddad",
    "kind": "helper",
    "from_day": "2017-03-27",
    "until_day": "",
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
    return signed_in(make_person("coordinator", garden, "lea@exemple.fr"))


@pytest.fixture
def nadia() -> Client:
    return signed_in(make_person("network", email="nadia@exemple.fr"))


def roles_of(email: str) -> list[tuple[str, str | None, date, date | None]]:
    rows = Role.objects.filter(person__login__email=email).order_by("from_day", "pk")
    return list(rows.values_list("kind", "garden__code", "from_day", "until_day"))


# --- Giving ---------------------------------------------------------------------------------------


def test_a_coordinator_lets_a_helper_in_who_sees_the_week_and_no_money(garden: Garden, lea: Client) -> None:
    answer = lea.post("/jardins/val/equipe/donner-un-role/", SAMIR, follow=True)
    assert "Samir Haddad peut entrer avec samir@exemple.fr : un code lui est envoyé à chaque fois." in text_of(answer)
    samir = signed_in(Person.objects.get(first_name="Samir"))
    assert samir.get("/jardins/val/foyers/").status_code == 200
    assert samir.get("/jardins/val/conventions/").status_code == 404
    assert "Samir Haddad samir@exemple.fr Aide depuis le 27/03/2017" in text_of(lea.get("/jardins/val/equipe/"))


def test_a_role_with_dates_opens_and_shuts_the_door_on_its_days(garden: Garden, lea: Client, settings: Any) -> None:
    lea.post("/jardins/val/equipe/donner-un-role/", SAMIR | {"from_day": "2017-04-01", "until_day": "2017-04-30"})
    samir = signed_in(Person.objects.get(first_name="Samir"))
    for day, status in (
        (MONDAY_AFTER, 404),
        (date(2017, 4, 1), 200),
        (date(2017, 4, 30), 200),
        (date(2017, 5, 1), 404),
    ):
        settings.TODAY = day
        assert samir.get("/jardins/val/foyers/").status_code == status, day


def test_somebody_holds_several_roles_in_several_gardens(garden: Garden, nadia: Client) -> None:
    other = make_garden("autre", "Jardin d’à côté")
    nadia.post("/personnes/donner-un-role/", SAMIR | {"kind": "coordinator", "place": garden.pk})
    again = SAMIR | {"kind": "treasurer", "place": other.pk, "first_name": "", "last_name": ""}
    answer = nadia.post("/personnes/donner-un-role/", again, follow=True)
    assert "Samir Haddad, déjà connu avec samir@exemple.fr, a ce rôle en plus." in text_of(answer)
    nadia.post("/personnes/donner-un-role/", SAMIR | {"kind": "network", "place": ""})
    assert [role[:2] for role in roles_of("samir@exemple.fr")] == [
        ("coordinator", "val"),
        ("treasurer", "autre"),
        ("network", None),
    ]
    assert Person.objects.filter(first_name="Samir").count() == 1
    page = text_of(nadia.post("/personnes/", {"q": "samir"}))
    for said in ("Coordination, Jardin du Val", "Trésorerie, Jardin d’à côté", "Réseau, Tête de réseau"):
        assert said in page


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"first_name": ""}, "Personne n’entre encore avec cette adresse : donnez au moins un prénom."),
        ({"until_day": "2017-03-01"}, "La fin vient avant le début."),
        ({"email": "samir"}, "Saisissez une adresse de courriel valide."),
        ({"kind": "network"}, "Sélectionnez un choix valide."),
        ({"email": "LEA@exemple.fr", "kind": "coordinator"}, "Léa Martin a déjà ce rôle, depuis le 01/01/2016."),
    ],
)
def test_what_is_wrong_is_told_and_nobody_comes_in(
    garden: Garden, lea: Client, answers: dict[str, str], said: str
) -> None:
    answer = lea.post("/jardins/val/equipe/donner-un-role/", SAMIR | answers)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Person.objects.filter(first_name="Samir").exists()


def test_a_role_of_a_garden_needs_a_garden_and_the_network_s_has_none(garden: Garden, nadia: Client) -> None:
    assert "Choisissez le jardin." in text_of(nadia.post("/personnes/donner-un-role/", SAMIR))
    answer = nadia.post("/personnes/donner-un-role/", SAMIR | {"kind": "network", "place": garden.pk})
    assert "va sans jardin" in text_of(answer)


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["helper", "treasurer"])
def test_only_the_coordination_gives_roles(garden: Garden, lea: Client, role: str) -> None:
    somebody = Role.objects.get(kind="coordinator")
    client = signed_in(make_person(role, garden))
    urls = ["/jardins/val/equipe/", "/jardins/val/equipe/donner-un-role/", f"/personnes/{somebody.person_id}/",
            f"/personnes/{somebody.person_id}/modifier/", f"/roles/{somebody.pk}/fin/", "/personnes/"]  # fmt: skip
    assert [client.get(url).status_code for url in urls] == [404] * len(urls)
    assert client.post("/jardins/val/equipe/donner-un-role/", SAMIR | {"kind": "coordinator"}).status_code == 404


def test_a_coordinator_neither_sees_nor_ends_a_role_held_elsewhere(garden: Garden, lea: Client) -> None:
    other = make_garden("autre", "Jardin d’à côté")
    rose = make_person("treasurer", other, "rose@exemple.fr")
    assert lea.get(f"/personnes/{rose.pk}/").status_code == 404
    lea.post("/jardins/val/equipe/donner-un-role/", SAMIR | {"email": "rose@exemple.fr"})
    page = text_of(lea.get(f"/personnes/{rose.pk}/"))
    assert "Jardin d’à côté" not in page
    assert (
        lea.post(
            f"/roles/{Role.objects.get(garden=other, person=rose).pk}/fin/", {"last_day": "2017-03-27"}
        ).status_code
        == 404
    )


def test_a_garden_cannot_take_over_the_address_of_somebody_who_also_works_elsewhere(
    garden: Garden, lea: Client, nadia: Client
) -> None:
    lea.post("/jardins/val/equipe/donner-un-role/", SAMIR | {"email": "nadia@exemple.fr"})
    nadia_herself = Person.objects.get(login__email="nadia@exemple.fr")
    assert (
        lea.post(
            f"/personnes/{nadia_herself.pk}/modifier/", {"first_name": "N", "email": "lea2@exemple.fr"}
        ).status_code
        == 404
    )
    assert Login.objects.filter(email="nadia@exemple.fr").exists()


# --- Correcting and ending ------------------------------------------------------------------------


def test_a_name_and_an_address_are_corrected_and_the_old_address_no_longer_enters(garden: Garden, lea: Client) -> None:
    lea.post("/jardins/val/equipe/donner-un-role/", SAMIR)
    samir = Person.objects.get(first_name="Samir")
    new = {"first_name": "Samir", "last_name": "Hadad", "phone": "06 12 34 56 78", "email": "s.hadad@exemple.fr"}
    lea.post(f"/personnes/{samir.pk}/modifier/", new)
    samir.refresh_from_db()
    assert (samir.last_name, samir.phone, samir.login.email) == ("Hadad", "+33612345678", "s.hadad@exemple.fr")
    answer = lea.post(f"/personnes/{samir.pk}/modifier/", new | {"email": "Lea@exemple.fr"})
    assert "Quelqu’un d’autre entre avec cette adresse." in text_of(answer)


def test_somebody_without_a_way_in_gets_one_with_an_address(garden: Garden, lea: Client) -> None:
    rose = Person.objects.create(first_name="Rose")
    Role.objects.create(person=rose, kind="helper", garden=garden, from_day=date(2016, 1, 1))
    lea.post(f"/personnes/{rose.pk}/modifier/", {"first_name": "Rose", "email": ""})
    assert not Login.objects.filter(person=rose).exists()
    lea.post(f"/personnes/{rose.pk}/modifier/", {"first_name": "Rose", "email": "Rose@exemple.fr"})
    assert signed_in(Person.objects.get(pk=rose.pk)).get("/jardins/val/foyers/").status_code == 200


def test_a_role_ends_on_its_day_and_one_given_by_mistake_is_gone_at_once(garden: Garden, lea: Client) -> None:
    lea.post("/jardins/val/equipe/donner-un-role/", SAMIR | {"from_day": "2017-01-02"})
    lea.post(f"/roles/{Role.objects.get(kind='helper').pk}/fin/", {"last_day": "2017-03-31"})
    assert roles_of("samir@exemple.fr") == [("helper", "val", date(2017, 1, 2), date(2017, 3, 31))]
    lea.post("/jardins/val/equipe/donner-un-role/", SAMIR | {"kind": "treasurer"})
    lea.post(f"/roles/{Role.objects.get(kind='treasurer').pk}/fin/", {"last_day": "2017-03-26"})
    assert [role[0] for role in roles_of("samir@exemple.fr")] == ["helper"]


def test_the_past_stays_as_it_was(garden: Garden, lea: Client) -> None:
    lea.post("/jardins/val/equipe/donner-un-role/", SAMIR | {"from_day": "2017-01-02"})
    answer = lea.post(f"/roles/{Role.objects.get(kind='helper').pk}/fin/", {"last_day": "2017-02-01"})
    assert "Ce qui a été fait reste fait : choisissez le 26/03/2017 ou un jour d’après." in text_of(answer)


def test_a_garden_and_the_network_keep_somebody_to_run_them(garden: Garden, lea: Client, nadia: Client) -> None:
    answer = lea.post(f"/roles/{Role.objects.get(kind='coordinator').pk}/fin/", {"last_day": "2017-03-27"})
    assert "Personne d’autre ne coordonne Jardin du Val après ce jour." in text_of(answer)
    answer = nadia.post(f"/roles/{Role.objects.get(kind='network').pk}/fin/", {"last_day": "2017-03-27"})
    assert "Personne d’autre n’est à la tête de réseau après ce jour." in text_of(answer)
    lea.post("/jardins/val/equipe/donner-un-role/", SAMIR | {"kind": "coordinator"})
    mine = Role.objects.get(kind="coordinator", person__login__email="lea@exemple.fr")
    assert lea.post(f"/roles/{mine.pk}/fin/", {"last_day": "2017-03-27"}).status_code == 302
    assert Role.objects.get(pk=mine.pk).until_day == date(2017, 3, 27)


# --- Constant queries -----------------------------------------------------------------------------


def test_the_list_asks_as_much_for_forty_people_as_for_two(garden: Garden, nadia: Client) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert nadia.get("/personnes/").status_code == 200
        return len(seen)

    make_person("helper", garden)
    few = count()
    for number in range(38):
        make_person("helper", make_garden(f"j{number}", f"Jardin {number}"))
    assert count() == few <= 25


def test_a_mail_address_is_never_in_the_address_of_a_page(garden: Garden, lea: Client) -> None:
    """It would stay in the browser's history and in the server's log."""
    rose = make_person("helper", garden)
    page = lea.get(f"/personnes/{rose.pk}/").content.decode()
    [give] = re.findall(r'href="(/jardins/val/equipe/donner-un-role/[^"]*)"', page)
    assert "@" not in give and "%40" not in give
    assert rose.login.email in lea.get(give).content.decode()
    stranger = make_person("helper", make_garden("ailleurs", "Ailleurs"))
    page = lea.get(f"/jardins/val/equipe/donner-un-role/?personne={stranger.pk}").content.decode()
    assert stranger.login.email not in page


# --- Auditors, referrers, funders -----------------------------------------------------------------


def test_an_audit_has_an_end(garden: Garden, lea: Client) -> None:
    answer = lea.post("/jardins/val/equipe/donner-un-role/", SAMIR | {"kind": "auditor"})
    assert answer.status_code == 422
    assert "Un contrôle a une fin : donnez son dernier jour." in text_of(answer)
    lea.post("/jardins/val/equipe/donner-un-role/", SAMIR | {"kind": "auditor", "until_day": "2017-04-30"})
    assert roles_of("samir@exemple.fr") == [("auditor", "val", MONDAY_AFTER, date(2017, 4, 30))]


def test_a_garden_gives_no_role_of_a_partner(garden: Garden, lea: Client) -> None:
    assert lea.post("/jardins/val/equipe/donner-un-role/", SAMIR | {"kind": "funder"}).status_code == 422
    assert roles_of("samir@exemple.fr") == []


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        ("funder", {}, "Choisissez le partenaire."),
        ("funder", {"partner": "refers"}, "Ce partenaire ne finance pas"),
        ("referrer", {"partner": "funds"}, "Ce partenaire n’oriente personne"),
        ("funder", {"partner": "funds", "place": "garden"}, "Ce rôle est d’un partenaire"),
        ("helper", {"partner": "funds", "place": "garden"}, "Ce rôle va sans partenaire."),
    ],
)
def test_a_role_of_a_partner_names_a_partner_that_does_so(
    garden: Garden, nadia: Client, kind: str, more: dict[str, str], told: str
) -> None:
    known = {
        "refers": Partner.objects.create(name="Mission locale", kind="association", refers=True).pk,
        "funds": Partner.objects.create(name="Fondation", kind="foundation", funds=True).pk,
        "garden": garden.pk,
    }
    answer = nadia.post(
        "/personnes/donner-un-role/", SAMIR | {"kind": kind} | {name: known[word] for name, word in more.items()}
    )
    assert answer.status_code == 422
    assert told in text_of(answer)


def test_the_network_gives_and_ends_the_role_of_a_funder(garden: Garden, nadia: Client) -> None:
    partner = Partner.objects.create(name="Fondation", kind="foundation", funds=True)
    nadia.post("/personnes/donner-un-role/", SAMIR | {"kind": "funder", "partner": partner.pk})
    role = Role.objects.get(kind="funder")
    assert (role.garden, role.partner) == (None, partner)
    assert "Financement, chiffres seuls" in text_of(nadia.get(f"/personnes/{role.person_id}/"))
    assert "Fondation" in text_of(nadia.get("/personnes/"))
    again = nadia.post("/personnes/donner-un-role/", SAMIR | {"kind": "funder", "partner": partner.pk})
    assert "a déjà ce rôle" in text_of(again)
    nadia.post(f"/roles/{role.pk}/fin/", {"last_day": "2017-03-26"})
    assert not Role.objects.filter(kind="funder").exists()
