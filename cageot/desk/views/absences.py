"""A household that will not take its basket, what it takes back, what it gives; the garden's pot and its policies."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.baskets import absences as actions
from cageot.baskets.actions import AlreadyMarked, NoDelivery, Refused, WeekIsClosed
from cageot.baskets.models import AbsencePolicy, Basket, BasketSize, Delivery, Depot, Product
from cageot.baskets.rules.absences import Policy, last_day_to_say
from cageot.baskets.taking_back import deliveries_for, targets
from cageot.baskets.undoing import watching
from cageot.core.templatetags.cageot import day as said
from cageot.desk.access import garden_for
from cageot.desk.forms import absences as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.queries import absences as queries
from cageot.desk.queries import household as household_queries
from cageot.desk.undo import say_baskets
from cageot.desk.views.households import WRITING, household_of, to_page
from cageot.members.models import Household
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can


def _basket_of(household: Household, pk: int) -> Basket:
    rows = Basket.objects.select_related("delivery", "size", "depot__garden", "garden", "product", "household__garden")
    return get_object_or_404(rows, pk=pk, household=household)


@require_http_methods(WRITING)
def absent(request: Request, garden: str, pk: int, basket: int) -> HttpResponse:
    """Cancel, postpone or give one basket."""
    household = household_of(request, garden, pk, Can.RUN_WEEK)
    one = _basket_of(household, basket)
    policy = actions.policy_of(one.product_id)
    form = forms.AbsenceForm(
        targets(one, policy, request.today),
        queries.receivers(one.garden, one.delivery.week, household.pk, request.today),
        request.POST or None,
        initial={"how": "postpone" if policy.may_postpone else "cancel"},
    )
    if request.method == "POST" and form.is_valid() and _absent(request, one, form):
        return to_page(household)
    return _page(
        request, household, form, "desk/absence.html", basket=one, rules=rules_in_words(policy, one.delivery.day)
    )  # fmt: skip


def _absent(request: Request, one: Basket, form: forms.AbsenceForm) -> bool:
    """Whether it was done; a refusal goes on the form."""
    by, at = acting(request)
    data, who = (
        form.cleaned_data,
        {"today": request.today, "reason": form.cleaned_data["reason"].strip(), "by": by, "at": at},
    )
    try:
        with watching(one.garden, Basket.objects.filter(Q(pk=one.pk) | Q(origin=one.pk))) as change:
            told = _turned(one, form, data, who)
    except Refused as refused:
        refuse(form, refusal_words(refused, one.delivery.day), "reason" if getattr(refused, "by_hand", False) else None)
        return False
    if data["how"] == "cancel":  # the page has its own button for it, and "cancel" would have two meanings here
        messages.success(request, told)
    else:
        say_baskets(request, told, one.garden, one.delivery.week, change, _page_of(one.household))
    return True


def _turned(one: Basket, form: forms.AbsenceForm, data: dict[str, Any], who: dict[str, Any]) -> str:
    """Do what the form asks; what was done, in words."""
    if data["how"] == "cancel":
        actions.cancel(one, **who)
        return _("Panier annulé. Vous pouvez le rétablir.")
    if data["how"] == "postpone":
        made = actions.postpone(one, to=_delivery(one.garden, data["to"]), **who)
        if made is None:
            return _("Panier reporté : il reste à reprendre.")
        return _("Panier reporté au %(day)s.") % {"day": said(made.delivery.day)}
    receiver = form.receivers.get(data["receiver"])
    if receiver is None:
        actions.give(one, to=None, **who)
        return _("Panier donné au pot commun.")
    depot = Depot.objects.select_related("garden").get(pk=receiver.depot)
    actions.give(one, to=Household.objects.get(pk=receiver.pk), depot=depot, **who)
    return _("Panier donné à %(name)s.") % {"name": receiver.name}


def _page_of(household: Household) -> str:
    return reverse("desk:household", args=[household.garden.code, household.pk])


def _delivery(garden: Garden, value: str) -> Delivery | None:
    return Delivery.objects.filter(garden=garden, pk=value).first() if value.isdecimal() else None


def refusal_words(refused: Refused, day: date) -> str:
    """Why not, and what to do, in sentences."""
    if isinstance(refused, actions.AbsenceRefused):
        policy = refused.policy
        sentences = {
            "past": _("Ce jour est passé : pointez plutôt le panier dans la semaine."),
            "not_allowed": _("Le jardin ne permet pas cela pour ce produit."),
            "late": _("C’est trop tard : il fallait le dire au plus tard le %(day)s.") % {"day": said(last_day_to_say(policy, day))},
            "quota": ngettext("Le foyer a déjà eu son absence de l’année.", "Le foyer a déjà eu ses %(n)s absences de l’année.", policy.quota or 0)
            % {"n": policy.quota},
            "doubles": _("Assez de paniers sont déjà repris cette semaine-là. Choisissez-en une autre."),
        }  # fmt: skip
        said_ = " ".join(sentences[why] for why in refused.why)
        return said_ + (" " + _("Pour passer outre, dites pourquoi.") if refused.by_hand else "")
    if isinstance(refused, WeekIsClosed):
        return _("La semaine de ce panier est close : il ne change plus.")
    if isinstance(refused, NoDelivery):
        return _("Le jardin ne livre pas ce dépôt cette semaine-là. Choisissez une autre semaine.")
    if isinstance(refused, AlreadyMarked):
        return _("Quelque chose est déjà noté pour ce panier. Revenez à la page du foyer.")
    return _("Ce panier a déjà été repris, ou son année est finie.")


def rules_in_words(policy: Policy, day: date | None = None) -> list[str]:
    """The policy in sentences, for those who answer."""
    may = [
        word
        for word, allowed in (
            (_("reporter"), policy.may_postpone), (_("annuler"), policy.may_cancel), (_("donner"), policy.may_give),
        )
        if allowed
    ]  # fmt: skip
    found = [
        _("Un foyer peut %(what)s ce panier.") % {"what": ", ".join(may)}
        if may
        else _("Un foyer ne peut rien changer lui-même.")
    ]
    if day:
        found.append(_("À dire au plus tard le %(day)s.") % {"day": said(last_day_to_say(policy, day))})
    if policy.quota is not None:
        found.append(ngettext("%(n)s absence par an.", "%(n)s absences par an.", policy.quota) % {"n": policy.quota})
    if policy.max_doubles is not None:
        found.append(
            ngettext(
                "%(n)s panier repris par semaine, en tout.",
                "%(n)s paniers repris par semaine, en tout.",
                policy.max_doubles,
            )
            % {"n": policy.max_doubles}
        )
    ends = {
        "lost": _("Ce qui n’est pas repris avant la fin de l’année est perdu."),
        "given": _("Ce qui n’est pas repris avant la fin de l’année va au pot commun."),
        "kept": _("Ce qui n’est pas repris reste à reprendre l’année suivante."),
    }
    return [*found, ends[policy.unused]]


@require_POST
def undo(request: Request, garden: str, pk: int, basket: int) -> HttpResponse:
    """After all, the household takes it."""
    household = household_of(request, garden, pk, Can.RUN_WEEK)
    one = _basket_of(household, basket)
    by, at = acting(request)
    try:
        actions.undo_absence(one, by=by, at=at)
        messages.success(request, _("Panier rétabli."))
    except Refused as refused:
        messages.error(request, refusal_words(refused, one.delivery.day))
    return to_page(household)


@require_http_methods(WRITING)
def take_back(request: Request, garden: str, pk: int, basket: int) -> HttpResponse:
    """Say which week a postponed basket is taken back."""
    household = household_of(request, garden, pk, Can.RUN_WEEK)
    one = _basket_of(household, basket)
    policy = actions.policy_of(one.product_id)
    form = forms.TakeBackForm(targets(one, policy, request.today), request.POST or None)
    if request.method == "POST" and form.is_valid() and _taken_back(request, one, form):
        return to_page(household)
    return _page(
        request, household, form, "desk/absence_take_back.html", basket=one, rules=rules_in_words(policy),
        ready=bool(form.fields["to"].choices),  # type: ignore[attr-defined]
    )  # fmt: skip


def _taken_back(request: Request, one: Basket, form: forms.TakeBackForm, **given: Any) -> bool:
    by, at = acting(request)
    to = _delivery(one.garden, form.cleaned_data["to"])
    try:
        if to is None:
            raise NoDelivery
        with watching(one.garden, Basket.objects.filter(Q(pk=one.pk) | Q(origin=one.pk))) as change:
            made = actions.take_back(
                one, to=to, today=request.today, reason=form.cleaned_data["reason"].strip(), by=by, at=at, **given
            )
    except Refused as refused:
        refuse(form, refusal_words(refused, one.delivery.day), "reason" if getattr(refused, "by_hand", False) else "to")
        return False
    told = _("C’est noté : un panier de plus le %(day)s.") % {"day": said(made.delivery.day)}
    back = reverse("desk:pot", args=[one.garden.code]) if given else _page_of(one.household)
    say_baskets(request, told, one.garden, one.delivery.week, change, back)
    return True


@require_http_methods(WRITING)
def extra(request: Request, garden: str, pk: int) -> HttpResponse:
    """One more basket, once."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    current = household_queries.last_subscription(household, request.today)
    if current is None:
        messages.info(request, _("Ouvrez d’abord un abonnement : il dit où le foyer retire ses paniers."))
        return to_page(household)
    sizes = BasketSize.objects.filter(garden=household.garden).select_related("product")
    coming = deliveries_for(household, current.size.product_id, current.depot_id, Policy(), request.today)
    form = forms.ExtraForm(
        [(size.pk, f"{size.product.name}, {size.name}") for size in sizes], coming,
        request.POST or None, initial={"size": current.size_id},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        to = _delivery(household.garden, form.cleaned_data["to"])
        try:
            if to is None:
                raise NoDelivery
            size = sizes.get(pk=form.cleaned_data["size"])
            made = actions.add_extra(household, size=size, depot=current.depot, to=to, by=by, at=at)
        except Refused as refused:
            refuse(form, refusal_words(refused, request.today), "to")
        else:
            messages.success(
                request, _("C’est noté : un panier de plus le %(day)s.") % {"day": said(made.delivery.day)}
            )
            return to_page(household)
    return _page(request, household, form, "desk/absence_extra.html")


@require_POST
def drop_extra(request: Request, garden: str, pk: int, basket: int) -> HttpResponse:
    """Take an extra basket away."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    one = _basket_of(household, basket)
    by, at = acting(request)
    try:
        actions.take_away_extra(one, by=by, at=at)
        messages.success(request, _("Panier en plus retiré."))
    except Refused as refused:
        messages.error(request, refusal_words(refused, one.delivery.day))
    return to_page(household)


def _page(request: Request, household: Household, form: object, template: str, **more: Any) -> HttpResponse:
    context = {"household": household, "name": household_queries.name_of(household), "form": form}
    return render(request, template, context | more)


# --- The pot and the policies -----------------------------------------------------------------------


@require_safe
def pot(request: Request, garden: str) -> HttpResponse:
    """The baskets that households gave: whoever needs one may have it."""
    place = garden_for(request, garden, Can.RUN_WEEK)
    return render(request, "desk/pot.html", {"garden": place, "lines": queries.pot(place, request.today)})


@require_http_methods(WRITING)
def from_pot(request: Request, garden: str, basket: int) -> HttpResponse:
    """Hand a basket of the pot to a household."""
    place = garden_for(request, garden, Can.RUN_WEEK)
    if basket not in {line.pk for line in queries.pot(place, request.today)}:
        messages.info(request, _("Ce panier n’est plus dans le pot commun."))
        return redirect("desk:pot", place.code)
    one = Basket.objects.select_related("delivery", "size", "depot__garden", "garden", "household__garden").get(
        pk=basket
    )
    policy = actions.policy_of(one.product_id)
    receivers = queries.receivers(place, one.delivery.week, one.household_id, request.today)
    form = forms.PotForm(targets(one, policy, request.today), receivers, request.POST or None)
    if request.method == "POST" and form.is_valid():
        receiver = form.receivers[form.cleaned_data["receiver"]]
        given = {
            "given_to": Household.objects.get(pk=receiver.pk),
            "depot": Depot.objects.select_related("garden").get(pk=receiver.depot),
        }
        if _taken_back(request, one, form, **given):
            return redirect("desk:pot", place.code)
    return render(request, "desk/pot_give.html", {"garden": place, "basket": one, "form": form})


@require_http_methods(WRITING)
def policy(request: Request, garden: str, product: int) -> HttpResponse:
    """What households may do about a basket of this product."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    found = get_object_or_404(Product, pk=product, garden=place)
    row = AbsencePolicy.objects.filter(product=found).first()
    form = forms.PolicyForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.set_policy(place, found.pk, dict(form.cleaned_data), by=by, at=at)
        messages.success(request, _("Règles d’absence enregistrées."))
        return redirect("desk:settings", place.code)
    title = _("Absences : %(product)s") % {"product": found.name}
    steps = [
        _("Ces règles valent pour ce que les foyers font eux-mêmes."),
        _("L’équipe peut passer outre, en disant pourquoi."),
    ]
    return render(
        request,
        "desk/settings_form.html",
        {"garden": place, "form": form, "title": title, "button": _("Enregistrer"), "steps": steps},
    )
