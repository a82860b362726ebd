"""A session on paper: poster, leaflet, list of who comes, tickets."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from cageot.core import clock
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import workshops_papers as papers
from cageot.desk.views.workshops_sessions import session_for
from cageot.network.http import Request
from cageot.network.rules.reach import Can
from cageot.workshops.models import Session


def _given(session: Session, name: str, file: bytes) -> HttpResponse:
    file_name = f"{name}-{slugify(session.workshop.title)[:40] or session.pk}-{session.starts_at:%Y-%m-%d}.pdf"
    return HttpResponse(file, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{file_name}"'})  # fmt: skip


@require_safe
def poster(request: Request, garden: str, session: int, form: str) -> HttpResponse:
    """The poster in A4 or A3, or with strips to tear off. It leads to the public page; to the members' when there is none."""
    found = session_for(request, garden, session, Can.SEE_WORKSHOPS)
    page = reverse("desk:session_public", args=[garden, session]) if found.workshop.public else reverse("space:my_workshop", args=[session])  # fmt: skip
    at = clock.now()
    data = papers.poster(found, request.build_absolute_uri(page), form, at)
    return _given(found, "languettes" if form == "tabs" else "affiche", write_pdf("poster.typ", data, at=at))


@require_safe
def attendance(request: Request, garden: str, session: int) -> HttpResponse:
    """Who comes, to be ticked with a pen."""
    found, at = session_for(request, garden, session, Can.SEE_WORKSHOPS), clock.now()
    return _given(found, "presences", write_pdf("attendance.typ", papers.attendance(found, at), at=at))


@require_safe
def tickets(request: Request, garden: str, session: int) -> HttpResponse:
    """Tickets by which people say what they thought."""
    found, at = session_for(request, garden, session), clock.now()

    def link(code: str) -> str:
        return request.build_absolute_uri(reverse("desk:session_ticket", args=[garden, session, code]))

    return _given(found, "avis", write_pdf("tickets.typ", papers.tickets(found, link, at), at=at))
