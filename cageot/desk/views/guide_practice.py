"""What gardens tell each other: sheets, their versions, files and comments; the digest; what the network takes away."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.desk.access import network_only
from cageot.desk.forms import guide_practice as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.queries import guide_practice as queries
from cageot.desk.words_exchange import not_taken
from cageot.guide.actions import digest, practice
from cageot.guide.models import Attachment, Digest, Flag, Question, Reply, Sheet
from cageot.guide.rules.joined import KINDS, NotTaken
from cageot.network.http import Request, acting, somebodys_file
from cageot.network.models import Garden

WRITING = ["GET", "HEAD", "POST"]


# --- Who reads, who writes ------------------------------------------------------------------------


def readers(request: Request) -> None:
    """What follows is for the staff, of any garden or of the network head."""
    if not (request.reach.network or request.reach.gardens):
        raise Http404


def mine(request: Request) -> Garden | None:
    """The garden that this person reads for: the first of theirs; None for the network."""
    return Garden.objects.filter(pk__in=request.reach.gardens).order_by("pk").first()


def writing_places(request: Request) -> list[Garden]:
    """The gardens for which this person writes. Nobody who only reads comes further."""
    found = list(Garden.objects.filter(pk__in=queries.writers(request.reach)).order_by("pk"))
    if not found and not request.reach.network:
        raise Http404
    return found


def writing_for(request: Request) -> Garden | None:
    """The garden that is written for, chosen by `jardin` when there are several; None for the network itself."""
    found = writing_places(request)
    code = request.POST.get("jardin") or request.GET.get("jardin")
    return next((one for one in found if one.code == code), found[0] if found else None)


def sheet_for(request: Request, pk: int, *, write: bool = False) -> Sheet:
    """The sheet, if this person may read it (or write it)."""
    readers(request)
    found = get_object_or_404(queries.readable_sheets(request.reach).select_related("garden", "by"), pk=pk)
    if write and not queries.may_write(found, request.reach):
        raise Http404
    return found


# --- Sheets ---------------------------------------------------------------------------------------


@require_safe
def index(request: Request) -> HttpResponse:
    """The sheets, those of gardens like mine first."""
    readers(request)
    place = mine(request)
    asked = {"tag": request.GET.get("mot", "")[:40], "number": request.GET.get("page", "1")}
    page = queries.sheets(request.reach, place, request.today, **asked)
    return render(request, "desk/guide_sheets.html", {"page": page, "mine": place, "writes": _may_write(request)})


def _may_write(request: Request) -> bool:
    return request.reach.network or bool(queries.writers(request.reach))


@require_safe
def show(request: Request, sheet: int) -> HttpResponse:
    """A sheet to read."""
    return _shown(request, sheet_for(request, sheet))


def _shown(request: Request, sheet: Sheet, status: int = 200, **typed: django_forms.Form) -> HttpResponse:
    """The page of a sheet, with what was typed and refused when something was."""
    place = mine(request)
    writes = _may_write(request)
    context: dict[str, Any] = {"page": queries.sheet_page(sheet, request.reach, place, request.today), "mine": place, "writes": writes}  # fmt: skip
    if writes:
        by, garden = request.user.person, writing_for(request)
        context |= {
            "reply_form": forms.CommentForm(by=by, garden=garden), "also_form": forms.AlsoForm(by=by, garden=garden),
            "file_form": forms.FileForm(by=by, garden=garden), "flag_form": forms.FlagForm(), "hide_form": forms.HideForm(),
        }  # fmt: skip
    return render(request, "desk/guide_sheet.html", context | typed, status=status)


@require_http_methods(WRITING)
def new(request: Request) -> HttpResponse:
    """Write a sheet. It is a draft until it is published."""
    places, garden = writing_places(request), writing_for(request)
    form = forms.SheetForm(request.POST or None, by=request.user.person, garden=garden)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        sheet = practice.write_sheet(form.draft, garden=garden, by=by, at=at)
        return _kept(request, sheet)
    context = {"form": form, "garden": garden, "places": places, "tags": queries.tags_used(Sheet)}
    return render(request, "desk/guide_sheet_edit.html", context, status=422 if form.errors else 200)


def _kept(request: Request, sheet: Sheet) -> HttpResponse:
    if "publier" in request.POST:
        by, at = acting(request)
        practice.publish(sheet, by=by, at=at)
        messages.success(request, _("La fiche est publiée : tous les jardins peuvent la lire."))
    else:
        messages.success(request, _("C’est enregistré."))
    return redirect("desk:sheet", sheet.pk)


@require_http_methods(WRITING)
def edit(request: Request, sheet: int) -> HttpResponse:
    """Write a sheet otherwise: what it said before stays in its history."""
    found = sheet_for(request, sheet, write=True)
    form = forms.SheetForm(request.POST or None, sheet=found, last=found.versions.first(), by=request.user.person, garden=found.garden)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            practice.change_sheet(found, form.draft, seen=form.cleaned_data["seen"] or 0, by=by, at=at)
        except practice.ChangedMeanwhile as other:
            refuse(form, _("Quelqu’un a enregistré la version %(n)s pendant que vous écriviez. Votre texte est ici : copiez-le, puis rouvrez la fiche.") % {"n": other.version})  # fmt: skip
        else:
            return _kept(request, found)
    context = {"form": form, "sheet": found, "garden": found.garden, "tags": queries.tags_used(Sheet)}
    return render(request, "desk/guide_sheet_edit.html", context, status=422 if form.errors else 200)


@require_safe
def history(request: Request, sheet: int) -> HttpResponse:
    """The versions of a sheet, and what changed."""
    page = queries.history(sheet_for(request, sheet), request.GET.get("a", ""))
    if page is None:
        raise Http404
    return render(request, "desk/guide_sheet_history.html", {"page": page})


@require_POST
def publish(request: Request, sheet: int) -> HttpResponse:
    """Let the other gardens read it, or make it a draft again."""
    found = sheet_for(request, sheet, write=True)
    by, at = acting(request)
    if "reprendre" in request.POST:
        practice.take_back(found, by=by, at=at)
        messages.success(request, _("La fiche est de nouveau un brouillon : votre jardin seul la lit."))
    elif practice.publish(found, by=by, at=at):
        messages.success(request, _("La fiche est publiée : tous les jardins peuvent la lire."))
    return redirect("desk:sheet", found.pk)


@require_POST
def also(request: Request, sheet: int) -> HttpResponse:
    """We do this too, or not any more."""
    found, garden = sheet_for(request, sheet), writing_for(request)
    if garden is None or garden.pk == found.garden_id:
        raise Http404
    by, at = acting(request)
    if "retirer" in request.POST:
        practice.do_no_more(found, garden, by=by, at=at)
        return redirect("desk:sheet", found.pk)
    form = forms.AlsoForm(request.POST, by=by, garden=garden)
    if not form.is_valid():
        return _shown(request, found, 422, also_form=form)
    try:
        practice.do_too(found, garden, note=form.cleaned_data["note"], by=by, at=at)
    except practice.NotOpen as error:
        raise Http404 from error
    messages.success(request, _("C’est noté : %(garden)s le fait aussi.") % {"garden": garden})
    return redirect("desk:sheet", found.pk)


@require_POST
def comment(request: Request, sheet: int) -> HttpResponse:
    """Say something under a sheet."""
    found, garden = sheet_for(request, sheet), writing_for(request)
    by, at = acting(request)
    form = forms.CommentForm(request.POST, by=by, garden=garden)
    if not form.is_valid():
        return _shown(request, found, 422, reply_form=form)
    try:
        practice.comment(found, form.cleaned_data["body"], garden=garden, by=by, at=at)
    except practice.NotOpen as error:
        raise Http404 from error
    return redirect("desk:sheet", found.pk)


# --- Files ----------------------------------------------------------------------------------------


@require_POST
def attach(request: Request, sheet: int) -> HttpResponse:
    """Join a file."""
    found = sheet_for(request, sheet, write=True)
    by, at = acting(request)
    form = forms.FileForm(request.POST, request.FILES, by=by, garden=found.garden)
    if form.is_valid():
        name, content = form.cleaned_data["file"]
        try:
            practice.attach(found, name, content, by=by, at=at)
        except NotTaken as error:
            refuse(form, not_taken(error), "file")
        except practice.TooMany:
            refuse(form, _("Cette fiche a déjà six fichiers : retirez-en un d’abord."), "file")
    if form.errors:
        return _shown(request, found, 422, file_form=form)
    messages.success(request, _("Le fichier est joint."))
    return redirect("desk:sheet", found.pk)


@require_safe
def attachment(request: Request, sheet: int, attachment: int) -> HttpResponse:
    """A file of a sheet: downloaded, never opened by the browser as a page of ours."""
    found = get_object_or_404(Attachment, pk=attachment, sheet=sheet_for(request, sheet))
    kind = found.media_type if found.media_type in KINDS else "application/octet-stream"
    return somebodys_file(bytes(found.content), kind, found.name)


@require_POST
def detach(request: Request, sheet: int, attachment: int) -> HttpResponse:
    """Take a file off."""
    found = get_object_or_404(
        Attachment.objects.select_related("sheet__garden"), pk=attachment, sheet=sheet_for(request, sheet, write=True)
    )
    by, at = acting(request)
    practice.detach(found, by=by, at=at)
    messages.success(request, _("Le fichier est retiré."))
    return redirect("desk:sheet", sheet)


# --- What the network looks at --------------------------------------------------------------------


def _thing(request: Request, what: str, pk: int) -> practice.Thing:
    """A sheet, a question or an answer that this person may read."""
    readers(request)
    if what == "fiche":
        return sheet_for(request, pk)
    questions, sheets = queries.readable_questions(request.reach), queries.readable_sheets(request.reach)
    if what == "question":
        return get_object_or_404(questions.select_related("garden"), pk=pk)
    if what != "reponse":
        raise Http404
    reply: Reply = get_object_or_404(Reply.objects.select_related("garden", "question", "sheet"), pk=pk)
    hidden = reply.hidden_because and not request.reach.network
    seen = questions.filter(replies=reply).exists() or sheets.filter(replies=reply).exists()
    if hidden or not seen:
        raise Http404
    return reply


def _back(thing: practice.Thing) -> HttpResponse:
    if isinstance(thing, Reply):
        name, pk = ("question", thing.question_id) if thing.question_id else ("sheet", thing.sheet_id)
        return redirect(f"desk:{name}", pk)
    return redirect("desk:question" if isinstance(thing, Question) else "desk:sheet", thing.pk)


@require_http_methods(WRITING)
def flag(request: Request, what: str, thing: int) -> HttpResponse:
    """Ask the network to look at something, and say why."""
    writing_places(request)
    found = _thing(request, what, thing)
    form = forms.FlagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        practice.flag(found, form.cleaned_data["reason"], by=by, at=at)
        messages.success(request, _("C’est signalé. Le réseau va regarder."))
        return _back(found)
    context = {"form": form, "thing": found, "said": _said(found)}
    return render(request, "desk/guide_flag.html", context, status=422 if form.errors else 200)


def _said(thing: practice.Thing) -> str:
    return thing.body if isinstance(thing, Reply) else thing.title


@require_safe
def moderation(request: Request) -> HttpResponse:
    """What was flagged, and what is hidden."""
    network_only(request)
    return render(request, "desk/guide_moderation.html", {"page": queries.moderation(), "hide_form": forms.HideForm()})


@require_POST
def settle(request: Request, flag: int) -> HttpResponse:
    """The network looked, and leaves it as it is."""
    network_only(request)
    by, at = acting(request)
    practice.leave(get_object_or_404(Flag, pk=flag), outcome="", by=by, at=at)
    messages.success(request, _("Laissé tel quel."))
    return redirect("desk:moderation")


@require_http_methods(WRITING)
def hide(request: Request, what: str, thing: int) -> HttpResponse:
    """Take something away from the other gardens, or let them read it again. Its author is told why."""
    network_only(request)
    found = _thing(request, what, thing)
    by, at = acting(request)
    if "remettre" in request.POST:
        practice.show_again(found, by=by, at=at)
        messages.success(request, _("C’est de nouveau visible de tous les jardins."))
        return _back(found)
    form = forms.HideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        practice.hide(found, form.cleaned_data["reason"], by=by, at=at)
        messages.success(request, _("Ce n’est plus visible. La raison est dite à l’auteur ; rien n’est effacé."))
        return _back(found)
    context = {"form": form, "thing": found, "said": _said(found), "hides": True}
    return render(request, "desk/guide_flag.html", context, status=422 if form.errors else 200)


# --- The digest -----------------------------------------------------------------------------------


@require_http_methods(WRITING)
def choose_digest(request: Request) -> HttpResponse:
    """How often one wants to be told what is new."""
    readers(request)
    person = request.user.person
    now = Digest.objects.filter(person=person).first()
    form = forms.DigestForm(request.POST or None, initial={"rhythm": now.rhythm if now else Digest.Rhythm.MONTH})
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        digest.choose(person, form.cleaned_data["rhythm"], by=by, at=at)
        messages.success(request, _("C’est noté."))
        return redirect("desk:digest")
    return render(request, "desk/guide_digest.html", {"form": form}, status=422 if form.errors else 200)
