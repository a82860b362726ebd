"""Into which other partner one becomes, and from when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.desk.forms.fields import DayField
from cageot.network.models import Partner


class MergeForm(forms.Form):
    """The partner that takes over, and the day."""

    into = forms.ChoiceField(label=gettext_lazy("Il devient"))
    on = DayField(label=gettext_lazy("À partir du"))

    def __init__(self, data: Any = None, *, partner: Partner, today: date) -> None:
        super().__init__(data, initial={"on": today})
        others = Partner.objects.exclude(pk=partner.pk).exclude(billing__merged_into__isnull=False)
        self.others = {str(one.pk): one for one in others.order_by("name", "pk")}
        self.fields["into"].choices = [("", _("Choisir…")), *((pk, str(one)) for pk, one in self.others.items())]  # type: ignore[attr-defined]

    @property
    def partner(self) -> Partner:
        return self.others[self.cleaned_data["into"]]
