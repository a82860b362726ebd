"""The register of what is kept: each table and each of its fields says what it is, why it is kept, and how it leaves.

Each app declares its own tables in `privacy.py`; here they are gathered. The purge (`members.retention`) does what the
register says and knows nothing more, and `docs/privacy.md` prints it. A field without a word fails a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import Enum
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.db import models


class Kind(Enum):
    """What a field tells."""

    NONE = "none"  # nothing of anybody
    INDIRECT = "indirect"  # of somebody whom other rows name
    PERSONAL = "personal"  # who somebody is, or how to reach them
    FREE = "free text"  # whatever was typed


class Fate(Enum):
    """What becomes of a row when its clock is over."""

    GOES = "the row is deleted"
    STAYS = "the row stays, emptied as said"
    MOVES = "the row goes to the household's anonymous successor"


class Then(Enum):
    """What becomes of one field of a row that stays."""

    KEEP = "kept"
    BLANK = "emptied"
    MONTH = "cut to its month"
    RANDOM = "given a new value drawn by chance"


@dataclass(frozen=True)
class Told:
    """One field: what it is, what becomes of it, and why when it is kept though it tells something."""

    kind: Kind
    then: Then
    why: str = ""


@dataclass(frozen=True)
class Table:
    """One table. Names of fields stand in strings, apart by spaces; every concrete field is in one of the four kinds.

    `clock`: its class of retention (`members.rules.retention.CLASSES`), or "" when it is kept with the garden. `of`: the
    ways from a row to the household it is about; `moves`: those that follow it to its anonymous successor. `late`: the rows
    tell nothing by themselves and leave with the second phase only. `due`: which rows are past a day,
    for a clock of its own. `contact`: days or moments on which the household and the garden did something together, or
    "first..last" for a period (open when null). `about`: the field that names a row elsewhere.
    `keep`: why a telling field of a row that stays is left as it is.
    """

    model: str
    purpose: str
    clock: str = ""
    fate: Fate = Fate.STAYS
    personal: str = ""
    indirect: str = ""
    free: str = ""
    none: str = ""
    blank: str = ""
    month: str = ""
    random: str = ""
    keep: Mapping[str, str] = field(default_factory=dict)
    of: tuple[str, ...] = ()
    due: Callable[[date], models.Q] | None = None
    moves: str = ""
    late: bool = False
    contact: tuple[str, ...] = ()
    about: str = ""

    @property
    def rows(self) -> type[models.Model]:
        return apps.get_model(self.model)

    @property
    def fields(self) -> dict[str, Told]:
        """Each field that the table tells of, in the order of the kinds."""
        kinds = (
            (Kind.PERSONAL, self.personal),
            (Kind.INDIRECT, self.indirect),
            (Kind.FREE, self.free),
            (Kind.NONE, self.none),
        )
        return {
            name: Told(kind, self._then(name), self.keep.get(name, "")) for kind, names in kinds for name in names.split()
        }  # fmt: skip

    def _then(self, name: str) -> Then:
        for then, names in ((Then.BLANK, self.blank), (Then.MONTH, self.month), (Then.RANDOM, self.random)):
            if name in names.split():
                return then
        return Then.KEEP

    def named(self, then: Then) -> list[str]:
        return [name for name, told in self.fields.items() if told.then is then]


def moment(day: date) -> datetime:
    """The beginning of a day, as clocks of months need it: an hour more or less changes nothing."""
    return datetime.combine(day, time(), UTC)


def blank_of(column: models.Field[Any, Any]) -> Any:
    """The value of a field of which nothing is left."""
    if column.null:
        return None
    if isinstance(column, models.JSONField):
        return {}
    return b"" if isinstance(column, models.BinaryField) else ""


@cache
def register() -> Mapping[str, Table]:
    """Every table of every app that declares some, by the name of its model ("members.Member")."""
    found = [table for app in apps.get_app_configs() for table in _declared(app.name)]
    by_model = {table.model: table for table in found}
    assert len(by_model) == len(found), "a table is declared twice"
    return by_model


def _declared(app: str) -> Iterable[Table]:
    if not app.startswith("cageot.") or find_spec(f"{app}.privacy") is None:
        return ()
    declared: Iterable[Table] = getattr(import_module(f"{app}.privacy"), "TABLES", ())
    return declared
