"""What the network officer keeps: editions with charter and budget, gardens and where they stand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.funding.models import CapExemption
from cageot.network.models import BudgetLine, Edition, Garden
from tests.desk.a_week import MONDAY_AFTER, a_place, signed_in, text_of
from tests.factories import make_agreement, make_edition, make_garden, make_partner, make_person, make_size
from tests.factories import signed_in as come_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.TODAY = MONDAY_AFTER


@pytest.fixture
def nadia() -> Client:
    return come_in(make_person("network"))


def edition(**answers: str) -> dict[str, str]:
    return {
        "name": "Paniers solidaires 2018", "code": "", "from_day": "2018-01-01", "until_day": "2018-12-31",
        "goal_baskets": "30000", "cap": "30 %", "charter": "Le même panier.\nAu même endroit.",
    } | answers  # fmt: skip


def read(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return text_of(answer)


# --- Who may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["coordinator", "helper", "treasurer"])
def test_what_the_network_keeps_does_not_exist_for_a_garden(role: str) -> None:
    place = a_place()
    client = signed_in(place, role)
    for url in ("/reseau/", "/reseau/editions/2017/", "/reseau/editions/2017/modifier/", "/reseau/nouvelle-edition/",
                "/reseau/nouveau-jardin/", f"/reseau/jardins/{place.garden.code}/", "/reseau/communes/?place=blois"):  # fmt: skip
        assert client.get(url).status_code == 404, url
    assert client.post("/reseau/nouvelle-edition/", edition()).status_code == 404
    assert not Edition.objects.filter(code="2018").exists()


# --- Editions -------------------------------------------------------------------------------------


def test_an_edition_opens_and_its_rules_are_read(nadia: Client) -> None:
    make_edition(2017)
    assert nadia.post("/reseau/nouvelle-edition/", edition()).status_code == 302
    made = Edition.objects.get(code="2018")
    assert (made.member_cap_bp, made.goal_baskets, made.from_day) == (3000, 30_000, date(2018, 1, 1))
    page = read(nadia, "/reseau/editions/2018/")
    assert "Le même panier. Au même endroit." in page
    assert "30 % du prix : 3,60 € au plus d’un panier à 12,00 €" in page
    assert "Pas encore" not in page
    assert "Paniers solidaires 2018 du 01/01/2018 au 31/12/2018 30 000 30 % à venir" in read(nadia, "/reseau/")


def test_a_new_edition_follows_the_last_with_the_same_rules(nadia: Client) -> None:
    make_edition(2017, charter="Le même panier.", member_cap_bp=2550)
    page = nadia.get("/reseau/nouvelle-edition/").content.decode()
    for said in ('value="2018-01-01"', 'value="2018-12-31"', 'value="30000"', 'value="25,5"', "Le même panier."):
        assert said in page


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"from_day": "2017-12-01"}, "L’édition « Paniers solidaires 2017 » court déjà du 01/01/2017 au 31/12/2017"),
        ({"until_day": "2017-12-31"}, "La fin vient avant le début."),
        ({"cap": "130"}, "Écrivez un pourcentage entre 0 et 100, par exemple 30."),
        ({"cap": "un tiers"}, "Écrivez un pourcentage entre 0 et 100, par exemple 30."),
        ({"code": "2017"}, "Une autre édition a ce code."),
    ],
)
def test_an_edition_that_does_not_stand_is_refused_in_words(nadia: Client, answers: dict[str, str], said: str) -> None:
    make_edition(2017)
    answer = nadia.post("/reseau/nouvelle-edition/", edition(**answers))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert Edition.objects.count() == 1


def test_what_closed_weeks_rest_on_no_longer_changes() -> None:
    place = a_place()
    place.mark_all()
    place.close()
    nadia = signed_in(place, "network")
    url = "/reseau/editions/2017/modifier/"
    assert "Des semaines sont closes : cela ne change plus." in read(nadia, url)
    short = edition(name="Autre nom", until_day="2017-03-20", from_day="2016-01-01", cap="50")
    assert "Des semaines sont closes jusqu’au 26/03/2017" in text_of(nadia.post(url, short))
    nadia.post(url, short | {"until_day": "2017-12-31"})
    one = Edition.objects.get()
    assert (one.name, one.from_day, one.member_cap_bp) == ("Autre nom", date(2017, 1, 1), 3000)


def test_before_anything_is_closed_all_of_an_edition_is_corrected(nadia: Client) -> None:
    make_edition(2017)
    nadia.post("/reseau/editions/2017/modifier/", edition(from_day="2017-02-01", until_day="2018-01-31", cap="25"))
    one = Edition.objects.get()
    assert (one.from_day, one.until_day, one.member_cap_bp) == (date(2017, 2, 1), date(2018, 1, 31), 2500)


def test_a_budget_is_written_line_by_line_and_a_guess_says_so(nadia: Client) -> None:
    make_edition(2017)
    url = "/reseau/editions/2017/budget/"
    nadia.post(
        url,
        {
            "b0_label": "Paniers",
            "b0_cents": "228 000",
            "b1_label": "Ateliers",
            "b1_cents": "45 000",
            "b1_assumed": "on",
        },
    )
    page = read(nadia, "/reseau/editions/2017/")
    assert "Paniers 228 000 €" in page
    assert "Ateliers hypothèse 45 000 €" in page
    assert "Ensemble 273 000 €" in page
    nadia.post(url, {"b0_label": "", "b0_cents": "", "b1_label": "Ateliers", "b1_cents": "50 000"})
    assert list(BudgetLine.objects.values_list("label", "cents", "assumed")) == [("Ateliers", 50_000_00, False)]


def test_a_line_without_amount_or_without_a_name_is_told_and_nothing_is_written(nadia: Client) -> None:
    make_edition(2017)
    answer = nadia.post(
        "/reseau/editions/2017/budget/", {"b0_label": "Paniers", "b0_cents": "", "b1_label": "", "b1_cents": "5"}
    )
    assert "Donnez le montant de cette ligne." in text_of(answer)
    assert "Dites à quoi sert ce montant." in text_of(answer)
    assert not BudgetLine.objects.exists()


def test_exemptions_of_an_edition_are_told_with_their_reason_and_answer(nadia: Client) -> None:
    garden = make_garden()
    one = make_edition(2017)
    CapExemption.objects.create(
        edition=one, agreement=make_agreement(garden), max_member_bp=3500, reason="Le CCAS ne peut pas plus.", status="granted",
        from_day=date(2017, 4, 1), until_day=date(2017, 12, 31),
    )  # fmt: skip
    page = read(nadia, "/reseau/editions/2017/")
    assert "CCAS 2017 accordée Jusqu’à 35 % du prix, du 01/04/2017 au 31/12/2017 Le CCAS ne peut pas plus." in page


def test_everybody_in_a_garden_reads_the_charter_and_nobody_else_does() -> None:
    place = a_place()
    url = f"/jardins/{place.garden.code}/charte/"
    assert "Pas encore de charte" in read(signed_in(place, "helper"), url)
    Edition.objects.update(charter="Personne n’a à dire ce qu’il paie.")
    for role in ("coordinator", "helper", "treasurer"):
        assert "Personne n’a à dire ce qu’il paie." in read(signed_in(place, role), url)


# --- Gardens --------------------------------------------------------------------------------------


def new_garden(**answers: str) -> dict[str, str]:
    return {
        "name": "Jardin de Cocagne du Val",
        "place": "41000 Blois",
        "code": "",
        "status": "candidate",
        "from_day": "2017-03-01",
    } | answers


def test_a_garden_joins_as_a_candidate_and_its_card_says_what_is_missing(nadia: Client) -> None:
    answer = nadia.post("/reseau/nouveau-jardin/", new_garden(), follow=True)
    page = text_of(answer)
    assert "Jardin ajouté. Donnez maintenant un accès à sa coordination." in page
    assert "Depuis le 01/03/2017 candidat" in page
    assert "Personne n’entre encore pour ce jardin." in page
    assert Garden.objects.get().code == "val"


def test_a_garden_s_code_is_its_own(nadia: Client) -> None:
    make_garden("val")
    nadia.post("/reseau/nouveau-jardin/", new_garden())
    assert Garden.objects.filter(code="val-2").exists()
    assert "Un autre jardin a ce code." in text_of(nadia.post("/reseau/nouveau-jardin/", new_garden(code="VAL")))
    assert "Cette commune n’est pas dans la liste officielle." in text_of(
        nadia.post("/reseau/nouveau-jardin/", new_garden(place="Xyzzy"))
    )


def test_where_a_garden_stands_is_dated_and_a_mistake_is_taken_back(nadia: Client) -> None:
    garden = make_garden()  # active since 2016
    nadia.post("/reseau/jardins/val/etat/", {"status": "suspended", "from_day": "2017-03-20"})
    page = read(nadia, "/reseau/jardins/val/")
    assert "Depuis le 20/03/2017 suspendu" in page
    assert "Du 01/01/2016 au 19/03/2017 actif" in page
    wrong = garden.statuses.get(status="suspended")
    assert "« suspendu », depuis le 20/03/2017, disparaît" in read(
        nadia, f"/reseau/jardins/val/etat/{wrong.pk}/retirer/"
    )
    nadia.post(f"/reseau/jardins/val/etat/{wrong.pk}/retirer/")
    only = garden.statuses.get()
    assert (only.status, only.until_day) == ("active", None)
    answer = nadia.post(f"/reseau/jardins/val/etat/{only.pk}/retirer/", follow=True)
    assert "Un jardin a toujours un état" in text_of(answer)
    assert garden.statuses.count() == 1


def test_the_network_corrects_a_name_and_leaves_the_bank_to_the_garden(nadia: Client) -> None:
    garden = make_garden()
    Garden.objects.update(iban="FR7630006000011234567890189")
    nadia.post(
        "/reseau/jardins/val/modifier/",
        {
            "name": "Jardin du Val",
            "legal_name": "Association du Val",
            "place": "41350 Vineuil",
            "siret": "73282932000074",
        },
    )
    garden.refresh_from_db()
    assert (garden.legal_name, garden.commune_code, garden.siret) == ("Association du Val", "41295", "73282932000074")
    page = read(nadia, "/reseau/jardins/val/")
    assert "Association du Val" in page
    assert "FR76" not in page


def test_the_card_of_a_garden_names_no_household() -> None:
    place = a_place()
    page = read(signed_in(place, "network"), f"/reseau/jardins/{place.garden.code}/")
    assert "CCAS 2017" in page
    assert "Benali" not in page


# --- Constant queries -----------------------------------------------------------------------------


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_the_pages_ask_as_much_for_many_gardens_as_for_one(nadia: Client) -> None:
    first = make_garden()
    make_edition(2017)
    urls = ("/reseau/", "/reseau/editions/2017/", "/reseau/jardins/val/")
    make_agreement(first).partner.gardens.add(first)
    few = [queries(nadia, url) for url in urls]
    for number in range(15):
        garden = make_garden(f"j{number}", f"Jardin {number}")
        make_size(garden)
        make_agreement(first, name=f"n{number}", partner=make_partner(f"p{number}")).partner.gardens.add(first)
        make_person("helper", first)
        Edition.objects.create(
            code=f"e{number}",
            name="x",
            goal_baskets=1,
            from_day=date(2030 + number, 1, 1),
            until_day=date(2030 + number, 12, 31),
        )
    assert [queries(nadia, url) for url in urls] == few
    assert max(few) <= 25


def test_a_place_is_a_place(nadia: Client) -> None:
    """Communes complete as they are typed."""
    assert "41350 Vineuil" in nadia.get("/reseau/communes/", {"place": "vineui"}).content.decode()
