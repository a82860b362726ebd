"""Rencontres: the meetings of the network, their programme, who comes, papers of the day, minutes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core import clock
from cageot.core.tabular.write import write_xlsx
from cageot.desk import event_papers as papers
from cageot.desk.access import network_only
from cageot.desk.forms import events as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import events as queries
from cageot.desk.views.events_door import link_of, sentence
from cageot.guide.actions import events as actions
from cageot.guide.models import Event, Registration, Slot
from cageot.network.actions import Refused
from cageot.network.http import Request, acting

WRITING = ["GET", "HEAD", "POST"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _seen(request: Request, pk: int) -> Event:
    """The meeting, for the staff of a garden or of the network; one in preparation is the network's."""
    _staff(request)
    return get_object_or_404(queries.seen(request.reach), pk=pk)


def _staff(request: Request) -> None:
    if not (request.reach.network or request.reach.gardens):
        raise Http404


def _kept(request: Request, pk: int) -> Event:
    """The meeting, for the network that organises it."""
    network_only(request)
    return get_object_or_404(Event, pk=pk)


@require_safe
def index(request: Request) -> HttpResponse:
    """What comes, and what was held."""
    _staff(request)
    coming, past = queries.listed(request.reach, request.today)
    return render(request, "desk/events.html", {"coming": coming, "past": past, "network": request.reach.network})


@require_safe
def show(request: Request, event: int) -> HttpResponse:
    """One meeting: where, when, the programme, those of my garden who come."""
    one = _seen(request, event)
    page = queries.page(one, request.reach, request.user.person_id, request.today)
    public = request.build_absolute_uri(f"/rencontres/{one.pk}/inscription/")
    return render(request, "desk/event.html", {"page": page, "public": public})


@require_http_methods(WRITING)
def edit(request: Request, event: int | None = None) -> HttpResponse:
    """A new meeting, or another date or place: who comes is told."""
    network_only(request)
    one = get_object_or_404(Event, pk=event) if event else None
    form = forms.EventForm(request.POST or None, one=one)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            saved = actions.save_event(form.filled(one or Event()), link=link_of(request), by=by, at=at)
        except Refused as refused:
            refuse(form, sentence(refused), "seats")
        else:
            told = ngettext("%(n)s personne est prévenue.", "%(n)s personnes sont prévenues.", saved.told) % {
                "n": saved.told
            }
            messages.success(request, told if saved.told else _("C’est enregistré."))
            return redirect("desk:event", saved.event.pk)
    return render(request, "desk/event_form.html", {"form": form, "event": one})


STATES = {"ouvrir": Event.State.OPEN, "clore": Event.State.CLOSED, "tenue": Event.State.HELD}


@require_POST
def move_on(request: Request, event: int) -> HttpResponse:
    """Open the registrations, close them, say that it was held."""
    one = _kept(request, event)
    state = STATES.get(request.POST.get("etat", ""))
    if state is None:
        raise Http404
    by, at = acting(request)
    try:
        actions.move_on(one, state, by=by, at=at)
    except actions.NotInThisState:
        messages.info(request, _("Rien n’a changé."))
    else:
        messages.success(request, _("C’est enregistré : %(state)s.") % {"state": one.get_state_display()})
    return redirect("desk:event", one.pk)


@require_http_methods(WRITING)
def cancel(request: Request, event: int) -> HttpResponse:
    """It is not held: everybody is told."""
    one = _kept(request, event)
    form = forms.CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            told = actions.cancel_event(one, reason=form.cleaned_data["reason"], by=by, at=at)
        except actions.NotInThisState:
            messages.info(request, _("Rien n’a changé."))
        else:
            words = ngettext("%(n)s personne est prévenue.", "%(n)s personnes sont prévenues.", told) % {"n": told}
            messages.success(request, _("La rencontre est annulée. %(told)s") % {"told": words})
        return redirect("desk:event", one.pk)
    return render(request, "desk/event_cancel.html", {"form": form, "event": one})


@require_http_methods(WRITING)
def slot(request: Request, event: int, slot: int | None = None) -> HttpResponse:
    """A session of the programme: write it, change it, take it off."""
    one = _kept(request, event)
    found = get_object_or_404(Slot, pk=slot, event=one) if slot else None
    by, at = acting(request)
    form = forms.SlotForm(one, request.POST or None, one=found)
    try:
        if request.method == "POST" and found and "retirer" in request.POST:
            actions.remove_slot(found, by=by, at=at)
            messages.success(request, _("La séance est retirée du programme."))
            return redirect("desk:event", one.pk)
        if request.method == "POST" and form.is_valid():
            actions.save_slot(form.filled(found or Slot(event=one)), by=by, at=at)
            messages.success(request, _("La séance est au programme."))
            return redirect("desk:event", one.pk)
    except Refused as refused:
        messages.error(request, sentence(refused))
    return render(request, "desk/event_slot.html", {"form": form, "event": one, "slot": found})


