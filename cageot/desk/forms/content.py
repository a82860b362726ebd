"""What is typed about content: the sheet of a round, a harvest, what was packed, a vegetable, the slip."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.dates import MONTHS
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.baskets.models import Produce, Slip, Ways
from cageot.baskets.rules.content import MOST_HARVESTED, Place, Unreadable, read_quantity
from cageot.core.forms import EurosField, UnitInput, choice
from cageot.desk import words_content as words
from cageot.desk.queries.content import HarvestFacts, SheetRow, TypedHarvest, field_name
from cageot.workshops.models import Recipe
from cageot.workshops.queries.recipes import for_slip

_PRICE = EurosField(required=False, max_cents=100_000)


# --- The sheet of a round -----------------------------------------------------------------------------


def read_sheet(data: QueryDict, known: Mapping[int, Produce], sizes: Sequence[int]) -> list[SheetRow]:
    """The rows as typed, in the order of the page, with what is wrong in each. Unknown vegetables are left aside."""
    listed = [int(one) for one in data.getlist("legume") if one.isascii() and one.isdigit() and len(one) < 19]
    return [_row(data, known[pk], sizes) for pk in dict.fromkeys(listed) if pk in known]


def _row(data: QueryDict, produce: Produce, sizes: Sequence[int]) -> SheetRow:
    chosen = data.get(f"u{produce.pk}", "")
    unit = chosen if chosen in dict(words.units()) else produce.unit
    price = data.get(f"p{produce.pk}", "")[:20]
    texts = {size: data.get(f"q{produce.pk}_{size}", "")[:20] for size in sizes}
    errors: dict[str, str] = {}
    held = {size: _quantity(text, unit, errors, str(size)) for size, text in texts.items()}
    return SheetRow(produce.pk, unit, price, _cents(price, errors), texts, held, errors)


def _quantity(text: str, unit: str, errors: dict[str, str], name: str) -> int:
    try:
        return read_quantity(text, unit)
    except Unreadable as refusal:
        errors[name] = str(words.UNREADABLE[refusal.why])
        return 0


def _cents(text: str, errors: dict[str, str]) -> int:
    try:
        return _PRICE.clean(text) or 0
    except ValidationError as refusal:
        errors["price"] = refusal.messages[0]
        return 0


def chosen_in(data: QueryDict, known: Mapping[int, Produce]) -> list[int]:
    """The vegetables that were ticked to be added."""
    return [
        int(one)
        for one in data.getlist("ajouter")
        if one.isascii() and one.isdigit() and len(one) < 19 and int(one) in known
    ]


# --- A harvest ------------------------------------------------------------------------------------------


def read_harvest(data: QueryDict, found: HarvestFacts) -> TypedHarvest:
    """The amount, the way to share it and the parts of each size, from an address or a form."""
    text = data.get("recolte", "")[:20].strip()
    ratios = {size.pk: data.get(f"r{size.pk}", "1")[:12] for size in found.sizes()}
    typed = TypedHarvest(
        text, way=data.get("selon", ""), ratios=ratios, weights={size: _ratio(part) for size, part in ratios.items()}
    )
    if not text:
        return replace(typed, error=str(_("Écrivez ce qui a été récolté, ou 0.")) if "recolte" in data else "")
    try:
        return replace(typed, milli=read_quantity(text, found.unit, MOST_HARVESTED))
    except Unreadable as refusal:
        return replace(typed, error=str(words.UNREADABLE[refusal.why]))


def _ratio(text: str) -> int:
    """A part such as "1", "1,5" or "1/2", in thousandths; what cannot be read takes no part."""
    try:
        return read_quantity(text, "kg", 1_000_000)
    except Unreadable:
        return 0


def read_given(data: QueryDict, found: HarvestFacts, typed: TypedHarvest) -> TypedHarvest:
    """The same with what each place should get, as typed on the sliders' page."""
    given = {name: data.get(name, "")[:20] for name in data if re.fullmatch(r"q\d{1,18}_\d{1,18}", name)}
    wrong: dict[str, str] = {}
    portions = []
    for portion in found.portions:
        name = next(
            (one for one in (field_name(portion.place, False), field_name(portion.place, True)) if one in given), None
        )
        milli = _quantity(given[name], found.unit, wrong, name) if name else portion.milli
        portions.append(replace(portion, milli=milli))
    return replace(typed, given=given, wrong=wrong, portions=portions)


# --- What was packed --------------------------------------------------------------------------------------


def read_packed(data: QueryDict, rows: Sequence[SheetRow]) -> tuple[list[SheetRow], dict[Place, int]]:
    """What was really put in: the rows as typed, and (size, vegetable) → thousandths. Units stay those of the plan."""
    read: list[SheetRow] = []
    packed: dict[Place, int] = {}
    for row in rows:
        errors: dict[str, str] = {}
        texts = {size: data.get(f"q{row.produce}_{size}", "")[:20] for size in row.held}
        held = {size: _quantity(text, row.unit, errors, str(size)) for size, text in texts.items()}
        packed |= {(size, row.produce): milli for size, milli in held.items()}
        read.append(replace(row, texts=texts, held=held, errors=errors))
    return read, packed


