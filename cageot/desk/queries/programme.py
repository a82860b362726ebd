"""The programme in figures: an edition, its gardens, who pays. Consolidated, and nobody's name.

Closed weeks are read from the sums that each close adds up again (decision 0012): nothing here grows with their number.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, reduce
from operator import add
from typing import Any, NamedTuple, TypedDict

from django.core.paginator import Page, Paginator
from django.db.models import (
    Count,
    DateField,
    Exists,
    F,
    FilteredRelation,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.dates import MONTHS_AP
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cageot.baskets.models import Basket, Delivery, WeekClose, WeekSum
from cageot.core import sql
from cageot.core.charts import Part, Point
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import day_range, euros, number, share, week_label
from cageot.core.week import Week, weeks_between
from cageot.desk.queries.chips import Chip
from cageot.desk.queries.next_euro import NextEuro, next_euro
from cageot.desk.rules.programme import USUAL, Circle, Concern, Dot, Facts, Thresholds, circles, concerns, solidity
from cageot.funding.models import Agreement, AgreementPayer, EntityGarden, Outlook, WatchRule
from cageot.members.models import OwnOffer, Support
from cageot.network import territory
from cageot.network.models import BudgetLine, Edition, Garden, GardenStatus, LogEvent, Partner
from cageot.network.rules.geo import HEIGHT, WIDTH, inset, project
from cageot.workshops.queries.figures import totals as workshop_totals

PER_PAGE = 40
WATCHED = 8
PACE = 4
"""Weeks to come are drawn at the pace of the last four that all gardens closed."""

PAYERS = ("members", "local", "national", "network", "gardens")
PAYER_WORDS: dict[str, Any] = {
    "members": gettext_lazy("Adhérents"),
    "local": gettext_lazy("Partenaires locaux"),
    "national": gettext_lazy("Financeurs nationaux"),
    "network": gettext_lazy("Réseau"),
    "gardens": gettext_lazy("Jardins"),
    "uncovered": gettext_lazy("Non couvert"),
}
PAYER_TONES = {"members": 1, "local": 2, "national": 3, "network": 4, "gardens": 5, "uncovered": 6}

TONES = {"solid": "leaf", "watch": "squash", "fragile": "beet"}
SERIES = {"solid": "s1", "watch": "s3", "fragile": "s5"}
SOLIDITY: dict[str, Any] = {
    "solid": gettext_lazy("solide"),
    "watch": gettext_lazy("à surveiller"),
    "fragile": gettext_lazy("fragile"),
}


# --- Figures of an edition ------------------------------------------------------------------------


class PaidBy(TypedDict):
    members: int
    local: int
    national: int
    network: int
    gardens: int


class Figures(TypedDict):
    """An edition in figures. Cents are of solidarity baskets only, in closed weeks: `paid_by` and
    `uncovered_cents` make their price. `max_member_share` is 0 to 1."""

    gardens: int
    households: int
    solidarity_baskets: int
    ordinary_baskets: int
    local_partners: int
    national_funders: int
    budget_cents: int
    paid_by: PaidBy
    uncovered_cents: int
    max_member_share: float
    weeks_closed: int
    workshops: int
    participations: int


def edition_figures(edition: Edition) -> Figures:
    """The figures of an edition, as they stand. Constant number of queries."""
    return _figures(edition, Sums.of(closed_by_week(edition).values()), active_gardens(edition).count())


def _figures(edition: Edition, total: Sums, gardens: int) -> Figures:
    sessions, participations = workshop_totals(edition)
    local, national = partners_of(active_gardens(edition))
    return {
        "gardens": gardens,
        "households": households_supported(edition),
        "solidarity_baskets": total.solidarity,
        "ordinary_baskets": total.ordinary,
        "local_partners": local,
        "national_funders": national,
        "budget_cents": BudgetLine.objects.filter(edition=edition).aggregate(n=Sum("cents"))["n"] or 0,
        "paid_by": {name: getattr(total, name) for name in PAYERS},  # type: ignore[typeddict-item]
        "uncovered_cents": total.uncovered,
        "max_member_share": total.max_member_bp / 10_000,
        "weeks_closed": total.closes,
        "workshops": sessions,
        "participations": participations,
    }


def active_gardens(edition: Edition) -> QuerySet[Garden]:
    """Gardens that were active in the programme at some time of the edition."""
    active = GardenStatus.objects.filter(status="active").between(edition.from_day, edition.until_day)
    return Garden.objects.filter(pk__in=active.values("garden"))


def partners_of(gardens: QuerySet[Garden]) -> tuple[int, int]:
    """Local partners linked to at least one of these gardens (its own association is none), and national ones that fund.
    One query."""
    itself = OwnOffer.objects.values("agreement__partner")
    linked = (
        Partner.gardens.through.objects.filter(garden__in=gardens.values("pk"))
        .exclude(partner__in=itself)
        .values("partner")
    )
    found = Partner.objects.aggregate(
        local=Count("pk", filter=Q(level="local", pk__in=linked)), national=Count("pk", filter=Q(level="national", funds=True))
    )  # fmt: skip
    return found["local"], found["national"]


class Counted(NamedTuple):
    """Garden → households, counted for a base, an edition and its dates, when the log had come to this line."""

    of: tuple[object, ...]
    line: int
    households: Mapping[int, int]


_counted: dict[int, Counted] = {}

SEEN_LATE = 500
"""On PostgreSQL a line of the log may come to light after later ones: how far back it is read again."""


def households_supported(edition: Edition) -> int:
    """Households with a support of an agreement of the programme during the edition.

    Distinct households cannot be added up with the closes, and counting them all made the page grow with the network.
    Whatever changes a support leaves a line in the log with its garden (`members.…`): what was counted stands for the
    other gardens, and only those are counted again. A new process counts everybody once.
    """
    outside = Agreement.objects.filter(in_programme=False).order_by("pk").values_list("pk", flat=True)
    base, line = sql.rows(_BASE_AND_LINE)[0]
    of = (base, edition.from_day, edition.until_day, *outside)
    known, gardens = _counted.get(edition.pk), Garden.objects.all()
    if known and known.of == of:
        lines = LogEvent.objects.filter(pk__gt=known.line - SEEN_LATE, verb__startswith="members.")
        households = {**known.households, **_supported(edition, gardens.filter(pk__in=lines.values("garden")))}
    else:
        households = _supported(edition, gardens)
    _counted[edition.pk] = Counted(of, line, households)
    return sum(households.values())


_BASE_AND_LINE = (
    "SELECT MAX(pseudonym_key), (SELECT COALESCE(MAX(id), 0) FROM network_logevent) FROM network_installation"
)


def _supported(edition: Edition, gardens: QuerySet[Garden]) -> dict[int, int]:
    during = Q(households__supports__until_day=None) | Q(households__supports__until_day__gte=edition.from_day)
    during &= Q(
        households__supports__from_day__lte=edition.until_day, households__supports__agreement__in_programme=True
    )
    return dict(gardens.values_list("pk").annotate(n=Count("households", distinct=True, filter=during)))


class Sums(NamedTuple):
    """Closed weeks added up: baskets, cents by kind of payer, how many closes. `max_member_bp` is the highest."""

    solidarity: int = 0
    ordinary: int = 0
    members: int = 0
    local: int = 0
    national: int = 0
    network: int = 0
    gardens: int = 0
    uncovered: int = 0
    closes: int = 0
    max_member_bp: int = 0

    @classmethod
    def of(cls, rows: Iterable[Sums]) -> Sums:
        *added, highest = zip(cls(), *rows, strict=True)
        return cls._make([*map(sum, added), max(highest)])


def closed_by_week(edition: Edition) -> dict[Week, Sums]:
    """Week → what the gardens that closed it come to. As many rows as weeks, whatever the number of gardens."""
    rows = WeekSum.objects.filter(edition=edition, closes__gt=0).order_by("week").values_list(
        "week", "solidarity_baskets", "ordinary_baskets", "members_cents", "local_cents", "national_cents",
        "network_cents", "gardens_cents", "uncovered_cents", "closes", "max_member_bp",
    )  # fmt: skip
    return {week: Sums(*sums) for week, *sums in rows}  # type: ignore[misc]


def with_sums(gardens: QuerySet[Garden], edition: Edition | None) -> QuerySet[Any]:
    """Each garden with its closed weeks of the edition: `baskets` (solidarity), their price in `cents`, what of it
    nobody pays (`uncovered`). One row a garden, whatever the number of weeks."""
    price = reduce(add, (F(f"closed__{name}_cents") for name in PAYERS), F("closed__uncovered_cents"))
    return gardens.annotate(
        closed=FilteredRelation("sums", condition=Q(sums__edition=edition)),
        baskets=Coalesce("closed__solidarity_baskets", 0), cents=Coalesce(price, 0),
        uncovered=Coalesce("closed__uncovered_cents", 0),
    )  # fmt: skip


# --- What is known of each garden -----------------------------------------------------------------


class Place(NamedTuple):
    """A garden, as the map and the facts need it, with its closed weeks."""

    pk: int
    name: str
    commune: str
    baskets: int
    cents: int
    uncovered: int


def places(edition: Edition) -> list[Place]:
    rows = with_sums(active_gardens(edition), edition).order_by("pk")
    return [Place(*row) for row in rows.values_list("pk", "name", "commune_code", "baskets", "cents", "uncovered")]


def thresholds(edition: Edition) -> Thresholds:
    """From when on the edition's gardens are to be watched. One query."""
    row = WatchRule.objects.filter(edition=edition).first()
    if row is None:
        return USUAL
    return Thresholds(
        row.months, row.one_payer_bp / 10_000, row.uncovered_bp / 10_000, timedelta(days=row.ending_days), row.quota_left_bp / 10_000,
        row.weeks_late, timedelta(days=row.late_money_days),
    )  # fmt: skip


