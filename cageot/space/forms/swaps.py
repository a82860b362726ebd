"""What a member answers about a swap: which vegetable they give back, which one they take."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cageot.baskets.queries import Swapping
from cageot.baskets.said import quantity
from cageot.core.forms import choice

ANSWERS = {
    "required": _("Choisissez une réponse."),
    "invalid_choice": _("Le contenu vient de changer. Regardez de nouveau, puis choisissez."),
}


class SwapForm(forms.Form):
    """One vegetable for another. The content is read when the page is; what changed meanwhile is no choice any more."""

    away = forms.ChoiceField(label=_("Je rends"), widget=forms.RadioSelect, error_messages=ANSWERS)
    taken = forms.ChoiceField(label=_("Je prends à la place"), widget=forms.RadioSelect, error_messages=ANSWERS)

    def __init__(self, found: Swapping, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        weights = found.ways.content_weights
        lines = [
            (one.produce, one.milli if one.packed_milli is None else one.packed_milli, one.unit) for one in found.lines
        ]
        offers = [(one.produce, one.milli, one.unit) for one in found.offers]
        for name, some in (("away", lines), ("taken", offers)):
            self.fields[name].choices = [  # type: ignore[attr-defined]
                (str(produce.pk), choice(produce.name, quantity(milli, unit) if weights else ""))
                for produce, milli, unit in some
            ]

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("away") and data.get("away") == data.get("taken"):
            self.add_error("taken", _("C’est le même légume. Choisissez-en un autre."))
        return data
