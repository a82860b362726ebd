"""What is typed about rounds and depots: who and where, when, for whom, and a closure for a while."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.hashers import make_password
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from cageot.baskets.models import Depot, DepotPhoto, Round
from cageot.core.forms import EurosField, FileDrop, choice
from cageot.core.pictures import picture_of
from cageot.core.templatetags.cageot import day as said
from cageot.desk.forms.bounded import BoundedForm
from cageot.desk.forms.fields import DayField, PhoneField
from cageot.desk.forms.households import Section
from cageot.desk.forms.settings import commune_of
from cageot.network import territory
from cageot.network.models import Garden, Partner


def _weekdays() -> list[tuple[int, str]]:
    return [(place + 1, str(name).capitalize()) for place, name in WEEKDAYS.items()]


class RoundForm(BoundedForm):
    """A round: its name, its day, its colour, and when its baskets are packed."""

    LONG = {"name": 60}

    name = forms.CharField(label=_("Nom"), max_length=60, help_text=_("Par exemple « Jeudi » ou « Les bourgs »."))
    weekday = forms.TypedChoiceField(label=_("Jour de livraison"), coerce=int)
    packed_before = forms.TypedChoiceField(label=_("Les paniers sont préparés"), coerce=int)
    colour = forms.ChoiceField(
        label=_("Couleur"), choices=Round.Colour.choices, help_text=_("Sur la carte et les feuilles, avec son nom.")
    )

    def __init__(self, garden: Garden, *args: Any, one: Round | None = None, **kwargs: Any) -> None:
        names = ("name", "weekday", "packed_before", "colour")
        start = {name: getattr(one, name) for name in names} if one else {"weekday": 4}
        super().__init__(*args, **{"initial": start} | kwargs)
        self.garden, self.one = garden, one
        self.fields["weekday"].choices = _weekdays()  # type: ignore[attr-defined]
        self.fields["packed_before"].choices = [  # type: ignore[attr-defined]
            (0, gettext("le jour même")), (1, gettext("la veille")),
            *((n, ngettext("%(n)s jour avant", "%(n)s jours avant", n) % {"n": n}) for n in range(2, 7)),
        ]  # fmt: skip

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        others = Round.objects.filter(garden=self.garden, name__iexact=name)
        if (others.exclude(pk=self.one.pk) if self.one else others).exists():
            raise forms.ValidationError(_("Une autre tournée porte ce nom."))
        return name


PLAIN = (
    "name", "number", "hours", "slot", "address", "phone", "email", "website", "contact_name", "contact_phone",
    "contact_email", "description", "notes", "capacity", "host", "kind", "audience", "client_category",
)  # fmt: skip


class DepotForm(BoundedForm):
    """A place where baskets are collected: who, where, when, for whom."""

    LONG = {
        "name": 120, "hours": 60, "slot": 60, "address": 200, "place": 120, "phone": 40, "email": 254, "website": 200, "description": 400,
        "contact_name": 120, "contact_phone": 40, "contact_email": 254, "notes": 400, "number": 10, "capacity": 10, "fee": 20,
        "audience": 120, "password": 40, "client_category": 60,
    }  # fmt: skip

    name = forms.CharField(label=_("Nom"), max_length=120)
    round = forms.ModelChoiceField(Round.objects.none(), label=_("Tournée"), empty_label=None)
    hours = forms.CharField(
        label=_("Heures de retrait"), max_length=60, required=False, help_text=_("Par exemple « 17 h – 19 h ».")
    )
    slot = forms.CharField(
        label=_("Heure de livraison"), max_length=60, required=False, help_text=_("Pour l’équipe seulement.")
    )
    address = forms.CharField(label=_("Adresse"), max_length=200, required=False)
    place = forms.CharField(
        label=_("Commune"), max_length=120, required=False, help_text=_("Celle du jardin, si vous ne dites rien."),
        widget=forms.TextInput({"list": "communes", "autocomplete": "off", "hx-target": "#communes", "hx-trigger": "input changed delay:200ms"}),
    )  # fmt: skip
    phone = PhoneField(label=_("Téléphone du lieu"), required=False)
    email = forms.EmailField(label=_("Adresse électronique du lieu"), required=False)
    website = forms.URLField(label=_("Site"), required=False, assume_scheme="https")
    description = forms.CharField(
        label=_("Description pour le public"), max_length=400, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("Où se garer, où est la porte…"),
    )  # fmt: skip
    contact_name = forms.CharField(label=_("Personne à contacter"), max_length=120, required=False)
    contact_phone = PhoneField(label=_("Son téléphone"), required=False)
    contact_email = forms.EmailField(label=_("Son adresse électronique"), required=False)
    notes = forms.CharField(
        label=_("Notes pour l’équipe"), max_length=400, required=False, widget=forms.Textarea({"rows": 2})
    )
    number = forms.CharField(label=_("Numéro"), max_length=10, required=False)
    capacity = forms.IntegerField(
        label=_("Nombre de foyers possible"), min_value=1, max_value=2000, required=False,
        help_text=_("Au-delà, plus personne ne peut choisir ce dépôt. Vide : sans limite."),
    )  # fmt: skip
    fee = EurosField(label=_("Frais de livraison, par panier"), required=False, max_cents=50_00)
    host = forms.ModelChoiceField(
        Partner.objects.none(), label=_("Partenaire qui l’accueille"), required=False, empty_label=_("Aucun")
    )
    kind = forms.ChoiceField(label=_("Pour qui"), widget=forms.RadioSelect)
    audience = forms.CharField(
        label=_("Réservé à qui"), max_length=120, required=False, help_text=_("Par exemple « salariés de la mairie ».")
    )
    password = forms.CharField(
        label=_("Mot de passe du dépôt réservé"), max_length=40, required=False, strip=True,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=_("Donné aux personnes concernées ; il leur sera demandé. Vide : celui d’avant reste."),
    )  # fmt: skip
    client_category = forms.CharField(
        label=_("Catégorie de clients"), max_length=60, required=False, help_text=_("Cantine, magasin…")
    )

    def __init__(
        self, garden: Garden, rounds: QuerySet[Round], hosts: Sequence[Partner], lookup: str, *args: Any,
        depot: Depot | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **{"initial": start_of(depot)} | kwargs)
        self.garden, self.depot = garden, depot
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]
        self.fields["kind"].choices = _kinds()  # type: ignore[attr-defined]
        self.fields["place"].widget.attrs["hx-get"] = lookup
        known = [one.pk for one in hosts] + ([depot.host_id] if depot and depot.host_id else [])
        self.fields["host"].queryset = Partner.objects.filter(pk__in=known)  # type: ignore[attr-defined]

    @property
    def sections(self) -> list[Section]:
        def some(*names: str) -> list[Any]:
            return [self[name] for name in names]

        return [
            (gettext("Où et quand"), "", some("name", "round", "hours", "slot", "address", "place", "description")),
            (gettext("Places"), "", some("capacity", "kind", "audience", "password", "client_category")),
            (
                gettext("Qui appeler"),
                "",
                some("phone", "contact_name", "contact_phone", "contact_email", "email", "website"),
            ),
            (gettext("Pour l’équipe"), "", some("host", "fee", "number", "notes")),
        ]

    def clean_place(self) -> str:
        """The commune's INSEE code; the garden's when nothing is said."""
        typed = self.cleaned_data["place"].strip()
        if not typed:
            return self.garden.commune_code
        found = commune_of(typed)
        if found is None:
            raise forms.ValidationError(_("Écrivez le code postal et le nom, par exemple « 41000 Blois »."))
        return found.code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("kind") == Depot.Kind.RESERVED and not data.get("audience"):
            self.add_error("audience", gettext("Dites à qui ce dépôt est réservé."))
        name, on = str(data.get("name", "")).strip(), data.get("round")
        there = Depot.objects.filter(garden=self.garden, name__iexact=name, round=on)
        if on and (there.exclude(pk=self.depot.pk) if self.depot else there).exists():
            self.add_error("name", gettext("Un dépôt de cette tournée porte déjà ce nom."))
        return data

    @property
    def details(self) -> dict[str, Any]:
        """The depot's columns."""
        data = self.cleaned_data
        found = {name: data[name] for name in PLAIN} | {
            "round": data["round"], "commune_code": data["place"], "fee_cents": data["fee"] or 0,
        }  # fmt: skip
        if data["kind"] != Depot.Kind.RESERVED:
            return found | {"audience": "", "password": ""}
        return found | ({"password": make_password(data["password"])} if data["password"] else {})


