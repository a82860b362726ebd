"""What each page of the wizard shows: a file as far as it is understood, and what is still to say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from cageot.core.tabular.columns import HOUSEHOLD_COLUMNS
from cageot.core.tabular.reading import read_table
from cageot.core.tabular.table import Table
from cageot.core.tabular.words import gist, plain
from cageot.desk import words_importing as words
from cageot.desk.import_box import Box
from cageot.desk.queries import importing as queries
from cageot.desk.queries.import_crosses import gathered
from cageot.desk.queries.import_file import KEYS, UNUSED, Brought, Columns, columns_of, read, sample_of
from cageot.desk.queries.import_report import Group, Report, Told, alike
from cageot.desk.rules.import_facts import Answers, GardenFacts
from cageot.desk.rules.import_words import days_said
from cageot.desk.rules.importing import FREQUENCIES, Decision, Unknown, decide
from cageot.members.models import ImportMap
from cageot.network.models import Garden

SHOWN = 50
ASKED = 60
"""Words asked about on one page."""
STEPS = ("start", "columns", "matches", "review", "done")


class Visit:
    """One person's file in the middle of the wizard. Everything is worked out when it is asked for, and once."""

    def __init__(self, garden: Garden, box: Box, today: date) -> None:
        self.garden, self.box, self.today = garden, box, today

    @property
    def token(self) -> str:
        return self.box.token

    @property
    def name(self) -> str:
        return str(self.box.notes.get("name", ""))

    @cached_property
    def table(self) -> Table:
        """Refusals: UnreadableFile; Gone when the file has served."""
        return gathered(read_table(self.box.file, self.name, sheet=self.box.notes.get("sheet", "")), self.garden)

    @cached_property
    def map(self) -> dict[str, Any]:
        """Columns and words said so far on these pages."""
        return dict(self.box.notes.get("map", {}))

    @cached_property
    def remembered(self) -> ImportMap:
        return queries.remembered(self.garden)

    @cached_property
    def columns(self) -> Columns:
        return columns_of(self.table, {**self.remembered.columns, **self.map.get("columns", {})})

    @cached_property
    def brought(self) -> Brought:
        return read(self.table, {header: key or "" for header, key in self.columns.by_header.items()})

    @cached_property
    def facts(self) -> GardenFacts:
        return queries.garden_facts(self.garden)

    @property
    def answers(self) -> Answers:
        """What was said of words and look-alikes, over what former files taught."""
        known, said = self.remembered.values, self.map.get("values", {})
        kept = self.box.notes.get("kept", [])
        return Answers(
            {kind: {**known.get(kind, {}), **said.get(kind, {})} for kind in {*known, *said}},
            self.map.get("depots", {}), self.map.get("sizes", {}), frozenset(self.map.get("agreements", ())), frozenset(kept),
        )  # fmt: skip

    @cached_property
    def decision(self) -> Decision:
        return decide(self.brought.drafts, self.facts, self.answers, self.today)

    @cached_property
    def report(self) -> Report:
        return Report(self.brought, self.decision)

    @cached_property
    def to_match(self) -> tuple[Unknown, ...]:
        """The words of the file that the garden has not."""
        return self.decision.unknown

    @property
    def unanswered(self) -> int:
        """How many of them wait for an answer; a former file may have taught some."""
        return sum(not one.answered for one in self.to_match)


def steps(current: str) -> list[dict[str, str]]:
    """The steps of the wizard, and where one stands."""
    labels = (_("Fichier"), _("Colonnes"), _("Correspondances"), _("Relecture"), _("Fait"))
    place = STEPS.index(current)
    states = ["done"] * place + ["current"] + ["todo"] * len(labels)
    return [{"label": label, "state": state} for label, state in zip(labels, states, strict=False)]


EXAMPLE = (
    "number",
    "last_name",
    "first_name",
    "mobile",
    "email",
    "size",
    "frequency",
    "depot",
    "tariff",
    "partner",
    "support_from",
    "member_part",
)


