"""The hash chain of the books: each seal prints its entry and the seal before it.

SHA-256 over a canonical text, so that anybody can recompute it from the rows. Charges are digested in
the order of their keys, one at a time: checking a whole season holds one entry in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True)
class ShareFact:
    """One share of a charge, as stored. Cents."""

    rank: int
    by: str
    payer: int | None
    cents: int
    asked_cents: int
    why: str


@dataclass(frozen=True, slots=True)
class ChargeFact:
    """One charge, as stored, with its shares by rank. Cents."""

    kind: str
    key: int
    revision: int
    sign: int
    day: date
    household_key: str
    agreement: int | None
    line: int | None
    in_programme: bool
    size_code: str
    state: str
    price_cents: int
    member_cents: int
    cap_cents: int | None
    commune_code: str
    audience: str
    affiliation: str
    shares: tuple[ShareFact, ...] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class PostingFact:
    """One line of an entry: debit positive, credit negative, in cents."""

    account: int
    cents: int


@dataclass(frozen=True)
class EntryFact:
    """One entry of the books with its postings and charges. `week` is the label of an ISO week."""

    id: int
    kind: str
    garden: int
    week: str
    day: date
    reverses: int | None
    reason: str
    at: datetime
    by: int | None
    postings: tuple[PostingFact, ...]
    charges: tuple[ChargeFact, ...]


def seal_hash(previous: str, entry: EntryFact) -> str:
    """The print of an entry after the seal `previous` ("" for the first): 64 hexadecimal digits."""
    digest = hashlib.sha256(previous.encode())
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    head = (
        entry.id,
        str(entry.kind),
        entry.garden,
        entry.week,
        entry.day.isoformat(),
        entry.reverses,
        entry.reason,
        at,
        entry.by,
    )
    digest.update(repr(head).encode())
    digest.update(repr(sorted((line.account, line.cents) for line in entry.postings)).encode())
    digest.update(_charges_digest(entry.charges))
    return digest.hexdigest()


def _charges_digest(charges: Iterable[ChargeFact]) -> bytes:
    digest = hashlib.sha256()
    for charge in sorted(charges, key=lambda charge: (charge.kind, charge.key, charge.revision, charge.sign)):
        digest.update(repr(_row(charge)).encode())
    return digest.digest()


def _row(charge: ChargeFact) -> tuple[object, ...]:
    shares = tuple((s.rank, s.by, s.payer, s.cents, s.asked_cents, s.why) for s in charge.shares)
    return (
        charge.kind, charge.key, charge.revision, charge.sign, charge.day.isoformat(), charge.household_key, charge.agreement,
        charge.line, charge.in_programme, charge.size_code, charge.state, charge.price_cents, charge.member_cents,
        charge.cap_cents, charge.commune_code, charge.audience, charge.affiliation, shares,
    )  # fmt: skip
