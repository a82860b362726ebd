"""What lies ahead: how long money lasts, worked out at night, and from when on a garden is to be watched."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cageot.network.models import Edition, Garden


class WatchRule(models.Model):
    """The thresholds of an edition's watch list. An edition without a row has those written here.

    Parts in hundredths of a percent.
    """

    edition = models.OneToOneField(Edition, models.CASCADE, related_name="watch_rule")
    months = models.PositiveSmallIntegerField(_("mois de financement, au moins"), default=3)
    one_payer_bp = models.PositiveIntegerField(_("part d’un seul financeur, au plus"), default=7_000)
    uncovered_bp = models.PositiveIntegerField(_("part des paniers sans payeur, au plus"), default=200)
    ending_days = models.PositiveSmallIntegerField(_("convention qui finit, jours avant"), default=92)
    quota_left_bp = models.PositiveIntegerField(_("reste d’un quota, au moins"), default=1_500)
    weeks_late = models.PositiveSmallIntegerField(_("semaines passées non closes, moins de"), default=2)
    late_money_days = models.PositiveSmallIntegerField(_("versement en retard, jours après"), default=30)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(one_payer_bp__lte=10_000, uncovered_bp__lte=10_000, quota_left_bp__lte=10_000),
                name="watch_rule_parts",
            ),
            models.CheckConstraint(condition=Q(weeks_late__gte=1), name="watch_rule_weeks"),
        ]


class Outlook(models.Model):
    """What was seen ahead of a garden, or of the whole network (no garden), the last time that it was worked out.

    `facts`: figures only, as the pages show them (`baskets/forecasting.py` says which).
    """

    garden = models.OneToOneField(Garden, models.CASCADE, null=True, blank=True, related_name="outlook")
    day = models.DateField()
    at = models.DateTimeField()
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            # A unique column lets several rows without a garden through.
            models.UniqueConstraint(Coalesce("garden", 0), name="outlook_once"),
        ]
