"""The week of a garden, gathered: its baskets by place, its steps, what is to do, and the marking list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets.models import Basket, Content, Delivery, DepotPause, WeekClose
from cageot.core import sql
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import day_range
from cageot.core.week import Week
from cageot.desk import words
from cageot.desk.queries import closing, marking
from cageot.desk.queries.calendar import undecided
from cageot.desk.queries.closing import Card, GroupTable, Payers, Reopened, Told, address
from cageot.desk.queries.households import conditions
from cageot.desk.queries.subscriptions import ending_soon
from cageot.desk.rules.paying import add_up
from cageot.desk.rules.week import Standing, step_states
from cageot.funding.models import Agreement, AgreementPayer
from cageot.members.models import Household
from cageot.network.models import Garden
from cageot.network.rules.reach import Can, Reach

NOT_MADE = {Basket.State.CANCELLED, Basket.State.MOVED}
"""Baskets in these states are not grown, packed nor brought this week."""
CHANGES_SHOWN = 6


class Pile(NamedTuple):
    """Baskets of one day, depot, size and state."""

    day: date
    depot: str
    rank: int
    size: str
    state: str
    baskets: int


def piles(garden: Garden, week: Week) -> tuple[list[date], list[Pile]]:
    """The week's delivery days, also those without a basket, and its baskets, counted. One query, whatever their number."""
    rows = sql.rows(_PILES, garden.pk, str(week), garden.pk, str(week))
    days = list(dict.fromkeys(sql.day(text) for text, *_rest in rows))
    return days, [Pile(sql.day(text), *rest) for text, *rest in rows if rest[-1]]


# Counted by the keys that the index holds, and named after.
_PILES = """
    SELECT d.day, p.name, z.rank, z.name, n.state, n.baskets
    FROM baskets_delivery d
    LEFT JOIN (
        SELECT b.delivery_id, b.depot_id, b.size_id, b.state, COUNT(*) baskets
        FROM baskets_delivery e JOIN baskets_basket b ON b.delivery_id = e.id
        WHERE e.garden_id = %s AND e.week = %s GROUP BY b.delivery_id, b.depot_id, b.size_id, b.state) n ON n.delivery_id = d.id
    LEFT JOIN baskets_depot p ON p.id = n.depot_id LEFT JOIN baskets_basketsize z ON z.id = n.size_id
    WHERE d.garden_id = %s AND d.week = %s ORDER BY d.day, p.name, z.rank, z.name
"""


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
        depots = [
            _row(name, [pile for pile in here if pile.depot == name], sizes)
            for name in dict.fromkeys(p.depot for p in here)
        ]
        days.append(Day(day, _row(said(day).capitalize(), here, sizes), depots))
    return Grid(sizes, days, _row(_("Toute la semaine"), found, sizes))


def _row(label: str, found: list[Pile], sizes: list[str]) -> Row:
    counts: Counter[str] = Counter()
    for pile in found:
        counts[pile.size] += pile.baskets
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
    gone: bool  # it is not to be made this week


@dataclass(frozen=True)
class Facts:
    """A garden's week as read: its delivery days, its baskets in piles, its close, and what the reader may see."""

    garden: Garden
    week: Week
    today: date
    money: bool
    may_close: bool
    may_run: bool
    may_set: bool
    days: list[date]
    piles: list[Pile]
    grid: Grid
    close: WeekClose | None
    reopened: list[Reopened]

    @property
    def counts(self) -> Counter[str]:
        """Baskets by state."""
        found: Counter[str] = Counter()
        for pile in self.piles:
            found[pile.state] += pile.baskets
        return found

    @property
    def total(self) -> int:
        """Baskets to make."""
        return self.grid.total.total


@dataclass(frozen=True)
class Paying:
    """Who pays: the card, and for a closed week what was posted. Empty for who sees no money."""

    card: Card | None = None
    tables: list[GroupTable] = field(default_factory=list)


