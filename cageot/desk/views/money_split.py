"""Who pays what in a garden, and settling a period for the network."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cageot.baskets import proposing
from cageot.core.tabular.write import write_csv, write_xlsx
from cageot.desk.access import garden_for, network_only
from cageot.desk.queries import settling as queries
from cageot.desk.queries import splitting
from cageot.desk.views.statements import period_of
from cageot.funding.actions import settling
from cageot.funding.models import Settlement
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can

SALT = "cageot.desk.settling"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
AGE = date(2000, 1, 1), date(2200, 12, 31)


# --- A garden: "Qui paie quoi" --------------------------------------------------------------------


@require_safe
def split(request: Request, garden: str) -> HttpResponse:
    """Who pays what in a garden over a period, funds included."""
    place = garden_for(request, garden, Can.SEE_MONEY)
    period, wrong = period_of(request)
    return render(
        request, "desk/money_split.html", {"page": splitting.split(place, period, request.today), "wrong": wrong}
    )


@require_safe
def split_file(request: Request, garden: str, form: str) -> HttpResponse:
    """The same numbers as a file to keep or to send."""
    place = garden_for(request, garden, Can.SEE_MONEY)
    period, _wrong = period_of(request)
    found = splitting.split(place, period, request.today)
    return as_file(*splitting.table_of(found), form, f"qui-paie-{place.code}-{period.first}-{period.last}")


def as_file(columns: list[str], rows: list[list[str | int | float]], form: str, name: str) -> HttpResponse:
    """A table as CSV or XLSX; in CSV, euros as a French spreadsheet reads them."""
    if form == "csv":
        spelt = [[f"{one:.2f}".replace(".", ",") if isinstance(one, float) else one for one in row] for row in rows]
        content, kind = write_csv(columns, spelt), "text/csv; charset=utf-8"
    elif form == "xlsx":
        content, kind = write_xlsx(columns, rows, title=_("Qui paie quoi")), XLSX
    else:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


# --- The network: "Règlement" ---------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: Request) -> HttpResponse:
    """What settling would write up to a day, then settling itself."""
    network_only(request)
    if request.method == "POST":
        return _settle(request)
    asked = request.GET.get("jusquau", "")
    through = _day(asked)
    return _show(request, through or queries.usual(request.today), wrong=bool(asked) and through is None)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if AGE[0] <= found <= AGE[1] else None


def _show(
    request: Request,
    through: date,
    *,
    decision: settling.Decision | None = None,
    wrong: bool = False,
    status: int = 200,
) -> HttpResponse:
    page = queries.page(through, request.today, decision)
    seen = signing.dumps([str(page.through), page.decision.fingerprint], salt=SALT)
    context = {"page": page, "seen": seen, "wrong": wrong, "changed": decision is not None}
    return render(request, "desk/settling.html", context, status=status)


def _settle(request: Request) -> HttpResponse:
    by, at = acting(request)
    try:
        day, fingerprint = signing.loads(request.POST.get("seen", ""), salt=SALT)
    except signing.BadSignature:
        messages.warning(
            request, _("Cette page n’est plus valable. Rien n’a été écrit : relisez les chiffres, puis réglez.")
        )
        return redirect("desk:settling")
    try:
        made = settling.settle_period(date.fromisoformat(day), seen=fingerprint, day=request.today, by=by, at=at)
    except settling.SettlementChanged as refusal:
        return _show(request, refusal.now.through, decision=refusal.now, status=409)
    if made is None:
        messages.info(request, _("Rien à régler : tout ce qui pouvait être payé l’est déjà."))
        return redirect("desk:settling")
    proposing.propose(request.today, at)
    messages.success(request, queries.told(made))
    return redirect("desk:settlement", made.pk)


@require_safe
def settlement(request: Request, pk: int) -> HttpResponse:
    """One settlement, with the proof that nothing covered more."""
    network_only(request)
    return render(request, "desk/settlement.html", {"page": queries.certificate(_settlement(pk))})


@require_safe
def settlement_lines(request: Request, pk: int) -> HttpResponse:
    """Its lines, as a file."""
    network_only(request)
    columns, rows = queries.lines_of(_settlement(pk))
    headers = {"Content-Disposition": f'attachment; filename="reglement-{pk}.csv"'}
    return HttpResponse(write_csv(columns, rows), content_type="text/csv; charset=utf-8", headers=headers)


def _settlement(pk: int) -> Settlement:
    return get_object_or_404(Settlement.objects.select_related("by"), pk=pk)
