"""What a tranche's money was used for: baskets, grants to gardens, sessions. Everything that reads it says the same cents."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cageot.funding import audit, journal
from cageot.funding.actions import claiming, funds, granting, ledger, spending
from cageot.funding.actions.books import take_turn
from cageot.funding.actions.claiming import Part
from cageot.funding.actions.granting import Decision
from cageot.funding.models import (
    BookEntry,
    BookLine,
    Claim,
    ClaimLine,
    Entity,
    FiscalYear,
    Fund,
    GrantApplication,
    Tranche,
    TrancheUse,
)
from cageot.funding.queries import claiming as to_ask
from cageot.funding.queries import earmarked, uses
from cageot.funding.queries import granting as of_grants
from cageot.funding.rules import granting as rules
from cageot.funding.rules.granting import Flow, Step
from cageot.network.models import Garden, Partner
from tests import factories as make
from tests.factories import AT
from tests.funding.claim_world import settled, text
from tests.funding.money_world import (
    closed_weeks,
    make_application,
    make_call,
    make_fund,
    make_tranche,
    settle,
    unbalanced,
)

pytestmark = pytest.mark.django_db
MAY, JULY, JANUARY = date(2017, 5, 12), date(2017, 7, 3), date(2018, 1, 20)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


def session(
    tranche: Tranche, garden: Garden, cents: int, day: date = MAY, *, reverses: int | None = None
) -> TrancheUse:
    """A cost of a session, as `workshops.actions.costs` has a tranche pay it."""
    number = TrancheUse.objects.count() + 1
    with transaction.atomic():
        take_turn()
        assert spending.spend(tranche.pk, garden, cents, day=day, source="session", source_id=number, reverses=reverses)
    return TrancheUse.objects.get(source_id=number)


def grant(tranche: Tranche, garden: Garden, cents: int, day: date = date(2017, 3, 15)) -> GrantApplication:
    """A call, an application, a decision: all of it granted."""
    call = make_call(tranche, name=f"Appel {GrantApplication.objects.count() + 1}", envelope_cents=cents)
    one = make_application(call, garden, cents)
    granting.decide(call, [Decision(one, cents)], [Step(10_000, day)], today=day, by=None, at=at(day))
    one.refresh_from_db()
    return one


def notified(cents: int = 100_000, fund: Fund | None = None, **fields: Any) -> Tranche:
    """A tranche of 2017 that was notified by the action itself, so that the books say so."""
    made = make_tranche(fund or make_fund(), cents, notified_cents=None, **fields)
    funds.notify(made, cents=cents, on=date(2017, 1, 20), due_on=None, by=None, at=AT)
    made.refresh_from_db()
    return made


def issue(today: date = JULY) -> list[Claim]:
    drafts = to_ask.to_claim(journal.head(), [], today, until=today).ready
    return claiming.issue(
        journal.head(), gardens=[], asked=[one.digest for one in drafts], today=today, until=today, text=text, by=None, at=at(today)
    )  # fmt: skip


def close(year: int, today: date | None = None, entity: Entity | None = None) -> FiscalYear:
    """Close a year of the head's books; the year itself."""
    entity = entity or journal.head()
    one = journal.year_for(entity, date(year, 6, 1))
    today = today or date(year + 1, 1, 20)
    seen = ledger.closing_of(one, open_weeks=0, today=today).fingerprint
    ledger.close_year(one, seen=seen, open_weeks=0, today=today, by=None, at=at(today))
    one.refresh_from_db()
    return one


def annex(year: FiscalYear) -> list[tuple[int, int, int, int, int]]:
    return [
        (one.opening, one.received, one.used, one.transferred, one.closing)
        for one in earmarked.earmarked(year.entity, year)
    ]


def lines_of(source: str) -> list[tuple[str, int, int | None]]:
    entry = BookEntry.objects.get(source=source)
    return sorted(entry.lines.values_list("account", "cents", "partner"))


@pytest.fixture
def garden() -> Garden:
    return make.make_garden("val", "Jardin du Val", "41018")


# --- Sessions count -------------------------------------------------------------------------------


def test_money_spent_on_a_session_is_not_put_aside_again(garden: Garden) -> None:
    tranche = notified()
    session(tranche, garden, 40_000)
    close(2017)
    assert lines_of("year_earmarked") == [("194", -60_000, None), ("6894", 60_000, None)]


