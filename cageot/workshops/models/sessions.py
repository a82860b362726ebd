"""Workshops: what is offered, its sessions, who comes, and what they thought of it.

Open to all members alike: nothing here knows a tariff. An enrolment is one household's, or somebody's from outside.
"""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import in_order, one_of
from cageot.funding.models import Tranche
from cageot.members.models import Household
from cageot.network.models import Edition, Garden, GardenLogo, Partner, Person
from cageot.network.models.programme import as_long_as
from cageot.network.rules.reach import Reach
from cageot.workshops.models.recipes import Recipe
from cageot.workshops.rules import series


class Kind(models.TextChoices):
    COOKING = "cooking", _("cuisine")
    GARDENING = "gardening", _("jardinage")
    NUTRITION = "nutrition", _("bien manger")
    VISIT = "visit", _("visite")
    MEAL = "meal", _("repas partagé")
    FILM = "film", _("film, débat")
    TRAINING = "training", _("formation")
    ASSEMBLY = "assembly", _("assemblée, réunion")
    OTHER = "other", _("autre rencontre")


class Place(models.Model):
    """Where sessions are held. `access`: how to come and to get in, in plain words."""

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="places")
    name = models.CharField(_("nom"), max_length=120)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    commune_code = models.CharField(_("commune"), max_length=5)
    access = models.TextField(_("comment venir"), blank=True, max_length=600)
    step_free = models.BooleanField(_("accessible en fauteuil"), default=False)
    equipment = models.JSONField(_("équipement"), default=list, blank=True)  # words of `rules/equipment.py`
    archived_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["garden", "name"], name="place_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="place_is_named"),
            as_long_as("commune_code", 5, name="place_commune"),
        ]

    def __str__(self) -> str:
        return self.name


class Workshop(models.Model):
    """What is offered: its words, who runs it, for whom, at what cost. Its sessions say when and where."""

    class Childcare(models.TextChoices):
        NONE = "none", _("pas de garde d’enfants")
        WITH = "with", _("les enfants viennent avec vous")
        CARE = "care", _("les enfants sont gardés sur place")

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="workshops")
    kind = models.CharField(_("genre"), max_length=9, choices=Kind, default=Kind.COOKING)
    title = models.CharField(_("titre"), max_length=120)
    summary = models.CharField(_("en une phrase"), max_length=200, blank=True)
    details = models.TextField(_("ce qu’on y fait"), blank=True, max_length=2000)
    bring = models.CharField(_("à apporter"), max_length=200, blank=True)
    languages = models.JSONField(_("langues parlées"), default=list, blank=True)  # codes: "fr", "ar"…
    childcare = models.CharField(_("enfants"), max_length=4, choices=Childcare, default=Childcare.NONE)
    youngest = models.PositiveSmallIntegerField(_("âge le plus jeune"), null=True, blank=True)
    transport = models.CharField(_("transport"), max_length=200, blank=True)
    seats = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)  # null: as many as come
    fee_cents = models.PositiveIntegerField(_("participation demandée"), default=0)
    # Without enrolment: people come, and are counted.
    open_door = models.BooleanField(_("entrée libre, sans inscription"), default=False)
    public = models.BooleanField(_("annoncé à tous, sur une page publique"), default=True)
    facilitators = models.CharField(_("qui anime"), max_length=200, blank=True)
    partners = models.ManyToManyField(Partner, related_name="workshops", blank=True, verbose_name=_("partenaires"))
    recipes = models.ManyToManyField(Recipe, related_name="workshops", blank=True, verbose_name=_("recettes"))
    archived_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="workshop_is_named"),
            one_of("kind", Kind.values, name="workshop_kind"),
            one_of("childcare", ["none", "with", "care"], name="workshop_childcare"),
        ]

    def __str__(self) -> str:
        return self.title


class SessionQuerySet(models.QuerySet["Session"]):
    def reachable(self, reach: Reach) -> Self:
        """Those of the gardens where this person has a role."""
        return self.filter(garden__in=reach.gardens)


