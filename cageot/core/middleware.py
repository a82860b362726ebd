"""What no page has to think of."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, QueryDict

NUL = "\x00"


class NulMiddleware:
    """Keeps the sign NUL out: no keyboard types it, and PostgreSQL refuses every text that holds one.

    Nothing is called so (an address that holds one is not found); a form that brings one is read without it. Below the check
    of forms, which has read the form already.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseNotFound()
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        if any(NUL in value for values in request.POST.lists() for value in values[1]):
            said = QueryDict(mutable=True, encoding=request.POST.encoding)
            for name, values in request.POST.lists():
                said.setlist(name, [value.replace(NUL, "") for value in values])
            said._mutable = False
            request.POST = said  # type: ignore[assignment]
