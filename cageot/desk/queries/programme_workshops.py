"""The workshops of an edition, for the network head: by kind, garden and département. Figures, and nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from cageot.core.tabular.write import Value
from cageot.desk.queries.programme import PER_PAGE
from cageot.network.models import Edition, Garden
from cageot.workshops.models import Kind
from cageot.workshops.queries import figures
from cageot.workshops.queries.figures import Count, Figures


@dataclass(frozen=True)
class Row:
    """A line of a table. `code`: the garden's, when it is one."""

    name: str
    count: Count
    code: str = ""


@dataclass(frozen=True)
class WorkshopsOfEdition:
    """What an edition's sessions come to, and its parts; gardens come a page at a time."""

    edition: Edition
    editions: list[Edition]
    whole: Count
    kinds: list[Row]
    gardens: Page[Any]
    departments: list[Row]


def workshops_of(edition: Edition, page: str) -> WorkshopsOfEdition:
    """The workshops of an edition. Six queries."""
    told = figures.figures(edition=edition)
    return WorkshopsOfEdition(
        edition, list(Edition.objects.order_by("from_day")), told.whole, _kinds(told),
        Paginator(_gardens(told), PER_PAGE).get_page(page), _departments(edition, told),
    )  # fmt: skip


def _kinds(told: Figures) -> list[Row]:
    found = told.by_kind()
    return [Row(str(label), found[value]) for value, label in Kind.choices if value in found]


def _gardens(told: Figures) -> list[Row]:
    """The gardens that held some, by name. One query."""
    return [Row(one.name, count, one.code) for one, count in _held(told).items()]


def _held(told: Figures) -> dict[Garden, Count]:
    """Garden → what it held, by name. One query."""
    found = told.by_garden()
    rows = Garden.objects.filter(pk__in=found).order_by("name", "pk").only("name", "code")
    return {one: found[one.pk] for one in rows}


def _departments(edition: Edition, told: Figures) -> list[Row]:
    """The départements, by name; those that are not known last, without a name. One query."""
    found = told.by_department(figures.households_by_department(edition))
    return [Row(name, found[name]) for name in sorted(found, key=lambda name: (not name, name))]


def export_rows(edition: Edition) -> tuple[list[str], list[list[Value]]]:
    """The whole edition as a file, each sum on its line: titles and rows, in the words of the file."""
    told = figures.figures(edition=edition)
    gardens, kinds, both = _held(told), Kind.choices, told.by_garden_and_kind()
    rows = [_line("Ensemble", "", "", told.whole)]
    rows += [_line("Genre", "", row.name, row.count) for row in _kinds(told)]
    rows += [_line("Jardin", one.name, "", count) for one, count in gardens.items()]
    rows += [
        _line("Jardin et genre", one.name, str(label), both[one.pk, kind])
        for one in gardens
        for kind, label in kinds
        if (one.pk, kind) in both
    ]
    rows += [_line("Département", row.name or "Inconnu", "", row.count) for row in _departments(edition, told)]
    return ["Par", "Jardin ou département", "Genre", "Ateliers", "Personnes venues", "Foyers différents"], rows


def _line(by: str, name: str, kind: str, count: Count) -> list[Value]:
    return [by, name, kind, count.sessions, count.participations, count.households]
