"""The list of a garden's households: who is found, how many of each sort, and what a line says of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, FilteredRelation, Max, Min, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.baskets.models import Basket, Delivery, Subscription
from cageot.core.templatetags.cageot import day as said
from cageot.desk.rules.households import words_of
from cageot.members.actions import folded
from cageot.members.models import Household, Member, Membership, Support
from cageot.network.models import Garden
from cageot.network.rules.reach import Can, Reach

PER_PAGE = 50
AHEAD = timedelta(weeks=6)
"""A support or a subscription that ends within this time is "soon"."""


# --- What is asked -------------------------------------------------------------------------------


class Sort(NamedTuple):
    """One way of sorting households: its word, and whether it tells who pays."""

    word: Any
    money: bool = False


SORTS = {
    "": Sort(gettext_lazy("Tous")),
    "avec": Sort(gettext_lazy("Avec panier")),
    "sans": Sort(gettext_lazy("Sans panier")),
    "soutien": Sort(gettext_lazy("Pris en charge"), money=True),
    "finit": Sort(gettext_lazy("Finit sous six semaines"), money=True),
    "partis": Sort(gettext_lazy("Partis")),
}


@dataclass(frozen=True)
class Asked:
    """What the address asks for, and the words typed, which never go in it."""

    sort: str = ""
    depot: int | None = None
    size: int | None = None
    page: str = ""
    words: str = ""

    @classmethod
    def read(cls, address: QueryDict, typed: QueryDict, *, money: bool) -> Asked:
        """Filters come in the address, or typed words and the filters they go with in a POST. What is wrong, or not
        allowed, falls back on everybody."""
        filters = QueryDict(typed.get("filtres", "")) if typed else address
        sort = filters.get("etat", "")
        known = sort in SORTS and (money or not SORTS[sort].money)
        return cls(
            sort if known else "", _number(filters.get("depot")), _number(filters.get("taille")),
            typed.get("page") or filters.get("page", ""), typed.get("q", "").strip()[:100],
        )  # fmt: skip

    def filters(self, **changes: object) -> str:
        """The query string of this list with some of it changed, back on its first page."""
        wanted = {"etat": self.sort, "depot": self.depot, "taille": self.size} | changes
        query = QueryDict(mutable=True)
        query.update({name: str(value) for name, value in wanted.items() if value})
        return query.urlencode()

    @property
    def narrowed(self) -> bool:
        return bool(self.depot or self.size)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


# --- Who is found --------------------------------------------------------------------------------


def conditions(today: date) -> dict[str, Q]:
    """Each sort as a condition on households."""
    here = Q(left_on=None) | Q(left_on__gte=today)
    subscribed = Q(Exists(_running(today).filter(household=OuterRef("pk"))))
    supported = Q(Exists(Support.objects.on(today).filter(household=OuterRef("pk"))))
    return {
        "": here,
        "avec": here & subscribed,
        "sans": here & ~subscribed,
        "soutien": here & supported,
        "finit": here & Q(Exists(ending_supports(today).filter(household=OuterRef("pk")))),
        "partis": ~here,
    }


def _running(today: date) -> QuerySet[Subscription]:
    """Subscriptions that run or are to start."""
    return Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=today))


def ending_supports(today: date) -> QuerySet[Support]:
    """Supports that end within six weeks, with nothing after them."""
    after = Support.objects.filter(household=OuterRef("household"), from_day__gt=OuterRef("until_day"))
    return Support.objects.filter(~Exists(after), until_day__range=(today, today + AHEAD))


def matching(garden: Garden, typed: str) -> QuerySet[Household]:
    """Households of the garden one of whose members has every word typed. `Member.search` has no accents, nor capitals."""
    rows = Household.objects.filter(garden=garden)
    words = words_of(folded(typed))
    if not words:
        return rows
    members = Member.objects.filter(household=OuterRef("pk"))
    for word in words:
        members = members.filter(search__contains=word)
    return rows.filter(Exists(members))


def _at(rows: QuerySet[Household], asked: Asked, today: date) -> QuerySet[Household]:
    """Those who collect at that depot, that size."""
    wanted = {name: value for name, value in (("depot", asked.depot), ("size", asked.size)) if value}
    return rows.filter(Exists(_running(today).filter(household=OuterRef("pk"), **wanted))) if wanted else rows


def listed(garden: Garden, asked: Asked, today: date) -> set[int]:
    """The households of a list, all its pages together; words typed apart."""
    rows = Household.objects.filter(garden=garden).filter(conditions(today)[asked.sort])
    return set(_at(rows, asked, today).values_list("pk", flat=True))


# --- The page ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Chip:
    label: str
    count: int
    filters: str
    current: bool


@dataclass(frozen=True)
class Line:
    """One household as the list shows it. `word` and `tone` make its pill."""

    pk: int
    name: str
    number: str
    town: str
    basket: str
    depot: str
    since: date
    next: date | None
    word: str
    tone: str


@dataclass(frozen=True)
class ListPage:
    """The list of households: its chips, its lines, and what was asked."""

    garden: Garden
    asked: Asked
    sorts: list[Chip]
    depots: list[Chip]
    sizes: list[Chip]
    page: Page[Line]
    may_edit: bool
    any: bool  # the garden has households at all

    @property
    def filters(self) -> str:
        return self.asked.filters()

    @property
    def total(self) -> int:
        return self.page.paginator.count


def list_page(garden: Garden, asked: Asked, today: date, reach: Reach) -> ListPage:
    """A page of the list. A constant number of queries."""
    money = reach.can(Can.SEE_MONEY, garden.pk)
    rules = {sort: rule for sort, rule in conditions(today).items() if money or not SORTS[sort].money}
    found = matching(garden, asked.words)
    counts = _at(found, asked, today).aggregate(
        **{f"n_{sort}": Count("pk", filter=rule) for sort, rule in rules.items()}
    )
    rows = found.filter(rules[asked.sort])
    names = sorted(_named(_at(rows, asked, today)).values_list("last", "first", "number", "pk"), key=_alphabetical)
    page = Paginator([pk for *_name, pk in names], PER_PAGE).get_page(asked.page)
    page.object_list = _lines(garden, page.object_list, today, asked.sort == "finit", money)
    return ListPage(
        garden, asked, [_sort_chip(asked, sort, counts[f"n_{sort}"]) for sort in rules],
        _place_chips(asked, "depot", garden, rows, today), _place_chips(asked, "taille", garden, rows, today),
        page, reach.can(Can.EDIT_HOUSEHOLDS, garden.pk), bool(names) or Household.objects.filter(garden=garden).exists(),
    )  # fmt: skip


def _alphabetical(row: tuple[str | None, str | None, str, int]) -> tuple[str, str, str]:
    """As in a French index: accents and capitals aside. The database's own order depends on the engine."""
    last, first, number, _pk = row
    return folded(last or ""), folded(first or ""), number


