"""A garden brings its spreadsheet: what is told, what is written, and that twice is as once."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cageot.baskets.models import Basket, Subscription
from cageot.core.tabular.reading import read_table
from cageot.core.tabular.table import UnreadableFile
from cageot.core.tabular.write import write_csv, write_xlsx
from cageot.desk.actions import importing
from cageot.desk.queries import importing as queries
from cageot.desk.queries.exporting import household_rows
from cageot.desk.queries.import_crosses import gathered
from cageot.desk.queries.import_file import columns_of, read
from cageot.desk.queries.import_report import Report
from cageot.desk.rules.import_facts import Answers
from cageot.desk.rules.importing import decide
from cageot.funding.models import Agreement, AgreementPayer
from cageot.members.models import Household, ImportMap, Member, Membership, Support
from cageot.network.models import LogEvent, Partner
from tests.core.test_tabular_reading import delimited, ods, workbook
from tests.desk.an_import import (
    ACCESS,
    COLUMNS,
    LINE,
    TODAY,
    WORKBOOK,
    WRONG,
    a_file,
    a_garden,
    brought,
    imported,
    judged,
    told,
)
from tests.factories import AT, make_household
from tests.reading import plain

pytestmark = pytest.mark.django_db


# --- The samples ------------------------------------------------------------------------------------


def test_the_old_tool_s_export_comes_in_but_for_amounts_above_the_cap() -> None:
    garden = a_garden()
    wrong = told(garden, ACCESS)
    assert wrong[2] == "Participation « 3,60 € » : 3,60 € dépasse 30 % de 8,00 € : 2,40 € au plus pour le panier Petit."
    assert len(wrong) == 12
    assert all("2,40 € au plus" in sentence for sentence in wrong.values())
    assert imported(garden, ACCESS).counts == {
        "households": 108, "memberships": 70, "supports": 25, "subscriptions": 108, "baskets": 2902, "depots": 0, "sizes": 0, "agreements": 0,
    }  # fmt: skip


def test_a_hand_kept_workbook_is_read_past_its_title_its_lost_zeros_and_its_total() -> None:
    garden = a_garden()
    decision = judged(garden, WORKBOOK)
    assert len(decision.rows) == 60
    fournier = decision.rows[1].draft
    assert (fournier.last_name, fournier.first_name, fournier.mobile) == ("FOURNIER", "Laetitia", "+33639980471")
    assert [note.code for note in decision.rows[1].notes] == ["mended", "all_adults"]
    assert any("total" in note for note in brought(WORKBOOK).notes)


def test_each_wrong_thing_is_told_with_its_line_its_column_its_value_and_what_to_do() -> None:
    wrong = told(a_garden(), WRONG)
    expected = {
        4: "Participation « 3,60 € » : 3,60 € dépasse 30 % de 8,00 €", 5: "Participation « 14,50 € » : Le prix du panier Petit est 8,00 €",
        7: "Début « 31/02/2017 » : Le 31/02/2017 n’existe pas", 10: "Mail « pas de mail » : Ce n’est pas une adresse électronique",
        12: "CP « 1000 » : Le code postal 01000 n’est pas du département de Chailles (41120)", 14: "Type de panier « Moyen » : La taille « Moyen » n’existe pas",
        16: "N° adhérent « 1074 » : Le numéro 1074 est aussi à la ligne 17", 17: "N° adhérent « 1074 » : Le numéro 1074 est aussi à la ligne 16",
        18: "Participation", 22: "Cette case contient une formule", 24: "Cette ligne est la même que la ligne 23", 27: "Cette ligne s’arrête trop tôt",
        31: "Participation",
    }  # fmt: skip
    assert sorted(wrong) == sorted(expected)
    assert {line: start for line, start in expected.items() if start not in wrong[line]} == {}


def test_what_a_line_becomes() -> None:
    garden = a_garden()
    imported(garden, ACCESS)
    household = Household.objects.get(garden=garden, number="1002")
    contact = household.members.get()
    assert (contact.last_name, contact.first_name, contact.mobile, contact.email) == (
        "MORVAN",
        "Monique",
        "+33639982989",
        "monique.morvan@example.org",
    )
    assert (household.adults, household.children, household.postcode, household.commune_code) == (
        1,
        2,
        "41260",
        "41032",
    )
    subscription = household.subscriptions.get()
    assert (subscription.size.code, subscription.depot.name, subscription.frequency) == (
        "grand",
        "Gare de Blois",
        "weekly",
    )
    support = household.supports.get()
    assert (support.agreement.name, support.from_day, support.until_day) == (
        "Convention MSA Berry-Touraine",
        date(2016, 9, 10),
        date(2017, 3, 11),
    )
    membership = household.memberships.get()
    assert (membership.kind, membership.from_day, membership.until_day) == (
        "solidarity",
        date(2017, 1, 3),
        date(2018, 1, 2),
    )
    assert Member.objects.filter(search__contains="morvan").exists()


# --- Nothing, or all --------------------------------------------------------------------------------


def nothing_written() -> bool:
    return not (
        Household.objects.exists()
        or Support.objects.exists()
        or Subscription.objects.exists()
        or ImportMap.objects.exists()
    )


def test_nothing_is_written_when_a_single_line_is_wrong() -> None:
    garden = a_garden()
    before = LogEvent.objects.count()
    with pytest.raises(importing.NotGood) as refused:
        imported(garden, a_file({}, {"N° adhérent": "8", "Participation": "14,50 €"}), only_good=False)
    assert refused.value.decision.counts == {"good": 1, "already": 0, "duplicate": 0, "problem": 1}
    assert nothing_written()
    assert LogEvent.objects.count() == before


def test_one_line_of_the_log_sums_up_the_import_without_names_nor_amounts() -> None:
    garden = a_garden()
    imported(garden, a_file({}))
    [line] = LogEvent.objects.filter(verb="desk.imported")
    assert line.detail["households"] == 1
    assert "Durand" not in str(line.detail)


def test_past_weeks_are_not_touched() -> None:
    garden = a_garden()
    imported(garden, a_file({"Début": "04/01/2017"}))
    days = Basket.objects.values_list("delivery__day", flat=True)
    assert min(days) == date(2017, 3, 22)


def test_a_failure_in_the_middle_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    garden = a_garden()

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(importing, "subscribe_many", broken)
    with pytest.raises(RuntimeError):
        imported(garden, ACCESS)
    assert nothing_written()


# --- Twice ------------------------------------------------------------------------------------------


def test_bringing_a_file_twice_changes_nothing() -> None:
    garden = a_garden()
    imported(garden, ACCESS)
    before = (
        *Household.objects.values_list(),
        *Member.objects.values_list(),
        *Basket.objects.order_by("pk").values_list(),
    )
    again = imported(garden, ACCESS)
    assert again.decision.counts == {"good": 0, "already": 108, "duplicate": 0, "problem": 12}
    assert not any(again.counts.values())
    assert (
        *Household.objects.values_list(),
        *Member.objects.values_list(),
        *Basket.objects.order_by("pk").values_list(),
    ) == before
    assert [row.notes for row in again.decision.of("already") if row.notes] == []


def test_a_file_without_numbers_twice_changes_nothing_either() -> None:
    garden = a_garden()
    source = a_file(
        {"N° adhérent": "", "Mail": "paul@example.org"},
        {"N° adhérent": "", "Nom": "Petit"},
        {"N° adhérent": "", "Nom": "Roux", "Adresse": "1 rue Haute"},
    )
    assert imported(garden, source, only_good=False).households == 3
    assert imported(garden, source, only_good=False).households == 0
    assert sorted(Household.objects.values_list("number", flat=True)) == ["1", "2", "3"]


def test_the_same_people_in_two_files_are_the_same_households() -> None:
    """The workbook and the export hold the same people; the workbook has no numbers."""
    garden = a_garden()
    imported(garden, ACCESS)
    decision = judged(garden, WORKBOOK)
    assert decision.counts == {"good": 0, "already": 54, "duplicate": 1, "problem": 5}


def test_new_numbers_come_after_those_of_the_garden_and_of_the_file() -> None:
    garden = a_garden()
    make_household(garden, "Martin", "41")
    imported(garden, a_file({"N° adhérent": ""}, {"N° adhérent": "50", "Nom": "Petit"}))
    assert sorted(Household.objects.values_list("number", flat=True)) == ["41", "50", "51"]


def test_a_number_taken_while_one_was_reading_again_is_told_and_not_doubled() -> None:
    garden = a_garden()
    file = brought(a_file({}))
    make_household(garden, "Martin", "7")
    with pytest.raises(importing.NotGood):
        importing.bring(garden, file.drafts, Answers(), only_good=False, today=TODAY, by=None, at=AT)
    assert Household.objects.count() == 1


def test_what_comes_out_comes_in_again_and_changes_nothing() -> None:
    garden = a_garden()
    imported(garden, ACCESS)
    titles, rows = household_rows(garden)
    assert tuple(titles) == COLUMNS
    for exported in (write_csv(titles, rows), write_xlsx(titles, rows, title="Foyers")):
        decision = judged(garden, exported)
        assert decision.counts == {"good": 0, "already": 108, "duplicate": 0, "problem": 0}
        assert [row.notes for row in decision.rows if row.notes] == []


def test_what_comes_out_is_the_file_that_came_in() -> None:
    garden = a_garden()
    imported(garden, ACCESS)
    titles, rows = household_rows(garden)
    by_number = {draft.number: draft for draft in brought(ACCESS).drafts}
    for draft in brought(write_csv(titles, rows)).drafts:
        there = by_number[draft.number]
        assert {name for name in draft.__slots__ if name not in ("line", "notes", "frequency")
                and getattr(draft, name) != getattr(there, name)} == set()  # fmt: skip


# --- Words to match, things to create ---------------------------------------------------------------


def test_an_unknown_depot_is_matched_or_created_with_its_day() -> None:
    garden = a_garden()
    source = a_file({"Point de dépôt": "Gare"}, {"N° adhérent": "8", "Nom": "Petit", "Point de dépôt": "Épicerie"})
    assert "Faites-le correspondre" in told(garden, source)[2]
    answers = Answers({"depot": {"Gare": "Gare de Blois"}}, new_depots={"Épicerie": 2})
    written = imported(garden, source, answers, only_good=False)
    assert written.counts["depots"] == 1
    opened = garden.depots.get(name="Épicerie")
    assert opened.weekday == 2
    assert opened.subscriptions.count() == 1
    assert Basket.objects.filter(depot=opened).exists()


def test_a_depot_that_only_wrong_lines_use_is_not_created() -> None:
    garden = a_garden()
    imported(
        garden, a_file({"Point de dépôt": "Épicerie", "Participation": "99 €"}), Answers(new_depots={"Épicerie": 2})
    )
    assert not garden.depots.filter(name="Épicerie").exists()


def test_a_size_is_created_with_its_price() -> None:
    garden = a_garden()
    source = a_file({"Type de panier": "Moyen", "Participation": "10,00 €"})
    assert imported(garden, source, Answers(new_sizes={"Moyen": 1000}), only_good=False).counts["sizes"] == 1
    size = garden.sizes.get(code="moyen")
    assert size.prices.get().cents == 1000


def test_an_agreement_is_opened_from_the_file_when_asked() -> None:
    garden = a_garden()
    line = {"Tarif": "Solidaire", "Partenaire": "C.C.A.S. Vendôme", "Participation": "3,00 €", "Fin": "05/08/2017"}
    source = a_file(
        line, {**line, "N° adhérent": "8", "Nom": "Petit", "Type de panier": "Petit", "Participation": "2,00 €"}
    )
    assert "ou ouvrez une convention" in told(garden, source)[2]
    written = imported(garden, source, Answers(new_agreements=frozenset({"C.C.A.S. Vendôme"})), only_good=False)
    assert written.counts["agreements"] == 1
    opened = Agreement.objects.get(partner__name="C.C.A.S. Vendôme")
    assert (opened.status, opened.from_day, opened.until_day) == ("active", date(2017, 2, 6), date(2017, 8, 5))
    assert AgreementPayer.objects.get(agreement=opened).partner == Partner.objects.get(name="C.C.A.S. Vendôme")
    assert sorted(opened.tariffs.get().lines.values_list("size_code", "member_cents")) == [
        ("grand", 300),
        ("petit", 200),
    ]
    assert Support.objects.filter(agreement=opened).count() == 2
    assert imported(garden, source, only_good=False).households == 0
    more = a_file({**line, "N° adhérent": "9", "Nom": "Roux"})
    assert (
        imported(garden, more, Answers(new_agreements=frozenset({"C.C.A.S. Vendôme"})), only_good=False).counts[
            "agreements"
        ]
        == 0
    )


def test_what_was_matched_by_hand_is_remembered_for_the_next_file() -> None:
    garden = a_garden()
    learnt = importing.Learnt({"Perso": "mobile"}, {"depot": {"Gare": "Gare de Blois"}})
    importing.bring(
        garden, brought(a_file({})).drafts, Answers(), only_good=False, today=TODAY, by=None, at=AT, learnt=learnt
    )
    importing.bring(garden, brought(a_file({})).drafts, Answers(), only_good=False, today=TODAY, by=None, at=AT,
                    learnt=importing.Learnt(values={"depot": {"Bio": "Biocoop Blois"}}))  # fmt: skip
    kept = ImportMap.objects.get(garden=garden)
    assert kept.columns == {"Perso": "mobile"}
    assert kept.values == {"depot": {"Gare": "Gare de Blois", "Bio": "Biocoop Blois"}}


def test_a_column_said_by_hand_takes_the_place_of_the_one_that_was_recognised() -> None:
    table = read_table(
        delimited(
            [["Nom", "Prénom", "Mail", "Courriel perso"], ["Durand", "Paul", "a@example.org", "b@example.org"]]
        ).encode()
    )
    assert columns_of(table, {"courriel PERSO": "email"}).by_header["Mail"] is None


def test_a_file_where_nobody_is_named_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="nom des personnes"):
        brought(delimited([["Type de panier", "Point de dépôt"], ["Grand", "Jardin"]]).encode())


# --- The same drafts, however they come -------------------------------------------------------------


def rows_of_access() -> list[list[str]]:
    table = read_table(ACCESS)
    return [list(table.columns), *([str(cell) for cell in row.cells] for row in table.rows)]


@pytest.mark.parametrize(
    "dress", ["utf-8", "utf-8-sig", "cp1252", "mac_roman", "utf-16", "comma", "tab", "xlsx", "ods"]
)
def test_however_the_file_is_saved_the_same_is_understood(dress: str) -> None:
    rows = rows_of_access()
    data = {
        "comma": lambda: delimited(rows, ",").encode(), "tab": lambda: delimited(rows, "\t").encode(),
        "xlsx": lambda: workbook(rows), "ods": lambda: ods(rows),
    }.get(dress, lambda: delimited(rows).encode(dress))()  # fmt: skip
    assert brought(data).drafts == brought(ACCESS).drafts


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.randoms(use_true_random=False),
    st.sets(st.sampled_from(["Civilité", "Téléphone", "Adresse", "Ville", "CP", "Enfants"])),
)
def test_the_order_of_the_columns_and_those_left_out_change_nothing_else(rng: random.Random, without: set[str]) -> None:
    rows = rows_of_access()[:12]
    kept = [index for index, title in enumerate(rows[0]) if title not in without]
    rng.shuffle(kept)
    data = delimited([[row[index] for index in kept] for row in rows]).encode()
    there = {draft.line: draft for draft in brought(ACCESS).drafts}
    for draft in brought(data).drafts:
        for name in (
            "number",
            "last_name",
            "first_name",
            "email",
            "size",
            "depot",
            "partner",
            "support_from",
            "member_part",
        ):
            assert getattr(draft, name) == getattr(there[draft.line], name)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=20), min_size=4, max_size=4), min_size=1, max_size=5))
def test_whatever_the_cells_hold_each_line_is_told_or_good(cells: list[list[str]]) -> None:
    """Never a crash, never a formula kept as a name."""
    data = delimited(
        [["Nom", "Prénom", "Type de panier", "Participation"], ["Durand", "Paul", "Grand", "12"], *cells]
    ).encode("utf-8", "replace")
    try:
        drafts = brought(data).drafts
    except UnreadableFile:
        return
    assert all(draft.last_name or draft.problems for draft in drafts)
    assert not any(draft.last_name.startswith("=") for draft in drafts)


def test_the_annotated_copy_can_be_brought_again_and_says_the_same() -> None:
    garden = a_garden()
    report = Report(brought(WRONG), judged(garden, WRONG))
    copy = report.annotated()
    # In a workbook a line that ends early is a line with blanks: a household without a basket.
    assert told(garden, copy).keys() == told(garden, WRONG).keys() - {27}
    assert read_table(copy).columns == read_table(WRONG).columns


# --- A few ways of writing ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "field", "value"),
    [
        ({"Téléphone": "06 12 34 56 78"}, "mobile", "+33612345678"),
        ({"Téléphone": "02 54 00 00 01 / 06 12 34 56 78"}, "mobile", "+33612345678"),
        ({"Téléphone": "254000001"}, "phone", "+33254000001"),
        ({"CP": "1000", "Ville": "Bourg-en-Bresse"}, "postcode", "01000"),
        ({"CP": "1000", "Ville": "Bourg-en-Bresse"}, "commune_code", "01053"),
        ({"Fréquence": "1 semaine sur 2 (paire)"}, "frequency", "even"),
        ({"N° adhérent": "0012"}, "number", "0012"),
        ({"Composition du foyer": "2A+3E"}, "children", 3),
        ({"Composition du foyer": "2A+3E"}, "adults", 2),
        ({"Enfants": "aucun"}, "children", 0),
        ({"CP / Ville": "41000 Blois"}, "postcode", "41000"),
        ({"CP / Ville": "41000 Blois"}, "commune_code", "41018"),
        ({"Adresse": "3 rue Haute, 41000 Blois"}, "address", "3 rue Haute"),
        ({"Adresse": "3 rue Haute, 41000 Blois"}, "commune", "Blois"),
        ({"Adresse": "3 rue Haute", "Adresse 2": "Bât. B"}, "address", "3 rue Haute, Bât. B"),
        ({"Mail": "néant"}, "email", ""),
        ({"Fin": "en cours"}, "until", None),
        ({"Cotisation payée le": "oui"}, "membership_paid_on", None),
        ({"Nom": "Mme Durand"}, "last_name", "Durand"),
        ({"Nom": "Mme Durand"}, "civility", "Mme"),
        ({"Tarif": "12,00 €"}, "member_part", 1200),
        ({"Tarif": "12,00 €"}, "tariff", ""),
        ({"Participation": "30 %"}, "member_share", 3000),
        ({"Jour": "Jeudi"}, "weekday", 4),
    ],
)
def test_ways_of_writing(said: dict[str, str], field: str, value: object) -> None:
    [draft] = brought(a_file(said)).drafts
    assert getattr(draft, field) == value
    assert draft.problems == ()


def test_income_age_and_social_files_are_left_out_and_it_is_said() -> None:
    file = brought(
        a_file(
            {"QF": "450", "Date de naissance": "12/05/1980", "Observations": "allergie", "Couleur": "vert", "Vide": ""}
        )
    )
    assert [note for note in file.notes if "ni revenus" in note] != []
    said = plain(" ".join(file.notes))
    assert all(f"« {name} » non reprise" in said for name in ("QF", "Date de naissance", "Observations"))
    assert "« Couleur » non comprise" in said and "Vide" not in said


def test_crosses_under_the_garden_s_sizes_depots_and_rhythms_are_read() -> None:
    garden = a_garden()
    rows = [["Nom", "P", "Grand", "Gare de Blois", "Jardin", "Paire", "Impaire"], ["Durand", "x", "", "X", "", "1", ""],
            ["Petit", "", "1", "", "oui", "", "x"], ["Roux", "x", "x", "x", "", "", ""], ["Morel", "2", "", "x", "", "", ""]]  # fmt: skip
    table = gathered(read_table(delimited(rows).encode()), garden)
    assert table.columns == ("Nom", "Type de panier", "Point de dépôt", "Fréquence")
    assert [row.cells[1:] for row in table.rows] == [
        ("Petit", "Gare de Blois", "Paire"), ("Grand", "Jardin", "Impaire"), ("Petit + Grand", "Gare de Blois", ""),
        ("2 Petit", "Gare de Blois", ""),
    ]  # fmt: skip
    decision = decide(read(table, {}).drafts, queries.garden_facts(garden), Answers(), TODAY)
    assert [row.state for row in decision.rows] == ["good", "good", "problem", "problem"]


def test_words_under_the_name_of_a_size_are_not_crosses() -> None:
    garden = a_garden()
    rows = [["Nom", "Petit", "Grand"], ["Durand", "x", "Paul"]]
    assert gathered(read_table(delimited(rows).encode()), garden).columns == ("Nom", "Petit", "Grand")


def test_a_sheet_that_bears_the_name_of_a_depot_says_it_for_its_lines() -> None:
    garden = a_garden()
    sheet = [["Nom", "Panier"], ["Durand", "Grand"]]
    table = gathered(read_table(workbook(sheet, sheet, names=("Gare de Blois", "Jardin"))), garden)
    assert table.rows[0].cells[2] == "Gare de Blois"
    assert any("porte le nom d’un dépôt" in note for note in table.notes)


def test_two_columns_of_one_kind_are_told_and_the_surest_is_read() -> None:
    file = brought(a_file({"Convention": "CAF 41", "Payeur": "CCAS"}))
    assert file.drafts[0].partner == "CAF 41"
    assert "Colonne « Payeur » laissée de côté : « Convention » dit déjà la même chose." in map(plain, file.notes)


def test_a_column_of_full_names_written_first_name_first_is_read_so() -> None:
    rows = [["Adhérent"], ["Marie Dupont"], ["Jean Petit"], ["Sylvie Roux"], ["Abbas Karimi"]]
    names = [(draft.last_name, draft.first_name) for draft in brought(delimited(rows).encode()).drafts]
    assert names == [("Dupont", "Marie"), ("Petit", "Jean"), ("Roux", "Sylvie"), ("Karimi", "Abbas")]


def test_what_an_empty_cell_meant_is_not_remembered_for_the_next_file() -> None:
    garden = a_garden()
    learnt = importing.Learnt(values={"depot": {"": "Jardin", "Gare": "Gare de Blois"}})
    importing.bring(
        garden, brought(a_file({})).drafts, Answers(), only_good=False, today=TODAY, by=None, at=AT, learnt=learnt
    )
    assert ImportMap.objects.get(garden=garden).values == {"depot": {"Gare": "Gare de Blois"}}


def test_a_household_supported_from_the_first_day_of_the_agreement_differs_in_nothing_when_it_comes_back() -> None:
    garden = a_garden()
    source = a_file({"Tarif": "Solidaire", "Partenaire": "CAF 41", "Début": "01/02/2014", "Participation": "3,60 €"})
    imported(garden, source, only_good=False)
    assert Support.objects.get().from_day == date(2016, 9, 1)
    assert Subscription.objects.get().from_day == date(2014, 2, 1)
    for again in (source, write_csv(*household_rows(garden))):
        decision = judged(garden, again)
        assert decision.counts["already"] == 1
        assert [row.notes for row in decision.rows if row.notes] == []


def test_a_basket_once_a_month_comes_in_and_out_and_one_with_an_end_is_told_before() -> None:
    garden = a_garden()
    written = imported(garden, a_file({"Fréquence": "1 fois par mois", "Fin": "30/06/2017"}), only_good=False)
    assert written.counts["subscriptions"] == 1
    one = Subscription.objects.get()
    assert (one.frequency, one.monthly_slot, one.until_day) == ("monthly", 1, date(2017, 6, 30))
    assert one.renewal == Subscription.Renewal.ALERT
    titles, rows = household_rows(garden)
    assert "Mensuel" in rows[0]
    assert judged(garden, write_csv(titles, rows)).counts["already"] == 1


def test_a_basket_without_an_end_goes_on_by_itself() -> None:
    garden = a_garden()
    imported(garden, a_file({"Fin": ""}), only_good=False)
    assert Subscription.objects.get().renewal == Subscription.Renewal.TACIT


def test_a_garden_of_one_depot_need_not_name_it() -> None:
    garden = a_garden()
    garden.depots.exclude(name="Jardin").delete()
    written = imported(garden, a_file({"Point de dépôt": ""}), only_good=False)
    assert written.counts["subscriptions"] == 1


def test_only_a_name_is_necessary() -> None:
    garden = a_garden()
    written = imported(
        garden, delimited([["Nom", "Prénom"], ["Durand", "Paul"], ["Petit", "Anna"]]).encode(), only_good=False
    )
    assert written.counts["households"] == 2
    assert Membership.objects.count() == Support.objects.count() == Subscription.objects.count() == 0


def test_reading_a_garden_asks_as_many_questions_with_three_households_as_with_sixty(django_assert_num_queries) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    garden, counts = a_garden(), []
    for first, last in ((0, 3), (3, 63)):
        imported(
            garden,
            a_file(
                *({**LINE, "N° adhérent": str(900 + number), "Nom": f"Nom{number}"} for number in range(first, last))
            ),
        )
        with CaptureQueriesContext(connection) as asked:
            judged(garden, a_file({}))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20
