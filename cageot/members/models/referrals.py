"""Referrals: who is oriented by whom, with as little as needed, and each step of the answer.

No reason, no papers, no story: a first name, a way to be reached, how many at table, for how long, and a consent.
"""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import in_order, one_of
from cageot.funding.models import Agreement
from cageot.members.models.households import Household
from cageot.network.models import DatedQuerySet, Garden, Partner, Person
from cageot.network.rules.reach import Can, Reach


class ReferralWays(models.Model):
    """A garden's clocks, in days, and whether it takes people now."""

    garden = models.OneToOneField(Garden, models.CASCADE, primary_key=True, related_name="referral_ways")
    remind_days = models.PositiveSmallIntegerField(_("rappel, tous les … jours"), default=10)
    expire_days = models.PositiveSmallIntegerField(_("sans réponse, prend fin après … jours"), default=30)
    waiting_days = models.PositiveSmallIntegerField(_("liste d’attente relue tous les … jours"), default=60)
    note_days = models.PositiveSmallIntegerField(_("mots libres effacés … jours après la réponse"), default=30)
    welcome_text = models.TextField(_("mot d’accueil"), blank=True, max_length=600)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(remind_days__gte=1, expire_days__gte=1, waiting_days__gte=1), name="referral_clocks_run"
            )
        ]


class ReferralLink(models.Model):
    """A referring organisation's own way in, for one agreement in one garden. Only the print of its secret is kept."""

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="referral_links")
    partner = models.ForeignKey(Partner, models.CASCADE, related_name="referral_links")
    agreement = models.ForeignKey(Agreement, models.CASCADE, null=True, blank=True, related_name="referral_links")
    label = models.CharField(_("pour qui"), max_length=80)
    # Where answers go: the referrer's own address or number, so that nobody types it in each time.
    reach = models.CharField(_("où répondre"), max_length=254, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    from_day = models.DateField()
    until_day = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = DatedQuerySet.as_manager()

    class Meta:
        ordering = ["label"]
        constraints = [in_order("from_day", "until_day", name="referral_link_dates")]


class ReferralQuerySet(models.QuerySet["Referral"]):
    def reachable(self, reach: Reach) -> Self:
        """Those sent to gardens where this person welcomes people, and those that their own organisation sent."""
        return self.filter(Q(garden__in=reach.gardens_where(Can.WELCOME)) | Q(partner__in=reach.refers))


class Referral(models.Model):
    """One household oriented to one garden. What it becomes is said by its steps; `state` repeats the last of them."""

    class State(models.TextChoices):
        SENT = "sent", _("envoyée")
        ASKED = "asked", _("précision demandée")
        WAITING = "waiting", _("liste d’attente")
        ACCEPTED = "accepted", _("accueillie")
        DECLINED = "declined", _("sans suite")
        WITHDRAWN = "withdrawn", _("retirée")
        EXPIRED = "expired", _("sans réponse")

    class ReachBy(models.TextChoices):
        REFERRER = "referrer", _("par la personne qui oriente")
        PHONE = "phone", _("par téléphone")
        SMS = "sms", _("par SMS")
        MAIL = "mail", _("par courriel")

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="referrals")
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="referrals")
    agreement = models.ForeignKey(Agreement, models.PROTECT, null=True, blank=True, related_name="referrals")
    link = models.ForeignKey(ReferralLink, models.SET_NULL, null=True, blank=True, related_name="referrals")
    sent_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")  # when signed in
    referrer_name = models.CharField(_("votre nom"), max_length=80)
    referrer_reach = models.CharField(_("vous joindre"), max_length=254)
    first_name = models.CharField(_("prénom"), max_length=200)
    last_name = models.CharField(_("nom"), max_length=200, blank=True)
    reach_by = models.CharField(_("joindre la personne"), max_length=8, choices=ReachBy, default=ReachBy.REFERRER)
    reach_at = models.CharField(_("numéro ou adresse"), max_length=254, blank=True)
    language = models.CharField(_("langue"), max_length=8, default="fr")
    adults = models.PositiveSmallIntegerField(_("adultes"), default=1)
    children = models.PositiveSmallIntegerField(_("enfants"), default=0)
    commune_code = models.CharField(_("commune"), max_length=5)
    months = models.PositiveSmallIntegerField(_("durée souhaitée, en mois"), default=6)
    depot_key = models.PositiveBigIntegerField(null=True, blank=True)  # opaque here: whoever knows depots reads it
    note = models.CharField(_("un mot pour l’accueil"), max_length=200, blank=True)
    # The person knows and agrees; in which words, when, aloud or in writing. And that the referrer is told the outcome.
    consent_version = models.CharField(max_length=20)
    consent_on = models.DateField()
    consent_spoken = models.BooleanField(default=False)
    tells_outcome = models.BooleanField(default=False)
    # The referrer's own way back to this referral, without an account; and the person's, who reads other words.
    digest = models.CharField(max_length=64, unique=True)
    person_digest = models.CharField(max_length=64, unique=True, null=True, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.SENT)
    sent_at = models.DateTimeField()
    state_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    erased_on = models.DateField(null=True, blank=True)
    household = models.OneToOneField(Household, models.SET_NULL, null=True, blank=True, related_name="referral")
    merged_into = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="merged")

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            one_of(
                "state",
                ["sent", "asked", "waiting", "accepted", "declined", "withdrawn", "expired"],
                name="referral_state",
            ),
            one_of("reach_by", ["referrer", "phone", "sms", "mail"], name="referral_reach_by"),
            models.CheckConstraint(
                condition=Q(months__gte=1, months__lte=24, adults__gte=1), name="referral_is_for_somebody"
            ),
            models.CheckConstraint(condition=Q(household__isnull=True) | Q(state="accepted"), name="referral_welcomed"),
        ]
        indexes = [
            models.Index(fields=["garden", "state", "state_at"], name="referral_inbox"),
            models.Index(fields=["partner", "sent_at"], name="referral_of_partner"),
        ]


class ReferralStep(models.Model):
    """One transition of a referral, by whom, when, and what is said of it to each. Append-only."""

    class Side(models.TextChoices):
        REFERRER = "referrer", _("la personne qui oriente")
        PERSON = "person", _("la personne orientée")
        GARDEN = "garden", _("le jardin")
        CLOCK = "clock", _("le délai")

    class Reason(models.TextChoices):
        NO_PLACE = "no_place", _("plus de place")
        FAR = "far", _("hors du secteur du jardin")
        NO_DEPOT = "no_depot", _("pas de dépôt accessible")
        HOURS = "hours", _("jour ou heure impossible")
        UNREACHED = "unreached", _("la personne n’a pas pu être jointe")
        NOT_WANTED = "not_wanted", _("la personne ne souhaite pas continuer")
        ALREADY = "already", _("déjà adhérente")
        TWICE = "twice", _("envoyée deux fois")
        ELSEWHERE = "elsewhere", _("mieux accompagnée ailleurs")
        AGREEMENT_FULL = "agreement_full", _("la convention est complète")

    referral = models.ForeignKey(Referral, models.CASCADE, related_name="steps")
    before = models.CharField(max_length=9, blank=True)
    after = models.CharField(max_length=9, choices=Referral.State)
    side = models.CharField(max_length=8, choices=Side)
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    reason = models.CharField(max_length=16, choices=Reason, blank=True)
    # Read by the referrer; the network reads states and reasons only, and no words.
    words = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            one_of("side", ["referrer", "person", "garden", "clock"], name="referral_step_side"),
            models.CheckConstraint(condition=~Q(after="declined") | ~Q(reason=""), name="declined_says_why"),
        ]
