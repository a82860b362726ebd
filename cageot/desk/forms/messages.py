"""What is typed of messages: one that came back."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cageot.core.tabular.phones import parse_phone
from cageot.core.tabular.values import BadValue
from cageot.desk.queries.messages import known_addresses
from cageot.network.models import Garden
from cageot.network.rules import bounces


class BounceForm(forms.Form):
    """A returned mail, pasted whole, or only the address or the number. `way`: (channel, address); `why`: in its words."""

    text = forms.CharField(
        label=_("Le message revenu, ou l’adresse"),
        help_text=_("Copiez tout le message du facteur électronique, ou seulement l’adresse ou le numéro qui ne marche plus."),
        max_length=20_000,
        widget=forms.Textarea({"rows": 8}),
    )  # fmt: skip

    def __init__(self, garden: Garden, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.garden = garden

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        returned = bounces.read(text)
        channel, found = "mail", returned.addresses
        if not found:
            channel, found = "sms", _numbers(text)
        if not found:
            raise forms.ValidationError(_("Aucune adresse ni aucun numéro dans ce texte. Copiez l’adresse qui ne marche plus."))  # fmt: skip
        known = known_addresses(self.garden, found)
        if not known:
            raise forms.ValidationError(_("Personne du jardin n’a cette adresse. Relisez-la."))
        self.way = (channel, known[0])
        self.why = returned.why
        return text


def _numbers(text: str) -> list[str]:
    try:
        return [parse_phone(text.strip()[:40]).value]
    except BadValue:
        return []
