"""Coming in to the member's space: by a code, by a card, by somebody who acts; and what stays shut."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from cageot.core import clock
from cageot.members import ways_in
from cageot.members.actions import amend
from cageot.members.models import Household, Member, MemberCard
from cageot.network.actions import give_access
from cageot.network.models import Garden, LogEvent, Message
from cageot.space.actions import open_calendar
from tests.desk.a_week import text_of
from tests.factories import make_garden, make_household

pytestmark = pytest.mark.django_db
AT = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)
ENTER, CODE, WHO, CARD = (reverse(f"space:{name}") for name in ("enter", "enter_code", "enter_who", "enter_card"))


class Now:
    """The clock of the test."""

    at = AT


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> Now:
    clock_of_test = Now()
    settings.TODAY = AT.date()
    settings.SMS_FOLDER = tmp_path
    monkeypatch.setattr(clock, "now", lambda: clock_of_test.at)
    return clock_of_test


def somebody(garden: Garden, first_name: str = "Amina", email: str = "amina@exemple.fr", mobile: str = "") -> Member:
    member = make_household(garden, "Benali").members.get()
    Member.objects.filter(pk=member.pk).update(first_name=first_name, email=email, mobile=mobile)
    member.refresh_from_db()
    return member


def code_in(text: str) -> str:
    found = re.search(r"\d{3} \d{3}", text)
    assert found
    return found[0]


def ask(client: Client, reach: str = "amina@exemple.fr") -> Any:
    return client.post(ENTER, {"reach": reach})


def inside(client: Client) -> int | None:
    """Which member this browser is in for."""
    came = client.session.get("member")
    return came["pk"] if came else None


# --- A code ---------------------------------------------------------------------------------------


def test_a_mailed_code_comes_in(garden: Garden) -> None:
    member, client = somebody(garden), Client()
    assert ask(client).url == CODE
    [letter] = mail.outbox
    assert letter.to == ["amina@exemple.fr"] and letter.subject == "Votre code pour entrer"
    answer = client.post(CODE, {"code": code_in(letter.body)})
    assert (answer.status_code, inside(client)) == (302, member.pk)
    assert Message.objects.get().body == "", "the code is not kept where somebody could read it"


@pytest.mark.parametrize("typed", ["06 12 34 56 78", "0612345678", "+33 6 12 34 56 78", "06.12.34.56.78"])
def test_a_code_by_sms_comes_in_however_the_number_is_written(garden: Garden, tmp_path: Any, typed: str) -> None:
    member, client = somebody(garden, email="", mobile="+33612345678"), Client()
    ask(client, typed)
    [sms] = tmp_path.iterdir()
    client.post(CODE, {"code": code_in(sms.read_text())})
    assert inside(client) == member.pk


def test_the_answer_is_the_same_whether_the_address_is_known_or_not(garden: Garden) -> None:
    somebody(garden)
    pages = []
    for address in ("amina@exemple.fr", "xmina@exemple.fr"):
        client = Client()
        answer = ask(client, address)
        read = [text_of(client.get(CODE))] + [text_of(client.post(CODE, {"code": "000000"})) for _ in range(6)]
        pages.append((answer.status_code, answer.url, [page.replace(address, "…") for page in read]))
    assert pages[0] == pages[1]
    assert len(mail.outbox) == 1


def test_a_message_leaves_only_after_the_answer(garden: Garden, monkeypatch: pytest.MonkeyPatch) -> None:
    """How long a server takes would tell that the address is known."""
    somebody(garden)
    from cageot.space.views import enter

    seen: list[object] = []
    monkeypatch.setattr(enter.outbox, "send", lambda **asked: seen.append(asked["only"]))
    from django.test import RequestFactory

    answer = enter.LeavesAfter("/")
    answer.message = 12
    assert RequestFactory() and seen == []
    answer.close()
    answer.close()
    assert seen == [[12]]


@pytest.mark.parametrize("typed", ["", "amina@", "12", "06 12", "@", "bonjour"])
def test_what_is_mistyped_is_told_and_kept(typed: str) -> None:
    answer = Client().post(ENTER, {"reach": typed})
    assert answer.status_code == 200 and 'aria-invalid="true"' in answer.content.decode()


def test_those_who_share_an_address_choose_their_first_name_after_the_code(garden: Garden) -> None:
    somebody(garden)
    paul, client = somebody(garden, "Paul"), Client()
    ask(client)
    assert client.get(WHO).status_code == 302, "no name is shown before the code"
    assert client.post(CODE, {"code": code_in(mail.outbox[0].body)}).url == WHO
    page = text_of(client.get(WHO))
    assert "Amina" in page and "Paul" in page and "Benali" not in page
    client.post(WHO, {"member": str(paul.pk)})
    assert inside(client) == paul.pk


def test_two_of_the_same_name_are_told_apart_by_their_number(garden: Garden) -> None:
    one, other, client = somebody(garden), somebody(garden), Client()
    ask(client)
    client.post(CODE, {"code": code_in(mail.outbox[0].body)})
    page = text_of(client.get(WHO))
    assert f"Amina · {one.household.number}" in page and f"Amina · {other.household.number}" in page


def test_nobody_is_chosen_who_does_not_share_the_address(garden: Garden) -> None:
    somebody(garden)
    somebody(garden, "Paul")
    rose, client = somebody(garden, "Rose", "rose@exemple.fr"), Client()
    ask(client)
    client.post(CODE, {"code": code_in(mail.outbox[0].body)})
    assert client.post(WHO, {"member": str(rose.pk)}).status_code == 200
    assert inside(client) is None


def test_who_walks_away_before_choosing_leaves_no_open_door(garden: Garden, now: Now) -> None:
    paul, client = somebody(garden), Client()
    somebody(garden, "Paul")
    ask(client)
    client.post(CODE, {"code": code_in(mail.outbox[0].body)})
    assert client.get(CODE).url == ENTER, "the code is used"
    now.at = AT + timedelta(minutes=10)
    assert client.post(WHO, {"member": str(paul.pk)}).url == ENTER and inside(client) is None


def test_a_code_tried_a_thousand_times_is_shut_and_told_calmly(garden: Garden) -> None:
    somebody(garden)
    client = Client()
    ask(client)
    right = code_in(mail.outbox[0].body)
    bad = f"{(int(right.replace(' ', '')) + 1) % 10**6:06d}"
    answers = [client.post(CODE, {"code": bad}) for _ in range(100)]
    assert {answer.status_code for answer in answers[5:]} == {429}
    assert "Un peu de patience" in text_of(answers[-1])
    assert client.post(CODE, {"code": right}).status_code == 429 and inside(client) is None


def test_somebody_who_asks_for_everybody_is_shut_out_and_alone(garden: Garden) -> None:
    codes = [ask(Client(REMOTE_ADDR="10.0.0.1"), f"a{number}@exemple.fr").status_code for number in range(12)]
    assert codes == [302] * 10 + [429] * 2
    assert ask(Client(REMOTE_ADDR="10.0.0.2")).status_code == 302


# --- A card ---------------------------------------------------------------------------------------


def a_card(member: Member) -> str:
    [(_member, code)] = ways_in.make_cards([member.household], by=None, at=AT)
    return code


def test_a_card_comes_in_with_its_number_and_code(garden: Garden) -> None:
    member, client = somebody(garden), Client()
    answer = client.post(CARD, {"number": member.household.number, "code": a_card(member).lower()})
    assert (answer.status_code, inside(client)) == (302, member.pk)


def test_opening_the_square_s_address_changes_nothing_a_button_comes_in(garden: Garden) -> None:
    """A mail scanner, or a telephone's preview, opens addresses before anybody does."""
    member, client = somebody(garden), Client()
    address = reverse("space:enter_square", args=[a_card(member)])
    for _ in range(3):
        page = client.get(address)
        assert page.status_code == 200 and inside(client) is None
        assert "Amina" not in page.content.decode() and member.household.number not in text_of(page)
    assert MemberCard.objects.get().used_at is None
    client.post(address)
    assert inside(client) == member.pk


