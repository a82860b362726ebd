"""Funds: the list of a garden or of the network, one fund, writing it, and how far its tranches' money has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms as django_forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cageot.core.templatetags.cageot import euros
from cageot.desk import words_funds as words
from cageot.desk.access import fund_for, garden_for, may_write_fund, network_only
from cageot.desk.actions.agreements import new_partner
from cageot.desk.forms import funds as forms
from cageot.desk.queries import funds as queries
from cageot.desk.words_books import day_refused
from cageot.funding import journal
from cageot.funding.actions import funds as actions
from cageot.funding.models import Fund, Tranche
from cageot.funding.queries import funds as funding
from cageot.funding.rules.years import DayRefused
from cageot.network.actions import add_partner
from cageot.network.http import Request, acting
from cageot.network.models import Garden, Partner
from cageot.network.rules.reach import Can

T = TypeVar("T")
READ_WRITE = ["GET", "HEAD", "POST"]


@require_safe
def of_network(request: Request) -> HttpResponse:
    """Every fund, for the network head."""
    network_only(request)
    return _list(request, None)


@require_safe
def of_garden(request: Request, garden: str) -> HttpResponse:
    """The funds of a garden's association."""
    return _list(request, garden_for(request, garden, Can.SEE_MONEY))


def _list(request: Request, garden: Garden | None) -> HttpResponse:
    page = queries.list_page(garden, request.reach, request.today, request.GET.get("annee", ""))
    return render(request, "desk/funds.html", {"page": page})


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """One fund: its sentence, its tranches, who it pays, what nobody uses."""
    fund = fund_for(request, pk)
    may_write = may_write_fund(request.reach, fund)
    page = queries.fund_page(fund, request.reach, request.today, may_write=may_write)
    return render(request, "desk/funds_one.html", {"page": page})


# --- Writing --------------------------------------------------------------------------------------


@require_http_methods(READ_WRITE)
def new_of_network(request: Request) -> HttpResponse:
    """Write a fund of the network head."""
    network_only(request)
    return _new(request, None)


@require_http_methods(READ_WRITE)
def new(request: Request, garden: str) -> HttpResponse:
    """Write a fund of a garden's own."""
    return _new(request, garden_for(request, garden, Can.EDIT_AGREEMENTS))


def _new(request: Request, garden: Garden | None) -> HttpResponse:
    form = forms.FundForm(request.POST or None, offered=queries.offered(garden, request.reach), garden=garden)
    if request.method == "POST" and not _asks_preview(request) and form.is_valid() and (made := _open(request, form)):
        messages.success(
            request, _("Le financement est écrit. Ajoutez maintenant sa première tranche : combien, et pour quand.")
        )
        return redirect("desk:tranche_new", made.pk)
    return _fund_form(request, form, {"garden": garden})


@require_http_methods(READ_WRITE)
def edit(request: Request, pk: int) -> HttpResponse:
    """Change a fund. What is claimed does not move."""
    fund = fund_for(request, pk, edit=True)
    used = funding.in_use(fund)
    form = forms.FundForm(
        request.POST or None, offered=queries.offered(None, request.reach, fund), fund=fund, used=used
    )
    if request.method == "POST" and not _asks_preview(request) and form.is_valid() and _change(request, form, fund):
        messages.success(request, _("C’est enregistré."))
        return redirect("desk:fund", fund.pk)
    return _fund_form(request, form, {"garden": queries.home_of(fund, request.reach), "fund": fund})


def _asks_preview(request: Request) -> bool:
    return "HX-Request" in request.headers or "voir" in request.POST


