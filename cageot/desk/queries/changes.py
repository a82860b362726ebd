"""What changed since each round last went, with the names that lists show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from cageot.baskets.models import BasketSize, Depot
from cageot.baskets.rules.changes import KINDS, Change, Key, Life, Place, compare
from cageot.baskets.rules.changes import Week as Compared
from cageot.core import sql
from cageot.core.week import Week
from cageot.desk.queries.names import REMEMBERED, Name, shown_names
from cageot.desk.queries.papers import Stop
from cageot.network.models import Garden


class Told(NamedTuple):
    """One change in words: whose basket, and what of it ("Mairie, avant Gare")."""

    name: Name
    detail: str


@dataclass(frozen=True)
class RoundChanges:
    """What changed on one round. `since` is the day it last went, None when it is the first time.

    `told`: kind of change → who. `usual`: kind → how many come or stay away as their rhythm says, told by number only.
    """

    round: int
    name: str
    day: date
    since: date | None
    told: dict[str, list[Told]]
    usual: dict[str, int]

    @property
    def count(self) -> int:
        return sum(len(some) for some in self.told.values())

    @property
    def other_day(self) -> bool:
        """Whether the round goes on another day of the week than last time."""
        return self.since is not None and self.since.isoweekday() != self.day.isoweekday()


def changes(garden: Garden, week: Week, places: Iterable[Stop]) -> list[RoundChanges]:
    """What changed on the rounds of these stops since each last went. A constant number of queries."""
    goings = {stop.round: stop for stop in places}
    last = _last_weeks(goings, week)
    weeks = {week, *last.values()}
    there, days = _weeks(garden, weeks), _days(garden, last.values())
    now = there[week].facts
    lives = _lives({key for one in set(last.values()) for key in _differing(there[one].facts, now)}, week)
    names = shown_names(garden, week) if any(seen.holders for seen in there.values()) else {}
    depots = dict(Depot.objects.filter(garden=garden).values_list("pk", "name"))
    sizes = dict(BasketSize.objects.filter(garden=garden).values_list("pk", "name"))

    def told(one: Change, since: Week) -> Told:
        holder = there[week if one.now else since].holders[one.key]
        return Told(names.get(holder) or _gone(), _detail(one, depots, sizes))

    found = []
    for round, stop in goings.items():
        if (since := last.get(round)) is None:
            found.append(RoundChanges(round, stop.round_name, stop.day, None, {}, {}))
            continue
        went = days[since, round]
        some = compare(round, went, there[since].facts, now, lives)
        said = {kind: [told(one, since) for one in some if one.what == kind and not one.usual] for kind in KINDS}
        usual = dict(Counter(one.what for one in some if one.usual))
        by_kind = {kind: sorted(ones) for kind, ones in said.items() if ones}
        found.append(RoundChanges(round, stop.round_name, stop.day, went, by_kind, usual))
    return found


def _gone() -> Name:
    """For a household that left long ago and whose baskets were not taken away."""
    return Name(_("un foyer parti"), _("un foyer parti"))


def _detail(one: Change, depots: dict[int, str], sizes: dict[int, str]) -> str:
    if one.before and one.now:
        if one.what == "moved":
            return _instead(depots[one.now.depot], depots[one.before.depot])
        return _instead(sizes[one.now.size], sizes[one.before.size])
    place = one.now or one.before
    return f"{sizes[place.size]}, {depots[place.depot]}" if place else ""


def _instead(now: str, before: str) -> str:
    return _("%(now)s, avant %(before)s") % {"now": now, "before": before}


def _differing(before: Compared, now: Compared) -> Collection[Key]:
    return before.there.keys() ^ now.there.keys()


def _last_weeks(rounds: Collection[int], week: Week) -> dict[int, Week]:
    """Round → the last week before this one in which it brought a basket."""
    if not rounds:
        return {}
    first = Week.of(week.monday - REMEMBERED)
    rows = sql.rows(_LAST, str(week), str(first), sorted(rounds))
    return {round: Week.parse(label) for round, label in rows if label}


@dataclass
class _Seen:
    """A week as it is read: what is compared, and who holds each basket (who received it, if it was given)."""

    there: dict[Key, Place] = field(default_factory=dict)
    absent: set[Key] = field(default_factory=set)
    holders: dict[Key, int] = field(default_factory=dict)

    @property
    def facts(self) -> Compared:
        return Compared(self.there, frozenset(self.absent))


def _weeks(garden: Garden, weeks: Collection[Week]) -> dict[Week, _Seen]:
    """Each week's baskets, but those of a household and a product that are the same in all of them. One query."""
    found: dict[Week, _Seen] = {week: _Seen() for week in weeks}
    labels = {str(week): week for week in found}
    for label, household, holder, product, copy, size, depot, round, made in sql.rows(
        _BASKETS, garden.pk, [*labels], len(labels), len(labels), garden.pk, [*labels]
    ):
        seen, key = found[labels[label]], Key(household, product, copy)
        while key in seen.holders:  # an extra one on another day of the same week
            key = key._replace(copy=key.copy + 1)
        seen.holders[key] = holder
        if made:
            seen.there[key] = Place(round, depot, size)
        else:
            seen.absent.add(key)
    return found


