"""What the whole network may know of its gardens: enough to say which are like mine. No member, no amount."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta

from django.db.models import Count, Q

from cageot.baskets.models import Basket
from cageot.funding.models import Agreement, AgreementPayer
from cageot.guide.rules.alike import Profile, kind_of_place
from cageot.network import territory
from cageot.network.models import Garden

WEEKS = 4
"""Baskets are counted over the last whole weeks before today."""


def profiles(today: date) -> dict[int, Profile]:
    """The profile of every garden, by its id. Three queries, however many gardens."""
    places = dict(Garden.objects.values_list("pk", "commune_code"))
    baskets = _baskets(places, today)
    payers: dict[int, set[str]] = defaultdict(set)
    contracts: dict[int, set[str]] = defaultdict(set)
    count: dict[tuple[int, int], int] = defaultdict(int)
    running = AgreementPayer.objects.filter(
        Q(agreement__until_day__isnull=True) | Q(agreement__until_day__gte=today), agreement__from_day__lte=today,
        agreement__status=Agreement.Status.ACTIVE, agreement__in_programme=True,
    ).values_list("agreement__gardens", "agreement", "agreement__classification", "partner__kind")  # fmt: skip
    for garden, agreement, contract, kind in running:
        contracts[garden].add(contract)
        count[garden, agreement] += 1
        if kind:
            payers[garden].add(kind)
    several = {garden for (garden, _agreement), number in count.items() if number > 1}
    return {
        garden: _profile(code, baskets.get(garden), payers[garden], contracts[garden], garden in several)
        for garden, code in places.items()
    }


def _baskets(gardens: Collection[int], today: date) -> dict[int, float]:
    """Baskets a week of each garden, over the weeks when it had some. Deliveries are found by garden and day: all are named."""
    monday = today - timedelta(days=today.weekday())
    rows = (
        Basket.objects.filter(
            delivery__garden__in=gardens, delivery__day__gte=monday - timedelta(weeks=WEEKS), delivery__day__lt=monday
        )
        .exclude(state__in=[Basket.State.CANCELLED, Basket.State.MOVED])
        .values_list("delivery__garden").annotate(baskets=Count("pk"), weeks=Count("delivery__week", distinct=True)).order_by()
    )  # fmt: skip
    return {garden: baskets / weeks for garden, baskets, weeks in rows}


def _profile(code: str, baskets: float | None, payers: set[str], contracts: set[str], several: bool) -> Profile:
    try:
        place = territory.commune(code)
    except KeyError:
        return Profile(baskets, payers=frozenset(payers), contracts=frozenset(contracts), several=several)
    return Profile(
        baskets, kind_of_place(place.population), place.region, frozenset(payers), frozenset(contracts), several
    )
