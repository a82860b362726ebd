"""The register of what is kept, printed: docs/privacy.md, and the same tables for whoever asks."""

from __future__ import annotations

from cageot.core.privacy import Fate, Kind, Table, Then, register
from cageot.members.rules.retention import CLASSES, FIXED

HEAD = """\
# What is kept of people

Written by `bin/registers` from the `privacy.py` of each app; a test fails when it is stale. [How it leaves](rules/retention.md).

Of each field: **personal** (who somebody is, how to reach them), **indirect** (of somebody whom other rows name), **free
text** (whatever was typed). Fields that tell nothing of anybody are counted, not named.

| class | kept, in months | after |
|---|---|---|
"""

AFTER = {
    "household": "the last contact",
    "referral": "its answer",
    "sign_up": "it was welcomed or dropped",
    "note": "it was said",
    "link": "it stopped",
    "message": "it was made",
    "depot": "it closed",
    "partner": "its last agreement",
    "person": "their last role and the last time they came in",
    "log": "it was written",
    "passing": "it is over",
}


def printed() -> str:
    """The whole page, in Markdown."""
    classes = "".join(
        f"| {name} | {'at once' if name in FIXED else months} | {AFTER[name]} |\n" for name, months in CLASSES.items()
    )
    tables = sorted(register().values(), key=lambda table: table.model)
    telling = [table for table in tables if any(told.kind is not Kind.NONE for told in table.fields.values())]
    others = [table for table in tables if table not in telling]
    quiet = "\n".join(f"- `{table.model}`: {table.purpose}" for table in others)
    return (
        f"{HEAD}{classes}\n"
        + "\n".join(_table(table) for table in telling)
        + f"\n## Tables that tell of nobody\n\n{quiet}\n"
    )


def _table(table: Table) -> str:
    told = {name: one for name, one in table.fields.items() if one.kind is not Kind.NONE}
    lines = "".join(
        f"| `{name}` | {one.kind.value} | {_becomes(table, name, one.then, one.why)} |\n" for name, one in told.items()
    )
    quiet = len(table.fields) - len(told)
    clock = f"Class: {table.clock}. " if table.clock else ""
    return (
        f"## {table.model}\n\n{table.purpose} {clock}When its time comes, {table.fate.value}. Fields that tell nothing: {quiet}.\n\n"
        f"| field | tells | becomes |\n|---|---|---|\n{lines}"
    )


def _becomes(table: Table, name: str, then: Then, why: str) -> str:
    if name in table.moves.split():
        return "names the anonymous successor"
    if table.fate is Fate.GOES:
        return "deleted with its row"
    return f"{then.value}: {why}" if why else then.value
