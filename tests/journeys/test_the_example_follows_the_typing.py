"""While somebody types an agreement or a support, what each would pay is told beside it, before anything is complete."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.desk.a_week import MONDAY_AFTER, a_place, signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def test_the_example_of_an_agreement_follows_the_typing(
    page: Page, live_server: Any, come_in: Any, settings: Any
) -> None:
    settings.TODAY = MONDAY_AFTER
    place = a_place()
    come_in(signed_in(place, "coordinator"))
    page.goto(f"{live_server.url}/jardins/{place.garden.code}/conventions/nouvelle/")
    example = page.locator("#apercu")
    page.locator("[name=l0_member]").press_sequentially("4")
    expect(example).to_contain_text("3,60 € au plus")
    page.locator("[name=l0_member]").fill("3,60")
    page.locator("[name=l0_s0]").press_sequentially("reste")
    expect(example).to_contain_text("Panier à 12,00 € : 3,60 € adhérent, 8,40 €")
    one = place.payer.agreement_id
    page.goto(f"{live_server.url}/conventions/{one}/")
    page.locator("#prix").fill("10")
    expect(page.locator("#exemple")).to_contain_text("Panier à 10,00 € : 3,00 € adhérent, 7,00 € CCAS de Blois.")


def test_what_a_household_will_pay_follows_the_choice_of_a_tariff(
    page: Page, live_server: Any, come_in: Any, settings: Any
) -> None:
    settings.TODAY = MONDAY_AFTER
    place = a_place()
    come_in(signed_in(place, "coordinator"))
    paul = place.baskets[1].household_id
    page.goto(f"{live_server.url}/jardins/{place.garden.code}/foyers/{paul}/prise-en-charge/")
    page.locator("[name=until_day]").fill("")
    page.locator("[name=from_day]").fill("2017-04-03")
    page.locator("[name=from_day]").blur()
    expect(page.locator("#apercu")).to_contain_text("le foyer paie 3,60 €, le reste est pris en charge")
