"""Claims: what is to be asked, preparing it, one claim with its answers, the payments, and how a partner wants to be asked."""

from __future__ import annotations

import io
import secrets
import zipfile
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core.templatetags.cageot import euros, number
from cageot.desk import invoices
from cageot.desk.access import agreement_for, garden_for, network_only, partner_for
from cageot.desk.forms import claims as forms
from cageot.desk.queries import agreements as agreement_queries
from cageot.desk.queries import claims as queries
from cageot.desk.queries.claims import Place
from cageot.desk.queries.claims_text import writer
from cageot.desk.words_books import day_refused
from cageot.funding.actions import claiming as actions
from cageot.funding.models import Claim, Payment
from cageot.funding.rules.years import DayRefused
from cageot.network.http import Request, acting
from cageot.network.models import Partner
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


# --- Whose --------------------------------------------------------------------------------------


def _place(request: Request, garden: str | None, *, write: bool = False) -> Place:
    """The garden's papers, or the head's, if this person sees them (or makes them)."""
    if garden is None:
        network_only(request)
        place = queries.place_of_network(request.reach)
    else:
        what = Can.EDIT_AGREEMENTS if write else Can.SEE_MONEY
        place = queries.place_of_garden(garden_for(request, garden, what), request.reach)
    if write and not place.may_write:
        raise Http404
    return place


def _claim(request: Request, pk: int, *, write: bool = False) -> Claim:
    rows = Claim.objects.reachable(request.reach)
    claim = get_object_or_404(rows.select_related("entity", "partner", "agreement", "tranche__fund", "corrects"), pk=pk)
    if write and not queries.place_of_entity(claim.entity, request.reach).may_write:
        raise Http404
    return claim


def _payment(request: Request, pk: int, *, write: bool = False) -> Payment:
    payment = get_object_or_404(Payment.objects.select_related("entity", "partner"), pk=pk)
    place = queries.place_of_entity(payment.entity, request.reach)
    if not (place.may_write if write else place.garden or request.reach.network):
        raise Http404
    return payment


# --- Asking ---------------------------------------------------------------------------------------


@require_safe
def show_list(request: Request, garden: str | None = None) -> HttpResponse:
    """What is ready to be asked, and what was asked."""
    place = _place(request, garden)
    asked = {name: request.GET.get(word, "")[:20] for name, word in (("state", "etat"), ("number", "page"))}
    everywhere = garden is None and "partout" in request.GET
    page = queries.list_page(place, request.today, everywhere=everywhere, **asked)
    return render(request, "desk/claims.html", {"list": page})


@require_http_methods(WRITING)
def prepare(request: Request, garden: str | None = None) -> HttpResponse:
    """Read what would be asked; then make it, as it was read."""
    place = _place(request, garden, write=True)
    payer = request.GET.get("payeur", "")
    until, wrong = _until(request)
    number_ = int(payer) if payer.isascii() and payer.isdigit() and len(payer) < 19 else None
    status = 200
    if request.method == "POST":
        if _issue(request, place, until):
            return redirect(place.url("claims"))
        status = 409
    page = queries.prepare_page(place, request.today, payer=number_, until=until, wrong=wrong)
    return render(request, "desk/claims_prepare.html", {"page": page}, status=status)


def _until(request: Request) -> tuple[date | None, bool]:
    """The day asked for, and whether what was asked could not be read, or lies ahead."""
    typed = request.GET.get("jusqu", "")
    if not typed:
        return None, False
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        return None, True
    return (found, False) if date(1990, 1, 1) <= found <= request.today else (None, True)


