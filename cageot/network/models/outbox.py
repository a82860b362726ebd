"""What is told to people: by mail, by SMS or on paper, now or at a better hour; and how often somebody tries a door.

Who a message is for is named as the log names things (`members.member:12`): this app reaches no household.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import one_of
from cageot.network.models.programme import Garden, Person


class Message(models.Model):
    """One thing told to one person by one channel. It waits until `due_at`; those of the same digest leave together."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("courriel")
        SMS = "sms", _("SMS")
        LETTER = "letter", _("courrier")

    class State(models.TextChoices):
        WAITING = "waiting", _("en attente")
        LEAVING = "leaving", _("en train de partir")
        SENT = "sent", _("parti")
        TO_PRINT = "to_print", _("à imprimer")
        FAILED = "failed", _("n’est pas parti")
        DROPPED = "dropped", _("retiré")

    garden = models.ForeignKey(Garden, models.CASCADE, null=True, related_name="messages")
    about = models.CharField(max_length=60)  # whom it is for
    kind = models.SlugField(max_length=40)
    channel = models.CharField(max_length=6, choices=Channel)
    to = models.CharField(max_length=320)  # an address, a number, or the lines of an envelope
    language = models.CharField(max_length=8, default="fr")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField()
    digest = models.CharField(max_length=60, blank=True)
    # A message made twice from the same event is made once.
    once = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    problem = models.CharField(max_length=200, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # When a sending took it in hand. One that was stopped there stays so: nobody knows whether it left.
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            one_of("channel", ["mail", "sms", "letter"], name="message_channel"),
            one_of("state", ["waiting", "leaving", "sent", "to_print", "failed", "dropped"], name="message_state"),
            models.CheckConstraint(condition=Q(state="sent") | Q(sent_at__isnull=True), name="message_sent_says_when"),
            models.CheckConstraint(
                condition=~Q(state="leaving") | Q(claimed_at__isnull=False), name="message_leaving_says_since"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="message_waiting"),
            models.Index(fields=["about"], name="message_about"),
            models.Index(fields=["garden", "state"], name="message_of_garden"),
        ]


class Unreachable(models.Model):
    """An address or a number that came back. Shown on the person until somebody mends or clears it."""

    channel = models.CharField(max_length=6, choices=Message.Channel)
    to = models.CharField(max_length=320)
    why = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "to"], name="unreachable_once")]


class NotWanted(models.Model):
    """A kind of message that somebody does not want, by any channel. What is necessary is sent all the same."""

    about = models.CharField(max_length=60)
    kind = models.SlugField(max_length=40)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["about", "kind"], name="not_wanted_once")]


class Attempts(models.Model):
    """How often a door was tried within a window of time. `key` is a print: neither address nor number stands here."""

    key = models.CharField(max_length=64, primary_key=True)
    since = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)
