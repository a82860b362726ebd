"""Which baskets cost, what must be answered first, and what changed since it was shown."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cageot.baskets.models import Basket
from cageot.baskets.rules.closing import (
    DISTRIBUTED,
    BasketFact,
    Question,
    WeekSheet,
    charges,
    differences,
    fingerprint,
    open_questions,
)
from cageot.core.week import Week

WEEK = Week(2017, 12)
THURSDAY = WEEK.day(4)
BASKET = BasketFact(1, 1, THURSDAY, "a1", "grand", "Grand", "collected", 1200, supported=False, cover=None)


def sheet(*baskets: BasketFact) -> WeekSheet:
    return WeekSheet(1, WEEK, THURSDAY, baskets)


def states() -> list[tuple[str, str, str]]:
    """The table of docs/rules/closing.md: state, costs, distributed."""
    text = (Path(__file__).resolve().parents[2] / "docs/rules/closing.md").read_text()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [(row[0], row[2], row[3]) for row in rows[2:]]


@pytest.mark.parametrize(("state", "costs", "distributed"), states())
def test_what_costs_is_what_the_rule_says(state: str, costs: str, distributed: str) -> None:
    assert bool(charges(sheet(replace(BASKET, state=state)))) == (costs == "yes")
    assert (state in DISTRIBUTED) == (distributed == "yes")


def test_the_rule_speaks_of_every_state() -> None:
    assert {state for state, _, _ in states()} == set(Basket.State.values)


def test_a_basket_nobody_marked_is_asked_about_before_closing() -> None:
    assert open_questions(sheet(BASKET, replace(BASKET, key=2, state="planned")), WEEK.sunday) == [
        Question("unmarked", 1)
    ]


def test_a_delivery_to_come_is_asked_about() -> None:
    assert open_questions(sheet(BASKET), date(2017, 3, 21))[0].what == "not_over"


def test_a_size_without_price_is_asked_about_and_charged_nothing() -> None:
    unpriced = sheet(replace(BASKET, price_cents=None))
    assert open_questions(unpriced, WEEK.sunday) == [Question("no_price", 1, "Grand")]
    assert charges(unpriced) == []


def test_a_supported_household_whose_tariff_is_silent_is_asked_about() -> None:
    assert open_questions(sheet(replace(BASKET, supported=True)), WEEK.sunday) == [Question("no_line", 1, "Grand")]


def test_a_quiet_week_closes() -> None:
    assert open_questions(sheet(BASKET, replace(BASKET, key=2, state="cancelled", price_cents=None)), THURSDAY) == []


def test_the_print_changes_with_anything_that_was_shown() -> None:
    shown = fingerprint([(1, "collected", 1200)])
    assert shown == fingerprint([(1, "collected", 1200)])
    assert shown != fingerprint([(1, "unclaimed", 1200)]) != fingerprint([(1, "unclaimed", 1201)])


def test_the_difference_is_told_in_both_directions() -> None:
    assert differences({"state:collected": 41, "payer:3": 16896}, {"state:collected": 42, "payer:4": 420}) == {
        "state:collected": (41, 42),
        "payer:3": (16896, 0),
        "payer:4": (0, 420),
    }
