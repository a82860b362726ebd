"""Files as gardens bring them, and files that are no table at all."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cageot.core.tabular import reading
from cageot.core.tabular.columns import recognise
from cageot.core.tabular.reading import read_table
from cageot.core.tabular.table import Table, UnreadableFile
from cageot.core.typography import french

SAMPLES = Path(__file__).parent / "samples"

COLUMNS = ["Nom", "Prénom", "Adresse", "CP", "Participation"]
ROWS = [
    ["DUPRÉ", "Noël", "679, boulevard d’Alice", "41350", "3,60 €"],
    ["Lefèvre", "Anaïs", 'Le Clos "vert"\nbâtiment B', "41000", "12,00 €"],
    ["O'Brien; dit Bob", "Ça", "1 | 2", "01000", "3,60 €"],
]


def delimited(rows: list[list[str]], separator: str = ";", newline: str = "\r\n") -> str:
    return newline.join(separator.join(_quoted(cell, separator) for cell in row) for row in rows) + newline


def _quoted(cell: str, separator: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in (separator, '"', "\n")) else cell


def workbook(*sheets: Sequence[Sequence[object]], names: tuple[str, ...] = ("Un", "Deux", "Trois")) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in zip(names, sheets, strict=False):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(number, column, value, *([day] if isinstance(value, date) else []))
    return buffer.getvalue()


def ods(rows: list[list[str]]) -> bytes:
    lines = "".join(f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>" for row in rows)
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet><table:table table:name="F1">'
        f"{lines}</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return _zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def _ods_cell(text: str) -> str:
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def _zipped(parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def cells(table: Table) -> list[list[object]]:
    return [list(row.cells) for row in table.rows]


# The three samples


def test_the_old_access_export_is_read_whole() -> None:
    table = read_table(SAMPLES / "adherents-access.csv")
    assert (table.encoding, table.separator, table.header_line, len(table.rows)) == ("cp1252", ";", 1, 120)
    assert table.rows[3].line == 5
    assert table.rows[3].cells[2:4] == ("Barbe", "Noël")
    assert None not in recognise(table.columns).values()
    assert not any(row.trouble for row in table.rows)


def test_the_hand_kept_workbook_is_read_from_its_fourth_line_without_its_total() -> None:
    table = read_table(SAMPLES / "adherents-tableur.xlsx")
    assert (table.sheet, table.header_line, len(table.rows)) == ("Paniers 2017", 4, 60)
    assert table.rows[1].line == 6
    assert table.rows[1].cells[2:4] == ("41000", "639980471")
    assert table.rows[0].cells[9:12] == ("3,6", "MSA Berry-Touraine", date(2016, 11, 30))
    assert table.notes == (french("Ligne 66 laissée de côté : c’est une ligne de total."),)
    assert None not in recognise(table.columns).values()


def test_the_line_that_ends_early_is_told_and_no_other() -> None:
    table = read_table(SAMPLES / "adherents-avec-erreurs.csv")
    assert len(table.rows) == 30
    assert [row.line for row in table.rows if row.trouble] == [27]
    assert "7 cases au lieu de 21" in table.rows[25].trouble


def test_an_xls_of_the_nineties_is_read() -> None:
    table = read_table(SAMPLES / "ancien-excel.xls")
    assert table.columns[:3] == ("Nom", "Prénom", "CP")
    assert table.rows[0].cells == ("DUPRÉ", "Claire", "1000", "612345678", "Petit", "3,6", date(2016, 11, 30))
    assert (len(table.rows), table.rows[0].line) == (2, 4)


# One table, many dresses


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "mac_roman"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_every_encoding_separator_and_line_ending_give_the_same_table(
    encoding: str, separator: str, newline: str
) -> None:
    table = read_table(delimited([COLUMNS, *ROWS], separator, newline).encode(encoding))
    assert table.columns == tuple(COLUMNS)
    assert cells(table) == ROWS
    assert table.separator == separator
    assert [row.line for row in table.rows] == [2, 3, 4]


_TEXT = st.text('abé çÀ’;,|\t\n"x1 €', max_size=8).map(lambda text: "x" + text + "x")


@settings(deadline=None, max_examples=60)
@given(
    rows=st.lists(st.lists(_TEXT, min_size=4, max_size=4), min_size=2, max_size=6),
    separator=st.sampled_from([";", ",", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
)
def test_any_cells_come_back_as_they_were_written(rows: list[list[str]], separator: str, encoding: str) -> None:
    text = delimited([["Nom", "Prénom", "Adresse", "Remarques"], *rows], separator)
    assert cells(read_table(text.encode(encoding))) == rows


def test_a_workbook_and_an_ods_give_the_same_table_as_csv() -> None:
    assert cells(read_table(workbook([COLUMNS, *ROWS]))) == ROWS
    assert cells(read_table(ods([COLUMNS, *ROWS]))) == ROWS


def test_amounts_with_a_comma_do_not_pass_for_columns() -> None:
    lines = "Nom;Prix\n" + "".join(f"Dupont {n};3,60\n" for n in range(9))
    assert read_table(lines.encode()).separator == ";"


def test_the_hint_of_excel_is_obeyed_and_not_counted() -> None:
    table = read_table(b"sep=,\r\nNom,CP\r\nDupont;x,41000\r\n")
    assert (table.separator, cells(table), table.rows[0].line) == (",", [["Dupont;x", "41000"]], 2)


def test_accents_encoded_twice_are_mended_and_told() -> None:
    table = read_table(
        delimited([COLUMNS, *ROWS]).encode().decode("cp1252", errors="replace").replace("\ufffd", "").encode()
    )
    assert table.columns[1] == "Prénom" or "accents" in table.notes[0]
    table = read_table("Nom;Prénom\nLefèvre;Zoé\n".encode().decode("cp1252").encode())
    assert cells(table) == [["Lefèvre", "Zoé"]]
    assert "réparés" in table.notes[0]


# Where the table is


def test_titles_blank_lines_and_repeated_headers_are_passed_over() -> None:
    text = "Jardin de Cocagne;;\nmise à jour 12/03/2017;;\n;;\nNom;Prénom;Tél.\nDupont;Claire;0612345678\n;;\nNom;Prénom;Tél.\nDurand;Paul;\n"
    table = read_table(text.encode())
    assert (table.header_line, [row.line for row in table.rows]) == (4, [5, 8])
    assert table.notes == (french("Ligne 7 laissée de côté : elle répète les titres des colonnes."),)


def test_a_header_on_two_lines_is_put_together() -> None:
    table = read_table(
        workbook(
            [["Nom", "Prénom", "Foyer", "", "Tél."], ["", "", "Adultes", "Enfants", ""], ["Dupont", "Claire", 2, 1, ""]]
        )
    )
    assert table.columns == ("Nom", "Prénom", "Adultes", "Enfants", "Tél.")
    assert (table.header_line, table.rows[0].line) == (2, 3)


@pytest.mark.parametrize("label", ["TOTAL", "Total :", "Total général", "Sous-total", "TOTAUX"])
def test_a_total_line_is_left_out_with_a_note(label: str) -> None:
    table = read_table(f"Nom;Prénom;CP;Prix payé\nDupont;Claire;41000;3,60\n{label};;;3,60\n".encode())
    assert len(table.rows) == 1
    assert "Ligne 3" in table.notes[0]


def test_bare_sums_under_the_table_are_left_out_with_a_note() -> None:
    table = read_table(
        workbook([["Nom", "Prénom", "CP", "Prix payé"], ["Dupont", "Claire", 41000, 3.6], ["", "", "", 3.6]])
    )
    assert len(table.rows) == 1
    assert "Ligne 3" in table.notes[0]


def test_mister_total_is_a_member_like_any_other() -> None:
    table = read_table(b"Nom;Pr\xe9nom;CP;Ville\nTotal;Jean;41000;Blois\n")
    assert len(table.rows) == 1


def test_names_of_columns_are_unique_and_blank_ones_take_their_letter() -> None:
    table = read_table("Nom;Téléphone;;Téléphone\nDupont;1;x;2\n".encode())
    assert table.columns == ("Nom", "Téléphone", "Colonne C", "Téléphone (2)")


def test_the_sheet_that_looks_like_data_is_read_and_the_other_named() -> None:
    data = workbook(
        [["Lisez-moi"]], [["Nom", "CP"], ["Dupont", "41000"]], [["Nom", "Prénom", "CP"], *[["D", "C", "41000"]] * 5]
    )
    table = read_table(data)
    assert (table.sheet, table.other_sheets) == ("Trois", ("Deux",))
    assert french("« Trois »") in table.notes[0]
    assert read_table(data, sheet="Deux").sheet == "Deux"


def test_a_semicolon_too_many_is_told() -> None:
    table = read_table(b"Nom;CP;Ville\nDupont;41000;Blois\nDurand;;41000;Blois\n")
    assert [bool(row.trouble) for row in table.rows] == [False, True]


def test_lines_without_their_empty_end_are_no_trouble_when_most_are_so() -> None:
    table = read_table(b"Nom;CP;Ville;Remarques\nDupont;41000\nDurand;41000\nPetit;41000;Blois\n")
    assert not any(row.trouble for row in table.rows)


def test_what_a_csv_export_kept_asleep_is_woken() -> None:
    assert read_table(b"Nom;CP\n'=1+1;41000\n").rows[0].cells[0] == "=1+1"


# Files that are no table

REFUSED = {
    "nothing": (b"", "vide"),
    "spaces": (b"\r\n  \n", "vide"),
    "pdf": (b"%PDF-1.7\n...", "PDF"),
    "photo": (b"\xff\xd8\xff\xe0....", "image"),
    "telephone photo": (b"\0\0\0\x18ftypheic....", "image"),
    "access": (b"\x00\x01\x00\x00Standard Jet DB\x00", "Access"),
    "web page": (b"<html><table><tr><td>Nom</td></tr></table>", "page web"),
    "letter": (b"{\\rtf1 Bonjour}", "document de texte"),
    "word": (_zipped({"word/document.xml": "x"}), "document de texte"),
    "numbers": (_zipped({"Index/Document.iwa": "x"}), "Numbers"),
    "zip": (_zipped({"adherents.csv": "Nom;CP"}), "archive"),
    "half a workbook": (workbook([["Nom", "CP"], ["D", "1"]])[:3000], "abîmé"),
    "hollow workbook": (_zipped({"xl/workbook.xml": "<nothing"}), "abîmé"),
    "locked workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "mot de passe",
    ),
    "binary": (bytes(range(256)) * 20, "tableau"),
    "a letter as text": ("Bonjour Madame,\nVoici la liste que vous avez demandée.\nBien à vous\n".encode(), "titres"),
    "no header": (b"1000;Dupont;41000\n1001;Durand;41000\n", "titres"),
    "header only": (b"Nom;CP;Ville\n", "aucune ligne"),
    "open quote": (b'Nom;CP;Ville\n"Dupont;41000;Blois\n' + b"Durand;41000;Blois\n" * 9, "ligne 2"),
    "total only": (b"Nom;CP;Ville;Prix\nTotal;;;3,60\n", "aucune ligne"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_in_plain_words(name: str) -> None:
    data, word = REFUSED[name]
    with pytest.raises(UnreadableFile, match=word):
        read_table(data)


def test_one_cell_at_the_end_of_the_world_does_not_take_the_server_down() -> None:
    """The reader asks for half a terabyte and aborts: in a process apart."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "Nom")
        sheet.write(1_048_575, 16_383, "x")
    with pytest.raises(UnreadableFile, match="trop grand"):
        read_table(buffer.getvalue())


