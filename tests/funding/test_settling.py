"""Settling a period: the best split over all that is open, as differences; what is claimed stays; nothing is written twice."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from cageot.baskets.actions import close_week, reopen_week
from cageot.baskets.models import WeekClose
from cageot.core.week import Week
from cageot.funding import actions, journal
from cageot.funding.actions import settling
from cageot.funding.audit import audit
from cageot.funding.models import BookEntry, Claim, ClaimLine, FiscalYear, Settlement, SettlementLine, Tranche
from cageot.funding.queries import need
from cageot.funding.rules.settling import by_basket, differences, first_to_garden
from cageot.network.models import Garden
from tests.factories import AT
from tests.funding.money_world import closed_weeks, make_fund, make_tranche, settle, standing, unbalanced

pytestmark = pytest.mark.django_db
DAY = date(2017, 3, 23)
LAST = date(2017, 12, 31)


def total(decision: settling.Decision) -> int:
    return sum(cents for cents, _to_garden in decision.lines.values())


def used(tranche: Tranche) -> int:
    tranche.refresh_from_db()
    return tranche.used_cents


def test_what_nobody_pays_and_what_the_network_promised_is_paid_by_a_fund() -> None:
    closed_weeks(households=3)
    tranche = make_tranche(cents=10_000)
    found = settle()
    assert found is not None
    assert (found.need_cents, found.covered_cents, found.bound_cents) == (2_100, 2_100, 2_100)
    assert used(tranche) == 2_100
    assert standing() == {("Crédits de l’État", "val", DAY): 2_100}
    assert BookEntry.objects.filter(source="settlement", source_id=found.pk).exists()
    assert unbalanced() == []
    assert list(audit()) == []


JANUARY = date(2018, 1, 24)


def settled_in_january(through: date = LAST) -> list[tuple[date, int]]:
    """Settle in January 2018; the day and the year of what each association's books say of it."""
    seen = settling.decide(through, on=JANUARY)
    told = settling.dated(seen, JANUARY)
    found = settling.settle_period(through, seen=seen.fingerprint, seen_day=told.day, day=JANUARY, by=None, at=AT)
    assert found is not None
    assert found.day == told.day
    entries = BookEntry.objects.filter(source="settlement", source_id=found.pk).select_related("year")
    return [(entry.day, entry.year.last.year) for entry in entries]


def test_the_last_quarter_is_paid_in_its_own_year_in_all_books_when_it_is_settled_in_january() -> None:
    closed_weeks(households=3)
    make_tranche(cents=10_000)
    assert settled_in_january() == [(LAST, 2017)] * 2
    assert (unbalanced(), list(audit())) == ([], [])


def test_the_last_quarter_is_paid_today_once_its_year_is_closed() -> None:
    closed_weeks(households=3)
    make_tranche(cents=10_000)
    FiscalYear.objects.filter(entity=journal.head()).update(closed_at=AT)
    assert settling.dated(settling.decide(LAST), JANUARY) == (JANUARY, settling.CLOSED)
    assert settled_in_january() == [(JANUARY, 2018)] * 2


def test_a_garden_that_has_closed_its_year_takes_it_in_the_next_one() -> None:
    one = closed_weeks(households=3)
    make_tranche(cents=10_000)
    home = journal.entity_of(one.garden)
    FiscalYear.objects.filter(entity=home).update(closed_at=AT)
    assert sorted(settled_in_january()) == [(LAST, 2017), (date(2018, 1, 1), 2018)]
    assert unbalanced() == []


def test_money_notified_after_the_year_pays_on_the_day_it_is_settled() -> None:
    closed_weeks(households=3)
    make_tranche(cents=10_000, notified_on=date(2018, 1, 10))
    assert settling.dated(settling.decide(LAST), JANUARY) == (JANUARY, settling.SINCE)
    assert settled_in_january() == [(JANUARY, 2018)] * 2


