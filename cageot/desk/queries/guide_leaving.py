"""The guide as it leaves: one PDF, a folder of pages, a file for another network; and what another network's would change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

import cageot.core
from cageot.core.templatetags.cageot import day
from cageot.desk.queries.guide_book import Difference, between, between_papers, network_name
from cageot.desk.queries.guide_papers import shown
from cageot.guide.queries.book import last_papers, said_now
from cageot.guide.rules import exchange, markup, shipped, word_file

CSS = shipped.DATA / "site.css"
"""Not among static files: it leads to fonts that stand beside it in the folder only."""
VENDOR = Path(cageot.core.__file__).parent / "static" / "vendor"
FONTS = ("atkinson-hyperlegible-next", "bricolage-grotesque")


def guide_name() -> str:
    """How the guide is called on its cover."""
    return _("Monter des paniers solidaires")


def _made(today: date) -> str:
    return " · ".join(filter(None, [network_name(), day(today, "year"), _("texte sous licence CC BY-SA 4.0")]))


def for_paper(today: date) -> dict[str, Any]:
    """The whole guide as data for `guide.typ`."""
    chapters = said_now()
    titles = {one.chapter.slug: one.chapter.title for one in chapters}
    return {
        "title": guide_name(), "garden": network_name() or "Cageot", "date": [today.year, today.month, today.day], "lang": "fr",
        "printed": "", "made": _made(today), "contents": _("Sommaire"), "toolbox": _("La boîte à outils"),
        "toolbox_why": _("Ces documents se remplissent avec les données de votre jardin, dans Cageot, en DOCX ou en PDF."),
        "known": sorted(titles), "chapters": [
            {"slug": one.chapter.slug, "title": one.chapter.title, "summary": one.chapter.summary,
             "body": markup.data(one.text, lambda slug: titles.get(slug, slug))}
            for one in chapters
        ],
        "papers": [{"title": paper.title, "purpose": paper.purpose} for paper in last_papers()],
    }  # fmt: skip


def site(today: date, at: datetime) -> bytes:
    """The guide as a zip of pages that lead to each other by relative addresses, with their style, fonts and papers."""
    chapters, papers = said_now(), last_papers()
    titles = {one.chapter.slug: one.chapter.title for one in chapters}
    about = {"name": guide_name(), "made": _made(today), "chapters": chapters, "papers": papers}
    files: dict[str, str | bytes] = {"index.html": render_to_string("desk/guide_site/index.html", about), "guide.css": CSS.read_bytes()}  # fmt: skip
    for place, one in enumerate(chapters):
        said = markup.html(one.text, lambda slug: (f"{slug}.html", titles[slug]) if slug in titles else None)
        near = {
            "before": chapters[place - 1].chapter if place else None,
            "after": chapters[place + 1].chapter if place + 1 < len(chapters) else None,
        }
        page = render_to_string("desk/guide_site/chapter.html", about | near | {"one": one, "html": said})
        files[f"{one.chapter.slug}.html"] = page
    for paper in papers:
        held = {"paper": paper, "blocks": shown(paper.blocks, None)}
        files[f"modele-{paper.code}.html"] = render_to_string("desk/guide_site/paper.html", about | held)
        mark = word_file.Mark(paper.code, "reseau", paper.version)
        files[f"modeles/{paper.code}.docx"] = word_file.write(
            paper.title, paper.blocks, None, mark=mark, about=network_name() or "Cageot", at=at
        )
    for font in FONTS:
        files[f"fonts/{font}.woff2"] = (VENDOR / f"{font}.woff2").read_bytes()
        files[f"fonts/{font}.LICENSE.txt"] = (VENDOR / f"{font}.LICENSE.txt").read_bytes()
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(ZipInfo(f"guide/{name}", (at.year, at.month, at.day, 0, 0, 0)), content, ZIP_DEFLATED)
    return made.getvalue()


def exchange_file(today: date) -> bytes:
    """The guide for another network."""
    return exchange.write(ours(today))


def ours(today: date) -> exchange.Book:
    """The guide as a book to hand on."""
    return exchange.Book(
        network_name(), str(today),
        tuple(exchange.Chapter(one.chapter.slug, one.chapter.title, one.chapter.summary, tuple(one.chapter.tags), one.text) for one in said_now()),
        tuple(exchange.Paper(paper.code, paper.title, paper.purpose, tuple(paper.blocks)) for paper in last_papers()),
    )  # fmt: skip


@dataclass(frozen=True)
class Part:
    """A chapter or a paper of another network's guide, beside ours. `state`: "new", "same" or "differs"."""

    key: str
    title: str
    state: str
    difference: Difference


@dataclass(frozen=True)
class Comparison:
    """What another network's guide would change here."""

    book: exchange.Book
    chapters: Sequence[Part]
    papers: Sequence[Part]

    @property
    def anything(self) -> bool:
        return any(part.state != "same" for part in (*self.chapters, *self.papers))


def compare(book: exchange.Book) -> Comparison:
    """Another network's guide beside ours. Three queries."""
    mine = {one.chapter.slug: one for one in said_now()}
    chapters = []
    for one in book.chapters:
        here = mine.get(one.slug)
        same = here is not None and here.text.strip() == one.text.strip() and here.chapter.title == one.title
        changed = between(here.text, one.text) if here and not same else []
        chapters.append(Part(one.slug, one.title, "new" if here is None else "same" if same else "differs", changed))
    tools = {paper.code: paper for paper in last_papers()}
    papers = []
    for paper in book.papers:
        there = tools.get(paper.code)
        same = there is not None and there.blocks == list(paper.blocks)
        difference = between_papers(there.blocks, paper.blocks) if there and not same else []
        papers.append(
            Part(paper.code, paper.title, "new" if there is None else "same" if same else "differs", difference)
        )
    return Comparison(book, chapters, papers)
