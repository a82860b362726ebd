"""What is typed of a committee: who sits, a meeting, its minutes, a decision."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import LineField
from cageot.desk.forms.bounded import BoundedForm
from cageot.desk.forms.fields import DayField, SomeField
from cageot.desk.forms.workshops import TimeField
from cageot.desk.queries.steering import seat_name
from cageot.desk.words_steering import too_long
from cageot.guide.models import CommitteeMember, Decision, Meeting
from cageot.network.models import Garden, Partner
from cageot.workshops.rules.series import moment, wall


class LongText(BoundedForm):
    """A form with long answers of committees and meetings."""

    def too_long(self, length: int, most: int) -> str:
        return too_long(length, most)


def long_field(label: Any, rows: int, **kwargs: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea({"rows": rows}), required=False, strip=False, **kwargs)


class SeatForm(forms.Form):
    """Somebody who sits in the committee."""

    name = LineField(label=_("Nom"), max_length=120)
    function = LineField(label=_("Fonction"), max_length=120, required=False)
    partner = forms.ModelChoiceField(Partner.objects.none(), label=_("Organisme"), required=False, empty_label=_("Aucun : le jardin, les adhérents"))  # fmt: skip
    for_members = forms.BooleanField(label=_("Siège pour les adhérents"), required=False)
    email = forms.EmailField(label=_("Adresse électronique"), required=False, help_text=_("Pour la convocation."))
    from_day = DayField(label=_("Depuis le"))
    until_day = DayField(label=_("Jusqu’au"), required=False, help_text=_("Vide : siège toujours."))

    def __init__(self, garden: Garden, today: date, data: Any = None, *, one: CommitteeMember | None = None) -> None:
        start: dict[str, Any] = {"from_day": today}
        if one:
            start = {name: getattr(one, name) for name in ("name", "function", "for_members", "email", "from_day", "until_day")}  # fmt: skip
            start["partner"] = one.partner_id
        super().__init__(data, initial=start)
        known = Partner.objects.filter(gardens=garden)
        if one and one.partner_id:
            known |= Partner.objects.filter(pk=one.partner_id)
        self.fields["partner"].queryset = known.distinct().order_by("-steers", "name")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_day"), data.get("until_day")
        if first and last and last < first:
            self.add_error("until_day", _("Choisissez un jour après le premier."))
        for name, day in (("from_day", first), ("until_day", last)):
            if day and not 1990 <= day.year <= 2100:
                self.add_error(name, _("Vérifiez l’année."))
        return data

    def filled(self, one: CommitteeMember) -> CommitteeMember:
        for name, value in self.cleaned_data.items():
            setattr(one, name, value)
        return one


class MeetingForm(LongText):
    """When and where the committee meets, and of what it speaks."""

    LONG = {"agenda": 4000}

    day = DayField(label=_("Jour"))
    starts = TimeField(label=_("Heure"), initial=time(14))
    place = LineField(label=_("Lieu"), max_length=200, required=False)
    agenda = long_field(_("Ordre du jour"), 12, help_text=_("Une ligne par point. Une proposition est déjà écrite : changez-la."))  # fmt: skip
    brief_from = DayField(label=_("Chiffres du"), required=False)
    brief_until = DayField(label=_("au"), required=False, help_text=_("La période du dossier joint."))

    def __init__(self, data: Any = None, *, one: Meeting | None = None, start: dict[str, Any] | None = None) -> None:
        begin = dict(start or {})
        if one:
            local = wall(one.at)
            begin = {"day": local.date(), "starts": local.time(), "place": one.place, "agenda": one.agenda}
            begin |= {"brief_from": one.brief_from, "brief_until": one.brief_until}
        super().__init__(data, initial=begin)

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if not 1990 <= day.year <= 2100:
            raise forms.ValidationError(_("Vérifiez l’année."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        first, last = data.get("brief_from"), data.get("brief_until")
        if bool(first) != bool(last) and not {"brief_from", "brief_until"} & set(self.errors):
            self.add_error("brief_until" if first else "brief_from", _("Donnez les deux jours, ou aucun."))
        elif first and last and last < first:
            self.add_error("brief_until", _("Choisissez un jour après le premier."))
        return data

    @property
    def at(self) -> datetime:
        return moment(self.cleaned_data["day"], self.cleaned_data["starts"])

    def filled(self, one: Meeting) -> Meeting:
        data = self.cleaned_data
        one.at = self.at
        for name in ("place", "agenda", "brief_from", "brief_until"):
            setattr(one, name, data[name])
        return one


class MinutesForm(LongText):
    """Who came, and what was said."""

    LONG = {"notes": 20000}

    present = SomeField(CommitteeMember.objects.none(), label=_("Présents"), required=False, widget=forms.CheckboxSelectMultiple)  # fmt: skip
    notes = long_field(_("Compte rendu"), 16, help_text=_("Ce qui a été dit. Les décisions s’écrivent à part. Aucun nom d’adhérent."))  # fmt: skip

    def __init__(self, meeting: Meeting, who: list[CommitteeMember], data: Any = None) -> None:
        came = [one.pk for one in meeting.present.all()]
        super().__init__(data, initial={"notes": meeting.notes, "present": came})
        rows = CommitteeMember.objects.filter(garden=meeting.garden, pk__in=[*(one.pk for one in who), *came])
        self.fields["present"].queryset = rows.select_related("partner")  # type: ignore[attr-defined]
        self.fields["present"].label_from_instance = seat_name  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    """What was decided."""

    text = LineField(label=_("Décision"), max_length=300)
    owner = LineField(label=_("Qui s’en charge"), max_length=120, required=False)
    due_on = DayField(label=_("Pour le"), required=False)

    def __init__(self, data: Any = None, *, one: Decision | None = None) -> None:
        start = {"text": one.text, "owner": one.owner, "due_on": one.due_on} if one else {}
        super().__init__(data, initial=start)

    def clean_due_on(self) -> date | None:
        day: date | None = self.cleaned_data["due_on"]
        if day and not 1990 <= day.year <= 2100:
            raise forms.ValidationError(_("Vérifiez l’année."))
        return day
