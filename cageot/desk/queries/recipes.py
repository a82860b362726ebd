"""Recipes as the desk shows them: a list to choose from, one recipe for so many people, cards to print."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets.content import catalogue
from cageot.core.icons import ICONS
from cageot.core.templatetags.cageot import euros
from cageot.core.week import Week
from cageot.network.models import Garden
from cageot.network.rules.reach import Can, Reach
from cageot.workshops.models import Recipe, Session
from cageot.workshops.queries.recipes import for_the_week, names_of
from cageot.workshops.queries.recipes_shown import (
    DIETS,
    DIFFICULTY,
    EQUIPMENT,
    MOST_PEOPLE,
    QUICK,
    Idea,
    Sign,
    for_people,
    minutes_words,
    people_in,
    signs_of,
)
from cageot.workshops.rules import equipment
from cageot.workshops.rules.series import wall
from cageot.workshops.rules.suggesting import kin

PER_PAGE, MOST_CARDS = 24, 60


# --- The list -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What the list is asked for. `month`: the recipes of that month only, 0 for all."""

    vegetable: str = ""
    month: int = 0
    no_oven: bool = False
    quick: bool = False
    no_cooking: bool = False
    diet: str = ""
    own: bool = False
    away: bool = False

    @property
    def query(self) -> dict[str, str]:
        """The same, as an address says it."""
        told = {
            "legume": self.vegetable, "saison": "1" if self.month else "", "four": "non" if self.no_oven else "",
            "temps": "court" if self.quick else "", "cuisson": "non" if self.no_cooking else "", "regime": self.diet,
            "jardin": "1" if self.own else "", "voir": "retirees" if self.away else "",
        }  # fmt: skip
        return {name: value for name, value in told.items() if value}

    def keeps(self, one: Recipe) -> bool:
        """Whether a recipe answers. It knows its vegetables."""
        return (
            (one.archived_on is not None) == self.away
            and (not self.vegetable or kin(self.vegetable) in {kin(each.code) for each in one.produce.all()})
            and (not self.month or self.month in one.months)
            and not (self.no_oven and not equipment.without_oven(one.equipment))
            and not (self.quick and one.minutes > QUICK)
            and not (self.no_cooking and not equipment.without_cooking(one.equipment))
            and (not self.diet or self.diet in one.diet)
            and not (self.own and one.garden_id is None)
        )


def asked_in(data: Mapping[str, str], month: int) -> Asked:
    """The filters of an address; what is not known filters nothing."""
    diet, vegetable = data.get("regime", ""), data.get("legume", "")
    return Asked(
        vegetable if vegetable in names_of() else "", month if data.get("saison") == "1" else 0, data.get("four") == "non",
        data.get("temps") == "court", data.get("cuisson") == "non", diet if diet in equipment.DIETS else "",
        data.get("jardin") == "1", data.get("voir") == "retirees",
    )  # fmt: skip


@dataclass(frozen=True)
class Filter:
    """A filter to put on or take off. `query`: what follows "?"."""

    label: str
    icon: str
    query: str
    current: bool


@dataclass(frozen=True)
class Line:
    """A recipe in the list; a knife is no sign there, so many ask for one."""

    recipe: Recipe
    vegetables: str
    time: str
    signs: list[Sign]


@dataclass(frozen=True)
class RecipesPage:
    """The recipes that answer, what to filter them by, and whether this person may write some."""

    asked: Asked
    filters: list[Filter]
    vegetables: list[tuple[str, str]]
    kept: list[tuple[str, str]]
    lines: list[Line]
    page: Page[Recipe]
    cards: str
    may_write: bool
    nothing: bool


def recipes_page(reach: Reach, asked: Asked, month: int, page: str) -> RecipesPage:
    """The list. Three queries."""
    everything = list(Recipe.objects.reachable(reach).select_related("garden").prefetch_related("produce"))
    found = [one for one in everything if asked.keeps(one)]
    paged = Paginator(found, PER_PAGE).get_page(page)
    names = names_of()
    used = {kin(each.code) for one in everything for each in one.produce.all()}
    return RecipesPage(
        asked, _filters(asked, month, everything),
        sorted(((code, names[code]) for code in used if code in names), key=lambda one: _sorted(one[1])),
        [(name, value) for name, value in asked.query.items() if name != "legume"],
        [Line(one, vegetables_of(one, names), minutes_words(one.minutes), [sign for sign in signs_of(one) if sign.icon != "knife"]) for one in paged], paged, urlencode(asked.query),
        may_write=reach.network or bool(reach.gardens_where(Can.RUN_WORKSHOPS)), nothing=not everything,
    )  # fmt: skip


