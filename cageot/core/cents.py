"""Money as whole cents: parts, splits, and whose the odd cent is.

One rule everywhere (docs/rules/rounding.md): what the member pays is rounded down, so the odd cent
falls on the payers; among equals it falls on the first named.
"""

from collections.abc import Sequence

BASIS = 10_000
"""Percentages are kept in basis points: 3000 is 30 %."""


def part_down(cents: int, basis_points: int) -> int:
    """That percentage of an amount, rounded down to the cent (favours whoever pays it)."""
    return cents * basis_points // BASIS


def split_cents(cents: int, weights: Sequence[int]) -> list[int]:
    """`cents` shared in proportion to `weights`, to the cent: the parts sum to `cents`.

    Largest remainder; ties go to the first named. Weights are not negative and not all zero.
    """
    total = sum(weights)
    if total <= 0 or min(weights) < 0:
        raise ValueError("weights must be positive")
    parts = [cents * weight // total for weight in weights]
    remainders = sorted(range(len(weights)), key=lambda i: (-(cents * weights[i] % total), i))
    for index in remainders[: cents - sum(parts)]:
        parts[index] += 1
    return parts
