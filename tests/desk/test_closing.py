"""Closing a week, reopening it, and who pays a basket, as the treasurer and the coordinator live it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets.models import SizePrice, WeekClose
from cageot.funding.models import Entry
from tests.desk.a_week import AT, MONDAY_AFTER, THURSDAY, WEEK, a_place, a_stranger, signed_in, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day(settings):
    settings.TODAY = MONDAY_AFTER


def seen_on(client, place):
    """What the closing page hands to its button."""
    found = re.search(r'name="seen" value="([^"]+)"', client.get(place.url("cloture/")).content.decode())
    return found and found[1]


def press(client, place, seen):
    return client.post(place.url("cloture/"), {"seen": seen}, follow=True)


# --- Before closing ---------------------------------------------------------------------------------


def test_open_questions_come_first_with_where_to_answer_and_no_button():
    place = a_place()
    place.mark(collected=4)
    answer = signed_in(place, "coordinator").get(place.url("cloture/"))
    page = text_of(answer)
    assert "À régler avant de clôturer 1 2 paniers sans pointage. Pointer" in page
    assert place.url("pointage/") in answer.content.decode()
    assert 'name="seen"' not in answer.content.decode()


def test_a_delivery_to_come_is_said_with_its_day(settings):
    settings.TODAY = THURSDAY
    place = a_place()
    page = text_of(signed_in(place, "treasurer").get(place.url("cloture/")))
    assert "La livraison de vendredi 24 mars est à venir : 2 paniers." in page


def test_a_size_without_a_price_is_a_question():
    place = a_place()
    place.mark_all()
    SizePrice.objects.all().delete()
    assert "La taille « Panier » n’a pas de prix : 6 paniers." in text_of(
        signed_in(place, "coordinator").get(place.url("cloture/"))
    )


def test_the_page_says_what_will_be_written():
    place = a_place(quota_baskets=2)
    place.mark(unclaimed=1, cancelled=1)
    place.mark_all()
    page = text_of(signed_in(place, "treasurer").get(place.url("cloture/")))
    assert "Paniers à prix solidaire · 3 paniers" in page
    assert "Adhérents 3 10,80 €" in page
    assert "CCAS de Blois quota épuisé CCAS 2017 2 16,80 €" in page
    assert "Non couvert Le quota d’un payeur est épuisé 1 8,40 €" in page
    assert "Paniers ordinaires · 2 paniers" in page
    assert "Paniers non retirés 1 Paniers annulés à temps 1" in page
    assert "Clôturer la semaine 12" in page


def test_a_week_without_delivery_has_nothing_to_close():
    place = a_place()
    answer = signed_in(place, "coordinator").get(place.url("cloture/", WEEK - 1))
    assert "Rien à clôturer" in text_of(answer)
    assert 'name="seen"' not in answer.content.decode()


def test_looking_writes_nothing():
    place = a_place()
    place.mark_all()
    signed_in(place, "coordinator").get(place.url("cloture/"))
    assert not Entry.objects.exists() and not WeekClose.objects.exists()


# --- Closing ----------------------------------------------------------------------------------------


def test_closing_writes_once_and_shows_the_closed_week():
    place = a_place()
    place.mark_all()
    lea = signed_in(place, "coordinator")
    page = text_of(press(lea, place, seen_on(lea, place)))
    assert "La semaine 12 est close : 6 paniers, dont 3 à prix solidaire." in page
    assert "Clôturée le lundi 27 mars 2017" in page
    assert "par Léa Martin" in page
    assert "CCAS de Blois CCAS 2017 3 25,20 €" in page
    assert WeekClose.objects.get().entry is not None


def test_a_double_click_is_harmless():
    place = a_place()
    place.mark_all()
    theo = signed_in(place, "treasurer")
    seen = seen_on(theo, place)
    press(theo, place, seen)
    page = text_of(press(theo, place, seen))
    assert "La semaine 12 était déjà close : Théo Roy l’a clôturée le lundi 27 mars" in page
    assert Entry.objects.count() == WeekClose.objects.count() == 1


def test_a_change_meanwhile_is_shown_in_words_and_asked_again():
    place = a_place()
    place.mark(unclaimed=1, cancelled=2)
    place.mark_all()
    lea = signed_in(place, "coordinator")
    seen = seen_on(lea, place)
    third = place.baskets[2]
    baskets.mark(place.garden, {third.pk: "collected"}, by=None, at=AT)
    answer = press(lea, place, seen)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Rien n’a été écrit." in page
    assert "Paniers retirés : 3 → 4" in page
    assert "CCAS de Blois : 16,80 € → 25,20 €" in page
    assert not WeekClose.objects.exists()
    again = re.search(r'name="seen" value="([^"]+)"', answer.content.decode())
    assert "est close" in text_of(press(lea, place, again[1]))


def test_a_change_that_moves_no_total_is_asked_again_too():
    place = a_place()
    place.mark(unclaimed=1)
    place.mark_all()
    lea = signed_in(place, "coordinator")
    seen = seen_on(lea, place)
    first, _second, third, *_rest = place.baskets
    baskets.mark(place.garden, {first.pk: "collected", third.pk: "unclaimed"}, by=None, at=AT)
    assert "Les totaux sont les mêmes" in text_of(press(lea, place, seen))
    assert not WeekClose.objects.exists()


@pytest.mark.parametrize("seen", ["", "forged", "eyJhIjoxfQ:1abcde:xxxx"])
def test_a_page_that_is_not_ours_closes_nothing(seen):
    place = a_place()
    place.mark_all()
    page = text_of(press(signed_in(place, "coordinator"), place, seen))
    assert "Cette page n’est plus valable." in page
    assert not WeekClose.objects.exists()


def test_what_was_seen_of_one_garden_closes_no_other():
    place, other = a_place(), a_place(code="ailleurs-encore")
    place.mark_all()
    other.mark_all()
    lea = signed_in(place, "coordinator")
    seen = seen_on(lea, place)
    signed_in(other, "coordinator")
    press(lea, other, seen)
    assert not WeekClose.objects.exists()


def test_who_may_not_close_finds_nothing():
    place = a_place()
    place.mark_all()
    for client in (signed_in(place, "helper"), signed_in(place, "network"), a_stranger()):
        for page in ("cloture/", "rouvrir/"):
            assert client.get(place.url(page)).status_code == 404
            assert client.post(place.url(page), {"reason": "x"}).status_code == 404
    assert not WeekClose.objects.exists()


# --- Reopening --------------------------------------------------------------------------------------


def test_reopening_asks_a_reason():
    place = a_place()
    place.mark_all()
    lea = signed_in(place, "coordinator")
    place.close()
    assert "est à revoir" in text_of(lea.post(place.url("rouvrir/"), {"reason": "  "}))
    assert WeekClose.objects.get().reopened_at is None


def test_a_reopened_week_tells_why_and_can_be_closed_again():
    place = a_place()
    place.mark_all()
    lea = signed_in(place, "coordinator")
    place.close()
    page = text_of(lea.post(place.url("rouvrir/"), {"reason": "Un panier mal pointé"}, follow=True))
    assert "La semaine 12 est rouverte." in page
    assert "Rouverte : Un panier mal pointé" in page
    place.payer.refresh_from_db()
    assert place.payer.used_baskets == 0
    assert "est close" in text_of(press(lea, place, seen_on(lea, place)))
    assert WeekClose.objects.filter(reopened_at=None).get().revision == 2


def test_reopening_twice_says_so_once():
    place = a_place()
    place.mark_all()
    lea = signed_in(place, "coordinator")
    place.close()
    lea.post(place.url("rouvrir/"), {"reason": "Erreur"})
    page = text_of(lea.post(place.url("rouvrir/"), {"reason": "Erreur"}, follow=True))
    assert "La semaine 12 est ouverte." in page
    assert Entry.objects.count() == 2


# --- Who pays a basket --------------------------------------------------------------------------------


def who_pays(client, basket):
    return text_of(client.get(f"/paniers/{basket.pk}/qui-paie/"))


def test_a_closed_basket_tells_each_share_and_its_reason():
    place = a_place()
    place.mark_all()
    theo = signed_in(place, "treasurer")
    place.close()
    page = who_pays(theo, place.baskets[0])
    assert "semaine close" in page
    assert "Adhérent Participation prévue par la convention « CCAS 2017 ». 3,60 €" in page
    assert "CCAS de Blois Le reste, selon la convention « CCAS 2017 ». 8,40 €" in page


def test_who_did_not_pay_says_why_not():
    place = a_place(quota_baskets=2)
    place.mark_all()
    theo = signed_in(place, "treasurer")
    place.close()
    page = who_pays(theo, place.baskets[2])  # Friday’s, after the quota ran out
    assert "CCAS de Blois rien cette fois Quota épuisé ; la convention « CCAS 2017 » prévoyait 8,40 €. 0,00 €" in page
    assert "Non couvert à financer Quota épuisé de CCAS de Blois. 8,40 €" in page


def test_an_open_basket_gives_a_forecast_that_says_so():
    place = a_place(quota_baskets=2)
    theo = signed_in(place, "treasurer")
    page = who_pays(theo, place.baskets[2])  # Friday’s, after the quota ran out
    assert "prévision" in page
    assert "les montants peuvent changer" in page
    assert "Non couvert à financer" in page


def test_an_ordinary_basket_is_paid_by_its_member():
    place = a_place()
    assert "Adhérent Le prix du panier, sans prise en charge. 12,00 €" in who_pays(
        signed_in(place, "treasurer"), place.baskets[1]
    )


def test_a_cancelled_basket_costs_nobody():
    place = a_place()
    place.mark(cancelled=1)
    assert "Ce panier ne coûte rien" in who_pays(signed_in(place, "treasurer"), place.baskets[0])


def test_who_pays_is_for_those_who_see_money():
    place = a_place()
    for client in (signed_in(place, "helper"), signed_in(place, "network"), a_stranger()):
        assert client.get(f"/paniers/{place.baskets[0].pk}/qui-paie/").status_code == 404


def test_who_pays_costs_the_same_queries_whatever_the_week_holds():
    counts = []
    for households, code in ((3, "val-de-loire"), (30, "grand-jardin")):
        place = a_place(households, code=code)
        theo = signed_in(place, "treasurer")
        with CaptureQueriesContext(connection) as asked:
            who_pays(theo, place.baskets[0])
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25
