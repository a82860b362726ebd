"""Where a garden stands, day after day: the table of `cageot/network/rules/statuses.py`, then the rows."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from cageot.network import actions
from cageot.network.models import Garden, GardenStatus
from cageot.network.rules.statuses import Held, Step, laid_out, with_step, without_step
from tests.factories import AT, make_garden

JAN, FEB, MAR, JUN = date(2017, 1, 1), date(2017, 2, 1), date(2017, 3, 1), date(2017, 6, 1)


@pytest.mark.parametrize(
    ("steps", "new", "then"),
    [
        ([Step(JAN, "candidate")], Step(MAR, "active"), [(JAN, date(2017, 2, 28), "candidate"), (MAR, None, "active")]),
        (
            [Step(JAN, "candidate"), Step(MAR, "active")],
            Step(FEB, "preparing"),
            [(JAN, date(2017, 1, 31), "candidate"), (FEB, date(2017, 2, 28), "preparing"), (MAR, None, "active")],
        ),
        ([Step(JAN, "active")], Step(JAN, "suspended"), [(JAN, None, "suspended")]),
        ([Step(JAN, "active")], Step(MAR, "active"), [(JAN, None, "active")]),
    ],
)
def test_a_status_holds_until_the_next(steps: list[Step], new: Step, then: list[tuple[date, date | None, str]]) -> None:
    assert with_step(steps, new) == [Held(*one) for one in then]


def test_what_is_taken_back_leaves_the_one_before_to_go_on() -> None:
    assert without_step([Step(JAN, "active"), Step(JUN, "left")], JUN) == [Held(JAN, None, "active")]
    assert laid_out([]) == []


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
