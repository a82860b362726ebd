"""Baskets brought home: a stop of a round for one household, its address on the route sheet, its fee with each basket."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.test import Client

from cageot.baskets import absences, places
from cageot.baskets import actions as baskets
from cageot.baskets.models import Basket, Depot, Subscription
from cageot.desk import papers
from cageot.desk.queries.papers import Asked, sheets
from cageot.members.models import Household, Member
from tests.desk.a_week import AT, THURSDAY, WEEK, a_place, a_stranger, signed_in, text_of

pytestmark = pytest.mark.django_db

MONDAY = WEEK.monday


@pytest.fixture(autouse=True)
def _day(settings):
    settings.TODAY = MONDAY


@pytest.fixture
def place():
    found = a_place()
    baskets.open_deliveries(found.garden, first=MONDAY, last=MONDAY + timedelta(days=27), weekdays=[4, 5])
    baskets.lay_baskets(found.garden, from_day=MONDAY)
    return found


@pytest.fixture
def lea(place):
    return signed_in(place, "coordinator")


def amina(place):
    return Household.objects.select_related("garden").get(garden=place.garden, number="100")


def thursday(place):
    return Depot.objects.get(garden=place.garden, name="Gare").round


def ask(place, lea, **form):
    where = f"/jardins/{place.garden.code}/foyers/{amina(place).pk}/a-domicile/"
    return lea.post(where, {"round": thursday(place).pk, "from_day": "2017-03-20", "fee": "2,50"} | form)


def stop_of(place):
    return Depot.objects.select_related("round", "garden").get(household=amina(place))


def fees(place, number="100"):
    rows = Basket.objects.filter(household__garden=place.garden, household__number=number)
    return list(rows.order_by("delivery__day", "copy").values_list("fee_cents", flat=True))


def test_a_household_is_brought_its_baskets_at_home_for_a_fee(place, lea):
    assert "a-domicile/" in lea.get(f"/jardins/{place.garden.code}/foyers/{amina(place).pk}/").content.decode()
    answer = ask(place, lea, slot="après 18 h")
    assert answer.status_code == 302
    stop = stop_of(place)
    assert (stop.name, stop.fee_cents, stop.slot) == ("Domicile n° 100", 250, "après 18 h")
    assert set(Basket.objects.filter(household=amina(place)).values_list("depot", flat=True)) == {stop.pk}
    assert fees(place) == [250] * 4
    assert fees(place, "101") == [0] * 4


def test_the_stop_takes_its_rank_among_the_depots_of_the_round(place, lea):
    ask(place, lea)
    lea.post(f"/jardins/{place.garden.code}/reglages/tournees/ordre/", {"monter": stop_of(place).pk})
    rows = Depot.objects.filter(round=thursday(place)).order_by("rank")
    assert list(rows.values_list("name", flat=True)) == ["Domicile n° 100", "Gare"]
    assert "Domicile n° 100" in text_of(lea.get(f"/jardins/{place.garden.code}/reglages/tournees/"))


def test_the_route_sheet_has_the_household_s_address_and_its_telephone_and_no_full_name(place, lea):
    Household.objects.filter(pk=amina(place).pk).update(address="4, rue des Lilas", postcode="41000", town="Blois")
    Member.objects.filter(household=amina(place)).update(mobile="+33639980001")
    ask(place, lea, notes="Code 12A")
    found = sheets(place.garden, WEEK, Asked(str(THURSDAY)), MONDAY)
    stops = papers.route(found, [], papers.Wanted())["rounds"][0]["stops"]
    [home] = [stop for stop in stops if stop["name"] == "Domicile n° 100"]
    facts = dict(home["facts"])
    assert facts["Adresse"] == "4, rue des Lilas, 41000 Blois"
    assert facts["Téléphone"].replace("\u202f", " ").replace("\xa0", " ") == "06 39 98 00 01"
    assert facts["À savoir"] == "Code 12A"
    assert "Benali" not in str(stops)


def test_the_address_follows_the_household_s(place, lea):
    ask(place, lea)
    Household.objects.filter(pk=amina(place).pk).update(address="8, quai Villebois", town="Blois")
    rows = list(csv.reader(
        io.StringIO(lea.get(f"/jardins/{place.garden.code}/reglages/depots.csv").content.decode("utf-8-sig")), delimiter=";"
    ))  # fmt: skip
    [row] = [row for row in rows if row[3] == "Domicile n° 100"]
    assert "8, quai Villebois" in row
    assert row[-2] in ("2,5", "2,50")


def test_somebody_s_home_is_no_choice_for_another_and_the_public_does_not_see_it(place, lea):
    ask(place, lea)
    stop = stop_of(place)
    for number, there in (("100", True), ("101", False)):
        other = Household.objects.get(garden=place.garden, number=number)
        form = lea.get(f"/jardins/{place.garden.code}/foyers/{other.pk}/abonnement/").content.decode()
        assert ("Domicile n° 100" in form) is there
    assert "Domicile" not in Client().get(f"/jardins/{place.garden.code}/depots/").content.decode()
    paul = Subscription.objects.select_related("household__garden", "depot", "size").get(household__number="101")
    with pytest.raises(baskets.HomeOfAnother):
        baskets.change_subscription(paul, from_day=MONDAY, depot=stop, by=None, at=AT)
    gare = Depot.objects.select_related("garden").get(name="Gare")
    with pytest.raises(places.PauseRefused) as refused:
        places.pause_depot(gare, from_day=MONDAY, until_day=THURSDAY, replacement=stop, note="", today=MONDAY, by=None, at=AT)  # fmt: skip
    assert refused.value.why == "home"


def test_a_second_stop_is_refused_and_one_that_was_closed_opens_again(place, lea):
    ask(place, lea)
    assert "Ce foyer a déjà son arrêt" in text_of(ask(place, lea))
    assert Depot.objects.filter(household=amina(place)).count() == 1
    gare = Depot.objects.select_related("garden").get(name="Gare")
    places.close_depot(stop_of(place), from_day=MONDAY, replacement=gare, by=None, at=AT)
    assert fees(place) == [0] * 4
    ask(place, lea, fee="3")
    assert (stop_of(place).closed_on, fees(place)) == (None, [300] * 4)


def test_a_new_fee_holds_for_what_is_to_come_and_what_was_marked_keeps_its_own(place, lea):
    ask(place, lea)
    first = Basket.objects.filter(household=amina(place)).order_by("delivery__day")[0]
    baskets.mark(place.garden, {first.pk: "collected"}, by=None, at=AT)
    form = {"round": thursday(place).pk, "fee": "4", "slot": "", "notes": ""}
    lea.post(f"/jardins/{place.garden.code}/reglages/depots/{stop_of(place).pk}/", form)
    assert fees(place) == [250, 400, 400, 400]
    form["fee"] = "0"
    lea.post(f"/jardins/{place.garden.code}/reglages/depots/{stop_of(place).pk}/", form)
    assert fees(place) == [250, 0, 0, 0]


def test_a_depot_for_a_fee_keeps_it_with_each_of_its_baskets(place, lea):
    gare = Depot.objects.select_related("garden", "round").get(name="Gare")
    jardin = Depot.objects.select_related("garden", "round").get(name="Jardin")
    places.change_depot(gare, fee_cents=150, today=MONDAY, by=None, at=AT)
    places.change_depot(jardin, fee_cents=80, today=MONDAY, by=None, at=AT)
    assert (fees(place), fees(place, "102")) == ([150] * 4, [80] * 4)
    paul = Subscription.objects.select_related("household__garden", "depot", "size").get(household__number="101")
    baskets.change_subscription(paul, from_day=MONDAY + timedelta(days=14), depot=jardin, by=None, at=AT)
    assert fees(place, "101") == [150, 150, 80, 80]
    luc = Household.objects.get(number="105")
    page = text_of(lea.get(f"/jardins/{place.garden.code}/foyers/{luc.pk}/abonnement/"))
    assert "Livraison : 1,50 € par panier en plus, 6,00 € en tout." in page


def test_who_may_see_money_reads_the_fee_of_a_basket(place, lea):
    ask(place, lea)
    one = Basket.objects.filter(household=amina(place)).order_by("delivery__day")[0]
    where = f"/jardins/{place.garden.code}/foyers/{amina(place).pk}/paniers/{one.pk}/"
    assert "Frais de livraison de ce panier : 2,50 €, à demander plus tard." in text_of(lea.get(where))


def test_a_basket_that_goes_elsewhere_once_costs_what_that_costs(place, lea):
    ask(place, lea)
    gare = Depot.objects.select_related("garden", "round").get(name="Gare")
    one = Basket.objects.select_related("garden", "delivery", "household").filter(household=amina(place)).order_by("delivery__day")[1]  # fmt: skip
    baskets.change_basket(one, depot=gare, by=None, at=AT)
    assert fees(place) == [250, 0, 250, 250]
    later = one.delivery.__class__.objects.get(garden=place.garden, day=date(2017, 4, 13))
    third = Basket.objects.select_related("garden", "delivery", "household", "depot__garden").filter(household=amina(place)).order_by("delivery__day")[2]  # fmt: skip
    made = absences.postpone(third, to=later, today=MONDAY, by=None, at=AT)
    assert made.fee_cents == 250


def test_the_fee_is_posted_nowhere_and_is_no_part_of_what_the_basket_costs(place, lea):
    before = closed_figures(place)
    ask(place, lea)
    assert closed_figures(place) == before


def closed_figures(place):
    from django.db import transaction

    with transaction.atomic():
        place.mark_all()
        close = place.close()
        found = (close.members_cents, close.local_cents, close.uncovered_cents)
        transaction.set_rollback(True)
    return found


def test_the_form_says_what_is_wrong(place, lea):
    assert "ou un jour d’après." in text_of(ask(place, lea, from_day="2017-03-01"))
    assert ask(place, lea, fee="beaucoup").status_code == 200
    assert not Depot.objects.filter(household=amina(place)).exists()


def test_only_the_coordination_brings_baskets_home(place):
    where = f"/jardins/{place.garden.code}/foyers/{amina(place).pk}/a-domicile/"
    for client in (
        signed_in(place, "helper"),
        signed_in(place, "treasurer"),
        signed_in(place, "network"),
        a_stranger(),
    ):
        assert client.get(where).status_code == 404
