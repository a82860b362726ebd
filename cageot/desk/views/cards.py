"""Ways in for members, from the desk: cards to print, who acts for whom."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.desk.access import garden_for
from cageot.desk.forms.cards import ActingForm, CardsForm
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import cards as queries
from cageot.desk.views.households import household_of
from cageot.members import ways_in
from cageot.members.models import Acting, Household, Member
from cageot.network import outbox
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


@never_cache
@require_http_methods(WRITING)
def cards(request: Request, garden: str) -> HttpResponse:
    """Who has a card; new ones for those who are ticked, as one file to print: their codes are kept nowhere else."""
    place = garden_for(request, garden, Can.EDIT_HOUSEHOLDS)
    if request.method == "POST":
        form = CardsForm(place, request.POST)
        if form.is_valid():
            return _print(request, place, list(form.cleaned_data["households"]), form.cleaned_data["form"])
        messages.error(request, _("Cochez au moins un foyer, puis imprimez."))
        return redirect(request.get_full_path())
    page = queries.cards_page(place, request.GET.get("voir", ""), request.GET.get("page", ""))
    return render(request, "desk/cards.html", {"page": page})


def _print(request: Request, garden: Garden, households: Sequence[Household], form: str) -> HttpResponse:
    """Make the cards, and give the file to print."""
    by, at = acting(request)
    site = request.build_absolute_uri("/").rstrip("/")
    with transaction.atomic():  # no card ends for one that could not be drawn
        made = ways_in.make_cards(households, by=by, at=at)
        file = write_pdf("card.typ", queries.card_data(garden, made, site, form, request.today), at=at)
    headers = {"Content-Disposition": f'attachment; filename="cartes-{request.today}.pdf"'}
    return HttpResponse(file, content_type="application/pdf", headers=headers)


@require_safe
def ways(request: Request, garden: str, pk: int) -> HttpResponse:
    """How a household is reached and comes in."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    return render(request, "desk/cards_household.html", {"page": queries.ways_page(household, request.today)})


@require_POST
def card(request: Request, garden: str, pk: int) -> HttpResponse:
    """A new card for one household; the former opens nothing any more."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    form = "letter" if request.POST.get("form") == "letter" else "sheet"
    return _print(request, household.garden, [household], form)


@require_POST
def revoke(request: Request, garden: str, pk: int) -> HttpResponse:
    """The household's card opens nothing any more, and the visits it opened end."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    by, at = acting(request)
    if ways_in.revoke_cards(household, by=by, at=at):
        messages.success(request, _("La carte n’ouvre plus rien."))
    return redirect("desk:household_ways", garden, pk)


@require_POST
def mend(request: Request, garden: str, pk: int) -> HttpResponse:
    """An address that came back is good again: it will be tried."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    channel, _space, to = request.POST.get("way", "").partition(" ")
    known = {(way.channel, way.to) for way in queries.ways_page(household, request.today).reached}
    if (channel, to) in known and outbox.mend(channel, to):
        messages.success(request, _("Le prochain message partira de nouveau par là."))
    return redirect("desk:household_ways", garden, pk)


# --- Acting for a member --------------------------------------------------------------------------


@require_http_methods(WRITING)
def let_act(request: Request, garden: str, pk: int) -> HttpResponse:
    """The member agrees that somebody does things for them."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    form = ActingForm(household.garden, request.today, request.POST or None, initial={"agreed_on": request.today})
    if request.method == "POST" and form.is_valid() and _agreed(request, household, form):
        return redirect("desk:household_ways", garden, pk)
    member = _contact(household)
    return render(request, "desk/cards_acting.html", {"household": household, "name": str(member), "form": form})


def _agreed(request: Request, household: Household, form: ActingForm) -> bool:
    by, at = acting(request)
    try:
        ways_in.let_act(_contact(household), form.cleaned_data["person"], agreed_on=form.cleaned_data["agreed_on"],
                        from_day=request.today, until_day=form.cleaned_data["until_day"], by=by, at=at)  # fmt: skip
    except ways_in.AlreadyActs:
        form.add_error("person", _("Cette personne agit déjà pour ce foyer."))
        return False
    messages.success(request, _("C’est noté. Chaque chose faite sera signée de son nom."))
    return True


@require_POST
def stop_acting(request: Request, garden: str, pk: int, acting_row: int) -> HttpResponse:
    """Nothing is done for the member by this person any more."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    rows = Acting.objects.filter(member__household=household).select_related("member__household__garden")
    found = get_object_or_404(rows, pk=acting_row)
    by, at = acting(request)
    ways_in.stop_acting(found, today=request.today, by=by, at=at)
    messages.success(request, _("Cette personne n’agit plus pour ce foyer."))
    return redirect("desk:household_ways", garden, pk)


def _contact(household: Household) -> Member:
    """Who the garden speaks to, with the household and its garden."""
    return get_object_or_404(Member.objects.select_related("household__garden"), household=household, contact=True)


@require_safe
def my_people(request: Request) -> HttpResponse:
    """Those who agreed that I act for them."""
    return render(request, "desk/cards_mine.html", {"people": queries.acts_for(request.user.person, request.today)})
