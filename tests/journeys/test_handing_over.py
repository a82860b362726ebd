"""Thursday, half past four, behind the thick walls of the Gare: Anne hands over 120 baskets without network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import localtime
from playwright.sync_api import Browser, BrowserContext, Page, expect

from cageot.baskets import handover
from cageot.baskets.actions import subscribe
from cageot.baskets.models import Basket, Depot, HandOver
from cageot.core import clock
from tests.desk.a_week import AT, THURSDAY, Place, a_place, signed_in
from tests.factories import make_basket, make_household
from tests.journeys.conftest import axe_finds, look, no_sideways_scroll

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
LIGHT = 40 * 1024
"""Bytes that the list of 120 names may weigh, all included."""


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.TODAY = THURSDAY


def gare(place: Place) -> Depot:
    return Depot.objects.select_related("garden").get(garden=place.garden, name="Gare")


def a_code(place: Place) -> str:
    _link, code = handover.open_link(gare(place), label="Anne", from_day=THURSDAY, until_day=None, by=None, at=AT)
    return code


def a_crowd(place: Place, count: int = 120) -> None:
    """So many names at the Gare on that Thursday."""
    first = next(one for one in place.baskets if one.depot.name == "Gare")
    there = Basket.objects.filter(delivery=first.delivery, depot=first.depot).count()
    for number in range(count - there):
        household = make_household(place.garden, f"Martin {number}", number=str(500 + number))
        household.members.update(first_name=f"Camille{number}")
        make_basket(household, first.delivery, first.size, first.depot)


@pytest.fixture
def phone(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        locale="fr-FR",
        base_url=live_server.url,
        reduced_motion="reduce",
        has_touch=True,
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


def open_list(phone: BrowserContext, code: str) -> Page:
    """The QR code leads to the page, which takes the code out of the address."""
    page = phone.new_page()
    page.goto(f"/depot/#{code}")
    page.wait_for_url(re.compile(r"/depot/\d+/$"))
    page.wait_for_selector("main[data-ready]")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def settled(page: Page) -> None:
    """Everything that was said has arrived."""
    page.wait_for_selector("#line[data-left='0']:not(.offline)")


def tick(page: Page, name: str) -> None:
    """Touch the button of a name, and see that the phone keeps it."""
    page.get_by_role("button", name=f"Retiré : {name}").click()
    page.wait_for_selector("#line[data-left='1']")


def test_a_basket_goes_to_the_next_on_the_garden_s_rule_without_network(
    phone: BrowserContext, live_server: Any
) -> None:
    """Who has no basket that week comes first, by the name of the lists; then the pot, then the names of the list."""
    place = a_place()
    first = next(one for one in place.baskets if one.depot.name == "Gare")
    noel = make_household(place.garden, "Noël", number="901")
    noel.members.update(first_name="Zola")
    subscribe(noel, size=first.size, depot=gare(place), frequency="odd", from_day=AT.date(), by=None, at=AT)
    page = open_list(phone, a_code(place))
    phone.set_offline(True)
    for line, choice in ((0, None), (1, "le pot commun du jardin")):
        page.locator(".lines > li").nth(line).get_by_role("link").click()
        given = page.get_by_role("dialog").get_by_label("Donné à")
        words = given.evaluate("select => [...select.options].map(option => option.text)")
        assert words[:2] == ["Zola N.", "le pot commun du jardin"]
        assert words[-1] == "quelqu’un d’autre" and len(words) == 6
        if choice:
            given.select_option(label=choice)
        page.get_by_role("button", name="Panier donné").click()
    phone.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    settled(page)
    given_on = Basket.objects.filter(state="given_on")
    assert {(one.given_to, one.pot) for one in given_on} == {(noel, False), (None, True)}


def test_a_whole_session_without_network_and_nothing_lost(phone: BrowserContext, live_server: Any) -> None:
    place = a_place()
    a_crowd(place)
    sizes: dict[str, int] = {}

    def weigh(request: Any) -> None:
        size = request.sizes()
        sizes[request.url] = sizes.get(request.url, 0) + size["responseBodySize"] + size["responseHeadersSize"]

    phone.on("requestfinished", weigh)
    page = open_list(phone, a_code(place))
    page.wait_for_timeout(500)
    total = sum(sizes.values())
    print(f"{total} bytes:", {url.removeprefix(live_server.url): size for url, size in sizes.items()})
    assert 5_000 < total <= LIGHT, sizes
    expect(page.get_by_role("status").first).to_have_text("0 sur 120")

    # No network any more. She ticks sixty names…
    phone.set_offline(True)
    lines = page.locator(".lines > li")
    for place_of_line in range(60):
        lines.nth(place_of_line).get_by_role("button").click()
    expect(page.locator("#count b")).to_have_text("60")
    expect(page.locator("#line")).to_contain_text("Pas de réseau : continuez, tout est gardé ici (60 à envoyer).")
    assert not HandOver.objects.exists()

    # … the phone dies, and is started again, still without network.
    page.close()
    page = phone.new_page()
    link = handover.DepotLink.objects.get()
    page.goto(f"/depot/{link.pk}/")
    page.wait_for_selector("main[data-ready]")
    expect(page.locator("#count b")).to_have_text("60")
    lines = page.locator(".lines > li")
    expect(lines.first).to_have_attribute("data-state", "collected")
    for place_of_line in range(60, 117):
        lines.nth(place_of_line).get_by_role("button").click()

    # A wrong name, taken back; one basket given on, a note; nobody else will come.
    lines.nth(116).get_by_role("button", name="Défaire").click()
    lines.nth(117).get_by_role("link").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Un mot pour le jardin").fill("Sa voisine l’a pris")
    dialog.get_by_role("button", name="Garder ce mot").click()
    lines.nth(117).get_by_role("link").click()
    dialog.get_by_label("Donné à").select_option(index=1)
    dialog.get_by_role("button", name="Panier donné").click()
    page.get_by_role("link", name="Tout le reste : non retiré").click()
    expect(page.get_by_role("dialog")).to_contain_text("3 paniers seront notés « non retiré ».")
    page.get_by_role("button", name="Oui, personne d’autre ne viendra").click()
    expect(page.locator("#done")).to_be_visible()
    assert axe_finds(page) == []
    assert no_sideways_scroll(page)

    # Home again: everything arrives, once.
    phone.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    settled(page)
    here = Basket.objects.filter(depot=gare(place))
    states = {state: here.filter(state=state).count() for state in ("collected", "given_on", "unclaimed")}
    assert states == {"collected": 116, "given_on": 1, "unclaimed": 3}
    assert here.get(state="given_on").given_to is not None
    assert HandOver.objects.count() == 117 + 1 + 1 + 1 + 3
    assert HandOver.objects.filter(note="Sa voisine l’a pris").count() == 1
    page.reload()
    page.wait_for_selector("main[data-ready]")
    settled(page)
    assert HandOver.objects.count() == 123
    expect(page.locator("#count")).to_have_text("120 sur 120")


def test_an_answer_lost_on_the_way_counts_once(phone: BrowserContext) -> None:
    place = a_place()
    page = open_list(phone, a_code(place))
    lost = []

    def lose(route: Any) -> None:
        """The garden hears, the phone does not hear back."""
        if route.request.method == "POST" and not lost:
            route.fetch()
            lost.append(1)
            return route.abort()
        return route.continue_()

    page.route("**/envoi/", lose)
    tick(page, "Amina B.")
    page.wait_for_selector("#line.offline[data-left='1']")
    assert HandOver.objects.count() == 1
    page.evaluate("dispatchEvent(new Event('online'))")
    settled(page)
    assert lost and HandOver.objects.count() == 1


def test_two_phones_see_one_another_and_the_conflict_is_told(
    phone: BrowserContext, browser: Browser, live_server: Any
) -> None:
    place = a_place()
    anne = open_list(phone, a_code(place))
    other = browser.new_context(locale="fr-FR", base_url=live_server.url)
    ben = open_list(other, a_code(place))
    other.set_offline(True)
    ben.get_by_role("link", name="Tout le reste : non retiré").click()
    ben.get_by_role("button", name="Oui, personne d’autre ne viendra").click()
    expect(ben.locator("#done")).to_be_visible()
    tick(anne, "Amina B.")
    settled(anne)
    other.set_offline(False)
    ben.evaluate("dispatchEvent(new Event('online'))")
    settled(ben)
    expect(ben.locator("#news")).to_contain_text(
        "Amina B. : quelqu’un d’autre l’a noté « retiré ». C’est ce qui est gardé."
    )
    expect(ben.get_by_role("button", name="Défaire : Amina B.")).to_be_visible()
    assert Basket.objects.get(household__number="100").state == "collected"
    other.close()


def test_names_leave_the_phone_when_the_link_is_stopped(phone: BrowserContext) -> None:
    place = a_place()
    page = open_list(phone, a_code(place))
    link = handover.DepotLink.objects.get()
    phone.set_offline(True)
    tick(page, "Amina B.")
    page.wait_for_selector("#line.offline")
    handover.revoke_link(link, by=None, at=clock.now())
    phone.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_text("Ce lien n’ouvre plus rien.").wait_for()
    assert "Amina" not in page.content()
    assert page.evaluate("caches.open('cageot-depot').then(cache => cache.keys()).then(keys => keys.length)") == 0
    assert HandOver.objects.get().overruled
    page.reload()
    page.get_by_role("heading", name="Ce lien n’ouvre rien aujourd’hui").wait_for()


def test_names_leave_the_phone_after_the_day(phone: BrowserContext) -> None:
    page = open_list(phone, a_code(a_place()))
    page.clock.install()
    page.reload()
    page.wait_for_selector("main[data-ready]")
    phone.set_offline(True)
    tick(page, "Amina B.")
    page.clock.fast_forward("25:00:00")
    page.get_by_text("La journée est finie : les noms ont quitté ce téléphone. Il reste 1 à envoyer").wait_for()
    assert "Amina" not in page.content()
    assert page.evaluate("caches.open('cageot-depot').then(cache => cache.keys()).then(keys => keys.length)") == 0


def test_a_list_taken_along_on_the_eve_opens_on_the_day_without_network(phone: BrowserContext, settings: Any) -> None:
    settings.TODAY = THURSDAY - timedelta(days=1)
    place = a_place()
    link, code = handover.open_link(gare(place), label="Anne", from_day=AT.date(), until_day=None, by=None, at=AT)
    page = open_list(phone, code)
    page.clock.install()
    page.reload()
    page.wait_for_selector("main[data-ready]")
    expect(page.get_by_role("button", name="Retiré : Amina B.")).to_be_disabled()
    phone.set_offline(True)
    page.clock.fast_forward(f"{36 - localtime(clock.now()).hour}:00:00")  # noon of the next day
    tick(page, "Amina B.")
    settings.TODAY = THURSDAY
    phone.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    settled(page)
    assert (HandOver.objects.get().link, Basket.objects.get(household__number="100").state) == (link, "collected")


def test_a_phone_that_lost_its_code_keeps_what_was_said(phone: BrowserContext) -> None:
    place = a_place()
    code = a_code(place)
    page = open_list(phone, code)
    phone.set_offline(True)
    tick(page, "Amina B.")
    phone.clear_cookies()
    phone.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_text("Ce téléphone a oublié son code.").wait_for()
    assert "Amina" not in page.content()
    page.close()
    page = open_list(phone, code)
    page.wait_for_selector(".lines [data-state=collected]")
    settled(page)
    assert Basket.objects.get(household__number="100").state == "collected"


def test_a_phone_whose_clock_is_wrong_says_the_right_time(phone: BrowserContext) -> None:
    place = a_place()
    page = phone.new_page()
    page.clock.install(time=AT - timedelta(days=1000))
    page.clock.resume()
    page.goto(f"/depot/#{a_code(place)}")
    page.wait_for_selector("main[data-ready]")
    tick(page, "Amina B.")
    settled(page)
    said = HandOver.objects.get()
    assert timedelta(0) <= said.received_at - said.said_at < timedelta(minutes=1)


def test_the_desk_closes_the_week_meanwhile_and_anne_is_told(phone: BrowserContext, settings: Any) -> None:
    place = a_place()
    page = open_list(phone, a_code(place))
    phone.set_offline(True)
    tick(page, "Amina B.")
    page.wait_for_selector("#line.offline")
    settings.TODAY = THURSDAY + timedelta(days=4)
    place.mark(unclaimed=1)
    place.mark_all()
    place.close()
    settings.TODAY = THURSDAY
    phone.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.get_by_text("Amina B. : la semaine est close, rien n’a changé. Dites-le au jardin.").wait_for()
    assert Basket.objects.get(household__number="100").state == "unclaimed"


def test_without_script_the_list_is_handed_over_all_the_same(browser: Browser, live_server: Any) -> None:
    place = a_place()
    context = browser.new_context(java_script_enabled=False, locale="fr-FR", base_url=live_server.url)
    page = context.new_page()
    page.goto("/depot/")
    page.get_by_label("Votre code").fill(a_code(place).lower())
    page.get_by_role("button", name="Ouvrir la liste").click()
    page.get_by_role("button", name="Retiré : Amina B.").click()
    page.get_by_role("link", name="Autre : Paul D.").click()
    page.get_by_role("button", name="Non retiré").click()
    page.get_by_role("link", name="Tout le reste : non retiré").click()
    page.get_by_role("button", name="Oui, personne d’autre ne viendra").click()
    page.get_by_text("Tous les paniers sont notés. Merci !").wait_for()
    states = [one.state for one in place.baskets if one.depot.name == "Gare"]
    assert states == ["collected", "unclaimed", "unclaimed", "unclaimed"]
    context.close()


def test_with_the_keyboard_alone(phone: BrowserContext) -> None:
    place = a_place()
    page = open_list(phone, a_code(place))
    page.get_by_label("Chercher un nom").focus()
    page.keyboard.type("amina")
    expect(page.locator(".lines > li:visible")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Défaire : Amina B.")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    settled(page)
    assert Basket.objects.get(household__number="100").state == "collected"


def test_the_list_looks_well_by_day_and_at_night(phone: BrowserContext) -> None:
    place = a_place()
    page = phone.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/depot/")
    look(page, "handover_enter")
    page = open_list(phone, a_code(place))
    tick(page, "Amina B.")
    settled(page)
    look(page, "handover_sheet")
    for button in page.locator(".lines button:visible, .lines a:visible, #rest").all():
        box = button.bounding_box()
        assert box and box["height"] >= 48, "a thumb of 70 finds it"
    page.get_by_role("link", name="Autre : Paul D.").click()
    assert axe_finds(page) == []
    assert said == []


def test_the_desk_makes_a_link_and_enters_the_paper(page: Page, live_server: Any, come_in: Any) -> None:
    place = a_place()
    come_in(signed_in(place, "coordinator"))
    page.goto(live_server.url + f"/jardins/{place.garden.code}/remise/")
    look(page, "handover_links_empty")
    page.get_by_role("link", name="Faire le premier lien").click()
    look(page, "handover_link_form")
    page.get_by_label("Pour qui ?").fill("Marie, jeudi")
    page.get_by_label("Dépôt").select_option(label="Gare")
    page.get_by_role("button", name="Faire le lien").click()
    page.get_by_role("heading", name="Le lien est prêt").wait_for()
    look(page, "handover_link")
    page.get_by_role("link", name="C’est fait").click()
    look(page, "handover_links")
    page.goto(live_server.url + place.url("remise/"))
    look(page, "handover_week")
    page.get_by_role("link", name="Saisir la feuille : Gare").click()
    look(page, "handover_paper")
    page.get_by_role("radiogroup", name="Amina B.").get_by_text("Non retiré").click()
    page.get_by_role("button", name="Enregistrer la feuille").click()
    page.get_by_text("Gare : 4 paniers notés, dont 1 qui n’a pas été retiré.").wait_for()
    assert Client().get(f"/jardins/{place.garden.code}/remise/").status_code == 302
