"""What payers are asked for, and what they send: claims, invoices, credit notes, payments.

A claim is made of closed weeks only, its text is frozen when it is numbered, and it is corrected by a credit note.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import in_order, one_of
from cageot.funding.models.agreements import Agreement, AgreementPayer
from cageot.funding.models.books import Entry
from cageot.funding.models.funds import Fund, SettlementLine, Tranche, TrancheUse
from cageot.funding.models.grants import GrantApplication
from cageot.funding.models.ledger import Entity
from cageot.network.models import Partner, Person
from cageot.network.rules.reach import Can, Reach


class Billing(models.Model):
    """How a partner wants to be asked: its own references, and the way it takes papers."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("courrier ou message")
        PORTAL = "portal", _("portail de l’État (Chorus Pro)")

    partner = models.OneToOneField(Partner, models.CASCADE, primary_key=True, related_name="billing")
    legal_name = models.CharField(_("raison sociale"), max_length=160, blank=True)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=10, blank=True)
    city = models.CharField(_("ville"), max_length=80, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    channel = models.CharField(_("envoi"), max_length=6, choices=Channel, default=Channel.MAIL)
    service_code = models.CharField(_("code service"), max_length=60, blank=True)
    engagement = models.CharField(_("numéro d’engagement"), max_length=60, blank=True)
    # Merged into another: what it owes is asked of that one. What was settled stays under its own name.
    merged_into = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="took_over", verbose_name=_("repris par")
    )
    merged_on = models.DateField(_("depuis le"), null=True, blank=True)  # statements of that one hold it from that day

    class Meta:
        constraints = [
            one_of("channel", ["mail", "portal"], name="billing_channel"),
            models.CheckConstraint(condition=~Q(merged_into=F("partner")), name="billing_merged_into_another"),
        ]


class ClaimTerms(models.Model):
    """When an agreement's payers are asked, and how long they have. Without a row: each quarter, 30 days."""

    agreement = models.OneToOneField(Agreement, models.CASCADE, primary_key=True, related_name="claim_terms")
    rhythm = models.CharField(max_length=7, choices=Fund.Rhythm, default=Fund.Rhythm.QUARTER)
    due_days = models.PositiveSmallIntegerField(_("délai de paiement, en jours"), default=30)
    engagement = models.CharField(_("numéro d’engagement"), max_length=60, blank=True)

    class Meta:
        constraints = [one_of("rhythm", ["month", "quarter", "year"], name="claim_terms_rhythm")]


class ClaimQuerySet(models.QuerySet["Claim"]):
    def reachable(self, reach: Reach) -> Self:
        """All for the network; elsewhere those of one's own entity, where one sees money."""
        if reach.network:
            return self
        seen = reach.gardens_where(Can.SEE_MONEY)
        return self.filter(entity__places__garden__in=seen).distinct() if seen else self.none()


