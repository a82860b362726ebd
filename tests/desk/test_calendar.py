"""Bank holidays: each round shifts by itself, what moves is seen first, and the baskets follow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets import places
from cageot.baskets.models import Basket, Delivery, Depot, Round, RoundShift, Ways
from cageot.baskets.rules.holidays import ZONES, holidays_of, zone_of
from cageot.core.week import Week
from tests.desk.a_week import AT, a_place, a_stranger, signed_in, text_of
from tests.factories import make_depot

pytestmark = pytest.mark.django_db

EASTER_WEEK, ASCENSION = Week(2017, 16), date(2017, 5, 25)
WEEK = Week.of(ASCENSION)
WEDNESDAY, FRIDAY = WEEK.day(3), WEEK.day(5)


@pytest.fixture
def place(settings):
    """Thursday's round and Friday's, with deliveries until June; today is Monday 27 March 2017."""
    settings.TODAY = date(2017, 3, 27)
    place = a_place()
    baskets.lay_season(place.garden, first=date(2017, 3, 27), last=date(2017, 6, 30), without=[], by=None, at=AT)
    return place


@pytest.fixture
def lea(place):
    return signed_in(place, "coordinator")


def url(place, rest="2017/"):
    return f"/jardins/{place.garden.code}/reglages/feries/{rest}"


def thursday(place):
    return Round.objects.get(garden=place.garden, name="Jeudi")


def field(place, week=WEEK):
    return f"r{thursday(place).pk}_{week}"


def days(place, week=WEEK):
    """Day → how many baskets, in that week."""
    found: dict[date, int] = {}
    for day in Basket.objects.filter(garden=place.garden, delivery__week=week).values_list("delivery__day", flat=True):
        found[day] = found.get(day, 0) + 1
    return found


def test_the_holidays_that_meet_a_round_are_told_with_their_names(place, lea):
    page = text_of(lea.get(url(place)))
    assert "Jeudi 25 mai Ascension Jeudi" in page
    assert "Sans effet sur vos tournées" in page
    assert "Lundi de Pâques" in page


def test_what_moves_is_shown_before_anything_is_written(place, lea):
    before = days(place)
    page = text_of(lea.post(url(place), {field(place): str(WEDNESDAY)}))
    assert "Paniers qui changent de jour 4" in page
    assert days(place) == before
    assert not RoundShift.objects.exists()


def test_one_round_shifts_and_the_other_stays(place, lea):
    page = text_of(lea.post(url(place), {field(place): str(WEDNESDAY), "ecrire": "1"}, follow=True))
    assert "4 paniers changent de jour." in page
    assert days(place) == {WEDNESDAY: 4, FRIDAY: 2}
    assert not Delivery.objects.filter(garden=place.garden, day=ASCENSION).exists()
    assert RoundShift.objects.get().reason == "Ascension"
    assert days(place, WEEK + 1) == {(WEEK + 1).day(4): 4, (WEEK + 1).day(5): 2}


def test_two_rounds_of_one_day_shift_to_two_days(place, lea):
    other = Round.objects.create(garden=place.garden, name="Jeudi, les bourgs", weekday=4)
    depot = make_depot(place.garden, "Mairie")
    places.change_depot(depot, today=date(2017, 3, 27), by=None, at=AT, round=other)
    first = Basket.objects.filter(garden=place.garden, delivery__day=ASCENSION).first()
    baskets.change_subscription(first.subscription, from_day=date(2017, 4, 1), by=None, at=AT, depot=depot)
    answer = {field(place): str(WEDNESDAY), f"r{other.pk}_{WEEK}": str(WEEK.day(6)), "ecrire": "1"}
    lea.post(url(place), answer)
    assert days(place) == {WEDNESDAY: 3, FRIDAY: 2, WEEK.day(6): 1}


def test_a_round_without_delivery_that_week_takes_its_baskets_away_and_says_so_first(place, lea):
    page = text_of(lea.post(url(place), {field(place): "non"}))
    assert "Paniers retirés 4" in page
    assert "Des paniers prévus disparaissent" in page
    lea.post(url(place), {field(place): "non", "ecrire": "1"})
    assert days(place) == {FRIDAY: 2}


def test_giving_a_round_its_usual_day_back_brings_its_baskets_back(place, lea):
    before = days(place)
    lea.post(url(place), {field(place): "non", "ecrire": "1"})
    page = text_of(lea.post(url(place), {field(place): str(ASCENSION), "ecrire": "1"}, follow=True))
    assert "4 paniers reviennent." in page
    assert days(place) == before
    assert not RoundShift.objects.exists()


def test_a_basket_sent_to_another_depot_once_follows_that_depot(place, lea):
    basket = Basket.objects.filter(garden=place.garden, delivery__day=FRIDAY).first()
    gare = place.garden.depots.get(name="Gare")
    baskets.change_basket(basket, by=None, at=AT, depot=gare)
    lea.post(url(place), {field(place): str(WEDNESDAY), "ecrire": "1"})
    basket.refresh_from_db()
    assert (basket.delivery.day, basket.depot) == (WEDNESDAY, gare)


def test_a_closed_week_does_not_shift(place, lea, settings):
    place.mark_all()
    place.close()
    settings.TODAY = date(2017, 3, 22)
    form = {"round": thursday(place).pk, "usual": "2017-03-23", "goes": "day", "day": "2017-03-22", "ecrire": "1"}
    assert "La semaine 12 est close" in text_of(lea.post(url(place, "decaler/"), form, follow=True))
    assert not RoundShift.objects.exists()


def test_a_day_that_is_past_is_refused_in_words(place, lea, settings):
    settings.TODAY = WEDNESDAY + timedelta(days=1)
    page = text_of(lea.post(url(place), {field(place): str(WEDNESDAY), "ecrire": "1"}, follow=True))
    assert "Ce jour est déjà passé" in page
    assert not RoundShift.objects.exists()


def test_a_round_shifts_once_by_hand_within_its_week(place, lea):
    form = {
        "round": thursday(place).pk,
        "usual": "2017-04-06",
        "goes": "day",
        "day": "2017-04-14",
        "reason": "Route fermée",
    }
    assert "de la même semaine" in text_of(lea.post(url(place, "decaler/"), form))
    assert "ne part pas ce jour-là" in text_of(lea.post(url(place, "decaler/"), form | {"usual": "2017-04-05"}))
    lea.post(url(place, "decaler/"), form | {"day": "2017-04-05", "ecrire": "1"})
    assert days(place, Week(2017, 14)) == {date(2017, 4, 5): 4, date(2017, 4, 7): 2}
    assert "Jeudi, jeudi 6 avril Route fermée" in text_of(lea.get(url(place)))


def test_the_days_of_the_week_that_are_holidays_too_are_told(place, lea):
    Round.objects.filter(pk=thursday(place).pk).update(weekday=1)
    page = text_of(lea.get(url(place)))
    assert "lundi 1er mai (comme prévu)" in page
    assert "lundi 8 mai (comme prévu)" in page
    assert "jeudi 25 mai" not in page


def test_a_week_where_every_day_is_a_holiday_says_so_and_each_round_goes_as_usual_or_not_at_all(
    place, lea, monkeypatch
):
    """Nothing forces a day: the page offers the week's days, tells that all are holidays, and no delivery at all."""
    from cageot.desk.queries import calendar

    every = {WEEK.day(number): f"Fête {number}" for number in range(1, 8)}
    monkeypatch.setattr(calendar, "holidays_of", lambda year, zone, language="fr": every)
    page = text_of(lea.get(url(place)))
    assert "Jeudi 25 mai Fête 4" in page and "Vendredi 26 mai Fête 5" in page
    form = lea.get(url(place)).context["form"]
    words = [str(label) for _value, label in form.fields[field(place)].choices]
    assert len(words) == 8 and sum("férié" in label for label in words) >= 6
    before = days(place)
    lea.post(url(place), {field(place): WEEK.day(4).isoformat(), "ecrire": "1"})
    assert days(place) == before
    lea.post(url(place), {field(place): "non", "ecrire": "1"})
    assert WEEK.day(4) not in days(place)


