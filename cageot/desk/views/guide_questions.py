"""Questions of a garden to the others, and what they answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.desk.forms import guide_practice as forms
from cageot.desk.queries import guide_practice as queries
from cageot.desk.views.guide_practice import mine, readers, writing_for, writing_places
from cageot.guide.actions import practice
from cageot.guide.models import Question, Reply
from cageot.network.http import Request, acting

WRITING = ["GET", "HEAD", "POST"]


def question_for(request: Request, pk: int) -> Question:
    """The question, if this person may read it."""
    readers(request)
    return get_object_or_404(queries.readable_questions(request.reach).select_related("garden", "by"), pk=pk)


@require_safe
def index(request: Request) -> HttpResponse:
    """The questions, those of gardens like mine first."""
    readers(request)
    place = mine(request)
    asked = {"which": request.GET.get("voir", ""), "tag": request.GET.get("mot", "")[:40], "number": request.GET.get("page", "1")}  # fmt: skip
    page = queries.questions(request.reach, place, request.today, **asked)
    writes = request.reach.network or bool(queries.writers(request.reach))
    return render(request, "desk/guide_questions.html", {"page": page, "mine": place, "writes": writes})


@require_safe
def show(request: Request, question: int) -> HttpResponse:
    """A question and its answers."""
    return _shown(request, question_for(request, question))


def _shown(request: Request, question: Question, typed: forms.ReplyForm | None = None) -> HttpResponse:
    place = mine(request)
    page = queries.question_page(question, request.reach, place, request.today, request.user.person_id)
    writes = request.reach.network or bool(queries.writers(request.reach))
    form = typed or (forms.ReplyForm(by=request.user.person, garden=writing_for(request)) if writes else None)
    context = {"page": page, "mine": place, "writes": writes, "reply_form": form}
    return render(request, "desk/guide_question.html", context, status=422 if typed else 200)


@require_http_methods(WRITING)
def ask(request: Request) -> HttpResponse:
    """Ask the other gardens something."""
    places, garden = writing_places(request), writing_for(request)
    form = forms.QuestionForm(request.POST or None, by=request.user.person, garden=garden)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        said = form.cleaned_data
        question = practice.ask(said["title"], said["body"], said["tags"], garden=garden, by=by, at=at)
        messages.success(request, _("Votre question est posée à tous les jardins."))
        return redirect("desk:question", question.pk)
    context = {"form": form, "garden": garden, "places": places, "tags": queries.tags_used(Question)}
    return render(request, "desk/guide_question_ask.html", context, status=422 if form.errors else 200)


@require_POST
def answer(request: Request, question: int) -> HttpResponse:
    """Answer a question."""
    found, garden = question_for(request, question), writing_for(request)
    by, at = acting(request)
    form = forms.ReplyForm(request.POST, by=by, garden=garden)
    if not form.is_valid():
        return _shown(request, found, form)
    try:
        practice.answer(found, form.cleaned_data["body"], garden=garden, by=by, at=at)
    except practice.NotOpen as error:
        raise Http404 from error
    messages.success(request, _("Merci : votre réponse est publiée."))
    return redirect("desk:question", found.pk)


@require_POST
def helped(request: Request, question: int, reply: int) -> HttpResponse:
    """Whoever asked says that an answer helped, or takes it back."""
    found = question_for(request, question)
    writing_places(request)
    if found.by_id != request.user.person_id:
        raise Http404
    said = get_object_or_404(Reply.objects.select_related("question__garden"), pk=reply, question=found, hidden_because="")  # fmt: skip
    by, at = acting(request)
    practice.helped(said, yes="non" not in request.POST, by=by, at=at)
    return redirect("desk:question", found.pk)
