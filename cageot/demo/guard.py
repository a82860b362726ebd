"""Keeps the demonstration and real life apart: demo data never lands in a base that holds real data."""

from __future__ import annotations

import hashlib
from enum import Enum
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from cageot.network.models import Garden, Installation, Person

HOUSE = Path(__file__).resolve().parent.parent


class State(Enum):
    """What a base holds."""

    EMPTY = "empty"
    HALF = "half"  # a demonstration whose build was stopped, or that an older Cageot made
    READY = "ready"
    REAL = "real"

    @property
    def ready(self) -> bool:
        return self is State.READY


def state() -> State:
    tables = connection.introspection.table_names()
    if Installation._meta.db_table not in tables:
        return State.EMPTY if not tables else State.REAL
    found = Installation.objects.filter(id=1).first()
    if found is None:
        return State.REAL if Garden.objects.exists() or Person.objects.exists() else State.EMPTY
    if found.kind != Installation.Kind.DEMO:
        return State.REAL
    return State.READY if found.recipe.get("made_by") == print_of_sources() else State.HALF


def print_of_sources() -> str:
    """Changes with what a demonstration is made of: its story, and the tables. An older one is built again."""
    digest = hashlib.sha256()
    for path in sorted([*HOUSE.glob("demo/*.py"), *HOUSE.glob("*/migrations/*.py")]):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def empty() -> None:
    """Take away a demonstration, tables and all. Never called on a real base."""
    assert state() is not State.REAL
    if state() is State.EMPTY:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
            return
        cursor.execute("PRAGMA foreign_keys=OFF")
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}")
        cursor.execute("PRAGMA foreign_keys=ON")


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def finish() -> None:
    """Say that the season is whole: from now on it is opened at once."""
    found = Installation.objects.get(id=1)
    found.recipe = {**found.recipe, "made_by": print_of_sources()}
    found.save(update_fields=["recipe"])


def fold_journal() -> None:
    """Fold the write-ahead journal back into the file, which can then be renamed alone."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA journal_mode=DELETE")
    connection.close()