def _issue(request: Request, place: Place, until: date | None) -> bool:
    by, at = acting(request)
    asked = [one for one in request.POST.getlist("papier") if len(one) == 64][:500]
    if not asked:
        messages.warning(request, _("Rien n’était coché : aucun papier n’a été fait."))
        return False
    entity = place.entity or actions.entity_for(place.garden)
    try:
        made = actions.issue(
            entity, gardens=[garden.pk for garden in place.gardens], asked=asked, today=request.today, until=until,
            text=writer(entity, place.gardens), by=by, at=at,
        )  # fmt: skip
    except actions.Changed:
        messages.error(
            request,
            _("Une semaine a été close ou rouverte, ou quelqu’un vient de faire ces papiers : rien n’a été fait. Relisez, puis recommencez."),
        )  # fmt: skip
        return False
    told = ngettext("%(n)s papier fait, pour %(sum)s.", "%(n)s papiers faits, pour %(sum)s.", len(made))
    total = sum(claim.total_cents for claim in made)
    messages.success(request, told % {"n": number(len(made)), "sum": euros(total)} + " " + _("Il reste à les envoyer."))
    return True


@require_safe
def files(request: Request, garden: str | None = None) -> HttpResponse:
    """All that is to be sent, in one ZIP file: Factur-X for the portal, PDF for the others."""
    place = _place(request, garden, write=True)
    claims = Claim.objects.filter(entity=place.entity, sent_on=None).order_by("pk") if place.entity else []
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive:
        for claim in claims:
            form = "facturx" if invoices.has_data(claim.text) and claim.text["buyer"]["siret"] else "pdf"
            archive.writestr(
                zipfile.ZipInfo(file_name(claim, form), date_time=(1980, 1, 1, 0, 0, 0)), FILES[form][0](claim)
            )
    return _download(box.getvalue(), "application/zip", f"a-envoyer-{request.today}.zip")


@require_POST
def send(request: Request, garden: str | None = None) -> HttpResponse:
    """All that waits has left."""
    place = _place(request, garden, write=True)
    by, at = acting(request)
    asked = [one for one in request.POST.getlist("papier") if one.isascii() and one.isdigit() and len(one) < 19][:500]
    rows = Claim.objects.filter(entity=place.entity, pk__in=asked) if place.entity else Claim.objects.none()
    count = actions.send(rows, on=request.today, by=by, at=at)
    told = ngettext("C’est noté : %(n)s papier envoyé.", "C’est noté : %(n)s papiers envoyés.", count)
    messages.success(request, told % {"n": number(count)})
    return redirect(place.url("claims"))


# --- One claim ------------------------------------------------------------------------------------


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """One claim."""
    page = queries.claim_page(_claim(request, pk), request.reach, request.today)
    return render(request, "desk/claim.html", {"page": page})


@require_safe
def download(request: Request, pk: int, form: str) -> HttpResponse:
    """A claim as one of `FILES`."""
    claim = _claim(request, pk)
    if form not in FILES or (form != "pdf" and not invoices.has_data(claim.text)):
        raise Http404
    write, kind = FILES[form]
    return _download(write(claim), kind, file_name(claim, form))


FILES: dict[str, tuple[Any, str]] = {
    "pdf": (lambda claim: invoices.pdf_of(claim.text, at=claim.at), "application/pdf"),
    "facturx": (lambda claim: invoices.facturx_of(claim.text, at=claim.at), "application/pdf"),
    "xml": (lambda claim: invoices.xml_of(claim.text), "application/xml"),
}


def file_name(claim: Claim, form: str) -> str:
    """Kind and number: a file name travels further than its content."""
    return (
        f"{slugify(claim.text['title'])}{'-facturx' if form == 'facturx' else ''}.{'xml' if form == 'xml' else 'pdf'}"
    )


