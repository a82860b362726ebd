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
from tests.desk.a_week import a_place, text_of
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
        "l0_price": "12,00", "l0_member": "3,60", "l0_s0": "reste", "tariff_name": "Tarif",
        # Asked only as long as nothing is settled.
        "partner": str(one.partner_id), "from_day": one.from_day.isoformat(), "p0": "main", "in_programme": "on",
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
    assert "3 paniers sont déjà payés : le quota ne peut pas être plus bas." in text_of(answer)
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


# --- Correcting, as long as nothing is settled ----------------------------------------------------


def test_before_any_close_partner_first_day_and_payers_are_set_right(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    msa = make_partner("MSA Berry", "msa", funds=True)
    msa.gardens.add(garden)
    answers = changed(
        one, partner=str(msa.pk), from_day="2017-02-01", p0="network", p0_baskets="100", p1="main", l0_s0="4,20", l0_s1="reste"
    )  # fmt: skip
    assert lea.post(f"/conventions/{one.pk}/modifier/", answers).status_code == 302
    one.refresh_from_db()
    assert (one.partner, one.from_day) == (msa, date(2017, 2, 1))
    assert [(payer.kind, payer.partner, payer.quota_baskets) for payer in one.payers.all()] == [
        ("network", None, 100),
        ("partner", msa, None),
    ]
    line = one.tariffs.get().lines.get(size_code="grand")
    assert (line.from_day, [(share.payer.rank, share.kind) for share in line.shares.all()]) == (
        date(2017, 2, 1),
        [(0, "fixed"), (1, "rest")],
    )
    example = words(lea, f"/conventions/{one.pk}/?taille={line.tariff_id}-grand")
    assert "Panier à 12,00 € : 3,60 € adhérent, 4,20 € Réseau, 4,20 € MSA Berry." in example


def test_two_payers_change_places_and_one_goes(garden: Garden, lea: Client) -> None:
    ccas, caf = make_partner(), make_partner("CAF", "caf", funds=True)
    caf.gardens.add(garden)
    payers = [PayerDraft("partner", ccas), PayerDraft("partner", caf), PayerDraft("network")]
    one = make_agreement(garden, payers=payers, shares=[ShareDraft(0, "rest")])
    answers = changed(one, p0=str(caf.pk), p1="main", p2="", l0_s0="4,00", l0_s1="reste")
    assert lea.post(f"/conventions/{one.pk}/modifier/", answers).status_code == 302
    assert [str(payer) for payer in one.payers.all()] == ["CAF", "CCAS de Blois"]


def test_the_first_day_does_not_pass_a_support_that_begins_before_it() -> None:
    place = a_place()  # supports run from 2 January
    one, lea = Agreement.objects.get(), signed_in(make_person("coordinator", place.garden))
    answer = lea.post(f"/conventions/{one.pk}/modifier/", changed(one, from_day="2017-02-01"))
    assert "Des foyers sont pris en charge dès le 02/01/2017" in answer.content.decode()
    one.refresh_from_db()
    assert one.from_day == date(2017, 1, 1)


def test_once_baskets_are_settled_partner_and_payers_stay() -> None:
    place = a_place()
    place.mark_all()
    place.close()
    one, lea = Agreement.objects.get(), signed_in(make_person("coordinator", place.garden))
    page = words(lea, f"/conventions/{one.pk}/modifier/")
    assert "son partenaire, son premier jour et ses payeurs ne changent plus" in page
    lea.post(f"/conventions/{one.pk}/modifier/", changed(one, from_day="2017-02-01", p0="network", name="Autre nom"))
    one.refresh_from_db()
    assert (one.name, one.from_day, one.payers.get().kind) == ("Autre nom", date(2017, 1, 1), "partner")


def test_an_agreement_brought_into_the_programme_must_respect_the_cap(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden, in_programme=False, status="draft", member=500)
    answer = lea.post(f"/conventions/{one.pk}/modifier/", changed(one, l0_member="5,00", status="draft"))
    assert "3,60\xa0€ au plus" in answer.content.decode()
    one.refresh_from_db()
    assert one.in_programme is False


def test_an_agreement_that_nothing_rests_on_is_taken_back(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    assert "aucun foyer n’y est rattaché" in words(lea, f"/conventions/{one.pk}/retirer/")
    lea.post(f"/conventions/{one.pk}/retirer/")
    assert not Agreement.objects.exists()


def test_an_agreement_that_supports_households_is_not_taken_back() -> None:
    place = a_place()
    one, lea = Agreement.objects.get(), signed_in(make_person("coordinator", place.garden))
    assert f"/conventions/{one.pk}/retirer/" not in words(lea, f"/conventions/{one.pk}/")
    answer = lea.post(f"/conventions/{one.pk}/retirer/", follow=True)
    assert "mettez-y fin plutôt" in answer.content.decode()
    assert Agreement.objects.filter(pk=one.pk).exists()


def test_an_end_decided_by_mistake_is_undone(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    lea.post(f"/conventions/{one.pk}/fin/", {"last_day": "2017-03-20", "reason": "Erreur."})
    assert f"/conventions/{one.pk}/reprendre/" in words(lea, f"/conventions/{one.pk}/")
    lea.post(f"/conventions/{one.pk}/reprendre/", {"until_day": "2017-12-31"})
    one.refresh_from_db()
    assert (one.status, one.until_day, one.ended_because) == ("active", date(2017, 12, 31), "")


# --- Several tariffs ------------------------------------------------------------------------------


def bracket(**answers: str) -> dict[str, str]:
    return {
        "tariff_name": "QF 1",
        "lines_from": "2017-03-14",
        "l0_price": "12,00",
        "l0_member": "1,20",
        "l0_s0": "reste",
    } | answers


def test_a_second_tariff_is_a_bracket_of_its_own(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    answer = lea.post(f"/conventions/{one.pk}/tarifs/ajouter/", bracket(), follow=True)
    page = answer.content.decode().replace("\xa0", " ")
    assert [tariff.name for tariff in one.tariffs.all()] == ["Tarif", "QF 1"]
    assert "Changer « QF 1 »" in page
    choice = f"{one.tariffs.get(name='QF 1').pk}-grand"
    assert "Panier à 12,00 € : 1,20 € adhérent, 10,80 € CCAS de Blois." in words(
        lea, f"/conventions/{one.pk}/?taille={choice}"
    )


def test_a_support_rests_on_the_bracket_that_is_chosen() -> None:
    place = a_place()
    one, lea = Agreement.objects.get(), signed_in(make_person("coordinator", place.garden))
    lea.post(f"/conventions/{one.pk}/tarifs/ajouter/", bracket())
    paul = place.baskets[1].household
    offer = words(lea, f"/jardins/{place.garden.code}/foyers/{paul.pk}/prise-en-charge/")
    assert "CCAS 2017 · QF 1" in offer
    assert "1,20 € par panier" in offer


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"tariff_name": "tarif"}, "La convention a déjà un tarif de ce nom."),
        ({"l0_member": "4"}, "3,60 € au plus."),
        ({"lines_from": "2016-12-01"}, "La convention commence plus tard, le 01/01/2017."),
        ({"l0_member": "", "l0_s0": ""}, "Dites au moins ce que paie l’adhérent pour une taille de panier."),
        ({"l0_s0": "11"}, "font 0,20 € de trop"),
    ],
)
def test_a_tariff_that_does_not_stand_is_refused_in_words(
    garden: Garden, lea: Client, answers: dict[str, str], said: str
) -> None:
    one = make_agreement(garden)
    answer = lea.post(f"/conventions/{one.pk}/tarifs/ajouter/", bracket(**answers))
    assert answer.status_code == 422
    assert said in answer.content.decode().replace("\xa0", " ")
    assert one.tariffs.count() == 1


