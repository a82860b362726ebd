"""The doors of the member's space: a code by mail or SMS, a printed card. No address that is opened changes anything:
programs that read mails before people do open what they find there; one always comes in by a button."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cageot.core import clock
from cageot.core.tabular.phones import display_phone
from cageot.members import ways_in
from cageot.members.models import Member
from cageot.members.telling import Way
from cageot.network import limits, outbox
from cageot.network.http import Request, origin
from cageot.network.rules.reach import Can
from cageot.space.access import come_in, go_out
from cageot.space.forms.enter import CardForm, CodeForm, ReachForm

DOOR = "door"
"""What a session keeps between asking for a code and coming in."""
WRITING = ["GET", "HEAD", "POST"]
A_WHILE = timedelta(minutes=10)


class LeavesAfter(HttpResponseRedirect):
    """Leads on, and only then makes a message leave: how long that takes tells nobody whether an address is known."""

    message: int | None = None

    def close(self) -> None:
        if self.message is not None:
            message, self.message = self.message, None
            outbox.send(now=clock.now, only=[message])
        super().close()


@login_not_required
@never_cache
@require_http_methods(WRITING)
def enter(request: HttpRequest) -> HttpResponse:
    """Where are you reached? Whatever is typed, the next page is the same."""
    form = ReachForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        if not _calm(request, "ask", 10, at):
            return _shut(request)
        way: Way = form.cleaned_data["reach"]
        answer = LeavesAfter(reverse("space:enter_code"))
        answer.message = ways_in.ask_code(way, at=at)
        request.session[DOOR] = {"channel": way.channel, "to": way.to}
        return answer
    return render(request, "space/enter.html", {"form": form})


@login_not_required
@never_cache
@require_http_methods(WRITING)
def enter_code(request: HttpRequest) -> HttpResponse:
    """The code that was sent, if the address was known."""
    door = request.session.get(DOOR)
    if not door or "to" not in door:
        return redirect("space:enter")
    way, form = Way(door["channel"], door["to"]), CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = ways_in.use_code(way, form.cleaned_data["code"], at=clock.now())
        except ways_in.TooMany:
            return _shut(request)
        if found:
            return _let_in(request, found, way.channel)
        form.add_error("code", _("Ce code n’ouvre pas. Relisez-le, ou demandez-en un autre."))
    shown = way.to if way.channel == "mail" else display_phone(way.to)
    return render(request, "space/enter_code.html", {"form": form, "way": way, "shown": shown})


def _let_in(request: HttpRequest, found: list[Member], channel: str) -> HttpResponse:
    """In, or to the page where several who share an address say who they are."""
    if len(found) == 1:
        return _in(request, found[0], channel)
    until = clock.now() + A_WHILE  # who walks away leaves no open door
    request.session[DOOR] = {"channel": channel, "choose": [one.pk for one in found], "until": until.isoformat()}
    return redirect("space:enter_who")


def _in(request: HttpRequest, member: Member, way: str) -> HttpResponse:
    request.session.pop(DOOR, None)
    come_in(request, member, way=way)
    return redirect("space:my_basket")


@login_not_required
@never_cache
@require_http_methods(WRITING)
def enter_who(request: HttpRequest) -> HttpResponse:
    """Several people share this address, and the code was right: who is it?"""
    door: dict[str, Any] = request.session.get(DOOR) or {}
    in_time = "until" in door and clock.now() < datetime.fromisoformat(door["until"])
    rows = Member.objects.filter(pk__in=door["choose"] if in_time else [], household__erased_on=None)
    people = list(rows.select_related("household__garden").order_by("pk"))
    if not people:
        return redirect("space:enter")
    chosen = next((one for one in people if str(one.pk) == request.POST.get("member")), None)
    if chosen:
        return _in(request, chosen, door["channel"])
    return render(request, "space/enter_who.html", {"people": _told_apart(people)})


def _told_apart(people: list[Member]) -> list[tuple[int, str]]:
    """First names; the garden or the household's number behind those that are the same."""
    names = [one.first_name or one.last_name for one in people]
    gardens = {one.household.garden_id for one in people}
    return [
        (one.pk, name if names.count(name) == 1 else f"{name} · {one.household.garden.name if len(gardens) > 1 else one.household.number}")
        for one, name in zip(people, names, strict=True)
    ]  # fmt: skip


@login_not_required
@never_cache
@require_http_methods(WRITING)
def enter_card(request: HttpRequest) -> HttpResponse:
    """A card, typed: the household's number and the code."""
    form = CardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        at = clock.now()
        if not _calm(request, "card", 20, at):
            return _shut(request)
        card = ways_in.use_card(form.cleaned_data["code"], number=number, at=at)
        if card:
            return _in(request, card.member, f"card:{card.pk}")
        form.add_error(None, _("Cette carte n’ouvre pas. Relisez le numéro et le code, ou demandez une autre carte."))
    return render(request, "space/enter_card.html", {"form": form})


@login_not_required
@never_cache
@require_http_methods(WRITING)
def enter_square(request: HttpRequest, code: str) -> HttpResponse:
    """The square of a card leads here: one button comes in."""
    if request.method == "POST":
        at = clock.now()
        if not _calm(request, "card", 20, at):
            return _shut(request)
        card = ways_in.use_card(code, number=None, at=at)
        if card:
            return _in(request, card.member, f"card:{card.pk}")
        form = CardForm()
        return render(request, "space/enter_card.html", {"form": form, "ended": True}, status=404)
    # Somebody of the garden, who reads the card of who arrives at a workshop.
    staff = bool(request.user.is_authenticated and request.reach.gardens_where(Can.RUN_WORKSHOPS))  # type: ignore[attr-defined]
    return render(request, "space/enter_square.html", {"staff": staff, "code": code})


@login_not_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Out, and back to the door."""
    go_out(request)
    return redirect("space:enter")


@require_POST
def act_for(request: Request, household: int) -> HttpResponse:
    """For somebody signed in at the desk: the space, as the member sees it. A band says for whom."""
    rows = Member.objects.select_related("household__garden")
    member, person = get_object_or_404(rows, household=household, contact=True), request.user.person
    if not ways_in.may_act(person, member, request.reach, request.today):
        raise Http404
    ways_in.begin_acting(member, by=person, at=clock.now())
    come_in(request, member, way="acting", acting=person)
    return redirect("space:my_basket")


def _calm(request: HttpRequest, door: str, times: int, at: datetime) -> bool:
    """Whether this door may be tried once more: from there, and by everybody together."""
    here = limits.allowed(f"{door}-from", origin(request), times=times, within=A_WHILE, at=at)
    return limits.allowed(f"{door}-all", "", times=2000, within=timedelta(hours=1), at=at) and here


def _shut(request: HttpRequest) -> HttpResponse:
    """Tried too often: what to do, calmly."""
    return render(request, "space/enter_shut.html", status=429)