def test_no_address_of_the_doors_changes_anything_when_it_is_opened(
    garden: Garden, django_assert_num_queries: Any
) -> None:
    address = reverse("space:enter_square", args=[a_card(somebody(garden))])
    for one in (ENTER, CARD, address):
        with django_assert_num_queries(0):
            Client().get(one)


def test_a_card_that_is_revoked_ends_the_visits_it_opened(garden: Garden) -> None:
    member, by_card, by_code = somebody(garden), Client(), Client()
    by_card.post(CARD, {"number": member.household.number, "code": a_card(member)})
    ask(by_code)
    by_code.post(CODE, {"code": code_in(mail.outbox[0].body)})
    home = reverse("space:my_basket")
    assert (by_card.get(home).status_code, by_code.get(home).status_code) == (200, 200)
    ways_in.revoke_cards(member.household, by=None, at=AT)
    assert by_card.get(home).url == ENTER and inside(by_card) is None
    assert by_code.get(home).status_code == 200


def test_a_wrong_card_is_told_and_after_twenty_the_door_is_shut_to_who_guesses(garden: Garden) -> None:
    member = somebody(garden)
    code, client = a_card(member), Client(REMOTE_ADDR="10.0.0.1")
    number = member.household.number
    answers = [client.post(CARD, {"number": number, "code": "AAAAA-AAAAA"}).status_code for _ in range(22)]
    assert answers == [200] * 20 + [429] * 2
    assert client.post(CARD, {"number": number, "code": code}).status_code == 429


