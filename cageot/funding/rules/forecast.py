"""How long money will last, by simulation: a thousand possible years of renewals, arrivals and absences.

Each garden has its own chances, drawn from a seed that is fixed and its own: the same facts give the same dates, and a garden
that joins changes nothing for the others. What a garden's short history leaves uncertain is drawn too (a beta for shares,
a gamma for rates, both starting from the network's mean), so that a young garden has a wide interval, as it should.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

SEED = 2901
"""Written with each forecast. Changing it changes dates by less than their interval."""
DRAWS = 1_000
WEEKS = 78
"""A year and a half: beyond, nothing is said."""
LOW, MIDDLE, HIGH = 10, 50, 90
"""Percentiles of an interval: eight years of ten fall within it."""
PRIOR = 8.0
"""The network's mean weighs as much as so many supports, weeks or baskets of the garden's own."""
DAYS_A_MONTH = 365.25 / 12

Counts = npt.NDArray[Any]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """`hits` of `tries`: supports that went on, baskets that were absent… or arrivals over so many weeks."""

    hits: float = 0
    tries: float = 0

    def __add__(self, other: Seen) -> Seen:
        return Seen(self.hits + other.hits, self.tries + other.tries)

    @property
    def mean(self) -> float:
        return self.hits / self.tries if self.tries else 0.0


@dataclass(frozen=True, slots=True)
class Habits:
    """What a garden's last year says: supports renewed when they end, baskets absent of those laid, and how long a new
    support lasts, in weeks. `closed`: the Mondays of weeks without delivery."""

    renewed: Seen = Seen()
    absent: Seen = Seen()
    lasts: int = 26
    closed: frozenset[date] = frozenset()


class Part(NamedTuple):
    """A part of what each basket costs beyond its member, in cents, and who pays it: the first source that still can."""

    cents: int
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """The households of one garden under one agreement.

    `ends`: how many running supports end, by day (None: no end written). `arrived`: new households over so many weeks.
    `rate`: baskets a household takes a week. `parts`: what each basket costs and who pays it.
    """

    garden: str
    agreement: str
    ends: Mapping[date | None, int]
    arrived: Seen
    rate: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Money, or a quota of baskets, that is used up by baskets within its days. None: no such limit."""

    key: str
    until_day: date | None = None
    from_day: date | None = None
    left_cents: int | None = None
    left_baskets: int | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """When something ends: eight times of ten between `low` and `high`, as often before `likely` as after. None: not within
    what is looked at."""

    low: date | None
    likely: date | None
    high: date | None


@dataclass(frozen=True, slots=True)
class Cover:
    """How long a garden's baskets have payers: until when, and in months (whole, rounded down; at most those looked at)."""

    until: Band
    months: int


@dataclass(frozen=True)
class Forecast:
    """What was seen over all draws. `sources`: when each is used up (its written end not being counted as such)."""

    sources: Mapping[str, Band]
    gardens: Mapping[str, Cover]
    seed: int = SEED
    draws: int = DRAWS


@dataclass(frozen=True)
class Facts:
    """All that a forecast starts from. `today`: the first week looked at holds it. `whole`: a garden is covered in a week
    when at least that share of what its baskets cost beyond their members has a payer."""

    today: date
    streams: Sequence[Stream]
    sources: Sequence[Source]
    habits: Mapping[str, Habits] = field(default_factory=dict)
    whole: float = 0.8


def forecast(facts: Facts, *, draws: int = DRAWS, weeks: int = WEEKS, seed: int = SEED) -> Forecast:
    """When each source is used up and until when each garden is covered."""
    streams = sorted(facts.streams, key=lambda one: (one.garden, one.agreement))
    baskets = _baskets(facts, streams, draws, weeks, seed)
    return _spend(facts, streams, baskets)


# --- Baskets to come ----------------------------------------------------------------------------


