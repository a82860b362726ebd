"""What is typed on a garden's public pages of workshops."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import LineField
from cageot.space.forms.enter import ReachForm
from cageot.space.forms.workshops import ComeForm, OpinionForm


class ComeFromOutsideForm(ComeForm, ReachForm):
    """Somebody who is not of the garden: a first name, one way of being reached, how many come."""

    first_name = LineField(
        label=_("Votre prénom"), max_length=80, widget=forms.TextInput({"autocomplete": "given-name", "dir": "auto"})
    )
    field_order = ["first_name", "reach", "adults", "children", "needs"]


class TicketForm(OpinionForm):
    """A ticket's code, a face, and a sentence."""

    code = forms.CharField(
        label=_("Le code de votre ticket"), max_length=20, help_text=_("Par exemple ABCD-EFGH."),
        widget=forms.TextInput({"class": "code", "autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "dir": "ltr"}),
    )  # fmt: skip
    field_order = ["code", "face", "sentence"]
