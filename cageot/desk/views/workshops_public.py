"""A garden's workshops for anybody: what comes, one session, I come, I do not come after all, what I thought of it."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cageot.core import clock
from cageot.desk.forms.workshops_public import ComeFromOutsideForm, TicketForm
from cageot.desk.queries import workshops_public as queries
from cageot.network.actions import Refused
from cageot.network.http import Request, origin
from cageot.network.limits import allowed
from cageot.network.models import Garden
from cageot.network.secrets import ALPHABET, LENGTH, digest, secret
from cageot.space.forms.workshops import ComeForm
from cageot.workshops.actions import enrolling, opinions, telling
from cageot.workshops.actions.refusals import refusal
from cageot.workshops.http import sent
from cageot.workshops.models import Enrolment, Session
from cageot.workshops.queries import announced, calendars
from cageot.workshops.queries.materials import files_of

WRITING = ["GET", "HEAD", "POST"]
HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)


@login_not_required
@require_safe
def index(request: Request, garden: str) -> HttpResponse:
    """What comes at this garden."""
    place = get_object_or_404(Garden, code=garden)
    return render(request, "desk/workshops_public.html", {"page": queries.listed(place, clock.now())})


@login_not_required
@require_safe
def feed(request: Request, garden: str) -> HttpResponse:
    """The garden's sessions for the calendar of anybody's telephone."""
    place = get_object_or_404(Garden, code=garden)

    def link(one: Session) -> str:
        return request.build_absolute_uri(reverse("desk:session_public", args=[garden, one.pk]))

    at = clock.now()
    data = calendars.feed(_("Ateliers, %(garden)s") % {"garden": place.name}, calendars.of_garden(place, at), at, link)
    headers = {"Content-Disposition": 'inline; filename="ateliers.ics"', "Cache-Control": "public, max-age=3600"}
    return HttpResponse(data, content_type="text/calendar; charset=utf-8", headers=headers)


def _session(garden: str, pk: int) -> Session:
    """A session that is announced to everybody, or 404."""
    rows = Session.objects.select_related("workshop", "place", "garden")
    return get_object_or_404(rows, pk=pk, garden__code=garden, workshop__public=True)


@login_not_required
@never_cache
@require_http_methods(WRITING)
def one(request: Request, garden: str, session: int) -> HttpResponse:
    """A session, and "I come" for somebody who is not of the garden. Pressed twice, it is done once: the page's code is the same.

    The answer is the same page whether that address was known at this session or not; a message tells the rest to whom it is for.
    """
    found = _session(garden, session)
    code = request.POST.get("code", "")
    code = code if _is_code(code) else secret()[0]
    form = ComeFromOutsideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not _may_send(request, found, form, code):
            form.add_error(None, _("Trop d’inscriptions d’ici. Appelez le jardin."))
        elif _come(request, found, form, code):
            return redirect(f"{reverse('desk:session_public', args=[garden, session])}?note=1")
    context = {"page": queries.page(found, clock.now()), "form": form, "code": code, "noted": "note" in request.GET and not form.is_bound}  # fmt: skip
    return render(request, "desk/session_public.html", context)


@login_not_required
@require_safe
def show_file(request: Request, garden: str, material: int) -> HttpResponse:
    """A sheet, or a photo while who is on it agrees. Kept an hour and no more: an agreement may be taken back."""
    place = get_object_or_404(Garden, code=garden)
    found = get_object_or_404(files_of(place, clock.today(), public=True), pk=material)
    return sent(found, kept="public, max-age=3600")


def _is_code(code: str) -> bool:
    letters = code.replace("-", "")
    return len(letters) == LENGTH and set(letters) <= set(ALPHABET)


def _may_send(request: Request, session: Session, form: ComeFromOutsideForm, code: str) -> bool:
    """A few a day for one person, not too many an hour from one place; a second press of the button is not counted."""
    there = Enrolment.objects.filter(session=session, details__code=digest(code))
    if there.exclude(state=Enrolment.State.CANCELLED).exists():
        return True
    at = clock.now()
    few = allowed("session_come", form.cleaned_data["reach"].to, times=5, within=A_DAY, at=at)
    return allowed("session_come_from", origin(request), times=20, within=HOUR, at=at) and few


def _come(request: Request, session: Session, form: ComeFromOutsideForm, code: str) -> bool:
    data, at, way = form.cleaned_data, clock.now(), form.cleaned_data["reach"]
    who = enrolling.Outsider(
        data["first_name"], **{"email" if way.channel == "mail" else "phone": way.to}, code=digest(code)
    )
    try:
        done = enrolling.enrol(
            session, outsider=who, adults=data["adults"], children=data["children"], needs=data["needs"], source=Enrolment.By.PUBLIC,
            by=None, at=at,
        )  # fmt: skip
    except Refused as refused:
        form.add_error(None, refusal(refused))
        return False
    if not done.again:
        link = request.build_absolute_uri(reverse("desk:session_place", args=[session.garden.code, code]))
        telling.tell_enrolled(session, done.enrolment, way.to, done.waits, link, at=at)
    elif done.enrolment.details.code != who.code:  # another page: not the same button pressed twice
        telling.tell_asked_again(session, done.enrolment, way.to, at=at)
    return True


@login_not_required
@never_cache
@require_http_methods(WRITING)
def my_place(request: Request, garden: str, code: str) -> HttpResponse:
    """Their own place, by their code; buttons say that they do not come, or that they are more or fewer. Opening it changes
    nothing."""
    place = get_object_or_404(Garden, code=garden)
    rows = Enrolment.objects.filter(session__garden=place, household=None, details__code=digest(code))
    rows = rows.select_related("session__workshop", "session__place", "session__garden", "details")
    found = rows.order_by("-at", "-pk").first()
    if found is None:
        many = not allowed("session_code", origin(request), times=30, within=HOUR, at=clock.now())
        return render(request, "desk/session_nothing.html", {"garden": place, "phone": queries.phone_of(place), "many": many}, status=404)  # fmt: skip
    changing = "changer" in request.POST
    start = {"adults": found.adults, "children": found.children, "needs": found.details.needs}
    form = ComeForm(request.POST if changing else None, initial=start)
    if request.method == "POST" and (not changing or form.is_valid()) and _changed(request, found, form):
        return redirect("desk:session_place", garden, code)
    shown = queries.page(found.session, clock.now())
    here = found.state in (Enrolment.State.ENROLLED, Enrolment.State.WAITING)
    context = {
        "form": form, "page": shown, "one": found, "rank": enrolling.rank_of(found), "people": announced.people(found.adults, found.children),
        "may_leave": here and (shown.places.open or shown.places.begun), "may_change": here and shown.places.open,
    }  # fmt: skip
    return render(request, "desk/session_place.html", context)


def _changed(request: Request, one: Enrolment, form: ComeForm) -> bool:
    """They do not come, or come with another number; False when that number may not be, which the form says."""
    try:
        if form.is_bound:
            enrolling.change_party(one, by=None, at=clock.now(), **form.cleaned_data)
            messages.success(request, _("C’est noté."))
        else:
            enrolling.leave(one, by=None, at=clock.now())
            messages.success(request, _("C’est noté. Vous ne venez pas."))
    except Refused as refused:
        if form.is_bound:
            form.add_error(None, refusal(refused))
            return False
        messages.error(request, refusal(refused))
    return True


@login_not_required
@never_cache
@require_http_methods(WRITING)
def opinion(request: Request, garden: str, session: int, code: str = "") -> HttpResponse:
    """What somebody thought of a session, by a printed ticket."""
    rows = Session.objects.select_related("workshop", "garden")
    found = get_object_or_404(rows, pk=session, garden__code=garden)
    form = TicketForm(request.POST or None, initial={"code": code})
    done = False
    if request.method == "POST" and form.is_valid():
        if not allowed("session_ticket", origin(request), times=60, within=HOUR, at=clock.now()):
            form.add_error(None, _("Trop d’essais. Revenez dans une heure, ou donnez votre avis au jardin."))
        else:
            done = _say(found, form)
    return render(request, "desk/session_opinion.html", {"session": found, "form": form, "done": done})


def _say(session: Session, form: TicketForm) -> bool:
    data = form.cleaned_data
    try:
        opinions.say_by_ticket(session, data["code"], face=data["face"], sentence=data["sentence"], at=clock.now())
    except opinions.WrongTicket:
        form.add_error("code", _("Ce code n’est pas de cet atelier. Relisez votre ticket."))
    except opinions.UsedTicket:
        form.add_error("code", _("Ce ticket a déjà servi. Merci !"))
    except opinions.NotTheirs:
        form.add_error(None, _("On ne donne pas encore son avis, ou on ne le donne plus."))
    else:
        return True
    return False
