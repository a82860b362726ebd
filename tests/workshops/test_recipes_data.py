"""The recipes that ship hold together: vegetables that exist, in their season, allergens and diets that the ingredients say,
equipment that the steps use, short sentences, French typography."""

from __future__ import annotations

import re
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest

from cageot.baskets.content import catalogue
from cageot.core.icons import ICONS
from cageot.workshops.rules import equipment
from cageot.workshops.rules.quantities import UNITS
from cageot.workshops.rules.shipped_recipes import ShippedRecipe, recipes

ALL = recipes()
PRODUCE = {line.code: line for line in catalogue()}
# Written apart from the data: a word in the name of an ingredient → the allergen that it brings.
BRINGS = [
    (r"farine(?! de (maïs|riz))|semoule|\bpain\b|pâtes|chapelure|avoine|blé|boulgour|sauce soja", "gluten"), (r"œuf", "œuf"),
    (r"\blait\b(?! de coco)|beurre(?! \w)|crème|fromage|yaourt", "lait"),
    (r"\bnoix\b(?! de coco)|noisette|amande", "fruits à coque"), (r"céleri", "céleri"), (r"moutarde", "moutarde"),
    (r"soja|tofu", "soja"), (r"vinaigre|raisins secs", "sulfites"), (r"sésame|tahin", "sésame"),
    (r"thon|sardine|poisson|maquereau", "poisson"), (r"cacahu|arachide", "arachide"),
]  # fmt: skip
ANIMAL = r"œuf|\blait\b(?! de coco)|beurre(?! \w)|crème|fromage|yaourt|miel|thon|sardine|lardon|jambon|viande|poulet"
FLESH = r"thon|sardine|lardon|jambon|viande|poulet"
PORK = r"lardon|jambon|porc|saucisse"
TOOLS = [
    (r"[Ee]nfourne", "oven"), (r"\b[Rr]âpe[zr]", "grater"), (r"micro-ondes", "microwave"), (r"(?<!ou )\b[Mm]ixez", "blender"),
    (r"\bpoêle\b", "pan"), (r"casserole|marmite", "pot"),
]  # fmt: skip
COOKS = (
    r"[Ff]aites? (les |la |le |bien )?(cuire|revenir|dorer|fondre|sauter|bouillir)|"
    r"-(les|la|le) (cuire|revenir|dorer|fondre|sauter|bouillir)|feu (doux|vif|moyen)"
)
STAPLES = "œuf yaourt fromage beurre farine crème vinaigre moutarde noix \\bpain\\b citron(?!n) \\bail\\b cumin riz\\b pâtes semoule".split()
EVERYDAY = (
    "carotte poireau chou-blanc chou-rouge chou-frise chou-kale chou-fleur brocoli courge-butternut potimarron navet betterave blette "
    "epinard pomme-de-terre oignon celeri-rave topinambour courgette tomate aubergine poivron concombre haricot-vert petit-pois fenouil "
    "radis laitue endive panais"
).split()

every_recipe = pytest.mark.parametrize("recipe", ALL, ids=[one.code for one in ALL])


def names(recipe: ShippedRecipe) -> list[str]:
    return [one["name"] for one in recipe.fields["ingredients"]]


def asked(recipe: ShippedRecipe, pattern: str) -> bool:
    """Whether an ingredient says so; yellow beans ("haricots beurre") are no butter."""
    return any(re.search(pattern, name) for name in names(recipe) if "haricots beurre" not in name)


def test_a_code_and_a_title_are_one_recipe_each() -> None:
    assert len(ALL) >= 60
    assert len({one.code for one in ALL}) == len({one.fields["title"] for one in ALL}) == len(ALL)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one.code) and len(one.code) <= 60 for one in ALL)
    assert all(len(one.fields["title"]) <= 80 for one in ALL), "a title fits on the slip"


@every_recipe
def test_a_recipe_is_of_known_vegetables_in_their_season(recipe: ShippedRecipe) -> None:
    assert recipe.produce
    assert set(recipe.produce) <= set(PRODUCE)
    grown = set.intersection(*({int(month) for month in PRODUCE[code].months.split(",")} for code in recipe.produce))
    months = recipe.fields["months"]
    assert months == sorted(set(months))
    assert set(months) <= grown


@every_recipe
def test_a_recipe_says_its_time_its_cost_and_for_how_many(recipe: ShippedRecipe) -> None:
    told = recipe.fields
    assert 0 < told["active_minutes"] <= told["minutes"] <= 120
    assert 1 <= told["servings"] <= 8
    assert 10 <= told["cents_per_serving"] <= 300
    assert told["difficulty"] in equipment.DIFFICULTY