@dataclass(frozen=True)
class WeekPage(Facts):
    """La semaine: what one garden sees of one week."""

    steps: list[Step]
    help: str
    action: tuple[str, str] | None
    changes: list[Change]
    more_changes: int
    todo: list[Todo]
    paying: Paying
    next_week: Week | None  # the next one with a delivery, when this one has none

    @property
    def this_week(self) -> Week:
        return Week.of(self.today)

    @property
    def current(self) -> bool:
        return self.week == self.this_week

    @property
    def before(self) -> Week:
        return self.week - 1

    @property
    def after(self) -> Week:
        return self.week + 1

    @property
    def span(self) -> str:
        return span(self.week, self.today)

    @property
    def states(self) -> list[Told]:
        """Baskets by state in words, once the first delivery day has come."""
        begun = bool(self.days) and self.today >= self.days[0]
        return closing.by_state(self.counts) if begun else []


def span(week: Week, today: date) -> str:
    """ "16 – 22 novembre", with its year when that is not this year."""
    shown = day_range(week.monday, week.sunday)
    other_year = week.monday.year == week.sunday.year != today.year
    return f"{shown} {week.sunday.year}" if other_year else shown


def week_page(garden: Garden, week: Week, today: date, reach: Reach) -> WeekPage:
    """Everything on La semaine. A constant number of queries, fewer for who sees no money."""
    facts = _facts(garden, week, today, reach)
    steps = _steps(facts)
    changes, more = _changes(garden, week)
    payers = _agreement_payers(garden, today) if facts.money and not facts.close else {}
    return WeekPage(
        **vars(facts),
        steps=steps,
        help=_help(steps),
        action=_action(facts, steps),
        changes=changes,
        more_changes=more,
        todo=[] if facts.close else _todo(facts, payers),
        paying=_paying(facts, payers),
        next_week=None if facts.days else _next_week(garden, week),
    )


def _facts(garden: Garden, week: Week, today: date, reach: Reach) -> Facts:
    money, may_close = reach.can(Can.SEE_MONEY, garden.pk), reach.can(Can.CLOSE, garden.pk)
    days, found = piles(garden, week)
    close, reopened = closing.closes_of(garden, week)
    may_run, may_set = reach.can(Can.RUN_WEEK, garden.pk), reach.can(Can.EDIT_GARDEN, garden.pk)
    return Facts(
        garden, week, today, money, may_close, may_run, may_set, days, found, grid(found), close, reopened if money else []
    )  # fmt: skip


def _paying(facts: Facts, payers: Payers) -> Paying:
    """Posted figures for a closed week, a forecast for an open one."""
    if not facts.money or not facts.days:
        return Paying()
    posted = facts.close is not None
    paid = closing.posted(facts.close.entry_id) if facts.close else closing.forecast(facts.garden, facts.week)
    names, groups = closing.payers_of(closing.payer_ids(paid), payers), add_up(paid)
    return Paying(closing.card(groups, names), closing.tables(groups, names, to_spend=False) if posted else [])


def _next_week(garden: Garden, week: Week) -> Week | None:
    """The next week with a delivery."""
    return (
        Delivery.objects.filter(garden=garden, day__gt=week.sunday)
        .order_by("day")
        .values_list("week", flat=True)
        .first()
    )


# --- Steps ---------------------------------------------------------------------------------------


