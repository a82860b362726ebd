"""Rounds and depots: their order, what is known of them, closing one for good or for a while, and the public's map."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.baskets import notices, places
from cageot.baskets.models import Depot, DepotPause, DepotPhoto, Round
from cageot.core import clock
from cageot.core.pictures import picture_of
from cageot.core.tabular.write import write_csv
from cageot.core.templatetags.cageot import day as said
from cageot.desk.access import garden_for
from cageot.desk.forms import depots as forms
from cageot.desk.forms.fields import refuse, status_of
from cageot.desk.queries import depots as queries
from cageot.desk.queries.signups import open_door
from cageot.desk.views.households import form_page as household_form
from cageot.desk.views.households import household_of, to_page
from cageot.members.models import Household
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


@require_safe
def rounds(request: Request, garden: str) -> HttpResponse:
    """The rounds of the garden, each with its depots in order."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    return render(request, "desk/rounds.html", {"page": queries.rounds_page(place, request.today)})


def _form_page(request: Request, garden: Garden, form: Form, **more: Any) -> HttpResponse:
    context = {"garden": garden, "form": form} | more
    return render(request, "desk/depot_form.html", context, status=status_of(form))


# --- Rounds ---------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def new_round(request: Request, garden: str) -> HttpResponse:
    """Add a round."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    form = forms.RoundForm(place, request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        places.open_round(place, by=by, at=at, **form.cleaned_data)
        messages.success(request, _("Tournée ajoutée. Mettez-y des dépôts."))
        return redirect("desk:rounds", place.code)
    return _form_page(request, place, form, title=_("Ajouter une tournée"), button=_("Ajouter la tournée"))


def _round_of(garden: Garden, pk: int) -> Round:
    return get_object_or_404(Round.objects.select_related("garden"), pk=pk, garden=garden, archived_on=None)


@require_http_methods(WRITING)
def one_round(request: Request, garden: str, pk: int) -> HttpResponse:
    """Change a round; another day moves its baskets to come."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    found = _round_of(place, pk)
    form = forms.RoundForm(place, request.POST or None, one=found)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        changed = places.change_round(found, today=request.today, by=by, at=at, **form.cleaned_data)
        moved = _("Tournée enregistrée. Ses paniers à venir sont passés au nouveau jour : prévenez les foyers.")
        messages.success(
            request, moved if "weekday" in changed else _("Tournée enregistrée.") if changed else _("Rien n’a changé.")
        )
        return redirect("desk:rounds", place.code)
    steps = [
        _("Si le jour change, les paniers à venir passent au nouveau jour de la même semaine."),
        _("Les semaines closes ne changent pas."),
    ]
    return _form_page(
        request, place, form, title=found.name, button=_("Enregistrer"), steps=steps, closing_round=found.pk
    )


@require_POST
def close_round(request: Request, garden: str, pk: int) -> HttpResponse:
    """Take a round without depots out of use."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    by, at = acting(request)
    try:
        places.close_round(_round_of(place, pk), today=request.today, by=by, at=at)
    except places.RoundInUse as refused:
        said_ = ngettext(
            "%(n)s dépôt est encore sur cette tournée : mettez-le sur une autre d’abord.",
            "%(n)s dépôts sont encore sur cette tournée : mettez-les sur une autre d’abord.",
            refused.depots,
        )
        messages.error(request, said_ % {"n": refused.depots})
        return redirect("desk:round", place.code, pk)
    messages.success(request, _("Tournée retirée. Elle reste dans l’histoire des paniers passés."))
    return redirect("desk:rounds", place.code)


@require_POST
def order(request: Request, garden: str) -> HttpResponse:
    """Put depots in another order: one a step up or down, or all of them as they were dragged."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    wanted = _as_dragged(request) or _one_step(request, place)
    if not wanted:
        raise Http404
    by, at = acting(request)
    places.order_depots(place, wanted, today=request.today, by=by, at=at)
    if "X-Part" in request.headers:
        return HttpResponse(status=204)
    return redirect(reverse("desk:rounds", args=[place.code]) + f"#t{next(iter(wanted))}")


