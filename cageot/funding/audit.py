"""Is everything in the books as it should be? Reports, and never repairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from cageot.funding import queries
from cageot.funding.models import Entry, Posting, Seal
from cageot.funding.rules import chain


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be. `what` names the rule, `about` the row."""

    what: str
    about: str


def audit() -> Iterator[Finding]:
    """Every finding in the books: balance, chain, shares, quotas. Memory is bounded by one entry."""
    yield from found(
        "unbalanced_entry", "SELECT entry_id FROM funding_posting GROUP BY entry_id HAVING SUM(cents) <> 0"
    )
    yield from found(
        "shares_differ_from_price",
        "SELECT c.id FROM funding_charge c LEFT JOIN funding_share s ON s.charge_id = c.id"
        " GROUP BY c.id, c.price_cents HAVING COALESCE(SUM(s.cents), 0) <> c.price_cents",
    )
    yield from found(
        "member_part_differs",
        "SELECT c.id FROM funding_charge c JOIN funding_share s ON s.charge_id = c.id AND s.by = 'member'"
        " WHERE s.cents <> c.member_cents",
    )
    yield from found(
        "quota_differs_from_shares",
        "SELECT p.id FROM funding_agreementpayer p LEFT JOIN"
        " (SELECT s.payer_id, SUM(s.cents) AS cents, SUM(c.sign) AS baskets FROM funding_share s"
        "  JOIN funding_charge c ON c.id = s.charge_id WHERE s.cents <> 0 AND s.payer_id IS NOT NULL GROUP BY s.payer_id) paid"
        " ON paid.payer_id = p.id"
        " WHERE p.used_cents <> COALESCE(paid.cents, 0) OR p.used_baskets <> COALESCE(paid.baskets, 0)",
    )
    yield from _chain()


def found(what: str, sql: str) -> Iterator[Finding]:
    """One finding for each row number that the query gives."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        for (about,) in cursor.fetchall():
            yield Finding(what, str(about))


def _chain() -> Iterator[Finding]:
    """Recompute each seal from the rows, oldest first; the books' head must be the last of them."""
    head = ""
    for seal in Seal.objects.order_by("pk").iterator(chunk_size=500):
        if seal.previous != head:
            yield Finding("chain_broken", str(seal.pk))
        if seal.hash != chain.seal_hash(seal.previous, entry_fact(Entry.objects.get(pk=seal.pk))):
            yield Finding("entry_altered", str(seal.pk))
        head = seal.hash
    with connection.cursor() as cursor:
        cursor.execute("SELECT head FROM funding_books WHERE id = 1")
        row = cursor.fetchone()
    if (row[0] if row else "") != head:
        yield Finding("chain_cut", "head")


def entry_fact(entry: Entry) -> chain.EntryFact:
    """An entry with all that its seal prints, read back from the rows."""
    postings = Posting.objects.filter(entry=entry).values_list("account", "cents")
    return chain.EntryFact(
        entry.pk, entry.kind, entry.garden_id, str(entry.week), entry.day, entry.reverses_id, entry.reason, entry.at,
        entry.by_id, tuple(chain.PostingFact(*row) for row in postings), tuple(queries.charge_facts(entry.pk)),
    )  # fmt: skip
