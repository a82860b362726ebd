"""Whether a place is left, whose turn it is, what it comes to: the tables of docs/rules/signing-up.md, and what always holds."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.baskets.rules import signing_up as rules
from cageot.core.week import Week

PAGE = Path(__file__).resolve().parents[2] / "docs/rules/signing-up.md"


def table(title: str) -> list[list[str]]:
    """The rows of the table under that title."""
    part = PAGE.read_text().partition(f"## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    assert len(lines) > 3, title
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def number(text: str) -> int | None:
    return None if text == "-" else int(text)


@pytest.mark.parametrize("row", table("Places left"), ids=lambda row: row[0])
def test_the_table_of_places(row: list[str]) -> None:
    _case, takes, collect, kept, left, state = row
    found = rules.left(number(takes), int(collect), int(kept))
    assert found == number(left)
    assert rules.state_on_asking(found) == state


@pytest.mark.parametrize("row", table("What may be done"), ids=lambda row: "-".join(row))
def test_the_table_of_what_may_be_done(row: list[str]) -> None:
    state, done, becomes = row
    assert rules.BECOMES.get((state, done), "refused") == becomes


def test_the_table_tells_all_that_may_be_done() -> None:
    told = {(state, done) for state, done, becomes in table("What may be done") if becomes != "refused"}
    assert told == set(rules.BECOMES)


def thursdays(start: date, rhythm: str) -> dict[date, int]:
    days = [start + timedelta(days=n) for n in range((date(2017, 12, 31) - start).days + 1)]
    kept = [one for one in days if one.isoweekday() == 4 and (rhythm == "weekly" or Week.of(one).number % 2 == 0)]
    return {one: 1300 if one >= date(2017, 7, 1) else 1200 for one in kept}


def cents(text: str) -> int | None:
    return None if text == "-" else int(text.replace(",", ""))


@pytest.mark.parametrize("row", table("The price told"), ids=lambda row: row[0])
def test_the_table_of_prices(row: list[str]) -> None:
    _case, start, rhythm, baskets, first, least, most, season = row
    found = rules.quote(thursdays(date.fromisoformat(start), rhythm), date(2017, 12, 31), 1500)
    assert found is not None
    whole = found.whole_months
    assert (found.baskets, found.first_month[1], found.season_cents) == (int(baskets), cents(first), cents(season))
    assert (whole and whole[0][1], whole and whole[1][1]) == (cents(least), cents(most))
    assert found.total_cents == found.season_cents + 1500


@pytest.mark.parametrize("row", table("The end of a support wished for some months"), ids=lambda row: row[0])
def test_the_table_of_supports(row: list[str]) -> None:
    _case, start, months, until, last = row
    end = None if until == "-" else date.fromisoformat(until)
    assert rules.support_until(date.fromisoformat(start), int(months), end) == date.fromisoformat(last)


@given(st.none() | st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_no_place_is_promised_twice(capacity: int | None, collecting: int, kept: int) -> None:
    """However many ask one after the other, those who are told that they have a place fit in."""
    promised = 0
    for _ in range(5):
        if rules.state_on_asking(rules.left(capacity, collecting, kept + promised)) == "asked":
            promised += 1
    assert capacity is None or promised == 0 or collecting + kept + promised <= capacity


@given(st.lists(st.integers(1, 50), unique=True, max_size=12))
def test_everybody_in_the_queue_has_one_rank(queue: list[int]) -> None:
    assert [rules.rank(queue, who) for who in queue] == list(range(1, len(queue) + 1))
    assert rules.rank(queue, 99) == 0


@given(st.dictionaries(st.dates(date(2017, 1, 1), date(2017, 12, 31)), st.integers(0, 3000), max_size=60))
def test_the_months_of_a_price_never_sum_to_more_than_the_season(costs: dict[date, int]) -> None:
    found = rules.quote(costs, date(2017, 12, 31), 0)
    if found is None:
        assert costs == {}
        return
    assert found.season_cents == sum(costs.values())
    low, high = found.whole_months or ((0, 0), (0, 0))
    assert low[1] <= high[1]
    assert found.first_month[1] + high[1] <= found.season_cents


@given(st.dates(date(2017, 1, 1), date(2020, 12, 31)), st.integers(1, 24), st.none() | st.integers(0, 900))
def test_a_support_never_runs_past_its_agreement(start: date, months: int, days: int | None) -> None:
    end = None if days is None else start + timedelta(days=days)
    last = rules.support_until(start, months, end)
    assert last >= start
    assert end is None or last <= end


@given(
    st.lists(st.tuples(st.sampled_from(["ordinary", "supporter"]), st.dates(), st.integers(0, 5000)), max_size=8),
    st.dates(),
)
def test_the_fee_is_the_last_one_that_holds(fees: list[tuple[str, date, int]], day: date) -> None:
    found = rules.fee_on(fees, "ordinary", day)
    holding = [one for one in fees if one[0] == "ordinary" and one[1] <= day]
    assert (found is None) == (not holding)
    if holding:
        assert found in {cents for _kind, since, cents in holding if since == max(one[1] for one in holding)}


@given(st.integers(0, 10), st.dates(date(2017, 1, 1), date(2020, 1, 1)))
def test_the_last_day_to_answer_is_still_in_time(days: int, today: date) -> None:
    last = rules.last_day_to_answer(today, days)
    assert not rules.expired(last, last)
    assert rules.expired(last, last + timedelta(days=1))


def test_a_text_that_is_too_long_gives_way_to_a_shorter_one() -> None:
    assert rules.fitted(["a" * 20, "b" * 9, "c"], 10) == "b" * 9
    assert rules.fitted(["a" * 20], 10) == "a" * 10
