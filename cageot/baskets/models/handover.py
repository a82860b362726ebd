"""The hand-over at the depot: the link that opens it, and each thing that was said there, by whom and when."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from cageot.baskets.models.places import Depot
from cageot.baskets.models.week import Basket
from cageot.core.models import in_order, one_of
from cageot.network.models import DatedQuerySet, Person


class DepotLink(models.Model):
    """A volunteer's personal way in to one depot's list, without an account. Only the print of its secret is kept."""

    depot = models.ForeignKey(Depot, models.CASCADE, related_name="links")
    label = models.CharField(_("pour qui"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    from_day = models.DateField()
    until_day = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["label"]
        constraints = [in_order("from_day", "until_day", name="depot_link_dates")]


class HandOver(models.Model):
    """One thing said of a basket, at the depot or at the desk: its state, a note, who and when. Append-only.

    `key` is made by the device, so that what is sent twice counts once: a state is named after what it follows
    (`rules.handover.follow`), a note by chance. `said_at` is the device's time, corrected by what its clock was off;
    `received_at` is ours.
    """

    key = models.UUIDField(unique=True)
    basket = models.ForeignKey(Basket, models.CASCADE, related_name="handovers")
    state = models.CharField(max_length=9, choices=Basket.State)
    note = models.CharField(max_length=200, blank=True)
    link = models.ForeignKey(DepotLink, models.PROTECT, null=True, related_name="handovers")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    said_at = models.DateTimeField()
    received_at = models.DateTimeField()
    # The week was closed, or the link stopped: kept for the record, without effect.
    overruled = models.BooleanField(default=False)

    class Meta:
        ordering = ["said_at", "pk"]
        constraints = [one_of("state", Basket.State.values, name="handover_state")]
        indexes = [models.Index(fields=["basket", "said_at"], name="handover_by_basket")]
