"""Amina, on her phone: her next basket, a week away, another depot, her calendar; in French and in Arabic, with a keyboard, and
without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from tests.journeys.conftest import axe_finds, look, no_sideways_scroll
from tests.space.a_member import MONDAY, WEEK, Here, a_garden

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def here(settings: Any) -> Here:
    settings.TODAY = MONDAY
    place = a_garden()
    place.publish()
    place.slip()
    return place


def speak(context: BrowserContext, live_server: Any, code: str) -> None:
    context.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": code, "url": live_server.url}])


def test_a_week_away_and_back_without_javascript(browser: Browser, live_server: Any, here: Here) -> None:
    context = browser.new_context(java_script_enabled=False, locale="fr-FR", viewport=PHONE)
    client = here.client()
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/moi/")
    assert page.get_by_role("heading", name="Jeudi 23 mars").is_visible()

    page.get_by_role("link", name="Je ne viens pas cette semaine").click()
    page.get_by_label("Je le prendrai plus tard").check()
    page.get_by_role("button", name="Enregistrer").click()
    assert page.get_by_text("Vous direz quand vous le prenez").is_visible()
    assert here.basket().state == "moved"

    page.get_by_role("link", name="Choisir un jour").click()
    page.get_by_label("jeudi 6 avril").check()
    page.get_by_role("button", name="Enregistrer").click()
    assert page.get_by_text("Vous le prenez le jeudi 6 avril.").is_visible()

    page.get_by_text("Français", exact=True).first.click()
    page.get_by_role("button", name="العربية").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert no_sideways_scroll_of(page)
    context.close()


def no_sideways_scroll_of(page: Page) -> bool:
    """Measured from outside: nothing runs in this page."""
    body = page.locator("body").bounding_box()
    return body is not None and body["width"] <= PHONE["width"]


PAGES = ["", "paniers/", "paniers/{basket}/absence/", "paniers/{basket}/depot/", "participation/", "messages/", "compte/",
         "compte/coordonnees/", "compte/agenda/"]  # fmt: skip


@pytest.mark.parametrize("code", ["fr", "ar", "uk"])
def test_every_page_looks_well(
    page: Page, context: BrowserContext, live_server: Any, come_in: Callable[[Client], None], here: Here, code: str
) -> None:
    here.close(WEEK - 1)
    come_in(here.client())
    speak(context, live_server, code)
    for address in PAGES:
        page.goto(f"{live_server.url}/moi/{address.format(basket=here.basket().pk)}")
        look(page, f"moi-{code}-{address.strip('/').replace('/', '-') or 'accueil'}")


@pytest.mark.parametrize("code", ["fr", "ar", "uk"])
def test_at_twice_the_size_and_on_the_smallest_phone_nothing_is_cut(
    page: Page, context: BrowserContext, live_server: Any, come_in: Callable[[Client], None], here: Here, code: str
) -> None:
    """200 % of a small screen is half its width."""
    come_in(here.client())
    speak(context, live_server, code)
    for width in (320, 195):
        page.set_viewport_size({"width": width, "height": 844})
        for address in PAGES:
            page.goto(f"{live_server.url}/moi/{address.format(basket=here.basket().pk)}")
            assert no_sideways_scroll(page), (width, address)
            assert all(
                one.bounding_box()["height"] >= 24  # type: ignore[index]
                for one in page.locator("main a, main button, nav a").all()
                if one.is_visible()
            )


def test_with_the_keyboard_alone(
    page: Page, live_server: Any, come_in: Callable[[Client], None], here: Here
) -> None:  # fmt: skip
    come_in(here.client())
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/moi/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Je ne viens pas cette semaine":
            break
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Je ne viens pas").wait_for()
    page.get_by_role("radio").first.focus()
    for _ in range(20):
        if page.evaluate("document.activeElement.value") == "cancel":
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("Ce panier est annulé.").wait_for()
    assert here.basket().state == "cancelled"


def test_the_calendar_s_address_is_copied_from_the_page(
    page: Page, live_server: Any, come_in: Callable[[Client], None], here: Here
) -> None:  # fmt: skip
    come_in(here.client())
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/moi/compte/agenda/")
    page.get_by_role("button", name="Obtenir mon adresse").click()
    address = page.locator("#adresse").inner_text()
    assert page.get_by_role("button", name="Copier").is_visible()
    assert axe_finds(page) == []
    assert page.request.get(address).text().startswith("BEGIN:VCALENDAR")
