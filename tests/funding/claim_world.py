"""A garden whose weeks of 2017, from the twelfth on, may be closed one by one: three supported baskets a week, 8,40 € each from the CCAS.

The papers' text is short here: what they say is tested at the desk.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from cageot.baskets import actions as baskets
from cageot.baskets.bulk import mark_all
from cageot.baskets.models import Delivery, WeekClose
from cageot.core.week import Week
from cageot.funding.actions import claiming as actions
from cageot.funding.models import Claim, Entity, Settlement, SettlementLine, Tranche
from cageot.funding.queries import claiming as queries
from cageot.funding.queries.claiming import Draft, ToClaim
from cageot.members.models import Support
from tests.desk.a_week import Place, a_place
from tests.factories import make_delivery

AT = datetime(2017, 4, 3, 9, 0, tzinfo=UTC)
JULY = date(2017, 7, 3)
OCTOBER = date(2017, 10, 2)
WEEKLY = 3 * 840
"""What the CCAS owes of a week, in cents."""


def text(claim: Claim, draft: Draft | None) -> dict[str, Any]:
    return {"number": claim.number, "lines": len(draft.lines) if draft else 0}


class World:
    """The garden, its entity, and what a treasurer does. Weeks are numbers of 2017."""

    def __init__(self, households: int = 6) -> None:
        self.place: Place = a_place(households)
        self.garden = self.place.garden
        Support.objects.update(until_day=date(2017, 12, 31))
        self.text: actions.Text = text
        self.entity: Entity = actions.entity_for(self.garden)

    def close(self, *weeks: int) -> None:
        for number in weeks:
            week = Week(2017, number)
            for day in (week.monday + timedelta(days=3), week.monday + timedelta(days=4)):
                if not Delivery.objects.filter(garden=self.garden, day=day).exists():
                    make_delivery(self.garden, day)
            baskets.lay_baskets(self.garden, from_day=week.monday)
            mark_all(self.garden, week, until=week.sunday, except_={}, by=None, at=AT)
            baskets.close_week(self.garden, week, today=week.sunday + timedelta(days=1), by=None, at=AT)

    def reopen(self, number: int, today: date = JULY) -> None:
        close = WeekClose.objects.get(garden=self.garden, week=Week(2017, number), reopened_at=None)
        baskets.reopen_week(close, reason="Erreur de pointage.", today=today, by=None, at=AT)

    def to_claim(self, today: date = JULY) -> ToClaim:
        return queries.to_claim(self.entity, [self.garden.pk], today)

    def issue(self, today: date = JULY, asked: list[str] | None = None) -> list[Claim]:
        seen = asked if asked is not None else [draft.digest for draft in self.to_claim(today).ready]
        return actions.issue(
            self.entity, gardens=[self.garden.pk], asked=seen, today=today, text=self.text, by=None, at=AT
        )

    def credit(self, claim: Claim) -> Claim:
        return actions.credit(claim, reason="Adressée au mauvais service.", on=JULY, text=self.text, by=None, at=AT)

    def pay(self, cents: int, once: str = "a", parts: tuple[actions.Part, ...] = (), **fields: Any) -> Any:
        values = {"partner": self.place.payer.partner, "day": JULY, "means": "transfer", "reference": "VIR"} | fields
        return actions.receive(self.entity, cents=cents, once=once, parts=parts, by=None, at=AT, **values)


def settled(
    tranche: Tranche, garden: Any, cents: int, day: date = date(2017, 3, 14), baskets: int = 2
) -> SettlementLine:
    """A line of a settlement, as part B writes it: the tranche pays so much of a group of baskets."""
    number = Settlement.objects.count() + 1
    settlement = Settlement.objects.create(
        id=number, through=day, day=day, at=AT, last_entry=0, digest="x", solver="test", need_cents=0, covered_cents=0, bound_cents=0
    )  # fmt: skip
    Tranche.objects.filter(pk=tranche.pk).update(used_cents=max(0, tranche.used_cents + cents))
    tranche.refresh_from_db()
    return SettlementLine.objects.create(
        settlement=settlement, tranche=tranche, garden=garden, day=day, price_cents=1200, member_cents=360, need_cents=840,
        uncovered_cents=840, local_cents=0, baskets=baskets, cents=cents, to_garden_cents=cents,
    )  # fmt: skip
