"""Rows of baskets as facts for the rules and the pages."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from cageot.baskets.models import (
    Basket,
    Content,
    ContentLine,
    Delivery,
    Figures,
    Produce,
    Round,
    SwapOffer,
    Ways,
    WeekClose,
)
from cageot.baskets.rules import closing, content, laying, swaps
from cageot.core import sql
from cageot.core.week import Week
from cageot.funding import queries as funding
from cageot.funding.queries import AgreementFact
from cageot.funding.rules import waterfall
from cageot.network.actions import pseudonym_key
from cageot.network.models import Edition, Garden


@dataclass(frozen=True)
class Prices:
    """The dated prices of a garden's sizes, in cents."""

    by_size: dict[int, tuple[list[date], list[int]]]

    def on(self, size: int, day: date) -> int | None:
        days, cents = self.by_size.get(size, ([], []))
        found = bisect_right(days, day)
        return cents[found - 1] if found else None


def prices(garden: Garden) -> Prices:
    by_size: dict[int, tuple[list[date], list[int]]] = defaultdict(lambda: ([], []))
    dated = (
        "SELECT p.size_id, p.from_day, p.cents FROM baskets_sizeprice p JOIN baskets_basketsize s ON s.id = p.size_id"
        " WHERE s.garden_id = %s ORDER BY p.from_day"
    )
    for size, since, price in sql.rows(dated, garden.pk):
        days, cents = by_size[size]
        days.append(sql.day(since))
        cents.append(price)
    return Prices(dict(by_size))


def open_close(garden: Garden, week: Week) -> WeekClose | None:
    """The close that stands for this week, if it is closed."""
    standing = "SELECT id FROM baskets_weekclose WHERE garden_id = %s AND week = %s AND reopened_at IS NULL"
    found = sql.rows(standing, garden.pk, str(week))
    return WeekClose.objects.select_related("by", "entry").get(pk=found[0][0]) if found else None


# --- Closed weeks, added up ----------------------------------------------------------------------

_SUMMED = {"closes": "COUNT(*)"} | {
    name: f"COALESCE({'MAX' if name == 'max_member_bp' else 'SUM'}({name}), 0)"
    for name in (field.name for field in Figures._meta.fields)
}
"""Each column of a sum, and how the closes that stand make it."""


def _sum_of(table: str, place: str) -> str:
    """The statement that writes one sum anew: adding up twice changes nothing."""
    return f"""
        INSERT INTO {table} (edition_id, {place}, {", ".join(_SUMMED)})
        SELECT %s, %s, {", ".join(_SUMMED.values())} FROM baskets_weekclose
        WHERE edition_id = %s AND {place} = %s AND reopened_at IS NULL
        ON CONFLICT (edition_id, {place}) DO UPDATE SET {", ".join(f"{column} = excluded.{column}" for column in _SUMMED)}
    """  # noqa: S608 (no word of it comes from outside)


GARDEN_SUM = _sum_of("baskets_gardensum", "garden_id")
WEEK_SUM = _sum_of("baskets_weeksum", "week")


# --- Laying ahead -------------------------------------------------------------------------------


def open_days(garden: Garden, from_day: date) -> dict[date, int]:
    """Day → delivery, from a day on, in weeks that are not closed."""
    found = sql.rows(
        "SELECT day, id FROM baskets_delivery WHERE garden_id = %s AND day >= %s AND close_id IS NULL",
        garden.pk,
        from_day,
    )
    return {sql.day(day): delivery for day, delivery in found}


def wishes(garden: Garden, from_day: date, households: list[int] | None) -> list[laying.Wish]:
    """The subscriptions that still ask something from a day on, oldest first, of a garden or some of its households."""
    some, parameters = _of_households("s.household_id", households)
    found = sql.rows(_WISHES.format(some=some), garden.pk, from_day, *parameters)
    return [
        laying.Wish(subscription, household, product, size, depot, rhythm, sql.day(first), sql.day(last), *more)
        for subscription, household, product, size, depot, rhythm, first, last, *more in found
    ]


