"""What is typed of cards, and of those who act for a member."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cageot.desk.forms.fields import DayField, SomeField
from cageot.desk.queries.cards import who_may_act
from cageot.members.models import Household
from cageot.network.models import Garden, Person

FORMS = [("sheet", _("Dix par page, à découper")), ("letter", _("Une par lettre, à poster"))]


class CardsForm(forms.Form):
    """Which households get a new card, and on which paper."""

    form = forms.ChoiceField(choices=FORMS)
    households = SomeField(Household.objects.none())

    def __init__(self, garden: Garden, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["households"].queryset = Household.objects.filter(garden=garden, left_on=None, erased_on=None)  # type: ignore[attr-defined]


class ActingForm(forms.Form):
    """Somebody whom a member lets act for them."""

    person = forms.ModelChoiceField(Person.objects.none(), label=_("Qui ?"), empty_label=_("Choisissez"))
    agreed_on = DayField(
        label=_("Accord donné le"), help_text=_("La personne du foyer l’a dit elle-même, de vive voix ou par écrit.")
    )
    until_day = DayField(label=_("Jusqu’au"), required=False, help_text=_("Laissez vide s’il n’y a pas de fin prévue."))

    def __init__(self, garden: Garden, today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["person"].queryset = who_may_act(garden, today)  # type: ignore[attr-defined]

    def clean_agreed_on(self) -> date:
        day: date = self.cleaned_data["agreed_on"]
        if day > self.today:
            raise forms.ValidationError(_("L’accord ne peut pas être donné plus tard qu’aujourd’hui."))
        return day

    def clean_until_day(self) -> date | None:
        day: date | None = self.cleaned_data["until_day"]
        if day and day < self.today:
            raise forms.ValidationError(_("Ce jour est passé. Choisissez-en un autre, ou laissez vide."))
        return day
