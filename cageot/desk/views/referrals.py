"""Referrals: the form of who refers, by a link or signed in; the ways back to it; the garden's answer; links and clocks."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cageot.core import clock
from cageot.desk import words_referrals as words
from cageot.desk.access import garden_for, referral_for, sent_referral_for
from cageot.desk.actions import referrals as across
from cageot.desk.forms import referrals as forms
from cageot.desk.queries import referrals as queries
from cageot.desk.queries.handover import qr
from cageot.members import referrals as actions
from cageot.members.models import Referral, ReferralLink, ReferralStep
from cageot.members.referrals import NotNow, Sender
from cageot.network import actions as network
from cageot.network.http import Request, acting, origin
from cageot.network.limits import allowed
from cageot.network.models import Role
from cageot.network.rules.reach import Can
from cageot.network.secrets import digest
from cageot.workshops.actions.accompanying import may_accompany

WRITING = ["GET", "HEAD", "POST"]
TRIES, TRIES_WITHIN = 30, timedelta(minutes=10)
"""Codes that open nothing, from one address."""
SENDINGS, SENDINGS_WITHIN = 40, timedelta(days=1)
"""What one link may send in a day."""
Side = ReferralStep.Side


# --- Without an account ---------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(WRITING)
def code(request: Request) -> HttpResponse:
    """A code typed from a card: a link to refer somebody, or a way back to what was sent."""
    typed = "".join(sign for sign in request.POST.get("code", "")[:80] if sign.isalnum() or sign == "-")
    if request.method != "POST":
        return render(request, "desk/referral_code.html", {"wrong": False})
    if actions.link_of(typed, today=request.today):
        return redirect("desk:referral_form", typed)
    if actions.by_code(typed):
        return redirect("desk:referral_follow", typed)
    return _calm(request)


def _calm(request: Request) -> HttpResponse:
    """One page for a code that opens nothing, whatever the reason: unknown, ended, stopped, tried too often."""
    kept = allowed("referral-code", origin(request), times=TRIES, within=TRIES_WITHIN, at=clock.now())
    return render(request, "desk/referral_code.html", {"wrong": True}, status=404 if kept else 429)


@login_not_required
@never_cache
@require_http_methods(WRITING)
def form(request: Request, code: str) -> HttpResponse:
    """Refer somebody by a personal link. Opening it changes nothing; sent twice, it is sent once."""
    link = actions.link_of(code[:80], today=request.today)
    if link is None:
        return _calm(request)
    sender = Sender(link.garden, link.partner, link.agreement, link.label, link.reach, link=link)
    return _referring(request, sender, f"link:{link.pk}")


@never_cache
@require_http_methods(WRITING)
def new(request: Request, partner: int, garden: str, agreement: int) -> HttpResponse:
    """Refer somebody, signed in, for an organisation, on an agreement it may use."""
    found = [one for one in queries.partners_of(request.reach) if one.pk == partner]
    known = [
        one
        for one in queries.offers(found, request.today)
        if one.agreement.pk == agreement and one.garden.code == garden
    ]
    if not known:
        raise Http404
    by, _at = acting(request)
    sender = Sender(known[0].garden, known[0].partner, known[0].agreement, str(by), request.user.email, person=by)
    return _referring(request, sender, f"person:{by.pk}")


def _referring(request: Request, sender: Sender, who: str) -> HttpResponse:
    depots = queries.depot_choices(sender.garden, request.today)
    form = forms.ReferralForm(depots, request.POST if request.method == "POST" else None)
    too_many = False
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        too_many = not allowed("referral-send", who, times=SENDINGS, within=SENDINGS_WITHIN, at=at)
        if not too_many:
            _sent, code = actions.send(form.draft, sender, once=form.once_key, today=request.today, at=at)
            return redirect("desk:referral_follow", code)
    page = queries.form_page(sender.garden, sender.partner, sender.agreement, request.today)
    context = {"page": page, "form": form, "sender": sender, "too_many": too_many}
    return render(request, "desk/referral_form.html", context, status=422 if form.errors or too_many else 200)


@login_not_required
@never_cache
@require_http_methods(WRITING)
def follow(request: Request, code: str) -> HttpResponse:
    """One's own way back: where it stands, a question to answer, a button to take it back."""
    found = actions.by_code(code[:80])
    if found is None:
        return _calm(request)
    referral, side = found
    if request.method == "POST":
        _act_outside(request, referral, side)
        return redirect("desk:referral_follow", code)
    here = request.build_absolute_uri(reverse("desk:referral_follow", args=[code]))
    card = _card(request, code, referral) if side == Side.REFERRER else None
    page = queries.follow(referral, side, request.today)
    context = {"page": page, "side": side, "here": here, "code": code, "card": card, "can_answer": "answer" in page.may}
    return render(request, "desk/referral_follow.html", context)


