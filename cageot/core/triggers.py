"""Rules that the database itself keeps, on both engines: one declaration, two dialects.

A guard refuses a write when its condition holds for the row. They are lifted before `migrate` and laid
again after it, since Django rebuilds tables on SQLite and silently loses their triggers, or fails when
another table's trigger names them (decision 0005).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Guard:
    """Refuse `verb` (INSERT, UPDATE or DELETE) on a table `when` an SQL condition on NEW and OLD holds."""

    name: str
    table: str
    verb: str
    message: str
    when: str = "1 = 1"


def append_only(table: str) -> list[Guard]:
    """The guards of a table whose rows are never changed nor taken away."""
    return [Guard(f"{table}_keeps_{verb.lower()}", table, verb, f"{table} is append-only") for verb in ("UPDATE", "DELETE")]


def lay(guards: Iterable[Guard], connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place; laying twice is laying once."""
    guards = list(guards)
    lift(guards, connection)
    with connection.cursor() as cursor:
        for guard in guards:
            for statement in _create(guard, connection.vendor):
                cursor.execute(statement)


def lift(guards: Iterable[Guard], connection: BaseDatabaseWrapper) -> None:
    """Take every guard away, whether or not it stands."""
    with connection.cursor() as cursor:
        for guard in guards:
            if connection.vendor == "postgresql":
                cursor.execute(f'DROP FUNCTION IF EXISTS "{guard.name}"() CASCADE')
            else:
                cursor.execute(f'DROP TRIGGER IF EXISTS "{guard.name}"')


def missing(guards: Iterable[Guard], connection: BaseDatabaseWrapper) -> list[str]:
    """The names of guards that do not stand."""
    standing = "SELECT tgname FROM pg_trigger" if connection.vendor == "postgresql" else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(standing)
        there = {name for (name,) in cursor.fetchall()}
    return [guard.name for guard in guards if guard.name not in there]


def _create(guard: Guard, vendor: str) -> list[str]:
    message = guard.message.replace("'", "''")
    if vendor != "postgresql":
        return [
            f'CREATE TRIGGER "{guard.name}" BEFORE {guard.verb} ON "{guard.table}" '
            f"BEGIN SELECT RAISE(ABORT, '{message}') WHERE {guard.when}; END"
        ]
    kept = "OLD" if guard.verb == "DELETE" else "NEW"
    refuse = f"RAISE EXCEPTION '{message}' USING ERRCODE = 'integrity_constraint_violation';"
    function = (
        f'CREATE FUNCTION "{guard.name}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN '
        f"IF TG_OP = 'TRUNCATE' THEN {refuse} END IF; IF {guard.when} THEN {refuse} END IF; RETURN {kept}; END $$"
    )
    statements = [
        function,
        f'CREATE TRIGGER "{guard.name}" BEFORE {guard.verb} ON "{guard.table}" FOR EACH ROW EXECUTE FUNCTION "{guard.name}"()',
    ]
    if guard.verb == "DELETE":
        # SQLite has no TRUNCATE: its DELETE trigger sees every way of emptying a table.
        statements.append(
            f'CREATE TRIGGER "{guard.name}_truncate" BEFORE TRUNCATE ON "{guard.table}" '
            f'FOR EACH STATEMENT EXECUTE FUNCTION "{guard.name}"()'
        )
    return statements
