"""How long money lasts: dates within an interval, the same each time, later with more money and sooner with more people."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cageot.funding.rules.forecast import (
    Band,
    Facts,
    Forecast,
    Habits,
    Part,
    Seen,
    Source,
    Stream,
    first_funder,
    forecast,
)

MONDAY = date(2018, 3, 12)
TODAY = date(2018, 3, 14)
FEW = 200


def stream(garden: str = "blois", households: int = 10, **changes: object) -> Stream:
    values = {"garden": garden, "agreement": "ccas", "ends": {None: households}, "arrived": Seen(0, 10_000), "rate": 1.0,
              "parts": (Part(500, ("ccas",)),)}  # fmt: skip
    return Stream(**(values | changes))  # type: ignore[arg-type]


def steady(**changes: object) -> Habits:
    """Everybody comes and goes on: nothing is left to chance, or nearly."""
    return Habits(**({"renewed": Seen(10_000, 10_000), "absent": Seen(0, 100_000)} | changes))  # type: ignore[arg-type]


def seen(*sources: Source, streams: list[Stream] | None = None, **habits: object) -> Forecast:
    some = streams or [stream()]
    return forecast(Facts(TODAY, some, list(sources), {one.garden: steady(**habits) for one in some}), draws=FEW)


def near(found: date | None, day: date, weeks: int = 1) -> bool:
    return found is not None and abs(found - day) <= timedelta(weeks=weeks)


def test_a_quota_of_a_hundred_baskets_lasts_ten_weeks_of_ten() -> None:
    band = seen(Source("ccas", left_baskets=100)).sources["ccas"]
    assert near(band.likely, MONDAY + timedelta(weeks=10))
    assert band.low and band.high and band.low <= band.likely <= band.high  # type: ignore[operator]


def test_a_sum_lasts_as_long_as_its_cents_and_a_garden_as_long_as_its_payers() -> None:
    found = seen(Source("ccas", left_cents=100 * 500))
    assert near(found.sources["ccas"].likely, MONDAY + timedelta(weeks=10))
    assert near(found.gardens["blois"].until.likely, MONDAY + timedelta(weeks=10))
    assert found.gardens["blois"].months == 2


def test_what_has_no_limit_is_not_used_up_and_the_garden_is_covered_as_far_as_one_looks() -> None:
    found = seen(Source("ccas"))
    assert found.sources["ccas"] == Band(None, None, None)
    assert found.gardens["blois"].months == 17


def test_an_agreement_that_ends_leaves_its_baskets_without_a_payer_from_the_week_after() -> None:
    found = seen(Source("ccas", until_day=date(2018, 5, 31)))
    assert found.gardens["blois"].until == Band(date(2018, 6, 4), date(2018, 6, 4), date(2018, 6, 4))
    assert found.sources["ccas"].likely is None


def test_weeks_without_delivery_use_nothing() -> None:
    shut = frozenset(MONDAY + timedelta(weeks=n) for n in range(4))
    assert near(
        seen(Source("ccas", left_baskets=100), closed=shut).sources["ccas"].likely, MONDAY + timedelta(weeks=14)
    )


def test_absences_make_money_last() -> None:
    often = seen(Source("ccas", left_baskets=100), absent=Seen(50_000, 100_000)).sources["ccas"].likely
    assert near(often, MONDAY + timedelta(weeks=20), 2)


def test_households_that_do_not_go_on_make_money_last() -> None:
    ends: dict[date | None, int] = {MONDAY + timedelta(weeks=5): 10}
    gone = seen(Source("ccas", left_baskets=100), streams=[stream(ends=ends)], renewed=Seen(0, 10_000))
    assert gone.sources["ccas"].likely is None
    stay = seen(Source("ccas", left_baskets=100), streams=[stream(ends=ends)])
    assert near(stay.sources["ccas"].likely, MONDAY + timedelta(weeks=10))


def test_arrivals_use_money_faster() -> None:
    many = seen(Source("ccas", left_baskets=300), streams=[stream(arrived=Seen(5_200, 5_200))]).sources["ccas"].likely
    few = seen(Source("ccas", left_baskets=300)).sources["ccas"].likely
    assert many is not None and few is not None and many < few


def test_a_quota_shared_by_two_gardens_is_used_by_both() -> None:
    found = seen(Source("ccas", left_baskets=100), streams=[stream(), stream("val")])
    assert near(found.sources["ccas"].likely, MONDAY + timedelta(weeks=5))


def test_when_the_first_payer_is_used_up_the_next_one_pays() -> None:
    both = stream(parts=(Part(500, ("ccas", "fund")),))
    found = seen(Source("ccas", left_baskets=50), Source("fund", left_cents=50 * 500), streams=[both])
    assert near(found.sources["ccas"].likely, MONDAY + timedelta(weeks=5))
    assert near(found.sources["fund"].likely, MONDAY + timedelta(weeks=10))
    assert near(found.gardens["blois"].until.likely, MONDAY + timedelta(weeks=10))


def test_a_garden_of_which_a_fifth_has_no_payer_is_covered_and_one_of_more_is_not() -> None:
    covered = seen(Source("ccas"), streams=[stream(parts=(Part(400, ("ccas",)), Part(100)))])
    bare = seen(Source("ccas"), streams=[stream(parts=(Part(400, ("ccas",)), Part(120)))])
    assert covered.gardens["blois"].months == 17
    assert bare.gardens["blois"].months == 0


def test_the_same_facts_give_the_same_dates_whatever_their_order_and_a_garden_more_changes_nothing() -> None:
    streams = [stream(arrived=Seen(20, 52)), stream("val", 4, arrived=Seen(3, 52), parts=(Part(300, ("val",)),))]
    sources = [Source("ccas", left_baskets=150), Source("val", left_cents=50_000)]
    habits = {"blois": Habits(Seen(3, 5), Seen(4, 90)), "val": Habits(Seen(9, 12), Seen(1, 40))}
    one = forecast(Facts(TODAY, streams, sources, habits), draws=FEW)
    two = forecast(Facts(TODAY, streams[::-1], sources[::-1], habits), draws=FEW)
    assert one == two
    assert (one.seed, one.draws) == (2901, FEW)
    more = [*streams, stream("roche", 8, parts=(Part(100, ("roche",)),))]
    three = forecast(
        Facts(TODAY, more, [*sources, Source("roche")], {**habits, "roche": Habits(Seen(3, 5), Seen(4, 90))}), draws=FEW
    )
    assert abs((three.sources["val"].likely or TODAY) - (one.sources["val"].likely or TODAY)) <= timedelta(weeks=3)


def test_a_short_history_gives_a_wider_interval_than_a_long_one() -> None:
    ends: dict[date | None, int] = {MONDAY + timedelta(weeks=2): 30}
    young = Facts(
        TODAY, [stream(ends=ends)], [Source("ccas", left_baskets=400)], {"blois": Habits(Seen(2, 4), Seen(1, 10))}
    )
    old = replace(young, habits={"blois": Habits(Seen(2_000, 4_000), Seen(1_000, 10_000))})

    def width(facts: Facts) -> int:
        band = forecast(facts, draws=1_000).sources["ccas"]
        return ((band.high or date(2019, 12, 31)) - (band.low or date(2019, 12, 31))).days

    assert width(young) > width(old)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 400), st.integers(0, 400))
def test_more_money_never_ends_sooner(less: int, more: int) -> None:
    less, more = sorted((less, more))
    streams = [stream(arrived=Seen(10, 52))]
    habits = {"blois": Habits(Seen(3, 5), Seen(4, 90))}

    def ends(baskets: int) -> list[date]:
        band = forecast(Facts(TODAY, streams, [Source("ccas", left_baskets=baskets)], habits), draws=60).sources["ccas"]
        return [one or date.max for one in (band.low, band.likely, band.high)]

    assert all(one <= two for one, two in zip(ends(less), ends(more), strict=True))


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 1000)), max_size=5))
def test_the_first_funder_carries_at_least_an_equal_part(paid: list[tuple[str, int]]) -> None:
    found = first_funder(paid)
    if found is None:
        assert not sum(cents for _, cents in paid)
    else:
        assert 1 / len(paid) - 1e-9 <= found[1] <= 1


@pytest.mark.parametrize("paid", [[], [("ccas", 0)]])
def test_nobody_carries_what_nobody_pays(paid: list[tuple[str, int]]) -> None:
    assert first_funder(paid) is None