HOURS = {"une": 60, "deux": 120, "trois": 180}


@every_recipe
def test_the_minutes_of_the_steps_fit_in_those_of_the_recipe(recipe: ShippedRecipe) -> None:
    """An hour in the cold is an hour: who has a quarter of one is not shown this recipe."""
    steps = " ".join(recipe.fields["steps"])
    said = sum(int(n) for n in re.findall(r"(\d+) minutes", steps))
    said += sum(HOURS.get(n, 0) for n in re.findall(r"(\w+) heures?\b", steps))
    assert said <= recipe.fields["minutes"]


@every_recipe
def test_allergens_and_diets_are_those_of_the_ingredients(recipe: ShippedRecipe) -> None:
    told = recipe.fields
    brought = {what for pattern, what in BRINGS if asked(recipe, pattern)}
    assert brought == set(told["allergens"]) <= set(equipment.ALLERGENS)
    for code in recipe.produce:
        assert set(filter(None, PRODUCE[code].allergens.split(","))) <= set(told["allergens"])
    diets = {
        "vegan": not asked(recipe, ANIMAL), "vegetarian": not asked(recipe, FLESH),
        "gluten_free": "gluten" not in brought, "no_pork": not asked(recipe, PORK),
    }  # fmt: skip
    assert set(told["diet"]) == {diet for diet, holds in diets.items() if holds}


@every_recipe
def test_the_equipment_is_what_the_steps_use(recipe: ShippedRecipe) -> None:
    there, steps = recipe.fields["equipment"], " ".join(recipe.fields["steps"])
    assert there == [equipment.NOTHING] or set(there) <= set(equipment.EQUIPMENT)
    assert len(there) == len(set(there)) >= 1
    assert {tool for pattern, tool in TOOLS if re.search(pattern, steps)} <= set(there)
    if re.search(COOKS, steps):
        assert not equipment.without_cooking(there)


@every_recipe
def test_steps_are_few_and_short_and_name_what_was_bought(recipe: ShippedRecipe) -> None:
    steps = recipe.fields["steps"]
    assert 3 <= len(steps) <= 7
    assert all(len(step.split()) <= 20 and step.endswith(".") for step in steps)
    said = " ".join(steps).replace("comme de la semoule", "")
    assert not [
        word for word in STAPLES if re.search(word, said) and not any(re.search(word, one) for one in names(recipe))
    ]


@every_recipe
def test_an_ingredient_has_a_quantity_that_can_be_measured(recipe: ShippedRecipe) -> None:
    for one in recipe.fields["ingredients"]:
        assert set(one) == {"qty", "unit", "name"}
        assert one["name"]
        assert one["unit"] in UNITS
        assert (
            one["qty"] == ""
            or (one["qty"] > 0 and Fraction(str(one["qty"])) % Fraction(1, 4) == 0)
            or one["unit"] in ("kg", "l")
        )


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts(one)]
    return [text for one in value for text in texts(one)] if isinstance(value, list) else []


@every_recipe
def test_the_typography_is_french(recipe: ShippedRecipe) -> None:
    for text in texts(recipe.fields):
        assert "'" not in text
        assert not re.search(r" [;:?!»]|« |[A-Za-zà-ü][;?!](\s|$)|\d [€%]", text), text


@every_recipe
def test_a_recipe_fits_on_the_slip(recipe: ShippedRecipe) -> None:
    lines = [f"{one['qty']} {one['unit']} de {one['name']}" for one in recipe.fields["ingredients"]]
    assert len("\n".join([*lines, *recipe.fields["steps"]])) < 1600


def test_there_is_something_to_cook_each_month_with_little() -> None:
    by_month = Counter(month for one in ALL for month in one.fields["months"])
    assert min(by_month[month] for month in range(1, 13)) >= 5
    tools = [set(one.fields["equipment"]) for one in ALL]
    assert sum("oven" not in one and len(one & {"pan", "pot"}) <= 1 for one in tools) >= 15
    assert not set(EVERYDAY) - {code for one in ALL for code in one.produce}


def test_each_word_of_a_recipe_has_its_sign() -> None:
    assert set(equipment.SIGNS) == {*equipment.EQUIPMENT, equipment.NOTHING, *equipment.DIETS}
    assert set(equipment.SIGNS.values()) <= set(ICONS)
