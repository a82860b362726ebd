"""The vegetables of a garden: its own copy of the catalogue, edited as it likes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cageot.baskets import content as actions
from cageot.baskets.models import Produce
from cageot.desk.access import garden_for
from cageot.desk.forms import content as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.queries import produce as queries
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


@require_safe
def show(request: Request, garden: str) -> HttpResponse:
    """All the vegetables; the catalogue is copied the first time."""
    place = garden_for(request, garden, Can.SEE_WEEK)
    by, at = acting(request)
    actions.open_catalogue(place, by=by, at=at)
    asked = queries.Asked(request.GET.get("q", "").strip()[:80], request.GET.get("montrer", ""))
    page = queries.produce_page(place, request.today, request.reach, asked)
    return render(request, "desk/content_produce.html", {"page": page})


@require_http_methods(WRITING)
def new(request: Request, garden: str) -> HttpResponse:
    """Add a vegetable of one's own."""
    place = garden_for(request, garden, Can.RUN_WEEK)
    form = forms.ProduceForm(request.POST or None, initial={"name": request.GET.get("nom", "")[:80]})
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            actions.add_produce(place, **form.values, by=by, at=at)
        except actions.AlreadyNamed as refusal:
            _named_already(form, refusal)
        else:
            messages.success(request, _("Légume ajouté."))
            return redirect("desk:produce", place.code)
    return render(request, "desk/content_produce_form.html", {"garden": place, "form": form, "one": None})


@require_http_methods(WRITING)
def edit(request: Request, garden: str, produce: int) -> HttpResponse:
    """Change a vegetable, set it aside, or take it back."""
    place = garden_for(request, garden, Can.RUN_WEEK)
    one = get_object_or_404(Produce.objects.select_related("garden"), pk=produce, garden=place)
    if request.method == "POST" and "ranger" in request.POST:
        return _set_aside(request, place, one)
    form = forms.ProduceForm(request.POST or None, produce=one)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            changed = actions.change_produce(one, **form.values, by=by, at=at)
        except actions.AlreadyNamed as refusal:
            _named_already(form, refusal)
        else:
            messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
            return redirect("desk:produce", place.code)
    return render(request, "desk/content_produce_form.html", {"garden": place, "form": form, "one": one})


def _set_aside(request: Request, garden: Garden, one: Produce) -> HttpResponse:
    by, at = acting(request)
    actions.set_aside(one, on=None if one.archived_on else request.today, by=by, at=at)
    messages.success(
        request,
        _("« %(name)s » est de nouveau proposé.") % {"name": one.name}
        if one.archived_on
        else _("« %(name)s » n’est plus proposé. Les contenus qui en ont le gardent.") % {"name": one.name},
    )
    return redirect("desk:produce", garden.code)


def _named_already(form: forms.ProduceForm, refusal: actions.AlreadyNamed) -> None:
    refuse(
        form,
        _("Vous avez déjà « %(name)s ». Changez celui-là, ou donnez un autre nom.") % {"name": refusal.there.name},
        "name",
    )
