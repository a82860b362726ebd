"""Households, the people in them, memberships of the association, and periods of support."""

from __future__ import annotations

import secrets
from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from cageot.core.models import in_order, one_of
from cageot.funding.models import Agreement, Tariff
from cageot.network.models import DatedQuerySet, Garden, Partner, Person
from cageot.network.rules.reach import Can, Reach


def new_secret() -> str:
    """What a household's pseudonyms are made with, 128 bits: destroyed when the household is forgotten (decision 0018)."""
    return secrets.token_hex(16)


class HouseholdQuerySet(models.QuerySet["Household"]):
    def reachable(self, reach: Reach) -> Self:
        """Households of the gardens where this person may see them; the network sees none."""
        return self.filter(garden__in=reach.gardens_where(Can.SEE_HOUSEHOLDS))


class Household(models.Model):
    """The people who share a basket. `number` is the garden's own, as on its old spreadsheets."""

    garden = models.ForeignKey(Garden, models.PROTECT, related_name="households")
    number = models.CharField(_("numéro"), max_length=20)
    adults = models.PositiveSmallIntegerField(_("adultes"), default=1)
    children = models.PositiveSmallIntegerField(_("enfants"), default=0)
    language = models.CharField(_("langue"), max_length=8, default="fr")
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=5, blank=True)
    town = models.CharField(_("commune"), max_length=80, blank=True)
    commune_code = models.CharField(max_length=5, blank=True)
    # The name that lists at the depot show, if the garden's ways are so.
    nickname = models.CharField(_("nom sur les listes"), max_length=40, blank=True)
    reach_through = models.CharField(_("à joindre par"), max_length=120, blank=True)
    joined_on = models.DateField(_("arrivée"))
    left_on = models.DateField(_("départ"), null=True, blank=True)
    # The last day somebody of the garden, or of the household, did something together; retention counts from there.
    last_contact_on = models.DateField(null=True, blank=True)
    erased_on = models.DateField(null=True, blank=True)
    # Null: nothing leads from the books to what this household was. "": the pseudonyms of before there were secrets.
    secret = models.CharField(max_length=32, null=True, default=new_secret, editable=False)  # noqa: DJ001

    objects = HouseholdQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["garden", "number"], name="household_number_once"),
            in_order("joined_on", "left_on", name="household_dates"),
            models.CheckConstraint(condition=~Q(number=""), name="household_is_numbered"),
        ]


class Member(models.Model):
    """One person of a household. The first one (`contact`) is who the garden speaks to."""

    household = models.ForeignKey(Household, models.CASCADE, related_name="members")
    # Set when this human also acts in the tool.
    person = models.OneToOneField(Person, models.SET_NULL, null=True, blank=True, related_name="member")
    contact = models.BooleanField(default=True)
    civility = models.CharField(_("civilité"), max_length=10, blank=True)
    first_name = models.CharField(_("prénom"), max_length=80, blank=True)
    last_name = models.CharField(_("nom"), max_length=80)
    email = models.EmailField(_("adresse électronique"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=20, blank=True)
    mobile = models.CharField(_("mobile"), max_length=20, blank=True)
    # Names without case and accents, for searching: "lévy" finds Levy on both engines.
    search = models.CharField(max_length=200, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["household"], condition=Q(contact=True), name="household_one_contact"),
        ]
        indexes = [
            models.Index(fields=["search"], name="member_search"),
            # Who comes in with this address, or this number?
            models.Index(Lower("email"), name="member_email"),
            models.Index(fields=["mobile"], name="member_mobile"),
            models.Index(fields=["phone"], name="member_phone"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Membership(models.Model):
    """A household's adhesion to the garden's association, for a period, with its fee in cents."""

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", _("ordinaire")
        SOLIDARITY = "solidarity", _("solidaire")
        SUPPORTER = "supporter", _("soutien")

    household = models.ForeignKey(Household, models.CASCADE, related_name="memberships")
    kind = models.CharField(_("type"), max_length=10, choices=Kind, default=Kind.ORDINARY)
    fee_cents = models.PositiveIntegerField(_("cotisation"), default=0)
    from_day = models.DateField(_("début"))
    until_day = models.DateField(_("fin"), null=True, blank=True)
    paid_on = models.DateField(_("payée le"), null=True, blank=True)
    paid_by = models.ForeignKey(
        Partner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("payée par")
    )

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("from_day", "until_day", name="membership_dates"),
            one_of("kind", ["ordinary", "solidarity", "supporter"], name="membership_kind"),
            models.UniqueConstraint(fields=["household", "from_day"], name="membership_once_a_day"),
        ]


class MembershipFee(models.Model):
    """What a garden asks for a kind of membership, from a day on, in cents."""

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="membership_fees")
    kind = models.CharField(_("type"), max_length=10, choices=Membership.Kind)
    cents = models.PositiveIntegerField(_("cotisation"))
    from_day = models.DateField(_("à partir du"))

    class Meta:
        constraints = [
            one_of("kind", ["ordinary", "solidarity", "supporter"], name="membership_fee_kind"),
            models.UniqueConstraint(fields=["garden", "kind", "from_day"], name="membership_fee_once_a_day"),
        ]


class Support(models.Model):
    """A prise en charge: from a day until another, this agreement at this tariff pays for the household.

    What it rests on stays with the referrer; the garden keeps dates, agreement and tariff, no more.
    """

    household = models.ForeignKey(Household, models.CASCADE, related_name="supports")
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="supports")
    tariff = models.ForeignKey(Tariff, models.PROTECT, related_name="supports")
    from_day = models.DateField(_("début"))
    until_day = models.DateField(_("fin"), null=True, blank=True)
    renews = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, related_name="renewed_by")
    # One of the steps that lead from that support to the full price.
    step_after = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="steps")

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            in_order("from_day", "until_day", name="support_dates"),
            models.UniqueConstraint(fields=["household", "from_day"], name="support_once_a_day"),
        ]
        indexes = [models.Index(fields=["agreement", "until_day"], name="support_ends")]


class ImportMap(models.Model):
    """What a garden's former files taught: what its headers hold and what its words mean, so that it is asked once.

    `columns`: header → key of a column, "" when it is set aside. `values`: kind → words of the file → what they mean.
    """

    garden = models.OneToOneField(Garden, models.CASCADE, related_name="import_map")
    columns = models.JSONField(default=dict)
    values = models.JSONField(default=dict)
