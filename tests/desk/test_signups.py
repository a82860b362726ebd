"""The public page where people sign up, their own page, the garden's waiting list, its door and its fees."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets.models import BasketSize, Depot, Door, SignUp
from cageot.members.models import MembershipFee
from cageot.network.models import Message
from tests.baskets.test_signups import ask
from tests.desk.a_week import WEEK, Place, a_place, a_stranger, signed_in, text_of

pytestmark = pytest.mark.django_db

MONDAY = WEEK.monday
PAGE = "/jardins/val-de-loire/adherer/"
BOARD = "/jardins/val-de-loire/inscriptions/"


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.TODAY = MONDAY


@pytest.fixture
def place() -> Place:
    place = a_place()
    Door.objects.create(garden=place.garden, open=True, words="On cultive ensemble.")
    baskets.open_deliveries(place.garden, first=MONDAY, last=MONDAY + timedelta(weeks=10, days=-1), weekdays=[4, 5])
    place.garden.phone = "+33254001122"
    place.garden.save()
    BasketSize.objects.filter(garden=place.garden).update(people=2)
    return place


@pytest.fixture
def lea(place: Place) -> Client:
    return signed_in(place, "coordinator")


def depot(name: str = "Gare") -> Depot:
    return Depot.objects.select_related("round", "garden").get(name=name)


def form(place: Place, **more: Any) -> dict[str, Any]:
    return {
        "adults": "2", "children": "1", "size": str(place.baskets[0].size_id), "frequency": "weekly", "depot": str(depot().pk),
        "from_day": str(MONDAY + timedelta(days=7)), "last_name": "Morel", "first_name": "Inès", "mobile": "06 12 34 56 78",
        "email": "", "address": "", "postcode": "", "town": "", "language": "fr",
    } | more  # fmt: skip


def code_of(answer: Any) -> str:
    found = re.search(r'name="code" value="([^"]+)"', answer.content.decode())
    assert found
    return found[1]


def send(place: Place, client: Client | None = None, **more: Any) -> Any:
    """Read it all again, then send."""
    client = client or Client()
    typed = form(place, **more)
    read = client.post(PAGE, typed | {"voir": "1"})
    assert "Relisez, puis envoyez" in text_of(read), text_of(read)
    return client.post(PAGE, typed | {"envoyer": "1", "code": code_of(read)}, follow=True)


# --- The page -------------------------------------------------------------------------------------


def test_a_closed_door_says_whom_to_call(place: Place) -> None:
    Door.objects.update(open=False)
    page = text_of(Client().get(PAGE))
    assert "On ne s’inscrit pas ici pour le moment" in page
    assert "02 54 00 11 22" in page
    assert "Taille" not in page
    Client().post(PAGE, form(place, envoyer="1"))
    assert not SignUp.objects.exists()


def test_a_garden_that_never_set_its_door_is_closed(place: Place) -> None:
    Door.objects.all().delete()
    assert "On ne s’inscrit pas ici" in text_of(Client().get(PAGE))


def test_the_page_tells_sizes_depots_and_the_places_left(place: Place) -> None:
    Depot.objects.filter(name="Gare").update(capacity=6)
    Depot.objects.filter(name="Jardin").update(capacity=2)
    page = text_of(Client().get(PAGE))
    assert "On cultive ensemble." in page
    assert "Panier jusqu’à 2 personnes 12,00 €" in page
    assert re.search(r"Gare Jeudi .*?2 places", page)
    assert "complet, liste d’attente" in page


def test_the_price_follows_the_choices(place: Place) -> None:
    MembershipFee.objects.create(garden=place.garden, kind="ordinary", cents=1500, from_day=MONDAY)
    asked = form(place, membership="ordinary")
    page = text_of(Client().get(f"{PAGE}prix/", asked))
    assert "Un panier 12,00 €" in page
    assert "Premier panier jeudi 30 mars" in page
    assert "En mars 1 panier, 12,00 €" in page
    assert "Ensuite, par mois 4 paniers, 48,00 €" in page
    assert "Adhésion, une fois 15,00 €" in page
    assert "Pour 3 personnes : Panier." in page
    assert "123,00 €" in page, "nine baskets and the membership"
    every_other = text_of(Client().get(f"{PAGE}prix/", asked | {"frequency": "even"}))
    assert "jeudi 6 avril" in every_other


def test_bringing_a_basket_to_a_depot_counts_in_its_price(place: Place) -> None:
    Depot.objects.filter(name="Gare").update(fee_cents=250)
    assert "14,50 €, dont 2,50 € de livraison" in text_of(Client().get(f"{PAGE}prix/", form(place)))


def test_without_script_a_button_tells_the_price_and_loses_nothing(place: Place) -> None:
    page = Client().post(PAGE, form(place, recalculer="1", last_name=""))
    assert "Premier panier jeudi 30 mars" in text_of(page)
    assert "à revoir" not in text_of(page)
    assert 'value="Inès"' in page.content.decode()
    assert not SignUp.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"size": "x"}, {"depot": "999999999999999999999"}, {"from_day": "hier"}, {"from_day": "9999-12-31"}, {"adults": "-3"}, {"frequency": "daily"}],
)  # fmt: skip
def test_odd_choices_get_a_calm_answer(place: Place, wrong: dict[str, str]) -> None:
    assert Client().get(f"{PAGE}prix/", form(place, **wrong)).status_code == 200
    page = Client().post(PAGE, form(place, **wrong, voir="1"))
    assert page.status_code == 200
    assert not SignUp.objects.exists()


# --- Sending --------------------------------------------------------------------------------------


def test_somebody_signs_up_and_keeps_a_page_of_their_own(place: Place) -> None:
    page = text_of(send(place))
    assert "Votre place est gardée" in page
    assert "Morel" not in page, "the address of that page may be seen: it names nobody"
    made = SignUp.objects.get()
    assert (made.state, made.mobile, made.by) == ("asked", "+33612345678", None)
    assert Message.objects.get().kind == "signup_received"


def test_a_double_click_sends_once(place: Place) -> None:
    client, typed = Client(), form(place)
    code = code_of(client.post(PAGE, typed | {"voir": "1"}))
    first = client.post(PAGE, typed | {"envoyer": "1", "code": code})
    second = client.post(PAGE, typed | {"envoyer": "1", "code": code})
    assert first.url == second.url
    assert SignUp.objects.count() == 1


def test_correcting_gives_back_what_was_typed(place: Place) -> None:
    page = Client().post(PAGE, form(place, corriger="1")).content.decode()
    assert 'value="Morel"' in page
    assert f'name="depot" value="{depot().pk}" checked' in page


@pytest.mark.parametrize(
    "way", [{"email": "ines@exemple.fr"}, {"mobile": "0254001122"}, {"address": "3 rue des Lices"}]
)
def test_one_way_of_being_reached_is_enough_whichever_it_is(place: Place, way: dict[str, str]) -> None:
    send(place, **({"mobile": "", "email": "", "address": ""} | way))
    assert SignUp.objects.count() == 1


def test_without_any_way_of_being_reached_it_says_what_to_do(place: Place) -> None:
    page = text_of(Client().post(PAGE, form(place, mobile="", voir="1")))
    assert "Dites comment vous joindre" in page
    assert "Une seule suffit" in page


@pytest.mark.parametrize("name", ["علي", "X", "Ł" * 80, "O’Brien-Nguyễn"])
def test_any_name_is_welcome(place: Place, name: str) -> None:
    send(place, last_name=name, first_name="")
    assert SignUp.objects.get().last_name == name


def test_a_full_depot_means_a_queue_and_the_rank_is_told(place: Place) -> None:
    Depot.objects.filter(name="Gare").update(capacity=4)
    read = Client().post(PAGE, form(place, voir="1"))
    assert "liste d’attente, au rang 1" in text_of(read)
    assert "Votre rang pour ce dépôt 1" in text_of(send(place))
    assert "Votre rang pour ce dépôt 2" in text_of(send(place, mobile="0612345679"))


def test_a_day_that_is_too_near_is_refused_but_for_staff(place: Place, lea: Client) -> None:
    near = form(place, from_day=str(MONDAY + timedelta(days=1)), voir="1")
    assert "Choisissez le 27/03/2017 ou un jour d’après." in text_of(Client().post(PAGE, near))
    assert "Relisez" in text_of(lea.post(PAGE, near))


def test_a_few_demands_a_day_and_no_more(place: Place) -> None:
    for _ in range(3):
        send(place)
    client, typed = Client(), form(place)
    code = code_of(client.post(PAGE, typed | {"voir": "1"}))
    page = client.post(PAGE, typed | {"envoyer": "1", "code": code})
    assert "Vous avez déjà envoyé plusieurs demandes" in text_of(page)
    assert SignUp.objects.count() == 3


# --- Reserved depots ------------------------------------------------------------------------------


def reserved(**more: Any) -> None:
    Depot.objects.filter(name="Gare").update(
        kind="reserved", audience="salariés de la mairie", password=make_password("tilleul"), **more
    )


def test_a_reserved_depot_asks_for_its_word(place: Place) -> None:
    reserved()
    assert "réservé aux salariés de la mairie" in text_of(Client().get(PAGE))
    assert "est réservé : tapez le mot" in text_of(Client().post(PAGE, form(place, voir="1", password="chêne")))
    assert "Relisez" in text_of(Client().post(PAGE, form(place, voir="1", password=" tilleul ")))


def test_the_word_of_a_depot_is_not_tried_a_thousand_times(place: Place) -> None:
    reserved()
    for _ in range(10):
        Client().post(PAGE, form(place, voir="1", password="chêne"))
    assert "Trop d’essais" in text_of(Client().post(PAGE, form(place, voir="1", password="tilleul")))


def test_the_word_is_kept_nowhere(place: Place) -> None:
    reserved()
    page = Client().post(PAGE, form(place, voir="1", password="chêne"))
    assert "pbkdf2" not in page.content.decode()
    assert "argon2" not in page.content.decode()


def test_professional_depots_and_homes_are_for_staff(place: Place, lea: Client) -> None:
    Depot.objects.filter(name="Jardin").update(kind="professional")
    Depot.objects.create(
        garden=place.garden, name="Domicile n° 100", round=depot().round, household=place.baskets[0].household
    )
    assert "Jardin Vendredi" not in text_of(Client().get(PAGE))
    assert "Jardin Vendredi" in text_of(lea.get(PAGE))
    assert "Domicile" not in text_of(Client().get(PAGE)) + text_of(lea.get(PAGE))
    hidden = Client().post(PAGE, form(place, depot=str(depot("Jardin").pk), voir="1"))
    assert "Relisez" not in text_of(hidden)


# --- By staff -------------------------------------------------------------------------------------


def test_staff_sign_people_up_by_the_same_page_even_when_it_is_closed(place: Place, lea: Client) -> None:
    Door.objects.update(open=False)
    page = send(place, lea, accueillir="1")
    assert "Accueillir" in text_of(page)
    made = SignUp.objects.get()
    assert made.by is not None
    assert page.request["PATH_INFO"] == f"{BOARD}{made.pk}/accueil/"


def test_somebody_of_another_garden_is_a_passer_by(place: Place) -> None:
    Door.objects.update(open=False)
    assert "On ne s’inscrit pas ici" in text_of(a_stranger().get(PAGE))


# --- Their own page -------------------------------------------------------------------------------


def offered(place: Place, lea: Client) -> tuple[SignUp, str]:
    """Somebody waits for a place, which is offered: their page."""
    Depot.objects.filter(name="Gare").update(capacity=4)
    send(place, email="ines@exemple.fr")
    Depot.objects.filter(name="Gare").update(capacity=5)
    one = SignUp.objects.get()
    lea.post(f"{BOARD}{one.pk}/proposer/")
    body = Message.objects.get(kind="place_offered").body
    found = re.search(r"/ma-place/\S+?/", body)
    assert found
    return one, found[0]


def test_opening_the_link_changes_nothing_and_a_button_answers(place: Place, lea: Client) -> None:
    one, page = offered(place, lea)
    for _scan in range(3):
        assert "Une place est libre" in text_of(Client().get(page))
    one.refresh_from_db()
    assert one.state == "offered"
    assert "Votre place est gardée" in text_of(Client().post(page, {"oui": "1"}, follow=True))
    one.refresh_from_db()
    assert one.state == "asked"


def test_answering_twice_says_where_one_stands(place: Place, lea: Client) -> None:
    _one, page = offered(place, lea)
    Client().post(page, {"oui": "1"})
    again = text_of(Client().post(page, {"non": "1"}, follow=True))
    assert "C’était déjà répondu" in again
    assert "Votre place est gardée" in again


def test_too_late_is_told_and_takes_nothing(place: Place, lea: Client, settings: Any) -> None:
    one, page = offered(place, lea)
    settings.TODAY = MONDAY + timedelta(days=8)
    assert "Le délai est passé" in text_of(Client().get(page))
    assert "Le délai est passé" in text_of(Client().post(page, {"oui": "1"}, follow=True))
    one.refresh_from_db()
    assert one.state == "offered"


def test_an_older_link_opens_nothing_once_a_place_was_offered(place: Place, lea: Client) -> None:
    Depot.objects.filter(name="Gare").update(capacity=4)
    first = send(place).request["PATH_INFO"]
    Depot.objects.filter(name="Gare").update(capacity=5)
    lea.post(f"{BOARD}{SignUp.objects.get().pk}/proposer/")
    assert Client().get(first).status_code == 404


def test_a_guessed_link_opens_nothing(place: Place) -> None:
    answer = Client().get("/ma-place/ABCD-EFGH-JKMN-PQRS/")
    assert answer.status_code == 404
    assert "Ce lien n’ouvre rien" in text_of(answer)


def test_one_may_leave_the_queue_alone(place: Place) -> None:
    page = send(place).request["PATH_INFO"]
    assert "Votre demande est retirée" in text_of(Client().post(page, {"retirer": "1"}, follow=True))
    assert SignUp.objects.get().state == "dropped"


# --- The board ------------------------------------------------------------------------------------


def test_the_board_tells_who_is_to_be_welcomed_and_who_waits(place: Place, lea: Client) -> None:
    Depot.objects.filter(name="Gare").update(capacity=5)
    send(place)
    send(place, last_name="Diallo", mobile="0612345670")
    page = text_of(lea.get(BOARD))
    assert "À accueillir 1" in page
    assert "Morel Inès" in page
    assert "En attente pour Gare 1" in page
    assert "1. Diallo Inès" in page
    assert "Proposer la place" not in page, "no place is free"


def test_the_garden_answers_for_somebody_and_the_next_is_offered_the_place(place: Place, lea: Client) -> None:
    one, _page = offered(place, lea)
    send(place, last_name="Diallo", mobile="0612345670")
    page = text_of(lea.post(f"{BOARD}{one.pk}/repondre/", {"non": "1"}, follow=True))
    assert "Morel Inès laisse la place." in page
    assert SignUp.objects.get(last_name="Diallo").state == "offered"


def test_offering_twice_the_last_place_is_refused_in_words(place: Place, lea: Client) -> None:
    Depot.objects.filter(name="Gare").update(capacity=4)
    send(place)
    send(place, last_name="Diallo", mobile="0612345670")
    Depot.objects.filter(name="Gare").update(capacity=5)
    one, two = SignUp.objects.order_by("pk")
    lea.post(f"{BOARD}{one.pk}/proposer/")
    assert "ses 5 places sont prises ou gardées" in text_of(lea.post(f"{BOARD}{two.pk}/proposer/", follow=True))
    two.refresh_from_db()
    assert two.state == "waiting"


def test_whoever_did_not_answer_may_be_put_back(place: Place, lea: Client) -> None:
    send(place)
    one = SignUp.objects.get()
    lea.post(f"{BOARD}{one.pk}/retirer/")
    assert "Sans suite" in text_of(lea.get(BOARD))
    assert "en liste d’attente, en dernier" in text_of(lea.post(f"{BOARD}{one.pk}/attendre/", follow=True))


@pytest.mark.parametrize("role", ["helper", "treasurer"])
def test_only_those_who_welcome_people_read_the_board(place: Place, role: str) -> None:
    assert signed_in(place, role).get(BOARD).status_code == 404


def test_another_garden_s_sign_up_does_not_exist(place: Place) -> None:
    send(place)
    assert a_stranger().post(f"{BOARD}{SignUp.objects.get().pk}/proposer/").status_code == 404


def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def test_three_people_or_thirty_ask_the_same_of_the_base(place: Place, lea: Client) -> None:
    Depot.objects.filter(name="Gare").update(capacity=5)
    for n in range(3):
        ask(place, depot(), minute=n)
    few = [queries_of(lea, BOARD), queries_of(Client(), PAGE), queries_of(lea, PAGE)]
    for n in range(27):
        ask(place, depot(), minute=n + 3)
        Depot.objects.create(garden=place.garden, name=f"Dépôt {n}", round=depot().round, capacity=n)
    assert [queries_of(lea, BOARD), queries_of(Client(), PAGE), queries_of(lea, PAGE)] == few


# --- Settings -------------------------------------------------------------------------------------


def test_a_garden_opens_its_door_and_reads_its_address(place: Place, lea: Client) -> None:
    Door.objects.update(open=False)
    answer = lea.post(
        "/jardins/val-de-loire/reglages/inscriptions/",
        {"open": "on", "words": "Venez.", "lead_days": "3", "offer_days": "5"},
        follow=True,
    )
    assert "/jardins/val-de-loire/adherer/" in text_of(answer)
    door = Door.objects.get()
    assert (door.open, door.words, door.lead_days, door.offer_days) == (True, "Venez.", 3, 5)


def test_a_fee_holds_from_a_day_and_one_to_come_may_be_taken_back(place: Place, lea: Client) -> None:
    page = "/jardins/val-de-loire/reglages/adhesions/"
    lea.post(page, {"kind": "ordinary", "fee": "15", "from_day": str(MONDAY)})
    lea.post(page, {"kind": "ordinary", "fee": "18", "from_day": str(MONDAY + timedelta(days=30))})
    assert "15,00 €" in text_of(lea.get(page))
    later = MembershipFee.objects.get(cents=1800)
    lea.post(f"{page}{later.pk}/retirer/")
    now = MembershipFee.objects.get()
    assert "vaut déjà" in text_of(lea.post(f"{page}{now.pk}/retirer/", follow=True))
    assert MembershipFee.objects.get() == now
    assert "ordinaire, 15,00 €" in text_of(Client().get(PAGE))


def test_the_public_page_offers_no_membership_that_says_who_is_helped(place: Place, lea: Client) -> None:
    for kind, cents in (("ordinary", 1500), ("solidarity", 200), ("supporter", 4000)):
        MembershipFee.objects.create(garden=place.garden, kind=kind, cents=cents, from_day=MONDAY)
    assert "solidaire" not in text_of(Client().get(PAGE))
    assert "solidaire" in text_of(lea.get(PAGE))


# --- What strangers send --------------------------------------------------------------------------


def test_what_somebody_typed_is_not_kept_by_a_shared_browser(place: Place) -> None:
    client = Client()
    read = client.post(PAGE, form(place, voir="1"))
    theirs = send(place, client)
    for answer in (client.get(PAGE), read, theirs):
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_name_that_turns_the_words_after_it_around_is_kept_without_that(place: Place) -> None:
    send(place, last_name="Mo\u202erel\u2066", first_name="  Inès\tAnne ", address="1 rue\u202d Haute")
    one = SignUp.objects.get()
    assert (one.last_name, one.first_name, one.address) == ("Morel", "Inès Anne", "1 rue Haute")


@pytest.mark.parametrize("name", ["أمينة", "می‌خواهم", "O", "Ö" * 80])
def test_a_name_in_any_script_is_kept_as_it_is(place: Place, name: str) -> None:
    send(place, last_name=name)
    assert SignUp.objects.get().last_name == name


@pytest.mark.parametrize("number", ["9" * 40, "9" * 5000, "-1", "²", "٣"])
def test_a_number_that_no_depot_has_is_no_depot(place: Place, number: str) -> None:
    assert Client().get(f"{PAGE}prix/", form(place, depot=number)).status_code == 200
    assert Client().post(PAGE, form(place, depot=number, voir="1")).status_code == 200
    assert not SignUp.objects.exists()
