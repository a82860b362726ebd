"""National and regional meetings: programme, registrations, travel, minutes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import in_order, one_of
from cageot.network.models import Garden, Person
from cageot.network.models.programme import as_long_as


class Event(models.Model):
    """A meeting of a day or several. Empty `region`: national."""

    class State(models.TextChoices):
        DRAFT = "draft", _("en préparation")
        OPEN = "open", _("inscriptions ouvertes")
        CLOSED = "closed", _("inscriptions closes")
        HELD = "held", _("passé")
        CANCELLED = "cancelled", _("annulé")

    title = models.CharField(_("titre"), max_length=140)
    text = models.TextField(_("présentation"), blank=True, max_length=4000)
    region = models.CharField(_("région"), max_length=3, blank=True)
    place = models.CharField(_("lieu"), max_length=200)
    commune_code = models.CharField(_("commune"), max_length=5)
    access = models.TextField(_("comment venir"), blank=True, max_length=1000)
    first_day = models.DateField(_("premier jour"))
    last_day = models.DateField(_("dernier jour"))
    seats = models.PositiveIntegerField(_("places"), null=True, blank=True)
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    register_until = models.DateField(_("inscription jusqu’au"), null=True, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    minutes = models.TextField(_("compte rendu"), blank=True, max_length=20000)
    hours = models.PositiveSmallIntegerField(_("heures, pour l’attestation"), default=0)
    cancelled_because = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-first_day"]
        constraints = [
            in_order("first_day", "last_day", name="event_dates"),
            one_of("state", ["draft", "open", "closed", "held", "cancelled"], name="event_state"),
            models.CheckConstraint(condition=~Q(title=""), name="event_is_named"),
            models.CheckConstraint(
                condition=Q(seats__isnull=True) | Q(seats_taken__lte=F("seats")), name="event_within_its_seats"
            ),
            as_long_as("commune_code", 5, name="event_commune"),
        ]

    def __str__(self) -> str:
        return self.title


class Slot(models.Model):
    """One session of an event. Those of one time stand side by side: one chooses."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="slots")
    day = models.DateField()
    from_time = models.TimeField(_("de"))
    until_time = models.TimeField(_("à"))
    title = models.CharField(_("titre"), max_length=140)
    speaker = models.CharField(_("avec"), max_length=160, blank=True)
    room = models.CharField(_("salle"), max_length=80, blank=True)
    text = models.CharField(_("en une phrase"), max_length=300, blank=True)
    chosen = models.BooleanField(_("sur inscription"), default=False)
    seats = models.PositiveIntegerField(_("places"), null=True, blank=True)
    seats_taken = models.PositiveIntegerField(default=0, editable=False)
    minutes = models.TextField(_("compte rendu"), blank=True, max_length=8000)

    class Meta:
        ordering = ["day", "from_time", "title"]
        constraints = [
            models.CheckConstraint(condition=Q(until_time__gt=F("from_time")), name="slot_times"),
            models.CheckConstraint(
                condition=Q(seats__isnull=True) | Q(seats_taken__lte=F("seats")), name="slot_within_its_seats"
            ),
        ]


class Registration(models.Model):
    """Somebody who comes: of a garden, of the network or of a partner."""

    class State(models.TextChoices):
        COMING = "coming", _("vient")
        WAITING = "waiting", _("en attente")
        CANCELLED = "cancelled", _("ne vient plus")
        CAME = "came", _("venu")
        ABSENT = "absent", _("absent")

    class Travel(models.TextChoices):
        NONE = "none", _("rien à partager")
        OFFERS = "offers", _("propose des places")
        SEEKS = "seeks", _("cherche une place")

    event = models.ForeignKey(Event, models.CASCADE, related_name="registrations")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    garden = models.ForeignKey(Garden, models.SET_NULL, null=True, blank=True, related_name="+")
    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80)
    organisation = models.CharField(_("organisme"), max_length=160, blank=True)
    email = models.EmailField(_("adresse électronique"))
    slots = models.ManyToManyField(Slot, related_name="registrations", blank=True)
    meals = models.BooleanField(_("prend le repas"), default=True)
    needs = models.CharField(_("à savoir (régime, accès…)"), max_length=200, blank=True)
    travel = models.CharField(_("trajet"), max_length=6, choices=Travel, default=Travel.NONE)
    travel_from = models.CharField(_("commune de départ"), max_length=5, blank=True)
    travel_seats = models.PositiveSmallIntegerField(_("places proposées"), default=0)
    travel_note = models.CharField(_("heure, moyen…"), max_length=120, blank=True)
    share_contact = models.BooleanField(_("mon adresse peut être donnée pour le trajet"), default=False)
    state = models.CharField(max_length=9, choices=State, default=State.COMING)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "email"], name="registered_once"),
            one_of("state", ["coming", "waiting", "cancelled", "came", "absent"], name="registration_state"),
            one_of("travel", ["none", "offers", "seeks"], name="registration_travel"),
            models.CheckConstraint(condition=~Q(last_name=""), name="registration_is_somebody"),
        ]
