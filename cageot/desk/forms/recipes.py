"""A recipe as it is typed: one ingredient a line, one step a line, vegetables by their names."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cageot.core.forms import EurosField, LineField, UnitInput
from cageot.core.templatetags.cageot import number
from cageot.desk.queries.recipes import months_of
from cageot.network.models import Garden
from cageot.workshops.models import Recipe
from cageot.workshops.queries.recipes import names_of
from cageot.workshops.queries.recipes_shown import DIETS, DIFFICULTY, EQUIPMENT
from cageot.workshops.rules import equipment, typing_recipes

LONGEST, MOST_INGREDIENTS, MOST_STEPS, LONGEST_LINE = 4000, 30, 15, 200
TEXTS = ("ingredients", "steps")


class RecipeForm(forms.Form):
    """A recipe. A text that is too long comes back as far as it fits."""

    where = forms.ChoiceField(label=_("Pour qui"))
    title = LineField(label=_("Titre"), max_length=80)
    vegetables = LineField(
        label=_("Légumes"), max_length=200,
        help_text=_("Séparés par des virgules, le principal d’abord : poireau, pomme de terre."),
    )  # fmt: skip
    ingredients = forms.CharField(
        label=_("Ingrédients"), widget=forms.Textarea({"rows": 8}),
        help_text=_("Un par ligne : « 3 poireaux », « 250 g de riz », « sel »."),
    )  # fmt: skip
    steps = forms.CharField(
        label=_("Étapes"), widget=forms.Textarea({"rows": 8}), help_text=_("Une par ligne, en phrases courtes.")
    )
    servings = forms.IntegerField(label=_("Pour combien de personnes"), min_value=1, max_value=100, initial=4)
    minutes = forms.IntegerField(label=_("Temps en tout"), min_value=1, max_value=1440, widget=UnitInput("min"))
    active_minutes = forms.IntegerField(
        label=_("Temps de travail"), min_value=1, max_value=1440, widget=UnitInput("min"), required=False,
        help_text=_("Vide : tout le temps."),
    )  # fmt: skip
    cost = EurosField(label=_("Coût par personne, environ"), max_cents=50_00)
    equipment = forms.MultipleChoiceField(
        label=_("Matériel"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Rien de coché : un bol et un couteau de table suffisent."),
    )  # fmt: skip
    difficulty = forms.TypedChoiceField(label=_("Difficulté"), coerce=int, initial=1)
    diet = forms.MultipleChoiceField(label=_("Régimes"), required=False, widget=forms.CheckboxSelectMultiple)
    allergens = forms.MultipleChoiceField(
        label=_("Allergènes"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Ceux de tous les ingrédients : lisez les étiquettes."),
    )  # fmt: skip
    months = forms.TypedMultipleChoiceField(
        label=_("Mois"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Rien de coché : les mois de ses légumes."),
    )  # fmt: skip
    keep = LineField(label=_("Conserver"), max_length=300, required=False)
    swap = LineField(label=_("Remplacer"), max_length=300, required=False)
    tip = LineField(label=_("Astuce"), max_length=300, required=False)

    PLAIN = ("title", "servings", "minutes", "active_minutes", "equipment", "difficulty", "diet", "allergens", "months", "keep", "swap", "tip")  # fmt: skip
    FIRST = ("where", "title", "vegetables", "ingredients", "steps", "servings", "minutes", "cost", "equipment", "allergens")  # fmt: skip

    def __init__(
        self, data: Any = None, *, gardens: list[Garden], network: bool, one: Recipe | None = None, fixed: bool = False
    ) -> None:
        """`one`: the recipe to change, or to begin from; `fixed`: whose it is does not change."""
        self.cut = {}
        if data is not None:
            data = data.copy()
            for name in TEXTS:
                if len(typed := data.get(name, "")) > LONGEST:
                    self.cut[name], data[name] = len(typed), typed[:LONGEST]
        super().__init__(data, initial=_start(one) if one else None)
        self.gardens = {str(garden.pk): garden for garden in gardens}
        whose = [(pk, garden.name) for pk, garden in self.gardens.items()]
        whose += [("reseau", gettext("Tous les jardins"))] if network else []
        self.fields["where"].choices = whose  # type: ignore[attr-defined]
        if fixed or len(whose) == 1:
            del self.fields["where"]
        self.only = whose[0][0] if len(whose) == 1 else ""
        choices: dict[str, Any] = {
            "equipment": EQUIPMENT.items(), "difficulty": DIFFICULTY.items(), "diet": DIETS.items(),
            "allergens": [(one, one) for one in equipment.ALLERGENS],
            "months": [(number, str(name).capitalize()) for number, name in MONTHS.items()],
        }  # fmt: skip
        for name, offered in choices.items():
            self.fields[name].choices = list(offered)  # type: ignore[attr-defined]

    @property
    def first(self) -> list[Any]:
        """What is always asked."""
        return [self[name] for name in self.FIRST if name in self.fields]

    @property
    def folded(self) -> list[Any]:
        """What may be said besides."""
        return [self[name] for name in self.fields if name not in self.FIRST]

    @property
    def opened(self) -> bool:
        """Whether a folded answer is wrong."""
        return bool(set(self.errors) - set(self.FIRST))

    def clean_vegetables(self) -> list[str]:
        names, codes = names_of(), []
        for word in filter(str.strip, self.cleaned_data["vegetables"].split(",")):
            code = typing_recipes.vegetable(word, names)
            if code is None:
                near = typing_recipes.near(word, names)
                raise forms.ValidationError(
                    gettext("Nous ne connaissons pas « %(word)s ». Vouliez-vous dire « %(near)s » ?") if near
                    else gettext("Nous ne connaissons pas « %(word)s ». Écrivez le nom d’un légume, au singulier."),
                    params={"word": word.strip()[:40], "near": near.lower()},
                )  # fmt: skip
            codes.append(code)
        if not codes:
            raise forms.ValidationError(gettext("Écrivez au moins un légume."))
        return list(dict.fromkeys(codes))

    def clean_ingredients(self) -> list[dict[str, Any]]:
        return [typing_recipes.ingredient(line) for line in self._lines("ingredients", MOST_INGREDIENTS)]

    def clean_steps(self) -> list[str]:
        return self._lines("steps", MOST_STEPS)

    def _lines(self, name: str, most: int) -> list[str]:
        if name in self.cut:
            raise forms.ValidationError(
                gettext("Ce texte a %(length)s signes, %(most)s au plus : la fin n’est pas gardée. Raccourcissez-le."),
                params={"length": number(self.cut[name]), "most": number(LONGEST)},
            )
        found = typing_recipes.lines(self.cleaned_data[name])
        if not found:
            raise forms.ValidationError(gettext("Écrivez au moins une ligne."))
        if len(found) > most:
            raise forms.ValidationError(
                gettext("Il y a %(n)s lignes, %(most)s au plus : réunissez-en."), params={"n": len(found), "most": most}
            )
        if long := next((line for line in found if len(line) > LONGEST_LINE), ""):
            raise forms.ValidationError(
                gettext("Cette ligne est trop longue : « %(line)s… ». Coupez-la en deux."), params={"line": long[:40]}
            )
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("minutes") and (data.get("active_minutes") or 0) > data["minutes"]:
            self.add_error("active_minutes", gettext("C’est plus que le temps en tout : vérifiez."))
        return data

    def garden(self) -> Garden | None:
        """Whose it is: a garden's, or everybody's."""
        return self.gardens.get(self.cleaned_data.get("where") or self.only)

    def filled(self, recipe: Recipe) -> tuple[Recipe, list[str]]:
        """The recipe with these answers, not saved, and the codes of its vegetables."""
        data = self.cleaned_data
        for name in self.PLAIN:
            setattr(recipe, name, data[name])
        recipe.active_minutes = data["active_minutes"] or data["minutes"]
        recipe.equipment = equipment.ordered(data["equipment"])
        recipe.months = data["months"] or months_of(data["vegetables"])
        recipe.cents_per_serving = data["cost"]
        recipe.ingredients, recipe.steps = data["ingredients"], data["steps"]
        return recipe, data["vegetables"]


def _start(one: Recipe) -> dict[str, Any]:
    names = names_of()
    return {name: getattr(one, name) for name in RecipeForm.PLAIN} | {
        "vegetables": ", ".join(names.get(each.code, each.code).lower() for each in one.produce.all()),
        "ingredients": "\n".join(typing_recipes.typed(each) for each in one.ingredients),
        "steps": "\n".join(one.steps),
        "cost": one.cents_per_serving,
    }
