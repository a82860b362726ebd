"""The outbox: what is told to people is written here first, in the transaction of what it tells, and leaves later.

A message is taken in hand (`leaving`) before it is handed over, and is `sent` after. Whatever stops in between (a cut, a
kill -9, a provider that does not answer) leaves it `leaving`: nobody knows whether it left, so it is not sent again by
itself, and the desk shows it. Nothing leaves twice, nothing is lost unseen (decision 0021).
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from cageot.network.actions import record
from cageot.network.kinds import KINDS
from cageot.network.kinds import kind as kind_named
from cageot.network.models import Garden, Message, NotWanted, Person, Unreachable
from cageot.network.rules.hours import is_quiet, leaves, tried_again
from cageot.network.sms import NotSent, Refused, SmsGate, Unknown, gate

log = logging.getLogger(__name__)
State, Channel = Message.State, Message.Channel

BATCH = 100
STUCK = timedelta(minutes=10)
"""A message that is leaving for so long was stopped on its way."""
AT_ONCE = [slug for slug, one in KINDS.items() if one.at_once]


# --- Writing --------------------------------------------------------------------------------------


def write(
    kind: str,
    *,
    channel: str,
    to: str,
    subject: str,
    body: str,
    about: str,
    garden: Garden | None,
    once: str,
    at: datetime,
    language: str = "fr",
    digest: str = "",
) -> Message:
    """Write a message to somebody; with an `once` that is known already, give back the message it made.

    It leaves when its channel's hours allow, at five in the afternoon with the others of its `digest`; a letter waits
    to be printed. Error: UnknownKind.
    """
    state = State.TO_PRINT if channel == Channel.LETTER else State.WAITING
    due = leaves(channel, localtime(at), at_once=kind_named(kind).at_once, gathered=bool(digest))
    message = Message(
        kind=kind, channel=channel, to=to, subject=subject[:200], body=body, about=about, garden=garden, once=once, made_at=at,
        due_at=due, language=language, digest=digest, state=state,
    )  # fmt: skip
    Message.objects.bulk_create([message], ignore_conflicts=True)
    return Message.objects.get(once=once)


# --- Ways that came back --------------------------------------------------------------------------


def came_back(ways: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these ways (channel, address) that came back, and were not mended since. One query."""
    wanted = Q()
    for channel, to in ways:
        wanted |= Q(channel=channel, to__iexact=to)
    if not wanted:
        return set()
    found = {(channel, to.lower()) for channel, to in Unreachable.objects.filter(wanted).values_list("channel", "to")}
    return {(channel, to) for channel, to in ways if (channel, to.lower()) in found}


def bounce(channel: str, to: str, *, why: str, at: datetime) -> None:
    """What was sent there came back: it is shown, and what still waits to leave for there does not."""
    with transaction.atomic():
        Unreachable.objects.update_or_create(
            channel=channel, to=to.lower(), defaults={"why": why.strip()[:200], "at": at}
        )
        waiting = Message.objects.filter(channel=channel, to__iexact=to, state=State.WAITING)
        waiting.update(state=State.FAILED, problem=_("L’adresse est revenue.")[:200])


def mend(channel: str, to: str) -> bool:
    """This way is to be tried again, or nobody's any more. Returns whether it had come back."""
    return bool(Unreachable.objects.filter(channel=channel, to__iexact=to).delete()[0])


# --- What is not wanted ---------------------------------------------------------------------------


class IsNecessary(Exception):
    """One cannot do without this kind of message."""


def refuse(about: str, kind: str, *, by: Person | None, at: datetime) -> None:
    """Somebody does not want this kind of message; what waits of it is dropped. Errors: UnknownKind, IsNecessary."""
    if kind_named(kind).necessary:
        raise IsNecessary
    with transaction.atomic():
        NotWanted.objects.bulk_create([NotWanted(about=about, kind=kind, at=at, by=by)], ignore_conflicts=True)
        waiting = Message.objects.filter(about=about, kind=kind, state__in=[State.WAITING, State.TO_PRINT])
        waiting.update(state=State.DROPPED)
        record("network.not_wanted", by=by, at=at, about=about, kind=kind)


def want(about: str, kind: str, *, by: Person | None, at: datetime) -> None:
    """Somebody wants this kind of message again."""
    with transaction.atomic():
        if NotWanted.objects.filter(about=about, kind=kind).delete()[0]:
            record("network.wanted_again", by=by, at=at, about=about, kind=kind)


# --- Leaving --------------------------------------------------------------------------------------