def _as_dragged(request: Request) -> dict[int, list[int]]:
    """Round → depots, from fields `round` and `depot` that follow one another as on the page: "12:5,7,9"."""
    try:
        pairs = [value.partition(":") for value in request.POST.getlist("ordre")]
        return {int(number): [int(one) for one in depots.split(",") if one] for number, _sep, depots in pairs}
    except ValueError:
        return {}


def _one_step(request: Request, garden: Garden) -> dict[int, list[int]]:
    """The order when one depot goes up ("monter=5") or down ("descendre=5")."""
    up = "monter" in request.POST
    try:
        pk = int(request.POST.get("monter") or request.POST.get("descendre") or "")
    except ValueError:
        return {}
    page = queries.rounds_page(garden, request.today)
    for card in page.rounds:
        order = [line.depot.pk for line in card.depots]
        if pk in order:
            at = order.index(pk)
            other = max(0, at - 1) if up else min(len(order) - 1, at + 1)
            order[at], order[other] = order[other], order[at]
            return {card.round.pk: order}
    return {}


# --- Depots ---------------------------------------------------------------------------------------


def _depot_of(garden: Garden, pk: int) -> Depot:
    rows = Depot.objects.select_related("garden", "host", "round", "household", "photo").defer("photo__content")
    return get_object_or_404(rows, pk=pk, garden=garden)


def _depot_form(request: Request, garden: Garden, depot: Depot | None, **more: Any) -> forms.DepotForm:
    rounds = queries.rounds_of(garden)
    lookup = reverse("desk:settings_communes", args=[garden.code])
    return forms.DepotForm(garden, rounds, queries.hosts(garden), lookup, request.POST or None, depot=depot, **more)


@require_http_methods(WRITING)
def new_depot(request: Request, garden: str) -> HttpResponse:
    """Add a depot, or another slot of a place that is there (`?comme=`)."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    if not queries.rounds_of(place).exists():
        messages.info(request, _("Ajoutez d’abord une tournée : elle dit quel jour les dépôts sont livrés."))
        return redirect("desk:round_new", place.code)
    like = request.GET.get("comme", "")
    twin = _depot_of(place, int(like)) if like.isdecimal() else None
    start = {"initial": forms.start_of(twin) | {"round": None}} if twin else {}
    form = _depot_form(request, place, None, **start)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        places.open_depot(place, today=request.today, by=by, at=at, **form.details)
        messages.success(request, _("Dépôt ajouté. Les foyers peuvent le choisir."))
        return redirect("desk:rounds", place.code)
    title = _("Un autre créneau pour « %(depot)s »") % {"depot": twin.name} if twin else _("Ajouter un dépôt")
    return _form_page(request, place, form, title=title, button=_("Ajouter le dépôt"))


@require_http_methods(WRITING)
def depot(request: Request, garden: str, pk: int) -> HttpResponse:
    """Change a depot; another round moves its baskets to come."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    found = _depot_of(place, pk)
    if found.household:
        return _home_stop(request, place, found)
    form = _depot_form(request, place, found)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        changed = places.change_depot(found, today=request.today, by=by, at=at, **form.details)
        messages.success(request, _depot_told(changed))
        return redirect("desk:rounds", place.code)
    slots = queries.other_slots(found)
    return _form_page(
        request, place, form, title=found.name, button=_("Enregistrer"), depot=found,
        pauses=queries.pauses_of(found, request.today), slots=slots, picture=queries.picture(found),
        steps=[_("Si la tournée change, les paniers à venir de ce dépôt passent à son jour, la même semaine."),
               _("Les semaines closes ne changent pas."),
               *([_("Ce lieu est sur plusieurs tournées : son adresse et ses contacts changent sur toutes.")] if slots else [])],
    )  # fmt: skip


def _depot_told(changed: list[str]) -> str:
    if "round" in changed:
        return _("Dépôt enregistré. Ses paniers à venir ont suivi sa nouvelle tournée : prévenez les foyers.")
    return _("Dépôt enregistré.") if changed else _("Rien n’a changé.")


