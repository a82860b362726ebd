"""The day of a session: who arrives with a card, what people thought of it; and a referrer who enrols somebody."""

from __future__ import annotations

from datetime import time, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cageot.core import clock
from cageot.desk.access import sent_referral_for
from cageot.desk.forms.workshops_day import AccompanyForm, CardForm, CountsForm, PaperForm
from cageot.desk.queries import workshops as queries
from cageot.desk.views.workshops_sessions import rank_words, refusal, session_for
from cageot.members import ways_in
from cageot.members.models import Household
from cageot.network.actions import Refused
from cageot.network.http import Request, acting
from cageot.network.limits import allowed
from cageot.network.rules.reach import Can
from cageot.workshops.actions import accompanying, arriving, opinions
from cageot.workshops.actions.enrolling import Enrolled
from cageot.workshops.actions.refusals import refusal as refusal_to_come
from cageot.workshops.models import Session
from cageot.workshops.queries import announced
from cageot.workshops.queries.opinions import results
from cageot.workshops.rules.series import moment

WRITING = ["GET", "HEAD", "POST"]
TRIES = 600
"""Cards that one person may read in an hour: a whole assembly, no search for codes."""


def _household(request: Request, code: str) -> Household | None:
    """Whose card this is; None when no card has that code, or too many were tried."""
    who, hour = str(request.user.person.pk), timedelta(hours=1)
    if not allowed("session_card", who, times=TRIES, within=hour, at=clock.now()):
        return None
    card = ways_in.card_of(code)
    return card.member.household if card else None


@never_cache
@require_http_methods(WRITING)
def card(request: Request, garden: str, session: int) -> HttpResponse:
    """Read the cards of those who arrive, one after the other."""
    found = session_for(request, garden, session)
    form = CardForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if _arrive(request, found, _household(request, form.cleaned_data["code"])):
            return redirect("desk:session_card", garden, session)
        form = CardForm()
    page = queries.session_page(found, clock.now(), request.reach)
    return render(request, "desk/session_card.html", {"page": page, "form": form})


def _arrive(request: Request, session: Session, household: Household | None) -> bool:
    """Note that they came, and say so by the name that lists show; or say why not."""
    if household is None or household.garden_id != session.garden_id:
        messages.error(request, _("Cette carte n’est pas d’ici, ou ne sert plus. Cherchez la personne dans la liste."))
        return False
    by, at = acting(request)
    try:
        done = arriving.arrive(session, household, by=by, at=at)
    except Refused as refused:
        messages.error(request, refusal(refused))
        return False
    told = {"name": queries.names_on(session).get(household.pk) or household.number}
    if done.again:
        messages.info(request, _("%(name)s : c’était déjà noté.") % told)
    elif done.unexpected:
        messages.success(request, _("%(name)s : venu sans être inscrit, c’est noté.") % told)
    else:
        messages.success(request, _("%(name)s : venu, c’est noté.") % told)
    return True


@never_cache
@require_POST
def card_came(request: Request, code: str) -> HttpResponse:
    """The square of a card, opened by the telephone of somebody of the garden: it is noted at the session of today."""
    household = _household(request, code)
    if household is None or not request.reach.can(Can.RUN_WORKSHOPS, household.garden_id):
        raise Http404
    chosen = request.POST.get("session", "")
    today = _today(request, household)
    found = [one for one in today if str(one.pk) == chosen] or today
    if len(found) == 1:
        _arrive(request, found[0], household)
        return redirect("desk:session_card", household.garden.code, found[0].pk)
    context = {"sessions": today, "code": code, "garden": household.garden}
    return render(request, "desk/session_card_which.html", context)


def _today(request: Request, household: Household) -> list[Session]:
    """The sessions of the household's garden today that people enrol for; one of several days is held on each of them."""
    first, after = (moment(request.today + timedelta(days=n), time.min) for n in range(2))
    rows = Session.objects.filter(garden=household.garden_id, starts_at__lt=after, ends_at__gt=first)
    rows = rows.exclude(state=Session.State.CANCELLED).filter(workshop__open_door=False)
    return [one for one in rows.select_related("workshop", "garden", "place") if request.today in one.days]


# --- Opinions -------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def session_opinions(request: Request, garden: str, session: int) -> HttpResponse:
    """What people thought; what they wrote on paper is noted here, without a name."""
    found = session_for(request, garden, session, Can.RUN_WORKSHOPS if request.method == "POST" else Can.SEE_WORKSHOPS)
    counting = "compter" in request.POST
    counts = CountsForm(request.POST if counting else None)
    paper = PaperForm(request.POST if request.method == "POST" and not counting else None)
    told = None
    if counting and counts.is_valid():
        told = counts.told
    elif paper.is_bound and paper.is_valid():
        told = [(paper.cleaned_data["face"], paper.cleaned_data["sentence"])]
    if told is not None:
        by, at = acting(request)
        try:
            count = opinions.note(found, told, by=by, at=at)
            messages.success(request, ngettext("%(n)s avis noté.", "%(n)s avis notés.", count) % {"n": count})
        except opinions.NotTheirs:
            messages.error(request, _("Les avis se notent du jour de l’atelier à un mois après."))
        return redirect("desk:session_opinions", garden, session)
    context = {
        "garden": found.garden, "session": found, "results": results(found), "counts": counts, "paper": paper,
        "may_note": request.reach.can(Can.RUN_WORKSHOPS, found.garden_id) and opinions.open_for(found, clock.now()),
    }  # fmt: skip
    return render(request, "desk/session_opinions.html", context)


# --- By who referred somebody ---------------------------------------------------------------------


@never_cache
@require_http_methods(WRITING)
def accompany(request: Request, referral: int) -> HttpResponse:
    """Somebody who was referred, and agreed that it be known, is enrolled by who referred them."""
    found = sent_referral_for(request, referral)
    if not accompanying.may_accompany(found):
        raise Http404
    now = clock.now()
    sessions = announced.coming(found.garden, now).filter(
        state=Session.State.PLANNED, workshop__open_door=False, starts_at__gt=now
    )
    form = AccompanyForm(sessions, request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        data = dict(form.cleaned_data)
        try:
            done = accompanying.enrol(found, data.pop("session"), by=by, at=at, **data)
        except Refused as refused:
            form.add_error(None, refusal_to_come(refused))
        else:
            _say(request, done)
            return redirect("desk:my_referral", referral)
    return render(request, "desk/referral_workshops.html", {"one": found, "form": form, "any": sessions.exists()})


def _say(request: Request, done: Enrolled) -> None:
    if done.again:
        messages.info(request, _("Déjà inscrit : rien n’a changé."))
    elif done.waits:
        messages.info(request, rank_words(done.waits))
    else:
        messages.success(request, _("C’est inscrit. La personne le lit dans son espace."))
