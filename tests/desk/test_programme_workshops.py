"""The workshops of an edition for the network: by kind, garden and département, with distinct households, as a page and as files."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.network.models import Garden
from cageot.workshops.actions import changing, enrolling
from tests import factories as make
from tests.desk.a_week import text_of
from tests.workshops.a_workshop import AT, DAY, make_session, make_workshop

pytestmark = pytest.mark.django_db
PAGE = "/programme/2017/ateliers/"


@pytest.fixture(autouse=True)
def _in_april(settings: Any) -> None:
    settings.TODAY = DAY


@pytest.fixture
def nadia() -> Client:
    return make.signed_in(make.make_person("network"))


def held(garden: Garden, kind: str = "cooking", times: int = 1, households: int = 1) -> None:
    """Sessions of a kind to which the same households came, two people each."""
    workshop = make_workshop(garden, f"Atelier {kind}", kind=kind)
    people = [make.make_household(garden) for _n in range(households)]
    for week in range(times):
        session = make_session(garden, DAY + timedelta(weeks=week), workshop=workshop)
        for household in people:
            enrolling.enrol(session, household=household, children=1, source="staff", by=None, at=AT)
        changing.hold(session, rest_came=True, by=None, at=session.ends_at)


@pytest.fixture
def two_gardens() -> tuple[Garden, Garden]:
    loire, autun = make.make_garden(), make.make_garden("autun", "Jardin d’Autun", "71014")
    held(loire, times=3, households=2)
    held(autun)
    held(autun, "visit")
    return loire, autun


def test_the_key_figure_of_the_programme_opens_its_workshops(nadia: Client, two_gardens: tuple[Garden, Garden]) -> None:
    assert f'href="{PAGE}"' in nadia.get("/programme/2017/").content.decode()
    page = text_of(nadia.get(PAGE))
    assert "Ateliers tenus 5" in page and "Personnes venues 16" in page and "Foyers différents 4" in page
    for row in ("Cuisine 4 14 3", "Visite 1 2 1", f"{two_gardens[0].name} 3 12 2", "Jardin d’Autun 2 4 2", "Loir-et-Cher 3 12 2", "Saône-et-Loire 2 4 2"):  # fmt: skip
        assert row in page, row


def test_the_figures_leave_as_files_with_each_garden_s_kinds(nadia: Client, two_gardens: tuple[Garden, Garden]) -> None:
    answer = nadia.get("/programme/2017/ateliers.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="ateliers-du-programme-2017.csv"'
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Par;Jardin ou département;Genre;Ateliers;Personnes venues;Foyers différents"
    assert "Ensemble;;;5;16;4" in lines
    assert "Jardin et genre;Jardin d’Autun;visite;1;2;1" in lines
    assert "Département;Loir-et-Cher;;3;12;2" in lines
    with ZipFile(BytesIO(nadia.get("/programme/2017/ateliers.xlsx").content)) as book:
        assert b"<v>16</v>" in book.read("xl/worksheets/sheet1.xml")
    assert nadia.get("/programme/2017/ateliers.exe").status_code == 404


def test_an_edition_without_workshops_says_so(nadia: Client) -> None:
    make.make_edition(2018)
    assert "Aucun atelier tenu dans cette édition" in text_of(nadia.get("/programme/2018/ateliers/"))
    assert nadia.get("/programme/2019/ateliers/").status_code == 404


def test_people_of_a_garden_do_not_see_the_workshops_of_the_programme(two_gardens: tuple[Garden, Garden]) -> None:
    for role in ("coordinator", "helper", "treasurer"):
        client = make.signed_in(make.make_person(role, two_gardens[0]))
        for url in (PAGE, "/programme/2017/ateliers.csv"):
            assert client.get(url).status_code == 404


def test_many_gardens_ask_no_more_than_two(nadia: Client, two_gardens: tuple[Garden, Garden]) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert nadia.get(PAGE).status_code == 200
        return len(seen)

    count()
    before = count()
    for number in range(45):
        held(make.make_garden(f"g{number}", f"Zone {number}"), "meal")
    assert count() == before
    assert "Zone 44" in text_of(nadia.get(f"{PAGE}?page=2"))
