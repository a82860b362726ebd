"""What is done to funds and their tranches: opened, changed, notified, refused, ended. Used money is never lost from sight:
a change that would leave settled money outside a tranche is refused by name, with what stands, or gives back what was not
claimed; what was claimed stays (a credit note takes it back first)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from cageot.funding import journal
from cageot.funding.actions import claiming, settling
from cageot.funding.actions.books import Turn, take_turn
from cageot.funding.models import Fund, Tranche
from cageot.funding.queries import funds as queries
from cageot.funding.queries.granting import granted_from, spent_from
from cageot.funding.rules.conditions import Wrong, contradictions
from cageot.network import territory
from cageot.network.actions import record
from cageot.network.models import Garden, Person

# --- Refusals -----------------------------------------------------------------------------------


class FundRefused(Exception):
    """What is asked of a fund or a tranche cannot be; nothing was written."""


class ConditionsRefused(FundRefused):
    """The conditions cannot be meant, or nobody meets them: `wrong` says what, in order."""

    def __init__(self, wrong: list[Wrong]) -> None:
        super().__init__(wrong)
        self.wrong = wrong


class ReferenceTaken(FundRefused):
    """Another fund of the same funder has that number: `other`. Two funds would count one promise twice."""

    def __init__(self, other: Fund) -> None:
        super().__init__(other)
        self.other = other


class FundInUse(FundRefused):
    """Its money was notified or used: its funder, and who holds it, stay."""


class GardenElsewhere(FundRefused):
    """A garden's own fund pays the gardens of its association only."""


class LabelTaken(FundRefused):
    """The fund has a tranche of that name already."""


class TrancheRefused(FundRefused):
    """That tranche was refused by its funder: nothing is written on it any more."""


class NotNotified(FundRefused):
    """No amount was notified yet."""


@dataclass(frozen=True)
class Standing:
    """What stands of a tranche against a change, in cents: `used` would be left outside, of which `claimed` was claimed.
    `keeps`: what the tranche would go on paying."""

    used: int
    claimed: int
    keeps: int


class TrancheInUse(FundRefused):
    """Money that was settled would be left outside. Asked again with `give_back`, it goes back to the baskets it paid."""

    def __init__(self, standing: Standing) -> None:
        super().__init__(standing)
        self.standing = standing


class TrancheGranted(TrancheInUse):
    """Money that was granted to gardens for their projects would be left outside: stop a grant first, or another amount."""


class TrancheSpent(TrancheInUse):
    """Money that paid workshop sessions would be left outside: take back one of these costs first, or another date or amount."""


class TrancheSpentOutside(TrancheSpent):
    """The same of sessions held on days that would be left outside: take back one of these costs first, or keep those days."""


class TrancheReceived(FundRefused):
    """More has come than is notified now, and serves nothing: give the rest back first. `received` and `over`, in cents."""

    def __init__(self, received: int, over: int) -> None:
        super().__init__(received, over)
        self.received, self.over = received, over


class TrancheClaimed(TrancheInUse):
    """Money that was claimed would be left outside: a credit note first, or another date or amount."""


# --- Funds --------------------------------------------------------------------------------------

CONDITIONS = ("territories", "audiences", "affiliations", "cap_cents", "share_bp", "match_bp")
DESCRIPTION = frozenset({"name", "kind", "source", "partner", "reference", "priority", "rhythm", "entity", *CONDITIONS})


def open_fund(
    fund: Fund, *, gardens: Iterable[Garden] = (), today: date, by: Person | None, at: datetime, expected: bool = False
) -> Fund:
    """Write a new fund with its conditions. `expected`: those it is for are not here yet, but will come.

    Refusals: ConditionsRefused, ReferenceTaken, GardenElsewhere.
    """
    with transaction.atomic():
        chosen = list(gardens)
        _check(fund, chosen, today, expected)
        fund.save(force_insert=True)
        fund.gardens.set(chosen)
        record("funding.fund_opened", by=by, at=at, about=fund)
    return fund


def change_fund(
    fund: Fund, values: Mapping[str, Any], *, gardens: Iterable[Garden], today: date, by: Person | None, at: datetime,
    expected: bool = False,
) -> list[str]:  # fmt: skip
    """Change what a fund says of itself; the names of what changed. What is claimed does not move; the rest is split anew
    at the next settlement. Refusals: those of `open_fund`, FundInUse."""
    unknown = values.keys() - DESCRIPTION
    if unknown:
        raise TypeError(f"not part of a fund: {sorted(unknown)}")
    with transaction.atomic():
        take_turn()  # no settlement is made meanwhile
        fund.refresh_from_db()
        chosen, before = list(gardens), set(fund.gardens.values_list("pk", flat=True))
        changed = sorted(name for name, value in values.items() if getattr(fund, name) != value)
        if {"partner", "entity", "kind", "source"} & set(changed) and queries.in_use(fund):
            raise FundInUse
        for name in changed:
            setattr(fund, name, values[name])
        moved = before != {garden.pk for garden in chosen}
        if changed or moved:
            _check(fund, chosen, today, expected or not (moved or set(CONDITIONS) & set(changed)))
            fund.save(update_fields=changed)
            fund.gardens.set(chosen)
            changed += ["gardens"] if moved else []
            record("funding.fund_changed", by=by, at=at, about=fund, fields=changed)
    return changed


