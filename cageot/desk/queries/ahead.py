"""What lies ahead as the pages show it: the watch list, a garden's forecast. Read, never worked out here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.core.templatetags.cageot import euros, number, share
from cageot.desk import words_ahead as words
from cageot.desk.queries import programme
from cageot.desk.queries.next_euro import NextEuro, next_euro
from cageot.desk.queries.programme import SOLIDITY, TONES, because, day
from cageot.desk.rules.funds import Window
from cageot.funding.models import Outlook
from cageot.network.models import Edition, Garden

WINDOW = 18
"""Months that the drawing of bands shows."""
LONG = 12
"""Months from which on cover is no concern: only that it is more is told."""

# --- The watch list -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Watched:
    """A garden to watch: its reasons in sentences, the gravest first, and how it stands."""

    name: str
    url: str
    whys: list[str]
    word: str
    tone: str


@dataclass(frozen=True)
class Late:
    """Money of the network that did not come on its day."""

    name: str
    url: str
    cents: int
    words: str


@dataclass(frozen=True)
class WatchPage:
    """Everything "À surveiller" says. `outlook`: the day when what lies ahead was last worked out."""

    edition: Edition
    rows: list[Watched]
    gardens: int
    late: list[Late]
    bands: Bands
    euro: NextEuro | None
    outlook: date | None


def watch_page(edition: Edition, today: date) -> WatchPage:
    """The gardens of the edition that need care, the gravest first; the network's money that is late or will run out."""
    gardens = programme.places(edition)
    cared = programme.cares(edition, gardens, today)
    codes = dict(Garden.objects.filter(pk__in=list(cared)).values_list("pk", "code"))
    months = dict(Outlook.objects.filter(garden__in=list(cared)).values_list("garden", "facts__months"))
    ranked = sorted(
        ((one, cared[one.pk]) for one in gardens if one.pk in cared),
        key=lambda row: (-row[1].concerns[0].weight, -len(row[1].concerns), row[0].name),
    )
    rows = [
        Watched(
            place.name, reverse("desk:watch_garden", args=[codes[place.pk]]), [because(one, care.facts) for one in care.concerns],
            _word(care, months.get(place.pk)), TONES[care.tone],
        )
        for place, care in ranked
    ]  # fmt: skip
    row = Outlook.objects.filter(garden=None).values_list("day", "facts").first()
    facts: Mapping[str, Any] = row[1] if row else {}
    names = {one.pk: one.name for one in gardens}
    return WatchPage(
        edition, rows, len(gardens), [_late(one) for one in facts.get("late", ())], _bands([_of_fund(one) for one in facts.get("funds", ())], today),
        next_euro(names), row[0] if row else None,
    )  # fmt: skip


def _word(care: programme.Care, months: int | None) -> str:
    """ "3 mois" when what is short is time; else how solid it is."""
    if care.concerns[0].what in ("short", "ending") and months is not None and months < LONG:
        return months_words(months)
    return str(SOLIDITY[care.tone])


def months_words(months: int) -> str:
    if months >= LONG:
        return _("12 mois et plus")
    if not months:
        return _("moins d’un mois")
    return ngettext("%(n)s mois", "%(n)s mois", months) % {"n": months}


def _late(one: Mapping[str, Any]) -> Late:
    return Late(
        f"{one['name']}, {one['label']}", reverse("desk:fund", args=[one["fund"]]), one["cents"],
        ngettext("%(n)s jour de retard", "%(n)s jours de retard", one["days"]) % {"n": number(one["days"])},
    )  # fmt: skip


# --- Bands --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ahead:
    """Money or a quota that is used up: what it is, what is left, its end as written, and when it runs out."""

    name: str
    about: str
    url: str
    left: str
    until: date | None
    low: date | None
    likely: date | None
    high: date | None
    promised: bool = False


@dataclass(frozen=True)
class Drawn:
    """A line of the drawing, in percent: from the earliest to the latest, the most likely, and the written end."""

    row: Ahead
    words: str
    end: str
    x: float
    width: float
    likely: float | None
    last: float | None
    tone: str


@dataclass(frozen=True)
class Bands:
    """The lines, those that run out first, and the months under them."""

    rows: list[Drawn]
    months: list[tuple[str, float]]


def _bands(rows: Iterable[Ahead], today: date) -> Bands:
    window = Window.after(today, WINDOW)
    ordered = sorted(rows, key=lambda one: (one.low or date.max, one.until or date.max, one.name, one.about))
    months = [(f"{MONTHS_3[first.month]}", x) for first, x in window.months()]
    return Bands([_drawn(one, window, today) for one in ordered], months)


