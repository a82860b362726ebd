"""Grants of the network to gardens: what may be granted, paid, spent, given back, and what stands in the books of both."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection, connections
from hypothesis import given
from hypothesis import strategies as st

from cageot.funding import audit, journal
from cageot.funding.actions import funds, granting
from cageot.funding.actions.granting import Decision
from cageot.funding.models import (
    FiscalYear,
    GrantApplication,
    GrantCall,
    GrantInstalment,
    GrantReport,
    Tranche,
)
from cageot.funding.queries import granting as queries
from cageot.funding.queries import need
from cageot.funding.queries.earmarked import earmarked
from cageot.funding.rules import granting as rules
from cageot.funding.rules.granting import Flow, Step
from cageot.network.models import Garden, GardenStatus, LogEvent, Message
from tests import factories as make
from tests.factories import AT
from tests.funding.money_world import (
    IN_FEBRUARY,
    balance,
    make_application,
    make_call,
    make_fund,
    make_tranche,
    unbalanced,
)
from tests.funding.test_tariffs import cents, tables

MARCH, JULY, JANUARY = date(2017, 3, 15), date(2017, 7, 1), date(2018, 1, 20)
PLAN = [Step(8000, MARCH), Step(2000, date(2018, 2, 1), "Compte rendu accepté")]


# --- Rules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", tables("granting.md")[0], ids=lambda row: row[0])
def test_an_envelope_is_shared_as_the_page_says(row: list[str]) -> None:
    _name, asked, envelope, cap, floor, given_ = row
    wanted = {number: cents(text) for number, text in enumerate(asked.split(";"))}
    found = rules.shares(wanted, cents(envelope), cap=cents(cap) if cap else None, floor=cents(floor or "0"))
    assert list(found.values()) == [cents(text) for text in given_.split(";")]


@pytest.mark.parametrize("row", tables("granting.md")[1], ids=lambda row: row[0])
def test_the_annex_counts_as_the_page_says(row: list[str]) -> None:
    flows = [
        Flow(date(int(year), 6, 1), kind, cents(amount))  # type: ignore[arg-type]
        for year, kind, amount in (part.split() for part in row[0].split(";"))
    ]
    found = rules.tally(flows, date(int(row[1]), 1, 1), date(int(row[1]), 12, 31))
    told = [found.opening, found.received, found.used, found.transferred, found.closing, found.idle]
    assert told == [cents(text) for text in row[2:]]


def test_the_page_holds_the_tables_that_are_executed() -> None:
    assert len(tables("granting.md")[0]) >= 6
    assert len(tables("granting.md")[1]) >= 6


AMOUNTS = st.integers(0, 5_000_000)


@given(st.lists(AMOUNTS, max_size=12), AMOUNTS, st.none() | AMOUNTS, AMOUNTS)
def test_nobody_gets_more_than_asked_nor_all_more_than_the_envelope(
    asked: list[int], envelope: int, cap: int | None, floor: int
) -> None:
    wanted = dict(enumerate(asked))
    found = rules.shares(wanted, envelope, cap=cap, floor=floor)
    assert sum(found.values()) <= envelope
    assert all(0 <= found[key] <= min(wanted[key], cap if cap is not None else wanted[key]) for key in wanted)
    if sum(found.values()) < envelope - 100 * len(asked):  # but for whole euros, nothing is kept back
        assert all(found[key] == min(wanted[key], cap if cap is not None else wanted[key]) for key in wanted)


@given(st.lists(st.integers(100, 500_000), min_size=2, max_size=8), st.integers(0, 1_000_000))
def test_who_asks_the_same_gets_the_same_within_a_euro(asked: list[int], envelope: int) -> None:
    found = rules.shares(dict(enumerate([*asked, asked[0]])), envelope)
    assert abs(found[0] - found[len(asked)]) <= 100


@given(st.integers(1, 10**9), st.lists(st.integers(1, 1000), min_size=1, max_size=6))
def test_payments_make_the_grant_to_the_cent(granted: int, weights: list[int]) -> None:
    parts = [weight * 10_000 // sum(weights) or 1 for weight in weights]
    parts[-1] += 10_000 - sum(parts)
    if parts[-1] <= 0:
        return
    found = rules.payments(granted, [Step(bp, MARCH) for bp in parts])
    assert sum(one.cents for one in found) == granted
    assert all(one.cents > 0 for one in found)


def test_a_plan_that_is_not_whole_is_a_mistake() -> None:
    for plan in ([], [Step(8000, MARCH)], [Step(12_000, MARCH), Step(-2000, MARCH)]):
        with pytest.raises(ValueError, match="basis points"):
            rules.payments(100, plan)


FLOWS = st.lists(
    st.builds(
        Flow,
        st.dates(date(2014, 1, 1), date(2019, 12, 31)),
        st.sampled_from(["received", "used", "transferred"]),
        st.integers(-1000, 100_000),
    ),
    max_size=30,
)


@given(FLOWS, st.booleans())
def test_each_year_opens_where_the_one_before_closed(flows: list[Flow], ends: bool) -> None:
    if ends:
        flows = [*flows, *rules.given_up(flows, date(2016, 12, 31))]
    years = [rules.tally(flows, date(year, 1, 1), date(year, 12, 31)) for year in range(2014, 2020)]
    for one in years:
        assert one.opening + one.received - one.used - one.transferred == one.closing
    assert [one.opening for one in years] == [0, *(one.closing for one in years[:-1])]
    assert not ends or all(one.closing == 0 for one in years[2:])


# --- A whole life ---------------------------------------------------------------------------------

db = pytest.mark.django_db


@pytest.fixture
def garden(db: None) -> Garden:
    garden = make.make_garden()
    make.make_person("coordinator", garden, email="lea@exemple.fr")
    make.make_person("network", email="nadia@exemple.fr")
    return garden


@pytest.fixture
def call(garden: Garden) -> GrantCall:
    return make_call()


def decide(*applications: GrantApplication, cents: int | None = None, words: str = "Bravo.") -> None:
    decisions = [Decision(one, one.asked_cents if cents is None else cents, words) for one in applications]
    granting.decide(applications[0].call, decisions, PLAN, today=MARCH, by=None, at=AT)
    for one in applications:
        one.refresh_from_db()


def pay(application: GrantApplication, met: str = "") -> GrantInstalment:
    one = application.instalments.filter(paid_on=None, stopped_on=None)[0]
    granting.pay(one, on=MARCH, reference="VIR 12", met=met, by=None, at=AT)
    one.refresh_from_db()
    return one


def report(application: GrantApplication, unspent: int = 0, left: str = "carried") -> None:
    values = {"done": "Dix ateliers.", "unspent_cents": unspent, "left": left, "baskets": 390}
    granting.save_report(application, values, by=None, at=AT)
    granting.send_report(application, today=JANUARY, by=None, at=AT)
    granting.accept_report(application, words="", today=JANUARY, by=None, at=AT)


def year(entity: object, number: int) -> FiscalYear:
    first, last = date(number, 1, 1), date(number, 12, 31)
    return FiscalYear.objects.get_or_create(entity=entity, first=first, defaults={"last": last})[0]


def line(entity: object, number: int) -> tuple[int, ...]:
    [one] = earmarked(entity, year(entity, number))  # type: ignore[arg-type]
    assert one.opening + one.received - one.used - one.transferred == one.closing
    return one.opening, one.received, one.used, one.transferred, one.closing


def told(kind: str = "grant_garden") -> list[str]:
    return list(Message.objects.filter(kind=kind).order_by("pk").values_list("body", flat=True))


def test_a_grant_is_asked_decided_paid_reported_and_what_is_left_is_carried_over(
    garden: Garden, call: GrantCall
) -> None:
    assert "appel à projets" in told()[0]
    one = make_application(call, garden)
    assert "répondu à un appel" in told("grant_network")[0]
    decide(one)
    assert [(part.cents, part.condition) for part in one.instalments.all()] == [
        (160_000, ""),
        (40_000, "Compte rendu accepté"),
    ]
    assert queries.room(call) == 400_000
    home, head = journal.entity_of(garden), journal.head()
    assert (balance(head, "6571"), balance(home, "7551")) == (200_000, -200_000)
    assert (balance(head, "467"), balance(home, "467")) == (-200_000, 200_000)
    pay(one)
    assert (balance(head, "512"), balance(home, "512"), balance(home, "467")) == (-160_000, 160_000, 40_000)
    with pytest.raises(granting.ConditionNotMet):
        pay(one)
    report(one, unspent=30_000)
    pay(one, met="Accepté le 20 janvier")
    assert balance(home, "467") == 0
    assert line(home, 2017) == (0, 200_000, 170_000, 0, 30_000)
    assert line(home, 2018) == (30_000, 0, 0, 0, 30_000)
    granting.use_carried(one, cents=30_000, on=date(2018, 5, 1), words="Trois ateliers", by=None, at=AT)
    assert line(home, 2018) == (30_000, 0, 30_000, 0, 0)
    assert earmarked(home, year(home, 2019)) == []
    assert line(head, 2017) == (0, 1_000_000, 200_000, 0, 800_000)
    assert unbalanced() == []
    assert [earmarked(one, year(one, 2017))[0].account for one in (home, head)] == ["195", "194"]


def test_what_is_not_spent_is_given_back_and_may_be_granted_again(garden: Garden, call: GrantCall) -> None:
    one = make_application(call, garden)
    decide(one)
    pay(one)
    report(one, unspent=70_000, left="given_back")  # 400,00 € were not paid yet, and will not be; 300,00 € are owed
    assert [(part.cents, part.stopped_on) for part in one.instalments.all()] == [(160_000, None), (40_000, JANUARY)]
    fate = queries.fate(one)
    assert (fate.kept, fate.unspent, fate.in_hand, fate.to_pay) == (160_000, 30_000, 30_000, 0)
    with pytest.raises(granting.MoreThanLeft):
        granting.give_back(one, cents=30_001, on=JANUARY, words="", by=None, at=AT)
    granting.give_back(one, cents=30_000, on=JANUARY, words="Virement", by=None, at=AT)
    home, head = journal.entity_of(garden), journal.head()
    assert (balance(head, "512"), balance(home, "512")) == (-130_000, 130_000)
    assert (balance(head, "6571"), balance(home, "7551"), balance(home, "467")) == (130_000, -130_000, 0)
    assert call.tranche.used_cents == 0  # as this row was read; the base knows better
    call.tranche.refresh_from_db()
    assert call.tranche.used_cents == 130_000
    assert queries.room(call) == 600_000 - 130_000
    assert line(home, 2017) == (0, 200_000, 130_000, 0, 70_000)
    assert line(home, 2018) == (70_000, 0, 0, 70_000, 0)
    assert unbalanced() == []


def test_a_garden_that_leaves_is_paid_no_more_and_gives_back_what_it_did_not_spend(
    garden: Garden, call: GrantCall
) -> None:
    one = make_application(call, garden)
    decide(one)
    pay(one)
    assert granting.garden_left(garden, on=JULY, because="Le jardin ferme.", by=None, at=AT) == 1
    one.refresh_from_db()
    assert (one.stopped_on, queries.fate(one).to_pay) == (JULY, 0)
    assert "s’arrête" in told()[-1]
    [awaited] = queries.reports_awaited(JULY)
    assert (awaited.application, awaited.due) == (one, date(2018, 6, 30))
    granting.save_report(one, {"done": "Quatre ateliers", "unspent_cents": 60_000, "left": "carried"}, by=None, at=AT)
    assert one.report.left == GrantReport.Left.GIVEN_BACK
    granting.send_report(one, today=JULY, by=None, at=AT)
    granting.accept_report(one, words="", today=JULY, by=None, at=AT)
    granting.give_back(one, cents=60_000, on=JULY, words="", by=None, at=AT)
    assert line(journal.entity_of(garden), 2017) == (0, 200_000, 100_000, 100_000, 0)
    assert balance(journal.head(), "6571") == 100_000
    assert granting.garden_left(garden, on=JULY, because="Encore.", by=None, at=AT) == 0
    assert unbalanced() == []


def test_whatever_is_stopped_the_instalments_make_what_was_granted(garden: Garden, call: GrantCall) -> None:
    one = make_application(call, garden)
    decide(one)
    report(one, unspent=10_000, left="given_back")
    parts = list(one.instalments.all())
    assert sum(part.cents for part in parts) == one.granted_cents
    assert [(part.cents, bool(part.stopped_on)) for part in parts] == [
        (160_000, False),
        (30_000, False),
        (10_000, True),
    ]


# --- What is refused ------------------------------------------------------------------------------


def test_no_more_is_granted_than_the_envelope_and_nothing_of_it_is_written(garden: Garden, call: GrantCall) -> None:
    other = make.make_garden("autre", "Autre jardin", "37261")
    both = [make_application(call, place, 400_000) for place in (garden, other)]
    with pytest.raises(granting.OverTheRoom) as refused:
        decide(*both)
    assert (refused.value.room, refused.value.asked) == (600_000, 800_000)
    assert GrantInstalment.objects.count() == 0
    assert set(GrantApplication.objects.values_list("state", flat=True)) == {"sent"}
    assert Tranche.objects.get().used_cents == 0


def test_no_more_is_granted_than_the_notified_money_that_serves_nothing_else(garden: Garden) -> None:
    tranche = make_tranche(cents=700_000)
    call = make_call(tranche)
    Tranche.objects.update(used_cents=600_000)  # settled meanwhile for baskets
    with pytest.raises(granting.OverTheRoom) as refused:
        decide(make_application(call, garden))
    assert refused.value.room == 100_000


def test_promised_money_may_be_called_for_but_not_granted(garden: Garden) -> None:
    call = make_call(make_tranche(notified_cents=None))
    with pytest.raises(granting.NotNotified):
        decide(make_application(call, garden))


def test_baskets_are_not_paid_from_what_is_granted_or_called_for(garden: Garden) -> None:
    tranche = make_tranche()
    call = make_call(tranche)
    assert queries.set_aside([tranche.pk]) == {tranche.pk: 600_000}
    [purse] = need.funds()
    assert purse.fund.budget_cents == 400_000
    one = make_application(call, garden)
    assert queries.set_aside([tranche.pk]) == {tranche.pk: 600_000}
    decide(one)
    assert queries.set_aside([tranche.pk]) == {tranche.pk: 200_000}  # all are answered: the rest may pay baskets
    pay(one)
    granting.stop(one, on=JULY, because="Le projet s’arrête.", by=None, at=AT)
    assert queries.set_aside([tranche.pk]) == {tranche.pk: 160_000}
    assert list(audit.audit()) == []


def test_money_granted_is_not_taken_back_from_its_tranche(garden: Garden) -> None:
    tranche = make_tranche()
    decide(make_application(make_call(tranche), garden))
    with pytest.raises(funds.TrancheGranted):
        funds.refuse(tranche, on=JULY, because="Coupe", by=None, at=AT, give_back=True)
    with pytest.raises(funds.TrancheGranted):
        funds.notify(tranche, cents=100_000, on=JULY, due_on=None, by=None, at=AT, give_back=True)


def test_an_envelope_fits_in_its_tranche(garden: Garden) -> None:
    with pytest.raises(granting.EnvelopeTooBig) as refused:
        make_call(make_tranche(cents=500_000))
    assert refused.value.most == 500_000
    assert not GrantCall.objects.exists()


def test_a_decision_is_taken_once(garden: Garden, call: GrantCall) -> None:
    one = make_application(call, garden)
    decide(one)
    with pytest.raises(granting.WrongState):
        granting.decide(call, [Decision(one, 1000)], PLAN, today=MARCH, by=None, at=AT)
    assert one.instalments.count() == 2


def test_a_refusal_says_why_and_more_than_asked_is_not_given(garden: Garden, call: GrantCall) -> None:
    one = make_application(call, garden)
    with pytest.raises(granting.NoReason):
        decide(one, cents=0, words=" ")
    with pytest.raises(granting.MoreThanAsked):
        decide(one, cents=one.asked_cents + 1)
    decide(one, cents=0, words="Le jardin a déjà été aidé cette année.")
    assert (one.state, one.decision) == ("refused", "Le jardin a déjà été aidé cette année.")
    assert "répondu à votre demande" in told()[-1]


def test_an_instalment_is_paid_once_and_a_stopped_one_never(garden: Garden, call: GrantCall) -> None:
    one = make_application(call, garden)
    decide(one)
    paid = pay(one)
    with pytest.raises(granting.WrongState):
        granting.pay(paid, on=JULY, reference="", met="", by=None, at=AT)
    granting.stop(one, on=JULY, because="Le projet s’arrête.", by=None, at=AT)
    with pytest.raises(granting.WrongState):
        granting.pay(one.instalments.get(paid_on=None), on=JULY, reference="", met="oui", by=None, at=AT)
    with pytest.raises(granting.WrongState):
        granting.stop(one, on=JULY, because="Encore.", by=None, at=AT)


def test_a_draft_is_kept_as_it_is_and_sent_when_it_is_whole(garden: Garden, call: GrantCall) -> None:
    one = granting.start(call, garden, today=IN_FEBRUARY, by=None, at=AT)
    granting.save_draft(one, {"project": "Un atelier"}, by=None, at=AT)
    with pytest.raises(granting.Incomplete) as refused:
        granting.send(one, today=IN_FEBRUARY, by=None, at=AT)
    assert refused.value.missing == ["asked_cents", "baskets", "lines"]
    one.refresh_from_db()
    assert (one.state, one.project) == ("draft", "Un atelier")
    assert granting.start(call, garden, today=IN_FEBRUARY, by=None, at=AT) == one


def test_a_call_takes_nothing_before_it_opens_nor_after_it_closes(garden: Garden, call: GrantCall) -> None:
    for day in (date(2017, 1, 31), date(2017, 3, 1)):
        with pytest.raises(granting.CallClosed):
            granting.start(call, garden, today=day, by=None, at=AT)
    one = make_application(call, garden, sent=False)
    with pytest.raises(granting.CallClosed):
        granting.send(one, today=date(2017, 3, 1), by=None, at=AT)


def test_an_application_given_back_to_complete_may_be_sent_after_the_call(garden: Garden, call: GrantCall) -> None:
    one = make_application(call, garden)
    granting.reopen(one, because="Il manque le prix des ingrédients.", today=MARCH, by=None, at=AT)
    assert (one.state, one.decision) == ("draft", "Il manque le prix des ingrédients.")
    granting.send(one, today=MARCH, by=None, at=AT)
    one.refresh_from_db()
    assert (one.state, one.decision) == ("sent", "")


def test_a_garden_takes_back_and_asks_again_while_the_call_is_open(garden: Garden, call: GrantCall) -> None:
    one = make_application(call, garden)
    granting.withdraw(one, by=None, at=AT)
    granting.reopen(one, today=IN_FEBRUARY, by=None, at=AT)
    assert one.state == "draft"
    with pytest.raises(granting.CallClosed):
        granting.reopen(one, today=MARCH, by=None, at=AT)


def test_a_call_that_somebody_answered_only_closes_later(garden: Garden, call: GrantCall) -> None:
    make_application(call, garden)
    with pytest.raises(granting.CallInUse):
        granting.change_call(call, {"envelope_cents": 100}, by=None, at=AT)
    assert granting.change_call(call, {"closes_on": date(2017, 3, 10)}, by=None, at=AT) == ["closes_on"]
    with pytest.raises(granting.CallInUse):
        granting.withdraw_call(call, by=None, at=AT)


def test_a_call_of_a_fund_for_some_gardens_concerns_no_other(garden: Garden) -> None:
    other = make.make_garden("autre", "Autre jardin", "37261")
    fund = make_fund()
    fund.gardens.add(other)
    call = make_call(make_tranche(fund))
    with pytest.raises(granting.NotConcerned):
        granting.start(call, garden, today=IN_FEBRUARY, by=None, at=AT)


def test_a_garden_that_left_the_network_is_not_asked(garden: Garden) -> None:
    GardenStatus.objects.filter(garden=garden).update(status="left")
    call = make_call()
    assert told() == []
    with pytest.raises(granting.NotConcerned):
        granting.start(call, garden, today=IN_FEBRUARY, by=None, at=AT)


def test_accounts_are_given_back_to_complete_with_what_is_missing(garden: Garden, call: GrantCall) -> None:
    one = make_application(call, garden)
    decide(one)
    with pytest.raises(granting.Incomplete):
        granting.send_report(one, today=JANUARY, by=None, at=AT)
    granting.save_report(one, {"done": "Dix ateliers."}, by=None, at=AT)
    granting.send_report(one, today=JANUARY, by=None, at=AT)
    with pytest.raises(granting.WrongState):
        granting.save_report(one, {"done": "Onze"}, by=None, at=AT)
    with pytest.raises(granting.NoReason):
        granting.return_report(one, words="", today=JANUARY, by=None, at=AT)
    granting.return_report(one, words="Combien de personnes ?", today=JANUARY, by=None, at=AT)
    assert "compte rendu à compléter" in told()[-1]
    granting.save_report(one, {"done": "Onze, 20 personnes"}, by=None, at=AT)
    with pytest.raises(granting.MoreThanLeft):
        granting.save_report(one, {"unspent_cents": 200_001}, by=None, at=AT)


def test_a_reminder_is_sent_once_in_the_month_before(garden: Garden, call: GrantCall) -> None:
    one = make_application(call, garden)
    decide(one)
    before = len(told())
    assert granting.remind(today=date(2018, 3, 1), at=AT) == 0
    assert granting.remind(today=date(2018, 6, 10), at=AT) == 1
    assert granting.remind(today=date(2018, 6, 11), at=AT) == 0
    assert len(told()) == before + 1


def test_money_within_one_association_is_no_event_of_its_books(garden: Garden) -> None:
    home = journal.entity_of(garden)
    call = make_call(make_tranche(make_fund(entity=home)))
    one = make_application(call, garden)
    decide(one)
    pay(one)
    assert balance(home, "") == 0
    assert balance(home, "7551") == 0
    assert unbalanced() == []


def test_a_tranche_over_two_years_is_income_of_both(garden: Garden) -> None:
    tranche = make_tranche(cents=365_000, from_day=date(2017, 7, 2), until_day=date(2018, 7, 1))
    head = tranche.fund.entity
    assert line(head, 2017) == (0, 183_000, 0, 0, 183_000)
    assert line(head, 2018) == (183_000, 182_000, 0, 0, 365_000)


def test_money_that_may_not_wait_leaves_the_annex_with_its_year(garden: Garden) -> None:
    tranche = make_tranche(cents=700_000, carries_over=False)
    decide(make_application(make_call(tranche), garden))
    assert line(tranche.fund.entity, 2017) == (0, 700_000, 200_000, 500_000, 0)


def test_nothing_is_written_of_amounts_in_the_log(garden: Garden, call: GrantCall) -> None:
    one = make_application(call, garden)
    decide(one)
    pay(one)
    report(one)
    assert not any("200000" in str(event.detail) or "160000" in str(event.detail) for event in LogEvent.objects.all())


# --- Two at once ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite lets one write at a time")
def test_two_decisions_at_once_never_pass_the_envelope() -> None:
    first = make.make_garden()
    other = make.make_garden("autre", "Autre jardin", "37261")
    call = make_call()
    both = [make_application(call, place, 400_000) for place in (first, other)]
    outcomes: list[str] = []

    def one_decision(application: GrantApplication) -> None:
        try:
            granting.decide(call, [Decision(application, 400_000)], PLAN, today=MARCH, by=None, at=AT)
            outcomes.append("granted")
        except granting.OverTheRoom:
            outcomes.append("over")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one_decision, args=(one,)) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["granted", "over"]
    assert Tranche.objects.get().used_cents == 400_000
