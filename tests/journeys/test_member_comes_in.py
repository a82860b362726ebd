"""Amina comes in on her telephone: with a code, then with the card that Léa printed; and Léa does something for her."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from playwright.sync_api import BrowserContext, Page

from cageot.members import ways_in
from cageot.members.models import Member
from tests.desk.a_week import AT, WEEK, Place, a_place, signed_in
from tests.journeys.conftest import axe_finds, no_sideways_scroll

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def place(settings: Any) -> Place:
    settings.TODAY = WEEK.monday
    made = a_place()
    Member.objects.filter(household__number="100").update(email="amina@exemple.fr")
    return made


def fits(page: Page) -> bool:
    return no_sideways_scroll(page) and axe_finds(page) == []


def without_script(browser: Any) -> tuple[BrowserContext, Page]:
    """A small old telephone, whose browser runs no script."""
    context = browser.new_context(java_script_enabled=False, locale="fr-FR", viewport={"width": 360, "height": 640})
    return context, context.new_page()


def test_a_member_comes_in_with_a_code_and_goes_out(place: Place, page: Page, live_server: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/moi/")
    assert fits(page)
    page.get_by_label("Votre numéro de téléphone ou votre adresse e-mail").fill("amina@exemple.fr")
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_role("heading", name="Votre code", exact=True).wait_for()
    assert fits(page)
    for _ in range(50):
        if mail.outbox:
            break
        page.wait_for_timeout(100)  # the message leaves after the answer
    code = re.search(r"\d{3} \d{3}", str(mail.outbox[0].body))
    assert code
    page.get_by_label("Votre code").fill(code[0])
    page.get_by_role("button", name="Entrer").click()
    page.get_by_text("Bonjour Amina").wait_for()
    page.get_by_role("button", name="Sortir").click()
    page.get_by_role("button", name="Recevoir un code").wait_for()


def test_a_card_comes_in_without_any_script(place: Place, browser: Any, live_server: Any) -> None:
    member = Member.objects.get(household__number="100")
    [(_member, code)] = ways_in.make_cards([member.household], by=None, at=AT)
    context, page = without_script(browser)
    page.goto(f"{live_server.url}/moi/carte/{code}/")
    assert no_sideways_scroll(page)
    page.get_by_role("button", name="Entrer").click()
    page.get_by_text("Bonjour Amina").wait_for()
    page.get_by_role("button", name="Sortir").click()
    page.get_by_role("link", name="Entrer avec ma carte").click()
    page.get_by_label("Votre numéro").fill("100")
    page.get_by_label("Le code de la carte").fill(code.lower().replace("-", " "))
    assert no_sideways_scroll(page)
    page.get_by_role("button", name="Entrer").click()
    page.get_by_text("Bonjour Amina").wait_for()
    context.close()


def test_a_coordinator_opens_the_space_for_a_member_and_a_band_says_so(
    place: Place, page: Page, live_server: Any, come_in: Any
) -> None:
    come_in(signed_in(place, "coordinator"))
    member = Member.objects.get(household__number="100")
    page.goto(f"{live_server.url}/jardins/{place.garden.code}/foyers/{member.household_id}/acces/")
    assert fits(page)
    page.get_by_role("button", name="Ouvrir son espace").click()
    page.get_by_text("Vous agissez pour Amina Benali").wait_for()
    assert fits(page)
    page.get_by_role("button", name="Arrêter").click()
    page.goto(f"{live_server.url}/moi/")
    page.get_by_role("button", name="Recevoir un code").wait_for()
