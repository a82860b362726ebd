"""La semaine and its marking list, as the garden's people see them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets.models import Basket, Delivery, Depot
from cageot.core.week import Week
from tests.desk.a_week import AT, FRIDAY, MONDAY_AFTER, THURSDAY, WEEK, a_place, a_stranger, signed_in, text_of
from tests.factories import make_depot

pytestmark = pytest.mark.django_db
MONEY_WORDS = ["€", "CCAS", "solidaire", "convention", "payeur", "prise en charge", "Qui paie", "quota"]


@pytest.fixture(autouse=True)
def _day(settings):
    settings.TODAY = FRIDAY


# --- La semaine -----------------------------------------------------------------------------------


def test_the_week_says_its_days_its_baskets_by_depot_and_its_step():
    place = a_place()
    page = text_of(signed_in(place, "coordinator").get(place.url()))
    assert "Semaine 12 20 – 26 mars" in page
    assert "Jeudi 23 mars 4 4 Gare 4 4" in page
    assert "Vendredi 24 mars 2 2 Jardin 2 2" in page
    assert "Distribuer 0 sur 6 pointés" in page


def test_cancelled_baskets_are_not_to_be_made():
    place = a_place()
    place.mark(cancelled=2)
    page = text_of(signed_in(place, "coordinator").get(place.url()))
    assert "Compter 4 paniers" in page
    assert "Amina Benali annulé à temps" in page


def test_a_basket_sent_to_another_depot_shows_among_what_changed_once():
    place = a_place()
    baskets.change_basket(place.baskets[0], by=None, at=AT, depot=Depot.objects.get(name="Jardin"))
    assert "Amina Benali · Jardin autre dépôt" in text_of(signed_in(place, "helper").get(place.url()))


def test_who_pays_is_a_forecast_while_the_week_is_open():
    place = a_place()
    page = text_of(signed_in(place, "treasurer").get(place.url()))
    assert "Qui paie cette semaine prévision 100 % des 3 paniers à prix solidaire sont financés" in page
    assert "Adhérents 30 % 10,80 €" in page
    assert "CCAS de Blois 70 % 25,20 €" in page


def test_a_quota_that_runs_out_shows_what_nobody_pays_and_why():
    place = a_place(quota_baskets=2)
    page = text_of(signed_in(place, "coordinator").get(place.url()))
    assert "66 % des 3 paniers" in page or "67 % des 3 paniers" in page
    assert "8,40 € sans payeur sur 1 panier : le quota d’un payeur est épuisé." in page


def test_what_is_to_do_is_said_with_its_urgency(settings):
    settings.TODAY = MONDAY_AFTER
    place = a_place()
    page = text_of(signed_in(place, "coordinator").get(place.url()))
    assert "6 paniers à pointer" in page
    assert "3 prises en charge finissent d’ici six semaines" in page
    later = text_of(signed_in(place, "coordinator").get(place.url(week=WEEK + 1)))
    assert "La semaine 12 à clôturer" in later


def test_a_quota_nearly_used_tells_the_baskets_left():
    place = a_place(quota_baskets=4)
    place.mark_all()
    place.payer.quota_baskets = 3
    place.payer.used_baskets, place.payer.used_cents = 3, 2520
    place.payer.save()
    assert "CCAS de Blois : quota épuisé relancer" in text_of(signed_in(place, "coordinator").get(place.url()))


def test_a_week_without_delivery_is_calm_and_leads_to_the_next_one():
    place = a_place()
    page = text_of(signed_in(place, "helper").get(place.url(week=WEEK - 1)))
    assert "Pas de livraison cette semaine" in page
    assert "Voir la prochaine livraison, semaine 12" in page


def test_the_strong_button_follows_the_step(settings):
    place = a_place()
    lea = signed_in(place, "coordinator")
    assert "Pointer les paniers" in text_of(lea.get(place.url()))
    place.mark_all()
    settings.TODAY = MONDAY_AFTER
    assert "Clôturer la semaine 12" in text_of(lea.get(place.url()))


@pytest.mark.parametrize(
    ("today", "said"),
    [
        ("2017-03-15", "Voyez combien de paniers partent"), ("2017-03-20", "Cageot dit combien récolter."),
        ("2017-03-22", "Imprimez les feuilles et les étiquettes"), ("2017-03-23", "même sans réseau."),
    ],
)  # fmt: skip
def test_the_step_at_hand_is_explained_in_two_sentences(settings, today, said):
    settings.TODAY = date.fromisoformat(today)
    place = a_place()
    answer = signed_in(place, "coordinator").get(place.url())
    assert said in text_of(answer)
    assert 2 <= answer.context["page"].help.count(".") <= 3


def test_a_helper_sees_no_money_anywhere():
    place = a_place(quota_baskets=2)
    helene = signed_in(place, "helper")
    for url in (place.url(), place.url("pointage/")):
        page = text_of(helene.get(url))
        assert not [word for word in MONEY_WORDS if word in page]
    place.mark_all()
    place.close()
    for url in (place.url(), place.url("pointage/")):
        page = text_of(helene.get(url))
        assert not [word for word in MONEY_WORDS if word in page]


@pytest.mark.parametrize("page", ["", "pointage/", "cloture/", "rouvrir/"])
def test_the_week_of_another_garden_does_not_exist(page):
    place = a_place()
    assert a_stranger().get(place.url(page)).status_code == 404
    assert signed_in(place, "network").get(place.url(page)).status_code == 404


def test_a_week_that_the_calendar_has_not_is_not_found():
    place = a_place()
    assert signed_in(place, "helper").get("/jardins/val-de-loire/semaines/2017-W53/").status_code == 404


# --- Marking --------------------------------------------------------------------------------------


def states(place):
    return [one.state for one in place.baskets]


def test_a_helper_marks_what_happened_without_javascript():
    place = a_place()
    first, second, *_rest = place.baskets
    answer = signed_in(place, "helper").post(
        place.url("pointage/"),
        {
            f"b{first.pk}": "collected",
            f"w{first.pk}": "planned",
            f"b{second.pk}": "given_on",
            f"w{second.pk}": "planned",
        },
        follow=True,
    )
    assert "2 paniers notés." in text_of(answer)
    assert states(place)[:2] == ["collected", "given_on"]


def test_one_line_saved_alone_answers_with_how_far_the_day_is():
    place = a_place()
    basket = place.baskets[0]
    answer = signed_in(place, "helper").post(
        place.url("pointage/"), {f"b{basket.pk}": "unclaimed"}, headers={"HX-Request": "true"}
    )
    assert "1 sur 4 pointés" in text_of(answer)
    assert states(place)[0] == "unclaimed"


def test_a_page_kept_open_does_not_undo_what_somebody_else_marked():
    place = a_place()
    basket = place.baskets[0]
    place.mark(unclaimed=1)
    stale = {f"b{basket.pk}": "collected", f"w{basket.pk}": "collected"}  # drawn when it was "collected"
    signed_in(place, "helper").post(place.url("pointage/"), stale)
    assert states(place)[0] == "unclaimed"


def test_all_the_others_of_a_day_are_collected_and_the_other_day_is_left_alone():
    place = a_place()
    place.mark(unclaimed=1)
    thursday = Delivery.objects.get(garden=place.garden, day=THURSDAY)
    answer = signed_in(place, "helper").post(place.url(f"pointage/{thursday.pk}/tous/"), follow=True)
    assert "3 paniers notés retirés." in text_of(answer)
    by_day = {
        day: sorted(Basket.objects.filter(delivery__day=day).values_list("state", flat=True))
        for day in (THURSDAY, FRIDAY)
    }
    assert by_day == {THURSDAY: ["collected"] * 3 + ["unclaimed"], FRIDAY: ["planned"] * 2}


def test_before_its_day_a_basket_may_only_be_cancelled(settings):
    settings.TODAY = THURSDAY - timedelta(days=2)
    place = a_place()
    first, second, *_rest = place.baskets
    helene = signed_in(place, "helper")
    helene.post(place.url("pointage/"), {f"b{first.pk}": "collected", f"b{second.pk}": "cancelled"})
    assert states(place)[:2] == ["planned", "cancelled"]
    thursday = Delivery.objects.get(garden=place.garden, day=THURSDAY)
    assert helene.post(place.url(f"pointage/{thursday.pk}/tous/")).status_code == 404


def test_a_basket_of_another_garden_cannot_be_marked():
    place = a_place()
    other = a_place(code="ailleurs-encore")
    signed_in(place, "helper").post(place.url("pointage/"), {f"b{other.baskets[0].pk}": "collected"})
    assert states(other)[0] == "planned"


def test_an_invented_state_is_left_aside():
    place = a_place()
    signed_in(place, "helper").post(place.url("pointage/"), {f"b{place.baskets[0].pk}": "stolen", "bxyz": "collected"})
    assert set(states(place)) == {"planned"}


def test_a_treasurer_reads_the_marking_and_cannot_write_it():
    place = a_place()
    theo = signed_in(place, "treasurer")
    assert "Enregistrer" not in text_of(theo.get(place.url("pointage/")))
    assert theo.post(place.url("pointage/"), {f"b{place.baskets[0].pk}": "collected"}).status_code == 404
    assert states(place)[0] == "planned"


def test_a_closed_week_is_read_only_with_the_way_to_reopen():
    place = a_place()
    lea = signed_in(place, "coordinator")
    place.mark_all()
    place.close()
    page = text_of(lea.get(place.url("pointage/")))
    assert "le pointage ne change plus" in page
    assert "Rouvrez la semaine" in page
    answer = lea.post(place.url("pointage/"), {f"b{place.baskets[0].pk}": "unclaimed"}, follow=True)
    assert "rien n’a été noté" in text_of(answer)
    assert states(place)[0] == "collected"


def test_one_depot_can_be_shown_alone():
    place = a_place()
    place_of = Depot.objects.get(name="Gare")
    baskets.change_basket(place.baskets[0], by=None, at=AT, depot=place_of)
    Basket.objects.filter(pk=place.baskets[1].pk).update(depot=make_depot(place.garden, "Mairie"))
    page = text_of(signed_in(place, "helper").get(place.url(f"pointage/?jour=2017-03-23&depot={place_of.pk}")))
    assert "Amina Benali" in page
    assert "Paul Durand" not in page


@pytest.mark.parametrize("asked", ["?jour=nope&depot=x&page=zzz", "?depot=²", "?page=-1", "?page=99999999999999999999"])
def test_a_wrong_address_falls_back_on_the_day_at_hand(asked):
    place = a_place()
    assert signed_in(place, "helper").get(place.url(f"pointage/{asked}")).status_code == 200


# --- Cost ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["", "pointage/", "cloture/"])
def test_pages_cost_the_same_queries_with_three_and_thirty_baskets(page):
    small = a_place(3)
    large = a_place(30, code="grand-jardin")
    counts = [_queries(place, page) for place in (small, large)]
    assert counts[0] == counts[1] <= 25


def _queries(place, page):
    client = signed_in(place, "coordinator")
    # Both gardens are this person's: the page's own queries are what differs.
    with CaptureQueriesContext(connection) as asked:
        assert client.get(place.url(page)).status_code == 200
    return len(asked)


def test_the_next_week_is_one_click_away_over_the_new_year():
    place = a_place()
    page = signed_in(place, "helper").get(place.url(week=Week(2017, 52))).content.decode()
    assert place.url(week=Week(2018, 1)) in page
