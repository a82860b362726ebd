"""The programme in figures: an edition, its gardens, who pays. Consolidated, and nobody's name.

Sums are made by the database over `WeekClose`, which holds each closed week's frozen figures (decision 0012).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, NamedTuple, TypedDict

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum
from django.urls import reverse
from django.utils.dates import MONTHS_AP
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from cageot.baskets.models import Delivery, WeekClose
from cageot.core import sql
from cageot.core.charts import Part, Point
from cageot.core.templatetags.cageot import day as said
from cageot.core.templatetags.cageot import euros, number, share, week_label
from cageot.core.week import Week, weeks_between
from cageot.desk.rules.programme import Circle, Concern, Dot, Facts, circles, concerns, solidity
from cageot.funding.models import Agreement, AgreementPayer
from cageot.members.models import Support
from cageot.network import territory
from cageot.network.models import BudgetLine, Edition, Garden, GardenStatus, Partner
from cageot.network.rules.geo import HEIGHT, WIDTH, inset, project

PER_PAGE = 50
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


def edition_figures(edition: Edition, at: Stamp | None = None) -> Figures:
    """The figures of an edition, as they stand. Constant number of queries."""
    sums = closed_by_garden(edition, at)
    gardens = active_gardens(edition)
    total = Sums.of(sums.values())
    return {
        "gardens": gardens.count(),
        "households": households_supported(edition),
        "solidarity_baskets": total.solidarity,
        "ordinary_baskets": total.ordinary,
        "local_partners": local_partners(gardens),
        "national_funders": Partner.objects.filter(level="national", funds=True).count(),
        "budget_cents": BudgetLine.objects.filter(edition=edition).aggregate(n=Sum("cents"))["n"] or 0,
        "paid_by": {name: getattr(total, name) for name in PAYERS},  # type: ignore[typeddict-item]
        "uncovered_cents": total.uncovered,
        "max_member_share": total.max_member_bp / 10_000,
        "weeks_closed": total.weeks,
    }


def active_gardens(edition: Edition) -> QuerySet[Garden]:
    """Gardens that were active in the programme at some time of the edition."""
    active = GardenStatus.objects.filter(status="active").between(edition.from_day, edition.until_day)
    return Garden.objects.filter(pk__in=active.values("garden"))


def local_partners(gardens: QuerySet[Garden]) -> int:
    """Local partners linked to at least one of these gardens."""
    links = Partner.gardens.through.objects.filter(partner__level="local", garden__in=gardens.values("pk"))
    return int(links.aggregate(n=Count("partner", distinct=True))["n"])


def households_supported(edition: Edition) -> int:
    """Households with a support of an agreement of the programme during the edition."""
    inside = Agreement.objects.filter(in_programme=True)
    rows = Support.objects.filter(agreement__in=inside.values("pk")).between(edition.from_day, edition.until_day)
    return int(rows.aggregate(n=Count("household", distinct=True))["n"])


class Sums(NamedTuple):
    """Closed weeks added up: baskets, cents by kind of payer, and the last week."""

    solidarity: int = 0
    ordinary: int = 0
    members: int = 0
    local: int = 0
    national: int = 0
    network: int = 0
    gardens: int = 0
    uncovered: int = 0
    max_member_bp: int = 0
    weeks: int = 0
    last: Week | None = None

    @property
    def cents(self) -> int:
        return self.members + self.local + self.national + self.network + self.gardens + self.uncovered

    @classmethod
    def of(cls, rows: Iterable[Sums]) -> Sums:
        rows = list(rows)
        columns = list(zip(*(row[:8] for row in rows), strict=True)) or [()] * 8
        most = max((row.max_member_bp for row in rows), default=0)
        last = max((row.last for row in rows if row.last), default=None)
        added = [sum(column) for column in columns]
        return cls(*added[:8], max_member_bp=most, weeks=sum(row.weeks for row in rows), last=last)  # type: ignore[misc,arg-type]


class Stamp(NamedTuple):
    """How far this base has come: whose it is, the last line of its log, and where its books stand.

    Every action leaves a line in the log, in its own transaction; closed weeks change only under a turn at the books.
    What was added up under a stamp is good as long as the stamp is.
    """

    installation: str | None
    log: int | None
    turns: int | None
    head: str | None


def stamp() -> Stamp:
    row = sql.rows(
        "SELECT (SELECT pseudonym_key FROM network_installation), (SELECT MAX(id) FROM network_logevent),"
        " (SELECT turns FROM funding_books), (SELECT head FROM funding_books)"
    )
    return Stamp(*row[0])


def closed_by_garden(edition: Edition, at: Stamp | None = None) -> Mapping[int, Sums]:
    """Garden → its closed weeks of the edition, added up."""
    return _closed(edition.pk, (at or stamp())._replace(log=None))[0]


def closed_by_week(edition: Edition, at: Stamp | None = None) -> Mapping[Week, tuple[int, int]]:
    """Week → solidarity baskets and how many gardens closed it."""
    return _closed(edition.pk, (at or stamp())._replace(log=None))[1]


@lru_cache(maxsize=8)
def _closed(edition: int, _books: Stamp) -> tuple[Mapping[int, Sums], Mapping[Week, tuple[int, int]]]:
    """The sums of an edition, kept until the books move."""
    rows = WeekClose.objects.filter(edition=edition, reopened_at=None)
    by_garden = rows.values_list("garden").annotate(
        Sum("solidarity_baskets"), Sum("ordinary_baskets"), Sum("members_cents"), Sum("local_cents"), Sum("national_cents"),
        Sum("network_cents"), Sum("gardens_cents"), Sum("uncovered_cents"), Max("max_member_bp"), Count("pk"), Max("week"),
    ).order_by("garden")  # fmt: skip
    by_week = rows.values_list("week").annotate(Sum("solidarity_baskets"), Count("pk")).order_by("week")
    return (
        {garden: Sums(*map(int, sums), last=_week(last)) for garden, *sums, last in by_garden},  # type: ignore[misc,arg-type]
        {_week(week): (baskets, closes) for week, baskets, closes in by_week},  # type: ignore[misc]
    )


def _week(value: Week | str | None) -> Week | None:
    return Week.parse(value) if isinstance(value, str) else value


# --- What is known of each garden -----------------------------------------------------------------


class Place(NamedTuple):
    """A garden, as the map and the list need it."""

    pk: int
    name: str
    commune: str


def places(edition: Edition) -> list[Place]:
    return [Place(*row) for row in active_gardens(edition).order_by("name").values_list("pk", "name", "commune_code")]


def garden_facts(edition: Edition, gardens: Iterable[int], today: date, at: Stamp | None = None) -> dict[int, Facts]:
    """What is known of these gardens today; for an edition that is over, what remains of it: its uncovered part."""
    sums = closed_by_garden(edition, at)
    facts = {pk: _closed_facts(pk, sums.get(pk, Sums())) for pk in gardens}
    if not edition.from_day <= today <= edition.until_day:
        return facts
    late, agreements = _weeks_late(edition, facts, sums, today), _agreements(today)
    top = _top_payers(today)
    return {
        pk: replace(
            one, weeks_late=late.get(pk, 0), funded_until=agreements[pk].until if pk in agreements else None,
            ending=agreements[pk].ending if pk in agreements else None, top_payer=top.get(pk),
            scarce=agreements[pk].scarce if pk in agreements else "",
        )
        for pk, one in facts.items()
    }  # fmt: skip


def _closed_facts(garden: int, sums: Sums) -> Facts:
    return Facts(garden, sums.solidarity, uncovered=sums.uncovered / sums.cents if sums.cents else 0.0)


def _weeks_late(edition: Edition, gardens: Iterable[int], sums: Mapping[int, Sums], today: date) -> dict[int, int]:
    """Garden → weeks with deliveries, over for more than a week, not closed. Asked only of gardens that look late."""
    limit = Week.of(today) - 2
    behind = [pk for pk in gardens if (last := sums.get(pk, Sums()).last) is None or last < limit]
    if not behind:
        return {}
    rows = Delivery.objects.filter(garden__in=behind, close=None, week__lte=limit, day__gte=edition.from_day)
    return dict(rows.values_list("garden").annotate(Count("week", distinct=True)))


class Running(NamedTuple):
    """A garden's running agreements: until when, the first to end, and whose quota is nearly out."""

    until: date
    ending: tuple[str, date] | None
    scarce: str


