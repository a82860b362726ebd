"""What to cook with one's basket."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cageot.space.access import MemberRequest
from cageot.space.queries import recipes as queries
from cageot.space.views.pages import page


@page
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """Recipes for the next basket: without an oven, or quick, when one asks."""
    found = queries.ideas(
        request.member.household, request.today, no_oven=request.GET.get("four") == "non", quick=request.GET.get("temps") == "court"
    )  # fmt: skip
    return render(request, "space/recipes.html", {"page": found})


@page
@require_safe
def one(request: MemberRequest, recipe: str) -> HttpResponse:
    """One recipe, for so many people."""
    found = queries.page(request.member.household, recipe, request.GET.get("personnes", ""))
    if found is None:
        raise Http404
    return render(request, "space/recipe.html", {"page": found})
