"""What is done to rounds and depots: opening, ordering, shifting and closing them. Baskets to come follow (`realign`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, override

from cageot.baskets import queries
from cageot.baskets.actions import Refused, change_from, keep_fees, lay_baskets, one_at_a_time, places_taken
from cageot.baskets.models import (
    Basket,
    Delivery,
    Depot,
    DepotPause,
    DepotPhoto,
    Round,
    RoundShift,
    Subscription,
    WeekClose,
)
from cageot.baskets.rules import laying
from cageot.core.week import Week
from cageot.members.models import Household
from cageot.network.actions import record
from cageot.network.models import Garden, Person


class DepotInUse(Refused):
    """Households still collect at this depot after that day: `households` is how many."""

    def __init__(self, households: int) -> None:
        self.households = households


OF_THE_PLACE = frozenset(
    {
        "name", "number", "kind", "audience", "password", "client_category", "photo", "host", "address", "commune_code",
        "phone", "email", "website", "contact_name", "contact_phone", "contact_email", "description", "notes",
    }
)  # fmt: skip
"""What is said of a place, the same on each round that it is on; the rest is each depot's own."""


def round_on(garden: Garden, weekday: int) -> Round:
    """The garden's first round of that day of the week, made and named after the day if there is none."""
    found = Round.objects.filter(garden=garden, weekday=weekday, archived_on=None).first()
    if found:
        return found
    with override("fr"):  # a name that the garden may change, not a word of the screen
        return Round.objects.create(garden=garden, weekday=weekday, name=str(WEEKDAYS[weekday - 1]).capitalize())


class RoundInUse(Refused):
    """Depots are still on this round: `depots` is how many."""

    def __init__(self, depots: int) -> None:
        self.depots = depots


def open_round(garden: Garden, *, by: Person | None, at: datetime, **details: Any) -> Round:
    """Add a round, last of its day. `details` are its columns."""
    with transaction.atomic():
        rank = Round.objects.filter(garden=garden).count()
        found = Round.objects.create(garden=garden, rank=rank, **details)
        record("baskets.round_opened", by=by, at=at, garden=garden, about=found)
    return found


def change_round(one: Round, *, today: date, by: Person | None, at: datetime, **details: Any) -> list[str]:
    """Change a round; another day of the week moves its baskets to come. Returns the names of what changed."""
    changed = {name: value for name, value in details.items() if getattr(one, name) != value}
    if not changed:
        return []
    with transaction.atomic():
        one_at_a_time(one.garden)
        Round.objects.filter(pk=one.pk).update(**changed)
        if "weekday" in changed:
            realign(one.garden, today)
        record("baskets.round_changed", by=by, at=at, garden=one.garden, about=one, fields=sorted(changed))
    return sorted(changed)


def close_round(one: Round, *, today: date, by: Person | None, at: datetime) -> None:
    """Take a round out of use: it stays in what happened. Refusal: RoundInUse while an open depot is on it."""
    with transaction.atomic():
        one_at_a_time(one.garden)
        there = Depot.objects.filter(Q(closed_on=None) | Q(closed_on__gt=today), round=one).count()
        if there:
            raise RoundInUse(there)
        Round.objects.filter(pk=one.pk).update(archived_on=today)
        record("baskets.round_closed", by=by, at=at, garden=one.garden, about=one)


def order_depots(
    garden: Garden, order: Mapping[int, Sequence[int]], *, today: date, by: Person | None, at: datetime
) -> None:  # fmt: skip
    """Put depots on rounds in this order (round → depots). Depots left out stay after those named. A depot that comes
    on another round takes its baskets to come along. What is not of the garden is left aside."""
    with transaction.atomic():
        one_at_a_time(garden)
        rounds = set(Round.objects.filter(garden=garden, archived_on=None).values_list("pk", flat=True))
        depots = {one.pk: one for one in Depot.objects.filter(garden=garden)}
        moved = False
        for number, wanted in order.items():
            if number not in rounds:
                continue
            named = [pk for pk in dict.fromkeys(wanted) if pk in depots]
            rest = [one.pk for one in depots.values() if one.round_id == number and one.pk not in named]
            for rank, pk in enumerate([*named, *sorted(rest, key=lambda pk: depots[pk].rank)]):
                moved = moved or depots[pk].round_id != number
                depots[pk].round_id, depots[pk].rank = number, rank
        Depot.objects.bulk_update(depots.values(), ["round", "rank"], batch_size=200)
        if moved:
            realign(garden, today)
        record("baskets.depots_ordered", by=by, at=at, garden=garden, about=garden)