@require_http_methods(WRITING)
def close_depot(request: Request, garden: str, pk: int) -> HttpResponse:
    """Close a depot for good from a day on; its households go elsewhere."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    found = _depot_of(place, pk)
    form = forms.CloseDepotForm(queries.replacements(found, request.today), request.today, request.POST or None)
    if request.method == "POST" and form.is_valid() and _depot_closed(request, found, form):
        return redirect("desk:rounds", place.code)
    count = queries.households_at(found, request.today)
    steps = [
        ngettext("%(count)s foyer y retire son panier.", "%(count)s foyers y retirent leur panier.", count) % {"count": count},
        _("Leurs abonnements passent à l’autre dépôt, à partir de ce jour."), _("Le dépôt reste dans l’histoire des paniers passés."),
    ]  # fmt: skip
    title = _("Fermer « %(depot)s »") % {"depot": found.name}
    return _form_page(request, place, form, title=title, button=_("Fermer le dépôt"), steps=steps)


def _depot_closed(request: Request, found: Depot, form: forms.CloseDepotForm) -> bool:
    by, at = acting(request)
    data = form.cleaned_data
    try:
        moved = places.close_depot(found, from_day=data["from_day"], replacement=data["replacement"], by=by, at=at)
    except places.DepotInUse as refusal:
        said_ = ngettext(
            "%(count)s foyer y retire encore son panier : dites où il va.", "%(count)s foyers y retirent encore leur panier : dites où ils vont.",
            refusal.households,
        )  # fmt: skip
        refuse(form, said_ % {"count": refusal.households}, "replacement")
        return False
    told = ngettext(
        "Dépôt fermé. %(count)s foyer a changé de dépôt.", "Dépôt fermé. %(count)s foyers ont changé de dépôt.", moved
    )
    messages.success(request, told % {"count": moved} if moved else _("Dépôt fermé."))
    return True


@require_http_methods(WRITING)
def reopen(request: Request, garden: str, pk: int) -> HttpResponse:
    """Open again a depot that was closed for good, after saying what follows."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    found = _depot_of(place, pk)
    if found.closed_on is None:
        return redirect("desk:depot", place.code, found.pk)
    form = forms.ReopenForm(found, queries.rounds_of(place), request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        try:
            places.reopen_depot(found, **form.cleaned_data, today=request.today, by=by, at=at)
        except places.NotClosed:
            messages.info(request, _("Ce dépôt est déjà ouvert."))
        else:
            messages.success(request, _("Le dépôt est de nouveau ouvert. Les foyers peuvent le choisir."))
        return redirect("desk:depot", place.code, found.pk)
    title = _("Rouvrir « %(depot)s »") % {"depot": found.name}
    steps = _reopening(queries.households_gone_from(found))
    return _form_page(request, place, form, title=title, button=_("Rouvrir le dépôt"), steps=steps)


def _reopening(gone: int) -> list[str]:
    """What follows when a depot opens again, in sentences; `gone` households went elsewhere when it closed."""
    steps = [
        _("Dès aujourd’hui, les foyers peuvent le choisir, et le public le voit."),
        _("Le jardin y livre de nouveau le jour de sa tournée, sauf les semaines sans livraison."),
        _("Les semaines closes ne changent pas."),
    ]
    if gone:
        steps.insert(1, ngettext(
            "%(n)s foyer y retirait son panier : il reste où il est allé. S’il revient, changez son abonnement.",
            "%(n)s foyers y retiraient leur panier : ils restent où ils sont allés. S’ils reviennent, changez leur abonnement.", gone,
        ) % {"n": gone})  # fmt: skip
    return steps


# --- At home --------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def new_home_stop(request: Request, garden: str, pk: int) -> HttpResponse:
    """Bring a household its baskets at home: a stop of a round for it alone."""
    household = household_of(request, garden, pk, Can.EDIT_HOUSEHOLDS)
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    form = forms.HomeStopForm(queries.rounds_of(place), request.today, request.POST or None)
    if request.method == "POST" and form.is_valid() and _brought_home(request, household, form):
        return to_page(household)
    steps = [
        _("Ses abonnements passent à cet arrêt à partir de ce jour. Pour arrêter, changez de dépôt dans l’abonnement."),
        _("L’adresse est celle du foyer. Elle est sur la feuille de route ; le public ne la voit pas."),
        _("Sur les listes, l’arrêt porte le numéro du foyer, jamais son nom."),
    ]
    if not household.address:
        steps.insert(0, _("Ce foyer n’a pas d’adresse : ajoutez-la d’abord sur sa page, pour la feuille de route."))
    title = _("Livrer à domicile")
    return household_form(request, household, form, title=title, button=title, steps=steps)


def _brought_home(request: Request, household: Household, form: forms.HomeStopForm) -> bool:
    by, at = acting(request)
    try:
        stop = places.open_home_stop(household, **form.details, by=by, at=at)
    except places.AtHomeAlready as refusal:
        words = _("Ce foyer a déjà son arrêt sur la tournée « %(round)s » : choisissez-le dans l’abonnement.")
        refuse(form, words % {"round": refusal.depot.round.name})
        return False
    words = _("Ce foyer est livré à domicile : dernier arrêt de la tournée « %(round)s ». Changez l’ordre si besoin.")
    messages.success(request, words % {"round": stop.round.name})
    return True


def _home_stop(request: Request, place: Garden, found: Depot) -> HttpResponse:
    """A household's stop: its round, its fee, what the driver must know."""
    form = forms.HomeStopForm(queries.rounds_of(place), request.today, request.POST or None, stop=found)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        changed = places.change_depot(found, today=request.today, by=by, at=at, **form.details)
        messages.success(request, _depot_told(changed))
        return redirect("desk:rounds", place.code)
    steps = [
        _("L’adresse est celle du foyer : pour la changer, allez sur sa page."),
        _("Si les frais changent, les paniers déjà notés gardent ceux d’avant."),
    ]
    return _form_page(request, place, form, title=found.name, button=_("Enregistrer"), depot=found, steps=steps)


# --- The picture of a place -----------------------------------------------------------------------


@require_http_methods(WRITING)
def photo(request: Request, garden: str, pk: int) -> HttpResponse:
    """Give a place a picture, say what it shows, or take it away."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    found = _depot_of(place, pk)
    if found.household_id:
        raise Http404
    form = forms.PhotoForm(found.photo, request.POST or None, request.FILES or None)
    if request.method == "POST" and "retirer" in request.POST:
        by, at = acting(request)
        places.hide_photo(found, by=by, at=at)
        messages.success(request, _("La photo est retirée."))
        return redirect("desk:depot", place.code, found.pk)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        content, alt = form.cleaned_data["photo"], form.cleaned_data["alt"]
        if content:
            places.show_photo(found, kind=str(picture_of(content)), content=content, alt=alt, by=by, at=at)
        else:
            places.describe_photo(found, alt=alt, by=by, at=at)
        messages.success(request, _("La photo est enregistrée."))
        return redirect("desk:depot", place.code, found.pk)
    context = {"garden": place, "depot": found, "form": form, "picture": queries.picture(found)}
    return render(request, "desk/depot_photo.html", context, status=422 if form.errors else 200)


@login_not_required
@require_safe
def show_photo(request: Request, garden: str, depot: int) -> HttpResponse:
    """The picture of a place: for anybody when the public may read of that depot, else for those who keep the garden's
    depots. Its address holds the beginning of its hash, so that browsers may keep it for good."""
    place = get_object_or_404(Garden, code=garden)
    found, kept = queries.public_photo(place, depot, clock.today()), "public, max-age=31536000, immutable"
    if found is None:
        garden_for(request, garden, Can.EDIT_GARDEN)
        found, kept = get_object_or_404(DepotPhoto, garden=place, depots=depot), "private, max-age=86400"
    headers = {"Cache-Control": kept, "ETag": f'"{found.digest}"'}
    return HttpResponse(bytes(found.content), content_type=found.kind, headers=headers)


@require_http_methods(WRITING)
def pause(request: Request, garden: str, pk: int) -> HttpResponse:
    """Close a depot for a while; its baskets go to another meanwhile."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    found = _depot_of(place, pk)
    form = forms.PauseForm(queries.replacements(found, request.today), request.POST or None)
    if request.method == "POST" and form.is_valid():
        if "ecrire" not in request.POST:
            data = form.cleaned_data
            count = queries.baskets_between(found, data["from_day"], data["until_day"])
            return render(
                request, "desk/depot_pause_preview.html",
                {"garden": place, "depot": found, "asked": data, "count": count, "kept": _kept(request)},
            )  # fmt: skip
        if _paused(request, found, form):
            return redirect("desk:depot", place.code, found.pk)
    steps = [
        _("Vous voyez d’abord combien de paniers changent de dépôt."),
        _("Les listes, les feuilles et les étiquettes suivent, ces jours-là seulement."),
        _("Ensuite tout revient ici, sans rien faire."),
    ]
    title = _("Fermer « %(depot)s » un moment") % {"depot": found.name}
    return _form_page(request, place, form, title=title, button=_("Voir ce que cela change"), steps=steps)


def _kept(request: Request) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]


