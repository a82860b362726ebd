"""The brief of a committee: a garden's figures over a period, the same for the screen and the paper, and nobody in them.

Baskets and money are those of closed weeks. Groups of fewer than five households are folded (`desk.rules.brief`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets.models import SignUp
from cageot.core import sql
from cageot.core.charts import Part, Point
from cageot.core.templatetags.cageot import euros, number
from cageot.desk import words
from cageot.desk.queries import referrals, splitting
from cageot.desk.queries.statements import Preset, period_words, presets
from cageot.desk.queries.steering import DecisionLine, decisions_of, unnamed
from cageot.desk.rules import brief as rules
from cageot.funding.models import Share
from cageot.funding.queries import Period
from cageot.guide.models import Meeting
from cageot.guide.queries.personal import discretion_of
from cageot.members.models import Support
from cageot.network.models import Garden
from cageot.workshops.models import Kind
from cageot.workshops.queries.figures import figures

MONTHS_AHEAD = 6
MOST_PAYERS = 12
MOST_REASONS = 8
NOT_MET = (Share.By.UNCOVERED, Share.By.NETWORK)
"""What funds are asked to pay: nobody's yet in the books of a garden."""


@dataclass(frozen=True)
class MonthRow:
    """Baskets of a month, or of several that had too few households. Cents."""

    label: str
    short: str
    households: int
    baskets: int
    cents: int


@dataclass(frozen=True)
class MoneyRow:
    """Who pays how much, in cents; `households` None where it is not counted (funds). `stays`: nobody pays it yet."""

    label: str
    detail: str
    cents: int
    share: float
    households: int | None = None
    stays: bool = False


@dataclass(frozen=True)
class WorkshopRow:
    """Workshops of a kind, and who came; None for one to four people."""

    label: str
    sessions: int
    participations: int | None


@dataclass(frozen=True)
class Brief:
    """All that the brief says. Counts of people are None when there are one to four. Cents."""

    garden: Garden
    period: Period
    presets: Sequence[Preset]
    meeting: Meeting | None
    households: int | None
    baskets: int
    cents: int
    months: list[MonthRow]
    money: list[MoneyRow]
    missing: int
    why: list[str]
    arrivals: int | None
    left: int | None
    ends: list[tuple[str, int | None]]
    ends_total: int | None
    sessions: int
    participations: int | None
    workshop_households: int | None
    workshops: list[WorkshopRow]
    waiting: int | None
    referred: int | None
    outcomes: list[tuple[str, int | None]]
    to_do: list[DecisionLine]
    done: list[DecisionLine]
    agenda: list[str]
    points: list[Point] = field(default_factory=list)

    @property
    def words(self) -> str:
        return period_words(self.period)

    @property
    def told(self) -> bool:
        """Whether there are enough households for baskets and money to be told."""
        return bool(self.months)

    @property
    def parts(self) -> list[Part]:
        """For the drawn bar: at most five payers by name, then the others, then what nobody pays yet."""
        named = sorted((row for row in self.money if row.cents > 0 and not row.stays), key=lambda row: -row.cents)
        shown, rest = (named, []) if len(named) <= 5 else (named[:4], named[4:])
        found = [Part(row.label, row.cents) for row in shown]
        if rest:
            found.append(Part(_("tous les autres"), sum(row.cents for row in rest)))
        if self.missing > 0:
            found.append(Part(_("à financer"), self.missing, 6))
        return found


def few(n: int | None) -> str:
    """A count as it is written: "moins de 5" for one to four people."""
    return _("moins de 5") if n is None else number(n)


def usual_period(today: date) -> Period:
    """The last twelve whole months."""
    last = today.replace(day=1) - timedelta(days=1)
    first = date(last.year - 1, last.month + 1, 1) if last.month < 12 else date(last.year, 1, 1)
    return Period(first, last)


def period_for(meeting: Meeting | None, today: date) -> Period:
    """The period of a meeting's figures, else the usual one."""
    if meeting and meeting.brief_from and meeting.brief_until:
        return Period(meeting.brief_from, meeting.brief_until)
    return usual_period(today)