class PauseRefused(Refused):
    """The depot cannot be closed then: `why` is closed (its replacement is not open all that time), home (its replacement
    is somebody's home), overlaps (it is closed already), full (the replacement has `left` places for `asked`), or past."""

    def __init__(self, why: str, *, left: int = 0, asked: int = 0) -> None:
        self.why, self.left, self.asked = why, left, asked


def pause_depot(
    depot: Depot, *, from_day: date, until_day: date, replacement: Depot, note: str, today: date, by: Person | None,
    at: datetime,
) -> DepotPause:  # fmt: skip
    """Close a depot from a day until another, both included: its baskets of those days go to `replacement`, on that
    one's day of the same week. Refusal: PauseRefused."""
    with transaction.atomic():
        one_at_a_time(depot.garden)
        if from_day < today:
            raise PauseRefused("past")
        if replacement.household_id:
            raise PauseRefused("home")
        if DepotPause.objects.filter(depot=depot).between(from_day, until_day).exists():
            raise PauseRefused("overlaps")
        away = DepotPause.objects.filter(depot=replacement).between(from_day, until_day).exists()
        back = DepotPause.objects.filter(replacement=depot).between(from_day, until_day).exists()
        if away or back or (replacement.closed_on and replacement.closed_on <= until_day):
            raise PauseRefused("closed")
        if replacement.capacity is not None:
            left = replacement.capacity - places_taken([replacement.pk], from_day)[replacement.pk]
            asked = places_taken([depot.pk], from_day)[depot.pk]
            if asked > left:
                raise PauseRefused("full", left=left, asked=asked)
        pause = DepotPause.objects.create(
            depot=depot, from_day=from_day, until_day=until_day, replacement=replacement, note=note
        )
        realign(depot.garden, from_day)
        record("baskets.depot_paused", by=by, at=at, garden=depot.garden, about=pause)
    return pause


def end_pause(pause: DepotPause, *, today: date, by: Person | None, at: datetime) -> None:
    """The depot opens again as of today: what is to come returns to it. A pause not begun is taken away."""
    with transaction.atomic():
        garden = pause.depot.garden
        one_at_a_time(garden)
        if pause.from_day >= today:
            pause.delete()
        else:
            DepotPause.objects.filter(pk=pause.pk).update(until_day=today - timedelta(days=1))
        realign(garden, today)
        record("baskets.depot_reopened", by=by, at=at, garden=garden, about=pause.depot)


def open_depot(garden: Garden, *, today: date, by: Person | None, at: datetime, **details: Any) -> Depot:
    """Add a depot, last on its round. `details` are its columns; `weekday` may stand for `round`. The garden then
    delivers on its day in every week to come that it delivers."""
    with transaction.atomic():
        if "weekday" in details:
            details["round"] = round_on(garden, details.pop("weekday"))
        rank = _last_rank(details["round"])
        depot = Depot.objects.create(garden=garden, **{"rank": rank} | details)
        realign(garden, today)
        record("baskets.depot_opened", by=by, at=at, garden=garden, about=depot)
    return depot


