"""A helper marks a basket at the very moment when the treasurer closes its week."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection

from cageot.baskets import actions as baskets
from cageot.baskets.audit import audit
from cageot.baskets.models import Basket, WeekClose
from tests import factories as make

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="SQLite has one writer at a time: nobody comes in between"
    ),
]


def at_once(*hands: Callable[[], None]) -> None:
    """Each in its own thread, with its own connection."""

    def alone(act: Callable[[], None]) -> None:
        try:
            act()
        finally:
            connection.close()

    threads = [threading.Thread(target=alone, args=[act]) for act in hands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert not any(thread.is_alive() for thread in threads)


def test_a_basket_marked_while_its_week_closes_is_paid_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    garden = make.make_garden()
    make.make_edition()
    delivery, size, depot = make.make_delivery(garden), make.make_size(garden), make.make_depot(garden)
    basket = make.make_basket(make.make_household(garden), delivery, size, depot, state="collected")
    read, marked = threading.Event(), threading.Event()
    reading = baskets.queries.closing_of

    def read_then_dawdle(*arguments):  # type: ignore[no-untyped-def]
        found = reading(*arguments)
        read.set()
        marked.wait(timeout=1)
        return found

    monkeypatch.setattr(baskets.queries, "closing_of", read_then_dawdle)

    def close() -> None:
        baskets.close_week(garden, make.WEEK, today=make.MONDAY_AFTER, by=None, at=make.AT)

    def mark() -> None:
        read.wait(timeout=10)
        try:
            baskets.mark(garden, {basket.pk: "cancelled"}, by=None, at=make.AT)
        except (baskets.WeekIsClosed, IntegrityError):
            pass
        finally:
            marked.set()

    at_once(close, mark)
    assert WeekClose.objects.get().ordinary_baskets == 1
    assert Basket.objects.get().state == "collected"
    assert list(audit()) == []
