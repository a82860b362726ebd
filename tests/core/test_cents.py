import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.core.cents import part_down, split_cents


def test_the_odd_cent_goes_to_the_first_named() -> None:
    assert split_cents(100, [1, 1, 1]) == [34, 33, 33]
    assert split_cents(1401, [1, 1]) == [701, 700]


def test_thirty_percent_of_a_basket_never_rounds_against_the_member() -> None:
    assert part_down(1200, 3000) == 360
    assert part_down(1295, 3000) == 388  # 3,885 €


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=8).filter(any))
def test_parts_always_make_the_whole(cents: int, weights: list[int]) -> None:
    parts = split_cents(cents, weights)
    assert sum(parts) == cents
    assert all(abs(part - cents * weight / sum(weights)) < 1 for part, weight in zip(parts, weights, strict=True))
    assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


def test_weights_that_say_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="weights"):
        split_cents(100, [0, 0])
