"""Blocks: what a paper of the toolbox is made of, whatever it is written to (screen, DOCX, PDF).

| kind | holds |
|---|---|
| title, heading, paragraph, box | text |
| list, numbered | items |
| checkbox | items, one box each; text, what they answer (may be missing) |
| table | rows of cells, all as long |
| signature | items, one for each who signs |
| lines | count of empty lines; text, what to write there (may be missing) |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from cageot.guide.rules import fields

Block = dict[str, Any]

TEXTS = ("title", "heading", "paragraph", "box")
ITEMS = ("list", "numbered", "checkbox", "signature")
KINDS = (*TEXTS, *ITEMS, "table", "lines")
GO_ON = ("list", "numbered", "checkbox", "lines")

MOST_BLOCKS, LONGEST_TEXT, MOST_ITEMS, MOST_ROWS, MOST_COLUMNS, MOST_LINES, MOST_SIGNS = (
    300,
    4000,
    60,
    100,
    10,
    40,
    100_000,
)
"""What one paper may hold: far above any real one."""


class BadBlocks(ValueError):
    """These blocks make no paper: `why` is one of "empty", "many", "long", "shape"; `where` is the number of the block, from 1."""

    def __init__(self, why: str, where: int = 0) -> None:
        self.why, self.where = why, where
        super().__init__(why)


_NOT_IN_A_FILE = re.compile("[\x00-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u2028\u2029\x85]")


def one_line(text: str) -> str:
    """The text on one line, without signs that a file cannot hold, its fields written one way. No-break spaces stay."""
    said = re.sub(" +", " ", _NOT_IN_A_FILE.sub(" ", text)).strip(" ")
    return fields.FIELD.sub(r"{{\1}}", said)


def clean(blocks: object) -> list[Block]:
    """The same paper in its one normal form; what holds nothing is left out. Refusals: BadBlocks, fields.UnknownField.

    What goes on without a word between (items of a list, boxes, lines to fill) is one block.
    """
    if not isinstance(blocks, list):
        raise BadBlocks("shape")
    if len(blocks) > MOST_BLOCKS:
        raise BadBlocks("many")
    made: list[Block] = []
    for number, block in enumerate(blocks, 1):
        one = _clean(block, number)
        if one and made and "text" not in one and one["kind"] == made[-1]["kind"] and one["kind"] in GO_ON:
            made[-1] = _together(made[-1], one, number)
        elif one:
            made.append(one)
    if not made:
        raise BadBlocks("empty")
    if sum(len(text) for text in texts(made)) > MOST_SIGNS:
        raise BadBlocks("long")
    fields.check(texts(made))
    return made


def _together(before: Block, after: Block, number: int) -> Block:
    if "count" in before:
        return before | {"count": min(MOST_LINES, before["count"] + after["count"])}
    items = before["items"] + after["items"]
    if len(items) > MOST_ITEMS:
        raise BadBlocks("many", number)
    return before | {"items": items}


def _clean(block: object, number: int) -> Block | None:
    if not isinstance(block, dict) or block.get("kind") not in KINDS:
        raise BadBlocks("shape", number)
    kind = block["kind"]
    text = _said(block.get("text", ""), number)
    if kind in TEXTS:
        return {"kind": kind, "text": text} if text else None
    above = {"text": text} if text and kind in ("checkbox", "lines") else {}
    if kind == "lines":
        count = block.get("count", 1)
        if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_LINES:
            raise BadBlocks("shape", number)
        return {"kind": kind} | above | {"count": count}
    if kind == "table":
        return _table(block.get("rows"), number)
    items = block.get("items")
    if not isinstance(items, list) or len(items) > MOST_ITEMS:
        raise BadBlocks("many" if isinstance(items, list) else "shape", number)
    said = [one for one in (_said(item, number) for item in items) if one]
    return {"kind": kind} | above | {"items": said} if said else None


def _table(rows: object, number: int) -> Block | None:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise BadBlocks("shape", number)
    if len(rows) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in rows):
        raise BadBlocks("many", number)
    wide = max((len(row) for row in rows), default=0)
    said = [[_said(cell, number) for cell in row] + [""] * (wide - len(row)) for row in rows]
    return {"kind": "table", "rows": said} if any(any(row) for row in said) else None


def _said(text: object, number: int) -> str:
    if not isinstance(text, str):
        raise BadBlocks("shape", number)
    said = one_line(text)
    if len(said) > LONGEST_TEXT:
        raise BadBlocks("long", number)
    return said


def texts(blocks: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Every text of a paper, in order."""
    for block in blocks:
        if block.get("text"):
            yield block["text"]
        yield from block.get("items", ())
        for row in block.get("rows", ()):
            yield from row


def field_names(blocks: Iterable[Mapping[str, Any]]) -> list[str]:
    """The fields of a paper, each once, in order."""
    return list(dict.fromkeys(name for text in texts(blocks) for name in fields.names_in(text)))


def by_size(blocks: Iterable[Mapping[str, Any]], values: Mapping[str, str] | None) -> list[Block]:
    """The same paper with its rows and items of a size written once for each size that these values know.

    Without values the paper is to be edited: it keeps one row, which says what is repeated.
    """
    sizes = range(1, fields.sizes_in(values or {}) + 1)

    def each(text: str) -> list[str]:
        return [fields.of_size(text, number) for number in sizes] if fields.SIZE in fields.names_in(text) else [text]

    made = []
    for block in blocks:
        one = dict(block)
        if "items" in one:
            one["items"] = [item for text in one["items"] for item in each(text)]
        if "rows" in one:
            one["rows"] = [row for cells in one["rows"] for row in _rows_of_sizes(cells, sizes)]
        made.append(one)
    return made


def _rows_of_sizes(cells: Sequence[str], sizes: Iterable[int]) -> list[list[str]]:
    if not any(fields.SIZE in fields.names_in(cell) for cell in cells):
        return [list(cells)]
    return [[fields.of_size(cell, number) for cell in cells] for number in sizes]


def has_head(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row of a table names its columns: at least three, all named, with something under them."""
    return len(rows) > 1 and len(rows[0]) > 2 and all(rows[0]) and not any(map(fields.names_in, rows[0]))


def said(block: Mapping[str, Any]) -> str:
    """A block on one line, to compare it and to find it by its words."""
    rows = [" | ".join(row) for row in block.get("rows", ())]
    lines = ["…" * block["count"]] if "count" in block else []
    return " · ".join([*filter(None, [block.get("text", "")]), *block.get("items", ()), *rows, *lines])


def differences(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, str]]:
    """Two texts, part by part: ("same" | "gone" | "new", part). What changed says first what it was."""
    made: list[tuple[str, str]] = []
    for what, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if what == "equal":
            made += [("same", part) for part in before[a:b]]
        else:
            made += [("gone", part) for part in before[a:b]] + [("new", part) for part in after[c:d]]
    return made


def paragraphs(text: str) -> list[str]:
    """A text cut where a line is empty; the parts that compare."""
    return [part.strip("\n") for part in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n")) if part.strip()]