def example_columns() -> list[dict[str, Any]]:
    """Columns that a file may have, each with other names it goes by."""
    named = {column.key: column for column in HOUSEHOLD_COLUMNS}
    return [{"title": named[key].title, "others": ", ".join(named[key].synonyms[:2])} for key in EXAMPLE]


# --- Columns -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ColumnLine:
    """One column of the file: its header, some of its values, and what it is taken for."""

    header: str
    samples: Sequence[str]
    key: str
    recognised: bool
    unused: bool = False

    @property
    def why_unused(self) -> str:
        return {"comment": _("Non repris : on ne garde pas de remarques sur les personnes."),
                "private": _("Non repris : on ne garde ni revenus, ni âge, ni dossier social.")}.get(self.key, "")  # fmt: skip


def column_lines(visit: Visit) -> list[ColumnLine]:
    """The columns of the file, but those that hold nothing and that nobody asked for."""
    lines = [
        ColumnLine(header, sample_of(visit.table, place), key or "", key is not None, key in UNUSED)
        for place, (header, key) in enumerate(visit.columns.by_header.items())
    ]
    return [line for line in lines if line.samples or line.recognised]


def column_choices() -> list[tuple[str, str]]:
    """What a column may be; "" sets it aside."""
    return [
        ("", _("Ne pas reprendre cette colonne")),
        *((c.key, str(c.label)) for c in HOUSEHOLD_COLUMNS if c.key in KEYS - UNUSED),
    ]


# --- Words to match ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class MatchLine:
    """Words of the file ("" for an empty cell), the lines that use them, what they may mean, and what is proposed.

    `weekday`: the day that the file says of a depot.
    """

    kind: str
    words: str
    lines: int
    choices: Sequence[tuple[str, str]]
    chosen: str
    proposed: bool
    may_create: bool
    weekday: int | None = None


CREATE = "+"
"""The choice that creates what the words name."""


def match_lines(visit: Visit) -> tuple[list[MatchLine], int]:
    """The words to ask about, those of most lines first; and how many more there are, when a column holds anything."""
    choices, days = _choices(visit.facts), days_said(visit.brought.drafts)
    asked = sorted(visit.to_match, key=lambda one: (one.answered, -len(one.lines)))[:ASKED]
    most = {(one.kind, one.words) for one in asked}
    lines = [
        _match_line(one, choices[one.kind], visit.answers, days.get(plain(one.words)) if one.kind == "depot" else None)
        for one in visit.to_match
        if (one.kind, one.words) in most
    ]
    return lines, len(visit.to_match) - len(lines)


def proposed(one: Unknown, facts: GardenFacts) -> str:
    """What these words most likely mean, in the garden's own; "" when nothing is near."""
    return _closest(one.words, _choices(facts)[one.kind])


def _choices(facts: GardenFacts) -> dict[str, list[tuple[str, str]]]:
    grids = sorted({grid.name for offer in facts.offers for grid in offer.grids if len(offer.grids) > 1})
    return {
        "size": [(size.code, size.name) for size in facts.sizes],
        "depot": [(depot.name, depot.name) for depot in facts.depots if depot.closed_on is None and not depot.home],
        "frequency": list(
            zip(
                FREQUENCIES,
                (_("toutes les semaines"), _("semaines paires"), _("semaines impaires"), _("une fois par mois")),
                strict=True,
            )
        ),
        "tariff": [("Plein", _("tarif plein")), ("Solidaire", _("tarif solidaire")), *((grid, grid) for grid in grids)],
        "partner": [(offer.name, f"{offer.name} ({offer.partner})") for offer in facts.offers],
    }


def _match_line(one: Unknown, choices: Sequence[tuple[str, str]], answers: Answers, weekday: int | None) -> MatchLine:
    said = _said(one, answers)
    near = "" if said else _closest(one.words, choices)
    creates = one.kind in ("size", "depot", "partner") and bool(one.words)
    return MatchLine(one.kind, one.words, len(one.lines), choices, said or near, bool(near), creates, weekday)


