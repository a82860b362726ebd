"""The best allocation of a year, from a small programme to the whole network. Asked, on 2 cores: 25,500 baskets with 120
tranches in at most 1 s; 1.2 million with 1,100 tranches in at most 20 s and 1 GB.

    uv run python bench/allocating.py            the three sizes, and how far first come, first served falls short
    uv run python bench/allocating.py growth     from 10 to 200,000 baskets: the same optimum, to the cent, as another solver

Synthetic years with a fixed seed: gardens, communes, audiences and affiliations of uneven weight, tranches of a garden,
a territory or an audience, some twenty that may pay each basket, budgets near the need (the hard case). Groups are weekly: one row per garden, commune,
audience, affiliation and week.
"""

from __future__ import annotations

import random
import resource
import sys
import time
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from cageot.funding.rules.allocating import Fund, Group, Scenario, allocate
from tests.funding.another_solver import arcs_of

SIZES = {"programme": (25_500, 120, 38), "region": (200_000, 400, 60), "network": (1_200_000, 1_100, 100)}
AUDIENCES = ["rsa", "working_poor", "isolated", "student", "family", "retired"]
AFFILIATIONS = ["caf", "msa", None]


def year(baskets: int, tranches: int, gardens: int, seed: int = 7) -> Scenario:
    chance = random.Random(seed)
    names = [f"garden-{index:03}" for index in range(gardens)]
    communes = {name: [f"{name[-3:]}{index:02}" for index in range(chance.randint(2, 6))] for name in names}
    weights = [chance.uniform(0.4, 2) for _ in names]
    rows: dict[tuple[object, ...], int] = {}
    for _ in range(baskets // 4):  # four baskets a draw: neighbours come together
        name = chance.choices(names, weights)[0]
        week = date(2017, 1, 5) + timedelta(weeks=chance.randrange(48))
        key = (name, chance.choice(communes[name]), chance.choice(AUDIENCES), chance.choice(AFFILIATIONS), week,
               chance.choice([800, 1200, 1600]))  # fmt: skip
        rows[key] = rows.get(key, 0) + 4
    groups = [
        Group(f"g{index:07}", str(name), day, count, price, price * 3 // 10, str(commune), audience, affiliation)  # type: ignore[arg-type]
        for index, ((name, commune, audience, affiliation, day, price), count) in enumerate(rows.items())
    ]
    need = sum(one.need for one in groups)
    funds = []
    for index in range(tranches):
        first = date(2017, 1, 1) + timedelta(days=chance.choice([0, 0, 0, 59, 90, 181, 243]))
        wide = chance.random() < 0.6
        some = chance.sample(names, max(2, gardens // 12)) if wide else [chance.choice(names)]
        own = [one for name in some for one in communes[name]]
        funds.append(
            Fund(
                f"f{index:04}", int(need * 0.95 / tranches * chance.uniform(0.3, 1.7)), first,
                min(date(2017, 12, 31), first + timedelta(days=chance.choice([120, 180, 364]))),
                None if chance.random() < 0.02 else frozenset(some),
                frozenset(chance.sample(own, max(1, len(own) // 2))) if chance.random() < 0.15 else None,
                frozenset(chance.sample(AUDIENCES, chance.randint(1, 3))) if chance.random() < 0.4 else None,
                frozenset(["caf"]) if chance.random() < 0.1 else None,
                chance.choice([None, None, None, 400, 600]), chance.choice([None, None, None, 3_500, 5_000]), chance.randint(1, 3),
            )
        )  # fmt: skip
    return Scenario(funds, groups)


def first_come(scenario: Scenario) -> int:
    """What a spreadsheet does: week by week, the money that ends first, as far as it goes. Cents covered."""
    left = {one.id: one.budget_cents for one in scenario.funds}
    order = sorted(scenario.funds, key=lambda one: (one.until_day, one.priority, one.id))
    covered = 0
    for group in sorted(scenario.groups, key=lambda one: (one.day, one.id)):
        need = group.need
        for fund in order:
            if not need:
                break
            bands = ((fund.gardens, group.garden), (fund.communes, group.commune), (fund.audiences, group.audience),
                     (fund.affiliations, group.affiliation))  # fmt: skip
            if not left[fund.id] or not fund.from_day <= group.day <= fund.until_day:
                continue
            if any(some is not None and one not in some for some, one in bands):
                continue
            most = fund.most(group.price_cents)
            part = min(need, left[fund.id], group.need if most is None else most * group.baskets)
            left[fund.id] -= part
            need -= part
            covered += part
    return covered


GROWTH = ((10, 5, 2), (100, 10, 3), (1_000, 30, 6), (10_000, 80, 20), (25_500, 120, 38), (200_000, 400, 60))


def another_optimum(scenario: Scenario) -> int:
    """Cents covered, says HiGHS, from a linear program written group by group, nothing merged."""
    import highspy
    import numpy as np

    arcs = arcs_of(scenario)
    place = {one.id: index for index, one in enumerate([*scenario.funds, *scenario.groups])}
    limits = [one.budget_cents for one in scenario.funds] + [one.need for one in scenario.groups]
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(arcs), len(limits)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = np.ones(len(arcs))
    model.col_lower_, model.col_upper_ = np.zeros(len(arcs)), np.array([most for _, _, most in arcs], float)
    model.row_lower_, model.row_upper_ = np.zeros(len(limits)), np.array(limits, float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.arange(len(arcs) + 1) * 2
    model.a_matrix_.index_ = np.array([place[end.id] for fund, group, _ in arcs for end in (fund, group)])
    model.a_matrix_.value_ = np.ones(2 * len(arcs))
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.passModel(model)
    solver.run()
    return round(solver.getInfo().objective_function_value)


def growth() -> None:
    for baskets, tranches, gardens in GROWTH:
        scenario = year(baskets, tranches, gardens)
        start = time.process_time()
        found = allocate(scenario)
        spent = time.process_time() - start
        start = time.process_time()
        other = another_optimum(scenario)
        print(
            f"{baskets:>9,} baskets in {len(scenario.groups):>7,} groups × {tranches:>3} tranches: {spent:7.3f} s of processor, "
            f"HiGHS {time.process_time() - start:7.2f} s; {'equal to the cent' if other == found.covered_cents else f'DIFFERS by {other - found.covered_cents} cents'}",
            flush=True,
        )


def main() -> None:
    if sys.argv[1:] == ["growth"]:
        return growth()
    for name in sys.argv[1:] or SIZES:
        baskets, tranches, gardens = SIZES[name]
        scenario = year(baskets, tranches, gardens)
        start, clock = time.process_time(), time.perf_counter()
        found = allocate(scenario)
        spent, lasted = time.process_time() - start, time.perf_counter() - clock
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        greedy = first_come(scenario) / found.need_cents
        best = found.covered_cents / found.need_cents
        print(
            f"{name:>9}: {baskets:>9,} baskets in {len(scenario.groups):>7,} groups × {tranches:>5,} tranches: "
            f"{spent:6.2f} s of processor ({lasted:.2f} by the clock), peak {peak:,.0f} MB; "
            f"covered {best:.2%}, first come first served {greedy:.2%} ({(best - greedy) * 100:.1f} points less)",
            flush=True,
        )


if __name__ == "__main__":
    main()