def laid(garden: Garden, from_day: date, households: list[int] | None) -> list[laying.Laid]:
    """The regular baskets that are there from a day on, in weeks that are not closed."""
    some, parameters = _of_households("b.household_id", households)
    week = cache(Week.parse)
    return [
        laying.Laid(basket, household, product, week(label), *rest)
        for basket, household, product, label, *rest in sql.rows(
            _LAID.format(some=some), garden.pk, from_day, *parameters
        )
    ]


def roads(garden: Garden, from_day: date) -> laying.Roads:
    """Where and when the garden's depots are brought to, from a day on. Three queries."""
    rounds = {depot: (number, weekday) for depot, number, weekday in sql.rows(_ROUNDS, garden.pk)}
    shifts = {
        (number, Week.parse(label)): sql.day(day)
        for number, label, day in sql.rows(_SHIFTS, garden.pk, str(Week.of(from_day)))
    }
    pauses: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    for depot, first, last, other in sql.rows(_PAUSES, garden.pk, from_day):
        pauses[depot].append((sql.day(first), sql.day(last), other))
    return laying.Roads(rounds, shifts, dict(pauses))


def days_of_rounds(garden: Garden, roads: laying.Roads, weeks: Iterable[Week], from_day: date) -> set[date]:
    """The days of these weeks on which a round with an open depot goes. One query."""
    open_depots = sql.rows(
        "SELECT d.id FROM baskets_depot d JOIN baskets_round r ON r.id = d.round_id WHERE d.garden_id = %s"
        " AND (d.closed_on IS NULL OR d.closed_on > %s) AND (r.archived_on IS NULL OR r.archived_on > %s)",
        garden.pk,
        from_day,
        from_day,
    )
    days = {roads.day(depot, week) for (depot,) in open_depots for week in set(weeks)}
    return {day for day in days if day}


_ROUNDS = (
    "SELECT d.id, r.id, r.weekday FROM baskets_depot d JOIN baskets_round r ON r.id = d.round_id WHERE d.garden_id = %s"
)
_SHIFTS = (
    "SELECT s.round_id, s.week, s.day FROM baskets_roundshift s JOIN baskets_round r ON r.id = s.round_id"
    " WHERE r.garden_id = %s AND s.week >= %s"
)
_PAUSES = (
    "SELECT p.depot_id, p.from_day, p.until_day, p.replacement_id FROM baskets_depotpause p"
    " JOIN baskets_depot d ON d.id = p.depot_id WHERE d.garden_id = %s AND p.until_day >= %s ORDER BY p.from_day"
)


def delivery_weeks(garden: Garden, from_day: date) -> list[Week]:
    """Every week with a delivery from the beginning of that day's month on, closed ones too."""
    first = Week.of(from_day.replace(day=1)) - 1
    found = sql.rows(
        "SELECT DISTINCT week FROM baskets_delivery WHERE garden_id = %s AND week >= %s", garden.pk, str(first)
    )
    return [Week.parse(label) for (label,) in found]


def monthly_counts(product: int, round: int, day: date, without: int | None = None) -> dict[int, int]:
    """Slot → monthly subscriptions to a product at the depots of a round that run on that day or later, but those of the
    household `without`."""
    return dict(sql.rows(_MONTHLY, product, round, day, without or 0))


_MONTHLY = """
    SELECT s.monthly_slot, COUNT(DISTINCT s.household_id) FROM baskets_subscription s
    JOIN baskets_basketsize z ON z.id = s.size_id JOIN baskets_depot d ON d.id = s.depot_id
    WHERE z.product_id = %s AND d.round_id = %s AND s.frequency = 'monthly' AND (s.until_day IS NULL OR s.until_day >= %s)
        AND s.household_id <> %s GROUP BY s.monthly_slot
"""


def _of_households(column: str, households: list[int] | None) -> tuple[str, list[list[int]]]:
    """A condition on some households, with its parameters; nobody at all is a list that holds no id."""
    return ("", []) if households is None else (f"AND {column} IN %s", [households or [0]])


