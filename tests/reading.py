"""How tests read what people read."""

from __future__ import annotations


def plain(text: str) -> str:
    """The same words with plain spaces, as they are typed in the sources, where French screens have no-break ones."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")
