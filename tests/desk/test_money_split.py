"""Who pays what in a garden, the network's settlement of a period, and why a fund does not pay a basket."""

from __future__ import annotations

from datetime import date

import pytest
from django.core import signing
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from cageot.baskets import proposing
from cageot.baskets.actions import reopen_week
from cageot.core.templatetags.cageot import euros
from cageot.desk.views.money_split import SALT
from cageot.funding.models import BookEntry, FiscalYear, Proposal, ProposalLine, Settlement, SettlementLine
from tests.desk.a_week import text_of
from tests.factories import AT, make_garden, make_person, signed_in
from tests.funding.money_world import Closed, closed_weeks, make_fund, make_tranche, settle

pytestmark = pytest.mark.django_db
YEAR = "?du=2017-01-01&au=2017-12-31"
NOW = date(2017, 4, 3)


@pytest.fixture
def place() -> Closed:
    return closed_weeks("val", households=3)


def split_url(code: str = "val") -> str:
    return f"/jardins/{code}/argent/qui-paie-quoi/"


def plain(cents: int) -> str:
    """An amount as `text_of` reads it."""
    return euros(cents).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def nadia() -> Client:
    return signed_in(make_person("network"))


def theo(place: Closed) -> Client:
    return signed_in(make_person("treasurer", place.garden))


# --- A garden -------------------------------------------------------------------------------------


def test_a_treasurer_sees_who_pays_what_and_what_stays_with_the_garden(place: Closed) -> None:
    make_tranche(make_fund("Fondation"), cents=1_000)
    settle()
    proposing.propose(NOW, AT)
    page = text_of(theo(place).get(split_url() + YEAR))
    assert f"Adhérents 3 {plain(900)}" in page
    assert f"CCAS val Partenaire local 3 {plain(600)}" in page
    assert "Fondation 2017, réglé" in page
    # 21,00 € lack; 10,00 € of the garden's 12,00 € are met first.
    assert f"Reste au jardin {plain(200)}" in page
    assert "Reste à la tête de réseau" in page
    assert "Fondation : il n’a plus d’argent pour ces paniers." in page


def test_promised_money_is_proposed_and_said_so(place: Closed) -> None:
    make_tranche(make_fund("Région"), cents=50_000, notified_cents=None)
    proposing.propose(NOW, AT)
    page = text_of(theo(place).get(split_url() + YEAR))
    assert "Région 2017, promis, proposé" in page
    assert "Tout est trouvé" in page


def test_the_file_says_what_the_page_says(place: Closed) -> None:
    make_tranche(make_fund("Fondation"), cents=1_000)
    settle()
    client = theo(place)
    content = client.get(split_url() + "csv/" + YEAR).content.decode("utf-8-sig")
    assert "Fondation;2017, réglé;3;10,00" in content
    assert client.get(split_url() + "xlsx/" + YEAR).status_code == 200
    assert client.get(split_url() + "doc/" + YEAR).status_code == 404


def test_another_garden_s_people_and_helpers_do_not_see_it(place: Closed) -> None:
    other = make_garden("ailleurs", "Ailleurs", "37261")
    assert signed_in(make_person("coordinator", other)).get(split_url()).status_code == 404
    assert signed_in(make_person("helper", place.garden)).get(split_url()).status_code == 404


def test_an_empty_period_says_so_and_dates_that_cannot_be_read_are_told(place: Closed) -> None:
    client = theo(place)
    assert "Rien dans cette période" in text_of(client.get(split_url() + "?du=2016-01-01&au=2016-12-31"))
    assert "Ces dates ne se lisent pas" in text_of(client.get(split_url() + "?du=hier&au=demain"))