def _days(garden: Garden, weeks: Iterable[Week]) -> dict[tuple[Week, int], date]:
    """The day on which each round went in each week, the last if it went on several. One query."""
    labels = {str(week): week for week in weeks}
    if not labels:
        return {}
    return {
        (labels[label], round): sql.day(day) for label, day, round in sql.rows(_DAYS, garden.pk, [*labels], [*labels])
    }


def _lives(keys: Collection[Key], week: Week) -> dict[tuple[int, int], Life]:
    """What the subscriptions of these households say of each product. One query."""
    found: defaultdict[tuple[int, int], Life] = defaultdict(Life)
    if not keys:
        return found
    for household, product, first, ready, until, rhythm in sql.rows(
        _SUBSCRIPTIONS, sorted({key.household for key in keys})
    ):
        life, begins = found[household, product], sql.day(ready) or sql.day(first)
        runs = begins <= week.sunday and (not until or sql.day(until) >= week.monday)
        since = min(begins, life.since) if life.since else begins
        found[household, product] = Life(since, life.running or runs, life.rhythm or (runs and bool(rhythm)))
    return found


_LAST = """
    SELECT r.id, (
        SELECT d.week FROM baskets_delivery d WHERE d.garden_id = r.garden_id AND d.week < %s AND d.week >= %s AND EXISTS (
            SELECT 1 FROM baskets_basket b JOIN baskets_depot p ON p.id = b.depot_id
            WHERE b.delivery_id = d.id AND p.round_id = r.id AND b.state NOT IN ('cancelled', 'moved'))
        ORDER BY d.day DESC LIMIT 1)
    FROM baskets_round r WHERE r.id IN %s
"""

# What is the same in all the weeks is left to the database: of thousands of baskets, some tens are told.
_BASKETS = """
    WITH other AS (
        SELECT DISTINCT household_id, product_id FROM (
            SELECT b.household_id, b.product_id FROM baskets_delivery d JOIN baskets_basket b ON b.delivery_id = d.id
            WHERE d.garden_id = %s AND d.week IN %s
            GROUP BY b.household_id, b.product_id, b.copy, b.depot_id, b.size_id, b.state IN ('cancelled', 'moved')
            HAVING COUNT(*) <> %s OR COUNT(DISTINCT d.week) <> %s) unlike)
    SELECT d.week, b.household_id, COALESCE(b.given_to_id, b.household_id), b.product_id, b.copy, b.size_id, b.depot_id,
        p.round_id, b.state NOT IN ('cancelled', 'moved')
    FROM other o JOIN baskets_basket b ON b.household_id = o.household_id AND b.product_id = o.product_id
    JOIN baskets_delivery d ON d.id = b.delivery_id JOIN baskets_depot p ON p.id = b.depot_id
    WHERE d.garden_id = %s AND d.week IN %s ORDER BY d.day, b.copy, b.id
"""

_DAYS = """
    SELECT d.week, d.day, p.round_id
    FROM (
        SELECT b.delivery_id, b.depot_id FROM baskets_delivery e JOIN baskets_basket b ON b.delivery_id = e.id
        WHERE e.garden_id = %s AND e.week IN %s AND b.state NOT IN ('cancelled', 'moved') GROUP BY b.delivery_id, b.depot_id) n
    JOIN baskets_delivery d ON d.id = n.delivery_id JOIN baskets_depot p ON p.id = n.depot_id
    WHERE d.week IN %s ORDER BY d.day
"""

_SUBSCRIPTIONS = """
    SELECT s.household_id, z.product_id, s.from_day, s.ready_on, s.until_day, s.frequency <> 'weekly' OR p.first_week IS NOT NULL
    FROM baskets_subscription s JOIN baskets_basketsize z ON z.id = s.size_id JOIN baskets_product p ON p.id = z.product_id
    WHERE s.household_id IN %s AND (s.waits_for = 'nothing' OR s.ready_on IS NOT NULL)
"""
