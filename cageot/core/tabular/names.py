"""People's names as gardens write them: civility, name and first name in one cell or in several."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .table import Cell
from .values import BadValue, Read, parse_text
from .words import plain

_CIVILITIES = {
    **dict.fromkeys(("mme", "madame", "mlle", "mademoiselle", "mrs", "ms", "miss", "f"), "Mme"),
    **dict.fromkeys(("m", "mr", "monsieur", "mister", "h"), "M."),
}
_COUPLE = "M. et Mme"
_ONE = r"(?:madame|monsieur|mademoiselle|mme|mlle|mr|m\.|m(?=[\s&/])|m$)\.?"
_TITLE = re.compile(rf"{_ONE}(?:\s*(?:\bet\b|\bou\b|&|/)\s*{_ONE})?(?![\w'’-])", re.IGNORECASE)
_PARTICLES = frozenset(
    """de du des da das do dos di del della le la les el al ben bin bint abou abu van von der den ter
    saint st sainte""".split()
)


@dataclass(frozen=True, slots=True)
class FullName:
    """A person's name in its parts; each may be empty but the last name."""

    civility: str
    last_name: str
    first_name: str


def parse_civility(cell: Cell) -> Read[str]:
    """ "Mme", "M." or "M. et Mme", from any way of writing it."""
    text = parse_text(cell).value
    civility, rest = _without_title(text)
    if civility and not rest:
        return Read(civility)
    if plain(text) not in _CIVILITIES:
        raise BadValue(_("Écrivez Mme, M. ou M. et Mme, ou laissez la case vide."))
    return Read(_CIVILITIES[plain(text)])


def split_full_name(cell: Cell, *, first_name_first: bool = False) -> Read[FullName]:
    """A name in one cell, cut: "NOM Prénom", "Nom, Prénom", "Mme Dupont Claire", "Claire DUPONT".

    A comma or capitals decide; otherwise the order of the column does, and beyond two words the note says so.
    """
    civility, text = _without_title(parse_text(cell).value)
    if not text:
        raise BadValue(_("Il manque le nom. Écrivez par exemple DUPONT Claire."))
    if "," in text:
        return Read(_named(civility, *_around_comma(text)))
    words = text.split()
    if capitals := _capitals(words):
        return Read(_named(civility, *capitals))
    return _by_order(civility, words, first_name_first)


def _without_title(text: str) -> tuple[str, str]:
    found = _TITLE.match(text)
    if not found:
        return "", text
    return _CIVILITIES.get(plain(found[0]), _COUPLE), text[found.end() :].strip()


def _around_comma(text: str) -> tuple[str, str]:
    last, _comma, first = text.partition(",")
    return last.strip(), first.strip(" ,")


def _named(civility: str, last_name: str, first_name: str) -> FullName:
    """A single part is the last name, which nobody may lack."""
    return FullName(civility, last_name or first_name, first_name if last_name else "")


def _capitals(words: list[str]) -> tuple[str, str] | None:
    """The words in capitals are the last name, if some are and some are not; particles go with what follows them."""
    loud = [_leads_to_capitals(words[index:]) for index in range(len(words))]
    if all(loud) or not any(loud):
        return None
    parts = [
        " ".join(word for word, is_loud in zip(words, loud, strict=True) if is_loud is wanted)
        for wanted in (True, False)
    ]
    return parts[0], parts[1]


def _leads_to_capitals(words: list[str]) -> bool:
    """ "LA" and "TOUR" are in capitals; "de" before them goes along."""
    first = next((word for word in words if word.lower() not in _PARTICLES or word.isupper()), "")
    return first.isupper() and sum(letter.isalpha() for letter in first) > 1


def _by_order(civility: str, words: list[str], first_name_first: bool) -> Read[FullName]:
    cut = 1 if first_name_first else _end_of_last_name(words)
    before, after = " ".join(words[:cut]), " ".join(words[cut:])
    name = _named(civility, after, before) if first_name_first else _named(civility, before, after)
    if len(words) - cut <= 1:
        return Read(name)
    note = _("Nom et prénom séparés d’après leur ordre : nom %(last)s, prénom %(first)s.")
    return Read(name, note % {"last": name.last_name, "first": name.first_name})


def _end_of_last_name(words: list[str]) -> int:
    """How many words the last name takes when it comes first: its particles, and the word after them."""
    return next((index for index, word in enumerate(words, 1) if word.lower() not in _PARTICLES), len(words))