def test_a_shift_onto_a_day_when_the_depot_is_closed_sends_its_baskets_to_the_replacement(place, lea):
    gare, jardin = (Depot.objects.select_related("garden", "round").get(name=name) for name in ("Gare", "Jardin"))
    places.pause_depot(
        gare, from_day=WEDNESDAY, until_day=WEDNESDAY, replacement=jardin, note="", today=date(2017, 3, 27), by=None, at=AT
    )  # fmt: skip
    assert set(days(place)) == {ASCENSION, FRIDAY}
    lea.post(url(place), {field(place): WEDNESDAY.isoformat(), "ecrire": "1"})
    there = Basket.objects.filter(garden=place.garden, delivery__week=WEEK)
    assert set(there.values_list("depot__name", "delivery__day")) == {("Jardin", FRIDAY)}
    assert there.count() == 6


def test_a_shift_onto_a_day_of_another_week_is_refused(place):
    with pytest.raises(places.ShiftRefused) as refused:
        places.shift_rounds(
            place.garden, {(thursday(place), WEEK): (WEEK + 1).monday}, reasons={}, today=date(2017, 3, 27), by=None, at=AT
        )  # fmt: skip
    assert refused.value.why == "other_week"
    assert not RoundShift.objects.exists()


def test_alsace_keeps_good_friday(place, lea):
    assert "Vendredi saint" not in text_of(lea.get(url(place)))
    lea.post(url(place, "2017/zone/"), {"zone": "6AE"})
    assert Ways.objects.get().holidays == "6AE"
    assert "Vendredi 14 avril Vendredi saint" in text_of(lea.get(url(place)))
    lea.post(url(place, "2017/zone/"), {"zone": "Narnia"})
    assert Ways.objects.get().holidays == "6AE"


def test_a_garden_keeps_the_holidays_of_its_departement_unless_it_says_otherwise():
    assert (zone_of("41018"), zone_of("67482"), zone_of("57463"), zone_of("97411")) == ("", "6AE", "57", "974")
    assert date(2017, 12, 20) in holidays_of(2017, "974")  # abolition of slavery in La Réunion
    assert all(date(2017, 5, 1) in holidays_of(2017, zone) for zone in ZONES)


def test_only_the_coordinator_shifts_rounds(place):
    for client in (
        signed_in(place, "helper"),
        signed_in(place, "treasurer"),
        signed_in(place, "network"),
        a_stranger(),
    ):
        assert client.get(url(place)).status_code == 404
        assert client.post(url(place), {field(place): "non", "ecrire": "1"}).status_code == 404
        assert client.post(url(place, "2017/zone/"), {"zone": "6AE"}).status_code == 404
        assert client.get(url(place, "decaler/")).status_code == 404
    assert not RoundShift.objects.exists()


def test_the_holidays_cost_the_same_queries_however_many_rounds_and_shifts(place, lea):
    def count():
        with CaptureQueriesContext(connection) as asked:
            assert lea.get(url(place)).status_code == 200
        return len(asked)

    count()
    few = count()
    for number in range(8):
        one = Round.objects.create(garden=place.garden, name=f"Tournée {number}", weekday=1 + number % 7)
        RoundShift.objects.create(round=one, week=Week(2017, 20 + number), day=None)
    assert count() == few <= 25