def _check(fund: Fund, gardens: list[Garden], today: date, expected: bool) -> None:
    held = queries.gardens_of(fund.entity)
    if held is not None and not {garden.pk for garden in gardens} <= held:
        raise GardenElsewhere
    conditions = queries.conditions_of(fund, gardens=[garden.pk for garden in gardens])
    wrong = contradictions(conditions, territory.communes_in)
    if not wrong and not expected and (none := queries.nobody_for(fund, conditions, today)):
        wrong = [none]
    if wrong:
        raise ConditionsRefused(wrong)
    if fund.reference:
        fund.reference = " ".join(fund.reference.split())
        same = Fund.objects.filter(reference__iexact=fund.reference, partner=fund.partner_id).exclude(pk=fund.pk)
        if not fund.partner_id:
            same = same.filter(entity=fund.entity_id)
        if other := same.first():
            raise ReferenceTaken(other)


def end_fund(fund: Fund, *, on: date, because: str, by: Person | None, at: datetime, give_back: bool = False) -> None:
    """From that day on the fund pays no basket. Refusals: TrancheInUse, TrancheClaimed when it already paid later ones."""
    with transaction.atomic():
        turn = take_turn()
        Fund.objects.filter(pk=fund.pk).update(ended_on=on, ended_because=because)
        fund.refresh_from_db()
        for tranche in fund.tranches.filter(used_cents__gt=0).select_related("fund"):
            _keep_inside(turn, tranche, give_back=give_back, reason=because, by=by, at=at)
        record("funding.fund_ended", by=by, at=at, about=fund, on=str(on))


def resume_fund(fund: Fund, *, by: Person | None, at: datetime) -> None:
    """Take back the end of a fund: its tranches pay again."""
    with transaction.atomic():
        take_turn()
        Fund.objects.filter(pk=fund.pk).update(ended_on=None, ended_because="")
        record("funding.fund_resumed", by=by, at=at, about=fund)


# --- Tranches -----------------------------------------------------------------------------------

TRANCHE = frozenset(
    {"label", "from_day", "until_day", "promised_cents", "promised_on", "due_on", "quota_baskets", "carries_over"}
)
"""What is said of a tranche, but for how far its money has come."""


def add_tranche(fund: Fund, values: Mapping[str, Any], *, by: Person | None, at: datetime) -> Tranche:
    """Add a year (or less) of promised money. Refusal: LabelTaken."""
    _only(values)
    with transaction.atomic():
        _free_label(fund, values["label"])
        tranche = Tranche.objects.create(fund=fund, **values)
        record("funding.tranche_added", by=by, at=at, about=fund, tranche=tranche.pk)
    return tranche


def change_tranche(
    tranche: Tranche, values: Mapping[str, Any], *, by: Person | None, at: datetime, give_back: bool = False
) -> list[str]:
    """Change a tranche: shorter, longer, another amount promised. The names of what changed.

    Refusals: LabelTaken, TrancheRefused; TrancheInUse when money was settled on days that it would not hold any more
    (again with `give_back`, that money goes back); TrancheClaimed when some of it was claimed.
    """
    _only(values)
    with transaction.atomic():
        turn, tranche = _taken(tranche)
        changed = sorted(name for name, value in values.items() if getattr(tranche, name) != value)
        if not changed:
            return []
        if "label" in changed:
            _free_label(tranche.fund, values["label"], but=tranche)
        for name in changed:
            setattr(tranche, name, values[name])
        tranche.save(update_fields=changed)
        reason = tranche.label
        _keep_inside(turn, tranche, give_back=give_back, reason=reason, by=by, at=at)
        record("funding.tranche_changed", by=by, at=at, about=tranche.fund, tranche=tranche.pk, fields=changed)
    return changed


def notify(
    tranche: Tranche, *, cents: int, on: date, due_on: date | None, by: Person | None, at: datetime,
    give_back: bool = False, reason: str = "",
) -> None:  # fmt: skip
    """Write what the funder notified, from when it may be settled; again, when it notifies another amount.

    Refusals: TrancheRefused; TrancheReceived when less is notified than has come, and the rest may be given back first;
    TrancheInUse when less is notified than was used (again with `give_back`, the rest goes back); TrancheClaimed when less
    than was claimed.
    """
    with transaction.atomic():
        turn, tranche = _taken(tranche)
        over = tranche.received_cents - cents
        if 0 < over <= claiming.returnable(tranche):
            raise TrancheReceived(tranche.received_cents, over)
        _keep(turn, tranche, cents, give_back=give_back, reason=reason or tranche.label, by=by, at=at)
        Tranche.objects.filter(pk=tranche.pk).update(notified_cents=cents, notified_on=on, due_on=due_on)
        tranche.refresh_from_db()
        journal.of_notification(turn, tranche, by, at)
        record("funding.tranche_notified", by=by, at=at, about=tranche.fund, tranche=tranche.pk, on=str(on))


