"""What is typed of people and their roles."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import choice
from cageot.core.templatetags.cageot import day as said
from cageot.desk.forms.fields import DayField, PhoneField, refuse
from cageot.desk.queries.settings_people import MAY, email_of, kinds_for, known_by, role_words
from cageot.network.models import Garden, Partner, Person, Role


class RoleForm(forms.Form):
    """A role for somebody: who, what, where, between which days. `garden`: the only place it may be; None: anywhere."""

    email = forms.EmailField(
        label=_("Adresse électronique"),
        help_text=_("Elle recevra un code à chaque entrée. Quelqu’un de déjà connu y garde son nom."),
    )
    first_name = forms.CharField(label=_("Prénom"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Nom"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("Rôle"), widget=forms.RadioSelect)
    place = forms.ModelChoiceField(
        Garden.objects.all(), label=_("Jardin"), required=False, empty_label=_("Tête de réseau")
    )
    partner = forms.ModelChoiceField(
        Partner.objects.filter(Q(refers=True) | Q(funds=True)), label=_("Partenaire"), required=False, empty_label="—",
        help_text=_("Pour qui oriente, ou lit les chiffres d’un financeur."),
    )  # fmt: skip
    from_day = DayField(label=_("À partir du"))
    until_day = DayField(
        label=_("Jusqu’au"), required=False,
        help_text=_("Laissez vide s’il n’y a pas de fin prévue. Un contrôle a toujours une fin."),
    )  # fmt: skip

    def __init__(self, *args: Any, garden: Garden | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.garden = garden
        self.fields["kind"].choices = [(kind, choice(role_words(kind), str(MAY[kind]))) for kind in kinds_for(garden)]  # type: ignore[attr-defined]
        if garden:
            del self.fields["place"], self.fields["partner"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_day"), data.get("until_day")
        if first and last and last < first:
            refuse(self, gettext("La fin vient avant le début."), "until_day")
        if data.get("kind") == Role.Kind.AUDITOR and not last and "until_day" not in self.errors:
            refuse(self, gettext("Un contrôle a une fin : donnez son dernier jour."), "until_day")
        self.known = known_by(data["email"]) if data.get("email") else None
        if data.get("email") and self.known is None and not data.get("first_name"):
            refuse(
                self, gettext("Personne n’entre encore avec cette adresse : donnez au moins un prénom."), "first_name"
            )
        self._check_place(data)
        if first and self.known and not self.errors:
            self._refuse_twice(self.known, data)
        return data

    def _check_place(self, data: dict[str, Any]) -> None:
        if self.garden or not data.get("kind") or "place" in self.errors:
            return
        if data["kind"] == Role.Kind.NETWORK and data.get("place"):
            refuse(self, gettext("Le rôle « réseau » va sans jardin : choisissez « Tête de réseau »."), "place")
        if data["kind"] in OF_PARTNERS:
            self._check_partner(data)
        elif data.get("partner"):
            refuse(self, gettext("Ce rôle va sans partenaire."), "partner")
        elif data["kind"] != Role.Kind.NETWORK and not data.get("place"):
            refuse(self, gettext("Choisissez le jardin."), "place")

    def _check_partner(self, data: dict[str, Any]) -> None:
        partner: Partner | None = data.get("partner")
        if data.get("place"):
            refuse(self, gettext("Ce rôle est d’un partenaire : laissez « Tête de réseau »."), "place")
        if partner is None:
            refuse(self, gettext("Choisissez le partenaire."), "partner")
        elif data["kind"] == Role.Kind.REFERRER and not partner.refers:
            refuse(self, gettext("Ce partenaire n’oriente personne : dites-le d’abord sur sa fiche."), "partner")
        elif data["kind"] == Role.Kind.FUNDER and not partner.funds:
            refuse(self, gettext("Ce partenaire ne finance pas : dites-le d’abord sur sa fiche."), "partner")

    def _refuse_twice(self, person: Person, data: dict[str, Any]) -> None:
        same = Role.objects.filter(person=person, kind=data["kind"], garden=self.where, partner=data.get("partner"))
        if held := same.between(data["from_day"], data["until_day"] or date.max).first():
            told = (
                gettext("%(name)s a déjà ce rôle, depuis le %(first)s.")
                if held.until_day is None
                else gettext("%(name)s a déjà ce rôle du %(first)s au %(last)s.")
            )
            refuse(
                self,
                told % {"name": person, "first": said(held.from_day, "plain"), "last": said(held.until_day, "plain")},
                "kind",
            )

    @property
    def where(self) -> Garden | None:
        return self.garden or self.cleaned_data.get("place")

    @property
    def name(self) -> str:
        """First name, then last name."""
        return f"{self.cleaned_data['first_name']} {self.cleaned_data['last_name']}".strip()


class EndRoleForm(forms.Form):
    """The last day of a role; yesterday takes it away at once."""

    last_day = DayField(label=_("Dernier jour"), help_text=_("La veille d’aujourd’hui retire l’accès tout de suite."))

    def __init__(self, *args: Any, role: Role, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"last_day": max(today, role.from_day)}} | kwargs)
        self.earliest = today - timedelta(days=1)

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if day < self.earliest:
            raise forms.ValidationError(
                _("Ce qui a été fait reste fait : choisissez le %(day)s ou un jour d’après."),
                params={"day": said(self.earliest, "plain")},
            )
        return day


class PersonForm(forms.Form):
    """Somebody's name, telephone, and the address that receives their codes."""

    first_name = forms.CharField(label=_("Prénom"), max_length=80)
    last_name = forms.CharField(label=_("Nom"), max_length=80, required=False)
    phone = PhoneField(label=_("Téléphone"), required=False)
    email = forms.EmailField(label=_("Adresse électronique"), help_text=_("Les codes d’entrée iront à cette adresse."))

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        start = {name: getattr(person, name) for name in NAMES} | {"email": email_of(person)}
        super().__init__(*args, **{"initial": start} | kwargs)
        if not start["email"]:  # somebody without a way in; an address gives them one
            self.fields["email"].required = False

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in NAMES}


OF_PARTNERS = {Role.Kind.REFERRER, Role.Kind.FUNDER}
NAMES = ("first_name", "last_name", "phone")
