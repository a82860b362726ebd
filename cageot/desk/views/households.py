"""Finding a household, its page, and who they are."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.desk.access import garden_for, household_for
from cageot.desk.actions import households as actions
from cageot.desk.forms import households as forms
from cageot.desk.queries import household as page_queries
from cageot.desk.queries import households as queries
from cageot.members import actions as members
from cageot.members.models import Household
from cageot.network.http import Request, acting
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


@require_http_methods(WRITING)
def index(request: Request, garden: str) -> HttpResponse:
    """The garden's households.

    What is typed to find somebody is a name or a telephone number: it comes by POST, and the answer is this page
    itself, without a redirection. An address would keep it in the browser's history and in the server's log.
    """
    place = garden_for(request, garden, Can.SEE_HOUSEHOLDS)
    asked = queries.Asked.read(request.GET, request.POST, money=request.reach.can(Can.SEE_MONEY, place.pk))
    page = queries.list_page(place, asked, request.today, request.reach)
    return render(
        request,
        "desk/households_found.html" if "HX-Request" in request.headers else "desk/households.html",
        {"page": page},
    )


def household_of(request: Request, garden: str, pk: int, what: Can = Can.SEE_HOUSEHOLDS) -> Household:
    """The household at that address; 404 when it is of another garden."""
    household = household_for(request, pk, what)
    if household.garden.code != garden:
        raise Http404
    return household


@require_safe
def show(request: Request, garden: str, pk: int) -> HttpResponse:
    """Who they are, what they collect, what was done."""
    household = household_of(request, garden, pk)
    page = page_queries.household_page(household, request.today, request.reach, request.GET.get("page", ""))
    return render(request, "desk/household.html", {"page": page})


@require_http_methods(WRITING)
def new(request: Request, garden: str) -> HttpResponse:
    """Welcome a household."""
    place = garden_for(request, garden, Can.EDIT_HOUSEHOLDS)
    start = {"number": members.next_number(place), "joined_on": request.today}
    form = forms.HouseholdForm(place, request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        made = actions.welcome(place, contact=form.contact, details=form.details, by=by, at=at)
        messages.success(request, _("Foyer ajouté. Il reste à lui ouvrir un abonnement."))
        return to_page(made)
    return render(request, "desk/household_edit.html", {"garden": place, "form": form})


@require_http_methods(WRITING)
def edit(request: Request, garden: str, pk: int) -> HttpResponse:
    """Change who they are and how to reach them."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    contact = household.members.get(contact=True)
    form = forms.HouseholdForm(
        household.garden, request.POST or None, household=household, initial=forms.known(household, contact)
    )
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        changed = members.amend(household, contact=form.contact, details=form.details, by=by, at=at)
        messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
        return to_page(household)
    return render(
        request,
        "desk/household_edit.html",
        {"garden": household.garden, "household": household, "name": str(contact), "form": form},
    )


@require_http_methods(WRITING)
def leave(request: Request, garden: str, pk: int) -> HttpResponse:
    """Note that a household leaves; what runs ends that day."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    form = forms.LastDayForm(request.POST or None, first=household.joined_on, initial={"last_day": request.today})
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.leave(household, last_day=form.cleaned_data["last_day"], by=by, at=at)
        messages.success(request, _("Départ noté. Le foyer reste dans la liste des partis."))
        return to_page(household)
    return form_page(
        request, household, form, title=_("Ce foyer s’en va"), button=_("Noter le départ"),
        steps=[_("Ses paniers après ce jour sont retirés."), _("Sa prise en charge, s’il en a une, finit ce jour-là."),
               _("Ce qui est passé reste : les semaines closes ne changent pas."), _("Il peut revenir quand il veut.")],
    )  # fmt: skip


@require_POST
def come_back(request: Request, garden: str, pk: int) -> HttpResponse:
    """The household is here again."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    by, at = acting(request)
    members.come_back(household, by=by, at=at)
    messages.success(request, _("Bon retour. Il reste à rouvrir un abonnement."))
    return to_page(household)


def to_page(household: Household) -> HttpResponse:
    return redirect("desk:household", household.garden.code, household.pk)


def form_page(
    request: Request, household: Household, form: object, *, title: str, button: str, steps: Sequence[str] = (), **more: object
) -> HttpResponse:  # fmt: skip
    """A page with one form about a household; `steps` says beside it what will happen."""
    context = {
        "household": household,
        "name": page_queries.name_of(household),
        "form": form,
        "title": title,
        "button": button,
        "steps": steps,
    }
    return render(request, "desk/household_form.html", context | more)
