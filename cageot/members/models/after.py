"""Supports that near their end: renewal asked of the referrer, and what comes after."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cageot.core.models import one_of
from cageot.members.models.households import Support
from cageot.network.models import Person


class RenewalAsk(models.Model):
    """The garden asks whoever oriented a household whether its support goes on; answered in two clicks by a personal link."""

    class Answer(models.TextChoices):
        GRANTED = "granted", _("accordé")
        REFUSED = "refused", _("non renouvelé")

    support = models.OneToOneField(Support, models.CASCADE, related_name="renewal_ask")
    to = models.CharField(max_length=254)
    digest = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(max_length=8, choices=Answer, blank=True)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")  # when signed in

    class Meta:
        constraints = [one_of("answer", ["", "granted", "refused"], name="renewal_answer")]


class Onward(models.Model):
    """Et après ? What a household chose when its support ended. No reason, no comment."""

    class Choice(models.TextChoices):
        ORDINARY = "ordinary", _("prix ordinaire")
        CHOSEN = "chosen", _("prix choisi")
        VOLUNTEER = "volunteer", _("bénévolat")
        OTHER = "other", _("autre dispositif")
        LEFT = "left", _("ne continue pas")

    support = models.OneToOneField(Support, models.CASCADE, related_name="onward")
    choice = models.CharField(_("et après"), max_length=9, choices=Choice)
    on = models.DateField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [one_of("choice", ["ordinary", "chosen", "volunteer", "other", "left"], name="onward_choice")]
