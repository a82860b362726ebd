"""What payers are asked for: when, of what, under which number; what a refusal gives back; what a payment may be for.

Plain Python over facts. Everything is whole cents. docs/rules/claiming.md tells it, with the tables that the tests execute.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

# --- When -----------------------------------------------------------------------------------------

MONTHS = {"month": 1, "quarter": 3, "year": 12}
"""Rhythm → how many months its period lasts."""


def period_of(day: date, rhythm: str) -> tuple[date, date]:
    """First and last day of the month, quarter or calendar year that holds a day."""
    months = MONTHS[rhythm]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    count = first.year * 12 + first.month - 1 + months
    return first, date(count // 12, count % 12 + 1, 1) - timedelta(days=1)


def last_ended(today: date, rhythm: str) -> date:
    """The last day of the last period that is over on that day."""
    return period_of(today, rhythm)[0] - timedelta(days=1)


# --- What -----------------------------------------------------------------------------------------

SETTLED, GRANT, SESSION = 0, 1, 2
"""What a tranche paid: what comes first in the key of its units."""


@dataclass(frozen=True)
class Unit:
    """Something that may be claimed: what one payer owes of one entry of the books, or what a tranche paid: one line settled,
    one grant to a garden, one cost of a session.

    `key`: (payer, entry), or (SETTLED, GRANT or SESSION, row). `cents` below zero when a week was taken back. `claimed_cents`
    stands claimed now; `times`: how often it was. `reverses`: the key of the unit that it takes back. `name`: a grant's call.
    """

    key: tuple[int, ...]
    day: date
    garden: int
    cents: int
    claimed_cents: int = 0
    times: int = 0
    reverses: tuple[int, ...] | None = None
    baskets: int = 0  # of a settled line; of an entry they are counted with its details
    name: str = ""

    @property
    def left(self) -> int:
        """What may be claimed of it still."""
        return self.cents - self.claimed_cents


def open_units(units: Iterable[Unit]) -> list[Unit]:
    """Those of which something is left, in order. A week taken back before anybody was asked for it was never owed: it
    and what takes it back are both left out, whatever the day of either."""
    found = {unit.key: unit for unit in units if unit.left}
    for unit in list(found.values()):
        if unit.reverses is not None:
            taken_back = found.get(unit.reverses)
            if taken_back and taken_back.left + unit.left == 0:
                del found[unit.key], found[taken_back.key]
    return sorted(found.values(), key=lambda unit: (unit.day, unit.key))


def ready(units: Iterable[Unit], until: date) -> list[Unit]:
    """The open units up to a day."""
    return [unit for unit in open_units(units) if unit.day <= until]


def digest(until: date, units: Iterable[Unit]) -> str:
    """A fingerprint of what a claim would be made of: it differs as soon as one of them does."""
    said = ";".join(f"{unit.key}:{unit.left}:{unit.times}" for unit in units)
    return hashlib.sha256(f"{until}|{said}".encode()).hexdigest()


# --- Lines ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Detail:
    """Baskets of one garden, day, size and unit price, of one entry. `baskets` below zero when they are taken back."""

    garden: int
    day: date
    size: str
    unit_cents: int
    baskets: int


@dataclass(frozen=True)
class Line:
    """A line of a paper: so many baskets of a garden, a month and a size, at one price; or of a fund, a grant to a garden
    (`what` GRANT, `name` its call), or a garden's sessions of a month (SESSION). Never a person's name.

    `unit_cents` None: the baskets are not all paid alike, only the amount is told.
    """

    garden: int
    month: date  # its first day
    size: str
    unit_cents: int | None
    baskets: int
    cents: int
    what: int = SETTLED
    name: str = ""


def summarise(details: Iterable[Detail]) -> list[Line]:
    """Lines by garden, month, size and unit price; those that come to nothing are not told."""
    counted: dict[tuple[date, int, str, int], int] = defaultdict(int)
    for one in details:
        counted[one.day.replace(day=1), one.garden, one.size, one.unit_cents] += one.baskets
    return [
        Line(garden, month, size, unit, baskets, unit * baskets)
        for (month, garden, size, unit), baskets in sorted(counted.items())
        if baskets
    ]


def of_tranche(units: Iterable[Unit]) -> list[Line]:
    """Lines of a tranche, without a unit price: baskets, then grants, then sessions; baskets and sessions by garden and month."""
    found: dict[tuple[int, int, date, int, str], list[int]] = defaultdict(lambda: [0, 0])
    for unit in units:
        what, row = unit.key
        total = found[what, row if what == GRANT else 0, unit.day.replace(day=1), unit.garden, unit.name]
        total[0] += unit.baskets
        total[1] += unit.left
    return [
        Line(garden, month, "", None, baskets, cents, what, name)
        for (what, _row, month, garden, name), (baskets, cents) in sorted(found.items())
        if cents
    ]


# --- Value added tax ------------------------------------------------------------------------------

FOOD_BP = 550
"""Food for people, as sold: 5.5 % (article 278-0 bis, A, 1° of the tax code)."""


@dataclass(frozen=True)
class Vat:
    """How an amount is taxed. `category`: S taxed, E exempt, O outside the tax; `reason`: its legal mention.

    `net_cents + vat_cents + rounding_cents` is the amount that the books hold, to the cent.
    """

    category: str
    rate_bp: int
    net_cents: int
    vat_cents: int
    rounding_cents: int = 0
    reason: str = ""


FRANCHISE = "TVA non applicable, article 293 B du CGI"
OUTSIDE = "Subvention hors du champ de la TVA"


def vat_of(gross_cents: int, *, sale: bool, subject: bool) -> Vat:
    """The tax inside an amount. A basket's price holds it already: it is taken out, never added.

    The tax is computed on the whole net amount, as the standard asks (BR-CO-17); an amount that no net amount gives
    exactly is reached by a rounding of one cent.
    """
    if not sale:
        return Vat("O", 0, gross_cents, 0, reason=OUTSIDE)
    if not subject:
        return Vat("E", 0, gross_cents, 0, reason=FRANCHISE)
    sign = -1 if gross_cents < 0 else 1
    gross = abs(gross_cents)
    net = (gross * 10_000 * 2 + 10_000 + FOOD_BP) // (2 * (10_000 + FOOD_BP))
    tax = (net * FOOD_BP * 2 + 10_000) // 20_000
    return Vat("S", FOOD_BP, sign * net, sign * tax, sign * (gross - net - tax))


def net_parts(amounts: Sequence[int], net_cents: int) -> list[int]:
    """The net amount of each line, so that they sum to the net total: the largest line takes the odd cents."""
    gross = sum(amounts)
    if not gross:
        return list(amounts)
    parts = [cents * net_cents // gross for cents in amounts]
    largest = max(range(len(parts)), key=lambda place: (abs(amounts[place]), -place))
    parts[largest] += net_cents - sum(parts)
    return parts


# --- Numbers --------------------------------------------------------------------------------------


def number_of(year: int, sequence: int) -> str:
    """As printed: "2018-0007". One series for an entity and a year, credit notes included."""
    return f"{year}-{sequence:04d}"


def numbers_in(text: str) -> set[str]:
    """The numbers that a bank's label seems to hold: "VIR CCAS FACT 2018-0007", "2018 0007", "20180007"."""
    return {
        f"{year}-{int(sequence):04d}" for year, sequence in re.findall(r"(?<!\d)(20\d\d)[-/ ]?(\d{3,6})(?!\d)", text)
    }


