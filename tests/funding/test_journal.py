"""What the accountant reads of each event: entries that balance, told once, and the same on both sides of the network."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cageot.baskets import actions as baskets
from cageot.funding import actions as funding
from cageot.funding import journal
from cageot.funding.audit import audit
from cageot.funding.journal import Event, Line
from cageot.funding.models import (
    BookEntry,
    BookLine,
    Claim,
    ClaimLine,
    Entity,
    EntityGarden,
    Entry,
    FiscalYear,
    Fund,
    GrantApplication,
    GrantCall,
    GrantInstalment,
    Payment,
    PaymentPart,
    Settlement,
    SettlementLine,
    Tranche,
)
from cageot.funding.rules import chart, claiming
from cageot.network.models import Garden, Partner
from tests.desk.a_week import Place, a_place
from tests.factories import AT, MONDAY_AFTER, WEEK, make_garden, make_partner
from tests.funding.test_tariffs import tables

pytestmark = pytest.mark.django_db
YEAR = {"from_day": date(2017, 1, 1), "until_day": date(2017, 12, 31)}


# --- A small world --------------------------------------------------------------------------------


def lines_of(source: str, entity: Entity | None = None) -> Counter[tuple[str, str]]:
    """What the entries of one kind of event came to: cents by account and by whom it is about."""
    rows = BookLine.objects.filter(entry__source__startswith=source).select_related("partner", "other")
    if entity:
        rows = rows.filter(entry__entity=entity)
    found: Counter[tuple[str, str]] = Counter()
    for row in rows:
        found[row.account, str(row.partner or row.other or "")] += row.cents
    return Counter({key: cents for key, cents in found.items() if cents})


def everything_balances() -> None:
    """Each entity's trial balance sums to zero, and what two owe each other is told alike on both sides."""
    per_entity = BookLine.objects.values_list("entry__entity").annotate(cents=Sum("cents"))
    assert {cents for _entity, cents in per_entity} <= {0}
    between = BookLine.objects.filter(account=chart.BETWEEN).values_list("entry__entity", "other")
    owed = {(one, other): cents for one, other, cents in between.annotate(cents=Sum("cents"))}
    assert all(owed.get((other, one), 0) == -cents for (one, other), cents in owed.items())
    for year in FiscalYear.objects.all():
        for ordinary, last in ((True, year.last_number), (False, year.last_opening)):
            numbers = year.entries.filter(ordinary=ordinary).order_by("number").values_list("number", flat=True)
            assert list(numbers) == list(range(1, last + 1))


def make_fund(entity: Entity, source: str = "public", *, notified: int = 100_000, **fields: Any) -> Tranche:
    kind = "grant" if source in ("public", "body") else "campaign"
    partner = make_partner(f"Financeur {source}", "state", public=source == "public") if kind == "grant" else None
    fund = Fund.objects.create(name=f"Fonds {source}", kind=kind, source=source, partner=partner, entity=entity)
    dates = {"promised_cents": notified, "notified_cents": notified, "notified_on": date(2017, 2, 1), **YEAR, **fields}
    return Tranche.objects.create(fund=fund, label="2017", **dates)


def settle(tranche: Tranche, garden: Garden, cents: int, to_garden: int) -> Settlement:
    """A settlement of one line, as the action of settlements writes it."""
    number = Settlement.objects.count() + 1
    made = Settlement.objects.create(
        id=number, through=WEEK.sunday, day=date(2017, 3, 31), at=AT, by=None, last_entry=1, digest=str(number), solver="-",
        need_cents=cents if cents > 0 else 0, covered_cents=0, bound_cents=0,
    )  # fmt: skip
    SettlementLine.objects.create(
        settlement=made, tranche=tranche, garden=garden, day=WEEK.day(4), price_cents=1200, member_cents=360, need_cents=840,
        uncovered_cents=840, local_cents=0, baskets=1, cents=cents, to_garden_cents=to_garden,
    )  # fmt: skip
    return made