def running(today: date) -> QuerySet[Agreement]:
    return Agreement.objects.filter(in_programme=True, from_day__lte=today).exclude(status="draft").filter(
        Q(until_day=None) | Q(until_day__gte=today)
    )  # fmt: skip


def _agreements(today: date) -> dict[int, Running]:
    ends: dict[int, list[date]] = defaultdict(list)
    rows = (
        running(today)
        .values_list("gardens")
        .annotate(last=Max("until_day"), first=Min("until_day"), n=Count("pk"), dated=Count("until_day"))
    )
    for garden, last, first, count, dated in rows:
        ends[garden] = [last if count == dated else date.max, first or date.max]
    soon, scarce = _ending(today), _scarce(today)
    return {
        garden: Running(last, soon.get(garden), scarce.get(garden, ""))
        for garden, (last, _first) in ends.items()
        if garden
    }


def _ending(today: date) -> dict[int, tuple[str, date]]:
    """Garden → the first of its agreements to end within three months."""
    rows = running(today).filter(until_day__lte=today + timedelta(days=92)).order_by("-until_day")
    return {garden: (name, until) for garden, name, until in rows.values_list("gardens", "name", "until_day") if until}


def _scarce(today: date) -> dict[int, str]:
    """Garden → a payer with less than 15 % of its quota left."""
    payers = AgreementPayer.objects.filter(agreement__in=running(today)).filter(
        Q(quota_baskets__isnull=False, used_baskets__gt=F("quota_baskets") * 85 / 100)
        | Q(quota_cents__isnull=False, used_cents__gt=F("quota_cents") * 85 / 100)
    )
    rows = payers.values_list("agreement__gardens", "partner__name", "kind").order_by("-rank")
    return {garden: name or str(AgreementPayer.Kind(kind).label) for garden, name, kind in rows}


