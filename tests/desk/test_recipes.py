"""Recipes: found by vegetable, season, equipment, time and diet; read for so many people; printed; written by a garden."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from cageot.network.models import Findable
from cageot.workshops.actions import recipes
from cageot.workshops.models import Recipe
from cageot.workshops.rules import shipped_recipes
from tests.desk.a_week import MONDAY_AFTER, Place, a_place, a_stranger, signed_in, text_of
from tests.workshops.test_recipes import a_recipe

pytestmark = pytest.mark.django_db
AT = datetime(2017, 3, 27, 9, 0, tzinfo=UTC)
SOUP = "/recettes/soupe-poireau-pomme-de-terre/"
TYPED = {
    "title": "Galette de Jeanne", "vegetables": "Poireaux, pommes de terre", "ingredients": "3 poireaux\n250 g de farine\nsel",
    "steps": "Coupez les poireaux.\nMélangez tout.\nFaites cuire.", "servings": "4", "minutes": "40", "active_minutes": "",
    "cost": "0,80", "equipment": ["pan", "knife"], "difficulty": "1", "allergens": ["gluten"],
}  # fmt: skip


@pytest.fixture
def place(settings: Any) -> Place:
    settings.TODAY = MONDAY_AFTER
    recipes.ship(at=AT)
    return a_place()


@pytest.fixture
def helene(place: Place) -> Client:
    return signed_in(place, "helper")


def titles(client: Client, query: str = "") -> list[str]:
    page = client.get(f"/recettes/{query}").context["page"]
    return [one.title for one in page.page.paginator.object_list]


def test_the_recipes_are_there_at_their_first_reading(settings: Any) -> None:
    settings.TODAY = MONDAY_AFTER
    client = signed_in(a_place(), "helper")
    assert len(titles(client)) == len(shipped_recipes.recipes())


def test_recipes_are_found_by_vegetable_season_equipment_time_and_diet(helene: Client) -> None:
    leeks = titles(helene, "?legume=poireau")
    assert "Soupe poireau et pomme de terre" in leeks
    assert "Carottes râpées au citron" not in leeks
    assert "Concombre au yaourt et à la menthe" in titles(helene)
    assert "Concombre au yaourt et à la menthe" not in titles(helene, "?saison=1")
    for query, kept in {
        "?four=non": lambda one: "oven" not in one["equipment"], "?temps=court": lambda one: one["minutes"] <= 30,
        "?cuisson=non": lambda one: not {"pan", "pot", "oven", "microwave"} & set(one["equipment"]),
        "?regime=gluten_free": lambda one: "gluten_free" in one["diet"],
    }.items():  # fmt: skip
        expected = sorted(one.fields["title"] for one in shipped_recipes.recipes() if kept(one.fields))
        assert sorted(titles(helene, query)) == expected


def test_filters_add_up_and_what_is_not_known_filters_nothing(helene: Client) -> None:
    page = helene.get("/recettes/?legume=carotte&four=non").context["page"]
    quick = next(one for one in page.filters if one.icon == "clock")
    assert set(quick.query.split("&")) == {"legume=carotte", "four=non", "temps=court"}
    assert len(titles(helene, "?legume=licorne&regime=lune&page=zut")) == len(shipped_recipes.recipes())


def test_nothing_found_says_what_to_do(helene: Client) -> None:
    assert "Enlevez un filtre" in text_of(helene.get("/recettes/?legume=fraise&regime=vegan&saison=1"))


def test_quantities_follow_the_number_of_people(helene: Client) -> None:
    assert "3 poireaux" in text_of(helene.get(SOUP))
    double = text_of(helene.get(f"{SOUP}?personnes=8"))
    assert "Pour 8 personnes" in double
    assert "6 poireaux" in double
    assert "un demi-litre d’eau" in text_of(helene.get(f"{SOUP}?personnes=2"))


@pytest.mark.parametrize("typed", ["0", "-3", "zut", "1000000", "²", "9" * 500])
def test_a_number_of_people_that_is_none_leaves_the_recipe_as_it_is(helene: Client, typed: str) -> None:
    assert "Pour 4 personnes" in text_of(helene.get(SOUP, {"personnes": typed}))


def words(answer: Any) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(BytesIO(answer.content)).pages]


def test_a_card_is_printed_for_so_many_people(helene: Client) -> None:
    answer = helene.get("/recettes/cartes.pdf?recette=soupe-poireau-pomme-de-terre&personnes=8")
    [page] = words(answer)
    assert answer["Content-Type"] == "application/pdf"
    for text in (
        "Soupe poireau et pomme de terre",
        "6 poireaux",
        "Pour 8 personnes",
        "casserole",
        "sans produit animal",
    ):
        assert text in page


def test_the_cards_of_a_list_are_printed_two_by_two(helene: Client) -> None:
    pages = words(helene.get("/recettes/cartes.pdf?legume=poireau"))
    assert len(pages) == (len(titles(helene, "?legume=poireau")) + 1) // 2
    assert helene.get("/recettes/cartes.pdf?legume=fraise&saison=1&four=non&regime=vegan").status_code == 404


def test_a_long_recipe_still_holds_on_its_card(place: Place, helene: Client) -> None:
    long = a_recipe(place.garden, "W" * 80)
    long.ingredients = [{"qty": 1.5, "unit": "cuillère à soupe", "name": "m" * 150} for _ in range(30)]
    long.steps = ["Mélangez " * 20 + "." for _ in range(15)]
    recipes.save(long, ["poireau"], by=None, at=AT)
    [page] = words(helene.get(f"/recettes/cartes.pdf?recette={long.code}"))
    assert page.count("cuillère") == 30


# --- Writing --------------------------------------------------------------------------------------


def test_a_garden_writes_its_own_recipe(place: Place, helene: Client) -> None:
    answer = helene.post("/recettes/ecrire/", TYPED)
    assert answer["Location"] == "/recettes/galette-de-jeanne/"
    one = Recipe.objects.get(code="galette-de-jeanne")
    assert (one.garden, one.cents_per_serving, one.active_minutes, one.equipment) == (
        place.garden,
        80,
        40,
        ["pan", "knife"],
    )
    assert one.ingredients == [
        {"qty": 3, "unit": "pièce", "name": "poireaux"}, {"qty": 250, "unit": "g", "name": "farine"}, {"qty": "", "unit": "", "name": "sel"},
    ]  # fmt: skip
    assert [each.code for each in one.produce.all()] == ["poireau", "pomme-de-terre"]
    assert one.months == [1, 2, 3, 9, 10, 11, 12], "the months of its vegetables"
    assert "Galette de Jeanne" in titles(helene, "?jardin=1")
    assert Findable.objects.get(kind="recipe", key=one.code).garden == place.garden


def test_another_garden_neither_reads_nor_changes_it(helene: Client) -> None:
    helene.post("/recettes/ecrire/", TYPED)
    sam = a_stranger()
    own = "/recettes/galette-de-jeanne/"
    assert sam.get(own).status_code == sam.get(f"{own}modifier/").status_code == 404
    assert (
        sam.post(f"{own}retirer/").status_code
        == sam.get("/recettes/cartes.pdf?recette=galette-de-jeanne").status_code
        == 404
    )
    assert sam.get("/recettes/ecrire/?de=galette-de-jeanne").status_code == 404
    assert "Galette de Jeanne" not in titles(sam)


def test_a_treasurer_reads_recipes_and_writes_none(place: Place, helene: Client) -> None:
    helene.post("/recettes/ecrire/", TYPED)
    theo = signed_in(place, "treasurer")
    assert theo.get("/recettes/galette-de-jeanne/").status_code == 200
    assert "Écrire une recette" not in text_of(theo.get("/recettes/"))
    for address in ("/recettes/ecrire/", "/recettes/galette-de-jeanne/modifier/"):
        assert theo.get(address).status_code == theo.post(address, TYPED).status_code == 404


def test_a_shared_recipe_is_changed_by_the_network_and_adapted_by_a_garden(place: Place, helene: Client) -> None:
    assert helene.get(f"{SOUP}modifier/").status_code == 404
    form = helene.get("/recettes/ecrire/?de=soupe-poireau-pomme-de-terre").context["form"]
    assert form["vegetables"].value() == "poireau, pomme de terre"
    assert "3 poireaux" in form["ingredients"].value()
    nadia = signed_in(place, "network")
    assert nadia.post(f"{SOUP}modifier/", TYPED | {"title": "La soupe de tous"})["Location"] == SOUP
    soup = Recipe.objects.get(code="soupe-poireau-pomme-de-terre")
    assert (soup.title, soup.garden, soup.origin) == ("La soupe de tous", None, "")
    assert recipes.ship(at=AT) == 0


def test_a_recipe_put_away_leaves_the_list_and_comes_back(helene: Client) -> None:
    helene.post("/recettes/ecrire/", TYPED)
    helene.post("/recettes/galette-de-jeanne/retirer/")
    assert "Galette de Jeanne" not in titles(helene)
    assert titles(helene, "?voir=retirees") == ["Galette de Jeanne"]
    assert "n’est plus proposée" in text_of(helene.get("/recettes/galette-de-jeanne/"))
    helene.post("/recettes/galette-de-jeanne/retirer/")
    assert "Galette de Jeanne" in titles(helene)


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("vegetables", "poirau", "Vouliez-vous dire « poireau » ?"),
        ("vegetables", "xyzzy", "Écrivez le nom d’un légume"),
        ("vegetables", " , ", "au moins un légume"),
        ("ingredients", "\n \n", "obligatoire"),
        ("ingredients", "sel\n" * 31, "Il y a 31 lignes, 30 au plus"),
        ("steps", "é" * 300, "Coupez-la en deux"),
        ("steps", "Cuire.\n" * 1_000_000, "7 000 000 signes, 4 000 au plus"),
        ("active_minutes", "50", "plus que le temps en tout"),
        ("cost", "beaucoup", "Écrivez un montant"),
        ("servings", "0", "supérieure ou égale à 1"),
        ("equipment", ["fusée"], "fusée"),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_is_kept(
    helene: Client, settings: Any, field: str, typed: Any, told: str
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000_000
    answer = helene.post("/recettes/ecrire/", TYPED | {field: typed})
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert "Galette de Jeanne" in answer.content.decode()
    assert len(answer.content) < 200_000
    assert not Recipe.objects.exclude(garden=None).exists()


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_pages_cost_the_same_queries_with_three_recipes_and_thirty(place: Place, helene: Client) -> None:
    Recipe.objects.exclude(code="soupe-poireau-pomme-de-terre").delete()
    addresses = ["/recettes/", SOUP, "/recettes/cartes.pdf", "/recettes/ecrire/"]
    for number in range(3):
        recipes.save(a_recipe(place.garden, f"Galette {number}"), ["poireau", "carotte"], by=None, at=AT)
    few = [queries_of(helene, address) for address in addresses]
    for number in range(3, 30):
        recipes.save(a_recipe(place.garden, f"Galette {number}"), ["poireau", "carotte"], by=None, at=AT)
    assert [queries_of(helene, address) for address in addresses] == few