def _sorted(name: str) -> str:
    return name.lower().replace("é", "e").replace("œ", "oe")


def vegetables_of(recipe: Recipe, names: Mapping[str, str]) -> str:
    """ "Poireau, pomme de terre" """
    told = ", ".join(names.get(one.code, one.code.replace("-", " ")).lower() for one in recipe.produce.all())
    return told[:1].upper() + told[1:]


def _filters(asked: Asked, month: int, everything: Iterable[Recipe]) -> list[Filter]:
    """A filter on or off, the others kept. Those that would keep nothing at all are not offered."""
    has = {name for one in everything for name, there in (("own", one.garden_id), ("away", one.archived_on)) if there}
    offered: list[tuple[str, str, dict[str, Any], bool]] = [
        (_("De saison"), "leaf", {"month": 0 if asked.month else month}, bool(asked.month)),
        (_("Sans four"), "oven", {"no_oven": not asked.no_oven}, asked.no_oven),
        (_("30 minutes au plus"), "clock", {"quick": not asked.quick}, asked.quick),
        (_("Sans cuisson"), "bowl", {"no_cooking": not asked.no_cooking}, asked.no_cooking),
    ]
    offered += [
        (str(word).capitalize(), equipment.SIGNS[code], {"diet": "" if asked.diet == code else code}, asked.diet == code)
        for code, word in DIETS.items()
    ]  # fmt: skip
    if "own" in has:
        offered.append((_("De nos jardins"), "home", {"own": not asked.own}, asked.own))
    if "away" in has:
        offered.append((_("Retirées"), "close", {"away": not asked.away}, asked.away))
    return [
        Filter(label, icon, urlencode(replace(asked, **change).query), current)
        for label, icon, change, current in offered
    ]


# --- One recipe -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecipePage:
    """A recipe for so many people."""

    recipe: Recipe
    people: int
    ingredients: list[str]
    vegetables: str
    signs: list[Sign]
    facts: list[tuple[str, str]]
    months: str
    may_change: bool
    may_copy: bool
    fewer: int = field(default=0)
    more: int = field(default=0)


def recipe_page(recipe: Recipe, reach: Reach, typed: str) -> RecipePage:
    """A recipe as it is read. One query more than itself."""
    people = people_in(typed, recipe)
    return RecipePage(
        recipe, people, for_people(recipe, people), vegetables_of(recipe, names_of()), signs_of(recipe), facts_of(recipe),
        months_words(recipe.months), may_change(recipe, reach), bool(reach.gardens_where(Can.RUN_WORKSHOPS)) or reach.network,
        max(people - 1, 1), min(people + 1, MOST_PEOPLE),
    )  # fmt: skip


def may_change(recipe: Recipe, reach: Reach) -> bool:
    """A garden writes its own recipes, the network the shared ones."""
    return reach.can(Can.RUN_WORKSHOPS, recipe.garden_id) if recipe.garden_id else reach.network


def facts_of(recipe: Recipe) -> list[tuple[str, str]]:
    """Word and value: time, work, difficulty, cost."""
    return [
        (_("En tout"), minutes_words(recipe.minutes)),
        (_("De travail"), minutes_words(recipe.active_minutes)),
        (_("Difficulté"), str(DIFFICULTY[recipe.difficulty])),
        (_("Coût par personne"), _("environ %(cost)s") % {"cost": euros(recipe.cents_per_serving)}),
    ]


def months_words(months: Iterable[int]) -> str:
    """ "septembre à mars" when they follow each other, over the new year too; else each."""
    there = sorted(set(months))
    if len(there) in (0, 12):
        return _("toute l’année") if there else ""
    firsts = [one for one in there if (one - 2) % 12 + 1 not in there]
    if len(firsts) > 1 or len(there) < 3:
        return ", ".join(str(MONTHS[one]).lower() for one in there)
    last = (firsts[0] + len(there) - 2) % 12 + 1
    return _("%(first)s à %(last)s") % {"first": str(MONTHS[firsts[0]]).lower(), "last": str(MONTHS[last]).lower()}


# --- What is suggested ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Ideas:
    """What is suggested. `composed`: for what the baskets hold; else for the season."""

    ideas: list[Idea]
    composed: bool


