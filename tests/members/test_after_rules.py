"""What follows a support: the tables of docs/rules/after.md, and what holds whatever the figures."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.members.rules.after import (
    ONE_DAY,
    Moved,
    Part,
    Running,
    Span,
    Target,
    months_later,
    moves,
    renewal,
    same_effort,
    standing,
    taper,
    term_end,
    warning_due,
)

PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "after.md").read_text()
days = st.dates(date(2016, 1, 1), date(2030, 12, 31))


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under a heading of the page."""
    lines = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0].splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return cells[2:]


def cents(text: str) -> int:
    return int(text.replace(",", ""))


# --- Terms and warnings ---------------------------------------------------------------------------


@pytest.mark.parametrize("row", table("Terms"), ids=lambda row: row[0])
def test_a_term_ends_as_the_page_says(row: list[str]) -> None:
    _name, first, months, limit, last = row
    assert str(term_end(date.fromisoformat(first), int(months), date.fromisoformat(limit) if limit else None)) == last


@pytest.mark.parametrize("row", table("Warnings"), ids=lambda row: row[0])
def test_a_warning_goes_when_the_page_says(row: list[str]) -> None:
    _name, until, today, given_, due = row
    found = warning_due(date.fromisoformat(until), date.fromisoformat(today), [int(one) for one in given_.split()])
    assert str(found or "none") == due


@given(days, st.integers(1, 24))
def test_a_term_begins_where_the_one_before_stopped(first: date, months: int) -> None:
    end = term_end(first, months)
    assert first <= end
    assert end + ONE_DAY == months_later(first, months)


@given(days, st.integers(30, 400))
def test_every_morning_from_the_first_to_the_last_gives_each_warning_once(until: date, before: int) -> None:
    told: list[int] = []
    for back in range(before, -3, -1):
        due = warning_due(until, until - timedelta(days=back), told)
        told += [due] if due else []
    assert told == ([6, 2] if before > 14 else [2])


# --- Where a support stands ------------------------------------------------------------------------


@pytest.mark.parametrize("row", table("Where it stands"), ids=lambda row: row[0])
def test_where_a_support_stands_is_what_the_page_says(row: list[str]) -> None:
    _name, facts, word = row
    said = dict.fromkeys(("followed", "steps", "asked", "warned"), False) | {
        one: True for one in facts.split(", ") if one in {"followed", "steps", "asked", "warned"}
    }
    answer = next((one for one in facts.split(", ") if one in {"granted", "refused"}), "")
    until = date(2018, 3, 1) if "over" in facts else date(2018, 4, 10)
    until = date(2018, 2, 1) if "long over" in facts else until
    onward = "ordinary" if "chose" in facts else ""
    assert standing(until=until, today=date(2018, 3, 10), onward=onward, answer=answer, **said) == word


# --- Renewal ---------------------------------------------------------------------------------------


def test_a_renewal_stops_with_the_agreement() -> None:
    first, end = date(2017, 7, 1), date(2017, 8, 31)
    assert renewal(first, 6, agreement_until=end, free=None) == Span(first, end)


def test_a_renewal_is_refused_when_the_agreement_ends_or_is_full() -> None:
    first = date(2017, 7, 1)
    assert renewal(first, 6, agreement_until=date(2017, 6, 30), free=5) == "ends"
    assert renewal(first, 6, agreement_until=None, free=0) == "full"


@given(days, days, st.integers(0, 400), st.integers(1, 24), st.none() | days)
def test_a_renewal_never_overlaps_what_it_renews(
    start: date, first: date, length: int, months: int, end: date | None
) -> None:
    until = start + timedelta(days=length)
    found = renewal(until + ONE_DAY, months, agreement_until=end, free=None)
    if isinstance(found, Span):
        assert until < found.first <= found.last
        assert end is None or found.last <= end


# --- Steps -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", table("Steps to the full price"), ids=lambda row: row[0])
def test_steps_are_those_of_the_page(row: list[str]) -> None:
    _name, price, now, steps, amounts, under = row
    found = taper([Part("petit", cents(now), cents(price))], steps=int(steps), months=1, first=date(2018, 4, 1))
    assert [step.parts[0].member for step in found] == [cents(one) for one in amounts.split(" then ")]
    assert sum(step.under(3000) for step in found) == int(under)


prices = st.integers(0, 10_000).flatmap(lambda price: st.tuples(st.integers(0, price), st.just(price)))


