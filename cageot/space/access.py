"""Who a member's page is for. A member has no login: coming in marks the session, with the way they came in.

Every page of the space goes through `member_page`: who has not come in is led to the door, and what a page shows
is fetched through `request.member`, their household, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from cageot.core import clock
from cageot.members.models import Member
from cageot.network.http import Request
from cageot.network.models import Person

KEY = "member"


class MemberRequest(Request):
    """Never built: what a view of the space relies on. `acting`: who acts for the member, when it is not themselves."""

    member: Member
    acting: Person | None


def come_in(request: HttpRequest, member: Member, *, way: str, acting: Person | None = None) -> None:
    """This session is the member's from now on. `way`: "mail", "sms", "card:12" or "acting", so that a way can be shut."""
    request.session.cycle_key()
    request.session[KEY] = {"pk": member.pk, "way": way, "acting": acting.pk if acting else None}


def go_out(request: HttpRequest) -> None:
    """The session is nobody's member's any more; a member of staff who acted stays signed in."""
    request.session.pop(KEY, None)
    request.session.cycle_key()


def member_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the space: for a member who has come in, in the garden's day; nothing of it is kept by the browser."""

    @login_not_required
    @wraps(view)
    def page(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        came = request.session.get(KEY)
        member = _member(came) if came else None
        if came is None or member is None:
            return redirect("space:enter")
        request.member = member
        request.acting = Person.objects.filter(pk=came["acting"]).first() if came["acting"] else None
        request.today = clock.today()
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response

    return page


def _member(came: dict[str, Any]) -> Member | None:
    return Member.objects.filter(pk=came["pk"]).select_related("household__garden").first()
