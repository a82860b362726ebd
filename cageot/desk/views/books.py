"""The accountant's books, read: balance, an account, the journal, the files to take away; associations of the network.

A garden's books are open to who sees the money of every garden of its association; the network head's, to its people, who
see of the other associations totals only (docs/rules/books.md).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cageot.core.tabular.write import write_csv, write_xlsx
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros
from cageot.desk.access import garden_for, network_only
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import books as queries
from cageot.desk.queries.books import Shelf
from cageot.funding.models import EntityGarden
from cageot.funding.queries import ledger
from cageot.funding.queries.earmarked import Earmarked
from cageot.funding.rules import chart, fec
from cageot.funding.rules.granting import Tally
from cageot.network.http import Request
from cageot.network.rules.reach import Can


def shelf_for(request: Request, garden: str | None, year: int | None = None, *, write: bool = False) -> Shelf:
    """The books that this person may read, or write; else they do not exist (404)."""
    what = Can.EDIT_AGREEMENTS if write else Can.SEE_MONEY
    if garden is None:
        network_only(request)
        place, may_write = None, True
    else:
        place = garden_for(request, garden, what)
        seen = set(request.reach.gardens_where(what))
        together = EntityGarden.objects.filter(entity__places__garden=place).values_list("garden", flat=True)
        if not set(together) <= seen:
            raise Http404
        may_write = request.reach.can(Can.EDIT_AGREEMENTS, place.pk)
    found = queries.shelf(place, today=request.today, number=year, may_write=may_write)
    if found is None:
        raise Http404
    return found


@require_safe
def show(request: Request, garden: str | None = None, year: int | None = None) -> HttpResponse:
    """The balance of a year, in plain words."""
    books = shelf_for(request, garden, year)
    page = queries.balance_page(books, request.today)
    return render(request, "desk/books.html", {**shown(books, "year"), "page": page})


@require_safe
def account(request: Request, year: int, account: str, garden: str | None = None) -> HttpResponse:
    """The movements of one account."""
    books = shelf_for(request, garden, year)
    page = queries.account_page(books, account, who=request.GET.get("qui", "")[:20], number=request.GET.get("page", ""))
    if page is None:
        raise Http404
    rows = [
        (one, books.url("entry", books.number, one.entry), max(one.cents, 0), max(-one.cents, 0))
        for one in page.ledger.movements
    ]
    return render(request, "desk/books_account.html", {**shown(books, ""), "page": page, "rows": rows})


@require_safe
def journal(request: Request, year: int, garden: str | None = None) -> HttpResponse:
    """The entries of a year, the newest first."""
    books = shelf_for(request, garden, year)
    asked = {"journal": request.GET.get("j", ""), "words_asked": request.GET.get("q", "").strip()[:80]}
    page = queries.journal_page(books, number=request.GET.get("page", ""), **asked)
    rows = [(one, books.url("entry", books.number, one.pk)) for one in page.page]
    return render(request, "desk/books_journal.html", {**shown(books, "journal"), "page": page, "rows": rows})


@require_safe
def earmarked(request: Request, year: int, garden: str | None = None) -> HttpResponse:
    """Dedicated money of a year, fund by fund: the table of the annex."""
    books = shelf_for(request, garden, year)
    page = queries.earmarked_page(books)
    return render(request, "desk/books_earmarked.html", {**shown(books, "earmarked"), "page": page})


def shown(books: Shelf, here: str) -> dict[str, object]:
    """What every page of the books shows around itself."""
    links = {
        "home": books.url(""),
        "write": books.url("write"),
        "details": books.url("details"),
        "opened": books.url("opened"),
    }
    if books.year:
        links |= {name: books.url(name, books.number) for name in ("year", "journal", "dates")}
    return {"books": books, "tabs": queries.tabs(books, here), "years": queries.year_chips(books), "links": links}


# --- Files ----------------------------------------------------------------------------------------


@require_safe
def files(request: Request, year: int, garden: str | None = None) -> HttpResponse:
    """What may be taken away for the accountant; with `?verifier`, what the tax office would say of its file."""
    books = shelf_for(request, garden, year)
    page = queries.files_page(books, check="verifier" in request.GET)
    links = [
        (label, [(form, books.url("file", books.number, what, form)) for form in forms])
        for what, label, forms in (
            ("balance", _("Balance"), ("pdf", "xlsx", "csv")),
            ("grand-livre", _("Grand livre"), ("xlsx", "csv")),
            ("journaux", _("Journaux"), ("xlsx", "csv")),
        )
    ]
    fec_link = books.url("file", books.number, "fec", "txt")
    return render(
        request, "desk/books_files.html", {**shown(books, "files"), "page": page, "links_of": links, "fec": fec_link}
    )


@require_safe
def download(request: Request, year: int, what: str, form: str, garden: str | None = None) -> HttpResponseBase:
    """One of the files of a year."""
    books = shelf_for(request, garden, year)
    assert books.year is not None
    assert books.entity is not None
    if (what, form) == ("fec", "txt"):
        if not books.entity.siren:
            raise Http404
        name = fec.file_name(books.entity.siren, books.year.last)
        return _attached(
            StreamingHttpResponse(ledger.fec_text(books.year), content_type=f"text/plain; charset={fec.ENCODING}"), name
        )
    name = f"{slugify(f'{what} {books.name} {queries.year_words(books.year)}')}.{form}"
    if (what, form) == ("balance", "pdf"):
        paper = _paper(books, ledger.trial_balance(books.year, request.today))
        return _attached(HttpResponse(write_pdf("balance.typ", paper, at=None), content_type="application/pdf"), name)
    if what not in TABLES or form not in ("csv", "xlsx"):
        raise Http404
    columns, rows = TABLES[what](books)
    titles = {"balance": _("Balance"), "journaux": _("Journaux"), "fonds-dedies": _("Fonds dédiés")}
    title = titles.get(what, _("Grand livre"))
    if form == "csv":
        return _attached(HttpResponse(write_csv(columns, _spelt(rows)), content_type="text/csv; charset=utf-8"), name)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _attached(HttpResponse(write_xlsx(columns, rows, title=title), content_type=kind), name)


def _attached(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


Row = list[str | int | float]
Table = tuple[list[str], Iterable[Row]]


def _balance(books: Shelf) -> Table:
    assert books.year is not None
    columns = [_("Compte"), _("Libellé"), _("À nouveau"), _("Débit"), _("Crédit"), _("Solde")]
    trial = ledger.trial_balance(books.year)
    rows: list[Row] = [
        [row.account, row.label, row.opening / 100, row.debit / 100, row.credit / 100, row.closing / 100]
        for row in trial.rows
    ]
    return columns, rows


def _journals(books: Shelf) -> Table:
    assert books.year is not None
    columns = [
        _("Journal"),
        _("Numéro"),
        _("Date"),
        _("Compte"),
        _("Libellé du compte"),
        _("Avec"),
        _("Pièce"),
        _("Libellé"),
        _("Débit"),
        _("Crédit"),
    ]
    first = books.year.first
    rows = (
        [journal, number if ordinary else fec.shown(number, opens=True), f"{day:%d/%m/%Y}", account, chart.label_of(account, first), partner or other or "", piece, label,
         max(cents, 0) / 100, max(-cents, 0) / 100]
        for journal, ordinary, number, day, account, partner, other, piece, label, cents in ledger.all_lines(books.year)
    )  # fmt: skip
    return columns, rows


def _ledger(books: Shelf) -> Table:
    assert books.year is not None
    columns = [
        _("Compte"),
        _("Libellé du compte"),
        _("Date"),
        _("Journal"),
        _("Numéro"),
        _("Avec"),
        _("Pièce"),
        _("Libellé"),
        _("Débit"),
        _("Crédit"),
        _("Solde"),
    ]
    return columns, _ledger_rows(books)


def _ledger_rows(books: Shelf) -> Iterable[Row]:
    assert books.year is not None
    for row in ledger.trial_balance(books.year).rows:
        found = ledger.movements(books.year, row.account)
        if found.opening:
            yield [
                row.account,
                row.label,
                f"{books.year.first:%d/%m/%Y}",
                "",
                "",
                "",
                "",
                _("À nouveau"),
                0,
                0,
                found.opening / 100,
            ]
        for one in found.movements:
            yield [
                row.account, row.label, f"{one.day:%d/%m/%Y}", one.journal, _cell(one.number), one.who, one.piece, one.label,
                max(one.cents, 0) / 100, max(-one.cents, 0) / 100, one.balance / 100,
            ]  # fmt: skip


def _cell(number: str) -> str | int:
    """An entry's number, as a number when it is one."""
    return int(number) if number.isdigit() else number