def garden_facts(edition: Edition, gardens: Iterable[Place], today: date, when: Thresholds = USUAL) -> dict[int, Facts]:
    """What is known today of those of these gardens that have something to tell; for an edition that is over, what
    remains of it: its uncovered part."""
    if not edition.from_day <= today <= edition.until_day:
        return {one.pk: Facts(one.pk, one.baskets, uncovered=_part(one)) for one in gardens if one.uncovered}
    late, ending, last = _weeks_late(edition, today), _ending(today, when), _funded_until(today, when)
    unfunded, top, scarce = _unfunded(edition, today), _top_payers(today, when), _scarce(today, when)
    short, owed = _short(when), _owed(today, when)
    telling = unfunded.union(late, ending, last, top, scarce, short, owed)
    found = {}
    for one in gardens:
        if one.uncovered or one.pk in telling:
            name, until, alone = ending.get(one.pk, ("", None, 0))
            months, covered = short.get(one.pk, (None, None))
            found[one.pk] = Facts(
                one.pk, one.baskets, late.get(one.pk, 0), _part(one), None if one.pk in unfunded else last.get(one.pk, date.max),
                (name, until) if until else None, top.get(one.pk), scarce.get(one.pk, ""), alone, months, covered, owed.get(one.pk),
            )  # fmt: skip
    return found


