"""The member's baskets: all those to come, one that is not taken, one that is taken back, one that goes elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.baskets import absences
from cageot.baskets.actions import AlreadyMarked, DepotFull, NoDelivery, Refused, WeekIsClosed
from cageot.baskets.models import Basket, Delivery, Depot
from cageot.baskets.rules.absences import Policy, last_day_to_say
from cageot.baskets.taking_back import Target, targets
from cageot.core import clock
from cageot.core.templatetags.cageot import day as said
from cageot.network.limits import allowed
from cageot.space import actions
from cageot.space.access import MemberRequest
from cageot.space.forms.baskets import AwayForm, DepotForm, TakeBackForm
from cageot.space.queries import baskets as queries
from cageot.space.rules.away import May, may
from cageot.space.views.pages import page, who
from cageot.space.words import why_not

WRITING = ["GET", "HEAD", "POST"]
DAYS_SHOWN = 6


def _mine(request: MemberRequest, pk: int) -> Basket:
    """A basket of the member's own household, or 404."""
    rows = Basket.objects.select_related(
        "delivery", "size", "product", "depot__garden", "depot__round", "garden", "household__garden",
        "subscription__household__garden", "subscription__size", "subscription__depot",
    )  # fmt: skip
    return get_object_or_404(rows, pk=pk, household=request.member.household)


@page
@require_safe
def baskets(request: MemberRequest) -> HttpResponse:
    """Every basket to come, and those to take back."""
    household = request.member.household
    rules = queries.policies(household.garden)
    coming = queries.listed(household, request.today, rules)
    left = queries.left(household, request.today, rules)
    nothing = None if coming else queries.nothing_because(household, request.today)
    return render(request, "space/baskets.html", {"coming": coming, "left": left, "nothing": nothing})


def _may(request: MemberRequest, one: Basket, policy: Policy) -> May:
    used = absences.used_in_year(one.household_id, one.product_id, one.delivery.day.year)
    return may(
        policy, day=one.delivery.day, today=request.today, used=used, closed=one.delivery.close_id is not None,
        state=str(one.state), given=bool(one.given_to_id),
    )  # fmt: skip


@page
@require_http_methods(WRITING)
def away(request: MemberRequest, basket: int) -> HttpResponse:
    """ "Je ne viens pas": postpone, cancel or give one basket."""
    one = _mine(request, basket)
    policy = absences.policy_of(one.product_id)
    can = _may(request, one, policy)
    possible = _in_time(one, policy, request) if "postpone" in can.ways else []
    form = AwayForm(can, possible, request.POST or None)
    if request.method == "POST" and form.is_valid() and _stay_away(request, one, form):
        return redirect("space:my_basket")
    return _page(request, one, "space/away.html", form=form, may=can, why=why_not(can, policy))


def _in_time(one: Basket, policy: Policy, request: MemberRequest) -> list[Target]:
    """The next days when a postponed basket may be collected, that can still be told to the garden."""
    found = [each for each in targets(one, policy, request.today) if request.today <= last_day_to_say(policy, each.day)]
    return found[:DAYS_SHOWN]


def _stay_away(request: MemberRequest, one: Basket, form: AwayForm) -> bool:
    by, at = who(request)
    to = get_object_or_404(Delivery, pk=form.delivery, garden=one.garden_id) if form.delivery else None
    try:
        made = actions.stay_away(request.member, one, form.how, to=to, today=request.today, by=by, at=at)
    except Refused as refused:
        form.add_error(None, refusal_words(refused, one))
        return False
    if made:
        told = _("C’est noté. Vous le prenez le %(day)s.") % {"day": said(made.delivery.day)}
    else:
        told = {
            "postpone": _("C’est noté. Vous direz quand vous le prenez."),
            "cancel": _("C’est noté. Ce panier est annulé."),
            "give": _("C’est noté. Merci pour la personne qui le reçoit."),
        }[form.how]
    messages.success(request, told)
    return True