def brief(garden: Garden, period: Period, today: date, meeting: Meeting | None = None) -> Brief:
    """Everything the brief says. A constant number of queries."""
    paid, known = paid_in(garden, period), discretion_of(garden)
    months = rules.by_month([line for _key, line in sorted(paid.months.items())])
    split = splitting.split(garden, period, today)
    counted = figures(garden=garden, days=(period.first, period.last))
    supports = _supports(garden, period, today)
    asked = referrals.counts(garden, period.first, period.last)
    whole = counted.whole
    found = Brief(
        garden, period, presets(today, period), meeting, rules.shown(len(paid.households)) if months else None,
        sum(one.baskets for one in months), sum(one.cents for one in months), [_month(one) for one in months],
        _money(paid, split) if months else [], split.garden + split.head if months else 0, _why(split) if months else [],
        supports.arrivals, supports.left, supports.ends, supports.total,
        whole.sessions, rules.shown(whole.participations), rules.shown(whole.households),
        [
            WorkshopRow(str(dict(Kind.choices).get(kind, kind)), one.sessions, rules.shown(one.participations))
            for kind, one in sorted(counted.by_kind().items(), key=lambda pair: (-pair[1].sessions, pair[0]))
        ],
        rules.shown(SignUp.objects.filter(garden=garden, state=SignUp.State.WAITING).count()),
        rules.shown(asked.total),
        _outcomes(asked.states),
        *decisions_of(garden, period, today, known),
        [unnamed(line, known) for line in meeting.agenda.splitlines()] if meeting else [],
    )  # fmt: skip
    found.points.extend(Point(row.label, row.baskets, row.short if len(months) <= 6 else "") for row in found.months)
    return found


# --- Baskets and money ----------------------------------------------------------------------------


@dataclass
class Paid:
    """Solidarity baskets that closed weeks say: households, lines by month ("2017-03"), lines by payer (who, its name)."""

    households: set[str] = field(default_factory=set)
    months: dict[str, rules.Line] = field(default_factory=dict)
    payers: dict[tuple[str, str], rules.Line] = field(default_factory=dict)


_BY_PAYER = """
    SELECT c.day, COALESCE(CAST(b.household_id AS VARCHAR(20)), c.household_key), s.by, COALESCE(p.name, ''),
           SUM(CASE WHEN s.rank = 0 THEN c.sign ELSE 0 END), SUM(s.cents)
    FROM funding_charge c JOIN funding_share s ON s.charge_id = c.id
    LEFT JOIN funding_agreementpayer a ON a.id = s.payer_id LEFT JOIN network_partner p ON p.id = a.partner_id
    LEFT JOIN baskets_basket b ON b.id = c.key AND c.kind = 'basket'
    WHERE c.garden_id = %s AND c.day BETWEEN %s AND %s AND c.agreement_id IS NOT NULL AND c.in_programme
    GROUP BY 1, 2, s.by, COALESCE(p.name, '')
"""


def paid_in(garden: Garden, period: Period) -> Paid:
    """Solidarity baskets of the period: by month, and by payer. One query."""
    months: dict[str, tuple[set[str], list[int]]] = defaultdict(lambda: (set(), [0, 0]))
    payers: dict[tuple[str, str], tuple[set[str], list[int]]] = defaultdict(lambda: (set(), [0, 0]))
    for day, household, by, name, baskets, cents in sql.rows(_BY_PAYER, garden.pk, str(period.first), str(period.last)):
        homes, sums = months[str(day)[:7]]
        homes.add(household)
        sums[0] += int(baskets)
        sums[1] += int(cents)
        if by not in NOT_MET and cents:
            homes, sums = payers[(by, name)]
            homes.add(household)
            sums[1] += int(cents)
    found = Paid()
    found.months = {key: rules.Line((key,), frozenset(homes), *sums) for key, (homes, sums) in months.items()}
    order = ("member", "local", "national", "garden")
    found.payers = {
        key: rules.Line((words.payer(key[0]), key[1]), frozenset(homes), *sums)
        for key, (homes, sums) in sorted(
            payers.items(), key=lambda one: (order.index(one[0][0]), -one[1][1][1], one[0][1])
        )
    }
    found.households = {one for homes, _sums in months.values() for one in homes}
    return found


def _month(line: rules.Line) -> MonthRow:
    first, last = line.names[0], line.names[-1]
    label, short = _month_name(first), _month_short(first)
    if first != last:
        label = _("%(first)s à %(last)s") % {"first": label, "last": _month_name(last)}
        short = f"{short}–{_month_short(last)}"
    return MonthRow(label, short, len(line.households), line.baskets, line.cents)


def _month_name(key: str) -> str:
    return f"{MONTHS[int(key[5:])]} {key[:4]}"


def _month_short(key: str) -> str:
    return f"{key[5:]}/{key[2:4]}"


