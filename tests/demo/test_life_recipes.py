"""The demonstration's recipes: those that ship, one of Blois's own, slips that give a recipe of their basket."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cageot.baskets import content
from cageot.baskets.models import Slip
from cageot.baskets.rules.content import Row
from cageot.core.week import Week
from cageot.demo import life_recipes
from cageot.demo.kitchen import PARIS
from cageot.workshops.models import Place, Recipe
from cageot.workshops.rules import shipped_recipes
from tests.desk.a_week import WEEK
from tests.desk.test_content import Kitchen

pytestmark = pytest.mark.django_db


def test_each_slip_takes_a_recipe_of_its_basket_and_never_twice_the_same() -> None:
    kitchen: Any = Kitchen()  # type: ignore[no-untyped-call]
    at = datetime(2017, 3, 20, 9, tzinfo=PARIS)
    weeks: list[Week] = [WEEK - 2, WEEK - 1, WEEK]
    for week in weeks:
        rows = [
            Row(one.pk, one.unit, one.unit_cents, {kitchen.size.pk: 800})
            for one in (kitchen.produce(code) for code in ("poireau", "pomme-de-terre"))
        ]
        content.compose(kitchen.thursday, week, sizes=[kitchen.size.pk], rows=rows, seen=None, by=None, at=at)
        content.write_slip(kitchen.garden, week, recipe_title="Soupe", recipe="…", by=None, at=at)
    Place.objects.create(garden=kitchen.garden, name="Cuisine du quartier", commune_code="41018")
    stage: Any = SimpleNamespace(garden=kitchen.garden, by=None)
    life_recipes.play([stage], on=date(2017, 3, 23))
    assert Recipe.objects.filter(garden=None).count() == len(shipped_recipes.recipes())
    assert Recipe.objects.get(garden=kitchen.garden).title == life_recipes.OWN["title"]
    given = list(Slip.objects.order_by("week").values_list("recipe_title", flat=True))
    assert len(set(given)) == len(weeks)
    for title in given:
        used = set(Recipe.objects.get(title=title).produce.values_list("code", flat=True))
        assert used & {"poireau", "pomme-de-terre"}
    assert Place.objects.get().equipment == life_recipes.KITCHEN
