"""The toolbox: a paper as it stands, as a garden has it, filled with what the garden holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from cageot.core.typography import french
from cageot.desk.queries.guide_values import Values, agreements_of, values_of
from cageot.funding.models import Agreement
from cageot.guide.models import Template
from cageot.guide.queries.book import last_papers, papers_of
from cageot.guide.rules import blocks, fields
from cageot.guide.rules.fields import Field
from cageot.network.models import Garden

Shown = dict[str, Any]


def shown(made: Sequence[blocks.Block], values: Mapping[str, str] | None) -> list[Shown]:
    """Blocks with their texts filled, for a page or for paper: texts are lists of `Bit`s, as French writes its spaces."""

    def fill(text: str) -> list[fields.Bit]:
        return [replace(bit, text=french(bit.text)) for bit in fields.with_faces(fields.fill(french(text), values))]

    return [
        {
            "kind": block["kind"], "text": fill(block.get("text", "")), "items": [fill(item) for item in block.get("items", ())],
            "rows": [[fill(cell) for cell in row] for row in block.get("rows", ())],
            "head": bool(block.get("rows")) and blocks.has_head(block["rows"]), "lines": range(block.get("count", 0)),
        }
        for block in blocks.by_size(made, values)
    ]  # fmt: skip


def on_paper(made: Sequence[blocks.Block], values: Mapping[str, str] | None) -> list[dict[str, Any]]:
    """The same for Typst, as JSON holds it: a text is pairs of words and kind."""

    def flat(text: list[fields.Bit]) -> list[list[str]]:
        return [[bit.text, bit.kind] for bit in text]

    return [
        {
            "kind": one["kind"], "text": flat(one["text"]), "items": [flat(item) for item in one["items"]],
            "rows": [[flat(cell) for cell in row] for row in one["rows"]], "head": one["head"], "count": len(one["lines"]),
        }
        for one in shown(made, values)
    ]  # fmt: skip


def network_paper(code: str) -> Template | None:
    """The network's paper, in its last version."""
    return next((paper for paper in last_papers() if paper.code == code), None)


@dataclass(frozen=True)
class PaperPage:
    """A paper to look at."""

    paper: Template
    blocks: Sequence[Shown]
    fields: Sequence[Field]


def paper_page(paper: Template) -> PaperPage:
    """The network's paper with invented values."""
    names = blocks.field_names(paper.blocks)
    return PaperPage(paper, shown(paper.blocks, fields.examples()), [fields.FIELDS[name] for name in names if name in fields.FIELDS])  # fmt: skip


@dataclass(frozen=True)
class GardenPaperPage:
    """A paper as a garden has it, filled. `newer`: the network's has changed since the garden's own was made from it."""

    garden: Garden
    paper: Template
    own: bool
    newer: bool
    blocks: Sequence[Shown]
    missing: Sequence[str]
    agreements: Sequence[Agreement]
    agreement: Agreement | None


def garden_paper(garden: Garden, code: str) -> Template | None:
    """The paper that a garden uses: its own edition, else the network's."""
    return next((paper for paper in papers_of(garden) if paper.code == code), None)


def filled(garden: Garden, agreement: str, today: date) -> tuple[Values, list[Agreement], Agreement | None]:
    """What the garden's papers are filled with, the agreements to choose among, and the one chosen (by its number, else the first)."""
    choices = agreements_of(garden, today)
    chosen = next((one for one in choices if str(one.pk) == agreement), choices[0] if choices else None)
    return values_of(garden, chosen, today), choices, chosen


def garden_paper_page(garden: Garden, code: str, agreement: str, today: date) -> GardenPaperPage | None:
    """A garden's paper, to look at before it is printed."""
    paper = garden_paper(garden, code)
    if paper is None:
        return None
    values, choices, chosen = filled(garden, agreement, today)
    own = paper.garden_id is not None
    network = network_paper(code) if own else paper
    names = blocks.field_names(paper.blocks)
    asks = any(name.split(".")[0] in ("partenaire", "convention", "tarif") for name in names)
    return GardenPaperPage(
        garden, paper, own, bool(own and network and paper.base and network.version > paper.base), shown(paper.blocks, values),
        [fields.FIELDS[name].label for name in names if name in fields.FIELDS and not values.get(name)],
        choices if asks else [], chosen,
    )  # fmt: skip
