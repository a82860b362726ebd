"""The guide as it stands: its chapters in order, what they say, what is newer elsewhere."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery

from cageot.guide.models import Chapter, ChapterVersion, Template
from cageot.guide.rules import shipped
from cageot.network.models import Garden


def last_versions() -> dict[int, ChapterVersion]:
    """What each chapter says now, by the chapter's number."""
    last = ChapterVersion.objects.filter(chapter=OuterRef("chapter")).order_by("-number").values("number")[:1]
    return {one.chapter_id: one for one in ChapterVersion.objects.filter(number=Subquery(last))}


@dataclass(frozen=True)
class Said:
    """A chapter and what it says."""

    chapter: Chapter
    version: ChapterVersion

    @property
    def text(self) -> str:
        return self.version.text


def said_now(*, archived: bool = False) -> list[Said]:
    """The chapters of the guide in order, with what each says. Two queries."""
    last = last_versions()
    rows = Chapter.objects.exclude(archived_on=None) if archived else Chapter.objects.filter(archived_on=None)
    return [Said(one, last[one.pk]) for one in rows if one.pk in last]


def offered() -> list[tuple[Chapter, shipped.Chapter]]:
    """Chapters that the network changed and for which a newer text came with Cageot, not declined."""
    by_slug = {one.slug: one for one in shipped.chapters()}
    known = set(ChapterVersion.objects.filter(origin__startswith="cageot:").values_list("chapter__slug", "origin"))
    return [
        (one.chapter, new)
        for one in said_now()
        if (new := by_slug.get(one.chapter.slug))
        and (one.chapter.slug, f"cageot:{new.digest}") not in known
        and one.chapter.declined != new.digest
        and one.text != new.text
    ]


# --- Papers -------------------------------------------------------------------------------------


def last_papers() -> list[Template]:
    """The network's papers, each in its last version, by title."""
    last = Template.objects.filter(garden=None, code=OuterRef("code")).order_by("-version").values("version")[:1]
    return list(Template.objects.filter(garden=None, version=Subquery(last)).order_by("title"))


def papers_of(garden: Garden) -> list[Template]:
    """What a garden uses of each paper, by title: its own edition, else the network's. Two queries."""
    last = Template.objects.filter(garden=garden, code=OuterRef("code")).order_by("-version").values("version")[:1]
    own = {
        paper.code: paper for paper in Template.objects.filter(garden=garden, version=Subquery(last)) if paper.blocks
    }
    return [own.get(paper.code, paper) for paper in last_papers()]


def offered_papers() -> list[tuple[Template, shipped.Paper]]:
    """The same as `offered`, for papers."""
    by_code = {one.code: one for one in shipped.papers()}
    known = set(Template.objects.filter(garden=None, origin__startswith="cageot:").values_list("code", "origin"))
    return [
        (paper, new)
        for paper in last_papers()
        if (new := by_code.get(paper.code))
        and (paper.code, f"cageot:{new.digest}") not in known
        and paper.declined != new.digest
        and paper.blocks != list(new.blocks)
    ]
