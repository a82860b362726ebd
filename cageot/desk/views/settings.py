"""What a garden decides for itself: who it is, its sizes and prices, its depots, its deliveries."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.baskets import actions
from cageot.baskets.models import BasketSize, SizePrice
from cageot.baskets.subscriptions import set_people
from cageot.core.pictures import picture_of
from cageot.core.templatetags.cageot import day as said
from cageot.desk.access import garden_for
from cageot.desk.forms import settings as forms
from cageot.desk.forms.fields import refuse
from cageot.desk.forms.products import PeopleForm
from cageot.desk.queries import settings as queries
from cageot.network import actions as network
from cageot.network.http import Request, acting
from cageot.network.models import Garden, GardenLogo
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


@require_safe
def show(request: Request, garden: str) -> HttpResponse:
    """All the settings at a glance."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    return render(request, "desk/settings.html", {"page": queries.settings_page(place, request.today)})


def _back(garden: Garden) -> HttpResponse:
    return redirect("desk:settings", garden.code)


def _form_page(request: Request, garden: Garden, form: object, *, title: str, button: str, **more: Any) -> HttpResponse:
    return render(
        request, "desk/settings_form.html", {"garden": garden, "form": form, "title": title, "button": button} | more
    )


# --- The garden ----------------------------------------------------------------------------------


@require_http_methods(WRITING)
def edit_garden(request: Request, garden: str) -> HttpResponse:
    """Change who the garden is."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    form = forms.GardenForm(place, reverse("desk:settings_communes", args=[place.code]), request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        changed = network.change_garden(place, form.values, by=by, at=at)
        messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
        return _back(place)
    return render(request, "desk/settings_garden.html", {"garden": place, "form": form})


@require_safe
def communes(request: Request, garden: str) -> HttpResponse:
    """Communes that begin as typed, for the list under the field: public names, nobody's."""
    garden_for(request, garden, Can.EDIT_GARDEN)
    return render(
        request,
        "desk/settings_communes.html",
        {"communes": queries.communes(request.GET.get("place", "").strip()[:80])},
    )


# --- The logo ------------------------------------------------------------------------------------


@require_http_methods(WRITING)
def logo(request: Request, garden: str) -> HttpResponse:
    """Give the garden a picture, or take it away."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    current = GardenLogo.objects.filter(garden=place).defer("content").first()
    form = forms.LogoForm(request.POST or None, request.FILES or None)
    by, at = acting(request)
    if request.method == "POST" and "retirer" in request.POST:
        network.remove_logo(place, by=by, at=at)
        messages.success(request, _("Le logo est retiré."))
        return _back(place)
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["logo"]
        network.set_logo(place, kind=str(picture_of(content)), content=content, by=by, at=at)
        messages.success(request, _("Le logo est enregistré."))
        return _back(place)
    context = {"garden": place, "form": form, "logo": current}
    return render(request, "desk/settings_logo.html", context, status=422 if form.errors else 200)


@require_safe
def show_logo(request: Request, garden: str) -> HttpResponse:
    """The garden's picture, for those who work there and for the network head."""
    gardens = Garden.objects.reachable(request.reach)
    found = get_object_or_404(GardenLogo, garden__in=gardens, garden__code=garden)
    return HttpResponse(
        bytes(found.content),
        content_type=found.kind,
        headers={"Cache-Control": "private, max-age=86400", "ETag": f'"{found.digest}"'},
    )


# --- Sizes and prices ----------------------------------------------------------------------------


@require_http_methods(WRITING)
def new_size(request: Request, garden: str) -> HttpResponse:
    """Offer a new size."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    start = {"from_day": request.today, "product": request.GET.get("produit")}
    form = forms.SizeForm(place, request.POST or None, initial=start)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        data = form.cleaned_data
        actions.open_size(
            place, code=form.code, name=data["name"], cents=data["price"], from_day=data["from_day"],
            product=data.get("product"), by=by, at=at,
        )  # fmt: skip
        messages.success(
            request,
            _(
                "Taille ajoutée. Les conventions en cours ne la connaissent pas encore : complétez leurs tarifs si besoin."
            ),
        )
        return _back(place)
    return _form_page(request, place, form, title=_("Ajouter une taille"), button=_("Ajouter la taille"))


@require_http_methods(WRITING)
def size(request: Request, garden: str, pk: int) -> HttpResponse:
    """The prices of a size, a new one from a day on, and its name."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    found = _size_of(place, pk)
    naming, meant = "renommer" in request.POST, "conseiller" in request.POST
    form = forms.PriceForm(None if naming or meant else request.POST or None, initial={"from_day": request.today})
    name = forms.SizeNameForm(found, request.POST if naming else None)
    people = PeopleForm(request.POST if meant else None, initial={"people": found.people})
    if request.method == "POST" and (
        _renamed(request, found, name) if naming
        else _meant_for(request, found, people) if meant
        else form.is_valid() and _priced(request, found, form)
    ):  # fmt: skip
        return redirect("desk:settings_size", place.code, found.pk)
    context = {"garden": place, "form": form, "name": name, "people": people, "line": queries.prices_of(found, request.today)}  # fmt: skip
    wrong = form.errors or name.errors or people.errors
    return render(request, "desk/settings_size.html", context, status=422 if wrong else 200)


