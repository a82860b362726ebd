"""A household's membership and its support: what only those who see money see."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core.templatetags.cageot import day as said
from cageot.desk.actions import households as desk_actions
from cageot.desk.forms import households as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.queries import household as queries
from cageot.desk.views.households import WRITING, form_page, household_of, to_page
from cageot.members import actions
from cageot.members.models import Household, Membership, Support
from cageot.members.rules.after import LONGEST, ONE_DAY, term_end
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can


@require_http_methods(WRITING)
def join(request: Request, garden: str, pk: int) -> HttpResponse:
    """A membership of the association, for a period."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    start = queries.next_membership(household, request.today)
    form = forms.MembershipForm(household, request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.join(household, **form.values, by=by, at=at)
        messages.success(request, _("Adhésion enregistrée."))
        return to_page(household)
    return form_page(request, household, form, title=_("Noter une adhésion"), button=_("Enregistrer l’adhésion"))


@require_http_methods(WRITING)
def amend_membership(request: Request, garden: str, pk: int, membership: int) -> HttpResponse:
    """Correct a membership, or take back one that was noted by mistake."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    one = get_object_or_404(Membership.objects.select_related("household__garden"), pk=membership, household=household)
    form = forms.MembershipForm(household, request.POST or None, membership=one)
    by, at = acting(request)
    if request.method == "POST" and "retirer" in request.POST:
        actions.withdraw_membership(one, by=by, at=at)
        messages.success(request, _("Adhésion retirée."))
        return to_page(household)
    if request.method == "POST" and form.is_valid():
        changed = actions.amend_membership(one, form.values, by=by, at=at)
        messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
        return to_page(household)
    title = _("Corriger une adhésion")
    return form_page(
        request, household, form, title=title, button=_("Enregistrer"), withdraw=_("Retirer cette adhésion")
    )


@require_POST
def paid(request: Request, garden: str, pk: int, membership: int) -> HttpResponse:
    """The fee is here."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    by, at = acting(request)
    actions.note_paid(get_object_or_404(Membership, pk=membership, household=household), on=request.today, by=by, at=at)
    messages.success(request, _("Cotisation notée, payée aujourd’hui."))
    return to_page(household)


# --- Support -------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def support(request: Request, garden: str, pk: int) -> HttpResponse:
    """Open a support: a tariff of an agreement, from a day until another."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    offers, _grid = queries.offers(household.garden, request.today)
    form = forms.SupportForm(
        offers, request.POST or None, initial=queries.next_support(household, offers, request.today)
    )
    if request.method == "POST" and form.is_valid() and _supported(request, household, form):
        return to_page(household)
    sentences = _sentences(household, form.data if form.is_bound else form.initial)
    return form_page(
        request, household, form, title=_("Ouvrir une prise en charge"), button=_("Ouvrir la prise en charge"), preview=True,
        sentences=sentences, ready=bool(offers),
    )  # fmt: skip


def _supported(request: Request, household: Household, form: django_forms.Form) -> bool:
    by, at = acting(request)
    data = form.cleaned_data
    try:
        actions.support(
            household, agreement=data["tariff"].agreement, tariff=data["tariff"], from_day=data["from_day"], until_day=data["until_day"], by=by, at=at
        )  # fmt: skip
    except actions.SupportOverlaps as refusal:
        refuse(form, forms.overlaps(refusal.existing), "from_day")
    except actions.OutsideAgreement:
        refuse(form, outside(data["tariff"].agreement.from_day), "from_day")
    else:
        messages.success(
            request, _("Prise en charge ouverte jusqu’au %(day)s.") % {"day": said(data["until_day"], "year")}
        )
        return True
    return False


@require_http_methods(WRITING)
def correct(request: Request, garden: str, pk: int, support: int) -> HttpResponse:
    """Set right a support that was opened with a wrong tariff or wrong days."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    existing = get_object_or_404(
        Support.objects.select_related("household__garden", "tariff"), pk=support, household=household
    )
    offers, _grid = queries.offers(household.garden, min(request.today, existing.from_day), existing.tariff_id)
    start = {"tariff": existing.tariff_id, "from_day": existing.from_day, "until_day": existing.until_day}
    form = forms.SupportForm(offers, request.POST or None, initial=start)
    del form.fields["term"]
    form.open_end = existing.until_day is None
    form.fields["until_day"].required = not form.open_end
    if request.method == "POST" and form.is_valid() and _corrected(request, existing, form):
        return to_page(household)
    sentences = _sentences(household, form.data if form.is_bound else form.initial)
    return form_page(
        request, household, form, title=_("Corriger la prise en charge"), button=_("Enregistrer"), preview=True, sentences=sentences,
    )  # fmt: skip


