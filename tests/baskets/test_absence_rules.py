"""What a household may do about a basket it will not take: the table of docs/rules/absences.md, and what is left to take back."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.baskets.rules.absences import (
    BY_HAND,
    Asked,
    Policy,
    Right,
    in_the_pot,
    last_day_to_say,
    refusals,
    to_take_back,
)

PAGE = Path(__file__).resolve().parents[2] / "docs/rules/absences.md"
MONDAY = date(2017, 3, 20)


def rows() -> list[list[str]]:
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def read(words: str, how: str) -> tuple[Policy, Asked]:
    def number(word: str) -> int | None:
        found = re.search(rf"{word} (\d+)", words)
        return int(found[1]) if found else None

    notice = number("notice")
    day = number("on") or 23
    policy = Policy(
        may_cancel="no cancel" not in words, may_postpone="no postpone" not in words, may_give="no give" not in words,
        quota=number("quota"), notice_days=2 if notice is None else notice, max_doubles=number("doubles"),
    )  # fmt: skip
    return policy, Asked(how, date(2017, 3, day), MONDAY, number("used") or 0, number("taken"))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_the_table_of_absences(row: list[str]) -> None:
    _case, words, how, refused = row
    assert refusals(*read(words, how)) == [word for word in refused.split(", ") if word != "-"]


def test_the_page_holds_the_table() -> None:
    assert len(rows()) > 12


policies = st.builds(
    Policy, may_cancel=st.booleans(), may_postpone=st.booleans(), may_give=st.booleans(), quota=st.none() | st.integers(0, 5),
    notice_days=st.integers(0, 10), max_doubles=st.none() | st.integers(0, 5), unused=st.sampled_from(["lost", "given", "kept"]),
)  # fmt: skip
days = st.dates(date(2016, 6, 1), date(2018, 6, 1))
asks = st.builds(
    Asked, how=st.sampled_from(["cancel", "postpone", "give"]), day=days, today=days, used=st.integers(0, 6),
    doubles=st.none() | st.integers(0, 6),
)  # fmt: skip


@given(policies, asks)
def test_a_wider_policy_never_refuses_more(policy: Policy, asked: Asked) -> None:
    wide = replace(
        policy, may_cancel=True, may_postpone=True, may_give=True, quota=None, notice_days=0, max_doubles=None
    )
    assert set(refusals(wide, asked)) <= set(refusals(policy, asked))
    assert set(refusals(wide, asked)) <= {"past"}


@given(policies, asks)
def test_a_reason_gets_staff_past_everything_but_the_past(policy: Policy, asked: Asked) -> None:
    assert ("past" in refusals(policy, asked)) == (not set(refusals(policy, asked)) <= BY_HAND)


@given(policies, asks)
def test_what_may_be_said_today_could_have_been_said_yesterday(policy: Policy, asked: Asked) -> None:
    if not refusals(policy, asked):
        assert not refusals(policy, replace(asked, today=asked.today - timedelta(days=1)))
        assert asked.today <= last_day_to_say(policy, asked.day)


rights = st.lists(
    st.builds(Right, basket=st.integers(1, 99), day=days, taken=st.booleans(), pot=st.booleans()), max_size=8
)


@given(policies, rights, days)
def test_a_right_is_the_household_s_or_the_pot_s_or_nobody_s_any_more(
    policy: Policy, some: list[Right], today: date
) -> None:
    mine, pot = to_take_back(policy, some, today), in_the_pot(policy, some, today)
    assert not [one for one in mine if one in pot]
    assert not [one for one in [*mine, *pot] if one.taken]
    left = [one for one in some if not one.taken and one not in mine and one not in pot]
    assert all(policy.unused == "lost" and one.day.year < today.year for one in left)


def test_what_was_not_taken_back_in_the_year_is_lost_given_or_kept() -> None:
    right = Right(1, date(2017, 11, 2), taken=False)
    january = date(2018, 1, 4)
    for unused, mine, pot in (("lost", [], []), ("given", [], [right]), ("kept", [right], [])):
        policy = Policy(unused=unused)
        assert (to_take_back(policy, [right], january), in_the_pot(policy, [right], january)) == (mine, pot)
        assert to_take_back(policy, [right], date(2017, 12, 31)) == [right]
