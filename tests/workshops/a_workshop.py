"""A workshop to play with: Léa's garden cooks on Tuesday 11 April 2017 at 14:00, with twelve places."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from cageot.members.models import Household
from cageot.network.models import Garden
from cageot.workshops.actions import enrolling
from cageot.workshops.models import Material, Place, Session, Workshop
from cageot.workshops.rules.series import moments
from tests import factories as make

DAY = date(2017, 4, 11)
AT = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)
NEAR = datetime(2017, 4, 9, 9, 0, tzinfo=UTC)
"""Two days before: a smaller family may go before a bigger one."""


def make_place(garden: Garden, name: str = "La cuisine") -> Place:
    return Place.objects.get_or_create(garden=garden, name=name, defaults={"commune_code": garden.commune_code})[0]


def make_workshop(garden: Garden, title: str = "Cuisiner les poireaux", **fields: Any) -> Workshop:
    return Workshop.objects.create(garden=garden, title=title, **fields)


def make_session(garden: Garden, day: date = DAY, *, seats: int | None = 12, **fields: Any) -> Session:
    """A session of the garden's first workshop, or of `workshop`."""
    workshop = fields.pop("workshop", None) or Workshop.objects.filter(garden=garden).first() or make_workshop(garden)
    starts, ends = moments(day, fields.pop("starts", time(14)), fields.pop("ends", time(16, 30)))
    edition = make.make_edition(day.year)
    fields = {"place": make_place(garden), "edition": edition, **fields}
    return Session.objects.create(workshop=workshop, garden=garden, starts_at=starts, ends_at=ends, seats=seats, **fields)  # fmt: skip


def rows_of(garden: Garden) -> dict[str, int]:
    """A workshop, a place, a date to come with a household, and a file: ids by the words of the addresses. Made once."""
    session = Session.objects.filter(garden=garden).first() or make_session(garden)
    enrolment = session.enrolments.first()
    if enrolment is None:
        household = Household.objects.filter(garden=garden).first() or make.make_household(garden)
        enrolment = enrolling.enrol(session, household=household, source="staff", by=None, at=AT).enrolment
    content = {
        "kind": "sheet",
        "name": "Fiche",
        "media_type": "image/png",
        "content": b"a drawing",
        "digest": "0",
        "at": AT,
    }
    material = Material.objects.get_or_create(workshop=session.workshop, defaults=content)[0]
    return {
        "workshop": session.workshop_id, "session": session.pk, "place": session.place_id, "enrolment": enrolment.pk,
        "material": material.pk, "cost": 1,
    }  # fmt: skip
