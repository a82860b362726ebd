"""What a member owes, their details, their messages, their calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

import pytest
import vobject
from django.test import Client

from cageot.baskets import actions as baskets
from cageot.baskets.models import Basket, Depot, Ways, WeekClose
from cageot.core import clock
from cageot.members import actions as members
from cageot.members.models import CalendarFeed, Household, Member, Membership
from cageot.members.telling import Words, tell_household
from cageot.network.models import LogEvent
from tests.desk.a_week import AT, text_of
from tests.factories import make_partner
from tests.reading import plain
from tests.space.a_member import LAST_WEEK, MONDAY, NOW, Here, came_in

# --- What is owed ------------------------------------------------------------------------------------


def owed(here: Here, number: int = 100) -> str:
    return text_of(here.client(number).get("/moi/participation/"))


def test_each_owes_their_own_part_of_closed_weeks(here: Here) -> None:
    here.close(LAST_WEEK)
    assert "Mars 2017 · 1 panier 3,60 €" in owed(here, 100)
    assert "Mars 2017 · 1 panier 12,00 €" in owed(here, 101)


def test_nothing_is_owed_of_a_week_that_is_open(here: Here) -> None:
    assert "Rien pour le moment." in owed(here)


def test_a_close_that_was_taken_back_is_owed_once(here: Here) -> None:
    here.close(LAST_WEEK)
    baskets.reopen_week(WeekClose.objects.get(), reason="Erreur de pointage", today=MONDAY, by=None, at=NOW)
    assert "Rien pour le moment." in owed(here)
    here.close(LAST_WEEK)
    assert "Mars 2017 · 1 panier 3,60 €" in owed(here)


def test_a_basket_given_away_is_still_owed_by_who_gave_it(here: Here) -> None:
    Basket.objects.filter(pk=here.basket(100, LAST_WEEK).pk).update(given_to=here.household(101))
    here.close(LAST_WEEK)
    assert "Mars 2017 · 1 panier 3,60 €" in owed(here, 100)
    assert "Mars 2017 · 1 panier 12,00 €" in owed(here, 101)


def test_bringing_it_home_is_owed_with_the_basket(here: Here) -> None:
    Basket.objects.filter(pk=here.basket(100, LAST_WEEK).pk).update(fee_cents=200)
    here.close(LAST_WEEK)
    assert "5,60 €" in owed(here)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"fee_cents": 1000, "paid_on": None}, "Adhésion 10,00 €"),
        ({"fee_cents": 1000, "paid_on": date(2017, 1, 3)}, "Adhésion reçue le mardi 3 janvier 2017 à jour"),
        ({"fee_cents": 0, "paid_on": None}, "Adhésion à jour"),
    ],
)
def test_the_membership_is_due_or_received(here: Here, fields: dict[str, Any], said: str) -> None:
    members.join(here.household(), kind="ordinary", from_day=date(2017, 1, 1), until_day=None, by=None, at=AT, **fields)
    assert said in owed(here)


def test_who_pays_a_membership_for_somebody_is_told_nowhere(here: Here) -> None:
    members.join(
        here.household(), kind="solidarity", fee_cents=1000, from_day=date(2017, 1, 1), until_day=None, paid_on=None,
        by=None, at=AT,
    )  # fmt: skip
    Membership.objects.update(paid_by=make_partner("Secours du Val"))
    text = owed(here)
    assert "Adhésion à jour" in text
    assert "10,00" not in text
    assert "Secours" not in text


# --- Details -----------------------------------------------------------------------------------------

DETAILS = "/moi/compte/coordonnees/"
ANSWERS = {
    "mobile": "06 39 98 00 01", "phone": "", "email": "amina@exemple.fr", "reach_through": "", "language": "ar",
    "address": "3, rue Haute", "postcode": "41000", "commune": "41018",
}  # fmt: skip


def test_a_member_sets_their_details_right_and_it_is_logged(here: Here) -> None:
    text = text_of(here.client(language="fr").post(DETAILS, ANSWERS, follow=True))
    assert "C’est enregistré." in text
    member, household = here.member(), here.household()
    assert (member.mobile, member.email) == ("+33639980001", "amina@exemple.fr")
    assert (household.language, household.town, household.commune_code) == ("ar", "Blois", "41018")
    logged = LogEvent.objects.get(verb="members.amended")
    assert "email" in logged.detail["fields"]
    assert "amina" not in str(logged.detail)


def test_details_of_one_do_not_touch_another(here: Here) -> None:
    here.client().post(DETAILS, ANSWERS)
    assert here.member(101).email == ""
    assert here.household(101).address == ""


def test_somebody_who_is_not_the_contact_changes_their_own(here: Here) -> None:
    son = members.add_person(here.household(), {"first_name": "Ali", "last_name": "Benali"}, by=None, at=AT)
    came_in(son).post(DETAILS, ANSWERS)
    assert Member.objects.get(pk=son.pk).email == "amina@exemple.fr"
    assert here.member().email == ""
    assert here.household().address == "3, rue Haute"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"mobile": "12"}, "Ce numéro est mal écrit. Il a dix chiffres."),
        ({"email": "amina@"}, "Cette adresse mail n’est pas complète."),
        ({"postcode": "99999"}, "Ce code postal n’existe pas."),
        ({"postcode": "37000", "commune": "41018"}, None),  # one commune only: it is the one
        ({"postcode": "41150", "commune": ""}, "Choisissez votre commune dans la liste."),
    ],
)
def test_odd_details_are_told_and_nothing_is_lost(here: Here, answers: dict[str, str], said: str | None) -> None:
    text = text_of(answer := here.client(language="fr").post(DETAILS, ANSWERS | answers, follow=True))
    if said is None:
        assert here.household().town == "Tours"
        return
    assert said in text
    assert "3, rue Haute" in answer.content.decode()
    assert here.member().email == ""


def test_the_name_on_the_lists_is_asked_where_the_garden_shows_it(here: Here) -> None:
    assert "Votre nom sur les listes" not in text_of(here.client().get(DETAILS))
    Ways.objects.create(garden=here.place.garden, names=Ways.Names.NICKNAME)
    assert "Votre nom sur les listes" in text_of(here.client().get(DETAILS))
    here.client().post(DETAILS, ANSWERS | {"nickname": "Les Hirondelles"})
    assert here.household().nickname == "Les Hirondelles"


@pytest.mark.parametrize("name", ["أمينة بن علي", "B", "Z" * 200, "<b>Amina</b>"])
def test_any_name_is_shown_as_it_is(here: Here, name: str) -> None:
    Member.objects.filter(pk=here.member().pk).update(first_name=name[:80], last_name="")
    answer = here.client().get("/moi/")
    assert name[:80] in text_of(answer).replace("&lt;", "<") or name.startswith("<")
    assert b"<b>Amina" not in answer.content


# --- Language ----------------------------------------------------------------------------------------


def test_a_member_reads_their_own_language_until_they_choose(here: Here) -> None:
    Household.objects.filter(pk=here.household().pk).update(language="ar")
    answer = here.client().get("/moi/")
    assert 'lang="ar" dir="rtl"' in answer.content.decode()
    assert "سلتكم القادمة" in text_of(answer)
    assert 'lang="uk"' in here.client(language="uk").get("/moi/").content.decode()


def test_who_acts_reads_their_own_language(here: Here) -> None:
    from tests.factories import make_person

    Household.objects.filter(pk=here.household().pk).update(language="ar")
    answer = came_in(here.member(), acting=make_person("coordinator", here.place.garden)).get("/moi/")
    assert 'lang="fr"' in answer.content.decode()


def test_who_acts_is_not_asked_where_codes_go_and_cannot_change_it(here: Here) -> None:
    """They would keep a way in of their own after the member took theirs back."""
    from tests.factories import make_person

    before = here.member()
    client = came_in(before, acting=make_person("coordinator", here.place.garden))
    assert 'name="email"' not in client.get("/moi/compte/coordonnees/").content.decode()
    client.post("/moi/compte/coordonnees/", {"email": "autre@example.org", "mobile": "0639980000", "language": "fr"})
    after = here.member()
    assert (after.email, after.mobile) == (before.email, before.mobile)


def test_hours_are_two_times_in_other_languages(here: Here) -> None:
    assert "16:00 – 19:00" in text_of(here.client(language="uk").get("/moi/"))


# --- Messages ----------------------------------------------------------------------------------------


def test_messages_are_the_member_s_own_without_codes(here: Here) -> None:
    words = Words("Votre panier", "Le dépôt est fermé jeudi.", "Le dépôt est fermé jeudi.")
    tell_household(here.household(), "depot_closed", words, once="a", at=NOW)
    secret = Words("Votre code", "Votre code : 123 456", "Votre code : 123 456")
    tell_household(here.household(), "member_code", secret, once="b", at=NOW)
    text = text_of(here.client().get("/moi/messages/"))
    assert "Le dépôt est fermé jeudi." in text
    assert "123 456" not in text
    assert "Pas de message" in text_of(here.client(101).get("/moi/messages/"))


# --- Calendar ----------------------------------------------------------------------------------------

CALENDAR = "/moi/compte/agenda/"


def opened(here: Here, number: int = 100) -> str:
    """The path of a new secret address, as the page shows it."""
    answer = here.client(number).post(CALENDAR)
    found: str = answer.context["address"]
    assert found in answer.content.decode()
    return urlsplit(found).path


def events(path: str) -> list[Any]:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return list(vobject.readOne(answer.content.decode()).contents.get("vevent", []))


def test_a_calendar_reads_days_hours_and_places(here: Here) -> None:
    first, *later = events(opened(here))
    assert first.dtstart.value == datetime(2017, 3, 23, 15, 0, tzinfo=UTC)
    assert first.dtend.value == datetime(2017, 3, 23, 18, 0, tzinfo=UTC)
    assert later[0].dtstart.value == datetime(2017, 3, 30, 14, 0, tzinfo=UTC), "the hour changed on 26 March"
    assert plain(first.summary.value) == "Panier : Gare"
    assert first.location.value == "Gare, 12, rue des Écoles, Blois"
    assert len({one.uid.value for one in [first, *later]}) == 1 + len(later) == 7


def test_hours_that_are_not_certain_make_a_whole_day(here: Here) -> None:
    Depot.objects.filter(name="Gare").update(hours="l’après-midi, sonner ; " + "très long " * 3)
    first = events(opened(here))[0]
    assert first.dtstart.value == date(2017, 3, 23)
    assert "très long" in first.description.value


def test_what_is_not_collected_leaves_the_calendar(here: Here) -> None:
    path = opened(here)
    before = [one.uid.value for one in events(path)]
    Basket.objects.filter(pk=here.basket().pk).update(state="cancelled")
    assert [one.uid.value for one in events(path)] == before[1:]


def test_a_calendar_names_nobody_and_no_price(here: Here) -> None:
    here.close(LAST_WEEK)
    answer = Client().get(opened(here)).content.decode()
    assert not any(word in answer for word in ("Amina", "Benali", "€", "3,60", "CCAS"))


def test_the_address_is_kept_only_as_a_print_and_ends_when_it_is_taken_back(here: Here) -> None:
    path = opened(here)
    code = path.rsplit("/", 1)[1].removesuffix(".ics")
    assert code not in CalendarFeed.objects.get().digest
    assert code not in here.client().get(CALENDAR).content.decode()
    newer = opened(here)
    assert Client().get(path).status_code == 404
    assert Client().get(newer).status_code == 200
    here.client().post("/moi/compte/agenda/fermer/")
    assert Client().get(newer).status_code == 404


def test_a_guessed_address_opens_nothing(here: Here) -> None:
    opened(here)
    for code in ("ABCD-EFGH-JKMN-PQRS", "x", "%00", "'; --"):
        assert Client().get(f"/moi/agenda/{code}.ics").status_code == 404


def test_a_calendar_is_quick(here: Here) -> None:
    path = opened(here)
    Client().get(path)
    start = perf_counter()
    Client().get(path)
    assert perf_counter() - start < 0.1


def test_a_calendar_speaks_the_household_s_language(here: Here) -> None:
    Household.objects.filter(pk=here.household().pk).update(language="uk")
    assert events(opened(here))[0].summary.value == "Кошик: Gare"


def test_the_clock_is_not_read_twice(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that reads the calendar again on the same day sees the same events."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    path = opened(here)
    assert Client().get(path).content == Client().get(path).content
