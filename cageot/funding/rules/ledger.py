"""Shares into double entry: who owes is debited, what the garden earned is credited.

Debits are positive cents, credits negative; the drafts of one entry sum to zero.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from cageot.funding.rules.waterfall import Part, Settled


class AccountKey(NamedTuple):
    """An account of one garden: its kind, and the agreement payer for a payer's account."""

    kind: str
    payer: int | None = None


DEBITED = {"member": "members", "garden": "own", "uncovered": "to_allocate"}


def postings_for(settled: Iterable[Settled], classification: Mapping[int, str]) -> dict[AccountKey, int]:
    """Cents to post by account. `classification` says by agreement id whether payers buy (sale) or support
    (grant, scheme); the member's, the garden's and the uncovered parts are sales."""
    cents: Counter[AccountKey] = Counter()
    for one in settled:
        for part in one.parts:
            cents[_debited(part)] += part.cents
            cents[_credited(one, part, classification)] -= part.cents
    return {
        account: amount
        for account, amount in sorted(cents.items(), key=lambda item: (item[0].kind, item[0].payer or 0))
        if amount
    }


def _debited(part: Part) -> AccountKey:
    return AccountKey(DEBITED[part.by]) if part.by in DEBITED else AccountKey("payer", part.payer)


def _credited(one: Settled, part: Part, classification: Mapping[int, str]) -> AccountKey:
    paid_by_payer = part.by not in DEBITED and one.charge.cover
    return AccountKey(classification[one.charge.cover.agreement] if paid_by_payer and one.charge.cover else "sale")