def test_what_was_paid_after_the_year_is_not_taken_back_within_it() -> None:
    one = closed_weeks(households=3)
    late = make_tranche(cents=10_000, notified_on=date(2018, 1, 10))
    assert settled_in_january() == [(JANUARY, 2018)] * 2
    reopen_week(one.closes[0], reason="Un panier de trop.", today=JANUARY, by=None, at=AT)
    back = settling.decide(LAST, on=JANUARY)
    assert {cents for cents, _first in back.lines.values()} == {-2_100}
    assert settling.dated(back, JANUARY) == (JANUARY, settling.SINCE)
    Tranche.objects.filter(pk=late.pk).update(notified_on=date(2017, 12, 1))  # as if its day had been corrected
    assert settling.dated(settling.decide(LAST, on=JANUARY), JANUARY) == (JANUARY, settling.AFTER)


def test_a_year_that_nothing_opened_yet_takes_its_baskets() -> None:
    closed_weeks(households=3)
    make_tranche(cents=10_000)
    FiscalYear.objects.filter(entity=journal.head()).update(first=date(2016, 1, 1), last=date(2016, 12, 31))
    assert settling.dated(settling.decide(LAST, on=JANUARY), JANUARY) == (LAST, settling.LAST)
    assert settled_in_january()[0] == (LAST, 2017)


def test_a_quarter_of_a_year_that_still_runs_is_paid_on_the_day_it_is_settled() -> None:
    closed_weeks(households=3)
    make_tranche(cents=10_000)
    today = date(2017, 10, 24)
    assert settling.dated(settling.decide(date(2017, 9, 30)), today) == (today, settling.RUNS)


def test_settling_again_what_has_not_changed_writes_nothing() -> None:
    closed_weeks()
    make_tranche(cents=1_000)
    assert settle()
    rows = SettlementLine.objects.count()
    assert settle() is None
    assert (Settlement.objects.count(), SettlementLine.objects.count()) == (1, rows)


def test_the_same_button_pressed_twice_settles_once() -> None:
    closed_weeks()
    make_tranche(cents=1_000)
    seen = settling.decide(LAST).fingerprint
    assert settling.settle_period(LAST, seen=seen, day=LAST, by=None, at=AT)
    assert settling.settle_period(LAST, seen=seen, day=LAST, by=None, at=AT) is None


def test_what_has_changed_since_it_was_seen_is_refused_and_shown_anew() -> None:
    closed_weeks()
    seen = settling.decide(LAST).fingerprint
    make_tranche(cents=1_000)
    with pytest.raises(settling.SettlementChanged) as refusal:
        settling.settle_period(LAST, seen=seen, day=LAST, by=None, at=AT)
    assert total(refusal.value.now) == 1_000
    assert not Settlement.objects.exists()


def test_promised_money_settles_nothing_and_refused_money_neither() -> None:
    closed_weeks()
    make_tranche(cents=1_000, notified_cents=None)
    make_tranche(
        make_fund("Refusé"), cents=1_000, notified_cents=None, refused_on=DAY, refused_because="Crédits épuisés"
    )
    assert settle() is None


def test_a_later_fund_takes_over_what_only_it_can_free() -> None:
    """The wide money had paid the students; once the narrow one is there, it pays them, and the wide pays somebody else."""
    closed_weeks("val", audience="étudiants")
    closed_weeks("roche", audience="isolés")
    make_tranche(make_fund("Tous"), cents=2_100)
    assert settle()
    before = standing()
    make_tranche(make_fund("Étudiants", audiences=["étudiants"]), cents=2_100)
    assert settle()
    assert sum(before.values()) == 2_100
    assert standing() == {("Étudiants", "val", DAY): 2_100, ("Tous", "roche", DAY): 2_100}
    assert list(audit()) == []


def test_a_week_reopened_after_its_settlement_gives_its_money_back_at_the_next_one() -> None:
    one = closed_weeks()
    tranche = make_tranche(cents=10_000)
    settle()
    reopen_week(one.closes[0], reason="Un panier de trop.", today=DAY + timedelta(days=9), by=None, at=AT)
    found = settle()
    assert found is not None
    assert list(found.lines.values_list("cents", flat=True)) == [-2_100]
    assert (used(tranche), standing(), unbalanced()) == (0, {}, [])
    first = one.baskets[0]
    first.state = "cancelled"
    first.save(update_fields=["state"])
    week = one.closes[0].week
    close_week(one.garden, week, today=week.sunday + timedelta(days=9), by=None, at=AT)
    settle()
    assert (used(tranche), unbalanced(), list(audit())) == (1_400, [], [])


