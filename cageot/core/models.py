"""Core owns no table; it lends fields and an append-only guard to the apps that do."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

from cageot.core.week import Week

if TYPE_CHECKING:
    _WeekColumn = models.CharField[Week | str, Week]
else:
    _WeekColumn = models.CharField


class WeekField(_WeekColumn):
    """An ISO week, stored as its label ("2017-W12"), which sorts and compares as the weeks do."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 8
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def from_db_value(self, value: str | None, *_: object) -> Week | None:
        return None if value is None else Week.parse(value)

    def to_python(self, value: Any) -> Week | None:
        if value is None or isinstance(value, Week):
            return value
        try:
            return Week.parse(value)
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else str(value)


def one_of(field: str, values: list[str], *, name: str) -> models.CheckConstraint:
    """The database refuses a value outside the choices, whoever writes it."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": values}), name=name)


def in_order(first: str, last: str, *, name: str) -> models.CheckConstraint:
    """A period ends on or after the day it starts; an open end is allowed."""
    return models.CheckConstraint(
        condition=models.Q(**{f"{last}__isnull": True}) | models.Q(**{f"{last}__gte": models.F(first)}), name=name
    )