@page
@require_POST
def back(request: MemberRequest, basket: int) -> HttpResponse:
    """ "Finalement, je viens"."""
    one = _mine(request, basket)
    by, at = who(request)
    try:
        actions.come_after_all(request.member, one, today=request.today, by=by, at=at)
        messages.success(
            request, _("C’est noté. Votre panier vous attend le %(day)s.") % {"day": said(one.delivery.day)}
        )
    except Refused as refused:
        messages.error(request, refusal_words(refused, one))
    return redirect("space:my_basket")


@page
@require_http_methods(WRITING)
def take_back(request: MemberRequest, basket: int) -> HttpResponse:
    """Say when a postponed basket is collected."""
    one = _mine(request, basket)
    policy = absences.policy_of(one.product_id)
    possible = _in_time(one, policy, request)
    form = TakeBackForm(possible, request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = who(request)
        to = get_object_or_404(Delivery, pk=form.cleaned_data["to"], garden=one.garden_id)
        try:
            made = actions.take_back(request.member, one, to, today=request.today, by=by, at=at)
        except Refused as refused:
            form.add_error(None, refusal_words(refused, one))
        else:
            messages.success(request, _("C’est noté. Vous le prenez le %(day)s.") % {"day": said(made.delivery.day)})
            return redirect("space:my_basket")
    return _page(request, one, "space/take_back.html", form=form, possible=any(not each.full for each in possible))


def _may_try_a_word(request: MemberRequest) -> bool:
    """Whether this member may try the word of a reserved depot once more."""
    return allowed("depot_word", str(request.member.pk), times=10, within=timedelta(hours=1), at=clock.now())


@page
@require_http_methods(WRITING)
def depot(request: MemberRequest, basket: int) -> HttpResponse:
    """Another depot, this once or every time."""
    one = _mine(request, basket)
    policy = absences.policy_of(one.product_id)
    can = _may(request, one, policy)
    places = queries.elsewhere(one, request.member.household) if can.change else []
    form = DepotForm(
        places, request.POST or None, initial={"depot": one.depot_id}, may_try=lambda: _may_try_a_word(request)
    )
    always = one.subscription is not None and one.kind == Basket.Kind.REGULAR
    if request.method == "POST" and can.change and form.is_valid():
        there = get_object_or_404(Depot.objects.select_related("garden", "round"), pk=form.cleaned_data["depot"])
        by, at = who(request)
        from_now_on = always and "always" in request.POST
        try:
            actions.go_elsewhere(
                request.member, one, there, always=from_now_on, today=request.today, by=by, at=at
            )  # fmt: skip
        except Refused as refused:
            form.add_error(None, refusal_words(refused, one))
        else:
            words = _("C’est noté. Vos paniers vous attendent à « %(depot)s ».") if from_now_on else _("C’est noté. Ce panier vous attend à « %(depot)s ».")  # fmt: skip
            messages.success(request, words % {"depot": there.name})
            return redirect("space:my_basket")
    full = [each for each in places if each.full]
    return _page(
        request, one, "space/depot.html", form=form, may=can, full=full, always=always, other=len(places) - len(full) > 1,
        why=why_not(can, policy) if not can.change else "",
    )  # fmt: skip


def _page(request: MemberRequest, one: Basket, template: str, **more: Any) -> HttpResponse:
    return render(request, template, {"basket": one, "name": queries.basket_name(one)} | more)


def refusal_words(refused: Refused, one: Basket) -> str:
    """Why an action was refused, and what to do, in plain words."""
    if isinstance(refused, absences.AbsenceRefused):
        first = refused.why[0]
        if first == "doubles":
            return _("Trop de paniers ce jour-là. Choisissez un autre jour.")
        return why_not(May((), False, one.delivery.day, first), refused.policy)
    if isinstance(refused, actions.TooLate):
        return why_not(May((), False, refused.until, "late"), Policy())
    if isinstance(refused, WeekIsClosed):
        return why_not(May((), False, one.delivery.day, "closed"), Policy())
    if isinstance(refused, DepotFull):
        return _("Ce dépôt est complet. Choisissez un autre dépôt.")
    if isinstance(refused, NoDelivery):
        return _("Il n’y a pas de livraison là cette semaine. Choisissez autre chose.")
    if isinstance(refused, AlreadyMarked):
        return why_not(May((), False, one.delivery.day, "done"), Policy())
    return _("Ce panier est déjà repris, ou son année est finie.")
