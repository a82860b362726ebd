"""A garden's committee to play with: the CCAS and a member sit; it met in March 2017, and meets again in June."""

from __future__ import annotations

from datetime import UTC, date, datetime

from cageot.guide.models import CommitteeMember, Decision, Meeting
from cageot.network.models import Garden
from tests import factories as make

AT = datetime(2017, 5, 2, 9, 0, tzinfo=UTC)
BEFORE, NEXT = datetime(2017, 3, 14, 13, 0, tzinfo=UTC), datetime(2017, 6, 13, 12, 0, tzinfo=UTC)


def seat(
    garden: Garden, name: str = "Anne Roy", email: str = "anne@ccas.example.org", **fields: object
) -> CommitteeMember:
    values = {"from_day": date(2017, 1, 1), "function": "directrice", **fields}
    return CommitteeMember.objects.create(garden=garden, name=name, email=email, **values)


def committee(garden: Garden) -> tuple[CommitteeMember, CommitteeMember]:
    partner = make.make_partner()
    partner.gardens.add(garden)
    return seat(garden, partner=partner), seat(garden, "Rose Kaya", "", for_members=True, function="")


def meeting(garden: Garden, at: datetime = NEXT, **fields: object) -> Meeting:
    return Meeting.objects.create(
        garden=garden, at=at, **{"place": "Salle des fêtes", "agenda": "1. Tour de table", **fields}
    )


def rows_of(garden: Garden) -> dict[str, int]:
    """Somebody who sits, a meeting to come and a decision of it: ids by the words of the addresses. Made once."""
    one = CommitteeMember.objects.filter(garden=garden).first() or committee(garden)[0]
    held = Meeting.objects.filter(garden=garden).first() or meeting(garden)
    made = Decision.objects.filter(meeting=held).first() or Decision.objects.create(
        meeting=held, text="Ouvrir un dépôt"
    )
    return {"seat": one.pk, "meeting": held.pk, "decision": made.pk}
