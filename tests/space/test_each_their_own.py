"""A member reads their own and nothing of anybody else; and nothing on their pages tells how they are supported."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cageot.members.models import Household, Member, Membership, Support
from cageot.space import urls
from cageot.workshops.actions.recipes import ship
from cageot.workshops.models import Material, Recipe, Session
from tests.architecture.test_nobody_can_tell import MONEY
from tests.desk.a_week import AT, text_of
from tests.space.a_member import LAST_WEEK, WEEK, Here, came_in
from tests.workshops.a_workshop import make_session

OF_NOBODY = {"enter", "enter_code", "enter_who", "enter_card", "enter_square", "leave", "refuse", "feed"}
"""Doors, the way out, and addresses that are their own secret."""
OF_STAFF = {"act_for", "acting_mine", "acting_stop"}
"""Acting for somebody: for who is signed in at the desk."""


def pages(here: Here, number: int = 100, *, of: int | None = None) -> dict[str, str]:
    """Name → address of every page of the space, filled with what is the member's (`of`: somebody else's)."""
    basket = here.basket(of or number, WEEK).pk
    if not Recipe.objects.exists():
        ship(at=AT)
    session = Session.objects.first() or make_session(here.place.garden)
    of_sheet = {
        "kind": "sheet",
        "name": "Fiche",
        "media_type": "application/pdf",
        "content": b"%PDF-",
        "digest": "0",
        "at": AT,
    }
    sheet = Material.objects.get_or_create(workshop=session.workshop, defaults=of_sheet)[0]
    found = {}
    for one in urls.urlpatterns:
        if one.name in OF_NOBODY | OF_STAFF:
            continue
        wants = one.pattern.converters  # type: ignore[attr-defined]
        values = {
            "basket": basket,
            "member": here.member(of or number).pk,
            "produce": 1,
            "session": session.pk,
            "material": sheet.pk,
            "recipe": "soupe-poireau-pomme-de-terre",
        }
        found[str(one.name)] = reverse(f"space:{one.name}", kwargs={name: values[name] for name in wants})
    return found


def test_every_page_of_the_space_leads_who_has_not_come_in_to_its_door(here: Here) -> None:
    for name, address in pages(here).items():
        for answer in (Client().get(address), Client().post(address)):
            assert (answer.status_code, answer.headers["Location"]) == (302, "/moi/entrer/"), name


def test_a_member_opens_nothing_of_somebody_else(here: Here) -> None:
    client = here.client()
    for name, address in pages(here, of=101).items():
        if address == pages(here)[name]:
            continue  # it names nobody: it is one's own
        for answer in (client.get(address), client.post(address, {"what": "cancel", "depot": "1", "to": "1"})):
            assert answer.status_code in (404, 405), name
    assert here.basket(101).state == "planned"


def test_staff_of_the_garden_who_have_not_come_in_read_no_member_s_page(here: Here) -> None:
    from tests.factories import make_person, signed_in

    lea = signed_in(make_person("coordinator", here.place.garden))
    assert lea.get("/moi/").headers["Location"] == "/moi/entrer/"


def test_a_household_that_was_erased_opens_no_more(here: Here) -> None:
    client = here.client()
    assert client.get("/moi/").status_code == 200
    Household.objects.filter(pk=here.household().pk).update(erased_on="2017-03-19")
    assert client.get("/moi/").status_code == 302


# --- Nobody can tell ---------------------------------------------------------------------------------

AMOUNT = re.compile(r"\d+,\d\d €")


def bare(here: Here, number: int, client: Client, address: str) -> str:
    """A page without what is one's own: names, numbers of rows, tokens; and amounts, which alone may differ."""
    answer = client.get(address)
    assert answer.status_code in (200, 405), address
    member, household = here.member(number), here.household(number)
    text: str = answer.content.decode()
    text = re.sub(r'(csrfmiddlewaretoken" value)="[^"]*"', r"\1", text)
    for own in (member.first_name, member.last_name, f">{household.number}<"):
        text = text.replace(own, "…")
    text = re.sub(r"/paniers/\d+/", "/paniers/…/", text)
    return AMOUNT.sub("… €", re.sub("[\u00a0\u202f]", " ", text))


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_two_members_who_differ_by_their_support_read_the_same_but_for_their_own_amount(
    here: Here, language: str
) -> None:
    """Amina is supported, Paul is not: same depot, same size, same day."""
    here.publish()
    here.slip()
    for number, kind in ((100, "solidarity"), (101, "ordinary")):
        Membership.objects.create(household=here.household(number), kind=kind, fee_cents=1000, from_day="2017-01-01")
    here.close(LAST_WEEK)
    assert Support.objects.filter(household=here.household(100)).exists()
    assert not Support.objects.filter(household=here.household(101)).exists()
    amina, paul = here.client(100, language), here.client(101, language)
    theirs = pages(here, 101)
    for name, address in pages(here, 100).items():
        assert bare(here, 100, amina, address) == bare(here, 101, paul, theirs[name]), name


def test_no_page_names_a_payer_an_agreement_or_a_reduced_price(here: Here) -> None:
    here.publish()
    here.close(LAST_WEEK)
    client = here.client()
    for name, address in pages(here).items():
        text = text_of(client.get(address))
        found = {one.group(0) for one in MONEY.finditer(text)} - {"€", "participation"}
        assert found == set(), name
        assert "12,00" not in text, name
        if name not in ("my_basket", "contribution"):
            assert "€" not in text, name


def test_the_end_of_a_support_is_told_nowhere(here: Here) -> None:
    """The member's page is the same the day before it ends, and the year after."""
    client = here.client()
    before = {name: text_of(client.get(address)) for name, address in pages(here).items()}
    Support.objects.all().update(until_day="2017-03-21")
    assert {name: text_of(client.get(address)) for name, address in pages(here).items()} == before


def test_another_member_of_the_household_reads_the_same(here: Here) -> None:
    from cageot.members import actions as members
    from tests.desk.a_week import AT

    son = members.add_person(here.household(), {"first_name": "Ali", "last_name": "Benali"}, by=None, at=AT)
    text: Any = text_of(came_in(Member.objects.get(pk=son.pk)).get("/moi/"))
    assert text.replace("Ali", "Amina") == text_of(here.client().get("/moi/"))
