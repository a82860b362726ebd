"""What an import looks at: the lines of a file once read, and what the garden has already. Plain facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cageot.core.cents import part_down
from cageot.funding.rules.tariffs import LineRule, line_for

Ref = int | str
"""A row that exists, by its id, or one that the import would create, by the name written in the file."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to tell about a line. `desk.words_importing` makes a sentence of its code and of what it is `about`.

    `column` is the key of the column it points at (core.tabular.columns), "" when it is the whole line.
    """

    code: str
    column: str = ""
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """One line of a file, read: what it wants to say of a household. Blank means that it says nothing.

    `size`, `depot`, `tariff` and `partner` are words of the file; `frequency` is a code when it was understood,
    else words too. Amounts are in cents, telephones as "+33612345678"; `member_share` is a part said as a share of the
    price, in basis points; `weekday` the day of the depot, 1 for Monday. `problems` are cells that could not be read.
    """

    line: int
    number: str = ""
    civility: str = ""
    last_name: str = ""
    first_name: str = ""
    address: str = ""
    postcode: str = ""
    commune: str = ""
    commune_code: str = ""
    phone: str = ""
    mobile: str = ""
    email: str = ""
    adults: int | None = None
    children: int | None = None
    language: str = ""
    size: str = ""
    frequency: str = ""
    depot: str = ""
    tariff: str = ""
    partner: str = ""
    support_from: date | None = None
    until: date | None = None
    member_part: int | None = None
    member_share: int | None = None
    weekday: int | None = None
    membership_paid_on: date | None = None
    problems: tuple[Remark, ...] = ()
    notes: tuple[Remark, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.last_name} {self.first_name}".strip()


@dataclass(frozen=True, slots=True)
class Known:
    """A household of the garden, told as a line of a file would tell it, the names of its other members, and the first
    day of its basket, which may come before that of its support."""

    id: int
    told: Draft
    other_names: tuple[str, ...] = ()
    basket_from: date | None = None


@dataclass(frozen=True, slots=True)
class SizeFact:
    """A basket size with its dated prices in cents, oldest first."""

    ref: Ref
    code: str
    name: str
    prices: tuple[tuple[date, int], ...]

    def price_on(self, day: date) -> int | None:
        """The price of that day; before the first one, the first; None when the size has no price."""
        past = [cents for since, cents in self.prices if since <= day]
        return past[-1] if past else next((cents for _since, cents in self.prices), None)


@dataclass(frozen=True, slots=True)
class DepotFact:
    """`home`: the number of the only household that collects there, its home stop; "" for a place for several."""

    ref: Ref
    name: str
    closed_on: date | None = None
    weekday: int | None = None
    home: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A tariff of an agreement: its dated lines, oldest first."""

    ref: Ref
    name: str
    lines: tuple[tuple[date, LineRule], ...]

    def line(self, size_code: str, day: date) -> LineRule | None:
        """The line for that size on that day, if the tariff says anything of it."""
        dated = {line.size_code: line for since, line in self.lines if since <= day}
        return line_for(list(dated.values()), size_code)


@dataclass(frozen=True, slots=True)
class Offer:
    """An agreement of the garden, as a line of a file may call on it. `exemptions`: from, until, highest part (bp)."""

    ref: Ref
    name: str
    partner: str
    from_day: date
    until_day: date | None
    grids: tuple[Grid, ...]
    in_programme: bool = True
    exemptions: tuple[tuple[date, date, int], ...] = ()

    def runs_on(self, day: date) -> bool:
        return self.from_day <= day and (self.until_day is None or day <= self.until_day)

    def cap_on(self, day: date, edition_cap: int) -> int | None:
        """The highest member part in basis points; None outside the programme, where no cap holds."""
        if not self.in_programme:
            return None
        return max([edition_cap, *(bp for first, last, bp in self.exemptions if first <= day <= last)])

    def member_part(self, grid: Grid, size_code: str, price: int, day: date, edition_cap: int) -> int | None:
        """What the member owes for that size on that day, in cents, never above the cap; None: nothing is said."""
        line, cap = grid.line(size_code, day), self.cap_on(day, edition_cap)
        if line is None:
            return None
        return line.member_part(price) if cap is None else min(line.member_part(price), part_down(price, cap))


@dataclass(frozen=True)
class GardenFacts:
    """All that the garden has and that a line may speak of. `editions`: from, until, cap in basis points; newest last."""

    sizes: tuple[SizeFact, ...] = ()
    depots: tuple[DepotFact, ...] = ()
    offers: tuple[Offer, ...] = ()
    households: tuple[Known, ...] = ()
    editions: tuple[tuple[date, date, int], ...] = ()

    def cap_on(self, day: date) -> int:
        """The cap of the edition that holds that day, else of the newest one, else 30 %."""
        holding = [cap for first, last, cap in self.editions if first <= day <= last]
        return (holding or [cap for _first, _last, cap in self.editions] or [DEFAULT_CAP])[-1]


DEFAULT_CAP = 3000
"""30 % of the basket price: the programme's rule when no edition says otherwise."""


@dataclass(frozen=True)
class Answers:
    """What a person said, once for the whole file, of what the garden does not know.

    `same_as`: kind (size, depot, partner, tariff, frequency) → words of the file → what they mean. `new_depots`:
    words → weekday (1 Monday); `new_sizes`: words → price in cents; `new_agreements`: partners to open one with.
    `kept`: lines that look like another household and are not (None: all of them).
    """

    same_as: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    new_depots: Mapping[str, int] = field(default_factory=dict)
    new_sizes: Mapping[str, int] = field(default_factory=dict)
    new_agreements: frozenset[str] = frozenset()
    kept: frozenset[int] | None = frozenset()

    def keeps(self, line: int) -> bool:
        return self.kept is None or line in self.kept
