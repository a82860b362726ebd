"""Sizes and prices, depots, deliveries, subscriptions, baskets, and the weekly close.

One basket, one row: materialised ahead for each household and delivery, with its size, depot and state.
Every list (harvest, packing, depot, funding) derives from that row.
"""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import WeekField, in_order, one_of
from cageot.funding.models import Entry
from cageot.members.models import Household
from cageot.network.models import DatedQuerySet, Edition, Garden, Partner, Person
from cageot.network.rules.reach import Can, Reach


class BasketSize(models.Model):
    """A size that a garden offers ("petit", "grand"). Agreements name it by its code."""

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="sizes")
    code = models.SlugField(_("code"), max_length=20)
    name = models.CharField(_("nom"), max_length=60)
    rank = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["rank", "pk"]
        constraints = [models.UniqueConstraint(fields=["garden", "code"], name="size_once")]

    def __str__(self) -> str:
        return self.name


class SizePrice(models.Model):
    """The price of a size in cents, from a day on."""

    size = models.ForeignKey(BasketSize, models.CASCADE, related_name="prices")
    from_day = models.DateField()
    cents = models.PositiveIntegerField()

    class Meta:
        ordering = ["from_day"]
        constraints = [models.UniqueConstraint(fields=["size", "from_day"], name="size_price_once_a_day")]


class Depot(models.Model):
    """A place where baskets are collected, on one day of the week."""

    class Kind(models.TextChoices):
        OPEN = "open", _("ouvert à tous")
        RESERVED = "reserved", _("réservé à un public")
        PROFESSIONAL = "professional", _("professionnel")

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="depots")
    name = models.CharField(_("nom"), max_length=120)
    kind = models.CharField(_("genre"), max_length=12, choices=Kind, default=Kind.OPEN)
    host = models.ForeignKey(Partner, models.SET_NULL, null=True, blank=True, related_name="depots")
    weekday = models.PositiveSmallIntegerField(_("jour"))  # 1 Monday … 7 Sunday
    hours = models.CharField(_("heures de retrait"), max_length=60, blank=True)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    commune_code = models.CharField(max_length=5, blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    capacity = models.PositiveSmallIntegerField(_("nombre de paniers possible"), null=True, blank=True)
    closed_on = models.DateField(_("fermé depuis"), null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["garden", "name"], name="depot_name_once"),
            one_of("kind", ["open", "reserved", "professional"], name="depot_kind"),
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="depot_weekday"),
        ]

    def __str__(self) -> str:
        return self.name


class Figures(models.Model):
    """What closed weeks come to. Cents are those of solidarity baskets only."""

    ordinary_baskets = models.PositiveIntegerField()
    solidarity_baskets = models.PositiveIntegerField()
    members_cents = models.PositiveBigIntegerField()
    local_cents = models.PositiveBigIntegerField()
    national_cents = models.PositiveBigIntegerField()
    network_cents = models.PositiveBigIntegerField()
    gardens_cents = models.PositiveBigIntegerField()
    uncovered_cents = models.PositiveBigIntegerField()
    max_member_bp = models.PositiveIntegerField()  # highest member part of a solidarity basket, in basis points

    class Meta:
        abstract = True


class WeekClose(Figures):
    """A garden's closed week: the entry that was posted and the figures it was posted with.

    Frozen facts; `cageot check` recomputes them from the shares.
    A week reopened by mistake keeps its old close (`reopened_at`) and gets a new one, next revision.
    """

    garden = models.ForeignKey(Garden, models.PROTECT, related_name="closes")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="closes")
    week = WeekField()
    revision = models.PositiveSmallIntegerField(default=1)
    entry = models.OneToOneField(Entry, models.PROTECT, null=True, related_name="close")
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reopened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["garden", "week"], condition=Q(reopened_at__isnull=True), name="week_closed_once"
            ),
            models.UniqueConstraint(fields=["garden", "week", "revision"], name="week_close_revision_once"),
        ]
        indexes = [
            models.Index(fields=["edition", "week"], name="close_by_edition"),
            models.Index(fields=["edition", "garden"], condition=Q(reopened_at__isnull=True), name="close_by_garden"),
        ]


