"""National offers: what is near a garden, its local agreement, what came of it; the network writes them and sees who took them up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.core import clock
from cageot.core.tabular.write import write_csv
from cageot.desk.access import network_only
from cageot.desk.forms.fields import refuse
from cageot.desk.forms.guide_offers import OfferForm, ReportForm, UptakeForm
from cageot.desk.pdf import write_pdf
from cageot.desk.queries import guide_offers as queries
from cageot.desk.queries.guide_practice import writers
from cageot.desk.views.guide_practice import readers
from cageot.guide.actions import offers
from cageot.guide.models import Offer, Uptake
from cageot.guide.rules import offering
from cageot.network.http import Request, acting
from cageot.network.models import Garden

WRITING = ["GET", "HEAD", "POST"]


def _garden(request: Request) -> tuple[Garden | None, list[Garden]]:
    """The garden that looks (`jardin` chooses when this person has several), and all of theirs."""
    readers(request)
    found = list(Garden.objects.filter(pk__in=request.reach.gardens).order_by("pk"))
    code = request.POST.get("jardin") or request.GET.get("jardin")
    return next((one for one in found if one.code == code), found[0] if found else None), found


def _offer(request: Request, pk: int) -> Offer:
    readers(request)
    return get_object_or_404(Offer.objects.select_related("partner").prefetch_related("spots"), pk=pk)


def uptake_for(request: Request, pk: int) -> Uptake:
    """An uptake, for the people of its garden and the network."""
    readers(request)
    rows = Uptake.objects.select_related("offer__partner", "garden", "spot")
    if not request.reach.network:
        rows = rows.filter(garden__in=request.reach.gardens)
    return get_object_or_404(rows, pk=pk)


@require_safe
def index(request: Request) -> HttpResponse:
    """The offers: near first."""
    garden, gardens = _garden(request)
    context = {"page": queries.offers(garden, request.today), "garden": garden, "gardens": gardens}
    return render(request, "desk/guide_offers.html", context)


@require_safe
def show(request: Request, offer: int) -> HttpResponse:
    """An offer to read."""
    found = _offer(request, offer)
    garden, gardens = _garden(request)
    page = queries.offer_page(found, garden, request.reach, request.today)
    return render(request, "desk/guide_offer.html", {"page": page, "offer": found, "garden": garden, "gardens": gardens})  # fmt: skip


# --- The network writes ---------------------------------------------------------------------------


@require_http_methods(WRITING)
def new(request: Request) -> HttpResponse:
    """Write an offer."""
    network_only(request)
    form = OfferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        made = offers.write_offer(form.written, by=by, at=at)
        messages.success(request, _("L’offre est publiée : les jardins la voient."))
        return redirect("desk:offer", made.pk)
    context = {"form": form, "fields": offering.FIELDS}
    return render(request, "desk/guide_offer_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(WRITING)
def edit(request: Request, offer: int) -> HttpResponse:
    """Write it otherwise, close it or open it again."""
    network_only(request)
    found = _offer(request, offer)
    by, at = acting(request)
    if request.method == "POST" and "fermer" in request.POST:
        offers.close_offer(found, today=request.today, by=by, at=at)
        return redirect("desk:offer", found.pk)
    if request.method == "POST" and "rouvrir" in request.POST:
        offers.open_again(found, by=by, at=at)
        return redirect("desk:offer", found.pk)
    form = OfferForm(request.POST or None, offer=found)
    if request.method == "POST" and form.is_valid():
        try:
            offers.change_offer(found, form.written, by=by, at=at)
        except offers.FewerThanTaken as error:
            taken = error.taken
            refuse(form, ngettext("%(n)s jardin en profite déjà : gardez au moins ce nombre.", "%(n)s jardins en profitent déjà : gardez au moins ce nombre.", taken) % {"n": taken}, "places")  # fmt: skip
        else:
            messages.success(request, _("C’est enregistré. Les accords déjà faits ne changent pas."))
            return redirect("desk:offer", found.pk)
    context = {"form": form, "offer": found, "fields": offering.FIELDS}
    return render(request, "desk/guide_offer_edit.html", context, status=422 if form.errors else 200)


@require_safe
def file(request: Request, offer: int) -> HttpResponse:
    """Who took it up, in a file."""
    network_only(request)
    found = _offer(request, offer)
    headers = {"Content-Disposition": f'attachment; filename="offre-{found.pk}.csv"'}
    return HttpResponse(write_csv(*queries.uptake_rows(found)), content_type="text/csv; charset=utf-8", headers=headers)


# --- A garden takes up ----------------------------------------------------------------------------


@require_http_methods(WRITING)
def take(request: Request, offer: int) -> HttpResponse:
    """Take an offer up, from the local agreement that is filled already."""
    found = _offer(request, offer)
    code = request.POST.get("jardin") or request.GET.get("jardin")
    gardens = list(Garden.objects.filter(pk__in=queries.takers(request.reach)).order_by("pk"))
    garden = next((one for one in gardens if one.code == code), gardens[0] if gardens else None)
    if garden is None:
        raise Http404
    near = queries.spots(list(found.spots.all()), garden)
    spot = near[0].spot if near else None
    start: dict[str, Any] = {
        "spot": spot,
        "agreement": queries.first_agreement(found, garden, spot, None, request.today),
    }
    form = UptakeForm(request.POST or None, offer=found, garden=garden, start=start)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        said = form.cleaned_data
        text = said["agreement"]
        if text == start["agreement"].strip():  # as it was filled: the place and the day that were chosen come in
            text = queries.first_agreement(found, garden, said.get("spot"), said["on_day"], request.today)
        try:
            made = offers.take_up(
                found, garden, spot=said.get("spot"), on_day=said["on_day"], agreement=text, today=request.today, by=by, at=at
            )  # fmt: skip
        except offers.TakenAlready:
            return redirect("desk:uptake", Uptake.objects.exclude(state="dropped").get(offer=found, garden=garden).pk)
        except offers.NoPlaceLeft:
            refuse(form, _("Les places viennent d’être prises par d’autres jardins. Votre texte est ici : rien n’est perdu."))  # fmt: skip
        except offers.Closed:
            refuse(form, _("Cette offre est fermée. Votre texte est ici : rien n’est perdu."))
        else:
            messages.success(request, _("C’est pris. Imprimez l’accord, faites-le signer, puis dites-le ici."))
            return redirect("desk:uptake", made.pk)
    context = {"form": form, "offer": found, "garden": garden}
    return render(request, "desk/guide_offer_take.html", context, status=422 if form.errors else 200)


def _writes(request: Request, uptake: Uptake) -> bool:
    return uptake.garden_id in writers(request.reach)


def _signs(request: Request, uptake: Uptake) -> bool:
    return uptake.garden_id in queries.takers(request.reach)


@require_http_methods(WRITING)
def uptake(request: Request, uptake: int) -> HttpResponse:
    """What a garden agreed, and what came of it; telling it takes a minute."""
    found = uptake_for(request, uptake)
    writes = _writes(request, found)
    form = ReportForm(request.POST or None, uptake=found, by=request.user.person) if writes else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            by, at = acting(request)
            offers.report(found, answers=form.answers, said=form.cleaned_data["report"], today=request.today, by=by, at=at)  # fmt: skip
            messages.success(request, _("Merci : le réseau le lit, et les autres jardins en profiteront."))
            return redirect("desk:uptake", found.pk)
    page = queries.uptake_page(found, writes=writes, signs=_signs(request, found))
    status = 422 if form is not None and form.errors else 200
    return render(request, "desk/guide_uptake.html", {"page": page, "form": form}, status=status)


@require_http_methods(WRITING)
def agreement(request: Request, uptake: int) -> HttpResponse:
    """Write the local agreement otherwise."""
    found = uptake_for(request, uptake)
    if not _signs(request, found) or found.state not in offers.OPEN:
        raise Http404
    start: dict[str, Any] = {"spot": found.spot_id, "on_day": found.on_day, "agreement": found.agreement}
    form = UptakeForm(request.POST or None, offer=found.offer, garden=found.garden, start=start)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        said = form.cleaned_data
        offers.write_agreement(found, agreement=said["agreement"], spot=said.get("spot"), on_day=said["on_day"], by=by, at=at)  # fmt: skip
        messages.success(request, _("C’est enregistré."))
        return redirect("desk:uptake", found.pk)
    context = {"form": form, "offer": found.offer, "garden": found.garden, "uptake": found}
    return render(request, "desk/guide_offer_take.html", context, status=422 if form.errors else 200)


@require_POST
def act(request: Request, uptake: int) -> HttpResponse:
    """The agreement is signed, or the garden gives the offer up."""
    found = uptake_for(request, uptake)
    if not _signs(request, found):
        raise Http404
    by, at = acting(request)
    if "signe" in request.POST:
        offers.agree(found, by=by, at=at)
        messages.success(request, _("C’est noté : l’accord est signé."))
    elif "abandonner" in request.POST:
        offers.drop(found, by=by, at=at)
        messages.success(request, _("C’est noté. La place est libre pour un autre jardin."))
    return redirect("desk:uptake", found.pk)


@require_safe
def paper(request: Request, uptake: int) -> HttpResponse:
    """The local agreement to sign."""
    found = uptake_for(request, uptake)
    today = request.today
    data: dict[str, Any] = {
        "title": _("Accord local"), "garden": found.garden.name, "date": [today.year, today.month, today.day], "lang": "fr", "printed": "",
        "blocks": queries.on_paper(found),
    }  # fmt: skip
    headers = {"Content-Disposition": f'attachment; filename="accord-{found.garden.code}-{found.offer_id}.pdf"', "X-Content-Type-Options": "nosniff"}  # fmt: skip
    return HttpResponse(
        write_pdf("template.typ", data, at=clock.now()), content_type="application/pdf", headers=headers
    )
