"""Tables written for people to open: CSV that French spreadsheets read well, and XLSX whose text stays text."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Self

import xlsxwriter
from django.utils.translation import gettext as _

from .columns import CORRECTIONS
from .safe import export_cell
from .table import Row, Table, text_of

Value = str | int | float | Decimal | date | bool | None
Place = tuple[int, int]
"""A cell under the header: row and column, both counted from 0."""
Spot = tuple[int, int]
"""A cell of a file that was brought: line, as `Row.line`, and column counted from 0; column -1 is the whole line."""

CELL_LIMIT = 32_767
"""Characters that a cell of XLSX can hold (ECMA-376)."""
COMMENTS = 2_000
"""Beyond, comments make a workbook slow to open; colours and the last column still tell."""
WIDEST = 48
# The same rows make the same file, to the byte; a workbook has no time zone.
_WRITTEN_ON = datetime(2000, 1, 1)  # noqa: DTZ001
_FORMATS: dict[str, dict[str, Any]] = {
    "plain": {"num_format": "@", "valign": "top"},
    "header": {"bold": True, "bg_color": "#E3ECE4", "bottom": 1, "text_wrap": True, "valign": "top"},
    "number": {"valign": "top"},
    "date": {"num_format": "dd/mm/yyyy", "align": "left", "valign": "top"},
    "wrong": {"num_format": "@", "bg_color": "#F9D3CB", "valign": "top"},
    "warned": {"num_format": "@", "bg_color": "#FFF0BF", "valign": "top"},
    "told": {"num_format": "@", "italic": True, "text_wrap": True, "valign": "top"},
}


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> bytes:
    """UTF-8 with its mark, ";" and CRLF: what a French Excel opens by a double click. Formulas are kept asleep."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([export_cell(name) for name in columns])
    writer.writerows([export_cell(_text(value)) for value in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig", errors="replace")


def write_xlsx(
    columns: Sequence[str],
    rows: Iterable[Sequence[Value]],
    *,
    title: str,
    notes: Mapping[Place, str] | None = None,
    highlights: Iterable[Place] | None = None,
) -> bytes:
    """A workbook of one sheet: header frozen, text as text (a postcode keeps its zero), numbers and dates as such.

    `notes` are comments on cells, `highlights` cells to colour.
    """
    coloured = dict.fromkeys(highlights or (), "warned")
    with _Book(title) as book:
        book.header(0, columns)
        for number, row in enumerate(rows):
            book.row(
                number + 1,
                row,
                {column: style for column in range(len(row)) if (style := coloured.get((number, column)))},
            )
        for (number, column), note in (notes or {}).items():
            book.comment(number + 1, column, note)
    return book.data


def write_corrections(table: Table, wrong: Mapping[Spot, str], warned: Mapping[Spot, str] | None = None) -> bytes:
    """The table that was brought, annotated: every line where it stood, wrong cells red and warned ones yellow, each
    with a comment, and a last column "À corriger" that gathers what is wrong on the line. It can be brought again.
    """
    told = _by_line(wrong, warned or {})
    with _Book(table.sheet or "Feuille 1") as book:
        if table.header_line > 1:
            book.row(0, [_("Corrigez les cases en couleur, puis apportez ce fichier de nouveau.")], {})
        book.header(table.header_line - 1, [*table.columns, CORRECTIONS])
        for row in table.rows:
            book.annotated(row, table.columns, told.get(row.line, {}))
    return book.data


Told = dict[int, tuple[str, str]]
"""By column: how the cell is coloured, and what is said of it."""


def _by_line(wrong: Mapping[Spot, str], warned: Mapping[Spot, str]) -> dict[int, Told]:
    told: dict[int, Told] = {}
    for style, messages in (("warned", warned), ("wrong", wrong)):
        for (line, column), message in messages.items():
            told.setdefault(line, {})[column] = (style, message)
    return told


class _Book:
    """A workbook of one sheet being written, line after line; `data` once closed."""

    def __init__(self, title: str) -> None:
        self._buffer = io.BytesIO()
        self._book = xlsxwriter.Workbook(self._buffer, {"constant_memory": True})
        self._book.set_properties({"title": _fit(title)[:255], "created": _WRITTEN_ON})
        self._formats = {name: self._book.add_format(properties) for name, properties in _FORMATS.items()}
        self._sheet = self._book.add_worksheet(_sheet_name(title))
        self._widths: dict[int, int] = {}
        self._comments = 0
        self.data = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        for column, width in self._widths.items():
            self._sheet.set_column(column, column, width + 2)
        self._book.close()
        self.data = self._buffer.getvalue()

    def header(self, line: int, names: Sequence[str]) -> None:
        for column, name in enumerate(names):
            self._write(line, column, name, "header")
        self._sheet.freeze_panes(line + 1, 0)

    def row(self, line: int, values: Sequence[Value], styles: Mapping[int, str]) -> None:
        for column, value in enumerate(values):
            self._write(line, column, value, styles.get(column, ""))

    def annotated(self, row: Row, columns: Sequence[str], told: Told) -> None:
        """A line as it was brought, and at its end what is wrong with it."""
        self.row(row.line - 1, row.cells, {column: style for column, (style, _message) in told.items() if column >= 0})
        wrong = [
            message if column < 0 else f"{columns[column]} : {message}"
            for column, (style, message) in sorted(told.items())
            if style == "wrong"
        ]
        if wrong:
            self._write(row.line - 1, len(columns), "\n".join(wrong), "told")
        for column, (_style, message) in told.items():
            self.comment(row.line - 1, max(column, 0), message)

    def comment(self, line: int, column: int, text: str) -> None:
        self._comments += 1
        if self._comments <= COMMENTS:
            self._sheet.write_comment(line, column, _fit(text), {"author": "Cageot", "x_scale": 2})

    def _write(self, line: int, column: int, value: Value, style: str) -> None:
        """Text always as a string: nothing here can become a formula or a link."""
        if value is None or value == "":
            if style:
                self._sheet.write_blank(line, column, None, self._formats[style])
            return
        self._widths[column] = max(self._widths.get(column, 8), min(len(_text(value).partition("\n")[0]), WIDEST))
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, date)):
            self._sheet.write_string(line, column, _fit(_text(value)), self._formats[style or "plain"])
        elif isinstance(value, date):
            self._sheet.write_datetime(line, column, value, self._formats[style or "date"])
        else:
            self._sheet.write_number(line, column, value, self._formats[style or "number"])


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _("oui") if value else _("non")
        case float() | Decimal():
            return str(value).replace(".", ",")
        case date():
            return text_of(value)
    return str(value)


def _fit(text: str) -> str:
    return text[:CELL_LIMIT].encode("utf-8", errors="replace").decode()


def _sheet_name(title: str) -> str:
    """At most 31 characters as UTF-16 counts them, none of those that a sheet's name may not hold."""
    allowed = "".join(" " if letter in "[]:*?/\\" or not letter.isprintable() else letter for letter in _fit(title))
    return allowed.encode("utf-16-le")[:62].decode("utf-16-le", errors="ignore").strip(" '") or "Feuille 1"
