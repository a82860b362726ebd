"""What is done when supports end, where baskets and places count: granting a renewal, moving households together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from cageot.baskets import actions as baskets
from cageot.desk.queries import after as queries
from cageot.desk.queries.places_left import places_left
from cageot.funding.models import Agreement, Tariff
from cageot.members import after
from cageot.members.actions import Refused
from cageot.members.models import RenewalAsk, Support, SupportMove
from cageot.members.rules.after import renewal
from cageot.network.models import Garden, Person


class HasLeft(Refused):
    """The household has left the garden: nothing is renewed."""


class CannotGoOn(Refused):
    """The agreement cannot carry the renewal: `why` is "ends" or "full"."""

    def __init__(self, why: str) -> None:
        self.why = why


def grant(
    ask: RenewalAsk, *, months: int, tariff: Tariff | None, by: Person | None, at: datetime
) -> Support | None:  # fmt: skip
    """The referrer agrees: the renewed support is written with that tariff, within its agreement's days and places. Without
    a tariff the garden is left to find one. Refusals: CannotGoOn, HasLeft; AlreadyAnswered, SupportOverlaps, OutsideAgreement."""
    if tariff is None:
        return after.grant(ask, months=months, tariff=None, span=None, by=by, at=at)
    with transaction.atomic():
        baskets.one_at_a_time(ask.support.household.garden)  # nobody closes a week meanwhile
        agreement = Agreement.objects.select_for_update().get(pk=tariff.agreement_id)  # the last place is given once
        first = queries.first_free_day(ask.support)
        left_on = ask.support.household.left_on
        if left_on is not None and left_on < first:
            raise HasLeft
        free = places_left([agreement], first)[agreement.pk].free
        found = renewal(first, months, agreement_until=agreement.until_day, free=free)
        if isinstance(found, str):
            raise CannotGoOn(found)
        return after.grant(ask, months=months, tariff=tariff, span=found, by=by, at=at)


def move_together(
    garden: Garden, *, source: Agreement, tariff: Tariff, day: date, shorten: bool, shown: Sequence[int], by: Person | None, at: datetime
) -> SupportMove:  # fmt: skip
    """Move the supports that were `shown`, all or nothing. Refusal: MoveChanged when others may move now."""
    with transaction.atomic():
        baskets.one_at_a_time(garden)
        Agreement.objects.select_for_update().get(pk=tariff.agreement_id)
        plan = queries.move_plan(garden, source, tariff, day, shorten=shorten)
        if not plan.moved or sorted(one.pk for one in plan.moved) != sorted(shown):
            raise after.MoveChanged
        return after.move_supports(garden, source=source, tariff=tariff, day=day, moved=plan.moved, by=by, at=at)


class MoveSettled(Refused):
    """Baskets of the days of a move are settled: move the households again instead."""


def undo_move(move: SupportMove, *, by: Person | None, at: datetime) -> None:
    """Put everything back. Refusals: MoveSettled, MoveChanged."""
    with transaction.atomic():
        baskets.one_at_a_time(move.garden)
        if queries.settled_since(move):
            raise MoveSettled
        after.undo_move(move, by=by, at=at)
