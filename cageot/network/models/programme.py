"""Programme editions, gardens, partners, people, what they may do, and the log of what was done."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Lower
from django.db.models.lookups import In
from django.utils.translation import gettext_lazy as _

from cageot.core.models import in_order, one_of
from cageot.network import territory
from cageot.network.rules.reach import Can, Reach


class Installation(models.Model):
    """One row that says whether this base holds real life or the demonstration. No row: not decided yet."""

    class Kind(models.TextChoices):
        REAL = "real", _("réel")
        DEMO = "demo", _("démonstration")

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    kind = models.CharField(max_length=4, choices=Kind)
    # Makes the season pseudonyms that the money side sees in place of households.
    pseudonym_key = models.CharField(max_length=64)
    recipe = models.JSONField(default=dict, blank=True)  # what the demonstration was built from

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="installation_is_one_row"),
            one_of("kind", ["real", "demo"], name="installation_kind"),
        ]


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that hold from `from_day` to `until_day` (included; open when null)."""

    def on(self, day: date) -> Self:
        return self.filter(Q(until_day__isnull=True) | Q(until_day__gte=day), from_day__lte=day)

    def between(self, first: date, last: date) -> Self:
        return self.filter(Q(until_day__isnull=True) | Q(until_day__gte=first), from_day__lte=last)


class Edition(models.Model):
    """A year of the programme: its name, goal and rules. Names and thresholds are data, they change with it."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("nom"), max_length=120)
    from_day = models.DateField(_("début"))
    until_day = models.DateField(_("fin"))
    goal_baskets = models.PositiveIntegerField(_("objectif, en paniers"))
    member_cap_bp = models.PositiveIntegerField(
        _("part la plus haute de l’adhérent, en centièmes de pour cent"), default=3000
    )
    charter = models.TextField(_("charte"), blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["from_day"]
        constraints = [
            in_order("from_day", "until_day", name="edition_dates"),
            models.CheckConstraint(condition=Q(member_cap_bp__lte=10_000), name="edition_cap_at_most_the_price"),
        ]

    def __str__(self) -> str:
        return self.name


class BudgetLine(models.Model):
    """One line of an edition's budget, in cents. `assumed`: a guess, shown as such."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="budget")
    label = models.CharField(max_length=120)
    cents = models.PositiveBigIntegerField()
    assumed = models.BooleanField(default=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(label=""), name="budget_line_is_named")]


def as_long_as(field: str, *lengths: int, name: str) -> models.CheckConstraint:
    """A number that proves itself has one of these lengths, whoever writes it; 0 when it is not known."""
    return models.CheckConstraint(condition=In(Length(field), lengths), name=name)


class GardenQuerySet(models.QuerySet["Garden"]):
    def reachable(self, reach: Reach) -> Self:
        """The gardens this person may open. The network opens them all, for figures without names."""
        return self if reach.network else self.filter(pk__in=reach.gardens)


class Garden(models.Model):
    """A market garden of the network: who it is, where, and its settings."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("nom d’usage"), max_length=120)
    legal_name = models.CharField(_("raison sociale"), max_length=160, blank=True)
    commune_code = models.CharField(_("commune"), max_length=5)
    address = models.CharField(_("adresse du siège"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=5, blank=True)
    management_address = models.CharField(_("adresse de gestion, si elle est autre"), max_length=200, blank=True)
    phone = models.CharField(_("téléphone public"), max_length=20, blank=True)
    email = models.EmailField(_("adresse électronique publique"), blank=True)
    website = models.URLField(_("site"), blank=True)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    ics = models.CharField(_("identifiant de créancier (ICS)"), max_length=13, blank=True)
    vat_subject = models.BooleanField(_("assujetti à la TVA"), default=False)

    objects = GardenQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(Lower("code"), name="garden_code_once"),
            as_long_as("commune_code", 5, name="garden_commune"),
            as_long_as("postcode", 0, 5, name="garden_postcode"),
            as_long_as("siret", 0, 14, name="garden_siret"),
            as_long_as("iban", 0, *range(15, 35), name="garden_iban"),
            as_long_as("bic", 0, 8, 11, name="garden_bic"),
            as_long_as("ics", 0, 13, name="garden_ics"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def commune(self) -> territory.Commune:
        return territory.commune(self.commune_code)


class GardenLogo(models.Model):
    """A garden's picture, kept in the base: every process serves it, and a copy of the base holds it."""

    class Kind(models.TextChoices):
        PNG = "image/png", "PNG"
        JPEG = "image/jpeg", "JPEG"
        WEBP = "image/webp", "WebP"

    garden = models.OneToOneField(Garden, models.CASCADE, primary_key=True, related_name="logo")
    kind = models.CharField(max_length=10, choices=Kind)
    content = models.BinaryField()
    digest = models.CharField(max_length=12)  # begins the hash of the content: a new picture has a new address

    class Meta:
        constraints = [one_of("kind", ["image/png", "image/jpeg", "image/webp"], name="garden_logo_kind")]


