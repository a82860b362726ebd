"""Every request carries the day and what its person may reach on that day."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

from cageot.core import clock
from cageot.network.queries import reach_on
from cageot.network.rules.reach import Reach


class ReachMiddleware:
    """Sets `request.today` and `request.reach`; nobody signed in reaches nothing.

    What a signed-in person is shown is not kept by the browser: on a shared computer, "back" after signing out shows nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.today = clock.today()  # type: ignore[attr-defined]
        person_id = getattr(request.user, "person_id", None)
        writes = request.method not in ("GET", "HEAD", "OPTIONS")
        request.reach = reach_on(person_id, request.today, to_write=writes) if person_id else Reach()  # type: ignore[attr-defined]
        response = self.get_response(request)
        if person_id and not response.has_header("Cache-Control"):  # a garden's logo says that it may be kept
            patch_cache_control(response, private=True, no_store=True)
        return response