class Session(models.Model):
    """One time that a workshop is held. `seats_taken` is kept (adults and children of who is enrolled), so that the
    database itself refuses one person too many; `came`, so that a year's participations are read from its sessions."""

    class State(models.TextChoices):
        PLANNED = "planned", _("prévu")
        HELD = "held", _("tenu")
        CANCELLED = "cancelled", _("annulé")

    workshop = models.ForeignKey(Workshop, models.PROTECT, related_name="sessions")
    garden = models.ForeignKey(Garden, models.CASCADE, related_name="sessions")
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, blank=True, related_name="sessions")
    place = models.ForeignKey(Place, models.PROTECT, related_name="sessions")
    starts_at = models.DateTimeField(_("début"))
    ends_at = models.DateTimeField(_("fin"))
    series = models.CharField(max_length=32, blank=True)  # sessions planned together have the same word
    seats = models.PositiveSmallIntegerField(_("places"), null=True, blank=True)
    seats_taken = models.PositiveSmallIntegerField(default=0, editable=False)
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    moved_from = models.DateTimeField(null=True, blank=True)
    cancelled_because = models.CharField(_("raison"), max_length=200, blank=True)
    # Open doors: people counted at the end, "12 adults, 5 children".
    adults = models.PositiveSmallIntegerField(_("adultes"), default=0)
    children = models.PositiveSmallIntegerField(_("enfants"), default=0)
    came = models.PositiveIntegerField(default=0, editable=False)  # adults and children of the list who came
    report = models.TextField(_("ce qu’on en retient"), blank=True, max_length=1000)
    version = models.PositiveIntegerField(default=1)  # calendars see that it moved

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            in_order("starts_at", "ends_at", name="session_times"),
            one_of("state", ["planned", "held", "cancelled"], name="session_state"),
            models.CheckConstraint(
                condition=Q(seats__isnull=True) | Q(seats_taken__lte=F("seats")), name="session_within_its_seats"
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(cancelled_because=""), name="session_cancelled_says_why"
            ),
        ]
        indexes = [models.Index(fields=["garden", "starts_at"], name="session_by_garden")]

    @property
    def days(self) -> list[date]:
        """The days on which it is held: one, or those of a training."""
        return series.days_held(self.starts_at, self.ends_at)

    @property
    def last_day(self) -> date | None:
        """Its last day, when it lasts several."""
        return self.days[-1] if len(self.days) > 1 else None

    @property
    def participations(self) -> int:
        """People who came: those of the list, and those counted at an open door."""
        return self.came + self.adults + self.children


class Enrolment(models.Model):
    """A household (or somebody from outside, `household` null) that comes to a session, or waits for a place, in order of
    arrival."""

    class State(models.TextChoices):
        ENROLLED = "enrolled", _("inscrit")
        WAITING = "waiting", _("en attente")
        CANCELLED = "cancelled", _("ne vient pas")
        CAME = "came", _("venu")
        ABSENT = "absent", _("pas venu")

    class By(models.TextChoices):
        SPACE = "space", _("par son espace")
        PUBLIC = "public", _("par la page publique")
        STAFF = "staff", _("par le jardin")
        REFERRER = "referrer", _("par qui l’accompagne")

    session = models.ForeignKey(Session, models.CASCADE, related_name="enrolments")
    household = models.ForeignKey(Household, models.CASCADE, null=True, blank=True, related_name="enrolments")
    adults = models.PositiveSmallIntegerField(_("adultes"), default=1)
    children = models.PositiveSmallIntegerField(_("enfants"), default=0)
    state = models.CharField(max_length=9, choices=State, default=State.ENROLLED)
    source = models.CharField(max_length=8, choices=By, default=By.STAFF)
    partner = models.ForeignKey(Partner, models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(null=True, blank=True)
    # People who really came, when it is not who had said so.
    came_adults = models.PositiveSmallIntegerField(null=True, blank=True)
    came_children = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "household"], condition=Q(household__isnull=False), name="enrolled_once"
            ),
            one_of("state", ["enrolled", "waiting", "cancelled", "came", "absent"], name="enrolment_state"),
            one_of("source", ["space", "public", "staff", "referrer"], name="enrolment_source"),
            models.CheckConstraint(condition=Q(adults__gte=1), name="no_child_without_an_adult"),
        ]
        indexes = [models.Index(fields=["session", "state", "at"], name="enrolment_in_order")]