class GardenSum(Figures):
    """A garden's closed weeks of an edition, added up again with each of its closes (decision 0012)."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="garden_sums", db_index=False)
    garden = models.ForeignKey(Garden, models.PROTECT, related_name="sums", db_index=False)
    closes = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "garden"], name="garden_summed_once")]


class WeekSum(Figures):
    """A week of an edition over the gardens that closed it, added up again with each of its closes."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="week_sums", db_index=False)
    week = WeekField()
    closes = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "week"], name="week_summed_once")]


class Delivery(models.Model):
    """One delivery day of a garden. `close` is set when its week is closed: its baskets then never change."""

    garden = models.ForeignKey(Garden, models.PROTECT, related_name="deliveries", db_index=False)
    day = models.DateField()
    week = WeekField()
    close = models.ForeignKey(
        WeekClose, models.PROTECT, null=True, blank=True, related_name="deliveries", db_index=False
    )

    class Meta:
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["garden", "day"], name="delivery_once_a_day")]
        indexes = [
            models.Index(fields=["garden", "week"], name="delivery_by_week"),
            models.Index(fields=["close"], condition=Q(close__isnull=False), name="delivery_by_close"),
            # Who is late: the few of the past among all that are open.
            models.Index(fields=["week", "garden"], condition=Q(close__isnull=True), name="delivery_open"),
        ]


class Subscription(models.Model):
    """A household's regular basket: size, depot and rhythm, from a day until another."""

    class Frequency(models.TextChoices):
        WEEKLY = "weekly", _("toutes les semaines")
        EVEN = "even", _("semaines paires")
        ODD = "odd", _("semaines impaires")

    household = models.ForeignKey(Household, models.CASCADE, related_name="subscriptions")
    size = models.ForeignKey(BasketSize, models.PROTECT, related_name="subscriptions")
    depot = models.ForeignKey(Depot, models.PROTECT, related_name="subscriptions")
    frequency = models.CharField(_("rythme"), max_length=6, choices=Frequency, default=Frequency.WEEKLY)
    from_day = models.DateField(_("début"))
    until_day = models.DateField(_("fin"), null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("from_day", "until_day", name="subscription_dates"),
            one_of("frequency", ["weekly", "even", "odd"], name="subscription_frequency"),
            models.UniqueConstraint(fields=["household", "from_day"], name="subscription_once_a_day"),
        ]


class BasketQuerySet(models.QuerySet["Basket"]):
    def reachable(self, reach: Reach) -> Self:
        return self.filter(garden__in=reach.gardens_where(Can.SEE_WEEK))

    def open_from(self, day: date) -> Self:
        """Baskets that an edited subscription may still move: to come, and not in a closed week."""
        return self.filter(delivery__day__gte=day, delivery__close__isnull=True)


class Basket(models.Model):
    """One household's basket on one delivery. A one-off change is marked, and survives later edits."""

    class State(models.TextChoices):
        PLANNED = "planned", _("prévu")
        CANCELLED = "cancelled", _("annulé à temps")
        MOVED = "moved", _("reporté")
        COLLECTED = "collected", _("retiré")
        UNCLAIMED = "unclaimed", _("non retiré")
        GIVEN_ON = "given_on", _("donné")

    garden = models.ForeignKey(Garden, models.PROTECT, related_name="+", db_index=False)
    delivery = models.ForeignKey(Delivery, models.PROTECT, related_name="baskets", db_index=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="baskets", db_index=False)
    subscription = models.ForeignKey(Subscription, models.SET_NULL, null=True, related_name="baskets")
    size = models.ForeignKey(BasketSize, models.PROTECT, related_name="+", db_index=False)
    depot = models.ForeignKey(Depot, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    # One-off choices that relaying the subscription must not undo.
    size_kept = models.BooleanField(default=False)
    depot_kept = models.BooleanField(default=False)

    objects = BasketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["household", "delivery"], name="basket_once"),
            one_of(
                "state", ["planned", "cancelled", "moved", "collected", "unclaimed", "given_on"], name="basket_state"
            ),
        ]
        indexes = [models.Index(fields=["delivery", "state"], name="basket_by_delivery")]
