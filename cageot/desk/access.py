"""Fetching is the permission: what a person may not reach does not exist for them (404, never 403)."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from cageot.baskets.models import Basket
from cageot.funding.models import Agreement, Fund
from cageot.members.models import Household, Referral
from cageot.network.http import Request
from cageot.network.models import Edition, Garden, Partner, Person
from cageot.network.rules.reach import Can, Reach


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
    if edit and not request.reach.network:
        rows = rows.filter(gardens__in=request.reach.gardens_where(Can.EDIT_AGREEMENTS)).distinct()
    agreement: Agreement = get_object_or_404(rows, pk=pk)
    return agreement


def network_only(request: Request) -> None:
    """What follows is for people of the network head."""
    if not request.reach.network:
        raise Http404


def edition_for(request: Request, code: str) -> Edition:
    """The edition, for people of the network head."""
    network_only(request)
    return get_object_or_404(Edition, code=code)


def member_garden_for(request: Request, code: str) -> Garden:
    """The garden as the network head keeps it: who it is and where it stands."""
    network_only(request)
    return get_object_or_404(Garden, code=code)


def partner_for(request: Request, pk: int, *, edit: bool = False) -> Partner:
    """The partner, if this person sees money somewhere it works or pays (or may change it: in every garden it works with)."""
    known = Partner.objects.reachable(request.reach).values("pk")
    pays = Agreement.objects.reachable(request.reach).values("payers__partner")
    partner: Partner = get_object_or_404(Partner.objects.filter(Q(pk__in=known) | Q(pk__in=pays)), pk=pk)
    if edit and not may_change_partner(request.reach, partner):
        raise Http404
    return partner


def may_change_partner(reach: Reach, partner: Partner) -> bool:
    """The network may change any partner; a garden, the local ones that work with no other garden than its own."""
    if reach.network:
        return True
    bound = set(partner.gardens.values_list("pk", flat=True))
    return (
        partner.level == Partner.Level.LOCAL and bool(bound) and bound <= set(reach.gardens_where(Can.EDIT_AGREEMENTS))
    )


def person_for(request: Request, pk: int) -> Person:
    """Somebody who has or had a role where this person may give some."""
    if not request.reach.network and not request.reach.gardens_where(Can.EDIT_GARDEN):
        raise Http404
    return get_object_or_404(Person.objects.reachable(request.reach), pk=pk)


def referral_for(request: Request, garden: str, pk: int) -> Referral:
    """A referral sent to this garden, for who welcomes people there."""
    place = garden_for(request, garden, Can.WELCOME)
    rows = Referral.objects.reachable(request.reach).filter(garden=place)
    return get_object_or_404(rows.select_related("garden", "partner", "agreement", "merged_into", "household"), pk=pk)


def sent_referral_for(request: Request, pk: int) -> Referral:
    """A referral that an organisation of this person sent, whoever did it."""
    rows = Referral.objects.filter(partner__in=request.reach.refers)
    return get_object_or_404(rows.select_related("garden", "partner", "agreement", "merged_into", "household"), pk=pk)


def fund_for(request: Request, pk: int, *, edit: bool = False) -> Fund:
    """The fund, if this person may know it (or may write it: the network its own, a garden those of its association)."""
    rows = Fund.objects.reachable(request.reach).select_related("partner", "entity")
    fund: Fund = get_object_or_404(rows, pk=pk)
    if edit and not may_write_fund(request.reach, fund):
        raise Http404
    return fund


def may_write_fund(reach: Reach, fund: Fund) -> bool:
    """Who holds the money writes it: the network head for its own, else those who write agreements in a garden of the association."""
    if fund.entity.head:
        return reach.network
    return fund.entity.places.filter(garden__in=reach.gardens_where(Can.EDIT_AGREEMENTS)).exists()
