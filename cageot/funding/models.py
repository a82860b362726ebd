"""Agreements, what they pay, and the books.

Money sits low in the house: these tables know gardens and payers, never a household. A charge comes
with an opaque key, a season pseudonym and bands (territory, audience, affiliation).

The books (entry, posting, charge, share, seal) are append-only and balanced at commit by the database
itself, on both engines: see `triggers.py` and decision 0005.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import WeekField, in_order, one_of
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


# --- The books ----------------------------------------------------------------------------------


class Books(models.Model):
    """One row: the head of the chain. Whoever writes takes a turn on it first (decision 0009)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    turns = models.PositiveBigIntegerField(default=0)
    # Last numbers given: rows of the books are numbered under the turn, so that they are written in one stroke.
    last_entry = models.PositiveBigIntegerField(default=0)
    last_charge = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=64, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="books_is_one_row")]


class Account(models.Model):
    """Where money stands, per garden. Debits are positive, credits negative."""

    class Kind(models.TextChoices):
        SALE = "sale", _("ventes de paniers")
        GRANT = "grant", _("subventions")
        SCHEME = "scheme", _("concours publics")
        MEMBERS = "members", _("adhérents")
        PAYER = "payer", _("payeur")
        OWN = "own", _("part du jardin")
        TO_ALLOCATE = "to_allocate", _("à financer")

    garden = models.ForeignKey(Garden, models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=11, choices=Kind)
    payer = models.ForeignKey(AgreementPayer, models.PROTECT, null=True, blank=True, related_name="accounts")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["garden", "kind", "payer"], name="account_once"),
            models.UniqueConstraint(
                fields=["garden", "kind"], condition=Q(payer__isnull=True), name="account_once_without_payer"
            ),
            one_of("kind", ["sale", "grant", "scheme", "members", "payer", "own", "to_allocate"], name="account_kind"),
            models.CheckConstraint(
                condition=Q(kind="payer", payer__isnull=False) | (~Q(kind="payer") & Q(payer__isnull=True)),
                name="account_payer_is_named",
            ),
        ]


class Seal(models.Model):
    """The last row of an entry: the database accepts it only if the entry balances. Chained by hash."""

    id = models.BigIntegerField(primary_key=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)


class Entry(models.Model):
    """One movement of the books. It dangles until its seal is laid, and the commit refuses a dangling entry."""

    class Kind(models.TextChoices):
        CLOSE = "close", _("clôture de semaine")
        REVERSAL = "reversal", _("annulation")

    id = models.BigIntegerField(primary_key=True)
    seal = models.OneToOneField(Seal, models.PROTECT, related_name="entry")
    kind = models.CharField(max_length=8, choices=Kind)
    garden = models.ForeignKey(Garden, models.PROTECT, related_name="entries")
    week = WeekField()
    day = models.DateField()  # the accounting day: the week's Sunday for a close, the day it is made for a reversal
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=F("seal_id")), name="entry_sealed_by_its_own"),
            models.CheckConstraint(
                condition=Q(kind="close", reverses__isnull=True)
                | (Q(kind="reversal", reverses__isnull=False) & ~Q(reason="")),
                name="entry_reversal_says_why",
            ),
        ]
        indexes = [models.Index(fields=["garden", "day"], name="entry_by_garden_day")]


class Posting(models.Model):
    """One line of an entry, in cents: positive debits the account, negative credits it."""

    entry = models.ForeignKey(Entry, models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, models.PROTECT, related_name="postings")
    cents = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(cents=0), name="posting_not_zero")]


