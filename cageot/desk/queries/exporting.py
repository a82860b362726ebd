"""A garden's households in the columns that an import reads: what comes out can come in again, and changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from cageot.core.tabular.columns import HOUSEHOLD_COLUMNS
from cageot.core.tabular.phones import display_phone
from cageot.core.tabular.values import amount_text
from cageot.core.tabular.write import Value
from cageot.desk.queries.importing import garden_facts
from cageot.desk.rules.import_facts import Draft
from cageot.network.models import Garden

KEYS = (
    "number", "civility", "last_name", "first_name", "address", "postcode", "commune", "phone", "mobile", "email", "adults", "children",
    "size", "frequency", "depot", "tariff", "partner", "support_from", "until", "member_part", "membership_paid_on",
)  # fmt: skip
"""The columns of the old tool, in its order."""

FREQUENCIES = {"weekly": "Hebdo", "even": "Quinzaine paire", "odd": "Quinzaine impaire", "monthly": "Mensuel", "": ""}


def household_rows(garden: Garden, only: Collection[int] | None = None) -> tuple[list[str], list[list[Value]]]:
    """Titles and rows, of all households or of some. They are in the words of the file, whatever the screen's language."""
    titles = {column.key: column.title for column in HOUSEHOLD_COLUMNS}
    return [titles[key] for key in KEYS], [
        _row(known.told) for known in garden_facts(garden).households if only is None or known.id in only
    ]


def _row(told: Draft) -> list[Value]:
    part = told.member_part
    shown = replace(
        told, phone=display_phone(told.phone), mobile=display_phone(told.mobile), frequency=FREQUENCIES[told.frequency]
    )
    values: dict[str, Value] = {key: getattr(shown, key) for key in KEYS}
    return list((values | {"member_part": "" if part is None else f"{amount_text(part)} €"}).values())
