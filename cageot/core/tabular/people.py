"""Who lives in a household, as gardens write it: "2A+3E", "couple, 1 enfant", "5 dont 3 enfants", "4"."""

import re
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from .table import Cell
from .values import NUMBERS, BadValue, Read, parse_int, written
from .words import unaccented


@dataclass(frozen=True, slots=True)
class People:
    """`everybody` is how many they are, when that is all that is said."""

    adults: int | None = None
    children: int | None = None
    everybody: int | None = None


_GROWN = r"adultes?|ad|a|parents?|personnes? majeures?|majeurs?|grands?"
_SMALL = r"enfants?|enf|e|bebes?|mineurs?|ados?|petits?|nourrissons?"
_ADULTS, _CHILDREN = (re.compile(rf"(\d+) ?(?:{kind})(?![a-z])") for kind in (_GROWN, _SMALL))
_TOGETHER = re.compile(r"(\d+) ?\+ ?(\d+)")
_AMONG = re.compile(rf"(\d+)(?: personnes?| pers\.?)?,? dont (\d+) ?(?:{_SMALL})(?![a-z])")
_AGES = re.compile(r"\s*\([^()]*\)?|\b(?:de |age \S* ?)?\d+(?:(?:, ?| et | )\d+)* ?(?:ans|mois)\b")
_COUPLE = re.compile(r"\bcouple\b")
_ALONE = re.compile(r"\b(?:seule?|isolee?|celibataire)\b")


def parse_people(cell: Cell) -> Read[People]:
    """Adults and children, or how many they are. Refuses what does not count them."""
    if isinstance(cell, date):
        raise BadValue(_("Le tableur a changé ce nombre en date. Écrivez de nouveau le nombre seul."))
    text = _in_figures(_AGES.sub("", unaccented(written(cell)).casefold()).strip())
    if found := _AMONG.search(text):
        return Read(People(max(int(found[1]) - int(found[2]), 0), int(found[2])))
    if found := _TOGETHER.fullmatch(text):
        told = _("Lu : adultes %(adults)s, enfants %(children)s.") % {"adults": found[1], "children": found[2]}
        return Read(People(int(found[1]), int(found[2])), told)
    adults, children = _counted(text)
    if adults or children:
        return Read(People(adults, children))
    try:
        return Read(People(everybody=parse_int(cell, least=1).value))
    except BadValue:
        raise BadValue(
            _("On ne comprend pas combien ils sont. Écrivez par exemple 2 adultes, 1 enfant, ou un nombre.")
        ) from None


def _counted(text: str) -> tuple[int | None, int | None]:
    adults = sum(map(int, _ADULTS.findall(text))) or 2 * bool(_COUPLE.search(text)) or int(bool(_ALONE.search(text)))
    children = sum(map(int, _CHILDREN.findall(text)))
    uncounted = re.search(r"enf|bebe|mineur", text) and not children
    return adults or None, None if uncounted else children


def _in_figures(text: str) -> str:
    """ "deux enfants" becomes "2 enfants"."""
    return re.sub(r"[a-z]+", lambda word: str(NUMBERS.get(word[0], word[0])), text)
