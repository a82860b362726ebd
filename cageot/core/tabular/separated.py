"""CSV text into lines of cells: the separator guessed, quotes respected, a quote left open told."""

import csv
import io
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from .table import UnreadableFile, too_many

SEPARATORS = (";", "\t", ",", "|")
_HINT = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
_SAMPLE = 200
_SWALLOWED = 6
"""Separators in one cell of several lines from which it is a quote left open, not a long remark."""


def split(text: str, rows_allowed: int) -> tuple[list[list[str]], str]:
    """The lines, numbered from 1 as a spreadsheet does (a line break inside quotes starts no line), and the separator.

    Refuses (UnreadableFile) a quote never closed and more than `rows_allowed` lines.
    """
    text, separator = _hinted(text)
    separator = separator or guess(text)
    rows: list[list[str]] = []
    for row in _records(text, separator):
        rows.append(row)
        if len(rows) > rows_allowed:
            raise UnreadableFile(too_many(rows_allowed))
    _refuse_runaway(rows, separator)
    return rows, separator


def guess(text: str) -> str:
    """The separator under which the lines agree best on their number of cells."""
    return max(SEPARATORS, key=lambda separator: _agreement(text, separator))


def _hinted(text: str) -> tuple[str, str]:
    """Excel writes and obeys a first line "sep=;", and does not show it."""
    hint = _HINT.match(text)
    return (text[hint.end() :], hint[1]) if hint and hint[1] in SEPARATORS else (text, "")


def _agreement(text: str, separator: str) -> float:
    try:
        sample = list(itertools.islice(_records(text[:400_000], separator), _SAMPLE))
    except UnreadableFile:
        return 0
    widths = Counter(len(row) for row in sample if any(row))
    if not widths:
        return 0
    width, lines = max(widths.items(), key=lambda item: item[1] * math.log2(item[0]))
    return (lines / widths.total()) ** 2 * math.log2(width)


def _records(text: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    for line in itertools.count(1):
        try:
            row = next(reader, None)
        except csv.Error:
            raise UnreadableFile(_open_quote(line)) from None
        if row is None:
            return
        yield row


def _refuse_runaway(rows: list[list[str]], separator: str) -> None:
    """A cell that holds line breaks and as many separators as a whole line has swallowed its neighbours."""
    width = Counter(len(row) for row in rows if any(row)).most_common(1)
    limit = max(width[0][0] - 1, _SWALLOWED) if width else _SWALLOWED
    for line, row in enumerate(rows, 1):
        if any("\n" in cell and cell.count(separator) >= limit for cell in row):
            raise UnreadableFile(_open_quote(line))


def _open_quote(line: int) -> str:
    return _(
        'À la ligne %(line)s, un guillemet (") est ouvert et jamais refermé. '
        "Ouvrez le fichier dans un tableur, corrigez cette ligne, enregistrez, puis apportez-le de nouveau."
    ) % {"line": line}
