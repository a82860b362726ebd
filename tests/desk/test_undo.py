"""After an act of the week, one button takes back exactly that act, while nothing came after it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from cageot.baskets import absences, actions, content
from cageot.baskets.models import AbsencePolicy, Basket, Content, Delivery, DepotLink, HandOver
from cageot.members.models import Household
from cageot.network.models import LogEvent
from tests.desk.a_week import AT, MONDAY_AFTER, THURSDAY, WEEK, Place, a_place, a_stranger, signed_in, text_of
from tests.desk.test_content import Kitchen

pytestmark = pytest.mark.django_db
DONE = "C’est annulé : tout est comme avant."
TOO_LATE = "Il est trop tard pour annuler cela : rien n’a changé."
CHANGED = "Quelque chose a changé depuis : rien n’est annulé."


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.TODAY = THURSDAY


@pytest.fixture
def place() -> Place:
    return a_place()


@pytest.fixture
def helene(place: Place) -> Client:
    return signed_in(place, "helper")


def button(answer: HttpResponse) -> str:
    """Where the page's one button "Annuler" sends."""
    found: list[str] = re.findall(r'<form method="post" action="([^"]*/annuler/[0-9a-f]+/)">', answer.content.decode())
    assert len(found) == 1
    return found[0]


def buttons(answer: HttpResponse) -> bool:
    return "/annuler/" in answer.content.decode()


def thursday(place: Place) -> Delivery:
    found: Delivery = Delivery.objects.get(garden=place.garden, day=THURSDAY)
    return found


def states(place: Place) -> list[str]:
    return [one.state for one in place.baskets]


def rows(place: Place) -> list[Any]:
    """All that an act may change of the garden's baskets."""
    columns = ("pk", "state", "given_to", "pot", "depot", "depot_kept", "delivery", "size", "size_kept", "fee_cents")
    return sorted(Basket.objects.filter(garden=place.garden).values_list(*columns, "origin", "copy"))


def mark_rest(client: Client, place: Place) -> HttpResponse:
    return client.post(place.url(f"pointage/{thursday(place).pk}/tous/"), follow=True)


# --- What is taken back ---------------------------------------------------------------------------


def test_the_rest_of_a_day_marked_by_mistake_is_as_it_was(place: Place, helene: Client) -> None:
    place.mark(unclaimed=1)
    before = rows(place)
    answer = mark_rest(helene, place)
    assert states(place) == ["unclaimed", "collected", "planned", "planned", "collected", "collected"]
    answer = helene.post(button(answer), follow=True)
    assert DONE in text_of(answer)
    assert answer.redirect_chain == [(place.url("pointage/?jour=2017-03-23"), 302)]
    assert rows(place) == before


def test_who_marked_and_who_took_it_back_stay_known(place: Place, helene: Client) -> None:
    first = place.baskets[0]
    helene.post(button(mark_rest(helene, place)))
    said = [(row.state, row.by and row.by.first_name) for row in HandOver.objects.filter(basket=first).order_by("pk")]
    assert said == [("collected", "Hélène"), ("planned", "Hélène")]
    assert LogEvent.objects.filter(verb="baskets.undone", garden=place.garden).count() == 1


def test_one_basket_marked_wrong_goes_back_to_what_it_was_and_to_whom(place: Place, helene: Client) -> None:
    first, second, *_rest = place.baskets
    Basket.objects.filter(pk=first.pk).update(state="given_on", given_to=second.household)
    before = rows(place)
    answer = helene.post(place.url("pointage/"), {f"b{first.pk}": "unclaimed", f"w{first.pk}": "given_on"}, follow=True)
    assert Basket.objects.get(pk=first.pk).given_to is None
    helene.post(button(answer))
    assert rows(place) == before


def test_a_paper_sheet_entered_at_the_wrong_depot_is_to_enter_again(place: Place, helene: Client) -> None:
    first, second, *_rest = place.baskets
    before = rows(place)
    url = place.url(f"remise/{first.delivery_id}/{first.depot_id}/")
    answer = helene.post(url, {f"b{first.pk}": "unclaimed", f"b{second.pk}": ""}, follow=True)
    assert states(place)[:2] == ["unclaimed", "collected"]
    answer = helene.post(button(answer), follow=True)
    assert rows(place) == before
    assert "4 paniers à noter" in text_of(answer)


def test_a_content_published_too_early_is_shown_no_more_and_stays_composed() -> None:
    kitchen = Kitchen()
    cook = signed_in(kitchen.place, "helper")
    kitchen.put()
    answer = cook.post(kitchen.url("publier/"), {"tournee": kitchen.thursday.pk, "publier": "1"}, follow=True)
    assert Content.objects.get().published_at
    cook.post(button(answer))
    assert Content.objects.get().published_at is None
    assert kitchen.held() == {"carotte": 800}


