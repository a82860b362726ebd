"""Recipes as one types them: an ingredient a line (« 250 g de riz », « 1/2 botte de radis », « sel »), vegetables by their names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from difflib import get_close_matches
from fractions import Fraction
from typing import Any

from cageot.workshops.rules.quantities import UNITS

_SIGNS = {"½": Fraction(1, 2), "¼": Fraction(1, 4), "¾": Fraction(3, 4), "⅓": Fraction(1, 3), "⅔": Fraction(2, 3)}
_NUMBER = re.compile(
    r"^(?:(?P<top>\d{1,2})\s*/\s*(?P<bottom>[1-9]\d?)|(?P<whole>\d{1,4})(?:[.,](?P<decimals>\d{1,2}))?"
    r"(?:\s+(?P<more>\d{1,2})\s*/\s*(?P<of>[1-9]\d?)|\s*(?P<sign>[½¼¾⅓⅔]))?|(?P<alone>[½¼¾⅓⅔]))(?![\d/])\s*"
)
_HALF_MORE = re.compile(r"^et demie?\s+", re.IGNORECASE)
_SHORT = {
    "kilo": "kg", "kilos": "kg", "gr": "g", "grammes": "g", "gramme": "g", "litre": "l", "litres": "l", "centilitres": "cl",
    "c. à s.": "cuillère à soupe", "càs": "cuillère à soupe", "cs": "cuillère à soupe", "c. à soupe": "cuillère à soupe",
    "c. à c.": "cuillère à café", "càc": "cuillère à café", "cc": "cuillère à café", "c. à café": "cuillère à café",
}  # fmt: skip
_WORDS = {unit: unit for unit in UNITS if unit and unit != "pièce"}
_WORDS |= {re.sub(r"^(\w+)", r"\1s", unit): unit for unit in _WORDS if len(unit) > 2} | _SHORT
_UNIT = re.compile(
    rf"^({'|'.join(re.escape(word) for word in sorted(_WORDS, key=len, reverse=True))})(?=\s|$)\s*(?:de\s+|d[’']\s*)?",
    re.IGNORECASE,
)
MOST = 9999


def ingredient(line: str) -> dict[str, Any]:
    """A line as an ingredient {qty, unit, name}. What does not begin with a number is a name, as it stands."""
    text = " ".join(line.replace("'", "’").split())
    found = _NUMBER.match(text)
    amount = _amount(found) if found else None
    if found is None or amount is None or not text[found.end() :].strip():
        return {"qty": "", "unit": "", "name": text}
    rest = text[found.end() :]
    unit = _UNIT.match(rest)
    name = rest[unit.end() :] if unit else rest
    if unit and (more := _HALF_MORE.match(name)):
        amount, name = amount + Fraction(1, 2), re.sub(r"^(de\s+|d’\s*)", "", name[more.end() :])
    if not name:
        unit, name = None, rest
    return {"qty": _plain(amount), "unit": _WORDS[unit[1].lower()] if unit else "pièce", "name": name}


def _amount(found: re.Match[str]) -> Fraction | None:
    part = found.groupdict()
    if part["top"]:
        amount = Fraction(int(part["top"]), int(part["bottom"]))
    else:
        amount = Fraction(f"{part['whole'] or 0}.{part['decimals'] or 0}")
        amount += Fraction(int(part["more"]), int(part["of"])) if part["more"] else 0
        amount += _SIGNS.get(part["sign"] or part["alone"] or "", Fraction(0))
    return amount if 0 < amount <= MOST else None


def _plain(amount: Fraction) -> int | float:
    """A whole number, or one with two decimals at most."""
    return int(amount) if amount.denominator == 1 else round(float(amount), 2) or 0.01


def typed(one: Mapping[str, Any]) -> str:
    """An ingredient as its line: what `ingredient` reads back."""
    if one["qty"] in ("", None):
        return str(one["name"])
    amount = f"{one['qty']:g}".replace(".", ",") if isinstance(one["qty"], float) else str(one["qty"])
    if one["unit"] in ("", "pièce"):
        return f"{amount} {one['name']}"
    of = "d’" if str(one["name"])[:1].lower() in "aàâeéèêiîoôuœ" or str(one["name"]).startswith("huile") else "de "
    return f"{amount} {one['unit']} {of}{one['name']}"


def lines(text: str) -> list[str]:
    """The lines that say something, without the dashes and numbers that begin a list."""
    found = (re.sub(r"^(?:[-–•*]|\d{1,2}[.)])\s+", "", line.strip()) for line in text.splitlines())
    return [line for line in found if line]


def vegetable(word: str, names: Mapping[str, str]) -> str | None:
    """The code of a vegetable from its name, with or without accents, one or several. `names`: code → name."""
    wanted = fold(word)
    return next((code for code, name in names.items() if wanted in (fold(code), fold(name))), None)


def near(word: str, names: Mapping[str, str]) -> str:
    """The known name that looks most like a word, "" when none does."""
    by_fold = {fold(name): name for name in names.values()}
    found = get_close_matches(fold(word), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else ""


def fold(text: str) -> str:
    """Without accents, capitals, dashes and plurals."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe")).encode("ascii", "ignore").decode().lower()
    words = re.split(r"[^a-z0-9]+", plain)
    return " ".join(re.sub(r"(?<=..)[sx]$", "", word) for word in words if word)
