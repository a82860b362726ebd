"""Le programme for the network: figures that add up, gardens to watch, nobody's name, and no cost with size."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import Max, Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from cageot.baskets import actions as baskets
from cageot.baskets.models import Figures as BasketFigures
from cageot.baskets.models import GardenSum, WeekClose, WeekSum
from cageot.desk.queries.programme import edition_figures, garden_facts, places
from cageot.desk.rules.programme import Dot, Facts, circles, concerns, solidity
from cageot.funding.actions import describe
from cageot.funding.models import Agreement
from cageot.members.actions import withdraw_support
from cageot.members.models import Support
from cageot.network.models import BudgetLine, Edition, GardenStatus, Partner
from tests.desk.a_week import Place, a_place
from tests.factories import AT, make_edition, make_garden, make_person, signed_in

TODAY = date(2017, 4, 3)


@pytest.fixture(autouse=True)
def _in_april(settings: Any) -> None:
    settings.TODAY = TODAY


def closed(households: int = 6, **place: Any) -> Place:
    found = a_place(households, **place)
    found.mark_all()
    found.close()
    return found


def nadia() -> Client:
    return signed_in(make_person("network"))


def text(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return answer.content.decode().replace("\xa0", " ").replace("\u202f", " ")


# --- Figures --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_figures_of_an_edition_add_up() -> None:
    closed(6)
    closed(6, code="autre", quota_baskets=1)
    edition = Edition.objects.get()
    BudgetLine.objects.create(edition=edition, label="Paniers", cents=33_500_000)
    Partner.objects.create(name="DGCS", kind="state", level="national", funds=True)
    figures = edition_figures(edition)
    assert (figures["gardens"], figures["households"], figures["solidarity_baskets"], figures["ordinary_baskets"]) == (
        2,
        6,
        6,
        6,
    )
    assert sum(figures["paid_by"].values()) + figures["uncovered_cents"] == 6 * 1200  # type: ignore[call-overload]
    assert figures["paid_by"]["members"] == 6 * 360
    assert figures["uncovered_cents"] == 2 * 840
    assert figures["max_member_share"] == 0.3
    assert (figures["budget_cents"], figures["national_funders"]) == (33_500_000, 1)


@pytest.mark.django_db
def test_a_week_taken_back_no_longer_counts() -> None:
    closed()
    edition = Edition.objects.get()
    assert edition_figures(edition)["solidarity_baskets"] == 3
    baskets.reopen_week(WeekClose.objects.get(), reason="Erreur.", today=TODAY, by=None, at=AT)
    assert edition_figures(edition)["solidarity_baskets"] == 0


@pytest.mark.django_db
def test_what_is_added_up_is_what_the_standing_closes_hold() -> None:
    places = [closed(4, code=code, quota_baskets=1) for code in ("un", "deux")]
    expect_sums(closes=2)
    baskets.reopen_week(WeekClose.objects.get(garden=places[0].garden), reason="Erreur.", today=TODAY, by=None, at=AT)
    expect_sums(closes=1)
    places[0].close()
    expect_sums(closes=2)


def expect_sums(closes: int) -> None:
    """By garden and by week, every figure is that of the standing closes added up here."""
    rows = WeekClose.objects.filter(reopened_at=None)
    for model in (GardenSum, WeekSum):
        for field in BasketFigures._meta.fields:
            make: Any = Max if field.name == "max_member_bp" else Sum
            added, kept = (found.aggregate(n=make(field.name))["n"] for found in (rows, model.objects.all()))
            assert kept == added, (model, field.name)
        assert sum(model.objects.values_list("closes", flat=True)) == closes


@pytest.mark.django_db
def test_households_are_counted_anew_where_a_support_has_changed() -> None:
    place, other = closed(6), closed(6, code="autre")
    edition = Edition.objects.get()
    assert edition_figures(edition)["households"] == 6
    withdraw_support(Support.objects.filter(household__garden=place.garden)[0], by=None, at=AT)
    assert edition_figures(edition)["households"] == 5
    for one in Support.objects.filter(household__garden=other.garden):
        withdraw_support(one, by=None, at=AT)
    assert edition_figures(edition)["households"] == 2


@pytest.mark.django_db
def test_households_are_counted_anew_when_an_agreement_leaves_the_programme_or_the_edition_its_dates() -> None:
    closed(6)
    closed(6, code="autre")
    edition = Edition.objects.get()
    assert edition_figures(edition)["households"] == 6
    describe(Agreement.objects.all()[0], in_programme=False, by=None, at=AT)
    assert edition_figures(edition)["households"] == 3
    edition.from_day, edition.until_day = date(2030, 1, 1), date(2030, 12, 31)
    assert edition_figures(edition)["households"] == 0


@pytest.mark.django_db
def test_gardens_and_partners_are_those_of_the_edition() -> None:
    place, edition = closed(), Edition.objects.get()
    gone = make_garden("parti", "Parti")
    GardenStatus.objects.filter(garden=gone).update(until_day=date(2016, 12, 31))
    Partner.objects.create(name="Ailleurs", kind="ccas").gardens.add(gone)
    Partner.objects.create(name="Ici", kind="ccas").gardens.add(place.garden)
    figures = edition_figures(edition)
    assert (figures["gardens"], figures["local_partners"]) == (1, 1)


# --- The page -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_network_sees_the_programme_and_nobody_s_name() -> None:
    closed()
    page = text(nadia(), "/programme/")
    assert "Paniers solidaires 2017" in page
    assert "de l’objectif de 30 000" in page
    assert "<circle" in page
    assert "Centre-Val de Loire" in page
    assert "Benali" not in page


@pytest.mark.django_db
def test_a_garden_to_watch_comes_with_its_reason() -> None:
    closed(quota_baskets=1)
    page = text(nadia(), "/programme/2017/")
    assert "du prix des paniers n’a pas de payeur" in page
    assert "fragile" in page


@pytest.mark.django_db
def test_an_agreement_that_ends_soon_is_said_with_its_day() -> None:
    closed()
    Agreement.objects.update(until_day=date(2017, 5, 31))
    assert "la convention CCAS 2017 finit le 31 mai : 3 foyers sans suite" in text(nadia(), "/programme/2017/")


@pytest.mark.django_db
def test_weeks_that_nobody_closed_are_counted() -> None:
    place = closed()
    for weeks in (1, 2, 3):
        day = date(2017, 3, 23) + timedelta(weeks=weeks)
        baskets.open_deliveries(place.garden, first=day, last=day, weekdays=[4])
    baskets.lay_baskets(place.garden, from_day=date(2017, 3, 27))
    empty = date(2017, 3, 9)
    baskets.open_deliveries(place.garden, first=empty, last=empty, weekdays=[4])  # nobody is late for an empty week
    edition = Edition.objects.get()
    facts = garden_facts(edition, places(edition), date(2017, 4, 19))
    assert facts[place.garden.pk].weeks_late == 2  # the week just over is given some days


@pytest.mark.django_db
def test_people_of_a_garden_do_not_see_the_programme() -> None:
    place = closed()
    for role in ("coordinator", "helper", "treasurer"):
        client = signed_in(make_person(role, place.garden))
        for address in ("/programme/", "/programme/2017/", "/jardins/"):
            assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_before_the_first_edition_and_the_first_close_the_page_says_so() -> None:
    client = nadia()
    assert "Pas encore d’édition" in text(client, "/programme/")
    make_edition()
    assert "Aucune semaine n’est encore close." in text(client, "/programme/")


@pytest.mark.django_db
def test_the_gardens_are_listed_searched_and_filtered() -> None:
    closed(quota_baskets=1)
    make_garden("calme", "Le Calme")
    client = nadia()
    assert "Le Calme" in text(client, "/jardins/")
    assert "semaine 12" in text(client, "/jardins/")
    assert "Le Calme" not in text(client, "/jardins/?q=val")
    watched = text(client, "/jardins/?etat=a-surveiller")
    assert "Jardin du Val de Loire" in watched


@pytest.mark.django_db
def test_the_pages_ask_as_many_questions_with_three_gardens_as_with_thirty() -> None:
    def count() -> list[int]:
        return [_count(client, address) for address in ("/programme/2017/", "/jardins/")]

    client = nadia()
    places = [closed(2, code=f"jardin-{number}") for number in range(3)]
    few = count()
    edition = Edition.objects.get()
    for number in range(27):
        garden = make_garden(f"jumeau-{number}", f"Jumeau {number}")
        _copy_close(places[0], garden.pk, edition)
    assert count() == few
    assert max(few) <= 25


def _count(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def _copy_close(place: Place, garden: int, edition: Edition) -> None:
    from cageot.funding import actions as funding

    row = WeekClose.objects.get(garden=place.garden)
    row.pk, row.garden_id, row.entry_id = None, garden, None
    from django.db import transaction

    with transaction.atomic():
        funding.take_turn()
        row.save(force_insert=True)


# --- Rules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "whats", "word"),
    [
        (Facts(1, 10), [], "solid"),
        (Facts(1, 10, funded_until=None), ["unfunded"], "fragile"),
        (Facts(1, 10, uncovered=0.051), ["uncovered"], "fragile"),
        (Facts(1, 10, uncovered=0.05), ["uncovered"], "watch"),
        (Facts(1, 10, uncovered=0.02), [], "solid"),
        (Facts(1, 10, months=2), ["short"], "fragile"),
        (Facts(1, 10, months=3), [], "solid"),
        (Facts(1, 10, funded_until=None, months=0), ["unfunded"], "fragile"),
        (Facts(1, 10, owed=("Caisse", TODAY - timedelta(days=30))), ["owed"], "watch"),
        (Facts(1, 10, owed=("Caisse", TODAY - timedelta(days=29))), [], "solid"),
        (Facts(1, 10, weeks_late=1), [], "solid"),
        (Facts(1, 10, weeks_late=2), ["late"], "watch"),
        (Facts(1, 10, weeks_late=4), ["late"], "fragile"),
        (Facts(1, 10, ending=("CCAS", TODAY + timedelta(days=90))), ["ending"], "watch"),
        (Facts(1, 10, ending=("CCAS", TODAY + timedelta(days=93))), [], "solid"),
        (Facts(1, 10, funded_until=TODAY, ending=("CCAS", TODAY)), ["ending"], "fragile"),
        (Facts(1, 10, top_payer=("CCAS", 0.71)), ["concentrated"], "watch"),
        (Facts(1, 10, top_payer=("CCAS", 0.70)), [], "solid"),
        (Facts(1, 10, scarce="CCAS", top_payer=("CCAS", 1.0)), ["quota", "concentrated"], "watch"),
        (Facts(1, 10, scarce="CCAS", uncovered=0.5), ["uncovered", "quota"], "fragile"),
    ],
)
def test_why_a_garden_needs_care(facts: Facts, whats: list[str], word: str) -> None:
    found = concerns(facts, TODAY)
    assert [one.what for one in found] == whats
    assert solidity(found) == word


@settings(deadline=None)  # a busy machine is not a fault
@given(st.integers(0, 400), st.randoms(use_true_random=False))
def test_the_map_stays_light_and_forgets_no_garden(count: int, chance: random.Random) -> None:
    tones = ("solid", "watch", "fragile")
    dots = [
        Dot(chance.uniform(0, 1150), chance.uniform(0, 1072), chance.randrange(900), chance.choice(tones), "x")
        for _ in range(count)
    ]
    drawn = circles(dots)
    assert len(drawn) <= 60
    assert sum(len(one.dots) for one in drawn) == len(dots)
    assert all(0 <= one.x <= 1150 and 0 <= one.y <= 1072 and 8 <= one.radius <= 26 for one in drawn)
    if len(dots) <= 60:
        assert len(drawn) == len(dots)
