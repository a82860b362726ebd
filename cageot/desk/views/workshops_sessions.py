"""One session: who comes, who waits, who came; moved, cancelled, closed; what it costs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core import clock
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros
from cageot.desk.access import garden_for
from cageot.desk.forms import workshops as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.queries import workshops as queries
from cageot.members.models import Household
from cageot.network.actions import Refused
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can
from cageot.network.secrets import digest
from cageot.workshops.actions import changing, costs, enrolling, planning
from cageot.workshops.actions.changing import Change
from cageot.workshops.models import Enrolment, Session, SessionCost
from cageot.workshops.queries import announced
from cageot.workshops.queries.announced import Waits
from cageot.workshops.rules import series
from cageot.workshops.rules.series import wall

WRITING = ["GET", "HEAD", "POST"]


def session_for(request: Request, garden: str, pk: int, what: Can = Can.RUN_WORKSHOPS) -> Session:
    """The session, in a garden where this person may do that."""
    place = garden_for(request, garden, what)
    rows = Session.objects.select_related("garden", "workshop", "place")
    return get_object_or_404(rows, pk=pk, garden=place)


def to_session(session: Session) -> HttpResponse:
    return redirect("desk:session", session.garden.code, session.pk)


@require_safe
def show(request: Request, garden: str, session: int) -> HttpResponse:
    """Who comes, who waits, what is to be done."""
    found = session_for(request, garden, session, Can.SEE_WORKSHOPS)
    return render(request, "desk/session.html", {"page": queries.session_page(found, clock.now(), request.reach)})


def refusal(refused: Refused) -> str:
    """Why somebody could not be enrolled, and what to do."""
    if isinstance(refused, enrolling.ChildAlone):
        return _("Un enfant vient avec un adulte : ajoutez au moins un adulte.")
    if isinstance(refused, enrolling.TooManyPeople):
        words = ngettext(
            "Il y a %(n)s place en tout : inscrivez moins de personnes.",
            "Il y a %(n)s places en tout : inscrivez moins de personnes.", refused.seats,
        )  # fmt: skip
        return words % {"n": refused.seats}
    if isinstance(refused, enrolling.NoPlaceLeft):
        return ngettext("Il reste %(n)s place.", "Il reste %(n)s places.", refused.left) % {"n": refused.left}
    if isinstance(refused, enrolling.NoEnrolment):
        return _("L’entrée est libre : personne ne s’inscrit. On compte les personnes à la fin.")
    if isinstance(refused, enrolling.NotOfThisGarden):
        return _("Ce foyer n’est pas de ce jardin.")
    if isinstance(refused, enrolling.NotYet):
        return _("L’atelier est à venir : le pointage se fait à partir du jour même.")
    if isinstance(refused, enrolling.NotComing):
        return _("Cette personne ne vient plus : inscrivez-la à nouveau si elle change d’avis.")
    if isinstance(refused, enrolling.AlreadyMarked):
        return _("C’est déjà pointé : corrigez le nombre dans « Qui est venu ».")
    return _("L’atelier est annulé ou passé : les inscriptions ne changent plus.")


# --- Who comes ------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def enrol(request: Request, garden: str, session: int) -> HttpResponse:
    """Find a household of the garden, or name somebody from outside; say how many come."""
    found = session_for(request, garden, session)
    typed = request.POST.get("q", "")
    outside = "dehors" in request.POST
    form = forms.PartyForm(request.POST if "foyer" in request.POST else None)
    outsider = forms.OutsiderForm(request.POST if outside else None, prefix="ext")
    if "foyer" in request.POST and form.is_valid():
        pk = request.POST["foyer"]
        known = Household.objects.filter(garden=found.garden_id, pk=int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 19 else 0)  # fmt: skip
        if done := _enrol(request, found, form, household=get_object_or_404(known)):
            return done
    elif outside and outsider.is_valid():
        data = outsider.cleaned_data
        code = digest(data["code"]) if data["code"] else ""
        who = enrolling.Outsider(data["first_name"], data["email"], data["phone"], code)
        if done := _enrol(request, found, outsider, outsider=who):
            return done
    results = queries.search(found, typed, request.today)
    context = {
        "garden": found.garden, "session": found, "form": form, "outsider": outsider, "typed": typed, "results": results, "outside": outside,
        "chosen": request.POST.get("foyer", str(results[0].household.pk) if len(results) == 1 else ""),
    }  # fmt: skip
    return render(request, "desk/session_enrol.html", context)


def _enrol(request: Request, session: Session, form: forms.PartyForm, **who: Any) -> HttpResponse | None:
    by, at = acting(request)
    data = form.cleaned_data
    party = {name: data[name] for name in ("adults", "children", "needs")}
    try:
        done = enrolling.enrol(session, source="staff", by=by, at=at, **party, **who)
    except Refused as refused:
        refuse(form, refusal(refused), "adults" if isinstance(refused, enrolling.ChildAlone) else None)
        return None
    if done.again:
        messages.info(request, _there(done.enrolment))
    elif done.waits:
        messages.info(request, rank_words(done.waits))
    else:
        messages.success(request, _("C’est inscrit."))
    return to_session(session)


def rank_words(waits: Waits) -> str:
    """Why somebody waits, and where."""
    return f"{waits.why} {_('En attente, au rang %(n)s.') % {'n': waits.rank}}"


def _there(one: Enrolment) -> str:
    """Somebody is enrolled already; of who is not of the garden, under which name."""
    if one.household_id:
        return _("Déjà inscrit : rien n’a changé.")
    return _("Déjà inscrit : %(name)s, %(people)s. Rien n’a changé ; pour un autre nombre, touchez « Changer » à côté de ce prénom.") % {
        "name": one.details.first_name, "people": queries.people_words(one.adults, one.children),
    }  # fmt: skip


def _enrolment(request: Request, garden: str, session: int, pk: int) -> Enrolment:
    found = session_for(request, garden, session)
    rows = Enrolment.objects.select_related("session__garden", "session__workshop", "household")
    return get_object_or_404(rows, pk=pk, session=found)


@require_http_methods(WRITING)
def party(request: Request, garden: str, session: int, enrolment: int) -> HttpResponse:
    """More or fewer people come."""
    one = _enrolment(request, garden, session, enrolment)
    if request.method != "POST" and one.state not in ("enrolled", "waiting"):
        messages.info(
            request, refusal(enrolling.NotComing() if one.state == "cancelled" else enrolling.AlreadyMarked())
        )
        return to_session(one.session)
    guest = next(guest for guest in queries.guests(one.session, queries.names_on(one.session), None) if guest.pk == one.pk)  # fmt: skip
    form = forms.PartyForm(request.POST or None, initial={"adults": one.adults, "children": one.children, "needs": guest.needs})  # fmt: skip
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            enrolling.change_party(one, staff=True, by=by, at=at, **form.cleaned_data)
        except Refused as refused:
            refuse(form, refusal(refused), "adults")
        else:
            messages.success(request, _("C’est enregistré."))
            return to_session(one.session)
    return render(request, "desk/session_party.html", {"garden": one.session.garden, "session": one.session, "guest": guest, "form": form})  # fmt: skip


@require_POST
def answer(request: Request, garden: str, session: int, enrolment: int) -> HttpResponse:
    """They do not come, or get a place though others wait."""
    one = _enrolment(request, garden, session, enrolment)
    by, at = acting(request)
    try:
        if "place" in request.POST:
            given = enrolling.promote(one, by=by, at=at)
            messages.success(request, _("La place est donnée, et c’est dit à ces personnes.") if given else _("Rien n’a changé."))  # fmt: skip
        else:
            told = enrolling.leave(one, by=by, at=at)
            messages.success(request, _left(len(told)))
    except Refused as refused:
        messages.error(request, refusal(refused))
    return to_session(one.session)


def _left(told: int) -> str:
    if not told:
        return _("C’est noté : la place est libre.")
    words = ngettext(
        "C’est noté. %(n)s foyer qui attendait a une place, et en est prévenu.",
        "C’est noté. %(n)s foyers qui attendaient ont une place, et en sont prévenus.", told,
    )  # fmt: skip
    return words % {"n": told}


@require_http_methods(WRITING)
def attendance(request: Request, garden: str, session: int) -> HttpResponse:
    """Who came, one by one, or so many at an open door; and the session is closed."""
    found = session_for(request, garden, session, Can.RUN_WORKSHOPS if request.method == "POST" else Can.SEE_WORKSHOPS)
    known = list(Enrolment.objects.filter(session=found).exclude(state="cancelled").values_list("pk", flat=True))
    marks = forms.marks_in(request.POST, known)
    unmarked = Enrolment.objects.filter(session=found, state="enrolled").exclude(pk__in=[pk for pk, one in marks.items() if one.came is not None]).count()  # fmt: skip
    closing = "tenu" in request.POST
    form = forms.HoldForm(found, unmarked, request.POST if closing else None)
    if request.method == "POST":
        by, at = acting(request)
        try:
            changed = enrolling.mark_came(found, marks, by=by, at=at)
            if closing and form.is_valid():
                changing.hold(found, by=by, at=at, **form.told)
                messages.success(request, _("C’est noté : l’atelier a eu lieu."))
                return to_session(found)
            if not closing:
                messages.success(request, ngettext("%(n)s ligne notée.", "%(n)s lignes notées.", changed) % {"n": changed} if changed else _("Rien n’a changé."))  # fmt: skip
                return redirect("desk:session_came", found.garden.code, found.pk)
        except changing.TooEarly:
            messages.error(request, _("L’atelier n’a pas commencé : il se clôt une fois commencé."))
            return redirect("desk:session_came", found.garden.code, found.pk)
        except Refused as refused:
            messages.error(request, refusal(refused))
            return to_session(found)
    page = queries.session_page(session_for(request, garden, session, Can.SEE_WORKSHOPS), clock.now(), request.reach)
    return render(request, "desk/session_came.html", {"page": page, "form": form})


# --- Moved, cancelled -----------------------------------------------------------------------------


@require_http_methods(WRITING)
def move(request: Request, garden: str, session: int) -> HttpResponse:
    """Another moment, place, or number of places; who is told is read first."""
    found = session_for(request, garden, session)
    form = forms.MoveForm(found, request.today, request.POST or None)
    context: dict[str, Any] = {"garden": found.garden, "session": found, "form": form, "moving": True}
    if request.method != "POST" or not form.is_valid():
        return render(request, "desk/session_change.html", context, status=422 if form.errors else 200)
    data = form.cleaned_data
    shift = data["day"] - wall(found.starts_at).date()
    change = Change(data["day"], data["starts"], data["ends"], form.where, data.get("seats"), form.lasts)
    chosen = changing.touched(found, form.which, at=clock.now())
    pairs = [(one, changing.after(one, change, shift)) for one in chosen]
    told = any((was.starts_at, was.ends_at, was.place_id) != (now.starts_at, now.ends_at, form.where.pk) for was, now in pairs)  # fmt: skip
    if told and series.overlap(sorted(wall(now.starts_at).date() for _was, now in pairs), form.lasts):
        refuse(form, str(forms.TOO_CLOSE), "last_day")
        return render(request, "desk/session_change.html", context, status=422)
    if "ecrire" not in request.POST and told:
        channels = changing.people_told(chosen)
        context |= {"pairs": [(announced.when(was), was.place.name, announced.when(now)) for was, now in pairs], "place": form.where, "told": channels, "count": sum(channels.values()) - channels["nobody"], "kept": form.kept()}  # fmt: skip
        return render(request, "desk/session_change_preview.html", context)
    by, at = acting(request)
    try:
        if change.place.pk is None:
            planning.save_place(change.place, by=by, at=at)
        done = changing.move(found, change, form.which, by=by, at=at)
    except enrolling.SessionNotOpen:
        messages.error(request, _("L’atelier est annulé ou passé : il ne change plus."))
        return to_session(found)
    except changing.InThePast:
        refuse(form, _("Ce moment est passé : choisissez un moment à venir."), "day")
    except changing.FewerThanTaken as refused:
        refuse(form, _("%(n)s personnes ont déjà une place : gardez-en au moins autant.") % {"n": refused.taken}, "seats")  # fmt: skip
    else:
        messages.success(request, _changed(done) if done.sessions else _("Rien n’a changé."))
        return to_session(found)
    return render(request, "desk/session_change.html", context, status=422)


def _changed(done: changing.Moved) -> str:
    count = done.told.count
    told = ngettext("C’est fait. %(n)s foyer est prévenu.", "C’est fait. %(n)s foyers sont prévenus.", count) % {"n": count}  # fmt: skip
    lost = len({one.pk for one in done.told.not_told})
    if lost:
        told += " " + ngettext(
            "%(n)s personne n’a laissé aucune adresse : prévenez-la vous-même.",
            "%(n)s personnes n’ont laissé aucune adresse : prévenez-les vous-même.", lost,
        ) % {"n": lost}  # fmt: skip
    return told


@require_http_methods(WRITING)
def cancel(request: Request, garden: str, session: int) -> HttpResponse:
    """It is not held; who is told is read first."""
    found = session_for(request, garden, session)
    form = forms.CancelForm(found, request.POST or None)
    context: dict[str, Any] = {"garden": found.garden, "session": found, "form": form, "moving": False}
    if request.method != "POST" or not form.is_valid():
        return render(request, "desk/session_change.html", context, status=422 if form.errors else 200)
    chosen = changing.touched(found, form.which, at=clock.now())
    if "ecrire" not in request.POST and chosen:
        channels = changing.people_told(chosen)
        context |= {"chosen": [announced.when(one) for one in chosen], "told": channels, "count": sum(channels.values()) - channels["nobody"], "kept": form.kept(), "reason": form.cleaned_data["reason"]}  # fmt: skip
        return render(request, "desk/session_change_preview.html", context)
    by, at = acting(request)
    try:
        done = changing.cancel(found, form.which, reason=form.cleaned_data["reason"], by=by, at=at)
    except enrolling.SessionNotOpen:
        messages.info(request, _("Rien n’a changé : il était déjà annulé ou passé."))
    else:
        messages.success(request, _changed(done))
    return to_session(found)


# --- Costs ----------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def session_costs(request: Request, garden: str, session: int) -> HttpResponse:
    """What a session costs, and who pays it."""
    found = session_for(request, garden, session, Can.EDIT_AGREEMENTS if request.method == "POST" else Can.SEE_MONEY)
    page = queries.costs_page(found, request.reach)
    form = forms.CostForm(costs.purses(found.garden, wall(found.starts_at).date()) if page.may_write else (), request.POST or None)  # fmt: skip
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            costs.charge(found, by=by, at=at, **form.told)
        except costs.NotEnoughLeft as refused:
            refuse(form, _("Il reste %(left)s à ce financement : écrivez moins, ou choisissez un autre payeur.") % {"left": euros(refused.left)}, "cents")  # fmt: skip
        except costs.WroteAnother:
            refuse(form, _("Cette page a déjà écrit une autre dépense. Rouvrez les dépenses de l’atelier, puis écrivez celle-ci."))  # fmt: skip
        except costs.FundSaysNo:
            refuse(form, _("Ce financement ne paie pas cet atelier : choisissez-en un autre."), "tranche")
        else:
            messages.success(request, _("La dépense est dans les comptes."))
            return redirect("desk:session_costs", found.garden.code, found.pk)
    return render(request, "desk/session_costs.html", {"page": page, "form": form, "garden": found.garden})


@require_POST
def cost_back(request: Request, garden: str, session: int, cost: int) -> HttpResponse:
    """Write the contrary of a cost, and why."""
    found = session_for(request, garden, session, Can.EDIT_AGREEMENTS)
    one = get_object_or_404(SessionCost, pk=cost, session=found)
    reason = request.POST.get("reason", "").strip()[:200]
    by, at = acting(request)
    if not reason:
        messages.error(request, _("Dites pourquoi cette dépense est reprise."))
        return redirect("desk:session_costs", found.garden.code, found.pk)
    try:
        costs.take_back(one, reason=reason, by=by, at=at)
    except costs.TakenBack:
        messages.info(request, _("Rien n’a changé : elle était déjà reprise."))
    else:
        messages.success(request, _("La dépense est reprise : une écriture contraire est dans les comptes, le %(day)s.") % {"day": said(request.today, "plain")})  # fmt: skip
    return redirect("desk:session_costs", found.garden.code, found.pk)
