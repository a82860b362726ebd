"""The tables of docs/rules are the test; then what must hold for any tariff, any price and any quota."""

from __future__ import annotations

import random
import re
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.core.cents import BASIS, part_down, split_cents
from cageot.funding.rules.tariffs import CapExceeded, LineRule, PayersExceedPrice, ShareRule, refusals
from cageot.funding.rules.waterfall import Charge, Cover, Quota, Settled, allocate, settle

RULES = Path(__file__).parents[2] / "docs" / "rules"
DAY = date(2017, 3, 23)


def tables(page: str) -> list[list[list[str]]]:
    """The rows of each table of a page, without their heads."""
    lines = (RULES / page).read_text().splitlines()
    starts = [
        at
        for at, (before, line) in enumerate(pairwise(["", *lines]))
        if line.startswith("|") and not before.startswith("|")
    ]
    return [_rows(lines[start + 2 :]) for start in starts]


def _rows(lines: list[str]) -> list[list[str]]:
    end = next((at for at, line in enumerate(lines) if not line.startswith("|")), len(lines))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[:end]]


def cents(text: str) -> int:
    euros, _, rest = text.strip().partition(",")
    return int(euros) * 100 + int(rest or "0")


def points(text: str) -> int:
    """ "33,33 %" in basis points."""
    return cents(text.removesuffix("%").strip())


def line_of(price: str, member: str, payers: str, cap: int | None) -> LineRule:
    part = {"member_bp": points(member)} if "%" in member else {"member_cents": cents(member)}
    shares = tuple(_share(number, text) for number, text in enumerate(payers.split(";"), 1))
    return LineRule(1, "", cents(price), "percent" if "%" in member else "fixed", cap_bp=cap, shares=shares, **part)


def _share(number: int, text: str) -> ShareRule:
    by, owes = text.split(maxsplit=1)
    if owes.strip() == "rest":
        return ShareRule(number, by, "rest")
    if "%" in owes:
        return ShareRule(number, by, "percent", bp=points(owes))
    return ShareRule(number, by, "fixed", cents=cents(owes))


def charge(line: LineRule, *, price: int | None = None, state: str = "collected", given_on: str = "as_collected",
           in_force: bool = True, key: int = 1) -> Charge:  # fmt: skip
    cover = Cover(1, line, in_force, line.cap_bp, given_on)
    return Charge(key, 1, DAY, "a", "", state, line.price_cents if price is None else price, cover)


def told(settled: Settled, line: LineRule) -> str:
    """ "3,60 + 4,20, uncovered 4,20": the member, each payer of the line in order, then what nobody pays."""
    if settled.parts[0].by == "garden" and settled.parts[0].payer is None:
        return f"garden {euros(settled.parts[0].cents)}"
    paid = {part.payer: part.cents for part in settled.parts if part.payer}
    in_force = settled.charge.cover is not None and settled.charge.cover.in_force
    amounts = [settled.member_cents, *(paid.get(share.payer, 0) for share in line.shares if in_force)]
    uncovered = sum(part.cents for part in settled.parts if part.by == "uncovered")
    said = " + ".join(euros(amount) for amount in amounts)
    return f"{said}, uncovered {euros(uncovered)}" if uncovered else said


def euros(amount: int) -> str:
    return f"{amount // 100},{amount % 100:02}"


@pytest.mark.parametrize("row", tables("tariffs.md")[0], ids=lambda row: row[0])
def test_every_tariff_of_the_page_is_accepted_or_refused_as_it_says(row: list[str]) -> None:
    _where, price, member, payers, cap, result = row
    line = line_of(price, member, payers, None if cap == "outside" else points(cap))
    assert _answer(line) == result


def _answer(line: LineRule) -> str:
    for refusal in refusals(line):
        if isinstance(refusal, CapExceeded):
            return f"refused: at most {euros(refusal.highest)}"
        return f"refused: {euros(refusal.excess)} too much"
    return told(settle(charge(line), {}), line)


@pytest.mark.parametrize("row", tables("waterfall.md")[0], ids=lambda row: row[0])
def test_every_basket_of_the_page_is_paid_as_it_says(row: list[str]) -> None:
    _case, price, member, payers, left, basket, result = row
    line = line_of(price, member, payers, 3000)
    quotas = {number: _quota(text.strip()) for number, text in enumerate(left.split(";"), 1)}
    state, _, given_on = basket.partition(",")[0].partition(" ")
    one = charge(line, state=state, given_on=given_on or "as_collected", in_force="not in force" not in basket)
    assert told(settle(one, quotas), line) == result


def _quota(text: str) -> Quota:
    if text == "-":
        return Quota()
    return Quota(baskets=int(text[:-1])) if text.endswith("b") else Quota(cents=cents(text))


@pytest.mark.parametrize("row", tables("rounding.md")[0], ids=lambda row: f"{row[1]} of {row[0]}")
def test_percentages_round_down(row: list[str]) -> None:
    assert euros(part_down(cents(row[0]), points(row[1]))) == row[2]


@pytest.mark.parametrize("row", tables("rounding.md")[1], ids=lambda row: f"{row[0]} in {row[1]}")
def test_a_shared_sum_is_shared_to_the_cent(row: list[str]) -> None:
    parts = split_cents(cents(row[0]), [int(weight) for weight in row[1].split(";")])
    assert " + ".join(euros(part) for part in parts) == row[2]


def test_the_pages_hold_the_tables_that_the_tests_execute() -> None:
    assert len(tables("tariffs.md")[0]) > 20
    assert len(tables("waterfall.md")[0]) > 15
    assert re.search(r"12,00 \| 4,00 .* refused: at most 3,60", (RULES / "tariffs.md").read_text())


