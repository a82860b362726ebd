"""What is done to the guide: it comes with Cageot, the network writes it, another network's is taken in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.text import slugify

from cageot.guide.models import Chapter, ChapterVersion, Template
from cageot.guide.queries.book import last_papers, last_versions
from cageot.guide.rules import blocks, exchange, markup, shipped
from cageot.guide.rules.blocks import Block
from cageot.network import finding
from cageot.network.actions import Refused, record
from cageot.network.models import Garden, Person


class ChangedMeanwhile(Refused):
    """Somebody saved another version since this one was read (`version`, the number that holds now)."""

    def __init__(self, version: int) -> None:
        self.version = version


class TooLong(Refused):
    """The text has `length` signs; `markup.LONGEST` is the most."""

    def __init__(self, length: int) -> None:
        self.length = length


class NotThere(Refused):
    """No such version, or nothing to take."""


def _origin(digest: str) -> str:
    return f"cageot:{digest}"


# --- What comes with Cageot ---------------------------------------------------------------------


@dataclass(frozen=True)
class Shipped:
    """What was laid: chapters and papers that are new, or that went on to a newer text since nobody had changed them."""

    chapters: int
    papers: int


def ship(*, at: datetime) -> Shipped:
    """Lay the guide and the toolbox that come with Cageot. Again, it does nothing.

    A newer text replaces one that the network left as it came; one that it changed stays (`queries.book.offered`).
    """
    with transaction.atomic():
        chapters, papers = _ship_chapters(at), _ship_papers(at)
        if chapters or papers:
            record("guide.shipped", by=None, at=at, chapters=chapters, papers=papers)
    return Shipped(chapters, papers)


def _ship_chapters(at: datetime) -> int:
    there = Chapter.objects.in_bulk(field_name="slug")
    last = last_versions()
    known = set(ChapterVersion.objects.filter(origin__startswith="cageot:").values_list("chapter_id", "origin"))
    new = [Chapter(slug=one.slug, rank=one.rank, title=one.title, summary=one.summary, tags=list(one.tags))
           for one in shipped.chapters() if one.slug not in there]  # fmt: skip
    there |= {chapter.slug: chapter for chapter in Chapter.objects.bulk_create(new)}
    written = []
    for one in shipped.chapters():
        chapter = there[one.slug]
        before = last.get(chapter.pk)
        if before and (
            (chapter.pk, _origin(one.digest)) in known or not before.origin.startswith("cageot:") or chapter.archived_on
        ):
            continue
        number = before.number + 1 if before else 1
        written.append(ChapterVersion(chapter=chapter, number=number, text=one.text, origin=_origin(one.digest), at=at))
    ChapterVersion.objects.bulk_create(written)
    _find_chapters((version.chapter, version.text) for version in written)
    return len(written)


def _ship_papers(at: datetime) -> int:
    last = {paper.code: paper for paper in last_papers()}
    known = set(Template.objects.filter(garden=None, origin__startswith="cageot:").values_list("code", "origin"))
    written = []
    for one in shipped.papers():
        before = last.get(one.code)
        if before and ((one.code, _origin(one.digest)) in known or not before.origin.startswith("cageot:")):
            continue
        number = before.version + 1 if before else 1
        written.append(Template(code=one.code, title=one.title, purpose=one.purpose, blocks=list(one.blocks), version=number,
                                origin=_origin(one.digest), at=at))  # fmt: skip
    Template.objects.bulk_create(written)
    _find_papers(written)
    return len(written)


def take_offered(chapter: Chapter, *, by: Person | None, at: datetime) -> ChapterVersion:
    """Take the newer text that came with Cageot in place of the network's, which stays in the history. Refusal: NotThere."""
    one = _shipped_chapter(chapter.slug)
    with transaction.atomic():
        version = _write(chapter, one.text, note="", origin=_origin(one.digest), by=by, at=at)
        record("guide.offered_taken", by=by, at=at, about=chapter, version=version.number)
    return version


def leave_offered(chapter: Chapter, *, by: Person | None, at: datetime) -> None:
    """Keep the network's own text; this newer one is proposed no more. Refusal: NotThere."""
    with transaction.atomic():
        Chapter.objects.filter(pk=chapter.pk).update(declined=_shipped_chapter(chapter.slug).digest)
        record("guide.offered_left", by=by, at=at, about=chapter)


def _shipped_chapter(slug: str) -> shipped.Chapter:
    for one in shipped.chapters():
        if one.slug == slug:
            return one
    raise NotThere


def take_offered_paper(paper: Template, *, by: Person | None, at: datetime) -> Template:
    """The same for a paper of the network's toolbox."""
    one = _shipped_paper(paper.code)
    with transaction.atomic():
        made = _new_paper(paper, list(one.blocks), origin=_origin(one.digest), by=by, at=at)
        record("guide.offered_taken", by=by, at=at, about=made, version=made.version)
    return made


