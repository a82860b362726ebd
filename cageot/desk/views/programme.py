"""Le programme for the network head: consolidated figures, and the gardens that need care."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cageot.core.tabular.write import write_csv, write_xlsx
from cageot.desk.access import edition_for
from cageot.desk.queries import programme as queries
from cageot.desk.queries.programme_workshops import export_rows, workshops_of
from cageot.network.http import Request


@require_safe
def now(request: Request) -> HttpResponse:
    """The edition under way."""
    _network_only(request)
    edition = queries.current_edition(request.today)
    return redirect("desk:programme", edition.code) if edition else render(request, "desk/programme_empty.html")


@require_safe
def show(request: Request, edition: str) -> HttpResponse:
    """An edition of the programme."""
    return render(
        request, "desk/programme.html", {"page": queries.programme_page(edition_for(request, edition), request.today)}
    )


@require_safe
def workshops(request: Request, edition: str) -> HttpResponse:
    """The workshops of an edition: by kind, by garden, by département."""
    page = workshops_of(edition_for(request, edition), request.GET.get("page", ""))
    return render(request, "desk/programme_workshops.html", {"page": page})


@require_safe
def workshops_file(request: Request, edition: str, form: str) -> HttpResponse:
    """The same as CSV or XLSX, with each garden's kinds."""
    found = edition_for(request, edition)
    if form not in ("csv", "xlsx"):
        raise Http404
    titles, rows = export_rows(found)
    name = {"Content-Disposition": f'attachment; filename="ateliers-du-programme-{found.code}.{form}"'}
    if form == "csv":
        return HttpResponse(write_csv(titles, rows), content_type="text/csv; charset=utf-8", headers=name)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(write_xlsx(titles, rows, title=found.code), content_type=kind, headers=name)


@require_safe
def gardens(request: Request) -> HttpResponse:
    """Every garden of the network."""
    _network_only(request)
    asked = {
        name: request.GET.get(word, "").strip()[:80]
        for name, word in (("text", "q"), ("state", "etat"), ("number", "page"))
    }
    return render(request, "desk/gardens.html", {"list": queries.gardens_page(request.today, **asked)})


def _network_only(request: Request) -> None:
    if not request.reach.network:
        raise Http404
