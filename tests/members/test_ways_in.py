"""Ways in without a password: a code, a card, somebody who acts; each is refused as soon as it should be."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from cageot.members import ways_in
from cageot.members.models import Acting, Household, Member, MemberCard, MemberCode
from cageot.members.telling import Way
from cageot.network.models import Garden, LogEvent, Message, Person
from cageot.network.queries import reach_on
from tests.factories import make_garden, make_household, make_person

pytestmark = pytest.mark.django_db
AT = datetime(2017, 3, 20, 9, 0, tzinfo=UTC)
TODAY = date(2017, 3, 20)
MAIL = Way("mail", "amina@exemple.fr")
PHONE = Way("sms", "+33612345678")


def somebody(garden: Garden, name: str = "Amina", **fields: str) -> Member:
    member = make_household(garden, name).members.get()
    for key, value in ({"first_name": name, "email": MAIL.to, "mobile": PHONE.to} | fields).items():
        setattr(member, key, value)
    member.save()
    return member


def asked(way: Way = MAIL, at: datetime = AT) -> str:
    """The code that was sent, as it is read."""
    number = ways_in.ask_code(way, at=at)
    assert number is not None
    found = re.search(r"\d{3} \d{3}", Message.objects.get(pk=number).body)
    assert found
    return found[0]


def wrong(code: str) -> str:
    return f"{(int(code.replace(' ', '')) + 1) % 10**6:06d}"


# --- A code ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [MAIL, PHONE, Way("mail", "Amina@Exemple.fr")])
def test_a_code_opens_once(garden: Garden, way: Way) -> None:
    member = somebody(garden)
    code = asked(way)
    assert ways_in.use_code(way, code, at=AT) == [member]
    assert ways_in.use_code(way, code, at=AT) == []


def test_a_number_written_as_the_telephone_of_the_house_opens_too(garden: Garden) -> None:
    member = somebody(garden, mobile="", phone=PHONE.to)
    assert ways_in.use_code(PHONE, asked(PHONE), at=AT) == [member]


@pytest.mark.parametrize("typed", ["{}", " {} ", "{}-"])
def test_spaces_and_dashes_do_not_matter(garden: Garden, typed: str) -> None:
    member = somebody(garden)
    assert ways_in.use_code(MAIL, typed.format(asked()), at=AT) == [member]


def test_a_code_is_good_for_fifteen_minutes(garden: Garden) -> None:
    somebody(garden)
    code = asked()
    assert ways_in.use_code(MAIL, code, at=AT + timedelta(minutes=15)) == []
    assert ways_in.use_code(MAIL, asked(at=AT + timedelta(minutes=20)), at=AT + timedelta(minutes=34))


def test_a_new_code_ends_the_one_before(garden: Garden) -> None:
    member = somebody(garden)
    first, second = asked(), asked()
    assert MemberCode.objects.count() == 1
    assert first == second or ways_in.use_code(MAIL, first, at=AT) == []
    assert ways_in.use_code(MAIL, second, at=AT) == [member]


def test_after_five_tries_even_the_right_code_opens_nothing(garden: Garden) -> None:
    somebody(garden)
    code = asked()
    for _ in range(5):
        assert ways_in.use_code(MAIL, wrong(code), at=AT) == []
    for _ in range(1000):
        with pytest.raises(ways_in.TooMany):
            ways_in.use_code(MAIL, code, at=AT)


def test_an_address_that_nobody_has_answers_as_one_that_somebody_has(garden: Garden) -> None:
    """Tried as often, it is shut as soon; asked as often, it is as silent."""
    somebody(garden)
    for way in (MAIL, Way("mail", "personne@exemple.fr")):
        ways_in.ask_code(way, at=AT)
        answers = []
        for _ in range(7):
            try:
                answers.append(str(ways_in.use_code(way, "000000", at=AT)))
            except ways_in.TooMany:
                answers.append("shut")
        assert answers == ["[]"] * 5 + ["shut"] * 2


def test_nothing_is_written_to_an_address_that_nobody_has(garden: Garden) -> None:
    assert ways_in.ask_code(MAIL, at=AT) is None and not Message.objects.exists()


def test_nobody_s_mailbox_is_filled_with_codes(garden: Garden) -> None:
    somebody(garden)
    sent = [ways_in.ask_code(MAIL, at=AT + timedelta(minutes=16 * hour)) for hour in range(12) for _ in range(4)]
    assert len([one for one in sent if one]) == 10, "three at once, ten a day"


def test_the_last_code_still_opens_when_one_asks_too_often(garden: Garden) -> None:
    member = somebody(garden)
    for _ in range(2):
        asked()
    code = asked()
    assert ways_in.ask_code(MAIL, at=AT) is None
    assert ways_in.use_code(MAIL, code, at=AT) == [member]


def test_those_who_share_a_mailbox_come_in_with_one_code(garden: Garden) -> None:
    both = [somebody(garden, "Amina"), somebody(garden, "Paul", mobile="")]
    assert ways_in.use_code(MAIL, asked(), at=AT) == both


def test_a_code_sent_by_mail_does_not_open_for_a_telephone(garden: Garden) -> None:
    somebody(garden)
    assert ways_in.use_code(PHONE, asked(MAIL), at=AT) == []


def test_neither_the_code_nor_what_would_find_it_stands_in_the_base(garden: Garden, settings: object) -> None:
    somebody(garden)
    code = asked().replace(" ", "")
    row = MemberCode.objects.get()
    assert code not in row.digest
    settings.SECRET_KEY = "another installation"  # type: ignore[attr-defined]
    assert ways_in._print(f"code.mail.{MAIL.to}", code) != row.digest


def test_a_household_that_was_forgotten_does_not_come_in(garden: Garden) -> None:
    somebody(garden)
    Household.objects.update(erased_on=TODAY)
    assert ways_in.ask_code(MAIL, at=AT) is None


def test_a_code_comes_at_any_hour(garden: Garden) -> None:
    somebody(garden)
    night = datetime(2017, 3, 19, 22, 0, tzinfo=UTC)  # and a Sunday
    number = ways_in.ask_code(PHONE, at=night)
    assert Message.objects.get(pk=number).due_at == night


# --- A card ---------------------------------------------------------------------------------------


def a_card(member: Member, at: datetime = AT) -> str:
    [(_member, code)] = ways_in.make_cards([member.household], by=None, at=at)
    return code


def test_a_card_opens_with_its_number_and_code_and_goes_on_opening(garden: Garden) -> None:
    member = somebody(garden)
    code = a_card(member)
    assert re.fullmatch(r"[A-HJ-KMNP-Z2-9]{5}-[A-HJ-KMNP-Z2-9]{5}", code)
    for typed in (code, code.lower(), code.replace("-", " ")):
        card = ways_in.use_card(typed, number=member.household.number, at=AT)
        assert card and card.member == member
    assert ways_in.use_card(code, number=None, at=AT), "its square holds the code alone"


def test_a_card_does_not_open_under_another_number(garden: Garden) -> None:
    code = a_card(somebody(garden))
    assert ways_in.use_card(code, number="0", at=AT) is None
    assert ways_in.use_card(code[:-1] + ("A" if code[-1] != "A" else "B"), number=None, at=AT) is None


def test_a_new_card_ends_the_former(garden: Garden) -> None:
    member = somebody(garden)
    first, second = a_card(member), a_card(member)
    assert ways_in.use_card(first, number=None, at=AT) is None
    assert ways_in.use_card(second, number=None, at=AT)


def test_a_card_that_was_lost_opens_nothing_once_revoked(garden: Garden) -> None:
    member = somebody(garden)
    code = a_card(member)
    assert ways_in.revoke_cards(member.household, by=None, at=AT)
    assert not ways_in.revoke_cards(member.household, by=None, at=AT)
    assert ways_in.use_card(code, number=None, at=AT) is None


def test_only_the_print_of_a_card_is_kept_and_its_uses_are_logged(garden: Garden) -> None:
    member = somebody(garden)
    code = a_card(member)
    ways_in.use_card(code, number=None, at=AT)
    card = MemberCard.objects.get()
    assert ways_in.folded(code) not in card.digest and card.used_at == AT
    verbs = list(LogEvent.objects.filter(verb__startswith="members.card").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["members.card_made", "members.card_used"]


def test_a_hundred_cards_are_made_at_once(garden: Garden) -> None:
    households = [somebody(garden, f"N{number}").household for number in range(20)]
    made = ways_in.make_cards(households, by=None, at=AT)
    assert len({code for _member, code in made}) == 20


# --- Somebody who acts ----------------------------------------------------------------------------


def may(person: Person, member: Member, day: date = TODAY) -> bool:
    return ways_in.may_act(person, member, reach_on(person.pk, day), day)


def test_who_runs_the_garden_may_act_another_needs_the_member_s_agreement(garden: Garden) -> None:
    member = somebody(garden)
    lea, helene, theo = (make_person(role, garden) for role in ("coordinator", "helper", "treasurer"))
    sam = make_person("coordinator", make_garden("ailleurs", "Ailleurs"))
    assert [may(who, member) for who in (lea, helene, theo, sam)] == [True, False, False, False]
    acting = ways_in.let_act(member, helene, agreed_on=TODAY, from_day=TODAY, until_day=None, by=lea, at=AT)
    assert may(helene, member) and not may(helene, somebody(garden, "Paul"))
    assert not may(helene, member, TODAY - timedelta(days=1))
    ways_in.stop_acting(acting, today=TODAY, by=lea, at=AT)
    assert not may(helene, member) and not Acting.objects.exists()


def test_an_agreement_that_ends_leaves_its_trace(garden: Garden) -> None:
    member, helene = somebody(garden), make_person("helper", garden)
    acting = ways_in.let_act(member, helene, agreed_on=TODAY, from_day=TODAY, until_day=None, by=None, at=AT)
    with pytest.raises(ways_in.AlreadyActs):
        ways_in.let_act(member, helene, agreed_on=TODAY, from_day=TODAY, until_day=None, by=None, at=AT)
    ways_in.stop_acting(acting, today=TODAY + timedelta(days=9), by=None, at=AT)
    assert Acting.objects.get().until_day == TODAY + timedelta(days=8)
    assert not may(helene, member, TODAY + timedelta(days=9))


def test_nobody_acts_for_a_household_that_was_forgotten(garden: Garden) -> None:
    member = somebody(garden)
    member.household.erased_on = TODAY
    assert not may(make_person("coordinator", garden), member)