def test_a_tranche_held_to_less_gives_back_and_another_fund_takes_its_place() -> None:
    closed_weeks()
    first = make_tranche(make_fund("Premier", priority=1), cents=2_100)
    second = make_tranche(make_fund("Second", priority=2), cents=1_000)
    settle()
    assert (used(first), used(second)) == (2_100, 0)
    with transaction.atomic():
        found = settling.take_back(actions.take_turn(), first, 500, by=None, at=AT, reason="Réduit")
    assert found is not None
    assert (used(first), used(second)) == (500, 1_000)
    assert unbalanced() == []


def test_a_garden_that_left_for_good_is_not_paid_after_it_left() -> None:
    one = closed_weeks(weeks=(12, 20))
    make_tranche(cents=100_000)
    from cageot.network.models import GardenStatus

    GardenStatus.objects.filter(garden=one.garden).update(until_day=date(2017, 4, 30))
    GardenStatus.objects.create(garden=one.garden, status="left", from_day=date(2017, 5, 1))
    settle()
    assert standing() == {("Crédits de l’État", "val", DAY): 2_100}


def test_conditions_limit_what_a_fund_pays() -> None:
    closed_weeks("val", audience="isolés", commune="41018", affiliation="msa")
    closed_weeks("roche", audience="étudiants", commune="37261")
    cases = {
        "Plafond": ({"cap_cents": 100}, 600),
        "Part": ({"share_bp": 1_000}, 720),
        "Contrepartie": ({"match_bp": 10_000}, 1_200),
        "Département": ({"territories": ["department:41"]}, 2_100),
        "Public": ({"audiences": ["isolés"]}, 2_100),
        "Affiliation": ({"affiliations": ["msa"]}, 2_100),
    }
    for name, (conditions, most) in cases.items():
        tranche = make_tranche(make_fund(name, **conditions), cents=100_000)
        assert total(settling.decide(LAST)) == most, name
        tranche.delete()
    make_tranche(make_fund("Quota"), cents=100_000, quota_baskets=2)
    assert total(settling.decide(LAST)) == 1_400


def test_a_garden_s_own_box_pays_its_own_baskets_only() -> None:
    from cageot.funding import journal

    val, _roche = closed_weeks("val"), closed_weeks("roche")
    box = make_fund("Caisse", kind="box", source="own", entity=journal.entity_of(val.garden))
    make_tranche(box, cents=100_000)
    settle()
    assert standing() == {("Caisse", "val", DAY): 2_100}
    assert unbalanced() == []


def test_a_certificate_is_proved_again_from_the_rows() -> None:
    closed_weeks(weeks=(12, 13))
    tranche = make_tranche(cents=1_000)
    settle()
    Tranche.objects.filter(pk=tranche.pk).update(notified_cents=1_500)
    settle()
    assert list(audit()) == []
    Tranche.objects.filter(pk=tranche.pk).update(used_cents=1_499)
    assert [one.what for one in audit()] == ["tranche_differs_from_settlements"]


def test_a_question_has_the_same_print_in_whatever_order_it_is_asked() -> None:
    closed_weeks("val")
    closed_weeks("roche")
    make_tranche(cents=1_000)
    make_tranche(make_fund("Autre"), cents=500)
    groups, purses = need.groups(LAST), need.funds()
    mixed = dict(reversed(list(groups.items())))
    assert need.ask(groups, purses).digest == need.ask(mixed, purses[::-1]).digest


# --- Rules ----------------------------------------------------------------------------------------

cents = st.integers(0, 5_000)


@given(st.dictionaries(st.integers(0, 9), cents), st.lists(st.dictionaries(st.integers(0, 9), cents), max_size=4))
def test_what_stands_and_its_differences_make_what_is_wanted(
    first: dict[int, int], rounds: list[dict[int, int]]
) -> None:
    standing = dict(first)
    for wanted in rounds:
        for place, change in differences(wanted, standing).items():
            assert change
            standing[place] = standing.get(place, 0) + change
        assert {place: one for place, one in standing.items() if one} == {
            place: one for place, one in wanted.items() if one
        }
        assert differences(wanted, standing) == {}


