"""What members may give back of a basket, and what they may take instead: said by who composes it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cageot.baskets import content as actions
from cageot.core.week import Week
from cageot.desk.access import garden_for
from cageot.desk.forms.swaps import read_swaps
from cageot.desk.queries import content as queries
from cageot.desk.queries.swaps import Typed, swaps_page
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can


@require_http_methods(["GET", "HEAD", "POST"])
def swaps(request: Request, garden: str, week: Week) -> HttpResponse:
    """The swaps of a round's baskets, where the garden allows some."""
    place = garden_for(request, garden, Can.RUN_WEEK if request.method == "POST" else Can.SEE_WEEK)
    data = request.POST if request.method == "POST" else request.GET
    here = queries.facts(place, week, queries.Asked(data.get("tournee", ""), data.get("produit", "")))
    if not queries.ways_of(place).swaps:
        messages.info(
            request, _("Votre jardin ne permet pas d’échanger un légume. Cela se choisit dans « Contenu montré ».")
        )
        return redirect("desk:content", place.code, week)
    if here.round is None or here.product is None or not here.marks:
        messages.info(request, _("Cette tournée n’a pas encore de contenu : composez-le d’abord."))
        return redirect("desk:content", place.code, week)
    typed = None
    if request.method == "POST":
        typed = read_swaps(request.POST, here)
        if not typed.errors:
            _write(request, here, typed)
            back = reverse("desk:content_swaps", args=[place.code, week])
            return redirect(back + queries.query(here.round.pk, here.product.pk))
    page = swaps_page(here, request.today, request.reach, typed)
    return render(request, "desk/content_swaps.html", {"page": page, "typed": typed})


def _write(request: Request, here: queries.Facts, typed: Typed) -> None:
    assert here.round is not None
    by, at = acting(request)
    try:
        dropped = actions.offer_swaps(here.round, here.week, going=typed.going, offers=typed.offers, by=by, at=at)
    except actions.AlreadyPacked:
        messages.error(request, _("Les paniers de cette tournée sont préparés : le prévu ne change plus."))
    except actions.NotComposed:
        messages.error(request, _("Ce contenu vient d’être retiré : rien n’est écrit."))
    else:
        possible = any(typed.going[size] and typed.offers[size] for size in typed.going)
        messages.success(
            request,
            _("C’est enregistré.") if possible else _("C’est enregistré : rien ne s’échange sur cette tournée."),
        )
        if dropped:
            messages.warning(
                request,
                ngettext(
                    "%(n)s échange déjà demandé ne se fait plus : le foyer est prévenu.",
                    "%(n)s échanges déjà demandés ne se font plus : les foyers sont prévenus.",
                    dropped,
                )
                % {"n": dropped},
            )
