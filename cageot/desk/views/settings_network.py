"""What the network head keeps: editions with their charter and budget, gardens and where they stand."""

from __future__ import annotations

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cageot.desk.access import edition_for, garden_for, member_garden_for, network_only
from cageot.desk.forms import settings_network as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.queries import settings as settings_queries
from cageot.desk.queries import settings_network as queries
from cageot.desk.queries.referrals import counts
from cageot.network import actions
from cageot.network.http import Request, acting
from cageot.network.models import Edition, Garden, GardenStatus
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


@require_safe
def show(request: Request) -> HttpResponse:
    """Editions, gardens, partners, people: what the network head keeps."""
    network_only(request)
    return render(request, "desk/settings_network.html", {"page": queries.network_page(request.today)})


@require_safe
def communes(request: Request) -> HttpResponse:
    """Communes that begin as typed, for the list under the field."""
    network_only(request)
    found = settings_queries.communes(request.GET.get("place", "").strip()[:80])
    return render(request, "desk/settings_communes.html", {"communes": found})


# --- Editions ------------------------------------------------------------------------------------


@require_safe
def edition(request: Request, edition: str) -> HttpResponse:
    """An edition: its rules, its charter, its budget."""
    page = queries.edition_page(edition_for(request, edition), request.today)
    return render(request, "desk/settings_edition.html", {"page": page})


@require_http_methods(WRITING)
def new_edition(request: Request) -> HttpResponse:
    """Open an edition of the programme."""
    network_only(request)
    form = forms.EditionForm(request.POST or None, initial=queries.next_edition(request.today))
    if request.method == "POST" and form.is_valid() and (made := _opened(request, form)):
        messages.success(request, _("L’édition est ouverte. Écrivez maintenant son budget."))
        return redirect("desk:settings_edition", made.code)
    return _edition_form(request, form, None)


def _opened(request: Request, form: forms.EditionForm) -> Edition | None:
    by, at = acting(request)
    try:
        return actions.open_edition(form.cleaned_data["code"], form.values, by=by, at=at)
    except actions.EditionsOverlap as refusal:
        refuse(form, forms.editions_overlap(refusal.existing), "from_day")
    return None


@require_http_methods(WRITING)
def edit_edition(request: Request, edition: str) -> HttpResponse:
    """Correct an edition: its name, its dates, its goal, its cap, its charter."""
    one = edition_for(request, edition)
    form = forms.EditionForm(request.POST or None, edition=one, held=queries.closed_in(one))
    if request.method == "POST" and form.is_valid() and _changed(request, one, form):
        return redirect("desk:settings_edition", one.code)
    return _edition_form(request, form, one)


def _changed(request: Request, one: Edition, form: forms.EditionForm) -> bool:
    by, at = acting(request)
    try:
        changed = actions.change_edition(one, form.values, by=by, at=at)
    except actions.EditionsOverlap as refusal:
        refuse(form, forms.editions_overlap(refusal.existing), "until_day")
        return False
    messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
    return True


def _edition_form(request: Request, form: forms.EditionForm, one: Edition | None) -> HttpResponse:
    context = {"form": form, "edition": one}
    return render(request, "desk/settings_edition_form.html", context, status=422 if form.errors else 200)


@require_http_methods(WRITING)
def budget(request: Request, edition: str) -> HttpResponse:
    """Write the lines of an edition's budget."""
    one = edition_for(request, edition)
    form = forms.BudgetForm(request.POST or None, lines=list(one.budget.all()))
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.set_budget(one, form.planned, by=by, at=at)
        if "encore" in request.POST:
            return redirect("desk:settings_edition_budget", one.code)
        messages.success(request, _("Le budget est enregistré."))
        return redirect("desk:settings_edition", one.code)
    context = {"form": form, "edition": one}
    return render(request, "desk/settings_budget.html", context, status=422 if form.errors else 200)


@require_safe
def charter(request: Request, garden: str) -> HttpResponse:
    """What every garden of the programme commits itself to, for those who work in one."""
    place = garden_for(request, garden, Can.SEE_WEEK)
    return render(
        request, "desk/settings_charter.html", {"garden": place, "charter": queries.charter_on(request.today)}
    )


