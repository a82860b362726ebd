"""What a tranche's money was used for: baskets, grants to gardens, sessions. Everything that reads it says the same cents."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
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
    Payment,
    Tranche,
    TrancheUse,
)
from cageot.funding.queries import claiming as to_ask
from cageot.funding.queries import earmarked, uses
from cageot.funding.queries import granting as of_grants
from cageot.funding.queries.claiming import Draft
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
from tests.funding.test_claiming_rules import cents as cents_of
from tests.funding.test_claiming_rules import table

pytestmark = pytest.mark.django_db
MAY, JULY, OCTOBER, JANUARY = date(2017, 5, 12), date(2017, 7, 3), date(2017, 10, 2), date(2018, 1, 20)


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
    with pytest.raises(funds.TrancheSpentOutside):
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


def reduced(tranche: Tranche, garden: Garden) -> tuple[Claim, Claim]:
    """A grant of 600 € and a session of 100 € are claimed; 200 € of the grant come back, and are taken off the later claim, of a
    session of 500 €."""
    one = grant(tranche, garden, 60_000)
    session(tranche, garden, 10_000)
    [first] = issue()
    [instalment] = one.instalments.all()
    granting.pay(instalment, on=MAY, reference="", met="", by=None, at=at(MAY))
    granting.give_back(one, cents=20_000, on=JULY, words="", by=None, at=at(JULY))
    session(tranche, garden, 50_000, date(2017, 8, 1))
    [later] = issue(OCTOBER)
    return first, later


def partly(claim: Claim, accepted: int) -> Claim:
    return claiming.accept_in_part(
        claim, accepted_cents=accepted, answer="Hors du territoire.", on=OCTOBER, text=text, by=None, at=at(OCTOBER)
    )


@pytest.mark.parametrize(("which", "asks", "answer", "credit_note", "left"), table("Answers"))
def test_what_an_answer_takes_off_a_claim_with_a_grant_that_came_to_less(
    garden: Garden, which: str, asks: str, answer: str, credit_note: str, left: str
) -> None:
    tranche = notified()
    claim = dict(zip(("first", "later"), reduced(tranche, garden), strict=True))[which]
    assert claim.total_cents == cents_of(asks)
    try:
        if answer == "credited":
            note = claiming.credit(claim, reason="Erreur.", on=OCTOBER, text=text, by=None, at=at(OCTOBER))
        else:
            note = partly(claim, cents_of(answer.removeprefix("accepted ")))
    except (claiming.TakenOffLater, claiming.NotThatMuch):
        assert credit_note == "refused"
    else:
        assert note.total_cents == cents_of(credit_note)
    claim.refresh_from_db()
    assert claim.open_cents == cents_of(left)
    tranche.refresh_from_db()
    assert tranche.claimed_cents + sum(one.total_cents for one in still_to_ask()) == tranche.used_cents == 100_000
    assert list(audit.claims()) == []


def still_to_ask() -> tuple[Draft, ...]:
    return to_ask.to_claim(journal.head(), [], JANUARY, until=date(2017, 12, 31)).ready


def test_a_credited_claim_with_a_grant_that_came_to_less_is_asked_again_as_it_was(garden: Garden) -> None:
    _first, claim = reduced(notified(), garden)
    claiming.credit(claim, reason="Mauvaise adresse.", on=OCTOBER, text=text, by=None, at=at(OCTOBER))
    [again] = still_to_ask()
    assert [(one.what, one.cents) for one in again.lines] == [(1, -20_000), (2, 50_000)]


def test_what_a_later_paper_took_off_is_not_credited_again(garden: Garden) -> None:
    """A session claimed in July was taken back, which took off the claim of October: the one of July has nothing to credit."""
    tranche = notified()
    paid = session(tranche, garden, 20_000)
    [first] = issue()
    session(tranche, garden, 10_000, date(2017, 8, 1))
    [second] = issue(OCTOBER)
    session(tranche, garden, -20_000, date(2017, 10, 5), reverses=paid.source_id)
    [note] = issue(date(2017, 11, 3))
    assert (note.total_cents, note.corrects) == (-20_000, second)
    for claim in (first, second):
        with pytest.raises(claiming.TakenOffLater):
            claiming.credit(claim, reason="Erreur.", on=OCTOBER, text=text, by=None, at=at(OCTOBER))
    assert list(audit.claims()) == []


def test_a_claim_of_which_a_part_was_credited_gives_back_what_stands_first(garden: Garden) -> None:
    """Of two sessions the later one was taken back after it was claimed: crediting the rest lets the other be asked again."""
    tranche = notified()
    session(tranche, garden, 20_000)
    paid = session(tranche, garden, 10_000, MAY + timedelta(days=3))
    [claim] = issue()
    session(tranche, garden, -10_000, date(2017, 8, 1), reverses=paid.source_id)
    issue(OCTOBER)
    note = claiming.credit(claim, reason="Mauvaise adresse.", on=OCTOBER, text=text, by=None, at=at(OCTOBER))
    assert note.total_cents == -20_000
    [again] = issue(date(2017, 11, 3))
    assert [line.use.day for line in again.lines.all() if line.use] == [MAY]
    assert list(audit.claims()) == []


def test_a_claim_that_is_paid_and_credited_in_part_is_answered_for_what_it_still_asks(garden: Garden) -> None:
    tranche = notified()
    session(tranche, garden, 20_000)
    paid = session(tranche, garden, 10_000)
    [claim] = issue()
    pay(tranche, 30_000, "a", claim=claim)
    session(tranche, garden, -10_000, date(2017, 8, 1), reverses=paid.source_id)
    issue(OCTOBER)
    with pytest.raises(claiming.NotThatMuch) as refused:
        partly(claim, 20_000)
    assert refused.value.left_cents == 20_000
    assert partly(claim, 15_000).total_cents == -5_000
    tranche.refresh_from_db()
    assert (tranche.claimed_cents, tranche.justified_cents) == (15_000, 15_000)


def test_answering_asks_as_many_questions_whatever_the_number_of_grants(garden: Garden) -> None:
    tranche = notified()
    counts = []
    for grants, day in ((1, JULY), (6, OCTOBER)):
        for _one in range(grants):
            grant(tranche, garden, 1_000)
        [claim] = issue(day)
        with CaptureQueriesContext(connection) as asked:
            partly(claim, 400)
        counts.append(len(asked))
    assert counts[0] == counts[1]


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


def pay(
    tranche: Tranche, cents: int, once: str, day: date = MAY, claim: Claim | None = None, parts: bool = True
) -> Payment:
    """Money of a tranche's funder (below zero: given back to it), for a claim or straight for the tranche."""
    part = Part(cents, claim=claim) if claim else Part(cents, tranche=tranche)
    return claiming.receive(
        journal.head(), partner=tranche.fund.partner, day=day, cents=cents, means="transfer", reference="", once=once,
        parts=(part,) if parts else (), by=None, at=at(day),
    )  # fmt: skip