@given(st.lists(cents, max_size=5), st.sets(st.integers(1, 500), min_size=1, max_size=12), st.randoms())
def test_baskets_of_a_group_receive_what_the_group_does_to_a_cent_from_each_other(
    amounts: list[int], baskets: set[int], chance: object
) -> None:
    paid = list(enumerate(amounts))
    found = by_basket(paid, sorted(baskets))
    mixed = list(baskets)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert by_basket(paid, mixed) == found
    totals = [sum(parts.values()) for parts in found.values()]
    assert sum(totals) == sum(amounts)
    assert max(totals) - min(totals) <= 1
    for fund, amount in paid:
        parts = [one.get(fund, 0) for one in found.values()]
        assert sum(parts) == amount
        assert max(parts) - min(parts) <= 1


@given(st.lists(cents, max_size=5), cents)
def test_the_garden_s_part_is_met_before_the_network_s(amounts: list[int], uncovered: int) -> None:
    parts = first_to_garden(amounts, uncovered)
    assert [garden + network for garden, network in parts] == amounts
    assert sum(garden for garden, _network in parts) == min(uncovered, sum(amounts))


# --- The table of docs/rules/settling.md ------------------------------------------------------------

PAGE = Path(__file__).resolve().parents[2] / "docs/rules/settling.md"
HEAD = "| baskets | funds | step | settled | lines written |\n|---|---|---|---|---|\n"


def table() -> list[list[str]]:
    rows = PAGE.read_text().split(HEAD)[1].split("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in rows.splitlines()]


def written_fund(text: str) -> Tranche:
    head, *conditions = text.split(", ")
    name, euros = head.split()
    fund, tranche = {}, {}
    gardens = []
    for condition in conditions:
        match condition.split():
            case ["cap", euros_]:
                fund["cap_cents"] = int(euros_) * 100
            case ["match", points]:
                fund["match_bp"] = int(points)
            case ["priority", number]:
                fund["priority"] = int(number)
            case ["quota", number]:
                tranche["quota_baskets"] = int(number)
            case [garden]:
                gardens.append(Garden.objects.get(code=garden))
    made = make_fund(name, **fund)
    made.gardens.set(gardens)
    return make_tranche(made, cents=int(euros) * 100, **tranche)


def claim(tranche: Tranche) -> None:
    """All that is settled on a tranche, asked of its funder."""
    lines = SettlementLine.objects.filter(tranche=tranche)
    one = Claim.objects.create(
        entity=tranche.fund.entity, year=2017, sequence=1, number="A1", kind="call", partner=tranche.fund.partner, tranche=tranche,
        from_day=date(2017, 1, 1), until_day=LAST, issued_on=LAST, due_on=LAST, total_cents=sum(x.cents for x in lines), at=AT, digest="1",
    )  # fmt: skip
    for line in lines:
        ClaimLine.objects.create(claim=one, settled=line, baskets=line.baskets, cents=line.cents)
    Tranche.objects.filter(pk=tranche.pk).update(claimed_cents=one.total_cents)


@pytest.mark.parametrize(("baskets", "funds", "steps", "settled", "lines"), table())
def test_the_table_of_the_rule_is_what_is_settled(
    baskets: str, funds: str, steps: str, settled: str, lines: str
) -> None:
    places = {}
    for text in baskets.split("; "):
        count, _at, code = text.split()
        places[code] = closed_weeks(code, households=int(count))
    tranches = {text.split()[0]: written_fund(text) for text in funds.split("; ")}
    for step in steps.split(", "):
        match step.split():
            case ["settle"]:
                settle()
            case ["claim", name]:
                claim(tranches[name])
            case ["reopen", code]:
                close = WeekClose.objects.get(garden=places[code].garden, reopened_at=None)
                reopen_week(close, reason="Une erreur.", today=DAY + timedelta(days=9), by=None, at=AT)
            case ["close", code]:
                close_week(places[code].garden, Week.of(DAY), today=DAY + timedelta(days=9), by=None, at=AT)
    told = sorted(f"{fund} {garden} {cents / 100:.2f}" for (fund, garden, _day), cents in standing().items())
    assert "; ".join(told) == settled
    assert SettlementLine.objects.exclude(cents=0).count() == int(lines)
    assert unbalanced() == []
    assert list(audit()) == []
