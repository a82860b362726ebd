"""Composing the baskets of a week: quantities, harvest, what was packed, and who may read it."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.baskets import content as actions
from cageot.baskets.actions import change_ways
from cageot.baskets.models import Produce, Round
from cageot.baskets.rules.content import print_of
from cageot.core.week import Week
from cageot.desk import words_content as words
from cageot.desk.access import garden_for
from cageot.desk.forms import content as forms
from cageot.desk.queries import content as queries
from cageot.desk.queries import content_shown as shown_queries
from cageot.desk.queries.signups import open_door
from cageot.desk.undo import say_published
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


def _asked(request: Request) -> queries.Asked:
    """Which round, which product, which rows to add: from the form that is sent, or else from the address."""
    data = request.POST if request.method == "POST" else request.GET
    return queries.Asked(*(data.get(name, "") for name in ("tournee", "produit", "ajoute")))


def _round(request: Request, garden: Garden) -> Round:
    """The round that a form names, of this garden."""
    pk = request.POST.get("tournee", "")
    return get_object_or_404(Round, pk=int(pk) if pk.isascii() and pk.isdigit() and len(pk) < 19 else 0, garden=garden)


def _back(
    garden: Garden, week: Week, round: int | None, product: int | None = None, added: list[int] | None = None
) -> HttpResponse:
    here = reverse("desk:content", args=[garden.code, week]) + queries.query(round, product, added or [])
    return redirect(here + "#ajoutes" if added else here)


# --- Composing --------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def compose(request: Request, garden: str, week: Week) -> HttpResponse:
    """What each size holds: read by all who see the week, written by those who run it."""
    if request.method == "POST":
        return _compose(request, garden_for(request, garden, Can.RUN_WEEK), week)
    place = garden_for(request, garden, Can.SEE_WEEK)
    by, at = acting(request)
    actions.open_catalogue(place, by=by, at=at)
    page = queries.compose_page(place, week, request.today, request.reach, _asked(request))
    return render(request, "desk/content_compose.html", {"page": page})


def _compose(request: Request, garden: Garden, week: Week) -> HttpResponse:
    asked, here = _asked(request), queries.facts(garden, week, _asked(request))
    sheet = forms.read_sheet(request.POST, here.produce, [size.pk for size in here.sizes])
    added = forms.chosen_in(request.POST, here.produce)
    if here.round is None or here.product is None:
        raise Http404
    if any(row.errors for row in sheet):
        asked = asked._replace(added=",".join(map(str, added)))
        return _as_typed(request, garden, week, asked, sheet, request.POST.get("vu"))
    by, at = acting(request)
    try:
        actions.compose(
            here.round, week, sizes=[size.pk for size in here.sizes], rows=[row.row for row in sheet],
            seen=request.POST.get("vu"), by=by, at=at,
        )  # fmt: skip
    except actions.ContentChanged:
        messages.warning(
            request,
            _("Quelqu’un a changé ce contenu entre-temps : rien n’est écrit. Vos chiffres sont gardés ici ; enregistrez de nouveau pour les mettre à la place des siens."),
        )  # fmt: skip
        return _as_typed(request, garden, week, asked, sheet, print_of(here.here))
    except actions.AlreadyPacked:
        messages.error(request, _("Les paniers de cette tournée sont préparés : le prévu ne change plus."))
        return _back(garden, week, here.round.pk, here.product.pk)
    _told(request, here.round, week)
    empty = [row.produce for row in sheet if not row.row.held]
    return _back(garden, week, here.round.pk, here.product.pk, [*empty, *added])


def _as_typed(
    request: Request, garden: Garden, week: Week, asked: queries.Asked, sheet: list[queries.SheetRow], seen: str | None
) -> HttpResponse:
    page = queries.compose_page(garden, week, request.today, request.reach, asked, sheet, seen)
    return render(request, "desk/content_compose.html", {"page": page})


def _told(request: Request, round: Round, week: Week) -> None:
    """Say that it is kept, and publish at once when that is what the button asked."""
    if "publier" not in request.POST:
        messages.success(request, _("C’est enregistré."))
        return
    by, at = acting(request)
    try:
        new = actions.publish(round, week, by=by, at=at)
    except actions.NotComposed:
        messages.warning(request, _("C’est enregistré. Il n’y a rien à publier : aucune quantité n’est écrite."))
    else:
        messages.success(request, _("C’est enregistré."))
        _published(request, round, week, at if new else None)


def _published(request: Request, round: Round, week: Week, since: datetime | None) -> None:
    here = reverse("desk:content", args=[round.garden.code, week]) + queries.query(round.pk, None, [])
    say_published(request, _("C’est publié."), round, week, since, here)


@require_POST
def live(request: Request, garden: str, week: Week) -> HttpResponse:
    """Values and needs as they stand while somebody types; nothing is written."""
    place = garden_for(request, garden, Can.RUN_WEEK)
    here = queries.facts(place, week, _asked(request))
    sheet = forms.read_sheet(request.POST, here.produce, [size.pk for size in here.sizes])
    page = queries.compose_page(place, week, request.today, request.reach, _asked(request), sheet)
    return render(request, "desk/content_live.html", {"page": page})


@require_POST
def copy(request: Request, garden: str, week: Week) -> HttpResponse:
    """Take over another round's content, or an earlier week's."""
    place = garden_for(request, garden, Can.RUN_WEEK)
    round, here = _round(request, place), queries.facts(place, week, _asked(request))
    source = next((one for one in queries.copies(here) if one.key == request.POST.get("depuis")), None)
    if source is None:
        raise Http404
    by, at = acting(request)
    try:
        actions.copy_content(
            round, week, from_round=get_object_or_404(Round, pk=source.round, garden=place), from_week=source.week,
            sizes=[size.pk for size in here.sizes], by=by, at=at,
        )  # fmt: skip
    except actions.AlreadyPacked:
        messages.error(request, _("Les paniers de cette tournée sont préparés : le prévu ne change plus."))
    except actions.NotComposed:
        messages.error(request, _("Il n’y a plus rien à reprendre là-bas. Rien n’a changé."))
    else:
        messages.success(request, _("C’est repris. Changez ce qu’il faut, puis enregistrez."))
    return _back(place, week, round.pk, here.product.pk if here.product else None)


@require_POST
def publish(request: Request, garden: str, week: Week) -> HttpResponse:
    """Show a round's content where the garden chose, or stop showing it."""
    place = garden_for(request, garden, Can.RUN_WEEK)
    round = _round(request, place)
    by, at = acting(request)
    if "publier" not in request.POST:
        actions.withdraw(round, week, by=by, at=at)
        messages.success(request, _("Le contenu n’est plus montré."))
        return _back(place, week, round.pk)
    try:
        new = actions.publish(round, week, by=by, at=at)
    except actions.NotComposed:
        messages.error(request, _("Il n’y a rien à publier : ce contenu n’est pas composé."))
    else:
        _published(request, round, week, at if new else None)
    return _back(place, week, round.pk)