def _kinds() -> list[tuple[str, str]]:
    return [
        (Depot.Kind.OPEN, choice(gettext("Ouvert à tous"), gettext("Tout adhérent peut le choisir."))),
        (Depot.Kind.RESERVED, choice(gettext("Réservé"), gettext("Aux personnes d’un lieu : salariés, résidents…"))),
        (
            Depot.Kind.PROFESSIONAL,
            choice(gettext("Professionnel"), gettext("Cantine, magasin : il n’est pas montré au public.")),
        ),
    ]


def start_of(depot: Depot | None) -> dict[str, Any]:
    """What the form of a depot starts from."""
    if depot is None:
        return {"kind": Depot.Kind.OPEN}
    return {name: getattr(depot, name) for name in PLAIN} | {
        "round": depot.round_id, "place": _place(depot.commune_code), "fee": depot.fee_cents or None,
    }  # fmt: skip


def _place(code: str) -> str:
    try:
        commune = territory.commune(code)
    except KeyError:
        return ""
    return f"{commune.postcodes[0]} {commune.name}" if commune.postcodes else commune.name


class CloseDepotForm(forms.Form):
    """From when nobody collects there, and where its households go."""

    from_day = DayField(label=_("Fermé à partir du"))
    replacement = forms.ModelChoiceField(
        Depot.objects.none(), label=_("Où vont ses paniers"), required=False, empty_label=_("Choisir…")
    )

    def __init__(self, others: Sequence[Depot], today: date, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"from_day": today}} | kwargs)
        self.today = today
        _offer(self.fields["replacement"], others)

    def clean_from_day(self) -> date:
        return not_before(self.cleaned_data["from_day"], self.today)