def _size_of(garden: Garden, pk: int) -> BasketSize:
    return get_object_or_404(BasketSize.objects.select_related("garden"), pk=pk, garden=garden)


def _renamed(request: Request, found: BasketSize, form: forms.SizeNameForm) -> bool:
    if not form.is_valid():
        return False
    if form.cleaned_data["name"] == found.name:
        messages.info(request, _("Rien n’a changé."))
        return True
    by, at = acting(request)
    actions.rename_size(found, name=form.cleaned_data["name"], by=by, at=at)
    messages.success(
        request,
        _("Cette taille s’appelle maintenant « %(name)s ». Ses prix et ses conventions ne changent pas.")
        % {"name": form.cleaned_data["name"]},
    )
    return True


def _meant_for(request: Request, found: BasketSize, form: PeopleForm) -> bool:
    if not form.is_valid():
        return False
    by, at = acting(request)
    set_people(found, people=form.cleaned_data["people"], by=by, at=at)
    messages.success(request, _("C’est enregistré."))
    return True


@require_POST
def withdraw_price(request: Request, garden: str, pk: int, price: int) -> HttpResponse:
    """Take back a price to come."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    found = get_object_or_404(SizePrice.objects.select_related("size__garden"), pk=price, size=_size_of(place, pk))
    by, at = acting(request)
    try:
        actions.withdraw_price(found, today=request.today, by=by, at=at)
    except actions.PriceHolds:
        messages.error(request, _("Ce prix s’applique déjà : écrivez-en un autre à partir d’un jour."))
    else:
        messages.success(request, _("Ce prix à venir est retiré."))
    return redirect("desk:settings_size", place.code, pk)


def _priced(request: Request, found: BasketSize, form: forms.PriceForm) -> bool:
    by, at = acting(request)
    try:
        price = actions.set_price(
            found, cents=form.cleaned_data["price"], from_day=form.cleaned_data["from_day"], by=by, at=at
        )
    except actions.WeekIsClosed:
        refuse(
            form,
            _("Une semaine est déjà close après ce jour, avec l’ancien prix. Choisissez un jour plus tard."),
            "from_day",
        )
        return False
    messages.success(request, _("Prix enregistré à partir du %(day)s.") % {"day": said(price.from_day, "year")})
    for warning in queries.warnings_for(found, price, request.today):
        messages.warning(request, warning.text + " " + _("Écrivez une nouvelle ligne de tarif avec le payeur."))
    return True


# --- The deliveries of a year --------------------------------------------------------------------


@require_http_methods(WRITING)
def deliveries(request: Request, garden: str, year: int) -> HttpResponse:
    """Tick the weeks with a delivery, see what that changes, then write it."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    if not 2000 <= year <= 2100:
        raise Http404
    page = queries.year_page(place, year, request.today)
    if request.method == "POST" and page.between:
        return _lay(request, page, page.between, request.POST.getlist("semaine"))
    return render(request, "desk/settings_deliveries.html", {"page": page})


def _lay(request: Request, page: queries.YearPage, between: tuple[date, date], kept: list[str]) -> HttpResponse:
    """What the ticks change; written when the person has seen it."""
    asked: dict[str, Any] = {"first": between[0], "last": between[1], "without": queries.weeks_unticked(page, kept)}
    try:
        # A year without any delivery is written only by the page that said so: never by a form that came empty.
        if "ecrire" not in request.POST or not (kept or "aucune" in request.POST):
            season = actions.plan_season(page.garden, **asked)
            return render(
                request, "desk/settings_deliveries_preview.html", {"page": page, "season": season, "kept": kept}
            )
        by, at = acting(request)
        season = actions.lay_season(page.garden, **asked, by=by, at=at)
    except actions.BasketsAlreadyMarked as refusal:
        weeks = ", ".join(str(week.number) for week in refusal.weeks)
        messages.error(
            request,
            _("Des paniers sont déjà pointés en semaine %(weeks)s : elle garde ses livraisons. Rien n’a été écrit.")
            % {"weeks": weeks},
        )
        return redirect("desk:settings_deliveries", page.garden.code, page.year)
    messages.success(request, _("C’est posé. %(what)s") % {"what": season_words(season)})
    return _back(page.garden)


def season_words(season: actions.Season) -> str:
    """What laying a season changed, in sentences."""
    said = [
        ngettext("%(count)s livraison de plus.", "%(count)s livraisons de plus.", len(season.opened))
        % {"count": len(season.opened)},
        ngettext("%(count)s livraison retirée.", "%(count)s livraisons retirées.", len(season.removed))
        % {"count": len(season.removed)},
        ngettext("%(count)s panier de plus.", "%(count)s paniers de plus.", season.added) % {"count": season.added},
        ngettext("%(count)s panier retiré.", "%(count)s paniers retirés.", season.dropped) % {"count": season.dropped},
    ]
    counts = (len(season.opened), len(season.removed), season.added, season.dropped)
    return " ".join(one for one, count in zip(said, counts, strict=True) if count) or _("Rien n’a changé.")