def test_publishing_while_saving_is_taken_back_and_what_was_saved_stays() -> None:
    kitchen = Kitchen()
    cook = signed_in(kitchen.place, "helper")
    answer = cook.post(kitchen.url(), kitchen.form(carotte="0,8") | {"publier": "1"}, follow=True)
    assert "C’est enregistré. " in text_of(answer) and "C’est publié." in text_of(answer)
    cook.post(button(answer))
    assert Content.objects.get().published_at is None
    assert kitchen.held() == {"carotte": 800}


@pytest.fixture
def month(place: Place, settings: Any) -> Place:
    """Weeks 12 to 15 are laid; today is Monday of week 12."""
    settings.TODAY = WEEK.monday
    last = WEEK.monday + timedelta(days=27)
    actions.open_deliveries(place.garden, first=WEEK.monday, last=last, weekdays=[4, 5])
    actions.lay_baskets(place.garden, from_day=WEEK.monday)
    return place


def absence(place: Place, basket: Basket) -> str:
    return f"/jardins/{place.garden.code}/foyers/{basket.household_id}/paniers/{basket.pk}/absence/"


def test_a_basket_postponed_is_planned_again_and_the_other_one_goes(month: Place, helene: Client) -> None:
    basket, before = month.baskets[0], rows(month)
    later = Delivery.objects.get(garden=month.garden, day=(WEEK + 1).day(4))
    answer = helene.post(absence(month, basket), {"how": "postpone", "to": later.pk}, follow=True)
    assert "Panier reporté au jeudi 30 mars" in text_of(answer)
    assert DONE in text_of(helene.post(button(answer), follow=True))
    assert rows(month) == before


@pytest.mark.parametrize("chosen_once", [False, True])
def test_a_basket_given_goes_back_to_its_depot(month: Place, helene: Client, chosen_once: bool) -> None:
    """Also when its depot was chosen for that time only: that choice stays."""
    basket, jardin = month.baskets[0], month.baskets[2].depot
    receiver = Household.objects.get(garden=month.garden, number="102")
    if chosen_once:
        Basket.objects.filter(pk=basket.pk).update(depot_kept=True)
    before = rows(month)
    answer = helene.post(absence(month, basket), {"how": "give", "receiver": receiver.pk}, follow=True)
    assert Basket.objects.get(pk=basket.pk).depot == jardin
    helene.post(button(answer))
    assert rows(month) == before


def test_a_basket_of_the_pot_handed_to_the_wrong_household_is_in_the_pot_again(month: Place, helene: Client) -> None:
    AbsencePolicy.objects.update_or_create(product=month.baskets[0].product, defaults={"may_give": True})
    basket = month.baskets[0]
    absences.give(basket, to=None, today=WEEK.monday, by=None, at=AT)
    before = rows(month)
    receiver = Household.objects.get(garden=month.garden, number="101")
    later = Delivery.objects.get(garden=month.garden, day=(WEEK + 1).day(4))
    pot = f"/jardins/{month.garden.code}/pot-commun/"
    answer = helene.post(f"{pot}{basket.pk}/", {"receiver": receiver.pk, "to": later.pk}, follow=True)
    assert Basket.objects.filter(origin=basket).exists()
    assert "Pot commun" in text_of(helene.post(button(answer), follow=True))
    assert rows(month) == before


# --- What is not ----------------------------------------------------------------------------------


def test_the_button_works_once(place: Place, helene: Client) -> None:
    address = button(mark_rest(helene, place))
    helene.post(address)
    place.mark(collected=1)
    assert TOO_LATE in text_of(helene.post(address, follow=True))
    assert states(place)[0] == "collected"


def test_only_the_last_act_is_taken_back(place: Place, helene: Client) -> None:
    first = button(mark_rest(helene, place))
    one = place.baskets[0]
    helene.post(place.url("pointage/"), {f"b{one.pk}": "unclaimed", f"w{one.pk}": "collected"})
    assert TOO_LATE in text_of(helene.post(first, follow=True))
    assert states(place)[:2] == ["unclaimed", "collected"]


def test_what_somebody_marked_since_stays_and_the_rest_too(place: Place, helene: Client) -> None:
    address = button(mark_rest(helene, place))
    place.mark(unclaimed=1)
    assert CHANGED in text_of(helene.post(address, follow=True))
    assert states(place) == ["unclaimed", "collected", "planned", "planned", "collected", "collected"]


def test_said_otherwise_and_back_since_is_something_said_since(place: Place, helene: Client) -> None:
    address = button(mark_rest(helene, place))
    place.mark(unclaimed=1)
    place.mark(collected=1)
    assert CHANGED in text_of(helene.post(address, follow=True))
    assert states(place)[0] == "collected"


