"""Agreements: who pays what of a basket, for whom, where and until when.

Money sits low in the house: these tables know gardens and payers, never a household.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import in_order, one_of
from cageot.network.models import DatedQuerySet, Edition, Garden, Partner, Person
from cageot.network.rules.reach import Can, Reach

# --- Agreements ---------------------------------------------------------------------------------


class AgreementQuerySet(DatedQuerySet):
    def reachable(self, reach: Reach) -> Self:
        """Agreements of the gardens where this person sees money; all of them for the network."""
        if reach.network:
            return self
        return self.filter(gardens__in=reach.gardens_where(Can.SEE_MONEY)).distinct()


class Agreement(models.Model):
    """A convention: who pays what of a basket, for whom, where and until when."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("en projet")
        ACTIVE = "active", _("en cours")
        TERMINATED = "terminated", _("résiliée")

    class Affiliation(models.TextChoices):
        ANY = "any", _("toutes")
        CAF = "caf", _("CAF")
        MSA = "msa", _("MSA")
        OTHER = "other", _("autre")

    class Classification(models.TextChoices):
        SALE = "sale", _("vente")
        GRANT = "grant", _("subvention")
        SCHEME = "scheme", _("concours public (compte 73)")

    class GivenOn(models.TextChoices):
        AS_COLLECTED = "as_collected", _("comme un panier retiré")
        WITHOUT_MEMBER = "without_member", _("sans participation de l’adhérent")
        GARDEN = "garden", _("à la charge du jardin")

    name = models.CharField(_("nom"), max_length=160)
    partner = models.ForeignKey(
        Partner, models.PROTECT, related_name="agreements", verbose_name=_("partenaire principal")
    )
    gardens = models.ManyToManyField(Garden, related_name="agreements", verbose_name=_("jardins"))
    audience = models.CharField(_("public"), max_length=120, blank=True)
    affiliation = models.CharField(_("affiliation"), max_length=5, choices=Affiliation, default=Affiliation.ANY)
    from_day = models.DateField(_("début"))
    until_day = models.DateField(_("fin"), null=True, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("préavis de fin, en jours"), default=90)
    classification = models.CharField(
        _("classement comptable"), max_length=6, choices=Classification, default=Classification.SALE
    )
    given_on = models.CharField(
        _("panier donné à un autre foyer"), max_length=14, choices=GivenOn, default=GivenOn.AS_COLLECTED
    )
    # An offer beside the programme (students…): not counted in it, and its cap does not apply.
    in_programme = models.BooleanField(_("dans le programme"), default=True)
    status = models.CharField(_("état"), max_length=10, choices=Status, default=Status.DRAFT)
    ended_because = models.CharField(_("raison de la fin"), max_length=200, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            in_order("from_day", "until_day", name="agreement_dates"),
            one_of("affiliation", ["any", "caf", "msa", "other"], name="agreement_affiliation"),
            one_of("classification", ["sale", "grant", "scheme"], name="agreement_classification"),
            one_of("given_on", ["as_collected", "without_member", "garden"], name="agreement_given_on"),
            one_of("status", ["draft", "active", "terminated"], name="agreement_status"),
        ]

    def __str__(self) -> str:
        return self.name


class AgreementPayer(models.Model):
    """One payer of an agreement, at its rank in the waterfall, with its quota and what is used of it.

    `used_*` are kept here, under the turn at the books, so that the database itself refuses to spend
    past a quota; `cageot check` compares them with the shares (decision 0011).
    """

    class Kind(models.TextChoices):
        PARTNER = "partner", _("partenaire")
        NETWORK = "network", _("réseau")
        GARDEN = "garden", _("jardin")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="payers")
    rank = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.PARTNER)
    partner = models.ForeignKey(Partner, models.PROTECT, null=True, blank=True, related_name="pays")
    quota_baskets = models.PositiveIntegerField(_("quota, en paniers"), null=True, blank=True)
    quota_cents = models.PositiveBigIntegerField(_("quota, en euros"), null=True, blank=True)
    used_baskets = models.PositiveIntegerField(default=0, editable=False)
    used_cents = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "rank"], name="agreement_payer_rank_once"),
            models.CheckConstraint(
                condition=Q(kind="partner", partner__isnull=False) | (~Q(kind="partner") & Q(partner__isnull=True)),
                name="agreement_payer_is_named",
            ),
            one_of("kind", ["partner", "network", "garden"], name="agreement_payer_kind"),
            models.CheckConstraint(
                condition=Q(quota_baskets__isnull=True) | Q(used_baskets__lte=F("quota_baskets")),
                name="payer_within_quota_baskets",
            ),
            models.CheckConstraint(
                condition=Q(quota_cents__isnull=True) | Q(used_cents__lte=F("quota_cents")),
                name="payer_within_quota_cents",
            ),
        ]

    def __str__(self) -> str:
        return str(self.partner) if self.partner else str(self.get_kind_display())


