"""The treasurer reads the books in plain words, writes what Cageot does not know, takes the files away and closes the year."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from cageot.funding import journal
from cageot.funding.actions import ledger
from cageot.funding.journal import Line
from cageot.funding.models import BookEntry, Entity, EntityGarden, FiscalYear, Tranche
from cageot.funding.rules import fec
from tests.desk.a_week import Place, a_place, a_stranger, text_of
from tests.factories import AT, make_garden, make_person, signed_in
from tests.funding.claim_world import settled
from tests.funding.money_world import make_fund, make_tranche

pytestmark = pytest.mark.django_db
SIREN = "732829320"


@pytest.fixture(autouse=True)
def _in_june(settings: Any) -> None:
    settings.TODAY = date(2017, 6, 12)


@pytest.fixture
def place() -> Place:
    """Six households, three supported by the CCAS, and a closed week."""
    found = a_place()
    found.mark_all()
    found.close()
    return found


def theo(place: Place) -> Client:
    return signed_in(make_person("treasurer", place.garden))


def nadia() -> Client:
    return signed_in(make_person("network"))


def url(place: Place, page: str = "") -> str:
    return f"/jardins/{place.garden.code}/argent/comptes/{page}"


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return text_of(answer)


def typed(*lines: tuple[str, str, str], **more: str) -> dict[str, str]:
    """A form of an entry: account, debit, credit."""
    data = {"once": "12", "day": "2017-06-01", "label": "Semences de printemps", "piece": "F 88", **more}
    for number, (account, debit, credit) in enumerate(lines):
        data |= {f"account_{number}": account, f"debit_{number}": debit, f"credit_{number}": credit}
    return data


SEEDS = ("601", "50,00", ""), ("512", "", "50,00")


# --- Reading --------------------------------------------------------------------------------------


def test_the_balance_is_told_in_plain_words(place: Place) -> None:
    page = read(theo(place), url(place))
    assert "7011 Ventes de produits finis, paniers" in page
    assert "Le prix des paniers livrés, quand c’est une vente." in page
    assert "Recettes moins dépenses 72,00 €" in page
    assert "On nous doit 72,00 €" in page


def test_an_account_says_each_movement_and_with_whom(place: Place) -> None:
    client = theo(place)
    page = read(client, url(place, "2017/comptes/4181/"))
    assert "CCAS de Blois 25,20 €" in page
    assert "Paniers de la semaine 12 de 2017" in page
    assert "1" in read(client, url(place, f"2017/comptes/4181/?qui=p{place.payer.partner_id}"))
    assert client.get(url(place, "2017/comptes/999/")).status_code == 404


def test_an_entry_leads_to_the_week_it_was_made_of(place: Place) -> None:
    entry = BookEntry.objects.get()
    answer = theo(place).get(url(place, f"2017/ecritures/{entry.pk}/"))
    assert f"/jardins/{place.garden.code}/semaines/2017-W12/" in answer.content.decode()
    assert "Écrite par la clôture d’une semaine." in text_of(answer)
    assert "Annuler cette écriture" not in text_of(answer)


def test_the_journal_finds_a_piece(place: Place) -> None:
    client = theo(place)
    assert "Paniers de la semaine" in read(client, url(place, "2017/journal/?q=semaine&j=VE"))
    assert "Aucune écriture" in read(client, url(place, "2017/journal/?q=introuvable"))
    assert "Paniers de la semaine" in read(client, url(place, "2017/journal/?j=%F0%9F%A5%95"))


def test_a_garden_without_a_closed_week_is_told_what_will_come() -> None:
    found = a_place()
    assert "Rien n’est encore écrit" in read(theo(found), url(found))
    assert not EntityGarden.objects.exists()


def test_the_pages_cost_the_same_queries_whatever_the_books_hold(place: Place) -> None:
    client, entity = theo(place), journal.entity_of(place.garden)
    counts = []
    for many in (3, 30):
        for number in range(many):
            ledger.write_by_hand(
                entity, day=date(2017, 6, 1), label="Achat", piece="F", lines=[Line("606", 100), Line("512", -100)],
                once=many * 100 + number, by=None, at=AT,
            )  # fmt: skip
        asked = []
        for page in ("", "2017/journal/", "2017/comptes/512/", "2017/cloture/"):
            with CaptureQueriesContext(connection) as queries:
                read(client, url(place, page))
            asked.append(len(queries))
        counts.append(asked)
    assert counts[0] == counts[1]


# --- Writing --------------------------------------------------------------------------------------


def test_an_entry_by_hand_is_written_once_and_taken_back(place: Place) -> None:
    client = theo(place)
    assert "datalist" in client.get(url(place, "ecrire/")).content.decode()
    answer = client.post(url(place, "ecrire/"), typed(*SEEDS))
    entry = BookEntry.objects.get(source="manual")
    assert answer.headers["Location"] == url(place, f"2017/ecritures/{entry.pk}/")
    assert client.post(url(place, "ecrire/"), typed(*SEEDS)).headers["Location"] == answer.headers["Location"]
    assert BookEntry.objects.filter(source="manual").count() == 1
    client.post(answer.headers["Location"], {"reason": "Payée deux fois"})
    back = BookEntry.objects.get(source="reversal")
    assert (back.day, back.label) == (date(2017, 6, 12), "Annulation de n° 2 : Payée deux fois")
    assert "déjà annulée" in text_of(client.post(answer.headers["Location"], {"reason": "Encore"}))


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((("601", "50,00", ""), ("512", "", "40,00")), "10,00 € de trop au débit"),
        ((("601", "50,00", ""),), "au moins deux lignes"),
        ((("999", "50,00", ""), ("512", "", "50,00")), "Le compte 999 n’est pas dans le plan comptable"),
        ((("467", "50,00", ""), ("512", "", "50,00")), "s’écrit des deux côtés à la fois"),
        ((("601", "50,00", "50,00"), ("512", "", "50,00")), "un débit ou un crédit, pas les deux"),
        ((("601", "beaucoup", ""), ("512", "", "50,00")), "Écrivez un montant en euros"),
        ((("", "50,00", ""), ("512", "", "50,00")), "Dites dans quel compte"),
        ((("864", "50,00", ""), ("512", "", "50,00")), "Les comptes de la classe 8 s’équilibrent entre eux"),
    ],
)
def test_a_wrong_entry_is_said_and_nothing_typed_is_lost(place: Place, lines: Any, said: str) -> None:
    answer = theo(place).post(url(place, "ecrire/"), typed(*lines))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert "Semences de printemps" in answer.content.decode()
    assert not BookEntry.objects.filter(source="manual").exists()


def test_the_balances_of_the_old_books_open_the_new_ones(place: Place) -> None:
    client = theo(place)
    data = typed(("512", "1 234,50", ""), ("102", "", "1 234,50"), day="2017-01-01")
    client.post(url(place, "reprise/"), data)
    assert "1 234,50 €" in read(client, url(place))
    assert BookEntry.objects.get(source="opened").journal == "AN"


def test_the_association_has_a_siren_with_its_key(place: Place) -> None:
    client = theo(place)
    wrong = client.post(url(place, "association/"), {"name": "Les Jardins", "siren": "732 829 321"})
    assert "Ce n’est pas un SIREN" in text_of(wrong)
    client.post(url(place, "association/"), {"name": "Les Jardins", "siren": "732 829 320", "rna": "W411000001"})
    entity = Entity.objects.get(places__garden=place.garden)
    assert (entity.name, entity.siren, entity.rna) == ("Les Jardins", SIREN, "W411000001")


def test_books_may_be_opened_before_the_first_week() -> None:
    found = a_place()
    client = theo(found)
    assert "Ouvrir les comptes" in read(client, url(found, "association/"))
    client.post(url(found, "association/"))
    assert EntityGarden.objects.filter(garden=found.garden).exists()


def test_a_whole_balance_sheet_is_brought_in_one_entry_with_whom_each_debt_is(place: Place) -> None:
    client = theo(place)
    page = client.get(url(place, "reprise/"))
    assert page.content.decode().count('name="partner_') == 20
    lines = [(f"4111{number:02}", "10,00", "") for number in range(1, 20)]
    data = typed(*lines, ("102", "", "190,00"), day="2017-01-01") | {"partner_4": str(place.payer.partner_id)}
    assert client.post(url(place, "reprise/"), data).status_code == 302
    entry = BookEntry.objects.get(source="opened")
    assert entry.lines.count() == 20
    assert list(entry.lines.filter(partner__isnull=False).values_list("account", "partner__name")) == [
        ("411105", "CCAS de Blois")
    ]
    assert "CCAS de Blois 10,00 €" in read(client, url(place, "2017/comptes/411105/"))
    unknown = client.post(url(place, "reprise/"), data | {"partner_4": "999999", "once": "13"})
    assert unknown.status_code == 422


def test_what_the_books_refuse_answers_alike_everywhere(place: Place) -> None:
    client, head, home = theo(place), journal.head(), journal.entity_of(place.garden)
    refused = [
        client.post(url(place, "ecrire/"), typed(("601", "50,00", ""))),
        client.post(url(place, "reprise/"), typed(("601", "50,00", ""))),
        client.post(url(place, "association/"), {"name": "Les Jardins", "siren": "732829321"}),
        client.post(url(place, "2017/dates/"), {"first": "2017-08-01", "last": "2017-08-31"}),
        client.post(url(place, "2017/cloture/"), {"seen": "x"}),
        nadia().post(
            "/argent/comptes/associations/virement/",
            {"once": "5", "payer": head.pk, "receiver": head.pk, "cents": "3", "day": "2017-06-02", "piece": "V"},
        ),
        nadia().post("/argent/comptes/associations/reunir/", {"garden": place.garden.pk, "entity": head.pk}),
    ]
    assert home != head
    assert [answer.status_code for answer in refused] == [422] * len(refused)


# --- Which year -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2016-12-31", "Ce jour est avant le premier exercice de l’association"),
        ("2001-06-01", "commencent le 01/01/2017"),
        ("2030-06-01", "s’écrivent du 01/01/2017 au 31/12/2018"),
        ("0018-03-01", "Cette date est trop loin"),
    ],
)
def test_a_year_mistyped_opens_no_year(place: Place, day: str, said: str) -> None:
    client = theo(place)
    entry = client.post(url(place, "ecrire/"), typed(*SEEDS, day=day))
    assert entry.status_code == 422
    assert said in text_of(entry)
    if day < "2017-06-12":
        paid = {"cents": "50", "day": day, "partner": "", "reference": "", "means": "transfer", "once": "abc"}
        payment = client.post(f"/jardins/{place.garden.code}/argent/paiements/", paid)
        assert payment.status_code == 422
        assert said in text_of(payment)
    assert FiscalYear.objects.filter(entity__places__garden=place.garden).count() == 1


def test_a_transfer_that_one_of_the_two_books_refuses_is_in_neither(place: Place) -> None:
    home, head = journal.entity_of(place.garden), journal.head()
    FiscalYear.objects.create(entity=head, first=date(2015, 1, 1), last=date(2015, 12, 31))
    FiscalYear.objects.create(entity=head, first=date(2016, 1, 1), last=date(2016, 12, 31))
    before = BookEntry.objects.count(), FiscalYear.objects.count()
    data = {"once": "5", "payer": head.pk, "receiver": home.pk, "cents": "300", "day": "2016-06-02", "piece": "VIR 1"}
    answer = nadia().post("/argent/comptes/associations/virement/", data)
    assert answer.status_code == 422
    assert f"les comptes de « {home} » commencent le 01/01/2017" in text_of(answer)
    assert (BookEntry.objects.count(), FiscalYear.objects.count()) == before


def test_a_year_opened_by_mistake_is_taken_away_while_nothing_is_in_it(place: Place) -> None:
    client, entity = theo(place), journal.entity_of(place.garden)
    empty = FiscalYear.objects.create(entity=entity, first=date(2018, 1, 1), last=date(2018, 12, 31))
    kept = FiscalYear.objects.get(entity=entity, first=date(2017, 1, 1))
    page = client.get(url(place, "association/")).content.decode()
    assert f'name="enlever" value="{empty.pk}"' in page
    assert f'name="enlever" value="{kept.pk}"' not in page
    refused = client.post(url(place, "association/"), {"enlever": str(kept.pk)}, follow=True)
    assert "Cet exercice reste" in text_of(refused)
    done = client.post(url(place, "association/"), {"enlever": str(empty.pk)}, follow=True)
    assert "L’exercice 2018 est enlevé." in text_of(done)
    assert list(FiscalYear.objects.all()) == [kept]
    other = FiscalYear.objects.create(entity=journal.head(), first=date(2018, 1, 1), last=date(2018, 12, 31))
    client.post(url(place, "association/"), {"enlever": str(other.pk)})
    client.post(url(place, "association/"), {"enlever": "99999999999999999999"})
    assert FiscalYear.objects.filter(pk=other.pk).exists()


def test_the_year_before_the_first_is_opened_on_purpose_then_takes_entries(place: Place) -> None:
    client = theo(place)
    assert "Ouvrir l’exercice d’avant, du 01/01/2016 au 31/12/2016" in read(client, url(place, "association/"))
    done = client.post(url(place, "association/"), {"avant": "1"}, follow=True)
    assert "L’exercice 2016 est ouvert." in text_of(done)
    assert "Ouvrir l’exercice d’avant" not in text_of(done), "one at a time"
    assert client.post(url(place, "ecrire/"), typed(*SEEDS, day="2016-12-31")).status_code == 302


# --- Files ----------------------------------------------------------------------------------------


def test_the_file_for_the_tax_office_has_its_name_and_nothing_wrong(place: Place) -> None:
    client, entity = theo(place), journal.entity_of(place.garden)
    assert client.get(url(place, "2017/fichiers/fec/txt/")).status_code == 404
    assert "Il manque le SIREN" in read(client, url(place, "2017/fichiers/"))
    Entity.objects.filter(pk=entity.pk).update(siren=SIREN)
    answer = client.get(url(place, "2017/fichiers/fec/txt/"))
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{SIREN}FEC20171231.txt"'
    data = b"".join(answer)  # type: ignore[arg-type]
    found = fec.check(
        data.splitlines(keepends=True), name=f"{SIREN}FEC20171231.txt", first=date(2017, 1, 1), last=date(2017, 12, 31)
    )
    assert list(found) == []
    assert "Le fichier est bon" in read(client, url(place, "2017/fichiers/?verifier=1"))


def test_screen_spreadsheets_and_paper_say_the_same(place: Place) -> None:
    client = theo(place)
    rows = list(
        csv.reader(
            io.StringIO(client.get(url(place, "2017/fichiers/balance/csv/")).content.decode("utf-8-sig")), delimiter=";"
        )
    )
    assert rows[-1] == ["7011", "Ventes de produits finis, paniers", "0,00", "0,00", "72,00", "-72,00"]
    data = client.get(url(place, "2017/fichiers/balance/xlsx/")).content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert sheet[-1][-1] == -72
    paper = PdfReader(io.BytesIO(client.get(url(place, "2017/fichiers/balance/pdf/")).content)).pages[0].extract_text()
    assert "Balance de l’exercice 2017" in paper
    for what in ("grand-livre", "journaux"):
        assert "Paniers de la semaine 12" in client.get(url(place, f"2017/fichiers/{what}/csv/")).content.decode(
            "utf-8-sig"
        )
    assert client.get(url(place, "2017/fichiers/autre/csv/")).status_code == 404
    assert client.get(url(place, "2017/fichiers/balance/doc/")).status_code == 404


# --- The year's end -------------------------------------------------------------------------------


def test_what_is_missing_is_named_before_the_year_can_be_closed(place: Place) -> None:
    page = read(theo(place), url(place, "2017/cloture/"))
    assert "L’exercice n’est pas fini : il reste 203 jours." in page
    assert "Clôturer l’exercice" not in page


def test_the_year_is_closed_after_it_was_shown(place: Place, settings: Any) -> None:
    settings.TODAY = date(2018, 2, 1)
    client = theo(place)
    answer = client.get(url(place, "2017/cloture/"))
    seen = answer.context["page"].closing.fingerprint
    assert "Tout est prêt" in text_of(answer)
    assert "une réponse est à revoir" in text_of(client.post(url(place, "2017/cloture/"), {"seen": seen})).lower()
    assert "ont changé depuis" in text_of(client.post(url(place, "2017/cloture/"), {"seen": "x", "sure": "on"}))
    done = client.post(url(place, "2017/cloture/"), {"seen": seen, "sure": "on"})
    assert done.headers["Location"] == url(place, "2018/")
    assert "120 Résultat de l’exercice (excédent)" in read(client, url(place, "2018/"))
    assert "Cet exercice est clos" in read(client, url(place, "2017/cloture/"))
    late = client.post(url(place, "ecrire/"), typed(*SEEDS))
    assert "Choisissez un jour à partir du" in text_of(late)


def test_a_week_left_open_is_asked_for(place: Place, settings: Any) -> None:
    settings.TODAY = date(2018, 2, 1)
    from cageot.baskets import actions as baskets

    baskets.open_deliveries(place.garden, first=date(2017, 4, 3), last=date(2017, 4, 9), weekdays=[4])
    baskets.lay_baskets(place.garden, from_day=date(2017, 4, 3))
    assert "1 semaine de l’exercice n’est pas close" in read(theo(place), url(place, "2017/cloture/"))


def test_the_dates_of_a_year_are_the_associations_own(place: Place) -> None:
    client = theo(place)
    client.post(url(place, "2017/dates/"), {"first": "2016-09-01", "last": "2017-08-31"})
    year = FiscalYear.objects.get()
    assert (year.first, year.last) == (date(2016, 9, 1), date(2017, 8, 31))
    answer = client.post(url(place, "2017/dates/"), {"first": "2017-08-01", "last": "2017-08-31"})
    assert "Ces dates ne conviennent pas" in text_of(answer)


# --- The network ----------------------------------------------------------------------------------


def test_the_network_sees_totals_of_each_association_and_its_own_books_only(place: Place) -> None:
    ledger.transfer(
        journal.head(),
        journal.entity_of(place.garden),
        cents=1_000,
        day=date(2017, 6, 1),
        piece="V",
        once=1,
        by=None,
        at=AT,
    )
    client = nadia()
    page = read(client, "/argent/comptes/associations/")
    assert "Jardin du Val de Loire" in page
    assert "72,00 €" in page
    assert "512 Banques" in read(client, "/argent/comptes/")
    entry = BookEntry.objects.get(source="close")
    for hidden in (url(place), url(place, "2017/journal/"), f"/argent/comptes/2017/ecritures/{entry.pk}/"):
        assert client.get(hidden).status_code == 404


def test_the_network_writes_a_transfer_in_both_books(place: Place) -> None:
    head, home = journal.head(), journal.entity_of(place.garden)
    data = {"once": "5", "payer": head.pk, "receiver": home.pk, "cents": "300", "day": "2017-06-02", "piece": "VIR 1"}
    nadia().post("/argent/comptes/associations/virement/", data)
    assert BookEntry.objects.filter(source="transfer").count() == 2
    same = nadia().post("/argent/comptes/associations/virement/", data | {"receiver": head.pk, "once": "6"})
    assert "deux associations différentes" in text_of(same)


def test_the_network_puts_gardens_together_before_their_books_begin(place: Place) -> None:
    other = make_garden("autre", "Autre jardin")
    home = journal.entity_of(place.garden)
    nadia().post("/argent/comptes/associations/reunir/", {"garden": other.pk, "entity": home.pk})
    assert journal.entity_of(other) == home
    refused = nadia().post(
        "/argent/comptes/associations/reunir/", {"garden": place.garden.pk, "entity": journal.head().pk}
    )
    assert "ont commencé" in text_of(refused)


# --- Strangers ------------------------------------------------------------------------------------


PAGES = [
    "", "2017/", "2017/comptes/4111/", "2017/journal/", "2017/fichiers/", "2017/fichiers/balance/csv/", "2017/cloture/", "2017/dates/",
    "association/", "ecrire/", "reprise/",
]  # fmt: skip


def test_who_sees_no_money_and_who_is_of_another_garden_find_nothing(place: Place) -> None:
    helene, sam = signed_in(make_person("helper", place.garden)), a_stranger()
    entry = BookEntry.objects.get()
    for client in (helene, sam):
        for page in [*PAGES, f"2017/ecritures/{entry.pk}/"]:
            assert client.get(url(place, page)).status_code == 404, page
        assert client.post(url(place, "ecrire/"), typed(*SEEDS)).status_code == 404
        for page in ("", "associations/", "associations/virement/", "2017/journal/"):
            assert client.get(f"/argent/comptes/{page}").status_code == 404


def test_the_books_of_two_gardens_are_open_to_who_sees_the_money_of_both(place: Place) -> None:
    other = make_garden("autre", "Autre jardin")
    ledger.gather(journal.entity_of(place.garden), other, by=None, at=AT)
    assert theo(place).get(url(place)).status_code == 404
    both = make_person("treasurer", place.garden, email="both@exemple.fr")
    make_person("treasurer", other, email="both@exemple.fr")
    assert signed_in(both).get(url(place)).status_code == 200


def test_an_entry_of_another_association_is_not_here(place: Place) -> None:
    other = make_garden("autre", "Autre jardin")
    theirs = ledger.write_by_hand(
        journal.entity_of(other), day=date(2017, 6, 1), label="Leur achat", piece="F", lines=[Line("606", 1), Line("512", -1)],
        once=1, by=None, at=AT,
    )  # fmt: skip
    assert theo(place).get(url(place, f"2017/ecritures/{theirs.pk}/")).status_code == 404


def test_a_year_that_is_not_there_is_nowhere(place: Place) -> None:
    assert theo(place).get(url(place, "1999/")).status_code == 404


# --- Dedicated money ------------------------------------------------------------------------------


@pytest.fixture
def dedicated(place: Place) -> Tranche:
    """1 000 € of the State that may wait, 500 € of a foundation that may not: 300 € and 100 € are used."""
    tranche = make_tranche(make_fund("Crédits de l’État"), 100_000)
    other = make_tranche(make_fund("Fondation", source="body"), 50_000, carries_over=False)
    for one, cents in ((tranche, 30_000), (other, 10_000)):
        settled(one, place.garden, cents)
    return tranche


def test_dedicated_money_is_told_fund_by_fund_on_screen_and_in_the_spreadsheet(dedicated: Tranche) -> None:
    client = nadia()
    journal.year_for(journal.head(), date(2017, 6, 1))
    page = read(client, "/argent/comptes/2017/fonds-dedies/")
    assert "Crédits de l’État, 2017 194 · subventions publiques" in page
    assert "Ensemble 0,00 € 1 500,00 € 400,00 € 400,00 € 700,00 €" in page
    found = client.get("/argent/comptes/2017/fichiers/fonds-dedies/xlsx/")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(found.content)).get_sheet_by_index(0).to_python()
    assert rows[1] == ["Crédits de l’État, 2017", "subventions publiques", "194", 0, 1000, 300, 0, 700, 0]
    assert rows[-1] == ["Ensemble", "", "", 0, 1500, 400, 400, 700, 0]


def test_a_garden_without_dedicated_money_is_told_so(place: Place) -> None:
    assert "Pas de fonds dédiés" in read(theo(place), url(place, "2017/fonds-dedies/"))


def test_the_end_of_a_year_shows_every_line_that_it_will_write(dedicated: Tranche) -> None:
    journal.year_for(journal.head(), date(2017, 6, 1))
    page = read(nadia(), "/argent/comptes/2017/cloture/")
    assert "6894" in page and "700,00 €" in page
    assert "4687" in page and "Fondation (service)" in page and "400,00 €" in page


def test_the_pages_of_dedicated_money_ask_as_much_with_three_funds_as_with_thirty(dedicated: Tranche) -> None:
    client = nadia()
    journal.year_for(journal.head(), date(2017, 6, 1))
    counts = []
    for more in (1, 27):
        for number in range(more):
            make_tranche(make_fund(f"Fonds {more}-{number}", source="body"), 1_000, carries_over=number % 2 == 0)
        with CaptureQueriesContext(connection) as found:
            read(client, "/argent/comptes/2017/fonds-dedies/")
        with CaptureQueriesContext(connection) as closing:
            read(client, "/argent/comptes/2017/cloture/")
        counts.append((len(found), len(closing)))
    assert counts[0] == counts[1]
