"""Taking back what was just done in the week."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cageot.baskets.actions import WeekIsClosed
from cageot.baskets.content import NotComposed
from cageot.baskets.undoing import ChangedSince
from cageot.core.week import Week
from cageot.desk.access import garden_for
from cageot.desk.undo import TooLate, last_act
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can


@require_POST
def undo(request: Request, garden: str, week: Week, act: str) -> HttpResponse:
    """Take back the last act of this person, when nothing came after it."""
    place = garden_for(request, garden, Can.RUN_WEEK)
    try:
        last = last_act(request)
    except TooLate:
        messages.warning(
            request, _("Il est trop tard pour annuler cela : rien n’a changé. Corrigez à la main, si besoin.")
        )
        return redirect("desk:week", place.code, week)
    by, at = acting(request)
    try:
        last.undo(place, week, by=by, at=at)
    except WeekIsClosed:
        messages.error(
            request, _("La semaine a été clôturée entre-temps : rien n’est annulé. Pour corriger, il faut la rouvrir.")
        )
    except (ChangedSince, NotComposed):
        messages.warning(
            request, _("Quelque chose a changé depuis : rien n’est annulé. Relisez la page, et corrigez à la main.")
        )
    else:
        messages.success(request, _("C’est annulé : tout est comme avant."))
    return redirect(last.back)
