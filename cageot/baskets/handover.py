"""The hand-over at the depot: links for volunteers, and what is said there, by phone, on paper, online or later."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import get_current_timezone

from cageot.baskets.actions import WeekIsClosed, one_at_a_time
from cageot.baskets.models import Basket, Delivery, Depot, DepotLink, HandOver
from cageot.baskets.models.week import BasketQuerySet
from cageot.baskets.rules import handover as rules
from cageot.members.models import Household
from cageot.network.actions import record
from cageot.network.models import Person
from cageot.network.secrets import digest, secret

# --- Links ----------------------------------------------------------------------------------------

LATE = timedelta(days=7)
"""How long after its last day, or after it was revoked, a link may still deliver what was said before."""


def open_link(
    depot: Depot, *, label: str, from_day: date, until_day: date | None, by: Person | None, at: datetime
) -> tuple[DepotLink, str]:
    """A personal way in to one depot's list. Returns it with its code, which is kept nowhere: shown once, then gone."""
    code, kept = secret()
    with transaction.atomic():
        link = DepotLink.objects.create(
            depot=depot, label=label, digest=kept, from_day=from_day, until_day=until_day, by=by, at=at
        )
        record("baskets.depot_link_opened", by=by, at=at, garden=depot.garden, about=link, from_day=str(from_day))
    return link, code


def revoke_link(link: DepotLink, *, by: Person | None, at: datetime) -> bool:
    """The link opens nothing any more. Returns whether it still did."""
    with transaction.atomic():
        changed = DepotLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=at)
        if changed:
            record("baskets.depot_link_revoked", by=by, at=at, garden=link.depot.garden, about=link)
    return bool(changed)


def enter(code: str, *, today: date, at: datetime) -> DepotLink | None:
    """The link that a code opens today, and a line in the log that it was used; None for any other code."""
    link = DepotLink.objects.on(today).filter(digest=digest(code), revoked_at=None).select_related("depot").first()
    if link:
        record("baskets.depot_link_used", by=None, at=at, garden=link.depot.garden, about=link)
    return link


# --- What is said -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Event:
    """What a device says of a basket: a state, following the statement `after` (None: the first), or a note.

    `said` is the device's time, shifted by what its clock was off. `to`: the household of this depot that gets it, POT for
    the garden's common pot, None for somebody else. A note has a `key` that the device made up; an empty one takes away what
    was noted.
    """

    basket: int
    said: datetime
    key: UUID
    state: str = ""
    after: UUID | None = None
    note: str | None = None
    to: int | None = None


class Outcome(Enum):
    """What became of an event."""

    DONE = "done"
    OVERRULED = "overruled"  # somebody else said that the basket was taken: kept, and what stands does not change
    CLOSED = "closed"  # the week was closed meanwhile: kept as a record, without effect
    GONE = "gone"  # the link was stopped before: kept as a record, without effect
    UNKNOWN = "unknown"  # not a basket of this depot and these days, or not a statement: nothing kept


SAYABLE = {Basket.State.PLANNED, Basket.State.COLLECTED, Basket.State.UNCLAIMED, Basket.State.GIVEN_ON}
"""What may be said at a depot."""
POT = 0
"""Handed on to nobody in particular: it goes back to the garden, for whoever needs it."""
NO_NOTE = " "
"""How a note that was taken away is kept."""


def say(link: DepotLink, events: Sequence[Event], *, sent: datetime, at: datetime) -> dict[UUID, Outcome]:
    """Write what a device says, in any order, some of it perhaps not for the first time. Returns key → what became of it.

    `sent`: the device's time at sending. What was said counts even when the link ended since; what a stopped link
    brings is kept without effect. A constant number of queries, however many events.
    """
    garden = link.depot.garden
    with transaction.atomic():
        one_at_a_time(garden)
        tellers = _tellers(link, {event.basket for event in events}, at)
        heard = set(HandOver.objects.filter(key__in=[event.key for event in events]).values_list("key", flat=True))
        homes = _homes(link, {event.to for event in events if event.to})
        outcomes = {}
        for event in events:
            known = event.key in heard
            outcomes[event.key] = (
                Outcome.DONE if known else _hear(tellers.get(event.basket), link, event, sent, at, homes)
            )
            heard.add(event.key)
        _write(tellers.values())
    return outcomes