def invoice(place: Place, partner: Partner, cents: int, **fields: Any) -> Claim:
    entry = Entry.objects.filter(garden=place.garden).earliest("pk")
    number = Claim.objects.count() + 1
    claim = Claim.objects.create(
        entity=journal.entity_of(place.garden), year=2017, sequence=number, number=f"F2017-{number}", partner=partner,
        agreement=place.payer.agreement, issued_on=date(2017, 4, 3), due_on=date(2017, 5, 3), total_cents=cents, at=AT, by=None,
        digest=str(number), **{"kind": "invoice", **YEAR, **fields},
    )  # fmt: skip
    ClaimLine.objects.create(
        claim=claim,
        payer=place.payer,
        entry=entry,
        revision=number,
        sign=1 if cents > 0 else -1,
        baskets=1,
        cents=cents,
    )
    return claim


def pay(entity: Entity, partner: Partner | None, cents: int, **fields: Any) -> Payment:
    once = str(Payment.objects.count())
    return Payment.objects.create(
        entity=entity, partner=partner, day=date(2017, 4, 20), cents=cents, once=once, at=AT, by=None, **fields
    )


def tell(event: str, about: Any) -> Any:
    """Write an event in the books as its action does."""
    with transaction.atomic():
        return getattr(journal, event)(funding.take_turn(), about, None, AT)


@pytest.fixture
def place() -> Place:
    """Six households, three of them supported by the CCAS (12,00 €, of which 3,60 € are theirs)."""
    found = a_place()
    found.mark_all()
    return found


# --- Weeks ----------------------------------------------------------------------------------------


def test_a_closed_week_is_in_the_books_at_once(place: Place) -> None:
    place.close()
    ccas = str(place.payer.partner)
    assert lines_of("close") == {
        ("4111", ""): 3 * 1200 + 3 * 360, ("4181", ccas): 3 * 840, ("7011", ""): -6 * 1200,
    }  # fmt: skip
    entry = BookEntry.objects.get()
    assert (entry.day, entry.journal, entry.number) == (WEEK.sunday, "VE", 1)
    assert entry.label == "Paniers de la semaine 12 de 2017, Jardin du Val de Loire"
    everything_balances()


@pytest.mark.parametrize(
    ("classification", "awaited", "income"),
    [("sale", "4181", "7011"), ("grant", "4687", "741"), ("scheme", "4687", "730")],
)
def test_an_agreement_goes_where_it_is_classified(place: Place, classification: str, awaited: str, income: str) -> None:
    agreement = place.payer.agreement
    agreement.classification = classification
    agreement.save()
    place.close()
    found = lines_of("close")
    assert found[awaited, str(place.payer.partner)] == 3 * 840
    assert found[income, ""] == (-3 * 840 if income != "7011" else -6 * 1200)


def test_what_the_network_promised_is_owed_by_the_head_to_the_cent(place: Place) -> None:
    """The garden's book and the head's say the same, each from its side."""
    type(place.payer).objects.filter(pk=place.payer.pk).update(kind="network", partner=None)
    place.close()
    garden, head = journal.entity_of(place.garden), journal.head()
    assert lines_of("close", garden)["467", "Réseau"] == 3 * 840
    assert lines_of("close", head) == {("467", str(garden)): -3 * 840, ("6571", str(garden)): 3 * 840}
    first, second = BookEntry.objects.order_by("pk")
    assert second.mirrors == first
    everything_balances()


def test_a_garden_of_the_head_owes_itself_nothing(place: Place) -> None:
    type(place.payer).objects.filter(pk=place.payer.pk).update(kind="network", partner=None)
    EntityGarden.objects.create(entity=journal.head(), garden=place.garden)
    place.close()
    assert lines_of("close")["709", ""] == 3 * 840
    assert BookEntry.objects.count() == 1