@dataclass
class Sent:
    """What became of what was due, in messages (those of one digest count each)."""

    sent: int = 0
    later: int = 0  # could not leave, will be tried again
    failed: int = 0  # given up, and shown
    unknown: int = 0  # handed over, no answer: shown, not tried again

    @property
    def all(self) -> int:
        return self.sent + self.later + self.failed + self.unknown


def due(at: datetime) -> QuerySet[Message]:
    """What may leave at this moment, the oldest first."""
    rows = Message.objects.filter(state=State.WAITING, due_at__lte=at)
    if is_quiet(localtime(at)):
        rows = rows.exclude(Q(channel=Channel.SMS) & ~Q(kind__in=AT_ONCE))
    return rows.select_related("garden").order_by("due_at", "pk")


def send(
    *,
    now: Callable[[], datetime],
    only: Iterable[int] | None = None,
    sms: SmsGate | None = None,
    progress: Callable[[Sent], None] | None = None,
) -> Sent:
    """Make what is due leave (`only`: of these messages). Two at once share the work; never call it in a transaction."""
    with _Door(sms or gate()) as door:
        done = Sent()
        chosen = list(only) if only is not None else None
        while batch := list(_chosen(due(now()), chosen)[:BATCH]):
            moved = False
            for group in _groups(batch):
                mine = _claim(group, now())
                if mine:
                    moved = True
                    _conclude(mine, door.hand_over(mine), now(), done)
                    if progress:
                        progress(done)
            if not moved:  # somebody else has them in hand
                break
        return done


def _chosen(rows: QuerySet[Message], only: Sequence[int] | None) -> QuerySet[Message]:
    return rows if only is None else rows.filter(pk__in=only)


def _groups(batch: Sequence[Message]) -> list[list[Message]]:
    """Messages that leave as one: of one digest, to one address, due the same day; each other one alone."""
    groups: dict[tuple[Any, ...], list[Message]] = {}
    for message in batch:
        if not message.digest:
            groups[(message.pk,)] = [message]
            continue
        key = (message.channel, message.to.lower(), message.digest, message.garden_id)
        if key not in groups:
            tonight = localtime(message.due_at).replace(hour=23, minute=59, second=59)
            rows = Message.objects.filter(
                state=State.WAITING, channel=message.channel, to__iexact=message.to, digest=message.digest,
                garden=message.garden_id, due_at__lte=tonight,
            )  # fmt: skip
            groups[key] = list(rows.select_related("garden").order_by("pk"))
    return [group for group in groups.values() if group]


def _claim(group: Sequence[Message], at: datetime) -> list[Message]:
    """Take these in hand; those that another sending has are left to it."""
    with transaction.atomic():
        return [
            one
            for one in group
            if Message.objects.filter(pk=one.pk, state=State.WAITING).update(
                state=State.LEAVING, claimed_at=at, tries=F("tries") + 1
            )
        ]


@dataclass(frozen=True)
class _Outcome:
    """`sent`, `later`, `failed` or `unknown`; `dead`: the address is no good."""

    what: str
    why: str = ""
    dead: bool = False


def _conclude(group: Sequence[Message], outcome: _Outcome, at: datetime, done: Sent) -> None:
    """Write down what became of messages that were in hand."""
    with transaction.atomic():
        for one in group:
            what, values = _written(one, outcome, at)
            Message.objects.filter(pk=one.pk, state=State.LEAVING).update(**values)
            setattr(done, what, getattr(done, what) + 1)
        if outcome.dead:
            bounce(group[0].channel, group[0].to, why=outcome.why, at=at)


def _written(one: Message, outcome: _Outcome, at: datetime) -> tuple[str, dict[str, Any]]:
    why = outcome.why[:200]
    kind = KINDS.get(one.kind)
    if outcome.what == "sent":
        forgotten = {"body": ""} if kind and kind.secret and not settings.DEMO else {}
        return "sent", {"state": State.SENT, "sent_at": at, "problem": ""} | forgotten
    if outcome.what == "unknown":
        return "unknown", {"problem": why}
    again = tried_again(one.tries + 1, at) if outcome.what == "later" else None
    if again is None:
        return "failed", {"state": State.FAILED, "problem": why}
    moment = leaves(one.channel, localtime(again), at_once=bool(kind and kind.at_once))
    return "later", {"state": State.WAITING, "due_at": moment, "problem": why}


