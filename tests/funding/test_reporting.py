"""Statements tell figures, and nobody: the table of docs/rules/reporting.md, then what must hold for any lines."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.funding.rules.reporting import FOLDED, GROUP_MIN, Group, Report, ReportLine, summarise
from tests.funding.test_tariffs import tables

GARDENS = {"A": 1, "B": 2, "C": 3}


def lines_of(text: str) -> list[ReportLine]:
    """ "A/Blois 6, A/? 2": so many households, each with one basket of 12,00 € of which the payer pays 4,20 €."""
    found = []
    for place, count in (part.split() for part in text.split(", ")):
        garden, commune = place.split("/")
        code = FOLDED if commune == "?" else commune
        found += [ReportLine(GARDENS[garden], code, f"{place}{n}", 1, 420, 1200) for n in range(int(count))]
    return found


def told(report: Report) -> str:
    names = {number: name for name, number in GARDENS.items()}
    return ", ".join(f"{_place(group, names)} {group.households}" for group in report.groups)


def _place(group: Group, names: dict[int, str]) -> str:
    return "others" if group.garden is None else f"{names[group.garden]}/{group.commune or 'others'}"


@pytest.mark.parametrize("row", tables("reporting.md")[0], ids=lambda row: row[0])
def test_small_groups_are_told_together(row: list[str]) -> None:
    assert told(summarise(lines_of(row[0]))) == row[1]


def test_a_correction_takes_its_baskets_and_euros_back() -> None:
    lines = [*lines_of("A/Blois 6"), ReportLine(1, "Blois", "A/Blois0", -1, -420, -1200)]
    assert summarise(lines) == Report((Group(1, "Blois", 5, 5, 2100),), 5, 5, 2100)


LINES = st.lists(
    st.builds(
        ReportLine, st.integers(1, 4), st.sampled_from(["", "41018", "41295", "32013"]), st.integers(0, 25).map(str),
        st.integers(-2, 5), st.integers(-900, 2000), st.just(1200),
    ),
    max_size=60,
    unique_by=lambda line: (line.garden, line.commune, line.household),
)  # fmt: skip


@given(LINES)
def test_no_group_counts_fewer_than_five_unless_it_is_everything(lines: list[ReportLine]) -> None:
    groups = summarise(lines).groups
    assert all(group.households >= GROUP_MIN for group in groups) or len(groups) == 1


@given(LINES)
def test_the_groups_make_the_totals(lines: list[ReportLine]) -> None:
    report = summarise(lines)
    assert sum(group.baskets for group in report.groups) == report.baskets == sum(line.baskets for line in lines)
    assert sum(group.cents for group in report.groups) == report.cents == sum(line.cents for line in lines)
    assert len({(group.garden, group.commune) for group in report.groups}) == len(report.groups)


@given(LINES)
def test_the_order_of_the_lines_changes_nothing(lines: list[ReportLine]) -> None:
    assert summarise(lines) == summarise(lines[::-1])


@given(LINES)
def test_folding_cannot_be_undone_by_subtraction(lines: list[ReportLine]) -> None:
    """Whatever is added or taken away among groups and totals is a sum of groups: at least five households, or none."""
    groups = summarise(lines).groups
    sums = chain.from_iterable(combinations(groups, size) for size in range(1, min(len(groups), 4)))
    everything = sum(group.households for group in groups)
    for some in sums:
        left = everything - sum(group.households for group in some)
        assert left == 0 or left >= GROUP_MIN
