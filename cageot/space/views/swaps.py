"""One vegetable of a basket swapped for another, and kept after all."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cageot.baskets.models import Basket
from cageot.baskets.queries import swapping
from cageot.baskets.rules.swaps import last_day, why_fixed, why_not
from cageot.baskets.swaps import SwapRefused
from cageot.space import actions
from cageot.space.access import MemberRequest
from cageot.space.forms.swaps import SwapForm
from cageot.space.queries import baskets as queries
from cageot.space.views.pages import page, who
from cageot.space.words import why_no_swap


def _collected(request: MemberRequest, pk: int) -> Basket:
    """A basket that the member's household collects, its own or one that it receives, or 404."""
    household = request.member.household
    rows = Basket.objects.select_related("delivery", "size", "product", "depot__garden", "garden")
    own = Q(household=household, given_to=None) | Q(given_to=household)
    return get_object_or_404(rows, own, pk=pk)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def swap(request: MemberRequest, basket: int) -> HttpResponse:
    """ "Échanger un légume": what is swapped, and one more as long as it may be."""
    one = _collected(request, basket)
    found = swapping(one)
    ask = found.ask(one, request.today)
    why = why_not(ask)
    form = SwapForm(found, request.POST or None)
    if request.method == "POST" and not why and form.is_valid():
        by, at = who(request)
        away, taken = int(form.cleaned_data["away"]), int(form.cleaned_data["taken"])
        try:
            actions.swap(request.member, one, away=away, taken=taken, today=request.today, by=by, at=at)
        except SwapRefused as refused:
            form.add_error(None, why_no_swap(refused.why))
        else:
            messages.success(request, _("C’est noté. Le jardin prépare votre échange."))
            return redirect("space:my_basket")
    shown = {
        "basket": one, "name": queries.basket_name(one), "form": form, "found": found, "why": why_no_swap(why),
        "fixed": bool(why_fixed(ask)), "until": last_day(ask.day, ask.days), "empty": not (found.lines and found.offers),
        "made": [(swap, queries.amount_of(swap, found.ways)) for swap in found.made],
    }  # fmt: skip
    return render(request, "space/swap.html", shown)


@page
@require_POST
def swap_back(request: MemberRequest, basket: int, produce: int) -> HttpResponse:
    """ "Finalement, je le garde"."""
    one = _collected(request, basket)
    by, at = who(request)
    try:
        actions.undo_swap(request.member, one, away=produce, today=request.today, by=by, at=at)
        messages.success(request, _("C’est noté. Cet échange est annulé."))
    except SwapRefused as refused:
        messages.error(request, why_no_swap(refused.why))
    return redirect("space:swap", one.pk)