_WISHES = """
    SELECT s.id, s.household_id, z.product_id, s.size_id, s.depot_id, s.frequency, s.from_day, s.until_day,
        p.first_week, p.last_week, s.monthly_slot
    FROM members_household h JOIN baskets_subscription s ON s.household_id = h.id
    JOIN baskets_basketsize z ON z.id = s.size_id JOIN baskets_product p ON p.id = z.product_id
    WHERE h.garden_id = %s AND (s.until_day IS NULL OR s.until_day >= %s)
        AND (s.waits_for = 'nothing' OR s.ready_on IS NOT NULL) {some} ORDER BY s.from_day, s.id
"""

_LAID = """
    SELECT b.id, b.household_id, b.product_id, d.week, b.delivery_id, b.subscription_id, b.size_id, b.depot_id, b.state,
        b.size_kept, b.depot_kept
    FROM baskets_delivery d JOIN baskets_basket b ON b.delivery_id = d.id
    WHERE d.garden_id = %s AND d.day >= %s AND d.close_id IS NULL AND b.copy = 0 {some}
"""


@dataclass(frozen=True)
class Closing:
    """A week about to close: what it holds, what is still to ask, and what closing would write."""

    edition: Edition | None
    sheet: closing.WeekSheet
    questions: list[closing.Question]
    settled: list[waterfall.Settled]
    facts: dict[int, AgreementFact]
    revision: int
    standing: int | None  # the close of this week, if it is closed already

    @property
    def summary(self) -> dict[str, int]:
        """Counts by state and cents by payer: what a person sees, and what must not change unseen."""
        found: Counter[str] = Counter({f"state:{state}": count for state, count in self.sheet.by_state.items()})
        for one in self.settled:
            for part in one.parts:
                found[f"payer:{part.payer}" if part.payer else f"by:{part.by}"] += part.cents
        for kind, keys in self.sheet.alike.items():
            if kind.costs:
                found["by:member"] += keys.baskets * (kind.price_cents or 0)
        return dict(found)

    @property
    def fingerprint(self) -> str:
        return closing.fingerprint(self.sheet, self.settled)


def closing_of(garden: Garden, week: Week, today: date, *, by_number: bool = False) -> Closing:
    """Gather a week and decide what closing it would write. A constant number of queries.

    `by_number`: to be shown, not written. The baskets without a support are then counted, not settled one by one.
    """
    edition = funding.edition_on(week.day(4))
    closes = "SELECT id, reopened_at FROM baskets_weekclose WHERE garden_id = %s AND week = %s"
    before = sql.rows(closes, garden.pk, str(week))
    standing = next((close for close, reopened_at in before if reopened_at is None), None)
    sheet, facts = week_sheet(garden, week, edition, revision := 1 + len(before), by_number=by_number)
    questions = closing.open_questions(sheet, today)
    settled = waterfall.allocate(closing.charges(sheet), funding.quotas(facts.values()))
    return Closing(edition, sheet, questions, settled, facts, revision, standing)


def week_sheet(
    garden: Garden, week: Week, edition: Edition | None, revision: int, *, by_number: bool = False
) -> tuple[closing.WeekSheet, dict[int, AgreementFact]]:
    """The garden's baskets of a week with their price and what stands behind each, and the agreements seen.

    `by_number`: those without a support are only counted, by kind.
    """
    some = _SUPPORTED if by_number else ""
    rows = sql.rows(
        _BASKETS.format(some=some), garden.pk, str(week), *([garden.pk, week.sunday, week.monday] * by_number)
    )
    days = {text: sql.day(text) for text in {row[1] for row in rows}}  # also those of deliveries without a basket
    priced = prices(garden)
    supports = _supports(garden, week)
    facts = funding.agreement_facts({agreement for found in supports.values() for _, _, agreement, _ in found})
    cap = edition.member_cap_bp if edition else 0

    @cache  # a garden has a few sizes, agreements and days, and many baskets
    def cover(agreement: int, tariff: int, code: str, day: date) -> waterfall.Cover | None:
        return facts[agreement].cover(tariff, code, day, cap)

    pseudonyms = Pseudonyms(edition)
    baskets = []
    for pk, text, household, secret, size, code, name, state, commune, in_agreements in rows:
        if pk is None:
            continue
        day = days[text]
        support = in_agreements and next(
            (one for one in supports.get(household, ()) if one[0] <= day and (one[1] is None or day <= one[1])), None
        )
        stands = cover(support[2], support[3], code, day) if support else None
        baskets.append(
            closing.BasketFact(
                pk,
                revision,
                day,
                pseudonyms.of(household, secret),
                code,
                name,
                state,
                priced.on(size, day),
                bool(support),
                stands,
                commune,
            )
        )
    if by_number:
        return _counted(garden, week, priced, [one for one in baskets if one.supported]), facts
    return closing.WeekSheet(garden.pk, week, max(days.values(), default=None), tuple(baskets)), facts


