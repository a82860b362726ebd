"""What somebody types who signs up, and how a garden sets its door and its fees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.hashers import check_password
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.baskets.models import Depot, Door, Subscription
from cageot.core.forms import EurosField, LineField
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros
from cageot.desk.forms.fields import DayField, PhoneField, refuse
from cageot.desk.languages import LANGUAGES
from cageot.desk.queries.signups import Offered
from cageot.members.models import Membership
from cageot.network import territory

FARTHEST = timedelta(days=366)
"""How far ahead a first basket may be asked for."""


class SignUpForm(forms.Form):
    """A basket and how to reach whoever asks. A name, and one way of being reached whichever it is, are all that is asked.

    `may_try`: whether the password of a reserved depot may be tried once more from there.
    """

    adults = forms.IntegerField(label=_("Adultes"), min_value=1, max_value=30, initial=1)
    children = forms.IntegerField(label=_("Enfants"), min_value=0, max_value=30, initial=0)
    size = forms.TypedChoiceField(
        label=_("Taille"), coerce=int, error_messages={"required": _("Choisissez une taille.")}
    )
    frequency = forms.ChoiceField(label=_("Rythme"), widget=forms.RadioSelect)
    depot = forms.TypedChoiceField(
        label=_("Dépôt"), coerce=int, error_messages={"required": _("Choisissez où vous retirez votre panier.")}
    )
    password = forms.CharField(
        label=_("Mot de passe du dépôt réservé"), required=False, max_length=80,
        help_text=_("Seulement pour un dépôt réservé : le mot que l’on vous y a donné."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )  # fmt: skip
    from_day = DayField(label=_("Premier panier à partir du"))
    membership = forms.ChoiceField(label=_("Adhésion à l’association"), widget=forms.RadioSelect)
    last_name = LineField(
        label=_("Nom"), max_length=80, error_messages={"required": _("Dites comment vous appeler.")},
        widget=forms.TextInput({"autocomplete": "family-name"}),
    )  # fmt: skip
    first_name = LineField(
        label=_("Prénom"), max_length=80, required=False, widget=forms.TextInput({"autocomplete": "given-name"})
    )
    mobile = PhoneField(label=_("Téléphone"), required=False)
    email = forms.EmailField(
        label=_("Adresse électronique"), required=False, widget=forms.EmailInput({"autocomplete": "email"})
    )
    address = LineField(
        label=_("Adresse"), max_length=200, required=False, widget=forms.TextInput({"autocomplete": "street-address"})
    )
    postcode = forms.CharField(
        label=_("Code postal"), max_length=5, required=False,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "postal-code"}),
    )  # fmt: skip
    town = LineField(
        label=_("Commune"), max_length=80, required=False, widget=forms.TextInput({"autocomplete": "address-level2"})
    )
    language = forms.ChoiceField(
        label=_("Langue dans laquelle vous parler"), choices=list(LANGUAGES.items()), initial="fr"
    )
    YOU = ("last_name", "first_name", "mobile", "email", "address", "postcode", "town", "language")

    def __init__(self, offer: Offered, *args: Any, may_try: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer, self.may_try = offer, may_try
        rhythms = dict(Subscription.Frequency.choices)
        self._choose("size", [(one.pk, one.name) for one in offer.sizes])
        self._choose("depot", [(pk, one.name) for pk, one in offer.places.items()])
        self._choose("frequency", [(one, rhythms[one]) for one in offer.rhythms])
        kinds = offer.kinds(offer.first_day)
        names = dict(Membership.Kind.choices)
        self._choose("membership", [(kind, f"{names[kind]}, {euros(cents)}") for kind, cents in kinds])
        if not kinds:
            del self.fields["membership"]
        if len(offer.rhythms) == 1:
            self.fields["frequency"].initial = offer.rhythms[0]
        if not any(one.kind == Depot.Kind.RESERVED and one.password for one in offer.places.values()) or offer.staff:
            del self.fields["password"]

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def you(self) -> list[forms.BoundField]:
        return [self[name] for name in self.YOU]

    def clean_postcode(self) -> str:
        code: str = self.cleaned_data["postcode"].strip()
        if code and not (code.isascii() and code.isdigit() and len(code) in (4, 5)):
            raise forms.ValidationError(_("Un code postal a cinq chiffres, par exemple 41000."))
        return code.zfill(5) if code else ""

    def clean_from_day(self) -> date:
        day: date = self.cleaned_data["from_day"]
        if day < self.offer.first_day:
            raise forms.ValidationError(
                _("Choisissez le %(day)s ou un jour d’après."), params={"day": said(self.offer.first_day, "plain")}
            )
        if day > self.offer.first_day + FARTHEST:
            raise forms.ValidationError(_("Choisissez un jour dans l’année qui vient."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        ways = ("mobile", "email", "address")
        if not any(data.get(name) for name in ways) and not any(name in self.errors for name in ways):
            refuse(
                self, gettext("Dites comment vous joindre : un téléphone, une adresse électronique ou une adresse. Une seule suffit."),
                "mobile",
            )  # fmt: skip
        self._clean_reserved(self.offer.places.get(data.get("depot") or 0), data.get("password", ""))
        return data

    def _clean_reserved(self, depot: Depot | None, word: str) -> None:
        if depot is None or depot.kind != Depot.Kind.RESERVED or not depot.password or self.offer.staff:
            return
        if not self.may_try:
            refuse(self, gettext("Trop d’essais. Attendez une heure, ou appelez le jardin."), "password")
        elif not check_password(word.strip(), depot.password):
            refuse(
                self, gettext("« %(depot)s » est réservé : tapez le mot que l’on vous y a donné, ou choisissez un autre dépôt.")
                % {"depot": depot.name}, "password",
            )  # fmt: skip

    @property
    def values(self) -> dict[str, Any]:
        """The sign-up's own columns, but for its size and depot."""
        data = self.cleaned_data
        names = ("adults", "children", "frequency", "from_day", "last_name", "first_name", "mobile", "email", "address",
                 "postcode", "town", "language")  # fmt: skip
        commune = territory.commune_named(data["town"], data["postcode"]) if data["town"] else None
        return {name: data[name] for name in names} | {
            "membership": data.get("membership") or Membership.Kind.ORDINARY, "commune_code": commune.code if commune else "",
        }  # fmt: skip

    def kept(self, data: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What was typed, to be carried from the summary to the sending."""
        return [(name, str(data[name])) for name in self.fields if data.get(name)]


class DoorForm(forms.Form):
    """Whether people sign up by themselves, and how: columns of `Door`."""

    open = forms.BooleanField(label=_("On peut s’inscrire sur la page du jardin"), required=False)
    words = forms.CharField(
        label=_("Mot d’accueil"), max_length=800, required=False, widget=forms.Textarea({"rows": 4}),
        help_text=_("Quelques phrases en haut de la page. Tout le monde les lit."),
    )  # fmt: skip
    lead_days = forms.IntegerField(
        label=_("Premier panier au plus tôt dans … jours"), min_value=0, max_value=90,
        help_text=_("Le temps de rappeler la personne et de préparer son panier."),
    )  # fmt: skip
    offer_days = forms.IntegerField(
        label=_("Une place proposée est gardée … jours"), min_value=1, max_value=60,
        help_text=_("Sans réponse, elle est proposée à la personne suivante."),
    )  # fmt: skip

    def __init__(self, door: Door, data: Any = None) -> None:
        super().__init__(
            data, initial={name: getattr(door, name) for name in ("open", "words", "lead_days", "offer_days")}
        )


class FeeForm(forms.Form):
    """What a kind of membership costs, from a day on."""

    kind = forms.ChoiceField(label=_("Type"), choices=Membership.Kind.choices, widget=forms.RadioSelect)
    fee = EurosField(label=_("Cotisation"), max_cents=1_000_00)
    from_day = DayField(label=_("À partir du"))
