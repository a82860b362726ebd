"""Plain SQL for the hot path, where building a query costs more than running it.

The weekly close asks some twenty questions for some sixty baskets: said in SQL they take a third of the
time. Everything else speaks through the ORM. Names of tables and columns are the models' own; values are
always parameters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models


def rows(sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """Run a SELECT; a parameter that is a list or tuple fills an `IN %s`. Dates come back as `day()` reads them."""
    marks = [f"({', '.join(['%s'] * len(one))})" if isinstance(one, (list, tuple)) else "%s" for one in parameters]
    values = [value for one in parameters for value in (one if isinstance(one, (list, tuple)) else [one])]
    with connection.cursor() as cursor:
        cursor.execute(_fill(sql, marks), values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def execute(sql: str, *parameters: Any) -> int:
    """Run one statement that writes; the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def execute_many(sql: str, values: Iterable[Sequence[Any]]) -> None:
    """Run one statement for each of these rows of values. `bulk_update` would spend its time building CASE expressions."""
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(values))


def _fill(sql: str, marks: Sequence[str]) -> str:
    """`IN %s` becomes `IN (%s, %s, …)`, as many marks as the list has values."""
    parts = sql.split("%s")
    return "".join(part + mark for part, mark in zip(parts, [*marks, ""], strict=True))


def day(value: Any) -> Any:
    """A date column as a date: SQLite gives back its text. None stays None."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def insert_rows(model: type[models.Model], fields: Sequence[str], values: Iterable[Sequence[Any]]) -> None:
    """Insert many rows in one go. `bulk_create` on SQLite would cut them in slices of 999 values.

    Values follow `fields`, as their columns store them (no conversion is made).
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(_insert(model, fields), list(values))
        else:
            _copy(cursor.cursor, f"COPY {_place(model, fields)} FROM STDIN", values)


def _copy(cursor: Any, statement: str, values: Iterable[Sequence[Any]]) -> None:
    """PostgreSQL reads the rows as a stream: a sixth of the time that as many INSERT take. Guards and keys are held as ever."""
    with connection.wrap_database_errors, cursor.copy(statement) as copy:
        for row in values:
            copy.write_row(row)


M = TypeVar("M", bound=models.Model)


def insert_all(model: type[M], objects: Iterable[M]) -> list[M]:
    """Insert objects that are not saved yet, in one go, and give them their ids in their order.

    For thousands of rows: `bulk_create` spends a hundred times longer on each than the database does. Call it in
    a transaction. Values are stored as they stand (no JSON, no field that makes its own value).
    """
    found = list(objects)
    columns = [field.attname for field in model._meta.concrete_fields]
    for one, pk in zip(found, _next_ids(model, len(found)), strict=True):
        one.pk, one._state.adding, one._state.db = pk, False, connection.alias
    values = attrgetter(*columns)
    names = [field.name for field in model._meta.concrete_fields]
    insert_rows(model, names, map(values, found))
    return found


def _next_ids(model: type[models.Model], count: int) -> Iterable[int]:
    """As many ids as asked, that nobody else is given."""
    table = model._meta.db_table
    if connection.vendor == "sqlite":  # the transaction holds the only right to write
        [(last,)] = rows("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", table)
        return range(int(last) + 1, int(last) + 1 + count)
    return [
        pk
        for (pk,) in rows(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", f'"{table}"', count
        )
    ]


def insert_row(model: type[models.Model], **values: Any) -> int:
    """Insert one row, values as the model's fields take them, and give its id."""
    prepared = [model._meta.get_field(name).get_db_prep_save(value, connection) for name, value in values.items()]  # type: ignore[union-attr]
    with connection.cursor() as cursor:
        cursor.execute(f"{_insert(model, list(values))} RETURNING id", prepared)
        return int(cursor.fetchone()[0])


def _insert(model: type[models.Model], fields: Sequence[str]) -> str:
    return f"INSERT INTO {_place(model, fields)} VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608


def _place(model: type[models.Model], fields: Sequence[str]) -> str:
    """The table with the columns of these fields."""
    columns = ", ".join(f'"{model._meta.get_field(name).column}"' for name in fields)  # type: ignore[union-attr]
    return f'"{model._meta.db_table}" ({columns})'