def test_too_large_and_too_long_files_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableFile, match="20 Mo"):
        read_table(b"x" * (reading.BYTES + 1))
    monkeypatch.setattr(reading, "ROWS", 3)
    for data in (b"Nom;CP\n" * 5, workbook([["Nom", "CP"]] * 5)):
        with pytest.raises(UnreadableFile, match="plus de 3 lignes"):
            read_table(data)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "rien.csv", tmp_path):
        with pytest.raises(UnreadableFile, match="introuvable"):
            read_table(path)


def _survives(data: bytes) -> None:
    try:
        table = read_table(data)
    except UnreadableFile as refusal:
        assert str(refusal)
    else:
        assert all(len(row.cells) == len(table.columns) for row in table.rows)


_START = st.sampled_from(
    [b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf", b"\xff\xfe\0\0", b"Nom;CP\n", b"sep=;\n", b'"']
)


@settings(deadline=None, max_examples=200)
@example(b"\xff\xfe", b"\xd8" * 9)
@given(_START, st.binary(max_size=300))
def test_no_bytes_at_all_give_a_traceback(start: bytes, data: bytes) -> None:
    _survives(start + data)


_CHANGES = st.lists(st.tuples(st.floats(0, 0.999), st.binary(max_size=3)), min_size=1, max_size=12)


def _damaged(data: bytes, changes: list[tuple[float, bytes]]) -> bytes:
    damaged = bytearray(data)
    for place, new in changes:
        at = int(place * len(damaged))
        damaged[at : at + max(1, len(new))] = new
    return bytes(damaged)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["adherents-access.csv", "adherents-avec-erreurs.csv"]), _CHANGES)