class _Door:
    """By which messages leave: one connection to the mail server for all of them, and the SMS gate."""

    def __init__(self, sms: SmsGate) -> None:
        self.sms = sms
        self.mail: Any = None

    def __enter__(self) -> _Door:
        return self

    def __exit__(self, *_failure: object) -> None:
        self._hang_up()

    def hand_over(self, group: Sequence[Message]) -> _Outcome:
        """Hand these over, as one; what became of them."""
        try:
            if group[0].channel == Channel.SMS:
                return self._by_sms(group)
            return self._by_mail(group)
        except Exception as error:  # one message that cannot be written stops no other
            log.exception("message %s", group[0].pk)
            return _Outcome("failed", type(error).__name__)

    def _by_sms(self, group: Sequence[Message]) -> _Outcome:
        text = "\n".join(one.body for one in group)
        try:
            self.sms.send(group[0].to, text, reference=_reference(group[0]))
        except Refused as error:
            return _Outcome("failed", str(error), dead=True)
        except NotSent as error:
            return _Outcome("later", str(error))
        except Unknown as error:
            return _Outcome("unknown", str(error))
        return _Outcome("sent")

    def _by_mail(self, group: Sequence[Message]) -> _Outcome:
        mail = as_mail(group)
        try:
            if self.mail is None:
                self.mail = get_connection()
                self.mail.open()
            self.mail.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as error:
            [(code, said)] = list(error.recipients.values())[:1]
            why = f"{code} {_text(said)}"
            return _Outcome("failed", why, dead=True) if code >= 500 else _Outcome("later", why)
        except smtplib.SMTPDataError as error:
            why = f"{error.smtp_code} {_text(error.smtp_error)}"
            return _Outcome("failed" if error.smtp_code >= 500 else "later", why)
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return _Outcome("later", str(error) or type(error).__name__)
        return _Outcome("sent")

    def _hang_up(self) -> None:
        if self.mail is not None:
            with suppress(Exception):
                self.mail.close()
        self.mail = None


def as_mail(group: Sequence[Message]) -> EmailMessage:
    """The mail that these messages make together. Tried again, it bears the same Message-ID: most mailboxes show it once."""
    first = group[0]
    with override(first.language if first.language in dict(settings.LANGUAGES) else "fr"):
        subject = first.subject if len(group) == 1 else _("Des nouvelles de votre panier")
    garden = first.garden
    return EmailMessage(
        " ".join(subject.split()), "\n\n* * *\n\n".join(one.body for one in group), to=[first.to],
        reply_to=[garden.email] if garden and garden.email else None,
        headers={"Message-ID": f"<{_reference(first)}@{settings.MAIL_NAME}>"},
    )  # fmt: skip


def _reference(message: Message) -> str:
    """What names a message to who carries it: the same whenever it is tried again, and of this installation alone."""
    return f"cageot-{message.made_at:%Y%m%d}-{message.pk}"


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


# --- The desk's hand ------------------------------------------------------------------------------


def stuck(at: datetime) -> Q:
    """Messages that were stopped on their way: nobody knows whether they left."""
    return Q(state=State.LEAVING, claimed_at__lt=at - STUCK)


def drop(message: Message, *, by: Person | None, at: datetime) -> bool:
    """It does not leave any more, or is not spoken of any more. Returns whether it could still be dropped."""
    may = Q(state__in=[State.WAITING, State.TO_PRINT, State.FAILED]) | stuck(at)
    return _moved(message, may, "network.message_dropped", by, at, state=State.DROPPED)


def resend(message: Message, *, by: Person | None, at: datetime) -> bool:
    """It leaves (again) at the next hour that allows it. Returns whether it was one that had not left."""
    due_at = leaves(message.channel, localtime(at), at_once=message.kind in AT_ONCE)
    may = Q(state__in=[State.FAILED, State.DROPPED, State.WAITING], channel__in=[Channel.MAIL, Channel.SMS]) | stuck(at)
    return _moved(
        message, may & ~Q(body=""), "network.message_resent", by, at,
        state=State.WAITING, due_at=due_at, tries=0, problem="", claimed_at=None,
    )  # fmt: skip


def printed(messages: Iterable[Message], *, by: Person | None, at: datetime) -> int:
    """These letters were printed: they are sent. Returns how many were still to print."""
    done = 0
    for one in messages:
        secret = kind_named(one.kind).secret and not settings.DEMO
        values = {"state": State.SENT, "sent_at": at} | ({"body": ""} if secret else {})
        done += _moved(one, Q(state=State.TO_PRINT), "network.letter_printed", by, at, **values)
    return done


def _moved(message: Message, may: Q, verb: str, by: Person | None, at: datetime, **values: Any) -> bool:
    """Change a message if it may be, and write it in the log."""
    with transaction.atomic():
        changed = Message.objects.filter(may, pk=message.pk).update(**values)
        if changed:
            record(verb, by=by, at=at, garden=message.garden, about=message)
    return bool(changed)