# --- Gardens -------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def new_garden(request: Request) -> HttpResponse:
    """Add a garden to the network."""
    network_only(request)
    start = {"status": GardenStatus.Status.CANDIDATE, "from_day": request.today}
    form = forms.NewGardenForm(reverse("desk:network_communes"), request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        data = form.cleaned_data
        made = actions.open_garden(
            code=data["code"], name=data["name"], commune_code=data["place"].code, on=data["from_day"], status=data["status"], by=by, at=at
        )  # fmt: skip
        messages.success(request, _("Jardin ajouté. Donnez maintenant un accès à sa coordination."))
        return redirect("desk:garden_card", made.code)
    return _garden_form(request, form, None, title=_("Ajouter un jardin"), button=_("Ajouter le jardin"))


@require_safe
def garden_card(request: Request, garden: str) -> HttpResponse:
    """A garden as the network head keeps it."""
    place = member_garden_for(request, garden)
    page = queries.garden_card(place, request.today)
    referred = counts(place, request.today.replace(month=1, day=1), request.today)
    return render(request, "desk/settings_garden_card.html", {"page": page, "referred": referred})


@require_http_methods(WRITING)
def edit_card(request: Request, garden: str) -> HttpResponse:
    """Correct who a garden is."""
    place = member_garden_for(request, garden)
    form = forms.GardenCardForm(place, reverse("desk:network_communes"), request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        changed = actions.change_garden(place, form.values, by=by, at=at)
        messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
        return redirect("desk:garden_card", place.code)
    return _garden_form(request, form, place, title=_("Corriger"), button=_("Enregistrer"))


@require_http_methods(WRITING)
def status(request: Request, garden: str) -> HttpResponse:
    """Say where a garden stands in the programme, from a day on."""
    place = member_garden_for(request, garden)
    form = forms.StatusForm(request.POST or None, initial={"from_day": request.today})
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        actions.set_status(place, **form.cleaned_data, by=by, at=at)
        messages.success(request, _("C’est noté."))
        return redirect("desk:garden_card", place.code)
    steps = [
        _("L’état d’avant finit la veille."), _("Un état déjà écrit pour ce jour est remplacé."),
        _("Ce que le jardin a distribué ne change pas."),
    ]  # fmt: skip
    return _garden_form(request, form, place, title=_("Changer l’état"), button=_("Noter cet état"), steps=steps)


@require_http_methods(WRITING)
def withdraw_status(request: Request, garden: str, pk: int) -> HttpResponse:
    """Take back a status that was written by mistake; the one before it goes on."""
    place = member_garden_for(request, garden)
    one = get_object_or_404(GardenStatus, pk=pk, garden=place)
    if request.method == "POST":
        by, at = acting(request)
        try:
            actions.withdraw_status(place, from_day=one.from_day, by=by, at=at)
        except actions.OnlyStatus:
            messages.error(
                request,
                _("Un jardin a toujours un état : celui-ci est le seul. Écrivez-en un autre pour le même jour."),
            )
        else:
            messages.success(request, _("Cet état est retiré : celui d’avant se poursuit."))
        return redirect("desk:garden_card", place.code)
    line = queries.status_line(one, request.today)
    steps = [
        _("« %(status)s », %(dates)s, disparaît de l’histoire du jardin.") % {"status": line.word, "dates": line.dates},
        _("L’état d’avant se poursuit jusqu’au suivant."),
    ]
    return _garden_form(request, "", place, title=_("Retirer un état"), button=_("Retirer cet état"), steps=steps)


def _garden_form(
    request: Request, form: Form | str, garden: Garden | None, *, title: str, button: str, steps: list[str] | None = None
) -> HttpResponse:  # fmt: skip
    context = {"form": form, "garden": garden, "title": title, "button": button, "steps": steps or []}
    wrong = not isinstance(form, str) and form.errors
    return render(request, "desk/settings_network_form.html", context, status=422 if wrong else 200)
