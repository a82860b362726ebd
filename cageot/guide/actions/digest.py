"""The quiet digest: one short mail about what is new between gardens, once a month, once a week or never. Never an empty one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.guide.models import Digest, Offer, Question, Reply, Sheet
from cageot.network import outbox
from cageot.network.actions import record
from cageot.network.models import Login, Message, Person, Role, Unreachable

READERS = (Role.Kind.NETWORK, Role.Kind.COORDINATOR, Role.Kind.HELPER, Role.Kind.TREASURER)
MOST = 5
"""Titles of a kind in one mail; the rest are counted."""
LONGEST = timedelta(days=31)
"""How far back the first digest of somebody looks."""

Link = Callable[..., str]
"""The address of a page of the desk: `link("sheet", 12)`."""


def choose(person: Person, rhythm: str, *, by: Person, at: datetime) -> None:
    """Somebody says how often they want it."""
    with transaction.atomic():
        Digest.objects.update_or_create(person=person, defaults={"rhythm": rhythm})
        record("guide.digest_chosen", by=by, at=at, about=f"network.person:{person.pk}", rhythm=rhythm)


@dataclass(frozen=True)
class New:
    """Something new: its page, its title, when, of which garden, by whom."""

    page: str
    pk: int
    title: str
    at: datetime
    garden: int | None
    by: int | None


def send(*, today: date, at: datetime, link: Link) -> int:
    """Write the digests that are due into the outbox. Returns how many. To be called every morning: nothing is written twice.

    Queries: seven, and a few for each mail.
    """
    told = {one.person_id: one for one in Digest.objects.all()}
    people = _people(today)
    news = _news(at - LONGEST, at)
    answered = _answers(at - LONGEST, at)
    sent = 0
    for person, mail in people:
        mine = told.get(person)
        rhythm = mine.rhythm if mine else Digest.Rhythm.MONTH
        until = mine.told_until if mine else None
        if not due(rhythm, until.date() if until else None, today):
            continue
        since = max(until or at - (timedelta(days=7) if rhythm == Digest.Rhythm.WEEK else LONGEST), at - LONGEST)
        fresh = [one for one in news if one.at > since and one.by != person]
        answers = list({one.pk: one for one in answered if one.by == person and one.at > since}.values())
        if not fresh and not answers:
            continue
        with transaction.atomic():
            outbox.write(
                "guide_digest", channel="mail", to=mail, subject=_("Du nouveau entre les jardins"), body=_body(fresh, answers, link),
                about=f"network.person:{person}", garden=None, once=f"guide_digest:{person}:{_period(rhythm, today)}", at=at,
            )  # fmt: skip
            Digest.objects.update_or_create(person_id=person, defaults={"rhythm": rhythm, "told_until": at})
        sent += 1
    return sent


def due(rhythm: str, told: date | None, today: date) -> bool:
    """Whether a digest may be sent today: the first morning of a new month, or week, since the last one."""
    if rhythm == Digest.Rhythm.NEVER:
        return False
    return told is None or _period(rhythm, told) != _period(rhythm, today)


def _period(rhythm: str, day: date) -> str:
    if rhythm == Digest.Rhythm.WEEK:
        year, week, _day = day.isocalendar()
        return f"{year}-W{week:02}"
    return f"{day:%Y-%m}"


def _people(today: date) -> list[tuple[int, str]]:
    """Those who act for a garden or for the network today, with their address."""
    roles = Role.objects.on(today).filter(kind__in=READERS).values("person")
    rows = Login.objects.filter(person__in=roles, is_active=True).order_by("person").values_list("person", "email")
    dead = set(Unreachable.objects.filter(channel=Message.Channel.MAIL).values_list("to", flat=True))
    return [(person, email) for person, email in rows if email.lower() not in dead]


def _news(since: datetime, at: datetime) -> list[New]:
    window = Q(at__gt=since, at__lte=at)
    sheets = Sheet.objects.filter(window, state=Sheet.State.PUBLISHED)
    questions = Question.objects.filter(window).exclude(state=Question.State.HIDDEN)
    offers = Offer.objects.filter(window, closed_on=None)
    return [
        *(New("sheet", *row) for row in sheets.values_list("pk", "title", "at", "garden", "by")),
        *(New("question", *row) for row in questions.values_list("pk", "title", "at", "garden", "by")),
        *(New("offer", *row, None, None) for row in offers.values_list("pk", "title", "at")),
    ]


def _answers(since: datetime, at: datetime) -> list[New]:
    """Answers of others to questions; `by` is who asked."""
    rows = Reply.objects.filter(question__by__isnull=False, hidden_because="", at__gt=since, at__lte=at)
    kept = rows.exclude(by=F("question__by")).exclude(question__state=Question.State.HIDDEN).order_by("question")
    return [
        New("question", pk, title, when, None, asked_by)
        for pk, title, when, asked_by in kept.values_list("question", "question__title", "at", "question__by")
    ]


def _body(fresh: Sequence[New], answers: Sequence[New], link: Link) -> str:
    parts = [_("Bonjour,"), _("Voici ce qui est nouveau entre les jardins.")]
    if answers:
        parts.append("\n".join([_("On a répondu à votre question :"), *_lines(answers, link)]))
    for page, words in (
        ("sheet", _("Fiches")),
        ("question", _("Questions")),
        ("offer", _("Offres nationales")),
    ):
        of_kind = [one for one in fresh if one.page == page]
        if of_kind:
            parts.append("\n".join([words, *_lines(of_kind, link)]))
    parts.append(_("Recevoir ce courriel moins souvent, ou plus du tout : %(page)s") % {"page": link("digest")})
    return "\n\n".join(parts)


def _lines(some: Sequence[New], link: Link) -> list[str]:
    lines = [f"– {one.title}\n  {link(one.page, one.pk)}" for one in some[:MOST]]
    more = len(some) - MOST
    if more > 0:
        lines.append(ngettext("et %(n)s autre", "et %(n)s autres", more) % {"n": more})
    return lines
