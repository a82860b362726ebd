"""Whoever takes back what was sent of them leaves nothing behind: no turn at a depot, no message, no number that came back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cageot.baskets.models import Depot, SignUp
from cageot.members import referrals
from cageot.members.models import Household, Referral
from cageot.network import outbox
from cageot.network.models import Message, Unreachable
from tests.desk.a_week import Place
from tests.desk.test_referrals import NOON, ccas, now, sent
from tests.desk.test_welcome import AT, _day, form, lea, made, page_of, place, refer, supported  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


def waits(place: Place, lea: Client, letter: str = "d", **more: Any) -> tuple[Referral, SignUp]:  # noqa: F811
    """Somebody who was referred, and waits for a place at a depot that is full."""
    Depot.objects.filter(name="Gare").update(capacity=4)
    one = refer(place, reach_by="sms", reach_at="+33639980102", digest=letter * 64, **more)
    typed = form(place, attendre="1", mobile="06 39 98 01 02", number=f"90{Referral.objects.count()}")
    assert lea.post(page_of(one), typed).status_code == 302
    return now(one), SignUp.objects.get(referral=one)


def way_back(one: Referral, letter: str) -> str:
    """The address of one's own way back, as the code that `letter` makes."""
    _code, print_ = referrals.derived("of-a-test", letter)
    Referral.objects.filter(pk=one.pk).update(person_digest=print_)
    return f"/suivi/{_code}/"


def test_consent_taken_back_while_waiting_erases_the_turn_at_the_depot_too(place: Place, lea: Client) -> None:  # noqa: F811
    one, turn = waits(place, lea)
    offered = f"baskets.signup:{turn.pk}"
    Depot.objects.filter(name="Gare").update(capacity=5)
    lea.post(f"/jardins/val-de-loire/inscriptions/{turn.pk}/proposer/")
    assert Message.objects.filter(about=offered).exists()
    Client().post(way_back(one, "p"), {"do": "withdraw"})
    assert now(one).state == "withdrawn"
    assert not SignUp.objects.exists()
    assert not Message.objects.filter(to="+33639980102").exists()


def test_whoever_is_answered_no_does_not_wait_for_a_place_any_more(place: Place, lea: Client) -> None:  # noqa: F811
    one, turn = waits(place, lea)
    lea.post(f"/jardins/val-de-loire/orientations/{one.pk}/", {"do": "decline", "reason": "no_place"})
    assert now(one).state == "declined"
    turn.refresh_from_db()
    assert turn.state == "dropped"


def test_one_person_who_was_sent_twice_has_one_turn_and_is_welcomed_once(place: Place, lea: Client) -> None:  # noqa: F811
    one, turn = waits(place, lea, "d")
    other = refer(place, digest="e" * 64)
    referrals.merge(one, now(other), by=None, at=AT)
    lea.post(page_of(other), supported(place, depot=str(Depot.objects.get(name="Jardin").pk)))
    assert made() == now(other).household
    turn.refresh_from_db()
    assert (now(one).state, turn.state) == ("accepted", "dropped")
    lea.post(page_of(turn), form(place, number="901"))
    assert not Household.objects.filter(number="901").exists()


@pytest.mark.parametrize("side", ["referrer", "person"])
def test_no_message_and_no_number_of_theirs_stays(place: Place, side: str) -> None:  # noqa: F811
    ccas(place)
    one = sent(place)
    assert Message.objects.filter(to=one.reach_at).exists()
    outbox.bounce("sms", one.reach_at, why="inconnu", at=NOON)
    referrals.withdraw(now(one), side=side, by=None, at=NOON)
    assert not Message.objects.filter(to=one.reach_at).exists()
    assert not Unreachable.objects.exists()
    assert Message.objects.filter(kind="referral_referrer").exists(), "who refers keeps what they were told"
