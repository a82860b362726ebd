"""What is left to find of baskets, and the money that may be found: facts for an allocation (decision 0026).

`groups` says what closed weeks need, `funds` which money there is, `claimed` what does not move any more; `ask` makes the
question of it, an `allocating.Scenario`. Ids in a scenario are row numbers as text: gardens, tranches.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, Sum

from cageot.core import sql
from cageot.funding.models import EntityGarden, Fund, ProposalLine, SettlementLine, Tranche
from cageot.funding.queries import funds as of_funds
from cageot.funding.queries.granting import set_aside
from cageot.funding.rules.allocating import Fund as Money
from cageot.funding.rules.allocating import Group, Scenario

# --- What is needed -----------------------------------------------------------------------------


class Key(NamedTuple):
    """A group: baskets that no rule tells apart. Cents are of one basket: its price, what its member pays, what is left to
    find (`need`), of that what nobody pays and its garden bears (`uncovered`; the rest is the network's part), and what
    its local partners pay."""

    garden: int
    day: date
    commune_code: str
    audience: str
    affiliation: str
    price_cents: int
    member_cents: int
    need_cents: int
    uncovered_cents: int
    local_cents: int

    @property
    def id(self) -> str:
        """The group as a word, the same for ever."""
        return "|".join(map(str, self))


def key_of(row: Sequence[Any]) -> Key:
    """A group from its columns, as the database gives them."""
    garden, day, *rest = row
    return Key(garden, sql.day(day), *rest)


def groups(
    through: date,
    *,
    since: date | None = None,
    gardens: Collection[int] | None = None,
    last_entry: int | None = None,
    left: Mapping[int, date] | None = None,
) -> dict[Key, int]:
    """Solidarity baskets of closed weeks that lack money, counted by group, up to a day. One or two queries.

    Weeks reopened count for nothing. `last_entry`: as the books stood at that entry. `left`: gardens that left for good,
    and since when, when they are known already: what they need after that is nobody's.
    """
    where, values = "c.day <= %s", [through]
    if since is not None:
        where, values = f"{where} AND c.day >= %s", [*values, since]
    if gardens is not None:
        where, values = f"{where} AND c.garden_id IN %s", [*values, tuple(gardens) or (0,)]  # type: ignore[list-item]
    if last_entry is not None:
        where, values = f"{where} AND c.entry_id <= %s", [*values, last_entry]  # type: ignore[list-item]
    gone = of_funds.left_on() if left is None else left
    found = {key_of(row): int(count) for *row, count in sql.rows(_GROUPS.format(where=where), *values)}
    return {key: count for key, count in found.items() if key.garden not in gone or key.day < gone[key.garden]}


def group_of(basket: int) -> Key | None:
    """The group of one basket of a closed week, as it stands; None when it lacks nothing. One query."""
    rows = sql.rows(_GROUPS.format(where="c.kind = 'basket' AND c.key = %s"), basket)
    return next((key_of(row[:-1]) for row in rows), None)


def baskets_of(key: Key) -> list[int]:
    """The baskets of a group, by their numbers. One query."""
    rows = sql.rows(_BASKETS, key.garden, key.day, *key[2:])
    return [basket for (basket,) in rows]


_ONE = """
    SELECT c.id, c.key, c.sign, c.garden_id, c.day, c.commune_code, c.audience, c.affiliation,
        c.sign * c.price_cents AS price, c.sign * c.member_cents AS member,
        c.sign * SUM(CASE WHEN s.by IN ('uncovered', 'network') THEN s.cents ELSE 0 END) AS need,
        c.sign * SUM(CASE WHEN s.by = 'uncovered' THEN s.cents ELSE 0 END) AS uncovered,
        c.sign * SUM(CASE WHEN s.by = 'local' THEN s.cents ELSE 0 END) AS local
    FROM funding_charge c JOIN funding_share s ON s.charge_id = c.id
    WHERE c.in_programme AND c.agreement_id IS NOT NULL AND {where}
    GROUP BY c.id, c.key, c.sign, c.garden_id, c.day, c.commune_code, c.audience, c.affiliation, c.price_cents, c.member_cents
"""
"""Each charge with what it lacks."""

_GROUPS = """
    SELECT garden_id, day, commune_code, audience, affiliation, price, member, need, uncovered, local, SUM(sign)
    FROM ({one}) AS one
    WHERE need > 0
    GROUP BY garden_id, day, commune_code, audience, affiliation, price, member, need, uncovered, local
    HAVING SUM(sign) > 0
""".replace("{one}", _ONE)
_BASKETS = """
    SELECT key FROM ({one}) AS one
    WHERE commune_code = %s AND audience = %s AND affiliation = %s AND price = %s AND member = %s AND need = %s
        AND uncovered = %s AND local = %s
    GROUP BY key HAVING SUM(sign) > 0 ORDER BY key
""".replace("{one}", _ONE.replace("{where}", "c.garden_id = %s AND c.day = %s"))


# --- Which money there is -----------------------------------------------------------------------


@dataclass(frozen=True)
class Purse:
    """A tranche as an allocation sees it. `fund`: its money, dates and conditions, before its quota and what is claimed.
    `promised`: not notified yet. `quota`: how many baskets it pays at most, counted as money. `own`: a garden's."""

    tranche: int
    of: int
    name: str
    label: str
    promised: bool
    quota: int | None
    own: bool
    fund: Money

    @property
    def order(self) -> tuple[bool, date, int, int]:
        """In which order funds meet what a garden bears, before what the network promised: its own first."""
        return (not self.own, self.fund.until_day, self.fund.priority, self.tranche)


def funds(*, promised: bool = False, on: date | None = None, keep: Mapping[int, int] | None = None) -> list[Purse]:
    """The tranches that may pay: notified money; with `promised`, promised money too; less what was granted to
    gardens' projects, or is called for. Eight queries.

    `on`: leave out what was notified after that day. What was refused and never came is left out. `keep`: tranches held to so many cents. A fund that ended pays baskets up
    to the day before; a garden's own fund pays the gardens of its association.
    """
    rows = Tranche.objects.select_related("fund__entity").order_by("pk")
    rows = rows.filter(
        Q(notified_cents__isnull=False) | Q(refused_on__isnull=True) if promised else Q(notified_cents__isnull=False)
    )
    if on is not None:
        rows = rows.exclude(notified_on__gt=on)
    tranches = list(rows)
    aside = set_aside(one.pk for one in tranches)
    chosen, held = _gardens({one.fund_id for one in tranches})
    conditions: dict[int, dict[str, Any]] = {}
    found = []
    for one in tranches:
        fund = one.fund
        if fund.pk not in conditions:
            conditions[fund.pk] = _asked(fund, chosen[fund.pk], None if fund.entity.head else held[fund.entity_id])
        until = one.until_day if fund.ended_on is None else min(one.until_day, fund.ended_on - timedelta(days=1))
        if until < one.from_day:
            continue
        budget = one.promised_cents if one.notified_cents is None else one.notified_cents
        if keep and one.pk in keep:
            budget = min(budget, keep[one.pk])
        budget = max(0, budget - aside.get(one.pk, 0))
        money = Money(str(one.pk), budget, one.from_day, until, priority=fund.priority, **conditions[fund.pk])
        promise, own = one.notified_cents is None, not fund.entity.head
        found.append(Purse(one.pk, fund.pk, fund.name, one.label, promise, one.quota_baskets, own, money))
    return found


def _gardens(ids: Collection[int]) -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    """Fund → the gardens it names; entity → its gardens."""
    chosen: dict[int, set[int]] = defaultdict(set)
    for fund, garden in Fund.gardens.through.objects.filter(fund__in=ids).values_list("fund", "garden"):
        chosen[fund].add(garden)
    held: dict[int, set[int]] = defaultdict(set)
    for entity, garden in EntityGarden.objects.values_list("entity", "garden"):
        held[entity].add(garden)
    return chosen, held


def _asked(fund: Fund, chosen: set[int], held: set[int] | None) -> dict[str, Any]:
    conditions = of_funds.conditions_of(fund, gardens=chosen)
    asked: dict[str, Any] = conditions.asked()
    if held is not None:
        asked["gardens"] = frozenset(map(str, chosen & held if chosen else held))
    return {**asked, "cap_cents": fund.cap_cents, "share_bp": fund.share_bp, "match_bp": fund.match_bp}


# --- What stands --------------------------------------------------------------------------------


class Stands(NamedTuple):
    """What a tranche pays of a group: cents, of them what meets what its garden bears, and how many baskets there were when
    that was last decided."""

    cents: int
    to_garden: int
    baskets: int


Held = dict[tuple[int, Key], Stands]


def standing(last: int | None = None) -> Held:
    """Tranche and group → all that was settled on it, up to a settlement. One query."""
    return _held(_STANDING, last)


def paid(model: type[SettlementLine] | type[ProposalLine], **where: Any) -> dict[tuple[int, Key], int]:
    """Tranche and group → cents of the lines that answer to these conditions (of the ORM), added up. One query."""
    rows = model.objects.filter(**where).values_list(*_PLACE).annotate(total=Sum("cents")).order_by()  # type: ignore[attr-defined]
    return {(tranche, key_of(key)): cents for tranche, *key, cents in rows if cents}


def changes(settlement: int) -> dict[tuple[int, Key], int]:
    """Tranche and group → what one settlement added or took back. One query."""
    rows = SettlementLine.objects.filter(settlement=settlement).values_list(*_PLACE, "cents").order_by("pk")
    return {(tranche, key_of(key)): cents for tranche, *key, cents in rows}


_PLACE = (
    "tranche", "garden", "day", "commune_code", "audience", "affiliation", "price_cents", "member_cents", "need_cents",
    "uncovered_cents", "local_cents",
)  # fmt: skip


def claimed(last: int | None = None) -> Held:
    """Tranche and group → what was claimed of it (less what was credited), up to a claim. One query."""
    return _held(_CLAIMED, last)


_STANDING = """
    SELECT tranche_id, garden_id, day, commune_code, audience, affiliation, price_cents, member_cents, need_cents,
        uncovered_cents, local_cents, SUM(cents), SUM(to_garden_cents), MAX(settlement_id * 4294967296 + baskets)
    FROM funding_settlementline WHERE settlement_id <= %s
    GROUP BY tranche_id, garden_id, day, commune_code, audience, affiliation, price_cents, member_cents, need_cents,
        uncovered_cents, local_cents
"""
_CLAIMED = """
    SELECT l.tranche_id, l.garden_id, l.day, l.commune_code, l.audience, l.affiliation, l.price_cents, l.member_cents,
        l.need_cents, l.uncovered_cents, l.local_cents, SUM(k.cents), 0, MAX(l.settlement_id * 4294967296 + l.baskets)
    FROM funding_claimline k JOIN funding_settlementline l ON l.id = k.settled_id WHERE k.claim_id <= %s
    GROUP BY l.tranche_id, l.garden_id, l.day, l.commune_code, l.audience, l.affiliation, l.price_cents, l.member_cents,
        l.need_cents, l.uncovered_cents, l.local_cents
"""


def _held(query: str, last: int | None) -> Held:
    """Of several lines, the last says how many baskets there were: the largest (settlement, baskets), in one number."""
    rows = sql.rows(query, 2**62 if last is None else last)
    found = {
        (tranche, key_of(key)): Stands(int(cents), int(to_garden), newest % 2**32)
        for tranche, *key, cents, to_garden, newest in rows
    }
    return {where: one for where, one in found.items() if one.cents or one.to_garden}


def kept(held: Held, baskets: Mapping[Key, int]) -> dict[tuple[int, Key], int]:
    """What is claimed and stays: all of it, but for baskets taken back since, whose part goes back to the tranche."""
    found = {}
    for (tranche, key), one in held.items():
        now = baskets.get(key, 0)
        cents = one.cents if now >= one.baskets else one.cents * now // one.baskets
        if cents > 0:
            found[(tranche, key)] = cents
    return found


# --- The question -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """A question with its facts. `key_of`: the group behind an id (closed ones and those ahead); `later`: those ahead."""

    groups: Mapping[Key, int]
    ahead: Mapping[Key, int]
    purses: Sequence[Purse]
    kept: Mapping[tuple[int, Key], int]
    scenario: Scenario

    @property
    def digest(self) -> str:
        """A print of all that decides."""
        return digest(self.scenario)


AHEAD = "+"
"""What begins the id of a group of planned baskets: one day may have closed and planned ones."""


def scenario(
    groups: Mapping[Key, int],
    purses: Sequence[Purse],
    *,
    held: Held | None = None,
    ahead: Mapping[Key, int] | None = None,
) -> Scenario:
    """The question alone: `ask`'s scenario."""
    return ask(groups, purses, held=held, ahead=ahead).scenario


def ask(
    groups: Mapping[Key, int],
    purses: Sequence[Purse],
    *,
    held: Held | None = None,
    ahead: Mapping[Key, int] | None = None,
) -> Asked:
    """What a split is asked: the need that nobody claimed money for, the money that is not claimed.

    In it a group's `member_cents` is all that is paid already; planned groups (`ahead`) wait behind closed ones.
    """
    stays = kept(held or {}, groups)
    paid: dict[Key, list[tuple[str, int]]] = defaultdict(list)
    gone: dict[int, int] = defaultdict(int)
    for (tranche, key), cents in stays.items():
        paid[key].append((str(tranche), cents))
        gone[tranche] += cents
    rows = [_group(key, count, paid=tuple(sorted(paid[key]))) for key, count in groups.items()]
    rows += [_group(key, count, later=True) for key, count in (ahead or {}).items()]
    rows.sort(key=lambda one: one.id)
    money = [_left(purse, rows, gone[purse.tranche]) for purse in purses]
    return Asked(groups, ahead or {}, purses, stays, Scenario(money, rows))


def _group(key: Key, baskets: int, *, later: bool = False, paid: tuple[tuple[str, int], ...] = ()) -> Group:
    return Group(
        AHEAD + key.id if later else key.id, str(key.garden), key.day, baskets, key.price_cents, key.price_cents - key.need_cents,
        key.commune_code or None, key.audience or None, key.affiliation or None, key.local_cents, later, paid,
    )  # fmt: skip


def _left(purse: Purse, rows: Iterable[Group], claimed: int) -> Money:
    """The money of a tranche that is still to split. Its quota of baskets is so many times the most that one may receive."""
    money, budget = purse.fund, purse.fund.budget_cents
    if purse.quota is not None:
        most = max((_most(money, one) for one in rows if reaches(money, one)), default=0)
        budget = min(budget, purse.quota * most)
    return replace(money, budget_cents=max(0, budget - claimed))


def _most(money: Money, one: Group) -> int:
    limit = money.most(one.price_cents, one.local_cents)
    return one.need_each if limit is None else min(limit, one.need_each)


def reaches(money: Money, one: Group) -> bool:
    """Whether a fund's dates and conditions let it pay a group."""
    bands = (
        (money.gardens, one.garden),
        (money.communes, one.commune),
        (money.audiences, one.audience),
        (money.affiliations, one.affiliation),
    )
    return money.from_day <= one.day <= money.until_day and all(some is None or value in some for some, value in bands)


def digest(scenario: Scenario) -> str:
    """A print of a question: the same facts, the same print, in whatever order they come."""
    rows = [sorted(map(_plain, scenario.funds)), sorted(map(_plain, scenario.groups))]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def _plain(one: Money | Group) -> list[Any]:
    values = (getattr(one, name) for name in one.__slots__)
    return [
        sorted(value)
        if isinstance(value, frozenset)
        else value
        if value is None or isinstance(value, int)
        else str(value)
        for value in values
    ]
