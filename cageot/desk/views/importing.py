"""Bringing a spreadsheet, page after page: the file, its columns, its words, reading again, done. And taking it away."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core.tabular.table import UnreadableFile
from cageot.core.tabular.write import write_csv, write_xlsx
from cageot.desk import import_box
from cageot.desk import words_importing as words
from cageot.desk.access import garden_for
from cageot.desk.actions import import_run
from cageot.desk.actions.importing import STEPS, Learnt
from cageot.desk.forms import importing as forms
from cageot.desk.forms.import_map import FileMap
from cageot.desk.queries import import_pages as pages
from cageot.desk.queries.exporting import household_rows
from cageot.desk.queries.households import Asked, listed
from cageot.desk.queries.import_file import taught
from cageot.desk.queries.importing import usual_weekday
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def visit_for(request: Request, garden: str, token: str) -> pages.Visit:
    """This person's file in this garden; it exists for nobody else."""
    place = garden_for(request, garden, Can.EDIT_HOUSEHOLDS)
    try:
        return pages.Visit(place, import_box.find(token, place.pk, request.user.person_id), request.today)
    except import_box.Gone:
        raise Http404 from None


@require_http_methods(WRITING)
def start(request: Request, garden: str) -> HttpResponse:
    """Choose a file. One that cannot be read is refused here, saying what to bring instead."""
    place = garden_for(request, garden, Can.EDIT_HOUSEHOLDS)
    form = forms.UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name, data = form.cleaned_data["file"]
        visit = pages.Visit(place, import_box.new(place.pk, request.user.person_id, name, data), request.today)
        try:
            visit.table  # noqa: B018 - reads it, to refuse it here
            return redirect("desk:import_columns", place.code, visit.token)
        except UnreadableFile as refused:
            visit.box.drop()
            form.add_error("file", str(refused))
    context = {"garden": place, "form": form, "steps": pages.steps("start"), "example": pages.example_columns()}
    return render(request, "desk/import_start.html", context)


@require_http_methods(WRITING)
def columns(request: Request, garden: str, token: str) -> HttpResponse:
    """Say what each column holds; what is recognised is filled in."""
    visit = visit_for(request, garden, token)
    if done := _served(visit):
        return done
    if request.method == "POST" and request.POST.get("sheet") in visit.table.other_sheets:
        visit.box.save(sheet=request.POST["sheet"], map={})
        return redirect("desk:import_columns", garden, token)
    form = forms.ColumnsForm(pages.column_lines(visit), pages.column_choices(), request.POST or None)
    if request.method == "POST" and form.is_valid():
        visit.box.save(map={**visit.map, "columns": form.mapped})
        unanswered = visit_for(request, garden, token).unanswered
        return redirect("desk:import_matches" if unanswered else "desk:import_review", garden, token)
    return render(request, "desk/import_columns.html", {"visit": visit, "form": form, "steps": pages.steps("columns")})


@require_http_methods(WRITING)
def matches(request: Request, garden: str, token: str) -> HttpResponse:
    """Say what words that the garden has not mean."""
    visit = visit_for(request, garden, token)
    if done := _served(visit):
        return done
    lines, more = pages.match_lines(visit)
    if not lines:
        return redirect("desk:import_review", garden, token)
    created = {**visit.answers.new_depots, **visit.answers.new_sizes}
    form = forms.MatchesForm(lines, created, usual_weekday(visit.garden), request.POST or None)
    if request.method == "POST" and form.is_valid():
        visit.box.save(map={**visit.map, **form.said(visit.map)})
        return redirect("desk:import_review", garden, token)
    context = {"visit": visit, "form": form, "groups": form.groups(), "more": more, "steps": pages.steps("matches")}
    return render(request, "desk/import_matches.html", context)


@require_http_methods(WRITING)
def review(request: Request, garden: str, token: str) -> HttpResponse:
    """Read again what would be written, say which look-alikes are other households, then import."""
    visit = visit_for(request, garden, token)
    if done := _served(visit):
        return done
    if request.method == "POST":
        held = [row.draft.line for row in visit.decision.rows if row.likely]
        visit.box.save(kept=forms.kept_lines(request.POST, visit.box.notes.get("kept", ()), held))
        return _run(request, visit) if "import" in request.POST else redirect("desk:import_review", garden, token)
    page = pages.review(visit, request.GET.get("page", ""))
    return render(request, "desk/import_review.html", {"page": page, "visit": visit, "steps": pages.steps("review")})


