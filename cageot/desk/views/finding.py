"""Search over what gardens share: sheets, questions, the guide, recipes, sessions."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from cageot.desk.queries.found import search_page
from cageot.desk.words_found import KINDS
from cageot.network.http import Request

LONGEST = 200
"""Letters of a question that are read."""


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: Request) -> HttpResponse:
    """The question goes by POST: somebody's name, typed by mistake, stays in no address and no log."""
    if not (request.reach.network or request.reach.gardens):
        raise Http404
    asked = request.POST
    number = asked.get("page", "")
    page = search_page(
        asked.get("q", "").strip()[:LONGEST],
        asked.get("kind", ""),
        max(1, int(number)) if number.isdecimal() and len(number) < 4 else 1,
        request.reach,
    )
    found = "desk/found_list.html" if request.headers.get("HX-Request") else "desk/found.html"
    return render(request, found, {"page": page, "kinds": KINDS.items()})