def _said(one: Unknown, answers: Answers) -> str:
    """What was answered of these words."""
    key = plain(one.words)
    created = {"depot": answers.new_depots, "size": answers.new_sizes, "partner": answers.new_agreements}.get(
        one.kind, ()
    )
    if key in {plain(words) for words in created}:
        return CREATE
    return next((target for words, target in answers.same_as.get(one.kind, {}).items() if plain(words) == key), "")


def _closest(said: str, choices: Sequence[tuple[str, str]]) -> str:
    """The choice that the words most likely mean: one that holds them all, else one that is written nearly so."""
    if not plain(said):
        return ""
    names = {plain(label): value for value, label in choices}
    holding = [value for name, value in names.items() if set(gist(said).split()) <= set(gist(name).split())]
    if len(holding) == 1:
        return holding[0]
    return next((names[name] for name in get_close_matches(plain(said), names, n=1, cutoff=0.8)), "")


# --- Reading again -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Review:
    """The file once judged."""

    visit: Visit
    counts: Mapping[str, int]
    total: int
    page: Page[Group]
    groups: Sequence[tuple[str, int]]
    duplicates: Sequence[tuple[int, str, Sequence[str], bool]]
    more_duplicates: int
    held: int
    notes: Sequence[tuple[str, Sequence[Told]]]
    file_notes: Sequence[str]
    creating: Sequence[str]
    waiting: int

    @property
    def whole(self) -> bool:
        return self.visit.decision.whole


def review(visit: Visit, page: str) -> Review:
    decision, report = visit.decision, visit.report
    problems = report.problems
    held = [row for row in decision.rows if row.likely and row.state in ("duplicate", "good")]
    duplicates = [
        (row.draft.line, row.draft.name, [words.likeness(one) for one in row.likely], row.state == "good")
        for row in sorted(held, key=lambda row: row.state == "good")  # those without an answer first
    ]
    return Review(
        visit, decision.counts, len(decision.rows), Paginator(_by_column(problems), SHOWN).get_page(page), _grouped(problems), duplicates[:SHOWN],
        max(len(duplicates) - SHOWN, 0), decision.counts["duplicate"], _notes(report.notes), visit.brought.notes, _creating(visit),
        visit.unanswered,
    )  # fmt: skip


def _by_column(problems: Sequence[Told]) -> list[Group]:
    """Problems by column; those that say the same of the same value are told once, with their lines."""
    return sorted(alike(problems), key=lambda one: one.column or _("Ligne entière"))


def _grouped(problems: Sequence[Told]) -> list[tuple[str, int]]:
    """How many problems by column, most first."""
    columns = [one.column or _("Ligne entière") for one in problems]
    return sorted(((column, columns.count(column)) for column in dict.fromkeys(columns)), key=lambda pair: -pair[1])


def _notes(notes: Sequence[Told]) -> list[tuple[str, list[Told]]]:
    """Notes by column, a few of each."""
    found: dict[str, list[Told]] = {}
    for one in notes:
        found.setdefault(one.column or _("Ligne entière"), []).append(one)
    return list(found.items())


def _creating(visit: Visit) -> list[str]:
    """What the import would create besides households."""
    good = visit.decision.of("good")
    depots = {row.basket.depot for row in good if row.basket and isinstance(row.basket.depot, str)}
    sizes = {row.basket.size for row in good if row.basket and isinstance(row.basket.size, str)}
    agreements = {row.cover.agreement for row in good if row.cover and isinstance(row.cover.agreement, str)}
    said = [_("le dépôt « %(name)s »") % {"name": name} for name in sorted(depots)]  # type: ignore[type-var]
    said += [_("la taille « %(name)s »") % {"name": name} for name in sorted(sizes)]  # type: ignore[type-var]
    return said + [_("une convention avec « %(name)s »") % {"name": name} for name in sorted(agreements)]  # type: ignore[type-var]
