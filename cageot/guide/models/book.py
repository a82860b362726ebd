"""The guide: chapters that the network edits, templates of papers, and the steps of a garden that starts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cageot.network.models import Garden, Person


class Chapter(models.Model):
    """A chapter of the guide. What it says is its last version. `declined`: the digest of the text that came with Cageot
    and that the network did not want, so that it is not proposed again."""

    slug = models.SlugField(max_length=60, unique=True)
    rank = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(_("titre"), max_length=160)
    summary = models.CharField(_("en une phrase"), max_length=300, blank=True)
    tags = models.JSONField(_("mots-clés"), default=list, blank=True)
    archived_on = models.DateField(null=True, blank=True)
    declined = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        ordering = ["rank", "title"]
        constraints = [models.CheckConstraint(condition=~Q(title=""), name="chapter_is_named")]

    def __str__(self) -> str:
        return self.title


class ChapterVersion(models.Model):
    """What a chapter said from a moment on, in Markdown. Versions are kept. `origin`: where it came from when it was imported,
    or "cageot:" and the digest of the text when it came with Cageot; empty when it was written here."""

    chapter = models.ForeignKey(Chapter, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(_("texte"), max_length=100_000)
    note = models.CharField(_("ce qui change"), max_length=160, blank=True)
    origin = models.CharField(max_length=160, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["chapter", "number"], name="chapter_version_once")]


class Template(models.Model):
    """A paper to adapt: blocks with {{fields}}. Without garden: the network's; with one, that garden's own edition of it.

    Each row is a version; the last one holds. `origin` and `declined` as for chapters; `base`: the network's version that a
    garden's edition was made from. A version of a garden without blocks: the garden takes the network's again.
    """

    garden = models.ForeignKey(Garden, models.CASCADE, null=True, blank=True, related_name="templates")
    code = models.SlugField(max_length=60)
    title = models.CharField(_("titre"), max_length=160)
    purpose = models.CharField(_("à quoi il sert"), max_length=300, blank=True)
    blocks = models.JSONField(default=list)
    version = models.PositiveIntegerField(default=1)
    note = models.CharField(_("ce qui change"), max_length=160, blank=True)
    origin = models.CharField(max_length=160, blank=True, default="")
    declined = models.CharField(max_length=12, blank=True, default="")
    base = models.PositiveIntegerField(null=True, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["title", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["garden", "code", "version"], name="garden_template_version_once"),
            models.UniqueConstraint(
                fields=["code", "version"], condition=Q(garden__isnull=True), name="network_template_version_once"
            ),
            models.CheckConstraint(condition=~Q(title=""), name="template_is_named"),
        ]

    def __str__(self) -> str:
        return self.title


class StartTick(models.Model):
    """A step of the start that a garden ticked by hand (the others are ticked by what the garden holds)."""

    garden = models.ForeignKey(Garden, models.CASCADE, related_name="start_ticks")
    step = models.SlugField(max_length=60)
    on = models.DateField()
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["garden", "step"], name="start_tick_once")]
