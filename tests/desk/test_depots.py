"""Rounds and depots: their order, the places they have, closing one for good or for a while, and what the public reads."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.baskets import actions as baskets
from cageot.baskets import notices, places
from cageot.baskets.models import Basket, Delivery, Depot, DepotPause, Door, Round, Subscription
from cageot.core import clock
from cageot.members.models import Member
from cageot.network import outbox
from cageot.network.models import Message
from tests.desk.a_week import AT, WEEK, a_place, a_stranger, signed_in, text_of
from tests.factories import make_depot, make_household
from tests.reading import plain

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


def url(place, page="tournees/"):
    return f"/jardins/{place.garden.code}/reglages/{page}"


def lay(place, weeks=4):
    """Deliveries on both days of these weeks, and their baskets."""
    baskets.open_deliveries(place.garden, first=MONDAY, last=MONDAY + timedelta(weeks=weeks, days=-1), weekdays=[4, 5])
    baskets.lay_baskets(place.garden, from_day=MONDAY)


def days(place, number="100"):
    rows = Basket.objects.filter(household__number=number, household__garden=place.garden).order_by("delivery__day")
    return list(rows.values_list("delivery__day", flat=True))


def gare(place):
    return Depot.objects.select_related("round", "garden").get(garden=place.garden, name="Gare")


def jardin(place):
    return Depot.objects.select_related("round", "garden").get(garden=place.garden, name="Jardin")


def round_of(place, weekday):
    return Round.objects.get(garden=place.garden, weekday=weekday)


def depot_form(place, name="Gare", weekday=4, /, **more):
    return {"name": name, "round": places.round_on(place.garden, weekday).pk, "kind": "open"} | more


def edit(place, depot, weekday=4, **form):
    return f"depots/{depot.pk}/", depot_form(place, depot.name, weekday, **form)


# --- Rounds -----------------------------------------------------------------------------------------


def test_the_rounds_are_read_with_their_depots_and_the_places_left(place, lea):
    Depot.objects.filter(name="Gare").update(capacity=4)
    page = text_of(lea.get(url(place)))
    assert "Jeudi jeudi · préparée le jour même · 4 foyers" in page
    assert "Gare 4 / 4 complet" in page
    assert "Jardin 2 ouvert" in page


def test_a_round_is_added_with_the_day_its_baskets_are_packed(place, lea):
    form = {"name": "Les bourgs", "weekday": 2, "packed_before": 1, "colour": "sky"}
    lea.post(url(place, "tournees/ajouter/"), form)
    assert "Les bourgs mardi · préparée le lundi · 0 foyer" in text_of(lea.get(url(place)))
    assert "Une autre tournée porte ce nom." in text_of(lea.post(url(place, "tournees/ajouter/"), form))


def test_another_day_for_a_round_moves_the_baskets_to_come_and_leaves_no_empty_day(place, lea):
    lay(place, weeks=2)
    form = {"name": "Mardi", "weekday": 2, "packed_before": 0, "colour": "leaf"}
    page = text_of(lea.post(url(place, f"tournees/{round_of(place, 4).pk}/"), form, follow=True))
    assert "sont passés au nouveau jour" in page
    assert days(place) == [date(2017, 3, 21), date(2017, 3, 28)]
    assert not Delivery.objects.filter(garden=place.garden, day__iso_week_day=4).exists()


def test_a_day_already_past_this_week_leaves_this_weeks_baskets_where_they_are(place, lea, settings):
    settings.TODAY = WEEK.day(3)
    lay(place, weeks=2)
    path, form = edit(place, gare(place), weekday=1)
    lea.post(url(place, path), form)
    assert days(place) == [date(2017, 3, 23), date(2017, 3, 27)]
    baskets.lay_baskets(place.garden, from_day=WEEK.day(3))
    assert days(place) == [date(2017, 3, 23), date(2017, 3, 27)], "relaying does not take this week's basket away"


def test_a_round_leaves_when_its_last_depot_did(place, lea):
    pk = round_of(place, 4).pk
    page = text_of(lea.post(url(place, f"tournees/{pk}/retirer/"), follow=True))
    assert "1 dépôt est encore sur cette tournée" in page
    places.change_depot(gare(place), today=MONDAY, by=None, at=AT, round=round_of(place, 5))
    lea.post(url(place, f"tournees/{pk}/retirer/"))
    assert Round.objects.get(pk=pk).archived_on == MONDAY
    assert lea.get(url(place, f"tournees/{pk}/")).status_code == 404


# --- The order --------------------------------------------------------------------------------------


def names(place, weekday=4):
    return list(round_of(place, weekday).depots.order_by("rank").values_list("name", flat=True))


def test_a_depot_goes_up_and_down_its_round(place, lea):
    places.open_depot(place.garden, today=MONDAY, by=None, at=AT, name="Mairie", weekday=4)
    mairie = Depot.objects.get(name="Mairie")
    assert names(place) == ["Gare", "Mairie"]
    lea.post(url(place, "tournees/ordre/"), {"monter": mairie.pk})
    assert names(place) == ["Mairie", "Gare"]
    lea.post(url(place, "tournees/ordre/"), {"monter": mairie.pk})
    assert names(place) == ["Mairie", "Gare"], "the first one stays first"
    lea.post(url(place, "tournees/ordre/"), {"descendre": mairie.pk})
    assert names(place) == ["Gare", "Mairie"]


def test_depots_are_dragged_in_order_and_to_another_round_with_their_baskets(place, lea):
    lay(place, weeks=1)
    thursday, friday = round_of(place, 4), round_of(place, 5)
    lea.post(url(place, "tournees/ordre/"), {"ordre": f"{friday.pk}:{gare(place).pk},{jardin(place).pk}"})
    assert names(place, 5) == ["Gare", "Jardin"]
    assert not thursday.depots.exists()
    assert days(place) == [WEEK.day(5)]


def test_an_order_that_names_somebody_elses_depot_changes_nothing_of_theirs(place, lea):
    other = a_place(code="autre")
    theirs = Depot.objects.get(garden=other.garden, name="Gare")
    lea.post(url(place, "tournees/ordre/"), {"ordre": f"{round_of(place, 4).pk}:{theirs.pk}"})
    theirs.refresh_from_db()
    assert theirs.round.garden == other.garden
    assert lea.post(url(place, "tournees/ordre/"), {"ordre": "x:y"}).status_code == 404
    assert lea.post(url(place, "tournees/ordre/"), {"monter": theirs.pk}).status_code == 404


# --- Depots -----------------------------------------------------------------------------------------


def test_a_depot_on_a_new_day_opens_that_day_in_the_weeks_that_deliver(place, lea):
    lay(place, weeks=2)
    lea.post(url(place, "depots/ajouter/"), depot_form(place, "Mairie", 3, capacity=10))
    found = Delivery.objects.filter(garden=place.garden, day__iso_week_day=3)
    assert list(found.values_list("day", flat=True)) == [date(2017, 3, 22), date(2017, 3, 29)]


def test_everything_that_is_said_of_a_depot_comes_back(place, lea):
    said = {
        "number": "12", "hours": "17 h – 19 h", "slot": "16 h 30", "address": "3, place de la Gare", "place": "41350 Vineuil",
        "phone": "02 54 00 00 00", "email": "gare@example.org", "website": "https://gare.example.org", "contact_name": "Ana Lopes",
        "contact_phone": "06 39 98 00 01", "contact_email": "ana@example.org", "description": "Porte bleue", "notes": "Clé chez Ana",
        "capacity": "30", "fee": "1,50", "client_category": "", "audience": "salariés de la gare", "kind": "reserved", "password": "tgv",
    }  # fmt: skip
    lea.post(url(place, f"depots/{gare(place).pk}/"), depot_form(place, **said))
    one = gare(place)
    assert (one.commune_code, one.fee_cents, one.phone) == ("41295", 150, "+33254000000")
    assert check_password("tgv", one.password)
    page = lea.get(url(place, f"depots/{one.pk}/")).content.decode()
    for value in (
        "17 h – 19 h",
        "16 h 30",
        "Ana Lopes",
        "Clé chez Ana",
        "41350 Vineuil",
        "1,50",
        "salariés de la gare",
    ):
        assert value in page
    assert "tgv" not in page


def test_a_reserved_depot_says_for_whom(place, lea):
    path, form = edit(place, gare(place), kind="reserved")
    assert "Dites à qui ce dépôt est réservé." in text_of(lea.post(url(place, path), form))


def test_two_depots_of_a_round_may_not_share_a_name(place, lea):
    form = depot_form(place, "gare")
    assert "Un dépôt de cette tournée porte déjà ce nom." in text_of(lea.post(url(place, "depots/ajouter/"), form))


def test_a_place_on_two_rounds_is_corrected_once(place, lea):
    places.open_depot(place.garden, today=MONDAY, by=None, at=AT, name="Gare", weekday=5, hours="8 h – 10 h")
    path, form = edit(place, gare_on(place, 4), address="1, rue Neuve", hours="17 h – 19 h")
    assert "Ce lieu est sur plusieurs tournées" in text_of(lea.get(url(place, path)))
    lea.post(url(place, path), form)
    twins = Depot.objects.filter(garden=place.garden, name="Gare").order_by("round__weekday")
    assert [(one.address, one.hours) for one in twins] == [
        ("1, rue Neuve", "17 h – 19 h"),
        ("1, rue Neuve", "8 h – 10 h"),
    ]


def gare_on(place, weekday):
    return Depot.objects.select_related("round").get(garden=place.garden, name="Gare", round__weekday=weekday)


def test_without_a_round_the_first_thing_is_a_round(lea, place):
    Subscription.objects.all().delete()
    Basket.objects.all().delete()
    Depot.objects.all().delete()
    Round.objects.all().delete()
    page = text_of(lea.get(url(place, "depots/ajouter/"), follow=True))
    assert "Ajoutez d’abord une tournée" in page
    assert "Pas encore de tournée" in text_of(lea.get(url(place)))


def test_a_depot_in_use_closes_only_towards_another(place, lea):
    lay(place)
    refused = text_of(lea.post(url(place, f"depots/{gare(place).pk}/fermer/"), {"from_day": "2017-04-03"}))
    assert "4 foyers y retirent encore leur panier : dites où ils vont." in refused
    form = {"from_day": "2017-04-03", "replacement": jardin(place).pk}
    lea.post(url(place, f"depots/{gare(place).pk}/fermer/"), form)
    assert days(place) == [date(2017, 3, 23), date(2017, 3, 30), date(2017, 4, 7), date(2017, 4, 14)]
    assert Subscription.objects.filter(household__number="100").count() == 2, "the past keeps its depot"
    assert "ferme le 03/04/2017" in text_of(lea.get(url(place)))


# --- Places -----------------------------------------------------------------------------------------


def subscribe(place, lea, number="900", **form):
    household = make_household(place.garden, number=number)
    start = {
        "depot": gare(place).pk,
        "size": place.garden.sizes.get().pk,
        "frequency": "weekly",
        "from_day": "2017-03-20",
    }
    return lea.post(f"/jardins/{place.garden.code}/foyers/{household.pk}/abonnement/", start | form)


def closed_for_good(place, lea):
    """The depot of the Thursdays closed, its households sent to the other one."""
    form = {"from_day": "2017-03-20", "replacement": jardin(place).pk}
    lea.post(url(place, f"depots/{gare(place).pk}/fermer/"), form)
    assert gare(place).closed_on == MONDAY


def test_a_closed_depot_is_opened_again_and_says_first_what_follows(place, lea):
    lay(place)
    closed_for_good(place, lea)
    where = f"depots/{gare(place).pk}/rouvrir/"
    assert where in lea.get(url(place, f"depots/{gare(place).pk}/")).content.decode()
    page = text_of(lea.get(url(place, where)))
    assert "4 foyers y retiraient leur panier : ils restent où ils sont allés." in page
    assert gare(place).closed_on is not None
    lea.post(url(place, where), {"round": gare(place).round_id})
    assert gare(place).closed_on is None
    assert Subscription.objects.filter(depot=gare(place), until_day=None).count() == 0
    assert Delivery.objects.filter(garden=place.garden, day=date(2017, 3, 23)).exists()
    assert "Gare" in text_of(public(place))


def test_a_depot_whose_round_is_gone_opens_on_another_and_not_under_a_name_that_is_taken(place, lea):
    closed_for_good(place, lea)
    lea.post(url(place, f"tournees/{gare(place).round_id}/retirer/"))
    friday = jardin(place).round
    page = lea.get(url(place, f"depots/{gare(place).pk}/rouvrir/"))
    assert [name for _pk, name in page.context["form"].fields["round"].choices] == [friday.name]
    with pytest.raises(places.RoundGone):
        places.reopen_depot(gare(place), round=gare(place).round, today=MONDAY, by=None, at=AT)
    twin = make_depot(place.garden, "Gare", 5)
    answer = lea.post(url(place, f"depots/{gare_closed(place).pk}/rouvrir/"), {"round": friday.pk})
    assert "Un dépôt de cette tournée porte déjà ce nom." in text_of(answer)
    twin.delete()
    lea.post(url(place, f"depots/{gare(place).pk}/rouvrir/"), {"round": friday.pk})
    assert (gare(place).closed_on, gare(place).round) == (None, friday)


def gare_closed(place):
    return Depot.objects.get(garden=place.garden, name="Gare", closed_on__isnull=False)


def test_opening_again_twice_does_it_once(place, lea):
    closed_for_good(place, lea)
    one = gare(place)
    places.reopen_depot(one, round=one.round, today=MONDAY, by=None, at=AT)
    with pytest.raises(places.NotClosed):
        places.reopen_depot(one, round=one.round, today=MONDAY, by=None, at=AT)
    assert lea.get(url(place, f"depots/{one.pk}/rouvrir/")).status_code == 302


def test_a_full_depot_takes_nobody_more(place, lea):
    Depot.objects.filter(name="Gare").update(capacity=4)
    answer = subscribe(place, lea)
    assert "« Gare » est complet : ses 4 places sont prises." in text_of(answer)
    assert not Subscription.objects.filter(household__number="900").exists()


def test_a_place_kept_for_a_household_that_starts_later_is_not_given_twice(place, lea):
    Depot.objects.filter(name="Gare").update(capacity=5)
    assert subscribe(place, lea, "900", from_day="2017-06-01").status_code == 302
    assert subscribe(place, lea, "901").status_code == 200, "the fifth place is waiting for June"


def test_changing_to_a_full_depot_is_refused_and_one_s_own_place_stays(place, lea):
    Depot.objects.filter(name="Jardin").update(capacity=2)
    first = Subscription.objects.select_related("household").get(household__number="100")
    path = f"/jardins/{place.garden.code}/foyers/{first.household_id}/abonnement/"
    form = {"depot": jardin(place).pk, "size": first.size_id, "frequency": "weekly", "from_day": "2017-03-27"}
    assert "« Jardin » est complet" in text_of(lea.post(path, form))
    Depot.objects.filter(name="Gare").update(capacity=4)
    assert lea.post(path, form | {"depot": gare(place).pk, "frequency": "odd"}).status_code == 302


# --- Closed for a while -----------------------------------------------------------------------------


def pause_form(place, first="2017-03-27", last="2017-04-02", other=None, **more):
    return {"from_day": first, "until_day": last, "replacement": (other or jardin(place)).pk} | more


def pause(place, lea, **form):
    return lea.post(url(place, f"depots/{gare(place).pk}/fermer-un-moment/"), pause_form(place, **form), follow=True)


def test_a_closure_says_first_how_many_baskets_it_moves(place, lea):
    lay(place)
    page = text_of(pause(place, lea))
    assert "4 paniers prévus à « Gare » se retirent à « Jardin »." in page
    assert not DepotPause.objects.exists()


def test_the_baskets_of_those_days_go_elsewhere_then_come_back_by_themselves(place, lea):
    lay(place)
    page = text_of(pause(place, lea, ecrire="1", note="Travaux"))
    assert "« Gare » sera fermé du lundi 27 mars au dimanche 2 avril." in page
    assert days(place) == [date(2017, 3, 23), date(2017, 3, 31), date(2017, 4, 6), date(2017, 4, 13)]
    assert Subscription.objects.filter(household__number="100").count() == 1, "the subscription does not change"
    assert "Gare 4 fermé à partir du 27/03/2017" in text_of(lea.get(url(place)))


def test_opening_again_early_brings_the_baskets_back(place, lea):
    lay(place)
    before = days(place)
    pause(place, lea, ecrire="1")
    page = text_of(lea.post(url(place, f"fermetures/{DepotPause.objects.get().pk}/rouvrir/"), follow=True))
    assert "ses paniers à venir y reviennent" in page
    assert days(place) == before
    assert not DepotPause.objects.exists()


def test_a_closure_under_way_ends_today_and_keeps_what_was(place, lea, settings):
    lay(place)
    pause(place, lea, first="2017-03-20", last="2017-04-30", ecrire="1")
    settings.TODAY = date(2017, 3, 27)
    lea.post(url(place, f"fermetures/{DepotPause.objects.get().pk}/rouvrir/"))
    assert days(place) == [date(2017, 3, 24), date(2017, 3, 30), date(2017, 4, 6), date(2017, 4, 13)]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"first": "2017-03-01"}, "Choisissez un jour à venir."),
        ({"first": "2017-04-02", "last": "2017-04-01"}, "Choisissez un jour après le début."),
    ],
)
def test_a_closure_on_impossible_days_is_refused_in_words(place, lea, form, sentence):
    assert sentence in text_of(pause(place, lea, ecrire="1", **form))
    assert not DepotPause.objects.exists()


def test_a_depot_does_not_close_towards_one_that_is_closed_too_nor_twice_at_once(place, lea):
    pause(place, lea, ecrire="1")
    assert "déjà fermé une partie de ces jours-là" in text_of(pause(place, lea, ecrire="1"))
    back = lea.post(
        url(place, f"depots/{jardin(place).pk}/fermer-un-moment/"), pause_form(place, other=gare(place), ecrire="1")
    )
    assert "Ce dépôt n’est pas ouvert tout ce temps" in text_of(back)
    assert DepotPause.objects.count() == 1


def test_a_depot_does_not_close_towards_one_that_has_too_few_places(place, lea):
    Depot.objects.filter(name="Jardin").update(capacity=3)
    assert "Il reste 1 places là-bas, pour 4 foyers." in text_of(pause(place, lea, ecrire="1"))


def test_households_with_an_address_are_told_and_the_others_counted(place, lea, mailoutbox):
    lay(place)
    Member.objects.filter(household__number="100").update(email="amina@example.org")
    page = text_of(pause(place, lea, ecrire="1", tell="on", note="Travaux"))
    assert "1 foyer est prévenu. Pour 3 autres, une lettre est à imprimer : voyez Messages." in page
    outbox.send(now=clock.now)
    [mail] = mailoutbox
    assert mail.to == ["amina@example.org"]
    assert "« Gare » est fermé du lundi 27 mars au dimanche 2 avril" in plain(mail.body)
    assert "« Jardin »" in plain(mail.body)
    assert "€" not in mail.subject + mail.body


def test_nobody_is_written_to_unless_it_was_asked(place, lea, mailoutbox):
    lay(place)
    assert "Pensez à prévenir les foyers." in text_of(pause(place, lea, ecrire="1"))
    outbox.send(now=clock.now)
    assert mailoutbox == [] and not Message.objects.exists()


def test_a_reminder_goes_some_days_before_and_once(place, lea, mailoutbox):
    lay(place)
    Member.objects.filter(household__number__in=["100", "101"]).update(email="amina@example.org")
    pause(place, lea, ecrire="1", tell="on")
    outbox.send(now=clock.now)
    mailoutbox.clear()
    assert notices.remind(today=date(2017, 3, 23), at=AT) == 0
    assert notices.remind(today=date(2017, 3, 24), at=AT) == 2
    assert notices.remind(today=date(2017, 3, 25), at=AT) == 0
    outbox.send(now=clock.now)
    assert len(mailoutbox) == 2


def test_the_mail_is_the_same_whoever_is_supported(place, lea, mailoutbox):
    lay(place)
    Member.objects.filter(household__number__in=["100", "101"]).update(email="a@example.org")
    pause(place, lea, ecrire="1", tell="on")
    outbox.send(now=clock.now)
    first, second = mailoutbox
    assert (first.subject, first.body, first.from_email) == (second.subject, second.body, second.from_email)


# --- The public -------------------------------------------------------------------------------------


def public(place):
    return Client().get(f"/jardins/{place.garden.code}/depots/")


def test_anybody_reads_where_and_when_baskets_are_collected(place):
    Depot.objects.filter(name="Gare").update(hours="17 h – 19 h", capacity=4, description="Porte bleue")
    page = text_of(public(place))
    assert "Gare" in page
    assert "Jeudi 17 h – 19 h complet" in page
    assert "Vendredi places libres" in page
    assert "Porte bleue" in page


def test_the_public_does_not_read_what_is_for_the_team_nor_professional_and_home_stops(place):
    Depot.objects.filter(name="Gare").update(
        notes="Clé chez Ana", contact_name="Ana Lopes", contact_phone="+33639980001", slot="16 h 30"
    )
    make_depot(place.garden, "Cantine", kind="professional")
    make_depot(place.garden, "Chez Paul", household=place.baskets[1].household)
    page = public(place).content.decode()
    for secret in ("Clé chez Ana", "Ana Lopes", "39 98 00 01", "16 h 30", "Cantine", "Chez Paul"):
        assert secret not in page


def test_a_reserved_depot_says_for_whom_it_is(place):
    Depot.objects.filter(name="Gare").update(kind="reserved", audience="salariés de la gare")
    assert "Réservé aux salariés de la gare." in text_of(public(place))


def test_the_map_is_ours_and_shows_each_place(place):
    page = public(place).content.decode()
    assert page.count('class="depot open"') == 2
    assert "http" not in page.split('<svg class="map')[1].split("</svg>")[0].replace("http://www.w3.org", "")
    assert Client().get("/jardins/nulle-part/depots/").status_code == 404


def test_the_depots_are_downloaded_as_a_sheet(place, lea):
    rows = list(csv.reader(io.StringIO(lea.get(url(place, "depots.csv")).content.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["Tournée", "Rang", "Numéro", "Dépôt"]
    assert [row[3] for row in rows[1:]] == ["Gare", "Jardin"]


# --- Who may, and how much it asks ------------------------------------------------------------------


def test_rounds_and_depots_are_the_coordinations_alone(place):
    pages = ["tournees/", "tournees/ajouter/", f"tournees/{round_of(place, 4).pk}/", "depots/ajouter/", "depots.csv",
             f"depots/{gare(place).pk}/", f"depots/{gare(place).pk}/fermer/", f"depots/{gare(place).pk}/fermer-un-moment/"]  # fmt: skip
    for client in (
        signed_in(place, "helper"),
        signed_in(place, "treasurer"),
        signed_in(place, "network"),
        a_stranger(),
    ):
        for page in pages:
            assert client.get(url(place, page)).status_code == 404, page
        assert client.post(url(place, "tournees/ordre/"), {"monter": gare(place).pk}).status_code == 404


def test_a_depot_or_round_of_another_garden_is_not_found(lea, place):
    other = a_place(code="autre")
    depot = Depot.objects.get(garden=other.garden, name="Gare")
    for page in (f"depots/{depot.pk}/", f"depots/{depot.pk}/fermer/", f"tournees/{depot.round_id}/"):
        assert lea.get(url(place, page)).status_code == 404
    form = pause_form(place, other=depot, ecrire="1")
    assert lea.post(url(place, f"depots/{gare(place).pk}/fermer-un-moment/"), form).status_code == 422
    assert not DepotPause.objects.exists()


@pytest.mark.parametrize("page", ["tournees/", "public"])
def test_the_pages_ask_the_database_as_much_for_many_depots_as_for_two(place, lea, page):
    def count():
        with CaptureQueriesContext(connection) as seen:
            answer = public(place) if page == "public" else lea.get(url(place, page))
            assert answer.status_code == 200
        return len(seen)

    Depot.objects.update(capacity=30)
    count()
    few = count()
    for number in range(30):
        make_depot(place.garden, f"Dépôt {number}", 1 + number % 6, capacity=10)
    assert count() == few <= 25


@pytest.mark.parametrize("is_open", [True, False, None])
def test_the_public_page_leads_to_signing_up_while_the_door_is_open(place, is_open):
    if is_open is not None:
        Door.objects.create(garden=place.garden, open=is_open)
    assert (f'href="/jardins/{place.garden.code}/adherer/"' in public(place).content.decode()) is bool(is_open)
