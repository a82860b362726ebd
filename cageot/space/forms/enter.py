"""What is typed at the doors of the member's space."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from cageot.core.tabular.phones import parse_phone
from cageot.core.tabular.values import BadValue
from cageot.members.telling import Way
from cageot.network.models import Message


class ReachForm(forms.Form):
    """Where a member is reached: `cleaned_data["reach"]` is a `Way`."""

    reach = forms.CharField(
        label=_("Votre numéro de téléphone ou votre adresse e-mail"),
        max_length=254,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_reach(self) -> Way:
        typed = self.cleaned_data["reach"].strip()
        if "@" in typed:
            try:
                validate_email(typed)
            except ValidationError:
                raise ValidationError(_("Cette adresse est mal écrite. Relisez-la.")) from None
            return Way(Message.Channel.MAIL, typed.lower())
        try:
            return Way(Message.Channel.SMS, parse_phone(typed).value)
        except BadValue:
            raise ValidationError(_("Ce numéro est mal écrit. Il a dix chiffres.")) from None


class CodeForm(forms.Form):
    """The six figures that were sent."""

    code = forms.CharField(
        label=_("Votre code"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "class": "code"}),
    )


class CardForm(forms.Form):
    """A printed card: the household's number, and the code."""

    number = forms.CharField(
        label=_("Votre numéro"),
        max_length=20,
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Le code de la carte"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "placeholder": "ABCDE-FGHJK"}),
    )  # fmt: skip