def _run(request: Request, visit: pages.Visit) -> HttpResponse:
    by, at = acting(request)
    learnt = Learnt(taught(visit.table, visit.map.get("columns", {})), visit.map.get("values", {}))
    import_run.run(
        visit.box, visit.garden, visit.brought.drafts, visit.answers, only_good=request.POST["import"] == "good", learnt=learnt,
        today=request.today, by=by, at=at,
    )  # fmt: skip
    return redirect("desk:import_done", visit.garden.code, visit.token)


@require_safe
def done(request: Request, garden: str, token: str) -> HttpResponse:
    """How far the import is, then what it wrote."""
    visit = visit_for(request, garden, token)
    notes = visit.box.notes
    if not notes.get("done") and not visit.box.running:
        return _again(request, visit)
    step = notes["step"] if notes.get("step") in STEPS else "reading"
    counts, running = notes.get("done", {}), not notes.get("done")
    context = {
        "visit": visit, "notes": notes, "running": running, "step": words.STEPS[step], "percent": STEPS[step],
        "left": counts.get("problem", 0) + counts.get("duplicate", 0), "steps": pages.steps("review" if running else "done"),
    }  # fmt: skip
    return render(request, "desk/import_done.html", context)


def _again(request: Request, visit: pages.Visit) -> HttpResponse:
    """Nothing was written: say why, and go back to where one may start again."""
    if visit.box.notes.get("failed") == "changed":
        messages.warning(
            request, _("Le jardin a changé pendant la relecture. Rien n’a été écrit. Relisez, puis importez.")
        )
    elif visit.box.notes.get("failed") or visit.box.interrupted:
        messages.error(
            request, _("L’import s’est arrêté en route. Rien n’est à moitié écrit : relisez, puis recommencez.")
        )
    return redirect("desk:import_review", visit.garden.code, visit.token)


def _served(visit: pages.Visit) -> HttpResponse | None:
    """Once the import runs, or is done, its pages lead to the last one."""
    if visit.box.running or visit.box.notes.get("done"):
        return redirect("desk:import_done", visit.garden.code, visit.token)
    return None


@require_POST
def drop(request: Request, garden: str, token: str) -> HttpResponse:
    """Give up: the file is erased."""
    visit = visit_for(request, garden, token)
    visit.box.drop()
    if not visit.box.notes.get("done"):
        messages.info(request, _("L’import est abandonné, le fichier est effacé. Rien n’a été écrit."))
    return redirect("desk:households", garden)


@require_safe
def copy(request: Request, garden: str, token: str) -> HttpResponse:
    """The file as it was brought, with what to correct."""
    visit = visit_for(request, garden, token)
    try:
        return _download(visit.report.annotated(), XLSX, f"a-corriger-{visit.garden.code}.xlsx")
    except import_box.Gone:
        raise Http404 from None


@require_safe
def matches_file(request: Request, garden: str, token: str) -> HttpResponse:
    """What was said of columns and words, to be given to the command or kept."""
    visit = visit_for(request, garden, token)
    answers = visit.answers
    said = FileMap(
        visit.map.get("columns", {}), answers.same_as, answers.new_depots, answers.new_sizes, answers.new_agreements
    )
    response = JsonResponse(said.as_json(), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="correspondances-{visit.garden.code}.json"'
    return response


@require_safe
def export(request: Request, garden: str, form: str) -> HttpResponse:
    """The list of households as it was sorted, in the columns that an import reads. Money is in it: not for helpers."""
    place = garden_for(request, garden, Can.EDIT_HOUSEHOLDS)
    asked = Asked.read(request.GET, request.POST, money=request.reach.can(Can.SEE_MONEY, place.pk))
    titles, rows = household_rows(place, listed(place, asked, request.today))
    if form == "csv":
        return _download(write_csv(titles, rows), "text/csv; charset=utf-8", f"foyers-{place.code}.csv")
    if form == "xlsx":
        return _download(write_xlsx(titles, rows, title=_("Foyers")), XLSX, f"foyers-{place.code}.xlsx")
    raise Http404


def _download(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