def test_a_week_taken_back_leaves_nothing_in_any_account(place: Place) -> None:
    type(place.payer).objects.filter(pk=place.payer.pk).update(kind="network", partner=None)
    close = place.close()
    baskets.reopen_week(close, reason="Un panier de trop", today=MONDAY_AFTER, by=None, at=AT)
    assert lines_of("close") == {}
    assert BookEntry.objects.filter(day=MONDAY_AFTER, label__startswith="Annulation").count() == 2
    place.close()
    everything_balances()


def test_a_close_taken_back_after_its_agreement_was_described_otherwise_still_leaves_nothing(place: Place) -> None:
    close = place.close()
    type(place.payer.agreement).objects.update(classification="grant")
    baskets.reopen_week(close, reason="Erreur", today=MONDAY_AFTER, by=None, at=AT)
    assert lines_of("close") == {}


def test_the_tax_of_an_invoice_is_that_of_its_weeks_and_a_year_ends_with_it(place: Place) -> None:
    """What the invoice prints inside its 25,20 € is what the close of its week owes the State."""
    Garden.objects.filter(pk=place.garden.pk).update(vat_subject=True)
    place.close()
    printed = claiming.vat_of(2520, sale=True, subject=True).vat_cents
    members = claiming.vat_of(4680, sale=True, subject=True).vat_cents
    assert lines_of("close")[chart.TAX, ""] == -(printed + members)
    assert list(audit()) == []
    everything_balances()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 2_520), st.booleans())
def test_whatever_is_refused_of_a_taxed_sale_comes_to_nothing_once_its_week_is_taken_back(
    cents: int, sold: bool
) -> None:
    with transaction.atomic():
        found = a_place(code="taxed")
        found.mark_all()
        Garden.objects.filter(pk=found.garden.pk).update(vat_subject=True)
        type(found.payer.agreement).objects.update(classification="sale" if sold else "grant")
        close = found.close()
        whole = invoice(found, found.payer.partner, 2520)
        refused = invoice(
            found, found.payer.partner, -cents, kind="credit", corrects=whole, reason="Refusé", refused=True
        )
        tell("of_claim", refused)
        baskets.reopen_week(close, reason="Erreur", today=MONDAY_AFTER, by=None, at=AT)
        told = lines_of("cl")
        assert {account for account, _who in told} <= {"4112", "4181", "441", "4687"}
        assert sum(told.values()) == 0
        everything_balances()
        transaction.set_rollback(True)


def test_closing_costs_the_same_queries_whatever_the_number_of_baskets() -> None:
    counts = []
    for households, code in ((3, "petit"), (30, "grand")):
        place = a_place(households, code=code)
        place.mark_all()
        # The first close opens the garden's accounts and its year.
        baskets.reopen_week(place.close(), reason="Essai", today=MONDAY_AFTER, by=None, at=AT)
        with CaptureQueriesContext(connection) as asked:
            place.close()
        counts.append(len(asked))
    assert counts[0] == counts[1]


MANUAL = Event("manual", 1)


# --- The door -------------------------------------------------------------------------------------


def write(entity: Entity, *lines: Line, event: Event = MANUAL, day: date = date(2017, 5, 2)) -> BookEntry | None:
    with transaction.atomic():
        funding.take_turn()
        return journal.write(
            entity, journal="OD", day=day, label="Essai", piece="E1", lines=lines, event=event, by=None, at=AT
        )


def test_an_entry_that_does_not_balance_is_refused() -> None:
    with pytest.raises(IntegrityError, match="not balanced"):
        write(journal.head(), Line("512", 100), Line("7561", -99))


def test_the_same_event_is_not_told_twice_to_one_entity() -> None:
    write(journal.head(), Line("512", 100), Line("7561", -100))
    with pytest.raises(IntegrityError):
        write(journal.head(), Line("512", 100), Line("7561", -100))
    assert BookEntry.objects.count() == 1


