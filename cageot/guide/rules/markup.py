"""Markdown as the guide reads it: parsed once into plain pieces, then said as HTML, as data for paper, or as bare words.

Raw HTML and pictures are off, links lead to http, https and mailto only, and every word is escaped as it is written: a page
cannot carry what this file does not make. `[[slug]]` leads to another chapter and shows its title. Shown and printed, words have
the no-break spaces of French; a text kept, compared or exchanged has those that somebody typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode

from cageot.core.typography import french

LONGEST = 100_000
"""Signs that a chapter may have."""

Link = Callable[[str], tuple[str, str] | None]
"""Where a chapter is and its title, from its slug; None when there is no such chapter."""

CHAPTER = re.compile(r"\[\[([a-z0-9][a-z0-9-]{0,59})\]\]")
SAFE = re.compile(r"(https?://|mailto:)[^\s]+\Z", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A part of a text. `kind`: one of BLOCKS or INLINE; `text`: words, or an address, a slug, an anchor; `level`: of a heading, first number of a list."""

    kind: str
    text: str = ""
    level: int = 0
    parts: tuple[Piece, ...] = ()


BLOCKS = {"heading", "paragraph", "list", "numbered", "item", "quote", "table", "row", "head", "cell", "rule", "code"}
INLINE = {"text", "strong", "em", "mono", "link", "chapter", "break"}


def _chapter(state: StateInline, silent: bool) -> bool:
    """The inline rule for `[[slug]]`."""
    found = CHAPTER.match(state.src, state.pos)
    if not found:
        return False
    if not silent:
        state.push("chapter", "", 0).content = found[1]
    state.pos = found.end()
    return True


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    reader = (
        MarkdownIt("commonmark", {"html": False, "maxNesting": 12})
        .enable("table")
        .disable(["image", "html_block", "html_inline"])
    )
    reader.inline.ruler.before("link", "chapter", _chapter)
    return reader


@lru_cache(maxsize=64)
def parse(text: str) -> tuple[Piece, ...]:
    """The pieces of a text, at most LONGEST signs of it."""
    return tuple(_pieces(SyntaxTreeNode(_reader().parse(text[:LONGEST])).children))


_PLAIN = {"paragraph": "paragraph", "bullet_list": "list", "list_item": "item", "blockquote": "quote", "hr": "rule",
          "strong": "strong", "em": "em", "tr": "row", "td": "cell", "th": "cell"}  # fmt: skip


def _pieces(nodes: Iterable[SyntaxTreeNode]) -> Iterator[Piece]:
    for node in nodes:
        kind = node.type
        if kind == "text":
            yield Piece("text", node.content)
        elif kind in ("softbreak", "hardbreak"):
            yield Piece("text", " ") if kind == "softbreak" else Piece("break")
        elif kind in ("fence", "code_block"):
            yield Piece("code", node.content)
        elif kind == "code_inline":
            yield Piece("mono", node.content)
        elif kind == "chapter":
            yield Piece("chapter", node.content)
        elif kind == "heading":
            parts = tuple(_pieces(node.children))
            yield Piece("heading", anchor(words(parts)), int(node.tag[1]), parts)
        elif kind == "ordered_list":
            yield Piece("numbered", "", int(node.attrs.get("start", 1)), tuple(_pieces(node.children)))
        elif kind == "link":
            yield Piece("link", str(node.attrs.get("href", "")), 0, tuple(_pieces(node.children)))
        elif kind == "table":
            head = tuple(Piece("head", "", 0, row.parts) for row in _pieces(node.children[0].children))
            rows = tuple(row for body in node.children[1:] for row in _pieces(body.children))
            yield Piece("table", "", 0, head + rows)
        elif kind in _PLAIN and not (kind == "paragraph" and node.hidden):
            yield Piece(_PLAIN[kind], "", 0, tuple(_pieces(node.children)))
        else:  # "inline", the paragraphs of a tight list, and whatever only wraps
            yield from _pieces(node.children)


def anchor(title: str) -> str:
    """The name of a heading in an address: its letters without accents, joined by hyphens."""
    plain = title.lower().translate(_WITHOUT_ACCENTS)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "titre"


_WITHOUT_ACCENTS = str.maketrans("àâäéèêëîïôöùûüçÿ", "aaaeeeeiioouuucy") | {
    ord("œ"): "oe",
    ord("æ"): "ae",
    ord("’"): " ",
}


