"""Sheets and photos of a workshop in the member's space: of their own garden, and only what may be seen."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from cageot.core import clock
from cageot.workshops.actions import materials
from cageot.workshops.models import Material, Session
from tests import factories as make
from tests.space.a_member import Here
from tests.workshops.a_workshop import make_session, make_workshop

NOW = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest.fixture
def session(here: Here, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return make_session(here.place.garden, workshop=make_workshop(here.place.garden, public=False))


def kept(session: Session, consent: str) -> Material:
    return materials.add(
        session.workshop, name=f"{consent}.png", content=PNG + consent.encode(), photo=consent != "sheet", consent=consent, consent_until=None,
        by=None, at=NOW,
    )  # fmt: skip


def test_a_member_sees_the_sheets_and_the_photos_that_may_be_seen(here: Here, session: Session) -> None:
    client = here.client()
    given, unknown, paper = kept(session, "given"), kept(session, "unknown"), kept(session, "sheet")
    page = client.get(f"/moi/ateliers/{session.pk}/").content.decode()
    found = [f"/moi/ateliers/fichiers/{one.pk}/" for one in (given, unknown, paper)]
    assert [url in page for url in found] == [True, False, True]
    assert [client.get(url).status_code for url in found] == [200, 404, 200]
    assert client.get(found[0]).headers["Cache-Control"] == "private, no-store"


def test_a_member_opens_no_file_of_another_garden(here: Here, session: Session) -> None:
    other = kept(make_session(make.make_garden("autre", "Autre jardin")), "nobody")
    assert here.client().get(f"/moi/ateliers/fichiers/{other.pk}/").status_code == 404
