"""What is asked of a workshop, its sessions, who comes to them, and what they cost."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import AGE, EurosField, FileDrop, LineField, choice
from cageot.desk.forms.books import OnceForm
from cageot.desk.forms.bounded import BoundedForm
from cageot.desk.forms.fields import DayField, PhoneField, SomeField
from cageot.desk.forms.settings import commune_of
from cageot.desk.queries import workshops as queries
from cageot.network.models import Garden, Partner
from cageot.network.secrets import secret
from cageot.workshops.actions.changing import Scope
from cageot.workshops.actions.costs import Purse
from cageot.workshops.actions.enrolling import MOST_PEOPLE, Came
from cageot.workshops.models import Kind, Material, Place, Recipe, Session, SessionCost, Workshop
from cageot.workshops.queries.recipes_shown import EQUIPMENT
from cageot.workshops.rules import series
from cageot.workshops.rules.series import MOST, MOST_DAYS, Every, wall

Section = tuple[str, list[Any]]


MOST_OTHER = 200
"""Signs of any other answer than a text: a number, a day, a choice."""


class _Bounded(BoundedForm):
    """Sends back no more than its answers hold, whatever was pasted."""

    def __init__(self, data: QueryDict | None = None, *args: Any, **kwargs: Any) -> None:
        if data is not None:
            data = data.copy()
            for name, typed in [*data.lists()]:
                if name not in self.LONG:
                    data.setlist(name, [one[:MOST_OTHER] for one in typed])
        super().__init__(data, *args, **kwargs)

    @classmethod
    def again(cls, data: QueryDict) -> dict[str, str]:
        """What was typed, to be corrected, no longer than it may be."""
        return {name: str(typed)[: cls.LONG.get(name, MOST_OTHER)] for name, typed in data.items()}

    def kept(self) -> list[tuple[str, str]]:
        """What was typed, for the page that asks whether to write it."""
        found = [(name, self.data.getlist(name)) for name in self.fields]  # type: ignore[attr-defined]  # a QueryDict
        return [(name, typed) for name, many in found for typed in many]


def area(rows: int = 2) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class TimeField(forms.TimeField):
    """An hour, by the clock on the wall: "14:30", "14h30" or "14h"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.TimeInput({"type": "time"}, format="%H:%M"), input_formats=["%H:%M", "%H:%M:%S"], **kwargs
        )

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, str):
            value = re.sub(r"^(\d{1,2})\s*[hH]\s*(\d{2})?$", lambda found: f"{found[1]}:{found[2] or '00'}", value.strip())  # fmt: skip
        return super().to_python(value)


# --- A workshop -----------------------------------------------------------------------------------


