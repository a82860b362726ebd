"""National partnerships brought home: what a national partner offers, and the gardens that take it up."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import in_order, one_of
from cageot.network.models import Garden, Partner, Person


class Offer(models.Model):
    """An action that a national partner offers to gardens. Empty `departments`: everywhere."""

    class Kind(models.TextChoices):
        COLLECTION = "collection", _("collecte en magasin")
        VOLUNTEERS = "volunteers", _("bénévoles")
        EQUIPMENT = "equipment", _("matériel")
        TRAINING = "training", _("formation")
        OTHER = "other", _("autre")

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="offers", verbose_name=_("partenaire"))
    kind = models.CharField(_("genre"), max_length=10, choices=Kind)
    title = models.CharField(_("titre"), max_length=140)
    text = models.TextField(_("ce qui est proposé"), max_length=4000)
    agreement = models.TextField(_("modèle d’accord local"), blank=True, max_length=8000)  # with {{fields}}
    departments = models.JSONField(_("départements"), default=list, blank=True)
    from_day = models.DateField(_("du"))
    until_day = models.DateField(_("au"), null=True, blank=True)
    places = models.PositiveIntegerField(_("jardins, au plus"), null=True, blank=True)
    asks = models.JSONField(_("ce qu’on demandera au jardin"), default=list, blank=True)  # {code, label, unit}
    contact = models.CharField(_("contact"), max_length=160, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    # Gardens that take it up and did not drop it; kept here so that the database refuses one too many.
    taken = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-from_day", "title"]
        constraints = [
            in_order("from_day", "until_day", name="offer_dates"),
            one_of("kind", ["collection", "volunteers", "equipment", "training", "other"], name="offer_kind"),
            models.CheckConstraint(condition=~Q(title=""), name="offer_is_named"),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(taken__lte=models.F("places")), name="offer_not_taken_too_often"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OfferPlace(models.Model):
    """A place of the offer (a shop, a branch), so that a garden sees what is near it."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="spots")
    name = models.CharField(max_length=120)
    commune_code = models.CharField(max_length=5)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["offer", "name", "commune_code"], name="offer_place_once")]


class Uptake(models.Model):
    """A garden takes an offer up: its local agreement, and what came of it."""

    class State(models.TextChoices):
        PREPARING = "preparing", _("accord à signer")
        AGREED = "agreed", _("en cours")
        DONE = "done", _("terminé, raconté")
        DROPPED = "dropped", _("abandonné")

    offer = models.ForeignKey(Offer, models.PROTECT, related_name="uptakes")
    garden = models.ForeignKey(Garden, models.CASCADE, related_name="uptakes")
    spot = models.ForeignKey(OfferPlace, models.SET_NULL, null=True, blank=True, related_name="uptakes")
    state = models.CharField(max_length=9, choices=State, default=State.PREPARING)
    agreement = models.TextField(_("accord local"), blank=True, max_length=8000)
    on_day = models.DateField(_("quand"), null=True, blank=True)
    answers = models.JSONField(default=dict, blank=True)  # by the code of what was asked
    report = models.CharField(_("en une phrase"), max_length=300, blank=True)
    reported_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["offer", "garden"], condition=~Q(state="dropped"), name="uptake_once"),
            one_of("state", ["preparing", "agreed", "done", "dropped"], name="uptake_state"),
        ]
