"""The lines that every paper is made of: the baskets to make of a garden's week, chosen by day, round and depot."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from cageot.baskets.models import BasketSize, Depot, Ways
from cageot.baskets.queries import swaps_of_week
from cageot.baskets.rules.naming import folded
from cageot.core import sql
from cageot.core.templatetags.cageot import day as said
from cageot.core.week import Week
from cageot.desk.queries.names import Name, shown_names
from cageot.desk.queries.swaps import taken_words
from cageot.desk.rules.papers import LABELS, USUAL
from cageot.network.models import Garden


@dataclass(frozen=True, slots=True)
class Stop:
    """A depot on a round and a day, at its place on the round, with how many baskets go there."""

    day: date
    round: int
    round_name: str
    packed: date
    depot: int
    name: str
    baskets: int

    @property
    def going(self) -> tuple[date, int]:
        return self.day, self.round


class Asked(NamedTuple):
    """What the address asks for: a day of delivery or of preparation, a round, a depot. "" is all of them, and the
    day at hand."""

    day: str = ""
    packed: str = ""
    round: str = ""
    depot: str = ""


class Nothing(Exception):
    """No basket is to be made for what was asked: an address that was typed, or a week that changed since."""


def stops(garden: Garden, week: Week) -> list[Stop]:
    """Where the week's baskets go, by day, then as each round goes. One query."""
    rows = sql.rows(_STOPS, garden.pk, str(week))
    return [
        Stop(day := sql.day(text), round, name, day - timedelta(days=before), *rest)
        for text, round, name, before, *rest in rows
    ]


def day_at_hand(places: Iterable[Stop], today: date) -> date | None:
    """The next day of delivery, or the last when all are past; None when there is no basket."""
    days = sorted({place.day for place in places})
    return next((day for day in days if day >= today), days[-1] if days else None)


def chosen(places: list[Stop], asked: Asked, today: date) -> list[Stop]:
    """The stops asked for. Refusal: Nothing, rather than the sheets of another day."""
    if asked.packed:
        found = [one for one in places if one.packed.isoformat() == asked.packed]
    else:
        day = asked.day or str(day_at_hand(places, today))
        found = [one for one in places if one.day.isoformat() == day]
    if asked.round:
        found = [one for one in found if str(one.round) == asked.round]
    if asked.depot:
        found = [one for one in found if str(one.depot) == asked.depot]
    if not found:
        raise Nothing
    return found


@dataclass(frozen=True, slots=True)
class Line:
    """One basket to make, under the name that lists show."""

    basket: int
    day: date
    round: int
    depot: int
    size: int
    household: int
    name: Name
    kind: str
    swaps: tuple[str, ...] = ()  # "Carotte (0,8 kg) au lieu de Betterave"


class Size(NamedTuple):
    """A size of a product. `label` says it alone: the size's own name for the garden's first product, else with the product's."""

    pk: int
    product: str
    name: str
    label: str


class Row(NamedTuple):
    """What one household collects at one depot: size → how many, the kinds of its baskets, what is swapped in them."""

    name: Name
    sizes: dict[int, int]
    kinds: frozenset[str]
    swaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheets:
    """All that the papers of a choice are made of. Lines are in the order of the road, then of the names."""

    garden: Garden
    week: Week
    stops: list[Stop]
    lines: list[Line]
    sizes: dict[int, Size]
    depots: dict[int, Depot]

    @cached_property
    def by_stop(self) -> dict[tuple[date, int, int], list[Line]]:
        """(day, round, depot) → its lines."""
        return {
            key: list(some) for key, some in groupby(self.lines, key=lambda line: (line.day, line.round, line.depot))
        }

    @property
    def rounds(self) -> list[list[Stop]]:
        """The stops of each round that goes."""
        return [list(some) for _going, some in groupby(self.stops, key=lambda stop: stop.going)]

    def at(self, stop: Stop) -> list[Line]:
        return self.by_stop.get((stop.day, stop.round, stop.depot), [])

    def count(self, places: Iterable[Stop]) -> Counter[int]:
        """Size → how many baskets, at these stops."""
        return Counter(line.size for stop in places for line in self.at(stop))

    def rows(self, stop: Stop) -> list[Row]:
        """One row for each household at a depot, in the order of their names."""
        households = (list(some) for _who, some in groupby(self.at(stop), key=lambda line: line.household))
        return [
            Row(
                some[0].name, dict(Counter(line.size for line in some)), frozenset(line.kind for line in some),
                tuple(swap for line in some for swap in line.swaps),
            )
            for some in households
        ]  # fmt: skip


