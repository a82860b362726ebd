"""What a member reads when they come in: the next basket, when, where, what is inside, what they owe."""

from __future__ import annotations

import gzip
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets.models import Basket, Delivery, Subscription, Ways, WeekClose
from cageot.baskets.subscriptions import open_product
from cageot.members.models import Household
from tests.desk.a_week import AT, text_of
from tests.space.a_member import WEEK, Here, came_in

HOME = "/moi/"
LIGHT = 30 * 1024
"""Bytes of a page after the first, compressed."""


def read(client: Client, address: str = HOME) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return text_of(answer)


def test_the_next_basket_says_when_and_where(here: Here) -> None:
    text = read(here.client())
    assert "Bonjour Amina" in text
    assert "Jeudi 23 mars" in text
    assert "de 16 h à 19 h" in text
    assert "12, rue des Écoles, Blois" in text
    assert "02 54 00 00 01" in text


def test_what_is_inside_is_shown_once_the_garden_has_published_it(here: Here) -> None:
    content = here.publish(published_at=None)
    assert "1,2 kg" not in read(here.client())
    content.published_at = AT
    content.save()
    text = read(here.client())
    assert "1,2 kg" in text
    assert "2 bottes" in text


def test_a_garden_that_shows_its_content_nowhere_shows_it_not_here_either(here: Here) -> None:
    here.publish()
    here.slip()
    Ways.objects.create(garden=here.place.garden, content_shown=Ways.Shown.NOWHERE)
    text = read(here.client())
    assert "1,2 kg" not in text
    assert "Cuisiner la courge" not in text


def test_quantities_stay_out_where_the_garden_leaves_them_out(here: Here) -> None:
    here.publish()
    Ways.objects.create(garden=here.place.garden, content_weights=False)
    assert "1,2 kg" not in read(here.client())


def test_prices_of_vegetables_are_never_shown_here(here: Here) -> None:
    """A member on a reduced price would read what they do not pay."""
    here.publish()
    Ways.objects.create(garden=here.place.garden, content_prices=True)
    assert "2,50" not in read(here.client())


def test_the_recipe_of_the_week_comes_with_the_content(here: Here) -> None:
    here.slip()
    assert "Cuisiner la courge" not in read(here.client())
    here.publish()
    assert "Cuisiner la courge" in read(here.client())


def test_several_products_stand_side_by_side(here: Here) -> None:
    garden, household = here.place.garden, here.household()
    eggs = open_product(garden, code="oeufs", name="Œufs", by=None, at=AT)
    size = baskets.open_size(
        garden, code="oeufs", name="Boîte de six", cents=250, from_day=date(2016, 1, 1), by=None, at=AT, product=eggs
    )
    baskets.subscribe(
        household, size=size, depot=here.depot("Gare"), frequency="weekly", from_day=WEEK.monday, by=None, at=AT
    )
    text = read(here.client())
    assert "Œufs, boîte de six" in text
    assert "Je ne prends pas : Œufs, boîte de six" in text


def test_a_day_or_a_place_that_is_not_the_usual_one_is_pointed_at(here: Here) -> None:
    assert "Attention" not in read(here.client())
    baskets.change_basket(here.basket(), depot=here.depot("Jardin"), by=None, at=AT)
    assert "ce n’est pas le dépôt habituel" in read(here.client())
    wednesday = Delivery.objects.create(garden=here.place.garden, day=WEEK.day(3), week=WEEK)
    Basket.objects.filter(pk=here.basket(101).pk).update(delivery=wednesday)
    assert "ce n’est pas le jour habituel" in read(here.client(101))


