"""Registering for a meeting of the network, with an account or without; one's own registration, by its link."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cageot.core import clock
from cageot.desk import event_papers as papers
from cageot.desk.forms import events as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import events as queries
from cageot.guide.actions import events as actions
from cageot.guide.models import Event, Registration
from cageot.network.actions import Refused
from cageot.network.http import Request, origin
from cageot.network.limits import allowed
from cageot.network.models import Garden, Person

WRITING = ["GET", "HEAD", "POST"]
HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


def link_of(request: Request) -> actions.Link:
    """The whole address of somebody's own page."""
    return lambda one: request.build_absolute_uri(reverse("desk:event_mine", args=[actions.token(one)]))


def sentence(refused: Refused) -> str:
    """Why it is refused, and what to do."""
    if isinstance(refused, actions.SlotFull):
        return _("« %(title)s » vient d’être complète : choisissez une autre séance.") % {"title": refused.slot.title}
    if isinstance(refused, actions.SameTime):
        told = {"one": refused.one.title, "other": refused.other.title}
        return _("« %(one)s » et « %(other)s » ont lieu en même temps : gardez-en une.") % told
    if isinstance(refused, actions.FewerThanTaken):
        words = ngettext("%(n)s place est déjà prise : donnez au moins ce nombre.", "%(n)s places sont déjà prises : donnez au moins ce nombre.", refused.taken)  # fmt: skip
        return words % {"n": refused.taken}
    if isinstance(refused, actions.SlotInUse):
        words = ngettext("%(n)s personne a choisi cette séance : elle reste sur inscription.", "%(n)s personnes ont choisi cette séance : elle reste sur inscription.", refused.people)  # fmt: skip
        return words % {"n": refused.people}
    if isinstance(refused, actions.NotChosen):
        return _("Le programme vient de changer : choisissez à nouveau vos séances.")
    if isinstance(refused, actions.NotOpen):
        return _("Les inscriptions sont closes.")
    return _("Cette inscription ne peut plus changer.")


def _announced(pk: int) -> Event:
    """A meeting that is announced to anybody."""
    return get_object_or_404(Event.objects.exclude(state=Event.State.DRAFT), pk=pk)


def _place(request: Request) -> tuple[Person | None, Garden | None]:
    """Who registers, when they are signed in, and their garden."""
    if not request.user.is_authenticated:
        return None, None
    return request.user.person, Garden.objects.filter(pk__in=request.reach.gardens).order_by("pk").first()


@login_not_required
@never_cache
@require_http_methods(WRITING)
def register(request: Request, event: int) -> HttpResponse:
    """What the meeting is, and "I come". Whoever is signed in registers for their garden."""
    one = _announced(event)
    person, garden = _place(request)
    slots = list(one.slots.all())
    start: dict[str, Any] = {"meals": True}
    if person:
        start |= {"first_name": person.first_name, "last_name": person.last_name, "email": request.user.email}
        start["organisation"] = garden.name if garden else ""
    form = forms.RegistrationForm(slots, request.POST or None, start=start)
    if request.method == "POST" and form.is_valid() and _may_send(request, form):
        own = person if person and form.who.email.casefold() == request.user.email.casefold() else None
        try:
            done = actions.register(
                one, form.who, link=link_of(request), person=own, garden=garden, today=request.today, by=person, at=clock.now()
            )  # fmt: skip
        except Refused as refused:
            refuse(form, sentence(refused))
        else:
            return _done(request, one, done, signed_in=person is not None)
    page = queries.page(one, request.reach, None, request.today)
    return render(
        request,
        "desk/event_register.html",
        {"page": page, "form": form, "where": queries.commune_name(one.commune_code)},
    )


def _may_send(request: Request, form: forms.RegistrationForm) -> bool:
    """A few a day for one address, not too many an hour from one place; who is signed in is known."""
    at = clock.now()
    few = allowed("event_register", form.cleaned_data["email"], times=5, within=A_DAY, at=at)
    known = request.user.is_authenticated
    if not (few and (known or allowed("event_register_from", origin(request), times=20, within=HOUR, at=at))):
        form.add_error(None, _("Trop d’inscriptions d’ici : réessayez dans une heure, ou écrivez aux organisateurs."))
        return False
    return True


def _done(request: Request, one: Event, done: actions.Registered, *, signed_in: bool) -> HttpResponse:
    """Signed in, one's registration; else one page for all, that does not say whether an address was known already."""
    if signed_in:
        if done.again:
            messages.info(request, _("Cette adresse est déjà inscrite : rien n’a changé."))
        else:
            messages.success(request, _("C’est noté. Un message de confirmation part."))
        return redirect("desk:event", one.pk)
    return render(request, "desk/event_registered.html", {"event": one, "when": actions.days(one)})


@login_not_required
@require_safe
def calendar(request: Request, event: int) -> HttpResponse:
    """The meeting for anybody's calendar."""
    one = _announced(event)
    link = request.build_absolute_uri(reverse("desk:event_register", args=[one.pk]))
    headers = {"Content-Disposition": f'inline; filename="rencontre-{one.pk}.ics"'}
    return HttpResponse(
        queries.calendar(one, clock.now(), link), content_type="text/calendar; charset=utf-8", headers=headers
    )


# --- One's own registration, by its link ----------------------------------------------------------


def _mine(token: str) -> Registration | None:
    found = actions.read_token(token)
    rows = Registration.objects.select_related("event", "garden")
    return rows.filter(event=found[0], pk=found[1]).first() if found else None


@login_not_required
@never_cache
@require_http_methods(WRITING)
def mine(request: Request, token: str) -> HttpResponse:
    """One's own registration: what was chosen, who shares the road, I do not come after all. Opening it changes nothing."""
    one = _mine(token)
    if one is None:
        return render(request, "desk/event_nothing.html", status=404)
    if request.method == "POST" and "ne_vient_plus" in request.POST:
        actions.leave(one, link=link_of(request), by=None, at=clock.now())
        messages.success(request, _("C’est noté : votre place est rendue."))
        return redirect("desk:event_mine", token)
    slots = list(one.event.slots.all())
    form = forms.RegistrationForm(slots, request.POST or None, one=one)
    may_change = one.state in actions.TOLD and one.event.state in (Event.State.OPEN, Event.State.CLOSED)
    if request.method == "POST" and may_change and form.is_valid():
        try:
            actions.change(one, form.who, by=None, at=clock.now())
        except Refused as refused:
            refuse(form, sentence(refused))
        else:
            messages.success(request, _("C’est enregistré."))
            return redirect("desk:event_mine", token)
    context = {
        "one": one, "form": form, "rank": actions.rank_of(one), "journeys": queries.journeys(one), "token": token,
        "line": queries.line(one.event, request.today), "may_change": may_change,
    }  # fmt: skip
    return render(request, "desk/event_mine.html", context)


@login_not_required
@never_cache
@require_safe
def my_certificate(request: Request, token: str) -> HttpResponse:
    """One's own certificate, once one came."""
    one = _mine(token)
    if one is None or one.state != Registration.State.CAME:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="attestation.pdf"'}
    content = write_pdf("certificate.typ", papers.certificate(one, request.today), at=clock.now())
    return HttpResponse(content, content_type="application/pdf", headers=headers)
