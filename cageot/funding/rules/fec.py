"""The file of accounting entries that the tax office may ask for (FEC), written and checked.

Livre des procédures fiscales, article A47 A-1: 18 columns in this order, a header line, dates AAAAMMJJ, decimals after a comma,
one file by year named SIRENFECAAAAMMJJ. Of what the article leaves open: tabulations, CRLF, and ISO 8859-15, which it names;
a character beyond it is written by the nearest one it has. What opens the year comes first (AN1, AN2…), as the article asks, then
entries by number (1, 2…), hence in the order they were written (decision 0040).

`check` mirrors what the tax office's own checker looks at (Test-Compta-Demat, DGFiP), and is stricter where the article is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from cageot.network.rules.identifiers import is_siren

COLUMNS = (
    "JournalCode", "JournalLib", "EcritureNum", "EcritureDate", "CompteNum", "CompteLib", "CompAuxNum", "CompAuxLib", "PieceRef",
    "PieceDate", "EcritureLib", "Debit", "Credit", "EcritureLet", "DateLet", "ValidDate", "Montantdevise", "Idevise",
)  # fmt: skip
FILLED = {
    one
    for one in COLUMNS
    if one not in {"CompAuxNum", "CompAuxLib", "EcritureLet", "DateLet", "Montantdevise", "Idevise"}
}
"""Columns that are never empty."""
ENCODING = "iso8859-15"
ENDING = "\r\n"


class Line(NamedTuple):
    """One line of the file. `cents`: positive debits, negative credits. `letter` and `letter_on`: what it was matched with, and when."""

    journal: str
    journal_label: str
    number: str
    day: date
    account: str
    account_label: str
    other: str
    other_label: str
    piece: str
    piece_day: date
    label: str
    cents: int
    letter: str
    letter_on: date | None
    written_on: date


OPENING = "AN"
"""The journal of what opens a year, and how its numbers begin."""


def shown(number: int, *, opens: bool) -> str:
    """The number of an entry: what opens the year has a sequence of its own, so that it is first whenever it is written."""
    return f"{OPENING}{number}" if opens else str(number)


def file_name(siren: str, last: date) -> str:
    """The name that the article asks for: SIREN, FEC, last day of the year."""
    return f"{siren}FEC{last:%Y%m%d}.txt"


def header() -> str:
    return "\t".join(COLUMNS) + ENDING


def written(line: Line) -> str:
    """A line as it stands in the file."""
    debit, credit = (line.cents, 0) if line.cents > 0 else (0, -line.cents)
    letter_on = stamp(line.letter_on) if line.letter_on else ""
    return (
        f"{line.journal}\t{one_line(line.journal_label)}\t{line.number}\t{stamp(line.day)}\t{line.account}\t"
        f"{one_line(line.account_label)}\t{line.other}\t{one_line(line.other_label)}\t{one_line(line.piece)}\t"
        f"{stamp(line.piece_day)}\t{one_line(line.label)}\t{amount(debit)}\t{amount(credit)}\t{line.letter}\t{letter_on}\t"
        f"{stamp(line.written_on)}\t\t{ENDING}"
    )


@lru_cache(maxsize=2048)
def stamp(day: date) -> str:
    """A day as the file says it: AAAAMMJJ. The same days come back a million times."""
    return f"{day:%Y%m%d}"


def amount(cents: int) -> str:
    """Cents as the file says them: 1234,50, without spaces."""
    return f"{cents // 100},{cents % 100:02d}"


@lru_cache(maxsize=8192)
def one_line(text: str) -> str:
    """A text without what separates columns and lines, in characters that the file's encoding has. Labels come back often."""
    if text.isascii() and text.isprintable():
        return text
    plain = " ".join(text.split()).translate(_NEAREST)
    try:
        plain.encode(ENCODING)
    except UnicodeEncodeError:
        plain = "".join(map(_nearest, plain))
    return "".join(sign for sign in plain if sign.isprintable())


