"""What changed on a round since the last time it went: who is new, gone, moved, resized, absent, back.

Two weeks are compared: the last one in which the round went, and this one. A key is one household's place in the
lists: its regular basket of a product, or its second, third… one. Only baskets that are made count as there; one that
was cancelled or postponed is an absence. Applying the changes of a round to its old list gives its new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


class Key(NamedTuple):
    """A household's basket of a product; `copy` is 0 for the regular one, 1 and more for those beside it."""

    household: int
    product: int
    copy: int


class Place(NamedTuple):
    """Where a basket goes, and in which size."""

    round: int
    depot: int
    size: int


@dataclass(frozen=True, slots=True)
class Life:
    """What a household's subscriptions of a product say: since when it has had one, whether one runs now, and whether
    its rhythm is not weekly."""

    since: date | None = None
    running: bool = False
    rhythm: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what changed. `what`: new, gone, moved, resized, absent or back.

    `before` and `now` are where the basket was and is, None when there is none. `usual`: nobody asked for it, the
    household's rhythm (even weeks, once a month) alone makes it.
    """

    key: Key
    what: str
    before: Place | None
    now: Place | None
    usual: bool = False


@dataclass(frozen=True)
class Week:
    """One week of a garden: the baskets that are made, and the keys of those that were cancelled or postponed."""

    there: Mapping[Key, Place]
    absent: frozenset[Key] = frozenset()


KINDS = ("new", "back", "moved", "resized", "absent", "gone")
"""In the order in which they are told: who comes, what differs, who does not."""


def compare(
    round: int, went: date, before: Week, now: Week, lives: Mapping[tuple[int, int], Life]
) -> list[Change]:  # fmt: skip
    """What changed on a round between two weeks. It last `went` on that day.

    `lives`: (household, product) → what its subscriptions say. Who had none when the round last went is new.
    """
    found: list[Change] = []
    for key in sorted({*before.there, *now.there}):
        was, now_is = before.there.get(key), now.there.get(key)
        if was == now_is or round not in (was and was.round, now_is and now_is.round):
            continue
        life = lives.get((key.household, key.product), Life())
        known = life.since is not None and life.since <= went
        found.extend(_between(key, was, now_is, key in before.absent, key in now.absent, known, life))
    return sorted(found, key=lambda one: (KINDS.index(one.what), one.key))


def _between(
    key: Key, was: Place | None, now: Place | None, was_absent: bool, is_absent: bool, known: bool, life: Life
) -> Iterable[Change]:
    if was and now:
        if was[:2] != now[:2]:
            yield Change(key, "moved", was, now._replace(size=was.size))
        if was.size != now.size:
            yield Change(key, "resized", now._replace(size=was.size), now)
    elif now:
        what = "back" if known or was_absent else "new"
        yield Change(key, what, None, now, usual=known and life.rhythm and not was_absent)
    elif was:
        away = is_absent or life.running
        yield Change(key, "absent" if away else "gone", was, None, usual=life.running and life.rhythm and not is_absent)


def applied(round: int, old: Mapping[Key, Place], changes: Iterable[Change]) -> dict[Key, Place]:
    """The round's new list: its old one with these changes made."""
    new = dict(old)
    for one in changes:
        new.pop(one.key, None)
        if one.now and one.now.round == round:
            new[one.key] = one.now
    return new