def change_depot(depot: Depot, *, today: date, by: Person | None, at: datetime, **details: Any) -> list[str]:
    """Change what is known of a depot; another round moves the baskets to come. Returns the names of what changed.

    What is said of the place changes on every round that it is on.
    """
    if details.get("weekday", depot.weekday) != depot.weekday:
        details["round"] = round_on(depot.garden, details["weekday"])
    details.pop("weekday", None)
    changed = {name: value for name, value in details.items() if getattr(depot, name) != value}
    if not changed:
        return []
    with transaction.atomic():
        one_at_a_time(depot.garden)
        of_place = {name: value for name, value in changed.items() if name in OF_THE_PLACE}
        if of_place:
            Depot.objects.filter(garden=depot.garden_id, name=depot.name).update(**of_place)
        Depot.objects.filter(pk=depot.pk).update(**changed)
        if "round" in changed:
            realign(depot.garden, today)
        elif "fee_cents" in changed:
            keep_fees(depot.garden, today)
        record("baskets.depot_changed", by=by, at=at, garden=depot.garden, about=depot, fields=sorted(changed))
    return sorted(changed)


def show_photo(depot: Depot, *, kind: str, content: bytes, alt: str, by: Person | None, at: datetime) -> DepotPhoto:
    """Give a place its picture, on every round that it is on. `kind` is one of `GardenLogo.Kind`."""
    with transaction.atomic():
        one_at_a_time(depot.garden)
        photo = DepotPhoto.objects.create(
            garden=depot.garden, kind=kind, content=content, digest=sha256(content).hexdigest()[:12], alt=alt
        )
        _same_photo(depot, photo)
        record("baskets.depot_photo_set", by=by, at=at, garden=depot.garden, about=depot)
    return photo


def describe_photo(depot: Depot, *, alt: str, by: Person | None, at: datetime) -> None:
    """Say otherwise what the picture of a place shows."""
    with transaction.atomic():
        DepotPhoto.objects.filter(depots=depot).update(alt=alt)
        record("baskets.depot_photo_described", by=by, at=at, garden=depot.garden, about=depot)


def hide_photo(depot: Depot, *, by: Person | None, at: datetime) -> None:
    """Take a place's picture away."""
    with transaction.atomic():
        one_at_a_time(depot.garden)
        _same_photo(depot, None)
        record("baskets.depot_photo_removed", by=by, at=at, garden=depot.garden, about=depot)


def _same_photo(depot: Depot, photo: DepotPhoto | None) -> None:
    """The picture on every slot of the place; those that no depot shows any more go."""
    Depot.objects.filter(garden=depot.garden_id, name=depot.name).update(photo=photo)
    DepotPhoto.objects.filter(garden=depot.garden_id, depots=None).delete()


def _last_rank(round: Round) -> int:
    """The rank of a depot that comes last on a round."""
    last = Depot.objects.filter(round=round).aggregate(last=Max("rank"))["last"]
    return 0 if last is None else int(last) + 1


class AtHomeAlready(Refused):
    """This household has a home stop already: `depot`."""

    def __init__(self, depot: Depot) -> None:
        self.depot = depot


def open_home_stop(
    household: Household, *, round: Round, fee_cents: int, slot: str, notes: str, from_day: date, by: Person | None,
    at: datetime,
) -> Depot:  # fmt: skip
    """Bring a household its baskets at home: a stop of a round for it alone, last on the round, with a fee for each basket.

    Its subscriptions that run or are to start go there from that day on. The stop is called by the household's number, since
    its name is read on shared lists. One closed before is opened again. Refusal: AtHomeAlready.
    """
    garden = household.garden
    with transaction.atomic():
        one_at_a_time(garden)
        known = Depot.objects.filter(garden=garden, household=household).select_related("round").first()
        if known and known.closed_on is None:
            raise AtHomeAlready(known)
        with override("fr"):  # a name that the garden may change, not a word of the screen
            name = gettext("Domicile n° %(number)s") % {"number": household.number}
        values = {"round": round, "fee_cents": fee_cents, "slot": slot, "notes": notes, "closed_on": None}
        values["rank"] = _last_rank(round)
        stop = known or Depot(garden=garden, household=household, name=name)
        for column, value in values.items():
            setattr(stop, column, value)
        stop.save()
        rows = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=from_day), household=household)
        for one in rows.select_related("household"):
            change_from(one, max(from_day, one.from_day), {"depot": stop})
        realign(garden, from_day)
        record("baskets.home_stop_opened", by=by, at=at, garden=garden, about=household, from_day=str(from_day))
    return stop