# --- Answers --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Claimed:
    """A line of a claim as it stands: its row, what it is of, its baskets and what is left of it in cents."""

    line: int
    baskets: int
    cents: int


def give_back(lines: Sequence[Claimed], cents: int) -> list[Claimed]:
    """What a refusal of so many cents takes from which lines: the last ones first, whole, then a part of one.

    Lines come in the order of their days. Those below zero are left as they are. Refusal: ValueError, when there is less.
    """
    found: list[Claimed] = []
    left = cents
    for one in reversed(lines):
        if one.cents <= 0 or not left:
            continue
        taken = min(one.cents, left)
        found.append(replace(one, cents=taken, baskets=one.baskets if taken == one.cents else 0))
        left -= taken
    if left or cents < 0:
        raise ValueError("more is refused than was claimed")
    return found


# --- Payments -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Owed:
    """A claim that waits for its money. `open_cents` is below zero on a credit note that was not used."""

    claim: int
    number: str
    due_on: date
    open_cents: int


def propose(cents: int, label: str, owed: Sequence[Owed]) -> dict[int, int]:
    """Which claims a payment is probably for: claim → cents.

    In order: the numbers that its label holds; else one claim of that very amount; else all that is open when it comes to
    that amount, credit notes taken off; else the oldest ones first. What is more than is owed is left out.
    """
    found = {one.claim: one for one in owed if one.number in numbers_in(label)}
    if not found:
        same = sorted((one for one in owed if one.open_cents == cents), key=lambda one: (one.due_on, one.claim))
        found = {one.claim: one for one in same[:1]}
    if not found and sum(one.open_cents for one in owed) == cents:
        return {one.claim: one.open_cents for one in owed}
    chosen = list(found.values()) or sorted(owed, key=lambda one: (one.due_on, one.claim))
    parts, left = {}, cents
    for one in sorted(chosen, key=lambda one: (one.due_on, one.claim)):
        part = min(one.open_cents, left)
        if part > 0:
            parts[one.claim] = part
            left -= part
    return parts


# --- Ageing ---------------------------------------------------------------------------------------

AGES = (0, 30, 60, 90)
"""Days after the due day that each band begins after: not due, 1–30, 31–60, 61–90, more."""


def age_of(today: date, due_on: date) -> int:
    """How many days late; 0 as long as it is not due."""
    return max(0, (today - due_on).days)


def band_of(days: int) -> int:
    """0 not due; 1 up to 30 days late; 2 up to 60; 3 up to 90; 4 more."""
    return sum(days > limit for limit in AGES)