def leave_offered_paper(paper: Template, *, by: Person | None, at: datetime) -> None:
    """The same for a paper of the network's toolbox."""
    with transaction.atomic():
        Template.objects.filter(pk=paper.pk).update(declined=_shipped_paper(paper.code).digest)
        record("guide.offered_left", by=by, at=at, about=paper)


def _shipped_paper(code: str) -> shipped.Paper:
    for one in shipped.papers():
        if one.code == code:
            return one
    raise NotThere


# --- Writing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Draft:
    """What somebody wrote of a chapter."""

    title: str
    summary: str
    tags: Sequence[str]
    text: str
    note: str = ""


def add_chapter(draft: Draft, *, by: Person | None, at: datetime) -> Chapter:
    """A new chapter, last. Its word in addresses comes from its title. Refusal: TooLong."""
    _bounded(draft.text)
    with transaction.atomic():
        last = Chapter.objects.aggregate(last=Max("rank"))["last"] or 0
        chapter = Chapter.objects.create(
            slug=_slug(draft.title), rank=last + 1, title=draft.title, summary=draft.summary, tags=list(draft.tags)
        )
        _write(chapter, draft.text, note=draft.note, origin="", by=by, at=at)
        record("guide.chapter_added", by=by, at=at, about=chapter)
    return chapter