class HomeStopForm(forms.Form):
    """A household's own stop: which round, what it costs, what the driver must know. Its address is the household's."""

    round = forms.ModelChoiceField(Round.objects.none(), label=_("Tournée"), empty_label=None)
    from_day = DayField(label=_("À partir du"))
    fee = EurosField(
        label=_("Frais de livraison, par panier"), max_cents=50_00,
        help_text=_("Notés avec chaque panier, à demander plus tard. 0 si c’est gratuit."),
    )  # fmt: skip
    slot = forms.CharField(
        label=_("Heure de livraison"), max_length=60, required=False, help_text=_("Par exemple « après 18 h ».")
    )
    notes = forms.CharField(
        label=_("Notes pour l’équipe"), max_length=400, required=False, widget=forms.Textarea({"rows": 2}),
        help_text=_("Le code de la porte, l’étage… Écrit sur la feuille de route."),
    )  # fmt: skip

    def __init__(
        self, rounds: QuerySet[Round], today: date, *args: Any, stop: Depot | None = None, **kwargs: Any
    ) -> None:
        start: dict[str, Any] = {"from_day": today, "fee": 0}
        if stop:
            start = {"round": stop.round_id, "fee": stop.fee_cents, "slot": stop.slot, "notes": stop.notes}
        super().__init__(*args, **{"initial": start} | kwargs)
        self.today = today
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]
        if stop:
            del self.fields["from_day"]

    def clean_from_day(self) -> date:
        return not_before(self.cleaned_data["from_day"], self.today)

    @property
    def details(self) -> dict[str, Any]:
        """The stop's columns, and the first day."""
        data = dict(self.cleaned_data)
        return {"fee_cents": data.pop("fee"), **data}


