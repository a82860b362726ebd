"""Funds on screen: who may see and write them, one sentence, what is late, what is refused and the way out."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cageot.funding import journal
from cageot.funding.models import FiscalYear, Fund, Settlement, Tranche
from cageot.network.models import Garden, Partner
from tests.factories import (
    make_agreement,
    make_garden,
    make_household,
    make_partner,
    make_person,
    make_support,
    signed_in,
)
from tests.funding.money_world import Closed, closed_weeks, make_fund, make_tranche, settle, unbalanced

pytestmark = pytest.mark.django_db
ALL = "/argent/financements/"


@pytest.fixture(autouse=True)
def _in_june(settings: Any) -> None:
    settings.TODAY = date(2017, 6, 1)


@pytest.fixture
def closed() -> Closed:
    """Six baskets of two closed weeks, at people on minimum benefits in Blois."""
    return closed_weeks(weeks=(12, 13), audience="Minima sociaux")


@pytest.fixture
def network() -> Client:
    return signed_in(make_person("network"))


def money_of(garden: Garden, role: str = "treasurer") -> Client:
    return signed_in(make_person(role, garden))


def plain(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return words(answer.content.decode())


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"[\u00a0\u202f]", " ", re.sub(r"<[^>]+>", " ", html)).replace("&#x27;", "'"))


TYPED = {
    "name": "Paniers du Loir-et-Cher", "kind": "grant", "partner_name": "Fondation des Jardins", "partner_kind": "foundation",
    "source": "giving", "rhythm": "year", "territories": "Loir-et-Cher", "cap_cents": "2,50", "share_bp": "40",
}  # fmt: skip


# --- Reading --------------------------------------------------------------------------------------


def test_the_network_sees_each_fund_with_its_sentence_and_what_is_left(network: Client, closed: Closed) -> None:
    make_tranche(make_fund("Crédits", territories=["department:41"], cap_cents=200), cents=100_00)
    settle()
    seen = plain(network, ALL)
    assert "Pour les foyers du Loir-et-Cher ; au plus 2,00 € par panier." in seen
    assert "12 € utilisés · 88 € restent" in seen


def test_late_money_comes_first_with_how_long_and_how_much(network: Client) -> None:
    make_tranche(make_fund("À l’heure"), due_on=date(2017, 6, 1))
    make_tranche(make_fund("En retard"), cents=1_500_00, due_on=date(2017, 5, 2))
    seen = plain(network, ALL)
    assert "30 jours de retard" in seen
    assert "1 500,00 €, attendus le 02/05/2017" in seen
    assert seen.index("Argent en retard") < seen.index("En retard, 2017") < seen.index("Financements de 2017")
    assert "À l’heure, 2017 Crédits" not in seen.split("Financements de 2017")[0]


def test_the_tile_and_the_list_say_the_same_late_money(network: Client) -> None:
    make_tranche(make_fund("Cette année"), cents=1_500_00, due_on=date(2017, 5, 2))
    before = {
        "from_day": date(2016, 1, 1),
        "until_day": date(2016, 12, 31),
        "label": "2016",
        "due_on": date(2016, 5, 2),
    }
    make_tranche(make_fund("L’an passé"), cents=18_000_00, **before)
    for address in (ALL, f"{ALL}?annee=2016"):
        page = network.get(address).context["page"]
        assert sum(one.cents for one in page.late) == 19_500_00
        assert "19 500 € en retard, toutes années" in plain(network, address)


def test_the_flow_has_a_table_with_the_same_cents(network: Client, closed: Closed) -> None:
    make_tranche(make_fund("Crédits"), cents=100_00)
    settle()
    page = network.get(ALL).content.decode()
    assert 'class="sankey"' in page
    table = words(page[page.index("Voir le tableau") :])
    assert f"Crédits (service) Crédits {closed.garden} 42,00 €" in table
    assert "pas encore utilisé 58,00 €" in table


def test_a_year_without_money_says_so_and_an_odd_year_is_this_one(network: Client) -> None:
    make_tranche()
    for asked in ("2017", "0", "²²²²", "20177", "x"):
        assert "Financements de 2017" in plain(network, f"{ALL}?annee={asked}")


def test_a_network_without_funds_is_told_what_one_is(network: Client) -> None:
    assert "Pas encore de financement" in plain(network, ALL)


def test_a_garden_sees_its_own_funds_and_nobody_elses() -> None:
    ours, theirs = make_garden("ours"), make_garden("theirs")
    box = make_fund("Notre caisse", kind="box", entity=journal.entity_of(ours))
    other = make_fund("Leur caisse", kind="box", entity=journal.entity_of(theirs))
    head = make_fund("Crédits du réseau")
    for one in (box, other, head):
        make_tranche(one)
    client = money_of(ours)
    seen = plain(client, reverse("desk:funds", args=["ours"]))
    assert "Notre caisse" in seen
    assert "Leur caisse" not in seen
    assert "Crédits du réseau" not in seen
    assert client.get(reverse("desk:fund", args=[box.pk])).status_code == 200
    for one in (other, head):
        assert client.get(reverse("desk:fund", args=[one.pk])).status_code == 404
    assert client.get(ALL).status_code == 404
    assert client.get(reverse("desk:funds", args=["theirs"])).status_code == 404


def test_a_helper_sees_no_fund() -> None:
    garden = make_garden("ours")
    box = make_fund("Notre caisse", kind="box", entity=journal.entity_of(garden))
    client = money_of(garden, "helper")
    for name, args in (("funds", ["ours"]), ("fund_new", ["ours"]), ("fund", [box.pk]), ("fund_edit", [box.pk])):
        assert client.get(reverse(f"desk:{name}", args=args)).status_code == 404


def test_a_funds_page_leads_to_its_statement_and_to_the_figures_of_the_cerfa(network: Client) -> None:
    garden = make_garden("ours")
    box = make_tranche(make_fund("Notre caisse", kind="box", entity=journal.entity_of(garden)))
    head = make_tranche(make_fund("Crédits"))
    for tranche, cerfa in ((head, True), (box, False)):
        page = network.get(reverse("desk:fund", args=[tranche.fund_id])).content.decode()
        assert reverse("desk:fund_statement", args=[tranche.fund_id]) in page
        assert (reverse("desk:tranche_cerfa", args=[tranche.pk]) in page) is cerfa
    back = network.get(reverse("desk:tranche_cerfa", args=[head.pk])).content.decode()
    assert reverse("desk:fund", args=[head.fund_id]) in back


def test_money_that_came_is_no_longer_awaited(network: Client) -> None:
    tranche = make_tranche(make_fund("Crédits"), due_on=date(2017, 9, 30), notified_cents=100_000)
    page = reverse("desk:fund", args=[tranche.fund_id])
    assert "attendu le 30/09/2017" in plain(network, page)
    Tranche.objects.filter(pk=tranche.pk).update(received_cents=tranche.notified_cents)
    assert "attendu le" not in plain(network, page)


def test_each_writes_its_own_money_only(network: Client) -> None:
    """The network reads a garden's box and does not write it; a garden with no right to write agreements neither."""
    garden = make_garden("ours")
    box = make_tranche(make_fund("Notre caisse", kind="box", entity=journal.entity_of(garden)))
    head = make_tranche(make_fund("Crédits"))
    assert network.get(reverse("desk:fund", args=[box.fund_id])).status_code == 200
    for client, tranche in ((network, box), (money_of(garden), head)):
        for name in ("fund_edit", "fund_end", "tranche_new"):
            assert client.post(reverse(f"desk:{name}", args=[tranche.fund_id])).status_code == 404
        for name in ("tranche_edit", "tranche_notify", "tranche_refuse", "tranche_withdraw"):
            assert client.post(reverse(f"desk:{name}", args=[tranche.pk])).status_code == 404


