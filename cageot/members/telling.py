"""Telling people something: one text, by the way that reaches them. Nothing leaves here: rows wait in the outbox.

A household is told through its contact: by mail, else by SMS, else by a letter that the garden prints. A way that came
back (`network.Unreachable`) is passed over until the address changes. The kinds are in `cageot/network/kinds.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from cageot.members.models import Household, Member
from cageot.network import outbox
from cageot.network.kinds import KINDS
from cageot.network.kinds import kind as kind_named
from cageot.network.models import Garden, Message, NotWanted, Person

LONGEST_SMS = 160
SALT = "cageot.telling.refuse"


@dataclass(frozen=True)
class Words:
    """What is said: `subject` and `body` of a mail or a letter, and `short`, complete in itself, as an SMS of at most
    160 signs. Plain text, in the language of whom it is for; neither subject nor SMS tells a reduced price."""

    subject: str
    body: str
    short: str

    def __post_init__(self) -> None:
        if len(self.short) > LONGEST_SMS:
            raise ValueError(f"an SMS of {len(self.short)} signs: {self.short}")


@dataclass(frozen=True)
class Way:
    """A way that reaches somebody: a channel and an address, a number, or the lines of an envelope."""

    channel: str
    to: str


def label(member: Member) -> str:
    """A member's name in the outbox and in the log."""
    return f"members.member:{member.pk}"


def contact_of(household: Household) -> Member | None:
    """Who the garden speaks to."""
    return Member.objects.filter(household=household, contact=True).first()


@contextmanager
def in_language(code: str) -> Iterator[str]:
    """Write in a household's language when it is spoken here, in French otherwise: `with in_language(household.language)`."""
    spoken = code if code in dict(settings.LANGUAGES) else "fr"
    with override(spoken):
        yield spoken


def ways(member: Member, household: Household) -> list[Way]:
    """The ways to reach a member, the best first, those that came back left out; a letter is always the last."""
    found = [Way(channel, to) for channel, to in (("mail", member.email), ("sms", member.mobile)) if to]
    dead = outbox.came_back([(way.channel, way.to) for way in found])
    lines = [str(member), household.address, f"{household.postcode} {household.town}".strip()]
    letter = Way("letter", "\n".join(line for line in lines if line) or household.number)
    return [*(way for way in found if (way.channel, way.to) not in dead), letter]


def tell_household(
    household: Household, kind: str, words: Words, *, once: str, at: datetime, necessary: bool = True, digest: str = ""
) -> Message | None:
    """Tell a household through its contact, in the caller's transaction; None when it refused this, or has no contact.

    `once` names the event: told again, the first message is given back. `necessary=False`: this one may be refused
    though others of its kind may not. Messages of the same `digest` leave together. Error: UnknownKind.
    """
    member = contact_of(household)
    what = kind_named(kind)
    if member is None or (not (necessary and what.necessary) and refused(member, kind)):
        return None
    way = ways(member, household)[0]
    if not what.necessary and way.channel == Message.Channel.MAIL:
        words = replace(words, body=f"{words.body}\n\n{_way_out(member, kind, household.language)}")
    return _write(way, kind, words, label(member), household.garden, once, at, household.language, digest)


def tell_person(
    to: str,
    kind: str,
    words: Words,
    *,
    about: str,
    garden: Garden | None,
    once: str,
    at: datetime,
    language: str = "fr",
) -> Message:
    """Tell somebody at a mail address or a telephone number: a referrer, somebody who signs up. `about`: what the log
    calls whom or what it is for ("members.referral:3"). Error: UnknownKind."""
    kind_named(kind)
    return _write(Way("mail" if "@" in to else "sms", to), kind, words, about, garden, once, at, language, "")


def refused(member: Member, kind: str) -> bool:
    """Whether a member does not want this kind of message."""
    return NotWanted.objects.filter(about=label(member), kind=kind).exists()


# --- Not wanted -----------------------------------------------------------------------------------


def _way_out(member: Member, kind: str, language: str) -> str:
    """The line at the foot of a mail that one may do without: where to say so. The address is signed, and a button acts."""
    token = signing.dumps([member.pk, kind], salt=SALT)
    with in_language(language):
        words = _("Vous ne voulez plus de ces messages ? %(address)s")
    return words % {"address": settings.SITE + reverse("space:refuse", args=[token])}


def read_way_out(token: str) -> tuple[Member, str] | None:
    """The member and the kind of message that a signed address speaks of; None when nobody signed it, or they are gone."""
    try:
        pk, kind = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    member = Member.objects.filter(pk=pk, household__erased_on=None).select_related("household").first()
    return (member, kind) if member and kind in KINDS and not KINDS[kind].necessary else None


def choices(member: Member) -> list[tuple[str, str, bool]]:
    """The kinds of message that a member may refuse: (name, label, whether it is wanted). One query."""
    unwanted = set(NotWanted.objects.filter(about=label(member)).values_list("kind", flat=True))
    return [
        (name, str(one.label), name not in unwanted)
        for name, one in KINDS.items()
        if not one.necessary and one.told_to == "member"
    ]


def choose(member: Member, kind: str, wanted: bool, *, by: Person | None, at: datetime) -> None:
    """A member wants this kind of message, or not any more. Errors: UnknownKind, IsNecessary."""
    (outbox.want if wanted else outbox.refuse)(label(member), kind, by=by, at=at)


def _write(
    way: Way,
    kind: str,
    words: Words,
    about: str,
    garden: Garden | None,
    once: str,
    at: datetime,
    language: str,
    digest: str,
) -> Message:
    by_phone = way.channel == "sms"
    return outbox.write(
        kind, channel=way.channel, to=way.to, subject="" if by_phone else words.subject, body=words.short if by_phone else words.body,
        about=about, garden=garden, once=once, at=at, language=language, digest=digest,
    )  # fmt: skip
