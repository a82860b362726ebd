"""Decisions told without a member's name: the table of docs/rules/brief.md, and names that are never left."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.guide.rules import personal
from cageot.guide.rules.discreet import Seat, discretion, told

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "rules" / "brief.md").read_text()
SEATS = [
    Seat("Rose-Marie Diallo", True),
    Seat("Paul Petit", True),
    Seat("Léa Aubrun", False),
    Seat("Awa Diallo", False),
]
KNOWN = discretion(SEATS, personal.names([("Aminata", "Keïta"), ("Léa", "Aubrun")], but=[("Léa", "Aubrun")]))
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.split("## Names in decisions")[1].splitlines()
    if line.startswith("|")
][2:]


@pytest.mark.parametrize(("typed", "said"), ROWS)
def test_a_decision_is_told_by_the_seat(typed: str, said: str) -> None:
    """The table of docs/rules/brief.md."""
    assert told(typed, KNOWN, seat="un siège des adhérents", member="un adhérent") == said


WORD = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzéèç"), min_size=3, max_size=9).map(str.title)


@given(WORD, WORD, WORD, WORD, st.sampled_from(["", "Mme ", "M. "]), st.sampled_from([" et ", ", ", " avec "]))
def test_a_seat_of_the_members_is_never_named_and_another_one_is(first, last, other, name, title, between) -> None:  # type: ignore[no-untyped-def]
    theirs = {personal.folded(first), personal.folded(last)}
    if theirs & {personal.folded(other), personal.folded(name)}:
        return
    known = discretion([Seat(f"{first} {last}", True), Seat(f"{other} {name}", False)], personal.Names())
    said = told(f"{title}{first} {last}{between}{other} {name}", known, seat="*", member="+")
    assert said == f"*{between}{other} {name}"


@given(st.text(max_size=200))
def test_a_text_that_names_nobody_stays_as_it_was(text: str) -> None:
    assert told(text, discretion([Seat("Xqzjk Wvxqz", True)], personal.Names()), seat="*", member="+") == text