def test_a_session_taken_back_is_not_spent(garden: Garden) -> None:
    tranche = notified()
    paid = session(tranche, garden, 40_000)
    session(tranche, garden, -40_000, JULY, reverses=paid.source_id)
    assert annex(close(2017)) == [(0, 100_000, 0, 0, 100_000)]


def test_less_than_sessions_took_is_refused_by_name(garden: Garden) -> None:
    tranche = notified()
    session(tranche, garden, 40_000)
    with pytest.raises(funds.TrancheSpent) as refused:
        funds.notify(tranche, cents=10_000, on=JULY, due_on=None, by=None, at=at(JULY), give_back=True)
    assert refused.value.standing.used == 30_000
    with pytest.raises(funds.TrancheSpent):
        funds.refuse(tranche, on=JULY, because="Coupe", by=None, at=at(JULY), give_back=True)
    with pytest.raises(funds.TrancheSpent):
        funds.change_tranche(tranche, {"until_day": date(2017, 4, 30)}, by=None, at=at(JULY), give_back=True)
    funds.notify(tranche, cents=40_000, on=JULY, due_on=None, by=None, at=at(JULY), give_back=True)


def test_claimed_baskets_and_a_grant_together_hold_a_tranche(garden: Garden) -> None:
    """500 € of baskets are claimed, 400 € granted: 700 € cannot be notified, and the database is not what says so."""
    tranche = notified()
    settled(tranche, garden, 50_000)
    issue()
    grant(tranche, garden, 40_000)
    with pytest.raises(funds.TrancheClaimed) as refused:
        funds.notify(tranche, cents=70_000, on=JULY, due_on=None, by=None, at=at(JULY), give_back=True)
    assert refused.value.standing.claimed == 20_000


# --- Claims of grants and sessions ----------------------------------------------------------------


def test_a_call_for_funds_lists_grants_and_sessions(garden: Garden) -> None:
    tranche = notified()
    settled(tranche, garden, 3_000, baskets=4)
    grant(tranche, garden, 20_000)
    session(tranche, garden, 1_500)
    session(tranche, garden, 500, MAY + timedelta(days=3))
    [draft] = to_ask.to_claim(journal.head(), [], JULY).ready
    assert [(one.what, one.name, one.baskets, one.cents) for one in draft.lines] == [
        (0, "", 4, 3_000), (1, "Appel 1", 0, 20_000), (2, "", 0, 2_000),
    ]  # fmt: skip
    [claim] = issue()
    tranche.refresh_from_db()
    assert (claim.total_cents, tranche.claimed_cents, tranche.used_cents) == (25_000, 25_000, 25_000)
    assert to_ask.to_claim(journal.head(), [], JULY).ready == ()
    claiming.accept(claim, on=JULY, by=None, at=at(JULY))
    tranche.refresh_from_db()
    assert tranche.justified_cents == 25_000
    assert list(audit.claims()) == []


def test_what_comes_back_of_a_claimed_grant_is_a_credit_note(garden: Garden) -> None:
    tranche = notified()
    one = grant(tranche, garden, 20_000)
    [claim] = issue()
    granting.stop(one, on=JULY, because="Le projet s’arrête.", by=None, at=at(JULY))
    tranche.refresh_from_db()
    assert (tranche.used_cents, tranche.claimed_cents) == (0, 20_000)
    [credit] = issue(date(2017, 10, 2))
    assert (credit.kind, credit.total_cents, credit.corrects) == ("credit", -20_000, claim)
    assert credit.reason == "Dépenses reprises après avoir été demandées."
    tranche.refresh_from_db()
    assert tranche.claimed_cents == 0
    assert list(audit.claims()) == []


def test_a_session_taken_back_before_it_was_asked_for_is_not_asked(garden: Garden) -> None:
    tranche = notified()
    paid = session(tranche, garden, 1_500)
    session(tranche, garden, -1_500, date(2017, 8, 1), reverses=paid.source_id)
    assert issue() == []  # asked in July, though it was taken back in August


def test_a_credited_call_may_be_asked_again_with_its_grants_and_sessions(garden: Garden) -> None:
    tranche = notified()
    grant(tranche, garden, 20_000)
    session(tranche, garden, 1_500)
    [claim] = issue()
    claiming.credit(claim, reason="Mauvaise adresse.", on=JULY, text=text, by=None, at=at(JULY))
    tranche.refresh_from_db()
    assert tranche.claimed_cents == 0
    [again] = issue()
    assert again.total_cents == 21_500
    assert list(audit.claims()) == []


