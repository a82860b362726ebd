"""A garden's plan told as what its people do each week, in the order in which they do it.

Week -1 is the eve of the season: everybody who was there before. What begins or ends with a month is written
in the week before, once for the garden: its people sit down at the end of the month.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import pairwise

from cageot.demo.plan import GardenPlan, Household, Span, Term, week_of

EVE = -1


@dataclass(slots=True)
class Tasks:
    """What is done in one garden in one week. Households go by their number."""

    openings: list[int] = field(default_factory=list)  # agreements
    endings: list[int] = field(default_factory=list)  # agreements whose payer leaves
    arrivals: list[Household] = field(default_factory=list)
    ended: list[tuple[int, date]] = field(default_factory=list)  # supports cut short, with their last day
    supports: list[tuple[int, Term]] = field(default_factory=list)
    spans: list[tuple[int, Span]] = field(default_factory=list)
    changes: list[tuple[int, Span]] = field(default_factory=list)
    stops: list[tuple[int, date]] = field(default_factory=list)
    gone: dict[date, list[int]] = field(default_factory=lambda: defaultdict(list))
    once: list[tuple[int, int]] = field(default_factory=list)  # another depot, this week only
    marks: dict[int, str] = field(default_factory=dict)
    mistakes: list[int] = field(default_factory=list)


def tasks_of(plan: GardenPlan) -> dict[int, Tasks]:
    """Week → what is done in it."""
    found: dict[int, Tasks] = defaultdict(Tasks)
    for number, agreement in enumerate(plan.scheme.agreements):
        found[_ahead(agreement.from_day)].openings.append(number)
        if agreement.ended_on:
            found[_ahead(agreement.ended_on)].endings.append(number)
    for household in plan.households:
        _follow(household, found)
    return found


def _ahead(day: date) -> int:
    """The week before the one that holds the day, or the eve."""
    return max(EVE, week_of(day) - 1)


def _follow(household: Household, found: dict[int, Tasks]) -> None:
    number = household.number
    found[_ahead(household.spans[0].from_day)].arrivals.append(household)
    for term in household.terms:
        found[_ahead(term.from_day)].supports.append((number, term))
    for before, term in pairwise(household.terms):
        if before.promised > before.until_day:
            found[_ahead(term.from_day)].ended.append((number, before.until_day))
    for n, span in enumerate(household.spans):
        if span.changes:
            found[week_of(span.from_day)].changes.append((number, span))
        else:
            found[_ahead(span.from_day)].spans.append((number, _as_opened(household.spans, n)))
    for week, state in household.marks.items():
        found[week].marks[number] = state
    for week, depot in household.once.items():
        found[week].once.append((number, depot))
    if household.left_on:
        _leave(household, household.left_on, found)
    if household.story and household.story.mistake:
        found[household.story.mistake - 1].mistakes.append(number)


def _as_opened(spans: list[Span], n: int) -> Span:
    """The subscription as first written, when nobody knew yet that it would change."""
    after = spans[n + 1] if n + 1 < len(spans) else None
    return replace(spans[n], until_day=after.until_day) if after and after.changes else spans[n]


def _leave(household: Household, left_on: date, found: dict[int, Tasks]) -> None:
    week = _ahead(left_on + timedelta(days=1))
    if household.spans[-1].until_day is None:
        found[week].stops.append((household.number, left_on))
    found[week].gone[left_on].append(household.number)
