"""The pages of the guide: its contents, a chapter to read, its history, what another text would change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.urls import reverse

from cageot.funding.models import Entity
from cageot.guide.models import Chapter, ChapterVersion, Template
from cageot.guide.queries.book import Said, last_papers, offered, offered_papers, said_now
from cageot.guide.rules import blocks, markup


def network_name() -> str:
    """The name of the network head; "" when nobody gave it one."""
    return Entity.objects.filter(head=True).values_list("name", flat=True).first() or ""


def links(chapters: Sequence[Said]) -> markup.Link:
    """Where each chapter of the guide is."""
    titles = {one.chapter.slug: one.chapter.title for one in chapters}
    return lambda slug: (reverse("desk:chapter", args=[slug]), titles[slug]) if slug in titles else None


@dataclass(frozen=True)
class Line:
    """A chapter in the contents."""

    number: int
    chapter: Chapter
    minutes: int
    ours: bool  # the network changed what came with Cageot


@dataclass(frozen=True)
class Contents:
    """The whole guide."""

    lines: Sequence[Line]
    papers: Sequence[Template]
    archived: Sequence[Chapter]
    offered: int

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.lines)


def contents(*, writes: bool) -> Contents:
    """The contents; who `writes` sees what is put away, and how much is newer elsewhere."""
    lines = [
        Line(number, one.chapter, markup.minutes(one.text), not one.version.origin.startswith("cageot:"))
        for number, one in enumerate(said_now(), 1)
    ]
    archived = list(Chapter.objects.exclude(archived_on=None)) if writes else []
    waiting = len(offered()) + len(offered_papers()) if writes else 0
    return Contents(lines, last_papers(), archived, waiting)


@dataclass(frozen=True)
class ChapterPage:
    """A chapter to read: `html` is safe by construction (guide.rules.markup)."""

    chapter: Chapter
    version: ChapterVersion
    html: str
    headings: Sequence[markup.Heading]
    minutes: int
    number: int
    count: int
    before: Chapter | None
    after: Chapter | None
    newer: bool


def chapter_page(slug: str, *, writes: bool) -> ChapterPage | None:
    """A chapter of the guide; None when there is none by that word. At most five queries."""
    chapters = said_now()
    place = next((index for index, one in enumerate(chapters) if one.chapter.slug == slug), None)
    if place is None:
        return None
    one = chapters[place]
    return ChapterPage(
        one.chapter, one.version, markup.html(one.text, links(chapters)), markup.headings(one.text), markup.minutes(one.text),
        place + 1, len(chapters), chapters[place - 1].chapter if place else None,
        chapters[place + 1].chapter if place + 1 < len(chapters) else None,
        writes and any(found.slug == slug for found, _new in offered()),
    )  # fmt: skip


def preview(text: str) -> str:
    """A text as it would be read."""
    return markup.html(text, links(said_now()))


Difference = list[tuple[str, str]]


def between(before: str, after: str) -> Difference:
    """What changed from a text to another, by paragraph."""
    return blocks.differences(blocks.paragraphs(before), blocks.paragraphs(after))


def between_papers(before: Sequence[blocks.Block], after: Sequence[blocks.Block]) -> Difference:
    """The same of two papers, by block."""
    say: Callable[[blocks.Block], str] = blocks.said
    return blocks.differences([say(one) for one in before], [say(one) for one in after])


@dataclass(frozen=True)
class History:
    """The versions of a chapter, last first, and what changed between two of them."""

    chapter: Chapter
    versions: Sequence[ChapterVersion]
    old: ChapterVersion | None
    new: ChapterVersion
    difference: Difference


def history(slug: str, old: str, new: str) -> History | None:
    """The history of a chapter; without numbers, what the last version changed. Two queries."""
    chapter = Chapter.objects.filter(slug=slug).first()
    versions = list(ChapterVersion.objects.filter(chapter=chapter).select_related("by")) if chapter else []
    if chapter is None or not versions:
        return None
    by_number = {str(one.number): one for one in versions}
    later = by_number.get(new, versions[0])
    earlier = by_number.get(old) or by_number.get(str(later.number - 1))
    return History(chapter, versions, earlier, later, between(earlier.text if earlier else "", later.text))