def test_damaged_csv_files_give_no_traceback(name: str, changes: list[tuple[float, bytes]]) -> None:
    _survives(_damaged((SAMPLES / name).read_bytes()[:6000], changes))


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(["adherents-tableur.xlsx", "ancien-excel.xls"]), _CHANGES)
def test_damaged_workbooks_give_no_traceback(name: str, changes: list[tuple[float, bytes]]) -> None:
    _survives(_damaged((SAMPLES / name).read_bytes(), changes))


# --- Tables as people lay them out -------------------------------------------------------------------


def test_type_under_panier_is_the_type_of_basket() -> None:
    rows = [
        ["Adhérent", "", "Coordonnées", "", "Panier", ""],
        ["Nom", "Prénom", "Tél.", "Mail", "Type", "Lieu"],
        ["Durand", "Paul", "", "", "Grand", "Gare"],
    ]
    for data in (workbook(rows), delimited(rows).encode()):
        table = read_table(data)
        assert recognise(table.columns) == {
            "Nom": "last_name", "Prénom": "first_name", "Tél.": "phone", "Mail": "email", "Type Panier": "size", "Lieu": "depot",
        }  # fmt: skip
        assert [row.line for row in table.rows] == [3]


def test_names_on_two_lines_are_read_even_when_one_of_them_is_unknown() -> None:
    rows = [
        ["N°", "Nom", "Prénom", "Coordonnées", "", "Panier", ""],
        ["", "", "", "Tél.", "Mail", "Type", "Couleur"],
        ["1", "Durand", "Paul", "", "p@example.org", "Grand", "vert"],
    ]
    table = read_table(delimited(rows).encode())
    assert table.columns == ("N°", "Nom", "Prénom", "Tél.", "Mail", "Type Panier", "Couleur")
    assert [row.line for row in table.rows] == [3]


