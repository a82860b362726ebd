"""Taking back an act on baskets: what it changed is seen while it is done, and put back while nothing came after."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q

from cageot.baskets.actions import Refused, WeekIsClosed, one_at_a_time, say_at_the_desk
from cageot.baskets.models import Basket, Delivery, HandOver
from cageot.baskets.models.week import BasketQuerySet
from cageot.network.actions import record
from cageot.network.models import Garden, Person

COLUMNS = ("state", "given_to_id", "pot", "depot_id", "depot_kept", "delivery_id", "size_id", "size_kept", "fee_cents")
"""What an act on a basket may change."""
DELIVERY = COLUMNS.index("delivery_id")

Values = tuple[Any, ...]


class ChangedSince(Refused):
    """Something was done to one of the baskets after the act: taking it back would take that away too."""


@dataclass
class Change:
    """What an act did: baskets by what they were and became (`COLUMNS`), those it made, and the last statement then.

    `as_json` and `from_json` let it wait in somebody's session.
    """

    turned: list[tuple[Values, Values, list[int]]] = field(default_factory=list)
    made: list[tuple[Values, list[int]]] = field(default_factory=list)
    last_said: int = 0

    def __bool__(self) -> bool:
        return bool(self.turned or self.made)

    def as_json(self) -> dict[str, Any]:
        return {"turned": self.turned, "made": self.made, "last_said": self.last_said}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Change:
        turned = [(tuple(was), tuple(became), pks) for was, became, pks in kept["turned"]]
        return cls(turned, [(tuple(became), pks) for became, pks in kept["made"]], kept["last_said"])


@contextmanager
def watching(garden: Garden, rows: BasketQuerySet) -> Iterator[Change]:
    """See what the act inside does to these baskets of the garden, in its own transaction. Three queries more.

    `rows` must hold the same baskets before and after, and those that the act makes. The change is known once out.
    """
    change = Change()
    with transaction.atomic():
        one_at_a_time(garden)
        before = _seen(rows)
        yield change
        after = _seen(rows)
        turned: dict[tuple[Values, Values], list[int]] = defaultdict(list)
        made: dict[Values, list[int]] = defaultdict(list)
        for pk, became in sorted(after.items()):
            if pk not in before:
                made[became].append(pk)
            elif before[pk] != became:
                turned[before[pk], became].append(pk)
        change.turned = [(was, became, pks) for (was, became), pks in turned.items()]
        change.made = list(made.items())
        said = HandOver.objects.filter(basket__in=rows.values("pk")).aggregate(last=Max("pk"))
        change.last_said = said["last"] or 0


def _seen(rows: BasketQuerySet) -> dict[int, Values]:
    return {pk: tuple(values) for pk, *values in rows.order_by().values_list("pk", *COLUMNS)}


def take_back(garden: Garden, change: Change, *, by: Person | None, at: datetime) -> int:
    """Put the baskets back as they were before the act, all or none; who does so is kept (`HandOver`), as for a mark.

    Returns how many baskets changed back. Refusals: WeekIsClosed; ChangedSince when one of them was touched after the act.
    """
    became = {pk: values for _was, values, pks in change.turned for pk in pks}
    made = {pk: values for values, pks in change.made for pk in pks}
    try:
        with transaction.atomic():
            one_at_a_time(garden)
            _still(garden, became | made, change.last_said)
            days = {was[DELIVERY] for was, _became, _pks in change.turned}
            if Delivery.objects.filter(pk__in=days, close__isnull=False).exists():
                raise WeekIsClosed
            if Basket.objects.filter(origin__in=made).exists() or HandOver.objects.filter(basket__in=made).exists():
                raise ChangedSince
            Basket.objects.filter(garden=garden, pk__in=made).delete()
            states: dict[int, Any] = {}
            for was, is_, pks in change.turned:
                Basket.objects.filter(garden=garden, pk__in=pks).update(**dict(zip(COLUMNS, was, strict=True)))
                if was[0] != is_[0]:
                    states |= dict.fromkeys(pks, was[0])
            say_at_the_desk(states, by, at)
            [pk] = became if len(became) == 1 else [0]
            about = f"baskets.basket:{pk}" if pk else ""
            record("baskets.undone", by=by, at=at, garden=garden, about=about, baskets=len(became), made=len(made))
    except IntegrityError as error:  # another basket stands meanwhile where one of them was, or its place is gone
        raise ChangedSince from error
    return len(became) + len(made)


def _still(garden: Garden, became: dict[int, Values], last_said: int) -> None:
    """Every basket is as the act left it, in open weeks, and nobody said anything of it since."""
    rows = Basket.objects.filter(garden=garden, pk__in=became)
    if rows.filter(delivery__close__isnull=False).exists():
        raise WeekIsClosed
    later = Q(pk__gt=last_said, note="", overruled=False)
    if _seen(rows) != became or HandOver.objects.filter(later, basket__in=became).exists():
        raise ChangedSince