class Care(NamedTuple):
    """Why a garden needs care, the gravest first, and what is known of it. `tone` is its solidity."""

    concerns: list[Concern]
    facts: Facts
    tone: str


Cares = Mapping[int, Care]


def cares(edition: Edition, gardens: Iterable[Place], today: date) -> Cares:
    """The gardens that need care; the others are solid."""
    when = thresholds(edition)
    facts = garden_facts(edition, gardens, today, when)
    return {pk: Care(found, one, solidity(found)) for pk, one in facts.items() if (found := concerns(one, today, when))}


def _part(one: Place) -> float:
    """How much of the price nobody pays, 0 to 1."""
    return one.uncovered / one.cents if one.cents else 0.0


def _weeks_late(edition: Edition, today: date) -> dict[int, int]:
    """Garden → weeks with baskets, over for more than a week, not closed."""
    laid = Basket.objects.filter(delivery=OuterRef("pk"))
    rows = Delivery.objects.filter(Exists(laid), close=None, week__lte=Week.of(today) - 2, day__gte=edition.from_day)
    return Counter(garden for garden, _week in set(rows.values_list("garden", "week").order_by()))


def running(today: date) -> QuerySet[Agreement]:
    return Agreement.objects.filter(in_programme=True, from_day__lte=today).exclude(status="draft").filter(
        Q(until_day=None) | Q(until_day__gte=today)
    )  # fmt: skip


