"""How much of an ingredient for so many people, as one says it in a kitchen: « une demi-botte de radis », « 1 verre et demi ».

The words are French, as the recipes are. Amounts are rounded to what a kitchen can measure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

WIDE = "\u00a0"
"""A space at which a line does not end."""
HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
FEMININE = (
    "cuillère à soupe",
    "cuillère à café",
    "pincée",
    "poignée",
    "gousse",
    "tranche",
    "botte",
    "branche",
    "boîte",
    "barquette",
)
MASCULINE = ("verre", "sachet")
WHOLE = frozenset({"pincée", "gousse", "tranche", "branche"})
"""What nobody cuts in two."""
UNITS = ("", "pièce", "g", "kg", "cl", "l", *MASCULINE, *FEMININE)
"""The units of an ingredient; "" and "pièce" both count the thing itself."""
_SIGNS = {Fraction(0): "", QUARTER: "¼", HALF: "½", Fraction(3, 4): "¾"}
_SAME = re.compile(r"(?:[sxz]|maïs)$")
_BEFORE_THE_REST = re.compile(r"^(.*?)(?=( (?:de|du|des|à|au|en|pour)\b| d’|,| \(|$))")
_KEEPS_ITS_S = frozenset(
    {
        "gros",
        "frais",
        "épais",
        "noix",
        "maïs",
        "radis",
        "panais",
        "ananas",
        "anchois",
        "doux",
        "roux",
        "salsifis",
        "chinois",
        "gris",
    }
)
_HAS_NO_S = frozenset({"nature", "branche"})


def said(ingredient: Mapping[str, Any], times: Fraction = Fraction(1)) -> str:
    """An ingredient {qty, unit, name}, `times` as much of it."""
    name, unit = str(ingredient["name"]), str(ingredient["unit"])
    if ingredient["qty"] in ("", None):
        return name
    amount = Fraction(str(ingredient["qty"])) * times
    if unit in ("", "pièce"):
        return _counted(amount, name)
    if unit in ("g", "kg"):
        return f"{_grams(amount * (1000 if unit == 'kg' else 1))} {_of(name)}"
    if unit in ("cl", "l"):
        return f"{_centilitres(amount * (100 if unit == 'l' else 1))} {_of(name)}"
    if unit == "cuillère à soupe" and amount < HALF:
        unit, amount = "cuillère à café", amount * 3
    return f"{_measured(amount, unit)} {_of(name)}"


def _counted(amount: Fraction, name: str) -> str:
    """ "3 poireaux", "½ chou vert"; eggs are not cut."""
    if name.startswith(("œuf", "jaune", "blanc d’œuf")):
        step = Fraction(1)
    else:
        step = QUARTER if amount < 1 else HALF if amount < 3 else Fraction(1)
    number = _nearest(amount, step)
    return f"{_figure(number)} {plural(name) if number >= 2 else singular(name)}"


def _figure(number: Fraction) -> str:
    whole, rest = divmod(number, 1)
    sign = _SIGNS[Fraction(rest)]
    return f"{whole}{WIDE}{sign}" if whole and sign else sign or str(whole)


def _grams(grams: Fraction) -> str:
    step = 1 if grams < 20 else 5 if grams < 100 else 10 if grams < 1000 else 100
    number = int(_nearest(grams, Fraction(step)))
    if number < 1000:
        return f"{number}{WIDE}g"
    if number % 1000 == 500:
        return f"{number // 1000}{WIDE}kg et demi"
    return f"{_comma(number, 1000)}{WIDE}kg"


def _centilitres(amount: Fraction) -> str:
    step = 1 if amount < 20 else 5 if amount < 100 else 10
    number = int(_nearest(amount, Fraction(step)))
    if number in (25, 50, 75):
        return {25: "un quart de litre", 50: "un demi-litre", 75: "trois quarts de litre"}[number]
    if number < 100:
        return f"{number}{WIDE}cl"
    litres = "litres" if number >= 200 else "litre"
    if number % 100 == 50:
        return f"{number // 100}{WIDE}{litres} et demi"
    return f"{_comma(number, 100)}{WIDE}{litres}"


def _comma(number: int, one: int) -> str:
    whole, rest = divmod(number, one)
    return f"{whole},{rest * 10 // one}" if rest else str(whole)


def _measured(amount: Fraction, unit: str) -> str:
    """A spoon, a glass, a bunch: "une demi-botte", "1 verre et demi"."""
    step = Fraction(1) if unit in WHOLE or amount >= 4 else QUARTER if unit == "verre" and amount < 1 else HALF
    number = _nearest(amount, step)
    one, half = ("une", "demie") if unit in FEMININE else ("un", "demi")
    if number < 1:
        parts = {QUARTER: f"un quart de {unit}", HALF: f"{one} demi-{unit}", Fraction(3, 4): f"trois quarts de {unit}"}
        return parts[number]
    whole, rest = divmod(number, 1)
    return f"{whole} {_units(unit) if whole > 1 else unit}{f' et {half}' if rest else ''}"


def _units(unit: str) -> str:
    head, space, rest = unit.partition(" ")
    return f"{head}s{space}{rest}"


def _nearest(amount: Fraction, step: Fraction) -> Fraction:
    """The nearest multiple of a step, one step at least; halfway goes up."""
    return max(Fraction((amount / step + HALF).__floor__()), Fraction(1)) * step


def _of(name: str) -> str:
    """ "de carottes", "d’ail", "d’huile", "de haricots"."""
    first = name[:1].lower()
    return f"d’{name}" if first in "aàâeéèêiîoôuœ" or name.lower().startswith(("huile", "herbe")) else f"de {name}"


def singular(name: str) -> str:
    """ "pommes de terre" → "pomme de terre", "poireaux" → "poireau". Only the words before « de », « à »… change."""
    return _each_word(name, _one)


def plural(name: str) -> str:
    """ "chou blanc" → "choux blancs"."""
    return _each_word(name, _several)


def _each_word(name: str, change: Any) -> str:
    head = _BEFORE_THE_REST.match(name)
    cut = head.end(1) if head else len(name)
    words = name[:cut].split(" ")
    return " ".join("-".join(change(part) for part in word.split("-")) for word in words) + name[cut:]


def _one(word: str) -> str:
    if word in _KEEPS_ITS_S:
        return word
    return word[:-1] if re.search(r"(?:s|eux|aux|oux|œux)$", word) and len(word) > 3 else word


def _several(word: str) -> str:
    if not word or word in _HAS_NO_S or _SAME.search(word):
        return word
    return word + ("x" if word.endswith(("eau", "chou")) else "s")