def test_an_entry_that_comes_to_nothing_takes_no_number() -> None:
    assert write(journal.head(), Line("512", 100), Line("512", -100)) is None
    assert not FiscalYear.objects.exists()


def test_an_event_of_a_closed_year_enters_the_first_open_one() -> None:
    head = journal.head()
    write(head, Line("512", 100), Line("7561", -100))
    FiscalYear.objects.update(closed_at=AT)
    late = write(head, Line("512", 5), Line("7561", -5), event=Event("manual", 2))
    assert late is not None
    assert (late.year.first, late.day, late.piece_day, late.number) == (
        date(2018, 1, 1),
        date(2018, 1, 1),
        date(2017, 5, 2),
        1,
    )


def test_a_written_entry_takes_no_more_lines_and_never_changes() -> None:
    entry = write(journal.head(), Line("512", 100), Line("7561", -100))
    assert entry is not None
    for spoil in (
        lambda: BookLine.objects.create(entry=entry, account="512", cents=1),
        lambda: BookLine.objects.filter(account="512").update(cents=101),
        lambda: BookEntry.objects.update(label="Autre"),
        lambda: BookEntry.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            spoil()


# --- Settlements ----------------------------------------------------------------------------------


def test_money_of_a_fund_for_a_garden_is_owed_by_who_holds_it(place: Place) -> None:
    head, garden = journal.head(), journal.entity_of(place.garden)
    tell("of_settlement", settle(make_fund(head), place.garden, 1000, 700))
    assert lines_of("settlement", head) == {("6571", str(garden)): 700, ("467", str(garden)): -700}
    assert lines_of("settlement", garden) == {("467", "Réseau"): 700, ("4687", ""): -700}
    told_head, told_garden = BookEntry.objects.order_by("pk")
    assert told_garden.mirrors == told_head
    everything_balances()


def test_a_gardens_own_box_pays_its_own_baskets(place: Place) -> None:
    garden = journal.entity_of(place.garden)
    tell("of_settlement", settle(make_fund(garden, "giving"), place.garden, 500, 500))
    assert lines_of("settlement") == {("709", ""): 500, ("4687", ""): -500}
    assert BookEntry.objects.get().mirrors is None


def test_a_gardens_box_that_pays_the_networks_promise_is_given_to_the_head(place: Place) -> None:
    garden, head = journal.entity_of(place.garden), journal.head()
    tell("of_settlement", settle(make_fund(garden, "giving"), place.garden, 500, 0))
    assert lines_of("settlement", garden) == {("6571", "Réseau"): 500, ("467", "Réseau"): -500}
    assert lines_of("settlement", head) == {("467", str(garden)): 500, ("7551", str(garden)): -500}
    everything_balances()


def test_money_taken_back_by_a_later_settlement_leaves_the_books_as_they_were(place: Place) -> None:
    tranche = make_fund(journal.head())
    tell("of_settlement", settle(tranche, place.garden, 1000, 1000))
    tell("of_settlement", settle(tranche, place.garden, -1000, -1000))
    assert lines_of("settlement") == {}
    everything_balances()


# --- Claims and payments --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("classification", "public", "owed"),
    [("sale", True, "4112"), ("sale", False, "4112"), ("grant", True, "441"), ("scheme", True, "441")],
)
def test_an_invoice_makes_what_was_awaited_a_debt_then_a_payment_settles_it(
    place: Place, classification: str, public: bool, owed: str
) -> None:
    type(place.payer.agreement).objects.update(classification=classification)
    Partner.objects.update(public=public)
    place.close()
    partner = Partner.objects.get(pk=place.payer.partner_id)
    claim = invoice(place, partner, 2520)
    tell("of_claim", claim)
    awaited = chart.AGREEMENTS[classification].awaited
    assert lines_of("claim") == {(owed, str(partner)): 2520, (awaited, str(partner)): -2520}
    payment = pay(claim.entity, partner, 2520, means="cheque")
    PaymentPart.objects.create(payment=payment, claim=claim, cents=2520)
    tell("of_payment", payment)
    assert lines_of("payment") == {("5112", ""): 2520, (owed, str(partner)): -2520}
    everything_balances()


