"""What an agreement may ask: the member part under the cap, and payers that never exceed the price.

The cap is a share of the basket price, in basis points, set by the programme's edition (30 % by
default); a granted exemption raises it for one agreement and some dates. docs/rules/tariffs.md tells
the rule with the table of real tariffs that the tests execute.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cageot.core.cents import BASIS, part_down


@dataclass(frozen=True)
class ShareRule:
    """What one payer owes: `kind` fixed (`cents`), percent (`bp` of the price) or rest.

    `payer` is the agreement payer's id; `by` its class: local, national, network or garden.
    """

    payer: int
    by: str
    kind: str
    cents: int = 0
    bp: int = 0


@dataclass(frozen=True)
class LineRule:
    """One tariff line: the member part (fixed cents or percent of the price), then payers in order."""

    line: int
    size_code: str
    price_cents: int
    member_kind: str
    member_cents: int = 0
    member_bp: int = 0
    cap_bp: int | None = None  # None: outside the programme, no cap
    shares: tuple[ShareRule, ...] = ()

    def member_part(self, price: int) -> int:
        """What the member owes for a basket at `price` cents, before the cap; percentages round down."""
        return part_down(price, self.member_bp) if self.member_kind == "percent" else min(self.member_cents, price)


@dataclass(frozen=True)
class CapExceeded:
    """The member part is over the cap. All amounts in cents; `highest` is the most that may be asked."""

    price: int
    member: int
    cap_bp: int
    highest: int


@dataclass(frozen=True)
class PayersExceedPrice:
    """Fixed amounts and percentages come to more than the price, by `excess` cents."""

    price: int
    excess: int


Refusal = CapExceeded | PayersExceedPrice


def refusals(line: LineRule) -> list[Refusal]:
    """Why this line may not be written; an empty list when it may."""
    found: list[Refusal] = []
    member = line.member_part(line.price_cents)
    over = line.member_kind == "percent" and line.cap_bp is not None and line.member_bp > line.cap_bp
    if line.cap_bp is not None and (over or member > part_down(line.price_cents, line.cap_bp)):
        found.append(CapExceeded(line.price_cents, member, line.cap_bp, part_down(line.price_cents, line.cap_bp)))
    asked = member + sum(asked_of(share, line.price_cents) for share in line.shares)
    if asked > line.price_cents or _percents(line) > BASIS:
        found.append(PayersExceedPrice(line.price_cents, max(asked - line.price_cents, 1)))
    return found


def asked_of(share: ShareRule, price: int) -> int:
    """What a fixed or percent payer owes at that price (rounded down); a rest payer owes nothing by itself."""
    if share.kind == "percent":
        return part_down(price, share.bp)
    return share.cents if share.kind == "fixed" else 0


def percents_cover_all(line: LineRule) -> bool:
    """Whether percentages alone make the whole price: their odd cents then belong to the first payer."""
    return _percents(line) == BASIS and all(share.kind == "percent" for share in line.shares)


def _percents(line: LineRule) -> int:
    member = line.member_bp if line.member_kind == "percent" else 0
    return member + sum(share.bp for share in line.shares if share.kind == "percent")


def line_for(lines: Sequence[LineRule], size_code: str) -> LineRule | None:
    """The line for that size, else the one written for every size, else None."""
    by_size = {line.size_code: line for line in lines}
    return by_size.get(size_code) or by_size.get("")