def _drawn(one: Ahead, window: Window, today: date) -> Drawn:
    end = one.until and (one.until < window.last) and window.at(one.until)
    x = window.at(one.low) if one.low else 0.0
    stop = window.at(one.high) if one.high else (end or 100.0)
    return Drawn(
        one, words.band(one.low, one.likely, one.high, today),
        _("finit le %(day)s") % {"day": words.exact(one.until, today)} if one.until else _("sans fin écrite"),
        x, round(max(stop - x, 0.8), 3) if one.low else 0.0, window.at(one.likely) if one.likely else None, end or None,
        _tone(one.likely, today),
    )  # fmt: skip


def _tone(likely: date | None, today: date) -> str:
    if likely is None:
        return "sky"
    return "carrot" if likely <= today + SOON else "squash"


SOON = timedelta(days=92)


def _of_fund(one: Mapping[str, Any]) -> Ahead:
    low, likely, high = map(day, one["band"])
    left = _("%(left)s sur %(total)s") % {"left": euros(one["left"], "round"), "total": euros(one["total"], "round")}
    return Ahead(
        one["name"], one["label"], reverse("desk:fund", args=[one["fund"]]), left, day(one["until"]), low, likely, high, one["promised"]
    )  # fmt: skip


# --- A garden -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class GardenPage:
    """Everything "Prévisions" says of a garden. `day` None: nothing was worked out yet."""

    garden: Garden
    day: date | None
    months: int = 0
    cover: str = ""
    until: str = ""
    funder: tuple[str, float] | None = None
    uncovered: float = 0.0
    ending: list[tuple[str, str, int]] = ()  # type: ignore[assignment]
    bands: Bands | None = None
    whys: list[str] = ()  # type: ignore[assignment]
    draws: int = 0
    seed: int = 0

    @property
    def first_name(self) -> str:
        return self.funder[0] if self.funder else ""

    @property
    def first_share(self) -> str:
        return share(self.funder[1]) if self.funder else ""

    @property
    def uncovered_share(self) -> str:
        return share(self.uncovered, 1)


def garden_page(garden: Garden, today: date, *, network: bool = False) -> GardenPage:
    """What was foreseen for a garden, the last time. One query, and those of the watch list for its reasons."""
    row = Outlook.objects.filter(garden=garden).values_list("day", "facts").first()
    if row is None:
        return GardenPage(garden, None)
    when, facts = row
    low, likely, high = map(day, facts["until"])
    ahead = [_of_payer(one) for one in facts["payers"] if one["kind"] != "garden"]
    if network:
        ahead += [_of_fund(one) for one in facts["funds"]]
    return GardenPage(
        garden, when, facts["months"], months_words(facts["months"]),
        words.band(low, likely, high, today) if low else _("aussi loin que l’on regarde, dix-huit mois"),
        (facts["funder"][0] or _("Le réseau"), facts["funder"][1]) if facts["funder"] else None, facts["uncovered"],
        [(one["name"], words.exact(date.fromisoformat(one["until"]), today), one["households"]) for one in facts["ending"]],
        _bands(ahead, today), _whys(garden, today), facts["draws"], facts["seed"],
    )  # fmt: skip


def _whys(garden: Garden, today: date) -> list[str]:
    edition = programme.current_edition(today)
    if edition is None:
        return []
    here = [one for one in programme.places(edition) if one.pk == garden.pk]
    found = programme.cares(edition, here, today).get(garden.pk)
    return [because(one, found.facts) for one in found.concerns] if found else []


def _of_payer(one: Mapping[str, Any]) -> Ahead:
    low, likely, high = map(day, one["band"])
    if one["quota"] is None:
        left = _("sans quota")
    elif one["in_baskets"]:
        left = ngettext("%(left)s panier sur %(total)s", "%(left)s paniers sur %(total)s", one["left"]) % {
            "left": number(one["left"]), "total": number(one["quota"]),
        }  # fmt: skip
    else:
        left = _("%(left)s sur %(total)s") % {
            "left": euros(one["left"], "round"),
            "total": euros(one["quota"], "round"),
        }
    return Ahead(
        one["name"], one["agreement_name"], reverse("desk:agreement", args=[one["agreement"]]), left, day(one["until"]), low, likely, high
    )  # fmt: skip
