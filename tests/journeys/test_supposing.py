"""Nadia supposes that a funder leaves, sees who is hit and what would help, and keeps it; then she opens it again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from cageot.funding.models import SavedScenario
from tests.desk.a_week import a_place
from tests.factories import make_person, signed_in
from tests.funding.money_world import make_fund, make_tranche
from tests.journeys.conftest import look

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def test_a_funder_that_leaves_is_supposed_seen_and_kept(
    page: Page, live_server: Any, come_in: Any, settings: Any
) -> None:
    settings.TODAY = date(2017, 4, 3)
    place = a_place(6, quota_baskets=1)
    place.mark_all()
    place.close()
    make_tranche(make_fund("Crédits de l’État"), 100_000)
    come_in(signed_in(make_person("network")))
    page.goto(f"{live_server.url}/argent/et-si/")
    page.get_by_label("Un financeur").select_option(label="Crédits de l’État")
    page.get_by_label("À partir du").fill("2017-03-01")
    page.get_by_role("button", name="Voir ce qui changerait").click()
    expect(page.get_by_text("de plus sans payeur")).to_be_visible()
    expect(page.get_by_role("rowheader", name="Jardin du Val de Loire")).to_be_visible()
    look(page, "what_if_result")
    assert not SavedScenario.objects.exists()
    page.get_by_label("Nom de ce scénario").fill("L’État s’en va")
    page.get_by_role("button", name="Garder ce scénario").click()
    expect(page.get_by_text("Ce scénario est gardé.")).to_be_visible()
    page.goto(f"{live_server.url}/argent/et-si/")
    page.get_by_role("link", name="L’État s’en va").click()
    expect(page.get_by_text("de plus sans payeur")).to_be_visible()
