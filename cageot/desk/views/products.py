"""What the garden offers beside its vegetable basket: its products, their season and their rhythms."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cageot.baskets import subscriptions as actions
from cageot.baskets.models import Product
from cageot.desk.access import garden_for
from cageot.desk.forms import products as forms
from cageot.desk.queries import products as queries
from cageot.network.http import Request, acting
from cageot.network.models import Garden
from cageot.network.rules.reach import Can

WRITING = ["GET", "HEAD", "POST"]


@require_safe
def index(request: Request, garden: str) -> HttpResponse:
    """The garden's products, with their sizes and prices."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    lines = queries.product_lines(place, request.today)
    return render(request, "desk/products.html", {"garden": place, "lines": lines})


@require_http_methods(WRITING)
def new(request: Request, garden: str) -> HttpResponse:
    """Offer a new product."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    form = forms.ProductForm(place, request.today, request.POST or None)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        made = actions.open_product(place, code=form.code, by=by, at=at, **form.values)
        messages.success(
            request, _("« %(product)s » est ajouté. Donnez-lui une taille et son prix.") % {"product": made.name}
        )
        return redirect("desk:products", place.code)
    context = {"garden": place, "form": form, "title": _("Ajouter un produit"), "button": _("Ajouter le produit")}
    return render(request, "desk/product.html", context, status=422 if form.errors else 200)


def _product_of(garden: Garden, pk: int) -> Product:
    return get_object_or_404(Product.objects.select_related("garden"), pk=pk, garden=garden)


@require_http_methods(WRITING)
def edit(request: Request, garden: str, product: int) -> HttpResponse:
    """Change a product; when baskets move, what moves is shown before it is written."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    found = _product_of(place, product)
    form = forms.ProductForm(place, request.today, request.POST or None, product=found)
    if request.method == "POST" and form.is_valid():
        by, at = acting(request)
        sure = "ecrire" in request.POST
        moves = actions.change_product(found, form.values, today=request.today, by=by, at=at, only_look=not sure)
        if not sure and (moves.added or moves.dropped):
            kept = [(name, value) for name in form.fields for value in request.POST.getlist(name)]
            context = {"garden": place, "product": found, "moves": moves, "kept": kept}
            return render(request, "desk/product_preview.html", context)
        if not sure:
            actions.change_product(found, form.values, today=request.today, by=by, at=at)
        messages.success(request, _("C’est enregistré. %(moves)s") % {"moves": moves_words(moves)})
        return redirect("desk:products", place.code)
    context = {"garden": place, "form": form, "title": found.name, "button": _("Enregistrer"), "product": found}
    return render(request, "desk/product.html", context, status=422 if form.errors else 200)


def moves_words(moves: actions.Moves) -> str:
    """What changed of the baskets to come, in sentences; nothing when none moved."""
    told = [
        ngettext("%(n)s panier de plus.", "%(n)s paniers de plus.", moves.added) % {"n": moves.added},
        ngettext("%(n)s panier retiré.", "%(n)s paniers retirés.", moves.dropped) % {"n": moves.dropped},
    ]
    return " ".join(one for one, count in zip(told, (moves.added, moves.dropped), strict=True) if count)


@require_POST
def archive(request: Request, garden: str, product: int) -> HttpResponse:
    """Offer it no more; or again, when it was put aside."""
    place = garden_for(request, garden, Can.EDIT_GARDEN)
    found = _product_of(place, product)
    by, at = acting(request)
    if found.archived_on:
        actions.resume_product(found, by=by, at=at)
        messages.success(request, _("« %(product)s » est de nouveau proposé.") % {"product": found.name})
        return redirect("desk:products", place.code)
    try:
        actions.archive_product(found, today=request.today, by=by, at=at)
    except actions.ProductInUse as refusal:
        messages.error(request, _refusal(found, refusal.households))
    else:
        messages.success(
            request, _("« %(product)s » n’est plus proposé. Ses paniers passés restent.") % {"product": found.name}
        )
    return redirect("desk:products", place.code)


def _refusal(product: Product, households: int) -> str:
    if not households:
        return _("« %(product)s » est le premier produit du jardin : il reste proposé.") % {"product": product.name}
    told = ngettext(
        "%(n)s foyer est abonné à « %(product)s » : arrêtez d’abord cet abonnement.",
        "%(n)s foyers sont abonnés à « %(product)s » : arrêtez d’abord ces abonnements.",
        households,
    )
    return told % {"n": households, "product": product.name}
