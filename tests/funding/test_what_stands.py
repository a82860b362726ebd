"""What was agreed and settled stands: a tariff begins after the baskets that it would have changed."""

from __future__ import annotations

from datetime import date

import pytest

from cageot.baskets import actions as baskets
from cageot.funding import actions as funding
from cageot.funding.actions import LineDraft, ShareDraft
from tests.desk.a_week import AT, MONDAY_AFTER, THURSDAY, Place, a_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Place:
    found = a_place()
    found.mark_all()
    return found


def line(day: date) -> LineDraft:
    return LineDraft(1200, (ShareDraft(0, "rest"),), "panier", member_cents=300, from_day=day)


def test_a_tariff_does_not_begin_before_baskets_that_it_would_have_changed(place: Place) -> None:
    """The page of the agreement would say 3,00 € where members paid 3,60 €, and a week closed again would follow it."""
    tariff = place.payer.agreement.tariffs.get()
    close = place.close()
    with pytest.raises(funding.LineInUse):
        funding.write_line(tariff, line(date(2017, 3, 1)))
    assert funding.write_line(tariff, line(MONDAY_AFTER)).pk
    baskets.reopen_week(close, reason="Le tarif avait baissé.", today=MONDAY_AFTER, by=None, at=AT)
    assert funding.write_line(tariff, line(THURSDAY)).pk
