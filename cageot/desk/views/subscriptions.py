"""A household's regular baskets, a subscription for each product, and one basket changed once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.baskets import actions
from cageot.baskets import subscriptions as subscription_actions
from cageot.baskets.models import Basket, Product, Subscription
from cageot.core.templatetags.cageot import day as said
from cageot.desk.actions import households as desk_actions
from cageot.desk.forms import households as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.queries import household as queries
from cageot.desk.queries import subscriptions as subscription_queries
from cageot.desk.queries.story import story_of
from cageot.desk.rules.households import renewal_end
from cageot.desk.views.households import WRITING, form_page, household_of, to_page
from cageot.members.models import Household
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can


def _product_of(request: Request, household: Household) -> Product:
    """The product that the address asks for (`?produit=`), else the vegetable basket; 404 when the garden has not got it."""
    asked = request.GET.get("produit", "")
    products = list(Product.objects.filter(garden=household.garden_id))
    found = [one for one in products if str(one.pk) == asked] if asked else products[:1]
    if not found and not asked:
        return actions.main_product(household.garden)
    if not found or (
        found[0].archived_on and found[0] not in subscription_queries.subscribed(household, request.today)
    ):
        raise Http404
    return found[0]


def _offering(request: Request, garden: str, pk: int) -> tuple[subscription_queries.Offering, bool]:
    """What this person may offer the household of a product, and whether they see money."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    money = request.reach.can(Can.SEE_MONEY, household.garden_id)
    product = _product_of(request, household)
    return subscription_queries.offering(household, product, request.today, money=money), money


@require_http_methods(WRITING)
def subscribe(request: Request, garden: str, pk: int) -> HttpResponse:
    """Open a regular basket of a product, or change the one that runs from a day on."""
    offered, money = _offering(request, garden, pk)
    household, current = offered.household, offered.current
    form = forms.SubscriptionForm(offered, request.POST or None, initial=_start(offered, request))
    if request.method == "POST" and "voir" not in request.POST and form.is_valid():
        try:
            made = _written(request, offered, form)
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
    return render(
        request,
        "desk/household_subscription.html",
        {
            "household": household, "name": queries.name_of(household), "form": form, "offered": offered,
            "title": _("Changer l’abonnement") if current else _("Ouvrir un abonnement"),
            "current": queries.subscription_words(current.subscription) if current else "",
            "sentences": subscription_queries.preview(
                offered, form.data if form.is_bound else form.initial, request.today, money=money
            ),
        },
    )  # fmt: skip


@require_safe
def preview(request: Request, garden: str, pk: int) -> HttpResponse:
    """What the subscription comes to, as the form stands: a piece of page. The address holds numbers and days, no name."""
    offered, money = _offering(request, garden, pk)
    sentences = subscription_queries.preview(offered, request.GET, request.today, money=money)
    return render(request, "desk/household_subscription_preview.html", {"sentences": sentences})


def _start(offered: subscription_queries.Offering, request: Request) -> dict[str, Any]:
    if offered.current is None:
        only = offered.sizes[0][0].pk if len(offered.sizes) == 1 else None
        return {
            "from_day": request.today, "size": offered.advised or only, "frequency": offered.rhythms[0],
            "trial": False, "after_trial": Subscription.Renewal.TACIT, "waits_for": "nothing",
        }  # fmt: skip
    one = offered.current.subscription
    goes_on = offered.current.following is not None or one.renewal != Subscription.Renewal.ALERT
    return {
        "size": one.size_id, "depot": one.depot_id, "frequency": one.frequency, "monthly_slot": one.monthly_slot,
        "from_day": max(request.today, one.from_day), "until_day": offered.current.until_day, "trial": one.trial,
        "after_trial": Subscription.Renewal.TACIT if goes_on else Subscription.Renewal.ALERT,
    }  # fmt: skip


def _written(
    request: Request, offered: subscription_queries.Offering, form: forms.SubscriptionForm
) -> Subscription:  # fmt: skip
    by, at = acting(request)
    wanted = form.chosen | {"then_goes_on": form.then_goes_on, "by": by, "at": at}
    if offered.current is None:
        return subscription_actions.open_whole(offered.household, **wanted)
    return subscription_actions.change_whole(offered.current.subscription, offered.current.following, **wanted)


