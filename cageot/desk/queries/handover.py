"""What the pages of the hand-over show: the volunteer's list, the links of a garden, the sheet to enter, the week."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import segno
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from cageot.baskets.handover import POT, SAYABLE, holder, statements
from cageot.baskets.models import Basket, Delivery, Depot, DepotLink, HandOver, Subscription, Ways
from cageot.baskets.rules import handover as rules
from cageot.baskets.rules.naming import folded
from cageot.core import sql
from cageot.core.week import Week
from cageot.desk import words
from cageot.desk.queries import closing
from cageot.desk.queries.names import Name, shown_names
from cageot.members.models import Household
from cageot.network.models import Garden, LogEvent

ABOUT_DEPOT = Q(state__in=SAYABLE)
"""Baskets that are brought to the depot: not those cancelled or postponed."""
YEAR = timedelta(days=365)
EVE = timedelta(days=1)
"""The list opens on the eve, so that a phone may take it along to a depot without network."""


def ways_of(garden: Garden) -> Ways:
    return Ways.objects.filter(garden=garden).first() or Ways(garden=garden)


# --- The volunteer's list -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One basket of the list: whose, what, what was said of it. `home`: the household that comes for it. `head`: the
    statement in force, "" when none."""

    pk: int
    home: int
    name: str
    what: str
    state: str
    head: str
    note: str

    @property
    def waits(self) -> bool:
        return self.state == Basket.State.PLANNED

    @property
    def label(self) -> str:
        return words.state(self.state)


@dataclass(frozen=True)
class Next:
    """To whom a basket that nobody came for goes, in the garden's order: choices before the names of the list, and after
    them. A choice is a household's number, "0" for the common pot, "" for somebody else; and its words."""

    before: list[tuple[str, str]]
    after: list[tuple[str, str]]


@dataclass(frozen=True)
class Sheet:
    """A depot's list on one delivery. Before the eve it says how many, and nobody's name."""

    depot: Depot
    delivery: Delivery
    lines: list[Line]
    total: int
    came: bool
    next: Next | None = None  # None: the garden does not hand on

    @property
    def homes(self) -> dict[int, str]:
        """The households of the list, each once."""
        return {line.home: line.name for line in self.lines}

    @property
    def writable(self) -> bool:
        return self.came and self.delivery.close_id is None

    @property
    def told(self) -> int:
        return sum(not line.waits for line in self.lines)

    @property
    def left(self) -> int:
        return self.total - self.told

    @property
    def note_key(self) -> str:
        """A name for the note that may be written on this page; sent twice, it is one note."""
        return str(uuid4())

    def line(self, pk: str) -> Line | None:
        return next((line for line in self.lines if str(line.pk) == pk), None)


def sheet(link: DepotLink, today: date) -> Sheet | None:
    """The list of the link's depot today, or of its next delivery; None when there is none. A constant number of queries."""
    depot = link.depot
    there = Delivery.objects.filter(garden=depot.garden_id, day__gte=max(today, link.from_day)).filter(
        baskets__depot=depot, baskets__state__in=SAYABLE
    )
    if link.until_day:
        there = there.filter(day__lte=link.until_day)
    delivery = there.annotate(total=Count("baskets")).order_by("day").first()
    if delivery is None:
        return None
    ways = ways_of(depot.garden)
    near = delivery.day - EVE <= today
    if not near:
        return Sheet(depot, delivery, [], delivery.total, came=False)
    names = shown_names(depot.garden, delivery.week)
    after = next_of(delivery, depot, ways, names) if ways.next_in_line else None
    lines = lines_of(delivery, depot, names)
    return Sheet(depot, delivery, lines, delivery.total, delivery.day <= today, after)


def next_of(delivery: Delivery, depot: Depot, ways: Ways, names: Mapping[int, Name]) -> Next:
    """Whom an unclaimed basket may go to, by the garden's rule. Two queries.

    Households of the depot that get nothing that week, whether their rhythm or a wait has it so: those that were handed the
    fewest baskets in a year come first, then the names in order. Who said that they would be away is not asked.
    """
    day = delivery.day
    mine = Basket.objects.filter(Q(household=OuterRef("pk")) | Q(given_to=OuterRef("pk")), garden=depot.garden_id, delivery__week=delivery.week)  # fmt: skip
    runs = Subscription.objects.on(day).filter(depot=depot).values("household")
    handed = Count("received", filter=Q(received__state=Basket.State.GIVEN_ON, received__delivery__day__gte=day - YEAR))
    rows = Household.objects.filter(~Exists(mine), pk__in=runs, left_on=None).annotate(handed=handed)
    found = [(count, folded(names[pk].shown), pk) for pk, count in rows.values_list("pk", "handed") if pk in names]
    people = [(str(pk), names[pk].shown) for _count, _name, pk in sorted(found)]
    pot, anybody = (str(POT), _("le pot commun du jardin")), ("", _("quelqu’un d’autre"))
    if ways.next_first == Ways.Next.ANYBODY:
        return Next([anybody], [*people, pot])
    return Next([pot, *people] if ways.next_first == Ways.Next.POT else [*people, pot], [anybody])


