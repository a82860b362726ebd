"""The same actions for many households of one garden at once: a file that comes in, a season that is played.

Refusals are those of `members.actions`, and nothing is written when one household is refused. The number of
queries does not depend on the number of households, but for their slices. One line in the log for each call.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from cageot.core import sql
from cageot.funding.models import Agreement, Tariff
from cageot.members.actions import OutsideAgreement, SupportOverlaps, search_text
from cageot.members.models import Household, Member, Membership, Support
from cageot.network.actions import record
from cageot.network.models import Garden, Person

FEW = 500
"""Up to here households are named one by one in a query; above, the whole garden is read."""


class Welcome(NamedTuple):
    """A household and its contact, not saved yet. The garden is set by `welcome_many`."""

    household: Household
    contact: Member


def welcome_many(garden: Garden, welcomes: Sequence[Welcome], *, by: Person | None, at: datetime) -> list[Household]:
    """Create households with their contacts, in the order given. A number that the garden has already, or twice
    in `welcomes`, raises IntegrityError: ask `Household` first."""
    for household, contact in welcomes:
        household.garden = garden
        contact.contact, contact.search = True, search_text(contact, household.number)
    with transaction.atomic():
        households = sql.insert_all(Household, (one.household for one in welcomes))
        for household, contact in welcomes:
            contact.household = household
        sql.insert_all(Member, (one.contact for one in welcomes))
        record("members.welcomed", by=by, at=at, garden=garden, count=len(welcomes))
    return households


def join_many(
    garden: Garden, memberships: Sequence[Membership], *, by: Person | None, at: datetime
) -> list[Membership]:
    """Take memberships of the association, not saved yet, for households of the garden."""
    with transaction.atomic():
        made = sql.insert_all(Membership, memberships)
        record("members.joined", by=by, at=at, garden=garden, count=len(memberships))
    return made


def support_many(garden: Garden, supports: Sequence[Support], *, by: Person | None, at: datetime) -> list[Support]:
    """Open or renew periods of support, not saved yet. Refusals: SupportOverlaps, OutsideAgreement."""
    with transaction.atomic():
        _refuse_outside(garden, supports)
        ids = sorted({one.household_id for one in supports})
        of_these = {"pk__in": ids} if len(ids) <= FEW else {"garden": garden}
        list(
            Household.objects.select_for_update().filter(**of_these).order_by("pk").values_list("pk")
        )  # two hands at once
        _refuse_overlaps(garden, ids, supports)
        made = sql.insert_all(Support, supports)
        renewed = sum(one.renews_id is not None for one in supports)
        record("members.supported", by=by, at=at, garden=garden, count=len(supports) - renewed, renewed=renewed)
    return made


def _refuse_outside(garden: Garden, supports: Iterable[Support]) -> None:
    rows = Tariff.objects.filter(agreement__gardens=garden).exclude(agreement__status=Agreement.Status.DRAFT)
    dates = {
        (agreement, tariff): (first, last or date.max)
        for agreement, tariff, first, last in rows.values_list(
            "agreement", "pk", "agreement__from_day", "agreement__until_day"
        )
    }
    for one in supports:
        first, last = dates.get((one.agreement_id, one.tariff_id), (date.max, date.min))
        if not first <= one.from_day <= last:
            raise OutsideAgreement


def _refuse_overlaps(garden: Garden, households: list[int], supports: Iterable[Support]) -> None:
    of_these = {"household__in": households} if len(households) <= FEW else {"household__garden": garden}
    standing: dict[int, list[Support]] = defaultdict(list)
    for row in Support.objects.filter(**of_these):
        standing[row.household_id].append(row)
    for one in supports:
        for other in standing[one.household_id]:
            if one.from_day <= (other.until_day or date.max) and other.from_day <= (one.until_day or date.max):
                raise SupportOverlaps(other)
        standing[one.household_id].append(one)


def leave_many(garden: Garden, households: Sequence[int], *, last_day: date, by: Person | None, at: datetime) -> None:
    """These households leave the garden after `last_day`. Their subscriptions and supports are ended apart."""
    with transaction.atomic():
        Household.objects.filter(garden=garden, pk__in=list(households)).update(left_on=last_day)
        record("members.left", by=by, at=at, garden=garden, count=len(households), last_day=str(last_day))