def sheets(garden: Garden, week: Week, asked: Asked, today: date) -> Sheets:
    """The baskets to make for what was asked: the one source of every paper. A constant number of queries.

    What was cancelled or postponed is left out; a basket given to another household bears that household's name.
    Refusal: Nothing.
    """
    places = chosen(stops(garden, week), asked, today)
    there = {(one.day, one.round, one.depot): rank for rank, one in enumerate(places)}
    sizes = _sizes(garden)
    ranks = {size: rank for rank, size in enumerate(sizes)}
    names = shown_names(garden, week)
    swaps = _swaps(garden, week)
    found = []
    for pk, text, round, depot, size, household, kind in sql.rows(_LINES, garden.pk, str(week)):
        if (key := (sql.day(text), round, depot)) in there:
            found.append(Line(pk, *key, size, household, names[household], kind, swaps.get(pk, ())))
    found.sort(
        key=lambda one: (
            there[one.day, one.round, one.depot],
            folded(one.name.shown),
            ranks[one.size],
            one.kind,
            one.basket,
        )
    )
    used = {line.size for line in found}
    rows = Depot.objects.filter(pk__in={stop.depot for stop in places}).select_related("household")
    depots = {one.pk: one for one in rows.prefetch_related("household__members")}
    return Sheets(garden, week, places, found, {pk: one for pk, one in sizes.items() if pk in used}, depots)


def _swaps(garden: Garden, week: Week) -> dict[int, tuple[str, ...]]:
    """Basket → what is swapped in it, in words. One query."""
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    for one in swaps_of_week(garden, week):
        found[one.basket] += (taken_words(one.away_name, one.taken_name, one.milli or 0, one.unit),)
    return found


def _sizes(garden: Garden) -> dict[int, Size]:
    """The garden's sizes in the order of its lists."""
    rows = list(BasketSize.objects.filter(garden=garden).values_list("pk", "name", "product", "product__name"))
    main = rows[0][2] if rows else None
    return {
        pk: Size(pk, product, name, name if number == main else f"{product}\u00a0· {name}")
        for pk, name, number, product in rows
    }


_STOPS = """
    SELECT d.day, r.id, r.name, r.packed_before, p.id, p.name, n.baskets
    FROM (
        SELECT b.delivery_id, b.depot_id, COUNT(*) baskets FROM baskets_delivery d JOIN baskets_basket b ON b.delivery_id = d.id
        WHERE d.garden_id = %s AND d.week = %s AND b.state NOT IN ('cancelled', 'moved') GROUP BY b.delivery_id, b.depot_id) n
    JOIN baskets_delivery d ON d.id = n.delivery_id
    JOIN baskets_depot p ON p.id = n.depot_id JOIN baskets_round r ON r.id = p.round_id
    ORDER BY d.day, r.rank, r.id, p.rank, p.name, p.id
"""

_LINES = """
    SELECT b.id, d.day, p.round_id, b.depot_id, b.size_id, COALESCE(b.given_to_id, b.household_id), b.kind
    FROM baskets_delivery d JOIN baskets_basket b ON b.delivery_id = d.id JOIN baskets_depot p ON p.id = b.depot_id
    WHERE d.garden_id = %s AND d.week = %s AND b.state NOT IN ('cancelled', 'moved')
"""


# --- The page where papers are chosen --------------------------------------------------------------


@dataclass(frozen=True)
class Tab:
    """One thing to choose, with how many baskets it has."""

    label: str
    baskets: int
    url: str
    current: bool


