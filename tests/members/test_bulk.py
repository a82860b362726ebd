"""Many households at once are refused for the same reasons as one, and then nothing is written."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError

from cageot.baskets.bulk import mark_all, subscribe_many
from cageot.baskets.models import Basket, BasketSize, Depot, Subscription
from cageot.funding.models import Agreement
from cageot.members.actions import OutsideAgreement, SupportOverlaps
from cageot.members.bulk import Welcome, leave_many, support_many, welcome_many
from cageot.members.models import Household, Member, Support
from cageot.network.models import LogEvent
from tests.desk.a_week import THURSDAY, WEEK, Place, a_place

AT = datetime(2017, 3, 1, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def _welcomes(*numbers: str) -> list[Welcome]:
    joined = date(2017, 3, 1)
    return [
        Welcome(Household(number=number, joined_on=joined), Member(last_name=f"Gaëlle {number}")) for number in numbers
    ]


def _support(place: Place, household: Household, first: date, last: date) -> Support:
    agreement = Agreement.objects.get(gardens=place.garden)
    return Support(
        household=household, agreement=agreement, tariff=agreement.tariffs.get(), from_day=first, until_day=last
    )


def test_households_come_in_with_their_contact_and_are_found_without_accents() -> None:
    place = a_place(households=0)
    made = welcome_many(place.garden, _welcomes("500", "501"), by=None, at=AT)
    assert [one.number for one in made] == ["500", "501"]
    assert Member.objects.get(search__contains="gaelle 501").household == made[1]
    assert LogEvent.objects.filter(verb="members.welcomed").latest("pk").detail == {"count": 2}


def test_monthly_baskets_that_come_in_together_keep_the_weeks_level() -> None:
    place = a_place(households=4)
    households = list(Household.objects.order_by("number"))
    size, depot = BasketSize.objects.get(), Depot.objects.get(name="Gare")
    Subscription.objects.all().delete()
    Subscription.objects.create(household=households[3], size=size, depot=depot, from_day=date(2017, 1, 1), frequency="monthly", monthly_slot=1)  # fmt: skip
    drafts = [
        Subscription(household=one, size=size, depot=depot, from_day=date(2017, 3, 1), frequency="monthly")
        for one in households[:3]
    ]
    made = subscribe_many(place.garden, drafts, by=None, at=AT)
    assert [one.monthly_slot for one in made] == [2, 3, 4]
    assert list(Subscription.objects.filter(pk__in=[one.pk for one in made]).values_list("monthly_slot", flat=True)) == [2, 3, 4]  # fmt: skip


def test_a_number_taken_refuses_them_all() -> None:
    place = a_place(households=1)
    taken = Household.objects.get().number
    with pytest.raises(IntegrityError):
        welcome_many(place.garden, _welcomes("500", taken), by=None, at=AT)


def test_an_overlapping_support_refuses_them_all() -> None:
    place = a_place(households=2)
    supported, free = Household.objects.order_by("number")
    before = Support.objects.count()
    drafts = [
        _support(place, free, date(2017, 4, 1), date(2017, 6, 30)),
        _support(place, supported, date(2017, 4, 20), date(2017, 6, 30)),
    ]
    with pytest.raises(SupportOverlaps):
        support_many(place.garden, drafts, by=None, at=AT)
    assert Support.objects.count() == before


def test_two_supports_of_one_call_may_not_overlap_either() -> None:
    place = a_place(households=2)
    free = Household.objects.order_by("number")[1]
    drafts = [
        _support(place, free, date(2017, 4, 1), date(2017, 6, 30)),
        _support(place, free, date(2017, 6, 30), date(2017, 9, 30)),
    ]
    with pytest.raises(SupportOverlaps):
        support_many(place.garden, drafts, by=None, at=AT)


@pytest.mark.parametrize("first", [date(2016, 12, 31), date(2018, 1, 1)])
def test_a_support_outside_its_agreement_is_refused(first: date) -> None:
    place = a_place(households=2)
    free = Household.objects.order_by("number")[1]
    with pytest.raises(OutsideAgreement):
        support_many(place.garden, [_support(place, free, first, date(2018, 6, 30))], by=None, at=AT)


def test_an_agreement_of_another_garden_is_refused() -> None:
    here, there = a_place(households=2), a_place(households=0, code="ailleurs")
    free = Household.objects.filter(garden=here.garden).order_by("number")[1]
    draft = _support(there, free, date(2017, 4, 1), date(2017, 6, 30))
    with pytest.raises(OutsideAgreement):
        support_many(here.garden, [draft], by=None, at=AT)


def test_subscriptions_together_lay_a_basket_each() -> None:
    place = a_place(households=0)
    households = welcome_many(place.garden, _welcomes("500", "501", "502"), by=None, at=AT)
    size, depot = BasketSize.objects.get(), Depot.objects.get(name="Gare")
    drafts = [Subscription(household=one, size=size, depot=depot, from_day=date(2017, 3, 1)) for one in households]
    subscribe_many(place.garden, drafts, by=None, at=AT)
    assert Basket.objects.filter(delivery__day=THURSDAY, depot=depot).count() == 3


def test_everything_was_collected_but_these() -> None:
    place = a_place(households=4)
    absent = place.baskets[0]
    assert mark_all(place.garden, WEEK, until=THURSDAY, except_={absent.pk: "unclaimed"}, by=None, at=AT) == 1
    states = [one.state for one in place.baskets]
    assert sorted(states) == ["collected", "planned", "planned", "unclaimed"]


def test_those_who_leave_have_a_last_day() -> None:
    place = a_place(households=2)
    first, second = Household.objects.order_by("number")
    leave_many(place.garden, [first.pk], last_day=THURSDAY, by=None, at=AT)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.left_on, second.left_on) == (THURSDAY, None)