def promised(basket: Basket) -> bool:
    """Given to somebody before the day (`absences.give`), or moved in a way that may be that: whom it goes to is then
    not the depot's to change."""
    return basket.depot_kept or basket.kind != Basket.Kind.REGULAR


def holder(basket: Basket) -> int:
    """The household that comes for a basket: whom it was promised to, or its own."""
    return basket.given_to_id if promised(basket) and basket.given_to_id else basket.household_id


class _Teller:
    """All that was said of one basket, and what this writing adds to it."""

    def __init__(self, basket: Basket, rows: Iterable[HandOver]) -> None:
        self.basket = basket
        self.said = statements(rows)
        self.new: list[HandOver] = []
        self.state, self.given_to, self.pot = str(basket.state), basket.given_to_id, basket.pot

    def standing(self) -> rules.Said | None:
        return rules.standing(self.basket.pk, self.said)

    def useless(self, link: DepotLink) -> Outcome | None:
        """Why nothing that this link says of this basket can have an effect, if so."""
        if self.basket.delivery.close_id:
            return Outcome.CLOSED
        if link.revoked_at:
            return Outcome.GONE
        # Postponed, and another one already stands in its place: it cannot be had twice.
        taken_back = self.state == Basket.State.MOVED and self.basket.taken_back  # type: ignore[attr-defined]
        return Outcome.OVERRULED if taken_back else None

    def note_desk(self, at: datetime, by: Person | None = None) -> None:
        """What the desk says otherwise than the statement in force: written down when it is noticed, or said."""
        wins = self.standing()
        if self.state != (wins.state if wins else Basket.State.PLANNED):
            after = wins.key if wins else rules.root(self.basket.pk)
            self.add(rules.follow(after, self.state, rules.DESK), self.state, said_at=at, received_at=at, by=by)

    def add(self, key: UUID, state: str, **columns: Any) -> None:
        row = HandOver(key=key, basket=self.basket, state=state, **columns)
        self.new.append(row)
        self.said += statements([row])


def statements(rows: Iterable[HandOver]) -> list[rules.Said]:
    """Rows as the rule reads them: without notes, nor what has no effect."""
    return [
        rules.Said(row.key, row.state, row.link_id or rules.DESK, row.said_at)
        for row in rows
        if not row.note and not row.overruled
    ]


def _tellers(link: DepotLink, baskets: set[int], at: datetime) -> dict[int, _Teller]:
    """The baskets of the link's depot and days among these, each with what was said of it. Two queries."""
    today = at.astimezone(get_current_timezone()).date()
    found = Basket.objects.filter(
        pk__in=baskets, depot=link.depot_id, delivery__day__range=(max(link.from_day, today - LATE), today)
    )
    if link.until_day:
        found = found.filter(delivery__day__lte=link.until_day)
    return _with_what_was_said(found)


def _with_what_was_said(found: BasketQuerySet) -> dict[int, _Teller]:
    taken_back = Exists(Basket.objects.filter(origin=OuterRef("pk")))
    there = {one.pk: one for one in found.select_related("delivery").annotate(taken_back=taken_back)}
    rows = defaultdict(list)
    for row in HandOver.objects.filter(basket__in=there):
        rows[row.basket_id].append(row)
    return {pk: _Teller(basket, rows[pk]) for pk, basket in there.items()}


def _homes(link: DepotLink, households: set[int]) -> set[int]:
    """Those of these households that collect at the link's depot. One query."""
    if not households:
        return set()
    depot = link.depot_id
    there = Q(subscriptions__depot=depot) | Q(baskets__depot=depot) | Q(received__depot=depot)
    rows = Household.objects.filter(there, pk__in=households, garden=link.depot.garden_id)
    return set(rows.values_list("pk", flat=True))


