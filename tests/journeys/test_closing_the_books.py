"""Odile, treasurer, who never saw these pages: she writes an invoice by hand, takes the FEC away and closes 2017, in a real browser."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from cageot.funding import journal
from cageot.funding.models import Entity, FiscalYear
from cageot.funding.rules import fec
from tests.desk.a_week import a_place, signed_in
from tests.journeys.conftest import no_sideways_scroll
from tests.journeys.test_closing_a_week import come_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def test_a_treasurer_takes_the_file_away_and_closes_the_year(
    page: Page, context: BrowserContext, live_server: Any, settings: Any, tmp_path: Path
) -> None:
    settings.TODAY = date(2018, 2, 1)
    place = a_place()
    place.mark_all()
    place.close()
    Entity.objects.filter(pk=journal.entity_of(place.garden).pk).update(siren="732829320")
    come_in(context, live_server, signed_in(place, "treasurer"))
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{live_server.url}/jardins/{place.garden.code}/argent/comptes/2017/")

    # An invoice that Cageot does not know.
    page.goto(f"{live_server.url}/jardins/{place.garden.code}/argent/comptes/ecrire/")
    assert no_sideways_scroll(page)
    page.get_by_label("Date", exact=True).fill("2017-06-01")
    page.get_by_label("De quoi s’agit-il ?").fill("Semences")
    page.get_by_label("Pièce").fill("F 88")
    page.get_by_label("Compte, ligne 1").fill("601")
    page.get_by_label("Débit, ligne 1").fill("50")
    page.get_by_label("Compte, ligne 2").fill("512")
    page.get_by_label("Crédit, ligne 2").fill("40")
    page.get_by_role("button", name="Écrire", exact=True).click()
    page.get_by_text("10,00 € de trop au débit").wait_for()
    page.get_by_label("Crédit, ligne 2").fill("50")
    page.get_by_role("button", name="Écrire", exact=True).click()
    page.get_by_text("L’écriture n° 2 est faite.").wait_for()

    # The file for the tax office, checked then taken away.
    page.get_by_role("link", name="Fichiers").click()
    page.get_by_role("link", name="Vérifier le FEC").click()
    page.get_by_text("Le fichier est bon").wait_for()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Télécharger le FEC").click()
    assert taken.value.suggested_filename == "732829320FEC20171231.txt"
    file = tmp_path / "fec.txt"
    taken.value.save_as(file)
    with file.open("rb") as lines:
        assert not list(
            fec.check(lines, name="732829320FEC20171231.txt", first=date(2017, 1, 1), last=date(2017, 12, 31))
        )

    # The year's end.
    page.get_by_role("link", name="Fin d’exercice").click()
    page.get_by_label("J’ai relu la balance.").check()
    page.get_by_role("button", name="Clôturer l’exercice").click()
    page.get_by_text("L’exercice 2017 est clos.").wait_for()
    assert no_sideways_scroll(page)
    assert FiscalYear.objects.get(first=date(2017, 1, 1)).closed_at is not None
