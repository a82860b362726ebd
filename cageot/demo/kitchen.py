"""What is in the demonstration's baskets: vegetables of the season, in the last weeks only, written in bulk.

The quantities of a size are worth about its price, as a kitchen garden would make them. One vegetable was harvested short this week.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from cageot.baskets.actions import change_ways
from cageot.baskets.content import Offer, catalogue, offer_swaps
from cageot.baskets.models import Basket, Content, ContentLine, Harvest, Produce, Round, SizePrice, Slip, Ways
from cageot.baskets.queries import baskets_to_make
from cageot.baskets.rules.content import step_of
from cageot.baskets.swaps import swap
from cageot.core import sql
from cageot.core.week import Week
from cageot.network.models import Garden, Person

PARIS = ZoneInfo("Europe/Paris")
WEEKS_COMPOSED = 3
VEGETABLES = 8
SWAPS = 3
"""How many members of a round have swapped a vegetable."""
ALWAYS = (
    "pomme-de-terre",
    "carotte",
    "poireau",
    "oignon",
    "betterave",
    "navet",
    "chou-frise",
    "laitue",
    "tomate",
    "courgette",
)
"""What most baskets hold when it is in season; the rest of the basket changes from week to week."""

NEWS = (
    "Les serres se réveillent : les premiers radis pointent, la mâche se termine.\n"
    "Merci à tous ceux qui sont venus tailler la haie samedi."
)
RECIPE = (
    "4 poireaux, 4 pommes de terre, 1 oignon\n"
    "Faites fondre l’oignon et les poireaux en rondelles.\n"
    "Ajoutez les pommes de terre en morceaux et un litre d’eau salée.\n"
    "Laissez cuire 25 minutes, puis mixez ou écrasez."
)


def fill(stages: Iterable[tuple[Garden, Person]], *, on: date, seed: int) -> None:
    """Give each garden its vegetables, and its baskets of the last weeks their content. `on`: the day it is."""
    weeks = [Week.of(on) - back for back in reversed(range(WEEKS_COMPOSED))]
    with transaction.atomic():
        kitchens = [_open(garden, person, seed) for garden, person in stages]
        contents: list[Content] = []
        lines: list[ContentLine] = []
        for kitchen in kitchens:
            for week in weeks:
                for content, held in _week(kitchen, week, on):
                    contents.append(content)
                    lines += held
        Content.objects.bulk_create(contents)
        for line in lines:
            line.content_id = line.content.pk
        sql.insert_all(ContentLine, lines)
        _tell(kitchens, weeks, lines)
        if kitchens:
            _swap(kitchens[0], weeks[-1], on)


@dataclass(frozen=True)
class Kitchen:
    """A garden, its vegetables, its rounds, and its sizes with the price of the day in cents."""

    garden: Garden
    by: Person
    chance: random.Random
    produce: list[Produce]
    rounds: list[Round]
    prices: dict[int, int]


def _open(garden: Garden, by: Person, seed: int) -> Kitchen:
    produce = sql.insert_all(
        Produce,
        [
            Produce(
                garden=garden, code=line.code, name=line.name, unit=line.unit, grams=line.grams, unit_cents=line.cents,
                months=line.months, allergens=line.allergens,
            )
            for line in catalogue()
        ],
    )  # fmt: skip
    priced = SizePrice.objects.filter(size__garden=garden, size__product__code="panier").order_by("from_day")
    prices = dict(priced.values_list("size", "cents"))
    chance = random.Random(f"{seed} {garden.code}")
    return Kitchen(garden, by, chance, produce, list(Round.objects.filter(garden=garden)), prices)


def _week(kitchen: Kitchen, week: Week, on: date) -> Iterator[tuple[Content, list[ContentLine]]]:
    """The contents of one week: the same on every round, but for one vegetable."""
    chosen = _chosen(kitchen, week)
    published = datetime.combine(week.monday, time(17), PARIS)
    for number, round in enumerate(kitchen.rounds):
        day = week.day(round.weekday)
        some = chosen[:VEGETABLES] if number % 2 == 0 else [*chosen[: VEGETABLES - 1], chosen[-1]]
        packed = datetime.combine(day, time(11), PARIS) if day < on else None
        for size, price in kitchen.prices.items():
            content = Content(round=round, size_id=size, week=week, published_at=published, packed_at=packed)
            yield content, _lines(content, some, price)


def _chosen(kitchen: Kitchen, week: Week) -> list[Produce]:
    """Vegetables of the month, one more than a basket holds: the usual ones first, then others that change."""
    month = str(week.day(4).month)
    here = [one for one in kitchen.produce if month in one.months.split(",") and one.unit_cents]
    usual = [one for one in here if one.code in ALWAYS][:5]
    others = [one for one in here if one not in usual and one.unit_cents < 600]
    return usual + kitchen.chance.sample(others, VEGETABLES + 1 - len(usual))


def _lines(content: Content, produce: list[Produce], price: int) -> list[ContentLine]:
    """Quantities that come near the price: each vegetable takes an equal share of what is left."""
    left, lines = price, []
    for rank, one in enumerate(produce):
        step = step_of(one.unit)
        share = left // (len(produce) - rank)
        milli = max(round(share * 1000 / one.unit_cents / step), 1) * step
        if milli * one.unit_cents // 1000 > left + share // 2:
            continue
        left -= milli * one.unit_cents // 1000
        lines.append(
            ContentLine(content=content, produce=one, rank=rank, milli=milli, unit=one.unit, unit_cents=one.unit_cents)
        )
    return lines


def _tell(kitchens: list[Kitchen], weeks: list[Week], lines: list[ContentLine]) -> None:
    """What was harvested this week, one vegetable short; the slips; every other garden shows its content to everybody."""
    Ways.objects.bulk_create(
        (Ways(garden=kitchen.garden, content_shown=Ways.Shown.PUBLIC) for kitchen in kitchens[::2]),
        ignore_conflicts=True,
    )
    moment = datetime.combine(weeks[-1].monday, time(16), PARIS)
    Slip.objects.bulk_create(
        Slip(
            garden=kitchen.garden, week=week, news=NEWS, recipe_title="Soupe de poireaux", recipe=RECIPE,
            workshop="Cuisinons le panier, samedi à 10 h, dans la salle du jardin.", by=kitchen.by,
            at=moment - timedelta(weeks=len(weeks) - 1 - number),
        )
        for kitchen in kitchens
        for number, week in enumerate(weeks)
    )  # fmt: skip
    Harvest.objects.bulk_create(
        harvest for kitchen in kitchens for harvest in _harvests(kitchen, weeks[-1], lines, moment)
    )


def _swap(kitchen: Kitchen, week: Week, on: date) -> None:
    """The first garden lets one vegetable be swapped until the eve: on the rounds still to come, three lines may go for
    others, and a few members have chosen."""
    by, at = kitchen.by, datetime.combine(on, time(9), PARIS)
    change_ways(kitchen.garden, {"swaps": 1, "swap_days": 1}, by=by, at=at)
    contents = Content.objects.filter(round__in=kitchen.rounds, week=week, packed_at=None)
    by_round: dict[Round, dict[int, list[ContentLine]]] = {}
    for content in contents.select_related("round__garden").prefetch_related("lines__produce"):
        by_round.setdefault(content.round, {})[content.size_id] = list(content.lines.all())
    for round, sizes in by_round.items():
        going = {size: [line.produce_id for line in lines[-3:]] for size, lines in sizes.items()}
        offers = {
            size: [Offer(line.produce_id, line.milli, line.unit) for line in lines[:3]] for size, lines in sizes.items()
        }
        offer_swaps(round, week, going=going, offers=offers, by=by, at=at)
        if week.day(round.weekday) <= on:
            continue
        rows = Basket.objects.filter(
            depot__round=round, delivery__week=week, delivery__day__gt=on, state="planned", given_to=None
        )
        for basket in rows.filter(size__in=sizes).select_related("garden", "household").order_by("-pk")[:SWAPS]:
            away, taken = kitchen.chance.choice(going[basket.size_id]), kitchen.chance.choice(offers[basket.size_id])
            swap(basket, away=away, taken=taken.produce, today=on, by=None, at=at)


def _harvests(kitchen: Kitchen, week: Week, lines: list[ContentLine], moment: datetime) -> Iterator[Harvest]:
    counts = baskets_to_make(kitchen.garden, week)
    rounds = {round.pk for round in kitchen.rounds}
    needs: dict[Produce, int] = {}
    for line in lines:
        if line.content.week == week and line.content.round_id in rounds:
            made = counts.get((line.content.round_id, line.content.size_id), 0)
            needs[line.produce] = needs.get(line.produce, 0) + made * line.milli
    for number, (produce, need) in enumerate(list(needs.items())[:4]):
        milli = need * 9 // 10 // 1000 * 1000 if number == 2 else (need // 5000 + 1) * 5000
        yield Harvest(
            garden=kitchen.garden, week=week, produce=produce, unit=produce.unit, milli=milli, by=kitchen.by, at=moment
        )
