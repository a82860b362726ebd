"""The weekly close, decided: which baskets cost, what is still to be asked, what was seen.

| state      | costs                                             |
|------------|---------------------------------------------------|
| planned    | not known yet: a question to answer before closing |
| collected  | yes                                               |
| unclaimed  | yes: it was grown and packed                      |
| given_on   | yes; a supported one as its agreement decides     |
| cancelled  | no, it was cancelled in time                      |
| moved      | no, it costs in the week where it goes            |
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from cageot.core.week import Week
from cageot.funding.rules.waterfall import Charge, Cover, Settled

COSTS = frozenset({"collected", "unclaimed", "given_on"})
DISTRIBUTED = COSTS
"""A basket counts as distributed when it was collected, unclaimed or given on."""


@dataclass(frozen=True, slots=True)
class BasketFact:
    """One basket of the week. `price_cents` is None when its size has no price on that day.

    `supported`: the household has a support on the day; `cover` is then what stands behind it, or None
    when its tariff says nothing for this size.
    """

    key: int
    revision: int
    day: date
    household_key: str
    size_code: str
    size_name: str
    state: str
    price_cents: int | None
    supported: bool
    cover: Cover | None
    commune_code: str = ""


class Kind(NamedTuple):
    """Baskets without a support that weigh alike: each asks the same of its member."""

    day: date
    size_code: str
    size_name: str
    state: str
    price_cents: int | None

    @property
    def costs(self) -> bool:
        return self.state in COSTS and self.price_cents is not None


class Keys(NamedTuple):
    """How many baskets, the sum of their keys and of the squares of their remainders: it tells these from others."""

    baskets: int = 0
    total: int = 0
    squares: int = 0

    def and_(self, other: Keys, times: int = 1) -> Keys:
        return Keys(*(mine + times * its for mine, its in zip(self, other, strict=True)))


PRIME = 65_521


def key_of(key: int) -> Keys:
    return Keys(1, key, (key % PRIME) ** 2)


@dataclass(frozen=True)
class WeekSheet:
    """All that a close looks at, for one garden and one week: baskets one by one, and baskets `alike` by number."""

    garden: int
    week: Week
    last_day: date | None  # last delivery day; None when the week has none
    baskets: tuple[BasketFact, ...]
    alike: Mapping[Kind, Keys] = field(default_factory=dict)

    @property
    def by_state(self) -> Counter[str]:
        found = Counter(basket.state for basket in self.baskets)
        for kind, keys in self.alike.items():
            found[kind.state] += keys.baskets
        return found


def kind_of(basket: BasketFact) -> Kind:
    return Kind(basket.day, basket.size_code, basket.size_name, basket.state, basket.price_cents)


@dataclass(frozen=True)
class Question:
    """Something to answer before the week can close. `count` baskets are concerned; `about` names the thing.

    `what`: not_over (deliveries to come), unmarked (no state yet), no_price, no_line (tariff silent).
    """

    what: str
    count: int
    about: str = ""


def open_questions(sheet: WeekSheet, today: date) -> list[Question]:
    """What stands between this week and its close, most urgent first."""
    questions = []
    if sheet.last_day and sheet.last_day > today:
        to_come = sum(basket.day > today for basket in sheet.baskets)
        to_come += sum(keys.baskets for kind, keys in sheet.alike.items() if kind.day > today)
        questions.append(Question("not_over", to_come, str(sheet.last_day)))
    unmarked = sheet.by_state["planned"]
    if unmarked:
        questions.append(Question("unmarked", unmarked))
    no_price = Counter(
        basket.size_name for basket in sheet.baskets if basket.state in COSTS and basket.price_cents is None
    )
    for kind, keys in sheet.alike.items():
        if kind.state in COSTS and kind.price_cents is None:
            no_price[kind.size_name] += keys.baskets
    no_line = Counter(
        basket.size_name for basket in sheet.baskets if basket.state in COSTS and basket.supported and not basket.cover
    )
    questions += [Question("no_price", count, name) for name, count in sorted(no_price.items())]
    questions += [Question("no_line", count, name) for name, count in sorted(no_line.items())]
    return questions


def charges(sheet: WeekSheet) -> list[Charge]:
    """The baskets that cost, as charges, but those told by number. One without a price asks nothing (it is an open question)."""
    return [
        Charge(
            basket.key, basket.revision, basket.day, basket.household_key, basket.size_code, basket.state,
            basket.price_cents, basket.cover, basket.commune_code,
        )
        for basket in sheet.baskets
        if basket.state in COSTS and basket.price_cents is not None
    ]  # fmt: skip


def fingerprint(sheet: WeekSheet, settled: Iterable[Settled]) -> str:
    """A short print of what was shown before closing; it changes when any basket, price or payer does.

    It is the same whether baskets without a support are told one by one or by number.
    """
    kinds = dict(sheet.alike)
    for basket in sheet.baskets:
        if not basket.supported:
            kind = kind_of(basket)
            kinds[kind] = kinds.get(kind, Keys()).and_(key_of(basket.key))
    supported = {basket.key for basket in sheet.baskets if basket.supported}
    rows: list[object] = sorted(((*kind, *keys) for kind, keys in kinds.items()), key=repr)
    rows += [(basket.key, basket.state) for basket in sheet.baskets if basket.supported]
    rows += [
        (one.charge.key, one.charge.state, one.charge.price_cents, one.parts)
        for one in settled
        if one.charge.key in supported
    ]
    return hashlib.sha256("\n".join(map(repr, rows)).encode()).hexdigest()


def differences(before: Mapping[str, int], now: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """The counts or amounts that changed between what was seen and what stands: {name: (before, now)}."""
    return {
        name: (before.get(name, 0), now.get(name, 0))
        for name in {**before, **now}
        if before.get(name, 0) != now.get(name, 0)
    }
