"""Recipes that go with what a garden's baskets hold, or with the season when nothing is composed yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from django.db.models import QuerySet

from cageot.baskets.content import catalogue
from cageot.baskets.models import ContentLine, Produce, Slip
from cageot.core.week import Week
from cageot.network.models import Garden
from cageot.workshops.models import Recipe, RecipeProduce
from cageot.workshops.rules import quantities
from cageot.workshops.rules.suggesting import Known, Suggestion, Wish, suggest

REMEMBERED = 6
"""Weeks of slips that are looked at, so that a recipe is not told twice in a row."""
LONGEST_TEXT = 1600
"""Signs of a recipe on the slip."""
Names = Mapping[str, str]


@dataclass(frozen=True)
class Proposed:
    """A recipe to propose, and the vegetables of the basket that it uses, by their names."""

    recipe: Recipe
    used: list[str]


def names_of(garden: Garden | None = None) -> dict[str, str]:
    """Code → name of a vegetable: the shared catalogue's, then the garden's own words for them. One query, or none."""
    found = {line.code: line.name for line in catalogue()}
    if garden:
        found |= dict(Produce.objects.filter(garden=garden).values_list("code", "name"))
    return found


def held(garden: Garden, week: Week) -> dict[str, int]:
    """Code → grams of each vegetable that the baskets of a week hold, in the basket that has most of it. One query."""
    lines = ContentLine.objects.filter(content__round__garden=garden, content__week=week).select_related("produce")
    return grams_of(lines)


def grams_of(lines: Iterable[ContentLine]) -> dict[str, int]:
    """Code → grams, of lines that know their vegetable; 0 when a unit of it has no known weight."""
    found: dict[str, int] = {}
    for line in lines:
        milli = line.milli if line.packed_milli is None else line.packed_milli
        if milli:
            found[line.produce.code] = max(found.get(line.produce.code, 0), grams(milli, line.unit, line.produce.grams))
    return found


def grams(milli: int, unit: str, each: int | None) -> int:
    """The weight in grams of so many thousandths of a unit, which weighs `each` when it is no kilogram."""
    return milli if unit == "kg" else milli * (each or 0) // 1000


def in_season(month: int) -> dict[str, int]:
    """The vegetables of the catalogue that grow that month, of unknown weight."""
    return {line.code: 0 for line in catalogue() if str(month) in line.months.split(",")}


def known_to(garden: Garden) -> list[Known]:
    """The recipes that a garden may propose, as the rule sees them. One query."""
    rows = RecipeProduce.objects.filter(recipe__in=Recipe.objects.of(garden)).order_by("recipe", "rank")
    columns = ("code", "recipe__code", "recipe__months", "recipe__minutes", "recipe__equipment", "recipe__diet")
    found: dict[str, Known] = {}
    for produce, code, months, minutes, equipment, diet in rows.values_list(*columns):
        if code in found:
            found[code] = replace(found[code], produce=(*found[code].produce, produce))
        else:
            found[code] = Known(code, (produce,), frozenset(months), minutes, frozenset(equipment), frozenset(diet))
    return list(found.values())


def told(garden: Garden, week: Week) -> dict[str, int]:
    """Code of a recipe → how many weeks ago a slip gave it, for the last weeks. Two queries at most."""
    weeks = {week - back: back for back in range(1, REMEMBERED + 1)}
    slips = Slip.objects.filter(garden=garden, week__in=list(weeks)).exclude(recipe_title="")
    ago: dict[str, int] = {}
    for given, title in slips.values_list("week", "recipe_title"):
        ago[title] = min(weeks[given], ago.get(title, REMEMBERED))
    if not ago:
        return {}
    rows = Recipe.objects.of(garden).filter(title__in=ago).values_list("code", "title")
    return {code: ago[title] for code, title in rows}


def for_the_week(
    garden: Garden, week: Week, *, there: Iterable[str] | None = None, most: int = 4, month: int | None = None
) -> tuple[list[Proposed], bool]:
    """Recipes for what the baskets of a week hold, and whether they hold something yet; if not, for the season.

    `there`: the equipment of a place, None for any. Seven queries at most.
    """
    inside = held(garden, week)
    month = month or week.day(4).month
    wish = Wish(
        inside or in_season(month), month, str(week), None if there is None else frozenset(there), told=told(garden, week)
    )  # fmt: skip
    return proposed(garden, suggest(known_to(garden), wish, most)), bool(inside)


def proposed(garden: Garden, found: Iterable[Suggestion]) -> list[Proposed]:
    """Suggestions with their recipes. Two queries."""
    listed = list(found)
    rows = Recipe.objects.in_bulk([one.code for one in listed], field_name="code")
    names = names_of(garden)
    return [Proposed(rows[one.code], [names.get(code, code) for code in one.used]) for one in listed]


def readable(garden: Garden) -> QuerySet[Recipe]:
    """The recipes that a member of the garden may read."""
    return Recipe.objects.of(garden)


def for_slip(recipe: Recipe) -> tuple[str, str]:
    """A title and a text for the week's slip: what it takes, how it is made, its allergens."""
    takes = ", ".join(quantities.said(one, Fraction(1)) for one in recipe.ingredients)
    lines = [f"Pour {recipe.servings} : {takes}.", *recipe.steps]
    if recipe.allergens:
        lines.append(f"Allergènes : {', '.join(recipe.allergens)}.")
    while len("\n".join(lines)) > LONGEST_TEXT:
        lines.pop()
    return recipe.title[:80], "\n".join(lines)
