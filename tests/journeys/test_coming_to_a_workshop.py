"""Amina enrols from her phone, without JavaScript; she comes, and is ticked by her card; she gives a face."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, BrowserContext

from cageot.core import clock
from cageot.members import ways_in
from cageot.workshops.models import Enrolment, Opinion
from tests import factories as make
from tests.journeys.conftest import axe_finds, look, no_sideways_scroll
from tests.space.a_member import MONDAY, NOW, Here, a_garden
from tests.workshops.a_workshop import make_session, make_workshop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

PHONE = {"width": 390, "height": 844}
DURING, AFTER = datetime(2017, 4, 11, 12, 30, tzinfo=UTC), datetime(2017, 4, 12, 9, 0, tzinfo=UTC)


@pytest.fixture
def here(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Here:
    settings.TODAY = MONDAY
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return a_garden()


def phone(browser: Browser, live_server: Any, client: Client) -> BrowserContext:
    context = browser.new_context(java_script_enabled=False, locale="fr-FR", viewport=PHONE)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    return context


def test_from_the_phone_to_a_face(
    browser: Browser, live_server: Any, here: Here, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    garden = here.place.garden
    session = make_session(
        garden, workshop=make_workshop(garden, bring="Un tablier", childcare="with", languages=["fr"])
    )
    theirs = phone(browser, live_server, here.client())
    page = theirs.new_page()
    page.goto(f"{live_server.url}/moi/")
    page.get_by_role("link", name="Tous les ateliers").click()
    page.get_by_role("link", name="Cuisiner les poireaux").click()
    page.get_by_label("Enfants").fill("2")
    page.get_by_role("button", name="Je viens").click()
    assert page.get_by_text("C’est noté. Vous venez.").is_visible()
    assert page.get_by_text("1 adulte, 2 enfants").is_visible()

    # She comes: Léa's own telephone photographs the square of her card.
    code = ways_in.make_cards([here.household()], by=None, at=NOW)[0][1]
    settings.TODAY = date(2017, 4, 11)
    monkeypatch.setattr(clock, "now", lambda: DURING)
    lea = phone(browser, live_server, make.signed_in(make.make_person("coordinator", garden)))
    desk = lea.new_page()
    desk.goto(f"{live_server.url}/moi/carte/{code}/")
    desk.get_by_role("button", name="Noter qu’elle est venue").click()
    assert desk.get_by_text("venu, c’est noté").is_visible()
    assert Enrolment.objects.get(session=session).state == "came"

    settings.TODAY = date(2017, 4, 12)
    monkeypatch.setattr(clock, "now", lambda: AFTER)
    page.goto(f"{live_server.url}/moi/ateliers/")
    page.get_by_role("link", name="Donner mon avis").click()
    page.get_by_label("Bien", exact=True).check()
    page.get_by_label("Un mot, si vous voulez").fill("Très bon.")
    page.get_by_role("button", name="Envoyer mon avis").click()
    assert page.get_by_text("Merci. Vous avez donné votre avis.").is_visible()
    assert Opinion.objects.get().face == 3
    theirs.close()
    lea.close()


def test_its_pages_look_well(
    browser: Browser, live_server: Any, here: Here, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    garden = here.place.garden
    session = make_session(
        garden, workshop=make_workshop(garden, bring="Un tablier", childcare="with", languages=["fr", "ar"])
    )
    make_session(garden, state="cancelled", cancelled_because="La salle est fermée")
    for client, paths in (
        (here.client(), ["/moi/ateliers/", f"/moi/ateliers/{session.pk}/"]),
        (Client(), [f"/ateliers/{garden.code}/", f"/ateliers/{garden.code}/{session.pk}/", f"/ateliers/{garden.code}/{session.pk}/avis/"]),
        (make.signed_in(make.make_person("coordinator", garden)), [f"/jardins/{garden.code}/ateliers/dates/{session.pk}/{part}" for part in ("", "cartes/", "avis/")]),
    ):  # fmt: skip
        client.get("/moi/")
        context = browser.new_context(locale="fr-FR", viewport=PHONE, reduced_motion="reduce")
        if "sessionid" in client.cookies:
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
            )
        page = context.new_page()
        for path in paths:
            page.goto(live_server.url + path)
            assert no_sideways_scroll(page), path
            assert axe_finds(page) == [], path
            look(page, path.strip("/").replace("/", "-"))
        context.close()
