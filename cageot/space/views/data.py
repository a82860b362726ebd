"""A member's own data: what they agreed to, a copy, a correction, being forgotten."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cageot.members import rights
from cageot.members.models import Consent, DataRequest
from cageot.space.access import MemberRequest
from cageot.space.views.pages import page, who

LONGEST = 300


@page
@require_safe
def data(request: MemberRequest) -> HttpResponse:
    """What is kept, and what one may ask."""
    household = request.member.household
    given = {one.kind: one for one in household.consents.filter(withdrawn_on=None)}
    asked = list(household.data_requests.order_by("-asked_at"))
    context = {
        "given": [(kind, kind.label, given.get(kind)) for kind in rights.CHOSEN],
        "others": [one for kind, one in given.items() if kind not in rights.CHOSEN],
        "asked": asked,
        "waits": {one.kind for one in asked if one.state == DataRequest.State.OPEN},
    }
    return render(request, "space/data.html", context)


@page
@require_POST
def ask(request: MemberRequest) -> HttpResponse:
    """Ask for a correction, or to be forgotten."""
    by, at = who(request)
    kind, words = request.POST.get("kind", ""), request.POST.get("words", "").strip()[:LONGEST]
    if kind not in DataRequest.Kind.values:
        raise Http404
    if kind == DataRequest.Kind.CORRECTION and not words:
        messages.error(request, _("Écrivez ce qu’il faut corriger."))
        return redirect("space:data")
    try:
        rights.ask(request.member.household, kind=kind, words=words, by=by, at=at)
    except rights.AlreadyAsked:
        messages.info(request, _("C’est déjà demandé. Le jardin va répondre."))
    else:
        messages.success(request, _("C’est demandé. Le jardin répond dans le mois."))
    return redirect("space:data")


@page
@require_POST
def consent(request: MemberRequest) -> HttpResponse:
    """Agree to something, or take it back."""
    by, at = who(request)
    kind = request.POST.get("kind", "")
    if kind not in Consent.Kind.values:
        raise Http404
    household = request.member.household
    if request.POST.get("give") and kind in rights.CHOSEN:
        rights.give(household, kind, spoken=False, on=request.today, by=by, at=at)
    else:
        rights.withdraw(household, kind, on=request.today, by=by, at=at)
    messages.success(request, _("C’est noté."))
    return redirect("space:data")
