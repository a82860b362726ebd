"""Two hands on the last place, at the same moment: one has it. And a place that nobody answered is passed on once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from cageot.baskets import actions as baskets
from cageot.baskets import signups
from cageot.baskets.actions import DepotFull
from cageot.baskets.models import Depot, SignUp
from cageot.network.models import Message
from tests import factories as make
from tests.baskets.test_marking_while_closing import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="SQLite has one writer at a time: nobody comes in between"
    ),
]

TODAY = date(2017, 3, 20)
AT = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)


def link(code: str) -> str:
    return f"https://exemple.fr/{code}/"


def a_depot(capacity: int) -> Depot:
    garden = make.make_garden()
    make.make_size(garden)
    return make.make_depot(garden, capacity=capacity)


def ask(depot: Depot, number: int) -> SignUp:
    values: dict[str, Any] = {
        "last_name": f"N{number}", "email": f"n{number}@exemple.fr", "frequency": "weekly", "membership": "ordinary",
    }  # fmt: skip
    return signups.ask(
        depot.garden, code=f"CODE{number}", size=depot.garden.sizes.get(), depot=depot, from_day=TODAY, today=TODAY, by=None,
        at=AT + timedelta(minutes=number), link=link, **values,
    )  # fmt: skip


def together(*acts: Callable[[], object]) -> list[object]:
    """All of them at once, each on its own connection: what each gave, or how it was refused."""
    gate, found = threading.Barrier(len(acts)), []

    def hand(act: Callable[[], object]) -> Callable[[], None]:
        def go() -> None:
            gate.wait(timeout=10)
            try:
                found.append(act())
            except (DepotFull, signups.SignUpMoved) as refused:
                found.append(type(refused))

        return go

    at_once(*(hand(act) for act in acts))
    return found


def again(one: SignUp) -> SignUp:
    return SignUp.objects.select_related("garden", "depot", "size").get(pk=one.pk)


def test_two_offers_of_the_last_place_make_one() -> None:
    depot = a_depot(0)
    waiting = [ask(depot, n) for n in range(4)]
    Depot.objects.update(capacity=1)
    found = together(
        *(lambda one=one: signups.offer(again(one), today=TODAY, by=None, at=AT, link=link) for one in waiting)
    )
    assert found.count(DepotFull) == 3
    assert SignUp.objects.filter(state="offered").count() == 1
    assert Message.objects.filter(kind="place_offered").count() == 1


def test_two_who_ask_for_the_last_place_at_once_do_not_both_have_it() -> None:
    depot = a_depot(1)
    together(*(lambda n=n: ask(depot, n) for n in range(4)))
    assert SignUp.objects.filter(state="asked").count() == 1
    assert SignUp.objects.filter(state="waiting").count() == 3


def test_an_offer_while_staff_subscribe_somebody_there() -> None:
    depot = a_depot(0)
    one, household = ask(depot, 1), make.make_household(depot.garden)
    Depot.objects.update(capacity=1)
    fresh = Depot.objects.select_related("garden", "round").get()
    found = together(
        lambda: signups.offer(again(one), today=TODAY, by=None, at=AT, link=link),
        lambda: baskets.subscribe(
            household, size=depot.garden.sizes.get(), depot=fresh, frequency="weekly", from_day=TODAY, by=None, at=AT
        ),
    )
    assert found.count(DepotFull) == 1


def test_two_clocks_pass_a_place_on_once() -> None:
    depot = a_depot(0)
    one, two, three = (ask(depot, n) for n in range(3))
    Depot.objects.update(capacity=1)
    signups.offer(again(one), today=TODAY, by=None, at=AT, link=link)
    later = TODAY + timedelta(days=20)
    together(*(lambda: signups.tick(today=later, at=AT, link=link) for _ in range(2)))
    assert [again(each).state for each in (one, two, three)] == ["dropped", "offered", "waiting"]
    assert Message.objects.filter(kind="place_offered").count() == 2
