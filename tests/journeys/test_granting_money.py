"""A garden answers a call and reports; the network decides side by side and pays, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from cageot.funding.models import GrantApplication, GrantReport
from tests.desk.a_week import a_place, signed_in
from tests.funding.money_world import make_call
from tests.journeys.conftest import look

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def test_a_garden_applies_and_reports_the_network_decides_and_pays(
    page: Page, live_server: Any, come_in: Callable[[Client], None], settings: Any
) -> None:
    settings.TODAY = date(2017, 2, 10)
    place = a_place()
    theo, nadia = signed_in(place, "treasurer"), signed_in(place, "network")
    make_call()
    home = f"{live_server.url}/jardins/{place.garden.code}/argent/subventions/"

    # Théo answers, on his phone: the garden's figures are there already.
    page.set_viewport_size({"width": 390, "height": 844})
    come_in(theo)
    page.goto(home)
    look(page, "grants-open")
    page.get_by_role("button", name="Répondre").click()
    page.get_by_label("Le projet").fill("Un atelier de cuisine par mois.")
    assert page.get_by_label("Paniers accompagnés").input_value() == "3"
    page.get_by_label("Ateliers").fill("10")
    look(page, "grants-step-1")
    page.get_by_role("button", name="Garder et continuer").click()
    page.get_by_label("Somme demandée au réseau").fill("2000")
    page.get_by_label("60 · Achats").fill("500")
    page.get_by_label("64 · Charges de personnel").fill("1600")
    page.get_by_label("74 · Subventions d’exploitation").fill("2000")
    page.get_by_role("button", name="Garder et continuer").click()
    page.get_by_role("link", name="Le budget doit être équilibré").click()
    page.get_by_label("70 · Vente").fill("100")
    look(page, "grants-step-2")
    page.get_by_role("button", name="Garder et continuer").click()
    look(page, "grants-step-3")
    page.get_by_role("button", name="Envoyer au réseau").click()
    page.get_by_text("Votre demande est envoyée").wait_for()
    one = GrantApplication.objects.get()
    assert (one.state, one.asked_cents) == ("sent", 200_000)

    # Nadia decides: an amount is proposed, she gives less, in two payments.
    page.set_viewport_size({"width": 1280, "height": 900})
    come_in(nadia)
    page.goto(f"{live_server.url}/argent/appels/")
    look(page, "calls")
    page.get_by_role("link", name="Ateliers de cuisine 2017").click()
    look(page, "call")
    page.get_by_role("link", name="Décider").click()
    assert page.get_by_label("Somme accordée : Jardin du Val de Loire").input_value() == "2000,00"
    page.get_by_label("Somme accordée : Jardin du Val de Loire").fill("1500")
    page.get_by_label("Vos mots au jardin : Jardin du Val de Loire").fill("Bravo, un peu moins que demandé.")
    look(page, "call-decide")
    page.get_by_role("button", name="Décider").click()
    page.get_by_text("1 jardin est prévenu.").wait_for()
    page.get_by_role("link", name="Jardin du Val de Loire").click()
    page.get_by_label("Référence du virement").fill("VIR 12")
    look(page, "network-grant")
    page.get_by_role("button", name="C’est versé").click()
    page.get_by_text("Le versement est noté").wait_for()
    assert list(one.instalments.values_list("cents", flat=True)) == [120_000, 30_000]

    # A year later Théo reports: 40 € are left, for the next year.
    settings.TODAY = date(2018, 1, 15)
    come_in(theo)
    page.goto(f"{home}{one.pk}/")
    look(page, "grant")
    page.get_by_role("link", name="Écrire le compte rendu").click()
    page.get_by_label("Ce qui a été fait").fill("Dix ateliers, vingt foyers.")
    page.get_by_label("60 · Achats").fill("460")
    page.get_by_label("Ce qui reste de l’aide du réseau").fill("40")
    look(page, "grant-report")
    page.get_by_role("button", name="Envoyer au réseau").click()
    page.get_by_text("Le compte rendu est envoyé").wait_for()
    page.get_by_role("link", name="Chiffres du Cerfa").click()
    look(page, "grant-cerfa")
    with page.expect_download() as file:
        page.get_by_role("link", name="Les trois fiches en PDF").click()
    assert file.value.suggested_filename.endswith(".pdf")

    # Nadia accepts; the rest is carried over.
    come_in(nadia)
    page.goto(f"{live_server.url}/argent/subventions/{one.pk}/")
    page.get_by_role("button", name="Accepter le compte rendu").click()
    page.get_by_text("Le compte rendu est accepté").wait_for()
    assert GrantReport.objects.get().state == "accepted"
    assert one.moves.get().cents == 146_000
