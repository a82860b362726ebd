"""What lies ahead: gardens to watch, how long money lasts, and "Et si ?"."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.baskets.outlooks import look_ahead
from cageot.desk.access import garden_for, member_garden_for, network_only
from cageot.desk.forms import ahead as forms
from cageot.desk.queries import ahead as queries
from cageot.desk.queries import what_if
from cageot.desk.queries.programme import current_edition
from cageot.funding import journal
from cageot.funding.actions import foreseeing as actions
from cageot.funding.models import WatchRule
from cageot.network.http import Request, acting
from cageot.network.models import Edition, Garden
from cageot.network.rules.reach import Can

# --- To watch -----------------------------------------------------------------------------------


@require_safe
def watch(request: Request) -> HttpResponse:
    """Every garden that needs care, and why."""
    edition = _edition(request)
    return render(request, "desk/ahead_watch.html", {"page": queries.watch_page(edition, request.today)})


@require_safe
def watch_garden(request: Request, garden: str) -> HttpResponse:
    """A garden's forecast, for the network head."""
    place = member_garden_for(request, garden)
    page = queries.garden_page(place, request.today, network=True)
    return render(request, "desk/ahead_garden.html", {"page": page, "network": True})


@require_safe
def garden_forecast(request: Request, garden: str) -> HttpResponse:
    """How long each payer of a garden lasts."""
    place = garden_for(request, garden, Can.SEE_MONEY)
    return render(request, "desk/ahead_garden.html", {"page": queries.garden_page(place, request.today)})


@require_POST
def again(request: Request) -> HttpResponse:
    """Work out anew what lies ahead, for every garden."""
    _edition(request)
    look_ahead(today=request.today, at=acting(request)[1])
    messages.success(request, _("Les prévisions sont à jour."))
    return redirect("desk:watch")


@require_http_methods(["GET", "HEAD", "POST"])
def thresholds(request: Request) -> HttpResponse:
    """From when on a garden is watched, in this edition."""
    edition = _edition(request)
    row = WatchRule.objects.filter(edition=edition).first() or WatchRule(edition=edition)
    form = forms.WatchForm(request.POST or None, initial=forms.WatchForm.shown(row))
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.set_watch_rule(edition, form.values(), by=by, at=at)
        messages.success(request, _("Les seuils sont enregistrés."))
        return redirect("desk:watch")
    return render(
        request, "desk/ahead_thresholds.html", {"form": form, "edition": edition}, status=422 if form.errors else 200
    )


def _edition(request: Request) -> Edition:
    network_only(request)
    edition = current_edition(request.today)
    if edition is None:
        raise Http404
    return edition


# --- What if ------------------------------------------------------------------------------------


@require_safe
def suppose(request: Request) -> HttpResponse:
    """What if, over the whole network. Nothing is written."""
    network_only(request)
    return _suppose(request, None)


@require_safe
def suppose_garden(request: Request, garden: str) -> HttpResponse:
    """What if, for a garden's own baskets."""
    return _suppose(request, garden_for(request, garden, Can.SEE_MONEY))


@require_POST
def keep(request: Request) -> HttpResponse:
    """Keep what was supposed, and what it gives today."""
    network_only(request)
    return _keep(request, None)


@require_POST
def keep_garden(request: Request, garden: str) -> HttpResponse:
    """Keep what was supposed of a garden."""
    return _keep(request, garden_for(request, garden, Can.EDIT_AGREEMENTS))


@require_POST
def drop(request: Request, pk: int) -> HttpResponse:
    """Forget a "what if" of the network."""
    network_only(request)
    return _drop(request, None, pk)


@require_POST
def drop_garden(request: Request, garden: str, pk: int) -> HttpResponse:
    """Forget a "what if" of a garden."""
    return _drop(request, garden_for(request, garden, Can.EDIT_AGREEMENTS), pk)


def _suppose(request: Request, garden: Garden | None, wrong: forms.KeepForm | None = None) -> HttpResponse:
    offered = what_if.offered(garden, request.today)
    typed = request.POST if wrong else request.GET
    form = forms.WhatIfForm(typed if "jour" in typed else None, offered=offered, first=_next_month(request.today))
    moves = form.moves() if form.is_valid() else {}
    context: dict[str, Any] = {
        "garden": garden,
        "form": form,
        "result": what_if.result(moves, garden, offered.names, request.today) if moves else None,
        "nothing": form.is_bound and not form.errors and not moves,
        "keep": wrong or forms.KeepForm(),
        "kept": what_if.kept_rows(garden, offered.names, request.today),
        "may_keep": garden is None or request.reach.can(Can.EDIT_AGREEMENTS, garden.pk),
    }
    return render(request, "desk/ahead_what_if.html", context, status=422 if form.errors or wrong else 200)


def _keep(request: Request, garden: Garden | None) -> HttpResponse:
    offered = what_if.offered(garden, request.today)
    form = forms.WhatIfForm(request.POST, offered=offered, first=_next_month(request.today))
    name = forms.KeepForm(request.POST)
    moves = form.moves() if form.is_valid() else {}
    if not moves or not name.is_valid():
        name.is_valid()
        return _suppose(request, garden, name)
    found = what_if.result(moves, garden, offered.names, request.today)
    by, at = acting(request)
    entity = journal.entity_of(garden) if garden else journal.head()
    said = {**moves, "garden": garden.code} if garden else moves
    actions.keep_scenario(name.cleaned_data["nom"], entity, moves=said, result=found.facts, by=by, at=at)
    messages.success(request, _("Ce scénario est gardé. Rien d’autre n’a changé."))
    return redirect(f"{_home(garden)}?{what_if.address(moves)}")


def _drop(request: Request, garden: Garden | None, pk: int) -> HttpResponse:
    by, at = acting(request)
    actions.drop_scenario(get_object_or_404(what_if.kept(garden), pk=pk), by=by, at=at)
    messages.success(request, _("Ce scénario est retiré de la liste."))
    return redirect(_home(garden))


def _home(garden: Garden | None) -> str:
    return reverse("desk:garden_what_if", args=[garden.code]) if garden else reverse("desk:what_if")


def _next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)
