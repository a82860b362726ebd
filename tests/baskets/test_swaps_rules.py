"""Until when a vegetable may be swapped, and how many: the table of docs/rules/content.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.baskets.rules.content import keeping
from cageot.baskets.rules.swaps import Ask, why_fixed, why_not

THURSDAY, TUESDAY = date(2017, 3, 23), date(2017, 3, 21)
CASES = {
    "in time": {}, "the last day": {"today": TUESDAY}, "a day too late": {"today": date(2017, 3, 22)},
    "the garden allows none": {"allowed": 0}, "the content is not published": {"told": False},
    "all are made": {"used": 1}, "one is left of two": {"used": 1, "allowed": 2}, "packed already": {"packed": True},
    "the household does not come": {"coming": False}, "the week is closed": {"closed": True},
    "the day is past": {"today": date(2017, 3, 24)},
}  # fmt: skip


def table(heading: str) -> list[list[str]]:
    text = Path("docs/rules/content.md").read_text().partition(heading)[2].partition("\n\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [row for row in rows if row[0] != "case" and not row[0].startswith("-")]


def test_every_case_stands_in_the_table():
    assert {row[0] for row in table("## Swaps")} == set(CASES)


@pytest.mark.parametrize(("case", "may_swap", "may_undo"), table("## Swaps"))
def test_a_swap_is_allowed_as_the_table_says(case, may_swap, may_undo):
    ask = replace(Ask(THURSDAY, date(2017, 3, 20)), **CASES[case])
    assert (why_not(ask) or "yes", why_fixed(ask) or "yes") == (may_swap, may_undo)


KINDS = st.integers(1, 6)


@given(st.dictionaries(st.tuples(KINDS, KINDS), st.integers(0, 9)), st.lists(st.tuples(st.tuples(KINDS, KINDS), KINDS)))
def test_the_baskets_that_keep_a_vegetable_and_those_that_do_not_make_them_all(counts, gone):
    kept = keeping(counts, 1, gone)
    assert kept.keys() == counts.keys()
    assert all(kept[place] + gone.count((place, 1)) == counts[place] for place in counts)
