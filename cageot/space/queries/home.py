"""The member's first page. Ten queries at most, two more for the session: tests count them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from cageot.baskets.models import Slip
from cageot.members.models import Member
from cageot.space.queries import baskets, contribution, workshops
from cageot.workshops.models import Session
from cageot.workshops.queries import announced


@dataclass(frozen=True)
class Home:
    """What stands on the page. `nothing`: a title and a sentence, when there is no basket to collect."""

    name: str
    next: baskets.Visit | None
    later: list[baskets.Mine]
    left: list[baskets.Left]
    slip: Slip | None
    months: list[contribution.Month]
    fee: contribution.Fee | None
    nothing: tuple[str, str] | None
    workshop: Session | None = None
    workshop_when: str = ""


LATER_SHOWN = 4


def home(member: Member, today: date, now: datetime) -> Home:
    """All of it. A constant number of queries."""
    household = member.household
    rules = baskets.policies(household.garden)
    coming = baskets.coming(household, today, rules)
    workshop = workshops.next_one(household, now)
    return Home(
        member.first_name or str(member),
        coming.next,
        coming.later[:LATER_SHOWN],
        baskets.left(household, today, rules),
        coming.slip,
        contribution.months(household, contribution.months_back(today, 1)),
        contribution.membership(household, today),
        None if coming.next else baskets.nothing_because(household, today),
        workshop,
        announced.when(workshop) if workshop else "",
    )
