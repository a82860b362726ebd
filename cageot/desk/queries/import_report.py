"""What there is to tell of a file once judged: each remark with its line, its column, what was written, and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cageot.core.tabular.write import Spot, write_corrections
from cageot.desk import words_importing as words
from cageot.desk.queries.import_file import Brought, written_in
from cageot.desk.rules.import_facts import Remark
from cageot.desk.rules.importing import Decision


@dataclass(frozen=True)
class Told:
    """A remark as it is shown. `column` is the header of the file ("" for the whole line), `key` what it holds."""

    line: int
    column: str
    value: str
    message: str
    key: str = ""


@dataclass(frozen=True)
class Group:
    """The same thing to tell of the same words, on one line or on many."""

    column: str
    value: str
    message: str
    lines: tuple[int, ...]

    @property
    def where(self) -> str:
        """The lines, a few of them when they are many."""
        return words.listed([str(line) for line in self.lines], 8)


def alike(told: Iterable[Told]) -> list[Group]:
    """Remarks that say the same of the same value together, in the order of the columns' first line."""
    found: dict[tuple[str, str, str], list[int]] = {}
    for one in told:
        found.setdefault((one.column, one.value, one.message), []).append(one.line)
    return [Group(*said, tuple(lines)) for said, lines in found.items()]


class Report:
    """The remarks on a file, in the order of its lines."""

    def __init__(self, brought: Brought, decision: Decision) -> None:
        self.brought, self.decision = brought, decision
        self._written = written_in(brought.table, brought.columns)
        self._headers = brought.columns.headers
        # A name may be held by one column, whole, while a remark speaks of the last name.
        self._instead = {"last_name": "full_name", "adults": "household_size"}

    @property
    def problems(self) -> list[Told]:
        return [self._told(row.draft.line, remark) for row in self.decision.rows for remark in row.problems]

    @property
    def notes(self) -> list[Told]:
        rows = self.decision.rows
        return [self._told(row.draft.line, remark) for row in rows if row.state != "problem" for remark in row.notes]

    @property
    def duplicates(self) -> list[tuple[int, str, list[str]]]:
        """Lines that look like another household: line, name, why."""
        return [
            (row.draft.line, row.draft.name, [words.likeness(one) for one in row.likely])
            for row in self.decision.of("duplicate")
        ]

    @property
    def repaired(self) -> int:
        """How many cells were mended."""
        rows = self.decision.rows
        return sum(
            remark.code == "mended" for row in rows if row.state in ("good", "duplicate") for remark in row.notes
        )

    def _told(self, line: int, remark: Remark) -> Told:
        key = remark.column if remark.column in self._headers else self._instead.get(remark.column, "")
        return Told(line, self._headers.get(key, ""), self._written(line, key), words.sentence(remark), remark.column)

    def annotated(self) -> bytes:
        """The file as it was brought, with what to correct: XLSX."""
        return write_corrections(self.brought.table, dict(self._wrong()), dict(self._spots(self.notes)))

    def _wrong(self) -> Iterator[tuple[Spot, str]]:
        yield from self._spots(self.problems)
        for line, _name, why in self.duplicates:
            yield (line, -1), " ".join([*why, _("Si c’est un autre foyer, dites-le à la relecture.")])

    def _spots(self, told: Iterable[Told]) -> Iterator[tuple[Spot, str]]:
        """One message a cell, since a comment is all that a cell can hold."""
        places = {header: place for place, header in enumerate(self.brought.table.columns)}
        found: dict[Spot, list[str]] = {}
        for one in told:
            found.setdefault((one.line, places.get(one.column, -1)), []).append(one.message)
        return ((spot, " ".join(messages)) for spot, messages in found.items())
