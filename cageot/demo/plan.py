"""What every household of a garden does, week by week, before anything is played.

Plain data, no database and no clock: the same garden and seed give the same plan. Weeks are numbered from
0, the first full ISO week of 2017 (2 January), to 103, the last of 2018; months from 0, January 2017.
Paths are drawn first; terms are then lengthened or shortened, and baskets cancelled, until the garden
reaches its share of the season's totals to the basket.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from cageot.core.cents import part_down, split_cents
from cageot.core.week import Week
from cageot.demo import cast
from cageot.demo.cast import GardenCast, Story
from cageot.demo.schemes import AgreementCast, LineCast, Scheme

ORIGIN = date(2017, 1, 2)
WEEKS = tuple(Week.of(ORIGIN + timedelta(weeks=n)) for n in range(104))
YEAR = 52
"""Weeks 0 to 51 are of the edition 2017, 52 to 103 of 2018."""

END = date(2018, 12, 31)
NEXT_SEASON = 47
"""The week when the deliveries of 2018 are opened and their baskets laid."""


def first_of(month: int) -> date:
    return date(2017 + month // 12, month % 12 + 1, 1)


def last_of(month: int) -> date:
    return first_of(month + 1) - timedelta(days=1)


def week_of(day: date) -> int:
    """The number of the week that holds the day; negative before the season."""
    return (day - ORIGIN).days // 7


def day_of(week: int, weekday: int) -> date:
    return ORIGIN + timedelta(days=7 * week + weekday - 1)


DAYS = [[day_of(week, weekday) for week in range(len(WEEKS))] for weekday in range(8)]
"""The days by weekday (1 Monday), then by week."""

# --- What is planned ----------------------------------------------------------------------------


@dataclass(slots=True)
class Term:
    """One support. `promised`: its end as first written, later than `until_day` when the payer left early."""

    agreement: int
    from_day: date
    until_day: date
    promised: date
    renews: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """A subscription. `changes`: it follows the one before (another depot) rather than being a new one."""

    from_day: date
    until_day: date | None
    size: str
    depot: int
    frequency: str
    changes: bool = False


@dataclass(slots=True)
class Household:
    """One household's two years. `kind`: ordinary, supported or student."""

    number: int
    kind: str
    joined_on: date
    spans: list[Span]
    terms: list[Term] = field(default_factory=list)
    marks: dict[int, str] = field(default_factory=dict)
    once: dict[int, int] = field(default_factory=dict)
    left_on: date | None = None
    story: Story | None = None

    def term_on(self, day: date) -> Term | None:
        for term in self.terms:
            if term.from_day <= day <= term.until_day:
                return term
        return None


class Basket(NamedTuple):
    """A planned basket: its week, its day, and the support it falls under."""

    week: int
    day: date
    size: str
    term: Term | None
    state: str

    @property
    def distributed(self) -> bool:
        return self.state != "cancelled"


@dataclass(frozen=True)
class Target:
    """What a garden must come to in the edition 2017: households with a support, solidarity baskets distributed."""

    households: int
    baskets: int


@dataclass(frozen=True)
class Quota:
    """What a payer may spend: in 2017, then in both years together. Baskets, or cents when `in_euros`."""

    agreement: int
    payer: int
    in_euros: bool
    first_year: int
    both_years: int


@dataclass
class GardenPlan:
    """One garden, planned: its delivery weeks, its households, its payers' quotas."""

    garden: GardenCast
    scheme: Scheme
    weeks: tuple[int, ...]
    households: list[Household]
    quotas: list[Quota] = field(default_factory=list)

    @cached_property
    def weekdays(self) -> list[int]:
        return [depot.weekday for depot in cast.depots(self.garden)]

    @cached_property
    def _delivered(self) -> dict[str, list[int]]:
        """Delivery weeks by rhythm."""
        even = [week for week in self.weeks if WEEKS[week].number % 2 == 0]
        odd = [week for week in self.weeks if WEEKS[week].number % 2]
        return {"weekly": list(self.weeks), "even": even, "odd": odd}

    def baskets(self, household: Household, until: int = len(WEEKS)) -> Iterator[Basket]:
        """The baskets of a household before week `until`, as they will be laid and marked."""
        for span in household.spans:
            weeks, days = self._delivered[span.frequency], DAYS[self.weekdays[span.depot]]
            last = span.until_day or household.left_on or END
            for week in weeks[bisect_left(weeks, week_of(span.from_day)) :]:
                day = days[week]
                if week >= until or day > last:
                    break
                if day < span.from_day:
                    continue
                if week in household.once:
                    day = day_of(week, self.weekdays[household.once[week]])
                yield Basket(week, day, span.size, household.term_on(day), household.marks.get(week, "collected"))

    def solidarity(self, agreement: Term) -> bool:
        return self.scheme.agreements[agreement.agreement].in_programme


