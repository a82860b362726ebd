"""Data of people: what is kept of a household, what it asks, who read it, and how long things stay."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core import clock
from cageot.desk.access import garden_for, household_for, network_only
from cageot.desk.forms.fields import refuse
from cageot.desk.forms.privacy import AnswerForm, ClockForm
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import privacy as queries
from cageot.members import retention, rights
from cageot.members.models import Consent, DataRequest, Household
from cageot.members.rules.retention import CLASSES, FIXED
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can
from cageot.space.access import MemberRequest, member_page

WRITING = ["GET", "HEAD", "POST"]


# --- Of a household, at the garden ----------------------------------------------------------------


def _household(request: Request, garden: str, pk: int) -> Household:
    household = household_for(request, pk, Can.EDIT_HOUSEHOLDS)
    if household.garden.code != garden:
        raise Http404
    return household


@require_safe
def of_household(request: Request, garden: str, pk: int) -> HttpResponse:
    """What a household agreed to and asks, who read its file, when it will be forgotten."""
    return render(request, "desk/privacy.html", {"page": queries.data_page(_household(request, garden, pk))})


@require_safe
def copy(request: Request, garden: str, pk: int, form: str) -> HttpResponse:
    """All that is kept of a household, as a file to hand to it; the log says who took it."""
    return file_of(_household(request, garden, pk), form)


def file_of(household: Household, form: str) -> HttpResponse:
    at = clock.now()
    if form == "json":
        content, kind = queries.copy_json(household, at), "application/json"
    elif form == "pdf":
        content, kind = write_pdf("data.typ", queries.copy_paper(household, at), at=at), "application/pdf"
    else:
        raise Http404
    name = f"donnees-{household.garden.code}-{at.date()}.{form}"  # a file name travels further than its content
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_POST
def consent(request: Request, garden: str, pk: int) -> HttpResponse:
    """Note a consent that was spoken, or that one was taken back."""
    household = _household(request, garden, pk)
    by, at = acting(request)
    kind = request.POST.get("kind", "")
    if kind not in Consent.Kind.values:
        raise Http404
    if request.POST.get("give"):
        if kind not in rights.CHOSEN:
            raise Http404
        rights.give(household, kind, spoken=True, on=request.today, by=by, at=at)
    else:
        rights.withdraw(household, kind, on=request.today, by=by, at=at)
    messages.success(request, _("C’est noté."))
    return redirect("desk:household_privacy", household.garden.code, household.pk)


# --- What is asked ------------------------------------------------------------------------------


@require_safe
def inbox(request: Request, garden: str) -> HttpResponse:
    """The corrections and erasures that a garden's households ask for."""
    place = garden_for(request, garden, Can.EDIT_HOUSEHOLDS)
    page = queries.open_requests(place, request.GET.get("page", ""))
    return render(request, "desk/privacy_requests.html", {"garden": place, "page": page})


@require_http_methods(WRITING)
def answer(request: Request, garden: str, pk: int) -> HttpResponse:
    """Answer one of them, with words."""
    place = garden_for(request, garden, Can.EDIT_HOUSEHOLDS)
    asked = get_object_or_404(DataRequest.objects.select_related("household__garden"), pk=pk, household__garden=place)
    form = AnswerForm(request.POST or None, asked=asked)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            rights.answer(
                asked, granted=form.is_granted, words=form.cleaned_data["words"], today=request.today, by=by, at=at
            )
        except rights.StillHere:
            refuse(
                form,
                _("Ce foyer a encore des paniers à venir, ou n’est pas parti : notez d’abord son départ."),
                "granted",
            )
        except rights.AlreadyAnswered:
            messages.info(request, _("Quelqu’un venait de répondre."))
            return redirect("desk:data_requests", place.code)
        else:
            messages.success(request, _("Votre réponse est notée."))
            return redirect("desk:data_requests", place.code)
    context = {"garden": place, "asked": asked, "form": form}
    return render(request, "desk/privacy_answer.html", context, status=422 if form.errors else 200)


# --- By the member ------------------------------------------------------------------------------


@member_page
@require_safe
def my_copy(request: MemberRequest, form: str) -> HttpResponse:
    """All that is kept of one's own household, as a file."""
    return file_of(request.member.household, form)


# --- How long, for the network --------------------------------------------------------------------


@require_safe
def clocks(request: Request) -> HttpResponse:
    """How long each class is kept, and what a purge would do today."""
    network_only(request)
    return render(request, "desk/privacy_clocks.html", {"page": queries.retention_page(request.today)})


@require_http_methods(WRITING)
def set_clock(request: Request, data_class: str) -> HttpResponse:
    """Change how long a class is kept, or hold it."""
    network_only(request)
    if data_class not in CLASSES:
        raise Http404
    label, after = queries.CLASSES[data_class]
    form = ClockForm(retention.clocks()[data_class], data_class in FIXED, request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        retention.set_clock(data_class, form.chosen, by=by, at=at)
        messages.success(request, _("C’est enregistré."))
        return redirect("desk:retention")
    context = {"form": form, "label": label, "after": after}
    return render(request, "desk/privacy_clock.html", context, status=422 if form.errors else 200)
