"""Composing the baskets in a real browser: the value follows what is typed, the slider and its number follow each other."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cageot.baskets import content as actions
from cageot.baskets.actions import change_ways
from cageot.baskets.models import BasketSize, Produce, Round
from cageot.baskets.rules.content import Row
from tests.desk.a_week import AT, THURSDAY, WEEK, Place, a_place, signed_in
from tests.journeys.conftest import look

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def place(settings: Any) -> Place:
    """Thursday's baskets hold 0,8 kg of carrots at 2,50 €, a bunch of radishes, and of nothing else."""
    settings.TODAY = THURSDAY - timedelta(days=2)
    place = a_place()
    actions.open_catalogue(place.garden, by=None, at=AT)
    size = BasketSize.objects.get(garden=place.garden).pk
    rows = []
    for code, milli in (("carotte", 800), ("radis", 1000)):
        one = Produce.objects.get(garden=place.garden, code=code)
        rows.append(Row(one.pk, one.unit, one.unit_cents, {size: milli}))
    thursday = Round.objects.filter(garden=place.garden)[0]
    actions.compose(thursday, WEEK, sizes=[size], rows=rows, seen=None, by=None, at=AT)
    return place


def test_a_helper_composes_and_sees_the_value_while_typing(
    page: Page, live_server: Any, place: Place, come_in: Any
) -> None:
    come_in(signed_in(place, "helper"))
    page.goto(live_server.url + place.url("composer/"))
    expect(page.locator("#values")).to_contain_text("3,80")
    page.get_by_label("Carotte, Panier").fill("4")
    expect(page.locator("#values")).to_contain_text("11,80")
    expect(page.get_by_label("Carotte, Panier")).to_be_focused()
    look(page, "composer")
    page.get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("C’est enregistré.")).to_be_visible()


def test_a_harvest_is_shared_with_the_slider_or_by_typing(
    page: Page, live_server: Any, place: Place, come_in: Any
) -> None:
    come_in(signed_in(place, "helper"))
    carrot = Produce.objects.get(garden=place.garden, code="carotte")
    page.goto(f"{live_server.url}{place.url(f'composer/recolte/{carrot.pk}/')}?recolte=4")
    look(page, "recolte")
    slider, number = page.get_by_role("slider").first, page.get_by_label(re.compile("^Quantité par panier")).first
    expect(number).to_have_value("0,8")
    slider.press("ArrowRight")
    expect(number).to_have_value("0,85")
    expect(page.locator("#left")).to_contain_text("0,6")  # 4 − 4 × 0,85
    number.fill("500 g")
    expect(slider).to_have_value("500")
    expect(page.locator("#left")).to_contain_text("2")
    page.get_by_role("button", name="Mettre dans les paniers").click()
    expect(page.get_by_text("dans les paniers. Il reste")).to_be_visible()


def test_the_public_page_looks_well(page: Page, live_server: Any, place: Place) -> None:
    actions.publish(Round.objects.filter(garden=place.garden)[0], WEEK, by=None, at=AT)
    change_ways(place.garden, {"content_shown": "public", "content_prices": True}, by=None, at=AT)
    page.goto(f"{live_server.url}/contenu/{place.garden.code}/")
    expect(page.get_by_role("heading", name="Panier", exact=True)).to_be_visible()
    look(page, "contenu")


@pytest.mark.parametrize("form", ["composer/emballe/", "feuille-de-chou/"])
def test_packing_and_the_slip_look_well(form: str, page: Page, live_server: Any, place: Place, come_in: Any) -> None:
    come_in(signed_in(place, "helper"))
    page.goto(live_server.url + place.url(form))
    look(page, form.strip("/").replace("/", "-"))