def test_a_grant_that_came_to_less_is_credited_for_what_is_left_of_it(garden: Garden) -> None:
    tranche = notified()
    one = grant(tranche, garden, 20_000)
    [first] = issue()
    [instalment] = one.instalments.all()
    granting.pay(instalment, on=MAY, reference="", met="", by=None, at=at(MAY))
    granting.give_back(one, cents=5_000, on=JULY, words="", by=None, at=at(JULY))
    issue(date(2017, 10, 2))
    note = claiming.credit(first, reason="Mauvaise adresse.", on=JULY, text=text, by=None, at=at(JULY))
    assert note.total_cents == -15_000
    tranche.refresh_from_db()
    assert (tranche.claimed_cents, tranche.used_cents) == (0, 15_000)
    assert list(audit.claims()) == []


@pytest.mark.parametrize("what", ["grant", "use"])
def test_the_database_refuses_that_a_grant_or_a_session_is_claimed_twice(garden: Garden, what: str) -> None:
    tranche = notified()
    grant(tranche, garden, 20_000)
    session(tranche, garden, 1_500)
    [claim] = issue()
    line = claim.lines.get(**{f"{what}__isnull": False})
    other = Claim.objects.get(pk=claim.pk)
    other.pk, other.sequence, other.digest, other.number = None, 99, "x" * 64, "2017-0099"
    other.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimLine.objects.create(
            claim=other, baskets=0, cents=line.cents, revision=line.revision, **{what: getattr(line, what)}
        )


# --- The year's end -------------------------------------------------------------------------------


def test_deferred_income_is_released_to_the_account_of_its_source() -> None:
    """One funder gives twice, as a body and from gifts: each is income of its own account."""
    giver = Partner.objects.create(name="Terre de Sienne", kind="foundation", funds=True, level="national")
    year = {"from_day": date(2017, 7, 1), "until_day": date(2018, 6, 30), "label": "2017-2018"}
    notified(100_000, make_fund("Fondation", source="body", partner=giver), **year)
    notified(50_000, make_fund("Dons", source="giving", partner=giver), **year)
    close(2017)
    assert over_the_years(journal.head(), "487") == -(49_589 + 24_794)
    close(2018)
    assert lines_of("year_deferred") == [
        ("487", 49_589 + 24_794, giver.pk), ("7541", -24_794, giver.pk), ("7551", -49_589, giver.pk),
    ]  # fmt: skip


def test_money_deferred_by_hand_is_left_to_who_wrote_it() -> None:
    head = journal.head()
    lines = [journal.Line("512", 9_000), journal.Line("487", -9_000)]
    ledger.write_by_hand(head, day=MAY, label="Location", piece="L1", lines=lines, once=1, by=None, at=at(MAY))
    notified()
    close(2017)
    assert not BookEntry.objects.filter(source="year_deferred").exists()


def test_no_more_is_received_than_was_notified(garden: Garden) -> None:
    """A settlement dated in one year, what makes room for it in the next: the excess counts when its room comes."""
    tranche = notified(18_000)
    settled(tranche, garden, 18_000, MAY)
    Tranche.objects.filter(pk=tranche.pk).update(used_cents=18_000 - 620)
    settled(tranche, garden, -620, JANUARY)
    Tranche.objects.filter(pk=tranche.pk).update(used_cents=18_000 - 620)
    settled(tranche, garden, 620, date(2017, 12, 31))
    assert annex(close(2017)) == [(0, 18_000, 18_000, 0, 0)]
    assert annex(close(2018)) == []