def targets(gardens: Sequence[GardenCast]) -> list[Target]:
    """The season's totals shared between gardens by their weight: the totals hold to the unit for the whole cast."""
    share = sum(garden.weight for garden in gardens)
    whole = sum(garden.weight for garden in cast.gardens()) * max(1, len(gardens) // cast.GARDENS)
    scale = max(1, len(gardens) // cast.GARDENS)
    households = split_cents(cast.HOUSEHOLDS * scale * share // whole, [garden.weight for garden in gardens])
    baskets = split_cents(cast.BASKETS * scale * share // whole, households)
    return [Target(*pair) for pair in zip(households, baskets, strict=True)]


def plan_garden(garden: GardenCast, target: Target, seed: int) -> GardenPlan:
    """Plan a garden's two years, so that 2017 comes to `target` exactly."""
    rng = random.Random(f"{seed}/{garden.code}")
    planner = _Planner(garden, target, rng)
    return planner.plan()


# --- How it is planned --------------------------------------------------------------------------


@dataclass(slots=True)
class _Path:
    """A supported household before its dates are final: months from `start`, one length for each term."""

    agreement: int
    start: int
    lengths: list[int]
    size: str
    depot: int
    frequency: str
    stays: bool

    @property
    def end(self) -> int:
        """The month after its last."""
        return self.start + sum(self.lengths)


CALENDARS = [(1, 33, 34, 52), (1, 8, 33, 52), (1, 33, 52), (1, 8, 9, 33, 34, 52), (1, 32, 33, 34, 52)]
"""ISO weeks without delivery: 46 to 49 weeks are left."""

TOO_MANY = (1.02, 1.055)
"""How much above the target the planned baskets must stand before some are cancelled."""


class _Planner:
    def __init__(self, garden: GardenCast, target: Target, rng: random.Random) -> None:
        self.garden, self.target, self.rng = garden, target, rng
        self.contracts = random.Random(f"{garden.code}/contracts")  # apart: a contract's length changes nothing else
        self.scheme = garden.played
        self.depots = cast.depots(garden)
        skipped = CALENDARS[0] if cast.stories(garden) else rng.choice(CALENDARS)
        self.weeks = tuple(n for n, week in enumerate(WEEKS) if week.number not in skipped)
        self.result = GardenPlan(garden, self.scheme, self.weeks, [])

    def plan(self) -> GardenPlan:
        stories = [self._of_story(story) for story in cast.stories(self.garden)]
        paths = [self._counted_path() for _ in range(self.target.households - len(stories))]
        cancelled = sum(
            household.marks.get(basket.week) == "cancelled"
            for household in stories
            for basket in self._counted(household)
        )
        fixed = sum(1 for household in stories for _ in self._counted(household)) - cancelled
        self._adjust(paths, self.target.baskets - fixed)
        self._go_on(paths)
        supported = stories + [self._of_path(path) for path in paths]
        self._cancel(supported, len(stories))
        later = [self._of_path(self._path(2018)) for _ in range(round(self.target.households * 0.8))]
        students = [self._of_path(path, "student") for path in self._students()]
        ordinary = [self._ordinary() for _ in range(self.garden.ordinary)]
        ordinary += [self._ordinary(month) for month in range(1, 23) if self.rng.random() < self.garden.ordinary / 200]
        others = ordinary + students + later
        self.rng.shuffle(others)
        households = supported[len(stories) :] + others
        households.sort(key=lambda household: household.joined_on)
        self.result.households = stories + households
        self._number()
        self._mark()
        self.result.quotas = list(self._quotas())
        return self.result

    # Supported households

    def _path(self, year: int) -> _Path:
        """A household oriented by a partner: three or six months at a time, renewed or not."""
        rng = self.rng
        agreement = self._agreement()
        earliest = max(-4, self._month_after(max(self.garden.since, self.scheme.agreements[agreement].from_day)))
        early = rng.random() < 0.48
        start = rng.randint(earliest, 0) if early else rng.randint(1, 10)
        start = start if year == 2017 else rng.randint(12, 22)
        lengths = [rng.choice([3, 6, 6])]
        while start + sum(lengths) <= 0 or (rng.random() < 0.4 and len(lengths) < 4):
            lengths.append(rng.choice([3, 6]))
        return _Path(agreement, start, lengths, self._size(), self._depot(), self._frequency(0.06), rng.random() < 0.35)

    def _counted_path(self) -> _Path:
        """One with a basket at least in 2017: a partner that left may have had none to offer."""
        while True:
            path = self._path(2017)
            if self._count(path):
                return path

    def _month_after(self, day: date) -> int:
        """The first month that begins on that day or after."""
        month = (day.year - 2017) * 12 + day.month - 1
        return month if day.day == 1 else month + 1

    def _agreement(self) -> int:
        weights = [agreement.weight for agreement in self.scheme.agreements]
        if self.scheme.takeover:
            weights[self.scheme.takeover.new] = 0
        return self.rng.choices(range(len(weights)), weights)[0]

    def _size(self) -> str:
        """The bigger sizes go to families, who are many."""
        sizes = [code for code, _name, _price in self.scheme.sizes]
        return self.rng.choices(sizes, range(2, 2 + len(sizes)))[0]

    def _depot(self) -> int:
        return self.rng.randrange(len(self.depots))

    def _frequency(self, fortnightly: float) -> str:
        return self.rng.choice(["even", "odd"]) if self.rng.random() < fortnightly else "weekly"

    def _counted(self, household: Household) -> Iterator[Basket]:
        """Its solidarity baskets of the edition 2017."""
        for basket in self.result.baskets(household, until=YEAR):
            if basket.term and self.result.solidarity(basket.term):
                yield basket

    def _count(self, path: _Path) -> int:
        return sum(1 for _ in self._counted(self._of_path(path)))

    def _adjust(self, paths: list[_Path], wanted: int) -> None:
        """Lengthen and shorten terms until the planned baskets stand a little above what is wanted."""
        low, high = round(wanted * TOO_MANY[0]), round(wanted * TOO_MANY[1]) + 8
        counts = [self._count(path) for path in paths]
        for _ in range(2_000):
            total = sum(counts)
            if low <= total <= high:
                return
            index = self.rng.randrange(len(paths))
            path = replace(paths[index], lengths=list(paths[index].lengths))
            changed = self._lengthen(path) if total < low else self._shorten(path)
            if changed and (count := self._count(path)):
                paths[index], counts[index] = path, count
        raise AssertionError(f"{self.garden.code}: no plan comes near {wanted} baskets")

    def _lengthen(self, path: _Path) -> bool:
        if path.end <= 9:
            path.lengths.append(3)
        elif path.frequency != "weekly":
            path.frequency = "weekly"
        elif path.start > 3:
            path.start -= 3
        else:
            return False
        return True

    def _shorten(self, path: _Path) -> bool:
        """Take off three months at the end, as long as something of the path is left in 2017."""
        if path.end > 12 or path.end - 3 > max(path.start, 0):
            path.lengths[-1] -= 3
            path.lengths = [length for length in path.lengths if length]
        return path.end > max(path.start, 0)

    def _go_on(self, paths: list[_Path]) -> None:
        """Those still supported at the end of December may be renewed in 2018."""
        for path in paths:
            while path.end in range(12, 22) and self.rng.random() < 0.6:
                path.lengths.append(self.rng.choice([3, 6]))

    def _of_path(self, path: _Path, kind: str = "supported") -> Household:
        terms: list[Term] = []
        month = path.start
        for length in path.lengths:
            terms += self._terms(path.agreement, first_of(month), min(last_of(month + length - 1), END))
            month += length
        return self._household(kind, terms, path.size, path.depot, path.frequency, path.stays)

    def _terms(self, agreement: int, first: date, last: date) -> list[Term]:
        """A term, cut where one agreement takes over from another."""
        takeover = self.scheme.takeover
        if not takeover or agreement != takeover.old:
            return [Term(agreement, first, last, last)]
        left = self.scheme.agreements[agreement].ended_on
        ends = left or self.scheme.agreements[agreement].until_day
        if first >= takeover.start:
            return [Term(takeover.new, first, last, last)]
        if first > ends:  # nobody to ask until the new one comes
            return [Term(takeover.new, takeover.start, last, last)] if last >= takeover.start else []
        if last < takeover.start:
            return [Term(agreement, first, last, last)]
        eve = takeover.start - timedelta(days=1)
        return [Term(agreement, first, eve, last if left else eve), Term(takeover.new, takeover.start, last, last)]

    def _household(self, kind: str, terms: list[Term], size: str, depot: int, frequency: str, stays: bool) -> Household:
        for before, term in pairwise(terms):
            contiguous = term.from_day == before.until_day + timedelta(days=1)
            term.renews = contiguous and term.agreement == before.agreement
        spans = [
            Span(term.from_day, term.promised, size, depot, frequency)
            for before, term in zip([None, *terms], terms, strict=False)
            if before is None or before.promised < term.from_day
        ]
        if stays and terms and terms[-1].until_day < END:
            spans.append(Span(terms[-1].until_day + timedelta(days=1), None, size, depot, frequency))
        joined = max(terms[0].from_day, self.garden.since) if terms else first_of(0)
        household = Household(0, kind, joined, spans, terms)
        household.left_on = None if stays or not terms else terms[-1].until_day
        return household

    def _of_story(self, story: Story) -> Household:
        terms = [
            term
            for agreement, month, length in story.terms
            for term in self._terms(agreement, first_of(month), min(last_of(month + length - 1), END))
        ]
        household = self._household("supported", terms, story.size, story.depot, "weekly", story.stays)
        household.story = story
        household.marks = {week - 1: state for week, state in story.marks}
        household.once = {week - 1: depot for week, depot in story.once}
        for day, depot in story.moves:
            household.spans = list(_moved(household.spans, day, depot))
        return household

    def _students(self) -> Iterator[_Path]:
        """An offer beside the programme: it follows the university's year."""
        offer = next((n for n, one in enumerate(self.scheme.agreements) if not one.in_programme), None)
        for n in range(self.garden.students * 2):
            start, length = (1, 5) if n % 2 else (9, 9)
            assert offer is not None
            yield _Path(offer, start, [length], self.scheme.sizes[0][0], self._depot(), "weekly", False)

    # Ordinary households

    def _ordinary(self, month: int | None = None) -> Household:
        """Somebody who pays the price; a founder without `month`. A few leave at the end of a month."""
        rng = self.rng
        start = date(rng.randint(2009, 2016), rng.randint(1, 12), 1) if month is None else first_of(month)
        leaves = last_of(rng.randint((month or 0) + 2, 24)) if rng.random() < 0.1 else None
        until = leaves if leaves and leaves < END else None
        span = Span(max(start, first_of(0)), None, self._size(), self._depot(), self._frequency(0.32))
        return Household(0, "ordinary", start, list(self._contracts(span, start, until)), left_on=until)

    def _contracts(self, span: Span, start: date, until: date | None) -> Iterator[Span]:
        """Signed for the season, or for six or three months from the month of the first, and renewed until they leave.

        Supported households are helped for so long too: a basket that ends tells nothing of who pays for it.
        """
        months = self.contracts.choices([12, 6, 3], [7, 2, 1])[0]
        begins = 1 if months == 12 else start.month
        last = until or END
        while span.from_day <= last:
            month = (span.from_day.year - 2017) * 12 + span.from_day.month - 1
            ends = last_of(month + (begins - span.from_day.month - 1) % months)
            yield replace(span, until_day=min(ends, last))
            span = replace(span, from_day=ends + timedelta(days=1))

    # Totals and states

    def _cancel(self, supported: list[Household], stories: int) -> None:
        """Cancel, among the households without a story, exactly what the target leaves over."""
        counted = [(household, basket.week) for household in supported[stories:] for basket in self._counted(household)]
        fixed = sum(basket.distributed for household in supported[:stories] for basket in self._counted(household))
        excess = len(counted) + fixed - self.target.baskets
        for household, week in self.rng.sample(counted, excess):
            household.marks[week] = "cancelled"

    def _number(self) -> None:
        for n, household in enumerate(self.result.households):
            household.number = self.garden.first_number + n

    def _mark(self) -> None:
        """A few baskets are cancelled (never solidarity ones of 2017 here), unclaimed or given on."""
        for household in self.result.households:
            open_weeks: list[int] = []
            settled: list[int] = []
            for basket in self.result.baskets(household):
                counted = basket.week < YEAR and household.kind == "supported" and basket.term is not None
                if basket.week not in household.marks and household.story is None:
                    (settled if counted else open_weeks).append(basket.week)
            self._sample(household, open_weeks, 0.045, ["cancelled"] * 7 + ["unclaimed"] * 2 + ["given_on"])
            self._sample(household, settled, 0.022, ["unclaimed"] * 3 + ["given_on"])

    def _sample(self, household: Household, weeks: list[int], rate: float, states: list[str]) -> None:
        count = int(len(weeks) * rate + self.rng.random())
        for week in self.rng.sample(weeks, min(count, len(weeks))):
            household.marks[week] = self.rng.choice(states)

    def _quotas(self) -> Iterator[Quota]:
        """Quotas in percent of what the season needs, known now that the season is."""
        if not any(payer.enough for agreement in self.scheme.agreements for payer in agreement.payers):
            return
        needs: dict[int, list[Counter[str]]] = defaultdict(lambda: [Counter(), Counter()])
        for household in self.result.households:
            for basket in self.result.baskets(household):
                if basket.term and basket.distributed:
                    needs[basket.term.agreement][basket.week >= YEAR][basket.size] += 1
        prices = {code: price for code, _name, price in self.scheme.sizes}
        for number, agreement in enumerate(self.scheme.agreements):
            for rank, payer in enumerate(agreement.payers):
                if payer.enough is not None:
                    first, second = (_needed(agreement, rank, sizes, prices, payer.in_euros) for sizes in needs[number])
                    share = first * payer.enough // 100
                    yield Quota(number, rank, payer.in_euros, share, share + second * 106 // 100)


def _moved(spans: Iterable[Span], day: date, depot: int) -> Iterator[Span]:
    """The same spans, at another depot from a day on."""
    for span in spans:
        if span.from_day >= day:
            yield replace(span, depot=depot)
        elif span.until_day and span.until_day < day:
            yield span
        else:
            yield replace(span, until_day=day - timedelta(days=1))
            yield Span(day, span.until_day, span.size, depot, span.frequency, changes=True)


def _needed(agreement: AgreementCast, rank: int, sizes: Counter[str], prices: dict[str, int], in_euros: bool) -> int:
    """What a payer would spend on these baskets without a quota, in baskets or in cents."""
    if not in_euros:
        return sizes.total()
    lines = {line.size: line for line in agreement.lines}
    return sum(count * _share(lines.get(size) or lines[""], rank, prices[size]) for size, count in sizes.items())


def _share(line: LineCast, rank: int, price: int) -> int:
    share = line.shares[rank]
    if line.percent:
        return part_down(price, share or 0)
    fixed = sum(cents for cents in line.shares if cents is not None)
    return price - line.member - fixed if share is None else share


def households_of(plan: GardenPlan) -> int:
    """Households with a support of the programme on some day of the edition 2017."""
    first, last = date(2017, 1, 1), date(2017, 12, 31)
    return sum(
        any(plan.solidarity(term) and term.from_day <= last and term.until_day >= first for term in household.terms)
        for household in plan.households
    )


def solidarity_baskets(plan: GardenPlan) -> int:
    """Solidarity baskets distributed in the edition 2017."""
    return sum(
        basket.distributed
        for household in plan.households
        for basket in plan.baskets(household)
        if basket.week < YEAR and basket.term and plan.solidarity(basket.term)
    )


def ordinary_baskets(plan: GardenPlan) -> int:
    return sum(
        basket.distributed
        for household in plan.households
        for basket in plan.baskets(household)
        if basket.week < YEAR and not (basket.term and plan.solidarity(basket.term))
    )
