"""A guide in a file, for another network: one JSON text with a version and a seal, so that damage is seen before anything is read.

    {"format": "cageot-guide", "version": 1, "made_by": "…", "made_on": "2018-03-14", "seal": "…",
     "chapters": [{"slug", "title", "summary", "tags", "text"}], "papers": [{"code", "title", "purpose", "blocks"}]}

The seal is the SHA-256 of chapters and papers as compact JSON with sorted keys. It guards against accidents, not against malice:
what is read is checked all the same, as if a stranger had typed it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cageot.guide.rules import blocks, fields, markup
from cageot.guide.rules.blocks import Block

FORMAT, VERSION = "cageot-guide", 1
BIGGEST_FILE = 5 * 1024 * 1024
MOST_CHAPTERS, MOST_PAPERS = 200, 100

UPGRADES: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From a version to the next one, for files that an older Cageot made. When VERSION goes up, its step comes here."""

RESERVED = {"index", "modeles", "nouveau", "ordre", "apercu", "pdf", "site", "fichier", "importer"}
"""Words that stand where a chapter's would in an address."""

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,59}\Z")


class NotAGuide(ValueError):
    """This file is not read. `why`: "big", "not_json", "other" (some other file), "newer" (made by a newer Cageot), "damaged",
    "shape", "field"; `where`: what part, or the newer version, or the unknown field."""

    def __init__(self, why: str, where: str = "") -> None:
        self.why, self.where = why, where
        super().__init__(why)


@dataclass(frozen=True)
class Chapter:
    """A chapter of a file."""

    slug: str
    title: str
    summary: str
    tags: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Paper:
    """A paper of a file; its blocks are clean."""

    code: str
    title: str
    purpose: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Book:
    """A whole guide: who made the file, on what day (as it says), and what it holds."""

    made_by: str
    made_on: str
    chapters: tuple[Chapter, ...]
    papers: tuple[Paper, ...]


def write(book: Book) -> bytes:
    """The file of a guide."""
    held = {
        "chapters": [
            {"slug": one.slug, "title": one.title, "summary": one.summary, "tags": list(one.tags), "text": one.text}
            for one in book.chapters
        ],
        "papers": [
            {"code": one.code, "title": one.title, "purpose": one.purpose, "blocks": list(one.blocks)}
            for one in book.papers
        ],
    }
    about = {
        "format": FORMAT,
        "version": VERSION,
        "made_by": book.made_by,
        "made_on": book.made_on,
        "seal": _seal(held),
    }
    return json.dumps(about | held, ensure_ascii=False, indent=1).encode()


def _seal(file: dict[str, Any]) -> str:
    held = {"chapters": file.get("chapters"), "papers": file.get("papers")}
    return sha256(json.dumps(held, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def read(content: bytes) -> Book:
    """The guide of a file. Refusal: NotAGuide; nothing of a refused file is used."""
    if len(content) > BIGGEST_FILE:
        raise NotAGuide("big")
    try:
        file = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise NotAGuide("damaged" if b'"cageot-guide"' in content[:200] else "not_json") from error
    if not isinstance(file, dict) or file.get("format") != FORMAT:
        raise NotAGuide("other")
    version = file.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise NotAGuide("shape", "version")
    if version > VERSION:
        raise NotAGuide("newer", str(version))
    if file.get("seal") != _seal(file):
        raise NotAGuide("damaged")
    for step in range(version, VERSION):
        file = UPGRADES[step](file)
    return Book(
        _text(file, "made_by", 120), _text(file, "made_on", 10),
        tuple(_chapters(_rows(file, "chapters", MOST_CHAPTERS))), tuple(_papers(_rows(file, "papers", MOST_PAPERS))),
    )  # fmt: skip


def _rows(file: dict[str, Any], name: str, most: int) -> list[dict[str, Any]]:
    rows = file.get(name)
    if not isinstance(rows, list) or len(rows) > most or not all(isinstance(row, dict) for row in rows):
        raise NotAGuide("shape", name)
    return rows


def _text(row: dict[str, Any], name: str, most: int, *, needed: bool = False) -> str:
    text = row.get(name, "")
    if not isinstance(text, str) or (needed and not text.strip()):
        raise NotAGuide("shape", name)
    return blocks.one_line(text)[:most]


def _chapters(rows: Iterable[dict[str, Any]]) -> list[Chapter]:
    made = []
    for row in rows:
        slug, text, tags = row.get("slug"), row.get("text"), row.get("tags", [])
        if not isinstance(slug, str) or not SLUG.match(slug) or slug in RESERVED:
            raise NotAGuide("shape", "slug")
        if not isinstance(text, str) or len(text) > markup.LONGEST or "\x00" in text:
            raise NotAGuide("shape", slug)
        if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
            raise NotAGuide("shape", slug)
        # What no base can hold (half of a pair of signs) is left out.
        said = text.encode(errors="ignore").decode()
        made.append(Chapter(slug, _text(row, "title", 160, needed=True), _text(row, "summary", 300),
                            tuple(blocks.one_line(tag)[:40] for tag in tags[:12]), said))  # fmt: skip
    if len({one.slug for one in made}) < len(made):
        raise NotAGuide("shape", "slug")
    return made


def _papers(rows: Iterable[dict[str, Any]]) -> list[Paper]:
    made = []
    for row in rows:
        code = row.get("code")
        if not isinstance(code, str) or not SLUG.match(code):
            raise NotAGuide("shape", "code")
        try:
            said = blocks.clean(row.get("blocks"))
        except fields.UnknownField as error:
            raise NotAGuide("field", error.name) from error
        except blocks.BadBlocks as error:
            raise NotAGuide("shape", code) from error
        made.append(Paper(code, _text(row, "title", 160, needed=True), _text(row, "purpose", 300), tuple(said)))
    if len({one.code for one in made}) < len(made):
        raise NotAGuide("shape", "code")
    return made
