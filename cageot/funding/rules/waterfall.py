"""Who pays a basket: the member's part, then the agreement's payers in order, within their quotas.

Policy (docs/rules/waterfall.md has it with tables that the tests execute):

1. The member owes their part, never above the cap of the day, whatever happens to the payers.
2. Each payer in turn pays what it owes of what is left: a fixed amount, a percentage of the price
   rounded down, or the rest. When percentages make the whole price, the odd cents fall on the first.
3. A payer whose quota runs out pays what its quota still holds; what it leaves goes down to the next
   payer of the rest, and finally stays uncovered. It never goes back to the member.
4. A basket given on to another household is paid as the agreement says.
5. If the agreement is not in force on the day, the member owes the same part and the rest is uncovered.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from cageot.core.cents import part_down
from cageot.funding.rules.tariffs import LineRule, ShareRule, asked_of, percents_cover_all


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands behind a supported household's basket on the day: agreement, tariff line and cap.

    `in_force`: the agreement runs on that day. `cap_bp`: cap of the day, None outside the programme.
    """

    agreement: int
    line: LineRule
    in_force: bool
    cap_bp: int | None
    given_on: str  # as_collected, without_member or garden
    audience: str = ""
    affiliation: str = ""


@dataclass(frozen=True, slots=True)
class Charge:
    """One basket to be paid: `price_cents` on `day`, for a household known by a season pseudonym.

    `key` is opaque. `cover` is None for an ordinary member, who pays the price.
    """

    key: int
    revision: int
    day: date
    household_key: str
    size_code: str
    state: str
    price_cents: int
    cover: Cover | None
    commune_code: str = ""


@dataclass(slots=True)
class Quota:
    """What a payer may still spend, in baskets and in cents; None is no limit. Spent as shares are made."""

    baskets: int | None = None
    cents: int | None = None

    def take(self, asked: int) -> int:
        """The cents it can give of `asked`, taken off the quota."""
        if asked <= 0 or self.baskets == 0:
            return 0
        given = asked if self.cents is None else min(asked, self.cents)
        if given and self.baskets is not None:
            self.baskets -= 1
        if self.cents is not None:
            self.cents -= given
        return given


@dataclass(frozen=True, slots=True)
class Part:
    """One payer's part of a basket: what was asked, what is paid, and why. `payer` is None for the
    member, the garden's own part, and what is uncovered."""

    by: str
    payer: int | None
    cents: int
    asked: int
    why: str


@dataclass(frozen=True, slots=True)
class Settled:
    """A charge with the parts that pay it: they sum to its price. `cap_cents` is None without a cap."""

    charge: Charge
    member_cents: int
    cap_cents: int | None
    parts: tuple[Part, ...] = field(default_factory=tuple)


def allocate(charges: Iterable[Charge], quotas: dict[int, Quota]) -> list[Settled]:
    """Settle every charge, day by day then by key, spending `quotas` (by payer id) as it goes.

    Each result's parts sum to its price: every cent lands once. Deterministic whatever the order given.
    """
    return [settle(charge, quotas) for charge in sorted(charges, key=lambda charge: (charge.day, charge.key))]


def settle(charge: Charge, quotas: dict[int, Quota]) -> Settled:
    cover = charge.cover
    if cover is None:
        return Settled(
            charge, charge.price_cents, None, (Part("member", None, charge.price_cents, charge.price_cents, "price"),)
        )
    cap = None if cover.cap_bp is None else part_down(charge.price_cents, cover.cap_bp)
    if charge.state == "given_on" and cover.given_on == "garden":
        return Settled(charge, 0, cap, (Part("garden", None, charge.price_cents, charge.price_cents, "given"),))
    member = _member(charge, cover, cap)
    parts = [member, *_payers(charge.price_cents, charge.price_cents - member.cents, cover, quotas)]
    assert sum(part.cents for part in parts) == charge.price_cents
    return Settled(charge, member.cents, cap, tuple(parts))


def _member(charge: Charge, cover: Cover, cap: int | None) -> Part:
    if charge.state == "given_on" and cover.given_on == "without_member":
        return Part("member", None, 0, 0, "given")
    asked = cover.line.member_part(charge.price_cents)
    if cap is not None and asked > cap:
        return Part("member", None, cap, asked, "capped")
    return Part("member", None, asked, asked, "member_part")


def _payers(price: int, left: int, cover: Cover, quotas: dict[int, Quota]) -> list[Part]:
    if not cover.in_force:
        return [Part("uncovered", None, left, left, "no_agreement")] if left else []
    parts: list[Part] = []
    asks = _asks(price, left, cover.line)
    missed = False
    for share, amount in asks:
        asked = left if share.kind == "rest" else min(amount, left)
        if asked == 0:
            continue
        paid = quotas[share.payer].take(asked) if share.payer in quotas else asked
        missed = missed or paid < asked
        why = share.kind if paid == asked else "quota" if paid else "quota_out"
        parts.append(Part(share.by, share.payer, paid, asked, why))
        left -= paid
    if left:
        parts.append(Part("uncovered", None, left, left, "quota_out" if missed else "nobody"))
    return parts


def _asks(price: int, left: int, line: LineRule) -> list[tuple[ShareRule, int]]:
    """Each payer with what it owes by itself; percentages that make the whole price leave no cent behind."""
    asks = [(share, asked_of(share, price)) for share in line.shares]
    if asks and percents_cover_all(line):
        first, amount = asks[0]
        asks[0] = (first, amount + left - sum(asked for _share, asked in asks))
    return asks
