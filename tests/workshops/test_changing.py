"""Planning, moving, cancelling, closing, doing it again next year; what it costs."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from cageot.funding import journal
from cageot.funding.models import BookEntry, BookLine, Fund, Tranche
from cageot.members.models import Member
from cageot.network.models import Garden, Message
from cageot.workshops.actions import changing, costs, enrolling, materials, planning
from cageot.workshops.actions.changing import Change, Scope
from cageot.workshops.models import Enrolment, Material, Session, SessionCost
from cageot.workshops.queries.materials import files_of
from cageot.workshops.rules.series import wall
from tests import factories as make
from tests.workshops.a_workshop import AT, DAY, make_place, make_session, make_workshop

pytestmark = pytest.mark.django_db
WHO = {"by": None, "at": AT}
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def garden() -> Garden:
    make.make_edition(2017), make.make_edition(2018)
    return make.make_garden()


def a_series(garden: Garden, times: int = 3, seats: int | None = 12) -> list[Session]:
    days = [DAY + timedelta(weeks=n) for n in range(times)]
    return planning.plan(make_workshop(garden), days=days, starts=time(14), ends=time(16), place=make_place(garden), seats=seats, **WHO)  # fmt: skip


def join(*sessions: Session, mail: bool = True, mobile: str = "") -> None:
    household = make.make_household(sessions[0].garden)
    Member.objects.filter(household=household).update(email=f"{household.number}@exemple.fr" if mail else "", mobile=mobile)  # fmt: skip
    for session in sessions:
        enrolling.enrol(session, household=household, source="space", **WHO)


def test_a_series_is_planned_once_even_if_asked_twice(garden: Garden) -> None:
    made = a_series(garden)
    workshop = made[0].workshop
    again = planning.plan(workshop, days=[DAY], starts=time(14), ends=time(16), place=made[0].place, seats=1, **WHO)
    assert again == []
    assert Session.objects.count() == 3
    assert len({one.series for one in Session.objects.all()}) == 1
    assert [one.edition.code for one in made] == ["2017"] * 3  # type: ignore[union-attr]


@pytest.mark.parametrize(("scope", "touched"), [(Scope.ONE, [1]), (Scope.FOLLOWING, [1, 2]), (Scope.ALL, [0, 1, 2])])
def test_everybody_is_told_once_when_sessions_are_cancelled(garden: Garden, scope: Scope, touched: list[int]) -> None:
    made = a_series(garden, seats=2)
    join(*made), join(*made, mail=False, mobile="+33612345678"), join(*made, mail=False)
    enrolling.enrol(made[1], outsider=enrolling.Outsider("Ana"), source="staff", **WHO)
    assert changing.people_told(changing.touched(made[1], scope, at=AT)) == {"mail": 1, "sms": 1, "letter": 1, "nobody": 1}  # fmt: skip
    done = changing.cancel(made[1], scope, reason="La salle est fermée", **WHO)
    assert (done.told.count, len(done.told.not_told)) == (3, 1)
    assert [n for n, one in enumerate(made) if Session.objects.get(pk=one.pk).state == "cancelled"] == touched
    told = Message.objects.filter(kind="session_cancelled")
    assert sorted(told.values_list("channel", flat=True)) == ["letter", "mail", "sms"]
    assert all("La salle est fermée" in one.body for one in told)
    assert all(len(one.body) <= 160 for one in told if one.channel == "sms")
    if scope is not Scope.ALL:
        with pytest.raises(enrolling.SessionNotOpen):
            changing.cancel(made[1], Scope.ONE, reason="encore", **WHO)
    assert told.count() == 3


def test_a_session_that_moves_is_told_once_with_both_moments(garden: Garden) -> None:
    made = a_series(garden)
    join(*made)
    place = make_place(garden, "La grange")
    change = Change(DAY + timedelta(days=1), time(9, 30), time(11), place, 12)
    moved = changing.move(made[0], change, Scope.ALL, **WHO)
    assert (len(moved.sessions), moved.told.count) == (3, 1)
    message = Message.objects.get()
    assert "14\u00a0h" in message.body and "9\u00a0h\u00a030" in message.body and "La grange" in message.body
    assert "26 avril" in message.body
    assert [wall(one.starts_at).isoweekday() for one in Session.objects.all()] == [3, 3, 3]
    assert changing.move(made[0], change, Scope.ONE, **WHO).sessions == []
    assert Message.objects.count() == 1
    back = changing.move(made[0], Change(DAY, time(14), time(16), place, 12), Scope.ONE, **WHO)
    assert (back.told.count, Message.objects.count()) == (1, 2)


def test_more_places_go_to_who_waits_and_fewer_than_taken_is_refused(garden: Garden) -> None:
    session = make_session(garden, seats=1)
    join(session), join(session)
    change = Change(DAY, time(14), time(16, 30), session.place, 2)
    changing.move(session, change, Scope.ONE, **WHO)
    assert Enrolment.objects.filter(state="enrolled").count() == 2
    assert list(Message.objects.values_list("kind", flat=True)) == ["session_place"]  # nobody is told of a number
    with pytest.raises(changing.FewerThanTaken):
        changing.move(session, Change(DAY, time(14), time(16), session.place, 1), Scope.ONE, **WHO)
    with pytest.raises(changing.InThePast):
        changing.move(session, Change(date(2017, 3, 1), time(14), time(16), session.place, 5), Scope.ONE, **WHO)


def test_a_session_is_closed_with_who_came(garden: Garden) -> None:
    session = make_session(garden, seats=2)
    join(session), join(session), join(session)
    with pytest.raises(changing.TooEarly):
        changing.hold(session, **WHO)
    changing.hold(session, rest_came=True, report="Belle soupe", by=None, at=session.ends_at)
    assert sorted(session.enrolments.values_list("state", flat=True)) == ["came", "came", "waiting"]
    with pytest.raises(enrolling.SessionNotOpen):
        changing.cancel(session, Scope.ONE, reason="trop tard", **WHO)
    doors = make_session(garden, workshop=make_workshop(garden, "Portes ouvertes", open_door=True), seats=None)
    changing.hold(doors, adults=12, children=5, by=None, at=doors.ends_at)
    doors.refresh_from_db()
    assert (doors.state, doors.adults, doors.children) == ("held", 12, 5)


def test_last_year_s_programme_again_in_one_go(garden: Garden) -> None:
    a_series(garden)
    today = date(2018, 1, 10)
    again = planning.programme_again(garden, 2017, today=today, skip=())
    assert [one.day for one in again] == [date(2018, 4, 10), date(2018, 4, 17), date(2018, 4, 24)]
    made = planning.repeat(garden, again, by=None, at=AT)
    assert [wall(one.starts_at).hour for one in made] == [14, 14, 14]
    assert len({one.series for one in Session.objects.all()}) == 2
    assert [one.edition.code for one in made] == ["2018"] * 3  # type: ignore[union-attr]
    assert planning.repeat(garden, again, by=None, at=AT) == []
    assert all(one.there for one in planning.programme_again(garden, 2017, today=today, skip=()))


def test_what_is_in_use_is_not_put_away(garden: Garden) -> None:
    session = make_session(garden)
    with pytest.raises(planning.PlaceInUse):
        planning.archive_place(session.place, today=AT.date(), **WHO)
    with pytest.raises(planning.WorkshopInUse):
        planning.archive_workshop(session.workshop, today=AT.date(), **WHO)
    join(session)
    session.workshop.open_door = True
    with pytest.raises(planning.OpenDoorHasPeople):
        planning.save_workshop(session.workshop, **WHO)


# --- Costs ----------------------------------------------------------------------------------------


def a_tranche(garden: Garden, cents: int = 10_000, *, head: bool = True, **fund: object) -> Tranche:
    entity = journal.head() if head else journal.entity_of(garden)
    found = Fund.objects.create(name=f"Fonds {Fund.objects.count()}", kind="campaign", entity=entity, **fund)
    return Tranche.objects.create(
        fund=found, label="2017", from_day=date(2017, 1, 1), until_day=date(2017, 12, 31), promised_cents=cents,
        notified_cents=cents, notified_on=date(2017, 1, 1),
    )  # fmt: skip


def of_account(number: str) -> int:
    return sum(BookLine.objects.filter(account=number).values_list("cents", flat=True))


def test_a_cost_is_paid_by_a_fund_through_the_books_and_taken_back(garden: Garden) -> None:
    session, tranche = make_session(garden), a_tranche(garden)
    cost = costs.charge(session, nature="622", label="Diététicienne", cents=8_000, tranche=tranche, **WHO)
    assert (of_account("622"), of_account("401"), of_account("6571"), of_account("7551")) == (8000, -8000, 8000, -8000)
    assert BookEntry.objects.count() == 3
    assert [one.left for one in costs.purses(garden, DAY)] == [2_000]
    with pytest.raises(costs.NotEnoughLeft) as refused:
        costs.charge(session, nature="622", label="Encore", cents=2_001, tranche=tranche, **WHO)
    assert refused.value.left == 2_000
    costs.take_back(cost, reason="Venue gratuitement", **WHO)
    assert {of_account(one) for one in ("622", "401", "6571", "7551", "467")} == {0}
    assert Tranche.objects.get().used_cents == 0
    for one in SessionCost.objects.all():
        with pytest.raises(costs.TakenBack):
            costs.take_back(one, reason="encore", **WHO)


def test_the_garden_s_own_money_pays_without_a_fund(garden: Garden) -> None:
    costs.charge(make_session(garden), nature="606", label="Couteaux", cents=1_500, tranche=None, **WHO)
    assert (of_account("606"), BookEntry.objects.count()) == (1500, 1)
    own = a_tranche(garden, head=False)
    costs.charge(make_session(garden, seats=1), nature="606", label="Bols", cents=500, tranche=own, **WHO)
    assert BookEntry.objects.count() == 2  # its own fund: nothing passes between two associations


def test_a_fund_pays_the_sessions_that_it_allows_only(garden: Garden) -> None:
    session, other = make_session(garden), make.make_garden("autre", "Autre jardin", "71270")
    elsewhere = a_tranche(garden, territories=["department:71"])
    here = a_tranche(garden, territories=["department:41"])
    a_tranche(garden, audiences=["étudiants"])
    theirs = a_tranche(garden)
    theirs.fund.gardens.add(other)
    a_tranche(other, head=False)
    assert [one.tranche for one in costs.purses(garden, DAY)] == [here]
    assert costs.purses(garden, date(2018, 1, 1)) == []
    for tranche in (elsewhere, theirs):
        with pytest.raises(costs.FundSaysNo):
            costs.charge(session, nature="606", label="x", cents=1, tranche=tranche, **WHO)


# --- Materials ------------------------------------------------------------------------------------


def test_a_photo_is_shown_with_the_agreement_of_who_is_on_it(garden: Garden) -> None:
    workshop = make_workshop(garden)
    kept = materials.add(workshop, name="soupe.png", content=PNG, photo=True, consent="unknown", consent_until=None, **WHO)  # fmt: skip
    assert materials.add(workshop, name="x", content=PNG, photo=True, consent="given", consent_until=None, **WHO) == kept  # fmt: skip
    assert list(files_of(garden, DAY)) == []
    with pytest.raises(materials.AgreementOver):
        materials.say_consent(kept, consent="given", until=AT.date() - timedelta(days=1), **WHO)
    materials.say_consent(kept, consent="given", until=DAY, **WHO)
    assert list(files_of(garden, DAY)) == [kept]
    assert list(files_of(garden, DAY + timedelta(days=1))) == []
    for content, refusal in ((b"%PDF-", materials.NotWhatItSays), (PNG * 100_000, materials.TooBig)):
        with pytest.raises(refusal):
            materials.add(workshop, name="x", content=content, photo=True, consent="given", consent_until=None, **WHO)
    materials.remove(kept, **WHO)
    assert Material.objects.count() == 0


def test_the_time_of_a_session_in_spring_is_kept(garden: Garden) -> None:
    made = planning.plan(
        make_workshop(garden), days=[date(2017, 3, 25), date(2017, 3, 26)], starts=time(14), ends=time(16),
        place=make_place(garden), seats=None, **WHO,
    )  # fmt: skip
    assert [one.starts_at for one in made] == [datetime(2017, 3, 25, 13, tzinfo=UTC), datetime(2017, 3, 26, 12, tzinfo=UTC)]  # fmt: skip