def _told(made: Subscription, request: Request) -> str:
    if made.waits_for != Subscription.WaitsFor.NOTHING and made.ready_on is None:
        return _(
            "Abonnement enregistré, en attente : notez sur cette page quand c’est reçu. La place au dépôt est gardée."
        )
    first = queries.first_basket(made, request.today)
    if first is None:
        return _("Abonnement enregistré. Aucune livraison n’est encore posée sur ces jours : voyez les réglages.")
    return _("Abonnement enregistré. Premier panier : %(day)s.") % {"day": said(first)}


@require_http_methods(WRITING)
def stop(request: Request, garden: str, pk: int) -> HttpResponse:
    """No regular basket after a day, or as of now: of one product, and of the others that are ticked."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    products = subscription_queries.subscribed(household, request.today)
    asked = [str(one.pk) for one in products if request.GET.get("produit", str(one.pk)) == str(one.pk)]
    posted = request.POST.copy() or None
    if posted is not None and "maintenant" in posted:
        posted["last_day"] = str(max(request.today - timedelta(days=1), household.joined_on))
    form = forms.StopForm(
        products, posted, first=household.joined_on, initial={"last_day": request.today, "products": asked}
    )
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        last_day = form.cleaned_data["last_day"]
        desk_actions.stop_baskets(household, last_day=last_day, products=form.stopped, by=by, at=at)
        messages.success(request, _("Abonnement arrêté. Vous pourrez en ouvrir un autre."))
        return to_page(household)
    steps = [_("Les paniers prévus après ce jour sont retirés."), _("« Tout de suite » retire aussi celui d’aujourd’hui."),
             _("Le foyer reste dans la liste, même sans panier.")]  # fmt: skip
    return form_page(
        request, household, form, title=_("Arrêter l’abonnement"), button=_("Arrêter ce jour-là"), steps=steps,
        at_once=_("Arrêter tout de suite"),
    )  # fmt: skip


def _subscription_of(request: Request, garden: str, pk: int, subscription: int) -> Subscription:
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    rows = Subscription.objects.select_related("size__product", "household__garden")
    found: Subscription = get_object_or_404(rows, pk=subscription, household=household)
    return found


@require_POST
def received(request: Request, garden: str, pk: int, subscription: int) -> HttpResponse:
    """What the subscription waited for is here."""
    one = _subscription_of(request, garden, pk, subscription)
    by, at = acting(request)
    if subscription_actions.note_ready(one, on=request.today, by=by, at=at):
        first = queries.first_basket(one, request.today)
        words = (
            _("C’est noté. Premier panier : %(day)s.") if first else _("C’est noté. L’abonnement commence à sa date.")
        )
        messages.success(request, words % {"day": said(first)})
    else:
        messages.info(request, _("C’était déjà noté."))
    return to_page(one.household)


@require_POST
def go_on(request: Request, garden: str, pk: int, subscription: int) -> HttpResponse:
    """As it is now, for as long again; a trial goes on without end."""
    one = _subscription_of(request, garden, pk, subscription)
    by, at = acting(request)
    until = None
    if one.until_day and not one.trial:
        until = renewal_end(subscription_queries.length_from(one), one.until_day, None)
    try:
        made = subscription_actions.go_on(one, until_day=until, by=by, at=at)
    except subscription_actions.GoesOnAlready:
        messages.info(request, _("Cet abonnement continue déjà."))
    else:
        words = _("L’abonnement continue jusqu’au %(day)s.") if until else _("L’abonnement continue, sans date de fin.")
        messages.success(request, words % {"day": said(made.until_day, "year")})
    return to_page(one.household)


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
        one.product_id, queries.places(household.garden, request.today, household), request.POST or None,
        initial={"size": one.size_id, "depot": one.depot_id},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid() and _changed(request, one, form):
        return to_page(household)
    return render(
        request,
        "desk/household_basket.html",
        {
            "household": household, "name": queries.name_of(household), "basket": one, "form": form,
            "story": story_of(one, money=request.reach.can(Can.SEE_MONEY, household.garden_id)),
        },
    )  # fmt: skip


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
