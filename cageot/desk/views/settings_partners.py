"""Partners: the list of a garden, of the network, one partner, and writing it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cageot.desk.access import garden_for, network_only, partner_for
from cageot.desk.forms.settings_partners import PartnerForm
from cageot.desk.queries import settings as places
from cageot.desk.queries import settings_partners as queries
from cageot.network import actions
from cageot.network.http import Request, acting
from cageot.network.models import Garden, Partner
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


@require_safe
def of_garden(request: Request, garden: str) -> HttpResponse:
    """The partners of a garden."""
    return _list(request, garden_for(request, garden, Can.SEE_MONEY))


@require_safe
def of_network(request: Request) -> HttpResponse:
    """Every partner, for the network head."""
    network_only(request)
    return _list(request, None)


def _list(request: Request, garden: Garden | None) -> HttpResponse:
    asked = {
        name: request.GET.get(word, "").strip()[:80]
        for name, word in (("text", "q"), ("state", "fait"), ("number", "page"))
    }
    page = queries.partners_page(garden, request.reach, request.today, **asked)
    return render(request, "desk/settings_partners.html", {"list": page})


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """One partner."""
    page = queries.partner_page(partner_for(request, pk), request.reach, request.today)
    return render(request, "desk/settings_partner.html", {"page": page})


@require_safe
def communes(request: Request, garden: str) -> HttpResponse:
    """Communes that begin as typed, for the list under the field."""
    garden_for(request, garden, Can.EDIT_AGREEMENTS)
    found = places.communes(request.GET.get("place", "").strip()[:80])
    return render(request, "desk/settings_communes.html", {"communes": found})


@require_http_methods(WRITING)
def new(request: Request, garden: str) -> HttpResponse:
    """Add a partner of a garden."""
    return _write(request, garden_for(request, garden, Can.EDIT_AGREEMENTS), None)


@require_http_methods(WRITING)
def new_of_network(request: Request) -> HttpResponse:
    """Add a partner, local or national."""
    network_only(request)
    return _write(request, None, None)


@require_http_methods(WRITING)
def edit(request: Request, pk: int) -> HttpResponse:
    """Correct a partner."""
    return _write(request, None, partner_for(request, pk, edit=True))


def _write(request: Request, garden: Garden | None, partner: Partner | None) -> HttpResponse:
    form = PartnerForm(request.POST or None, partner=partner, **_offered(request, garden, partner))
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        if partner is None:
            partner = actions.add_partner(form.values, form.linked, by=by, at=at)
            messages.success(request, _("Partenaire ajouté."))
        else:
            changed = actions.change_partner(partner, form.values, form.linked, by=by, at=at)
            messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
        return redirect("desk:partner", partner.pk)
    back = (
        reverse("desk:partner", args=[partner.pk])
        if partner
        else reverse("desk:partners", args=[garden.code])
        if garden
        else reverse("desk:all_partners")
    )
    context = {"form": form, "partner": partner, "garden": garden, "back": back}
    return render(request, "desk/settings_partner_form.html", context, status=422 if form.errors else 200)


def _offered(request: Request, garden: Garden | None, partner: Partner | None) -> dict[str, Any]:
    """The gardens it may be linked to, where communes are looked up, and who is called the same."""
    reach = request.reach
    gardens = list(
        Garden.objects.all()
        if reach.network
        else Garden.objects.filter(pk__in=reach.gardens_where(Can.EDIT_AGREEMENTS))
    )
    if garden and not reach.network:
        gardens = [garden]
    lookup = (
        reverse("desk:network_communes") if reach.network else reverse("desk:partner_communes", args=[gardens[0].code])
    )
    return {
        "gardens": gardens, "network": reach.network, "lookup": lookup,
        "namesake": lambda name: queries.same_name(name, reach, partner),
    }  # fmt: skip
