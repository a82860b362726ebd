"""What a committee decided, told without a member's name: the seats decide, and who takes a basket, whatever somebody typed.

Seats: Rose-Marie Diallo for the members, Léa Aubrun for the garden.

| typed | told |
|---|---|
| Rose-Marie Diallo | un siège des adhérents |
| Mme Diallo et Léa Aubrun | un siège des adhérents et Léa Aubrun |
| Léa Aubrun | Léa Aubrun |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cageot.guide.rules import personal
from cageot.guide.rules.personal import GAP, ORDINARY, TITLES, WORD, Names, folded

Span = tuple[int, int]


@dataclass(frozen=True)
class Seat:
    """Somebody's name as it is written, and whether they sit for the members."""

    name: str
    for_members: bool


def first_and_last(name: str) -> tuple[str, str]:
    """A name in one piece, cut before its last word."""
    before, _space, last = name.strip().rpartition(" ")
    return before, last


@dataclass(frozen=True)
class Discretion:
    """Whom not to name. `seats`: names of the seats for the members; `words`: those of their words that are nobody else's of the
    committee; `members`: who takes a basket."""

    seats: Names = field(default_factory=Names)
    words: frozenset[str] = frozenset()
    members: Names = field(default_factory=Names)


def discretion(seats: Sequence[Seat], members: Names) -> Discretion:
    """Decided by the seats of a committee, of today and of the past; a name that sits both ways is not told."""
    theirs = [one.name for one in seats if one.for_members]
    others = {folded(word) for one in seats if not one.for_members for word in WORD.findall(one.name)}
    words = {folded(word) for name in theirs for word in WORD.findall(name)} - others
    return Discretion(
        personal.names(map(first_and_last, theirs)), frozenset(word for word in words if len(word) > 1), members
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
    """Words of a seat's name, those that follow one another together. One that is also a word has its capital."""
    here: list[int] = []
    words = list(WORD.finditer(text))
    for place, word in enumerate(words):
        plain = folded(word.group())
        named = plain in known.words and (plain not in ORDINARY or word.group()[0].isupper())
        follows = bool(here) and here[-1] == place - 1 and GAP.fullmatch(text[words[place - 1].end() : word.start()])
        if here and not (named and follows):
            yield words[here[0]].start(), words[here[-1]].end()
            here = []
        if named:
            here.append(place)
    if here:
        yield words[here[0]].start(), words[here[-1]].end()


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
