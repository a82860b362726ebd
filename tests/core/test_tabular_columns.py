"""Headers as people write them, and the columns they mean."""

import pytest

from cageot.core.tabular.columns import HOUSEHOLD_COLUMNS, _reduced, first_name_first, key_of, recognise
from cageot.core.tabular.table import letter


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ("N° adhérent", "number"),
        ("Nº d'adhérent", "number"),
        ("N°", "number"),
        ("NOM", "last_name"),
        (" prenom ", "first_name"),
        ("Nom et\nPrénom", "full_name"),
        ("NOM/PRENOM", "full_name"),
        ("Tél.", "phone"),
        ("Téléphone 1", "phone"),
        ("TEL PORTABLE", "mobile"),
        ("E-mail", "email"),
        ("@", "email"),
        ("Adresse e-mail", "email"),
        ("Adresse postale", "address"),
        ("C.P.", "postcode"),
        ("Nb pers.", "household_size"),
        ("Nombre d’enfants", "children"),
        ("Sem.", "frequency"),
        ("Prix payé (€)", "member_part"),
        ("Part de l’adhérent", "member_part"),
        ("Depuis le", "support_from"),
        ("Du", "support_from"),
        ("Au", "until"),
        ("Jusqu’au", "until"),
        ("Date de fin [jj/mm/aaaa]", "until"),
        ("Cotisation payée le", "membership_paid_on"),
        ("Financé par", "partner"),
        ("Lieu de retrait", "depot"),
        ("Basket size", "size"),
        ("Last name", "last_name"),
        ("Observations", "comment"),
        ("Prénom de l’usager (obligatoire)", "first_name"),
        ("Nom du bénéficiaire", "last_name"),
        ("Nom et prénom du bénéficiaire", "full_name"),
        ("Contact téléphone", "phone"),
        ("N° de tel portable", "mobile"),
        ("Nbre d'adultes dans le foyer", "adults"),
        ("Nbre enfants (- de 18 ans)", "children"),
        ("Nbre enfants < 18 ans", "children"),
        ("DATE DE DÉBUT DE PANIER", "support_from"),
        ("Date fin contrat", "until"),
        ("Point de distribution choisi", "depot"),
        ("Panier souhaité", "size"),
        ("Part du bénéficiaire", "member_part"),
        ("Prix payé par le foyer", "member_part"),
        ("Solidaire (oui/non)", "tariff"),
        ("Semaine A/B", "frequency"),
        ("Hebdo / quinzaine", "frequency"),
        ("CP / Ville", "commune"),
        ("Jour de retrait", "weekday"),
        ("Telephonne", "phone"),
        ("Adrese", "address"),
        ("Quotient familial", "private"),
        ("Date de naissance", "private"),
        ("N° allocataire CAF", "private"),
        ("Votre numéro de téléphone :", "phone"),
        ("Quel panier souhaitez-vous ?", "size"),
        ("Où souhaitez-vous retirer votre panier ?", "depot"),
        ("Nom de l’allocataire", "last_name"),
        ("Date de sortie prévue", "until"),
        ("Participation / panier", "member_part"),
        ("Adresse 1", "address"),
        ("Adresse 2", "address_more"),
        ("Téléphone (conjoint)", None),
        ("Enfant 1", None),
        ("Nom du conjoint", None),
        ("Tél. de l’assistante sociale", None),
        ("Part CCAS", None),
        ("Type", None),
        ("Prix", None),
        ("Nombre de paniers", None),
        ("Adhésion 2017", None),
        ("Courrier", None),
        ("Pointure", None),
        ("Prix du panier", None),
        ("Cotisation", None),
        ("", None),
    ],
)
def test_a_header_is_recognised_however_it_is_written(header: str, key: str | None) -> None:
    assert key_of(header) == key


def test_what_the_export_writes_is_recognised() -> None:
    assert {column.key: key_of(column.title) for column in HOUSEHOLD_COLUMNS} == {
        c.key: c.key for c in HOUSEHOLD_COLUMNS
    }


def test_no_name_leads_to_two_columns() -> None:
    names = [(_reduced(name), column.key) for column in HOUSEHOLD_COLUMNS for name in (column.title, *column.synonyms)]
    claims = {name: {key for other, key in names if other == name} for name, _key in names}
    assert not {name: keys for name, keys in claims.items() if len(keys) > 1}


def test_of_two_headers_for_one_column_the_surest_is_read() -> None:
    assert recognise(["Nom", "Prénom", "Date d'entrée", "Début"]) == {
        "Nom": "last_name", "Prénom": "first_name", "Date d'entrée": None, "Début": "support_from",
    }  # fmt: skip
    assert list(recognise(["Nom", "Mail", "Mail (2)"]).values())[1:] == ["email", None]
    assert list(recognise(["Nom", "Convention", "Payeur", "QF", "Né le"]).values())[1:] == [
        "partner", None, "private", "private",
    ]  # fmt: skip


def test_the_second_of_two_telephones_is_the_mobile() -> None:
    assert list(recognise(["Téléphone", "Téléphone (2)"]).values()) == ["phone", "mobile"]
    assert list(recognise(["Tél", "Téléphone", "Portable"]).values()) == ["phone", None, "mobile"]
    assert list(recognise(["Tél. 1", "Tél. 2", "Tél. 3"]).values()) == ["phone", "mobile", None]


def test_a_name_without_first_name_is_the_full_name() -> None:
    assert recognise(["Nom", "CP"]) == {"Nom": "full_name", "CP": "postcode"}


def test_the_order_of_names_is_told_by_the_header() -> None:
    assert first_name_first("Prénom / NOM")
    assert not first_name_first("Nom et prénom")


def test_columns_have_the_letters_of_a_spreadsheet() -> None:
    assert [letter(index) for index in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]
