"""The garden's papers of a week, and what changed since each round last went."""

from __future__ import annotations

from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cageot.baskets import actions as baskets
from cageot.core.week import Week
from cageot.desk import papers
from cageot.desk.access import garden_for
from cageot.desk.forms.papers import LabelsForm, PrintForm
from cageot.desk.queries import changes as changed
from cageot.desk.queries import papers as queries
from cageot.desk.rules.papers import LABELS
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can


@require_http_methods(["GET", "HEAD", "POST"])
def show(request: Request, garden: str, week: Week) -> HttpResponse:
    """What may be printed of a week: a day, a round or a depot chosen, a button for each paper."""
    if request.method == "POST":
        return _keep_labels(request, garden)
    place = garden_for(request, garden, Can.SEE_WEEK)
    page = queries.papers_page(place, week, request.today, _asked(request))
    context = {
        "page": page, "papers": [_card(paper, page) for paper in papers.PAPERS], "parts": papers.PARTS.items(), "choice": dict(parse_qsl(page.query[1:])),
        "labels": LabelsForm(initial={"labels": page.labels}), "sheet": LABELS[page.labels],
        "may_choose": request.reach.can(Can.RUN_WEEK, place.pk),
    }  # fmt: skip
    return render(request, "desk/papers_week.html", context)


def _keep_labels(request: Request, garden: str) -> HttpResponse:
    """Remember the garden's sheet of labels."""
    place = garden_for(request, garden, Can.RUN_WEEK)
    form = LabelsForm(request.POST)
    by, at = acting(request)
    if form.is_valid():
        baskets.change_ways(place, {"labels": form.cleaned_data["labels"]}, by=by, at=at)
        messages.success(request, _("Planche %(code)s gardée.") % {"code": form.cleaned_data["labels"]})
    else:
        messages.error(request, _("Cette planche n’est pas connue. Choisissez-en une dans la liste."))
    return redirect(request.get_full_path())


def _card(paper: papers.Paper, page: queries.PapersPage) -> dict[str, object]:
    files = [(form, reverse(f"desk:{paper.address(form)}", args=[page.garden.code, page.week])) for form in paper.forms]
    return {"slug": paper.slug, "name": paper.name, "about": paper.about, "files": files}


@require_safe
def paper(request: Request, garden: str, week: Week, slug: str, form: papers.Form) -> HttpResponse:
    """One paper as a file, of what was asked; what cannot be made is said on the page of papers."""
    place = garden_for(request, garden, Can.SEE_WEEK)
    asked, options = _asked(request), PrintForm(request.GET, LABELS[queries.labels_of(place)])
    back = reverse("desk:papers", args=[place.code, week])
    if not options.is_valid():
        messages.error(request, options.wrong)
        return redirect(back + queries.address(asked))
    try:
        found = queries.sheets(place, week, asked, request.today)
    except queries.Nothing:
        messages.error(
            request, _("Rien à imprimer pour ce choix : aucun panier n’y est prévu. Choisissez un jour ci-dessous.")
        )
        return redirect(back)
    one = papers.BY_SLUG[slug]
    told = changed.changes(place, week, found.stops) if one.changes else []
    made = papers.write(one, form, found, told, options.wanted, acting(request)[1])
    name = f"{slug}-{found.stops[0].day.isoformat()}.{form}"
    shown = "inline" if form == "pdf" else "attachment"
    headers = {"Content-Disposition": f'{shown}; filename="{name}"'}
    return HttpResponse(made, content_type=papers.CONTENT_TYPES[form], headers=headers)


@require_safe
def changes(request: Request, garden: str, week: Week) -> HttpResponse:
    """What changed on each round of the week since it last went."""
    place = garden_for(request, garden, Can.SEE_WEEK)
    told = changed.changes(place, week, queries.stops(place, week))
    context = {"garden": place, "week": week, "rounds": [papers.on_screen(one) for one in told]}
    return render(request, "desk/papers_changes.html", context)


def _asked(request: Request) -> queries.Asked:
    return queries.Asked(*(request.GET.get(name, "") for name in ("jour", "preparation", "tournee", "depot")))
