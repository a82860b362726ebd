"""What is typed on the day of a session: a card, what people wrote on paper; and who a referrer enrols."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cageot.space.forms.workshops import ComeForm, OpinionForm
from cageot.workshops.actions.opinions import MOST_TICKETS
from cageot.workshops.models import Opinion, Session
from cageot.workshops.queries import announced


class CardForm(forms.Form):
    """A card's code, typed, or read by a hand scanner, which types an address and presses Enter."""

    code = forms.CharField(
        label=_("Le code de la carte"), max_length=200, help_text=_("Tapez-le, ou passez le carré devant le lecteur."),
        widget=forms.TextInput({"autofocus": True, "autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )  # fmt: skip


class CountsForm(forms.Form):
    """So many papers with each face, without a sentence."""

    glad = forms.IntegerField(label=_("Bien"), min_value=0, max_value=MOST_TICKETS, initial=0)
    so_so = forms.IntegerField(label=_("Moyen"), min_value=0, max_value=MOST_TICKETS, initial=0)
    sad = forms.IntegerField(label=_("Pas bien"), min_value=0, max_value=MOST_TICKETS, initial=0)

    @property
    def told(self) -> list[tuple[int, str]]:
        """A face and no sentence, as many times."""
        faces = {"glad": Opinion.Face.GLAD, "so_so": Opinion.Face.SO_SO, "sad": Opinion.Face.SAD}
        return [(face, "") for name, face in faces.items() for _n in range(self.cleaned_data[name])]


class PaperForm(OpinionForm):
    """One paper: a face and a sentence."""


class AccompanyForm(ComeForm):
    """Which session, and how many come."""

    session = forms.ModelChoiceField(
        Session.objects.none(), label=_("Quel atelier"), widget=forms.RadioSelect, empty_label=None,
        error_messages={"required": _("Choisissez un atelier."), "invalid_choice": _("Cet atelier n’est plus proposé : choisissez-en un autre.")},
    )  # fmt: skip
    field_order = ["session", "adults", "children", "needs"]

    def __init__(self, sessions: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["session"]
        field.queryset = sessions
        field.label_from_instance = lambda one: f"{one.workshop.title}, {announced.when(one)}"
