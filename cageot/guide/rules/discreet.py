"""What a committee decided, told without a member's name: the seats decide, and who takes a basket, whatever somebody typed.

A word of a seat's name alone is a name when it has its capital, and never is when it is a title, a particle (« Le » Goff) or said of
the seat (« adhérents », « CCAS »). In small letters only a whole name is one, or a last name after a title.

Seats: Rose-Marie Diallo and Anne Le Goff for the members, Léa Aubrun for the garden.

| typed | told |
|---|---|
| Rose-Marie Diallo | un siège des adhérents |
| Mme Diallo et Léa Aubrun | un siège des adhérents et Léa Aubrun |
| Léa Aubrun | Léa Aubrun |
| Le Goff ouvre le dépôt le samedi | un siège des adhérents ouvre le dépôt le samedi |
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise

from cageot.guide.rules import personal
from cageot.guide.rules.personal import AFTER_TITLE, GAP, LINKS, PARTICLES, TITLES, WORD, Names, folded

Span = tuple[int, int]
ASIDE = re.compile(r"\(([^()]*)\)?")
SAID_OF_SEATS = frozenset(
    """
    adherent adherents adherente adherentes habitant habitants habitante habitantes benevole benevoles representant representante
    representants delegue deleguee titulaire suppleant suppleante un une
    ccas cias caf msa cpam carsat mjc udaf cada esat chrs admr
    """.split()
)  # fmt: skip
"""Words typed beside a seat's name, or instead of it: nobody's name."""
NO_NAMES = SAID_OF_SEATS | TITLES | PARTICLES | LINKS


@dataclass(frozen=True)
class Seat:
    """Somebody's name as it is written, and whether they sit for the members."""

    name: str
    for_members: bool


def first_and_last(name: str) -> tuple[str, str]:
    """A name in one piece, in two, without its titles and what is said of a seat. The last name is what is in capitals (« DIALLO
    Rose »), or else begins with a particle (« Marie de Sousa »), or else is the last word."""
    said = [piece for piece in _bare(name).split() if folded(piece.strip(".,:")) not in TITLES | SAID_OF_SEATS]
    high = [piece for piece in said if piece.isupper() and _own(piece)]
    low = [piece for piece in said if piece not in high]
    if high and any(_own(piece) for piece in low):
        particles = [piece for piece in low if folded(piece) in PARTICLES]
        return " ".join(piece for piece in low if piece not in particles), " ".join([*particles, *high])
    first_words = [WORD.search(piece) for piece in said]
    led = [place for place, word in enumerate(first_words) if place and word and folded(word.group()) in PARTICLES]
    cut = min(led, default=len(said) - 1)
    return " ".join(said[:cut]), " ".join(said[cut:])


def _bare(name: str) -> str:
    """A name without what stands in brackets: « (CCAS) », « (du quartier) »; « (née Diallo) » stays."""

    def kept(aside: re.Match[str]) -> str:
        first = WORD.search(aside[1])
        if first is None or (folded(first.group()) not in LINKS and (folded(first.group()) in NO_NAMES or first.group()[0].islower())):  # fmt: skip
            return " "
        return f" {aside[1]} "

    return ASIDE.sub(kept, name).strip()


def _own(name: str) -> list[str]:
    """Words of a name that call somebody: no title, no particle, and none that is typed in small letters, but the last one."""
    words = [word for word in WORD.findall(_bare(name)) if len(word) > 1 and folded(word) not in NO_NAMES]
    small = all(word[0].islower() for word in words)
    return [folded(word) for word in words if small or not word[0].islower() or word is words[-1]]


def _calls(last: str) -> bool:
    """Whether a last name calls somebody by itself: « Le Du » does; « Le » is a word too often."""
    words = [folded(word) for word in WORD.findall(last)]
    return bool(_own(last)) or (len(words) > 1 and PARTICLES.issuperset(words))


@dataclass(frozen=True)
class Discretion:
    """Whom not to name. `seats`: names of the seats for the members; `words`: those of their words that are nobody else's of the
    committee; `lasts`: those that are of a last name; `links`: two words that follow one another in a seat's name, the last one before
    ""; `members`: who takes a basket."""

    seats: Names = field(default_factory=Names)
    words: frozenset[str] = frozenset()
    lasts: frozenset[str] = frozenset()
    links: frozenset[tuple[str, str]] = frozenset()
    members: Names = field(default_factory=Names)


