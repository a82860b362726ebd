"""A household is away: it postpones, cancels or gives its basket, takes it back, and the lists and the close follow."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cageot.baskets import absences, actions
from cageot.baskets.models import AbsencePolicy, Basket, Delivery, Depot
from cageot.baskets.queries import closing_of
from cageot.core.week import Week
from cageot.members.models import Household
from tests.desk.a_week import AT, FRIDAY, THURSDAY, WEEK, a_place, a_stranger, signed_in, text_of

pytestmark = pytest.mark.django_db

MONDAY = WEEK.monday
NEXT = (WEEK + 1).day(4)


@pytest.fixture(autouse=True)
def _day(settings):
    settings.TODAY = MONDAY


@pytest.fixture
def place():
    """Weeks 12 to 15 are laid; today is Monday of week 12."""
    place = a_place()
    actions.open_deliveries(place.garden, first=MONDAY, last=MONDAY + timedelta(days=27), weekdays=[4, 5])
    actions.lay_baskets(place.garden, from_day=MONDAY)
    return place


@pytest.fixture
def lea(place):
    return signed_in(place, "coordinator")


def product(place):
    return place.garden.products.get()


def policy(place, **values):
    AbsencePolicy.objects.update_or_create(product=product(place), defaults=values)


def amina(place, week=WEEK):
    """Household 100's regular basket of that week, on Thursday at the Gare."""
    rows = Basket.objects.select_related("garden", "delivery", "depot__garden", "household__garden", "size")
    return rows.get(garden=place.garden, household__number="100", delivery__week=week, copy=0)


def paul(place):
    return Household.objects.get(garden=place.garden, number="101")


def delivery(place, day=NEXT):
    return Delivery.objects.get(garden=place.garden, day=day)


def url(place, page, basket=None):
    one = basket or amina(place)
    return f"/jardins/{place.garden.code}/foyers/{one.household_id}/paniers/{one.pk}/{page}/"


def absent(place, client, basket=None, **form):
    return client.post(url(place, "absence", basket), form, follow=True)


def household_page(place, client):
    return text_of(client.get(f"/jardins/{place.garden.code}/foyers/{amina(place).household_id}/"))


# --- Postponed ----------------------------------------------------------------------------------------


def test_a_basket_is_postponed_to_a_week_that_then_has_two(place, lea):
    page = text_of(absent(place, lea, how="postpone", to=delivery(place).pk))
    assert "Panier reporté au jeudi 30 mars." in page
    assert amina(place).state == "moved"
    twice = Basket.objects.filter(household__number="100", delivery__day=NEXT)
    assert sorted(twice.values_list("kind", "state")) == [("regular", "planned"), ("taken_back", "planned")]


def test_the_list_of_weeks_says_where_it_makes_two(place, lea):
    page = text_of(lea.get(url(place, "absence")))
    assert "jeudi 30 mars · avec celui de la semaine : deux paniers" in page
    assert "jeudi 23 mars ·" not in page


def test_later_is_an_answer_and_what_is_left_is_counted(place, lea):
    page = text_of(absent(place, lea, how="postpone", to="plus-tard"))
    assert "il reste à reprendre" in page
    assert "À reprendre 1" in page
    lea.post(url(place, "reprendre"), {"to": delivery(place).pk})
    assert "À reprendre" not in household_page(place, lea)
    assert Basket.objects.get(kind="taken_back").origin == amina(place)


def test_a_basket_is_taken_back_once(place, lea):
    absent(place, lea, how="postpone", to="plus-tard")
    lea.post(url(place, "reprendre"), {"to": delivery(place).pk})
    page = text_of(lea.post(url(place, "reprendre"), {"to": delivery(place, (WEEK + 2).day(4)).pk}))
    assert "déjà été repris" in page
    assert Basket.objects.filter(kind="taken_back").count() == 1


