"""Signing up on a garden's public page, or by its people; the waiting list; the door and the fees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.baskets import signups as actions
from cageot.baskets.actions import DepotFull
from cageot.baskets.models import BasketSize, SignUp
from cageot.core import clock
from cageot.core.tabular.phones import display_phone
from cageot.core.templatetags.cageot import day as said
from cageot.desk.access import garden_for
from cageot.desk.forms import signups as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.queries import signups as queries
from cageot.desk.queries.household import composition
from cageot.members import actions as members
from cageot.members.models import Membership, MembershipFee
from cageot.network.http import Request, acting, origin
from cageot.network.limits import allowed
from cageot.network.models import Garden, Person
from cageot.network.rules.reach import Can
from cageot.network.secrets import ALPHABET, LENGTH, digest, secret

WRITING = ["GET", "HEAD", "POST"]
HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


def link_of(request: Request) -> Callable[[str], str]:
    """The whole address of somebody's personal page, from its code."""
    return lambda code: request.build_absolute_uri(reverse("desk:signup_place", args=[code]))


# --- The page where people sign up ----------------------------------------------------------------


def _offered(request: Request, garden: str) -> queries.Offered:
    """What the page of that garden offers to whoever asks; its own people have more to choose from."""
    place = get_object_or_404(Garden, code=garden)
    return queries.offered(place, request.today, staff=request.reach.can(Can.WELCOME, place.pk))


@login_not_required
@never_cache
@require_http_methods(WRITING)
def sign_up(request: Request, garden: str) -> HttpResponse:
    """Choose a basket and a depot, read what it comes to, read it all again, send."""
    offer = _offered(request, garden)
    if not offer.open:
        return render(request, "desk/signup_closed.html", {"offer": offer})
    if request.method != "POST" or "corriger" in request.POST or "recalculer" in request.POST:
        start = request.POST.dict() if request.method == "POST" else _start(offer)
        return _page(request, offer, forms.SignUpForm(offer, initial=start), start)
    form = forms.SignUpForm(offer, request.POST, may_try=_may_try(request, offer))
    if not form.is_valid() or ("envoyer" in request.POST and not _may_send(request, form)):
        return _page(request, offer, form, request.POST.dict())
    if "envoyer" in request.POST:
        return _sent(request, offer, form)
    code = request.POST.get("code", "")
    context = {
        "offer": offer, "form": form, "told": queries.told(offer, request.POST.dict()), "facts": _facts(offer, form),
        "kept": form.kept(request.POST), "code": code if _is_code(code) else secret()[0],
        "depot": offer.places[form.cleaned_data["depot"]], "waits": offer.left[form.cleaned_data["depot"]] == 0,
        "rank": offer.queues[form.cleaned_data["depot"]] + 1,
    }  # fmt: skip
    return render(request, "desk/signup_summary.html", context)


def _page(request: Request, offer: queries.Offered, form: forms.SignUpForm, data: dict[str, Any]) -> HttpResponse:
    context = {"offer": offer, "form": form, "told": queries.told(offer, data)}
    return render(request, "desk/signup_staff.html" if offer.staff else "desk/signup.html", context)


def _start(offer: queries.Offered) -> dict[str, Any]:
    kinds = offer.kinds(offer.first_day)
    advised = offer.advised(1) or offer.sizes[0]
    return {
        "adults": 1, "children": 0, "size": advised.pk, "frequency": offer.rhythms[0], "from_day": offer.first_day,
        "membership": kinds[0][0] if kinds else "", "language": "fr",
    }  # fmt: skip


def _facts(offer: queries.Offered, form: forms.SignUpForm) -> list[tuple[str, str]]:
    """What was typed, to be read again before it is sent."""
    data, values = form.cleaned_data, form.values
    depot, size = offer.places[data["depot"]], next(one for one in offer.sizes if one.pk == data["size"])
    facts = [
        (_("Panier"), f"{size.name}, {dict(form.fields['frequency'].choices)[data['frequency']]}"),  # type: ignore[attr-defined]
        (_("Dépôt"), f"{depot.name}, {queries.slot_words(depot)}"),
        (_("À partir du"), said(data["from_day"], "year")),
        (_("Pour"), composition(data["adults"], data["children"])),
        (_("Nom"), f"{data['first_name']} {data['last_name']}".strip()),
        (_("Téléphone"), form["mobile"].field.prepare_value(data["mobile"])),
        (_("Adresse électronique"), data["email"]),
        (_("Adresse"), " ".join(part for part in (data["address"], values["postcode"], data["town"]) if part)),
    ]
    return [(label, value) for label, value in facts if value]


