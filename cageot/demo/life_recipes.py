"""Recipes of the demonstration: those that ship, one of Blois's own, kitchens that say what they have, slips that suggest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import transaction

from cageot.baskets.models import ContentLine, Slip
from cageot.core.week import Week
from cageot.demo.kitchen import PARIS, WEEKS_COMPOSED
from cageot.demo.season import Stage
from cageot.workshops.actions import recipes
from cageot.workshops.models import Place, Recipe
from cageot.workshops.queries.recipes import for_slip, grams_of, known_to
from cageot.workshops.rules.suggesting import Wish, suggest

KITCHEN = ["pan", "pot", "oven", "knife", "salad_bowl", "grater"]
OWN = {
    "title": "Le poireau-coco de Fatou", "months": [1, 2, 3, 4, 10, 11, 12], "minutes": 35, "active_minutes": 15, "servings": 4,
    "cents_per_serving": 95, "equipment": ["pot", "knife"], "difficulty": 1,
    "diet": ["vegan", "vegetarian", "gluten_free", "no_pork"], "allergens": [],
    "ingredients": [
        {"qty": 4, "unit": "pièce", "name": "poireaux"}, {"qty": 2, "unit": "pièce", "name": "carottes"},
        {"qty": 1, "unit": "boîte", "name": "lait de coco"}, {"qty": 250, "unit": "g", "name": "riz"},
        {"qty": 1, "unit": "cuillère à café", "name": "curry"}, {"qty": "", "unit": "", "name": "sel"},
    ],
    "steps": [
        "Coupez les poireaux et les carottes en rondelles.", "Faites-les fondre 10 minutes dans la casserole, avec le curry.",
        "Versez le lait de coco et laissez cuire 15 minutes.", "Servez avec le riz cuit à part.",
    ],
    "keep": "Deux jours au frais.", "tip": "Fatou y met aussi les fanes des navets.",
}  # fmt: skip


def play(stages: Sequence[Stage], *, on: date) -> None:
    """Lay the recipes, write Blois's own, and put a suggested one on each slip of the last weeks."""
    weeks = [Week.of(on) - back for back in reversed(range(WEEKS_COMPOSED))]
    at = datetime.combine(weeks[0].monday, time(9), PARIS)
    with transaction.atomic():
        recipes.ship(at=at)
        first = stages[0]
        own = recipes.save(Recipe(garden=first.garden, **OWN), ["poireau", "carotte"], by=first.by, at=at)
        Place.objects.filter(name__startswith="Cuisine").update(equipment=KITCHEN)
        _suggest(weeks, own.code)


def _suggest(weeks: Sequence[Week], own: str) -> None:
    """Each garden's slips in turn, so that no recipe comes twice; `own` is read by one garden only."""
    inside: dict[tuple[int, Week], list[ContentLine]] = {}
    rows = ContentLine.objects.filter(content__week__in=weeks).select_related("produce", "content__round")
    for line in rows:
        inside.setdefault((line.content.round.garden_id, line.content.week), []).append(line)
    texts = {one.code: for_slip(one) for one in Recipe.objects.all()}
    slips = list(Slip.objects.filter(week__in=weeks).select_related("garden").order_by("garden", "week"))
    shared = [one for one in known_to(slips[0].garden) if one.code != own] if slips else []
    told: dict[int, dict[str, int]] = {}
    for slip in slips:
        before = told.setdefault(slip.garden_id, {})
        held = grams_of(inside.get((slip.garden_id, slip.week), []))
        wish = Wish(held, slip.week.day(4).month, str(slip.week), told=before)
        for found in suggest(shared, wish, 1):
            slip.recipe_title, slip.recipe = texts[found.code]
            told[slip.garden_id] = {found.code: 1} | {code: ago + 1 for code, ago in before.items()}
    Slip.objects.bulk_update(slips, ["recipe_title", "recipe"])