def test_a_credit_note_puts_back_what_is_asked_again_and_loses_what_is_refused(place: Place) -> None:
    place.close()
    partner = place.payer.partner
    first = invoice(place, partner, 2520)
    tell("of_claim", first)
    tell("of_claim", invoice(place, partner, -840, kind="credit", corrects=first, reason="Foyer parti"))
    assert lines_of("claim") == {("4112", "CCAS de Blois"): 1680, ("4181", "CCAS de Blois"): -1680}
    tell("of_claim", invoice(place, partner, -840, kind="credit", corrects=first, reason="Refusé", refused=True))
    assert lines_of("claim") == {("4112", "CCAS de Blois"): 840, ("4181", "CCAS de Blois"): -1680, ("709", ""): 840}


def test_a_claim_told_twice_is_written_once(place: Place) -> None:
    place.close()
    claim = invoice(place, place.payer.partner, 2520)
    assert tell("of_claim", claim)
    assert tell("of_claim", claim) is None


def test_money_nobody_asked_for_waits_until_it_is_matched(place: Place) -> None:
    place.close()
    partner = place.payer.partner
    claim = invoice(place, partner, 2520)
    tell("of_claim", claim)
    payment = pay(claim.entity, partner, 3000)
    tell("of_payment", payment)
    assert lines_of("payment") == {("512", ""): 3000, ("4191", "CCAS de Blois"): -3000}
    PaymentPart.objects.create(payment=payment, claim=claim, cents=2520)
    tell("of_payment", payment)
    assert lines_of("payment") == {("512", ""): 3000, ("4112", "CCAS de Blois"): -2520, ("4191", "CCAS de Blois"): -480}
    assert list(
        BookEntry.objects.filter(source_id=payment.pk, source__startswith="payment").values_list("source", flat=True)
    ) == ["payment", "payment+2"]


# --- Funds ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "owed", "income"), [("public", "441", "741"), ("body", "4687", "7551"), ("giving", "4687", "7541")]
)
def test_notified_money_is_owed_and_is_income_of_its_year(source: str, owed: str, income: str) -> None:
    tell("of_notification", make_fund(journal.head(), source))
    assert {key[0]: cents for key, cents in lines_of("tranche").items()} == {owed: 100_000, income: -100_000}


def test_ones_own_money_is_no_income() -> None:
    assert tell("of_notification", make_fund(journal.head(), "own")) is None


def test_the_part_of_later_years_waits_for_them() -> None:
    """Notified in February 2017 for July 2017 to June 2018: 181 days of 365 are of 2018."""
    tell("of_notification", make_fund(journal.head(), from_day=date(2017, 7, 1), until_day=date(2018, 6, 30)))
    found = {key[0]: cents for key, cents in lines_of("tranche").items()}
    assert found == {"441": 100_000, "741": -(100_000 - 49_589), "487": -49_589}


def test_an_amount_notified_again_writes_the_difference_and_a_refusal_takes_the_rest_away() -> None:
    tranche = make_fund(journal.head())
    tell("of_notification", tranche)
    tranche.notified_cents = 80_000
    tell("of_notification", tranche)
    assert {key[0]: cents for key, cents in lines_of("tranche").items()} == {"441": 80_000, "741": -80_000}
    with transaction.atomic():
        journal.of_refusal(funding.take_turn(), tranche, 30_000, None, AT)
    tranche.notified_cents = 50_000
    assert tell("of_notification", tranche) is None
    both = lines_of("tranche")
    both.update(lines_of("refusal"))
    assert {key[0]: cents for key, cents in both.items()} == {"441": 50_000, "741": -50_000}


