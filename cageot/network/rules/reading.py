"""Words as search reads them: without accents or case, cut to their stem, so that "carottes râpées" finds "carotte râpée".

The stems are those of the Snowball project's French algorithm (snowballstem.org), on words already without accents: a word
typed without them must give the same stem. Both engines store and compare these stems, and give the same answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer
from rapidfuzz import process
from rapidfuzz.distance import OSA

from cageot.core.tabular.words import unaccented

LONGEST = 40
"""Letters of a word that count; a longer one is no word."""
MOST_WORDS = 12
"""Words of a question that count."""

_SPELT = re.compile(r"\w+")
_WORD = re.compile(r"[a-z0-9]+")
_EMPTY = frozenset(
    "a ai au aux avec c ce ces cet cette comme comment d dans de des du elle elles en est et eu il ils j je l la le les leur leurs"
    " lui m ma mais me mes mon n ne nos notre nous on ont ou par pas pour qu quand que quel quelle quelles quels qui quoi s sa"
    " sans se ses si son sont sur t ta te tes ton tu un une vos votre vous y the of and to".split()
)
_STEMMER = snowballstemmer.stemmer("french")


def bare(text: str) -> str:
    """The text in small letters without accents; "œ" is "oe"."""
    return unaccented(text.casefold())


def words(text: str) -> list[str]:
    """The words of a text that say something, bare, in order."""
    return [word for word in _WORD.findall(bare(text)) if word not in _EMPTY and len(word) <= LONGEST]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a bare word."""
    return str(_STEMMER.stemWord(word))


@lru_cache(maxsize=50_000)
def _spelt(word: str) -> tuple[str, ...]:
    """A word as it is written, bare; some signs part it in several."""
    return tuple(words(word))


def stems(text: str) -> str:
    """The stems of a text, in order, with a space between: what is stored and searched."""
    return " ".join(stem(word) for word in words(text))


@dataclass(frozen=True)
class Wanted:
    """One word of a question: its stem, and what it begins with, for a word that is not finished."""

    word: str
    stem: str


def question(text: str) -> list[Wanted]:
    """The words of a question, each once, at most `MOST_WORDS`. Empty when nothing in it says anything."""
    return [Wanted(word, stem(word)) for word in list(dict.fromkeys(words(text)))[:MOST_WORDS]]


def slips(word: str) -> int:
    """How many letters of a word may be mistyped: none under 4, one under 8, then two."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word that a mistyped one most likely is: fewest slips (two letters swapped are one), then as long as it,
    then the alphabet. None when none is near."""
    near = process.extract(word, known, scorer=OSA.distance, score_cutoff=slips(word), limit=None)
    return min(near, key=lambda one: (one[1], abs(len(one[0]) - len(word)), one[0]))[0] if near else None


def excerpt(text: str, wanted: list[Wanted], *, around: int = 80) -> list[tuple[str, bool]]:
    """A piece of the text about where the words are, cut in parts: (text, whether it is a word that was asked for)."""
    asked = {one.stem for one in wanted}
    begins = tuple(one.word for one in wanted)
    found: list[tuple[int, int]] = []
    for match in _SPELT.finditer(text):
        first, last = match.span()
        if found and first > found[0][0] + 3 * around:
            break
        if any(bare_word.startswith(begins) or stem(bare_word) in asked for bare_word in _spelt(match.group())):
            found.append((first, last))
    start = max(0, (found[0][0] if found else 0) - around)
    end = min(len(text), start + 3 * around)
    start = 0 if start < 12 else text.find(" ", start) + 1
    if end < len(text):
        end = max(text.rfind(" ", start, end), start + 1)
    parts: list[tuple[str, bool]] = []
    at = start
    for first, last in found:
        if first >= at and last <= end:
            parts += [(text[at:first], False), (text[first:last], True)]
            at = last
    parts.append((text[at:end], False))
    shown = [(re.sub(r"\s+", " ", part), asked_for) for part, asked_for in parts if part]
    if start:
        shown.insert(0, ("… ", False))
    if end < len(text):
        shown.append((" …", False))
    return shown