def test_nobody_shuts_a_card_to_its_member_by_typing_its_number(garden: Garden) -> None:
    """A number is easy to guess, and two gardens may have the same: its code alone, of 49 bits, is what protects a card."""
    member = somebody(garden)
    code, data = a_card(member), {"number": member.household.number}
    for number in range(42):
        Client(REMOTE_ADDR=f"10.0.0.{number}").post(CARD, data | {"code": "AAAAA-AAAAA"})
    client = Client(REMOTE_ADDR="10.1.0.1")
    client.post(CARD, data | {"code": code})
    assert inside(client) == member.pk


def test_a_card_that_ended_says_so_and_offers_the_other_doors(garden: Garden) -> None:
    member = somebody(garden)
    code = a_card(member)
    ways_in.revoke_cards(member.household, by=None, at=AT)
    answer = Client().post(reverse("space:enter_square", args=[code]))
    assert answer.status_code == 404 and "demandez une autre carte" in text_of(answer).lower()


def test_names_from_everywhere_come_in(garden: Garden) -> None:
    for number, name in enumerate(["أمينة", "Z", "N" * 80]):
        member, client = somebody(garden, name, f"m{number}@exemple.fr"), Client()
        ask(client, f"m{number}@exemple.fr")
        client.post(CODE, {"code": code_in(mail.outbox[-1].body)})
        assert inside(client) == member.pk


# --- Inside, and out ------------------------------------------------------------------------------


def test_going_out_goes_out(garden: Garden) -> None:
    member, client = somebody(garden), Client()
    client.post(reverse("space:enter_square", args=[a_card(member)]))
    assert client.post(reverse("space:leave")).url == ENTER
    assert client.get(reverse("space:my_basket")).url == ENTER


def test_a_household_that_is_forgotten_is_out_at_once(garden: Garden) -> None:
    member, client = somebody(garden), Client()
    client.post(reverse("space:enter_square", args=[a_card(member)]))
    Household.objects.filter(pk=member.household_id).update(erased_on=AT.date())
    assert client.get(reverse("space:my_basket")).url == ENTER


def test_pages_of_the_doors_are_small(garden: Garden) -> None:
    client = Client()
    ask(client)
    for address in (ENTER, CODE, CARD, reverse("space:enter_square", args=["ABCDE-FGHJK"])):
        assert len(client.get(address).content) < 30_000


# --- Acting for somebody --------------------------------------------------------------------------


def act(client: Client, member: Member) -> Any:
    return client.post(reverse("space:act_for", args=[member.household_id]))


