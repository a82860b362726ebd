"""What is asked: funds with their conditions, groups of baskets with their need. Money in whole cents."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

LARGEST = 10**15
"""Ten thousand billion euros, in cents: more is a slip of the keyboard."""
DEFAULT_PRIORITY = 100


@dataclass(frozen=True, slots=True)
class Fund:
    """Money that pays part of the baskets that meet its conditions. `None` restricts nothing; an empty set, everything.

    `cap_cents`: the most per basket; `share_bp`: the most of a basket's price, in hundredths of a percent; `match_bp`: local
    partners must pay at least that part of what the fund pays of a basket (the file format has no word for it).
    """

    id: str
    budget_cents: int
    from_day: date
    until_day: date
    gardens: frozenset[str] | None = None
    communes: frozenset[str] | None = None
    audiences: frozenset[str] | None = None
    affiliations: frozenset[str] | None = None
    cap_cents: int | None = None
    share_bp: int | None = None
    priority: int = DEFAULT_PRIORITY
    match_bp: int | None = None

    def most(self, price_cents: int, local_cents: int = 0) -> int | None:
        """The most that one basket of that price may receive from this fund, its local partners paying `local_cents` of it;
        None: no limit of its own."""
        limits = [] if self.cap_cents is None else [self.cap_cents]
        if self.share_bp is not None:
            limits.append(price_cents * self.share_bp // 10_000)
        if self.match_bp is not None:
            limits.append(local_cents * 10_000 // self.match_bp)
        return min(limits) if limits else None


@dataclass(frozen=True, slots=True)
class Group:
    """Baskets that no rule tells apart: one garden, one commune, one audience, one affiliation, one day, one price.

    What follows is not in the file format. `local_cents`: what local partners pay of each basket. `later`: these baskets
    wait behind the others when money is short (planned ones). `paid`: what funds have already paid for good, in cents.
    """

    id: str
    garden: str
    day: date
    baskets: int
    price_cents: int
    member_cents: int
    commune: str | None = None
    audience: str | None = None
    affiliation: str | None = None
    local_cents: int = 0
    later: bool = False
    paid: tuple[tuple[str, int], ...] = ()

    @property
    def need_each(self) -> int:
        return self.price_cents - self.member_cents

    @property
    def need(self) -> int:
        """What is left to find, in cents; never below nothing."""
        return max(0, self.baskets * self.need_each - sum(cents for _fund, cents in self.paid))


@dataclass(frozen=True, slots=True)
class Scenario:
    funds: Sequence[Fund]
    groups: Sequence[Group]


class ScenarioRefused(ValueError):
    """What is asked cannot be read: `path` of the field ("funds[2].from"), and `why`, a word of `WHYS`."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path, self.why = path, why


WHYS = (
    "not_json", "twice", "not_an_object", "not_a_list", "missing", "unknown", "not_whole", "negative", "too_large", "not_text", "empty",
    "not_a_date", "not_a_percent", "after_until", "same_id", "above_price",
)  # fmt: skip


def read(data: Any) -> Scenario:
    """A scenario from the open format's JSON, as parsed. Refuses (`ScenarioRefused`) what it does not know."""
    top = _object(data, "", {"funds", "groups"}, {"funds", "groups"})
    return Scenario(
        _rows(top["funds"], "funds", _fund, lambda fund: fund.id),
        _rows(top["groups"], "groups", _group, lambda group: group.id),
    )


def _rows(data: Any, name: str, one: Callable[[Any, str], Any], key: Callable[[Any], str]) -> list[Any]:
    if not isinstance(data, list):
        raise ScenarioRefused(name, "not_a_list")
    rows, seen = [], set()
    for index, row in enumerate(data):
        path = f"{name}[{index}]"
        made = one(row, path)
        if key(made) in seen:
            raise ScenarioRefused(f"{path}.id", "same_id")
        seen.add(key(made))
        rows.append(made)
    return rows


