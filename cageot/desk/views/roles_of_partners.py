"""For the people of partners that fund: what their money did."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from cageot.desk.queries import roles_of_partners as queries
from cageot.desk.queries import statements
from cageot.desk.views.statements import as_file, notes, period_of
from cageot.network.http import Request
from cageot.network.models import Partner


@require_safe
def funded(request: Request) -> HttpResponse:
    """The partners whose figures one reads; straight to the only one."""
    found = queries.partners(request.reach)
    if not found:
        raise Http404
    if len(found) == 1:
        return redirect("desk:funded_statement", found[0].pk)
    return render(request, "desk/funded.html", {"partners": found})


@require_safe
def statement(request: Request, partner: int) -> HttpResponse:
    """What a partner's money did in a period."""
    period, wrong = period_of(request)
    found = queries.page(_partner(request, partner), period, request.today, len(request.reach.funds) > 1)
    return render(request, "desk/statement.html", {"page": found, "notes": notes(found.one), "wrong": wrong})


@require_safe
def download(request: Request, partner: int, form: str) -> HttpResponse:
    """The same numbers as a file."""
    payer = queries.payer_of(_partner(request, partner))
    return as_file(statements.statement(payer, None, period_of(request)[0]), form)


def _partner(request: Request, pk: int) -> Partner:
    return get_object_or_404(Partner, pk=pk, pk__in=request.reach.funds)
