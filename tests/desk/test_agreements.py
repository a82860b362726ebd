"""Agreements as a coordinator, a treasurer, the network, a helper and a stranger meet them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.desk.rules.agreements import Dates, standing
from cageot.desk.rules.paying import QuotaUse
from cageot.funding.actions import LineDraft, PayerDraft, ShareDraft
from cageot.funding.models import Agreement, CapExemption
from cageot.network.models import Garden, Partner
from tests.desk.a_week import a_place
from tests.factories import make_agreement, make_edition, make_garden, make_partner, make_person, make_size, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_march(settings: Any) -> None:
    settings.TODAY = date(2017, 3, 14)


@pytest.fixture
def garden() -> Garden:
    make_edition()
    place = make_garden()
    make_size(place, "grand", 1200)
    return place


@pytest.fixture
def lea(garden: Garden) -> Client:
    return signed_in(make_person("coordinator", garden))


def typed(garden: Garden, **answers: str) -> dict[str, Any]:
    """A form filled as for "12,00 €: 3,60 € adhérent, 4,20 € réseau, le reste CCAS"."""
    ccas, _made = Partner.objects.get_or_create(name="CCAS de Blois", defaults={"kind": "ccas", "funds": True})
    ccas.gardens.add(garden)
    return {
        "partner": str(ccas.pk), "partner_kind": "ccas", "name": "CCAS de Blois 2017", "gardens": [str(garden.pk)],
        "audience": "Minima sociaux", "affiliation": "any", "from_day": "2017-03-01", "until_day": "2017-12-31",
        "notice_days": "90", "classification": "sale", "given_on": "as_collected", "in_programme": "on", "status": "active",
        "p0": "network", "p1": "main", "l0_price": "12,00", "l0_member": "3,60", "l0_s0": "4,20", "l0_s1": "reste",
    } | answers  # fmt: skip


def words(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode().replace("\xa0", " ").replace("\u202f", " ")


# --- Writing --------------------------------------------------------------------------------------


def test_a_coordinator_writes_an_agreement_and_reads_its_example(garden: Garden, lea: Client) -> None:
    answer = lea.post("/jardins/val/conventions/nouvelle/", typed(garden), follow=True)
    page = answer.content.decode().replace("\xa0", " ")
    assert "Panier à 12,00 € : 3,60 € adhérent, 4,20 € Réseau, 4,20 € CCAS de Blois." in page
    made = Agreement.objects.get()
    assert [(payer.kind, str(payer.partner or "")) for payer in made.payers.all()] == [
        ("network", ""),
        ("partner", "CCAS de Blois"),
    ]


def test_four_euros_of_twelve_is_refused_with_the_cap_and_the_highest_amount(garden: Garden, lea: Client) -> None:
    answer = lea.post("/jardins/val/conventions/nouvelle/", typed(garden, l0_member="4"))
    said = answer.content.decode().replace("\xa0", " ")
    assert "La participation (4,00 €) dépasse le plafond de 30 % du prix (12,00 €) : 3,60 € au plus." in said
    assert "demandez une dérogation au réseau" in said
    assert answer.status_code == 422
    assert not Agreement.objects.exists()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"l0_s0": "9,00", "l0_s1": "1,00"}, "font 1,60 € de trop pour un panier à 12,00 €"),
        ({"until_day": "2017-01-01"}, "Le dernier jour vient avant le premier."),
        ({"partner": ""}, "Choisissez un partenaire, ou écrivez le nom d’un nouveau."),
        ({"p1": "network"}, "Ce payeur est déjà dans la liste."),
        ({"l0_member": ""}, "Dites ce que paie l’adhérent ; 0 s’il ne paie rien."),
        ({"l0_s2": "1,00"}, "Choisissez d’abord qui est le payeur 3."),
        ({"l0_member": "beaucoup"}, "Écrivez un montant (4,20) ou un pourcentage (35 %)."),
        ({"p0": "", "p1": "", "l0_s0": "", "l0_s1": ""}, "Choisissez au moins un payeur."),
    ],
)
def test_what_is_wrong_is_said_in_words_and_nothing_is_written(
    garden: Garden, lea: Client, answers: dict[str, str], said: str
) -> None:
    answer = lea.post("/jardins/val/conventions/nouvelle/", typed(garden, **answers))
    assert said in answer.content.decode().replace("\xa0", " ")
    assert not Agreement.objects.exists()


def test_a_new_partner_is_written_with_its_agreement_or_not_at_all(garden: Garden, lea: Client) -> None:
    new = typed(garden, partner="", partner_name="MSA Berry", partner_kind="msa")
    lea.post("/jardins/val/conventions/nouvelle/", new | {"l0_member": "4"})
    assert not Partner.objects.filter(name="MSA Berry").exists()
    lea.post("/jardins/val/conventions/nouvelle/", new)
    assert Agreement.objects.get().partner.name == "MSA Berry"


def test_percentages_and_the_rest_are_understood(garden: Garden, lea: Client) -> None:
    lea.post("/jardins/val/conventions/nouvelle/", typed(garden, l0_member="10 %", l0_s0="22,5 %", l0_s1="le reste"))
    line = Agreement.objects.get().tariffs.get().lines.get()
    assert (line.member_kind, line.member_bp) == ("percent", 1000)
    assert [(share.kind, share.bp) for share in line.shares.all()] == [("percent", 2250), ("rest", 0)]


def test_the_preview_shows_the_example_and_writes_nothing(garden: Garden, lea: Client) -> None:
    answer = lea.post("/jardins/val/conventions/nouvelle/", typed(garden), headers={"HX-Request": "true"})
    assert "4,20\xa0€ Réseau" in answer.content.decode()
    without_script = lea.post("/jardins/val/conventions/nouvelle/", typed(garden) | {"voir": "1"})
    assert "4,20\xa0€ Réseau" in without_script.content.decode()
    assert not Agreement.objects.exists()


def test_the_example_follows_the_price_and_never_passes_the_cap(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    assert "Panier à 10,00 € : 3,00 € adhérent, 7,00 € CCAS de Blois." in words(lea, f"/conventions/{one.pk}/?prix=10")
    assert "ramenée au plafond" in words(lea, f"/conventions/{one.pk}/?prix=10")
    assert "Panier à 12,00 €" in words(lea, f"/conventions/{one.pk}/?prix=n’importe quoi")


# --- Changing -------------------------------------------------------------------------------------


def changed(one: Agreement, **answers: str) -> dict[str, Any]:
    gardens = [str(pk) for pk in one.gardens.values_list("pk", flat=True)]
    return {
        "name": one.name, "gardens": gardens, "audience": "", "affiliation": "any", "until_day": "2017-12-31", "notice_days": "90",
        "classification": "sale", "given_on": "as_collected", "lines_from": "2017-01-01", "p0_baskets": "", "p0_cents": "",
        "l0_price": "12,00", "l0_member": "3,60", "l0_s0": "reste",
    } | answers  # fmt: skip


def test_a_line_that_paid_baskets_only_changes_from_a_later_day() -> None:
    place = a_place()
    place.mark_all()
    place.close()
    one, lea = Agreement.objects.get(), signed_in(make_person("coordinator", place.garden))
    answer = lea.post(f"/conventions/{one.pk}/modifier/", changed(one, l0_member="3,00"))
    assert "Des paniers ont été réglés à ce tarif jusqu’au 24/03/2017" in answer.content.decode()
    lea.post(f"/conventions/{one.pk}/modifier/", changed(one, l0_member="3,00", lines_from="2017-04-01"))
    assert [line.member_cents for line in one.tariffs.get().lines.all()] == [360, 300]


def test_a_quota_cannot_go_below_what_is_paid() -> None:
    place = a_place()
    place.mark_all()
    place.close()
    one, lea = Agreement.objects.get(), signed_in(make_person("treasurer", place.garden))
    answer = lea.post(f"/conventions/{one.pk}/modifier/", changed(one, p0_baskets="1"))
    assert "3 paniers sont déjà payés : le quota ne peut pas être plus bas." in answer.content.decode()
    lea.post(f"/conventions/{one.pk}/modifier/", changed(one, p0_baskets="10", name="CCAS, prolongée"))
    one.refresh_from_db()
    assert (one.name, one.payers.get().quota_baskets) == ("CCAS, prolongée", 10)


def test_a_payer_may_be_added_after_the_others(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden, shares=[ShareDraft(0, "fixed", 420)])
    answers = changed(one, p1="network", lines_from="2017-04-01", l0_s0="4,20", l0_s1="reste")
    assert lea.post(f"/conventions/{one.pk}/modifier/", answers).status_code == 302
    line = one.tariffs.get().lines.get(from_day=date(2017, 4, 1), size_code="grand")
    assert [(share.payer.rank, share.kind) for share in line.shares.all()] == [(0, "fixed"), (1, "rest")]


def test_ending_says_how_many_households_and_that_members_keep_their_part() -> None:
    place = a_place()
    one, lea = Agreement.objects.get(), signed_in(make_person("coordinator", place.garden))
    page = words(lea, f"/conventions/{one.pk}/fin/")
    assert "3 foyers sont pris en charge aujourd’hui." in page
    assert "gardent leur participation" in page
    answer = lea.post(
        f"/conventions/{one.pk}/fin/", {"last_day": "2017-05-31", "reason": "Budget non voté."}, follow=True
    )
    assert "3 foyers gardent leur participation" in answer.content.decode()
    assert "résiliée" in answer.content.decode()
    one.refresh_from_db()
    assert (one.status, one.until_day, one.ended_because) == ("terminated", date(2017, 5, 31), "Budget non voté.")


# --- Exemptions -----------------------------------------------------------------------------------


def test_an_exemption_is_asked_by_the_garden_and_answered_by_the_network(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    lea.post(
        f"/conventions/{one.pk}/derogation/",
        {"most": "35 %", "reason": "Le CCAS ne peut pas plus.", "from_day": "2017-04-01", "until_day": "2017-12-31"},
    )
    asked = CapExemption.objects.get()
    refused = changed(one, lines_from="2017-04-01", l0_member="4,00")
    assert "3,60\xa0€ au plus" in lea.post(f"/conventions/{one.pk}/modifier/", refused).content.decode()
    nadia = signed_in(make_person("network"))
    assert "Le CCAS ne peut pas plus." in words(nadia, f"/conventions/{one.pk}/")
    nadia.post(f"/derogations/{asked.pk}/reponse/", {"granted": "oui", "answer": "Pour un an."})
    asked.refresh_from_db()
    assert (asked.status, asked.answer) == ("granted", "Pour un an.")
    assert lea.post(f"/conventions/{one.pk}/modifier/", refused).status_code == 302
    again = nadia.post(f"/derogations/{asked.pk}/reponse/", {"granted": "non"}, follow=True)
    assert "Quelqu’un a déjà répondu" in again.content.decode()


def test_asking_for_less_than_the_cap_is_useless(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    dates = {"from_day": "2017-04-01", "until_day": "2017-12-31"}
    answer = lea.post(f"/conventions/{one.pk}/derogation/", {"most": "25 %", "reason": "x", **dates})
    assert "Le plafond est déjà de 30\xa0%" in answer.content.decode()
    assert not CapExemption.objects.exists()


# --- Who may see ----------------------------------------------------------------------------------


def test_a_helper_and_a_stranger_find_no_agreement(garden: Garden) -> None:
    one = make_agreement(garden)
    elsewhere = make_garden("ailleurs", "Ailleurs")
    for person in (make_person("helper", garden), make_person("coordinator", elsewhere)):
        client = signed_in(person)
        for url in ("/jardins/val/conventions/", "/jardins/val/conventions/nouvelle/", f"/conventions/{one.pk}/",
                    f"/conventions/{one.pk}/modifier/", f"/conventions/{one.pk}/fin/", "/conventions/"):  # fmt: skip
            assert client.get(url).status_code == 404, url
        assert client.post(f"/conventions/{one.pk}/fin/", {"last_day": "2017-05-31", "reason": "x"}).status_code == 404


def test_the_network_reads_every_agreement_and_writes_none(garden: Garden) -> None:
    one, nadia = make_agreement(garden, name="CCAS du Val"), signed_in(make_person("network"))
    assert "CCAS du Val" in words(nadia, "/conventions/")
    assert nadia.get(f"/conventions/{one.pk}/modifier/").status_code == 404


def test_an_agreement_of_two_gardens_is_not_changed_by_one_of_them(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden, make_garden("ailleurs", "Ailleurs"))
    assert lea.get(f"/conventions/{one.pk}/").status_code == 200
    assert lea.get(f"/conventions/{one.pk}/modifier/").status_code == 404


def test_no_name_of_a_household_is_on_the_pages_of_an_agreement() -> None:
    place = a_place()
    lea = signed_in(make_person("treasurer", place.garden))
    pages = words(lea, f"/conventions/{Agreement.objects.get().pk}/") + words(
        lea, f"/jardins/{place.garden.code}/conventions/"
    )
    assert "Benali" not in pages


# --- The list -------------------------------------------------------------------------------------

JAN, DEC = date(2017, 1, 1), date(2017, 12, 31)


@pytest.mark.parametrize(
    ("dates", "use", "word"),
    [
        (Dates("draft", JAN, DEC), QuotaUse(None, None, 0, 0), "draft"),
        (Dates("active", JAN, DEC), QuotaUse(None, None, 9, 900), "running"),
        (Dates("active", JAN, date(2017, 5, 1)), QuotaUse(None, None, 0, 0), "ending"),
        (Dates("active", JAN, date(2017, 3, 13)), QuotaUse(None, None, 0, 0), "over"),
        (Dates("terminated", JAN, date(2017, 5, 1)), QuotaUse(None, None, 0, 0), "terminated"),
        (Dates("active", date(2017, 4, 1), DEC), QuotaUse(None, None, 0, 0), "to_come"),
        (Dates("active", JAN, DEC), QuotaUse(100, None, 86, 0), "nearly_out"),
        (Dates("active", JAN, DEC), QuotaUse(100, None, 85, 0), "running"),
        (Dates("active", JAN, DEC), QuotaUse(None, 10_000, 0, 10_000), "out"),
    ],
)
def test_one_word_says_where_an_agreement_stands(dates: Dates, use: QuotaUse, word: str) -> None:
    assert standing(dates, [use], date(2017, 3, 14)) == word


def test_the_list_is_filtered_and_searched(garden: Garden, lea: Client) -> None:
    make_agreement(garden, name="Longue")
    make_agreement(garden, name="Courte", until_day=date(2017, 4, 30))
    make_agreement(garden, name="Rêvée", status="draft")
    assert "Rêvée" not in words(lea, "/jardins/val/conventions/")
    soon = words(lea, "/jardins/val/conventions/?etat=bientot")
    assert "Courte" in soon
    assert "finit le 30 avr." in soon
    assert "Longue" not in soon
    assert "Rêvée" in words(lea, "/jardins/val/conventions/?etat=projet")
    assert "Courte" not in words(lea, "/jardins/val/conventions/?q=longue")


def test_an_empty_list_says_what_to_do_first(garden: Garden, lea: Client) -> None:
    assert "Écrivez la première" in words(lea, "/jardins/val/conventions/")


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)


def test_the_list_asks_as_many_questions_for_three_agreements_as_for_thirty(garden: Garden, lea: Client) -> None:
    ccas, state = make_partner(), make_partner("DGCS", "state", level="national")
    payers = [PayerDraft("partner", ccas, quota_baskets=10), PayerDraft("partner", state)]
    for number in range(3):
        make_agreement(
            garden, name=f"n{number}", payers=payers, shares=[ShareDraft(0, "fixed", 420), ShareDraft(1, "rest")]
        )
    few = queries(lea, "/jardins/val/conventions/")
    for number in range(27):
        make_agreement(
            garden, name=f"m{number}", payers=payers, shares=[ShareDraft(0, "fixed", 420), ShareDraft(1, "rest")]
        )
    assert queries(lea, "/jardins/val/conventions/") == few <= 25


def test_the_page_asks_as_many_questions_whatever_its_lines(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    few = queries(lea, f"/conventions/{one.pk}/")
    from cageot.funding.actions import write_line

    for number in range(20):
        write_line(one.tariffs.get(), LineDraft(1000, (ShareDraft(0, "rest"),), f"t{number}", member_cents=100))
    assert queries(lea, f"/conventions/{one.pk}/") == few <= 25


def test_what_was_done_is_told_with_who_did_it(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    lea.post(f"/conventions/{one.pk}/modifier/", changed(one, name="Autre nom"))
    page = words(lea, f"/conventions/{one.pk}/")
    assert "Description changée" in page
    assert "Léa Martin" in page
