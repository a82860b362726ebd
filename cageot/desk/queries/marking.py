"""The marking list: the baskets of one delivery day, depot by depot, and what may be said of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, FilteredRelation, Q, QuerySet
from django.utils.translation import gettext as _

from cageot.baskets.models import Basket, Delivery, WeekClose
from cageot.core import sql
from cageot.core.templatetags.cageot import day as said
from cageot.core.week import Week
from cageot.desk import words
from cageot.desk.queries import closing
from cageot.network.models import Garden
from cageot.network.rules.reach import Can, Reach

PER_PAGE = 100
HAPPENED = (Basket.State.COLLECTED, Basket.State.UNCLAIMED, Basket.State.GIVEN_ON, Basket.State.CANCELLED)
TO_COME = (Basket.State.PLANNED, Basket.State.CANCELLED)


def states_for(day: date, today: date) -> tuple[Basket.State, ...]:
    """What may be said of a basket: anything once its day has come, before it only that it is cancelled."""
    return HAPPENED if day <= today else TO_COME


@dataclass(frozen=True)
class Tab:
    """One day or one depot to choose, with how many of its baskets are still to mark."""

    label: str
    left: int
    url: str
    current: bool


@dataclass(frozen=True)
class Choice:
    value: str
    label: str
    checked: bool


@dataclass(frozen=True)
class Line:
    """One basket to mark."""

    pk: int
    name: str
    number: str
    size: str
    depot: str
    state: str
    label: str
    tone: str
    choices: list[Choice]


@dataclass(frozen=True)
class MarkingPage:
    """The baskets of one delivery day, depot by depot, a page at a time."""

    garden: Garden
    week: Week
    day: date
    delivery: int
    came: bool
    left: int
    total: int
    day_tabs: list[Tab]
    depot_tabs: list[Tab]
    page: Page[Any]
    lines: list[Line]
    close: WeekClose | None
    may_mark: bool
    may_close: bool
    money: bool

    @property
    def told(self) -> int:
        return self.total - self.left

    @property
    def writable(self) -> bool:
        return self.may_mark and self.close is None


class Asked(NamedTuple):
    """What the address asks to see: a day, a depot and a page; what is wrong or missing falls back."""

    day: str = ""
    depot: str = ""
    page: str = ""


def marking_page(garden: Garden, week: Week, today: date, reach: Reach, asked: Asked) -> MarkingPage | None:
    """The marking list; None when the week has no delivery. A constant number of queries."""
    deliveries = dict(Delivery.objects.filter(garden=garden, week=week).values_list("day", "pk"))
    if not deliveries:
        return None
    places = _places(garden, week)
    day = _chosen_day(list(deliveries), places, today, asked.day)
    here = [place for place in places if place.day == day]
    depot = next((place.depot for place in here if str(place.depot) == asked.depot), None)
    pages = Paginator(_rows(deliveries[day], depot), PER_PAGE)
    pages.count = sum(place.total for place in here if depot in (None, place.depot))  # known: no need to ask again
    page = pages.get_page(asked.page)
    return MarkingPage(
        garden=garden,
        week=week,
        day=day,
        delivery=deliveries[day],
        came=day <= today,
        left=sum(place.left for place in here),
        total=sum(place.total for place in here),
        day_tabs=_day_tabs(list(deliveries), places, day),
        depot_tabs=_depot_tabs(here, depot, day),
        page=page,
        lines=[_line(states_for(day, today), *row) for row in page],
        close=closing.close_for(garden, week),
        may_mark=reach.can(Can.RUN_WEEK, garden.pk),
        may_close=reach.can(Can.CLOSE, garden.pk),
        money=reach.can(Can.SEE_MONEY, garden.pk),
    )


class Place(NamedTuple):
    """A depot on a day: its baskets, and those not marked yet."""

    day: date
    depot: int
    name: str
    total: int
    left: int


def _places(garden: Garden, week: Week) -> list[Place]:
    return [Place(sql.day(text), *rest) for text, *rest in sql.rows(_PLACES, garden.pk, str(week))]


# Counted by the keys that the index holds, and named after.
_PLACES = """
    SELECT d.day, p.id, p.name, n.total, n.left_over
    FROM (
        SELECT b.delivery_id, b.depot_id, COUNT(*) total, SUM(CASE WHEN b.state = 'planned' THEN 1 ELSE 0 END) left_over
        FROM baskets_delivery d JOIN baskets_basket b ON b.delivery_id = d.id
        WHERE d.garden_id = %s AND d.week = %s GROUP BY b.delivery_id, b.depot_id) n
    JOIN baskets_delivery d ON d.id = n.delivery_id JOIN baskets_depot p ON p.id = n.depot_id ORDER BY d.day, p.name, p.id