def _card(request: Request, code: str, referral: Referral) -> dict[str, object] | None:
    """The person's own code, for who refers to hand over; None when the installation's key changed since."""
    theirs = actions.person_code(code)
    if digest(theirs) != referral.person_digest or referral.erased_on:
        return None
    address = request.build_absolute_uri(reverse("desk:referral_follow", args=[theirs]))
    return {"code": theirs, "address": address, "qr": qr(address), "site": request.build_absolute_uri(reverse("desk:referral_code"))}  # fmt: skip


def _act_outside(request: Request, referral: Referral, side: str) -> None:
    """What who refers, or the person, does; told plainly when it cannot be done any more."""
    by, at = (request.user.person if request.user.is_authenticated and side == Side.REFERRER else None), clock.now()
    try:
        match request.POST.get("do"):
            case "withdraw":
                across.withdraw(referral, side=side, by=by, at=at)
                messages.success(request, _("C’est retiré. Ce qui disait qui est la personne est effacé."))
            case "quiet" if side == Side.PERSON:
                actions.keep_outcome_quiet(referral, at=at)
                messages.success(request, _("C’est noté : la suite ne sera dite qu’à vous."))
            case "answer":
                said = forms.SayForm("", request.POST)
                if said.is_valid():
                    actions.answer(referral, said.cleaned_data["words"], side=side, by=by, at=at)
                    messages.success(request, _("Merci, le jardin a votre réponse."))
                else:
                    messages.error(request, _("Écrivez votre réponse, en 300 signes au plus. Rien n’a été envoyé."))
    except NotNow:
        messages.warning(request, _("Rien n’a changé. Cette page dit où en est la demande."))


# --- Signed in, for an organisation ---------------------------------------------------------------


@require_safe
def mine(request: Request) -> HttpResponse:
    """What this person's organisations sent, and where they may refer somebody."""
    partners = queries.partners_of(request.reach)
    if not partners:
        raise Http404
    context = {
        "partners": partners,
        "lines": queries.sent_by(partners),
        "offers": queries.offers(partners, request.today),
    }
    return render(request, "desk/referral_mine.html", context)


@never_cache
@require_http_methods(WRITING)
def one_of_mine(request: Request, referral: int) -> HttpResponse:
    """One referral of this person's organisations: where it stands, a question to answer, a button to take it back."""
    found = sent_referral_for(request, referral)
    if request.method == "POST":
        _act_outside(request, found, Side.REFERRER)
        return redirect("desk:my_referral", referral)
    page = queries.follow(found, Side.REFERRER, request.today)
    return render(
        request,
        "desk/referral_one.html",
        {
            "page": page,
            "side": Side.REFERRER,
            "can_answer": "answer" in page.may,
            "may_accompany": may_accompany(found),
        },
    )


# --- At the garden --------------------------------------------------------------------------------


@require_safe
def inbox(request: Request, garden: str) -> HttpResponse:
    """Those who were referred to the garden: to answer, on the waiting list, answered."""
    place = garden_for(request, garden, Can.WELCOME)
    return render(
        request, "desk/referrals.html", {"page": queries.inbox(place, request.GET.get("liste", ""), request.today)}
    )