def _money(paid: Paid, split: splitting.Split) -> list[MoneyRow]:
    """Payers, small ones together; then funds; then what nobody pays yet. They make the price of the baskets."""
    whole = split.cents or 1
    large, rest = rules.by_payer(list(paid.payers.values()))
    if len(large) > MOST_PAYERS:
        for one in large[MOST_PAYERS:]:
            rest = one if rest is None else rest + one
        large = large[:MOST_PAYERS]
    rows = [
        MoneyRow(name or kind, kind if name else "", line.cents, line.cents / whole, len(line.households))
        for line in large
        for kind, name in [line.names]
    ]
    if rest is not None:
        rows.append(MoneyRow(_("Autres payeurs"), _("réunis"), rest.cents, rest.cents / whole, len(rest.households)))
    funds: Counter[str] = Counter()
    baskets: Counter[str] = Counter()
    for row in split.rows:
        if row.fund:
            funds[row.label] += row.cents
            baskets[row.label] += row.baskets
    small = [name for name in funds if baskets[name] < rules.FEW]
    told = {name: cents for name, cents in funds.items() if name not in small}
    if small:
        told[_("Autres financements")] = sum(funds[name] for name in small)
    rows += [
        MoneyRow(name, _("financement"), cents, cents / whole)
        for name, cents in sorted(told.items(), key=lambda one: (-one[1], one[0]))
        if cents
    ]
    if split.garden:
        rows.append(MoneyRow(_("Reste au jardin"), _("ce que personne ne paie"), split.garden, split.garden / whole, stays=True))  # fmt: skip
    if split.head:
        rows.append(MoneyRow(_("Reste à la tête de réseau"), _("promis, à trouver"), split.head, split.head / whole, stays=True))  # fmt: skip
    return rows


def _why(split: splitting.Split) -> list[str]:
    """Why funds pay no more: each reason once, whatever the public."""
    return list(dict.fromkeys(why for one in split.missing for why in one.why))[:MOST_REASONS]


# --- People ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Supports:
    arrivals: int | None
    left: int | None
    ends: list[tuple[str, int | None]]
    total: int | None


def _supports(garden: Garden, period: Period, today: date) -> _Supports:
    """Households helped for the first time in the period, those whose help ended in it, and ends to come by month. One query."""
    first: dict[int, date] = {}
    last: dict[int, date] = {}
    rows = Support.objects.filter(household__garden=garden).order_by().values_list("household", "from_day", "until_day")
    for household, start, end in rows:
        first[household] = min(first.get(household, start), start)
        last[household] = max(last.get(household, end or date.max), end or date.max)
    arrived = sum(period.first <= day <= period.last for day in first.values())
    left = sum(period.first <= day <= min(period.last, today) for day in last.values())
    ahead = [(today.year * 12 + today.month - 1 + n) for n in range(MONTHS_AHEAD)]
    coming = Counter(day.year * 12 + day.month - 1 for day in last.values() if day >= today and day != date.max)
    counted = rules.counts([(f"{month // 12}-{month % 12 + 1:02}", coming[month]) for month in ahead])
    return _Supports(
        rules.shown(arrived), rules.shown(left), [(_span(one.names), one.n) for one in counted],
        rules.shown(sum(coming[month] for month in ahead)),
    )  # fmt: skip


def _span(names: Sequence[str]) -> str:
    if len(names) == 1:
        return _month_name(names[0])
    return _("%(first)s à %(last)s") % {"first": _month_name(names[0]), "last": _month_name(names[-1])}


def _outcomes(states: Iterable[tuple[str, int]]) -> list[tuple[str, int | None]]:
    """What became of referrals; states with fewer than five are told together."""
    rows = list(states)
    large = [(name, n) for name, n in rows if n >= rules.FEW]
    rest = sum(n for _name, n in rows if n < rules.FEW)
    while 0 < rest < rules.FEW and large:
        large.sort(key=lambda one: -one[1])
        rest += large.pop()[1]
    found: list[tuple[str, int | None]] = [*large]
    return [*found, (_("autres suites"), rules.shown(rest))] if rest else found


def summary(one: Brief) -> list[tuple[str, str, str]]:
    """Key figures: label, value, caption."""
    helped = _("moins de 5") if one.households is None and not one.told else few(one.households)
    return [
        (_("Foyers aidés"), helped, _("sur la période")),
        (_("Paniers solidaires"), number(one.baskets) if one.told else "–", euros(one.cents) if one.told else ""),
        (_("Ateliers"), number(one.sessions), ngettext("%(n)s participation", "%(n)s participations", one.participations or 0) % {"n": few(one.participations)}),
        (_("À financer"), euros(one.missing) if one.told else "–", _("ce qui n’est pas encore trouvé")),
    ]  # fmt: skip


def people(one: Brief) -> dict[str, Any]:
    """Counts of people as they are written."""
    return {
        "arrivals": few(one.arrivals), "left": few(one.left), "waiting": few(one.waiting), "referred": few(one.referred),
        "ends": [(label, few(n)) for label, n in one.ends], "outcomes": [(label, few(n)) for label, n in one.outcomes],
        "workshops": [(row.label, number(row.sessions), few(row.participations)) for row in one.workshops],
    }  # fmt: skip
