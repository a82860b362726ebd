"""Nothing that a helper or a volunteer may open shows who pays a reduced price.

By construction: every address of the site is tried as a helper. Whatever answers must be the same, to the
letter, whether half of the households are supported or none is. A page added later is covered the day it
gets an address; one that a helper should not open must simply not open.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from cageot.baskets.models import Subscription
from cageot.funding.models import Agreement, TariffLine
from cageot.members import actions as members
from cageot.members.models import Membership, Support
from tests.architecture.test_doors import asked, filled
from tests.desk.a_week import AT, MONDAY_AFTER, Place, a_place, signed_in

MONEY = re.compile(
    r"€|euro|tarif|solidaire|prise en charge|convention|CCAS|quota|participation|non couvert", re.IGNORECASE
)

THREE_WEEKS = MONDAY_AFTER + timedelta(weeks=3)


@pytest.fixture
def place(settings, db) -> Place:  # type: ignore[no-untyped-def]
    settings.TODAY = MONDAY_AFTER
    return a_place()


def seen(client: Client, place: Place) -> dict[str, str]:
    """Every page that this person may read, without the tokens that change at each visit."""
    pages = {}
    for route, _ in asked():
        if "prise-en-charge/<int:support>" in route or "derogations" in route:
            continue  # addresses of the money side itself: `filled` needs a support to name
        answer = client.get(filled(route, place))
        if answer.status_code == 200:
            pages[route] = re.sub(
                r'(csrfmiddlewaretoken" value|name="seen" value)="[^"]*"', r"\1", answer.content.decode()
            )
    return pages


def test_a_helper_sees_the_same_pages_whoever_is_supported(place: Place) -> None:
    helper = signed_in(place, "helper")
    for_half = seen(helper, place)
    Support.objects.all().delete()
    Membership.objects.all().delete()
    TariffLine.objects.update(member_cents=1)
    Agreement.objects.update(name="Un autre nom", audience="étudiants")
    for_none = seen(helper, place)
    assert len(for_half) >= 4, "the week, its marking, the households and a household at least"
    assert for_half == for_none


def test_a_basket_that_ends_with_its_support_is_not_told_to_a_helper(place: Place) -> None:
    """The last day of a subscription is often that of a support: a helper reads neither, nor how many baskets are left."""
    helper = signed_in(place, "helper")
    endless = seen(helper, place)
    Subscription.objects.filter(household__in=Support.objects.values("household")).update(until_day=THREE_WEEKS)
    assert seen(helper, place) == endless
    assert "arrête" in seen(signed_in(place, "coordinator"), place)["/jardins/<slug:garden>/foyers/"]


def test_who_paid_their_fee_is_not_told_to_a_helper(place: Place) -> None:
    household = place.baskets[0].household
    helper = signed_in(place, "helper")
    joined = members.join(
        household, kind="solidarity", fee_cents=500, from_day=AT.date(), until_day=date(2017, 12, 31), paid_on=None, by=None, at=AT
    )  # fmt: skip
    unpaid = seen(helper, place)
    members.note_paid(joined, on=MONDAY_AFTER, by=None, at=AT)
    assert seen(helper, place) == unpaid


def test_a_helper_reads_no_word_of_money(place: Place) -> None:
    told = {
        route: found
        for route, page in seen(signed_in(place, "helper"), place).items()
        if (found := MONEY.findall(re.sub(r"<head>.*?</head>|<title>.*?</title>", "", page, flags=re.DOTALL)))
    }
    assert told == {}


def test_a_closed_week_tells_a_helper_no_more(place: Place) -> None:
    place.mark_all()
    place.close()
    helper = signed_in(place, "helper")
    assert not MONEY.search(seen(helper, place)["/jardins/<slug:garden>/semaines/<week:week>/"])


def test_the_network_reads_no_name(place: Place) -> None:
    place.mark_all()
    place.close()
    pages = seen(signed_in(place, "network"), place)
    names = {member.last_name for member in place.baskets[0].household.members.model.objects.all()}
    assert len(pages) >= 4 and len(names) > 3
    assert {route: name for route, page in pages.items() for name in names if re.search(rf"\b{name}\b", page)} == {}


def test_the_log_names_nobody_and_no_amount(place: Place) -> None:
    from cageot.network.models import LogEvent

    place.mark_all()
    place.close()
    names = [str(member) for member in place.baskets[0].household.members.model.objects.all()]
    for event in LogEvent.objects.all():
        written = f"{event.verb} {event.about} {event.detail}"
        assert not MONEY.search(written)
        assert not any(name in written for name in names)
