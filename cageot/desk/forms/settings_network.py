"""What the network head types: an edition, its budget, a garden and where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import EurosField, UnitInput, choice
from cageot.core.templatetags.cageot import day as said
from cageot.desk.forms.fields import DayField, refuse
from cageot.desk.forms.settings import IdentifierField, PlaceField, postcode_of
from cageot.desk.queries.settings import place_of
from cageot.desk.queries.settings_network import Held
from cageot.network.actions import Planned
from cageot.network.models import BudgetLine, Edition, Garden, GardenStatus
from cageot.network.rules import identifiers

BLANK_LINES = 3
MOST_LINES = 40


class PercentField(forms.Field):
    """A share of the price typed as "30", "30 %" or "33,33 %"; gives basis points, 10 000 at most."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=UnitInput("%"), **kwargs)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return f"{value // 100}" + (f",{value % 100:02}".rstrip("0") if value % 100 else "")

    def to_python(self, value: Any) -> int | None:
        if isinstance(value, int):
            return value
        text = re.sub(r"[\s%\u00a0\u202f]", "", str(value or ""))
        if not text:
            return None
        found = re.fullmatch(r"(\d{1,3})(?:[.,](\d{1,2}))?", text)
        points = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else -1
        if not 0 <= points <= 10_000:
            raise ValidationError(_("Écrivez un pourcentage entre 0 et 100, par exemple 30."), code="invalid")
        return points

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(initial != self.to_python(data))
        except ValidationError:
            return True


# --- Editions ------------------------------------------------------------------------------------


class EditionForm(forms.Form):
    """An edition of the programme. What closed weeks rest on (first day, cap) stays as it is."""

    name = forms.CharField(label=_("Nom"), max_length=120, help_text=_("Par exemple « Paniers solidaires 2018 »."))
    code = forms.SlugField(
        label=_("Code"), max_length=20, required=False,
        help_text=_("Un mot court, pour les adresses et les tableaux. Vide : l’année du premier jour."),
    )  # fmt: skip
    from_day = DayField(label=_("Premier jour"))
    until_day = DayField(label=_("Dernier jour"))
    goal_baskets = forms.IntegerField(
        label=_("Objectif"), min_value=1, max_value=10_000_000, widget=UnitInput("", {"inputmode": "numeric"}),
    )  # fmt: skip
    cap = PercentField(
        label=_("Plafond de la participation"),
        help_text=_("La part la plus haute du prix qu’un adhérent solidaire paie."),
    )
    charter = forms.CharField(
        label=_("Charte"), required=False, max_length=20_000, widget=forms.Textarea({"rows": 10}),
        help_text=_("Ce à quoi chaque jardin s’engage : une phrase par ligne. Les jardins la lisent."),
    )  # fmt: skip

    def __init__(self, *args: Any, edition: Edition | None = None, held: Held | None = None, **kwargs: Any) -> None:
        if edition:
            kwargs["initial"] = {name: getattr(edition, name) for name in EDITION} | {"cap": edition.member_cap_bp}
        super().__init__(*args, **kwargs)
        self.edition, self.held = edition, held or Held(None, None)
        self.fields["goal_baskets"].widget.unit = gettext("paniers")
        if edition:
            del self.fields["code"]
        if self.held.last:
            for name in ("from_day", "cap"):
                self.fields[name].disabled = True
                self.fields[name].help_text = _(
                    "Des semaines sont closes : cela ne change plus. Une autre règle va dans une autre édition."
                )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code and Edition.objects.filter(code__iexact=code).exists():
            raise ValidationError(_("Une autre édition a ce code."))
        return code

    def clean_until_day(self) -> date:
        last: date = self.cleaned_data["until_day"]
        if self.held.last and last < self.held.last.sunday:
            raise ValidationError(
                _("Des semaines sont closes jusqu’au %(day)s : l’édition finit ce jour-là ou après."),
                params={"day": said(self.held.last.sunday, "plain")},
            )
        return last

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from_day"), data.get("until_day")
        if first and last and last < first:
            refuse(self, gettext("La fin vient avant le début."), "until_day")
        if self.edition is None and first and not data.get("code") and "code" not in self.errors:
            data["code"] = self._free_code(str(first.year))
        return data

    @staticmethod
    def _free_code(year: str) -> str:
        taken = set(Edition.objects.filter(code__startswith=year).values_list("code", flat=True))
        return year if year not in taken else next(f"{year}-{n}" for n in range(2, 1000) if f"{year}-{n}" not in taken)

    @property
    def values(self) -> dict[str, Any]:
        """The edition's columns."""
        data = self.cleaned_data
        return {name: data[name] for name in EDITION} | {"member_cap_bp": data["cap"]}


EDITION = ("name", "from_day", "until_day", "goal_baskets", "charter")


def editions_overlap(existing: Edition) -> str:
    """Why an edition is refused: another one has some of these days."""
    return gettext("L’édition « %(name)s » court déjà du %(first)s au %(last)s : un jour n’a qu’une édition.") % {
        "name": existing.name, "first": said(existing.from_day, "plain"), "last": said(existing.until_day, "plain"),
    }  # fmt: skip


@dataclass(frozen=True)
class BudgetRow:
    """The bound fields of one line of a budget."""

    label: Any
    cents: Any
    assumed: Any


class BudgetForm(forms.Form):
    """The lines of a budget, with a few more to fill in; a line without a name and an amount is left out."""

    def __init__(self, *args: Any, lines: Sequence[BudgetLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        typed = sum(1 for name in self.data if re.fullmatch(r"b\d+_label", name)) if self.is_bound else 0
        self.count = min(max(len(lines) + BLANK_LINES, typed), MOST_LINES)
        for at in range(self.count):
            line = lines[at] if at < len(lines) else None
            self._add(
                at, "label", forms.CharField(max_length=120, required=False), gettext("intitulé"), line and line.label
            )
            self._add(
                at, "cents", EurosField(max_cents=10**12, required=False), gettext("montant"), line and line.cents
            )
            self._add(at, "assumed", forms.BooleanField(required=False), gettext("hypothèse"), line and line.assumed)

    def _add(self, at: int, name: str, field: forms.Field, word: str, initial: Any) -> None:
        field.label = gettext("Ligne %(n)s, %(word)s") % {"n": at + 1, "word": word}
        field.initial = initial
        field.widget.attrs["aria-label"] = field.label
        self.fields[f"b{at}_{name}"] = field

    @property
    def rows(self) -> list[BudgetRow]:
        return [
            BudgetRow(*(self[f"b{at}_{name}"] for name in ("label", "cents", "assumed"))) for at in range(self.count)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for at in range(self.count):
            label, cents = data.get(f"b{at}_label"), data.get(f"b{at}_cents")
            if label and cents is None and f"b{at}_cents" not in self.errors:
                refuse(self, gettext("Donnez le montant de cette ligne."), f"b{at}_cents")
            if cents is not None and not label:
                refuse(self, gettext("Dites à quoi sert ce montant."), f"b{at}_label")
        return data

    @property
    def planned(self) -> list[Planned]:
        data = self.cleaned_data
        return [
            Planned(data[f"b{at}_label"], data[f"b{at}_cents"], data[f"b{at}_assumed"])
            for at in range(self.count)
            if data[f"b{at}_label"]
        ]


# --- Gardens -------------------------------------------------------------------------------------


class StatusForm(forms.Form):
    """Where a garden stands, from a day on."""

    status = forms.ChoiceField(label=_("État"), widget=forms.RadioSelect)
    from_day = DayField(label=_("À partir du"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(one, choice(str(GardenStatus.Status(one).label).capitalize(), hint)) for one, hint in _hints()]
        self.fields["status"].choices = known  # type: ignore[attr-defined]


def _hints() -> list[tuple[str, str]]:
    return [
        (GardenStatus.Status.CANDIDATE, gettext("Il demande à entrer dans le programme.")),
        (GardenStatus.Status.PREPARING, gettext("Il cherche ses partenaires, il n’a pas commencé.")),
        (GardenStatus.Status.ACTIVE, gettext("Il distribue des paniers solidaires.")),
        (GardenStatus.Status.SUSPENDED, gettext("Il s’arrête un temps.")),
        (GardenStatus.Status.LEFT, gettext("Il est sorti du programme. Son histoire reste.")),
    ]


class NewGardenForm(StatusForm):
    """A garden that joins the network: its name, its commune, where it stands."""

    name = forms.CharField(label=_("Nom d’usage"), max_length=120)
    place = PlaceField()
    code = forms.SlugField(
        label=_("Code"),
        max_length=40,
        required=False,
        help_text=_("Un mot court, pour les adresses. Vide : d’après le nom."),
    )
    field_order = ["name", "place", "status", "from_day", "code"]

    def __init__(self, lookup: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].widget.attrs["hx-get"] = lookup

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"].lower()
        if code and Garden.objects.filter(code__iexact=code).exists():
            raise ValidationError(_("Un autre jardin a ce code."))
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("name") and not data.get("code") and "code" not in self.errors:
            data["code"] = self._free_code(data["name"])
        return data

    @staticmethod
    def _free_code(name: str) -> str:
        base = (
            slugify(re.sub(r"(?i)\bjardins?\s+(de\s+cocagne\s+)?(d[eu]s?\s+|d[’'])?", "", name))[:36].strip("-")
            or slugify(name)[:36]
            or "jardin"
        )
        taken = set(Garden.objects.filter(code__istartswith=base).values_list("code", flat=True))
        return (
            base if base not in taken else next(f"{base}-{n}" for n in range(2, 10_000) if f"{base}-{n}" not in taken)
        )


class GardenCardForm(forms.Form):
    """What the network may correct of a garden: who it is and where. The rest is the garden's own."""

    name = forms.CharField(label=_("Nom d’usage"), max_length=120)
    legal_name = forms.CharField(label=_("Raison sociale"), max_length=160, required=False)
    place = PlaceField()
    siret = IdentifierField(
        identifiers.is_siret,
        _("Ce n’est pas un SIRET : il a quatorze chiffres, dont une clé. Vérifiez-le sur un courrier de l’INSEE."),
        label=_("SIRET"),
    )

    def __init__(self, garden: Garden, lookup: str, *args: Any, **kwargs: Any) -> None:
        start = {name: getattr(garden, name) for name in ("name", "legal_name", "siret")} | {"place": place_of(garden)}
        super().__init__(*args, **{"initial": start} | kwargs)
        self.fields["place"].widget.attrs["hx-get"] = lookup

    @property
    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {name: data[name] for name in ("name", "legal_name", "siret")} | {
            "commune_code": data["place"].code, "postcode": postcode_of(self.data.get("place", ""), data["place"]),
        }  # fmt: skip