def _download(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@require_http_methods(WRITING)
def answer(request: Request, pk: int) -> HttpResponse:
    """What the payer answered."""
    claim = _claim(request, pk, write=True)
    left = actions.asked_of(claim)
    form = forms.AnswerForm(
        request.POST or None, total_cents=left, initial={"day": request.today, "answer": "accepted"}
    )
    if request.method == "POST" and form.is_valid() and form.cleaned_data["day"] > request.today:
        form.add_error("day", _("Ce jour n’est pas encore là : notez la réponse quand elle est arrivée."))
    elif request.method == "POST" and form.is_valid():
        try:
            _answer(request, claim, form.cleaned_data)
        except actions.AlreadyAnswered:
            messages.warning(request, _("Une réponse est déjà notée : rien n’a changé."))
        except actions.NotThatMuch as refusal:
            form.add_error("cents", _("Il reste %(left)s de cette demande.") % {"left": euros(refusal.left_cents)})
        except actions.TakenOffLater as refusal:
            told = _(
                "Un papier suivant a déjà repris une partie de cette demande : %(least)s au moins y restent acceptés."
            )
            form.add_error("cents", told % {"least": euros(refusal.least_cents)})
        if not form.errors:
            return redirect("desk:claim", claim.pk)
    return _form(request, form, claim, "desk/claim_answer.html")


def _answer(request: Request, claim: Claim, data: dict[str, Any]) -> None:
    by, at = acting(request)
    day = data["day"]
    if data["answer"] == "accepted":
        actions.accept(claim, on=day, by=by, at=at)
        messages.success(request, _("C’est noté : tout est accepté."))
    elif data["answer"] == "disputed":
        actions.dispute(claim, answer=data["reason"], on=day, by=by, at=at)
        messages.success(
            request, _("C’est noté : contestée. Quand c’est éclairci, notez la nouvelle réponse, ou faites un avoir.")
        )
    else:
        made = actions.accept_in_part(
            claim, accepted_cents=data["cents"], answer=data["reason"], on=request.today, answered_on=day, text=_writer(claim),
            by=by, at=at,
        )  # fmt: skip
        told = _("C’est noté. L’avoir %(number)s de %(sum)s est fait : envoyez-le au payeur.")
        messages.success(request, told % {"number": made.number, "sum": euros(-made.total_cents)})


def _writer(claim: Claim) -> actions.Text:
    return writer(claim.entity, [])


@require_http_methods(WRITING)
def credit(request: Request, pk: int) -> HttpResponse:
    """Take the whole of a claim back."""
    claim = _claim(request, pk, write=True)
    form = forms.CreditForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            made = actions.credit(
                claim, reason=form.cleaned_data["reason"], on=request.today, text=_writer(claim), by=by, at=at
            )
        except actions.AlreadyAnswered:
            messages.warning(request, _("Cette demande est déjà annulée, ou c’est un avoir : rien n’a changé."))
            return redirect("desk:claim", claim.pk)
        except actions.TakenOffLater:
            messages.warning(request, _("Un papier suivant a déjà repris ce que celui-ci demandait : rien n’a changé."))
            return redirect("desk:claim", claim.pk)
        told = _("L’avoir %(number)s est fait. Ce qu’il reprend peut être demandé à nouveau.")
        messages.success(request, told % {"number": made.number})
        return redirect("desk:claim", made.pk)
    return _form(request, form, claim, "desk/claim_credit.html")


def _form(request: Request, form: Any, claim: Claim, template: str) -> HttpResponse:
    return render(request, template, {"form": form, "claim": claim}, status=422 if form.errors else 200)


@require_POST
def sent(request: Request, pk: int) -> HttpResponse:
    """This one has left."""
    claim = _claim(request, pk, write=True)
    by, at = acting(request)
    if actions.send([claim], on=request.today, by=by, at=at):
        messages.success(request, _("C’est noté : envoyée."))
    return redirect("desk:claim", claim.pk)


# --- Payments -------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def payments(request: Request, garden: str | None = None) -> HttpResponse:
    """What came in, and a form to note one more."""
    place = _place(request, garden, write=request.method == "POST")
    form = forms.PaymentForm(
        request.POST or None, payers=queries.payers_of(place), initial={"day": request.today, "once": secrets.token_hex(16)}
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["day"] > request.today:
            form.add_error("day", _("Ce jour n’est pas encore là : notez l’argent quand il est sur le compte."))
        else:
            try:
                return redirect("desk:payment", _receive(request, place, form.cleaned_data).pk)
            except DayRefused as refusal:
                form.add_error("day", day_refused(refusal))
    page = queries.payments_page(place, request.GET.get("page", "")[:10])
    return render(request, "desk/payments.html", {"list": page, "form": form}, status=422 if form.errors else 200)


def _receive(request: Request, place: Place, data: dict[str, Any]) -> Payment:
    by, at = acting(request)
    partner = Partner.objects.get(pk=data["partner"]) if data["partner"] else None
    made = actions.receive(
        place.entity or actions.entity_for(place.garden), partner=partner, day=data["day"],
        cents=-data["cents"] if data["back"] else data["cents"], means=data["means"], reference=data["reference"],
        once=data["once"], by=by, at=at,
    )  # fmt: skip
    messages.success(request, _("C’est noté. Dites maintenant à quoi il correspond."))
    return made


@require_http_methods(WRITING)
def payment(request: Request, pk: int) -> HttpResponse:
    """One payment, and what it is for."""
    one = _payment(request, pk, write=request.method == "POST")
    page = queries.payment_page(one, request.reach)
    form = forms.MatchForm(request.POST or None, targets=page.targets, left=page.left)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            actions.match(one, queries.parts_of(page.targets, form.typed), by=by, at=at)
        except actions.NotThatMuch as refusal:
            told = _("C’est trop : il ne reste que %(left)s à répartir. Rien n’a été écrit.")
            form.add_error(None, told % {"left": euros(refusal.left_cents)})
        else:
            messages.success(request, _("C’est rapproché."))
            return redirect("desk:payment", one.pk)
    return render(request, "desk/payment.html", {"page": page, "form": form}, status=422 if form.errors else 200)


@require_POST
def unmatch(request: Request, pk: int) -> HttpResponse:
    """It was not for that."""
    one = _payment(request, pk, write=True)
    by, at = acting(request)
    try:
        actions.unmatch(one, by=by, at=at)
    except actions.NotThatMuch:
        messages.error(
            request, _("Cette avance a déjà servi à un appel de fonds : faites d’abord l’avoir de cet appel.")
        )
    else:
        messages.success(request, _("Ce paiement attend à nouveau d’être rapproché."))
    return redirect("desk:payment", one.pk)


@require_POST
def withdraw(request: Request, pk: int) -> HttpResponse:
    """It never was."""
    one = _payment(request, pk, write=True)
    place = queries.place_of_entity(one.entity, request.reach)
    by, at = acting(request)
    try:
        actions.withdraw_payment(one, by=by, at=at)
    except actions.NotThatMuch:
        messages.error(
            request, _("Cette avance a déjà servi à un appel de fonds : faites d’abord l’avoir de cet appel.")
        )
        return redirect("desk:payment", one.pk)
    messages.success(request, _("Ce paiement est retiré. Les comptes disent le contraire de ce qu’ils avaient noté."))
    return redirect(place.url("payments"))


# --- How payers are asked -------------------------------------------------------------------------


@require_http_methods(WRITING)
def billing(request: Request, pk: int) -> HttpResponse:
    """How a partner wants to be asked."""
    partner = partner_for(request, pk, edit=True)
    form = forms.BillingForm(request.POST or None, partner=partner)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.set_billing(partner, form.cleaned_data, by=by, at=at)
        messages.success(request, _("C’est enregistré. Les papiers déjà faits ne changent pas."))
        return redirect("desk:partner", partner.pk)
    context = {"form": form, "partner": partner}
    return render(request, "desk/claim_billing.html", context, status=422 if form.errors else 200)


@require_http_methods(WRITING)
def terms(request: Request, pk: int) -> HttpResponse:
    """When the payers of an agreement are asked, and how long they have."""
    one = agreement_for(request, pk, edit=True)
    if not agreement_queries.may_change(one, request.reach):
        raise Http404
    form = forms.TermsForm(request.POST or None, agreement=one)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.set_terms(one, **form.cleaned_data, by=by, at=at)
        messages.success(request, _("C’est enregistré."))
        return redirect("desk:agreement", one.pk)
    context = {"form": form, "agreement": one}
    return render(request, "desk/claim_terms.html", context, status=422 if form.errors else 200)