# --- Who comes ------------------------------------------------------------------------------------


@require_safe
def people(request: Request, event: int) -> HttpResponse:
    """Everybody who comes or waits, for who organises."""
    one = _kept(request, event)
    context = {"event": one, "line": queries.line(one, request.today), "found": queries.coming(one)}
    return render(request, "desk/event_people.html", context)


@require_safe
def people_file(request: Request, event: int) -> HttpResponse:
    """The same as a spreadsheet."""
    one = _kept(request, event)
    content = write_xlsx(*queries.table(queries.coming(one), one.slots.all()), title=_("Inscrits"))
    headers = {"Content-Disposition": f'attachment; filename="inscrits-{one.pk}.xlsx"'}
    return HttpResponse(content, content_type=XLSX, headers=headers)


@require_safe
def paper(request: Request, event: int, paper: str) -> HttpResponse:
    """The list to sign, or the badges."""
    one = _kept(request, event)
    made = {"liste": ("event_list.typ", papers.people_list), "badges": ("badges.typ", papers.badges)}.get(paper)
    if made is None:
        raise Http404
    template, data = made
    return pdf(template, data(one, queries.coming(one), request.today), f"{paper}-{one.pk}")


def pdf(template: str, data: dict[str, Any], name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}.pdf"'}
    return HttpResponse(write_pdf(template, data, at=clock.now()), content_type="application/pdf", headers=headers)


@require_POST
def came(request: Request, event: int) -> HttpResponse:
    """Who came and who did not, by ticks."""
    one = _kept(request, event)
    answers: dict[str, list[int]] = {"oui": [], "non": []}
    for name, value in request.POST.items():
        if name.startswith("p") and name[1:].isascii() and name[1:].isdigit() and len(name) < 12 and value in answers:
            answers[value].append(int(name[1:]))
    by, at = acting(request)
    done = actions.mark(one, answers["oui"], answers["non"], by=by, at=at)
    if done:
        messages.success(
            request, ngettext("%(n)s présence est notée.", "%(n)s présences sont notées.", done) % {"n": done}
        )
    else:
        messages.info(request, _("Rien n’a changé."))
    return redirect("desk:event_people", one.pk)


def _registration(request: Request, event: int, pk: int) -> Registration:
    one = _seen(request, event)
    rows = Registration.objects.select_related("event", "garden")
    found = get_object_or_404(rows, pk=pk, event=one)
    if not queries.may_manage(found, request.reach, request.user.person_id):
        raise Http404
    return found


@require_http_methods(WRITING)
def registration(request: Request, event: int, registration: int) -> HttpResponse:
    """One registration, for the network and for those of the garden: change it, cancel it."""
    one = _registration(request, event, registration)
    by, at = acting(request)
    if request.method == "POST" and "ne_vient_plus" in request.POST:
        actions.leave(one, link=link_of(request), by=by, at=at)
        messages.success(request, _("C’est noté : la place est rendue."))
        return redirect("desk:event_people" if request.reach.network else "desk:event", one.event_id)
    slots = list(one.event.slots.all())
    form = forms.RegistrationForm(slots, request.POST or None, one=one)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(one, form.who, by=by, at=at)
        except Refused as refused:
            refuse(form, sentence(refused))
        else:
            messages.success(request, _("C’est enregistré."))
            return redirect("desk:event_registration", one.event_id, one.pk)
    context = {
        "one": one, "form": form, "rank": actions.rank_of(one), "journeys": queries.journeys(one), "line": queries.line(one.event, request.today),
        "may_change": one.state in actions.TOLD, "inside": True, "network": request.reach.network,
    }  # fmt: skip
    return render(request, "desk/event_registration.html", context)


@require_safe
def certificate(request: Request, event: int, registration: int) -> HttpResponse:
    """The certificate of somebody who came."""
    one = _registration(request, event, registration)
    if one.state != Registration.State.CAME:
        raise Http404
    return pdf("certificate.typ", papers.certificate(one, request.today), f"attestation-{one.pk}")


# --- Minutes --------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def minutes(request: Request, event: int) -> HttpResponse:
    """What is kept of the day and of each session."""
    one = _kept(request, event)
    form = forms.MinutesForm(one, list(one.slots.all()), request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        data = form.cleaned_data
        actions.write_minutes(one, data["minutes"], form.of_slots, hours=data["hours"] or 0, by=by, at=at)
        messages.success(request, _("Le compte rendu est enregistré."))
        return redirect("desk:event", one.pk)
    return render(request, "desk/event_minutes.html", {"form": form, "event": one})


@require_safe
def minutes_paper(request: Request, event: int) -> HttpResponse:
    """The minutes as PDF, for all the staff."""
    one = _seen(request, event)
    came_ = one.registrations.filter(state=Registration.State.CAME).count()
    return pdf(
        "event_minutes.typ", papers.minutes(one, list(one.slots.all()), came_, request.today), f"compte-rendu-{one.pk}"
    )
