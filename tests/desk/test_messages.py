"""The outbox at the desk: what waits, what left, what did not; letters; what came back; cards; who acts for whom."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from cageot.core import clock
from cageot.members import actions as members
from cageot.members import ways_in
from cageot.members.models import Acting, Member, MemberCard
from cageot.members.telling import Words, label, tell_household
from cageot.network import outbox
from cageot.network.models import Garden, Message, Unreachable
from tests.desk.a_week import text_of
from tests.factories import make_garden, make_household, make_person, signed_in
from tests.reading import plain

pytestmark = pytest.mark.django_db
AT = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)
TODAY = date(2017, 3, 20)


@pytest.fixture(autouse=True)
def monday(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.TODAY = TODAY
    monkeypatch.setattr(clock, "now", lambda: AT)


def somebody(garden: Garden, first_name: str = "Amina", **fields: str) -> Member:
    household = make_household(garden, "Benali", address="3 rue Haute", postcode="41000", town="Blois")
    Member.objects.filter(household=household).update(first_name=first_name, **fields)
    return household.members.select_related("household__garden").get()


def told(member: Member, body: str = "Votre dépôt ferme jeudi.", once: str = "", **fields: Any) -> Message:
    words = Words("Votre panier", body, "Votre dépôt ferme jeudi.")
    message = tell_household(member.household, "depot_closed", words, once=once or f"t:{member.pk}", at=AT, **fields)
    assert message
    return message


def url(garden: Garden, name: str, *args: object) -> str:
    return reverse(f"desk:{name}", args=[garden.code, *args])


# --- The outbox -----------------------------------------------------------------------------------


def test_what_waits_is_read_then_what_left(garden: Garden, as_coordinator: Client) -> None:
    told(somebody(garden, email="amina@exemple.fr"))
    page = text_of(as_coordinator.get(url(garden, "messages")))
    assert "Amina Benali" in page and "En attente 1" in page and "Partis 0" in page
    outbox.send(now=lambda: AT)
    assert "Amina Benali" not in text_of(as_coordinator.get(url(garden, "messages")))
    assert "Amina Benali" in text_of(as_coordinator.get(url(garden, "messages") + "?voir=partis"))


def test_a_message_is_read_as_it_was_written(garden: Garden, as_coordinator: Client) -> None:
    message = told(somebody(garden, email="amina@exemple.fr"))
    page = text_of(as_coordinator.get(url(garden, "message", message.pk)))
    assert "Votre dépôt ferme jeudi." in page and "amina@exemple.fr" in page


def test_a_code_that_waits_is_shown_to_nobody_but_in_the_demonstration(
    garden: Garden, as_coordinator: Client, settings: Any
) -> None:
    somebody(garden, email="amina@exemple.fr")
    number = ways_in.ask_code(ways_in.Way("mail", "amina@exemple.fr"), at=AT)
    code = plain(Message.objects.get(pk=number).body).split("Votre code : ")[1][:7]
    address = url(garden, "message", number)
    assert code not in text_of(as_coordinator.get(address))
    settings.DEMO = True
    assert code in text_of(as_coordinator.get(address))


def test_what_waits_is_dropped_and_sent_again(garden: Garden, as_coordinator: Client) -> None:
    message = told(somebody(garden, email="amina@exemple.fr"))
    as_coordinator.post(url(garden, "message_drop", message.pk))
    assert outbox.send(now=lambda: AT).sent == 0
    as_coordinator.post(url(garden, "message_resend", message.pk))
    assert outbox.send(now=lambda: AT).sent == 1
    answer = as_coordinator.post(url(garden, "message_drop", message.pk), follow=True)
    assert "Trop tard" in text_of(answer)
    answer = as_coordinator.post(url(garden, "message_resend", message.pk), follow=True)
    assert "ne peut pas repartir" in text_of(answer)


def test_one_that_was_stopped_on_its_way_asks_what_to_do(garden: Garden, as_coordinator: Client) -> None:
    message = told(somebody(garden, email="amina@exemple.fr"))
    Message.objects.update(state="leaving", claimed_at=AT - timedelta(minutes=11))
    page = text_of(as_coordinator.get(url(garden, "messages") + "?voir=rates"))
    assert "resté en chemin" in page and "Personne ne sait s’il est parti" in page
    as_coordinator.post(url(garden, "message_resend", message.pk))
    assert outbox.send(now=lambda: AT).sent == 1


def test_messages_of_another_garden_are_not_there(garden: Garden, as_coordinator: Client, as_helper: Client) -> None:
    other = make_garden("ailleurs", "Ailleurs")
    theirs = told(somebody(other, "Rose", email="rose@exemple.fr"))
    ours = told(somebody(garden, email="amina@exemple.fr"))
    assert "Rose" not in text_of(as_coordinator.get(url(garden, "messages")))
    for name in ("message", "message_drop", "message_resend"):
        method = as_coordinator.get if name == "message" else as_coordinator.post
        assert method(url(garden, name, theirs.pk)).status_code == 404
        method = as_helper.get if name == "message" else as_helper.post
        assert method(url(garden, name, ours.pk)).status_code == 404
    assert as_helper.get(url(garden, "messages")).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "waiting"


def test_the_outbox_asks_as_many_questions_for_three_as_for_thirty(
    garden: Garden, as_coordinator: Client, django_assert_max_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for total in (3, 30):
        while Message.objects.count() < total:
            told(somebody(garden, email=f"m{Message.objects.count()}@exemple.fr"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            as_coordinator.get(url(garden, "messages"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- Letters --------------------------------------------------------------------------------------


def read_pdf(answer: Any) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]


def test_who_has_neither_mail_nor_mobile_gets_a_letter_to_print(garden: Garden, as_coordinator: Client) -> None:
    told(somebody(garden))
    told(somebody(garden, "أمينة", phone="+33254000000"), body="Une lettre.\n\nUne autre ligne.")
    page = as_coordinator.get(url(garden, "messages") + "?voir=imprimer")
    assert "Imprimer toutes les lettres" in text_of(page)
    pages = read_pdf(as_coordinator.get(url(garden, "messages_letters")))
    assert len(pages) == 2 and "3 rue Haute" in pages[0] and "Votre dépôt ferme jeudi." in pages[0]
    assert {one.state for one in Message.objects.all()} == {"to_print"}, "looking changes nothing"
    chosen = [str(one.pk) for one in Message.objects.order_by("pk")[:1]]
    as_coordinator.post(url(garden, "messages_printed"), {"letter": [*chosen, "²", "99999999999999999999"]})
    assert sorted(Message.objects.values_list("state", flat=True)) == ["sent", "to_print"]


def test_without_a_letter_there_is_nothing_to_print(garden: Garden, as_coordinator: Client) -> None:
    assert "Aucune lettre" in text_of(as_coordinator.get(url(garden, "messages_letters"), follow=True))


# --- What came back -------------------------------------------------------------------------------

RETURNED = """From: MAILER-DAEMON@exemple.fr
Subject: Undelivered Mail Returned to Sender