# --- For any tariff, any price, any quota -------------------------------------------------------

KINDS = st.sampled_from(["fixed", "percent", "rest"])


@st.composite
def lines(draw: st.DrawFn) -> LineRule:
    """A line that the rules accept, whatever its payers."""
    price = draw(st.integers(0, 5000))
    cap = draw(st.sampled_from([None, 2500, 3000, 3333, 10_000]))
    percent = draw(st.booleans())
    most = BASIS if cap is None else cap
    member_bp = draw(st.integers(0, most)) if percent else 0
    member_cents = 0 if percent else draw(st.integers(0, part_down(price, most)))
    left, left_bp = price - (part_down(price, member_bp) or member_cents), BASIS - member_bp
    shares = []
    for number in range(1, draw(st.integers(0, 4)) + 1):
        kind = draw(KINDS)
        fixed = draw(st.integers(0, max(left, 0))) if kind == "fixed" else 0
        bp = draw(st.integers(0, min(left_bp, max(left, 0) * BASIS // max(price, 1)))) if kind == "percent" else 0
        left, left_bp = left - fixed - part_down(price, bp), left_bp - bp
        shares.append(
            ShareRule(number, draw(st.sampled_from(["local", "national", "network", "garden"])), kind, fixed, bp)
        )
    line = LineRule(1, "", price, "percent" if percent else "fixed", member_cents, member_bp, cap, tuple(shares))
    return line


STATES = st.sampled_from(["collected", "unclaimed", "given_on"])
GIVEN = st.sampled_from(["as_collected", "without_member", "garden"])
LIMITS = st.none() | st.integers(0, 4)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[list[Charge], dict[int, Quota]]:
    """Baskets of one line, at prices that may have moved, and what its payers have left."""
    line, given_on, in_force = draw(lines()), draw(GIVEN), draw(st.booleans())
    count = draw(st.integers(1, 6))
    charges = [
        charge(
            line, price=draw(st.integers(0, 5000)), state=draw(STATES), given_on=given_on, in_force=in_force, key=key
        )
        for key in range(count)
    ]
    payers = [share.payer for share in line.shares if draw(st.booleans())]
    return charges, {payer: Quota(draw(LIMITS), draw(st.none() | st.integers(0, 9000))) for payer in payers}


def copies(quotas: dict[int, Quota]) -> dict[int, Quota]:
    return {payer: Quota(quota.baskets, quota.cents) for payer, quota in quotas.items()}


@given(lines())
def test_what_the_rules_accept_never_asks_a_member_over_the_cap(line: LineRule) -> None:
    if not refusals(line) and line.cap_bp is not None:
        assert line.member_part(line.price_cents) * BASIS <= line.price_cents * line.cap_bp


@given(st.integers(1, 5000), st.integers(0, 5000), st.sampled_from([2500, 3000, 3333]))
def test_one_cent_over_the_cap_is_refused_with_the_highest_amount(price: int, member: int, cap: int) -> None:
    found = refusals(LineRule(1, "", price, "fixed", member_cents=member, cap_bp=cap))
    highest = part_down(price, cap)
    over = [one for one in found if isinstance(one, CapExceeded)]
    assert [one.highest for one in over] == ([highest] if min(member, price) > highest else [])
    assert all(isinstance(one, CapExceeded | PayersExceedPrice) for one in found)


@given(weeks())
def test_every_basket_is_paid_to_the_cent_once(week: tuple[list[Charge], dict[int, Quota]]) -> None:
    charges, quotas = week
    for one in allocate(charges, copies(quotas)):
        assert sum(part.cents for part in one.parts) == one.charge.price_cents
        assert all(part.cents >= 0 for part in one.parts)
        assert len({part.payer for part in one.parts if part.payer}) == sum(1 for part in one.parts if part.payer)


@given(weeks())
def test_no_member_ever_pays_more_than_their_part_nor_than_the_cap(week: tuple[list[Charge], dict[int, Quota]]) -> None:
    charges, quotas = week
    for one in allocate(charges, copies(quotas)):
        cover = one.charge.cover
        assert cover is not None
        assert one.member_cents <= cover.line.member_part(one.charge.price_cents)
        if cover.cap_bp is not None:  # rounded down: the odd cent is never the member's
            assert one.member_cents * BASIS <= one.charge.price_cents * cover.cap_bp


@given(weeks())
def test_no_quota_is_ever_overspent(week: tuple[list[Charge], dict[int, Quota]]) -> None:
    charges, quotas = week
    settled = allocate(charges, left := copies(quotas))
    for payer, quota in quotas.items():
        paid = [part.cents for one in settled for part in one.parts if part.payer == payer and part.cents]
        assert quota.cents is None or sum(paid) <= quota.cents
        assert quota.baskets is None or len(paid) <= quota.baskets
        assert left[payer].cents is None or left[payer].cents == (quota.cents or 0) - sum(paid)


@given(weeks(), st.randoms(use_true_random=False))
def test_the_order_in_which_baskets_are_read_changes_nothing(
    week: tuple[list[Charge], dict[int, Quota]], chance: random.Random
) -> None:
    charges, quotas = week
    shuffled = chance.sample(charges, len(charges))
    assert allocate(shuffled, copies(quotas)) == allocate(charges, copies(quotas))


@given(weeks())
def test_a_quota_that_runs_out_never_changes_what_the_member_pays(week: tuple[list[Charge], dict[int, Quota]]) -> None:
    charges, quotas = week
    without = [one.member_cents for one in allocate(charges, {})]
    assert [one.member_cents for one in allocate(charges, copies(quotas))] == without