def _baskets(facts: Facts, streams: Sequence[Stream], draws: int, weeks: int, seed: int) -> Counts:
    """Baskets of each stream, week and draw."""
    network = sum((one.renewed for one in facts.habits.values()), Seen())
    absent = sum((one.absent for one in facts.habits.values()), Seen())
    found = np.zeros((len(streams), weeks, draws), np.int32)
    gardens: dict[str, list[int]] = {}
    for index, one in enumerate(streams):
        gardens.setdefault(one.garden, []).append(index)
    for garden, members in gardens.items():
        chance = np.random.Generator(np.random.PCG64([seed, crc32(garden.encode())]))
        habits = facts.habits.get(garden, Habits())
        goes_on = _share(chance, habits.renewed, network, draws)
        comes = 1 - _share(chance, habits.absent, absent, draws)
        shut = {(day - _monday(facts.today)).days // 7 for day in habits.closed}
        for index in members:
            found[index] = _stream(
                chance, streams[index], facts.today, goes_on, comes, max(1, habits.lasts), shut, weeks
            )
    return found


def _share(chance: np.random.Generator, own: Seen, network: Seen, draws: int) -> Numbers:
    """A share of the garden, drawn: its own history, and the network's mean as far as that is short."""
    mean = network.mean if network.tries else 0.5
    return chance.beta(own.hits + PRIOR * mean + 0.01, own.tries - own.hits + PRIOR * (1 - mean) + 0.01, draws)


def _stream(
    chance: np.random.Generator,
    one: Stream,
    today: date,
    goes_on: Numbers,
    comes: Numbers,
    lasts: int,
    shut: set[int],
    weeks: int,
) -> Counts:
    draws = len(goes_on)
    start = _monday(today)
    ends = np.zeros((weeks + lasts + 1, draws), np.int64)
    for day, count in one.ends.items():
        if day is not None and (week := (day - start).days // 7) < weeks:
            ends[max(week, 0)] += count
    here = np.full(draws, sum(one.ends.values()), np.int64)
    arrivals = chance.gamma(one.arrived.hits + 0.25, 1 / (one.arrived.tries + 4), draws)
    found = np.zeros((weeks, draws), np.int64)
    whole, part = divmod(one.rate, 1.0)
    for week in range(weeks):
        if week not in shut:
            found[week] = chance.binomial(here * int(whole), comes) + chance.binomial(here, part * comes)
        more = chance.poisson(arrivals)
        stay = chance.binomial(ends[week], goes_on)
        here = here - ends[week] + stay + more
        ends[week + lasts] += stay + more
    return found


# --- What it costs ------------------------------------------------------------------------------


def _spend(facts: Facts, streams: Sequence[Stream], baskets: Counts) -> Forecast:
    _, weeks, draws = baskets.shape
    start = _monday(facts.today)
    sources = {one.key: one for one in facts.sources}
    left = {
        key: np.full(draws, np.inf if one.left_cents is None else float(one.left_cents)) for key, one in sources.items()
    }
    count = {
        key: np.full(draws, np.inf if one.left_baskets is None else float(one.left_baskets))
        for key, one in sources.items()
    }
    gone = {key: np.full(draws, weeks) for key in sources}
    gardens = sorted({one.garden for one in streams})
    bare = {garden: np.full(draws, weeks) for garden in gardens}

    def pay(week: int, monday: date, taken: Counts, part: Part) -> Numbers:
        """What is paid of a part of these baskets: the quota in baskets first bounds it, then the money that is left."""
        paid, wanted = np.zeros(draws), taken.astype(float)
        for key in part.sources:
            if not _within(sources[key], monday):
                continue
            helped = np.minimum(wanted, count[key])
            money = np.minimum(helped * part.cents, left[key])
            count[key] -= helped
            left[key] -= money
            paid += money
            short = (gone[key] == weeks) & (money < wanted * part.cents)
            gone[key][short] = week
            wanted = wanted - (money / part.cents if part.cents else wanted)
        return paid

    for week in range(weeks):
        monday = start + timedelta(weeks=week)
        owed = {garden: np.zeros(draws) for garden in gardens}
        paid = {garden: np.zeros(draws) for garden in gardens}
        for one, taken in zip(streams, baskets[:, week], strict=True):
            owed[one.garden] += taken * sum(part.cents for part in one.parts)
            for part in one.parts:
                paid[one.garden] += pay(week, monday, taken, part)
        for garden in gardens:
            first = (bare[garden] == weeks) & (owed[garden] > 0) & (paid[garden] < facts.whole * owed[garden])
            bare[garden][first] = week
    return Forecast(
        {key: _band(when, start, weeks) for key, when in gone.items()},
        {garden: Cover(_band(when, start, weeks), _months(when)) for garden, when in bare.items()},
        draws=draws,
    )


def _within(source: Source, monday: date) -> bool:
    """Whether the source pays baskets of that week: its middle lies within its days."""
    middle = monday + timedelta(days=3)
    return (source.from_day is None or source.from_day <= middle) and (
        source.until_day is None or middle <= source.until_day
    )


def _band(when: Counts, start: date, weeks: int) -> Band:
    def day(percent: int) -> date | None:
        week = int(np.percentile(when, percent, method="lower"))
        return start + timedelta(weeks=week) if week < weeks else None

    return Band(day(LOW), day(MIDDLE), day(HIGH))


def _months(when: Counts) -> int:
    return int(int(np.percentile(when, MIDDLE, method="lower")) * 7 / DAYS_A_MONTH)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


# --- The first funder ---------------------------------------------------------------------------


def first_funder(paid: Iterable[tuple[str, int]]) -> tuple[str, float] | None:
    """Who carries most of what is paid beyond members, and its share, 0 to 1; None when nobody pays anything."""
    rows = sorted(paid, key=lambda row: (-row[1], row[0]))
    total = sum(cents for _, cents in rows)
    return (rows[0][0], rows[0][1] / total) if total > 0 else None
