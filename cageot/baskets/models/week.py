"""Deliveries, subscriptions, baskets, and the weekly close."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.baskets.models.offer import BasketSize, Product
from cageot.baskets.models.places import Depot
from cageot.core.models import WeekField, in_order, one_of
from cageot.funding.models import Entry
from cageot.members.models import Household
from cageot.network.models import DatedQuerySet, Edition, Garden, Person
from cageot.network.rules.reach import Can, Reach


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
    """A household's regular basket: size, depot and rhythm, from a day until another.

    A monthly one is laid in the delivery week that `monthly_slot` says (1 the first of the month, to 4), chosen so
    that weeks stay level. While `waits_for` names something and `ready_on` is null, no basket is laid.
    """

    class Frequency(models.TextChoices):
        WEEKLY = "weekly", _("toutes les semaines")
        EVEN = "even", _("semaines paires")
        ODD = "odd", _("semaines impaires")
        MONTHLY = "monthly", _("une fois par mois")

    class WaitsFor(models.TextChoices):
        NOTHING = "nothing", _("rien")
        PAYMENT = "payment", _("le premier paiement")
        CONTRACT = "contract", _("le contrat signé")

    class Renewal(models.TextChoices):
        TACIT = "tacit", _("continue sans rien faire")
        ALERT = "alert", _("s’arrête, le jardin est prévenu avant")

    household = models.ForeignKey(Household, models.CASCADE, related_name="subscriptions")
    size = models.ForeignKey(BasketSize, models.PROTECT, related_name="subscriptions")
    depot = models.ForeignKey(Depot, models.PROTECT, related_name="subscriptions")
    frequency = models.CharField(_("rythme"), max_length=7, choices=Frequency, default=Frequency.WEEKLY)
    monthly_slot = models.PositiveSmallIntegerField(null=True, blank=True)
    from_day = models.DateField(_("début"))
    until_day = models.DateField(_("fin"), null=True, blank=True)
    trial = models.BooleanField(_("à l’essai"), default=False)
    waits_for = models.CharField(_("commence avec"), max_length=8, choices=WaitsFor, default=WaitsFor.NOTHING)
    ready_on = models.DateField(null=True, blank=True)
    renewal = models.CharField(_("à la fin"), max_length=5, choices=Renewal, default=Renewal.TACIT)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("from_day", "until_day", name="subscription_dates"),
            one_of("frequency", ["weekly", "even", "odd", "monthly"], name="subscription_frequency"),
            one_of("waits_for", ["nothing", "payment", "contract"], name="subscription_waits_for"),
            one_of("renewal", ["tacit", "alert"], name="subscription_renewal"),
            models.CheckConstraint(
                condition=~Q(frequency="monthly") | Q(monthly_slot__gte=1, monthly_slot__lte=4),
                name="subscription_monthly_slot",
            ),
            models.UniqueConstraint(fields=["household", "size", "from_day"], name="subscription_once_a_day"),
        ]
        # Few have an end, and fewer end soon: these are looked for on every page of the week.
        indexes = [models.Index(fields=["until_day"], condition=Q(until_day__isnull=False), name="subscription_ends")]


class BasketQuerySet(models.QuerySet["Basket"]):
    def reachable(self, reach: Reach) -> Self:
        return self.filter(garden__in=reach.gardens_where(Can.SEE_WEEK))

    def open_from(self, day: date) -> Self:
        """Baskets that an edited subscription may still move: to come, and not in a closed week."""
        return self.filter(delivery__day__gte=day, delivery__close__isnull=True)


class Basket(models.Model):
    """One household's basket of one product on one delivery. A one-off change is marked, and survives later edits.

    `kind`: regular (a subscription asks for it), taken_back (it takes the place of `origin`, postponed from another
    week) or extra (asked for once). `given_to`: a household that takes it instead; who pays does not change. A basket
    "moved" is a right until another takes its place (decision 0017). `fee_cents`: what bringing it to its depot costs the
    household, as of when it was laid or last moved; it is no part of the basket's price, and posted nowhere yet.
    """

    class Kind(models.TextChoices):
        REGULAR = "regular", _("habituel")
        TAKEN_BACK = "taken_back", _("repris")
        EXTRA = "extra", _("en plus")

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
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    size = models.ForeignKey(BasketSize, models.PROTECT, related_name="+", db_index=False)
    depot = models.ForeignKey(Depot, models.PROTECT, related_name="+", db_index=False)
    fee_cents = models.PositiveIntegerField(_("frais de livraison"), default=0)
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    # One-off choices that relaying the subscription must not undo.
    size_kept = models.BooleanField(default=False)
    depot_kept = models.BooleanField(default=False)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.REGULAR)
    # 0 for the regular one; others of the same household, delivery and product are numbered from 1.
    copy = models.PositiveSmallIntegerField(default=0)
    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="taken_back_by", db_index=False
    )
    # Given to whoever needs it. Postponed: the garden may hand it to another household, any week. Handed on at the depot:
    # it went back to the garden, for whoever needs it.
    pot = models.BooleanField(default=False)
    given_to = models.ForeignKey(
        Household, models.SET_NULL, null=True, blank=True, related_name="received", db_index=False
    )

    objects = BasketQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["household", "delivery", "product", "copy"], name="basket_once"),
            models.UniqueConstraint(
                fields=["origin"], condition=Q(origin__isnull=False), name="basket_taken_back_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="regular", copy=0) | (~Q(kind="regular") & Q(copy__gte=1)), name="basket_copy"
            ),
            one_of("kind", ["regular", "taken_back", "extra"], name="basket_kind"),
            models.CheckConstraint(
                condition=Q(kind="taken_back", origin__isnull=False) | (~Q(kind="taken_back") & Q(origin__isnull=True)),
                name="basket_taken_back_from",
            ),
            one_of(
                "state", ["planned", "cancelled", "moved", "collected", "unclaimed", "given_on"], name="basket_state"
            ),
        ]
        indexes = [
            # In this order, what is counted of a week (how many at each depot, of each size) is read off the index.
            models.Index(fields=["delivery", "depot", "size", "state"], name="basket_by_delivery"),
            models.Index(fields=["given_to"], condition=Q(given_to__isnull=False), name="basket_given_to"),
            models.Index(fields=["garden"], condition=Q(state="moved"), name="basket_moved"),
        ]
