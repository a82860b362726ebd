"""A garden's workshops for anybody: what comes, I come from outside, I do not come after all, the calendar, a ticket's opinion."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject
from django.test import Client
from django.urls import reverse

from cageot.core import clock
from cageot.members.models import CalendarFeed
from cageot.network.models import Garden, Message
from cageot.network.secrets import secret
from cageot.workshops.actions import changing, enrolling, opinions
from cageot.workshops.actions.changing import Change, Scope
from cageot.workshops.models import Enrolment, EnrolmentDetails, Opinion, Session
from tests import factories as make
from tests.desk.a_week import text_of
from tests.workshops.a_workshop import AT, DAY, make_place, make_session, make_workshop

TYPED = {"first_name": "Ana", "reach": "ana@exemple.fr", "adults": "1", "children": "1"}


@pytest.fixture
def session(garden: Garden, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Session:
    settings.TODAY = AT.date()
    monkeypatch.setattr(clock, "now", lambda: AT)
    return make_session(garden, workshop=make_workshop(garden, summary="On goûte.", bring="Un tablier"), seats=4)


def address(session: Session, more: str = "") -> str:
    return f"/ateliers/{session.garden.code}/{session.pk}/{more}"


def come(session: Session, client: Client | None = None, **typed: str) -> Any:
    return (client or Client()).post(address(session), TYPED | {"code": secret()[0]} | typed)


def mine(session: Session, code: str) -> str:
    return f"/ateliers/{session.garden.code}/place/{code}/"


def test_anybody_reads_what_comes_and_machines_do_too(session: Session) -> None:
    assert "Cuisiner les poireaux" in text_of(Client().get(f"/ateliers/{session.garden.code}/"))
    page = Client().get(address(session)).content.decode()
    assert 'itemtype="https://schema.org/Event"' in page and "https://schema.org/EventScheduled" in page
    assert re.search(r'itemprop="startDate" content="2017-04-11T14:00:00\+02:00"', page)
    assert "<script" not in re.sub(r"<script[^>]*src=[^>]*></script>", "", page)


def test_somebody_from_outside_comes_once_and_says_later_that_she_does_not(session: Session) -> None:
    client, code = Client(), secret()[0]
    for _click in range(2):
        answer = come(session, client, code=code)
        assert "Un message part à l’adresse" in text_of(client.get(answer.headers["Location"]))
    found = Enrolment.objects.get()
    assert (found.source, found.adults + found.children) == ("public", 2)
    [told] = Message.objects.filter(kind="session_enrolled")
    place = mine(session, code)
    assert told.to == "ana@exemple.fr" and place in told.body
    page = text_of(client.get(place))
    assert "vous venez" in page and "2017" not in page
    assert Enrolment.objects.get().state == "enrolled"  # opening it changes nothing
    assert "Vous avez dit" in text_of(client.post(place, follow=True))
    session.refresh_from_db()
    assert (Enrolment.objects.get().state, session.seats_taken) == ("cancelled", 0)


def test_who_comes_when_it_is_full_waits_and_reads_the_rank(session: Session) -> None:
    come(session, adults="4", children="0")
    code = secret()[0]
    come(session, reach="06 12 34 56 78", code=code)
    assert "vous attendez, numéro 1" in text_of(Client().get(mine(session, code)))
    sms = Message.objects.get(channel="sms")
    assert len(sms.body) <= 160 and "http" in sms.body


def test_a_known_address_has_one_place_and_the_page_does_not_say_that_it_is_known(session: Session) -> None:
    first = come(session, adults="2", children="0", code=(code := secret()[0]))
    new = come(session, reach="zoe@exemple.fr", adults="1", children="0")
    known = come(session, reach="ANA@exemple.fr", adults="1", children="0")
    pages = [Client().get(one.headers["Location"]).content for one in (first, new, known)]
    assert {one.headers["Location"] for one in (first, new, known)} == {first.headers["Location"]}
    assert len({re.sub(rb'value="[^"]*"', b"", one) for one in pages}) == 1
    assert sorted(Enrolment.objects.values_list("adults", flat=True)) == [1, 2]
    [told] = Message.objects.filter(to="ana@exemple.fr", subject__startswith="Déjà")
    assert "2 adultes" in told.body and "le lien de notre premier message" in told.body
    assert "vous venez" in text_of(Client().get(mine(session, code)))  # the first message's link still leads there
    come(session, reach="ana@exemple.fr", adults="3", children="0")
    assert Message.objects.filter(to="ana@exemple.fr").count() == 2  # once a day, whoever asks


def test_nobody_finds_out_who_comes_by_counting_the_places(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(seats=10)

    def seen() -> list[str]:
        pages = [Client().get(path).content.decode() for path in (address(session), f"/ateliers/{session.garden.code}/")]  # fmt: skip
        return [re.sub(r'value="[^"]*"', "", one) for one in pages]

    before = seen()
    for reach in ("ana@exemple.fr", "ana@exemple.fr", "zoe@exemple.fr"):
        come(session, reach=reach, adults="2", children="0")
        assert seen() == before, reach
    assert all("places libres" in one for one in before)
    come(session, reach="tom@exemple.fr", adults="3", children="0")
    assert all("dernières places" in one and "3 places" not in one for one in seen())


def test_the_answer_by_sms_says_how_to_change_within_160_signs(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(seats=None)
    session.workshop.title = "Conserver ses légumes tout l’hiver, en bocaux ou séchés"
    session.workshop.save()
    for adults in ("2", "3"):
        come(session, reach="06 12 34 56 78", adults=adults)
    bodies = [one.body for one in Message.objects.filter(channel="sms").order_by("pk")]
    assert len(bodies) == 2 and all(len(body) <= 160 for body in bodies)
    assert "2 adultes, 1 enfant" in bodies[1] and "Pour changer" in bodies[1]
    assert Enrolment.objects.count() == 1


@pytest.mark.parametrize("contact", [{"phone": "", "email": ""}, {"phone": "+33254000000"}, {"phone": "", "email": "jardin@exemple.fr"}])  # fmt: skip
@pytest.mark.parametrize("source", ["public", "staff"])
def test_who_asks_again_reads_of_a_link_that_was_sent_and_of_a_number_that_is_there(
    session: Session, source: str, contact: dict[str, str]
) -> None:
    Garden.objects.filter(pk=session.garden_id).update(**contact)
    for number in ("ana@exemple.fr", "06 12 34 56 78"):
        if source == "public":
            come(session, reach=number)
        else:
            way = {"email": number} if "@" in number else {"phone": "+33612345678"}
            enrolling.enrol(session, outsider=enrolling.Outsider("Ana", **way), source="staff", by=None, at=AT)
        come(session, reach=number)
    told = list(Message.objects.filter(kind="session_enrolled").order_by("pk"))
    assert len(told) == (4 if source == "public" else 2)
    mail, sms = (one.body.replace("\u00a0", " ") for one in (told[1::2] if source == "public" else told))
    for text in (mail, sms):
        assert ("le lien de notre premier message" in text) == (source == "public")
        assert ("Dites-le au jardin" in text) == (source == "staff")
        assert ("02 54 00 00 00" in text, "jardin@exemple.fr" in text) == ("+33254000000" in contact.values(), "jardin@exemple.fr" in contact.values())  # fmt: skip
        assert f": {session.garden.name}" not in text and f"jardin, {session.garden.name}" not in text
    assert len(sms) <= 160 and mail.count(session.garden.name) == 1


def test_what_may_not_be_is_refused_to_a_known_address_too(session: Session) -> None:
    come(session)
    for reach in ("ana@exemple.fr", "zoe@exemple.fr"):
        assert "Un enfant vient avec un adulte" in text_of(come(session, reach=reach, adults="0", children="2"))
        assert "Il y a 4 places en tout" in text_of(come(session, reach=reach, adults="3", children="3"))


def test_who_left_from_outside_comes_again_at_the_end_of_the_line(session: Session) -> None:
    code = secret()[0]
    come(session, code=code)
    Client().post(mine(session, code))
    come(session, code=(again := secret()[0]))
    assert "vous venez" in text_of(Client().get(mine(session, again)))
    assert sorted(Enrolment.objects.values_list("state", flat=True)) == ["cancelled", "enrolled"]


def test_somebody_from_outside_says_that_they_are_more_or_fewer(session: Session) -> None:
    code = secret()[0]
    come(session, code=code)
    changed = Client().post(
        mine(session, code), {"changer": "1", "adults": "2", "children": "1", "needs": "poussette"}, follow=True
    )
    assert "2 adultes, 1 enfant" in text_of(changed)
    refused = Client().post(mine(session, code), {"changer": "1", "adults": "4", "children": "1"})
    assert "Il y a 4 places en tout" in text_of(refused) and 'value="4"' in refused.content.decode()
    session.refresh_from_db()
    assert session.seats_taken == 3 and EnrolmentDetails.objects.get().first_name == "Ana"
    Client().post(mine(session, code))
    again = Client().post(mine(session, code), {"changer": "1", "adults": "1", "children": "0"})
    assert "Vous avez dit que vous ne venez pas" in text_of(again)


def test_while_somebody_waits_the_places_left_are_not_offered(session: Session) -> None:
    enrolling.enrol(
        session, household=make.make_household(session.garden, "Un"), adults=2, source="staff", by=None, at=AT
    )
    enrolling.enrol(
        session, household=make.make_household(session.garden, "Trois"), adults=3, source="staff", by=None, at=AT
    )
    page = text_of(Client().get(address(session)))
    assert "liste d’attente" in page and "Attendre une place" in page
    assert "2 places" not in page and "C’est complet" not in page and "Je viens" not in page
    assert "liste d’attente" in text_of(Client().get(f"/ateliers/{session.garden.code}/"))
    come(session, adults="1", children="0")
    told = Message.objects.get(to="ana@exemple.fr")
    assert "D’autres personnes attendent déjà" in told.body and "numéro 2" in told.body


def test_a_family_bigger_than_the_places_left_reads_how_many_are_left(session: Session) -> None:
    come(session, adults="3", children="0")
    come(session, reach="zoe@exemple.fr", adults="2", children="0")
    told = Message.objects.get(to="zoe@exemple.fr").body.replace("\u00a0", " ")
    assert "Il reste 1 place pour 2 personnes." in told and "complet" not in told


def test_people_read_who_leads_it_and_with_whom(session: Session, garden: Garden) -> None:
    session.workshop.facilitators = "Une diététicienne"
    session.workshop.save()
    session.workshop.partners.add(make.make_partner("MSA Berry-Touraine"))
    page = text_of(Client().get(address(session)))
    assert "Qui anime Une diététicienne" in page and "Avec MSA Berry-Touraine" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"adults": "0", "children": "2"}, "Un enfant vient avec un adulte"), ({"reach": "personne"}, "Ce numéro est mal écrit"),
        ({"first_name": ""}, "obligatoire"), ({"adults": "3", "children": "3"}, "Il y a 4 places en tout"),
        ({"first_name": "A" * 5_000_000}, "80"),
    ],
)  # fmt: skip
def test_what_may_not_be_is_told_and_nothing_is_written(session: Session, typed: dict[str, str], words: str) -> None:
    answer = come(session, **typed)
    assert answer.status_code in (200, 400, 413)
    if answer.status_code == 200:
        assert words in text_of(answer)
    assert not Enrolment.objects.exists() and not Message.objects.exists()


def test_too_many_from_one_address_are_calmly_refused(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(seats=None)
    answers = [come(session) for _n in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [200]
    assert "Appelez le jardin" in text_of(answers[-1])


def test_one_page_that_enrols_and_leaves_again_does_not_write_to_the_whole_town(session: Session) -> None:
    client, code = Client(), secret()[0]
    for n in range(30):
        come(session, client, reach=f"voisin{n}@exemple.fr", code=code)
        client.post(mine(session, code))
    assert Message.objects.filter(kind="session_enrolled").count() == 20
    assert "Appelez le jardin" in text_of(come(session, client, reach="voisin31@exemple.fr", code=code))


def test_enrolling_closes_when_the_session_begins_and_who_comes_may_still_say_no(
    session: Session, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    Session.objects.filter(pk=session.pk).update(ends_at=session.ends_at + timedelta(days=2))
    come(session, code=(code := secret()[0]))
    second_day = session.starts_at + timedelta(days=1)
    settings.TODAY = second_day.date()
    monkeypatch.setattr(clock, "now", lambda: second_day)
    for path in (address(session), f"/ateliers/{session.garden.code}/"):
        page = text_of(Client().get(path))
        assert "commencé" in page and "Je viens" not in page and "places" not in page
    late = come(session, reach="zoe@exemple.fr")
    assert "annulé ou passé" in text_of(late) and Enrolment.objects.count() == 1
    page = text_of(Client().get(mine(session, code)))
    assert "Je ne viens pas" in page and "Changer le nombre" not in page
    more = Client().post(mine(session, code), {"changer": "1", "adults": "2", "children": "1"})
    assert "annulé ou passé" in text_of(more) and Enrolment.objects.get().adults == 1
    Client().post(mine(session, code))
    assert Enrolment.objects.get().state == "cancelled"


def test_what_is_for_members_only_or_of_another_garden_is_not_there(session: Session, garden: Garden) -> None:
    hidden = make_session(garden, workshop=make_workshop(garden, "Entre nous", public=False))
    other = make.make_garden("autre", "Autre jardin")
    assert Client().get(address(hidden)).status_code == 404
    assert Client().post(address(hidden), TYPED).status_code == 404
    assert "Entre nous" not in text_of(Client().get(f"/ateliers/{garden.code}/"))
    assert b"Entre nous" not in Client().get(f"/ateliers/{garden.code}/agenda.ics").content
    assert Client().get(f"/ateliers/{other.code}/{session.pk}/").status_code == 404
    assert Client().get(f"/ateliers/{garden.code}/place/ABCD-EFGH-JKMN-PQRS/").status_code == 404


def test_no_page_for_anybody_tells_who_comes(session: Session) -> None:
    household = make.make_household(session.garden, "Benali")
    enrolling.enrol(session, household=household, needs="fauteuil rouge", source="staff", by=None, at=AT)
    come(session)
    for path in (f"/ateliers/{session.garden.code}/", f"/ateliers/{session.garden.code}/agenda.ics", address(session)):
        text = Client().get(path).content.decode()
        assert not [word for word in ("Benali", "Ana", "ana@", "fauteuil rouge") if word in text]


def test_a_calendar_follows_a_session_that_moves_and_is_cancelled(session: Session, garden: Garden) -> None:
    def read() -> Any:
        [event] = list(
            vobject.readOne(Client().get(f"/ateliers/{garden.code}/agenda.ics").content.decode()).vevent_list
        )
        return event

    first = read()
    assert (first.summary.value, first.sequence.value, first.status.value) == (
        "Cuisiner les poireaux",
        "0",
        "CONFIRMED",
    )
    starts, ends = datetime(2017, 1, 1, 15).time(), datetime(2017, 1, 1, 17).time()
    changing.move(session, Change(DAY, starts, ends, make_place(garden), 4), Scope.ONE, by=None, at=AT)
    moved = read()
    assert (moved.uid.value, moved.sequence.value) == (first.uid.value, "1")
    assert moved.dtstart.value == datetime(2017, 4, 11, 13, tzinfo=UTC)
    changing.cancel(session, Scope.ONE, reason="La salle est fermée", by=None, at=AT)
    gone = read()
    assert (gone.sequence.value, gone.status.value) == ("2", "CANCELLED")
    assert "La salle est fermée" in gone.description.value


def test_a_year_of_sessions_is_a_valid_calendar_made_in_no_time(
    session: Session, garden: Garden, recwarn: Any, django_assert_max_num_queries: Any
) -> None:
    for week in range(1, 52):
        make_session(garden, DAY + timedelta(weeks=week - 2))
    Client().get(f"/ateliers/{garden.code}/agenda.ics")  # imports are paid once
    recwarn.clear()
    with django_assert_max_num_queries(3):
        begun = time.perf_counter()
        data = Client().get(f"/ateliers/{garden.code}/agenda.ics").content
        took = time.perf_counter() - begun
    assert len(vobject.readOne(data.decode()).vevent_list) == 52
    assert not [one for one in recwarn if "vobject" in str(one.filename) or "icalendar" in str(one.filename)]
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert b"X-PUBLISHED-TTL:PT12H\r\n" in data
    assert took < 0.5  # 100 ms on a quiet machine: bench/life_public.py


def test_a_member_s_own_calendar_shows_the_sessions_she_comes_to(session: Session, garden: Garden) -> None:
    household = make.make_household(garden, "Benali")
    member = household.members.get()
    code, printed = secret()
    CalendarFeed.objects.create(member=member, digest=printed, made_at=AT)
    feed = reverse("space:feed", args=[code])
    assert b"poireaux" not in Client().get(feed).content
    enrolling.enrol(session, household=household, source="space", by=None, at=AT)
    mine = Client().get(feed).content
    assert b"poireaux" in mine and b"X-PUBLISHED-TTL:PT12H\r\n" in mine and b"//paniers//" in mine


def test_a_ticket_says_one_opinion_and_no_more(
    session: Session, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    one, two = opinions.tickets(session, 2)
    page = Client().post(address(session, "avis/"), {"code": one, "face": "3"})
    assert "pas encore" in text_of(page) and not Opinion.objects.exists()
    monkeypatch.setattr(clock, "now", lambda: datetime(2017, 4, 11, 15, tzinfo=UTC))
    settings.TODAY = date(2017, 4, 11)
    assert one in Client().get(address(session, f"avis/{one}/")).content.decode()
    assert "Merci" in text_of(
        Client().post(address(session, "avis/"), {"code": one.lower(), "face": "3", "sentence": "Bon."})
    )
    assert "déjà servi" in text_of(Client().post(address(session, "avis/"), {"code": one, "face": "1"}))
    assert "pas de cet atelier" in text_of(Client().post(address(session, "avis/"), {"code": "AAAA-AAAA", "face": "1"}))
    Client().post(address(session, "avis/"), {"code": two, "face": "1"})
    assert sorted(Opinion.objects.values_list("face", flat=True)) == [1, 3]


def test_what_somebody_from_outside_left_is_kept_apart(session: Session) -> None:
    come(session)
    assert EnrolmentDetails.objects.get().first_name == "Ana"


def test_that_it_is_noted_is_the_first_thing_read(client: Client, session: Session) -> None:
    page = text_of(client.get(f"/ateliers/{session.garden.code}/{session.pk}/?note=1"))
    assert "Je viens" not in page
    assert page.index("C’est noté") < page.index("Quand")
