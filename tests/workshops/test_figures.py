"""Sessions, participations and households that an edition counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from cageot.desk.queries.programme import edition_figures
from cageot.workshops.actions import changing, enrolling
from cageot.workshops.actions.enrolling import Came
from cageot.workshops.models import Enrolment
from cageot.workshops.queries import figures
from tests import factories as make
from tests.workshops.a_workshop import AT, DAY, make_session, make_workshop

pytestmark = pytest.mark.django_db


def test_figures_count_who_came_to_sessions_that_were_held(django_assert_num_queries: Any) -> None:
    garden, other = make.make_garden(), make.make_garden("autre", "Autre jardin", "71270")
    cooking, doors = make_workshop(garden), make_workshop(garden, "Portes ouvertes", kind="visit", open_door=True)
    martin, roy = make.make_household(garden), make.make_household(garden, "Roy")
    sessions = [make_session(garden, DAY + timedelta(weeks=n), workshop=cooking) for n in range(3)]
    for session in sessions:
        for household, children in ((martin, 2), (roy, 0)):
            enrolling.enrol(session, household=household, children=children, source="staff", by=None, at=AT)
    for session in sessions[:2]:
        mine = Enrolment.objects.get(session=session, household=martin)
        enrolling.mark_came(session, {mine.pk: Came(True, 1, 1)}, by=None, at=session.ends_at)
        changing.hold(session, rest_came=session is sessions[0], by=None, at=session.ends_at)
    open_door = make_session(garden, workshop=doors, seats=None)
    changing.hold(open_door, adults=12, children=5, by=None, at=open_door.ends_at)
    there = make_session(other, workshop=make_workshop(other, kind="nutrition"))
    enrolling.enrol(there, household=make.make_household(other), source="staff", by=None, at=AT)
    changing.hold(there, rest_came=True, by=None, at=there.ends_at)
    edition = sessions[0].edition
    assert edition
    with django_assert_num_queries(3):
        found = figures.figures(edition=edition)
        assert found.whole == figures.Count(4, 2 + 1 + 2 + 17 + 1, 3)
        assert found.by_garden() == {garden.pk: figures.Count(3, 22, 2), other.pk: figures.Count(1, 1, 1)}
        assert found.by_kind() == {
            "cooking": figures.Count(2, 5, 2), "visit": figures.Count(1, 17, 0), "nutrition": figures.Count(1, 1, 1),
        }  # fmt: skip
        assert found.by_department() == {"Loir-et-Cher": figures.Count(3, 22), "Saône-et-Loire": figures.Count(1, 1)}
    with django_assert_num_queries(1):
        there = figures.households_by_department(edition)
    assert found.by_department(there)["Loir-et-Cher"] == figures.Count(3, 22, 2)
    assert figures.totals(edition) == (found.whole.sessions, found.whole.participations)
    assert figures.figures(garden=garden, year=2017).whole == figures.Count(3, 22, 2)
    assert figures.figures(garden=garden, year=2018).whole == figures.Count()
    assert figures.years(garden) == [2017]
    told = edition_figures(edition)
    assert (told["workshops"], told["participations"]) == (4, 23)


@pytest.mark.parametrize(
    ("commune", "name"), [("97411", "La Réunion"), ("2A004", "Corse-du-Sud"), ("41018", "Loir-et-Cher"), ("", "")]
)
def test_households_are_counted_in_the_departement_where_the_session_was(commune: str, name: str) -> None:
    garden = make.make_garden()
    session = make_session(garden)
    session.place.commune_code = commune or "00000"
    session.place.save()
    enrolling.enrol(session, household=make.make_household(garden), source="staff", by=None, at=AT)
    changing.hold(session, rest_came=True, by=None, at=session.ends_at)
    assert session.edition
    there = figures.households_by_department(session.edition)
    assert figures.figures(edition=session.edition).by_department(there) == {name: figures.Count(1, 1, 1)}


def test_nothing_is_counted_where_nothing_was_held() -> None:
    assert figures.totals(make.make_edition(2030)) == (0, 0)
    assert figures.years(make.make_garden()) == []
    assert make_session(make.make_garden("vide"), date(2017, 5, 2)).state == "planned"
    assert figures.figures(edition=make.make_edition(2017)).whole == figures.Count()
