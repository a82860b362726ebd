"""What the network grants its gardens: a call, applications, decisions, instalments, accounts."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import in_order, one_of
from cageot.funding.models.funds import Tranche
from cageot.network.models import Garden, Person
from cageot.network.rules.reach import Can, Reach


class GrantCall(models.Model):
    """A call for projects of the network head, on the money of one tranche."""

    name = models.CharField(_("nom"), max_length=160)
    tranche = models.ForeignKey(Tranche, models.PROTECT, related_name="calls", verbose_name=_("financement"))
    opens_on = models.DateField(_("ouvert du"))
    closes_on = models.DateField(_("au"))
    from_day = models.DateField(_("actions du"))
    until_day = models.DateField(_("actions jusqu’au"))
    envelope_cents = models.PositiveBigIntegerField(_("enveloppe"))
    purpose = models.TextField(_("à quoi sert l’argent"))
    conditions = models.TextField(_("conditions"), blank=True)

    class Meta:
        ordering = ["-opens_on", "name"]
        constraints = [
            in_order("opens_on", "closes_on", name="grant_call_dates"),
            in_order("from_day", "until_day", name="grant_call_period"),
            models.CheckConstraint(condition=~Q(name=""), name="grant_call_is_named"),
        ]

    def __str__(self) -> str:
        return self.name


class GrantQuerySet(models.QuerySet["GrantApplication"]):
    def reachable(self, reach: Reach) -> Self:
        """All for the network; elsewhere those of the gardens where one sees money."""
        return self if reach.network else self.filter(garden__in=reach.gardens_where(Can.SEE_MONEY))


class GrantApplication(models.Model):
    """What a garden asks for at a call, and what was decided."""

    class State(models.TextChoices):
        DRAFT = "draft", _("en préparation")
        SENT = "sent", _("envoyée")
        GRANTED = "granted", _("accordée")
        REFUSED = "refused", _("refusée")
        WITHDRAWN = "withdrawn", _("retirée")

    call = models.ForeignKey(GrantCall, models.PROTECT, related_name="applications")
    garden = models.ForeignKey(Garden, models.PROTECT, related_name="applications")
    project = models.TextField(_("le projet"), blank=True)
    asked_cents = models.PositiveBigIntegerField(_("montant demandé"), default=0)
    baskets = models.PositiveIntegerField(_("paniers prévus"), default=0)
    households = models.PositiveIntegerField(_("foyers prévus"), default=0)
    sessions = models.PositiveIntegerField(_("ateliers prévus"), default=0)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    sent_on = models.DateField(null=True, blank=True)
    granted_cents = models.PositiveBigIntegerField(_("montant accordé"), default=0)
    decided_on = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decision = models.CharField(_("ce qui a été dit"), max_length=300, blank=True)
    conditions = models.CharField(_("conditions"), max_length=300, blank=True)
    # A grant that stops before its end: what is not paid is not paid any more.
    stopped_on = models.DateField(null=True, blank=True)
    stopped_because = models.CharField(_("raison"), max_length=300, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "garden"], name="grant_application_once"),
            one_of("state", ["draft", "sent", "granted", "refused", "withdrawn"], name="grant_application_state"),
            models.CheckConstraint(condition=Q(state="granted") | Q(granted_cents=0), name="grant_money_is_granted"),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(decision=""), name="grant_refusal_says_why"),
            models.CheckConstraint(
                condition=Q(stopped_on__isnull=True) | (Q(state="granted") & ~Q(stopped_because="")),
                name="grant_stop_says_why",
            ),
        ]


class GrantLine(models.Model):
    """One line of an application's budget, planned and then spent, in cents. Negative never: `side` says which."""

    class Side(models.TextChoices):
        COST = "cost", _("dépense")
        INCOME = "income", _("ressource")

    application = models.ForeignKey(GrantApplication, models.CASCADE, related_name="lines")
    side = models.CharField(max_length=6, choices=Side)
    account = models.CharField(max_length=10)  # its line of the form: 60, 61, 64, 74…
    label = models.CharField(max_length=120)
    planned_cents = models.PositiveBigIntegerField(default=0)
    spent_cents = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering = ["side", "account", "pk"]
        constraints = [one_of("side", ["cost", "income"], name="grant_line_side")]


class GrantInstalment(models.Model):
    """One payment of a grant: when, how much, on what condition; `paid_on` when it left, `stopped_on` when it will not."""

    application = models.ForeignKey(GrantApplication, models.PROTECT, related_name="instalments")
    due_on = models.DateField(_("prévu le"))
    cents = models.PositiveBigIntegerField(_("montant"))
    condition = models.CharField(_("condition"), max_length=200, blank=True)
    met = models.CharField(_("condition remplie"), max_length=200, blank=True)
    paid_on = models.DateField(null=True, blank=True)
    stopped_on = models.DateField(null=True, blank=True)
    reference = models.CharField(_("référence"), max_length=80, blank=True)

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="grant_instalment_is_money"),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True) | Q(stopped_on__isnull=True), name="grant_instalment_paid_or_stopped"
            ),
            models.CheckConstraint(
                condition=Q(paid_on__isnull=True) | Q(condition="") | ~Q(met=""), name="grant_instalment_condition_met"
            ),
        ]


class GrantMove(models.Model):
    """What became of a grant's money, a row each time: spent, given back, or not paid after all. Never changed after."""

    class Kind(models.TextChoices):
        SPENT = "spent", _("dépensé")
        GIVEN_BACK = "given_back", _("rendu")
        WITHDRAWN = "withdrawn", _("retiré")

    application = models.ForeignKey(GrantApplication, models.PROTECT, related_name="moves")
    kind = models.CharField(max_length=10, choices=Kind)
    day = models.DateField()
    cents = models.PositiveBigIntegerField()
    reason = models.CharField(_("raison"), max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["day", "pk"]
        constraints = [
            one_of("kind", ["spent", "given_back", "withdrawn"], name="grant_move_kind"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="grant_move_is_money"),
        ]


class GrantReport(models.Model):
    """A garden's accounts of a grant: what it did, what it spent, what is left and what becomes of it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("en préparation")
        SENT = "sent", _("envoyé")
        ACCEPTED = "accepted", _("accepté")
        RETURNED = "returned", _("à compléter")

    class Left(models.TextChoices):
        CARRIED = "carried", _("reporté sur l’année suivante")
        GIVEN_BACK = "given_back", _("rendu au réseau")

    application = models.OneToOneField(GrantApplication, models.PROTECT, primary_key=True, related_name="report")
    done = models.TextField(_("ce qui a été fait"), blank=True)
    who = models.TextField(_("pour qui"), blank=True)
    differences = models.TextField(_("ce qui a changé par rapport au projet"), blank=True)
    goals = models.TextField(_("les objectifs ont-ils été atteints"), blank=True)
    rules = models.TextField(_("règles de répartition des charges"), blank=True)
    in_kind = models.TextField(_("bénévolat, prêts et dons en nature"), blank=True)
    baskets = models.PositiveIntegerField(_("paniers"), default=0)
    households = models.PositiveIntegerField(_("foyers"), default=0)
    sessions = models.PositiveIntegerField(_("ateliers"), default=0)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    sent_on = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    unspent_cents = models.PositiveBigIntegerField(default=0)
    left = models.CharField(_("ce qui reste"), max_length=10, choices=Left, default=Left.CARRIED)

    class Meta:
        constraints = [
            one_of("state", ["draft", "sent", "accepted", "returned"], name="grant_report_state"),
            one_of("left", ["carried", "given_back"], name="grant_report_left"),
        ]