def test_money_that_may_not_wait_is_owed_to_its_funder_then_given_back(garden: Garden) -> None:
    tranche = notified(carries_over=False)
    funder = tranche.fund.partner
    head = journal.head()
    claiming.receive(
        head, partner=funder, day=MAY, cents=100_000, means="transfer", reference="", once="a",
        parts=(Part(100_000, tranche=tranche),), by=None, at=at(MAY),
    )  # fmt: skip
    settled(tranche, garden, 70_000)
    issue()
    year = close(2017)
    assert annex(year) == [(0, 100_000, 70_000, 30_000, 0)]
    assert funder
    assert lines_of("year_owed") == [("441", -30_000, funder.pk), ("741", 30_000, funder.pk)]
    assert not BookEntry.objects.filter(source="year_earmarked").exists()

    def back(cents: int, once: str) -> Any:
        return claiming.receive(
            head, partner=funder, day=JANUARY, cents=-cents, means="transfer", reference="", once=once,
            parts=(Part(-cents, tranche=tranche),), by=None, at=at(JANUARY),
        )  # fmt: skip

    with pytest.raises(claiming.NotThatMuch):
        back(30_001, "b")
    payment = back(30_000, "c")
    tranche.refresh_from_db()
    assert (tranche.notified_cents, tranche.received_cents, tranche.used_cents) == (70_000, 70_000, 70_000)
    assert over_the_years(head, "441") == 0
    claiming.unmatch(payment, by=None, at=at(JANUARY))
    tranche.refresh_from_db()
    assert (tranche.notified_cents, tranche.received_cents) == (100_000, 100_000)
    claiming.match(payment, [Part(-30_000, tranche=tranche)], by=None, at=at(JANUARY))
    assert annex(close(2018)) == []
    assert over_the_years(head, "441") == 0
    assert unbalanced() == []


def over_the_years(entity: Entity, account: str) -> int:
    """What an account comes to over all years, the openings left out: they say again what was said."""
    rows = BookLine.objects.filter(entry__entity=entity, account=account).exclude(entry__journal="AN")
    return rows.aggregate(cents=Sum("cents"))["cents"] or 0


def test_money_given_back_before_its_year_ends_is_no_income_of_it(garden: Garden) -> None:
    tranche = notified()
    head = journal.head()
    for cents, once in ((100_000, "a"), (-30_000, "b")):
        claiming.receive(
            head, partner=tranche.fund.partner, day=MAY, cents=cents, means="transfer", reference="", once=once,
            parts=(Part(cents, tranche=tranche),), by=None, at=at(MAY),
        )  # fmt: skip
    session(tranche, garden, 70_000)
    assert annex(close(2017)) == [(0, 100_000, 70_000, 30_000, 0)]
    assert (over_the_years(head, "441"), over_the_years(head, "741")) == (0, -70_000)


def test_what_the_public_gave_waits_for_the_next_year(garden: Garden) -> None:
    """A collection has no funder: what is left of it is owed to nobody."""
    tranche = notified(fund=make_fund("Collecte", kind="campaign", source="giving"), carries_over=False)
    session(tranche, garden, 40_000)
    assert annex(close(2017)) == [(0, 100_000, 40_000, 0, 60_000)]


def test_a_closed_year_says_what_it_said_and_the_next_goes_on_from_there(garden: Garden) -> None:
    """After 2017 was closed, less is notified, and a session of 2017 is charged: both are of 2018."""
    tranche = notified()
    session(tranche, garden, 40_000)
    year = close(2017)
    funds.notify(tranche, cents=90_000, on=date(2018, 2, 1), due_on=None, by=None, at=at(date(2018, 2, 1)))
    tranche.refresh_from_db()
    session(tranche, garden, 10_000, MAY)
    assert annex(year) == [(0, 100_000, 40_000, 0, 60_000)]
    assert annex(close(2018)) == [(60_000, -10_000, 10_000, 0, 40_000)]
    assert over_the_years(journal.head(), "194") == -40_000


@given(
    st.lists(
        st.builds(
            Flow,
            st.dates(date(2014, 1, 1), date(2019, 12, 31)),
            st.sampled_from(["received", "used", "transferred"]),
            st.integers(-1000, 100_000),
        ),
        max_size=30,
    )
)
def test_no_more_is_used_than_has_come_and_nothing_is_lost(flows: list[Flow]) -> None:
    found = rules.as_it_came(flows)
    days = sorted({flow.day for flow in flows})
    for day in days:
        there, wanted = rules.so_far(found, day), rules.so_far(flows, day)
        assert (there.received, there.transferred) == (wanted.received, wanted.transferred)
        assert there.used == min(wanted.used, max(wanted.received - wanted.transferred, 0))


# --- Whatever happens -----------------------------------------------------------------------------

MOVES = ["settle", "grant", "stop", "session", "session_back", "less", "claim", "credit", "refuse", "accept", "close"]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(MOVES), min_size=4, max_size=14), st.booleans())
def test_whatever_happens_all_say_the_same_cents(db: Any, moves: list[str], carries_over: bool) -> None:
    with transaction.atomic():
        _play(moves, carries_over)
        transaction.set_rollback(True)