class RoundGone(Refused):
    """The round of this depot is out of use: say another."""


def reopen_depot(depot: Depot, *, round: Round, today: date, by: Person | None, at: datetime) -> None:
    """Households may collect there again from today on, on that round. Those that went elsewhere stay there.

    The garden delivers on its day again. Refusals: RoundGone, NotClosed.
    """
    with transaction.atomic():
        one_at_a_time(depot.garden)
        if round.archived_on is not None:
            raise RoundGone
        rank = depot.rank if round.pk == depot.round_id else _last_rank(round)
        rows = Depot.objects.filter(pk=depot.pk, closed_on__isnull=False)
        if not rows.update(closed_on=None, round=round, rank=rank):
            raise NotClosed
        realign(depot.garden, today)
        record("baskets.depot_open_again", by=by, at=at, garden=depot.garden, about=depot)


class NotClosed(Refused):
    """Somebody opened this depot again first."""


def realign(garden: Garden, from_day: date) -> laying.Plan:
    """Bring deliveries and baskets in line with rounds, shifts and pauses, from a day on: whoever changes one of
    those calls this. Weeks without delivery stay without, closed weeks and what was already said of a basket too.
    Returns what was laid.
    """
    with transaction.atomic():
        one_at_a_time(garden)
        rows = Delivery.objects.filter(garden=garden, day__gte=from_day, close=None)
        there = dict(rows.values_list("day", "pk"))
        roads = queries.roads(garden, from_day)
        wanted = queries.days_of_rounds(garden, roads, {Week.of(day) for day in there}, from_day)
        new = [day for day in sorted(wanted) if day >= from_day and day not in there]
        Delivery.objects.bulk_create(Delivery(garden=garden, day=day, week=Week.of(day)) for day in new)
        there = dict(rows.values_list("day", "pk"))
        _follow_roads(garden, from_day, roads, there)
        plan = lay_baskets(garden, from_day=from_day)
        gone = [pk for day, pk in there.items() if day not in wanted]
        Delivery.objects.filter(pk__in=gone, day__gt=from_day, baskets=None).delete()
    return plan


class ShiftRefused(Refused):
    """A round cannot go on that day: `why` is week_closed, other_week or past; `round` and `week` say which."""

    def __init__(self, why: str, round: Round, week: Week) -> None:
        self.why, self.round, self.week = why, round, week


@dataclass(frozen=True)
class Moves:
    """What shifting rounds changes of the baskets to come: on another day, no basket that week, a basket again."""

    moved: int
    dropped: int
    added: int


def shift_rounds(
    garden: Garden, shifts: Mapping[tuple[Round, Week], date | None], *, reasons: Mapping[Week, str], today: date,
    by: Person | None, at: datetime, only_look: bool = False,
) -> Moves:  # fmt: skip
    """Put rounds of the garden on another day in some weeks (None: the round does not go); its usual day undoes a shift.

    Deliveries and baskets follow. `only_look` tells what would move, and writes nothing. Refusal: ShiftRefused.
    """
    for (one, week), day in shifts.items():
        if day and Week.of(day) != week:
            raise ShiftRefused("other_week", one, week)
        if week.sunday < today or (day and day < today):
            raise ShiftRefused("past", one, week)
    weeks = {week for _one, week in shifts}
    with transaction.atomic():
        one_at_a_time(garden)
        closed = set(
            WeekClose.objects.filter(garden=garden, week__in=weeks, reopened_at=None).values_list("week", flat=True)
        )
        for one, week in shifts:
            if week in closed:
                raise ShiftRefused("week_closed", one, week)
        before = _where(garden, weeks)
        for (one, week), day in shifts.items():
            RoundShift.objects.filter(round=one, week=week).delete()
            if day != week.day(one.weekday):
                RoundShift.objects.create(round=one, week=week, day=day, reason=reasons.get(week, "")[:80])
        realign(garden, max(today, min(weeks).monday))
        after = _where(garden, weeks)
        moves = Moves(
            sum(before[key] != day for key, day in after.items() if key in before),
            len(before.keys() - after.keys()),
            len(after.keys() - before.keys()),
        )
        record("baskets.rounds_shifted", by=by, at=at, garden=garden, weeks=sorted(map(str, weeks)), moved=moves.moved)
        if only_look:
            transaction.set_rollback(True)
    return moves