def test_the_list_asks_as_many_questions_for_thirty_funds_as_for_three(network: Client) -> None:
    def counted() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert network.get(ALL).status_code == 200
        return len(asked)

    for number in range(3):
        make_tranche(make_fund(f"Fonds {number}"))
    network.get(ALL)
    few = counted()
    for number in range(3, 30):
        make_tranche(make_fund(f"Fonds {number}"))
    assert counted() == few


def test_a_funds_page_asks_as_many_questions_for_thirty_tranches_as_for_three(network: Client) -> None:
    fund = make_fund()

    def counted() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert network.get(reverse("desk:fund", args=[fund.pk])).status_code == 200
        return len(asked)

    for number in range(3):
        make_tranche(fund, label=f"T{number}")
    network.get(reverse("desk:fund", args=[fund.pk]))
    few = counted()
    for number in range(3, 30):
        make_tranche(fund, label=f"T{number}")
    assert counted() == few


# --- Writing --------------------------------------------------------------------------------------


def test_a_fund_is_written_then_its_first_tranche_is_asked(network: Client, closed: Closed) -> None:
    answer = network.post(f"{ALL}nouveau/", TYPED)
    fund = Fund.objects.get()
    assert answer["Location"] == reverse("desk:tranche_new", args=[fund.pk])
    assert (fund.territories, fund.cap_cents, fund.share_bp, str(fund.partner)) == (
        ["department:41"],
        250,
        4000,
        "Fondation des Jardins",
    )
    values = {"label": "2017", "from_day": "2017-01-01", "until_day": "2017-12-31", "promised_cents": "3 000"}
    assert network.post(answer["Location"], values)["Location"] == reverse("desk:fund", args=[fund.pk])
    assert Tranche.objects.get().promised_cents == 3_000_00
    assert "promis 3 000,00 €" in plain(network, reverse("desk:fund", args=[fund.pk]))


