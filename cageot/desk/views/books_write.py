"""The accountant's books, written: entries by hand, details of the association, a year's dates and its end, what is between two."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cageot.desk import words_books as words
from cageot.desk.access import network_only
from cageot.desk.forms import books as forms
from cageot.desk.forms.fields import refuse, status_of
from cageot.desk.queries import books as queries
from cageot.desk.queries.books import Shelf
from cageot.desk.queries.claims import payers_of, place_of_garden, place_of_network
from cageot.desk.views.books import shelf_for, shown
from cageot.funding.actions import ledger
from cageot.funding.models import Entity
from cageot.network.http import Request, acting

WRITING = ["GET", "HEAD", "POST"]
OF_THE_DAY = (ledger.NoOpenYear, ledger.DayOutOfYears)


@require_http_methods(WRITING)
def write(request: Request, garden: str | None = None) -> HttpResponse:
    """One entry by hand."""
    books = shelf_for(request, garden, write=True)
    form = forms.EntryForm(request.POST or None, initial=forms.start_of(request.today))
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        data = form.cleaned_data
        try:
            made = ledger.write_by_hand(
                queries.entity_of(books), day=data["day"], label=data["label"], piece=data["piece"], lines=form.lines,
                once=data["once"], by=by, at=at,
            )  # fmt: skip
        except ledger.AlreadyWritten as error:
            messages.info(request, words.refusal(error))
            return redirect(books.url("entry", error.entry.year.last.year, error.entry.pk))
        except ledger.LedgerRefused as error:
            refuse(form, words.refusal(error), "day" if isinstance(error, OF_THE_DAY) else None)
        else:
            messages.success(request, _("L’écriture n° %(number)d est faite.") % {"number": made.number})
            return redirect(books.url("entry", made.year.last.year, made.pk))
    return _entry_form(request, books, form, opened=False)


@require_http_methods(WRITING)
def opened(request: Request, garden: str | None = None) -> HttpResponse:
    """The balances that the association brings from the books it kept before."""
    books = shelf_for(request, garden, write=True)
    first = books.years[-1].first if books.years else request.today.replace(month=1, day=1)
    whose = place_of_garden(books.garden, request.reach) if books.garden else place_of_network(request.reach)
    form = forms.OpenedForm(request.POST or None, initial={"day": first}, partners=list(payers_of(whose)))
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        data = form.cleaned_data
        try:
            made = ledger.open_books(
                queries.entity_of(books), day=data["day"], lines=form.lines, once=data["once"], by=by, at=at
            )
        except ledger.LedgerRefused as error:
            refuse(form, words.refusal(error), "day" if isinstance(error, OF_THE_DAY) else None)
        else:
            messages.success(request, _("Les soldes sont repris."))
            return redirect(books.url("entry", made.year.last.year, made.pk))
    return _entry_form(request, books, form, opened=True)


def _entry_form(request: Request, books: Shelf, form: forms.EntryForm, *, opened: bool) -> HttpResponse:
    context = {**shown(books, ""), "form": form, "accounts": forms.accounts(), "opened": opened}
    return render(request, "desk/books_write.html", context, status=status_of(form))


@require_http_methods(WRITING)
def entry(request: Request, year: int, entry: int, garden: str | None = None) -> HttpResponse:
    """One entry; what was written by hand is taken back from here."""
    books = shelf_for(request, garden, year, write=request.method == "POST")
    page = queries.entry_page(books, entry)
    if page is None:
        raise Http404
    form = forms.ReversalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        reason = form.cleaned_data["reason"]
        try:
            made = ledger.reverse_by_hand(page.entry, reason=reason, day=request.today, by=by, at=at)
        except ledger.LedgerRefused as error:
            refuse(form, words.refusal(error))
        else:
            messages.success(request, _("L’écriture est annulée par le n° %(number)s.") % {"number": made.shown})
            return redirect(books.url("entry", made.year.last.year, made.pk))
    rows = [(line, label, url, max(line.cents, 0), max(-line.cents, 0)) for line, label, url in page.lines]
    context = {"page": page, "form": form, "rows": rows, "journal": words.JOURNALS[page.entry.journal]}
    return render(request, "desk/books_entry.html", {**shown(books, ""), **context}, status=status_of(form))


@require_http_methods(WRITING)
def describe(request: Request, garden: str | None = None) -> HttpResponse:
    """Who keeps these books: name, SIREN, address."""
    books = shelf_for(request, garden, write=True)
    entity = books.entity
    if entity is None:
        if request.method != "POST":
            return render(request, "desk/books_details.html", {**shown(books, ""), "form": None})
        entity = queries.entity_of(books)
    if request.method == "POST" and not request.POST.keys().isdisjoint({"enlever", "avant"}):
        return _years(request, books, entity)
    form = forms.EntityForm(request.POST if "name" in request.POST else None, entity=entity)
    if form.is_valid():
        by, at = acting(request)
        ledger.describe_entity(entity, by=by, at=at, **form.cleaned_data)
        messages.success(request, _("Les renseignements sont enregistrés."))
        return redirect(books.url(""))
    context = {"form": form, "spans": queries.spans(books), "before": ledger.year_before(entity)}
    return render(request, "desk/books_details.html", {**shown(books, ""), **context}, status=status_of(form))


def _years(request: Request, books: Shelf, entity: Entity) -> HttpResponse:
    """A year of the books that was mistyped goes; the one before the first is opened on purpose."""
    by, at = acting(request)
    asked = request.POST.get("enlever", "")
    try:
        if "avant" in request.POST:
            made = ledger.open_year_before(entity, by=by, at=at)
            messages.success(request, _("L’exercice %(year)s est ouvert.") % {"year": queries.year_words(made)})
        else:
            year = next((one for one in books.years if str(one.pk) == asked), None)
            if year is None:
                raise ledger.YearStays
            ledger.remove_year(year, by=by, at=at)
            messages.success(request, _("L’exercice %(year)s est enlevé.") % {"year": queries.year_words(year)})
    except ledger.LedgerRefused as error:
        messages.error(request, words.refusal(error))
    return redirect(books.url("details"))


@require_http_methods(WRITING)
def dates(request: Request, year: int, garden: str | None = None) -> HttpResponse:
    """When a year begins and ends."""
    books = shelf_for(request, garden, year, write=True)
    assert books.year is not None
    form = forms.YearForm(request.POST or None, year=books.year)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            ledger.change_year(books.year, **form.cleaned_data, by=by, at=at)
        except ledger.LedgerRefused as error:
            refuse(form, words.refusal(error))
        else:
            messages.success(request, _("Les dates de l’exercice sont changées."))
            return redirect(books.url("year", books.year.last.year))
    return render(request, "desk/books_dates.html", {**shown(books, ""), "form": form}, status=status_of(form))


@require_http_methods(WRITING)
def close(request: Request, year: int, garden: str | None = None) -> HttpResponse:
    """The end of a year: what is missing, what will be written, then it is closed for good."""
    books = shelf_for(request, garden, year, write=request.method == "POST")
    assert books.year is not None
    form = forms.CloseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        weeks = queries.open_weeks(books.year)
        try:
            following = ledger.close_year(
                books.year, seen=form.cleaned_data["seen"], open_weeks=weeks, today=request.today, by=by, at=at
            )
        except ledger.LedgerRefused as error:
            refuse(form, words.refusal(error))
        else:
            messages.success(
                request,
                _("L’exercice %(year)s est clos. Ses soldes ouvrent le suivant.")
                % {"year": queries.year_words(books.year)},
            )
            return redirect(books.url("year", following.last.year))
    return _close_page(request, books, form)


def _close_page(request: Request, books: Shelf, form: forms.CloseForm) -> HttpResponse:
    context: dict[str, Any] = {**shown(books, "close"), "form": form}
    if books.year is not None and books.year.closed_at is None:
        closing = ledger.closing_of(books.year, open_weeks=queries.open_weeks(books.year), today=request.today)
        context["page"] = queries.close_page(books, closing)
    return render(request, "desk/books_close.html", context, status=status_of(form))


# --- The network ----------------------------------------------------------------------------------


@require_http_methods(WRITING)
def gather(request: Request) -> HttpResponse:
    """Put a garden with an association that has others."""
    network_only(request)
    form = forms.GatherForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            ledger.gather(form.cleaned_data["entity"], form.cleaned_data["garden"], by=by, at=at)
        except ledger.LedgerRefused as error:
            refuse(form, words.refusal(error), "garden")
        else:
            messages.success(request, _("Le jardin tient maintenant ses comptes avec cette association."))
            return redirect("desk:all_books_entities")
    texts = {
        "title": _("Réunir des jardins"), "button": _("Réunir"),
        "text": _("Plusieurs jardins peuvent appartenir à une seule association, qui tient alors leurs comptes ensemble. Cela se dit avant leur première écriture."),
    }  # fmt: skip
    return render(request, "desk/books_step.html", {"form": form, **texts}, status=status_of(form))


@require_http_methods(WRITING)
def transfer(request: Request) -> HttpResponse:
    """Money sent from one association of the network to another, in both books."""
    network_only(request)
    form = forms.TransferForm(request.POST or None, initial={"day": request.today})
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            ledger.transfer(**form.cleaned_data, by=by, at=at)
        except ledger.LedgerRefused as error:
            refuse(form, words.refusal(error), "day" if isinstance(error, OF_THE_DAY) else None)
        else:
            messages.success(request, _("Le virement est écrit dans les deux comptes."))
            return redirect("desk:all_books_entities")
    texts = {
        "title": _("Virement entre associations"), "button": _("Écrire le virement"),
        "text": _("Écrivez ici l’argent que le réseau a viré à un jardin, ou l’inverse. Ce qu’ils se doivent diminue d’autant, dans les comptes des deux."),
    }  # fmt: skip
    return render(request, "desk/books_step.html", {"form": form, **texts}, status=status_of(form))
