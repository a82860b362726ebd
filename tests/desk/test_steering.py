"""Pilotage: what those who run a garden's committee see and do, and what its members receive."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from cageot.core import clock
from cageot.guide.actions import steering as actions
from cageot.guide.models import CommitteeMember, Decision, Meeting
from cageot.members.models import Member
from cageot.network.models import Garden, Message
from tests import factories as make
from tests.desk import a_week
from tests.guide.a_committee import AT, BEFORE, NEXT, committee, meeting, seat

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


def here(garden: Garden, *parts: object) -> str:
    return "/".join([f"/jardins/{garden.code}/pilotage", *map(str, parts), ""])


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def text_of(pdf: bytes) -> str:
    return "\n".join(one.extract_text() for one in PdfReader(BytesIO(pdf)).pages)


# --- The committee --------------------------------------------------------------------------------


def test_a_committee_begins_with_somebody_and_says_when_nobody_sits_for_members(garden: Garden, lea: Client) -> None:
    assert "Pas encore de comité" in page(lea, here(garden))
    lea.post(here(garden, "membres", "ajouter"), {"name": "Anne Roy", "email": "anne@ccas.example.org", "from_day": "2017-01-01"})  # fmt: skip
    text = page(lea, here(garden))
    assert "Anne Roy" in text and "Personne ne siège pour les adhérents" in text
    lea.post(here(garden, "membres", "ajouter"), {"name": "Rose", "for_members": "on", "from_day": "2017-01-01"})
    assert "Personne ne siège pour les adhérents" not in page(lea, here(garden))


def test_a_meeting_sent_twice_is_there_once_and_another_agenda_is_not_lost(garden: Garden, lea: Client) -> None:
    url = here(garden, "reunions", "ajouter")
    typed = {
        "day": "2017-06-13",
        "starts": "14:00",
        "place": "Salle des fêtes",
        "agenda": "1. Tour de table\n2. Chiffres",
    }
    told = [lea.post(url, typed, follow=True).content.decode() for _click in range(2)]
    one = Meeting.objects.get()
    assert "Il reste à convoquer" in told[0] and "était déjà enregistrée" in told[1]
    other = lea.post(url, typed | {"agenda": "1. Autre chose"}).content.decode()
    assert "Une réunion est déjà prévue à ce moment" in other and "Autre chose" in other
    assert Meeting.objects.get().agenda == one.agenda
    lea.post(url, typed | {"place": "Mairie"})
    lea.post(url, typed | {"day": "2017-06-14"})
    assert Meeting.objects.count() == 3


def test_somebody_whose_seat_ended_is_not_convened_and_stays_in_the_list_of_the_past(
    garden: Garden, lea: Client
) -> None:
    seat(garden, until_day=date(2017, 4, 30))
    one = meeting(garden)
    assert "Ont siégé" in page(lea, here(garden))
    answer = lea.post(here(garden, "reunions", one.pk, "convoquer"), follow=True).content.decode()
    assert "Aucun membre du comité n’a d’adresse électronique" in answer
    one.refresh_from_db()
    assert one.convened_at is None and not Message.objects.exists()


def test_an_end_before_the_beginning_is_refused_and_nothing_typed_is_lost(garden: Garden, lea: Client) -> None:
    typed = {"name": "Anne Roy", "from_day": "2017-03-01", "until_day": "2017-02-01"}
    text = lea.post(here(garden, "membres", "ajouter"), typed).content.decode()
    assert "Choisissez un jour après le premier." in text and 'value="Anne Roy"' in text
    assert not CommitteeMember.objects.exists()


def test_who_came_to_a_meeting_is_not_taken_away(garden: Garden, lea: Client) -> None:
    anne, rose = committee(garden)
    meeting(garden, BEFORE).present.add(anne)
    assert "donnez plutôt une date de fin" in lea.post(here(garden, "membres", anne.pk), {"retirer": "1"}, follow=True).content.decode()  # fmt: skip
    lea.post(here(garden, "membres", rose.pk), {"retirer": "1"})
    assert list(CommitteeMember.objects.all()) == [anne]


# --- Meetings -------------------------------------------------------------------------------------


def test_an_agenda_is_proposed_with_what_was_left_to_do(garden: Garden, lea: Client) -> None:
    Decision.objects.create(meeting=meeting(garden, BEFORE), text="Ouvrir un dépôt au lycée")
    text = page(lea, here(garden, "reunions", "ajouter"))
    assert "2. Ce qui a été décidé le 14/03/2017" in text and "– Ouvrir un dépôt au lycée" in text


def test_two_clicks_convene_once(garden: Garden, lea: Client) -> None:
    committee(garden)
    seat(garden, "Le même", "ANNE@ccas.example.org")
    one = meeting(garden)
    assert "La convocation part à 1 adresse." in lea.post(here(garden, "reunions", one.pk, "convoquer"), follow=True).content.decode()  # fmt: skip
    assert "déjà partie" in lea.post(here(garden, "reunions", one.pk, "convoquer"), follow=True).content.decode()
    [sent] = Message.objects.all()
    assert sent.kind == "committee_convened" and "Salle des fêtes" in sent.body and "Tour de table" in sent.body
    assert "mardi 13 juin 2017" in sent.body


def test_another_day_is_told_once_to_those_who_were_convened(garden: Garden, lea: Client) -> None:
    committee(garden)
    one = meeting(garden)
    typed = {"day": "2017-06-20", "starts": "14:00", "place": "Mairie", "agenda": "1. Tour de table"}
    lea.post(here(garden, "reunions", one.pk, "modifier"), typed)
    assert not Message.objects.exists()  # nobody was convened yet
    lea.post(here(garden, "reunions", one.pk, "convoquer"))
    for _click in range(2):
        lea.post(here(garden, "reunions", one.pk, "modifier"), typed | {"day": "2017-06-27"})
    assert [sent.kind for sent in Message.objects.order_by("pk")] == ["committee_convened", "committee_moved"]
    assert "mardi 20 juin 2017" in Message.objects.order_by("pk").last().body  # type: ignore[union-attr]


def test_a_cancelled_meeting_is_told_and_one_with_decisions_stays(garden: Garden, lea: Client) -> None:
    committee(garden)
    one = meeting(garden)
    actions.convene(one, by=None, at=AT)
    Decision.objects.create(meeting=one, text="Rien")
    assert "elle reste" in lea.post(here(garden, "reunions", one.pk, "annuler"), follow=True).content.decode()
    Decision.objects.all().delete()
    lea.post(here(garden, "reunions", one.pk, "annuler"))
    assert not Meeting.objects.exists()
    assert Message.objects.filter(kind="committee_cancelled").count() == 1


def test_a_past_meeting_convenes_nobody(garden: Garden) -> None:
    committee(garden)
    with pytest.raises(actions.MeetingIsOver):
        actions.convene(meeting(garden, BEFORE), by=None, at=AT)


def test_a_very_long_text_comes_back_cut_with_a_clear_sentence(garden: Garden, lea: Client) -> None:
    one = meeting(garden, BEFORE)
    answer = lea.post(here(garden, "reunions", one.pk, "compte-rendu"), {"notes": "é" * 2_000_000})
    text = answer.content.decode()
    assert "Raccourcissez-le" in text and "é" * 20_000 in text and "é" * 20_001 not in text
    one.refresh_from_db()
    assert one.notes == ""


def test_minutes_say_who_came_and_become_a_paper(garden: Garden, lea: Client) -> None:
    anne, _rose = committee(garden)
    one = meeting(garden, BEFORE)
    lea.post(here(garden, "reunions", one.pk, "compte-rendu"), {"notes": "On a parlé du lycée.", "present": [anne.pk]})
    lea.post(here(garden, "reunions", one.pk, "decisions"), {"text": "Ouvrir un dépôt", "owner": "Anne", "due_on": "2017-04-01"})  # fmt: skip
    paper = lea.get(here(garden, "reunions", one.pk, "compte-rendu.pdf").rstrip("/"))
    text = text_of(paper.content)
    assert "On a parlé du lycée." in text and "Ouvrir un dépôt" in text and "Absents : Rose Kaya" in text
    assert "Tour de table" in text_of(
        lea.get(here(garden, "reunions", one.pk, "ordre-du-jour.pdf").rstrip("/")).content
    )
    assert lea.get(here(garden, "reunions", one.pk, "autre.pdf").rstrip("/")).status_code == 404


# --- Decisions ------------------------------------------------------------------------------------


def test_what_is_not_done_follows_from_one_meeting_to_the_next_until_it_is_done(garden: Garden, lea: Client) -> None:
    before, after = meeting(garden, BEFORE), meeting(garden, NEXT)
    for _click in range(2):
        lea.post(here(garden, "reunions", before.pk, "decisions"), {"text": "Ouvrir un dépôt", "due_on": "2017-04-01"})
    one = Decision.objects.get()
    text = page(lea, here(garden, "reunions", after.pk))
    assert "Ouvrir un dépôt" in text and "en retard" in text
    lea.post(here(garden, "decisions", one.pk, "fait"), {"retour": after.pk})
    assert "Ouvrir un dépôt" not in page(lea, here(garden, "reunions", after.pk))
    lea.post(here(garden, "decisions", one.pk, "fait"), {"reprendre": "1"})
    one.refresh_from_db()
    assert one.done_on is None


def test_a_helper_and_another_garden_find_nothing(garden: Garden) -> None:
    one = meeting(garden)
    helper = make.signed_in(make.make_person("helper", garden))
    sam = make.signed_in(make.make_person("coordinator", make.make_garden("autre", "Autre"), email="sam@exemple.fr"))
    for who in (helper, sam):
        for url in (here(garden), here(garden, "reunions", one.pk), here(garden, "dossier")):
            assert who.get(url).status_code == 404
    auditor = make.signed_in(make.make_person("treasurer", garden, email="t@exemple.fr"))
    assert auditor.get(here(garden)).status_code == 200


def test_a_meeting_of_another_garden_is_not_reached_through_ours(garden: Garden, lea: Client) -> None:
    theirs = meeting(make.make_garden("autre", "Autre"))
    made = Decision.objects.create(meeting=theirs, text="À eux")
    assert lea.get(here(garden, "reunions", theirs.pk)).status_code == 404
    assert lea.post(here(garden, "decisions", made.pk, "fait")).status_code == 404
    assert "À eux" not in page(lea, here(garden, "dossier") + f"?reunion={theirs.pk}")


def test_thirty_meetings_ask_no_more_than_three(garden: Garden, lea: Client) -> None:
    def queries(url: str) -> int:
        with CaptureQueriesContext(connection) as found:
            page(lea, url)
        return len(found)

    anne, _rose = committee(garden)
    one = meeting(garden)
    urls = [here(garden), here(garden, "reunions", one.pk), here(garden, "dossier")]

    def more(count: int) -> None:
        for n in range(count):
            held = meeting(garden, BEFORE - timedelta(days=n))
            held.present.add(anne)
            Decision.objects.create(meeting=held, text=f"À faire {n}", due_on=date(2017, 6, 1))
            seat(garden, f"Personne {n}", f"p{n}@exemple.fr", partner=anne.partner)

    more(3)
    few = [queries(url) for url in urls]
    more(30)
    assert [queries(url) for url in urls] == few


# --- The brief ------------------------------------------------------------------------------------


@pytest.fixture
def place(settings: Any) -> a_week.Place:
    settings.TODAY = a_week.MONDAY_AFTER
    return a_week.a_place(12)


def brief_of(place: a_week.Place) -> tuple[str, str]:
    """The page and the paper of March 2017."""
    lea = a_week.signed_in(place, "coordinator")
    asked = "?du=2017-03-01&au=2017-03-31"
    screen = page(lea, here(place.garden, "dossier") + asked)
    paper = lea.get(here(place.garden, "dossier.pdf").rstrip("/") + asked)
    assert paper["Content-Type"] == "application/pdf"
    return screen, text_of(paper.content)


def test_the_brief_tells_the_figures_and_names_nobody(place: a_week.Place) -> None:
    place.mark_all()
    place.close()
    screen, paper = brief_of(place)
    for one in Member.objects.exclude(last_name=""):
        assert one.last_name not in paper
        assert one.last_name not in screen.split("<main", 1)[-1]
    assert "Qui paie les paniers" in paper and "CCAS" in paper


def test_fewer_than_five_households_are_not_told(settings: Any) -> None:
    settings.TODAY = a_week.MONDAY_AFTER
    place = a_week.a_place(4)
    place.mark_all()
    place.close()
    screen, paper = brief_of(place)
    assert "Trop peu de foyers" in screen and "Moins de cinq foyers" in paper.replace("\n", " ")
    assert "CCAS" not in paper


NAMED = {"owner": "Rose Kaya", "text": "Relire la feuille avec Amina Benali"}


def test_who_sits_for_the_members_is_told_by_the_seat_and_a_member_by_no_name(place: a_week.Place) -> None:
    place.mark_all()
    place.close()
    committee(place.garden)  # Anne Roy for the CCAS, Rose Kaya for the members
    before = meeting(place.garden, BEFORE, agenda="1. Accueil de Paul Durand")
    Decision.objects.create(meeting=before, **NAMED)
    Decision.objects.create(meeting=before, text="Écrire au Département", owner="Anne Roy et Mme Kaya")
    Decision.objects.create(meeting=before, text="Fait", owner="R. Kaya", done_on=date(2017, 3, 20))
    lea = a_week.signed_in(place, "coordinator")
    asked = f"?du=2017-03-01&au=2017-03-31&reunion={before.pk}"
    papers = [
        text_of(lea.get(here(place.garden, "dossier.pdf").rstrip("/") + asked).content),
        page(lea, here(place.garden, "dossier") + asked).split("<main", 1)[-1],
    ]
    for said in papers:
        for word in ("Kaya", "Benali", "Durand"):
            assert word not in said, word
        assert "un siège des adhérents" in " ".join(said.split())
        assert "Anne Roy et un siège des adhérents" in " ".join(said.split())
        assert "Relire la feuille avec un adhérent" in " ".join(said.split())
    for url in (here(place.garden), here(place.garden, "reunions", before.pk)):
        decisions = page(lea, url).split("Décisions", 1)[-1] if url == here(place.garden) else page(lea, url)
        assert "Anne Roy et un siège des adhérents" in decisions
    minutes = text_of(lea.get(here(place.garden, "reunions", before.pk, "compte-rendu.pdf").rstrip("/")).content)
    assert "Anne Roy et un siège" in " ".join(minutes.split())


def test_the_first_page_of_a_brief_is_full_and_shows_the_baskets(place: a_week.Place) -> None:
    place.mark_all()
    place.close()
    lea = a_week.signed_in(place, "coordinator")
    paper = lea.get(here(place.garden, "dossier.pdf").rstrip("/") + "?du=2017-03-01&au=2017-03-31").content
    pages = [one.extract_text() for one in PdfReader(BytesIO(paper)).pages]
    assert "Les paniers, mois par mois" in pages[0] and "Aucun nom d’adhérent" in pages[0]
    assert 4 <= len(pages) <= 6


def test_letters_name_a_garden_as_it_is_called(garden: Garden, lea: Client) -> None:
    committee(garden)  # of « Jardin du Val »
    one = meeting(garden)
    lea.post(here(garden, "reunions", one.pk, "convoquer"))
    lea.post(here(garden, "reunions", one.pk, "modifier"), {"day": "2017-06-20", "starts": "14:00", "place": "Mairie"})
    lea.post(here(garden, "reunions", one.pk, "annuler"))
    bodies = [sent.body.replace("\u00a0", " ") for sent in Message.objects.order_by("pk")]
    assert len(bodies) == 3
    assert "au comité de pilotage : Jardin du Val." in bodies[0]
    assert not [body for body in bodies if "du jardin Jardin" in body or "de Jardin" in body]


def test_dates_that_cannot_be_read_give_the_usual_period(garden: Garden, lea: Client) -> None:
    text = page(lea, here(garden, "dossier") + "?du=2017-13-01&au=x")
    assert "Ces dates ne se lisent pas" in text
    assert lea.get(here(garden, "dossier.pdf").rstrip("/") + "?reunion=99999999999999&du=é").status_code == 200


def test_an_empty_garden_still_has_a_brief(garden: Garden, lea: Client) -> None:
    paper = lea.get(here(garden, "dossier.pdf").rstrip("/"))
    assert paper.status_code == 200
    assert "Rien n’est à suivre" in text_of(paper.content)
