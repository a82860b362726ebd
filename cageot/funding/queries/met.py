"""What settlements have found for each garden's baskets, as the accountant's books tell it.

A group of baskets is its bands, its day and its need; of the money it got, what nobody paid is met first, then what the
network had promised (`rules.chart.met`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from cageot.core import sql
from cageot.funding.rules.chart import met

Group = tuple[Any, ...]
"""Garden, day, commune, audience, affiliation, price, member's part and need."""


def uncovered(gardens: Collection[int], through: date | None = None) -> dict[Group, int]:
    """What nobody paid, by group of baskets, taken-back baskets off. One query."""
    rows = sql.rows(_UNCOVERED, list(gardens), through or date.max)
    return {(row[0], sql.day(row[1]), *row[2:8]): int(row[8]) for row in rows}


_UNCOVERED = """
    SELECT garden_id, day, commune_code, audience, affiliation, price, member, uncovered + network, SUM(sign * uncovered)
    FROM (
        SELECT c.id, c.garden_id, c.day, c.commune_code, c.audience, c.affiliation, c.sign, c.sign * c.price_cents AS price,
            c.sign * c.member_cents AS member,
            SUM(CASE WHEN s.by = 'uncovered' THEN c.sign * s.cents ELSE 0 END) AS uncovered,
            SUM(CASE WHEN s.by = 'network' THEN c.sign * s.cents ELSE 0 END) AS network
        FROM funding_charge c JOIN funding_share s ON s.charge_id = c.id
        WHERE c.garden_id IN %s AND c.day <= %s AND s.by IN ('uncovered', 'network') GROUP BY c.id
    ) one
    GROUP BY garden_id, day, commune_code, audience, affiliation, price, member, uncovered + network
"""


def standing(gardens: Collection[int], through: date | None = None) -> dict[Group, dict[int, int]]:
    """What all settlements give, by group and by the entity that holds the fund. One query."""
    found: dict[Group, dict[int, int]] = defaultdict(dict)
    for row in sql.rows(_STANDING, list(gardens), through or date.max):
        found[row[0], sql.day(row[1]), *row[2:8]][row[8]] = int(row[9])
    return found


_STANDING = """
    SELECT l.garden_id, l.day, l.commune_code, l.audience, l.affiliation, l.price_cents, l.member_cents, l.need_cents, f.entity_id,
        SUM(l.cents)
    FROM funding_settlementline l JOIN funding_tranche t ON t.id = l.tranche_id JOIN funding_fund f ON f.id = t.fund_id
    WHERE l.garden_id IN %s AND l.day <= %s
    GROUP BY l.garden_id, l.day, l.commune_code, l.audience, l.affiliation, l.price_cents, l.member_cents, l.need_cents, f.entity_id
    HAVING SUM(l.cents) <> 0
"""


def met_by(entities: dict[int, int], through: date | None = None) -> dict[tuple[int, int], tuple[int, int]]:
    """By garden and holder: cents of what nobody paid, and of the network's promise, that funds pay. `entities`: garden → its own."""
    open_cents = uncovered(entities, through)
    found: dict[tuple[int, int], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for group, by_holder in standing(entities, through).items():
        garden = group[0]
        for holder, (first, then) in met(by_holder, open_cents.get(group, 0), entities[garden]).items():
            before = found[garden, holder]
            found[garden, holder] = before[0] + first, before[1] + then
    return dict(found)


def unmet(entities: dict[int, int], through: date) -> dict[int, int]:
    """By garden: cents of its baskets up to that day that nobody pays and no fund met."""
    left: dict[int, int] = dict.fromkeys(entities, 0)
    for group, cents in uncovered(entities, through).items():
        left[group[0]] += cents
    for (garden, _holder), (first, _then) in met_by(entities, through).items():
        left[garden] -= first
    return left