def notify(tranche: Tranche, cents: int, day: date = JULY, **fields: Any) -> None:
    funds.notify(tranche, cents=cents, on=day, due_on=None, by=None, at=at(day), **fields)
    tranche.refresh_from_db()


@pytest.mark.parametrize("used", [0, 50_000])
def test_less_than_has_come_is_notified_once_the_rest_went_back(garden: Garden, used: int) -> None:
    tranche = notified()
    pay(tranche, 100_000, "a")
    if used:
        session(tranche, garden, used)
    with pytest.raises(funds.TrancheReceived) as refused:
        notify(tranche, 60_000)
    assert (refused.value.received, refused.value.over) == (100_000, 40_000)
    pay(tranche, -40_000, "b", JULY)
    notify(tranche, 60_000)
    assert (tranche.notified_cents, tranche.received_cents) == (60_000, 60_000)
    assert annex(close(2017)) == [(0, 100_000, used, 40_000, 60_000 - used)]
    assert (over_the_years(journal.head(), "441"), over_the_years(journal.head(), "741")) == (0, -60_000)


def test_money_that_came_beyond_the_notified_amount_goes_back_and_leaves_that_amount(garden: Garden) -> None:
    """All came and paid baskets, then less is notified: the baskets go back at once, the money after. The same when a funder
    pays a claim beside its advance."""
    closed_weeks("nord", weeks=(12, 13))
    tranche = notified(4_200)
    settle()
    pay(tranche, 4_200, "a")
    with pytest.raises(funds.TrancheInUse):
        notify(tranche, 3_000)
    notify(tranche, 3_000, give_back=True)
    assert (tranche.notified_cents, tranche.received_cents, tranche.used_cents) == (3_000, 4_200, 3_000)
    payment = pay(tranche, -1_200, "b", JULY)
    for _twice in range(2):
        tranche.refresh_from_db()
        assert (tranche.notified_cents, tranche.received_cents) == (3_000, 3_000)
        claiming.unmatch(payment, by=None, at=at(JULY))
        claiming.match(payment, [Part(-1_200, tranche=tranche)], by=None, at=at(JULY))
    assert annex(close(2017)) == [(0, 3_000, 3_000, 0, 0)]
    assert (over_the_years(journal.head(), "441"), over_the_years(journal.head(), "741")) == (0, -3_000)


