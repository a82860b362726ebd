"""Where people live, when one cell says several things of it: "41000 Blois", "3 rue Haute, 41000 Blois"."""

import re

_TOWN_LAST = re.compile(r"(?:F-?)?(\d{5})[ ,:/–-]+(\D{2,})")
_TOWN_FIRST = re.compile(r"(\D{2,}?)[ ,:/(–-]+(\d{5})\)?")
_ENDS_WITH_PLACE = re.compile(r"(.{4,}?)[ ,;–-]+(\d{5})[ ,-]+(\D{2,})")


def split_place(text: str) -> tuple[str, str]:
    """Postcode and commune of "41000 Blois" or "Blois (41000)"; no postcode when the text is not so."""
    if found := _TOWN_LAST.fullmatch(text):
        return found[1], found[2].strip()
    found = _TOWN_FIRST.fullmatch(text)
    return (found[2], found[1].strip()) if found else ("", text)


def split_address(text: str) -> tuple[str, str, str]:
    """Street, postcode and commune of "3 rue Haute, 41000 Blois"; the text alone when it does not end so."""
    found = _ENDS_WITH_PLACE.fullmatch(text)
    return (found[1].strip(), found[2], found[3].strip()) if found else (text, "", "")
