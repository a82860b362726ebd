"""What a member does about a basket by themselves, and what they are told when it may not be done."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client

from cageot.baskets.models import Basket, Delivery, Depot, Subscription, WeekClose
from cageot.members.models import Household
from cageot.network.models import LogEvent
from tests.desk.a_week import text_of
from tests.factories import make_depot, make_person
from tests.space.a_member import WEEK, Here, came_in

THURSDAY = WEEK.day(4)


def url(here: Here, page: str, number: int = 100, week: Any = WEEK) -> str:
    return f"/moi/paniers/{here.basket(number, week).pk}/{page}/"


def say(client: Client, address: str, **answers: str) -> str:
    """Answer a form, and what is read after."""
    return text_of(client.post(address, answers, follow=True))


def delivery(here: Here, week: Any) -> int:
    return Delivery.objects.get(garden=here.place.garden, day=week.day(4)).pk


# --- Je ne viens pas ---------------------------------------------------------------------------------


def test_a_basket_is_postponed_to_a_week_that_is_said(here: Here) -> None:
    text = say(here.client(), url(here, "absence"), what=f"le-{delivery(here, WEEK + 2)}")
    assert "C’est noté. Vous le prenez le jeudi 6 avril." in text
    assert here.basket().state == "moved"
    assert Basket.objects.get(origin=here.basket()).delivery.week == WEEK + 2


def test_a_basket_is_postponed_and_the_day_is_said_later(here: Here) -> None:
    client = here.client()
    text = say(client, url(here, "absence"), what="postpone")
    assert "Vous direz quand vous le prenez" in text
    assert "Un panier à reprendre" in text
    assert "À prendre avant le dimanche 31 décembre" in text
    text = say(client, url(here, "reprendre"), to=str(delivery(here, WEEK + 1)))
    assert "Vous le prenez le jeudi 30 mars" in text
    assert "à reprendre" not in text


@pytest.mark.parametrize(("what", "state", "pot"), [("cancel", "cancelled", False), ("give", "moved", True)])
def test_a_basket_is_cancelled_or_given(here: Here, what: str, state: str, pot: bool) -> None:
    say(here.client(), url(here, "absence"), what=what)
    assert (here.basket().state, here.basket().pot) == (state, pot)


def test_after_all_i_come(here: Here) -> None:
    client = here.client()
    say(client, url(here, "absence"), what="cancel")
    text = say(client, url(here, "retour"))
    assert "Votre panier vous attend le jeudi 23 mars" in text
    assert here.basket().state == "planned"


def test_too_late_is_said_in_plain_words_and_nothing_changes(here: Here, settings: Any) -> None:
    settings.TODAY = WEEK.day(3)  # the eve, with two days of notice
    client = here.client()
    for page in ("absence", "depot"):
        text = text_of(client.get(url(here, page)))
        assert "C’est trop tard pour changer. Il fallait le dire avant. Appelez le jardin." in text
        assert "Enregistrer" not in text
    say(client, url(here, "absence"), what="cancel")
    say(client, url(here, "depot"), depot=str(here.depot("Jardin").pk))
    assert (here.basket().state, here.basket().depot.name) == ("planned", "Gare")


def test_what_was_said_in_time_is_not_taken_back_too_late(here: Here, settings: Any) -> None:
    client = here.client()
    say(client, url(here, "absence"), what="cancel")
    settings.TODAY = WEEK.day(3)
    assert "Finalement, je viens" not in text_of(client.get("/moi/paniers/"))
    assert "C’est trop tard" in say(client, url(here, "retour"))
    assert here.basket().state == "cancelled"


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ({"quota": 1}, "Vous avez déjà eu votre absence de l’année. Appelez le jardin."),
        ({"may_cancel": False, "may_postpone": False, "may_give": False}, "Ce panier ne se change pas ici."),
        ({"notice_days": 9}, "C’est trop tard"),
    ],
)
def test_why_not_is_said_before_asking(here: Here, policy: dict[str, Any], said: str) -> None:
    here.policy(**policy)
    Basket.objects.filter(pk=here.basket(week=WEEK + 3).pk).update(state="cancelled")
    client = here.client()
    assert said in text_of(client.get("/moi/"))
    assert said in text_of(client.get(url(here, "absence")))


def test_only_what_the_garden_allows_is_offered(here: Here) -> None:
    here.policy(may_cancel=False, may_give=False)
    text = text_of(here.client().get(url(here, "absence")))
    assert "Je le prendrai plus tard" in text
    assert "Je l’annule" not in text
    assert "Choisissez une réponse" in say(here.client(), url(here, "absence"), what="cancel")
    assert here.basket().state == "planned"


def test_a_week_with_too_many_baskets_is_not_offered(here: Here) -> None:
    here.policy(max_doubles=1)
    say(here.client(101), url(here, "absence", 101), what=f"le-{delivery(here, WEEK + 1)}")
    text = text_of(here.client().get(url(here, "absence")))
    assert "Je le prends le jeudi 30 mars" not in text
    assert "Je le prends le jeudi 6 avril" in text


def test_a_closed_week_does_not_change(here: Here) -> None:
    here.close(WEEK - 1)
    Delivery.objects.filter(week=WEEK).update(close=WeekClose.objects.get())
    assert "Cette semaine est terminée" in text_of(here.client().get(url(here, "absence")))
    say(here.client(), url(here, "absence"), what="cancel")
    assert here.basket().state == "planned"


def test_saying_it_twice_changes_nothing_more(here: Here) -> None:
    client = here.client()
    say(client, url(here, "absence"), what="cancel")
    assert "C’est déjà noté pour ce panier." in text_of(client.get(url(here, "absence")))
    assert LogEvent.objects.filter(verb="baskets.basket_cancelled").count() == 1
    say(client, url(here, "absence"), what="cancel")
    assert LogEvent.objects.filter(verb="baskets.basket_cancelled").count() == 1


def test_nothing_is_written_by_reading(here: Here) -> None:
    """Mail scanners open links."""
    client = here.client()
    for page in ("absence", "depot", "reprendre"):
        client.get(url(here, page))
    assert client.get(url(here, "retour")).status_code == 405
    assert not LogEvent.objects.filter(verb__startswith="space.").exists()


# --- Another depot -----------------------------------------------------------------------------------


def test_another_depot_this_once(here: Here) -> None:
    text = say(here.client(), url(here, "depot"), depot=str(here.depot("Jardin").pk), once="1")
    assert "Ce panier vous attend à « Jardin »" in text
    assert here.basket().depot.name == "Jardin"
    assert here.basket().delivery.day == WEEK.day(5)
    assert here.basket(week=WEEK + 1).depot.name == "Gare"


def test_another_depot_every_time(here: Here) -> None:
    text = say(here.client(), url(here, "depot"), depot=str(here.depot("Jardin").pk), always="1")
    assert "Vos paniers vous attendent à « Jardin »" in text
    assert {here.basket(week=WEEK + n).depot.name for n in range(4)} == {"Jardin"}
    assert here.basket(week=WEEK - 1).depot.name == "Gare"


@pytest.mark.parametrize("how", ["once", "always"])
def test_a_full_depot_takes_nobody_more(here: Here, how: str) -> None:
    Depot.objects.filter(name="Jardin").update(capacity=2)
    client = here.client()
    text = text_of(client.get(url(here, "depot")))
    assert "Aucun autre dépôt n’a de place" in text
    say(client, url(here, "depot"), depot=str(here.depot("Jardin").pk), **{how: "1"})
    assert here.basket().depot.name == "Gare"


def test_the_last_place_is_taken_once(here: Here) -> None:
    """Two members read the page while one place is left; the second is told."""
    from cageot.baskets.actions import DepotFull
    from cageot.core import clock
    from cageot.space import actions

    Depot.objects.filter(name="Jardin").update(capacity=3)
    what = {"always": False, "today": date(2017, 3, 20), "by": None, "at": clock.now()}
    jardin = Depot.objects.select_related("garden", "round").get(name="Jardin")
    actions.go_elsewhere(here.member(), here.basket(), jardin, **what)
    with pytest.raises(DepotFull):
        actions.go_elsewhere(here.member(101), here.basket(101), jardin, **what)
    assert here.basket(101).depot.name == "Gare"


def test_depots_that_are_not_for_everybody_are_not_offered(here: Here) -> None:
    make_depot(here.place.garden, "Mairie", 4, kind="reserved")
    make_depot(here.place.garden, "Chez Paul", 4, household=here.household(101))
    make_depot(here.place.garden, "Ancien", 4, closed_on=date(2017, 1, 1))
    there = make_depot(here.place.garden, "Marché", 4)
    client = here.client()
    text = text_of(client.get(url(here, "depot")))
    assert "Marché" in text
    assert not re.search("Mairie|Chez Paul|Ancien", text)
    for name in ("Mairie", "Chez Paul", "Ancien"):
        say(client, url(here, "depot"), depot=str(here.depot(name).pk), once="1")
    assert here.basket().depot.name == "Gare"
    say(client, url(here, "depot"), depot=str(there.pk), once="1")
    assert here.basket().depot.name == "Marché"


def a_reserved_depot(here: Here) -> Depot:
    return make_depot(
        here.place.garden,
        "Mairie",
        4,
        kind="reserved",
        audience="salariés de la mairie",
        password=make_password("tilleul"),
    )


def test_a_reserved_depot_opens_to_who_has_its_word(here: Here) -> None:
    there, client = a_reserved_depot(here), here.client()
    text = text_of(client.get(url(here, "depot")))
    assert "Mairie" in text and "Réservé aux salariés de la mairie" in text and "Le mot du dépôt réservé" in text
    for wrong in ("", "chêne"):
        assert "Ce n’est pas le mot de ce dépôt" in say(
            client, url(here, "depot"), depot=str(there.pk), word=wrong, once="1"
        )
    assert here.basket().depot.name == "Gare"
    say(client, url(here, "depot"), depot=str(there.pk), word=" tilleul ", once="1")
    assert here.basket().depot.name == "Mairie"


def test_an_open_depot_asks_for_no_word_beside_a_reserved_one(here: Here) -> None:
    a_reserved_depot(here)
    say(here.client(), url(here, "depot"), depot=str(here.depot("Jardin").pk), once="1")
    assert here.basket().depot.name == "Jardin"


def test_who_collects_at_a_reserved_depot_is_not_asked_for_its_word(here: Here) -> None:
    Depot.objects.filter(name="Gare").update(kind="reserved", password=make_password("tilleul"))
    text = text_of(here.client().get(url(here, "depot")))
    assert "Gare" in text and "Le mot du dépôt" not in text


def test_words_are_not_tried_for_ever(here: Here) -> None:
    there, client = a_reserved_depot(here), here.client()
    for _n in range(10):
        say(client, url(here, "depot"), depot=str(there.pk), word="chêne", once="1")
    assert "Trop d’essais" in say(client, url(here, "depot"), depot=str(there.pk), word="tilleul", once="1")
    assert here.basket().depot.name == "Gare"
    say(here.client(101), url(here, "depot", 101), depot=str(there.pk), word="tilleul", once="1")
    assert here.basket(101).depot.name == "Mairie"


# --- Each sees their own -----------------------------------------------------------------------------


def test_nothing_of_somebody_else_opens(here: Here) -> None:
    client = here.client()
    for page in ("absence", "depot", "reprendre", "retour"):
        address = url(here, page, 101)
        assert client.post(address, {"what": "cancel", "depot": "1"}).status_code == 404
        assert page == "retour" or client.get(address).status_code == 404
    assert here.basket(101).state == "planned"


def test_who_has_not_come_in_is_led_to_the_door(here: Here) -> None:
    for page in ("absence", "depot", "reprendre", "retour"):
        answer = Client().post(url(here, page), {"what": "cancel"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/moi/entrer/")
    assert here.basket().state == "planned"


def test_a_delivery_of_another_garden_is_no_answer(here: Here) -> None:
    from tests.factories import make_delivery, make_garden

    theirs = make_delivery(make_garden(), (WEEK + 2).day(4))
    assert "Choisissez une réponse" in say(here.client(), url(here, "absence"), what=f"le-{theirs.pk}")
    assert here.basket().state == "planned"


@pytest.mark.parametrize("what", ["", "le-", "le-abc", "le-99999999999999999999", "autre", "le-²"])
def test_odd_answers_are_refused_calmly(here: Here, what: str) -> None:
    assert "Choisissez une réponse" in say(here.client(), url(here, "absence"), what=what)
    assert here.basket().state == "planned"


# --- The trace ---------------------------------------------------------------------------------------


def test_the_member_sees_who_acted_for_them(here: Here) -> None:
    lea = make_person("coordinator", here.place.garden)
    say(came_in(here.member(), acting=lea), url(here, "absence"), what="cancel")
    assert "Léa Martin a noté une absence" in text_of(here.client().get("/moi/compte/"))
    assert LogEvent.objects.get(verb="baskets.basket_cancelled").by == lea


def test_what_the_member_does_is_nobody_else_s_and_says_that_they_were_there(here: Here) -> None:
    client = here.client()
    say(client, url(here, "absence"), what="cancel")
    assert "Personne." in text_of(client.get("/moi/compte/"))
    assert Household.objects.get(pk=here.household().pk).last_contact_on == date(2017, 3, 20)
    assert Subscription.objects.filter(household=here.household()).count() == 1