def discretion(seats: Sequence[Seat], members: Names) -> Discretion:
    """Decided by the seats of a committee, of today and of the past; a name that sits both ways is not told."""
    theirs = [one.name for one in seats if one.for_members]
    others = {folded(word) for one in seats if not one.for_members for word in WORD.findall(one.name)}
    cut = [first_and_last(name) for name in theirs]
    called = [(first if _own(first) else "", last) for first, last in cut if _own(first) or _calls(last)]
    return Discretion(
        personal.names(called, but=[("", last) for _first, last in cut if not _calls(last)]),
        frozenset(chain.from_iterable(map(_own, theirs))) - others,
        frozenset(folded(word) for _first, last in cut for word in WORD.findall(last)),
        frozenset(two for one in cut for two in pairwise([*map(folded, WORD.findall(" ".join(one))), ""])),
        members,
    )


def told(text: str, known: Discretion, *, seat: str, member: str) -> str:
    """The text with `seat` where somebody who sits for the members is named, by a whole name or a part of it, and `member` for
    anybody else who takes a basket."""
    spans = [((one.start, one.end), seat) for one in personal.find(text, known.seats) if one.kind in ("name", "last")]
    spans += [(span, seat) for span in _runs(text, known)]
    spans += [((one.start, one.end), member) for one in personal.find(text, known.members) if one.kind in ("name", "last")]  # fmt: skip
    said, at = [], 0
    for (start, end), word in sorted(spans, key=lambda one: (one[0][0], -one[0][1])):
        start = _before(text, start)
        if start >= at:
            said += [text[at:start], word]
        at = max(at, end)
    return "".join([*said, text[at:]])


def _runs(text: str, known: Discretion) -> Iterator[Span]:
    """Words of a seat's name with their capitals, those that follow one another together, with the particles that lead to them."""
    words = list(WORD.finditer(text))
    plain = [folded(word.group()) for word in words]
    gaps = [text[one.end() : other.start()] for one, other in pairwise(words)]
    follows = [bool(GAP.fullmatch(gap)) and "," not in gap for gap in gaps]
    named = [_capital(word) and said in known.words for word, said in zip(words, plain, strict=True)]
    for place in reversed(range(len(gaps))):
        here, there = plain[place : place + 2]
        linked = follows[place] and here in NO_NAMES and (here, there) in known.links
        if there in PARTICLES and (there, "") in known.links and _capital(words[place + 1]):  # « Le Du », « Mme Le »
            titled = here in TITLES and AFTER_TITLE.fullmatch(gaps[place])
            named[place + 1] |= bool(titled) or (linked and here in PARTICLES and _capital(words[place]))
        named[place] |= linked and named[place + 1]
    start = 0
    for place in range(len(words)):
        if not named[place]:
            start = place + 1
        elif place == len(words) - 1 or not (named[place + 1] and follows[place]):
            if start < place or not _of_another(text, words, plain, place, known):
                yield words[start].start(), words[place].end()
            start = place + 1


def _capital(word: re.Match[str]) -> bool:
    """Letters that have no capital are read as one."""
    return not word.group()[0].islower()


def _of_another(text: str, words: list[re.Match[str]], plain: list[str], place: int, known: Discretion) -> bool:
    """Whether a first name is half of another one: « Jean-Pierre », « Sainte-Marie »."""
    if plain[place] in known.lasts:
        return False
    before = place > 0 and text[words[place - 1].end() : words[place].start()] == "-"
    after = place + 1 < len(words) and text[words[place].end() : words[place + 1].start()] == "-"
    if before and (plain[place - 1], plain[place]) in known.links:
        return False
    if after and (plain[place], plain[place + 1]) in known.links:
        return False
    return before or after


def _before(text: str, start: int) -> int:
    """Where a name begins with the titles and initials that lead to it: « Mme », « R.-M. »."""
    for word in reversed(list(WORD.finditer(text, 0, start))):
        said = word.group()
        between = text[word.end() : start]
        if between.strip(" .-\u00a0\u202f") or not (folded(said) in TITLES or (len(said) == 1 and said.isupper() and "." in between)):  # fmt: skip
            break
        start = word.start()
    return start


def names_of_committee(seats: Iterable[Seat]) -> list[tuple[str, str]]:
    """First and last names of those who sit for somebody else than the members: they are told, even when they take a basket."""
    return [first_and_last(one.name) for one in seats if not one.for_members]