def lines_of(delivery: Delivery, depot: Depot, names: Mapping[int, Name]) -> list[Line]:
    """The baskets of a depot on a delivery, by the names of lists. A constant number of queries."""
    rows = Basket.objects.filter(ABOUT_DEPOT, delivery=delivery, depot=depot)
    found = list(rows.select_related("size", "product"))
    several = len({basket.product_id for basket in found}) > 1
    said = said_of(rows)
    lines = []
    for basket in found:
        what = f"{basket.product.name} · {basket.size.name}" if several else basket.size.name
        home = holder(basket)
        lines.append(_line(basket.pk, home, names[home].shown, what, basket.state, said[basket.pk]))
    return sorted(lines, key=lambda line: (folded(line.name), line.what, line.pk))


def said_of(baskets: QuerySet[Basket]) -> dict[int, list[HandOver]]:
    """What was said of these baskets, in order of time. One query."""
    found: dict[int, list[HandOver]] = defaultdict(list)
    for row in HandOver.objects.filter(basket__in=baskets.values("pk")):
        found[row.basket_id].append(row)
    return found


def _line(pk: int, home: int, name: str, what: str, state: str, said: list[HandOver]) -> Line:
    return Line(pk, home, name, what, state, head_of(pk, state, said), note_in(said))


def head_of(basket: int, state: str, said: Iterable[HandOver]) -> str:
    """What the next statement follows: the one in force, or what the desk said otherwise since."""
    wins = rules.standing(basket, statements(said))
    if state == (wins.state if wins else Basket.State.PLANNED):
        return str(wins.key) if wins else ""
    return str(rules.follow(wins.key if wins else rules.root(basket), state, rules.DESK))


def note_in(said: Iterable[HandOver]) -> str:
    """The last note, taken away or not."""
    notes = [(row.said_at, row.key, row.note) for row in said if row.note and not row.overruled]
    return max(notes)[2].strip() if notes else ""


def changes(sheet: Sheet) -> list[list[object]]:
    """What a phone must know of lines that something was said of: basket, state, what stands, note."""
    return [[line.pk, line.state, line.head, line.note] for line in sheet.lines if line.head or line.note]


# --- Links ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LinkLine:
    """A volunteer's link: for whom, where, from when until when, when it was last used."""

    pk: int
    label: str
    depot: str
    from_day: date
    until_day: date | None
    state: str
    tone: str
    used_at: datetime | None
    live: bool


def link_lines(garden: Garden, today: date) -> list[LinkLine]:
    """The garden's links, those that open something first. Two queries."""
    links = list(
        DepotLink.objects.filter(depot__garden=garden)
        .select_related("depot")
        .annotate(heard_at=Max("handovers__received_at"))
        .order_by("depot__name", "label", "pk")
    )
    about = {f"baskets.depotlink:{link.pk}": link.pk for link in links}
    opened = {
        about[name]: at
        for name, at in LogEvent.objects.filter(about__in=about, verb="baskets.depot_link_used")
        .values_list("about")
        .annotate(Max("at"))
    }
    lines = [_link_line(link, opened.get(link.pk), today) for link in links]
    return sorted(lines, key=lambda line: not line.live)


def _link_line(link: Any, opened: datetime | None, today: date) -> LinkLine:
    used = max((at for at in (opened, link.heard_at) if at), default=None)
    state, tone = _link_state(link, today)
    live = link.revoked_at is None and not (link.until_day and link.until_day < today)
    return LinkLine(link.pk, link.label, link.depot.name, link.from_day, link.until_day, state, tone, used, live)


def _link_state(link: DepotLink, today: date) -> tuple[str, str]:
    if link.revoked_at:
        return _("arrêté"), ""
    if link.until_day and link.until_day < today:
        return _("fini"), ""
    if link.from_day > today:
        return _("à venir"), "sky"
    return _("ouvert"), "leaf"


def qr(address: str) -> SafeString:
    """The address as a drawing for a camera: black on white, whatever the colours of the page."""
    drawing = segno.make(address, error="m").svg_inline(scale=6, border=4, light="#fff", omitsize=True, svgclass="qr")
    return mark_safe(drawing)  # noqa: S308 — drawn from the address by the library, which escapes