# --- Grants to gardens ----------------------------------------------------------------------------


def granted(place: Place, cents: int) -> GrantApplication:
    call = GrantCall.objects.create(
        name="Appel 2017", tranche=make_fund(journal.head()), opens_on=date(2017, 1, 1), closes_on=date(2017, 2, 1),
        envelope_cents=100_000, purpose="Ateliers", **YEAR,
    )  # fmt: skip
    return GrantApplication.objects.create(
        call=call, garden=place.garden, state="granted", granted_cents=cents, decided_on=date(2017, 3, 1)
    )


def test_a_grant_goes_from_the_head_to_the_garden_and_part_of_it_comes_back(place: Place) -> None:
    application, head, garden = granted(place, 60_000), journal.head(), journal.entity_of(place.garden)
    tell("of_grant_decided", application)
    assert lines_of("grant", head) == {("6571", str(garden)): 60_000, ("467", str(garden)): -60_000}
    assert lines_of("grant", garden) == {("467", "Réseau"): 60_000, ("7551", "Réseau"): -60_000}
    paid = GrantInstalment.objects.create(
        application=application, due_on=date(2017, 4, 1), cents=40_000, paid_on=date(2017, 4, 3)
    )
    tell("of_grant_paid", paid)
    assert tell("of_grant_paid", paid) == []
    assert lines_of("instalment", garden) == {("512", "Réseau"): 40_000, ("467", "Réseau"): -40_000}
    with transaction.atomic():
        journal.of_grant_given_back(funding.take_turn(), application, 5_000, None, AT)
    owed = BookLine.objects.filter(entry__entity=garden, account="467").aggregate(cents=Sum("cents"))["cents"]
    assert owed == 60_000 - 40_000 - 5_000
    assert BookEntry.objects.filter(entity=garden, mirrors__entity=head).count() == 3
    everything_balances()


# --- The table of docs/rules/books.md --------------------------------------------------------------


def played(event: str, place: Place) -> str:
    """Play the event of a row; the word that its entries' source begins with."""
    payers, agreements = type(place.payer).objects, type(place.payer.agreement).objects
    partner = Partner.objects.get(pk=place.payer.partner_id)
    if event.endswith(", taxed"):
        Garden.objects.filter(pk=place.garden.pk).update(vat_subject=True)
        event = event.removesuffix(", taxed")
    if "refused" in event:
        close = place.close()
        whole = invoice(place, partner, 2520)
        tell("of_claim", invoice(place, partner, -840, kind="credit", corrects=whole, reason="Refusé", refused=True))
        if not event.endswith("reopened"):
            return "claim"
        Garden.objects.filter(pk=place.garden.pk).update(vat_subject=False)  # described otherwise since
        baskets.reopen_week(close, reason="Erreur", today=MONDAY_AFTER, by=None, at=AT)
        return "close"
    if event.startswith("a week closed then reopened"):
        baskets.reopen_week(place.close(), reason="Erreur", today=MONDAY_AFTER, by=None, at=AT)
        return "close"
    if event.startswith("a week closed"):
        agreements.update(classification={"payer supports": "grant", "public scheme": "scheme"}.get(event[15:], "sale"))
        if event.endswith("network's part"):
            payers.filter(pk=place.payer.pk).update(kind="network", partner=None)
        if event.endswith("nobody pays"):
            payers.filter(pk=place.payer.pk).update(quota_baskets=0)
        place.close()
        return "close"
    if " pays 10,00 " in event:
        holder = journal.head() if "head" in event else journal.entity_of(place.garden)
        fund = make_fund(holder, "public" if holder.head else "giving")
        tell("of_settlement", settle(fund, place.garden, 1_000, 1_000 if event.endswith("nobody paid") else 0))
        return "settlement"
    if "notified" in event or "will not come" in event:
        later = {"from_day": date(2017, 7, 1), "until_day": date(2018, 6, 30)} if "July" in event else {}
        tranche = make_fund(journal.head(), "body" if "foundation" in event else "public", **later)
        tell("of_notification", tranche)
        if "notified" in event:
            return "tranche"
        with transaction.atomic():
            journal.of_refusal(funding.take_turn(), tranche, 30_000, None, AT)
        return "refusal"
    if event.startswith("a grant"):
        tell("of_grant_decided", granted(place, 60_000))
        return "grant"
    agreements.update(classification="grant" if "supports" in event else "sale")
    Partner.objects.update(public="public" in event)
    place.close()
    claim = invoice(place, Partner.objects.get(pk=partner.pk), 2520)
    tell("of_claim", claim)
    if "cheque" not in event:
        return "claim"
    payment = pay(claim.entity, partner, 2520, means="cheque")
    PaymentPart.objects.create(payment=payment, claim=claim, cents=2520)
    tell("of_payment", payment)
    return "payment"


