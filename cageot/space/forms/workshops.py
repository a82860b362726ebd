"""How many come to a session, and what one thought of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cageot.workshops.actions.opinions import LONGEST
from cageot.workshops.models import Opinion

MOST = 30
MISSING = {"required": _("Choisissez une réponse.")}
NUMBER = {"inputmode": "numeric"}


class ComeForm(forms.Form):
    """Adults and children. That a child comes with an adult is told by the action."""

    adults = forms.IntegerField(
        label=_("Adultes"), min_value=0, max_value=MOST, initial=1, widget=forms.NumberInput(NUMBER)
    )
    children = forms.IntegerField(
        label=_("Enfants"), min_value=0, max_value=MOST, initial=0, required=False, widget=forms.NumberInput(NUMBER)
    )
    needs = forms.CharField(
        label=_("À savoir"), max_length=200, required=False, help_text=_("Un fauteuil, une poussette, quelqu’un qui traduit…"),
        widget=forms.TextInput({"dir": "auto"}),
    )  # fmt: skip

    def clean_children(self) -> int:
        return self.cleaned_data["children"] or 0


class FaceInput(forms.RadioSelect):
    """Three faces, with their words."""

    option_template_name = "space/face.html"


class OpinionForm(forms.Form):
    """A face, and a sentence if one likes."""

    face = forms.TypedChoiceField(
        label=_("C’était comment ?"), coerce=int, widget=FaceInput, error_messages=MISSING,
        choices=[(Opinion.Face.GLAD, _("Bien")), (Opinion.Face.SO_SO, _("Moyen")), (Opinion.Face.SAD, _("Pas bien"))],
    )  # fmt: skip
    sentence = forms.CharField(
        label=_("Un mot, si vous voulez"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )

    @property
    def told(self) -> dict[str, Any]:
        """What the action takes."""
        return {"face": self.cleaned_data["face"], "sentence": self.cleaned_data["sentence"]}
