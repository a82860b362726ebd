"""The week of a garden, gathered: its baskets by place, its steps, what is to do, and the marking list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets.models import Basket, Delivery, WeekClose
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import day_range
from cageot.core.week import Week
from cageot.desk import words
from cageot.desk.queries import closing
from cageot.desk.queries.closing import Card, GroupTable, Payers, Reopened, Told, address
from cageot.desk.rules.paying import add_up, paid_by
from cageot.desk.rules.week import Standing, current_step, step_states
from cageot.funding.models import Agreement, AgreementPayer
from cageot.members.models import Support
from cageot.network.models import Garden
from cageot.network.rules.reach import Can, Reach

NOT_MADE = {Basket.State.CANCELLED, Basket.State.MOVED}
"""Baskets in these states are not grown, packed nor brought this week."""
SUPPORTS_AHEAD = timedelta(weeks=6)
CHANGES_SHOWN = 6


class Pile(NamedTuple):
    """Baskets of one day, depot, size and state."""

    day: date
    depot: str
    rank: int
    size: str
    state: str
    count: int


def piles(garden: Garden, week: Week) -> list[Pile]:
    """The week's baskets, counted. One query, whatever their number."""
    rows = Basket.objects.filter(delivery__garden=garden, delivery__week=week)
    places = rows.values_list("delivery__day", "depot__name", "size__rank", "size__name", "state")
    return [Pile(*row) for row in places.annotate(n=Count("pk")).order_by("delivery__day", "depot__name", "size__rank", "size__name")]


# --- Baskets by depot and size --------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One line of the table: counts by size, in the order of its columns, and their sum."""

    label: str
    cells: list[tuple[str, int]]
    total: int


@dataclass(frozen=True)
class Day:
    """One delivery day: its total, then its depots."""

    day: date
    total: Row
    depots: list[Row]


@dataclass(frozen=True)
class Grid:
    """Baskets to make, by day, depot and size."""

    sizes: list[str]
    days: list[Day]
    total: Row

    @property
    def depots(self) -> int:
        return len({row.label for day in self.days for row in day.depots})


def grid(found: Iterable[Pile]) -> Grid:
    """The table of the baskets that are to be made; cancelled and moved ones are not."""
    found = [pile for pile in found if pile.state not in NOT_MADE]
    sizes = [name for _rank, name in sorted({(pile.rank, pile.size) for pile in found})]
    days = []
    for day in sorted({pile.day for pile in found}):
        here = [pile for pile in found if pile.day == day]
        depots = [_row(name, [pile for pile in here if pile.depot == name], sizes) for name in dict.fromkeys(p.depot for p in here)]
        days.append(Day(day, _row(said(day).capitalize(), here, sizes), depots))
    return Grid(sizes, days, _row(_("Toute la semaine"), found, sizes))


def _row(label: str, found: list[Pile], sizes: list[str]) -> Row:
    counts: Counter[str] = Counter()
    for pile in found:
        counts[pile.size] += pile.count
    return Row(label, [(size, counts[size]) for size in sizes], sum(counts.values()))


# --- The page ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One step of the ribbon, as its component reads it."""

    label: str
    detail: str
    state: str
    url: str = ""


@dataclass(frozen=True)
class Todo:
    """Something to do: a sentence that leads there, and a coloured word."""

    text: str
    url: str
    word: str
    tone: str


@dataclass(frozen=True)
class Change:
    """One basket changed once: whose, and how."""

    name: str
    text: str
    word: str
    tone: str


