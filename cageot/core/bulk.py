"""Many rows in one statement. `bulk_create` on SQLite cuts its work in slices of 999 values; this does not."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def insert_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert `rows`, whose values follow `fields`, with one executemany. Values are as the column stores them."""
    meta = model._meta
    columns = [connection.ops.quote_name(meta.get_field(name).column) for name in fields]  # type: ignore[union-attr]
    marks = ", ".join(["%s"] * len(columns))
    sql = f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({', '.join(columns)}) VALUES ({marks})"
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(rows))
