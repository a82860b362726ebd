"""Ateliers: what a garden's people see and do on its pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cageot.core import clock
from cageot.funding.models import BookEntry, Tranche
from cageot.members.models import Household, Member
from cageot.network.models import Garden, Message
from cageot.workshops.actions import enrolling
from cageot.workshops.models import Enrolment, Material, Place, Session, SessionCost, Workshop
from cageot.workshops.rules.series import wall
from tests import factories as make
from tests.desk.a_week import text_of
from tests.workshops.a_workshop import AT, DAY, make_place, make_session, make_workshop
from tests.workshops.test_changing import PNG, a_tranche

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Garden:
    settings.TODAY = AT.date()
    monkeypatch.setattr(clock, "now", lambda: AT)
    make.make_edition()
    return make.make_garden()


@pytest.fixture
def lea(garden: Garden) -> Client:
    return make.signed_in(make.make_person("coordinator", garden))


def at(monkeypatch: pytest.MonkeyPatch, settings: Any, moment: datetime) -> None:
    settings.TODAY = wall(moment).date()
    monkeypatch.setattr(clock, "now", lambda: moment)


def here(garden: Garden, *parts: object) -> str:
    return "/".join([f"/jardins/{garden.code}/ateliers", *map(str, parts), ""])


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def test_a_garden_without_workshops_is_invited_to_offer_one(garden: Garden, lea: Client) -> None:
    text = page(lea, here(garden))
    assert "Aucun atelier pour l’instant" in text
    assert here(garden, "nouveau") in text


def test_a_workshop_is_offered_in_short_and_its_series_is_read_before_it_is_written(
    garden: Garden, lea: Client
) -> None:
    answer = lea.post(here(garden, "nouveau"), {"title": "Soupe du jeudi", "kind": "cooking", "seats": "10", "childcare": "none"})  # fmt: skip
    workshop = Workshop.objects.get()
    assert answer.headers["Location"] == here(garden, workshop.pk, "dates")
    typed = {
        "day": "2017-04-27", "starts": "14:00", "ends": "16h30", "new_place": "La grange", "seats": "10", "every": "week",
        "until": "2017-05-31", "holidays": "on", "without": "18/05/2017",
    }  # fmt: skip
    text = lea.post(here(garden, workshop.pk, "dates"), typed).content.decode()
    assert "3 dates à prévoir" in text and "Ascension" in text and "à passer" in text
    assert Session.objects.count() == 0 and Place.objects.count() == 0
    corrected = lea.post(here(garden, workshop.pk, "dates"), typed | {"corriger": "1"}).content.decode()
    assert 'value="La grange"' in corrected and 'value="2017-05-31"' in corrected
    for _click in range(2):
        lea.post(here(garden, workshop.pk, "dates"), typed | {"ecrire": "1"})
    assert [str(wall(one.starts_at).date()) for one in Session.objects.all()] == ["2017-04-27", "2017-05-04", "2017-05-11"]  # fmt: skip
    assert "La grange" in page(lea, here(garden))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"day": "2017-03-01"}, "Ce jour est passé"), ({"new_place": ""}, "Choisissez un lieu"),
        ({"ends": "14:00"}, "finit à l’heure où il commence"), ({"every": "week"}, "Dites jusqu’à quand"),
        ({"every": "week", "until": "2017-04-01"}, "un jour après le premier"), ({"every": "week", "until": "2019-01-01"}, "plus de 60 dates"),
        ({"every": "dates"}, "au moins une autre date"), ({"every": "dates", "dates": "demain"}, "n’est pas une date"),
        ({"every": "dates", "dates": "1/1/2017"}, "Une de ces dates est passée"), ({"every": "dates", "dates": "28/04/2017" * 300}, "3 000 signes, et 1 000 au plus"),
        ({"every": "weekly"}, "choix"), ({"starts": "16:30", "ends": "14:00"}, "plus de 12 heures"), ({"ends": "14:00", "last_day": "2017-04-27"}, "finit à l’heure"),
        ({"ends": "11:00", "last_day": "2017-04-27"}, "finit avant de commencer"), ({"last_day": "2017-04-26"}, "vient après le premier"),
        ({"last_day": "2017-05-11"}, "14 jours au plus"), ({"last_day": "demain"}, "date valide"),
        ({"last_day": "2017-05-05", "every": "week", "until": "2017-05-31"}, "avant que la précédente finisse"), ({"day": "2090-01-01"}, "vérifiez l’année"), ({"seats": "0"}, "1"),
    ],
)  # fmt: skip
def test_dates_that_cannot_be_are_told_and_nothing_is_lost(garden: Garden, lea: Client, change: dict[str, str], words: str) -> None:  # fmt: skip
    workshop = make_workshop(garden)
    typed = {
        "day": "2017-04-27",
        "starts": "14:00",
        "ends": "16:00",
        "new_place": "La grange",
        "every": "once",
    } | change
    answer = lea.post(here(garden, workshop.pk, "dates"), typed | {"ecrire": "1"})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "14:00" in answer.content.decode()
    assert Session.objects.count() == 0


def test_the_dates_of_a_workshop_are_whole_on_its_page(garden: Garden, lea: Client) -> None:
    workshop = make_workshop(garden)
    make_session(garden, DAY, workshop=workshop)
    make_session(garden, DAY + timedelta(days=31), workshop=workshop)
    read = text_of(lea.get(here(garden, workshop.pk)))
    assert "Mardi 11 avril 2017" in read and "Vendredi 12 mai 2017" in read


def test_a_household_is_found_by_its_name_and_enrolled_once(garden: Garden, lea: Client) -> None:
    session = make_session(garden, seats=3)
    martin = make.make_household(garden, "Dupré")
    url = here(garden, "dates", session.pk, "inscrire")
    assert "Dupré" in lea.post(url, {"q": "dupre"}).content.decode()
    refused = lea.post(url, {"q": "dupre", "foyer": martin.pk, "adults": "0", "children": "2"}).content.decode()
    assert "Un enfant vient avec un adulte" in refused and 'value="2"' in refused
    for _click in range(2):
        lea.post(url, {"q": "dupre", "foyer": martin.pk, "adults": "1", "children": "2", "needs": "fauteuil"})
    assert Enrolment.objects.get().source == "staff"
    lea.post(url, {"dehors": "1", "ext-first_name": "Ana", "ext-adults": "1", "ext-phone": "06 12 34 56 78"})
    text = page(lea, here(garden, "dates", session.pk))
    assert "fauteuil" in text and "En attente" in text and "Ana" in text
    stranger = make.make_household(make.make_garden("autre", "Autre jardin"), "Dupré")
    assert lea.post(url, {"foyer": stranger.pk, "adults": "1"}).status_code == 404
    assert lea.post(url, {"foyer": "x", "adults": "1"}).status_code == 404


def test_who_waits_gets_the_place_of_who_leaves(garden: Garden, lea: Client) -> None:
    session = make_session(garden, seats=1)
    one, two = (enrolling.enrol(session, household=make.make_household(garden, name), source="staff", by=None, at=AT).enrolment for name in ("Un", "Deux"))  # fmt: skip
    url = here(garden, "dates", session.pk, "inscriptions", two.pk, "repondre")
    assert "Il reste 0 place" in lea.post(url, {"place": "1"}, follow=True).content.decode()
    left = lea.post(here(garden, "dates", session.pk, "inscriptions", one.pk, "repondre"), follow=True).content.decode()
    assert "1 foyer qui attendait a une place" in left
    two.refresh_from_db()
    assert two.state == "enrolled"
    changed = lea.post(here(garden, "dates", session.pk, "inscriptions", two.pk), {"adults": "1", "children": "4"})
    assert "1 place en tout" in changed.content.decode()


def test_who_came_is_ticked_and_the_session_closed(garden: Garden, lea: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    session = make_session(garden)
    rows = [enrolling.enrol(session, household=make.make_household(garden, name), adults=2, source="staff", by=None, at=AT).enrolment for name in ("Un", "Deux", "Trois")]  # fmt: skip
    url = here(garden, "dates", session.pk, "presences")
    assert "à partir du jour même" in page(lea, url)
    at(monkeypatch, settings, session.ends_at + timedelta(minutes=5))
    assert "À noter" in page(lea, here(garden))
    lea.post(url, {f"e{rows[0].pk}": "oui", f"a{rows[0].pk}": "1", f"c{rows[0].pk}": "3", f"e{rows[1].pk}": "non", "e999": "oui"})  # fmt: skip
    assert "Les personnes que vous n’avez pas pointées" in page(lea, url)
    lea.post(url, {"tenu": "1", "rest": "oui", "report": "Bonne soupe"})
    session.refresh_from_db()
    assert (session.state, sorted(session.enrolments.values_list("state", flat=True))) == ("held", ["absent", "came", "came"])  # fmt: skip
    text = page(lea, here(garden, "dates", session.pk))
    assert "avec 6 personnes" in text and "Bonne soupe" in text
    assert "6 personnes" in page(lea, here(garden) + "?voir=passes")


def test_an_open_door_is_counted(garden: Garden, lea: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session(garden, workshop=make_workshop(garden, "Portes ouvertes", open_door=True), seats=None)
    assert "Entrée libre" in page(lea, here(garden, "dates", session.pk))
    at(monkeypatch, settings, session.ends_at)
    url = here(garden, "dates", session.pk, "presences")
    assert "revoir" in lea.post(url, {"tenu": "1", "adults": "beaucoup", "children": "5"}).content.decode()
    lea.post(url, {"tenu": "1", "adults": "12", "children": "5"})
    assert "avec 17 personnes" in page(lea, here(garden, "dates", session.pk))


def test_a_session_is_moved_or_cancelled_once_one_has_read_who_will_be_told(garden: Garden, lea: Client) -> None:
    session = make_session(garden)
    household = make.make_household(garden)
    Member.objects.filter(household=household).update(email="m@exemple.fr")
    enrolling.enrol(session, household=household, source="staff", by=None, at=AT)
    typed = {"day": "2017-04-12", "starts": "10:00", "ends": "12:00", "place": session.place_id, "seats": "12"}
    url = here(garden, "dates", session.pk, "deplacer")
    text = lea.post(url, typed).content.decode()
    assert "1 foyer sera prévenu" in text and "par courriel" in text
    assert Message.objects.count() == 0
    for _click in range(2):
        lea.post(url, typed | {"ecrire": "1"})
    assert Message.objects.filter(kind="session_moved").count() == 1
    url = here(garden, "dates", session.pk, "annuler")
    assert "revoir" in lea.post(url, {"reason": ""}).content.decode()
    assert "Annuler et prévenir" in lea.post(url, {"reason": "Neige"}).content.decode()
    for _click in range(2):
        lea.post(url, {"reason": "Neige", "ecrire": "1"})
    assert Message.objects.filter(kind="session_cancelled").count() == 1
    assert "Cet atelier est annulé." in page(lea, here(garden, "dates", session.pk))


def test_last_year_s_programme_comes_again_in_two_clicks(garden: Garden, lea: Client, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    for week in range(3):
        make_session(garden, DAY + timedelta(weeks=week), state="held")
    at(monkeypatch, settings, datetime(2018, 1, 10, 9, tzinfo=UTC))
    assert "Reprendre 2017" in page(lea, here(garden))
    text = page(lea, here(garden, "recommencer") + "?annee=2017")
    assert text.count("checked") == 3 and "Mardi 10 avril" in text
    chosen = list(Session.objects.values_list("pk", flat=True))
    for _click in range(2):
        lea.post(here(garden, "recommencer") + "?annee=2017", {"seance": chosen[:2]})
    assert Session.objects.filter(state="planned").count() == 2


def test_a_cost_is_written_and_taken_back_by_who_keeps_the_money(garden: Garden, lea: Client) -> None:
    session, tranche = make_session(garden), a_tranche(garden)
    url = here(garden, "dates", session.pk, "depenses")
    helper = make.signed_in(make.make_person("helper", garden))
    assert helper.get(url).status_code == 404
    assert "Dépenses" not in page(helper, here(garden, "dates", session.pk))
    typed = {"label": "Diététicienne", "nature": "622", "cents": "80", "tranche": tranche.pk}
    lea.post(url, typed | {"once": 1})
    assert "Il reste 20,00" in lea.post(url, typed | {"once": 2}).content.decode()
    cost = SessionCost.objects.get()
    lea.post(f"{url}{cost.pk}/reprendre/", {"reason": ""})
    assert SessionCost.objects.count() == 1
    for _click in range(2):
        lea.post(f"{url}{cost.pk}/reprendre/", {"reason": "Venue gratuitement"})
    assert SessionCost.objects.count() == 2
    assert "Venue gratuitement" in page(lea, url)


def test_a_cost_sent_twice_is_in_the_books_once(garden: Garden, lea: Client) -> None:
    session, tranche = make_session(garden), a_tranche(garden, 50_000)
    url = here(garden, "dates", session.pk, "depenses")
    [once] = re.findall(r'name="once" value="(\d+)"', page(lea, url))
    typed = {"label": "Diététicienne", "nature": "622", "cents": "80", "tranche": tranche.pk, "once": once}
    for _click in range(2):
        assert "La dépense est dans les comptes" in lea.post(url, typed, follow=True).content.decode()
    assert (SessionCost.objects.count(), Tranche.objects.get().used_cents, BookEntry.objects.count()) == (1, 8_000, 3)
    again = lea.post(url, typed | {"cents": "90"}).content.decode()
    assert "a déjà écrit une autre dépense" in again and SessionCost.objects.count() == 1
    assert re.search(r'name="once" value="(\d+)"', page(lea, url))[1] != once  # type: ignore[index]


def test_a_file_is_checked_kept_and_served_safely(garden: Garden, lea: Client) -> None:
    workshop = make_workshop(garden)
    url = here(garden, workshop.pk, "fichiers")
    fake = SimpleUploadedFile("fiche.pdf", b"MZ program", "application/pdf")
    assert "n’est pas ce qu’il dit" in lea.post(url, {"file": fake, "kind": "sheet"}).content.decode()
    heavy = SimpleUploadedFile("fiche.pdf", b"%PDF-" + b"0" * 3_200_000, "application/pdf")
    assert "trop lourd" in lea.post(url, {"file": heavy, "kind": "sheet"}).content.decode()
    lea.post(url, {"file": SimpleUploadedFile("<b>.pdf", b"%PDF-1.4", "text/html"), "kind": "sheet"})
    lea.post(url, {"file": SimpleUploadedFile("p.png", PNG), "kind": "photo", "consent": "unknown"})
    sheet, photo = Material.objects.get(kind="sheet"), Material.objects.get(kind="photo")
    answer = lea.get(here(garden, "fichiers", sheet.pk))
    assert (answer.headers["Content-Type"], answer.headers["Content-Disposition"][:10]) == (
        "application/pdf",
        "attachment",
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    lea.post(here(garden, "fichiers", photo.pk, "changer"), {"accord": "given"})
    photo.refresh_from_db()
    assert photo.consent == "given"
    lea.post(here(garden, "fichiers", sheet.pk, "changer"), {"retirer": "1"})
    assert Material.objects.count() == 1


def test_places_are_kept_and_one_in_use_stays(garden: Garden, lea: Client) -> None:
    lea.post(here(garden, "lieux", "ajouter"), {"name": "La grange", "town": "41000 Blois", "step_free": "on"})
    assert "porte ce nom" in lea.post(here(garden, "lieux", "ajouter"), {"name": "la grange"}).content.decode()
    place = Place.objects.get()
    make_session(garden, place=place)
    assert "1 date à venir" in page(lea, here(garden, "lieux"))
    lea.post(here(garden, "lieux", place.pk), {"retirer": "1"})
    place.refresh_from_db()
    assert place.archived_on is None


def test_the_sessions_of_a_year_come_as_a_file_without_a_name(garden: Garden, lea: Client) -> None:
    session = make_session(garden)
    enrolling.enrol(session, household=make.make_household(garden, "Dupré"), source="staff", by=None, at=AT)
    text = lea.get(f"/jardins/{garden.code}/ateliers/chiffres.csv?annee=2017").content.decode()
    assert "Cuisiner les poireaux" in text and "Dupré" not in text
    assert lea.get(f"/jardins/{garden.code}/ateliers/chiffres.xlsx").status_code == 200
    assert lea.get(f"/jardins/{garden.code}/ateliers/chiffres.exe").status_code == 404


def test_an_auditor_and_a_treasurer_read_and_do_not_run(garden: Garden) -> None:
    session = make_session(garden)
    theo = make.signed_in(make.make_person("treasurer", garden))
    assert "Inscrire quelqu’un" not in page(theo, here(garden, "dates", session.pk))
    assert theo.get(here(garden, "dates", session.pk, "inscrire")).status_code == 404
    assert theo.post(here(garden, "dates", session.pk, "presences"), {"tenu": "1"}).status_code == 404


def grown(garden: Garden, count: int) -> Session:
    place = make_place(garden)
    workshops = [
        make_workshop(garden, f"Atelier {n}", kind=kind) for n, kind in enumerate(["cooking", "visit", "meal"])
    ]
    for n in range(count):
        make_session(garden, DAY + timedelta(days=n % 20), workshop=workshops[n % 3], place=place)
        make_session(garden, date(2017, 2, 1) + timedelta(days=n % 20), workshop=workshops[n % 3], state="held")
    session = Session.objects.filter(starts_at__gt=AT).order_by("starts_at")[0]
    for n in range(count):
        household: Household = make.make_household(garden, f"Nom{n} {count}")
        enrolling.enrol(session, household=household, source="staff", by=None, at=AT)
    return session


@pytest.mark.parametrize(
    "address",
    [
        lambda one: here(one.garden), lambda one: here(one.garden) + "?voir=passes", lambda one: here(one.garden, one.workshop_id),
        lambda one: here(one.garden, "dates", one.pk), lambda one: here(one.garden, "dates", one.pk, "presences"),
        lambda one: here(one.garden, "recommencer") + "?annee=2017", lambda one: here(one.garden, "lieux"),
    ],
)  # fmt: skip
def test_a_page_asks_as_many_questions_with_three_rows_as_with_thirty(garden: Garden, lea: Client, address: Callable[[Session], str]) -> None:  # fmt: skip
    def count(session: Session) -> int:
        page(lea, address(session))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(lea, address(session))
        return len(asked)

    few = count(grown(garden, 3))
    assert count(grown(garden, 27)) == few
    assert few <= 30