@dataclass(frozen=True)
class WeekPage:
    """La semaine: what one garden sees of one week. Money parts are empty for who may not see them."""

    garden: Garden
    week: Week
    today: date
    current: bool
    grid: Grid
    steps: list[Step] = field(default_factory=list)
    action: tuple[str, str] | None = None
    changes: list[Change] = field(default_factory=list)
    more_changes: int = 0
    todo: list[Todo] = field(default_factory=list)
    card: Card | None = None
    forecast: bool = True
    money: bool = False
    close: WeekClose | None = None
    reopened: list[Reopened] = field(default_factory=list)
    states: list[Told] = field(default_factory=list)
    tables: list[GroupTable] = field(default_factory=list)
    may_close: bool = False
    next_week: Week | None = None  # the next one with a delivery, when this one has none

    @property
    def before(self) -> Week:
        return self.week - 1

    @property
    def after(self) -> Week:
        return self.week + 1

    @property
    def days(self) -> str:
        """ "16 – 22 novembre", with its year when that is not this year."""
        return _range(self.week, self.today)

    @property
    def has_baskets(self) -> bool:
        return bool(self.states)

    @property
    def begun(self) -> bool:
        """Something happened already: the baskets are not all waiting for their day."""
        return bool(self.grid.days) and self.today >= self.grid.days[0].day


def _range(week: Week, today: date) -> str:
    shown = day_range(week.monday, week.sunday)
    other_year = week.monday.year == week.sunday.year != today.year
    return f"{shown} {week.sunday.year}" if other_year else shown


def week_page(garden: Garden, week: Week, today: date, reach: Reach) -> WeekPage:
    """Everything on La semaine. A constant number of queries, fewer for who sees no money."""
    days = list(Delivery.objects.filter(garden=garden, week=week).values_list("day", flat=True))
    standing, reopened = closing.closes_of(garden, week)
    money, may_close = reach.can(Can.SEE_MONEY, garden.pk), reach.can(Can.CLOSE, garden.pk)
    found = piles(garden, week)
    base = WeekPage(
        garden, week, today, Week.of(today) == week, grid(found), money=money, may_close=may_close, close=standing,
        reopened=reopened if money else [], states=closing.by_state(_states(found)), forecast=standing is None,
    )  # fmt: skip
    if not days:
        return _with(base, next_week=_next_week(garden, week), todo=[] if standing else _todo(base, found, reach, {}))
    steps = _steps(base, days, found, reach)
    changes, more = _changes(garden, week)
    payers = _agreement_payers(garden, today) if money and not standing else {}
    paid = (closing.posted(standing.entry_id) if standing else paid_by(closing.expected(garden, week))) if money else []
    names, groups = closing.payers_of(closing.payer_ids(paid), payers), add_up(paid)
    return _with(
        base, steps=steps, action=_action(base, steps), changes=changes, more_changes=more, card=closing.card(groups, names),
        tables=closing.tables(groups, names, to_spend=False) if standing else [],
        todo=[] if standing else _todo(base, found, reach, payers),
    )  # fmt: skip


def _with(page: WeekPage, **parts: object) -> WeekPage:
    return WeekPage(**{**vars(page), **parts})  # type: ignore[arg-type]


