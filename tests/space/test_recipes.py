"""What a member cooks: recipes for their own basket, without an oven or quick, for the people they are."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.baskets.models import Produce, Ways
from cageot.workshops.actions import recipes
from cageot.workshops.models import Recipe
from tests.desk.a_week import AT, WEEK, text_of
from tests.factories import make_garden
from tests.space.a_member import Here
from tests.workshops.test_recipes import a_recipe

pytestmark = pytest.mark.django_db
MINE = "/moi/recettes/"
SOUP = f"{MINE}soupe-poireau-pomme-de-terre/"


@pytest.fixture
def cook(here: Here) -> Client:
    """Amina, whose basket holds leeks and potatoes, once the garden publishes it."""
    recipes.ship(at=AT)
    content = here.publish()
    codes = iter(("poireau", "pomme-de-terre"))
    for line in content.lines.order_by("rank"):
        line.produce = Produce.objects.get(garden=here.place.garden, code=next(codes))
        line.save()
    return here.client()


def ideas(client: Client, query: str = "") -> list[str]:
    return [one.recipe.code for one in client.get(f"{MINE}{query}").context["page"].ideas]


def test_recipes_are_for_ones_own_basket(cook: Client) -> None:
    text = text_of(cook.get(MINE))
    assert "Avec votre panier" in text
    assert "Utilise 2 légumes de votre panier." in text
    assert "soupe-poireau-pomme-de-terre" in ideas(cook)[:4]
    for code in ideas(cook):
        assert {"poireau", "pomme-de-terre"} & set(Recipe.objects.get(code=code).produce.values_list("code", flat=True))


def test_the_first_page_leads_to_what_to_cook(cook: Client) -> None:
    answer = cook.get("/moi/")
    assert "Avec votre panier" in text_of(answer)
    assert f'href="{MINE}"' in answer.content.decode()


def test_without_an_oven_and_quick(cook: Client) -> None:
    found = Recipe.objects.filter(code__in=ideas(cook, "?four=non&temps=court"))
    assert found
    assert all("oven" not in one.equipment and one.minutes <= 30 for one in found)


def test_recipes_are_of_the_season_while_nobody_knows_what_is_inside(here: Here, cook: Client) -> None:
    Ways.objects.update_or_create(garden=here.place.garden, defaults={"content_shown": Ways.Shown.NOWHERE})
    assert "Recettes de saison" in text_of(cook.get(MINE))
    assert "Que cuisiner" not in text_of(cook.get("/moi/"))
    assert all(3 in one.months for one in Recipe.objects.filter(code__in=ideas(cook)))


def test_quantities_follow_the_number_of_people(cook: Client) -> None:
    assert "3 poireaux" in text_of(cook.get(SOUP))
    assert "6 poireaux" in text_of(cook.get(f"{SOUP}?personnes=8"))
    assert "3 poireaux" in text_of(cook.get(f"{SOUP}?personnes=zut"))


def test_a_member_reads_the_gardens_own_recipes_and_no_other_gardens(here: Here, cook: Client) -> None:
    own = recipes.save(a_recipe(here.place.garden), ["poireau"], by=None, at=AT)
    theirs = recipes.save(a_recipe(make_garden("loin"), "Tarte de loin"), ["poireau"], by=None, at=AT)
    assert cook.get(f"{MINE}{own.code}/").status_code == 200
    assert cook.get(f"{MINE}{theirs.code}/").status_code == 404
    recipes.archive(own, today=WEEK.monday, by=None, at=AT)
    assert cook.get(f"{MINE}{own.code}/").status_code == 404
    assert own.code not in ideas(cook)


def test_who_has_not_come_in_is_led_to_the_door(cook: Client) -> None:
    for address in (MINE, SOUP):
        assert Client().get(address)["Location"] == "/moi/entrer/"


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


@pytest.mark.parametrize("address", [MINE, SOUP, "/moi/"])
def test_pages_cost_the_same_with_three_recipes_and_thirty(here: Here, cook: Client, address: str) -> None:
    Recipe.objects.exclude(code="soupe-poireau-pomme-de-terre").delete()
    for number in range(3):
        recipes.save(a_recipe(here.place.garden, f"Galette {number}"), ["poireau", "carotte"], by=None, at=AT)
    few = queries_of(cook, address)
    for number in range(3, 30):
        recipes.save(a_recipe(here.place.garden, f"Galette {number}"), ["poireau", "carotte"], by=None, at=AT)
    assert queries_of(cook, address) == few


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_recipe_stays_french_and_says_so(here: Here, cook: Client, language: str) -> None:
    answer: Any = here.client(language=language).get(SOUP)
    assert '<h1 lang="fr">' in answer.content.decode()
    assert "Fendez les poireaux" in text_of(answer)
