"""What a session costs, written in the same books as baskets (decision 0031): a charge of the garden, paid by itself or by a
tranche of a fund. A tranche pays at once: what it paid counts as used, and the database refuses more than was notified.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, Q

from cageot.funding import journal
from cageot.funding.actions.books import take_turn
from cageot.funding.actions.spending import spend
from cageot.funding.journal import Event, Line
from cageot.funding.models import BookEntry, Entity, Fund, Tranche
from cageot.funding.rules import chart
from cageot.network import territory
from cageot.network.actions import Refused, record
from cageot.network.models import Garden, Person
from cageot.workshops.models import Session, SessionCost
from cageot.workshops.rules.series import wall

SUPPLIERS = "401"
"""Owed to who sold it: the charge stands against it, and the bank settles it in the accountant's own books."""


class FundSaysNo(Refused):
    """This tranche does not pay sessions of that garden on that day."""


class NotEnoughLeft(Refused):
    """The tranche has less left (`left`, in cents)."""

    def __init__(self, left: int) -> None:
        self.left = left


class WroteAnother(Refused):
    """The same form wrote another cost already: the page was opened again as it was."""


class TakenBack(Refused):
    """This cost was taken back already, or is itself what takes one back."""


class Purse(NamedTuple):
    """A tranche that may pay, and what it has left, in cents."""

    tranche: Tranche
    left: int


def purses(garden: Garden, day: date) -> list[Purse]:
    """The tranches that may pay a session of that garden held on that day, with something left. Three queries.

    Notified money of a fund that runs, for that garden and its territory. A fund kept for some people (audiences, affiliations)
    pays their baskets only: a session is open to all.
    """
    rows = Tranche.objects.filter(
        Q(fund__gardens=None) | Q(fund__gardens=garden), fund__audiences=[], fund__affiliations=[],
        notified_cents__gt=F("used_cents"), refused_on=None, from_day__lte=day, until_day__gte=day,
    )  # fmt: skip
    rows = rows.filter(Q(fund__ended_on=None) | Q(fund__ended_on__gt=day)).select_related("fund__entity", "fund__partner").distinct()  # fmt: skip
    home = journal.entity_of(garden).pk
    heads = set(Entity.objects.filter(head=True).values_list("pk", flat=True))
    return [
        Purse(one, (one.notified_cents or 0) - one.used_cents)
        for one in rows.order_by("fund__priority", "from_day", "pk")
        if one.fund.entity_id in heads | {home} and _covers(one.fund, garden)
    ]


def _covers(fund: Fund, garden: Garden) -> bool:
    """Whether a garden stands in one of the fund's territories."""
    places = [territory.communes_in(*str(one).split(":", 1)) or () for one in fund.territories]
    return not places or any(garden.commune_code in communes for communes in places)


def charge(
    session: Session, *, nature: str, label: str, cents: int, tranche: Tranche | None, once: int | None = None, by: Person | None,
    at: datetime,
) -> SessionCost:  # fmt: skip
    """Write a cost of a session, paid by a tranche or, with None, by the garden. Refusals: FundSaysNo, NotEnoughLeft.

    `once`: the form's own number; sent twice, it is the cost that was written first. Refusal then: WroteAnother.
    """
    with transaction.atomic():
        take_turn()
        if once is not None and (known := SessionCost.objects.filter(once=once).first()):
            if (known.session_id, known.nature, known.label, known.cents, known.tranche_id) != (
                session.pk, nature, label, cents, tranche.pk if tranche else None
            ):  # fmt: skip
                raise WroteAnother
            return known
        day = wall(session.starts_at).date()
        if tranche is not None:
            left = {one.tranche.pk: one.left for one in purses(session.garden, day)}
            if tranche.pk not in left:
                raise FundSaysNo
        made = SessionCost.objects.create(
            session=session, nature=nature, label=label, cents=cents, tranche=tranche, posted_on=day, once=once, at=at, by=by
        )  # fmt: skip
        if tranche is not None and not _spend(made, cents, day):
            raise NotEnoughLeft(left[tranche.pk])
        _write(made, 1, day, by, at)
        record("workshops.cost_charged", by=by, at=at, garden=session.garden, about=made, by_fund=tranche is not None)
        return made


def take_back(cost: SessionCost, *, reason: str, by: Person | None, at: datetime) -> SessionCost:
    """Write the contrary of a cost, and say why; a tranche has its money again. Refusal: TakenBack."""
    with transaction.atomic():
        take_turn()
        found = SessionCost.objects.select_related("session__garden", "session__workshop", "tranche__fund").get(pk=cost.pk)  # fmt: skip
        if found.reverses_id or SessionCost.objects.filter(reverses=found).exists():
            raise TakenBack
        day = wall(at).date()
        made = SessionCost.objects.create(
            session=found.session, nature=found.nature, label=found.label, cents=found.cents, tranche=found.tranche,
            posted_on=day, reverses=found, reason=reason, at=at, by=by,
        )  # fmt: skip
        if found.tranche_id:
            _spend(made, -found.cents, day, found.pk)
        _write(made, -1, day, by, at)
        record("workshops.cost_taken_back", by=by, at=at, garden=found.session.garden, about=made)
        return made


def _spend(cost: SessionCost, cents: int, day: date, reverses: int | None = None) -> bool:
    return spend(
        cost.tranche_id or 0, cost.session.garden, cents, day=day, source="session", source_id=cost.pk, reverses=reverses
    )  # fmt: skip


def _write(cost: SessionCost, sign: int, day: date, by: Person | None, at: datetime) -> list[BookEntry]:
    """The entries of a cost: the charge, and what another entity's fund gives for it, in both books."""
    garden, cents = cost.session.garden, sign * cost.cents
    home = journal.entity_of(garden)
    label = f"{'Extourne : ' if sign < 0 else ''}{cost.session.workshop.title}, {cost.label}"

    def put(entity: Entity, source: str, lines: Sequence[Line], mirrors: BookEntry | None = None) -> BookEntry | None:
        return journal.write(
            entity, journal=BookEntry.Journal.OTHER, day=day, label=label, piece=f"ATE-{cost.session_id}-{cost.pk}",
            lines=lines, event=Event(source, cost.pk), by=by, at=at, mirrors=mirrors,
        )  # fmt: skip

    found = [put(home, "session_cost", [Line(cost.nature, cents, garden=garden.pk), Line(SUPPLIERS, -cents, garden=garden.pk)])]  # fmt: skip
    if cost.tranche and cost.tranche.fund.entity_id != home.pk:
        holder = cost.tranche.fund.entity
        first = put(
            holder, "session_fund",
            [Line(chart.GRANTED, cents, garden=garden.pk, other=home.pk), Line(chart.BETWEEN, -cents, garden=garden.pk, other=home.pk)],
        )  # fmt: skip
        then = put(
            home, "session_fund",
            [Line(chart.BETWEEN, cents, garden=garden.pk, other=holder.pk), Line(chart.CONTRIBUTION, -cents, garden=garden.pk, other=holder.pk)],
            first,
        )  # fmt: skip
        found += [first, then]
    return [one for one in found if one]