def _steps(facts: Facts) -> list[Step]:
    """The five steps; none for a week without a basket."""
    if not facts.piles:
        return []
    standing = Standing(
        facts.week.monday, min(facts.days), max(facts.days), facts.counts["planned"], facts.close is not None
    )
    state = step_states(standing, facts.today)
    content_page = address("content", facts.garden.code, facts.week)
    marking_page = address("marking", facts.garden.code, facts.week)
    closing_page = address("closing", facts.garden.code, facts.week) if facts.may_close and not facts.close else ""
    return [
        Step(_("Compter"), _baskets(facts.total), state["count"], address("changes", facts.garden.code, facts.week)),
        Step(_("Récolter"), _sizes(facts.grid.total), state["harvest"], content_page),
        Step(_("Composer"), " · ".join(_day_count(one) for one in facts.grid.days), state["compose"], content_page),
        Step(_("Distribuer"), _handing_out(facts, state["distribute"]), state["distribute"], marking_page),
        Step(_("Clôturer"), _closing(facts, state["close"]), state["close"], closing_page),
    ]


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


def _handing_out(facts: Facts, state: str) -> str:
    if state == "current":
        told = sum(pile.baskets for pile in facts.piles if pile.state != Basket.State.PLANNED)
        return _("%(told)s sur %(total)s pointés") % {"told": told, "total": sum(pile.baskets for pile in facts.piles)}
    days = _(" et ").join(_weekday(day) for day in facts.days)
    depots = ngettext("%(count)s dépôt", "%(count)s dépôts", facts.grid.depots) % {"count": facts.grid.depots}
    return f"{days}, {depots}"


def _closing(facts: Facts, state: str) -> str:
    if facts.close:
        return _("close le %(day)s") % {"day": _date(timezone.localtime(facts.close.at).date())}
    monday = facts.week.sunday + timedelta(days=1)
    if state == "current":
        return _("en retard") if facts.today > monday else _("à faire")
    return said(monday)


def _action(facts: Facts, steps: list[Step]) -> tuple[str, str] | None:
    """The one strong button of the page: what the step at hand calls for."""
    to_do = {
        _("Compter"): _("Voir ce qui change"),
        _("Récolter"): _("Composer les paniers") if facts.may_run else "",
        _("Composer"): _("Composer les paniers") if facts.may_run else "",
        _("Distribuer"): _("Pointer les paniers"),
        _("Clôturer"): _("Clôturer la semaine %(week)s") % {"week": facts.week.number},
    }
    current = next((step for step in steps if step.state == "current"), None)
    if current is None or not current.url or not to_do[current.label]:
        return None
    return to_do[current.label], current.url


def _help(steps: list[Step]) -> str:
    """Two sentences about the step at hand, for whoever comes to it for the first time."""
    said_ = {
        _("Compter"): _("Voyez combien de paniers partent, et ce qui change depuis la dernière fois. Une absence ou un autre dépôt se note à la page du foyer."),
        _("Récolter"): _("Écrivez ce que vous mettrez dans chaque taille : Cageot dit combien récolter. Reprenez la semaine dernière, puis corrigez."),
        _("Composer"): _("Imprimez les feuilles et les étiquettes du jour de préparation. Ce que contiennent les paniers peut être montré aux adhérents."),
        _("Distribuer"): _("Au dépôt, les noms se cochent sur la feuille ou sur un téléphone, même sans réseau. Ici, pointez ce qui reste : « tous sauf… »."),
        _("Clôturer"): _("Une fois clôturée, la semaine ne bouge plus : chaque panier est payé, et dit par qui. Vous verrez d’abord ce qui sera écrit."),
    }  # fmt: skip
    current = next((step for step in steps if step.state == "current"), None)
    return said_[current.label] if current else ""


# --- What changed once ----------------------------------------------------------------------------


def _changes(garden: Garden, week: Week) -> tuple[list[Change], int]:
    """The week's one-off changes, those of the rounds first, and how many more there are. One query."""
    once = Q(state__in=NOT_MADE) | Q(depot_kept=True) | Q(size_kept=True) | Q(copy__gte=1) | Q(given_to__isnull=False)
    rows = marking.named(Basket.objects.filter(once, delivery__garden=garden, delivery__week=week)).values_list(
        "first", "last", "household__number", "state", "kind", "given_to", "depot_kept", "depot__name", "size__name"
    )
    found = [_change(*row) for row in rows.order_by("last", "first", "pk")]
    found.sort(key=lambda change: change.gone)
    return found[:CHANGES_SHOWN], max(len(found) - CHANGES_SHOWN, 0)