class CapExemption(models.Model):
    """A request to let members of one agreement pay more than the cap; nothing changes until it is granted."""

    class Status(models.TextChoices):
        ASKED = "asked", _("demandée")
        GRANTED = "granted", _("accordée")
        REFUSED = "refused", _("refusée")

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="exemptions")
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="exemptions")
    max_member_bp = models.PositiveIntegerField()
    reason = models.CharField(_("raison"), max_length=300)
    from_day = models.DateField()
    until_day = models.DateField()
    status = models.CharField(max_length=7, choices=Status, default=Status.ASKED)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    decided_on = models.DateField(null=True, blank=True)
    answer = models.CharField(_("réponse"), max_length=300, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("from_day", "until_day", name="exemption_dates"),
            one_of("status", ["asked", "granted", "refused"], name="exemption_status"),
            models.CheckConstraint(condition=~Q(reason=""), name="exemption_has_a_reason"),
            models.CheckConstraint(condition=Q(max_member_bp__lte=10_000), name="exemption_at_most_the_price"),
        ]


class Tariff(models.Model):
    """A named price grid of an agreement. An agreement often has one; brackets make several."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="tariffs")
    name = models.CharField(_("nom"), max_length=80, default="Tarif")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["agreement", "name"], name="tariff_name_once")]

    def __str__(self) -> str:
        return self.name


class TariffLine(models.Model):
    """What the member pays for one basket size under a tariff, from a day on.

    `size_code` names the basket size; empty, the line holds for every size without a line of its own.
    `price_cents` is the basket price that the agreement was signed for. The cap is checked against it
    here by the database, and against the price of the day at each close.
    """

    class MemberPart(models.TextChoices):
        FIXED = "fixed", _("montant fixe")
        PERCENT = "percent", _("pourcentage du prix")

    tariff = models.ForeignKey(Tariff, models.CASCADE, related_name="lines")
    size_code = models.SlugField(_("taille"), max_length=20, blank=True)
    from_day = models.DateField()
    price_cents = models.PositiveIntegerField()
    member_kind = models.CharField(max_length=7, choices=MemberPart, default=MemberPart.FIXED)
    member_cents = models.PositiveIntegerField(default=0)
    member_bp = models.PositiveIntegerField(default=0)
    cap_bp = models.PositiveIntegerField(null=True)  # null: outside the programme, no cap
    exemption = models.ForeignKey(CapExemption, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["size_code", "from_day"]
        constraints = [
            models.UniqueConstraint(fields=["tariff", "size_code", "from_day"], name="tariff_line_once"),
            one_of("member_kind", ["fixed", "percent"], name="tariff_line_member_kind"),
            models.CheckConstraint(
                condition=Q(cap_bp__isnull=True)
                | Q(member_kind="fixed", member_cents__lte=F("price_cents") * F("cap_bp") / 10_000)
                | Q(member_kind="percent", member_bp__lte=F("cap_bp")),
                name="tariff_line_under_the_cap",
            ),
            models.CheckConstraint(
                condition=Q(member_cents__lte=F("price_cents"), member_bp__lte=10_000),
                name="tariff_line_at_most_the_price",
            ),
        ]


class TariffShare(models.Model):
    """What one payer owes on a tariff line: a fixed amount, a percentage of the price, or the rest."""

    class Kind(models.TextChoices):
        FIXED = "fixed", _("montant fixe")
        PERCENT = "percent", _("pourcentage du prix")
        REST = "rest", _("le reste")

    line = models.ForeignKey(TariffLine, models.CASCADE, related_name="shares")
    payer = models.ForeignKey(AgreementPayer, models.CASCADE, related_name="shares")
    kind = models.CharField(max_length=7, choices=Kind, default=Kind.REST)
    cents = models.PositiveIntegerField(default=0)
    bp = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["payer__rank"]
        constraints = [
            models.UniqueConstraint(fields=["line", "payer"], name="tariff_share_once"),
            one_of("kind", ["fixed", "percent", "rest"], name="tariff_share_kind"),
            models.CheckConstraint(condition=Q(bp__lte=10_000), name="tariff_share_at_most_the_price"),
        ]
