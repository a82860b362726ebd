"""What a household owes: its own part of the baskets of closed weeks, month by month, and its membership.

Nobody's price but what this household pays: whoever pays the rest, and whether somebody does, is told nowhere here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.dates import MONTHS

from cageot.core import sql
from cageot.members.models import Household, Membership


@dataclass(frozen=True)
class Month:
    """What the household owes for a month, in cents: its part of the baskets, and what bringing them costs it."""

    year: int
    month: int
    baskets: int
    cents: int
    fee_cents: int

    @property
    def name(self) -> str:
        return f"{str(MONTHS[self.month]).capitalize()} {self.year}"

    @property
    def total(self) -> int:
        return self.cents + self.fee_cents


_PARTS = """
    SELECT d.day, b.fee_cents, SUM(c.sign), SUM(c.member_cents)
    FROM baskets_basket b JOIN baskets_delivery d ON d.id = b.delivery_id
    JOIN funding_charge c ON c.kind = 'basket' AND c.key = b.id
    WHERE b.household_id = %s AND d.day >= %s AND d.close_id IS NOT NULL
    GROUP BY b.id, b.fee_cents, d.day ORDER BY d.day DESC
"""


def months(household: Household, since: date) -> list[Month]:
    """The months since a day with a closed basket, the last first. A charge taken back counts no more. One query."""
    found: dict[tuple[int, int], list[int]] = {}
    for text, fee, standing, cents in sql.rows(_PARTS, household.pk, since):
        if standing > 0:
            day = sql.day(text)
            one = found.setdefault((day.year, day.month), [0, 0, 0])
            one[0] += 1
            one[1] += int(cents)
            one[2] += fee
    return [Month(*when, *sums) for when, sums in found.items()]


@dataclass(frozen=True)
class Fee:
    """A membership: what is owed for it, in cents (0 when the household owes nothing), and when it was received."""

    from_day: date
    until_day: date | None
    cents: int
    paid_on: date | None

    @property
    def settled(self) -> bool:
        return self.paid_on is not None or not self.cents


def membership(household: Household, today: date) -> Fee | None:
    """The membership that runs, or the next one. One query. Paid by somebody else, it is settled: by whom is not told."""
    one = Membership.objects.filter(household=household).between(today, date.max).order_by("from_day").first()
    if one is None:
        return None
    owed = 0 if one.paid_by_id else one.fee_cents
    return Fee(one.from_day, one.until_day, owed, one.paid_on)


def months_back(today: date, count: int) -> date:
    """The first day of the month that was `count` months ago."""
    years, month = divmod(today.year * 12 + today.month - 1 - count, 12)
    return date(years, month + 1, 1)
