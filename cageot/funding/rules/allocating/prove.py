"""The proof that nothing better exists, made from the answer alone: the solver is not trusted.

From the funds that have money left, money can still go to a class that another fund pays too (that fund would then pay
elsewhere), and so on. What is reached this way and what is not are two sides of a cut: everything that crosses it is
full. If every reached class is fully covered, no split covers more than the cut lets through, and ours covers that much.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cageot.funding.rules.allocating.network import Flags, Ints, Network, total_by


@dataclass(frozen=True)
class Cut:
    """`bound`: the most that any split covers, in cents: `budget`, all the money of the funds that are used up; `limits`, all
    that the others may pay of baskets where they stand at their limit; `needs`, all that the remaining baskets need.
    `fund`, `cls`: those that money left over can reach."""

    bound: int
    budget: int
    limits: int
    needs: int
    fund: Flags
    cls: Flags


class NotProved(RuntimeError):
    """The answer breaks a limit, or is not the best: nothing may be settled on it."""


def prove(network: Network, flow: Ints) -> Cut:
    """Check every limit, then find the cut. Refuses (`NotProved`) an answer that is wrong or can be bettered."""
    used = total_by(network.fund, flow, len(network.funds))
    covered = total_by(network.cls, flow, len(network.need))
    if (
        (flow < 0).any()
        or (flow > network.most).any()
        or (used > network.budget).any()
        or (covered > network.need).any()
    ):
        raise NotProved("a limit is broken")
    fund = used < network.budget
    cls = np.zeros(len(network.need), bool)
    room, paid = flow < network.most, flow > 0
    while True:
        cls[network.cls[fund[network.fund] & room]] = True
        more = fund.copy()
        more[network.fund[cls[network.cls] & paid]] = True
        if (more == fund).all():
            break
        fund = more
    if (covered[cls] < network.need[cls]).any():
        raise NotProved("more could be covered")
    across = fund[network.fund] & ~cls[network.cls]
    budget, limits = int(network.budget[~fund].sum()), int(network.most[across].sum())
    needs = int(network.need[cls].sum())
    bound = budget + limits + needs
    if bound != int(flow.sum()):
        raise NotProved("the cut is not what is covered")
    return Cut(bound, budget, limits, needs, fund, cls)
