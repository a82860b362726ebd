"""Weekly closes that look ahead, against the best split of the year known afterwards and first come, first served, all measured
in the same run. Asked: within 0.1 point of the need when plans hold, within 2 points when arrivals are 30 % off.

    uv run python bench/lookahead.py            three seeds; a minute or two

Each week the closed need is split with all that is ahead as it is believed (closed weeks first among equal totals), and only
what that week receives is kept: harsher than Cageot, whose settlements split all that is not claimed anew. What is believed:
the true baskets (plans hold); the true ones times 0.7 or 1.3 (arrivals off); or today's members come back every week.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.allocating import first_come, year
from cageot.funding.rules.allocating import Fund, Group, Scenario, allocate

Belief = Callable[[list[Group], list[Group]], list[Group]]
"""What is believed of the weeks ahead, from this week's groups and the true ones to come."""


def plans_hold(_now: list[Group], ahead: list[Group]) -> list[Group]:
    return ahead


def off(rate: float) -> Belief:
    def believe(_now: list[Group], ahead: list[Group]) -> list[Group]:
        return [replace(one, baskets=max(1, round(one.baskets * rate))) for one in ahead]

    return believe


def come_back(now: list[Group], ahead: list[Group]) -> list[Group]:
    days = sorted({one.day for one in ahead})
    return [replace(one, id=f"{one.id}+{day}", day=day) for day in days for one in now]


def weekly(scenario: Scenario, believe: Belief | None) -> int:
    """Cents covered when each week is split once, as it closes. Without a belief: the best split of that week alone."""
    weeks: dict[object, list[Group]] = defaultdict(list)
    for one in scenario.groups:
        weeks[one.day].append(one)
    days = sorted(weeks)  # type: ignore[type-var]
    left = {one.id: one.budget_cents for one in scenario.funds}
    covered = 0
    for place, day in enumerate(days):
        now = weeks[day]
        ahead = [one for later in days[place + 1 :] for one in weeks[later]]
        funds: Sequence[Fund] = [replace(one, budget_cents=left[one.id]) for one in scenario.funds]
        waits = [replace(one, id=f"+{one.id}", later=True) for one in believe(now, ahead)] if believe else []
        found = allocate(Scenario(funds, [*now, *waits]))
        for share in found.shares:
            if not share.group.startswith("+"):
                left[share.fund] -= share.cents
                covered += share.cents
    return covered


def main() -> None:
    beliefs = {
        "plans hold": plans_hold, "arrivals −30 %": off(0.7), "arrivals +30 %": off(1.3), "members come back": come_back, "no look-ahead": None,
    }  # fmt: skip
    worst: dict[str, float] = defaultdict(float)
    for seed in map(int, sys.argv[1:] or ("7", "8", "9")):
        scenario = year(25_500, 120, 38, seed)
        best = allocate(scenario)
        greedy = first_come(scenario)

        def lost(cents: int, best: object = best) -> float:
            return (best.covered_cents - cents) / best.need_cents * 100  # type: ignore[attr-defined]

        told = [f"first come {lost(greedy):.2f}"]
        worst["first come"] = max(worst["first come"], lost(greedy))
        for name, believe in beliefs.items():
            start = time.process_time()
            points = lost(weekly(scenario, believe))
            worst[name] = max(worst[name], points)
            told.append(f"{name} {points:.2f} ({time.process_time() - start:.1f} s of processor)")
        print(
            f"seed {seed}: optimum {best.covered_cents / best.need_cents:.2%}; points lost: {'; '.join(told)}",
            flush=True,
        )
    print("worst: " + "; ".join(f"{name} {points:.2f}" for name, points in worst.items()))


if __name__ == "__main__":
    main()
