"""Where the table stands on a sheet: its header line, its last line, its totals. Lines are counted from 1."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count

from django.utils.translation import gettext as _

from .columns import Column, key_of
from .safe import looks_like_formula
from .table import Cell, letter, text_of
from .words import plain

Lines = Sequence[Sequence[Cell]]

_LOOK_AT = 40
_DATUM = re.compile(r"[-+(]?[\d\s.,:/€%()-]*\d[\d\s.,:/€%()-]*(?:€|eur|euros)?|\S+@\S+\.\S+", re.IGNORECASE)
_AMOUNT = re.compile(r"-?[\d\s.,]*\d\s*(?:€|eur|euros)?", re.IGNORECASE)
_TOTAL = re.compile(
    r"(?:sous |grand )?tota(?:l|ux)(?: general)?|somme|nb total|nombre total|total\b.*|sous total\b.*|moyenne"
)
_APART = re.compile(r"\S {2,}\S")
_ASIDE = re.compile(r"[:=]|^\W|\b\d{4}\b|\b(?:page|suite|fin de|mis[e]? à jour|légende|n\.?b\.?)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Header:
    """The line that names the columns (the lower one when it takes two), and the names as written."""

    line: int
    names: tuple[str, ...]
    known: int
    """How many names an import recognises."""


def find_header(lines: Lines, columns: Sequence[Column]) -> Header | None:
    """The line with the most names that are known; failing any, the first that looks like names above a table."""
    top = [_texts(line) for line in lines[:_LOOK_AT]]
    known = [_known(texts, columns) for texts in top]
    best = max(range(len(top)), key=lambda index: known[index], default=None)
    if best is not None and _enough(known[best], top[best]):
        return _stacked(top, best, columns)
    named = next((index for index in range(len(top)) if _looks_like_names(index, top, lines)), None)
    return None if named is None else Header(named + 1, tuple(top[named]), known[named])


def unique_names(names: Sequence[str]) -> tuple[str, ...]:
    """Each name once: "Téléphone", "Téléphone (2)"; a blank one takes its letter, "Colonne C"."""
    taken: dict[str, int] = {}
    for index, name in enumerate(names):
        taken[_free(" ".join(name.split()) or _("Colonne %(letter)s") % {"letter": letter(index)}, taken)] = index
    return tuple(taken)


def _free(name: str, taken: Collection[str]) -> str:
    return next(other for number in count(1) if (other := f"{name} ({number})" if number > 1 else name) not in taken)


def is_total(cells: Sequence[Cell]) -> bool:
    """A line that says "Total" and, beside it, holds numbers only, in less than half of its cells."""
    filled = [cell for cell in cells if cell]
    if len(filled) > max(2, len(cells) // 2 + 1):
        return False
    labels = [text for text in map(_stripped, filled) if text and not _AMOUNT.fullmatch(text)]
    return len(labels) == 1 and bool(_TOTAL.fullmatch(plain(labels[0])))


def repeats(cells: Sequence[Cell], names: Sequence[str]) -> bool:
    """The header again, as on each page of a long print."""
    return len(cells) >= len(names) and all(_stripped(cell) == name for cell, name in zip(cells, names, strict=False))


def is_sum(cells: Sequence[Cell]) -> bool:
    """A line of a few bare numbers, without a word: the sums under a table."""
    filled = [_stripped(cell) for cell in cells if cell]
    return 0 < len(filled) <= max(1, len(cells) // 3) and all(_AMOUNT.fullmatch(text) for text in filled)


def _stripped(cell: Cell) -> str:
    return text_of(cell).strip()


def _texts(line: Sequence[Cell]) -> list[str]:
    return [_stripped(cell) for cell in line]


def _known(texts: Sequence[str], columns: Sequence[Column]) -> int:
    return len({key for text in texts if text and len(text) < 60 and (key := key_of(text, columns))})


def _enough(known: int, texts: Sequence[str]) -> bool:
    """Two known names, or one that stands alone in a table of one column."""
    filled = sum(bool(text) for text in texts)
    return known >= 2 or (
        known == 1 and (filled >= 2 or len(texts) == 1) and not any(_DATUM.fullmatch(text) for text in texts)
    )


def _looks_like_names(index: int, top: Sequence[Sequence[str]], lines: Lines) -> bool:
    filled = [text for text in top[index] if text]
    below = next((line for line in lines[index + 1 :] if any(line)), ())
    return (
        len(filled) >= 2
        and len(set(filled)) == len(filled)
        and not any(_DATUM.fullmatch(text) or len(text) > 60 for text in filled)
        and any(isinstance(cell, date) or _DATUM.fullmatch(cell.strip()) for cell in below if cell)
        and 2 * len(filled) >= max(len(_trimmed(line)) for line in top)
    )


def _trimmed(texts: Sequence[str]) -> Sequence[str]:
    return [text for text in texts if text]


def _stacked(top: Sequence[Sequence[str]], best: int, columns: Sequence[Column]) -> Header:
    """Names on two lines, because cells are merged: blanks are filled from above, finer names are taken from below,
    and "Type" under "Panier" is "Type panier"."""
    line, names = best + 1, list(top[best])
    above = top[best - 1] if best else ()
    if best + 1 < len(top) and (finer := _finer(names, top[best + 1], columns)):
        line, names = line + 1, _over(finer, names)
    elif _known(_gaps(names, above), columns):
        names = _over(names, above)
    names = _within(names, above, columns)
    return Header(line, tuple(names), _known(names, columns))


def _finer(names: Sequence[str], below: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """The names of the line below, if it is one more line of names: most are known, and they fill blanks."""
    filled = _trimmed(below)
    finer = _within(below, names, columns)
    known = sum(bool(text and key_of(text, columns)) for text in finer)
    fills = len(names) < len(below) or any(text and not name for name, text in zip(names, below, strict=False))
    plainly = not any(_DATUM.fullmatch(text) or len(text) > 60 for text in filled)
    return finer if known >= 2 and 2 * known > len(filled) and fills and plainly else []


def _within(names: Sequence[str], groups: Sequence[str], columns: Sequence[Column]) -> list[str]:
    """Names that say nothing alone, completed by the group that they stand under, when that makes them known."""
    if len(_trimmed(groups)) < 2:
        return list(names)
    found, group = [], ""
    for index, name in enumerate(names):
        group = (groups[index] if index < len(groups) else "") or group
        whole = f"{name} {group}"
        found.append(whole if name and not key_of(name, columns) and key_of(whole, columns) else name)
    return found


HEADINGS = frozenset(("depot", "weekday", "size", "frequency", "tariff", "partner"))
"""What a heading may say for all the lines under it."""


def heading(cells: Sequence[Cell], columns: Sequence[Column]) -> tuple[str, str] | None:
    """What a line alone says of those under it: "Dépôt : Gare de Blois" is ("Dépôt", "Gare de Blois")."""
    filled = [text for text in map(_stripped, cells) if text]
    if not filled or len(filled) > 2:
        return None
    name, colon, value = (filled[0] if len(filled) == 1 else f"{filled[0]} {filled[1]}").partition(":")
    said = colon and value.strip() and len(name) < 30 and key_of(name, columns) in HEADINGS
    return (name.strip(), value.strip()) if said else None


def is_aligned(lines: Lines) -> bool:
    """A text whose columns are only held apart by spaces, as a printer would have them."""
    top = [line for line in lines[:_LOOK_AT] if any(line)]
    apart = sum(bool(_APART.search(_stripped(line[0]))) for line in top)
    return len(top) > 1 and max(map(len, top)) == 1 and apart == len(top)


def is_beside(cells: Sequence[Cell], names: Sequence[str]) -> bool:
    """A line that holds one cell only, in a column without a name: a heading of what follows."""
    filled = [index for index, cell in enumerate(cells) if _stripped(cell)]
    return len(filled) == 1 and filled[0] < len(names) and not names[filled[0]]


def is_aside(cells: Sequence[Cell], width: int) -> bool:
    """A line of one cell that is no name: a heading ("Dépôt : Gare"), a footnote, "mis à jour le 12/03/2017"."""
    filled = [text for text in map(_stripped, cells) if text]
    return (
        len(filled) == 1
        and width > 1
        and not looks_like_formula(filled[0])
        and sum(letter.isalpha() for letter in filled[0]) > 2
        and (bool(_ASIDE.search(filled[0])) or len(filled[0]) > 60)
    )


def _gaps(names: Sequence[str], above: Sequence[str]) -> list[str]:
    return [text for index, text in enumerate(above) if index >= len(names) or not names[index]]


def _over(first: Sequence[str], second: Sequence[str]) -> list[str]:
    width = max(len(first), len(second))
    padded = [[*texts, *[""] * (width - len(texts))] for texts in (first, second)]
    return [one or other for one, other in zip(*padded, strict=True)]
