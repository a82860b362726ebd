"""A garden's workshops for anybody: no name, no number, nothing of who comes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils.dates import MONTHS

from cageot.core.tabular.phones import display_phone
from cageot.network.models import Garden
from cageot.workshops.models import Session
from cageot.workshops.queries import announced, materials
from cageot.workshops.rules.series import wall


@dataclass(frozen=True)
class Line:
    """A session in the list, with how it stands in a word."""

    session: Session
    places: announced.Places

    @property
    def day(self) -> date:
        return wall(self.session.starts_at).date()


@dataclass(frozen=True)
class Listed:
    """What comes, month by month."""

    garden: Garden
    months: list[tuple[str, list[Line]]]
    phone: str


def listed(garden: Garden, now: datetime) -> Listed:
    """The page of a garden's workshops. Two queries."""
    rows = list(announced.coming(garden, now, public=True)[: announced.SHOWN])
    waits = announced.lines(rows)
    lines = [Line(one, announced.places_for_all(one, now, waits[one.pk])) for one in rows]
    return Listed(garden, _months(lines), phone_of(garden))


def _months(lines: Iterable[Line]) -> list[tuple[str, list[Line]]]:
    grouped = groupby(lines, key=lambda line: (line.day.year, line.day.month))
    return [(f"{MONTHS[month]} {year}", list(group)) for (year, month), group in grouped]


def phone_of(garden: Garden) -> str:
    """The garden's number as people write it."""
    return display_phone(garden.phone) if garden.phone else ""


STATUS = {"planned": "EventScheduled", "held": "EventScheduled", "cancelled": "EventCancelled"}


@dataclass(frozen=True)
class Page:
    """One session, and what machines read of it (schema.org/Event, as microdata: the page holds no script)."""

    session: Session
    facts: list[announced.Fact]
    places: announced.Places
    address: str
    status: str
    price: str
    phone: str
    shown: materials.Shown


def page(session: Session, now: datetime) -> Page:
    """The public page of a session. Two queries."""
    status = "EventRescheduled" if session.moved_from and session.state == "planned" else STATUS[session.state]
    return Page(
        session, announced.facts(session), announced.places_for_all(session, now, announced.lines([session])[session.pk]),
        announced.address(session.place), status,
        f"{session.workshop.fee_cents / 100:.2f}", phone_of(session.garden),
        materials.shown(session, wall(now).date(), public=True),
    )  # fmt: skip
