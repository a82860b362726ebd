"""What gardens learn from each other: practice sheets, questions and answers, what is flagged."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.core.models import one_of
from cageot.network.models import Garden, Person


class Sheet(models.Model):
    """A practice sheet of a garden (or, without garden, of the network). What it says is its last version."""

    class State(models.TextChoices):
        DRAFT = "draft", _("brouillon")
        PUBLISHED = "published", _("publiée")
        HIDDEN = "hidden", _("retirée par la modération")

    garden = models.ForeignKey(Garden, models.CASCADE, null=True, blank=True, related_name="sheets")
    title = models.CharField(_("titre"), max_length=140)
    tags = models.JSONField(_("mots-clés"), default=list, blank=True)
    contact = models.CharField(_("à qui écrire"), max_length=160, blank=True)
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    hidden_because = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="sheets")
    at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="sheet_is_named"),
            one_of("state", ["draft", "published", "hidden"], name="sheet_state"),
        ]

    def __str__(self) -> str:
        return self.title


class SheetVersion(models.Model):
    """What a sheet said from a moment on. Versions are kept."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    problem = models.TextField(_("le problème"), max_length=4000)
    done = models.TextField(_("ce que nous avons fait"), max_length=8000)
    cost = models.TextField(_("ce que ça a coûté (temps, argent)"), blank=True, max_length=2000)
    change = models.TextField(_("ce que nous ferions autrement"), blank=True, max_length=4000)
    note = models.CharField(_("ce qui change dans cette version"), max_length=160, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="sheet_version_once")]


class Attachment(models.Model):
    """A file joined to a sheet."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=80)
    content = models.BinaryField()
    digest = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        ordering = ["name"]


class AlsoDone(models.Model):
    """ "We do this too": a garden that does what a sheet says."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="also")
    garden = models.ForeignKey(Garden, models.CASCADE, related_name="+")
    note = models.CharField(_("chez nous"), max_length=200, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "garden"], name="also_done_once")]


class Question(models.Model):
    """A question of somebody of a garden to all the others."""

    class State(models.TextChoices):
        OPEN = "open", _("ouverte")
        ANSWERED = "answered", _("répondue")
        HIDDEN = "hidden", _("retirée par la modération")

    garden = models.ForeignKey(Garden, models.CASCADE, null=True, blank=True, related_name="questions")
    title = models.CharField(_("question"), max_length=160)
    body = models.TextField(_("en détail"), blank=True, max_length=4000)
    tags = models.JSONField(_("mots-clés"), default=list, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    hidden_because = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="question_is_asked"),
            one_of("state", ["open", "answered", "hidden"], name="question_state"),
        ]

    def __str__(self) -> str:
        return self.title


class Reply(models.Model):
    """An answer to a question, or a comment on a sheet."""

    question = models.ForeignKey(Question, models.CASCADE, null=True, blank=True, related_name="replies")
    sheet = models.ForeignKey(Sheet, models.CASCADE, null=True, blank=True, related_name="replies")
    garden = models.ForeignKey(Garden, models.CASCADE, null=True, blank=True, related_name="+")
    body = models.TextField(_("votre réponse"), max_length=4000)
    helped = models.BooleanField(default=False)  # whoever asked says so
    hidden_because = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(question__isnull=False, sheet__isnull=True) | Q(question__isnull=True, sheet__isnull=False),
                name="reply_to_one_thing",
            ),
            models.CheckConstraint(condition=~Q(body=""), name="reply_says_something"),
        ]


class Flag(models.Model):
    """Somebody asks the network to look at something that was written."""

    sheet = models.ForeignKey(Sheet, models.CASCADE, null=True, blank=True, related_name="flags")
    question = models.ForeignKey(Question, models.CASCADE, null=True, blank=True, related_name="flags")
    reply = models.ForeignKey(Reply, models.CASCADE, null=True, blank=True, related_name="flags")
    reason = models.CharField(_("pourquoi"), max_length=200)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["settled_at", "at"]


class Digest(models.Model):
    """Whether somebody wants the digest of what is new, and up to when they were told. Without a row: each month."""

    class Rhythm(models.TextChoices):
        WEEK = "week", _("chaque semaine")
        MONTH = "month", _("chaque mois")
        NEVER = "never", _("jamais")

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="digest")
    rhythm = models.CharField(_("le résumé"), max_length=5, choices=Rhythm, default=Rhythm.MONTH)
    told_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [one_of("rhythm", ["week", "month", "never"], name="digest_rhythm")]
