"""Quantities, values and harvests, decided in plain Python: the tables of docs/rules/content.md, and what always holds."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.baskets.rules import content
from cageot.baskets.rules.content import Portion, Unreadable

DOC = Path(__file__).parents[2] / "docs" / "rules" / "content.md"


def table(first: str) -> list[list[str]]:
    """The rows of the table whose header starts with that word."""
    lines = DOC.read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


@pytest.mark.parametrize(("typed", "unit", "kept"), table("typed"))
def test_a_quantity_is_read_as_a_gardener_writes_it(typed, unit, kept):
    if kept.startswith("refused"):
        with pytest.raises(Unreadable) as refusal:
            content.read_quantity(typed, unit)
        assert refusal.value.why == kept.removeprefix("refused: ")
    else:
        assert content.read_quantity(typed, unit) == int(kept)


def milli(text: str) -> int:
    return int(Decimal(text.replace(",", ".")) * 1000)


@pytest.mark.parametrize(("harvest", "portions", "how", "each", "left"), table("harvest"))
def test_a_harvest_is_shared_as_the_table_says(harvest, portions, how, each, left):
    here = []
    for size, text in enumerate(portions.split(";"), 1):
        count, held = text.split("×")
        here.append(Portion((1, size), int(count), milli(held.strip())))
    if how.startswith("by price"):
        prices = [int(price) for price in how.removeprefix("by price").split(";")]
        found = content.split(milli(harvest), here, {(1, n): price for n, price in enumerate(prices, 1)}, 50)
    elif how == "all":
        found = content.reduce_all(milli(harvest), here, 50)
    else:
        found = content.reduce_size(milli(harvest), here, 2, 50)
    if each == "not enough":
        assert found is None
        return
    assert [portion.milli for portion in found] == [milli(one.strip()) for one in each.split(";")]
    assert milli(harvest) - content.needed(found) == milli(left)


# --- What always holds ----------------------------------------------------------------------------

amounts = st.integers(0, 2_000_000)
places = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 5_000), st.integers(0, 5_000)), min_size=1, max_size=12)
steps = st.sampled_from([50, 1000])


def drawn(rows):
    portions = [Portion((n % 3, n), count, held) for n, (count, held, _weight) in enumerate(rows)]
    return portions, {(n % 3, n): weight for n, (_count, _held, weight) in enumerate(rows)}


@given(amounts, places, steps)
def test_no_more_is_handed_out_than_was_harvested(harvest, rows, step):
    portions, weights = drawn(rows)
    shared = content.split(harvest, portions, weights, step)
    assert content.needed(shared) <= harvest
    assert all(portion.milli % step == 0 and portion.milli >= 0 for portion in shared)


@given(amounts, places, steps)
def test_sharing_leaves_less_than_a_step_for_each_basket_that_shares(harvest, rows, step):
    """Rounding down never wastes more than it must, unless a basket is full."""
    portions, weights = drawn(rows)
    shared = content.split(harvest, portions, weights, step)
    sharing = sum(portion.baskets for portion in portions if weights[portion.place])
    if sharing and max(portion.milli for portion in shared) + step <= content.MOST:
        assert harvest - content.needed(shared) < step * sharing or sharing == 0


@given(amounts, places, steps)
def test_reducing_never_gives_anybody_more_and_always_fits(harvest, rows, step):
    portions, _weights = drawn(rows)
    reduced = content.reduce_all(harvest, portions, step)
    assert content.needed(reduced) <= max(harvest, 0)
    assert all(new.milli <= old.milli for new, old in zip(reduced, portions, strict=True))


@given(amounts, places, steps, st.integers(0, 11))
def test_reducing_one_size_leaves_the_others_alone(harvest, rows, step, size):
    portions, _weights = drawn(rows)
    reduced = content.reduce_size(harvest, portions, size, step)
    if reduced is None:
        return
    assert content.needed(reduced) <= harvest
    assert all(new == old for new, old in zip(reduced, portions, strict=True) if old.place[1] != size)


@given(st.text(max_size=12), st.sampled_from(["kg", "piece"]))
def test_whatever_is_typed_is_a_quantity_or_a_named_refusal(typed, unit):
    try:
        found = content.read_quantity(typed, unit)
    except Unreadable as refusal:
        assert refusal.why in {"not_a_number", "not_by_weight", "too_much"}
    else:
        assert 0 <= found <= content.MOST


@given(st.integers(0, content.MOST))
def test_a_quantity_written_in_full_reads_back_the_same(quantity):
    assert content.read_quantity(f"{quantity // 1000},{quantity % 1000:03}", "kg") == quantity


@pytest.mark.parametrize(
    ("worth", "price", "stands"),
    [
        (1194, 1200, "right"),
        (1140, 1200, "right"),
        (1139, 1200, "light"),
        (1261, 1200, "generous"),
        (0, 1200, ""),
        (900, None, ""),
    ],
)
def test_a_value_is_light_right_or_generous(worth, price, stands):
    assert content.against_price(worth, price) == stands


def test_half_a_cent_goes_up_once_for_the_whole_basket():
    assert content.value([(150, 250), (350, 250)]) == 125
    assert content.value([(1, 500), (1, 500), (1, 500)]) == 2


def test_the_print_of_a_content_sees_a_change_and_not_an_empty_cell():
    row = content.Row(1, "kg", 250, {1: 800, 2: 0})
    assert content.print_of([row]) == content.print_of([content.Row(1, "kg", 250, {1: 800})])
    assert content.print_of([row]) != content.print_of([content.Row(1, "kg", 260, {1: 800})])