def test_the_example_of_a_new_tariff_comes_while_typing_and_without_script(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    for more in ({"headers": {"HX-Request": "true"}}, {"data": {"voir": "1"}}):
        answer = lea.post(f"/conventions/{one.pk}/tarifs/ajouter/", bracket() | more.pop("data", {}), **more)
        assert "1,20\xa0€ adhérent" in answer.content.decode()
    assert one.tariffs.count() == 1


def test_a_tariff_is_renamed_and_one_that_nothing_rests_on_is_taken_back(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    lea.post(f"/conventions/{one.pk}/tarifs/ajouter/", bracket())
    second = one.tariffs.get(name="QF 1")
    lea.post(
        f"/conventions/{one.pk}/modifier/?tarif={second.pk}",
        changed(one, tariff_name="QF bas", l0_member="1,20", lines_from="2017-03-14"),
    )
    second.refresh_from_db()
    assert second.name == "QF bas"
    lea.post(f"/conventions/{one.pk}/tarifs/{second.pk}/retirer/")
    assert one.tariffs.count() == 1
    answer = lea.post(f"/conventions/{one.pk}/tarifs/{one.tariffs.get().pk}/retirer/", follow=True)
    assert "c’est le seul de la convention" in answer.content.decode()
    assert one.tariffs.count() == 1


def test_a_tariff_that_supports_a_household_stays() -> None:
    place = a_place()
    one, lea = Agreement.objects.get(), signed_in(make_person("coordinator", place.garden))
    lea.post(f"/conventions/{one.pk}/tarifs/ajouter/", bracket())
    first = one.tariffs.get(name="Tarif")
    answer = lea.post(f"/conventions/{one.pk}/tarifs/{first.pk}/retirer/", follow=True)
    assert "Des foyers ou des paniers tiennent à ce tarif" in answer.content.decode()
    assert one.tariffs.count() == 2


def test_a_line_for_a_new_price_waits_for_its_day_and_may_be_taken_back(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    page = words(lea, f"/conventions/{one.pk}/modifier/?du=2017-09-01")
    assert 'value="2017-09-01"' in page
    lea.post(
        f"/conventions/{one.pk}/modifier/", changed(one, lines_from="2017-09-01", l0_price="13,00", l0_member="3,90")
    )
    assert "à venir" in words(lea, f"/conventions/{one.pk}/")
    coming = one.tariffs.get().lines.get(from_day=date(2017, 9, 1))
    lea.post(f"/conventions/{one.pk}/lignes/{coming.pk}/retirer/")
    assert [line.from_day for line in one.tariffs.get().lines.all()] == [date(2017, 1, 1)]
    only = one.tariffs.get().lines.get()
    answer = lea.post(f"/conventions/{one.pk}/lignes/{only.pk}/retirer/", follow=True)
    assert "Cette ligne s’applique déjà" in answer.content.decode()


# --- The tariffs of real gardens ------------------------------------------------------------------

REAL = [
    ("the 30 % rule", "12,00", "3,60", ["network 4,20", "main 4,20"], "3,60 € adhérent, 4,20 € Réseau, 4,20 € CCAS de Blois."),
    ("Gers", "10,00", "2,00", ["network 4,00", "main 4,00"], "2,00 € adhérent, 4,00 € Réseau, 4,00 € CCAS de Blois."),
    ("Mâcon", "16,00", "1,60", ["main reste"], "1,60 € adhérent, 14,40 € CCAS de Blois."),
    ("Mâcon, in percentages", "16,00", "10 %", ["main 90 %"], "1,60 € adhérent, 14,40 € CCAS de Blois."),
    ("Cluny", "16,00", "2,00", ["main 6,00", "network 4,00", "garden reste"], "2,00 € adhérent, 6,00 € CCAS de Blois, 4,00 € Réseau, 4,00 € Jardin."),
    ("Calaisis", "9,00", "2,00", ["main 4,00", "network reste"], "2,00 € adhérent, 4,00 € CCAS de Blois, 3,00 € Réseau."),
    ("Icare, large", "11,00", "3,00", ["garden reste"], "3,00 € adhérent, 8,00 € Jardin."),
    ("Icare, small", "6,00", "1,50", ["garden reste"], "1,50 € adhérent, 4,50 € Jardin."),
    ("to donors", "10,00", "3,00", ["network reste"], "3,00 € adhérent, 7,00 € Réseau."),
]  # fmt: skip


@pytest.mark.parametrize(("price", "member", "payers", "told"), [row[1:] for row in REAL], ids=[row[0] for row in REAL])
def test_a_tariff_of_a_real_garden_is_typed_and_read(
    garden: Garden, lea: Client, price: str, member: str, payers: list[str], told: str
) -> None:
    answers = {"l0_price": price, "l0_member": member, "p0": "", "p1": "", "l0_s0": "", "l0_s1": ""}
    for number, payer in enumerate(payers):
        who, owes = payer.split(maxsplit=1)
        answers |= {f"p{number}": who, f"l0_s{number}": owes}
    answer = lea.post("/jardins/val/conventions/nouvelle/", typed(garden, **answers), follow=True)
    assert f"Panier à {price} € : {told}" in answer.content.decode().replace("\xa0", " ")


def test_an_offer_beside_the_programme_goes_past_the_cap(garden: Garden, lea: Client) -> None:
    students = typed(
        garden, l0_price="7,00", l0_member="4,50", p0="main", p1="", l0_s0="reste", l0_s1="", name="Étudiants"
    )
    del students["in_programme"]
    answer = lea.post("/jardins/val/conventions/nouvelle/", students, follow=True)
    page = answer.content.decode().replace("\xa0", " ")
    assert "Panier à 7,00 € : 4,50 € adhérent, 2,50 € CCAS de Blois." in page
    assert "hors programme : le plafond ne s’applique pas" in page


def test_two_quotas_an_affiliation_and_a_class_of_account_are_kept_and_read(garden: Garden, lea: Client) -> None:
    answers = typed(
        garden, affiliation="msa", classification="scheme", notice_days="60", p1_baskets="500", p1_cents="4 000"
    )
    lea.post("/jardins/val/conventions/nouvelle/", answers)
    one = Agreement.objects.get()
    assert [(payer.quota_baskets, payer.quota_cents) for payer in one.payers.all()] == [(None, None), (500, 4_000_00)]
    page = words(lea, f"/conventions/{one.pk}/")
    for said in ("Minima sociaux · MSA", "concours public (compte 73)", "avant le 01/11/2017", "0 paniers sur 500"):
        assert said in page


# --- Agreements of several gardens ----------------------------------------------------------------


def test_the_network_writes_and_corrects_an_agreement_of_several_gardens(garden: Garden) -> None:
    other, nadia = make_garden("autre", "Jardin d’à côté"), signed_in(make_person("network"))
    make_size(other, "grand", 1300)
    both = typed(
        garden, gardens=[str(garden.pk), str(other.pk)], l0_price="12,00", l0_member="30 %", l0_s0="", l0_s1="reste"
    )
    assert "Toutes les tailles" in words(nadia, "/conventions/nouvelle/")
    one_garden = nadia.post("/conventions/nouvelle/", both | {"gardens": [str(garden.pk)]})
    assert "Cochez au moins deux jardins." in one_garden.content.decode()
    assert nadia.post("/conventions/nouvelle/", both).status_code == 302
    one = Agreement.objects.get()
    assert one.gardens.count() == 2
    assert one.tariffs.get().lines.get().size_code == ""
    assert nadia.get(f"/conventions/{one.pk}/modifier/").status_code == 200


def test_a_garden_does_not_find_the_form_of_the_network(garden: Garden, lea: Client) -> None:
    assert lea.get("/conventions/nouvelle/").status_code == 404


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


def test_a_request_that_was_not_answered_is_taken_back(garden: Garden, lea: Client) -> None:
    one = make_agreement(garden)
    dates = {"from_day": "2017-04-01", "until_day": "2017-12-31"}
    lea.post(f"/conventions/{one.pk}/derogation/", {"most": "35 %", "reason": "x", **dates})
    asked = CapExemption.objects.get()
    stranger = signed_in(make_person("coordinator", make_garden("ailleurs", "Ailleurs")))
    assert stranger.post(f"/derogations/{asked.pk}/retirer/").status_code == 404
    lea.post(f"/derogations/{asked.pk}/retirer/")
    assert not CapExemption.objects.exists()


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