class EnrolmentDetails(models.Model):
    """What is needed until the session is over: whom to write to when it is somebody from outside, what to know of who
    comes. Forgotten 30 days after it. `code`: print of the secret that lets somebody from outside say that they do not come."""

    enrolment = models.OneToOneField(Enrolment, models.CASCADE, primary_key=True, related_name="details")
    first_name = models.CharField(_("prénom"), max_length=80, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    needs = models.CharField(_("à savoir (transport, accès…)"), max_length=200, blank=True)
    code = models.CharField(max_length=64, blank=True, db_index=True)


class Opinion(models.Model):
    """What one person thought of a session: a face and perhaps a sentence. Nobody's name."""

    class Face(models.IntegerChoices):
        GLAD = 3, _("content")
        SO_SO = 2, _("moyen")
        SAD = 1, _("pas content")

    session = models.ForeignKey(Session, models.CASCADE, related_name="opinions")
    face = models.PositiveSmallIntegerField(choices=Face)
    sentence = models.CharField(_("en une phrase"), max_length=200, blank=True)
    once = models.CharField(max_length=64, unique=True)  # one opinion for one ticket
    on = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(face__gte=1, face__lte=3), name="opinion_face")]


class Material(models.Model):
    """A file for a workshop: a sheet to hand out, a photo. A photo is shown only with the agreement of who is on it."""

    class Kind(models.TextChoices):
        SHEET = "sheet", _("document")
        PHOTO = "photo", _("photo")

    class Consent(models.TextChoices):
        NOBODY = "nobody", _("personne n’est reconnaissable")
        GIVEN = "given", _("chaque personne a donné son accord écrit")
        UNKNOWN = "unknown", _("accord à demander")

    workshop = models.ForeignKey(Workshop, models.CASCADE, related_name="materials")
    session = models.ForeignKey(Session, models.SET_NULL, null=True, blank=True, related_name="materials")
    kind = models.CharField(max_length=5, choices=Kind)
    name = models.CharField(_("nom"), max_length=120)
    media_type = models.CharField(max_length=80)
    content = models.BinaryField()
    digest = models.CharField(max_length=12)
    consent = models.CharField(max_length=7, choices=Consent, default=Consent.UNKNOWN)
    consent_until = models.DateField(_("accord valable jusqu’au"), null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["name"]
        constraints = [
            one_of("kind", ["sheet", "photo"], name="material_kind"),
            one_of("consent", ["nobody", "given", "unknown"], name="material_consent"),
            models.CheckConstraint(
                condition=Q(kind="sheet") | Q(media_type__in=GardenLogo.Kind.values), name="photo_is_a_picture"
            ),
        ]


class SessionCost(models.Model):
    """What a session costs, in cents, and who pays: a fund's tranche (through the same books as a basket), or the garden."""

    class Nature(models.TextChoices):
        """Each is the account of the charge."""

        SUPPLIES = "606", _("matériel, fournitures")
        FOOD = "607", _("ingrédients achetés")
        HIRE = "613", _("location d’une salle, d’un car")
        FEES = "622", _("intervenant payé")
        TRAVEL = "625", _("trajets, repas")
        OTHER = "658", _("autre dépense")

    session = models.ForeignKey(Session, models.PROTECT, related_name="costs")
    nature = models.CharField(_("genre de dépense"), max_length=3, choices=Nature, default=Nature.SUPPLIES)
    label = models.CharField(_("dépense"), max_length=120)
    cents = models.PositiveBigIntegerField(_("montant"))
    tranche = models.ForeignKey(Tranche, models.PROTECT, null=True, blank=True, related_name="sessions")
    posted_on = models.DateField(null=True, blank=True)
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    reason = models.CharField(max_length=200, blank=True)
    once = models.BigIntegerField(null=True, unique=True, editable=False)  # the same form sent twice is one cost
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0) & ~Q(label=""), name="session_cost_is_something"),
            one_of("nature", ["606", "607", "613", "622", "625", "658"], name="session_cost_nature"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | ~Q(reason=""), name="session_cost_back_says_why"
            ),
        ]
