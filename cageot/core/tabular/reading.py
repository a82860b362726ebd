"""`read_table`: any file that a garden brings, as one `Table`, or a refusal that says what to do."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import separated, shape
from .brought import kind_of
from .columns import CORRECTIONS, HOUSEHOLD_COLUMNS, Column, key_of
from .decoding import decode
from .safe import import_cell
from .shape import Header
from .table import Cell, Row, Table, UnreadableFile, text_of
from .values import is_blank
from .workbook import open_workbook

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
BYTES = 20_000_000
ROWS = 200_000
WIDTH = 400
"""Columns that people can say something of; an assembly of tables has more."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sheet and the table found on it."""

    name: str
    lines: Sequence[Sequence[Cell]]
    header: Header
    hidden: bool = False

    @property
    def merit(self) -> tuple[bool, int, int]:
        """Shown before hidden; then the most names known, counted with the lines, up to a point."""
        return (not self.hidden, self.header.known * min(len(self.lines), 20), len(self.lines))


def read_table(
    source: Path | str | bytes, name: str = "", *, sheet: str = "", columns: Sequence[Column] = HOUSEHOLD_COLUMNS
) -> Table:
    """The table of a CSV, XLSX, XLS or ODS file, told by its content, not by its `name`.

    `sheet` chooses one by name; otherwise the one that looks most like data. `columns` helps to find the header.
    Raises UnreadableFile, never anything else, whatever the bytes.
    """
    data = _fetch(source)
    table = _from_workbook(data, sheet, columns) if kind_of(data) == "workbook" else _from_text(data, columns)
    return replace(table, name=name or ("" if isinstance(source, bytes) else Path(source).name))


def _fetch(source: Path | str | bytes) -> bytes:
    if isinstance(source, bytes):
        return _small_enough(source, len(source))
    try:
        return _small_enough(Path(source), Path(source).stat().st_size)
    except OSError:
        raise UnreadableFile(
            _("Ce fichier est introuvable, ou n’a pas pu être ouvert : %(name)s") % {"name": source}
        ) from None


