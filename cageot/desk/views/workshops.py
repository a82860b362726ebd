"""Ateliers: what a garden offers, where, when; its sheets and photos; last year's programme again; figures as files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core import clock
from cageot.core.tabular.write import write_csv, write_xlsx
from cageot.desk.access import garden_for
from cageot.desk.forms import workshops as forms
from cageot.desk.forms.fields import refuse, status_of
from cageot.desk.queries import workshops as queries
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can
from cageot.workshops.actions import materials, planning
from cageot.workshops.http import sent
from cageot.workshops.models import Material, Place, Workshop
from cageot.workshops.queries.materials import files_of
from cageot.workshops.rules import files, series
from cageot.workshops.rules.series import Every

WRITING = ["GET", "HEAD", "POST"]


@require_safe
def index(request: Request, garden: str) -> HttpResponse:
    """The workshops to come, by month; the past ones with who came; the figures of a year."""
    place = garden_for(request, garden, Can.SEE_WORKSHOPS)
    asked = {name: request.GET.get(word, "") for name, word in (("kind", "genre"), ("page", "page"), ("year", "annee"))}
    past = request.GET.get("voir") == "passes"
    page = queries.workshops_page(place, clock.now(), request.reach, past=past, **asked)
    return render(request, "desk/workshops.html", {"page": page})


@require_safe
def export(request: Request, garden: str, form: str) -> HttpResponse:
    """The sessions of a year as CSV or XLSX: figures, and nobody's name."""
    place = garden_for(request, garden, Can.SEE_WORKSHOPS)
    year = request.GET.get("annee", "")
    wanted = int(year) if year.isascii() and year.isdigit() and 2000 <= int(year) <= 2100 else request.today.year
    titles, rows = queries.export_rows(place, wanted)
    name = f'attachment; filename="ateliers-{place.code}-{wanted}.{form}"'
    if form == "csv":
        return HttpResponse(write_csv(titles, rows), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})  # fmt: skip
    if form != "xlsx":
        raise Http404
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(write_xlsx(titles, rows, title=str(wanted)), content_type=kind, headers={"Content-Disposition": name})  # fmt: skip


# --- A workshop -----------------------------------------------------------------------------------


def workshop_of(request: Request, garden: str, pk: int, what: Can = Can.RUN_WORKSHOPS) -> Workshop:
    """The workshop, in a garden where this person may do that."""
    place = garden_for(request, garden, what)
    return get_object_or_404(Workshop.objects.select_related("garden"), pk=pk, garden=place)


@require_safe
def show(request: Request, garden: str, workshop: int) -> HttpResponse:
    """What is offered, its dates, its sheets and photos."""
    found = workshop_of(request, garden, workshop, Can.SEE_WORKSHOPS)
    return render(request, "desk/workshop.html", {"page": queries.workshop_page(found, clock.now(), request.reach)})


