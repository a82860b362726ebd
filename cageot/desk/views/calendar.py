"""Bank holidays and other days on which a round does not go as usual: seen first, then written."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cageot.baskets import actions, places
from cageot.baskets.models import Round
from cageot.desk.access import garden_for
from cageot.desk.forms import calendar as forms
from cageot.desk.queries import calendar as queries
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


@require_http_methods(WRITING)
def holidays(request: Request, garden: str, year: int) -> HttpResponse:
    """The bank holidays of a year: for each round that meets one, another day or none."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    if not 2000 <= year <= 2100:
        raise Http404
    page = queries.holidays_page(place, year, request.today)
    form = forms.HolidaysForm(page, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not form.shifts:
            messages.info(request, _("Rien n’a changé."))
            return redirect("desk:holidays", place.code, year)
        return _shift(request, place, form, year)
    zone = forms.ZoneForm(initial={"zone": queries.zone(place)})
    return render(request, "desk/holidays.html", {"page": page, "form": form, "zone": zone})


@require_http_methods(WRITING)
def shift(request: Request, garden: str) -> HttpResponse:
    """Another day for one round, once."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    rounds = Round.objects.filter(garden=place, archived_on=None)
    form = forms.ShiftForm(rounds, request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _shift(request, place, form, form.cleaned_data["usual"].isocalendar().year)
    return render(request, "desk/holidays_shift.html", {"garden": place, "form": form, "year": request.today.year})


@require_POST
def zone(request: Request, garden: str, year: int) -> HttpResponse:
    """Keep the bank holidays of another zone than the département's."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    form = forms.ZoneForm(request.POST)
    if form.is_valid():
        by, at = acting(request)
        actions.change_ways(place, {"holidays": form.cleaned_data["zone"]}, by=by, at=at)
        messages.success(request, _("C’est enregistré."))
    return redirect("desk:holidays", place.code, year)


def _shift(request: Request, garden: Garden, form: forms.HolidaysForm | forms.ShiftForm, year: int) -> HttpResponse:
    """Show what would move; write it once it was seen."""
    by, at = acting(request)
    asked: dict[str, Any] = {"reasons": form.reasons, "today": request.today, "by": by, "at": at}
    looking = "ecrire" not in request.POST
    try:
        moves = places.shift_rounds(garden, form.shifts, **asked, only_look=looking)
    except places.ShiftRefused as refused:
        messages.error(request, refusal_words(refused))
        return redirect("desk:holidays", garden.code, year)
    if looking:
        kept = [(name, value) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
        shifted = [
            (one.name, week, day) for (one, week), day in sorted(form.shifts.items(), key=lambda pair: pair[0][1])
        ]
        context = {"garden": garden, "year": year, "moves": moves, "kept": kept, "shifted": shifted}
        return render(request, "desk/holidays_preview.html", context)
    messages.success(request, moves_words(moves))
    return redirect("desk:holidays", garden.code, year)


def refusal_words(refused: places.ShiftRefused) -> str:
    """Why a round cannot go on that day, and what to do."""
    said = {
        "week_closed": _("La semaine %(week)s est close : « %(round)s » n’y change plus. Rien n’a été écrit."),
        "other_week": _("« %(round)s » reste dans sa semaine : choisissez un jour de la semaine %(week)s."),
        "past": _("Ce jour est déjà passé : « %(round)s », semaine %(week)s. Rien n’a été écrit."),
    }
    return said[refused.why] % {"week": refused.week.number, "round": refused.round.name}


def moves_words(moves: places.Moves) -> str:
    """What shifting changed, in sentences."""
    said = [
        ngettext("%(count)s panier change de jour.", "%(count)s paniers changent de jour.", moves.moved)
        % {"count": moves.moved},
        ngettext("%(count)s panier est retiré.", "%(count)s paniers sont retirés.", moves.dropped)
        % {"count": moves.dropped},
        ngettext("%(count)s panier revient.", "%(count)s paniers reviennent.", moves.added) % {"count": moves.added},
    ]
    counts = (moves.moved, moves.dropped, moves.added)
    told = " ".join(one for one, count in zip(said, counts, strict=True) if count)
    return _("C’est enregistré. %(what)s") % {"what": told or _("Aucun panier ne bouge.")}
