"""The figures of Cerfa n° 15059*02, the financial report of a subsidised action, in the order of the form.

Accounts are those of the form's table: two digits for charges and products, three for gifts in kind, which stand under
the totals. Amounts are whole cents.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

COST, INCOME = "cost", "income"
INDIRECT = "indirect"
COSTS = ("60", "61", "62", "63", "64", "65", "66", "67", "68", INDIRECT)
INCOMES = ("70", "73", "74", "75", "76", "77", "78", "79")
IN_KIND = {COST: ("860", "861", "862", "864"), INCOME: ("870", "871", "875")}
ACCOUNTS = {COST: COSTS, INCOME: INCOMES}


def is_in_kind(account: str) -> bool:
    """Whether an account is of gifts in kind: they are written on both sides, and count in no total of money."""
    return account[:2] in ("86", "87")


@dataclass(frozen=True)
class Line:
    """One line of a budget: side `cost` or `income`, its account, its words, cents planned and real."""

    side: str
    account: str
    label: str
    planned: int
    real: int


@dataclass(frozen=True)
class Row:
    """One account of the table, with the lines under it. `bp`: real in basis points of planned, None when nothing was."""

    account: str
    planned: int
    real: int
    lines: tuple[Line, ...] = ()

    @property
    def bp(self) -> int | None:
        return self.real * 10_000 // self.planned if self.planned else None


@dataclass(frozen=True)
class Sheet:
    """The table: accounts of each side, their totals, gifts in kind apart."""

    costs: list[Row]
    incomes: list[Row]
    costs_total: Row
    incomes_total: Row
    given_costs: list[Row]
    given_incomes: list[Row]
    given_costs_total: Row
    given_incomes_total: Row

    @property
    def balanced(self) -> bool:
        """Whether what was planned is balanced, and what came about too."""
        pairs = ((self.costs_total, self.incomes_total), (self.given_costs_total, self.given_incomes_total))
        return all(cost.planned == income.planned and cost.real == income.real for cost, income in pairs)

    def part_of(self, cents: int) -> int | None:
        """So many cents in basis points of the products that came in; None when there are none."""
        return cents * 10_000 // self.incomes_total.real if self.incomes_total.real else None


def sheet(lines: Iterable[Line]) -> Sheet:
    """The table of these lines: every account of the form, in its order, even when nothing stands there."""
    known = list(lines)

    def rows(side: str, accounts: Sequence[str]) -> list[Row]:
        return [
            _row(account, [one for one in known if (one.side, one.account) == (side, account)]) for account in accounts
        ]

    sides = [rows(COST, COSTS), rows(INCOME, INCOMES), rows(COST, IN_KIND[COST]), rows(INCOME, IN_KIND[INCOME])]
    costs, incomes, given_costs, given_incomes = sides
    totals = [Row("", sum(one.planned for one in side), sum(one.real for one in side)) for side in sides]
    return Sheet(costs, incomes, totals[0], totals[1], given_costs, given_incomes, totals[2], totals[3])


def _row(account: str, lines: Sequence[Line]) -> Row:
    return Row(account, sum(one.planned for one in lines), sum(one.real for one in lines), tuple(lines))