def test_undoing_a_postponed_basket_takes_the_other_one_away(place, lea):
    absent(place, lea, how="postpone", to=delivery(place).pk)
    page = text_of(lea.post(url(place, "retablir"), follow=True))
    assert "Panier rétabli." in page
    assert amina(place).state == "planned"
    assert not Basket.objects.filter(kind="taken_back").exists()


def test_it_is_not_undone_once_the_other_one_was_collected(place, lea):
    absent(place, lea, how="postpone", to=delivery(place).pk)
    Basket.objects.filter(kind="taken_back").update(state="collected")
    assert "Quelque chose est déjà noté" in text_of(lea.post(url(place, "retablir"), follow=True))
    assert amina(place).state == "moved"


def test_a_postponed_basket_is_paid_in_the_week_where_it_goes_and_only_there(place):
    absences.postpone(amina(place), to=delivery(place), today=MONDAY, by=None, at=AT)
    for week, costing in ((WEEK, 5), (WEEK + 1, 7)):
        rows = Basket.objects.filter(garden=place.garden, delivery__week=week, state="planned")
        assert rows.update(state="collected") == costing
        assert len(closing_of(place.garden, week, week.sunday).settled) == costing


def test_relaying_the_subscription_keeps_the_basket_taken_back(place):
    absences.postpone(amina(place), to=delivery(place), today=MONDAY, by=None, at=AT)
    actions.lay_baskets(place.garden, from_day=MONDAY)
    assert Basket.objects.filter(household__number="100", delivery__day=NEXT).count() == 2
    assert amina(place).state == "moved"


def test_what_was_changed_once_survives_a_later_change_of_the_subscription_and_is_told_as_such(place, lea):
    """Given, in the pot, to take back, one more: each stays what it is when the household goes to another depot for good."""
    anna = Household.objects.get(garden=place.garden, number="102")
    jardin, gare = (Depot.objects.select_related("garden", "round").get(name=name) for name in ("Jardin", "Gare"))
    absences.give(amina(place), to=anna, depot=jardin, today=MONDAY, by=None, at=AT)
    absences.give(amina(place, WEEK + 1), to=None, today=MONDAY, reason="elle part", by=None, at=AT)
    absences.postpone(amina(place, WEEK + 2), to=None, today=MONDAY, by=None, at=AT)
    one = amina(place, WEEK + 3)
    absences.add_extra(one.household, size=one.size, depot=gare, to=one.delivery, by=None, at=AT)

    def stands():
        rows = Basket.objects.filter(household__number="100").order_by("delivery__week", "copy")
        return list(rows.values_list("state", "given_to", "pot", "kind", "depot__name"))

    before = stands()
    one.subscription.refresh_from_db()
    actions.change_subscription(one.subscription, from_day=MONDAY, depot=jardin, by=None, at=AT)
    given, pot, later, regular, extra = stands()
    assert [given, pot[:4], later[:4], extra] == [before[0], before[1][:4], before[2][:4], before[4]]
    assert regular == ("planned", None, False, "regular", "Jardin")
    page = household_page(place, lea)
    assert all(word in page for word in ("donné", "reporté", "en plus"))


# --- Cancelled, given ---------------------------------------------------------------------------------


def test_a_basket_is_cancelled_and_planned_again(place, lea):
    assert "Panier annulé." in text_of(absent(place, lea, how="cancel"))
    assert amina(place).state == "cancelled"
    lea.post(url(place, "retablir"))
    assert amina(place).state == "planned"


def test_a_basket_is_given_to_another_household_at_its_own_depot(place, lea):
    anna = Household.objects.get(garden=place.garden, number="102")  # Friday, at the Jardin
    assert "Panier donné à Anna Lévy." in text_of(absent(place, lea, how="give", receiver=anna.pk))
    one = amina(place)
    assert (one.state, one.given_to, one.depot.name, one.delivery.day) == ("planned", anna, "Jardin", FRIDAY)
    assert one.household.number == "100", "who pays does not change"
    lea.post(url(place, "retablir"))
    one = amina(place)
    assert (one.given_to, one.depot.name, one.delivery.day) == (None, "Gare", THURSDAY)


