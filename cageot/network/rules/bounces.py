"""What a returned mail says: which address, and why. Made from what people paste, whole or in part."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ADDRESS = r"[^\s<>\"',;:()\[\]]+@[^\s<>\"',;:()\[\]]+\.[^\s<>\"',;:()\[\]]*[^\s<>\"',;:()\[\].]"
_TOLD = [
    re.compile(rf"^Final-Recipient:\s*rfc822;\s*<?({_ADDRESS})>?", re.IGNORECASE | re.MULTILINE),
    re.compile(rf"^Original-Recipient:\s*rfc822;\s*<?({_ADDRESS})>?", re.IGNORECASE | re.MULTILINE),
    re.compile(rf"^X-Failed-Recipients:\s*({_ADDRESS})", re.IGNORECASE | re.MULTILINE),
]
_WHY = [
    re.compile(r"^Diagnostic-Code:\s*(?:smtp;)?\s*(.+(?:\n[ \t]+.+)*)", re.IGNORECASE | re.MULTILINE),
    re.compile(r"^.*\b(5\d\d[ -]5?\.?\d?.*)$", re.MULTILINE),
]


@dataclass(frozen=True)
class Returned:
    """The addresses that a returned mail may be about, the likeliest first, and why in its own words ("" when unsaid)."""

    addresses: list[str]
    why: str


def read(text: str) -> Returned:
    """Read what was pasted: a whole returned mail, its notice, or just an address."""
    named = [found.lower() for pattern in _TOLD for found in pattern.findall(text)]
    others = [found.lower() for found in re.findall(_ADDRESS, text)]
    whys = [" ".join(found[1].split()) for pattern in _WHY if (found := pattern.search(text))]
    return Returned(list(dict.fromkeys(named + others)), whys[0][:200] if whys else "")