def test_money_given_back_while_it_was_only_promised_is_notified_in_full_later() -> None:
    tranche = make_tranche(cents=100_000, notified_cents=None)
    pay(tranche, 50_000, "a")
    back = pay(tranche, -20_000, "b", JULY)
    notify(tranche, 100_000)
    assert lines_of("tranche") == [
        ("441", 100_000, tranche.fund.partner_id),
        ("741", -100_000, tranche.fund.partner_id),
    ]
    assert over_the_years(journal.head(), "441") == 70_000
    claiming.unmatch(back, by=None, at=at(JULY))  # and again, now that it is notified: so much less is
    claiming.match(back, [Part(-20_000, tranche=tranche)], by=None, at=at(JULY))
    tranche.refresh_from_db()
    assert (tranche.notified_cents, tranche.received_cents) == (80_000, 30_000)
    assert annex(close(2017)) == [(0, 100_000, 0, 20_000, 80_000)]
    assert (over_the_years(journal.head(), "441"), over_the_years(journal.head(), "741")) == (50_000, -80_000)


def test_what_an_open_call_may_grant_does_not_go_back_to_its_funder(garden: Garden) -> None:
    tranche = notified()
    pay(tranche, 100_000, "a")
    call = make_call(tranche, envelope_cents=90_000)
    one = make_application(call, garden, 90_000)
    tranche.refresh_from_db()
    assert claiming.returnable(tranche) == 10_000
    with pytest.raises(claiming.NotThatMuch):
        pay(tranche, -10_001, "b", JULY)
    granting.decide(call, [Decision(one, 50_000)], [Step(10_000, MAY)], today=MAY, by=None, at=at(MAY))
    tranche.refresh_from_db()
    assert claiming.returnable(tranche) == 50_000
    pay(tranche, -50_000, "c", JULY)
    tranche.refresh_from_db()
    assert (tranche.notified_cents, tranche.used_cents, tranche.received_cents) == (50_000, 50_000, 50_000)


def test_nothing_notified_is_no_promise_to_pay_in_advance() -> None:
    tranche = notified()
    notify(tranche, 0)
    with pytest.raises(claiming.NotThatMuch):
        pay(tranche, 1, "a")


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