def side(cell: str) -> Counter[str]:
    """ "4111 46,80; 4181 25,20" in cents by account."""
    pairs = [one.split() for one in cell.split(";") if one.strip()]
    return Counter({account: int(amount.replace(",", "")) for account, amount in pairs})


@pytest.mark.parametrize("row", tables("books.md")[0], ids=lambda row: f"{row[0]} ({row[1]})")
def test_the_table_of_the_rules_is_what_is_written(place: Place, row: list[str]) -> None:
    source = played(row[0], place)
    entity = journal.head() if row[1] == "head" else journal.entity_of(place.garden)
    found: Counter[str] = Counter()
    for (account, _who), cents in lines_of(source, entity).items():
        found[account] += cents
    assert {account: cents for account, cents in found.items() if cents > 0} == side(row[2])
    assert {account: -cents for account, cents in found.items() if cents < 0} == side(row[3])


# --- Whatever happens -----------------------------------------------------------------------------

KINDS = st.sampled_from(["settle", "box", "notify", "refuse", "pay", "grant", "back", "close", "reopen"])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(KINDS, st.integers(1, 50_000), st.integers(0, 100)), max_size=12))
def test_whatever_happens_each_entity_balances_and_both_sides_agree(events: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        _play(events)
        everything_balances()
        transaction.set_rollback(True)


def _play(events: list[tuple[str, int, int]]) -> None:
    found = a_place()
    found.mark_all()
    type(found.payer).objects.filter(pk=found.payer.pk).update(kind="network", partner=None)
    other = make_garden("autre", "Jardin voisin")
    head, home = journal.head(), journal.entity_of(found.garden)
    tranche, box, application = make_fund(head), make_fund(home, "giving"), granted(found, 10_000)
    close = None
    for kind, cents, part in events:
        if kind in ("settle", "box"):
            where = found.garden if part % 2 else other
            tell("of_settlement", settle(tranche if kind == "settle" else box, where, cents, cents * part // 100))
        elif kind == "notify":
            tranche.notified_cents = cents
            tell("of_notification", tranche)
        elif kind == "refuse":
            journal.of_refusal(funding.take_turn(), tranche, cents, None, AT)
        elif kind == "pay":
            payment = pay(head, tranche.fund.partner if part % 2 else None, cents)
            if part > 50:
                PaymentPart.objects.create(payment=payment, tranche=tranche, cents=cents * part // 100)
            tell("of_payment", payment)
        elif kind == "grant":
            application.granted_cents = cents
            tell("of_grant_decided", application)
        elif kind == "back":
            journal.of_grant_given_back(funding.take_turn(), application, cents, None, AT)
        elif kind == "close" and close is None:
            close = found.close()
        elif kind == "reopen" and close is not None:
            baskets.reopen_week(close, reason="Erreur", today=MONDAY_AFTER, by=None, at=AT)
            close = None
