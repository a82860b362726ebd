"""Workshops in figures: sessions held, participations, distinct households; by kind, garden, territory. Nobody's name.

A participation is one person at one session, adult or child: those noted as come, and those counted at an open door. Only
sessions that were closed ("held") count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from typing import TypeVar

from django.db import connection

from cageot.core import sql
from cageot.network import territory
from cageot.network.models import Edition, Garden
from cageot.workshops.rules.series import moment

K = TypeVar("K", bound=Hashable)
OVERSEAS = ("97", "98")
"""How the codes of overseas communes begin."""


@dataclass(frozen=True)
class Count:
    """What some sessions come to. `households` are distinct, members of the gardens only."""

    sessions: int = 0
    participations: int = 0
    households: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.sessions + other.sessions, self.participations + other.participations, self.households + other.households
        )  # fmt: skip


@dataclass(frozen=True)
class Part:
    """Sessions of one garden, one kind, in one commune."""

    garden: int
    kind: str
    commune: str
    sessions: int
    participations: int


@dataclass(frozen=True)
class Figures:
    """All that is counted of a time: the whole, and its parts. Households by (garden, kind), and by garden."""

    parts: list[Part]
    households: dict[tuple[int, str], int]
    by_garden_households: dict[int, int]

    @property
    def whole(self) -> Count:
        counted = self._added(lambda part: "")
        return Count(*(counted.get("", (0, 0))), sum(self.by_garden_households.values()))

    def by_garden(self) -> dict[int, Count]:
        """Garden → what it held."""
        found = self._added(lambda part: part.garden)
        return {garden: Count(*pair, self.by_garden_households.get(garden, 0)) for garden, pair in found.items()}

    def by_kind(self) -> dict[str, Count]:
        """Kind → sessions of it. A household is of one garden, so its households add up."""
        households: dict[str, int] = defaultdict(int)
        for (_garden, kind), count in self.households.items():
            households[kind] += count
        return {kind: Count(*pair, households[kind]) for kind, pair in self._added(lambda part: part.kind).items()}

    def by_garden_and_kind(self) -> dict[tuple[int, str], Count]:
        """(garden, kind) → its sessions of that kind."""
        found = self._added(lambda part: (part.garden, part.kind))
        return {key: Count(*pair, self.households.get(key, 0)) for key, pair in found.items()}

    def by_department(self, households: Mapping[str, int] | None = None) -> dict[str, Count]:
        """Département (its name, "" when it is not known) → sessions held there. Its households are not in the parts: they
        are those of `households_by_department`, or 0."""
        known = households or {}
        found = self._added(lambda part: _department(_department_code(part.commune)))
        return {name: Count(*pair, known.get(name, 0)) for name, pair in found.items()}

    def _added(self, key: Callable[[Part], K]) -> dict[K, tuple[int, int]]:
        found: dict[K, tuple[int, int]] = {}
        for part in self.parts:
            sessions, people = found.get(key(part), (0, 0))
            found[key(part)] = sessions + part.sessions, people + part.participations
        return found


def _department_code(commune: str) -> str:
    """The département of a commune, by how its INSEE code begins: three signs overseas, two elsewhere."""
    return commune[:3] if commune[:2] in OVERSEAS else commune[:2]


@lru_cache(maxsize=256)
def _department(code: str) -> str:
    try:
        return territory.department(code).name
    except KeyError:
        return ""


def figures(
    *, edition: Edition | None = None, garden: Garden | None = None, year: int | None = None,
    days: tuple[date, date] | None = None,
) -> Figures:  # fmt: skip
    """The figures of an edition, a garden, a calendar year, days (both counted), or several of them together. Three queries."""
    where, values = _where(edition, garden, year, days)
    parts = [Part(*row) for row in sql.rows(_PARTS.format(where=where), *values)]
    kinds = {(one, kind): n for one, kind, n in sql.rows(_HOUSEHOLDS.format(where=where), *values)}
    return Figures(parts, kinds, dict(sql.rows(_BY_GARDEN.format(where=where), *values)))


def households_by_department(edition: Edition) -> dict[str, int]:
    """Département (its name) → distinct households who came to a session held there. One query."""
    where, values = _where(edition, None, None)
    found: dict[str, int] = defaultdict(int)
    for code, count in sql.rows(_BY_DEPARTMENT.format(where=where), *values):
        found[_department(code)] += count
    return dict(found)


def totals(edition: Edition) -> tuple[int, int]:
    """Sessions held in an edition, and participations. One query, which reads the sessions alone."""
    where, values = _where(edition, None, None)
    [(sessions, people)] = sql.rows(_TOTALS.format(where=where), *values)
    return sessions, people


def _where(
    edition: Edition | None, garden: Garden | None, year: int | None, days: tuple[date, date] | None = None
) -> tuple[str, list[object]]:
    conditions: list[tuple[str, Iterable[object]]] = [("s.state = 'held'", [])]
    if edition is not None:
        conditions.append(("s.edition_id = %s", [edition.pk]))
    if garden is not None:
        conditions.append(("s.garden_id = %s", [garden.pk]))
    spans = [(date(year, 1, 1), date(year + 1, 1, 1))] if year is not None else []
    if days is not None:
        spans.append((days[0], days[1] + timedelta(days=1)))
    for span in spans:
        adapt = connection.ops.adapt_datetimefield_value
        conditions.append(("s.starts_at >= %s AND s.starts_at < %s", [adapt(moment(one, time.min)) for one in span]))
    return " AND ".join(text for text, _values in conditions), [one for _text, many in conditions for one in many]


_PEOPLE = "CAST(COALESCE(SUM(s.came + s.adults + s.children), 0) AS BIGINT)"
_PARTS = f"""
    SELECT s.garden_id, w.kind, p.commune_code, COUNT(*), {_PEOPLE}
    FROM workshops_session s JOIN workshops_workshop w ON w.id = s.workshop_id JOIN workshops_place p ON p.id = s.place_id
    WHERE {{where}} GROUP BY s.garden_id, w.kind, p.commune_code ORDER BY s.garden_id, w.kind, p.commune_code