_NEAREST = str.maketrans(
    {"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u202f": " ", "\u00a0": " "}
)


def _nearest(sign: str) -> str:
    try:
        sign.encode(ENCODING)
    except UnicodeEncodeError:
        return unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode() or "?"
    return sign


# --- Checked --------------------------------------------------------------------------------------


class Wrong(NamedTuple):
    """Something that the file must not have: the line (1 is the header, 0 the whole file), a word for the rule, and what was found."""

    line: int
    rule: str
    found: str


@dataclass
class _Entry:
    """What is known of an entry while its lines pass."""

    first: tuple[str, ...]
    at: int
    cents: int = 0
    lines: int = 0


@dataclass
class _Sequence:
    """The numbers of a sequence: the last one, and all those seen."""

    last: int = 0
    seen: set[int] = field(default_factory=set)


@dataclass
class _State:
    number: str = ""
    ordinary: bool = False
    sequences: dict[str, _Sequence] = field(default_factory=dict)
    open: _Entry | None = None
    letters: dict[str, int] = field(default_factory=dict)


NAME = re.compile(r"^(\d{9})FEC(\d{8})\.(txt|csv)$", re.IGNORECASE)
MONEY = re.compile(r"^-?\d+,\d{2}$")
DAY = re.compile(r"^\d{8}$")
ACCOUNT = re.compile(r"^[1-9]\d{2}[0-9A-Za-z]*$")
NUMBER = re.compile(rf"^({OPENING})?([0-9]{{1,18}})$")


def check(lines: Iterable[bytes], *, name: str, first: date, last: date) -> Iterator[Wrong]:
    """All that is wrong in a file, in order. Nothing: the tax office's checker takes it. Memory: a number for each entry."""
    yield from _check_name(name, last)
    state, count = _State(), 0
    for count, raw in enumerate(lines, 1):
        yield from _check_line(count, raw, state, first, last)
    if count < 2:
        yield Wrong(0, "empty", "")
    yield from _end_entry(state)
    yield from (Wrong(0, "letter_unbalanced", letter) for letter, cents in state.letters.items() if cents)
    for start, sequence in state.sequences.items():
        numbers = sorted(sequence.seen)
        yield from (
            Wrong(0, "gap", f"{start}{a} → {start}{b}")
            for a, b in zip(numbers, numbers[1:], strict=False)
            if b != a + 1
        )
        if numbers[0] != 1:
            yield Wrong(0, "gap", f"→ {start}{numbers[0]}")


def _check_name(name: str, last: date) -> Iterator[Wrong]:
    found = NAME.match(name)
    if not found:
        yield Wrong(0, "file_name", name)
        return
    if not is_siren(found[1]):
        yield Wrong(0, "siren", found[1])
    if found[2] != f"{last:%Y%m%d}":
        yield Wrong(0, "year_end", found[2])


def _check_line(number: int, raw: bytes, state: _State, first: date, last: date) -> Iterator[Wrong]:
    try:
        text = raw.decode(ENCODING)
    except UnicodeDecodeError:
        yield Wrong(number, "encoding", repr(raw[:40]))
        return
    if not text.endswith(ENDING):
        yield Wrong(number, "line_end", "")
    text = text.rstrip("\r\n")
    fields = text.split("\t")
    if number == 1:
        if tuple(fields) != COLUMNS:
            yield Wrong(1, "header", text[:80])
        return
    if not text.strip():
        yield Wrong(number, "empty_line", "")
        return
    if len(fields) != len(COLUMNS):
        yield Wrong(number, "columns", str(len(fields)))
        return
    yield from _check_fields(number, dict(zip(COLUMNS, fields, strict=True)), state, first, last)


