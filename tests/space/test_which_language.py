"""In which language a page is: members choose among eight, the desk has two."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from django.test import Client
from django.utils.translation import override

from cageot.core.templatetags.cageot import day

DOOR, DESK = "/moi/entrer/", "/entrer/"
pytestmark = pytest.mark.django_db


def language(address: str, cookie: str = "", wish: str = "") -> str:
    client = Client(headers={"accept-language": wish} if wish else {})
    if cookie:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    return str(client.get(address).headers["Content-Language"])


@pytest.mark.parametrize(
    ("cookie", "wish", "space", "desk"),
    [
        ("", "", "fr", "fr"),
        ("", "ar-MA,ar;q=0.9,en;q=0.5", "ar", "en"),
        ("", "de-DE,de;q=0.9", "fr", "fr"),
        ("uk", "fr", "uk", "fr"),
        ("en", "ar", "en", "en"),
        ("xx", "tr", "tr", "fr"),
        ("", "fa-AF", "fa", "fr"),
    ],
)
def test_a_page_speaks_what_was_chosen_else_what_the_browser_wishes(
    cookie: str, wish: str, space: str, desk: str
) -> None:
    assert (language(DOOR, cookie, wish), language(DESK, cookie, wish)) == (space, desk)


def test_the_desk_offers_french_and_english_the_space_all_of_them() -> None:
    desk, space = (Client().get(address).content.decode() for address in (DESK, DOOR))
    assert "العربية" in space
    assert "Українська" in space
    assert "العربية" not in desk
    assert 'value="en"' in desk


def test_an_arabic_page_runs_from_right_to_left() -> None:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "ar"
    assert b'lang="ar" dir="rtl"' in client.get(DOOR).content


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("fr", "jeudi 26 novembre 2026"),
        ("en", "Thursday 26 November 2026"),
        ("es", "jueves 26 de noviembre de 2026"),
        ("pt", "quinta-feira, 26 de novembro de 2026"),
        ("uk", "четвер, 26 листопада 2026"),
        ("tr", "26 Kasım 2026 Perşembe"),
        ("ar", "الخميس 26 نوفمبر 2026"),
    ],
)
def test_a_day_is_said_as_that_language_says_it(code: str, said: str) -> None:
    with override(code):
        assert day(date(2026, 11, 26), "year") == said
