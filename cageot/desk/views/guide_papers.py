"""The toolbox: papers of the network, editions of a garden, produced as DOCX and PDF, edited outside and brought back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core import clock
from cageot.desk.access import garden_for, network_only
from cageot.desk.forms.guide_book import PaperFileForm
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import guide_book, guide_papers
from cageot.desk.views.guide_book import readers
from cageot.desk.words_guide import bad_blocks, not_readable, unknown_field
from cageot.guide.actions import book
from cageot.guide.models import Template
from cageot.guide.queries.book import last_papers, offered_papers, papers_of
from cageot.guide.rules import blocks, word_file
from cageot.guide.rules.blocks import BadBlocks, Block
from cageot.guide.rules.fields import UnknownField
from cageot.guide.rules.word_file import Mark, NotReadable
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]
SALT = "cageot.guide.paper"
NETWORK = "reseau"


def _paper(request: Request, code: str) -> Template:
    readers(request)
    paper = guide_papers.network_paper(code)
    if paper is None:
        raise Http404
    return paper


def _garden_paper(request: Request, garden: str, code: str, what: Can) -> tuple[Garden, Template]:
    place = garden_for(request, garden, what)
    readers(request)
    paper = guide_papers.garden_paper(place, code)
    if paper is None:
        raise Http404
    return place, paper


@require_safe
def index(request: Request) -> HttpResponse:
    """The papers of the network, and where to fill them."""
    readers(request)
    gardens = Garden.objects.filter(pk__in=request.reach.gardens_where(Can.SEE_MONEY))
    newer = {paper.code for paper, _new in offered_papers()} if request.reach.network else set()
    return render(request, "desk/guide_templates.html", {"papers": last_papers(), "gardens": gardens, "newer": newer})


@require_safe
def show(request: Request, paper: str) -> HttpResponse:
    """A paper of the network, with invented values."""
    found = _paper(request, paper)
    gardens = Garden.objects.filter(pk__in=request.reach.gardens_where(Can.SEE_MONEY))
    newer = request.reach.network and any(one.code == paper for one, _new in offered_papers())
    context = {"page": guide_papers.paper_page(found), "gardens": gardens, "newer": newer}
    return render(request, "desk/guide_template.html", context)


@require_safe
def garden_index(request: Request, garden: str) -> HttpResponse:
    """The papers as a garden has them."""
    place = garden_for(request, garden, Can.SEE_MONEY)
    readers(request)
    return render(request, "desk/guide_garden_templates.html", {"garden": place, "papers": papers_of(place)})


@require_safe
def garden_show(request: Request, garden: str, paper: str) -> HttpResponse:
    """A paper filled with what the garden holds."""
    place = garden_for(request, garden, Can.SEE_MONEY)
    readers(request)
    page = guide_papers.garden_paper_page(place, paper, request.GET.get("convention", ""), request.today)
    if page is None:
        raise Http404
    writes = request.reach.can(Can.EDIT_AGREEMENTS, place.pk)
    return render(request, "desk/guide_garden_template.html", {"page": page, "writes": writes})


# --- Files ----------------------------------------------------------------------------------------


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)


def _docx(paper: Template, about: str, values: dict[str, str] | None, edition: str, at: datetime) -> bytes:
    mark = Mark(paper.code, edition, paper.version, filled=values is not None)
    return word_file.write(paper.title, paper.blocks, values, mark=mark, about=about, at=at)


@require_safe
def file(request: Request, paper: str) -> HttpResponse:
    """The network's paper with its fields, to be edited."""
    found = _paper(request, paper)
    content = _docx(found, guide_book.network_name() or "Cageot", None, NETWORK, clock.now())
    return _file(content, word_file.MEDIA_TYPE, f"{found.code}-modele.docx")


@require_safe
def garden_file(request: Request, garden: str, paper: str, form: str) -> HttpResponse:
    """A garden's paper: `docx` and `pdf` filled, `modele` with its fields, to be edited."""
    place, found = _garden_paper(request, garden, paper, Can.SEE_MONEY)
    at = clock.now()
    if form == "modele":
        edition = place.code if found.garden_id else NETWORK
        content = _docx(found, place.name, None, edition, at)
        return _file(content, word_file.MEDIA_TYPE, f"{found.code}-modele.docx")
    values, _choices, _chosen = guide_papers.filled(place, request.GET.get("convention", ""), request.today)
    name = f"{found.code}-{place.code}"
    if form == "docx":
        return _file(_docx(found, place.name, values, place.code, at), word_file.MEDIA_TYPE, f"{name}.docx")
    if form == "pdf":
        today = request.today
        data: dict[str, Any] = {
            "title": found.title, "garden": place.name, "date": [today.year, today.month, today.day], "lang": "fr",
            "printed": "", "blocks": guide_papers.on_paper(found.blocks, values),
        }  # fmt: skip
        return _file(write_pdf("template.typ", data, at=at), "application/pdf", f"{name}.pdf")
    raise Http404


# --- Brought back ---------------------------------------------------------------------------------


@require_http_methods(WRITING)
def edit(request: Request, paper: str) -> HttpResponse:
    """The network brings back a paper that it edited."""
    network_only(request)
    found = _paper(request, paper)
    back = reverse("desk:template", args=[paper])
    return _bring_back(request, found, None, back, reverse("desk:template_file", args=[paper]))


