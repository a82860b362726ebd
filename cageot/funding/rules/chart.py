"""The chart of accounts of French associations, and where each kind of money goes in it.

Numbers and labels: règlement ANC 2018-06 (plan de comptes, art. 932-1 of the ANC 2014-03 as it amends it), with the labels that
changed for years opened from 2025 on (ANC 2022-06). `data/chart_2018.csv` holds what a garden or a network head needs, with a
sentence for who is no accountant. The tables below say where agreements, funds and means of payment go: change them there, and
nowhere else (docs/rules/books.md).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parent.parent / "data" / "chart_2018.csv"
RELABELLED = date(2025, 1, 1)
"""Years that begin from this day on print the labels of the edition 2025."""


@dataclass(frozen=True)
class AccountName:
    """An account of the chart: its number, its label (of both editions), and what it says in plain words."""

    number: str
    label: str
    label_2025: str
    plain: str


@cache
def chart() -> dict[str, AccountName]:
    """Every account known, by number, in order."""
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = [AccountName(*row) for row in list(csv.reader(file, delimiter=";"))[1:]]
    return {row.number: row for row in sorted(rows, key=lambda row: row.number)}


def account_name(number: str) -> AccountName | None:
    """The account, or the nearest one above it: 51201 is a bank like 512. None when the chart has neither."""
    return next((chart()[number[:n]] for n in range(len(number), 1, -1) if number[:n] in chart()), None)


def label_of(number: str, first: date) -> str:
    """The label printed in a year that begins on that day; the number itself for an account of nobody."""
    found = account_name(number)
    if found is None:
        return f"Compte {number}"
    return found.label_2025 if found.label_2025 and first >= RELABELLED else found.label


def plain(number: str) -> str:
    """What the account holds, for who is no accountant."""
    found = account_name(number)
    return found.plain if found else ""


def in_balance_sheet(number: str) -> bool:
    """Classes 1 to 5 pass from a year to the next; 6 and 7 make the result; 8 is told apart."""
    return number[:1] in "12345"


# --- The tables -----------------------------------------------------------------------------------

MEMBERS = "4111"
BILLED = "4112"
UNBILLED = "4181"
ADVANCES = "4191"
UNKNOWN = "471"
TAX = "44571"
"""The tax inside what members pay and partners buy, when the association is subject to it."""
SUBSIDIES = "441"
BETWEEN = "467"
"""What entities of one base owe each other. Written by `journal` only, in both books at once."""
AWAITED = "4687"
"""Money awaited. With a partner: what it owes and has not been asked as a debt. With a garden alone: baskets to finance."""
DEFERRED = "487"
GRANTED = "6571"
OWN_PART = "709"
CONTRIBUTION = "7551"
BANK = "512"
SURPLUS, DEFICIT = "120", "129"


class Classified(NamedTuple):
    """Accounts of what a payer owes under an agreement: before it is asked, once asked (a public body, another), and the income."""

    awaited: str
    asked_public: str
    asked: str
    income: str


AGREEMENTS = {
    "sale": Classified(UNBILLED, BILLED, BILLED, "7011"),
    "grant": Classified(AWAITED, SUBSIDIES, AWAITED, "741"),
    "scheme": Classified(AWAITED, SUBSIDIES, AWAITED, "730"),
}
"""By `Agreement.classification`. What a body that is not public owes as a grant stays awaited until it is paid."""


class Earmarked(NamedTuple):
    """Accounts of a fund's money: owed by the funder, income, kept for later years, the charge and the income that move it."""

    owed: str
    income: str
    kept: str
    put_aside: str
    taken_back: str


FUNDS = {
    "public": Earmarked(SUBSIDIES, "741", "194", "6894", "7894"),
    "body": Earmarked(AWAITED, CONTRIBUTION, "195", "6895", "7895"),
    "giving": Earmarked(AWAITED, "7541", "196", "6896", "7896"),
}
"""By `Fund.source`. An association's own money (`own`) is no income, is owed by nobody, and is not kept apart."""

MEANS = {"transfer": BANK, "cheque": "5112", "cash": "530", "other": "511"}
"""By `Payment.means`."""


def later_part(cents: int, from_day: date, until_day: date, last: date) -> int:
    """The part of a tranche that belongs to the years after `last`, by days of its period; the odd cent stays in the earlier year."""
    days = (until_day - from_day).days + 1
    later = min(max((until_day - last).days, 0), days)
    return cents * later // days