def test_a_page_of_many_baskets_asks_no_more_questions(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    few, many = closed_weeks("peu", households=2), closed_weeks("plein", households=12, weeks=(12, 13, 14))
    for name in ("A", "B", "C"):
        make_tranche(make_fund(name), cents=1_000)
    settle()
    proposing.propose(NOW, AT)
    counts = []
    for one in (few, many):
        client = theo(one)
        client.get(split_url(one.garden.code) + YEAR)
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            assert client.get(split_url(one.garden.code) + YEAR).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert counts[1] <= 25


# --- One basket -----------------------------------------------------------------------------------


def who_pays(place: Closed) -> str:
    basket = place.baskets[0]
    return text_of(theo(place).get(f"/paniers/{basket.pk}/qui-paie/"))


def test_one_basket_says_which_fund_pays_it_and_why_the_others_do_not(place: Closed) -> None:
    make_tranche(make_fund("Fondation"), cents=100)
    make_tranche(make_fund("Étudiants", audiences=["étudiants"]), cents=100_000)
    make_tranche(make_fund("Hauts-de-France", territories=["region:32"]), cents=100_000)
    make_tranche(make_fund("MSA", affiliations=["msa"]), cents=100_000)
    make_tranche(make_fund("Hiver"), cents=100_000, from_day=date(2017, 11, 1))
    make_tranche(make_fund("Plafond", cap_cents=50), cents=100_000)
    settle()
    proposing.propose(NOW, AT)
    page = who_pays(place)
    assert f"Fondation 2017 Réglé avec la période. {plain(34)}" in page
    assert f"Plafond 2017 Réglé avec la période. {plain(50)}" in page
    assert "Étudiants 2017 : il est réservé à d’autres publics : étudiants." in page
    assert "Hauts-de-France 2017 : il est réservé à un autre territoire." in page
    assert "MSA 2017 : il est réservé aux foyers affiliés : MSA." in page
    assert "Hiver 2017 : il paie les paniers à partir du 01/11/2017." in page
    assert "Pas encore trouvé" in page


def test_the_baskets_of_a_group_are_paid_to_a_cent_what_the_group_is(place: Closed) -> None:
    from cageot.desk.queries.splitting import funds_of

    make_tranche(make_fund("Fondation"), cents=1_000)
    settle()
    told = [funds_of(one) for one in place.baskets]
    assert sum(share.cents for one in told if one for share in one.paid) == 1_000


# --- The network ----------------------------------------------------------------------------------

SETTLING = "/argent/reglement/"


def test_the_network_sees_what_settling_would_write_and_why_nothing_covers_more(place: Closed, nadia: Client) -> None:
    make_tranche(make_fund("Fondation"), cents=1_000)
    page = text_of(nadia.get(SETTLING + "?jusquau=2017-03-31"))
    assert "À financer 21 €" in page
    assert "Restera à trouver 11 €" in page
    assert "Aucun partage ne couvre plus" in page
    assert not Settlement.objects.exists()


def test_the_network_settles_and_reads_the_certificate(place: Closed, nadia: Client) -> None:
    make_tranche(make_fund("Fondation"), cents=1_000)
    seen = nadia.get(SETTLING + "?jusquau=2017-03-31").context["seen"]
    done = nadia.post(SETTLING, {"seen": seen}, follow=True)
    one = Settlement.objects.get()
    assert (one.covered_cents, one.through) == (1_000, date(2017, 3, 31))
    assert f"Règlement n° {one.pk}" in text_of(done)
    assert "Fondation, 2017" in text_of(done)
    lines = nadia.get(f"{SETTLING}{one.pk}/lignes/").content.decode("utf-8-sig")
    assert lines.splitlines()[1].startswith("Fondation;2017;Jardin val;2017-03-23;41018")
    assert Proposal.objects.count() == 1
    again = nadia.post(SETTLING, {"seen": seen}, follow=True)
    assert "Rien à régler" in text_of(again)
    assert SettlementLine.objects.count() == 1


def test_the_page_says_on_which_day_the_books_will_tell_it(place: Closed, nadia: Client) -> None:
    """Today is long after 2017, whose books are still open."""
    make_tranche(make_fund("Fondation"), cents=1_000)
    asked = nadia.get(SETTLING + "?jusquau=2017-12-31")
    assert "Les écritures seront datées du 31/12/2017, dernier jour de l’exercice de ces paniers." in text_of(asked)
    done = nadia.post(SETTLING, {"seen": asked.context["seen"]}, follow=True)
    assert "Date des écritures dimanche 31 décembre 2017" in text_of(done)
    assert {entry.day for entry in BookEntry.objects.filter(source="settlement")} == {date(2017, 12, 31)}


def test_a_year_closed_while_one_looks_is_said_before_anything_is_written(place: Closed, nadia: Client) -> None:
    make_tranche(make_fund("Fondation"), cents=1_000)
    seen = nadia.get(SETTLING + "?jusquau=2017-12-31").context["seen"]
    FiscalYear.objects.filter(entity__head=True).update(closed_at=AT)
    refused = nadia.post(SETTLING, {"seen": seen})
    assert refused.status_code == 409
    assert "Les écritures seront datées d’aujourd’hui" in text_of(refused)
    assert "L’exercice de ces paniers est clos." in text_of(refused)
    assert not Settlement.objects.exists()


def test_what_changed_since_it_was_seen_is_shown_and_nothing_is_written(place: Closed, nadia: Client) -> None:
    make_tranche(make_fund("Fondation"), cents=1_000)
    seen = nadia.get(SETTLING + "?jusquau=2017-03-31").context["seen"]
    make_tranche(make_fund("Autre"), cents=200)
    refused = nadia.post(SETTLING, {"seen": seen})
    assert refused.status_code == 409
    assert "Les comptes ont changé" in text_of(refused)
    assert not Settlement.objects.exists()


def test_a_forged_or_missing_proof_of_what_was_seen_writes_nothing(place: Closed, nadia: Client) -> None:
    make_tranche(make_fund("Fondation"), cents=1_000)
    for seen in (
        "",
        "abc",
        signing.dumps(["2017-03-31", "x", "2017-12-31"], salt="other"),
        signing.dumps(["x"], salt=SALT),
    ):
        done = nadia.post(SETTLING, {"seen": seen}, follow=True)
        assert "Cette page n’est plus valable" in text_of(done)
    forged = signing.dumps(["2017-03-31", "x", "2017-12-31"], salt=SALT)
    assert nadia.post(SETTLING, {"seen": forged}).status_code == 409
    assert not Settlement.objects.exists()


def test_a_garden_does_not_settle_nor_see_the_network_s_settlements(place: Closed) -> None:
    make_tranche(cents=1_000)
    one = settle()
    assert one
    client = theo(place)
    for url in (SETTLING, f"{SETTLING}{one.pk}/", f"{SETTLING}{one.pk}/lignes/"):
        assert client.get(url).status_code == 404
    assert client.post(SETTLING, {"seen": ""}).status_code == 404


def test_a_date_that_cannot_be_read_gives_the_last_quarter(place: Closed, nadia: Client) -> None:
    assert "Cette date ne se lit pas" in text_of(nadia.get(SETTLING + "?jusquau=demain"))


def test_weeks_that_are_not_closed_are_told(place: Closed, nadia: Client) -> None:
    make_tranche(cents=1_000)
    reopen_week(place.closes[0], reason="Un oubli.", today=NOW, by=None, at=AT)
    closed_weeks("roche")
    page = text_of(nadia.get(SETTLING + "?jusquau=2017-03-31"))
    assert "Semaines pas encore closes" in page
    assert "Jardin val 1 semaine" in page


# --- The proposal ---------------------------------------------------------------------------------


def test_closing_a_week_at_the_desk_proposes_anew(place: Closed) -> None:
    make_tranche(cents=100_000)
    proposing.refresh(NOW, AT)
    assert ProposalLine.objects.get().cents == 2_100
    slow = Proposal.objects.get()
    slow.facts = slow.facts | {"took_ms": proposing.SLOW_MS + 1}
    slow.save()
    proposing.refresh(NOW, AT)
    assert Proposal.objects.get().pk == slow.pk, "a slow one waits for the night"


def test_only_the_last_proposal_is_kept(place: Closed) -> None:
    make_tranche(cents=100_000)
    proposing.propose(NOW, AT)
    proposing.propose(NOW, AT)
    assert Proposal.objects.count() == 1


def test_without_any_money_nothing_is_proposed(place: Closed) -> None:
    assert proposing.propose(NOW, AT) is None


# --- What a fund's money did ----------------------------------------------------------------------


def test_a_fund_s_statement_counts_households_and_folds_small_groups(nadia: Client) -> None:
    closed_weeks("val", households=6, weeks=(12, 13), audience="isolés")
    closed_weeks("roche", households=2, audience="étudiants", commune="37261")
    tranche = make_tranche(make_fund("Fondation"), cents=100_000)
    settle()
    url = f"/argent/financements/{tranche.fund_id}/releve/"
    page = text_of(nadia.get(url))
    assert f"Ensemble 8 14 {plain(9_800)}" in page
    # Two households alone would be recognised: they are told with the others.
    assert f"étudiants 2 2 {plain(1_400)}" not in page
    assert "Jardin roche" not in page
    assert nadia.get(url + "csv/").status_code == 200
    assert nadia.get(url + "pdf/").content.startswith(b"%PDF")
    assert nadia.get(url + "doc/").status_code == 404


def test_a_fund_s_statement_is_not_another_garden_s(place: Closed) -> None:
    tranche = make_tranche(cents=1_000)
    settle()
    assert theo(place).get(f"/argent/financements/{tranche.fund_id}/releve/").status_code == 404


def test_a_fund_that_paid_nothing_yet_says_so(place: Closed, nadia: Client) -> None:
    tranche = make_tranche(cents=1_000)
    assert "Rien encore" in text_of(nadia.get(f"/argent/financements/{tranche.fund_id}/releve/"))
    empty = make_fund("Vide")
    assert "Rien encore" in text_of(nadia.get(f"/argent/financements/{empty.pk}/releve/"))