# What is asked of agreements brings back the gardens that have something to tell, not all of them.


def _unfunded(edition: Edition, today: date) -> set[int]:
    """Gardens for which no agreement runs."""
    funded = Agreement.gardens.through.objects.filter(agreement__in=running(today))
    return set(active_gardens(edition).exclude(pk__in=funded.values("garden")).values_list("pk", flat=True))


def _funded_until(today: date, when: Thresholds) -> dict[int, date]:
    """Garden → the last day that any of its agreements runs, when that is soon."""
    last = Max(Coalesce("until_day", Value(date.max, DateField())))
    return dict(running(today).values_list("gardens").annotate(last=last).filter(last__lte=today + when.ending))


def _ending(today: date, when: Thresholds) -> dict[int, tuple[str, date | None, int]]:
    """Garden → the first of its agreements to end soon that no other of the same partner follows, and its households."""
    after = Agreement.objects.filter(
        gardens=OuterRef("gardens"), partner=OuterRef("partner"), in_programme=True, from_day__gt=OuterRef("from_day"),
    ).filter(Q(until_day=None) | Q(until_day__gt=OuterRef("until_day"))).exclude(status="draft")  # fmt: skip
    here = Support.objects.filter(agreement=OuterRef("pk"), household__garden=OuterRef("gardens"), from_day__lte=today)
    here = (
        here.filter(Q(until_day=None) | Q(until_day__gte=today)).order_by().values("agreement").annotate(n=Count("pk"))
    )
    rows = running(today).filter(until_day__lte=today + when.ending).exclude(Exists(after)).order_by("-until_day")
    rows = rows.annotate(households=Coalesce(Subquery(here.values("n")), 0))
    found = rows.values_list("gardens", "name", "until_day", "households")
    return {garden: (name, until, n) for garden, name, until, n in found}


def _scarce(today: date, when: Thresholds) -> dict[int, str]:
    """Garden → a payer that has little of its quota left."""
    used = round((1 - when.quota_left) * 10_000)
    payers = AgreementPayer.objects.filter(agreement__in=running(today)).filter(
        Q(quota_baskets__isnull=False, used_baskets__gt=F("quota_baskets") * used / 10_000)
        | Q(quota_cents__isnull=False, used_cents__gt=F("quota_cents") * used / 10_000)
    )
    rows = payers.values_list("agreement__gardens", "partner__name", "kind").order_by("-rank")
    return {garden: name or str(AgreementPayer.Kind(kind).label) for garden, name, kind in rows}


def day(text: str | None) -> date | None:
    """A day as an outlook keeps it."""
    return date.fromisoformat(text) if text else None


def _short(when: Thresholds) -> dict[int, tuple[int, date | None]]:
    """Garden → months for which its baskets have payers, and until when most likely, where that is little."""
    rows = Outlook.objects.filter(facts__months__lt=when.months).values_list("garden", "facts__months", "facts__until")
    return {garden: (months, day(until[1])) for garden, months, until in rows}


def _owed(today: date, when: Thresholds) -> dict[int, tuple[str, date]]:
    """Garden → a fund that its own association holds, whose money is late."""
    rows = EntityGarden.objects.filter(
        entity__head=False, entity__funds__tranches__due_on__lte=today - when.money_late,
        entity__funds__tranches__notified_cents__gt=F("entity__funds__tranches__received_cents"),
    ).order_by("-entity__funds__tranches__due_on")  # fmt: skip
    found = rows.values_list("garden", "entity__funds__name", "entity__funds__tranches__due_on")
    return {garden: (name, due) for garden, name, due in found if due}