"""


def _chosen_day(days: list[date], places: list[Place], today: date, asked: str) -> date:
    """The day asked for; else the first that came with baskets left to mark; else the last that came, or the first."""
    chosen = next((day for day in days if day.isoformat() == asked), None)
    waiting = next((place.day for place in places if place.left and place.day <= today), None)
    came = [day for day in days if day <= today]
    return chosen or waiting or (came[-1] if came else days[0])


def _day_tabs(days: list[date], places: list[Place], current: date) -> list[Tab]:
    left: Counter[date] = Counter()
    for place in places:
        left[place.day] += place.left
    return [Tab(said(day).capitalize(), left[day], f"?jour={day.isoformat()}", day == current) for day in sorted(days)]


def _depot_tabs(here: list[Place], current: int | None, day: date) -> list[Tab]:
    """All depots, then each; none when there is no choice."""
    if len(here) < 2:
        return []
    base = f"?jour={day.isoformat()}"
    every = Tab(_("Tous les dépôts"), sum(place.left for place in here), base, current is None)
    return [every, *(Tab(one.name, one.left, f"{base}&depot={one.depot}", one.depot == current) for one in here)]


def _rows(delivery: int, depot: int | None) -> QuerySet[Any]:
    """What a line is made of, in the order of the lists: depot, then name."""
    rows = named(Basket.objects.filter(delivery=delivery)).order_by("depot__name", "last", "first", "pk")
    rows = rows if depot is None else rows.filter(depot=depot)
    return rows.values_list("pk", "first", "last", "household__number", "size__name", "depot__name", "state")


def _line(
    allowed: Iterable[Basket.State], pk: int, first: str, last: str, number: str, size: str, depot: str, state: str
) -> Line:
    choices = [Choice(one.value, str(words.CHOICES[one]), one.value == state) for one in allowed]
    return Line(
        pk, name(first, last, number), number, size, depot, state, words.state(state), words.TONES[state], choices
    )


def markable(garden: Garden, week: Week, baskets: Iterable[int], today: date) -> dict[int, tuple[str, frozenset[str]]]:
    """Of these baskets, those of the week: their state, and what may be said of them. One query."""
    rows = Basket.objects.filter(pk__in=list(baskets), delivery__garden=garden, delivery__week=week)
    return {
        pk: (state, frozenset(states_for(day, today)))
        for pk, day, state in rows.values_list("pk", "delivery__day", "state")
    }


@dataclass(frozen=True)
class Progress:
    """How far the marking of a day is, after one line was saved."""

    garden: Garden
    week: Week
    day: date
    delivery: int
    came: bool
    total: int
    left: int

    @property
    def told(self) -> int:
        return self.total - self.left


def progress(garden: Garden, basket: int, today: date) -> Progress:
    """The marking of the delivery that holds this basket. One query."""
    waiting = Count("baskets", filter=Q(baskets__state=Basket.State.PLANNED))
    of_basket = Basket.objects.filter(pk=basket).values("delivery")
    found = Delivery.objects.annotate(total=Count("baskets"), left=waiting).get(pk__in=of_basket)
    return Progress(garden, found.week, found.day, found.pk, found.day <= today, found.total, found.left)


# --- Names ---


def named(rows: QuerySet[Basket]) -> QuerySet[Any]:
    """Baskets with the name of the household's contact, in the same query."""
    return rows.annotate(
        contact=FilteredRelation("household__members", condition=Q(household__members__contact=True)),
        first=F("contact__first_name"), last=F("contact__last_name"),
    )  # fmt: skip


def name(first: str | None, last: str | None, number: str) -> str:
    """The garden's own words for a household: its contact's name, or its number."""
    return f"{first or ''} {last or ''}".strip() or _("Foyer %(number)s") % {"number": number}
