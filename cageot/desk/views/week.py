"""La semaine, and marking what happened to each basket."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.baskets import actions as baskets
from cageot.baskets.models import Basket, Delivery
from cageot.baskets.undoing import watching
from cageot.core.week import Week
from cageot.desk.access import garden_for
from cageot.desk.actions import week as actions
from cageot.desk.forms import week as forms
from cageot.desk.queries import marking as lines
from cageot.desk.queries import week as queries
from cageot.desk.undo import say_baskets
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can


@require_safe
def show(request: Request, garden: str, week: Week) -> HttpResponse:
    """The week of a garden: where it stands, its baskets, who pays, what is to do."""
    place = garden_for(request, garden, Can.SEE_WEEK)
    return render(request, "desk/week.html", {"page": queries.week_page(place, week, request.today, request.reach)})


@require_http_methods(["GET", "HEAD", "POST"])
def marking(request: Request, garden: str, week: Week) -> HttpResponse:
    """Basket by basket, what happened: read by all who see the week, written by those who run it."""
    if request.method == "POST":
        return _mark(request, garden_for(request, garden, Can.RUN_WEEK), week)
    place = garden_for(request, garden, Can.SEE_WEEK)
    asked = lines.Asked(*(request.GET.get(name, "") for name in ("jour", "depot", "page")))
    page = lines.marking_page(place, week, request.today, request.reach, asked)
    return render(request, "desk/marking.html", {"page": page}) if page else redirect("desk:week", place.code, week)


def _mark(request: Request, garden: Garden, week: Week) -> HttpResponse:
    known = lines.markable(garden, week, forms.baskets_in(request.POST), request.today)
    marks = forms.marks_in(request.POST, known)
    by, at = acting(request)
    try:
        with watching(garden, Basket.objects.filter(pk__in=list(marks))) as change:
            if marks:
                baskets.mark(garden, marks, by=by, at=at)
    except baskets.WeekIsClosed:
        return _closed_meanwhile(request)
    if "HX-Request" in request.headers:
        return _saved(request, garden, marks or {pk: state for pk, (state, _allowed) in known.items()})
    say_baskets(request, _noted(len(marks)), garden, week, change, request.get_full_path())
    return redirect(request.get_full_path())


def _saved(request: Request, garden: Garden, marks: dict[int, str]) -> HttpResponse:
    """The answer to one line saved alone: its state, and how far the day is."""
    if not marks:
        return _reload()
    progress = lines.progress(garden, next(iter(marks)), request.today)
    return render(request, "desk/marking_saved.html", {"marks": marks.items(), "page": progress})


def _closed_meanwhile(request: Request) -> HttpResponse:
    messages.error(
        request, _("La semaine a été clôturée entre-temps : rien n’a été noté. Pour corriger, il faut la rouvrir.")
    )
    return _reload() if "HX-Request" in request.headers else redirect(request.get_full_path())


def _reload() -> HttpResponse:
    return HttpResponse(headers={"HX-Refresh": "true"})


def _noted(count: int) -> str:
    if not count:
        return _("Rien n’a changé.")
    return ngettext("%(count)s panier noté.", "%(count)s paniers notés.", count) % {"count": count}


@require_POST
def mark_rest(request: Request, garden: str, week: Week, delivery: int) -> HttpResponse:
    """All the others of a day were collected."""
    place = garden_for(request, garden, Can.RUN_WEEK)
    found = get_object_or_404(Delivery, pk=delivery, garden=place, week=week, day__lte=request.today)
    here = f"{reverse('desk:marking', args=[place.code, week])}?jour={found.day.isoformat()}"
    by, at = acting(request)
    try:
        with watching(place, Basket.objects.filter(delivery=found)) as change:
            count = actions.mark_rest_collected(found, by=by, at=at)
    except baskets.WeekIsClosed:
        messages.error(
            request, _("La semaine a été clôturée entre-temps : rien n’a été noté. Pour corriger, il faut la rouvrir.")
        )
    else:
        told = ngettext("%(count)s panier noté retiré.", "%(count)s paniers notés retirés.", count) % {"count": count}
        say_baskets(request, told, place, week, change, here)
    return redirect(here)
