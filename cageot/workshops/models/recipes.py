"""Recipes: what to do with a vegetable, with the equipment and the time that one has."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.network.models import Garden, Person
from cageot.network.rules.reach import Reach


class RecipeQuerySet(models.QuerySet["Recipe"]):
    def of(self, garden: Garden) -> Self:
        """Those shipped with the tool and the network's, and the garden's own."""
        return self.filter(Q(garden=None) | Q(garden=garden), archived_on=None)

    def reachable(self, reach: Reach) -> Self:
        """Those that this person may read: the shared ones, and those of their gardens (of every garden for the network)."""
        return self if reach.network else self.filter(Q(garden=None) | Q(garden__in=reach.gardens))


class Recipe(models.Model):
    """One recipe. Ingredients: a list of {qty, unit, name}; steps: a list of sentences. Costs in cents a serving."""

    garden = models.ForeignKey(Garden, models.CASCADE, null=True, blank=True, related_name="recipes")
    code = models.SlugField(max_length=60, unique=True)
    title = models.CharField(_("titre"), max_length=120)
    months = models.JSONField(_("mois"), default=list)
    minutes = models.PositiveSmallIntegerField(_("temps en tout, en minutes"))
    active_minutes = models.PositiveSmallIntegerField(_("temps de travail, en minutes"))
    servings = models.PositiveSmallIntegerField(_("personnes"))
    cents_per_serving = models.PositiveIntegerField(_("coût par personne"))
    equipment = models.JSONField(_("matériel"), default=list)
    difficulty = models.PositiveSmallIntegerField(_("difficulté"), default=1)
    diet = models.JSONField(_("régimes"), default=list)
    allergens = models.JSONField(_("allergènes"), default=list)
    ingredients = models.JSONField(_("ingrédients"), default=list)
    steps = models.JSONField(_("étapes"), default=list)
    keep = models.CharField(_("conserver"), max_length=300, blank=True)
    swap = models.CharField(_("remplacer"), max_length=300, blank=True)
    tip = models.CharField(_("astuce"), max_length=300, blank=True)
    archived_on = models.DateField(null=True, blank=True)
    # Print of the text that came with Cageot, as long as nobody changed it.
    origin = models.CharField(max_length=12, blank=True, default="", editable=False)
    at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = RecipeQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="recipe_is_named"),
            models.CheckConstraint(condition=Q(difficulty__gte=1, difficulty__lte=3), name="recipe_difficulty"),
            models.CheckConstraint(condition=Q(servings__gte=1), name="recipe_servings"),
        ]

    def __str__(self) -> str:
        return self.title


class RecipeProduce(models.Model):
    """A vegetable of a recipe, by its code in the catalogue; the first is the one it is made for."""

    recipe = models.ForeignKey(Recipe, models.CASCADE, related_name="produce")
    code = models.SlugField(max_length=40)
    rank = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["recipe", "code"], name="recipe_produce_once")]
        indexes = [models.Index(fields=["code"], name="recipe_by_produce")]
