"""A garden's grants: calls to answer, an application in three steps, what is under way, the accounts of a grant."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core.templatetags.cageot import euros
from cageot.desk.access import garden_for
from cageot.desk.forms import grants as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import cerfa as cerfa_queries
from cageot.desk.queries import grants as queries
from cageot.desk.queries.cerfa import Report
from cageot.desk.words_grants import MISSING
from cageot.funding.actions import granting
from cageot.funding.models import GrantApplication, GrantCall, GrantReport
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]
STEPS = (1, 2, 3)


def _grant(request: Request, garden: str, pk: int, what: Can = Can.SEE_MONEY) -> GrantApplication:
    """The grant, if this person may do that with the money of its garden."""
    place = garden_for(request, garden, what)
    rows = GrantApplication.objects.reachable(request.reach).filter(garden=place)
    return get_object_or_404(rows.select_related("garden", "call__tranche__fund__entity"), pk=pk)


@require_safe
def home(request: Request, garden: str) -> HttpResponse:
    """Calls that the garden may answer, grants under way, those that are over."""
    place = garden_for(request, garden, Can.SEE_MONEY)
    return render(request, "desk/grants.html", {"page": queries.home(place, request.reach, request.today)})


# --- Applying -------------------------------------------------------------------------------------


@require_POST
def start(request: Request, garden: str, call: int) -> HttpResponse:
    """Begin to answer a call, or go on."""
    place = garden_for(request, garden, Can.EDIT_AGREEMENTS)
    found = get_object_or_404(GrantCall.objects.select_related("tranche__fund"), pk=call)
    by, at = acting(request)
    try:
        one = granting.start(found, place, today=request.today, by=by, at=at)
    except (granting.CallClosed, granting.NotConcerned):
        raise Http404 from None
    if one.state != GrantApplication.State.DRAFT:
        return redirect("desk:grant", place.code, one.pk)
    return redirect("desk:grant_apply", place.code, one.pk, 1)


@require_http_methods(WRITING)
def apply(request: Request, garden: str, grant: int, step: int) -> HttpResponse:
    """One step of an application: the project, the budget, reading again. Each is kept when one goes on or back."""
    one = _grant(request, garden, grant, Can.EDIT_AGREEMENTS)
    if step not in STEPS:
        raise Http404
    if one.state != GrantApplication.State.DRAFT:
        return redirect("desk:grant", one.garden.code, one.pk)
    if step == 3:
        return _read_again(request, one)
    figures = queries.figures(one.garden, one.call) if step == 1 else None
    form = _step_form(request, one, step, figures)
    if request.method == "POST" and form.is_valid():
        return _keep(request, one, form, step)
    context = {"one": one, "form": form, "step": step, "steps": _steps(step), "figures": figures}
    return render(request, f"desk/grant_apply_{step}.html", context, status=422 if form.errors else 200)


def _step_form(request: Request, one: GrantApplication, step: int, figures: Any) -> Any:
    if step == 2:
        return forms.BudgetForm(request.POST or None, application=one)
    fresh = not (one.project or one.baskets)
    numbers = {"baskets": figures.baskets, "households": figures.last.households} if fresh else {}
    kept = {
        "project": one.project,
        "baskets": one.baskets,
        "households": one.households,
        "sessions": one.sessions or None,
    }
    return forms.ProjectForm(request.POST or None, initial=kept | numbers)


def _keep(request: Request, one: GrantApplication, form: Any, step: int) -> HttpResponse:
    """Keep the step, then go where the button says."""
    by, at = acting(request)
    values, lines = (
        (form.values(), None) if step == 1 else ({"asked_cents": form.cleaned_data["asked_cents"] or 0}, form.budget())
    )
    try:
        granting.save_draft(one, values, lines, by=by, at=at)
    except granting.WrongState:
        messages.info(request, _("Cette demande vient d’être envoyée : elle ne change plus."))
        return redirect("desk:grant", one.garden.code, one.pk)
    if "plus_tard" in request.POST:
        messages.success(request, _("C’est gardé. Vous pourrez continuer quand vous voudrez."))
        return redirect("desk:grants", one.garden.code)
    there = step - 1 if "avant" in request.POST else step if "calculer" in request.POST else step + 1
    return redirect("desk:grant_apply", one.garden.code, one.pk, there)


def _steps(step: int) -> list[dict[str, str]]:
    labels = (_("Le projet"), _("Le budget"), _("Relire et envoyer"))
    return [
        {"label": label, "state": "done" if number < step else "current" if number == step else ""}
        for number, label in enumerate(labels, 1)
    ]


def _read_again(request: Request, one: GrantApplication) -> HttpResponse:
    missing = [MISSING[name] for name in granting.missing(one)]
    if request.method == "POST" and not missing and _sent(request, one):
        return redirect("desk:grant", one.garden.code, one.pk)
    page = queries.detail(one, request.today, network=False, may_edit=True)
    context = {"one": one, "page": page, "missing": missing, "step": 3, "steps": _steps(3)}
    return render(request, "desk/grant_apply_3.html", context, status=422 if request.method == "POST" else 200)


def _sent(request: Request, one: GrantApplication) -> bool:
    by, at = acting(request)
    try:
        granting.send(one, today=request.today, by=by, at=at)
    except granting.CallClosed:
        messages.error(
            request, _("L’appel est fini : votre demande n’est pas partie. Elle reste gardée. Appelez le réseau.")
        )
        return False
    except granting.WrongState:
        messages.info(request, _("Cette demande est déjà partie."))
    else:
        messages.success(request, _("Votre demande est envoyée. Le réseau vous répondra."))
    return True


# --- Under way ------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def show(request: Request, garden: str, grant: int) -> HttpResponse:
    """One grant: the answer, the payments, the accounts, what is left. One may take an application back, or ask again."""
    writing = request.method == "POST"
    one = _grant(request, garden, grant, Can.EDIT_AGREEMENTS if writing else Can.SEE_MONEY)
    may_edit = request.reach.can(Can.EDIT_AGREEMENTS, one.garden_id)
    using = forms.UseForm(
        request.POST if request.POST.get("acte") == "depenser" else None, initial={"on": request.today}
    )
    if writing and _done(request, one, using):
        return redirect(request.path)
    page = queries.detail(one, request.today, network=False, may_edit=may_edit)
    opened = one.call.opens_on <= request.today <= one.call.closes_on
    context = {"page": page, "one": one, "using": using, "opened": opened}
    return render(request, "desk/grant.html", context, status=422 if writing else 200)


def _done(request: Request, one: GrantApplication, using: forms.UseForm) -> bool:
    """Do what the button says; whether it was done, or could not be and was told."""
    by, at = acting(request)
    act = request.POST.get("acte", "")
    if act == "depenser":
        return _used(request, one, using)
    try:
        if act == "retirer":
            granting.withdraw(one, by=by, at=at)
            messages.success(request, _("La demande est retirée."))
        elif act == "reprendre":
            granting.reopen(one, today=request.today, by=by, at=at)
            messages.success(request, _("La demande est de nouveau en préparation."))
    except granting.CallClosed:
        messages.error(request, _("L’appel est fini : la demande ne change plus. Appelez le réseau."))
    except granting.WrongState:
        messages.info(request, _("Le réseau a répondu entre-temps : relisez la page."))
    return True


def _used(request: Request, one: GrantApplication, using: forms.UseForm) -> bool:
    if not using.is_valid():
        return False
    by, at = acting(request)
    try:
        granting.use_carried(one, **using.cleaned_data, by=by, at=at)
    except granting.MoreThanLeft as refused:
        refuse(using, _("Il ne reste que %(sum)s.") % {"sum": euros(refused.left)}, "cents")
        return False
    except granting.WrongState:
        messages.info(request, _("Rien n’est reporté de cette aide."))
    else:
        messages.success(request, _("La dépense est notée."))
    return True


@require_http_methods(WRITING)
def report(request: Request, garden: str, grant: int) -> HttpResponse:
    """The accounts of a grant, filled from what Cageot knows; kept at each button, sent when one says so."""
    one = _grant(request, garden, grant, Can.EDIT_AGREEMENTS)
    if one.state != GrantApplication.State.GRANTED:
        raise Http404
    written = GrantReport.objects.filter(application=one).first()
    if written and written.state in (GrantReport.State.SENT, GrantReport.State.ACCEPTED):
        return redirect("desk:grant", one.garden.code, one.pk)
    found = queries.done(one)
    form = forms.ReportForm(request.POST or None, application=one, report=written, found=found)
    if request.method == "POST" and form.is_valid() and _reported(request, one, form):
        if "envoyer" in request.POST:
            return redirect("desk:grant", one.garden.code, one.pk)
        return redirect("desk:grant_report", one.garden.code, one.pk)
    page = queries.detail(one, request.today, network=False, may_edit=True)
    context = {"one": one, "form": form, "page": page, "found": found}
    return render(request, "desk/grant_report.html", context, status=422 if form.errors else 200)


def _reported(request: Request, one: GrantApplication, form: forms.ReportForm) -> bool:
    by, at = acting(request)
    try:
        granting.save_report(one, form.values(), form.budget(), by=by, at=at)
        if "envoyer" not in request.POST:
            messages.success(request, _("C’est gardé. Vous pourrez continuer quand vous voudrez."))
            return True
        granting.send_report(one, today=request.today, by=by, at=at)
    except granting.MoreThanLeft as refused:
        refuse(
            form,
            _("L’aide est de %(sum)s : il ne peut pas en rester plus.") % {"sum": euros(refused.left)},
            "unspent_cents",
        )
    except granting.Incomplete:
        refuse(form, _("Racontez ce qui a été fait avant d’envoyer. Le reste est gardé."), "done")
    except granting.WrongState:
        messages.info(request, _("Le compte rendu est déjà parti."))
        return True
    else:
        messages.success(request, _("Le compte rendu est envoyé au réseau."))
    return not form.errors


# --- The form -------------------------------------------------------------------------------------


@require_safe
def cerfa(request: Request, garden: str, grant: int) -> HttpResponse:
    """The figures of Cerfa 15059, ready to copy."""
    one = _grant(request, garden, grant)
    if one.state != GrantApplication.State.GRANTED:
        raise Http404
    links = {"back": ("desk:grant", one), "garden": one.garden}
    return cerfa_page(request, cerfa_queries.of_grant(one), "cerfa.pdf", links)


@require_safe
def cerfa_pdf(request: Request, garden: str, grant: int) -> HttpResponse:
    """The three sheets, to print and sign."""
    one = _grant(request, garden, grant)
    if one.state != GrantApplication.State.GRANTED:
        raise Http404
    return cerfa_file(request, cerfa_queries.of_grant(one))


def cerfa_page(request: Request, found: Report, pdf: str, context: dict[str, Any]) -> HttpResponse:
    """The three sheets on screen. `pdf`: where the file is, from here."""
    days = (found.due - request.today).days
    return render(request, "desk/cerfa.html", {"report": found, "pdf": f"../{pdf}", "days": days, **context})


def cerfa_file(request: Request, found: Report) -> HttpResponse:
    """The three sheets as a PDF."""
    _by, at = acting(request)
    today = request.today
    data = {
        "lang": "fr", "title": found.title, "body": found.body, "date": [today.year, today.month, today.day],
        "details": found.details, "questions": found.questions, "places": found.places, "year": found.year,
        "costs": [_cell(one) for one in found.costs], "incomes": [_cell(one) for one in found.incomes],
        "given_costs": [_cell(one) for one in found.given_costs], "given_incomes": [_cell(one) for one in found.given_incomes],
        "totals": found.totals, "sentence": found.sentence, "annex": found.annex,
    }  # fmt: skip
    name = f"{slugify(found.file_name)}.pdf"
    return HttpResponse(
        write_pdf("cerfa.typ", data, at=at), content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


def _cell(one: Any) -> list[Any]:
    return [one.label, one.planned, one.real, one.share, one.head]
