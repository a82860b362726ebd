"""How members come in without a password: a code by mail or SMS, a printed card, or somebody who acts for them.

Codes and cards are kept as prints made with the installation's key (HMAC, decision 0019): a code of six figures, or of
ten signs, could be found from any print by trying them all; without the key, which is not in the base, it cannot.
"""

from __future__ import annotations

import re
import secrets as chance
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from cageot.members.actions import Refused
from cageot.members.models import Acting, CalendarFeed, Household, Member, MemberCard, MemberCode
from cageot.members.telling import Way, Words, in_language, label
from cageot.network import limits, outbox
from cageot.network.actions import record
from cageot.network.models import Garden, LogEvent, Message, Person
from cageot.network.rules.reach import Can, Reach
from cageot.network.secrets import ALPHABET

CODE_LIVES = timedelta(minutes=15)
CODE_TRIES = 5
CARD_SIGNS = 10
"""49 bits, in two groups of five that one types on a telephone."""


class TooMany(Refused):
    """Tried too often: the door is shut for a while."""


def _print(what: str, code: str) -> str:
    return salted_hmac(f"cageot.ways_in.{what}", code, algorithm="sha256").hexdigest()


def folded(code: str) -> str:
    """A code as it is compared: no spaces, no dashes, capitals."""
    return re.sub(r"[\W_]", "", code).upper()


# --- A code by mail or SMS ------------------------------------------------------------------------


def members_at(way: Way) -> list[Member]:
    """Everybody who is reached there: a mailbox or a telephone may be shared. In the order they joined. One query."""
    rows = Member.objects.filter(household__erased_on=None).select_related("household__garden").order_by("pk")
    if way.channel == Message.Channel.MAIL:
        return list(rows.annotate(folded=Lower("email")).filter(folded=way.to.lower()))
    return list(rows.filter(Q(mobile=way.to) | Q(phone=way.to)))


def ask_code(way: Way, *, at: datetime) -> int | None:
    """Write a code to who is reached there, in place of the one before; the message's number, None when nobody is, or
    when that address was written to too often. Whoever asked is told the same each time."""
    calm = limits.allowed("code-asked", way.to, times=3, within=CODE_LIVES, at=at) and limits.allowed(
        "code-asked-today", way.to, times=10, within=timedelta(days=1), at=at
    )
    found = members_at(way)
    if not calm:
        return None
    if not found:
        limits.forget("code-tried", way.to)
        return None
    code = f"{chance.randbelow(10**6):06d}"
    with transaction.atomic():
        Member.objects.select_for_update(no_key=True).get(pk=found[0].pk)  # asked twice at once: one code
        MemberCode.objects.filter(member__in=found, channel=way.channel).delete()
        row = MemberCode.objects.create(
            member=found[0], channel=way.channel, digest=_print(f"code.{way.channel}.{way.to.lower()}", code), made_at=at, until=at + CODE_LIVES
        )  # fmt: skip
        return _write_code(found, way, code, row, at).pk


def _write_code(found: Sequence[Member], way: Way, code: str, row: MemberCode, at: datetime) -> Message:
    gardens = {one.household.garden_id: one.household.garden for one in found}
    garden: Garden | None = next(iter(gardens.values())) if len(gardens) == 1 else None
    with in_language(found[0].household.language) as language:
        words = code_words(f"{code[:3]} {code[3:]}")
    by_phone = way.channel == Message.Channel.SMS
    return outbox.write(
        "member_code", channel=way.channel, to=way.to, subject="" if by_phone else words.subject,
        body=words.short if by_phone else words.body, about=label(found[0]), garden=garden, once=f"member_code:{row.pk}", at=at,
        language=language,
    )  # fmt: skip


def code_words(code: str) -> Words:
    """What a code is told with. Nothing to open, nothing to answer."""
    lines = [
        _("Bonjour,"),
        _("Votre code : %(code)s") % {"code": code},
        _("Il sert une fois, pendant 15 minutes."),
        _("Vous n’avez rien demandé ? Ne faites rien."),
    ]
    return Words(
        subject=_("Votre code pour entrer"),
        body="\n\n".join(lines),
        short=_("Votre code : %(code)s. Il sert une fois, pendant 15 minutes.") % {"code": code},
    )


def use_code(way: Way, code: str, *, at: datetime) -> list[Member]:
    """Who may come in with this code: those who are reached there; nobody when it is wrong, old or used.

    Call it outside any transaction: tries count even when they fail. Refusal: TooMany, after five tries.
    """
    found = members_at(way)
    live = MemberCode.objects.filter(member__in=found, channel=way.channel, until__gt=at, used_at=None)
    row = live.order_by("-pk").first()
    if row is None:  # the same answers as for an address that is known
        if not limits.allowed("code-tried", way.to, times=CODE_TRIES, within=CODE_LIVES, at=at):
            raise TooMany
        return []
    if not live.filter(pk=row.pk, tries__lt=CODE_TRIES).update(tries=F("tries") + 1):
        raise TooMany
    if not constant_time_compare(row.digest, _print(f"code.{way.channel}.{way.to.lower()}", folded(code))):
        return []
    if not live.filter(pk=row.pk).update(used_at=at):
        return []
    limits.forget("code-asked", way.to)
    return found


