"""Is everything in the books as it should be? Reports, and never repairs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import connection

from cageot.funding import queries
from cageot.funding.actions import settling
from cageot.funding.models import Entry, Posting, Seal, Settlement
from cageot.funding.queries import need
from cageot.funding.queries.need import Asked, Key
from cageot.funding.rules import chain
from cageot.funding.rules.allocating import NotProved, proved


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
    yield from claims()
    yield from _chain()
    yield from _settlements()
    yield from _ledger()


def _ledger() -> Iterator[Finding]:
    """The accountant's books: balanced, numbered without gaps, the same on both sides, and saying what the sealed books say."""
    yield from found(
        "book_entry_unbalanced", "SELECT entry_id FROM funding_bookline GROUP BY entry_id HAVING SUM(cents) <> 0"
    )
    yield from found(
        "book_numbers_have_gaps",
        "SELECT y.id FROM (SELECT id, TRUE AS ordinary, last_number AS last FROM funding_fiscalyear"
        "  UNION ALL SELECT id, FALSE, last_opening FROM funding_fiscalyear) y"
        " LEFT JOIN funding_bookentry e ON e.year_id = y.id AND e.ordinary = y.ordinary"
        " GROUP BY y.id, y.ordinary, y.last HAVING COUNT(e.id) <> y.last OR COALESCE(MAX(e.number), 0) <> y.last",
    )
    yield from found(
        "book_sides_differ",
        "WITH owed AS (SELECT e.entity_id AS one, l.other_id AS other, SUM(l.cents) AS cents FROM funding_bookline l"
        "  JOIN funding_bookentry e ON e.id = l.entry_id WHERE l.account = '467' AND e.journal <> 'AN' AND l.other_id IS NOT NULL"
        "  GROUP BY e.entity_id, l.other_id)"
        " SELECT here.one FROM owed here LEFT JOIN owed there ON there.one = here.other AND there.other = here.one"
        " WHERE here.cents + COALESCE(there.cents, 0) <> 0",
    )
    yield from found(
        "week_not_in_the_books",
        "SELECT s.id FROM (SELECT p.entry_id AS id, SUM(CASE WHEN p.cents > 0 THEN p.cents ELSE 0 END) AS cents"
        "  FROM funding_posting p GROUP BY p.entry_id) s"
        " LEFT JOIN (SELECT e.source_id AS id, SUM(CASE WHEN l.cents > 0 THEN l.cents ELSE 0 END) AS cents"
        "  FROM funding_bookentry e JOIN funding_bookline l ON l.entry_id = e.id"
        "  WHERE e.source = 'close' AND e.journal = 'VE' GROUP BY e.source_id) b ON b.id = s.id"
        " WHERE s.cents <> COALESCE(b.cents, 0)",
    )


def _settlements() -> Iterator[Finding]:
    """What tranches use is what was settled on them, granted to gardens and spent on sessions; no group is paid past its need; each settlement is still proved."""
    yield from found(
        "tranche_differs_from_settlements",
        "SELECT t.id FROM funding_tranche t LEFT JOIN (SELECT tranche_id, SUM(cents) AS cents FROM ("
        "  SELECT tranche_id, cents FROM funding_settlementline"
        "  UNION ALL SELECT tranche_id, cents FROM funding_trancheuse"
        "  UNION ALL SELECT c.tranche_id, a.granted_cents FROM funding_grantapplication a JOIN funding_grantcall c ON c.id = a.call_id"
        "  UNION ALL SELECT c.tranche_id, -m.cents FROM funding_grantmove m JOIN funding_grantapplication a ON a.id = m.application_id"
        "   JOIN funding_grantcall c ON c.id = a.call_id WHERE m.kind <> 'spent'"
        " ) u GROUP BY tranche_id) l ON l.tranche_id = t.id"
        " WHERE t.used_cents <> COALESCE(l.cents, 0)",
    )
    stood: dict[tuple[int, Key], int] = defaultdict(int)
    for settlement in Settlement.objects.all():
        for place, cents in need.changes(settlement.pk).items():
            stood[place] += cents
        asked = settling.asked_then(settlement)
        yield from _past_need(settlement, asked, stood)
        yield from _proof(settlement, asked, stood)


def _past_need(settlement: Settlement, asked: Asked, stood: Mapping[tuple[int, Key], int]) -> Iterator[Finding]:
    paid: dict[Key, int] = defaultdict(int)
    for (_tranche, key), cents in stood.items():
        paid[key] += cents
    for key, cents in paid.items():
        if cents > key.need_cents * asked.groups.get(key, 0):
            yield Finding("paid_past_its_need", f"{settlement.pk}:{key.id}")