def _counted(garden: Garden, week: Week, priced: Prices, supported: list[closing.BasketFact]) -> closing.WeekSheet:
    """The sheet where all but the supported baskets are told by number. One query, which the index of baskets answers."""
    alike: defaultdict[closing.Kind, closing.Keys] = defaultdict(closing.Keys)
    last_day: date | None = None
    rows = sql.rows(_KINDS, closing.PRIME, closing.PRIME, garden.pk, str(week), garden.pk, str(week))
    for text, size, code, name, state, *keys in rows:
        day = sql.day(text)
        last_day = max(day, last_day or day)
        if state is not None:
            kind = closing.Kind(day, code, name, state, priced.on(size, day))
            alike[kind] = alike[kind].and_(closing.Keys(*map(int, keys)))
    for one in supported:
        kind = closing.kind_of(one)
        alike[kind] = alike[kind].and_(closing.key_of(one.key), -1)
    there = {kind: keys for kind, keys in alike.items() if keys.baskets}
    return closing.WeekSheet(garden.pk, week, last_day, tuple(supported), there)


_KINDS = """
    SELECT d.day, n.size_id, s.code, s.name, n.state, n.baskets, n.total, n.squares
    FROM baskets_delivery d
    LEFT JOIN (
        SELECT b.delivery_id, b.size_id, b.state, COUNT(*) baskets, SUM(b.id) total, SUM((b.id %% %s) * (b.id %% %s)) squares
        FROM baskets_delivery e JOIN baskets_basket b ON b.delivery_id = e.id
        WHERE e.garden_id = %s AND e.week = %s GROUP BY b.delivery_id, b.depot_id, b.size_id, b.state) n ON n.delivery_id = d.id
    LEFT JOIN baskets_basketsize s ON s.id = n.size_id
    WHERE d.garden_id = %s AND d.week = %s
"""

_SUPPORTED = """AND b.household_id IN (
        SELECT u.household_id FROM members_support u JOIN members_household g ON g.id = u.household_id
        WHERE g.garden_id = %s AND u.from_day <= %s AND (u.until_day IS NULL OR u.until_day >= %s))"""

_BASKETS = """
    SELECT b.id, d.day, b.household_id, h.secret, b.size_id, s.code, s.name, b.state, h.commune_code, p.in_agreements
    FROM baskets_delivery d
    LEFT JOIN baskets_basket b ON b.delivery_id = d.id
    LEFT JOIN baskets_basketsize s ON s.id = b.size_id LEFT JOIN baskets_product p ON p.id = b.product_id
    LEFT JOIN members_household h ON h.id = b.household_id
    WHERE d.garden_id = %s AND d.week = %s {some} ORDER BY d.day, b.id
"""


def _supports(garden: Garden, week: Week) -> dict[int, list[tuple[date, date | None, int, int]]]:
    """Household → its supports of the week, as (from, until, agreement, tariff)."""
    found = defaultdict(list)
    standing = (
        "SELECT s.household_id, s.from_day, s.until_day, s.agreement_id, s.tariff_id FROM members_support s"
        " JOIN members_household h ON h.id = s.household_id WHERE h.garden_id = %s"
        " AND s.from_day <= %s AND (s.until_day IS NULL OR s.until_day >= %s)"
    )
    for household, first, last, agreement, tariff in sql.rows(standing, garden.pk, week.sunday, week.monday):
        found[household].append((sql.day(first), sql.day(last), agreement, tariff))
    return found