"""  # noqa: S608
_TOTALS = f"SELECT COUNT(*), {_PEOPLE} FROM workshops_session s WHERE {{where}}"  # noqa: S608
_HOUSEHOLDS = """
    SELECT s.garden_id, w.kind, COUNT(DISTINCT e.household_id)
    FROM workshops_session s JOIN workshops_workshop w ON w.id = s.workshop_id
    JOIN workshops_enrolment e ON e.session_id = s.id AND e.state = 'came'
    WHERE {where} GROUP BY s.garden_id, w.kind
"""
_BY_GARDEN = """
    SELECT s.garden_id, COUNT(DISTINCT e.household_id)
    FROM workshops_session s JOIN workshops_enrolment e ON e.session_id = s.id AND e.state = 'came'
    WHERE {where} GROUP BY s.garden_id
"""


_BY_DEPARTMENT = f"""
    SELECT CASE WHEN SUBSTR(p.commune_code, 1, 2) IN ({", ".join(f"'{one}'" for one in OVERSEAS)}) THEN SUBSTR(p.commune_code, 1, 3)
    ELSE SUBSTR(p.commune_code, 1, 2) END AS department, COUNT(DISTINCT e.household_id)
    FROM workshops_session s JOIN workshops_place p ON p.id = s.place_id
    JOIN workshops_enrolment e ON e.session_id = s.id AND e.state = 'came'
    WHERE {{where}} GROUP BY department
"""  # noqa: S608


def years(garden: Garden) -> list[int]:
    """The calendar years when a garden has sessions, the last first. One query."""
    rows = sql.rows("SELECT MIN(starts_at), MAX(starts_at) FROM workshops_session WHERE garden_id = %s", garden.pk)
    [(first, last)] = rows
    if first is None:
        return []
    [low, high] = [int(str(one)[:4]) for one in (first, last)]
    return list(range(high, low - 1, -1))