def test_a_basket_given_to_the_pot_goes_to_whoever_needs_it(place, lea):
    absent(place, lea, how="give", receiver="pot")
    pot = f"/jardins/{place.garden.code}/pot-commun/"
    assert "1 panier à donner Panier donné par Amina Benali, jeudi 23 mars 2017" in text_of(lea.get(pot))
    lea.post(f"{pot}{amina(place).pk}/", {"receiver": paul(place).pk, "to": delivery(place).pk})
    made = Basket.objects.get(kind="taken_back")
    assert (made.given_to, made.household.number, made.delivery.day) == (paul(place), "100", NEXT)
    assert "Le pot commun est vide" in text_of(lea.get(pot))


def test_what_is_in_the_pot_is_not_the_household_s_to_take_back(place, lea):
    absent(place, lea, how="give", receiver="pot")
    assert "À reprendre" not in household_page(place, lea)


def test_two_hands_do_not_give_the_same_basket_of_the_pot_twice(place, lea):
    absent(place, lea, how="give", receiver="pot")
    path = f"/jardins/{place.garden.code}/pot-commun/{amina(place).pk}/"
    form = {"receiver": paul(place).pk, "to": delivery(place).pk}
    lea.post(path, form)
    assert "n’est plus dans le pot commun" in text_of(lea.post(path, form, follow=True))
    assert Basket.objects.filter(kind="taken_back").count() == 1


# --- The garden's rules -------------------------------------------------------------------------------


def test_too_late_is_told_with_the_last_day_and_a_reason_gets_past_it(place, lea):
    policy(place, notice_days=5)
    page = text_of(absent(place, lea, how="cancel"))
    assert "C’est trop tard : il fallait le dire au plus tard le samedi 18 mars." in page
    assert "Pour passer outre, dites pourquoi." in page
    assert amina(place).state == "planned"
    absent(place, lea, how="cancel", reason="Hospitalisée")
    assert amina(place).state == "cancelled"


def test_the_quota_of_the_year_is_told_with_its_number(place, lea):
    policy(place, quota=1, notice_days=0)
    absent(place, lea, how="cancel")
    assert "Le foyer a déjà eu son absence de l’année." in text_of(
        absent(place, lea, amina(place, WEEK + 1), how="postpone", to="plus-tard")
    )
    assert amina(place, WEEK + 1).state == "planned"


def test_what_the_garden_does_not_allow_is_refused(place, lea):
    policy(place, may_give=False)
    assert "Le jardin ne permet pas cela" in text_of(absent(place, lea, how="give", receiver="pot"))


def test_the_kitchen_garden_does_not_double_everybody_in_one_week(place, lea):
    policy(place, max_doubles=1, notice_days=0)
    absent(place, lea, how="postpone", to=delivery(place).pk)
    rose = Basket.objects.select_related("delivery").get(household__number="104", delivery__week=WEEK, copy=0)
    assert "il ne reste plus de place pour un panier repris" in text_of(lea.get(url(place, "absence", rose)))
    page = text_of(absent(place, lea, rose, how="postpone", to=delivery(place).pk))
    assert "Assez de paniers sont déjà repris cette semaine-là." in page
    rose.refresh_from_db()
    assert rose.state == "planned"


def test_a_basket_of_a_closed_week_does_not_move(place, lea):
    place.mark_all()
    place.close()
    page = text_of(absent(place, lea, how="cancel"))
    assert "est close" in page or "déjà noté" in page
    assert amina(place).state == "collected"


def test_a_day_that_is_past_is_marked_not_cancelled(place, lea, settings):
    settings.TODAY = FRIDAY
    assert "Ce jour est passé" in text_of(absent(place, lea, how="cancel", reason="Oubli"))
    assert amina(place).state == "planned"