class Pseudonyms:
    """Names that the money side may hold: one per household, good for one edition, opaque without the key.

    They are made with the household's own secret: once it is destroyed, nobody can tell whose they were (decision 0018).
    """

    def __init__(self, edition: Edition | None) -> None:
        self._key = bytes.fromhex(pseudonym_key())
        self._edition = edition.code if edition else ""

    def of(self, household: int, secret: str | None) -> str:
        told = f"{self._edition}:{household}" + (f":{secret}" if secret else "")
        return hashlib.blake2b(told.encode(), key=self._key, digest_size=8).hexdigest()


def unclosed(until: date) -> QuerySet[Delivery]:
    """Deliveries that have baskets, up to a day, and whose week nobody closed."""
    baskets = Exists(Basket.objects.filter(delivery=OuterRef("pk")))
    return Delivery.objects.filter(baskets, close=None, day__lte=until)


def baskets_of_week(garden: Garden, weeks: Iterable[Week]) -> dict[Week, Counter[str]]:
    """Counts of baskets by state for each of these weeks. One query."""
    found: dict[Week, Counter[str]] = {week: Counter() for week in weeks}
    rows = Basket.objects.filter(delivery__garden=garden, delivery__week__in=list(found))
    for week, state, count in rows.values_list("delivery__week", "state").annotate(n=Count("pk")):
        found[week][state] = count
    return found


# --- Content ------------------------------------------------------------------------------------


def baskets_to_make(garden: Garden, week: Week) -> dict[tuple[int, int], int]:
    """(round, size) → baskets that are grown, packed and brought in a week: neither cancelled nor moved. One query."""
    rows = Basket.objects.filter(delivery__garden=garden, delivery__week=week).exclude(state__in=["cancelled", "moved"])
    counted = rows.values_list("depot__round", "size").annotate(n=Count("pk")).order_by()
    return {(round, size): count for round, size, count in counted}


def content_rows(round: Round, week: Week, sizes: Iterable[int] | None) -> list[content.Row]:
    """What was planned in a round's baskets (some sizes, or all with None), a row per vegetable, in order. One query."""
    lines = ContentLine.objects.filter(content__round=round, content__week=week)
    if sizes is not None:
        lines = lines.filter(content__size__in=list(sizes))
    held: dict[int, dict[int, int]] = defaultdict(dict)
    told: dict[int, tuple[str, int]] = {}
    for produce, unit, cents, size, milli in lines.order_by("rank", "pk").values_list(
        "produce", "unit", "unit_cents", "content__size", "milli"
    ):
        told.setdefault(produce, (unit, cents))
        held[produce][size] = milli
    return [content.Row(produce, unit, cents, held[produce]) for produce, (unit, cents) in told.items()]


def portions_of(produce: Produce, week: Week, unit: str) -> list[content.Portion]:
    """How much of a vegetable, counted in that unit, is in the baskets of each round and size of a week: what was really
    packed, or else what is planned. Two queries."""
    counts = baskets_to_make(produce.garden, week)
    lines = ContentLine.objects.filter(produce=produce, content__week=week, unit=unit)
    put_in = lines.annotate(put_in=Coalesce("packed_milli", "milli")).order_by("content__round", "content__size")
    places = put_in.values_list("content__round", "content__size", "put_in")
    return [content.Portion((round, size), counts.get((round, size), 0), milli) for round, size, milli in places]


# --- Swaps --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Swapped:
    """A vegetable of one basket given back for another. `milli`: how much of the other its content offers, None when it
    fits no more: its content holds the one no longer, or does not offer the other."""

    pk: int
    basket: int
    place: content.Place
    away: int
    away_name: str
    taken: int
    taken_name: str
    allergens: str
    unit: str
    milli: int | None
    taken_code: str = ""
    taken_grams: int | None = None  # the weight of a unit of what is taken


