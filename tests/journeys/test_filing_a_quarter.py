"""Odile, who never saw it, asks for a quarter: from the week's page to papers that left, in five clicks and no word typed."""

from __future__ import annotations

import zipfile
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from cageot.core.week import Week
from cageot.funding.models import Claim
from tests.desk.a_week import signed_in
from tests.funding.claim_world import JULY, WEEKLY, World
from tests.journeys.conftest import look, no_sideways_scroll

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture(autouse=True)
def _in_july(settings: Any) -> None:
    settings.TODAY = JULY


def test_a_treasurer_files_a_quarter_then_notes_its_payment(page: Page, live_server: Any, come_in: Any) -> None:
    world = World()
    world.close(14, 15, 16)
    come_in(signed_in(world.place, "treasurer"))
    page.set_viewport_size({"width": 1280, "height": 900})
    clicks = 0

    def click(what: Locator) -> None:
        nonlocal clicks
        clicks += 1
        what.click()

    page.goto(live_server.url + world.place.url(week=Week.of(JULY)))
    click(page.get_by_role("link", name="Factures", exact=True))
    look(page, "claims")
    click(page.get_by_role("link", name="Tout préparer"))
    assert "avril 2017" in page.content()
    look(page, "claims-prepare")
    click(page.get_by_role("button", name="Faire ce papier"))
    page.get_by_text("1 papier fait, pour 75,60 €").wait_for()
    with page.expect_download() as given:
        click(page.get_by_role("link", name="Télécharger"))
    assert zipfile.ZipFile(given.value.path()).namelist() == ["facture-2017-0001.pdf"]
    click(page.get_by_role("button", name="C’est envoyé"))
    page.get_by_text("C’est noté : 1 papier envoyé.").wait_for()
    assert clicks == 5
    claim = Claim.objects.get()
    assert (claim.total_cents, claim.sent_on) == (3 * WEEKLY, JULY)

    # Three weeks later the money is on the account.
    click(page.get_by_role("link", name="2017-0001"))
    look(page, "claim")
    click(page.get_by_role("link", name="Noter un paiement"))
    look(page, "payments")
    page.get_by_label("Montant").fill("75,60")
    page.get_by_label("De qui").select_option("CCAS de Blois")
    page.get_by_label("Ce que dit la banque").fill("VIR CCAS 2017-0001")
    click(page.get_by_role("button", name="Noter", exact=True))
    assert page.get_by_role("textbox").first.input_value() == "75,60"  # proposed
    look(page, "payment")
    assert no_sideways_scroll(page)
    click(page.get_by_role("button", name="Rapprocher"))
    page.get_by_text("C’est rapproché.").wait_for()
    claim.refresh_from_db()
    assert claim.open_cents == 0
    assert clicks == 9