def test_who_runs_the_garden_opens_the_space_for_a_member_under_their_own_name(
    garden: Garden, as_coordinator: Client
) -> None:
    member = somebody(garden)
    assert act(as_coordinator, member).url == reverse("space:my_basket")
    page = text_of(as_coordinator.get(reverse("space:my_basket")))
    assert "Vous agissez pour Amina" in page
    event = LogEvent.objects.get(verb="space.opened")
    assert event.by is not None and event.about == f"members.member:{member.pk}"
    as_coordinator.post(reverse("space:leave"))
    assert as_coordinator.get(reverse("space:my_basket")).url == ENTER
    assert as_coordinator.get("/").status_code == 302 and "_auth_user_id" in as_coordinator.session


def test_a_helper_acts_only_where_the_member_agreed_and_no_longer_than_that(
    garden: Garden, as_helper: Client, as_coordinator: Client
) -> None:
    member = somebody(garden)
    assert act(as_helper, member).status_code == 404
    helene = as_helper.session["_auth_user_id"]
    from cageot.network.models import Login

    person = Login.objects.get(pk=helene).person
    acting = ways_in.let_act(member, person, agreed_on=AT.date(), from_day=AT.date(), until_day=None, by=None, at=AT)
    assert act(as_helper, member).status_code == 302
    assert as_helper.get(reverse("space:my_basket")).status_code == 200
    ways_in.stop_acting(acting, today=AT.date(), by=None, at=AT)
    assert as_helper.get(reverse("space:my_basket")).url == ENTER


def test_somebody_of_another_garden_acts_for_nobody_here(garden: Garden) -> None:
    from tests.factories import make_person, signed_in

    sam = signed_in(make_person("coordinator", make_garden("ailleurs", "Ailleurs")))
    assert act(sam, somebody(garden)).status_code == 404
    assert Client().post(reverse("space:act_for", args=[1])).status_code == 302


def by_code(member: Member) -> Client:
    client = Client()
    ask(client, member.email)
    client.post(CODE, {"code": code_in(mail.outbox[-1].body)})
    assert inside(client) == member.pk
    return client


def test_a_visit_by_a_code_is_over_once_the_garden_writes_elsewhere(garden: Garden) -> None:
    """A mailbox that somebody else opens, a telephone that was lost: the garden changes the address, and that is all."""
    member = somebody(garden)
    client, home = by_code(member), reverse("space:my_basket")
    assert client.get(home).status_code == 200
    amend(member.household, contact={"mobile": "+33612345678"}, details={}, by=None, at=AT)
    assert client.get(home).status_code == 200, "the mailbox is the same"
    amend(member.household, contact={"email": "autre@exemple.fr"}, details={}, by=None, at=AT)
    assert client.get(home).url == ENTER and inside(client) is None


def test_who_changes_their_own_address_stays_in(garden: Garden) -> None:
    member = somebody(garden)
    client = by_code(member)
    client.post(reverse("space:details"), {"email": "neuve@exemple.fr", "language": "fr"})
    member.refresh_from_db()
    assert member.email == "neuve@exemple.fr"
    assert client.get(reverse("space:my_basket")).status_code == 200


def test_a_calendar_that_somebody_opened_ends_with_their_acting(garden: Garden) -> None:
    """Else whoever may not act any more would go on reading where and when the member comes."""
    member = somebody(garden)
    helper = give_access(email="h@exemple.fr", name="Hugo", role="helper", garden=garden, on=AT.date(), by=None, at=AT)[
        0
    ]
    day = AT.date() - timedelta(days=3)
    acting = ways_in.let_act(
        member, helper.person, agreed_on=day, from_day=day, until_day=None, by=None, at=AT
    )  # fmt: skip
    theirs = open_calendar(member, today=AT.date(), by=helper.person, at=AT)
    assert Client().get(reverse("space:feed", args=[theirs])).status_code == 200
    ways_in.stop_acting(acting, today=AT.date(), by=None, at=AT)
    assert Client().get(reverse("space:feed", args=[theirs])).status_code == 404
    again = ways_in.let_act(member, helper.person, agreed_on=day, from_day=AT.date(), until_day=None, by=None, at=AT)
    own = open_calendar(member, today=AT.date(), by=None, at=AT + timedelta(hours=1))
    ways_in.stop_acting(again, today=AT.date(), by=None, at=AT)
    assert Client().get(reverse("space:feed", args=[own])).status_code == 200, "the member's own goes on"
