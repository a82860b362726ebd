"""Pages of what gardens tell each other: those of gardens like mine come first, with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from cageot.desk.queries.guide_book import Difference, between
from cageot.desk.words_exchange import why_alike
from cageot.guide.models import AlsoDone, Attachment, Flag, Question, Reply, Sheet, SheetVersion
from cageot.guide.queries.alike import profiles
from cageot.guide.rules.alike import likeness
from cageot.network.models import Garden
from cageot.network.rules.reach import Can, Reach

PER_PAGE = 20
MOST_TAGS = 14
"""Tags proposed above a list."""


def writers(reach: Reach) -> list[int]:
    """The gardens for which this person writes: an auditor reads only."""
    run, close = reach.gardens_where(Can.RUN_WEEK), reach.gardens_where(Can.CLOSE)
    return sorted(set(run) | set(close))


def sees_payers(reach: Reach) -> bool:
    """Whether who pays baskets may be told to this person."""
    return reach.network or bool(reach.gardens_where(Can.SEE_MONEY))


@dataclass(frozen=True)
class Why:
    """How a garden is like mine: its points, and the reason in one sentence when it is alike."""

    points: int = 0
    words: str = ""


def reasons(mine: Garden | None, reach: Reach, today: date) -> dict[int, Why]:
    """Why each garden is like mine. Three queries, or none when I am of no garden."""
    if mine is None:
        return {}
    known, payers = profiles(today), sees_payers(reach)
    me = known[mine.pk]
    found = {garden: likeness(me, other, payers=payers) for garden, other in known.items() if garden != mine.pk}
    return {garden: Why(one.points, why_alike(one, me.place)) for garden, one in found.items() if one.alike}


# --- Sheets ---------------------------------------------------------------------------------------


def readable_sheets(reach: Reach) -> QuerySet[Sheet]:
    """Published sheets; drafts and hidden ones for their garden's people; hidden ones for the network, and its own drafts."""
    seen = Q(state=Sheet.State.PUBLISHED) | Q(garden__in=reach.gardens)
    if reach.network:
        seen |= Q(state=Sheet.State.HIDDEN) | Q(garden=None)
    return Sheet.objects.filter(seen)


def readable_questions(reach: Reach) -> QuerySet[Question]:
    """Questions that are not hidden; hidden ones for their garden and the network."""
    return Question.objects.all() if reach.network else Question.objects.filter(~Q(state="hidden") | Q(garden__in=reach.gardens))  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A sheet or a question in a list."""

    one: Any
    why: str
    excerpt: str = ""


@dataclass(frozen=True)
class Listing:
    """A list, gardens like mine first."""

    lines: Sequence[Line]
    page: Page[int]
    tags: Sequence[tuple[str, int]]
    tag: str
    drafts: Sequence[Sheet] = ()
    which: str = ""


def _sorted(rows: Sequence[tuple[int, int | None, Any]], why: dict[int, Why]) -> list[int]:
    """Ids: first those of gardens like mine, the most alike first, then the newest (rows come newest first)."""
    return [pk for pk, *_rest in sorted(rows, key=lambda row: -why[row[1]].points if row[1] in why else 0)]


def _page(pks: list[int], number: str) -> Page[int]:
    return Paginator(pks, PER_PAGE).get_page(number)


def _tags(rows: Sequence[tuple[int, int | None, list[str]]]) -> list[tuple[str, int]]:
    return Counter(tag for _pk, _garden, tags in rows for tag in tags).most_common(MOST_TAGS)


def sheets(reach: Reach, mine: Garden | None, today: date, *, tag: str = "", number: str = "1") -> Listing:
    """The published sheets, and the drafts of my gardens. A constant number of queries."""
    rows = list(Sheet.objects.filter(state=Sheet.State.PUBLISHED).values_list("pk", "garden", "tags"))
    why = reasons(mine, reach, today)
    page = _page(_sorted([row for row in rows if not tag or tag in row[2]], why), number)
    last = SheetVersion.objects.filter(sheet=OuterRef("pk")).order_by("-number").values("problem")[:1]
    also = AlsoDone.objects.filter(sheet=OuterRef("pk")).order_by().values("sheet").annotate(n=Count("pk")).values("n")
    said = Reply.objects.filter(sheet=OuterRef("pk"), hidden_because="").order_by().values("sheet").annotate(n=Count("pk")).values("n")  # fmt: skip
    found = (
        Sheet.objects.select_related("garden").annotate(excerpt=Subquery(last), also_count=Subquery(also), said_count=Subquery(said))
        .in_bulk(list(page.object_list))
    )  # fmt: skip
    lines = [Line(found[pk], why.get(found[pk].garden_id or 0, Why()).words, found[pk].excerpt or "") for pk in page.object_list]  # type: ignore[attr-defined]  # fmt: skip
    own = Q(garden__in=writers(reach)) | (Q(garden=None) if reach.network else Q(pk=None))
    drafts = list(Sheet.objects.filter(own, state=Sheet.State.DRAFT).select_related("garden")[:10])
    return Listing(lines, page, _tags(rows), tag, drafts)


def tags_used(model: type[Sheet] | type[Question]) -> list[str]:
    """The tags that exist, the most used first."""
    rows = model.objects.values_list("tags", flat=True)  # type: ignore[attr-defined]
    return [tag for tag, _n in Counter(tag for tags in rows for tag in tags).most_common(30)]


PARTS = {
    "problem": _("le problème"), "done": _("ce que nous avons fait"), "cost": _("ce que ça a coûté"),
    "change": _("ce que nous ferions autrement"),
}  # fmt: skip


@dataclass(frozen=True)
class SheetPage:
    """A sheet to read."""

    sheet: Sheet
    last: SheetVersion | None
    parts: Sequence[tuple[str, str]]
    versions: int
    files: Sequence[Attachment]
    also: Sequence[AlsoDone]
    also_mine: AlsoDone | None
    replies: Sequence[Reply]
    why: str
    writes: bool
    flags: int


def sheet_page(sheet: Sheet, reach: Reach, mine: Garden | None, today: date) -> SheetPage:
    """A sheet with all that hangs on it. A constant number of queries."""
    versions = list(sheet.versions.select_related("by"))
    last = versions[0] if versions else None
    parts = [(str(title).capitalize(), getattr(last, name)) for name, title in PARTS.items() if last and getattr(last, name)]  # fmt: skip
    also = list(sheet.also.select_related("garden").order_by("on", "pk"))
    shown = sheet.replies.select_related("garden", "by")
    replies = list(shown if reach.network else shown.filter(Q(hidden_because="") | Q(garden__in=reach.gardens)))
    why = reasons(mine, reach, today).get(sheet.garden_id or 0, Why()) if sheet.garden_id else Why()
    return SheetPage(
        sheet, last, parts, len(versions), list(sheet.attachments.defer("content")), also,
        next((one for one in also if mine and one.garden_id == mine.pk), None), replies, why.words, may_write(sheet, reach),
        sheet.flags.filter(settled_at=None).count() if reach.network else 0,
    )  # fmt: skip


def may_write(sheet: Sheet, reach: Reach) -> bool:
    """Its garden's people write a sheet; the network its own."""
    return sheet.garden_id in writers(reach) if sheet.garden_id else reach.network


