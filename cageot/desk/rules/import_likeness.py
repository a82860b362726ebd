"""Whether a line of a file speaks of a household that is already known, or of one that looks like it.

| number       | name      | e-mail, phone, address               | verdict                                       |
|--------------|-----------|--------------------------------------|-----------------------------------------------|
| same         | same      |                                      | already there                                 |
| same         | another   |                                      | the number is taken                           |
| none written | same      | one in common, or none at all        | already there                                 |
| none written | same      | nothing in common, nothing opposed   | looks like it: a person decides               |
| none written | another   | same e-mail or mobile                | looks like it: a person decides               |
| another      | same      | one in common                        | looks like it: a person decides               |
| another      | another   | same e-mail or mobile                | looks like it: a person decides               |
| any          | same      | two of them opposed                  | a namesake: told, not held                    |

Two lines of one file with a number each are two households, since the garden says so: what they share is told.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from cageot.core.tabular.words import plain
from cageot.desk.rules.import_facts import Draft, Known

T = TypeVar("T")


def name_key(name: str) -> str:
    """A name whatever its case, its accents and the order of its words."""
    return " ".join(sorted(plain(name).split()))


def digits(phone: str) -> str:
    """The last nine figures of a number: what two ways of writing it have in common."""
    return _NOT_FIGURES.sub("", phone)[-9:]


_NOT_FIGURES = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Face:
    """What a household is recognised by. Empty is not known."""

    number: str
    names: frozenset[str]
    email: str
    phones: frozenset[str]
    mobile: str
    address: str
    clues: tuple[str, ...]

    @property
    def silent(self) -> bool:
        return not (self.email or self.phones or self.address)

    def shares(self, other: Face) -> bool:
        """One way of reaching them in common."""
        return bool(
            (self.email and self.email == other.email)
            or (self.address and self.address == other.address)
            or (self.phones & other.phones)
        )

    def opposed(self, other: Face) -> int:
        """How many ways both have, that differ."""
        return (
            bool(self.email and other.email and self.email != other.email)
            + bool(self.address and other.address and self.address != other.address)
            + bool(self.phones and other.phones and not self.phones & other.phones)
        )

    def personal(self, other: Face) -> bool:
        """The same e-mail, or the same mobile: people seldom share them."""
        return bool((self.email and self.email == other.email) or (self.mobile and self.mobile in other.phones))


def face_of(draft: Draft, other_names: Iterable[str] = ()) -> Face:
    phones = frozenset(number for number in (digits(draft.phone), digits(draft.mobile)) if number)
    address = f"{plain(draft.address)}, {plain(draft.commune) or draft.postcode}" if draft.address else ""
    names = frozenset(map(name_key, (draft.name, *other_names)))
    email = draft.email.casefold()
    clues = (*(f"n{name}" for name in names if name), *((f"e{email}",) if email else ()), *phones)
    return Face(draft.number, names, email, phones, digits(draft.mobile), address, clues)


@dataclass(frozen=True, slots=True)
class Likeness:
    """`how`: same (already there), name, way (another name, same e-mail or mobile), twin (both, other number), namesake."""

    how: str
    draft: Draft
    household: int | None = None


CROWD = 50
"""Beyond, a clue tells nothing: a garden that writes its own telephone on every line."""

HELD = ("name", "way", "twin")
"""What a person must decide."""


class Faces(Generic[T]):
    """Households met so far, found by their number, their name, or a way to reach them."""

    def __init__(self) -> None:
        self.by_number: dict[str, tuple[Face, T]] = {}
        self._by_clue: defaultdict[str, list[tuple[Face, T]]] = defaultdict(list)

    def add(self, face: Face, who: T) -> None:
        if face.number:
            self.by_number.setdefault(face.number, (face, who))
        for clue in face.clues:
            self._by_clue[clue].append((face, who))

    def like(self, face: Face) -> list[tuple[str, T]]:
        """Those that look like it, each once, with how."""
        there = self._by_clue
        met = {id(other): (other, who) for clue in face.clues if clue in there for other, who in there[clue][:CROWD]}
        return [(how, who) for other, who in met.values() if (how := _how(face, other))]


def _how(face: Face, other: Face) -> str:
    same_name = bool(face.names & other.names)
    if not same_name:
        return "way" if face.personal(other) else ""
    if face.shares(other) or (face.silent and other.silent and not face.number):
        return "twin" if face.number and other.number else "same"
    if face.opposed(other) >= 2:
        return "namesake"
    return "" if face.number and other.number else "name"


def faces_of(households: Iterable[Known]) -> Faces[Known]:
    faces = Faces[Known]()
    for known in households:
        faces.add(face_of(known.told, known.other_names), known)
    return faces


COMPARED = (
    "civility", "last_name", "first_name", "address", "postcode", "commune", "phone", "mobile", "email", "adults", "children",
    "language", "size", "depot", "frequency", "tariff", "partner", "support_from", "until", "member_part", "membership_paid_on",
)  # fmt: skip


def differences(draft: Draft, known: Draft, basket_from: date | None = None) -> list[str]:
    """The columns where the line says something else than the household; a blank says nothing."""
    if not draft.size:  # without a size there is no basket, whatever else the line says of it
        draft = replace(draft, depot="", frequency="")
    if not (known.size or known.partner):
        draft = replace(draft, tariff="", support_from=None, until=None, member_part=None)
    if draft.support_from == basket_from:
        draft = replace(draft, support_from=None)
    if draft.children is None and draft.adults == (known.adults or 0) + (known.children or 0):
        draft = replace(draft, adults=None)  # a number of people, as the household has
    return [column for column in COMPARED if not _same(column, getattr(draft, column), getattr(known, column))]


def _same(column: str, said: object, there: object) -> bool:
    if said is None or said == "":
        return True
    if column in ("phone", "mobile"):
        return digits(str(said)) == digits(str(there))
    return str(said).casefold() == str(there).casefold()
