"""The network's calls for projects: opening, deciding side by side, paying, reading accounts, stopping."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core.templatetags.cageot import euros
from cageot.desk.access import network_only
from cageot.desk.forms import grants as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.queries import cerfa as cerfa_queries
from cageot.desk.queries import grants as queries
from cageot.desk.views.grants import WRITING, cerfa_file, cerfa_page
from cageot.desk.words_books import day_refused
from cageot.funding import journal
from cageot.funding.actions import granting
from cageot.funding.models import GrantApplication, GrantCall, GrantInstalment, Tranche
from cageot.funding.queries import granting as facts
from cageot.funding.rules.granting import shares
from cageot.funding.rules.years import DayRefused
from cageot.network.http import Request, acting

State = GrantApplication.State


def _call(request: Request, pk: int) -> GrantCall:
    network_only(request)
    return get_object_or_404(GrantCall.objects.select_related("tranche__fund__partner"), pk=pk)


def _grant(request: Request, pk: int) -> GrantApplication:
    """An application that was sent: what a garden has not sent is its own."""
    network_only(request)
    rows = GrantApplication.objects.exclude(state=State.DRAFT)
    return get_object_or_404(rows.select_related("garden", "call__tranche__fund__entity"), pk=pk)


# --- Calls ----------------------------------------------------------------------------------------


@require_safe
def calls(request: Request) -> HttpResponse:
    """Every call, and what they ask for today: payments, accounts to read, accounts that are late."""
    network_only(request)
    return render(request, "desk/calls.html", {"page": queries.calls(request.today)})


@require_safe
def show(request: Request, call: int) -> HttpResponse:
    """One call: its envelope and its applications."""
    return render(request, "desk/call.html", {"page": queries.call_page(_call(request, call), request.today)})


@require_http_methods(WRITING)
def new(request: Request) -> HttpResponse:
    """Open a call."""
    network_only(request)
    form = forms.CallForm(request.POST or None, tranches=_tranches(request))
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            made = granting.open_call(form.cleaned_data, by=by, at=at)
        except granting.EnvelopeTooBig as refused:
            _too_big(form, refused)
        else:
            messages.success(request, _("L’appel est écrit. Les jardins concernés sont prévenus."))
            return redirect("desk:call", made.pk)
    return _form(
        request,
        form,
        {"title": _("Ouvrir un appel à projets"), "button": _("Ouvrir l’appel"), "back": reverse("desk:calls")},
    )


@require_http_methods(WRITING)
def edit(request: Request, call: int) -> HttpResponse:
    """Change a call while no garden has sent; after, only let it close later."""
    one = _call(request, call)
    form = forms.CallForm(request.POST or None, tranches=_tranches(request, one), call=one)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            granting.change_call(one, form.cleaned_data, by=by, at=at)
        except granting.CallInUse:
            refuse(form, _("Un jardin a envoyé sa demande : l’appel peut seulement finir plus tard."))
        except granting.EnvelopeTooBig as refused:
            _too_big(form, refused)
        else:
            messages.success(request, _("L’appel est changé."))
            return redirect("desk:call", one.pk)
    return _form(
        request,
        form,
        {
            "title": _("Modifier l’appel"),
            "button": _("Enregistrer"),
            "call": one,
            "back": reverse("desk:call", args=[one.pk]),
        },
    )


@require_POST
def withdraw(request: Request, call: int) -> HttpResponse:
    """Take back a call that nobody answered."""
    one = _call(request, call)
    by, at = acting(request)
    try:
        granting.withdraw_call(one, by=by, at=at)
    except granting.CallInUse:
        messages.error(request, _("Un jardin a répondu : l’appel ne peut plus être retiré."))
        return redirect("desk:call", one.pk)
    messages.success(request, _("L’appel est retiré."))
    return redirect("desk:calls")


def _tranches(request: Request, call: GrantCall | None = None) -> Any:
    """Tranches of the network head's funds that have money: those that go on, and the call's own."""
    going = Q(until_day__gte=request.today, refused_on=None, fund__entity=journal.head(), fund__ended_on=None)
    chosen = going | Q(pk=call.tranche_id) if call else going
    return Tranche.objects.filter(chosen).select_related("fund").order_by("fund__name", F("from_day").desc())


def _too_big(form: forms.CallForm, refused: granting.EnvelopeTooBig) -> None:
    refuse(form, _("Il ne reste que %(sum)s sur ce financement.") % {"sum": euros(refused.most)}, "envelope_cents")


def _form(request: Request, form: forms.CallForm, context: dict[str, Any]) -> HttpResponse:
    return render(request, "desk/call_form.html", {"form": form, **context}, status=422 if form.errors else 200)


# --- Deciding -------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def decide(request: Request, call: int) -> HttpResponse:
    """Applications side by side, an equal treatment proposed, one decision for all."""
    one = _call(request, call)
    sent = list(one.applications.filter(state=State.SENT).select_related("garden", "call").order_by("garden__name"))
    if not sent:
        messages.info(request, _("Aucune demande n’attend de décision."))
        return redirect("desk:call", one.pk)
    room = facts.room(one)
    asking = forms.ProposeForm(request.GET or None)
    limits = asking.cleaned_data if asking.is_valid() else {}
    proposed = shares(
        {each.pk: each.asked_cents for each in sent}, room, cap=limits.get("plafond"), floor=limits.get("minimum") or 0
    )
    form = forms.DecideForm(request.POST or None, call=one, applications=sent, proposed=proposed, today=request.today)
    if request.method == "POST" and form.is_valid() and _decided(request, one, form):
        return redirect("desk:call", one.pk)
    context = {
        "call": one, "form": form, "asking": asking, "room": room, "asked": sum(each.asked_cents for each in sent),
        "proposed": sum(proposed.values()), "notified": one.tranche.notified_cents is not None,
    }  # fmt: skip
    return render(request, "desk/call_decide.html", context, status=422 if form.errors else 200)


def _decided(request: Request, call: GrantCall, form: forms.DecideForm) -> bool:
    by, at = acting(request)
    decisions = form.decisions()
    if not decisions:
        refuse(form, _("Rien n’est décidé : choisissez « Accorder » ou « Refuser » pour au moins un jardin."))
        return False
    try:
        granting.decide(call, decisions, form.plan(), today=request.today, by=by, at=at)
    except granting.OverTheRoom as refused:
        refuse(form, _("Vous accordez %(asked)s, et il reste %(room)s. Baissez des sommes, ou gardez-en pour plus tard.") % {
            "asked": euros(refused.asked), "room": euros(refused.room)})  # fmt: skip
    except granting.NotNotified:
        refuse(
            form, _("L’argent de cet appel est promis, pas encore notifié : attendez la notification pour accorder.")
        )
    except (granting.WrongState, granting.MoreThanAsked):
        refuse(form, _("Une demande a changé entre-temps : relisez la page. Rien n’est décidé."))
    else:
        told = ngettext("%(n)s jardin est prévenu.", "%(n)s jardins sont prévenus.", len(decisions)) % {
            "n": len(decisions)
        }
        messages.success(request, f"{_('C’est décidé.')} {told}")
    return not form.errors


# --- One grant ------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def grant(request: Request, grant: int) -> HttpResponse:
    """One application as the network reads it: its budget, its payments, its accounts, and what may be done."""
    one = _grant(request, grant)
    typed: dict[str, Any] = {}
    if request.method == "POST":
        acts = {
            "verser": _pay, "rendre": _complete, "accepter": _accept, "renvoyer": _return, "arreter": _stop, "rembourser": _back,
        }  # fmt: skip
        act = acts.get(request.POST.get("acte", ""))
        if act is None:
            raise Http404
        typed = act(request, one)
        if not typed:
            return redirect(request.path if one.state != State.DRAFT else reverse("desk:call", args=[one.call_id]))
    page = queries.detail(one, request.today, network=True, may_edit=True)
    empty = {
        "complete": forms.WhyForm(prefix="c"), "returning": forms.WhyForm(prefix="r"), "stopping": forms.StopForm(initial={"on": request.today}, prefix="s"),
        "backing": forms.BackForm(initial={"on": request.today, "cents": page.owed or None}, prefix="b"),
        "paying": forms.PayForm(condition=page.grant.next.condition, today=request.today) if page.grant.next else None,
    }  # fmt: skip
    context = {"page": page, "one": one, **empty, **typed}
    return render(request, "desk/network_grant.html", context, status=422 if typed else 200)


def _told(request: Request, words: str) -> dict[str, Any]:
    messages.success(request, words)
    return {}


def _meanwhile(request: Request) -> dict[str, Any]:
    messages.info(request, _("Quelqu’un vient de le faire : relisez la page."))
    return {}


def _pay(request: Request, one: GrantApplication) -> dict[str, Any]:
    asked = request.POST.get("versement", "")
    rows = GrantInstalment.objects.filter(application=one)
    part = get_object_or_404(rows, pk=asked if asked.isdecimal() and len(asked) < 19 else 0)
    form = forms.PayForm(request.POST, condition=part.condition, today=request.today)
    if not form.is_valid():
        return {"paying": form}
    by, at = acting(request)
    try:
        granting.pay(
            part,
            on=form.cleaned_data["on"],
            reference=form.cleaned_data["reference"],
            met=form.cleaned_data.get("met", ""),
            by=by,
            at=at,
        )
    except granting.WrongState:
        return _meanwhile(request)
    except DayRefused as refused:
        refuse(form, day_refused(refused), "on")
        return {"paying": form}
    return _told(request, _("Le versement est noté. Le jardin est prévenu."))


def _complete(request: Request, one: GrantApplication) -> dict[str, Any]:
    form = forms.WhyForm(request.POST, prefix="c")
    if not form.is_valid():
        return {"complete": form}
    by, at = acting(request)
    try:
        granting.reopen(one, because=form.cleaned_data["words"], today=request.today, by=by, at=at)
    except granting.WrongState:
        return _meanwhile(request)
    return _told(request, _("La demande est rendue au jardin, qui peut la compléter."))


def _accept(request: Request, one: GrantApplication) -> dict[str, Any]:
    by, at = acting(request)
    try:
        granting.accept_report(one, words="", today=request.today, by=by, at=at)
    except granting.WrongState:
        return _meanwhile(request)
    return _told(request, _("Le compte rendu est accepté. Le jardin est prévenu."))


def _return(request: Request, one: GrantApplication) -> dict[str, Any]:
    form = forms.WhyForm(request.POST, prefix="r")
    if not form.is_valid():
        return {"returning": form}
    by, at = acting(request)
    try:
        granting.return_report(one, words=form.cleaned_data["words"], today=request.today, by=by, at=at)
    except granting.WrongState:
        return _meanwhile(request)
    return _told(request, _("Le compte rendu est rendu au jardin, qui peut le compléter."))


def _stop(request: Request, one: GrantApplication) -> dict[str, Any]:
    form = forms.StopForm(request.POST, prefix="s")
    if not form.is_valid():
        return {"stopping": form}
    by, at = acting(request)
    what = {"on": form.cleaned_data["on"], "because": form.cleaned_data["words"], "by": by, "at": at}
    try:
        if "toutes" in request.POST:
            granting.garden_left(one.garden, **what)
        else:
            granting.stop(one, **what)
    except granting.WrongState:
        return _meanwhile(request)
    return _told(request, _("L’aide s’arrête. Le jardin est prévenu, et rendra compte de ce qu’il a dépensé."))


def _back(request: Request, one: GrantApplication) -> dict[str, Any]:
    form = forms.BackForm(request.POST, prefix="b")
    if not form.is_valid():
        return {"backing": form}
    by, at = acting(request)
    try:
        granting.give_back(one, **form.cleaned_data, by=by, at=at)
    except granting.MoreThanLeft as refused:
        refuse(form, _("Le jardin n’a plus que %(sum)s de cette aide.") % {"sum": euros(refused.left)}, "cents")
        return {"backing": form}
    except DayRefused as refused:
        refuse(form, day_refused(refused), "on")
        return {"backing": form}
    return _told(request, _("La somme rendue est notée. Elle peut être accordée de nouveau."))


# --- The form -------------------------------------------------------------------------------------


@require_safe
def cerfa(request: Request, grant: int) -> HttpResponse:
    """The figures of Cerfa 15059 of a grant."""
    one = _granted(request, grant)
    return cerfa_page(request, cerfa_queries.of_grant(one), "cerfa.pdf", {"network_grant": one})


@require_safe
def cerfa_pdf(request: Request, grant: int) -> HttpResponse:
    """The same, to print."""
    return cerfa_file(request, cerfa_queries.of_grant(_granted(request, grant)))


def _granted(request: Request, pk: int) -> GrantApplication:
    one = _grant(request, pk)
    if one.state != State.GRANTED:
        raise Http404
    return one


@require_safe
def tranche_cerfa(request: Request, tranche: int) -> HttpResponse:
    """The figures of Cerfa 15059 of a tranche that the network head holds, from what was settled and granted."""
    one = _tranche(request, tranche)
    return cerfa_page(request, cerfa_queries.of_tranche(one), "cerfa.pdf", {"tranche": one})


@require_safe
def tranche_cerfa_pdf(request: Request, tranche: int) -> HttpResponse:
    """The same, to print."""
    return cerfa_file(request, cerfa_queries.of_tranche(_tranche(request, tranche)))


def _tranche(request: Request, pk: int) -> Tranche:
    network_only(request)
    return get_object_or_404(Tranche.objects.select_related("fund__entity", "fund__partner"), pk=pk)
