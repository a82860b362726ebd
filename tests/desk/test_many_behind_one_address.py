"""Behind the machine that brings HTTPS here, visitors are told apart: one who guesses shuts no door to the others."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory

from cageot.baskets.models import Depot
from cageot.network.http import origin
from tests.desk.a_week import Place, text_of
from tests.desk.test_signups import PAGE, _day, depot, form, place  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _behind_a_proxy(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


def visitor(address: str) -> Client:
    return Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=address)


@pytest.mark.parametrize("page", ["/orienter/AAAA-AAAA-AAAA-AAAA/", "/renouveler/AAAA-AAAA-AAAA-AAAA/"])
def test_codes_that_one_visitor_guesses_are_not_counted_to_another(page: str) -> None:
    answers = {visitor("198.51.100.7").get(page).status_code for _ in range(31)}
    assert answers == {404, 429}
    assert visitor("198.51.100.8").get(page).status_code == 404


def test_a_depot_s_word_that_one_visitor_guesses_is_still_asked_of_another(place: Place) -> None:  # noqa: F811
    Depot.objects.filter(name="Gare").update(kind=Depot.Kind.RESERVED, password=make_password("tournesol"))
    typed = form(place, voir="1")
    for _ in range(12):
        last = visitor("198.51.100.7").post(PAGE, typed | {"password": "au hasard"})
    assert "Trop d’essais" in text_of(last)
    assert "Relisez, puis envoyez" in text_of(visitor("198.51.100.8").post(PAGE, typed | {"password": "tournesol"}))


def test_a_volunteer_comes_in_though_another_visitor_guesses(place: Place) -> None:  # noqa: F811
    answers = {visitor("198.51.100.7").post("/depot/", {"code": "AAAA"}).status_code for _ in range(60)}
    assert answers == {404, 429}
    assert visitor("198.51.100.8").post("/depot/", {"code": "AAAA"}).status_code == 404


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.7", "198.51.100.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:198.51.100.7", "198.51.100.7", True),
        ("::ffff:198.51.100.7", "::ffff:198.51.100.8", False),
    ],
)
def test_all_the_addresses_of_one_ipv6_network_are_one_visitor(one: str, other: str, same: bool) -> None:
    first, second = (origin(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=address)) for address in (one, other))
    assert (first == second) is same
