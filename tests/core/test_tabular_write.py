"""What is written opens as it should, and comes back the same."""

import csv
import io
from datetime import date
from typing import Any

import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st

from cageot.core.tabular.reading import read_table
from cageot.core.tabular.write import Value, write_corrections, write_csv, write_xlsx

COLUMNS = ["Nom", "CP", "Depuis le", "Participation"]
ROWS: list[list[Value]] = [["=1+1", "01000", date(2016, 11, 30), "3,60"], ["Lefèvre\nAnaïs", "41000", None, "12,00"]]


def _sheet(data: bytes) -> list[list[Any]]:
    return python_calamine.load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)


def test_csv_opens_well_in_a_french_excel() -> None:
    data = write_csv(COLUMNS, ROWS)
    assert data.startswith(b"\xef\xbb\xbfNom;CP;Depuis le;Participation\r\n'=1+1;01000;30/11/2016;3,60\r\n")


def test_a_written_table_is_read_back() -> None:
    expected = [("=1+1", "01000", "30/11/2016", "3,60"), ("Lefèvre\nAnaïs", "41000", "", "12,00")]
    assert [row.cells for row in read_table(write_csv(COLUMNS, ROWS)).rows] == expected
    rows = [row.cells for row in read_table(write_xlsx(COLUMNS, ROWS, title="Adhérents")).rows]
    assert rows == [("=1+1", "01000", date(2016, 11, 30), "3,60"), expected[1]]


def test_a_workbook_carries_text_not_formulas_nor_links() -> None:
    data = write_xlsx(["Nom", "Lien"], [["=1+1", "http://x"], ["{=1}", "mailto:a@b.fr"]], title="Essai")
    assert _sheet(data)[1:] == [["=1+1", "http://x"], ["{=1}", "mailto:a@b.fr"]]


def test_the_same_rows_make_the_same_file() -> None:
    assert write_xlsx(COLUMNS, ROWS, title="x", notes={(0, 1): "Vu"}) == write_xlsx(
        COLUMNS, ROWS, title="x", notes={(0, 1): "Vu"}
    )


@settings(deadline=None, max_examples=40)
@given(st.lists(st.lists(st.text(max_size=8), min_size=2, max_size=2), min_size=1, max_size=4), st.text(max_size=40))
def test_any_text_can_be_written(rows: list[list[str]], title: str) -> None:
    assert _sheet(write_xlsx(["Nom", "CP"], rows, title=title))[0] == ["Nom", "CP"]
    text = write_csv(["Nom", "CP"], rows).decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))) == len(rows) + 1


@pytest.mark.parametrize(
    "brought", [b"Jardin;;\n;;\nNom;CP;Ville\nDupont;1;Blois\n;;\nDurand;41000;\n", b"Nom;CP;Ville\nDupont;1;Blois\n"]
)
def test_the_annotated_copy_keeps_lines_in_place_and_can_be_brought_again(brought: bytes) -> None:
    table = read_table(brought)
    line = table.rows[0].line
    data = write_corrections(
        table, {(line, 1): "Il manque des chiffres.", (line, -1): "Ligne à revoir."}, {(line, 2): "Vérifiez."}
    )
    again = read_table(data)
    assert (again.columns, again.rows, again.header_line) == (table.columns, table.rows, table.header_line)
    assert _sheet(data)[table.header_line - 1][-1] == "À corriger"
    assert _sheet(data)[line - 1][-1] == "Ligne à revoir.\nCP : Il manque des chiffres."
