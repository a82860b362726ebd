"""Somebody takes a basket on the garden's page, waits, is offered a place and says yes; Léa welcomes them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from cageot.baskets import actions as baskets
from cageot.baskets.models import BasketSize, Depot, Door, SignUp
from cageot.members.models import Household, MembershipFee
from cageot.network.models import Message
from tests.desk.a_week import WEEK, Place, a_place, signed_in
from tests.factories import make_size
from tests.journeys.conftest import look

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

MONDAY = WEEK.monday


@pytest.fixture
def place(settings: Any) -> Place:
    settings.TODAY = MONDAY
    place = a_place()
    Door.objects.create(garden=place.garden, open=True, words="On cultive ensemble.")
    make_size(place.garden, "grand", 1800)
    BasketSize.objects.filter(code="panier").update(people=2)
    BasketSize.objects.filter(code="grand").update(people=5)
    MembershipFee.objects.create(garden=place.garden, kind="ordinary", cents=1500, from_day=MONDAY)
    baskets.open_deliveries(place.garden, first=MONDAY, last=MONDAY + timedelta(weeks=10, days=-1), weekdays=[4, 5])
    Depot.objects.filter(name="Gare").update(capacity=4, hours="16 h – 19 h")
    return place


def fill(page: Page) -> None:
    page.get_by_label("Nom", exact=True).fill("Morel")
    page.get_by_label("Adresse électronique").fill("ines@exemple.fr")


def test_from_the_public_page_to_the_first_basket(page: Page, live_server: Any, place: Place, come_in: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/jardins/{place.garden.code}/adherer/")
    look(page, "signup")
    page.get_by_label("Adultes").fill("4")
    page.keyboard.press("Tab")
    page.get_by_text("Pour 4 personnes : Grand.").wait_for()
    page.locator("label", has_text="Grand").click()
    page.locator("label", has_text="Gare").click()
    page.locator("#prix dd", has_text="18,00").first.wait_for()
    fill(page)
    page.get_by_role("button", name="Relire avant d’envoyer").click()
    page.get_by_text("au rang 1").wait_for()
    look(page, "signup_summary")
    page.get_by_role("button", name="Entrer dans la liste d’attente").dblclick()
    page.get_by_role("heading", name="Vous êtes en liste d’attente").wait_for()
    look(page, "signup_place")
    assert SignUp.objects.count() == 1

    Depot.objects.filter(name="Gare").update(capacity=5)
    come_in(signed_in(place, "coordinator"))
    page.goto(f"{live_server.url}/jardins/{place.garden.code}/inscriptions/")
    look(page, "signups_waiting")
    page.get_by_role("button", name="Proposer la place").click()
    page.get_by_text("Place proposée à Morel").wait_for()

    page.context.clear_cookies()
    found = re.search(r"/ma-place/\S+?/", Message.objects.get(kind="place_offered").body)
    assert found
    page.goto(live_server.url + found[0])
    look(page, "signup_offered")
    page.get_by_role("button", name="Oui, je la prends").click()
    page.get_by_role("heading", name="Votre place est gardée").wait_for()

    come_in(signed_in(place, "coordinator"))
    page.goto(f"{live_server.url}/jardins/{place.garden.code}/inscriptions/")
    page.get_by_role("link", name="Accueillir").click()
    page.get_by_role("heading", name="Accueillir Morel").wait_for()
    look(page, "welcome")
    page.get_by_role("button", name="Accueillir ce foyer").click()
    page.get_by_text("C’est fait : le foyer est accueilli.").wait_for()
    page.get_by_text("Jeudi 30 mars", exact=True).wait_for()
    look(page, "welcomed")
    assert Household.objects.get(members__last_name="Morel").baskets.count() == 9
    for name in ("inscriptions", "adhesions"):
        page.goto(f"{live_server.url}/jardins/{place.garden.code}/reglages/{name}/")
        look(page, f"settings_{name}")


def test_without_javascript_the_price_is_told_by_a_button(browser: Browser, live_server: Any, place: Place) -> None:
    context = browser.new_context(java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto(f"{live_server.url}/jardins/{place.garden.code}/adherer/")
    page.get_by_label("Adultes").fill("4")
    page.locator("label", has_text="Jardin").click()
    page.get_by_role("button", name="Recalculer").click()
    page.get_by_text("Pour 4 personnes : Grand.").wait_for()
    assert "12,00\u00a0€" in page.locator("#prix").inner_text()
    assert page.get_by_label("Adultes").input_value() == "4"
    fill(page)
    page.get_by_role("button", name="Relire avant d’envoyer").click()
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_role("heading", name="Votre place est gardée").wait_for()
    context.close()
