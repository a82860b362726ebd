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
from dataclasses import dataclass
from datetime import date

from cageot.core.week import Week
from cageot.funding.rules.waterfall import Charge, Cover

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


@dataclass(frozen=True)
class WeekSheet:
    """All that a close looks at, for one garden and one week."""

    garden: int
    week: Week
    last_day: date | None  # last delivery day; None when the week has none
    baskets: tuple[BasketFact, ...]

    @property
    def by_state(self) -> Counter[str]:
        return Counter(basket.state for basket in self.baskets)


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
        questions.append(Question("not_over", sum(basket.day > today for basket in sheet.baskets), str(sheet.last_day)))
    unmarked = sheet.by_state["planned"]
    if unmarked:
        questions.append(Question("unmarked", unmarked))
    no_price = Counter(
        basket.size_name for basket in sheet.baskets if basket.state in COSTS and basket.price_cents is None
    )
    no_line = Counter(
        basket.size_name for basket in sheet.baskets if basket.state in COSTS and basket.supported and not basket.cover
    )
    questions += [Question("no_price", count, name) for name, count in sorted(no_price.items())]
    questions += [Question("no_line", count, name) for name, count in sorted(no_line.items())]
    return questions


def charges(sheet: WeekSheet) -> list[Charge]:
    """The baskets that cost, as charges. A basket without a price asks nothing (it is an open question)."""
    return [
        Charge(
            basket.key, basket.revision, basket.day, basket.household_key, basket.size_code, basket.state,
            basket.price_cents, basket.cover, basket.commune_code,
        )
        for basket in sheet.baskets
        if basket.state in COSTS and basket.price_cents is not None
    ]  # fmt: skip


def fingerprint(settled: Iterable[tuple[object, ...]]) -> str:
    """A short print of what was shown before closing; it changes when any basket, price or payer does."""
    digest = hashlib.sha256()
    for row in settled:
        digest.update(repr(row).encode())
    return digest.hexdigest()


def differences(before: Mapping[str, int], now: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """The counts or amounts that changed between what was seen and what stands: {name: (before, now)}."""
    return {
        name: (before.get(name, 0), now.get(name, 0))
        for name in {**before, **now}
        if before.get(name, 0) != now.get(name, 0)
    }
