"""What is typed on the page of welcome: the household, its membership, its support when it was referred, its basket."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.baskets.models import Subscription
from cageot.baskets.rules.signing_up import KEEPS_A_PLACE, support_until
from cageot.baskets.signups import Joining, Supported
from cageot.core.forms import EurosField, choice
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros
from cageot.desk.forms.fields import DayField, refuse
from cageot.desk.forms.households import HouseholdForm, Section
from cageot.desk.queries.household import Place
from cageot.desk.queries.welcome import Choices
from cageot.members.models import Membership


class WelcomeForm(HouseholdForm):
    """The page of welcome. It has a part for the support when the person was referred; all the rest is the same for all."""

    kind = forms.ChoiceField(label=_("Adhésion"), required=False, widget=forms.RadioSelect)
    fee = EurosField(
        label=_("Autre montant"),
        required=False,
        max_cents=1_000_00,
        help_text=_("Laissez vide : la cotisation de ce type."),
    )
    paid_by = forms.TypedChoiceField(label=_("Payée par"), required=False, coerce=int, empty_value=None)
    paid = forms.BooleanField(label=_("Payée aujourd’hui"), required=False)
    tariff = forms.ChoiceField(label=_("Convention et tarif"), required=False, widget=forms.RadioSelect)
    months = forms.IntegerField(label=_("Pour combien de mois"), required=False, min_value=1, max_value=24)
    size = forms.TypedChoiceField(label=_("Taille"), coerce=int, widget=forms.RadioSelect)
    depot = forms.TypedChoiceField(label=_("Dépôt"), coerce=int)
    frequency = forms.ChoiceField(label=_("Rythme"), widget=forms.RadioSelect)
    from_day = DayField(label=_("À partir du"))
    tell = forms.BooleanField(
        label=_("Lui envoyer le mot de bienvenue"), required=False,
        help_text=_("Par courriel, par SMS, ou par courrier à imprimer. La feuille d’accueil s’imprime toujours."),
    )  # fmt: skip

    def __init__(self, chosen: Choices, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(chosen.offer.garden, *args, **kwargs)
        self.chosen, self.today = chosen, today
        for name in ("civility", "phone", "joined_on"):
            del self.fields[name]
        self.fields["last_name"].required = False
        offer, names, rhythms = chosen.offer, dict(Membership.Kind.choices), dict(Subscription.Frequency.choices)
        self._choose("kind", [*((kind, choice(str(names[kind]).capitalize(), euros(cents))) for kind, cents in chosen.kinds),
                              ("", gettext("Pas d’adhésion aujourd’hui"))])  # fmt: skip
        self._choose("paid_by", [("", gettext("le foyer")), *((one.pk, one.name) for one in chosen.partners)])
        self._choose("size", [(one.pk, choice(one.name, euros(one.cents))) for one in offer.sizes])
        self._choose("frequency", [(one, rhythms[one]) for one in offer.rhythms])
        self._choose("depot", [("", gettext("Choisir…")), *((pk, self._place(pk)) for pk in offer.places)])
        self._choose("tariff", [*((one.offer.tariff.pk, choice(one.label, one.offer.hint)) for one in chosen.tariffs),
                                ("", gettext("Prix ordinaire, sans convention"))])  # fmt: skip
        if chosen.newcomer.referral is None:
            del self.fields["tariff"], self.fields["months"]

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _place(self, pk: int) -> str:
        """A depot with its places left; the place that is kept for this person is one of them."""
        left, one = self.chosen.offer.left[pk], self.chosen.newcomer.sign_up
        if left is not None and one and one.depot_id == pk and one.state in KEEPS_A_PLACE:
            left += 1
        return Place(self.chosen.offer.places[pk], left).label

    @property
    def sections(self) -> list[Section]:
        support = (
            [(gettext("Sa prise en charge"), "", [self["tariff"], self["months"]])] if "tariff" in self.fields else []
        )
        return [
            (gettext("Le foyer"), gettext("Ce qui est déjà su est écrit : relisez avec la personne."),
             [self[name] for name in ("first_name", "last_name", "number", "adults", "children", "language")]),
            (gettext("Comment joindre"), gettext("Rien n’est obligatoire."),
             [self[name] for name in ("mobile", "email", "reach_through", "address", "postcode", "town")]),
            (gettext("Son panier"), "", [self[name] for name in ("size", "frequency", "depot", "from_day")]),
            (gettext("Son adhésion"), "", [self[name] for name in ("kind", "fee", "paid_by", "paid")]),
            *support,
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("last_name") and not data.get("first_name") and not self.errors:
            refuse(self, gettext("Dites comment appeler la personne : un nom ou un prénom."), "first_name")
        first = data.get("from_day")
        if first and not self.today <= first <= self.today + timedelta(days=366):
            refuse(self, gettext("Choisissez un jour d’aujourd’hui à un an d’ici."), "from_day")
        self._clean_support(data)
        return data

    def _clean_support(self, data: dict[str, Any]) -> None:
        found, first = self.chosen.tariff(data.get("tariff")), data.get("from_day")
        if found is None or first is None:
            return
        agreement = found.offer.tariff.agreement
        if found.left.full:
            refuse(
                self, gettext("« %(agreement)s » est complète. Choisissez une autre convention ou le prix ordinaire, ou mettez en attente.")
                % {"agreement": agreement.name}, "tariff",
            )  # fmt: skip
        elif agreement.until_day and first > agreement.until_day:
            refuse(
                self, gettext("« %(agreement)s » finit le %(day)s : choisissez un jour d’avant, ou une autre convention.")
                % {"agreement": agreement.name, "day": said(agreement.until_day, "plain")}, "tariff",
            )  # fmt: skip
        elif not data.get("months") and "months" not in self.errors:
            refuse(self, gettext("Dites pour combien de mois."), "months")

    @property
    def contact(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("first_name", "last_name", "mobile", "email")}

    @property
    def details(self) -> dict[str, Any]:
        self.cleaned_data["joined_on"] = self.today
        return {name: value for name, value in super().details.items() if name != "joined_on"}

    @property
    def joining(self) -> Joining | None:
        data = self.cleaned_data
        if not data["kind"]:
            return None
        partner = next((one for one in self.chosen.partners if one.pk == data["paid_by"]), None)
        fee = self.chosen.fee(data["kind"]) if data["fee"] is None else data["fee"]
        return Joining(data["kind"], fee, date(self.today.year, 12, 31), self.today if data["paid"] else None, partner)

    @property
    def supported(self) -> Supported | None:
        found = self.chosen.tariff(self.cleaned_data.get("tariff"))
        if found is None:
            return None
        tariff, first = found.offer.tariff, self.cleaned_data["from_day"]
        return Supported(
            tariff.agreement, tariff, support_until(first, self.cleaned_data["months"], tariff.agreement.until_day)
        )
