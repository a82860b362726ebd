"""What people agreed to, what they ask about their data, and how long things are kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import one_of
from cageot.members.models.households import Household
from cageot.network.models import Garden, Person


class Consent(models.Model):
    """Somebody of a household agreed to something, in these words, on that day; and took it back, or not."""

    class Kind(models.TextChoices):
        REFERRAL = "referral", _("être orientée vers le jardin")
        OUTCOME = "outcome", _("que la suite soit dite à qui oriente")
        NEWS = "news", _("recevoir les nouvelles du jardin")
        PICTURES = "pictures", _("être photographiée")
        STUDY = "study", _("répondre à l’étude")
        ACTING = "acting", _("que quelqu’un agisse à sa place")

    household = models.ForeignKey(Household, models.CASCADE, related_name="consents")
    kind = models.CharField(max_length=8, choices=Kind)
    version = models.CharField(max_length=20)
    spoken = models.BooleanField(default=False)
    given_on = models.DateField()
    withdrawn_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["given_on", "pk"]
        constraints = [
            one_of("kind", ["referral", "outcome", "news", "pictures", "study", "acting"], name="consent_kind"),
            models.UniqueConstraint(
                fields=["household", "kind"], condition=Q(withdrawn_on__isnull=True), name="consent_once"
            ),
        ]


class DataRequest(models.Model):
    """A household asks for a correction or to be forgotten; the garden answers."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("correction")
        ERASURE = "erasure", _("effacement")

    class State(models.TextChoices):
        OPEN = "open", _("à traiter")
        DONE = "done", _("faite")
        REFUSED = "refused", _("refusée")

    household = models.ForeignKey(Household, models.CASCADE, related_name="data_requests")
    kind = models.CharField(max_length=10, choices=Kind)
    words = models.CharField(_("ce qu’il faut corriger"), max_length=300, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            one_of("kind", ["correction", "erasure"], name="data_request_kind"),
            one_of("state", ["open", "done", "refused"], name="data_request_state"),
        ]


class Retention(models.Model):
    """How long one class of data is kept in this base, in months; `held`: nothing of it leaves for now."""

    data_class = models.SlugField(max_length=40, primary_key=True)
    months = models.PositiveSmallIntegerField()
    held = models.BooleanField(default=False)
    held_why = models.CharField(max_length=200, blank=True)


class Purge(models.Model):
    """One run of the purge: what it was to do, how far it went. A run that stopped goes on where it was."""

    garden = models.ForeignKey(Garden, models.CASCADE, null=True, related_name="+")
    day = models.DateField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    # While the run is open, the database lets lines of the log older than this leave.
    log_before = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
