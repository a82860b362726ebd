"""What is answered of a year's holidays: on which day each round goes, and shifting a round by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.baskets.models import Round
from cageot.baskets.rules.holidays import ZONES
from cageot.core.templatetags.cageot import day as said
from cageot.core.week import Week
from cageot.desk.forms.fields import DayField
from cageot.desk.queries.calendar import HolidaysPage, Shifting

NOT_AT_ALL = "non"


class HolidaysForm(forms.Form):
    """One choice for each round that meets a holiday: its day, another of the week, or no delivery."""

    def __init__(self, page: HolidaysPage, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.page = page
        for one in page.shiftings:
            self.fields[one.field] = forms.ChoiceField(
                label=one.round.name, required=False, choices=_days(one, page.off), initial=_value(one.day),
                widget=forms.Select({"aria-label": gettext("%(round)s, semaine %(week)s") % {"round": one.round.name, "week": one.week.number}}),
            )  # fmt: skip

    @property
    def shifts(self) -> dict[tuple[Round, Week], date | None]:
        """What was answered otherwise than it stands."""
        asked = {one: _day(self.cleaned_data[one.field]) for one in self.page.shiftings if self.cleaned_data[one.field]}
        return {(one.round, one.week): day for one, day in asked.items() if day != one.day}

    @property
    def reasons(self) -> Mapping[Week, str]:
        """The holidays' names, by their week."""
        return {Week.of(holiday.day): holiday.name for holiday in reversed(self.page.holidays)}


def _days(one: Shifting, off: frozenset[date]) -> list[tuple[str, str]]:
    """The days of the week, those that are bank holidays said so, then none at all."""
    days = [one.week.monday + timedelta(days=n) for n in range(7)]
    usual = gettext("%(day)s (comme prévu)")
    holiday = gettext("%(day)s, férié")
    words = [
        usual % {"day": said(day)} if day == one.usual else holiday % {"day": said(day)} if day in off else said(day)
        for day in days
    ]
    return [*zip(map(str, days), words, strict=True), (NOT_AT_ALL, gettext("pas de livraison cette semaine-là"))]


def _value(day: date | None) -> str:
    return str(day) if day else NOT_AT_ALL


def _day(value: str) -> date | None:
    return None if value == NOT_AT_ALL else date.fromisoformat(value)


class ShiftForm(forms.Form):
    """Another day for one round, once, for any other reason than a bank holiday."""

    round = forms.ModelChoiceField(Round.objects.none(), label=_("Tournée"), empty_label=_("Choisir…"))
    usual = DayField(label=_("Le jour habituel"), help_text=_("Celui que vous voulez changer."))
    goes = forms.ChoiceField(
        label=_("Cette fois-là"), choices=[("day", _("un autre jour")), ("none", _("pas de livraison"))]
    )
    day = DayField(label=_("L’autre jour"), required=False, help_text=_("Dans la même semaine."))
    reason = forms.CharField(
        label=_("Raison"), max_length=80, required=False, help_text=_("Par exemple « route fermée ».")
    )

    def __init__(self, rounds: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        one, usual = found.get("round"), found.get("usual")
        if one and usual and usual.isoweekday() != one.weekday:
            self.add_error(
                "usual",
                gettext("« %(round)s » ne part pas ce jour-là, mais le %(day)s.")
                % {"round": one.name, "day": said(Week.of(usual).day(one.weekday))},
            )
        if found.get("goes") == "day" and usual:
            if not found.get("day"):
                self.add_error("day", gettext("Dites quel jour elle part."))
            elif Week.of(found["day"]) != Week.of(usual):
                self.add_error("day", gettext("Choisissez un jour de la même semaine, du lundi au dimanche."))
        return found

    @property
    def shifts(self) -> dict[tuple[Round, Week], date | None]:
        data = self.cleaned_data
        return {(data["round"], Week.of(data["usual"])): data["day"] if data["goes"] == "day" else None}

    @property
    def reasons(self) -> Mapping[Week, str]:
        return {Week.of(self.cleaned_data["usual"]): self.cleaned_data["reason"]}


def zones() -> list[tuple[str, str]]:
    """The zones of bank holidays, as people name them."""
    names = {
        "": gettext("métropole"), "57": gettext("Moselle"), "6AE": gettext("Alsace"), "971": gettext("Guadeloupe"), "972": gettext("Martinique"),
        "973": gettext("Guyane"), "974": gettext("La Réunion"), "976": gettext("Mayotte"), "BL": gettext("Saint-Barthélemy"),
        "MF": gettext("Saint-Martin"), "NC": gettext("Nouvelle-Calédonie"), "PF": gettext("Polynésie française"),
        "PM": gettext("Saint-Pierre-et-Miquelon"), "WF": gettext("Wallis-et-Futuna"),
    }  # fmt: skip
    return [(zone, names[zone]) for zone in ZONES]


class ZoneForm(forms.Form):
    """Whose bank holidays the garden keeps."""

    zone = forms.ChoiceField(label=_("Jours fériés de"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = zones()  # type: ignore[attr-defined]