@require_http_methods(WRITING)
def show(request: Request, garden: str, referral: int) -> HttpResponse:
    """One referral, and the garden's answer to it."""
    one = referral_for(request, garden, referral)
    ask = forms.SayForm(_("Votre question à qui oriente"))
    decline = forms.DeclineForm()
    if request.method == "POST":
        do = request.POST.get("do")
        if do == "ask":
            ask = forms.SayForm(_("Votre question à qui oriente"), request.POST)
        if do == "decline":
            decline = forms.DeclineForm(request.POST)
        wrong = (do == "ask" and not ask.is_valid()) or (do == "decline" and not decline.is_valid())
        if not wrong:
            _answer(request, one, str(do), ask, decline)
            return redirect("desk:referral", garden, referral)
    page = queries.page(one, request.today)
    agreements = forms.AgreementForm(page.others)
    context = {"page": page, "ask": ask, "decline": decline, "agreements": agreements}
    return render(request, "desk/referral.html", context, status=422 if ask.errors or decline.errors else 200)


def _answer(request: Request, one: Referral, do: str, ask: forms.SayForm, decline: forms.DeclineForm) -> None:
    """What the garden does with a referral; told plainly when somebody was faster."""
    by, at = acting(request)
    try:
        match do:
            case "ask":
                actions.ask(one, ask.cleaned_data["words"], by=by, at=at)
                messages.success(request, _("Votre question est partie. L’orientation attend sa réponse."))
            case "answered":
                actions.answer(one, "", side=Side.GARDEN, by=by, at=at)
                messages.success(request, _("C’est noté : vous avez la réponse."))
            case "wait":
                actions.wait(one, by=by, at=at)
                messages.success(request, _("Elle est sur la liste d’attente."))
            case "keep":
                actions.keep(one, by=by, at=at)
                messages.success(request, _("Elle reste sur la liste d’attente."))
            case "decline":
                said = decline.cleaned_data
                across.decline(one, said["reason"], words=said["words"], by=by, at=at)
                messages.success(
                    request, _("C’est répondu. La personne le sait par des mots simples, sans la raison codée.")
                )
            case "agreement":
                _change_agreement(request, one)
            case "merge" | "unmerge":
                _merge(request, one, do)
    except NotNow as refused:
        messages.warning(request, words.MEANWHILE[refused.state])


def _change_agreement(request: Request, one: Referral) -> None:
    known = queries.running_agreements(one.garden, request.today)
    form = forms.AgreementForm([(each.pk, each.name) for each in known], request.POST)
    if not form.is_valid():
        messages.error(request, _("Choisissez une convention de la liste. Rien n’a changé."))
        return
    by, at = acting(request)
    chosen = next((each for each in known if each.pk == form.cleaned_data["agreement"]), None)
    actions.change_agreement(one, chosen, by=by, at=at)
    messages.success(request, _("La convention est changée."))


def _merge(request: Request, one: Referral, do: str) -> None:
    by, at = acting(request)
    other = get_object_or_404(
        Referral.objects.select_related("garden", "partner", "agreement", "merged_into"),
        pk=forms.number(request.POST.get("other")), garden=one.garden,
    )  # fmt: skip
    if do == "merge":
        actions.merge(other, one, by=by, at=at)
        messages.success(
            request, _("Les deux ne font plus qu’une. Votre réponse ira aux deux personnes qui orientent.")
        )
    elif other.merged_into_id == one.pk:
        actions.unmerge(other, by=by, at=at)
        messages.success(request, _("Elles sont de nouveau séparées."))


# --- Links and clocks -----------------------------------------------------------------------------