def _named(rows: QuerySet[Household]) -> QuerySet[Any]:
    return rows.annotate(
        contact=FilteredRelation("members", condition=Q(members__contact=True)),
        first=F("contact__first_name"), last=F("contact__last_name"),
    )  # fmt: skip


def _sort_chip(asked: Asked, sort: str, count: int) -> Chip:
    return Chip(str(SORTS[sort].word), count, asked.filters(etat=sort), asked.sort == sort)


def _place_chips(asked: Asked, name: str, garden: Garden, rows: QuerySet[Household], today: date) -> list[Chip]:
    """Depots, or sizes, with how many of these households have a basket there; the chosen one leads back to all."""
    column, current = ("depot", asked.depot) if name == "depot" else ("size", asked.size)
    other = {"size": asked.size} if name == "depot" else {"depot": asked.depot}
    running = _running(today).filter(household__in=rows, **{key: value for key, value in other.items() if value})
    counts = dict(running.values_list(column).annotate(n=Count("household", distinct=True)))
    places = (garden.depots if name == "depot" else garden.sizes).values_list("pk", "name")
    shown = [(pk, label) for pk, label in places if pk in counts or pk == current]
    return [
        Chip(label, counts.get(pk, 0), asked.filters(**{name: None if pk == current else pk}), pk == current)
        for pk, label in shown
    ]


# --- The lines -----------------------------------------------------------------------------------


class Known(NamedTuple):
    """What is gathered for the households of a page."""

    subscriptions: Mapping[int, list[Subscription]]
    baskets: Mapping[int, date]
    memberships: Mapping[int, date | None]
    ends: Mapping[int, date | None]  # of supports; only where money is asked for
    money: bool  # whether the reader sees money


