"""Doors: signing in, and the demonstration's buttons."""

from __future__ import annotations

from typing import Any

from allauth.account.utils import perform_login
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST, require_safe

from cageot.demo.cast import DOORS
from cageot.demo.space import openable
from cageot.network.models import Installation, Login
from cageot.space.access import come_in


def demo_is_on() -> bool:
    """The buttons open only a base that was built as a demonstration, and only when asked at start."""
    return settings.DEMO and Installation.objects.filter(kind=Installation.Kind.DEMO).exists()


class SignIn(LoginView):  # type: ignore[misc]
    """One page, two ways: a code by mail, or a password. In demonstration, one button per person."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        demo = demo_is_on()
        return context | {"doors": DOORS if demo else [], "members": openable() if demo else []}


@login_not_required
@require_POST
def enter_demo(request: HttpRequest) -> HttpResponseBase:
    """Come in as one of the demonstration's people."""
    email = request.POST.get("email", "")
    if not demo_is_on():
        raise Http404
    if "member" in request.POST:
        member = next((one for one in openable() if str(one.pk) == request.POST["member"]), None)
        if member is None:
            raise Http404
        come_in(request, member, way="demo")
        return redirect("space:my_basket")
    if email not in {door.email for door in DOORS}:
        raise Http404
    response: HttpResponseBase = perform_login(request, get_object_or_404(Login, email=email))
    return response


@login_not_required
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For whoever watches the machine: the site answers and reaches its base."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
