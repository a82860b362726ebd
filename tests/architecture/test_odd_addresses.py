"""Addresses typed by hand, cut, or forged: a page or "not found", never a fault of the site."""

from __future__ import annotations

import pytest

from tests.architecture.test_doors import place  # noqa: F401 (a fixture)
from tests.desk.a_week import Place, signed_in

ODD = [
    "/jardins/{garden}/semaines/0001-W01/",
    "/jardins/{garden}/semaines/9999-W52/pointage/",
    "/jardins/{garden}/semaines/2017-W60/",
    "/jardins/{garden}/semaines/2017-W12/pointage/?jour=²&depot=²&page=²",
    "/jardins/{garden}/releves/?du=9999-12-01&au=9999-12-31",
    "/jardins/{garden}/releves/{payer}/?du=9999-10-01&au=9999-12-31",
    "/jardins/{garden}/releves/{payer}/csv/?du=0001-01-01&au=9999-12-31",
    "/jardins/{garden}/releves/99999999999999999999/",
    "/jardins/{garden}/foyers/?depot=²&taille=99999999999999999999&page=-1",
    "/jardins/{garden}/foyers/99999999999999999999/",
    "/jardins/{garden}/reglages/livraisons/99999/",
    "/conventions/{agreement}/?taille=²&prix=1e309",
    "/conventions/{agreement}/modifier/?tarif=²",
    "/paniers/99999999999999999999/qui-paie/",
    "/jardins/{garden}/conventions/?q=%00",
    "/jardins/{garden}/foyers/?q=a%00b",
    "/jardins/{garden}/semaines/0001-W01/feuilles/",
    "/jardins/{garden}/semaines/9999-W52/changements/",
    "/jardins/{garden}/semaines/0001-W01/composer/",
    "/jardins/{garden}/semaines/9999-W52/remise/",
    "/jardins/{garden}/semaines/2017-W12/feuilles/preparation.pdf?jour=²&tournee=²&depot=²",
    "/jardins/{garden}/reglages/feries/2100/",
    "/jardins/{garden}/reglages/feries/99999/",
    "/jardins/{garden}/reglages/depots/99999999999999999999/",
    "/jardins/{garden}/reglages/depots/ajouter/?comme=99999999999999999999",
    "/contenu/{garden}/0001-W01/",
    "/depot/99999999999999999999/",
]


@pytest.mark.parametrize("address", ODD)
def test_an_odd_address_is_answered(place: Place, address: str) -> None:  # noqa: F811
    known = {"garden": place.garden.code, "payer": place.payer.partner_id, "agreement": place.payer.agreement_id}
    assert signed_in(place, "coordinator").get(address.format(**known)).status_code in (200, 302, 404)