class Claim(models.Model):
    """One numbered paper: an invoice, a call for funds, or the credit note of either.

    What is left to pay of it is `total − paid − credited` (`OPEN`). `paid_cents`: what came in for it, and of a tranche what
    had come in before (`advance_cents`). `credited_cents`: what credit notes took off it; on the credit note the same
    amount counts as paid, below zero. `refused`, of a credit note: its payer will not pay that, and is not asked again.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("facture")
        CALL = "call", _("appel de fonds")
        CREDIT = "credit", _("avoir")

    class State(models.TextChoices):
        SENT = "sent", _("envoyée")
        ACCEPTED = "accepted", _("acceptée")
        PARTLY = "partly", _("acceptée en partie")
        DISPUTED = "disputed", _("contestée")
        CREDITED = "credited", _("annulée par un avoir")

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="claims")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=30)  # as printed
    kind = models.CharField(max_length=7, choices=Kind)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="claims")
    agreement = models.ForeignKey(Agreement, models.PROTECT, null=True, blank=True, related_name="claims")
    tranche = models.ForeignKey(Tranche, models.PROTECT, null=True, blank=True, related_name="claims")
    from_day = models.DateField()
    until_day = models.DateField()
    issued_on = models.DateField()
    due_on = models.DateField()
    corrects = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="corrections")
    reason = models.CharField(max_length=300, blank=True)
    refused = models.BooleanField(default=False)
    total_cents = models.BigIntegerField()
    text = models.JSONField(default=dict)  # all that is printed, frozen
    digest = models.CharField(max_length=64, unique=True)  # of what it is made of: the same is not written twice
    sent_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.SENT)
    accepted_cents = models.BigIntegerField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    paid_cents = models.BigIntegerField(default=0)
    advance_cents = models.PositiveBigIntegerField(default=0)
    credited_cents = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    objects = ClaimQuerySet.as_manager()

    OPEN = F("total_cents") - F("paid_cents") - F("credited_cents")

    class Meta:
        ordering = ["-issued_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["entity", "year", "sequence"], name="claim_number_once"),
            in_order("from_day", "until_day", name="claim_dates"),
            one_of("kind", ["invoice", "call", "credit"], name="claim_kind"),
            one_of("state", ["sent", "accepted", "partly", "disputed", "credited"], name="claim_state"),
            models.CheckConstraint(
                condition=Q(kind="credit", corrects__isnull=False, total_cents__lt=0) & ~Q(reason="")
                | ~Q(kind="credit") & Q(corrects__isnull=True, total_cents__gt=0),
                name="claim_credit_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=Q(agreement__isnull=True, tranche__isnull=False)
                | Q(agreement__isnull=False, tranche__isnull=True),
                name="claim_is_of_an_agreement_or_a_fund",
            ),
            models.CheckConstraint(
                condition=Q(
                    total_cents__gte=0,
                    paid_cents__gte=F("advance_cents"),
                    paid_cents__lte=F("total_cents") - F("credited_cents"),
                )
                | Q(total_cents__lt=0, paid_cents__lte=0, paid_cents__gte=F("total_cents"), credited_cents=0),
                name="claim_paid_within_its_total",
            ),
        ]
        indexes = [models.Index(fields=["entity", "-issued_on"], name="claim_by_entity")]

    def __str__(self) -> str:
        return self.number

    @property
    def open_cents(self) -> int:
        """What is left to pay; below zero, what a credit note leaves to give back or to take off another payment."""
        return self.total_cents - self.paid_cents - self.credited_cents


def _one_of_them(*names: str) -> Q:
    """These are there, and nothing else that a line may be of."""
    known = ("payer", "entry", "settled", "grant", "use")
    return Q(**{f"{name}__isnull": name not in names for name in known})


class ClaimLine(models.Model):
    """What a claim is made of: what one agreement payer owes of one entry of the books, or what a fund paid: one line settled,
    one grant to a garden, one cost of a session.

    `sign` −1 gives back what an earlier claim asked; `revision` counts the times it was claimed, so that nothing is claimed
    twice at once. A week taken back after it was claimed is a line of its own, below zero.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="lines")
    payer = models.ForeignKey(AgreementPayer, models.PROTECT, null=True, blank=True, related_name="claimed")
    entry = models.ForeignKey(Entry, models.PROTECT, null=True, blank=True, related_name="claimed")
    settled = models.ForeignKey(SettlementLine, models.PROTECT, null=True, blank=True, related_name="claimed")
    grant = models.ForeignKey(GrantApplication, models.PROTECT, null=True, blank=True, related_name="claimed")
    use = models.ForeignKey(TrancheUse, models.PROTECT, null=True, blank=True, related_name="claimed")
    revision = models.PositiveSmallIntegerField(default=1)
    sign = models.SmallIntegerField(default=1)
    baskets = models.IntegerField()
    cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["payer", "entry", "revision"], condition=Q(sign=1), name="claimed_share_once"
            ),
            models.UniqueConstraint(fields=["settled", "revision"], condition=Q(sign=1), name="claimed_settled_once"),
            models.UniqueConstraint(fields=["grant", "revision"], condition=Q(sign=1), name="claimed_grant_once"),
            models.UniqueConstraint(fields=["use", "revision"], condition=Q(sign=1), name="claimed_use_once"),
            models.UniqueConstraint(fields=["claim", "payer", "entry"], name="claim_line_share_once"),
            models.UniqueConstraint(fields=["claim", "settled"], name="claim_line_settled_once"),
            models.UniqueConstraint(fields=["claim", "grant"], name="claim_line_grant_once"),
            models.UniqueConstraint(fields=["claim", "use"], name="claim_line_use_once"),
            models.CheckConstraint(
                condition=_one_of_them("payer", "entry")
                | _one_of_them("settled")
                | _one_of_them("grant")
                | _one_of_them("use"),
                name="claim_line_is_of_one_thing",
            ),
            models.CheckConstraint(condition=Q(sign__in=[1, -1]), name="claim_line_sign"),
        ]


class Payment(models.Model):
    """Money that came in from a partner (or for a fund), as the bank says it; below zero, money given back."""

    class Means(models.TextChoices):
        TRANSFER = "transfer", _("virement")
        CHEQUE = "cheque", _("chèque")
        CASH = "cash", _("espèces")
        OTHER = "other", _("autre")

    entity = models.ForeignKey(Entity, models.PROTECT, related_name="payments")
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="payments")
    day = models.DateField(_("reçu le"))
    cents = models.BigIntegerField(_("montant"))
    means = models.CharField(_("moyen"), max_length=8, choices=Means, default=Means.TRANSFER)
    reference = models.CharField(_("référence de la banque"), max_length=80, blank=True)
    once = models.CharField(max_length=64, unique=True)  # the same form sent twice is one payment
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(cents=0), name="payment_is_money"),
            one_of("means", ["transfer", "cheque", "cash", "other"], name="payment_means"),
        ]


class PaymentPart(models.Model):
    """What of a payment goes to a claim, or straight to a tranche (money paid in advance). Below zero on a credit note, or
    when money of a tranche goes back to its funder; `lowered_cents`: how much less is notified of the tranche since."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="parts")
    claim = models.ForeignKey(Claim, models.PROTECT, null=True, blank=True, related_name="payments")
    tranche = models.ForeignKey(Tranche, models.PROTECT, null=True, blank=True, related_name="payments")
    cents = models.BigIntegerField()
    lowered_cents = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(claim__isnull=False, tranche__isnull=True) | Q(claim__isnull=True, tranche__isnull=False),
                name="payment_part_goes_somewhere",
            ),
            models.CheckConstraint(condition=~Q(cents=0), name="payment_part_is_money"),
        ]