def _play(moves: list[str], carries_over: bool) -> None:
    world = closed_weeks(weeks=(12, 13))
    tranche = notified(6_000, carries_over=carries_over)
    day, closed = date(2017, 4, 10), []
    for move in moves:
        if move == "close":
            if closed:
                continue
            day = JANUARY
            closed.append(close(2017, day))
        else:
            _move(move, tranche, world.garden, day)
        day += timedelta(days=9)
        _agrees(tranche)
    used_then = [one.sums[1] for year in closed for one in earmarked.earmarked(year.entity, year)]
    for year in (2017, 2018):
        if year == 2018 or not closed:
            closed.append(close(year, date(2019, 2, 1)))
    tranche.refresh_from_db()
    left = (tranche.notified_cents or 0) - tranche.used_cents
    head = journal.head()
    assert over_the_years(head, "194") == (-left if carries_over else 0)
    assert over_the_years(head, "441") == (tranche.notified_cents if carries_over else tranche.used_cents)
    assert over_the_years(head, "487") == 0
    annexes = [
        [one for one in earmarked.earmarked(head, year) if one.key == f"tranche:{tranche.pk}"] for year in closed
    ]
    if annexes[0] and annexes[1]:
        assert annexes[0][0].closing == annexes[1][0].opening
        assert annexes[1][0].closing == (left if carries_over else 0)
    assert all(cents <= 6_000 for cents in used_then)
    assert [str(found) for found in audit.audit()] == []
    assert not any(unbalanced())  # 0 would be both sides of a year that one of them alone has closed


def _move(move: str, tranche: Tranche, garden: Garden, day: date) -> None:
    tranche.refresh_from_db()
    claims = list(Claim.objects.filter(corrects=None).exclude(state="credited").order_by("-pk"))
    room = (tranche.notified_cents or 0) - tranche.used_cents
    granted = GrantApplication.objects.filter(state="granted", stopped_on=None).first()
    paid = TrancheUse.objects.filter(reverses=None, reversed_by=None).first()
    if move == "settle":
        settle(max(day, date(2017, 4, 10)), at=at(day))
    elif move == "grant" and room >= 1_100:
        grant(tranche, garden, 1_100, day)
    elif move == "stop" and granted:
        granting.stop(granted, on=day, because="Le projet s’arrête.", by=None, at=at(day))
    elif move == "session" and room >= 700:
        session(tranche, garden, 700, day)
    elif move == "session_back" and paid:
        session(tranche, garden, -paid.cents, day, reverses=paid.source_id)
    elif move == "less":
        cents = max((tranche.notified_cents or 0) - 900, 0)
        try:
            funds.notify(tranche, cents=cents, on=day, due_on=None, by=None, at=at(day), give_back=True)
        except funds.TrancheInUse:
            pass
    elif move == "claim":
        issue(day)
    elif move == "credit" and claims:
        try:
            claiming.credit(claims[0], reason="Erreur.", on=day, text=text, by=None, at=at(day))
        except claiming.AlreadyAnswered:
            pass
    elif claims and claims[0].state == "sent":
        if move == "accept":
            claiming.accept(claims[0], on=day, by=None, at=at(day))
        elif move == "refuse":
            try:
                claiming.accept_in_part(
                    claims[0], accepted_cents=400, answer="Hors du territoire.", on=day, text=text, by=None, at=at(day)
                )
            except claiming.NotThatMuch:
                pass


def _agrees(tranche: Tranche) -> None:
    """used = baskets + grants + sessions; claimed + left to claim = used; claimed ≤ used but for what the next credit note takes."""
    tranche.refresh_from_db()
    found = uses.parts(uses.uses([tranche.pk]))
    beside = of_grants.granted_from([tranche.pk]).get(tranche.pk, 0) + of_grants.spent_from([tranche.pk]).get(
        tranche.pk, 0
    )
    assert found.total == tranche.used_cents == found.baskets + beside
    far = date(2019, 12, 31)
    drafts = to_ask.to_claim(journal.head(), [], far, until=far).ready
    left = sum(draft.total_cents for draft in drafts)
    claimed = ClaimLine.objects.aggregate(cents=Sum("cents"))["cents"] or 0
    assert claimed == tranche.claimed_cents
    assert claimed + left == tranche.used_cents
    assert claimed <= tranche.used_cents or [draft.kind for draft in drafts] == ["credit"]
    assert tranche.justified_cents <= tranche.claimed_cents
    assert all(sum(line.cents for line in draft.lines) == draft.total_cents for draft in drafts)