def _change(
    first: str, last: str, number: str, state: str, kind: str, given: int | None, depot_kept: bool, depot: str, size: str
) -> Change:  # fmt: skip
    name = marking.name(first, last, number)
    if state in NOT_MADE:
        return Change(name, "", words.state(state), True)
    if given:
        return Change(name, depot, _("donné à un autre foyer"), False)
    if kind != Basket.Kind.REGULAR:
        word = _("repris") if kind == Basket.Kind.TAKEN_BACK else _("en plus")
        return Change(name, _("panier %(size)s") % {"size": size.lower()}, word, False)
    if depot_kept:
        return Change(name, depot, _("autre dépôt"), False)
    return Change(name, _("panier %(size)s") % {"size": size.lower()}, _("autre taille"), False)


# --- To do -----------------------------------------------------------------------------------------


def _todo(facts: Facts, payers: Payers) -> list[Todo]:
    """What is to do, most urgent first. Money and closing only for who may."""
    items = _unmarked(facts)
    if facts.may_run:
        items += [*_unpublished(facts), *_pot(facts)]
    items += _paused(facts)
    if facts.may_set:
        items += _holidays(facts)
    if facts.may_close:
        items += _late(facts.garden, facts.week, facts.today)
    if facts.money:
        items += [*_ending_supports(facts.garden, facts.today), *_ending_subscriptions(facts)]
        items += [*_ending_agreements(payers, facts.today), *_short_quotas(payers)]
    return items


def _unmarked(facts: Facts) -> list[Todo]:
    waiting = Basket.State.PLANNED
    count = sum(pile.baskets for pile in facts.piles if pile.state == waiting and pile.day <= facts.today)
    if not count:
        return []
    text = ngettext("%(count)s panier à pointer", "%(count)s paniers à pointer", count) % {"count": count}
    return [Todo(text, address("marking", facts.garden.code, facts.week), _("pointer"), "carrot")]


def _unpublished(facts: Facts) -> list[Todo]:
    """The contents that were composed and that nobody reads yet, from the eve of the first delivery on. One query."""
    if not facts.days or not min(facts.days) - timedelta(days=1) <= facts.today <= max(facts.days):
        return []
    if not Content.objects.filter(round__garden=facts.garden, week=facts.week, published_at=None).exists():
        return []
    url = address("content", facts.garden.code, facts.week)
    return [Todo(_("Le contenu des paniers n’est pas publié"), url, _("publier"), "sky")]


def _pot(facts: Facts) -> list[Todo]:
    """The baskets that households gave and that nobody has yet, counted as their list does (`in_the_pot`). One query."""
    count = Basket.objects.filter(
        Q(pot=True) | Q(product__absences__unused="given", delivery__day__year__lt=facts.today.year),
        garden=facts.garden, state=Basket.State.MOVED, taken_back_by=None,
    ).count()  # fmt: skip
    if not count:
        return []
    text = ngettext(
        "%(count)s panier donné, à remettre à quelqu’un", "%(count)s paniers donnés, à remettre à quelqu’un", count
    )
    return [Todo(text % {"count": count}, address("pot", facts.garden.code), _("choisir"), "sky")]


def _paused(facts: Facts) -> list[Todo]:
    """The depots that are closed this week, and where their baskets go. One query."""
    rows = DepotPause.objects.between(facts.week.monday, facts.week.sunday).filter(depot__garden=facts.garden)
    return [
        Todo(
            _("« %(depot)s » est fermé : ses paniers vont à « %(other)s »") % {"depot": one.depot.name, "other": one.replacement.name},
            address("depot", facts.garden.code, one.depot_id) if facts.may_set else "", _("cette semaine"), "squash",
        )
        for one in rows.select_related("depot", "replacement")
    ]  # fmt: skip


