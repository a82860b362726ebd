"""Households as the garden's people find them, read them and change them."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets.models import Basket, BasketSize, Delivery, Depot, Subscription
from cageot.core.week import Week
from cageot.desk.rules.households import renewal_end, words_of
from cageot.members import actions as members
from cageot.members.models import Household, Member, Membership, Support
from cageot.network.models import LogEvent, Person
from tests.desk.a_week import AT, MONDAY_AFTER, WEEK, a_place, a_stranger, signed_in, text_of

pytestmark = pytest.mark.django_db
MONDAY = WEEK.monday
MONEY_WORDS = [
    "€",
    "CCAS",
    "olidaire",
    "onvention",
    "arif",
    "rise en charge",
    "Qui paie",
    "otisation",
    "Pris en charge",
]


@pytest.fixture(autouse=True)
def _day(settings):
    settings.TODAY = MONDAY


@pytest.fixture
def place():
    return a_place()


@pytest.fixture
def lea(place):
    return signed_in(place, "coordinator")


def of(place, number="100"):
    return Household.objects.select_related("garden").get(garden=place.garden, number=number)


def url(place, page="", number="100"):
    return f"/jardins/{place.garden.code}/foyers/{of(place, number).pk}/{page}"


def index(place, query=""):
    return f"/jardins/{place.garden.code}/foyers/{query}"


def searched(client, place, words, **more):
    return text_of(client.post(index(place), {"q": words} | more))


def season(place, weeks=12):
    """Deliveries of the weeks that follow, with their baskets."""
    last = MONDAY + timedelta(weeks=weeks)
    baskets.open_deliveries(place.garden, first=MONDAY, last=last, weekdays=[4, 5])
    baskets.lay_baskets(place.garden, from_day=MONDAY)


def count_queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


# --- Finding somebody -----------------------------------------------------------------------------


def test_the_list_reads_as_an_index_with_what_each_household_collects(place, lea):
    page = text_of(lea.get(index(place)))
    assert page.index("Benali Amina") < page.index("Durand Paul") < page.index("Lévy Anna") < page.index("Petit Marc")
    assert "Benali Amina 100" in page
    assert "Panier, toutes les semaines Gare janv. 2016 jeu 23 mars actif" in page.replace("jan. 2016", "janv. 2016")


@pytest.mark.parametrize(
    "words", ["levy", "LÉVY", "anna lévy", "lév ann", "102", "06 11 22 33 44", "0611223344", "+33 6 11 22", "anna@"]
)
def test_somebody_is_found_by_name_number_phone_or_mail_however_it_is_typed(place, lea, words):
    members.amend(
        of(place, "102"), contact={"mobile": "+33611223344", "email": "anna@exemple.fr"}, details={}, by=None, at=AT
    )
    page = searched(lea, place, words)
    assert "Lévy Anna" in page
    assert "Durand Paul" not in page


def test_every_word_must_match(place, lea):
    assert "Personne ne correspond" in searched(lea, place, "anna durand")


def test_a_sign_of_the_database_is_a_letter_like_another(place, lea):
    assert "Personne ne correspond" in searched(lea, place, "%")


def test_a_name_never_goes_in_an_address(place, lea):
    """Not by the form, nor by the filters and pages of what was found."""
    answer = lea.post(index(place), {"q": "anna", "filtres": "etat=avec"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert 'method="post"' in page
    assert "?q=" not in page
    assert "&amp;q=" not in page
    assert 'type="submit" form="recherche" name="filtres" value="etat=partis"' in page
    assert "Lévy Anna" not in text_of(lea.get(index(place, "?q=durand&etat=partis")))
    assert "Lévy Anna" in text_of(lea.get(index(place, "?q=durand"))), "words in an address are not read"


def test_a_search_keeps_the_filter_it_was_made_in(place, lea):
    members.leave(of(place, "102"), last_day=date(2017, 3, 1), by=None, at=AT)
    assert "Lévy Anna" in searched(lea, place, "anna", filtres="etat=partis")
    assert "Lévy Anna" not in searched(lea, place, "anna", filtres="etat=avec")


def test_while_one_types_only_the_list_comes_back(place, lea):
    answer = lea.post(index(place), {"q": "anna"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "1 foyer trouvé" in text_of(answer)


def test_chips_count_who_has_a_basket_who_left_and_who_is_where(place, lea):
    members.leave(of(place, "105"), last_day=date(2017, 3, 1), by=None, at=AT)
    Subscription.objects.filter(household=of(place, "104")).update(until_day=date(2017, 3, 1))
    page = text_of(lea.get(index(place)))
    assert "Tous 5 Avec panier 4 Sans panier 1 Pris en charge 3 Finit sous six semaines 3 Partis 1" in page
    assert "Gare 2 Jardin 2" in page
    assert "Roux Luc" in text_of(lea.get(index(place, "?etat=partis")))
    here = text_of(lea.get(index(place, f"?depot={Depot.objects.get(name='Jardin').pk}")))
    assert "Lévy Anna" in here
    assert "Benali Amina" not in here


def test_a_support_that_ends_soon_says_when_only_where_it_is_asked(place, lea):
    assert "finit le 20 avr." not in text_of(lea.get(index(place)))
    assert "Benali Amina 100 Panier, toutes les semaines Gare" in text_of(lea.get(index(place, "?etat=finit")))
    assert "finit le 20 avr." in text_of(lea.get(index(place, "?etat=finit")))


def test_a_renewed_support_does_not_end_soon(place, lea):
    members.renew(Support.objects.get(household=of(place)), until_day=date(2017, 9, 30), by=None, at=AT)
    assert "Benali" not in text_of(lea.get(index(place, "?etat=finit")))


def test_fifty_households_a_page(place, lea):
    for number in range(51):
        members.welcome(place.garden, number=str(500 + number), contact=Member(last_name=f"Zola {number:02}"), joined_on=AT.date(), by=None, at=AT)  # fmt: skip
    assert "1 à 50 sur 57" in text_of(lea.get(index(place)))
    second = text_of(lea.get(index(place, "?page=2")))
    assert "Zola 50" in second
    assert "Benali" not in second
    assert "Zola 50" in searched(lea, place, "zola", page="2")


def test_an_empty_garden_says_what_to_do_first(place):
    client = a_stranger()
    page = text_of(client.get("/jardins/ailleurs/foyers/"))
    assert "Aucun foyer pour l’instant" in page
    assert "Ajouter un foyer" in page


def test_the_list_asks_the_database_as_much_for_thirty_households_as_for_three():
    few, many = a_place(3, code="petit"), a_place(30, code="grand")
    assert (
        count_queries(signed_in(few, "coordinator"), index(few))
        == count_queries(signed_in(many, "treasurer"), index(many))
        <= 25
    )


# --- The page of a household ----------------------------------------------------------------------


def test_the_page_says_at_the_top_basket_membership_and_support(place, lea):
    members.join(of(place), kind="solidarity", fee_cents=500, from_day=date(2017, 1, 1), until_day=date(2017, 12, 31), paid_on=date(2017, 1, 5), by=None, at=AT)  # fmt: skip
    page = text_of(lea.get(url(place)))
    assert "Panier Panier toutes les semaines, Gare" in page
    assert "Adhésion À jour solidaire, jusqu’au 31/12/2017" in page
    assert "Prise en charge 3,60 € par panier, jusqu’au 20/04/2017, CCAS 2017" in page
    assert "Panier, toutes les semaines, le jeudi à « Gare » depuis le 01/01/2017" in page


def test_a_membership_that_ran_out_or_is_unpaid_says_so(place, lea):
    members.join(
        of(place),
        kind="ordinary",
        fee_cents=2000,
        from_day=date(2016, 1, 1),
        until_day=date(2016, 12, 31),
        paid_on=None,
        by=None,
        at=AT,
    )
    assert "À renouveler échue depuis le 31/12/2016" in text_of(lea.get(url(place)))
    assert "adhésion échue" in text_of(lea.get(index(place)))
    members.join(
        of(place),
        kind="ordinary",
        fee_cents=2000,
        from_day=date(2017, 1, 1),
        until_day=date(2017, 12, 31),
        paid_on=None,
        by=None,
        at=AT,
    )
    assert "Adhésion À régler" in text_of(lea.get(url(place)))
    lea.post(url(place, f"adhesion/{Membership.objects.latest('from_day').pk}/payee/"))
    assert "Adhésion À jour" in text_of(lea.get(url(place)))


def test_a_closed_basket_leads_to_who_pays_for_those_who_see_money(place, lea, settings):
    place.mark_all()
    place.close()
    settings.TODAY = MONDAY_AFTER
    assert "Qui paie ?" in text_of(lea.get(url(place)))
    assert "Qui paie ?" not in text_of(signed_in(place, "helper").get(url(place)))


def test_a_helper_sees_households_without_a_word_of_money(place):
    lea = Person.objects.first()
    members.join(
        of(place),
        kind="solidarity",
        fee_cents=500,
        from_day=date(2017, 1, 1),
        until_day=date(2017, 12, 31),
        paid_on=None,
        by=lea,
        at=AT,
    )
    helper = signed_in(place, "helper")
    for address in (index(place), index(place, "?etat=soutien"), index(place, "?etat=finit"), url(place)):
        page = text_of(helper.get(address))
        assert [word for word in MONEY_WORDS if word in page] == []
    assert "Adhésion À jour jusqu’au 31/12/2017" in page
    assert "Durand Paul" in text_of(helper.get(index(place, "?etat=soutien"))), "everybody, not those supported"


def test_who_may_not_change_households_finds_no_form(place):
    support = Support.objects.get(household=of(place))
    for role in ("helper", "treasurer"):
        client = signed_in(place, role)
        for page in (
            "modifier/",
            "depart/",
            "abonnement/",
            "abonnement/arreter/",
            "adhesion/",
            "prise-en-charge/",
            f"prise-en-charge/{support.pk}/fin/",
        ):
            assert client.get(url(place, page)).status_code == 404
            assert client.post(url(place, page)).status_code == 404
        assert client.post(url(place, f"prise-en-charge/{support.pk}/renouveler/")).status_code == 404
        assert client.get(index(place, "ajouter/")).status_code == 404
        assert "Modifier" not in text_of(client.get(url(place)))


def test_a_household_does_not_exist_for_somebody_of_another_garden(place):
    stranger = a_stranger()
    assert stranger.get(url(place)).status_code == 404
    assert stranger.get(index(place)).status_code == 404
    assert stranger.get(f"/jardins/ailleurs/foyers/{of(place).pk}/").status_code == 404
    assert stranger.post(url(place, f"paniers/{place.baskets[0].pk}/absence/")).status_code == 404


def test_a_basket_of_another_household_cannot_be_reached_through_this_one(place, lea):
    other = Basket.objects.exclude(household=of(place)).first()
    assert lea.post(url(place, f"paniers/{other.pk}/absence/")).status_code == 404


def test_the_page_asks_the_database_as_much_for_many_baskets_as_for_one(place, lea):
    few = count_queries(lea, url(place))
    season(place, weeks=40)
    assert count_queries(lea, url(place)) == few <= 25


# --- Who they are ---------------------------------------------------------------------------------

FORM = {
    "last_name": "Diallo",
    "number": "300",
    "joined_on": "2017-03-20",
    "adults": "2",
    "children": "1",
    "language": "fr",
}


def test_a_name_is_enough_to_welcome_a_household(place, lea):
    lea.post(index(place, "ajouter/"), FORM)
    made = Household.objects.get(number="300")
    assert (made.adults, made.children, str(made.members.get())) == (2, 1, "Diallo")
    assert "Diallo" in searched(lea, place, "diallo")


def test_the_next_number_is_proposed_and_a_taken_one_refused(place, lea):
    assert 'value="106"' in lea.get(index(place, "ajouter/")).content.decode()
    assert "Un autre foyer porte le numéro 100." in text_of(
        lea.post(index(place, "ajouter/"), FORM | {"number": "100"})
    )
    assert not Household.objects.filter(members__last_name="Diallo").exists()


def test_a_phone_with_a_digit_missing_is_told_and_nothing_is_written(place, lea):
    page = text_of(lea.post(index(place, "ajouter/"), FORM | {"mobile": "06 12 34 56"}))
    assert "a dix chiffres, celui-ci en a 8" in page
    assert not Household.objects.filter(number="300").exists()


def test_the_commune_of_a_household_is_found_from_its_town(place, lea):
    lea.post(index(place, "ajouter/"), FORM | {"town": "la chaussee st victor", "postcode": "41260"})
    assert Household.objects.get(number="300").commune_code == "41047"


def test_a_new_name_is_found_and_the_log_says_what_changed_without_saying_it(place, lea):
    start = {
        "last_name": "Benali-Ruiz",
        "first_name": "Amina",
        "number": "100",
        "joined_on": "2016-01-01",
        "adults": "1",
        "children": "0",
        "language": "fr",
    }
    lea.post(url(place, "modifier/"), start)
    assert "Benali-Ruiz Amina" in searched(lea, place, "ruiz")
    event = LogEvent.objects.get(verb="members.amended")
    assert event.detail == {"fields": ["last_name"]}
    assert "Coordonnées ou composition modifiées par Léa Martin" in text_of(lea.get(url(place)))
    lea.post(url(place, "modifier/"), start)
    assert LogEvent.objects.filter(verb="members.amended").count() == 1, "nothing changed, nothing is logged"


def test_a_household_that_leaves_has_no_basket_nor_support_left_and_may_come_back(place, lea):
    season(place)
    lea.post(url(place, "depart/"), {"last_day": "2017-03-31"})
    here = of(place)
    assert here.left_on == date(2017, 3, 31)
    assert not Basket.objects.filter(household=here, delivery__day__gt=date(2017, 3, 31)).exists()
    assert Support.objects.get(household=here).until_day == date(2017, 3, 31)
    lea.post(url(place, "retour/"))
    assert of(place).left_on is None


# --- Their basket ---------------------------------------------------------------------------------


def subscription(place, depot="Gare", size="panier", from_day="2017-03-20", **more):
    ids = {"depot": Depot.objects.get(name=depot).pk, "size": BasketSize.objects.get(code=size).pk}
    return {**ids, "frequency": "weekly", "from_day": from_day} | more


def test_a_subscription_lays_its_baskets_and_tells_the_first(place, lea):
    season(place, weeks=3)
    members.welcome(place.garden, number="300", contact=Member(last_name="Diallo"), joined_on=AT.date(), by=None, at=AT)
    answer = lea.post(url(place, "abonnement/", "300"), subscription(place, "Jardin"), follow=True)
    assert "Premier panier : vendredi 24 mars." in text_of(answer)
    assert Basket.objects.filter(household__number="300").count() == 3


def test_a_change_moves_the_future_and_leaves_the_past_and_what_was_changed_once(place, lea):
    season(place, weeks=4)
    first, second, *_rest = Basket.objects.filter(household=of(place)).order_by("delivery__day")
    jardin = Depot.objects.get(name="Jardin")
    lea.post(url(place, f"paniers/{second.pk}/"), {"size": second.size_id, "depot": jardin.pk})
    lea.post(url(place, "abonnement/"), subscription(place, "Jardin", from_day="2017-04-03"))
    lea.post(url(place, "abonnement/"), subscription(place, "Gare", from_day="2017-04-10"))
    found = list(
        Basket.objects.filter(household=of(place)).order_by("delivery__day").values_list("depot__name", flat=True)
    )
    assert found[:4] == ["Gare", "Jardin", "Jardin", "Gare"]
    assert "autre dépôt" in text_of(lea.get(url(place)))


def test_a_change_before_the_subscription_began_is_refused(place, lea):
    lea.post(url(place, "abonnement/"), subscription(place, "Jardin", from_day="2017-04-03"))
    page = text_of(lea.post(url(place, "abonnement/"), subscription(place, "Gare", from_day="2017-03-27")))
    assert "Cet abonnement commence le 03/04/2017 : choisissez ce jour ou un jour d’après." in page


def test_a_full_depot_says_so_in_the_list(place, lea):
    Depot.objects.filter(name="Jardin").update(capacity=2)
    assert "Jardin · vendredi · complet" in text_of(lea.get(url(place, "abonnement/")))


def last_days(place, number="100"):
    return list(
        Subscription.objects.filter(household=of(place, number))
        .order_by("from_day")
        .values_list("until_day", flat=True)
    )


def test_an_end_that_was_planned_can_be_taken_away_and_the_baskets_come_back(place, lea):
    season(place, weeks=4)
    lea.post(url(place, "abonnement/"), subscription(place, until_day="2017-03-31"))
    assert Basket.objects.filter(household=of(place)).count() == 2
    assert 'value="2017-03-31"' in lea.get(url(place, "abonnement/")).content.decode()
    lea.post(url(place, "abonnement/"), subscription(place, until_day=""))
    assert last_days(place)[-1] is None
    assert Basket.objects.filter(household=of(place)).count() == 4


def test_a_subscription_that_resumes_after_its_end_leaves_the_gap_without_basket(place, lea):
    season(place, weeks=4)
    lea.post(url(place, "abonnement/"), subscription(place, until_day="2017-03-24"))
    lea.post(url(place, "abonnement/"), subscription(place, from_day="2017-04-10", until_day=""))
    assert last_days(place)[-2:] == [date(2017, 3, 24), None]
    days = Basket.objects.filter(household=of(place)).order_by("delivery__day").values_list("delivery__day", flat=True)
    assert list(days) == [date(2017, 3, 23), date(2017, 4, 13)]


def test_stopping_takes_back_what_was_to_start_later(place, lea):
    season(place)
    lea.post(url(place, "abonnement/"), subscription(place, "Jardin", from_day="2017-04-10"))
    lea.post(url(place, "abonnement/arreter/"), {"last_day": "2017-03-26"})
    assert list(Subscription.objects.filter(household=of(place)).values_list("until_day", flat=True)) == [
        date(2017, 3, 26)
    ]
    assert not Basket.objects.filter(household=of(place), delivery__day__gt=date(2017, 3, 26)).exists()


def test_a_helper_cancels_a_basket_in_time_and_puts_it_back(place):
    helper, one = signed_in(place, "helper"), Basket.objects.get(household=of(place))
    assert "Absent" in text_of(helper.get(url(place)))
    helper.post(url(place, f"paniers/{one.pk}/absence/"), {"how": "cancel"})
    one.refresh_from_db()
    assert one.state == "cancelled"
    again = text_of(helper.post(url(place, f"paniers/{one.pk}/absence/"), {"how": "cancel"}))
    assert "Quelque chose est déjà noté pour ce panier." in again
    helper.post(url(place, f"paniers/{one.pk}/retablir/"))
    one.refresh_from_db()
    assert one.state == "planned"
    assert helper.get(url(place, f"paniers/{one.pk}/")).status_code == 404, "sizes and depots are the coordination's"


def test_a_restored_basket_is_as_the_subscription_now_has_it(place, lea):
    one = Basket.objects.get(household=of(place))
    lea.post(url(place, f"paniers/{one.pk}/absence/"), {"how": "cancel"})
    lea.post(url(place, "abonnement/"), subscription(place, "Jardin"))
    lea.post(url(place, f"paniers/{one.pk}/retablir/"))
    one.refresh_from_db()
    assert (one.state, one.depot.name) == ("planned", "Jardin")


def test_what_was_changed_once_can_be_put_back(place, lea):
    one = Basket.objects.select_related("garden", "delivery").get(household=of(place))
    baskets.change_basket(one, depot=Depot.objects.get(name="Jardin"), by=None, at=AT)
    lea.post(
        url(place, f"paniers/{one.pk}/"),
        {"size": one.size_id, "depot": Depot.objects.get(name="Jardin").pk, "follow": "1"},
    )
    one.refresh_from_db()
    assert (one.depot.name, one.depot_kept, one.delivery.day.isoweekday()) == ("Gare", False, 4)


def test_a_basket_of_a_closed_week_says_why_it_stays(place, lea, settings):
    one = Basket.objects.get(household=of(place))
    place.mark_all()
    place.close()
    settings.TODAY = MONDAY_AFTER
    assert "La semaine de ce panier est close." in text_of(lea.get(url(place, f"paniers/{one.pk}/")))
    assert lea.post(url(place, f"paniers/{one.pk}/absence/"), {"how": "cancel"}).status_code == 200
    one.refresh_from_db()
    assert one.state == "collected"


def test_a_depot_without_delivery_that_week_is_refused_with_a_reason(place, lea):
    one = Basket.objects.get(household=of(place))
    Delivery.objects.filter(day__iso_week_day=5).update(day=date(2017, 4, 28), week=Week(2017, 17))
    answer = lea.post(
        url(place, f"paniers/{one.pk}/"), {"size": one.size_id, "depot": Depot.objects.get(name="Jardin").pk}
    )
    assert "Le jardin ne livre pas ce dépôt cette semaine-là." in text_of(answer)


# --- Support and membership -----------------------------------------------------------------------


def support_form(place, from_day, until_day):
    return {"tariff": place.payer.agreement.tariffs.get().pk, "from_day": from_day, "until_day": until_day}


def test_a_support_opens_and_its_amount_is_told_before(place, lea):
    page = text_of(lea.get(url(place, "prise-en-charge/", "101")))
    assert "CCAS 2017 3,60 € par panier · jusqu’au 31/12/2017" in page
    preview = lea.get(url(place, "prise-en-charge/apercu/", "101"), support_form(place, "2017-04-01", ""))
    assert "Panier à 12,00 € : le foyer paie 3,60 €, le reste est pris en charge." in text_of(preview)
    lea.post(url(place, "prise-en-charge/", "101"), support_form(place, "2017-04-01", "2017-06-30"))
    assert Support.objects.get(household__number="101").until_day == date(2017, 6, 30)


def test_an_overlap_says_with_which_days(place, lea):
    page = text_of(lea.post(url(place, "prise-en-charge/"), support_form(place, "2017-04-01", "2017-06-30")))
    assert "Une prise en charge court déjà du 02/01/2017 au 20/04/2017." in page


def test_a_support_cannot_outlast_its_agreement_nor_start_before_it(place, lea):
    late = lea.post(url(place, "prise-en-charge/", "101"), support_form(place, "2017-04-01", "2018-01-31"))
    assert "La convention finit le 31/12/2017 : la prise en charge ne peut pas aller plus loin." in text_of(late)
    early = lea.post(url(place, "prise-en-charge/", "101"), support_form(place, "2016-12-01", "2017-01-31"))
    assert "La convention ne court pas ces jours-là : elle commence le 01/01/2017." in text_of(early)
    assert not Support.objects.filter(household__number="101").exists()


def test_one_click_renews_and_a_second_changes_nothing(place, lea):
    support = Support.objects.get(household=of(place))
    assert "Renouveler jusqu’au" in text_of(lea.get(url(place)))
    for _click in range(2):
        lea.post(url(place, f"prise-en-charge/{support.pk}/renouveler/"))
    assert Support.objects.filter(household=of(place)).count() == 2
    assert Support.objects.get(renews=support).from_day == date(2017, 4, 21)


def test_a_renewal_stops_where_the_agreement_does(place, lea):
    Support.objects.filter(household=of(place)).update(until_day=date(2017, 12, 31))
    support = Support.objects.get(household=of(place))
    assert "Renouveler" not in text_of(lea.get(url(place)))
    answer = lea.post(url(place, f"prise-en-charge/{support.pk}/renouveler/"), follow=True)
    assert "La convention ne va pas plus loin." in text_of(answer)


def test_a_support_ends_early_but_not_before_it_began(place, lea):
    support = Support.objects.get(household=of(place))
    refused = text_of(lea.post(url(place, f"prise-en-charge/{support.pk}/fin/"), {"last_day": "2016-12-31"}))
    assert "Choisissez le 02/01/2017 ou un jour d’après." in refused
    lea.post(url(place, f"prise-en-charge/{support.pk}/fin/"), {"last_day": "2017-03-31"})
    support.refresh_from_db()
    assert support.until_day == date(2017, 3, 31)


def test_a_support_to_come_is_taken_back_whole(place, lea):
    made = members.renew(Support.objects.get(household=of(place)), until_day=date(2017, 9, 30), by=None, at=AT)
    lea.post(url(place, f"prise-en-charge/{made.pk}/fin/"))
    assert not Support.objects.filter(pk=made.pk).exists()


def test_two_memberships_on_the_same_days_are_refused(place, lea):
    form = {"kind": "ordinary", "fee": "20", "from_day": "2017-01-01", "until_day": "2017-12-31"}
    lea.post(url(place, "adhesion/"), form)
    assert "Une adhésion court déjà du 01/01/2017 au 31/12/2017." in text_of(
        lea.post(url(place, "adhesion/"), form | {"from_day": "2017-06-01"})
    )
    assert Membership.objects.get().fee_cents == 2000


# --- What is decided without rows -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("06 12 34 56 78", ["612345678"]), ("06.12.34", ["61234"]), ("+33612345678", ["612345678"]),
        ("214 martin", ["214", "martin"]), ("0", ["0"]), ("", []), ("a b c d e f g h i j", list("abcdefgh")),
    ],
)  # fmt: skip
def test_a_telephone_number_is_one_word_without_its_first_zero(typed, words):
    assert words_of(typed) == words


@pytest.mark.parametrize(
    ("first", "last", "limit", "end"),
    [
        (date(2017, 1, 1), date(2017, 6, 30), None, date(2017, 12, 31)),
        (date(2017, 1, 1), date(2017, 6, 30), date(2017, 10, 31), date(2017, 10, 31)),
        (date(2016, 3, 15), date(2017, 3, 14), None, date(2018, 3, 14)),
        (date(2017, 1, 2), date(2017, 1, 8), None, date(2017, 1, 15)),
        (date(2016, 8, 1), date(2017, 1, 31), None, date(2017, 7, 31)),
    ],
)
def test_a_renewal_is_as_long_as_what_it_renews(first, last, limit, end):
    assert renewal_end(first, last, limit) == end


# --- The people of a household --------------------------------------------------------------------


def test_another_person_is_added_found_and_corrected(place, lea):
    lea.post(
        url(place, "personnes/ajouter/"), {"last_name": "Benali", "first_name": "Karim", "mobile": "06 12 34 56 78"}
    )
    page = text_of(lea.get(url(place)))
    assert "Autres personnes du foyer Karim Benali 06 12 34 56 78" in page
    assert "Benali Amina 100" in searched(lea, place, "karim")
    karim = Member.objects.get(first_name="Karim")
    lea.post(url(place, f"personnes/{karim.pk}/"), {"last_name": "Bénali", "first_name": "Karim", "civility": "M."})
    karim.refresh_from_db()
    assert (karim.last_name, karim.civility, karim.mobile, karim.search.startswith("100 benali karim")) == (
        "Bénali",
        "M.",
        "",
        True,
    )


def test_the_garden_speaks_to_somebody_else_and_who_it_spoke_to_may_go(place, lea):
    lea.post(url(place, "personnes/ajouter/"), {"last_name": "Benali", "first_name": "Karim"})
    amina, karim = Member.objects.get(first_name="Amina"), Member.objects.get(first_name="Karim")
    refused = lea.post(url(place, f"personnes/{amina.pk}/retirer/"), follow=True)
    assert "Le jardin s’adresse à cette personne : choisissez d’abord quelqu’un d’autre." in text_of(refused)
    answer = lea.post(url(place, f"personnes/{karim.pk}/contact/"), follow=True)
    assert "Le jardin s’adresse maintenant à Karim Benali." in text_of(answer)
    lea.post(url(place, f"personnes/{amina.pk}/retirer/"))
    assert [str(one) for one in of(place).members.all()] == ["Karim Benali"]


def test_a_new_number_finds_everybody_of_the_household(place, lea):
    lea.post(url(place, "personnes/ajouter/"), {"last_name": "Benali", "first_name": "Karim"})
    known = {
        "last_name": "Benali",
        "first_name": "Amina",
        "number": "777",
        "joined_on": "2016-01-01",
        "adults": 2,
        "children": 1,
        "language": "fr",
    }
    lea.post(url(place, "modifier/"), known)
    assert "Benali" in searched(lea, place, "777 karim")


def test_somebody_of_another_household_is_not_reached_through_this_one(place, lea):
    paul = Member.objects.get(first_name="Paul")
    for page in (f"personnes/{paul.pk}/", f"personnes/{paul.pk}/retirer/", f"personnes/{paul.pk}/contact/"):
        assert lea.post(url(place, page), {"last_name": "X"}).status_code == 404
    helper = signed_in(place, "helper")
    assert helper.get(url(place, "personnes/ajouter/")).status_code == 404


# --- Correcting -----------------------------------------------------------------------------------


def test_a_membership_noted_wrong_is_corrected_or_taken_back(place, lea):
    lea.post(
        url(place, "adhesion/"), {"kind": "ordinary", "fee": "15", "from_day": "2017-01-01", "until_day": "2017-12-31"}
    )
    one = Membership.objects.get()
    fixed = {
        "kind": "solidarity",
        "fee": "2",
        "from_day": "2017-01-01",
        "until_day": "2018-12-31",
        "paid_on": "2017-01-05",
    }
    lea.post(url(place, f"adhesion/{one.pk}/"), fixed)
    one.refresh_from_db()
    assert (one.kind, one.fee_cents, one.until_day, one.paid_on) == (
        "solidarity",
        200,
        date(2018, 12, 31),
        date(2017, 1, 5),
    )
    lea.post(url(place, f"adhesion/{one.pk}/"), fixed | {"paid_on": ""})
    assert "Noter payée" in text_of(lea.get(url(place)))
    lea.post(url(place, f"adhesion/{one.pk}/"), {"retirer": "1"})
    assert not Membership.objects.exists()


def test_a_corrected_membership_does_not_run_over_another(place, lea):
    for year in (2017, 2018):
        lea.post(
            url(place, "adhesion/"),
            {"kind": "ordinary", "fee": "15", "from_day": f"{year}-01-01", "until_day": f"{year}-12-31"},
        )
    one = Membership.objects.order_by("from_day").first()
    late = {"kind": "ordinary", "fee": "15", "from_day": "2017-01-01", "until_day": "2018-01-31"}
    assert "Une adhésion court déjà du 01/01/2018 au 31/12/2018" in text_of(
        lea.post(url(place, f"adhesion/{one.pk}/"), late)
    )


def test_a_support_opened_with_wrong_days_is_set_right(place, lea):
    one = Support.objects.get(household=of(place))
    tariff = one.tariff_id
    lea.post(
        url(place, f"prise-en-charge/{one.pk}/"),
        {"tariff": tariff, "from_day": "2017-02-01", "until_day": "2017-12-31"},
    )
    one.refresh_from_db()
    assert (one.from_day, one.until_day) == (date(2017, 2, 1), date(2017, 12, 31))
    assert "Prise en charge corrigée" in text_of(lea.get(url(place)))


def test_what_a_settled_basket_rests_on_no_longer_changes_but_the_end_may_move(place, lea, settings):
    place.mark_all()
    place.close()
    settings.TODAY = MONDAY_AFTER
    one = Support.objects.get(household=of(place))
    answers = {"tariff": one.tariff_id, "from_day": "2017-02-01", "until_day": "2017-12-31"}
    refused = text_of(lea.post(url(place, f"prise-en-charge/{one.pk}/"), answers))
    assert "Des paniers sont réglés depuis le 23/03/2017 : le tarif et le premier jour ne changent plus." in refused
    lea.post(url(place, f"prise-en-charge/{one.pk}/"), answers | {"from_day": one.from_day.isoformat()})
    one.refresh_from_db()
    assert (one.from_day, one.until_day) == (AT.date(), date(2017, 12, 31))


def test_a_corrected_support_stays_within_its_agreement_and_beside_the_others(place, lea):
    one = Support.objects.get(household=of(place))
    lea.post(
        url(place, "prise-en-charge/"), {"tariff": one.tariff_id, "from_day": "2017-04-21", "until_day": "2017-12-31"}
    )
    same = {"tariff": one.tariff_id, "from_day": AT.date().isoformat()}
    assert "Une prise en charge court déjà du 21/04/2017 au 31/12/2017" in text_of(
        lea.post(url(place, f"prise-en-charge/{one.pk}/"), same | {"until_day": "2017-05-01"})
    )
    assert "La convention finit le 31/12/2017" in text_of(
        lea.post(url(place, f"prise-en-charge/{one.pk}/"), same | {"until_day": "2018-05-01"})
    )


def test_former_subscriptions_are_still_read(place, lea):
    lea.post(url(place, "abonnement/"), subscription(place, "Jardin", from_day="2017-03-20"))
    page = text_of(lea.get(url(place)))
    assert "Avant Panier, toutes les semaines, le jeudi à « Gare » du 01/01/2017 au 19/03/2017" in page