class GardenStatus(models.Model):
    """Where a garden stands in the programme, by dates."""

    class Status(models.TextChoices):
        CANDIDATE = "candidate", _("candidat")
        PREPARING = "preparing", _("en préparation")
        ACTIVE = "active", _("actif")
        SUSPENDED = "suspended", _("suspendu")
        LEFT = "left", _("sorti")

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="statuses")
    status = models.CharField(max_length=10, choices=Status)
    from_day = models.DateField()
    until_day = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["from_day"]
        constraints = [
            in_order("from_day", "until_day", name="garden_status_dates"),
            one_of("status", ["candidate", "preparing", "active", "suspended", "left"], name="garden_status_known"),
            models.UniqueConstraint(fields=["garden", "from_day"], name="garden_status_once_a_day"),
        ]


class PartnerQuerySet(models.QuerySet["Partner"]):
    def reachable(self, reach: Reach) -> Self:
        """Those who see money know the national partners, and the local ones of their gardens."""
        if reach.network:
            return self
        seen = reach.gardens_where(Can.SEE_MONEY)
        known = Q(gardens__in=seen) | Q(level=Partner.Level.NATIONAL)
        return self.filter(known).distinct() if seen else self.none()


class Partner(models.Model):
    """An organisation that funds, refers, hosts a depot, steers or runs workshops."""

    class Kind(models.TextChoices):
        CCAS = "ccas", _("CCAS")
        CAF = "caf", _("CAF")
        MSA = "msa", _("MSA")
        DEPARTMENT = "department", _("Département")
        REGION = "region", _("Région")
        STATE = "state", _("État")
        MUNICIPALITY = "municipality", _("commune ou intercommunalité")
        ASSOCIATION = "association", _("association")
        FOUNDATION = "foundation", _("fondation")
        COMPANY = "company", _("entreprise")
        UNIVERSITY = "university", _("université")
        OTHER = "other", _("autre")

    class Level(models.TextChoices):
        LOCAL = "local", _("local")
        NATIONAL = "national", _("national")

    name = models.CharField(_("nom"), max_length=160)
    kind = models.CharField(_("genre"), max_length=12, choices=Kind)
    level = models.CharField(_("échelle"), max_length=8, choices=Level, default=Level.LOCAL)
    public = models.BooleanField(_("organisme public"), default=False)
    funds = models.BooleanField(_("finance"), default=False)
    refers = models.BooleanField(_("oriente des personnes"), default=False)
    hosts = models.BooleanField(_("accueille un dépôt"), default=False)
    steers = models.BooleanField(_("participe au pilotage"), default=False)
    runs_workshops = models.BooleanField(_("anime des ateliers"), default=False)
    commune_code = models.CharField(_("commune"), max_length=5, blank=True)
    siret = models.CharField(_("SIRET"), max_length=14, blank=True)
    contact = models.CharField(_("contact"), max_length=160, blank=True)
    gardens = models.ManyToManyField(Garden, related_name="partners", blank=True, verbose_name=_("jardins"))

    objects = PartnerQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="partner_is_named"),
            as_long_as("siret", 0, 14, name="partner_siret"),
            one_of("level", ["local", "national"], name="partner_level"),
            one_of(
                "kind",
                [
                    "ccas",
                    "caf",
                    "msa",
                    "department",
                    "region",
                    "state",
                    "municipality",
                    "association",
                    "foundation",
                    "company",
                    "university",
                    "other",
                ],
                name="partner_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet["Person"]):
    def reachable(self, reach: Reach) -> Self:
        """Whose roles this person may see: everybody's for the network, else those who have or had one in their garden."""
        if reach.network:
            return self
        return self.filter(roles__garden__in=reach.gardens_where(Can.EDIT_GARDEN)).distinct()


class Person(models.Model):
    """Somebody who acts in the programme for an organisation. They may have no login."""

    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80, blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)

    objects = PersonQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class LoginManager(BaseUserManager["Login"]):
    def get_by_natural_key(self, username: str | None) -> Login:
        return self.get(email__iexact=username)


