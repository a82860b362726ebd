"""What is written in the books: weeks settled, entries reversed.

Everything that spends takes a turn at the books first (`take_turn`), inside one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import connection

from cageot.core import sql
from cageot.core.week import Week
from cageot.funding import journal, queries
from cageot.funding.models import (
    Account,
    Books,
    Charge,
    Entry,
    Posting,
    Seal,
    Share,
)
from cageot.funding.rules import chain, ledger, waterfall
from cageot.funding.rules.ledger import AccountKey
from cageot.network.models import Garden, Person


@dataclass
class Turn:
    """The right to write in the books until the transaction ends, and where they stand: last numbers, last seal."""

    last_entry: int
    last_charge: int
    head: str


def take_turn() -> Turn:
    """Wait for, and hold until the end of the transaction, the only right to write in the books.

    Without it two weeks closed at once spent one quota twice on PostgreSQL (decision 0009). Reads of
    quotas come after.
    """
    assert connection.in_atomic_block
    turn = "UPDATE funding_books SET turns = turns + 1 WHERE id = 1 RETURNING last_entry, last_charge, head"
    found = sql.rows(turn)
    if not found:
        Books.objects.get_or_create(id=1)
        found = sql.rows(turn)
    return Turn(*found[0])


def settle(
    *,
    books: Turn,
    garden: Garden,
    week: Week,
    day: date,
    settled: list[waterfall.Settled],
    facts: Mapping[int, queries.AgreementFact],
    by: Person | None,
    at: datetime,
) -> Entry | None:
    """Post one closed week on the accounting day `day`: charges, shares and a balanced, sealed entry; spend the quotas.

    `settled` must have been allocated under the same turn at the books. Returns None when nothing costs.
    """
    if not settled:
        return None
    drafts = ledger.postings_for(settled, {fact.id: fact.classification for fact in facts.values()})
    entry = _new_entry(books, kind=Entry.Kind.CLOSE, garden=garden, week=week, day=day, by=by, at=at)
    rows = [_charge_fact(one, facts) for one in settled]
    _post(books, entry, _accounts(garden, drafts), rows)
    _spend(settled)
    journal.of_close(books, entry, by, at)
    return entry


def reverse(*, books: Turn, entry: Entry, reason: str, day: date, by: Person | None, at: datetime) -> Entry:
    """Take an entry back by its mirror, which says why; quotas get back what they had spent.

    `day` is the accounting day of the reversal: the open period, never the one that was closed, nor before the entry.
    """
    mirror = _new_entry(
        books,
        kind=Entry.Kind.REVERSAL,
        garden=entry.garden,
        week=entry.week,
        day=max(day, entry.day),
        by=by,
        at=at,
        reverses=entry,
        reason=reason,
    )
    postings = {posting.account_id: -posting.cents for posting in entry.postings.all()}
    facts = [reversed_charge(fact) for fact in queries.charge_facts(entry.pk)]
    _post(books, mirror, postings, facts)
    _give_back(entry)
    journal.of_close(books, mirror, by, at)
    return mirror


def reversed_charge(fact: chain.ChargeFact) -> chain.ChargeFact:
    """The same charge taken back: sign −1, amounts negative."""
    shares = tuple(replace(share, cents=-share.cents, asked_cents=-share.asked_cents) for share in fact.shares)
    return replace(fact, sign=-1, price_cents=-fact.price_cents, member_cents=-fact.member_cents, shares=shares)


def _new_entry(books: Turn, **fields: object) -> Entry:
    books.last_entry += 1
    return Entry(id=books.last_entry, seal_id=books.last_entry, **fields)


def _accounts(garden: Garden, drafts: Mapping[AccountKey, int]) -> dict[int, int]:
    """Account id → cents, opening the garden's accounts that are missing."""
    rows = sql.rows("SELECT kind, payer_id, id FROM funding_account WHERE garden_id = %s", garden.pk)
    known = {AccountKey(kind, payer): account for kind, payer, account in rows}
    missing = [key for key in drafts if key not in known]
    if missing:
        made = Account.objects.bulk_create(Account(garden=garden, kind=key.kind, payer_id=key.payer) for key in missing)
        known |= {AccountKey(row.kind, row.payer_id): row.pk for row in made}
    return {known[key]: cents for key, cents in drafts.items()}


CHARGE_COLUMNS = [
    "id", "entry", "kind", "key", "revision", "sign", "garden", "week", "day", "household_key", "agreement", "line",
    "in_programme", "size_code", "state", "price_cents", "member_cents", "cap_cents", "commune_code", "audience", "affiliation",
]  # fmt: skip
SHARE_COLUMNS = ["charge", "rank", "by", "payer", "cents", "asked_cents", "why"]


