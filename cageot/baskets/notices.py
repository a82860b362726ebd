"""What households are told of their depot: it closes for a while, and a reminder some days before; and of a swap that
the garden cannot make any more.

The words are the same for everybody: nothing in them, nor in who receives them, tells who pays what.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cageot.baskets.models import Basket, DepotPause, Subscription
from cageot.baskets.queries import Swapped
from cageot.core.templatetags.cageot import day as said
from cageot.members.models import Member
from cageot.members.telling import LONGEST_SMS, Words, in_language, tell_household
from cageot.network.actions import record
from cageot.network.models import Message, Person


@dataclass(frozen=True)
class Told:
    """How many households are written to by mail or SMS, and for how many a letter waits to be printed."""

    sent: int
    without: int


def concerned(pause: DepotPause) -> list[Member]:
    """The contact of each household that collects at the depot during its closure. One query."""
    running = Subscription.objects.between(pause.from_day, pause.until_day).filter(depot=pause.depot_id)
    rows = Member.objects.filter(contact=True, household__in=running.values("household"))
    return list(rows.select_related("household__garden").order_by("pk"))


def tell_pause(pause: DepotPause, *, by: Person | None, at: datetime) -> Told:
    """Tell the households of a closure, once: asked again, it tells nothing."""
    with transaction.atomic():
        if not DepotPause.objects.filter(pk=pause.pk, told_at=None).update(told_at=at):
            return Told(0, 0)
        told = _tell(pause, "depot_closed", at)
        record("baskets.pause_told", by=by, at=at, garden=pause.depot.garden, about=pause, sent=told.sent)
    return told


def remind(*, today: date, at: datetime) -> int:
    """Remind the households of every closure that begins within its notice, each once. Returns how many are written to."""
    coming = DepotPause.objects.filter(Q(from_day__gt=today), reminded_at=None, told_at__isnull=False)
    due = [
        pause
        for pause in coming.select_related("depot__garden", "replacement__round").order_by("pk")
        if pause.from_day - timedelta(days=pause.notice_days) <= today
    ]
    sent = 0
    for pause in due:
        with transaction.atomic():
            if DepotPause.objects.filter(pk=pause.pk, reminded_at=None).update(reminded_at=at):
                sent += _tell(pause, "depot_reminder", at).sent
    return sent


def _tell(pause: DepotPause, kind: str, at: datetime) -> Told:
    """Write to each household, in its language, by the way that reaches it; a reminder, to those who want it."""
    sent = without = 0
    for member in concerned(pause):
        with in_language(member.household.language):
            words = pause_words(pause)
        message = tell_household(member.household, kind, words, once=f"{kind}:{pause.pk}:{member.pk}", at=at)
        if message and message.channel == Message.Channel.LETTER:
            without += 1
        elif message:
            sent += 1
    return Told(sent, without)


def pause_words(pause: DepotPause) -> Words:
    """What is said of a closure, in the language that is spoken now."""
    words = {
        "depot": pause.depot.name, "other": pause.replacement.name, "first": said(pause.from_day), "last": said(pause.until_day),
    }  # fmt: skip
    lines = [
        _("Bonjour,"),
        _("« %(depot)s » est fermé du %(first)s au %(last)s. Ces jours-là, votre panier vous attend à « %(other)s ».")
        % words,
        " ".join(part for part in (pause.replacement.address, pause.replacement.hours) if part),
        pause.note,
        _("Ensuite tout redevient comme avant. Vous n’avez rien à faire."),
        pause.depot.garden.name,
    ]
    short = _("Du %(first)s au %(last)s, votre panier vous attend à « %(other)s ».")
    room = LONGEST_SMS - len(short % (words | {"other": ""}))
    return Words(
        subject=_("Votre panier se retire ailleurs du %(first)s au %(last)s") % words,
        body="\n\n".join(line for line in lines if line),
        short=short % (words | {"other": pause.replacement.name[:room]}),
    )


def tell_swap_dropped(basket: Basket, swap: Swapped, *, at: datetime) -> None:
    """Tell whoever collects a basket that a vegetable is not swapped after all."""
    household = basket.given_to or basket.household
    with in_language(household.language):
        words = swap_words(basket.delivery.day, swap.away_name, swap.taken_name, household.garden.name)
    tell_household(household, "swap_dropped", words, once=f"swap_dropped:{swap.pk}", at=at)


def swap_words(day: date, away: str, taken: str, garden: str) -> Words:
    """What is said of a swap that is not made, in the language that is spoken now."""
    said_of = {"day": said(day), "away": away, "taken": taken}
    lines = [
        _("Bonjour,"),
        _("Le contenu de votre panier du %(day)s a changé.") % said_of,
        _("Votre échange ne se fait pas : %(taken)s à la place de %(away)s.") % said_of,
        _("Vous pouvez en choisir un autre dans votre espace."),
        garden,
    ]
    return Words(
        subject=_("Votre panier du %(day)s") % said_of,
        body="\n\n".join(lines),
        short=_("Le contenu de votre panier du %(day)s a changé. Votre échange ne se fait pas.") % said_of,
    )
