"""Tables kept with crosses: a column "Petit" and a column "Grand", an x in one of them. And a sheet for each depot."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace

from django.utils.translation import gettext as _

from cageot.core.tabular.columns import HOUSEHOLD_COLUMNS, key_of
from cageot.core.tabular.shape import unique_names
from cageot.core.tabular.table import Cell, Table, text_of
from cageot.core.tabular.values import BadValue, is_blank, parse_frequency
from cageot.core.tabular.words import plain
from cageot.desk.queries import importing as queries
from cageot.desk.rules.import_facts import DepotFact, SizeFact
from cageot.desk.rules.import_words import abbreviated, by_names, meant
from cageot.network.models import Garden

TITLES = {column.key: column.title for column in HOUSEHOLD_COLUMNS}
CROSSES = frozenset(("x", "1", "oui", "o", "ok", "v", "vrai", "✓", "✔", "☑", "☒", "✗"))
NO = frozenset(("0", "non", "n", "faux", "☐"))
Named = Callable[[str], str]
"""The garden's own name for what a header says, or nothing."""


def gathered(table: Table, garden: Garden) -> Table:
    """The table with one column for the sizes, the depots or the rhythms that it tells by crosses, or by its sheet."""
    sizes, depots = queries.sizes(garden), queries.depots(garden)
    for key, named in (("size", _sizes(sizes)), ("depot", _depots(depots)), ("frequency", _frequency)):
        if all(key_of(header) != key for header in table.columns):
            table = _gather(table, TITLES[key], named)
    depot = _depots(depots)(table.sheet) if table.sheet else ""
    if depot and all(key_of(header) != "depot" for header in table.columns):
        told = _("La feuille « %(sheet)s » porte le nom d’un dépôt : il a été pris pour toutes ses lignes.")
        table = _with(table, TITLES["depot"], [depot] * len(table.rows), told % {"sheet": table.sheet})
    return table


def _gather(table: Table, title: str, named: Named) -> Table:
    found = {
        place: name
        for place, header in enumerate(table.columns)
        if not key_of(header) and (name := named(header)) and _crossed([row.cells[place] for row in table.rows])
    }
    if len(found) < 2:
        return table
    said = [" + ".join(_counted(row.cells[place], name) for place, name in found.items() if _counted(row.cells[place], name))
            for row in table.rows]  # fmt: skip
    kept = [place for place in range(len(table.columns)) if place not in found]
    headers = ", ".join(f"« {table.columns[place]} »" for place in found)
    table = replace(
        table,
        columns=tuple(table.columns[place] for place in kept),
        rows=tuple(replace(row, cells=tuple(row.cells[place] for place in kept)) for row in table.rows),
    )
    told = _("Croix des colonnes %(headers)s : lues comme une seule colonne, « %(title)s ».")
    return _with(table, title, said, told % {"headers": headers, "title": title})


def _with(table: Table, title: str, said: Sequence[str], told: str) -> Table:
    rows = tuple(replace(row, cells=(*row.cells, text)) for row, text in zip(table.rows, said, strict=True))
    return replace(table, columns=unique_names((*table.columns, title)), rows=rows, notes=(*table.notes, told))


def _crossed(cells: Sequence[Cell]) -> bool:
    """Crosses, or small numbers, and nothing else; at least one."""
    said = {_mark(cell) for cell in cells}
    return bool(said - {""}) and all(
        mark in CROSSES or mark in NO or (mark.isdecimal() and len(mark) < 2) for mark in said - {""}
    )


def _counted(cell: Cell, name: str) -> str:
    """The name, if it is crossed; with its number when that is not one: "2 Petit" is asked about, as it is not "Petit"."""
    mark = _mark(cell)
    if not mark or mark in NO:
        return ""
    return name if mark in CROSSES else f"{mark} {name}"


def _mark(cell: Cell) -> str:
    if is_blank(cell):
        return ""
    text = text_of(cell).strip()
    return plain(text).removesuffix(" 0") or text


def _sizes(sizes: Sequence[SizeFact]) -> Named:
    known = by_names([(name, size) for size in sizes for name in (size.name, size.code)])

    def named(header: str) -> str:
        found = meant(header, known)
        short = abbreviated(header, sizes) if not found else None
        return found[0].name if found else short.name if short else ""

    return named


def _depots(depots: Sequence[DepotFact]) -> Named:
    known = by_names([(depot.name, depot) for depot in depots if not depot.home])
    return lambda header: next((depot.name for depot in meant(header, known)), "")


def _frequency(header: str) -> str:
    with suppress(BadValue):
        parse_frequency(header)
        return header
    return ""
