"""Every guard that the database keeps, gathered from the apps; laid around `migrate`."""

from __future__ import annotations

from typing import Any

from django.db import connections

from cageot.baskets import triggers as baskets
from cageot.core import triggers
from cageot.funding import triggers as funding
from cageot.network import triggers as network

ALL = [*network.GUARDS, *funding.GUARDS, *baskets.GUARDS]


def lay(using: str = "default", **_: Any) -> None:
    """Put the guards in place, if their tables are (a partial migration leaves them for the next)."""
    there = set(connections[using].introspection.table_names())
    triggers.lay([guard for guard in ALL if guard.table in there], connections[using])


def lift(using: str = "default", **_: Any) -> None:
    triggers.lift(ALL, connections[using])


def missing(using: str = "default") -> list[str]:
    return triggers.missing(ALL, connections[using])
