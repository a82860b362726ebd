"""The start of a garden: its steps, each done here by the form that the settings use, then back to the list."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.baskets.models import Round
from cageot.desk.access import garden_for
from cageot.desk.queries import guide_start as queries
from cageot.desk.views import absences, agreements, depots, settings, settings_partners, settings_people
from cageot.desk.views.guide_book import readers
from cageot.guide.actions import starting
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can


def _policy(request: Request, garden: str) -> HttpResponse:
    product = queries.main_product(Garden.objects.get(code=garden))
    if product is None:
        messages.info(request, _("Créez d’abord une taille de panier."))
        return redirect("desk:start_step", garden, "sizes")
    return absences.policy(request, garden, product.pk)


def _depot(request: Request, garden: str) -> HttpResponse:
    """A depot stands on a round: the first step of a garden without any is its round."""
    any_round = Round.objects.filter(garden__code=garden, archived_on=None).exists()
    return (depots.new_depot if any_round else depots.new_round)(request, garden)


FORMS: dict[str, Callable[[Request, str], HttpResponse]] = {
    "address": settings.edit_garden, "team": settings_people.give, "sizes": settings.new_size, "depots": _depot,
    "absences": _policy, "partners": settings_partners.new, "agreement": agreements.new,
}  # fmt: skip
"""Steps done by a form, the same that the garden's settings show."""


@require_safe
def show(request: Request, garden: str) -> HttpResponse:
    """Every step, and the next one."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    readers(request)
    return render(request, "desk/guide_start.html", {"page": queries.start_page(place, list(FORMS), request.today)})


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: Request, garden: str, step: str) -> HttpResponse:
    """One step, by the form that does it; when it is done, back to the list."""
    garden_for(request, garden, Can.EDIT_GARDEN)
    if step not in FORMS:
        raise Http404
    answer = FORMS[step](request, garden)
    if request.method == "POST" and answer.status_code == 302:
        return redirect(f"{reverse('desk:start', args=[garden])}#{step}")
    return answer


@require_POST
def tick(request: Request, garden: str, step: str) -> HttpResponse:
    """Say by hand that a step is done, or is not."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    by, at = acting(request)
    try:
        starting.tick(place, step, done="fait" in request.POST, on=request.today, by=by, at=at)
    except starting.NoSuchStep as error:
        raise Http404 from error
    return redirect(f"{reverse('desk:start', args=[garden])}#{step}")
