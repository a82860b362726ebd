"""A social worker scans the card that the garden printed, and refers Amina; the garden answers, and both follow it."""

from __future__ import annotations

from typing import Any

import pytest

from cageot.members import referrals
from cageot.members.models import Referral
from cageot.network.models import Partner
from tests.desk.a_week import AT, MONDAY_AFTER, a_place, signed_in
from tests.journeys.conftest import look

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]

FORM_WEIGHT = 25_000
"""What the form may weigh on its way, page alone, in bytes; the style and the script of the site are kept by the browser."""
CLICKS_AND_KEYS = 40
"""What somebody who tries it the first time presses at most: 90 seconds, at two a second with time to read."""


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.TODAY = MONDAY_AFTER


def test_somebody_is_referred_from_a_card_and_the_garden_answers(
    page: Any, browser: Any, live_server: Any, come_in: Any
) -> None:
    place = a_place()
    Partner.objects.update(refers=True)
    Partner.objects.get().gardens.add(place.garden)
    come_in(signed_in(place, "coordinator"))
    page.goto(f"{live_server.url}/jardins/{place.garden.code}/orientations/")
    page.get_by_role("link", name="Faire le premier lien").click()
    page.get_by_label("Organisation qui oriente").select_option(label="CCAS de Blois")
    page.get_by_label("Convention").select_option(label="CCAS 2017")
    page.get_by_label("Pour qui").fill("Mme Ravel")
    page.get_by_label("Où lui répondre").fill("ravel@ccas.example")
    page.get_by_role("button", name="Faire le lien").click()
    look(page, "referral_link")
    address = page.locator("#address").input_value()

    telephone = browser.new_context(java_script_enabled=False, locale="fr-FR", viewport={"width": 390, "height": 844})
    outside = telephone.new_page()
    answer = outside.goto(address)
    assert len(answer.body()) <= FORM_WEIGHT
    outside.get_by_label("Son prénom").fill("Amina")
    outside.get_by_label("Commune").fill("41000 Blois")
    outside.get_by_label("Elle sait ce qui est envoyé").check()
    outside.get_by_role("button", name="Envoyer au jardin").click()
    pressed = len("Amina") + len("41000 Blois") + 4
    assert pressed <= CLICKS_AND_KEYS
    assert outside.get_by_role("heading", name="Bien reçu, merci").is_visible()
    assert Referral.objects.get().reach_by == "referrer"

    page.goto(f"{live_server.url}/jardins/{place.garden.code}/orientations/")
    look(page, "referrals_one")
    page.get_by_role("link", name="Amina").click()
    look(page, "referral")
    page.get_by_text("Demander une précision").click()
    page.get_by_label("Votre question à qui oriente").fill("Quel jour ?")
    page.get_by_role("button", name="Envoyer la question").click()
    page.get_by_text("Vous avez demandé :").wait_for()
    page.get_by_role("button", name="J’ai eu la réponse autrement").click()
    page.get_by_role("button", name="Liste d’attente").click()
    page.get_by_text("Elle est sur la liste d’attente.").wait_for()
    outside.reload()
    assert outside.get_by_text("Le jardin répond directement à la personne").is_visible()
    telephone.close()


def test_the_pages_without_an_account_can_be_read_by_everybody(page: Any, live_server: Any) -> None:
    place = a_place()
    Partner.objects.update(refers=True)
    partner = Partner.objects.get()
    partner.gardens.add(place.garden)
    _link, code = referrals.open_link(
        place.garden, partner=partner, agreement=place.payer.agreement, label="Mme Ravel", reach="r@ccas.example",
        from_day=AT.date(), until_day=None, by=None, at=AT,
    )  # fmt: skip
    page.goto(f"{live_server.url}/orienter/{code}/")
    look(page, "referral_form")
    page.get_by_role("button", name="Envoyer au jardin").click()
    page.get_by_role("heading", name="3 réponses sont à revoir").wait_for()
    look(page, "referral_form_wrong")
    page.get_by_label("Son prénom").fill("أمينة " * 20)
    page.get_by_label("Commune").fill("41000 Blois")
    page.get_by_label("Elle sait ce qui est envoyé").check()
    page.get_by_role("button", name="Envoyer au jardin").click()
    look(page, "referral_follow")
    theirs = page.locator(".qr-card strong.nowrap").inner_text()
    page.goto(f"{live_server.url}/suivi/{theirs}/")
    look(page, "referral_person")
    page.get_by_role("button", name="Retirer la demande").click()
    page.get_by_text("C’est retiré.").wait_for()
    look(page, "referral_withdrawn")
    page.goto(f"{live_server.url}/orienter/AAAA-BBBB/")
    look(page, "referral_calm")
