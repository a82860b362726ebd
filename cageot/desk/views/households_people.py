"""The people of a household: adding one, correcting, and saying whom the garden speaks to."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cageot.desk.forms.households import PersonForm
from cageot.desk.queries import household as queries
from cageot.desk.views.households import WRITING, form_page, household_of, to_page
from cageot.members import actions
from cageot.members.models import Household, Member
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can


@require_http_methods(WRITING)
def add(request: Request, garden: str, pk: int) -> HttpResponse:
    """One more person in the household."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.add_person(household, form.cleaned_data, by=by, at=at)
        messages.success(request, _("Personne ajoutée. On la trouve aussi par son nom."))
        return to_page(household)
    return form_page(request, household, form, title=_("Ajouter une personne"), button=_("Ajouter la personne"))


def _person_of(household: Household, pk: int) -> Member:
    return get_object_or_404(Member.objects.select_related("household__garden"), pk=pk, household=household)


@require_http_methods(WRITING)
def edit(request: Request, garden: str, pk: int, member: int) -> HttpResponse:
    """Change what is known of somebody."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    one = _person_of(household, member)
    form = PersonForm(request.POST or None, one=one)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        changed = actions.amend_person(one, form.cleaned_data, by=by, at=at)
        messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
        return to_page(household)
    context = {"household": household, "name": queries.name_of(household), "one": one, "form": form}
    return render(request, "desk/household_person.html", context, status=422 if form.errors else 200)


@require_POST
def speak_to(request: Request, garden: str, pk: int, member: int) -> HttpResponse:
    """The garden speaks to this person from now on."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    by, at = acting(request)
    one = _person_of(household, member)
    actions.speak_to(one, by=by, at=at)
    messages.success(request, _("Le jardin s’adresse maintenant à %(name)s.") % {"name": one})
    return to_page(household)


@require_POST
def remove(request: Request, garden: str, pk: int, member: int) -> HttpResponse:
    """Somebody is no longer of the household."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    by, at = acting(request)
    try:
        actions.remove_person(_person_of(household, member), by=by, at=at)
    except actions.IsTheContact:
        messages.error(request, _("Le jardin s’adresse à cette personne : choisissez d’abord quelqu’un d’autre."))
    else:
        messages.success(request, _("Cette personne n’est plus notée dans le foyer."))
    return to_page(household)