def _earmarked(books: Shelf) -> Table:
    columns = [
        _("Financement"), _("Origine"), _("Compte"), _("Au début"), _("Reçu"), _("Utilisé"), _("Transféré"), _("À la fin"),
        _("Dont sans dépense depuis deux ans"),
    ]  # fmt: skip
    page = queries.earmarked_page(books)
    rows: list[Row] = [[one.label, origin, one.account, *_sums(one)] for one, origin in page.rows]
    return columns, [*rows, [_("Ensemble"), "", "", *_sums(page.total)]] if rows else rows


def _sums(one: Earmarked | Tally) -> list[float]:
    return [getattr(one, name) / 100 for name in queries.EARMARKED]


TABLES = {"balance": _balance, "journaux": _journals, "grand-livre": _ledger, "fonds-dedies": _earmarked}


def _spelt(rows: Iterable[Row]) -> Iterable[Row]:
    """For CSV, which knows no number: euros as a French spreadsheet reads them."""
    for row in rows:
        yield [f"{cell:.2f}".replace(".", ",") if isinstance(cell, float) else cell for cell in row]


def _paper(books: Shelf, trial: ledger.Trial) -> dict[str, object]:
    """All the words of the PDF."""
    year = queries.year_words(trial.year)
    return {
        "lang": "fr", "title": _("Balance · %(who)s · exercice %(year)s") % {"who": books.name, "year": year}, "author": books.name,
        "date": [trial.through.year, trial.through.month, trial.through.day], "eyebrow": books.name,
        "heading": _("Balance de l’exercice %(year)s") % {"year": year},
        "period": _("Au %(day)s") % {"day": said(trial.through, "plain")},
        "columns": [_("Compte"), _("Libellé"), _("À nouveau"), _("Débit"), _("Crédit"), _("Solde")],
        "rows": [
            [row.account, row.label, euros(row.opening), euros(row.debit), euros(row.credit), euros(row.closing)] for row in trial.rows
        ],
        "total": ["", _("Ensemble"), euros(trial.opening), euros(trial.debit), euros(trial.credit), euros(sum(row.closing for row in trial.rows))],
        "notes": [
            _("Résultat : %(amount)s.") % {"amount": euros(trial.result)},
            *([_("L’exercice d’avant n’est pas clos : ses soldes sont provisoires.")] if trial.provisional else []),
        ],
        "footer": _("Débits en positif, crédits en négatif."),
    }  # fmt: skip


# --- The network ----------------------------------------------------------------------------------


@require_safe
def entities(request: Request) -> HttpResponse:
    """Associations of the network, with totals only."""
    network_only(request)
    year = request.today.year
    return render(request, "desk/books_entities.html", {"page": queries.entities_page(year), "year": year})
