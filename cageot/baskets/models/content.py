"""What is in the baskets: the garden's vegetables, the content of each size on each round, the weekly slip."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.baskets.models.offer import BasketSize
from cageot.baskets.models.places import Round
from cageot.baskets.models.week import Basket
from cageot.core.models import WeekField, one_of
from cageot.network.models import Garden, Person


class Unit(models.TextChoices):
    """How a vegetable is counted. Quantities are in thousandths of it (1.2 kg is 1,200)."""

    KG = "kg", _("kg")
    PIECE = "piece", _("pièce")
    BUNCH = "bunch", _("botte")
    HANDFUL = "handful", _("bouquet")
    TRAY = "tray", _("barquette")
    BAG = "bag", _("sachet")
    JAR = "jar", _("pot")
    BOX = "box", _("boîte")


UNITS = [unit.value for unit in Unit]


class Produce(models.Model):
    """A vegetable or fruit of a garden: taken from the shared catalogue (`code`), or its own.

    `grams` is the usual weight of one unit when it is not sold by weight; `months` those when it is harvested
    here, as comma-separated numbers (1 January), empty when nobody said.
    """

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="produce")
    code = models.SlugField(max_length=40)
    name = models.CharField(_("nom"), max_length=80)
    unit = models.CharField(_("unité"), max_length=8, choices=Unit, default=Unit.KG)
    grams = models.PositiveIntegerField(_("poids d’une unité, en grammes"), null=True, blank=True)
    unit_cents = models.PositiveIntegerField(_("prix d’une unité"), default=0)
    months = models.CharField(_("mois de récolte"), max_length=32, blank=True)
    allergens = models.CharField(_("allergènes"), max_length=120, blank=True)
    archived_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["garden", "code"], name="produce_once"),
            one_of("unit", UNITS, name="produce_unit"),
        ]

    def __str__(self) -> str:
        return self.name


class Content(models.Model):
    """What one size holds on one round of a week. Published: members may read it. Packed: what was really put in."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="contents")
    size = models.ForeignKey(BasketSize, models.PROTECT, related_name="contents")
    week = WeekField()
    published_at = models.DateTimeField(null=True, blank=True)
    packed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "week", "size"], name="content_once")]
        indexes = [models.Index(fields=["size", "week"], name="content_by_size")]


class ContentLine(models.Model):
    """One vegetable in a content: how much, in which unit, at which price. Unit, price and name are its own, so that
    what was published does not move when the catalogue does. `packed_milli`: what was really put in, when it differs.
    `swappable`: a member may give it back for one of the content's offers, where the garden allows it."""

    content = models.ForeignKey(Content, models.CASCADE, related_name="lines")
    produce = models.ForeignKey(Produce, models.PROTECT, related_name="lines")
    rank = models.PositiveSmallIntegerField(default=0)
    milli = models.PositiveIntegerField()
    packed_milli = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=8, choices=Unit)
    unit_cents = models.PositiveIntegerField(default=0)
    swappable = models.BooleanField(default=False)

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["content", "produce"], name="content_line_once"),
            one_of("unit", UNITS, name="content_line_unit"),
            models.CheckConstraint(condition=Q(milli__gt=0), name="content_line_holds_something"),
        ]


class SwapOffer(models.Model):
    """A vegetable that members may take instead of one of a content, and how much of it."""

    content = models.ForeignKey(Content, models.CASCADE, related_name="offers")
    produce = models.ForeignKey(Produce, models.PROTECT, related_name="offers")
    rank = models.PositiveSmallIntegerField(default=0)
    milli = models.PositiveIntegerField()
    unit = models.CharField(max_length=8, choices=Unit)

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["content", "produce"], name="swap_offer_once"),
            one_of("unit", UNITS, name="swap_offer_unit"),
            models.CheckConstraint(condition=Q(milli__gt=0), name="swap_offer_holds_something"),
        ]


class Swap(models.Model):
    """In one basket, a vegetable given back for another. It counts as long as the content of that basket, wherever and
    whatever it is by then, lets the one go and offers the other; quantities are those of the content."""

    basket = models.ForeignKey(Basket, models.CASCADE, related_name="swaps")
    away = models.ForeignKey(Produce, models.PROTECT, related_name="+")
    taken = models.ForeignKey(Produce, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["basket", "away"], name="swap_once"),
            models.CheckConstraint(condition=~Q(away=models.F("taken")), name="swap_is_another"),
        ]


class Harvest(models.Model):
    """What a garden harvested of a vegetable for a week's baskets, all rounds together, in thousandths of `unit`."""

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="harvests")
    week = WeekField()
    produce = models.ForeignKey(Produce, models.PROTECT, related_name="harvests")
    unit = models.CharField(max_length=8, choices=Unit)
    milli = models.PositiveIntegerField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["garden", "week", "produce", "unit"], name="harvest_once"),
            one_of("unit", UNITS, name="harvest_unit"),
        ]


class Slip(models.Model):
    """The week's slip ("feuille de chou"): news, a recipe, a workshop. The contents come from elsewhere."""

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="slips")
    week = WeekField()
    news = models.TextField(_("nouvelles du jardin"), max_length=1200, blank=True)
    recipe_title = models.CharField(_("recette : titre"), max_length=80, blank=True)
    recipe = models.TextField(_("recette"), max_length=1600, blank=True)
    workshop = models.CharField(_("prochain atelier"), max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["garden", "week"], name="slip_once")]
