"""Agreements: the list, the page with its example, writing one, ending it, and asking to go past the cap."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
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
from cageot.desk.access import agreement_for, garden_for, network_only
from cageot.desk.actions import agreements as actions
from cageot.desk.forms import agreements as forms
from cageot.desk.forms.agreements_lines import TariffForm
from cageot.desk.queries import agreements as queries
from cageot.funding import actions as funding
from cageot.funding.models import Agreement, CapExemption, Tariff, TariffLine
from cageot.funding.queries import edition_on
from cageot.funding.rules.tariffs import LineRule
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
    """Write a new agreement of a garden."""
    place = garden_for(request, garden, Can.EDIT_AGREEMENTS)
    gardens = Garden.objects.filter(pk__in=request.reach.gardens_where(Can.EDIT_AGREEMENTS))
    form = forms.AgreementForm(request.POST or None, garden=place, **_offered(request, gardens, [place]))
    return _write(request, form, {"garden": place})


@require_http_methods(READ_WRITE)
def new_of_network(request: Request) -> HttpResponse:
    """Write a new agreement that binds several gardens, for the network head."""
    network_only(request)
    gardens = queries.gardens_to_bind(request.reach)
    form = forms.AgreementForm(request.POST or None, several=True, **_offered(request, gardens, gardens))
    return _write(request, form, {"garden": None})


def _write(request: Request, form: forms.AgreementForm, context: dict[str, Any]) -> HttpResponse:
    if request.method == "POST":
        if "HX-Request" in request.headers or "voir" in request.POST:
            return _preview(request, form, context)
        if form.is_valid() and (made := _open(request, form)):
            messages.success(request, _("La convention est écrite. On peut maintenant y rattacher des foyers."))
            return redirect("desk:agreement", made.pk)
    return _form(request, form, context)


@require_http_methods(READ_WRITE)
def edit(request: Request, pk: int) -> HttpResponse:
    """Change an agreement: its clauses, its quotas, and its tariffs from a day on."""
    one = _editable(request, pk)
    tariff = _tariff(request, one)
    gardens, since = list(one.gardens.all()), _day(request.GET.get("du", ""))
    lines = queries.standing_lines(one, tariff, request.today)
    form = forms.AgreementForm(
        request.POST or None, agreement=one, tariff=tariff, used_until=queries.tariff_used_until(tariff), since=since,
        free=not funding.is_used(one), several=_of_the_network(request, gardens), lines=lines,
        **_offered(request, queries.gardens_to_bind(request.reach), gardens, lines, since),
    )  # fmt: skip
    home = next((garden for garden in gardens if request.reach.can(Can.EDIT_AGREEMENTS, garden.pk)), None)
    context = {"garden": home, "agreement": one, "tariff": tariff, "tariffs": list(one.tariffs.all())}
    if request.method == "POST":
        if "HX-Request" in request.headers or "voir" in request.POST:
            return _preview(request, form, context)
        if form.is_valid() and _change(request, form, one, tariff):
            messages.success(request, _("C’est enregistré."))
            return redirect("desk:agreement", one.pk)
    return _form(request, form, context)


def _day(text: str) -> date | None:
    """A day of the address; None when there is none, or it cannot be read."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _of_the_network(request: Request, gardens: Iterable[Garden]) -> bool:
    """Whether it is the network head, not a garden, that writes it: then it goes on binding several gardens."""
    mine = set(request.reach.gardens_where(Can.EDIT_AGREEMENTS))
    return not {garden.pk for garden in gardens} <= mine


def _editable(request: Request, pk: int) -> Agreement:
    """The agreement, if this person may change it in every garden it binds."""
    one = agreement_for(request, pk, edit=True)
    if not queries.may_change(one, request.reach):
        raise Http404
    return one


def _tariff(request: Request, one: Agreement) -> Tariff:
    asked = request.GET.get("tarif", "")
    rows = one.tariffs.select_related("agreement")
    found = rows.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else rows.first()
    if found is None:
        raise Http404
    return found


def _offered(
    request: Request, gardens: Iterable[Garden], bound: Iterable[Garden], lines: Iterable[LineRule] = (), since: date | None = None
) -> dict[str, Any]:  # fmt: skip
    """What the form gives to choose from: gardens, partners, and the sizes of those that are bound."""
    sizes = queries.sizes_of(bound, since or request.today)
    known = {code for code, _name, _price in sizes}
    extra = [
        (line.size_code, queries.size_label(line.size_code), line.price_cents)
        for line in lines
        if line.size_code not in known
    ]
    return {
        "gardens": gardens, "partners": Partner.objects.reachable(request.reach).filter(funds=True),
        "sizes": [*sizes, *extra], "today": request.today,
    }  # fmt: skip