def test_a_note_written_since_does_not_matter(place: Place, helene: Client) -> None:
    address = button(mark_rest(helene, place))
    basket = place.baskets[0]
    link = DepotLink.objects.create(depot=basket.depot, label="Jo", digest="d", from_day=THURSDAY, at=AT)
    HandOver.objects.create(
        key="0" * 31 + "1", basket=basket, state="collected", note="Sonner", link=link, said_at=AT, received_at=AT
    )
    assert DONE in text_of(helene.post(address, follow=True))
    assert states(place)[0] == "planned"


def test_a_week_closed_since_stays_closed(place: Place, helene: Client, settings: Any) -> None:
    settings.TODAY = MONDAY_AFTER
    address = button(mark_rest(helene, place))
    place.mark_all()
    place.close()
    assert "La semaine a été clôturée entre-temps : rien n’est annulé." in text_of(helene.post(address, follow=True))
    assert set(states(place)) == {"collected"}


def test_a_basket_that_took_the_place_of_another_and_was_collected_stays(month: Place, helene: Client) -> None:
    basket = month.baskets[0]
    later = Delivery.objects.get(garden=month.garden, day=(WEEK + 1).day(4))
    address = button(helene.post(absence(month, basket), {"how": "postpone", "to": later.pk}, follow=True))
    made = Basket.objects.get(origin=basket)
    actions.mark(month.garden, {made.pk: "collected"}, by=None, at=AT)
    assert CHANGED in text_of(helene.post(address, follow=True))
    assert Basket.objects.get(pk=basket.pk).state == "moved"


def test_a_basket_whose_place_another_took_since_stays_where_it_is(month: Place, helene: Client) -> None:
    basket, receiver = month.baskets[0], Household.objects.get(garden=month.garden, number="102")
    address = button(helene.post(absence(month, basket), {"how": "give", "receiver": receiver.pk}, follow=True))
    Basket.objects.create(
        garden=basket.garden, household=basket.household, delivery=basket.delivery, product_id=basket.product_id, size=basket.size,
        depot=basket.depot,
    )  # fmt: skip
    assert CHANGED in text_of(helene.post(address, follow=True))
    assert Basket.objects.get(pk=basket.pk).given_to == receiver


def test_a_content_withdrawn_and_published_again_since_stays_shown() -> None:
    kitchen = Kitchen()
    cook = signed_in(kitchen.place, "helper")
    kitchen.put()
    address = button(cook.post(kitchen.url("publier/"), {"tournee": kitchen.thursday.pk, "publier": "1"}, follow=True))
    content.withdraw(kitchen.thursday, WEEK, by=None, at=AT)
    content.publish(kitchen.thursday, WEEK, by=None, at=AT)
    assert CHANGED in text_of(cook.post(address, follow=True))
    assert Content.objects.get().published_at == AT


def test_nothing_changed_offers_nothing_to_take_back(place: Place, helene: Client) -> None:
    mark_rest(helene, place)
    answer = mark_rest(helene, place)
    assert "0 panier" in text_of(answer)
    assert not buttons(answer)


def test_reading_or_guessing_the_address_takes_nothing_back(place: Place, helene: Client) -> None:
    address = button(mark_rest(helene, place))
    assert helene.get(address).status_code == 405
    assert TOO_LATE in text_of(helene.post(place.url("annuler/0123456789abcdef/"), follow=True))
    assert states(place)[0] == "collected"


def test_the_button_is_of_whoever_did_it(place: Place, helene: Client) -> None:
    address = button(mark_rest(helene, place))
    assert TOO_LATE in text_of(signed_in(place, "coordinator").post(address, follow=True))
    assert a_stranger().post(address).status_code == 404
    assert signed_in(place, "treasurer").post(address).status_code == 404
    assert Client().post(address).status_code == 302
    assert states(place)[0] == "collected"


def test_who_may_run_the_week_no_more_takes_nothing_back(place: Place, helene: Client) -> None:
    address = button(mark_rest(helene, place))
    place.garden.roles.filter(kind="helper").update(until_day=THURSDAY - timedelta(days=1))
    assert helene.post(address).status_code == 404
    assert states(place)[0] == "collected"


def test_a_page_of_another_site_cannot_press_it(place: Place) -> None:
    helene = signed_in(place, "helper")
    address = button(mark_rest(helene, place))
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = helene.cookies
    assert forged.post(address).status_code == 403
    assert states(place)[0] == "collected"


def test_a_large_day_is_taken_back_in_few_queries(helene: Client, django_assert_max_num_queries: Any) -> None:
    large = a_place(60, code="grand")
    client = signed_in(large, "helper")
    before = rows(large)
    address = button(mark_rest(client, large))
    with django_assert_max_num_queries(30):
        client.post(address)
    assert rows(large) == before