def _corrected(request: Request, existing: Support, form: django_forms.Form) -> bool:
    by, at = acting(request)
    data = form.cleaned_data
    try:
        desk_actions.correct_support(
            existing, tariff=data["tariff"], from_day=data["from_day"], until_day=data["until_day"], by=by, at=at
        )
    except desk_actions.SupportSettled as refusal:
        told = _(
            "Des paniers sont réglés depuis le %(day)s : le tarif et le premier jour ne changent plus. Terminez cette prise en charge, puis ouvrez-en une autre."
        )
        refuse(form, told % {"day": said(refusal.first, "plain")}, "from_day")
    except actions.SupportOverlaps as refusal:
        refuse(form, forms.overlaps(refusal.existing), "from_day")
    except actions.OutsideAgreement:
        refuse(form, outside(data["tariff"].agreement.from_day), "from_day")
    else:
        messages.success(request, _("Prise en charge corrigée."))
        return True
    return False


def outside(first: date) -> str:
    return _("La convention ne court pas ces jours-là : elle commence le %(day)s.") % {"day": said(first, "plain")}


@require_safe
def preview(request: Request, garden: str, pk: int) -> HttpResponse:
    """What the household would pay, as the form stands: a piece of page. The address holds a tariff and days, no name."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    return render(request, "desk/household_support_preview.html", {"sentences": _sentences(household, request.GET)})


def _sentences(household: Household, data: Any) -> list[str]:
    try:
        tariff, day = int(data.get("tariff") or 0), date.fromisoformat(str(data.get("from_day") or ""))
    except ValueError:
        return []
    return queries.tariff_sentences(household.garden, tariff, day)


@require_POST
def renew(request: Request, garden: str, pk: int, support: int) -> HttpResponse:
    """As before: for as long again, for so many months, or until a day; never past the agreement."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    existing = get_object_or_404(
        Support.objects.select_related("agreement", "tariff", "household__garden"), pk=support, household=household
    )
    until = _until(request, existing) if existing.until_day else None
    if until is None:
        messages.error(
            request, _("La convention ne va pas plus loin. Ouvrez une prise en charge avec une autre convention.")
        )
        return to_page(household)
    by, at = acting(request)
    try:
        actions.renew(existing, until_day=until, by=by, at=at)
    except actions.SupportOverlaps as refusal:
        messages.info(request, forms.overlaps(refusal.existing))
    except actions.OutsideAgreement:
        messages.error(
            request, _("La convention ne va pas plus loin. Ouvrez une prise en charge avec une autre convention.")
        )
    else:
        messages.success(request, _("Prise en charge renouvelée jusqu’au %(day)s.") % {"day": said(until, "year")})
    return to_page(household)


def _until(request: Request, existing: Support) -> date | None:
    """The last day of the renewal that is asked; None when the agreement does not go so far as to begin it."""
    assert existing.until_day is not None
    first, limit = existing.until_day + ONE_DAY, existing.agreement.until_day
    if limit is not None and first > limit:
        return None
    months = request.POST.get("mois", "")
    if months.isdecimal() and len(months) < 4 and 1 <= int(months) <= LONGEST:
        return term_end(first, int(months), limit)
    try:
        last = date.fromisoformat(request.POST.get("jusqua", ""))
    except ValueError:
        return queries.renewal(existing)
    return max(first, last if limit is None else min(last, limit))


@require_http_methods(WRITING)
def end(request: Request, garden: str, pk: int, support: int) -> HttpResponse:
    """End a support early; one that has not started is taken back."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    existing = get_object_or_404(Support.objects.select_related("household__garden"), pk=support, household=household)
    if existing.from_day > request.today:
        return _withdraw(request, household, existing)
    form = forms.LastDayForm(
        request.POST or None, first=existing.from_day, last=existing.until_day, initial={"last_day": request.today}
    )
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.end_support(existing, last_day=form.cleaned_data["last_day"], by=by, at=at)
        messages.success(
            request, _("La prise en charge finit le %(day)s.") % {"day": said(form.cleaned_data["last_day"], "year")}
        )
        return to_page(household)
    steps = [
        _("Après ce jour, le foyer paie le prix du panier."),
        _("Les semaines closes restent comme elles ont été payées."),
    ]
    return form_page(
        request,
        household,
        form,
        title=_("Terminer la prise en charge"),
        button=_("Terminer la prise en charge"),
        steps=steps,
    )


def _withdraw(request: Request, household: Household, existing: Support) -> HttpResponse:
    if request.method == "POST":
        by, at = acting(request)
        actions.withdraw_support(existing, by=by, at=at)
        messages.success(request, _("Prise en charge retirée avant son début."))
        return to_page(household)
    return form_page(
        request, household, "", title=_("Retirer la prise en charge"), button=_("Retirer la prise en charge"),
        steps=[_("Elle n’a pas commencé : rien n’a été payé avec elle.")],
    )  # fmt: skip
