"""Local steering: a garden's committee with its partners, its meetings and what they decide."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import in_order
from cageot.network.models import Garden, Partner, Person


class CommitteeMember(models.Model):
    """Somebody who sits in a garden's committee, from a day until another."""

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="committee")
    partner = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="sits", verbose_name=_("partenaire")
    )
    name = models.CharField(_("nom"), max_length=120)
    function = models.CharField(_("fonction"), max_length=120, blank=True)
    email = models.EmailField(_("adresse électronique"), blank=True)
    # A seat for the members themselves.
    for_members = models.BooleanField(_("siège pour les adhérents"), default=False)
    from_day = models.DateField(_("depuis le"))
    until_day = models.DateField(_("jusqu’au"), null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            in_order("from_day", "until_day", name="committee_dates"),
            models.CheckConstraint(condition=~Q(name=""), name="committee_member_is_named"),
        ]


class Meeting(models.Model):
    """One meeting of a garden's committee: its agenda, who came, what was said."""

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="meetings")
    at = models.DateTimeField(_("quand"))
    place = models.CharField(_("où"), max_length=200, blank=True)
    agenda = models.TextField(_("ordre du jour"), blank=True, max_length=4000)
    notes = models.TextField(_("compte rendu"), blank=True, max_length=20000)
    present = models.ManyToManyField(CommitteeMember, related_name="meetings", blank=True, verbose_name=_("présents"))
    brief_from = models.DateField(_("chiffres du"), null=True, blank=True)
    brief_until = models.DateField(_("au"), null=True, blank=True)
    convened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-at"]
        constraints = [in_order("brief_from", "brief_until", name="meeting_brief_dates")]


class Decision(models.Model):
    """What a meeting decided: who does it, by when, and when it was done."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="decisions")
    text = models.CharField(_("décision"), max_length=300)
    owner = models.CharField(_("qui s’en charge"), max_length=120, blank=True)
    due_on = models.DateField(_("pour le"), null=True, blank=True)
    done_on = models.DateField(_("fait le"), null=True, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="decision_says_something")]
