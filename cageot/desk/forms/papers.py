"""How papers are wanted: the garden's sheet of labels, its first free label, the parts of the preparation sheet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cageot.desk.papers import PARTS, Wanted
from cageot.desk.rules.papers import LABELS, LabelSheet


def sheet_words(sheet: LabelSheet) -> str:
    """A sheet of labels as its box says it: "L7160 · 21 étiquettes de 63,5 × 38,1 mm"."""
    said = ngettext(
        "%(code)s · %(count)s étiquette de %(width)s × %(height)s mm", "%(code)s · %(count)s étiquettes de %(width)s × %(height)s mm", sheet.count
    )  # fmt: skip
    width, height = (f"{length:g}".replace(".", ",") for length in (sheet.width, sheet.height))
    return said % {"code": sheet.code, "count": sheet.count, "width": width, "height": height}


class LabelsForm(forms.Form):
    """Which sheets of labels the garden buys."""

    labels = forms.ChoiceField(
        label=gettext_lazy("Planche d’étiquettes"),
        help_text=gettext_lazy("La référence est écrite sur la boîte. Elle est gardée pour la prochaine fois."),
        choices=lambda: [(code, sheet_words(sheet)) for code, sheet in LABELS.items()],
    )


class PrintForm(forms.Form):
    """How one paper is wanted, as its address says it."""

    premiere = forms.IntegerField(required=False)
    partie = forms.MultipleChoiceField(required=False, choices=list(PARTS.items()))

    def __init__(self, data: Any, sheet: LabelSheet) -> None:
        super().__init__(data)
        self.sheet = sheet

    def clean_premiere(self) -> int:
        first = 1 if self.cleaned_data["premiere"] is None else self.cleaned_data["premiere"]
        if not 1 <= first <= self.sheet.count:
            raise forms.ValidationError(self.out_of_sheet, code="out_of_sheet")
        return int(first)

    @property
    def out_of_sheet(self) -> str:
        words = {"code": self.sheet.code, "count": self.sheet.count}
        return (
            _("Une planche %(code)s a %(count)s étiquettes : la première libre est un nombre de 1 à %(count)s.") % words
        )

    @property
    def wanted(self) -> Wanted:
        return Wanted(frozenset(self.cleaned_data["partie"]), self.sheet, self.cleaned_data["premiere"])

    @property
    def wrong(self) -> str:
        """What to say to the person, in one sentence."""
        if "premiere" in self.errors:
            return self.out_of_sheet
        return _("Cette partie de la feuille n’existe pas. Choisissez parmi celles de la page.")
