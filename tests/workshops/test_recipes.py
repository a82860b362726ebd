"""Recipes are laid once; what somebody changed stays; what can be read can be found."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cageot.network import finding
from cageot.network.models import Findable, Garden, LogEvent
from cageot.network.rules.reach import Can, Reach
from cageot.workshops.actions import recipes
from cageot.workshops.models import Recipe, RecipeProduce
from cageot.workshops.rules import shipped_recipes
from tests.factories import make_garden

pytestmark = pytest.mark.django_db
AT = datetime(2018, 3, 5, 9, tzinfo=UTC)
LATER = datetime(2018, 4, 5, 9, tzinfo=UTC)
SOUP = "soupe-poireau-pomme-de-terre"


def a_recipe(garden: Garden | None, title: str = "Galette de Jeanne") -> Recipe:
    return Recipe(
        garden=garden, title=title, months=[3], minutes=30, active_minutes=10, servings=4, cents_per_serving=80, equipment=["pan"],
        diet=[], allergens=[], ingredients=[{"qty": 2, "unit": "pièce", "name": "poireaux"}], steps=["Coupez.", "Cuisez."],
    )  # fmt: skip


def anew(monkeypatch: Any, **changed: str) -> None:
    """The recipes that ship, some with another title, as a newer Cageot would bring them."""
    newer = tuple(
        replace(one, fields={**one.fields, "title": changed[one.code.replace("-", "_")]}, digest="newer")
        if one.code.replace("-", "_") in changed else one
        for one in shipped_recipes.recipes()
    )  # fmt: skip
    monkeypatch.setattr(shipped_recipes, "recipes", lambda: newer)


def test_recipes_are_laid_once() -> None:
    assert recipes.ship(at=AT) == len(shipped_recipes.recipes()) == Recipe.objects.count()
    assert recipes.ship(at=LATER) == 0
    soup = Recipe.objects.get(code=SOUP)
    assert [one.code for one in soup.produce.all()] == ["poireau", "pomme-de-terre"]
    assert LogEvent.objects.filter(verb="workshops.recipes_shipped").count() == 1


def test_a_newer_text_replaces_the_one_that_nobody_changed(monkeypatch: Any) -> None:
    recipes.ship(at=AT)
    anew(monkeypatch, soupe_poireau_pomme_de_terre="Soupe toute neuve")
    assert recipes.ship(at=LATER) == 1
    assert Recipe.objects.get(code=SOUP).title == "Soupe toute neuve"
    assert Findable.objects.get(kind="recipe", key=SOUP).title == "Soupe toute neuve"
    assert RecipeProduce.objects.filter(recipe__code=SOUP).count() == 2


def test_a_newer_text_leaves_what_somebody_changed_or_put_away(monkeypatch: Any) -> None:
    recipes.ship(at=AT)
    soup = Recipe.objects.get(code=SOUP)
    soup.title = "La soupe du réseau"
    recipes.save(soup, ["poireau"], by=None, at=AT)
    gone = Recipe.objects.get(code="poireaux-vinaigrette")
    recipes.archive(gone, today=date(2018, 3, 5), by=None, at=AT)
    anew(monkeypatch, soupe_poireau_pomme_de_terre="Soupe toute neuve", poireaux_vinaigrette="Autre chose")
    assert recipes.ship(at=LATER) == 0
    assert Recipe.objects.get(code=SOUP).title == "La soupe du réseau"
    gone.refresh_from_db()
    assert (gone.title, gone.archived_on) == ("Poireaux tièdes vinaigrette", date(2018, 3, 5))


def test_a_recipe_that_is_put_away_is_found_no_more_until_it_comes_back() -> None:
    recipes.ship(at=AT)
    soup = Recipe.objects.get(code=SOUP)
    recipes.archive(soup, today=date(2018, 3, 5), by=None, at=AT)
    recipes.archive(soup, today=date(2018, 3, 6), by=None, at=LATER)
    assert not Findable.objects.filter(key=SOUP).exists()
    assert LogEvent.objects.filter(verb="workshops.recipe_archived").count() == 1
    recipes.take_back(soup, by=None, at=LATER)
    assert Findable.objects.filter(key=SOUP).exists()


def test_a_garden_finds_its_own_recipe_and_no_other_garden_does() -> None:
    garden, other = make_garden("blois"), make_garden("tours")
    recipes.save(a_recipe(garden), ["poireau"], by=None, at=AT)
    mine = Reach(by_garden={garden.pk: frozenset(Can)})
    theirs = Reach(by_garden={other.pk: frozenset(Can)})
    assert [one.key for one in finding.find("galette", mine).found] == ["galette-de-jeanne"]
    assert not finding.find("galette", theirs).found
    assert list(Recipe.objects.of(other)) == list(Recipe.objects.reachable(theirs)) == []


def test_two_recipes_of_the_same_name_have_an_address_each() -> None:
    garden, other = make_garden("blois"), make_garden("tours")
    recipes.save(a_recipe(garden), ["poireau"], by=None, at=AT)
    assert recipes.save(a_recipe(other), ["poireau"], by=None, at=AT).code == "galette-de-jeanne-2"
    assert recipes.save(a_recipe(other, "Écrire"), ["poireau"], by=None, at=AT).code == "ecrire-2"
    assert recipes.save(a_recipe(other, "煮物"), ["poireau"], by=None, at=AT).code == "recette"
