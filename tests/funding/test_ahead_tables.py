"""The tables of docs/rules/what-if.md and docs/rules/forecast.md are what comes out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from cageot.funding.rules.allocating import Fund, Group, Scenario
from cageot.funding.rules.forecast import Facts, Habits, Part, Seen, Source, Stream, forecast
from cageot.funding.rules.next_euro import kinds, unlocked
from cageot.funding.rules.what_if import Brings, Cap, Closes, Late, Leaves, More, Move, Price, Shrinks, compare
from tests.funding.test_allocating import cents, one_group, written_fund

DOCS = Path(__file__).resolve().parents[2] / "docs/rules"


def table(page: str, head: str) -> list[tuple[str, ...]]:
    text = (DOCS / page).read_text().split(head)[1]
    lines = text.split("\n\n")[0].strip().splitlines()[1:]
    return [tuple(cell.strip() for cell in line.strip().strip("|").split("|")) for line in lines]


def groups(text: str, days: tuple[date, ...]) -> list[Group]:
    found = []
    for one in text.split("; "):
        name, count, _, garden, _, audience = one.split()
        found += [
            one_group(id=f"{name}{n}", baskets=int(count) // len(days), garden=garden, audience=audience, day=day)
            for n, day in enumerate(days)
        ]
    return found


def funds(text: str) -> list[Fund]:
    return [written_fund(one) for one in text.split("; ") if one]


@pytest.mark.parametrize(
    ("asked", "money", "kind", "found"), table("what-if.md", "| groups | funds | new money | unlocked |")
)
def test_where_one_more_euro_counts(asked: str, money: str, kind: str, found: str) -> None:
    scenario = Scenario(funds(money), groups(asked, (date(2017, 1, 1),)))
    [one] = unlocked(scenario, [one for one in kinds(scenario, {}) if one.key == kind])
    assert found == (f"{one.cents / 100:.2f}, {one.baskets} baskets" if one.cents else "déjà couvert")


THRICE = (date(2017, 1, 1), date(2017, 4, 1), date(2017, 7, 1))


def day(text: str) -> date:
    number, month = text.split("/")
    return date(2017, int(month), int(number))


def move(text: str, scenario: Scenario) -> Move:
    match text.split():
        case [fund, "leaves", "on", on]:
            return Leaves(frozenset([fund]), day(on))
        case [fund, "gives", percent, "%"]:
            return Shrinks(frozenset([fund]), int(percent) * 100)
        case [fund, "is", "late", "until", on]:
            return Late(frozenset([fund]), day(on))
        case ["cap", percent, "%", "from", on]:
            return Cap(int(percent) * 100, day(on))
        case [percent, "%", "more", "from", on]:
            return More(int(percent) * 100, day(on))
        case [euros, "more", "from", on]:
            return Price(cents(euros), day(on))
        case [garden, "closes", "on", on]:
            return Closes(garden, day(on))
        case [euros, "for", kind, "from", on]:
            [found] = [one.fund for one in kinds(scenario, {}) if one.key == kind]
            return Brings(replace(found, id="new", budget_cents=cents(euros), from_day=day(on)))
    raise AssertionError(text)


@pytest.mark.parametrize(
    ("asked", "money", "moved", "before", "after", "first"),
    table("what-if.md", "| groups | funds | move | gap before | gap after | first week hit |"),
)
def test_what_a_move_changes(asked: str, money: str, moved: str, before: str, after: str, first: str) -> None:
    scenario = Scenario(funds(money), groups(asked, THRICE))
    asked_for = move(moved, scenario)
    found = compare(scenario, [asked_for], [], getattr(asked_for, "on", None))
    assert (found.before.total.gap_cents, found.after.total.gap_cents) == (cents(before), cents(after))
    hit = found.first_hit()
    assert first == (f"{hit.day}/{hit.month}" if hit else "")


@pytest.mark.parametrize(
    ("quota", "ends", "households", "used_up", "months"),
    table("forecast.md", "| quota | ends | households | used up in week | covered for months |"),
)
def test_how_long_money_lasts(quota: str, ends: str, households: str, used_up: str, months: str) -> None:
    until = None
    if ends:
        number, month, year = map(int, ends.split("/"))
        until = date(year, month, number)
    baskets = int(quota.split()[0]) if quota.endswith("baskets") else None
    euros = int(quota.split()[0]) * 100 if quota.endswith("€") else None
    stream = Stream("blois", "ccas", {None: int(households)}, Seen(0, 100_000), 1.0, (Part(500, ("ccas",)),))
    facts = Facts(
        date(2018, 3, 12), [stream], [Source("ccas", until, left_cents=euros, left_baskets=baskets)],
        {"blois": Habits(Seen(10_000, 10_000), Seen(0, 100_000))},
    )  # fmt: skip
    found = forecast(facts, draws=200)
    likely = found.sources["ccas"].likely
    assert used_up == (str((likely - date(2018, 3, 12)) // timedelta(weeks=1)) if likely else "never")
    assert str(found.gardens["blois"].months) == months
