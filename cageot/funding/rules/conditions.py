"""On which conditions a fund's money may pay a basket, and what is wrong with them before anything is saved.

A list that is empty restricts nothing; so does an amount that is not there. Territories are a word and a code
("commune:41018", "department:41", "region:24"), made communes by whoever knows the map (`spread_out`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

WHOLE = 10_000
"""Basis points of a whole."""


@dataclass(frozen=True, slots=True)
class Basket:
    """A basket as conditions see it: bands and cents. `commune` "" is one that nobody knows; `local_cents`: what its local
    partners pay; `baskets`: how many are alike."""

    garden: int
    commune: str
    audience: str
    affiliation: str
    price_cents: int = 0
    local_cents: int = 0
    baskets: int = 1


@dataclass(frozen=True, slots=True)
class Conditions:
    """`cap_cents`: the most per basket; `share_bp`: the most of its price; `match_bp`: local partners must pay at least that
    part of what the fund pays (5000: half of it)."""

    gardens: frozenset[int] = frozenset()
    territories: frozenset[str] = frozenset()
    audiences: frozenset[str] = frozenset()
    affiliations: frozenset[str] = frozenset()
    cap_cents: int | None = None
    share_bp: int | None = None
    match_bp: int | None = None
    communes: frozenset[str] | None = field(default=None, compare=False)
    """The territories as communes, once spread out; None when every commune is meant."""

    @property
    def for_everybody(self) -> bool:
        """Whether nothing restricts who is helped."""
        return not (self.gardens or self.territories or self.audiences or self.affiliations)

    def admits(self, basket: Basket) -> bool:
        """Whether this money may help that basket at all. Asks for communes spread out."""
        return all(met(self, basket) for met in TESTS.values())

    def most(self, basket: Basket) -> int:
        """The most that this money may pay of one such basket, in cents, before its need and what is left of the fund."""
        if not self.admits(basket):
            return 0
        limits = [basket.price_cents]
        if self.cap_cents is not None:
            limits.append(self.cap_cents)
        if self.share_bp is not None:
            limits.append(basket.price_cents * self.share_bp // WHOLE)
        if self.match_bp:
            limits.append(basket.local_cents * WHOLE // self.match_bp)
        return min(limits)

    def asked(self) -> dict[str, frozenset[str] | None]:
        """The conditions on people and places, as an allocation's fund has them: None restricts nothing."""
        return {
            "gardens": frozenset(map(str, self.gardens)) or None,
            "communes": self.communes,
            "audiences": self.audiences or None,
            "affiliations": self.affiliations or None,
        }


TESTS: dict[str, Callable[[Conditions, Basket], bool]] = {
    "gardens": lambda ours, one: not ours.gardens or one.garden in ours.gardens,
    "territories": lambda ours, one: ours.communes is None or one.commune in ours.communes,
    "audiences": lambda ours, one: not ours.audiences or one.audience in ours.audiences,
    "affiliations": lambda ours, one: not ours.affiliations or one.affiliation in ours.affiliations,
}
"""Each condition on its own."""

Map = Callable[[str, str], Collection[str] | None]
"""The communes of a territory, from its word and its code; None for one that does not exist."""


def spread_out(conditions: Conditions, communes_of: Map) -> Conditions:
    """The same conditions with their territories as communes. Unknown territories count for nothing."""
    if not conditions.territories:
        return replace(conditions, communes=None)
    found: set[str] = set()
    for territory in conditions.territories:
        found.update(communes_of(*parted(territory)) or ())
    return replace(conditions, communes=frozenset(found))


def parted(territory: str) -> tuple[str, str]:
    """ "commune:41018" → "commune", "41018"."""
    word, _, code = territory.partition(":")
    return word, code


# ------------------------------------------------------------------ what is wrong


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that does not hold: `why`, one of `WHYS`; `field`, where it is typed; `what`, the codes it is about."""

    why: str
    field: str
    what: tuple[str, ...] = ()


WHYS = (
    "unknown_place",
    "place_twice",
    "cap_nothing",
    "share_out_of_range",
    "match_nothing",
    "match_never",
    "nobody",
    "nobody_together",
)


def contradictions(conditions: Conditions, communes_of: Map) -> list[Wrong]:
    """What cannot be meant, whoever comes: a place that does not exist, or lies in another one of the list; amounts of nothing."""
    wrong: list[Wrong] = []
    places = {one: communes_of(*parted(one)) for one in sorted(conditions.territories)}
    if unknown := tuple(one for one, communes in places.items() if communes is None):
        wrong.append(Wrong("unknown_place", "territories", unknown))
    known = {one: frozenset(communes) for one, communes in places.items() if communes is not None}
    for inside, around in _nested(known):
        wrong.append(Wrong("place_twice", "territories", (inside, around)))
    if conditions.cap_cents is not None and conditions.cap_cents <= 0:
        wrong.append(Wrong("cap_nothing", "cap_cents"))
    if conditions.share_bp is not None and not 0 < conditions.share_bp <= WHOLE:
        wrong.append(Wrong("share_out_of_range", "share_bp"))
    if conditions.match_bp is not None and conditions.match_bp <= 0:
        wrong.append(Wrong("match_nothing", "match_bp"))
    return wrong


def _nested(places: dict[str, frozenset[str]]) -> Iterable[tuple[str, str]]:
    for inside, communes in places.items():
        around = [one for one, others in places.items() if one != inside and communes < others]
        if around:
            yield inside, max(around, key=lambda one: (len(places[one]), one))


def excluded(conditions: Conditions, seen: Sequence[Basket]) -> Wrong | None:
    """Why nobody among the baskets seen so far meets these conditions; None when somebody does, or when none was seen.

    Names the first condition that nobody meets; "nobody_together" when each is met, but never all by one basket.
    """
    if not seen or any(conditions.most(one) > 0 for one in seen):
        return None
    for name, met in TESTS.items():
        if not any(met(conditions, one) for one in seen):
            return Wrong("nobody", name)
    admitted = [one for one in seen if conditions.admits(one)]
    if admitted:  # only the local partners' part can stop them, an amount of nothing being refused before
        return Wrong("match_never", "match_bp")
    names = tuple(name for name in TESTS if getattr(conditions, name))
    return Wrong("nobody_together", names[-1], names)


def reached(conditions: Conditions, seen: Iterable[Basket]) -> int:
    """How many of these baskets the money may help."""
    return sum(one.baskets for one in seen if conditions.most(one) > 0)
