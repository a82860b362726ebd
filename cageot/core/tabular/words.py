"""Words compared as people mean them: without case, accents, punctuation, plural or little words."""

import re
import unicodedata
from functools import lru_cache

_LITTLE = frozenset(["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "of", "the"])
_NUMBER = re.compile(r"№|\b(?:n\s*[°º]|no\.|num\.)", re.IGNORECASE)


def unaccented(text: str) -> str:
    """The text without its accents; œ and æ become oe and ae."""
    if text.isascii():
        return text
    text = text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae").replace("Æ", "AE")
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Lower case, no accents, letters and digits only, single spaces: "N° d’adhérent" gives "numero d adherent"."""
    text = unaccented(_NUMBER.sub(" numero ", text).casefold())
    return " ".join(re.findall(r"[^\W_]+", text))


@lru_cache(maxsize=4096)
def gist(text: str) -> str:
    """`plain` without little words nor plurals, to compare headers: "Les noms des adhérents" gives "nom adherent"."""
    words = [word for word in plain(text).split() if word not in _LITTLE] or plain(text).split()
    return " ".join(_singular(word) for word in words)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word