def test_headings_between_the_lines_say_the_depot_and_footnotes_are_left_aside() -> None:
    rows = [
        ["Dépôt : Gare", "", ""],
        ["Nom", "Prénom", "Panier"],
        ["Durand", "Paul", "Grand"],
        ["Dépôt : Jardin", "", ""],
        ["Nom", "Prénom", "Panier"],
        ["Petit", "", ""],
        ["* absent en août", "", ""],
        ["Mise à jour du 12/03/2017", "", ""],
    ]
    for data in (workbook(rows), delimited(rows).encode(), "Dépôt : Gare\n".encode() + delimited(rows[1:]).encode()):
        table = read_table(data)
        assert table.columns[3] == "Dépôt"
        assert [(row.line, row.cells[0], row.cells[3]) for row in table.rows] == [
            (3, "Durand", "Gare"),
            (6, "Petit", "Jardin"),
        ]
        assert sum("laissée de côté" in note for note in table.notes) == 4


def test_a_few_wrong_bytes_do_not_spoil_the_accents_of_a_whole_file() -> None:
    rows = [["Nom", "Prénom"], *(["Lefèvre", "Zoé"] for _ in range(30))]
    data = delimited(rows).encode() + "Müller;Chloé\r\n".encode("cp1252")
    table = read_table(data)
    assert table.rows[0].cells == ("Lefèvre", "Zoé")
    assert table.rows[-1].cells == ("Müller", "Chloé")
    assert any("relisez les noms" in note for note in table.notes)


def test_accents_encoded_twice_are_mended_even_when_windows_left_holes() -> None:
    text = delimited([["Nom", "Prénom"], ["KOVÁCS", "Zoé"], ["ÏDIR", "À"]])
    twice = "".join(chr(byte) if 0x80 <= byte < 0xA0 and byte in (0x81, 0x8D, 0x8F, 0x90, 0x9D) else bytes([byte]).decode("cp1252")
                    for byte in text.encode())  # fmt: skip
    table = read_table(twice.encode())
    assert [row.cells for row in table.rows] == [("KOVÁCS", "Zoé"), ("ÏDIR", "À")]
    assert any("réparés" in note for note in table.notes)


def test_of_sheets_kept_year_after_year_the_newest_is_read() -> None:
    head = ["Nom", "Prénom", "Panier"]
    many, few = [head, *([f"N{n}", "P", "Grand"] for n in range(30))], [head, ["Durand", "Paul", "Petit"]]
    assert read_table(workbook(many, few, names=("Adhérents 2016", "Adhérents 2017"))).sheet == "Adhérents 2017"
    assert read_table(workbook(many, few, names=("Adhérents 2016", "Essai"))).sheet == "Adhérents 2016"
    assert read_table(workbook(many, [head], names=("2016", "2017"))).sheet == "2016"


def test_a_word_alone_in_a_column_without_title_is_a_heading() -> None:
    rows = [["", "Nom", "Tél"], ["GARE", "", ""], ["", "Durand", "0612345678"], ["JARDIN", "", ""], ["", "Petit", ""]]
    table = read_table(workbook(rows))
    assert [row.line for row in table.rows] == [3, 5]
    assert any(french("« GARE »") in note for note in table.notes)


def test_columns_held_apart_by_spaces_are_refused_with_what_to_do() -> None:
    with pytest.raises(UnreadableFile, match="séparées par des espaces"):
        read_table("Nom        Prénom     Panier\nDurand     Paul       Grand\n".encode())
    assert read_table(b"Nom\nDurand\n").columns == ("Nom",)


def test_a_table_of_a_thousand_columns_is_refused_with_what_to_do() -> None:
    rows = [["Nom", "Prénom", *(f"c{number}" for number in range(1000))], ["Durand", "Paul"]]
    with pytest.raises(UnreadableFile, match="400 colonnes"):
        read_table(delimited(rows).encode())
