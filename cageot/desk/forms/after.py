"""What is typed when a support ends: whom to ask, what the household chose to pay, and where households move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import EurosField, choice
from cageot.core.tabular.phones import parse_phone
from cageot.core.tabular.values import BadValue
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros
from cageot.desk.forms.fields import DayField, refuse
from cageot.desk.queries.household import Offer
from cageot.funding.models import Agreement, Tariff


class ReachField(forms.CharField):
    """A mail address, or a telephone number as people write it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, widget=forms.TextInput({"autocomplete": "off"}), **kwargs)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if "@" in text:
            try:
                validate_email(text)
            except forms.ValidationError:
                raise forms.ValidationError(
                    gettext("Cette adresse n’est pas complète. Exemple : nom@ccas.fr.")
                ) from None
            return text
        try:
            return parse_phone(text).value
        except BadValue:
            raise forms.ValidationError(
                gettext("Écrivez une adresse électronique ou un numéro de téléphone mobile.")
            ) from None


class AskForm(forms.Form):
    """Whom to ask whether a support goes on."""

    to = ReachField(
        label=_("À qui demander"),
        help_text=_("L’adresse électronique ou le mobile de la personne qui suit ce foyer."),
    )


class ChosenForm(forms.Form):
    """What the household chose to pay of its basket, and between which days."""

    amount = EurosField(label=_("Ce que le foyer paie par panier"))
    from_day = DayField(label=_("Du"))
    until_day = DayField(label=_("Au"), required=False, help_text=_("Laissez vide si cela n’a pas de fin prévue."))

    def __init__(self, price: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.price = price
        self.fields["amount"].help_text = gettext("Entre 0 € et %(price)s, le prix du panier.") % {
            "price": euros(price)
        }

    def clean_amount(self) -> int:
        amount: int = self.cleaned_data["amount"]
        if amount >= self.price:
            raise forms.ValidationError(
                gettext("C’est le prix ordinaire (%(price)s) ou plus : il n’y a rien à noter.")
                % {"price": euros(self.price)}
            )
        return amount

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_day"), data.get("until_day")
        if first and last and last < first:
            refuse(self, gettext("La fin vient avant le début."), "until_day")
        return data


class MoveForm(forms.Form):
    """From which agreement, to which tariff of another, from which day."""

    source = forms.ModelChoiceField(
        Agreement.objects.none(), label=_("Convention qui s’arrête"), widget=forms.RadioSelect, empty_label=None
    )
    tariff = forms.ModelChoiceField(
        Tariff.objects.none(), label=_("Nouvelle convention"), widget=forms.RadioSelect, empty_label=None
    )
    day = DayField(label=_("À partir du"))
    shorten = forms.BooleanField(
        label=_("S’arrêter avec la nouvelle convention quand elle finit avant la prise en charge"), required=False
    )

    def __init__(
        self, sources: Sequence[tuple[Agreement, int]], offers: Sequence[Offer], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        source, tariff = self.fields["source"], self.fields["tariff"]
        source.queryset = Agreement.objects.filter(pk__in=[one.pk for one, _n in sources])  # type: ignore[attr-defined]
        source.choices = [(one.pk, choice(one.name, _households(one, n))) for one, n in sources]  # type: ignore[attr-defined]
        tariff.queryset = Tariff.objects.filter(pk__in=[one.tariff.pk for one in offers]).select_related("agreement")  # type: ignore[attr-defined]
        tariff.choices = [(one.tariff.pk, choice(one.label, one.hint)) for one in offers]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        source, tariff = data.get("source"), data.get("tariff")
        if source and tariff and tariff.agreement_id == source.pk:
            refuse(self, gettext("C’est la même convention : choisissez-en une autre."), "tariff")
        return data


def _households(agreement: Agreement, n: int) -> str:
    end = gettext("jusqu’au %(day)s") % {"day": said(agreement.until_day, "plain")} if agreement.until_day else ""
    count = ngettext("%(n)s foyer", "%(n)s foyers", n) % {"n": n}
    return f"{count} · {end}" if end else count


def first_of_next_month(today: date) -> date:
    """When moves usually begin."""
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)
