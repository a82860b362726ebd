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
from cageot.workshops.models import Place, Recipe, Session, Workshop
from tests.desk.a_week import MONDAY_AFTER, WEEK, a_stranger, signed_in, text_of
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
    assert "Une recette pour la feuille" not in text_of(signed_in(kitchen.place, "treasurer").get(slip(kitchen)))


# --- A cooking session ----------------------------------------------------------------------------


def a_session(kitchen: Any, equipment: list[str]) -> Session:
    """A cooking session on Thursday of the week that is composed."""
    place = Place.objects.create(garden=kitchen.garden, name="École", commune_code="41018", equipment=equipment)
    workshop = Workshop.objects.create(garden=kitchen.garden, title="Cuisiner le panier")
    starts, ends = datetime(2017, 3, 23, 14, tzinfo=UTC), datetime(2017, 3, 23, 16, tzinfo=UTC)
    return Session.objects.create(garden=kitchen.garden, workshop=workshop, place=place, starts_at=starts, ends_at=ends)


def cooking(kitchen: Any, session: Session) -> str:
    return f"/jardins/{kitchen.garden.code}/ateliers/dates/{session.pk}/recettes/"


def test_a_session_is_proposed_what_its_place_can_cook(kitchen: Any, helene: Client) -> None:
    session = a_session(kitchen, ["pot"])
    page = helene.get(cooking(kitchen, session)).context["page"]
    assert page.ideas.composed
    assert page.ideas.ideas
    assert all(set(one.recipe.equipment) <= {"pot", "knife", "salad_bowl", "none"} for one in page.ideas.ideas)
    session.place.equipment = []
    session.place.save()
    answer = helene.get(cooking(kitchen, session))
    assert "On ne sait pas ce qu’il y a pour cuisiner" in text_of(answer)


def test_what_is_chosen_for_a_session_is_what_its_workshop_cooks(kitchen: Any, helene: Client) -> None:
    session = a_session(kitchen, ["pot"])
    own = recipes.save(a_recipe(make_garden("loin")), ["poireau"], by=None, at=AT)
    soup = "soupe-poireau-pomme-de-terre"
    helene.post(cooking(kitchen, session), {"recette": [soup, own.code, "zut"]})
    assert list(session.workshop.recipes.values_list("code", flat=True)) == [soup]
    page = helene.get(cooking(kitchen, session)).context["page"]
    assert [one.code for one in page.chosen] == [soup]
    assert soup not in [one.recipe.code for one in page.ideas.ideas]
    helene.post(cooking(kitchen, session), {})
    assert not session.workshop.recipes.exists()


def test_strangers_and_treasurers_choose_nothing_to_cook(kitchen: Any) -> None:
    session = a_session(kitchen, ["pot"])
    for client in (a_stranger(), signed_in(kitchen.place, "treasurer")):
        assert (
            client.get(cooking(kitchen, session)).status_code
            == client.post(cooking(kitchen, session)).status_code
            == 404
        )


def test_a_place_says_what_there_is_to_cook_with(kitchen: Any, helene: Client) -> None:
    session = a_session(kitchen, ["pot"])
    address = f"/jardins/{kitchen.garden.code}/ateliers/lieux/{session.place_id}/"
    assert helene.get(address).context["form"]["equipment"].value() == ["pot"]
    helene.post(address, {"name": "École", "equipment": ["oven", "pan"]})
    session.place.refresh_from_db()
    assert session.place.equipment == ["oven", "pan"]
    assert helene.post(address, {"name": "École", "equipment": ["fusée"]}).status_code in (200, 422)
    session.place.refresh_from_db()
    assert session.place.equipment == ["oven", "pan"]
