"""Referrals: what may follow what, by whom; when somebody is reminded; and whether two may be of one person.

The tables stand in docs/rules/referring.md, and `tests/members/test_referral_rules.py` executes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from cageot.core.tabular.words import plain

CONSENT = "2026-11"
"""The version of the words to which somebody agrees; they stand in `desk/templates/desk/referral_consent.html`."""

# --- What may follow what -------------------------------------------------------------------------

OPEN = frozenset({"sent", "asked", "waiting"})
CLOSED = frozenset({"accepted", "declined", "withdrawn", "expired"})

MOVES: dict[str, tuple[frozenset[str], str, frozenset[str]]] = {
    # move: (from any of these states, to this one, by any of these)
    "ask": (frozenset({"sent"}), "asked", frozenset({"garden"})),
    "answer": (frozenset({"asked"}), "sent", frozenset({"referrer", "person", "garden"})),
    "wait": (frozenset({"sent", "asked"}), "waiting", frozenset({"garden"})),
    "keep": (frozenset({"waiting"}), "waiting", frozenset({"garden"})),
    "accept": (OPEN, "accepted", frozenset({"garden"})),
    "decline": (OPEN, "declined", frozenset({"garden"})),
    "withdraw": (OPEN, "withdrawn", frozenset({"referrer", "person"})),
    "expire": (frozenset({"sent", "asked"}), "expired", frozenset({"clock"})),
}
"""Each move: the states it may leave, the one it leads to, who may make it."""


def after(state: str, move: str, side: str) -> str | None:
    """The state that a move by that side leads to from this one; None when it may not be made."""
    sources, target, sides = MOVES[move]
    return target if state in sources and side in sides else None


def moves(state: str, side: str) -> list[str]:
    """What that side may do now."""
    return [move for move in MOVES if after(state, move, side)]


# --- Clocks ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Clocks:
    """A garden's clocks, in days."""

    remind: int = 10
    expire: int = 30
    waiting: int = 60
    note: int = 30


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a referral stands: its state, since which day, the last reminder, and whether free words are still kept."""

    state: str
    since: date
    reminded: date | None = None
    noted: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next by itself, and on which day: remind (the garden), ask_again (the referrer), review (the waiting
    list), expire, forget (the free words)."""

    what: str
    day: date


REMINDERS = {"sent": "remind", "asked": "ask_again", "waiting": "review"}


def next_clock(one: Standing, clocks: Clocks) -> Next | None:
    """What comes next by itself if nobody does anything; None when nothing does."""
    if one.state in CLOSED:
        return Next("forget", one.since + timedelta(days=clocks.note)) if one.noted else None
    last = max(one.since, one.reminded or one.since)
    every = clocks.waiting if one.state == "waiting" else clocks.remind
    reminder = Next(REMINDERS[one.state], last + timedelta(days=every))
    if one.state == "waiting":
        return reminder
    end = Next("expire", one.since + timedelta(days=clocks.expire))
    return end if end.day <= reminder.day else reminder


def due(one: Standing, clocks: Clocks, today: date) -> str:
    """What is to be done today: as `Next.what`, or "". An end goes before any reminder that was missed."""
    if one.state in ("sent", "asked") and one.since + timedelta(days=clocks.expire) <= today:
        return "expire"
    coming = next_clock(one, clocks)
    return coming.what if coming and coming.day <= today else ""


ENOUGH = 3
"""Answers under which a garden's usual time is not told."""


def usual_days(answers: Sequence[int]) -> int | None:
    """The days in which a garden usually answers: half of its answers came at least as fast. None when too few."""
    return round(median(answers)) if len(answers) >= ENOUGH else None


# --- Two referrals of one person --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Face:
    """What somebody is recognised by. `reach`: their own number or address, never the referrer's; empty is not known."""

    name: str
    reach: str
    commune: str
    adults: int
    children: int


def likeness(one: Face, other: Face) -> str:
    """Why two may be the same person: "reach", "home" or "" (they are not alike). A person decides."""
    if not same_name(one.name, other.name):
        return ""
    if one.reach and reach_key(one.reach) == reach_key(other.reach):
        return "reach"
    home = (one.commune, one.adults, one.children)
    return "home" if one.commune and home == (other.commune, other.adults, other.children) else ""


def same_name(one: str, other: str) -> bool:
    """Whether two first names may be one, by ear: Mohamed and Mohammed, Fatiha and Fathia, Zoé and zoe."""
    return bool(plain(one)) and (plain(one) == plain(other) or (len(sound(one)) > 1 and sound(one) == sound(other)))


def sound(name: str) -> str:
    """What is left of a name by ear: how it begins, then consonants that sound alike made one, doubles and h left out.
    A name in another script keeps all its letters."""
    letters = plain(name).replace(" ", "")
    if not letters or not letters.isascii():
        return letters
    for written, heard in _HEARD:
        letters = re.sub(written, heard, letters)
    letters = re.sub(r"(.)\1+", r"\1", letters)
    first, rest = letters[:1], re.sub(r"[aeiouyhw]", "", letters[1:])
    return ("a" if first in "aeiouyhw" else first) + rest


_HEARD = (
    ("ph", "f"), ("th", "t"), ("dj", "j"), ("x", "ks"), ("kh|qu|q", "k"), ("ch|sh", "C"), ("c(?=[eiy])", "s"),
    ("c", "k"), ("z", "s"), ("g(?=[eiy])", "j"),
)  # fmt: skip


def reach_key(text: str) -> str:
    """A number or an address whatever the way it is written."""
    return text.strip().casefold() if "@" in text else re.sub(r"\D", "", text)[-9:]


def pairs(faces: Iterable[tuple[int, Face]]) -> dict[int, list[int]]:
    """Of many, which look alike: each to the others that may be the same person."""
    found: dict[int, list[int]] = {}
    buckets: dict[object, list[tuple[int, Face]]] = {}
    for who, face in faces:
        home = ("home", face.commune, face.adults, face.children)
        for key in [home, *([("reach", reach_key(face.reach))] if face.reach else [])]:
            for other, known in buckets.setdefault(key, []):
                if other != who and likeness(face, known) and other not in found.get(who, []):
                    found.setdefault(who, []).append(other)
                    found.setdefault(other, []).append(who)
            buckets[key].append((who, face))
    return found


# --- Words that have no place here ----------------------------------------------------------------

_PAPERS = re.compile(
    r"\b[12]\s?\d{2}\s?(?:0[1-9]|1[0-2])\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}(?:\s?\d{2})?\b|\bFR\d{2}[\s\d]{10,}"
)


def tells_papers(note: str) -> bool:
    """Whether free words hold a social-security or an account number: they have no place in a referral."""
    return bool(_PAPERS.search(note))


def masked(first_name: str, last_name: str = "") -> str:
    """A person as lists show them: the first name and an initial. Long names are cut."""
    first = first_name if len(first_name) <= 40 else first_name[:39] + "…"
    return f"{first} {last_name[0].upper()}." if last_name else first
