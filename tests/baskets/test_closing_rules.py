"""Which baskets cost, what must be answered first, and what changed since it was shown."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.baskets.models import Basket
from cageot.baskets.rules.closing import (
    DISTRIBUTED,
    BasketFact,
    Keys,
    Kind,
    Question,
    WeekSheet,
    charges,
    differences,
    fingerprint,
    key_of,
    kind_of,
    open_questions,
)
from cageot.core.week import Week
from cageot.funding.rules.waterfall import allocate

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


SUPPORTED = replace(BASKET, key=7, supported=True)


def printed(*baskets: BasketFact, alike: dict[Kind, Keys] | None = None) -> str:
    found = replace(sheet(*baskets), alike=alike or {})
    return fingerprint(found, allocate(charges(found), {}))


@pytest.mark.parametrize("basket", [BASKET, SUPPORTED])
@pytest.mark.parametrize("other", [{"state": "unclaimed"}, {"price_cents": 1201}, {"size_code": "petit"}, {"key": 9}])
def test_the_print_changes_with_anything_that_was_shown(basket: BasketFact, other: dict[str, Any]) -> None:
    assert printed(basket) == printed(replace(basket))
    if basket is BASKET or "size_code" not in other:  # a size weighs by its price alone where it has no line
        assert printed(basket) != printed(replace(basket, **other))


def test_two_baskets_that_change_places_are_seen() -> None:
    four = [
        replace(BASKET, key=key, state=state)
        for key, state in enumerate(["collected", "unclaimed", "unclaimed", "collected"], 1)
    ]
    swapped = [replace(one, state={"collected": "unclaimed", "unclaimed": "collected"}[one.state]) for one in four]
    assert printed(*four) != printed(*swapped)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["collected", "unclaimed", "moved", "planned"]),
            st.sampled_from([None, 800, 1200]),
            st.booleans(),
        )
    )
)
def test_told_by_number_a_week_is_the_same_week(told: list[tuple[str, int | None, bool]]) -> None:
    found = [
        replace(BASKET, key=key, state=state, price_cents=price, supported=supported)
        for key, (state, price, supported) in enumerate(told, 1)
    ]
    alike: dict[Kind, Keys] = {}
    for one in found:
        if not one.supported:
            alike[kind_of(one)] = alike.get(kind_of(one), Keys()).and_(key_of(one.key))
    alone, counted = sheet(*found), replace(sheet(*(one for one in found if one.supported)), alike=alike)
    assert counted.by_state == alone.by_state
    assert open_questions(counted, WEEK.monday) == open_questions(alone, WEEK.monday)
    assert printed(*counted.baskets, alike=alike) == printed(*found)


def test_the_difference_is_told_in_both_directions() -> None:
    assert differences({"state:collected": 41, "payer:3": 16896}, {"state:collected": 42, "payer:4": 420}) == {
        "state:collected": (41, 42),
        "payer:3": (16896, 0),
        "payer:4": (0, 420),
    }