@given(st.lists(prices, min_size=1, max_size=4), st.integers(1, 12), st.integers(1, 6), days)
def test_steps_never_go_down_nor_past_the_price_and_the_odd_cent_is_never_the_members(
    sizes: list[tuple[int, int]], steps: int, months: int, first: date
) -> None:
    now = [Part(str(n), member, price) for n, (member, price) in enumerate(sizes)]
    found = taper(now, steps=steps, months=months, first=first)
    for n, one in enumerate(now):
        amounts = [one.member, *(step.parts[n].member for step in found), one.price]
        assert amounts == sorted(amounts)
        for rank, amount in enumerate(amounts[1:-1], start=1):
            assert amount * (steps + 1) <= one.member * (steps + 1) + (one.price - one.member) * rank
    assert found[0].from_day == first
    assert all(after.from_day == before.until_day + ONE_DAY for before, after in zip(found, found[1:], strict=False))
    assert found[-1].until_day + ONE_DAY == months_later(first, steps * months)


@given(prices, st.lists(st.integers(0, 10_000), max_size=4))
def test_a_chosen_price_asks_the_same_effort_of_every_size(one: tuple[int, int], others: list[int]) -> None:
    chosen, price = one
    for part in same_effort(chosen, price, [Part("x", 0, other) for other in others]):
        assert part.member <= part.price
        assert not price or part.member * price <= chosen * part.price


# --- Moves -----------------------------------------------------------------------------------------

DAY = date(2018, 4, 1)


@pytest.mark.parametrize("row", table("Moving to another agreement"), ids=lambda row: row[0])
def test_a_support_moves_or_stays_as_the_page_says(row: list[str]) -> None:
    _name, first, last, settled, target, result = row
    begins, ends, free = target.split()
    one = Running(1, date.fromisoformat(first), _day(last), _day(settled))
    goal = Target(date.fromisoformat(begins), _day(ends), None if free == "-" else int(free))
    moved, stays = moves([one], goal, DAY, shorten="shortened" in _name)
    found = f"{moved[0].from_day} to {moved[0].until_day or '-'}" if moved else f"stays: {stays[0].why}"
    assert found == result


def _day(text: str) -> date | None:
    return None if text == "-" else date.fromisoformat(text)


running = st.lists(
    st.builds(
        lambda pk, first, length, settled: Running(
            pk, first, None if length is None else first + timedelta(days=length),
            None if settled is None else first + timedelta(days=settled),
        ),
        st.integers(1, 10_000), days, st.none() | st.integers(0, 800), st.none() | st.integers(-100, 800),
    ),
    max_size=8, unique_by=lambda one: one.pk,
)  # fmt: skip
targets = st.builds(
    lambda first, length, free: Target(first, None if length is None else first + timedelta(days=length), free),
    days, st.none() | st.integers(0, 2000), st.none() | st.integers(0, 6),
)  # fmt: skip


@given(running, targets, days)
def test_a_move_keeps_every_day_of_support(rows: list[Running], target: Target, day: date) -> None:
    rows = [one for one in rows if one.until_day is None or one.until_day >= day]  # the others are over by then
    moved, stays = moves(rows, target, day, shorten=False)
    assert sorted([one.pk for one in moved] + [one.pk for one in stays]) == sorted(one.pk for one in rows)
    by_pk = {one.pk: one for one in rows}
    for one in moved:
        before = by_pk[one.pk]
        if before.until_day:
            kept = 0 if one.whole else (one.from_day - before.from_day).days
            assert one.until_day is not None
            length = (before.until_day - before.from_day).days
            assert kept + (one.until_day - one.from_day).days == length


@given(running, targets, days, st.booleans())
def test_a_move_never_goes_out_of_the_target_nor_past_its_places_nor_over_what_is_settled(
    rows: list[Running], target: Target, day: date, shorten: bool
) -> None:
    rows = [one for one in rows if one.until_day is None or one.until_day >= day]
    moved, _stays = moves(rows, target, day, shorten=shorten)
    by_pk = {one.pk: one for one in rows}
    assert target.free is None or len(moved) <= target.free
    for one in moved:
        settled = by_pk[one.pk].settled
        assert target.from_day <= one.from_day
        assert target.until_day is None or (one.until_day is not None and one.until_day <= target.until_day)
        assert settled is None or settled < one.from_day


def test_what_has_begun_is_cut_in_two_and_what_has_not_moves_whole() -> None:
    rows = [Running(1, date(2018, 1, 1), date(2018, 6, 30)), Running(2, date(2018, 5, 1), date(2018, 9, 30))]
    moved, _stays = moves(rows, Target(date(2018, 1, 1), None), DAY, shorten=False)
    assert moved == [
        Moved(1, DAY, date(2018, 6, 30), whole=False),
        Moved(2, date(2018, 5, 1), date(2018, 9, 30), whole=True),
    ]
