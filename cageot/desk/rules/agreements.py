"""Where an agreement stands on a day, from its dates, its state and its quotas.

| standing   | when                                                                      |
|------------|---------------------------------------------------------------------------|
| draft      | not signed yet                                                            |
| over       | its last day is past                                                      |
| terminated | ended early, its last day still to come                                   |
| to_come    | signed, not begun                                                         |
| out        | a payer's quota is spent                                                  |
| nearly_out | less than 15 % of a payer's quota is left                                 |
| ending     | its last day comes within three months                                    |
| running    | otherwise                                                                 |
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from cageot.desk.rules.paying import QuotaUse

SOON = timedelta(days=92)
"""An agreement that ends within three months is said to end soon."""


@dataclass(frozen=True)
class Dates:
    """An agreement's state (draft, active or terminated), its days, and how long before its end notice is due."""

    status: str
    from_day: date
    until_day: date | None
    notice_days: int = 0

    @property
    def notice_by(self) -> date | None:
        """The last day to speak up before it goes on or ends."""
        return None if self.until_day is None else self.until_day - timedelta(days=self.notice_days)


def standing(dates: Dates, uses: Iterable[QuotaUse], today: date) -> str:
    """The one word that matters most about an agreement today."""
    uses = list(uses)
    if dates.status == "draft":
        return "draft"
    if dates.until_day and dates.until_day < today:
        return "over"
    if dates.status == "terminated":
        return "terminated"
    if dates.from_day > today:
        return "to_come"
    if any(is_out(use) for use in uses):
        return "out"
    if any(use.nearly_out for use in uses):
        return "nearly_out"
    return "ending" if dates.until_day and dates.until_day <= today + SOON else "running"


def is_out(use: QuotaUse) -> bool:
    """Whether one of its limits is reached."""
    baskets = use.quota_baskets is not None and use.used_baskets >= use.quota_baskets
    return baskets or (use.quota_cents is not None and use.used_cents >= use.quota_cents)


def fullest(use: QuotaUse) -> tuple[int, int] | None:
    """The limit that is nearest to be reached, as (used, quota) in baskets or in cents; None without limits."""
    limits = [(use.used_baskets, use.quota_baskets), (use.used_cents, use.quota_cents)]
    found = [(used, quota) for used, quota in limits if quota is not None]
    return max(found, key=lambda pair: pair[0] / (pair[1] or 1), default=None)