def test_the_sentence_and_who_meets_it_are_shown_before_anything_is_saved(network: Client, closed: Closed) -> None:
    """By htmx the part alone; by its button, without JavaScript, the whole page. Nothing is written."""
    part = network.post(f"{ALL}nouveau/", TYPED, headers={"HX-Request": "true"}).content.decode()
    whole = network.post(f"{ALL}nouveau/", TYPED | {"voir": "1"}).content.decode()
    assert part.lstrip().startswith('<div id="apercu"')
    for seen in map(words, (part, whole)):
        assert "Pour les foyers du Loir-et-Cher ; au plus 2,50 € et 40 % du prix par panier." in seen
        assert "Qui répond à ces conditions : 3 foyers aujourd’hui, 6 paniers en 12 mois." in seen
    assert not Fund.objects.exists()


def test_a_half_typed_form_still_shows_its_sentence(network: Client) -> None:
    seen = words(
        network.post(
            f"{ALL}nouveau/", {"cap_cents": "2,50", "share_bp": "abc"}, headers={"HX-Request": "true"}
        ).content.decode()
    )
    assert "Pour tous les foyers ; au plus 2,50 € par panier." in seen


def test_conditions_that_exclude_everybody_are_told_with_the_way_out(network: Client, closed: Closed) -> None:
    typed = TYPED | {"territories": "Finistère"}
    answer = network.post(f"{ALL}nouveau/", typed)
    assert answer.status_code == 422
    seen = words(answer.content.decode())
    assert "Personne ne répond à cette condition" in seen
    assert "Ces foyers viendront plus tard" in seen
    assert "Finistère" in answer.content.decode()
    assert not Fund.objects.exists()
    assert not Partner.objects.filter(name="Fondation des Jardins").exists()
    assert network.post(f"{ALL}nouveau/", typed | {"expected": "on"}).status_code == 302


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"territories": "Sildavie"}, "« Sildavie »"),
        ({"territories": "Loir-et-Cher\nBlois"}, "« Blois » est déjà compris dans « Loir-et-Cher »"),
        ({"cap_cents": "0"}, "Au plus 0,00 € par panier"),
        ({"share_bp": "0"}, "entre 1 % et 100 %"),
        ({"share_bp": "140"}, "pourcentage entre 0 et 100"),
        ({"match_bp": "0"}, "contrepartie au-dessus de 0 %"),
        ({"partner_name": ""}, "Choisissez qui donne cet argent"),
        ({"name": ""}, "obligatoire"),
    ],
)
def test_what_cannot_be_meant_is_told_beside_its_answer(network: Client, typed: dict[str, str], told: str) -> None:
    answer = network.post(f"{ALL}nouveau/", TYPED | typed)
    assert answer.status_code == 422
    assert told in words(answer.content.decode())
    assert not Fund.objects.exists()


