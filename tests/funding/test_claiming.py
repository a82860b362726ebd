"""What payers are asked for, in the base: once, numbered without gaps, corrected by credit notes, paid to the cent."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cageot.core import triggers
from cageot.funding import audit
from cageot.funding.actions import claiming as actions
from cageot.funding.actions.claiming import Part
from cageot.funding.models import (
    Billing,
    BookEntry,
    Claim,
    ClaimLine,
    Payment,
    PaymentPart,
    Settlement,
    SettlementLine,
    Share,
    Tranche,
)
from cageot.funding.queries import claiming as queries
from cageot.funding.queries.claiming import Draft
from cageot.network.models import Partner
from tests.funding.claim_world import AT, JULY, OCTOBER, WEEKLY, World, settled, text
from tests.funding.money_world import balance, make_tranche, unbalanced

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return World()


def whole() -> None:
    """Books balanced, claims square."""
    assert [str(found) for found in audit.claims()] == []
    assert unbalanced() == []


def test_a_quarter_is_asked_for_once_it_is_over(world: World) -> None:
    world.close(14, 15, 16)
    assert world.to_claim(date(2017, 6, 29)).ready == ()
    [coming] = world.to_claim(date(2017, 6, 29)).coming
    assert (coming.cents, coming.asked_on) == (3 * WEEKLY, date(2017, 7, 1))
    [draft] = world.to_claim().ready
    assert (draft.kind, draft.total_cents, draft.from_day, draft.until) == (
        "invoice", 3 * WEEKLY, date(2017, 4, 1), date(2017, 6, 30),
    )  # fmt: skip
    [line] = draft.lines
    assert (line.baskets, line.unit_cents, line.size) == (9, 840, "panier")


def test_only_closed_weeks_are_asked_for(world: World) -> None:
    world.close(14)
    assert [draft.total_cents for draft in world.to_claim().ready] == [WEEKLY]


def test_an_issued_claim_is_numbered_frozen_and_told_to_the_accountant(world: World) -> None:
    world.close(14, 15)
    [claim] = world.issue()
    assert (claim.number, claim.total_cents, claim.due_on) == ("2017-0001", 2 * WEEKLY, date(2017, 8, 2))
    assert claim.text["number"] == "2017-0001"
    assert world.to_claim().ready == ()
    assert balance(world.entity, "4112") == 2 * WEEKLY and balance(world.entity, "4181") == 0
    whole()


def test_the_same_form_sent_twice_makes_one_claim(world: World) -> None:
    world.close(14)
    seen = [draft.digest for draft in world.to_claim().ready]
    assert world.issue(asked=seen) == world.issue(asked=seen)
    assert Claim.objects.count() == 1


def test_what_changed_since_it_was_read_is_not_sent(world: World) -> None:
    world.close(14)
    seen = [draft.digest for draft in world.to_claim().ready]
    world.close(15)
    with pytest.raises(actions.Changed):
        world.issue(asked=seen)
    assert not Claim.objects.exists()


def test_a_week_reopened_before_it_was_asked_for_is_not_asked(world: World) -> None:
    world.close(14, 15)
    world.reopen(15)
    assert [draft.total_cents for draft in world.to_claim(OCTOBER).ready] == [WEEKLY]


def test_a_week_reopened_after_it_was_asked_for_lowers_the_next_claim(world: World) -> None:
    world.close(14, 15)
    world.issue()
    world.reopen(15)
    world.close(27, 28)
    [draft] = world.to_claim(OCTOBER).ready
    assert draft.total_cents == WEEKLY
    world.issue(OCTOBER)
    whole()


def test_more_taken_back_than_owed_is_a_credit_note(world: World) -> None:
    world.close(14, 15)
    [first] = world.issue()
    world.reopen(15)
    [draft] = world.to_claim(OCTOBER).ready
    assert (draft.kind, draft.total_cents, draft.corrects) == ("credit", -WEEKLY, first)
    [credit] = world.issue(OCTOBER)
    first.refresh_from_db()
    assert (credit.number, credit.open_cents, first.open_cents, first.state) == ("2017-0002", 0, WEEKLY, "sent")
    assert balance(world.entity, "4112") == WEEKLY
    whole()


def test_a_credited_claim_may_be_asked_again_under_another_number(world: World) -> None:
    world.close(14)
    [first] = world.issue()
    credit = world.credit(first)
    first.refresh_from_db()
    assert (credit.number, credit.total_cents, first.state, first.open_cents) == ("2017-0002", -WEEKLY, "credited", 0)
    [again] = world.issue()
    assert (again.number, again.total_cents) == ("2017-0003", WEEKLY)
    assert list(ClaimLine.objects.filter(sign=1).order_by("pk").values_list("revision", flat=True)) == [1, 2]
    assert balance(world.entity, "4112") == WEEKLY
    with pytest.raises(actions.AlreadyAnswered):
        world.credit(first)
    with pytest.raises(actions.AlreadyAnswered):
        world.credit(credit)
    whole()


def test_a_paid_claim_that_is_credited_leaves_money_to_give_back(world: World) -> None:
    world.close(14, 15)
    [first] = world.issue()
    world.pay(2 * WEEKLY, parts=(Part(2 * WEEKLY, claim=first),))
    credit = world.credit(first)
    assert credit.open_cents == -2 * WEEKLY
    [again] = world.issue()
    credit.refresh_from_db()
    world.pay(-2 * WEEKLY, once="back", parts=(Part(-2 * WEEKLY, claim=credit),))
    credit.refresh_from_db()
    assert credit.open_cents == 0 and again.open_cents == 2 * WEEKLY
    assert balance(world.entity, "512") == 0
    whole()


def test_a_credit_note_is_taken_off_the_next_payment(world: World) -> None:
    world.close(14, 15)
    [first] = world.issue()
    world.pay(2 * WEEKLY, parts=(Part(2 * WEEKLY, claim=first),))
    world.reopen(15)
    [credit] = world.issue(OCTOBER)
    assert credit.open_cents == -WEEKLY
    world.close(27, 28, 29)
    [next_] = world.issue(OCTOBER)
    world.pay(2 * WEEKLY, once="b", parts=(Part(3 * WEEKLY, claim=next_), Part(-WEEKLY, claim=credit)))
    assert not [claim for claim in Claim.objects.all() if claim.open_cents]
    assert balance(world.entity, "4112") == 0
    whole()


# --- Answers ------------------------------------------------------------------------------------


def test_accepted_in_part_the_garden_bears_the_rest_and_it_is_not_asked_again(world: World) -> None:
    world.close(14, 15)
    [claim] = world.issue()
    credit = actions.accept_in_part(
        claim, accepted_cents=2 * WEEKLY - 1000, answer="Un foyer déménagé.", on=JULY, text=text, by=None, at=AT
    )
    claim.refresh_from_db()
    assert (claim.state, claim.accepted_cents, claim.open_cents) == ("partly", 2 * WEEKLY - 1000, 2 * WEEKLY - 1000)
    assert (credit.total_cents, credit.reason, credit.refused) == (-1000, "Un foyer déménagé.", True)
    assert world.to_claim().ready == ()
    assert balance(world.entity, "4181") == 0
    whole()


@pytest.mark.parametrize("reopened_first", [True, False])
def test_a_week_taken_back_gives_back_only_what_its_payer_had_not_refused(world: World, reopened_first: bool) -> None:
    world.close(14)
    [claim] = world.issue()
    if reopened_first:
        world.reopen(14)
    actions.accept_in_part(claim, accepted_cents=WEEKLY - 1000, answer="x", on=JULY, text=text, by=None, at=AT)
    if not reopened_first:
        world.reopen(14)
    [draft] = world.to_claim(OCTOBER).ready
    assert (draft.kind, draft.total_cents) == ("credit", 1000 - WEEKLY)
    [credit] = world.issue(OCTOBER)
    claim.refresh_from_db()
    assert (claim.open_cents, credit.open_cents) == (0, 0)
    assert [balance(world.entity, account) for account in ("4112", "4181", "709")] == [0, 0, 0]
    whole()


def test_a_part_is_neither_nothing_nor_all(world: World) -> None:
    world.close(14)
    [claim] = world.issue()
    for cents in (0, WEEKLY, WEEKLY + 1):
        with pytest.raises(actions.NotThatMuch):
            actions.accept_in_part(claim, accepted_cents=cents, answer="x", on=JULY, text=text, by=None, at=AT)
    assert Claim.objects.count() == 1


def test_a_disputed_claim_waits_then_is_accepted(world: World) -> None:
    world.close(14)
    [claim] = world.issue()
    actions.dispute(claim, answer="Nous ne trouvons pas ces foyers.", on=JULY, by=None, at=AT)
    actions.accept(claim, on=JULY, by=None, at=AT)
    claim.refresh_from_db()
    assert (claim.state, claim.accepted_cents) == ("accepted", WEEKLY)
    with pytest.raises(actions.AlreadyAnswered):
        actions.dispute(claim, answer="x", on=JULY, by=None, at=AT)


# --- Tranches -----------------------------------------------------------------------------------


@pytest.fixture
def tranche(world: World) -> Tranche:
    found = make_tranche(cents=100_000)
    world.entity = found.fund.entity
    settled(found, world.garden, 3000)
    settled(found, world.garden, 2000, date(2017, 3, 21))
    return found


def test_a_tranche_is_called_for_what_was_settled_then_justified(world: World, tranche: Tranche) -> None:
    [claim] = world.issue()
    assert (claim.kind, claim.total_cents, claim.tranche) == ("call", 5000, tranche)
    tranche.refresh_from_db()
    assert (tranche.claimed_cents, tranche.justified_cents) == (5000, 0)
    actions.accept(claim, on=JULY, by=None, at=AT)
    world.pay(5000, partner=tranche.fund.partner, parts=(Part(5000, claim=claim),))
    tranche.refresh_from_db()
    assert (tranche.justified_cents, tranche.received_cents) == (5000, 5000)
    whole()


def test_what_a_fund_refuses_goes_back_to_the_need(world: World, tranche: Tranche) -> None:
    [claim] = world.issue()
    actions.accept_in_part(claim, accepted_cents=3500, answer="Hors du territoire.", on=JULY, text=text, by=None, at=AT)
    tranche.refresh_from_db()
    assert (tranche.claimed_cents, tranche.justified_cents) == (3500, 3500)
    assert [draft.total_cents for draft in world.to_claim(OCTOBER).ready] == [1500]
    settled(tranche, world.garden, -1500, date(2017, 3, 21))  # the next settlement takes it back
    assert world.to_claim(OCTOBER).ready == ()
    whole()


def test_money_that_came_before_is_used_by_the_next_claims(world: World, tranche: Tranche) -> None:
    world.pay(8000, partner=tranche.fund.partner, parts=(Part(8000, tranche=tranche),))
    [claim] = world.issue()
    assert (claim.paid_cents, claim.open_cents, actions.advance_left(tranche)) == (5000, 0, 3000)
    world.credit(claim)
    assert actions.advance_left(tranche) == 8000
    tranche.refresh_from_db()
    assert (tranche.received_cents, tranche.claimed_cents) == (8000, 0)
    whole()


def test_an_advance_is_never_more_than_the_tranche(world: World, tranche: Tranche) -> None:
    with pytest.raises(actions.NotThatMuch):
        world.pay(100_001, partner=tranche.fund.partner, parts=(Part(100_001, tranche=tranche),))
    assert not Payment.objects.exists()


def test_a_group_taken_back_after_it_was_claimed_is_a_credit_note(world: World, tranche: Tranche) -> None:
    [claim] = world.issue()
    settled(tranche, world.garden, -2000, date(2017, 3, 21))
    [credit] = world.issue(OCTOBER)
    tranche.refresh_from_db()
    assert (credit.kind, credit.total_cents, tranche.claimed_cents, tranche.used_cents) == ("credit", -2000, 3000, 3000)
    whole()


def test_what_a_later_settlement_took_back_is_never_asked(world: World, tranche: Tranche) -> None:
    """The clock of the person who asks is behind that of the person who settled: what was taken back is known all the same."""
    line = settled(tranche, world.garden, -2000, date(2017, 3, 21))
    a_day_of_the_settlement(line, OCTOBER)
    [claim] = world.issue(JULY)
    assert claim.total_cents == 3000
    tranche.refresh_from_db()
    assert (tranche.claimed_cents, tranche.used_cents) == (3000, 3000)
    assert world.to_claim(OCTOBER).ready == ()
    whole()


def a_day_of_the_settlement(line: SettlementLine, day: date) -> None:
    """Settlements are append-only: the test lifts the guard of the one it dates otherwise."""
    triggers.lift(connection)
    Settlement.objects.filter(pk=line.settlement_id).update(day=day)
    triggers.lay([guard for app in apps.get_app_configs() for guard in getattr(app, "guards", [])], connection)


# --- Payments -----------------------------------------------------------------------------------


def test_a_payment_noted_twice_is_one(world: World) -> None:
    world.close(14)
    [claim] = world.issue()
    parts = (Part(1000, claim=claim),)
    assert world.pay(1000, parts=parts) == world.pay(1000, parts=parts)
    claim.refresh_from_db()
    assert claim.paid_cents == 1000
    whole()


def test_more_than_is_left_to_pay_is_refused_and_nothing_is_half_written(world: World) -> None:
    world.close(14)
    [claim] = world.issue()
    with pytest.raises(actions.NotThatMuch) as refusal:
        world.pay(WEEKLY + 5, parts=(Part(WEEKLY + 5, claim=claim),))
    assert refusal.value.left_cents == WEEKLY
    assert not Payment.objects.exists() and not PaymentPart.objects.exists()


def test_what_is_left_of_a_payment_waits_for_the_next_claim(world: World) -> None:
    world.close(14)
    [claim] = world.issue()
    payment = world.pay(WEEKLY + 500, parts=(Part(WEEKLY, claim=claim),))
    assert balance(world.entity, "4191") == -500
    world.close(27)
    [next_] = world.issue(OCTOBER)
    actions.match(payment, [Part(500, claim=next_)], by=None, at=AT)
    next_.refresh_from_db()
    assert next_.open_cents == WEEKLY - 500 and balance(world.entity, "4191") == 0
    with pytest.raises(actions.NotThatMuch):
        actions.match(payment, [Part(1, claim=next_)], by=None, at=AT)
    whole()


def test_a_payment_matched_wrongly_waits_again_and_one_that_never_was_goes(world: World) -> None:
    world.close(14)
    [claim] = world.issue()
    payment = world.pay(1000, parts=(Part(1000, claim=claim),))
    actions.unmatch(payment, by=None, at=AT)
    claim.refresh_from_db()
    assert claim.open_cents == WEEKLY and balance(world.entity, "4191") == -1000
    actions.withdraw_payment(payment, by=None, at=AT)
    assert not Payment.objects.exists()
    assert balance(world.entity, "512") == balance(world.entity, "4191") == 0
    whole()


def test_a_payment_pays_no_claim_of_another_entity(world: World) -> None:
    world.close(14)
    [claim] = world.issue()
    world.entity = actions.entity_for(None)
    with pytest.raises(actions.OfAnother):
        world.pay(100, parts=(Part(100, claim=claim),))


# --- Payers that merge --------------------------------------------------------------------------


def test_what_a_merged_payer_owed_is_asked_of_the_one_that_took_it_over(world: World) -> None:
    world.close(14)
    [before] = world.issue()
    old, new = world.place.payer.partner, Partner.objects.create(name="CIAS du Blaisois", kind="ccas")
    assert old
    Billing.objects.create(partner=old, merged_into=new, merged_on=JULY)
    world.close(27)
    [after] = world.issue(OCTOBER)
    before.refresh_from_db()
    assert (before.partner, after.partner) == (old, new)
    assert queries.took_over(new) == {old.pk, new.pk}
    whole()


# --- Whatever the order -------------------------------------------------------------------------


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["close", "issue", "credit", "refuse", "reopen", "pay"]), min_size=3, max_size=12))
def test_claimed_and_left_to_claim_are_what_the_shares_say_in_any_order(db: Any, moves: list[str]) -> None:
    with transaction.atomic():
        _play(moves)
        transaction.set_rollback(True)


def _play(moves: list[str]) -> None:
    world, week, closed = World(4), 14, []
    for number, move in enumerate(moves):
        claims = list(Claim.objects.filter(corrects=None).exclude(state="credited").order_by("-pk"))
        if move == "close":
            world.close(week)
            closed.append(week)
            week += 1
        elif move == "issue":
            world.issue(date(2018, 1, 2))
        elif move == "reopen" and closed:
            world.reopen(closed.pop(), date(2017, 12, 1))
        elif move == "pay" and claims and claims[0].open_cents > 0:
            world.pay(1, once=str(number), parts=(Part(1, claim=claims[0]),))
        elif move == "credit" and claims:
            try:
                world.credit(claims[0])
            except actions.AlreadyAnswered:
                continue
        elif move == "refuse" and claims and claims[0].state == "sent":
            part = claims[0].total_cents - 300
            actions.accept_in_part(
                claims[0], accepted_cents=part, answer="x", on=date(2018, 1, 2), text=text, by=None, at=AT
            )
        shares = Share.objects.filter(payer__isnull=False).aggregate(cents=Sum("cents"))["cents"] or 0
        refused = ClaimLine.objects.filter(claim__refused=True, entry__reversed_by=None)  # and the week still stands
        lost = -(refused.aggregate(cents=Sum("cents"))["cents"] or 0)
        claimed = ClaimLine.objects.aggregate(cents=Sum("cents"))["cents"] or 0
        left = queries.to_claim(world.entity, [world.garden.pk], date(2018, 1, 2))
        asked = sum(draft.total_cents for draft in left.ready)
        assert claimed + asked == shares - lost
        assert balance(world.entity, "4112") == sum(claim.open_cents for claim in Claim.objects.all())
        assert balance(world.entity, "4181") == asked
        numbers = sorted(Claim.objects.filter(year=2018).values_list("sequence", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
    assert [str(found) for found in audit.claims()] == []
    assert unbalanced() == []


def test_an_entry_tells_each_paper_once(world: World) -> None:
    world.close(14)
    [claim] = world.issue()
    assert BookEntry.objects.filter(source="claim", source_id=claim.pk).count() == 1


def test_an_interruption_in_the_middle_leaves_no_paper_and_no_gap(world: World) -> None:
    world.close(14)
    seen = [draft.digest for draft in world.to_claim().ready]

    def cut(claim: Claim, draft: Draft | None) -> dict[str, Any]:
        raise KeyboardInterrupt

    world.text, write = cut, world.text
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        world.issue(asked=seen)
    assert not Claim.objects.exists() and not ClaimLine.objects.exists()
    world.text = write
    assert [claim.number for claim in world.issue(asked=seen)] == ["2017-0001"]
    whole()