def swaps_of_week(garden: Garden, week: Week) -> list[Swapped]:
    """The swaps that stand, of the baskets that are made in a week. One query."""
    where = "d.garden_id = %s AND d.week = %s AND b.state NOT IN ('cancelled', 'moved')"
    return [one for one in _swaps(where, garden.pk, str(week)) if one.milli is not None]


def swaps_of(baskets: Iterable[int]) -> list[Swapped]:
    """The swaps of some baskets, those that fit no more too. One query."""
    return _swaps("s.basket_id IN %s", list(baskets) or [0])


def swaps_that_fit_no_more(round: Round, week: Week) -> list[Swapped]:
    """Those of a round and a week that is not closed. One query."""
    where = "p.round_id = %s AND d.week = %s AND d.close_id IS NULL"
    return [one for one in _swaps(where, round.pk, str(week)) if one.milli is None]


def _swaps(where: str, *parameters: object) -> list[Swapped]:
    rows = sql.rows(_SWAPS.format(where=where), *parameters)
    return [Swapped(pk, basket, (round, size), *rest) for pk, basket, round, size, *rest in rows]


_SWAPS = """
    SELECT s.id, s.basket_id, p.round_id, b.size_id, s.away_id, a.name, s.taken_id, t.name, t.allergens,
        COALESCE(o.unit, t.unit), CASE WHEN l.id IS NULL THEN NULL ELSE o.milli END,
        t.code, t.grams
    FROM baskets_swap s JOIN baskets_basket b ON b.id = s.basket_id JOIN baskets_delivery d ON d.id = b.delivery_id
    JOIN baskets_depot p ON p.id = b.depot_id
    JOIN baskets_produce a ON a.id = s.away_id JOIN baskets_produce t ON t.id = s.taken_id
    LEFT JOIN baskets_content c ON c.round_id = p.round_id AND c.week = d.week AND c.size_id = b.size_id
    LEFT JOIN baskets_contentline l ON l.content_id = c.id AND l.produce_id = s.away_id AND l.swappable
    LEFT JOIN baskets_swapoffer o ON o.content_id = c.id AND o.produce_id = s.taken_id
    WHERE {where} ORDER BY s.id
"""


@dataclass(frozen=True)
class Swapping:
    """What may be swapped in one basket: its vegetables that may go and have not gone, those that are offered, and the
    swaps made, those that fit no more apart."""

    ways: Ways
    told: bool
    packed: bool
    lines: list[ContentLine]
    offers: list[SwapOffer]
    made: list[Swapped]
    unfit: list[Swapped]

    def ask(self, basket: Basket, today: date) -> swaps.Ask:
        """The same for the rule."""
        return ask(basket, self.ways, told=self.told, packed=self.packed, used=len(self.made), today=today)


def ask(basket: Basket, ways: Ways, *, told: bool, packed: bool, used: int, today: date) -> swaps.Ask:
    """A basket and its garden's ways, for the rule of swaps."""
    return swaps.Ask(
        basket.delivery.day, today, ways.swaps, ways.swap_days,
        coming=basket.state == Basket.State.PLANNED and not basket.pot,
        closed=basket.delivery.close_id is not None, told=told, packed=packed, used=used,
    )  # fmt: skip


def swapping(basket: Basket) -> Swapping:
    """Five queries."""
    ways = Ways.objects.filter(garden=basket.garden_id).first() or Ways(garden_id=basket.garden_id)
    of = Content.objects.filter(round=basket.depot.round_id, week=basket.delivery.week, size=basket.size_id).first()
    told = of is not None and of.published_at is not None and ways.content_shown != Ways.Shown.NOWHERE
    made = swaps_of([basket.pk])
    gone = [one.away for one in made if one.milli is not None]
    lines = ContentLine.objects.filter(content=of, swappable=True).exclude(produce__in=gone).select_related("produce")
    offers = SwapOffer.objects.filter(content=of).select_related("produce")
    return Swapping(
        ways, told, of is not None and of.packed_at is not None, list(lines), list(offers),
        [one for one in made if one.milli is not None], [one for one in made if one.milli is None],
    )  # fmt: skip
