"""Recipes: chosen from a list, read for so many people, printed as cards, written by a garden or by the network."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core import clock
from cageot.desk.forms.recipes import RecipeForm
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import recipes as queries
from cageot.desk.views.workshops_sessions import session_for, to_session
from cageot.network.http import Request, acting
from cageot.workshops.actions import recipes as actions
from cageot.workshops.models import Recipe
from cageot.workshops.queries.recipes_shown import people_in

WRITING = ["GET", "HEAD", "POST"]


def cooks(request: Request) -> None:
    """What follows is for the staff, of any garden or of the network head. The recipes are laid at their first use."""
    if not (request.reach.network or request.reach.gardens):
        raise Http404
    if not Recipe.objects.filter(garden=None).exists():
        actions.ship(at=clock.now())


def recipe_for(request: Request, code: str, *, change: bool = False) -> Recipe:
    """A recipe that this person may read, or change."""
    cooks(request)
    rows = Recipe.objects.reachable(request.reach).select_related("garden").prefetch_related("produce")
    found: Recipe = get_object_or_404(rows, code=code)
    if change and not queries.may_change(found, request.reach):
        raise Http404
    return found


@require_safe
def index(request: Request) -> HttpResponse:
    """The recipes, by vegetable, season, time, equipment, diet."""
    cooks(request)
    month = request.today.month
    asked = queries.asked_in(request.GET.dict(), month)
    page = queries.recipes_page(request.reach, asked, month, request.GET.get("page", ""))
    return render(request, "desk/recipes.html", {"page": page})


@require_safe
def show(request: Request, recipe: str) -> HttpResponse:
    """One recipe, for so many people."""
    found = recipe_for(request, recipe)
    page = queries.recipe_page(found, request.reach, request.GET.get("personnes", ""))
    return render(request, "desk/recipe.html", {"page": page})


@require_safe
def cards(request: Request) -> HttpResponse:
    """Cards to print, two on a sheet: one recipe for so many people, or those that a list keeps."""
    cooks(request)
    rows = Recipe.objects.reachable(request.reach).prefetch_related("produce")
    if code := request.GET.get("recette", ""):
        chosen = [get_object_or_404(rows, code=code)]
    else:
        asked = queries.asked_in(request.GET.dict(), request.today.month)
        chosen = [one for one in rows if asked.keeps(one)][: queries.MOST_CARDS]
    if not chosen:
        raise Http404
    typed = request.GET.get("personnes", "")
    data = queries.cards_data(chosen, lambda one: people_in(typed, one), request.today)
    made = write_pdf("recipes.typ", data, at=clock.now().replace(microsecond=0))
    headers = {"Content-Disposition": 'inline; filename="recettes.pdf"', "Cache-Control": "private, no-store"}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


# --- Writing --------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def new(request: Request) -> HttpResponse:
    """Write a recipe, from nothing or from another."""
    cooks(request)
    gardens = queries.writers(request.reach)
    if not (gardens or request.reach.network):
        raise Http404
    model = recipe_for(request, request.GET["de"]) if request.GET.get("de") else None
    form = RecipeForm(request.POST or None, gardens=gardens, network=request.reach.network, one=model)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        recipe, produce = form.filled(Recipe(garden=form.garden()))
        made = actions.save(recipe, produce, by=by, at=at)
        messages.success(request, _("« %(title)s » est enregistrée.") % {"title": made.title})
        return redirect("desk:recipe", made.code)
    context = {"form": form, "recipe": None}
    return render(request, "desk/recipe_form.html", context, status=422 if form.errors else 200)


@require_http_methods(WRITING)
def edit(request: Request, recipe: str) -> HttpResponse:
    """Change a recipe: a garden its own, the network a shared one."""
    found = recipe_for(request, recipe, change=True)
    gardens = queries.writers(request.reach)
    form = RecipeForm(request.POST or None, gardens=gardens, network=request.reach.network, one=found, fixed=True)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        changed, produce = form.filled(found)
        actions.save(changed, produce, by=by, at=at)
        messages.success(request, _("C’est enregistré."))
        return redirect("desk:recipe", found.code)
    context = {"form": form, "recipe": found}
    return render(request, "desk/recipe_form.html", context, status=422 if form.errors else 200)


@require_POST
def archive(request: Request, recipe: str) -> HttpResponse:
    """Put a recipe away, or take it back."""
    found = recipe_for(request, recipe, change=True)
    by, at = acting(request)
    if found.archived_on:
        actions.take_back(found, by=by, at=at)
        messages.success(request, _("« %(title)s » est de nouveau proposée.") % {"title": found.title})
    else:
        actions.archive(found, today=request.today, by=by, at=at)
        messages.success(request, _("« %(title)s » n’est plus proposée.") % {"title": found.title})
    return redirect("desk:recipe", found.code)


# --- For a session --------------------------------------------------------------------------------


@require_http_methods(WRITING)
def for_session(request: Request, garden: str, session: int) -> HttpResponse:
    """Choose what is cooked at a session, from its week's vegetables and its place's equipment."""
    found = session_for(request, garden, session)
    cooks(request)
    if request.method == "POST":
        by, at = acting(request)
        chosen = Recipe.objects.of(found.garden).filter(code__in=request.POST.getlist("recette")[: queries.MOST_CARDS])
        actions.cook(found.workshop, chosen, by=by, at=at)
        messages.success(request, _("C’est enregistré."))
        return to_session(found)
    return render(request, "desk/session_recipes.html", {"page": queries.session_recipes(found)})