class Charge(models.Model):
    """What one basket cost and who it was for, in bands. Frozen; `sign` −1 takes a charge back.

    `key` is opaque here (the basket's number, for whoever sends it); `household_key` is a pseudonym
    good for one edition, so that households can be counted and not named.
    """

    id = models.BigIntegerField(primary_key=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="charges")
    kind = models.CharField(max_length=8, default="basket")
    key = models.BigIntegerField()
    revision = models.PositiveSmallIntegerField(default=1)
    sign = models.SmallIntegerField(default=1)
    garden = models.ForeignKey(Garden, models.PROTECT, related_name="+", db_index=False)
    week = WeekField()
    day = models.DateField()
    household_key = models.CharField(max_length=16)
    agreement = models.ForeignKey(Agreement, models.PROTECT, null=True, related_name="charges", db_index=False)
    line = models.ForeignKey(TariffLine, models.PROTECT, null=True, related_name="+", db_index=False)
    in_programme = models.BooleanField()
    size_code = models.CharField(max_length=20)
    state = models.CharField(max_length=9)
    price_cents = models.IntegerField()
    member_cents = models.IntegerField()
    cap_cents = models.IntegerField(null=True)
    commune_code = models.CharField(max_length=5, blank=True)
    audience = models.CharField(max_length=120, blank=True)
    affiliation = models.CharField(max_length=5, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "revision", "sign"], name="charge_once"),
            models.CheckConstraint(condition=Q(sign__in=[1, -1]), name="charge_sign"),
            models.CheckConstraint(
                condition=Q(sign=1, price_cents__gte=0, member_cents__gte=0, member_cents__lte=F("price_cents"))
                | Q(sign=-1, price_cents__lte=0, member_cents__lte=0, member_cents__gte=F("price_cents")),
                name="charge_member_within_the_price",
            ),
            models.CheckConstraint(
                condition=Q(in_programme=False, cap_cents__isnull=True)
                | Q(in_programme=True, sign=1, cap_cents__isnull=False, member_cents__lte=F("cap_cents"))
                | Q(in_programme=True, sign=-1, cap_cents__isnull=False, member_cents__gte=-F("cap_cents")),
                name="charge_under_the_cap",
            ),
        ]
        indexes = [
            models.Index(fields=["agreement", "day"], condition=Q(agreement__isnull=False), name="charge_by_agreement")
        ]


class Share(models.Model):
    """What one payer pays of one charge, and why. The shares of a charge sum to its price."""

    class By(models.TextChoices):
        MEMBER = "member", _("adhérent")
        LOCAL = "local", _("partenaire local")
        NATIONAL = "national", _("partenaire national")
        NETWORK = "network", _("réseau")
        GARDEN = "garden", _("jardin")
        UNCOVERED = "uncovered", _("non couvert")

    class Why(models.TextChoices):
        PRICE = "price", _("prix du panier")
        MEMBER_PART = "member_part", _("participation prévue par la convention")
        CAPPED = "capped", _("participation ramenée au plafond")
        GIVEN = "given", _("panier donné à un autre foyer")
        FIXED = "fixed", _("montant prévu par la convention")
        PERCENT = "percent", _("pourcentage prévu par la convention")
        REST = "rest", _("le reste, selon la convention")
        QUOTA = "quota", _("quota presque épuisé : ce qu’il en restait")
        QUOTA_OUT = "quota_out", _("quota épuisé")
        NO_AGREEMENT = "no_agreement", _("convention terminée")
        NO_LINE = "no_line", _("taille de panier absente de la convention")
        NOBODY = "nobody", _("aucun payeur prévu pour cette part")

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="shares", db_index=False)
    rank = models.PositiveSmallIntegerField()
    by = models.CharField(max_length=9, choices=By)
    payer = models.ForeignKey(AgreementPayer, models.PROTECT, null=True, related_name="paid", db_index=False)
    cents = models.IntegerField()
    asked_cents = models.IntegerField()
    why = models.CharField(max_length=12, choices=Why)

    class Meta:
        constraints = [
            one_of("by", ["member", "local", "national", "network", "garden", "uncovered"], name="share_by"),
            models.UniqueConstraint(fields=["charge", "rank"], name="share_rank_once"),
        ]
        indexes = [models.Index(fields=["payer"], condition=Q(payer__isnull=False), name="share_by_payer")]
