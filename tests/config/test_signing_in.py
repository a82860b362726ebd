"""Coming in: a mailed code, or a password; and in a demonstration, a button."""

import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

import cageot.config.settings
from cageot.network.actions import give_access
from cageot.network.models import Garden, Installation, Login
from tests.factories import AT, make_garden
from tests.reading import plain

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden() -> Garden:
    return make_garden()


@pytest.fixture
def lea(garden: Garden) -> Login:
    login, _ = give_access(
        email="lea@exemple.fr", name="Léa Martin", role="coordinator", garden=garden, password="un-jardin-au-printemps",
        on=AT.date(), by=None, at=AT,
    )  # fmt: skip
    return login


def test_a_stranger_is_asked_to_come_in_and_comes_back_where_they_were_going(client: Client) -> None:
    answer = client.get("/jardins/val/foyers/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/entrer/?next=/jardins/val/foyers/"


def test_a_code_by_mail_opens_the_door(client: Client, lea: Login) -> None:
    client.post(reverse("account_request_login_code"), {"email": "LEA@exemple.fr"})
    (letter,) = mail.outbox
    assert letter.to == ["lea@exemple.fr"]
    assert letter.subject == "Votre code pour entrer"
    found = re.search(r"Voici votre code : (\S+)", plain(letter.body))
    assert found
    wrong = client.post(reverse("account_confirm_login_code"), {"code": "AAAA-AAAA"})
    assert wrong.status_code == 200
    right = client.post(reverse("account_confirm_login_code"), {"code": found[1]})
    assert right.status_code == 302
    assert client.session["_auth_user_id"] == str(lea.pk)


def test_an_unknown_address_is_answered_the_same_and_opens_nothing(client: Client) -> None:
    answer = client.post(reverse("account_request_login_code"), {"email": "personne@exemple.fr"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == reverse("account_confirm_login_code")
    assert "_auth_user_id" not in client.session


def test_guessing_codes_is_stopped(client: Client, lea: Login) -> None:
    client.post(reverse("account_request_login_code"), {"email": "lea@exemple.fr"})
    for _ in range(5):
        answer = client.post(reverse("account_confirm_login_code"), {"code": "AAAA-AAAA"})
    assert answer.status_code in {302, 403, 429}
    found = re.search(r"Voici votre code : (\S+)", plain(mail.outbox[0].body))
    assert found
    client.post(reverse("account_confirm_login_code"), {"code": found[1]})
    assert "_auth_user_id" not in client.session


def test_a_password_opens_the_door_for_who_wants_one(client: Client, lea: Login) -> None:
    page = client.post(reverse("account_login"), {"login": "lea@exemple.fr", "password": "pas-le-bon-mot"})
    assert page.status_code == 200
    assert "_auth_user_id" not in client.session
    client.post(reverse("account_login"), {"login": "lea@exemple.fr", "password": "un-jardin-au-printemps"})
    assert client.session["_auth_user_id"] == str(lea.pk)


def test_nobody_signs_up_alone(client: Client) -> None:
    client.post("/inscription/", {"email": "intrus@exemple.fr", "password1": "un-long-mot-de-passe"})
    assert not Login.objects.filter(email="intrus@exemple.fr").exists()


@pytest.mark.parametrize("kind", ["real", "demo"])
@pytest.mark.parametrize("asked", [False, True])
def test_the_buttons_of_the_demonstration_open_only_a_demonstration(
    client: Client, settings, kind: str, asked: bool
) -> None:  # type: ignore[no-untyped-def]
    from cageot.demo.cast import DOORS

    Installation.objects.update_or_create(id=1, defaults={"kind": kind, "pseudonym_key": "ab" * 32})
    garden = make_garden()
    give_access(email=DOORS[0].email, name="Léa", role="coordinator", garden=garden, on=AT.date(), by=None, at=AT)
    settings.DEMO = asked
    page = client.get(reverse("account_login")).content.decode()
    answer = client.post(reverse("enter_demo"), {"email": DOORS[0].email})
    if kind == "demo" and asked:
        assert DOORS[0].email in page
        assert answer.status_code == 302
    else:
        assert DOORS[0].email not in page
        assert answer.status_code == 404


def test_the_demonstration_opens_no_other_door(client: Client, settings, lea: Login) -> None:  # type: ignore[no-untyped-def]
    settings.DEMO = True
    Installation.objects.update(kind="demo")
    assert client.post(reverse("enter_demo"), {"email": "lea@exemple.fr"}).status_code == 404


def test_a_closed_access_opens_nothing_and_says_so(client: Client, lea: Login) -> None:
    Login.objects.filter(pk=lea.pk).update(is_active=False)
    answer = client.post(
        reverse("account_login"), {"login": "lea@exemple.fr", "password": "un-jardin-au-printemps"}, follow=True
    )
    assert answer.redirect_chain == [(reverse("account_login"), 302)]
    assert "Cet accès est fermé" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_behind_a_public_address_visitors_are_told_apart_and_cookies_are_for_https(
    monkeypatch: pytest.MonkeyPatch, client: Client, settings: Any
) -> None:
    monkeypatch.setenv("CAGEOT_HOSTS", "cageot.example")
    monkeypatch.setenv("CAGEOT_SECRET_KEY", "signs nothing")
    public = runpy.run_path(str(Path(cageot.config.settings.__file__)))
    assert public["SESSION_COOKIE_SECURE"] and public["CSRF_COOKIE_SECURE"]
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = public["ALLAUTH_TRUSTED_PROXY_COUNT"]
    url, answers = reverse("account_request_login_code"), []
    for visitor in range(25):  # one address may ask twenty times a minute
        from_there = {"HTTP_X_FORWARDED_FOR": f"203.0.113.{visitor}"}
        answers.append(client.post(url, {"email": f"n{visitor}@exemple.fr"}, **from_there).status_code)
    assert set(answers) == {302}