def test_a_basket_received_from_another_household_is_told_without_its_name(here: Here) -> None:
    Basket.objects.filter(pk=here.basket(101).pk).update(given_to=here.household())
    Basket.objects.filter(pk=here.basket().pk).update(state="cancelled")
    text = read(here.client())
    assert "reçu d’un autre foyer" in text
    assert "Durand" not in text
    assert "Paul" not in text


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("left", "Vous n’avez plus de panier"),
        ("no subscription", "Pas encore de panier"),
        ("waiting", "Votre panier est presque prêt"),
        ("pause", "Pas de panier en ce moment"),
    ],
)
def test_a_household_without_a_basket_to_come_reads_a_calm_sentence(here: Here, what: str, said: str) -> None:
    household = here.household()
    Basket.objects.filter(household=household).delete()
    rows = Subscription.objects.filter(household=household)
    if what == "left":
        Household.objects.filter(pk=household.pk).update(left_on=date(2017, 3, 1))
    if what in ("left", "no subscription"):
        rows.delete()
    if what == "waiting":
        rows.update(waits_for="payment")
    text = read(here.client())
    assert said in text
    assert "Je ne viens pas" not in text


def test_a_week_that_is_closed_offers_nothing_to_change(here: Here) -> None:
    here.close(WEEK - 1)
    Delivery.objects.filter(week=WEEK).update(close=WeekClose.objects.get())
    text = read(here.client())
    assert "Cette semaine est terminée" in text
    assert "Je ne viens pas cette semaine" not in text


def test_who_acts_for_a_member_is_said_at_the_top(here: Here) -> None:
    from tests.factories import make_person

    lea = make_person("coordinator", here.place.garden)
    answer = came_in(here.member(), acting=lea).get(HOME)
    assert "Vous agissez pour Amina Benali" in text_of(answer)


def test_a_basket_that_was_collected_today_gives_way_to_the_next(here: Here, settings: Any) -> None:
    settings.TODAY = WEEK.day(4)
    assert "Votre prochain panier Jeudi 23 mars" in read(here.client())
    here.place.mark_all()
    text = read(here.client())
    assert "Votre prochain panier Jeudi 30 mars" in text
    assert "pris" in text


# --- Weight and questions ----------------------------------------------------------------------------


def queries(client: Client, address: str = HOME) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def full_of_everything(here: Here) -> None:
    here.publish()
    here.slip()
    here.policy(quota=5)
    here.close(WEEK - 1)
    Basket.objects.filter(pk=here.basket(week=WEEK + 2).pk).update(state="moved")


def test_the_first_page_asks_twelve_questions_at_most_however_much_there_is(here: Here) -> None:
    few = queries(here.client())
    full_of_everything(here)
    many = queries(here.client())
    assert few <= many <= 12
    for week in range(1, 6):
        Basket.objects.filter(pk=here.basket(week=WEEK + week).pk).update(state="moved")
    assert queries(here.client()) == many


@pytest.mark.parametrize("page", ["paniers/", "participation/", "messages/", "compte/", "compte/coordonnees/", "compte/agenda/"])  # fmt: skip
def test_other_pages_ask_no_more_with_more_to_show(here: Here, page: str) -> None:
    few = queries(here.client(), HOME + page)
    full_of_everything(here)
    for week in range(1, 6):
        Basket.objects.filter(pk=here.basket(week=WEEK + week).pk).update(state="moved")
    assert queries(here.client(), HOME + page) <= few + 1 <= 12


@pytest.mark.parametrize("language", ["fr", "ar", "uk"])
def test_every_page_is_light(here: Here, language: str) -> None:
    full_of_everything(here)
    client = here.client(language=language)
    basket = here.basket(week=WEEK).pk
    for page in ("", "paniers/", f"paniers/{basket}/absence/", f"paniers/{basket}/depot/", "participation/", "messages/", "compte/", "compte/coordonnees/"):  # fmt: skip
        answer = client.get(HOME + page, headers={"accept-encoding": "gzip"})
        assert answer.status_code == 200
        assert len(answer.content) <= LIGHT, page
        assert len(gzip.decompress(answer.content)) <= LIGHT * 2, page
