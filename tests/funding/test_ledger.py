"""The treasurer's books: balances that add up, entries by hand, a year closed once and for all, the tax office's file."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from fec_parser.parser import FECParser
from hypothesis import given
from hypothesis import strategies as st

from cageot.funding import audit, journal
from cageot.funding.actions import ledger
from cageot.funding.journal import Line
from cageot.funding.models import BookEntry, Entity, EntityGarden, FiscalYear, PaymentPart
from cageot.funding.queries import ledger as queries
from cageot.funding.rules import chart, fec
from cageot.network.rules.identifiers import is_siren
from tests.desk.a_week import Place, a_place
from tests.factories import AT, WEEK, make_garden
from tests.funding.test_journal import everything_balances, invoice, make_fund, pay, settle, tell

pytestmark = pytest.mark.django_db
JANUARY = date(2018, 1, 20)
SIREN = "732829320"  # INSEE's own example of a right key


@pytest.fixture
def place() -> Place:
    """Six households, three of them supported by the CCAS; the network promised the rest of one of its agreements."""
    found = a_place()
    found.mark_all()
    return found


def by_hand(entity: Entity, *lines: Line, once: int = 1, day: date = date(2017, 5, 2)) -> BookEntry:
    return ledger.write_by_hand(
        entity, day=day, label="Achat de semences", piece="F12", lines=lines, once=once, by=None, at=AT
    )


def year_of(entity: Entity) -> FiscalYear:
    return FiscalYear.objects.get(entity=entity, first=date(2017, 1, 1))


def close(year: FiscalYear, today: date = JANUARY) -> FiscalYear:
    seen = ledger.closing_of(year, open_weeks=0, today=today).fingerprint
    return ledger.close_year(year, seen=seen, open_weeks=0, today=today, by=None, at=AT)


SEEDS = Line("601", 5_000), Line("512", -5_000)


# --- The chart ------------------------------------------------------------------------------------


def test_every_account_written_by_an_event_is_in_the_chart_with_a_plain_sentence() -> None:
    tables = [*chart.AGREEMENTS.values(), *chart.FUNDS.values()]
    used = {
        *(one for row in tables for one in row),
        *chart.MEANS.values(),
        chart.MEMBERS,
        chart.ADVANCES,
        chart.UNKNOWN,
    }
    used |= {chart.TAX, chart.BETWEEN, chart.DEFERRED, chart.GRANTED, chart.OWN_PART, chart.SURPLUS, chart.DEFICIT}
    assert used <= set(chart.chart())
    assert all(one.plain.endswith(".") and one.label and len(one.number) >= 3 for one in chart.chart().values())


def test_years_from_2025_print_the_new_labels() -> None:
    assert chart.label_of("194", date(2024, 1, 1)) == "Fonds dédiés sur subventions d’exploitation"
    assert chart.label_of("194", date(2025, 1, 1)) == "Fonds dédiés sur subventions"
    assert chart.label_of("51201", date(2025, 1, 1)) == "Banques"


@given(
    st.integers(0, 10**9),
    st.dates(date(2017, 1, 1), date(2019, 12, 31)),
    st.integers(0, 800),
    st.dates(date(2016, 1, 1), date(2022, 1, 1)),
)
def test_the_part_of_later_years_is_a_part(cents: int, first: date, days: int, last: date) -> None:
    until = date.fromordinal(first.toordinal() + days)
    later = chart.later_part(cents, first, until, last)
    assert 0 <= later <= cents
    if last >= until:
        assert later == 0
    if last < first:
        assert later == cents


# --- Balances -------------------------------------------------------------------------------------


def test_a_trial_balance_adds_up_and_says_the_result(place: Place) -> None:
    place.close()
    entity = journal.entity_of(place.garden)
    by_hand(entity, *SEEDS)
    trial = queries.trial_balance(year_of(entity))
    assert trial.debit == trial.credit
    assert sum(row.closing for row in trial.rows) == 0
    assert trial.result == 6 * 1200 - 5_000
    assert {row.account: row.closing for row in trial.rows}["601"] == 5_000


def test_a_balance_as_of_a_day_leaves_later_entries_out(place: Place) -> None:
    place.close()
    entity = journal.entity_of(place.garden)
    by_hand(entity, *SEEDS)
    assert "601" not in {row.account for row in queries.trial_balance(year_of(entity), date(2017, 5, 1)).rows}


def test_the_year_after_shows_what_the_open_one_before_holds(place: Place) -> None:
    entity = journal.entity_of(place.garden)
    by_hand(entity, *SEEDS)
    by_hand(entity, Line("512", 900), Line("7561", -900), once=2, day=date(2018, 2, 1))
    trial = queries.trial_balance(FiscalYear.objects.get(entity=entity, first=date(2018, 1, 1)))
    assert trial.provisional
    assert [(row.account, row.opening, row.closing) for row in trial.rows] == [
        ("129", 5_000, 5_000), ("512", -5_000, -4_100), ("7561", 0, -900),
    ]  # fmt: skip


def test_the_ledger_of_an_account_runs_page_after_page(place: Place) -> None:
    entity = journal.entity_of(place.garden)
    for number in range(1, 6):
        by_hand(entity, Line("606", number), Line("512", -number), once=number, day=date(2017, 5, 7 - number))
    year = year_of(entity)
    first = queries.movements(year, "512", limit=2)
    then = queries.movements(year, "512", offset=2, limit=2)
    assert [one.balance for one in first.movements] == [-5, -9]
    assert [one.balance for one in then.movements] == [-12, -14]
    assert first.count == 5


def test_what_each_partner_owes_is_told(place: Place) -> None:
    place.close()
    year = year_of(journal.entity_of(place.garden))
    [owes] = queries.auxiliaries(year, "4181")
    assert (owes.name, owes.cents) == ("CCAS de Blois", 3 * 840)
    assert queries.movements(year, "4181", who=owes.key).count == 1
    assert queries.movements(year, "4181", who="p999999").count == 0


# --- By hand --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ([Line("601", 5_000), Line("512", -4_000)], ledger.Unbalanced),
        ([Line("601", 5_000)], ledger.TooFewLines),
        ([Line("601", 0), Line("512", 0)], ledger.TooFewLines),
        ([Line("999", 5_000), Line("512", -5_000)], ledger.UnknownAccount),
        ([Line("60", 5_000), Line("512", -5_000)], ledger.UnknownAccount),
        ([Line("467", 5_000), Line("512", -5_000)], ledger.ReservedAccount),
        ([Line("864", 5_000), Line("512", -5_000)], ledger.EighthApart),
        ([Line("601", 5_000), Line("875", -5_000)], ledger.EighthApart),
    ],
)
def test_what_is_wrong_in_an_entry_is_said_and_nothing_is_written(lines: list[Line], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        by_hand(journal.head(), *lines)
    assert not BookEntry.objects.exists()


def test_a_form_sent_twice_is_one_entry() -> None:
    by_hand(journal.head(), *SEEDS)
    with pytest.raises(ledger.AlreadyWritten):
        by_hand(journal.head(), *SEEDS)
    assert BookEntry.objects.count() == 1


def test_an_entry_by_hand_is_taken_back_once_and_says_why() -> None:
    entry = by_hand(journal.head(), *SEEDS)
    back = ledger.reverse_by_hand(entry, reason="En double", day=date(2017, 6, 1), by=None, at=AT)
    assert back.label == "Annulation de n° 1 : En double"
    assert not any(row.closing for row in queries.trial_balance(year_of(journal.head())).rows)
    with pytest.raises(ledger.AlreadyReversed):
        ledger.reverse_by_hand(entry, reason="Encore", day=date(2017, 6, 1), by=None, at=AT)


def test_the_entry_of_a_week_is_not_taken_back_by_hand(place: Place) -> None:
    place.close()
    with pytest.raises(ledger.NotByHand):
        ledger.reverse_by_hand(BookEntry.objects.get(), reason="Non", day=date(2017, 6, 1), by=None, at=AT)


def test_money_sent_to_a_garden_is_in_both_books(place: Place) -> None:
    head, garden = journal.head(), journal.entity_of(place.garden)
    ledger.transfer(head, garden, cents=3_000, day=date(2017, 6, 1), piece="VIR 4", once=7, by=None, at=AT)
    assert {row.account: row.closing for row in queries.trial_balance(year_of(garden)).rows} == {
        "467": -3_000,
        "512": 3_000,
    }
    everything_balances()
    with pytest.raises(ledger.SameEntity):
        ledger.transfer(head, head, cents=1, day=date(2017, 6, 1), piece="-", once=8, by=None, at=AT)


# --- Entities and years ---------------------------------------------------------------------------


def test_several_gardens_share_one_association_until_their_books_have_begun(place: Place) -> None:
    home, other = journal.entity_of(place.garden), make_garden("autre", "Autre jardin")
    alone = journal.entity_of(other)
    ledger.gather(home, other, by=None, at=AT)
    assert journal.entity_of(other) == home
    assert not Entity.objects.filter(pk=alone.pk).exists()
    place.close()
    with pytest.raises(ledger.HasEntries):
        ledger.gather(journal.head(), place.garden, by=None, at=AT)


def test_a_year_keeps_its_entries_and_its_neighbours(place: Place) -> None:
    entity = journal.entity_of(place.garden)
    by_hand(entity, *SEEDS)
    year = year_of(entity)
    ledger.change_year(year, first=date(2016, 9, 1), last=date(2017, 8, 31), by=None, at=AT)
    for first, last in (((2017, 6, 1), (2017, 8, 31)), ((2017, 1, 1), (2016, 1, 1)), ((2015, 1, 1), (2017, 12, 31))):
        with pytest.raises(ledger.YearRefused):
            ledger.change_year(year, first=date(*first), last=date(*last), by=None, at=AT)


# --- Closing a year -------------------------------------------------------------------------------


def test_a_year_closed_opens_the_next_one_with_the_same_balance_sheet(place: Place) -> None:
    place.close()
    entity = journal.entity_of(place.garden)
    by_hand(entity, *SEEDS)
    year = year_of(entity)
    before = queries.trial_balance(year)
    following = close(year)
    assert (following.first, following.last) == (date(2018, 1, 1), date(2018, 12, 31))
    after = queries.trial_balance(following)
    assert not after.provisional
    sheet = {row.account: row.closing for row in before.rows if row.account[0] in "12345"}
    assert {row.account: row.opening for row in after.rows} == sheet | {"120": -(6 * 1200 - 5_000)}
    opening = BookEntry.objects.get(source="opening")
    assert (opening.day, opening.journal) == (date(2018, 1, 1), "AN")
    everything_balances()
    assert list(audit.audit()) == []


def test_the_time_that_volunteers_give_is_told_apart_from_the_result(place: Place) -> None:
    entity = journal.entity_of(place.garden)
    by_hand(entity, *SEEDS)
    by_hand(entity, Line("864", 90_000), Line("875", -90_000), once=2)
    year = year_of(entity)
    shown = ledger.closing_of(year, open_weeks=0, today=JANUARY).result_cents
    following = close(year)
    carried = {row.account: row.opening for row in queries.trial_balance(following).rows}
    assert shown == -5_000
    assert carried == {"129": 5_000, "512": -5_000}


def test_dates_of_a_year_leave_no_hole_before_the_next_one(place: Place) -> None:
    entity = journal.entity_of(place.garden)
    by_hand(entity, *SEEDS)
    by_hand(entity, *SEEDS, once=2, day=date(2018, 2, 1))
    with pytest.raises(ledger.YearRefused):
        ledger.change_year(year_of(entity), first=date(2017, 1, 1), last=date(2017, 8, 31), by=None, at=AT)


def test_the_tax_collected_is_carried_over_and_the_file_holds_it(place: Place) -> None:
    type(place.garden).objects.filter(pk=place.garden.pk).update(vat_subject=True)
    place.close()
    entity = journal.entity_of(place.garden)
    year, data = fec_of(entity)
    assert wrong_in(data, year) == []
    assert "\t44571\tTVA collectée\t" in data.decode("iso8859-15")
    assert queries.trial_balance(year).of("44571") == -375
    following = close(year)
    assert {row.account: row.opening for row in queries.trial_balance(following).rows}["44571"] == -375
    by_hand(entity, Line("44571", 375), Line("512", -375), once=9, day=date(2018, 1, 24))
    assert queries.trial_balance(following).of("445") == 0


def test_a_closed_year_takes_nothing_any_more(place: Place) -> None:
    entity = journal.entity_of(place.garden)
    by_hand(entity, *SEEDS)
    year = year_of(entity)
    close(year)
    with pytest.raises(ledger.NoOpenYear):
        by_hand(entity, *SEEDS, once=2)
    with pytest.raises(ledger.YearClosedAlready):
        close(year)
    with pytest.raises(ledger.YearClosedAlready):
        ledger.change_year(year, first=year.first, last=date(2018, 1, 31), by=None, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        BookEntry.objects.create(
            id=999, entity=entity, year=year, number=99, journal="OD", day=date(2017, 5, 1), label="x", piece="x",
            piece_day=date(2017, 5, 1), source="x", source_id=1, at=AT,
        )  # fmt: skip


def test_what_is_missing_before_closing_is_named(place: Place) -> None:
    entity = journal.entity_of(place.garden)
    by_hand(entity, *SEEDS, once=2)
    by_hand(entity, Line("512", 100), Line("471", -100), day=date(2018, 2, 1))
    year = FiscalYear.objects.get(entity=entity, first=date(2018, 1, 1))
    found = ledger.closing_of(year, open_weeks=3, today=date(2018, 12, 30))
    assert {one.kind: one.count for one in found.blockers} == {
        "not_over": 2, "earlier_year": 1, "open_weeks": 3, "unknown_money": 100,
    }  # fmt: skip
    with pytest.raises(ledger.YearNotReady):
        ledger.close_year(year, seen=found.fingerprint, open_weeks=3, today=date(2018, 12, 30), by=None, at=AT)


def test_a_closing_that_changed_since_it_was_shown_is_shown_again(place: Place) -> None:
    entity = journal.entity_of(place.garden)
    by_hand(entity, *SEEDS)
    seen = ledger.closing_of(year_of(entity), open_weeks=0, today=JANUARY).fingerprint
    by_hand(entity, *SEEDS, once=2)
    with pytest.raises(ledger.YearChanged):
        ledger.close_year(year_of(entity), seen=seen, open_weeks=0, today=JANUARY, by=None, at=AT)


def test_baskets_that_nobody_pays_are_borne_at_the_years_end_but_not_those_a_settlement_met_since(place: Place) -> None:
    """Three baskets of 8,40 € without a payer: 12,00 € are met in January for the year before, 13,20 € by nobody."""
    type(place.payer).objects.filter(pk=place.payer.pk).update(quota_baskets=0)
    place.close()
    entity = journal.entity_of(place.garden)
    january = settle(make_fund(journal.head()), place.garden, 1_200, 1_200)
    type(january).objects.filter(pk=january.pk)  # written in the next period:
    with transaction.atomic():
        january.day = date(2018, 1, 15)
        _redate(january)
        journal.of_settlement(None, january, None, AT)
    close(year_of(entity))
    lost = BookEntry.objects.get(source="year_nobody_pays")
    assert {line.account: line.cents for line in lost.lines.all()} == {
        "709": 3 * 840 - 1_200,
        "4687": -(3 * 840 - 1_200),
    }
    following = FiscalYear.objects.get(entity=entity, first=date(2018, 1, 1))
    assert "4687" not in {row.account for row in queries.trial_balance(following).rows if row.closing}


def _redate(settlement: Any) -> None:
    """Settlements are append-only: the test lifts the guard of the one it dates otherwise."""
    from django.apps import apps
    from django.db import connection

    from cageot.core import triggers

    triggers.lift(connection)
    type(settlement).objects.filter(pk=settlement.pk).update(day=settlement.day)
    triggers.lay([guard for app in apps.get_app_configs() for guard in getattr(app, "guards", [])], connection)


def test_unspent_money_of_a_fund_is_put_aside_then_used(place: Place) -> None:
    head = journal.head()
    tranche = make_fund(head, carries_over=True)
    tell("of_notification", tranche)
    tell("of_settlement", settle(tranche, place.garden, 30_000, 30_000))
    close(year_of(head))
    aside = BookEntry.objects.get(source="year_earmarked")
    assert {line.account: line.cents for line in aside.lines.all()} == {"6894": 70_000, "194": -70_000}


def test_money_of_later_years_becomes_income_when_its_year_comes() -> None:
    head = journal.head()
    tell("of_notification", make_fund(head, from_day=date(2017, 7, 1), until_day=date(2018, 6, 30)))
    following = close(year_of(head))
    assert queries.trial_balance(following).of("487") == -49_589
    close(following, date(2019, 1, 20))
    released = BookEntry.objects.get(source="year_deferred", year=following)
    assert {line.account: line.cents for line in released.lines.all()} == {"487": 49_589, "741": -49_589}


# --- Weeks of before the books --------------------------------------------------------------------


def test_weeks_closed_before_there_were_books_enter_them_once(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as without:
        without.setattr(journal, "of_close", lambda *_given: None)
        place.close()
    assert [one.what for one in audit.audit()] == ["week_not_in_the_books"]
    assert ledger.write_missing(at=AT) == 1
    assert ledger.write_missing(at=AT) == 0
    assert list(audit.audit()) == []


# --- The tax office's file ------------------------------------------------------------------------


def fec_of(entity: Entity) -> tuple[FiscalYear, bytes]:
    year = year_of(entity)
    return year, b"".join(queries.fec_text(year))


def wrong_in(data: bytes, year: FiscalYear, name: str = f"{SIREN}FEC20171231.txt") -> list[str]:
    return [one.rule for one in fec.check(data.splitlines(keepends=True), name=name, first=year.first, last=year.last)]


@pytest.fixture
def full(place: Place) -> Entity:
    """A year with weeks, an invoice that is paid, entries by hand, and names that no encoding likes."""
    place.close()
    entity = journal.entity_of(place.garden)
    partner = place.payer.partner
    partner.name = "CCAS de l’Œuvre\tà Łódź 🥕"
    partner.save()
    claim = invoice(place, partner, 2520)
    tell("of_claim", claim)
    payment = pay(entity, partner, 2520)
    PaymentPart.objects.create(payment=payment, claim=claim, cents=2520)
    tell("of_payment", payment)
    by_hand(entity, *SEEDS)
    return entity


def test_the_tax_offices_file_has_nothing_wrong(full: Entity) -> None:
    year, data = fec_of(full)
    assert wrong_in(data, year) == []
    lines = data.decode("iso8859-15").split("\r\n")
    assert (
        lines[0]
        == "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise"
    )
    assert lines[1].split("\t")[:6] == ["VE", "Ventes", "1", "20170326", "4111", "Usagers, adhérents des paniers"]
    assert "CCAS de l'Œuvre à ?ódz ?" in data.decode("iso8859-15")


def test_a_payment_is_lettered_with_its_invoice(full: Entity) -> None:
    lettered = [line for line in queries.fec_lines(year_of(full)) if line.letter]
    assert [(line.account, line.cents, line.letter, line.letter_on) for line in lettered] == [
        ("4112", 2520, "AAA", date(2017, 4, 20)), ("4112", -2520, "AAA", date(2017, 4, 20)),
    ]  # fmt: skip


def heads(data: bytes) -> list[tuple[str, str]]:
    """The journal and the number of each entry of a file, in order."""
    rows = [line.split("\t") for line in data.decode("iso8859-15").splitlines()[1:]]
    return list(dict.fromkeys((row[0], row[2]) for row in rows))


def test_what_opens_a_year_is_first_in_its_file_and_no_number_that_was_read_changes(full: Entity) -> None:
    """The year 2018 has three entries, read by the accountant, when 2017 is closed at last."""
    for once in (11, 12, 13):
        by_hand(full, *SEEDS, once=once, day=date(2018, 1, once))
    following = FiscalYear.objects.get(entity=full, first=date(2018, 1, 1))
    before = b"".join(queries.fec_text(following))
    assert heads(before) == [("OD", "1"), ("OD", "2"), ("OD", "3")]
    assert wrong_in(before, following, f"{SIREN}FEC20181231.txt") == []
    close(year_of(full))
    after = b"".join(queries.fec_text(following))
    assert heads(after) == [("AN", "AN1"), ("OD", "1"), ("OD", "2"), ("OD", "3")]
    assert after.endswith(before.partition(b"\r\n")[2])
    assert wrong_in(after, following, f"{SIREN}FEC20181231.txt") == []
    [first, *_rest] = FECParser.from_bytesio(io.BytesIO(after), fec.file_name(SIREN, following.last)).get_ecritures()
    assert first.journal_code == "AN"
    assert "book_numbers_have_gaps" not in {one.what for one in audit.audit()}


def test_balances_brought_from_before_are_first_however_late_and_often_they_are_typed(full: Entity) -> None:
    for once, cents in ((1, 90_000), (2, 95_000)):
        brought = Line("512", cents), Line("102", -cents)
        wrong = ledger.open_books(full, day=date(2017, 1, 1), lines=brought, once=once, by=None, at=AT)
    back = ledger.reverse_by_hand(wrong, reason="En double", day=date(2017, 9, 1), by=None, at=AT)
    assert [back.shown, back.label, back.day] == ["AN3", "Annulation de n° AN2 : En double", date(2017, 1, 1)]
    year, data = fec_of(full)
    assert heads(data)[:4] == [("AN", "AN1"), ("AN", "AN2"), ("AN", "AN3"), ("VE", "1")]
    assert wrong_in(data, year) == []
    assert {row.account: row.opening for row in queries.trial_balance(year).rows if row.opening} == {
        "102": -90_000, "512": 90_000,
    }  # fmt: skip
    assert [one.shown for one in queries.entries(year)][-4:] == ["1", "AN3", "AN2", "AN1"]
    everything_balances()


def test_balances_of_a_closed_year_are_taken_back_in_the_year_that_is_open(full: Entity) -> None:
    brought = Line("512", 90_000), Line("102", -90_000)
    wrong = ledger.open_books(full, day=date(2017, 1, 1), lines=brought, once=1, by=None, at=AT)
    close(year_of(full))
    back = ledger.reverse_by_hand(wrong, reason="Erreur", day=date(2018, 2, 1), by=None, at=AT)
    assert (back.journal, back.shown, back.day) == ("OD", "1", date(2018, 2, 1))


def test_a_file_whose_opening_comes_after_other_entries_is_seen(full: Entity) -> None:
    year, data = fec_of(full)
    assert "opening_not_first" in wrong_in(data.replace(b"OD\tOp", b"AN\tOp"), year)
    assert "opening_not_first" not in wrong_in(data.replace(b"VE\tVentes\t1\t", b"AN\tVentes\t1\t"), year)


def test_the_numbers_of_what_opens_a_year_have_no_gap_either(full: Entity) -> None:
    ledger.open_books(full, day=date(2017, 1, 1), lines=[Line("512", 1), Line("102", -1)], once=1, by=None, at=AT)
    year, data = fec_of(full)
    assert "gap" in wrong_in(data.replace(b"\tAN1\t", b"\tAN2\t"), year)


def spoiled(data: bytes, find: bytes, put: bytes) -> bytes:
    assert find in data
    return data.replace(find, put, 1)


@pytest.mark.parametrize(
    ("find", "put", "rule"),
    [
        (b"JournalLib", b"JournalLabel", "header"),
        (b"\t4111\t", b"\tA11\t", "account"),
        (b"\t20170326\t4111", b"\t20170231\t4111", "date"),
        (b"\t20170326\t4111", b"\t20180326\t4111", "outside_the_year"),
        (b"\t5000,00", b"\t5 000,00", "amount"),
        (b"\t50,00\t0,00", b"\t50.00\t0,00", "amount"),
        (b"\t50,00\t0,00", b"\t50,00\t50,00", "debit_and_credit"),
        (b"\t50,00\t0,00", b"\t0,00\t0,00", "no_amount"),
        (b"\t50,00\t0,00", b"\t-50,00\t0,00", "negative"),
        (b"\t50,00\t0,00", b"\t51,00\t0,00", "unbalanced"),
        (b"\r\nVE\tVentes\t1\t", b"\r\n\r\nVE\tVentes\t1\t", "empty_line"),
        (b"\r\nVE\tVentes\t1\t", b"\r\nVE\tVentes\t", "columns"),
        (b"\tAAA\t20170420", b"\t\t20170420", "letter_half_told"),
        (b"OD\tOp\xe9rations diverses\t4\t", b"OD\tOp\xe9rations diverses\t6\t", "gap"),
        (b"\r\nOD", b"\nOD", "line_end"),
        (b"\tF12\t", b"\t\t", "missing"),
    ],
)
def test_the_checker_sees_what_the_tax_office_would(full: Entity, find: bytes, put: bytes, rule: str) -> None:
    year, data = fec_of(full)
    if find == b"\t5000,00":
        find, put = b"\t50,00\t0,00", b"\t5 0,00\t0,00"
    assert rule in wrong_in(spoiled(data, find, put), year)


@pytest.mark.parametrize(
    ("name", "rule"),
    [("FEC.txt", "file_name"), ("732829321FEC20171231.txt", "siren"), (f"{SIREN}FEC20181231.txt", "year_end")],
)
def test_a_file_badly_named_is_seen(full: Entity, name: str, rule: str) -> None:
    year, data = fec_of(full)
    assert rule in wrong_in(data, year, name)


def test_an_empty_file_is_seen() -> None:
    head = journal.head()
    with transaction.atomic():
        year = journal.year_for(head, date(2017, 1, 1))
    assert "empty" in wrong_in(fec.header().encode(), year)


def test_a_public_reader_reads_the_file_and_finds_the_same_balances(full: Entity) -> None:
    """`fec-parser`, written by others for public bodies that receive such files."""
    year, data = fec_of(full)
    found: Counter[str] = Counter()
    for one in FECParser.from_bytesio(io.BytesIO(data), fec.file_name(SIREN, year.last)).get_ecritures():
        found[one.compte_num] += int((one.debit - one.credit) * 100)
    assert found == {row.account: row.closing for row in queries.trial_balance(year).rows}


@given(st.lists(st.tuples(st.text(max_size=30), st.integers(1, 10**9)), min_size=1, max_size=10))
def test_whatever_is_typed_in_a_label_the_file_stays_readable(rows: list[tuple[str, int]]) -> None:
    data = fec.header() + "".join(
        fec.written(
            fec.Line(
                "OD",
                "Opérations diverses",
                number,
                WEEK.sunday,
                account,
                "Compte",
                "",
                "",
                f"p{label}",
                WEEK.sunday,
                f"l{label}",
                cents * sign,
                "",
                None,
                WEEK.sunday,
            )  # fmt: skip
        )
        for number, (label, cents) in enumerate(rows, 1)
        for account, sign in (("512", 1), ("601", -1))
    )
    lines: Iterable[bytes] = data.encode(fec.ENCODING).splitlines(keepends=True)
    found = list(fec.check(lines, name=f"{SIREN}FEC20171231.txt", first=date(2017, 1, 1), last=date(2017, 12, 31)))
    assert found == []


@pytest.mark.parametrize(
    ("siren", "right"), [(SIREN, True), ("732829321", False), ("73282932", False), ("", False), ("abcdefghi", False)]
)
def test_a_siren_is_known_by_its_key(siren: str, right: bool) -> None:
    assert is_siren(siren) is right


def test_letters_go_on_after_z() -> None:
    assert [queries.letters(one) for one in (0, 1, 25, 26, 26**3 - 1)] == ["AAA", "AAB", "AAZ", "ABA", "ZZZ"]
    assert queries.letters(26**3) == "BAAA"


def test_a_garden_alone_in_its_association_reads_without_making_one(place: Place) -> None:
    assert queries.entity_for(place.garden) is None
    assert not EntityGarden.objects.exists()
