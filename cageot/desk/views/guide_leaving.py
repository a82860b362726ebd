"""The guide leaves (PDF, folder of pages, file for another network), and another network's comes in."""

from __future__ import annotations

from django.contrib import messages
from django.core import signing
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cageot.core import clock
from cageot.desk.access import network_only
from cageot.desk.forms.guide_book import GuideFileForm
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import guide_leaving as queries
from cageot.desk.views.guide_book import readers
from cageot.desk.words_guide import not_a_guide
from cageot.guide.actions import book
from cageot.guide.rules import exchange
from cageot.guide.rules.exchange import NotAGuide
from cageot.network.http import Request, acting

SALT = "cageot.guide.book"


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)


@require_safe
def pdf(request: Request) -> HttpResponse:
    """The whole guide, to print."""
    readers(request)
    return _file(
        write_pdf("guide.typ", queries.for_paper(request.today), at=clock.now()), "application/pdf", "guide.pdf"
    )


@require_safe
def site(request: Request) -> HttpResponse:
    """The whole guide, as pages that open from a folder."""
    readers(request)
    return _file(queries.site(request.today, clock.now()), "application/zip", "guide.zip")


@require_safe
def file(request: Request) -> HttpResponse:
    """The whole guide, for another network."""
    network_only(request)
    readers(request)
    return _file(queries.exchange_file(request.today), "application/json", "guide.json")


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: Request) -> HttpResponse:
    """Another network's guide: first what it would change, chapter by chapter, then those that were chosen."""
    network_only(request)
    readers(request)
    if "kept" in request.POST:
        return _keep(request)
    form = GuideFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = exchange.read(form.content())
        except NotAGuide as refused:
            form.add_error("file", not_a_guide(refused))
        else:
            kept = signing.dumps(exchange.write(found).decode(), salt=SALT, compress=True)
            return render(request, "desk/guide_import_compare.html", {"page": queries.compare(found), "kept": kept})
    return render(request, "desk/guide_import.html", {"form": form}, status=422 if form.errors else 200)


def _keep(request: Request) -> HttpResponse:
    try:
        found = exchange.read(signing.loads(request.POST["kept"], salt=SALT, max_age=86_400).encode())
    except (signing.BadSignature, NotAGuide):
        messages.error(request, _("Déposez le fichier à nouveau : rien n’a été importé."))
        return redirect("desk:guide_import")
    by, at = acting(request)
    taken = book.take_in(
        found, chapters=request.POST.getlist("chapter"), papers=request.POST.getlist("paper"), by=by, at=at
    )
    messages.success(
        request,
        _(
            "C’est importé : chapitres, %(chapters)s ; modèles, %(papers)s. Vos textes d’avant restent dans l’historique."
        )
        % {"chapters": taken.chapters, "papers": taken.papers},
    )
    return redirect("desk:guide")
