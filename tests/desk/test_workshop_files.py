"""Sheets and photos of a workshop: who sees them, while who is on a photo agrees."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cageot.core import clock
from cageot.network.models import Garden
from cageot.workshops.actions import materials
from cageot.workshops.models import Material, Session
from cageot.workshops.queries.materials import shown
from cageot.workshops.rules.files import words_of
from tests import factories as make
from tests.desk.a_week import text_of
from tests.workshops.a_workshop import AT, DAY, make_session, make_workshop

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
TODAY = AT.date()


@pytest.fixture
def garden(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Garden:
    settings.TODAY = TODAY
    monkeypatch.setattr(clock, "now", lambda: AT)
    return make.make_garden()


@pytest.fixture
def session(garden: Garden) -> Session:
    return make_session(garden)


@pytest.fixture
def lea(garden: Garden) -> Client:
    return make.signed_in(make.make_person("coordinator", garden))


def photo(
    session: Session, consent: str, name: str = "On_coupe-les poireaux.png", until: date | None = None
) -> Material:
    return materials.add(
        session.workshop, name=name, content=PNG + name.encode() + consent.encode(), photo=True, consent=consent, consent_until=until,
        by=None, at=AT,
    )  # fmt: skip


def sheet(session: Session, name: str = "Fiche soupe.pdf", of: Session | None = None) -> Material:
    return materials.add(
        session.workshop, name=name, content=b"%PDF-1.4" + name.encode(), photo=False, consent="", consent_until=None, session=of, by=None, at=AT
    )  # fmt: skip


def public(session: Session) -> str:
    return f"/ateliers/{session.garden.code}/{session.pk}/"


def address(one: Material) -> str:
    return f"/ateliers/{one.workshop.garden.code}/fichiers/{one.pk}/"


def test_anybody_sees_the_photos_that_people_agreed_to_and_the_sheets(session: Session) -> None:
    agreed, nobody = photo(session, "given", until=DAY), photo(session, "nobody", "soupe.png")
    asked, paper = photo(session, "unknown", "visages.png"), sheet(session)
    page = Client().get(public(session)).content.decode()
    assert 'alt="On coupe les poireaux"' in page and 'loading="lazy"' in page
    assert address(asked) not in page and "visages" not in page
    for one, kind, way in ((agreed, "image/png", "inline"), (nobody, "image/png", "inline"), (paper, "application/pdf", "attachment")):  # fmt: skip
        assert address(one) in page
        answer = Client().get(address(one))
        assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"].split(";")[0]) == (kind, way)
        assert answer.headers["Cache-Control"] == "public, max-age=3600"
        assert answer.headers["ETag"] == f'"{one.digest}"' and "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.content == bytes(one.content)
    assert Client().get(address(asked)).status_code == 404


def test_a_photo_goes_when_the_agreement_is_over_or_taken_back(session: Session, settings: Any, lea: Client) -> None:
    one, other = photo(session, "given", until=TODAY), photo(session, "given", "soupe.png")
    assert Client().get(address(one)).status_code == 200
    settings.TODAY = TODAY + timedelta(days=1)
    assert Client().get(address(one)).status_code == 404
    assert [found.pk for found in shown(session, settings.TODAY).photos] == [other.pk]
    change = f"/jardins/{session.garden.code}/ateliers/fichiers/{other.pk}/changer/"
    lea.post(change, {"accord": "unknown"})
    assert Client().get(address(other)).status_code == 404


def test_a_workshop_for_members_gives_nothing_to_anybody(session: Session, garden: Garden) -> None:
    one, paper = photo(session, "nobody"), sheet(session)
    session.workshop.public = False
    session.workshop.save()
    other = make.make_garden("autre", "Autre jardin")
    for found in (one, paper):
        assert Client().get(address(found)).status_code == 404
        assert Client().get(f"/ateliers/{other.code}/fichiers/{found.pk}/").status_code == 404


def test_what_is_not_offered_any_more_is_not_open_to_anybody(session: Session, lea: Client) -> None:
    found = photo(session, "nobody"), sheet(session)
    session.workshop.archived_on = TODAY
    session.workshop.save()
    page = Client().get(public(session))
    assert page.status_code == 200 and "fichiers/" not in page.content.decode()
    assert [Client().get(address(one)).status_code for one in found] == [404, 404]
    assert [lea.get(f"/jardins/{session.garden.code}/ateliers/fichiers/{one.pk}/").status_code for one in found] == [200, 200]  # fmt: skip


def test_to_press_enter_in_the_date_says_nothing_that_was_not_chosen(session: Session, lea: Client) -> None:
    photo(session, "unknown"), photo(session, "nobody", "soupe.png"), photo(session, "given", "b.png", until=DAY)
    old = photo(session, "given", "a.png")
    Material.objects.filter(pk=old.pk).update(consent_until=TODAY - timedelta(days=1))
    content = lea.get(f"/jardins/{session.garden.code}/ateliers/{session.workshop_id}/").content.decode()
    said = {}
    for pk, form in re.findall(r'<form class="form" method="post" action="[^"]*/fichiers/(\d+)/changer/">(.*?)</form>', content, re.S):  # fmt: skip
        assert len(re.findall(r"<button[^>]*>", form)) == 1 and 'name="accord"' not in "".join(re.findall(r"<button[^>]*>", form))  # fmt: skip
        said[int(pk)] = re.findall(r'value="(\w+)" checked', form)
    assert said == {one.pk: [one.consent if one.pk != old.pk else "unknown"] for one in Material.objects.all()}


def test_a_session_shows_its_own_sheets_and_those_of_its_workshop(session: Session, garden: Garden) -> None:
    later = make_session(garden, DAY + timedelta(weeks=1))
    other = make_session(garden, workshop=make_workshop(garden, "Visite"))
    sheet(session, "Pour toutes.pdf"), sheet(session, "Du 11 avril.pdf", of=session), sheet(other, "La visite.pdf")
    assert [one.name for one in shown(session, TODAY).sheets] == ["Du 11 avril", "Pour toutes"]
    assert [one.name for one in shown(later, TODAY).sheets] == ["Pour toutes"]


def test_on_the_desk_a_photo_without_agreement_is_for_who_runs_the_workshop(session: Session, lea: Client) -> None:
    one, old, good = photo(session, "unknown", "visages.png"), photo(session, "given", "vieille.png"), photo(session, "nobody", "soupe.png")  # fmt: skip
    Material.objects.filter(pk=old.pk).update(consent_until=TODAY - timedelta(days=1))
    Material.objects.update(session=session)
    desk = f"/jardins/{session.garden.code}/ateliers/"
    pages = (f"{desk}{session.workshop_id}/", f"{desk}dates/{session.pk}/")
    for page in pages:
        text = text_of(lea.get(page))
        assert "accord à demander" in text and "accord terminé" in text, page
    treasurer = make.signed_in(make.make_person("treasurer", session.garden))
    for page in pages:
        text = treasurer.get(page).content.decode()
        assert (
            f"fichiers/{good.pk}/" in text and f"fichiers/{one.pk}/" not in text and f"fichiers/{old.pk}/" not in text
        )
    seen = [[client.get(f"{desk}fichiers/{found.pk}/").status_code for found in (one, old, good)] for client in (lea, treasurer)]  # fmt: skip
    assert seen == [[200, 200, 200], [404, 404, 200]]


def test_an_agreement_that_ended_already_is_refused_with_what_to_do(session: Session, lea: Client) -> None:
    url = f"/jardins/{session.garden.code}/ateliers/{session.workshop_id}/fichiers/"
    typed = {"kind": "photo", "consent": "given", "until": "2016-12-31", "name": "On coupe les poireaux"}
    answer = lea.post(url, typed | {"file": SimpleUploadedFile("IMG_1.png", PNG)})
    assert answer.status_code == 422 and "Ce jour est passé" in text_of(answer) and not Material.objects.exists()
    lea.post(url, typed | {"file": SimpleUploadedFile("IMG_1.png", PNG), "until": "2017-12-31"})
    one = Material.objects.get()
    assert (one.name, one.consent_until) == ("On coupe les poireaux", date(2017, 12, 31))
    change = f"/jardins/{session.garden.code}/ateliers/fichiers/{one.pk}/changer/"
    assert "Ce jour est passé" in text_of(lea.post(change, {"accord": "given", "until": "2016-12-31"}, follow=True))
    for odd in ({"accord": "tous"}, {"accord": "given", "until": "demain"}):
        lea.post(change, odd)
    assert Material.objects.get().consent_until == date(2017, 12, 31)
    lea.post(change, {"accord": "given", "until": ""})
    assert Material.objects.get().consent_until is None


@pytest.mark.parametrize(
    ("name", "words"),
    [("on_coupe-les_poireaux.JPG", "on coupe les poireaux"), ("On rit. Bien.", "On rit. Bien."), ("___.png", "___.png"), ("a.b.pdf", "a.b"), ("", "")],
)  # fmt: skip
def test_a_file_s_name_is_read_as_words(name: str, words: str) -> None:
    assert words_of(name) == words