# --- The desk: a week's hand-over, and the paper sheet to enter -----------------------------------------


@dataclass(frozen=True)
class PlaceLine:
    """A depot on a day of the week: its baskets, and how many something was said of."""

    day: date
    delivery: int
    depot: int
    name: str
    total: int
    left: int
    came: bool

    @property
    def told(self) -> int:
        return self.total - self.left


@dataclass(frozen=True)
class Word:
    """Something that volunteers left for the desk to read."""

    name: str
    depot: str
    text: str
    who: str
    at: datetime
    tone: str


@dataclass(frozen=True)
class WeekPage:
    """The hand-over of a week: how far each depot is, and what the volunteers want known."""

    garden: Garden
    week: Week
    places: list[PlaceLine]
    notes: list[Word]
    doubts: list[Word]
    closed: bool


def week_page(garden: Garden, week: Week, today: date) -> WeekPage:
    """How the hand-over of a week went. A constant number of queries."""
    places = [
        PlaceLine(sql.day(day), delivery, depot, name, total, left, sql.day(day) <= today)
        for day, delivery, depot, name, total, left in sql.rows(_PLACES, garden.pk, str(week))
    ]
    notes, doubts = _words_of(garden, week)
    return WeekPage(garden, week, places, notes, doubts, closing.close_for(garden, week) is not None)


# Counted by the keys that the index holds, and named after. What was cancelled or moved is no matter for a depot.
_PLACES = """
    SELECT d.day, d.id, p.id, p.name, n.total, n.left_over
    FROM (
        SELECT b.delivery_id, b.depot_id, COUNT(*) total, SUM(CASE WHEN b.state = 'planned' THEN 1 ELSE 0 END) left_over
        FROM baskets_delivery d JOIN baskets_basket b ON b.delivery_id = d.id
        WHERE d.garden_id = %s AND d.week = %s AND b.state NOT IN ('cancelled', 'moved') GROUP BY b.delivery_id, b.depot_id) n
    JOIN baskets_delivery d ON d.id = n.delivery_id
    JOIN baskets_depot p ON p.id = n.depot_id JOIN baskets_round r ON r.id = p.round_id
    ORDER BY d.day, r.rank, p.rank, p.name, p.id
"""


def _words_of(garden: Garden, week: Week) -> tuple[list[Word], list[Word]]:
    """Notes in force, and what was said against what stands, or too late: newest first."""
    rows = HandOver.objects.filter(basket__delivery__garden=garden, basket__delivery__week=week)
    by_basket: dict[int, list[HandOver]] = defaultdict(list)
    for row in rows.select_related("basket__depot", "link", "by"):
        by_basket[row.basket_id].append(row)
    if not by_basket:
        return [], []
    names = shown_names(garden, week)
    notes, doubts = [], []
    for pk, said in by_basket.items():
        name, state = names[holder(said[0].basket)].shown, said[0].basket.state
        if text := note_in(said):
            last = max((row for row in said if row.note and not row.overruled), key=lambda row: (row.said_at, row.key))
            notes.append(_word(last, name, text, "sky"))
        against = {one.key for one in rules.contradicted(pk, statements(said))}
        for row in said:
            late = row.overruled and not row.note and row.state != state
            if late or (row.key in against and row.state != state):
                text = _("dit « %(said)s », noté « %(kept)s »") % {
                    "said": words.state(row.state), "kept": words.state(state),
                }  # fmt: skip
                doubts.append(_word(row, name, text, "squash"))
    return sorted(notes, key=lambda one: one.at, reverse=True), sorted(doubts, key=lambda one: one.at, reverse=True)


def _word(row: HandOver, name: str, text: str, tone: str) -> Word:
    who = row.link.label if row.link else str(row.by or _("le jardin"))
    return Word(name, row.basket.depot.name, text, who, row.said_at, tone)


@dataclass(frozen=True)
class PaperPage:
    """The sheet of a depot, to enter what is ticked on the paper."""

    garden: Garden
    week: Week
    delivery: Delivery
    depot: Depot
    waiting: list[Line]
    told: list[Line]
    counts: list[str]
    gives_on: bool


def paper_page(garden: Garden, delivery: Delivery, depot: Depot) -> PaperPage:
    """The names of a depot on a day: those to enter, those already told. A constant number of queries."""
    ways = ways_of(garden)
    lines = lines_of(delivery, depot, shown_names(garden, delivery.week))
    waiting = [line for line in lines if line.waits]
    told = [line for line in lines if not line.waits]
    states = Counter(line.state for line in told)
    counts = [words.counted(state, states[state]) for state in words.BASKETS if states[state]]
    return PaperPage(garden, delivery.week, delivery, depot, waiting, told, counts, ways.next_in_line)
