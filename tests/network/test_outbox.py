"""What is told to people waits in the outbox, leaves at its hour, once, and what could not leave is seen."""

from __future__ import annotations

import smtplib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend

from cageot.network import outbox
from cageot.network.kinds import KINDS, Kind, UnknownKind
from cageot.network.models import LogEvent, Message, NotWanted, Unreachable
from cageot.network.outbox import Sent
from cageot.network.sms import NotSent, Refused, Unknown
from tests.factories import make_garden, make_person

pytestmark = pytest.mark.django_db
AT = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)  # Monday, ten o'clock in Paris
NIGHT = datetime(2017, 3, 20, 21, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def a_newsletter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "letter_of_tests", Kind("la lettre des tests", "basket", necessary=False))


@dataclass
class Gate:
    """A provider that answers as the test says, in order; then it takes everything."""

    answers: list[Exception] = field(default_factory=list)
    rung: list[tuple[str, str, str]] = field(default_factory=list)

    def send(self, to: str, text: str, *, reference: str) -> None:
        self.rung.append((to, text, reference))
        if self.answers:
            raise self.answers.pop(0)


def written(channel: str = "mail", to: str = "amina@exemple.fr", **fields: Any) -> Message:
    values = {
        "subject": "Votre panier", "body": "Bonjour.", "about": "members.member:1", "garden": None, "once": f"test:{Message.objects.count()}",
        "at": AT,
    } | fields  # fmt: skip
    return outbox.write(values.pop("kind", "depot_closed"), channel=channel, to=to, **values)


def sent(at: datetime = AT, gate: Gate | None = None, only: Sequence[int] | None = None) -> Sent:
    return outbox.send(now=lambda: at, sms=gate or Gate(), only=only)


def state(message: Message) -> str:
    message.refresh_from_db()
    return message.state


# --- Leaving --------------------------------------------------------------------------------------


def test_a_mail_leaves_once() -> None:
    message = written()
    assert sent() == Sent(sent=1)
    assert sent() == Sent()
    assert state(message) == "sent" and message.sent_at == AT
    [letter] = mail.outbox
    assert (letter.subject, letter.body, letter.to) == ("Votre panier", "Bonjour.", ["amina@exemple.fr"])


def test_a_kind_that_nobody_declared_is_not_written() -> None:
    with pytest.raises(UnknownKind):
        written(kind="anything")
    assert not Message.objects.exists()


def test_the_same_event_told_twice_makes_one_message() -> None:
    assert written(once="pause:1").pk == written(once="pause:1", body="Autre chose.").pk
    assert Message.objects.get().body == "Bonjour."


def test_an_answer_goes_to_the_garden() -> None:
    garden = make_garden()
    garden.email = "bonjour@jardin.exemple"
    garden.save(update_fields=["email"])
    written(garden=garden)
    sent()
    assert mail.outbox[0].reply_to == ["bonjour@jardin.exemple"]


def test_a_letter_waits_to_be_printed_and_never_leaves_by_itself() -> None:
    message = written("letter", "Amina Benali\n3 rue Haute\n41000 Blois")
    assert sent() == Sent()
    assert state(message) == "to_print"
    assert outbox.printed([message], by=None, at=AT) == 1
    assert outbox.printed([message], by=None, at=AT) == 0
    assert state(message) == "sent"


def test_a_code_is_forgotten_once_it_has_left() -> None:
    message = written(kind="member_code", body="Votre code : 123 456")
    sent()
    message.refresh_from_db()
    assert message.body == "" and "123 456" in mail.outbox[0].body


# --- Hours ----------------------------------------------------------------------------------------


def test_no_telephone_rings_at_night_but_mails_leave() -> None:
    gate = Gate()
    by_phone, by_mail = written("sms", "+33612345678", at=NIGHT), written(at=NIGHT)
    assert sent(NIGHT, gate) == Sent(sent=1)
    assert (state(by_phone), state(by_mail), gate.rung) == ("waiting", "sent", [])
    morning = datetime(2017, 3, 21, 7, 0, tzinfo=UTC)
    assert sent(morning - timedelta(seconds=1), gate) == Sent()
    assert sent(morning, gate) == Sent(sent=1)


def test_an_sms_that_was_due_at_seven_in_the_evening_does_not_leave_at_nine_because_sending_was_late() -> None:
    written("sms", "+33612345678", at=datetime(2017, 3, 20, 18, 30, tzinfo=UTC))
    gate = Gate()
    assert sent(NIGHT, gate) == Sent() and gate.rung == []


