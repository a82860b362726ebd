"""When a support ends: the garden's board, one household's page, the referrer's answer, moves, the network's count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core import clock
from cageot.desk.access import garden_for, network_only
from cageot.desk.actions import after as actions
from cageot.desk.forms import after as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.forms.households import overlaps
from cageot.desk.forms.referrals import number
from cageot.desk.queries import after as queries
from cageot.desk.queries import household as household_queries
from cageot.desk.views.households import WRITING, form_page, household_of, to_page
from cageot.funding.actions import TariffRefused
from cageot.members import after
from cageot.members.actions import OutsideAgreement, Refused, SupportOverlaps
from cageot.members.models import Household, Onward, RenewalAsk, Support, SupportMove
from cageot.members.rules.after import LONGEST, STEPS, same_effort
from cageot.network.http import Request, acting, origin
from cageot.network.limits import allowed
from cageot.network.models import Person
from cageot.network.rules.reach import Can

TRIES, WINDOW = 30, timedelta(minutes=10)
"""Wrong codes from one address."""


def _link(request: Request) -> after.Link:
    return lambda code: request.build_absolute_uri(reverse("desk:renewal", args=[code]))


# --- The board ------------------------------------------------------------------------------------


@require_safe
def board(request: Request, garden: str) -> HttpResponse:
    """The garden's supports that end: who, when, where each stands and what is next."""
    place = garden_for(request, garden, Can.SEE_MONEY)
    asked = request.GET
    found = queries.board(
        place, asked.get("mois", ""), asked.get("etat", ""), asked.get("page", ""), request.today,
        may_edit=request.reach.can(Can.EDIT_HOUSEHOLDS, place.pk),
    )  # fmt: skip
    return render(request, "desk/after.html", {"board": found})


@require_POST
def ask_many(request: Request, garden: str) -> HttpResponse:
    """Ask whether the supports that are ticked go on, each of whoever oriented the household."""
    place = garden_for(request, garden, Can.EDIT_HOUSEHOLDS)
    ticked = [number(pk) for pk in request.POST.getlist("prise")][:500]
    rows = Support.objects.filter(pk__in=ticked, household__garden=place, until_day__isnull=False)
    rows = rows.select_related("household__garden", "household__referral", "renewal_ask", "agreement")
    to = {one: after.asked_of(one) for one in rows.order_by("until_day", "pk")}
    by, at = acting(request)
    if not to:
        messages.info(request, _("Cochez au moins un foyer."))
        return redirect("desk:ends", place.code)
    try:
        after.ask_renewal(to, link=_link(request), by=by, at=at)
    except after.NobodyToAsk:
        messages.error(
            request, _("Pour un de ces foyers, personne n’est connu : ouvrez sa page et dites à qui demander.")
        )
    except after.AlreadyAnswered:
        messages.error(request, _("Une réponse est arrivée entre-temps. Relisez la liste."))
    else:
        told = ngettext("Demande envoyée pour %(n)s foyer.", "Demandes envoyées pour %(n)s foyers.", len(to)) % {
            "n": len(to)
        }
        messages.success(request, told)
    return redirect("desk:ends", place.code)


@require_safe
def network(request: Request) -> HttpResponse:
    """Ends to come and choices made, garden by garden, without names."""
    network_only(request)
    found = queries.network_ends(request.GET.get("page", ""), request.today)
    return render(request, "desk/after_network.html", {"ends": found})


# --- One household --------------------------------------------------------------------------------


def _support(request: Request, garden: str, pk: int, support: int, what: Can = Can.EDIT_HOUSEHOLDS) -> Support:
    """A support that has an end, of a household of this garden."""
    household = household_of(request, garden, pk, what)
    found = queries.support_of(household, support)
    if found is None or found.until_day is None:
        raise Http404
    return found


@require_safe
def show(request: Request, garden: str, pk: int, support: int) -> HttpResponse:
    """What may follow this support."""
    one = _support(request, garden, pk, support)
    return _show(request, one, forms.AskForm(initial={"to": after.asked_of(one)}))


def _show(request: Request, one: Support, form: forms.AskForm) -> HttpResponse:
    name = household_queries.name_of(one.household)
    page = queries.after_page(one, name, request.today)
    return render(request, "desk/after_support.html", {"page": page, "household": one.household, "form": form})


