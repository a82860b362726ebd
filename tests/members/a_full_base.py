"""A base where every table holds something, and every field that may tell of somebody holds the same unmistakable word."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.sessions.models import Session
from django.db import connection, models

from cageot.baskets.models import Depot, Produce, SignUp, Subscription
from cageot.core.privacy import Kind, Table, register
from cageot.core.week import Week
from cageot.members.models import Household, Referral, Retention, Support
from cageot.network.models import Garden, LogEvent, Login, Message, Role

MARK = "ZQXJ7"
"""As short as a postcode, so that it fits everywhere; nothing else spells so."""
LONG_AGO = date(2017, 4, 20)
FILLED = {  # what a value drawn by its type alone would not be
    "members.Referral": {
        "state": "declined",
        "household": None,
        "merged_into": None,
        "adults": 1,
        "months": 3,
        "erased_on": None,
    },
    "baskets.DepotPause": {"replacement": lambda: Depot.objects.last()},
    "baskets.Swap": {"away": lambda: make(Produce)},
    "members.SupportMoved": {"made": None},
    "baskets.SignUp": {
        "state": "dropped",
        "household": None,
        "referral": None,
        "frequency": "weekly",
        "membership": "ordinary",
    },
    "network.Message": {"state": "sent", "channel": "mail"},
    "members.MemberCode": {"channel": "mail"},
    "workshops.Place": {"commune_code": "41018"},
    "guide.Event": {"commune_code": "41018"},
}

_numbers = count(1)


def fill() -> None:
    """One row at least in every table that may tell of somebody."""
    for table in register().values():
        # In the newer apps, who did something is told by a key alone: only what is typed of somebody is planted.
        kinds = (
            {Kind.PERSONAL, Kind.FREE}
            if table.model.startswith(("workshops.", "guide.", "funding."))
            else set(Kind) - {Kind.NONE}
        )
        telling = any(told.kind in kinds and not told.why for told in table.fields.values())
        if telling and not table.rows._default_manager.exists():
            make(table.rows)


def make(model: type[models.Model], **given: Any) -> models.Model:
    known = {name: one() if callable(one) else one for name, one in FILLED.get(model._meta.label, {}).items()}
    values = {**known, **given}
    for column in model._meta.concrete_fields:
        if column.name not in values and not isinstance(column, models.AutoField):
            values[column.name] = _value(column)
    return model._default_manager.create(**values)


def _value(column: models.Field[Any, Any]) -> Any:
    n = next(_numbers)
    if isinstance(column, models.ForeignKey):
        rows = column.related_model._default_manager  # type: ignore[union-attr]
        if column.null and column.related_model in (Support, SignUp, Referral):
            return None
        taken = column.model._default_manager.values(column.name) if column.unique else None
        found = rows.exclude(pk__in=taken).first() if taken is not None else rows.first()
        return found or (None if column.null else make(column.related_model))  # type: ignore[arg-type]
    if column.has_default():
        return column.get_default()
    if column.choices:
        return next(value for value, _ in column.flatchoices if value)
    kinds: list[tuple[Any, Any]] = [
        (models.BooleanField, False), (models.JSONField, {}), (models.BinaryField, b"x"), (models.UUIDField, uuid.uuid4()),
        (models.DateTimeField, datetime(2017, 4, 20, 9, tzinfo=UTC)), (models.DateField, LONG_AGO), (models.IntegerField, n),
        (models.EmailField, f"x{n}@exemple.fr"),
    ]  # fmt: skip
    for kind, value in kinds:
        if isinstance(column, kind):
            return value
    if column.__class__.__name__ == "WeekField":
        return Week(2017, 12)
    return f"x{n}"[: getattr(column, "max_length", None) or 20]


def plant() -> dict[str, int]:
    """Write the mark in every personal and free-text field of every row; how many fields of each table it stands in."""
    planted = {}
    for table in register().values():
        names = [
            name for name, told in table.fields.items() if told.kind in (Kind.PERSONAL, Kind.FREE) and not told.why
        ]
        for row in table.rows._default_manager.all():
            values = {name: _marked(table, name, row.pk) for name in names}
            if values:
                table.rows._default_manager.filter(pk=row.pk).update(**values)
        if names:
            assert table.rows._default_manager.exists(), table.model
            planted[table.model] = len(names)
    return planted


def _marked(table: Table, name: str, pk: Any) -> str:
    column = table.rows._meta.get_field(name)
    alone = column.unique or any(
        name in one.fields for one in table.rows._meta.constraints if isinstance(one, models.UniqueConstraint)
    )  # type: ignore[union-attr]
    text = f"{MARK}{pk}" if alone else MARK
    if isinstance(column, models.EmailField):
        text = f"{text}@exemple.fr".lower()
    assert len(text) <= (column.max_length or 999), (table.model, name)  # type: ignore[union-attr]
    return text


def everything_ended() -> None:
    """Subscriptions, supports, roles and links ended long ago; whoever was there left."""
    for rows in (Subscription.objects, Support.objects, Role.objects):
        rows.filter(until_day=None).update(until_day=LONG_AGO)  # type: ignore[attr-defined]
    Role.objects.update(until_day=LONG_AGO)
    Login.objects.update(last_login=None)
    Depot.objects.update(closed_on=LONG_AGO)
    Household.objects.update(left_on=LONG_AGO)
    Session.objects.update(expire_date=datetime(2017, 5, 1, tzinfo=UTC))
    Retention.objects.all().delete()
    Message.objects.update(made_at=datetime(2017, 4, 20, tzinfo=UTC))
    assert LogEvent.objects.exists() and Garden.objects.exists()
    for model in (table.rows for table in register().values()):
        for column in model._meta.concrete_fields:
            if column.name in ("until_day", "revoked_at") and column.null:
                model._default_manager.filter(**{column.name: None}).update(
                    **{column.name: LONG_AGO if column.name == "until_day" else datetime(2017, 4, 20, tzinfo=UTC)}
                )


def dump() -> str:
    """All that the base holds, table by table, as text."""
    found = []
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names()):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [f"{table}: {row!r}" for row in cursor.fetchall()]
    return "\n".join(found)


def where(text: str, mark: str = MARK) -> list[str]:
    """The lines of a dump that hold the mark."""
    return [line[:300] for line in text.splitlines() if mark.lower() in line.lower()]


DAY_OF_PURGE = LONG_AGO + timedelta(days=366 * 4)
