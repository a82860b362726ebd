"""Subscriptions side by side: eggs beside the basket, monthly ones kept level, what they come to, trials, going on."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets import subscriptions
from cageot.baskets.models import Basket, BasketSize, Depot, Product, Subscription
from cageot.desk.queries.subscriptions import ending_soon
from cageot.members import actions as members
from cageot.members.models import Household, Member
from tests.desk.a_week import AT, WEEK, a_place, a_stranger, signed_in, text_of

pytestmark = pytest.mark.django_db
MONDAY = WEEK.monday


@pytest.fixture(autouse=True)
def _day(settings):
    settings.TODAY = MONDAY


@pytest.fixture
def place():
    place = a_place()
    baskets.open_deliveries(place.garden, first=MONDAY, last=date(2017, 12, 31), weekdays=[4, 5])
    baskets.lay_baskets(place.garden, from_day=MONDAY)
    eggs = subscriptions.open_product(
        place.garden, code="oeufs", name="Œufs", rhythms="weekly,monthly", in_agreements=False, by=None, at=AT
    )
    baskets.open_size(
        place.garden, code="6-oeufs", name="6 œufs", cents=240, from_day=date(2017, 1, 1), product=eggs, by=None, at=AT
    )
    return place


@pytest.fixture
def eggs(place):
    return Product.objects.get(garden=place.garden, code="oeufs")


@pytest.fixture
def lea(place):
    return signed_in(place, "coordinator")


def of(place, number="100"):
    return Household.objects.select_related("garden").get(garden=place.garden, number=number)


def newcomer(place, number="300", **details):
    return members.welcome(
        place.garden, number=number, contact=Member(last_name="Diallo"), joined_on=date(2017, 1, 1), by=None, at=AT, **details
    )  # fmt: skip


def url(place, page="", number="100"):
    return f"/jardins/{place.garden.code}/foyers/{of(place, number).pk}/{page}"


def asked(size="6-oeufs", depot="Gare", frequency="weekly", from_day="2017-03-20", **more):
    ids = {"depot": Depot.objects.get(name=depot).pk, "size": BasketSize.objects.get(code=size).pk}
    return {**ids, "frequency": frequency, "from_day": from_day} | more


def days(number, product):
    rows = Basket.objects.filter(household__number=number, product=product).order_by("delivery__day")
    return list(rows.values_list("delivery__day", flat=True))


def rows(number, product):
    return Subscription.objects.filter(household__number=number, size__product=product).order_by("from_day")


# --- Side by side ---------------------------------------------------------------------------------


def test_eggs_come_beside_the_basket_and_each_is_changed_and_stopped_for_itself(place, lea, eggs):
    vegetables = Product.objects.get(garden=place.garden, rank=0)
    before = days("100", vegetables)
    page = text_of(lea.get(url(place)))
    assert "Ajouter un abonnement Œufs" in page
    lea.post(url(place, f"abonnement/?produit={eggs.pk}"), asked())
    assert days("100", eggs) == before, "the same Thursdays"
    page = text_of(lea.get(url(place)))
    assert "6 œufs, toutes les semaines, le jeudi à « Gare »" in page
    assert "Ajouter un abonnement" not in page
    lea.post(url(place, f"abonnement/?produit={eggs.pk}"), asked(depot="Jardin", from_day="2017-04-03"))
    assert days("100", vegetables) == before
    assert {day.isoweekday() for day in days("100", eggs) if day >= date(2017, 4, 3)} == {5}
    lea.post(url(place, f"abonnement/arreter/?produit={eggs.pk}"), {"last_day": "2017-04-09", "products": [eggs.pk]})
    assert days("100", eggs)[-1] == date(2017, 4, 7)
    assert days("100", vegetables) == before


def test_stopping_asks_about_the_other_subscriptions(place, lea, eggs):
    vegetables = Product.objects.get(garden=place.garden, rank=0)
    lea.post(url(place, f"abonnement/?produit={eggs.pk}"), asked())
    page = lea.get(url(place, f"abonnement/arreter/?produit={vegetables.pk}")).content.decode()
    assert page.count(" checked") == 1
    assert "Œufs" in page
    told = text_of(lea.post(url(place, "abonnement/arreter/"), {"last_day": "2017-03-26"}))
    assert "Cochez ce qui s’arrête." in told
    lea.post(url(place, "abonnement/arreter/"), {"last_day": "2017-03-26", "products": [vegetables.pk, eggs.pk]})
    assert [days("100", one)[-1] for one in (vegetables, eggs)] == [date(2017, 3, 23)] * 2


def test_stopping_at_once_takes_todays_basket_too(place, lea, settings):
    settings.TODAY = date(2017, 3, 23)
    vegetables = Product.objects.get(garden=place.garden, rank=0)
    lea.post(url(place, "abonnement/arreter/"), {"maintenant": "1"})
    assert days("100", vegetables) == []


def test_a_product_of_elsewhere_or_put_aside_is_not_offered(place, lea, eggs):
    other = a_place(2, code="ailleurs")
    for number in (Product.objects.get(garden=other.garden).pk, "x", 0):
        assert lea.get(url(place, f"abonnement/?produit={number}")).status_code == 404
    subscriptions.archive_product(eggs, today=MONDAY, by=None, at=AT)
    assert lea.get(url(place, f"abonnement/?produit={eggs.pk}")).status_code == 404


def test_a_size_of_another_product_is_refused(place, lea, eggs):
    lea.post(url(place, "abonnement/"), asked(from_day="2017-04-03"))
    assert not rows("100", eggs).exists()
    assert Subscription.objects.filter(household=of(place)).count() == 1


def test_a_rhythm_that_the_product_does_not_offer_is_refused(place, lea, eggs):
    lea.post(url(place, f"abonnement/?produit={eggs.pk}"), asked(frequency="even"))
    assert not rows("100", eggs).exists()


def test_a_subscription_does_not_begin_on_days_that_another_of_that_product_had(place, lea, eggs):
    lea.post(url(place, f"abonnement/?produit={eggs.pk}"), asked(from_day="2017-03-01", until_day="2017-03-10"))
    page = text_of(lea.post(url(place, f"abonnement/?produit={eggs.pk}"), asked(from_day="2017-03-01")))
    assert "Le foyer avait cet abonnement jusqu’au 10/03/2017 : choisissez un jour d’après." in page
    assert rows("100", eggs).count() == 1


def test_one_basket_is_changed_for_a_size_of_its_own_product_only(place, lea, eggs):
    one = Basket.objects.filter(household=of(place)).order_by("delivery__day").first()
    lea.post(
        url(place, f"paniers/{one.pk}/"), {"size": BasketSize.objects.get(name="6 œufs").pk, "depot": one.depot_id}
    )
    one.refresh_from_db()
    assert one.size.product_id == one.product_id


# --- Monthly --------------------------------------------------------------------------------------


def test_monthly_baskets_are_spread_over_the_month(place, lea, eggs):
    for number in ("100", "101", "102", "103", "104"):
        lea.post(
            url(place, f"abonnement/?produit={eggs.pk}", number), asked(frequency="monthly", from_day="2017-04-01")
        )
    slots = Subscription.objects.filter(size__product=eggs).order_by("household__number")
    assert list(slots.values_list("monthly_slot", flat=True)) == [1, 2, 3, 4, 1]
    assert days("101", eggs)[:2] == [date(2017, 4, 13), date(2017, 5, 11)]
    assert "6 œufs, une fois par mois (2e livraison)" in text_of(lea.get(url(place, number="101")))


def test_the_slot_may_be_chosen_by_hand_and_stays_on_the_same_round(place, lea, eggs):
    address = url(place, f"abonnement/?produit={eggs.pk}")
    lea.post(address, asked(frequency="monthly", monthly_slot="3"))
    page = text_of(lea.get(address)).replace("\xa0", " ")
    assert "La moins chargée des livraisons du mois est la 1re. Déjà là : 1re : 0, 2e : 0" in page
    lea.post(address, asked(frequency="monthly"))
    assert rows("100", eggs).last().monthly_slot == 3
    lea.post(address, asked(frequency="weekly"))
    assert rows("100", eggs).last().monthly_slot is None
    assert lea.post(address, asked(frequency="monthly", monthly_slot="7")).status_code == 200, "no such slot"


# --- What it comes to -----------------------------------------------------------------------------


def test_the_baskets_left_and_what_they_come_to_are_told_before_and_are_those_laid(place, lea, eggs):
    newcomer(place)
    asks = asked(from_day="2017-09-04")
    page = text_of(lea.get(url(place, "abonnement/apercu/", "300"), asks | {"produit": eggs.pk}))
    assert "17 paniers d’ici le 31 décembre, 40,80 €." in page
    assert "Premier panier : jeudi 7 septembre." in page
    shown = text_of(lea.post(url(place, f"abonnement/?produit={eggs.pk}", "300"), asks | {"voir": "1"}))
    assert "17 paniers d’ici le 31 décembre, 40,80 €." in shown
    assert not rows("300", eggs).exists(), "looking writes nothing"
    lea.post(url(place, f"abonnement/?produit={eggs.pk}", "300"), asks)
    assert len(days("300", eggs)) == 17


def test_a_form_that_does_not_say_enough_shows_no_number(place, lea, eggs):
    address = url(place, "abonnement/apercu/")
    for wrong in (
        {"size": "x"},
        {"from_day": "bientôt"},
        {"frequency": "even"},
        {"until_day": "2016-01-01"},
        {"depot": ""},
    ):
        assert "le nombre de paniers s’affiche ici" in text_of(lea.get(address, asked(produit=eggs.pk) | wrong))


def test_out_of_season_the_preview_says_why_there_is_no_basket(place, lea, eggs):
    Product.objects.filter(pk=eggs.pk).update(first_week=1, last_week=2)
    page = text_of(lea.get(url(place, "abonnement/apercu/"), asked(produit=eggs.pk)))
    assert "Aucun panier ces jours-là" in page


def test_the_size_for_that_many_people_is_advised_and_chosen(place, lea, eggs):
    big = baskets.open_size(
        place.garden,
        code="12-oeufs",
        name="12 œufs",
        cents=450,
        from_day=date(2017, 1, 1),
        product=eggs,
        by=None,
        at=AT,
    )
    BasketSize.objects.filter(name="6 œufs").update(people=2)
    BasketSize.objects.filter(pk=big.pk).update(people=6)
    newcomer(place, adults=2, children=2)
    page = lea.get(url(place, f"abonnement/?produit={eggs.pk}", "300"))
    assert "4,50 € · conseillé pour 4 personnes" in text_of(page).replace("\xa0", " ")
    assert page.context["form"]["size"].value() == big.pk


# --- Waiting --------------------------------------------------------------------------------------


def test_nothing_is_laid_until_the_payment_is_noted_but_the_place_is_kept(place, lea, eggs):
    address = url(place, f"abonnement/?produit={eggs.pk}")
    told = text_of(lea.post(address, asked(waits_for="payment"), follow=True))
    assert "Cet abonnement attend le premier paiement. La place au dépôt est gardée." in told
    assert days("100", eggs) == []
    helper = text_of(signed_in(place, "helper").get(url(place)))
    assert "Cet abonnement n’a pas commencé." in helper
    assert "paiement" not in helper
    one = rows("100", eggs).get()
    told = text_of(lea.post(url(place, f"abonnement/{one.pk}/recu/"), follow=True))
    assert "C’est noté. Premier panier : jeudi 23 mars." in told
    assert len(days("100", eggs)) > 30
    assert "C’était déjà noté." in text_of(lea.post(url(place, f"abonnement/{one.pk}/recu/"), follow=True))


def test_the_list_says_who_waits_to_begin(place, lea):
    newcomer(place)
    size = BasketSize.objects.get(garden=place.garden, product__rank=0).code
    index = f"/jardins/{place.garden.code}/foyers/"
    lea.post(url(place, "abonnement/", "300"), asked(size=size, waits_for="contract"), follow=True)
    assert "en attente" in text_of(signed_in(place, "helper").get(index))
    lea.post(url(place, f"abonnement/{Subscription.objects.get(household__number='300').pk}/recu/", "300"))
    assert "en attente" not in text_of(lea.get(index))


def test_what_comes_late_lays_nothing_before_it_came(place, lea, eggs, settings):
    lea.post(url(place, f"abonnement/?produit={eggs.pk}"), asked(waits_for="contract"))
    settings.TODAY = date(2017, 4, 12)
    lea.post(url(place, f"abonnement/{rows('100', eggs).get().pk}/recu/"))
    assert days("100", eggs)[0] == date(2017, 4, 13)


# --- Trials, and going on -------------------------------------------------------------------------


def test_a_trial_needs_an_end_and_is_said_on_the_page_and_in_the_list(place, lea):
    newcomer(place)
    size = BasketSize.objects.get(garden=place.garden, product__rank=0).code
    trial = asked(size=size, trial="on", after_trial="alert")
    page = text_of(lea.post(url(place, "abonnement/", "300"), trial))
    assert "Un essai a une fin : dites son dernier jour." in page
    lea.post(url(place, "abonnement/", "300"), trial | {"until_day": "2017-04-16"})
    for client in (lea, signed_in(place, "helper")):
        assert "à l’essai" in text_of(client.get(url(place, number="300")))
        assert "à l’essai" in text_of(client.get(f"/jardins/{place.garden.code}/foyers/"))


def test_a_trial_may_go_on_by_itself_and_is_still_changed_as_one(place, lea, eggs):
    address = url(place, f"abonnement/?produit={eggs.pk}")
    lea.post(address, asked(trial="on", after_trial="tacit", until_day="2017-04-16"))
    assert list(rows("100", eggs).values_list("trial", "until_day")) == [(True, date(2017, 4, 16)), (False, None)]
    assert len(days("100", eggs)) > 30
    assert ending_soon(place.garden, date(2017, 4, 10)) == []
    form = lea.get(address).context["form"]
    assert (form["trial"].value(), form["until_day"].value(), form["after_trial"].value()) == (
        True,
        date(2017, 4, 16),
        "tacit",
    )
    lea.post(
        address, asked(depot="Jardin", from_day="2017-03-27", trial="on", after_trial="tacit", until_day="2017-04-16")
    )
    assert {day.isoweekday() for day in days("100", eggs) if day > date(2017, 3, 27)} == {5}
    assert rows("100", eggs).last().until_day is None


def test_the_end_of_a_trial_is_told_two_weeks_before_another_end_four(place, lea, eggs):
    address = url(place, f"abonnement/?produit={eggs.pk}")
    lea.post(address, asked(trial="on", after_trial="alert", until_day="2017-04-16"))
    lea.post(url(place, f"abonnement/?produit={eggs.pk}", "101"), asked(until_day="2017-04-16"))
    four, two = date(2017, 3, 19), date(2017, 4, 2)
    assert [one.trial for one in ending_soon(place.garden, four)] == [False]
    assert [one.trial for one in ending_soon(place.garden, two)] == [True, False]
    assert ending_soon(place.garden, date(2017, 4, 17)) == []
    assert ending_soon(place.garden, two)[0].text == "L’essai de Benali Amina finit le 16 avril (Œufs)"


def test_one_click_goes_on_for_as_long_again_with_what_changed_for_good_not_once(place, lea, eggs):
    address = url(place, f"abonnement/?produit={eggs.pk}")
    lea.post(address, asked(from_day="2017-04-01", until_day="2017-06-30"))
    lea.post(address, asked(depot="Jardin", from_day="2017-05-01", until_day="2017-06-30"))
    once = Basket.objects.filter(household=of(place), product=eggs, delivery__day__gte="2017-06-01").first()
    baskets.change_basket(once, depot=Depot.objects.get(name="Gare"), by=None, at=AT)
    one = rows("100", eggs).last()
    told = text_of(lea.post(url(place, f"abonnement/{one.pk}/continuer/"), follow=True))
    assert "L’abonnement continue jusqu’au samedi 30 septembre 2017." in told
    after = Basket.objects.filter(household=of(place), product=eggs, delivery__day__gt="2017-06-30")
    assert after.count() == 13
    assert {one.depot.name for one in after} == {"Jardin"}
    assert not after.filter(depot_kept=True).exists()
    assert "Cet abonnement continue déjà." in text_of(
        lea.post(url(place, f"abonnement/{one.pk}/continuer/"), follow=True)
    )


def test_the_button_to_go_on_stands_on_the_page_when_the_end_is_near_and_stopping_takes_it_away(
    place, lea, eggs, settings
):
    lea.post(url(place, f"abonnement/?produit={eggs.pk}"), asked(until_day="2017-06-30"))
    assert "Continuer Œufs" not in text_of(lea.get(url(place)))
    settings.TODAY = date(2017, 6, 12)
    assert "Continuer Œufs" in text_of(lea.get(url(place)))
    lea.post(url(place, "abonnement/arreter/"), {"last_day": "2017-06-30", "products": [eggs.pk]})
    assert "Continuer Œufs" not in text_of(lea.get(url(place)))
    assert ending_soon(place.garden, settings.TODAY) == []


def test_a_trial_that_goes_on_has_no_end(place, lea, eggs):
    lea.post(
        url(place, f"abonnement/?produit={eggs.pk}"), asked(trial="on", after_trial="alert", until_day="2017-04-16")
    )
    told = text_of(lea.post(url(place, f"abonnement/{rows('100', eggs).get().pk}/continuer/"), follow=True))
    assert "L’abonnement continue, sans date de fin." in told
    assert list(rows("100", eggs).values_list("trial", "until_day")) == [(True, date(2017, 4, 16)), (False, None)]


# --- Who, and how many questions ------------------------------------------------------------------


def test_only_who_changes_households_notes_and_continues(place, eggs):
    one = Subscription.objects.filter(household=of(place)).first()
    for client in (a_stranger(), signed_in(place, "helper"), signed_in(place, "treasurer")):
        for page in (f"abonnement/{one.pk}/recu/", f"abonnement/{one.pk}/continuer/"):
            assert client.post(url(place, page)).status_code == 404
        assert client.get(url(place, "abonnement/apercu/")).status_code == 404


def test_a_subscription_of_another_household_is_not_reached_through_this_one(place, lea):
    other = Subscription.objects.exclude(household=of(place)).first()
    assert lea.post(url(place, f"abonnement/{other.pk}/continuer/")).status_code == 404


def test_pages_ask_the_database_as_much_for_many_products_and_households(place, lea, eggs):
    def questions():
        counts = []
        for page in (
            "",
            f"abonnement/?produit={eggs.pk}",
            "abonnement/arreter/",
            "abonnement/apercu/",
        ):
            data = asked(frequency="monthly", produit=eggs.pk) if "apercu" in page else None
            lea.get(url(place, page), data)
            with CaptureQueriesContext(connection) as seen:
                assert lea.get(url(place, page), data).status_code == 200
            counts.append(len(seen))
        with CaptureQueriesContext(connection) as seen:
            ending_soon(place.garden, date(2017, 4, 10))
        return [*counts, len(seen)]

    lea.post(url(place, f"abonnement/?produit={eggs.pk}"), asked(until_day="2017-04-16"))
    few = questions()
    for number in range(10):
        product = subscriptions.open_product(place.garden, code=f"p{number}", name=f"Pain {number}", by=None, at=AT)
        size = baskets.open_size(
            place.garden, code=f"s{number}", name=f"Miche {number}", cents=400, from_day=MONDAY, product=product, by=None, at=AT
        )  # fmt: skip
        baskets.subscribe(
            of(place), size=size, depot=Depot.objects.get(name="Gare"), frequency="weekly", from_day=MONDAY,
            until_day=MONDAY + timedelta(weeks=5), renewal="alert", by=None, at=AT,
        )  # fmt: skip
    assert questions() == few


def test_la_semaine_tells_the_first_that_end_soon_to_those_who_see_money_only(place, lea):
    Subscription.objects.filter(household__garden=place.garden).update(
        until_day=MONDAY + timedelta(days=10), renewal="alert"
    )
    page = text_of(lea.get(place.url()))
    assert page.count("L’abonnement de") == 3
    assert "et 3 autres abonnements finissent bientôt" in page
    assert "finit le" not in text_of(signed_in(place, "helper").get(place.url()))
