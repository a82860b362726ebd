"""What people keep of what they foresee: from when on a garden is watched, and the "what if" that are worth another look."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from cageot.funding.models import Entity, SavedScenario, WatchRule
from cageot.network.actions import record
from cageot.network.models import Edition, Person


def set_watch_rule(edition: Edition, values: Mapping[str, int], *, by: Person | None, at: datetime) -> WatchRule:
    """The thresholds of an edition's watch list, in the units of `WatchRule`. Whole, whoever writes last."""
    with transaction.atomic():
        row, _made = WatchRule.objects.update_or_create(edition=edition, defaults=dict(values))
        record("funding.watch_rule_set", by=by, at=at, about=edition, values=dict(values))
    return row


def keep_scenario(
    name: str, entity: Entity, *, moves: Mapping[str, Any], result: Mapping[str, Any], by: Person | None, at: datetime
) -> SavedScenario:
    """Keep a "what if": what was moved, as it was asked, and what it gave that day. Nothing else changes."""
    with transaction.atomic():
        kept = SavedScenario.objects.create(
            name=name, entity=entity, moves=dict(moves), result=dict(result), at=at, by=by
        )
        record("funding.scenario_kept", by=by, at=at, about=kept)
    return kept


def drop_scenario(kept: SavedScenario, *, by: Person | None, at: datetime) -> None:
    """Forget a "what if" that was kept."""
    with transaction.atomic():
        record("funding.scenario_dropped", by=by, at=at, about=kept)
        kept.delete()
