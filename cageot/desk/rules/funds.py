"""What the pages of funds draw: how a tranche's money is cut, where its end falls on a calendar, who gives what to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cageot.core.sankey import Flow, Node

MONTHS_AHEAD = 15
"""How far the calendar of ends looks."""
SOON = 60
"""Days before an end that deserves attention while money is left."""
MOST_RECEIVERS = 12
"""Gardens drawn on the flow; the others are one."""
OTHERS, UNUSED = "others", "unused"


@dataclass(frozen=True)
class Window:
    """From the first day of a month to the last of another."""

    first: date
    last: date

    @classmethod
    def after(cls, today: date, months: int = MONTHS_AHEAD) -> Window:
        """From the beginning of this month, so many months."""
        first = today.replace(day=1)
        return cls(first, _month(first, months))

    def at(self, day: date) -> float:
        """Where a day falls, in percent, held within the window."""
        whole = (self.last - self.first).days
        return round(min(max((day - self.first).days / whole, 0), 1) * 100, 3)

    def months(self) -> list[tuple[date, float]]:
        """The first day of each month, and where it falls."""
        days = []
        day = self.first
        while day < self.last:
            days.append((day, self.at(day)))
            day = _month(day, 1)
        return days


def _month(first: date, more: int) -> date:
    years, month = divmod(first.month - 1 + more, 12)
    return date(first.year + years, month + 1, 1)


def tone_of_end(last: date, left: int, today: date) -> str:
    """How an end is coloured: money that will be lost soon, money that is left, nothing left."""
    if left <= 0:
        return "leaf"
    return "carrot" if (last - today).days <= SOON else "sky"


@dataclass(frozen=True)
class Given:
    """What one fund does, for the flow: its funder, its name, what it pays each garden, and what nobody uses, in cents."""

    funder: str
    funder_name: str
    fund: str
    fund_name: str
    by_garden: Mapping[int, int]
    left: int


def flow(
    given: Sequence[Given], gardens: Mapping[int, str], *, others: str, unused: str, nobody: str
) -> tuple[list[Node], list[Flow]]:
    """Funders → funds → gardens, and the money that nobody uses. The largest first; `others`, `unused` and `nobody` (no
    funder: people give) are said by the page."""
    worth = {one.fund: sum(one.by_garden.values()) + one.left for one in given}
    by_funder: dict[str, int] = defaultdict(int)
    for one in given:
        by_funder[one.funder] += worth[one.fund]
    ordered = sorted(given, key=lambda one: (-by_funder[one.funder], one.funder_name, -worth[one.fund], one.fund_name))
    kept, rest = _receivers(ordered, gardens)
    nodes: dict[str, Node] = {}
    flows: dict[tuple[str, str], int] = defaultdict(int)
    tones = {funder: index % 5 + 1 for index, funder in enumerate(dict.fromkeys(one.funder for one in ordered))}
    for one in ordered:
        funder, fund = f"funder:{one.funder}", f"fund:{one.fund}"
        nodes.setdefault(funder, Node(funder, one.funder_name or nobody, 0, tones[one.funder]))
        nodes[fund] = Node(fund, one.fund_name, 1, tones[one.funder])
        flows[(funder, fund)] += worth[one.fund]
        for garden, cents in one.by_garden.items():
            flows[(fund, f"garden:{garden}" if garden in kept else OTHERS)] += cents
        flows[(fund, UNUSED)] += one.left
    for garden in kept:
        nodes[f"garden:{garden}"] = Node(f"garden:{garden}", gardens[garden], 2, 1)
    if rest:
        nodes[OTHERS] = Node(OTHERS, others, 2, 1)
    nodes[UNUSED] = Node(UNUSED, unused, 2, 6)
    return list(nodes.values()), [Flow(*ends, cents) for ends, cents in flows.items() if cents > 0]


def _receivers(given: Iterable[Given], gardens: Mapping[int, str]) -> tuple[list[int], list[int]]:
    """The gardens to draw, the best paid first, and those that are drawn as one."""
    paid: dict[int, int] = defaultdict(int)
    for one in given:
        for garden, cents in one.by_garden.items():
            paid[garden] += cents
    ordered = sorted(paid, key=lambda garden: (-paid[garden], gardens[garden]))
    if len(ordered) <= MOST_RECEIVERS:
        return ordered, []
    return ordered[: MOST_RECEIVERS - 1], ordered[MOST_RECEIVERS - 1 :]
