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
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros, number
from cageot.desk import words_settling
from cageot.desk.access import fund_for, garden_for, network_only
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import fund_statements, splitting
from cageot.desk.queries import settling as queries
from cageot.desk.queries.fund_statements import FundStatement
from cageot.desk.views.closing import proposal_later
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


# --- A fund: what its money did ------------------------------------------------------------------


@require_safe
def fund_statement(request: Request, pk: int) -> HttpResponse:
    """A funder's statement, as it would leave."""
    fund = fund_for(request, pk)
    found = fund_statements.statement(fund, request.GET.get("tranche", ""))
    return render(request, "desk/fund_statement.html", {"fund": fund, "page": found, "notes": found and _notes(found)})


@require_safe
def fund_statement_file(request: Request, pk: int, form: str) -> HttpResponse:
    """The same numbers as a file to send."""
    found = fund_statements.statement(fund_for(request, pk), request.GET.get("tranche", ""))
    if found is None:
        raise Http404
    if form == "pdf":
        content = write_pdf("statement.typ", _paper(found), at=found.settled_at)
        headers = {"Content-Disposition": f'attachment; filename="{found.file_name}.pdf"'}
        return HttpResponse(content, content_type="application/pdf", headers=headers)
    return as_file(*fund_statements.table_of(found), form, found.file_name)


def _notes(one: FundStatement) -> list[str]:
    """What the reader must know of the figures."""
    found = [
        _(
            "Ce que tous les règlements laissent à la charge de ce financement. Une correction s’y ajoute au règlement suivant."
        )
    ]
    if one.folded:
        found.append(_("Pour que personne ne soit reconnu, les groupes de moins de cinq foyers sont réunis."))
    if one.few:
        found.append(_("Ce relevé compte moins de cinq foyers : ne le transmettez qu’au financeur."))
    return found


def _paper(one: FundStatement) -> dict[str, object]:
    """All the words of the PDF."""
    at = one.settled_at.date() if one.settled_at else one.tranche.from_day
    rows = [[row.garden, row.place, number(row.households), number(row.baskets), euros(row.cents)] for row in one.rows]
    rows += [[what, count, "", "", euros(cents)] for what, count, cents in one.beside]
    rows += [
        [row.garden, _("par public"), number(row.households), number(row.baskets), euros(row.cents)]
        for row in one.audiences
    ]
    return {
        "lang": "fr", "title": str(one.tranche), "author": str(one.fund.entity), "date": [at.year, at.month, at.day],
        "eyebrow": str(one.fund.partner or one.fund.entity), "heading": one.fund.name,
        "period": _("%(label)s, du %(first)s au %(last)s") % {
            "label": one.tranche.label, "first": said(one.tranche.from_day, "plain"), "last": said(one.tranche.until_day, "plain")},
        "figures": [[_("Montant"), euros(one.cents)], [_("Paniers"), number(one.baskets)], [_("Foyers"), number(one.households)]],
        "columns": [_("Jardin ou public"), _("Commune"), _("Foyers"), _("Paniers"), _("Montant")], "rows": rows,
        "total": [_("Ensemble"), "", number(one.households), number(one.baskets), euros(one.cents)],
        "empty": _("Cet argent n’a encore réglé aucun panier."), "notes": _notes(one),
        "footer": _("Dernier règlement : %(day)s.") % {"day": said(at, "plain")} if one.settled_at else "",
    }  # fmt: skip


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
    seen = signing.dumps([str(page.through), page.decision.fingerprint, str(page.dated.day)], salt=SALT)
    context = {
        "page": page,
        "seen": seen,
        "wrong": wrong,
        "changed": decision is not None,
        "dated": words_settling.dated(page.dated),
    }
    return render(request, "desk/settling.html", context, status=status)


def _settle(request: Request) -> HttpResponse:
    by, at = acting(request)
    try:
        through, fingerprint, day = signing.loads(request.POST.get("seen", ""), salt=SALT)
    except (signing.BadSignature, ValueError):
        messages.warning(
            request, _("Cette page n’est plus valable. Rien n’a été écrit : relisez les chiffres, puis réglez.")
        )
        return redirect("desk:settling")
    try:
        made = settling.settle_period(
            date.fromisoformat(through), seen=fingerprint, seen_day=date.fromisoformat(day), day=request.today, by=by, at=at
        )  # fmt: skip
    except settling.SettlementChanged as refusal:
        return _show(request, refusal.now.through, decision=refusal.now, status=409)
    if made is None:
        messages.info(request, _("Rien à régler : tout ce qui pouvait être payé l’est déjà."))
        return redirect("desk:settling")
    messages.success(request, queries.told(made))
    if not proposing.afterwards(proposing.propose, request.today, at):
        messages.warning(request, proposal_later())
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
