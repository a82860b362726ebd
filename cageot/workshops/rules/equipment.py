"""Codes and signs of a recipe: equipment, diets, allergens, difficulty (their words: `queries/recipes_shown.py`). Codes are those of `data/recipes.toml`."""

from __future__ import annotations

from collections.abc import Iterable

EQUIPMENT = ("pan", "pot", "oven", "microwave", "knife", "salad_bowl", "grater", "blender")
NOTHING = "none"
"""Code of a recipe that asks for a bowl and a table knife only; it stands alone in its list."""
HEAT = frozenset({"pan", "pot", "oven", "microwave"})
"""What cooks: a recipe without any is one without cooking."""

DIETS = ("vegan", "vegetarian", "gluten_free", "no_pork")
DIFFICULTY = (1, 2, 3)

ALLERGENS = (
    "gluten", "crustacés", "œuf", "poisson", "arachide", "soja", "lait", "fruits à coque", "céleri", "moutarde", "sésame",
    "sulfites", "lupin", "mollusques",
)  # fmt: skip
"""The fourteen of EU regulation 1169/2011, annex II, as they are written on a recipe."""

SIGNS = {
    "none": "hand", "pan": "pan", "pot": "pot", "oven": "oven", "microwave": "microwave", "knife": "knife",
    "salad_bowl": "bowl", "grater": "grater", "blender": "blender",
    "vegan": "sprout", "vegetarian": "carrot", "gluten_free": "no_wheat", "no_pork": "no_pork",
}  # fmt: skip
"""Code → the name of its sign in core/icons.py."""


def without_cooking(equipment: Iterable[str]) -> bool:
    """Whether nothing has to be heated."""
    return not HEAT & set(equipment)


def without_oven(equipment: Iterable[str]) -> bool:
    """Whether it can be made by who has no oven."""
    return "oven" not in set(equipment)


def can_be_made(equipment: Iterable[str], there: Iterable[str]) -> bool:
    """Whether a place that has `there` has all that a recipe asks for. A knife and a bowl are brought by hand."""
    return set(equipment) <= {*there, NOTHING, "knife", "salad_bowl"}


def ordered(codes: Iterable[str]) -> list[str]:
    """Known equipment in our order, once each; the code for nothing when there is none."""
    there = set(codes)
    return [code for code in EQUIPMENT if code in there] or [NOTHING]