def _fund_form(request: Request, form: forms.FundForm, context: dict[str, Any]) -> HttpResponse:
    """The form, with the sentence and who meets it as far as it can be read; that part alone when the page asks for it."""
    conditions = form.so_far() if form.is_bound else funding.conditions_of(form.fund) if form.fund else None
    labels = {one.pk: one.name for one in form.offered.gardens}
    context |= {"form": form}
    if conditions is not None:
        context["sentence"] = words.sentence(conditions, labels)
        context["meets"] = queries.who_meets(conditions, form.offered.held, request.today)
    if "HX-Request" in request.headers:
        return render(request, "desk/funds_preview.html", context)
    wrong = form.is_bound and form.errors and "voir" not in request.POST
    return render(request, "desk/funds_form.html", context, status=422 if wrong else 200)


def _open(request: Request, form: forms.FundForm) -> Fund | None:
    by, at = acting(request)

    def write() -> Fund:
        entity = journal.entity_of(form.garden) if form.garden else journal.head()
        fund = Fund(entity=entity, **form.values(_partner(request, form)))
        return actions.open_fund(
            fund,
            gardens=form.chosen_gardens(),
            today=request.today,
            by=by,
            at=at,
            expected=form.cleaned_data["expected"],
        )

    return _told(form, write)


def _change(request: Request, form: forms.FundForm, fund: Fund) -> bool:
    by, at = acting(request)

    def write() -> bool:
        gardens = form.chosen_gardens() if form.asks_gardens else list(fund.gardens.all())
        values = form.values(None if form.used else _partner(request, form))
        actions.change_fund(
            fund, values, gardens=gardens, today=request.today, by=by, at=at, expected=form.cleaned_data["expected"]
        )
        return True

    return bool(_told(form, write))


def _told(form: forms.FundForm, write: Callable[[], T]) -> T | None:
    """What was written, all or nothing; None when it was refused, and the form says why."""
    try:
        with transaction.atomic():
            return write()
    except actions.ConditionsRefused as refusal:
        form.conditions_refused(refusal.wrong)
    except actions.ReferenceTaken as refusal:
        form.reference_taken(refusal.other)
    except actions.GardenElsewhere:
        form.add_error(
            "gardens" if form.asks_gardens else None,
            _("Cet argent ne peut payer que les jardins de votre association."),
        )
    except actions.FundInUse:
        form.add_error(
            None, _("De l’argent vient d’être notifié : qui donne et qui reçoit ne changent plus. Rien n’a été écrit.")
        )
    return None


def _partner(request: Request, form: forms.FundForm) -> Partner | None:
    """The funder: chosen, or new under the name that was typed."""
    name = form.cleaned_data.get("partner_name")
    if form.main or not name:
        return form.main
    by, at = acting(request)
    kind = form.cleaned_data["partner_kind"] or Partner.Kind.OTHER
    gardens = form.offered.gardens
    if form.offered.held is not None:
        return new_partner(name, kind, gardens, by=by, at=at)
    public = kind not in ("association", "foundation", "company", "other")
    values = {"name": name, "kind": kind, "level": Partner.Level.NATIONAL, "funds": True, "public": public}
    return add_partner(values, [], by=by, at=at)


@require_http_methods(READ_WRITE)
def end(request: Request, pk: int) -> HttpResponse:
    """The fund pays no more baskets from a day on; or it pays again."""
    fund = fund_for(request, pk, edit=True)
    by, at = acting(request)
    if fund.ended_on:
        if request.method == "POST":
            actions.resume_fund(fund, by=by, at=at)
            messages.success(request, _("Le financement reprend : ses tranches paient de nouveau."))
            return redirect("desk:fund", fund.pk)
        steps = [_("Ses tranches paient de nouveau les paniers de leurs dates.")]
        return _step(request, django_forms.Form(), fund, _("Reprendre le financement"), _("Reprendre"), steps)
    form = forms.EndForm(request.POST or None, initial={"on": request.today})
    steps = [
        _("À partir de ce jour, aucun panier n’est plus payé par ce financement."),
        _("Ce qu’il a déjà réglé pour les jours d’avant reste."),
        _("Ce qui est réclamé ne bouge pas."),
    ]
    return _act(
        request, form, fund, _("Mettre fin au financement"), _("Mettre fin"), steps, _("La fin du financement est notée."),
        lambda give_back: actions.end_fund(fund, **form.cleaned_data, by=by, at=at, give_back=give_back), danger=True,
    )  # fmt: skip


