"""What the desk says of vegetables and quantities: "équilibré", "juillet à octobre"; quantities are in `baskets.said`."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.dates import MONTHS_AP
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cageot.baskets.models import Unit
from cageot.baskets.rules.content import KG
from cageot.baskets.said import plain, quantity, unit_word

__all__ = ["STANDS", "TONES", "UNREADABLE", "months", "months_in", "quantity", "runs", "typed", "unit_word", "units"]

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


def typed(milli: int, unit: str, *, grams: bool = True) -> str:
    """The same as one would type it, without the unit: "150 g", "0,8", "2"; nothing for 0. Without `grams`, "0,15":
    for a field that has its unit beside it."""
    if not milli:
        return ""
    return f"{milli} g" if grams and unit == KG and milli < 500 else plain(milli).replace("\u202f", "")


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