def _top_payers(today: date, when: Thresholds) -> dict[int, tuple[str, float]]:
    """Garden → the payer that carries too much of what payers paid under the agreements that run, and its share.

    Agreements that bind several gardens count for none: what was paid is kept by agreement, not by garden.
    """
    rows = sql.rows(_TOP_PAYERS, today, today, when.one_payer)
    return {garden: (name or _("Le réseau"), float(cents / paid)) for garden, name, cents, paid in rows}


_TOP_PAYERS = """
    SELECT s.garden_id, o.name, s.cents, s.paid FROM (
        SELECT g.garden_id, p.partner_id, SUM(p.used_cents) AS cents,
            SUM(SUM(p.used_cents)) OVER (PARTITION BY g.garden_id) AS paid
        FROM funding_agreement a
        JOIN funding_agreement_gardens g ON g.agreement_id = a.id
        JOIN funding_agreementpayer p ON p.agreement_id = a.id
        WHERE a.in_programme AND a.status <> 'draft' AND a.from_day <= %s AND (a.until_day IS NULL OR a.until_day >= %s)
            AND p.kind <> 'garden' AND p.used_cents > 0
            AND a.id IN (SELECT agreement_id FROM funding_agreement_gardens GROUP BY agreement_id HAVING COUNT(*) = 1)
        GROUP BY g.garden_id, p.partner_id
    ) s LEFT JOIN network_partner o ON o.id = s.partner_id
    WHERE s.cents > s.paid * %s
"""


# --- Le programme ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """One key figure, as its component draws it."""

    label: str
    value: str
    caption: str
    done: int | None = None
    goal: int = 1
    url: str = ""


@dataclass(frozen=True)
class Mark:
    """A circle of the map."""

    x: int
    y: int
    radius: str
    series: str
    title: str


@dataclass(frozen=True)
class Watched:
    """A garden that needs care, and why, in a sentence."""

    name: str
    why: str
    word: str
    tone: str


@dataclass(frozen=True)
class ProgrammePage:
    """All that Le programme says."""

    edition: Edition
    editions: list[Edition]
    keys: list[Key]
    marks: list[Mark]
    legend: list[tuple[str, str, int]]
    regions: list[tuple[str, int, int]]
    map_words: str
    off_map: int
    weeks: list[Point]
    payers: list[Part]
    watched: list[Watched]
    concerned: int
    current: bool
    weeks_closed: int
    euro: NextEuro | None
    width: int = WIDTH
    height: int = HEIGHT


def current_edition(today: date) -> Edition | None:
    """The edition under way, else the last one begun, else the first to come."""
    begun = Edition.objects.filter(from_day__lte=today).order_by("-from_day").first()
    return begun or Edition.objects.order_by("from_day").first()


def programme_page(edition: Edition, today: date) -> ProgrammePage:
    """Le programme, from sums that each close keeps: it costs about the same with 38 gardens and with 380."""
    weeks = closed_by_week(edition)
    gardens = places(edition)
    figures = _figures(edition, Sums.of(weeks.values()), len(gardens))
    cared = cares(edition, gardens, today)
    counts = Counter(one.tone for one in cared.values())
    counts["solid"] = len(gardens) - len(cared)
    editions = list(Edition.objects.order_by("from_day"))
    current = edition.from_day <= today <= edition.until_day
    marks, off_map = _marks(gardens, cared)
    return ProgrammePage(
        edition, editions, _keys(edition, figures, editions), marks,
        [(SERIES[tone], counted(tone, counts[tone]), counts[tone]) for tone in SOLIDITY], _regions(gardens), _map_words(counts), off_map,
        _weeks(edition, weeks, today), _payers(figures), _watched(gardens, cared), len(cared),
        current, figures["weeks_closed"], next_euro() if current else None,
    )  # fmt: skip


