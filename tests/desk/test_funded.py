"""What the people of a partner that funds may read: figures of its money, small groups folded, and nobody."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from cageot.network.models import Partner
from tests.desk.a_week import MONDAY_AFTER, NAMES, Place, a_place, signed_in, text_of

pytestmark = pytest.mark.django_db
PERIOD = "?du=2017-01-01&au=2017-12-31"


@pytest.fixture
def place(settings) -> Place:
    settings.TODAY = MONDAY_AFTER
    place = a_place(12)
    place.mark_all()
    place.close()
    return place


def test_a_funder_comes_in_on_the_figures_of_its_partner(place) -> None:
    flore = signed_in(place, "funder")
    page = flore.get("/", follow=True)
    assert page.redirect_chain[-1][0] == f"/mes-chiffres/{place.payer.partner_id}/"
    text = text_of(flore.get(f"/mes-chiffres/{place.payer.partner_id}/{PERIOD}"))
    assert "CCAS de Blois" in text and "50,40 €" in text
    for name in NAMES:
        assert name.split()[0] not in text and name.split()[1] not in text


def test_the_files_of_a_funder_are_those_of_the_network(place) -> None:
    flore, nadia = signed_in(place, "funder"), signed_in(place, "network")
    pk = place.payer.partner_id
    for form in ("csv", "pdf"):
        theirs = nadia.get(reverse("desk:all_statement_file", args=[pk, form]) + PERIOD)
        assert flore.get(f"/mes-chiffres/{pk}/releve.{form}{PERIOD}").content == theirs.content
    assert flore.get(f"/mes-chiffres/{pk}/releve.xlsx{PERIOD}").status_code == 200
    assert flore.get(f"/mes-chiffres/{pk}/releve.doc").status_code == 404


def test_a_funder_reads_no_other_partner_and_nothing_after_the_role_ends(place, settings) -> None:
    flore = signed_in(place, "funder")
    other = Partner.objects.create(name="Autre", kind="foundation", funds=True)
    assert flore.get(f"/mes-chiffres/{other.pk}/").status_code == 404
    assert signed_in(place, "coordinator").get(f"/mes-chiffres/{place.payer.partner_id}/").status_code == 404
    place.payer.partner.roles.update(until_day=date(2017, 3, 26))
    assert flore.get(f"/mes-chiffres/{place.payer.partner_id}/").status_code == 404
    assert flore.get("/mes-chiffres/").status_code == 404
