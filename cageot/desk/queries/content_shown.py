"""The content of the baskets as it is shown: the public page and the weekly slip. Nothing here knows a household."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cageot.baskets.models import BasketSize, Content, ContentLine, Round, Slip, Ways
from cageot.baskets.rules.content import value
from cageot.core.templatetags.cageot import euros, week_label
from cageot.core.typography import french
from cageot.core.week import Week
from cageot.desk import words_content as words
from cageot.desk.queries.content import ways_of
from cageot.desk.queries.week import span
from cageot.network.models import Garden

MARK = "•"
"""Says that a vegetable is in a basket, when quantities are not shown."""


@dataclass(frozen=True)
class ShownLine:
    """One vegetable: what each size holds, in words, in the order of the columns; its price or nothing."""

    name: str
    cells: list[str]
    price: str
    allergens: str


@dataclass(frozen=True)
class ShownTable:
    """What the baskets hold on one round, or on several when they hold the same."""

    title: str
    sizes: list[str]
    lines: list[ShownLine]
    worth: list[str]  # the value of each size, when prices are shown

    @property
    def cards(self) -> list[tuple[str, list[tuple[str, str]], str]]:
        """The same size by size: its name, its vegetables with their quantity, its value."""
        found = []
        for column, size in enumerate(self.sizes):
            held = [(line.name, line.cells[column]) for line in self.lines if line.cells[column] not in ("", "—")]
            found.append((size, held, self.worth[column] if self.worth else ""))
        return found


def shown_tables(garden: Garden, week: Week, ways: Ways, *, published_only: bool) -> list[ShownTable]:
    """The contents of a week, a table per round, rounds that hold the same together. Three queries."""
    contents = Content.objects.filter(round__garden=garden, week=week)
    if published_only:
        contents = contents.exclude(published_at=None)
    sizes = {one.pk: one for one in BasketSize.objects.filter(garden=garden)}
    rounds = {one.pk: one for one in Round.objects.filter(garden=garden)}
    by_round: dict[int, list[ContentLine]] = {}
    rows = ContentLine.objects.filter(content__in=contents).select_related("content", "produce").order_by("rank", "pk")
    for line in rows:
        by_round.setdefault(line.content.round_id, []).append(line)
    order = [pk for pk in rounds if pk in by_round]
    return _merged({rounds[pk].name: _table(by_round[pk], sizes, ways) for pk in order})


def _merged(tables: Mapping[str, ShownTable]) -> list[ShownTable]:
    """Rounds whose tables say the same become one, named after them; a title only where there are several."""
    same: dict[str, tuple[list[str], ShownTable]] = {}
    for name, table in tables.items():
        same.setdefault(repr(table), ([], table))[0].append(name)
    alone = len(same) == 1
    return [
        ShownTable("" if alone else _(" et ").join(names), table.sizes, table.lines, table.worth)
        for names, table in same.values()
    ]


def _table(lines: list[ContentLine], sizes: Mapping[int, BasketSize], ways: Ways) -> ShownTable:
    columns = [pk for pk in sizes if any(line.content.size_id == pk for line in lines)]
    of_produce: dict[int, dict[int, ContentLine]] = {}
    for line in lines:
        if put_in(line):
            of_produce.setdefault(line.produce_id, {})[line.content.size_id] = line
    shown = [_line(held, columns, ways) for held in of_produce.values()]
    worth = []
    if ways.content_prices:
        worth = [
            euros(value((put_in(one), one.unit_cents) for one in lines if one.content.size_id == size))
            for size in columns
        ]
    return ShownTable("", [sizes[pk].name for pk in columns], shown, worth)


def put_in(line: ContentLine) -> int:
    """What was really packed, or else what is planned."""
    return line.milli if line.packed_milli is None else line.packed_milli


def _line(held: Mapping[int, ContentLine], columns: Iterable[int], ways: Ways) -> ShownLine:
    first = next(iter(held.values()))
    cells = [_cell(held.get(size), weights=ways.content_weights) for size in columns]
    price = (
        f"{euros(first.unit_cents)} / {words.unit_word(first.unit)}" if ways.content_prices and first.unit_cents else ""
    )
    return ShownLine(first.produce.name, cells, price, first.produce.allergens)


def _cell(line: ContentLine | None, *, weights: bool) -> str:
    if line is None:
        return "—"
    return words.quantity(put_in(line), line.unit) if weights else MARK


# --- The public page --------------------------------------------------------------------------------


@dataclass(frozen=True)
class PublicPage:
    """A week's content for everybody."""

    garden: Garden
    week: Week
    span: str
    tables: list[ShownTable]
    weights: bool
    prices: bool
    before: Week | None
    after: Week | None


