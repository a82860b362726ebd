"""What gardens tell each other: sheets with their versions, questions and answers, and what the network takes away.

Everything is checked for personal data by whoever receives it from a person (`queries.personal`), before it comes here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cageot.guide.models import AlsoDone, Attachment, Flag, Question, Reply, Sheet, SheetVersion
from cageot.guide.rules import joined
from cageot.network import finding, outbox
from cageot.network.actions import Refused, record
from cageot.network.models import Garden, Login, Person

SENT_TWICE = timedelta(minutes=10)
"""The same words of the same person, that soon after, are one form sent twice."""


class ChangedMeanwhile(Refused):
    """Somebody else kept a version since this one was read: `version` is its number."""

    def __init__(self, version: int) -> None:
        self.version = version
        super().__init__(version)


class TooMany(Refused):
    """This sheet has all the files that it may have."""


class NotOpen(Refused):
    """What is hidden is not written to."""


@dataclass(frozen=True)
class Draft:
    """A sheet as it is typed."""

    title: str
    problem: str
    done: str
    cost: str = ""
    change: str = ""
    tags: Sequence[str] = ()
    contact: str = ""
    note: str = ""

    @property
    def said(self) -> dict[str, str]:
        return {"problem": self.problem, "done": self.done, "cost": self.cost, "change": self.change}


# --- Sheets ---------------------------------------------------------------------------------------


def write_sheet(draft: Draft, *, garden: Garden | None, by: Person, at: datetime) -> Sheet:
    """A new sheet, which only its garden reads until it is published."""
    with transaction.atomic():
        sheet = Sheet.objects.create(
            garden=garden, title=draft.title, tags=list(draft.tags), contact=draft.contact, by=by, at=at, changed_at=at
        )
        _version(sheet, draft, 1, by, at)
        record("guide.sheet_written", by=by, at=at, garden=garden, about=sheet)
    return sheet


def change_sheet(sheet: Sheet, draft: Draft, *, seen: int, by: Person, at: datetime) -> int | None:
    """Say it otherwise: a new version, or none when only title, tags or contact changed. Refusal: ChangedMeanwhile."""
    with transaction.atomic():
        held = Sheet.objects.select_for_update().get(pk=sheet.pk)
        last = held.versions.first()
        number = last.number if last else 0
        if number != seen:
            raise ChangedMeanwhile(number)
        about = {"title": draft.title, "tags": list(draft.tags), "contact": draft.contact}
        same = bool(last) and draft.said == {name: getattr(last, name) for name in draft.said}
        if same and about == {name: getattr(held, name) for name in about}:
            return None
        Sheet.objects.filter(pk=held.pk).update(**about, changed_at=at)
        if not same:
            number += 1
            _version(held, draft, number, by, at)
        held.title, held.tags = draft.title, list(draft.tags)
        if held.state == Sheet.State.PUBLISHED:
            find_sheets([(held, draft)])
        record("guide.sheet_changed", by=by, at=at, garden=held.garden, about=held, version=number)
    return number


def _version(sheet: Sheet, draft: Draft, number: int, by: Person, at: datetime) -> None:
    SheetVersion.objects.create(sheet=sheet, number=number, note=draft.note, by=by, at=at, **draft.said)


def publish(sheet: Sheet, *, by: Person, at: datetime) -> bool:
    """From now on the other gardens read it. Returns whether it was a draft."""
    with transaction.atomic():
        moved = Sheet.objects.filter(pk=sheet.pk, state=Sheet.State.DRAFT).update(
            state=Sheet.State.PUBLISHED, at=at, changed_at=at
        )
        if moved:
            last = sheet.versions.first()
            assert last is not None
            find_sheets([(sheet, last)])
            record("guide.sheet_published", by=by, at=at, garden=sheet.garden, about=sheet)
    return bool(moved)


def take_back(sheet: Sheet, *, by: Person, at: datetime) -> bool:
    """Its garden makes it a draft again. Returns whether it was published."""
    with transaction.atomic():
        moved = Sheet.objects.filter(pk=sheet.pk, state=Sheet.State.PUBLISHED).update(state=Sheet.State.DRAFT)
        if moved:
            finding.take_away("sheet", str(sheet.pk))
            record("guide.sheet_taken_back", by=by, at=at, garden=sheet.garden, about=sheet)
    return bool(moved)


def attach(sheet: Sheet, name: str, content: bytes, *, by: Person, at: datetime) -> Attachment:
    """Join a file to a sheet; the same file twice is once. Refusals: joined.NotTaken, TooMany."""
    kind = joined.media_type(content)
    digest = sha256(content).hexdigest()[:12]
    with transaction.atomic():
        Sheet.objects.select_for_update().get(pk=sheet.pk)
        there = list(sheet.attachments.defer("content"))
        if same := next((one for one in there if one.digest == digest), None):
            return same
        if len(there) >= joined.MOST:
            raise TooMany
        made = Attachment.objects.create(
            sheet=sheet, name=joined.shown_name(name, kind), media_type=kind, content=content, digest=digest, at=at
        )
        record("guide.file_joined", by=by, at=at, garden=sheet.garden, about=sheet)
    return made


def detach(attachment: Attachment, *, by: Person, at: datetime) -> None:
    """Take a file off a sheet."""
    with transaction.atomic():
        attachment.delete()
        record("guide.file_taken_off", by=by, at=at, garden=attachment.sheet.garden, about=attachment.sheet)


def do_too(sheet: Sheet, garden: Garden, *, note: str, by: Person, at: datetime) -> None:
    """A garden says that it does what the sheet says, in a note if it likes; said again, the note changes. Refusal: NotOpen."""
    with transaction.atomic():
        if not Sheet.objects.filter(pk=sheet.pk, state=Sheet.State.PUBLISHED).exists():
            raise NotOpen
        AlsoDone.objects.update_or_create(
            sheet=sheet, garden=garden, defaults={"note": note, "by": by, "on": localtime(at).date()}
        )
        record("guide.also_done", by=by, at=at, garden=garden, about=sheet)


def do_no_more(sheet: Sheet, garden: Garden, *, by: Person, at: datetime) -> None:
    """A garden takes its "we do this too" back."""
    with transaction.atomic():
        if AlsoDone.objects.filter(sheet=sheet, garden=garden).delete()[0]:
            record("guide.also_done_no_more", by=by, at=at, garden=garden, about=sheet)


def comment(sheet: Sheet, body: str, *, garden: Garden | None, by: Person, at: datetime) -> Reply:
    """Say something under a sheet. Refusal: NotOpen."""
    with transaction.atomic():
        _one_at_a_time(by)
        if not Sheet.objects.filter(pk=sheet.pk, state=Sheet.State.PUBLISHED).exists():
            raise NotOpen
        if same := Reply.objects.filter(sheet=sheet, garden=garden, body=body, by=by, at__gt=at - SENT_TWICE).first():
            return same
        reply = Reply.objects.create(sheet=sheet, garden=garden, body=body, by=by, at=at)
        record("guide.commented", by=by, at=at, garden=garden, about=sheet)
    return reply


# --- Questions ------------------------------------------------------------------------------------


def ask(
    title: str, body: str, tags: Sequence[str], *, garden: Garden | None, by: Person, at: datetime
) -> Question:  # fmt: skip
    """Ask all the other gardens something; asked again within minutes in the same words, it is one question."""
    with transaction.atomic():
        _one_at_a_time(by)
        words = {"garden": garden, "title": title, "body": body, "by": by}
        if same := Question.objects.filter(**words, at__gt=at - SENT_TWICE).first():
            return same
        question = Question.objects.create(garden=garden, title=title, body=body, tags=list(tags), by=by, at=at)
        find_questions([question])
        record("guide.asked", by=by, at=at, garden=garden, about=question)
    return question


def _one_at_a_time(by: Person) -> None:
    """Two forms that one person sends at once are looked at one after the other."""
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)


def answer(question: Question, body: str, *, garden: Garden | None, by: Person, at: datetime) -> Reply:
    """Answer a question. Refusal: NotOpen."""
    with transaction.atomic():
        held = Question.objects.select_for_update().get(pk=question.pk)
        if held.state == Question.State.HIDDEN:
            raise NotOpen
        if same := Reply.objects.filter(question=held, garden=garden, body=body, by=by, at__gt=at - SENT_TWICE).first():
            return same
        reply = Reply.objects.create(question=held, garden=garden, body=body, by=by, at=at)
        find_questions([held])
        record("guide.answered", by=by, at=at, garden=garden, about=held)
    return reply


def helped(reply: Reply, *, yes: bool, by: Person, at: datetime) -> None:
    """Whoever asked says that this answer helped, or not any more; the question is answered while one did."""
    question = reply.question
    assert question is not None
    with transaction.atomic():
        Question.objects.select_for_update().get(pk=question.pk)
        Reply.objects.filter(pk=reply.pk).update(helped=yes)
        state = _open_or_answered(question)
        Question.objects.filter(pk=question.pk).exclude(state=Question.State.HIDDEN).update(state=state)
        record("guide.helped", by=by, at=at, garden=question.garden, about=question, yes=yes)


def _open_or_answered(question: Question) -> str:
    some = question.replies.filter(helped=True, hidden_because="").exists()
    return Question.State.ANSWERED if some else Question.State.OPEN


# --- Moderation -----------------------------------------------------------------------------------

Thing = Sheet | Question | Reply


def flag(thing: Thing, reason: str, *, by: Person, at: datetime) -> Flag:
    """Ask the network to look at something; asked twice by one person, it is asked once."""
    with transaction.atomic():
        made, new = Flag.objects.get_or_create(
            **{_field(thing): thing}, by=by, settled_at=None, defaults={"reason": reason, "at": at}
        )
        if new:
            record("guide.flagged", by=by, at=at, about=thing)
    return made


def _field(thing: Thing) -> str:
    return {Sheet: "sheet", Question: "question", Reply: "reply"}[type(thing)]


def leave(flagged: Flag, *, outcome: str, by: Person, at: datetime) -> bool:
    """The network looked: what was flagged stays. Returns whether nobody had settled it."""
    with transaction.atomic():
        done = Flag.objects.filter(pk=flagged.pk, settled_at=None).update(
            settled_at=at, settled_by=by, outcome=outcome or _("laissé tel quel")
        )
        if done:
            record("guide.flag_left", by=by, at=at, about=flagged)
    return bool(done)


def hide(thing: Thing, reason: str, *, by: Person, at: datetime) -> bool:
    """Nobody reads it any more but its garden and the network; its author is told why. Nothing is deleted.

    What was flagged of it is settled. Returns whether it was not hidden yet.
    """
    with transaction.atomic():
        if isinstance(thing, Reply):
            moved = Reply.objects.filter(pk=thing.pk, hidden_because="").update(hidden_because=reason)
            if thing.question_id and moved:
                question = Question.objects.select_for_update().get(pk=thing.question_id)
                if question.state != Question.State.HIDDEN:
                    Question.objects.filter(pk=question.pk).update(state=_open_or_answered(question))
                    find_questions([question])
        else:
            rows = type(thing).objects.filter(pk=thing.pk).exclude(state="hidden")  # type: ignore[attr-defined]
            moved = rows.update(state="hidden", hidden_because=reason)
            finding.take_away(_field(thing), str(thing.pk))
        Flag.objects.filter(**{_field(thing): thing}, settled_at=None).update(
            settled_at=at, settled_by=by, outcome=reason
        )
        if moved:
            record("guide.hidden", by=by, at=at, garden=thing.garden, about=thing)
            _tell_author(thing, reason, at)
    return bool(moved)


def show_again(thing: Thing, *, by: Person, at: datetime) -> bool:
    """The network lets it be read again. Returns whether it was hidden."""
    with transaction.atomic():
        if isinstance(thing, Reply):
            moved = Reply.objects.filter(pk=thing.pk).exclude(hidden_because="").update(hidden_because="")
            if moved and thing.question:
                state = _open_or_answered(thing.question)
                Question.objects.filter(pk=thing.question.pk).exclude(state="hidden").update(state=state)
                if thing.question.state != Question.State.HIDDEN:
                    find_questions([thing.question])
        elif isinstance(thing, Sheet):
            moved = Sheet.objects.filter(pk=thing.pk, state="hidden").update(
                state=Sheet.State.PUBLISHED, hidden_because=""
            )
            if moved and (last := thing.versions.first()):
                find_sheets([(thing, last)])
        else:
            moved = Question.objects.filter(pk=thing.pk, state="hidden").update(
                state=_open_or_answered(thing), hidden_because=""
            )
            if moved:
                find_questions([thing])
        if moved:
            record("guide.shown_again", by=by, at=at, garden=thing.garden, about=thing)
    return bool(moved)


def _tell_author(thing: Thing, reason: str, at: datetime) -> None:
    mail = Login.objects.filter(person=thing.by_id, is_active=True).values_list("email", flat=True).first()
    if not mail:
        return
    what = {
        "sheet": _("Votre fiche n’est plus visible des autres jardins."),
        "question": _("Votre question n’est plus visible des autres jardins."),
        "reply": _("Votre réponse n’est plus visible des autres jardins."),
    }[_field(thing)]
    page = reverse(f"desk:{_field(thing)}", args=[thing.pk]) if not isinstance(thing, Reply) else reverse("desk:sheets")
    body = "\n\n".join(
        [what, _("Raison : %(reason)s") % {"reason": reason}, _("Rien n’est perdu. Vous pouvez écrire au réseau pour en parler."), f"{settings.SITE}{page}"]
    )  # fmt: skip
    outbox.write(
        "guide_hidden", channel="mail", to=mail, subject=_("À voir dans Cageot"), body=body,
        about=f"network.person:{thing.by_id}", garden=thing.garden, once=f"guide_hidden:{_field(thing)}:{thing.pk}:{at:%Y%m%d%H%M%S}", at=at,
    )  # fmt: skip


# --- Found again ----------------------------------------------------------------------------------


def find_sheets(said: Iterable[tuple[Sheet, Draft | SheetVersion]]) -> None:
    """Put published sheets in the index."""
    finding.put(
        *(
            finding.Text(
                "sheet", str(sheet.pk), sheet.title,
                " ".join([last.problem, last.done, last.cost, last.change, *sheet.tags]), day=localtime(sheet.changed_at).date(),
            )
            for sheet, last in said
        )
    )  # fmt: skip


def find_questions(questions: Sequence[Question]) -> None:
    """Put questions in the index, with what was answered. One query for all of them."""
    answers: dict[int, list[str]] = {}
    rows = Reply.objects.filter(question__in=questions, hidden_because="").values_list("question", "body")
    for question, body in rows:
        answers.setdefault(question, []).append(body)
    finding.put(
        *(
            finding.Text(
                "question", str(one.pk), one.title, " ".join([one.body, *one.tags, *answers.get(one.pk, [])]), day=localtime(one.at).date()
            )
            for one in questions
        )
    )  # fmt: skip
