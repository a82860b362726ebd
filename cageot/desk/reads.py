"""Who read what: the pages that show who somebody is, or who pays for them, leave a line in the log.

One line for one person, page and day: cheap, and enough to answer "who looked at my file?". A page joins by its line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse

from cageot.core import clock
from cageot.core.privacy import moment
from cageot.network.actions import record
from cageot.network.models import Garden, LogEvent

READS: Mapping[str, tuple[str, str, str]] = {
    "desk:household": ("read.household", "members.household", "pk"),
    "desk:household_support": ("read.supports", "members.household", "pk"),
    "desk:household_after": ("read.supports", "members.household", "pk"),
    "desk:household_privacy": ("read.data", "members.household", "pk"),
    "desk:household_copy": ("read.copy", "members.household", "pk"),
    "desk:who_pays": ("read.who_pays", "baskets.basket", "pk"),
    "desk:referral": ("read.referral", "members.referral", "referral"),
    "desk:my_referral": ("read.referral", "members.referral", "referral"),
    "desk:ends": ("read.ends", "network.garden", "garden"),
    "desk:households_export": ("read.export", "network.garden", "garden"),
}
"""Page → what the log says, the rows that it shows, and the part of its address that names one of them."""


class ReadsMiddleware:
    """Notes the reading of those pages, once they have been shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if request.method == "GET" and response.status_code == 200 and match and match.view_name in READS:
            _note(request, match.view_name, match.kwargs)
        return response


def _note(request: HttpRequest, page: str, parts: Mapping[str, Any]) -> None:
    person = getattr(request.user, "person", None)
    if person is None:
        return
    verb, rows, part = READS[page]
    about = f"{rows}:{parts[part]}"
    today = LogEvent.objects.filter(about=about, at__gte=moment(clock.today()), verb=verb, by=person)
    if not today.exists():
        garden = Garden.objects.filter(code=parts["garden"]).first() if "garden" in parts else None
        record(verb, by=person, at=clock.now(), garden=garden, about=about)
