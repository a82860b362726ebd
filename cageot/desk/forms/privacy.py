"""What is typed about data: an answer to a request, how long a class is kept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import choice
from cageot.members.models import DataRequest
from cageot.members.rules.retention import LEAST, MOST, Clock


class AnswerForm(forms.Form):
    """The answer to a correction or an erasure, with its words."""

    granted = forms.ChoiceField(label=_("Votre réponse"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("Ce que vous répondez"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Le foyer lira ces mots. Dites ce qui est fait, ou pourquoi ce n’est pas possible."),
    )  # fmt: skip

    def __init__(self, *args: Any, asked: DataRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asked.kind == DataRequest.Kind.ERASURE:
            yes = choice(
                str(_("Effacer ce foyer maintenant")), str(_("Cela ne se défait pas. Les comptes restent justes."))
            )
        else:
            yes = choice(str(_("C’est corrigé")), "")
        self.fields["granted"].choices = [("yes", yes), ("no", choice(str(_("Ce n’est pas possible")), ""))]  # type: ignore[attr-defined]

    @property
    def is_granted(self) -> bool:
        return bool(self.cleaned_data["granted"] == "yes")


class ClockForm(forms.Form):
    """How long a class is kept, or that nothing of it leaves for now."""

    months = forms.IntegerField(label=_("Gardé pendant"), min_value=LEAST, max_value=MOST, help_text=_("en mois"))
    held = forms.BooleanField(label=_("Ne rien effacer pour le moment"), required=False)
    held_why = forms.CharField(
        label=_("Pourquoi"), max_length=200, required=False, help_text=_("Une raison, sans le nom de personne.")
    )

    def __init__(self, clock: Clock, fixed: bool, *args: Any, **kwargs: Any) -> None:
        start = {"months": clock.months, "held": clock.held, "held_why": clock.held_why}
        super().__init__(*args, **{"initial": start} | kwargs)
        self.clock = clock
        if fixed:
            del self.fields["months"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("held") and not data.get("held_why"):
            self.add_error("held_why", str(_("Dites pourquoi rien ne doit s’effacer.")))
        return data

    @property
    def chosen(self) -> Clock:
        data = self.cleaned_data
        return Clock(data.get("months", self.clock.months), data["held"], data["held_why"])
