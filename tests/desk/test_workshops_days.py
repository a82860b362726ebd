"""Sessions of several days on the garden's pages and papers; hours that cannot be; what was pasted by mistake."""

from __future__ import annotations

import io
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from cageot.core import clock
from cageot.members import ways_in
from cageot.network.models import Garden
from cageot.workshops.actions import enrolling
from cageot.workshops.models import Enrolment, Place, Session, Workshop
from cageot.workshops.rules.series import moments
from tests import factories as make
from tests.desk.a_week import text_of
from tests.workshops.a_workshop import AT, DAY, make_place, make_session, make_workshop

WHEN = {
    "day": "2017-04-27",
    "last_day": "2017-04-28",
    "starts": "9h30",
    "ends": "16h30",
    "new_place": "La grange",
    "every": "once",
}
HUGE = "Lorem ipsum " * 430_000
"""Five megabytes."""


@pytest.fixture(autouse=True)
def now(settings: Any, monkeypatch: pytest.MonkeyPatch, garden: Garden) -> None:
    settings.TODAY = AT.date()
    monkeypatch.setattr(clock, "now", lambda: AT)


def at(settings: Any, monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    settings.TODAY = moment.date()
    monkeypatch.setattr(clock, "now", lambda: moment)


def two_days(garden: Garden, **fields: Any) -> Session:
    session = make_session(garden, **fields)
    session.starts_at, session.ends_at = moments(DAY, time(9, 30), time(16, 30), 2)
    session.save()
    return session


def here(garden: Garden, *parts: object) -> str:
    return "/".join([f"/jardins/{garden.code}/ateliers", *map(str, parts), ""])


def test_a_training_of_two_days_is_planned_once_its_dates_are_read(as_coordinator: Client, garden: Garden) -> None:
    url = here(garden, make_workshop(garden, kind="training").pk, "dates")
    text = text_of(as_coordinator.post(url, WHEN))
    assert (
        "Jeudi 27 avril 2017 – vendredi 28 avril 2017" in text
        and "De 9 h 30 le premier jour à 16 h 30 le dernier" in text
    )
    for _click in range(2):
        as_coordinator.post(url, WHEN | {"ecrire": "1"})
    session = Session.objects.get()
    assert [str(day) for day in session.days] == ["2017-04-27", "2017-04-28"]
    for page in (here(garden), here(garden, session.workshop_id), f"/ateliers/{garden.code}/"):
        assert "9 h 30, jusqu’au vendredi 28 avril" in text_of(as_coordinator.get(page))
    assert "Jeudi 27 avril 9 h 30 – vendredi 28 avril, 16 h 30" in text_of(
        as_coordinator.get(here(garden, "dates", session.pk))
    )


def test_a_series_of_trainings_passes_over_those_of_which_a_day_is_a_holiday(
    as_coordinator: Client, garden: Garden
) -> None:
    url = here(garden, make_workshop(garden).pk, "dates")
    typed = WHEN | {
        "day": "2017-05-07",
        "last_day": "2017-05-08",
        "every": "week",
        "until": "2017-05-31",
        "holidays": "on",
    }
    text = text_of(as_coordinator.post(url, typed))
    assert (
        "3 dates à prévoir" in text and "Dimanche 7 mai" in text and "Dimanche 14 mai 2017 – lundi 15 mai 2017" in text
    )


def test_a_training_whose_days_are_all_passed_over_is_told_so(as_coordinator: Client, garden: Garden) -> None:
    url = here(garden, make_workshop(garden).pk, "dates")
    answer = as_coordinator.post(url, WHEN | {"every": "week", "until": "2017-04-28", "without": "27/04/2017"})
    assert answer.status_code == 422 and "Il ne reste aucune date" in text_of(answer)
    assert not Session.objects.exists()


def test_an_evening_ends_in_the_night_and_a_whole_day_is_given_its_last_day(
    as_coordinator: Client, garden: Garden
) -> None:
    workshop = make_workshop(garden)
    for more in (
        {"starts": "20:00", "ends": "2:00", "last_day": ""},
        {"starts": "8:00", "ends": "22:00", "last_day": "2017-04-27"},
    ):
        as_coordinator.post(here(garden, workshop.pk, "dates"), WHEN | more | {"ecrire": "1"})
    assert [(len(one.days), one.ends_at - one.starts_at) for one in Session.objects.order_by("-starts_at")] == [
        (1, timedelta(hours=6)), (1, timedelta(hours=14)),
    ]  # fmt: skip


def test_hours_in_the_wrong_order_are_refused_before_anybody_is_told(as_coordinator: Client, garden: Garden) -> None:
    session = make_session(garden)
    typed = {"day": "2017-04-11", "starts": "20:00", "ends": "18:00", "place": session.place_id, "seats": "12"}
    answer = as_coordinator.post(here(garden, "dates", session.pk, "deplacer"), typed)
    assert answer.status_code == 422 and "plus de 12 heures" in text_of(answer)
    assert "Personne à prévenir" not in text_of(answer)
    text = text_of(as_coordinator.post(here(garden, "dates", session.pk, "deplacer"), typed | {"starts": "15:00"}))
    assert "Mardi 11 avril, 15 h – 18 h" in text and "avant : mardi 11 avril, 14 h – 16 h 30" in text


def test_moving_a_training_keeps_its_last_day_unless_it_is_changed(as_coordinator: Client, garden: Garden) -> None:
    session = two_days(garden)
    url = here(garden, "dates", session.pk, "deplacer")
    assert 'value="2017-04-12"' in as_coordinator.get(url).content.decode()
    typed = {
        "day": "2017-04-12",
        "last_day": "2017-04-14",
        "starts": "9:00",
        "ends": "12:00",
        "place": session.place_id,
        "seats": "12",
    }
    text = text_of(as_coordinator.post(url, typed))
    assert "Mercredi 12 avril, 9 h – vendredi 14 avril, 12 h" in text
    assert "avant : mardi 11 avril, 9 h 30 – mercredi 12 avril, 16 h 30" in text
    as_coordinator.post(url, typed | {"ecrire": "1"})
    session.refresh_from_db()
    assert len(session.days) == 3


def a_series(client: Client, garden: Garden, **typed: str) -> list[Session]:
    """Trainings of two days on four Thursdays from 27 April on, but 11 May."""
    typed = WHEN | {"every": "week", "until": "2017-05-25", "without": "11/05/2017", "ecrire": "1"} | typed
    client.post(here(garden, make_workshop(garden, kind="training").pk, "dates"), typed)
    return list(Session.objects.order_by("starts_at"))


def test_a_series_does_not_move_so_that_one_begins_before_another_ends(as_coordinator: Client, garden: Garden) -> None:
    made = a_series(as_coordinator, garden)
    url = here(garden, "dates", made[0].pk, "deplacer")
    typed = WHEN | {"last_day": "2017-05-05", "place": str(made[0].place_id), "scope": "following"}
    for more in ({}, {"ecrire": "1"}):
        answer = as_coordinator.post(url, typed | more)
        assert answer.status_code == 422 and "avant que la précédente finisse" in text_of(answer)
    assert [len(one.days) for one in Session.objects.all()] == [2] * 4
    assert "1 date change" in text_of(as_coordinator.post(url, typed | {"scope": "one"}))
    assert "4 dates changent" in text_of(as_coordinator.post(url, typed | {"last_day": "2017-05-03"}))


def test_a_training_that_has_begun_is_moved_and_cancelled_from_its_page(as_coordinator: Client, garden: Garden, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    first, *others = a_series(as_coordinator, garden)
    at(settings, monkeypatch, datetime(2017, 4, 28, 6, tzinfo=UTC))  # the morning of its second day
    assert "Déplacer" in text_of(as_coordinator.get(here(garden, "dates", first.pk)))
    typed = WHEN | {"last_day": "2017-04-29", "ends": "17h30", "place": str(first.place_id), "scope": "one", "ecrire": "1"}  # fmt: skip
    assert as_coordinator.post(here(garden, "dates", first.pk, "deplacer"), typed).status_code == 302
    first.refresh_from_db()
    assert (str(first.last_day), first.moved_from) == ("2017-04-29", None)
    for wrong in ({"day": "2017-04-26"}, {"starts": "8h"}, {"last_day": "2017-04-27"}):
        assert as_coordinator.post(here(garden, "dates", first.pk, "deplacer"), typed | wrong).status_code == 422, wrong
    gone = {"reason": "La grange est fermée", "scope": "following"}
    url = here(garden, "dates", first.pk, "annuler")
    assert "4 dates sont annulées" in text_of(as_coordinator.post(url, gone))
    as_coordinator.post(url, gone | {"ecrire": "1"})
    assert set(Session.objects.values_list("state", flat=True)) == {"cancelled"} and len(others) == 3


def test_one_that_is_over_stays_as_it_was_when_those_after_it_change(as_coordinator: Client, garden: Garden, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    first, *_others = a_series(as_coordinator, garden)
    at(settings, monkeypatch, datetime(2017, 5, 1, 6, tzinfo=UTC))
    typed = {"reason": "La grange est fermée", "scope": "following", "ecrire": "1"}
    as_coordinator.post(here(garden, "dates", first.pk, "annuler"), typed)
    typed = WHEN | {"place": str(first.place_id), "scope": "one", "ecrire": "1"}
    assert as_coordinator.post(here(garden, "dates", first.pk, "deplacer"), typed).status_code == 422
    first.refresh_from_db()
    assert first.state == "planned"


def test_everybody_reads_both_days(as_coordinator: Client, garden: Garden) -> None:
    session = two_days(garden)
    page = Client().get(f"/ateliers/{garden.code}/{session.pk}/")
    assert "mardi 11 avril, 9 h 30 – mercredi 12 avril, 16 h 30" in text_of(page)
    assert 'itemprop="endDate" content="2017-04-12T16:30:00+02:00"' in page.content.decode()
    for name in ("affiche-a4", "affiche-a3", "languettes", "presences"):
        text = pdf(as_coordinator, here(garden, "dates", session.pk).rstrip("/") + f"/{name}.pdf")
        assert "12 avril" in text or "12 avr" in text, name


def test_a_card_is_read_on_each_day_of_a_training(as_coordinator: Client, garden: Garden, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    session, household = two_days(garden), make.make_household(garden, "Benali")
    enrolling.enrol(session, household=household, source="space", by=None, at=AT)
    code = ways_in.make_cards([household], by=None, at=AT)[0][1]
    for day, words in (
        (10, "Pas d’atelier aujourd’hui"),
        (12, "venu, c’est noté"),
        (11, "déjà noté"),
        (13, "Pas d’atelier aujourd’hui"),
    ):
        at(settings, monkeypatch, datetime(2017, 4, day, 7, 0, tzinfo=UTC))
        assert words in text_of(as_coordinator.post(f"/presences/carte/{code}/", follow=True)), day


# --- Papers ---------------------------------------------------------------------------------------


def pages(client: Client, url: str) -> list[Any]:
    return list(PdfReader(io.BytesIO(client.get(url).content)).pages)


def pdf(client: Client, url: str) -> str:
    return " ".join(" ".join(one.extract_text() for one in pages(client, url)).split())


def test_a_list_with_people_who_wait_stands_on_one_page(as_coordinator: Client, garden: Garden) -> None:
    session = make_session(garden, seats=9)
    for n in range(14):
        enrolling.enrol(
            session,
            household=make.make_household(garden, f"Nom{n}"),
            source="staff",
            by=None,
            at=AT + timedelta(minutes=n),
        )
    assert len(pages(as_coordinator, here(garden, "dates", session.pk).rstrip("/") + "/presences.pdf")) == 1


def test_the_strips_hold_the_longest_words_between_their_lines(as_coordinator: Client, garden: Garden) -> None:
    Garden.objects.filter(pk=garden.pk).update(phone="+33254000000")
    place = Place.objects.create(garden=garden, name="La grande salle polyvalente de la maison des associations du quartier Nord", commune_code=garden.commune_code)  # fmt: skip
    title = ("Wwwwwwwwww " * 12)[:120]
    session = two_days(garden, workshop=make_workshop(garden, title), place=place)
    [page] = pages(as_coordinator, here(garden, "dates", session.pk).rstrip("/") + "/languettes.pdf")
    assert lines_cut(page) == []


def lines_cut(page: Any) -> list[str]:
    """Words of the strips that are as far as 1 mm from a line where one cuts, or farther: they would be cut in two."""
    wide, found = float(page.mediabox.width) / 9, []

    def visit(text: str, matrix: list[float], at_: list[float], _font: Any, size: float) -> None:
        x, y = at_[4] * matrix[0] + at_[5] * matrix[2] + matrix[4], at_[4] * matrix[1] + at_[5] * matrix[3] + matrix[5]
        turned = abs(at_[0] * matrix[1] + at_[1] * matrix[3]) > 0.1
        if text.strip() and turned and y < 62 / 25.4 * 72:
            inside = x % wide
            if not 3 < inside < wide - 1:
                found.append(f"{text!r} at {inside:.1f} of {wide:.1f}")

    page.extract_text(visitor_text=visit)
    return found


# --- Who comes, and what was pasted ---------------------------------------------------------------


def test_the_form_sent_twice_enrols_somebody_from_outside_once(as_coordinator: Client, garden: Garden) -> None:
    session = make_session(garden)
    url = here(garden, "dates", session.pk, "inscrire")
    code = as_coordinator.get(url).content.decode().split('name="code" value="')[1].split('"')[0]
    typed = {"dehors": "1", "ext-first_name": "Tom", "ext-adults": "1", "code": code}
    answers = [as_coordinator.post(url, typed, follow=True) for _click in range(2)]
    assert Enrolment.objects.count() == 1 and "Déjà inscrit : Tom, 1 adulte." in text_of(answers[1])
    as_coordinator.post(url, typed | {"code": "", "ext-first_name": "Zoé", "ext-phone": "06 12 34 56 78"})
    again = typed | {"code": "", "ext-first_name": "Zoé", "ext-phone": "0612345678", "ext-adults": "3"}
    assert "Déjà inscrit : Zoé, 1 adulte. Rien n’a changé" in text_of(as_coordinator.post(url, again, follow=True))
    assert Enrolment.objects.count() == 2


def test_the_number_of_somebody_who_has_left_is_not_changed_and_the_reason_is_true(as_coordinator: Client, garden: Garden) -> None:  # fmt: skip
    session = make_session(garden)
    one = enrolling.enrol(session, household=make.make_household(garden), source="staff", by=None, at=AT).enrolment
    url = here(garden, "dates", session.pk, "inscriptions", one.pk)
    enrolling.leave(one, by=None, at=AT)
    text = text_of(as_coordinator.post(url, {"adults": "2", "children": "0"}))
    assert "Cette personne ne vient plus" in text and "annulé ou passé" not in text
    shown = as_coordinator.get(url, follow=True)
    assert "Cette personne ne vient plus" in text_of(shown) and 'name="adults"' not in shown.content.decode()


def test_staff_read_why_somebody_waits(as_coordinator: Client, garden: Garden) -> None:
    session = make_session(garden, seats=3)
    enrolling.enrol(session, household=make.make_household(garden), adults=2, source="staff", by=None, at=AT)
    url = here(garden, "dates", session.pk, "inscrire")
    typed = {"dehors": "1", "ext-first_name": "Tom", "ext-adults": "2"}
    assert "Il reste 1 place pour 2 personnes. En attente, au rang 1." in text_of(
        as_coordinator.post(url, typed, follow=True)
    )
    assert "liste d’attente : 1" in text_of(as_coordinator.get(here(garden)))


@pytest.mark.parametrize(
    ("parts", "field", "most"),
    [
        (["nouveau"], "title", "120"), (["nouveau"], "details", "2 000"), (["nouveau"], "seats", ""), (["nouveau"], "kind", ""),
        (["modifier"], "summary", "200"), (["dates"], "new_place", "120"), (["dates"], "without", "1 000"), (["dates"], "day", ""),
        (["lieux", "ajouter"], "access", "600"), (["lieux", "ajouter"], "town", "120"), (["deplacer"], "new_place", "120"),
    ],
)  # fmt: skip
def test_five_megabytes_pasted_come_back_cut_with_a_word(as_coordinator: Client, garden: Garden, parts: list[str], field: str, most: str) -> None:  # fmt: skip
    session = make_session(garden)
    before = Workshop.objects.count(), Session.objects.count(), Place.objects.count()
    url = {"modifier": here(garden, session.workshop_id, "modifier"), "dates": here(garden, session.workshop_id, "dates"),
           "deplacer": here(garden, "dates", session.pk, "deplacer")}.get(parts[0], here(garden, *parts))  # fmt: skip
    typed = WHEN | {"title": "Soupe", "kind": "cooking", "childcare": "none", "name": "La grange"} | {field: HUGE}
    answer = as_coordinator.post(url, typed)
    assert answer.status_code == 422 and len(answer.content) < 60_000
    assert most in text_of(answer)
    if most:
        assert f"signes, et {most} au plus" in text_of(answer)
    assert (Workshop.objects.count(), Session.objects.count(), Place.objects.count()) == before
    assert make_place(garden).name == "La cuisine"