def _may_try(request: Request, offer: queries.Offered) -> bool:
    """Whether a depot's password may be tried once more from there."""
    if offer.staff or not request.POST.get("password"):
        return True
    return allowed(f"depot_password:{offer.garden.pk}", origin(request), times=10, within=HOUR, at=clock.now())


def _may_send(request: Request, form: forms.SignUpForm) -> bool:
    """A few demands a day for one person, not too many an hour from one place; staff as many as they like."""
    data, offer = form.cleaned_data, form.offer
    if offer.staff or SignUp.objects.filter(digest=digest(request.POST.get("code", ""))).exists():
        return True
    at, who = clock.now(), data["email"] or data["mobile"] or f"{data['last_name']} {data['address']}"
    few = allowed(f"signup:{offer.garden.pk}", who, times=3, within=A_DAY, at=at)
    here = allowed(f"signup_from:{offer.garden.pk}", origin(request), times=20, within=HOUR, at=at)
    if few and here:
        return True
    refuse(
        form,
        _("Vous avez déjà envoyé plusieurs demandes. Le jardin les lit et vous répond. Pour en changer, appelez-le."),
    )
    return False


def _is_code(code: str) -> bool:
    letters = code.replace("-", "")
    return len(letters) == LENGTH and set(letters) <= set(ALPHABET)


def _sent(request: Request, offer: queries.Offered, form: forms.SignUpForm) -> HttpResponse:
    """Ask once, however often the button is pressed: the page's code is the same."""
    code = request.POST.get("code", "")
    code = code if _is_code(code) else secret()[0]
    by, at = (request.user.person if offer.staff else None), clock.now()
    made = actions.ask(
        offer.garden, code=code, size=BasketSize.objects.get(pk=form.cleaned_data["size"]),
        depot=offer.places[form.cleaned_data["depot"]], today=request.today, by=by, at=at, link=link_of(request), **form.values,
    )  # fmt: skip
    if not offer.staff:
        return redirect("desk:signup_place", code)
    if made.state == SignUp.State.ASKED and "accueillir" in request.POST:
        return redirect("desk:signup_welcome", offer.garden.code, made.pk)
    told = (
        _("Inscription notée : une place est gardée.")
        if made.state == "asked"
        else _("Le dépôt est complet : inscription en liste d’attente.")
    )
    messages.success(request, told)
    return redirect("desk:signups", offer.garden.code)


@login_not_required
@require_safe
def price(request: Request, garden: str) -> HttpResponse:
    """What the choices come to as the form stands: a piece of page. The address holds numbers and days, no name."""
    offer = _offered(request, garden)
    shown = queries.told(offer, request.GET) if offer.open else None
    return render(request, "desk/signup_price.html", {"offer": offer, "told": shown})


# --- Their own page -------------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(WRITING)
def my_place(request: Request, code: str) -> HttpResponse:
    """Where somebody's demand stands, by their code. Opening it changes nothing: a button answers."""
    found = queries.sign_ups().filter(digest=digest(code)).first()
    if found is None:
        tried = allowed("signup_code", origin(request), times=30, within=HOUR, at=clock.now())
        return render(request, "desk/signup_nothing.html", {"many": not tried}, status=404)
    if request.method == "POST":
        problem = _done_by_them(request, found)
        if problem:
            messages.error(request, problem)
        return redirect("desk:signup_place", code)
    return render(
        request, "desk/signup_place.html",
        {"one": found, "facts": queries.facts_of(found), "rank": actions.rank_of(found),
         "over": bool(found.state == "offered" and found.offered_until and found.offered_until < request.today),
         "phone": display_phone(found.garden.phone) if found.garden.phone else ""},
    )  # fmt: skip


def _done_by_them(request: Request, found: SignUp) -> str:
    """What they press: yes, no, or no longer. Returns a problem in a sentence, "" when it is done."""
    at = clock.now()
    try:
        if "retirer" in request.POST:
            actions.drop(found, by=None, at=at)
        elif "oui" in request.POST or "non" in request.POST:
            actions.answer_offer(
                found, accept="oui" in request.POST, today=request.today, by=None, at=at, link=link_of(request)
            )
    except actions.OfferOver:
        return _("Le délai est passé : la place va à quelqu’un d’autre. Appelez le jardin si vous la voulez encore.")
    except actions.SignUpMoved:
        return _("C’était déjà répondu. Voici où vous en êtes.")
    return ""


# --- The board ------------------------------------------------------------------------------------


@require_safe
def board(request: Request, garden: str) -> HttpResponse:
    """Those who asked for a basket: to be welcomed, waiting depot by depot, offered a place."""
    place = garden_for(request, garden, Can.WELCOME)
    return render(request, "desk/signups.html", {"page": queries.board(place, request.today)})


