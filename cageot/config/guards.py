"""Every guard that the database keeps, gathered from the apps; laid around `migrate`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.db import connections

from cageot.baskets import triggers as baskets
from cageot.core import triggers
from cageot.funding import triggers as funding
from cageot.members import triggers as members
from cageot.network import triggers as network

ALL = [*network.GUARDS, *funding.GUARDS, *members.GUARDS, *baskets.GUARDS]


def lay(using: str = "default", **_: Any) -> None:
    """Put the guards in place, if their tables are (a partial migration leaves them for the next)."""
    triggers.lay(_due(using), connections[using])


def lift(using: str = "default", **_: Any) -> None:
    triggers.lift(connections[using])


def missing(using: str = "default") -> list[str]:
    return triggers.missing(_due(using), connections[using])


def _due(using: str) -> list[triggers.Guard]:
    there = set(connections[using].introspection.table_names())
    return [guard for guard in ALL if guard.table in there]


def check(databases: Sequence[str] | None = None, **_: Any) -> list[checks.CheckMessage]:
    """`manage.py check --database default` tells which guards are missing."""
    return [
        checks.Warning(
            f"The database does not keep the guard {name}.", hint="`migrate` lays it again.", id="cageot.W001"
        )
        for using in databases or ()
        for name in missing(using)
    ]
