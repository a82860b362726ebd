"""To watch, forecasts and "Et si ?": what is told, to whom, and that nothing is written unless asked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.baskets.outlooks import look_ahead
from cageot.desk import words_ahead as words
from cageot.desk.queries.what_if import begins
from cageot.funding.models import Agreement, Outlook, SavedScenario, WatchRule
from cageot.network.models import Edition, LogEvent, Role
from tests.desk.a_week import Place, a_place, a_stranger
from tests.factories import AT, make_person, signed_in
from tests.funding.money_world import make_fund, make_tranche
from tests.reading import plain

pytestmark = pytest.mark.django_db
TODAY = date(2017, 4, 3)


@pytest.fixture(autouse=True)
def _in_april(settings: Any) -> None:
    settings.TODAY = TODAY


def closed(households: int = 6, **place: Any) -> Place:
    found = a_place(households, **place)
    found.mark_all()
    found.close()
    return found


def nadia() -> Client:
    return signed_in(make_person("network"))


def text(client: Client, address: str, status: int = 200, data: dict[str, Any] | None = None) -> str:
    answer = client.get(address) if data is None else client.post(address, data, follow=True)
    assert answer.status_code == status
    return answer.content.decode().replace("\xa0", " ").replace("\u202f", " ")


# --- To watch -------------------------------------------------------------------------------------


def test_a_garden_to_watch_comes_with_its_reasons_and_a_way_to_its_forecast() -> None:
    place = closed()
    Agreement.objects.update(until_day=date(2017, 5, 31))
    client = nadia()
    assert "Les prévisions n’ont pas encore été calculées" in text(client, "/argent/a-surveiller/")
    page = text(client, "/argent/a-surveiller/calculer/", data={})
    assert "Les prévisions sont à jour." in page
    assert "finit le 31 mai : 3 foyers sans suite" in page
    assert "1 financeur porte 100 % de ce que paient les partenaires : CCAS de Blois" in page
    address = f"/argent/a-surveiller/jardins/{place.garden.code}/"
    assert address in page
    assert "finit le 31 mai" in text(client, address)
    assert "Benali" not in page


def test_thresholds_are_the_edition_s_and_change_the_list() -> None:
    closed()
    client = nadia()
    assert "1 financeur porte" in text(client, "/argent/a-surveiller/")
    typed = {"months": 2, "one_payer_bp": 100, "uncovered_bp": 2, "ending_days": 92, "quota_left_bp": 15, "weeks_late": 2,
             "late_money_days": 30}  # fmt: skip
    page = text(client, "/argent/a-surveiller/seuils/", data=typed)
    assert "Les seuils sont enregistrés." in page
    assert "1 financeur porte" not in page
    assert WatchRule.objects.get(edition__code="2017").one_payer_bp == 10_000
    assert LogEvent.objects.filter(verb="funding.watch_rule_set").count() == 1


def test_a_threshold_that_means_nothing_is_refused_and_nothing_is_written() -> None:
    closed()
    typed = {"months": "x", "one_payer_bp": 0, "uncovered_bp": 101, "ending_days": 92, "quota_left_bp": 15, "weeks_late": 0,
             "late_money_days": 30}  # fmt: skip
    assert "à revoir" in text(nadia(), "/argent/a-surveiller/seuils/", 422, typed)
    assert not WatchRule.objects.exists()


def test_the_programme_says_where_one_more_euro_counts() -> None:
    closed(quota_baskets=1)
    make_tranche(make_fund(affiliations=["msa"]), 100_000)
    look_ahead(today=TODAY, at=AT)
    page = text(nadia(), "/programme/2017/")
    assert "Où un euro de plus compte" in page
    assert "Sans condition" in page
    facts = Outlook.objects.get(garden=None).facts
    assert facts["next_euro"][0][:2] == ["any", 2 * 840]  # two baskets past the quota; nobody there is of the MSA
    assert facts["need_cents"] - facts["covered_cents"] == 2 * 840


def test_what_lies_ahead_is_kept_once_a_garden_and_once_for_all() -> None:
    closed()
    look_ahead(today=TODAY, at=AT)
    look_ahead(today=TODAY, at=AT)
    assert Outlook.objects.count() == 2
    assert Outlook.objects.filter(garden=None).count() == 1


def test_the_watch_list_asks_as_many_questions_with_two_gardens_as_with_five() -> None:
    client = nadia()

    def counts() -> list[int]:
        with CaptureQueriesContext(connection) as seen:
            look_ahead(today=TODAY, at=AT)
        with CaptureQueriesContext(connection) as pages:
            text(client, "/argent/a-surveiller/")
        return [len(seen), len(pages)]

    closed(2, code="premier")
    closed(2, code="deuxieme")
    few = counts()
    for number in range(3):
        closed(2, code=f"jardin-{number}")
    assert counts() == few
    assert few[1] <= 25


# --- Forecasts --------------------------------------------------------------------------------------


def test_a_treasurer_reads_until_when_each_payer_lasts() -> None:
    place = closed(quota_baskets=30)
    look_ahead(today=TODAY, at=AT)
    client = signed_in(make_person("treasurer", place.garden))
    page = text(client, f"/jardins/{place.garden.code}/argent/previsions/")
    assert "27 paniers sur 30" in page
    assert "finit le 31 décembre" in page
    assert "graine 2901" in page


def test_before_the_first_night_the_forecast_says_so() -> None:
    place = closed()
    client = signed_in(make_person("treasurer", place.garden))
    assert "Rien n’a encore été calculé" in text(client, f"/jardins/{place.garden.code}/argent/previsions/")


@pytest.mark.parametrize("page", ["previsions/", "et-si/"])
def test_who_sees_no_money_and_who_is_of_another_garden_find_nothing(page: str) -> None:
    place = closed()
    address = f"/jardins/{place.garden.code}/argent/{page}"
    assert signed_in(make_person("helper", place.garden)).get(address).status_code == 404
    assert a_stranger().get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/argent/a-surveiller/",
        "/argent/a-surveiller/seuils/",
        "/argent/et-si/",
        "/argent/a-surveiller/jardins/val-de-loire/",
    ],
)
def test_people_of_a_garden_do_not_see_the_network_s(address: str) -> None:
    place = closed()
    for role in ("coordinator", "treasurer"):
        assert signed_in(make_person(role, place.garden)).get(address).status_code == 404


# --- What if ----------------------------------------------------------------------------------------

LEAVES = {"quoi": "leaves", "jour": "2017-03-01"}


def paid_by_a_fund() -> dict[str, str]:
    """Two baskets past the CCAS's quota, paid by the State's fund; its funder leaves on 1 March."""
    closed(quota_baskets=1)
    fund = make_fund()
    make_tranche(fund, 100_000)
    return {**LEAVES, "financeur": f"fund:{fund.pk}"}


def test_a_funder_that_leaves_says_who_is_hit_when_and_what_would_help_and_writes_nothing() -> None:
    moves, client = paid_by_a_fund(), nadia()
    before = LogEvent.objects.count()
    page = text(client, "/argent/et-si/?" + "&".join(f"{name}={value}" for name, value in moves.items()))
    assert "17 € de plus sans payeur : l’équivalent de 2 paniers, dès la semaine du 20 mars." in page
    assert "Jardin du Val de Loire" in page
    assert "Sans condition : 17 € de plus suffisent." in page
    assert "Sans sa limite de dates, 17 € de plus seraient couverts." in page
    assert not SavedScenario.objects.exists()
    assert LogEvent.objects.count() == before


def test_weeks_are_hit_from_the_day_typed_on_and_from_today_when_money_comes_late() -> None:
    today, april = date(2017, 3, 20), {"day": "2017-04-01"}
    assert begins({**april, "more": 20}, today) == date(2017, 4, 1)
    assert begins({**april, "funder": "fund:1", "change": "leaves"}, today) == date(2017, 4, 1)
    assert begins({**april, "funder": "fund:1", "change": "late"}, today) == today


def test_nothing_supposed_and_what_cannot_be_read_are_said() -> None:
    closed()
    client = nadia()
    assert "Rien n’est supposé" in text(client, "/argent/et-si/?jour=2017-05-01")
    page = text(client, "/argent/et-si/?jour=hier&foyers=999&financeur=partner:0", 422)
    assert "à revoir" in page
    assert "999" in page


def test_what_is_worth_it_is_kept_with_what_it_gave_and_taken_off_the_list() -> None:
    moves = paid_by_a_fund()
    client = nadia()
    page = text(client, "/argent/et-si/garder/", data={**moves, "nom": "L’État s’en va"})
    assert "Ce scénario est gardé." in page
    kept = SavedScenario.objects.get()
    assert (kept.result["gap_before"], kept.result["gap_after"], kept.result["missing"]) == (0, 1680, 2)
    assert kept.entity.head
    page = text(client, "/argent/et-si/")
    assert "L’État s’en va" in page
    text(client, f"/argent/et-si/{kept.pk}/retirer/", data={})
    assert not SavedScenario.objects.exists()


def test_without_a_name_nothing_is_kept_and_what_was_typed_stays() -> None:
    moves = paid_by_a_fund()
    page = text(nadia(), "/argent/et-si/garder/", 422, {**moves, "nom": " "})
    assert "à revoir" in page
    assert "de plus sans payeur" in page
    assert not SavedScenario.objects.exists()


def test_a_garden_supposes_on_its_own_baskets_only_and_keeps_its_own() -> None:
    place = closed(quota_baskets=1)
    closed(quota_baskets=1, code="autre")
    own = signed_in(make_person("treasurer", place.garden))
    home = f"/jardins/{place.garden.code}/argent/et-si/"
    payer = f"partner:{place.payer.partner_id}"
    page = text(own, f"{home}?financeur={payer}&quoi=leaves&jour=2017-04-10")
    assert "17 € sans payeur" in page  # its own two baskets, not the other garden's
    text(own, f"{home}garder/", data={"jour": "2017-04-10", "foyers": "20", "nom": "Plus de monde"})
    kept = SavedScenario.objects.get()
    assert "Plus de monde" not in text(nadia(), "/argent/et-si/")
    assert a_stranger().post(f"{home}{kept.pk}/retirer/").status_code == 404
    assert nadia().post(f"/argent/et-si/{kept.pk}/retirer/").status_code == 404
    assert SavedScenario.objects.exists()


def test_an_auditor_looks_and_keeps_nothing() -> None:
    place = closed()
    person = make_person("treasurer", place.garden)
    Role.objects.filter(person=person).update(kind="auditor", until_day=date(2017, 6, 30))
    client = signed_in(person)
    home = f"/jardins/{place.garden.code}/argent/et-si/"
    assert "Garder ce scénario" not in text(client, f"{home}?jour=2017-04-10&foyers=20")
    assert client.post(f"{home}garder/", {"jour": "2017-04-10", "foyers": "20", "nom": "x"}).status_code in (403, 404)
    assert not SavedScenario.objects.exists()


# --- Words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("band", "said"),
    [
        ((date(2017, 8, 28), date(2017, 9, 20), date(2017, 10, 16)), "entre fin août et mi-octobre, le plus probable : 20 septembre"),
        ((date(2017, 8, 21), date(2017, 8, 28), date(2017, 8, 28)), "fin août, le plus probable : 28 août"),
        ((date(2017, 12, 4), date(2018, 1, 1), None), "à partir de début décembre, le plus probable : 1er janvier 2018 ; ou pas du tout"),
        ((date(2017, 12, 4), None, None), "pourrait s’épuiser à partir de début décembre, mais ce n’est pas le plus probable"),
        ((None, None, None), "ne s’épuise pas"),
        ((date(2017, 4, 3), date(2017, 4, 3), date(2017, 4, 10)), "épuisé, ou presque"),
    ],
)  # fmt: skip
def test_a_date_of_exhaustion_is_said_as_people_would(
    band: tuple[date | None, date | None, date | None], said: str
) -> None:
    assert plain(words.band(*band, TODAY)) == said


def test_an_edition_that_nobody_wrote_is_no_page() -> None:
    Edition.objects.all().delete()
    assert nadia().get("/argent/a-surveiller/").status_code == 404
