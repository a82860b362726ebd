"""Rounds, depots, and what shifts them: a bank holiday, a depot closed for a while."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import WeekField, in_order, one_of
from cageot.members.models import Household
from cageot.network.models import DatedQuerySet, Garden, GardenLogo, Partner


class Round(models.Model):
    """A delivery round: its day of the week, its depots in order, and how many days before its baskets are packed."""

    class Colour(models.TextChoices):
        LEAF = "leaf", _("vert")
        CARROT = "carrot", _("orange")
        SQUASH = "squash", _("jaune")
        SKY = "sky", _("bleu")
        BEET = "beet", _("violet")

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="rounds")
    name = models.CharField(_("nom"), max_length=60)
    weekday = models.PositiveSmallIntegerField(_("jour"))  # 1 Monday … 7 Sunday
    colour = models.CharField(_("couleur"), max_length=6, choices=Colour, default=Colour.LEAF)
    rank = models.PositiveSmallIntegerField(default=0)
    packed_before = models.PositiveSmallIntegerField(_("préparée combien de jours avant"), default=0)
    archived_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["weekday", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["garden", "name"], name="round_name_once"),
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="round_weekday"),
            models.CheckConstraint(condition=Q(packed_before__lte=6), name="round_packed_in_the_week"),
            one_of("colour", ["leaf", "carrot", "squash", "sky", "beet"], name="round_colour"),
        ]

    def __str__(self) -> str:
        return self.name


class RoundShift(models.Model):
    """One week in which a round goes on another day (a bank holiday), or not at all (`day` null)."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="shifts")
    week = WeekField()
    day = models.DateField(null=True, blank=True)
    reason = models.CharField(_("raison"), max_length=80, blank=True)

    class Meta:
        ordering = ["week"]
        constraints = [models.UniqueConstraint(fields=["round", "week"], name="round_shift_once")]


class DepotPhoto(models.Model):
    """A picture of a place, kept in the base as a garden's logo is. The slots of a place have the same one.

    `alt` says what it shows, for who does not see it; "" is the place's name.
    """

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="depot_photos")
    kind = models.CharField(max_length=10, choices=GardenLogo.Kind)
    content = models.BinaryField()
    digest = models.CharField(max_length=12)  # begins the hash of the content: a new picture has a new address
    alt = models.CharField(_("ce que montre la photo"), max_length=120, blank=True)

    class Meta:
        constraints = [one_of("kind", GardenLogo.Kind.values, name="depot_photo_kind")]


class DepotQuerySet(models.QuerySet["Depot"]):
    def open_to(self, household: Household | None) -> Self:
        """Those that a household may collect at: every place, and its own home stop; None is anybody."""
        return self.filter(Q(household=None) | Q(household=household)) if household else self.filter(household=None)


class Depot(models.Model):
    """A place where baskets are collected, at its rank on one round.

    A place on two rounds is two depots with the same name: what is said of the place (address, contact, kind…) is
    kept the same on both by `baskets.places`, the slots and the capacity are each one's own (decision 0015).

    `household`: a home stop, for that household alone: its address is the household's, and the public never sees it.
    `fee_cents` is what bringing one basket there costs its household; each basket keeps it (`Basket.fee_cents`).
    """

    class Kind(models.TextChoices):
        OPEN = "open", _("ouvert à tous")
        RESERVED = "reserved", _("réservé à un public")
        PROFESSIONAL = "professional", _("professionnel")

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="depots")
    round = models.ForeignKey(Round, models.PROTECT, related_name="depots")
    rank = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("nom"), max_length=120)
    number = models.CharField(_("numéro"), max_length=10, blank=True)
    kind = models.CharField(_("genre"), max_length=12, choices=Kind, default=Kind.OPEN)
    # For a reserved depot: "réservé aux salariés de la mairie", and the word that its people know (hashed).
    audience = models.CharField(_("réservé à qui"), max_length=120, blank=True)
    password = models.CharField(max_length=128, blank=True, editable=False)
    client_category = models.CharField(_("catégorie de clients"), max_length=60, blank=True)
    household = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, related_name="home_stops", verbose_name=_("à domicile chez")
    )
    photo = models.ForeignKey(DepotPhoto, models.SET_NULL, null=True, blank=True, related_name="depots")
    host = models.ForeignKey(Partner, models.SET_NULL, null=True, blank=True, related_name="depots")
    hours = models.CharField(_("heures de retrait"), max_length=60, blank=True)
    slot = models.CharField(_("heure de livraison (pour l’équipe)"), max_length=60, blank=True)
    fee_cents = models.PositiveIntegerField(_("frais de livraison"), default=0)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    commune_code = models.CharField(max_length=5, blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    website = models.URLField(_("site"), blank=True)
    contact_name = models.CharField(_("personne à contacter"), max_length=120, blank=True)
    contact_phone = models.CharField(_("son téléphone"), max_length=20, blank=True)
    contact_email = models.EmailField(_("son adresse électronique"), blank=True)
    description = models.CharField(_("description pour le public"), max_length=400, blank=True)
    notes = models.CharField(_("notes pour l’équipe"), max_length=400, blank=True)
    capacity = models.PositiveSmallIntegerField(_("nombre de paniers possible"), null=True, blank=True)
    closed_on = models.DateField(_("fermé depuis"), null=True, blank=True)

    objects = DepotQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["garden", "name", "round"], name="depot_once_a_round"),
            one_of("kind", ["open", "reserved", "professional"], name="depot_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def weekday(self) -> int:
        """Its round's day, 1 Monday. Fetch the round with it (`select_related("round")`)."""
        return self.round.weekday


class DepotPause(models.Model):
    """A depot closed from a day until another, both included: its baskets go to `replacement` on those days."""

    depot = models.ForeignKey(Depot, models.CASCADE, related_name="pauses")
    from_day = models.DateField(_("du"))
    until_day = models.DateField(_("au"))
    replacement = models.ForeignKey(Depot, models.PROTECT, related_name="+", verbose_name=_("remplacé par"))
    note = models.CharField(_("ce que les adhérents doivent savoir"), max_length=200, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("rappeler combien de jours avant"), default=3)
    # When the households that have an address were told, and reminded.
    told_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["from_day"]
        constraints = [
            in_order("from_day", "until_day", name="depot_pause_dates"),
            models.CheckConstraint(condition=~Q(replacement=F("depot")), name="depot_pause_goes_elsewhere"),
        ]