def suggested(garden: Garden, week: Week, there: Iterable[str] | None = None, most: int = 4) -> Ideas:
    """Recipes for what a garden's baskets hold that week. Eight queries at most."""
    found, composed = for_the_week(garden, week, there=there, most=most)
    ideas = [
        Idea(one.recipe, why(one.used, composed), minutes_words(one.recipe.minutes), signs_of(one.recipe, diets=False))
        for one in found
    ]  # fmt: skip
    return Ideas(ideas, composed)


@dataclass(frozen=True)
class SessionRecipes:
    """What may be cooked at a session: what its workshop cooks already, and what is suggested besides."""

    session: Session
    day: date
    equipment: list[Sign]
    chosen: list[Recipe]
    ideas: Ideas


def session_recipes(session: Session) -> SessionRecipes:
    """Recipes for the vegetables of the session's week, with the equipment of its place. Ten queries at most."""
    day, there = wall(session.starts_at).date(), session.place.equipment
    chosen = list(session.workshop.recipes.all())
    found = suggested(session.garden, Week.of(day), there or None, most=8 + len(chosen))
    cooked = {one.pk for one in chosen}
    besides = [one for one in found.ideas if one.recipe.pk not in cooked][:8]
    signs = [Sign(equipment.SIGNS[code], str(EQUIPMENT[code])) for code in equipment.ordered(there) if there]
    return SessionRecipes(session, day, signs, chosen, Ideas(besides, found.composed))


def why(used: list[str], composed: bool) -> str:
    """ "Utilise 3 légumes du panier : poireau, carotte, oignon." """
    names = ", ".join(name.lower() for name in used)
    if not composed:
        return _("De saison : %(names)s.") % {"names": names}
    told = ngettext(
        "Utilise %(n)s légume du panier : %(names)s.", "Utilise %(n)s légumes du panier : %(names)s.", len(used)
    )
    return told % {"n": len(used), "names": names}


# --- Cards ----------------------------------------------------------------------------------------


def cards_data(recipes: Iterable[Recipe], people: Callable[[Recipe], int], today: date) -> dict[str, Any]:
    """All the words and pictograms of the cards to print."""
    rows = list(recipes)
    names = names_of()
    title = rows[0].title if len(rows) == 1 else _("Fiches recettes")
    return {
        "lang": "fr", "title": title, "date": [today.year, today.month, today.day],
        "takes": _("Il faut"), "makes": _("Comment faire"),
        "cards": [_card(one, people(one), names) for one in rows],
    }  # fmt: skip


def _card(one: Recipe, people: int, names: Mapping[str, str]) -> dict[str, Any]:
    signs = [Sign("clock", minutes_words(one.minutes)), *signs_of(one)]
    notes = [(_("Conserver"), one.keep), (_("Remplacer"), one.swap), (_("Astuce"), one.tip)]
    notes += [(_("Allergènes"), ", ".join(one.allergens))]
    return {
        "title": one.title, "vegetables": vegetables_of(one, names),
        "people": ngettext("Pour %(n)s personne", "Pour %(n)s personnes", people) % {"n": people},
        "signs": [[drawn(sign.icon), sign.word] for sign in signs], "ingredients": for_people(one, people),
        "steps": list(one.steps), "notes": [[label, text] for label, text in notes if text],
        "foot": _("environ %(cost)s par personne") % {"cost": euros(one.cents_per_serving)},
    }  # fmt: skip


def drawn(icon: str) -> str:
    """A pictogram as a file of its own."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#1d2a1f" stroke-width="1.6" '
        f'stroke-linecap="round" stroke-linejoin="round">{ICONS[icon]}</svg>'
    )


# --- Writing --------------------------------------------------------------------------------------


def writers(reach: Reach) -> list[Garden]:
    """The gardens for which this person may write a recipe. One query."""
    return list(Garden.objects.filter(pk__in=reach.gardens_where(Can.RUN_WORKSHOPS)).order_by("name"))


def months_of(codes: Iterable[str]) -> list[int]:
    """The months when all these vegetables are there; those of the first when they never meet; all when none is known."""
    grown = {line.code: {int(one) for one in line.months.split(",") if one} for line in catalogue()}
    there = [grown[code] for code in codes if grown.get(code)]
    if not there:
        return list(range(1, 13))
    return sorted(set.intersection(*there) or there[0])
