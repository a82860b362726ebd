"""Forms of the accountant's books: an entry by hand, the association's details, a year's dates, money between associations."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import EurosField, LineField
from cageot.desk.forms.fields import DayField
from cageot.funding.journal import Line
from cageot.funding.models import Entity, FiscalYear
from cageot.funding.rules import chart
from cageot.network.models import Garden, Partner
from cageot.network.rules import identifiers

ROWS = 6
"""Lines of an entry typed by hand; an accountant who needs more writes two entries."""
OPENED_ROWS = 20
"""Lines of the balances brought from before: a whole balance sheet, which balances as a whole only."""
LARGEST = 100_000_000_00


def new_number() -> int:
    """A form's own number: sent twice, it is one entry."""
    return secrets.randbelow(2**62)


class OnceForm(forms.Form):
    """A form that counts once, however many times it is sent."""

    once = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**62)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"once": new_number(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)


class EntryForm(OnceForm):
    """An entry by hand: its day, what it is about, its paper, and some lines with an account and one amount."""

    many = ROWS

    day = DayField(label=_("Date"))
    label = LineField(label=_("De quoi s’agit-il ?"), max_length=150)
    piece = LineField(label=_("Pièce"), max_length=60, help_text=_("Le numéro de la facture, du reçu ou du relevé."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(self.many):
            account = forms.CharField(
                label=_("Compte"), required=False, max_length=10,
                widget=forms.TextInput(attrs={"list": "accounts", "inputmode": "numeric", "autocomplete": "off"}),
            )  # fmt: skip
            self.fields[f"account_{number}"] = account
            self.fields[f"debit_{number}"] = EurosField(label=_("Débit"), required=False, max_cents=LARGEST)
            self.fields[f"credit_{number}"] = EurosField(label=_("Crédit"), required=False, max_cents=LARGEST)

    @property
    def rows(self) -> list[list[tuple[str, Any]]]:
        """The lines to draw: each field with the head of its column."""
        names = {"account": _("Compte"), "debit": _("Débit"), "credit": _("Crédit"), "partner": _("Partenaire")}
        return [
            [(str(label), self[f"{name}_{n}"]) for name, label in names.items() if f"{name}_{n}" in self.fields]
            for n in range(self.many)
        ]

    @property
    def head(self) -> list[Any]:
        """The fields above the lines."""
        return [self[name] for name in ("day", "label", "piece") if name in self.fields]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for number in range(self.many):
            debit, credit = data.get(f"debit_{number}"), data.get(f"credit_{number}")
            if debit and credit:
                self.add_error(f"credit_{number}", _("Une ligne a un débit ou un crédit, pas les deux."))
            if (debit or credit) and not data.get(f"account_{number}"):
                self.add_error(f"account_{number}", _("Dites dans quel compte."))
        return data

    @property
    def lines(self) -> list[Line]:
        """What was typed, once it is valid."""
        found = []
        for number in range(self.many):
            account = self.cleaned_data.get(f"account_{number}", "").strip().split(" ")[0]
            cents = (self.cleaned_data.get(f"debit_{number}") or 0) - (self.cleaned_data.get(f"credit_{number}") or 0)
            if account and cents:
                partner = self.cleaned_data.get(f"partner_{number}")
                found.append(Line(account, cents, partner=partner.pk if partner else None))
        return found


class OpenedForm(EntryForm):
    """The balances of the books kept before. `partners`: whom a line may be about, for what they owe or are owed."""

    many = OPENED_ROWS

    def __init__(self, *args: Any, partners: Sequence[Partner], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["label"], self.fields["piece"]
        known = {str(one.pk): one for one in partners}
        choices = [("", "—"), *((key, one.name) for key, one in known.items())]
        for number in range(self.many):
            self.fields[f"partner_{number}"] = forms.TypedChoiceField(
                label=_("Partenaire"), required=False, choices=choices, coerce=known.get, empty_value=None
            )
        self.fields["day"].label = _("Premier jour de l’exercice")


class ReversalForm(forms.Form):
    """Why an entry is taken back."""

    reason = LineField(label=_("Pourquoi l’annuler ?"), max_length=120)


class EntityForm(forms.Form):
    """Who keeps these books."""

    name = LineField(label=_("Raison sociale"), max_length=160)
    siren = LineField(
        label=_("SIREN"),
        required=False,
        max_length=15,
        help_text=_("Neuf chiffres. Il donne son nom au fichier pour les impôts."),
    )
    rna = LineField(
        label=_("Numéro RNA"),
        required=False,
        max_length=10,
        help_text=_("Un W et neuf chiffres, sur le récépissé de la préfecture."),
    )
    address = LineField(label=_("Adresse"), required=False, max_length=250)
    vat_number = LineField(label=_("Numéro de TVA"), required=False, max_length=20)
    iban = LineField(label=_("IBAN"), required=False, max_length=42)
    bic = LineField(label=_("BIC"), required=False, max_length=15)

    def __init__(self, data: Any = None, *, entity: Entity) -> None:
        super().__init__(data, initial={name: getattr(entity, name) for name in self.base_fields})

    def clean_siren(self) -> str:
        found = identifiers.compact(self.cleaned_data["siren"])
        if found and not identifiers.is_siren(found):
            raise forms.ValidationError(
                _("Ce n’est pas un SIREN : il a neuf chiffres, dont une clé. Vérifiez-le sur un courrier de l’INSEE.")
            )
        return found

    def clean_rna(self) -> str:
        found = identifiers.compact(self.cleaned_data["rna"])
        if found and not (len(found) == 10 and found[0] == "W" and found[1:].isalnum()):
            raise forms.ValidationError(_("Ce n’est pas un numéro RNA : il commence par W, puis neuf signes."))
        return found

    def clean_iban(self) -> str:
        found = identifiers.compact(self.cleaned_data["iban"])
        if found and not identifiers.is_iban(found):
            raise forms.ValidationError(_("Ce n’est pas un IBAN : recopiez-le du relevé d’identité bancaire."))
        return found

    def clean_bic(self) -> str:
        found = identifiers.compact(self.cleaned_data["bic"])
        if found and not identifiers.is_bic(found):
            raise forms.ValidationError(_("Ce n’est pas un BIC : huit ou onze lettres et chiffres."))
        return found


class YearForm(forms.Form):
    """When a year begins and ends."""

    first = DayField(label=_("Premier jour"))
    last = DayField(label=_("Dernier jour"))

    def __init__(self, data: Any = None, *, year: FiscalYear) -> None:
        super().__init__(data, initial={"first": year.first, "last": year.last})


class CloseForm(forms.Form):
    """That one has read what closing does. `seen`: the print of what was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    sure = forms.BooleanField(label=_("J’ai relu la balance. Je sais qu’un exercice clos ne se rouvre pas."))


class GatherForm(forms.Form):
    """Which garden joins which association."""

    garden = forms.ModelChoiceField(Garden.objects.order_by("name"), label=_("Jardin"), empty_label=_("Choisissez"))
    entity = forms.ModelChoiceField(Entity.objects.all(), label=_("Avec l’association"), empty_label=_("Choisissez"))


class TransferForm(OnceForm):
    """Money that left one bank for another."""

    payer = forms.ModelChoiceField(Entity.objects.all(), label=_("Qui a versé"), empty_label=_("Choisissez"))
    receiver = forms.ModelChoiceField(Entity.objects.all(), label=_("Qui a reçu"), empty_label=_("Choisissez"))
    cents = EurosField(label=_("Montant"), min_cents=1, max_cents=LARGEST)
    day = DayField(label=_("Date du virement"))
    piece = LineField(label=_("Référence du virement"), max_length=60)


def accounts() -> list[tuple[str, str]]:
    """The chart, for the list under the fields: number and label."""
    return [(one.number, one.label) for one in chart.chart().values() if one.number != chart.BETWEEN]


def start_of(today: date) -> dict[str, Any]:
    """What an empty form of an entry shows."""
    return {"day": today}
