"""Recipes are suggested where one needs them: on the slip of the week, for a cooking session."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from cageot.baskets import content
from cageot.baskets.models import Slip
from cageot.baskets.rules.content import Row
from cageot.core.week import Week
from cageot.workshops.actions import recipes
from cageot.workshops.models import Recipe
from tests.desk.a_week import MONDAY_AFTER, WEEK, signed_in, text_of
from tests.desk.test_content import Kitchen
from tests.desk.test_recipes import words
from tests.factories import make_garden
from tests.workshops.test_recipes import a_recipe

pytestmark = pytest.mark.django_db
AT = datetime(2017, 3, 27, 9, 0, tzinfo=UTC)


@pytest.fixture
def kitchen(settings: Any) -> Any:
    settings.TODAY = MONDAY_AFTER
    recipes.ship(at=AT)
    kitchen: Any = Kitchen()  # type: ignore[no-untyped-call]
    fill(kitchen, WEEK)
    return kitchen


def fill(kitchen: Any, week: Week) -> None:
    """Leeks, potatoes and carrots in Thursday's baskets."""
    rows = []
    for code, milli in {"poireau": 800, "pomme-de-terre": 2000, "carotte": 600}.items():
        one = kitchen.produce(code)
        rows.append(Row(one.pk, one.unit, one.unit_cents, {kitchen.size.pk: milli}))
    content.compose(kitchen.thursday, week, sizes=[kitchen.size.pk], rows=rows, seen=None, by=None, at=AT)


@pytest.fixture
def helene(kitchen: Any) -> Client:
    return signed_in(kitchen.place, "helper")


def slip(kitchen: Any, week: object = WEEK) -> str:
    return f"/jardins/{kitchen.garden.code}/semaines/{week}/feuille-de-chou/"


def ideas(client: Client, kitchen: Any, week: object = WEEK) -> list[str]:
    answer = client.get(slip(kitchen, week))
    return [one.recipe.code for one in answer.context["recipes"].ideas]


def test_the_slip_proposes_recipes_for_what_the_baskets_hold(kitchen: Any, helene: Client) -> None:
    answer = helene.get(slip(kitchen))
    assert "Utilise 2 légumes du panier" in text_of(answer)
    for code in ideas(helene, kitchen):
        used = set(Recipe.objects.get(code=code).produce.values_list("code", flat=True))
        assert used & {"poireau", "pomme-de-terre", "carotte"}


def test_one_click_puts_the_recipe_on_the_slip_and_keeps_what_was_typed(kitchen: Any, helene: Client) -> None:
    code = "soupe-poireau-pomme-de-terre"
    answer = helene.post(
        slip(kitchen),
        {"news": "Les radis pointent.", "recipe_title": "", "recipe": "", "workshop": "Samedi.", "recette": code},
    )
    assert answer.status_code == 302
    made = Slip.objects.get()
    assert (made.news, made.workshop, made.recipe_title) == (
        "Les radis pointent.",
        "Samedi.",
        "Soupe poireau et pomme de terre",
    )
    assert made.recipe.splitlines()[0].startswith("Pour 4 : 3 poireaux, 3 pommes de terre")
    [page, *_rest] = words(helene.get(slip(kitchen) + "a4.pdf"))
    assert "Fendez les poireaux" in page


def test_last_weeks_recipe_is_not_proposed_first_again(kitchen: Any, helene: Client) -> None:
    fill(kitchen, WEEK + 1)
    [first, *_others] = ideas(helene, kitchen, WEEK + 1)
    helene.post(slip(kitchen), {"recette": first})
    assert ideas(helene, kitchen, WEEK + 1)[0] != first


def test_recipes_of_the_season_are_proposed_when_nothing_is_composed(kitchen: Any, helene: Client) -> None:
    answer = helene.get(slip(kitchen, WEEK + 1))
    assert "voici des recettes de saison" in text_of(answer)
    assert len(ideas(helene, kitchen, WEEK + 1)) == 4


def test_a_recipe_that_one_cannot_read_does_not_go_on_a_slip(kitchen: Any, helene: Client) -> None:
    other = make_garden("loin")
    own = recipes.save(a_recipe(other), ["poireau"], by=None, at=AT)
    assert helene.post(slip(kitchen), {"recette": own.code}).status_code == 404
    assert helene.post(slip(kitchen), {"recette": "zut"}).status_code == 404
    assert not Slip.objects.exists()


def test_a_treasurer_sees_no_button_for_a_recipe(kitchen: Any) -> None:
    assert "Mettre cette recette" not in text_of(signed_in(kitchen.place, "treasurer").get(slip(kitchen)))