def chosen(garden: Garden) -> dict[str, Any]:
    """Where the garden shows its contents now, with what, and what may be swapped."""
    ways = ways_of(garden)
    return {
        name: getattr(ways, name)
        for name in ("content_shown", "content_weights", "content_prices", "swaps", "swap_days")
    }


def _open_to_all(code: str) -> Garden | None:
    return Garden.objects.filter(code=code, ways__content_shown=Ways.Shown.PUBLIC).first()


def last_public_week(code: str) -> Week | None:
    """The last week that this garden published for everybody; None when it shows nothing to everybody."""
    garden = _open_to_all(code)
    return _weeks(garden).order_by("-week").values_list("week", flat=True).first() if garden else None


def _weeks(garden: Garden) -> Any:
    return Content.objects.filter(round__garden=garden).exclude(published_at=None)


def public_page(code: str, week: Week) -> PublicPage | None:
    """The page of a published week; None when there is none, or when it is not for everybody."""
    garden = _open_to_all(code)
    if garden is None:
        return None
    ways = ways_of(garden)
    tables = shown_tables(garden, week, ways, published_only=True)
    if not tables:
        return None
    weeks = _weeks(garden).values_list("week", flat=True)
    return PublicPage(
        garden, week, span(week, week.monday), tables, ways.content_weights, ways.content_prices,
        weeks.filter(week__lt=week).order_by("-week").first(), weeks.filter(week__gt=week).order_by("week").first(),
    )  # fmt: skip


# --- The slip ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SlipPage:
    """What stands around the form of the slip."""

    garden: Garden
    week: Week
    span: str
    written: bool
    composed: bool


def slip_of(garden: Garden, week: Week) -> Slip | None:
    return Slip.objects.filter(garden=garden, week=week).first()


def slip_page(garden: Garden, week: Week, today: date) -> SlipPage:
    """Two queries."""
    composed = Content.objects.filter(round__garden=garden, week=week).exists()
    return SlipPage(garden, week, span(week, today), slip_of(garden, week) is not None, composed)


def slip_data(garden: Garden, week: Week, paper: str) -> dict[str, Any]:
    """Everything that the paper says, already in words: what the baskets hold as the garden shows it, and the texts."""
    slip = slip_of(garden, week) or Slip(garden=garden, week=week)
    tables = shown_tables(garden, week, ways_of(garden), published_only=False)
    allergens = sorted({word for table in tables for line in table.lines for word in [line.allergens] if word})
    title = _("Feuille de chou, %(week)s") % {"week": week_label(week, "year")}
    contact = " · ".join(one for one in (garden.phone, garden.email, garden.website) if one)
    return {
        "paper": paper,
        "lang": (get_language() or "fr")[:2],
        "title": title,
        "author": garden.name,
        "date": [week.monday.year, week.monday.month, week.monday.day],
        "garden": garden.name,
        "heading": _("La feuille de chou"),
        "week": f"{week_label(week).capitalize()} · {span(week, date(week.year, 1, 1))} {week.year}",
        "basket": _("Dans le panier"),
        "columns": [_("Légume")],
        "tables": [
            {
                "title": table.title,
                "sizes": table.sizes,
                "prices": any(line.price for line in table.lines),
                "lines": [[line.name, *line.cells, line.price] for line in table.lines],
                "worth": table.worth,
            }
            for table in tables
        ],
        "price": _("Prix"),
        "worth": _("Valeur"),
        "empty": _("Le contenu des paniers n’est pas encore écrit."),
        "allergens": _("Allergènes : %(list)s.") % {"list": ", ".join(allergens)} if allergens else "",
        "news": [_("Au jardin"), _paragraphs(slip.news)],
        "recipe": [slip.recipe_title or _("La recette"), _paragraphs(slip.recipe)],
        "workshop": [_("Prochain atelier"), _paragraphs(slip.workshop)],
        "footer": " · ".join(one for one in (garden.name, contact) if one),
    }


def _paragraphs(text: str) -> list[str]:
    """Lines that say something, with the no-break spaces of French."""
    return [french(line.strip()) for line in text.splitlines() if line.strip()]