def _slug(title: str) -> str:
    base = slugify(title)[:50] or "chapitre"
    taken = set(Chapter.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | exchange.RESERVED
    return next(word for word in (base, *(f"{base}-{n}" for n in range(2, 10_000))) if word not in taken)


def write_chapter(
    chapter: Chapter, draft: Draft, *, seen: int, by: Person | None, at: datetime
) -> ChapterVersion | None:  # fmt: skip
    """Save what a chapter says now. `seen`: the number of the version that was edited. None when nothing changed.

    Refusals: TooLong, ChangedMeanwhile.
    """
    _bounded(draft.text)
    with transaction.atomic():
        # One writer at a time, and what stands is read after that.
        now = Chapter.objects.select_for_update().get(pk=chapter.pk)
        last = now.versions.first()
        if last and last.number != seen:
            raise ChangedMeanwhile(last.number)
        about = {"title": draft.title, "summary": draft.summary, "tags": list(draft.tags)}
        changed = any(getattr(now, name) != value for name, value in about.items())
        text = _ended(draft.text)
        if changed:
            Chapter.objects.filter(pk=now.pk).update(**about)
            now.title, now.summary, now.tags = draft.title, draft.summary, list(draft.tags)
        if last and last.text == text and not changed:
            return None
        version = _write(now, text, note=draft.note, origin="", by=by, at=at)
        record("guide.chapter_written", by=by, at=at, about=now, version=version.number)
    return version


def restore(chapter: Chapter, number: int, *, note: str, by: Person | None, at: datetime) -> ChapterVersion:
    """Say again what an earlier version said, as a new version. Refusal: NotThere."""
    with transaction.atomic():
        earlier = chapter.versions.filter(number=number).first()
        if earlier is None:
            raise NotThere
        version = _write(chapter, earlier.text, note=note, origin="", by=by, at=at)
        record("guide.chapter_restored", by=by, at=at, about=chapter, version=version.number, of=number)
    return version


def _write(
    chapter: Chapter, text: str, *, note: str, origin: str, by: Person | None, at: datetime
) -> ChapterVersion:  # fmt: skip
    last = ChapterVersion.objects.filter(chapter=chapter).aggregate(last=Max("number"))["last"] or 0
    try:
        with transaction.atomic():
            version = ChapterVersion.objects.create(
                chapter=chapter, number=last + 1, text=_ended(text), note=note[:160], origin=origin[:160], at=at, by=by
            )
    except IntegrityError as same_number:
        raise ChangedMeanwhile(last + 1) from same_number
    if not chapter.archived_on:
        _find_chapters([(chapter, version.text)])
    return version


def _ended(text: str) -> str:
    return text.replace("\r\n", "\n").strip() + "\n"


def _bounded(text: str) -> None:
    if len(text) > markup.LONGEST:
        raise TooLong(len(text))


def move(chapter: Chapter, *, up: bool, by: Person | None, at: datetime) -> None:
    """Put a chapter before the one above it, or after the one below. At the end it stays where it is."""
    with transaction.atomic():
        order = list(Chapter.objects.select_for_update().filter(archived_on=None))
        place = next((index for index, one in enumerate(order) if one.pk == chapter.pk), None)
        other = None if place is None else place - 1 if up else place + 1
        if place is None or other is None or not 0 <= other < len(order):
            return
        order[place], order[other] = order[other], order[place]
        for rank, one in enumerate(order, 1):
            one.rank = rank
        Chapter.objects.bulk_update(order, ["rank"])
        record("guide.chapter_moved", by=by, at=at, about=chapter)


def archive(chapter: Chapter, *, today: date, by: Person | None, at: datetime) -> None:
    """Take a chapter out of the guide; its versions are kept."""
    with transaction.atomic():
        Chapter.objects.filter(pk=chapter.pk).update(archived_on=today)
        finding.take_away("chapter", chapter.slug)
        record("guide.chapter_archived", by=by, at=at, about=chapter)


def bring_back(chapter: Chapter, *, by: Person | None, at: datetime) -> None:
    """Put an archived chapter in the guide again."""
    with transaction.atomic():
        Chapter.objects.filter(pk=chapter.pk).update(archived_on=None)
        last = chapter.versions.first()
        _find_chapters([(chapter, last.text if last else "")])
        record("guide.chapter_brought_back", by=by, at=at, about=chapter)


# --- Papers -------------------------------------------------------------------------------------


def save_edition(
    paper: Template, garden: Garden | None, made: Sequence[Block], *, seen: int, note: str, by: Person | None, at: datetime
) -> Template | None:  # fmt: skip
    """Keep a paper as somebody edited it: a garden's own edition, or the network's (`garden` None).

    `paper`: the edition that holds; `seen`: the number of the network's version, or of the garden's own, that was edited.
    None when nothing changed. Refusals: ChangedMeanwhile, blocks.BadBlocks, fields.UnknownField.
    """
    said = blocks.clean(list(made))
    with transaction.atomic():
        if paper.version != seen:
            raise ChangedMeanwhile(paper.version)
        if paper.blocks == said:
            return None
        new = _new_paper(paper, said, garden=garden, note=note, origin="", by=by, at=at)
        record("guide.paper_saved", by=by, at=at, garden=garden, about=new, version=new.version)
    return new


def back_to_network(paper: Template, *, by: Person | None, at: datetime) -> None:
    """A garden takes the network's paper again; its own editions are kept in the history."""
    assert paper.garden is not None
    with transaction.atomic():
        _new_paper(paper, [], garden=paper.garden, origin="", by=by, at=at)
        record("guide.paper_given_up", by=by, at=at, garden=paper.garden, about=paper)


def _new_paper(
    paper: Template, said: list[Block], *, garden: Garden | None = None, note: str = "", origin: str, by: Person | None, at: datetime
) -> Template:  # fmt: skip
    rows = Template.objects.filter(garden=garden, code=paper.code)
    last = rows.aggregate(last=Max("version"))["last"] or 0
    base = (paper.base if paper.garden_id else paper.version) if garden else None
    try:
        with transaction.atomic():
            new = Template.objects.create(
                garden=garden, code=paper.code, title=paper.title, purpose=paper.purpose, blocks=said, version=last + 1,
                note=note[:160], origin=origin[:160], base=base, at=at, by=by,
            )  # fmt: skip
    except IntegrityError as same_number:
        raise ChangedMeanwhile(last + 1) from same_number
    if garden is None:
        _find_papers([new])
    return new


# --- Another network's guide --------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """What was taken from another network's guide."""

    chapters: int
    papers: int


def take_in(
    book: exchange.Book, *, chapters: Collection[str], papers: Collection[str], by: Person | None, at: datetime
) -> Taken:
    """Make another network's chapters and papers ours: those named, whole or not at all. What was there stays in the history."""
    origin = book.made_by or "?"
    with transaction.atomic():
        there = Chapter.objects.in_bulk(field_name="slug")
        last = Chapter.objects.aggregate(last=Max("rank"))["last"] or 0
        count = 0
        for one in book.chapters:
            if one.slug not in chapters:
                continue
            about = {"title": one.title, "summary": one.summary, "tags": list(one.tags), "archived_on": None}
            chapter = there.get(one.slug)
            if chapter is None:
                last += 1
                chapter = Chapter.objects.create(slug=one.slug, rank=last, **about)
            else:
                Chapter.objects.filter(pk=chapter.pk).update(**about)
                chapter.title, chapter.archived_on = one.title, None
            _write(chapter, one.text, note="", origin=origin, by=by, at=at)
            count += 1
        ours = {paper.code: paper for paper in last_papers()}
        made = 0
        for paper in book.papers:
            if paper.code in papers:
                like = ours.get(paper.code) or Template(code=paper.code)
                like.title, like.purpose = paper.title, paper.purpose
                _new_paper(like, list(paper.blocks), origin=origin, by=by, at=at)
                made += 1
        record("guide.taken_in", by=by, at=at, chapters=count, papers=made)
    return Taken(count, made)


# --- Found again --------------------------------------------------------------------------------


def _find_chapters(said: Iterable[tuple[Chapter, str]]) -> None:
    finding.put(
        *(
            finding.Text(
                "chapter", chapter.slug, chapter.title, f"{chapter.summary} {markup.words(markup.parse(text))}"
            )
            for chapter, text in said
        )
    )


def _find_papers(papers: Iterable[Template]) -> None:
    finding.put(
        *(
            finding.Text("template", one.code, one.title, f"{one.purpose} {' '.join(map(blocks.said, one.blocks))}")
            for one in papers
        )
    )
