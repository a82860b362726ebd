"""Agreements: the list, the page with its example, writing one, ending it, and asking to go past the cap."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core.forms import EurosField
from cageot.desk.access import agreement_for, garden_for
from cageot.desk.actions import agreements as actions
from cageot.desk.forms import agreements as forms
from cageot.desk.queries import agreements as queries
from cageot.funding import actions as funding
from cageot.funding.models import Agreement, CapExemption, Tariff
from cageot.funding.queries import edition_on
from cageot.network.http import Request, acting
from cageot.network.models import Garden, Partner
from cageot.network.rules.reach import Can

READ_WRITE = ["GET", "HEAD", "POST"]


@require_safe
def of_garden(request: Request, garden: str) -> HttpResponse:
    """The agreements of a garden."""
    return _list(request, garden_for(request, garden, Can.SEE_MONEY))


@require_safe
def of_network(request: Request) -> HttpResponse:
    """Every agreement, for the network head."""
    if not request.reach.network:
        raise Http404
    return _list(request, None)


def _list(request: Request, garden: Garden | None) -> HttpResponse:
    asked = {
        name: request.GET.get(word, "").strip()[:80]
        for name, word in (("text", "q"), ("state", "etat"), ("number", "page"))
    }
    return render(
        request, "desk/agreements.html", {"list": queries.list_page(garden, request.reach, request.today, **asked)}
    )


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """One agreement, in words, with a basket as example."""
    page = queries.agreement_page(
        agreement_for(request, pk),
        request.reach,
        request.today,
        choice=request.GET.get("taille", ""),
        price=_price(request),
    )
    return render(
        request,
        "desk/agreement_example.html" if "HX-Request" in request.headers else "desk/agreement.html",
        {"page": page},
    )


def _price(request: Request) -> int | None:
    """The price typed for the example; None when there is none, or it cannot be read."""
    try:
        return EurosField(required=False, max_cents=100_000).clean(request.GET.get("prix", ""))  # type: ignore[no-any-return]
    except ValidationError:
        return None


# --- Writing --------------------------------------------------------------------------------------


@require_http_methods(READ_WRITE)
def new(request: Request, garden: str) -> HttpResponse:
    """Write a new agreement."""
    place = garden_for(request, garden, Can.EDIT_AGREEMENTS)
    form = forms.AgreementForm(request.POST or None, garden=place, **_offered(request, place))
    if request.method == "POST":
        if "HX-Request" in request.headers or "voir" in request.POST:
            return _preview(request, form, {"garden": place})
        if form.is_valid() and (made := _open(request, form)):
            messages.success(request, _("La convention est écrite. On peut maintenant y rattacher des foyers."))
            return redirect("desk:agreement", made.pk)
    return _form(request, form, {"garden": place})


@require_http_methods(READ_WRITE)
def edit(request: Request, pk: int) -> HttpResponse:
    """Change an agreement: its clauses, its quotas, and its tariffs from a day on."""
    one = _editable(request, pk)
    tariff = _tariff(request, one)
    place = one.gardens.first()
    assert place is not None
    used = queries.tariff_used_until(tariff)
    form = forms.AgreementForm(
        request.POST or None, agreement=one, tariff=tariff, used_until=used, **_offered(request, place, one, tariff)
    )
    context = {"garden": place, "agreement": one, "tariff": tariff, "tariffs": list(one.tariffs.all())}
    if request.method == "POST":
        if "HX-Request" in request.headers or "voir" in request.POST:
            return _preview(request, form, context)
        if form.is_valid() and _change(request, form, one, tariff):
            messages.success(request, _("C’est enregistré."))
            return redirect("desk:agreement", one.pk)
    return _form(request, form, context)


def _editable(request: Request, pk: int) -> Agreement:
    """The agreement, if this person may change it in every garden it binds."""
    one = agreement_for(request, pk, edit=True)
    if not queries.may_change(one, request.reach):
        raise Http404
    return one


def _tariff(request: Request, one: Agreement) -> Tariff:
    asked = request.GET.get("tarif", "")
    rows = one.tariffs.select_related("agreement")
    found = rows.filter(pk=asked).first() if asked.isdigit() else rows.first()
    if found is None:
        raise Http404
    return found


def _offered(
    request: Request, place: Garden, one: Agreement | None = None, tariff: Tariff | None = None
) -> dict[str, Any]:
    """What the form gives to choose from: gardens, partners, sizes; and the lines that stand."""
    sizes = queries.sizes_of(place, request.today)
    lines = queries.standing_lines(one, tariff, request.today) if one and tariff else []
    known = {code for code, _name, _price in sizes}
    extra = [
        (line.size_code, queries.size_label(line.size_code), line.price_cents)
        for line in lines
        if line.size_code not in known
    ]
    return {
        "gardens": queries.gardens_to_bind(request.reach), "partners": Partner.objects.reachable(request.reach).filter(funds=True),
        "sizes": [*sizes, *extra], "today": request.today, "lines": lines,
    }  # fmt: skip


def _form(request: Request, form: forms.AgreementForm, context: dict[str, Any]) -> HttpResponse:
    return render(request, "desk/agreement_form.html", {"form": form, **context}, status=422 if form.errors else 200)


def _preview(request: Request, form: forms.AgreementForm, context: dict[str, Any]) -> HttpResponse:
    """The example of what is typed so far; nothing is written."""
    form.is_valid()
    if "HX-Request" in request.headers:
        return render(request, "desk/agreement_preview.html", {"form": form})
    return render(request, "desk/agreement_form.html", {"form": form, **context})


def _open(request: Request, form: forms.AgreementForm) -> Agreement | None:
    """Write the new agreement, or tell on the form why it may not be."""
    by, at = acting(request)
    found = form.cleaned_data
    try:
        with transaction.atomic():
            partner = form.partners.get(found["partner"]) or actions.new_partner(
                found["partner_name"], found["partner_kind"], found["gardens"], by=by, at=at
            )
            made = Agreement(partner=partner, from_day=found["from_day"], **form.all_clauses())
            return funding.open_agreement(
                made,
                gardens=found["gardens"],
                payers=form.payer_drafts(partner),
                grids={_("Tarif"): form.line_drafts()},
                by=by,
                at=at,
            )
    except funding.TariffRefused as refusal:
        form.refuse(refusal)
    return None


def _change(request: Request, form: forms.AgreementForm, one: Agreement, tariff: Tariff) -> bool:
    by, at = acting(request)
    gardens = list(form.cleaned_data["gardens"]) if "gardens" in form.changed_data else None
    asked = actions.Change(
        form.description(), gardens, form.quotas(), form.payer_drafts(one.partner), form.line_drafts()
    )
    try:
        actions.change(one, tariff, asked, by=by, at=at)
    except funding.TariffRefused as refusal:
        form.refuse(refusal)
    except funding.LineInUse:
        form.line_in_use()
    except funding.GardenInUse:
        form.add_error(
            "gardens", _("Des paniers ont été réglés dans le jardin que vous enlevez : il reste dans la convention.")
        )
    except actions.QuotaBelowUse:
        form.add_error(
            None,
            _(
                "Des paniers ont été payés entre-temps : un quota serait dépassé. Rien n’a été écrit, vérifiez les quotas."
            ),
        )
    return not form.errors


# --- Ending ---------------------------------------------------------------------------------------


@require_http_methods(READ_WRITE)
def end(request: Request, pk: int) -> HttpResponse:
    """End an agreement early: what it touches, then the date and the reason."""
    one = _editable(request, pk)
    if one.status != Agreement.Status.ACTIVE:
        messages.info(request, _("Cette convention n’est pas en cours."))
        return redirect("desk:agreement", one.pk)
    form = forms.EndForm(request.POST or None, agreement=one, today=request.today)
    if request.method == "POST" and form.is_valid():
        return _end(request, one, form)
    context = {"agreement": one, "form": form, "ending": queries.ending(one, request.today)}
    return render(request, "desk/agreement_end.html", context, status=422 if form.errors else 200)


def _end(request: Request, one: Agreement, form: forms.EndForm) -> HttpResponse:
    by, at = acting(request)
    last, households = form.cleaned_data["last_day"], queries.ending(one, request.today).households
    funding.terminate(one, last_day=last, reason=form.cleaned_data["reason"], by=by, at=at)
    said = {"day": f"{last:%d/%m/%Y}", "n": households}
    messages.success(request, ngettext(
        "La convention s’arrête après le %(day)s. %(n)s foyer garde sa participation : cherchez-lui une autre convention.",
        "La convention s’arrête après le %(day)s. %(n)s foyers gardent leur participation : cherchez-leur une autre convention.",
        households,
    ) % said if households else _("La convention s’arrête après le %(day)s.") % said)  # fmt: skip
    return redirect("desk:agreement", one.pk)


# --- Going past the cap ---------------------------------------------------------------------------


@require_http_methods(READ_WRITE)
def ask(request: Request, pk: int) -> HttpResponse:
    """Ask the network to let members of this agreement pay more than the cap."""
    one = _editable(request, pk)
    form = forms.ExemptionForm(request.POST or None, agreement=one, today=request.today)
    if request.method == "POST" and form.is_valid() and _ask(request, one, form):
        messages.success(request, _("La demande est partie au réseau. Rien ne change tant qu’il n’a pas répondu."))
        return redirect("desk:agreement", one.pk)
    context = {"agreement": one, "form": form, "cap": queries.percent(queries.edition_cap(request.today))}
    return render(request, "desk/agreement_exemption.html", context, status=422 if form.errors else 200)


def _ask(request: Request, one: Agreement, form: forms.ExemptionForm) -> bool:
    by, at = acting(request)
    found = form.cleaned_data
    edition = edition_on(found["from_day"])
    if edition is None:
        form.add_error("from_day", _("Aucune édition du programme ne couvre ce jour."))
        return False
    funding.ask_exemption(
        one, edition=edition, max_member_bp=found["most"], reason=found["reason"], from_day=found["from_day"],
        until_day=found["until_day"], by=by, at=at,
    )  # fmt: skip
    return True


@require_POST
def answer(request: Request, pk: int) -> HttpResponse:
    """The network grants or refuses a request."""
    if not request.reach.network:
        raise Http404
    asked = get_object_or_404(CapExemption, pk=pk)
    form = forms.AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Dites oui ou non, avec un mot de 300 signes au plus."))
        return redirect("desk:agreement", asked.agreement_id)
    by, at = acting(request)
    granted = form.cleaned_data["granted"] == "oui"
    try:
        funding.answer_exemption(
            asked, granted=granted, answer=form.cleaned_data["answer"], on=request.today, by=by, at=at
        )
    except funding.AlreadyAnswered:
        messages.info(request, _("Quelqu’un a déjà répondu à cette demande."))
    else:
        messages.success(request, _("La dérogation est accordée.") if granted else _("La dérogation est refusée."))
    return redirect("desk:agreement", asked.agreement_id)
