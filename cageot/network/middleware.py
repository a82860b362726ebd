"""Every request carries the day and what its person may reach on that day."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from cageot.core import clock
from cageot.network.queries import reach_on
from cageot.network.rules.reach import Reach


class ReachMiddleware:
    """Sets `request.today` and `request.reach`; nobody signed in reaches nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.today = clock.today()  # type: ignore[attr-defined]
        person_id = getattr(request.user, "person_id", None)
        request.reach = reach_on(person_id, request.today) if person_id else Reach()  # type: ignore[attr-defined]
        return self.get_response(request)
