"""How long money lasts, and where one more euro counts: what each costs.

    uv run python bench/forecast.py

A programme of 38 gardens with 4 agreements each, 1,000 draws over 78 weeks; 380 gardens; then every kind of new money on
25,500 baskets × 120 tranches (the year of `bench/allocating.py`), and one "what if" on it.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.allocating import year
from cageot.funding.rules.forecast import Facts, Habits, Part, Seen, Source, Stream, forecast
from cageot.funding.rules.next_euro import kinds, unlocked
from cageot.funding.rules.what_if import Leaves, compare

TODAY = date(2018, 3, 14)


def programme(gardens: int, agreements: int = 4, seed: int = 7) -> Facts:
    """A network whose supports end over half a year, whose payers have quotas or not, and twelve funds for all."""
    chance = random.Random(seed)
    streams, sources, habits = [], [], {}
    for garden in range(gardens):
        name = f"garden-{garden:03}"
        habits[name] = Habits(Seen(chance.randint(5, 30), 40), Seen(chance.randint(10, 60), 700), 26)
        for agreement in range(agreements):
            ends: dict[date | None, int] = {}
            for _ in range(chance.randint(4, 14)):
                day = TODAY + timedelta(days=chance.randint(1, 200))
                ends[day] = ends.get(day, 0) + 1
            key = f"{name}/{agreement}"
            parts = (Part(400, (key,)), Part(240, (f"fund-{garden % 12}",)), Part(20))
            streams.append(
                Stream(name, str(agreement), ends, Seen(chance.randint(2, 20), 52), chance.choice([0.5, 0.9, 1]), parts)
            )
            until = chance.choice([None, date(2018, 12, 31)])
            sources.append(Source(key, until, left_baskets=chance.choice([None, chance.randint(100, 900)])))
    sources += [Source(f"fund-{n}", date(2018, 12, 31), left_cents=chance.randint(10**5, 10**6)) for n in range(12)]
    return Facts(TODAY, streams, sources, habits)


def timed(words: str, run: Callable[[], Any]) -> Any:
    start, clock = time.process_time(), time.perf_counter()
    found = run()
    spent, lasted = time.process_time() - start, time.perf_counter() - clock
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{words}: {spent:.2f} s of processor ({lasted:.2f} by the clock), peak {peak:,.0f} MB", flush=True)
    return found


def main() -> None:
    for gardens in (38, 380):
        facts = programme(gardens)
        timed(
            f"forecast, {gardens} gardens, {len(facts.streams)} streams × 1,000 draws × 78 weeks",
            lambda facts=facts: forecast(facts),
        )
    scenario = year(25_500, 120, 38)
    words = {
        one.commune: [f"department:{one.garden}", f"region:{one.garden[:-1]}"] for one in scenario.groups if one.commune
    }
    asked = kinds(scenario, words)
    timed(f"next euro, 25,500 baskets × 120 tranches, {len(asked)} kinds of money", lambda: unlocked(scenario, asked))
    move = Leaves(frozenset(one.id for one in scenario.funds[:2]), date(2017, 6, 1))
    timed("what if two funds leave, on the same year", lambda: compare(scenario, [move], asked))


if __name__ == "__main__":
    main()