def _lines(garden: Garden, ids: Iterable[int], today: date, ends: bool, money: bool) -> list[Line]:
    wanted = list(ids)
    known = Known(
        _subscriptions(wanted, today),
        _next_baskets(garden, wanted, today),
        _memberships(wanted),
        _ends(wanted, today) if ends else {},
        money,
    )
    rows = {row.pk: row for row in _named(Household.objects.filter(pk__in=wanted))}
    return [_line(rows[pk], known, today) for pk in wanted]


def _subscriptions(ids: list[int], today: date) -> Mapping[int, list[Subscription]]:
    found = defaultdict(list)
    for row in (
        _running(today)
        .filter(household__in=ids)
        .select_related("size__product", "depot")
        .order_by("size__product__rank", "from_day")
    ):
        found[row.household_id].append(row)
    return found


def _next_baskets(garden: Garden, ids: list[int], today: date) -> dict[int, date]:
    to_come = Delivery.objects.filter(garden=garden, day__gte=today)  # else PostgreSQL reads those of every garden
    rows = Basket.objects.filter(household__in=ids, delivery__in=to_come).exclude(state__in=["cancelled", "moved"])
    return dict(rows.values_list("household").annotate(day=Min("delivery__day")))


def _memberships(ids: list[int]) -> dict[int, date | None]:
    """The last day of each household's memberships; None for one without end."""
    rows = Membership.objects.filter(household__in=ids).values_list("household")
    counted = rows.annotate(last=Max("until_day"), endless=Count("pk", filter=Q(until_day=None)))
    return {pk: None if endless else last for pk, last, endless in counted}


def _ends(ids: list[int], today: date) -> dict[int, date | None]:
    return dict(ending_supports(today).filter(household__in=ids).values_list("household", "until_day"))


def _line(row: Any, known: Known, today: date) -> Line:
    subscriptions = known.subscriptions.get(row.pk, [])
    shown = subscriptions[0] if subscriptions else None
    word, tone = _state(row, subscriptions, known, today)
    return Line(
        row.pk, household_name(row.first, row.last, row.number), row.number, row.town,
        _basket(subscriptions),
        shown.depot.name if shown else "",
        row.joined_on, known.baskets.get(row.pk), word, tone,
    )  # fmt: skip


def _basket(subscriptions: list[Subscription]) -> str:
    """ "Grand, toutes les semaines", and the sizes of the other products."""
    if not subscriptions:
        return ""
    shown = subscriptions[0]
    told = _("%(size)s, %(rhythm)s") % {"size": shown.size.name, "rhythm": shown.get_frequency_display()}
    others = {
        one.size.product_id: one.size.name for one in subscriptions if one.size.product_id != shown.size.product_id
    }
    return " + ".join([told, *others.values()])


def household_name(first: str | None, last: str | None, number: str) -> str:
    """Last name first, as a list is read; the number when the household has no contact."""
    return f"{last or ''} {first or ''}".strip() or _("Foyer %(number)s") % {"number": number}


def _state(row: Household, subscriptions: list[Subscription], known: Known, today: date) -> tuple[str, str]:
    """The pill of a line. Only where supports are asked for does it speak of one: elsewhere nobody can tell, not even by
    a basket that ends, which is often a support that does."""
    if row.left_on and row.left_on < today:
        return _("parti"), ""
    if end := known.ends.get(row.pk):
        return _("finit le %(day)s") % {"day": short(end)}, "squash"
    if not subscriptions:
        return _("sans panier"), "squash"
    if _expired(known.memberships.get(row.pk, today), today):
        return _("adhésion échue"), "carrot"
    if subscriptions[0].from_day > today:
        return _("commence le %(day)s") % {"day": short(subscriptions[0].from_day)}, "sky"
    if subscriptions[0].waits_for != Subscription.WaitsFor.NOTHING and subscriptions[0].ready_on is None:
        return _("en attente"), "squash"
    if subscriptions[0].trial:
        return _("à l’essai"), "sky"
    if known.money and (end := subscriptions[-1].until_day) and end <= today + AHEAD:
        return _("arrête le %(day)s") % {"day": short(end)}, "squash"
    return _("actif"), "leaf"


def _expired(last: date | None, today: date) -> bool:
    return last is not None and last < today


def short(day: date) -> str:
    """ "21 mars": the date without its weekday."""
    return said(day, "short").partition(" ")[2]