def _proof(settlement: Settlement, asked: Asked, stood: Mapping[tuple[int, Key], int]) -> Iterator[Finding]:
    """The certificate, from the rows alone: the same question, and a cut that lets through just what is covered."""
    shares = {
        (key.id, str(tranche)): cents - asked.kept.get((tranche, key), 0)
        for (tranche, key), cents in stood.items()
        if cents
    }
    if asked.digest != settlement.digest:
        yield Finding("settlement_asked_something_else", str(settlement.pk))
        return
    try:
        bound = proved(asked.scenario, {place: cents for place, cents in shares.items() if cents})
    except NotProved as wrong:
        yield Finding("settlement_not_proved", f"{settlement.pk}: {wrong}")
        return
    if bound + sum(asked.kept.values()) != settlement.bound_cents:
        yield Finding("settlement_bound_differs", str(settlement.pk))


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


def claims() -> Iterator[Finding]:
    """Numbers without gaps, nothing claimed twice nor past what is owed, payments that add up, tranches that say the same."""
    yield from found(
        "claim_number_missing",
        "SELECT MIN(id) FROM funding_claim GROUP BY entity_id, year HAVING MIN(sequence) <> 1 OR MAX(sequence) <> COUNT(*)",
    )
    yield from found(
        "claim_differs_from_its_lines",
        "SELECT c.id FROM funding_claim c LEFT JOIN funding_claimline l ON l.claim_id = c.id"
        " GROUP BY c.id, c.total_cents HAVING COALESCE(SUM(l.cents), 0) <> c.total_cents",
    )
    yield from found(
        "claimed_twice",
        "SELECT MIN(l.id) FROM funding_claimline l JOIN funding_posting po ON po.entry_id = l.entry_id"
        " JOIN funding_account a ON a.id = po.account_id AND a.payer_id = l.payer_id"
        " GROUP BY l.payer_id, l.entry_id, po.cents HAVING SUM(l.cents) * po.cents < 0 OR ABS(SUM(l.cents)) > ABS(po.cents)",
    )
    yield from found(
        "claimed_twice",
        "SELECT MIN(l.id) FROM funding_claimline l JOIN funding_settlementline s ON s.id = l.settled_id"
        " GROUP BY l.settled_id, s.cents HAVING SUM(l.cents) * s.cents < 0 OR ABS(SUM(l.cents)) > ABS(s.cents)",
    )
    yield from found(
        "claimed_twice",
        "SELECT MIN(l.id) FROM funding_claimline l JOIN funding_grantapplication g ON g.id = l.grant_id"
        " GROUP BY l.grant_id, g.granted_cents HAVING SUM(l.cents) < 0 OR SUM(l.cents) > g.granted_cents",
    )
    yield from found(
        "claimed_twice",
        "SELECT MIN(l.id) FROM funding_claimline l JOIN funding_trancheuse u ON u.id = l.use_id"
        " GROUP BY l.use_id, u.cents HAVING SUM(l.cents) * u.cents < 0 OR ABS(SUM(l.cents)) > ABS(u.cents)",
    )
    yield from found(
        "claim_paid_differs",
        "SELECT c.id FROM funding_claim c LEFT JOIN"
        " (SELECT claim_id, SUM(cents) AS cents FROM funding_paymentpart WHERE claim_id IS NOT NULL GROUP BY claim_id) paid"
        " ON paid.claim_id = c.id WHERE c.total_cents > 0 AND c.paid_cents <> COALESCE(paid.cents, 0) + c.advance_cents",
    )
    yield from found(
        "claim_credited_differs",
        "SELECT c.id FROM funding_claim c WHERE c.total_cents > 0 AND c.credited_cents <>"
        " (SELECT COALESCE(SUM(COALESCE(paid.cents, 0) - n.paid_cents), 0) FROM funding_claim n LEFT JOIN"
        "  (SELECT claim_id, SUM(cents) AS cents FROM funding_paymentpart GROUP BY claim_id) paid ON paid.claim_id = n.id"
        "  WHERE n.corrects_id = c.id)",
    )
    yield from found(
        "payment_spent_twice",
        "SELECT p.id FROM funding_payment p JOIN funding_paymentpart t ON t.payment_id = p.id"
        " GROUP BY p.id, p.cents HAVING SUM(t.cents) * p.cents < 0 OR ABS(SUM(t.cents)) > ABS(p.cents)",
    )
    yield from found(
        "tranche_claimed_differs",
        "SELECT t.id FROM funding_tranche t WHERE t.claimed_cents <>"
        " (SELECT COALESCE(SUM(c.total_cents), 0) FROM funding_claim c WHERE c.tranche_id = t.id)",
    )
    yield from found(
        "tranche_received_differs",
        "SELECT t.id FROM funding_tranche t WHERE t.received_cents <> (SELECT COALESCE(SUM(p.cents), 0) FROM funding_paymentpart p"
        " LEFT JOIN funding_claim c ON c.id = p.claim_id WHERE p.tranche_id = t.id OR c.tranche_id = t.id)",
    )
