"""Somebody of the network writes a fund: the sentence follows the typing, then its money is promised and notified."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cageot.funding.models import Tranche
from tests.factories import make_person, signed_in
from tests.funding.money_world import closed_weeks
from tests.journeys.conftest import look

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def test_a_fund_is_written_with_its_sentence_before_ones_eyes(
    page: Page, live_server: Any, come_in: Any, settings: Any
) -> None:
    settings.TODAY = date(2017, 6, 1)
    closed_weeks(weeks=(12, 13), audience="Minima sociaux")
    come_in(signed_in(make_person("network")))
    page.goto(f"{live_server.url}/argent/financements/")
    page.get_by_role("link", name="Écrire un financement").click()
    page.get_by_label("Nom du financement").fill("Paniers du Loir-et-Cher")
    page.get_by_text("Il n’est pas dans la liste").click()
    page.get_by_label("Son nom").fill("Fondation des Jardins")
    page.get_by_label("Territoires des foyers").fill("Loir-et-Cher")
    page.get_by_label("Au plus, par panier").press_sequentially("2,50")
    sentence = page.locator("#apercu")
    expect(sentence).to_contain_text("Pour les foyers du Loir-et-Cher ; au plus 2,50 € par panier.")
    expect(sentence).to_contain_text("3 foyers aujourd’hui, 6 paniers en 12 mois")
    look(page, "fund_new")
    page.get_by_role("button", name="Enregistrer le financement").click()
    page.get_by_label("Montant promis").fill("3 000")
    page.get_by_role("button", name="Ajouter").click()
    page.get_by_role("link", name="Noter la notification").click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Le montant notifié est noté.")).to_be_visible()
    look(page, "fund")
    assert Tranche.objects.get().notified_cents == 3_000_00
    page.goto(f"{live_server.url}/argent/financements/")
    expect(page.locator("svg.sankey")).to_contain_text("Paniers du Loir-et-Cher")
    look(page, "all_funds")
