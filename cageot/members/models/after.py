"""Supports that near their end: who was warned, renewal asked of the referrer, what comes after; and supports that move
to another agreement together."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import one_of
from cageot.funding.models import Agreement, Tariff
from cageot.members.models.households import Support
from cageot.network.models import Garden, Person


class EndWarning(models.Model):
    """The garden, and the referrer when there is one, were told so many weeks before that a support ends."""

    support = models.ForeignKey(Support, models.CASCADE, related_name="warnings")
    weeks = models.PositiveSmallIntegerField()
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["support", "weeks"], name="end_warned_once")]


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


class OwnOffer(models.Model):
    """A garden's own agreement, beside the programme: what its solidarity box adds when a household pays a price that it
    chose, or goes step by step to the full price."""

    garden = models.OneToOneField(Garden, models.CASCADE, primary_key=True, related_name="own_offer")
    agreement = models.OneToOneField(Agreement, models.PROTECT, related_name="own_offer_of")


class SupportMove(models.Model):
    """Supports of one agreement that go on together under a tariff of another, from a day. May be undone until a basket of
    these days is settled."""

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="support_moves")
    source = models.ForeignKey(Agreement, models.PROTECT, related_name="+")
    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="+")
    day = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)


class SupportMoved(models.Model):
    """One support of a move as it was: one that had begun ended the day before, and `made` goes on with it; one that had
    not begun took the other tariff itself, and `made` is null."""

    move = models.ForeignKey(SupportMove, models.CASCADE, related_name="rows")
    support = models.ForeignKey(Support, models.CASCADE, related_name="moved")
    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="+")
    until_day = models.DateField(null=True)
    made = models.OneToOneField(Support, models.CASCADE, null=True, related_name="made_by_move")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["move", "support"], name="support_moved_once"),
            models.CheckConstraint(
                condition=Q(made__isnull=True) | ~Q(made=models.F("support")), name="moved_is_another"
            ),
        ]
