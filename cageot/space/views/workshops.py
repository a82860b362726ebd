"""The garden's workshops, for a member: what comes, I come, I do not come, what I thought of it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core import clock
from cageot.network.actions import Refused
from cageot.space import actions
from cageot.space.access import MemberRequest
from cageot.space.forms.workshops import ComeForm, OpinionForm
from cageot.space.queries import workshops as queries
from cageot.space.views.pages import page, who
from cageot.workshops.actions.refusals import refusal
from cageot.workshops.http import sent
from cageot.workshops.models import Session
from cageot.workshops.queries.materials import files_of


@page
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """What comes at the garden, theirs first."""
    found = queries.workshops(request.member.household, clock.now())
    return render(request, "space/workshops.html", {"page": found})


def _session(request: MemberRequest, pk: int) -> Session:
    """A session of the member's own garden, or 404."""
    rows = Session.objects.select_related("workshop", "place", "garden")
    return get_object_or_404(rows, pk=pk, garden=request.member.household.garden_id)


@page
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: MemberRequest, session: int) -> HttpResponse:
    """A session, and "I come": with how many adults and children. Once they come, how many may change."""
    found = _session(request, session)
    shown = queries.mine(found, request.member.household, clock.now())
    start = {"adults": shown.enrolment.adults, "children": shown.enrolment.children, "needs": shown.needs} if shown.enrolment else None  # fmt: skip
    form = ComeForm(request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        by, at = who(request)
        try:
            waits = actions.come(request.member, found, today=request.today, by=by, at=at, **form.cleaned_data).waits
        except Refused as refused:
            form.add_error(None, refusal(refused))
        else:
            told = f"{waits.why} {_('Vous attendez, numéro %(n)s.') % {'n': waits.rank}}" if waits else _("C’est noté. Vous venez.")  # fmt: skip
            messages.success(request, told)
            return redirect("space:my_workshop", found.pk)
    return render(request, "space/workshop.html", {"page": shown, "form": form, "opinion": OpinionForm()})


@page
@require_safe
def show_file(request: MemberRequest, material: int) -> HttpResponse:
    """A sheet of their garden, or a photo while who is on it agrees."""
    return sent(get_object_or_404(files_of(request.member.household.garden, clock.today()), pk=material))


@page
@require_POST
def leave(request: MemberRequest, session: int) -> HttpResponse:
    """They do not come after all: somebody who waits gets the place."""
    found = _session(request, session)
    by, at = who(request)
    try:
        actions.not_come(request.member, found, today=request.today, by=by, at=at)
        messages.success(request, _("C’est noté. Vous ne venez pas."))
    except Refused as refused:
        messages.error(request, refusal(refused))
    return redirect("space:my_workshop", found.pk)


@page
@require_POST
def opinion(request: MemberRequest, session: int) -> HttpResponse:
    """What they thought of it."""
    found = _session(request, session)
    form = OpinionForm(request.POST)
    if not form.is_valid():
        shown = queries.mine(found, request.member.household, clock.now())
        return render(request, "space/workshop.html", {"page": shown, "form": ComeForm(), "opinion": form})
    try:
        actions.tell_opinion(request.member, found, at=clock.now(), **form.told)
        messages.success(request, _("Merci. Votre avis est noté, sans votre nom."))
    except Refused:
        messages.error(request, _("On ne peut plus dire son avis ici."))
    return redirect("space:my_workshop", found.pk)