def _small_enough(source: Path | bytes, size: int) -> bytes:
    if size > BYTES:
        raise UnreadableFile(
            _("Ce fichier dépasse %(megabytes)s Mo. Gardez seulement le tableau utile, ou coupez-le en plusieurs.")
            % {"megabytes": BYTES // 1_000_000}
        )
    return source if isinstance(source, bytes) else source.read_bytes()


def _from_text(data: bytes, columns: Sequence[Column]) -> Table:
    decoded = decode(data)
    lines, separator = separated.split(decoded.text, ROWS)
    if shape.is_aligned(lines):
        raise UnreadableFile(
            _(
                "Les colonnes de ce fichier sont séparées par des espaces : on ne peut pas les reconnaître. "
                "Ouvrez-le dans un tableur, séparez les colonnes, enregistrez en Excel (.xlsx), puis apportez ce fichier."
            )
        )
    header = shape.find_header(lines, columns)
    if header is None:
        raise UnreadableFile(_no_header())
    names = _names(header.names)
    rows, notes = _rows(lines, header, len(names), ends_matter=True)
    notes = (*decoded.notes, *notes)
    table = Table(names, rows, notes, header.line, encoding=decoded.encoding, separator=separator)
    return _under_headings(table, lines, columns)


def _from_workbook(data: bytes, wanted: str, columns: Sequence[Column]) -> Table:
    sheets = [
        _Sheet(sheet.name, sheet.rows, header, sheet.hidden)
        for sheet in open_workbook(data, ROWS)
        if (not wanted or sheet.name == wanted) and (header := shape.find_header(sheet.rows, columns))
    ]
    if not sheets:
        raise UnreadableFile(_no_header())
    best = _latest(sheets) or max(sheets, key=lambda sheet: sheet.merit)
    others = tuple(sheet.name for sheet in sheets if sheet is not best and not sheet.hidden)
    names = _names(best.header.names)
    rows, notes = _rows(best.lines, best.header, len(names), ends_matter=False)
    notes = (*_sheet_note(best.name, others), *notes)
    table = Table(names, rows, notes, best.header.line, sheet=best.name, other_sheets=others)
    return _under_headings(table, best.lines, columns)


def _latest(sheets: Sequence[_Sheet]) -> _Sheet | None:
    """The newest of sheets kept year after year, which are alike but for the year in their names."""
    alike = [
        sheet for sheet in sheets if not sheet.hidden and sheet.header.known == max(one.header.known for one in sheets)
    ]
    years = {
        name[0]: sheet
        for sheet in alike
        if (name := _YEAR.findall(sheet.name)) and len(sheet.lines) > sheet.header.line
    }
    return years[max(years)] if len(years) == len(alike) > 1 else None


def _under_headings(table: Table, lines: Sequence[Sequence[Cell]], columns: Sequence[Column]) -> Table:
    """The table with one more column for each thing that headings say ("Dépôt : Gare"), if no column of it says it."""
    said = [(number, *found) for number, line in enumerate(lines, 1) if (found := shape.heading(line, columns))]
    known = {key_of(name, columns) for name in table.columns}
    for name in dict.fromkeys(name for _number, name, _value in said if key_of(name, columns) not in known):
        values = [(number, value) for number, other, value in said if other == name]
        rows = tuple(replace(row, cells=(*row.cells, _last_before(row.line, values))) for row in table.rows)
        told = _("Les titres « %(name)s : … » sont lus pour les lignes qui suivent chacun d’eux.") % {"name": name}
        table = replace(
            table, columns=shape.unique_names((*table.columns, name)), rows=rows, notes=(*table.notes, told)
        )
    return table


def _last_before(line: int, values: Sequence[tuple[int, str]]) -> str:
    return next((value for number, value in reversed(values) if number < line), "")


def _names(names: Sequence[str]) -> tuple[str, ...]:
    """Unique names of the columns, without the empty ones at the end nor the column of an annotated copy."""
    last = max((index for index, name in enumerate(names) if name), default=-1)
    if last >= 0 and names[last] == CORRECTIONS:
        last = max((index for index, name in enumerate(names[:last]) if name), default=-1)
    if last >= WIDTH:
        raise UnreadableFile(
            _(
                "Ce tableau a plus de %(columns)s colonnes. Gardez seulement les colonnes utiles, puis apportez-le de nouveau."
            )
            % {"columns": WIDTH}
        )
    return shape.unique_names(names[: last + 1])


def _rows(
    lines: Sequence[Sequence[Cell]], header: Header, width: int, *, ends_matter: bool
) -> tuple[tuple[Row, ...], tuple[str, ...]]:
    """The lines under the header that hold data, and a note for each that was left out."""
    numbered = [(number, line) for number, line in enumerate(lines[header.line :], header.line + 1) if _filled(line)]
    left_out = dict(_left_out(numbered, header))
    kept = [(number, line) for number, line in numbered if number not in left_out]
    if not kept:
        raise UnreadableFile(
            _("Ce tableau a des titres de colonnes mais aucune ligne. Vérifiez que c’est le bon fichier.")
        )
    ends_matter = ends_matter and _mostly_whole(kept, width)
    corrected = len(header.names) > width and header.names[width] == CORRECTIONS
    rows = tuple(_row(number, line, width, ends_matter, corrected) for number, line in kept)
    return rows, tuple(left_out.values())


def _filled(line: Sequence[Cell]) -> bool:
    return any(not is_blank(cell) for cell in line)


def _left_out(numbered: Sequence[tuple[int, Sequence[Cell]]], header: Header) -> Iterator[tuple[int, str]]:
    """Totals wherever they are, the header repeated on each page, and the sums under the table."""
    for number, line in numbered:
        if shape.is_total(line):
            yield (number, _("Ligne %(line)s laissée de côté : c’est une ligne de total.") % {"line": number})
        elif shape.repeats(line, header.names):
            yield (
                number,
                _("Ligne %(line)s laissée de côté : elle répète les titres des colonnes.") % {"line": number},
            )
        elif shape.is_aside(line, len(header.names)) or shape.is_beside(line, header.names):
            text = next(text_of(cell) for cell in line if not is_blank(cell))
            yield (
                number,
                _("Ligne %(line)s laissée de côté : c’est un titre ou une remarque (« %(text)s »).")
                % {"line": number, "text": " ".join(text.split())[:60]},
            )
    if numbered and shape.is_sum(numbered[-1][1]) and len(header.names) > 3:
        number = numbered[-1][0]
        yield (
            number,
            _("Ligne %(line)s laissée de côté : elle ne contient que des nombres, comme un total.") % {"line": number},
        )


def _mostly_whole(kept: Sequence[tuple[int, Sequence[Cell]]], width: int) -> bool:
    """Some tools drop the empty cells at the end of every line: then a short line means nothing."""
    short = sum(len(line) < width for _number, line in kept)
    return short * 5 <= len(kept)


def _row(number: int, line: Sequence[Cell], width: int, ends_matter: bool, corrected: bool) -> Row:
    trouble = _trouble(line, width + corrected, ends_matter)
    cells = tuple(import_cell(cell) if isinstance(cell, str) else cell for cell in line[:width])
    return Row(number, cells + ("",) * (width - len(cells)), trouble)


def _trouble(line: Sequence[Cell], width: int, ends_matter: bool) -> str:
    if ends_matter and len(line) < width:
        return ngettext(
            "Cette ligne s’arrête trop tôt : %(found)s case au lieu de %(width)s. Complétez-la.",
            "Cette ligne s’arrête trop tôt : %(found)s cases au lieu de %(width)s. Complétez-la.",
            len(line),
        ) % {"found": len(line), "width": width}
    if len(line) > width and _filled(line[width:]):
        return _(
            "Cette ligne a plus de cases que de titres de colonnes. Une virgule ou un point-virgule de trop "
            "décale peut-être les cases."
        )
    return ""


def _sheet_note(name: str, others: Sequence[str]) -> tuple[str, ...]:
    if not others:
        return ()
    return (
        ngettext(
            "Feuille lue : « %(sheet)s ». Une autre feuille contient aussi un tableau, non lu : %(others)s.",
            "Feuille lue : « %(sheet)s ». D’autres feuilles contiennent aussi un tableau, non lues : %(others)s.",
            len(others),
        )
        % {"sheet": name, "others": ", ".join(others)},
    )


def _no_header() -> str:
    return _(
        "Aucune ligne de titres de colonnes n’a été trouvée. Mettez au-dessus du tableau une ligne avec le nom "
        "de chaque colonne, par exemple Nom, Prénom, Téléphone."
    )