def _paused(request: Request, found: Depot, form: forms.PauseForm) -> bool:
    by, at = acting(request)
    try:
        asked = {name: value for name, value in form.cleaned_data.items() if name != "tell"}
        made = places.pause_depot(found, **asked, today=request.today, by=by, at=at)
    except places.PauseRefused as refused:
        sentences = {
            "past": (_("Choisissez un jour à venir."), "from_day"),
            "overlaps": (_("Ce dépôt est déjà fermé une partie de ces jours-là."), "from_day"),
            "home": (_("C’est le domicile d’un foyer : choisissez un autre dépôt."), "replacement"),
            "closed": (_("Ce dépôt n’est pas ouvert tout ce temps : choisissez-en un autre."), "replacement"),
            "full": (
                _("Il reste %(left)s places là-bas, pour %(asked)s foyers. Choisissez un autre dépôt, ou donnez-lui plus de places."),
                "replacement",
            ),
        }  # fmt: skip
        sentence, field = sentences[refused.why]
        refuse(form, sentence % {"left": max(0, refused.left), "asked": refused.asked}, field)
        return False
    words = {"depot": found.name, "first": said(made.from_day), "last": said(made.until_day)}
    messages.success(
        request, _("« %(depot)s » sera fermé du %(first)s au %(last)s.") % words + " " + _told(request, made, form)
    )
    return True


