"""What the demonstration foresees: the night's forecasts, and the questions that Nadia and Blois asked themselves and kept."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from cageot.baskets.coming import Question
from cageot.baskets.outlooks import look_ahead
from cageot.demo.season import moment
from cageot.desk.queries import what_if
from cageot.funding import journal
from cageot.funding.actions.foreseeing import keep_scenario
from cageot.funding.models import Fund
from cageot.network.models import Garden, Person


def play(garden: Garden, *, by: Person, on: date) -> None:
    """This night's forecasts, then four questions of these last weeks."""
    look_ahead(today=on, at=moment(on, 2, 15))
    base = what_if.question(on)
    nadia = Person.objects.filter(roles__kind="network").order_by("pk").first()
    for name, moves in _questions(on):
        _keep(name, moves, None, base, by=nadia, on=on)
    summer = date(on.year, 7, 1) if on < date(on.year, 7, 1) else date(on.year + 1, 1, 1)
    _keep(_("Un foyer sur cinq en plus cet été"), {"day": summer.isoformat(), "more": 20}, garden, base, by=by, on=on)


def _questions(on: date) -> list[tuple[str, dict[str, Any]]]:
    day = date(on.year, 6, 1) if on < date(on.year, 6, 1) else date(on.year + 1, 1, 1)
    state = (
        Fund.objects.filter(kind=Fund.Kind.AGREEMENT, source=Fund.Source.PUBLIC, partner__isnull=False)
        .order_by("pk")
        .first()
    )
    found: list[tuple[str, dict[str, Any]]] = [
        (_("Vingt pour cent de foyers en plus"), {"day": day.isoformat(), "more": 20}),
        (_("Le panier à 50 centimes de plus"), {"day": day.isoformat(), "price": 50}),
    ]
    if state:
        left = {"funder": f"partner:{state.partner_id}", "change": "leaves", "day": day.isoformat()}
        found.insert(0, (_("L’État s’en va en juin") if day.month == 6 else _("L’État s’en va"), left))
    return found


def _keep(
    name: str, moves: dict[str, Any], garden: Garden | None, base: Question, *, by: Person | None, on: date
) -> None:
    names = what_if.offered(garden, on).names
    found = what_if.result(moves, garden, names, on, base)
    said = {**moves, "garden": garden.code} if garden else moves
    entity = journal.entity_of(garden) if garden else journal.head()
    keep_scenario(name, entity, moves=said, result=found.facts, by=by, at=moment(on, 9))