def test_what_is_left_at_the_end_of_the_year_is_lost_given_or_kept(place):
    absences.postpone(amina(place), to=None, today=MONDAY, by=None, at=AT)
    from cageot.baskets.taking_back import left_of
    from cageot.desk.queries.absences import pot

    january = date(2018, 1, 4)
    for unused, mine, theirs in (("lost", 0, 0), ("given", 0, 1), ("kept", 1, 0)):
        policy(place, unused=unused)
        assert (len(left_of(amina(place).household, january)), len(pot(place.garden, january))) == (mine, theirs), (
            unused
        )


def test_the_policy_of_a_product_is_set_on_one_page(place, lea):
    path = f"/jardins/{place.garden.code}/reglages/absences/{product(place).pk}/"
    assert "Absences : Panier de légumes" in text_of(lea.get(path))
    lea.post(path, {"may_cancel": "on", "notice_days": "3", "quota": "5", "max_doubles": "", "unused": "kept"})
    row = AbsencePolicy.objects.get()
    assert (row.may_cancel, row.may_postpone, row.notice_days, row.quota, row.max_doubles, row.unused) == (
        True, False, 3, 5, None, "kept",
    )  # fmt: skip


# --- Extras -------------------------------------------------------------------------------------------


def test_one_more_basket_once_beside_the_household_s_own(place, lea):
    path = f"/jardins/{place.garden.code}/foyers/{amina(place).household_id}/en-plus/"
    page = text_of(lea.post(path, {"size": amina(place).size_id, "to": delivery(place).pk}, follow=True))
    assert "un panier de plus le jeudi 30 mars." in page
    made = Basket.objects.get(kind="extra")
    actions.lay_baskets(place.garden, from_day=MONDAY)
    assert Basket.objects.filter(pk=made.pk).exists(), "relaying leaves it alone"
    lea.post(url(place, "retirer", made))
    assert not Basket.objects.filter(pk=made.pk).exists()


def test_a_regular_basket_is_not_taken_away_as_an_extra(place, lea):
    lea.post(url(place, "retirer"))
    assert amina(place).state == "planned"


# --- Who may, and how much it asks --------------------------------------------------------------------


def test_a_helper_may_say_an_absence_and_sees_no_money(place):
    helper = signed_in(place, "helper")
    page = text_of(helper.get(url(place, "absence")))
    assert "€" not in page
    absent(place, helper, how="cancel")
    assert amina(place).state == "cancelled"


def test_strangers_find_nothing(place):
    pages = [url(place, page) for page in ("absence", "reprendre")]
    pages.append(f"/jardins/{place.garden.code}/pot-commun/")
    for client in (signed_in(place, "treasurer"), signed_in(place, "network"), a_stranger()):
        for page in pages:
            assert client.get(page).status_code == 404
        assert client.post(url(place, "absence"), {"how": "cancel"}).status_code == 404
        assert client.post(url(place, "retablir")).status_code == 404
    assert amina(place).state == "planned"


def test_a_basket_is_never_given_to_somebody_of_another_garden(place, lea):
    other = a_place(code="autre")
    theirs = Household.objects.get(garden=other.garden, number="101")
    absent(place, lea, how="give", receiver=theirs.pk)
    absent(place, lea, how="postpone", to=Delivery.objects.filter(garden=other.garden).first().pk)
    assert (amina(place).given_to, amina(place).state) == (None, "planned")


def test_the_page_asks_as_much_with_thirty_households_as_with_six(settings):
    counts = []
    for households, code in ((6, "petit"), (30, "grand")):
        place = a_place(households, code=code)
        actions.open_deliveries(place.garden, first=MONDAY, last=MONDAY + timedelta(days=55), weekdays=[4, 5])
        actions.lay_baskets(place.garden, from_day=MONDAY)
        lea = signed_in(place, "coordinator")
        with CaptureQueriesContext(connection) as asked:
            lea.get(url(place, "absence"))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 25
    assert Week.of(MONDAY) == WEEK
