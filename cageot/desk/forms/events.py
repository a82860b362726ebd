"""What is typed of a meeting of the network: itself, its sessions, who comes, its minutes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import LineField, choice
from cageot.core.templatetags.cageot import day as said
from cageot.desk.forms.fields import DayField
from cageot.desk.forms.settings import PlaceField
from cageot.desk.forms.steering import LongText, long_field
from cageot.desk.forms.workshops import TimeField
from cageot.desk.queries import events as queries
from cageot.guide.actions.events import Who
from cageot.guide.models import Event, Registration, Slot
from cageot.guide.rules.events import bands, one_only
from cageot.network import territory


def _year_of(day: date | None) -> bool:
    return day is None or 2000 <= day.year <= 2100


class EventForm(LongText):
    """A meeting of the network or of a region."""

    LONG = {"text": 4000, "access": 1000}

    title = LineField(label=_("Titre"), max_length=140)
    text = long_field(_("Présentation"), 6)
    region = forms.ChoiceField(label=_("Pour qui"), required=False)
    place = LineField(label=_("Lieu"), max_length=200)
    commune = PlaceField(label=_("Commune"))
    access = long_field(_("Comment venir"), 3)
    first_day = DayField(label=_("Premier jour"))
    last_day = DayField(label=_("Dernier jour"))
    seats = forms.IntegerField(label=_("Places"), min_value=1, max_value=100_000, required=False, help_text=_("Vide : autant que l’on vient."))  # fmt: skip
    register_until = DayField(label=_("Inscription jusqu’au"), required=False)
    hours = forms.IntegerField(label=_("Heures, pour l’attestation"), min_value=0, max_value=200, required=False)

    def __init__(self, data: Any = None, *, one: Event | None = None) -> None:
        start: dict[str, Any] = {}
        if one:
            names = (
                "title",
                "text",
                "region",
                "place",
                "access",
                "first_day",
                "last_day",
                "seats",
                "register_until",
                "hours",
            )
            start = {name: getattr(one, name) for name in names}
            found = territory.commune(one.commune_code)
            start["commune"] = f"{found.postcodes[0] if found.postcodes else ''} {found.name}".strip()
        super().__init__(data, initial=start)
        regions = sorted(territory.regions(), key=lambda region: region.name)
        self.fields["region"].choices = [("", gettext("Tout le réseau")), *((one.code, one.name) for one in regions)]  # type: ignore[attr-defined]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        for name in ("first_day", "last_day", "register_until"):
            if not _year_of(data.get(name)):
                self.add_error(name, _("Vérifiez l’année."))
        first, last, until = data.get("first_day"), data.get("last_day"), data.get("register_until")
        if first and last and last < first:
            self.add_error("last_day", _("Choisissez un jour après le premier."))
        if until and last and until > last:
            self.add_error("register_until", _("Ce jour est après la rencontre."))
        return data

    def filled(self, one: Event) -> Event:
        data = dict(self.cleaned_data)
        one.commune_code = data.pop("commune").code
        for name, value in data.items():
            setattr(one, name, value)
        one.hours = one.hours or 0
        return one


class SlotForm(forms.Form):
    """A session of the programme."""

    title = LineField(label=_("Titre"), max_length=140)
    day = DayField(label=_("Jour"))
    from_time = TimeField(label=_("De"))
    until_time = TimeField(label=_("À"))
    speaker = LineField(label=_("Avec"), max_length=160, required=False)
    room = LineField(label=_("Salle"), max_length=80, required=False)
    text = LineField(label=_("En une phrase"), max_length=300, required=False)
    chosen = forms.BooleanField(label=_("Sur inscription : on la choisit"), required=False, help_text=_("Sinon elle est pour tous : accueil, repas, bilan."))  # fmt: skip
    seats = forms.IntegerField(label=_("Places"), min_value=1, max_value=100_000, required=False)

    def __init__(self, event: Event, data: Any = None, *, one: Slot | None = None) -> None:
        self.event = event
        start: dict[str, Any] = {"day": event.first_day}
        if one:
            names = ("title", "day", "from_time", "until_time", "speaker", "room", "text", "chosen", "seats")
            start = {name: getattr(one, name) for name in names}
        super().__init__(data, initial=start)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        day, start, end = data.get("day"), data.get("from_time"), data.get("until_time")
        if day and not self.event.first_day <= day <= self.event.last_day:
            self.add_error("day", _("Ce jour n’est pas un jour de la rencontre."))
        if start and end and end <= start:
            self.add_error("until_time", _("La fin vient après le début."))
        return data

    def filled(self, one: Slot) -> Slot:
        for name, value in self.cleaned_data.items():
            setattr(one, name, value)
        return one


class RegistrationForm(forms.Form):
    """Somebody who comes. Sessions that exclude each other are one question; the others are ticked."""

    first_name = LineField(label=_("Prénom"), max_length=80)
    last_name = LineField(label=_("Nom"), max_length=80)
    organisation = LineField(label=_("Organisme"), max_length=160, required=False, help_text=_("Écrit sur le badge."))
    email = forms.EmailField(label=_("Adresse électronique"), help_text=_("Pour la confirmation et les changements."))
    meals = forms.BooleanField(label=_("Je prends le repas"), required=False, initial=True)
    needs = LineField(label=_("À savoir (régime, accès…)"), max_length=200, required=False, help_text=_("Lu par les organisateurs seulement."))  # fmt: skip
    travel = forms.ChoiceField(label=_("Partager le trajet"), widget=forms.RadioSelect, choices=Registration.Travel.choices, initial="none", required=False)  # fmt: skip
    travel_from = PlaceField(label=_("Commune de départ"), required=False, help_text=_("Par exemple « 41000 Blois »."))
    travel_seats = forms.IntegerField(label=_("Places proposées"), min_value=0, max_value=60, required=False)
    travel_note = LineField(label=_("Heure, moyen…"), max_length=120, required=False)
    share_contact = forms.BooleanField(label=_("Mon nom et mon adresse peuvent être donnés pour le trajet"), required=False)  # fmt: skip

    def __init__(
        self, slots: Sequence[Slot], data: Any = None, *, one: Registration | None = None, start: dict[str, Any] | None = None
    ) -> None:  # fmt: skip
        begin = dict(start or {})
        mine: set[int] = set()
        if one:
            names = ("first_name", "last_name", "organisation", "email", "meals", "needs", "travel", "travel_seats", "travel_note", "share_contact")  # fmt: skip
            begin = {name: getattr(one, name) for name in names}
            if one.travel_from:
                found = territory.commune(one.travel_from)
                begin["travel_from"] = f"{found.postcodes[0] if found.postcodes else ''} {found.name}".strip()
            mine = {slot.pk for slot in one.slots.all()}
        super().__init__(data, initial=begin)
        if one:
            del self.fields["email"]
        self.choices: list[str] = []
        for number, band in enumerate(bands([slot for slot in slots if slot.chosen]), 1):
            self._ask(f"s{number}", band.slots, queries.span(band), mine)

    def _ask(self, name: str, slots: Sequence[Slot], when: str, mine: set[int]) -> None:
        """One question for the sessions of one time."""
        told = {"day": said(slots[0].day, "short"), "when": when}
        label = gettext("%(day)s, %(when)s") % told
        options = [(str(one.pk), _option(one)) for one in slots]
        had = [str(one.pk) for one in slots if one.pk in mine]
        if one_only(slots):
            options.append(("", gettext("Aucune de ces séances")))
            self.fields[name] = forms.ChoiceField(label=label, choices=options, widget=forms.RadioSelect, required=False, initial=had[0] if had else "")  # fmt: skip
        else:
            self.fields[name] = forms.MultipleChoiceField(label=label, choices=options, widget=forms.CheckboxSelectMultiple, required=False, initial=had)  # fmt: skip
        self.choices.append(name)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (
            data.get("travel") in ("offers", "seeks")
            and not data.get("travel_from")
            and "travel_from" not in self.errors
        ):
            self.add_error("travel_from", gettext("Dites d’où vous partez."))
        if data.get("travel") == "offers" and not data.get("travel_seats"):
            self.add_error("travel_seats", gettext("Dites combien de places vous proposez."))
        return data

    @property
    def who(self) -> Who:
        data = self.cleaned_data
        shares = data.get("travel") in ("offers", "seeks")
        picked = [data.get(name) for name in self.choices]
        slots = [pk for one in picked for pk in (one if isinstance(one, list) else [one]) if pk]
        return Who(
            data["first_name"], data["last_name"], data.get("email", ""), data["organisation"], data["meals"], data["needs"],
            data["travel"] or "none", data["travel_from"].code if shares and data["travel_from"] else "",
            (data["travel_seats"] or 0) if data["travel"] == "offers" else 0, data["travel_note"] if shares else "",
            data["share_contact"] and shares, tuple(int(pk) for pk in slots),
        )  # fmt: skip

    @property
    def about(self) -> list[Any]:
        """Bound fields, by part of the page."""
        return [
            self[name]
            for name in ("first_name", "last_name", "organisation", "email", "meals", "needs")
            if name in self.fields
        ]

    @property
    def sessions(self) -> list[Any]:
        return [self[name] for name in self.choices]

    @property
    def road(self) -> list[Any]:
        return [self[name] for name in ("travel", "travel_from", "travel_seats", "travel_note", "share_contact")]


def _option(one: Slot) -> Any:
    line = queries.slot_line(one)
    return choice(one.title, " · ".join(part for part in (line.about, one.text, line.places) if part))


class CancelForm(forms.Form):
    """Why it is not held: told to everybody."""

    reason = LineField(label=_("Pourquoi"), max_length=200, help_text=_("C’est dit à tous les inscrits."))


class MinutesForm(LongText):
    """What is kept of the day, and of each session."""

    LONG = {"minutes": 20000}

    minutes = long_field(_("Compte rendu"), 14)
    hours = forms.IntegerField(label=_("Heures, pour l’attestation"), min_value=0, max_value=200, required=False)

    def __init__(self, event: Event, slots: Sequence[Slot], data: Any = None) -> None:
        self.slots = slots
        self.LONG = {"minutes": 20000} | {f"m{one.pk}": 8000 for one in slots}
        super().__init__(data, initial={"minutes": event.minutes, "hours": event.hours} | {f"m{one.pk}": one.minutes for one in slots})  # fmt: skip
        for one in slots:
            self.fields[f"m{one.pk}"] = long_field(one.title, 4)

    @property
    def of_slots(self) -> dict[int, str]:
        return {one.pk: self.cleaned_data[f"m{one.pk}"] for one in self.slots}
