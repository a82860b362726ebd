"""Who a member's page is for. A member has no login: coming in marks the session, with the way they came in.

Every page of the space goes through `member_page`: who has not come in is led to the door, and what a page shows
is fetched through `request.member`, their household, and nothing else. A way that was shut (a card revoked, somebody
who may not act any more) ends the visits that it opened, at their next page.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect

from cageot.core import clock
from cageot.members import ways_in
from cageot.members.models import Member, MemberCard
from cageot.network.actions import record
from cageot.network.http import Request
from cageot.network.models import Person

KEY = "member"
BY_CODE = ("mail", "sms")


class MemberRequest(Request):
    """Never built: what a view of the space relies on. `acting`: who acts for the member, when it is not themselves."""

    member: Member
    acting: Person | None


def come_in(request: HttpRequest, member: Member, *, way: str, acting: Person | None = None) -> None:
    """This session is the member's from now on. `way`: "mail", "sms", "card:12" or "acting", so that a way can be shut."""
    request.session.cycle_key()
    rotate_token(request)
    request.session[KEY] = {"pk": member.pk, "way": way, "acting": acting.pk if acting else None}
    stay_in(request, member)


def stay_in(request: HttpRequest, member: Member) -> None:
    """A visit that a code opened goes on, though the member has just changed where they are reached."""
    came = request.session[KEY]
    if came["way"] in BY_CODE:
        request.session[KEY] = came | {"reached": ways_in.reached_print(member, came["way"])}


def go_out(request: HttpRequest) -> None:
    """The session is nobody's member's any more; a member of staff who acted stays signed in."""
    request.session.pop(KEY, None)
    request.session.cycle_key()


def member_page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page of the space: for a member who has come in, in the garden's day; nothing of it is kept by the browser.

    What somebody does for a member is written in the log, act by act, under their own name.
    """

    @login_not_required
    @wraps(view)
    def page(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        came = request.session.get(KEY)
        request.today = clock.today()
        member = _member(came) if came else None
        if came is None or member is None or not _still_may(request, came, member):
            request.session.pop(KEY, None)
            return redirect("space:enter")
        request.member = member
        request.acting = request.user.person if came["acting"] else None
        response = view(request, *args, **kwargs)
        if request.acting and request.method == "POST" and response.status_code == 302:
            _note(request)
        response["Cache-Control"] = "private, no-store"
        return response

    return page


def _member(came: dict[str, Any]) -> Member | None:
    """The member, if the household is still there; for who came with a card, if it still opens; for who came by a code,
    if the garden still writes there. One query."""
    rows = Member.objects.filter(pk=came["pk"], household__erased_on=None).select_related("household__garden")
    way, _colon, card = str(came["way"]).partition(":")
    if way == "card":
        rows = rows.filter(Exists(MemberCard.objects.filter(pk=int(card), member=OuterRef("pk"), revoked_at=None)))
    member = rows.first()
    if member and "reached" in came and came["reached"] != ways_in.reached_print(member, way):
        return None
    return member


def _still_may(request: MemberRequest, came: dict[str, Any], member: Member) -> bool:
    """Whether who acts for the member is still signed in, and still may."""
    if not came["acting"]:
        return True
    if getattr(request.user, "person_id", None) != came["acting"]:
        return False
    return ways_in.may_act(request.user.person, member, request.reach, request.today)


OPINION = "my_opinion"


def _note(request: MemberRequest) -> None:
    """One act done for a member: which page did it, by whom. That somebody spoke of a workshop is kept nowhere."""
    act = request.resolver_match.url_name if request.resolver_match else ""
    if act == OPINION:
        return
    household = request.member.household
    record("members.acted", by=request.acting, at=clock.now(), garden=household.garden, about=household, act=act)