def _post(books: Turn, entry: Entry, postings: Mapping[int, int], charges: Sequence[chain.ChargeFact]) -> None:
    """Entry, lines, charges, shares, then the seal, which the database accepts only if all of it balances."""
    _insert_entry(entry)
    sql.insert_rows(Posting, ["entry", "account", "cents"], ((entry.pk, *line) for line in postings.items()))
    first = books.last_charge + 1
    sql.insert_rows(Charge, CHARGE_COLUMNS, (_charge_row(first + n, entry, fact) for n, fact in enumerate(charges)))
    sql.insert_rows(
        Share, SHARE_COLUMNS, (_share_row(first + n, share) for n, fact in enumerate(charges) for share in fact.shares)
    )
    books.last_charge += len(charges)
    seal = chain.seal_hash(books.head, _entry_fact(entry, postings, charges))
    sql.insert_row(Seal, id=entry.pk, previous=books.head, hash=seal)
    books.head = seal
    where = "UPDATE funding_books SET last_entry = %s, last_charge = %s, head = %s WHERE id = 1"
    sql.execute(where, books.last_entry, books.last_charge, books.head)


def _insert_entry(entry: Entry) -> None:
    sql.insert_row(
        Entry, id=entry.pk, seal=entry.seal_id, kind=entry.kind, garden=entry.garden_id, week=entry.week, day=entry.day,
        reverses=entry.reverses_id, reason=entry.reason, at=entry.at, by=entry.by_id,
    )  # fmt: skip


def _entry_fact(entry: Entry, postings: Mapping[int, int], charges: Sequence[chain.ChargeFact]) -> chain.EntryFact:
    return chain.EntryFact(
        entry.pk, entry.kind, entry.garden_id, str(entry.week), entry.day, entry.reverses_id, entry.reason, entry.at,
        entry.by_id, tuple(chain.PostingFact(account, cents) for account, cents in postings.items()), tuple(charges),
    )  # fmt: skip


def _charge_row(charge_id: int, entry: Entry, fact: chain.ChargeFact) -> tuple[object, ...]:
    return (
        charge_id, entry.pk, fact.kind, fact.key, fact.revision, fact.sign, entry.garden_id, str(entry.week), fact.day,
        fact.household_key, fact.agreement, fact.line, fact.in_programme, fact.size_code, fact.state, fact.price_cents,
        fact.member_cents, fact.cap_cents, fact.commune_code, fact.audience, fact.affiliation,
    )  # fmt: skip


def _share_row(charge_id: int, share: chain.ShareFact) -> tuple[object, ...]:
    return (charge_id, share.rank, share.by, share.payer, share.cents, share.asked_cents, share.why)


def _charge_fact(one: waterfall.Settled, facts: Mapping[int, queries.AgreementFact]) -> chain.ChargeFact:
    charge, cover = one.charge, one.charge.cover
    return chain.ChargeFact(
        kind="basket", key=charge.key, revision=charge.revision, sign=1, household_key=charge.household_key,
        agreement=cover.agreement if cover else None, line=cover.line.line if cover else None,
        in_programme=bool(cover and facts[cover.agreement].in_programme), size_code=charge.size_code, state=charge.state,
        price_cents=charge.price_cents, member_cents=one.member_cents, cap_cents=one.cap_cents,
        commune_code=charge.commune_code, audience=cover.audience if cover else "",
        affiliation=cover.affiliation if cover else "", day=charge.day,
        shares=tuple(
            chain.ShareFact(rank, part.by, part.payer, part.cents, part.asked, part.why) for rank, part in enumerate(one.parts)
        ),
    )  # fmt: skip


def _spend(settled: Iterable[waterfall.Settled]) -> None:
    """Count what each payer paid. The database refuses to go past a quota, whoever is mistaken."""
    cents: Counter[int] = Counter()
    baskets: Counter[int] = Counter()
    for one in settled:
        for part in one.parts:
            if part.payer is not None and part.cents:
                cents[part.payer] += part.cents
                baskets[part.payer] += 1
    _count(cents, baskets)


def _give_back(entry: Entry) -> None:
    paid = Share.objects.filter(charge__entry=entry, payer__isnull=False).exclude(cents=0).values_list("payer", "cents")
    cents: Counter[int] = Counter()
    baskets: Counter[int] = Counter()
    for payer, amount in paid:
        cents[payer] -= amount
        baskets[payer] -= 1
    _count(cents, baskets)


def _count(cents: Mapping[int, int], baskets: Mapping[int, int]) -> None:
    used = (
        "UPDATE funding_agreementpayer SET used_cents = used_cents + %s, used_baskets = used_baskets + %s WHERE id = %s"
    )
    with connection.cursor() as cursor:
        cursor.executemany(used, [(amount, baskets[payer], payer) for payer, amount in sorted(cents.items())])
