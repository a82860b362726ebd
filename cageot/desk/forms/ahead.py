"""What is typed about what lies ahead: the thresholds of the watch list, and a "what if"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import EurosField, LineField, UnitInput
from cageot.desk import words_ahead as words
from cageot.desk.forms.fields import DayField
from cageot.desk.queries.what_if import PARAMETERS, Offered
from cageot.funding.models import WatchRule


class WatchForm(forms.Form):
    """From when on a garden is watched. Parts are typed in percent."""

    months = forms.IntegerField(
        label=_("Moins de mois de financement que"), min_value=0, max_value=18, widget=UnitInput("mois"),
        help_text=_("Un jardin en a au moins autant devant lui, selon les prévisions, ou il est dit fragile."),
    )  # fmt: skip
    one_payer_bp = forms.IntegerField(
        label=_("Un seul financeur paie plus de"), min_value=1, max_value=100, widget=UnitInput("%"),
        help_text=_("De tout ce que paient les financeurs du jardin."),
    )  # fmt: skip
    uncovered_bp = forms.IntegerField(
        label=_("Paniers sans payeur, plus de"), min_value=0, max_value=100, widget=UnitInput("%"),
        help_text=_("Du prix des paniers solidaires de l’édition. À deux fois et demie ce taux, le jardin est fragile."),
    )  # fmt: skip
    ending_days = forms.IntegerField(
        label=_("Une convention finit dans moins de"), min_value=0, max_value=366, widget=UnitInput("jours"),
        help_text=_("Sans autre convention du même partenaire ensuite."),
    )  # fmt: skip
    quota_left_bp = forms.IntegerField(
        label=_("Il reste d’un quota moins de"), min_value=0, max_value=100, widget=UnitInput("%")
    )
    weeks_late = forms.IntegerField(
        label=_("Semaines passées non closes, à partir de"), min_value=1, max_value=52, widget=UnitInput("semaines")
    )
    late_money_days = forms.IntegerField(
        label=_("Un versement a du retard, plus de"), min_value=0, max_value=366, widget=UnitInput("jours")
    )

    def values(self) -> dict[str, int]:
        """What was typed, in the units of the table."""
        return {name: value * 100 if name.endswith("_bp") else value for name, value in self.cleaned_data.items()}

    @staticmethod
    def shown(row: WatchRule) -> dict[str, int]:
        """The thresholds of a row, as they are typed."""
        return {
            name: getattr(row, name) // 100 if name.endswith("_bp") else getattr(row, name)
            for name in WatchForm.base_fields
        }


class WhatIfForm(forms.Form):
    """What is supposed. Every answer may be left out; the day is for all of them."""

    financeur = forms.ChoiceField(label=_("Un financeur"), required=False)
    quoi = forms.ChoiceField(label=_("Que fait-il ?"), required=False, choices=list(words.CHANGES.items()))
    prix = EurosField(label=_("Un panier coûte en plus"), required=False, max_cents=10_000)
    plafond = forms.IntegerField(
        label=_("L’adhérent paie au plus"), required=False, min_value=0, max_value=100, widget=UnitInput("% du prix"),
        help_text=_("Un plafond plus haut ne change rien : ce que paie l’adhérent est écrit dans chaque convention."),
    )  # fmt: skip
    foyers = forms.IntegerField(
        label=_("Foyers en plus"), required=False, min_value=-100, max_value=300, widget=UnitInput("%"),
        help_text=_("Un nombre négatif pour moins de foyers : −10."),
    )  # fmt: skip
    jardin = forms.ChoiceField(label=_("Un jardin s’arrête"), required=False)
    apport = EurosField(label=_("Un nouveau financement de"), required=False)
    pour = forms.ChoiceField(label=_("Pour qui ?"), required=False)
    jour = DayField(label=_("À partir du"))

    def __init__(self, *args: Any, offered: Offered, first: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nobody = [("", _("Aucun"))]
        self.fields["financeur"].choices = nobody + offered.funders  # type: ignore[attr-defined]
        self.fields["pour"].choices = offered.kinds  # type: ignore[attr-defined]
        if offered.gardens:
            self.fields["jardin"].choices = nobody + offered.gardens  # type: ignore[attr-defined]
        else:
            del self.fields["jardin"], self.fields["pour"]
        self.fields["jour"].initial = first

    def moves(self) -> dict[str, Any]:
        """What was supposed, without what was left out; empty when nothing was."""
        found = {name: self.cleaned_data.get(word) for name, word in PARAMETERS.items()}
        asked = {
            name: value for name, value in found.items() if value not in (None, "", 0) or (name == "cap" and value == 0)
        }
        for name, needs in (("change", "funder"), ("kind", "fund")):
            if needs not in asked:
                asked.pop(name, None)
        if set(asked) <= {"day"}:
            return {}
        return {**asked, "day": self.cleaned_data["jour"].isoformat()}

    def again(self) -> Mapping[str, Any]:
        """What was typed, to be sent again with the name under which it is kept."""
        return {name: self.data.get(name, "") for name in self.fields}


class KeepForm(forms.Form):
    """Under which name a "what if" is kept."""

    nom = LineField(label=_("Nom de ce scénario"), max_length=120)
