"""Where a garden stands, day after day: the table of `cageot/network/rules/statuses.py`, then the rows."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from cageot.network import actions
from cageot.network.models import Garden, GardenStatus
from cageot.network.rules.statuses import Held, Step, laid_out, with_step, without_step
from tests.factories import AT, make_garden

JAN, FEB, MAR, JUN = date(2017, 1, 1), date(2017, 2, 1), date(2017, 3, 1), date(2017, 6, 1)
PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "programme.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| ")][
    1:
]


def day(text: str) -> date:
    """ "28/02", of 2017."""
    number, month = text.split("/")
    return date(2017, int(month), int(number))


def step(text: str) -> Step:
    status, since = text.split()
    return Step(day(since), status)


def held(text: str) -> Held:
    """ "candidate 01/01 to 28/02", "active 01/03"."""
    status, since, *until = text.replace(" to ", " ").split()
    return Held(day(since), day(until[0]) if until else None, status)


@pytest.mark.parametrize(("stands", "written", "then"), ROWS, ids=[f"{row[0]} + {row[1]}" for row in ROWS])
def test_the_statuses_of_the_page_stand_as_it_says(stands: str, written: str, then: str) -> None:
    steps = [step(one) for one in stands.split(";")]
    taken_back = re.fullmatch(r"\((\S+ \S+) is taken back\)", written)
    found = without_step(steps, step(taken_back[1]).from_day) if taken_back else with_step(steps, step(written))
    assert found == [held(one.strip()) for one in then.split(";")]


def test_nothing_stands_when_nothing_is_left() -> None:
    assert laid_out([]) == []
    assert len(ROWS) >= 7


# --- The rows -------------------------------------------------------------------------------------


def rows(garden: Garden) -> list[tuple[date, date | None, str]]:
    return list(garden.statuses.values_list("from_day", "until_day", "status"))


@pytest.mark.django_db
def test_a_garden_is_suspended_then_left_and_the_leaving_is_taken_back() -> None:
    garden = make_garden()  # active since 2016
    actions.set_status(garden, status="suspended", from_day=MAR, by=None, at=AT)
    actions.set_status(garden, status="left", from_day=JUN, by=None, at=AT)
    actions.set_status(garden, status="preparing", from_day=FEB, by=None, at=AT)
    assert rows(garden) == [
        (date(2016, 1, 1), date(2017, 1, 31), "active"), (FEB, date(2017, 2, 28), "preparing"),
        (MAR, date(2017, 5, 31), "suspended"), (JUN, None, "left"),
    ]  # fmt: skip
    actions.withdraw_status(garden, from_day=MAR, by=None, at=AT)
    actions.withdraw_status(garden, from_day=JUN, by=None, at=AT)
    assert rows(garden) == [(date(2016, 1, 1), date(2017, 1, 31), "active"), (FEB, None, "preparing")]


@pytest.mark.django_db
def test_a_garden_keeps_at_least_one_status() -> None:
    garden = make_garden()
    with pytest.raises(actions.OnlyStatus):
        actions.withdraw_status(garden, from_day=date(2016, 1, 1), by=None, at=AT)
    assert len(rows(garden)) == 1


@pytest.mark.django_db
def test_the_database_refuses_two_statuses_on_one_day() -> None:
    garden = make_garden()
    with pytest.raises(IntegrityError), transaction.atomic():
        GardenStatus.objects.create(garden=garden, status="left", from_day=MAR)
    GardenStatus.objects.filter(garden=garden).update(until_day=date(2017, 2, 28))
    GardenStatus.objects.create(garden=garden, status="left", from_day=MAR)
    with pytest.raises(IntegrityError), transaction.atomic():
        GardenStatus.objects.filter(status="active").update(until_day=MAR)