def _check_fields(number: int, row: dict[str, str], state: _State, first: date, last: date) -> Iterator[Wrong]:
    yield from (Wrong(number, "missing", column) for column in COLUMNS if column in FILLED and not row[column].strip())
    yield from (Wrong(number, "control_sign", column) for column in COLUMNS if not row[column].isprintable())
    if bool(row["CompAuxNum"]) != bool(row["CompAuxLib"]):
        yield Wrong(number, "auxiliary_half_told", row["CompAuxNum"] or row["CompAuxLib"])
    if bool(row["EcritureLet"]) != bool(row["DateLet"]):
        yield Wrong(number, "letter_half_told", row["EcritureLet"] or row["DateLet"])
    if not ACCOUNT.match(row["CompteNum"]):
        yield Wrong(number, "account", row["CompteNum"])
    days = {
        column: _day(row[column]) for column in ("EcritureDate", "PieceDate", "ValidDate", "DateLet") if row[column]
    }
    yield from (Wrong(number, "date", f"{column} {row[column]}") for column, day in days.items() if day is None)
    day = days.get("EcritureDate")
    if day and not first <= day <= last:
        yield Wrong(number, "outside_the_year", row["EcritureDate"])
    cents = 0
    if MONEY.match(row["Debit"]) and MONEY.match(row["Credit"]):
        debit, credit = _cents(row["Debit"]), _cents(row["Credit"])
        cents = debit - credit
        if debit and credit:
            yield Wrong(number, "debit_and_credit", f"{row['Debit']} {row['Credit']}")
        if not debit and not credit:
            yield Wrong(number, "no_amount", "")
        if debit < 0 or credit < 0:
            yield Wrong(number, "negative", f"{row['Debit']} {row['Credit']}")
    else:
        yield Wrong(number, "amount", f"{row['Debit']} {row['Credit']}")
    if row["EcritureLet"]:
        letter = f"{row['CompteNum']} {row['CompAuxNum']} {row['EcritureLet']}"
        state.letters[letter] = state.letters.get(letter, 0) + cents
    yield from _check_entry(number, row, cents, state)


def _check_entry(number: int, row: dict[str, str], cents: int, state: _State) -> Iterator[Wrong]:
    """Lines of one entry follow one another, with one journal, day, piece and label; entries balance and their numbers rise.

    What opens the year comes before all the rest.
    """
    told = NUMBER.match(row["EcritureNum"])
    if told is None:
        yield Wrong(number, "number", row["EcritureNum"])
        return
    if state.open is None or row["EcritureNum"] != state.number:
        yield from _end_entry(state)
        entry, sequence = int(told[2]), state.sequences.setdefault(told[1] or "", _Sequence())
        if entry in sequence.seen:
            yield Wrong(number, "number_twice", row["EcritureNum"])
        elif entry < sequence.last:
            yield Wrong(number, "order", row["EcritureNum"])
        if row["JournalCode"] == OPENING and state.ordinary:
            yield Wrong(number, "opening_not_first", row["EcritureNum"])
        state.number, sequence.last = row["EcritureNum"], entry
        state.ordinary |= row["JournalCode"] != OPENING
        sequence.seen.add(entry)
        state.open = _Entry(_head(row), number)
    if _head(row) != state.open.first:
        yield Wrong(number, "entry_changes", row["EcritureNum"])
    state.open.cents += cents
    state.open.lines += 1


def _head(row: dict[str, str]) -> tuple[str, ...]:
    return row["JournalCode"], row["EcritureDate"], row["PieceRef"], row["PieceDate"], row["ValidDate"]


def _end_entry(state: _State) -> Iterator[Wrong]:
    if state.open and state.open.cents:
        yield Wrong(state.open.at, "unbalanced", f"{state.number} : {state.open.cents / 100:.2f}")
    if state.open and state.open.lines < 2:
        yield Wrong(state.open.at, "one_line", str(state.number))


def _day(text: str) -> date | None:
    if not DAY.match(text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _cents(text: str) -> int:
    whole, part = text.lstrip("-").split(",")
    return (int(whole) * 100 + int(part)) * (-1 if text.startswith("-") else 1)
