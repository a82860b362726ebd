"""Funds: money with conditions, shared by many baskets, tranche after tranche.

A fund says once on which conditions its money may pay; a tranche says how much, from when until when, and how far the money
has come: promised → notified → received. Of what it pays: reserved (a proposal) → used (settled) → claimed → justified.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cageot.core.models import in_order, one_of
from cageot.funding.models.ledger import Entity
from cageot.network.models import Garden, Partner, Person
from cageot.network.rules.reach import Can, Reach


class FundQuerySet(models.QuerySet["Fund"]):
    def reachable(self, reach: Reach) -> Self:
        """All for the network; elsewhere those held by one's own entity, where one sees money."""
        if reach.network:
            return self
        seen = reach.gardens_where(Can.SEE_MONEY)
        return self.filter(entity__places__garden__in=seen).distinct() if seen else self.none()


class Fund(models.Model):
    """Money given on conditions. A list that is empty restricts nothing; so does an amount that is not there."""

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", _("convention")
        GRANT = "grant", _("subvention")
        CAMPAIGN = "campaign", _("collecte de dons")
        BOX = "box", _("caisse de solidarité")

    class Source(models.TextChoices):
        PUBLIC = "public", _("subvention publique")
        BODY = "body", _("contribution d’un autre organisme")
        GIVING = "giving", _("générosité du public")
        OWN = "own", _("argent de l’association")

    class Rhythm(models.TextChoices):
        MONTH = "month", _("chaque mois")
        QUARTER = "quarter", _("chaque trimestre")
        YEAR = "year", _("chaque année")

    name = models.CharField(_("nom"), max_length=160)
    kind = models.CharField(_("genre"), max_length=9, choices=Kind, default=Kind.GRANT)
    source = models.CharField(_("origine de l’argent"), max_length=6, choices=Source, default=Source.PUBLIC)
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="financing", verbose_name=_("financeur")
    )
    reference = models.CharField(_("numéro de la convention ou de l’arrêté"), max_length=60, blank=True)
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="funds", verbose_name=_("qui reçoit l’argent"))

    gardens = models.ManyToManyField(Garden, related_name="funds", blank=True, verbose_name=_("jardins"))
    # Each a word and a code: "commune:41018", "epci:200030385", "department:41", "region:24".
    territories = models.JSONField(_("territoires"), default=list, blank=True)
    audiences = models.JSONField(_("publics"), default=list, blank=True)
    affiliations = models.JSONField(_("affiliations"), default=list, blank=True)
    cap_cents = models.PositiveIntegerField(_("au plus, par panier"), null=True, blank=True)
    share_bp = models.PositiveIntegerField(_("au plus, en part du prix"), null=True, blank=True)
    # 5000: the local partners of a basket must pay at least half of what this fund pays of it.
    match_bp = models.PositiveIntegerField(_("contrepartie locale demandée"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(_("ordre"), default=100)
    rhythm = models.CharField(_("demande de versement"), max_length=7, choices=Rhythm, default=Rhythm.QUARTER)

    ended_on = models.DateField(_("ne paie plus depuis"), null=True, blank=True)
    ended_because = models.CharField(_("raison"), max_length=200, blank=True)

    objects = FundQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="fund_is_named"),
            one_of("kind", ["agreement", "grant", "campaign", "box"], name="fund_kind"),
            one_of("source", ["public", "body", "giving", "own"], name="fund_source"),
            one_of("rhythm", ["month", "quarter", "year"], name="fund_rhythm"),
            models.CheckConstraint(
                condition=Q(kind__in=["campaign", "box"]) | Q(partner__isnull=False), name="fund_has_a_funder"
            ),
            models.UniqueConstraint(
                fields=["partner", "reference"], condition=~Q(reference=""), name="fund_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(share_bp__isnull=True) | Q(share_bp__gt=0, share_bp__lte=10_000), name="fund_share"
            ),
            models.CheckConstraint(condition=Q(cap_cents__isnull=True) | Q(cap_cents__gt=0), name="fund_cap"),
            models.CheckConstraint(condition=Q(match_bp__isnull=True) | Q(match_bp__gt=0), name="fund_match"),
            models.CheckConstraint(condition=Q(ended_on__isnull=True) | ~Q(ended_because=""), name="fund_end_says_why"),
        ]

    def __str__(self) -> str:
        return self.name


