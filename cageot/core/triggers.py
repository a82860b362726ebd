"""Rules that the database itself keeps, on both engines: one declaration, two dialects.

A guard refuses a write when its condition holds for the row; the refusal is an IntegrityError. Guards are
lifted before `migrate` and laid again after it, since Django rebuilds tables on SQLite and silently loses
their triggers, or fails when another table's trigger names them (decision 0005).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

PREFIX = "cageot_"
"""Begins the name of every trigger of ours, so that those of an older version are lifted too."""


@dataclass(frozen=True)
class Guard:
    """Refuse `verb` (INSERT, UPDATE or DELETE) on a table `when` an SQL condition on NEW and OLD holds.

    `lock` is a SELECT … FOR SHARE that PostgreSQL runs first, so that what the condition reads stands until
    the commit; SQLite has one writer at a time.
    """

    name: str
    table: str
    verb: str
    message: str
    when: str = "1 = 1"
    lock: str = ""

    @property
    def trigger(self) -> str:
        return PREFIX + self.name


def append_only(table: str) -> list[Guard]:
    """The guards of a table whose rows are never changed nor taken away."""
    return [
        Guard(f"{table}_keeps_{verb.lower()}", table, verb, f"{table} is append-only") for verb in ("UPDATE", "DELETE")
    ]


def lay(guards: Iterable[Guard], connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place; laying twice is laying once."""
    lift(connection)
    with connection.cursor() as cursor:
        for guard in guards:
            for statement in _create(guard, connection.vendor):
                cursor.execute(statement)


def lift(connection: BaseDatabaseWrapper) -> None:
    """Take every guard away, those that an older version laid under other names too."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT oid::regprocedure FROM pg_proc WHERE proname LIKE %s AND pg_function_is_visible(oid)",
                [f"{PREFIX}%"],
            )
            drops = [f"DROP FUNCTION {function} CASCADE" for (function,) in cursor.fetchall()]
        else:
            drops = [f'DROP TRIGGER "{name}"' for name in _standing(connection)]
        for drop in drops:
            cursor.execute(drop)


def missing(guards: Iterable[Guard], connection: BaseDatabaseWrapper) -> list[str]:
    """The names of guards that do not stand: gone, switched off, or rewritten to say something else."""
    standing = _standing(connection)
    return [guard.name for guard in guards if standing.get(guard.trigger) != _as_stored(guard, connection.vendor)]


def _standing(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """Our triggers in force, by name, with their text as the engine gives it back."""
    with connection.cursor() as cursor:
        cursor.execute(_ON_POSTGRESQL if connection.vendor == "postgresql" else _ON_SQLITE, [f"{PREFIX}%"])
        return dict(cursor.fetchall())


_ON_SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
_ON_POSTGRESQL = """
    SELECT t.tgname, f.prosrc FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
    WHERE t.tgname LIKE %s AND t.tgenabled IN ('O', 'A') AND pg_table_is_visible(t.tgrelid)
"""


def _as_stored(guard: Guard, vendor: str) -> str:
    return _body(guard) if vendor == "postgresql" else _create(guard, vendor)[0]


def _create(guard: Guard, vendor: str) -> list[str]:
    if vendor != "postgresql":
        # A refusal undoes the insert all the same, and an AFTER trigger costs it half as much as a BEFORE one.
        moment = "AFTER" if guard.verb == "INSERT" else "BEFORE"
        refuse = f"SELECT RAISE(ABORT, '{guard.message}')"
        return [
            f'CREATE TRIGGER "{guard.trigger}" {moment} {guard.verb} ON "{guard.table}" WHEN {guard.when} BEGIN {refuse}; END'
        ]
    call = f'EXECUTE FUNCTION "{guard.trigger}"()'
    statements = [
        # A guard asks by keys. A plan made while the tables were known to be empty would read them whole, and a
        # session keeps its plans: each entry would then cost as much as all that came before it.
        f'CREATE FUNCTION "{guard.trigger}"() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $${_body(guard)}$$',
        f'CREATE TRIGGER "{guard.trigger}" BEFORE {guard.verb} ON "{guard.table}" FOR EACH ROW {call}',
    ]
    if guard.verb == "DELETE":
        # SQLite has no TRUNCATE: its DELETE trigger sees every way of emptying a table.
        statements.append(
            f'CREATE TRIGGER "{guard.trigger}_truncate" BEFORE TRUNCATE ON "{guard.table}" FOR EACH STATEMENT {call}'
        )
    return statements


def _body(guard: Guard) -> str:
    """The guard as a PostgreSQL function."""
    kept = "OLD" if guard.verb == "DELETE" else "NEW"
    refuse = f"RAISE EXCEPTION '{guard.message}' USING ERRCODE = 'integrity_constraint_violation';"
    lock = f"PERFORM 1 FROM ({guard.lock}) locked; " if guard.lock else ""
    return f"BEGIN IF TG_OP = 'TRUNCATE' THEN {refuse} END IF; {lock}IF {guard.when} THEN {refuse} END IF; RETURN {kept}; END"
