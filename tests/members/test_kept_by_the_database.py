"""What the database refuses of households, whoever writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from cageot.funding.models import Tariff
from cageot.members.models import Household, Member, Membership, Support
from tests.factories import make_agreement, make_garden, make_household, make_support

pytestmark = pytest.mark.django_db


def refused(write: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


@pytest.fixture
def household() -> Household:
    return make_household(make_garden())


def test_a_household_is_not_supported_twice_on_one_day(household: Household) -> None:
    agreement = make_agreement(household.garden)
    make_support(household, agreement, date(2017, 6, 30))
    again = {"household": household, "agreement": agreement, "tariff": agreement.tariffs.get()}
    assert refused(lambda: Support.objects.create(**again, from_day=date(2017, 6, 30), until_day=date(2017, 12, 31)))
    later = Support.objects.create(**again, from_day=date(2017, 7, 1))
    assert refused(lambda: Support.objects.filter(pk=later.pk).update(from_day=date(2017, 6, 30)))


def test_a_support_is_by_a_tariff_of_its_own_agreement(household: Household) -> None:
    one, other = make_agreement(household.garden), make_agreement(household.garden, name="MSA 2017")
    support = make_support(household, one)
    elsewhere: Tariff = other.tariffs.get()
    assert refused(lambda: Support.objects.filter(pk=support.pk).update(tariff=elsewhere))
    assert refused(
        lambda: Support.objects.create(household=household, agreement=one, tariff=elsewhere, from_day=date(2018, 1, 1))
    )


def test_a_household_is_a_member_of_the_association_once_at_a_time(household: Household) -> None:
    Membership.objects.create(household=household, from_day=date(2017, 1, 1), until_day=date(2017, 12, 31))
    assert refused(lambda: Membership.objects.create(household=household, from_day=date(2017, 12, 31)))
    assert refused(lambda: Membership.objects.update(kind="honorary"))
    assert refused(lambda: Membership.objects.update(until_day=date(2016, 1, 1)))


def test_a_household_has_its_own_number_and_one_person_to_speak_to(household: Household) -> None:
    assert refused(lambda: Household.objects.update(number=""))
    assert refused(lambda: make_household(household.garden, number=household.number))
    assert refused(lambda: Member.objects.create(household=household, last_name="Autre", contact=True))
    assert not refused(lambda: Member.objects.create(household=household, last_name="Autre", contact=False))
