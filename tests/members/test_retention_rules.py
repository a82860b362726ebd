"""The tables of docs/rules/retention.md, and what holds of any periods."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.members.rules.retention import Span, cut, is_due, last_contact, limit, month_of

PAGE = Path(__file__).resolve().parents[2] / "docs/rules/retention.md"


def rows(head: str) -> list[list[str]]:
    table = PAGE.read_text().partition(f"| {head} |")[2].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


@pytest.mark.parametrize("row", rows("last contact"), ids=" ".join)
def test_a_household_is_forgotten_on_its_day(row: list[str]) -> None:
    last, today, months, gone = row
    told = None if last == "never" else date.fromisoformat(last)
    assert is_due(told, date.fromisoformat(today), int(months)) is (gone == "yes")


@pytest.mark.parametrize("row", rows("case"), ids=lambda row: row[0])
def test_periods_are_cut_to_months(row: list[str]) -> None:
    _case, before, after = row
    assert cut(read(before), date(2018, 2, 10)) == read(after)


def read(text: str) -> list[Span]:
    pairs = [one.split() for one in text.split(", ")]
    return [
        Span(date.fromisoformat(first), None if last == "open" else date.fromisoformat(last)) for first, last in pairs
    ]


days = st.dates(date(2010, 1, 1), date(2030, 12, 31))


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(0, 400)), max_size=8), days)
def test_cut_periods_stay_as_many_in_order_and_apart(steps: list[tuple[int, int]], start: date) -> None:
    spans, day = [], start
    for gap, length in steps:
        first = day + timedelta(days=gap)
        spans.append(Span(first, first + timedelta(days=length)))
        day = first + timedelta(days=length + 1)
    found = cut(spans, start)
    assert len(found) == len(spans)
    for before, after in zip(found, found[1:], strict=False):
        assert before.last is not None and before.last < after.first
    assert all(one.last is not None and one.first <= one.last for one in found)


@given(days, st.integers(0, 120))
def test_a_limit_is_so_many_months_ago_and_never_skips_a_month(today: date, months: int) -> None:
    found = limit(today, months)
    assert (today.year * 12 + today.month) - (found.year * 12 + found.month) == months
    assert found.day == today.day or found.day >= 28
    assert month_of(found) <= found


@given(st.lists(st.one_of(st.none(), days)))
def test_the_last_contact_is_the_latest_of_all(found: list[date | None]) -> None:
    assert last_contact(found) == max((day for day in found if day), default=None)
