"""What a file holds once read: named columns, numbered rows, and what was noticed on the way."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

Cell = str | date
"""A cell as text; only a true date cell of a workbook stays a date."""


class UnreadableFile(Exception):
    """The file cannot be read. `str(error)` says why, and what to do, in the words of whoever brought it."""


def too_many(rows_allowed: int) -> str:
    """What to tell about a file with more lines than that."""
    return _("Ce fichier a plus de %(rows)s lignes. Coupez-le en plusieurs fichiers.") % {
        "rows": f"{rows_allowed:_}".replace("_", "\u202f")
    }


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file. `line` is the number a spreadsheet shows beside it; there is a cell per column.

    `trouble` says, in French, that the line itself is broken (ends early, has too many cells); empty otherwise.
    """

    line: int
    cells: tuple[Cell, ...]
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file, read. Column names are unique: a second "Téléphone" is "Téléphone (2)", a blank one "Colonne C".

    `notes` are French sentences to show: what was guessed, what was left out. `sheet` and `other_sheets`
    are empty for a CSV file; `encoding` and `separator` for a workbook.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    header_line: int = 1
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    encoding: str = ""
    separator: str = ""
    name: str = ""


def text_of(cell: Cell) -> str:
    """A cell as a French reader writes it: 30/11/2016 for a date, the text itself otherwise."""
    return f"{cell:%d/%m/}{cell.year:04}" if isinstance(cell, date) else cell


def letter(index: int) -> str:
    """The letters a spreadsheet gives to a column: 0 is A, 26 is AA."""
    before, last = divmod(index, 26)
    return (letter(before - 1) if before else "") + chr(ord("A") + last)
