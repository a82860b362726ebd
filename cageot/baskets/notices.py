"""What households are told by mail: a depot that closes for a while, and a reminder some days before.

The words are the same for everybody: nothing in them, nor in who receives them, tells who pays what.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from cageot.baskets.models import DepotPause, Subscription
from cageot.core.templatetags.cageot import day as said
from cageot.members.models import Member
from cageot.network.actions import record
from cageot.network.models import Person


@dataclass(frozen=True)
class Told:
    """How many households a mail went to, and how many have no address: the garden speaks to those otherwise."""

    sent: int
    without: int


def concerned(pause: DepotPause) -> list[Member]:
    """The contact of each household that collects at the depot during its closure. One query."""
    running = Subscription.objects.between(pause.from_day, pause.until_day).filter(depot=pause.depot_id)
    rows = Member.objects.filter(contact=True, household__in=running.values("household"))
    return list(rows.select_related("household").order_by("pk"))


def tell_pause(pause: DepotPause, *, by: Person | None, at: datetime) -> Told:
    """Tell the households of a closure, once: asked again, it sends nothing."""
    if not DepotPause.objects.filter(pk=pause.pk, told_at=None).update(told_at=at):
        return Told(0, 0)
    told = _send(pause)
    record("baskets.pause_told", by=by, at=at, garden=pause.depot.garden, about=pause, sent=told.sent)
    return told


def remind(*, today: date, at: datetime) -> int:
    """Remind the households of every closure that begins within its notice, each once. Returns how many mails went."""
    coming = DepotPause.objects.filter(Q(from_day__gt=today), reminded_at=None, told_at__isnull=False)
    due = [
        pause
        for pause in coming.select_related("depot__garden", "replacement__round").order_by("pk")
        if pause.from_day - timedelta(days=pause.notice_days) <= today
    ]
    sent = 0
    for pause in due:
        if DepotPause.objects.filter(pk=pause.pk, reminded_at=None).update(reminded_at=at):
            sent += _send(pause).sent
    return sent


def _send(pause: DepotPause) -> Told:
    people = concerned(pause)
    mails = [_mail(pause, one) for one in people if one.email]
    get_connection().send_messages(mails)
    return Told(len(mails), len(people) - len(mails))


LANGUAGES = {code for code, _name in settings.LANGUAGES}


def _mail(pause: DepotPause, member: Member) -> EmailMessage:
    """One mail, in the household's language when it is spoken here."""
    language = member.household.language
    garden = pause.depot.garden
    with override(language if language in LANGUAGES else "fr"):
        words = {
            "depot": pause.depot.name, "other": pause.replacement.name, "first": said(pause.from_day), "last": said(pause.until_day),
            "address": pause.replacement.address, "hours": pause.replacement.hours, "garden": garden.name,
        }  # fmt: skip
        lines = [
            _("Bonjour,"),
            _(
                "« %(depot)s » est fermé du %(first)s au %(last)s. Ces jours-là, votre panier vous attend à « %(other)s »."
            )
            % words,
            " ".join(part for part in (pause.replacement.address, pause.replacement.hours) if part),
            pause.note,
            _("Ensuite tout redevient comme avant. Vous n’avez rien à faire."),
            garden.name,
        ]
        subject = _("Votre panier se retire ailleurs du %(first)s au %(last)s") % words
    body = "\n\n".join(line for line in lines if line)
    return EmailMessage(subject, body, to=[member.email], reply_to=[garden.email] if garden.email else None)
