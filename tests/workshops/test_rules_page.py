"""The tables of docs/rules/workshops.md, executed as they stand."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from cageot.baskets.rules.holidays import holidays_of
from cageot.workshops.rules import series, waiting
from cageot.workshops.rules.series import Every

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "workshops.md"
DAY = date(2018, 6, 14)


def table(first: str) -> list[list[str]]:
    """The rows of the table whose head begins with this word."""
    lines = PAGE.read_text().splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[at + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


@pytest.mark.parametrize(("places", "line", "days", "who", "_why"), table("places"))
def test_who_comes_in(places: str, line: str, days: str, who: str, _why: str) -> None:
    parties = [waiting.Party(n, int(size)) for n, size in enumerate(line.split(", "), 1)]
    left = None if places == "no limit" else int(places)
    pass_over = waiting.passing(DAY - timedelta(days=int(days)), DAY)
    found = [one.who for one in waiting.next_in(parties, left, pass_over=pass_over)]
    assert found == ([] if who == "nobody" else [int(one.strip("strdnh")) for one in who.split(", ")])


@pytest.mark.parametrize(("every", "first", "until", "without", "days"), table("every"))
def test_the_days_of_a_series(every: str, first: str, until: str, without: str, days: str) -> None:
    skip = {date.fromisoformat(without)} if without else set()
    found = series.days_of(Every(every), date.fromisoformat(first), until=date.fromisoformat(until), skip=skip)
    assert ", ".join(map(str, found)) == days


@pytest.mark.parametrize(("held", "again", "_why"), table("held"))
def test_again_next_year(held: str, again: str, _why: str) -> None:
    assert str(series.next_year(date.fromisoformat(held), skip=set(holidays_of(2018, "")))) == again