# --- The harvest ------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def harvest(request: Request, garden: str, week: Week, produce: int) -> HttpResponse:
    """What was harvested of a vegetable, shared over the baskets or set against what they need."""
    writing = request.method == "POST"
    place = garden_for(request, garden, Can.RUN_WEEK if writing else Can.SEE_WEEK)
    one = get_object_or_404(Produce.objects.select_related("garden"), pk=produce, garden=place)
    data = request.POST if writing else request.GET
    found = queries.harvest_facts(place, week, one, data.get("unite", ""))
    typed = forms.read_harvest(data, found)
    if writing and typed.milli is not None:
        if "seulement" not in data:
            typed = forms.read_given(data, found, typed)
        if not typed.wrong and _harvested(request, found, typed):
            return redirect("desk:content", place.code, week)
    page = queries.harvest_page(found, typed, request.reach.can(Can.RUN_WEEK, place.pk))
    left_only = "HX-Request" in request.headers
    return render(request, "desk/content_left.html" if left_only else "desk/content_harvest.html", {"page": page})


def _harvested(request: Request, found: queries.HarvestFacts, typed: queries.TypedHarvest) -> bool:
    """Write it, unless this only asks what would be left while somebody types."""
    if "HX-Request" in request.headers or typed.milli is None:
        return False
    by, at = acting(request)
    try:
        actions.note_harvest(
            found.produce, found.facts.week, milli=typed.milli, unit=found.unit, portions=typed.portions, by=by, at=at
        )
    except actions.HandedOutMore as refusal:
        messages.error(
            request,
            _(
                "Vous donnez %(more)s de plus que récolté : rien n’est écrit. Baissez une quantité, ou corrigez la récolte."
            )
            % {"more": words.quantity(refusal.milli, found.unit)},
        )
        return False
    except actions.AlreadyPacked:
        messages.error(
            request, _("Les paniers d’une tournée viennent d’être préparés : rien n’est écrit. Relisez les chiffres.")
        )
        return False
    messages.success(request, queries.harvest_told(found, typed))
    return True


# --- Packed -----------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def packed(request: Request, garden: str, week: Week) -> HttpResponse:
    """What was really put in the baskets of a round."""
    place = garden_for(request, garden, Can.RUN_WEEK if request.method == "POST" else Can.SEE_WEEK)
    here = queries.facts(place, week, _asked(request))
    if here.round is None or not here.here:
        messages.info(request, _("Cette tournée n’a pas encore de contenu : composez-le d’abord."))
        return _back(place, week, here.round.pk if here.round else None)
    rows = queries.packed_rows(here)
    if request.method == "POST":
        by, at = acting(request)
        if "oublier" in request.POST:
            actions.forget_packed(here.round, week, by=by, at=at)
            messages.success(request, _("C’est effacé : le contenu prévu peut de nouveau changer."))
            return _back(place, week, here.round.pk)
        rows, told = forms.read_packed(request.POST, rows)
        if not any(row.errors for row in rows):
            actions.note_packed(here.round, week, packed=told, by=by, at=at)
            messages.success(request, _("C’est noté : voilà ce qui a vraiment été mis dans les paniers."))
            return _back(place, week, here.round.pk)
    page = queries.packed_page(here, rows, request.reach)
    return render(request, "desk/content_packed.html", {"page": page})


# --- Shown ------------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def shown(request: Request, garden: str) -> HttpResponse:
    """Where the garden shows its contents, and with what."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    form = forms.ShownForm(request.POST or None, initial=shown_queries.chosen(place))
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        change_ways(place, form.cleaned_data, by=by, at=at)
        messages.success(request, _("C’est enregistré."))
        return redirect("desk:settings_content", place.code)
    link = request.build_absolute_uri(reverse("desk:content_latest", args=[place.code]))
    return render(request, "desk/content_shown.html", {"garden": place, "form": form, "link": link})


@login_not_required
@require_safe
def latest(request: Request, garden: str) -> HttpResponse:
    """The address that a garden puts on its site: leads to the last published week."""
    week = shown_queries.last_public_week(garden)
    if week is None:
        raise Http404
    return redirect("desk:content_public", garden, week)


@login_not_required
@require_safe
def public(request: Request, garden: str, week: Week) -> HttpResponse:
    """The published content of a week, for everybody, where the garden chose so: nobody's name, no price unless chosen."""
    page = shown_queries.public_page(garden, week)
    if page is None:
        raise Http404
    return render(request, "desk/content_public.html", {"page": page, "signup": open_door(page.garden)})
