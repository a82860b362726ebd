"""Recipes: those that come with Cageot, the network's, a garden's own. What can be read can be found (network/finding.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.text import slugify

from cageot.baskets.content import catalogue
from cageot.network import finding
from cageot.network.actions import record
from cageot.network.models import Findable, Person
from cageot.workshops.models import Recipe, RecipeProduce, Workshop
from cageot.workshops.rules import shipped_recipes
from cageot.workshops.rules.shipped_recipes import ShippedRecipe

RESERVED = frozenset({"ecrire", "cartes"})
"""Words that stand in the addresses of recipes."""


def ship(*, at: datetime) -> int:
    """Lay the recipes that come with Cageot; returns how many are new or went on to a newer text. Again, it does nothing.

    A newer text replaces one that nobody changed; one that the network changed or put away stays as it is.
    """
    with transaction.atomic():
        there = {one.code: one for one in Recipe.objects.select_for_update().filter(code__in=_codes())}
        laid = [one for one in shipped_recipes.recipes() if one.code not in there]
        newer = [one for one in shipped_recipes.recipes() if one.code in there and _is_behind(there[one.code], one)]
        Recipe.objects.bulk_create(
            [Recipe(code=one.code, origin=one.digest, at=at, **one.fields) for one in laid], ignore_conflicts=True
        )
        for one in newer:
            row = there[one.code]
            for name, value in {**one.fields, "origin": one.digest, "at": at}.items():
                setattr(row, name, value)
        if newer:
            Recipe.objects.bulk_update((there[one.code] for one in newer), [*newer[0].fields, "origin", "at"])
        if changed := laid + newer:
            rows = Recipe.objects.in_bulk([one.code for one in changed], field_name="code")
            of = {rows[one.code]: one.produce for one in changed}
            _set_produce(of)
            _index(of)
            record("workshops.recipes_shipped", by=None, at=at, laid=len(laid), newer=len(newer))
    return len(changed)


def _codes() -> list[str]:
    return [one.code for one in shipped_recipes.recipes()]


def _is_behind(row: Recipe, one: ShippedRecipe) -> bool:
    return row.origin not in ("", one.digest) and row.archived_on is None


def save(recipe: Recipe, produce: Sequence[str], *, by: Person | None, at: datetime) -> Recipe:
    """Add a recipe, or keep what changed. `produce`: codes of its vegetables, the main one first. Its code comes from its title.

    One that came with Cageot and is changed is the network's from then on: newer texts leave it alone.
    """
    with transaction.atomic():
        new = recipe.pk is None
        recipe.code = recipe.code or _free_code(recipe.title)
        recipe.origin, recipe.at, recipe.by = "", at, by
        recipe.save()
        _set_produce({recipe: produce})
        _index({recipe: produce})
        verb = "workshops.recipe_added" if new else "workshops.recipe_changed"
        record(verb, by=by, at=at, garden=recipe.garden, about=recipe, code=recipe.code)
    return recipe


def _free_code(title: str) -> str:
    base = slugify(title.replace("œ", "oe").replace("Œ", "oe"))[:54].strip("-") or "recette"
    taken = set(Recipe.objects.filter(code__startswith=base).values_list("code", flat=True)) | RESERVED
    return next(word for word in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if word not in taken)


def archive(recipe: Recipe, *, today: date, by: Person | None, at: datetime) -> None:
    """Put a recipe away: it is suggested and found no more; workshops that cook it keep it. Again, it does nothing."""
    with transaction.atomic():
        if Recipe.objects.filter(pk=recipe.pk, archived_on=None).update(archived_on=today):
            finding.take_away("recipe", recipe.code)
            record("workshops.recipe_archived", by=by, at=at, garden=recipe.garden, about=recipe, code=recipe.code)


def take_back(recipe: Recipe, *, by: Person | None, at: datetime) -> None:
    """A recipe that was put away serves again. Again, it does nothing."""
    with transaction.atomic():
        if Recipe.objects.filter(pk=recipe.pk).exclude(archived_on=None).update(archived_on=None):
            _index({recipe: [one.code for one in recipe.produce.all()]})
            record("workshops.recipe_taken_back", by=by, at=at, garden=recipe.garden, about=recipe, code=recipe.code)


def cook(workshop: Workshop, chosen: Iterable[Recipe], *, by: Person | None, at: datetime) -> int:
    """Say which recipes a workshop cooks, in place of those it had; returns how many."""
    rows = list(chosen)
    with transaction.atomic():
        workshop.recipes.set(rows)
        record("workshops.recipes_chosen", by=by, at=at, garden=workshop.garden, about=workshop, count=len(rows))
    return len(rows)


def _set_produce(of: Mapping[Recipe, Sequence[str]]) -> None:
    RecipeProduce.objects.filter(recipe__in=of).delete()
    RecipeProduce.objects.bulk_create(
        RecipeProduce(recipe=recipe, code=code, rank=rank)
        for recipe, codes in of.items()
        for rank, code in enumerate(dict.fromkeys(codes))
    )


def _index(of: Mapping[Recipe, Iterable[str]]) -> None:
    """What can be found of each: its title, its vegetables, its ingredients, how it is made."""
    names = {line.code: line.name for line in catalogue()}
    finding.put(
        *(
            finding.Text(
                "recipe", recipe.code, recipe.title,
                "\n".join([
                    ", ".join(names.get(code, code) for code in codes), ", ".join(one["name"] for one in recipe.ingredients),
                    *recipe.steps, recipe.keep, recipe.swap, recipe.tip,
                ]),
                reach=Findable.Reach.GARDEN if recipe.garden_id else Findable.Reach.ALL, garden=recipe.garden_id,
            )
            for recipe, codes in of.items()
        )
    )  # fmt: skip