class ReopenForm(forms.Form):
    """On which round a depot that was closed goes again."""

    round = forms.ModelChoiceField(Round.objects.none(), label=_("Tournée"), empty_label=None)

    def __init__(self, depot: Depot, rounds: QuerySet[Round], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"round": depot.round_id}} | kwargs)
        self.depot = depot
        self.fields["round"].queryset = rounds  # type: ignore[attr-defined]

    def clean_round(self) -> Round:
        chosen: Round = self.cleaned_data["round"]
        twins = Depot.objects.filter(garden=self.depot.garden_id, name=self.depot.name, round=chosen)
        if twins.exclude(pk=self.depot.pk).exists():
            raise forms.ValidationError(_("Un dépôt de cette tournée porte déjà ce nom."))
        return chosen


MOST_PHOTO_BYTES = 1024 * 1024


class PhotoForm(forms.Form):
    """A picture of a place, and what it shows, for who does not see it."""

    photo = forms.FileField(
        label=_("Photo"), widget=FileDrop(".png,.jpg,.jpeg,.webp", {"data-shrink": "1200"}),
        help_text=_("PNG, JPEG ou WebP, 1 Mo au plus. La devanture, la porte, l’endroit où l’on attend."),
    )  # fmt: skip
    alt = forms.CharField(
        label=_("Ce que montre la photo"), max_length=120, required=False,
        help_text=_("Pour les personnes qui ne voient pas l’image. Par exemple « la porte verte, à gauche de la mairie »."),
    )  # fmt: skip

    def __init__(self, photo: DepotPhoto | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"alt": photo.alt if photo else ""}} | kwargs)
        self.fields["photo"].required = photo is None  # then only what it shows may be said otherwise

    def clean_photo(self) -> bytes:
        file = self.cleaned_data["photo"]
        if not file:
            return b""
        if file.size > MOST_PHOTO_BYTES:
            raise forms.ValidationError(
                _("Cette photo est trop lourde : 1 Mo au plus. Réduisez-la, ou choisissez-en une autre.")
            )
        content: bytes = file.read()
        if picture_of(content) is None:
            raise forms.ValidationError(_("Ce fichier n’est pas une image PNG, JPEG ou WebP."))
        return content


def not_before(day: date, today: date) -> date:
    """A day to come. Refuses one that is past."""
    if day < today:
        raise forms.ValidationError(
            _("Choisissez le %(day)s ou un jour d’après."), params={"day": said(today, "plain")}
        )
    return day


class PauseForm(forms.Form):
    """A depot closed for a while, and where its baskets go meanwhile."""

    from_day = DayField(label=_("Du"))
    until_day = DayField(label=_("Au"))
    replacement = forms.ModelChoiceField(Depot.objects.none(), label=_("Ses paniers vont à"), empty_label=_("Choisir…"))
    note = forms.CharField(
        label=_("Ce que les adhérents doivent savoir"), max_length=200, required=False,
        help_text=_("Par exemple « travaux dans la rue »."),
    )  # fmt: skip

    tell = forms.BooleanField(
        label=_("Écrire aux foyers qui ont une adresse électronique"), required=False, initial=True,
        help_text=_("Tout de suite, puis un rappel trois jours avant. Ceux qui n’en ont pas seront comptés."),
    )  # fmt: skip

    def __init__(self, others: Sequence[Depot], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["replacement"], others)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("from_day") and data.get("until_day") and data["until_day"] < data["from_day"]:
            self.add_error("until_day", gettext("Choisissez un jour après le début."))
        return data


def _offer(field: Any, depots: Sequence[Depot]) -> None:
    """Offer these depots, each with its day."""
    field.queryset = Depot.objects.filter(pk__in=[one.pk for one in depots]).select_related("round")
    field.label_from_instance = lambda one: f"{one.name} · {WEEKDAYS[one.weekday - 1]} {one.hours}".strip()