MOVES = [
    "settle", "grant", "reduce", "stop", "call", "session", "session_back", "less", "more", "claim", "credit", "refuse", "refuse_first",
    "accept", "receive", "pay", "give_back", "give_all_back", "unmatch", "close",
]  # fmt: skip
STORIES = [
    ["grant", "session", "claim", "reduce", "session", "claim"],
    ["session", "claim", "session_back", "session", "session", "claim"],
    ["more", "settle", "receive", "receive"],
    ["receive", "receive", "less"],
    ["session", "claim", "receive", "pay"],
]
"""Moves that lead somewhere only one after the other: chance alone rarely finds them."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moves=st.lists(
        st.one_of(st.sampled_from(MOVES).map(lambda one: [one]), st.sampled_from(STORIES)), min_size=3, max_size=9
    ),
    carries_over=st.booleans(),
    promised=st.booleans(),
)
@example(moves=[["receive", "less", "give_back", "session"]], carries_over=False, promised=False)
@example(moves=[["receive", "give_back", "more", "session"]], carries_over=True, promised=True)
@example(moves=[STORIES[0], ["refuse"]], carries_over=True, promised=False)
@example(moves=[STORIES[0], ["refuse_first"]], carries_over=True, promised=False)
@example(moves=[STORIES[0], ["credit"]], carries_over=True, promised=False)
@example(moves=[STORIES[1], ["claim", "credit", "credit"]], carries_over=True, promised=False)
@example(moves=[["receive", "call", "give_all_back", "grant"]], carries_over=True, promised=False)
@example(moves=[["more", "settle", "receive", "less", "less", "less", "give_back"]], carries_over=True, promised=True)
def test_whatever_happens_all_say_the_same_cents(
    db: Any, moves: list[list[str]], carries_over: bool, promised: bool
) -> None:
    with transaction.atomic():
        _play([move for story in moves for move in story], carries_over, promised)
        transaction.set_rollback(True)


def _play(moves: list[str], carries_over: bool, promised: bool) -> None:
    world = closed_weeks(weeks=(12, 13))
    cents = 6_000
    if promised:  # "more" notifies it
        tranche = make_tranche(cents=cents, notified_cents=None, carries_over=carries_over)
    else:
        tranche = notified(cents, carries_over=carries_over)
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
    still = (tranche.notified_cents or 0) if carries_over else tranche.used_cents
    assert over_the_years(head, "441") == still - tranche.received_cents
    assert over_the_years(head, "741") == -still
    assert over_the_years(head, "487") == 0
    annexes = [
        [one for one in earmarked.earmarked(head, year) if one.key == f"tranche:{tranche.pk}"] for year in closed
    ]
    if annexes[0] and annexes[1]:
        assert annexes[0][0].closing == annexes[1][0].opening
        assert annexes[1][0].closing == (left if carries_over else 0)
    assert all(used <= cents + 900 * moves.count("more") for used in used_then)
    assert [str(found) for found in audit.audit()] == []
    assert not any(unbalanced())  # 0 would be both sides of a year that one of them alone has closed


def _move(move: str, tranche: Tranche, garden: Garden, day: date) -> None:
    tranche.refresh_from_db()
    claims = list(Claim.objects.filter(corrects=None).exclude(state="credited").order_by("-pk"))
    room = (tranche.notified_cents or 0) - tranche.used_cents
    granted = GrantApplication.objects.filter(state="granted", stopped_on=None).first()
    paid = TrancheUse.objects.filter(reverses=None, reversed_by=None).first()
    announced = tranche.promised_cents if tranche.notified_cents is None else tranche.notified_cents
    may_go_back = claiming.returnable(tranche)
    once = f"{move} {Payment.objects.count()} {day}"
    if move == "settle":
        settle(max(day, date(2017, 4, 10)), at=at(day))
    elif move == "grant" and room >= 1_100:
        grant(tranche, garden, 1_100, day)
    elif move == "stop" and granted:
        granting.stop(granted, on=day, because="Le projet s’arrête.", by=None, at=at(day))
    elif move == "reduce" and granted and of_grants.fate(granted).to_pay:
        [instalment] = granted.instalments.all()
        granting.pay(instalment, on=day, reference="", met="", by=None, at=at(day))
        granting.give_back(granted, cents=300, on=day, words="", by=None, at=at(day))
    elif move == "call" and room >= 1_500:
        make_application(make_call(tranche, name=f"Ouvert {day}", envelope_cents=1_500), garden, 1_500)
    elif move == "session" and room >= 700:
        session(tranche, garden, 700, day)
    elif move == "session_back" and paid:
        session(tranche, garden, -paid.cents, day, reverses=paid.source_id)
    elif move == "less":
        cents = max(announced - 900, 0)
        try:
            funds.notify(tranche, cents=cents, on=day, due_on=None, by=None, at=at(day), give_back=True)
        except funds.TrancheReceived as refused:
            assert 0 < refused.over == tranche.received_cents - cents <= may_go_back
        except funds.TrancheInUse:
            pass
    elif move == "more":
        cents = announced + 900 * (tranche.notified_cents is not None)
        try:
            funds.notify(tranche, cents=cents, on=day, due_on=None, by=None, at=at(day))
        except funds.TrancheReceived as refused:
            assert 0 < refused.over == tranche.received_cents - cents <= may_go_back
    elif move == "claim":
        issue(day)
    elif move == "receive" and announced > tranche.received_cents:
        pay(tranche, min(announced - tranche.received_cents, 4_000), once, day)
    elif move == "pay":
        for claim in Claim.objects.exclude(total_cents=F("paid_cents") + F("credited_cents")).order_by("pk")[:1]:
            pay(tranche, claim.open_cents, once, day, claim=claim)
    elif move == "give_back" and may_go_back:
        pay(tranche, -min(may_go_back, 1_100), once, day)
    elif move == "give_all_back" and may_go_back:
        pay(tranche, -may_go_back, once, day)
    elif move == "unmatch" and Payment.objects.exists():
        try:
            claiming.unmatch(Payment.objects.order_by("pk")[Payment.objects.count() // 2], by=None, at=at(day))
        except claiming.NotThatMuch:
            pass
    elif move == "credit" and claims:
        _credit(claims[0], day)
    elif move == "accept" and claims and claims[0].state == "sent":
        claiming.accept(claims[0], on=day, by=None, at=at(day))
    elif move.startswith("refuse"):
        for claim in [one for one in (claims if move == "refuse" else claims[::-1]) if one.state == "sent"][:1]:
            _refuse(claim, day)


def _credit(claim: Claim, day: date) -> None:
    """An error: what the claim still asked is gone, but for what later papers took off."""
    before = claiming.asked_of(claim)
    try:
        note = claiming.credit(claim, reason="Erreur.", on=day, text=text, by=None, at=at(day))
    except claiming.TakenOffLater:
        return
    assert before + note.total_cents == claiming.asked_of(claim)
    taken_off = Claim.objects.filter(pk__gt=claim.pk, lines__grant__claimed__claim=claim, lines__cents__lt=0)
    assert before + note.total_cents == 0 or taken_off.exists()


def _refuse(claim: Claim, day: date) -> None:
    """A funder accepts 4 €: that is what the claim still asks, and if nothing was paid, what is left to pay of it."""
    before = claiming.asked_of(claim)
    try:
        note = claiming.accept_in_part(
            claim, accepted_cents=400, answer="Hors du territoire.", on=day, text=text, by=None, at=at(day)
        )
    except claiming.NotThatMuch as refused:
        assert refused.left_cents == before <= 400
    except claiming.TakenOffLater as refused:
        assert 400 < refused.least_cents <= before
    else:
        claim.refresh_from_db()
        assert (note.total_cents, claiming.asked_of(claim), claim.accepted_cents) == (400 - before, 400, 400)
        assert claim.paid_cents or claim.open_cents == 400


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
    for claim in Claim.objects.filter(corrects=None):
        notes = claim.corrections.all()
        assert 0 <= claim.open_cents == claim.total_cents - claim.credited_cents - claim.paid_cents
        assert claim.credited_cents <= -sum(note.total_cents for note in notes)
        taken = ClaimLine.objects.filter(claim__in=notes, sign=-1).aggregate(cents=Sum("cents"))["cents"] or 0
        assert -taken <= claim.total_cents  # no paper takes off more than its claim asked
    kept = of_grants.kept_for_calls([tranche.pk]).get(tranche.pk, 0)
    may_go_back = claiming.returnable(tranche)
    over = max(0, tranche.received_cents - (tranche.notified_cents or 0)) if tranche.notified_cents is not None else 0
    assert may_go_back <= max(0, tranche.received_cents - tranche.used_cents)
    if tranche.notified_cents is not None and may_go_back > over:
        assert tranche.notified_cents - (may_go_back - over) >= tranche.used_cents + kept
    assert all(sum(line.cents for line in draft.lines) == draft.total_cents for draft in drafts)
