"""What a member owes, what they were told, what the garden knows of them, and their calendar."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.baskets.models import Ways
from cageot.core import clock
from cageot.members.models import CalendarFeed, Member
from cageot.members.telling import in_language
from cageot.space import actions
from cageot.space.access import MemberRequest, stay_in
from cageot.space.forms.details import DetailsForm
from cageot.space.queries import contribution as owed
from cageot.space.queries import mine
from cageot.space.views.pages import page, who

MONTHS_SHOWN = 12


@page
@require_safe
def contribution(request: MemberRequest) -> HttpResponse:
    """What the household owes, month by month."""
    household, today = request.member.household, request.today
    return render(
        request,
        "space/contribution.html",
        {
            "months": owed.months(household, owed.months_back(today, MONTHS_SHOWN)),
            "fee": owed.membership(household, today),
        },
    )


@page
@require_safe
def told(request: MemberRequest) -> HttpResponse:
    """The messages that the member received."""
    return render(request, "space/told.html", {"messages_told": mine.told(request.member)})


@page
@require_safe
def me(request: MemberRequest) -> HttpResponse:
    """Who the member is here, and the way to each thing that is theirs."""
    opened = CalendarFeed.objects.filter(member=request.member).exists()
    return render(request, "space/me.html", {"calendar_opened": opened, "acted": mine.acted(request.member)})


@page
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: MemberRequest) -> HttpResponse:
    """What the garden knows of the member, to set right."""
    ways = Ways.objects.filter(garden=request.member.household.garden_id).first()
    asks = ways is not None and ways.names == Ways.Names.NICKNAME
    form = DetailsForm(request.member, request.POST or None, asks_nickname=asks, acting=request.acting is not None)
    if request.method == "POST" and form.is_valid():
        by, at = who(request)
        actions.amend(request.member, form.contact, form.details, today=request.today, by=by, at=at)
        stay_in(request, Member.objects.get(pk=request.member.pk))
        messages.success(request, _("C’est enregistré."))
        return redirect("space:me")
    return render(request, "space/details.html", {"form": form})


@page
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: MemberRequest) -> HttpResponse:
    """The secret address of the member's calendar: made by a button, shown once, taken back by another."""
    address = ""
    if request.method == "POST":
        by, at = who(request)
        code = actions.open_calendar(request.member, today=request.today, by=by, at=at)
        address = request.build_absolute_uri(reverse("space:feed", args=[code]))
    opened = CalendarFeed.objects.filter(member=request.member).first()
    return render(request, "space/calendar.html", {"address": address, "opened": opened})


@page
@require_POST
def calendar_stop(request: MemberRequest) -> HttpResponse:
    """The address answers no more."""
    by, at = who(request)
    actions.close_calendar(request.member, today=request.today, by=by, at=at)
    messages.success(request, _("C’est fait. Cette adresse ne marche plus."))
    return redirect("space:me")


@login_not_required
@require_safe
def feed(request: HttpRequest, code: str) -> HttpResponse:
    """A member's calendar, for their own program, which cannot sign in: the address is the secret."""
    member = mine.member_of_feed(code)
    if member is None:
        raise Http404
    with in_language(member.household.language):
        data = mine.calendar(member, clock.today(), clock.now())
    response = HttpResponse(data, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="panier.ics"'
    response["Cache-Control"] = "private, max-age=3600"
    response["X-Robots-Tag"] = "noindex"
    return response