This is the mail system. I'm sorry to have to inform you that your message could not be delivered.

Final-Recipient: rfc822; Amina@exemple.fr
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <Amina@exemple.fr>: Recipient address
    rejected: User unknown
"""


def test_a_returned_mail_that_is_pasted_is_noted_and_shown_everywhere(garden: Garden, as_coordinator: Client) -> None:
    member = somebody(garden, email="amina@exemple.fr", mobile="+33612345678")
    waiting = told(member)
    as_coordinator.post(url(garden, "message_bounce"), {"text": RETURNED})
    noted = Unreachable.objects.get()
    assert (noted.channel, noted.to) == ("mail", "amina@exemple.fr") and "User unknown" in noted.why
    waiting.refresh_from_db()
    assert waiting.state == "failed"
    for name, args in (("messages_lost", []), ("household_ways", [member.household_id])):
        assert "amina@exemple.fr" in text_of(as_coordinator.get(url(garden, name, *args)))
    assert "ne marche plus" in text_of(as_coordinator.get(url(garden, "household", member.household_id)))
    assert told(member, once="next").channel == "sms", "the next one goes another way"


@pytest.mark.parametrize("typed", ["amina@exemple.fr", "  AMINA@exemple.fr.", "06 12 34 56 78"])
def test_an_address_or_a_number_may_be_typed_alone(garden: Garden, as_coordinator: Client, typed: str) -> None:
    somebody(garden, email="amina@exemple.fr", mobile="+33612345678")
    as_coordinator.post(url(garden, "message_bounce"), {"text": typed})
    assert Unreachable.objects.count() == 1


@pytest.mark.parametrize("typed", ["", "bonjour", "rose@exemple.fr", "inconnue@exemple.fr"])
def test_an_address_that_nobody_of_the_garden_has_is_refused_and_kept_typed(
    garden: Garden, as_coordinator: Client, typed: str
) -> None:
    somebody(make_garden("ailleurs", "Ailleurs"), "Rose", email="rose@exemple.fr")
    answer = as_coordinator.post(url(garden, "message_bounce"), {"text": typed})
    assert answer.status_code == 200 and not Unreachable.objects.exists()
    assert typed in answer.content.decode()


def test_a_corrected_address_is_good_again(garden: Garden) -> None:
    member = somebody(garden, email="amna@exemple.fr")
    outbox.bounce("mail", "amna@exemple.fr", why="550", at=AT)
    assert told(member, once="1").channel == "letter"
    members.amend(member.household, contact={"email": "amina@exemple.fr"}, details={}, by=None, at=AT)
    assert told(member, once="2").channel == "mail" and not Unreachable.objects.exists()


def test_an_address_that_somebody_else_still_has_stays_noted(garden: Garden) -> None:
    member = somebody(garden, email="famille@exemple.fr")
    somebody(garden, "Paul", email="Famille@exemple.fr")
    outbox.bounce("mail", "famille@exemple.fr", why="550", at=AT)
    members.amend(member.household, contact={"email": ""}, details={}, by=None, at=AT)
    assert Unreachable.objects.exists()


def test_an_address_is_tried_again_when_the_coordinator_says_so(garden: Garden, as_coordinator: Client) -> None:
    member = somebody(garden, email="amina@exemple.fr")
    outbox.bounce("mail", "amina@exemple.fr", why="mailbox full", at=AT)
    outbox.bounce("mail", "rose@exemple.fr", why="mailbox full", at=AT)
    for way in ("mail rose@exemple.fr", "", "mail"):
        as_coordinator.post(url(garden, "household_mend", member.household_id), {"way": way})
    assert Unreachable.objects.count() == 2, "nobody else's"
    as_coordinator.post(url(garden, "household_mend", member.household_id), {"way": "mail amina@exemple.fr"})
    assert [one.to for one in Unreachable.objects.all()] == ["rose@exemple.fr"]


# --- Cards ----------------------------------------------------------------------------------------


def test_cards_are_printed_ten_to_a_page_and_come_in(garden: Garden, as_coordinator: Client) -> None:
    people = [somebody(garden, f"P{number}") for number in range(12)]
    asked = {"form": "sheet", "households": [str(one.household_id) for one in people]}
    answer = as_coordinator.post(url(garden, "cards"), asked)
    pages = read_pdf(answer)
    assert len(pages) == 2 and answer["Content-Disposition"].startswith("attachment")
    text = "\n".join(pages)
    assert "Jardin du Val" in text and people[0].household.number in text
    import re

    codes = re.findall(r"[A-HJ-KMNP-Z2-9]{5}-[A-HJ-KMNP-Z2-9]{5}", text)
    assert len(set(codes)) == 12
    assert ways_in.use_card(codes[0], number=None, at=AT)


def test_a_card_in_a_letter_bears_its_address(garden: Garden, as_coordinator: Client) -> None:
    member = somebody(garden)
    [page] = read_pdf(as_coordinator.post(url(garden, "household_card", member.household_id), {"form": "letter"}))
    assert "3 rue Haute" in page and "Voici votre carte" in page


def test_cards_tell_nothing_of_who_pays_what(garden: Garden, as_coordinator: Client) -> None:
    from tests.architecture.test_nobody_can_tell import MONEY
    from tests.factories import make_agreement, make_support

    one, other = somebody(garden), somebody(garden)
    make_support(one.household, make_agreement(garden))
    chosen = {"form": "letter", "households": [str(who.household_id) for who in (one, other)]}
    import re

    pages = read_pdf(as_coordinator.post(url(garden, "cards"), chosen))
    plain = [re.sub(r"[A-HJ-KMNP-Z2-9]{5}-[A-HJ-KMNP-Z2-9]{5}|\b1\d{3}\b", "…", page) for page in pages]
    assert plain[0] == plain[1] and not MONEY.search(plain[0])


def test_no_card_is_made_when_nobody_is_ticked_nor_for_another_garden(garden: Garden, as_coordinator: Client) -> None:
    theirs = somebody(make_garden("ailleurs", "Ailleurs"), "Rose")
    for chosen in ([], [str(theirs.household_id)], ["²"]):
        answer = as_coordinator.post(url(garden, "cards"), {"form": "sheet", "households": chosen}, follow=True)
        assert "Cochez au moins un foyer" in text_of(answer)
    assert not MemberCard.objects.exists()
    assert as_coordinator.post(url(garden, "household_card", theirs.household_id)).status_code == 404


def test_the_list_says_who_has_no_card(garden: Garden, as_coordinator: Client) -> None:
    with_one, without = somebody(garden), somebody(garden, "Paul", email="paul@exemple.fr")
    ways_in.make_cards([with_one.household], by=None, at=AT)
    page = text_of(as_coordinator.get(url(garden, "cards") + "?voir=sans"))
    assert "Paul" in page and "Amina" not in page
    page = text_of(as_coordinator.get(url(garden, "cards") + "?voir=papier"))
    assert "Amina" in page and "Paul" not in page
    assert without.pk


def test_a_lost_card_is_stopped(garden: Garden, as_coordinator: Client) -> None:
    member = somebody(garden)
    [(_member, code)] = ways_in.make_cards([member.household], by=None, at=AT)
    as_coordinator.post(url(garden, "household_card_stop", member.household_id))
    assert ways_in.use_card(code, number=None, at=AT) is None


# --- Who acts for whom ----------------------------------------------------------------------------


def test_an_agreement_to_act_is_noted_and_ended(garden: Garden, as_coordinator: Client) -> None:
    member, helene = somebody(garden), make_person("helper", garden)
    address = url(garden, "acting_new", member.household_id)
    as_coordinator.post(address, {"person": helene.pk, "agreed_on": "2017-03-19", "until_day": ""})
    acting = Acting.objects.get()
    assert (acting.person, acting.member, acting.agreed_on) == (helene, member, date(2017, 3, 19))
    again = as_coordinator.post(address, {"person": helene.pk, "agreed_on": "2017-03-19", "until_day": ""})
    assert "agit déjà" in text_of(again)
    page = signed_in(helene).get(reverse("desk:acting_mine"))
    assert "Amina Benali" in text_of(page)
    as_coordinator.post(url(garden, "acting_stop", member.household_id, acting.pk))
    assert "Amina Benali" not in text_of(signed_in(helene).get(reverse("desk:acting_mine")))


def test_nobody_from_elsewhere_may_be_chosen_nor_an_agreement_of_tomorrow(
    garden: Garden, as_coordinator: Client
) -> None:
    member, sam = somebody(garden), make_person("coordinator", make_garden("ailleurs", "Ailleurs"))
    helene = make_person("helper", garden)
    address = url(garden, "acting_new", member.household_id)
    for data in (
        {"person": sam.pk, "agreed_on": "2017-03-19"}, {"person": helene.pk, "agreed_on": "2017-03-21"},
        {"person": helene.pk, "agreed_on": "2017-03-19", "until_day": "2017-03-01"}, {"person": "", "agreed_on": ""},
    ):  # fmt: skip
        assert as_coordinator.post(address, data).status_code == 200
    assert not Acting.objects.exists()


def test_what_is_told_to_somebody_is_named_after_them(garden: Garden) -> None:
    member = somebody(garden, email="amina@exemple.fr")
    assert told(member).about == label(member)
