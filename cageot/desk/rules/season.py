"""The weeks of a year as a garden ticks them: which may still change, and in which month they are shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cageot.core.week import Week


@dataclass(frozen=True)
class Cell:
    """One week of the grid. `fixed`: it is over or closed, its box only shows what was."""

    week: Week
    ticked: bool
    fixed: bool


def weeks_of(year: int) -> list[Week]:
    """The 52 or 53 ISO weeks of a year."""
    found, week = [], Week(year, 1)
    while week.year == year:
        found.append(week)
        week += 1
    return found


def cells(year: int, laid: Collection[Week], closed: Collection[Week], today: date) -> list[Cell]:
    """The year's weeks. Where nothing is laid yet from today on, every week to come is proposed."""
    weeks = weeks_of(year)
    fixed = {week for week in weeks if week.sunday < today or week in closed}
    none_yet = not any(week in laid for week in weeks if week not in fixed)
    return [Cell(week, week in laid or (none_yet and week not in fixed), week in fixed) for week in weeks]


def by_month(found: Iterable[Cell]) -> list[tuple[date, list[Cell]]]:
    """The cells under the first day of the month that holds their Thursday, as the ISO year does."""
    months: dict[date, list[Cell]] = {}
    for cell in found:
        months.setdefault(cell.week.day(4).replace(day=1), []).append(cell)
    return list(months.items())


def span(found: Iterable[Cell], today: date) -> tuple[date, date] | None:
    """The days between which ticks decide: from today or the year's first day, to its last; None when all is over."""
    free = [cell.week for cell in found if not cell.fixed]
    return (max(today, free[0].monday), max(today, free[-1].monday + timedelta(days=6))) if free else None
