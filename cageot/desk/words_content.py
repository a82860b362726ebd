"""What is said of vegetables and quantities: "1,2 kg", "2 bottes", "juillet à octobre"."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from django.utils.dates import MONTHS_AP
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cageot.baskets.models import Unit
from cageot.baskets.rules.content import KG
from cageot.core.templatetags.cageot import WIDE, number

TONES = {"light": "squash", "right": "leaf", "generous": "sky", "": ""}
"""The colour of a value against its price."""

STANDS = {
    "light": gettext_lazy("un peu léger"),
    "right": gettext_lazy("équilibré"),
    "generous": gettext_lazy("généreux"),
    "": gettext_lazy("à composer"),
}

UNREADABLE = {
    "not_a_number": gettext_lazy("Écrivez une quantité, par exemple 0,8 ou 150 g."),
    "not_by_weight": gettext_lazy("Ce légume ne se compte pas au poids : écrivez un nombre, ou changez l’unité."),
    "too_much": gettext_lazy("C’est beaucoup trop. Vérifiez la virgule."),
}
"""Why a quantity could not be read, and what to do."""


def quantity(milli: int, unit: str) -> str:
    """ "150 g", "0,8 kg", "2 bottes", "241 kg": as it is said, thousandths in. A large weight is rounded to 100 g."""
    if unit == KG:
        return f"{milli}{WIDE}g" if 0 < milli < 500 else f"{_plain(milli, 1 if milli >= 20_000 else 3)}{WIDE}kg"
    return f"{_plain(milli)}{WIDE}{unit_word(unit, milli)}"


def typed(milli: int, unit: str, *, grams: bool = True) -> str:
    """The same as one would type it, without the unit: "150 g", "0,8", "2"; nothing for 0. Without `grams`, "0,15":
    for a field that has its unit beside it."""
    if not milli:
        return ""
    return f"{milli} g" if grams and unit == KG and milli < 500 else _plain(milli).replace("\u202f", "")


def _plain(milli: int, places: int = 3) -> str:
    """Thousandths as a number without idle zeros."""
    exact = (Decimal(milli) / 1000).quantize(Decimal(10) ** -places, ROUND_HALF_UP).normalize()
    return number(exact, max(-int(exact.as_tuple().exponent), 0))


def unit_word(unit: str, milli: int = 1000) -> str:
    """The unit in the number that the quantity asks for: "botte", "bottes"."""
    count = 1 if milli < 2000 else 2
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


def units() -> list[tuple[str, str]]:
    """Every unit with its word, to choose from."""
    return [(unit.value, str(unit.label)) for unit in Unit]


def months(listed: str) -> str:
    """ "juil. à oct.", "jan. à mars, oct. à déc.": months one after the other told as one stretch, over the new year too."""
    numbers = months_in(listed)
    if len(numbers) == 12:
        return _("toute l’année")
    stretches = [_stretch(first, last) for first, last in runs(numbers)]
    return ", ".join(stretches)


def _stretch(first: int, last: int) -> str:
    if first == last:
        return str(MONTHS_AP[first])
    return _("%(first)s à %(last)s") % {"first": MONTHS_AP[first], "last": MONTHS_AP[last]}


def months_in(listed: str) -> list[int]:
    return sorted({int(one) for one in listed.split(",") if one})


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Months that follow each other, as (first, last); December goes on with January."""
    if not numbers or len(set(numbers)) == 12:
        return [(1, 12)] if numbers else []
    there = set(numbers)
    starts = [month for month in numbers if (month - 2) % 12 + 1 not in there]
    found = []
    for first in starts:
        last = first
        while last % 12 + 1 in there:
            last = last % 12 + 1
        found.append((first, last))
    return found
