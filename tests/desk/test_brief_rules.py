"""What a committee reads holds no group of fewer than five: months, payers, counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.desk.rules.brief import Line, by_month, by_payer, counts

HOMES = st.frozensets(st.sampled_from([f"h{n}" for n in range(14)]), max_size=14)
LINES = st.lists(st.tuples(HOMES, st.integers(0, 50), st.integers(-50, 5000)), max_size=9).map(
    lambda rows: [Line((f"l{n}",), homes, baskets, cents) for n, (homes, baskets, cents) in enumerate(rows)]
)


def line(name: str, homes: int, baskets: int = 0) -> Line:
    return Line((name,), frozenset(f"h{n}" for n in range(homes)), baskets or homes, homes * 100)


def test_a_small_month_joins_the_next_and_the_last_joins_the_one_before() -> None:
    months = by_month([line("janvier", 2), line("février", 8), line("mars", 9), line("avril", 1)])
    assert [one.names for one in months] == [("janvier", "février"), ("mars", "avril")]
    assert [one.baskets for one in months] == [10, 10]


def test_fewer_than_five_households_in_all_are_not_told() -> None:
    assert by_month([line("janvier", 3), line("février", 4)]) == []
    assert by_payer([line("CCAS", 3), line("CAF", 4)]) == ([], None)


def test_the_smallest_payers_are_read_together_and_never_alone() -> None:
    shown, rest = by_payer([line("CCAS", 30), line("CAF", 6), line("MSA", 2)])
    assert [one.names for one in shown] == [("CCAS",)]
    assert rest is not None and set(rest.names) == {"MSA", "CAF"}


def test_counts_of_one_to_four_join_their_neighbours() -> None:
    found = counts([("juin", 3), ("juillet", 6), ("août", 7), ("septembre", 2)])
    assert [(one.names, one.n) for one in found] == [(("juin", "juillet"), 9), (("août", "septembre"), 9)]
    assert [one.n for one in counts([("juin", 1), ("juillet", 2)])] == [None]


@given(LINES)
def test_months_keep_every_basket_and_tell_no_small_group(lines: list[Line]) -> None:
    found = by_month(lines)
    assert all(len(one.households) >= 5 for one in found)
    if found:
        assert [name for one in found for name in one.names] == [name for one in lines for name in one.names]
        assert sum(one.baskets for one in found) == sum(one.baskets for one in lines)


@given(LINES)
def test_payers_keep_every_cent_and_no_small_one_is_found_by_subtraction(lines: list[Line]) -> None:
    shown, rest = by_payer(lines)
    told = shown + ([rest] if rest else [])
    assert all(len(one.households) >= 5 for one in told)
    if told:
        assert sum(one.cents for one in told) == sum(one.cents for one in lines)


@given(st.lists(st.integers(0, 12), max_size=9))
def test_a_count_below_five_is_never_written_nor_found_by_subtraction(numbers: list[int]) -> None:
    found = counts([(str(n), number) for n, number in enumerate(numbers)])
    assert all(one.n is None or one.n == 0 or one.n >= 5 for one in found)
    assert [name for one in found for name in one.names] == [str(n) for n, _number in enumerate(numbers)]
    assert sum(numbers) < 5 or None not in [one.n for one in found]


# --- The page of the rule -------------------------------------------------------------------------

PAGE = Path(__file__).resolve().parents[2] / "docs" / "rules" / "brief.md"
ROWS = [[cell.strip() for cell in row.strip("|").split("|")] for row in PAGE.read_text().splitlines() if row.startswith(("| months", "| payers", "| counts"))]  # fmt: skip


@pytest.mark.parametrize(("kind", "lines", "told"), ROWS)
def test_the_page_says_what_happens(kind: str, lines: str, told: str) -> None:
    """Households of a line are the first ones: those of a small line are in the large ones too."""
    pairs = [(name, int(n)) for name, n in (each.split() for each in lines.split(", "))]
    if kind == "counts":
        said = [f"{'+'.join(one.names)} {'<5' if one.n is None else one.n}" for one in counts(pairs)]
    else:
        rows = [line(name, n) for name, n in pairs]
        shown, rest = (by_month(rows), None) if kind == "months" else by_payer(rows)
        said = [f"{'+'.join(one.names)} {len(one.households)}" for one in [*shown, *([rest] if rest else [])]]
    assert (", ".join(said) or "–") == told