class WorkshopForm(_Bounded):
    """What is offered: short first, the rest folded."""

    LONG = {"title": 120, "summary": 200, "details": 2000, "bring": 200, "facilitators": 200, "transport": 200}

    title = forms.CharField(label=_("Titre"), max_length=120, help_text=_("Par exemple « Cuisiner les poireaux »."))
    kind = forms.ChoiceField(label=_("Genre"), choices=Kind.choices)
    summary = forms.CharField(label=_("En une phrase"), max_length=200, required=False)
    open_door = forms.BooleanField(
        label=_("Entrée libre, sans inscription"), required=False, help_text=_("On compte les personnes à la fin.")
    )
    seats = forms.IntegerField(
        label=_("Nombre de places"), min_value=1, max_value=2000, required=False,
        help_text=_("Adultes et enfants comptés. Vide : autant que l’on vient."),
    )  # fmt: skip
    details = forms.CharField(label=_("Ce qu’on y fait"), max_length=2000, required=False, widget=area(4))
    bring = forms.CharField(label=_("À apporter"), max_length=200, required=False)
    facilitators = forms.CharField(label=_("Qui anime"), max_length=200, required=False)
    childcare = forms.ChoiceField(label=_("Enfants"), choices=Workshop.Childcare.choices, initial="none")
    youngest = forms.IntegerField(label=_("À partir de quel âge"), min_value=0, max_value=99, required=False)
    transport = forms.CharField(
        label=_("Transport"), max_length=200, required=False, help_text=_("Par exemple « un car part de la mairie à 9 h ».")
    )  # fmt: skip
    languages = forms.MultipleChoiceField(
        label=_("Langues parlées"), choices=list(queries.LANGUAGES.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    fee = EurosField(
        label=_("Prix, par personne"), required=False, max_cents=100_00, help_text=_("0 si c’est gratuit.")
    )  # fmt: skip
    public = forms.BooleanField(label=_("Annoncé à tous, sur une page publique"), required=False, initial=True)
    partners = SomeField(Partner.objects.none(), label=_("Partenaires"), required=False, widget=forms.CheckboxSelectMultiple)  # fmt: skip
    recipes = SomeField(Recipe.objects.none(), label=_("Recettes"), required=False, widget=forms.SelectMultiple({"size": 8}))  # fmt: skip

    PLAIN = (
        "title", "kind", "summary", "open_door", "seats", "details", "bring", "facilitators", "childcare", "youngest", "transport",
        "languages", "public",
    )  # fmt: skip

    def __init__(self, garden: Garden, *args: Any, one: Workshop | None = None, **kwargs: Any) -> None:
        start: dict[str, Any] = {"languages": ["fr"], "kind": Kind.COOKING, "seats": 12}
        if one:
            start = {name: getattr(one, name) for name in self.PLAIN} | {"fee": one.fee_cents or None}
            start |= {"partners": list(one.partners.values_list("pk", flat=True)), "recipes": list(one.recipes.values_list("pk", flat=True))}  # fmt: skip
        super().__init__(*args, **{"initial": start} | kwargs)
        self.fields["partners"].queryset = queries.partners(garden)  # type: ignore[attr-defined]
        self.fields["recipes"].queryset = Recipe.objects.of(garden).order_by("title")  # type: ignore[attr-defined]
        for name, queryset in (("partners", queries.partners(garden)), ("recipes", Recipe.objects.of(garden))):
            if not queryset.exists():
                del self.fields[name]

    @property
    def first(self) -> list[Any]:
        """What everybody answers."""
        return [self[name] for name in ("title", "kind", "summary", "seats", "open_door")]

    @property
    def folded(self) -> list[Section]:
        """What may be said besides; a part with a wrong answer is opened by its page."""
        parts = [
            (gettext("Le contenu"), ("details", "bring", "facilitators", "partners", "recipes")),
            (gettext("Pour que chacun puisse venir"), ("childcare", "youngest", "transport", "languages", "fee")),
            (gettext("Qui le voit"), ("public",)),
        ]
        return [(heading, [self[name] for name in names if name in self.fields]) for heading, names in parts]

    @property
    def opened(self) -> bool:
        """Whether a folded answer is wrong."""
        return bool(set(self.errors) - {"title", "kind", "summary", "seats", "open_door"})

    def filled(self, workshop: Workshop) -> Workshop:
        """The workshop with these answers, not saved."""
        for name in self.PLAIN:
            setattr(workshop, name, self.cleaned_data[name])
        workshop.fee_cents = self.cleaned_data["fee"] or 0
        if workshop.open_door:
            workshop.seats = None
        return workshop

    @property
    def links(self) -> dict[str, Any]:
        """Its partners and recipes."""
        return {name: list(self.cleaned_data.get(name) or []) for name in ("partners", "recipes")}


# --- Places ---------------------------------------------------------------------------------------


class PlaceForm(_Bounded):
    """Where sessions are held."""

    LONG = {"name": 120, "address": 200, "town": 120, "access": 600}

    name = forms.CharField(label=_("Nom du lieu"), max_length=120, help_text=_("Par exemple « La cuisine de l’école »."))  # fmt: skip
    address = forms.CharField(label=_("Adresse"), max_length=200, required=False)
    town = forms.CharField(
        label=_("Commune"), max_length=120, required=False, help_text=_("Celle du jardin, si vous ne dites rien.")
    )
    access = forms.CharField(
        label=_("Comment venir"), max_length=600, required=False, widget=area(3),
        help_text=_("Le bus, l’arrêt, où se garer, quelle porte…"),
    )  # fmt: skip
    step_free = forms.BooleanField(label=_("Accessible en fauteuil"), required=False)
    equipment = forms.MultipleChoiceField(
        label=_("Ce qu’il y a pour cuisiner"), choices=list(EQUIPMENT.items()), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=_("Les recettes proposées pour un atelier en tiennent compte."),
    )  # fmt: skip

    def __init__(self, garden: Garden, *args: Any, one: Place | None = None, **kwargs: Any) -> None:
        start = {name: getattr(one, name) for name in ("name", "address", "access", "step_free", "equipment")} if one else {}  # fmt: skip
        if one:
            start["town"] = queries.town(one.commune_code)
        super().__init__(*args, **{"initial": start} | kwargs)
        self.garden, self.one = garden, one

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        others = Place.objects.filter(garden=self.garden, name__iexact=name)
        if (others.exclude(pk=self.one.pk) if self.one else others).exists():
            raise forms.ValidationError(_("Un autre lieu porte ce nom."))
        return name

    def clean_town(self) -> str:
        typed = self.cleaned_data["town"].strip()
        if not typed:
            return self.garden.commune_code
        found = commune_of(typed)
        if found is None:
            raise forms.ValidationError(_("Écrivez le code postal et le nom, par exemple « 41000 Blois »."))
        return found.code

    def filled(self, place: Place) -> Place:
        """The place with these answers, not saved."""
        for name in ("name", "address", "access", "step_free", "equipment"):
            setattr(place, name, self.cleaned_data[name])
        place.commune_code = self.cleaned_data["town"]
        return place


# --- Dates ----------------------------------------------------------------------------------------

TOO_CLOSE = _("Une date commence avant que la précédente finisse : espacez-les, ou choisissez un dernier jour plus proche.")  # fmt: skip
"""Why a series is not planned, nor moved."""


class _WhenForm(_Bounded):
    """A day, or several, hours, a place and places."""

    LONG = {"new_place": 120}

    day = DayField(label=_("Jour"))
    last_day = DayField(label=_("Dernier jour"), required=False, help_text=_("Vide : un seul jour."))
    starts = TimeField(label=_("De"), initial=time(14))
    ends = TimeField(label=_("À"), initial=time(16, 30))
    place = forms.ModelChoiceField(Place.objects.none(), label=_("Lieu"), empty_label=_("Choisir…"), required=False)
    new_place = forms.CharField(label=_("Ou un nouveau lieu"), max_length=120, required=False)
    seats = forms.IntegerField(label=_("Nombre de places"), min_value=1, max_value=2000, required=False, help_text=_("Vide : autant que l’on vient."))  # fmt: skip

    def __init__(self, garden: Garden, today: date, *args: Any, open_door: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.garden, self.today = garden, today
        self.fields["place"].queryset = queries.places(garden)  # type: ignore[attr-defined]
        if open_door:
            del self.fields["seats"]

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day < self.today:
            raise forms.ValidationError(_("Ce jour est passé : choisissez un jour à venir."))
        if day.year > self.today.year + 3:
            raise forms.ValidationError(_("C’est bien loin : vérifiez l’année."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("place") and not data.get("new_place") and "place" not in self.errors:
            self.add_error("place", gettext("Choisissez un lieu, ou écrivez le nom d’un nouveau."))
        if wrong := self._last_day(data):
            self.add_error("last_day", wrong)
        elif "last_day" not in self.errors and (wrong := self._hours(data)):
            self.add_error("ends", wrong)
        return data

    def _last_day(self, data: dict[str, Any]) -> str:
        """What is wrong with the last day, "" for nothing."""
        first, last = data.get("day"), data.get("last_day")
        if not first or not last:
            return ""
        if last < first:
            return gettext("Le dernier jour vient après le premier.")
        if (last - first).days >= MOST_DAYS:
            return gettext("%(n)s jours au plus.") % {"n": MOST_DAYS}
        return ""

    def _hours(self, data: dict[str, Any]) -> str:
        """What is wrong with the hours of one day, or of an evening; those of several days are never wrong."""
        first, last, starts, ends = (data.get(name) for name in ("day", "last_day", "starts", "ends"))
        if starts is None or ends is None or (last and last != first):
            return ""
        if starts == ends:
            return gettext("L’atelier finit à l’heure où il commence : vérifiez.")
        if last:
            return gettext("L’atelier finit avant de commencer : vérifiez les heures.") if ends < starts else ""
        begun, over = map(wall, series.moments(first or self.today, starts, ends))
        if over - begun > series.A_NIGHT:
            return gettext("Cela fait plus de 12 heures : vérifiez les heures, ou dites le dernier jour.")
        return ""

    @property
    def lasts(self) -> int:
        """The days that it lasts."""
        last = self.cleaned_data.get("last_day")
        return (last - self.cleaned_data["day"]).days + 1 if last else 1

    @property
    def where(self) -> Place:
        """The place chosen, or a new one that is not saved; one that has the name already is that one."""
        chosen: Place | None = self.cleaned_data["place"]
        name = self.cleaned_data["new_place"].strip()
        if chosen is not None:
            return chosen
        known = Place.objects.filter(garden=self.garden, name__iexact=name).first()
        return known or Place(garden=self.garden, name=name, commune_code=self.garden.commune_code)


class PlanForm(_WhenForm):
    """When a workshop is held: once, or a series."""

    LONG = _WhenForm.LONG | {"dates": 1000, "without": 1000}

    every = forms.ChoiceField(label=_("Combien de fois"), widget=forms.RadioSelect)
    until = DayField(label=_("Jusqu’au"), required=False)
    dates = forms.CharField(
        label=_("Les autres dates"), required=False, max_length=1000, widget=area(2),
        help_text=_("Séparées par une virgule ou à la ligne : 12/04/2018, 3/05/2018."),
    )  # fmt: skip
    holidays = forms.BooleanField(label=_("Passer les jours fériés"), required=False, initial=True)
    without = forms.CharField(
        label=_("Passer aussi ces dates"), required=False, max_length=1000,
        help_text=_("Vacances, fermeture de la salle : 12/04/2018, 3/05/2018."),
    )  # fmt: skip

    def __init__(self, workshop: Workshop, today: date, *args: Any, **kwargs: Any) -> None:
        last = workshop.sessions.order_by("-starts_at").select_related("place").first()
        start: dict[str, Any] = {"seats": workshop.seats, "every": Every.ONCE.value, "holidays": True}
        if last:
            starts, ends = wall(last.starts_at), wall(last.ends_at)
            start |= {"starts": starts.time(), "ends": ends.time(), "place": last.place_id}
        super().__init__(workshop.garden, today, *args, open_door=workshop.open_door, **{"initial": start} | kwargs)
        self.fields["every"].choices = [  # type: ignore[attr-defined]
            (Every.ONCE.value, gettext("Une seule fois")), (Every.WEEK.value, gettext("Chaque semaine")),
            (Every.TWO_WEEKS.value, gettext("Une semaine sur deux")),
            (Every.MONTH.value, choice(gettext("Chaque mois"), gettext("Le même jour : le deuxième mardi, par exemple."))),
            (Every.DATES.value, gettext("À d’autres dates, que j’écris")),
        ]  # fmt: skip

    def clean_dates(self) -> list[date]:
        return read_days(self.cleaned_data["dates"])

    def clean_without(self) -> list[date]:
        return read_days(self.cleaned_data["without"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        every = data.get("every")
        if every in (Every.WEEK.value, Every.TWO_WEEKS.value, Every.MONTH.value) and "until" not in self.errors:
            if not data.get("until"):
                self.add_error("until", gettext("Dites jusqu’à quand."))
            elif data.get("day") and data["until"] < data["day"]:
                self.add_error("until", gettext("Choisissez un jour après le premier."))
        if every == Every.DATES.value and "dates" not in self.errors:
            if not data.get("dates"):
                self.add_error("dates", gettext("Écrivez au moins une autre date."))
            elif min(data["dates"]) < self.today:
                self.add_error("dates", gettext("Une de ces dates est passée."))
        return data


def read_days(text: str) -> list[date]:
    """Days typed with commas or on lines: "12/04/2018, 3/5/2018". Refuses what is not a day, and more than a series holds."""
    found = []
    for word in re.split(r"[,;\s]+", text.strip()):
        if not word:
            continue
        try:
            found.append(datetime.strptime(word, "%d/%m/%Y").date())  # noqa: DTZ007
        except ValueError:
            try:
                found.append(date.fromisoformat(word))
            except ValueError:
                raise forms.ValidationError(
                    gettext("« %(word)s » n’est pas une date : écrivez par exemple 12/04/2018."), params={"word": word[:20]}
                ) from None  # fmt: skip
    if any(not AGE[0] <= day <= AGE[1] for day in found):
        raise forms.ValidationError(DayField.TOO_FAR)
    if len(found) > MOST:
        raise forms.ValidationError(gettext("%(n)s dates au plus."), params={"n": MOST})
    return found


SCOPES = {Scope.ONE: _("Cette date seulement"), Scope.FOLLOWING: _("Cette date et les suivantes"), Scope.ALL: _("Toutes les dates à venir")}  # fmt: skip


def _scopes(session: Session) -> list[tuple[str, Any]]:
    return [(scope.value, words) for scope, words in SCOPES.items()]


class MoveForm(_WhenForm):
    """Another moment, place, or number of places."""

    scope = forms.ChoiceField(label=_("Pour quelles dates"), widget=forms.RadioSelect, initial=Scope.ONE.value)

    def __init__(self, session: Session, today: date, *args: Any, **kwargs: Any) -> None:
        starts, ends = wall(session.starts_at), wall(session.ends_at)
        start = {
            "day": starts.date(), "starts": starts.time(), "ends": ends.time(), "place": session.place_id, "seats": session.seats,
            "scope": Scope.ONE.value, "last_day": session.last_day,
        }  # fmt: skip
        super().__init__(session.garden, today, *args, open_door=session.workshop.open_door, **{"initial": start} | kwargs)  # fmt: skip
        self.begun_on = starts.date() if ends.date() >= today else None
        self.fields["scope"].choices = _scopes(session)  # type: ignore[attr-defined]
        if not session.series:
            del self.fields["scope"]

    def clean_day(self) -> date:
        """One that has begun may keep its first day, and end otherwise or elsewhere."""
        day: date = self.cleaned_data["day"]
        return day if day == self.begun_on else super().clean_day()

    @property
    def which(self) -> Scope:
        return Scope(self.cleaned_data.get("scope") or Scope.ONE.value)


class CancelForm(_Bounded):
    """Why a session is not held. The reason is told to who comes."""

    LONG = {"reason": 200}

    scope = forms.ChoiceField(label=_("Pour quelles dates"), widget=forms.RadioSelect, initial=Scope.ONE.value)
    reason = forms.CharField(
        label=_("Pourquoi"), max_length=200, help_text=_("C’est dit aux personnes : « la salle est fermée ».")
    )

    def __init__(self, session: Session, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = _scopes(session)  # type: ignore[attr-defined]
        if not session.series:
            del self.fields["scope"]

    @property
    def which(self) -> Scope:
        return Scope(self.cleaned_data.get("scope") or Scope.ONE.value)


# --- Who comes ------------------------------------------------------------------------------------


class PartyForm(forms.Form):
    """How many come, and what to know. A child comes with an adult: the action says it."""

    adults = forms.IntegerField(label=_("Adultes"), min_value=0, max_value=MOST_PEOPLE, initial=1)
    children = forms.IntegerField(label=_("Enfants"), min_value=0, max_value=MOST_PEOPLE, initial=0, required=False)
    needs = forms.CharField(
        label=_("À savoir"), max_length=200, required=False,
        help_text=_("Transport, fauteuil, interprète… Effacé 30 jours après."),
    )  # fmt: skip

    def clean_children(self) -> int:
        return self.cleaned_data["children"] or 0


class OutsiderForm(PartyForm):
    """Somebody who is not of the garden."""

    first_name = forms.CharField(label=_("Prénom"), max_length=80)
    email = forms.EmailField(label=_("Adresse électronique"), required=False)
    phone = PhoneField(label=_("Téléphone"), required=False, help_text=_("Une seule façon de la joindre suffit."))
    # The form sent twice is one person: each page that offers it has its own.
    code = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput, initial=lambda: secret()[0])
    field_order = ["first_name", "adults", "children", "email", "phone", "needs"]

    def add_prefix(self, field_name: str) -> str:
        """The code has the name that it has on all pages."""
        return field_name if field_name == "code" else super().add_prefix(field_name)


def marks_in(data: QueryDict, known: Sequence[int]) -> dict[int, Came]:
    """What a page of ticks says, by enrolment of `known`: fields "e12" (oui, non, or empty), "a12" and "c12"."""
    found = {}
    for pk in known:
        answer = data.get(f"e{pk}")
        if answer is not None:
            came = {"oui": True, "non": False}.get(answer)
            found[pk] = Came(came, _count(data.get(f"a{pk}")), _count(data.get(f"c{pk}")) or 0) if came else Came(came)
    return found


def _count(text: str | None) -> int | None:
    return min(int(text), MOST_PEOPLE) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


class HoldForm(forms.Form):
    """Closing a session: who came when nobody ticked, how many at an open door, and a word of it."""

    adults = forms.IntegerField(label=_("Adultes"), min_value=0, max_value=5000)
    children = forms.IntegerField(label=_("Enfants"), min_value=0, max_value=5000, initial=0)
    rest = forms.ChoiceField(label=_("Les personnes que vous n’avez pas pointées"), widget=forms.RadioSelect, initial="oui")  # fmt: skip
    report = forms.CharField(label=_("Ce qu’on en retient"), max_length=1000, required=False, widget=area(2), help_text=_("Sans nom de personne."))  # fmt: skip

    def __init__(self, session: Session, unmarked: int, *args: Any, **kwargs: Any) -> None:
        start = {"report": session.report, "rest": "oui"}
        if session.state == Session.State.HELD:
            start |= {"adults": session.adults, "children": session.children}  # type: ignore[dict-item]
        super().__init__(*args, **{"initial": start} | kwargs)
        self.fields["rest"].choices = [("oui", gettext("sont venues")), ("non", gettext("ne sont pas venues"))]  # type: ignore[attr-defined]
        if session.workshop.open_door:
            del self.fields["rest"]
        else:
            del self.fields["adults"], self.fields["children"]
            if not unmarked:
                del self.fields["rest"]

    @property
    def told(self) -> dict[str, Any]:
        """What the action takes."""
        data = self.cleaned_data
        return {
            "adults": data.get("adults") or 0, "children": data.get("children") or 0, "report": data["report"],
            "rest_came": data.get("rest") == "oui",
        }  # fmt: skip


# --- Costs and files ------------------------------------------------------------------------------


class CostForm(OnceForm):
    """A cost of a session, and who pays it."""

    label = forms.CharField(label=_("Dépense"), max_length=120, help_text=_("Par exemple « diététicienne, 2 h »."))
    nature = forms.ChoiceField(label=_("Genre de dépense"), choices=SessionCost.Nature.choices)
    cents = EurosField(label=_("Montant"), max_cents=100_000_00)
    tranche = forms.ChoiceField(label=_("Payé par"), required=False)

    def __init__(self, purses: Sequence[Purse], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purses = {str(one.tranche.pk): one for one in purses}
        self.fields["tranche"].choices = [("", gettext("Le jardin")), *((pk, queries.purse_words(one)) for pk, one in self.purses.items())]  # type: ignore[attr-defined]  # fmt: skip

    def clean_cents(self) -> int:
        cents: int = self.cleaned_data["cents"]
        if not cents:
            raise forms.ValidationError(_("Écrivez un montant."))
        return cents

    @property
    def told(self) -> dict[str, Any]:
        """What the action takes."""
        data = dict(self.cleaned_data)
        purse = self.purses.get(data.pop("tranche"))
        return data | {"tranche": purse.tranche if purse else None}


class MaterialForm(forms.Form):
    """A sheet to hand out, or a photo with what the people on it agreed."""

    file = forms.FileField(
        label=_("Fichier"), widget=FileDrop(".pdf,.docx,.xlsx,.odt,.ods,.png,.jpg,.jpeg,.webp"),
        help_text=_("PDF, texte, tableau ou image, 3 Mo au plus."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("C’est"), choices=Material.Kind.choices, widget=forms.RadioSelect, initial="sheet",
        help_text=_("Un document est lu par tous ceux qui voient la page de l’atelier. Une photo aussi, si chacun est d’accord."),
    )  # fmt: skip
    name = LineField(
        label=_("Nom"), max_length=120, required=False,
        help_text=_("Pour une photo, ce qu’on y voit : c’est lu à qui ne voit pas l’image. Vide : le nom du fichier."),
    )  # fmt: skip
    consent = forms.ChoiceField(
        label=_("Sur la photo"), choices=Material.Consent.choices, widget=forms.RadioSelect, initial="unknown", required=False,
        help_text=_("Sans accord, la photo reste dans le jardin."),
    )  # fmt: skip
    until = DayField(label=_("Accord valable jusqu’au"), required=False, help_text=_("Vide : sans fin."))

    def clean_consent(self) -> str:
        return self.cleaned_data["consent"] or "unknown"


class ConsentForm(forms.Form):
    """What the people on a photo agreed, and until when."""

    accord = forms.ChoiceField(choices=Material.Consent.choices)
    until = DayField(required=False)