class Tranche(models.Model):
    """One year (or less) of a fund's money. Only notified money is settled; promised money is only proposed.

    `used_cents` is kept under the turn at the books, so that the database itself refuses to spend past what was notified.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, related_name="tranches")
    label = models.CharField(_("nom"), max_length=60)
    from_day = models.DateField(_("début"))
    until_day = models.DateField(_("fin"))
    promised_cents = models.PositiveBigIntegerField(_("montant promis"))
    promised_on = models.DateField(_("promis le"), null=True, blank=True)
    notified_cents = models.PositiveBigIntegerField(_("montant notifié"), null=True, blank=True)
    notified_on = models.DateField(_("notifié le"), null=True, blank=True)
    due_on = models.DateField(_("versement attendu le"), null=True, blank=True)
    quota_baskets = models.PositiveIntegerField(_("paniers, au plus"), null=True, blank=True)
    carries_over = models.BooleanField(_("le reste peut servir l’année suivante"), default=False)
    refused_on = models.DateField(_("refusé le"), null=True, blank=True)
    refused_because = models.CharField(_("raison du refus"), max_length=200, blank=True)
    used_cents = models.PositiveBigIntegerField(default=0, editable=False)
    claimed_cents = models.PositiveBigIntegerField(default=0, editable=False)
    justified_cents = models.PositiveBigIntegerField(default=0, editable=False)
    received_cents = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["from_day", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["fund", "label"], name="tranche_label_once"),
            in_order("from_day", "until_day", name="tranche_dates"),
            models.CheckConstraint(
                condition=Q(notified_cents__isnull=True, notified_on__isnull=True)
                | Q(notified_cents__isnull=False, notified_on__isnull=False),
                name="tranche_notified_on_a_day",
            ),
            models.CheckConstraint(
                condition=Q(used_cents__lte=Coalesce(F("notified_cents"), 0)), name="tranche_within_what_was_notified"
            ),
            models.CheckConstraint(
                condition=Q(justified_cents__lte=F("claimed_cents")), name="tranche_justifies_what_it_claimed"
            ),
            models.CheckConstraint(
                condition=Q(refused_on__isnull=True) | ~Q(refused_because=""), name="tranche_refusal_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fund.name}, {self.label}"


class TrancheUse(models.Model):
    """Money of a tranche that paid something that is no basket (a session of a workshop), in cents; below zero, taken back.

    `source` and `source_id` say what, once; `reverses`: the row that this one takes back. Append-only.
    """

    tranche = models.ForeignKey(Tranche, models.PROTECT, related_name="uses")
    garden = models.ForeignKey(Garden, models.PROTECT, related_name="+")
    day = models.DateField()
    cents = models.BigIntegerField()
    source = models.CharField(max_length=20)
    source_id = models.BigIntegerField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "source_id"], name="tranche_use_once"),
            models.CheckConstraint(condition=~Q(cents=0), name="tranche_use_is_money"),
        ]


class Held(models.Model):
    """What one tranche pays of a group of baskets that no rule can tell apart, in cents. A group is its bands and its day.

    For each basket: `need_cents` is what is left to find (what nobody pays and what the network promised), `uncovered_cents`
    the part of it that nobody pays (its garden bears it), `local_cents` what its local partners pay. `baskets`: how many
    there were when it was decided.
    """

    tranche = models.ForeignKey(Tranche, models.PROTECT, related_name="+")
    garden = models.ForeignKey(Garden, models.PROTECT, related_name="+")
    day = models.DateField()
    commune_code = models.CharField(max_length=5, blank=True)
    audience = models.CharField(max_length=120, blank=True)
    affiliation = models.CharField(max_length=5, blank=True)
    price_cents = models.PositiveIntegerField()
    member_cents = models.PositiveIntegerField()
    need_cents = models.PositiveIntegerField()
    uncovered_cents = models.PositiveIntegerField()
    local_cents = models.PositiveIntegerField()
    baskets = models.PositiveIntegerField()
    cents = models.BigIntegerField()

    class Meta:
        abstract = True


class Proposal(models.Model):
    """The best split as it looks today: closed weeks that are open, and the baskets planned ahead. Shown, never posted.

    Only the last one is kept. `facts`: its figures by tranche and garden, ahead included, as the pages show them.
    """

    day = models.DateField()
    at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    solver = models.CharField(max_length=60)
    need_cents = models.PositiveBigIntegerField()
    covered_cents = models.PositiveBigIntegerField()
    bound_cents = models.PositiveBigIntegerField()
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(covered_cents=F("bound_cents")), name="proposal_is_proved"),
        ]


class ProposalLine(Held):
    """What a tranche would pay of baskets of closed weeks: reserved."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="lines")


class Settlement(models.Model):
    """The best split over all that was open on a day, posted and proved. Its lines are differences with what stood.

    `digest` prints what was decided on; `certificate` is the cut that proves that no split covers more.
    """

    id = models.BigIntegerField(primary_key=True)
    through = models.DateField()  # baskets up to that day
    day = models.DateField()  # the accounting day
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    last_entry = models.BigIntegerField()  # of the books, when it was decided
    digest = models.CharField(max_length=64)
    solver = models.CharField(max_length=60)
    need_cents = models.PositiveBigIntegerField()
    covered_cents = models.PositiveBigIntegerField()
    bound_cents = models.PositiveBigIntegerField()
    certificate = models.JSONField(default=dict)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(covered_cents=F("bound_cents")), name="settlement_is_proved"),
        ]


class SettlementLine(Held):
    """What a settlement adds to (or, below zero, takes back from) what a tranche pays of a group.

    `to_garden_cents`, of `cents`: what meets what the group's garden bears, which comes first; the rest meets what the
    network promised. It may move alone, when another tranche pays the same.
    """

    id = models.BigAutoField(primary_key=True)
    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="lines", db_index=False)
    to_garden_cents = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(cents=0, to_garden_cents=0), name="settlement_line_not_zero")
        ]
        indexes = [
            models.Index(fields=["tranche", "garden", "day"], name="settled_by_tranche"),
            models.Index(fields=["settlement"], name="settled_by_settlement"),
        ]


class SavedScenario(models.Model):
    """A "what if" that somebody asked to keep: the moves it makes, and what it gave that day."""

    name = models.CharField(_("nom"), max_length=120)
    entity = models.ForeignKey(Entity, models.PROTECT, related_name="+")
    moves = models.JSONField(default=list)
    result = models.JSONField(default=dict)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="scenario_is_named")]
