"""What leaves, when, and what is left: nobody's name, and the same books."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from cageot.baskets import audit as baskets_audit
from cageot.baskets.actions import HoldsForgotten, reopen_week
from cageot.baskets.models import Basket, Depot, HandOver, SignUp, WeekClose
from cageot.baskets.queries import Pseudonyms
from cageot.core.privacy import register
from cageot.desk.queries import statements
from cageot.funding import audit as funding_audit
from cageot.funding.models import Charge
from cageot.funding.queries import Period
from cageot.members import retention
from cageot.members.models import Household, Member, Purge, Support
from cageot.members.rules.retention import Clock
from cageot.network import outbox
from cageot.network.models import LogEvent, Unreachable
from tests.baskets.test_signups import ask
from tests.desk.a_week import AT, MONDAY_AFTER, Place, a_place, signed_in
from tests.members.a_full_base import DAY_OF_PURGE, MARK, dump, everything_ended, fill, make, plant, where

LATER = datetime.combine(DAY_OF_PURGE, AT.timetz())


def a_closed_place() -> Place:
    place = a_place()
    signed_in(place, "coordinator")
    place.mark_all()
    place.close()
    return place


@pytest.fixture
def home(settings, tmp_path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def books(place: Place) -> dict[str, object]:
    """Everything that must be the same to the cent before and after."""
    payer = statements.Payer(str(place.payer.partner_id), str(place.payer.partner), place.payer.partner)
    period = Period(date(2017, 1, 1), date(2017, 12, 31))
    findings = [*funding_audit.audit(), *baskets_audit.audit()]
    return {
        "findings": findings,
        "closes": list(WeekClose.objects.order_by("pk").values()),
        "charges": list(Charge.objects.order_by("pk").values()),
        "baskets": list(
            Basket.objects.order_by("pk").values_list("pk", "delivery", "size", "depot", "state", "fee_cents")
        ),
        "statement": statements.table_of(statements.statement(payer, None, period)),
        "supports": Support.objects.count(),
    }


@pytest.mark.django_db
def test_nothing_planted_anywhere_is_left_after_the_purge(home) -> None:
    place = a_closed_place()
    fill()
    for basket in Basket.objects.all():
        make(HandOver, basket=basket)
    everything_ended()
    planted = plant()
    assert sum(planted.values()) > 60
    for folder in ("mail", "sms"):
        (home / folder).mkdir()
        (home / folder / "one.txt").write_text(MARK)
        os.utime(home / folder / "one.txt", (AT.timestamp(), AT.timestamp()))
    before = books(place)
    assert before["findings"] == []
    found = {line.partition(":")[0] for line in where(dump())}
    assert {register()[model].rows._meta.db_table for model in planted} == found, "a table where nothing was planted"

    done = retention.purge(DAY_OF_PURGE, at=LATER)

    assert where(dump()) == []
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert books(place) == before
    assert done.ended_at and done.counts["forgotten"] >= 6


# --- When ---------------------------------------------------------------------------------------

TODAY = date(2019, 4, 30)
"""Two years and ten days after all supports of the place ended."""


@pytest.fixture
def long_left(db, home) -> Place:
    """A place that everybody left in April 2017, its only week closed."""
    place = a_closed_place()
    everything_ended()
    return place


def gone() -> int:
    return retention.due_households(TODAY, 24).count()


def test_who_left_two_years_ago_is_due_and_the_day_before_nobody_is(long_left) -> None:
    assert gone() == 6
    assert retention.due_households(date(2019, 4, 21), 24).count() == 6
    assert retention.due_households(date(2019, 4, 20), 24).count() == 0


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("members.Support", {"until_day": None}),
        ("members.Membership", {"until_day": date(2019, 12, 31)}),
        ("members.Membership", {"until_day": date(2017, 2, 1), "paid_on": date(2018, 9, 1)}),
        ("members.Consent", {}),
        ("members.DataRequest", {}),
        ("members.MemberCode", {"used_at": datetime(2018, 9, 1, tzinfo=UTC)}),
        ("members.MemberCard", {"used_at": datetime(2018, 9, 1, tzinfo=UTC)}),
        ("baskets.Subscription", {"until_day": None}),
        ("members.Acting", {}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_way_of_being_in_touch_keeps_a_household(long_left, table: str, values: dict) -> None:
    household = Household.objects.order_by("pk").last()
    Support.objects.filter(household=household).delete()
    own = (
        {"member": household.members.get()}
        if table.startswith("members.Member") and table != "members.Membership"
        else {"household": household}
    )
    if table == "members.Acting":
        own = {"member": household.members.get()}
    recent = {"given_on": date(2018, 9, 1), "asked_at": datetime(2018, 9, 1, tzinfo=UTC), "agreed_on": date(2018, 9, 1)}
    model = register()[table].rows
    known = {name: value for name, value in recent.items() if any(one.name == name for one in model._meta.fields)}
    if table == "baskets.Subscription":
        household.subscriptions.update(**values)
    else:
        make(model, **own, **known, **({"from_day": date(2017, 1, 1)} if "until_day" in values else {}), **values)
    assert gone() == 5
    assert household not in retention.due_households(TODAY, 24)


def test_the_last_contact_that_is_shown_is_the_one_that_counts(long_left) -> None:
    one = Household.objects.first()
    assert retention.contact_of(one) == date(2017, 4, 20)
    Household.objects.filter(pk=one.pk).update(last_contact_on=date(2018, 5, 5))
    assert retention.contact_of(Household.objects.get(pk=one.pk)) == date(2018, 5, 5)
    assert gone() == 5


# --- How ----------------------------------------------------------------------------------------


def test_looking_writes_nothing(long_left) -> None:
    before = dump()
    seen = retention.report(TODAY)
    assert (seen.households, seen.gardens, seen.held) == (6, {"Jardin du Val de Loire": 6}, [])
    assert dump() == before


def test_a_class_that_is_held_is_left_alone_and_says_so(long_left) -> None:
    retention.set_clock("household", Clock(24, held=True, held_why="une enquête"), by=None, at=AT)
    assert retention.report(TODAY).held == ["household"]
    retention.purge(TODAY, at=LATER)
    assert Member.objects.filter(last_name="Benali").exists()
    retention.set_clock("household", Clock(24), by=None, at=AT)
    retention.purge(TODAY, at=LATER)
    assert not Member.objects.filter(last_name="Benali").exists()


def test_what_is_always_passing_cannot_be_lengthened(db) -> None:
    retention.set_clock("passing", Clock(12), by=None, at=AT)
    assert retention.clocks()["passing"].months == 0


class Killed(Exception):
    pass


def test_a_purge_that_is_stopped_goes_on_where_it_was(long_left, monkeypatch) -> None:
    done = []
    really = retention.forget

    def forget_once(pks, today, **more):
        if done:
            raise Killed
        done.append(pks)
        return really(pks, today, **more)

    monkeypatch.setattr(retention, "forget", forget_once)
    with pytest.raises(Killed):
        retention.purge(TODAY, at=LATER, batch=4)
    assert (Household.objects.filter(erased_on=None).count(), Purge.objects.get().counts) == (2, {"forgotten": 4})
    monkeypatch.setattr(retention, "forget", really)
    retention.purge(TODAY, at=LATER, batch=4)
    run = Purge.objects.get()
    assert (run.counts["forgotten"], run.counts["parted"], run.log_before) == (6, 6, None)
    assert retention.purge(TODAY, at=LATER).counts == {}


def test_nothing_leads_from_what_a_household_was_to_what_is_left(long_left) -> None:
    """Neither the row number, nor the garden's number, nor the pseudonym that its number and the key would give."""
    before = {one.pk: (one.number, one.secret) for one in Household.objects.all()}
    edition = WeekClose.objects.get().edition
    told = {Pseudonyms(edition).of(pk, secret) for pk, (_, secret) in before.items()}
    keys = set(Charge.objects.values_list("household_key", flat=True))
    assert keys <= told
    retention.purge(TODAY, at=LATER)
    after = list(Household.objects.all())
    assert len(after) == 6
    assert not set(before) & {one.pk for one in after}
    assert not {number for number, _ in before.values()} & {one.number for one in after}
    guesses = {
        Pseudonyms(edition).of(pk, secret) for pk in before for secret in (None, "", *(one.secret for one in after))
    }
    assert set(Charge.objects.values_list("household_key", flat=True)) == keys
    assert not keys & guesses
    assert {one.erased_on.day for one in after} == {1}
    assert {str(one) for one in Member.objects.all()} == {retention.NOBODY}
    spans = Support.objects.values_list("from_day", "until_day")
    assert set(spans) == {(date(2017, 1, 1), date(2017, 4, 30))}