def _keys(edition: Edition, figures: Figures, editions: Sequence[Edition]) -> list[Key]:
    baskets, goal = figures["solidarity_baskets"], edition.goal_baskets
    paid = sum(figures["paid_by"].values())  # type: ignore[arg-type]
    price = paid + figures["uncovered_cents"]
    before = [one for one in editions if one.from_day < edition.from_day]
    return [
        Key(
            _("Paniers distribués"), number(baskets),
            _("%(share)s de l’objectif de %(goal)s") % {"share": share(baskets / (goal or 1)), "goal": number(goal)}, baskets, goal or 1,
        ),
        Key(_("Foyers accompagnés"), number(figures["households"]), _per_garden(figures)),
        Key(_("Ateliers et rencontres"), number(figures["workshops"]), _participations(figures), url=reverse("desk:programme_workshops", args=[edition.code])),
        Key(_("Jardins"), number(figures["gardens"]), _more_gardens(figures["gardens"], before), url=reverse("desk:gardens")),
        Key(
            _("Paniers financés"), share(paid / price, 1) if price else "—",
            _("%(sum)s restent à couvrir") % {"sum": euros(figures["uncovered_cents"], "round")} if figures["uncovered_cents"] else _("tout a un payeur"),
        ),
    ]  # fmt: skip


def _per_garden(figures: Figures) -> str:
    partners = figures["local_partners"]
    return ngettext("avec %(n)s partenaire local", "avec %(n)s partenaires locaux", partners) % {"n": number(partners)}


def _participations(figures: Figures) -> str:
    people = figures["participations"]
    return ngettext("%(n)s participation", "%(n)s participations", people) % {"n": number(people)}


def _more_gardens(now: int, before: Sequence[Edition]) -> str:
    if not before:
        return _("actifs dans le programme")
    more = now - active_gardens(before[-1]).count()
    if not more:
        return _("autant qu’en %(code)s") % {"code": before[-1].code}
    return _("%(more)s depuis %(code)s") % {
        "more": f"{'+' if more > 0 else '−'}{number(abs(more))}",
        "code": before[-1].code,
    }


def counted(tone: str, count: int) -> str:
    """So many gardens of that solidity: "3 fragiles"."""
    if tone == "solid":
        return ngettext("solide", "solides", count)
    return _("à surveiller") if tone == "watch" else ngettext("fragile", "fragiles", count)


def _marks(gardens: Iterable[Place], cared: Cares) -> tuple[list[Mark], int]:
    """The circles of the map, and how many gardens it cannot show."""
    dots = [_dot(place, cared[place.pk].tone if place.pk in cared else "solid") for place in gardens]
    shown = [dot for dot in dots if dot]
    return [_mark(one) for one in circles(shown)], len(dots) - len(shown)


def _dot(place: Place, tone: str) -> Dot | None:
    point = _point(place.commune)
    return Dot(point[0], point[1], place.baskets, tone, place.name) if point else None


@lru_cache(maxsize=4096)
def _point(commune: str) -> tuple[float, float] | None:
    try:
        found = territory.commune(commune)
    except KeyError:
        return None
    point = project(found.longitude, found.latitude) or inset(found.department)
    return (point.x, point.y) if point else None


def _mark(one: Circle) -> Mark:
    baskets = ngettext("%(n)s panier", "%(n)s paniers", sum(dot.baskets for dot in one.dots)) % {
        "n": number(sum(dot.baskets for dot in one.dots))
    }
    if len(one.dots) == 1:
        title = _("%(name)s : %(baskets)s, %(word)s") % {
            "name": one.dots[0].name,
            "baskets": baskets,
            "word": SOLIDITY[one.tone],
        }
    else:
        counts = Counter(dot.tone for dot in one.dots)
        words = ", ".join(f"{counts[tone]} {counted(tone, counts[tone])}" for tone in SOLIDITY if counts[tone])
        title = _("%(n)s jardins : %(baskets)s ; %(words)s") % {"n": len(one.dots), "baskets": baskets, "words": words}
    return Mark(int(one.x), int(one.y), f"{one.radius:g}", SERIES[one.tone], title)


