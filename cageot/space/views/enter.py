"""The doors of the member's space."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cageot.space.access import go_out


@login_not_required
@never_cache
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """How to come in."""
    return render(request, "space/enter.html")


@login_not_required
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Out, and back to the door."""
    go_out(request)
    return redirect("space:enter")
