"""Two treasurers, or the same one twice, at the same moment: each number once, nothing asked twice, nothing paid twice."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from cageot.funding import audit
from cageot.funding.actions import claiming as actions
from cageot.funding.actions.claiming import Part
from cageot.funding.models import Claim, Payment
from tests.baskets.test_marking_while_closing import at_once
from tests.funding.claim_world import AT, JULY, WEEKLY, World

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="SQLite has one writer at a time: nobody comes in between"
    ),
]


def together(*acts: Callable[[], object]) -> list[object]:
    """All at once, each on its own connection: what each gave, or how it was refused."""
    gate, found = threading.Barrier(len(acts)), []

    def hand(act: Callable[[], object]) -> Callable[[], None]:
        def go() -> None:
            gate.wait(timeout=10)
            try:
                found.append(act())
            except (actions.Changed, actions.NotThatMuch, actions.AlreadyAnswered) as refused:
                found.append(type(refused))

        return go

    at_once(*(hand(act) for act in acts))
    return found


def numbers() -> list[str]:
    return sorted(Claim.objects.values_list("number", flat=True))


def test_the_same_papers_made_twice_at_once_are_made_once() -> None:
    world = World()
    world.close(14, 15)
    seen = [draft.digest for draft in world.to_claim().ready]
    found = together(*[lambda: [one.pk for one in world.issue(asked=seen)]] * 4)
    assert numbers() == ["2017-0001"] and all(one == found[0] for one in found)
    assert list(audit.claims()) == []


def test_two_credit_notes_and_a_claim_at_once_take_three_numbers_at_most_without_a_gap() -> None:
    world = World()
    world.close(14)
    [first] = world.issue()
    world.close(15)
    seen = [draft.digest for draft in world.to_claim().ready]
    found = together(
        lambda: world.credit(first).pk, lambda: world.credit(first).pk, lambda: len(world.issue(asked=seen))
    )
    assert actions.AlreadyAnswered in found
    assert numbers() == [f"2017-{n:04d}" for n in range(1, len(numbers()) + 1)]
    assert list(audit.claims()) == []


def test_two_payments_at_once_never_pay_more_than_is_owed() -> None:
    world = World()
    world.close(14)
    [claim] = world.issue()
    acts = [
        lambda once=once: world.pay(WEEKLY - 100, once=once, parts=(Part(WEEKLY - 100, claim=claim),)).pk
        for once in "ab"
    ]
    found = together(*acts)
    claim.refresh_from_db()
    assert actions.NotThatMuch in found and claim.open_cents == 100 and Payment.objects.count() == 1
    assert list(audit.claims()) == []


def test_a_form_sent_twice_at_once_is_one_payment() -> None:
    world = World()
    world.close(14)
    found = together(*[lambda: world.pay(500).pk] * 3)
    assert len(set(found)) == 1 and Payment.objects.count() == 1


def test_accepting_and_disputing_at_once_is_one_answer() -> None:
    world = World()
    world.close(14)
    [claim] = world.issue()
    found = together(
        lambda: actions.accept(claim, on=JULY, by=None, at=AT),
        lambda: actions.credit(claim, reason="x", on=JULY, text=world.text, by=None, at=AT).pk,
    )
    assert len(found) == 2
    claim.refresh_from_db()
    assert claim.state in ("credited", "accepted")
    assert list(audit.claims()) == []