def _act(
    request: Request, garden: str, pk: int, do: Callable[[SignUp, Person, Any], object], done: str
) -> HttpResponse:  # fmt: skip
    """Do something to a sign-up of the garden, and say what became of it."""
    place = garden_for(request, garden, Can.WELCOME)
    found = get_object_or_404(queries.sign_ups(), pk=pk, garden=place)
    by, at = acting(request)
    try:
        do(found, by, at)
    except actions.SignUpMoved:
        messages.info(request, _("Quelqu’un a déjà répondu. Voici où en est la liste."))
    except actions.OfferOver:
        messages.error(request, _("Le délai est passé. Mettez la personne en attente, puis proposez-lui une place."))
    except DepotFull as full:
        words = ngettext(
            "« %(depot)s » est complet : sa place est prise ou gardée.",
            "« %(depot)s » est complet : ses %(n)s places sont prises ou gardées.",
            full.capacity or 0,
        )
        messages.error(request, words % {"depot": full.depot.name, "n": full.capacity})
    else:
        messages.success(request, done % {"name": queries.name_of(found), "day": said(found.offered_until)})
    return redirect("desk:signups", place.code)


@require_POST
def offer(request: Request, garden: str, sign_up: int) -> HttpResponse:
    """Offer somebody a place, which is kept until they answer."""
    done = _("Place proposée à %(name)s, gardée jusqu’au %(day)s.")
    return _act(
        request, garden, sign_up,
        lambda one, by, at: actions.offer(one, today=request.today, by=by, at=at, link=link_of(request)), done,
    )  # fmt: skip


@require_POST
def answer(request: Request, garden: str, sign_up: int) -> HttpResponse:
    """Answer for somebody who said it aloud."""
    yes = "oui" in request.POST
    done = _("%(name)s prend la place : il reste à l’accueillir.") if yes else _("%(name)s laisse la place.")
    return _act(
        request, garden, sign_up,
        lambda one, by, at: actions.answer_offer(one, accept=yes, today=request.today, by=by, at=at, link=link_of(request)), done,
    )  # fmt: skip


@require_POST
def drop(request: Request, garden: str, sign_up: int) -> HttpResponse:
    """Nothing comes of it."""
    done = _("%(name)s n’est plus dans la liste.")
    return _act(request, garden, sign_up, lambda one, by, at: actions.drop(one, by=by, at=at), done)


@require_POST
def wait(request: Request, garden: str, sign_up: int) -> HttpResponse:
    """Back in the queue, last."""
    done = _("%(name)s est en liste d’attente, en dernier.")
    return _act(request, garden, sign_up, lambda one, by, at: actions.wait(one, by=by, at=at), done)


# --- Settings -------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def door(request: Request, garden: str) -> HttpResponse:
    """Open or close the page where people sign up."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    form = forms.DoorForm(actions.door_of(place), request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.set_door(place, form.cleaned_data, by=by, at=at)
        messages.success(request, _("C’est enregistré."))
        return redirect("desk:door", place.code)
    page = request.build_absolute_uri(reverse("desk:signup", args=[place.code]))
    return render(request, "desk/signup_door.html", {"garden": place, "form": form, "page": page})


@require_http_methods(WRITING)
def fees(request: Request, garden: str) -> HttpResponse:
    """What memberships cost, by kind, from a day on."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    form = forms.FeeForm(request.POST or None, initial={"kind": "ordinary", "from_day": request.today})
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        data = form.cleaned_data
        members.set_fee(place, kind=data["kind"], cents=data["fee"], from_day=data["from_day"], by=by, at=at)
        messages.success(request, _("Cotisation enregistrée. Les adhésions déjà prises gardent la leur."))
        return redirect("desk:membership_fees", place.code)
    rows = MembershipFee.objects.filter(garden=place).order_by("kind", "-from_day")
    names = dict(Membership.Kind.choices)
    lines = [(one, names[one.kind], one.from_day > request.today) for one in rows]
    return render(request, "desk/signup_fees.html", {"garden": place, "form": form, "lines": lines})


@require_POST
def withdraw_fee(request: Request, garden: str, fee: int) -> HttpResponse:
    """Take back a fee that was to hold later."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    found = get_object_or_404(MembershipFee.objects.select_related("garden"), pk=fee, garden=place)
    by, at = acting(request)
    try:
        members.withdraw_fee(found, today=request.today, by=by, at=at)
    except members.FeeHolds:
        messages.error(request, _("Cette cotisation vaut déjà : dites-en une autre, à partir d’un jour."))
    else:
        messages.success(request, _("Cotisation à venir retirée."))
    return redirect("desk:membership_fees", place.code)
