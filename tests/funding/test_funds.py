"""Funds and tranches: what is refused by name, what goes back, what stays; the accountant's books balanced after each."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db.models import Sum

from cageot.funding import journal
from cageot.funding.actions import claiming, funds, merging
from cageot.funding.models import Billing, Claim, ClaimLine, Entity, Fund, SettlementLine, Tranche
from cageot.funding.queries import funds as queries
from cageot.network.actions import set_status
from cageot.network.models import LogEvent, Partner
from tests.factories import AT, make_agreement, make_garden, make_partner
from tests.funding.money_world import balance, closed_weeks, make_fund, make_tranche, settle, standing, unbalanced

pytestmark = pytest.mark.django_db
TODAY = date(2017, 6, 1)
WHO: dict[str, Any] = {"by": None, "at": AT}


@pytest.fixture(autouse=True)
def _balanced() -> Iterator[None]:
    yield
    assert unbalanced() == []


def draft(**fields: Any) -> Fund:
    """A fund of the network head that is not written yet."""
    partner = fields.pop("partner", None) or make_partner("Fondation", level="national")
    return Fund(**({"name": "Paniers", "partner": partner, "entity": journal.head()} | fields))


def opened(fund: Fund | None = None, **more: Any) -> Fund:
    return funds.open_fund(fund or draft(), today=TODAY, **WHO, **more)


def notified(fund: Fund | None = None, cents: int = 100_000, **fields: Any) -> Tranche:
    """A tranche of 2017, promised then notified through the actions."""
    values = {"label": "2017", "from_day": date(2017, 1, 1), "until_day": date(2017, 12, 31), "promised_cents": cents}
    tranche = funds.add_tranche(fund or opened(), values | fields, **WHO)
    funds.notify(tranche, cents=cents, on=date(2017, 1, 20), due_on=None, **WHO)
    tranche.refresh_from_db()
    return tranche


def settled(cents: int = 100_000, weeks: tuple[int, ...] = (12, 13)) -> Tranche:
    """A tranche that paid two weeks of three baskets, 7,00 € each: 42,00 €."""
    closed_weeks(weeks=weeks)
    tranche = notified(cents=cents)
    settle()
    tranche.refresh_from_db()
    return tranche


def claim_all(tranche: Tranche) -> None:
    """What was settled is claimed, as if by a call for funds."""
    line = SettlementLine.objects.filter(tranche=tranche).first()
    assert line
    payer = tranche.fund.partner
    assert payer
    claim = Claim.objects.create(
        entity=tranche.fund.entity, year=2017, sequence=1, number="2017-1", kind="call", partner=payer, tranche=tranche,
        from_day=date(2017, 1, 1), until_day=date(2017, 3, 31), issued_on=TODAY, due_on=TODAY, total_cents=tranche.used_cents, at=AT,
    )  # fmt: skip
    for one in SettlementLine.objects.filter(tranche=tranche):
        ClaimLine.objects.create(claim=claim, settled=one, baskets=one.baskets, cents=one.cents)
    Tranche.objects.filter(pk=tranche.pk).update(claimed_cents=tranche.used_cents)


# --- Conditions ---------------------------------------------------------------------------------


def test_conditions_that_exclude_everybody_are_refused_and_nothing_is_written() -> None:
    closed_weeks(audience="Minima sociaux")
    with pytest.raises(funds.ConditionsRefused) as refused:
        opened(draft(audiences=["Étudiants"]))
    assert [(one.why, one.field) for one in refused.value.wrong] == [("nobody", "audiences")]
    assert not Fund.objects.exists()


def test_they_are_kept_when_somebody_says_that_those_households_will_come() -> None:
    closed_weeks(audience="Minima sociaux")
    assert opened(draft(audiences=["Étudiants"]), expected=True).pk


def test_a_fund_is_written_before_anybody_comes() -> None:
    assert opened(draft(audiences=["Étudiants"])).pk


def test_a_place_that_does_not_exist_is_never_kept() -> None:
    with pytest.raises(funds.ConditionsRefused):
        opened(draft(territories=["commune:99999"]), expected=True)


def test_two_funds_of_one_funder_do_not_share_a_number() -> None:
    first = opened(draft(reference="DGCS 2016-118"))
    with pytest.raises(funds.ReferenceTaken) as refused:
        opened(draft(partner=first.partner, reference=" dgcs  2016-118 "))
    assert refused.value.other == first
    assert opened(draft(partner=make_partner("Région", level="national"), reference="DGCS 2016-118")).pk


def test_neither_do_two_campaigns_of_one_association() -> None:
    opened(Fund(name="Un", kind="campaign", entity=journal.head(), reference="C1"))
    with pytest.raises(funds.ReferenceTaken):
        opened(Fund(name="Deux", kind="campaign", entity=journal.head(), reference="C1"))


def test_a_gardens_own_box_does_not_pay_another_association() -> None:
    ours, theirs = make_garden("ours"), make_garden("theirs")
    box = Fund(name="Caisse", kind="box", entity=journal.entity_of(ours))
    with pytest.raises(funds.GardenElsewhere):
        opened(box, gardens=[theirs])
    assert opened(box, gardens=[ours]).pk


def test_who_gives_stays_once_money_is_notified_and_the_rest_may_change() -> None:
    fund = notified().fund
    with pytest.raises(funds.FundInUse):
        funds.change_fund(fund, {"partner": make_partner("Autre")}, gardens=[], today=TODAY, **WHO)
    assert funds.change_fund(fund, {"cap_cents": 250, "name": fund.name}, gardens=[], today=TODAY, **WHO) == [
        "cap_cents"
    ]
    assert LogEvent.objects.filter(verb="funding.fund_changed").count() == 1


def test_conditions_may_change_after_use_and_the_next_settlement_follows_them() -> None:
    tranche = settled()
    assert tranche.used_cents == 42_00
    funds.change_fund(tranche.fund, {"cap_cents": 200}, gardens=[], today=TODAY, **WHO)
    settle()
    tranche.refresh_from_db()
    assert tranche.used_cents == 12_00


# --- Tranches -----------------------------------------------------------------------------------


def test_money_is_owed_in_the_books_once_it_is_notified_and_no_more_once_it_is_refused() -> None:
    tranche = notified(cents=100_000)
    assert balance(journal.head(), "441") == 100_000
    funds.refuse(tranche, on=TODAY, because="Crédits épuisés", **WHO)
    tranche.refresh_from_db()
    assert (balance(journal.head(), "441"), tranche.notified_cents, str(tranche.refused_on)) == (0, 0, "2017-06-01")


def test_another_amount_notified_later_is_the_one_that_counts() -> None:
    tranche = notified(cents=100_000)
    for cents in (80_000, 120_000):
        funds.notify(tranche, cents=cents, on=date(2017, 2, 1), due_on=None, **WHO)
        assert balance(journal.head(), "441") == cents


def test_a_tranche_shortened_after_use_is_refused_with_what_stands() -> None:
    tranche = settled()
    last = {"until_day": date(2017, 3, 26)}  # the second week falls outside
    with pytest.raises(funds.TrancheInUse) as refused:
        funds.change_tranche(tranche, last, **WHO)
    assert refused.value.standing == funds.Standing(used=21_00, claimed=0, keeps=21_00)
    assert not isinstance(refused.value, funds.TrancheClaimed)
    tranche.refresh_from_db()
    assert tranche.until_day == date(2017, 12, 31)


def test_asked_again_the_money_that_falls_outside_goes_back() -> None:
    tranche = settled()
    funds.change_tranche(tranche, {"until_day": date(2017, 3, 26)}, give_back=True, **WHO)
    tranche.refresh_from_db()
    assert tranche.used_cents == 21_00
    assert {day for _fund, _garden, day in standing()} == {date(2017, 3, 23)}
    assert SettlementLine.objects.filter(tranche=tranche).aggregate(cents=Sum("cents"))["cents"] == 21_00


def test_what_goes_back_is_paid_by_another_fund_that_may() -> None:
    tranche = settled()
    notified(opened(draft(name="Relais", partner=make_partner("Région"))), cents=15_00)
    funds.change_tranche(tranche, {"until_day": date(2017, 3, 26)}, give_back=True, **WHO)
    assert sum(cents for (fund, _, _), cents in standing().items() if fund == "Relais") == 15_00


def test_a_tranche_shortened_on_claimed_money_asks_for_a_credit_note_first() -> None:
    tranche = settled()
    claim_all(tranche)
    with pytest.raises(funds.TrancheClaimed) as refused:
        funds.change_tranche(tranche, {"until_day": date(2017, 3, 26)}, give_back=True, **WHO)
    assert refused.value.standing.claimed == 21_00
    tranche.refresh_from_db()
    assert (tranche.until_day, tranche.used_cents) == (date(2017, 12, 31), 42_00)


def test_a_tranche_that_never_paid_those_days_is_shortened_at_once() -> None:
    tranche = settled()
    assert funds.change_tranche(tranche, {"until_day": date(2017, 9, 30), "label": "2017"}, **WHO) == ["until_day"]


def test_less_notified_than_used_gives_the_rest_back_when_asked() -> None:
    tranche = settled()
    with pytest.raises(funds.TrancheInUse):
        funds.notify(tranche, cents=30_00, on=TODAY, due_on=None, **WHO)
    funds.notify(tranche, cents=30_00, on=TODAY, due_on=None, give_back=True, **WHO)
    tranche.refresh_from_db()
    assert (tranche.used_cents, tranche.notified_cents) == (30_00, 30_00)
    assert balance(journal.head(), "441") == 30_00


def test_a_grant_refused_after_commitment_leaves_its_baskets_to_find() -> None:
    tranche = settled()
    with pytest.raises(funds.TrancheInUse):
        funds.refuse(tranche, on=TODAY, because="Annulée", **WHO)
    funds.refuse(tranche, on=TODAY, because="Annulée", give_back=True, **WHO)
    tranche.refresh_from_db()
    assert (tranche.used_cents, tranche.notified_cents) == (0, 0)
    assert standing() == {}
    settle()
    assert standing() == {}  # a refused tranche pays nothing ever after
    with pytest.raises(funds.TrancheRefused):
        funds.notify(tranche, cents=1_00, on=TODAY, due_on=None, **WHO)


def test_a_refusal_keeps_what_was_claimed() -> None:
    tranche = settled()
    claim_all(tranche)
    funds.refuse(tranche, on=TODAY, because="Le reste est annulé", **WHO)
    tranche.refresh_from_db()
    assert (tranche.used_cents, tranche.claimed_cents, tranche.notified_cents) == (42_00, 42_00, 42_00)


def test_a_fund_that_ends_pays_nothing_from_that_day() -> None:
    tranche = settled()
    with pytest.raises(funds.TrancheInUse):
        funds.end_fund(tranche.fund, on=date(2017, 3, 27), because="Dissoute", **WHO)
    tranche.fund.refresh_from_db()
    assert tranche.fund.ended_on is None
    funds.end_fund(tranche.fund, on=date(2017, 3, 27), because="Dissoute", give_back=True, **WHO)
    tranche.refresh_from_db()
    assert tranche.used_cents == 21_00
    funds.resume_fund(tranche.fund, **WHO)
    settle()
    tranche.refresh_from_db()
    assert tranche.used_cents == 42_00


def test_a_tranche_written_by_mistake_goes_unless_money_leans_on_it() -> None:
    fund = opened()
    values = {"label": "2018", "from_day": date(2018, 1, 1), "until_day": date(2018, 12, 31), "promised_cents": 1}
    tranche = funds.add_tranche(fund, values, **WHO)
    with pytest.raises(funds.LabelTaken):
        funds.add_tranche(fund, values | {"label": "2018"}, **WHO)
    funds.withdraw_tranche(tranche, **WHO)
    assert not fund.tranches.exists()
    with pytest.raises(funds.FundInUse):
        funds.withdraw_tranche(notified(fund), **WHO)


# --- Facts --------------------------------------------------------------------------------------


def test_money_is_late_from_the_day_after_it_was_due() -> None:
    make_tranche(cents=100_00, due_on=TODAY)
    rows = Fund.objects.select_related("partner", "entity")
    [on_the_day] = queries.fund_facts(rows, TODAY)
    [later] = queries.fund_facts(rows, date(2017, 6, 11))
    assert on_the_day.late == []
    [one] = later.late
    assert one.late == queries.Late(days=10, cents=100_00)


def test_a_tranche_says_how_far_its_money_has_come() -> None:
    fund = opened()
    values = {"label": "2017", "from_day": date(2017, 1, 1), "until_day": date(2017, 12, 31), "promised_cents": 100_00}
    tranche = funds.add_tranche(fund, values, **WHO)

    def state() -> str:
        [fact] = queries.fund_facts(Fund.objects.select_related("partner", "entity"), TODAY)
        return fact.tranches[0].state

    seen = [state()]
    funds.notify(tranche, cents=90_00, on=TODAY, due_on=None, **WHO)
    seen.append(state())
    for number, cents in enumerate((40_00, 50_00)):
        claiming.receive(
            fund.entity, partner=fund.partner, day=TODAY, cents=cents, means="transfer", reference="", once=str(number),
            parts=[claiming.Part(cents, tranche=tranche)], **WHO,
        )  # fmt: skip
        seen.append(state())
    assert seen == ["promised", "notified", "partly", "received"]


def test_facts_are_read_in_as_many_questions_for_thirty_funds_as_for_three(django_assert_num_queries: Any) -> None:
    for number in range(30):
        make_tranche(make_fund(f"Fonds {number}"), cents=100)
    with django_assert_num_queries(8):
        assert len(queries.fund_facts(Fund.objects.select_related("partner", "entity")[:3], TODAY)) == 3
    with django_assert_num_queries(8):
        assert len(queries.fund_facts(Fund.objects.select_related("partner", "entity"), TODAY)) == 30


# --- A garden that leaves -----------------------------------------------------------------------


def test_a_garden_that_leaves_is_paid_for_its_past_and_nothing_after() -> None:
    closed = closed_weeks(weeks=(12, 13))
    tranche = notified()
    set_status(closed.garden, status="left", from_day=date(2017, 3, 27), by=None, at=AT)
    settle()
    tranche.refresh_from_db()
    assert tranche.used_cents == 21_00
    assert {day for _fund, _garden, day in standing()} == {date(2017, 3, 23)}


# --- Two payers become one ----------------------------------------------------------------------


def test_what_comes_is_the_new_ones_and_what_was_sealed_keeps_its_name() -> None:
    closed = closed_weeks()
    old, into = Partner.objects.get(name="CCAS val"), make_partner("CIAS")
    fund = opened(draft(partner=old, reference="12"))
    fresh = make_agreement(closed.garden, partner=old, name="Suite")
    merging.merge(old, into, on=TODAY, **WHO)
    fund.refresh_from_db()
    sealed = old.pays.get(agreement__name="CCAS val 2017")
    assert fund.partner == into
    assert [payer.partner for payer in fresh.payers.filter(kind="partner")] == [into]
    assert sealed.partner == old
    assert Billing.objects.get(partner=old).merged_into == into


def test_a_merger_is_refused_by_name() -> None:
    one, two, three = (make_partner(name, level="national") for name in ("Un", "Deux", "Trois"))
    with pytest.raises(merging.SamePartner):
        merging.merge(one, one, on=TODAY, **WHO)
    opened(draft(partner=one, reference="A-1"))
    opened(draft(partner=two, reference="a-1"))
    with pytest.raises(merging.ReferencesMeet):
        merging.merge(one, two, on=TODAY, **WHO)
    merging.merge(one, three, on=TODAY, **WHO)
    for old, into in ((one, two), (two, one)):
        with pytest.raises(merging.AlreadyMerged):
            merging.merge(old, into, on=TODAY, **WHO)


def test_who_merged_follows_when_its_new_name_merges_again() -> None:
    one, two, three = (make_partner(name) for name in ("Un", "Deux", "Trois"))
    merging.merge(one, two, on=TODAY, **WHO)
    merging.merge(two, three, on=TODAY, **WHO)
    assert set(Billing.objects.values_list("partner", "merged_into")) == {(one.pk, three.pk), (two.pk, three.pk)}


def test_an_entity_of_a_garden_is_told_from_the_head() -> None:
    garden = make_garden("ours")
    entity = journal.entity_of(garden)
    assert queries.gardens_of(entity) == {garden.pk}
    assert queries.gardens_of(journal.head()) is None
    assert Entity.objects.filter(head=True).count() == 1