def _map_words(counts: Mapping[str, int]) -> str:
    told = ", ".join(f"{counts.get(tone, 0)} {counted(tone, counts.get(tone, 0))}" for tone in SOLIDITY)
    return _("Carte des jardins : %(told)s. Les chiffres par région sont dessous.") % {"told": told}


def _regions(gardens: Iterable[Place]) -> list[tuple[str, int, int]]:
    """Region → gardens and baskets, the most baskets first."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place in gardens:
        found = counts[_region(place.commune) or _("Ailleurs")]
        found[0] += 1
        found[1] += place.baskets
    return sorted(((name, one, two) for name, (one, two) in counts.items()), key=lambda row: (-row[2], row[0]))


@lru_cache(maxsize=4096)
def _region(commune: str) -> str:
    try:
        return territory.department(territory.commune(commune).department).region_name
    except KeyError:
        return ""


def _weeks(edition: Edition, closed: Mapping[Week, Sums], today: date) -> list[Point]:
    """A bar a week: closed ones, then those to come at the pace of the last four that most gardens closed."""
    most = max((one.closes for one in closed.values()), default=0)
    whole = [week for week, one in closed.items() if one.closes * 10 >= most * 8]
    last = max(whole, default=None)
    pace = [closed[week].solidarity for week in whole[-PACE:]]
    planned = sum(pace) / len(pace) if pace else 0
    found, months = [], set()
    for week in weeks_between(edition.from_day, edition.until_day):
        if not edition.from_day <= week.day(4) <= edition.until_day:
            continue
        to_come = last is not None and week > last and edition.until_day >= today
        baskets = closed.get(week, Sums()).solidarity
        month = week.day(4).month
        tick = str(MONTHS_AP[month]) if month not in months and month % 2 else ""
        months.add(month)
        found.append(Point(week_label(week), round(max(baskets, planned) if to_come else baskets), tick, muted=to_come))
    return found


def _payers(figures: Figures) -> list[Part]:
    amounts = {**figures["paid_by"], "uncovered": figures["uncovered_cents"]}
    return [Part(str(PAYER_WORDS[name]), cents, PAYER_TONES[name]) for name, cents in amounts.items() if cents]  # type: ignore[arg-type]


def _watched(gardens: Iterable[Place], cared: Cares) -> list[Watched]:
    """The gardens that need most care."""
    ranked = sorted(
        ((place.name, cared[place.pk]) for place in gardens if place.pk in cared),
        key=lambda row: (-row[1].concerns[0].weight, -len(row[1].concerns), row[0]),
    )
    return [Watched(name, why(one), str(SOLIDITY[one.tone]), TONES[one.tone]) for name, one in ranked[:WATCHED]]


def why(care: Care) -> str:
    """The gravest concern in a sentence."""
    return because(care.concerns[0], care.facts)


def because(one: Concern, facts: Facts) -> str:
    """A concern in a sentence."""
    what = one.what
    if what == "unfunded":
        return _("aucune convention n’est en cours")
    if what == "short":
        if facts.covered_until is None or not facts.months:
            return _("moins d’un mois de paniers a encore un payeur")
        return ngettext(
            "%(n)s mois de financement : après le %(day)s, plus assez de payeurs",
            "%(n)s mois de financement : après le %(day)s, plus assez de payeurs", facts.months,
        ) % {"n": facts.months, "day": day_month(facts.covered_until)}  # fmt: skip
    if what == "uncovered":
        return _("%(share)s du prix des paniers n’a pas de payeur") % {"share": share(facts.uncovered)}
    if what == "late":
        return ngettext(
            "%(n)s semaine passée n’est pas close", "%(n)s semaines passées ne sont pas closes", facts.weeks_late
        ) % {"n": facts.weeks_late}
    if what == "ending" and facts.ending:
        told = {"name": facts.ending[0], "day": day_month(facts.ending[1]), "n": facts.left_alone}
        if not facts.left_alone:
            return _("la convention %(name)s finit le %(day)s") % told
        return ngettext(
            "la convention %(name)s finit le %(day)s : %(n)s foyer sans suite",
            "la convention %(name)s finit le %(day)s : %(n)s foyers sans suite", facts.left_alone,
        ) % told  # fmt: skip
    if what == "owed" and facts.owed:
        return _("l’argent de « %(name)s » était attendu le %(day)s") % {
            "name": facts.owed[0],
            "day": said(facts.owed[1], "plain"),
        }
    if what == "quota":
        return _("le quota de %(payer)s est presque épuisé") % {"payer": facts.scarce}
    payer, part = facts.top_payer or ("", 0.0)
    return _("1 financeur porte %(share)s de ce que paient les partenaires : %(payer)s") % {
        "payer": payer,
        "share": share(part),
    }


def day_month(day: date) -> str:
    """ "31 mai"."""
    return day_range(day, day)


# --- The gardens ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class GardenRow:
    """One garden of the list."""

    name: str
    url: str
    place: str
    status: str
    baskets: int
    last: str
    why: str
    word: str
    tone: str


@dataclass(frozen=True)
class GardensPage:
    """The gardens of the network."""

    edition: Edition | None
    rows: list[GardenRow]
    page: Page[Any]
    chips: list[Chip]
    text: str


GARDEN_FILTERS: dict[str, Any] = {
    "": gettext_lazy("Tous"),
    "a-surveiller": gettext_lazy("À surveiller"),
    "hors": gettext_lazy("Pas encore, ou plus actifs"),
}


def gardens_page(today: date, *, text: str, state: str, number: str) -> GardensPage:
    """Every garden of the network, forty a page, those that need care on demand."""
    edition = current_edition(today)
    gardens = places(edition) if edition else []
    cared = cares(edition, gardens, today) if edition else {}
    active = {one.pk for one in gardens}
    state = state if state in GARDEN_FILTERS else ""
    rows = with_sums(Garden.objects.order_by("name"), edition)
    counts = {"": Garden.objects.count(), "a-surveiller": len(cared)}
    counts["hors"] = counts[""] - len(active)
    if text:
        rows = rows.filter(name__icontains=text)
    elif state == "a-surveiller":
        rows = rows.filter(pk__in=list(cared))
    elif state == "hors":
        rows = rows.exclude(pk__in=active)
    page = Paginator(rows, PER_PAGE).get_page(number)
    found = list(page.object_list)
    statuses, last = _statuses(found, today), _last_closed(found, edition)
    return GardensPage(
        edition, [_garden_row(one, one.pk in active, cared.get(one.pk), last.get(one.pk), statuses.get(one.pk, "")) for one in found],
        page, [Chip(str(label), f"?etat={name}" if name else "?", counts[name], name == state) for name, label in GARDEN_FILTERS.items() if not name or counts[name] or name == state],
        text,
    )  # fmt: skip


def _statuses(gardens: Sequence[Garden], today: date) -> dict[int, str]:
    rows = GardenStatus.objects.filter(garden__in=list(gardens)).on(today).order_by("from_day")
    return dict(rows.values_list("garden", "status"))


def _last_closed(gardens: Sequence[Garden], edition: Edition | None) -> dict[int, Week]:
    rows = WeekClose.objects.filter(garden__in=list(gardens), edition=edition, reopened_at=None)
    return dict(rows.values_list("garden").annotate(Max("week")))


def _garden_row(one: Any, inside: bool, care: Care | None, last: Week | None, status: str) -> GardenRow:
    shown = str(GardenStatus.Status(status).label) if status else _("hors programme")
    solid = care.tone if care else "solid"
    word, tone = (str(SOLIDITY[solid]), TONES[solid]) if inside and status == "active" else (shown, "")
    return GardenRow(
        one.name, reverse("desk:garden_card", args=[one.code]), _town(one.commune_code), shown, one.baskets,
        week_label(last) if last else "", why(care) if care else "", word, tone,
    )  # fmt: skip


def _town(code: str) -> str:
    try:
        found = territory.commune(code)
    except KeyError:
        return code
    return f"{found.name} ({found.department})"
