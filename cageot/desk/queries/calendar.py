"""The bank holidays of a year, and the rounds that they shift."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from cageot.baskets.models import Delivery, Round, RoundShift, Ways, WeekClose
from cageot.baskets.rules.holidays import holidays_of, zone_of
from cageot.core.week import Week
from cageot.network.models import Garden


@dataclass(frozen=True)
class Shifting:
    """A round in a week: the day it goes that week (None: it does not), its usual day, and whether that may change."""

    round: Round
    week: Week
    usual: date
    day: date | None
    reason: str
    fixed: bool

    @property
    def field(self) -> str:
        return f"r{self.round.pk}_{self.week}"

    @property
    def shifted(self) -> bool:
        return self.day != self.usual


@dataclass(frozen=True)
class Holiday:
    """A bank holiday and the rounds that should go that day."""

    day: date
    name: str
    rounds: list[Shifting]


@dataclass(frozen=True)
class HolidaysPage:
    """A year of holidays for a garden, those that touch a round; and the other shifts of that year."""

    garden: Garden
    year: int
    holidays: list[Holiday]
    elsewhere: list[str]  # names of the holidays that no round meets
    others: list[Shifting]
    off: frozenset[date]  # all the holidays of the year, as days

    @property
    def shiftings(self) -> list[Shifting]:
        """All that may be answered on the page, once each."""
        found = {one.field: one for holiday in self.holidays for one in holiday.rounds if not one.fixed}
        return list(found.values())

    @property
    def previous(self) -> int:
        return self.year - 1

    @property
    def following(self) -> int:
        return self.year + 1


def zone(garden: Garden) -> str:
    """The garden's holiday zone: the one it chose, else that of its département."""
    chosen = Ways.objects.filter(garden=garden).values_list("holidays", flat=True).first()
    return zone_of(garden.commune_code) if chosen is None else chosen


def holidays_page(garden: Garden, year: int, today: date) -> HolidaysPage:
    """The holidays of a year against the garden's rounds. Four queries."""
    rounds = list(Round.objects.filter(garden=garden, archived_on=None))
    shifts = {
        (one.round_id, one.week): one
        for one in RoundShift.objects.filter(round__garden=garden, week__startswith=f"{year}-").select_related("round")
    }
    closed = set(
        WeekClose.objects.filter(garden=garden, week__startswith=f"{year}-", reopened_at=None).values_list(
            "week", flat=True
        )
    )
    found, elsewhere, told = [], [], set()
    kept = holidays_of(year, zone(garden), (get_language() or "fr")[:2])
    for day, name in kept.items():
        week = Week.of(day)
        met = [
            _shifting(one, week, shifts.get((one.pk, week)), today, closed)
            for one in rounds
            if one.weekday == day.isoweekday()
        ]
        told |= {(one.round.pk, week) for one in met}
        if met:
            found.append(Holiday(day, name, met))
        else:
            elsewhere.append(name)
    others = [
        _shifting(one.round, week, one, today, closed) for (pk, week), one in shifts.items() if (pk, week) not in told
    ]
    return HolidaysPage(garden, year, found, elsewhere, others, frozenset(kept))


def undecided(garden: Garden, first: date, last: date) -> list[tuple[date, str]]:
    """The holidays between two days on which a round should go and delivers, and of which nothing was said: the day and
    the round's name. Two queries at most."""
    columns = ("name", "weekday", "garden__ways__holidays", "shifts__week")
    rounds = list(Round.objects.filter(garden=garden, archived_on=None).values_list("pk", *columns))
    if not rounds:
        return []
    chosen = rounds[0][3]
    here = zone_of(garden.commune_code) if chosen is None else chosen
    decided = {(pk, week) for pk, _name, _weekday, _zone, week in rounds if week}
    met = [
        (day, name)
        for year in sorted({first.year, last.year})
        for day in holidays_of(year, here)
        if first <= day <= last
        for pk, name, weekday in dict.fromkeys(row[:3] for row in rounds)
        if weekday == day.isoweekday() and (pk, Week.of(day)) not in decided
    ]
    if not met:
        return []
    rows = Delivery.objects.filter(garden=garden, day__in={day for day, _name in met})
    delivered = set(rows.values_list("day", flat=True))
    return [(day, name) for day, name in met if day in delivered]


def _shifting(one: Round, week: Week, shift: RoundShift | None, today: date, closed: Iterable[Week]) -> Shifting:
    usual = week.day(one.weekday)
    day = shift.day if shift else usual
    return Shifting(one, week, usual, day, shift.reason if shift else "", week.sunday < today or week in closed)
