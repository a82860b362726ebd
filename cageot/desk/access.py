"""Fetching is the permission: what a person may not reach does not exist for them (404, never 403)."""

from __future__ import annotations

from django.http import Http404
from django.shortcuts import get_object_or_404

from cageot.baskets.models import Basket
from cageot.funding.models import Agreement
from cageot.members.models import Household
from cageot.network.http import Request
from cageot.network.models import Edition, Garden
from cageot.network.rules.reach import Can


def garden_for(request: Request, code: str, what: Can) -> Garden:
    """The garden, if this person may do that there."""
    garden = get_object_or_404(Garden, code=code, pk__in=request.reach.gardens)
    if not request.reach.can(what, garden.pk):
        raise Http404
    return garden


def household_for(request: Request, pk: int, what: Can = Can.SEE_HOUSEHOLDS) -> Household:
    """The household, with its garden, if this person may do that in its garden."""
    household = get_object_or_404(Household.objects.reachable(request.reach).select_related("garden"), pk=pk)
    if not request.reach.can(what, household.garden_id):
        raise Http404
    return household


def basket_for(request: Request, pk: int, what: Can = Can.SEE_WEEK) -> Basket:
    """The basket, with its garden, delivery and household, if this person may do that in its garden."""
    rows = Basket.objects.reachable(request.reach).select_related("garden", "delivery", "household", "size", "depot")
    basket = get_object_or_404(rows, pk=pk)
    if not request.reach.can(what, basket.garden_id):
        raise Http404
    return basket


def agreement_for(request: Request, pk: int, *, edit: bool = False) -> Agreement:
    """The agreement, if this person sees the money of one of its gardens (or may change it there)."""
    rows = Agreement.objects.reachable(request.reach)
    if edit:
        rows = rows.filter(gardens__in=request.reach.gardens_where(Can.EDIT_AGREEMENTS)).distinct()
    agreement: Agreement = get_object_or_404(rows, pk=pk)
    return agreement


def edition_for(request: Request, code: str) -> Edition:
    """The edition, for people of the network head."""
    if not request.reach.network:
        raise Http404
    return get_object_or_404(Edition, code=code)