def _top_payers(today: date) -> dict[int, tuple[str, float]]:
    """Garden → its first payer and its share of what payers paid under the agreements that run.

    Agreements that bind several gardens count for none: what was paid is kept by agreement, not by garden.
    """
    shared = Agreement.objects.annotate(n=Count("gardens")).filter(n__gt=1).values("pk")
    rows = (
        AgreementPayer.objects.filter(agreement__in=running(today), used_cents__gt=0)
        .exclude(kind="garden")
        .exclude(agreement__in=shared)
    )
    paid: dict[int, Counter[str]] = defaultdict(Counter)
    for garden, name, cents in rows.values_list("agreement__gardens", "partner__name").annotate(Sum("used_cents")):
        paid[garden][name or _("Le réseau")] += cents
    return {garden: (top := one.most_common(1)[0])[:1] + (top[1] / one.total(),) for garden, one in paid.items()}  # type: ignore[misc]


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
    width: int = WIDTH
    height: int = HEIGHT


def current_edition(today: date) -> Edition | None:
    """The edition under way, else the last one begun, else the first to come."""
    begun = Edition.objects.filter(from_day__lte=today).order_by("-from_day").first()
    return begun or Edition.objects.order_by("from_day").first()


class Known(NamedTuple):
    """What is known of the gardens of an edition on a day: facts and concerns by garden."""

    gardens: list[Place]
    facts: dict[int, Facts]
    cares: dict[int, list[Concern]]


def programme_page(edition: Edition, today: date) -> ProgrammePage:
    """Le programme, drawn again only when something was done since the last time (`Stamp`)."""
    return _page(edition.pk, today, get_language() or "", stamp())


@lru_cache(maxsize=8)
def _page(pk: int, today: date, _language: str, at: Stamp) -> ProgrammePage:
    edition = Edition.objects.get(pk=pk)
    figures, known = edition_figures(edition, at), _known(pk, today, at)
    gardens, facts, cares = known
    tones = {garden: solidity(found) for garden, found in cares.items()}
    editions = list(Edition.objects.order_by("from_day"))
    marks, off_map = _marks(gardens, facts, tones)
    counts = Counter(tones.values())
    return ProgrammePage(
        edition, editions, _keys(edition, figures, editions), marks,
        [(SERIES[tone], counted(tone, counts[tone]), counts[tone]) for tone in SOLIDITY], _regions(gardens, facts), _map_words(counts), off_map,
        _weeks(edition, today, at), _payers(figures), _watched(gardens, facts, cares), sum(map(bool, cares.values())),
        edition.from_day <= today <= edition.until_day, figures["weeks_closed"],
    )  # fmt: skip