def _told(request: Request, pause: DepotPause, form: forms.PauseForm) -> str:
    """Who was written to, and who is to be told otherwise, in a sentence."""
    if not form.cleaned_data["tell"]:
        return _("Pensez à prévenir les foyers.")
    by, at = acting(request)
    told = notices.tell_pause(pause, by=by, at=at)
    sent = ngettext("%(n)s foyer est prévenu.", "%(n)s foyers sont prévenus.", told.sent) % {"n": told.sent}
    if not told.without:
        return sent
    rest = ngettext(
        "Pour %(n)s autre, une lettre est à imprimer : voyez Messages.",
        "Pour %(n)s autres, une lettre est à imprimer : voyez Messages.",
        told.without,
    )
    return sent + " " + rest % {"n": told.without}


@require_POST
def end_pause(request: Request, garden: str, pk: int) -> HttpResponse:
    """Open a depot again before the day that was said."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    found = get_object_or_404(
        DepotPause.objects.select_related("depot__garden"),
        pk=pk,
        depot__garden=place,
        until_day__gte=request.today,
    )
    by, at = acting(request)
    places.end_pause(found, today=request.today, by=by, at=at)
    messages.success(request, _("Le dépôt est de nouveau ouvert : ses paniers à venir y reviennent."))
    return redirect("desk:depot", place.code, found.depot_id)


@require_safe
def export(request: Request, garden: str) -> HttpResponse:
    """The depots as a sheet."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    answer = HttpResponse(write_csv(*queries.depot_rows(place, request.today)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="depots-{place.code}.csv"'
    return answer


@login_not_required
@require_safe
def public(request: Request, garden: str) -> HttpResponse:
    """Where and when baskets of this garden are collected, for anybody: a map and a list."""
    place = get_object_or_404(Garden, code=garden)
    context = {"page": queries.public_page(place, clock.today()), "signup": open_door(place)}
    return render(request, "desk/depots_public.html", context)
