"""Rencontres: what the network prepares, what gardens and partners' people see and do."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from cageot.core import clock
from cageot.guide.actions import events as actions
from cageot.guide.models import Event, Registration, Slot
from cageot.network.models import Garden, Message
from tests import factories as make
from tests.guide.a_meeting import AT, DAY, come, make_event, make_slots, who

pytestmark = pytest.mark.django_db
ANNE = {
    "first_name": "Anne",
    "last_name": "Roy",
    "email": "anne@ccas.example.org",
    "organisation": "CCAS",
    "travel": "none",
}


@pytest.fixture
def garden(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Garden:
    settings.TODAY = AT.date()
    monkeypatch.setattr(clock, "now", lambda: AT)
    make.make_edition()
    return make.make_garden()


@pytest.fixture
def nadia(garden: Garden) -> Client:
    return make.signed_in(make.make_person("network", email="nadia@exemple.fr"))


@pytest.fixture
def lea(garden: Garden) -> Client:
    return make.signed_in(make.make_person("coordinator", garden, email="lea@exemple.fr"))


def page(client: Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.content.decode()


def text_of(pdf: bytes) -> str:
    return "\n".join(one.extract_text() for one in PdfReader(BytesIO(pdf)).pages)


def test_the_network_prepares_a_meeting_that_nobody_sees_before_it_opens(nadia: Client, lea: Client) -> None:
    typed = {"title": "Alimentation pour tous", "place": "Maison", "commune": "45000 Orléans", "first_day": "2017-05-18", "last_day": "2017-05-18", "seats": "100"}  # fmt: skip
    nadia.post("/rencontres/ajouter/", typed)
    event = Event.objects.get()
    here = f"/rencontres/{event.pk}/"
    assert lea.get(here).status_code == 404 and Client().get(f"{here}inscription/").status_code == 404
    assert "Alimentation" not in page(lea, "/rencontres/")
    session = {
        "title": "Cuisine",
        "day": "2017-05-18",
        "from_time": "10:00",
        "until_time": "12:00",
        "chosen": "on",
        "seats": "20",
    }
    nadia.post(f"{here}programme/ajouter/", session)
    assert "pas un jour de la rencontre" in nadia.post(f"{here}programme/ajouter/", session | {"day": "2017-06-01"}).content.decode()  # fmt: skip
    nadia.post(f"{here}etat/", {"etat": "ouvrir"})
    assert "Cuisine" in page(lea, here) and "20 places libres" in page(Client(), f"{here}inscription/")


def test_a_partner_s_person_registers_without_an_account_and_changes_by_the_link(garden: Garden) -> None:
    event = make_event()
    _welcome, cooking, money = make_slots(event)
    answer = Client().post(
        f"/rencontres/{event.pk}/inscription/", ANNE | {"s1": str(cooking.pk), "needs": "sans gluten"}
    )
    assert "C’est noté" in answer.content.decode()
    body = Message.objects.get().body
    mine = body[body.index("/rencontres/mon-inscription") :].split()[0]
    text = page(Client(), mine)
    assert "Vous êtes inscrit." in text and "sans gluten" in text
    Client().post(mine, {"first_name": "Anne", "last_name": "Roy", "travel": "none", "s1": str(money.pk)})
    assert list(Registration.objects.get().slots.all()) == [money]
    Client().post(mine, {"ne_vient_plus": "1"})
    assert Registration.objects.get().state == "cancelled"
    assert Client().get(mine.replace("mon-inscription/", "mon-inscription/x")).status_code == 404


def test_the_public_page_does_not_say_whether_an_address_is_known(garden: Garden) -> None:
    event = make_event()
    url = f"/rencontres/{event.pk}/inscription/"
    first, again = (Client().post(url, ANNE).content.decode().split("<main", 1)[1] for _time in range(2))
    first, again = (re.sub(r"value=\"[^\"]{60,}\"", "", each) for each in (first, again))  # the form's own secret
    assert "C’est noté" in first and first == again and Registration.objects.count() == 1


def test_the_door_closes_to_who_knocks_too_often(garden: Garden) -> None:
    event = make_event(seats=None)
    url = f"/rencontres/{event.pk}/inscription/"
    answers = [Client().post(url, ANNE | {"email": f"p{n}@exemple.fr"}).content.decode() for n in range(21)]
    assert "Trop d’inscriptions d’ici" in answers[-1] and 'value="p20@exemple.fr"' in answers[-1]
    assert Registration.objects.count() == 20


def test_staff_registers_for_its_garden_and_manages_its_own(garden: Garden, lea: Client) -> None:
    event = make_event()
    assert 'value="lea@exemple.fr"' in page(lea, f"/rencontres/{event.pk}/inscription/")
    lea.post(f"/rencontres/{event.pk}/inscription/", ANNE | {"email": "lea@exemple.fr"})
    one = Registration.objects.get()
    assert one.garden == garden and one.person is not None
    assert "Vous et votre jardin" in page(lea, f"/rencontres/{event.pk}/")
    sam = make.signed_in(make.make_person("coordinator", make.make_garden("autre", "Autre"), email="sam@exemple.fr"))
    here = f"/rencontres/{event.pk}/inscrits/{one.pk}/"
    assert sam.get(here).status_code == 404 and lea.get(here).status_code == 200
    for url in (
        "inscrits/",
        "inscrits.xlsx",
        "inscrits/badges.pdf",
        "inscrits/liste.pdf",
        "modifier/",
        "compte-rendu/",
    ):
        assert lea.get(f"/rencontres/{event.pk}/{url}").status_code == 404


def test_a_full_session_is_told_beside_the_form_and_nothing_typed_is_lost(garden: Garden) -> None:
    event = make_event()
    cooking = make_slots(event, seats=1)[1]
    come(event, who("Bob", slots=(cooking.pk,)))
    text = Client().post(f"/rencontres/{event.pk}/inscription/", ANNE | {"s1": str(cooking.pk)}).content.decode()
    assert "vient d’être complète" in text and 'value="anne@ccas.example.org"' in text
    assert Registration.objects.count() == 1


def test_a_journey_is_shared_with_the_contact_of_who_agreed_only(garden: Garden) -> None:
    event = make_event()
    seeks = come(event, who("Anne", travel="seeks", travel_from="41018")).registration
    come(event, who("Bob", travel="offers", travel_from="41018", travel_seats=3, share_contact=True))
    come(event, who("Chloé", travel="offers", travel_from="41018", travel_seats=2))
    come(event, who("Dan", travel="offers", travel_from="59350", travel_seats=4, share_contact=True))
    text = page(Client(), f"/rencontres/mon-inscription/{actions.token(seeks)}/")
    assert "bob@exemple.fr" in text and "3 places" in text
    assert "chloé@exemple.fr" not in text and "Chloé" not in text and "n’a pas donné son adresse" in text
    assert "dan@exemple.fr" not in text


def test_an_offer_without_a_place_or_a_start_is_asked_again(garden: Garden) -> None:
    event = make_event()
    text = Client().post(f"/rencontres/{event.pk}/inscription/", ANNE | {"travel": "offers"}).content.decode()
    assert "Dites d’où vous partez." in text and "Dites combien de places" in text
    assert not Registration.objects.exists()


def test_the_papers_of_the_day(garden: Garden, nadia: Client) -> None:
    event = make_event()
    cooking = make_slots(event)[1]
    one = come(event, who("Anne", organisation="CCAS de Blois", needs="fauteuil", slots=(cooking.pk,))).registration
    come(event, who("Émilie 🌱", email="e@exemple.fr", last_name="L" * 80, organisation="O" * 160))
    badges = text_of(nadia.get(f"/rencontres/{event.pk}/inscrits/badges.pdf").content)
    assert "Anne" in badges and "CCAS de Blois" in badges and "fauteuil" not in badges and "exemple.fr" not in badges
    paper = text_of(nadia.get(f"/rencontres/{event.pk}/inscrits/liste.pdf").content)
    assert "ROY Anne" in paper and "Cuisine" in paper and "fauteuil" not in paper
    assert "fauteuil" in page(nadia, f"/rencontres/{event.pk}/inscrits/")
    assert nadia.get(f"/rencontres/{event.pk}/inscrits.xlsx").content[:2] == b"PK"
    assert nadia.get(f"/rencontres/{event.pk}/inscrits/autre.pdf").status_code == 404
    assert nadia.get(f"/rencontres/{event.pk}/inscrits/{one.pk}/attestation.pdf").status_code == 404


def test_who_came_has_a_certificate_with_the_hours(garden: Garden, nadia: Client) -> None:
    event = make_event()
    anne, bob = come(event, who("Anne")).registration, come(event, who("Bob")).registration
    nadia.post(
        f"/rencontres/{event.pk}/inscrits/presences/", {f"p{anne.pk}": "oui", f"p{bob.pk}": "non", "p999999": "oui"}
    )
    assert [one.state for one in Registration.objects.order_by("pk")] == ["came", "absent"]
    url = f"/rencontres/mon-inscription/{actions.token(anne)}/attestation.pdf"
    text = text_of(Client().get(url).content).replace("\n", " ")
    assert "Anne Roy a participé" in text and "6 heures" in text
    assert Client().get(url.replace(actions.token(anne), actions.token(bob))).status_code == 404


def test_minutes_are_read_by_every_garden(garden: Garden, nadia: Client, lea: Client) -> None:
    event = make_event(state="held")
    cooking = make_slots(event)[1]
    nadia.post(
        f"/rencontres/{event.pk}/compte-rendu/",
        {"minutes": "Cent personnes.", f"m{cooking.pk}": "On a cuisiné.", "hours": "7"},
    )
    assert "On a cuisiné." in page(lea, f"/rencontres/{event.pk}/")
    assert "On a cuisiné." in text_of(lea.get(f"/rencontres/{event.pk}/compte-rendu.pdf").content)
    long = nadia.post(f"/rencontres/{event.pk}/compte-rendu/", {"minutes": "é" * 1_000_000}).content.decode()
    assert "Raccourcissez-le" in long


def test_the_calendar_is_read_by_another_program_and_says_when_it_is_cancelled(garden: Garden, nadia: Client) -> None:
    event = make_event()
    make_slots(event)
    [entry] = icalendar.Calendar.from_ical(Client().get(f"/rencontres/{event.pk}/rencontre.ics").content).walk("VEVENT")
    assert str(entry["SUMMARY"]) == "Alimentation pour tous" and entry["DTSTART"].dt.hour == 7
    come(event, who())
    assert "1 personne est prévenue" in nadia.post(f"/rencontres/{event.pk}/annuler/", {"reason": "Neige"}, follow=True).content.decode()  # fmt: skip
    [entry] = icalendar.Calendar.from_ical(Client().get(f"/rencontres/{event.pk}/rencontre.ics").content).walk("VEVENT")
    assert str(entry["STATUS"]) == "CANCELLED"
    assert "EventCancelled" in page(Client(), f"/rencontres/{event.pk}/inscription/")


def test_thirty_who_come_ask_no_more_than_three(garden: Garden, nadia: Client, lea: Client) -> None:
    event = make_event(seats=None)
    slots = make_slots(event, None)
    mine = come(event, who("Anne", travel="seeks", travel_from="41018"), garden=garden).registration
    here = f"/rencontres/{event.pk}/"
    urls = [(nadia, "/rencontres/"), (nadia, here), (nadia, f"{here}inscrits/"), (nadia, f"{here}inscrits/liste.pdf"), (lea, here), (Client(), f"{here}inscription/"), (Client(), f"/rencontres/mon-inscription/{actions.token(mine)}/")]  # fmt: skip

    def queries() -> list[int]:
        counts = []
        for client, url in urls:
            with CaptureQueriesContext(connection) as found:
                assert client.get(url).status_code == 200
            counts.append(len(found))
        return counts

    def more(start: int, count: int) -> None:
        for n in range(start, start + count):
            come(
                event,
                who(f"p{n}", travel="offers", travel_from="41018", travel_seats=1, slots=(slots[1].pk,)),
                garden=garden,
            )
            make_event(title=f"Autre {n}", first_day=DAY + timedelta(days=n), last_day=DAY + timedelta(days=n))
            Slot.objects.create(event=event, day=DAY, from_time="14:00", until_time="15:00", title=f"S{n}")

    more(0, 3)
    queries()
    few = queries()
    more(3, 30)
    assert queries() == few


def test_a_referrer_and_nobody_find_no_list(garden: Garden) -> None:
    make_event()
    assert Client().get("/rencontres/").status_code == 302