@lru_cache(maxsize=8)
def _known(pk: int, today: date, at: Stamp) -> Known:
    edition = Edition.objects.get(pk=pk)
    gardens = places(edition)
    facts = garden_facts(edition, [place.pk for place in gardens], today, at)
    return Known(gardens, facts, {garden: concerns(one, today) for garden, one in facts.items()})


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
        Key(_("Jardins"), number(figures["gardens"]), _more_gardens(figures["gardens"], before), url=reverse("desk:gardens")),
        Key(
            _("Paniers financés"), share(paid / price, 1) if price else "—",
            _("%(sum)s restent à couvrir") % {"sum": euros(figures["uncovered_cents"], "round")} if figures["uncovered_cents"] else _("tout a un payeur"),
        ),
    ]  # fmt: skip


def _per_garden(figures: Figures) -> str:
    partners = figures["local_partners"]
    return ngettext("avec %(n)s partenaire local", "avec %(n)s partenaires locaux", partners) % {"n": number(partners)}


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


def _marks(gardens: Iterable[Place], facts: Mapping[int, Facts], tones: Mapping[int, str]) -> tuple[list[Mark], int]:
    """The circles of the map, and how many gardens it cannot show."""
    dots = [_dot(place, facts[place.pk], tones[place.pk]) for place in gardens]
    shown = [dot for dot in dots if dot]
    return [_mark(one) for one in circles(shown)], len(dots) - len(shown)


def _dot(place: Place, facts: Facts, tone: str) -> Dot | None:
    point = _point(place.commune)
    return Dot(point[0], point[1], facts.baskets, tone, place.name) if point else None


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