class Login(AbstractBaseUser):
    """A way in for a person: an e-mail address that receives codes, and a password if they want one."""

    person = models.OneToOneField(Person, models.CASCADE, related_name="login")
    email = models.EmailField(_("adresse électronique"), unique=True)
    is_active = models.BooleanField(default=True)

    objects: ClassVar[LoginManager] = LoginManager()
    USERNAME_FIELD = "email"

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="login_email_once")]


class Role(models.Model):
    """What a person may do, where, and when. One person may hold several, in several organisations."""

    class Kind(models.TextChoices):
        NETWORK = "network", _("réseau")
        COORDINATOR = "coordinator", _("coordination du jardin")
        HELPER = "helper", _("aide au jardin")
        TREASURER = "treasurer", _("trésorerie du jardin")
        AUDITOR = "auditor", _("contrôle, en lecture seule")
        REFERRER = "referrer", _("orientation")
        FUNDER = "funder", _("financement, chiffres seuls")

    person = models.ForeignKey(Person, models.CASCADE, related_name="roles")
    kind = models.CharField(max_length=12, choices=Kind)
    garden = models.ForeignKey(Garden, models.CASCADE, null=True, blank=True, related_name="roles")
    partner = models.ForeignKey(Partner, models.CASCADE, null=True, blank=True, related_name="roles")
    from_day = models.DateField()
    until_day = models.DateField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of(
                "kind",
                ["network", "coordinator", "helper", "treasurer", "auditor", "referrer", "funder"],
                name="role_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="network", garden__isnull=True, partner__isnull=True)
                | Q(kind__in=["referrer", "funder"], garden__isnull=True, partner__isnull=False)
                | Q(
                    kind__in=["coordinator", "helper", "treasurer", "auditor"],
                    garden__isnull=False,
                    partner__isnull=True,
                ),
                name="role_has_its_place",
            ),
            models.CheckConstraint(condition=~Q(kind="auditor") | Q(until_day__isnull=False), name="audit_ends"),
            in_order("from_day", "until_day", name="role_dates"),
            models.UniqueConstraint(fields=["person", "kind", "garden", "from_day"], name="role_once_a_day"),
            models.UniqueConstraint(
                fields=["person", "from_day"], condition=Q(kind="network"), name="network_role_once_a_day"
            ),
            models.UniqueConstraint(fields=["person", "kind", "partner", "from_day"], name="partner_role_once_a_day"),
        ]


class LogEvent(models.Model):
    """Who did what, when. Append-only (a trigger holds it), and it names rows, never people or amounts."""

    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    garden = models.ForeignKey(Garden, models.PROTECT, null=True, related_name="+")
    verb = models.CharField(max_length=60)
    about = models.CharField(max_length=60, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(F("garden"), F("at").desc(), name="log_by_garden"),
            models.Index(F("about"), F("at").desc(), name="log_by_thing"),
        ]