@require_safe
def links(request: Request, garden: str) -> HttpResponse:
    """Who may refer people here, by which link, and how often it was used."""
    place = garden_for(request, garden, Can.WELCOME)
    context = {
        "garden": place,
        "lines": queries.link_lines(place, request.today),
        "ready": forms.referring(place).exists(),
        "accounts": queries.accounts(place, request.today),
        "own": set(forms.referring_here_alone(place, request.reach).values_list("pk", flat=True)),
    }
    return render(request, "desk/referral_links.html", context)


@never_cache
@require_http_methods(WRITING)
def new_link(request: Request, garden: str) -> HttpResponse:
    """Make a link; its address is shown in the answer, once, since only its print is kept."""
    place = garden_for(request, garden, Can.WELCOME)
    form = forms.LinkForm(place, request.today, request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        link, code = actions.open_link(place, **form.cleaned_data, by=by, at=at)
        address = request.build_absolute_uri(reverse("desk:referral_form", args=[code]))
        site = request.build_absolute_uri(reverse("desk:referral_code"))
        shown = {"garden": place, "link": link, "code": code, "address": address, "site": site, "qr": qr(address)}
        return render(request, "desk/referral_link.html", shown)
    return render(
        request, "desk/referral_link_form.html", {"garden": place, "form": form}, status=422 if form.errors else 200
    )


@require_http_methods(WRITING)
def stop_link(request: Request, garden: str, pk: int) -> HttpResponse:
    """Stop a link, after saying what follows."""
    place = garden_for(request, garden, Can.WELCOME)
    link = get_object_or_404(ReferralLink.objects.select_related("garden", "partner"), pk=pk, garden=place)
    if request.method == "POST":
        by, at = acting(request)
        stopped = actions.revoke_link(link, by=by, at=at)
        messages.success(request, _("Le lien est arrêté.") if stopped else _("Ce lien était déjà arrêté."))
        return redirect("desk:referral_links", place.code)
    return render(request, "desk/referral_link_stop.html", {"garden": place, "link": link})


@require_http_methods(WRITING)
def new_access(request: Request, garden: str) -> HttpResponse:
    """Give somebody who refers an account of their own, for their organisation."""
    place = garden_for(request, garden, Can.WELCOME)
    form = forms.AccessForm(place, request.reach, request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        network.give_access(**form.cleaned_data, role=Role.Kind.REFERRER, garden=None, on=request.today, by=by, at=at)
        messages.success(request, _("C’est fait : cette personne peut entrer avec son courriel."))
        return redirect("desk:referral_links", place.code)
    return render(
        request, "desk/referral_access.html", {"garden": place, "form": form}, status=422 if form.errors else 200
    )


@require_http_methods(WRITING)
def end_access(request: Request, garden: str, role: int) -> HttpResponse:
    """Somebody who refers leaves their organisation: what was sent stays with it."""
    place = garden_for(request, garden, Can.WELCOME)
    theirs = forms.referring_here_alone(place, request.reach)
    known = Role.objects.filter(kind=Role.Kind.REFERRER, partner__in=theirs).on(request.today)
    held = get_object_or_404(known.select_related("person", "partner"), pk=role)
    if request.method == "POST":
        by, at = acting(request)
        network.end_role(held, last_day=request.today - timedelta(days=1), by=by, at=at)
        messages.success(request, _("L’accès est fermé. Ce qui a été envoyé reste à l’organisation."))
        return redirect("desk:referral_links", place.code)
    return render(request, "desk/referral_access_end.html", {"garden": place, "role": held})


@require_http_methods(WRITING)
def ways(request: Request, garden: str) -> HttpResponse:
    """The garden's clocks, and its words to those who refer."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    form = forms.WaysForm(request.POST or None, initial=forms.ways_known(place))
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.set_ways(place, form.cleaned_data, by=by, at=at)
        messages.success(request, _("C’est enregistré."))
        return redirect("desk:referrals", place.code)
    context = {"garden": place, "form": form, "title": _("Orientations"), "button": _("Enregistrer")}
    return render(request, "desk/settings_form.html", context, status=422 if form.errors else 200)