# --- A printed card -------------------------------------------------------------------------------


def make_cards(households: Sequence[Household], *, by: Person | None, at: datetime) -> list[tuple[Member, str]]:
    """A new card for the contact of each household, with its code, kept nowhere: print it now. Former cards end."""
    with transaction.atomic():
        contacts = list(
            Member.objects.filter(household__in=households, contact=True)
            .select_related("household__garden")
            .order_by("household__garden", "household__number")
        )
        MemberCard.objects.filter(member__household__in=households, revoked_at=None).update(revoked_at=at)
        codes = [_card_code() for _one in contacts]
        MemberCard.objects.bulk_create(
            MemberCard(member=one, digest=_print("card", folded(code)), made_at=at, by=by)
            for one, code in zip(contacts, codes, strict=True)
        )
        for one in contacts:
            record("members.card_made", by=by, at=at, garden=one.household.garden, about=one.household)
    return list(zip(contacts, codes, strict=True))


def _card_code() -> str:
    letters = "".join(chance.choice(ALPHABET) for _sign in range(CARD_SIGNS))
    return f"{letters[:5]}-{letters[5:]}"


def revoke_cards(household: Household, *, by: Person | None, at: datetime) -> bool:
    """The household's card opens nothing any more, nor do the visits it opened go on. Returns whether there was one."""
    with transaction.atomic():
        ended = MemberCard.objects.filter(member__household=household, revoked_at=None).update(revoked_at=at)
        if ended:
            record("members.card_revoked", by=by, at=at, garden=household.garden, about=household)
    return bool(ended)


def card_of(code: str) -> MemberCard | None:
    """The card that has this code, or the address that its square holds, read at a desk: it opens nothing, and its use is not
    noted. One query."""
    code = code.strip().rstrip("/").rpartition("/")[2]
    rows = MemberCard.objects.filter(
        digest=_print("card", folded(code)), revoked_at=None, member__household__erased_on=None
    )
    return rows.select_related("member__household__garden").first()


def use_card(code: str, *, number: str | None, at: datetime) -> MemberCard | None:
    """The card that has this code, and this household's number unless it was read from the square (None). None else."""
    card = (
        MemberCard.objects.filter(
            digest=_print("card", folded(code)), revoked_at=None, member__household__erased_on=None
        )
        .select_related("member__household__garden")
        .first()
    )
    if card is None or (number is not None and folded(number) != folded(card.member.household.number)):
        return None
    with transaction.atomic():
        if not MemberCard.objects.filter(pk=card.pk, revoked_at=None).update(used_at=at):
            return None
        record("members.card_used", by=None, at=at, garden=card.member.household.garden, about=card.member.household)
    return card


# --- Somebody who acts for a member ---------------------------------------------------------------


class AlreadyActs(Refused):
    """This person may act for this member already."""


def let_act(
    member: Member, person: Person, *, agreed_on: date, from_day: date, until_day: date | None, by: Person | None, at: datetime
) -> Acting:  # fmt: skip
    """The member agreed that somebody does things for them. Refusal: AlreadyActs."""
    with transaction.atomic():
        Member.objects.select_for_update(no_key=True).get(pk=member.pk)
        if Acting.objects.between(from_day, until_day or date.max).filter(member=member, person=person).exists():
            raise AlreadyActs
        acting = Acting.objects.create(
            member=member, person=person, agreed_on=agreed_on, from_day=from_day, until_day=until_day, by=by
        )
        record("members.acting_agreed", by=by, at=at, garden=member.household.garden, about=member.household)
    return acting


def stop_acting(acting: Acting, *, today: date, by: Person | None, at: datetime) -> None:
    """From this moment on, nothing is done for the member by this person, nor does a calendar that they opened go on."""
    with transaction.atomic():
        opened = LogEvent.objects.filter(verb="space.calendar_opened", about=label(acting.member), by=acting.person_id)
        CalendarFeed.objects.filter(member=acting.member, made_at__in=opened.values("at")).delete()
        if acting.from_day >= today:
            Acting.objects.filter(pk=acting.pk).delete()
        else:
            Acting.objects.filter(pk=acting.pk).update(until_day=today - timedelta(days=1))
        garden = acting.member.household.garden
        record("members.acting_ended", by=by, at=at, garden=garden, about=acting.member.household)


def reached_print(member: Member, channel: str) -> str:
    """What a visit that a code opened is known by: once the garden writes elsewhere, it is over."""
    ways = [member.email.lower()] if channel == Message.Channel.MAIL else [member.mobile, member.phone]
    return _print(f"reached.{channel}", "\n".join(ways))


def may_act(person: Person, member: Member, reach: Reach, today: date) -> bool:
    """Whether somebody may do things for a member today: who runs the garden may; another needs the member's agreement.

    A helper of the garden too, since the space says what its member pays.
    """
    if member.household.erased_on:
        return False
    if reach.can(Can.EDIT_HOUSEHOLDS, member.household.garden_id):
        return True
    return Acting.objects.on(today).filter(person=person, member=member).exists()


def begin_acting(member: Member, *, by: Person, at: datetime) -> None:
    """Somebody opens the space for a member: written in the log, as is each thing they do there."""
    record("space.opened", by=by, at=at, garden=member.household.garden, about=member)
