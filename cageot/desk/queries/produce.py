"""The list of a garden's vegetables."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _

from cageot.baskets.models import Produce
from cageot.desk import words_content as words
from cageot.network.models import Garden
from cageot.network.rules.reach import Can, Reach


class Asked(NamedTuple):
    """What is searched, and which ones are shown: all, those in season, or those set aside."""

    text: str = ""
    shown: str = ""


@dataclass(frozen=True)
class Chip:
    label: str
    url: str
    count: int
    current: bool


@dataclass(frozen=True)
class ProduceLine:
    """One vegetable as told."""

    pk: int
    name: str
    unit: str
    weight: str
    cents: int | None
    months: str
    in_season: bool
    allergens: str


@dataclass(frozen=True)
class ProducePage:
    """The garden's vegetables."""

    garden: Garden
    asked: Asked
    chips: list[Chip]
    lines: list[ProduceLine]
    may_write: bool


def produce_page(garden: Garden, today: date, reach: Reach, asked: Asked) -> ProducePage:
    """The list, searched without case nor accents. One query."""
    rows = sorted(Produce.objects.filter(garden=garden), key=lambda one: plain(one.name))
    groups = {
        "": [one for one in rows if not one.archived_on],
        "saison": [one for one in rows if not one.archived_on and _in_season(one, today)],
        "ranges": [one for one in rows if one.archived_on],
    }
    shown = asked.shown if asked.shown in groups else ""
    labels = {"": _("Tous"), "saison": _("De saison"), "ranges": _("Rangés")}
    chips = [
        Chip(label, f"?montrer={key}" if key else "?", len(groups[key]), key == shown)
        for key, label in labels.items()
        if key != "ranges" or groups[key]
    ]
    wanted = plain(asked.text)
    lines = [_line(one, today) for one in groups[shown] if wanted in plain(one.name)]
    return ProducePage(garden, Asked(asked.text, shown), chips, lines, reach.can(Can.RUN_WEEK, garden.pk))


def _in_season(one: Produce, today: date) -> bool:
    return not one.months or today.month in words.months_in(one.months)


def _line(one: Produce, today: date) -> ProduceLine:
    weight = f"{one.grams}\u00a0g" if one.grams and one.unit != "kg" else ""
    return ProduceLine(
        one.pk, one.name, words.unit_word(one.unit), weight, one.unit_cents or None, words.months(one.months) if one.months else "",
        bool(one.months) and _in_season(one, today), one.allergens,
    )  # fmt: skip


def plain(text: str) -> str:
    """Without case nor accents, to search and to sort as a dictionary does."""
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(sign))
