"""Statements: who paid what in a period, on screen and in files with the same numbers."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cageot.core.tabular.write import write_csv, write_xlsx
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros, number
from cageot.desk.access import garden_for
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import statements as queries
from cageot.desk.queries.statements import Payer, Statement
from cageot.funding.queries import Period
from cageot.network.http import Request
from cageot.network.models import Garden
from cageot.network.rules.reach import Can


@require_safe
def of_garden(request: Request, garden: str) -> HttpResponse:
    """The payers of a garden, with what each paid in the period."""
    return _list(request, garden_for(request, garden, Can.SEE_MONEY))


@require_safe
def of_network(request: Request) -> HttpResponse:
    """Every payer, for the network head."""
    return _list(request, _place(request, None))


def _list(request: Request, garden: Garden | None) -> HttpResponse:
    period, wrong = period_of(request)
    context = {"list": queries.list_page(garden, period, request.today, request.GET.get("page", "")), "wrong": wrong}
    return render(request, "desk/statements.html", context)


@require_safe
def show(request: Request, payer: str, garden: str | None = None) -> HttpResponse:
    """One payer's statement: of a garden, or of the whole network."""
    place = _place(request, garden)
    period, wrong = period_of(request)
    found = queries.page(_payer(payer, place), place, period, request.today)
    context = {"page": found, "notes": notes(found.one), "wrong": wrong}
    return render(request, "desk/statement.html", context)


@require_safe
def download(request: Request, payer: str, form: str, garden: str | None = None) -> HttpResponse:
    """The same numbers as a file to keep or to send."""
    place = _place(request, garden)
    return as_file(queries.statement(_payer(payer, place), place, period_of(request)[0]), form)


def as_file(one: Statement, form: str) -> HttpResponse:
    """A statement as one of `FILES`."""
    if form not in FILES:
        raise Http404
    write, kind = FILES[form]
    name = f"{slugify(one.file_name)}.{form}"
    return HttpResponse(
        write(one), content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _place(request: Request, code: str | None) -> Garden | None:
    """The garden whose money this person sees; None for the whole network, which only its officers see."""
    if code is not None:
        return garden_for(request, code, Can.SEE_MONEY)
    if not request.reach.network:
        raise Http404
    return None


def _payer(slug: str, garden: Garden | None) -> Payer:
    found = queries.payer_for(slug, garden)
    if found is None:
        raise Http404
    return found


def period_of(request: Request) -> tuple[Period, bool]:
    """The period asked for, and whether what was asked could not be read (then it is the last whole month)."""
    first, last = request.GET.get("du", ""), request.GET.get("au", "")
    usual = queries.default_period(request.today)
    if not first and not last:
        return usual, False
    try:
        asked = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        return usual, True
    return (asked, False) if AGE[0] <= asked.first <= asked.last <= AGE[1] else (usual, True)


AGE = date(1900, 1, 1), date(2200, 12, 31)
"""Periods of another age are mistyped, and the calendar ends before them."""


# --- Files ----------------------------------------------------------------------------------------


def _csv(one: Statement) -> bytes:
    return write_csv(*_spelt(one))


def _spelt(one: Statement) -> tuple[list[str], list[list[str | int]]]:
    """For CSV, which knows no number: euros as a French spreadsheet reads them."""
    columns, rows = queries.table_of(one)
    return columns, [[*row[:-1], f"{row[-1]:.2f}".replace(".", ",")] for row in rows]  # type: ignore[list-item]


def _xlsx(one: Statement) -> bytes:
    columns, rows = queries.table_of(one)
    return write_xlsx(columns, rows, title=_("Relevé"))


def _pdf(one: Statement) -> bytes:
    return write_pdf("statement.typ", paper(one), at=one.posted_at)


def paper(one: Statement) -> dict[str, object]:
    """All the words of the PDF."""
    at = one.posted_at.date() if one.posted_at else one.period.last
    rows = [[row.garden, row.place, number(row.households), number(row.baskets), euros(row.cents)] for row in one.rows]
    return {
        "lang": "fr", "title": _("Relevé · %(payer)s · %(period)s") % {"payer": one.payer.name, "period": one.words},
        "author": str(one.garden) if one.garden else _("Paniers solidaires"), "date": [at.year, at.month, at.day],
        "eyebrow": str(one.garden) if one.garden else _("Tous les jardins"), "heading": _("Relevé · %(payer)s") % {"payer": one.payer.name},
        "period": _("Paniers réglés par ce payeur · %(period)s") % {"period": one.words},
        "figures": [[_("Montant"), euros(one.cents)], [_("Paniers"), number(one.baskets)], [_("Foyers"), number(one.households)]],
        "columns": [_("Jardin"), _("Commune"), _("Foyers"), _("Paniers"), _("Montant")], "rows": rows,
        "total": [_("Ensemble"), "", number(one.households), number(one.baskets), euros(one.cents)],
        "empty": _("Aucun panier de cette période n’est réglé par ce payeur."), "notes": notes(one),
        "footer": _("Semaines closes. Dernière écriture : %(day)s.") % {"day": said(at, "plain")},
    }  # fmt: skip


def notes(one: Statement) -> list[str]:
    """What the reader must know of the figures."""
    found = [
        _(
            "Une semaine compte dans la période de son dimanche. Une correction compte dans la période où elle est faite."
        )
    ]
    if one.folded:
        found.append(_("Pour que personne ne soit reconnu, les groupes de moins de cinq foyers sont réunis."))
    if one.few:
        found.append(_("Ce relevé compte moins de cinq foyers : ne le transmettez qu’au payeur."))
    return found


FILES = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "xlsx": (_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pdf": (_pdf, "application/pdf"),
}
