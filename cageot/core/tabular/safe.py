"""Text that a spreadsheet could take for a formula, kept asleep, and woken unchanged when it comes back.

Source: OWASP, "CSV injection". Only CSV needs it: a workbook says that its cells are text.
"""

import re
import unicodedata

_STARTERS = frozenset("=+-@")
_BREAKS = frozenset("\t\r\n")
_UNSEEN = ("Cc", "Cf")
_NEGATIVE_NUMBER = re.compile(r"-\d{1,15}(?:[.,]\d{1,6})?")
_CALL = re.compile(r"[+\-@]\s*[A-Za-z_.]+\d*\s*[(!|]")


def export_cell(text: str) -> str:
    """The text as a CSV file may carry it: with an apostrophe in front if a spreadsheet could run it.

    A plain negative number stays a number. `import_cell` gives the very same text back.
    """
    return f"'{text}" if _needs_quote(text) else text


def import_cell(text: str) -> str:
    """The text as it was before `export_cell`."""
    return text[1:] if text.startswith("'") and _needs_quote(text[1:]) else text


def looks_like_formula(text: str) -> bool:
    """Whether this is a formula rather than words: "=HYPERLINK(…)", "@SUM(…)"; "+33 6…" and "- à rappeler" are not."""
    if text[:1].isalnum():
        return False
    text = unicodedata.normalize("NFKC", text.lstrip())
    return text.startswith("=") or bool(_CALL.match(text))


def _needs_quote(text: str) -> bool:
    """Apostrophes in front do not count, so that a quoted text can be told from one that came with its own."""
    return not _NEGATIVE_NUMBER.fullmatch(text) and _starts_badly(text.lstrip("'"))


def _starts_badly(text: str) -> bool:
    for letter in text:
        if letter in _BREAKS:
            return True
        if not letter.isspace() and unicodedata.category(letter) not in _UNSEEN:
            return unicodedata.normalize("NFKC", letter)[0] in _STARTERS
    return False