# --- Tranches -------------------------------------------------------------------------------------


@require_http_methods(READ_WRITE)
def new_tranche(request: Request, pk: int) -> HttpResponse:
    """Add a tranche to a fund."""
    fund = fund_for(request, pk, edit=True)
    by, at = acting(request)
    form = forms.TrancheForm(request.POST or None, fund=fund, today=request.today)
    steps = [
        _("L’argent promis se voit dans les prévisions et les propositions."),
        _("Il ne paie vraiment des paniers qu’une fois notifié."),
    ]
    return _act(
        request, form, fund, _("Ajouter une tranche"), _("Ajouter"), steps, _("La tranche est ajoutée."),
        lambda _back: actions.add_tranche(fund, form.cleaned_data, by=by, at=at),
    )  # fmt: skip


@require_http_methods(READ_WRITE)
def edit_tranche(request: Request, pk: int) -> HttpResponse:
    """Change a tranche's dates, promised amount, quota."""
    tranche = _tranche(request, pk)
    by, at = acting(request)
    form = forms.TrancheForm(request.POST or None, fund=tranche.fund, today=request.today, tranche=tranche)
    steps = [
        _("Plus longue, elle peut payer d’autres paniers au prochain règlement."),
        _(
            "Plus courte, elle rend ce qu’elle avait réglé hors de ses dates, si vous le demandez. Ce qui est réclamé reste."
        ),
    ]
    return _act(
        request, form, tranche.fund, _("Modifier la tranche %(label)s") % {"label": tranche.label}, _("Enregistrer"), steps,
        _("C’est enregistré."),
        lambda back: actions.change_tranche(tranche, form.cleaned_data, by=by, at=at, give_back=back),
    )  # fmt: skip


@require_http_methods(READ_WRITE)
def notify(request: Request, pk: int) -> HttpResponse:
    """Write what the funder notified."""
    tranche = _tranche(request, pk)
    by, at = acting(request)
    form = forms.NotifyForm(request.POST or None, tranche=tranche, today=request.today)
    steps = [
        _("Le montant notifié peut régler des paniers, jusqu’au dernier centime et pas un de plus."),
        _("Il entre dans les comptes ce jour-là."),
    ]
    return _act(
        request, form, tranche.fund, _("Noter la notification, %(label)s") % {"label": tranche.label}, _("Enregistrer"), steps,
        _("Le montant notifié est noté."),
        lambda back: actions.notify(tranche, **form.cleaned_data, by=by, at=at, give_back=back),
    )  # fmt: skip


@require_http_methods(READ_WRITE)
def refuse(request: Request, pk: int) -> HttpResponse:
    """The funder will not give that money after all."""
    tranche = _tranche(request, pk)
    by, at = acting(request)
    form = forms.RefuseForm(request.POST or None, initial={"on": request.today})
    steps = [
        _("Ce qui n’est ni reçu ni réclamé n’est plus attendu, et sort des comptes."),
        _("Les paniers que cet argent payait sont à financer par d’autres."),
        _("Ce qui est réclamé reste : si le financeur le refuse aussi, notez-le sur sa demande de versement."),
    ]
    return _act(
        request, form, tranche.fund, _("Noter le refus, %(label)s") % {"label": tranche.label}, _("Noter le refus"), steps,
        _("Le refus est noté."),
        lambda back: actions.refuse(tranche, **form.cleaned_data, by=by, at=at, give_back=back), danger=True,
    )  # fmt: skip