def _form(
    request: Request, form: Any, context: dict[str, Any], template: str = "desk/agreement_form.html"
) -> HttpResponse:
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)


def _preview(
    request: Request, form: Any, context: dict[str, Any], template: str = "desk/agreement_form.html"
) -> HttpResponse:
    """The example of what is typed so far; nothing is written."""
    form.is_valid()
    if "HX-Request" in request.headers:
        return render(request, "desk/agreement_preview.html", {"form": form})
    return render(request, template, {"form": form, **context})


def _open(request: Request, form: forms.AgreementForm) -> Agreement | None:
    """Write the new agreement, or tell on the form why it may not be."""
    by, at = acting(request)
    found = form.cleaned_data
    try:
        with transaction.atomic():
            partner = form.main or actions.new_partner(
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
        form.refuse_line(refusal)
    return None


def _change(request: Request, form: forms.AgreementForm, one: Agreement, tariff: Tariff) -> bool:
    by, at = acting(request)
    try:
        actions.change(one, tariff, _asked(form, one), by=by, at=at)
    except funding.TariffRefused as refusal:
        form.refuse_line(refusal)
    except funding.LineInUse:
        form.line_in_use()
    except funding.GardenInUse:
        form.add_error(
            "gardens", _("Des paniers ont été réglés dans le jardin que vous enlevez : il reste dans la convention.")
        )
    except actions.SupportsBefore as refusal:
        told = _("Des foyers sont pris en charge dès le %(day)s : la convention commence ce jour-là ou avant.")
        form.add_error("from_day", told % {"day": f"{refusal.first:%d/%m/%Y}"})
    except funding.AgreementInUse:
        form.add_error(
            None,
            _(
                "Une semaine vient d’être close : des paniers sont réglés, et les payeurs ne changent plus. Rien n’a été écrit."
            ),
        )
    except actions.QuotaBelowUse:
        form.add_error(
            None,
            _(
                "Des paniers ont été payés entre-temps : un quota serait dépassé. Rien n’a été écrit, vérifiez les quotas."
            ),
        )
    return not form.errors


def _asked(form: forms.AgreementForm, one: Agreement) -> actions.Change:
    """What the form changes. While nothing is settled, payers are corrected as a whole; then they are only added to."""
    gardens = list(form.cleaned_data["gardens"]) if "gardens" in form.changed_data else None
    correction = None
    if form.free and form.payers_changed:
        main = form.main or one.partner
        correction = actions.Correction(main, form.cleaned_data["from_day"], form.corrected(main))
    quotas, added = ([], []) if form.free else (form.quotas(), form.payer_drafts(one.partner))
    return actions.Change(
        form.description(), gardens, correction, quotas, added, form.cleaned_data["tariff_name"], form.line_drafts()
    )


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


@require_http_methods(READ_WRITE)
def resume(request: Request, pk: int) -> HttpResponse:
    """An agreement that was ended goes on after all."""
    one = _editable(request, pk)
    if one.status != Agreement.Status.TERMINATED:
        messages.info(request, _("Cette convention n’est pas arrêtée."))
        return redirect("desk:agreement", one.pk)
    form = forms.ResumeForm(request.POST or None, agreement=one)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        funding.resume(one, until_day=form.cleaned_data["until_day"], by=by, at=at)
        messages.success(request, _("La convention reprend. Ses payeurs paient de nouveau les paniers à venir."))
        return redirect("desk:agreement", one.pk)
    steps = [
        _("La convention redevient « en cours », jusqu’au jour que vous donnez."),
        _("Les semaines closes pendant l’arrêt restent comme elles ont été payées."),
    ]
    context = {"agreement": one, "title": _("Reprendre la convention"), "button": _("Reprendre"), "steps": steps}
    return _form(request, form, context, "desk/agreement_step.html")


@require_http_methods(READ_WRITE)
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take back an agreement that nothing rests on."""
    one = _editable(request, pk)
    place = one.gardens.first()
    if request.method == "POST":
        by, at = acting(request)
        try:
            funding.withdraw_agreement(one, by=by, at=at)
        except funding.AgreementInUse:
            messages.error(request, _("Des foyers ou des paniers tiennent à cette convention : mettez-y fin plutôt."))
            return redirect("desk:agreement", pk)
        messages.success(request, _("La convention est retirée."))
        if request.reach.network or place is None:
            return redirect("desk:all_agreements")
        return redirect("desk:agreements", place.code)
    steps = [
        _("Aucun panier n’a été réglé avec elle, aucun foyer n’y est rattaché."),
        _("Elle disparaît de la liste, avec ses tarifs. Les partenaires restent."),
    ]
    context = {
        "agreement": one,
        "title": _("Retirer la convention"),
        "button": _("Retirer"),
        "steps": steps,
        "danger": True,
    }
    return _bare(request, context)


def _bare(request: Request, context: dict[str, Any]) -> HttpResponse:
    return render(request, "desk/agreement_step.html", {"form": "", **context})


# --- Tariffs --------------------------------------------------------------------------------------


@require_http_methods(READ_WRITE)
def new_tariff(request: Request, pk: int) -> HttpResponse:
    """Write one more grid of an agreement: another bracket, another audience."""
    one = _editable(request, pk)
    first = one.tariffs.select_related("agreement").first()
    sizes = queries.sizes_of(one.gardens.all(), request.today)
    lines = queries.standing_lines(one, first, request.today) if first else []
    form = TariffForm(request.POST or None, agreement=one, sizes=sizes, lines=lines, today=request.today)
    context = {"agreement": one, "tariff": None}
    if request.method == "POST":
        if "HX-Request" in request.headers or "voir" in request.POST:
            return _preview(request, form, context, "desk/agreement_tariff.html")
        if form.is_valid() and _add_tariff(request, form, one):
            messages.success(request, _("Le tarif est ajouté. Une prise en charge peut maintenant s’appuyer dessus."))
            return redirect("desk:agreement", one.pk)
    return _form(request, form, context, "desk/agreement_tariff.html")


def _add_tariff(request: Request, form: TariffForm, one: Agreement) -> bool:
    by, at = acting(request)
    try:
        funding.add_tariff(one, form.cleaned_data["tariff_name"], form.drafts(), by=by, at=at)
    except funding.TariffRefused as refusal:
        form.refuse_line(refusal)
    return not form.errors


@require_http_methods(READ_WRITE)
def withdraw_tariff(request: Request, pk: int, tariff: int) -> HttpResponse:
    """Take back a grid that nothing rests on."""
    one = _editable(request, pk)
    found = get_object_or_404(Tariff.objects.select_related("agreement"), pk=tariff, agreement=one)
    if request.method == "POST":
        by, at = acting(request)
        try:
            funding.withdraw_tariff(found, by=by, at=at)
        except funding.TariffInUse:
            messages.error(
                request,
                _("Des foyers ou des paniers tiennent à ce tarif, ou c’est le seul de la convention : il reste."),
            )
        else:
            messages.success(request, _("Le tarif est retiré."))
        return redirect("desk:agreement", one.pk)
    title = _("Retirer le tarif « %(name)s »") % {"name": found.name}
    steps = [_("Il disparaît de la convention, avec ses lignes."), _("Un tarif qui a servi ne peut pas être retiré.")]
    return _bare(
        request, {"agreement": one, "title": title, "button": _("Retirer ce tarif"), "steps": steps, "danger": True}
    )


@require_POST
def withdraw_line(request: Request, pk: int, line: int) -> HttpResponse:
    """Take back a line that was to apply later."""
    one = _editable(request, pk)
    found = get_object_or_404(TariffLine.objects.select_related("tariff__agreement"), pk=line, tariff__agreement=one)
    by, at = acting(request)
    try:
        funding.withdraw_line(found, today=request.today, by=by, at=at)
    except funding.LineInUse:
        messages.error(
            request, _("Cette ligne s’applique déjà, ou elle est la seule : écrivez-en une autre à partir d’un jour.")
        )
    else:
        messages.success(request, _("Le tarif à venir est retiré."))
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


@require_POST
def withdraw_request(request: Request, pk: int) -> HttpResponse:
    """The garden takes back a request that was not answered yet."""
    asked = get_object_or_404(CapExemption, pk=pk)
    one = _editable(request, asked.agreement_id)
    by, at = acting(request)
    try:
        funding.withdraw_exemption(asked, by=by, at=at)
    except funding.AlreadyAnswered:
        messages.info(request, _("Le réseau a déjà répondu à cette demande."))
    else:
        messages.success(request, _("La demande est retirée."))
    return redirect("desk:agreement", one.pk)