def test_an_erasure_before_the_week_is_closed_settles_as_it_would_have(db, home) -> None:
    place, other = a_place(), a_place(code="ailleurs")
    for one in (place, other):
        one.mark_all()
    retention.forget([place.baskets[0].household_id], MONDAY_AFTER, at=AT)
    assert not retention.waiting_to_part().exists()
    same = [
        (close.solidarity_baskets, close.members_cents, close.local_cents) for close in (place.close(), other.close())
    ]
    assert same[0] == same[1]
    assert retention.waiting_to_part().count() == 1


def test_a_week_that_holds_somebody_gone_for_good_is_not_reopened(long_left) -> None:
    close = WeekClose.objects.get()
    retention.purge(TODAY, at=LATER)
    with pytest.raises(HoldsForgotten):
        reopen_week(close, reason="Erreur", today=TODAY, by=None, at=LATER)
    assert WeekClose.objects.get().reopened_at is None


# --- What the database holds to -------------------------------------------------------------------


def test_a_closed_basket_goes_to_nobody_but_a_forgotten_household(long_left) -> None:
    basket, other = long_left.baskets[:2]
    with pytest.raises(IntegrityError), transaction.atomic():
        Basket.objects.filter(pk=basket.pk).update(household=other.household)
    Household.objects.filter(pk=other.household_id).update(erased_on=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Basket.objects.filter(pk=basket.pk).update(household=other.household, state="cancelled")
    with pytest.raises(IntegrityError), transaction.atomic():
        Basket.objects.filter(pk=basket.pk).update(subscription=None)


def test_the_log_lets_go_only_of_what_a_purge_under_way_says(long_left) -> None:
    old = LogEvent.objects.order_by("at").first()
    with pytest.raises(IntegrityError), transaction.atomic():
        LogEvent.objects.filter(pk=old.pk).delete()
    run = Purge.objects.create(day=TODAY, started_at=LATER, log_before=old.at)
    with pytest.raises(IntegrityError), transaction.atomic():
        LogEvent.objects.filter(pk=old.pk).delete()
    Purge.objects.filter(pk=run.pk).update(log_before=LATER)
    LogEvent.objects.filter(pk=old.pk).delete()
    Purge.objects.filter(pk=run.pk).update(ended_at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        LogEvent.objects.all().delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        LogEvent.objects.update(verb="autre")


@pytest.mark.django_db
def test_an_address_that_came_back_leaves_with_its_household_however_it_was_typed(home: Path) -> None:
    place = a_closed_place()
    household = place.baskets[0].household
    Member.objects.filter(household=household).update(email="Marie.Dupont@Exemple.fr")
    outbox.bounce("mail", "Marie.Dupont@Exemple.fr", why="550", at=AT)
    retention.forget([household.pk], DAY_OF_PURGE, at=LATER)
    assert not Unreachable.objects.exists()


@pytest.mark.parametrize("state", ["asked", "waiting"])
@pytest.mark.django_db
def test_somebody_who_asked_for_a_basket_and_was_never_answered_is_forgotten_after_two_years(
    home: Path, state: str
) -> None:
    place = a_closed_place()
    one = ask(place, Depot.objects.get(name="Gare"))
    SignUp.objects.filter(pk=one.pk).update(state=state)
    asked_on = one.state_at.date()
    retention.purge(asked_on + timedelta(days=700), at=LATER)
    assert SignUp.objects.exists()
    retention.purge(asked_on + timedelta(days=740), at=LATER)
    assert not SignUp.objects.exists()
