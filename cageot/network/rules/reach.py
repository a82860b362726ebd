"""What a person may reach and do: roles in, capabilities out.

| role        | week | write week | households | money | close | agreements, partners | programme | names | roles      |
|-------------|------|------------|------------|-------|-------|----------------------|-----------|-------|------------|
| coordinator | yes  | yes        | write      | yes   | yes   | write                |           | yes   | its garden |
| helper      | yes  | yes        | read       |       |       |                      |           | yes   |            |
| treasurer   | yes  |            | read       | yes   | yes   | write                |           | yes   |            |
| network     |      |            |            |       |       | read; see below      | write     |       | all        |

Money means: tariffs, supports, payers, agreements, partners, statements. A helper never sees who pays less.
The network sees figures and agreements of every garden, and the name of no household. It keeps the editions, the gardens
and where they stand, every partner, every role, and the agreements that bind several gardens.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum


class Can(Enum):
    """One thing a role allows."""

    SEE_WEEK = "see_week"
    RUN_WEEK = "run_week"  # mark what happened to a basket
    SEE_HOUSEHOLDS = "see_households"
    EDIT_HOUSEHOLDS = "edit_households"
    SEE_MONEY = "see_money"
    CLOSE = "close"
    EDIT_AGREEMENTS = "edit_agreements"
    EDIT_GARDEN = "edit_garden"


BY_ROLE: dict[str, frozenset[Can]] = {
    "coordinator": frozenset(Can),
    "helper": frozenset({Can.SEE_WEEK, Can.RUN_WEEK, Can.SEE_HOUSEHOLDS}),
    "treasurer": frozenset({Can.SEE_WEEK, Can.SEE_HOUSEHOLDS, Can.SEE_MONEY, Can.CLOSE, Can.EDIT_AGREEMENTS}),
}


@dataclass(frozen=True)
class Reach:
    """What one person may do today. `network`: an officer of the network head."""

    network: bool = False
    by_garden: dict[int, frozenset[Can]] = field(default_factory=dict)

    @property
    def gardens(self) -> list[int]:
        return list(self.by_garden)

    def can(self, what: Can, garden_id: int) -> bool:
        return what in self.by_garden.get(garden_id, frozenset())

    def gardens_where(self, what: Can) -> list[int]:
        return [garden for garden, allowed in self.by_garden.items() if what in allowed]


def reach_of(roles: Iterable[tuple[str, int | None]]) -> Reach:
    """The reach that `roles`, pairs of kind and garden id, give together."""
    network = False
    by_garden: dict[int, frozenset[Can]] = {}
    for kind, garden_id in roles:
        if garden_id is None:
            network = network or kind == "network"
        else:
            by_garden[garden_id] = by_garden.get(garden_id, frozenset()) | BY_ROLE[kind]
    return Reach(network, by_garden)
