"""What payers are asked for: the tables of docs/rules/claiming.md, and what always holds."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cageot.funding.rules import claiming
from cageot.funding.rules.claiming import Claimed, Detail, Owed, Unit

PAGE = (Path(__file__).parents[2] / "docs/rules/claiming.md").read_text()


def table(heading: str) -> list[list[str]]:
    part = PAGE.partition(f"## {heading}")[2].partition("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def day(text: str) -> date:
    return date.fromisoformat(text)


def cents(text: str) -> int:
    return round(float(text.replace(" ", "").replace("−", "-").replace(",", ".")) * 100)


@pytest.mark.parametrize(("today", "rhythm", "until"), table("When"))
def test_a_period_is_asked_for_once_it_is_over(today: str, rhythm: str, until: str) -> None:
    assert claiming.last_ended(day(today), rhythm) == day(until)


@pytest.mark.parametrize(("weeks", "until", "asked"), table("Of what"))
def test_what_is_asked(weeks: str, until: str, asked: str) -> None:
    """`12 Mar 10` was closed and is owed; `12 Mar 10 claimed`: asked already; `5 Apr −10 of 12 Mar`: taken back."""
    units, by_day = [], {}
    for text in weeks.split(";"):
        words = text.split()
        when = day(words[0])
        of = by_day[day(words[3])] if len(words) > 3 and words[2] == "of" else None
        claimed = cents(words[1]) if words[-1] == "claimed" else 0
        unit = Unit((1, len(units)), when, 1, cents(words[1]), claimed, bool(claimed), of)
        by_day.setdefault(when, unit.key)
        units.append(unit)
    found = claiming.ready(units, day(until))
    assert sum(unit.left for unit in found) == cents(asked)


@pytest.mark.parametrize(("amount", "sale", "subject", "net", "tax", "odd", "mention"), table("Value added tax"))
def test_the_tax_inside_an_amount(
    amount: str, sale: str, subject: str, net: str, tax: str, odd: str, mention: str
) -> None:
    found = claiming.vat_of(cents(amount), sale=sale == "sale", subject=subject == "yes")
    assert (found.net_cents, found.vat_cents, found.rounding_cents) == (cents(net), cents(tax), cents(odd))
    assert found.reason == mention


@given(st.integers(-10_000_000, 10_000_000), st.booleans(), st.booleans())
def test_net_tax_and_the_odd_cent_are_always_the_amount(gross: int, sale: bool, subject: bool) -> None:
    found = claiming.vat_of(gross, sale=sale, subject=subject)
    assert found.net_cents + found.vat_cents + found.rounding_cents == gross
    assert abs(found.rounding_cents) <= 1
    assert found.vat_cents == (abs(found.net_cents) * found.rate_bp * 2 + 10_000) // 20_000 * (-1 if gross < 0 else 1)


@given(st.lists(st.integers(-5_000, 50_000), min_size=1, max_size=12))
def test_the_net_amounts_of_lines_are_the_net_total(amounts: list[int]) -> None:
    net = claiming.vat_of(sum(amounts), sale=True, subject=True).net_cents
    if sum(amounts):
        assert sum(claiming.net_parts(amounts, net)) == net


@pytest.mark.parametrize(("payment", "label", "owed", "found"), table("What a payment is for"))
def test_what_a_payment_is_for(payment: str, label: str, owed: str, found: str) -> None:
    open_ = [
        Owed(place, number, date(2018, 1, 1) + timedelta(days=place), cents(amount))
        for place, (number, amount) in enumerate(one.split(" : ") for one in owed.split("; "))
    ]
    names = {one.claim: one.number for one in open_}
    told = {names[claim]: part for claim, part in claiming.propose(cents(payment), label, open_).items()}
    wanted = (
        {number: cents(amount) for number, amount in (one.split(" : ") for one in found.split("; "))}
        if found != "—"
        else {}
    )
    assert told == wanted


@given(
    st.integers(1, 100_000),
    st.lists(st.integers(-5_000, 30_000).filter(bool), max_size=6),
)
def test_a_proposal_is_never_more_than_the_payment_nor_than_what_is_owed(paid: int, amounts: list[int]) -> None:
    owed = [Owed(n, f"2018-{n:04d}", date(2018, 1, 1), open_) for n, open_ in enumerate(amounts)]
    found = claiming.propose(paid, "", owed)
    assert sum(found.values()) <= paid
    assert all(abs(part) <= abs(amounts[claim]) and part * amounts[claim] > 0 for claim, part in found.items())


@given(st.lists(st.integers(-3_000, 9_000).filter(bool), min_size=1, max_size=9), st.data())
def test_what_is_refused_is_taken_from_the_last_weeks_to_the_cent(amounts: list[int], data: st.DataObject) -> None:
    lines = [Claimed(n, 1, amount) for n, amount in enumerate(amounts)]
    most = sum(amount for amount in amounts if amount > 0)
    refused = data.draw(st.integers(0, most))
    found = claiming.give_back(lines, refused)
    assert sum(one.cents for one in found) == refused
    assert all(0 < one.cents <= amounts[one.line] for one in found)
    assert sum(one.cents < amounts[one.line] for one in found) <= 1
    with pytest.raises(ValueError, match="more is refused"):
        claiming.give_back(lines, most + 1)


def test_lines_are_by_garden_month_size_and_price_and_what_was_taken_back_is_gone() -> None:
    details = [
        Detail(1, date(2018, 1, 9), "grand", 420, 3),
        Detail(1, date(2018, 1, 16), "grand", 420, 4),
        Detail(1, date(2018, 1, 16), "grand", 200, 1),  # its quota ran out in the middle
        Detail(1, date(2018, 2, 6), "petit", 280, 2),
        Detail(1, date(2018, 2, 6), "petit", 280, -2),
    ]
    found = claiming.summarise(details)
    assert [(line.month.month, line.size, line.unit_cents, line.baskets, line.cents) for line in found] == [
        (1, "grand", 200, 1, 200),
        (1, "grand", 420, 7, 2940),
    ]


@pytest.mark.parametrize(
    ("label", "numbers"),
    [
        ("VIR CCAS DE BLOIS FACT 2018-0007", {"2018-0007"}),
        ("2018-0007 et 2018-0008", {"2018-0007", "2018-0008"}),
        ("REF 20180012", {"2018-0012"}),
        ("mandat 120180012", set()),
        ("", set()),
    ],
)
def test_numbers_are_found_in_what_the_bank_says(label: str, numbers: set[str]) -> None:
    assert claiming.numbers_in(label) == numbers


@pytest.mark.parametrize(("days", "band"), [(-3, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (90, 3), (91, 4)])
def test_how_late(days: int, band: int) -> None:
    due = date(2018, 1, 31)
    assert claiming.band_of(claiming.age_of(due + timedelta(days=days), due)) == band
