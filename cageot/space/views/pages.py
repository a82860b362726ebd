"""What every page of the space begins with: a member who came in, and their language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.utils import translation

from cageot.core import clock
from cageot.network.models import Person
from cageot.space.access import MemberRequest, member_page
from cageot.space.languages import MEMBERS, chosen


def page(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for a member who has come in: in the language that the browser was told, else in the household's own.

    Whoever acts for somebody reads their own language.
    """

    @wraps(view)
    def spoken(request: MemberRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        theirs = request.member.household.language
        if not request.acting and not chosen(request) and theirs in MEMBERS:
            translation.activate(theirs)
            request.LANGUAGE_CODE = theirs
        return view(request, *args, **kwargs)

    return member_page(spoken)


def who(request: MemberRequest) -> tuple[Person | None, datetime]:
    """The `by` and `at` of what is done here: who acts for the member, or the member themselves."""
    return request.acting or request.member.person, clock.now()
