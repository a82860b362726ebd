"""Referrals, as docs/rules/referring.md tells them: what may follow what, clocks, two referrals of one person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.desk import words_referrals as words
from cageot.desk.rules.places_left import Purse, free_places, weeks_ahead
from cageot.members.models import Referral, ReferralStep
from cageot.members.rules.referral import (
    CLOSED,
    MOVES,
    OPEN,
    Clocks,
    Face,
    Standing,
    after,
    due,
    likeness,
    masked,
    moves,
    next_clock,
    pairs,
    same_name,
    sound,
    tells_papers,
    usual_days,
)

DOC = (Path(__file__).resolve().parents[2] / "docs" / "rules" / "referring.md").read_text()
TODAY = date(2017, 3, 20)
SIDES = ["referrer", "person", "garden", "clock"]


def table(head: str) -> Iterator[list[str]]:
    """The rows of the table whose first column is so called."""
    lines = DOC[DOC.index(head) :].splitlines()[2:]
    for line in lines:
        if not line.startswith("|"):
            return
        yield [cell.strip() for cell in line.strip("|").split("|")]


STEPS = list(table("| state | move |"))
DUE = list(table("| state | days |"))
ALIKE = list(table("| one | other |"))
FREE = list(table("| left | a basket costs |"))


def test_the_page_tells_each_move() -> None:
    assert {row[1] for row in STEPS} == set(MOVES)


@pytest.mark.parametrize("row", STEPS, ids=lambda row: row[1])
def test_only_what_the_page_tells_may_follow(row: list[str]) -> None:
    states, move, sides, target = row
    for state in OPEN | CLOSED:
        for side in SIDES:
            told = state in states.split(", ") and side in sides.split(", ")
            assert after(state, move, side) == (target if told else None), (state, side)


def test_what_had_its_answer_does_not_move_any_more() -> None:
    assert [(state, side) for state in CLOSED for side in SIDES if moves(state, side)] == []


def test_the_person_may_always_take_back_what_waits() -> None:
    assert all("withdraw" in moves(state, side) for state in OPEN for side in ("person", "referrer"))


@pytest.mark.parametrize("row", DUE, ids=lambda row: " ".join(row[:3]))
def test_clocks_do_what_the_page_tells(row: list[str]) -> None:
    state, days, reminded, noted, what = row
    last = None if reminded == "-" else TODAY - timedelta(days=int(reminded))
    one = Standing(state, TODAY - timedelta(days=int(days)), last, noted == "yes")
    assert due(one, Clocks(), TODAY) == what.replace("-", "")


standings = st.builds(
    Standing, state=st.sampled_from(sorted(OPEN | CLOSED)), since=st.dates(date(2017, 1, 1), date(2017, 3, 20)),
    reminded=st.none() | st.dates(date(2017, 1, 1), date(2017, 3, 20)), noted=st.booleans(),
)  # fmt: skip


@given(standings, st.integers(1, 40), st.integers(41, 90))
def test_nothing_is_due_before_its_day_and_something_is_on_it(one: Standing, remind: int, expire: int) -> None:
    clocks = Clocks(remind, expire)
    coming = next_clock(one, clocks)
    if coming is None:
        assert one.state in CLOSED and not one.noted
        return
    assert due(one, clocks, coming.day) in (coming.what, "expire")
    assert due(one, clocks, coming.day - timedelta(days=1)) in ("", "expire")


@given(standings)
def test_a_reminder_of_today_is_not_made_twice(one: Standing) -> None:
    what = due(one, Clocks(), TODAY)
    if what in ("remind", "ask_again", "review"):
        assert due(Standing(one.state, one.since, TODAY, one.noted), Clocks(), TODAY) == ""


def face(text: str) -> Face:
    name, reach, commune, home = (part.strip() for part in text.split(","))
    adults, _, children = home.partition("+")
    return Face(name, reach.replace("-", ""), commune, int(adults), int(children))


@pytest.mark.parametrize("row", ALIKE, ids=lambda row: row[0])
def test_two_are_alike_as_the_page_tells(row: list[str]) -> None:
    one, other, why = face(row[0]), face(row[1]), row[2].replace("-", "")
    assert likeness(one, other) == likeness(other, one) == why
    assert pairs([(1, one), (2, other)]) == ({1: [2], 2: [1]} if why else {})


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_name_may_be_compared(one: str, other: str) -> None:
    assert same_name(one, other) == same_name(other, one)
    assert isinstance(sound(one), str) and len(masked(one)) <= 40


def test_names_of_another_script_of_one_letter_or_endless_survive() -> None:
    assert same_name("أمينة", "أمينة") and not same_name("أمينة", "كريم")
    assert same_name("Z", "z") and not same_name("Z", "Zoé")
    assert masked("A" * 200) == "A" * 39 + "…"
    assert masked("أمينة", "بنعلي") == "أمينة ب."


@pytest.mark.parametrize("row", FREE, ids=lambda row: " ".join(row))
def test_places_left_as_the_page_tells(row: list[str]) -> None:
    left, unit, promised, weeks, free = row
    purse = Purse(None if left == "-" else int(left), int(unit))
    found = free_places([purse], promised=int(promised), weeks=int(weeks))
    assert found == (None if free == "-" else int(free))


@given(st.lists(st.builds(Purse, left=st.none() | st.integers(0, 10**6), unit=st.integers(1, 2000)), max_size=4), st.integers(0, 5000), st.integers(1, 26))  # fmt: skip
def test_a_household_taken_in_never_goes_past_what_is_left(purses: list[Purse], promised: int, weeks: int) -> None:
    free = free_places(purses, promised=promised, weeks=weeks)
    if free:
        assert all(one.left is None or (promised + free * weeks) * one.unit <= one.left for one in purses)


def test_a_household_counts_until_the_agreement_ends() -> None:
    assert weeks_ahead(TODAY, None) == 26
    assert weeks_ahead(TODAY, TODAY + timedelta(weeks=10)) == 10
    assert weeks_ahead(TODAY, TODAY) == 1


def test_a_usual_time_needs_three_answers() -> None:
    assert usual_days([1, 9]) is None
    assert usual_days([1, 2, 30]) == 2


@pytest.mark.parametrize("note", ["2 85 05 41 018 123 45", "285054101812345", "FR76 3000 6000 0112 3456 7890 189"])
def test_numbers_of_papers_have_no_place_in_the_free_words(note: str) -> None:
    assert tells_papers(f"voici {note}")


@pytest.mark.parametrize("note", ["appeler le 06 39 98 01 02 après 18 h", "2e étage, code 1234", ""])
def test_what_helps_to_reach_somebody_stays(note: str) -> None:
    assert not tells_papers(note)


def test_each_state_and_reason_has_its_words_for_each_reader() -> None:
    states = {state for state, _label in Referral.State.choices}
    assert states == set(words.STATES) == set(words.TONES) == set(words.TO_REFERRER) == OPEN | CLOSED
    assert states == set(words.TO_PERSON) | {"declined"}
    assert {reason for reason, _label in ReferralStep.Reason.choices} == set(words.KIND)
    judging = re.compile(r"inéligible|refus|insuffisant|conditions|solidaire|réduit", re.IGNORECASE)
    assert not [said for said in map(str, [*words.KIND.values(), *words.TO_PERSON.values()]) if judging.search(said)]