@dataclass(frozen=True)
class PapersPage:
    """What may be printed of a week, and what is chosen. `query` says the choice in an address."""

    garden: Garden
    week: Week
    days: list[Tab]
    rounds: list[Tab]
    depots: list[Tab]
    query: str
    when: str
    baskets: int
    places: int
    labels: str


def papers_page(garden: Garden, week: Week, today: date, asked: Asked) -> PapersPage:
    """The page of a week's papers; what is asked and does not exist falls back on the day at hand. Two queries."""
    places = stops(garden, week)
    found, asked = _fallen_back(places, asked, today)
    of_day = chosen(places, asked._replace(round="", depot=""), today) if places else []
    of_round = [one for one in of_day if not asked.round or str(one.round) == asked.round]
    return PapersPage(
        garden=garden,
        week=week,
        days=_days(places, asked),
        rounds=_tabs(
            of_day, lambda one: (str(one.round), one.round_name), asked._replace(depot=""), "round", _("Toutes les tournées")
        ),
        depots=_tabs(of_round, lambda one: (str(one.depot), one.name), asked, "depot", _("Tous les dépôts")),
        query=address(asked),
        when=" · ".join(said(day) for day in sorted({one.day for one in found})),
        baskets=sum(one.baskets for one in found),
        places=len(found),
        labels=labels_of(garden),
    )  # fmt: skip


def labels_of(garden: Garden) -> str:
    """The reference of the garden's sheet of labels; the usual one when it named none that we know."""
    code = Ways.objects.filter(garden=garden).values_list("labels", flat=True).first() or USUAL
    return code if code in LABELS else USUAL


def address(asked: Asked) -> str:
    """ "?jour=2018-03-15&tournee=3": the choice, for a link. No name, only days and row numbers."""
    said_of = {"preparation": asked.packed} if asked.packed else {"jour": asked.day}
    said_of |= {"tournee": asked.round, "depot": asked.depot}
    return "?" + urlencode({name: value for name, value in said_of.items() if value})


def _fallen_back(places: list[Stop], asked: Asked, today: date) -> tuple[list[Stop], Asked]:
    """The stops that are asked for, or those of the day at hand, and the choice that says so."""
    if not places:
        return [], Asked()
    day = str(day_at_hand(places, today))
    for wish in (asked, asked._replace(depot=""), asked._replace(depot="", round="")):
        try:
            return chosen(places, wish, today), wish if wish.packed else wish._replace(day=wish.day or day)
        except Nothing:
            continue
    return chosen(places, Asked(day), today), Asked(day)


def _days(places: list[Stop], asked: Asked) -> list[Tab]:
    """Each day of delivery; then each day of preparation that makes other groups of rounds than these."""
    by_day: defaultdict[date, list[Stop]] = defaultdict(list)
    by_packing: defaultdict[date, list[Stop]] = defaultdict(list)
    for one in places:
        by_day[one.day].append(one)
        by_packing[one.packed].append(one)
    tabs = [
        Tab(said(day).capitalize(), _sum(some), address(Asked(str(day))), not asked.packed and asked.day == str(day))
        for day, some in sorted(by_day.items())
    ]
    for day, some in sorted(by_packing.items()):
        if some not in by_day.values():
            label = _("Tout ce qui se prépare %(day)s") % {"day": said(day)}
            tabs.append(Tab(label, _sum(some), address(Asked(packed=str(day))), asked.packed == str(day)))
    return tabs


def _sum(places: Iterable[Stop]) -> int:
    return sum(one.baskets for one in places)


def _tabs(
    places: list[Stop], what: Callable[[Stop], tuple[str, str]], asked: Asked, field: str, everything: str
) -> list[Tab]:  # fmt: skip
    """All of them, then each; none when there is no choice."""
    counted: Counter[tuple[str, str]] = Counter()
    for one in places:
        counted[what(one)] += one.baskets
    if len(counted) < 2:
        return []
    current = getattr(asked, field)
    every = Tab(everything, _sum(places), address(asked._replace(**{field: ""})), not current)
    return [
        every,
        *(
            Tab(label, count, address(asked._replace(**{field: key})), current == key)
            for (key, label), count in counted.items()
        ),
    ]
