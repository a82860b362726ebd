"""Products: eggs and bread beside the vegetable basket, their season, their sizes."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets import subscriptions
from cageot.baskets.models import AbsencePolicy, Basket, BasketSize, Product, Subscription
from cageot.network.models import LogEvent
from tests.desk.a_week import AT, WEEK, a_place, a_stranger, signed_in, text_of

pytestmark = pytest.mark.django_db
MONDAY = WEEK.monday


@pytest.fixture(autouse=True)
def _day(settings):
    settings.TODAY = MONDAY


@pytest.fixture
def place():
    return a_place()


@pytest.fixture
def lea(place):
    return signed_in(place, "coordinator")


def url(place, page=""):
    return f"/jardins/{place.garden.code}/reglages/produits/{page}"


def typed(name="Œufs", **more):
    return {"name": name, "rhythms": ["weekly", "monthly"], "first_week": "", "last_week": ""} | more


def season(place, weeks=8):
    baskets.open_deliveries(place.garden, first=MONDAY, last=MONDAY + timedelta(weeks=weeks), weekdays=[4, 5])
    baskets.lay_baskets(place.garden, from_day=MONDAY)


def test_eggs_are_added_with_their_size_and_price(place, lea):
    page = text_of(lea.post(url(place, "ajouter/"), typed(), follow=True))
    assert "« Œufs » est ajouté. Donnez-lui une taille et son prix." in page
    assert "Aucune taille : personne ne peut encore s’y abonner." in page
    eggs = Product.objects.get(garden=place.garden, code="oeufs")
    assert (eggs.name, eggs.rhythms, eggs.in_agreements) == ("Œufs", "weekly,monthly", False)
    assert AbsencePolicy.objects.filter(product=eggs).exists()
    size = f"/jardins/{place.garden.code}/reglages/tailles/ajouter/"
    assert f'value="{eggs.pk}"' in lea.get(f"{size}?produit={eggs.pk}").content.decode()
    lea.post(size, {"product": eggs.pk, "name": "6 œufs", "price": "2,40", "from_day": "2017-01-01"})
    assert BasketSize.objects.get(name="6 œufs").product == eggs
    page = text_of(lea.get(url(place)))
    assert "6 œufs" in page
    assert "2,40" in page
    assert "hors conventions" in page


def test_with_several_products_a_size_says_which(place, lea):
    subscriptions.open_product(place.garden, code="pain", name="Pain", by=None, at=AT)
    page = lea.post(
        f"/jardins/{place.garden.code}/reglages/tailles/ajouter/",
        {"name": "Miche", "price": "4", "from_day": "2017-01-01"},
    )
    assert "De quel produit" in text_of(page)
    assert not BasketSize.objects.filter(name="Miche").exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"name": "panier de LÉGUMES"}, "Le jardin a déjà ce produit."),
        ({"name": "!!!"}, "Écrivez au moins une lettre ou un chiffre."),
        ({"rhythms": []}, "Cochez au moins un rythme."),
        ({"first_week": "18"}, "Dites les deux semaines, ou « toute l’année » deux fois."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(place, lea, more, told):
    Product.objects.filter(garden=place.garden).update(name="Panier de légumes")
    assert told in text_of(lea.post(url(place, "ajouter/"), typed() | more))
    assert Product.objects.filter(garden=place.garden).count() == 1


def test_a_shorter_season_is_shown_before_it_takes_baskets_away(place, lea):
    season(place)
    product = Product.objects.get(garden=place.garden)
    before = Basket.objects.count()
    asked = typed("Panier", rhythms=["weekly"], first_week="12", last_week="14", in_agreements="on")
    page = text_of(lea.post(url(place, f"{product.pk}/"), asked))
    assert f"{before - 18} paniers prévus sont retirés." in page
    assert Basket.objects.count() == before
    page = text_of(lea.post(url(place, f"{product.pk}/"), asked | {"ecrire": "1"}, follow=True))
    assert f"C’est enregistré. {before - 18} paniers retirés." in page
    assert "De la semaine 12 à la semaine 14" in page
    assert Basket.objects.count() == 18, "six households, three weeks"
    lea.post(url(place, f"{product.pk}/"), typed("Panier", in_agreements="on") | {"ecrire": "1"})
    assert Basket.objects.count() == before


def test_a_new_name_moves_nothing_and_is_written_at_once(place, lea):
    product = Product.objects.get(garden=place.garden)
    lea.post(url(place, f"{product.pk}/"), typed("Légumes", rhythms=["weekly", "even", "odd"], in_agreements="on"))
    product.refresh_from_db()
    assert product.name == "Légumes"
    assert LogEvent.objects.get(verb="baskets.product_changed").detail["fields"] == ["name"]


def test_a_season_that_runs_over_the_new_year_is_said_so(place, lea):
    lea.post(url(place, "ajouter/"), typed("Panier d’hiver", first_week="45", last_week="8"))
    assert "De la semaine 45 à la semaine 8 de l’année d’après" in text_of(lea.get(url(place)))


def test_a_product_is_put_aside_when_nobody_subscribes_and_comes_back(place, lea):
    bread = subscriptions.open_product(place.garden, code="pain", name="Pain", by=None, at=AT)
    size = baskets.open_size(
        place.garden, code="miche", name="Miche", cents=400, from_day=date(2017, 1, 1), product=bread, by=None, at=AT
    )
    one = place.baskets[0]
    running = baskets.subscribe(
        one.household, size=size, depot=one.depot, frequency="weekly", from_day=MONDAY, by=None, at=AT
    )
    page = text_of(lea.post(url(place, f"{bread.pk}/archiver/"), follow=True))
    assert "1 foyer est abonné à « Pain » : arrêtez d’abord cet abonnement." in page
    Subscription.objects.filter(pk=running.pk).delete()
    assert "n’est plus proposé" in text_of(lea.post(url(place, f"{bread.pk}/archiver/"), follow=True))
    assert Product.objects.get(pk=bread.pk).archived_on == MONDAY
    lea.post(url(place, f"{bread.pk}/archiver/"))
    assert Product.objects.get(pk=bread.pk).archived_on is None


def test_the_vegetable_basket_always_stays(place, lea):
    Subscription.objects.all().delete()
    first = Product.objects.get(garden=place.garden)
    assert "il reste proposé" in text_of(lea.post(url(place, f"{first.pk}/archiver/"), follow=True))
    assert Product.objects.get(pk=first.pk).archived_on is None


def test_a_size_says_for_how_many_people_it_is_meant(place, lea):
    size = place.baskets[0].size
    address = f"/jardins/{place.garden.code}/reglages/tailles/{size.pk}/"
    lea.post(address, {"conseiller": "1", "people": "3"})
    assert BasketSize.objects.get(pk=size.pk).people == 3
    assert "jusqu’à 3 personnes" in text_of(lea.get(url(place)))
    assert lea.post(address, {"conseiller": "1", "people": "zéro"}).status_code == 422
    lea.post(address, {"conseiller": "1", "people": ""})
    assert BasketSize.objects.get(pk=size.pk).people is None


def test_products_are_for_who_keeps_the_settings(place):
    product = Product.objects.get(garden=place.garden)
    for client in (a_stranger(), signed_in(place, "helper"), signed_in(place, "treasurer")):
        for page in ("", "ajouter/", f"{product.pk}/"):
            assert client.get(url(place, page)).status_code == 404
        assert client.post(url(place, f"{product.pk}/archiver/")).status_code == 404


def test_a_product_of_another_garden_does_not_exist_here(place, lea):
    other = a_place(2, code="ailleurs")
    assert lea.get(url(place, f"{Product.objects.get(garden=other.garden).pk}/")).status_code == 404


def test_the_page_asks_the_database_as_much_for_thirty_products_as_for_three(place, lea):
    def questions():
        lea.get(url(place))
        with CaptureQueriesContext(connection) as seen:
            assert lea.get(url(place)).status_code == 200
        return len(seen)

    def more(numbers):
        for number in numbers:
            one = subscriptions.open_product(place.garden, code=f"p{number}", name=f"Pain {number}", by=None, at=AT)
            baskets.open_size(
                place.garden, code=f"s{number}", name=f"Miche {number}", cents=400, from_day=MONDAY, product=one, by=None, at=AT
            )  # fmt: skip

    more(range(2))
    few = questions()
    more(range(2, 29))
    assert questions() == few