HOLIDAYS_AHEAD = timedelta(weeks=6)


def _holidays(facts: Facts) -> list[Todo]:
    """The bank holidays to come that meet a round, of which nothing was decided. A constant number of queries."""
    last = facts.today + HOLIDAYS_AHEAD
    met = undecided(facts.garden, facts.today, last)
    return [
        Todo(
            _("%(day)s est férié : la tournée « %(round)s » part-elle ?") % {"day": said(day).capitalize(), "round": name},
            address("holidays", facts.garden.code, day.year), _("décider"), "squash",
        )
        for day, name in met
    ]  # fmt: skip


def _late(garden: Garden, shown: Week, today: date) -> list[Todo]:
    """Weeks that are over and not closed, but for the one on the page. One query."""
    laid = Basket.objects.filter(delivery=OuterRef("pk"))
    open_ = Delivery.objects.filter(Exists(laid), garden=garden, close=None, day__lt=Week.of(today).monday).exclude(
        week=shown
    )
    weeks = list(open_.values_list("week", flat=True).distinct().order_by("week"))
    if not weeks:
        return []
    text = ngettext("La semaine %(first)s à clôturer", "%(count)s semaines à clôturer, depuis la %(first)s", len(weeks))
    url = address("closing", garden.code, weeks[0])
    return [Todo(text % {"first": weeks[0].number, "count": len(weeks)}, url, _("en retard"), "beet")]


def _ending_supports(garden: Garden, today: date) -> list[Todo]:
    """Households whose support ends within six weeks, counted as their list does. One query."""
    count = Household.objects.filter(conditions(today)["finit"], garden=garden).count()
    if not count:
        return []
    text = ngettext(
        "%(count)s prise en charge finit d’ici six semaines",
        "%(count)s prises en charge finissent d’ici six semaines",
        count,
    )
    url = address("households", garden.code) + "?etat=finit"
    return [Todo(text % {"count": count}, url, _("prévenir"), "squash")]


ENDINGS_SHOWN = 3


def _ending_subscriptions(facts: Facts) -> list[Todo]:
    """Subscriptions and trials that end soon and asked to be told. One query."""
    found = ending_soon(facts.garden, facts.today)
    told = [
        Todo(one.text, address("household", facts.garden.code, one.household), _("demander"), "squash")
        for one in found[:ENDINGS_SHOWN]
    ]
    more = len(found) - len(told)
    if more:
        text = ngettext(
            "et %(count)s autre abonnement finit bientôt", "et %(count)s autres abonnements finissent bientôt", more
        )
        told.append(Todo(text % {"count": more}, address("households", facts.garden.code), _("demander"), "squash"))
    return told


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
    dated = [(one, one.until_day) for one in found if one.until_day]
    ending = [(one, last) for one, last in dated if last - today <= timedelta(days=one.notice_days)]
    return [
        Todo(_("La convention « %(name)s » finit le %(day)s") % {"name": one.name, "day": _date(last)},
             address("agreement", one.pk), _("renouveler"), "squash")
        for one, last in ending
    ]  # fmt: skip


def _short_quotas(payers: Payers) -> list[Todo]:
    """Quotas nearly used, with the baskets left."""
    short = [row for row in payers.values() if closing.quota_use(row).nearly_out]
    return [Todo(_quota_left(row), address("agreement", row.agreement_id), _("relancer"), "beet") for row in short]


def _quota_left(payer: AgreementPayer) -> str:
    left = closing.quota_use(payer).baskets_left
    if not left:
        return _("%(payer)s : quota épuisé") % {"payer": closing.payer_name(payer)}
    text = ngettext(
        "%(payer)s : quota pour %(count)s panier encore", "%(payer)s : quota pour %(count)s paniers encore", left
    )
    return text % {"payer": closing.payer_name(payer), "count": left}
