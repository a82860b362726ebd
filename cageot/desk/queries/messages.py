"""The outbox as the coordinator of a garden sees it: what waits, what left, what did not, and whom to reach otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.core.tabular.phones import display_phone
from cageot.desk.queries.cards import households_with_contact
from cageot.members.models import Member
from cageot.network import outbox
from cageot.network.kinds import KINDS
from cageot.network.models import Garden, Message, Unreachable

PER_PAGE = 50
FILTERS: dict[str, tuple[Any, Sequence[str]]] = {
    "": (gettext_lazy("En attente"), ("waiting",)),
    "imprimer": (gettext_lazy("À imprimer"), ("to_print",)),
    "partis": (gettext_lazy("Partis"), ("sent",)),
    "rates": (gettext_lazy("Pas partis"), ("failed", "leaving")),
    "retires": (gettext_lazy("Retirés"), ("dropped",)),
}
TONES = {"waiting": "sky", "leaving": "squash", "sent": "leaf", "to_print": "sky", "failed": "carrot", "dropped": ""}


@dataclass(frozen=True)
class MessageLine:
    """One message in words. `stuck`: it was stopped on its way, nobody knows whether it left."""

    pk: int
    who: str
    household: int | None
    kind: str
    channel: str
    to: str
    state: str
    tone: str
    when: datetime
    problem: str
    stuck: bool
    body: str
    subject: str
    hidden: bool
    may_resend: bool
    may_drop: bool


@dataclass(frozen=True)
class OutboxPage:
    garden: Garden
    lines: list[MessageLine]
    page: Page[Message]
    chips: list[tuple[str, str, int, bool]]
    state: str
    unreachable: int


def of_garden(garden: Garden) -> QuerySet[Message]:
    return Message.objects.filter(garden=garden)


def outbox_page(garden: Garden, state: str, number: str, now: datetime) -> OutboxPage:
    """Fifty messages a page, the next to leave first, or the last that left. A constant number of queries."""
    state = state if state in FILTERS else ""
    counts = dict(of_garden(garden).order_by().values_list("state").annotate(n=Count("pk")))
    rows = of_garden(garden).filter(state__in=FILTERS[state][1])
    order = ["due_at", "pk"] if state in ("", "imprimer") else ["-made_at", "-pk"]
    page = Paginator(rows.order_by(*order), PER_PAGE).get_page(number)
    chips = [
        (str(word), f"?voir={name}" if name else "?", sum(counts.get(one, 0) for one in states), name == state)
        for name, (word, states) in FILTERS.items()
    ]
    lost = sum(len(line.ways) for line in unreachable(garden))
    return OutboxPage(garden, message_lines(list(page.object_list), now), page, chips, state, lost)


def message_lines(messages: Sequence[Message], now: datetime) -> list[MessageLine]:
    """These messages in words. One query."""
    people = _people(messages)
    return [_line(one, people.get(one.about), now) for one in messages]


def _people(messages: Iterable[Message]) -> dict[str, Member]:
    """about → the member, for those that are for members."""
    pks = [one.about.partition(":")[2] for one in messages if one.about.startswith("members.member:")]
    return {f"members.member:{one.pk}": one for one in Member.objects.filter(pk__in=pks)}


def _line(one: Message, member: Member | None, now: datetime) -> MessageLine:
    kind = KINDS.get(one.kind)
    stuck = one.state == Message.State.LEAVING and one.claimed_at is not None and one.claimed_at < now - outbox.STUCK
    hidden = bool(kind and kind.secret and not settings.DEMO)
    by_post = one.channel == Message.Channel.LETTER
    to = display_phone(one.to) if one.channel == Message.Channel.SMS else one.to
    return MessageLine(
        pk=one.pk, who=str(member) if member else to.partition("\n")[0], household=member.household_id if member else None,
        kind=str(kind.label) if kind else one.kind, channel=one.get_channel_display(),
        to=to,
        state=_("resté en chemin") if stuck else one.get_state_display(), tone=TONES[one.state],
        when=localtime(one.sent_at or (one.due_at if one.state == Message.State.WAITING else one.made_at)),
        problem=_("Personne ne sait s’il est parti. Demandez à la personne, puis renvoyez-le ou retirez-le.") if stuck else one.problem,
        stuck=stuck, body=_("(un code ne se garde pas)") if hidden or not one.body else one.body, subject=one.subject, hidden=hidden,
        may_resend=not by_post and bool(one.body) and (stuck or one.state in ("failed", "dropped")),
        may_drop=stuck or one.state in ("waiting", "to_print", "failed"),
    )  # fmt: skip


# --- Letters --------------------------------------------------------------------------------------


def letters(garden: Garden) -> list[Message]:
    """The letters to print, in the order of their making."""
    rows = of_garden(garden).filter(channel=Message.Channel.LETTER, state=Message.State.TO_PRINT)
    return list(rows.select_related("garden").order_by("made_at", "pk"))


# --- Whom to reach otherwise ----------------------------------------------------------------------


@dataclass(frozen=True)
class Lost:
    """Somebody some of whose addresses came back: (channel, address as shown, why, when)."""

    household: int
    name: str
    ways: list[tuple[str, str, str, datetime]]
    call: str


def unreachable(garden: Garden) -> list[Lost]:
    """The contacts of the garden's households whose address or number came back. Two queries."""
    back = {(one.channel, one.to): one for one in Unreachable.objects.filter(channel__in=["mail", "sms"])}
    if not back:
        return []
    mails = [to for channel, to in back if channel == "mail"]
    phones = [to for channel, to in back if channel == "sms"]
    rows = households_with_contact(garden).annotate(folded=Lower("email"))
    found = rows.filter(Q(folded__in=mails) | Q(mobile__in=phones)).order_by("search", "pk")
    return [_lost(one, back) for one in found]


def _lost(one: Member, back: dict[tuple[str, str], Unreachable]) -> Lost:
    ways = [
        (str(Message.Channel(channel).label), display_phone(to) if channel == "sms" else to, row.why, localtime(row.at))
        for channel, to in (("mail", one.email), ("sms", one.mobile))
        if (row := back.get((channel, to.lower())))
    ]
    spare = next((phone for phone in (one.phone, one.mobile) if phone and ("sms", phone) not in back), "")
    return Lost(one.household_id, str(one), ways, display_phone(spare) if spare else "")


def known_addresses(garden: Garden, addresses: Sequence[str]) -> list[str]:
    """Those of these addresses or numbers that somebody of the garden has, or that the garden wrote to. Two queries."""
    mails = [one.lower() for one in addresses]
    people = Member.objects.filter(household__garden=garden).annotate(folded=Lower("email"))
    rows = people.filter(Q(folded__in=mails) | Q(mobile__in=addresses)).values_list("folded", "mobile")
    theirs = {value for row in rows for value in row if value}
    written = of_garden(garden).annotate(folded=Lower("to")).filter(folded__in=mails).values_list("folded", flat=True)
    known = theirs | set(written)
    return [one for one in addresses if one.lower() in known]