@require_http_methods(WRITING)
def garden_edit(request: Request, garden: str, paper: str) -> HttpResponse:
    """A garden brings back a paper that it edited: its own edition from now on."""
    place, found = _garden_paper(request, garden, paper, Can.EDIT_AGREEMENTS)
    back = reverse("desk:garden_paper", args=[garden, paper])
    return _bring_back(request, found, place, back, reverse("desk:garden_paper_file", args=[garden, paper, "modele"]))


def _bring_back(request: Request, paper: Template, garden: Garden | None, back: str, model: str) -> HttpResponse:
    """First the file, then what it changes, then it is kept. Between the two, what was read waits in the page, signed."""
    context: dict[str, Any] = {"paper": paper, "garden": garden, "back": back, "model": model}
    if "kept" in request.POST:
        return _keep(request, paper, garden, back)
    form = PaperFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made, unsure = _read(form.content(), paper, garden)
        except _Unfit as refused:
            form.add_error("file", refused.sentence)
        else:
            difference = guide_book.between_papers(paper.blocks, made)
            kept = signing.dumps([paper.pk, made], salt=SALT, compress=True)
            changed = any(what != "same" for what, _part in difference)
            context |= {"difference": difference, "kept": kept, "unsure": unsure, "changed": changed}
            return render(request, "desk/guide_template_compare.html", context)
    return render(
        request, "desk/guide_template_edit.html", context | {"form": form}, status=422 if form.errors else 200
    )


class _Unfit(Exception):
    """A file that cannot be kept, and why, in a sentence."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def _read(content: bytes, paper: Template, garden: Garden | None) -> tuple[list[Block], bool]:
    """The blocks of a file, and whether it does not say what it was made from. Refusal: _Unfit."""
    try:
        found = word_file.read(content)
        mark = found.mark
        if mark and mark.filled:
            raise _Unfit(_("Ce document est rempli avec les données du jardin : ses champs n’y sont plus. Modifiez le modèle à télécharger ici."))  # fmt: skip
        if mark and mark.code != paper.code:
            raise _Unfit(_("Ce document vient d’un autre modèle (« %(code)s »). Ouvrez la page de ce modèle.") % {"code": mark.code})  # fmt: skip
        here = garden.code if garden and paper.garden_id else NETWORK
        if mark and mark.edition not in (here, NETWORK):
            raise _Unfit(_("Ce document vient de l’édition d’un autre jardin. Repartez du modèle à télécharger ici."))
        if mark and (mark.version != paper.version or mark.edition != here):
            raise _Unfit(_("Ce document vient d’une version plus ancienne du modèle (version %(old)s). Téléchargez la version actuelle et reportez-y vos changements.") % {"old": mark.version})  # fmt: skip
        return blocks.clean(found.blocks), mark is None
    except NotReadable as error:
        raise _Unfit(not_readable(error)) from error
    except UnknownField as error:
        raise _Unfit(unknown_field(error)) from error
    except BadBlocks as error:
        raise _Unfit(bad_blocks(error)) from error


def _keep(request: Request, paper: Template, garden: Garden | None, back: str) -> HttpResponse:
    try:
        pk, made = signing.loads(request.POST["kept"], salt=SALT, max_age=86_400)
    except signing.BadSignature:
        messages.error(request, _("Déposez votre document à nouveau : rien n’a été enregistré."))
        return redirect(request.path)
    by, at = acting(request)
    try:
        if pk != paper.pk:
            raise book.ChangedMeanwhile(paper.version)
        saved = book.save_edition(paper, garden, made, seen=paper.version, note="", by=by, at=at)
    except book.ChangedMeanwhile:
        messages.error(request, _("Le modèle a changé pendant ce temps : déposez votre document à nouveau."))
        return redirect(request.path)
    messages.success(request, _("Votre édition est enregistrée.") if saved else _("Rien n’a changé."))
    return redirect(back)


@require_POST
def garden_back(request: Request, garden: str, paper: str) -> HttpResponse:
    """A garden takes the network's paper again."""
    _place, found = _garden_paper(request, garden, paper, Can.EDIT_AGREEMENTS)
    if found.garden_id:
        by, at = acting(request)
        book.back_to_network(found, by=by, at=at)
        messages.success(
            request, _("Le jardin reprend le modèle du réseau. Votre édition est gardée dans l’historique.")
        )
    return redirect("desk:garden_paper", garden, paper)


@require_http_methods(WRITING)
def newer(request: Request, paper: str) -> HttpResponse:
    """A newer paper came with Cageot: compare it with the network's, take it or leave it."""
    network_only(request)
    found = next(((one, new) for one, new in offered_papers() if one.code == paper), None)
    if found is None:
        raise Http404
    ours, theirs = found
    if request.method == "POST":
        by, at = acting(request)
        if "prendre" in request.POST:
            book.take_offered_paper(ours, by=by, at=at)
            messages.success(request, _("La nouvelle version est en place."))
        else:
            book.leave_offered_paper(ours, by=by, at=at)
            messages.success(request, _("Votre modèle est gardé. Cette version ne sera plus proposée."))
        return redirect("desk:template", paper)
    context = {"paper": ours, "difference": guide_book.between_papers(ours.blocks, theirs.blocks)}
    return render(request, "desk/guide_newer.html", context)
