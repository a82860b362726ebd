"""A household's regular basket, and one basket changed once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cageot.baskets import actions
from cageot.baskets.models import Basket, Subscription
from cageot.core.templatetags.cageot import day as said
from cageot.desk.actions import households as desk_actions
from cageot.desk.forms import households as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.queries import household as queries
from cageot.desk.views.households import WRITING, form_page, household_of, to_page
from cageot.members.models import Household
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can


@require_http_methods(WRITING)
def subscribe(request: Request, garden: str, pk: int) -> HttpResponse:
    """Open a regular basket, or change the one that runs from a day on."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    current = queries.last_subscription(household, request.today)
    form = forms.SubscriptionForm(
        household.garden, queries.places(household.garden, request.today), request.POST or None,
        current=current, initial=_start(current, request),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            made = _written(request, household, current, form.chosen)
        except actions.DepotFull as full:
            words = ngettext(
                "« %(depot)s » est complet : sa place est prise.",
                "« %(depot)s » est complet : ses %(n)s places sont prises.",
                full.capacity or 0,
            )
            refuse(form, words % {"depot": full.depot.name, "n": full.capacity}, "depot")
        else:
            messages.success(request, _told(made, request))
            return to_page(household)
    steps = [_("Les paniers passés restent comme ils sont."), _("Les paniers à venir suivent, dès ce jour."),
             _("Un panier changé pour une fois le reste.")]  # fmt: skip
    title = _("Changer l’abonnement") if current else _("Ouvrir un abonnement")
    return form_page(
        request, household, form, title=title, button=_("Enregistrer"), steps=steps if current else (),
        current=queries.subscription_words(current) if current else "", ready=bool(form.depots),
    )  # fmt: skip


def _start(current: Subscription | None, request: Request) -> dict[str, Any]:
    if current is None:
        return {"from_day": request.today}
    first = max(request.today, current.from_day)
    return {
        "size": current.size_id,
        "depot": current.depot_id,
        "frequency": current.frequency,
        "from_day": first,
        "until_day": current.until_day,
    }


def _written(
    request: Request, household: Household, current: Subscription | None, chosen: dict[str, Any]
) -> Subscription:
    by, at = acting(request)
    if current is None:
        return actions.subscribe(household, **chosen, by=by, at=at)
    return actions.change_subscription(current, **chosen, by=by, at=at)


def _told(made: Subscription, request: Request) -> str:
    first = queries.first_basket(made, request.today)
    if first is None:
        return _("Abonnement enregistré. Aucune livraison n’est encore posée sur ces jours : voyez les réglages.")
    return _("Abonnement enregistré. Premier panier : %(day)s.") % {"day": said(first)}


@require_http_methods(WRITING)
def stop(request: Request, garden: str, pk: int) -> HttpResponse:
    """No regular basket after a day."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    form = forms.LastDayForm(request.POST or None, first=household.joined_on, initial={"last_day": request.today})
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        desk_actions.stop_baskets(household, last_day=form.cleaned_data["last_day"], by=by, at=at)
        messages.success(request, _("Abonnement arrêté. Vous pourrez en ouvrir un autre."))
        return to_page(household)
    steps = [_("Les paniers prévus après ce jour sont retirés."), _("Le foyer reste dans la liste, sans panier.")]
    return form_page(
        request, household, form, title=_("Arrêter l’abonnement"), button=_("Arrêter l’abonnement"), steps=steps
    )


# --- One basket ----------------------------------------------------------------------------------


def _basket_of(household: Household, pk: int) -> Basket:
    return get_object_or_404(
        Basket.objects.select_related("delivery", "size", "depot", "garden"), pk=pk, household=household
    )


@require_http_methods(WRITING)
def change_basket(request: Request, garden: str, pk: int, basket: int) -> HttpResponse:
    """Another size or another depot, this time."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    one = _basket_of(household, basket)
    form = forms.BasketForm(
        household.garden, queries.places(household.garden, request.today), request.POST or None,
        initial={"size": one.size_id, "depot": one.depot_id},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid() and _changed(request, one, form):
        return to_page(household)
    return render(
        request,
        "desk/household_basket.html",
        {"household": household, "name": queries.name_of(household), "basket": one, "form": form},
    )


def _changed(request: Request, basket: Basket, form: forms.BasketForm) -> bool:
    """Whether the change was done; a refusal goes on the form."""
    by, at = acting(request)
    wanted = {
        name: form.cleaned_data[name] for name in ("size", "depot") if form.cleaned_data[name] != getattr(basket, name)
    }
    try:
        if "follow" in request.POST:
            actions.follow_subscription(basket, by=by, at=at)
        elif wanted:
            actions.change_basket(basket, by=by, at=at, **wanted)
    except actions.WeekIsClosed:
        refuse(
            form, _("La semaine de ce panier est close : il ne change plus. Pour corriger, il faut rouvrir la semaine.")
        )
    except actions.NoDelivery:
        refuse(form, _("Le jardin ne livre pas ce dépôt cette semaine-là. Choisissez un autre dépôt."), "depot")
    else:
        messages.success(request, _("Panier changé pour cette fois. L’abonnement ne change pas."))
        return True
    return False
