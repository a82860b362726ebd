"""Telephone numbers: the French plan, overseas included, what a spreadsheet does to them, and how to show them.

Written here rather than taken from a library: the French plan is these few lines, and numbers of other countries
are kept as they come. Source: Arcep, plan national de numérotation (decision 2018-0881 and following).
"""

import re

from django.utils.translation import gettext as _

from .table import Cell
from .values import BadValue, Read, written

_OVERSEAS = {
    **dict.fromkeys(("262", "263", "269", "639", "692", "693"), "262"),  # La Réunion, Mayotte
    **dict.fromkeys(("590", "690", "691"), "590"),  # Guadeloupe, Saint-Martin, Saint-Barthélemy
    **dict.fromkeys(("594", "694"), "594"),  # Guyane
    **dict.fromkeys(("596", "696", "697"), "596"),  # Martinique
}
_MADE_UP = "63998"  # 06 39 98 xx xx, kept by Arcep for fiction, lies among the numbers of Mayotte
_DIALLED = re.compile(r"0([1-9](?: ?\d\d){4})")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+[.:]?|:")
_BETWEEN = re.compile(r"[/;,|&]|\bou\b|\bet\b| - ", re.IGNORECASE)
_AMONG_WORDS = re.compile(r"(?<![\d+])(?:\+33|0033|0)[ .(0)-]*[1-9](?:[ ./-]?\d\d){4}(?!\d)")
_SIDE_BY_SIDE = re.compile(r"(0\d{9})(0\d{9})")
_FRENCH = re.compile(r"(?:0|(?:\+|00)(?:33|262|590|594|596)0?)([1-9]\d{8})")
_WITHOUT_ZERO = re.compile(r"(?:33)?([1-9]\d{8})")
_FOREIGN = re.compile(r"(?:\+|00)(?!33)([1-9]\d{7,14})")
_E164 = re.compile(r"\+(?:33|262|590|594|596)([1-9]\d{8})")


def parse_phones(cell: Cell) -> Read[tuple[str, ...]]:
    """One or two telephone numbers as E.164 ("+33612345678"). A third is left out and the note says so."""
    text = written(cell)
    if found := _DIALLED.fullmatch(text):
        return Read((_international(found[1].replace(" ", "")),))
    if _SCIENTIFIC.fullmatch(text):
        raise BadValue(
            _("Le tableur a abrégé ce numéro. Mettez la colonne au format Texte, puis écrivez de nouveau le numéro.")
        )
    reads = _reads(text)
    numbers = tuple(dict.fromkeys(read.value for read in reads))
    return Read(numbers[:2], " ".join(dict.fromkeys(read.note for read in reads if read.note)) + _dropped(numbers[2:]))


def parse_phone(cell: Cell) -> Read[str]:
    """The first telephone number, as E.164; the note names the one left out."""
    read = parse_phones(cell)
    return Read(read.value[0], read.note + _dropped(read.value[1:]))


def display_phone(number: str) -> str:
    """A number as it is dialled in France: "06 12 34 56 78"; one of another country stays "+49…"."""
    found = _E164.fullmatch(number)
    return " ".join(re.findall("..", f"0{found[1]}")) if found else number


def _reads(text: str) -> list[Read[str]]:
    """Each number of the cell; if some piece is no number, those that are written as one: "06 12 34 56 78 après 18 h"."""
    try:
        return [_read(piece) for piece in _pieces(text)]
    except BadValue:
        within = [found[0] for found in _AMONG_WORDS.finditer(text)]
        rest = _AMONG_WORDS.sub("", text)
        if not within or not re.search(r"[^\W\d_]", rest) or re.search(r"\d{3}", rest):
            raise
        return [Read(read.value, _mended(text, "", read.value)) for read in map(_read, within)]


def _pieces(text: str) -> list[str]:
    """The text whole if it is one number, since "06/12/34/56/78" is; otherwise cut where people put two."""
    if side_by_side := _SIDE_BY_SIDE.fullmatch(_compact(text)):
        return list(side_by_side.groups())
    pieces = [piece for piece in _BETWEEN.split(text) if re.search(r"\d", piece)]
    return [text] if _number(_compact(text)) or not pieces else pieces


def _compact(text: str) -> str:
    text = re.sub(r"(?<=\d{9})[.,]0$", "", _WORDS.sub("", text))
    return re.sub(r"[^\d+]", "", text.replace("(0)", ""))


def _read(text: str) -> Read[str]:
    compact = _compact(text)
    number = _number(compact)
    if not number:
        raise BadValue(
            _("Un numéro de téléphone a dix chiffres, celui-ci en a %(found)s. Corrigez-le, ou videz la case.")
            % {"found": sum(letter.isdigit() for letter in compact)}
            if compact.strip("+")
            else _("Ce n’est pas un numéro de téléphone. S’il n’y en a pas, laissez la case vide.")
        )
    return Read(number, _mended(text, compact, number))


def _number(compact: str) -> str:
    """E.164, or nothing."""
    if found := _FRENCH.fullmatch(compact) or _WITHOUT_ZERO.fullmatch(compact):
        return _international(found[1])
    found = _FOREIGN.fullmatch(compact)
    return f"+{found[1]}" if found else ""


def _international(national: str) -> str:
    return f"+{'33' if national.startswith(_MADE_UP) else _OVERSEAS.get(national[:3], '33')}{national}"


def _mended(text: str, compact: str, number: str) -> str:
    if _WITHOUT_ZERO.fullmatch(compact):
        return _("Le zéro du début manquait : lu %(phone)s.") % {"phone": display_phone(number)}
    if re.search(r"[^\W\d_]{3}", text):
        return _("Seul le numéro a été gardé : %(phone)s.") % {"phone": display_phone(number)}
    return ""


def _dropped(numbers: tuple[str, ...]) -> str:
    if not numbers:
        return ""
    return " " + _("Non gardé : %(phones)s.") % {"phones": ", ".join(map(display_phone, numbers))}
