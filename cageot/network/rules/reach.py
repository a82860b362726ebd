"""What a person may reach and do: roles in, capabilities out.

| role        | week | write week | households | money | close | agreements, partners | programme | names | roles      |
|-------------|------|------------|------------|-------|-------|----------------------|-----------|-------|------------|
| coordinator | yes  | yes        | write      | yes   | yes   | write                |           | yes   | its garden |
| helper      | yes  | yes        | read       |       |       |                      |           | yes   |            |
| treasurer   | yes  |            | read       | yes   | yes   | write                |           | yes   |            |
| auditor     | yes  |            | read       | yes   |       | read                 |           | yes   |            |
| network     |      |            |            |       |       | read; see below      | write     |       | all        |

Workshops are seen by every role of a garden; coordinators and helpers run them.
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
    SEE_WORKSHOPS = "see_workshops"
    RUN_WORKSHOPS = "run_workshops"  # plan sessions, enrol people, say who came
    WELCOME = "welcome"  # see and answer those who are referred or sign up


BY_ROLE: dict[str, frozenset[Can]] = {
    "coordinator": frozenset(Can),
    "helper": frozenset({Can.SEE_WEEK, Can.RUN_WEEK, Can.SEE_HOUSEHOLDS, Can.SEE_WORKSHOPS, Can.RUN_WORKSHOPS}),
    "treasurer": frozenset(
        {Can.SEE_WEEK, Can.SEE_HOUSEHOLDS, Can.SEE_MONEY, Can.CLOSE, Can.EDIT_AGREEMENTS, Can.SEE_WORKSHOPS}
    ),
    # For a time, and to read only: `ReachMiddleware` lets an auditor of a garden write nothing there.
    "auditor": frozenset({Can.SEE_WEEK, Can.SEE_HOUSEHOLDS, Can.SEE_MONEY, Can.SEE_WORKSHOPS}),
}


@dataclass(frozen=True)
class Reach:
    """What one person may do today. `network`: an officer of the network head; `refers`, `funds`: the partners for
    which they refer people, or whose figures they read."""

    network: bool = False
    by_garden: dict[int, frozenset[Can]] = field(default_factory=dict)
    refers: frozenset[int] = frozenset()
    funds: frozenset[int] = frozenset()

    @property
    def gardens(self) -> list[int]:
        return list(self.by_garden)

    def can(self, what: Can, garden_id: int) -> bool:
        return what in self.by_garden.get(garden_id, frozenset())

    def gardens_where(self, what: Can) -> list[int]:
        return [garden for garden, allowed in self.by_garden.items() if what in allowed]


def reach_of(roles: Iterable[tuple[str, int | None, int | None]]) -> Reach:
    """The reach that `roles`, triples of kind, garden id and partner id, give together."""
    network = False
    by_garden: dict[int, frozenset[Can]] = {}
    of_partner: dict[str, set[int]] = {"referrer": set(), "funder": set()}
    for kind, garden_id, partner_id in roles:
        if partner_id is not None:
            of_partner[kind].add(partner_id)
        elif garden_id is not None:
            by_garden[garden_id] = by_garden.get(garden_id, frozenset()) | BY_ROLE[kind]
        else:
            network = network or kind == "network"
    return Reach(network, by_garden, frozenset(of_partner["referrer"]), frozenset(of_partner["funder"]))