@require_http_methods(READ_WRITE)
def withdraw_tranche(request: Request, pk: int) -> HttpResponse:
    """Take back a tranche written by mistake."""
    tranche = _tranche(request, pk)
    by, at = acting(request)
    if not funding.may_withdraw(tranche):
        messages.info(
            request, _("De l’argent est noté sur cette tranche : elle ne se retire plus. Vous pouvez noter son refus.")
        )
        return redirect("desk:fund", tranche.fund_id)
    steps = [_("La tranche disparaît : rien n’y est notifié, ni payé.")]
    return _act(
        request, django_forms.Form(request.POST if request.method == "POST" else None), tranche.fund,
        _("Retirer la tranche %(label)s") % {"label": tranche.label}, _("Retirer"), steps, _("La tranche est retirée."),
        lambda _back: actions.withdraw_tranche(tranche, by=by, at=at), danger=True,
    )  # fmt: skip


def _tranche(request: Request, pk: int) -> Tranche:
    """A tranche of a fund that this person may change, unless its funder refused it."""
    found = get_object_or_404(Tranche.objects.select_related("fund"), pk=pk)
    found.fund = fund_for(request, found.fund_id, edit=True)
    if found.refused_on:
        raise Http404
    return found


def _act(
    request: Request, form: django_forms.Form, fund: Fund, title: str, button: str, steps: list[str], done: str,
    write: Callable[[bool], object], *, danger: bool = False,
) -> HttpResponse:  # fmt: skip
    """A step on a fund: the form, what will happen, and why it may not, with the way out when there is one."""
    may_give_back = False
    if request.method == "POST" and form.is_valid():
        try:
            write("rendre" in request.POST)
        except actions.TrancheClaimed as refusal:
            form.add_error(None, forms.standing(refusal.standing, claimed=True))
        except actions.TrancheGranted as refusal:
            form.add_error(
                None,
                _("%(sum)s de plus sont accordés à des jardins pour leurs projets. Arrêtez d’abord une de ces aides.")
                % {"sum": euros(refusal.standing.used)},
            )
        except actions.TrancheSpentOutside as refusal:
            told = _(
                "%(sum)s ont payé des ateliers tenus hors de ces dates. Reprenez d’abord ce coût, ou gardez ces dates."
            )
            form.add_error(None, told % {"sum": euros(refusal.standing.used)})
        except actions.TrancheReceived as refusal:
            told = _(
                "%(received)s sont déjà reçus, soit %(over)s de plus. Rendez d’abord cette différence au financeur, sur la page des paiements, puis notez ce montant."
            )
            form.add_error("cents", told % {"received": euros(refusal.received), "over": euros(refusal.over)})
        except actions.TrancheSpent as refusal:
            told = _("%(sum)s de plus sont allés à des ateliers. Reprenez d’abord ce coût, sur la page de l’atelier.")
            form.add_error(None, told % {"sum": euros(refusal.standing.used)})
        except actions.TrancheInUse as refusal:
            may_give_back = True
            form.add_error(None, forms.standing(refusal.standing, claimed=False))
        except DayRefused as refusal:
            form.add_error("on" if "on" in form.fields else None, day_refused(refusal))
        except actions.LabelTaken:
            form.add_error("label", _("Ce financement a déjà une tranche de ce nom."))
        except (actions.TrancheRefused, actions.FundInUse):
            messages.info(
                request, _("Entre-temps, cette tranche a changé. Rien n’a été écrit : regardez où elle en est.")
            )
            return redirect("desk:fund", fund.pk)
        else:
            messages.success(request, done)
            return redirect("desk:fund", fund.pk)
    return _step(request, form, fund, title, button, steps, danger=danger, may_give_back=may_give_back)


def _step(
    request: Request, form: django_forms.Form, fund: Fund, title: str, button: str, steps: list[str], *,
    danger: bool = False, may_give_back: bool = False,
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form, "fund": fund, "title": title, "button": button, "steps": steps, "danger": danger,
        "may_give_back": may_give_back,
    }  # fmt: skip
    return render(request, "desk/funds_step.html", context, status=422 if form.errors else 200)
