"""The name of a household on lists that others read: short, never the full name, no two alike in a garden.

The garden's rule says which: the first name and an initial ("Amina B."), the household's number, or the name that the
household chose (the short one for those who chose none). Two that would read alike get one or two more letters of the
last name, as long as those do not spell it out, then a figure in the order in which they came ("Amina B. (2)").
A household whose contact has no first name, or a name without letters, goes by its number.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

MOST_LETTERS = 3
"""Letters of the last name that a list may show, at most."""
LONGEST = 40
"""Characters of a name on a list, at most, figure aside."""


@dataclass(frozen=True, slots=True)
class Known:
    """What names a household: its row, the garden's number for it, its contact, the name that it chose."""

    household: int
    number: str
    first: str = ""
    last: str = ""
    nickname: str = ""
    civility: str = ""


def list_names(rule: str, households: Iterable[Known]) -> dict[int, str]:
    """Household → the name that lists show, by the garden's rule: "short", "number" or "nickname".

    No two are alike, case and accents aside. The order in which households are given does not matter: the oldest row
    keeps a name that nothing can tell apart.
    """
    known = sorted(households, key=lambda one: one.household)
    if rule == "number":
        wanted = {one.household: numbered(one.number) for one in known}
    else:
        wanted = _short([one for one in known if rule == "short" or not _clean(one.nickname)])
        wanted |= {one.household: _clean(one.nickname) for one in known if one.household not in wanted}
    return _told_apart(dict(sorted(wanted.items())))


def numbered(number: str) -> str:
    return f"n°\u00a0{number}"


def _short(known: list[Known]) -> dict[int, str]:
    """First names and initials; more letters where two would read alike and letters can tell."""
    forms = {one.household: _forms(one) for one in known}
    alike = Counter(key for some in forms.values() for key in map(folded, some))
    return {
        household: next((form for form in some if alike[folded(form)] == 1), some[-1])
        for household, some in forms.items()
    }


def _forms(one: Known) -> list[str]:
    """Names for this household from the shortest on: "Amina B.", "Amina Be.", "Amina Ben."."""
    first, letters = _clean(one.first) or _clean(one.civility), _letters(one.last)
    if not _has_letter(first):
        return [numbered(one.number)]
    if not letters:
        return [first]
    most = max(1, min(MOST_LETTERS, len(letters) - 1))
    return [f"{first} {''.join(letters[:count])}." for count in range(1, most + 1)]


def _letters(last: str) -> list[str]:
    """The letters that begin a last name, each with its marks, the first a capital; small words before it ("de la") are not it."""
    words = [word for word in _clean(last).replace("’", " ").replace("'", " ").split() if _has_letter(word)]
    word = next((word for word in words if word[0] != word[0].lower()), words[0] if words else "")
    letters: list[str] = []
    for sign in word:
        kind = unicodedata.category(sign)
        if kind[0] == "L":
            letters.append(sign if letters else sign.upper() if len(sign.upper()) == 1 else sign)
        elif kind[0] == "M" and letters:
            letters[-1] += sign
        elif letters:
            break
    return letters


def _has_letter(text: str) -> bool:
    return any(unicodedata.category(sign)[0] == "L" for sign in text)


def _clean(text: str) -> str:
    """One line, one space between words, no sign that cannot be seen, no longer than a list can hold."""
    if not (text.isascii() and text.isprintable()):
        kinds = [(sign, unicodedata.category(sign)) for sign in unicodedata.normalize("NFC", text)]
        text = "".join(" " if kind == "Cc" else sign for sign, kind in kinds if kind[0] != "C" or kind == "Cc")
    short = " ".join(text.split())
    return short if len(short) <= LONGEST else short[: LONGEST - 1].rstrip() + "…"


def folded(text: str) -> str:
    """The text as one compares names: without case nor accents."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in bare if not unicodedata.combining(sign)).casefold()


def _told_apart(names: dict[int, str]) -> dict[int, str]:
    """The same names, a figure after those that somebody older has already."""
    taken: set[str] = set()
    count: Counter[str] = Counter()
    found = {}
    for household, name in names.items():
        key = folded(name)
        count[key] += 1
        shown = name
        while folded(shown) in taken:
            count[key] = max(2, count[key])
            shown = f"{name} ({count[key]})"
            count[key] += 1
        taken.add(folded(shown))
        found[household] = shown
    return found