def refuse(
    tranche: Tranche, *, on: date, because: str, by: Person | None, at: datetime, give_back: bool = False
) -> None:
    """The funder will not give this money: what was not claimed of it is nobody's any more, and its baskets are to find.

    Refusals: TrancheRefused; TrancheInUse when money was settled and not claimed (again with `give_back`). What was
    claimed stays: should it be refused too, its claim is answered so.
    """
    with transaction.atomic():
        turn, tranche = _taken(tranche)
        claimed, notified = tranche.claimed_cents, tranche.notified_cents or 0
        kept = min(notified, max(claimed, tranche.received_cents))  # money that came is money that came
        _keep(turn, tranche, kept, give_back=give_back, reason=because, by=by, at=at)
        gone = {"notified_cents": kept} if tranche.notified_cents is not None else {}
        Tranche.objects.filter(pk=tranche.pk).update(refused_on=on, refused_because=because, **gone)
        tranche.refresh_from_db()
        journal.of_refusal(turn, tranche, notified - kept, by, at)
        record("funding.tranche_refused", by=by, at=at, about=tranche.fund, tranche=tranche.pk, on=str(on))


def withdraw_tranche(tranche: Tranche, *, by: Person | None, at: datetime) -> None:
    """Take back a tranche that was written by mistake: nothing was notified. Refusal: FundInUse."""
    with transaction.atomic():
        take_turn()
        gone = Tranche.objects.filter(pk=tranche.pk, notified_cents__isnull=True, used_cents=0)
        if not queries.may_withdraw(tranche) or not gone.exists():
            raise FundInUse
        record("funding.tranche_withdrawn", by=by, at=at, about=tranche.fund, label=tranche.label)
        gone.delete()


def _taken(tranche: Tranche) -> tuple[Turn, Tranche]:
    """The turn at the books, and the tranche as it stands under it."""
    turn = take_turn()
    found = Tranche.objects.select_related("fund__entity", "fund__partner").get(pk=tranche.pk)
    if found.refused_on:
        raise TrancheRefused
    return turn, found


def _keep_inside(
    turn: Turn, tranche: Tranche, *, give_back: bool, reason: str, by: Person | None, at: datetime
) -> None:
    """Hold a tranche to its days, as they are written now: what was settled outside them goes back, or stands against."""
    last = tranche.until_day
    if tranche.fund.ended_on:
        last = min(last, tranche.fund.ended_on - timedelta(days=1))
    if spent := queries.spent_outside(tranche, tranche.from_day, last):
        raise TrancheSpentOutside(Standing(spent, 0, tranche.used_cents - spent))
    used, claimed = queries.settled_outside(tranche, tranche.from_day, last)
    if _goes_back(Standing(used, claimed, tranche.used_cents - used), give_back):
        settling.take_back(turn, tranche, tranche.notified_cents or 0, by=by, at=at, reason=reason)


def _keep(
    turn: Turn, tranche: Tranche, cents: int, *, give_back: bool, reason: str, by: Person | None, at: datetime
) -> None:
    """Hold a tranche to an amount: only what it settled of baskets, and was not claimed, can go back."""
    granted = granted_from([tranche.pk]).get(tranche.pk, 0)
    if granted > cents:
        raise TrancheGranted(Standing(granted - cents, 0, cents))
    beside = granted + spent_from([tranche.pk]).get(tranche.pk, 0)
    if beside > cents:
        raise TrancheSpent(Standing(beside - cents, 0, cents))
    over = max(tranche.used_cents - cents, 0)
    claimed = max(tranche.claimed_cents, queries.claimed_of_baskets(tranche) + beside if over else 0)
    if _goes_back(Standing(over, max(claimed - cents, 0), tranche.used_cents - over), give_back):
        settling.take_back(turn, tranche, cents, by=by, at=at, reason=reason)


def _goes_back(standing: Standing, asked: bool) -> bool:
    """Whether money is to go back to the baskets it paid. Refusals: TrancheClaimed, TrancheInUse when that was not asked."""
    if standing.claimed > 0:
        raise TrancheClaimed(standing)
    if standing.used > 0 and not asked:
        raise TrancheInUse(standing)
    return standing.used > 0


def _only(values: Mapping[str, Any]) -> None:
    if unknown := values.keys() - TRANCHE:
        raise TypeError(f"not part of a tranche: {sorted(unknown)}")


def _free_label(fund: Fund, label: str, but: Tranche | None = None) -> None:
    same = fund.tranches.filter(label__iexact=label).exclude(Q(pk=but.pk) if but else Q(pk=None))
    if same.exists():
        raise LabelTaken