def test_a_number_that_serves_already_names_the_other_fund(network: Client) -> None:
    first = make_fund("Crédits de l’État", reference="118")
    typed = TYPED | {"partner": str(first.partner_id), "partner_name": "", "reference": "118"}
    assert "Ce numéro est déjà celui de « Crédits de l’État »" in words(
        network.post(f"{ALL}nouveau/", typed).content.decode()
    )


def test_a_garden_writes_its_solidarity_box() -> None:
    garden = make_garden("ours")
    client = money_of(garden, "coordinator")
    assert client.get(reverse("desk:fund_new", args=["ours"])).status_code == 200
    typed = {"name": "Caisse", "kind": "box", "source": "own", "rhythm": "year"}
    assert client.post(reverse("desk:fund_new", args=["ours"]), typed).status_code == 302
    fund = Fund.objects.get()
    assert fund.entity == journal.entity_of(garden)
    assert "Caisse" in plain(client, reverse("desk:funds", args=["ours"]))


def test_who_gives_cannot_be_changed_once_money_is_notified(network: Client) -> None:
    fund = make_tranche(make_fund("Crédits")).fund
    address = reverse("desk:fund_edit", args=[fund.pk])
    assert 'name="partner"' not in network.get(address).content.decode()
    other = make_partner("Autre", level="national")
    assert network.post(address, {"name": "Crédits 2", "rhythm": "year", "partner": other.pk}).status_code == 302
    fund.refresh_from_db()
    assert (fund.name, str(fund.partner)) == ("Crédits 2", "Crédits (service)")


# --- Steps of a tranche ---------------------------------------------------------------------------


def test_a_tranche_shortened_after_use_offers_to_give_the_money_back(network: Client, closed: Closed) -> None:
    tranche = make_tranche(cents=100_00)
    settle()
    typed = {"label": "2017", "from_day": "2017-01-01", "until_day": "2017-03-26", "promised_cents": "100"}
    address = reverse("desk:tranche_edit", args=[tranche.pk])
    answer = network.post(address, typed)
    assert answer.status_code == 422
    assert "21,00 € sont déjà réglés" in words(answer.content.decode())
    assert 'name="rendre"' in answer.content.decode()
    assert network.post(address, typed | {"rendre": "1"}).status_code == 302
    tranche.refresh_from_db()
    assert (tranche.used_cents, Settlement.objects.count(), unbalanced()) == (21_00, 2, [])


def test_notified_refused_and_ended_are_written_with_their_day(network: Client) -> None:
    tranche = make_tranche(cents=100_00, notified_cents=None)
    fund = tranche.fund
    network.post(
        reverse("desk:tranche_notify", args=[tranche.pk]), {"cents": "80", "on": "2017-05-02", "due_on": "2017-07-01"}
    )
    tranche.refresh_from_db()
    assert (tranche.notified_cents, tranche.due_on) == (80_00, date(2017, 7, 1))
    network.post(reverse("desk:tranche_refuse", args=[tranche.pk]), {"on": "2017-05-20", "because": "Crédits épuisés"})
    assert "Refusé le 20/05/2017 : Crédits épuisés" in plain(network, reverse("desk:fund", args=[fund.pk]))
    assert network.get(reverse("desk:tranche_edit", args=[tranche.pk])).status_code == 404
    network.post(reverse("desk:fund_end", args=[fund.pk]), {"on": "2017-06-01", "because": "Fondation dissoute"})
    assert "Ne paie plus depuis le 01/06/2017 : Fondation dissoute" in plain(
        network, reverse("desk:fund", args=[fund.pk])
    )
    network.post(reverse("desk:fund_end", args=[fund.pk]))
    fund.refresh_from_db()
    assert fund.ended_on is None


