"""What the database refuses of the network's rows, whoever writes them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, models, transaction

from cageot.network.models import BudgetLine, Edition, Garden, GardenLogo, Partner, Role
from tests.factories import make_edition, make_garden, make_partner, make_person

pytestmark = pytest.mark.django_db
YEAR = {"from_day": date(2017, 1, 1), "until_day": date(2017, 12, 31)}


def refused(write: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            write()
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    ("name", "value"),
    [("siret", "7328293200007"), ("iban", "FR76"), ("bic", "AGRIFR"), ("ics", "FR72ZZZ"), ("postcode", "4100"), ("commune_code", "41")],
)  # fmt: skip
def test_a_number_of_a_garden_that_lost_a_digit_is_refused(name: str, value: str) -> None:
    make_garden()
    assert refused(lambda: Garden.objects.update(**{name: value}))


def test_two_gardens_do_not_share_a_code_nor_two_letters_of_it() -> None:
    make_garden("val")
    assert refused(lambda: Garden.objects.create(code="VAL", name="Autre", commune_code="41018"))


def test_an_edition_ends_after_it_begins_and_its_cap_is_at_most_the_price() -> None:
    edition = make_edition()
    rows = Edition.objects.filter(pk=edition.pk)
    assert refused(lambda: rows.update(until_day=date(2016, 12, 31)))
    assert refused(lambda: rows.update(member_cap_bp=10_001))


def test_a_day_has_one_edition() -> None:
    make_edition(2017)
    late = {"from_day": date(2017, 12, 31), "until_day": date(2018, 12, 31)}
    assert refused(lambda: Edition.objects.create(code="2018", name="2018", goal_baskets=1, **late))
    next_one = make_edition(2018)
    assert refused(lambda: Edition.objects.filter(pk=next_one.pk).update(from_day=date(2017, 12, 31)))


def test_a_line_of_budget_has_a_name() -> None:
    assert refused(lambda: BudgetLine.objects.create(edition=make_edition(), label="", cents=1))


@pytest.mark.parametrize(("name", "value"), [("kind", "club"), ("level", "world"), ("name", ""), ("siret", "123")])
def test_a_partner_is_of_a_known_kind_and_has_a_name(name: str, value: str) -> None:
    partner = make_partner()
    assert refused(lambda: Partner.objects.filter(pk=partner.pk).update(**{name: value}))


def test_a_role_has_its_place_and_is_given_once_a_day() -> None:
    garden = make_garden()
    lea, nadia = make_person("coordinator", garden), make_person("network")
    roles: models.QuerySet[Role] = Role.objects.filter(person=lea)
    assert refused(lambda: roles.update(garden=None))
    assert refused(lambda: roles.update(kind="network"))
    assert refused(lambda: roles.update(kind="king"))
    assert refused(lambda: roles.update(until_day=date(2015, 1, 1)))
    assert refused(
        lambda: Role.objects.create(person=lea, kind="coordinator", garden=garden, from_day=date(2016, 1, 1))
    )
    assert refused(lambda: Role.objects.create(person=nadia, kind="network", from_day=date(2016, 1, 1)))


def test_a_logo_is_a_picture() -> None:
    garden = make_garden()
    assert refused(lambda: GardenLogo.objects.create(garden=garden, kind="image/gif", content=b"GIF89a", digest="a"))
