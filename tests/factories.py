"""The smallest true row of each kind: name what the test is about, the rest is filled in.

The cast of all tests: Léa coordinates the Jardin du Val, Hélène helps there and sees no money, Théo keeps its
accounts, Nadia is at the network head. The Martin household takes a basket at 12,00 € on Thursdays at the Gare.
`tests/desk/a_week.py` plays a whole week with them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from django.test import Client

from cageot.baskets.actions import main_product
from cageot.baskets.models import Basket, BasketSize, Delivery, Depot, SizePrice
from cageot.baskets.places import round_on
from cageot.core.week import Week
from cageot.funding import actions as funding
from cageot.funding.actions import LineDraft, PayerDraft, ShareDraft
from cageot.funding.models import Agreement
from cageot.members import actions as members
from cageot.members.models import Household, Member, Support
from cageot.network import actions as network
from cageot.network.models import Edition, Garden, Partner, Person

AT = datetime(2017, 1, 2, 9, 0, tzinfo=UTC)
WEEK = Week(2017, 12)
THURSDAY = WEEK.day(4)
MONDAY_AFTER = date(2017, 3, 27)

NAMES = {"coordinator": "Léa Martin", "helper": "Hélène Prost", "treasurer": "Théo Roy", "network": "Nadia Sow"}

_numbers = count(1)


def make_edition(year: int = 2017, **fields: Any) -> Edition:
    """The programme's edition of a year, made once."""
    dates = {"from_day": date(year, 1, 1), "until_day": date(year, 12, 31)}
    defaults = {"name": f"Paniers solidaires {year}", "goal_baskets": 30_000, **dates, **fields}
    return Edition.objects.get_or_create(code=str(year), defaults=defaults)[0]


def make_garden(code: str = "val", name: str = "Jardin du Val", commune_code: str = "41018") -> Garden:
    return network.open_garden(code=code, name=name, commune_code=commune_code, on=date(2016, 1, 1), by=None, at=AT)


def make_partner(name: str = "CCAS de Blois", kind: str = "ccas", **fields: Any) -> Partner:
    return Partner.objects.create(name=name, kind=kind, **fields)


def make_person(role: str = "coordinator", garden: Garden | None = None, email: str | None = None) -> Person:
    """Somebody with a login and a role from 2016 on; the network's people have no garden."""
    email = email or f"{role}-{next(_numbers)}@exemple.fr"
    place = None if role == "network" else garden
    login, _ = network.give_access(
        email=email, name=NAMES[role], role=role, garden=place, on=date(2016, 1, 1), by=None, at=AT
    )
    return login.person


def signed_in(person: Person) -> Client:
    """A browser where this person is signed in."""
    client = Client()
    client.force_login(person.login)
    return client


def make_size(garden: Garden, code: str = "panier", price: int = 1200) -> BasketSize:
    """A basket size at a price in cents since 2016."""
    size = BasketSize.objects.create(garden=garden, product=main_product(garden), code=code, name=code.capitalize())
    SizePrice.objects.create(size=size, from_day=date(2016, 1, 1), cents=price)
    return size


def make_depot(garden: Garden, name: str = "Gare", weekday: int = 4, **fields: Any) -> Depot:
    """A depot on the garden's round of that day of the week (1 Monday)."""
    return Depot.objects.create(garden=garden, name=name, round=round_on(garden, weekday), **fields)


def make_delivery(garden: Garden, day: date = THURSDAY) -> Delivery:
    return Delivery.objects.create(garden=garden, day=day, week=Week.of(day))


def make_household(garden: Garden, name: str = "Martin", number: str | None = None, **details: Any) -> Household:
    contact = Member(last_name=name)
    number = number or str(1000 + next(_numbers))
    return members.welcome(
        garden, number=number, contact=contact, joined_on=date(2016, 1, 1), by=None, at=AT, **details
    )


def make_basket(
    household: Household, delivery: Delivery, size: BasketSize, depot: Depot, state: str = "planned"
) -> Basket:  # fmt: skip
    return Basket.objects.create(
        garden=household.garden, household=household, delivery=delivery, product=size.product, size=size, depot=depot,
        state=state,
    )  # fmt: skip


def make_agreement(
    *gardens: Garden,
    price: int = 1200,
    member: int = 360,
    payers: Sequence[PayerDraft] | None = None,
    shares: Iterable[ShareDraft] = (ShareDraft(0, "rest"),),
    **fields: Any,
) -> Agreement:
    """An agreement of 2017 in force: by default a CCAS pays what the member (3,60 € of 12,00 €) does not. Cents."""
    partner = fields.pop("partner", None) or (payers and payers[0].partner) or make_partner()
    year = {"from_day": date(2017, 1, 1), "until_day": date(2017, 12, 31), "status": Agreement.Status.ACTIVE}
    return funding.open_agreement(
        Agreement(partner=partner, **({"name": "CCAS 2017"} | year | fields)),
        gardens=gardens,
        payers=payers or [PayerDraft("partner", partner)],
        grids={"Tarif": [LineDraft(price, tuple(shares), member_cents=member)]},
        by=None,
        at=AT,
    )


def make_support(household: Household, agreement: Agreement, until_day: date | None = date(2017, 12, 31)) -> Support:
    tariff = agreement.tariffs.get()
    return members.support(
        household, agreement=agreement, tariff=tariff, from_day=agreement.from_day, until_day=until_day, by=None, at=AT
    )