def _regions(gardens: Iterable[Place], facts: Mapping[int, Facts]) -> list[tuple[str, int, int]]:
    """Region → gardens and baskets, the most baskets first."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for place in gardens:
        found = counts[_region(place.commune) or _("Ailleurs")]
        found[0] += 1
        found[1] += facts[place.pk].baskets
    return sorted(((name, one, two) for name, (one, two) in counts.items()), key=lambda row: (-row[2], row[0]))


@lru_cache(maxsize=4096)
def _region(commune: str) -> str:
    try:
        return territory.department(territory.commune(commune).department).region_name
    except KeyError:
        return ""


def _weeks(edition: Edition, today: date, at: Stamp) -> list[Point]:
    """A bar a week: closed ones, then those to come at the pace of the last four that most gardens closed."""
    closed = closed_by_week(edition, at)
    most = max((closes for _baskets, closes in closed.values()), default=0)
    whole = [week for week, (_baskets, closes) in closed.items() if closes * 10 >= most * 8]
    last = max(whole, default=None)
    pace = [closed[week][0] for week in whole[-PACE:]]
    planned = sum(pace) / len(pace) if pace else 0
    found, months = [], set()
    for week in weeks_between(edition.from_day, edition.until_day):
        if not edition.from_day <= week.day(4) <= edition.until_day:
            continue
        to_come = last is not None and week > last and edition.until_day >= today
        baskets = max(closed.get(week, (0, 0))[0], planned) if to_come else closed.get(week, (0, 0))[0]
        month = week.day(4).month
        tick = str(MONTHS_AP[month]) if month not in months and month % 2 else ""
        months.add(month)
        found.append(Point(week_label(week), round(baskets), tick, muted=to_come))
    return found


def _payers(figures: Figures) -> list[Part]:
    amounts = {**figures["paid_by"], "uncovered": figures["uncovered_cents"]}
    return [Part(str(PAYER_WORDS[name]), cents, PAYER_TONES[name]) for name, cents in amounts.items() if cents]  # type: ignore[arg-type]


def _watched(gardens: Iterable[Place], facts: Mapping[int, Facts], cares: Mapping[int, list[Concern]]) -> list[Watched]:
    """The gardens that need most care."""
    names = {place.pk: place.name for place in gardens}
    ranked = sorted(
        (pk for pk in names if cares[pk]), key=lambda pk: (-cares[pk][0].weight, -len(cares[pk]), names[pk])
    )
    return [_watch(names[pk], facts[pk], cares[pk]) for pk in ranked[:WATCHED]]


def _watch(name: str, facts: Facts, found: list[Concern]) -> Watched:
    tone = solidity(found)
    return Watched(name, why(facts, found), str(SOLIDITY[tone]), TONES[tone])


def why(facts: Facts, found: Sequence[Concern]) -> str:
    """The gravest concern in a sentence."""
    if not found:
        return ""
    what = found[0].what
    if what == "unfunded":
        return _("aucune convention n’est en cours")
    if what == "uncovered":
        return _("%(share)s du prix des paniers n’a pas de payeur") % {"share": share(facts.uncovered)}
    if what == "late":
        return ngettext(
            "%(n)s semaine passée n’est pas close", "%(n)s semaines passées ne sont pas closes", facts.weeks_late
        ) % {"n": facts.weeks_late}
    if what == "ending" and facts.ending:
        return _("la convention %(name)s finit le %(day)s") % {
            "name": facts.ending[0],
            "day": said(facts.ending[1], "plain"),
        }
    if what == "quota":
        return _("le quota de %(payer)s est presque épuisé") % {"payer": facts.scarce}
    payer, part = facts.top_payer or ("", 0.0)
    return _("%(payer)s porte %(share)s de ce que paient les partenaires") % {"payer": payer, "share": share(part)}


# --- The gardens ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class GardenRow:
    """One garden of the list."""

    name: str
    place: str
    status: str
    baskets: int
    last: str
    why: str
    word: str
    tone: str


@dataclass(frozen=True)
class Chip:
    label: str
    query: str
    count: int
    current: bool


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
    """Every garden of the network, fifty a page, those that need care on demand."""
    edition, at = current_edition(today), stamp()
    _active, facts, cares = _known(edition.pk, today, at) if edition else Known([], {}, {})
    worried = [pk for pk, found in cares.items() if found]
    state = state if state in GARDEN_FILTERS else ""
    rows = Garden.objects.order_by("name")
    counts = {"": rows.count(), "a-surveiller": len(worried)}
    counts["hors"] = counts[""] - len(facts)
    if text:
        rows = rows.filter(name__icontains=text)
    elif state == "a-surveiller":
        rows = rows.filter(pk__in=worried)
    elif state == "hors":
        rows = rows.exclude(pk__in=list(facts))
    page = Paginator(rows, PER_PAGE).get_page(number)
    found = list(page.object_list)
    sums = closed_by_garden(edition, at) if edition else {}
    statuses = _statuses(found, today)
    return GardensPage(
        edition, [_garden_row(one, facts.get(one.pk), cares.get(one.pk, []), sums.get(one.pk, Sums()), statuses.get(one.pk, "")) for one in found],
        page, [Chip(str(label), f"?etat={name}" if name else "?", counts[name], name == state) for name, label in GARDEN_FILTERS.items() if not name or counts[name] or name == state],
        text,
    )  # fmt: skip


def _statuses(gardens: Sequence[Garden], today: date) -> dict[int, str]:
    rows = GardenStatus.objects.filter(garden__in=list(gardens)).on(today).order_by("from_day")
    return dict(rows.values_list("garden", "status"))


def _garden_row(one: Garden, facts: Facts | None, found: list[Concern], sums: Sums, status: str) -> GardenRow:
    shown = str(GardenStatus.Status(status).label) if status else _("hors programme")
    word, tone = (
        (str(SOLIDITY[solidity(found)]), TONES[solidity(found)]) if facts and status == "active" else (shown, "")
    )
    return GardenRow(
        one.name, _town(one.commune_code), shown, sums.solidarity, week_label(sums.last) if sums.last else "",
        why(facts, found) if facts else "", word, tone,
    )  # fmt: skip


def _town(code: str) -> str:
    try:
        found = territory.commune(code)
    except KeyError:
        return code
    return f"{found.name} ({found.department})"
