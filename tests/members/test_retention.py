"""What leaves, when, and what is left: nobody's name, and the same books."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

import pytest

from cageot.baskets import audit as baskets_audit
from cageot.baskets.models import Basket, HandOver, WeekClose
from cageot.core.privacy import register
from cageot.desk.queries import statements
from cageot.funding import audit as funding_audit
from cageot.funding.models import Charge
from cageot.funding.queries import Period
from cageot.members import retention
from cageot.members.models import Support
from tests.desk.a_week import AT, Place, a_place, signed_in
from tests.members.a_full_base import DAY_OF_PURGE, MARK, dump, everything_ended, fill, make, plant, where

LATER = datetime.combine(DAY_OF_PURGE, AT.timetz())


def a_closed_place() -> Place:
    place = a_place()
    signed_in(place, "coordinator")
    place.mark_all()
    place.close()
    return place


@pytest.fixture
def home(settings, tmp_path) -> Path:
    settings.HOME = tmp_path
    return tmp_path


def books(place: Place) -> dict[str, object]:
    """Everything that must be the same to the cent before and after."""
    payer = statements.Payer(str(place.payer.partner_id), str(place.payer.partner), place.payer.partner)
    period = Period(date(2017, 1, 1), date(2017, 12, 31))
    findings = [*funding_audit.audit(), *baskets_audit.audit()]
    return {
        "findings": findings,
        "closes": list(WeekClose.objects.order_by("pk").values()),
        "charges": list(Charge.objects.order_by("pk").values()),
        "baskets": list(
            Basket.objects.order_by("pk").values_list("pk", "delivery", "size", "depot", "state", "fee_cents")
        ),
        "statement": statements.table_of(statements.statement(payer, None, period)),
        "supports": Support.objects.count(),
    }


@pytest.mark.django_db
def test_nothing_planted_anywhere_is_left_after_the_purge(home) -> None:
    place = a_closed_place()
    fill()
    for basket in Basket.objects.all():
        make(HandOver, basket=basket)
    everything_ended()
    planted = plant()
    assert sum(planted.values()) > 60
    for folder in ("mail", "sms"):
        (home / folder).mkdir()
        (home / folder / "one.txt").write_text(MARK)
        os.utime(home / folder / "one.txt", (AT.timestamp(), AT.timestamp()))
    before = books(place)
    assert before["findings"] == []
    found = {line.partition(":")[0] for line in where(dump())}
    assert {register()[model].rows._meta.db_table for model in planted} == found, "a table where nothing was planted"

    done = retention.purge(DAY_OF_PURGE, at=LATER)

    assert where(dump()) == []
    assert [path for path in home.rglob("*") if path.is_file()] == []
    assert books(place) == before
    assert done.ended_at and done.counts["forgotten"] >= 6
