"""Pilotage: the committee, its meetings, its decisions, and the brief made by one button."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core import clock
from cageot.desk import steering_papers as papers
from cageot.desk.access import garden_for
from cageot.desk.forms import steering as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import steering as queries
from cageot.desk.queries import steering_brief
from cageot.desk.queries.statements import query_of
from cageot.desk.views.statements import period_of
from cageot.funding.queries import Period
from cageot.guide.actions import steering as actions
from cageot.guide.models import CommitteeMember, Decision, Meeting
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


def _seen(request: Request, garden: str) -> Garden:
    """The garden, for who sees its money: the committee reads it."""
    return garden_for(request, garden, Can.SEE_MONEY)


def _written(request: Request, garden: str) -> Garden:
    """The garden, for who writes its agreements: they run the committee."""
    return garden_for(request, garden, Can.EDIT_AGREEMENTS)


def _meeting(place: Garden, pk: int) -> Meeting:
    return get_object_or_404(Meeting.objects.select_related("garden"), pk=pk, garden=place)


def _decision(place: Garden, pk: int) -> Decision:
    rows = Decision.objects.select_related("meeting__garden")
    return get_object_or_404(rows, pk=pk, meeting__garden=place)


@require_safe
def index(request: Request, garden: str) -> HttpResponse:
    """Who sits, the meetings to come and held, what is to do."""
    place = _seen(request, garden)
    return render(request, "desk/steering.html", {"page": queries.page(place, clock.now(), request.reach)})


# --- Who sits -------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def seat(request: Request, garden: str, seat: int | None = None) -> HttpResponse:
    """Somebody sits in the committee: write it, change it, end it; take away who was written by mistake."""
    place = _written(request, garden)
    one = get_object_or_404(CommitteeMember, pk=seat, garden=place) if seat else None
    if one and request.method == "POST" and "retirer" in request.POST:
        return _seat_away(request, one)
    form = forms.SeatForm(place, request.today, request.POST or None, one=one)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        saved = actions.save_seat(form.filled(one or CommitteeMember(garden=place)), by=by, at=at)
        messages.success(request, _("%(name)s : c’est enregistré.") % {"name": saved.name})
        return redirect("desk:steering", place.code)
    return render(request, "desk/steering_seat.html", {"garden": place, "form": form, "seat": one})


def _seat_away(request: Request, one: CommitteeMember) -> HttpResponse:
    by, at = acting(request)
    try:
        actions.take_seat_away(one, by=by, at=at)
    except actions.SaidSomething:
        messages.error(request, _("Cette personne est venue à une réunion : donnez plutôt une date de fin."))
        return redirect("desk:steering_seat", one.garden.code, one.pk)
    messages.success(request, _("%(name)s ne fait plus partie de la liste.") % {"name": one.name})
    return redirect("desk:steering", one.garden.code)


# --- Meetings -------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def meeting_new(request: Request, garden: str) -> HttpResponse:
    """A meeting; its agenda is already proposed."""
    place = _written(request, garden)
    period = steering_brief.usual_period(request.today)
    before = queries.previous(place, clock.now())
    start = {
        "agenda": queries.proposed_agenda(place, clock.now()), "brief_from": period.first, "brief_until": period.last,
        "place": before.place if before else "",
    }  # fmt: skip
    form = forms.MeetingForm(request.POST or None, start=start)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            saved = actions.save_meeting(form.filled(Meeting(garden=place)), by=by, at=at)
        except actions.MeetingThere:
            refuse(
                form, _("Une réunion est déjà prévue à ce moment, au même endroit : ouvrez-la pour la changer."), "day"
            )
        else:
            if saved.again:
                messages.info(request, _("Rien n’a changé : cette réunion était déjà enregistrée."))
            else:
                messages.success(request, _("La réunion est enregistrée. Il reste à convoquer."))
            return redirect("desk:steering_meeting", place.code, saved.meeting.pk)
    return render(request, "desk/steering_meeting_form.html", {"garden": place, "form": form})


@require_http_methods(WRITING)
def meeting_edit(request: Request, garden: str, meeting: int) -> HttpResponse:
    """Another day, another place, another agenda; those who were convened are told."""
    place = _written(request, garden)
    one = _meeting(place, meeting)
    form = forms.MeetingForm(request.POST or None, one=one)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        saved = actions.save_meeting(form.filled(one), by=by, at=at)
        told = ngettext("%(n)s personne est prévenue.", "%(n)s personnes sont prévenues.", saved.told) % {
            "n": saved.told
        }
        messages.success(request, told if saved.told else _("C’est enregistré."))
        return redirect("desk:steering_meeting", place.code, one.pk)
    return render(request, "desk/steering_meeting_form.html", {"garden": place, "form": form, "meeting": one})


@require_safe
def meeting(request: Request, garden: str, meeting: int) -> HttpResponse:
    """One meeting: agenda, who comes, minutes, decisions, and what earlier ones left to do."""
    one = _meeting(_seen(request, garden), meeting)
    context = {"page": queries.meeting_page(one, clock.now(), request.reach), "garden": one.garden}
    context |= {"form": forms.DecisionForm(), "brief_query": _brief_query(one, request.today)}
    return render(request, "desk/steering_meeting.html", context)


def _brief_query(one: Meeting, today: date) -> str:
    return f"{query_of(steering_brief.period_for(one, today))}&reunion={one.pk}"


@require_POST
def convene(request: Request, garden: str, meeting: int) -> HttpResponse:
    """Write to those who sit, once."""
    one = _meeting(_written(request, garden), meeting)
    by, at = acting(request)
    try:
        told = actions.convene(one, by=by, at=at)
    except actions.MeetingIsOver:
        messages.error(request, _("Cette réunion est passée : changez sa date, puis convoquez."))
    except actions.NobodyToTell:
        messages.error(request, _("Aucun membre du comité n’a d’adresse électronique : ajoutez-en une, ou imprimez l’ordre du jour."))  # fmt: skip
    else:
        if told:
            words = ngettext("La convocation part à %(n)s adresse.", "La convocation part à %(n)s adresses.", told)
            messages.success(request, words % {"n": told})
        else:
            messages.info(request, _("La convocation était déjà partie."))
    return redirect("desk:steering_meeting", one.garden.code, one.pk)


@require_POST
def cancel(request: Request, garden: str, meeting: int) -> HttpResponse:
    """The meeting is not held."""
    one = _meeting(_written(request, garden), meeting)
    by, at = acting(request)
    try:
        told = actions.cancel(one, by=by, at=at)
    except actions.HasMinutes:
        messages.error(request, _("Cette réunion a un compte rendu ou des décisions : elle reste."))
    except actions.MeetingIsOver:
        messages.error(request, _("Cette réunion est passée : elle reste."))
    else:
        words = ngettext("%(n)s personne est prévenue.", "%(n)s personnes sont prévenues.", told) % {"n": told}
        messages.success(request, _("La réunion est annulée.") + (f" {words}" if told else ""))
        return redirect("desk:steering", one.garden.code)
    return redirect("desk:steering_meeting", one.garden.code, one.pk)


@require_http_methods(WRITING)
def minutes(request: Request, garden: str, meeting: int) -> HttpResponse:
    """Who came, and what was said."""
    one = _meeting(_written(request, garden), meeting)
    page = queries.meeting_page(one, clock.now(), request.reach)
    form = forms.MinutesForm(one, page.expected, request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.write_minutes(one, notes=form.cleaned_data["notes"], present=form.cleaned_data["present"], by=by, at=at)
        messages.success(request, _("Le compte rendu est enregistré."))
        return redirect("desk:steering_meeting", one.garden.code, one.pk)
    return render(request, "desk/steering_minutes.html", {"garden": one.garden, "form": form, "page": page})


@require_safe
def meeting_paper(request: Request, garden: str, meeting: int, paper: str) -> HttpResponse:
    """The agenda, or the minutes, as PDF."""
    one = _meeting(_seen(request, garden), meeting)
    page = queries.meeting_page(one, clock.now(), request.reach)
    if paper == "ordre-du-jour":
        data = papers.agenda(page, request.today)
    elif paper == "compte-rendu":
        data = papers.minutes(page, request.today)
    else:
        raise Http404
    return _pdf("meeting.typ", data, f"{paper}-{one.garden.code}-{one.at:%Y-%m-%d}")


def _pdf(template: str, data: dict[str, object], name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return HttpResponse(write_pdf(template, data, at=clock.now()), content_type="application/pdf", headers=headers)


# --- Decisions ------------------------------------------------------------------------------------


@require_POST
def decide(request: Request, garden: str, meeting: int) -> HttpResponse:
    """Write a decision of this meeting."""
    one = _meeting(_written(request, garden), meeting)
    form = forms.DecisionForm(request.POST)
    if form.is_valid():
        by, at = acting(request)
        actions.decide(one, by=by, at=at, **form.cleaned_data)
        messages.success(request, _("La décision est notée."))
        return redirect("desk:steering_meeting", one.garden.code, one.pk)
    context = {"page": queries.meeting_page(one, clock.now(), request.reach), "garden": one.garden, "form": form}
    return render(request, "desk/steering_meeting.html", context | {"brief_query": _brief_query(one, request.today)})


@require_http_methods(WRITING)
def decision(request: Request, garden: str, decision: int) -> HttpResponse:
    """Change a decision, or take away one written by mistake."""
    one = _decision(_written(request, garden), decision)
    by, at = acting(request)
    if request.method == "POST" and "retirer" in request.POST:
        actions.withdraw(one, by=by, at=at)
        messages.success(request, _("La décision est retirée."))
        return redirect("desk:steering_meeting", one.meeting.garden.code, one.meeting_id)
    form = forms.DecisionForm(request.POST or None, one=one)
    if request.method == "POST" and form.is_valid():
        actions.change_decision(one, by=by, at=at, **form.cleaned_data)
        messages.success(request, _("C’est enregistré."))
        return redirect("desk:steering_meeting", one.meeting.garden.code, one.meeting_id)
    return render(request, "desk/steering_decision.html", {"garden": one.meeting.garden, "form": form, "decision": one})


@require_POST
def done(request: Request, garden: str, decision: int) -> HttpResponse:
    """It is done; or, clicked by mistake, not yet."""
    one = _decision(_written(request, garden), decision)
    by, at = acting(request)
    not_yet = "reprendre" in request.POST
    if actions.settle(one, done_on=None if not_yet else request.today, by=by, at=at):
        messages.success(request, _("La décision est de nouveau à suivre.") if not_yet else _("Fait : bravo."))
    back = request.POST.get("retour", "")
    if back.isascii() and back.isdigit() and len(back) < 10:
        return redirect("desk:steering_meeting", one.meeting.garden.code, int(back))
    return redirect("desk:steering", one.meeting.garden.code)


# --- The brief ------------------------------------------------------------------------------------


def _asked(request: Request, place: Garden) -> tuple[Period, bool, Meeting | None]:
    """The period, whether what was asked could not be read, and the meeting it is for."""
    number = request.GET.get("reunion", "")
    known = number.isascii() and number.isdigit() and len(number) < 10
    one = Meeting.objects.filter(garden=place, pk=int(number)).first() if known else None
    if not request.GET.get("du") and not request.GET.get("au"):
        return steering_brief.period_for(one, request.today), False, one
    period, wrong = period_of(request)
    return (steering_brief.period_for(one, request.today) if wrong else period), wrong, one


@require_safe
def brief(request: Request, garden: str) -> HttpResponse:
    """The brief on screen, as the committee will read it."""
    place = _seen(request, garden)
    period, wrong, one = _asked(request, place)
    found = steering_brief.brief(place, period, request.today, one)
    context = {"page": found, "wrong": wrong, "figures": steering_brief.summary(found), "query": query_of(period)}
    context["people"] = steering_brief.people(found)
    return render(request, "desk/steering_brief.html", context)


@require_safe
def brief_paper(request: Request, garden: str) -> HttpResponse:
    """The brief as PDF."""
    place = _seen(request, garden)
    period, _wrong, one = _asked(request, place)
    found = steering_brief.brief(place, period, request.today, one)
    return _pdf("brief.typ", papers.brief(found, request.today), f"dossier-{place.code}-{period.first}-{period.last}")
