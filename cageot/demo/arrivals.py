"""Those who come to the first garden of the demonstration: its door is open, some are to be welcomed, some wait for a place
at a depot that is full, one was offered it, one did not answer in time, one has just been welcomed.

Nothing here touches a week that is over: the figures of closed weeks are those of the plan.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cageot.baskets import actions as baskets
from cageot.baskets import places, signups
from cageot.baskets.models import BasketSize, Depot, Product, SignUp
from cageot.baskets.rules.signing_up import first_day
from cageot.core.week import Week
from cageot.demo import names
from cageot.members import actions as members
from cageot.members.models import Membership
from cageot.network import territory
from cageot.network.models import Garden, Person
from cageot.network.secrets import derived

PARIS = ZoneInfo("Europe/Paris")
WORDS = "Des légumes du jardin, toutes les semaines, à deux pas de chez vous. On vous rappelle pour faire connaissance."
FEES = ((Membership.Kind.ORDINARY, 1500), (Membership.Kind.SOLIDARITY, 200), (Membership.Kind.SUPPORTER, 4000))
LONGEST_QUEUE = 4


def play(garden: Garden, *, by: Person, on: date, seed: int) -> None:
    """Everything of this page, as of a day."""
    chance = random.Random(f"arrivals {seed}")
    at = datetime.combine(on, time(9, 30), PARIS)
    signups.set_door(garden, {"open": True, "words": WORDS, "offer_days": 7, "lead_days": 7}, by=by, at=at)
    for kind, cents in FEES:
        members.set_fee(garden, kind=kind, cents=cents, from_day=date(on.year, 1, 1), by=by, at=at)
    rows = Depot.objects.open_to(None).filter(garden=garden, closed_on=None, kind=Depot.Kind.OPEN).order_by("pk")
    depots = list(rows.select_related("round", "garden"))
    product = Product.objects.filter(garden=garden).first()
    sizes = list(BasketSize.objects.filter(product=product).order_by("rank"))
    if len(depots) < 2 or not sizes:
        return
    coming = _Coming(garden, sizes, on, chance, seed)
    _queue(coming, depots[0], by, on)
    for days, depot in ((3, depots[1]), (1, depots[-1])):
        coming.ask(depot, days_ago=days, by=None)
    _welcomed(coming, depots[1], by, on)


class _Coming:
    """Invented people who ask for a basket, each by a code that follows from the seed."""

    def __init__(self, garden: Garden, sizes: list[BasketSize], on: date, chance: random.Random, seed: int) -> None:
        self.garden, self.sizes, self.on, self.chance, self.seed = garden, sizes, on, chance, seed
        self.codes = self._codes()
        self.town = territory.commune(garden.commune_code)

    def _codes(self) -> Iterator[str]:
        for n in range(100):
            yield derived("demo-signup", self.seed, n)[0]

    def ask(self, depot: Depot, *, days_ago: int, by: Person | None) -> SignUp:
        chance, day = self.chance, self.on - timedelta(days=days_ago)
        first, last = chance.choice(names.WOMEN + names.MEN), chance.choice(names.FAMILY)
        adults, children = chance.randint(1, 3), chance.choice((0, 0, 1, 2, 3))
        made = signups.ask(
            self.garden, code=next(self.codes), size=chance.choice(self.sizes), depot=depot, from_day=first_day(self.on, 7),
            today=day, by=by, at=datetime.combine(day, time(chance.randint(8, 20), chance.randint(0, 59)), PARIS), link=link,
            first_name=first, last_name=last, email="", mobile=names.phone("06 39 98", chance),
            address=f"{chance.randint(1, 60)} {chance.choice(names.STREETS)}", postcode="", town=self.town.name,
            commune_code=self.garden.commune_code, language=chance.choice(names.LANGUAGES), adults=adults, children=children,
            frequency="weekly", membership="ordinary",
        )  # fmt: skip
        return SignUp.objects.select_related("garden", "depot__garden", "size").get(pk=made.pk)


def link(code: str) -> str:
    """Where a personal page would be: the demonstration is nowhere."""
    return f"https://cageot.example.org/ma-place/{code}/"


def _queue(coming: _Coming, depot: Depot, by: Person, on: date) -> None:
    """This depot takes as many as collect there: whoever comes waits. Then one place more, which somebody let go by."""
    at = datetime.combine(on, time(9, 45), PARIS)
    full = baskets.places_taken([depot.pk], on - timedelta(days=40))[depot.pk]
    places.change_depot(depot, capacity=full, today=on, by=by, at=at)
    depot.capacity = full
    queue = [coming.ask(depot, days_ago=38 - 6 * n, by=by if n == 1 else None) for n in range(LONGEST_QUEUE + 1)]
    places.change_depot(depot, capacity=full + 1, today=on, by=by, at=at)
    early = on - timedelta(days=12)
    first = SignUp.objects.select_related("garden", "depot__garden").get(pk=queue[0].pk)
    signups.offer(first, today=early, by=by, at=datetime.combine(early, time(10), PARIS), link=link)
    signups.tick(today=on - timedelta(days=4), at=datetime.combine(on - timedelta(days=4), time(7), PARIS), link=link)


def _welcomed(coming: _Coming, depot: Depot, by: Person, on: date) -> None:
    """Somebody who asked last week is a household since this morning."""
    at = datetime.combine(on, time(10), PARIS)
    one = coming.ask(depot, days_ago=6, by=None)
    start = Week.of(on).sunday + timedelta(days=1)
    signups.welcome(
        coming.garden, contact={"first_name": one.first_name, "last_name": one.last_name, "mobile": one.mobile},
        details={name: getattr(one, name) for name in ("adults", "children", "language", "address", "town", "commune_code")}
        | {"number": members.next_number(coming.garden)},
        joining=signups.Joining("ordinary", FEES[0][1], date(on.year, 12, 31), paid_on=on), supported=None, size=one.size,
        depot=depot, frequency="weekly", from_day=start, sign_up=one, referral=None, today=on, by=by, at=at,
    )  # fmt: skip
