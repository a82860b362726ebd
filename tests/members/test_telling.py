"""Telling a household: by the way that reaches it, once, in its language; and not what it does not want."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from cageot.members import telling
from cageot.members.models import Member
from cageot.members.telling import Words, tell_household, tell_person
from cageot.network import outbox
from cageot.network.models import Garden, Message, NotWanted
from cageot.network.rules import bounces, hours
from tests.desk.a_week import text_of
from tests.factories import make_household

AT = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)
WORDS = Words("Votre panier", "Bonjour.", "Votre panier change.")
PARIS = ZoneInfo("Europe/Paris")


def somebody(garden: Garden, **fields: str) -> Member:
    household = make_household(garden, "Benali", address="3 rue Haute", postcode="41000", town="Blois")
    Member.objects.filter(household=household).update(first_name="Amina", **fields)
    return household.members.select_related("household__garden").get()


def tell(member: Member, kind: str = "depot_closed", once: str = "event:1") -> Message | None:
    return tell_household(member.household, kind, WORDS, once=once, at=AT)


@pytest.mark.parametrize(
    ("fields", "channel", "to", "body"),
    [
        ({"email": "a@exemple.fr", "mobile": "+33612345678"}, "mail", "a@exemple.fr", "Bonjour."),
        ({"mobile": "+33612345678"}, "sms", "+33612345678", "Votre panier change."),
        ({"phone": "+33254000000"}, "letter", "Amina Benali\n3 rue Haute\n41000 Blois", "Bonjour."),
        ({}, "letter", "Amina Benali\n3 rue Haute\n41000 Blois", "Bonjour."),
    ],
)
def test_a_household_is_told_by_the_best_way_it_has(
    garden: Garden, fields: dict[str, str], channel: str, to: str, body: str
) -> None:
    message = tell(somebody(garden, **fields))
    assert message and (message.channel, message.to, message.body) == (channel, to, body)


def test_a_way_that_came_back_is_passed_over(garden: Garden) -> None:
    member = somebody(garden, email="A@exemple.fr", mobile="+33612345678")
    outbox.bounce("mail", "a@exemple.fr", why="550", at=AT)
    assert (sms := tell(member)) and sms.channel == "sms"
    outbox.bounce("sms", "+33612345678", why="422", at=AT)
    assert (letter := tell(member, once="event:2")) and letter.channel == "letter"


def test_the_same_event_is_told_once(garden: Garden) -> None:
    member = somebody(garden)
    assert tell(member) == tell(member) and Message.objects.count() == 1


def test_a_household_without_anybody_to_speak_to_is_not_told(garden: Garden) -> None:
    member = somebody(garden)
    Member.objects.update(contact=False)
    assert tell(member) is None


@pytest.mark.django_db
def test_somebody_else_is_told_by_mail_or_by_sms() -> None:
    for to, channel in (("anne@ccas.exemple", "mail"), ("+33612345678", "sms")):
        told = tell_person(to, "referral_referrer", WORDS, about="members.referral:1", garden=None, once=to, at=AT)
        assert told.channel == channel


def test_an_sms_that_is_too_long_is_a_fault_of_who_wrote_it() -> None:
    with pytest.raises(ValueError, match="161"):
        Words("a", "b", "x" * 161)


# --- Not wanted -----------------------------------------------------------------------------------


def way_out(message: Message | None) -> str:
    assert message
    found = re.search(r"http\S+?(/moi/\S+)", message.body)
    assert found
    return found[1]


def test_a_mail_that_one_may_do_without_says_how_to_refuse_it_and_a_button_does(garden: Garden) -> None:
    member, client = somebody(garden, email="a@exemple.fr"), Client()
    address = way_out(tell(member, "depot_reminder"))
    for _ in range(2):
        assert "Vous recevez ces messages." in text_of(client.get(address))
    assert not NotWanted.objects.exists(), "a mail scanner opens addresses"
    client.post(address, {"no": "1"})
    assert tell(member, "depot_reminder", once="event:2") is None
    assert Message.objects.get().state == "dropped", "what waited does not leave"
    assert tell(member, "depot_closed", once="event:3"), "what is necessary comes all the same"
    client.post(address, {"yes": "1"})
    assert tell(member, "depot_reminder", once="event:4")


def test_what_is_necessary_has_no_way_out(garden: Garden) -> None:
    message = tell(somebody(garden, email="a@exemple.fr"))
    assert message and "http" not in message.body


@pytest.mark.parametrize("change", [lambda one: one[:-3] + "x/", lambda one: one.replace("non/", "non/W"), lambda _one: "/moi/messages/non/a-token/"])  # fmt: skip
def test_an_address_that_nobody_signed_refuses_nothing(garden: Garden, change: object) -> None:
    address = way_out(tell(somebody(garden, email="a@exemple.fr"), "depot_reminder"))
    forged = change(address)  # type: ignore[operator]
    assert Client().post(forged, {"no": "1"}).status_code == 404
    assert not NotWanted.objects.exists()


def test_what_is_refused_is_shown_to_choose_again(garden: Garden) -> None:
    member = somebody(garden)
    telling.choose(member, "depot_reminder", False, by=None, at=AT)
    chosen = {kind: wanted for kind, _label, wanted in telling.choices(member)}
    assert chosen == {"depot_reminder": False, "session_reminder": True}
    with pytest.raises(outbox.IsNecessary):
        telling.choose(member, "member_code", False, by=None, at=AT)


# --- Hours: the tables of docs/rules/telling.md ----------------------------------------------------

DAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
PAGE = (Path(__file__).parents[2] / "docs" / "rules" / "telling.md").read_text()


def moment(text: str) -> datetime:
    """ "samedi 21:00" of the week of 20 March 2017; "+" the week after."""
    day, clock = text.replace("+", "").split()
    hour, minute = map(int, clock.split(":"))
    week = 7 if "+" in text else 0
    return datetime(2017, 3, 20, hour, minute, tzinfo=PARIS) + timedelta(days=DAYS.index(day) + week)


def rows() -> Iterator[tuple[str, str, str, str]]:
    for line in PAGE.split("| channel |")[1].splitlines()[2:]:
        if not line.startswith("|"):
            return
        channel, written, how, leaves = (cell.strip() for cell in line.strip("|").split("|"))
        yield channel, written, how, leaves


@pytest.mark.parametrize(("channel", "written", "how", "leaves"), list(rows()))
def test_when_a_message_leaves(channel: str, written: str, how: str, leaves: str) -> None:
    found = hours.leaves(channel, moment(written), at_once=how == "at once", gathered=how == "digest")
    assert found == moment(leaves)


@given(st.datetimes(datetime(2017, 1, 1), datetime(2018, 12, 31)), st.booleans())
def test_no_sms_leaves_in_quiet_hours_and_none_waits_more_than_two_days(at: datetime, gathered: bool) -> None:
    local = at.replace(tzinfo=PARIS)
    leaves = hours.leaves("sms", local, gathered=gathered)
    assert not hours.is_quiet(leaves) and local <= leaves <= local + timedelta(days=2, hours=13)


@given(st.datetimes(datetime(2017, 1, 1), datetime(2018, 12, 31)))
def test_a_mail_of_a_digest_leaves_within_a_day(at: datetime) -> None:
    local = at.replace(tzinfo=PARIS)
    leaves = hours.leaves("mail", local, gathered=True)
    assert leaves.hour == 17 and timedelta(0) <= leaves - local < timedelta(days=1, hours=1)


# --- What comes back ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "why"),
    [
        ("Final-Recipient: rfc822; A@b.fr\nDiagnostic-Code: smtp; 550 no such\n  user", "a@b.fr", "550 no such user"),
        ("X-Failed-Recipients: a@b.fr\nTo: jardin@c.fr", "a@b.fr", ""),
        ("<jardin@c.fr> wrote to\nFinal-Recipient: rfc822;a@b.fr", "a@b.fr", ""),
        ("a@b.fr", "a@b.fr", ""),
        ("Votre message à a@b.fr. n'a pas été remis\n550 5.1.1 inconnu", "a@b.fr", "550 5.1.1 inconnu"),
    ],
)
def test_a_returned_mail_is_read(text: str, first: str, why: str) -> None:
    found = bounces.read(text)
    assert (found.addresses[0], found.why) == (first, why)


@given(st.text(max_size=400))
def test_whatever_is_pasted_is_read_without_a_fault(text: str) -> None:
    assert all("@" in one for one in bounces.read(text).addresses)