@dataclass(frozen=True)
class History:
    """The versions of a sheet, last first, and what changed between two."""

    sheet: Sheet
    versions: Sequence[SheetVersion]
    old: SheetVersion | None
    new: SheetVersion
    difference: Difference


def history(sheet: Sheet, new: str) -> History | None:
    """What a version changed; the last one without a number."""
    versions = list(sheet.versions.select_related("by"))
    if not versions:
        return None
    by_number = {str(one.number): one for one in versions}
    later = by_number.get(new, versions[0])
    earlier = by_number.get(str(later.number - 1))
    return History(sheet, versions, earlier, later, between(_whole(earlier), _whole(later)))


def _whole(version: SheetVersion | None) -> str:
    return "\n\n".join(filter(None, [version.problem, version.done, version.cost, version.change])) if version else ""


# --- Questions ------------------------------------------------------------------------------------

WHICH = {"": Q(), "sans": Q(state=Question.State.OPEN), "repondues": Q(state=Question.State.ANSWERED)}


def questions(reach: Reach, mine: Garden | None, today: date, *, which: str = "", tag: str = "", number: str = "1") -> Listing:  # fmt: skip
    """The questions. A constant number of queries."""
    which = which if which in WHICH else ""
    rows = list(Question.objects.filter(WHICH[which]).exclude(state="hidden").values_list("pk", "garden", "tags"))
    why = reasons(mine, reach, today)
    page = _page(_sorted([row for row in rows if not tag or tag in row[2]], why), number)
    said = Count("replies", filter=Q(replies__hidden_because=""))
    found = Question.objects.select_related("garden").annotate(said_count=said).in_bulk(list(page.object_list))
    lines = [Line(found[pk], why.get(found[pk].garden_id or 0, Why()).words, found[pk].body) for pk in page.object_list]
    return Listing(lines, page, _tags(rows), tag, which=which)


@dataclass(frozen=True)
class Answer:
    """An answer, and why its garden is like the one that reads."""

    reply: Reply
    why: str


@dataclass(frozen=True)
class QuestionPage:
    """A question and its answers: those that helped first, then those of gardens like mine."""

    question: Question
    answers: Sequence[Answer]
    why: str
    asked_by_me: bool


def question_page(question: Question, reach: Reach, mine: Garden | None, today: date, person: int) -> QuestionPage:
    """A question to read. A constant number of queries."""
    shown = question.replies.select_related("garden", "by")
    replies = list(shown if reach.network else shown.filter(Q(hidden_because="") | Q(garden__in=reach.gardens)))
    why = reasons(mine, reach, today)
    ranked = sorted(replies, key=lambda one: (not one.helped, -why.get(one.garden_id or 0, Why()).points))
    answers = [Answer(one, why.get(one.garden_id or 0, Why()).words) for one in ranked]
    own = question.by_id == person and (question.garden_id is None or question.garden_id in reach.gardens)
    return QuestionPage(question, answers, why.get(question.garden_id or 0, Why()).words, own)


# --- Moderation -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Moderation:
    """What was flagged and waits, what was settled lately, what is hidden."""

    waiting: Sequence[Flag]
    settled: Sequence[Flag]
    hidden: Sequence[Any]


def moderation() -> Moderation:
    """The page of the network. A constant number of queries."""
    flags = Flag.objects.select_related("sheet__garden", "question__garden", "reply__garden", "reply__sheet", "reply__question", "by", "settled_by")  # fmt: skip
    hidden = [
        *Sheet.objects.filter(state="hidden").select_related("garden")[:50],
        *Question.objects.filter(state="hidden").select_related("garden")[:50],
    ]
    return Moderation(
        list(flags.filter(settled_at=None).order_by("at")[:100]),
        list(flags.exclude(settled_at=None).order_by("-settled_at")[:10]), hidden,
    )  # fmt: skip
