"""A door that is tried too often stays shut for a while; nobody else is kept out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from cageot.network import limits
from cageot.network.models import Attempts

AT = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db

knock = partial(limits.allowed, "card", times=3, within=timedelta(hours=1))


def test_the_fourth_try_within_the_hour_is_refused() -> None:
    assert [knock("12", at=AT) for _ in range(5)] == [True, True, True, False, False]


def test_an_hour_later_counting_begins_anew() -> None:
    for _ in range(5):
        knock("12", at=AT)
    assert not knock("12", at=AT + timedelta(minutes=59))
    assert knock("12", at=AT + timedelta(hours=1))


def test_one_who_tries_too_often_keeps_nobody_else_out() -> None:
    for _ in range(5):
        knock("12", at=AT)
    assert knock("13", at=AT)
    assert limits.allowed("mail", "12", times=3, within=timedelta(hours=1), at=AT)


def test_capitals_and_spaces_are_not_somebody_else() -> None:
    for _ in range(3):
        knock("Amina@Exemple.fr", at=AT)
    assert not knock(" amina@exemple.fr ", at=AT)


def test_who_came_in_begins_anew() -> None:
    for _ in range(3):
        knock("12", at=AT)
    limits.forget("card", "12")
    assert knock("12", at=AT)


def test_neither_an_address_nor_a_number_is_kept() -> None:
    knock("amina@exemple.fr", at=AT)
    assert "amina" not in Attempts.objects.get().key


def test_what_is_over_is_swept_away() -> None:
    knock("12", at=AT)
    knock("13", at=AT + timedelta(days=2))
    assert limits.sweep(before=AT + timedelta(days=1)) == 1
    assert Attempts.objects.count() == 1
