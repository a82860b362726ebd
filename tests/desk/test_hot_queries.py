"""What is asked all day finds its rows by an index: no table that grows with the years is read from end to end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets.bulk import mark_all
from cageot.baskets.models import WeekClose
from cageot.members.models import Household
from tests.architecture.test_doors import asked, filled
from tests.desk.a_week import AT, MONDAY_AFTER, WEEK, Place, a_place
from tests.factories import make_person, signed_in

GROWING = {
    "baskets_basket", "baskets_delivery", "baskets_subscription", "baskets_weekclose", "funding_charge", "funding_entry",
    "funding_posting", "funding_seal", "funding_share", "members_household", "members_member", "members_membership",
    "members_support", "network_logevent",
}  # fmt: skip

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def place(settings: Any) -> Place:
    settings.TODAY = date(2017, 3, 23)
    found = a_place(6)
    a_place(6, code="autre")
    return found


def read_whole(act: Callable[[], object]) -> Iterator[str]:
    """The statements that read a growing table from end to end, each with that table."""
    with CaptureQueriesContext(connection) as captured:
        act()
    for query in captured.captured_queries:
        sql = query["sql"].lstrip()
        if sql.startswith(("SELECT", "UPDATE", "INSERT")) and " VALUES (" not in sql:
            yield from (f"{table}: {sql}" for table in scanned(sql) if table in GROWING)


def scanned(sql: str) -> list[str]:
    """The tables that the engine would read whole; small ones too, as PostgreSQL is told to do it only when it must."""
    names: dict[str, str] = {alias or table: table for table, alias in re.findall(r'\b(?:FROM|JOIN|UPDATE|INTO) "?(\w+)"?(?: (?:AS )?"?(\w+)"?)?', sql)}  # fmt: skip
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            found = [re.match(r"SCAN (\w+)", row[3]) for row in cursor.fetchall()]
            return [names.get(alias, alias) for alias in (str(one[1]) for one in found if one)]
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}")
        return [str(one[1]) for (line,) in cursor.fetchall() if (one := re.search(r"Seq Scan on (\w+)", line))]


def test_a_table_read_whole_is_seen(place: Place) -> None:
    assert list(read_whole(lambda: list(Household.objects.filter(town="Blois"))))


def test_marking_and_closing_a_week(place: Place) -> None:
    def a_monday() -> None:
        mark_all(place.garden, WEEK, until=WEEK.sunday, except_={}, by=None, at=AT)
        close = baskets.close_week(place.garden, WEEK, today=MONDAY_AFTER, by=None, at=AT)
        baskets.reopen_week(close, reason="Une erreur.", today=MONDAY_AFTER, by=None, at=AT)
        baskets.lay_baskets(place.garden, from_day=WEEK.monday)
        baskets.close_week(place.garden, WEEK, today=MONDAY_AFTER, by=None, at=AT)

    assert list(read_whole(a_monday)) == []


@pytest.mark.parametrize("page", ["", "pointage/", "cloture/"])
def test_the_pages_of_a_week(place: Place, page: str) -> None:
    client = signed_in(make_person("coordinator", place.garden))
    assert list(read_whole(lambda: client.get(place.url(page)))) == []


@pytest.mark.parametrize("page", ["foyers/", "foyers/?etat=finit", "conventions/", "releves/"])
def test_the_lists_of_a_garden(place: Place, page: str) -> None:
    client = signed_in(make_person("coordinator", place.garden))
    assert list(read_whole(lambda: client.get(f"/jardins/{place.garden.code}/{page}"))) == []


def test_who_pays_and_a_household(place: Place) -> None:
    place.mark_all()
    place.close()
    client, basket = signed_in(make_person("coordinator", place.garden)), place.baskets[0]
    for address in (f"/paniers/{basket.pk}/qui-paie/", f"/jardins/{place.garden.code}/foyers/{basket.household_id}/"):
        assert list(read_whole(lambda: client.get(address))) == []  # noqa: B023 (read at once)


@pytest.mark.parametrize("address", ["/programme/2017/", "/jardins/"])
def test_the_programme(place: Place, address: str) -> None:
    place.mark_all()
    place.close()
    assert WeekClose.objects.exists()
    client = signed_in(make_person("network"))
    client.get(address)  # a new process counts its households once
    assert list(read_whole(lambda: client.get(address))) == []


READ_WHOLE = {
    "/jardins/<slug:garden>/foyers/<int:pk>/paniers/<int:basket>/absence/": "baskets_basket",
    # All that is open, of every garden, is weighed at once: a settlement, some times a year.
    "/argent/reglement/": "baskets_delivery funding_charge",
    # What a purge of the whole base would do today: asked by the network, some times a year.
    "/reseau/conservation/": "members_household network_logevent",
}
"""Pages that read growing tables from end to end: nothing to be added without its reason."""


@pytest.mark.parametrize("role", ["coordinator", "network"])
def test_no_page_at_all_but_those_that_are_told(place: Place, role: str) -> None:
    place.mark_all()
    place.close()
    client = signed_in(make_person(role, place.garden if role == "coordinator" else None))
    addresses = {filled(route, place): route for route, _ in asked()}
    client.get("/programme/2017/")  # a new process counts its households once
    odd = {}
    for address, route in addresses.items():
        found = set(map(_table, read_whole(lambda: client.get(address))))  # noqa: B023 (read at once)
        if more := found - set(READ_WHOLE.get(route, "").split()):
            odd[route] = " ".join(sorted(more))
    assert odd == {}


def _table(told: str) -> str:
    return told.partition(":")[0]
