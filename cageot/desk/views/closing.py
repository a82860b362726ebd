"""Closing a week, taking a close back, and who pays one basket."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cageot.baskets import actions, proposing
from cageot.baskets.models import WeekClose
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros
from cageot.core.week import Week
from cageot.desk.access import basket_for, garden_for
from cageot.desk.forms.week import ReopeningForm, read_seen, seal_seen
from cageot.desk.queries import closing as queries
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can


@require_http_methods(["GET", "HEAD", "POST"])
def close(request: Request, garden: str, week: Week) -> HttpResponse:
    """What closing would write, then the close itself."""
    place = garden_for(request, garden, Can.CLOSE)
    if request.method == "POST":
        return _close(request, place, week)
    if queries.close_for(place, week):
        return redirect("desk:week", place.code, week)
    return _ask(request, place, week)


def _ask(
    request: Request, garden: Garden, week: Week, *, changed: list[str] | None = None, status: int = 200
) -> HttpResponse:
    """The figures with the button; `changed` says what moved since they were last seen."""
    page = queries.closing_page(garden, week, request.today, request.reach)
    context = {
        "garden": garden,
        "page": page,
        "seen": seal_seen(garden, week, page.fingerprint, page.summary),
        "changed": changed,
    }
    return render(request, "desk/closing.html", context, status=status)


def _close(request: Request, garden: Garden, week: Week) -> HttpResponse:
    by, at = acting(request)
    seen = read_seen(garden, week, request.POST.get("seen", ""))
    if seen is None:
        messages.warning(
            request, _("Cette page n’est plus valable. Rien n’a été écrit : relisez les chiffres, puis clôturez.")
        )
        return redirect("desk:closing", garden.code, week)
    try:
        made = actions.close_week(garden, week, today=request.today, by=by, at=at, seen=seen)
    except actions.AlreadyClosed as refusal:
        messages.info(request, already_closed(refusal.close))
    except actions.WeekChanged as refusal:
        return _ask(request, garden, week, changed=queries.differences(refusal.changed), status=409)
    except actions.WeekNotReady:
        return _ask(request, garden, week, status=409)
    else:
        messages.success(request, _closed(made))
        if not proposing.afterwards(proposing.refresh, request.today, at):
            messages.warning(request, proposal_later())
    return redirect("desk:week", garden.code, week)


def already_closed(close: WeekClose) -> str:
    """By whom, and when."""
    at = timezone.localtime(close.at)
    when = {"number": close.week.number, "day": said(at.date()), "time": date_format(at, "G \\h i"), "who": close.by}
    if close.by is None:
        return _("La semaine %(number)s était déjà close, depuis le %(day)s à %(time)s.") % when
    return _("La semaine %(number)s était déjà close : %(who)s l’a clôturée le %(day)s à %(time)s.") % when


def proposal_later() -> str:
    """What is written stands, without the proposal that should follow it."""
    return _("Le partage proposé pour la suite n’a pas pu être calculé : il le sera cette nuit.")


def _closed(close: WeekClose) -> str:
    """What was just closed, and what is left to fund."""
    baskets = close.solidarity_baskets + close.ordinary_baskets
    counts = {"number": close.week.number, "baskets": baskets, "solidarity": close.solidarity_baskets}
    done = _("La semaine %(number)s est close : %(baskets)s paniers, dont %(solidarity)s à prix solidaire.") % counts
    if not close.uncovered_cents:
        return done
    return f"{done} " + _("%(missing)s restent à financer.") % {"missing": euros(close.uncovered_cents)}


@require_http_methods(["GET", "HEAD", "POST"])
def reopen(request: Request, garden: str, week: Week) -> HttpResponse:
    """Take a close back, saying why."""
    place = garden_for(request, garden, Can.CLOSE)
    standing = queries.close_for(place, week)
    if standing is None:
        messages.info(request, _("La semaine %(number)s est ouverte.") % {"number": week.number})
        return redirect("desk:week", place.code, week)
    form = ReopeningForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _reopen(request, standing, form.cleaned_data["reason"])
    return render(request, "desk/closing_reopen.html", {"garden": place, "week": week, "close": standing, "form": form})


def _reopen(request: Request, standing: WeekClose, reason: str) -> HttpResponse:
    by, at = acting(request)
    try:
        actions.reopen_week(standing, reason=reason, today=request.today, by=by, at=at)
    except actions.HoldsForgotten:
        messages.warning(
            request,
            _(
                "La semaine %(number)s compte un foyer qui a été effacé : elle ne se rouvre plus. Ses comptes restent justes."
            )
            % {"number": standing.week.number},
        )
    except actions.AlreadyReopened:
        messages.info(
            request, _("Quelqu’un venait de rouvrir la semaine %(number)s.") % {"number": standing.week.number}
        )
    else:
        messages.success(
            request,
            _("La semaine %(number)s est rouverte. Corrigez, puis clôturez-la à nouveau.")
            % {"number": standing.week.number},
        )
    return redirect("desk:week", standing.garden.code, standing.week)


@require_safe
def who_pays(request: Request, pk: int) -> HttpResponse:
    """For one basket, each part and its reason."""
    basket = basket_for(request, pk, Can.SEE_MONEY)
    return render(request, "desk/who_pays.html", {"basket": basket, "page": queries.who_pays(basket)})
