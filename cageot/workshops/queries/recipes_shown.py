"""A recipe as anybody reads it, on the desk or in the member's space: pictograms, time, quantities for so many people."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cageot.core.templatetags.cageot import WIDE
from cageot.workshops.models import Recipe
from cageot.workshops.rules import equipment, quantities

EQUIPMENT: dict[str, Promise] = {
    "pan": _("poêle"),
    "pot": _("casserole"),
    "oven": _("four"),
    "microwave": _("micro-ondes"),
    "knife": _("couteau et planche"),
    "salad_bowl": _("saladier"),
    "grater": _("râpe"),
    "blender": _("mixeur"),
}
DIETS: dict[str, Promise] = {
    "vegan": _("sans produit animal"),
    "vegetarian": _("végétarien"),
    "gluten_free": _("sans gluten"),
    "no_pork": _("sans porc"),
}
DIFFICULTY: dict[int, Promise] = {1: _("facile"), 2: _("moyen"), 3: _("demande de l’habitude")}

QUICK = 30
"""Minutes, at most, of a quick recipe."""
MOST_PEOPLE = 200


@dataclass(frozen=True)
class Sign:
    """A pictogram and its word."""

    icon: str
    word: str


def signs_of(recipe: Recipe, *, diets: bool = True) -> list[Sign]:
    """What it asks for and for whom it is, as pictograms. Vegan food is vegetarian: the stronger word is enough."""
    words = EQUIPMENT | {equipment.NOTHING: _now("rien de plus qu’un bol")}
    found = [Sign(equipment.SIGNS[code], str(words[code])) for code in equipment.ordered(recipe.equipment)]
    if diets:
        there = set(recipe.diet) - ({"vegetarian", "no_pork"} if "vegan" in recipe.diet else set())
        there -= {"no_pork"} if "vegetarian" in there else set()
        found += [
            Sign(equipment.SIGNS[code], str(word)) for code, word in DIETS.items() if code in there
        ]  # fmt: skip
    return found


def people_in(typed: str, recipe: Recipe) -> int:
    """A number of people as typed; the recipe's own when it is none."""
    if typed.isascii() and typed.isdigit() and 1 <= int(typed[:6]) <= MOST_PEOPLE:
        return int(typed[:6])
    return recipe.servings


def for_people(recipe: Recipe, people: int) -> list[str]:
    """Its ingredients for so many people, as one says them."""
    return [quantities.said(one, Fraction(people, recipe.servings)) for one in recipe.ingredients]


def minutes_words(minutes: int) -> str:
    """ "25 min", "1 h 15" """
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{WIDE}min"
    return f"{hours}{WIDE}h{WIDE}{rest:02}" if rest else f"{hours}{WIDE}h"


@dataclass(frozen=True)
class Idea:
    """A recipe that is suggested, why, its time and its pictograms."""

    recipe: Recipe
    why: str
    time: str
    signs: list[Sign]