def _fund(row: Any, path: str) -> Fund:
    lists = ("gardens", "communes", "audiences", "affiliations")
    needed = {"id", "budget_cents", "from", "until"}
    row = _object(row, path, needed, needed | {*lists, "cap_per_basket_cents", "max_share_percent", "priority"})
    first, last = _day(row["from"], f"{path}.from"), _day(row["until"], f"{path}.until")
    if first > last:
        raise ScenarioRefused(f"{path}.from", "after_until")

    def some(name: str) -> frozenset[str] | None:
        return _texts(row.get(name), f"{path}.{name}")

    cap, priority = row.get("cap_per_basket_cents"), row.get("priority")
    return Fund(
        _text(row["id"], f"{path}.id"), _cents(row["budget_cents"], f"{path}.budget_cents"), first, last,
        some("gardens"), some("communes"), some("audiences"), some("affiliations"),
        None if cap is None else _cents(cap, f"{path}.cap_per_basket_cents"),
        _percent(row.get("max_share_percent"), f"{path}.max_share_percent"),
        DEFAULT_PRIORITY if priority is None else _whole(priority, f"{path}.priority"),
    )  # fmt: skip


def _group(row: Any, path: str) -> Group:
    needed = {"id", "garden", "day", "baskets", "price_cents", "member_cents"}
    bands = ("commune", "audience", "affiliation")
    row = _object(row, path, needed, needed | {*bands})
    price, member = (_cents(row[name], f"{path}.{name}") for name in ("price_cents", "member_cents"))
    if member > price:
        raise ScenarioRefused(f"{path}.member_cents", "above_price")
    made = Group(
        _text(row["id"], f"{path}.id"), _text(row["garden"], f"{path}.garden"), _day(row["day"], f"{path}.day"),
        _cents(row["baskets"], f"{path}.baskets"), price, member,
        *(None if row.get(name) is None else _text(row[name], f"{path}.{name}") for name in bands),  # type: ignore[arg-type]
    )  # fmt: skip
    if made.need > LARGEST:
        raise ScenarioRefused(f"{path}.baskets", "too_large")
    return made


def _object(data: Any, path: str, needed: set[str], known: set[str]) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise ScenarioRefused(path or "$", "not_an_object")
    before = f"{path}." if path else ""
    for name in data:
        if name not in known:
            raise ScenarioRefused(f"{before}{name}", "unknown")
    for name in sorted(needed):
        if name not in data:
            raise ScenarioRefused(f"{before}{name}", "missing")
    return data


def _whole(value: Any, path: str) -> int:
    if type(value) is not int:  # a bool is an int, and 4.0 a slip
        raise ScenarioRefused(path, "not_whole")
    if abs(value) > LARGEST:
        raise ScenarioRefused(path, "too_large")
    return value


def _cents(value: Any, path: str) -> int:
    if _whole(value, path) < 0:
        raise ScenarioRefused(path, "negative")
    return int(value)


def _percent(value: Any, path: str) -> int | None:
    """Hundredths of a percent, from a percentage with at most two decimals."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise ScenarioRefused(path, "not_a_percent")
    exact = Decimal(str(value)) * 100
    if not exact.is_finite() or exact != exact.to_integral_value() or not 0 <= exact <= 10_000:
        raise ScenarioRefused(path, "not_a_percent")
    return int(exact)


def _text(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise ScenarioRefused(path, "not_text")
    if not value:
        raise ScenarioRefused(path, "empty")
    return value


def _texts(value: Any, path: str) -> frozenset[str] | None:
    if value is None:
        return None
    if not isinstance(value, list):
        raise ScenarioRefused(path, "not_a_list")
    return frozenset(_text(one, f"{path}[{index}]") for index, one in enumerate(value))


def _day(value: Any, path: str) -> date:
    if not isinstance(value, str) or len(value) != 10:
        raise ScenarioRefused(path, "not_a_date")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ScenarioRefused(path, "not_a_date") from None
