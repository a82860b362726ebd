"""Welcoming a household on one page, from a sign-up or from a referral; its leaflet and its message."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.baskets import signups
from cageot.baskets.actions import DepotFull
from cageot.baskets.models import SignUp
from cageot.core import clock
from cageot.desk import leaflet as leaflets
from cageot.desk.access import garden_for
from cageot.desk.actions import welcome as actions
from cageot.desk.forms.fields import refuse
from cageot.desk.forms.welcome import WelcomeForm
from cageot.desk.queries import household as household_queries
from cageot.desk.queries import signups as sign_up_queries
from cageot.desk.queries import welcome as queries
from cageot.desk.views.households import household_of
from cageot.desk.views.signups import link_of
from cageot.members import referrals
from cageot.members.actions import OutsideAgreement
from cageot.members.models import Household, Referral
from cageot.network.http import Request, acting
from cageot.network.models import Message
from cageot.network.rules.reach import Can
from cageot.network.secrets import secret

WRITING = ["GET", "HEAD", "POST"]


@require_http_methods(WRITING)
def of_sign_up(request: Request, garden: str, sign_up: int) -> HttpResponse:
    """Welcome somebody who signed up."""
    place = garden_for(request, garden, Can.WELCOME)
    found = get_object_or_404(sign_up_queries.sign_ups(), pk=sign_up, garden=place)
    return _welcome(request, queries.Newcomer(place, found, found.referral))


@require_http_methods(WRITING)
def of_referral(request: Request, garden: str, referral: int) -> HttpResponse:
    """Welcome somebody who was referred: the same page, with its support."""
    place = garden_for(request, garden, Can.WELCOME)
    rows = Referral.objects.select_related("garden", "partner", "agreement", "household")
    found = get_object_or_404(rows, pk=referral, garden=place)
    waiting = sign_up_queries.sign_ups().filter(referral=found).first()
    return _welcome(request, queries.Newcomer(place, waiting, found))


def _welcome(request: Request, newcomer: queries.Newcomer) -> HttpResponse:
    one, referral = newcomer.sign_up, newcomer.referral
    household = (one and one.household) or (referral and referral.household)
    if household:  # pressed twice, or welcomed by somebody else meanwhile
        messages.info(request, _("Ce foyer est déjà accueilli : voici sa feuille d’accueil."))
        return redirect("desk:welcomed", newcomer.garden.code, household.pk)
    if (one and one.state == SignUp.State.DROPPED) or (referral and referral.state not in queries.OPEN):
        messages.info(request, _("Cette demande est close. Elle ne peut plus être accueillie ainsi."))
        return redirect("desk:signups", newcomer.garden.code)
    chosen = queries.choices(newcomer, request.today)
    if not chosen.offer.open:
        return render(request, "desk/welcome.html", {"newcomer": newcomer, "form": None})
    posted = request.POST.copy()
    if "attendre" in posted:
        posted.pop("tariff", None)  # nobody is supported yet: whether an agreement is full does not matter
    form = WelcomeForm(chosen, request.today, posted or None, initial=queries.start_of(chosen, request.today))
    if request.method == "POST" and "recalculer" in request.POST:
        form = WelcomeForm(chosen, request.today, initial=request.POST.dict())
    elif request.method == "POST" and form.is_valid():
        answer = _put_off(request, newcomer, form) if "attendre" in request.POST else _written(request, newcomer, form)
        if answer:
            return answer
    data = request.POST.dict() if request.method == "POST" else form.initial
    full = form.is_bound and bool(form.errors.get("depot") or form.errors.get("tariff"))
    return render(
        request,
        "desk/welcome.html",
        {"newcomer": newcomer, "form": form, "lines": queries.told(chosen, data), "may_wait": full},
    )


@require_safe
def told(request: Request, garden: str, referral: int = 0) -> HttpResponse:
    """What the page of welcome comes to as it stands: a piece of page. The address holds numbers and days, no name."""
    place = garden_for(request, garden, Can.WELCOME)
    found = get_object_or_404(Referral, pk=referral, garden=place) if referral else None
    chosen = queries.choices(queries.Newcomer(place, None, found), request.today)
    return render(request, "desk/welcome_told.html", {"lines": queries.told(chosen, request.GET)})


def _written(request: Request, newcomer: queries.Newcomer, form: WelcomeForm) -> HttpResponse | None:
    """All of it, or a refusal beside the answer that caused it."""
    by, at = acting(request)
    data, depots = form.cleaned_data, form.chosen.offer.places
    try:
        with transaction.atomic():
            made = actions.welcome(
                newcomer.garden, contact=form.contact, details=form.details, joining=form.joining, supported=form.supported,
                size=queries.size_of(data["size"]), depot=depots[data["depot"]], frequency=data["frequency"],
                from_day=data["from_day"], sign_up=newcomer.sign_up, referral=newcomer.referral, today=request.today, by=by, at=at,
            )  # fmt: skip
            if data["tell"]:
                _tell(request, made)
    except signups.NumberTaken:
        refuse(form, _("Un autre foyer vient de prendre ce numéro. Choisissez-en un autre."), "number")
    except DepotFull as full:
        refuse(form, queries.full_words(full.depot), "depot")
    except referrals.AgreementFull:
        refuse(form, _("La dernière place de cette convention vient d’être prise. Choisissez-en une autre, le prix ordinaire, ou mettez en attente."),
               "tariff")  # fmt: skip
    except OutsideAgreement:
        refuse(
            form,
            _("Cette convention ne court pas ce jour-là. Choisissez un autre jour ou une autre convention."),
            "tariff",
        )
    except (signups.SignUpMoved, referrals.NotNow):
        refuse(form, _("Quelqu’un a répondu à cette demande entre-temps. Rien n’a été écrit : revenez à la liste."))
    else:
        messages.success(request, _("C’est fait : le foyer est accueilli."))
        return redirect("desk:welcomed", newcomer.garden.code, made.pk)
    return None


def _put_off(request: Request, newcomer: queries.Newcomer, form: WelcomeForm) -> HttpResponse | None:
    """Nobody is welcomed today: they wait for a place at that depot, or on their agreement."""
    by, at = acting(request)
    one, referral = newcomer.sign_up, newcomer.referral
    try:
        with transaction.atomic():
            if one and one.state != SignUp.State.WAITING:
                signups.wait(one, by=by, at=at)
            elif one is None and referral:
                _wait_for_depot(request, referral, form)
            if referral and referral.state != Referral.State.WAITING:
                referrals.wait(referral, by=by, at=at)
    except (signups.SignUpMoved, referrals.NotNow):
        refuse(form, _("Quelqu’un a répondu à cette demande entre-temps. Rien n’a été écrit : revenez à la liste."))
        return None
    messages.success(request, _("C’est noté : en liste d’attente."))
    return redirect("desk:signups", newcomer.garden.code)


def _wait_for_depot(request: Request, referral: Referral, form: WelcomeForm) -> None:
    """Whoever was referred enters the queue of a depot that is full; one that is not keeps no place for them."""
    by, at = acting(request)
    data, depot = form.cleaned_data, form.chosen.offer.places[form.cleaned_data["depot"]]
    if form.chosen.offer.left[depot.pk] != 0:
        return
    details = {name: value for name, value in form.details.items() if name not in ("number", "reach_through")}
    signups.ask(
        referral.garden, code=secret()[0], size=queries.size_of(data["size"]), depot=depot, from_day=data["from_day"],
        frequency=data["frequency"], membership=data["kind"] or "ordinary", referral=referral, today=request.today, by=by, at=at,
        link=link_of(request), **form.contact, **details,
    )  # fmt: skip


# --- Afterwards -----------------------------------------------------------------------------------


@require_safe
def welcomed(request: Request, garden: str, pk: int) -> HttpResponse:
    """What is left to do once a household is there: print its leaflet, send its message, show it its first basket."""
    household = household_of(request, garden, pk, Can.WELCOME)
    leaflet = leaflets.leaflet_of(household, request.today)
    sent = Message.objects.filter(once=f"welcome:{household.pk}").first()
    words = leaflets.message(leaflet) if leaflet else None
    return render(
        request, "desk/welcomed.html",
        {"household": household, "name": household_queries.name_of(household), "leaflet": leaflet, "words": words, "sent": sent},
    )  # fmt: skip


@require_safe
def leaflet(request: Request, garden: str, pk: int) -> HttpResponse:
    """The leaflet, to print: where, when, and how to say that one does not come."""
    household = household_of(request, garden, pk)
    found = leaflets.leaflet_of(household, request.today)
    if found is None:
        raise Http404
    answer = HttpResponse(leaflets.write(found, clock.now()), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="accueil-{household.number}.pdf"'
    return answer


@require_POST
def send(request: Request, garden: str, pk: int) -> HttpResponse:
    """Send the message of welcome, once."""
    household = household_of(request, garden, pk, Can.WELCOME)
    if _tell(request, household):
        messages.success(request, _("Le mot de bienvenue est parti, ou attend d’être imprimé."))
    else:
        messages.info(request, _("Ce foyer n’a encore ni panier, ni personne à qui écrire."))
    return redirect("desk:welcomed", household.garden.code, household.pk)


def _tell(request: Request, household: Household) -> bool:
    found = leaflets.leaflet_of(household, request.today)
    return found is not None and signups.tell_welcome(household, leaflets.message(found), at=clock.now())