def _where(garden: Garden, weeks: Iterable[Week]) -> dict[tuple[int, int, int, Week], date]:
    """Where the planned baskets of these weeks are: (household, product, copy, week) → day."""
    rows = Basket.objects.filter(garden=garden, delivery__week__in=list(weeks), state=Basket.State.PLANNED)
    return {
        (household, product, number, week): day
        for household, product, number, week, day in rows.values_list(
            "household", "product", "copy", "delivery__week", "delivery__day"
        )
    }


def _follow_roads(garden: Garden, from_day: date, roads: laying.Roads, there: Mapping[date, int]) -> None:
    """Baskets that laying leaves alone (another depot this time, taken back, extra) follow their depot all the same.

    Where it is not brought to that week, the one-off depot is forgotten, a basket taken back is to take back again,
    and an extra one is cancelled. Where its new day is already past, this week's basket stays where it is.
    """
    rows = Basket.objects.open_from(from_day).filter(garden=garden, state=Basket.State.PLANNED)
    this_week = Q(delivery__week=Week.of(from_day))
    moved, without = [], []
    for basket in rows.filter(Q(depot_kept=True) | Q(copy__gte=1) | this_week).select_related("delivery"):
        day, depot = roads.place(basket.depot_id, basket.delivery.week)
        if day and day < from_day:
            basket.depot_kept = True
            moved.append(basket)
        elif not (basket.depot_kept or basket.copy):
            continue
        elif day and day in there:
            if (there[day], depot) != (basket.delivery_id, basket.depot_id):
                basket.delivery_id, basket.depot_id = there[day], depot
                moved.append(basket)
        elif day is None:
            without.append(basket)
    Basket.objects.bulk_update(moved, ["delivery", "depot", "depot_kept"], batch_size=200)
    by_kind = {kind: [one.pk for one in without if one.kind == kind] for kind in Basket.Kind.values}
    Basket.objects.filter(pk__in=by_kind["regular"]).update(depot_kept=False)
    Basket.objects.filter(pk__in=by_kind["taken_back"]).delete()
    Basket.objects.filter(pk__in=by_kind["extra"]).update(state=Basket.State.CANCELLED)


def close_depot(
    depot: Depot, *, from_day: date, replacement: Depot | None, by: Person | None, at: datetime
) -> int:  # fmt: skip
    """Nobody collects there from that day on; its subscriptions go to `replacement`. Returns how many households moved.

    Refusal: DepotInUse when households still collect there and no replacement is given.
    """
    with transaction.atomic():
        one_at_a_time(depot.garden)
        there = Subscription.objects.filter(Q(until_day=None) | Q(until_day__gte=from_day), depot=depot).select_related(
            "household"
        )
        once = Basket.objects.open_from(from_day).filter(depot=depot)
        households = {one.household_id for one in there} | set(once.values_list("household", flat=True))
        if households and replacement is None:
            raise DepotInUse(len(households))
        if replacement:
            _move_households(there, once, from_day, replacement)
        Depot.objects.filter(pk=depot.pk).update(closed_on=from_day)
        realign(depot.garden, from_day)
        record(
            "baskets.depot_closed",
            by=by,
            at=at,
            garden=depot.garden,
            about=depot,
            from_day=str(from_day),
            moved=len(households),
        )
    return len(households)


def _move_households(there: Iterable[Subscription], once: Any, from_day: date, depot: Depot) -> None:
    once.update(depot_kept=False)
    for one in there:
        change_from(one, from_day, {"depot": depot})