def _hear(
    teller: _Teller | None, link: DepotLink, event: Event, sent: datetime, at: datetime, homes: set[int]
) -> Outcome:
    if teller is None or not _holds(event, link):
        return Outcome.UNKNOWN
    midnight = datetime.combine(teller.basket.delivery.day, time.min, get_current_timezone())
    said = rules.corrected(event.said, sent=sent, received=at, earliest=midnight)
    useless = teller.useless(link)
    columns = {"link": link, "said_at": said, "received_at": at, "overruled": useless is not None}
    if event.note is not None:
        teller.add(event.key, teller.state, note=event.note.strip()[:200] or NO_NOTE, **columns)
        return useless or Outcome.DONE
    if useless is None:
        teller.note_desk(at)
    teller.add(event.key, event.state, **columns)
    return useless or _settle(teller, event, homes)


def _settle(teller: _Teller, event: Event, homes: set[int]) -> Outcome:
    """Bring the basket to the statement in force."""
    wins = teller.standing()
    if wins and wins.key == event.key:
        teller.given_to = event.to if event.to in homes else None
        teller.pot = event.to == POT
    teller.state = wins.state if wins else event.state
    return Outcome.DONE if teller.state == event.state else Outcome.OVERRULED


def _holds(event: Event, link: DepotLink) -> bool:
    """Whether a device may say this: a note, or a state under the name that follows from what stood before."""
    if event.note is not None:
        return True
    after = event.after or rules.root(event.basket)
    return event.state in SAYABLE and event.key == rules.follow(after, event.state, link.pk)


def _write(tellers: Iterable[_Teller]) -> None:
    """One insert for all that was said, one update for each state (and receiver), while the weeks are open."""
    changes: dict[tuple[str, int | None, bool], list[int]] = defaultdict(list)
    new = []
    for one in tellers:
        new += one.new
        if (wanted := _wanted(one)) != (one.basket.state, one.basket.given_to_id, one.basket.pot):
            changes[wanted].append(one.basket.pk)
    HandOver.objects.bulk_create(new)
    for (state, given_to, pot), baskets in sorted(changes.items(), key=lambda item: item[1]):
        rows = Basket.objects.filter(pk__in=baskets, delivery__close=None)
        if rows.update(state=state, given_to=given_to, pot=pot) != len(baskets):
            raise WeekIsClosed


def _wanted(one: _Teller) -> tuple[str, int | None, bool]:
    """The state of a basket as it is now told, the household that gets it, whether it goes to the common pot."""
    given = one.state == Basket.State.GIVEN_ON
    was_given = one.basket.state == Basket.State.GIVEN_ON
    to = one.basket.given_to_id if promised(one.basket) else one.given_to if given else None
    return one.state, to, one.pot if given else one.basket.pot and not was_given


# --- On paper -----------------------------------------------------------------------------------------


def enter_sheet(
    delivery: Delivery, depot: Depot, *, seen: Iterable[int], except_: Mapping[int, str], by: Person | None, at: datetime
) -> tuple[int, int]:  # fmt: skip
    """ "Tous sauf…": what the paper sheet of a depot says. Of the baskets `seen` as planned, all were collected but
    `except_` (basket → unclaimed or given_on). What somebody marked meanwhile stays.

    Returns how many were written, and how many had been marked meanwhile. Refusal: WeekIsClosed.
    """
    asked = set(seen)
    with transaction.atomic():
        one_at_a_time(delivery.garden)
        if Delivery.objects.filter(pk=delivery.pk, close__isnull=False).exists():
            raise WeekIsClosed
        rows = Basket.objects.filter(pk__in=asked, delivery=delivery, depot=depot, state=Basket.State.PLANNED)
        tellers = _with_what_was_said(rows)
        for pk, teller in tellers.items():
            teller.note_desk(at)
            teller.state = except_.get(pk, Basket.State.COLLECTED.value)
            teller.note_desk(at, by)
        _write(tellers.values())
        counts = Counter(one.state for one in tellers.values())
        record("baskets.sheet_entered", by=by, at=at, garden=delivery.garden, about=delivery, counts=counts)
    return len(tellers), len(asked) - len(tellers)
