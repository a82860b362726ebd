"""The weekly slip ("feuille de chou"): its texts, its preview, its paper."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cageot.baskets import content as actions
from cageot.core import clock
from cageot.core.week import Week
from cageot.desk.access import garden_for
from cageot.desk.forms import content as forms
from cageot.desk.pdf import write_pdf, write_png
from cageot.desk.queries import content_shown as queries
from cageot.desk.queries import recipes
from cageot.desk.views.recipes import cooks, recipe_for
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, garden: str, week: Week) -> HttpResponse:
    """Type the texts of the week's slip, or take a suggested recipe, and see the page."""
    place = garden_for(request, garden, Can.RUN_WEEK if request.method == "POST" else Can.SEE_WEEK)
    typed: QueryDict = request.POST
    if code := typed.get("recette"):
        typed = forms.with_recipe(typed, recipe_for(request, code))
    form = forms.SlipForm(typed or None, slip=queries.slip_of(place, week))
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.write_slip(place, week, **form.cleaned_data, by=by, at=at)
        said = _("La recette est sur la feuille de chou.") if code else _("La feuille de chou est enregistrée.")
        messages.success(request, said)
        return redirect("desk:content_slip", place.code, week)
    may_write = request.reach.can(Can.RUN_WEEK, place.pk)
    page = queries.slip_page(place, week, request.today)
    context = {"page": page, "form": form, "may_write": may_write}
    if may_write:
        cooks(request)
        context["recipes"] = recipes.suggested(place, week)
    return render(request, "desk/content_slip.html", context)


def _data(request: Request, garden: str, week: Week, paper: str) -> dict[str, Any]:
    return queries.slip_data(garden_for(request, garden, Can.SEE_WEEK), week, paper)


@require_safe
def pdf(request: Request, garden: str, week: Week, paper: str) -> HttpResponse:
    """The slip to print."""
    made = write_pdf("slip.typ", _data(request, garden, week, paper), at=clock.now().replace(microsecond=0))
    name = f"feuille-de-chou-{garden}-{week}-{paper}.pdf"
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


@require_safe
def picture(request: Request, garden: str, week: Week) -> HttpResponse:
    """The first page of the slip, as a picture."""
    made = write_png("slip.typ", _data(request, garden, week, "a5"), ppi=110)
    return HttpResponse(made, content_type="image/png", headers={"Cache-Control": "private, no-store"})