@require_http_methods(WRITING)
def new(request: Request, garden: str) -> HttpResponse:
    """Offer a workshop; its dates come next."""
    place = garden_for(request, garden, Can.RUN_WORKSHOPS)
    form = forms.WorkshopForm(place, request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        made = planning.save_workshop(form.filled(Workshop(garden=place)), by=by, at=at, **form.links)
        messages.success(request, _("« %(title)s » est enregistré. Dites quand il a lieu.") % {"title": made.title})
        return redirect("desk:workshop_dates", place.code, made.pk)
    return render(request, "desk/workshop_form.html", {"garden": place, "form": form}, status=status_of(form))


@require_http_methods(WRITING)
def edit(request: Request, garden: str, workshop: int) -> HttpResponse:
    """Change what is offered; the places of dates already planned stay."""
    found = workshop_of(request, garden, workshop)
    form = forms.WorkshopForm(found.garden, request.POST or None, one=found)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            planning.save_workshop(form.filled(found), by=by, at=at, **form.links)
        except planning.OpenDoorHasPeople as refused:
            words = ngettext(
                "%(n)s foyer est inscrit à une date à venir : l’entrée ne peut pas devenir libre.",
                "%(n)s foyers sont inscrits à des dates à venir : l’entrée ne peut pas devenir libre.", refused.people,
            )  # fmt: skip
            refuse(form, words % {"n": refused.people}, "open_door")
        else:
            messages.success(request, _("C’est enregistré."))
            return redirect("desk:workshop", found.garden.code, found.pk)
    context = {"garden": found.garden, "form": form, "workshop": found}
    return render(request, "desk/workshop_form.html", context, status=status_of(form))


@require_POST
def archive(request: Request, garden: str, workshop: int) -> HttpResponse:
    """Offer it no more."""
    found = workshop_of(request, garden, workshop)
    by, at = acting(request)
    try:
        planning.archive_workshop(found, today=request.today, by=by, at=at)
    except planning.WorkshopInUse as refused:
        words = ngettext(
            "%(n)s date est à venir : annulez-la d’abord.", "%(n)s dates sont à venir : annulez-les d’abord.", refused.sessions
        )  # fmt: skip
        messages.error(request, words % {"n": refused.sessions})
        return redirect("desk:workshop", found.garden.code, found.pk)
    messages.success(request, _("« %(title)s » n’est plus proposé. Ses dates passées restent.") % {"title": found.title})  # fmt: skip
    return redirect("desk:workshops", found.garden.code)


# --- Its dates ------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def dates(request: Request, garden: str, workshop: int) -> HttpResponse:
    """Say when it is held, once or in a series; read the dates; write them."""
    found = workshop_of(request, garden, workshop)
    fresh = request.method != "POST" or "corriger" in request.POST
    typed = {"initial": forms.PlanForm.again(request.POST)} if "corriger" in request.POST else {}
    form = forms.PlanForm(found, request.today, None if fresh else request.POST, **typed)
    context: dict[str, Any] = {"garden": found.garden, "workshop": found, "form": form}
    skipped: dict[date, str] = {}
    days = [] if fresh or not form.is_valid() else _days_or_refused(found.garden, form, skipped)
    if not days:
        return render(request, "desk/workshop_dates.html", context, status=status_of(form))
    if "ecrire" in request.POST:
        return _planned(request, found, form, days)
    starts, ends = form.cleaned_data["starts"], form.cleaned_data["ends"]
    moments = [series.moments(day, starts, ends, form.lasts) for day in days]
    taken = queries.clashes(form.where if form.where.pk else None, moments)
    lines = [
        (day, day + timedelta(days=form.lasts - 1), taken.get(start, ""))
        for day, (start, _end) in zip(days, moments, strict=True)
    ]
    context |= {
        "lines": lines, "skipped": sorted(skipped.items()), "place": form.where, "seats": form.cleaned_data.get("seats"),
        "kept": form.kept(), "start": moments[0][0], "end": moments[0][1], "lasts": form.lasts,
    }  # fmt: skip
    return render(request, "desk/workshop_dates_preview.html", context)


def _days_or_refused(garden: Garden, form: forms.PlanForm, skipped: dict[date, str]) -> list[date]:
    """The first days of the sessions; none when the form says why there are none."""
    try:
        days = _days(garden, form, skipped)
    except series.TooMany:
        refuse(form, _("Cela fait plus de %(n)s dates : choisissez une fin plus proche.") % {"n": series.MOST}, "until")
        return []
    if not days:
        refuse(form, _("Il ne reste aucune date : toutes sont à passer."), "day")
        return []
    if series.overlap(days, form.lasts):
        refuse(form, str(forms.TOO_CLOSE), "last_day")
        return []
    return days


def _days(garden: Garden, form: forms.PlanForm, skipped: dict[date, str]) -> list[date]:
    """The first days of the sessions; those passed over, as they or one of the days after are to skip, are told in `skipped`.
    Error: series.TooMany."""
    data = form.cleaned_data
    every, first = Every(data["every"]), data["day"]
    last = max([first, *data["dates"], *([data["until"]] if data["until"] else [])])
    asked = {"until": data["until"], "dates": data["dates"]}
    if (last - first) > timedelta(days=3 * 366):
        raise series.TooMany
    over = last + timedelta(days=form.lasts - 1)
    off = queries.bank_holidays(garden, min([first, *data["dates"]]), over) if data["holidays"] and every is not Every.ONCE else {}  # fmt: skip
    why = off | {day: _("à passer") for day in data["without"]}
    skip = {day: why[other] for day, other in series.first_days(why, form.lasts).items()}
    if every is Every.ONCE:
        return series.days_of(every, first)
    days = series.days_of(every, first, skip=skip, **asked)
    everything = series.days_of(every, first, **asked) if len(days) < series.MOST else days
    skipped |= {day: skip[day] for day in everything if day in skip}
    return days


def _planned(request: Request, workshop: Workshop, form: forms.PlanForm, days: Sequence[date]) -> HttpResponse:
    by, at = acting(request)
    place, data = form.where, form.cleaned_data
    if place.pk is None:
        place = planning.save_place(place, by=by, at=at)
    made = planning.plan(
        workshop, days=days, starts=data["starts"], ends=data["ends"], place=place, seats=data.get("seats"),
        lasts=form.lasts, by=by, at=at,
    )  # fmt: skip
    if made:
        told = ngettext("%(n)s date est prévue.", "%(n)s dates sont prévues.", len(made)) % {"n": len(made)}
        messages.success(request, told)
    else:
        messages.info(request, _("Rien n’a changé : ces dates étaient déjà prévues."))
    return redirect("desk:workshop", workshop.garden.code, workshop.pk)


# --- Last year's programme ------------------------------------------------------------------------


@require_http_methods(WRITING)
def again(request: Request, garden: str) -> HttpResponse:
    """Last year's programme, ticked; one more click plans it."""
    place = garden_for(request, garden, Can.RUN_WORKSHOPS)
    asked = request.GET.get("annee", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and 2000 <= int(asked) <= 2100 else request.today.year - 1
    off = queries.bank_holidays(place, date(year + 1, 1, 1), date(year + 1, 12, 31))
    found = planning.programme_again(place, year, today=request.today, skip=set(off))
    if request.method == "POST":
        chosen = {pk for pk in request.POST.getlist("seance") if pk.isascii()}
        by, at = acting(request)
        made = planning.repeat(place, [one for one in found if str(one.session.pk) in chosen], by=by, at=at)
        if made:
            told = ngettext("%(n)s date est prévue.", "%(n)s dates sont prévues.", len(made)) % {"n": len(made)}
            messages.success(request, told)
        else:
            messages.info(request, _("Rien n’a changé."))
        return redirect("desk:workshops", place.code)
    lines = [one for one in sorted(found, key=lambda one: (one.day, one.session.pk)) if not one.there]
    context = {"garden": place, "lines": lines, "year": year, "there": len(found) - len(lines)}
    return render(request, "desk/workshops_again.html", context)


# --- Places ---------------------------------------------------------------------------------------


@require_safe
def places(request: Request, garden: str) -> HttpResponse:
    """Where sessions are held."""
    place = garden_for(request, garden, Can.RUN_WORKSHOPS)
    rows = [(one, queries.town(one.commune_code)) for one in queries.place_rows(place, clock.now())]
    return render(request, "desk/workshop_places.html", {"garden": place, "rows": rows})


@require_http_methods(WRITING)
def one_place(request: Request, garden: str, place: int | None = None) -> HttpResponse:
    """Add a place, or change one."""
    home = garden_for(request, garden, Can.RUN_WORKSHOPS)
    found = get_object_or_404(Place, pk=place, garden=home) if place else None
    by, at = acting(request)
    if request.method == "POST" and found and "retirer" in request.POST:
        return _archive_place(request, found)
    form = forms.PlaceForm(home, request.POST or None, one=found)
    if request.method == "POST" and form.is_valid():
        planning.save_place(form.filled(found or Place(garden=home)), by=by, at=at)
        messages.success(request, _("Le lieu est enregistré."))
        return redirect("desk:workshop_places", home.code)
    context = {"garden": home, "form": form, "place": found}
    return render(request, "desk/workshop_place.html", context, status=status_of(form))


def _archive_place(request: Request, place: Place) -> HttpResponse:
    by, at = acting(request)
    try:
        planning.archive_place(place, today=request.today, by=by, at=at)
    except planning.PlaceInUse as refused:
        words = ngettext(
            "%(n)s date à venir a lieu ici : déplacez-la d’abord.",
            "%(n)s dates à venir ont lieu ici : déplacez-les d’abord.", refused.sessions,
        )  # fmt: skip
        messages.error(request, words % {"n": refused.sessions})
        return redirect("desk:workshop_place", place.garden.code, place.pk)
    messages.success(request, _("Le lieu est retiré."))
    return redirect("desk:workshop_places", place.garden.code)


# --- Sheets and photos ----------------------------------------------------------------------------


@require_http_methods(WRITING)
def add_file(request: Request, garden: str, workshop: int) -> HttpResponse:
    """Add a sheet to hand out, or a photo; `seance` says of which date."""
    found = workshop_of(request, garden, workshop)
    number = request.GET.get("seance", "")
    session = found.sessions.filter(pk=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 10 else None  # fmt: skip
    form = forms.MaterialForm(request.POST or None, request.FILES or None, initial={"kind": "photo" if session else "sheet", "consent": "unknown"})  # fmt: skip
    if request.method == "POST" and form.is_valid():
        data, file = form.cleaned_data, form.cleaned_data["file"]
        by, at = acting(request)
        try:
            if file.size > files.MOST_BYTES:
                raise materials.TooBig
            materials.add(
                found, name=data["name"] or file.name, content=file.read(), photo=data["kind"] == "photo", consent=data["consent"],
                consent_until=data["until"], session=session, by=by, at=at,
            )  # fmt: skip
        except materials.AgreementOver:
            refuse(form, over_words(), "until")
        except (materials.TooBig, materials.NotWhatItSays, materials.TooManyFiles) as refused:
            refuse(form, file_words(refused), "file")
        else:
            messages.success(request, _("Le fichier est enregistré."))
            if session:
                return redirect("desk:session", found.garden.code, session.pk)
            return redirect("desk:workshop", found.garden.code, found.pk)
    context = {"garden": found.garden, "workshop": found, "form": form, "session": session}
    return render(request, "desk/workshop_file.html", context, status=422 if form.errors else 200)


def file_words(refused: Exception) -> str:
    """Why a file was not kept, and what to do."""
    if isinstance(refused, materials.TooBig):
        return _("Ce fichier est trop lourd : 3 Mo au plus. Réduisez-le, ou choisissez-en un autre.")
    if isinstance(refused, materials.TooManyFiles):
        return _("Cet atelier a déjà %(n)s fichiers : retirez-en d’abord.") % {"n": materials.MOST}
    return _("Ce fichier n’est pas ce qu’il dit : il faut un PDF, un texte, un tableau ou une image. Pour une photo, une image.")  # fmt: skip


def over_words() -> str:
    """Why the end of an agreement was not kept, and what to do."""
    return _("Ce jour est passé : la photo ne serait montrée à personne. Donnez un jour à venir, ou aucun si l’accord n’a pas de fin.")  # fmt: skip


@require_safe
def show_file(request: Request, garden: str, material: int) -> HttpResponse:
    """A sheet or a photo, for the garden's people; one that people may not see, for who runs the workshop."""
    place = garden_for(request, garden, Can.SEE_WORKSHOPS)
    runs = request.reach.can(Can.RUN_WORKSHOPS, place.pk)
    rows = Material.objects.filter(workshop__garden=place) if runs else files_of(place, request.today)
    return sent(get_object_or_404(rows, pk=material))


@require_POST
def change_file(request: Request, garden: str, material: int) -> HttpResponse:
    """Say what the people on a photo agreed, or take a file away."""
    place = garden_for(request, garden, Can.RUN_WORKSHOPS)
    found = get_object_or_404(Material.objects.select_related("workshop__garden").defer("content"), pk=material, workshop__garden=place)  # fmt: skip
    by, at = acting(request)
    form = forms.ConsentForm(request.POST)
    if "retirer" in request.POST:
        materials.remove(found, by=by, at=at)
        messages.success(request, _("Le fichier est retiré."))
    elif not form.is_valid():
        messages.error(request, " ".join(str(one) for errors in form.errors.values() for one in errors))
    else:
        try:
            said = form.cleaned_data
            materials.say_consent(found, consent=said["accord"], until=said["until"], by=by, at=at)
            messages.success(request, _("C’est noté."))
        except materials.AgreementOver:
            messages.error(request, over_words())
    return redirect("desk:workshop", place.code, found.workshop_id)
