"""What can be found by words: one row per text, whatever it is, with who may read it. Kept by `network/finding.py`."""

from __future__ import annotations

from django.db import models

from cageot.core.models import one_of
from cageot.network.models.programme import Garden


class Findable(models.Model):
    """A text that search finds. `words`: its stems, folded, as the engine of search reads them.

    `reach`: everybody who is signed in, people of the garden alone, or the network alone.
    """

    class Reach(models.TextChoices):
        ALL = "all", "all"
        GARDEN = "garden", "garden"
        NETWORK = "network", "network"

    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=60)
    title = models.CharField(max_length=200)
    text = models.TextField()
    words = models.TextField()
    title_words = models.TextField()
    reach = models.CharField(max_length=7, choices=Reach, default=Reach.ALL)
    garden = models.ForeignKey(Garden, models.CASCADE, null=True, blank=True, related_name="+")
    day = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="findable_once"),
            one_of("reach", ["all", "garden", "network"], name="findable_reach"),
        ]


class FindableWord(models.Model):
    """A word that some text uses, without accents: what a mistyped one is compared with. They tell nothing of a text."""

    word = models.CharField(max_length=40, primary_key=True)
    first = models.CharField(max_length=1)
    length = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [models.Index(fields=["first", "length"], name="findable_word_near")]
