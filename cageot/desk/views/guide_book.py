"""The guide: read by everybody on the staff, written by the network head."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core import clock
from cageot.desk.access import network_only
from cageot.desk.forms.fields import refuse
from cageot.desk.forms.guide_book import ChapterForm
from cageot.desk.queries import guide_book as queries
from cageot.desk.words_guide import too_long
from cageot.guide.actions import book
from cageot.guide.models import Chapter
from cageot.guide.queries.book import offered
from cageot.guide.rules import markup
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


def readers(request: Request) -> None:
    """What follows is for the staff, of any garden or of the network head. The guide is laid at its first reading."""
    if not (request.reach.network or request.reach.gardens):
        raise Http404
    if not Chapter.objects.exists():
        book.ship(at=clock.now())


def _chapter(request: Request, slug: str) -> Chapter:
    """A chapter to change, for the network head."""
    network_only(request)
    return get_object_or_404(Chapter, slug=slug)


@require_safe
def index(request: Request) -> HttpResponse:
    """The contents of the guide."""
    readers(request)
    gardens = Garden.objects.filter(pk__in=request.reach.gardens_where(Can.EDIT_GARDEN))
    context = {"page": queries.contents(writes=request.reach.network), "starting": gardens}
    return render(request, "desk/guide_contents.html", context)


@require_safe
def show(request: Request, chapter: str) -> HttpResponse:
    """One chapter, to read."""
    readers(request)
    page = queries.chapter_page(chapter, writes=request.reach.network)
    if page is None:
        raise Http404
    return render(request, "desk/guide_chapter.html", {"page": page})


# --- Writing --------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def new(request: Request) -> HttpResponse:
    """A chapter more."""
    network_only(request)
    form = ChapterForm(request.POST or None)
    context = {"form": form, "chapter": None}
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            return render(request, "desk/guide_edit.html", context | {"preview": queries.preview(form.draft.text)})
        by, at = acting(request)
        chapter = book.add_chapter(form.draft, by=by, at=at)
        messages.success(request, _("Le chapitre est ajouté, à la fin du guide."))
        return redirect("desk:chapter", chapter.slug)
    return render(request, "desk/guide_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(WRITING)
def edit(request: Request, chapter: str) -> HttpResponse:
    """Write a chapter, look at it, keep it."""
    found = _chapter(request, chapter)
    last = found.versions.first()
    text, seen = (last.text, last.number) if last else ("", 0)
    form = ChapterForm(request.POST or None, chapter=found, text=text, seen=seen)
    context = {"form": form, "chapter": found}
    if request.method == "POST" and form.is_valid():
        if "preview" in request.POST:
            return render(request, "desk/guide_edit.html", context | {"preview": queries.preview(form.draft.text)})
        by, at = acting(request)
        try:
            version = book.write_chapter(found, form.draft, seen=form.cleaned_data["seen"] or 0, by=by, at=at)
        except book.ChangedMeanwhile as other:
            refuse(form, _("Quelqu’un a enregistré la version %(n)s pendant que vous écriviez. Votre texte est ici : copiez-le, puis rouvrez le chapitre.") % {"n": other.version})  # fmt: skip
        else:
            messages.success(request, _("C’est enregistré.") if version else _("Rien n’a changé."))
            return redirect("desk:chapter", found.slug)
    return render(request, "desk/guide_edit.html", context, status=422 if form.errors else 200)


@require_POST
def preview(request: Request) -> HttpResponse:
    """A text as it would be read, for the page where it is written."""
    network_only(request)
    text = request.POST.get("text", "")
    if len(text) > markup.LONGEST:
        return render(request, "desk/guide_preview.html", {"refused": too_long(len(text))})
    return render(request, "desk/guide_preview.html", {"preview": queries.preview(text)})


@require_safe
def history(request: Request, chapter: str) -> HttpResponse:
    """Every version of a chapter, and what changed."""
    readers(request)
    page = queries.history(chapter, request.GET.get("de", ""), request.GET.get("a", ""))
    if page is None:
        raise Http404
    return render(request, "desk/guide_history.html", {"page": page})


@require_POST
def restore(request: Request, chapter: str, version: int) -> HttpResponse:
    """Say again what an earlier version said."""
    found = _chapter(request, chapter)
    by, at = acting(request)
    try:
        book.restore(found, version, note=_("reprise de la version %(n)s") % {"n": version}, by=by, at=at)
    except book.NotThere as error:
        raise Http404 from error
    messages.success(request, _("La version %(n)s est reprise. Les autres restent dans l’historique.") % {"n": version})
    return redirect("desk:chapter", found.slug)


@require_POST
def move(request: Request, chapter: str) -> HttpResponse:
    """Earlier or later in the guide."""
    by, at = acting(request)
    book.move(_chapter(request, chapter), up="haut" in request.POST, by=by, at=at)
    return redirect("desk:guide")


@require_POST
def archive(request: Request, chapter: str) -> HttpResponse:
    """Take a chapter out of the guide, or put it back."""
    found = _chapter(request, chapter)
    by, at = acting(request)
    if found.archived_on:
        book.bring_back(found, by=by, at=at)
        messages.success(request, _("« %(title)s » est de nouveau dans le guide.") % {"title": found.title})
    else:
        book.archive(found, today=request.today, by=by, at=at)
        messages.success(request, _("« %(title)s » n’est plus dans le guide. Son texte est gardé.") % {"title": found.title})  # fmt: skip
    return redirect("desk:guide")


# --- What came with Cageot ------------------------------------------------------------------------


@require_http_methods(WRITING)
def newer(request: Request, chapter: str) -> HttpResponse:
    """A newer text came with Cageot: compare it with the network's, take it or leave it."""
    network_only(request)
    found = next(((one, new) for one, new in offered() if one.slug == chapter), None)
    if found is None:
        raise Http404
    ours, theirs = found
    if request.method == "POST":
        by, at = acting(request)
        if "prendre" in request.POST:
            book.take_offered(ours, by=by, at=at)
            messages.success(request, _("La nouvelle version est en place. La vôtre reste dans l’historique."))
        else:
            book.leave_offered(ours, by=by, at=at)
            messages.success(request, _("Votre texte est gardé. Cette version ne sera plus proposée."))
        return redirect("desk:chapter", ours.slug)
    last = ours.versions.first()
    context = {"chapter": ours, "difference": queries.between(last.text if last else "", theirs.text)}
    return render(request, "desk/guide_newer.html", context)