@pytest.mark.parametrize(("on", "told"), [
    ("2007-05-02", "Ce jour est avant le premier exercice de l’association"),
    ("2027-05-02", "Ce jour est trop loin"),
])  # fmt: skip
def test_a_notification_of_a_year_mistyped_opens_no_year(network: Client, on: str, told: str) -> None:
    tranche = make_tranche(cents=100_00, notified_cents=None)
    FiscalYear.objects.create(entity=tranche.fund.entity, first=date(2017, 1, 1), last=date(2017, 12, 31))
    answer = network.post(reverse("desk:tranche_notify", args=[tranche.pk]), {"cents": "80", "on": on, "due_on": ""})
    assert answer.status_code == 422
    assert told in words(answer.content.decode())
    tranche.refresh_from_db()
    assert tranche.notified_cents is None
    assert FiscalYear.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "typed", "told"),
    [
        ("tranche_refuse", {"on": "2017-05-20", "because": ""}, "obligatoire"),
        ("tranche_notify", {"cents": "-3", "on": "2017-05-20"}, "montant en euros"),
        ("tranche_edit", {"label": "2017", "from_day": "2017-02-01", "until_day": "2017-01-01", "promised_cents": "1"}, "avant le premier"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_told_and_nothing_changes(
    network: Client, name: str, typed: dict[str, str], told: str
) -> None:
    tranche = make_tranche()
    answer = network.post(reverse(f"desk:{name}", args=[tranche.pk]), typed)
    assert answer.status_code == 422
    assert told in words(answer.content.decode())
    before = {key: value for key, value in vars(tranche).items() if key not in ("_state", "fund")}
    after = vars(Tranche.objects.get())
    assert {key: after[key] for key in before if key in after} == {
        key: value for key, value in before.items() if key in after
    }


def test_a_tranche_written_by_mistake_is_taken_back(network: Client) -> None:
    tranche = make_tranche(notified_cents=None)
    address = reverse("desk:tranche_withdraw", args=[tranche.pk])
    assert network.get(address).status_code == 200
    network.post(address)
    assert not Tranche.objects.exists()


# --- Two partners become one ----------------------------------------------------------------------


def test_statements_of_the_new_one_hold_the_old_ones_weeks_from_the_day_they_merged(
    network: Client, closed: Closed
) -> None:
    old, into = Partner.objects.get(name="CCAS val"), make_partner("CIAS du Val", funds=True)
    answer = network.post(reverse("desk:partner_merge", args=[old.pk]), {"into": str(into.pk), "on": "2017-03-27"})
    assert answer["Location"] == reverse("desk:partner", args=[into.pk])
    march = "?du=2017-03-01&au=2017-04-30"
    lines = plain(network, f"{reverse('desk:all_statements')}{march}")
    assert re.search(r"CCAS val .{0,60}6(,00)? €", lines)
    assert re.search(r"CIAS du Val .{0,60}6(,00)? €", lines)
    for partner in (old, into):
        seen = plain(network, f"{reverse('desk:all_statement', args=[partner.pk])}{march}")
        assert "6,00 €" in seen
        assert "12,00 €" not in seen
    assert "Devenu CIAS du Val le 27/03/2017" in plain(network, reverse("desk:partner", args=[old.pk]))


def test_a_merger_that_cannot_be_says_why(network: Client) -> None:
    one, two = make_partner("Un", level="national"), make_partner("Deux", level="national")
    make_fund("A", partner=one, reference="7")
    make_fund("B", partner=two, reference="7")
    answer = network.post(reverse("desk:partner_merge", args=[one.pk]), {"into": str(two.pk), "on": "2017-06-01"})
    assert "Corrigez d’abord celui de « A »" in words(answer.content.decode())


def test_a_garden_merges_nobody() -> None:
    garden = make_garden("ours")
    partner = make_partner("CCAS")
    partner.gardens.add(garden)
    assert money_of(garden, "coordinator").get(reverse("desk:partner_merge", args=[partner.pk])).status_code == 404


def test_a_household_supported_today_is_counted_where_it_lives(network: Client) -> None:
    garden = make_garden("ours")
    agreement = make_agreement(garden, audience="Étudiants")
    make_support(make_household(garden, commune_code="29232"), agreement)
    seen = network.post(f"{ALL}nouveau/", TYPED | {"territories": "Bretagne"}, headers={"HX-Request": "true"})
    assert "1 foyer aujourd’hui, 0 panier en 12 mois" in words(seen.content.decode())