def test_a_code_that_somebody_waits_for_rings_at_any_hour() -> None:
    gate = Gate()
    written("sms", "+33612345678", kind="member_code", at=NIGHT)
    assert sent(NIGHT, gate) == Sent(sent=1) and len(gate.rung) == 1


# --- One digest rather than many ------------------------------------------------------------------


EVENING = datetime(2017, 3, 20, 16, 0, tzinfo=UTC)  # five o'clock in Paris


def test_what_belongs_to_one_digest_leaves_as_one_mail_at_five() -> None:
    for hour, body in ((9, "Une courge."), (11, "Un poireau."), (13, "Un navet.")):
        written(digest="week", body=body, at=AT.replace(hour=hour))
    assert sent(EVENING - timedelta(minutes=1)) == Sent()
    assert sent(EVENING) == Sent(sent=3)
    [letter] = mail.outbox
    assert letter.subject == "Des nouvelles de votre panier"
    assert letter.body.index("courge") < letter.body.index("poireau") < letter.body.index("navet")


def test_one_thing_alone_keeps_its_own_subject() -> None:
    written(digest="week", subject="Une courge")
    sent(EVENING)
    assert [one.subject for one in mail.outbox] == ["Une courge"]


def test_each_address_each_digest_and_each_day_has_its_own_mail() -> None:
    written(digest="week")
    written(digest="week", to="paul@exemple.fr")
    written(digest="other")
    written(digest="week", at=AT + timedelta(days=1))
    sent(EVENING)
    assert len(mail.outbox) == 3
    sent(EVENING + timedelta(days=1))
    assert len(mail.outbox) == 4


def test_several_things_by_sms_ring_once() -> None:
    gate = Gate()
    for body in ("Une courge.", "Un poireau."):
        written("sms", "+33612345678", digest="week", body=body)
    assert sent(EVENING, gate) == Sent(sent=2)
    assert [text for _to, text, _reference in gate.rung] == ["Une courge.\nUn poireau."]


# --- Faults ---------------------------------------------------------------------------------------


class Server(EmailBackend):
    """A mail server that answers as the test says."""

    answers: list[Exception] = []

    def send_messages(self, messages: Any) -> int:
        if Server.answers:
            raise Server.answers.pop(0)
        return int(super().send_messages(messages))


@pytest.fixture
def server(settings: Any) -> list[Exception]:
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    Server.answers = []
    return Server.answers


def refused(code: int) -> Exception:
    return smtplib.SMTPRecipientsRefused({"amina@exemple.fr": (code, b"no such user here")})


def test_a_server_that_is_down_is_tried_later_and_the_mail_keeps_its_name(server: list[Exception]) -> None:
    server += [OSError("Connection refused"), smtplib.SMTPServerDisconnected("gone")]
    message = written()
    name = outbox.as_mail([message]).extra_headers["Message-ID"]
    assert sent() == Sent(later=1)
    assert state(message) == "waiting" and message.problem == "Connection refused"
    assert sent(AT + timedelta(minutes=4)) == Sent()
    assert sent(AT + timedelta(minutes=5)) == Sent(later=1)
    assert sent(AT + timedelta(minutes=35)) == Sent(sent=1)
    assert mail.outbox[0].extra_headers["Message-ID"] == name
    assert state(message) == "sent" and message.problem == ""


def test_after_six_tries_it_is_given_up_and_shown(server: list[Exception]) -> None:
    server += [OSError("down")] * 6
    message, at = written(), AT
    for _ in range(6):
        sent(at)
        message.refresh_from_db()
        at = message.due_at
    assert state(message) == "failed" and message.tries == 6 and not Unreachable.objects.exists()


def test_an_address_that_does_not_exist_is_noted_and_nothing_more_is_sent_there(server: list[Exception]) -> None:
    server.append(refused(550))
    first, later = written(), written(at=AT + timedelta(days=3), to="Amina@exemple.fr")
    other = written(to="paul@exemple.fr")
    assert sent() == Sent(sent=1, failed=1)
    assert [state(one) for one in (first, later, other)] == ["failed", "failed", "sent"]
    assert "no such user here" in Unreachable.objects.get(channel="mail", to="amina@exemple.fr").why


def test_a_full_mailbox_is_tried_later(server: list[Exception]) -> None:
    server.append(refused(452))
    assert (written().pk, sent()) and not Unreachable.objects.exists()


def test_one_message_that_cannot_be_written_stops_no_other(server: list[Exception]) -> None:
    bad = written(subject="Votre\r\npanier", to="a\nb@exemple.fr")
    good = written(to="paul@exemple.fr")
    server.append(ValueError("bad header"))
    sent()
    assert (state(bad), state(good)) == ("failed", "sent")