def _states(found: Iterable[Pile]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for pile in found:
        counts[pile.state] += pile.count
    return counts


def _next_week(garden: Garden, week: Week) -> Week | None:
    """The next week with a delivery."""
    return Delivery.objects.filter(garden=garden, day__gt=week.sunday).order_by("day").values_list("week", flat=True).first()


# --- Steps ---------------------------------------------------------------------------------------


def _steps(page: WeekPage, days: list[date], found: list[Pile], reach: Reach) -> list[Step]:
    if not page.grid.total.total and not page.close:
        return []
    counts = _states(found)
    states = step_states(Standing(page.week.monday, min(days), max(days), counts["planned"], page.close is not None), page.today)
    code, week = page.garden.code, page.week
    return [
        Step(_("Compter"), _baskets(page.grid.total.total), states["count"], "#paniers"),
        Step(_("Récolter"), _sizes(page.grid.total), states["harvest"], "#paniers"),
        Step(_("Composer"), " · ".join(_day_count(one) for one in page.grid.days), states["compose"], "#paniers"),
        Step(_("Distribuer"), _handing_out(page, counts, states["distribute"]), states["distribute"], address("marking", code, week)),
        Step(_("Clôturer"), _closing(page, states["close"]), states["close"],
             address("closing", code, week) if page.may_close and not page.close else ""),
    ]  # fmt: skip


def _baskets(count: int) -> str:
    return ngettext("%(count)s panier", "%(count)s paniers", count) % {"count": count}


def _sizes(total: Row) -> str:
    return ", ".join(f"{count}\u00a0{size.lower()}" for size, count in total.cells)


def _day_count(day: Day) -> str:
    return f"{_weekday(day.day)}\u00a0{day.total.total}"


def _date(day: date) -> str:
    """ "1er mai"."""
    return day_range(day, day)


def _weekday(day: date) -> str:
    return date_format(day, "D").lower() + "."


def _handing_out(page: WeekPage, counts: Mapping[str, int], state: str) -> str:
    if state == "current":
        told = page.grid.total.total - counts["planned"]
        return _("%(told)s sur %(total)s pointés") % {"told": told, "total": page.grid.total.total}
    days = _(" et ").join(_weekday(one.day) for one in page.grid.days)
    depots = ngettext("%(count)s dépôt", "%(count)s dépôts", page.grid.depots) % {"count": page.grid.depots}
    return f"{days}, {depots}"


def _closing(page: WeekPage, state: str) -> str:
    if page.close:
        return _("close le %(day)s") % {"day": _date(timezone.localtime(page.close.at).date())}
    monday = page.week.sunday + timedelta(days=1)
    if state == "current":
        return _("en retard") if page.today > monday else _("à faire")
    return said(monday)


def _action(page: WeekPage, steps: list[Step]) -> tuple[str, str] | None:
    """The one strong button of the page: what the current step calls for."""
    current = next((step for step in steps if step.state == "current"), None)
    if current is None or not current.url.startswith("/"):
        return None
    if current.label == _("Clôturer"):
        return _("Clôturer la semaine %(week)s") % {"week": page.week.number}, current.url
    return _("Pointer les paniers"), current.url


# --- What changed once ----------------------------------------------------------------------------


def _named(rows: QuerySet[Basket]) -> QuerySet[Basket]:
    """Baskets with the name of the household's contact, in the same query."""
    return rows.annotate(
        contact=FilteredRelation("household__members", condition=Q(household__members__contact=True)),
        first=F("contact__first_name"), last=F("contact__last_name"),
    )  # fmt: skip


def _name(first: str | None, last: str | None, number: str) -> str:
    """The garden's own words for a household: its contact's name, or its number."""
    return f"{first or ''} {last or ''}".strip() or _("Foyer %(number)s") % {"number": number}


def _changes(garden: Garden, week: Week) -> tuple[list[Change], int]:
    """The week's one-off changes, the first few, and how many more there are. One query."""
    once = Q(state__in=NOT_MADE) | Q(depot_kept=True) | Q(size_kept=True)
    rows = _named(Basket.objects.filter(once, delivery__garden=garden, delivery__week=week)).values_list(
        "first", "last", "household__number", "state", "depot_kept", "depot__name", "size__name"
    )
    found = [_change(*row) for row in rows.order_by("state", "last", "first", "pk")]
    return found[:CHANGES_SHOWN], len(found) - CHANGES_SHOWN if len(found) > CHANGES_SHOWN else 0


def _change(first: str, last: str, number: str, state: str, depot_kept: bool, depot: str, size: str) -> Change:
    name = _name(first, last, number)
    if state in NOT_MADE:
        return Change(name, "", words.state(state), "")
    if depot_kept:
        return Change(name, _("à %(depot)s") % {"depot": depot}, _("autre dépôt"), "sky")
    return Change(name, _("panier %(size)s") % {"size": size.lower()}, _("autre taille"), "sky")


# --- To do -----------------------------------------------------------------------------------------


def _todo(page: WeekPage, found: list[Pile], reach: Reach, payers: Payers) -> list[Todo]:
    garden, today = page.garden, page.today
    items = _unmarked(page, found)
    if page.may_close:
        items += _late(garden, page.week, today)
    if page.money:
        items += [*_ending_supports(garden, today), *_ending_agreements(payers, today), *_short_quotas(payers)]
    return items


def _unmarked(page: WeekPage, found: list[Pile]) -> list[Todo]:
    count = sum(pile.count for pile in found if pile.state == Basket.State.PLANNED and pile.day <= page.today)
    if not count:
        return []
    text = ngettext("%(count)s panier à pointer", "%(count)s paniers à pointer", count) % {"count": count}
    return [Todo(text, address("marking", page.garden.code, page.week), _("pointer"), "carrot")]


def _late(garden: Garden, shown: Week, today: date) -> list[Todo]:
    """Weeks that are over and not closed, but for the one on the page. One query."""
    laid = Basket.objects.filter(delivery=OuterRef("pk"))
    open_ = Delivery.objects.filter(Exists(laid), garden=garden, close=None, day__lt=Week.of(today).monday).exclude(week=shown)
    weeks = list(open_.values_list("week", flat=True).distinct().order_by("week"))
    if not weeks:
        return []
    text = ngettext("La semaine %(first)s à clôturer", "%(count)s semaines à clôturer, depuis la %(first)s", len(weeks))
    url = address("closing", garden.code, weeks[0])
    return [Todo(text % {"first": weeks[0].number, "count": len(weeks)}, url, _("en retard"), "beet")]


def _ending_supports(garden: Garden, today: date) -> list[Todo]:
    """Supports that end within six weeks, with nothing after them. One query."""
    after = Support.objects.filter(household=OuterRef("household"), from_day__gt=OuterRef("until_day"))
    ending = Support.objects.filter(~Exists(after), household__garden=garden, household__left_on=None)
    count = ending.filter(until_day__range=(today, today + SUPPORTS_AHEAD)).count()
    if not count:
        return []
    text = ngettext("%(count)s prise en charge finit d’ici six semaines", "%(count)s prises en charge finissent d’ici six semaines", count)
    return [Todo(text % {"count": count}, address("households", garden.code), _("prévenir"), "squash")]


def _agreement_payers(garden: Garden, today: date) -> Payers:
    """The payers of the garden's agreements that run today. One query."""
    rows = AgreementPayer.objects.filter(
        Q(agreement__until_day=None) | Q(agreement__until_day__gte=today), agreement__from_day__lte=today,
        agreement__gardens=garden, agreement__status=Agreement.Status.ACTIVE,
    ).select_related("partner", "agreement").order_by("agreement__until_day", "agreement", "rank")  # fmt: skip
    return {row.pk: row for row in rows}


def _ending_agreements(payers: Payers, today: date) -> list[Todo]:
    """Agreements within their end notice."""
    found = {row.agreement_id: row.agreement for row in payers.values()}.values()
    ending = [one for one in found if one.until_day and one.until_day - today <= timedelta(days=one.notice_days)]
    return [
        Todo(_("La convention « %(name)s » finit le %(day)s") % {"name": one.name, "day": _date(one.until_day)},
             address("agreement", one.pk), _("renouveler"), "squash")
        for one in ending
    ]  # fmt: skip


def _short_quotas(payers: Payers) -> list[Todo]:
    """Quotas nearly used, with the baskets left."""
    found = []
    for row in payers.values():
        use = closing.quota_use(row)
        left = use.baskets_left
        if use.nearly_out and left is not None:
            text = ngettext(
                "%(payer)s : quota pour %(count)s panier encore", "%(payer)s : quota pour %(count)s paniers encore", left
            ) if left else _("%(payer)s : quota épuisé")  # fmt: skip
            found.append(Todo(text % {"payer": closing.payer_name(row), "count": left},
                              address("agreement", row.agreement_id), _("relancer"), "beet"))  # fmt: skip
    return found


# --- Marking -----------------------------------------------------------------------------------------

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
    days: str
    day: date
    delivery: int
    came: bool
    left: int
    total: int
    day_tabs: list[Tab]
    depot_tabs: list[Tab]
    page: Page[Line]
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
    counts = _places(garden, week)
    day = _chosen_day(list(deliveries), counts, today, asked.day)
    depots = {row.depot: row.name for row in counts if row.day == day}
    depot = int(asked.depot) if asked.depot.isdigit() and int(asked.depot) in depots else None
    here = [row for row in counts if row.day == day]
    return MarkingPage(
        garden, week, _range(week, today), day, deliveries[day], day <= today, sum(row.left for row in here), sum(row.total for row in here),
        _day_tabs(deliveries, counts, day), _depot_tabs(depots, here, depot, day),
        Paginator(_Lines(_lines_of(deliveries[day], depot), day, today), PER_PAGE).get_page(asked.page),
        closing.close_for(garden, week), reach.can(Can.RUN_WEEK, garden.pk), reach.can(Can.CLOSE, garden.pk), reach.can(Can.SEE_MONEY, garden.pk),
    )  # fmt: skip


class Place(NamedTuple):
    """A depot on a day: its baskets, and those not marked yet."""

    day: date
    depot: int
    name: str
    total: int
    left: int


def _places(garden: Garden, week: Week) -> list[Place]:
    rows = Basket.objects.filter(delivery__garden=garden, delivery__week=week)
    counted = rows.values_list("delivery__day", "depot", "depot__name").annotate(
        total=Count("pk"), left=Count("pk", filter=Q(state=Basket.State.PLANNED))
    )
    return [Place(*row) for row in counted.order_by("delivery__day", "depot__name")]


def _chosen_day(days: list[date], places: list[Place], today: date, asked: str) -> date:
    """The day asked for; else the first that came with baskets left to mark; else the last that came, or the first."""
    chosen = next((day for day in days if day.isoformat() == asked), None)
    waiting = next((place.day for place in places if place.left and place.day <= today), None)
    came = [day for day in days if day <= today]
    return chosen or waiting or (came[-1] if came else days[0])


def _day_tabs(deliveries: Mapping[date, int], places: list[Place], current: date) -> list[Tab]:
    left = Counter[date]()
    for place in places:
        left[place.day] += place.left
    return [Tab(said(day).capitalize(), left[day], f"?jour={day.isoformat()}", day == current) for day in sorted(deliveries)]


def _depot_tabs(depots: Mapping[int, str], here: list[Place], current: int | None, day: date) -> list[Tab]:
    if len(depots) < 2:
        return []
    base = f"?jour={day.isoformat()}"
    every = Tab(_("Tous les dépôts"), sum(row.left for row in here), base, current is None)
    return [every, *(Tab(row.name, row.left, f"{base}&depot={row.depot}", row.depot == current) for row in here)]


def _lines_of(delivery: int, depot: int | None) -> QuerySet[Basket]:
    rows = Basket.objects.filter(delivery=delivery)
    return _named(rows if depot is None else rows.filter(depot=depot)).order_by("depot__name", "last", "first", "pk")


class _Lines:
    """A list for the paginator that turns rows into lines only for the page shown."""

    def __init__(self, rows: QuerySet[Basket], day: date, today: date) -> None:
        self.rows, self.allowed = rows, states_for(day, today)

    def count(self) -> int:
        return self.rows.count()

    def __len__(self) -> int:
        return self.rows.count()

    def __getitem__(self, some: slice) -> list[Line]:
        rows = self.rows.values_list("pk", "first", "last", "household__number", "size__name", "depot__name", "state")
        return [_line(self.allowed, *row) for row in rows[some]]


def _line(allowed: Iterable[Basket.State], pk: int, first: str, last: str, number: str, size: str, depot: str, state: str) -> Line:
    choices = [Choice(one.value, str(words.CHOICES[one]), one.value == state) for one in allowed]
    return Line(pk, _name(first, last, number), number, size, depot, state, words.state(state), words.TONES[state], choices)


def markable(garden: Garden, week: Week, baskets: Iterable[int], today: date) -> dict[int, tuple[str, frozenset[str]]]:
    """Of these baskets, those of the week: their state, and what may be said of them. One query."""
    rows = Basket.objects.filter(pk__in=list(baskets), delivery__garden=garden, delivery__week=week)
    return {pk: (state, frozenset(states_for(day, today))) for pk, day, state in rows.values_list("pk", "delivery__day", "state")}


@dataclass(frozen=True)
class Progress:
    """How far the marking of a day is, after one line was saved."""

    told: int
    total: int
    left: int


def progress(basket: int) -> Progress:
    """The marking of the delivery that holds this basket. One query."""
    rows = Basket.objects.filter(delivery__baskets=basket)
    found = rows.aggregate(total=Count("pk"), left=Count("pk", filter=Q(state=Basket.State.PLANNED)))
    return Progress(found["total"] - found["left"], found["total"], found["left"])