# --- Said ---------------------------------------------------------------------------------------


_TAGS = {"paragraph": "p", "item": "li", "quote": "blockquote", "strong": "strong", "em": "em", "list": "ul"}


def html(text: str, link: Link) -> str:
    """The text as HTML that is safe to show. Headings keep their level; an unknown `[[slug]]` shows its slug alone."""
    return "".join(_html(piece, link) for piece in parse(text))


def _html(piece: Piece, link: Link) -> str:
    if piece.kind == "table":
        return f'<div class="scroll" tabindex="0"><table class="table keep">{_rows(piece, link)}</table></div>'
    inside = "".join(_html(part, link) for part in piece.parts)
    match piece.kind:
        case "text":
            return escape(french(piece.text))
        case "break":
            return "<br>"
        case "rule":
            return "<hr>"
        case "mono":
            return f"<code>{escape(piece.text)}</code>"
        case "code":
            return f'<pre tabindex="0"><code>{escape(piece.text)}</code></pre>'
        case "heading":
            level = min(6, max(2, piece.level))
            return f'<h{level} id="{escape(piece.text)}">{inside}</h{level}>'
        case "numbered":
            start = f' start="{piece.level}"' if piece.level != 1 else ""
            return f"<ol{start}>{inside}</ol>"
        case "link":
            safe = SAFE.match(piece.text)
            return f'<a href="{escape(piece.text)}" rel="noopener noreferrer">{inside}</a>' if safe else inside
        case "chapter":
            to = link(piece.text)
            return (
                f'<a class="to-chapter" href="{escape(to[0])}">{escape(french(to[1]))}</a>'
                if to
                else escape(piece.text)
            )
        case _:
            tag = _TAGS[piece.kind]
            return f"<{tag}>{inside}</{tag}>"


def _rows(table: Piece, link: Link) -> str:
    made = {"head": "", "row": ""}
    for row in table.parts:
        tag = "th" if row.kind == "head" else "td"
        scope = ' scope="col"' if row.kind == "head" else ""
        cells = "".join(
            f"<{tag}{scope}>{''.join(_html(part, link) for part in cell.parts)}</{tag}>" for cell in row.parts
        )
        made[row.kind] += f"<tr>{cells}</tr>"
    return f"<thead>{made['head']}</thead><tbody>{made['row']}</tbody>"


def data(text: str, title: Callable[[str], str]) -> list[dict[str, Any]]:
    """The text as data for paper: `k` the kind, `t` the words, `n` the level, `c` the parts. `title`: of a chapter, from its slug."""
    return [_data(piece, title) for piece in parse(text)]


def _data(piece: Piece, title: Callable[[str], str]) -> dict[str, Any]:
    words = title(piece.text) if piece.kind == "chapter" else piece.text
    if piece.kind in ("text", "chapter"):
        words = french(words)
    slug = {"s": piece.text} if piece.kind == "chapter" else {}
    safe = piece.kind != "link" or SAFE.match(piece.text)
    return {
        "k": piece.kind if safe else "group", "t": words, "n": piece.level, "c": [_data(part, title) for part in piece.parts],
    } | slug  # fmt: skip


def words(pieces: Iterable[Piece]) -> str:
    """The words alone, to be found by."""
    said: list[str] = []
    for piece in pieces:
        if piece.kind in ("text", "mono", "code"):
            said.append(piece.text)
        said.append(words(piece.parts))
        if piece.kind in BLOCKS or piece.kind == "break":
            said.append(" ")
    return re.sub(r"[ \n\t]+", " ", "".join(said)).strip(" ")


def chapters_named(text: str) -> list[str]:
    """Slugs of the chapters that a text leads to, each once, in order."""

    def named(pieces: Iterable[Piece]) -> Iterator[str]:
        for piece in pieces:
            if piece.kind == "chapter":
                yield piece.text
            yield from named(piece.parts)

    return list(dict.fromkeys(named(parse(text))))


@dataclass(frozen=True)
class Heading:
    """A heading of a text, for its summary."""

    level: int
    anchor: str
    title: str


def headings(text: str) -> list[Heading]:
    """The headings of the second level."""
    found = (piece for piece in parse(text) if piece.kind == "heading" and piece.level <= 2)
    return [Heading(2, piece.text, words(piece.parts)) for piece in found]


def minutes(text: str) -> int:
    """Minutes that reading takes, at 180 words a minute; at least one."""
    return max(1, round(len(text.split()) / 180))
