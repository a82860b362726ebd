"""Signing up: somebody asks for a basket, waits for a place, is offered one, and becomes a household."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.baskets.models.offer import BasketSize
from cageot.baskets.models.places import Depot
from cageot.baskets.models.week import Subscription
from cageot.core.models import one_of
from cageot.members.models import Household, Membership, Referral
from cageot.network.models import Garden, Person
from cageot.network.rules.reach import Can, Reach


class Door(models.Model):
    """A garden's public page where people sign up: open or not, and what it says."""

    garden = models.OneToOneField(Garden, models.CASCADE, primary_key=True, related_name="door")
    open = models.BooleanField(_("on peut s’inscrire en ligne"), default=False)
    words = models.TextField(_("mot d’accueil"), blank=True, max_length=800)
    # How long an offered place is kept.
    offer_days = models.PositiveSmallIntegerField(_("place gardée … jours"), default=7)
    # The first delivery comes at the earliest this many days after signing up.
    lead_days = models.PositiveSmallIntegerField(_("premier panier au plus tôt dans … jours"), default=7)


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def reachable(self, reach: Reach) -> Self:
        return self.filter(garden__in=reach.gardens_where(Can.WELCOME))


class SignUp(models.Model):
    """What somebody asks for: size, depot, rhythm, and how to reach them. Welcomed, it leads to a household."""

    class State(models.TextChoices):
        ASKED = "asked", _("à accueillir")
        WAITING = "waiting", _("en attente d’une place")
        OFFERED = "offered", _("place proposée")
        WELCOMED = "welcomed", _("accueilli")
        DROPPED = "dropped", _("sans suite")

    class Ended(models.TextChoices):
        REFUSED = "refused", _("place refusée")
        EXPIRED = "expired", _("pas de réponse")
        DROPPED = "dropped", _("retirée")

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="sign_ups")
    referral = models.OneToOneField(Referral, models.CASCADE, null=True, blank=True, related_name="sign_up")
    first_name = models.CharField(_("prénom"), max_length=80, blank=True)
    last_name = models.CharField(_("nom"), max_length=80, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    mobile = models.CharField(_("téléphone"), max_length=20, blank=True)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=5, blank=True)
    town = models.CharField(_("commune"), max_length=80, blank=True)
    commune_code = models.CharField(max_length=5, blank=True)
    language = models.CharField(_("langue"), max_length=8, default="fr")
    adults = models.PositiveSmallIntegerField(_("adultes"), default=1)
    children = models.PositiveSmallIntegerField(_("enfants"), default=0)
    size = models.ForeignKey(BasketSize, models.PROTECT, related_name="+", verbose_name=_("taille"))
    depot = models.ForeignKey(Depot, models.PROTECT, related_name="sign_ups", verbose_name=_("dépôt"))
    frequency = models.CharField(_("rythme"), max_length=7, choices=Subscription.Frequency, default="weekly")
    membership = models.CharField(_("adhésion"), max_length=10, choices=Membership.Kind, default="ordinary")
    from_day = models.DateField(_("premier panier"))
    state = models.CharField(max_length=8, choices=State, default=State.ASKED)
    # How a dropped one ended.
    ended = models.CharField(max_length=7, choices=Ended, blank=True)
    asked_at = models.DateTimeField()  # its place in the queue: the time it was asked, or put back last
    state_at = models.DateTimeField()
    offered_until = models.DateField(null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True)  # of the personal link that answers an offer
    household = models.OneToOneField(Household, models.SET_NULL, null=True, blank=True, related_name="sign_up")
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")  # staff who enrolled them

    objects = SignUpQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of("state", ["asked", "waiting", "offered", "welcomed", "dropped"], name="sign_up_state"),
            one_of("ended", ["", "refused", "expired", "dropped"], name="sign_up_ended"),
            models.CheckConstraint(condition=Q(ended="") | Q(state="dropped"), name="sign_up_ended_when_dropped"),
            one_of("frequency", ["weekly", "even", "odd", "monthly"], name="sign_up_frequency"),
            one_of("membership", ["ordinary", "solidarity", "supporter"], name="sign_up_membership"),
            models.CheckConstraint(
                condition=~Q(state="offered") | Q(offered_until__isnull=False), name="sign_up_offer_ends"
            ),
        ]
        indexes = [
            models.Index(fields=["garden", "state", "asked_at"], name="sign_up_queue"),
            models.Index(fields=["depot", "state"], name="sign_up_places"),
        ]
