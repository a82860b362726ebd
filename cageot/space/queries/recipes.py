"""Recipes for what is in a member's own basket, or of the season while nobody knows what it holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.core.week import Week
from cageot.members.models import Household
from cageot.space.queries import baskets
from cageot.workshops.models import Recipe
from cageot.workshops.queries.recipes import in_season, known_to, proposed, readable
from cageot.workshops.queries.recipes_shown import QUICK, Idea, Sign, for_people, minutes_words, people_in, signs_of
from cageot.workshops.rules.suggesting import Wish, suggest

ON_THE_PAGE = 12


@dataclass(frozen=True)
class Ideas:
    """What to cook. `inside`: whether it is for what the basket holds; else of the season."""

    ideas: list[Idea]
    inside: bool
    no_oven: bool
    quick: bool


def held(visit: baskets.Visit | None) -> dict[str, int]:
    """Code → grams of what the next baskets hold, when the garden has told it."""
    found: dict[str, int] = {}
    for basket in visit.baskets if visit else []:
        for item in basket.content:
            found[item.code] = found.get(item.code, 0) + item.grams
    return found


def ideas(household: Household, today: date, *, no_oven: bool, quick: bool) -> Ideas:
    """Recipes for the next baskets of a household. A constant number of queries."""
    visit = baskets.coming(household, today, baskets.policies(household.garden)).next
    inside = held(visit)
    day = visit.day if visit else today
    wish = Wish(
        inside or in_season(day.month), day.month, str(Week.of(day)), minutes=QUICK if quick else None, no_oven=no_oven
    )  # fmt: skip
    found = proposed(household.garden, suggest(known_to(household.garden), wish, ON_THE_PAGE))
    told = [
        Idea(one.recipe, _why(one.used, bool(inside)), minutes_words(one.recipe.minutes), signs_of(one.recipe, diets=False))
        for one in found
    ]  # fmt: skip
    return Ideas(told, bool(inside), no_oven, quick)


def _why(used: list[str], inside: bool) -> str:
    if not inside:
        return _("De saison : %(names)s.") % {"names": ", ".join(used)}
    words = ngettext("Utilise %(n)s légume de votre panier.", "Utilise %(n)s légumes de votre panier.", len(used))
    return words % {"n": len(used)}


@dataclass(frozen=True)
class Page:
    """A recipe for so many people."""

    recipe: Recipe
    people: int
    ingredients: list[str]
    signs: list[Sign]
    time: str


def page(household: Household, code: str, typed: str) -> Page | None:
    """A recipe that the household may read. One query."""
    recipe = readable(household.garden).filter(code=code).first()
    if recipe is None:
        return None
    people = people_in(typed, recipe)
    return Page(recipe, people, for_people(recipe, people), signs_of(recipe), minutes_words(recipe.minutes))
