"""Quantities as they are said: "150 g", "1,2 kg", "2 bottes"."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cageot.baskets.rules.content import KG
from cageot.core.templatetags.cageot import WIDE, number


def quantity(milli: int, unit: str) -> str:
    """ "150 g", "0,8 kg", "2 bottes", "241 kg": as it is said, thousandths in. A large weight is rounded to 100 g."""
    if unit == KG:
        return f"{milli}{WIDE}g" if 0 < milli < 500 else f"{plain(milli, 1 if milli >= 20_000 else 3)}{WIDE}kg"
    return f"{plain(milli)}{WIDE}{unit_word(unit, milli)}"


def plain(milli: int, places: int = 3) -> str:
    """Thousandths as a number without idle zeros."""
    exact = (Decimal(milli) / 1000).quantize(Decimal(10) ** -places, ROUND_HALF_UP).normalize()
    return number(exact, max(-int(exact.as_tuple().exponent), 0))


def unit_word(unit: str, milli: int = 1000) -> str:
    """The unit in the number that the quantity asks for: "botte", "bottes"."""
    count = max(milli // 1000, 1)
    return {
        "kg": _("kg"),
        "piece": ngettext("pièce", "pièces", count),
        "bunch": ngettext("botte", "bottes", count),
        "handful": ngettext("bouquet", "bouquets", count),
        "tray": ngettext("barquette", "barquettes", count),
        "bag": ngettext("sachet", "sachets", count),
        "jar": ngettext("pot", "pots", count),
        "box": ngettext("boîte", "boîtes", count),
    }[unit]
