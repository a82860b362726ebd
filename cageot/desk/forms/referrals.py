"""What is typed about a referral: the form of who refers, the garden's answer, its links and its clocks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import validate_email
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import LineField, one_line
from cageot.core.tabular.phones import parse_phone
from cageot.core.tabular.values import BadValue
from cageot.desk.forms.fields import DayField, refuse
from cageot.desk.forms.settings import PlaceField
from cageot.funding.models import Agreement
from cageot.members.models import Referral, ReferralStep, ReferralWays
from cageot.members.referrals import Draft
from cageot.members.rules.referral import tells_papers
from cageot.network.models import Garden, Partner
from cageot.network.rules.reach import Can, Reach

MOBILE = ("+336", "+337")


class ReachField(forms.CharField):
    """A telephone number or an e-mail address, as people write it; gives (way, value). Empty: through the referrer."""

    def clean(self, value: Any) -> tuple[str, str]:  # type: ignore[override]
        typed = one_line(super().clean(value))
        if not typed:
            return Referral.ReachBy.REFERRER, ""
        if "@" in typed:
            validate_email(typed)
            return Referral.ReachBy.MAIL, typed
        try:
            number = parse_phone(typed).value
        except BadValue as wrong:
            raise forms.ValidationError(
                _("Écrivez un numéro de dix chiffres ou une adresse électronique, ou laissez vide.")
            ) from wrong
        return (Referral.ReachBy.SMS if number.startswith(MOBILE) else Referral.ReachBy.PHONE), number


AGREES, SIGNED, OUTCOME = "yes", "signed", "outcome"


class ReferralForm(forms.Form):
    """Nine answers, of which two are typed and one ticked; the others have a usual answer, or may stay empty."""

    first_name = LineField(label=_("Son prénom"), max_length=200, widget=forms.TextInput({"autocomplete": "off"}))
    reach = ReachField(
        label=_("La joindre directement"), max_length=254, required=False,
        help_text=_("Son téléphone ou son courriel. Vide : le jardin passera par vous."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    adults = forms.IntegerField(label=_("Adultes au foyer"), min_value=1, max_value=30, initial=1)
    children = forms.IntegerField(label=_("Enfants"), min_value=0, max_value=30, initial=0)
    place = PlaceField()
    months = forms.TypedChoiceField(
        label=_("Pour combien de temps"), coerce=int, initial=6, widget=forms.RadioSelect,
        choices=[(3, _("3 mois")), (6, _("6 mois")), (12, _("un an"))],
    )  # fmt: skip
    depot = forms.TypedChoiceField(label=_("Où retirer le panier"), coerce=int, required=False, empty_value=None)
    note = LineField(
        label=_("Un mot pour l’accueil"), max_length=200, required=False,
        help_text=_("Heures où appeler, étage, interphone… Rien de sa santé, de ses revenus ni de son histoire. Effacé après la réponse."),
        widget=forms.TextInput({"autocomplete": "off", "maxlength": 200}),
    )  # fmt: skip
    agreed = forms.MultipleChoiceField(
        label=_("Son accord"), widget=forms.CheckboxSelectMultiple,
        choices=[
            (AGREES, _("Elle sait ce qui est envoyé, et elle est d’accord")),
            (SIGNED, _("Elle l’a signé (sinon : dit de vive voix)")),
            (OUTCOME, _("Elle veut bien que le jardin me dise la suite")),
        ],
        error_messages={"required": _("Sans son accord, rien ne peut être envoyé. Demandez-le-lui, puis cochez.")},
    )  # fmt: skip
    once = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, depots: Iterable[tuple[int, str]], data: Any = None) -> None:
        super().__init__(data, initial={"once": uuid4()})
        self.fields["depot"].choices = [("", gettext("Pas de préférence")), *depots]  # type: ignore[attr-defined]

    def clean_first_name(self) -> str:
        name: str = self.cleaned_data["first_name"]
        if not any(sign.isalpha() for sign in name):
            raise forms.ValidationError(_("Écrivez le prénom, ou au moins son initiale."))
        return name

    def clean_note(self) -> str:
        note: str = self.cleaned_data["note"]
        if tells_papers(note):
            raise forms.ValidationError(
                _("Un numéro de sécurité sociale ou de compte n’a pas sa place ici. Enlevez-le, puis renvoyez.")
            )
        return note

    def clean_agreed(self) -> list[str]:
        said: list[str] = self.cleaned_data["agreed"]
        if AGREES not in said:
            raise forms.ValidationError(self.fields["agreed"].error_messages["required"])
        return said

    @property
    def once_key(self) -> str:
        """What makes this sending one, however often it comes."""
        return str(self.cleaned_data["once"] or uuid4())

    @property
    def draft(self) -> Draft:
        data = self.cleaned_data
        way, value = data["reach"]
        return Draft(
            first_name=data["first_name"], reach_by=way, reach_at=value, adults=data["adults"], children=data["children"],
            commune_code=data["place"].code, months=data["months"], depot_key=data["depot"], note=data["note"],
            consent_spoken=SIGNED not in data["agreed"], tells_outcome=OUTCOME in data["agreed"],
        )  # fmt: skip


class SayForm(forms.Form):
    """A few words: a question, or its answer."""

    words = LineField(label=_("Votre question"), max_length=300, widget=forms.TextInput({"autocomplete": "off"}))

    def __init__(self, label: Any, *args: Any, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label, self.fields["words"].help_text = label, help_text


class DeclineForm(forms.Form):
    """Why not, in a coded reason, and a few words for who refers."""

    reason = forms.ChoiceField(label=_("Pourquoi"), choices=[("", _("Choisissez")), *ReferralStep.Reason.choices])
    words = LineField(
        label=_("Un mot pour qui oriente"), max_length=300, required=False,
        help_text=_("La personne ne le lit pas."), widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip


class LinkForm(forms.Form):
    """A way in for a referring organisation, for one agreement."""

    partner = forms.ModelChoiceField(
        Partner.objects.none(), label=_("Organisation qui oriente"), empty_label=_("Choisissez")
    )
    agreement = forms.ModelChoiceField(
        Agreement.objects.none(), label=_("Convention"), required=False, empty_label=_("Le jardin choisira")
    )
    label = LineField(
        label=_("Pour qui"), max_length=80, widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Une personne, ou l’accueil : « Mme Ravel ». Vous pourrez arrêter ce lien sans toucher aux autres."),
    )  # fmt: skip
    reach = ReachField(
        label=_("Où lui répondre"), max_length=254, help_text=_("Son courriel ou son téléphone de travail."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    from_day = DayField(label=_("À partir du"))
    until_day = DayField(
        label=_("Jusqu’au"), required=False, help_text=_("Sans date, le lien reste ouvert jusqu’à ce que vous l’arrêtiez.")
    )  # fmt: skip

    def __init__(self, garden: Garden, today: date, data: Any = None) -> None:
        super().__init__(data, initial={"from_day": today})
        self.fields["partner"].queryset = referring(garden)  # type: ignore[attr-defined]
        running = Agreement.objects.filter(gardens=garden, status=Agreement.Status.ACTIVE, own_offer_of=None)
        self.fields["agreement"].queryset = running.filter(Q(until_day=None) | Q(until_day__gte=today))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_day"), data.get("until_day")
        if first and last and last < first:
            refuse(self, gettext("Le dernier jour vient avant le premier. Choisissez un jour plus tard."), "until_day")
        if "reach" in data:
            data["reach"] = data["reach"][1]
        return data


class AccessForm(forms.Form):
    """An account for somebody who refers for an organisation."""

    partner = forms.ModelChoiceField(
        Partner.objects.none(), label=_("Organisation qui oriente"), empty_label=_("Choisissez"),
        help_text=_("Une organisation qui travaille aussi avec un autre jardin reçoit ses comptes du réseau."),
    )  # fmt: skip
    name = LineField(label=_("Prénom et nom"), max_length=80, widget=forms.TextInput({"autocomplete": "off"}))
    email = forms.EmailField(
        label=_("Son courriel de travail"), help_text=_("Elle y recevra un code à chaque entrée."),
        widget=forms.EmailInput({"autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, garden: Garden, reach: Reach, data: Any = None) -> None:
        super().__init__(data)
        self.fields["partner"].queryset = referring_here_alone(garden, reach)  # type: ignore[attr-defined]


def referring(garden: Garden) -> Any:
    """The organisations that refer people to this garden."""
    return Partner.objects.filter(refers=True, gardens=garden)


def referring_here_alone(garden: Garden, reach: Reach) -> Any:
    """Those of them that work with no garden but this person's own. An account reads whatever its organisation sent, to
    any garden: who welcomes people in one of them gives none, and closes none, for the others."""
    elsewhere = Garden.objects.exclude(pk__in=reach.gardens_where(Can.WELCOME))
    shared = Partner.objects.filter(
        Q(gardens__in=elsewhere) | Q(agreements__gardens__in=elsewhere) | Q(referrals__garden__in=elsewhere)
    )
    return referring(garden).exclude(pk__in=shared.values("pk"))


class AgreementForm(forms.Form):
    """Another agreement for a referral."""

    agreement = forms.TypedChoiceField(label=_("Convention"), coerce=int, required=False, empty_value=None)

    def __init__(self, choices: list[tuple[Any, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreement"].choices = [("", gettext("Pas encore choisie")), *choices]  # type: ignore[attr-defined]


class WaysForm(forms.Form):
    """A garden's clocks, in days, and its words of welcome."""

    remind_days = forms.IntegerField(label=_("Me le rappeler tous les … jours"), min_value=1, max_value=90)
    expire_days = forms.IntegerField(
        label=_("Sans réponse, elle prend fin après … jours"), min_value=2, max_value=365,
        help_text=_("Chacun est alors prévenu, et l’on peut la refaire."),
    )  # fmt: skip
    waiting_days = forms.IntegerField(label=_("Relire la liste d’attente tous les … jours"), min_value=1, max_value=365)
    note_days = forms.IntegerField(
        label=_("Effacer les mots libres … jours après la réponse"), min_value=1, max_value=365
    )
    welcome_text = forms.CharField(
        label=_("Un mot pour qui oriente"), max_length=600, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("Se lit avant le formulaire : ce que le jardin propose, à qui, où."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("remind_days") and data.get("expire_days") and data["expire_days"] <= data["remind_days"]:
            refuse(
                self, gettext("La fin vient après le premier rappel. Choisissez un nombre plus grand."), "expire_days"
            )
        return data


def ways_known(garden: Garden) -> dict[str, Any]:
    """What the form of the clocks starts from."""
    ways = ReferralWays.objects.filter(garden=garden).first() or ReferralWays(garden=garden)
    names = ("remind_days", "expire_days", "waiting_days", "note_days", "welcome_text")
    return {name: getattr(ways, name) for name in names}


def number(text: str | None) -> int:
    """The number of a row as a button sends it; 0, which no row has, for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0
