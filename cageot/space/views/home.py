"""The member's first page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cageot.core import clock
from cageot.space.access import MemberRequest
from cageot.space.queries.home import home as home_of
from cageot.space.views.pages import page


@page
@require_safe
def home(request: MemberRequest) -> HttpResponse:
    """The next basket, what it holds, and what one may do."""
    return render(request, "space/home.html", {"page": home_of(request.member, request.today, clock.now())})
