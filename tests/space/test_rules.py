"""The tables of docs/rules/member-space.md, executed; and what always holds."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.baskets.rules.absences import Policy
from cageot.space.rules.away import may, may_undo
from cageot.space.rules.hours import times

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "member-space.md"


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading."""
    part = PAGE.read_text().split(f"## {heading}\n", 1)[1].split("\n## ")[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in rows[2:]]


@pytest.mark.parametrize(("written", "read"), [tuple(row) for row in table("Pick-up hours")])
def test_hours_are_read_when_they_are_certain(written: str, read: str) -> None:
    found = times(written)
    assert (f"{found[0]:%H:%M} to {found[1]:%H:%M}" if found else "as written") == read


@given(st.text(max_size=60))
def test_any_words_may_stand_for_hours(words: str) -> None:
    found = times(words)
    assert found is None or found[0] < found[1]


DAY = date(2017, 3, 23)
CASES = {
    "early enough": {},
    "the last day": {"today": DAY - timedelta(days=2)},
    "a day too late": {"today": DAY - timedelta(days=1)},
    "the day is past": {"today": DAY + timedelta(days=1)},
    "the quota is used": {"policy": Policy(quota=2), "used": 2},
    "the garden allows nothing": {"policy": Policy(may_cancel=False, may_postpone=False, may_give=False)},
    "the garden allows to postpone only": {"policy": Policy(may_cancel=False, may_give=False)},
    "the week is closed": {"closed": True},
    "said already": {"state": "cancelled"},
    "given to somebody": {"given": True},
}


@pytest.mark.parametrize(("case", "ways", "depot", "why"), [tuple(row) for row in table("What a member may do")])
def test_what_a_member_may_do(case: str, ways: str, depot: str, why: str) -> None:
    facts = {"policy": Policy(), "day": DAY, "today": date(2017, 3, 20), "used": 0, "closed": False, "state": "planned", "given": False}  # fmt: skip
    facts |= CASES[case]
    found = may(facts.pop("policy"), **facts)  # type: ignore[arg-type]
    assert (", ".join(found.ways) or "-", "yes" if found.change else "no", found.why or "-") == (ways, depot, why)


@given(st.integers(0, 30), st.integers(-40, 40), st.booleans())
def test_what_may_be_said_may_be_unsaid_as_long(notice: int, ahead: int, closed: bool) -> None:
    policy, today = Policy(notice_days=notice), DAY - timedelta(days=ahead)
    can = may(policy, day=DAY, today=today, used=0, closed=closed, state="planned", given=False)
    assert bool(can.ways) == may_undo(policy, day=DAY, today=today, closed=closed) == can.change