# --- A vegetable --------------------------------------------------------------------------------------------


class ProduceForm(forms.Form):
    """A vegetable of the garden."""

    name = forms.CharField(label=_("Nom"), max_length=80)
    unit = forms.ChoiceField(
        label=_("Se compte en"),
        help_text=_("Les contenus déjà composés gardent l’unité et le prix qu’ils avaient."),
    )
    grams = forms.IntegerField(
        label=_("Poids habituel d’une unité"), required=False, min_value=1, max_value=50_000, widget=UnitInput("g"),
        help_text=_("Pour ce qui ne se vend pas au poids."),
    )  # fmt: skip
    unit_cents = EurosField(label=_("Prix d’une unité"), required=False, max_cents=100_000)
    months = forms.TypedMultipleChoiceField(
        label=_("Mois de récolte au jardin"), required=False, coerce=int, widget=forms.CheckboxSelectMultiple
    )
    allergens = forms.CharField(
        label=_("Allergènes"), max_length=120, required=False, help_text=_("Par exemple le céleri, les fruits à coque.")
    )

    def __init__(self, *args: Any, produce: Produce | None = None, **kwargs: Any) -> None:
        if produce:
            kwargs["initial"] = {
                "name": produce.name, "unit": produce.unit, "grams": produce.grams, "unit_cents": produce.unit_cents,
                "months": words.months_in(produce.months), "allergens": produce.allergens,
            }  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = words.units()  # type: ignore[attr-defined]
        self.fields["months"].choices = [(n, str(name).capitalize()) for n, name in MONTHS.items()]  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """The columns of the vegetable, as typed."""
        data = self.cleaned_data
        return data | {"months": ",".join(map(str, sorted(data["months"]))), "unit_cents": data["unit_cents"] or 0}


# --- How content is shown --------------------------------------------------------------------------------


class ShownForm(forms.Form):
    """Where the garden shows its contents, and with what."""

    content_shown = forms.ChoiceField(label=_("Qui peut lire le contenu publié ?"), widget=forms.RadioSelect)
    content_weights = forms.BooleanField(label=_("Montrer les quantités"), required=False)
    content_prices = forms.BooleanField(label=_("Montrer les prix des légumes"), required=False)
    swaps = forms.TypedChoiceField(
        label=_("Les adhérents peuvent-ils échanger un légume ?"), coerce=int,
        choices=[(0, _("Non")), (1, _("Oui, un par panier")), (2, _("Oui, deux par panier"))],
        help_text=_("Seulement ce que vous proposez en composant. Le prix du panier ne change pas."),
    )  # fmt: skip
    swap_days = forms.TypedChoiceField(
        label=_("Jusqu’à quand ?"), coerce=int,
        choices=[(1, _("la veille de la livraison")), *((n, format_lazy(_("{n} jours avant la livraison"), n=n)) for n in range(2, 8))],
        help_text=_("Jusqu’à la fin de ce jour-là."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everybody = gettext("Aussi sur une page publique, à mettre sur votre site. Sans aucun nom.")
        self.fields["content_shown"].choices = [  # type: ignore[attr-defined]
            (Ways.Shown.NOWHERE, choice(gettext("Personne"), gettext("Il ne sert qu’à l’équipe."))),
            (
                Ways.Shown.MEMBERS,
                choice(gettext("Les adhérents"), gettext("Dans leur espace et sur la feuille de chou.")),
            ),
            (Ways.Shown.PUBLIC, choice(gettext("Tout le monde"), everybody)),
        ]


# --- The slip ---------------------------------------------------------------------------------------------


class SlipForm(forms.Form):
    """The texts of the week's slip."""

    news = forms.CharField(
        label=_("Nouvelles du jardin"), max_length=1200, required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Ce qui pousse, ce qui change, qui a besoin d’aide. Sans nom d’adhérent."),
    )  # fmt: skip
    recipe_title = forms.CharField(label=_("Titre de la recette"), max_length=80, required=False)
    recipe = forms.CharField(
        label=_("Recette"), max_length=1600, required=False, widget=forms.Textarea(attrs={"rows": 7}),
        help_text=_("Une ligne par ingrédient ou par étape."),
    )  # fmt: skip
    workshop = forms.CharField(
        label=_("Prochain atelier"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Quand, où, comment venir."),
    )  # fmt: skip

    def __init__(self, *args: Any, slip: Slip | None = None, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(slip, name, "") for name in self.base_fields}
        super().__init__(*args, **kwargs)


def with_recipe(data: QueryDict, recipe: Recipe) -> QueryDict:
    """What was typed of the slip, with this recipe in it."""
    title, text = for_slip(recipe)
    filled = data.copy()
    filled["recipe_title"], filled["recipe"] = title, text
    return filled