@require_POST
def ask(request: Request, garden: str, pk: int, support: int) -> HttpResponse:
    """Ask somebody whether this support goes on."""
    one = _support(request, garden, pk, support)
    form = forms.AskForm(request.POST)
    if not form.is_valid():
        return _show(request, one, form)
    by, at = acting(request)
    try:
        after.ask_renewal({one: form.cleaned_data["to"]}, link=_link(request), by=by, at=at)
    except after.AlreadyAnswered:
        messages.info(request, _("La réponse est arrivée entre-temps."))
    else:
        messages.success(request, _("Demande envoyée. La réponse apparaîtra ici."))
    return _back(one)


def _back(one: Support) -> HttpResponse:
    return redirect("desk:household_after", one.household.garden.code, one.household_id, one.pk)


@require_POST
def choose(request: Request, garden: str, pk: int, support: int) -> HttpResponse:
    """Keep what the household chose, and go where it leads."""
    one = _support(request, garden, pk, support)
    choice = request.POST.get("choix", "")
    if choice not in Onward.Choice.values:
        messages.info(request, _("Choisissez une des réponses."))
        return _back(one)
    by, at = acting(request)
    after.onward(one, choice, on=request.today, by=by, at=at)
    messages.success(request, _("C’est noté."))
    here = [one.household.garden.code, one.household_id]
    assert one.until_day is not None
    if choice == Onward.Choice.CHOSEN:
        return redirect(reverse("desk:household_chosen", args=here) + f"?apres={one.pk}")
    if choice == Onward.Choice.LEFT:
        return redirect("desk:household_leave", *here)
    if choice == Onward.Choice.ORDINARY and not queries.size_of(one.household, one.until_day + timedelta(days=1)):
        return redirect("desk:household_subscription", *here)
    return to_page(one.household)


# --- Steps and chosen price -----------------------------------------------------------------------


@require_http_methods(WRITING)
def steps(request: Request, garden: str, pk: int, support: int) -> HttpResponse:
    """Steps to the full price: shown with their days and amounts, then written."""
    one = _support(request, garden, pk, support)
    asked = request.POST or request.GET
    count = _among(asked.get("paliers", ""), STEPS, 3)
    months = _among(asked.get("mois", ""), (1, 2, 3), 1)
    planned = queries.planned_steps(one, steps=count, months=months, today=request.today)
    may_stay = queries.may_stay(one, planned)
    stay = may_stay and asked.get("convention") == "1"
    if request.method == "POST" and planned and _stepped(request, one, planned, stay):
        return _back(one)
    lines = queries.step_lines(one, planned, with_agreement=stay, today=request.today)
    context = {
        "household": one.household, "support": one, "name": household_queries.name_of(one.household), "lines": lines, "count": count, "months": months,
        "counts": STEPS, "lengths": (1, 2, 3), "may_stay": may_stay, "stay": stay, "agreement": one.agreement,
        "price": lines[0].member + lines[0].rest if lines else 0, "after": planned[-1].until_day + timedelta(days=1) if planned else None,
    }  # fmt: skip
    return render(request, "desk/after_steps.html", context)


