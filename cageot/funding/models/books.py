"""What baskets cost and who pays it, week by week, under seal.

A charge comes with an opaque key, a season pseudonym and bands (territory, audience, affiliation). The books
(entry, posting, charge, share, seal) are append-only and balanced at commit by the database itself, on both
engines: see `triggers.py` and decision 0005.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import WeekField, one_of
from cageot.funding.models.agreements import Agreement, AgreementPayer, TariffLine
from cageot.network.models import Garden, Person


class Books(models.Model):
    """One row: the head of the chain. Whoever writes takes a turn on it first (decision 0009)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    turns = models.PositiveBigIntegerField(default=0)
    # Last numbers given: rows of the books are numbered under the turn, so that they are written in one stroke.
    last_entry = models.PositiveBigIntegerField(default=0)
    last_charge = models.PositiveBigIntegerField(default=0)
    last_settlement = models.PositiveBigIntegerField(default=0)
    last_book_entry = models.PositiveBigIntegerField(default=0)
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
    garden = models.ForeignKey(Garden, models.PROTECT, related_name="entries", db_index=False)
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
        indexes = [
            models.Index(fields=["garden", "day"], name="entry_by_garden_day"),
            models.Index(fields=["day"], name="entry_by_day"),
        ]


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
            models.Index(fields=["agreement", "day"], condition=Q(agreement__isnull=False), name="charge_by_agreement"),
            models.Index(fields=["garden", "day"], condition=Q(agreement__isnull=False), name="charge_by_garden"),
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