def test_a_provider_that_is_down_is_tried_again_the_next_morning_not_at_night() -> None:
    gate = Gate([NotSent("down")])
    evening = datetime(2017, 3, 20, 18, 58, tzinfo=UTC)  # two minutes before eight
    message = written("sms", "+33612345678", at=evening)
    assert sent(evening, gate) == Sent(later=1)
    message.refresh_from_db()
    assert message.due_at == datetime(2017, 3, 21, 7, 0, tzinfo=UTC)


def test_a_number_that_is_refused_is_noted() -> None:
    message = written("sms", "+33600000000")
    assert sent(gate=Gate([Refused("HTTP 422")])) == Sent(failed=1)
    assert state(message) == "failed" and Unreachable.objects.get().to == "+33600000000"


def test_a_provider_that_never_answered_is_not_asked_twice_by_itself() -> None:
    gate = Gate([Unknown("timed out")])
    message = written("sms", "+33612345678")
    assert sent(gate=gate) == Sent(unknown=1)
    later = AT + timedelta(hours=1)
    assert sent(later, gate) == Sent() and len(gate.rung) == 1
    assert Message.objects.filter(outbox.stuck(later)).get() == message
    assert outbox.resend(message, by=None, at=later)
    assert sent(later, gate) == Sent(sent=1)
    assert gate.rung[0][2] == gate.rung[1][2], "the provider can tell that it is the same"


def test_a_message_in_another_s_hands_is_left_to_it() -> None:
    message = written()
    Message.objects.filter(pk=message.pk).update(state="leaving", claimed_at=AT)
    assert sent() == Sent() and mail.outbox == []
    assert not outbox.resend(message, by=None, at=AT + timedelta(minutes=1)), "it is leaving right now"


def test_two_sendings_at_once_do_not_send_twice() -> None:
    message = written()
    mine = outbox._claim([message], AT)
    assert mine == [message] and outbox._claim([message], AT) == []


# --- The desk's hand ------------------------------------------------------------------------------


def test_what_waits_may_be_dropped_what_left_may_not() -> None:
    garden = make_garden()
    lea = make_person("coordinator", garden)
    message = written(garden=garden)
    assert outbox.drop(message, by=lea, at=AT)
    assert sent() == Sent() and state(message) == "dropped"
    assert outbox.resend(message, by=lea, at=AT)
    assert sent() == Sent(sent=1)
    assert not outbox.drop(message, by=lea, at=AT) and not outbox.resend(message, by=lea, at=AT)
    assert list(LogEvent.objects.filter(about=f"network.message:{message.pk}").order_by("pk").values_list("verb", flat=True)) == [
        "network.message_dropped", "network.message_resent",
    ]  # fmt: skip


def test_an_address_that_is_mended_is_good_again() -> None:
    outbox.bounce("mail", "Amina@exemple.fr", why="550", at=AT)
    outbox.bounce("mail", "amina@exemple.fr", why="551", at=AT)
    ways = [("mail", "amina@exemple.fr"), ("sms", "+33612345678")]
    assert outbox.came_back(ways) == {("mail", "amina@exemple.fr")}
    assert outbox.mend("mail", "AMINA@exemple.fr") and not outbox.mend("mail", "amina@exemple.fr")
    assert outbox.came_back(ways) == set() and outbox.came_back([]) == set()


def test_what_is_not_wanted_is_dropped_and_what_is_necessary_cannot_be_refused() -> None:
    news = written(kind="letter_of_tests")
    outbox.refuse("members.member:1", "letter_of_tests", by=None, at=AT)
    outbox.refuse("members.member:1", "letter_of_tests", by=None, at=AT)
    assert state(news) == "dropped" and NotWanted.objects.count() == 1
    with pytest.raises(outbox.IsNecessary):
        outbox.refuse("members.member:1", "depot_closed", by=None, at=AT)
    outbox.want("members.member:1", "letter_of_tests", by=None, at=AT)
    assert not NotWanted.objects.exists()


def test_sending_asks_as_many_questions_for_one_mail_as_for_each_of_many(django_assert_num_queries: Any) -> None:
    for number in range(30):
        written(to=f"member-{number}@exemple.fr")
    with django_assert_num_queries(2 + 30 * 6):  # claim and conclusion, each in its savepoint
        sent()


def test_mails_are_plain_messages() -> None:
    assert isinstance(outbox.as_mail([written()]), EmailMessage)