def _among(text: str, allowed_: tuple[int, ...], default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 4 and int(text) in allowed_ else default


def _stepped(request: Request, one: Support, planned: list[Any], stay: bool) -> bool:
    by, at = acting(request)
    try:
        after.step_down(one, planned, with_agreement=stay, today=request.today, by=by, at=at)
    except SupportOverlaps as refusal:
        messages.error(request, overlaps(refusal.existing))
    except (OutsideAgreement, TariffRefused):
        messages.error(request, _("La convention ne permet pas ces paliers. Laissez le jardin les porter."))
    else:
        messages.success(request, _("Paliers écrits. Vous pouvez les retirer tant que le premier n’a pas commencé."))
        return True
    return False


@require_POST
def steps_back(request: Request, garden: str, pk: int, support: int) -> HttpResponse:
    """Take the steps back."""
    one = _support(request, garden, pk, support)
    by, at = acting(request)
    try:
        after.take_steps_back(one, today=request.today, by=by, at=at)
    except after.StepsBegun:
        messages.error(request, _("Le premier palier a commencé : terminez-le depuis la page du foyer."))
    else:
        messages.success(request, _("Paliers retirés."))
    return _back(one)


@require_http_methods(WRITING)
def chosen(request: Request, garden: str, pk: int) -> HttpResponse:
    """A price that the household chose: the garden's box adds the rest."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    before = _before(household, (request.POST or request.GET).get("apres", ""))
    first = max(before.until_day + timedelta(days=1), request.today) if before and before.until_day else request.today
    prices = queries.prices_now(household.garden, first)
    code = queries.size_of(household, first)
    mine = next((one for one in prices if one.size_code == code), prices[0] if prices else None)
    if mine is None:
        messages.error(
            request, _("Le jardin n’a pas encore de panier avec un prix : ajoutez une taille dans les réglages.")
        )
        return to_page(household)
    form = forms.ChosenForm(mine.price, request.POST or None, initial={"from_day": first})
    if request.method == "POST" and form.is_valid():
        parts = same_effort(form.cleaned_data["amount"], mine.price, prices)
        if _chosen(request, household, form, parts, before):
            return to_page(household)
    told = [
        _("Le foyer paie ce montant, le jardin ajoute le reste."), _("Pour une autre taille, l’effort reste le même."),
        _("Ce panier ne compte pas dans le programme : aucun partenaire ne le paie."),
    ]  # fmt: skip
    return form_page(request, household, form, title=_("Prix choisi"), button=_("Enregistrer ce prix"), steps=told)


def _before(household: Household, pk: str) -> Support | None:
    """The support that the chosen price follows, if the address names one that nothing follows yet."""
    rows = Support.objects.filter(household=household, renewed_by=None)
    return rows.filter(pk=pk).first() if pk.isdecimal() and len(pk) < 15 else None


def _chosen(request: Request, household: Household, form: forms.ChosenForm, parts: Any, before: Support | None) -> bool:
    by, at = acting(request)
    data = form.cleaned_data
    try:
        after.choose_price(
            household,
            parts,
            first=data["from_day"],
            last=data["until_day"],
            renews=before,
            today=request.today,
            by=by,
            at=at,
        )
    except SupportOverlaps as refusal:
        refuse(form, overlaps(refusal.existing), "from_day")
    except OutsideAgreement:
        refuse(form, _("Choisissez un jour de cette année ou après."), "from_day")
    else:
        messages.success(request, _("Prix choisi enregistré."))
        return True
    return False


# --- Moving together ------------------------------------------------------------------------------


@require_http_methods(WRITING)
def move(request: Request, garden: str) -> HttpResponse:
    """Households of one agreement go on under another: shown one by one, then written together."""
    place = garden_for(request, garden, Can.EDIT_HOUSEHOLDS)
    day = forms.first_of_next_month(request.today)
    offers, _grid = household_queries.offers(place, request.today)
    known = queries.sources(place, request.today)
    start = {"source": request.GET.get("convention", ""), "day": day}
    form = forms.MoveForm(known, offers, request.POST or None, initial=start)
    context: dict[str, Any] = {"garden": place, "form": form, "ready": bool(known and len(offers) > 1)}
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if "ecrire" in request.POST and _moved(request, place, data):
            return redirect("desk:ends", place.code)
        plan = queries.move_plan(place, data["source"], data["tariff"], data["day"], shorten=data["shorten"])
        kept = [(name, request.POST[name]) for name in ("source", "tariff", "day", "shorten") if request.POST.get(name)]
        context |= {"plan": plan, "kept": kept, "data": data}
        return render(request, "desk/after_move_preview.html", context)
    return render(request, "desk/after_move.html", context)


def _moved(request: Request, place: Any, data: dict[str, Any]) -> bool:
    by, at = acting(request)
    shown = [number(pk) for pk in request.POST.getlist("prise")]
    try:
        actions.move_together(
            place,
            source=data["source"],
            tariff=data["tariff"],
            day=data["day"],
            shorten=data["shorten"],
            shown=shown,
            by=by,
            at=at,
        )
    except after.MoveChanged:
        messages.error(request, _("Quelque chose a changé entre-temps, rien n’a été écrit. Relisez la liste."))
        return False
    told = ngettext("%(n)s prise en charge déplacée.", "%(n)s prises en charge déplacées.", len(shown)) % {
        "n": len(shown)
    }
    messages.success(request, told + " " + _("Vous pouvez annuler tant qu’aucun de ces paniers n’est réglé."))
    return True


@require_POST
def undo(request: Request, garden: str, move: int) -> HttpResponse:
    """Put the households of a move back."""
    place = garden_for(request, garden, Can.EDIT_HOUSEHOLDS)
    one = get_object_or_404(SupportMove.objects.select_related("garden"), pk=move, garden=place)
    by, at = acting(request)
    try:
        actions.undo_move(one, by=by, at=at)
    except actions.MoveSettled:
        messages.error(request, _("Des paniers sont réglés depuis : déplacez plutôt les foyers encore une fois."))
    except after.MoveChanged:
        messages.error(request, _("Une de ces prises en charge a changé depuis. Corrigez-la depuis la page du foyer."))
    else:
        messages.success(request, _("Déplacement annulé : chaque prise en charge est comme avant."))
    return redirect("desk:ends", place.code)


# --- The referrer's answer ------------------------------------------------------------------------


@login_not_required
@never_cache
@require_http_methods(WRITING)
def renewal(request: Request, code: str) -> HttpResponse:
    """What a referrer's link opens: reading changes nothing, a button answers, once."""
    found = after.renewal_of(code, request.today)
    if found is None:
        status = 404 if allowed("renewal", origin(request), times=TRIES, within=WINDOW, at=clock.now()) else 429
        return render(request, "desk/after_renewal.html", {"wrong": True}, status=status)
    here = reverse("desk:renewal", args=[code])
    return _answered(request, found, here, by=None)


@require_safe
def renewals(request: Request) -> HttpResponse:
    """What the organisations of somebody who refers people are asked."""
    if not request.reach.refers:
        raise Http404
    asks = [(one, queries.first_name(one)) for one in queries.asks_for(request.reach, request.today)[:200]]
    return render(request, "desk/after_renewals.html", {"asks": asks})


@require_http_methods(WRITING)
def answer(request: Request, ask: int) -> HttpResponse:
    """One request, answered by somebody signed in."""
    found = get_object_or_404(queries.asks_for(request.reach, request.today), pk=ask)
    by, _at = acting(request)
    return _answered(request, found, reverse("desk:renewal_answer", args=[ask]), by=by)


def _answered(request: Request, found: RenewalAsk, here: str, *, by: Person | None) -> HttpResponse:
    """The page of a request; on POST, the answer, then the same page says it."""
    wrong = ""
    if request.method == "POST" and not found.answer:
        wrong = _answer(request, found, by)
        found.refresh_from_db(fields=["answer", "months", "answered_at"])
    page = None if found.answer else queries.renewal_page(found)
    renewed = Support.objects.filter(renews=found.support_id).first() if found.answer else None
    context = {
        "ask": found, "page": page, "here": here, "error": wrong, "renewed": renewed, "who": queries.first_name(found),
        "garden": found.support.household.garden, "longest": LONGEST, "signed_in": by is not None,
    }  # fmt: skip
    return render(request, "desk/after_renewal.html", context)


def _answer(request: Request, found: RenewalAsk, by: Person | None) -> str:
    """Write the answer; a sentence when it could not be."""
    said_ = request.POST.get("reponse", "")
    months = int(said_) if said_.isdecimal() and len(said_) < 4 else 0
    try:
        if said_ == "non":
            after.refuse(found, by=by, at=clock.now())
        elif 1 <= months <= LONGEST:
            _grant(request, found, months, by)
        else:
            return _("Choisissez une durée, en mois.")
    except after.AlreadyAnswered:
        return ""
    except actions.CannotGoOn as refusal:
        return _cannot(refusal.why)
    except Refused:
        return _("Le jardin a changé quelque chose entre-temps. Appelez-le.")
    return ""


def _grant(request: Request, found: RenewalAsk, months: int, by: Person | None) -> None:
    chosen_ = request.POST.get("tarif", "")
    if chosen_ == "jardin":
        tariff = None
    else:
        pk = int(chosen_) if chosen_.isdecimal() and len(chosen_) < 15 else found.support.tariff_id
        tariff = queries.may_take(found, pk)
        if tariff is None:
            raise OutsideAgreement
    actions.grant(found, months=months, tariff=tariff, by=by, at=clock.now())


def _cannot(why: str) -> str:
    return {
        "ends": _("La convention est finie à cette date. Voyez ci-dessous ce qui est possible."),
        "full": _("La convention n’a plus de place. Voyez ci-dessous ce qui est possible."),
    }[why]
